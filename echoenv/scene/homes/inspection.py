"""What is wrong with how a home is put together: things that float, pierce walls, block doorways, stand in each other.

The one idea: a home before its arrays (`home.assembled`) still knows which thing carries which and what was meant to
hold it, so every thing can be asked where it should be held and then looked at as triangles: its lowest, highest and
hindmost points against floor, ceiling and walls, its solid inside against all other solids (`columns`). Rules that
place things cannot see such faults, since they know footprints alone; so every home is inspected as it is built, and
what is at fault is taken away (`mending`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from echoenv.scene.homes.assembly import AssembledHome, Placed
from echoenv.scene.homes.columns import Solid, depth_of_overlap, meets_box, rests_on
from echoenv.scene.homes.inspected import InspectedRoom, solid_of
from echoenv.scene.homes.plans.plan import SIDES

_ON_FLOOR, _ON_THING, _AT_WALL, _AT_CEILING = 0.01, 0.015, 0.05, 0.02  # [m] between a thing and what holds it
_INTO_SHELL = 0.01  # [m] that things may go into walls, floors and ceilings
_INTO_THING = 0.015  # [m] that things may go into each other
_INTO_NEIGHBOUR = 0.03  # [m] the same for two things that one thing carries
_FLAT = 0.03  # [m]: rugs and mats, on which one steps and other things stand
_ZONE, _HEAD = 0.5, 1.95  # [m] that a doorway reaches into the room, and where what hangs above it begins
_WALL_HUNG = frozenset({"sink", "toilet", "wall-cabinet", "shelf", "radiator"})  # may hang where they were set down
_SHELL_THINGS = frozenset({"door", "radiator"})
_SOFT = frozenset({"pillow", "cushion", "comforter", "blanket", "clothing", "towel", "throw", "indoor-plant", "flower"})
_DAYLIT = frozenset(
    {"living", "kitchen", "bedroom", "dining", "study", "office", "open_office", "meeting", "lounge", "hotel"}
)
_LAMP = 1.0  # least radiance of a lamp, above that of screens


@dataclass(frozen=True)
class Fault:
    """Something that is wrong.

    Attributes:
        description: Names the thing and its room.
        thing: Number of the thing without which it would be right, of two the one placed later; 0 where there is none.
    """

    description: str
    thing: int = 0


def faults_of(home: AssembledHome) -> list[Fault]:
    """What is wrong with a home that is put together; nothing where all is right."""
    built_in = [item for item in home.assembly.placed if not item.room and item.thing.category in _SHELL_THINGS]
    doors = [(item.thing.category, solid_of([item])) for item in built_in]
    found: list[Fault] = []
    for room in home.plan.rooms:
        inspected = InspectedRoom.of(room, home.assembly)
        checks = (_without_hold, _through_shell, _in_doorways, _into_each_other, _into_neighbours)
        found += [fault for check in checks for fault in check(inspected)]
        found += _in_built_in(inspected, doors)
        found += _without_light(inspected)
    return found


def _without_hold(seen: InspectedRoom) -> Iterator[Fault]:
    """Things that float."""
    for item, solid in zip(seen.things, seen.solids, strict=True):
        name = seen.named(item.number)
        above = float(solid.low[1]) - seen.floor_at(solid)
        if item.held_by == "floor":
            if seen.floor_under(solid) is None:
                yield Fault(f"{name} reaches over the edge of the platform", item.number)
            hangs = item.thing.category in _WALL_HUNG and seen.to_wall(solid) <= _AT_WALL
            if above > _ON_FLOOR and not hangs:
                yield Fault(f"{name} floats {_cm(above)} above the floor", item.number)
        elif item.held_by == "ceiling":
            if seen.to_ceiling(solid) > _AT_CEILING:
                yield Fault(f"{name} hangs {_cm(seen.to_ceiling(solid))} below the ceiling", item.number)
        elif item.carrier:
            if not _is_carried(seen, item, solid):
                yield Fault(f"{name} floats {_cm(above)} above the floor, touching neither thing nor wall", item.number)
        elif not _is_fixed(seen, item, solid, above):
            yield Fault(f"{name} hangs {_cm(seen.to_wall(solid))} off the wall with nothing to hold it", item.number)


def _is_fixed(seen: InspectedRoom, item: Placed, solid: Solid, above: float) -> bool:
    """Whether a thing that may hang is held by a wall, by another thing, or, where that was not said, in any way."""
    if not item.held_by and (abs(above) <= _ON_FLOOR or seen.to_ceiling(solid) <= _AT_CEILING):
        return True
    return seen.to_wall(solid) <= _AT_WALL or any(
        rests_on(solid, other, _ON_THING) for other in _neighbours(seen, item, solid)
    )


def _is_carried(seen: InspectedRoom, item: Placed, solid: Solid) -> bool:
    """Whether a carried thing lies on something, stands by its carrier, hangs on it or leans at a wall."""
    if abs(float(solid.low[1]) - seen.floor_at(solid)) <= _ON_FLOOR:
        return True
    if any(rests_on(solid, other, _ON_THING) for other in _neighbours(seen, item, solid)):
        return True
    carrier = next(own for other, own in zip(seen.things, seen.solids, strict=True) if other.number == item.carrier)
    aside = np.array([0.005, 0.0, 0.005])
    hangs = meets_box(carrier.corners, solid.low - aside, solid.high + aside)
    return hangs or seen.to_wall(solid) <= _AT_WALL or seen.to_ceiling(solid) <= _AT_CEILING


def _neighbours(seen: InspectedRoom, item: Placed, solid: Solid) -> Iterator[Solid]:
    low, high = solid.low - _ON_THING, solid.high + _ON_THING
    for other, own in zip(seen.things, seen.solids, strict=True):
        if other.number != item.number and own.near(low, high):
            yield own


def _through_shell(seen: InspectedRoom) -> Iterator[Fault]:
    """Things that pierce a wall, the floor or the ceiling."""
    for item, solid in zip(seen.things, seen.solids, strict=True):
        depths = {f"the {side} wall": seen.behind_wall(side, solid) for side in SIDES}
        depths["the floor"] = seen.floor_at(solid) - float(solid.low[1])
        depths["the ceiling"] = seen.through_ceiling(solid)
        blocks = (depth_of_overlap(solid, block, _INTO_SHELL) for block in seen.blocks)
        depths["a built-in block"] = max(blocks, default=0.0)
        for what, depth in depths.items():
            if depth > _INTO_SHELL:
                yield Fault(f"{seen.named(item.number)} pierces {what} by {_cm(depth)}", item.number)


def _in_doorways(seen: InspectedRoom) -> Iterator[Fault]:
    """Things that stand or hang where people pass."""
    for opening in seen.room.openings:
        if opening.kind == "window":
            continue
        low, high = seen.before(opening, _ZONE, _FLAT, _HEAD)
        for item, solid in zip(seen.things, seen.solids, strict=True):
            if solid.near(low, high) and meets_box(solid.corners, low, high):
                leads = f" to the {opening.leads_to}" if opening.leads_to else ""
                yield Fault(f"{seen.named(item.number)} stands in the {opening.kind}{leads}", item.number)


def _in_built_in(seen: InspectedRoom, built_in: list[tuple[str, Solid]]) -> Iterator[Fault]:
    """Things in the place of an open door's leaf or of a radiator."""
    for (number, solid), (category, other) in itertools.product(seen.groups.items(), built_in):
        depth = depth_of_overlap(solid, other, _INTO_SHELL if category == "door" else _INTO_THING)
        if depth:
            yield Fault(f"{seen.named(number)} stands {_cm(depth)} deep in a {category}", number)


