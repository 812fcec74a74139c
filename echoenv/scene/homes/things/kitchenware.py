"""What stands about in kitchens and on laid tables: pans, boards, knives, fruit, machines, glasses, packets.

The one idea: the origin of each thing is the middle of what it stands on, so that `surfaces` can set it anywhere.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.pieces import GREY, PURE, numbered, one_of, upright

_FRUITS: tuple[tuple[Color, float], ...] = (
    ((0.80, 0.25, 0.18), 0.075),
    ((0.90, 0.58, 0.16), 0.08),
    ((0.55, 0.68, 0.26), 0.075),
    ((0.88, 0.78, 0.24), 0.065),
)


def toaster(style: Style) -> Thing:
    """A toaster with two slots."""
    color = one_of(style, (STEEL, BLACK, style.bright()))
    body = rounded_box((0.28, 0.18, 0.16), color, 0.035, 2, 0.4, bottom=0.012)
    slots = [box((0.2, 0.004, 0.025), BLACK, 1.0, bottom=0.191).moved(z=z) for z in (-0.03, 0.03)]
    lever = box((0.015, 0.02, 0.04), BLACK, 1.0, bottom=0.12).moved(0.147)
    foot = box((0.22, 0.012, 0.12), BLACK, 1.0)
    return Thing("toaster", (Part(join([body, *slots, lever, foot]), "metal"),), (0.31, 0.2, 0.17))


def coffee_machine(style: Style) -> Thing:
    """A coffee machine with its pot or a cup under the spout."""
    color = one_of(style, (BLACK, STEEL, style.bright()))
    body = [
        rounded_box((0.2, 0.03, 0.26), color, 0.012, 1, 0.4),
        rounded_box((0.2, 0.34, 0.11), color, 0.02, 1, 0.4).moved(z=-0.075),
        rounded_box((0.2, 0.1, 0.22), color, 0.02, 1, 0.4, bottom=0.24).moved(z=-0.01),
        cylinder(0.02, 0.03, STEEL, 10, bottom=0.21).moved(z=0.04),
    ]
    jug = lathe([(0, 0.031), (0.055, 0.031), (0.065, 0.1), (0.045, 0.16), (0.0, 0.165)], (0.24, 0.15, 0.1), 14)
    return Thing(
        "coffee-machine", (Part(join(body), "plastic"), Part(jug.moved(z=0.045), "heavy_glass")), (0.2, 0.34, 0.28)
    )


def knife_block(style: Style) -> Thing:
    """A slanted block of wood with knives."""
    block = rounded_box((0.1, 0.2, 0.13), style.wood, 0.01, 1, 0.4).turned(-18.0, "x").moved(0, 0.02, 0.0)
    grips = [
        box((0.016, 0.1, 0.022), BLACK, 1.0, bottom=0.2)
        .moved(0.026 * i, 0, 0.04 * k - 0.02)
        .turned(-18.0, "x")
        .moved(0, 0.02)
        for i in (-1, 0, 1)
        for k in range(2)
    ]
    base = box((0.1, 0.03, 0.13), style.wood, 0.5)
    parts = (Part(join([block, base]), "wooden_furniture", texture="wood_fine"), Part(join(grips), "plastic"))
    return Thing("knife-block", parts, (0.11, 0.32, 0.24))


def pan(style: Style) -> Thing:
    """A frying pan."""
    body = lathe([(0, 0), (0.1, 0), (0.13, 0.045), (0.125, 0.045), (0.097, 0.006), (0, 0.006)], (0.15, 0.15, 0.16), 20)
    grip = rod((0.125, 0.035, 0), (0.31, 0.06, 0), 0.011, BLACK)
    return Thing("pan", (Part(join([body, grip]), "metal"),), (0.62, 0.07, 0.26))


def pot(style: Style) -> Thing:
    """A pot with a lid."""
    color = one_of(style, (STEEL, style.bright(), (0.75, 0.42, 0.30)))
    body = lathe([(0, 0), (0.1, 0), (0.11, 0.02), (0.11, 0.13), (0.115, 0.132), (0.09, 0.15), (0, 0.16)], color, 20)
    knob = cylinder(0.018, 0.03, BLACK, 10, bottom=0.158)
    ears = [box((0.05, 0.015, 0.06), color, 1.0, bottom=0.1).moved(s * 0.13) for s in (-1, 1)]
    return Thing("pot", (Part(join([body, knob, *ears]), "metal"),), (0.31, 0.19, 0.23))


def chopping_board(style: Style) -> Thing:
    """A wooden board with bread or a knife on it."""
    body = rounded_box((0.36, 0.02, 0.24), style.shade(style.wood), 0.008, 1, 0.4)
    board = Thing("chopping-board", (Part(body, "wooden_furniture", texture="wood_bold"),), (0.36, 0.02, 0.24))
    knife = join(
        [
            box((0.16, 0.003, 0.025), STEEL, 1.0, bottom=0.021),
            box((0.1, 0.014, 0.02), BLACK, 1.0, bottom=0.02).moved(0.13),
        ]
    )
    board = board.carrying(Thing("kitchen-utensil", (Part(knife.moved(-0.02, 0, 0.08), "metal"),), (0.28, 0.02, 0.03)))
    if style.chance(0.5):
        loaf = pillow((0.22, 0.1, 0.11), (0.70, 0.48, 0.26), 0.8, 12, bottom=0.019).moved(-0.02, 0, -0.04)
        board = board.carrying(Thing("food", (Part(loaf, "cushion"),), (0.22, 0.1, 0.11)))
    return board


def fruit_bowl(style: Style) -> Thing:
    """A wide bowl with fruit."""
    wood = style.chance(0.4)
    color = style.shade(style.wood) if wood else style.shade(one_of(style, (WHITE, style.bright())))
    body = lathe([(0, 0), (0.06, 0), (0.15, 0.07), (0.145, 0.07), (0.055, 0.012), (0, 0.012)], color, 20)
    fruit = []
    for k in range(6):
        tint, size = one_of(style, _FRUITS)
        ring, turn = (0.07, 72.0 * k) if k < 5 else (0.0, 0.0)
        ball = pillow((size, 0.92 * size, size), style.shade(tint), 1.0, 10, bottom=0.028 if k < 5 else 0.07)
        fruit.append(ball.moved(ring).turned(turn))
    parts = Part(body, "wooden_furniture" if wood else "porcelain", texture="wood_fine" if wood else "")
    return Thing("fruit-bowl", (parts,), (0.3, 0.15, 0.3)).carrying(
        Thing("fruit", (Part(join(fruit), "plastic"),), (0.22, 0.14, 0.22))
    )


def bowl(style: Style) -> Thing:
    """An empty bowl."""
    body = lathe([(0, 0), (0.04, 0), (0.08, 0.06), (0.076, 0.06), (0.036, 0.008), (0, 0.008)], style.bright(), 16)
    return Thing("bowl", (Part(body, "porcelain"),), (0.16, 0.06, 0.16))


def cup(style: Style) -> Thing:
    """A cup with a handle."""
    color = style.bright()
    body = lathe([(0, 0), (0.032, 0), (0.04, 0.085), (0.035, 0.085), (0.03, 0.06), (0, 0.06)], color, 14)
    ear = [
        rod(a, b, 0.006, color, 5)
        for a, b in (((0.036, 0.07, 0), (0.062, 0.06, 0)), ((0.062, 0.06, 0), (0.034, 0.025, 0)))
    ]
    return Thing("cup", (Part(join([body, *ear]), "porcelain"),), (0.13, 0.085, 0.085))


def saucer_cup(style: Style) -> Thing:
    """A cup on its saucer."""
    dish = lathe([(0, 0), (0.04, 0), (0.07, 0.012), (0.0, 0.006)], WHITE, 16)
    body = lathe([(0, 0.006), (0.025, 0.006), (0.042, 0.06), (0.038, 0.06), (0.034, 0.045), (0, 0.045)], WHITE, 14)
    tea = lathe([(0, 0.046), (0.034, 0.046)], (0.42, 0.24, 0.12), 14)
    return Thing("cup", (Part(join([dish, body, tea]), "porcelain"),), (0.14, 0.06, 0.14))


def wine_glass(style: Style) -> Thing:
    """A wine glass, often with wine."""
    wine = one_of(style, ((0.45, 0.08, 0.14), (0.90, 0.86, 0.62), (0.84, 0.90, 0.92)))
    clear = (0.84, 0.90, 0.92)
    body = lathe([(0, 0), (0.034, 0), (0.03, 0.004), (0.004, 0.008), (0.004, 0.09), (0.036, 0.13)], clear, 14)
    filled = lathe([(0.0, 0.095), (0.036, 0.13), (0.035, 0.14), (0.0, 0.14)], wine, 14)
    rim = lathe([(0.036, 0.13), (0.03, 0.19), (0.028, 0.19), (0.034, 0.14)], clear, 14)
    return Thing("wine-glass", (Part(join([body, filled, rim]), "heavy_glass"),), (0.075, 0.19, 0.075))


def bottle(style: Style) -> Thing:
    """A bottle of wine, oil or water."""
    color = one_of(style, ((0.14, 0.26, 0.16), (0.30, 0.17, 0.10), (0.72, 0.82, 0.84), (0.66, 0.60, 0.22)))
    high = style.between(0.22, 0.3)
    body = lathe([(0, 0), (0.036, 0), (0.036, 0.62 * high), (0.013, 0.8 * high), (0.013, high), (0, high)], color, 14)
    label = lathe([(0.0368, 0.2 * high), (0.0368, 0.45 * high)], style.bright(), 14)
    cap = cylinder(0.015, 0.025, style.bright(), 10, bottom=high)
    parts = (Part(join([body, cap]), "heavy_glass"), Part(label, "paper"))
    return Thing("bottle", parts, (0.075, high + 0.025, 0.075))


def can(style: Style) -> Thing:
    """A tin with a printed label."""
    body = lathe([(0, 0), (0.037, 0), (0.037, 0.11), (0.03, 0.112), (0, 0.112)], style.bright(), 14)
    return Thing("can", (Part(body, "metal"),), (0.075, 0.115, 0.075))


def jars(style: Style) -> Thing:
    """Three storage jars with lids."""
    shapes = []
    for k in range(3):
        x, high = 0.105 * (k - 1), 0.2 - 0.03 * k
        shapes.append(cylinder(0.046, high, style.shade(one_of(style, (CREAMY, WHITE, (0.8, 0.72, 0.5)))), 14).moved(x))
        shapes.append(cylinder(0.048, 0.022, style.wood, 14, bottom=high).moved(x))
    return Thing("utensil-holder", (Part(join(shapes), "porcelain"),), (0.31, 0.23, 0.1))


CREAMY: Color = (0.90, 0.86, 0.76)


def utensil_holder(style: Style) -> Thing:
    """A pot with wooden spoons and ladles."""
    body = lathe([(0, 0), (0.055, 0), (0.06, 0.15), (0.054, 0.15), (0.05, 0.01), (0, 0.01)], style.bright(), 16)
    spoons = [
        join(
            [
                rod((0, 0.02, 0), (0.05, 0.3, 0), 0.006, c, 5),
                pillow((0.05, 0.07, 0.02), c, 0.9, 8, bottom=0.27).moved(0.052),
            ]
        ).turned(72.0 * k)
        for k, c in enumerate((style.wood, scaled(style.wood, 0.8), STEEL, scaled(style.wood, 1.1), BLACK))
    ]
    holder = Thing("utensil-holder", (Part(body, "porcelain"),), (0.16, 0.35, 0.16))
    return holder.carrying(Thing("kitchen-utensil", (Part(join(spoons), "wooden_chair"),), (0.16, 0.34, 0.16)))


def paper_towel(style: Style) -> Thing:
    """A roll of kitchen paper on a stand."""
    roll = lathe([(0, 0.02), (0.055, 0.02), (0.055, 0.24), (0, 0.24)], WHITE, 16)
    stand = join([cylinder(0.07, 0.012, style.wood, 16), cylinder(0.01, 0.29, style.wood, 8)])
    return Thing(
        "paper-towel", (Part(roll, "paper", texture="paper"), Part(stand, "wooden_furniture")), (0.14, 0.29, 0.14)
    )


def cutlery(style: Style) -> Thing:
    """Knife and fork, lying a plate's width apart."""
    knife = join(
        [box((0.012, 0.003, 0.12), STEEL, 1.0).moved(z=-0.05), box((0.014, 0.005, 0.09), STEEL, 1.0).moved(z=0.055)]
    ).moved(0.15)
    fork = join(
        [box((0.01, 0.003, 0.13), STEEL, 1.0).moved(z=0.03), box((0.022, 0.003, 0.06), STEEL, 1.0).moved(z=-0.065)]
    ).moved(-0.15)
    return Thing("cutlery", (Part(join([knife, fork]), "metal"),), (0.33, 0.005, 0.2))


