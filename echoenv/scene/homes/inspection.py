"""What is wrong with how a home is put together: things that float, pierce walls, block doorways, stand in each other.

The one idea: a home before its arrays (`home.assembled`) still knows which thing carries which and what was meant to
hold it, so every thing can be asked where it should be held and then looked at as triangles: its lowest, highest and
hindmost points against floor, ceiling and walls, its solid inside against all other solids (`columns`). Rules that
place things cannot see such faults, since they know footprints alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.assembly import Assembly, Placed
from echoenv.scene.homes.columns import Solid, depth_of_overlap, meets_box, rests_on
from echoenv.scene.homes.home import AssembledHome, assembled
from echoenv.scene.homes.plans.plan import RECESS, SIDES, Opening, Rect, Room

Floats = NDArray[np.float64]

_ON_FLOOR, _ON_THING, _AT_WALL, _AT_CEILING = 0.01, 0.015, 0.05, 0.02  # [m] between a thing and what holds it
_INTO_SHELL = 0.01  # [m] that things may go into walls, floors and ceilings
_INTO_THING = 0.015  # [m] that things may go into each other
_INTO_NEIGHBOUR = 0.03  # [m] the same for two things that one thing carries
_FLAT = 0.03  # [m]: rugs and mats, on which one steps and other things stand
_ZONE, _HEAD = 0.5, 1.95  # [m] that a doorway reaches into the room, and where what hangs above it begins
_SOFT = frozenset({"pillow", "cushion", "comforter", "blanket", "clothing", "towel", "throw", "indoor-plant", "flower"})
_DAYLIT = frozenset(
    {"living", "kitchen", "bedroom", "dining", "study", "office", "open_office", "meeting", "lounge", "hotel"}
)
_LAMP = 1.0  # least radiance of a lamp, above that of screens


def faults(name: str) -> list[str]:
    """What is wrong with a home, a line for every fault that names the thing and its room; empty where all is right.

    Args:
        name: As in `build_home`, which also tells the errors.
    """
    return faults_of(assembled(name))


def faults_of(home: AssembledHome) -> list[str]:
    """What is wrong with a home that is put together; a line for each fault."""
    doors = [_solid([item]) for item in home.assembly.placed if not item.room and item.thing.category == "door"]
    found = []
    for room in home.plan.rooms:
        inspected = _Inspected.of(room, home.assembly)
        checks = (_without_hold, _through_shell, _in_doorways, _into_each_other, _into_neighbours)
        found += [fault for check in checks for fault in check(inspected)]
        found += _in_doors(inspected, doors)
        found += _without_light(inspected)
    return found


@dataclass(frozen=True, eq=False)
class _Inspected:
    """A room and its things.

    Attributes:
        room: The room.
        things: All in it, carried ones too.
        solids: Each one's own triangles, in the same order.
        groups: The things that nothing carries, each with all that it carries, by number.
    """

    room: Room
    things: list[Placed]
    solids: list[Solid]
    groups: dict[int, Solid]

    @staticmethod
    def of(room: Room, assembly: Assembly) -> _Inspected:
        """The things that furnish a room."""
        things = [item for item in assembly.placed if item.room == room.name]
        roots: dict[int, list[Placed]] = {}
        root_of: dict[int, int] = {}
        for item in things:  # carriers come before what they carry
            root_of[item.number] = root_of.get(item.carrier, item.number)
            roots.setdefault(root_of[item.number], []).append(item)
        groups = {number: _solid(items) for number, items in roots.items()}
        return _Inspected(room, things, [_solid([item]) for item in things], groups)

    def floor_at(self, solid: Solid) -> float:
        """Height [m] of the floor under the middle of a thing."""
        return 0.0

    def named(self, number: int) -> str:
        """A thing's category, number and room."""
        thing = next(item for item in self.things if item.number == number)
        return f"{thing.thing.category} {number} in the {self.room.name}"


