"""What hangs on walls to be looked at: paintings, posters, photographs, mirrors, clocks, boards.

The one idea: built in the wall's frame, back at z = 0, the lower edge at y = 0, centred at x = 0; the picture itself is
one flat rectangle with a stretched pattern.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style
from echoenv.scene.homes.things.pieces import GOLD, numbered, one_of, stood, upright

_MIRROR: Color = (0.72, 0.78, 0.80)


def frame(width: float, height: float, color: Color, bar: float = 0.025, depth: float = 0.025) -> Shape:
    """Four bars around a rectangle, its lower edge at y = 0, the back at z = 0."""
    level = box((width, bar, depth), color, 0.6)
    post = box((bar, height - 2 * bar, depth), color, 0.6, bottom=bar)
    x = (width - bar) / 2
    return join([level, level.moved(y=height - bar), post.moved(-x), post.moved(x)]).moved(z=depth / 2 + 0.001)


def picture(style: Style, width: float, height: float) -> Thing:
    """A framed painting with a white mount around it."""
    color = style.shade(one_of(style, (BLACK, style.wood, WHITE, GOLD)))
    mount = 0.06 * min(width, height) if style.chance(0.6) else 0.0
    back = upright((width - 0.03, height - 0.03), "thin_plywood", "paper", (0, 0.015, 0.010), WHITE)
    inner = (width - 0.04 - 2 * mount, height - 0.04 - 2 * mount)
    canvas = upright(inner, "thin_plywood", numbered(style, "painting", 24), (0, 0.02 + mount, 0.013))
    parts = (Part(frame(width, height, color), "wood_panel"), *((back,) if mount else ()), canvas)
    return Thing("picture", parts, (width, height, 0.03))


def poster(style: Style, width: float = 0.6, height: float = 0.85) -> Thing:
    """A poster between two strips of wood."""
    bars = [box((width + 0.02, 0.02, 0.012), style.wood, 0.6, bottom=y).moved(z=0.008) for y in (0.0, height - 0.02)]
    sheet = upright((width, height - 0.02), "paper", numbered(style, "poster", 6), (0, 0.01, 0.006))
    return Thing("picture", (Part(join(bars), "wood_panel"), sheet), (width + 0.02, height, 0.02))


def photo(style: Style, width: float = 0.24, height: float = 0.18) -> Thing:
    """A framed photograph on the wall."""
    color = one_of(style, (BLACK, WHITE, style.wood))
    sheet = upright((width - 0.03, height - 0.03), "paper", numbered(style, "photo", 8), (0, 0.015, 0.008))
    return Thing(
        "picture", (Part(frame(width, height, color, 0.018, 0.018), "wood_panel"), sheet), (width, height, 0.02)
    )


def photo_wall(style: Style, columns: int = 3, rows: int = 2) -> Thing:
    """Photographs in rows, each a thing of its own."""
    wide, high, gap = 0.26, 0.20, 0.05
    width, height = columns * (wide + gap) - gap, rows * (high + gap) - gap
    first, *others = [
        photo(style, wide, high).moved((i + 0.5) * (wide + gap) - gap / 2 - width / 2, k * (high + gap))
        for i in range(columns)
        for k in range(rows)
    ]
    return Thing("picture", first.parts, (width, height, 0.03)).carrying(*others)


def mirror(style: Style, width: float = 0.5, height: float = 0.7) -> Thing:
    """A framed mirror; it shows an even silver."""
    color = one_of(style, (BLACK, style.wood, STEEL, GOLD))
    glass = box((width - 0.03, height - 0.03, 0.008), _MIRROR, 0.3, bottom=0.015).moved(z=0.008)
    return Thing(
        "mirror", (Part(frame(width, height, color), "wood_panel"), Part(glass, "heavy_glass")), (width, height, 0.03)
    )


def clock(style: Style) -> Thing:
    """A round wall clock."""
    radius = style.between(0.13, 0.19)
    rim = cylinder(radius, 0.03, one_of(style, (BLACK, style.wood, STEEL)), 28).turned(90.0, "x").moved(0, radius)
    side = 1.36 * radius  # the dial's square inside the rim
    dial = cylinder(radius - 0.012, 0.004, WHITE, 28).turned(90.0, "x").moved(0, radius, 0.03)
    face = upright((side, side), "plastic", "clock_face", (0, radius - side / 2, 0.0355))
    parts = (Part(join([rim, dial]), "plastic"), face)
    return Thing("clock", parts, (2 * radius, 2 * radius, 0.04))


def whiteboard(width: float = 1.8) -> Thing:
    """A whiteboard with notes on it and a tray."""
    board = box((width, 1.1, 0.02), (0.95, 0.95, 0.96), 0.6).moved(z=0.011)
    notes = upright((width - 0.04, 1.06), "metal", "whiteboard_notes", (0, 0.02, 0.022))
    tray = box((width * 0.6, 0.02, 0.06), STEEL, 0.6, bottom=-0.02).moved(z=0.03)
    parts = (Part(board, "metal"), notes, Part(tray, "metal"))
    return stood(Thing("whiteboard", parts, (width, 1.1, 0.06)))


def pin_board(style: Style, width: float = 0.9, height: float = 0.6) -> Thing:
    """A cork board with notes."""
    sheet = upright((width - 0.03, height - 0.03), "fabric_panel", "notes", (0, 0.015, 0.010))
    parts = (Part(frame(width, height, style.shade(style.wood)), "wood_panel"), sheet)
    return Thing("wall-decoration", parts, (width, height, 0.03))


def hung_sheet(style: Style, pattern: str, width: float, height: float) -> Thing:
    """A calendar or a map on the wall."""
    sheet = upright((width, height), "paper", pattern, (0, 0, 0.006))
    back = box((width, height, 0.004), WHITE, 1.0).moved(z=0.003)
    return Thing("wall-decoration", (Part(back, "paper"), sheet), (width, height, 0.01))


def calendar(style: Style) -> Thing:
    """A calendar."""
    return hung_sheet(style, "calendar", 0.3, 0.42)


def wall_map(style: Style) -> Thing:
    """A map of a land."""
    return hung_sheet(style, "map", 1.1, 0.75)
