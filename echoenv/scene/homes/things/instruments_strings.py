"""Plucked and bowed string instruments on their stands: guitars, violins, cellos.

The one idea: an instrument is built upright in its own frame, x across, y along the neck from the body's lower end,
z out of its top; `leaned` leans it back. Violin and cello are one family: the same outline, in units of the body's
length, in two sizes. Guitars come from `guitars`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, pillow
from echoenv.scene.homes.solids import arched, curve, extruded, mirrored, rod, tapered, tube
from echoenv.scene.homes.style import BLACK, Style, scaled
from echoenv.scene.homes.things.guitars import guitar
from echoenv.scene.homes.things.standing import (
    DARK,
    EBONY,
    SILVER,
    disc,
    leaned,
    leaned_point,
    pick,
    standing,
    tripod,
)

__all__ = ["cello", "guitar", "violin"]

_VARNISH: tuple[Color, ...] = ((0.66, 0.30, 0.11), (0.74, 0.42, 0.16), (0.52, 0.22, 0.10), (0.80, 0.50, 0.22))


@dataclass(frozen=True)
class _Bowed:
    """Measures of a bowed instrument in units of its body's length (`length` [m]); `ribs`, `bridge` its heights."""

    length: float
    ribs: float
    rise: float
    bridge: float
    nut: float
    lift: float
    lean: float


_VIOLIN = _Bowed(0.356, 0.085, 0.045, 0.095, 1.366, 0.30, 9.0)
_CELLO = _Bowed(0.755, 0.160, 0.045, 0.120, 1.375, 0.32, 12.0)

_LOWER = ((0, 0), (0.14, 0.013), (0.25, 0.085), (0.290, 0.19), (0.270, 0.28), (0.268, 0.335))
_WAIST = ((0.268, 0.335), (0.200, 0.372), (0.160, 0.455), (0.168, 0.535), (0.234, 0.600))
_UPPER = ((0.234, 0.600), (0.226, 0.665), (0.240, 0.760), (0.218, 0.875), (0.150, 0.965), (0.06, 0.996), (0, 1.0))


def violin(style: Style) -> Thing:
    """A violin with its bow, on a stand."""
    return _bowed_thing(style, "violin", _VIOLIN)


def cello(style: Style) -> Thing:
    """A cello with its bow, on its end pin, in a stand."""
    return _bowed_thing(style, "cello", _CELLO)


def _bowed_thing(style: Style, category: str, of: _Bowed) -> Thing:
    color = style.shade(pick(style, _VARNISH), 0.1)
    size = of.length
    wood, black, metal = _bowed_body(color, of)
    if of is _CELLO:
        black.append(rod((0, 0.0, 0.0), (0, -0.03, 0.0), 0.020, EBONY, 10))
        metal.append(rod((0, -0.02, 0.0), (0, -of.lift / size + 0.006, 0.0), 0.006, SILVER, 8))
    else:
        rest = pillow((0.26, 0.20, 0.08), EBONY, 1.0, 16).moved(-0.13, 0.02, of.ribs / 2 + 0.04)
        black.append(rest)
    parts = [
        Part(join(wood).stretched(size, size, size), "wood_panel", texture="wood_fine"),
        Part(join(black).stretched(size, size, size), "wood_panel"),
        Part(join(metal).stretched(size, size, size), "metal"),
    ]
    placed = leaned(parts, of.lean, of.lift)
    at = leaned_point(0.0, 0.455 * size, (of.ribs / 2 + of.rise) * size, of.lean, of.lift)
    stand, bow = _bow_stand(of)
    return standing(category, [*placed, *stand, *bow], at)