def _into_each_other(seen: InspectedRoom) -> Iterator[Fault]:
    """Things, with all that they carry, that penetrate others."""
    groups = [(n, solid) for n, solid in seen.groups.items() if solid.high[1] - seen.floor_at(solid) > _FLAT]
    for (first, one), (second, two) in itertools.combinations(groups, 2):
        depth = depth_of_overlap(one, two, _INTO_THING)
        if depth:
            yield Fault(f"{seen.named(first)} and {seen.named(second)} are {_cm(depth)} in each other", second)


def _into_neighbours(seen: InspectedRoom) -> Iterator[Fault]:
    """Hard things on one carrier that penetrate each other."""
    carried: dict[int, list[tuple[Placed, Solid]]] = {}
    for item, solid in zip(seen.things, seen.solids, strict=True):
        if item.carrier and item.thing.category not in _SOFT:
            carried.setdefault(item.carrier, []).append((item, solid))
    for items in carried.values():
        for (first, one), (second, two) in itertools.combinations(items, 2):
            depth = depth_of_overlap(one, two, _INTO_NEIGHBOUR)
            if depth:
                both = f"{seen.named(first.number)} and {seen.named(second.number)}"
                yield Fault(f"{both} are {_cm(depth)} in each other", second.number)


def _without_light(seen: InspectedRoom) -> Iterator[Fault]:
    glows = (max(part.glow) for item in seen.things for part in item.thing.parts)
    if max(glows, default=0.0) < _LAMP:
        yield Fault(f"the {seen.room.name} has no lamp")
    if seen.room.kind in _DAYLIT and not any(opening.kind == "window" for opening in seen.room.openings):
        yield Fault(f"the {seen.room.name} has no window")


def _cm(length: float) -> str:
    return f"{100.0 * length:.1f} cm"
