"""Bathrooms: tub or shower, basin with mirror, toilet with paper and brush, washing machine, towels.

The one idea: the large things go to the walls in the order of their size; the small ones stand on them or hang beside.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import beside, hang, in_corners, lay_rug, some, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import SIDES
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.surfaces import set_down, strewn, without
from echoenv.scene.homes.things import (
    bathroom_items,
    devices,
    fittings,
    fixtures,
    household,
    lamps,
    plants,
    storage,
    textiles,
)
from echoenv.scene.homes.things.pieces import stood


def bathroom(layout: Layout) -> None:
    """A bathroom."""
    style = layout.style
    narrow = sorted(SIDES, key=lambda side: layout.faces[side].length)
    tub = _tub(style, min(1.7, layout.faces[narrow[0]].length - 0.06))
    showers = layout.area < 4.0 or (layout.area < 6.5 and style.chance(0.4))
    if showers or not layout.against(tub, narrow, "corner", front=0.5):
        layout.against(fittings.shower(0.85), walls(layout), "corner", front=0.45)
    layout.against(_basin(style), walls(layout), "any", front=0.55)
    toilet = _toilet(layout)
    if layout.area > 4.5:
        _washing_machine(layout)
    if layout.area > 7.0 and style.chance(0.4):
        layout.against(fittings.bidet(), walls(layout), "any", front=0.5)
    if layout.area > 6.0 and style.chance(0.5):
        _towel_shelf(layout)
    if toilet is not None:
        _paper(layout, *toilet)
    if style.chance(0.5):
        hang(layout, fittings.towel_radiator(style), 0.5, walls(layout), reserve=True)
    hang(layout, textiles.towel(style, 0.45), 0.75, walls(layout))
    hang(layout, _shelf(style), 1.3, walls(layout))
    hang(layout, bathroom_items.hooks(style), 0.75, walls(layout))
    in_corners(layout, [household.bin_(style), household.laundry_basket(style), bathroom_items.scale(style)])
    x, z = layout.inside.center
    lay_rug(layout, textiles.mat, 0.8, 0.5, x, z, 0.0 if layout.inside.width >= layout.inside.depth else 90.0)


def _tub(style: Style, length: float) -> Thing:
    tub = fittings.bathtub(length)
    if style.chance(0.5):
        low = tub.size[1]
        tray = bathroom_items.bath_tray(style)
        tub = set_down(tub, tray, 0.15 * length, tub.size[2] / 2, low)
    return tub


def _basin(style: Style) -> Thing:
    """A basin with toothbrushes, soap and a bottle on its rim."""
    basin = without(fittings.basin(style, 0.8 if style.chance(0.4) else 0.6), "bottle")
    makers = (bathroom_items.toothbrushes, bathroom_items.soap_dispenser, bathroom_items.creams, bathroom_items.shampoo)
    return strewn(style, basin, [make(style) for make in makers], "back", 10.0, height=1.0)


def _shelf(style: Style) -> Thing:
    """A board on the wall with toothbrushes, soap and bottles."""
    makers = (bathroom_items.toothbrushes, bathroom_items.soap_dispenser, bathroom_items.creams, plants.succulent)
    board = fixtures.wall_shelf(style, style.between(0.5, 0.75))
    return strewn(style, board, [bathroom_items.toothbrushes(style), *some(style, makers[1:], 2, 3)], "any", 8.0)


def _toilet(layout: Layout) -> tuple[str, float] | None:
    """A toilet with its brush; its wall and place."""
    style = layout.style
    seat = fittings.toilet()
    spot = layout.against(seat, walls(layout), "any", front=0.5)
    if spot is None:
        return None
    side, s = spot
    brush = stood(bathroom_items.toilet_brush(style))
    for sign in (-1.0, 1.0):
        if beside(layout, brush, side, s + sign * (seat.size[0] + brush.size[0] + 0.01) / 2, slack=0.06):
            break
    return spot


def _paper(layout: Layout, side: str, s: float) -> None:
    """Toilet paper on the wall at either side of a toilet."""
    for sign in (1.0, -1.0):
        if hang(layout, bathroom_items.toilet_paper(layout.style), 0.65, [side], at=s + sign * 0.48):
            return


def _washing_machine(layout: Layout) -> None:
    """A washing machine with detergent and towels on it."""
    style = layout.style
    makers = (
        household.packaging,
        textiles.folded_towels,
        bathroom_items.shampoo,
        bathroom_items.spare_rolls,
        devices.hair_dryer,
    )
    machine = strewn(style, devices.washing_machine(style), some(style, makers, 2, 3), "any", 10.0)
    layout.against(machine, walls(layout), "corner", front=0.55)


def _towel_shelf(layout: Layout) -> None:
    style = layout.style
    chest = storage.dresser(style, 0.6)
    makers = (textiles.folded_towels, plants.succulent, lamps.candle, bathroom_items.creams, bathroom_items.spare_rolls)
    chest = strewn(style, without(chest, "vase"), some(style, makers, 2, 4), "any", 10.0)
    layout.against(chest, walls(layout), "any", front=0.4)
