"""Plants of several kinds: leafy, palm, rubber tree, succulents, hanging ones, flowers in a vase, herbs.

The one idea: leaves are placed around a stem by the golden angle, so that every plant is full from all sides; a kind is
a way for leaves to grow longer, steeper or smaller from below to above.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, cylinder, grid, join, lathe, pillow
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import WHITE, Style, scaled
from echoenv.scene.homes.things.pieces import one_of, stood

_GOLDEN_ANGLE = 137.5  # [degrees]
_GREENS: tuple[Color, ...] = ((0.28, 0.46, 0.22), (0.22, 0.40, 0.26), (0.38, 0.52, 0.26), (0.30, 0.42, 0.30))
_POTS: tuple[Color, ...] = ((0.74, 0.44, 0.32), (0.90, 0.89, 0.86), (0.32, 0.33, 0.34), (0.62, 0.60, 0.56))
_FLOWERS: tuple[Color, ...] = (
    (0.86, 0.30, 0.34),
    (0.94, 0.78, 0.28),
    (0.88, 0.56, 0.68),
    (0.95, 0.93, 0.90),
    (0.52, 0.40, 0.70),
)


def leaf(length: float, width: float, color: ArrayLike, droop: float = 0.35) -> Shape:
    """A pointed leaf from the origin along +z that bends down; sizes in [m]."""
    flat, rise, unit = _unit_leaf()
    across, along, bend, low = (flat[:, k] for k in range(4))
    vertices = np.stack([width * across, width * rise - droop * length * bend - low, length * along], axis=1)
    uvs = np.stack([length * along, width * across], axis=1)
    return Shape(
        vertices, unit.triangles, np.tile(np.asarray(color, dtype=np.float64), (len(flat), 1)), uvs[unit.triangles]
    )


@functools.cache
def _unit_leaf() -> tuple[Floats, Floats, Shape]:
    """What every leaf is made from: of its points across, along, bend and depth below (n, 4); their rise (n,)."""
    t = np.array([0.0, 0.25, 0.6, 1.0])
    breadth = np.array([0.06, 0.425, 0.45, 0.01])
    points = np.stack([np.stack([side * breadth, 0.0 * t, t], -1) for side in (-1.0, 0.0, 1.0)], axis=1)
    both = join([grid(points[::-1], (1.0, 1.0, 1.0)), grid(points, (1.0, 1.0, 1.0))])
    across, along = both.vertices[:, 0], both.vertices[:, 2]
    below = np.repeat([0.0, 0.003], len(across) // 2)
    rise = 0.12 * np.sign(np.abs(across))
    return np.stack([across, along, along**2, below], axis=1), rise, both


def pot(style: Style, radius: float, height: float) -> Part:
    """A pot with earth in it, wider above, or a basket."""
    profile = [
        (0, 0),
        (0.78 * radius, 0),
        (radius, height),
        (0.9 * radius, height),
        (0.88 * radius, height - 0.03),
        (0, height - 0.03),
    ]
    woven = style.chance(0.3)
    color = (0.70, 0.55, 0.36) if woven else style.shade(one_of(style, _POTS))
    return Part(lathe(profile, color, 18), "wooden_chair" if woven else "porcelain", texture="wicker" if woven else "")


def _whorl(
    style: Style,
    count: int,
    blade: Callable[[float], Shape],
    rise: Callable[[float], float],
    tilt: Callable[[float], float],
) -> list[Shape]:
    """Leaves around the y axis; the functions give blade, height [m] and tilt [degrees up] from 0 below to 1 above."""
    return [
        blade(k / count).turned(-tilt(k / count), "x").turned(_GOLDEN_ANGLE * k).moved(0, rise(k / count), 0)
        for k in range(count)
    ]


def plant(style: Style, height: float = 1.1) -> Thing:
    """A plant in a pot on the floor or, below 0.6 m, on a table; of a kind by chance."""
    kinds = (_leafy, _palm, _rubber_tree, _snake_plant) if height > 0.6 else (_leafy, _snake_plant)
    return one_of(style, kinds)(style, height)


def _potted(style: Style, height: float, leaves: list[Shape], radius: float, pot_height: float) -> Thing:
    wide = max(2.05 * radius, 0.3 * height)
    parts = (pot(style, radius, pot_height), Part(join(leaves), "plants"))
    return stood(
        Thing(
            "indoor-plant",
            tuple(Part(p.shape.moved(z=wide / 2), p.material, p.glow, p.texture) for p in parts),
            (wide, height, wide),
        )
    )


def _pot_size(height: float) -> tuple[float, float]:
    return min(0.2, 0.16 * height + 0.025), min(0.36, 0.28 * height + 0.04)


def _leafy(style: Style, height: float) -> Thing:
    radius, low = _pot_size(height)
    green = style.shade(one_of(style, _GREENS), 0.15)
    count = 22 if height > 0.6 else 12

    def blade(t: float) -> Shape:
        return leaf(
            0.2 * height * style.between(0.75, 1.0),
            0.12 * height + 0.02,
            style.shade(green, 0.18),
            style.between(0.2, 0.6),
        )

    leaves = _whorl(style, count, blade, lambda t: low + (height - low) * (0.1 + 0.72 * t), lambda t: 20.0 + 45.0 * t)
    stem = cylinder(0.01, 0.8 * (height - low), scaled(green, 0.7), 6, bottom=low - 0.03, top_radius=0.005)
    return _potted(style, height, [stem, *leaves], radius, low)


def _palm(style: Style, height: float) -> Thing:
    radius, low = _pot_size(height)
    green = style.shade((0.34, 0.50, 0.24), 0.12)

    def frond(t: float) -> Shape:
        color = style.shade(green, 0.15)
        long = 0.3 * height * style.between(0.8, 1.0)
        blades = [
            leaf(0.3 * long, 0.045, color, 0.5).turned(side * 55.0).moved(0, -0.35 * long * f * f, long * f)
            for f in (0.35, 0.6, 0.85)
            for side in (-1, 1)
        ]
        return join([leaf(long, 0.03, color, 0.35), *blades])

    leaves = _whorl(
        style, 8, frond, lambda t: low + 0.42 * (height - low) + 0.1 * t * height, lambda t: 28.0 + 40.0 * t
    )
    trunk = cylinder(0.022, 0.55 * (height - low), (0.45, 0.36, 0.26), 8, bottom=low - 0.03, top_radius=0.014)
    return _potted(style, height, [trunk, *leaves], radius, low)


def _rubber_tree(style: Style, height: float) -> Thing:
    radius, low = _pot_size(height)
    green = style.shade((0.17, 0.32, 0.20), 0.15)

    def blade(t: float) -> Shape:
        return leaf(0.2 * style.between(0.85, 1.15), 0.1, style.shade(green, 0.15), style.between(0.15, 0.4))

    leaves = _whorl(style, 26, blade, lambda t: low + (height - low) * (0.35 + 0.6 * t), lambda t: 5.0 + 50.0 * t)
    trunk = rod((0, low - 0.03, 0), (0.01, 0.94 * height, 0.01), 0.012, (0.42, 0.34, 0.25))
    return _potted(style, height, [trunk, *leaves], radius, low)


def _snake_plant(style: Style, height: float) -> Thing:
    radius, low = _pot_size(height)
    green = style.shade((0.30, 0.44, 0.24), 0.12)

    def blade(t: float) -> Shape:
        return leaf((height - low) * style.between(0.7, 1.0), 0.05 + 0.02 * height, style.shade(green, 0.2), 0.04)

    leaves = _whorl(style, 11, blade, lambda t: low - 0.03, lambda t: 70.0 + 16.0 * t)
    return _potted(style, height, leaves, radius, low)


def succulent(style: Style) -> Thing:
    """A small rosette of thick leaves in a pot; its origin is its middle."""
    green = style.shade((0.48, 0.60, 0.46), 0.12)
    leaves = _whorl(
        style,
        14,
        lambda t: leaf(0.075 - 0.04 * t, 0.03, style.shade(green, 0.12), -0.2),
        lambda t: 0.07 + 0.02 * t,
        lambda t: 5.0 + 65.0 * t,
    )
    return Thing("indoor-plant", (pot(style, 0.055, 0.09), Part(join(leaves), "plants")), (0.15, 0.13, 0.15))


def cactus(style: Style) -> Thing:
    """A small cactus in a pot; its origin is its middle."""
    green = style.shade((0.34, 0.48, 0.28), 0.12)
    body = pillow((0.08, style.between(0.1, 0.2), 0.08), green, 1.0, 10, bottom=0.05)
    arm = pillow((0.04, 0.08, 0.04), green, 1.0, 8, bottom=0.1).moved(0.04)
    return Thing("indoor-plant", (pot(style, 0.055, 0.09), Part(join([body, arm]), "plants")), (0.13, 0.24, 0.12))


def herb(style: Style) -> Thing:
    """A kitchen herb in a pot; its origin is its middle."""
    green = style.shade((0.36, 0.54, 0.24), 0.12)
    leaves = _whorl(
        style,
        22,
        lambda t: leaf(0.055, 0.03, style.shade(green, 0.15), 0.3),
        lambda t: 0.1 + 0.13 * t,
        lambda t: 10.0 + 40.0 * t,
    )
    return Thing("indoor-plant", (pot(style, 0.06, 0.11), Part(join(leaves), "plants")), (0.16, 0.27, 0.16))


def trailing_plant(style: Style) -> Thing:
    """A small pot from which shoots hang down over an edge in front (by at most 0.12 m); its origin is its middle."""
    green = style.shade(one_of(style, _GREENS), 0.12)
    leaves = _whorl(
        style,
        20,
        lambda t: leaf(0.09, 0.05, style.shade(green, 0.18), 0.7),
        lambda t: 0.1 + 0.04 * t,
        lambda t: 15.0 + 45.0 * t,
    )
    return Thing("indoor-plant", (pot(style, 0.07, 0.11), Part(join(leaves), "plants")), (0.24, 0.2, 0.24))


def hanging_plant(style: Style, drop: float) -> Thing:
    """A pot on three cords from the ceiling (y = 0) with shoots that hang over it, its pot `drop` [m] below."""
    green = style.shade(one_of(style, _GREENS), 0.12)
    cords = [
        rod((0.12, 0.13 - drop, 0.0), (0.0, 0.0, 0.0), 0.003, (0.8, 0.76, 0.68), 4).turned(120.0 * k) for k in range(3)
    ]
    holder = pot(style, 0.13, 0.16)
    top = 0.16 - drop
    up = _whorl(
        style,
        16,
        lambda t: leaf(0.2, 0.06, style.shade(green, 0.18), 0.8),
        lambda t: top + 0.03 * t,
        lambda t: 20.0 + 50.0 * t,
    )
    down = _whorl(
        style,
        16,
        lambda t: leaf(0.13, 0.06, style.shade(green, 0.18), 0.3).moved(0, 0, 0.13),
        lambda t: top - 0.35 * t,
        lambda t: -55.0,
    )
    parts = (
        Part(holder.shape.moved(y=-drop), holder.material, texture=holder.texture),
        Part(join(cords), "wooden_chair"),
        Part(join([*up, *down]), "plants"),
    )
    return Thing("indoor-plant", parts, (0.5, drop + 0.4, 0.5))


def flowers(style: Style) -> Thing:
    """A vase with cut flowers; its origin is its middle."""
    profile = one_of(
        style,
        (
            [(0, 0), (0.05, 0), (0.075, 0.09), (0.045, 0.18), (0.055, 0.21), (0.045, 0.19), (0, 0.15)],
            [(0, 0), (0.045, 0), (0.05, 0.2), (0.043, 0.2), (0.038, 0.05), (0, 0.05)],
        ),
    )
    vessel = lathe(profile, style.bright(), 16)
    stems, heads = [], []
    color = one_of(style, _FLOWERS)
    for k in range(7):
        lean, turn = 0.03 + 0.012 * k, _GOLDEN_ANGLE * k
        high = 0.36 - 0.015 * k
        stems.append(
            join(
                [
                    rod((0, 0.15, 0), (lean, high, 0), 0.003, (0.3, 0.46, 0.22), 4),
                    leaf(0.1, 0.03, (0.32, 0.5, 0.24)).turned(-35.0, "x").moved(0.2 * lean, 0.22, 0),
                ]
            ).turned(turn)
        )
        heads.append(
            pillow((0.06, 0.045, 0.06), style.shade(color, 0.12), 1.0, 8, bottom=high - 0.01).moved(lean).turned(turn)
        )
    vase = Part(vessel, "porcelain")
    return Thing("vase", (vase,), (0.2, 0.4, 0.2)).carrying(
        Thing("indoor-plant", (Part(join([*stems, *heads]), "plants"),), (0.2, 0.4, 0.2))
    )


def planter_box(style: Style, width: float = 0.8) -> Thing:
    """A long box with grasses."""
    body = box((width, 0.4, 0.3), style.shade(one_of(style, (WHITE, style.wood))), 0.6).moved(z=0.15)
    green = style.shade(one_of(style, _GREENS), 0.1)
    blades = [
        leaf(style.between(0.35, 0.6), 0.03, style.shade(green, 0.2), style.between(0.05, 0.4))
        .turned(-style.between(60.0, 85.0), "x")
        .turned(97.0 * k)
        .moved((k / 29.0 - 0.5) * (width - 0.2), 0.39, 0.15)
        for k in range(30)
    ]
    return stood(
        Thing(
            "indoor-plant",
            (Part(body, "wooden_furniture", texture="wood_fine"), Part(join(blades), "plants")),
            (width, 0.95, 0.3),
        )
    )
