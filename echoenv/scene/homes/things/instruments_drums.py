"""The drum kit.

The one idea: drums are turned bodies with a head at each end, cymbals thin turned plates on tripods; the drummer sits
on the stool at the back, so that the bass drum's painted head faces the room.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, join, lathe, pillow
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, Style, scaled
from echoenv.scene.homes.things.standing import BRASS, DARK, SILVER, pick, standing, tripod

_SKIN: Color = (0.93, 0.92, 0.88)
_SHELLS: tuple[Color, ...] = (
    (0.68, 0.10, 0.11),
    (0.10, 0.22, 0.48),
    (0.12, 0.12, 0.13),
    (0.90, 0.89, 0.86),
    (0.66, 0.42, 0.20),
    (0.10, 0.40, 0.34),
)


def drum_kit(style: Style) -> Thing:
    """Bass drum, two toms, floor tom, snare, hi-hat, crash and ride cymbals, and a stool."""
    color = pick(style, _SHELLS)
    big = style.between(0.27, 0.31)
    bass, bass_skin, bass_metal = _drum(big, 0.40, color, 20)
    front = _bass_front(big, color)
    pieces = [(s.turned(90.0, "x").moved(0, big + 0.02, 0.05)) for s in (bass, bass_skin, bass_metal)]
    shells, skins, metal = [pieces[0]], [pieces[1], front.moved(0, big + 0.02, 0.452)], [pieces[2]]
    spurs = [rod((s * 0.8 * big, 0.7 * big, 0.32), (s * (big + 0.10), 0.008, 0.44), 0.010, SILVER) for s in (-1, 1)]
    metal += [*spurs, rod((0, 2 * big, 0.25), (0, 2 * big + 0.24, 0.25), 0.014, SILVER)]
    for x, y, z, radius, high, tilt in (
        (-0.19, 2 * big + 0.10, 0.22, 0.135, 0.19, (20.0, 6.0)),
        (0.19, 2 * big + 0.10, 0.22, 0.150, 0.21, (20.0, -6.0)),
        (0.58, 0.22, -0.10, 0.205, 0.38, (3.0, 0.0)),
        (-0.52, 0.52, -0.12, 0.178, 0.15, (6.0, 3.0)),
    ):
        chrome = y > 0.5 and radius > 0.17 and style.chance(0.5)
        for into, part in zip(
            (shells, skins, metal), _drum(radius, high, SILVER if chrome else color, 14), strict=True
        ):
            into.append(part.turned(-tilt[0], "x").turned(tilt[1], "z").moved(x, y, z))
    metal += _drum_stands(big)
    cymbals = _cymbals(big, metal)
    stool, seat = _stool(style)
    sticks = [
        rod((-0.60 + 0.06 * k, 0.705, -0.25), (-0.42 + 0.02 * k, 0.700, 0.06), 0.007, (0.84, 0.66, 0.40), 6)
        for k in range(2)
    ]
    parts = [
        Part(join(shells), "wood_panel"),
        Part(join(skins), "plastic"),
        Part(join([*metal, *stool]), "metal"),
        Part(join(cymbals), "metal", texture="metal_brushed"),
        Part(seat, "leather", texture="leather"),
        Part(join(sticks), "wood_panel"),
    ]
    return standing("drum-kit", parts, (-0.30, 0.72, 0.10))


def _drum_stands(big: float) -> list[Shape]:
    """What holds the toms, the floor tom and the snare; the pedal of the bass drum."""
    metal = [rod((0, 2 * big + 0.19, 0.25), (s * 0.12, 2 * big + 0.19, 0.24), 0.012, SILVER) for s in (-1, 1)]
    metal += [
        rod((0.58 + 0.21 * x, 0.008, -0.10 + 0.21 * z), (0.58 + 0.21 * x, 0.36, -0.10 + 0.21 * z), 0.009, SILVER)
        for x, z in ((-1, 0), (0.5, 0.866), (0.5, -0.866))
    ]
    metal.append(tripod(0.53, 0.22, SILVER, 0.011, 0.28).moved(-0.52, 0, -0.12))
    pedal = join(
        [
            box((0.09, 0.012, 0.26), SILVER, np.inf).turned(12.0, "x").moved(0, 0.03, -0.14),
            rod((0, 0.03, -0.02), (0, 0.32, 0.02), 0.007, SILVER),
            pillow((0.06, 0.06, 0.05), _SKIN, 0.9, 10).moved(0, 0.30, 0.025),
        ]
    )
    return [*metal, pedal]


def _drum(radius: float, high: float, color: Color, lugs: int) -> tuple[Shape, Shape, Shape]:
    """Shell, heads and metal of a drum that stands on y = 0."""
    sides = 26 if radius > 0.25 else 18
    shell = lathe([(radius, 0.02), (radius, high - 0.02)], color, sides)
    heads = join(
        [
            lathe([(0, 0.004), (radius, 0.004)], scaled(_SKIN, 0.95), sides),
            lathe([(radius, high - 0.006), (0, high - 0.006)], _SKIN, sides),
        ]
    )
    hoop = [(radius - 0.006, 0.0), (radius + 0.010, 0.0), (radius + 0.010, 0.026), (radius, 0.028)]
    top = [
        (radius, high - 0.028),
        (radius + 0.010, high - 0.026),
        (radius + 0.010, high),
        (radius - 0.006, high),
        (radius - 0.008, high - 0.008),
    ]
    lug = box((0.018, min(0.07, 0.3 * high), 0.016), SILVER, np.inf, bottom=high / 2 - min(0.035, 0.15 * high))
    around = [lug.moved(z=radius + 0.007).turned(360.0 * (k + 0.5) / (lugs // 2)) for k in range(lugs // 2)]
    return shell, heads, join([lathe(hoop, SILVER, sides), lathe(top, SILVER, sides), *around])


def _bass_front(radius: float, color: Color) -> Shape:
    """What is painted on the front head: a dark ring and a bar, facing +z."""
    band = lathe([(0.82 * radius, 0.0), (0.74 * radius, 0.0)], scaled(color, 0.8), 32).turned(90.0, "x")
    bar = box((0.95 * radius, 0.16 * radius, 0.001), DARK, np.inf, bottom=-0.08 * radius)
    port = (
        lathe([(0.16 * radius, 0.0006), (0, 0.0006)], DARK, 18).turned(90.0, "x").moved(0.40 * radius, -0.42 * radius)
    )
    return join([band, bar, port])


def _cymbal(radius: float) -> Shape:
    """A cymbal with its bell, its rim at y = 0; two-sided."""
    profile = [(radius, 0.0), (0.6 * radius, 0.020), (0.20 * radius, 0.031), (0, 0.052)]
    upper = lathe([(r, y + 0.002) for r, y in profile], (0.84, 0.66, 0.28), 20)
    under = lathe(profile[::-1], scaled(BRASS, 0.75), 20)
    edge = lathe([(radius, 0.0), (radius, 0.002)], BRASS, 20)
    return join([upper, under, edge])


def _cymbals(big: float, metal: list[Shape]) -> list[Shape]:
    """Hi-hat, crash and ride; their stands are added to `metal`."""
    found = []
    for x, y, z, radius, tilt in ((-0.62, 1.18, 0.30, 0.21, (-16.0, -10.0)), (0.62, 1.10, 0.30, 0.255, (-14.0, 14.0))):
        found.append(_cymbal(radius).turned(tilt[0], "x").turned(tilt[1], "z").moved(x, y, z))
        metal.append(tripod(y + 0.07, 0.26, SILVER, 0.010, 0.32).moved(x, 0, z))
    x, z = -0.80, -0.02
    found += [_cymbal(0.178).moved(x, 0.885, z), _cymbal(0.178).turned(180.0, "z").moved(x, 0.870, z)]
    metal += [tripod(1.02, 0.22, SILVER, 0.009, 0.26).moved(x, 0, z)]
    return found


def _stool(style: Style) -> tuple[list[Shape], Shape]:
    """Legs and cushion of the drummer's round stool."""
    z = -0.55
    seat = lathe([(0, 0.46), (0.15, 0.46), (0.175, 0.475), (0.175, 0.52), (0.16, 0.545), (0, 0.55)], BLACK, 22).moved(
        0, 0, z
    )
    return [tripod(0.46, 0.22, SILVER, 0.013, 0.28).moved(0, 0, z)], seat
