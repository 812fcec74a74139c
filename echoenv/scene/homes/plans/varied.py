"""Plans drawn by chance: a draft of rooms becomes a plan with heights, doors and windows that people could live in.

The one idea: draw, look, and draw again. A plan is kept only if every opening has its place, no door leaf stands
before another opening, and the empty rooms can be walked through (`soundness`); the draws follow from one seed, so the
plan does too.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.plans.doors import hang_doors
from echoenv.scene.homes.plans.drafts import Draft, Link, draw_program
from echoenv.scene.homes.plans.plan import SIDES, Plan, Room
from echoenv.scene.homes.plans.soundness import are_apart, is_sound
from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.walls import WallFace

_LOWEST, _HIGHEST = 2.3, 3.5  # [m] of ceilings
_DRAWS = 2_000  # of one program: more is asked of it only where its rooms hardly go together
_PROGRAMS = 20  # far more than any seed needs: a bound, so that a wrong rule cannot hang


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


def _attempt(draft: Draft, style: str, rng: np.random.Generator) -> Plan | None:
    if not draft.is_proportioned():
        return None
    try:
        plan = _opened(draft, style, rng)
    except _NoPlaceError:
        return None
    if not all(are_apart(room) for room in plan.rooms) or not hang_doors(plan, rng):
        return None
    return plan if is_sound(plan) else None


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
    for room in rooms:
        _glaze(plan, room, style, rng)
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
    else:
        width = round(min(float(rng.uniform(1.1, 2.2)), 0.8 * (high - low)), 2)
        top = round(min(lowest - 0.15, float(rng.uniform(2.1, 2.5))), 2)
    if high - low < max(width, 0.85) + 0.2:
        raise _NoPlaceError
    along = float(rng.choice([0.0, 1.0, round(float(rng.random()), 2)]))
    plan.connect(link.first, link.second, along, width, top, leaf=link.kind == "door")


def _enter(plan: Plan, room: Room, rng: np.random.Generator) -> None:
    sides = [side for side in SIDES if plan.is_outer(room, side) and WallFace(room, side).length > 1.2]
    if not sides:
        raise _NoPlaceError
    along = float(rng.choice([0.0, 0.5, 1.0, round(float(rng.random()), 2)]))
    plan.add_outer(room.name, sides[int(rng.integers(len(sides)))], "entrance", along, 0.95, 0.0, 2.05)


def _glaze(plan: Plan, room: Room, style: str, rng: np.random.Generator) -> None:
    """Windows in a room's outer walls, where its doors leave room; all rooms to stay in have one at least."""
    likely, wanted = {"hallway": (0.35, 0), "bathroom": (0.8, 0)}.get(room.kind, (0.45, 1))
    sides = [SIDES[k] for k in rng.permutation(4) if plan.is_outer(room, SIDES[k])]
    made = 0
    for side in sides:
        if (made < wanted or rng.random() < likely) and not (room.kind == "bathroom" and made):
            made += _add_windows(plan, room, side, style, rng)
    if made < wanted:
        raise _NoPlaceError


def _add_windows(plan: Plan, room: Room, side: str, style: str, rng: np.random.Generator) -> int:
    """One window, or two in a long wall, in the widest stretch that the other openings leave; how many there are."""
    low, high = _widest_gap(room, side)
    bottom, top = _sill_and_head(room, style, rng)
    count = 2 if high - low > 5.0 and rng.random() < 0.5 else 1
    each = (high - low) / count
    small = room.kind in ("bathroom", "hallway")
    aside, largest = (0.15, 0.8) if small else (0.3, 3.4)  # curtains hang over the window's sides
    width = round(min(each - 2.0 * aside, largest, max(0.6, each * float(rng.uniform(0.35, 0.85)))), 2)
    if width < 0.5:
        return 0
    span_low, span_high = room.wall_span(side)
    shift = float(rng.uniform(0.0, 1.0))
    for k in range(count):
        start = low + each * k + aside + shift * (each - 2.0 * aside - width)
        along = (start - span_low - 0.1) / max(1e-9, span_high - span_low - width - 0.2)
        plan.add_outer(room.name, side, "window", along, width, bottom, top)
    return count


def _widest_gap(room: Room, side: str) -> tuple[float, float]:
    """From where to where [m] a wall has no opening, where that is widest."""
    low, high = room.wall_span(side)
    taken = sorted((o.start, o.end) for o in room.openings if o.side == side)
    edges = [low, *(value for pair in taken for value in pair), high]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    return max(gaps, key=lambda gap: round(gap[1] - gap[0], 4))


def _sill_and_head(room: Room, style: str, rng: np.random.Generator) -> tuple[float, float]:
    """Heights [m] of a window's lower and upper edge."""
    head = round(min(room.height - 0.2, float(rng.uniform(2.1, 2.2 + 0.5 * (room.height - 2.3)))), 2)
    if room.kind == "bathroom":
        return 1.4, min(head, 2.2)
    if room.kind == "kitchen":
        return 1.05, head
    if style in ("office", "meeting_room"):
        return round(float(rng.uniform(0.7, 1.0)), 2), head
    return float(rng.choice([0.1, 0.5, 0.8, 0.8, 0.9])), head
