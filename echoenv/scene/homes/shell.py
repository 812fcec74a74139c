"""The shell of a home: floors, ceilings, walls with their doors and windows, skirting boards.

The one idea: every wall face has a frame of its own, seen by someone who stands in the room and looks at it: s runs to
the right along the wall, y up, z out of the wall towards the viewer. Openings are cut by leaving cells out, and what
fills them is built in that frame. Rooms are closed boxes joined by tunnels as deep as the walls; around the whole lies
the outside of the building, so that nothing escapes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np

from echoenv.scene.homes import openings
from echoenv.scene.homes.assembly import Assembly, Part, Thing
from echoenv.scene.homes.plans.plan import RECESS, SIDES, WALL_THICKNESS, Opening, Plan, Rect, Room
from echoenv.scene.homes.shapes import Color, Shape, box, join, rectangle
from echoenv.scene.homes.style import WHITE, Style, scaled

TURNS = {"north": 0.0, "west": 90.0, "south": 180.0, "east": -90.0}
"""Turn [degrees] of a thing that stands with its back to that wall."""

_SKIRTING_HEIGHT, _SKIRTING_DEPTH = 0.08, 0.012
_TILED = ("bathroom", "kitchen")
_CARPETED = ("office", "meeting", "lounge", "open_office", "hotel")


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

    def along(self, opening: Opening) -> tuple[float, float]:
        """Left and right end s [m] of an opening."""
        low, high = self.room.wall_span(self.side)
        return (opening.start - low, opening.end - low) if self._runs_up else (high - opening.end, high - opening.start)

    def placed(self, thing: Thing, s: float = 0.0, y: float = 0.0) -> Thing:
        """A thing built in the wall's frame, brought to its place in the world."""
        low, high = self.room.wall_span(self.side)
        along = low if self._runs_up else high
        x, z = (
            (along, self.room.wall_line(self.side))
            if self.side in ("north", "south")
            else (self.room.wall_line(self.side), along)
        )
        return thing.moved(s, y).turned(TURNS[self.side]).moved(x, 0.0, z)

    def openings(self) -> list[tuple[float, float, Opening]]:
        """(left s, right s, opening), from left to right."""
        return sorted(
            ((*self.along(o), o) for o in self.room.openings if o.side == self.side), key=lambda item: item[0]
        )


def build_shell(assembly: Assembly, plan: Plan, style: Style, cell: float) -> None:
    """Add floors, ceilings, walls, doors and windows.

    Args:
        assembly: Where to add them.
        plan: The rooms.
        style: Their colours.
        cell: Longest edge [m] of a cell of walls, floors and ceilings: as fine as the light is kept.
    """
    for room in plan.rooms:
        accent = SIDES[int(style.rng.integers(4))] if room.kind in ("living", "bedroom", "lounge", "meeting") else ""
        assembly.add(_floor(room, style, cell))
        assembly.add(_ceiling(room, cell))
        for side in SIDES:
            face = WallFace(room, side)
            color = style.accent if side == accent else style.wall
            assembly.add(face.placed(_wall(face, (0.88, 0.90, 0.90) if room.kind == "bathroom" else color, cell)))
            for thing in _fittings(face, style, cell):
                assembly.add(thing)
    assembly.add(_outside(plan))


def _wall(face: WallFace, color: Color, cell: float) -> Thing:
    height = face.room.height
    cuts = sorted({0.0, face.length, *(s for left, right, _ in face.openings() for s in (left, right))})
    sheets = []
    for left, right in itertools.pairwise(cuts):
        hole = next((o for a, b, o in face.openings() if a <= left + 1e-9 and right <= b + 1e-9), None)
        spans = [(0.0, height)] if hole is None else [(0.0, hole.bottom), (hole.top, height)]
        sheets += [
            rectangle([left, low, 0.0], [right - left, 0, 0], [0, high - low, 0], color, cell)
            for low, high in spans
            if high - low > 1e-6
        ]
    tiled = face.room.kind == "bathroom"
    parts = [Part(join(sheets), "ceramic_tiles" if tiled else "gypsum_board")]
    boards = _skirting(face)
    return Thing("wall", (*parts, *boards), (face.length, height, 0.0))


