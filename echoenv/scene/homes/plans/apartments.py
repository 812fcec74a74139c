"""The plans of the built-in apartments and of the hotel room.

The one idea: a plan is a function of a scale that says in turn where the rooms are, what is built into them, how they
join and where the windows look out. Features have sizes of their own and places that scale with the rooms.
"""

from __future__ import annotations

from echoenv.scene.homes.plans import building
from echoenv.scene.homes.plans.doors import hang_doors
from echoenv.scene.homes.plans.plan import Plan, Rect, Room
from echoenv.scene.homes.style import seeded

Window = tuple[str, str, float, float, float, float]
"""Room, side, place along the wall 0..1, width, sill height, head height [m]."""


def scaled_room(
    name: str, kind: str, scale: float, x0: float, z0: float, x1: float, z1: float, height: float
) -> Room:  # fmt: skip
    """A room whose outline is scaled."""
    return Room(name, kind, Rect(*(round(scale * value, 2) for value in (x0, z0, x1, z1))), height)


def finished(plan: Plan, seed: str, *windows: Window, heated: bool = True) -> Plan:
    """Add windows, radiators and door leaves to a plan whose rooms are built.

    Args:
        plan: The plan.
        seed: Text that decides how the doors stand open.
        windows: The windows.
        heated: Whether radiators hang under the windows.
    """
    for name, side, along, width, bottom, top in windows:
        plan.add_outer(name, side, "window", along, width, bottom, top)
    for room in plan.rooms:
        if heated:
            building.hang_radiators(room)
    hang_doors(plan, seeded(f"doors {seed}"))
    return plan


def long_hall_apartment(scale: float) -> Plan:
    """An old house: a chimney breast in the living room, an L-shaped bedroom, a long hallway lowered at its end."""
    plan = Plan(
        [
            scaled_room("living room", "living", scale, 0.0, 0.0, 5.2, 4.3, 3.0),
            scaled_room("kitchen", "kitchen", scale, 5.2, 0.0, 8.7, 4.3, 2.8),
            scaled_room("hallway", "hallway", scale, 0.0, 4.3, 8.7, 5.9, 2.8),
            scaled_room("bedroom", "bedroom", scale, 0.0, 5.9, 3.4, 9.3, 2.9),
            scaled_room("bathroom", "bathroom", scale, 3.4, 5.9, 5.3, 9.3, 2.5),
            scaled_room("second bedroom", "bedroom", scale, 5.3, 5.9, 8.7, 9.3, 2.9),
        ]
    )
    building.add_breast(plan.room("living room"), "south", 0.78, 1.3, 0.4)
    building.box_corner(plan.room("kitchen"), "south-east", 0.45, 0.4)
    building.lower_ceiling(plan.room("hallway"), "east", 3.2, 0.45)
    building.box_corner(plan.room("bedroom"), "north-west", 0.9, 1.1)
    building.add_breast(plan.room("second bedroom"), "east", 0.45, 1.1, 0.32)
    plan.connect("living room", "kitchen", 0.25, 1.8, 2.3, leaf=False)
    plan.connect("hallway", "living room", 0.3, 1.0)
    plan.connect("hallway", "bedroom", 1.0)
    plan.connect("hallway", "bathroom", 0.0, 0.85)
    plan.connect("hallway", "second bedroom", 0.0)
    plan.add_outer("hallway", "west", "entrance", 0.5, 0.95, 0.0, 2.05)
    return finished(
        plan,
        "long hall",
        ("living room", "north", 0.5, 2.4, 0.55, 2.45),
        ("living room", "west", 0.5, 1.4, 0.8, 2.45),
        ("kitchen", "north", 0.6, 1.3, 1.05, 2.35),
        ("bedroom", "south", 0.5, 1.6, 0.8, 2.4),
        ("bathroom", "south", 0.5, 0.6, 1.4, 2.1),
        ("second bedroom", "south", 0.5, 1.6, 0.8, 2.4),
    )


