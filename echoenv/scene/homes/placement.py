"""Where a thing may stand in a room: against a wall, in the open, on a wall; never cutting off a way.

The one idea: a `Layout` keeps the footprints of what stands in a room (`taken`) and the places that must stay clear
(`clear`: before doors, before wardrobes). A thing is placed only where its footprint is free and where the floor that
remains is one piece for a walker, with passages of 0.7 m between all doors. So whatever the rules ask for, a room stays
one that people can use, and rules simply go without what does not fit. Things stand on the floor that is under them,
whole on a platform or whole beside it, and under the ceiling that is over them; where a box stands at a wall, its face
serves as the wall.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from echoenv.scene.homes.assembly import Assembly, Thing
from echoenv.scene.homes.leaves import gate, leaf_areas
from echoenv.scene.homes.plans.plan import SIDES, Opening, Rect, Room, opposite
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.walls import WallFace
from echoenv.scene.homes.ways import Ways
from echoenv.scene.homes.windows import RADIATOR_DEPTH, radiator_stretch

_DOOR_CLEAR = 0.75  # [m] kept clear before a door
_WALL_GAP = 0.015  # [m] between furniture and wall, more than a skirting board's depth
_HEADROOM = 0.02  # [m] between a thing and the ceiling over it
_BEFORE_RADIATORS = ("desk", "table")

Mark = tuple[int, int, dict[str, int], int, int]
"""How much was placed so far: footprints, places kept clear, things at each wall, things, things under the ceiling."""


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
        self.clear: list[Rect] = []
        self._leaves: list[Rect] = []
        self.radiators: list[Rect] = []
        self._doorways: list[Rect] = []
        self._hung: dict[str, list[tuple[float, float, float]]] = {side: [] for side in SIDES}
        self._windows: dict[str, list[tuple[float, float, float]]] = {side: [] for side in SIDES}
        self._under_ceiling: list[Rect] = []
        entries: list[tuple[float, float]] = []
        for face in self.faces.values():
            for left, right, opening in face.openings():
                if opening.kind == "window":
                    self._note_window(face, left, right, opening)
                    continue
                self._note_door(face, left, right, opening)
                entries.append(face.point(*gate(opening, left, right - left)))
        blocks = [block.outline for block in room.blocks]
        self._fixed = [*self._leaves, *self.radiators, *blocks]
        self.clear += self._doorways
        if room.platform is not None:  # nothing straddles its edge
            edge, outline = opposite(room.platform.side), room.platform.outline
            self.clear.append(outline.along(edge, *outline.span(edge), 0.01))
        self.taken: list[Rect] = list(self._fixed)
        self._ways = Ways(room, entries)

    def _note_door(self, face: WallFace, left: float, right: float, opening: Opening) -> None:
        self._doorways.append(face.area(left - 0.02, right + 0.02, 0.0, _DOOR_CLEAR))
        if opening.kind == "door" and opening.swings_here:
            self._leaves += [face.area(*area) for area in leaf_areas(opening, left, right - left)]

    def _note_window(self, face: WallFace, left: float, right: float, opening: Opening) -> None:
        self._windows[face.side].append((left, right, opening.bottom))
        if opening.bottom < 0.3:
            self.clear.append(face.area(left - 0.2, right + 0.2, 0.0, 0.4))
        if opening.radiator:
            start, end = radiator_stretch(left, right)
            self.radiators.append(face.area(start, end, 0.0, RADIATOR_DEPTH))

    @property
    def inside(self) -> Rect:
        """The room's floor [m]."""
        return self.room.interior

    @property
    def area(self) -> float:
        """Of the floor [m2]."""
        return self.inside.width * self.inside.depth

    def rect(self, side: str, s0: float, s1: float, z0: float, z1: float) -> Rect:
        """The rectangle in the plan of an area given in a wall's frame (s along the wall, z off the wall [m]).

        Where a box stands at the wall all along from s0 to s1, z is counted from its face.
        """
        face = self.faces[side]
        off = face.relief(s0, s1)
        return face.area(s0, s1, z0 + off, z1 + off)

    def floor_height(self, area: Rect) -> float | None:
        """Height [m] of the floor under an area; None where it reaches over the edge of a platform."""
        return self.room.floor_over(area)

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
        height = _height(thing)
        for side, s in self._wall_spots(thing, sides, prefer, at, gap):
            left, right, off = s - thing.size[0] / 2.0, s + thing.size[0] / 2.0, gap + _WALL_GAP
            if thing.category in _BEFORE_RADIATORS:
                off += self._radiator_at(side, left, right)
            body = self.rect(side, left, right, off, off + thing.size[2])
            before = self.rect(side, left, right, off + thing.size[2], off + thing.size[2] + front)
            full = self.rect(side, left, right, 0.0, off + thing.size[2]) if gap < 0.1 else body
            if self._fits(body, height) and self._is_open(before) and self._stays_walkable(full):
                floor = self._place(self.faces[side].placed(thing.moved(z=off), s), full)
                self._hung[side].append((left, right, floor + thing.size[1]))
                if front > 0.0:
                    self.clear.append(before)
                return side, s
        return None

    def _is_open(self, area: Rect) -> bool:
        """Whether an area lies in the room and nothing stands there."""
        return self.inside.contains(area) and not any(area.overlaps(other) for other in self.taken)

    def _radiator_at(self, side: str, left: float, right: float) -> float:
        """How far [m] off a wall a thing has to stand to leave room for the radiators behind it."""
        behind = self.rect(side, left, right, 0.0, RADIATOR_DEPTH)
        return RADIATOR_DEPTH if any(rect.overlaps(behind) for rect in self.radiators) else 0.0

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
        top = height + self.faces[side].floor((left + right) / 2.0)
        return any(left < b + 0.3 and a - 0.3 < right and top > bottom - 0.15 for a, b, bottom in self._windows[side])

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
        height = _height(thing)
        for dx, dz in _spiral(reach):
            body = _footprint(thing, x + dx, z + dz, turn)
            if (self._is_free_seat(body) if seat else self._fits(body, height)) and self._stays_walkable(body):
                self._place(thing.moved(z=-thing.size[2] / 2).turned(turn).moved(x + dx, 0.0, z + dz), body)
                return True
        return False

    def _is_free_seat(self, body: Rect) -> bool:
        fixed = any(rect.grown(-0.02).overlaps(body) for rect in self._fixed)
        others = sum(rect.grown(-0.02).overlaps(body) for rect in self.taken)
        before_door = any(rect.overlaps(body) for rect in self._doorways)
        on_one_floor = self.room.floor_over(body) is not None
        return on_one_floor and self.inside.contains(body.grown(0.02)) and others <= 1 and not (fixed or before_door)

    def _fits(self, body: Rect, height: float) -> bool:
        floor = self.room.floor_over(body)
        if floor is None or not self.inside.contains(body):
            return False
        if floor + height > self.room.ceiling_over(body) - _HEADROOM:
            return False
        return not any(body.overlaps(rect) for rect in (*self.taken, *self.clear))

    def mark(self) -> Mark:
        """Where furnishing stands now, for `undo`."""
        hung = {side: len(self._hung[side]) for side in SIDES}
        return len(self.taken), len(self.clear), hung, self.assembly.mark(), len(self._under_ceiling)

    def undo(self, mark: Mark) -> None:
        """Take away all that was placed since a mark."""
        del self.taken[mark[0] :], self.clear[mark[1] :], self._under_ceiling[mark[4] :]
        for side in SIDES:
            del self._hung[side][mark[2][side] :]
        self.assembly.undo(mark[3])

    def _place(self, thing: Thing, body: Rect) -> float:
        """Stand a thing on the floor under its footprint; the height [m] of that floor."""
        floor = self.room.floor_over(body) or 0.0
        self.taken.append(body)
        self.assembly.add(thing.moved(y=floor) if floor else thing, "floor")
        return floor

    def is_walkable(self) -> bool:
        """Whether the floor is in one piece for every walker, and passages join all doors."""
        return self._stays_walkable()

    def _stays_walkable(self, *bodies: Rect) -> bool:
        """Whether the floor left over by some more footprints is walkable."""
        blocks = self._fixed[len(self._leaves) + len(self.radiators) :]  # these are in the way as they are
        standing = [rect for rect in self.taken if not any(rect is block for block in blocks)]
        return self._ways.are_open([*standing, *bodies])

    def on_wall(self, thing: Thing, y: float, sides: Sequence[str] = SIDES, at: float | None = None) -> bool:
        """Hang a thing on a wall, clear of openings, blocks, furniture and other pictures.

        Args:
            thing: What to hang.
            y: Height [m] of its lower edge above the floor there.
            sides: Walls to try, in this order.
            at: The s [m] of its middle; by default the middle of a wall, or of a stretch of it, and then beside that.
        """
        width, height = thing.size[0], thing.size[1]
        for side in sides:
            face = self.faces[side]
            for s in self._picture_spots(side, width) if at is None else [at]:
                left, right, low = s - width / 2 - 0.1, s + width / 2 + 0.1, face.floor(s) + y
                high = low + height
                if left < 0.0 or right > face.length or self._wall_is_busy(side, left, right, low, high, thing.size[2]):
                    continue
                self._hung[side].append((left, right, low + height))
                self.assembly.add(face.placed(thing, s, low), "wall")
                return True
        return False

    def _picture_spots(self, side: str, width: float) -> list[float]:
        face = self.faces[side]
        length = face.length
        faces = [(a + b) / 2 for a, b, block in face.blocks() if block.is_box and b - a >= width + 0.2]
        recesses = [(a + b) / 2 for a, b in face.stretches() if b - a >= width + 0.2] if face.blocks() else []
        to_left = list(np.linspace(length / 2, width / 2 + 0.15, 6))
        return [*faces, *recesses, *to_left, *np.linspace(length / 2, length - width / 2 - 0.15, 6)]

    def _wall_is_busy(self, side: str, left: float, right: float, low: float, high: float, depth: float) -> bool:
        face = self.faces[side]
        doors = any(a - 0.3 < right and left < b + 0.3 and low < o.top + 0.1 for a, b, o in face.openings())
        leaf = any(rect.overlaps(face.area(left, right, 0.0, max(0.1, depth))) for rect in self._leaves)
        things = any(a < right and left < b and top > low - 0.1 for a, b, top in self._hung[side])
        on_face = face.relief(left + 0.05, right - 0.05) > 0.0
        edges = not on_face and any(a < right and left < b for a, b, _ in face.blocks())
        lowest = min(face.ceiling(left, right), face.ceiling(right, left))
        return doors or things or leaf or edges or high > lowest - 0.05

    def lies(self, thing: Thing, x: float, z: float, turn: float = 0.0) -> bool:
        """Lay something flat (a rug) on the floor, if it is wholly inside the room and off blocks and doors' leaves."""
        body = _footprint(thing, x, z, turn)
        floor = self.room.floor_over(body)
        off = [*self._leaves, *(block.outline for block in self.room.blocks)]
        if floor is None or not self.inside.grown(-0.05).contains(body) or any(body.overlaps(rect) for rect in off):
            return False
        self.assembly.add(thing.turned(turn).moved(x, floor + 0.0005, z), "floor")
        return True

    def hangs(self, thing: Thing, x: float, z: float, turn: float = 0.0) -> None:
        """Hang something from the ceiling at x, z [m], or nearby where the ceiling is level and free; else not."""
        reach = [(x + dx, z + dz) for dx, dz in _spiral(1.2)]
        turned = thing.turned(turn)
        points = np.concatenate([part.shape.vertices for part in turned.parts])
        (x0, _, z0), (x1, _, z1) = points.min(axis=0), points.max(axis=0)
        for lowered in (False, True):
            for at_x, at_z in reach:
                body = Rect(float(at_x + x0), float(at_z + z0), float(at_x + x1), float(at_z + z1))
                ceiling = self.room.ceiling_over(body)
                if (lowered or ceiling >= self.room.height) and self._is_free_above(body):
                    self._under_ceiling.append(body)
                    self.assembly.add(turned.moved(at_x, ceiling, at_z), "ceiling")
                    return

    def _is_free_above(self, body: Rect) -> bool:
        """Whether the ceiling over a footprint is in one height, and nothing hangs or stands there."""
        others = (*self._under_ceiling, *(block.outline for block in self.room.blocks))
        free = not any(body.grown(0.02).overlaps(rect) for rect in others)
        return free and self.inside.contains(body) and self.room.has_level_ceiling(body)


def _height(thing: Thing) -> float:
    """How high [m] a thing reaches with what it carries."""
    own = [float(part.shape.vertices[:, 1].max()) for part in thing.parts]
    return max([thing.size[1], *own, *(_height(carried) for carried in thing.carries)])


def _footprint(thing: Thing, x: float, z: float, turn: float) -> Rect:
    """What a thing takes of the plan [m] whose middle is at x, z, turned by a multiple of 90 degrees."""
    width, depth = (thing.size[0], thing.size[2]) if round(turn / 90.0) % 2 == 0 else (thing.size[2], thing.size[0])
    return Rect(x - width / 2, z - depth / 2, x + width / 2, z + depth / 2)


def _spiral(reach: float, step: float = 0.1) -> Iterator[tuple[float, float]]:
    """Shifts [m] outwards from none, up to `reach` in x and z."""
    count = round(reach / step)
    offsets = [(i * step, k * step) for i in range(-count, count + 1) for k in range(-count, count + 1)]
    return iter(sorted(offsets, key=lambda o: (round(o[0] ** 2 + o[1] ** 2, 6), o)))
