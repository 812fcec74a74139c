"""Where a thing may stand in a room: against a wall, in the open, on a wall; never cutting off a way.

The one idea: a `Layout` keeps the footprints of what stands in a room (`taken`) and the places that must stay clear
(`clear`: before doors, before wardrobes). A thing is placed only where its footprint is free and where the floor that
remains is one piece for a walker, with passages of 0.7 m between all doors. So whatever the rules ask for, a room stays
one that people can use, and rules simply go without what does not fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy import ndimage

from echoenv.scene.homes.assembly import Assembly, Thing
from echoenv.scene.homes.openings import leaf_footprint
from echoenv.scene.homes.plans.plan import SIDES, Rect, Room
from echoenv.scene.homes.shell import TURNS, WallFace
from echoenv.scene.homes.style import Style

_CELL = 0.05  # [m] of the grid on which ways are checked
_WALKERS = (0.05, 0.10, 0.15, 0.20)  # radii [m]: for none of them may the floor fall into pieces
_PASSAGE = 0.34  # half of a passage's width [m], less what the grid rounds away
_DOOR_CLEAR = 0.75  # [m] kept clear before a door
_WALL_GAP = 0.015  # [m] between furniture and wall, more than a skirting board's depth


class Layout:
    """The floor and walls of one room while it is being furnished.

    Args:
        room: The room.
        assembly: Where placed things go.
        style: The home's colours and chance.
    """

    def __init__(self, room: Room, assembly: Assembly, style: Style) -> None:
        self.room, self.assembly, self.style = room, assembly, style
        self.faces = {side: WallFace(room, side) for side in SIDES}
        self.taken: list[Rect] = []
        self.clear: list[Rect] = []
        self._hung: dict[str, list[tuple[float, float, float]]] = {side: [] for side in SIDES}
        self._entries: list[tuple[float, float]] = []
        for side in SIDES:
            for left, right, opening in self.faces[side].openings():
                if opening.kind != "window":
                    self._note_door(side, left, right)
                if opening.kind == "door" and opening.swings_here:
                    self.taken.append(self.rect(side, *leaf_footprint(self.faces[side], left, right - left)))
                if opening.kind == "window" and opening.bottom < 0.3:
                    self.clear.append(self.rect(side, left - 0.2, right + 0.2, 0.0, 0.4))

    def _note_door(self, side: str, left: float, right: float) -> None:
        self.clear.append(self.rect(side, left - 0.02, right + 0.02, 0.0, _DOOR_CLEAR))
        self._entries.append(self.rect(side, left, right, 0.35, 0.45).center)

    @property
    def inside(self) -> Rect:
        """The room's floor [m]."""
        return self.room.interior

    @property
    def area(self) -> float:
        """Of the floor [m2]."""
        return self.inside.width * self.inside.depth

    def rect(self, side: str, s0: float, s1: float, z0: float, z1: float) -> Rect:
        """The rectangle in the plan of an area given in a wall's frame (s along the wall, z off the wall [m])."""
        turn = np.deg2rad(TURNS[side])
        low, high = self.room.wall_span(side)
        along = low if side in ("north", "east") else high
        line = self.room.wall_line(side)
        start = (along, line) if side in ("north", "south") else (line, along)
        c, s = round(float(np.cos(turn))), round(float(np.sin(turn)))
        xs = sorted(start[0] + c * a + s * b for a, b in ((s0, z0), (s1, z1)))
        zs = sorted(start[1] - s * a + c * b for a, b in ((s0, z0), (s1, z1)))
        return Rect(xs[0], zs[0], xs[1], zs[1])

    def against(
        self,
        thing: Thing,
        sides: Sequence[str] = SIDES,
        prefer: str = "any",
        front: float = 0.55,
        at: float | None = None,
        gap: float = 0.0,
    ) -> tuple[str, float] | None:
        """Stand a thing with its back to a wall.

        Args:
            thing: What to place.
            sides: Walls to try, in this order where `prefer` is not `any`.
            prefer: `corner`, `center`, `any`, or `near` (as near to `at` as may be).
            front: Depth [m] before it that must be free now and stays clear.
            at: The s [m] of its middle to be near to.
            gap: Distance [m] to the wall.

        Returns:
            The wall and the s of its middle, or None where it fits nowhere.
        """
        for side, s in self._wall_spots(thing, sides, prefer, at, gap):
            half, off = thing.size[0] / 2.0, gap + _WALL_GAP
            body = self.rect(side, s - half, s + half, off, off + thing.size[2])
            before = self.rect(side, s - half, s + half, off + thing.size[2], off + thing.size[2] + front)
            if (
                not self._fits(body)
                or any(before.overlaps(other) for other in self.taken)
                or not self.inside.contains(before)
            ):
                continue
            full = self.rect(side, s - half, s + half, 0.0, off + thing.size[2]) if gap < 0.1 else body
            if self._stays_walkable(full):
                self._place(self.faces[side].placed(thing.moved(z=off), s), full)
                self._hung[side].append((s - half, s + half, thing.size[1]))
                if front > 0.0:
                    self.clear.append(before)
                return side, s
        return None

    def _wall_spots(
        self, thing: Thing, sides: Sequence[str], prefer: str, at: float | None, gap: float
    ) -> Iterator[tuple[str, float]]:
        spots = []
        for order, side in enumerate(sides):
            length, half = self.faces[side].length, thing.size[0] / 2.0
            low, high = half + 0.02, length - half - 0.02
            for s in np.unique(
                np.clip(
                    [low, high, length / 2, at if at is not None else low, *np.arange(low, high, 0.1)],
                    low,
                    max(low, high),
                )
            ):
                if s + half > length or (gap < 0.5 and self._hides_window(side, s - half, s + half, thing.size[1])):
                    continue
                score = {
                    "corner": order + min(s - low, high - s),
                    "center": order + abs(s - length / 2),
                    "near": order + abs(s - (at or 0.0)),
                    "any": float(self.style.rng.random()),
                }[prefer]
                spots.append((score, side, float(s)))
        return iter([(side, s) for _, side, s in sorted(spots)][:60])

    def _hides_window(self, side: str, left: float, right: float, height: float) -> bool:
        return any(
            o.kind == "window" and left < b + 0.3 and a - 0.3 < right and height > o.bottom - 0.15
            for a, b, o in self.faces[side].openings()
        )

    def free_standing(
        self, thing: Thing, x: float, z: float, turn: float = 0.0, reach: float = 0.0, seat: bool = False
    ) -> bool:
        """Stand a thing in the open, the middle of its footprint at x, z [m], turned by a multiple of 90 degrees.

        Args:
            thing: What to place.
            x: [m].
            z: [m].
            turn: [degrees], counter-clockwise from above; 0 faces +z.
            reach: How far [m] it may be shifted to fit.
            seat: True for chairs, which may stand in places kept clear and under tables.
        """
        width, depth = (thing.size[0], thing.size[2]) if round(turn / 90.0) % 2 == 0 else (thing.size[2], thing.size[0])
        for dx, dz in _spiral(reach):
            body = Rect(x + dx - width / 2, z + dz - depth / 2, x + dx + width / 2, z + dz + depth / 2)
            if (self._is_free_seat(body) if seat else self._fits(body)) and self._stays_walkable(body):
                self._place(thing.moved(z=-thing.size[2] / 2).turned(turn).moved(x + dx, 0.0, z + dz), body)
                return True
        return False

    def _is_free_seat(self, body: Rect) -> bool:
        doors = [rect for rect in self.clear if rect.overlaps(body)][:1]
        others = sum(rect.grown(-0.02).overlaps(body) for rect in self.taken)
        return (
            self.inside.contains(body.grown(0.02))
            and others <= 1
            and not (doors and doors[0] in self.clear[: len(self._entries)])
        )

    def _fits(self, body: Rect) -> bool:
        if not self.inside.contains(body):
            return False
        return not any(body.overlaps(rect) for rect in (*self.taken, *self.clear))

    def mark(self) -> tuple[int, int, dict[str, int], int]:
        """Where furnishing stands now, for `undo`."""
        return len(self.taken), len(self.clear), {side: len(self._hung[side]) for side in SIDES}, self.assembly.mark()

    def undo(self, mark: tuple[int, int, dict[str, int], int]) -> None:
        """Take away all that was placed since a mark."""
        del self.taken[mark[0] :], self.clear[mark[1] :]
        for side in SIDES:
            del self._hung[side][mark[2][side] :]
        self.assembly.undo(mark[3])

    def _place(self, thing: Thing, body: Rect) -> None:
        self.taken.append(body)
        self.assembly.add(thing)

    def is_walkable(self) -> bool:
        """Whether the floor is in one piece for every walker, and passages join all doors."""
        return self._stays_walkable()

    def _stays_walkable(self, *bodies: Rect) -> bool:
        """Whether the floor left over by some more footprints is walkable."""
        room = self.inside
        columns, rows = int(np.ceil(room.width / _CELL)), int(np.ceil(room.depth / _CELL))
        free = np.zeros((rows + 2, columns + 2), dtype=bool)
        free[1:-1, 1:-1] = True
        for rect in (*self.taken, *bodies):
            x0, x1 = np.floor((rect.x0 - room.x0) / _CELL + 0.3), np.ceil((rect.x1 - room.x0) / _CELL - 0.3)
            z0, z1 = np.floor((rect.z0 - room.z0) / _CELL + 0.3), np.ceil((rect.z1 - room.z0) / _CELL - 0.3)
            free[max(0, int(z0)) + 1 : max(0, int(z1)) + 1, max(0, int(x0)) + 1 : max(0, int(x1)) + 1] = False
        distance = ndimage.distance_transform_edt(free) * _CELL
        if any(ndimage.label(distance > radius)[1] != 1 for radius in _WALKERS):
            return False
        wide, _ = ndimage.label(distance > _PASSAGE)
        marks = {self._label_near(wide, x, z) for x, z in self._entries}
        return len(marks) <= 1 and 0 not in marks

    def _label_near(self, labels: np.ndarray, x: float, z: float) -> int:
        column, row = int((x - self.inside.x0) / _CELL) + 1, int((z - self.inside.z0) / _CELL) + 1
        window = labels[max(0, row - 6) : row + 7, max(0, column - 6) : column + 7]
        return int(window.max(initial=0))

    def on_wall(self, thing: Thing, y: float, sides: Sequence[str] = SIDES, at: float | None = None) -> bool:
        """Hang a thing on a wall, its lower edge at height y [m], clear of openings, furniture and other pictures."""
        width, height = thing.size[0], thing.size[1]
        for side in sides:
            length = self.faces[side].length
            spots = (
                [at]
                if at is not None
                else list(np.linspace(length / 2, width / 2 + 0.15, 6))
                + list(np.linspace(length / 2, length - width / 2 - 0.15, 6))
            )
            for s in spots:
                left, right = s - width / 2 - 0.1, s + width / 2 + 0.1
                if left < 0.0 or right > length or self._wall_is_busy(side, left, right, y, y + height):
                    continue
                self._hung[side].append((left, right, y + height))
                self.assembly.add(self.faces[side].placed(thing, s, y))
                return True
        return False

    def _wall_is_busy(self, side: str, left: float, right: float, low: float, high: float) -> bool:
        doors = any(a - 0.3 < right and left < b + 0.3 and low < o.top + 0.1 for a, b, o in self.faces[side].openings())
        leaf = any(rect.overlaps(self.rect(side, left, right, 0.0, 0.1)) for rect in self.taken[: len(self._entries)])
        things = any(a < right and left < b and top > low - 0.1 for a, b, top in self._hung[side])
        return doors or things or leaf

    def lies(self, thing: Thing, x: float, z: float, turn: float = 0.0) -> bool:
        """Lay something flat (a rug) on the floor, if it is wholly inside the room and off the doors' leaves."""
        width, depth = (thing.size[0], thing.size[2]) if round(turn / 90.0) % 2 == 0 else (thing.size[2], thing.size[0])
        body = Rect(x - width / 2, z - depth / 2, x + width / 2, z + depth / 2)
        if not self.inside.grown(-0.05).contains(body):
            return False
        self.assembly.add(thing.turned(turn).moved(x, 0.0005, z))
        return True

    def hangs(self, thing: Thing, x: float, z: float, turn: float = 0.0) -> None:
        """Hang something from the ceiling."""
        self.assembly.add(thing.turned(turn).moved(x, self.room.height, z))


def _spiral(reach: float, step: float = 0.1) -> Iterator[tuple[float, float]]:
    """Shifts [m] outwards from none, up to `reach` in x and z."""
    count = round(reach / step)
    offsets = [(i * step, k * step) for i in range(-count, count + 1) for k in range(-count, count + 1)]
    return iter(sorted(offsets, key=lambda o: (round(o[0] ** 2 + o[1] ** 2, 6), o)))