def corner_apartment(scale: float) -> Plan:
    """High rooms at a street corner: windows around it, double doors, a pilaster, a cut corner, a niche."""
    plan = Plan(
        [
            scaled_room("living room", "living", scale, 0.0, 0.0, 4.6, 5.0, 3.3),
            scaled_room("kitchen", "kitchen", scale, 4.6, 0.0, 8.8, 2.9, 3.3),
            scaled_room("bedroom", "bedroom", scale, 0.0, 5.0, 4.6, 8.4, 3.2),
            scaled_room("hallway", "hallway", scale, 4.6, 2.9, 6.0, 8.4, 2.6),
            scaled_room("bathroom", "bathroom", scale, 6.0, 2.9, 8.8, 4.9, 2.5),
            scaled_room("second bedroom", "bedroom", scale, 6.0, 4.9, 8.8, 8.4, 3.2),
        ]
    )
    building.cut_corner(plan.room("kitchen"), "south-east", 0.5)
    building.box_corner(plan.room("bathroom"), "north-west", 0.3, 0.3)
    building.leave_niche(plan.room("bedroom"), "south", 0.5, 2.3, 0.35)
    building.box_corner(plan.room("second bedroom"), "south-east", 0.5, 0.6)
    plan.connect("living room", "kitchen", 0.5, 1.6, 2.5, leaf=False)
    plan.connect("hallway", "living room", 0.35, 1.3, 2.2)
    plan.connect("hallway", "bedroom", 0.3)
    plan.connect("hallway", "bathroom", 1.0, 0.85)
    plan.connect("hallway", "second bedroom", 0.0)
    plan.add_outer("hallway", "south", "entrance", 0.5, 0.95, 0.0, 2.05)
    return finished(
        plan,
        "corner",
        ("living room", "west", 0.11, 1.9, 0.5, 2.75),
        ("living room", "north", 0.12, 1.9, 0.5, 2.75),
        ("living room", "west", 0.88, 1.1, 0.04, 2.5),
        ("kitchen", "north", 0.5, 1.5, 1.05, 2.6),
        ("bedroom", "west", 0.3, 1.6, 0.7, 2.6),
        ("bathroom", "east", 0.5, 0.6, 1.4, 2.1),
        ("second bedroom", "east", 0.3, 1.5, 0.7, 2.6),
    )


def family_apartment(scale: float) -> Plan:
    """Under the roof: a raised sleeping place, a sloped ceiling, beams over the dining table, a shaft."""
    plan = Plan(
        [
            scaled_room("bedroom", "bedroom", scale, 0.0, 0.0, 3.5, 3.9, 2.8),
            scaled_room("living room", "living", scale, 3.5, 0.0, 8.4, 3.9, 2.8),
            scaled_room("kitchen", "kitchen", scale, 8.4, 0.0, 11.0, 3.9, 2.6),
            scaled_room("hallway", "hallway", scale, 0.0, 3.9, 11.0, 5.4, 2.5),
            scaled_room("second bedroom", "bedroom", scale, 0.0, 5.4, 3.3, 8.7, 2.7),
            scaled_room("bathroom", "bathroom", scale, 3.3, 5.4, 5.3, 8.7, 2.4),
            scaled_room("study", "study", scale, 5.3, 5.4, 8.1, 8.7, 2.6),
            scaled_room("dining room", "dining", scale, 8.1, 5.4, 11.0, 8.7, 2.7),
        ]
    )
    building.raise_floor(plan.room("bedroom"), "north", 2.35, 0.15)
    building.add_breast(plan.room("living room"), "west", 0.5, 1.2, 0.35)
    building.lower_ceiling(plan.room("kitchen"), "east", 0.65, 0.3)
    building.slope_ceiling(plan.room("second bedroom"), "west", 1.95, 40.0)
    building.box_corner(plan.room("bathroom"), "south-west", 0.35, 0.35)
    building.add_half_column(plan.room("study"), "west", 0.45, 0.34)
    building.add_beams(plan.room("dining room"), 3, 0.15, 0.18)
    plan.connect("living room", "kitchen", 0.5, 1.8, 2.3, leaf=False)
    plan.connect("hallway", "living room", 0.9, 1.0)
    plan.connect("hallway", "bedroom", 1.0)
    plan.connect("hallway", "second bedroom", 1.0)
    plan.connect("hallway", "bathroom", 0.0, 0.85)
    plan.connect("hallway", "study", 0.0)
    plan.connect("hallway", "dining room", 0.5, 1.3, 2.2, leaf=False)
    plan.add_outer("hallway", "west", "entrance", 0.5, 0.95, 0.0, 2.05)
    return finished(
        plan,
        "family",
        ("bedroom", "north", 0.5, 1.6, 0.8, 2.3),
        ("living room", "north", 0.5, 2.6, 0.5, 2.4),
        ("kitchen", "north", 0.15, 1.1, 1.05, 2.2),
        ("second bedroom", "south", 0.9, 1.2, 0.8, 2.2),
        ("bathroom", "south", 0.5, 0.6, 1.4, 2.1),
        ("study", "south", 0.5, 1.4, 0.8, 2.2),
        ("dining room", "south", 0.5, 1.4, 0.04, 2.2),
    )


