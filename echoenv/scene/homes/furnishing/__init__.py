"""What belongs in a room of each kind, and where: the rules by which homes are furnished.

The one idea: a rule asks a `Layout` for the places that people would choose (the bed's head at a wall, the television
facing the sofa, chairs at tables) in order of importance; what does not fit is left out. Rules draw among alternatives
by the room's own chance, so rooms of one kind differ. `furnish` is the only entry.
"""

from __future__ import annotations

from collections.abc import Callable

from echoenv.scene.homes.furnishing import bath, bedrooms, entrance, kitchen, living, offices, rooms
from echoenv.scene.homes.furnishing.fixed import add_fixtures
from echoenv.scene.homes.furnishing.light import hang_lamps
from echoenv.scene.homes.furnishing.windows import dress_windows
from echoenv.scene.homes.placement import Layout

_RULES: dict[str, Callable[[Layout], None]] = {
    "living": living.living_room,
    "kitchen": kitchen.kitchen,
    "bedroom": bedrooms.bedroom,
    "bathroom": bath.bathroom,
    "hallway": entrance.hallway,
    "study": rooms.study,
    "dining": rooms.dining_room,
    "hotel": bedrooms.hotel_room,
    "office": offices.office,
    "meeting": offices.meeting_room,
    "lounge": offices.lounge,
    "open_office": offices.open_office,
}


def furnish(layout: Layout) -> None:
    """Fill a room with what belongs there, hang lamps and dress its windows."""
    dress_windows(layout)
    _RULES[layout.room.kind](layout)
    hang_lamps(layout)
    add_fixtures(layout)
