"""A furnished room for its inspector: its things as solids, and how far they are from floor, ceiling, walls and blocks.

The one idea: what stands in a room is measured against the plan, not against the shell's triangles: the plan says where
floor, ceiling and walls are and where openings leave room in them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.assembly import Assembly, Placed
from echoenv.scene.homes.columns import Solid
from echoenv.scene.homes.plans.plan import RECESS, Opening, Rect, Room

Floats = NDArray[np.float64]

_AROUND_OPENING = 0.01  # [m] beyond the edge of an opening that still counts as the opening


@dataclass(frozen=True, eq=False)
class InspectedRoom:
    """A room and its things.

    Attributes:
        room: The room.
        things: All in it, carried ones too.
        solids: Each one's own triangles, in the same order.
        groups: The things that nothing carries, each with all that it carries, by number.
        blocks: What is built in from floor to ceiling.
    """

    room: Room
    things: list[Placed]
    solids: list[Solid]
    groups: dict[int, Solid]
    blocks: list[Solid]

    @staticmethod
    def of(room: Room, assembly: Assembly) -> InspectedRoom:
        """A room with the things that furnish it."""
        things = [item for item in assembly.placed if item.room == room.name]
        groups: dict[int, list[Placed]] = {}
        root_of: dict[int, int] = {}
        for item in things:  # carriers come before what they carry
            root_of[item.number] = root_of.get(item.carrier, item.number)
            groups.setdefault(root_of[item.number], []).append(item)
        return InspectedRoom(
            room,
            things,
            [solid_of([item]) for item in things],
            {number: solid_of(items) for number, items in groups.items()},
            [_prism(block.corners, room.height) for block in room.blocks],
        )

    def named(self, number: int) -> str:
        """A thing's category, number and room."""
        thing = next(item for item in self.things if item.number == number)
        return f"{thing.thing.category} {number} in the {self.room.name}"

    def floor_under(self, solid: Solid) -> float | None:
        """Height [m] of the floor under a thing's box; None where it reaches over the edge of a platform."""
        footprint = Rect(float(solid.low[0]), float(solid.low[2]), float(solid.high[0]), float(solid.high[2]))
        return self.room.floor_over(footprint)

    def floor_at(self, solid: Solid) -> float:
        """Height [m] of the floor under the middle of a thing."""
        x, _, z = (solid.low + solid.high) / 2.0
        return self.room.floor_at(float(x), float(z))

    def to_ceiling(self, solid: Solid) -> float:
        """Distance [m] of a thing's highest point from the ceiling over it."""
        points = solid.corners.reshape(-1, 3)
        highest, middle = points[points[:, 1].argmax()], (solid.low + solid.high) / 2.0
        inwards = 0.01 * (middle - highest) * (1.0, 0.0, 1.0)  # off the edge of what is over it
        return self._under_ceiling(highest + inwards)

    def _under_ceiling(self, point: Floats) -> float:
        x, y, z = (float(value) for value in point)
        return self.room.ceiling_over(Rect(x, z, x, z)) - y

    def to_wall(self, solid: Solid) -> float:
        """Distance [m] of a thing from the nearest wall or block; negative where its box reaches into a wall."""
        inside = self.room.interior
        walls = (
            solid.low[0] - inside.x0,
            inside.x1 - solid.high[0],
            solid.low[2] - inside.z0,
            inside.z1 - solid.high[2],
        )
        points = solid.corners.reshape(-1, 3)[:, ::2]
        edges = [edge for block in self.room.blocks for edge in block.edges()]
        return min([*map(float, walls), *(_to_edge(points, np.array(a), np.array(b)) for a, b in edges)])

    def through_ceiling(self, solid: Solid) -> float:
        """How far [m] a thing reaches through the ceiling, a lowered or sloped one too."""
        footprint = Rect(float(solid.low[0]), float(solid.low[2]), float(solid.high[0]), float(solid.high[2]))
        points = solid.corners.reshape(-1, 3)
        high = np.unique(points[points[:, 1] > self.room.ceiling_over(footprint)].round(3), axis=0)
        return max([0.0, *(-self._under_ceiling(point) for point in high)])

    def behind_wall(self, side: str, solid: Solid) -> float:
        """How far [m] a thing reaches behind a wall's face, other than into openings."""
        points = solid.corners.reshape(-1, 3)
        along, depth = _in_wall(self.room, side, points)
        free = np.zeros(len(points), dtype=bool)
        for opening in self.room.openings:
            if opening.side == side:
                across = (along > opening.start - _AROUND_OPENING) & (along < opening.end + _AROUND_OPENING)
                heights = points[:, 1]
                high = (heights > opening.bottom - _AROUND_OPENING) & (heights < opening.top + _AROUND_OPENING)
                free |= across & high & (depth < RECESS)
        return float(depth[~free].max(initial=0.0))

    def before(self, opening: Opening, reach: float, low: float, high: float) -> tuple[Floats, Floats]:
        """Corners [m] (3,) of the space before an opening, `reach` [m] deep, between two heights over the floor."""
        line = self.room.wall_line(opening.side)
        near, far = (line, line + reach) if opening.side in ("north", "west") else (line - reach, line)
        start, end = opening.start + _AROUND_OPENING, opening.end - _AROUND_OPENING
        x0, z0, x1, z1 = (start, near, end, far) if opening.side in ("north", "south") else (near, start, far, end)
        floor = self.room.floor_at((x0 + x1) / 2.0, (z0 + z1) / 2.0)
        return np.array([x0, floor + low, z0]), np.array([x1, min(floor + high, opening.top), z1])


def solid_of(items: list[Placed]) -> Solid:
    """Things as one solid, each of their parts a body of its own."""
    shapes = [part.shape for item in items for part in item.thing.parts]
    corners = [shape.vertices[shape.triangles] for shape in shapes]
    return Solid.of(np.concatenate(corners), np.repeat(np.arange(len(shapes)), [len(part) for part in corners]))


def _prism(corners: tuple[tuple[float, float], ...], height: float) -> Solid:
    """Floor and top of a block over a convex footprint (x, z): its sides are nothing to vertical lines."""
    top = np.array([(x, height, z) for x, z in corners])
    fan = np.array([[top[0], top[k], top[k + 1]] for k in range(1, len(top) - 1)])
    under = fan[:, ::-1] * np.array([1.0, 0.0, 1.0])
    return Solid.of(np.concatenate([fan, under]), np.zeros(2 * len(fan), dtype=np.int64))


def _to_edge(points: Floats, a: Floats, b: Floats) -> float:
    """Distance [m] of points (n, 2) from a stretch."""
    way = b - a
    share = np.clip((points - a) @ way / float(way @ way), 0.0, 1.0)
    return float(np.linalg.norm(points - a - share[:, None] * way, axis=1).min())


def _in_wall(room: Room, side: str, points: Floats) -> tuple[Floats, Floats]:
    """Where points (n, 3) are along a wall, and how far behind its face [m]."""
    line = room.wall_line(side)
    x, z = points[:, 0], points[:, 2]
    return {"north": (x, line - z), "south": (x, z - line), "west": (z, line - x), "east": (z, x - line)}[side]
