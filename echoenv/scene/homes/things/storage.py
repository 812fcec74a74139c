"""Shelves: bookcases with rows of books, ladders of boards, cubes, room dividers; and all cabinets by this name.

The one idea: a row of books seen from the front is one picture of spines on a block of paper; only short rows, and
books that lie, are bodies of their own. What fills a shelf is chosen row by row by chance.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, join, lathe, pillow, rectangle, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, WHITE, Style, scaled
from echoenv.scene.homes.things.bodies import beam
from echoenv.scene.homes.things.cabinets import (
    WARDROBES,
    drawer_pedestal,
    drawer_unit,
    dresser,
    filing_cabinet,
    shoe_cabinet,
    sideboard,
    tv_stand,
    wardrobe,
)
from echoenv.scene.homes.things.computers import television
from echoenv.scene.homes.things.making import PAINTS, leg_color, leg_part, made, taste, wood

__all__ = [
    "BOOKSHELVES",
    "WARDROBES",
    "book_row",
    "bookshelf",
    "drawer_pedestal",
    "drawer_unit",
    "dresser",
    "filing_cabinet",
    "room_divider",
    "shoe_cabinet",
    "sideboard",
    "television",
    "tv_stand",
    "wardrobe",
]

BOOKSHELVES = ("case", "ladder", "steel", "cubes")
"""Kinds of bookshelves."""

_PAPER = (0.90, 0.86, 0.78)
_KRAFT = (0.72, 0.57, 0.40)


def bookshelf(style: Style, width: float = 0.9, height: float = 1.95, depth: float = 0.3, kind: str = "") -> Thing:
    """Open shelves with books, boxes and a few other things on them.

    Args:
        style: The home's.
        width: [m].
        height: [m].
        depth: [m].
        kind: One of `BOOKSHELVES`: a case with a back, boards between leaning uprights, a steel frame, or cubes.
    """
    kind = kind or taste(style, "bookshelf", BOOKSHELVES)
    rows = max(2, round((height - 0.1) / 0.36))
    make = {"case": _case, "ladder": _ladder, "steel": _steel, "cubes": _cubes}[kind]
    parts, spaces = make(style, width, height, depth, rows)
    shelf = made("shelf", parts)
    for x0, x1, y, tall in spaces:
        shelf = shelf.carrying(*_filled(style, x0, x1, y, tall, depth))
    return shelf


Space = tuple[float, float, float, float]
"""A place on a shelf: from x to x, its height over the floor, and how tall it is [m]."""


def _case(style: Style, width: float, height: float, depth: float, rows: int) -> tuple[list[Part], list[Space]]:
    color = taste(style, "bookcase", (style.wood, PAINTS[0], scaled(style.wood, 0.65)))
    color = style.shade(color, 0.03)
    low, pitch = 0.08, (height - 0.1) / rows
    bays = max(1, round(width / 0.95))
    each = width / bays
    shapes = [
        box((0.022, height, depth), color, 0.7).moved(-width / 2 + 0.011 + k * (width - 0.022) / bays, 0, depth / 2)
        for k in range(bays + 1)
    ]
    shapes += [
        box((width - 0.04, 0.02, depth - 0.012), color, 0.5, bottom=low + pitch * k).moved(z=depth / 2 + 0.004)
        for k in range(rows + 1)
    ]
    shapes.append(box((width - 0.02, height - low, 0.008), scaled(color, 0.92), 0.6, bottom=low).moved(z=0.004))
    shapes.append(box((width - 0.04, low, depth - 0.04), scaled(color, 0.9), 0.9).moved(z=depth / 2 - 0.02))
    if taste(style, "cornice", (True, False)):
        shapes.append(box((width, 0.035, depth), scaled(color, 0.97), 0.9, bottom=height - 0.035).moved(z=depth / 2))
    spaces = [
        (-width / 2 + each * b + 0.025, -width / 2 + each * (b + 1) - 0.025, low + 0.02 + pitch * k, pitch - 0.025)
        for b in range(bays)
        for k in range(rows)
    ]
    return [wood(style, *shapes)], spaces


def _ladder(style: Style, width: float, height: float, depth: float, rows: int) -> tuple[list[Part], list[Space]]:
    """Boards in two wooden ladders, without a back."""
    color, x = style.shade(style.wood, 0.03), width / 2 - 0.015
    pitch = (height - 0.12) / rows
    bars = [box((0.03, height, 0.03), color, 0.7).moved(s * x, 0, z) for s in (-1, 1) for z in (0.015, depth - 0.015)]
    boards, spaces = [], []
    for k in range(rows):
        y = 0.1 + pitch * k
        boards.append(rounded_box((width - 0.06, 0.022, depth), color, 0.006, 1, 0.5, bottom=y).moved(z=depth / 2))
        bars += [
            box((0.02, 0.025, depth - 0.05), color, 0.9, bottom=y - 0.02).moved(s * x, 0, depth / 2) for s in (-1, 1)
        ]
        spaces.append((-width / 2 + 0.04, width / 2 - 0.04, y + 0.022, min(pitch, height - y) - 0.04))
    bars += [
        box((0.02, 0.03, depth - 0.05), color, 0.9, bottom=height - 0.06).moved(s * x, 0, depth / 2) for s in (-1, 1)
    ]
    bars.append(beam((-x, 0.16, 0.008), (x, height - 0.2, 0.008), 0.02, 0.008, scaled(color, 0.85)))
    return [wood(style, *bars, *boards)], spaces


def _steel(style: Style, width: float, height: float, depth: float, rows: int) -> tuple[list[Part], list[Space]]:
    """Wooden boards in a frame of thin black or white steel."""
    paint = taste(style, "steel shelf", (BLACK, WHITE))
    color, x = style.shade(style.wood, 0.03), width / 2 - 0.01
    pitch = (height - 0.1) / rows
    bars = [box((0.02, height, 0.02), paint, 0.9).moved(s * x, 0, z) for s in (-1, 1) for z in (0.01, depth - 0.01)]
    boards, spaces = [], []
    for k in range(rows + 1):
        y = min(0.08 + pitch * k, height - 0.02)
        bars += [
            box((0.016, 0.02, depth - 0.04), paint, 0.9, bottom=y - 0.02).moved(s * x, 0, depth / 2) for s in (-1, 1)
        ]
        bars.append(box((width - 0.04, 0.02, 0.012), paint, 0.9, bottom=y - 0.02).moved(z=0.01))
        boards.append(box((width, 0.02, depth - 0.045), color, 0.5, bottom=y).moved(z=depth / 2))
        if k < rows:
            spaces.append((-width / 2 + 0.03, width / 2 - 0.03, y + 0.02, pitch - 0.045))
    return [Part(join(bars), "metal"), wood(style, *boards)], spaces


def _cubes(style: Style, width: float, height: float, depth: float, rows: int) -> tuple[list[Part], list[Space]]:
    """Square cells, some of them with baskets or boxes."""
    color = taste(style, "cubes", (PAINTS[0], style.wood, PAINTS[3]))
    columns = max(1, round(width / 0.38))
    rows = max(1, round(height / 0.38))
    w, h = (width - 0.03) / columns, (height - 0.03) / rows
    shapes = _compartments(columns, rows, (w, h), (0.03, depth), color)
    shapes.append(box((width - 0.02, height - 0.02, 0.006), scaled(color, 0.94), 0.6, bottom=0.01).moved(z=0.003))
    spaces = [
        (-width / 2 + 0.035 + w * c, -width / 2 + w * (c + 1) - 0.005, h * k + 0.03, h - 0.04)
        for c in range(columns)
        for k in range(rows)
    ]
    return [wood(style, *shapes)], spaces


def _compartments(
    columns: int, rows: int, pitch: tuple[float, float], board: tuple[float, float], color: Color
) -> list[Shape]:
    """Uprights, and boards between them, that make cells of that pitch [m]; `board` is their thickness and depth [m].

    The boards end at the uprights, so that none of their corners lies in the dark inside of another board.
    """
    (w, h), (thick, depth) = pitch, board
    x0 = -(columns * w) / 2
    shapes = [
        box((thick, rows * h + thick, depth), color, h).moved(x0 + w * k, 0, depth / 2) for k in range(columns + 1)
    ]
    shapes += [
        box((w - thick, thick, depth - 0.002), color, 0.5, bottom=h * k).moved(x0 + w * (c + 0.5), 0, depth / 2)
        for c in range(columns)
        for k in range(rows + 1)
    ]
    return shapes


def _filled(style: Style, x0: float, x1: float, y: float, tall: float, depth: float) -> list[Thing]:
    """Things for one place of a shelf."""
    wide = x1 - x0
    if wide < 0.45 and style.chance(0.4):
        return [_storage_box(style, wide - 0.02, tall * style.between(0.7, 0.95), depth).moved((x0 + x1) / 2, y)]
    share = style.between(0.45, 0.98)
    length = share * wide
    left = style.chance(0.6)
    row = book_row(style, length, tall, depth)
    things = [row.moved(x0 + length / 2 if left else x1 - length / 2, y)]
    rest = wide - length
    middle = x1 - rest / 2 if left else x0 + rest / 2
    if rest > 0.17 and tall > 0.2:
        things.append(_ornament(style, min(rest - 0.03, 0.3), tall, depth).moved(middle, y))
    return things


def book_row(style: Style, length: float, height: float, depth: float) -> Thing:
    """Books that stand side by side in a place of that length, height and depth [m], centred at x = 0, on y = 0."""
    if length < 0.3:
        return Thing("book", (Part(_single_books(style, length, height, depth), "books"),), (length, height, depth))
    tall, deep = min(0.29, height * style.between(0.78, 0.94)), min(depth - 0.04, style.between(0.17, 0.22))
    block = box((length, tall - 0.004, deep), _PAPER, 0.7).moved(z=0.02 + deep / 2)
    z = 0.02 + deep + 0.0015
    picture = rectangle((-length / 2, 0, z), (length, 0, 0), (0, tall, 0), (1.0, 1.0, 1.0), 0.5)
    spines = Part(picture, "books", texture=f"spines_{int(style.rng.integers(6))}")
    return Thing("book", (Part(block, "books", texture="paper"), spines), (length, height, depth))


def _single_books(style: Style, length: float, highest: float, depth: float) -> Shape:
    volumes, x, lean = [], -length / 2, style.chance(0.5)
    while x < length / 2 - 0.02:
        thick = min(float(style.rng.uniform(0.02, 0.05)), length / 2 - x)
        high = min(0.3, highest * float(style.rng.uniform(0.66, 0.94)))
        deep = min(depth - 0.05, float(style.rng.uniform(0.15, 0.22)))
        volume = box((thick - 0.002, high, deep), style.bright(), 1.0).moved(x + thick / 2, 0.0, 0.02 + deep / 2)
        volumes.append(volume)
        x += thick
    if lean and len(volumes) > 3 and length > 0.2:
        volumes = volumes[:-2]
    return join(volumes)


def _storage_box(style: Style, wide: float, tall: float, depth: float) -> Thing:
    """A box or a basket that fills a cell; centred at x = 0."""
    deep = depth - 0.03
    kind = taste(style, "storage box", ("basket", "felt", "card"))
    color, texture = {
        "basket": ((0.74, 0.60, 0.40), "wicker"),
        "felt": (scaled(style.fabric, 1.0), "felt"),
        "card": (_KRAFT, "paper"),
    }[kind]
    body = rounded_box((wide, tall, deep), color, 0.012, 1, 0.3).moved(z=deep / 2 + 0.01)
    grip = box((0.09, 0.025, 0.004), scaled(color, 0.35), 1.0, bottom=tall * 0.68).moved(z=deep + 0.0115)
    parts = (Part(body, "fabric_panel" if kind == "felt" else "paper", texture=texture), Part(grip, "plastic"))
    return Thing("storage" if kind == "basket" else "box", parts, (wide, tall, depth))


def _ornament(style: Style, wide: float, tall: float, depth: float) -> Thing:
    """A vase, a ball, a small pile of books or a box, not wider than `wide` and lower than `tall` [m]."""
    pick, z = int(style.rng.integers(4)), depth / 2 + 0.02
    r = min(wide, 0.16) / 2
    if pick == 0:
        high = min(0.26, 0.85 * tall)
        profile = [(0, 0), (0.6, 0), (1.0, 0.4), (0.62, 0.78), (0.4, 0.88), (0.5, 1.0), (0.36, 0.94), (0, 0.7)]
        body = lathe([(a * r, b * high) for a, b in profile], style.bright(), 14)
        return Thing("vase", (Part(body.moved(z=z), "porcelain"),), (2 * r, high, 2 * r))
    if pick == 1:
        ball = pillow((2 * r, 2 * r, 2 * r), style.bright(), 1.0, 12).moved(z=z)
        return Thing("sculpture", (Part(ball, "stone", texture="marble_light"),), (2 * r, 2 * r, 2 * r))
    if pick == 2:
        pile, y = [], 0.0
        for _ in range(3):
            thick = style.between(0.02, 0.04)
            volume = box((min(wide, 0.24) - style.between(0.0, 0.03), thick, 0.17), style.bright(), 1.0, bottom=y)
            pile.append(volume.moved(z=z))
            y += thick
        return Thing("book", (Part(join(pile), "books"),), (wide, y, 0.2))
    return _storage_box(style, min(wide, 0.24), min(0.18, 0.7 * tall), depth)


def room_divider(style: Style, width: float = 1.2, height: float = 1.5) -> Thing:
    """A shelf of cubes without a back that stands free and parts a room."""
    depth, color = 0.36, taste(style, "room divider", (style.wood, PAINTS[0], BLACK))
    columns, rows = max(2, round(width / 0.4)), max(2, round((height - 0.08) / 0.36))
    w, h = (width - 0.025) / columns, (height - 0.105) / rows
    shapes = [shape.moved(y=0.08) for shape in _compartments(columns, rows, (w, h), (0.025, depth), color)]
    legs = [
        rod((x, 0.0, z), (x, 0.085, z), 0.018, leg_color(style), 8)
        for x in (-width / 2 + 0.06, width / 2 - 0.06)
        for z in (0.06, depth - 0.06)
    ]
    shelf = made("shelf", [wood(style, *shapes), leg_part(style, *legs)])
    for c in range(columns):
        for r in range(rows):
            if style.chance(0.7):
                x0, x1 = -width / 2 + 0.03 + w * c, -width / 2 + w * (c + 1) - 0.005
                shelf = shelf.carrying(*_filled(style, x0, x1, 0.105 + h * r, h - 0.035, depth))
    return shelf
