"""Lamps of several kinds, from ceilings, walls, floors and tables.

The one idea: what hangs from a ceiling is built below y = 0, what hangs on a wall in the wall's frame; each kind gives
off about the light that such a lamp would, whatever the size of its glowing part.
"""

from __future__ import annotations

import itertools

import numpy as np

from echoenv.scene.homes.assembly import Part, Point, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style
from echoenv.scene.homes.things.pieces import GOLD, one_of, stood

LAMP_RADIANCE: Point = (9.0, 7.6, 5.6)
"""Linear radiance (3,) of a warm lamp, on the scale of `openings.SKY_RADIANCE`."""

OFFICE_RADIANCE: Point = (6.5, 6.4, 6.0)

BULB_RADIANCE: Point = (22.0, 18.5, 13.5)

SHADE_RADIANCE: Point = (2.3, 1.9, 1.3)
"""Of a cloth shade with a bulb behind it."""

_CLOTH: Color = (0.97, 0.92, 0.82)
_METALS: tuple[Color, ...] = (BLACK, STEEL, GOLD, WHITE)


def _shade(low: float, high: float, bottom: float, top: float, color: Color = _CLOTH) -> Shape:
    """A cone of cloth, open below and above, with both sides: radii and heights [m] of its two rims."""
    outer = lathe([(low, bottom), (high, top)], color, 20)
    inner = lathe([(high - 0.003, top - 0.001), (low - 0.003, bottom + 0.001)], color, 20)
    return join([outer, inner])


def ceiling_lamp(style: Style) -> Thing:
    """A lamp close under the ceiling (y = 0): a dome, a flat disc, or a drum of cloth."""
    return one_of(style, (_dome, _disc, _drum))(style)


def _dome(style: Style) -> Thing:
    ring = lathe([(0.23, -0.02), (0.24, -0.02), (0.24, 0.0)], one_of(style, _METALS), 24)
    dome = lathe([(0, -0.10), (0.09, -0.095), (0.16, -0.075), (0.21, -0.045), (0.23, -0.015)], WHITE, 24)
    return Thing("lamp", (Part(ring, "metal"), Part(dome, "heavy_glass", LAMP_RADIANCE)), (0.48, 0.1, 0.48))


def _disc(style: Style) -> Thing:
    ring = lathe([(0.22, -0.045), (0.25, -0.045), (0.25, 0.0)], one_of(style, _METALS), 28)
    glass = lathe([(0, -0.04), (0.22, -0.04)], WHITE, 28)
    return Thing("lamp", (Part(ring, "metal"), Part(glass, "plastic", (10.0, 8.6, 6.6))), (0.5, 0.05, 0.5))


def _drum(style: Style) -> Thing:
    plate = cylinder(0.07, 0.02, WHITE, 16, bottom=-0.02)
    post = cylinder(0.01, 0.05, STEEL, 8, bottom=-0.07)
    under = lathe([(0, -0.2), (0.2, -0.2)], WHITE, 20)
    parts = (
        Part(join([plate, post]), "metal"),
        Part(_shade(0.21, 0.21, -0.21, -0.06), "light_curtain", SHADE_RADIANCE, "linen"),
        Part(under, "plastic", (8.0, 6.8, 4.9)),
    )
    return Thing("lamp", parts, (0.44, 0.21, 0.44))


def pendant_lamp(style: Style, drop: float) -> Thing:
    """A shade on a cord, hanging `drop` [m] below the ceiling (y = 0): a bell, a globe or a cone."""
    kind = int(style.rng.integers(3))
    color = style.bright()
    cord = cylinder(0.006, drop - 0.2, BLACK, 6, bottom=0.2 - drop)
    if kind == 0:
        return _globe(cord, drop)
    outside = (
        [(0.20, -drop), (0.17, 0.12 - drop), (0.05, 0.21 - drop), (0.0, 0.215 - drop)],
        [(0.22, -drop), (0.03, 0.2 - drop), (0.0, 0.21 - drop)],
    )[kind - 1]
    outer = lathe(outside, color, 20)
    inner = lathe(
        [(max(0.0, r - 0.005), y - 0.006) for r, y in reversed(outside[1:])] + [(outside[0][0] - 0.004, -drop)],
        WHITE,
        20,
    )
    bulb = lathe([(0, 0.02 - drop), (0.11, 0.03 - drop), (0.11, 0.05 - drop), (0, 0.06 - drop)], WHITE, 14)
    parts = (Part(cord, "plastic"), Part(join([outer, inner]), "metal"), Part(bulb, "heavy_glass", BULB_RADIANCE))
    return Thing("lamp", parts, (0.44, drop, 0.44))


def _ball(radius: float, middle: float, color: Color, sides: int = 18, rows: int = 7) -> Shape:
    turns = np.linspace(-np.pi / 2, np.pi / 2, rows)
    return lathe(
        [(radius * float(np.cos(t)) * (abs(t) < 1.5), middle + radius * float(np.sin(t))) for t in turns], color, sides
    )


