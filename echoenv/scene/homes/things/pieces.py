"""What small things are put together from: pictures upright and lying, legs of wire, choices among kinds.

The one idea: a pattern that is stretched over its part wants one plain rectangle, white where the pattern has colours
of its own; all that is not flat comes from `shapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.assembly import Part, Point, Thing
from echoenv.scene.homes.shapes import Color, rectangle
from echoenv.scene.homes.style import Style

PURE: Color = (1.0, 1.0, 1.0)
"""The colour under a pattern that has colours of its own."""

GOLD: Color = (0.72, 0.58, 0.32)
GREY: Color = (0.45, 0.46, 0.48)
CREAM: Color = (0.93, 0.88, 0.78)

Choice = TypeVar("Choice")


def one_of(style: Style, choices: Sequence[Choice]) -> Choice:
    """One of several, each as likely."""
    return choices[int(style.rng.integers(len(choices)))]


def numbered(style: Style, name: str, count: int) -> str:
    """One of the patterns `name_0` to `name_{count - 1}`."""
    return f"{name}_{int(style.rng.integers(count))}"


def upright(
    size: tuple[float, float],
    material: str,
    pattern: str,
    at: Point = (0.0, 0.0, 0.0),
    color: Color = PURE,
    glow: Point = (0.0, 0.0, 0.0),
    longest: float = 0.5,
) -> Part:
    """A flat picture that looks along +z.

    Args:
        size: Width and height [m].
        material: Acoustic material.
        pattern: Its pattern.
        at: The middle of its lower edge [m].
        color: Under the pattern.
        glow: Linear radiance.
        longest: Longest edge of a cell [m].
    """
    width, height = size
    x, y, z = at
    return Part(
        rectangle([x - width / 2, y, z], [width, 0, 0], [0, height, 0], color, longest), material, glow, pattern
    )


def lying(
    size: tuple[float, float],
    material: str,
    pattern: str,
    at: Point = (0.0, 0.0, 0.0),
    color: Color = PURE,
    longest: float = 0.5,
) -> Part:
    """A flat picture that looks upwards, its lower edge in front; `at` is its middle, the rest as in `upright`."""
    width, depth = size
    x, y, z = at
    corner = [x - width / 2, y, z + depth / 2]
    return Part(rectangle(corner, [width, 0, 0], [0, 0, -depth], color, longest), material, texture=pattern)


def centred(thing: Thing) -> Thing:
    """A thing whose origin is its middle, from one whose back stands at z = 0."""
    return thing.moved(z=-thing.size[2] / 2.0)


def chosen(style: Style, makers: Sequence[Callable[[Style], Thing]], count: int) -> list[Thing]:
    """Things by `count` different makers out of several, in an order by chance."""
    order = style.rng.permutation(len(makers))[:count]
    return [makers[int(k)](style) for k in order]


def extent(thing: Thing) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lowest and highest corner [m] (3,) of the box around a thing and all that it carries."""
    boxes = [part.shape.bounds for part in thing.parts]
    boxes += [extent(carried) for carried in thing.carries]
    return np.min([low for low, _ in boxes], axis=0), np.max([high for _, high in boxes], axis=0)


def stood(thing: Thing) -> Thing:
    """A thing moved to stand at y = 0, its back at z = 0, centred at x = 0, with the size that it really has."""
    low, high = extent(thing)
    width, height, depth = (round(float(value), 3) for value in high - low)
    moved = thing.moved(-float(low[0] + high[0]) / 2.0, -float(low[1]), -float(low[2]))
    return replace(moved, size=(width, height, depth))