def _solid(items: list[Placed]) -> Solid:
    shapes = [part.shape for item in items for part in item.thing.parts]
    corners = [shape.vertices[shape.triangles] for shape in shapes]
    return Solid.of(np.concatenate(corners), np.repeat(np.arange(len(shapes)), [len(part) for part in corners]))


def _without_hold(seen: _Inspected) -> Iterator[str]:
    """Things that float."""
    for item, solid in zip(seen.things, seen.solids, strict=True):
        name = seen.named(item.number)
        above = float(solid.low[1]) - seen.floor_at(solid)
        if item.held_by == "floor":
            if abs(above) > _ON_FLOOR:
                yield f"{name} floats {_cm(above)} above the floor"
        elif item.held_by == "ceiling":
            if seen.room.height - solid.high[1] > _AT_CEILING:
                yield f"{name} hangs {_cm(seen.room.height - solid.high[1])} below the ceiling"
        elif item.carrier:
            if not _is_carried(seen, item, solid):
                yield f"{name} floats {_cm(above)} above the floor, touching neither thing nor wall"
        elif not _is_fixed(seen, item, solid, above):
            yield f"{name} hangs {_cm(_to_wall(seen.room, solid))} off the wall with nothing to hold it"


def _is_fixed(seen: _Inspected, item: Placed, solid: Solid, above: float) -> bool:
    """Whether a thing that may hang is held by a wall, by another thing, or, where that was not said, in any way."""
    if not item.held_by and (abs(above) <= _ON_FLOOR or seen.room.height - solid.high[1] <= _AT_CEILING):
        return True
    return _to_wall(seen.room, solid) <= _AT_WALL or any(
        rests_on(solid, other, _ON_THING) for other in _neighbours(seen, item, solid)
    )


def _is_carried(seen: _Inspected, item: Placed, solid: Solid) -> bool:
    """Whether a carried thing lies on something, hangs on its carrier or leans at a wall."""
    if any(rests_on(solid, other, _ON_THING) for other in _neighbours(seen, item, solid)):
        return True
    carrier = next(own for other, own in zip(seen.things, seen.solids, strict=True) if other.number == item.carrier)
    aside = np.array([0.005, 0.0, 0.005])
    hangs = meets_box(carrier.corners, solid.low - aside, solid.high + aside)
    return hangs or _to_wall(seen.room, solid) <= _AT_WALL or seen.room.height - solid.high[1] <= _AT_CEILING


def _neighbours(seen: _Inspected, item: Placed, solid: Solid) -> Iterator[Solid]:
    low, high = solid.low - _ON_THING, solid.high + _ON_THING
    for other, own in zip(seen.things, seen.solids, strict=True):
        if other.number != item.number and own.near(low, high):
            yield own


def _to_wall(room: Room, solid: Solid) -> float:
    """Distance [m] of a thing's box to the nearest wall."""
    inside = room.interior
    return float(
        min(
            solid.low[0] - inside.x0,
            inside.x1 - solid.high[0],
            solid.low[2] - inside.z0,
            inside.z1 - solid.high[2],
        )
    )


def _through_shell(seen: _Inspected) -> Iterator[str]:
    """Things that pierce a wall, the floor or the ceiling."""
    for item, solid in zip(seen.things, seen.solids, strict=True):
        points = solid.corners.reshape(-1, 3)
        into = {side: _beyond(seen.room, side, points) for side in SIDES}
        depths = {f"the {side} wall": depth for side, depth in into.items()}
        depths["the floor"] = seen.floor_at(solid) - float(solid.low[1])
        depths["the ceiling"] = float(solid.high[1]) - seen.room.height
        for what, depth in depths.items():
            if depth > _INTO_SHELL:
                yield f"{seen.named(item.number)} pierces {what} by {_cm(depth)}"


