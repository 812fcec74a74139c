"""Studies and dining rooms.

The one idea: as in `living`, the main thing first, then what differs from home to home.
"""

from __future__ import annotations

from echoenv.scene.homes.furnishing.boards import dining_group, work_place
from echoenv.scene.homes.furnishing.common import any_rug, hang, hang_pictures, in_corners, some, walls
from echoenv.scene.homes.furnishing.living import books, cabinet, on_wall_shelf
from echoenv.scene.homes.furnishing.music import drums, large_instrument, music_corner, one_instrument
from echoenv.scene.homes.furnishing.seats import reading_corner
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.surfaces import strewn
from echoenv.scene.homes.things import (
    hallway_items,
    household,
    kitchenware,
    lamps,
    office_items,
    pictures,
    plants,
    seating,
    storage,
)
from echoenv.scene.homes.things.pieces import stood


def study(layout: Layout) -> None:
    """A desk, many books, a place to read, perhaps a drum kit."""
    style = layout.style
    work_place(layout, 1.4)
    musical = not style.chance(0.5) and drums(layout)
    books(layout)
    sofa = seating.sofa(style, 1.5, 0.82)
    if not musical and not layout.against(sofa, walls(layout), "center", front=0.6):
        reading_corner(layout)
    books(layout)
    low = storage.bookshelf(style, 0.9, 0.85)
    makers = (office_items.printer, office_items.binders, office_items.folders)
    layout.against(strewn(style, low, some(style, makers, 1, 3), "any", 4.0), walls(layout), "any", front=0.4)
    if not musical:
        one_instrument(layout)
    any_rug(layout, 2.0, 1.5, *layout.inside.center, 0.0)
    in_corners(
        layout,
        [
            plants.plant(style, 1.1),
            lamps.floor_lamp(style),
            household.basket(style),
            stood(hallway_items.backpack(style)),
        ],
    )
    on_wall_shelf(layout, 1.5)
    hang(layout, pictures.wall_map(style), 1.2, walls(layout))
    hang(layout, pictures.pin_board(style), 1.3, walls(layout))
    hang_pictures(layout, 3)


def dining_room(layout: Layout) -> None:
    """A large table under a lamp, a sideboard, a piano or a reading corner."""
    style = layout.style
    place = dining_group(layout, 8 if layout.area > 20.0 else 6)
    if place is not None:
        drop = layout.room.height - 1.55
        lamp = lamps.chandelier(style, drop) if style.chance(0.3) else lamps.pendant_lamp(style, drop)
        layout.hangs(lamp, *place)
    if style.chance(0.5):
        large_instrument(layout)
    cabinet(layout)
    if layout.area > 11.0:
        music_corner(layout)
    makers = (
        kitchenware.plates_in_pile,
        kitchenware.tray,
        kitchenware.bottle,
        kitchenware.wine_glass,
        kitchenware.wine_glass,
        kitchenware.fruit_bowl,
        plants.flowers,
    )
    chest = strewn(style, storage.dresser(style, 1.4), some(style, makers, 3, 5), "any", 10.0)
    layout.against(chest, walls(layout), "center", front=0.5)
    books(layout)
    if layout.area > 18.0:
        reading_corner(layout)
    in_corners(layout, [plants.plant(style, 1.4), plants.plant(style, 0.8), lamps.floor_lamp(style)])
    on_wall_shelf(layout, 1.5)
    hang(layout, pictures.clock(style), 1.75, walls(layout))
    hang(layout, lamps.wall_sconce(style), 1.55, walls(layout))
    hang_pictures(layout, 4)
