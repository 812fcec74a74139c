"""Bathrooms: toilets, bidets, wash basins with their cabinets, bathtubs, showers, towel radiators.

The one idea: what is of porcelain is a `vessel`, ovals one above the other, up the outside, over the rim and down the
inside, so that it is truly hollow.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Shape, box, cylinder, join, lathe, rounded_box
from echoenv.scene.homes.solids import rod, tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style
from echoenv.scene.homes.things.bodies import rounded_path, slab, vessel
from echoenv.scene.homes.things.joinery import cabinet, looks
from echoenv.scene.homes.things.making import GLASS, PAINTS, made, metal, mirror_pane, taste

BASINS = ("cabinet", "bowl", "pedestal")
"""Kinds of wash basins."""


def toilet(kind: str = "close") -> Thing:
    """A toilet: `close` with its cistern behind it, or `hung` on a boxed-in wall with a flush plate."""
    seat = [(0, 0, 0.415, 0), (0.17, 0.21, 0.415, 0), (0.187, 0.232, 0.425, 0), (0.18, 0.225, 0.445, 0)]
    lid = vessel([*seat, (0.1, 0.14, 0.452, 0), (0, 0, 0.453, 0)], WHITE, 20, 0.9)
    if kind == "hung":
        bowl = [(0, 0, 0.08, 0.33), (0.1, 0.2, 0.08, 0.33), (0.14, 0.22, 0.18, 0.34), (0.18, 0.27, 0.34, 0.38)]
        rim = [(0.18, 0.27, 0.41, 0.39), (0.0, 0.0, 0.414, 0.39)]
        wall = box((0.5, 1.1, 0.14), WHITE, 0.4).moved(z=0.07)
        plate = box((0.24, 0.16, 0.012), STEEL, 0.9, bottom=0.86).moved(z=0.146)
        body = join([vessel([*bowl, *rim], WHITE, 20, 0.85), lid.moved(z=0.42)])
        return made(
            "toilet", [Part(wall, "ceramic_tiles", texture="tiles_mosaic"), Part(body, "porcelain"), metal(plate)]
        )
    foot = [
        (0, 0, 0, 0.36),
        (0.11, 0.2, 0, 0.36),
        (0.1, 0.19, 0.1, 0.36),
        (0.13, 0.22, 0.22, 0.37),
        (0.185, 0.24, 0.35, 0.42),
    ]
    bowl_part = vessel([*foot, (0.19, 0.245, 0.41, 0.43), (0, 0, 0.414, 0.43)], WHITE, 20, 0.9)
    shelf = rounded_box((0.3, 0.1, 0.24), WHITE, 0.03, 1, 0.4, bottom=0.3).moved(z=0.16)
    tank = rounded_box((0.38, 0.36, 0.17), WHITE, 0.03, 2, 0.3, bottom=0.39).moved(z=0.09)
    cap = rounded_box((0.4, 0.03, 0.185), WHITE, 0.01, 1, 0.5, bottom=0.745).moved(z=0.0925)
    button = cylinder(0.025, 0.012, STEEL, 12, bottom=0.773).moved(z=0.095)
    hinge = box((0.2, 0.025, 0.03), WHITE, 0.9, bottom=0.412).moved(z=0.19)
    body = join([bowl_part, lid.moved(z=0.44), shelf, tank, cap, hinge])
    return made("toilet", [Part(body, "porcelain"), metal(button, texture="")])


def bidet() -> Thing:
    """A bidet with its tap."""
    foot = [
        (0, 0, 0, 0.26),
        (0.11, 0.17, 0, 0.26),
        (0.1, 0.16, 0.1, 0.26),
        (0.14, 0.2, 0.25, 0.28),
        (0.18, 0.27, 0.37, 0.29),
    ]
    bowl = [
        (0.18, 0.275, 0.4, 0.285),
        (0.14, 0.2, 0.4, 0.31),
        (0.11, 0.16, 0.33, 0.31),
        (0.05, 0.08, 0.27, 0.31),
        (0, 0, 0.265, 0.31),
    ]
    body = vessel([*foot, *bowl], WHITE, 20, 0.9)
    return made("bidet", [Part(body, "porcelain"), metal(_tap(0.395, 0.065, 0.1, 0.11), texture="")])


def _tap(y: float, z: float, high: float, reach: float) -> Shape:
    """A tap that stands at that height and depth, with a spout that reaches to the front."""
    path = rounded_path(
        [(0, y, z), (0, y + high, z), (0, y + high, z + reach), (0, y + high - 0.03, z + reach)], 0.025, 2
    )
    lever = rod((0, y + high + 0.005, z), (0, y + high + 0.035, z + 0.05), 0.006, STEEL, 6)
    return join([tube(path, 0.012, STEEL, 8), cylinder(0.022, 0.012, STEEL, 10, bottom=y).moved(z=z), lever])


def basin(style: Style, width: float = 0.65, kind: str = "") -> Thing:
    """A wash basin with a tap and a mirror on the wall above.

    Args:
        style: The home's.
        width: [m].
        kind: One of `BASINS`: let into a cabinet, a bowl on a wooden board, or on a pedestal.
    """
    kind = kind or taste(style, "basin", BASINS)
    make = {"cabinet": _in_cabinet, "bowl": _on_board, "pedestal": _on_pedestal}[kind]
    parts, tap = make(style, width)
    thing = made("sink", parts)
    wide = width - 0.04
    pane = mirror_pane(wide, 0.78)
    rim = box((wide + 0.03, 0.81, 0.012), taste(style, "mirror rim", (BLACK, STEEL, style.wood)), 0.9, bottom=1.135)
    glass = Part(pane.shape.moved(0, 1.15, 0.0125), pane.material)
    mirror = Thing("mirror", (metal(rim.moved(z=0.0065), texture=""), glass), (wide + 0.03, 0.81, 0.02))
    faucet = Thing("faucet", (metal(tap, texture=""),), (0.05, 0.16, 0.16))
    return thing.carrying(faucet, mirror)


def _in_cabinet(style: Style, width: float) -> tuple[list[Part], Shape]:
    look = looks(style, "basin", taste(style, "basin color", (PAINTS[0], style.fronts, style.wood)), "flat")
    unit = cabinet(
        style, look, (width, 0.56, 0.45), [(1.0, [("drawer", 1.0), ("drawer", 1.0)])], 0.0, "none", top=False
    )
    hung = [replace(part, shape=part.shape.moved(y=0.26)) for part in unit]
    w = width / 2 + 0.005
    body = [(0, 0, 0.8, 0.235), (w, 0.235, 0.8, 0.235), (w, 0.235, 0.87, 0.235), (w - 0.09, 0.145, 0.87, 0.27)]
    bowl = [(w - 0.12, 0.12, 0.83, 0.27), (w - 0.17, 0.08, 0.81, 0.27), (0, 0, 0.806, 0.27)]
    porcelain = vessel([*body, *bowl], WHITE, 32, 0.18)
    return [*hung, Part(porcelain, "porcelain")], _tap(0.869, 0.065, 0.13, 0.12)


def _on_board(style: Style, width: float) -> tuple[list[Part], Shape]:
    color = style.shade(style.wood, 0.03)
    look = looks(style, "basin", color, "flat")
    unit = cabinet(style, look, (width, 0.42, 0.46), [(1.0, [("open", 1.0), ("drawer", 1.2)])], 0.0, "none")
    hung = [replace(part, shape=part.shape.moved(y=0.36)) for part in unit]
    r = min(0.2, width / 2 - 0.06)
    levels = [
        (0, 0, 0.778, 0.25),
        (0.5 * r, 0.42 * r, 0.778, 0.25),
        (0.9 * r, 0.75 * r, 0.84, 0.25),
        (r, 0.85 * r, 0.91, 0.25),
    ]
    levels += [
        (r - 0.008, 0.85 * r - 0.008, 0.912, 0.25),
        (0.8 * r, 0.66 * r, 0.84, 0.25),
        (0.4 * r, 0.3 * r, 0.795, 0.25),
        (0, 0, 0.793, 0.25),
    ]
    return [*hung, Part(vessel(levels, WHITE, 24), "porcelain")], _tap(0.779, 0.045, 0.24, 0.13)


def _on_pedestal(style: Style, width: float) -> tuple[list[Part], Shape]:
    w = width / 2
    column = [
        (0, 0, 0, 0.2),
        (0.12, 0.11, 0, 0.2),
        (0.1, 0.1, 0.03, 0.2),
        (0.075, 0.08, 0.35, 0.19),
        (0.09, 0.1, 0.7, 0.2),
    ]
    post = vessel([*column, (0, 0, 0.7, 0.2)], WHITE, 16, 0.9)
    body = [
        (0, 0, 0.66, 0.22),
        (0.5 * w, 0.13, 0.66, 0.22),
        (0.85 * w, 0.2, 0.74, 0.23),
        (w, 0.23, 0.82, 0.235),
        (w, 0.232, 0.86, 0.235),
    ]
    bowl = [
        (w - 0.03, 0.21, 0.865, 0.237),
        (w - 0.06, 0.15, 0.862, 0.275),
        (0.7 * w, 0.12, 0.78, 0.27),
        (0.3 * w, 0.06, 0.74, 0.26),
        (0, 0, 0.735, 0.26),
    ]
    return [Part(join([post, vessel([*body, *bowl], WHITE, 24, 0.62)]), "porcelain")], _tap(0.862, 0.065, 0.12, 0.11)


def bathtub(length: float = 1.7, width: float = 0.75, kind: str = "") -> Thing:
    """A bathtub along the wall: `built` in with straight sides, or `free` with an oval body; built where not said."""
    x, z, h = length / 2, width / 2, 0.57
    if kind == "free":
        out = [
            (0, 0, 0.0, z),
            (0.74 * x, 0.68 * z, 0.0, z),
            (0.8 * x, 0.76 * z, 0.06, z),
            (0.92 * x, 0.92 * z, 0.35, z),
            (x, z, h, z),
        ]
        inside = [(x - 0.012, z - 0.012, h + 0.012, z), (x - 0.04, z - 0.04, h, z), (0.86 * x, 0.82 * z, 0.32, z)]
        levels = [*out, *inside, (0.72 * x, 0.62 * z, 0.16, z), (0, 0, 0.14, z)]
        tub = vessel(levels, WHITE, 32, 0.8)
        tap = _floor_tap().moved(0.0, 0.0, 0.0)
        faucet = Thing("faucet", (metal(tap, texture=""),), (0.2, 0.95, 0.2)).moved(x - 0.35, 0, 0.012)
        return made("bathtub", [Part(tub, "porcelain")], faucet)
    apron = [(0, 0, 0.0, z), (x, z, 0.0, z), (x, z, h - 0.03, z), (x, z, h, z), (x - 0.06, z - 0.06, h, z)]
    inside = [
        (x - 0.09, z - 0.08, h - 0.04, z),
        (x - 0.16, z - 0.12, 0.22, z),
        (x - 0.26, z - 0.2, 0.14, z),
        (0, 0, 0.13, z),
    ]
    outer = vessel(
        [*apron[:3], (x, z, h - 0.001, z), (0.999 * x, 0.998 * z, h, z), (x - 0.06, z - 0.06, h, z), *inside],
        WHITE,
        40,
        0.16,
    )
    tap = _tap(h - 0.002, 0.035, 0.1, 0.13).turned(90.0).moved(-x, 0, z)
    faucet = Thing("faucet", (metal(tap, texture=""),), (0.2, 0.14, 0.1))
    return made("bathtub", [Part(outer, "porcelain")], faucet)


def _floor_tap() -> Shape:
    """A tap on a pipe from the floor, for a bathtub that stands free."""
    path = rounded_path([(0, 0, 0), (0, 0.86, 0), (0, 0.86, 0.16), (0, 0.82, 0.16)], 0.05, 3)
    return join([tube(path, 0.014, STEEL, 8), cylinder(0.035, 0.015, STEEL, 12)])


def shower(width: float = 0.9, kind: str = "") -> Thing:
    """A shower: a `corner` with glass on two sides and an open door, or `walk` in behind one screen."""
    tray = [(0, 0, 0, width / 2), (width / 2, width / 2, 0, width / 2), (width / 2, width / 2, 0.06, width / 2)]
    tray += [
        (width / 2 - 0.05, width / 2 - 0.05, 0.06, width / 2),
        (width / 2 - 0.08, width / 2 - 0.08, 0.035, width / 2),
    ]
    floor = vessel([*tray, (0, 0, 0.03, width / 2)], WHITE, 32, 0.08)
    panes = [box((0.008, 1.9, width - 0.05), GLASS, 0.3, bottom=0.058).moved(width / 2 - 0.015, 0, width / 2)]
    frame = [
        box((0.022, 1.93, 0.022), STEEL, 0.6, bottom=0.055).moved(width / 2 - 0.015, 0, z)
        for z in (0.012, width - 0.015)
    ]
    frame.append(box((0.02, 0.022, width - 0.02), STEEL, 0.9, bottom=1.965).moved(width / 2 - 0.015, 0, width / 2))
    if kind != "walk":
        panes.append(box((width / 2 - 0.02, 1.9, 0.008), GLASS, 0.3, bottom=0.058).moved(width / 4, 0, width - 0.015))
        frame += [
            box((0.02, 1.91, 0.02), STEEL, 0.6, bottom=0.055).moved(x, 0, width - 0.015)
            for x in (0.0, 0.012 - width / 2)
        ]
        frame.append(box((width - 0.02, 0.022, 0.02), STEEL, 0.9, bottom=1.965).moved(z=width - 0.015))
    drain = cylinder(0.04, 0.006, STEEL, 14, bottom=0.03).moved(0, 0, width / 2)
    parts = [
        Part(floor, "porcelain"),
        Part(join(panes), "heavy_glass"),
        metal(*frame, *_shower_head(), drain, texture=""),
    ]
    return made("shower-stall", parts, back=False)


def _shower_head() -> list[Shape]:
    """A rail with a hose and a hand shower, a broad head above, and the mixer."""
    pipe = tube(
        rounded_path([(0, 1.0, 0.06), (0, 2.05, 0.06), (0, 2.05, 0.36), (0, 2.0, 0.36)], 0.06, 3), 0.011, STEEL, 8
    )
    head = lathe([(0, 1.985), (0.11, 1.985), (0.11, 1.995), (0.03, 2.01), (0, 2.01)], STEEL, 18).moved(z=0.36)
    mixer = rod((-0.13, 1.0, 0.06), (0.13, 1.0, 0.06), 0.022, STEEL, 10)
    stays = [rod((x, y, 0.0), (x, y, 0.06), 0.01, STEEL, 6) for x, y in ((-0.08, 1.0), (0.08, 1.0), (0.0, 1.85))]
    hand = rod((0.0, 1.45, 0.075), (0.0, 1.62, 0.13), 0.012, STEEL, 8)
    rose = cylinder(0.045, 0.018, STEEL, 12).turned(65.0, "x").moved(0, 1.62, 0.125)
    hose = tube(
        [
            (0.0, 1.45, 0.075),
            (0.06, 1.2, 0.1),
            (0.1, 0.8, 0.1),
            (0.06, 0.72, 0.09),
            (0.03, 0.8, 0.075),
            (0.02, 0.99, 0.065),
        ],
        0.007,
        STEEL,
        6,
    )
    return [pipe, head, mixer, *stays, hand, rose, hose]


def towel_radiator(style: Style, width: float = 0.5, height: float = 1.1) -> Thing:
    """A radiator of tubes, on a wall, with a towel over it; its lower edge is at y = 0."""
    color = taste(style, "towel radiator", (WHITE, BLACK, STEEL))
    x = width / 2 - 0.02
    bars = [rod((s * x, 0, 0.06), (s * x, height, 0.06), 0.018, color, 8) for s in (-1, 1)]
    count = max(6, round(height / 0.1))
    heights = [height * (k + 0.5) / count for k in range(count) if k % 4 != 3]
    bars += [rod((-x, h, 0.065), (x, h, 0.065), 0.01, color, 6) for h in heights]
    bars += [rod((s * x, h, 0.0), (s * x, h, 0.06), 0.008, color, 6) for s in (-1, 1) for h in (0.15, height - 0.15)]
    top, wide = heights[-2], width * 0.62
    line = [
        (top - 0.42, 0.084),
        (top - 0.2, 0.084),
        (top, 0.083),
        (top + 0.02, 0.065),
        (top, 0.047),
        (top - 0.3, 0.046),
    ]
    towel = slab(np.array([[(s * wide / 2, y, z) for s in (-1, 1)] for y, z in line]), 0.008, style.bright())
    cloth = Thing("towel", (Part(towel, "medium_curtain", texture="towel"),), (wide, 0.45, 0.06))
    return Thing("radiator", (metal(*bars, texture=""),), (width, height, 0.09), (cloth,))
