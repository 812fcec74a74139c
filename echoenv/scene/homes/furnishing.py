"""What belongs in a room of each kind, and where: the rules by which homes are furnished.

The one idea: a rule asks a `Layout` for the places that people would choose (the bed's head at a wall, the television
facing the sofa, chairs at tables) in order of importance; what does not fit is left out. `furnish` is the only entry.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes import decor, fittings, seating, storage, tables
from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plan import SIDES, Rect, opposite
from echoenv.scene.homes.shell import TURNS


def furnish(layout: Layout) -> None:
    """Fill a room with what belongs there, hang lamps and dress its windows."""
    _dress_windows(layout)
    _RULES[layout.room.kind](layout)
    _light(layout)


def _ordered_walls(layout: Layout, free_first: bool = True) -> list[str]:
    """Walls by how much of them has no opening, the freest first."""

    def used(side: str) -> float:
        return sum(b - a + 0.3 for a, b, o in layout.faces[side].openings())

    sides = [SIDES[k] for k in layout.style.rng.permutation(4)]
    return sorted(sides, key=lambda side: -round(layout.faces[side].length - used(side), 1) if free_first else 0.0)


def _dress_windows(layout: Layout) -> None:
    for face in layout.faces.values():
        for left, right, opening in face.openings():
            if opening.kind != "window":
                continue
            if layout.room.kind in ("living", "bedroom", "hotel", "dining"):
                low = 0.03 if opening.bottom < 0.3 else opening.bottom - 0.12
                layout.assembly.add(face.placed(decor.curtains(layout.style, right - left, opening.top, low), left))
            elif layout.room.kind in ("office", "meeting", "lounge", "open_office", "study"):
                layout.assembly.add(face.placed(decor.blinds(right - left, opening.top - opening.bottom), left, opening.bottom))


def _light(layout: Layout) -> None:
    inside, kind = layout.inside, layout.room.kind
    office = kind in ("office", "meeting", "lounge", "open_office")
    spacing = 2.4 if office else 3.6
    columns, rows = max(1, round(inside.width / spacing)), max(1, round(inside.depth / spacing))
    for i in range(columns):
        for k in range(rows):
            x = inside.x0 + inside.width * (i + 0.5) / columns
            z = inside.z0 + inside.depth * (k + 0.5) / rows
            layout.hangs(decor.panel_light() if office else decor.ceiling_lamp(layout.style), x, z)


def _living(layout: Layout) -> None:
    style = layout.style
    seat = _television_corner(layout)
    if seat is None:
        layout.against(seating.sofa(style, 1.9), _ordered_walls(layout), "center", front=0.6)
    if layout.area > 17.0:
        _dining_group(layout, 4 if layout.area > 21.0 else 2, corner=True)
    layout.against(storage.bookshelf(style, style.between(0.8, 1.2)), _ordered_walls(layout), "corner", front=0.5)
    if layout.area > 14.0:
        layout.against(storage.dresser(style, style.between(0.9, 1.3)), _ordered_walls(layout), "any", front=0.5)
    _corner_things(layout, [decor.plant(style, style.between(1.0, 1.5)), decor.floor_lamp(style), decor.plant(style, style.between(0.7, 1.0))])
    _pictures(layout, 4)


def _television_corner(layout: Layout) -> str | None:
    """A television, the sofa that faces it, and what stands between; returns the television's wall."""
    style = layout.style
    for side in _ordered_walls(layout):
        length = layout.faces[side].length
        across = layout.inside.depth if side in ("north", "south") else layout.inside.width
        width = 2.1 if length > 3.4 else 1.6
        spot = layout.against(storage.tv_stand(style, min(1.6, length - 1.2)), [side], "center", front=0.6)
        if spot is None:
            continue
        sofa, back = seating.sofa(style, width), opposite(side)
        gap = max(0.0, across - 3.9) if across > 4.6 else 0.0
        mirrored = length - spot[1]
        placed = layout.against(sofa, [back], "near", front=0.3, at=mirrored, gap=gap)
        placed = placed or layout.against(sofa, [back], "near", front=0.3, at=mirrored)
        if placed is not None:
            _before_sofa(layout, back, placed[1], gap + sofa.size[2], width)
        return side
    return None


