"""What rules of several rooms share: walls in the order to try, things beside things, rugs, pictures, corners.

The one idea: every helper either places a thing where it makes sense or leaves the room as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from echoenv.scene.homes.assembly import Thing, as_point
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import SIDES, Rect
from echoenv.scene.homes.shell import TURNS
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.surfaces import strewn
from echoenv.scene.homes.things import fixtures, pictures, plants, textiles
from echoenv.scene.homes.things.pieces import extent, one_of

Maker = Callable[[Style], Thing]


def walls(layout: Layout, free_first: bool = True) -> list[str]:
    """Walls by how much of them has no opening, the freest first; equal ones in an order by chance."""

    def used(side: str) -> float:
        return sum(b - a + 0.3 for a, b, o in layout.faces[side].openings())

    sides = [SIDES[k] for k in layout.style.rng.permutation(4)]
    return sorted(sides, key=lambda side: -round(layout.faces[side].length - used(side), 1) if free_first else 0.0)


def beside(layout: Layout, thing: Thing, side: str, at: float, front: float = 0.0, slack: float = 0.25) -> bool:
    """Stand a thing at a wall with its middle at s = `at` [m], or not at all if that is farther than `slack` off."""
    mark = layout.mark()
    spot = layout.against(thing, [side], "near", front=front, at=at)
    if spot is not None and abs(spot[1] - at) > slack:
        layout.undo(mark)
        return False
    return spot is not None


def hang(
    layout: Layout, thing: Thing, y: float, sides: Sequence[str], at: float | None = None, reserve: bool = False
) -> str | None:
    """Hang a thing on a wall where it is free of walls' openings and of all that stands or hangs in the room.

    Args:
        layout: The room.
        thing: What to hang, in the wall's frame.
        y: Height [m] of its lower edge.
        sides: Walls to try.
        at: The s [m] of its middle, or None for the first place.
        reserve: True where nothing may stand before it later.

    Returns:
        The wall, or None.
    """
    for side in sides:
        mark = layout.mark()
        if not layout.on_wall(thing, y, [side], at=at):
            continue
        if not _is_in_the_way(layout, mark[3]):
            if reserve:
                layout.taken.append(_footprint(layout.assembly.placed[mark[3]].thing).grown(0.01))
            return side
        layout.undo(mark)
    return None


def _footprint(thing: Thing) -> Rect:
    low, high = extent(thing)
    return Rect(float(low[0]), float(low[2]), float(high[0]), float(high[2]))


def _is_in_the_way(layout: Layout, number: int) -> bool:
    """Whether the thing placed at that number meets another or stands in a doorway."""
    placed = layout.assembly.placed
    low, high = extent(placed[number].thing)
    body = Rect(float(low[0]), float(low[2]), float(high[0]), float(high[2]))
    for side, face in layout.faces.items():
        for left, right, opening in face.openings():
            passed = opening.kind != "window" and low[1] < 1.96
            if passed and body.overlaps(layout.rect(side, left, right, 0.0, 0.52)):
                return True
    for item in placed[:number]:
        if item.room == layout.assembly.room and not item.carrier:
            a, b = extent(item.thing)
            if bool((a < high - 0.004).all() and (low < b - 0.004).all()):
                return True
    return False


def point(layout: Layout, side: str, s: float, off: float) -> tuple[float, float]:
    """The place (x, z) [m] that is `off` before a wall at s."""
    return layout.rect(side, s - 0.01, s + 0.01, off - 0.01, off + 0.01).center


def in_room(
    layout: Layout, thing: Thing, side: str, s: float, off: float, turn: float = 0.0, reach: float = 0.2
) -> bool:
    """Stand a thing free, `off` [m] before a wall at s, turned from that wall's own direction."""
    x, z = point(layout, side, s, off)
    return layout.free_standing(thing, x, z, TURNS[side] + turn, reach=reach)


def lay_rug(
    layout: Layout,
    make: Callable[[Style, float, float], Thing],
    width: float,
    depth: float,
    x: float,
    z: float,
    turn: float,
) -> bool:
    """Lay a rug with its middle at x, z, smaller if it must be; never under a door's leaf or on another rug."""
    swung = round(turn / 90.0) % 2 == 1
    for share in (1.0, 0.85, 0.7, 0.55):
        w, d = round(share * width, 2), round(share * depth, 2)
        half_x, half_z = (d / 2, w / 2) if swung else (w / 2, d / 2)
        body = Rect(x - half_x, z - half_z, x + half_x, z + half_z).grown(0.03)
        if any(body.overlaps(rect) for rect in _rugs(layout)):
            continue
        if layout.inside.grown(-0.06).contains(body) and layout.lies(make(layout.style, w, d), x, z, turn):
            return True
    return False


