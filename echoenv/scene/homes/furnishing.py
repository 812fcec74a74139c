"""What belongs in a room of each kind, and where: the rules by which homes are furnished.

The one idea: a rule asks a `Layout` for the places that people would choose (the bed's head at a wall, the television
facing the sofa, chairs at tables) in order of importance; what does not fit is left out. `furnish` is the only entry.
"""

from __future__ import annotations

from collections.abc import Callable

from echoenv.scene.homes import groups
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import SIDES, opposite
from echoenv.scene.homes.style import STEEL
from echoenv.scene.homes.things import (
    fittings,
    hallway_items,
    household,
    lamps,
    pictures,
    plants,
    seating,
    storage,
    tables,
    textiles,
)


def furnish(layout: Layout) -> None:
    """Fill a room with what belongs there, hang lamps and dress its windows."""
    _dress_windows(layout)
    _RULES[layout.room.kind](layout)
    _light(layout)


def _dress_windows(layout: Layout) -> None:
    for face in layout.faces.values():
        for left, right, opening in face.openings():
            if opening.kind != "window":
                continue
            if layout.room.kind in ("living", "bedroom", "hotel", "dining"):
                low = 0.03 if opening.bottom < 0.3 else opening.bottom - 0.12
                layout.assembly.add(face.placed(textiles.curtains(layout.style, right - left, opening.top, low), left))
            elif layout.room.kind in ("office", "meeting", "lounge", "open_office", "study"):
                layout.assembly.add(
                    face.placed(textiles.blinds(right - left, opening.top - opening.bottom), left, opening.bottom)
                )


def _light(layout: Layout) -> None:
    inside, kind = layout.inside, layout.room.kind
    office = kind in ("office", "meeting", "lounge", "open_office")
    spacing = 2.4 if office else (2.7 if kind == "hallway" else 3.6)
    columns, rows = max(1, round(inside.width / spacing)), max(1, round(inside.depth / spacing))
    for i in range(columns):
        for k in range(rows):
            x = inside.x0 + inside.width * (i + 0.5) / columns
            z = inside.z0 + inside.depth * (k + 0.5) / rows
            layout.hangs(lamps.panel_light() if office else lamps.ceiling_lamp(layout.style), x, z)


def _living(layout: Layout) -> None:
    style = layout.style
    seat = groups.television_corner(layout)
    if seat is None:
        layout.against(seating.sofa(style, 1.9), groups.ordered_walls(layout), "center", front=0.6)
    if layout.area > 17.0:
        groups.dining_group(layout, 4 if layout.area > 21.0 else 2, corner=True)
    layout.against(storage.bookshelf(style, style.between(0.8, 1.2)), groups.ordered_walls(layout), "corner", front=0.5)
    if layout.area > 14.0:
        layout.against(storage.dresser(style, style.between(0.9, 1.3)), groups.ordered_walls(layout), "any", front=0.5)
    groups.in_corners(
        layout,
        [
            plants.plant(style, style.between(1.0, 1.5)),
            lamps.floor_lamp(style),
            plants.plant(style, style.between(0.7, 1.0)),
        ],
    )
    groups.pictures(layout, 4)


def _kitchen(layout: Layout) -> None:
    style, done = layout.style, False
    for side in groups.ordered_walls(layout):
        windows = any(o.kind == "window" for _, _, o in layout.faces[side].openings())
        for length in (3.6, 3.0, 2.4, 1.8):
            run = fittings.kitchen_run(style, length)
            spot = layout.against(run, [side], "corner", front=0.75) if length < layout.faces[side].length else None
            if spot is not None:
                done = True
                if not windows:
                    units = fittings.wall_units(style, length)
                    layout.assembly.add(layout.faces[side].placed(units, spot[1]))
                if not layout.against(fittings.refrigerator(style), [side], "near", front=0.6, at=spot[1]):
                    layout.against(fittings.refrigerator(style), groups.ordered_walls(layout), "corner", front=0.6)
                break
        if done:
            break
    if layout.area > 8.0 and not (layout.area > 11.0 and groups.dining_group(layout, 2)):
        groups.breakfast_place(layout)
    layout.against(household.bin_(style), SIDES, "corner", front=0.0)
    layout.on_wall(pictures.clock(style), 1.7, groups.ordered_walls(layout))
    groups.pictures(layout, 1)


def _bedroom(layout: Layout) -> None:
    style = layout.style
    groups.bed_and_wardrobe(layout)
    if layout.area > 12.0 and not groups.work_place(layout):
        layout.against(storage.dresser(style), groups.ordered_walls(layout), "any", front=0.5)
    groups.in_corners(layout, [plants.plant(style, style.between(0.7, 1.2))])
    groups.pictures(layout, 2)


def _bathroom(layout: Layout) -> None:
    style = layout.style
    walls = sorted(SIDES, key=lambda side: layout.faces[side].length)
    if layout.area < 4.0 or not layout.against(
        fittings.bathtub(min(1.7, layout.faces[walls[0]].length - 0.06)), walls, "corner", front=0.5
    ):
        layout.against(fittings.shower(0.85), groups.ordered_walls(layout), "corner", front=0.45)
    layout.against(fittings.basin(style, 0.6), groups.ordered_walls(layout), "any", front=0.55)
    layout.against(fittings.toilet(), groups.ordered_walls(layout), "any", front=0.5)
    layout.on_wall(textiles.towel(style), 0.75, groups.ordered_walls(layout))
    layout.against(household.bin_(style), SIDES, "corner", front=0.0)
    layout.lies(textiles.rug(style, 0.8, 0.5), *layout.inside.center)


