"""Giving the rooms of a plan drawn by chance shapes of their own.

The one idea: a feature is drawn, built in, and taken out again if the room is no longer sound, so that features make
homes differ and never make one fail. A room has at most one kind of block, one of ceiling and one of floor.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from echoenv.scene.homes.plans import building
from echoenv.scene.homes.plans.plan import SIDES, Plan, Room
from echoenv.scene.homes.plans.soundness import is_sound_room

Feature = Callable[[Room, np.random.Generator], None]
"""Builds something into a room by chance."""

_CORNERS = ("north-west", "north-east", "south-west", "south-east")
_TRIES = 6  # of one feature in one room
_HOMELY = ("living", "dining", "bedroom", "study", "hotel")
_OFFICES = ("office", "meeting", "lounge", "open_office")


def shape_rooms(plan: Plan, rng: np.random.Generator) -> None:
    """Build features into the rooms of a sound plan; it stays sound."""
    for room in plan.rooms:
        for choices in (_blocks(room), _ceilings(plan, room), _floors(room)):
            name = _one(choices, rng)
            if name == "slope":
                _try(room, partial(_slope, sides=_under_roof(plan, room)), rng)
            elif name:
                _try(room, _FEATURES[name], rng)


def _one(choices: dict[str, float], rng: np.random.Generator) -> str:
    """One name, each as often as its share says; "" for the rest of the time."""
    draw = float(rng.random())
    for name, share in choices.items():
        if draw < share:
            return name
        draw -= share
    return ""


def _try(room: Room, feature: Feature, rng: np.random.Generator) -> bool:
    """Build a feature in, if it finds a place within a few tries; whether it did."""
    before = (list(room.blocks), list(room.soffits), room.slope, room.platform)
    for _ in range(_TRIES):
        feature(room, rng)
        if is_sound_room(room):
            return True
        room.blocks, room.soffits, room.slope, room.platform = list(before[0]), list(before[1]), before[2], before[3]
    return False


def _area(room: Room) -> float:
    return room.interior.width * room.interior.depth


def _blocks(room: Room) -> dict[str, float]:
    area = _area(room)
    if area < 4.0:
        return {}
    shares = {"shaft": 0.2, "chamfer": 0.05}
    if room.kind in _HOMELY:
        shares |= {"breast": 0.2, "niche": 0.08}
    if room.kind in _OFFICES:
        shares |= {"pilasters": 0.15, "half column": 0.12}
    if area > 13.0 and room.kind != "hallway":
        shares |= {"big corner": 0.15}
    if area > 20.0:
        shares |= {"column": 0.2 if room.kind in _OFFICES else 0.08}
    return shares


def _ceilings(plan: Plan, room: Room) -> dict[str, float]:
    shares = {"slope": 0.3} if room.kind in _HOMELY and _under_roof(plan, room) else {}
    if room.height >= 2.55:
        shares |= {"soffit": 0.3 if room.kind == "hallway" else 0.15}
    if room.height >= 2.6 and room.kind in (*_HOMELY, "lounge"):
        shares |= {"beams": 0.12}
    return shares


def _under_roof(plan: Plan, room: Room) -> list[str]:
    """Outer walls of a room without openings, over which a roof may come down."""
    return [side for side in SIDES if plan.is_outer(room, side) and not any(o.side == side for o in room.openings)]


def _floors(room: Room) -> dict[str, float]:
    fit = room.kind in ("living", "dining", "bedroom", "meeting", "lounge", "hotel") and _area(room) > 13.0
    return {"platform": 0.35} if fit else {}


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return round(float(rng.uniform(low, high)), 2)


def _corner(rng: np.random.Generator) -> str:
    return _CORNERS[int(rng.integers(len(_CORNERS)))]


def _side(rng: np.random.Generator) -> str:
    return SIDES[int(rng.integers(len(SIDES)))]


def _shaft(room: Room, rng: np.random.Generator) -> None:
    largest = 0.35 if _area(room) < 6.0 else 0.6
    building.box_corner(room, _corner(rng), _between(rng, 0.3, largest), _between(rng, 0.3, largest))


def _big_corner(room: Room, rng: np.random.Generator) -> None:
    wide, deep = _between(rng, 0.8, 1.2), _between(rng, 1.0, 1.8)
    building.box_corner(room, _corner(rng), *((wide, deep) if rng.random() < 0.5 else (deep, wide)))


def _chamfer(room: Room, rng: np.random.Generator) -> None:
    building.cut_corner(room, _corner(rng), _between(rng, 0.3, 0.55))


def _breast(room: Room, rng: np.random.Generator) -> None:
    building.add_breast(room, _side(rng), _between(rng, 0.3, 0.7), _between(rng, 1.1, 1.6), _between(rng, 0.3, 0.45))


def _pilasters(room: Room, rng: np.random.Generator) -> None:
    count = int(rng.integers(1, 4))
    building.add_pilasters(room, _side(rng), count, _between(rng, 0.25, 0.4), _between(rng, 0.12, 0.25))


def _niche(room: Room, rng: np.random.Generator) -> None:
    side = _side(rng)
    low, high = room.wall_span(side)
    width = _between(rng, 0.9, max(0.95, min(2.2, high - low - 1.0)))
    building.leave_niche(room, side, _between(rng, 0.4, 0.6), width, _between(rng, 0.25, 0.45))


def _column(room: Room, rng: np.random.Generator) -> None:
    size, is_round = _between(rng, 0.25, 0.45), bool(rng.random() < 0.5)
    x, z = _between(rng, 0.28, 0.72), _between(rng, 0.28, 0.72)
    building.add_column(room, x, z, size, is_round)
    if _area(room) > 32.0 and rng.random() < 0.5:
        building.add_column(room, 1.0 - x, z, size, is_round)


def _half_column(room: Room, rng: np.random.Generator) -> None:
    building.add_half_column(room, _side(rng), _between(rng, 0.2, 0.8), _between(rng, 0.3, 0.45))


def _soffit(room: Room, rng: np.random.Generator) -> None:
    drop = _between(rng, 0.2, min(0.45, room.height - 2.28))
    if room.kind != "hallway":
        building.lower_ceiling(room, _side(rng), _between(rng, 0.4, 0.9), drop)
        return
    ends = ("west", "east") if room.interior.width >= room.interior.depth else ("north", "south")
    length = max(room.interior.width, room.interior.depth)
    building.lower_ceiling(room, ends[int(rng.integers(2))], round(length * _between(rng, 0.3, 0.7), 2), drop)


def _beams(room: Room, rng: np.random.Generator) -> None:
    length = max(room.interior.width, room.interior.depth)
    count = max(2, round(length / _between(rng, 0.9, 1.5)))
    building.add_beams(room, count, _between(rng, 0.12, 0.2), _between(rng, 0.14, min(0.22, room.height - 2.35)))


def _slope(room: Room, rng: np.random.Generator, sides: list[str]) -> None:
    side = sides[int(rng.integers(len(sides)))]
    building.slope_ceiling(room, side, _between(rng, 1.92, 2.15), _between(rng, 30.0, 50.0))


def _platform(room: Room, rng: np.random.Generator) -> None:
    side = _side(rng)
    length = room.interior.depth if side in ("north", "south") else room.interior.width
    depth = round(length * _between(rng, 0.35, 0.5), 2)
    building.raise_floor(room, side, depth, _between(rng, 0.12, 0.18))


_FEATURES: dict[str, Feature] = {
    "shaft": _shaft,
    "big corner": _big_corner,
    "chamfer": _chamfer,
    "breast": _breast,
    "pilasters": _pilasters,
    "niche": _niche,
    "column": _column,
    "half column": _half_column,
    "soffit": _soffit,
    "beams": _beams,
    "platform": _platform,
}
