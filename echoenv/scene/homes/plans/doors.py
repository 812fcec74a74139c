"""How the doors of a plan stand open: folded back, at a right angle, half open, slid aside.

The one idea: people leave doors standing in every way that is not in the way. Poses are tried in an order drawn by
chance, and a leaf takes the first in which its room stays sound; a closed way would cut a home in pieces, so only the
door of the home is closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from echoenv.scene.homes.plans.plan import Opening, Plan, Room
from echoenv.scene.homes.plans.soundness import empty, leaves_are_clear

FOLDED, RIGHT_ANGLE = 177.0, 88.0
"""[degrees] at which a leaf lies back on its wall, and stands at a right angle to it."""

_HALF_OPEN = (50.0, 70.0)  # [degrees]: with less, a leaf of 0.9 m leaves less than 0.7 m to pass
_WIDE = 1.15  # [m] from which an opening has two leaves
_WAYS = ("folded", "right", "half", "sliding")
_LIKELY = (0.35, 0.3, 0.25, 0.1)


def hang_doors(plan: Plan, rng: np.random.Generator, glass: float = 0.2) -> bool:
    """Give every door of a plan a leaf and the pose in which it stands open; whether all found one.

    Args:
        plan: Its openings are replaced.
        rng: Chance.
        glass: How often a leaf has a pane.
    """
    doors = [(room, k) for room in plan.rooms for k, o in enumerate(room.openings) if o.kind == "door"]
    return all(_hang(plan, room, k, rng, glass) for room, k in doors if room.openings[k].swings_here)


def _hang(plan: Plan, room: Room, index: int, rng: np.random.Generator, glass: float) -> bool:
    door = room.openings[index]
    panel = "glass" if rng.random() < glass and room.kind != "bathroom" else "panel"
    for leaf, angle, right in _poses(door.end - door.start, panel, rng):
        room.openings[index] = replace(door, leaf=leaf, open_angle=angle, hinge_right=right)
        if leaves_are_clear(room) and empty(room).is_walkable():
            _tell(plan, room, room.openings[index])
            return True
    room.openings[index] = door
    return False


def _tell(plan: Plan, room: Room, door: Opening) -> None:
    """Let the room on the other side know the leaf of the door between them."""
    other = plan.room(door.leads_to)
    middle = (door.start + door.end) / 2.0
    for k, o in enumerate(other.openings):
        if o.leads_to == room.name and o.kind == "door" and o.start < middle < o.end:
            other.openings[k] = replace(o, leaf=door.leaf)


def _poses(width: float, panel: str, rng: np.random.Generator) -> Iterator[tuple[str, float, bool]]:
    """(leaf, angle, hinge at the right?) in the order in which they are tried; all ways come up in the end."""
    first = bool(rng.random() < 0.5)
    half = round(float(rng.uniform(*_HALF_OPEN)), 1)
    order = [_WAYS[k] for k in rng.choice(len(_WAYS), len(_WAYS), replace=False, p=_LIKELY)]
    for way in order:
        if way == "sliding" and (width > _WIDE or panel == "glass"):
            continue
        leaf = "double" if width > _WIDE else ("sliding" if way == "sliding" else panel)
        angle = {"folded": FOLDED, "right": RIGHT_ANGLE, "half": half, "sliding": 0.0}[way]
        angle = max(angle, 62.0) if leaf == "double" else angle
        for right in (first, not first):
            yield leaf, angle, right
