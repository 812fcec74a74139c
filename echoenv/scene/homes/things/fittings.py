"""Kitchens: runs of base units under a worktop, wall units, islands; and appliances and bathrooms by this name.

The one idea: a run is cut into units of about 0.6 m; which unit holds the sink, the hob and the dishwasher follows from
their number alone (`_plan`), so that what hangs above (hood, tiles) knows it too.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, join, rounded_box
from echoenv.scene.homes.solids import tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.appliances import (
    REFRIGERATORS,
    cooktop,
    dishwasher,
    oven,
    range_hood,
    refrigerator,
)
from echoenv.scene.homes.things.bathroom import BASINS, basin, bathtub, bidet, shower, toilet, towel_radiator
from echoenv.scene.homes.things.bodies import rounded_path, vessel
from echoenv.scene.homes.things.joinery import Column, Looks, cabinet, looks
from echoenv.scene.homes.things.making import boards, made, metal, taste

__all__ = [
    "BASINS",
    "REFRIGERATORS",
    "basin",
    "bathtub",
    "bidet",
    "cooktop",
    "dishwasher",
    "kitchen_island",
    "kitchen_run",
    "oven",
    "range_hood",
    "refrigerator",
    "shower",
    "toilet",
    "towel_radiator",
    "wall_units",
    "worktop_spots",
]

WORKTOP = 0.92
"""Height of a worktop [m]."""

_HANGS = 1.42  # [m] lower edge of wall units
_TALL = 0.7  # [m] height of wall units
_STONES: tuple[tuple[str, str, Color], ...] = (
    ("granite", "stone", (1.0, 1.0, 1.0)),
    ("marble", "marble", (1.0, 1.0, 1.0)),
    ("wood_bold", "wooden_furniture", (0.70, 0.52, 0.35)),
    ("terrazzo", "stone", (1.0, 1.0, 1.0)),
    ("", "stone", (0.24, 0.24, 0.25)),
)


def _plan(length: float) -> tuple[int, int, int, int]:
    """How many units a run of that length has, and the numbers of those of sink, hob and dishwasher (-1 for none)."""
    count = max(3, round(length / 0.6))
    sink = 1 if count > 3 else 0
    hob = count - 2 if count > 3 else count - 1
    return count, sink, hob, (sink + 1 if sink + 1 < hob else 0) if count > 3 else -1


def _middle(length: float, unit: int, count: int) -> float:
    return length * ((unit + 0.5) / count - 0.5)


def worktop_spots(length: float) -> list[tuple[float, float]]:
    """Where (x, z) [m] a worktop of a run of that length is free, the middle of each unit without sink or hob."""
    count, sink, hob, _ = _plan(length)
    return [(_middle(length, k, count), 0.3) for k in range(count) if k not in (sink, hob)]


def kitchen_looks(style: Style) -> Looks:
    """What all cabinets of this home's kitchen look like."""
    color = taste(style, "kitchen", (style.fronts, style.fronts, style.wood))
    return looks(style, "kitchen", color)


def kitchen_run(style: Style, length: float) -> Thing:
    """A row of base units with a worktop, a sink, a hob over an oven, and a dishwasher if there is room."""
    count, sink, hob, washer = _plan(length)
    look = kitchen_looks(style)
    columns: list[Column] = []
    for k in range(count):
        if k in (hob, washer):
            columns.append((1.0, [("none", 1.0)]))
        elif k == sink:
            columns.append((1.0, [("left", 1.0)]))
        else:
            drawers = taste(style, f"kitchen drawers {k % 3}", (True, False))
            columns.append((1.0, [("drawer", 0.5), ("drawer", 1.0), ("drawer", 1.0)] if drawers else [("right", 1.0)]))
    run = made("base-cabinet", cabinet(style, look, (length, 0.88, 0.6), columns, 0.1, top=False))
    each, x_sink, x_hob = length / count, _middle(length, sink, count), _middle(length, hob, count)
    run = replace(run, size=(length, WORKTOP, 0.63)).carrying(
        _countertop(style, length, x_sink),
        _sink().moved(x_sink, WORKTOP, 0.31),
        cooktop().moved(x_hob, WORKTOP, 0.32),
        _fitted(oven(), each).moved(x_hob, 0.18, 0.06),
        _panel_below(look, each).moved(x_hob),
    )
    if washer >= 0:
        run = run.carrying(_under_worktop(style, each).moved(_middle(length, washer, count)))
    return run