def _globe(cord: Shape, drop: float) -> Thing:
    glass = _ball(0.15, 0.15 - drop, WHITE)
    cap = cylinder(0.04, 0.04, STEEL, 12, bottom=0.28 - drop)
    parts = (Part(join([cord, cap]), "metal"), Part(glass, "heavy_glass", (6.0, 5.1, 3.8)))
    return Thing("lamp", parts, (0.3, drop, 0.3))


def chandelier(style: Style, drop: float) -> Thing:
    """Arms around a stem, each with a bulb, the lowest point `drop` [m] below the ceiling (y = 0)."""
    color, count = one_of(style, (BLACK, GOLD, STEEL)), 5 + int(style.rng.integers(2))
    y = 0.08 - drop
    stem = cylinder(0.012, drop - 0.04, color, 8, bottom=0.04 - drop)
    ball = _ball(0.04, 0.04 - drop, color, 10, 5)
    arms, bulbs = [], []
    for k in range(count):
        turn = 360.0 * k / count
        arm = join(
            [
                rod((0, y, 0), (0.3, y - 0.02, 0), 0.008, color),
                cylinder(0.022, 0.06, color, 8, bottom=y - 0.03).moved(0.3),
            ]
        )
        arms.append(arm.turned(turn))
        bulbs.append(_ball(0.045, y + 0.075, WHITE, 10, 5).moved(0.3).turned(turn))
    parts = (Part(join([stem, ball, *arms]), "metal"), Part(join(bulbs), "heavy_glass", (13.0, 11.0, 8.0)))
    return Thing("lamp", parts, (0.7, drop, 0.7))


def spot_track(style: Style) -> Thing:
    """A rail under the ceiling (y = 0) with three spots."""
    color = one_of(style, (BLACK, WHITE, STEEL))
    rail = box((1.1, 0.03, 0.04), color, 2.0, bottom=-0.03)
    cans, lights = [], []
    for k, x in enumerate((-0.4, 0.0, 0.4)):
        tilt, turn = 25.0, 120.0 * k
        can = lathe([(0.05, -0.14), (0.05, 0.0), (0.0, 0.0)], color, 12).turned(tilt, "x").turned(turn).moved(x, -0.06)
        light = lathe([(0.0, -0.13), (0.048, -0.13)], WHITE, 12).turned(tilt, "x").turned(turn).moved(x, -0.06)
        cans.append(join([can, cylinder(0.008, 0.05, color, 6, bottom=-0.07).moved(x)]))
        lights.append(light)
    glow = (55.0, 47.0, 36.0)
    return Thing("lamp", (Part(join([rail, *cans]), "metal"), Part(join(lights), "heavy_glass", glow)), (1.1, 0.2, 0.2))


def panel_light() -> Thing:
    """A flat light panel under an office ceiling (y = 0)."""
    frame = box((0.62, 0.03, 1.22), STEEL, 1.3, bottom=-0.03)
    panel = box((0.58, 0.004, 1.18), WHITE, 0.6, bottom=-0.034)
    return Thing("lamp", (Part(frame, "metal"), Part(panel, "plastic", OFFICE_RADIANCE)), (0.62, 0.03, 1.22))


def tube_light(style: Style) -> Thing:
    """A long thin light hanging on two wires under an office ceiling (y = 0)."""
    color = one_of(style, (BLACK, WHITE))
    wires = [cylinder(0.003, 0.4, STEEL, 5, bottom=-0.4).moved(x) for x in (-0.55, 0.55)]
    case = box((1.4, 0.06, 0.08), color, 1.5, bottom=-0.46)
    glass = box((1.36, 0.004, 0.07), WHITE, 0.7, bottom=-0.464)
    return Thing(
        "lamp", (Part(join([*wires, case]), "metal"), Part(glass, "plastic", (30.0, 29.5, 28.0))), (1.4, 0.47, 0.08)
    )


def floor_lamp(style: Style) -> Thing:
    """A standing lamp: a cloth shade on a stem, on three legs, or an arc with a bowl."""
    return one_of(style, (_stem_lamp, _tripod_lamp, _arc_lamp))(style)


def _stem_lamp(style: Style) -> Thing:
    stand = lathe([(0, 0), (0.15, 0), (0.14, 0.02), (0.015, 0.035), (0.012, 1.35)], one_of(style, _METALS), 16)
    shade = _shade(0.22, 0.15, 1.3, 1.58)
    parts = (Part(stand.moved(z=0.22), "metal"), Part(shade.moved(z=0.22), "light_curtain", SHADE_RADIANCE, "linen"))
    return Thing("lamp", parts, (0.44, 1.6, 0.44))


def _tripod_lamp(style: Style) -> Thing:
    color = style.shade(style.wood)
    feet = [rod((0.0, 1.2, 0.0), (0.21, 0.0, 0.0), 0.013, color).turned(120.0 * k + 90.0) for k in range(3)]
    shade = _shade(0.23, 0.2, 1.18, 1.48)
    body = join(feet).moved(z=0.24)
    parts = (
        Part(body, "wooden_furniture", texture="wood_fine"),
        Part(shade.moved(z=0.24), "light_curtain", SHADE_RADIANCE, "linen"),
    )
    return stood(Thing("lamp", parts, (0.48, 1.5, 0.48)))


