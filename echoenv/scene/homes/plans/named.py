"""The plans behind Replica's 18 names: where the rooms are, how they join, where the windows look out.

The one idea: a plan is a function of a scale (and of whatever else makes its style), so that the size of a home is one
number; `HOMES` names, for every home, its plan, its scale, and the two seeds of its shell and its furnishing. The six
`frl_apartment_*` share plan and shell seed and differ in the furnishing seed alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from echoenv.scene.homes.plans.doors import hang_doors
from echoenv.scene.homes.plans.plan import Plan, Rect, Room
from echoenv.scene.homes.style import seeded


def _room(name: str, kind: str, scale: float, x0: float, z0: float, x1: float, z1: float, height: float) -> Room:
    return Room(name, kind, Rect(*(round(scale * value, 2) for value in (x0, z0, x1, z1))), height)


def _windows(plan: Plan, *windows: tuple[str, str, float, float, float, float]) -> Plan:
    """Add windows: room, side, place along the wall 0..1, width, sill height, head height [m]."""
    for name, side, along, width, bottom, top in windows:
        plan.add_outer(name, side, "window", along, width, bottom, top)
    hang_doors(plan, seeded("doors " + " ".join(room.name for room in plan.rooms)))
    return plan


def long_hall_apartment(scale: float) -> Plan:
    """Living room and kitchen, a hallway from end to end, two bedrooms and a bathroom."""
    plan = Plan(
        [
            _room("living room", "living", scale, 0.0, 0.0, 5.2, 4.3, 2.7),
            _room("kitchen", "kitchen", scale, 5.2, 0.0, 8.7, 4.3, 2.7),
            _room("hallway", "hallway", scale, 0.0, 4.3, 8.7, 5.9, 2.5),
            _room("bedroom", "bedroom", scale, 0.0, 5.9, 3.4, 9.3, 2.6),
            _room("bathroom", "bathroom", scale, 3.4, 5.9, 5.3, 9.3, 2.5),
            _room("second bedroom", "bedroom", scale, 5.3, 5.9, 8.7, 9.3, 2.6),
        ]
    )
    plan.connect("living room", "kitchen", 0.25, 1.8, 2.3, leaf=False)
    plan.connect("hallway", "living room", 0.3, 1.0)
    plan.connect("hallway", "bedroom", 1.0)
    plan.connect("hallway", "bathroom", 0.0, 0.85)
    plan.connect("hallway", "second bedroom", 0.0)
    plan.add_outer("hallway", "west", "entrance", 0.5, 0.95, 0.0, 2.05)
    return _windows(
        plan,
        ("living room", "north", 0.5, 2.4, 0.55, 2.35),
        ("living room", "west", 0.5, 1.4, 0.8, 2.3),
        ("kitchen", "north", 0.6, 1.3, 1.05, 2.25),
        ("bedroom", "south", 0.5, 1.6, 0.8, 2.2),
        ("bathroom", "south", 0.5, 0.6, 1.4, 2.1),
        ("second bedroom", "south", 0.5, 1.6, 0.8, 2.2),
    )


def corner_apartment(scale: float) -> Plan:
    """Living room open to a kitchen, a hallway down the middle, two bedrooms and a bathroom."""
    plan = Plan(
        [
            _room("living room", "living", scale, 0.0, 0.0, 4.6, 5.0, 2.8),
            _room("kitchen", "kitchen", scale, 4.6, 0.0, 8.8, 2.9, 2.8),
            _room("bedroom", "bedroom", scale, 0.0, 5.0, 4.6, 8.4, 2.6),
            _room("hallway", "hallway", scale, 4.6, 2.9, 6.0, 8.4, 2.5),
            _room("bathroom", "bathroom", scale, 6.0, 2.9, 8.8, 4.9, 2.4),
            _room("second bedroom", "bedroom", scale, 6.0, 4.9, 8.8, 8.4, 2.6),
        ]
    )
    plan.connect("living room", "kitchen", 0.5, 1.6, 2.3, leaf=False)
    plan.connect("hallway", "living room", 0.5, 1.0)
    plan.connect("hallway", "bedroom", 0.3)
    plan.connect("hallway", "bathroom", 1.0, 0.85)
    plan.connect("hallway", "second bedroom", 0.0)
    plan.add_outer("hallway", "south", "entrance", 0.5, 0.95, 0.0, 2.05)
    return _windows(
        plan,
        ("living room", "west", 0.4, 2.2, 0.1, 2.3),
        ("living room", "north", 0.5, 1.8, 0.8, 2.3),
        ("kitchen", "north", 0.5, 1.5, 1.05, 2.25),
        ("bedroom", "west", 0.5, 1.6, 0.8, 2.2),
        ("bathroom", "east", 0.5, 0.6, 1.4, 2.1),
        ("second bedroom", "east", 0.5, 1.5, 0.8, 2.2),
    )


def family_apartment(scale: float) -> Plan:
    """Three bedrooms (one a study), dining room, living room with kitchen, bathroom, around a hallway."""
    plan = Plan(
        [
            _room("bedroom", "bedroom", scale, 0.0, 0.0, 3.5, 3.9, 2.7),
            _room("living room", "living", scale, 3.5, 0.0, 8.4, 3.9, 2.7),
            _room("kitchen", "kitchen", scale, 8.4, 0.0, 11.0, 3.9, 2.7),
            _room("hallway", "hallway", scale, 0.0, 3.9, 11.0, 5.4, 2.5),
            _room("second bedroom", "bedroom", scale, 0.0, 5.4, 3.3, 8.7, 2.6),
            _room("bathroom", "bathroom", scale, 3.3, 5.4, 5.3, 8.7, 2.5),
            _room("study", "study", scale, 5.3, 5.4, 8.1, 8.7, 2.6),
            _room("dining room", "dining", scale, 8.1, 5.4, 11.0, 8.7, 2.6),
        ]
    )
    plan.connect("living room", "kitchen", 0.5, 1.8, 2.3, leaf=False)
    plan.connect("hallway", "living room", 0.9, 1.0)
    plan.connect("hallway", "bedroom", 1.0)
    plan.connect("hallway", "second bedroom", 1.0)
    plan.connect("hallway", "bathroom", 0.0, 0.85)
    plan.connect("hallway", "study", 0.0)
    plan.connect("hallway", "dining room", 0.5, 1.3, 2.2, leaf=False)
    plan.add_outer("hallway", "west", "entrance", 0.5, 0.95, 0.0, 2.05)
    return _windows(
        plan,
        ("bedroom", "north", 0.5, 1.6, 0.8, 2.2),
        ("living room", "north", 0.5, 2.6, 0.5, 2.35),
        ("kitchen", "north", 0.5, 1.2, 1.05, 2.25),
        ("second bedroom", "south", 0.5, 1.5, 0.8, 2.2),
        ("bathroom", "south", 0.5, 0.6, 1.4, 2.1),
        ("study", "south", 0.5, 1.4, 0.8, 2.2),
        ("dining room", "south", 0.5, 1.6, 0.5, 2.2),
    )


def studio_apartment(scale: float) -> Plan:
    """The shell of the frl apartments: living room with a kitchen beside it, bedroom, bathroom, small hallway."""
    plan = Plan(
        [
            _room("living room", "living", scale, 0.0, 0.0, 5.2, 4.2, 2.7),
            _room("kitchen", "kitchen", scale, 5.2, 0.0, 7.7, 4.2, 2.7),
            _room("bathroom", "bathroom", scale, 0.0, 4.2, 2.3, 6.9, 2.4),
            _room("hallway", "hallway", scale, 2.3, 4.2, 4.0, 6.9, 2.5),
            _room("bedroom", "bedroom", scale, 4.0, 4.2, 7.7, 7.5 - 0.6, 2.6),
        ]
    )
    plan.connect("living room", "kitchen", 0.3, 1.7, 2.3, leaf=False)
    plan.connect("hallway", "living room", 0.5, 1.0)
    plan.connect("hallway", "bathroom", 0.0, 0.85)
    plan.connect("hallway", "bedroom", 0.0)
    plan.add_outer("hallway", "south", "entrance", 0.5, 0.95, 0.0, 2.05)
    return _windows(
        plan,
        ("living room", "north", 0.6, 2.4, 0.5, 2.35),
        ("living room", "west", 0.5, 1.2, 0.8, 2.3),
        ("kitchen", "north", 0.5, 1.1, 1.05, 2.25),
        ("bathroom", "west", 0.5, 0.6, 1.4, 2.1),
        ("bedroom", "south", 0.6, 1.7, 0.8, 2.2),
    )


def hotel(scale: float) -> Plan:
    """A hotel room with an entry and a bathroom."""
    plan = Plan(
        [
            _room("room", "hotel", scale, 0.0, 0.0, 4.6, 4.6, 2.6),
            _room("bathroom", "bathroom", scale, 0.0, 4.6, 2.7, 6.9, 2.4),
            _room("entry", "hallway", scale, 2.7, 4.6, 4.6, 6.9, 2.4),
        ]
    )
    plan.connect("room", "entry", 0.5, 1.2, 2.2, leaf=False)
    plan.connect("entry", "bathroom", 1.0, 0.85)
    plan.add_outer("entry", "south", "entrance", 0.5, 0.95, 0.0, 2.05)
    return _windows(plan, ("room", "north", 0.5, 2.6, 0.4, 2.3))


def single_room(
    kind: str,
    width: float,
    depth: float,
    height: float,
    door: tuple[str, float],
    *windows: tuple[str, float, float, float, float],
) -> Callable[[float], Plan]:
    """A plan of one room with a closed door and windows (side, along, width, sill, head)."""

    def plan(scale: float) -> Plan:
        made = Plan([_room("room", kind, scale, 0.0, 0.0, width, depth, height)])
        made.add_outer("room", door[0], "entrance", door[1], 0.95, 0.0, 2.05)
        return _windows(made, *(("room", *window) for window in windows))

    return plan


@dataclass(frozen=True)
class HomeRecipe:
    """How one built-in home is made.

    Attributes:
        plan: Its plan as a function of the scale.
        scale: Multiplies the plan's measures.
        shell_seed: Text that seeds the looks of the shell.
        furnishing_seed: Text that seeds the furniture.
    """

    plan: Callable[[float], Plan]
    scale: float
    shell_seed: str
    furnishing_seed: str


_STRIP = ("north", 0.5, 3.0, 0.9, 2.4)


def _recipes() -> dict[str, HomeRecipe]:
    single = {
        "office_0": (single_room("lounge", 5.4, 4.8, 3.0, ("south", 0.05), _STRIP), 1.0),
        "office_1": (single_room("office", 5.2, 4.0, 2.7, ("west", 0.9), _STRIP), 1.0),
        "office_2": (single_room("meeting", 6.6, 5.0, 2.9, ("south", 0.95), _STRIP, ("east", 0.3, 1.6, 0.9, 2.4)), 1.0),
        "office_3": (
            single_room("open_office", 7.0, 5.6, 3.1, ("south", 0.1), _STRIP, ("west", 0.4, 2.0, 0.9, 2.4)),
            1.0,
        ),
        "office_4": (single_room("meeting", 6.0, 5.2, 2.8, ("east", 0.9), _STRIP), 1.0),
        "room_0": (
            single_room(
                "living", 6.1, 4.6, 2.8, ("south", 0.05), ("north", 0.5, 2.6, 0.5, 2.4), ("west", 0.4, 1.4, 0.8, 2.3)
            ),
            1.0,
        ),
        "room_1": (single_room("bedroom", 5.0, 4.6, 2.7, ("south", 0.95), ("north", 0.5, 2.0, 0.8, 2.3)), 1.0),
        "room_2": (
            single_room(
                "dining", 5.3, 4.6, 2.9, ("west", 0.9), ("north", 0.5, 2.4, 0.5, 2.4), ("east", 0.5, 1.4, 0.8, 2.3)
            ),
            1.0,
        ),
    }
    recipes = {
        "apartment_0": HomeRecipe(long_hall_apartment, 1.075, "apartment_0", "apartment_0"),
        "apartment_1": HomeRecipe(corner_apartment, 1.045, "apartment_1", "apartment_1"),
        "apartment_2": HomeRecipe(family_apartment, 1.06, "apartment_2", "apartment_2"),
    }
    for k in range(6):
        recipes[f"frl_apartment_{k}"] = HomeRecipe(studio_apartment, 1.045, "frl_apartment", f"frl_apartment_{k}")
    recipes["hotel_0"] = HomeRecipe(hotel, 1.0, "hotel_0", "hotel_0")
    for name, (plan, scale) in single.items():
        recipes[name] = HomeRecipe(plan, scale, name, name)
    return recipes


HOMES: dict[str, HomeRecipe] = _recipes()
"""All built-in homes by name."""
