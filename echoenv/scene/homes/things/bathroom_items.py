"""What is found in bathrooms: soap, brushes, paper, bottles, towels, scales, a cabinet with a mirror.

The one idea: as in `kitchenware`; what hangs is built in the wall's frame.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.pieces import one_of


def toilet_brush(style: Style) -> Thing:
    """A brush in its holder; its origin is its middle."""
    holder = lathe(
        [(0, 0), (0.05, 0), (0.055, 0.16), (0.045, 0.165), (0, 0.165)], one_of(style, (WHITE, STEEL, BLACK)), 16
    )
    stick = cylinder(0.008, 0.22, STEEL, 8, bottom=0.16)
    knob = pillow((0.03, 0.03, 0.03), STEEL, 1.0, 8, bottom=0.37)
    return Thing("toilet-brush", (Part(join([holder, stick, knob]), "plastic"),), (0.11, 0.4, 0.11))


def toilet_paper(style: Style) -> Thing:
    """A roll on its holder, on the wall."""
    roll = cylinder(0.055, 0.1, WHITE, 16).turned(-90.0, "z").moved(-0.05, 0.06, 0.075)
    bar = box((0.14, 0.012, 0.012), STEEL, 0.5, bottom=0.055).moved(0, 0, 0.075)
    arm = box((0.012, 0.03, 0.08), STEEL, 0.5, bottom=0.045).moved(0.066, 0, 0.041)
    return Thing(
        "toilet-paper", (Part(roll, "paper", texture="paper"), Part(join([bar, arm]), "metal")), (0.15, 0.12, 0.14)
    )


def spare_rolls(style: Style) -> Thing:
    """Three rolls of paper, two below and one above; its origin is its middle."""
    roll = lathe([(0.02, 0), (0.055, 0), (0.055, 0.1), (0.02, 0.1), (0.02, 0)], WHITE, 14)
    rolls = join([roll.moved(-0.057), roll.moved(0.057), roll.moved(0, 0.1)])
    return Thing("toilet-paper", (Part(rolls, "paper", texture="paper"),), (0.23, 0.2, 0.12))


def toothbrushes(style: Style) -> Thing:
    """A beaker with two toothbrushes; its origin is its middle."""
    cup = lathe([(0, 0), (0.032, 0), (0.038, 0.1), (0.034, 0.1), (0.03, 0.01), (0, 0.01)], style.bright(), 14)
    brushes = []
    for s in (-1, 1):
        color = style.bright()
        stick = rod((0.015 * s, 0.012, 0), (0.045 * s, 0.19, 0.01), 0.004, color, 5)
        head = box((0.012, 0.026, 0.012), WHITE, 1.0, bottom=0.165).moved(0.04 * s, 0, 0.014)
        brushes.append(join([stick, head]))
    beaker = Thing("cup", (Part(cup, "porcelain"),), (0.1, 0.2, 0.08))
    return beaker.carrying(Thing("toothbrush", (Part(join(brushes), "plastic"),), (0.1, 0.2, 0.03)))


def soap_dispenser(style: Style) -> Thing:
    """A soap dispenser; its origin is its middle."""
    body = lathe([(0, 0), (0.035, 0), (0.037, 0.11), (0.015, 0.125), (0, 0.125)], style.bright(), 14)
    pump = join(
        [cylinder(0.006, 0.045, STEEL, 6, bottom=0.12), rod((0, 0.163, -0.008), (0, 0.158, 0.045), 0.006, STEEL)]
    )
    return Thing("soap-dispenser", (Part(body, "porcelain"), Part(pump, "metal")), (0.08, 0.17, 0.09))


def shampoo(style: Style) -> Thing:
    """A bottle of shampoo; its origin is its middle."""
    color, high = style.bright(), style.between(0.16, 0.24)
    body = rounded_box((0.07, high, 0.045), color, 0.018, 2, 0.5)
    cap = cylinder(0.017, 0.03, scaled(color, 0.6), 10, bottom=high)
    return Thing("shampoo", (Part(join([body, cap]), "plastic"),), (0.075, high + 0.03, 0.05))


def creams(style: Style) -> Thing:
    """A few small pots and tubes; its origin is its middle."""
    shapes = [
        cylinder(0.028, 0.04, style.bright(), 12).moved(-0.05),
        cylinder(0.03, 0.018, WHITE, 12, bottom=0.04).moved(-0.05),
        lathe([(0, 0), (0.02, 0), (0.022, 0.12), (0.0, 0.12)], style.bright(), 10).moved(0.015),
        cylinder(0.014, 0.15, style.bright(), 10).moved(0.06, 0, 0.01),
    ]
    return Thing("bottle", (Part(join(shapes), "plastic"),), (0.16, 0.16, 0.07))


def scale(style: Style) -> Thing:
    """Bathroom scales."""
    body = rounded_box((0.3, 0.025, 0.3), one_of(style, (WHITE, BLACK, STEEL)), 0.01, 1, 0.5, bottom=0.008).moved(
        z=0.15
    )
    feet = [cylinder(0.015, 0.01, BLACK, 8).moved(sx * 0.12, 0, 0.15 + sz * 0.12) for sx in (-1, 1) for sz in (-1, 1)]
    dial = box((0.09, 0.003, 0.04), (0.15, 0.2, 0.2), 1.0, bottom=0.033).moved(0, 0, 0.06)
    return Thing("scale", (Part(join([body, *feet, dial]), "heavy_glass"),), (0.3, 0.04, 0.3))


def hooks(style: Style) -> Thing:
    """A row of hooks with a bathrobe, on the wall, the hooks 1 m above the lower edge."""
    strip = box((0.4, 0.05, 0.015), STEEL, 0.5, bottom=1.0).moved(z=0.009)
    pegs = [rod((x, 1.02, 0.01), (x, 1.04, 0.06), 0.007, STEEL) for x in (-0.14, 0.0, 0.14)]
    robe = join(
        [
            rounded_box((0.34, 1.0, 0.06), WHITE, 0.028, 1, 0.5, bottom=0.03).moved(0, 0, 0.065),
            *(rod((s * 0.17, 0.98, 0.065), (s * 0.2, 0.45, 0.065), 0.045, WHITE) for s in (-1, 1)),
        ]
    )
    rack = Thing("wall-hook", (Part(join([strip, *pegs]), "metal"),), (0.5, 1.06, 0.12))
    return rack.carrying(Thing("clothing", (Part(robe, "heavy_curtain", texture="towel"),), (0.45, 1.0, 0.1)))


def bath_tray(style: Style) -> Thing:
    """A board across a tub with a bottle and a sponge; its origin is its middle."""
    board = rounded_box((0.2, 0.02, 0.74), style.shade(style.wood), 0.008, 1, 0.5)
    sponge = pillow((0.12, 0.06, 0.09), (0.90, 0.78, 0.42), 0.6, 8, bottom=0.02).moved(0, 0, 0.15)
    tray = Thing("tray", (Part(board, "wooden_furniture", texture="wood_fine"),), (0.2, 0.25, 0.74))
    return tray.carrying(
        Thing("sponge", (Part(sponge, "cushion"),), (0.12, 0.06, 0.09)), shampoo(style).moved(0, 0.0201, -0.1)
    )
