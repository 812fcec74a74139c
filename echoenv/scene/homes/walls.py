"""Walls of a room, each in a frame of its own.

The one idea: a wall is seen by someone who stands in the room and looks at it: s runs to the right along it, y up, z
out of it towards the viewer. It is cut into stretches at whatever changes along it (openings, blocks, lower ceilings,
platforms), and each stretch is one sheet from the floor there to the ceiling there, less its holes. Where a block
stands at a wall, the block's face is the wall.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.finishes import Finish
from echoenv.scene.homes.plans.plan import Block, Opening, Rect, Room
from echoenv.scene.homes.shapes import Floats, Shape, box, grid, join
from echoenv.scene.homes.style import WHITE

TURNS = {"north": 0.0, "west": 90.0, "south": 180.0, "east": -90.0}
"""Turn [degrees] of a thing that stands with its back to that wall."""

SKIRTING_HEIGHT, SKIRTING_DEPTH = 0.08, 0.012
"""[m] of the boards at the foot of walls."""


@dataclass(frozen=True)
class WallFace:
    """The inner face of one wall of a room.

    Attributes:
        room: The room.
        side: Which wall.
    """

    room: Room
    side: str

    @property
    def length(self) -> float:
        """[m] along the wall."""
        low, high = self.room.wall_span(self.side)
        return high - low

    @property
    def _runs_up(self) -> bool:
        return self.side in ("north", "east")  # to the viewer's right the plan coordinate grows

    def _stretch(self, start: float, end: float) -> tuple[float, float]:
        """Left and right end s [m] of an interval [m] of the plan."""
        low, high = self.room.wall_span(self.side)
        return (start - low, end - low) if self._runs_up else (high - end, high - start)

    def along(self, opening: Opening) -> tuple[float, float]:
        """Left and right end s [m] of an opening."""
        return self._stretch(opening.start, opening.end)

    def openings(self) -> list[tuple[float, float, Opening]]:
        """(left s, right s, opening), from left to right."""
        return sorted(
            ((*self.along(o), o) for o in self.room.openings if o.side == self.side), key=lambda item: item[0]
        )

    def blocks(self) -> list[tuple[float, float, Block]]:
        """(left s, right s, block) for every block that stands at the wall, from left to right."""
        built = ((*self._stretch(a, b), block) for a, b, block in self.room.built_over(self.side))
        return sorted(built, key=lambda item: item[0])

    def relief(self, left: float, right: float) -> float:
        """How far [m] the face of a box stands before the wall all along from left to right s; 0 where none does."""
        if not self.room.blocks:
            return 0.0
        for a, b, block in self.blocks():
            if block.is_box and a - 1e-6 <= left and right <= b + 1e-6:
                outline = block.outline
                return outline.depth if self.side in ("north", "south") else outline.width
        return 0.0

    def in_place(self, thing: Thing, s: float = 0.0, y: float = 0.0) -> Thing:
        """A thing built in the wall's frame, brought to its place in the world, whatever stands before the wall."""
        x, z = self.point(0.0, 0.0)
        return thing.moved(s, y).turned(TURNS[self.side]).moved(x, 0.0, z)

    def placed(self, thing: Thing, s: float = 0.0, y: float = 0.0) -> Thing:
        """A thing built in the wall's frame, brought to its place in the world: where s meets a box, onto its face."""
        return self.in_place(thing.moved(z=self.relief(s, s)), s, y)

    def point(self, s: float, z: float) -> tuple[float, float]:
        """(x, z) [m] in the plan of a point s along the wall and z off it."""
        start, sign, line, inwards = self._frame
        along, across = start + sign * s, line + inwards * z
        return (along, across) if self.side in ("north", "south") else (across, along)

    @functools.cached_property
    def _frame(self) -> tuple[float, float, float, float]:
        """Where s = 0 is along the wall [m], which way s runs, where the wall stands [m], which way z runs."""
        low, high = self.room.wall_span(self.side)
        inwards = 1.0 if self.side in ("north", "west") else -1.0
        start, sign = (low, 1.0) if self._runs_up else (high, -1.0)
        return start, sign, self.room.wall_line(self.side), inwards

    def area(self, left: float, right: float, near: float, far: float) -> Rect:
        """The rectangle in the plan from left to right s and from near to far off the wall [m]."""
        (ax, az), (bx, bz) = self.point(left, near), self.point(right, far)
        return Rect(min(ax, bx), min(az, bz), max(ax, bx), max(az, bz))

    def ceiling(self, s: float, toward: float) -> float:
        """Height [m] of the ceiling over the wall at s, on the side of `toward`."""
        soffit = self.room.soffit_at(*self.point(s + float(np.sign(toward - s)) * 1e-4, 1e-4))
        return self.room.roof_at(*self.point(s, 0.0)) if soffit is None else soffit.height

    def floor(self, s: float) -> float:
        """Height [m] of the floor at the foot of the wall at s."""
        if self.room.platform is None:
            return 0.0
        return self.room.floor_at(*self.point(s, 1e-4))

    def stretches(self) -> list[tuple[float, float]]:
        """(left s, right s) of what can be seen of the wall, cut at whatever changes along it."""
        cuts = [0.0, self.length]
        for left, right, _ in (*self.openings(), *self.blocks()):
            cuts += [left, right]
        lowered = [soffit.outline for soffit in self.room.soffits]
        raised = [self.room.platform.outline] if self.room.platform else []
        for outline in (*lowered, *raised):
            cuts += self._stretch(*outline.span(self.side))
        if self.room.slope is not None and self.room.slope.side != self.side:
            line, sign = self.room.wall_line(self.room.slope.side), self.room.slope.run
            end = line + (sign if self.room.slope.side in ("north", "west") else -sign)
            cuts += self._stretch(end, end)
        cuts = sorted({round(s, 6) for s in cuts if -1e-6 < s < self.length + 1e-6})
        hidden = [(a, b) for a, b, _ in self.blocks()]
        return [
            (a, b)
            for a, b in itertools.pairwise(cuts)
            if b - a > 1e-5 and not any(c - 1e-5 <= a and b <= d + 1e-5 for c, d in hidden)
        ]


