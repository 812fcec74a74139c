"""Living rooms: sofa and television, music, books, a corner to read in, a table to eat at.

The one idea: the seats are drawn first (one sofa, a corner sofa, two sofas); then, as far as the floor goes, the room
gets two or three of the things by which people's living rooms differ.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.boards import dining_group, work_place
from echoenv.scene.homes.furnishing.common import hang, hang_pictures, in_corners, in_room, some, walls
from echoenv.scene.homes.furnishing.music import large_instrument, music_corner
from echoenv.scene.homes.furnishing.seats import reading_corner, television_corner, television_stand
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.surfaces import strewn
from echoenv.scene.homes.things import (
    clutter,
    devices,
    fixtures,
    household,
    lamps,
    pictures,
    plants,
    seating,
    stands,
    storage,
    toys,
)
from echoenv.scene.homes.things.pieces import one_of


def living_room(layout: Layout) -> None:
    """Sofa, television, and what makes a living room somebody's."""
    style = layout.style
    kind = one_of(style, ("", "", "corner", "corner", "pair"))
    if television_corner(layout, kind) is None and television_corner(layout) is None:
        _sofa_alone(layout)
    if style.chance(0.4):
        large_instrument(layout)
    if layout.area > 17.0:
        dining_group(layout, 4 if layout.area > 21.0 else 2, corner=True)
    _more(layout)
    in_corners(
        layout, [plants.plant(style, style.between(1.0, 1.6)), household.basket(style), stands.magazine_rack(style)]
    )
    on_wall_shelf(layout, 1.45)
    hang_pictures(layout, 4)
    hang(layout, pictures.clock(style), 1.75, walls(layout))


def _sofa_alone(layout: Layout) -> None:
    """A sofa wherever one fits, and a television at another wall."""
    style = layout.style
    for width, gap in itertools.product((2.0, 1.7, 1.4), (0.0, 0.25, 0.8)):
        if layout.against(seating.sofa(style, width), walls(layout), "center", front=0.3, gap=gap):
            break
    layout.against(television_stand(style, 1.2), walls(layout), "center", front=0.5)


def _more(layout: Layout) -> None:
    """As many as fit of: bookshelf, cabinet, instrument, reading corner, desk."""
    corners: list[Callable[[Layout], object]] = [reading_corner, books, _game_corner]
    corners.append(work_place if layout.area < 17.0 else _divider)
    chosen = [corners[int(k)] for k in layout.style.rng.permutation(len(corners))]
    for place in (books, music_corner, cabinet, *chosen[: 3 if layout.area > 20.0 else 2]):
        place(layout)


def books(layout: Layout) -> bool:
    """A bookshelf with something on top."""
    style = layout.style
    high = one_of(style, (1.95, 1.95, 1.2))
    shelf = storage.bookshelf(style, style.between(0.8, 1.2), high)
    makers = (plants.trailing_plant, household.box_, clutter.globe, clutter.sculpture, clutter.vase)
    shelf = strewn(style, shelf, some(style, makers, 1, 2), "any", 8.0)
    return layout.against(shelf, walls(layout), "corner", front=0.5) is not None


def cabinet(layout: Layout) -> bool:
    """A low cabinet with a radio, a telephone or a record player, pictures in frames and a lamp, a mirror above."""
    style = layout.style
    chest = storage.dresser(style, style.between(0.9, 1.4)) if layout.area < 16.0 else storage.sideboard(style, 1.6)
    first: list[Thing] = [one_of(style, (devices.radio, clutter.record_player))(style)]
    if style.chance(0.6):
        first.append(devices.telephone(style))
    makers = (
        lamps.bedside_lamp,
        clutter.photo_stand,
        plants.flowers,
        clutter.sculpture,
        clutter.standing_books,
        clutter.camera,
        clutter.photo_stand,
    )
    chest = strewn(style, chest, [*first, *some(style, makers, 2, 4)], "any", 8.0)
    spot = layout.against(chest, walls(layout), "any", front=0.5)
    if spot is not None and style.chance(0.5):
        hang(layout, pictures.mirror(style, 0.7, 0.7), 1.45, [spot[0]], at=spot[1])
    return spot is not None


def _divider(layout: Layout) -> bool:
    """An open shelf that stands out from a wall and parts the room."""
    shelf = storage.room_divider(layout.style, layout.style.between(1.0, 1.5))
    off = shelf.size[0] / 2 + 0.03
    for side in walls(layout):
        for share in (0.5, 0.35, 0.65):
            if in_room(layout, shelf, side, share * layout.faces[side].length, off, 90.0, 0.0):
                return True
    return False


def _game_corner(layout: Layout) -> bool:
    """A chest of toys, or a bean bag, on a small rug."""
    style = layout.style
    thing = one_of(style, (toys.toy_chest, seating.bean_bag, toys.rocking_horse))(style)
    return layout.against(thing, walls(layout), "corner", front=0.3) is not None


def on_wall_shelf(layout: Layout, y: float) -> bool:
    """A board on the wall with books, a plant and small things; its lower edge at y [m]."""
    style = layout.style
    board = fixtures.wall_shelf(style, style.between(0.6, 1.0))
    makers = (
        clutter.standing_books,
        plants.succulent,
        clutter.photo_stand,
        clutter.vase,
        clutter.camera,
        clutter.sculpture,
        plants.trailing_plant,
    )
    full = strewn(style, board, some(style, makers, 2, 4), "any", 6.0)
    return hang(layout, full, y, walls(layout)) is not None
