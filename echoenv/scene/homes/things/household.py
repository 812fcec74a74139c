"""What a household needs and nobody hides well: bins, baskets, brooms, boxes, an ironing board, a laundry rack.

The one idea: as in `seating`.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, box, cylinder, join, lathe, pillow, rounded_box, wavy_cloth
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.pieces import numbered, one_of, stood, upright

_CARDBOARD: Color = (0.72, 0.57, 0.40)
_WICKER: Color = (0.70, 0.55, 0.36)


def bin_(style: Style) -> Thing:
    """A waste bin, round and open, or with a pedal and a lid."""
    color = one_of(style, (STEEL, WHITE, style.bright()))
    if style.chance(0.5):
        body = lathe([(0, 0), (0.11, 0), (0.14, 0.32), (0.132, 0.32), (0.104, 0.012), (0, 0.012)], color, 18)
        return Thing("bin", (Part(body.moved(z=0.15), "plastic"),), (0.3, 0.32, 0.3))
    body = cylinder(0.13, 0.36, color, 20).moved(z=0.15)
    lid = lathe([(0.133, 0.36), (0.133, 0.38), (0.1, 0.41), (0, 0.42)], scaled(color, 0.8), 20).moved(z=0.15)
    pedal = box((0.08, 0.015, 0.06), scaled(color, 0.6), 0.5, bottom=0.01).moved(z=0.29)
    return Thing("bin", (Part(join([body, lid, pedal]), "metal"),), (0.28, 0.42, 0.33))


def basket(style: Style, radius: float = 0.2, height: float = 0.3) -> Thing:
    """A wicker basket with a blanket or yarn in it."""
    body = lathe(
        [(0, 0), (0.85 * radius, 0), (radius, height), (0.95 * radius, height), (0.82 * radius, 0.02), (0, 0.02)],
        _WICKER,
        18,
    )
    filling = pillow((1.7 * radius, 0.16, 1.7 * radius), style.bright(), 0.9, 12, bottom=height - 0.13)
    parts = (
        Part(body.moved(z=radius), "wooden_chair", texture="wicker"),
        Part(filling.moved(z=radius), "heavy_curtain", texture="knit"),
    )
    return stood(Thing("basket", parts, (2 * radius, height + 0.03, 2 * radius)))


def laundry_basket(style: Style) -> Thing:
    """A tall basket for laundry, open, clothes in it."""
    color = one_of(style, (_WICKER, WHITE, style.bright()))
    body = rounded_box((0.42, 0.52, 0.34), color, 0.04, 1, 0.4).moved(z=0.18)
    clothes = [
        pillow((0.2, 0.14, 0.2), style.bright(), 0.8, 10, bottom=0.46).moved(x, 0, z)
        for x, z in ((-0.08, 0.15), (0.09, 0.2))
    ]
    parts = (Part(body, "wooden_chair", texture="wicker"), Part(join(clothes), "medium_curtain", texture="fabric"))
    return Thing("laundry-basket", parts, (0.42, 0.6, 0.36))


def broom(style: Style) -> Thing:
    """A broom leaning at the wall."""
    stick = rod((0, 0.1, 0.17), (0, 1.4, 0.02), 0.012, style.wood)
    head = box((0.3, 0.04, 0.06), style.bright(), 0.5, bottom=0.08).moved(z=0.17)
    bristles = box((0.29, 0.08, 0.05), (0.42, 0.36, 0.28), 0.5).moved(z=0.17)
    parts = (Part(join([stick, head]), "wood_panel"), Part(bristles, "wooden_chair"))
    return stood(Thing("broom", parts, (0.3, 1.42, 0.21)))


def bucket(style: Style) -> Thing:
    """A bucket with a cloth over its rim."""
    body = lathe([(0, 0), (0.1, 0), (0.14, 0.26), (0.135, 0.26), (0.095, 0.01), (0, 0.01)], style.bright(), 18)
    rag = rounded_box((0.12, 0.14, 0.03), style.bright(), 0.01, 1, bottom=0.15).moved(z=0.125)
    parts = (Part(body.moved(z=0.16), "plastic"), Part(rag.moved(z=0.16), "medium_curtain", texture="towel"))
    return Thing("bucket", parts, (0.3, 0.3, 0.32))


def ironing_board(style: Style) -> Thing:
    """An ironing board with an iron on it."""
    cover = rounded_box((1.15, 0.03, 0.36), style.bright(), 0.014, 1, 0.5, bottom=0.86).moved(0, 0, 0.2)
    crossed = [
        rod((s * 0.35, 0.0, 0.2 + o), (-s * 0.3, 0.86, 0.2 + o), 0.011, STEEL)
        for s in (-1, 1)
        for o in (-0.09 * s, 0.09 * s)
    ]
    feet = [rod((s * 0.35, 0.011, 0.06), (s * 0.35, 0.011, 0.34), 0.011, STEEL) for s in (-1, 1)]
    board = Thing(
        "ironing-board",
        (Part(cover, "upholstery", texture="fabric_check"), Part(join([*crossed, *feet]), "metal")),
        (1.2, 0.9, 0.4),
    )
    return stood(board.carrying(_iron(style).moved(0.35, 0.89, 0.2)))


def _iron(style: Style) -> Thing:
    sole = box((0.22, 0.015, 0.1), STEEL, 0.5)
    body = pillow((0.21, 0.08, 0.1), style.bright(), 0.7, 10, bottom=0.015)
    grip = [rod((-0.07, 0.08, 0), (-0.06, 0.13, 0), 0.01, WHITE), rod((-0.06, 0.13, 0), (0.07, 0.11, 0), 0.012, WHITE)]
    return Thing("small-appliance", (Part(join([sole, body, *grip]), "plastic"),), (0.24, 0.15, 0.12))


def drying_rack(style: Style) -> Thing:
    """A folding rack with laundry hung over its bars."""
    legs = [
        rod((s * 0.5, 0.0, 0.1 + 0.4 * e), (s * 0.5, 0.9, 0.5 - 0.4 * e), 0.01, STEEL) for s in (-1, 1) for e in (0, 1)
    ]
    bars = [rod((-0.5, 0.9, 0.1 + 0.08 * k), (0.5, 0.9, 0.1 + 0.08 * k), 0.005, WHITE) for k in range(6)]
    rack = Thing("rack", (Part(join([*legs, *bars]), "metal"),), (1.04, 0.95, 0.6))
    for x, z in ((-0.26, 0.15), (0.22, 0.15), (-0.05, 0.47)):
        long = style.between(0.35, 0.6)
        sheet = wavy_cloth(0.34, long, style.bright(), 2, 0.012).moved(x - 0.17, 0.915 - long, z)
        rack = rack.carrying(Thing("clothing", (Part(sheet, "medium_curtain", texture="fabric"),), (0.36, long, 0.05)))
    return stood(rack)


def box_(style: Style) -> Thing:
    """A cardboard box, or a storage box with a lid; its origin is its middle."""
    width, height, depth = style.between(0.26, 0.42), style.between(0.16, 0.32), style.between(0.24, 0.34)
    if style.chance(0.5):
        body = box((width, height, depth), _CARDBOARD, 0.6)
        tape = box((0.05, 0.002, depth), (0.82, 0.72, 0.54), 1.0, bottom=height)
        return Thing("box", (Part(join([body, tape]), "paper", texture="paper"),), (width, height, depth))
    color = style.bright()
    parts = join(
        [
            box((width - 0.02, height - 0.06, depth - 0.02), color, 0.6),
            box((width, 0.06, depth), scaled(color, 0.85), 0.6, bottom=height - 0.06),
        ]
    )
    return Thing("box", (Part(parts, "paper", texture="linen"),), (width, height, depth))


def packaging(style: Style, pattern_count: int = 4) -> Thing:
    """A printed packet (cereal, tea, detergent); its origin is its middle."""
    width, height, depth = one_of(style, ((0.19, 0.28, 0.07), (0.12, 0.16, 0.08), (0.09, 0.2, 0.06)))
    pattern = numbered(style, "packaging", pattern_count)
    front = upright((width, height), "paper", pattern, (0, 0, depth / 2 + 0.0005))
    body = box((width, height, depth), style.bright(), 1.0)
    return Thing("box", (Part(body, "paper"), front), (width, height, depth))
