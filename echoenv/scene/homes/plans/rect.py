"""Rectangles in the plan, and the names of the four sides of a room.

The one idea: the plan is the x-z plane seen from above, x to the right and z downwards, and all but a few things in it
lie along its axes. A side is named by where it is: `north` (lower z), `south` (higher z), `west` (lower x), `east`
(higher x).
"""

from __future__ import annotations

from dataclasses import dataclass

SIDES = ("north", "east", "south", "west")


def opposite(side: str) -> str:
    """The side across the room."""
    return SIDES[(SIDES.index(side) + 2) % 4]


@dataclass(frozen=True)
class Rect:
    """An axis-aligned rectangle [m] in the plan."""

    x0: float
    z0: float
    x1: float
    z1: float

    @property
    def width(self) -> float:
        """Extent [m] along x."""
        return self.x1 - self.x0

    @property
    def depth(self) -> float:
        """Extent [m] along z."""
        return self.z1 - self.z0

    @property
    def center(self) -> tuple[float, float]:
        """(x, z) [m]."""
        return (self.x0 + self.x1) / 2.0, (self.z0 + self.z1) / 2.0

    def grown(self, margin: float) -> Rect:
        """The rectangle moved outwards by a margin [m] on all sides."""
        return Rect(self.x0 - margin, self.z0 - margin, self.x1 + margin, self.z1 + margin)

    def within(self, other: Rect) -> Rect:
        """The part of the rectangle that lies in the other one."""
        return Rect(max(self.x0, other.x0), max(self.z0, other.z0), min(self.x1, other.x1), min(self.z1, other.z1))

    def overlaps(self, other: Rect, slack: float = 1e-6) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.x0 < other.x1 - slack
            and other.x0 < self.x1 - slack
            and self.z0 < other.z1 - slack
            and other.z0 < self.z1 - slack
        )

    def contains(self, other: Rect, slack: float = 1e-6) -> bool:
        """Whether the other lies wholly inside."""
        return (
            self.x0 <= other.x0 + slack
            and other.x1 <= self.x1 + slack
            and self.z0 <= other.z0 + slack
            and other.z1 <= self.z1 + slack
        )

    def line(self, side: str) -> float:
        """Where one of its sides lies [m] across itself: a z for north and south, an x for west and east."""
        return {"north": self.z0, "south": self.z1, "west": self.x0, "east": self.x1}[side]

    def span(self, side: str) -> tuple[float, float]:
        """From where to where [m] one of its sides runs: x for north and south, z for west and east."""
        return (self.x0, self.x1) if side in ("north", "south") else (self.z0, self.z1)

    def along(self, side: str, start: float, end: float, depth: float) -> Rect:
        """The part [m] of the rectangle that lies along one side, from start to end of it, up to a depth off it."""
        line = self.line(side)
        low, high = (line, line + depth) if side in ("north", "west") else (line - depth, line)
        return Rect(start, low, end, high) if side in ("north", "south") else Rect(low, start, high, end)
