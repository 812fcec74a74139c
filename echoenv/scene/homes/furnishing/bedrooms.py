"""Bedrooms: for two, for one who works there, for children, for a baby; and hotel rooms.

The one idea: the bed decides; it is the broadest that leaves room for a wardrobe, its head at a wall.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.boards import open_spots, work_place
from echoenv.scene.homes.furnishing.common import (
    Maker,
    add_plant,
    against_any,
    any_rug,
    beside,
    hang,
    hang_pictures,
    in_corners,
    lay_rug,
    point,
    some,
    walls,
)
from echoenv.scene.homes.furnishing.living import books, on_wall_shelf
from echoenv.scene.homes.furnishing.music import one_instrument
from echoenv.scene.homes.furnishing.seats import reading_corner, television_stand
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import SIDES, opposite
from echoenv.scene.homes.shell import TURNS
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.surfaces import strewn, without
from echoenv.scene.homes.things import (
    clutter,
    desks,
    devices,
    hallway_items,
    household,
    kitchenware,
    lamps,
    pictures,
    plants,
    seating,
    stands,
    storage,
    tables,
    textiles,
    toys,
)
from echoenv.scene.homes.things.instruments_keys import xylophone
from echoenv.scene.homes.things.pieces import one_of, stood


def bedroom(layout: Layout) -> None:
    """A bedroom; the first of a home is the parents', others are of any kind."""
    style = layout.style
    first = layout.room.name in ("bedroom", "room")
    kind = "double" if first else one_of(style, ("double", "single", "kids", "kids", "nursery", "single"))
    made = {"double": _double, "single": _single, "kids": _kids, "nursery": _nursery}[kind](layout)
    if not made:
        _double(layout)
    add_plant(layout, style.between(0.7, 1.3))
    in_corners(layout, [household.laundry_basket(style), *_seldom(style)])
    hang(layout, pictures.mirror(style, 0.5, 1.2), 0.55, walls(layout))
    hang_pictures(layout, 3)


def _seldom(style: Style) -> list[Thing]:
    """What stands about in some bedrooms."""
    makers = (devices.vacuum_cleaner, household.ironing_board, household.drying_rack)
    return [one_of(style, makers)(style)] if style.chance(0.4) else []


def _double(layout: Layout) -> bool:
    style = layout.style
    bed_and_wardrobe(layout)
    if style.chance(0.6):
        one_instrument(layout)
    if layout.area > 12.0 and not (style.chance(0.5) and work_place(layout)):
        chest_of_drawers(layout)
    if layout.area > 15.0:
        for k in style.rng.permutation(len(_MORE))[: 2 if layout.area < 19.0 else 3]:
            _MORE[int(k)](layout)
    return True


def _television(layout: Layout) -> bool:
    """A television across from the bed, or wherever there is room."""
    stand = television_stand(layout.style, 1.2)
    return layout.against(stand, walls(layout), "center", front=0.5) is not None


def _vanity(layout: Layout) -> bool:
    """A dressing table with a stool, a tall mirror, a screen or a rail with clothes."""
    style = layout.style
    makers = (desks.dressing_table, stands.standing_mirror, stands.clothes_rail, stands.folding_screen)
    return any(layout.against(thing, walls(layout), "any", front=0.4) for thing in some(style, makers, 2, 2))


def chest_of_drawers(layout: Layout) -> None:
    """A chest of drawers with a radio or photographs, a mirror above."""
    style = layout.style
    makers = (
        clutter.photo_stand,
        lamps.bedside_lamp,
        clutter.decorative_box,
        plants.flowers,
        hallway_items.handbag,
        hallway_items.hat,
        clutter.standing_books,
        textiles.folded_blanket,
        lamps.candle,
    )
    first = [devices.radio(style)] if style.chance(0.4) else []
    chest = strewn(style, storage.dresser(style), [*first, *some(style, makers, 2, 4)], "any", 8.0)
    spot = layout.against(chest, walls(layout), "any", front=0.5)
    if spot is not None:
        hang(layout, pictures.mirror(style, 0.6, 0.7), 1.3, [spot[0]], at=spot[1])


