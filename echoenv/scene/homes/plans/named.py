"""The plans behind Replica's 18 names.

The one idea: a plan is a function of a scale, so that the size of a home is one number; `HOMES` names, for every home,
its plan, its scale, and the two seeds of its shell and its furnishing. The six `frl_apartment_*` share plan and shell
seed and differ in the furnishing seed alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from echoenv.scene.homes.plans import building
from echoenv.scene.homes.plans.apartments import (
    corner_apartment,
    family_apartment,
    finished,
    hotel,
    long_hall_apartment,
    scaled_room,
    studio_apartment,
)
from echoenv.scene.homes.plans.plan import Plan, Room


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


@dataclass(frozen=True)
class SingleRoom:
    """A home of one room: its kind and measures [m], its closed door, its windows, what is built into it.

    Attributes:
        kind: What it is furnished as.
        width: Along x.
        depth: Along z.
        height: Of its ceiling.
        door: Side, and place along the wall 0..1.
        windows: Side, place along the wall 0..1, width, sill height, head height [m].
        build: Adds its features.
    """

    kind: str
    width: float
    depth: float
    height: float
    door: tuple[str, float]
    windows: tuple[tuple[str, float, float, float, float], ...]
    build: Callable[[Room], None]

    def plan(self, scale: float) -> Plan:
        """Its plan at a scale."""
        room = scaled_room("room", self.kind, scale, 0.0, 0.0, self.width, self.depth, self.height)
        self.build(room)
        made = Plan([room])
        made.add_outer("room", self.door[0], "entrance", self.door[1], 0.95, 0.0, 2.05)
        return finished(made, "room", *(("room", *window) for window in self.windows))


def _lounge(room: Room) -> None:
    building.add_pilasters(room, "west", 2, 0.35, 0.2)


def _small_office(room: Room) -> None:
    building.box_corner(room, "south-east", 0.55, 0.45)
    building.lower_ceiling(room, "west", 0.7, 0.3)


def _meeting_room(room: Room) -> None:
    building.lower_ceiling(room, "south", 0.9, 0.4)
    building.add_half_column(room, "west", 0.5, 0.4)


def _loft(room: Room) -> None:
    building.add_column(room, 0.36, 0.45, 0.36, True)
    building.add_column(room, 0.78, 0.45, 0.36, True)


def _council_room(room: Room) -> None:
    building.raise_floor(room, "west", 1.5, 0.15)
    building.box_corner(room, "south-west", 0.5, 0.5)


def _parlour(room: Room) -> None:
    building.add_breast(room, "east", 0.5, 1.5, 0.42)
    building.add_beams(room, 5, 0.16, 0.18)


def _attic(room: Room) -> None:
    building.slope_ceiling(room, "west", 1.95, 42.0)


def _dining_room(room: Room) -> None:
    building.raise_floor(room, "south", 2.6, 0.16)
    building.cut_corner(room, "south-east", 0.45)


_STRIP = ("north", 0.5, 3.0, 0.9, 2.4)
_LOFT_WINDOWS = (("north", 0.5, 4.2, 0.9, 3.0), ("west", 0.4, 2.0, 0.9, 3.0))
_PARLOUR_WINDOWS = (("north", 0.5, 2.6, 0.5, 2.4), ("west", 0.4, 1.4, 0.8, 2.4))
_DINING_WINDOWS = (("north", 0.5, 1.7, 0.04, 2.25), ("east", 0.05, 0.9, 0.8, 2.3))

_ROOMS = {
    "office_0": SingleRoom("lounge", 5.4, 4.8, 3.2, ("south", 0.05), (_STRIP,), _lounge),
    "office_1": SingleRoom("office", 5.2, 4.0, 2.7, ("west", 0.9), (("north", 0.7, 3.0, 0.9, 2.3),), _small_office),
    "office_2": SingleRoom(
        "meeting", 6.6, 5.0, 2.9, ("south", 0.95), (_STRIP, ("east", 0.3, 1.6, 0.9, 2.4)), _meeting_room
    ),
    "office_3": SingleRoom("open_office", 7.0, 5.6, 3.5, ("south", 0.1), _LOFT_WINDOWS, _loft),
    "office_4": SingleRoom("meeting", 6.0, 5.2, 2.8, ("east", 0.9), (("north", 0.8, 2.6, 0.9, 2.4),), _council_room),
    "room_0": SingleRoom("living", 6.1, 4.6, 2.9, ("south", 0.05), _PARLOUR_WINDOWS, _parlour),
    "room_1": SingleRoom("bedroom", 5.0, 4.6, 2.6, ("south", 0.95), (("north", 0.65, 1.8, 0.8, 2.2),), _attic),
    "room_2": SingleRoom("dining", 5.3, 4.6, 2.9, ("west", 0.05), _DINING_WINDOWS, _dining_room),
}


def _recipes() -> dict[str, HomeRecipe]:
    recipes = {
        "apartment_0": HomeRecipe(long_hall_apartment, 1.115, "apartment_0", "apartment_0"),
        "apartment_1": HomeRecipe(corner_apartment, 1.085, "apartment_1", "apartment_1"),
        "apartment_2": HomeRecipe(family_apartment, 1.075, "apartment_2", "apartment_2"),
        "hotel_0": HomeRecipe(hotel, 1.04, "hotel_0", "hotel_0"),
    }
    for k in range(6):
        recipes[f"frl_apartment_{k}"] = HomeRecipe(studio_apartment, 1.085, "frl_apartment", f"frl_apartment_{k}")
    for name, room in _ROOMS.items():
        recipes[name] = HomeRecipe(room.plan, 1.04, name, name)
    return recipes


HOMES: dict[str, HomeRecipe] = _recipes()
"""All built-in homes by name."""
