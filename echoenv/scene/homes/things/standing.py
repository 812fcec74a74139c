"""What things that sound have in common: their frame, their feet, rows of keys.

The one idea: such a thing is built in whatever frame is easiest, with the point that sounds; `standing` then moves it
into the frame of all things (back at z = 0, standing at y = 0, centred at x = 0) and measures its size.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from echoenv.scene.homes.assembly import Part, Point, Thing, as_point
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, rotation
from echoenv.scene.homes.solids import extruded, rod
from echoenv.scene.homes.style import Style

IVORY: Color = (0.95, 0.94, 0.90)
EBONY: Color = (0.09, 0.085, 0.085)
BRASS: Color = (0.80, 0.62, 0.30)
SILVER: Color = (0.78, 0.79, 0.81)
DARK: Color = (0.05, 0.05, 0.055)

SHINY: tuple[Color, ...] = (
    (0.12, 0.12, 0.13),
    (0.72, 0.14, 0.12),
    (0.90, 0.87, 0.78),
    (0.16, 0.36, 0.42),
    (0.80, 0.56, 0.22),
    (0.30, 0.46, 0.34),
)
"""Colours of painted and enamelled cases."""


def standing(category: str, parts: Sequence[Part], sounds_at: Sequence[float], carries: Sequence[Thing] = ()) -> Thing:
    """The thing in the frame of all things, its size measured.

    Args:
        category: What it is called.
        parts: What it is made of, in any upright frame whose front is towards +z.
        sounds_at: Where it sounds [m] (3,), in the same frame.
        carries: Things on it or beside it, in the same frame; they count in its size.
    """
    shapes = [part.shape for thing in (Thing("", tuple(parts), (0, 0, 0)), *carries) for part in thing.parts]
    low = np.min([shape.vertices.min(axis=0) for shape in shapes], axis=0)
    high = np.max([shape.vertices.max(axis=0) for shape in shapes], axis=0)
    width, height, depth = (float(np.ceil(1e4 * side - 1e-6)) / 1e4 for side in high - low)
    thing = Thing(category, tuple(parts), (width, height, depth), tuple(carries), as_point(np.asarray(sounds_at)))
    thing = thing.moved(-float(low[0] + high[0]) / 2.0, -float(low[1]), -float(low[2]))
    return _at_rounded(thing)


def _at_rounded(thing: Thing) -> Thing:
    at: Point | None = thing.sounds_at and as_point(np.asarray(thing.sounds_at))
    return Thing(thing.category, thing.parts, thing.size, thing.carries, at)


def pick(style: Style, colors: Sequence[Color]) -> Color:
    """One of some colours, by chance."""
    return colors[int(style.rng.integers(len(colors)))]


def wedge(width: float, profile: list[tuple[float, float]], color: Color, bevel: float = 0.006) -> Shape:
    """A body of constant side view, given as (z, y) from its lower back corner along its bottom and around."""
    outline = [(-z, y) for z, y in reversed(profile)]
    return extruded(outline, width, color, bevel).turned(90.0).moved(-width / 2.0)


def disc(radius: float, thickness: float, color: Color, sides: int = 20) -> Shape:
    """A flat cylinder that faces +z, its back at z = 0; sizes in [m]."""
    return cylinder(radius, thickness, color, sides).turned(90.0, "x")


def tripod(height: float, spread: float, color: Color, radius: float = 0.011, hub: float = 0.25) -> Shape:
    """A stand: three legs that spread to that radius [m] from the height `hub`, and a column up to `height`."""
    legs = []
    for degrees in (30.0, 150.0, 270.0):
        x, z = spread * np.cos(np.deg2rad(degrees)), spread * np.sin(np.deg2rad(degrees))
        legs.append(rod((0.0, hub, 0.0), (x, radius, z), radius, color, 6))
        legs.append(cylinder(1.3 * radius, 2.4 * radius, DARK, 8).moved(x, 0.0, z))
    return join([*legs, cylinder(radius, height - 0.5 * hub, color, 10, bottom=0.5 * hub)])


def piano_keys(width: float, count: int, depth: float = 0.14) -> tuple[Shape, Shape]:
    """White and black keys, centred at x = 0, their backs at z = 0, their tops at y = 0.02; lowest key A.

    Args:
        width: Of all keys [m].
        count: How many keys, white and black ones.
        depth: Length of the white ones [m].
    """
    is_black = [(k + 9) % 12 in (1, 3, 6, 8, 10) for k in range(count)]
    each = width / (count - sum(is_black))
    x, white, black = -width / 2.0, [], []
    for dark in is_black:
        if dark:
            key = box((0.55 * each, 0.032, 0.63 * depth), EBONY, np.inf)
            black.append(key.moved(x, 0.0, 0.315 * depth))
        else:
            white.append(box((0.93 * each, 0.02, depth), IVORY, np.inf).moved(x + each / 2.0, 0.0, depth / 2.0))
            x += each
    bed = box((width, 0.012, 0.97 * depth), (0.35, 0.33, 0.30), np.inf).moved(z=0.485 * depth)
    return join([*white, bed]), join(black)


def leaned(parts: list[Part], degrees: float, lift: float) -> list[Part]:
    """Parts leaned back about their lower end and lifted [m]."""
    return [Part(p.shape.turned(-degrees, "x").moved(0.0, lift, 0.0), p.material, p.glow, p.texture) for p in parts]


def leaned_point(x: float, y: float, z: float, degrees: float, lift: float) -> Point:
    """A point of such a thing after `leaned`."""
    return as_point(rotation(-degrees, "x") @ np.array([x, y, z]) + [0.0, lift, 0.0])