def bed_and_wardrobe(layout: Layout) -> None:
    """The broadest bed, in the middle of a wall if possible, that leaves room for a wardrobe, or else a bed alone."""
    widths = [width for width in (1.8, 1.6, 1.4, 1.0) if layout.area > 4.0 + 4.5 * width] or [0.9]
    for closet, width, prefer in itertools.product((True, False), widths, ("center", "corner")):
        mark = layout.mark()
        spot = layout.against(_bed(layout.style, width), walls(layout), prefer, front=0.55 if closet else 0.45)
        if spot is not None:
            around_bed(layout, *spot, width)
            if not closet or _wardrobe(layout):
                if not closet:
                    against_any(layout, (storage.dresser, stands.clothes_rail), "corner", 0.4)
                return
        layout.undo(mark)


def _wardrobe(layout: Layout) -> bool:
    style = layout.style
    for long in (2.0, 1.6, 1.2, 0.9) if layout.area > 13.0 else (1.6, 1.2, 0.9):
        closet = storage.wardrobe(style, long)
        closet = strewn(style, closet, some(style, (household.box_, household.box_), 0, 2), "back", 8.0)
        if closet.size[1] + 0.36 > layout.room.height:
            closet = storage.wardrobe(style, long)
        if layout.against(closet, walls(layout), "corner", front=0.6):
            return True
    narrow = storage.wardrobe(style, 0.8, 2.0, 0.45)
    return layout.against(narrow, walls(layout), "corner", front=0.45) is not None


def _bed(style: Style, width: float) -> Thing:
    return seating.bed(style, width)


def around_bed(layout: Layout, side: str, s: float, width: float) -> None:
    """Nightstands, a picture and a rug for a bed whose middle is at s [m] of a wall."""
    style = layout.style
    for sign in (-1.0, 1.0):
        stand = bedside(style, alarm=sign > 0)
        at = s + sign * (width / 2 + 0.09 + stand.size[0] / 2)
        if 0.2 < at < layout.faces[side].length - 0.2:
            beside(layout, stand, side, at, front=0.3, slack=0.2)
    high = style.between(0.5, 0.7)
    hang(layout, pictures.picture(style, style.between(0.8, 1.2), high), 1.4, [side], at=s)
    x, z = point(layout, side, s, 1.5)
    any_rug(layout, width + 1.3, 2.0, x, z, TURNS[side])


def bedside(style: Style, alarm: bool = True) -> Thing:
    """A nightstand with a lamp, an alarm clock or a telephone, and a book."""
    makers = (clutter.book, clutter.glasses, kitchenware.cup, clutter.tissues, clutter.photo_stand)
    first = (
        [devices.alarm_clock(style)] if alarm else ([devices.telephone(style, "mobile")] if style.chance(0.5) else [])
    )
    stand = strewn(style, without(tables.nightstand(style), "lamp"), [lamps.bedside_lamp(style)], "back", height=0.75)
    return strewn(style, stand, [*first, *some(style, makers, 1, 2)], "front", 12.0, height=0.75)


def _single(layout: Layout) -> bool:
    """A bed for one, a desk, shelves, an instrument: a student's room."""
    style = layout.style
    if not _single_bed(layout):
        return False
    work_place(layout, 1.2)
    _wardrobe(layout)
    layout.against(storage.bookshelf(style, 0.8), walls(layout), "corner", front=0.4)
    one_instrument(layout)
    in_corners(layout, [_on_floor(style, one_of(style, (hallway_items.backpack, hallway_items.suitcase)))])
    on_wall_shelf(layout, 1.5)
    hang(layout, pictures.poster(style), 1.1, walls(layout))
    hang(layout, pictures.pin_board(style), 1.2, walls(layout))
    return True


def _single_bed(layout: Layout) -> tuple[str, float] | None:
    style = layout.style
    spot = layout.against(_bed(style, 1.0), walls(layout), "corner", front=0.5)
    if spot is None:
        return None
    side, s = spot
    for sign in (-1.0, 1.0):
        if beside(layout, bedside(style), side, s + sign * 0.84, front=0.2, slack=0.2):
            break
    x, z = point(layout, side, s, 1.3)
    any_rug(layout, 1.9, 1.6, x, z, TURNS[side])
    return spot


def _on_floor(style: Style, make: Maker) -> Thing:
    return stood(make(style))


