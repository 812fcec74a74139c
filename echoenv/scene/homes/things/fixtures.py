"""What is fixed to the walls and ceilings of every building: switches, power outlets, vents, safety signs.

The one idea: as in `pictures` for walls; what is fixed to a ceiling is built below y = 0.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, box, cylinder, join, lathe, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.pieces import GREY, one_of

_RED: Color = (0.76, 0.14, 0.12)
_GREEN: Color = (0.10, 0.52, 0.30)


def switch(style: Style) -> Thing:
    """A light switch."""
    plate = box((0.08, 0.08, 0.008), WHITE, 1.0).moved(z=0.005)
    rocker = box((0.055, 0.055, 0.006), scaled(WHITE, 0.96), 1.0, bottom=0.0125).turned(3.0, "x").moved(z=0.011)
    return Thing("switch", (Part(join([plate, rocker]), "plastic"),), (0.08, 0.08, 0.016))


def wall_plug(style: Style) -> Thing:
    """A double power outlet."""
    plate = box((0.15, 0.08, 0.008), WHITE, 1.0).moved(z=0.005)
    wells = [
        cylinder(0.02, 0.002, scaled(WHITE, 0.8), 12).turned(90.0, "x").moved(s * 0.036, 0.04, 0.009) for s in (-1, 1)
    ]
    holes = [
        box((0.006, 0.006, 0.002), BLACK, 1.0, bottom=0.037).moved(s * 0.036 + d, 0, 0.0115)
        for s in (-1, 1)
        for d in (-0.009, 0.009)
    ]
    return Thing("wall-plug", (Part(join([plate, *wells, *holes]), "plastic"),), (0.15, 0.08, 0.014))


def vent(style: Style) -> Thing:
    """A ventilation grille."""
    bars = [
        box((0.3, 0.012, 0.012), scaled(WHITE, 0.95), 1.0, bottom=0.02 + 0.028 * k).turned(0.0).moved(z=0.012)
        for k in range(6)
    ]
    edge = [box((0.34, 0.02, 0.016), WHITE, 1.0, bottom=y).moved(z=0.009) for y in (0.0, 0.18)]
    sides = [box((0.02, 0.2, 0.016), WHITE, 1.0).moved(s * 0.16, 0, 0.009) for s in (-1, 1)]
    back = box((0.32, 0.19, 0.002), GREY, 1.0, bottom=0.005).moved(z=0.002)
    return Thing("vent", (Part(join([*bars, *edge, *sides, back]), "metal"),), (0.34, 0.2, 0.02))


def smoke_detector(style: Style) -> Thing:
    """A smoke detector under the ceiling (y = 0)."""
    body = lathe([(0, -0.045), (0.03, -0.045), (0.045, -0.03), (0.06, -0.025), (0.06, 0.0)], WHITE, 18)
    light = box((0.008, 0.004, 0.008), _RED, 1.0, bottom=-0.048).moved(0.015)
    return Thing("smoke-detector", (Part(join([body, light]), "plastic"),), (0.12, 0.045, 0.12))


def ceiling_vent(style: Style) -> Thing:
    """A square air outlet in an office ceiling (y = 0)."""
    frames = []
    for k in range(4):
        side = 0.56 - 0.13 * k
        frames += [
            box((side, 0.01, 0.025), WHITE, 1.0, bottom=-0.012 - 0.004 * k).moved(0, 0, s * side / 2) for s in (-1, 1)
        ]
        frames += [box((0.025, 0.01, side), WHITE, 1.0, bottom=-0.012 - 0.004 * k).moved(s * side / 2) for s in (-1, 1)]
    back = box((0.56, 0.003, 0.56), GREY, 1.0, bottom=-0.0035)
    return Thing("vent", (Part(join([*frames, back]), "metal"),), (0.58, 0.03, 0.58))


def exit_sign(style: Style) -> Thing:
    """A lit sign that shows the way out, on the wall above a door."""
    body = box((0.36, 0.16, 0.04), _GREEN, 0.5).moved(z=0.021)
    man = [
        cylinder(0.018, 0.003, WHITE, 10).turned(90.0, "x").moved(-0.05, 0.125, 0.041),
        box((0.03, 0.06, 0.003), WHITE, 1.0, bottom=0.055).moved(-0.055, 0, 0.0425),
        box((0.016, 0.06, 0.003), WHITE, 1.0).turned(35.0, "z").moved(-0.02, 0.02, 0.0425),
        box((0.016, 0.06, 0.003), WHITE, 1.0).turned(-30.0, "z").moved(-0.09, 0.02, 0.0425),
        box((0.07, 0.11, 0.003), WHITE, 1.0, bottom=0.02).moved(0.09, 0, 0.0425),
    ]
    return Thing(
        "exit-sign",
        (Part(body, "plastic", (0.1, 0.5, 0.28)), Part(join(man), "plastic", (0.6, 0.6, 0.6))),
        (0.36, 0.16, 0.05),
    )


def fire_extinguisher(style: Style) -> Thing:
    """A fire extinguisher on its bracket, on the wall."""
    body = lathe(
        [(0, 0), (0.07, 0), (0.075, 0.02), (0.075, 0.36), (0.05, 0.42), (0.02, 0.44), (0.02, 0.47), (0, 0.47)], _RED, 18
    )
    head = box((0.03, 0.03, 0.1), BLACK, 1.0, bottom=0.47).moved(z=0.02)
    hose = [
        rod((0.02, 0.47, 0.03), (0.085, 0.38, 0.03), 0.008, BLACK),
        rod((0.085, 0.38, 0.03), (0.085, 0.15, 0.03), 0.008, BLACK),
    ]
    label = lathe([(0.0755, 0.12), (0.0755, 0.26)], WHITE, 18)
    bracket = box((0.05, 0.2, 0.02), STEEL, 1.0, bottom=0.14).moved(z=-0.082)
    shape = join([body, head, *hose, label, bracket]).moved(z=0.0935)
    return Thing("fire-extinguisher", (Part(shape, "metal"),), (0.2, 0.5, 0.17))


def thermostat(style: Style) -> Thing:
    """A small round dial on the wall."""
    body = cylinder(0.045, 0.02, one_of(style, (WHITE, STEEL)), 18).turned(90.0, "x").moved(0, 0.045)
    face = cylinder(0.034, 0.003, BLACK, 18).turned(90.0, "x").moved(0, 0.045, 0.02)
    return Thing("switch", (Part(join([body, face]), "plastic"),), (0.09, 0.09, 0.025))


def wall_shelf(style: Style, width: float = 0.8) -> Thing:
    """An empty board on two brackets; its upper face is 0.12 m above the lower edge."""
    board = rounded_box((width, 0.025, 0.2), style.shade(style.wood), 0.008, 1, 0.6, bottom=0.095).moved(z=0.103)
    brackets = [
        join(
            [
                rod((s * 0.35 * width, 0.005, 0.008), (s * 0.35 * width, 0.095, 0.17), 0.006, BLACK),
                box((0.02, 0.1, 0.01), BLACK, 1.0).moved(s * 0.35 * width, 0, 0.006),
            ]
        )
        for s in (-1, 1)
    ]
    return Thing(
        "wall-shelf",
        (Part(board, "wooden_furniture", texture="wood_fine"), Part(join(brackets), "metal")),
        (width, 0.12, 0.205),
    )
