"""Hallways: coats, shoes, a mirror, an umbrella, keys and a telephone, a runner along the floor.

The one idea: halls are narrow, so most hangs on the walls, and what stands is shallow.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import hang, hang_pictures, in_corners, lay_rug, some, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.style import STEEL, Style
from echoenv.scene.homes.surfaces import strewn
from echoenv.scene.homes.things import (
    cabinets,
    clutter,
    devices,
    hallway_items,
    household,
    lamps,
    pictures,
    plants,
    seating,
    stands,
    tables,
    textiles,
)
from echoenv.scene.homes.things.pieces import one_of, stood


def hallway(layout: Layout) -> None:
    """A hallway."""
    style = layout.style
    rack = hallway_items.coat_rack(style, 0.9 if layout.area > 5.0 else 0.7)
    if hang(layout, rack, 0.62, walls(layout), reserve=True) is None:
        in_corners(layout, [stands.coat_stand(style)])
    spot = layout.against(_chest(style), walls(layout), "any", front=0.6)
    if spot is not None:
        hang(layout, pictures.mirror(style, 0.55, 0.8), 1.25, [spot[0]], at=spot[1])
    else:
        hang(layout, pictures.mirror(style, 0.45, 1.2), 0.55, walls(layout))
    layout.against(
        hallway_items.shoe_rack(style) if style.chance(0.6) else hallway_items.shoes(style),
        walls(layout),
        "any",
        front=0.3,
    )
    if layout.area > 9.0:
        layout.against(seating.bench(style, 1.0), walls(layout), "any", front=0.4)
        if style.chance(0.5):
            layout.against(hallway_items.bicycle(style), walls(layout), "corner", front=0.3)
    if layout.area > 7.0:
        layout.against(cabinets.shoe_cabinet(style), walls(layout), "any", front=0.4)
    bags = (hallway_items.backpack, hallway_items.suitcase, hallway_items.handbag)
    cleaning = (devices.vacuum_cleaner, household.ironing_board, household.broom)
    in_corners(layout, [hallway_items.umbrella_stand(style), stood(one_of(style, bags)(style))])
    for thing in some(style, cleaning, 3, 3):
        if in_corners(layout, [thing]):
            break
    in_corners(layout, [hallway_items.shoes(style)])
    _runner(layout)
    if style.chance(0.4):
        hang(layout, lamps.wall_sconce(style), 1.55, walls(layout))
    hang_pictures(layout, 3)


def _chest(style: Style) -> Thing:
    """A shallow chest or a console table with keys, a telephone and a plant."""
    if style.chance(0.5):
        chest = tables.console_table(style, style.between(0.8, 1.1), 0.32)
    else:
        chest = tables.drawer_unit(0.8, 0.8, 0.3, 3, style.shade(style.wood), STEEL)
    makers = (
        clutter.router,
        plants.flowers,
        clutter.photo_stand,
        hallway_items.handbag,
        clutter.vase,
        hallway_items.hat,
        lamps.bedside_lamp,
    )
    first = [hallway_items.keys(style), devices.telephone(style)]
    return strewn(style, chest, [*first, *some(style, makers, 1, 2)], "any", 12.0)


def _runner(layout: Layout) -> None:
    inside = layout.inside
    long = max(inside.width, inside.depth)
    broad = min(0.95, min(inside.width, inside.depth) - 0.5)
    length = min(3.2, long - 0.8)
    if length > 0.8 and broad > 0.4:
        turn = 0.0 if inside.width > inside.depth else 90.0
        lay_rug(layout, textiles.any_rug, length, broad, *inside.center, turn)
