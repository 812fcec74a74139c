"""Kitchens: a run of cabinets with what stands on its worktop, a refrigerator, a place to eat.

The one idea: the worktop is filled as in `surfaces`, in the order of what every kitchen has: kettle, toaster, knives,
boards, fruit, oil.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.boards import breakfast_place, dining_group
from echoenv.scene.homes.furnishing.common import (
    Maker,
    hang,
    hang_pictures,
    in_corners,
    in_room,
    lay_rug,
    point,
    some,
    walls,
)
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.shell import TURNS
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.surfaces import strewn, without
from echoenv.scene.homes.things import (
    devices,
    fittings,
    fixtures,
    household,
    kitchenware,
    pictures,
    plants,
    seating,
    stands,
    textiles,
)
from echoenv.scene.homes.things.pieces import extent

_ALWAYS = (devices.kettle, kitchenware.toaster, kitchenware.knife_block, kitchenware.utensil_holder)
_OFTEN = (
    kitchenware.coffee_machine,
    devices.microwave,
    kitchenware.fruit_bowl,
    kitchenware.chopping_board,
    kitchenware.jars,
    kitchenware.paper_towel,
    kitchenware.bottle,
    kitchenware.bottle,
    kitchenware.plates_in_pile,
    kitchenware.mixer,
    plants.herb,
    kitchenware.cup,
    kitchenware.bowl,
    kitchenware.cereal,
    kitchenware.tea_pot,
    devices.radio,
    textiles.cloth,
    household.packaging,
)
_LENGTHS = (3.6, 3.0, 2.4, 1.8)


def kitchen(layout: Layout) -> None:
    """A kitchen."""
    style = layout.style
    placed = _run(layout)
    if placed is not None and layout.area > 15.0 and style.chance(0.6):
        _island(layout, *placed)
    if layout.area > 8.0 and not (layout.area > 11.0 and dining_group(layout, 2)):
        breakfast_place(layout)
    if placed is not None:
        side, s = placed
        x, z = point(layout, side, s, 1.05)
        lay_rug(
            layout, lambda st, w, d: textiles.plain_rug(st, w, d, "fabric_stripes", "mat"), 1.2, 0.6, x, z, TURNS[side]
        )
    if style.chance(0.4):
        layout.against(devices.washing_machine(style), walls(layout), "corner", front=0.5)
    in_corners(
        layout,
        [
            household.bin_(style),
            *some(style, (household.broom, household.bucket, household.basket, stands.wine_rack), 1, 2),
        ],
    )
    hang(layout, pictures.clock(style), 1.7, walls(layout))
    hang(layout, _spice_shelf(style), 1.4, walls(layout))
    hang(layout, pictures.calendar(style), 1.35, walls(layout))
    hang_pictures(layout, 1)


def _run(layout: Layout) -> tuple[str, float] | None:
    """A kitchen run with what stands on it, and a refrigerator beside; the wall and the middle of the run."""
    style = layout.style
    for length in _LENGTHS:
        run = stocked(style, fittings.kitchen_run(style, length))
        units = fittings.wall_units(style, length)
        whole = replace(run.carrying(units), size=(run.size[0], round(float(extent(units)[1][1]), 3), run.size[2]))
        for side, thing in itertools.product(walls(layout), (whole, run)):
            if length >= layout.faces[side].length:
                continue
            spot = layout.against(thing, [side], "corner", front=0.75)
            if spot is not None:
                _refrigerator(layout, *spot)
                return spot
    return None


def _island(layout: Layout, side: str, s: float) -> bool:
    """A block before the run with stools on its far side."""
    style = layout.style
    island = strewn(style, fittings.kitchen_island(style, 1.5), some(style, _OFTEN, 2, 4), "any", 15.0)
    off = 1.68 + island.size[2] / 2
    if not in_room(layout, island, side, s, off, 0.0, 0.3):
        return False
    for along in (-0.4, 0.4):
        x, z = point(layout, side, s + along, off + island.size[2] / 2 + 0.1)
        layout.free_standing(seating.bar_stool(style), x, z, TURNS[side] + 180.0, reach=0.2, seat=True)
    return True


def _refrigerator(layout: Layout, side: str, s: float) -> None:
    cold = fittings.refrigerator(layout.style)
    if not layout.against(cold, [side], "near", front=0.6, at=s):
        layout.against(cold, walls(layout), "corner", front=0.6)


def stocked(
    style: Style, run: Thing, always: Sequence[Maker] = _ALWAYS, often: Sequence[Maker] = _OFTEN, most: int = 11
) -> Thing:
    """A kitchen run with things on its worktop, most of them at the back."""
    run = without(run, "bowl", "cup", "bottle")
    hob = next((item for item in run.carries if item.category == "cooktop"), None)
    if hob is not None:
        run = _on_hob(style, run, hob)
    things = [make(style) for make in always]
    return strewn(style, run, [*things, *some(style, often, most - 5, most)], "back", 10.0, height=1.0)


def _on_hob(style: Style, run: Thing, hob: Thing) -> Thing:
    low, high = extent(hob)
    x, z = (float(low[0] + high[0]) / 2, float(low[2] + high[2]) / 2)
    y = float(high[1])
    pot, pan = kitchenware.pot(style), kitchenware.pan(style).turned(200.0)
    run = run.carrying(pot.moved(x - 0.13, y + 0.0006, z - 0.11))
    return run.carrying(pan.moved(x + 0.13, y + 0.0006, z + 0.1)) if style.chance(0.5) else run


def _spice_shelf(style: Style) -> Thing:
    shelf = fixtures.wall_shelf(style, 0.6)
    return strewn(
        style,
        shelf,
        some(
            style,
            (kitchenware.jars, kitchenware.cup, kitchenware.bottle, plants.herb, kitchenware.bowl, kitchenware.can),
            3,
            5,
        ),
        "any",
        5.0,
    )