@dataclass(frozen=True)
class Cladding:
    """The finish of a wall from the floor up to some height, and of what is above.

    Attributes:
        lower: Up to `split`.
        upper: Above it.
        split: Height [m]; infinite where the lower finish covers the whole wall.
    """

    lower: Finish
    upper: Finish
    split: float = np.inf


def wall(face: WallFace, cladding: Cladding, skirting: bool, cell: float) -> Thing:
    """A wall with its holes and skirting boards, in the wall's frame.

    Args:
        face: Which wall.
        cladding: Its finish.
        skirting: Whether boards run along its foot.
        cell: Longest edge of a cell [m].
    """
    lower, upper = [], []
    for left, right in face.stretches():
        tops = face.ceiling(left, right), face.ceiling(right, left)
        hole = next((o for a, b, o in face.openings() if a <= left + 1e-4 and right <= b + 1e-4), None)
        floor = face.floor((left + right) / 2.0)
        spans = [(floor, tops)] if hole is None else [(floor, (hole.bottom, hole.bottom)), (hole.top, tops)]
        for low, (high_left, high_right) in spans:
            if min(high_left, high_right) - low > 1e-4:
                stretch = (left, right, low, high_left, high_right)
                lower += _sheets(stretch, cladding.lower, cladding.split, True, cell)
                upper += _sheets(stretch, cladding.upper, cladding.split, False, cell)
    parts = [_clad(lower, cladding.lower), _clad(upper, cladding.upper), _boards(_foot(face)) if skirting else ()]
    return Thing("wall", tuple(part for some in parts for part in some), (face.length, face.room.height, 0.0))


def _clad(sheets: list[Shape], finish: Finish) -> tuple[Part, ...]:
    return (Part(join(sheets), finish.material, texture=finish.texture),) if sheets else ()


Stretch = tuple[float, float, float, float, float]
"""Left, right s, lower edge, upper edge on the left and on the right [m]."""


def _sheets(stretch: Stretch, finish: Finish, split: float, below: bool, cell: float) -> list[Shape]:
    """The part of a stretch of wall that lies below, or above, a height."""
    left, right, low, high_left, high_right = stretch
    if min(high_left, high_right) <= split:
        return [_sheet(stretch, finish, cell)] if below else []
    if low >= split:
        return [] if below else [_sheet(stretch, finish, cell)]
    part = (left, right, low, split, split) if below else (left, right, split, high_left, high_right)
    return [_sheet(part, finish, cell)]


