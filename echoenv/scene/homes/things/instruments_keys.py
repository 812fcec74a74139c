"""Instruments with keys or bars: the accordion, the xylophone; and, under one roof, the pianos.

The one idea: the player's side is the front (+z); what this module does not hold itself it passes on from `pianos`.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import curve, lofted, rod, tube
from echoenv.scene.homes.style import BLACK, Style, scaled
from echoenv.scene.homes.things.pianos import grand_piano, upright_piano
from echoenv.scene.homes.things.standing import (
    BRASS,
    DARK,
    IVORY,
    SILVER,
    disc,
    piano_keys,
    pick,
    standing,
)

__all__ = ["accordion", "grand_piano", "upright_piano", "xylophone"]

_FELT: Color = (0.52, 0.10, 0.12)
_CELLULOID: tuple[Color, ...] = (
    (0.66, 0.09, 0.10),
    (0.10, 0.10, 0.11),
    (0.12, 0.26, 0.50),
    (0.92, 0.90, 0.86),
    (0.10, 0.40, 0.36),
)


def accordion(style: Style) -> Thing:
    """A piano accordion on its feet, bellows half open: keys at the left, bass buttons at the right."""
    color = pick(style, _CELLULOID)
    opened, high, deep = style.between(0.16, 0.30), 0.42, 0.20
    treble = rounded_box((0.13, high, deep), color, 0.020, 2, 0.2, bottom=0.015).moved(-opened / 2 - 0.065)
    bass = rounded_box((0.10, 0.92 * high, deep), color, 0.020, 2, 0.2, bottom=0.015).moved(opened / 2 + 0.05)
    bellows, corners = _bellows(opened, high, deep, 11, pick(style, ((0.10, 0.10, 0.11), _FELT, (0.16, 0.16, 0.18))))
    grille = [
        rod(
            (-opened / 2 - 0.10 + 0.010 * k, 0.07, deep / 2 + 0.002),
            (-opened / 2 - 0.10 + 0.010 * k, high - 0.04, deep / 2 + 0.002),
            0.0032,
            SILVER,
            5,
        )
        for k in range(9)
    ]
    trim = [
        box((0.105, 0.012, 0.008), SILVER, np.inf, bottom=y).moved(-opened / 2 - 0.06, 0, deep / 2)
        for y in (0.05, high - 0.035)
    ]
    buttons = [
        disc(0.0058, 0.010, IVORY if (i + j) % 5 else (0.20, 0.20, 0.22), 8).moved(
            opened / 2 + 0.022 + 0.0155 * i, 0.085 + 0.024 * j + 0.006 * i, deep / 2 - 0.002
        )
        for i in range(4)
        for j in range(12)
    ]
    feet = [
        cylinder(0.012, 0.02, DARK, 8).moved(x, 0, z)
        for x in (-opened / 2 - 0.10, -opened / 2 - 0.03, opened / 2 + 0.03, opened / 2 + 0.08)
        for z in (-0.07, 0.07)
    ]
    parts = [
        Part(join([treble, bass, *feet, *_treble_keys(opened, high, deep), *buttons]), "plastic"),
        Part(bellows, "leather"),
        Part(join([corners, *grille, *trim]), "metal"),
        Part(join(_straps(opened, high, deep)), "leather"),
    ]
    return standing("accordion", parts, (-opened / 2 - 0.06, high / 2, deep / 2))


def _treble_keys(opened: float, high: float, deep: float) -> list[Shape]:
    """The keyboard, low notes above, and the board that it lies on."""
    white, black = piano_keys(0.40, 25, 0.105)
    board = box((0.42, 0.05, 0.11), DARK, np.inf, bottom=-0.052).moved(z=0.052)
    return [
        s.turned(90.0, "x").turned(-90.0, "z").moved(-opened / 2 - 0.132, 0.015 + high / 2, deep / 2 - 0.03)
        for s in (join([white, black]), board)
    ]


def _straps(opened: float, high: float, deep: float) -> list[Shape]:
    """The strap of the left hand and those of the shoulders."""
    strap = tube(
        curve(
            [
                (opened / 2 + 0.095, 0.08, -0.02),
                (opened / 2 + 0.135, 0.20, -0.02),
                (opened / 2 + 0.135, 0.30, -0.02),
                (opened / 2 + 0.095, 0.38, -0.02),
            ],
            4,
        ),
        0.012,
        DARK,
        6,
    )
    shoulder = [
        tube(
            curve(
                [
                    (-opened / 2 - 0.06 + dx, high, -deep / 2 + 0.03),
                    (-opened / 2 - 0.07 + dx, high + 0.06, -deep / 2 - 0.04),
                    (-opened / 2 - 0.06 + dx, 0.30, -deep / 2 - 0.10),
                    (-opened / 2 - 0.05 + dx, 0.06, -deep / 2 - 0.01),
                ],
                5,
            ),
            0.011,
            DARK,
            6,
        )
        for dx in (-0.03, 0.03)
    ]
    return [strap, *shoulder]


def _bellows(opened: float, high: float, deep: float, folds: int, color: Color) -> tuple[Shape, Shape]:
    """Folded walls between x = -opened / 2 and opened / 2, and the metal corners of every other fold."""
    rings, shades, corners = [], [], []
    for k in range(2 * folds + 1):
        x = -opened / 2 + opened * k / (2 * folds)
        out = 0.0 if k % 2 == 0 else 1.0
        h, d = 0.43 * high + 0.022 * out, 0.42 * deep + 0.022 * out
        y = 0.015 + 0.47 * high
        rings.append([(x, y - h, d), (x, y - h, -d), (x, y + h, -d), (x, y + h, d)])
        shades.append(scaled(color, 1.25 if out else 0.7))
        if out:
            corners += [
                box((0.5 * opened / folds, 0.020, 0.020), SILVER, np.inf, bottom=-0.010).moved(
                    x, y + i * (h - 0.006), j * (d - 0.006)
                )
                for i in (-1, 1)
                for j in (-1, 1)
            ]
    return lofted(rings, shades), join(corners)


def xylophone(style: Style) -> Thing:
    """A xylophone on its stand: two rows of bars that grow shorter, tubes below them, two mallets on top."""
    rainbow = style.chance(0.4)
    naturals = int(style.rng.integers(15, 23))
    pitch, top = 0.047, style.between(0.80, 0.90)
    wide = pitch * naturals
    wood = style.shade(pick(style, ((0.46, 0.20, 0.12), (0.58, 0.28, 0.15), (0.38, 0.19, 0.12))), 0.1)
    low, high = _bar_lengths(naturals)
    colors = [_RAINBOW[k % 7] if rainbow else scaled(wood, 0.94 + 0.12 * ((k * 5) % 7) / 6) for k in range(naturals)]
    bars, tubes = [], []
    for k in range(naturals):
        x = -wide / 2 + pitch * (k + 0.5)
        bars.append(box((0.040, 0.022, low[k]), colors[k], 0.4, bottom=top).moved(x, 0, 0.10))
        tubes.append(_resonator(x, 0.10, top - 0.035, high[k]))
        if k % 7 in (0, 1, 3, 4, 5) and k < naturals - 1:
            dark = scaled(colors[k], 0.75) if not rainbow else scaled(wood, 0.6)
            bars.append(box((0.036, 0.022, 0.92 * low[k]), dark, 0.4, bottom=top + 0.03).moved(x + pitch / 2, 0, -0.15))
            tubes.append(_resonator(x + pitch / 2, -0.15, top - 0.02, 0.94 * high[k]))
    wooden, metal = _xylophone_frame(wide, top, scaled(wood, 0.8), low)
    mallets = [
        _mallet(pick(style, ((0.75, 0.15, 0.15), (0.16, 0.30, 0.60), (0.90, 0.80, 0.35))))
        .turned(a)
        .moved(x, top + 0.058, 0.16)
        for a, x in ((62.0, -0.05), (98.0, 0.20))
    ]
    parts = [
        Part(join(bars), "wood_panel", texture="wood_fine"),
        Part(join(wooden), "wooden_furniture", texture="wood_fine"),
        Part(join([*tubes, *metal]), "metal"),
        Part(join(mallets), "plastic"),
    ]
    return standing("xylophone", parts, (0.0, top + 0.02, 0.0))


_RAINBOW: tuple[Color, ...] = (
    (0.80, 0.14, 0.14), (0.90, 0.48, 0.12), (0.94, 0.80, 0.18), (0.26, 0.62, 0.26),
    (0.16, 0.56, 0.70), (0.18, 0.28, 0.66), (0.48, 0.22, 0.58),
)  # fmt: skip


def _bar_lengths(count: int) -> tuple[Floats, Floats]:
    """Lengths [m] (count,) of bars and of the tubes below them, from low to high."""
    octave = np.arange(count) / 7.0
    return 0.38 * 2.0 ** (-0.42 * octave), 0.50 * 2.0 ** (-0.62 * octave)


def _resonator(x: float, z: float, top: float, length: float) -> Shape:
    """A tube with a dark mouth."""
    return lathe(
        [(0, top - length), (0.019, top - length), (0.019, top), (0.016, top), (0, top - 0.02)], BRASS, 8
    ).moved(x, 0, z)


def _xylophone_frame(wide: float, top: float, color: Color, low: Floats) -> tuple[list[Shape], list[Shape]]:
    """Rails under the bars and end boards; legs with wheels and struts."""
    ends = []
    for s, reach in ((-1, 0.56), (1, 0.44)):
        ends.append(
            rounded_box((0.03, 0.13, reach), color, 0.010, 1, 0.3, bottom=top - 0.10).moved(
                s * (wide / 2 + 0.02), 0, -0.02
            )
        )
    rails = []
    for z, y, first, last in ((0.10, top - 0.022, 0.28, 0.28), (-0.15, top + 0.008, 0.28, 0.28)):
        for side in (-1, 1):
            a, b = z + side * first * low[0], z + side * last * low[-1]
            rails.append(tube([(-wide / 2 - 0.02, y + 0.011, a), (wide / 2 + 0.02, y + 0.011, b)], 0.011, color, 4))
    metal = []
    for s in (-1, 1):
        x = s * (wide / 2 + 0.02)
        metal += [rod((x, top - 0.06, z), (x, 0.07, 1.15 * z - 0.02), 0.015, BLACK) for z in (-0.20, 0.16)]
        metal.append(rod((x, 0.085, -0.27), (x, 0.085, 0.18), 0.014, BLACK))
        metal += [cylinder(0.032, 0.022, DARK, 14).turned(90.0, "z").moved(x + 0.011, 0.032, z) for z in (-0.25, 0.165)]
        metal += [rod((x, 0.032, z), (x, 0.085, z), 0.010, SILVER, 6) for z in (-0.25, 0.165)]
    metal.append(rod((-wide / 2, 0.085, -0.05), (wide / 2, 0.085, -0.05), 0.013, BLACK))
    return [*ends, *rails], metal


def _mallet(color: Color) -> Shape:
    """A mallet along x, its head at x = -0.19."""
    return join(
        [
            rod((-0.19, 0, 0), (0.19, 0, 0), 0.0045, (0.86, 0.72, 0.50), 6),
            pillow((0.042, 0.034, 0.034), color, 1.0, 12, bottom=-0.017).moved(-0.19),
        ]
    )