def _bowed_body(color: Color, of: _Bowed) -> tuple[list[Shape], list[Shape], list[Shape]]:
    """Varnished, black and metal shapes, in units of the body's length, ribs centred on z = 0."""
    half = np.concatenate([curve(part, 2)[:-1] for part in (_LOWER, _WAIST)] + [curve(_UPPER, 2)])
    outline = mirrored(half)
    edge = of.ribs / 2
    top = arched(outline, 0.010, of.rise, color, 3).moved(z=edge)
    back = arched(outline, 0.010, of.rise, scaled(color, 0.85), 3).turned(180.0).moved(z=-edge)
    ribs = extruded(outline * [0.965, 0.98] + [0, 0.01], of.ribs, scaled(color, 0.8)).moved(z=-edge)
    front = edge + 0.010
    wide = np.interp(np.linspace(0, 1, 101), half[:, 1], half[:, 0])

    def height(x: float, y: float) -> float:
        share = min(1.0, abs(x) / max(float(np.interp(y, np.linspace(0, 1, 101), wide)), 1e-6))
        return front + of.rise * (1.0 - share**2) * float(np.sin(np.pi * y)) ** 0.5

    holes = [_f_hole(side, height) for side in (-1, 1)]
    crown = height(0.0, 0.455) + of.bridge
    wood, neck_black, metal = _bowed_neck(color, of, front, crown)
    feet = extruded(
        [
            (-0.075, 0),
            (-0.045, 0),
            (-0.03, 0.02),
            (0.03, 0.02),
            (0.045, 0),
            (0.075, 0),
            (0.055, 0.06),
            (0.045, of.bridge * 0.92),
            (0, of.bridge),
            (-0.045, of.bridge * 0.92),
            (-0.055, 0.06),
        ],
        0.014,
        (0.86, 0.70, 0.46),
    )
    bridge = feet.turned(90.0, "x").moved(0, 0.450, height(0, 0.455) - 0.004)
    tail = (
        tapered((0.045, 0.27, 0.020), (0.085, 0.020), EBONY, bottom=0.0).turned(7.0, "x").moved(0, 0.02, front + 0.035)
    )
    return [top, back, ribs, bridge, *wood], [*holes, tail, *neck_black], metal


def _f_hole(side: int, height: Callable[[float, float], float]) -> Shape:
    """A sound hole in the shape of an f, drawn dark on the top."""
    flat = curve(
        [
            (0.082, 0.527),
            (0.092, 0.545),
            (0.106, 0.530),
            (0.110, 0.470),
            (0.114, 0.410),
            (0.128, 0.392),
            (0.140, 0.408),
        ],
        4,
    )
    path = np.array([[side * x, y, height(x, y) + 0.0005] for x, y in flat])
    width = 0.0045 + 0.0055 * np.sin(np.pi * np.linspace(0, 1, len(path))) ** 2
    eyes = [disc(r, 0.003, DARK, 12).moved(*path[k]) for k, r in ((0, 0.011), (-1, 0.013))]
    return join([tube(path, width, DARK, 6), *eyes])


def _bowed_neck(color: Color, of: _Bowed, front: float, crown: float) -> tuple[list[Shape], list[Shape], list[Shape]]:
    """Neck, pegbox and scroll; fingerboard and pegs; strings."""
    nut_z, low_z = front + 0.040, crown - 0.035
    board = _slab([(low_z - 0.028, 0.62), (nut_z - 0.022, of.nut)], [(low_z, 0.62), (nut_z, of.nut)], 0.085, EBONY)
    neck = _slab(
        [(-0.01, 0.985), (front - 0.012, 1.06), (nut_z - 0.065, of.nut)],
        [(low_z - 0.11, 0.985), (low_z - 0.09, 1.06), (nut_z - 0.018, of.nut)],
        0.066,
        color,
    )
    scroll = _scroll(color, of.nut, nut_z)
    pegs = [
        rod(
            (-s * 0.04, of.nut + y, nut_z - 0.055 - 0.15 * y),
            (s * 0.11, of.nut + y, nut_z - 0.055 - 0.15 * y),
            0.011,
            EBONY,
            7,
        )
        for s, y in ((1, 0.04), (-1, 0.065), (1, 0.10), (-1, 0.125))
    ]
    knobs = [
        pillow((0.03, 0.045, 0.03), EBONY, 1.0, 8).moved(s * 0.125, of.nut + y - 0.022, nut_z - 0.055 - 0.15 * y)
        for s, y in ((1, 0.04), (-1, 0.065), (1, 0.10), (-1, 0.125))
    ]
    strings = []
    for x in (-1.5, -0.5, 0.5, 1.5):
        over = (0.030 * x, 0.455, crown - 0.003 * x * x)
        ends = (0.020 * x, 0.28, front + 0.065), (0.016 * x, of.nut, nut_z + 0.004)
        strings.append(tube([ends[0], over, ends[1]], 0.0032, SILVER, 4))
    return [neck, *scroll], [board, *pegs, *knobs], strings