def _sheet(stretch: Stretch, finish: Finish, cell: float) -> Shape:
    """A stretch of wall in its frame; its pattern is laid from the wall's lower left corner."""
    left, right, low, high_left, high_right = stretch
    columns = max(1, int(np.ceil((right - left) / cell - 1e-6)))
    rows = max(1, int(np.ceil((max(high_left, high_right) - low) / cell - 1e-6)))
    s = np.linspace(left, right, columns + 1)
    y = low + np.linspace(0.0, 1.0, rows + 1)[:, None] * (np.linspace(high_left, high_right, columns + 1) - low)
    points = np.stack(np.broadcast_arrays(s[None, :], y, 0.0), axis=-1)
    return laid(grid(points, finish.color), points.reshape(-1, 3)[:, :2])


def laid(shape: Shape, at: Floats) -> Shape:
    """The shape with its pattern [m] at places (n, 2) of its vertices."""
    return replace(shape, uvs=at[shape.triangles])


def _foot(face: WallFace) -> list[tuple[float, float, float]]:
    """(left s, right s, floor [m]) of every stretch of a wall's foot that a board covers."""
    gaps = [(a - 0.06, b + 0.06) for a, b, o in face.openings() if o.bottom < 0.1]
    found: list[tuple[float, float, float]] = []
    for left, right in face.stretches():
        floor = face.floor((left + right) / 2.0)
        for a, b in gaps:
            if a < right and left < b:
                left, right = (b, right) if a <= left else (left, a)
        if right - left < 1e-4:
            continue
        if found and abs(found[-1][1] - left) < 1e-4 and found[-1][2] == floor:
            found[-1] = (found[-1][0], right, floor)
        else:
            found.append((left, right, floor))
    return [board for board in found if board[1] - board[0] > 0.02]


def _boards(feet: list[tuple[float, float, float]]) -> tuple[Part, ...]:
    boards = [
        box((right - left, SKIRTING_HEIGHT, SKIRTING_DEPTH), WHITE, 0.8).moved(
            (left + right) / 2.0, floor, SKIRTING_DEPTH / 2.0
        )
        for left, right, floor in feet
    ]
    return (Part(join(boards), "wood_panel"),) if boards else ()


def block(solid: Block, room: Room, cladding: Cladding, skirting: bool, cell: float) -> Thing:
    """What can be seen of a block, in the world's frame."""
    inside, outline = room.interior, solid.outline
    floor, height = room.floor_over(outline) or 0.0, room.height
    lower: list[Shape] = []
    upper: list[Shape] = []
    feet: list[Part] = []
    for a, b in solid.edges():
        if any(abs(a[k] - v) < 1e-4 and abs(b[k] - v) < 1e-4 for k, v in _lines(inside)):
            continue  # it stands at a wall
        turn = float(np.degrees(np.arctan2(a[1] - b[1], b[0] - a[0])))
        length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
        stretch = (0.0, length, floor, height, height)
        for sheets, finish, below in ((lower, cladding.lower, True), (upper, cladding.upper, False)):
            made = _sheets(stretch, finish, cladding.split, below, cell)
            sheets += [sheet.turned(turn).moved(a[0], 0.0, a[1]) for sheet in made]
        feet += [
            replace(part, shape=part.shape.turned(turn).moved(a[0], 0.0, a[1]))
            for part in _boards([(-SKIRTING_DEPTH, length + SKIRTING_DEPTH, floor)] if skirting else [])
        ]
    category = "pillar" if solid.kind == "column" else "wall"
    parts = (*_clad(lower, cladding.lower), *_clad(upper, cladding.upper))
    boards = (Part(join(part.shape for part in feet), "wood_panel"),) if feet else ()
    return Thing(category, (*parts, *boards), (outline.width, height, outline.depth))


def _lines(inside: Rect) -> tuple[tuple[int, float], ...]:
    """(axis, where [m]) of the four walls: 0 for x, 1 for z."""
    return (0, inside.x0), (0, inside.x1), (1, inside.z0), (1, inside.z1)
