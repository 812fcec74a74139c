"""Furniture that holds things: bookshelves, wardrobes, sideboards, television stands.

The one idea: as in `seating`; shelves are boards with gaps that are filled with books and small things by chance.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Shape, box, join, rounded_box
from echoenv.scene.homes.style import BLACK, STEEL, Style, scaled
from echoenv.scene.homes.things.tables import drawer_unit, vase


def bookshelf(style: Style, width: float = 0.9, height: float = 1.95, depth: float = 0.3) -> Thing:
    """Open shelves with rows of books and a vase here and there."""
    color = style.shade(style.wood)
    rows = max(2, round((height - 0.1) / 0.36))
    pitch = (height - 0.08 - 0.02) / rows
    boards = [
        box((width - 0.04, 0.02, depth - 0.01), color, bottom=0.08 + pitch * k).moved(z=depth / 2)
        for k in range(rows + 1)
    ]
    frame = [box((0.02, height, depth), color).moved(s * (width / 2 - 0.01), 0, depth / 2) for s in (-1, 1)]
    back = box((width - 0.04, height - 0.08, 0.01), scaled(color, 0.85), bottom=0.08).moved(z=0.005)
    plinth = box((width - 0.04, 0.08, depth - 0.04), scaled(color, 0.8)).moved(z=depth / 2 - 0.02)
    shelf = Thing("shelf", (Part(join([*boards, *frame, back, plinth]), "wooden_furniture"),), (width, height, depth))
    for k in range(rows):
        y = 0.10 + pitch * k
        filled = style.between(0.35, 0.95) * (width - 0.06)
        row = _row_of_books(style, filled, pitch - 0.04, depth).moved(-width / 2 + 0.025, y, 0.0)
        shelf = shelf.carrying(Thing("book", (Part(row, "books"),), (filled, pitch, depth)))
        if width - 0.06 - filled > 0.22:
            shelf = shelf.carrying(vase(style).moved(width / 2 - 0.13, y, depth / 2))
    return shelf


def _row_of_books(style: Style, length: float, highest: float, depth: float) -> Shape:
    volumes, x = [], 0.0
    while x < length:
        thick = float(style.rng.uniform(0.018, 0.05))
        high = highest * float(style.rng.uniform(0.72, 0.98))
        deep = min(depth - 0.05, float(style.rng.uniform(0.15, 0.22)))
        volumes.append(box((thick - 0.002, high, deep), style.bright(), 1.0).moved(x + thick / 2, 0.0, 0.02 + deep / 2))
        x += thick
    return join(volumes)


def wardrobe(style: Style, width: float = 1.5, height: float = 2.1, depth: float = 0.6) -> Thing:
    """A tall wardrobe with doors."""
    color = style.shade(style.fronts)
    doors = max(1, round(width / 0.5))
    each = width / doors
    body = box((width, height, depth - 0.02), scaled(color, 0.9), 0.25).moved(z=depth / 2 - 0.01)
    fronts = [
        rounded_box((each - 0.008, height - 0.1, 0.02), style.shade(color, 0.015), 0.004, 1, 0.3, bottom=0.08).moved(
            -width / 2 + each * (k + 0.5), 0, depth - 0.01
        )
        for k in range(doors)
    ]
    handles = [
        box((0.014, 0.3, 0.02), STEEL, bottom=0.95).moved(
            -width / 2 + each * (k + 0.5) + (0.5 - k % 2) * 2 * (each / 2 - 0.05), 0, depth + 0.01
        )
        for k in range(doors)
    ]
    parts = (Part(join([body, *fronts]), "wooden_furniture"), Part(join(handles), "metal"))
    return Thing("wardrobe", parts, (width, height, depth + 0.02))


def dresser(style: Style, width: float = 1.1, height: float = 0.85) -> Thing:
    """A chest of drawers with a vase on it."""
    half = drawer_unit(width / 2, height - 0.04, 0.46, 3, style.shade(style.wood), STEEL)
    top = Part(
        rounded_box((width + 0.02, 0.03, 0.5), style.wood, 0.01, 1, bottom=height - 0.04).moved(z=0.25),
        "wooden_furniture",
    )
    parts = (*half.moved(-width / 4).parts, *half.moved(width / 4).parts, top)
    return Thing("base-cabinet", parts, (width, height, 0.5)).carrying(
        vase(style).moved(width / 4, height - 0.01, 0.25)
    )


def tv_stand(style: Style, width: float = 1.5) -> Thing:
    """A low cabinet with a television on it."""
    body = drawer_unit(width / 3, 0.36, 0.4, 1, style.shade(style.wood), BLACK)
    parts = tuple(p for k in (-1, 0, 1) for p in body.moved(k * width / 3, 0.08).parts)
    feet = Part(box((width - 0.1, 0.08, 0.3), BLACK).moved(z=0.2), "wooden_furniture")
    return Thing("tv-stand", (*parts, feet), (width, 1.15, 0.44)).carrying(
        television(min(1.25, width - 0.15)).moved(0, 0.44, 0.2)
    )


def television(width: float = 1.2) -> Thing:
    """A television on a foot, its screen towards +z."""
    high = width * 0.565
    case = [
        rounded_box((width, high, 0.035), BLACK, 0.01, 1, 0.25, bottom=0.06),
        box((0.06, 0.07, 0.03), BLACK),
        rounded_box((0.5, 0.012, 0.2), BLACK, 0.005, 1),
    ]
    glass = box((width - 0.02, high - 0.02, 0.004), (0.06, 0.07, 0.09), 0.15, bottom=0.07).moved(z=0.017)
    return Thing("tv-screen", (Part(join(case), "plastic"), Part(glass, "heavy_glass")), (width, high + 0.06, 0.2))
