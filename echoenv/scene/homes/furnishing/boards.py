"""Tables where people eat, meet and work, with their chairs and what lies on them.

The one idea: as in `seats`; chairs are tucked under tables, so they may stand where other things may not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import Maker, any_rug, beside, point, some, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import Rect
from echoenv.scene.homes.shell import TURNS
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.surfaces import set_down, strewn, top_of
from echoenv.scene.homes.things import (
    cabinets,
    clutter,
    devices,
    kitchenware,
    lamps,
    office_items,
    plants,
    seating,
    tables,
)
from echoenv.scene.homes.things.pieces import one_of

_ON_DESKS: tuple[Maker, ...] = (
    office_items.papers,
    office_items.pen_holder,
    office_items.notebook,
    kitchenware.cup,
    office_items.name_plate,
    plants.succulent,
    plants.cactus,
    clutter.photo_stand,
    clutter.headphones,
    clutter.books,
    office_items.desk_tray,
)

_OVAL_SEATS = 4  # at tables that may be oval: chairs at the ends of longer sides would look past their tops


def dining_group(layout: Layout, seats: int, corner: bool = False, meeting: bool = False) -> tuple[float, float] | None:
    """A table with chairs on its sides, in the middle of what is free, or away from the rest.

    Args:
        layout: The room.
        seats: How many chairs at most.
        corner: True for a place away from what stands already.
        meeting: True for a meeting table with office chairs.

    Returns:
        The table's middle (x, z) [m], or None where it does not fit.
    """
    for count in [count for count in (8, 6, 4, 2) if count <= seats]:
        place = _dining_group(layout, count, corner, meeting)
        if place is not None:
            return place
    return None


def _dining_group(layout: Layout, seats: int, corner: bool, meeting: bool) -> tuple[float, float] | None:
    style, inside = layout.style, layout.inside
    round_one = not meeting and seats <= 4 and style.chance(0.35)
    width, depth = (0.75 * max(1, seats // 2) + 0.25, 0.9) if not meeting else (0.72 * (seats // 2) + 0.35, 1.15)
    if round_one:
        width = depth = 1.0
    turn = 0.0 if inside.width >= inside.depth else 90.0
    size = (width + 1.3, depth + 1.3) if round_one else (width + 0.1, depth + 1.5)
    size = size if turn == 0.0 else size[::-1]
    table = (
        tables.meeting_table(style, width, depth) if meeting else _dining_table(style, width, depth, round_one, seats)
    )
    table = (
        meeting_things(style, table)
        if meeting
        else _laid(style, table, width, depth, seats, layout.room.kind == "dining")
    )
    for x, z in open_spots(layout, size, corner):
        if layout.free_standing(table, x, z, turn):
            chair = seating.office_chair if meeting else seating.dining_chair
            if round_one:
                _chairs_around(layout, x, z, width / 2)
            else:
                _chairs(layout, chair, x, z, width, depth, turn, seats)
            if not meeting:
                any_rug(layout, width + 1.1, depth + 1.1, x, z, turn)
            return x, z
    return None


def _dining_table(style: Style, width: float, depth: float, round_one: bool, seats: int) -> Thing:
    if round_one:
        return tables.round_table(style, width / 2)
    oval = seats == _OVAL_SEATS and style.chance(0.25)
    return tables.oval_table(style, width, depth) if oval else tables.table(style, width, depth)


def _laid(style: Style, table: Thing, width: float, depth: float, seats: int, always: bool) -> Thing:
    """A dining table: laid for a meal, or with a vase, fruit and what was left there."""
    top = top_of(table)
    if top is None:
        return table
    y, (x, z) = top.y, top.area.center
    table = set_down(table, one_of(style, (plants.flowers, kitchenware.fruit_bowl, lamps.candle))(style), x, z, y)
    each = max(1, seats // 2)
    if (always or style.chance(0.55)) and width / each > 0.45:
        for k in range(each):
            along = width * ((k + 0.5) / each - 0.5) * (0.6 if width == depth else 0.8 if seats == _OVAL_SEATS else 1.0)
            for sign in (-1.0, 1.0):
                setting = kitchenware.place_setting(style).turned(0.0 if sign > 0 else 180.0)
                table = set_down(table, setting, x + along, z + sign * (depth / 2 - 0.2), y)
        return table
    makers = (clutter.newspaper, kitchenware.cup, kitchenware.tray, clutter.tablet, kitchenware.bottle, clutter.books)
    return strewn(style, table, some(style, makers, 1, 3))


def meeting_things(style: Style, table: Thing) -> Thing:
    """A meeting table with laptops, papers, cups and a telephone."""
    first = [devices.telephone(style, "desk").moved(z=-0.1)]
    table = strewn(style, table, first, "center", 90.0)
    makers = (
        lambda s: tables.laptop(),
        lambda s: tables.laptop().turned(180.0),
        office_items.papers,
        office_items.notebook,
        kitchenware.cup,
        kitchenware.bottle,
        office_items.folders,
        clutter.tablet,
        kitchenware.cup,
    )
    return strewn(style, table, some(style, makers, 4, 7), "any", 12.0)


def open_spots(layout: Layout, size: tuple[float, float], corner: bool) -> list[tuple[float, float]]:
    """Middles of free rectangles of a size, the best first: central, or well away from what stands already."""
    inside = layout.inside
    xs = np.arange(inside.x0 + size[0] / 2, inside.x1 - size[0] / 2 + 1e-6, 0.15)
    zs = np.arange(inside.z0 + size[1] / 2, inside.z1 - size[1] / 2 + 1e-6, 0.15)
    cx, cz = inside.center

    def ok(x: float, z: float) -> bool:
        body = Rect(x - size[0] / 2, z - size[1] / 2, x + size[0] / 2, z + size[1] / 2)
        free = not any(body.overlaps(rect) for rect in (*layout.taken, *layout.clear))
        return free and layout.floor_height(body) is not None

    spots = [(float(x), float(z)) for x in xs for z in zs if ok(float(x), float(z))]

    def score(spot: tuple[float, float]) -> float:
        if not corner:
            return abs(spot[0] - cx) + abs(spot[1] - cz)
        return -min((abs(spot[0] - r.center[0]) + abs(spot[1] - r.center[1]) for r in layout.taken), default=0.0)

    return sorted(spots, key=lambda spot: (round(score(spot), 6), spot))[:12]


def _chairs(
    layout: Layout, chair: Callable[..., Thing], x: float, z: float, width: float, depth: float, turn: float, seats: int
) -> None:
    each, table = max(1, seats // 2), layout.taken[-1]
    for sign in (-1.0, 1.0):
        for k in range(each):
            seat = chair(layout.style)
            along = (width - 0.3) * ((k + 0.5) / each - 0.5)
            off = sign * (depth / 2 + seat.size[2] / 2 - 0.1)
            dx, dz = (along, off) if turn == 0.0 else (off, along)
            seat_at(layout, seat, (x + dx, z + dz), turn + (180.0 if sign > 0 else 0.0), table)


def _chairs_around(layout: Layout, x: float, z: float, radius: float) -> None:
    """A chair on each side of a round table."""
    table = layout.taken[-1]
    for turn in (0.0, 90.0, 180.0, 270.0):
        chair = seating.dining_chair(layout.style)
        off = radius + chair.size[2] / 2 - 0.06
        away = float(np.deg2rad(turn))
        place = (x - off * float(np.sin(away)), z - off * float(np.cos(away)))
        seat_at(layout, chair, place, turn, table)


def breakfast_place(layout: Layout) -> None:
    """A small table at a wall with a chair at either end."""
    style = layout.style
    makers = (
        kitchenware.cereal,
        kitchenware.cup,
        kitchenware.bowl,
        clutter.newspaper,
        plants.flowers,
        kitchenware.fruit_bowl,
    )
    for width, depth in ((0.8, 0.65), (0.65, 0.5)):
        table = strewn(style, tables.table(style, width, depth), some(style, makers, 2, 3))
        spot = layout.against(table, walls(layout), "center", front=0.15)
        if spot is not None:
            _chairs_at_ends(layout, *spot, width, depth)
            return


def _chairs_at_ends(layout: Layout, side: str, s: float, width: float, depth: float) -> None:
    table = layout.taken[-1]
    for sign in (-1.0, 1.0):
        chair = seating.dining_chair(layout.style)
        place = point(layout, side, s + sign * (width / 2 + chair.size[2] / 2 - 0.04), 0.03 + depth / 2)
        seat_at(layout, chair, place, TURNS[side] - sign * 90.0, table, 0.1)


def seat_at(
    layout: Layout, chair: Thing, place: tuple[float, float], turn: float, table: Rect, reach: float = 0.0
) -> bool:
    """Stand a chair at a table, under which it may reach, but into nothing else.

    Args:
        layout: The room.
        chair: The chair.
        place: Its middle (x, z) [m].
        turn: [degrees] as in `Layout.free_standing`.
        table: The table's footprint.
        reach: How far [m] the chair may be shifted.
    """
    mark = layout.mark()
    if not layout.free_standing(chair, *place, turn, reach=reach, seat=True):
        return False
    body = layout.taken[-1].grown(-0.005)
    if any(body.overlaps(rect) for rect in layout.taken[:-1] if rect is not table):
        layout.undo(mark)
        return False
    return True


def work_place(layout: Layout, width: float = 1.3, office: bool = False) -> tuple[str, float] | None:
    """A desk at a wall with its chair, and what lies on desks; where it stands.

    Args:
        layout: The room.
        width: Of the desk [m].
        office: True where a telephone stands on every desk.
    """
    style = layout.style
    for wide in (width, 1.0):
        desk = tables.desk(style, wide)
        first = [devices.telephone(style, "desk")] if office else []
        if not any(item.category == "lamp" for item in desk.carries) and style.chance(0.6):
            first.append(lamps.desk_lamp(style))
        desk = strewn(style, desk, [*first, *some(style, _ON_DESKS, 2, 5)], "edge", 14.0, height=0.8)
        spot = layout.against(desk, walls(layout), "any", front=0.75 if wide == width else 0.6)
        if spot is not None:
            place = point(layout, *spot, desk.size[2] + 0.34)
            chair = seating.office_chair(style)
            seat_at(layout, chair, place, TURNS[spot[0]] + 180.0, layout.taken[-1], 0.1)
            if office and style.chance(0.5):
                _drawers_beside(layout, *spot, wide)
            return spot
    return None


def _drawers_beside(layout: Layout, side: str, s: float, width: float) -> None:
    """Drawers on castors at one end of a desk of that width [m], whose middle is at s [m] of a wall."""
    drawers = cabinets.drawer_pedestal(layout.style)
    aside = width / 2 + 0.03 + drawers.size[0] / 2
    for sign in (1.0, -1.0):
        if beside(layout, drawers, side, s + sign * aside, front=0.3, slack=0.1):
            return
