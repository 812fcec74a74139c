"""Offices, meeting rooms and lounges.

The one idea: the work places or the long table first, then what stands about in every office; a lounge has
a kitchenette and seats instead.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.boards import dining_group, work_place
from echoenv.scene.homes.furnishing.common import (
    add_plant,
    any_rug,
    beside,
    hang,
    hang_pictures,
    in_corners,
    some,
    walls,
)
from echoenv.scene.homes.furnishing.kitchen import stocked
from echoenv.scene.homes.furnishing.music import drums
from echoenv.scene.homes.furnishing.seats import reading_corner, television_corner, television_stand
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.surfaces import strewn
from echoenv.scene.homes.things import (
    cabinets,
    clutter,
    devices,
    fittings,
    household,
    kitchenware,
    office_items,
    pictures,
    plants,
    seating,
    storage,
    tables,
)
from echoenv.scene.homes.things.pieces import one_of

_LECTERN_DEPTH, _BEHIND_LECTERN = 0.46, 0.6  # [m], the latter where the speaker stands


def office(layout: Layout) -> None:
    """Desks for as many as there is room for."""
    for _ in range(max(1, int(layout.area / 6.5))):
        work_place(layout, 1.5, office=True)
    office_things(layout)


def meeting_room(layout: Layout) -> None:
    """A long table; a screen, a television or a flip chart at its end."""
    style = layout.style
    dining_group(layout, 8 if layout.area > 20.0 else 6, meeting=True)
    shown = False
    if style.chance(0.6):
        screen = office_items.projector_screen(style, 1.8)
        shown = hang(layout, screen, 0.85, walls(layout)) is not None
        if shown:
            x, z = layout.inside.center
            layout.hangs(office_items.projector(style), x + 0.75, z + 0.35)
    if not shown or style.chance(0.4):
        stand = television_stand(style, 1.4)
        spot = layout.against(stand, walls(layout), "center", front=0.6)
        if spot is not None:
            speaker = devices.loudspeaker(style, "floor")
            beside(layout, speaker, spot[0], spot[1] + stand.size[0] / 2 + 0.1 + speaker.size[0] / 2)
    layout.against(office_items.flip_chart(style), walls(layout), "corner", front=0.4)
    if style.chance(0.4):
        facing_the_room = tables.lectern(style).turned(180.0).moved(z=_LECTERN_DEPTH)
        layout.against(facing_the_room, walls(layout), "corner", front=0.2, gap=_BEHIND_LECTERN)
    _sideboard(layout)
    office_things(layout)


def _sideboard(layout: Layout) -> None:
    """A low cabinet with cups, bottles and a coffee machine."""
    style = layout.style
    makers = (
        kitchenware.coffee_machine,
        devices.kettle,
        kitchenware.tray,
        kitchenware.bottle,
        kitchenware.bottle,
        kitchenware.cup,
        kitchenware.cup,
        kitchenware.fruit_bowl,
    )
    chest = strewn(
        style, storage.dresser(style, 1.2), [devices.telephone(style, "desk"), *some(style, makers, 3, 5)], "any", 10.0
    )
    layout.against(chest, walls(layout), "any", front=0.5)


def lounge(layout: Layout) -> None:
    """Sofa and television, a kitchenette, a place to work or to make music."""
    style = layout.style
    musical = not style.chance(0.6) and drums(layout)
    television_corner(layout, one_of(style, ("", "corner", "pair")))
    if not musical:
        work_place(layout, office=True)
    for length in (2.4, 1.8):
        always = (devices.kettle, kitchenware.coffee_machine)
        often = (
            devices.microwave,
            kitchenware.cup,
            kitchenware.cup,
            kitchenware.bottle,
            kitchenware.fruit_bowl,
            kitchenware.paper_towel,
            kitchenware.plates_in_pile,
            devices.radio,
        )
        run = stocked(style, fittings.kitchen_run(style, length), always, often, 7)
        if layout.against(run, walls(layout), "corner", front=0.7):
            layout.against(fittings.refrigerator(style), walls(layout), "corner", front=0.5)
            break
    reading_corner(layout)
    office_things(layout)


def open_office(layout: Layout) -> None:
    """A meeting table among desks, and a sofa."""
    dining_group(layout, 6, meeting=True)
    for _ in range(4):
        work_place(layout, 1.4, office=True)
    layout.against(seating.sofa(layout.style, 1.8), walls(layout), "center", front=0.6)
    office_things(layout)


def office_things(layout: Layout) -> None:
    """What stands and hangs in every office."""
    style = layout.style
    if not (style.chance(0.3) and in_corners(layout, [plants.planter_box(style)])):
        add_plant(layout, style.between(1.1, 1.5))
    layout.against(_shelf(style), walls(layout), "corner", front=0.5)
    makers = (office_items.printer, household.box_, plants.trailing_plant, office_items.binders)
    closet = strewn(style, storage.wardrobe(style, 1.0, 1.2, 0.45), some(style, makers, 1, 2), "any", 4.0)
    layout.against(closet, walls(layout), "corner", front=0.5)
    layout.against(cabinets.filing_cabinet(style), walls(layout), "corner", front=0.4)
    things = [plants.plant(style, 0.9), office_items.paper_bin(style)]
    if style.chance(0.6):
        things.append(office_items.water_dispenser(style))
    if layout.room.kind == "office":
        things.append(devices.vacuum_cleaner(style))
    in_corners(layout, things)
    if layout.room.kind in ("meeting", "lounge", "office"):
        any_rug(layout, 2.4, 1.8, *layout.inside.center, 0.0)
    _on_walls(layout)


def _on_walls(layout: Layout) -> None:
    """Whiteboard, picture, clock, calendar and notes."""
    style = layout.style
    hang(layout, pictures.whiteboard(1.4), 0.95, walls(layout))
    hang_pictures(layout, 1)
    hang(layout, pictures.clock(style), 1.8, walls(layout))
    hang(layout, pictures.calendar(style), 1.35, walls(layout))
    hang(layout, pictures.pin_board(style), 1.2, walls(layout))
    hang_pictures(layout, 3)


def _shelf(style: Style) -> Thing:
    makers = (office_items.binders, plants.trailing_plant, household.box_, clutter.globe)
    return strewn(style, storage.bookshelf(style, 1.0), some(style, makers, 1, 2), "any", 4.0)
