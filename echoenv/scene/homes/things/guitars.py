"""Guitars, acoustic and electric, on their stands.

The one idea: as in `instruments_strings`.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, join, pillow, rounded_box
from echoenv.scene.homes.solids import curve, extruded, mirrored, ring, rod, tapered, tube
from echoenv.scene.homes.style import BLACK, Style
from echoenv.scene.homes.things.standing import (
    DARK,
    EBONY,
    IVORY,
    SHINY,
    SILVER,
    disc,
    leaned,
    leaned_point,
    pick,
    standing,
)

_SPRUCE: tuple[Color, ...] = ((0.86, 0.68, 0.42), (0.80, 0.55, 0.28), (0.92, 0.78, 0.54))
_ROSEWOOD: Color = (0.26, 0.14, 0.09)


def guitar(style: Style, kind: str | None = None) -> Thing:
    """A guitar on its stand: `acoustic` with a sound hole, or `electric` with pickups."""
    chosen = kind or ("acoustic" if style.chance(0.6) else "electric")
    return (_acoustic if chosen == "acoustic" else _electric)(style)


_ACOUSTIC = (
    (0, 0), (0.09, 0.005), (0.158, 0.04), (0.192, 0.11), (0.184, 0.185), (0.143, 0.25), (0.121, 0.295),
    (0.127, 0.345), (0.143, 0.395), (0.133, 0.447), (0.085, 0.482), (0, 0.49),
)  # fmt: skip


def _acoustic(style: Style) -> Thing:
    top_color, side = pick(style, _SPRUCE), pick(style, (_ROSEWOOD, (0.45, 0.22, 0.10), (0.62, 0.36, 0.18)))
    deep = style.between(0.09, 0.115)
    outline = mirrored(curve(_ACOUSTIC, 3)) * [style.between(0.94, 1.06), 1.0]
    edge = pick(style, (IVORY, DARK))
    body = extruded(outline, deep, side)
    top = extruded(outline * [0.985, 0.99] + [0, 0.003], 0.002, top_color).moved(z=deep)
    bindings = [
        tube(np.column_stack([outline, np.full(len(outline), z)]), 0.0035, edge, 5, loop=True) for z in (0.001, deep)
    ]
    front = deep + 0.002
    hole = join([disc(0.051, 0.0012, DARK, 28), ring(0.058, 0.010, _ROSEWOOD, 28, 5).stretched(z=0.2)]).moved(
        0, 0.335, front
    )
    bridge = rounded_box((0.19, 0.028, 0.010), _ROSEWOOD, 0.004, 1, 0.2, bottom=0.125).moved(z=front + 0.004)
    saddle = box((0.075, 0.004, 0.006), IVORY, np.inf, bottom=0.139).moved(z=front + 0.010)
    guard = pillow((0.075, 0.15, 0.003), _ROSEWOOD, 0.8, 14, bottom=0.20).turned(-14.0, "z").moved(0.025, 0.0, front)
    neck, metal = _guitar_neck(side, front, 0.135, 0.40, 0.79, 0.46)
    parts = [
        Part(join([body, bridge, guard, *neck]), "wood_panel", texture="wood_fine"),
        Part(top, "thin_plywood", texture="wood_fine"),
        Part(join([*bindings, hole, saddle]), "plastic"),
        Part(metal, "metal"),
    ]
    return _guitar_on_stand(parts, (0.0, 0.335, front), 0.15, deep)


def _guitar_neck(
    color: Color, front: float, low: float, start: float, nut: float, joint: float
) -> tuple[list[Shape], Shape]:
    """Neck, from `joint` [m], with fingerboard and head; and of metal: strings from `low` to `nut`, frets, pegs."""
    board = box((0.056, nut - start, 0.007), EBONY, 0.2, bottom=start).moved(z=front + 0.0035)
    back = tapered((0.058, nut - joint, 0.030), (0.046, 0.024), color, bottom=joint).moved(z=front - 0.015)
    heel = box((0.056, 0.03, min(front, 0.07)), color, np.inf, bottom=joint).moved(z=front - min(front, 0.07) / 2)
    outline = [
        (-0.026, 0),
        (0.026, 0),
        (0.039, 0.03),
        (0.034, 0.17),
        (0.012, 0.178),
        (0.0, 0.172),
        (-0.012, 0.178),
        (-0.034, 0.17),
        (-0.039, 0.03),
    ]
    head = extruded(outline, 0.016, color).moved(z=-0.008).turned(-12.0, "x").moved(0, nut, front - 0.008)
    return [board, back, heel, head], join(_guitar_metal(front, low, start, nut))


def _guitar_metal(front: float, low: float, start: float, nut: float) -> list[Shape]:
    """Frets, strings and pegs; frets are a semitone apart."""
    gauge = 2.0 ** (-np.arange(1, 20) / 12.0)
    frets = [
        box((0.054, 0.0022, 0.002), SILVER, np.inf, bottom=low + (nut - low) * (1.0 - g)).moved(z=front + 0.008)
        for g in gauge[::-1]
        if low + (nut - low) * (1.0 - g) > start
    ]
    high = front + 0.013
    strings = [
        rod((0.0100 * k - 0.025, low, high), (0.0078 * k - 0.0195, nut, front + 0.010), 0.0009, SILVER, 4)
        for k in range(6)
    ]
    ends = [
        rod(
            (0.0078 * k - 0.0195, nut, front + 0.010),
            ((-1 if k < 3 else 1) * 0.022, nut + 0.045 + 0.045 * (k if k < 3 else 5 - k), front - 0.010),
            0.0009,
            SILVER,
            4,
        )
        for k in range(6)
    ]
    pegs = [
        join(
            [
                rod((s * 0.03, 0, 0), (s * 0.05, 0, 0), 0.004, SILVER, 6),
                rounded_box((0.012, 0.020, 0.009), IVORY, 0.003, 1, 0.1, bottom=-0.01).moved(s * 0.054),
                disc(0.005, 0.014, SILVER, 8).moved(s * 0.022),
            ]
        ).moved(0, nut + 0.045 + 0.045 * k, front - 0.018 - 0.0095 * k)
        for s in (-1, 1)
        for k in range(3)
    ]
    return [*frets, *strings, *ends, *pegs]


_BODY = (
    (0, 0), (0.10, 0.004), (0.158, 0.045), (0.166, 0.115), (0.142, 0.175), (0.128, 0.225), (0.140, 0.275),
    (0.158, 0.325), (0.150, 0.352), (0.118, 0.345), (0.070, 0.312), (0.034, 0.30), (-0.034, 0.30), (-0.060, 0.325),
    (-0.090, 0.375), (-0.128, 0.415), (-0.160, 0.400), (-0.156, 0.330), (-0.136, 0.255), (-0.134, 0.205),
    (-0.160, 0.145), (-0.168, 0.08), (-0.10, 0.012),
)  # fmt: skip


def _electric(style: Style) -> Thing:
    color = pick(style, (*SHINY, (0.70, 0.34, 0.12), (0.90, 0.89, 0.86)))
    deep, front = 0.042, 0.044
    outline = curve(_BODY, 3, loop=True)
    body = extruded(outline, deep, color, 0.005)
    plate = [
        (0.02, 0.10),
        (0.085, 0.055),
        (0.125, 0.075),
        (0.118, 0.14),
        (0.095, 0.19),
        (0.10, 0.24),
        (0.115, 0.31),
        (0.05, 0.285),
        (-0.05, 0.285),
        (-0.085, 0.32),
        (-0.055, 0.20),
    ]
    guard = extruded(curve(plate, 2, loop=True), 0.003, IVORY if color[0] < 0.88 else DARK).moved(z=deep)
    pickups = [
        rounded_box((0.085, 0.020, 0.012), DARK, 0.005, 1, 0.1, bottom=y).moved(z=front + 0.003)
        for y in (0.135, 0.195, 0.255)
    ]
    knobs = [
        join([disc(0.011, 0.014, IVORY if color[0] < 0.5 else DARK, 14)]).moved(x, y, front)
        for x, y in ((0.075, 0.135), (0.095, 0.095), (0.105, 0.165))
    ]
    bridge = box((0.085, 0.035, 0.012), SILVER, np.inf, bottom=0.075).moved(z=front + 0.004)
    switch = rod((0.088, 0.20, front), (0.094, 0.207, front + 0.02), 0.003, IVORY, 6)
    maple: Color = (0.85, 0.66, 0.40)
    neck, metal = _guitar_neck(maple, front + 0.004, 0.095, 0.285, 0.74, 0.30)
    parts = [
        Part(body, "wood_panel"),
        Part(join(neck), "wood_panel", texture="wood_fine"),
        Part(join([guard, *pickups, *knobs, switch]), "plastic"),
        Part(join([metal, bridge]), "metal"),
    ]
    return _guitar_on_stand(parts, (0.0, 0.20, front), 0.12, deep)


def _guitar_on_stand(parts: list[Part], sound: tuple[float, float, float], half: float, deep: float) -> Thing:
    """A guitar in a stand of bent tubes: a yoke under the body, a back leg, and a fork at the neck."""
    lean, lift = 13.0, 0.14
    yoke = []
    for s in (-1, 1):
        foot, knee = (s * 0.24, 0.012, 0.22), (s * 0.11, 0.10, 0.02)
        yoke.append(tube(curve([foot, (s * 0.17, 0.06, 0.10), knee, (s * 0.07, 0.40, -0.085)], 4), 0.010, BLACK, 7))
        yoke.append(tube([knee, (s * 0.11, 0.115, deep + 0.07), (s * 0.11, 0.15, deep + 0.085)], 0.009, IVORY, 7))
    back = tube([(0.0, 0.40, -0.085), (0.0, 0.012, -0.26)], 0.010, BLACK, 7)
    bar = rod((-0.072, 0.40, -0.085), (0.072, 0.40, -0.085), 0.010, BLACK, 7)
    feet = [
        pillow((0.03, 0.024, 0.03), DARK, 1.0, 8).moved(*p) for p in ((-0.24, 0, 0.22), (0.24, 0, 0.22), (0, 0, -0.26))
    ]
    stand = Part(join([*yoke, back, bar, *feet]), "metal")
    return standing("guitar", [*leaned(parts, lean, lift), stand], leaned_point(*sound, lean, lift))
