"""Taking away what is at fault in a home, and what is too much of it.

The one idea: rules know footprints, the inspector sees triangles. Whatever it finds floating, piercing a wall, in a
doorway or in another thing is left out with all that it carries, as people would who tidy up; so no home has such a
thing, whatever its seed. A home that has become too fine first does without some small things that it has twice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from echoenv.scene.homes.assembly import AssembledHome, Placed, Thing
from echoenv.scene.homes.inspection import faults_of

MOST_TRIANGLES = 138_000
"""Triangles that a home has at most before light, which refines some of them (`light.refinement.MOST_TRIANGLES`)."""

_ROUNDS = 4  # what stood on a thing that was taken away is found by the next round


def mended(home: AssembledHome) -> AssembledHome:
    """The home without what is at fault; what no removal mends (a room without a lamp) stays, see `faults_of`."""
    home = _without(home, _too_much(home))
    for _ in range(_ROUNDS):
        at_fault = {fault.thing for fault in faults_of(home) if fault.thing}
        if not at_fault:
            break
        home = _without(home, at_fault)
    return home


def _without(home: AssembledHome, numbers: set[int]) -> AssembledHome:
    return replace(home, assembly=home.assembly.without(numbers)) if numbers else home


def _too_much(home: AssembledHome) -> set[int]:
    """Numbers of small things to leave out, the finest first, each of a category that the home keeps one of."""
    placed = home.assembly.placed
    left = sum(_triangles(item.thing) for item in placed)
    kept = Counter(item.thing.category for item in placed)
    out: set[int] = set()
    for item in sorted(filter(_is_small, placed), key=lambda item: (-_triangles(item.thing), -item.number)):
        if left <= MOST_TRIANGLES:
            break
        if kept[item.thing.category] > 1:
            kept[item.thing.category] -= 1
            left -= _triangles(item.thing)
            out.add(item.number)
    return out


def _is_small(item: Placed) -> bool:
    """Whether a thing lies or stands on another and carries nothing itself."""
    return item.carrier > 0 and not item.thing.carries


def _triangles(thing: Thing) -> int:
    """How many a thing has, without what it carries."""
    return sum(len(part.shape.triangles) for part in thing.parts)
