"""Tables: for meals, meetings, coffee, at walls and beside sofas; and desks and computers by this name.

The one idea: a table is a top and what carries it; `kind` chooses the construction, and a home keeps to one.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe, rounded_box
from echoenv.scene.homes.solids import rod, tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.bodies import beam, vessel
from echoenv.scene.homes.things.cabinets import drawer_unit
from echoenv.scene.homes.things.computers import keyboard, laptop, monitor, mouse
from echoenv.scene.homes.things.desks import DESKS, desk, dressing_table, lectern, nightstand
from echoenv.scene.homes.things.joinery import cabinet, looks
from echoenv.scene.homes.things.making import (
    BRASS,
    PAINTS,
    SMOKED,
    feet,
    leg_color,
    leg_part,
    made,
    metal,
    taste,
    wood,
)

__all__ = [
    "COFFEE_TABLES",
    "DESKS",
    "TABLES",
    "coffee_table",
    "console_table",
    "desk",
    "drawer_unit",
    "dressing_table",
    "keyboard",
    "laptop",
    "lectern",
    "meeting_table",
    "monitor",
    "mouse",
    "nightstand",
    "oval_table",
    "round_table",
    "side_table",
    "table",
]

TABLES = ("legs", "trestle", "tapered", "glass", "farm")
"""Kinds of tables."""

COFFEE_TABLES = ("shelf", "glass", "block", "round", "hairpin")
"""Kinds of coffee tables."""


def table(
    style: Style, width: float, depth: float, height: float = 0.74, category: str = "table", kind: str = ""
) -> Thing:
    """A table for meals or work, of one of `TABLES`; small ones stand on plain legs."""
    kind = kind or (taste(style, "table", TABLES) if width > 0.95 else "legs")
    make = {"legs": _on_legs, "trestle": _on_trestle, "tapered": _tapered, "glass": _glass, "farm": _farm}[kind]
    return made(category, make(style, width, depth, height))


def _top(width: float, depth: float, height: float, color: Color, thick: float = 0.03) -> Shape:
    return rounded_box((width, thick, depth), color, 0.01, 1, 0.35, bottom=height - thick).moved(z=depth / 2)


def _apron(width: float, depth: float, top: float, color: Color, inset: float = 0.06) -> list[Shape]:
    """Four boards under a top."""
    w, d = width - 2 * inset, depth - 2 * inset
    return [
        *(box((w, 0.08, 0.022), color, 0.7, bottom=top - 0.08).moved(z=z) for z in (inset, depth - inset)),
        *(box((0.022, 0.08, d), color, 0.7, bottom=top - 0.08).moved(s * w / 2, 0, depth / 2) for s in (-1, 1)),
    ]


def _on_legs(style: Style, width: float, depth: float, height: float) -> list[Part]:
    """Square legs at the corners, boards between them."""
    color = style.shade(style.wood, 0.03)
    legs = [
        box((0.055, height - 0.03, 0.055), color, 0.5).moved(
            sx * (width / 2 - 0.06), 0, depth / 2 + sz * (depth / 2 - 0.06)
        )
        for sx in (-1, 1)
        for sz in (-1, 1)
    ]
    return [wood(style, _top(width, depth, height, color), *_apron(width, depth, height - 0.03, color), *legs)]


def _tapered(style: Style, width: float, depth: float, height: float) -> list[Part]:
    """Round splayed legs under a thin top."""
    color = style.shade(style.wood, 0.03)
    top = [_top(width, depth, height, color, 0.025), *_apron(width, depth, height - 0.02, color, 0.14)]
    legs = feet(width, depth, height - 0.02, leg_color(style), 0.032, 0.06, 0.07, 10)
    return [wood(style, *top), leg_part(style, legs)]


def _on_trestle(style: Style, width: float, depth: float, height: float) -> list[Part]:
    """Two broad feet, joined by a beam."""
    color = style.shade(style.wood, 0.03)
    bars, x = [], width * 0.34
    for s in (-1, 1):
        bars += [
            rounded_box((0.09, 0.06, depth * 0.8), color, 0.015, 1, 0.5).moved(s * x, 0, depth / 2),
            box((0.07, height - 0.12, 0.16), color, 0.5, bottom=0.05).moved(s * x, 0, depth / 2),
            rounded_box((0.09, 0.05, depth * 0.75), color, 0.012, 1, 0.5, bottom=height - 0.085).moved(
                s * x, 0, depth / 2
            ),
        ]
    bars.append(box((2 * x + 0.2, 0.1, 0.035), color, 0.6, bottom=0.22).moved(z=depth / 2))
    return [wood(style, _top(width, depth, height, color, 0.038), *bars)]


def _glass(style: Style, width: float, depth: float, height: float) -> list[Part]:
    """A glass top on crossed steel or wooden legs."""
    color = taste(style, "glass table", (BLACK, STEEL, style.wood))
    pane = box((width, 0.012, depth), SMOKED, 0.25, bottom=height - 0.012).moved(z=depth / 2)
    x, bars = width / 2 - 0.2, []
    for s in (-1, 1):
        bars += [
            beam((s * x, 0.0, 0.06), (s * x, height - 0.02, depth - 0.08), 0.045, 0.03, color),
            beam((s * x, 0.0, depth - 0.06), (s * x, height - 0.02, 0.08), 0.044, 0.029, color),
            box((0.045, 0.02, depth - 0.1), color, 0.7, bottom=height - 0.031).moved(s * x, 0, depth / 2),
        ]
    bars.append(beam((-x, height / 2 - 0.01, depth / 2), (x, height / 2 - 0.01, depth / 2), 0.03, 0.03, color))
    frame = wood(style, *bars) if color == style.wood else metal(*bars, texture="")
    return [Part(pane, "heavy_glass"), frame]


def _farm(style: Style, width: float, depth: float, height: float) -> list[Part]:
    """Turned legs, painted, under a broad wooden top."""
    paint = taste(style, "farm table", (PAINTS[0], PAINTS[2], scaled(style.wood, 0.7)))
    profile = [(0, 0), (0.025, 0), (0.035, 0.06), (0.022, 0.1), (0.042, 0.32), (0.03, 0.47), (0.04, 0.5), (0.03, 0.53)]
    profile = [(r, y * height / 0.74) for r, y in profile]
    leg = lathe([*profile, (0, profile[-1][1])], paint, 10)
    block = box((0.085, height - 0.03 - profile[-1][1], 0.085), paint, 0.9, bottom=profile[-1][1])
    legs = [
        join([leg, block]).moved(sx * (width / 2 - 0.08), 0, depth / 2 + sz * (depth / 2 - 0.08))
        for sx in (-1, 1)
        for sz in (-1, 1)
    ]
    top = _top(width, depth, height, style.shade(style.wood, 0.03), 0.04)
    return [wood(style, top), wood(style, *legs, *_apron(width, depth, height - 0.03, paint, 0.08))]


def oval_table(style: Style, width: float = 1.8, depth: float = 1.0, height: float = 0.74) -> Thing:
    """An oval top on a broad foot."""
    color, w, d = style.shade(style.wood, 0.03), width / 2, depth / 2
    levels = [(0.0, 0.0, height - 0.035, 0.0), (w - 0.03, d - 0.03, height - 0.035, 0.0), (w, d, height - 0.014, 0.0)]
    levels += [(w, d, height - 0.006, 0.0), (w - 0.008, d - 0.008, height, 0.0), (0.0, 0.0, height, 0.0)]
    top = vessel(levels, color, 36, 0.85)
    foot = vessel(
        [(0, 0, 0, 0), (0.4 * w, 0.55 * d, 0, 0), (0.4 * w, 0.55 * d, 0.03, 0), (0.16 * w, 0.2 * d, 0.12, 0)]
        + [(0.14 * w, 0.17 * d, 0.4, 0), (0.3 * w, 0.36 * d, height - 0.03, 0), (0, 0, height - 0.03, 0)],
        color,
        20,
    )
    return made("table", [wood(style, _planar_top(top), foot)])


def _planar_top(shape: Shape) -> Shape:
    """The shape with its grain running straight along x."""
    return Shape(shape.vertices, shape.triangles, shape.colors, shape.vertices[shape.triangles][..., [0, 2]])


def round_table(style: Style, radius: float, height: float = 0.74, kind: str = "") -> Thing:
    """A round table: on a `pedestal`, a `tulip` of one piece with a marble top, or `legs`."""
    kind = kind or taste(style, "round table", ("pedestal", "tulip", "legs"))
    color = style.shade(style.wood, 0.03)
    if kind == "tulip":
        r = 0.55 * radius
        foot = [(0, 0), (r, 0), (r, 0.012), (0.3 * r, 0.06), (0.04, 0.2), (0.03, 0.42), (0.06, height - 0.06)]
        body = lathe([*foot, (0.5 * radius, height - 0.025), (0, height - 0.025)], WHITE, 24)
        top = lathe(
            [(0, height - 0.026), (radius - 0.03, height - 0.026), (radius, height - 0.004)]
            + [(radius - 0.006, height), (0, height)],
            (1.0, 1.0, 1.0),
            32,
        )
        return made("table", [Part(body, "plastic"), Part(_planar_top(top), "marble", texture="marble")])
    top = lathe(
        [(0, height - 0.03), (radius - 0.01, height - 0.03), (radius, height - 0.02), (radius, height - 0.005)]
        + [(radius - 0.006, height), (0, height)],
        color,
        32,
    )
    if kind == "legs":
        legs = feet(1.5 * radius, 1.5 * radius, height - 0.03, leg_color(style), 0.026, 0.0, 0.06).moved(
            z=-0.75 * radius
        )
        ring = lathe(
            [(0, height - 0.08), (0.62 * radius, height - 0.08), (0.62 * radius, height - 0.03), (0, height - 0.03)],
            color,
            20,
        )
        return made("table", [wood(style, _planar_top(top), ring), leg_part(style, legs)])
    column = [(0, 0.06), (0.035, 0.06), (0.06, 0.14), (0.075, 0.25), (0.04, 0.33), (0.05, 0.4), (0.04, 0.6)]
    stem = lathe([*column, (0.12, height - 0.05), (0.2, height - 0.03), (0, height - 0.03)], color, 14)
    arms = [
        beam((0, 0.14, 0.03), (0, 0.03, 0.72 * radius), 0.06, 0.06, color).turned(90.0 * k + 45.0) for k in range(4)
    ]
    return made("table", [wood(style, _planar_top(top), stem, *arms)])


def meeting_table(style: Style, width: float, depth: float) -> Thing:
    """A long table for meetings: a boat-shaped or straight top on two broad feet, a cable box in its middle."""
    color = style.shade(taste(style, "meeting table", (style.wood, PAINTS[0], style.wood)), 0.03)
    w, d, h = width / 2, depth / 2, 0.75
    if taste(style, "meeting top", ("boat", "straight")) == "boat":
        levels = [(0.0, 0.0, h - 0.04, 0.0), (w - 0.02, d - 0.02, h - 0.04, 0.0), (w, d, h - 0.02, 0.0)]
        top = _planar_top(vessel([*levels, (w - 0.004, d - 0.004, h, 0.0), (0.0, 0.0, h, 0.0)], color, 40, 0.45))
    else:
        top = rounded_box((width, 0.04, depth), color, 0.015, 1, 0.3, bottom=h - 0.04)
    bars = []
    for s in (-1, 1):
        bars += [
            rounded_box((0.36, 0.03, depth * 0.6), BLACK, 0.01, 1, 0.6).moved(s * width * 0.3),
            rounded_box((0.09, 0.7, depth * 0.4), BLACK, 0.02, 1, 0.4, bottom=0.02).moved(s * width * 0.3),
        ]
    bars.append(box((width * 0.6, 0.06, 0.08), BLACK, 0.7, bottom=h - 0.1))
    port = box((0.26, 0.006, 0.11), BLACK, 0.9, bottom=h - 0.005)
    return made("table", [wood(style, top), metal(*bars, texture=""), Part(port, "plastic")])


def coffee_table(style: Style, width: float = 1.0, depth: float = 0.55, kind: str = "") -> Thing:
    """A low table before a sofa, of one of `COFFEE_TABLES`."""
    kind = kind or taste(style, "coffee table", COFFEE_TABLES)
    color, h = style.shade(style.wood, 0.03), 0.42
    if kind == "glass":
        return made("table", _glass_and_bars(style, width, depth, h, color))
    if kind == "block":
        look = looks(style, "coffee table", color, "flat")
        parts = cabinet(style, look, (width, h - 0.04, depth), [(1.0, [("drawer", 1.0)]), (1.0, [("open", 1.0)])], 0.05)
        return made("table", parts)
    if kind == "round":
        r = min(width, 1.6 * depth) / 2
        big = lathe([(0, h - 0.03), (r - 0.01, h - 0.03), (r, h - 0.015), (r - 0.005, h), (0, h)], color, 30)
        legs = feet(1.5 * r, 1.5 * r, h - 0.028, leg_color(style), 0.02, 0.0, 0.03).moved(z=-0.75 * r)
        return made("table", [wood(style, _planar_top(big)), leg_part(style, legs)])
    top = _top(width, depth, h, color, 0.035)
    if kind == "hairpin":
        return made("table", [wood(style, top), metal(*_hairpins(width, depth, h - 0.03), texture="")])
    shelf = rounded_box((width - 0.12, 0.018, depth - 0.12), color, 0.006, 1, 0.5, bottom=0.14).moved(z=depth / 2)
    posts = [
        box((0.05, h - 0.03, 0.05), color, 0.5).moved(sx * (width / 2 - 0.05), 0, depth / 2 + sz * (depth / 2 - 0.05))
        for sx in (-1, 1)
        for sz in (-1, 1)
    ]
    return made("table", [wood(style, top, shelf, *posts, *_apron(width, depth, h - 0.03, color, 0.05))])


def _glass_and_bars(style: Style, width: float, depth: float, h: float, color: Color) -> list[Part]:
    """A glass top in a frame of thin bars, a wooden board below."""
    pane = rounded_box((width, 0.014, depth), SMOKED, 0.005, 1, 0.25, bottom=h - 0.014).moved(z=depth / 2)
    metal_color = taste(style, "coffee frame", (BRASS, BLACK, STEEL))
    xs, zs = width / 2 - 0.05, depth / 2 - 0.05
    bars = [
        rod((sx * xs, 0, depth / 2 + sz * zs), (sx * xs, h - 0.012, depth / 2 + sz * zs), 0.012, metal_color)
        for sx in (-1, 1)
        for sz in (-1, 1)
    ]
    bars += [
        rod((-xs, y, depth / 2 + s * zs), (xs, y, depth / 2 + s * zs), 0.01, metal_color)
        for s in (-1, 1)
        for y in (h - 0.026, 0.12)
    ]
    bars += [
        rod((s * xs, y, depth / 2 - zs), (s * xs, y, depth / 2 + zs), 0.01, metal_color)
        for s in (-1, 1)
        for y in (h - 0.026, 0.12)
    ]
    shelf = box((2 * xs, 0.012, 2 * zs), color, 0.5, bottom=0.13).moved(z=depth / 2)
    return [Part(pane, "heavy_glass"), metal(*bars, texture=""), wood(style, shelf)]


def _hairpins(width: float, depth: float, height: float) -> list[Shape]:
    """Four legs, each of one thin bar bent to a V."""
    pins = []
    for sx in (-1, 1):
        for sz in (-1, 1):
            x, z = sx * (width / 2 - 0.07), depth / 2 + sz * (depth / 2 - 0.06)
            path = [
                (x - sx * 0.1, height, z),
                (x + sx * 0.01, 0.012, z + sz * 0.01),
                (x, 0.006, z),
                (x, height, z - sz * 0.08),
            ]
            pins.append(tube(path, 0.006, BLACK, 6))
    return pins


def side_table(style: Style, kind: str = "") -> Thing:
    """A small table beside a sofa: `round` on three legs, a `tray` on a steel ring, or a `stump` of wood."""
    kind = kind or taste(style, "side table", ("round", "tray", "stump"))
    color, h = style.shade(style.wood, 0.04), style.between(0.48, 0.56)
    if kind == "tray":
        paint = taste(style, "tray table", (BLACK, BRASS, WHITE))
        tray = lathe(
            [(0, h - 0.03), (0.2, h - 0.03), (0.215, h), (0.21, h), (0.197, h - 0.024), (0, h - 0.024)], paint, 24
        )
        stem = [cylinder(0.011, h - 0.04, paint, 10, bottom=0.012), cylinder(0.15, 0.014, paint, 24)]
        return made("table", [metal(tray, *stem, texture="")])
    if kind == "stump":
        body = lathe(
            [(0, 0), (0.15, 0), (0.165, 0.03), (0.15, 0.5 * h), (0.168, h - 0.02), (0.16, h), (0, h)], color, 18
        )
        return made("table", [wood(style, body)])
    top = lathe([(0, h - 0.025), (0.22, h - 0.025), (0.23, h - 0.01), (0.226, h), (0, h)], color, 24)
    legs = [
        tube([(0.2 * c, 0.0, 0.2 * s), (0.1 * c, h - 0.02, 0.1 * s)], [0.011, 0.017], leg_color(style), 8)
        for c, s in ((float(np.cos(a)), float(np.sin(a))) for a in np.deg2rad([90.0, 210.0, 330.0]))
    ]
    return made("table", [wood(style, _planar_top(top)), leg_part(style, *legs)])


def console_table(style: Style, width: float = 1.1, depth: float = 0.34) -> Thing:
    """A narrow high table at a wall: with drawers, or a steel frame with a shelf below."""
    color, h = style.shade(style.wood, 0.03), 0.8
    if taste(style, "console", ("drawers", "frame")) == "drawers":
        look = looks(style, "console", color, handle="knob")
        unit = cabinet(
            style, look, (width, 0.18, depth), [(1.0, [("drawer", 1.0)])] * (2 if width > 0.8 else 1), 0.0, "none"
        )
        body = [Part(part.shape.moved(y=h - 0.18), part.material, texture=part.texture) for part in unit]
        legs = feet(width, depth, h - 0.17, leg_color(style), 0.022, 0.04)
        return made("table", [*body, leg_part(style, legs)])
    xs = width / 2 - 0.012
    bars = [
        box((0.024, h - 0.02, 0.024), BLACK, 0.9).moved(s * xs, 0, z) for s in (-1, 1) for z in (0.012, depth - 0.012)
    ]
    bars += [
        box((0.02, 0.02, depth - 0.04), BLACK, 0.9, bottom=b).moved(s * xs, 0, depth / 2)
        for s in (-1, 1)
        for b in (0.1, h - 0.05)
    ]
    boards = [box((width, 0.03, depth), color, 0.4, bottom=h - 0.03).moved(z=depth / 2)]
    boards.append(box((width - 0.05, 0.02, depth - 0.02), color, 0.4, bottom=0.12).moved(z=depth / 2))
    return made("table", [metal(*bars, texture=""), wood(style, *boards)])