def _scroll(color: Color, nut: float, nut_z: float) -> list[Shape]:
    """Pegbox and scroll above the nut."""
    turns = np.linspace(0.0, 2.6 * np.pi, 34)
    r = 0.058 - 0.044 * turns / turns[-1]
    head = nut + 0.24
    spiral = np.column_stack([np.zeros(34), head - r * np.cos(turns + 2.4), nut_z - 0.095 + r * np.sin(turns + 2.4)])
    stem = curve(
        [
            (0, nut - 0.01, nut_z - 0.040),
            (0, nut + 0.08, nut_z - 0.060),
            (0, nut + 0.17, nut_z - 0.105),
            tuple(spiral[0]),
        ],
        4,
    )
    width = np.concatenate([np.linspace(0.036, 0.026, len(stem)), np.linspace(0.026, 0.018, 34)[1:]])
    scroll = tube(np.concatenate([stem, spiral[1:]]), width, color, 8)
    eye = cylinder(0.020, 0.085, color, 12).turned(90.0, "z").moved(0.0425, head, nut_z - 0.095)
    return [scroll, eye]


def _slab(under: list[tuple[float, float]], over: list[tuple[float, float]], width: float, color: Color) -> Shape:
    """A body of that width across x between two lines of (z, y) points that run up the neck."""
    outline = [*under, *over[::-1]]
    side = extruded([(-z, y) for z, y in outline], width, color)
    return side.turned(90.0).moved(-width / 2)


def _bow_stand(of: _Bowed) -> tuple[list[Part], list[Part]]:
    """A tripod with arms under the body and a fork at the neck, and the bow that hangs from it."""
    size = of.length
    at = leaned_point(0.0, 0.20 * size, -(of.ribs / 2 + of.rise + 0.02) * size, of.lean, of.lift)
    up = leaned_point(0.0, 1.18 * size, -0.03 * size, of.lean, of.lift)
    z = float(at[2]) - 0.05
    thick = 0.007 if of is _VIOLIN else 0.010
    foot = tripod(float(at[1]), 0.20 if of is _VIOLIN else 0.30, BLACK, thick, 0.16).turned(180.0).moved(z=z)
    column = tube([(0, float(at[1]) - 0.01, z), (0, float(up[1]), float(up[2]) - 0.03)], thick, BLACK, 8)
    arms = []
    for s in (-1, 1):
        inner = (0.0, float(at[1]), z)
        reach = [leaned_point(s * 0.31 * size, 0.16 * size, dz * size, of.lean, of.lift) for dz in (-of.ribs, of.ribs)]
        arms.append(tube([inner, reach[0], reach[1]], thick, BLACK, 7))
    fork = [
        leaned_point(x * size, 1.18 * size, dz * size, of.lean, of.lift)
        for x, dz in ((-0.07, 0.06), (-0.06, -0.06), (0.06, -0.06), (0.07, 0.06))
    ]
    length = 0.74 if of is _VIOLIN else 0.71
    hang = float(up[1]) * 0.97
    x = 0.37 * size + 0.03
    hook = tube(
        [(0, hang - 0.03, float(up[2]) - 0.03), (x, hang - 0.03, float(up[2])), (x, hang - 0.02, float(up[2]) + 0.03)],
        thick,
        BLACK,
        6,
    )
    stick = tube(
        curve([(0, 0, 0), (0, -0.35 * length, -0.012), (0, -0.8 * length, -0.004), (0, -length, 0.012)], 5),
        [0.0050] * 15 + [0.0035],
        (0.42, 0.20, 0.10),
        7,
    )
    hair = box((0.009, 0.92 * length, 0.0016), (0.94, 0.92, 0.86), 0.3, bottom=-0.975 * length).moved(z=0.017)
    frog = box((0.011, 0.05, 0.024), EBONY, np.inf, bottom=-0.075).moved(z=0.007)
    bow = join([stick, hair, frog]).moved(x, hang, float(up[2]) + 0.01)
    return [Part(join([foot, column, *arms, tube(fork, thick, BLACK, 7), hook]), "metal")], [Part(bow, "wood_panel")]
