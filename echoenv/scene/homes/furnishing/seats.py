"""Where people sit together: sofa and television, the rug and table between them, corners to read in.

The one idea: a group is placed as people would place it, its main thing first; if the rest does not fit, what was
placed is taken away again and the next place is tried (`Layout.mark`, `Layout.undo`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.furnishing.common import any_rug, beside, in_room, point, some, sounding, walls
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import opposite
from echoenv.scene.homes.shell import TURNS
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.surfaces import strewn, without
from echoenv.scene.homes.things import clutter, devices, household, kitchenware, lamps, plants, seating, storage, tables
from echoenv.scene.homes.things.pieces import one_of

_BEFORE_CURTAINS = 0.25  # [m] from a wall with windows to a sofa's back
_DEEP = 0.92  # [m] of the seats of a corner sofa


@dataclass(frozen=True)
class Sofa:
    """A sofa that found its place.

    Attributes:
        back: The wall behind it.
        s: Where its middle is along that wall [m].
        front: How far [m] its seat reaches from the wall.
        width: [m].
        open: Shift [m] along the wall from its middle to the middle of what is before it.
    """

    back: str
    s: float
    front: float
    width: float
    open: float = 0.0


def coffee_table(style: Style, width: float = 1.0) -> Thing:
    """A coffee table with what people leave on it."""
    table = without(tables.coffee_table(style, width, style.between(0.5, 0.6)), "book", "bowl")
    first = [one_of(style, (clutter.books, clutter.magazines))(style), clutter.remote_control(style)]
    makers = (
        kitchenware.cup,
        kitchenware.saucer_cup,
        plants.flowers,
        plants.succulent,
        lamps.candle,
        clutter.newspaper,
        clutter.glasses,
        clutter.tablet,
        kitchenware.fruit_bowl,
        clutter.decorative_box,
        kitchenware.wine_glass,
    )
    return strewn(style, table, [*first, *some(style, makers, 2, 4)])


def television_stand(style: Style, width: float) -> Thing:
    """A television on its stand, with what stands beside it; it sounds."""
    stand = sounding(storage.tv_stand(style, width), "tv-screen")
    makers = (clutter.game_console, plants.succulent, clutter.photo_stand, clutter.vase, clutter.sculpture)
    return strewn(style, stand, some(style, makers, 1, 2), "edge", 8.0, height=0.7)


def television_corner(layout: Layout, kind: str = "") -> str | None:
    """A sofa, the television that it faces, and what stands between.

    Args:
        layout: The room.
        kind: `corner` for a corner sofa, `pair` for two sofas at a right angle, or plain.

    Returns:
        The television's wall, or None where they do not fit.
    """
    for aside, back in itertools.product((0.35, 1.0, 1.7), walls(layout)):
        side = opposite(back)
        length = layout.faces[side].length
        across = layout.inside.depth if side in ("north", "south") else layout.inside.width
        for gap in (0.0, _BEFORE_CURTAINS, 0.8, across - 3.7):
            narrow = across - gap < 3.2 or 0.0 < gap < _BEFORE_CURTAINS
            if narrow or (kind == "corner" and (gap > 0.0 or across < 3.9)):
                continue
            mark = layout.mark()
            sofa = _sofa(layout, back, length, gap, kind)
            if sofa and _television(layout, side, length - sofa.s, aside):
                _before_sofa(layout, sofa, kind)
                return side
            layout.undo(mark)
    return None


def _television(layout: Layout, side: str, s: float, aside: float) -> bool:
    """A television with its loudspeakers, at most `aside` [m] from being right before a sofa."""
    length = layout.faces[side].length
    for width in (min(1.7, max(1.2, length - 1.6)), 1.2):
        mark = layout.mark()
        stand = television_stand(layout.style, width)
        spot = layout.against(stand, [side], "near", front=0.5, at=s)
        if spot is not None and abs(spot[1] - s) <= aside:
            _beside_television(layout, side, spot[1], stand.size[0])
            return True
        layout.undo(mark)
    return False


def _sofa(layout: Layout, back: str, length: float, gap: float, kind: str) -> Sofa | None:
    style = layout.style
    if kind == "corner" and length > 3.5:
        side = one_of(style, ("left", "right"))
        thing = seating.corner_sofa(style, min(2.8, length - 0.9), side=side)
        spot = layout.against(thing, [back], "center", front=0.3)
        if spot is None:
            return None
        width, deep = thing.size[0], thing.size[2]
        lies = -1.0 if side == "left" else 1.0
        ends = (spot[1] + lies * width / 2, spot[1] + lies * (width / 2 - 0.92))
        layout.taken[-1:] = [
            layout.rect(back, spot[1] - width / 2, spot[1] + width / 2, 0.0, _DEEP + 0.02),
            layout.rect(back, min(ends), max(ends), 0.0, deep + 0.02),
        ]
        return Sofa(back, spot[1], _DEEP, width, -lies * 0.48)
    thing = seating.sofa(style, 2.1 if length > 3.4 else 1.6)
    spot = layout.against(thing, [back], "center", front=0.3, gap=gap)
    return Sofa(back, spot[1], gap + thing.size[2], thing.size[0]) if spot else None


def _before_sofa(layout: Layout, sofa: Sofa, kind: str) -> None:
    """Rug, coffee table, more seats, and small tables at the sofa's ends."""
    style, turn = layout.style, TURNS[sofa.back]
    middle = sofa.s + sofa.open
    x, z = point(layout, sofa.back, middle, sofa.front + 0.72)
    any_rug(layout, sofa.width + 0.5 - abs(sofa.open), 1.9, x, z, turn)
    layout.clear = [rect for rect in layout.clear if not (rect.x0 < x < rect.x1 and rect.z0 < z < rect.z1)]
    layout.free_standing(coffee_table(style, 0.95), x, z, turn, reach=0.15)
    signs: tuple[float, ...] = (1.0, -1.0) if style.chance(0.5) else (-1.0, 1.0)
    if kind == "corner" and sofa.open:
        signs = signs if signs[0] * sofa.open > 0.0 else (signs[1], signs[0])
        signs = signs[:1]
    for sign in signs:
        seat = seating.sofa(style, 1.5) if kind == "pair" else seating.armchair(style)
        aside = sofa.width / 2 + 0.12 + seat.size[2] / 2
        if (
            in_room(layout, seat, sofa.back, sofa.s + sign * aside, sofa.front + 0.75, -sign * 90.0, 0.35)
            and kind == "pair"
        ):
            break
    for sign in signs:
        _end_table(layout, sofa, sign)
    if style.chance(0.5):
        pouf = seating.ottoman(style) if style.chance(0.6) else seating.bean_bag(style)
        in_room(layout, pouf, sofa.back, middle - 0.9, sofa.front + 1.35, 0.0, 0.3)


