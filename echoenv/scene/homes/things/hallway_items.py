"""What people leave by the door or keep in cupboards: coats, shoes, bags, umbrellas, suitcases, a bicycle.

The one idea: as in `seating`; what is hung up is built in the wall's frame, its lower edge at y = 0.
"""

from __future__ import annotations

import itertools

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe, pillow, rounded_box, wavy_cloth
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, Style, scaled
from echoenv.scene.homes.things.pieces import GREY, one_of, stood

_LEATHERS: tuple[Color, ...] = ((0.36, 0.22, 0.14), (0.16, 0.15, 0.15), (0.58, 0.38, 0.22), (0.50, 0.20, 0.20))


def coat_rack(style: Style, width: float = 0.9) -> Thing:
    """A board with hooks from which coats, a scarf and a bag hang, its lower edge 1 m below the hooks."""
    low = 1.0  # [m] from the lower edge to the board, room for what hangs
    board = rounded_box((width, 0.12, 0.02), style.wood, 0.006, 1, bottom=low).moved(z=0.012)
    pitch = (width - 0.18) / 4
    hooks = [box((0.015, 0.05, 0.06), STEEL, bottom=low + 0.03).moved(pitch * (k - 2), 0, 0.05) for k in range(5)]
    rack = Thing(
        "rack",
        (Part(board, "wood_panel", texture="wood_fine"), Part(join(hooks), "metal")),
        (width, low + 0.12, 0.12),
    )
    for k in (0, 2, 3):
        x = pitch * (k - 2) + 0.02
        if style.chance(0.8):
            rack = rack.carrying((_coat(style) if k < 3 else scarf(style)).moved(x, low, 0.0))
    return stood(rack)


def _coat(style: Style) -> Thing:
    long = style.between(0.75, 0.98)
    color = style.shade(one_of(style, (style.fabric, style.bright(), GREY)))
    body = wavy_cloth(0.34, long, color, 3, 0.03).moved(-0.17, 0.06 - long, 0.03)
    shoulders = rounded_box((0.3, 0.12, 0.07), color, 0.03, 1, bottom=-0.06).moved(z=0.06)
    sleeves = [rod((s * 0.15, 0.0, 0.07), (s * 0.19, -0.55, 0.07), 0.04, scaled(color, 0.95)) for s in (-1, 1)]
    return Thing(
        "clothing", (Part(join([body, shoulders, *sleeves]), "heavy_curtain", texture="fabric"),), (0.42, long, 0.1)
    )


def scarf(style: Style) -> Thing:
    """A scarf that hangs from a hook at y = 0."""
    color = style.bright()
    ends = [
        wavy_cloth(0.12, long, color, 1, 0.02).moved(x, 0.03 - long, 0.04) for x, long in ((-0.09, 0.62), (0.0, 0.5))
    ]
    return Thing(
        "scarf",
        (Part(join(ends), "heavy_curtain", texture=one_of(style, ("knit", "fabric_stripes", "fabric_check"))),),
        (0.2, 0.65, 0.08),
    )


def shoes(style: Style) -> Thing:
    """A pair of shoes, or of boots."""
    color, boot = one_of(style, (*_LEATHERS, style.bright())), style.chance(0.3)
    sole = box((0.085, 0.02, 0.27), BLACK, 0.4).moved(z=0.15)
    upper = pillow((0.085, 0.075, 0.16), color, 0.7, 10, bottom=0.015).moved(z=0.2)
    heel = rounded_box((0.08, 0.28 if boot else 0.085, 0.13), color, 0.025, 1, bottom=0.018).moved(z=0.085)
    one = join([sole, upper, heel])
    pair = join([one.moved(-0.065), one.turned(7.0).moved(0.06)])
    return stood(Thing("shoe", (Part(pair, "leather", texture="leather"),), (0.26, 0.3 if boot else 0.11, 0.3)))


