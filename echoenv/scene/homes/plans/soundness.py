"""Whether people could live in a plan: openings apart, leaves clear, every room walkable.

The one idea: every question is asked of one empty room, as a `Layout` sees it before furniture comes, so that what is
found sound here can be furnished there.
"""

from __future__ import annotations

import itertools

from echoenv.scene.homes.assembly import Assembly
from echoenv.scene.homes.leaves import free_width, leaf_areas
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import SIDES, Opening, Plan, Rect, Room
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.homes.walls import WallFace

_BETWEEN = 0.16  # [m] at least between two openings of a wall: room for their frames
_PASSAGE = 0.68  # [m] at least of the way that a half-open door leaves
_DOOR_REACH = 0.9  # [m] before a door in which nothing is built
_BESIDE_WINDOW = 0.3  # [m] beside a window for its curtains
_CURTAIN = (0.04, 0.26)  # from and to how far [m] off the wall curtains hang, radiators behind them
_WAY = 0.5  # [m] off its wall that the way through a door reaches
_BARE = ("bathroom", "kitchen", "hallway")  # rooms without curtains
_BESIDE_DOOR = 0.12  # [m] beside a door for its frame
_STYLE = Style.drawn(seeded("empty"))


def is_sound(plan: Plan) -> bool:
    """Whether every room of a plan is."""
    return all(is_sound_room(room) for room in plan.rooms)


def is_sound_room(room: Room) -> bool:
    """Whether the openings of a room are apart, what is built in it keeps off them, and it can be walked through."""
    return are_apart(room) and is_well_built(room) and leaves_are_clear(room) and empty(room).is_walkable()


def empty(room: Room) -> Layout:
    """The room before it is furnished."""
    return Layout(room, Assembly(), _STYLE)


def are_apart(room: Room) -> bool:
    """Whether the openings of each wall stay off each other and off the wall's ends."""
    for side in SIDES:
        face = WallFace(room, side)
        spans = [(left, right) for left, right, _ in face.openings()]
        if any(left < 0.08 or right > face.length - 0.08 for left, right in spans):
            return False
        if any(b[0] - a[1] < _BETWEEN for a, b in itertools.pairwise(spans)):
            return False
    return room.kind in _BARE or _curtains_are_clear(room)


def _curtains_are_clear(room: Room) -> bool:
    """Whether the curtains of windows hang clear of the ways through doors, around the corners of the room too."""
    faces = [WallFace(room, side) for side in SIDES]
    spots = [(face, left, right, opening) for face in faces for left, right, opening in face.openings()]
    ways = [face.area(left, right, 0.0, _WAY) for face, left, right, o in spots if o.kind != "window"]
    curtains = [face.area(left - 0.26, right + 0.26, *_CURTAIN) for face, left, right, o in spots if o.kind == "window"]
    return not any(curtain.overlaps(way) for curtain in curtains for way in ways)


def is_well_built(room: Room) -> bool:
    """Whether blocks, soffits, slope and platform keep off the openings and off each other."""
    faces = [WallFace(room, side) for side in SIDES]
    outlines = [block.outline for block in room.blocks]
    lowered = [soffit.outline for soffit in room.soffits]
    if any(a.grown(0.05).overlaps(b) for k, a in enumerate(outlines) for b in (*outlines[k + 1 :], *lowered)):
        return False
    if any(a.overlaps(b) for k, a in enumerate(lowered) for b in lowered[k + 1 :]):
        return False
    if any(room.floor_over(outline.grown(0.05).within(room.interior)) is None for outline in outlines):
        return False
    if not all(_is_under_level_roof(room, rect) for rect in (*outlines, *lowered)):
        return False
    if not all(room.interior.contains(rect) for rect in (*outlines, *lowered)):
        return False
    return all(_has_its_place(face, *spot) for face in faces for spot in face.openings())


def _is_under_level_roof(room: Room, area: Rect) -> bool:
    corners = ((area.x0, area.z0), (area.x0, area.z1), (area.x1, area.z0), (area.x1, area.z1))
    return all(room.roof_at(x, z) > room.height - 1e-9 for x, z in corners)


def _has_its_place(face: WallFace, left: float, right: float, opening: Opening) -> bool:
    """Whether nothing that is built stands before an opening, or lowers the ceiling too far over it."""
    room, window = face.room, opening.kind == "window"
    beside, deep = (_BESIDE_WINDOW, 0.35) if window else (_BESIDE_DOOR, _DOOR_REACH)
    before = face.area(left - beside, right + beside, 0.0, deep)
    if any(before.overlaps(block.outline) for block in room.blocks):
        return False
    over = face.area(max(0.0, left - beside), min(face.length, right + beside), 0.0, 0.3)
    if room.ceiling_over(over) < opening.top + (0.2 if window else 0.1):
        return False
    if room.platform is None:
        return True
    on_platform = before.overlaps(room.platform.outline)
    if not window:
        return not on_platform
    whole = room.platform.outline.grown(1e-3).contains(face.area(left, right, 0.0, 0.0))
    return not on_platform or (whole and opening.bottom >= 0.45)


def leaves_are_clear(room: Room) -> bool:
    """Whether no open leaf stands before another door or window, against another leaf or a block, or in the way."""
    layout = empty(room)
    leaves: list[tuple[Opening, Rect]] = []
    fronts: list[tuple[Opening, Rect]] = []
    for face in layout.faces.values():
        for left, right, opening in face.openings():
            deep = 0.15 if opening.kind == "window" else 0.6
            fronts.append((opening, face.area(left, right, 0.0, deep)))
            if opening.kind == "door" and opening.swings_here:
                if free_width(opening, right - left) < _PASSAGE:
                    return False
                leaves += [(opening, face.area(*area)) for area in leaf_areas(opening, left, right - left)]
    others = [*fronts, *leaves]
    inside = all(room.interior.contains(leaf, 0.01) for _, leaf in leaves)
    built = [block.outline for block in room.blocks]
    free = not any(leaf.overlaps(rect) for _, leaf in leaves for rect in (*built, *layout.radiators))
    level = all(room.floor_over(leaf) == 0.0 and room.ceiling_over(leaf) > 2.1 for _, leaf in leaves)
    apart = not any(a is not b and leaf.overlaps(rect) for a, leaf in leaves for b, rect in others)
    return inside and free and level and apart