def _hallway(layout: Layout) -> None:
    style = layout.style
    layout.on_wall(hallway_items.coat_rack(style), 0.68, groups.ordered_walls(layout))
    layout.against(
        tables.drawer_unit(0.8, 0.8, 0.3, 3, style.shade(style.wood), STEEL),
        groups.ordered_walls(layout),
        "any",
        front=0.6,
    )
    layout.against(hallway_items.shoes(style), groups.ordered_walls(layout), "any", front=0.3)
    long_x = layout.inside.width > layout.inside.depth
    length = min(2.4, max(layout.inside.width, layout.inside.depth) - 1.0)
    if length > 0.8:
        layout.lies(textiles.rug(style, length, 0.7), *layout.inside.center, 0.0 if long_x else 90.0)
    groups.pictures(layout, 2)


def _study(layout: Layout) -> None:
    style = layout.style
    groups.work_place(layout, 1.4)
    layout.against(storage.bookshelf(style, 1.1), groups.ordered_walls(layout), "corner", front=0.5)
    layout.against(seating.sofa(style, 1.5, 0.82), groups.ordered_walls(layout), "center", front=0.6)
    groups.in_corners(layout, [plants.plant(style, 1.1), lamps.floor_lamp(style)])
    groups.pictures(layout, 2)


def _dining(layout: Layout) -> None:
    style = layout.style
    groups.dining_group(layout, 6 if layout.area > 14.0 else 4)
    layout.against(storage.dresser(style, 1.4), groups.ordered_walls(layout), "center", front=0.5)
    layout.against(storage.bookshelf(style, 0.9), groups.ordered_walls(layout), "corner", front=0.5)
    layout.hangs(lamps.pendant_lamp(style, layout.room.height - 1.75), *layout.inside.center)
    groups.in_corners(layout, [plants.plant(style, 1.4), plants.plant(style, 0.8), lamps.floor_lamp(style)])
    groups.pictures(layout, 4)


def _office(layout: Layout) -> None:
    for _ in range(max(1, int(layout.area / 6.5))):
        groups.work_place(layout, 1.5)
    _office_things(layout)


def _meeting(layout: Layout) -> None:
    style = layout.style
    groups.dining_group(layout, 8 if layout.area > 20.0 else 6, meeting=True)
    layout.against(storage.tv_stand(style, 1.4), groups.ordered_walls(layout), "center", front=0.6)
    _office_things(layout)


def _lounge(layout: Layout) -> None:
    groups.television_corner(layout)
    groups.work_place(layout)
    _office_things(layout)


def _open_office(layout: Layout) -> None:
    groups.dining_group(layout, 6, meeting=True)
    for _ in range(4):
        groups.work_place(layout, 1.4)
    layout.against(seating.sofa(layout.style, 1.8), groups.ordered_walls(layout), "center", front=0.6)
    _office_things(layout)


def _office_things(layout: Layout) -> None:
    style = layout.style
    layout.against(storage.bookshelf(style, 1.0), groups.ordered_walls(layout), "corner", front=0.5)
    layout.against(storage.wardrobe(style, 1.0, 1.4, 0.45), groups.ordered_walls(layout), "corner", front=0.5)
    layout.on_wall(pictures.whiteboard(1.4), 0.95, groups.ordered_walls(layout))
    groups.in_corners(
        layout, [plants.plant(style, style.between(1.1, 1.6)), plants.plant(style, 0.9), household.bin_(style)]
    )
    layout.on_wall(pictures.clock(style), 1.8, groups.ordered_walls(layout))
    groups.pictures(layout, 2)


def _hotel(layout: Layout) -> None:
    style = layout.style
    spot = layout.against(seating.bed(style, 1.8), groups.ordered_walls(layout), "center", front=0.7)
    if spot is not None:
        side, s = spot
        groups.around_bed(layout, side, s, 1.8)
        layout.against(
            storage.tv_stand(style, 1.3), [opposite(side)], "near", front=0.5, at=layout.faces[side].length - s
        )
    groups.work_place(layout, 1.2)
    layout.against(storage.wardrobe(style, 1.2), groups.ordered_walls(layout), "corner", front=0.65)
    layout.against(seating.armchair(style), groups.ordered_walls(layout), "corner", front=0.5)
    groups.in_corners(layout, [lamps.floor_lamp(style), plants.plant(style, 0.9)])
    groups.pictures(layout, 2)


_RULES: dict[str, Callable[[Layout], None]] = {
    "living": _living,
    "kitchen": _kitchen,
    "bedroom": _bedroom,
    "bathroom": _bathroom,
    "hallway": _hallway,
    "study": _study,
    "dining": _dining,
    "office": _office,
    "meeting": _meeting,
    "lounge": _lounge,
    "open_office": _open_office,
    "hotel": _hotel,
}