def _kids(layout: Layout) -> bool:
    """A bunk bed or a small bed, toys on a rug, a small desk, a toy instrument."""
    style = layout.style
    if not (
        style.chance(0.6)
        and layout.room.height > 2.4
        and layout.against(seating.bunk_bed(style), walls(layout), "corner", front=0.5)
    ) and not _single_bed(layout):
        return False
    _wardrobe(layout)
    work_place(layout, 1.0)
    order = [toys.toy_chest, toys.doll_house, toys.rocking_horse, toys.tent, _bean_bag, _drums]
    for k in style.rng.permutation(len(order))[:4]:
        layout.against(order[int(k)](style), walls(layout), "corner", front=0.2)
    _toys_on_rug(layout)
    low = storage.bookshelf(style, 0.9, 0.85)
    makers = (toys.teddy, toys.ring_tower, clutter.globe, lamps.bedside_lamp, toys.train)
    layout.against(strewn(style, low, some(style, makers, 2, 3), "any", 15.0), walls(layout), "any", front=0.3)
    hang(layout, pictures.wall_map(style), 1.2, walls(layout))
    return True


def _bean_bag(style: Style) -> Thing:
    return seating.bean_bag(style)


def _drums(style: Style) -> Thing:
    return stood(xylophone(style))


def _toys_on_rug(layout: Layout) -> None:
    """A play rug in the middle of what is free, with toys at its edge."""
    style = layout.style
    spots = open_spots(layout, (1.0, 1.0), corner=False)
    if not spots:
        return
    x, z = spots[0]
    lay_rug(layout, textiles.any_rug, 1.8, 1.4, x, z, 0.0)
    for thing in some(
        style,
        (toys.blocks, toys.car, toys.ball, toys.teddy, toys.train),
        2,
        3,
    ):
        dx, dz = (float(v) for v in style.rng.uniform(-0.45, 0.45, 2))
        layout.free_standing(stood(thing), x + dx, z + dz, 0.0, reach=0.3)


def _nursery(layout: Layout) -> bool:
    """A crib, a rocking chair, a chest to change the baby on, soft toys."""
    style = layout.style
    if layout.against(seating.crib(style), walls(layout), "corner", front=0.5) is None:
        return False
    chair = seating.rocking_chair(style)
    spot = layout.against(chair, walls(layout), "corner", front=0.4)
    if spot is not None:
        side, s = spot
        beside(layout, lamps.floor_lamp(style), side, s + chair.size[0] / 2 + 0.28, slack=0.3)
    makers = (toys.teddy, textiles.folded_towels, clutter.tissues, lamps.bedside_lamp, toys.ring_tower)
    chest = strewn(style, storage.dresser(style, 1.1), some(style, makers, 3, 4), "any", 10.0)
    layout.against(chest, walls(layout), "any", front=0.5)
    _wardrobe(layout)
    if layout.area > 11.0:
        _single_bed(layout)
    _toys_on_rug(layout)
    layout.against(toys.toy_chest(style), SIDES, "corner", front=0.2)
    return True


def hotel_room(layout: Layout) -> None:
    """A broad bed, a television before it, a desk, a seat by the window, a suitcase."""
    style = layout.style
    spot = layout.against(_bed(style, 1.8), walls(layout), "center", front=0.7)
    if spot is not None:
        side, s = spot
        around_bed(layout, side, s, 1.8)
        stand = television_stand(style, 1.3)
        layout.against(stand, [opposite(side)], "near", front=0.5, at=layout.faces[side].length - s)
    work_place(layout, 1.2, office=True)
    layout.against(storage.wardrobe(style, 1.2), walls(layout), "corner", front=0.65)
    seat = seating.armchair(style)
    place = layout.against(seat, walls(layout), "corner", front=0.5)
    if place is not None:
        beside(layout, lamps.floor_lamp(style), place[0], place[1] + seat.size[0] / 2 + 0.3, slack=0.3)
    case = strewn(style, seating.bench(style, 0.9), [hallway_items.suitcase(style)], "center", 5.0)
    layout.against(case, walls(layout), "any", front=0.2)
    in_corners(layout, [plants.plant(style, 0.9), household.bin_(style)])
    hang(layout, pictures.mirror(style, 0.6, 1.3), 0.5, walls(layout))
    hang(layout, lamps.wall_sconce(style), 1.5, walls(layout))
    hang_pictures(layout, 3)


_MORE: tuple[Callable[[Layout], object], ...] = (
    reading_corner,
    books,
    _television,
    work_place,
    one_instrument,
    _vanity,
)
