"""Plans drawn by chance: a draft of rooms becomes a plan with heights, doors and windows that people could live in.

The one idea: draw, look, and draw again. A plan is kept only if every opening has its place, no door leaf stands
before another opening, and the empty rooms can be walked through (`soundness`); the draws follow from one seed, so the
plan does too.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.plans.building import hang_radiators
from echoenv.scene.homes.plans.doors import hang_doors
from echoenv.scene.homes.plans.drafts import Draft, Link, draw_program
from echoenv.scene.homes.plans.glazing import glaze
from echoenv.scene.homes.plans.plan import SIDES, Plan, Room
from echoenv.scene.homes.plans.shaping import shape_rooms
from echoenv.scene.homes.plans.soundness import are_apart, is_sound
from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.walls import WallFace

_LOWEST, _HIGHEST = 2.3, 3.5  # [m] of ceilings
_DRAWS = 2_000  # of one program: more is asked of it only where its rooms hardly go together
_PROGRAMS = 20  # far more than any seed needs: a bound, so that a wrong rule cannot hang


_PAST_CURTAINS = 0.3  # [m] from a corner to a door, so that curtains may hang at the other wall
_NARROW = ("bathroom", "kitchen", "study", "office")  # rooms with doors of one leaf


class _NoPlaceError(Exception):
    """An opening finds no place in its wall: the plan is drawn again."""


def varied_plan(style: str, seed: int) -> Plan:
    """The plan of a style and a seed, the same on every machine.

    Args:
        style: One of `drafts.DRAFT_STYLES`.
        seed: 0 or more.
    """
    rng = seeded(f"plan {style} {seed}")
    for _ in range(_PROGRAMS):
        program = draw_program(style, rng)
        for _ in range(_DRAWS):
            plan = _attempt(program(rng), style, rng)
            if plan is not None:
                return plan
    raise RuntimeError(f"no plan of style '{style}' came out sound in {_PROGRAMS * _DRAWS} draws for seed {seed}")


def _attempt(draft: Draft | None, style: str, rng: np.random.Generator) -> Plan | None:
    if draft is None:
        return None
    try:
        plan = _opened(draft, style, rng)
    except _NoPlaceError:
        return None
    if not all(are_apart(room) for room in plan.rooms) or not hang_doors(plan, rng):
        return None
    if not is_sound(plan):
        return None
    shape_rooms(plan, rng)
    return plan


def _opened(draft: Draft, style: str, rng: np.random.Generator) -> Plan:
    """The draft with ceilings, doors, an entrance and windows."""
    high = float(rng.uniform(_LOWEST + 0.1, _HIGHEST))
    rooms = []
    for name, (kind, outline) in draft.rooms.items():
        lower = float(rng.choice([0.0, 0.1, 0.25])) if kind in ("hallway", "bathroom", "kitchen") else 0.0
        rooms.append(Room(name, kind, outline, round(max(_LOWEST, high - lower), 2)))
    plan = Plan(rooms)
    for link in draft.links:
        _join(plan, link, rng)
    _enter(plan, plan.room(draft.entry), rng)
    if plan.room(draft.entry).kind in ("hallway", "open_office", "office") and rng.random() < 0.2:
        _enter(plan, plan.room(draft.entry), rng)  # a second door, to stairs or a closet
    for room in rooms:
        if not glaze(plan, room, style, rng):
            raise _NoPlaceError
    if rng.random() < 0.6:
        for room in rooms:
            hang_radiators(room)
    return plan


def _join(plan: Plan, link: Link, rng: np.random.Generator) -> None:
    """A door or passage between two rooms; doors stand at an end of the shared wall more often than not."""
    first, second = plan.room(link.first), plan.room(link.second)
    try:
        _, low, high = plan.shared_side(first, second)
    except ValueError:
        raise _NoPlaceError from None
    lowest = min(first.height, second.height)
    if link.kind == "door":
        width, top = float(rng.choice([0.85, 0.9, 1.0])), 2.05
        if {first.kind, second.kind}.isdisjoint(_NARROW) and high - low > 2.2 and rng.random() < 0.15:
            width = round(float(rng.uniform(1.3, 1.5)), 2)  # two leaves
    else:
        width = round(min(float(rng.uniform(1.1, 2.2)), 0.8 * (high - low)), 2)
        top = round(min(lowest - 0.15, float(rng.uniform(2.1, 2.5))), 2)
    if high - low < max(width, 0.85) + 0.2:
        raise _NoPlaceError
    along = float(rng.choice([0.0, 1.0, round(float(rng.random()), 2)]))
    margin = 0.12 if rng.random() < 0.5 else _PAST_CURTAINS
    plan.connect(link.first, link.second, along, width, top, link.kind == "door", margin)


def _enter(plan: Plan, room: Room, rng: np.random.Generator) -> None:
    sides = [side for side in SIDES if plan.is_outer(room, side) and WallFace(room, side).length > 1.2]
    if not sides:
        raise _NoPlaceError
    along = float(rng.choice([0.0, 0.5, 1.0, round(float(rng.random()), 2)]))
    side = sides[int(rng.integers(len(sides)))]
    low, high = room.wall_span(side)
    margin = 0.1 if rng.random() < 0.5 else min(_PAST_CURTAINS, (high - low - 0.95) / 2.0)
    room.add_opening(side, "entrance", low + margin + along * (high - low - 0.95 - 2.0 * margin), 0.95, 0.0, 2.05)
