"""Groups of things that belong together: sofa and television, table and chairs, bed and nightstands, desk and chair.

The one idea: a group is placed as people would place it, its main thing first; if the rest does not fit, what was
placed is taken away again and the next place is tried (`Layout.mark`, `Layout.undo`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans.plan import SIDES, Rect, opposite
from echoenv.scene.homes.shell import TURNS
from echoenv.scene.homes.things import seating, storage, tables, textiles
from echoenv.scene.homes.things.pictures import picture


def ordered_walls(layout: Layout, free_first: bool = True) -> list[str]:
    """Walls by how much of them has no opening, the freest first."""

    def used(side: str) -> float:
        return sum(b - a + 0.3 for a, b, o in layout.faces[side].openings())

    sides = [SIDES[k] for k in layout.style.rng.permutation(4)]
    return sorted(sides, key=lambda side: -round(layout.faces[side].length - used(side), 1) if free_first else 0.0)


def television_corner(layout: Layout) -> str | None:
    """A sofa, the television that it faces, and what stands between; returns the television's wall."""
    for back in ordered_walls(layout):
        side = opposite(back)
        length = layout.faces[side].length
        across = layout.inside.depth if side in ("north", "south") else layout.inside.width
        width = 2.1 if length > 3.4 else 1.6
        for gap in (0.0, 0.8, across - 3.7):
            if across - gap < 3.3 or (0.0 < gap < 0.8):
                continue
            mark = layout.mark()
            sofa = seating.sofa(layout.style, width)
            spot = layout.against(sofa, [back], "center", front=0.3, gap=gap)
            stand = storage.tv_stand(layout.style, min(1.6, length - 1.2))
            if spot and layout.against(stand, [side], "near", front=0.5, at=length - spot[1]):
                _before_sofa(layout, back, spot[1], gap + sofa.size[2], width)
                return side
            layout.undo(mark)
    return None


def _before_sofa(layout: Layout, back: str, s: float, depth: float, width: float) -> None:
    style = layout.style
    x, z = layout.rect(back, s - 0.1, s + 0.1, depth + 0.68, depth + 0.7).center
    turn = TURNS[back]
    layout.lies(textiles.rug(style, width + 0.3, 1.5), x, z, turn)
    low = tables.coffee_table(style, 0.95, 0.5)
    layout.clear = [rect for rect in layout.clear if not _is_at(rect, x, z)]
    layout.free_standing(low, x, z, turn, reach=0.1)
    for sign in (-1.0, 1.0):
        ax, az = layout.rect(
            back, s + sign * (width / 2 + 0.55) - 0.1, s + sign * (width / 2 + 0.55) + 0.1, depth + 0.5, depth + 0.7
        ).center
        if layout.free_standing(seating.armchair(style), ax, az, turn - sign * 90.0, reach=0.3):
            break


def _is_at(rect: Rect, x: float, z: float) -> bool:
    return rect.x0 < x < rect.x1 and rect.z0 < z < rect.z1


