"""How furniture is made: parts of wood, metal and cloth, the taste of a home, and the size of what was made.

The one idea: what a whole home shares (that its chairs are of bent wood, its handles bars) is a matter of *taste*,
which follows from the home's palette alone, so that six chairs at a table are alike; what differs from piece to piece
is drawn from the home's chance. `made` measures a finished thing, so that its size is true by construction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, join
from echoenv.scene.homes.solids import tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled, seeded

Choice = TypeVar("Choice")

MIRROR: Color = (0.74, 0.79, 0.81)
GLASS: Color = (0.80, 0.88, 0.88)
SMOKED: Color = (0.40, 0.46, 0.46)
BRASS: Color = (0.72, 0.58, 0.34)
LEATHERS: tuple[Color, ...] = ((0.42, 0.27, 0.18), (0.22, 0.19, 0.18), (0.58, 0.39, 0.25), (0.74, 0.69, 0.61))
PAINTS: tuple[Color, ...] = (WHITE, (0.80, 0.79, 0.76), (0.44, 0.52, 0.55), (0.30, 0.33, 0.36), (0.60, 0.66, 0.60))
_NEARLY = 0.02  # [m] from the floor: what is lower stands on it
_SHIFT = np.array([0.377, 0.613])  # [m] by which the grain of one board lies off the grain of the next


def taste(style: Style, what: str, choices: Sequence[Choice]) -> Choice:
    """The one of `choices` that this home prefers: the same every time it is asked about the same `what`."""
    palette = (style.wood, style.boards, style.fabric, style.textile, style.fronts, style.wall, style.accent)
    return choices[int(seeded(f"{what} {palette}").integers(len(choices)))]


def wood(style: Style, *shapes: Shape, material: str = "wooden_furniture") -> Part:
    """Boards and bars of this home's kind of wood, or painted (`boards`)."""
    return boards(grain(style), *shapes, material=material)


def grain(style: Style) -> str:
    """The pattern of this home's wood."""
    return taste(style, "grain", ("wood_fine", "wood_bold"))


def boards(pattern: str, *shapes: Shape, material: str = "wooden_furniture") -> Part:
    """Boards of wood with that grain; what is not brown is painted and shows none."""
    red, _, blue = shapes[0].colors.mean(axis=0)
    return Part(_shifted(shapes), material, texture=pattern if red > 1.25 * blue else "")


def metal(*shapes: Shape, texture: str = "metal_brushed") -> Part:
    """Things of metal."""
    return Part(join(shapes), "metal", texture=texture)


def _shifted(shapes: Sequence[Shape]) -> Shape:
    """The shapes as one, each with another stretch of the pattern."""
    return join(replace(shape, uvs=shape.uvs + k * _SHIFT) for k, shape in enumerate(shapes))


@dataclass(frozen=True)
class Cover:
    """What a soft thing is covered with.

    Attributes:
        color: sRGB (3,).
        material: Acoustic material.
        texture: Pattern.
    """

    color: Color
    material: str
    texture: str

    def part(self, *shapes: Shape) -> Part:
        """Shapes covered with it; they have their colours already."""
        return Part(_shifted(shapes), self.material, texture=self.texture)


def cover(style: Style, what: str, kind: str = "") -> Cover:
    """The cover that this home prefers for `what` (a sofa); `kind` is a pattern's name, such as `leather`, or free."""
    texture = kind or taste(style, f"cover of {what}", ("fabric", "fabric_coarse", "linen", "fabric", "leather"))
    if texture == "leather":
        return Cover(style.shade(taste(style, "leather", LEATHERS), 0.03), "leather", texture)
    return Cover(style.shade(style.fabric, 0.04), "upholstery", texture)


def made(category: str, parts: Sequence[Part], *carried: Thing, back: bool = True) -> Thing:
    """A thing of parts with the size that it has.

    It is moved so that its back is at z = 0 (unless `back` is False) and, if it nearly stands on the floor, its lowest
    point at y = 0: the ends of slanted bars reach a little lower or higher than their middle lines.
    """
    vertices = np.concatenate([part.shape.vertices for part in parts])
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    z = -float(low[2]) if back else 0.0
    y = -float(low[1]) if abs(float(low[1])) < _NEARLY else 0.0
    width = 2.0 * float(np.abs(vertices[:, 0]).max())
    size = (round(width, 3), round(float(high[1]) + y, 3), round(float(high[2]) + z, 3))
    return Thing(category, tuple(parts), size, tuple(carried)).moved(y=y, z=z)


def feet(
    width: float,
    depth: float,
    height: float,
    color: Color,
    radius: float = 0.02,
    inset: float = 0.05,
    splay: float = 0.0,
    sides: int = 8,
) -> Shape:
    """Four round legs under a body of that width and depth [m] that starts at z = 0, thin at the floor.

    Args:
        width: Of the body [m].
        depth: Of the body [m].
        height: Of the legs [m].
        color: sRGB (3,).
        radius: At their upper ends [m].
        inset: How far in from the body's corners their feet stand [m].
        splay: How much farther in their upper ends are [m].
        sides: Of their sections.
    """
    xs, zs = width / 2 - inset, depth / 2 - inset
    return join(
        tube(
            [(sx * xs, 0.0, depth / 2 + sz * zs), (sx * (xs - splay), height, depth / 2 + sz * (zs - splay))],
            [radius * 0.65, radius],
            color,
            sides,
        )
        for sx in (-1, 1)
        for sz in (-1, 1)
    )


def leg_color(style: Style) -> Color:
    """Of the legs of this home's furniture: wood, dark wood, black or steel."""
    return taste(style, "legs", (style.wood, scaled(style.wood, 0.6), BLACK, STEEL))


def leg_part(style: Style, *shapes: Shape) -> Part:
    """Legs of this home's furniture, of the material that their colour says."""
    if leg_color(style) in (BLACK, STEEL):
        return metal(*shapes, texture="metal_brushed" if leg_color(style) == STEEL else "")
    return wood(style, *shapes)


def mirror_pane(width: float, height: float) -> Part:
    """A mirror that looks along +z, its lower edge on y = 0; it shows an even silver, brighter towards the top."""
    pane = box((width, height, 0.006), MIRROR, 0.25)

    def sheen(v: Floats) -> Floats:
        streak = np.exp(-((((v[:, 0] / width + 0.5) + 0.8 * (v[:, 1] / height - 0.5) - 0.55) / 0.16) ** 2))
        return np.asarray(MIRROR) * (0.86 + 0.1 * v[:, 1] / height + 0.16 * streak)[:, None]

    return Part(pane.colored(sheen).moved(z=0.003), "heavy_glass")
