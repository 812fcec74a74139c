"""Floor plans: rooms as rectangles between wall lines, and the doors and windows in their walls.

The one idea: rooms tile one rectangle in the x-z plane, drawn between the centre lines of walls. A room's interior is
its rectangle less half a wall on each side, so two neighbours leave exactly one wall between them, and an opening is
one interval of their shared wall. A wall of a room is named by where its inner face looks *from*: `north` (lower z),
`south` (higher z), `west` (lower x), `east` (higher x).
"""

from __future__ import annotations

from dataclasses import dataclass, field

WALL_THICKNESS = 0.14
"""[m] between the rooms."""

RECESS = 0.15
"""Depth [m] from an outer wall's inner face to the window pane or the entrance door."""

SIDES = ("north", "east", "south", "west")


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
    """

    side: str
    start: float
    end: float
    bottom: float
    top: float
    kind: str
    leads_to: str = ""
    swings_here: bool = False


@dataclass
class Room:
    """A room.

    Attributes:
        name: Unique in the plan.
        kind: What it is furnished as (`living`, `kitchen`, `bedroom`, ...).
        outline: Between the centre lines of its walls [m].
        height: Of its ceiling [m].
        openings: Holes in its walls.
    """

    name: str
    kind: str
    outline: Rect
    height: float
    openings: list[Opening] = field(default_factory=list)

    @property
    def interior(self) -> Rect:
        """Between the faces of its walls [m]."""
        return self.outline.grown(-WALL_THICKNESS / 2.0)

    def wall_span(self, side: str) -> tuple[float, float]:
        """Where a wall starts and ends [m] along itself."""
        inside = self.interior
        return (inside.x0, inside.x1) if side in ("north", "south") else (inside.z0, inside.z1)

    def wall_line(self, side: str) -> float:
        """Where a wall's inner face stands [m] across itself."""
        inside = self.interior
        return {"north": inside.z0, "south": inside.z1, "west": inside.x0, "east": inside.x1}[side]


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
        self, first: str, second: str, along: float = 0.0, width: float = 0.9, top: float = 2.05, leaf: bool = True
    ) -> None:
        """Put a door between two rooms that opens into the second.

        Args:
            first: Name of a room.
            second: Name of its neighbour.
            along: Where on the shared wall, 0 at its low end to 1 at its high end.
            width: Of the opening [m].
            top: Height of the opening [m].
            leaf: False for an open passage.
        """
        one, two = self.room(first), self.room(second)
        side, low, high = self.shared_side(one, two)
        margin = min(0.12, (high - low - width) / 2.0)
        start = low + margin + along * (high - low - width - 2.0 * margin)
        kind = "door" if leaf else "passage"
        one.openings.append(Opening(side, start, start + width, 0.0, top, kind, second, False))
        two.openings.append(Opening(opposite(side), start, start + width, 0.0, top, kind, first, leaf))

    def add_outer(self, name: str, side: str, kind: str, along: float, width: float, bottom: float, top: float) -> None:
        """Put a window or an entrance into an outer wall; the arguments as in `connect` and `Opening`."""
        room = self.room(name)
        low, high = room.wall_span(side)
        start = low + 0.1 + along * (high - low - width - 0.2)
        room.openings.append(Opening(side, start, start + width, bottom, top, kind))


def opposite(side: str) -> str:
    """The side across the room."""
    return SIDES[(SIDES.index(side) + 2) % 4]