def _rugs(layout: Layout) -> list[Rect]:
    lying = [
        extent(item.thing)
        for item in layout.assembly.placed
        if item.room == layout.assembly.room and item.thing.category in ("rug", "mat") and not item.carrier
    ]
    inside = layout.inside
    boxes = [Rect(float(low[0]), float(low[2]), float(high[0]), float(high[2])) for low, high in lying]
    return [box for box in boxes if inside.overlaps(box)]


def in_corners(layout: Layout, things: Sequence[Thing]) -> int:
    """Small things, each in a corner that is still free; how many found one."""
    found = 0
    for thing in things:
        sides = [SIDES[k] for k in layout.style.rng.permutation(4)]
        found += layout.against(thing, sides, "corner", front=0.0) is not None
    return found


def add_plant(layout: Layout, height: float) -> bool:
    """A plant of about that height [m] in a corner, or a smaller one, or one on a board at the wall."""
    style = layout.style
    for high in (height, 0.9, 0.62):
        if in_corners(layout, [plants.plant(style, high)]):
            return True
    board = strewn(style, fixtures.wall_shelf(style, 0.4), [plants.trailing_plant(style)])
    return hang(layout, board, 1.5, walls(layout)) is not None


def hang_pictures(layout: Layout, count: int) -> None:
    """Pictures at eye height on at most `count` walls, two on long ones: single, in pairs, posters, photographs."""
    style = layout.style
    sides = [SIDES[k] for k in style.rng.permutation(4)][:count]
    for side in [one for one in sides for _ in range(1 + int(layout.faces[one].length / 3.6))]:
        thing = _to_look_at(style)
        hang(layout, thing, round(1.58 - thing.size[1] / 2, 2), [side])


def _to_look_at(style: Style) -> Thing:
    kind = int(style.rng.integers(6))
    if kind == 0:
        return pictures.poster(style, 0.6, 0.85)
    if kind == 1:
        return pictures.photo_wall(style, 2 + int(style.rng.integers(2)), 2)
    if kind == 2:
        return _pair(style)
    high = style.between(0.5, 0.8)
    return pictures.picture(style, style.between(0.55, 1.2), high)


def _pair(style: Style) -> Thing:
    wide, high = style.between(0.38, 0.5), style.between(0.5, 0.65)
    first, second = (pictures.picture(style, wide, high) for _ in range(2))
    off = wide / 2 + 0.05
    left = first.moved(-off)
    return replace(left, size=(2 * wide + 0.1, high, 0.03)).carrying(second.moved(off))


def sounding(thing: Thing, category: str, share: tuple[float, float, float] = (0.5, 0.35, 1.0)) -> Thing:
    """The thing whose parts of a category know where they sound: at a share of the way through their boxes.

    A television sounds at the lower front of its screen.
    """
    carries = tuple(sounding(item, category, share) for item in thing.carries)
    if thing.category != category or thing.sounds_at is not None:
        return replace(thing, carries=carries)
    low, high = extent(thing)
    at = as_point(low + np.asarray(share) * (high - low))
    return replace(thing, carries=carries, sounds_at=at)


def any_rug(layout: Layout, width: float, depth: float, x: float, z: float, turn: float) -> bool:
    """A rug of the home's taste; as `lay_rug`."""
    return lay_rug(layout, textiles.any_rug, width, depth, x, z, turn)


def some(style: Style, makers: Sequence[Maker], least: int, most: int) -> list[Thing]:
    """Between `least` and `most` things of different kinds, in an order by chance."""
    count = int(style.rng.integers(least, most + 1))
    order = style.rng.permutation(len(makers))[:count]
    return [makers[int(k)](style) for k in order]


def against_any(
    layout: Layout, makers: Sequence[Maker], prefer: str = "any", front: float = 0.5
) -> tuple[str, float] | None:
    """One of several things, the first by chance that fits, at the freest wall that takes it."""
    order = layout.style.rng.permutation(len(makers))
    for k in order:
        spot = layout.against(makers[int(k)](layout.style), walls(layout), prefer, front=front)
        if spot is not None:
            return spot
    return None


__all__ = [
    "Maker",
    "add_plant",
    "against_any",
    "any_rug",
    "beside",
    "hang",
    "hang_pictures",
    "in_corners",
    "in_room",
    "lay_rug",
    "one_of",
    "point",
    "some",
    "sounding",
    "walls",
]