def _end_table(layout: Layout, sofa: Sofa, sign: float) -> None:
    """A small table with a lamp, or a standing lamp, at an end of a sofa that stands at the wall."""
    style = layout.style
    if sofa.front > 1.1:
        return
    thing = side_table(style) if style.chance(0.5) else lamps.floor_lamp(style)
    beside(layout, thing, sofa.back, sofa.s + sign * (sofa.width / 2 + 0.05 + thing.size[0] / 2), slack=0.2)


def side_table(style: Style) -> Thing:
    """A small table with a lamp and a few things."""
    makers = (clutter.book, kitchenware.cup, clutter.photo_stand, clutter.glasses, plants.succulent)
    return strewn(style, tables.side_table(style), [lamps.bedside_lamp(style), *some(style, makers, 1, 2)], "back")


def _beside_television(layout: Layout, side: str, s: float, width: float) -> None:
    """Loudspeakers to both sides of a television, one or two; else a plant."""
    style = layout.style
    speaker = devices.loudspeaker(style, "floor")
    for sign in (-1.0, 1.0):
        if style.chance(0.8):
            beside(layout, speaker, side, s + sign * (width / 2 + 0.12 + speaker.size[0] / 2), slack=0.2)


def reading_corner(layout: Layout) -> bool:
    """An armchair or rocking chair in a corner with a lamp, a small table or a basket with a blanket."""
    style = layout.style
    seat = one_of(style, (seating.armchair, seating.armchair, seating.rocking_chair, seating.chaise_longue))(style)
    spot = layout.against(seat, walls(layout), "corner", front=0.4)
    if spot is None:
        return False
    side, s = spot
    for thing in (lamps.floor_lamp(style), side_table(style), household.basket(style)):
        for sign in (-1.0, 1.0):
            if beside(layout, thing, side, s + sign * (seat.size[0] / 2 + 0.06 + thing.size[0] / 2), slack=0.15):
                break
    x, z = point(layout, side, s, seat.size[2] * 0.75)
    any_rug(layout, 1.5, 1.2, x, z, TURNS[side])
    return True
