"""Floor plans: rooms as rectangles between wall lines, and the doors and windows in their walls.

The one idea: rooms tile one rectangle in the x-z plane, drawn between the centre lines of walls. A room's interior is
its rectangle less half a wall on each side, so two neighbours leave exactly one wall between them, and an opening is
one interval of their shared wall. What makes a room more than a box (`features`) lies within its interior, so it never
concerns the neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.plans.features import Block, Platform, Slope, Soffit
from echoenv.scene.homes.plans.rect import SIDES, Rect, opposite

__all__ = ["RECESS", "SIDES", "WALL_THICKNESS", "Opening", "Plan", "Rect", "Room", "opposite"]

WALL_THICKNESS = 0.14
"""[m] between the rooms."""

RECESS = 0.15
"""Depth [m] from an outer wall's inner face to the window pane or the entrance door."""


@dataclass(frozen=True)
class Opening:
    """A hole in one wall of a room.

    Attributes:
        side: The wall.
        start: Where it begins along the wall [m]: an x for north and south, a z for west and east.
        end: Where it ends [m].
        bottom: Height [m] of its lower edge.
        top: Height [m] of its upper edge.
        kind: `door` (with a leaf), `passage` (without), `entrance` (a closed door in an outer wall), or `window`.
        leads_to: Name of the room behind a door or passage; empty for windows and entrances.
        swings_here: Whether the leaf of a door opens into this room.
        leaf: What closes a door: `panel`, `glass` (a pane in a frame), `double` (two leaves) or `sliding` (one that
            hangs before the wall beside its opening).
        open_angle: How far [degrees] the leaf stands open: 90 at a right angle, near 180 folded back on its wall.
        hinge_right: Whether it turns about, or slides to, the right end of the opening, seen from the room.
        radiator: Whether one hangs under the window.
    """

    side: str
    start: float
    end: float
    bottom: float
    top: float
    kind: str
    leads_to: str = ""
    swings_here: bool = False
    leaf: str = "panel"
    open_angle: float = 90.0
    hinge_right: bool = False
    radiator: bool = False


@dataclass
class Room:
    """A room.

    Attributes:
        name: Unique in the plan.
        kind: What it is furnished as (`living`, `kitchen`, `bedroom`, ...).
        outline: Between the centre lines of its walls [m].
        height: Of its ceiling [m], where nothing lowers it.
        openings: Holes in its walls.
        blocks: What stands in it from floor to ceiling; they do not overlap.
        soffits: Lower parts of its ceiling, away from blocks and from the slope; they do not overlap.
        slope: Its ceiling along one wall, if it is sloped.
        platform: The raised part of its floor, if there is one.
    """

    name: str
    kind: str
    outline: Rect
    height: float
    openings: list[Opening] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    soffits: list[Soffit] = field(default_factory=list)
    slope: Slope | None = None
    platform: Platform | None = None

    @property
    def interior(self) -> Rect:
        """Between the faces of its walls [m]."""
        return self.outline.grown(-WALL_THICKNESS / 2.0)

    def wall_span(self, side: str) -> tuple[float, float]:
        """Where a wall starts and ends [m] along itself."""
        return self.interior.span(side)

    def wall_line(self, side: str) -> float:
        """Where a wall's inner face stands [m] across itself."""
        return self.interior.line(side)

    def add_opening(self, side: str, kind: str, start: float, width: float, bottom: float, top: float) -> None:
        """Put a window or an entrance into a wall, from `start` [m] along it; the rest as in `Opening`."""
        self.openings.append(Opening(side, start, start + width, bottom, top, kind))

    def built_over(self, side: str) -> list[tuple[float, float, Block]]:
        """(from, to [m] along the wall, block) for every block that stands at a wall."""
        line, found = self.wall_line(side), []
        for block in self.blocks:
            for a, b in block.edges():
                across, along = (1, 0) if side in ("north", "south") else (0, 1)
                if abs(a[across] - line) < 1e-4 and abs(b[across] - line) < 1e-4:
                    found.append((min(a[along], b[along]), max(a[along], b[along]), block))
        return found

    def floor_at(self, x: float, z: float) -> float:
        """Height [m] of the floor at a point of the plan."""
        raised = self.platform is not None and self.platform.outline.contains(Rect(x, z, x, z), 0.0)
        return self.platform.height if self.platform is not None and raised else 0.0

    def floor_over(self, area: Rect) -> float | None:
        """Height [m] of the floor under an area; None where the area reaches over the edge of a platform."""
        if self.platform is None or not area.overlaps(self.platform.outline):
            return 0.0
        return self.platform.height if self.platform.outline.grown(1e-3).contains(area) else None

    def holds_air(self, points: NDArray[Any]) -> NDArray[np.bool_]:
        """Whether points (n, 3) [m] of the world are inside the room and in nothing that is built in it."""
        x, y, z = np.asarray(points, dtype=np.float64).T
        inside = self.interior
        free = (x > inside.x0) & (x < inside.x1) & (z > inside.z0) & (z < inside.z1)
        for block in self.blocks:
            free &= ~block.covers(x, z)
        for k in np.flatnonzero(free):
            at = Rect(float(x[k]), float(z[k]), float(x[k]), float(z[k]))
            free[k] = (self.floor_over(at) or 0.0) < y[k] < self.ceiling_over(at)
        return free

    def soffit_at(self, x: float, z: float) -> Soffit | None:
        """What lowers the ceiling over a point of the plan, if anything does."""
        point = Rect(x, z, x, z)
        return next((soffit for soffit in self.soffits if soffit.outline.contains(point, 0.0)), None)

    def roof_at(self, x: float, z: float) -> float:
        """Height [m] of the ceiling over a point of the plan without soffits and beams."""
        return min(self._roof_over(Rect(x, z, x, z)))

    def ceiling_over(self, area: Rect) -> float:
        """The lowest height [m] of the ceiling over an area."""
        heights = [soffit.height for soffit in self.soffits if soffit.outline.overlaps(area)]
        return min([*self._roof_over(area), *heights])

    def has_level_ceiling(self, area: Rect) -> bool:
        """Whether the ceiling over an area is in one height."""
        if any(soffit.outline.overlaps(area) for soffit in self.soffits):
            return any(soffit.outline.contains(area) for soffit in self.soffits)
        low, high = self._roof_over(area)
        return high - low < 1e-6

    def _roof_over(self, area: Rect) -> tuple[float, float]:
        """Lowest and highest height [m] of the ceiling over an area without soffits and beams."""
        if self.slope is None:
            return self.height, self.height
        side, low = self.slope.side, self.slope.low
        line = self.wall_line(side)
        shares = [min(1.0, abs(area.line(edge) - line) / self.slope.run) for edge in (side, opposite(side))]
        low_end, high_end = (low + (self.height - low) * share for share in sorted(shares))
        return low_end, high_end