def dining_group(layout: Layout, seats: int, corner: bool = False, meeting: bool = False) -> bool:
    """A table with chairs on its sides, in the middle of what is free, or away from the rest; whether one fitted."""
    style, inside = layout.style, layout.inside
    width, depth = (0.75 * max(1, seats // 2) + 0.25, 0.9) if not meeting else (0.72 * (seats // 2) + 0.35, 1.15)
    make = tables.meeting_table if meeting else tables.table
    chair = seating.office_chair if meeting else seating.dining_chair
    along_x = inside.width >= inside.depth
    turn = 0.0 if along_x else 90.0
    for x, z in _open_spots(layout, (width + 0.1, depth + 1.5) if along_x else (depth + 1.5, width + 0.1), corner):
        top = make(style, width, depth)
        if layout.free_standing(_laid(layout, top, width, depth, meeting), x, z, turn):
            _chairs(layout, chair, x, z, width, depth, turn, seats)
            return True
    return False


def _laid(layout: Layout, top: Thing, width: float, depth: float, meeting: bool) -> Thing:
    style, y = layout.style, top.size[1]
    if meeting:
        things = [
            tables.laptop().turned(180.0).moved(-width / 4, y, depth * 0.7),
            tables.books(style, 2).moved(width / 4, y, depth * 0.4),
        ]
        return top.carrying(*things, tables.cup(style).moved(width / 8, y, depth * 0.6))
    plates = [tables.plate().moved(sx * width / 4, y, depth * f) for sx in (-1, 1) for f in (0.2, 0.8)]
    return top.carrying(tables.bowl(style).moved(0, y, depth / 2), *plates)


def _open_spots(layout: Layout, size: tuple[float, float], corner: bool) -> list[tuple[float, float]]:
    """Middles of free rectangles of a size, the best first: central, or well away from what stands already."""
    inside = layout.inside
    xs = np.arange(inside.x0 + size[0] / 2, inside.x1 - size[0] / 2 + 1e-6, 0.15)
    zs = np.arange(inside.z0 + size[1] / 2, inside.z1 - size[1] / 2 + 1e-6, 0.15)
    cx, cz = inside.center

    def ok(x: float, z: float) -> bool:
        body = Rect(x - size[0] / 2, z - size[1] / 2, x + size[0] / 2, z + size[1] / 2)
        return not any(body.overlaps(rect) for rect in (*layout.taken, *layout.clear))

    spots = [(float(x), float(z)) for x in xs for z in zs if ok(float(x), float(z))]

    def score(spot: tuple[float, float]) -> float:
        if not corner:
            return abs(spot[0] - cx) + abs(spot[1] - cz)
        return -min((abs(spot[0] - r.center[0]) + abs(spot[1] - r.center[1]) for r in layout.taken), default=0.0)

    return sorted(spots, key=lambda spot: (round(score(spot), 6), spot))[:12]


def _chairs(
    layout: Layout, chair: Callable[..., Thing], x: float, z: float, width: float, depth: float, turn: float, seats: int
) -> None:
    each = max(1, seats // 2)
    for sign in (-1.0, 1.0):
        for k in range(each):
            seat = chair(layout.style)
            along = width * ((k + 0.5) / each - 0.5)
            off = sign * (depth / 2 + seat.size[2] / 2 - 0.16)
            dx, dz = (along, off) if turn == 0.0 else (off, along)
            layout.free_standing(seat, x + dx, z + dz, turn + (180.0 if sign > 0 else 0.0), seat=True)


def breakfast_place(layout: Layout) -> None:
    """A small table at a wall with a chair at either end."""
    style = layout.style
    spot = layout.against(tables.table(style, 0.75, 0.6), ordered_walls(layout), "center", front=0.3)
    if spot is None:
        return
    side, s = spot
    for sign in (-1.0, 1.0):
        x, z = layout.rect(side, s + sign * 0.5 - 0.1, s + sign * 0.5 + 0.1, 0.25, 0.4).center
        layout.free_standing(seating.dining_chair(style), x, z, TURNS[side] - sign * 90.0, reach=0.1, seat=True)


def bed_and_wardrobe(layout: Layout) -> None:
    """The broadest bed, in the middle of a wall if possible, that leaves room for a wardrobe."""
    mark = layout.mark()
    widths = [width for width in (1.8, 1.6, 1.4, 1.0) if layout.area > 4.0 + 4.5 * width]
    for width in widths or [0.9]:
        for prefer in ("center", "corner"):
            spot = layout.against(seating.bed(layout.style, width), ordered_walls(layout), prefer, front=0.55)
            if spot is not None:
                around_bed(layout, *spot, width)
                for long in (1.6, 1.2, 0.9):
                    closet = storage.wardrobe(layout.style, long)
                    if layout.against(closet, ordered_walls(layout), "corner", front=0.6):
                        return
            layout.undo(mark)
    layout.against(seating.bed(layout.style, 0.9), ordered_walls(layout), "corner", front=0.5)


def around_bed(layout: Layout, side: str, s: float, width: float) -> None:
    """Nightstands, a picture and a rug for a bed whose middle is at s [m] of a wall."""
    style = layout.style
    for sign in (-1.0, 1.0):
        at = s + sign * (width / 2 + 0.32)
        if 0.2 < at < layout.faces[side].length - 0.2:
            mark = layout.mark()
            spot = layout.against(tables.nightstand(style), [side], "near", front=0.3, at=at)
            if spot is not None and abs(spot[1] - at) > 0.3:
                layout.undo(mark)  # it would stand away from the bed
    layout.on_wall(picture(style, 0.9, 0.6), 1.35, [side], at=s)
    x, z = layout.rect(side, s - 0.1, s + 0.1, 1.65, 1.75).center
    layout.lies(textiles.rug(style, width + 1.0, 1.5), x, z, TURNS[side])


def work_place(layout: Layout, width: float = 1.3) -> bool:
    """A desk of that width [m] at a wall with its chair; whether one fitted."""
    style = layout.style
    spot = layout.against(tables.desk(style, width), ordered_walls(layout), "any", front=0.75)
    if spot is None:
        return False
    side, s = spot
    x, z = layout.rect(side, s - 0.1, s + 0.1, 0.85, 0.95).center
    layout.free_standing(seating.office_chair(style), x, z, TURNS[side] + 180.0, reach=0.1, seat=True)
    return True


def in_corners(layout: Layout, things: list[Thing]) -> None:
    """Small things, each in a corner that is still free."""
    for thing in things:
        layout.against(thing, [SIDES[k] for k in layout.style.rng.permutation(4)], "corner", front=0.0)


def pictures(layout: Layout, count: int) -> None:
    """A picture on each of at most `count` walls."""
    style = layout.style
    for side in [SIDES[k] for k in style.rng.permutation(4)][:count]:
        high = style.between(0.45, 0.75)
        layout.on_wall(picture(style, style.between(0.5, 1.1), high), 1.72 - high / 2, [side])
