"""What one works or dresses at: desks, dressing tables, lecterns, nightstands.

The one idea: as in `tables`; drawers come from `joinery`, computers from `computers`.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Shape, box, cylinder, join, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.bodies import beam
from echoenv.scene.homes.things.computers import keyboard, monitor, mouse
from echoenv.scene.homes.things.joinery import Cell, cabinet, looks
from echoenv.scene.homes.things.lamps import bedside_lamp
from echoenv.scene.homes.things.making import (
    PAINTS,
    feet,
    leg_color,
    leg_part,
    made,
    metal,
    mirror_pane,
    taste,
    wood,
)

DESKS = ("drawers", "trestle", "steel", "writing")
"""Kinds of desks."""


def desk(style: Style, width: float = 1.4, depth: float = 0.7, kind: str = "", computer: bool = True) -> Thing:
    """A desk, with a computer on it unless `computer` is False.

    Args:
        style: The home's.
        width: [m].
        depth: [m].
        kind: One of `DESKS`: on a drawer unit, on trestles, on a steel frame (as in offices), or with thin legs.
        computer: Whether a monitor, a keyboard and a mouse stand on it.
    """
    kind = kind or taste(style, "desk", DESKS)
    make = {"drawers": _on_drawers, "trestle": _on_trestles, "steel": _on_steel, "writing": _writing}[kind]
    thing = made("desk", make(style, width, depth))
    if not computer:
        return thing
    high, x = thing.size[1], 0.0 if kind != "writing" else 0.05
    lift = high if kind != "writing" else 0.745
    return thing.carrying(
        monitor(style).moved(x, lift, 0.14),
        keyboard().moved(x, lift, depth - 0.22),
        mouse().moved(x + 0.32, lift, depth - 0.2),
    )


def _on_drawers(style: Style, width: float, depth: float) -> list[Part]:
    color = style.shade(style.wood, 0.03)
    top = rounded_box((width, 0.03, depth), color, 0.008, 1, 0.4, bottom=0.715).moved(z=depth / 2)
    side = box((0.03, 0.715, depth - 0.06), color, 0.6).moved(-(width / 2 - 0.03), 0, depth / 2)
    back = box((width - 0.1, 0.35, 0.018), color, 0.7, bottom=0.36).moved(z=0.06)
    look = looks(style, "desk", color)
    cells: list[Cell] = [("drawer", 0.6), ("drawer", 1.0), ("drawer", 1.4)]
    unit = cabinet(style, look, (0.42, 0.716, depth - 0.06), [(1.0, cells)], 0.03, top=False)
    moved = [Part(part.shape.moved(width / 2 - 0.23, 0, 0.02), part.material, texture=part.texture) for part in unit]
    return [wood(style, top, side, back), *moved]


def _on_trestles(style: Style, width: float, depth: float) -> list[Part]:
    top_color = taste(style, "trestle top", (style.wood, PAINTS[0], style.wood))
    color = style.shade(style.wood, 0.05)
    top = rounded_box((width, 0.028, depth), top_color, 0.008, 1, 0.4, bottom=0.717).moved(z=depth / 2)
    bars: list[Shape] = []
    for s in (-1, 1):
        x = s * (width / 2 - 0.24)
        bars.append(box((0.05, 0.04, depth - 0.06), color, 0.9, bottom=0.678).moved(x, 0, depth / 2))
        for z0, z1 in ((0.04, 0.1), (depth - 0.04, depth - 0.1)):
            bars += [beam((x + f * 0.14, 0.0, z0), (x + f * 0.02, 0.69, z1), 0.03, 0.035, color) for f in (-1, 1)]
        bars += [
            beam((x + f * 0.105, 0.2, 0.06), (x + f * 0.105, 0.2, depth - 0.06), 0.025, 0.025, color) for f in (-1, 1)
        ]
    return [wood(style, top), wood(style, *bars)]


def _on_steel(style: Style, width: float, depth: float) -> list[Part]:
    paint = taste(style, "steel desk", (BLACK, STEEL, WHITE))
    color = taste(style, "steel desk top", (style.wood, PAINTS[0], style.wood))
    top = rounded_box((width, 0.028, depth), color, 0.008, 1, 0.4, bottom=0.717).moved(z=depth / 2)
    bars = []
    for s in (-1, 1):
        x = s * (width / 2 - 0.12)
        bars += [
            rounded_box((0.08, 0.03, depth - 0.04), paint, 0.01, 1, 0.7).moved(x, 0, depth / 2),
            box((0.08, 0.66, 0.06), paint, 0.7, bottom=0.02).moved(x, 0, depth / 2),
            box((0.06, 0.035, depth - 0.1), paint, 0.7, bottom=0.683).moved(x, 0, depth / 2),
        ]
    bars.append(box((width - 0.28, 0.05, 0.04), paint, 0.9, bottom=0.66).moved(z=depth / 2))
    modesty = box((width - 0.3, 0.32, 0.012), scaled(color, 0.98), 0.7, bottom=0.36).moved(z=depth / 2 - 0.03)
    return [wood(style, top, modesty), metal(*bars, texture="")]


def _writing(style: Style, width: float, depth: float) -> list[Part]:
    """Thin legs, one flat drawer or two, a low shelf of pigeon-holes at its back."""
    color = style.shade(style.wood, 0.03)
    look = looks(style, "desk", color, "flat")
    unit = cabinet(style, look, (width, 0.13, depth), [(1.0, [("drawer", 1.0)])] * 2, 0.0, "none")
    body = [Part(part.shape.moved(y=0.615), part.material, texture=part.texture) for part in unit]
    legs = feet(width, depth, 0.63, leg_color(style), 0.024, 0.05)
    high, x0 = 0.2, -width / 2 + 0.01
    nook = [box((0.3, 0.015, 0.2), color, 0.9, bottom=0.745 + high - 0.015).moved(x0 + 0.15, 0, 0.11)]
    nook += [box((0.015, high, 0.2), color, 0.9, bottom=0.744).moved(x0 + f, 0, 0.11) for f in (0.008, 0.15, 0.292)]
    return [*body, leg_part(style, legs), wood(style, *nook)]


def dressing_table(style: Style, width: float = 1.0) -> Thing:
    """A table with flat drawers and a mirror on it."""
    color = taste(style, "dressing table", (PAINTS[0], style.wood, style.wood))
    look = looks(style, "dressing table", color, handle="knob")
    unit = cabinet(style, look, (width, 0.17, 0.42), [(1.0, [("drawer", 1.0)])] * 3, 0.0, "none")
    body = [Part(part.shape.moved(y=0.59), part.material, texture=part.texture) for part in unit]
    legs = feet(width, 0.42, 0.6, color, 0.024, 0.05)
    wide, high = min(0.56, 0.6 * width), 0.66
    pane = mirror_pane(wide, high)
    frame = [
        *(
            box((0.03, high + 0.06, 0.03), color, 0.9, bottom=0.76).moved(s * (wide / 2 + 0.012), 0, 0.03)
            for s in (-1, 1)
        ),
        *(box((wide + 0.05, 0.03, 0.03), color, 0.9, bottom=h).moved(z=0.03) for h in (0.775, 0.79 + high)),
        box((wide + 0.02, high + 0.02, 0.012), scaled(color, 0.8), 0.9, bottom=0.79).moved(z=0.024),
    ]
    glass = Part(pane.shape.moved(0, 0.8, 0.031), pane.material)
    return made("table", [*body, wood(style, legs), wood(style, *frame), glass])


def lectern(style: Style) -> Thing:
    """A stand for a speaker's papers."""
    color = style.shade(style.wood)
    body = [
        rounded_box((0.5, 0.04, 0.42), scaled(color, 0.8), 0.01, 1, 0.5).moved(z=0.21),
        box((0.38, 1.0, 0.26), color, 0.4, bottom=0.03).moved(z=0.18),
        rounded_box((0.6, 0.03, 0.46), color, 0.01, 1, 0.4).turned(18.0, "x").moved(0, 1.07, 0.22),
        box((0.58, 0.03, 0.02), color, 0.9).turned(18.0, "x").moved(0, 1.015, 0.435),
        box((0.3, 0.06, 0.05), scaled(color, 0.9), 0.9, bottom=1.0).moved(z=0.18),
    ]
    stem = [
        rod((0.2, 1.09, 0.08), (0.17, 1.28, 0.13), 0.006, BLACK, 6),
        cylinder(0.012, 0.05, BLACK, 8).turned(35.0, "x").moved(0.17, 1.27, 0.125),
    ]
    sheet = box((0.21, 0.002, 0.29), WHITE, 0.5).turned(18.0, "x").moved(0.0, 1.1035, 0.22)
    return made("lectern", [wood(style, *body), Part(join(stem), "plastic"), Part(sheet, "paper")])


def nightstand(style: Style) -> Thing:
    """A small unit for the side of a bed, with a lamp."""
    kind = taste(style, "nightstand", ("drawers", "open", "legs"))
    color = taste(style, "nightstand color", (style.wood, style.wood, PAINTS[0]))
    look = looks(style, "nightstand", color, handle="knob")
    width = taste(style, "nightstand width", (0.4, 0.45, 0.5))
    cells: list[Cell] = [("drawer", 1.0)] * 2 if kind == "drawers" else [("drawer", 0.7), ("open", 1.0)]
    base, on = (0.2, "legs") if kind == "legs" else (0.05, "plinth")
    cells = [("drawer", 1.0)] if kind == "legs" else cells
    height = 0.5
    thing = made("nightstand", cabinet(style, look, (width, height, 0.38), [(1.0, cells)], base, on))
    return thing.carrying(bedside_lamp(style).moved(0, height, 0.17))