def plate(style: Style) -> Thing:
    """A dinner plate."""
    color = style.shade(WHITE, 0.03)
    body = lathe([(0, 0), (0.07, 0), (0.125, 0.018), (0.12, 0.02), (0.07, 0.006), (0, 0.006)], color, 20)
    return Thing("plate", (Part(body, "porcelain"),), (0.25, 0.02, 0.25))


def place_setting(style: Style) -> Thing:
    """A place mat with a plate, knife and fork, and a glass behind; faces +z, 0.42 m wide and 0.32 deep."""
    cover = Part(
        box((0.42, 0.004, 0.3), style.shade(style.textile), 0.6),
        "rug",
        texture=one_of(style, ("linen", "wicker", "fabric_check")),
    )
    base = Thing("mat", (cover,), (0.42, 0.005, 0.32))
    glass = wine_glass(style).moved(0.14, 0.0041, -0.1) if style.chance(0.6) else cup(style).moved(0.14, 0.0041, -0.1)
    return base.carrying(plate(style).moved(0, 0.0041, 0.01), cutlery(style).moved(0, 0.0041, 0.02), glass)


def plates_in_pile(style: Style) -> Thing:
    """A pile of plates."""
    body = lathe(
        [(0, 0), (0.07, 0), (0.125, 0.018), (0.125, 0.08), (0.07, 0.068), (0, 0.068)], style.shade(WHITE, 0.03), 18
    )
    return Thing("plate", (Part(body, "porcelain"),), (0.25, 0.08, 0.25))