def _beyond(room: Room, side: str, points: Floats) -> float:
    """How far [m] points (n, 3) reach behind a wall's face, other than into its openings."""
    along, depth = _in_wall(room, side, points)
    free = np.zeros(len(points), dtype=bool)
    for opening in room.openings:
        if opening.side == side:
            across = (along > opening.start - _INTO_SHELL) & (along < opening.end + _INTO_SHELL)
            high = (points[:, 1] > opening.bottom - _INTO_SHELL) & (points[:, 1] < opening.top + _INTO_SHELL)
            free |= across & high & (depth < RECESS)
    return float(depth[~free].max(initial=0.0))


def _in_wall(room: Room, side: str, points: Floats) -> tuple[Floats, Floats]:
    """Where points (n, 3) are along a wall, and how far behind its face [m]."""
    line = room.wall_line(side)
    x, z = points[:, 0], points[:, 2]
    return {
        "north": (x, line - z),
        "south": (x, z - line),
        "west": (z, line - x),
        "east": (z, x - line),
    }[side]


def _doorway(room: Room, opening: Opening) -> tuple[Floats, Floats]:
    """Lowest and highest corner [m] (3,) of what must stay clear in a room before an opening."""
    low, high = opening.start + _INTO_SHELL, opening.end - _INTO_SHELL
    line = room.wall_line(opening.side)
    near, far = (line, line + _ZONE) if opening.side in ("north", "west") else (line - _ZONE, line)
    rect = Rect(low, near, high, far) if opening.side in ("north", "south") else Rect(near, low, far, high)
    return np.array([rect.x0, _FLAT, rect.z0]), np.array([rect.x1, min(_HEAD, opening.top), rect.z1])


def _in_doorways(seen: _Inspected) -> Iterator[str]:
    """Things that stand or hang where people pass."""
    for opening in seen.room.openings:
        if opening.kind == "window":
            continue
        low, high = _doorway(seen.room, opening)
        for item, solid in zip(seen.things, seen.solids, strict=True):
            if solid.near(low, high) and meets_box(solid.corners, low, high):
                leads = f" to the {opening.leads_to}" if opening.leads_to else ""
                yield f"{seen.named(item.number)} stands in the {opening.kind}{leads}"


def _in_doors(seen: _Inspected, doors: list[Solid]) -> Iterator[str]:
    """Things in the place of an open door's leaf."""
    for (number, solid), door in itertools.product(seen.groups.items(), doors):
        depth = depth_of_overlap(solid, door, _INTO_SHELL)
        if depth:
            yield f"{seen.named(number)} stands {_cm(depth)} deep in a door"


def _into_each_other(seen: _Inspected) -> Iterator[str]:
    """Things, with all that they carry, that penetrate others."""
    groups = [(n, solid) for n, solid in seen.groups.items() if solid.high[1] - seen.floor_at(solid) > _FLAT]
    for (first, one), (second, two) in itertools.combinations(groups, 2):
        depth = depth_of_overlap(one, two, _INTO_THING)
        if depth:
            yield f"{seen.named(first)} and {seen.named(second)} are {_cm(depth)} in each other"


def _into_neighbours(seen: _Inspected) -> Iterator[str]:
    """Hard things on one carrier that penetrate each other."""
    carried: dict[int, list[tuple[Placed, Solid]]] = {}
    for item, solid in zip(seen.things, seen.solids, strict=True):
        if item.carrier and item.thing.category not in _SOFT:
            carried.setdefault(item.carrier, []).append((item, solid))
    for items in carried.values():
        for (first, one), (second, two) in itertools.combinations(items, 2):
            depth = depth_of_overlap(one, two, _INTO_NEIGHBOUR)
            if depth:
                yield f"{seen.named(first.number)} and {seen.named(second.number)} are {_cm(depth)} in each other"


def _without_light(seen: _Inspected) -> Iterator[str]:
    glows = (max(part.glow) for item in seen.things for part in item.thing.parts)
    if max(glows, default=0.0) < _LAMP:
        yield f"the {seen.room.name} has no lamp"
    if seen.room.kind in _DAYLIT and not any(opening.kind == "window" for opening in seen.room.openings):
        yield f"the {seen.room.name} has no window"


def _cm(length: float) -> str:
    return f"{100.0 * length:.1f} cm"