def _fitted(thing: Thing, width: float) -> Thing:
    """An appliance stretched to the width of its unit [m]."""
    share = (width - 0.006) / 0.595
    parts = tuple(replace(part, shape=part.shape.stretched(x=share)) for part in thing.parts)
    return replace(thing, parts=parts)


def _panel_below(look: Looks, width: float) -> Thing:
    """The strips of front above and below a built-in oven."""
    strips = [
        box((width - 0.005, h, 0.02), look.front, 0.7, bottom=b).moved(z=0.59)
        for b, h in ((0.103, 0.075), (0.778, 0.1))
    ]
    return Thing("base-cabinet", (boards(look.grain, *strips),), (width, 0.88, 0.6))


def _under_worktop(style: Style, width: float) -> Thing:
    """A dishwasher of the width of its unit [m]."""
    machine = dishwasher(style)
    share = (width - 0.006) / 0.594
    parts = tuple(replace(part, shape=part.shape.stretched(x=share).moved(z=0.013)) for part in machine.parts)
    return replace(machine, parts=parts, size=(width, 0.87, 0.64))


def _countertop(style: Style, length: float, x_sink: float) -> Thing:
    """A worktop of stone or wood about the hole for a sink, with a low strip at the wall."""
    pattern, of, color = taste(style, "worktop", _STONES)
    y, thick, deep = WORKTOP - 0.04, 0.04, 0.63
    half_x, z0, z1 = 0.25, 0.12, 0.5
    left, right = x_sink - half_x + length / 2, length / 2 - x_sink - half_x
    pieces = [
        box((left, thick, deep), color, 0.25, bottom=y).moved((left - length) / 2, 0, deep / 2),
        box((right, thick, deep), color, 0.25, bottom=y).moved((length - right) / 2, 0, deep / 2),
        box((2 * half_x, thick, z0), color, 0.25, bottom=y).moved(x_sink, 0, z0 / 2),
        box((2 * half_x, thick, deep - z1), color, 0.25, bottom=y).moved(x_sink, 0, (deep + z1) / 2),
        box((length, 0.05, 0.015), color, 0.4, bottom=WORKTOP).moved(z=0.0075),
    ]
    pieces = [replace(piece, uvs=_from_above(piece)) for piece in pieces]
    return Thing("countertop", (Part(join(pieces), of, texture=pattern),), (length, 0.1, deep))


def _from_above(shape: Shape) -> Floats:
    """Pattern coordinates (m, 3, 2) [m] that run over the edge of a board from its top to its front."""
    corners = shape.vertices[shape.triangles]
    return np.asarray(corners[..., [0, 2]] - corners[..., [1, 1]] * [0.0, 1.0])


def _sink() -> Thing:
    """A steel bowl with a rim and a high tap; its middle is the origin, the worktop's face is at y = 0."""
    out = [
        (0, 0, -0.17, 0),
        (0.2, 0.14, -0.17, 0),
        (0.235, 0.175, -0.15, 0),
        (0.24, 0.18, 0.0, 0),
        (0.27, 0.205, 0.0, 0),
    ]
    inside = [
        (0.268, 0.203, 0.005, 0),
        (0.228, 0.168, 0.004, 0),
        (0.22, 0.16, -0.13, 0),
        (0.19, 0.13, -0.15, 0),
        (0, 0, -0.155, 0),
    ]
    bowl = vessel([*out, *inside], scaled(STEEL, 0.95), 32, 0.3)
    drain = vessel(
        [(0, 0, -0.156, 0), (0.035, 0.035, -0.156, 0), (0.035, 0.035, -0.15, 0), (0, 0, -0.15, 0)], BLACK, 10
    )
    path = rounded_path([(0, 0.0, -0.235), (0, 0.33, -0.235), (0, 0.33, -0.04), (0, 0.24, -0.04)], 0.09, 4)
    lever = tube([(0.0, 0.05, -0.235), (0.05, 0.07, -0.225)], [0.008, 0.006], STEEL, 6)
    foot = tube([(0, 0.0, -0.235), (0, 0.06, -0.235)], 0.02, STEEL, 10)
    faucet = Thing("faucet", (metal(tube(path, 0.011, STEEL, 8), lever, foot, texture=""),), (0.1, 0.34, 0.25))
    sink = Thing("sink", (metal(bowl, texture="metal_brushed"), Part(drain, "metal")), (0.54, 0.02, 0.41))
    return sink.carrying(faucet)