def tray(style: Style) -> Thing:
    """A tray with a tea pot and two cups."""
    rim = join(
        [
            box((0.42, 0.012, 0.28), style.wood, 0.6),
            *(box((0.42, 0.03, 0.01), style.wood, 0.6).moved(z=s * 0.135) for s in (-1, 1)),
        ]
    )
    base = Thing("tray", (Part(rim, "wooden_furniture", texture="wood_fine"),), (0.42, 0.2, 0.28))
    return base.carrying(
        tea_pot(style).moved(-0.08, 0.0121, 0.0), *(saucer_cup(style).moved(0.12, 0.0121, z) for z in (-0.06, 0.065))
    )


def tea_pot(style: Style) -> Thing:
    """A tea pot."""
    color = style.bright()
    body = pillow((0.15, 0.12, 0.15), color, 1.0, 14)
    lid = lathe([(0.045, 0.112), (0.03, 0.125), (0, 0.145)], color, 12)
    spout = rod((0.06, 0.05, 0), (0.12, 0.11, 0), 0.012, color)
    turns = np.linspace(-1.2, 1.2, 5)
    ear = [(-0.07 - 0.04 * float(np.cos(t)), 0.06 + 0.04 * float(np.sin(t)), 0.0) for t in turns]
    grip = [rod(ear[k], ear[k + 1], 0.006, color, 5) for k in range(4)]
    return Thing("pot", (Part(join([body, lid, spout, *grip]), "porcelain"),), (0.25, 0.15, 0.15))


