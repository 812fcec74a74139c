"""Windows drawn by chance: of which kind, how wide and high, where in their walls.

The one idea: a window takes the widest stretch that the doors of an outer wall leave; its kind (with a sill, down to
the floor, nearly as wide as the wall, a high strip, in a pair around a corner) says how much of that it fills and from
where to where it reaches.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.plans.plan import SIDES, Plan, Room

_ASIDE = 0.3  # [m] beside a window for its curtains
_AROUND_CORNER = 0.48  # [m] from a corner to either window of a pair
_SMALL = ("bathroom", "hallway")
_LOW_END = {"north": "west", "south": "west", "west": "north", "east": "north"}
_KINDS: dict[str, tuple[tuple[str, float], ...]] = {
    "home": (("sill", 0.56), ("floor", 0.16), ("wide", 0.18), ("strip", 0.1)),
    "office": (("sill", 0.55), ("floor", 0.1), ("wide", 0.2), ("strip", 0.15)),
    "kitchen": (("counter", 0.85), ("strip", 0.15)),
    "bathroom": (("small", 0.75), ("strip", 0.25)),
    "hallway": (("small", 1.0),),
}


def glaze(plan: Plan, room: Room, style: str, rng: np.random.Generator) -> bool:
    """Put windows into a room's outer walls, where its doors leave room; whether there are as many as it needs."""
    likely, wanted = {"hallway": (0.35, 0), "bathroom": (0.8, 0)}.get(room.kind, (0.45, 1))
    sides = [SIDES[k] for k in rng.permutation(4) if plan.is_outer(room, SIDES[k])]
    made = _around_corner(room, sides, style, rng) if room.kind not in (*_SMALL, "kitchen") else 0
    if made:
        return True
    for side in sides:
        if (made < wanted or rng.random() < likely) and not (room.kind == "bathroom" and made):
            made += _add_windows(room, side, style, rng)
    return made >= wanted


def _around_corner(room: Room, sides: list[str], style: str, rng: np.random.Generator) -> int:
    """A window on both sides of an outer corner, sometimes; how many windows there are then."""
    pairs = [(a, b) for a in ("north", "south") for b in ("west", "east") if a in sides and b in sides]
    if not pairs or rng.random() > 0.14:
        return 0
    first, second = pairs[int(rng.integers(len(pairs)))]
    bottom, top = _sill_and_head(room, style, "sill", rng)
    places = []
    for side, other in ((first, second), (second, first)):
        low, high = widest_gap(room, side)
        span = room.wall_span(side)
        at_low = _LOW_END[side] == other
        width = round(min(2.2, (high - low - _AROUND_CORNER - _ASIDE) * float(rng.uniform(0.5, 0.9))), 2)
        if abs((low if at_low else high) - span[0 if at_low else 1]) > 1e-6 or width < 0.7:
            return 0
        places.append((side, low + _AROUND_CORNER if at_low else high - _AROUND_CORNER - width, width))
    for side, start, width in places:
        room.add_opening(side, "window", start, width, bottom, top)
    return 2


def _add_windows(room: Room, side: str, style: str, rng: np.random.Generator) -> int:
    """One window, or two in a long wall, in the widest stretch that the other openings leave; how many there are."""
    low, high = widest_gap(room, side)
    kind = _draw_kind(room, style, rng)
    bottom, top = _sill_and_head(room, style, kind, rng)
    count = 2 if high - low > 5.0 and kind != "wide" and rng.random() < 0.5 else 1
    each = (high - low) / count
    aside = 0.15 if room.kind in _SMALL else _ASIDE
    width = round(min(each - 2.0 * aside, _draw_width(room, kind, each, rng)), 2)
    if width < 0.5 or top - bottom < 0.3:
        return 0
    shift = float(rng.uniform(0.0, 1.0))
    for k in range(count):
        start = low + each * k + aside + shift * (each - 2.0 * aside - width)
        room.add_opening(side, "window", start, width, bottom, top)
    return count


def _draw_kind(room: Room, style: str, rng: np.random.Generator) -> str:
    kinds = _KINDS.get(room.kind, _KINDS["office" if style in ("office", "meeting_room") else "home"])
    names, shares = zip(*kinds, strict=True)
    return str(names[int(np.searchsorted(np.cumsum(shares) / sum(shares), rng.random(), side="right"))])


def _draw_width(room: Room, kind: str, free: float, rng: np.random.Generator) -> float:
    """How wide [m] a window would like to be in a stretch so long [m]."""
    if kind == "strip" and room.kind == "bathroom":
        return float(rng.uniform(0.7, 1.4))
    low, high, largest = {"small": (0.35, 0.85, 0.8), "floor": (0.3, 0.6, 1.8), "wide": (0.8, 1.0, 4.2)}.get(
        kind, (0.35, 0.85, 3.4)
    )
    return min(largest, max(0.9 if kind == "floor" else 0.6, free * float(rng.uniform(low, high))))


def _sill_and_head(room: Room, style: str, kind: str, rng: np.random.Generator) -> tuple[float, float]:
    """Heights [m] of a window's lower and upper edge."""
    head = round(min(room.height - 0.2, float(rng.uniform(2.1, 2.2 + 0.5 * (room.height - 2.3)))), 2)
    office = style in ("office", "meeting_room")
    lowest: Callable[[], float] = {
        "floor": lambda: 0.04,
        "strip": lambda: round(head - float(rng.uniform(0.4, 0.6)), 2),
        "counter": lambda: 1.05,
        "small": lambda: 1.4 if room.kind == "bathroom" else float(rng.choice([0.8, 0.9, 1.2])),
        "sill": lambda: round(float(rng.uniform(0.7, 1.0)), 2) if office else float(rng.choice([0.5, 0.8, 0.8, 0.9])),
        "wide": lambda: float(rng.choice([0.5, 0.7, 0.8])),
    }[kind]
    return lowest(), min(head, 2.2) if room.kind == "bathroom" or kind == "floor" else head


def widest_gap(room: Room, side: str) -> tuple[float, float]:
    """From where to where [m] a wall has no opening, where that is widest."""
    low, high = room.wall_span(side)
    taken = sorted((o.start, o.end) for o in room.openings if o.side == side)
    edges = [low, *(value for pair in taken for value in pair), high]
    gaps = list(zip(edges[::2], edges[1::2], strict=True))
    return max(gaps, key=lambda gap: round(gap[1] - gap[0], 4))