def wall_units(style: Style, length: float) -> Thing:
    """Cupboards above a kitchen run of that length, a hood over its hob, and tiles between, at the height of both.

    Their lower edge is 1.42 m, their upper one 2.12 m over the floor; the tiles begin above the worktop.
    """
    count, _, hob, _ = _plan(length)
    each, look = length / count, kitchen_looks(style)
    kinds = taste(style, "wall units", (("left",), ("left", "glass"), ("left", "open")))
    parts: list[Part] = []
    for first, last in ((0, hob), (hob + 1, count)):
        if last <= first:
            continue
        columns: list[Column] = []
        for k in range(first, last):
            cell = kinds[k % len(kinds)]
            columns.append((1.0, [("open", 1.0), ("open", 1.0)] if cell == "open" else [(cell, 1.0)]))
        wide = each * (last - first)
        unit = cabinet(style, look, (wide, _TALL, 0.34), columns, 0.0, "none", top=False, grip="low")
        x = -length / 2 + each * (first + last) / 2
        parts += [replace(part, shape=part.shape.moved(x, _HANGS, 0.0)) for part in unit]
    parts.append(_tiles(style, length, each, _middle(length, hob, count)))
    thing = Thing("wall-cabinet", tuple(parts), (length, _HANGS + _TALL, 0.37))
    hood = range_hood(style, each - 0.02, _TALL - 0.1)
    return thing.carrying(hood.moved(_middle(length, hob, count), _HANGS + 0.1, 0.012))


def _tiles(style: Style, length: float, each: float, x_hob: float) -> Part:
    """Tiles between worktop and wall units, and behind the hood."""
    pattern = taste(style, "kitchen tiles", ("tiles_metro", "tiles_mosaic", "tiles_metro"))
    color = style.shade(taste(style, "kitchen tile color", (WHITE, (0.62, 0.72, 0.70), (0.80, 0.78, 0.74))), 0.03)
    low = WORKTOP + 0.05
    strip = box((length, _HANGS - low, 0.008), color, 0.3, bottom=low)
    behind = box((each, _TALL, 0.008), color, 0.3, bottom=_HANGS)
    both = join([strip, behind.moved(x_hob)]).moved(z=0.005)
    return Part(replace(both, uvs=both.vertices[both.triangles][..., [0, 1]]), "ceramic_tiles", texture=pattern)


def kitchen_island(style: Style, length: float = 1.6) -> Thing:
    """A block with a worktop that stands free: drawers at its back (z = 0), room for knees and stools at its front."""
    look = kitchen_looks(style)
    count = max(2, round(length / 0.6))
    columns: list[Column] = [
        (1.0, [("drawer", 0.5), ("drawer", 1.0), ("drawer", 1.0)] if k % 2 else [("left", 1.0)]) for k in range(count)
    ]
    unit = cabinet(style, look, (length - 0.06, 0.88, 0.58), columns, 0.08, top=False)
    turned = [replace(part, shape=part.shape.turned(180.0).moved(z=0.62)) for part in unit]
    panel = box((length - 0.06, 0.8, 0.018), look.front, 0.4, bottom=0.08).moved(z=0.629)
    pattern, of, color = taste(style, "worktop", _STONES)
    top = rounded_box((length, 0.04, 0.92), color, 0.006, 1, 0.25, bottom=WORKTOP - 0.04).moved(z=0.46)
    worktop = Thing(
        "countertop", (Part(replace(top, uvs=_from_above(top)), of, texture=pattern),), (length, 0.04, 0.92)
    )
    block = made("base-cabinet", [*turned, boards(look.grain, panel)], back=False)
    return replace(block, size=(length, WORKTOP, 0.92)).carrying(worktop)