def _before_sofa(layout: Layout, back: str, s: float, depth: float, width: float) -> None:
    style = layout.style
    x, z = layout.rect(back, s - 0.1, s + 0.1, depth + 0.68, depth + 0.7).center
    turn = TURNS[back]
    layout.lies(decor.rug(style, width + 0.3, 1.5), x, z, turn)
    low = tables.coffee_table(style, 0.95, 0.5)
    layout.clear = [rect for rect in layout.clear if not _is_at(rect, x, z)]
    layout.free_standing(low, x, z, turn, reach=0.1)
    for sign in (-1.0, 1.0):
        ax, az = layout.rect(back, s + sign * (width / 2 + 0.55) - 0.1, s + sign * (width / 2 + 0.55) + 0.1, depth + 0.5, depth + 0.7).center
        if layout.free_standing(seating.armchair(style), ax, az, turn - sign * 90.0, reach=0.3):
            break


def _is_at(rect: Rect, x: float, z: float) -> bool:
    return rect.x0 < x < rect.x1 and rect.z0 < z < rect.z1


def _dining_group(layout: Layout, seats: int, corner: bool = False, meeting: bool = False) -> bool:
    """A table with chairs on its sides, in the open (or where most room is left)."""
    style, inside = layout.style, layout.inside
    width, depth = (0.75 * max(1, seats // 2) + 0.25, 0.9) if not meeting else (0.72 * (seats // 2) + 0.35, 1.15)
    make = tables.meeting_table if meeting else tables.table
    chair = seating.office_chair if meeting else seating.dining_chair
    along_x = inside.width >= inside.depth
    turn = 0.0 if along_x else 90.0
    for x, z in _open_spots(layout, (width, depth + 1.1) if along_x else (depth + 1.1, width), corner):
        top = make(style, width, depth)
        if layout.free_standing(_laid(layout, top, width, depth, meeting), x, z, turn):
            _chairs(layout, chair, x, z, width, depth, turn, seats)
            return True
    return False


def _laid(layout: Layout, top: Thing, width: float, depth: float, meeting: bool) -> Thing:
    style, y = layout.style, top.size[1]
    if meeting:
        things = [tables.laptop().turned(180.0).moved(-width / 4, y, depth * 0.7), tables.books(style, 2).moved(width / 4, y, depth * 0.4)]
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


def _chairs(layout: Layout, chair: Callable[..., Thing], x: float, z: float, width: float, depth: float, turn: float, seats: int) -> None:
    each = max(1, seats // 2)
    for sign in (-1.0, 1.0):
        for k in range(each):
            seat = chair(layout.style)
            along = width * ((k + 0.5) / each - 0.5)
            off = sign * (depth / 2 + seat.size[2] / 2 - 0.16)
            dx, dz = (along, off) if turn == 0.0 else (off, along)
            layout.free_standing(seat, x + dx, z + dz, turn + (180.0 if sign > 0 else 0.0), seat=True)


def _kitchen(layout: Layout) -> None:
    style, done = layout.style, False
    for side in _ordered_walls(layout):
        windows = any(o.kind == "window" for _, _, o in layout.faces[side].openings())
        for length in (3.6, 3.0, 2.4, 1.8):
            run = fittings.kitchen_run(style, length)
            spot = layout.against(run, [side], "corner", front=0.75) if length < layout.faces[side].length else None
            if spot is not None:
                done = True
                if not windows:
                    units = fittings.wall_units(style, length)
                    layout.assembly.add(layout.faces[side].placed(units, spot[1]))
                layout.against(fittings.refrigerator(style), [side, *_ordered_walls(layout)], "near", front=0.6, at=spot[1] + length / 2 + 0.33)
                break
        if done:
            break
    if layout.area > 9.0:
        _dining_group(layout, 2)
    layout.against(decor.bin_(style), SIDES, "corner", front=0.0)
    layout.on_wall(decor.clock(), 1.7, _ordered_walls(layout))
    _pictures(layout, 1)


def _bedroom(layout: Layout) -> None:
    style = layout.style
    wide = 1.6 if layout.area > 10.5 else (1.4 if layout.area > 8.5 else 0.95)
    spot = layout.against(seating.bed(style, wide), _ordered_walls(layout), "center", front=0.65)
    if spot is None:
        spot = layout.against(seating.bed(style, 0.9), _ordered_walls(layout), "corner", front=0.5)
    if spot is not None:
        side, s = spot
        for sign in (-1.0, 1.0):
            layout.against(tables.nightstand(style), [side], "near", front=0.3, at=s + sign * (wide / 2 + 0.32))
        layout.on_wall(decor.picture(style, 0.9, 0.6), 1.35, [side], at=s)
        x, z = layout.rect(side, s - 0.1, s + 0.1, 1.65, 1.75).center
        layout.lies(decor.rug(style, wide + 1.0, 1.5), x, z, TURNS[side])
    layout.against(storage.wardrobe(style, 1.5 if layout.area > 9.5 else 1.0), _ordered_walls(layout), "corner", front=0.65)
    if layout.area > 12.0 and not _work_place(layout):
        layout.against(storage.dresser(style), _ordered_walls(layout), "any", front=0.5)
    _corner_things(layout, [decor.plant(style, style.between(0.7, 1.2))])
    _pictures(layout, 2)


def _work_place(layout: Layout, width: float = 1.3) -> bool:
    style = layout.style
    spot = layout.against(tables.desk(style, width), _ordered_walls(layout), "any", front=0.75)
    if spot is None:
        return False
    side, s = spot
    x, z = layout.rect(side, s - 0.1, s + 0.1, 0.85, 0.95).center
    layout.free_standing(seating.office_chair(style), x, z, TURNS[side] + 180.0, reach=0.1, seat=True)
    return True


def _bathroom(layout: Layout) -> None:
    style = layout.style
    walls = sorted(SIDES, key=lambda side: layout.faces[side].length)
    if layout.area < 4.0 or not layout.against(fittings.bathtub(min(1.7, layout.faces[walls[0]].length - 0.06)), walls, "corner", front=0.5):
        layout.against(fittings.shower(0.85), _ordered_walls(layout), "corner", front=0.45)
    layout.against(fittings.basin(style, 0.6), _ordered_walls(layout), "any", front=0.55)
    layout.against(fittings.toilet(), _ordered_walls(layout), "any", front=0.5)
    layout.on_wall(decor.towel(style), 1.3, _ordered_walls(layout))
    layout.against(decor.bin_(style), SIDES, "corner", front=0.0)
    layout.lies(decor.rug(style, 0.8, 0.5), *layout.inside.center)


def _hallway(layout: Layout) -> None:
    style = layout.style
    layout.on_wall(decor.coat_rack(style), 1.62, _ordered_walls(layout))
    layout.against(tables.drawer_unit(0.8, 0.8, 0.3, 3, style.shade(style.wood), decor.STEEL), _ordered_walls(layout), "any", front=0.6)
    layout.against(decor.shoes(style), _ordered_walls(layout), "any", front=0.3)
    long_x = layout.inside.width > layout.inside.depth
    length = min(2.4, max(layout.inside.width, layout.inside.depth) - 1.0)
    if length > 0.8:
        layout.lies(decor.rug(style, length, 0.7), *layout.inside.center, 0.0 if long_x else 90.0)
    _pictures(layout, 2)


def _study(layout: Layout) -> None:
    style = layout.style
    _work_place(layout, 1.4)
    layout.against(storage.bookshelf(style, 1.1), _ordered_walls(layout), "corner", front=0.5)
    layout.against(seating.sofa(style, 1.5, 0.82), _ordered_walls(layout), "center", front=0.6)
    _corner_things(layout, [decor.plant(style, 1.1), decor.floor_lamp(style)])
    _pictures(layout, 2)


def _dining(layout: Layout) -> None:
    style = layout.style
    _dining_group(layout, 6 if layout.area > 14.0 else 4)
    layout.against(storage.dresser(style, 1.4), _ordered_walls(layout), "center", front=0.5)
    layout.against(storage.bookshelf(style, 0.9), _ordered_walls(layout), "corner", front=0.5)
    layout.hangs(decor.pendant_lamp(style, layout.room.height - 1.75), *layout.inside.center)
    _corner_things(layout, [decor.plant(style, 1.4), decor.plant(style, 0.8), decor.floor_lamp(style)])
    _pictures(layout, 4)


def _office(layout: Layout) -> None:
    style = layout.style
    for _ in range(max(1, int(layout.area / 6.5))):
        _work_place(layout, 1.5)
    _office_things(layout)


def _meeting(layout: Layout) -> None:
    style = layout.style
    layout.on_wall(decor.whiteboard(min(2.0, layout.faces[_ordered_walls(layout)[0]].length - 1.0)), 0.95, _ordered_walls(layout))
    _dining_group(layout, 8 if layout.area > 20.0 else 6, meeting=True)
    layout.against(storage.tv_stand(style, 1.4), _ordered_walls(layout), "center", front=0.6)
    _office_things(layout)


def _lounge(layout: Layout) -> None:
    _television_corner(layout)
    _work_place(layout)
    _office_things(layout)


def _open_office(layout: Layout) -> None:
    _dining_group(layout, 6, meeting=True)
    for _ in range(4):
        _work_place(layout, 1.4)
    layout.against(seating.sofa(layout.style, 1.8), _ordered_walls(layout), "center", front=0.6)
    _office_things(layout)


def _office_things(layout: Layout) -> None:
    style = layout.style
    layout.against(storage.bookshelf(style, 1.0), _ordered_walls(layout), "corner", front=0.5)
    layout.against(storage.wardrobe(style, 1.0, 1.4, 0.45), _ordered_walls(layout), "corner", front=0.5)
    layout.on_wall(decor.whiteboard(1.4), 0.95, _ordered_walls(layout))
    _corner_things(layout, [decor.plant(style, style.between(1.1, 1.6)), decor.plant(style, 0.9), decor.bin_(style)])
    layout.on_wall(decor.clock(), 1.8, _ordered_walls(layout))
    _pictures(layout, 2)


def _hotel(layout: Layout) -> None:
    style = layout.style
    spot = layout.against(seating.bed(style, 1.8), _ordered_walls(layout), "center", front=0.7)
    if spot is not None:
        side, s = spot
        for sign in (-1.0, 1.0):
            layout.against(tables.nightstand(style), [side], "near", front=0.3, at=s + sign * 1.24)
        layout.on_wall(decor.picture(style, 1.1, 0.6), 1.35, [side], at=s)
        layout.against(storage.tv_stand(style, 1.3), [opposite(side)], "near", front=0.5, at=layout.faces[side].length - s)
    _work_place(layout, 1.2)
    layout.against(storage.wardrobe(style, 1.2), _ordered_walls(layout), "corner", front=0.65)
    layout.against(seating.armchair(style), _ordered_walls(layout), "corner", front=0.5)
    _corner_things(layout, [decor.floor_lamp(style), decor.plant(style, 0.9)])
    _pictures(layout, 2)


def _corner_things(layout: Layout, things: list[Thing]) -> None:
    for thing in things:
        layout.against(thing, [SIDES[k] for k in layout.style.rng.permutation(4)], "corner", front=0.0)


def _pictures(layout: Layout, count: int) -> None:
    style = layout.style
    for side in [SIDES[k] for k in style.rng.permutation(4)][:count]:
        high = style.between(0.45, 0.75)
        layout.on_wall(decor.picture(style, style.between(0.5, 1.1), high), 1.72 - high / 2, [side])


_RULES: dict[str, Callable[[Layout], None]] = {
    "living": _living, "kitchen": _kitchen, "bedroom": _bedroom, "bathroom": _bathroom, "hallway": _hallway, "study": _study,
    "dining": _dining, "office": _office, "meeting": _meeting, "lounge": _lounge, "open_office": _open_office, "hotel": _hotel,
}  # fmt: skip
