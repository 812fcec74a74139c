"""Floors and ceilings: level sheets at the heights that platforms, soffits and slopes give them.

The one idea: the room's rectangle is cut along the edges of all that stands or hangs in it; each piece is one flat
sheet, pieces under boxes are left out, and where neighbours differ in height a riser closes the step between them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.finishes import Finish
from echoenv.scene.homes.plans.features import Block, Platform, Soffit
from echoenv.scene.homes.plans.plan import Rect, Room, opposite
from echoenv.scene.homes.shapes import Shape, box, grid, join, rectangle
from echoenv.scene.homes.walls import TURNS, laid

_NOSING = (0.035, 0.03)  # height and depth [m] of the edge of a platform


def floor(room: Room, finish: Finish, nosing: Finish, cell: float) -> Thing:
    """The floor of a room with its platform, in the world's frame.

    Args:
        room: The room.
        finish: Of the floor.
        nosing: Of the platform's riser and edge.
        cell: Longest edge of a cell [m].
    """
    raised = [room.platform.outline] if room.platform else []
    sheets = [_level(piece, room.floor_at(*piece.center), True, finish, room, cell) for piece in _pieces(room, raised)]
    parts = [Part(join(sheets), finish.material, texture=finish.texture)]
    if room.platform is not None:
        parts.append(Part(_edge(room.platform, nosing, cell), nosing.material, texture=nosing.texture))
    return Thing("floor", tuple(parts), (room.interior.width, 0.0, room.interior.depth))


def _edge(platform: Platform, finish: Finish, cell: float) -> Shape:
    """The riser of a platform and its nosing."""
    edge, height = opposite(platform.side), platform.height
    low, high = platform.outline.span(edge)
    riser = rectangle([(low - high) / 2, 0, 0], [high - low, 0, 0], [0, height, 0], finish.color, cell)
    tall, deep = _NOSING
    lip = box((high - low, tall, deep), finish.color, 0.8, height - tall + 0.004).moved(z=deep / 2 - 0.008)
    middle, line = (low + high) / 2, platform.outline.line(edge)
    x, z = (middle, line) if edge in ("north", "south") else (line, middle)
    return join([riser, lip]).turned(TURNS[platform.side]).moved(x, 0.0, z)


def ceiling(room: Room, finish: Finish, cell: float) -> Thing:
    """The ceiling of a room with its soffits and its slope, in the world's frame."""
    sheets = []
    for piece in _pieces(room, [soffit.outline for soffit in room.soffits]):
        over = room.soffit_at(*piece.center)
        if over is None or over.kind != "beam":
            sheet = _level(piece, room.height if over is None else over.height, False, finish, room, cell)
            sheets.append(sheet if over is not None else _under_roof(sheet, room))
    sheets += [side for s in room.soffits if s.kind != "beam" for side in _fascias(room, s, finish.color, cell)]
    size = (room.interior.width, 0.0, room.interior.depth)
    return Thing("ceiling", (Part(join(sheets), finish.material, texture=finish.texture),), size)


def _under_roof(sheet: Shape, room: Room) -> Shape:
    """A piece of the ceiling brought to the slope of the roof."""
    if room.slope is None:
        return sheet
    x, _, z = sheet.vertices.T
    y = [room.roof_at(float(a), float(b)) for a, b in zip(x, z, strict=True)]
    return replace(sheet, vertices=np.stack([x, y, z], axis=1))


def beams(room: Room, finish: Finish) -> list[Thing]:
    """The beams under a ceiling, in the world's frame."""
    things = []
    for beam in room.soffits:
        if beam.kind == "beam":
            r = beam.outline
            under = rectangle([r.x0, beam.height, r.z0], [r.width, 0, 0], [0, 0, r.depth], finish.color, 0.8)
            if r.width < r.depth:
                under = replace(under, uvs=under.uvs[..., ::-1])  # the grain runs along the beam
            shape = join([under, *_fascias(room, beam, finish.color, 0.8)])
            size = (r.width, room.height - beam.height, r.depth)
            things.append(Thing("beam", (Part(shape, finish.material, texture=finish.texture),), size))
    return things


