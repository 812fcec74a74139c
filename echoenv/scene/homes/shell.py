"""The shell of a home: floors, ceilings, walls with their doors and windows, blocks and beams, radiators.

The one idea: rooms are closed boxes joined by tunnels as deep as the walls. Walls, blocks, floors and ceilings are cut
along each other's edges (`walls`, `levels`), so that nothing is drawn where something stands; what fills the openings
is built in the frames of the walls. Around the whole lies the outside of the building, so that nothing escapes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from echoenv.scene.homes import leaves, levels, openings, windows
from echoenv.scene.homes.assembly import Assembly, Part, Thing
from echoenv.scene.homes.finishes import Finish, RoomFinishes, finishes
from echoenv.scene.homes.plans.plan import RECESS, SIDES, WALL_THICKNESS, Opening, Plan, Room
from echoenv.scene.homes.shapes import box
from echoenv.scene.homes.style import Style, scaled, seeded
from echoenv.scene.homes.walls import TURNS, Cladding, WallFace, block, wall

__all__ = ["CELL", "TURNS", "WallFace", "build_shell"]

CELL = 0.35
"""Longest edge [m] of a cell of walls, floors and ceilings."""

_ABOVE_TILES = Finish("gypsum_board", "plaster", (0.93, 0.93, 0.91))
_BRICK = Finish("brick", "brick", (1.0, 1.0, 1.0))
_WITH_BRICK = ("living", "dining", "bedroom", "lounge", "study")
_VIEWS = 6  # patterns `outdoor_0` ...


@dataclass(frozen=True, eq=False)
class _Looks:
    """What a home's shell looks like: its palette, the views to its four sides, its doors."""

    style: Style
    views: dict[str, str]
    leaf: Finish


def build_shell(assembly: Assembly, plan: Plan, style: Style, cell: float = CELL) -> None:
    """Add floors, ceilings, walls, doors and windows.

    Args:
        assembly: Where to add them.
        plan: The rooms.
        style: Their colours.
        cell: Longest edge [m] of a cell of walls, floors and ceilings.
    """
    looks = _looks(style)
    for room in plan.rooms:
        own = finishes(room, style)
        cladding = _cladding(room, own, looks)
        bricks = style.chance(0.4) and room.kind in _WITH_BRICK
        accent = SIDES[int(style.rng.integers(4))]
        nosing = Finish("wood_floor", "wood_fine", scaled(style.boards, 0.55))  # dark, so that the step is seen
        assembly.add(levels.floor(room, own.floor, nosing, cell))
        assembly.add(levels.ceiling(room, own.ceiling, cell))
        for thing in levels.beams(room, Finish("wood_panel", "wood_bold", scaled(style.wood, 0.8))):
            assembly.add(thing)
        for side in SIDES:
            face = WallFace(room, side)
            finish = Cladding(own.accent, own.accent) if side == accent and np.isinf(cladding.split) else cladding
            assembly.add(face.in_place(wall(face, finish, own.skirting, cell)))
            for thing in _fittings(face, own, looks, cell):
                assembly.add(thing)
        for solid in room.blocks:
            finish = Cladding(_BRICK, _BRICK) if bricks and solid.kind == "breast" else cladding
            assembly.add(block(solid, room, finish, own.skirting, cell))
    assembly.add(_outside(plan))


def _looks(style: Style) -> _Looks:
    views = style.rng.permutation(_VIEWS)[: len(SIDES)]
    wooden = style.chance(0.4)
    leaf = Finish("wooden_door", "wood_fine", style.wood) if wooden else Finish("wooden_door", "", (0.90, 0.89, 0.86))
    return _Looks(style, {side: f"outdoor_{k}" for side, k in zip(SIDES, views, strict=True)}, leaf)


def _cladding(room: Room, own: RoomFinishes, looks: _Looks) -> Cladding:
    """Tiles reach to the top of the doors or to the ceiling."""
    to_ceiling = bool(seeded(f"tiles {looks.style.wall} {looks.views} {room.name}").random() < 0.35)
    if room.kind != "bathroom" or to_ceiling:
        return Cladding(own.wall, own.wall)
    return Cladding(own.wall, _ABOVE_TILES, 2.0)


def _fittings(face: WallFace, own: RoomFinishes, looks: _Looks, cell: float) -> list[Thing]:
    """What fills the openings of a wall, in the world's frame."""
    things = []
    for left, right, opening in face.openings():
        width, height = right - left, opening.top - opening.bottom
        if opening.kind == "window":
            things += _window(face, left, right, opening, looks, cell)
        elif opening.kind == "entrance":
            wood = looks.style.shade(looks.style.wood)
            things.append(face.in_place(openings.entrance(width, height, RECESS, wood), left))
        elif face.side in ("south", "east"):
            things.append(face.in_place(openings.tunnel(width, height, WALL_THICKNESS, own.floor), left))
        if opening.kind == "door" and opening.swings_here:
            leaf = leaves.leaves(opening, width, height, looks.leaf)
            things.append(face.in_place(leaf, left))
    return things


def _window(face: WallFace, left: float, right: float, opening: Opening, looks: _Looks, cell: float) -> list[Thing]:
    floor = face.floor((left + right) / 2.0)
    bottom, height = opening.bottom - floor, opening.top - opening.bottom
    view = looks.views[face.side]
    window = windows.window(right - left, height, RECESS, bottom, view, cell)
    things = [face.in_place(window, left, opening.bottom)]
    if opening.radiator:
        start, end = windows.radiator_stretch(left, right)
        things.append(face.in_place(windows.radiator(end - start, bottom), (start + end) / 2.0, floor))
    return things


def _outside(plan: Plan) -> Thing:
    """The outside of the building, a box just beyond the panes that looks inwards."""
    rect = plan.outline.grown(RECESS - WALL_THICKNESS / 2.0 + 0.02)
    top = max(room.height for room in plan.rooms) + 0.05
    shape = box((rect.width, top + 0.05, rect.depth), (0.6, 0.5, 0.45), 2.0, bottom=-0.05).moved(
        rect.center[0], 0.0, rect.center[1]
    )
    inwards = replace(shape, triangles=shape.triangles[:, ::-1])
    return Thing("wall", (Part(inwards, "painted_brick"),), (rect.width, top, rect.depth))