def shoe_rack(style: Style, width: float = 0.7) -> Thing:
    """A low rack with pairs of shoes on two shelves."""
    color = style.shade(style.wood)
    boards = [box((width, 0.02, 0.3), color, 0.8, bottom=y).moved(z=0.15) for y in (0.1, 0.32)]
    sides = [box((0.02, 0.42, 0.3), color, 0.5).moved(s * (width / 2 - 0.01), 0, 0.15) for s in (-1, 1)]
    rack = Thing("rack", (Part(join([*boards, *sides]), "wooden_furniture", texture="wood_fine"),), (width, 0.42, 0.31))
    for y in (0.12, 0.34):
        for k in range(int((width - 0.06) / 0.3)):
            pair = shoes(style)
            if style.chance(0.75) and pair.size[1] < (0.2 if y < 0.2 else 0.5):
                rack = rack.carrying(pair.moved(-width / 2 + 0.19 + 0.3 * k, y, 0.0))
    return stood(rack)


def umbrella(style: Style) -> Thing:
    """A rolled umbrella, standing upright, its tip at the origin."""
    cloth = lathe([(0, 0.02), (0.012, 0.08), (0.035, 0.5), (0.02, 0.56), (0, 0.57)], style.bright(), 10)
    stick = cylinder(0.006, 0.82, STEEL, 6)
    handle = join(
        [rod((0, 0.8, 0), (0.02, 0.86, 0), 0.011, BLACK), rod((0.02, 0.86, 0), (0.06, 0.83, 0), 0.011, BLACK)]
    )
    return Thing("umbrella", (Part(cloth, "light_curtain"), Part(join([stick, handle]), "metal")), (0.1, 0.87, 0.07))


def umbrella_stand(style: Style) -> Thing:
    """A tall pot with two umbrellas."""
    body = lathe([(0, 0), (0.11, 0), (0.12, 0.5), (0.11, 0.5), (0.102, 0.02), (0, 0.02)], style.bright(), 18)
    stand = Thing("umbrella-stand", (Part(body.moved(z=0.13), "metal"),), (0.26, 0.9, 0.26))
    tilted = [_leaning(umbrella(style), 5.0 * s).moved(-0.03 * s, 0.025, 0.13 + 0.03 * s) for s in (-1, 1)]
    return stood(stand.carrying(*tilted))


def _leaning(thing: Thing, degrees: float) -> Thing:
    parts = tuple(Part(part.shape.turned(degrees, "z"), part.material, part.glow, part.texture) for part in thing.parts)
    return Thing(thing.category, parts, thing.size, thing.carries, thing.sounds_at)


def handbag(style: Style) -> Thing:
    """A handbag; its origin is its middle."""
    color = one_of(style, _LEATHERS)
    body = rounded_box((0.3, 0.2, 0.12), color, 0.035, 2, 0.4)
    flap = rounded_box((0.31, 0.1, 0.13), scaled(color, 0.85), 0.03, 1, 0.4, bottom=0.105)
    turns = np.linspace(0.0, np.pi, 6)
    bow = [(0.09 * float(np.cos(t)), 0.2 + 0.1 * float(np.sin(t)), 0.0) for t in turns]
    handle = [rod(a, b, 0.007, scaled(color, 0.8)) for a, b in itertools.pairwise(bow)]
    return Thing("handbag", (Part(join([body, flap, *handle]), "leather", texture="leather"),), (0.31, 0.31, 0.13))


def backpack(style: Style) -> Thing:
    """A backpack; its origin is its middle."""
    color = style.bright()
    body = rounded_box((0.3, 0.44, 0.18), color, 0.07, 2, 0.4)
    pocket = rounded_box((0.24, 0.2, 0.08), scaled(color, 0.85), 0.035, 1, 0.4, bottom=0.05).moved(z=0.11)
    straps = [rod((s * 0.08, 0.06, -0.1), (s * 0.08, 0.4, -0.1), 0.014, scaled(color, 0.6)) for s in (-1, 1)]
    loop = [
        rod((-0.03, 0.43, -0.04), (0, 0.48, -0.04), 0.008, BLACK),
        rod((0, 0.48, -0.04), (0.03, 0.43, -0.04), 0.008, BLACK),
    ]
    return Thing(
        "backpack",
        (Part(join([body, pocket, *straps, *loop]), "upholstery", texture="fabric_coarse"),),
        (0.32, 0.48, 0.3),
    )


