"""Tables, desks and what stands on them.

The one idea: as in `seating`, each function draws one member of a family, back at z = 0; what is put on a table is a
thing of its own that the table carries.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.seating import legs


def table(style: Style, width: float, depth: float, height: float = 0.74, category: str = "table") -> Thing:
    """A table on four legs."""
    color = style.shade(style.wood)
    top = rounded_box((width, 0.035, depth), color, 0.012, 1, 0.25, bottom=height - 0.035).moved(z=depth / 2)
    apron = box((width - 0.16, 0.07, depth - 0.16), scaled(color, 0.92), bottom=height - 0.105).moved(z=depth / 2)
    body = join([top, apron, legs(width, depth, height - 0.035, color, 0.03, 0.07)])
    return Thing(category, (Part(body, "wooden_furniture"),), (width, height, depth))


def coffee_table(style: Style, width: float = 1.0, depth: float = 0.55) -> Thing:
    """A low table with a shelf below and a few things on it."""
    low = table(style, width, depth, 0.42)
    shelf = rounded_box((width - 0.14, 0.02, depth - 0.14), style.wood, 0.008, 1, bottom=0.14).moved(z=depth / 2)
    thing = Thing("table", (*low.parts, Part(shelf, "wooden_furniture")), low.size)
    return thing.carrying(
        books(style, 3).moved(-width / 4, 0.42, depth / 2), bowl(style).moved(width / 5, 0.42, depth / 2 + 0.03)
    )


def round_table(style: Style, radius: float, height: float = 0.74) -> Thing:
    """A round table on one foot."""
    profile = [
        (0, 0),
        (0.26, 0),
        (0.26, 0.02),
        (0.05, 0.05),
        (0.035, height - 0.03),
        (radius, height - 0.03),
        (radius, height),
        (0, height),
    ]
    body = lathe(profile, style.shade(style.wood), 28).moved(z=radius)
    return Thing("table", (Part(body, "wooden_furniture"),), (2 * radius, height, 2 * radius))


def desk(style: Style, width: float = 1.4, depth: float = 0.7) -> Thing:
    """A desk with a drawer unit, monitor, keyboard, mouse and lamp."""
    color: Color = style.shade(style.wood)
    top = rounded_box((width, 0.03, depth), color, 0.01, 1, 0.25, bottom=0.71).moved(z=depth / 2)
    sides = [
        box((0.03, 0.71, depth - 0.08), scaled(color, 0.9)).moved(s * (width / 2 - 0.05), 0, depth / 2) for s in (-1, 1)
    ]
    drawers = drawer_unit(0.4, 0.6, depth - 0.1, 3, color, STEEL).moved(width / 2 - 0.28, 0.08, 0.04)
    back = box((width - 0.1, 0.35, 0.02), scaled(color, 0.9), bottom=0.34).moved(z=0.05)
    thing = Thing("desk", (Part(join([top, *sides, back]), "wooden_furniture"), *drawers.parts), (width, 0.74, depth))
    things = [
        monitor(style).moved(0, 0.74, 0.12),
        keyboard().moved(0, 0.74, depth - 0.28),
        mouse().moved(0.32, 0.74, depth - 0.28),
    ]
    if style.chance(0.6):
        things.append(table_lamp(style).moved(-width / 2 + 0.2, 0.74, 0.2))
    if style.chance(0.6):
        things.append(books(style, 4).moved(width / 2 - 0.2, 0.74, 0.25))
    return thing.carrying(*things)


def drawer_unit(
    width: float, height: float, depth: float, rows: int, color: Color, knob: Color, category: str = "cabinet"
) -> Thing:
    """A body with drawers one above the other."""
    body = box((width, height, depth - 0.02), scaled(color, 0.88), 0.25).moved(z=depth / 2 - 0.01)
    each = height / rows
    fronts = [
        box((width - 0.012, each - 0.012, 0.02), color, 0.25, bottom=each * k + 0.006).moved(z=depth - 0.01)
        for k in range(rows)
    ]
    knobs = [
        box((min(0.16, width / 3), 0.014, 0.02), knob, bottom=each * (k + 0.7)).moved(z=depth + 0.01)
        for k in range(rows)
    ]
    parts = (Part(join([body, *fronts]), "wooden_furniture"), Part(join(knobs), "metal"))
    return Thing(category, parts, (width, height, depth + 0.02))


def nightstand(style: Style) -> Thing:
    """A bedside drawer unit with a lamp."""
    unit = drawer_unit(0.45, 0.5, 0.4, 2, style.shade(style.wood), STEEL, "nightstand")
    return unit.carrying(table_lamp(style).moved(0, 0.5, 0.18))


def meeting_table(style: Style, width: float, depth: float) -> Thing:
    """A long table on two broad feet."""
    color = style.shade(style.wood)
    top = rounded_box((width, 0.04, depth), color, 0.018, 2, 0.25, bottom=0.71).moved(z=depth / 2)
    feet = [
        rounded_box((0.08, 0.70, depth * 0.55), BLACK, 0.02, 1, 0.25).moved(s * width * 0.32, 0.01, depth / 2)
        for s in (-1, 1)
    ]
    return Thing("table", (Part(join([top, *feet]), "wooden_furniture"),), (width, 0.75, depth))


def table_lamp(style: Style) -> Thing:
    """A small lamp with a cloth shade that glows."""
    body = lathe(
        [(0, 0), (0.075, 0), (0.07, 0.02), (0.02, 0.04), (0.05, 0.12), (0.03, 0.2), (0.012, 0.22), (0.012, 0.3)],
        style.bright(),
        16,
    )
    shade = lathe([(0.10, 0.24), (0.07, 0.42)], (0.98, 0.93, 0.82), 20)
    inner = lathe([(0.068, 0.419), (0.098, 0.241)], (0.98, 0.93, 0.82), 20)
    parts = (Part(body, "plastic"), Part(join([shade, inner]), "light_curtain", (2.2, 1.8, 1.25)))
    return Thing("lamp", parts, (0.2, 0.42, 0.2))


def monitor(style: Style, width: float = 0.58) -> Thing:
    """A screen on a foot."""
    high = width * 0.58
    case = join(
        [
            rounded_box((width, high, 0.03), BLACK, 0.008, 1, bottom=0.12),
            box((0.05, 0.2, 0.02), BLACK, bottom=0.01).moved(z=-0.02),
            rounded_box((0.24, 0.015, 0.18), BLACK, 0.006, 1),
        ]
    )
    tint = np.array(style.bright())
    picture = box((width - 0.03, high - 0.03, 0.004), BLACK, 0.06, bottom=0.135).moved(z=0.0155)
    lit = picture.colored(lambda v: tint * (0.35 + 0.35 * (v[:, 1:2] - 0.12) / high) + 0.08 * np.sin(20 * v[:, :1]))
    return Thing(
        "monitor", (Part(case, "plastic"), Part(lit, "heavy_glass", (0.25, 0.28, 0.32))), (width, high + 0.12, 0.2)
    )


def keyboard() -> Thing:
    """A keyboard."""
    keys = [box((0.4, 0.008, 0.02), (0.22, 0.22, 0.24), 0.5, bottom=0.015).moved(z=0.03 * k - 0.06) for k in range(5)]
    return Thing(
        "computer-keyboard", (Part(join([box((0.44, 0.015, 0.16), BLACK, 0.5), *keys]), "plastic"),), (0.44, 0.02, 0.16)
    )


def mouse() -> Thing:
    """A computer mouse."""
    return Thing("mouse", (Part(pillow((0.06, 0.035, 0.1), BLACK, 0.8, 12), "plastic"),), (0.06, 0.03, 0.1))


def laptop() -> Thing:
    """An open laptop, its screen towards +z."""
    base = rounded_box((0.33, 0.016, 0.23), STEEL, 0.006, 1)
    lid = rounded_box((0.33, 0.22, 0.01), STEEL, 0.004, 1).turned(-14.0, "x").moved(0, 0.012, -0.11)
    screen = (
        box((0.31, 0.19, 0.003), (0.35, 0.45, 0.6), 0.06, bottom=0.014)
        .moved(z=0.006)
        .turned(-14.0, "x")
        .moved(0, 0.012, -0.11)
    )
    return Thing(
        "laptop",
        (Part(join([base, lid]), "plastic"), Part(screen, "heavy_glass", (0.3, 0.34, 0.4))),
        (0.33, 0.24, 0.28),
    )


def books(style: Style, count: int) -> Thing:
    """A small pile of books."""
    pile, y = [], 0.0
    for _ in range(count):
        thick = style.between(0.02, 0.04)
        volume = box((style.between(0.15, 0.2), thick, style.between(0.2, 0.26)), style.bright(), 0.5, bottom=y)
        pile.append(volume.turned(float(style.rng.uniform(-20, 20))))
        y += thick
    return Thing("book", (Part(join(pile), "books"),), (0.25, y, 0.28))


def bowl(style: Style) -> Thing:
    """A bowl with fruit."""
    body = lathe(
        [(0, 0.0), (0.06, 0.0), (0.13, 0.07), (0.125, 0.07), (0.055, 0.012), (0, 0.012)], style.shade(WHITE, 0.1), 20
    )
    fruit = [
        pillow((0.075, 0.07, 0.075), c, 1.0, 12, bottom=0.02).moved(*p)
        for c, p in (
            ((0.80, 0.25, 0.18), (0.03, 0.0, 0.03)),
            ((0.86, 0.66, 0.2), (-0.045, 0, 0.01)),
            ((0.5, 0.65, 0.25), (0.01, 0.01, -0.05)),
        )
    ]
    return Thing("bowl", (Part(body, "porcelain"), Part(join(fruit), "plastic")), (0.26, 0.1, 0.26))


def vase(style: Style) -> Thing:
    """A vase."""
    body = lathe(
        [(0, 0), (0.05, 0), (0.085, 0.1), (0.06, 0.2), (0.035, 0.25), (0.045, 0.28), (0.03, 0.25), (0, 0.2)],
        style.bright(),
        18,
    )
    return Thing("vase", (Part(body, "porcelain"),), (0.17, 0.28, 0.17))


def cup(style: Style) -> Thing:
    """A cup."""
    body = lathe([(0, 0), (0.03, 0), (0.04, 0.09), (0.035, 0.09), (0.026, 0.01), (0, 0.01)], style.bright(), 14)
    return Thing("cup", (Part(body, "porcelain"),), (0.08, 0.09, 0.08))


def plate() -> Thing:
    """A dinner plate."""
    body = lathe([(0, 0), (0.07, 0), (0.125, 0.018), (0.12, 0.02), (0.07, 0.006), (0, 0.006)], WHITE, 20)
    return Thing("plate", (Part(body, "porcelain"),), (0.25, 0.02, 0.25))


def bottle(style: Style) -> Thing:
    """A bottle."""
    return Thing(
        "bottle",
        (
            Part(cylinder(0.035, 0.2, style.bright(), 12, top_radius=0.03), "plastic"),
            Part(cylinder(0.012, 0.07, BLACK, 10, bottom=0.2), "plastic"),
        ),
        (0.07, 0.27, 0.07),
    )
