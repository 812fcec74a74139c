"""What lies and stands about in living rooms and bedrooms: books, magazines, candles' kin, remote controls, ornaments.

The one idea: as in `kitchenware`, the origin of each thing is the middle of what it stands on.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.pictures import frame
from echoenv.scene.homes.things.pieces import CREAM, GOLD, GREY, PURE, lying, numbered, one_of, upright

_STONES: tuple[Color, ...] = ((0.86, 0.84, 0.80), (0.30, 0.30, 0.31), (0.66, 0.52, 0.40), GOLD)


def book(style: Style) -> Thing:
    """A book lying flat, its cover up."""
    width, depth, thick = style.between(0.14, 0.2), style.between(0.2, 0.27), style.between(0.018, 0.04)
    return Thing("book", _volume(style, width, depth, thick, 0.0), (width, thick, depth))


def _volume(style: Style, width: float, depth: float, thick: float, y: float) -> tuple[Part, Part]:
    pages = box((width - 0.006, thick - 0.006, depth - 0.01), CREAM, 1.0, bottom=y + 0.003)
    boards = [box((width, 0.003, depth), style.bright(), 1.0, bottom=b) for b in (y, y + thick - 0.0035)]
    spine = box((0.004, thick - 0.0005, depth), style.bright(), 1.0, bottom=y).moved(0.002 - width / 2)
    cover = lying((width - 0.002, depth - 0.002), "books", numbered(style, "cover", 8), (0, y + thick, 0), PURE)
    return Part(join([pages, *boards, spine]), "books"), cover


def books(style: Style, count: int = 3) -> Thing:
    """A pile of books, the largest below."""
    parts: list[Part] = []
    y, width, depth = 0.0, style.between(0.19, 0.22), style.between(0.25, 0.29)
    for _ in range(count):
        thick = style.between(0.02, 0.04)
        turn = float(style.rng.uniform(-14, 14))
        for part in _volume(style, width, depth, thick, y):
            parts.append(Part(part.shape.turned(turn), part.material, texture=part.texture))
        y, width, depth = y + thick + 0.0005, width * 0.93, depth * 0.93
    return Thing("book", tuple(parts), (0.28, y, 0.32))


def standing_books(style: Style, count: int = 6) -> Thing:
    """A row of books upright between two book ends, their spines to the front."""
    widths = [style.between(0.02, 0.045) for _ in range(count)]
    total = sum(widths)
    x, shapes = -total / 2, []
    for width in widths:
        high = style.between(0.18, 0.26)
        shapes.append(box((width - 0.002, high, style.between(0.14, 0.18)), style.bright(), 1.0).moved(x + width / 2))
        x += width
    ends = [box((0.004, 0.14, 0.1), BLACK, 1.0).moved(s * (total / 2 + 0.003)) for s in (-1, 1)]
    row = Thing("book", (Part(join(shapes), "books"), Part(join(ends), "metal")), (total + 0.02, 0.26, 0.19))
    return row


def magazines(style: Style) -> Thing:
    """Magazines, fanned a little."""
    parts = []
    for k in range(3):
        turn = float(style.rng.uniform(-20, 20))
        body = box((0.21, 0.005, 0.28), WHITE, 1.0, bottom=0.006 * k)
        cover = lying((0.21, 0.28), "paper", numbered(style, "cover", 8), (0, 0.006 * k + 0.0054, 0), PURE)
        parts += [Part(p.shape.turned(turn), "paper", texture=p.texture) for p in (Part(body, "paper"), cover)]
    return Thing("magazine", tuple(parts), (0.3, 0.02, 0.32))


def newspaper(style: Style) -> Thing:
    """A folded newspaper."""
    body = box((0.3, 0.008, 0.21), (0.86, 0.85, 0.82), 1.0)
    return Thing(
        "newspaper",
        (Part(body, "paper"), lying((0.3, 0.21), "paper", "newspaper", (0, 0.0084, 0), PURE)),
        (0.3, 0.01, 0.21),
    )


def remote_control(style: Style) -> Thing:
    """A remote control."""
    body = rounded_box((0.05, 0.02, 0.17), BLACK, 0.008, 1, 0.4)
    keys = [
        box((0.008, 0.003, 0.008), GREY, 1.0, bottom=0.019).moved(0.014 * i, 0, 0.018 * k - 0.04)
        for i in (-1, 0, 1)
        for k in range(5)
    ]
    power = box((0.01, 0.003, 0.01), (0.8, 0.2, 0.16), 1.0, bottom=0.019).moved(-0.012, 0, -0.07)
    return Thing("remote-control", (Part(join([body, *keys, power]), "plastic"),), (0.05, 0.025, 0.17))


def tissues(style: Style) -> Thing:
    """A box of tissues."""
    body = box((0.22, 0.09, 0.12), style.bright(), 0.5)
    tissue = lathe([(0.035, 0.09), (0.02, 0.12), (0.045, 0.15)], WHITE, 7)
    inner = lathe([(0.044, 0.15), (0.019, 0.12), (0.034, 0.09)], WHITE, 7)
    return Thing(
        "tissue-paper", (Part(body, "paper", texture="linen"), Part(join([tissue, inner]), "paper")), (0.22, 0.15, 0.12)
    )


def photo_stand(style: Style) -> Thing:
    """A photograph in a frame that stands."""
    wide, high = one_of(style, ((0.15, 0.2), (0.2, 0.15), (0.12, 0.16)))
    bars = frame(wide, high, one_of(style, (BLACK, GOLD, STEEL, style.wood)), 0.016, 0.014)
    sheet = upright((wide - 0.02, high - 0.02), "paper", numbered(style, "photo", 8), (0, 0.01, 0.008))
    strut = rod((0, 0.7 * high, -0.002), (0, 0.0, -0.055), 0.005, BLACK)
    parts = (
        Part(bars.turned(-8.0, "x"), "wood_panel"),
        Part(sheet.shape.turned(-8.0, "x"), "paper", texture=sheet.texture),
        Part(strut, "wood_panel"),
    )
    return Thing("picture", parts, (wide, high, 0.08))


def vase(style: Style) -> Thing:
    """An empty vase, of a form by chance."""
    profiles = (
        [(0, 0), (0.05, 0), (0.085, 0.1), (0.06, 0.2), (0.035, 0.25), (0.045, 0.28), (0.03, 0.25), (0, 0.2)],
        [(0, 0), (0.06, 0), (0.09, 0.06), (0.085, 0.12), (0.03, 0.17), (0.03, 0.2), (0.022, 0.18), (0, 0.15)],
        [(0, 0), (0.04, 0), (0.055, 0.32), (0.048, 0.32), (0.04, 0.2), (0, 0.2)],
    )
    return Thing("vase", (Part(lathe(one_of(style, profiles), style.bright(), 18), "porcelain"),), (0.18, 0.32, 0.18))


def sculpture(style: Style) -> Thing:
    """A sculpture on a small base: stacked stones, a ring, or a bust."""
    color = one_of(style, _STONES)
    base = box((0.14, 0.04, 0.14), BLACK, 0.5)
    kind = int(style.rng.integers(3))
    if kind == 0:
        sizes, y, shapes = (0.13, 0.1, 0.075, 0.05), 0.04, []
        for size in sizes:
            shapes.append(pillow((size, 0.6 * size, 0.9 * size), style.shade(color), 1.0, 10, bottom=y - 0.004))
            y += 0.6 * size - 0.006
    elif kind == 1:
        turns = np.linspace(0, 2 * np.pi, 17)
        ring = [(0.1 * float(np.cos(t)), 0.165 + 0.1 * float(np.sin(t)), 0.0) for t in turns]
        shapes = [rod(ring[k], ring[k + 1], 0.022, color, 6) for k in range(16)]
    else:
        shapes = [
            lathe([(0, 0.04), (0.05, 0.04), (0.075, 0.08), (0.03, 0.13), (0.03, 0.16), (0, 0.17)], color, 14),
            pillow((0.1, 0.14, 0.12), color, 1.0, 12, bottom=0.15),
            pillow((0.02, 0.035, 0.03), color, 1.0, 6, bottom=0.19).moved(z=0.06),
        ]
    return Thing("sculpture", (Part(base, "wooden_furniture"), Part(join(shapes), "stone")), (0.24, 0.3, 0.16))


def globe(style: Style) -> Thing:
    """A globe on its stand."""
    ball = pillow((0.24, 0.24, 0.24), PURE, 1.0, 20, bottom=0.09)
    base = lathe([(0, 0), (0.09, 0), (0.08, 0.015), (0.015, 0.03), (0.012, 0.1)], style.wood, 14)
    turns = np.linspace(-1.35, 1.35, 9)
    arc = [(0.13 * float(np.cos(t)), 0.21 + 0.13 * float(np.sin(t)), 0.0) for t in turns]
    ring = [rod(arc[k], arc[k + 1], 0.006, GOLD, 5) for k in range(8)]
    return Thing(
        "globe", (Part(ball, "plastic", texture="map"), Part(join([base, *ring]), "metal")), (0.27, 0.35, 0.25)
    )


def camera(style: Style) -> Thing:
    """A camera."""
    body = rounded_box((0.13, 0.08, 0.05), BLACK, 0.015, 1, 0.4)
    top = box((0.05, 0.02, 0.035), (0.2, 0.2, 0.21), 1.0, bottom=0.079)
    lens = cylinder(0.033, 0.06, (0.16, 0.16, 0.17), 16).turned(90.0, "x").moved(0, 0.038, 0.02)
    glass = cylinder(0.026, 0.003, (0.25, 0.22, 0.34), 16).turned(90.0, "x").moved(0, 0.038, 0.0795)
    button = cylinder(0.008, 0.008, STEEL, 8, bottom=0.079).moved(0.045)
    return Thing(
        "camera", (Part(join([body, top, lens, button]), "plastic"), Part(glass, "heavy_glass")), (0.13, 0.1, 0.11)
    )


def tablet(style: Style) -> Thing:
    """A tablet computer lying on its back."""
    body = rounded_box((0.17, 0.008, 0.24), BLACK, 0.003, 1, 0.4)
    screen = lying((0.15, 0.21), "heavy_glass", numbered(style, "desktop", 4), (0, 0.0085, 0), PURE)
    return Thing("tablet", (Part(body, "plastic"), screen), (0.17, 0.01, 0.24))


def glasses(style: Style) -> Thing:
    """A pair of spectacles."""
    color = one_of(style, (BLACK, (0.4, 0.24, 0.14), STEEL))
    rims = []
    for s in (-1, 1):
        turns = np.linspace(0, 2 * np.pi, 9)
        ring = [(s * 0.035 + 0.025 * float(np.cos(t)), 0.023 + 0.019 * float(np.sin(t)), 0.0) for t in turns]
        rims += [rod(ring[k], ring[k + 1], 0.0025, color, 4) for k in range(8)]
        rims.append(rod((s * 0.06, 0.03, 0), (s * 0.06, 0.006, -0.12), 0.0025, color, 4))
    rims.append(rod((-0.01, 0.028, 0), (0.01, 0.028, 0), 0.0025, color, 4))
    return Thing("glasses", (Part(join(rims), "plastic"),), (0.13, 0.045, 0.125))


def headphones(style: Style) -> Thing:
    """Headphones lying on a table."""
    color = one_of(style, (BLACK, WHITE, style.bright()))
    turns = np.linspace(0, np.pi, 9)
    bow = [(0.08 * float(np.cos(t)), 0.022, -0.1 * float(np.sin(t))) for t in turns]
    band = [rod(bow[k], bow[k + 1], 0.008, color, 5) for k in range(8)]
    cups = [cylinder(0.036, 0.03, scaled(color, 0.85), 12).moved(s * 0.08, 0.0, 0.02) for s in (-1, 1)]
    return Thing("headphones", (Part(join([*band, *cups]), "plastic"),), (0.24, 0.04, 0.2))


def decorative_box(style: Style) -> Thing:
    """A small box with a lid."""
    color = one_of(style, (style.wood, style.bright()))
    body = rounded_box((0.16, 0.07, 0.11), color, 0.008, 1, 0.4)
    lid = rounded_box((0.165, 0.02, 0.115), scaled(color, 0.85), 0.006, 1, 0.4, bottom=0.07)
    return Thing("box", (Part(join([body, lid]), "wooden_furniture", texture="wood_fine"),), (0.17, 0.09, 0.12))


def record_player(style: Style) -> Thing:
    """A record player with a record on it."""
    body = rounded_box((0.44, 0.09, 0.34), style.wood, 0.01, 1, 0.5, bottom=0.015)
    feet = [cylinder(0.02, 0.016, BLACK, 8).moved(sx * 0.18, 0, sz * 0.13) for sx in (-1, 1) for sz in (-1, 1)]
    disc = lathe([(0.15, 0.106), (0.15, 0.115), (0, 0.115)], BLACK, 24).moved(-0.05)
    label = lathe([(0.05, 0.1155), (0, 0.1155)], style.bright(), 14).moved(-0.05)
    arm = join(
        [
            cylinder(0.02, 0.04, STEEL, 10, bottom=0.105).moved(0.17, 0, -0.11),
            rod((0.17, 0.14, -0.11), (0.07, 0.125, 0.05), 0.006, STEEL),
        ]
    )
    parts = (Part(body, "wooden_furniture", texture="wood_fine"), Part(join([*feet, disc, label, arm]), "plastic"))
    return Thing("record-player", parts, (0.44, 0.15, 0.34))


def game_console(style: Style) -> Thing:
    """A flat box with two controllers, as under a television."""
    color = one_of(style, (BLACK, WHITE))
    body = rounded_box((0.28, 0.06, 0.2), color, 0.012, 1, 0.4).moved(-0.06)
    pads = [
        rounded_box((0.13, 0.035, 0.08), scaled(color, 0.85), 0.015, 1, 0.4).moved(0.17, 0, z) for z in (-0.05, 0.05)
    ]
    light = box((0.02, 0.004, 0.003), (0.3, 0.6, 0.9), 1.0, bottom=0.03).moved(0.03, 0, 0.1)
    return Thing("game-console", (Part(join([body, *pads, light]), "plastic"),), (0.46, 0.06, 0.21))


def router(style: Style) -> Thing:
    """A small box with aerials, as stands in every hallway."""
    body = rounded_box((0.2, 0.035, 0.13), one_of(style, (WHITE, BLACK)), 0.01, 1, 0.4)
    aerials = [rod((x, 0.03, -0.055), (x, 0.17, -0.06), 0.006, BLACK) for x in (-0.08, 0.08)]
    return Thing("router", (Part(join([body, *aerials]), "plastic"),), (0.2, 0.17, 0.14))
