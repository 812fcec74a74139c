"""What makes a room more than a box: blocks that stand in it, lower ceilings, a sloped ceiling, a raised floor.

The one idea: a room stays the rectangle that its plan gives it, and features take something away from that rectangle.
A block is a solid prism from floor to ceiling (a boxed corner makes an L-shaped room, a chimney breast two recesses, a
column is a block that touches no wall); a soffit or a beam lowers the ceiling over a rectangle; a slope lowers it along
one wall; a platform raises the floor at one end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.plans.rect import Rect

Floats = NDArray[np.float64]
Corner = tuple[float, float]

_ROUND = 16  # sides of a round column


@dataclass(frozen=True)
class Block:
    """A solid prism from floor to ceiling.

    Attributes:
        kind: `corner` (boxed), `breast` (a chimney breast, a pilaster, the side of a niche), `chamfer` (a corner cut
            at 45 degrees), `column` or `half_column`.
        corners: Of its convex footprint (x, z) [m], counter-clockwise seen from above.
    """

    kind: str
    corners: tuple[Corner, ...]

    @property
    def outline(self) -> Rect:
        """The rectangle around it [m]."""
        xs, zs = zip(*self.corners, strict=True)
        return Rect(min(xs), min(zs), max(xs), max(zs))

    @property
    def is_box(self) -> bool:
        """Whether its footprint is its outline."""
        return len(self.corners) == 4

    def edges(self) -> list[tuple[Corner, Corner]]:
        """Its sides (from, to) [m], as seen from outside from left to right."""
        return list(zip(self.corners, (*self.corners[1:], self.corners[0]), strict=True))

    def covers(self, x: NDArray[Any], z: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether points (...,) of the plan [m] lie in it."""
        inside = np.ones(np.broadcast(x, z).shape, dtype=bool)
        for (ax, az), (bx, bz) in self.edges():
            inside &= (bz - az) * (x - ax) - (bx - ax) * (z - az) >= -1e-9
        return inside


@dataclass(frozen=True)
class Soffit:
    """A part of the ceiling that hangs lower.

    Attributes:
        outline: Over which rectangle [m].
        height: Of its underside [m].
        kind: `soffit` (finished as the ceiling is) or `beam` (of wood).
    """

    outline: Rect
    height: float
    kind: str = "soffit"


@dataclass(frozen=True)
class Slope:
    """A ceiling that comes down along one wall, as under a roof.

    Attributes:
        side: The wall.
        low: Height [m] of the ceiling at the wall.
        run: How far [m] off the wall it reaches the room's full height.
    """

    side: str
    low: float
    run: float


@dataclass(frozen=True)
class Platform:
    """A raised floor over one whole end of a room.

    Attributes:
        side: The wall at that end.
        outline: [m].
        height: Above the room's other floor [m]; less than the 0.2 m that a walker climbs.
    """

    side: str
    outline: Rect
    height: float


def box_block(kind: str, outline: Rect) -> Block:
    """A block with a rectangular footprint."""
    r = outline
    return Block(kind, ((r.x0, r.z1), (r.x1, r.z1), (r.x1, r.z0), (r.x0, r.z0)))


def corner_block(inside: Rect, corner: str, width: float, depth: float) -> Block:
    """A boxed corner of a room.

    Args:
        inside: The room's floor [m].
        corner: Two sides: `north-west`, `north-east`, `south-west` or `south-east`.
        width: Along x [m].
        depth: Along z [m].
    """
    north, west = "north" in corner, "west" in corner
    z0, z1 = (inside.z0, inside.z0 + depth) if north else (inside.z1 - depth, inside.z1)
    x0, x1 = (inside.x0, inside.x0 + width) if west else (inside.x1 - width, inside.x1)
    return box_block("corner", Rect(x0, z0, x1, z1))


def chamfer(inside: Rect, corner: str, leg: float) -> Block:
    """A corner cut at 45 degrees, `leg` [m] along each wall; the other arguments as in `corner_block`."""
    r = corner_block(inside, corner, leg, leg).outline
    around = ((r.x0, r.z1), (r.x1, r.z1), (r.x1, r.z0), (r.x0, r.z0))
    free = {"north-west": 1, "south-west": 2, "south-east": 3, "north-east": 0}[corner]
    return Block("chamfer", tuple(point for k, point in enumerate(around) if k != free))


def breast(inside: Rect, side: str, start: float, width: float, depth: float) -> Block:
    """A chimney breast or pilaster: a box against a wall, from `start` [m] along it, so deep [m]."""
    return box_block("breast", inside.along(side, start, start + width, depth))


def column(x: float, z: float, size: float, is_round: bool) -> Block:
    """A free column around x, z [m], so thick [m]."""
    if not is_round:
        return box_block("column", Rect(x, z, x, z).grown(size / 2.0))
    angle = np.pi / 2.0 - 2.0 * np.pi * np.arange(_ROUND) / _ROUND
    return Block("column", _points(x + size / 2.0 * np.cos(angle), z + size / 2.0 * np.sin(angle)))


def half_column(inside: Rect, side: str, at: float, size: float) -> Block:
    """A round column that stands half in a wall, its middle at `at` [m] along it, so thick [m]."""
    away = {"north": 90.0, "east": 180.0, "south": -90.0, "west": 0.0}[side]  # off the wall, from x towards z
    angle = np.deg2rad(away) + np.pi / 2.0 - np.pi * np.arange(_ROUND // 2 + 1) / (_ROUND // 2)
    line = inside.line(side)
    x, z = (at, line) if side in ("north", "south") else (line, at)
    return Block("half_column", _points(x + size / 2.0 * np.cos(angle), z + size / 2.0 * np.sin(angle)))


def _points(xs: Floats, zs: Floats) -> tuple[Corner, ...]:
    return tuple((round(float(x), 4), round(float(z), 4)) for x, z in zip(xs, zs, strict=True))


def end_platform(inside: Rect, side: str, depth: float, height: float) -> Platform:
    """A raised floor from wall to wall at one end of a room, so deep and high [m]."""
    low, high = inside.span(side)
    return Platform(side, inside.along(side, low, high, depth), height)