def _pieces(room: Room, cut_by: list[Rect]) -> Iterator[Rect]:
    """The rectangles into which the edges of some rectangles, of the blocks and of the slope cut the floor.

    Those that a box fills are left out.
    """
    inside = room.interior
    lines = [inside, *cut_by, *(block.outline for block in room.blocks)]
    if room.slope is not None:
        low, high = inside.span(room.slope.side)
        lines.append(inside.along(room.slope.side, low, high, room.slope.run))
    xs = sorted({round(x, 6) for r in lines for x in (r.x0, r.x1)})
    zs = sorted({round(z, 6) for r in lines for z in (r.z0, r.z1)})
    boxes = [block.outline for block in room.blocks if block.is_box]
    for x0, x1 in itertools.pairwise(xs):
        for z0, z1 in itertools.pairwise(zs):
            piece = Rect(x0, z0, x1, z1)
            if min(piece.width, piece.depth) > 1e-5 and not any(b.contains(piece, 1e-4) for b in boxes):
                yield piece


def _level(piece: Rect, y: float, faces_up: bool, finish: Finish, room: Room, cell: float) -> Shape:
    """A level sheet; its pattern is laid from the room's corner, along the room's longer side."""
    block = next((b for b in room.blocks if b.outline.contains(piece, 1e-4)), None)
    if block is not None and block.kind == "chamfer":
        return _half(block, y, faces_up, finish, room)
    cell = np.inf if block is not None else cell  # a vertex under a column would be dark
    x0, width, depth = piece.x0, piece.width, piece.depth
    corner, up = ([x0, y, piece.z1], [0, 0, -depth]) if faces_up else ([x0, y, piece.z0], [0, 0, depth])
    return _laid_level(rectangle(corner, [width, 0, 0], up, finish.color, cell), room)


def _laid_level(shape: Shape, room: Room) -> Shape:
    inside = room.interior
    x, z = shape.vertices[:, 0] - inside.x0, inside.z1 - shape.vertices[:, 2]
    return laid(shape, np.stack([x, z] if inside.width >= inside.depth else [z, x], axis=1))


def _half(block: Block, y: float, faces_up: bool, finish: Finish, room: Room) -> Shape:
    """The half of a chamfer's outline that its block leaves free."""
    r = block.outline
    around = [(r.x0, r.z1), (r.x1, r.z1), (r.x1, r.z0), (r.x0, r.z0)]
    free = next(k for k, point in enumerate(around) if point not in block.corners)
    before, corner, after = around[free - 1], around[free], around[(free + 1) % 4]
    points = np.array([[[before[0], y, before[1]], [corner[0], y, corner[1]]], [[after[0], y, after[1]]] * 2])
    sheet = grid(points if faces_up else points[:, ::-1], finish.color)
    return _laid_level(replace(sheet, triangles=sheet.triangles[:1], uvs=sheet.uvs[:1]), room)


def _fascias(room: Room, soffit: Soffit, color: tuple[float, float, float], cell: float) -> list[Shape]:
    """The upright sides of a soffit or beam that do not stand at a wall."""
    r, top, found = soffit.outline, room.height, []
    for a, b in (
        ((r.x0, r.z1), (r.x1, r.z1)),
        ((r.x1, r.z1), (r.x1, r.z0)),
        ((r.x1, r.z0), (r.x0, r.z0)),
        ((r.x0, r.z0), (r.x0, r.z1)),
    ):
        middle = Rect((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        if room.interior.grown(-1e-3).contains(middle):
            right, up = [b[0] - a[0], 0, b[1] - a[1]], [0, top - soffit.height, 0]
            found.append(rectangle([a[0], soffit.height, a[1]], right, up, color, cell))
    return found