def _skirting(face: WallFace) -> tuple[Part, ...]:
    if face.room.kind == "bathroom":
        return ()
    gaps = [(left - 0.06, right + 0.06) for left, right, o in face.openings() if o.bottom < 0.1]
    edges = [0.0, *(s for gap in gaps for s in gap), face.length]
    boards = [
        box((right - left, _SKIRTING_HEIGHT, _SKIRTING_DEPTH), WHITE, 0.5).moved(
            (left + right) / 2.0, z=_SKIRTING_DEPTH / 2.0
        )
        for left, right in zip(edges[::2], edges[1::2], strict=True)
        if right - left > 0.02
    ]
    return (Part(join(boards), "wood_panel"),) if boards else ()


def _fittings(face: WallFace, style: Style, cell: float) -> list[Thing]:
    things = []
    for left, right, opening in face.openings():
        width, height = right - left, opening.top - opening.bottom
        if opening.kind == "window":
            things.append(face.placed(openings.window(width, height, RECESS, min(cell, 0.2)), left, opening.bottom))
        elif opening.kind == "entrance":
            things.append(face.placed(openings.entrance(width, height, RECESS, style.shade(style.wood)), left))
        elif face.side in ("south", "east"):
            things.append(face.placed(openings.tunnel(width, height, WALL_THICKNESS, style.boards), left))
        if opening.kind == "door" and opening.swings_here:
            things.append(face.placed(openings.leaf(face, left, width, height), left))
    return things


def _floor(room: Room, style: Style, cell: float) -> Thing:
    inside = room.interior
    if room.kind in _TILED:
        shape = _boards(inside, (0.78, 0.77, 0.74), 0.3, 0.3, 0.0, style, cell, 0.035)
        return Thing("floor", (Part(shape, "ceramic_tiles"),), (inside.width, 0.0, inside.depth))
    if room.kind in _CARPETED:
        shape = _boards(inside, scaled(style.textile, 0.75), 0.5, 0.5, 0.0, style, cell, 0.03)
        return Thing("floor", (Part(shape, "thin_carpet"),), (inside.width, 0.0, inside.depth))
    shape = _boards(inside, style.boards, 0.16, 1.3, 0.47, style, cell, 0.10)
    return Thing("floor", (Part(shape, "parquet"),), (inside.width, 0.0, inside.depth))


def _boards(
    inside: Rect, color: Color, width: float, length: float, stagger: float, style: Style, cell: float, spread: float
) -> Shape:
    """Boards or tiles, each of its own shade, laid along the longer side of a room from corner to corner."""
    along_x = inside.width >= inside.depth
    run, across = (inside.width, inside.depth) if along_x else (inside.depth, inside.width)
    rows = max(1, round(across / width))
    lines = np.linspace(0.0, across, rows + 1)
    pieces = []
    for row in range(rows):
        offset = (row * stagger * length) % length
        cuts = np.unique(np.clip([0.0, run, *np.arange(offset, run, length)], 0.0, run))
        for (a, b), shade in zip(itertools.pairwise(cuts), style.shades(color, len(cuts) - 1, spread), strict=True):
            low, high = lines[row], lines[row + 1]
            if along_x:
                corner, right, up = [inside.x0 + a, 0.0, inside.z0 + high], [b - a, 0, 0], [0, 0, low - high]
            else:
                corner, right, up = [inside.x0 + low, 0.0, inside.z0 + b], [high - low, 0, 0], [0, 0, a - b]
            pieces.append(rectangle(corner, right, up, shade, max(cell, 0.18)))
    return join(pieces)


def _ceiling(room: Room, cell: float) -> Thing:
    inside = room.interior
    shape = rectangle(
        [inside.x0, room.height, inside.z0], [inside.width, 0, 0], [0, 0, inside.depth], (0.95, 0.95, 0.94), cell
    )
    office = room.kind in ("office", "meeting", "lounge", "open_office")
    return Thing(
        "ceiling",
        (Part(shape, "acoustic_ceiling_tile" if office else "gypsum_ceiling"),),
        (inside.width, 0.0, inside.depth),
    )


def _outside(plan: Plan) -> Thing:
    """The outside of the building, a box just beyond the panes that looks inwards."""
    rect = plan.outline.grown(RECESS - WALL_THICKNESS / 2.0 + 0.02)
    top = max(room.height for room in plan.rooms) + 0.05
    shape = box((rect.width, top + 0.05, rect.depth), (0.6, 0.5, 0.45), 2.0, bottom=-0.05).moved(
        rect.center[0], 0.0, rect.center[1]
    )
    inwards = replace(shape, triangles=shape.triangles[:, ::-1])
    return Thing("wall", (Part(inwards, "painted_brick"),), (rect.width, top, rect.depth))