def cereal(style: Style) -> Thing:
    """A packet of breakfast cereal."""
    front = upright((0.19, 0.29), "paper", numbered(style, "packaging", 4), (0, 0, 0.0335), PURE)
    return Thing("box", (Part(box((0.19, 0.29, 0.066), style.bright(), 1.0), "paper"), front), (0.19, 0.29, 0.07))


def mixer(style: Style) -> Thing:
    """A kitchen mixer with its bowl."""
    color = style.bright()
    body = [
        rounded_box((0.16, 0.04, 0.3), color, 0.015, 1, 0.4),
        rounded_box((0.1, 0.26, 0.09), color, 0.03, 1, 0.4).moved(z=-0.1),
        rounded_box((0.1, 0.11, 0.3), color, 0.04, 2, 0.4, bottom=0.24),
    ]
    vessel = lathe([(0, 0.041), (0.05, 0.041), (0.1, 0.16), (0.095, 0.16), (0.045, 0.05), (0, 0.05)], STEEL, 16).moved(
        z=0.05
    )
    whisk = cylinder(0.02, 0.09, GREY, 8, bottom=0.15).moved(z=0.05)
    return Thing(
        "small-appliance", (Part(join(body), "plastic"), Part(join([vessel, whisk]), "metal")), (0.2, 0.36, 0.31)
    )