def _arc_lamp(style: Style) -> Thing:
    color = one_of(style, (STEEL, BLACK, GOLD))
    foot = cylinder(0.14, 0.03, color, 20).moved(-0.2)
    turns = np.linspace(0.0, 2.4, 9)
    points = [(-0.2, 0.03), *[(-0.2 + 0.25 * (1 - np.cos(t)), 1.35 + 0.3 * np.sin(t)) for t in turns]]
    arc = [rod((*a, 0.0), (*b, 0.0), 0.011, color) for a, b in itertools.pairwise(points)]
    x, y = points[-1]
    bowl = lathe([(0.15, y - 0.14), (0.12, y - 0.05), (0.0, y)], color, 18).moved(x)
    inner = lathe([(0.0, y - 0.01), (0.117, y - 0.055), (0.146, y - 0.14)], WHITE, 18).moved(x)
    bulb = _ball(0.055, y - 0.07, WHITE, 12, 5).moved(x)
    parts = (
        Part(join([foot, *arc, bowl, inner]).moved(-0.05, 0, 0.17), "metal"),
        Part(bulb.moved(-0.05, 0, 0.17), "heavy_glass", BULB_RADIANCE),
    )
    return stood(Thing("lamp", parts, (0.76, 1.66, 0.36)))


def bedside_lamp(style: Style) -> Thing:
    """A small lamp with a cloth shade, its foot turned by chance; its origin is its middle."""
    feet = (
        [(0, 0), (0.075, 0), (0.07, 0.02), (0.02, 0.04), (0.05, 0.12), (0.03, 0.2), (0.012, 0.22), (0.012, 0.3)],
        [(0, 0), (0.06, 0), (0.06, 0.015), (0.01, 0.02), (0.01, 0.3)],
        [(0, 0), (0.05, 0), (0.08, 0.08), (0.05, 0.17), (0.012, 0.2), (0.012, 0.3)],
    )
    body = lathe(one_of(style, feet), style.bright(), 14)
    shade = _shade(0.11, 0.11 if style.chance(0.4) else 0.07, 0.24, 0.42)
    parts = (Part(body, "porcelain"), Part(shade, "light_curtain", SHADE_RADIANCE, "linen"))
    return Thing("lamp", parts, (0.22, 0.42, 0.22))


def desk_lamp(style: Style) -> Thing:
    """A jointed lamp that shines down to the front; its origin is its middle."""
    color = one_of(style, (BLACK, WHITE, STEEL, style.bright()))
    foot = cylinder(0.08, 0.02, color, 16).moved(z=-0.08)
    arms = [rod((0, 0.02, -0.08), (0, 0.26, -0.13), 0.008, color), rod((0, 0.26, -0.13), (0, 0.42, 0.03), 0.008, color)]
    head = lathe([(0.07, -0.06), (0.03, 0.02), (0, 0.025)], color, 14).turned(-25.0, "x").moved(0, 0.42, 0.05)
    bulb = lathe([(0, -0.045), (0.062, -0.045)], WHITE, 14).turned(-25.0, "x").moved(0, 0.42, 0.05)
    parts = (Part(join([foot, *arms, head]), "metal"), Part(bulb, "heavy_glass", BULB_RADIANCE))
    return Thing("lamp", parts, (0.17, 0.46, 0.26))


def wall_sconce(style: Style) -> Thing:
    """A half cone of cloth on the wall, its lower edge at y = 0."""
    plate = box((0.1, 0.16, 0.02), one_of(style, _METALS), 0.5).moved(z=0.011)
    shade = _shade(0.075, 0.1, 0.02, 0.2).moved(z=0.115)
    arm = box((0.02, 0.02, 0.1), one_of(style, _METALS), 0.5, bottom=0.07).moved(z=0.065)
    parts = (Part(join([plate, arm]), "metal"), Part(shade, "light_curtain", (3.0, 2.5, 1.8), "linen"))
    return Thing("lamp", parts, (0.2, 0.2, 0.22))


def candle(style: Style) -> Thing:
    """A candle on a small dish, its flame alight; its origin is its middle."""
    high = style.between(0.06, 0.16)
    dish = lathe([(0, 0), (0.05, 0), (0.055, 0.012), (0.0, 0.008)], style.bright(), 14)
    wax = cylinder(0.03, high, (0.94, 0.9, 0.82), 12, bottom=0.008)
    flame = lathe([(0, high + 0.012), (0.006, high + 0.02), (0, high + 0.045)], WHITE, 6)
    parts = (Part(join([dish, wax]), "plastic"), Part(flame, "plastic", (8.0, 5.0, 1.6)))
    return Thing("candle", parts, (0.11, high + 0.05, 0.11))