def studio_apartment(scale: float) -> Plan:
    """The shell of the frl apartments: a new house with a kitchen beside the living room and an L-shaped bedroom."""
    plan = Plan(
        [
            scaled_room("living room", "living", scale, 0.0, 0.0, 5.2, 4.2, 2.7),
            scaled_room("kitchen", "kitchen", scale, 5.2, 0.0, 7.7, 4.2, 2.7),
            scaled_room("bathroom", "bathroom", scale, 0.0, 4.2, 2.3, 6.9, 2.3),
            scaled_room("hallway", "hallway", scale, 2.3, 4.2, 4.0, 6.9, 2.5),
            scaled_room("bedroom", "bedroom", scale, 4.0, 4.2, 7.7, 6.9, 2.6),
        ]
    )
    building.lower_ceiling(plan.room("living room"), "south", 0.6, 0.25)
    building.box_corner(plan.room("kitchen"), "south-east", 0.4, 0.35)
    building.box_corner(plan.room("bedroom"), "north-east", 0.8, 0.7)
    plan.connect("living room", "kitchen", 0.3, 1.7, 2.3, leaf=False)
    plan.connect("hallway", "living room", 0.5, 1.0)
    plan.connect("hallway", "bathroom", 0.0, 0.85)
    plan.connect("hallway", "bedroom", 0.0)
    plan.add_outer("hallway", "south", "entrance", 0.5, 0.95, 0.0, 2.05)
    return finished(
        plan,
        "studio",
        ("living room", "north", 0.6, 2.4, 0.5, 2.35),
        ("living room", "west", 0.5, 1.3, 0.04, 2.2),
        ("kitchen", "north", 0.5, 1.1, 1.05, 2.25),
        ("bathroom", "west", 0.5, 0.6, 1.4, 2.05),
        ("bedroom", "south", 0.6, 1.7, 0.8, 2.2),
    )


def hotel(scale: float) -> Plan:
    """A hotel room with a lowered entry, a shaft beside the bathroom and a wide window."""
    plan = Plan(
        [
            scaled_room("room", "hotel", scale, 0.0, 0.0, 4.6, 4.6, 2.75),
            scaled_room("bathroom", "bathroom", scale, 0.0, 4.6, 2.7, 6.9, 2.4),
            scaled_room("entry", "hallway", scale, 2.7, 4.6, 4.6, 6.9, 2.4),
        ]
    )
    building.lower_ceiling(plan.room("room"), "south", 0.8, 0.35)
    building.box_corner(plan.room("bathroom"), "south-west", 0.35, 0.35)
    plan.connect("room", "entry", 0.5, 1.2, 2.2, leaf=False)
    plan.connect("entry", "bathroom", 1.0, 0.85)
    plan.add_outer("entry", "south", "entrance", 0.5, 0.95, 0.0, 2.05)
    return finished(plan, "hotel", ("room", "north", 0.5, 3.2, 0.5, 2.4))