@dataclass
class Plan:
    """The rooms of a home, which together fill one rectangle."""

    rooms: list[Room]

    @property
    def outline(self) -> Rect:
        """The rectangle around all rooms [m]."""
        rects = [room.outline for room in self.rooms]
        return Rect(
            min(r.x0 for r in rects), min(r.z0 for r in rects), max(r.x1 for r in rects), max(r.z1 for r in rects)
        )

    def room(self, name: str) -> Room:
        """The room of that name."""
        return next(room for room in self.rooms if room.name == name)

    def is_outer(self, room: Room, side: str) -> bool:
        """Whether a wall of a room is an outer wall of the home."""
        own, whole = room.outline, self.outline
        pairs = {
            "north": (own.z0, whole.z0),
            "south": (own.z1, whole.z1),
            "west": (own.x0, whole.x0),
            "east": (own.x1, whole.x1),
        }
        a, b = pairs[side]
        return abs(a - b) < 1e-9

    def shared_side(self, first: Room, second: Room) -> tuple[str, float, float]:
        """Which wall of `first` it shares with `second`, and the interval [m] where both have wall."""
        a, b = first.outline, second.outline
        meets = {"north": (a.z0, b.z1), "south": (a.z1, b.z0), "west": (a.x0, b.x1), "east": (a.x1, b.x0)}
        for side, (mine, other) in meets.items():
            if abs(mine - other) < 1e-9:
                low = max(first.wall_span(side)[0], second.wall_span(side)[0])
                high = min(first.wall_span(side)[1], second.wall_span(side)[1])
                if high - low > 0.3:
                    return side, low, high
        raise ValueError(f"rooms '{first.name}' and '{second.name}' share no wall")

    def connect(
        self,
        first: str,
        second: str,
        along: float = 0.0,
        width: float = 0.9,
        top: float = 2.05,
        leaf: bool = True,
        margin: float = 0.12,
    ) -> None:
        """Put a door between two rooms that opens into the second.

        Args:
            first: Name of a room.
            second: Name of its neighbour.
            along: Where on the shared wall, 0 at its low end to 1 at its high end.
            width: Of the opening [m].
            top: Height of the opening [m].
            leaf: False for an open passage.
            margin: Distance [m] to the ends of the shared wall, where it is long enough.
        """
        one, two = self.room(first), self.room(second)
        side, low, high = self.shared_side(one, two)
        margin = min(margin, (high - low - width) / 2.0)
        start = low + margin + along * (high - low - width - 2.0 * margin)
        kind = "door" if leaf else "passage"
        one.openings.append(Opening(side, start, start + width, 0.0, top, kind, second, False))
        two.openings.append(Opening(opposite(side), start, start + width, 0.0, top, kind, first, leaf))

    def add_outer(self, name: str, side: str, kind: str, along: float, width: float, bottom: float, top: float) -> None:
        """Put a window or an entrance into an outer wall; the arguments as in `connect` and `Opening`."""
        room = self.room(name)
        low, high = room.wall_span(side)
        room.add_opening(side, kind, low + 0.1 + along * (high - low - width - 0.2), width, bottom, top)