def suitcase(style: Style) -> Thing:
    """A suitcase on wheels, standing; its origin is its middle."""
    color, high = style.bright(), style.between(0.5, 0.68)
    body = rounded_box((0.42, high, 0.24), color, 0.04, 2, 0.5, bottom=0.04)
    ribs = [box((0.012, high - 0.1, 0.25), scaled(color, 0.85), 1.0, bottom=0.09).moved(x) for x in (-0.12, 0.0, 0.12)]
    wheels = [
        cylinder(0.02, 0.025, BLACK, 8).turned(90.0, "z").moved(x + 0.0125, 0.02, z)
        for x in (-0.16, 0.16)
        for z in (-0.08, 0.08)
    ]
    grip = [rod((s * 0.09, high + 0.02, -0.09), (s * 0.09, high + 0.12, -0.09), 0.007, STEEL) for s in (-1, 1)]
    bar = box((0.2, 0.025, 0.025), BLACK, 0.5, bottom=high + 0.11).moved(z=-0.09)
    return Thing(
        "suitcase",
        (Part(join([body, *ribs, bar]), "plastic"), Part(join([*wheels, *grip]), "metal")),
        (0.44, high + 0.14, 0.26),
    )


def hat(style: Style) -> Thing:
    """A hat with a brim; its origin is its middle."""
    color = style.bright()
    body = lathe([(0, 0.004), (0.16, 0.0), (0.16, 0.012), (0.095, 0.02), (0.08, 0.12), (0.0, 0.125)], color, 16)
    return Thing("clothing", (Part(body, "medium_curtain", texture="felt"),), (0.32, 0.13, 0.32))


def keys(style: Style) -> Thing:
    """A dish with keys; its origin is its middle."""
    dish = lathe([(0, 0), (0.05, 0), (0.075, 0.025), (0.07, 0.025), (0.045, 0.008), (0, 0.008)], style.bright(), 14)
    bits = [box((0.012, 0.004, 0.05), STEEL, 1.0, bottom=0.009 + 0.003 * k).turned(50.0 * k) for k in range(3)]
    return Thing("bowl", (Part(dish, "porcelain"), Part(join(bits), "metal")), (0.15, 0.03, 0.15))


def _ring(radius: float, thick: float, color: Color, sides: int = 20) -> Shape:
    """A wheel's rim about the z axis."""
    turns = np.linspace(0.0, 2.0 * np.pi, sides + 1)
    points = [(radius * float(np.cos(t)), radius * float(np.sin(t)), 0.0) for t in turns]
    return join([rod(a, b, thick, color, 5) for a, b in itertools.pairwise(points)])


def bicycle(style: Style) -> Thing:
    """A bicycle that leans against a wall, its length along it."""
    color = style.bright()
    hubs = ((-0.5, 0.33), (0.5, 0.33))
    wheels = [_ring(0.32, 0.016, BLACK).moved(x, y) for x, y in hubs]
    spokes = [
        rod((x, y, 0), (x + 0.31 * float(np.cos(t)), y + 0.31 * float(np.sin(t)), 0), 0.002, STEEL, 3)
        for x, y in hubs
        for t in np.arange(0, 2 * np.pi, np.pi / 4)
    ]
    seat, bar, crank = (-0.2, 0.82, 0.0), (0.4, 0.9, 0.0), (-0.05, 0.3, 0.0)
    tubes = [
        ((-0.5, 0.33, 0.0), crank),
        ((-0.5, 0.33, 0.0), (-0.17, 0.74, 0.0)),
        (crank, seat),
        (crank, (0.37, 0.72, 0.0)),
        ((-0.17, 0.74, 0.0), (0.38, 0.8, 0.0)),
        (bar, (0.5, 0.33, 0.0)),
    ]
    body = join([rod(a, b, 0.015, color) for a, b in tubes])
    grips = rod((0.38, 0.93, -0.2), (0.38, 0.93, 0.2), 0.012, BLACK)
    saddle = pillow((0.25, 0.06, 0.14), BLACK, 0.7, 10, bottom=0.82).moved(-0.2)
    chain = cylinder(0.09, 0.012, STEEL, 14).turned(90.0, "x").moved(-0.05, 0.3, 0.02)
    whole = join([*wheels, *spokes, body, grips, chain]).turned(-5.0, "x").moved(z=0.3)
    parts = (Part(whole, "metal"), Part(saddle.turned(-5.0, "x").moved(z=0.3), "leather"))
    return stood(Thing("bike", parts, (1.7, 1.0, 0.5)))
