"""Radios, loudspeakers and alarm clocks; and, under one roof, all devices that people hear in a home.

The one idea: as in `seating`, each function draws one member of a family from a style; `kind` asks for one sort of it.
Every thing stands in its own frame, back at z = 0, whatever its size, and tells the point where it sounds. What this
module does not hold itself it passes on from `telephones`, `machines` and `callers`.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import curve, ring, rod, tube
from echoenv.scene.homes.style import BLACK, WHITE, Style, scaled
from echoenv.scene.homes.things.callers import door, doorbell, footsteps
from echoenv.scene.homes.things.machines import (
    blender,
    hair_dryer,
    kettle,
    microwave,
    vacuum_cleaner,
    washing_machine,
)
from echoenv.scene.homes.things.standing import BRASS, DARK, IVORY, SHINY, SILVER, disc, pick, standing, wedge
from echoenv.scene.homes.things.telephones import telephone

__all__ = [
    "alarm_clock",
    "blender",
    "door",
    "doorbell",
    "footsteps",
    "hair_dryer",
    "kettle",
    "loudspeaker",
    "microwave",
    "radio",
    "telephone",
    "vacuum_cleaner",
    "washing_machine",
]


def radio(style: Style, kind: str | None = None) -> Thing:
    """A radio: `wooden` with a cloth front, or `portable` with a handle and an aerial."""
    return (_wooden_radio if (kind or ("wooden" if style.chance(0.5) else "portable")) == "wooden" else _portable)(
        style
    )


def _wooden_radio(style: Style) -> Thing:
    wood, w, h = style.shade(style.wood), style.between(0.36, 0.46), style.between(0.22, 0.26)
    body = rounded_box((w, h, 0.18), wood, 0.03, 2, 0.2, bottom=0.012).moved(z=0.09)
    cloth = box((0.58 * w, 0.80 * h, 0.004), (0.78, 0.70, 0.54), np.inf, bottom=0.012 + 0.1 * h).moved(
        -0.17 * w, 0, 0.181
    )
    scale = box((0.27 * w, 0.40 * h, 0.004), (0.95, 0.88, 0.66), np.inf, bottom=0.012 + 0.48 * h).moved(
        0.305 * w, 0, 0.181
    )
    lines = [
        box((0.21 * w, 0.003, 0.001), (0.35, 0.22, 0.12), np.inf, bottom=0.012 + (0.55 + 0.09 * k) * h).moved(
            0.305 * w, 0, 0.1835
        )
        for k in range(4)
    ]
    needle = box((0.004, 0.34 * h, 0.001), (0.75, 0.12, 0.1), np.inf, bottom=0.012 + 0.51 * h).moved(0.33 * w, 0, 0.184)
    knobs = [
        lathe([(0, 0), (0.024, 0), (0.021, 0.02), (0, 0.022)], IVORY, 16)
        .turned(90.0, "x")
        .moved(0.305 * w + s * 0.07 * w, 0.012 + 0.25 * h, 0.18)
        for s in (-1, 1)
    ]
    frame = [
        box((0.60 * w, 0.008, 0.008), BRASS, np.inf, bottom=0.012 + y * h).moved(-0.17 * w, 0, 0.182)
        for y in (0.085, 0.895)
    ]
    feet = [cylinder(0.013, 0.014, BLACK, 10).moved(s * 0.38 * w, 0, z) for s in (-1, 1) for z in (0.04, 0.14)]
    parts = (
        Part(body, "wooden_furniture", texture="wood_fine"),
        Part(cloth, "fabric_panel", texture="fabric_coarse"),
        Part(scale, "heavy_glass", (0.10, 0.08, 0.04)),
        Part(join([*lines, needle, *knobs, *feet]), "plastic"),
        Part(join(frame), "metal"),
    )
    return standing("radio", parts, (-0.17 * w, 0.012 + h / 2, 0.19))


def _grille(radius: float, color: Color) -> Shape:
    """A round loudspeaker grille that faces +z: rings on a dark disc."""
    rings = [ring(radius * r, 0.006, color, 24, 5).moved(z=0.004) for r in (0.98, 0.74, 0.5, 0.26)]
    return join([disc(radius, 0.003, DARK, 24), *rings])


def _portable(style: Style) -> Thing:
    color, w, h = pick(style, SHINY), style.between(0.30, 0.40), style.between(0.17, 0.21)
    body = rounded_box((w, h, 0.09), color, 0.018, 2, 0.2).moved(z=0.045)
    grilles = [_grille(0.30 * h, SILVER).moved(s * 0.31 * w, 0.40 * h, 0.09) for s in (-1, 1)]
    panel = box((0.26 * w, 0.24 * h, 0.003), SILVER, np.inf, bottom=0.40 * h).moved(z=0.091)
    window = box((0.78 * w, 0.13 * h, 0.003), (0.88, 0.85, 0.70), np.inf, bottom=0.80 * h).moved(z=0.091)
    needle = box((0.004, 0.12 * h, 0.001), (0.8, 0.1, 0.1), np.inf, bottom=0.805 * h).moved(0.12 * w, 0, 0.093)
    knobs = [disc(0.013, 0.014, DARK, 14).moved(x * w, 0.22 * h, 0.089) for x in (-0.08, 0.0, 0.08)]
    handle = tube(
        curve(
            [
                (-0.40 * w, 0.9 * h, 0.045),
                (-0.40 * w, h + 0.05, 0.045),
                (-0.33 * w, h + 0.065, 0.045),
                (0.33 * w, h + 0.065, 0.045),
                (0.40 * w, h + 0.05, 0.045),
                (0.40 * w, 0.9 * h, 0.045),
            ],
            3,
        ),
        0.009,
        scaled(color, 0.7),
        8,
    )
    top = (0.40 * w + 0.10, h + 0.28, 0.015)
    aerial = join(
        [
            rod((0.40 * w, h - 0.01, 0.02), top, 0.0035, SILVER, 6),
            pillow((0.012, 0.012, 0.012), SILVER, 1.0, 8).moved(*top),
        ]
    )
    parts = (
        Part(join([body, handle, window, needle, *knobs]), "plastic"),
        Part(join([*grilles, panel, aerial]), "metal"),
    )
    return standing("radio", parts, (-0.31 * w, 0.40 * h, 0.10))


def loudspeaker(style: Style, kind: str | None = None) -> Thing:
    """A loudspeaker with its cones in view: `floor` or `bookshelf`."""
    floor = (kind or ("floor" if style.chance(0.5) else "bookshelf")) == "floor"
    w, h, d = (
        (style.between(0.19, 0.27), style.between(0.85, 1.15), style.between(0.26, 0.36))
        if floor
        else (style.between(0.16, 0.22), style.between(0.27, 0.37), style.between(0.18, 0.26))
    )
    case = pick(style, (style.wood, style.wood, (0.10, 0.10, 0.105), (0.88, 0.87, 0.85)))
    body = rounded_box((w, h, d), case, 0.008, 1, 0.25, bottom=0.02 if floor else 0.0).moved(z=d / 2)
    lift = 0.02 if floor else 0.0
    baffle = box((0.94 * w, 0.97 * h, 0.006), (0.13, 0.13, 0.14), 0.3, bottom=lift + 0.015 * h).moved(z=d + 0.002)
    r, tweeter = 0.40 * w, lift + h - 0.40 * w
    cone = pick(style, ((0.16, 0.16, 0.17), (0.80, 0.66, 0.24), (0.72, 0.73, 0.75)))
    woofers = [lift + h - 0.75 * w - (1.05 * k + 0.42) * 2 * r for k in range(3 if floor else 1)]
    drivers = [_driver(r, cone).moved(0.0, max(y, lift + 1.08 * r), d + 0.005) for y in woofers]
    small = _driver(0.15 * w, (0.80, 0.80, 0.80)).moved(0.0, tweeter, d + 0.005)
    parts = [Part(body, "wooden_furniture", texture="wood_fine" if case == style.wood else ""), Part(baffle, "plastic")]
    if floor:
        plinth = box((w + 0.05, 0.022, d + 0.04), BLACK, 0.3).moved(z=d / 2)
        parts.append(Part(plinth, "plastic"))
    return standing("loudspeaker", (*parts, Part(join([*drivers, small]), "paper")), (0.0, woofers[0], d + 0.02))


def _driver(radius: float, color: Color) -> Shape:
    """A cone with a rubber surround, a dust cap and a metal rim, facing +z."""
    profile = [
        (0.0, 0.10),
        (0.16, 0.09),
        (0.30, 0.03),  # cap
        (0.30, 0.03),
        (0.78, 0.20),  # cone
    ]
    inner = lathe([(radius * x, radius * y) for x, y in reversed(profile[3:])], color, 24)
    cap = lathe([(radius * x, radius * y) for x, y in reversed(profile[:3])], scaled(color, 0.6), 24)
    surround = ring(0.83 * radius, 0.16 * radius, (0.06, 0.06, 0.065), 24, 6).turned(90.0, "x").moved(y=0.14 * radius)
    rim = ring(0.97 * radius, 0.10 * radius, SILVER, 24, 6).turned(90.0, "x").moved(y=0.08 * radius)
    return join([inner, cap, surround, rim]).turned(90.0, "x")


def alarm_clock(style: Style, kind: str | None = None) -> Thing:
    """An alarm clock: `bells` with a hammer between two bells, or `digital` with red figures."""
    return (_bell_clock if (kind or ("bells" if style.chance(0.6) else "digital")) == "bells" else _digital)(style)


def _bell_clock(style: Style) -> Thing:
    color = pick(style, (*SHINY, SILVER, (0.55, 0.72, 0.74)))
    r, y = 0.062, 0.09
    drum = (
        lathe([(0, 0), (r, 0), (r, 0.05), (0.9 * r, 0.056), (0, 0.056)], color, 28)
        .turned(90.0, "x")
        .moved(0, y, -0.028)
    )
    face = disc(0.88 * r, 0.002, (0.97, 0.96, 0.92), 28).moved(0, y, 0.0275)
    rim = ring(0.94 * r, 0.010, SILVER, 28, 6).moved(0, y, 0.028)
    marks = [
        box((0.004, 0.010, 0.001), BLACK, np.inf, bottom=0.74 * r).turned(30.0 * k, "z").moved(0, y, 0.0302)
        for k in range(12)
    ]
    hour, minute = style.rng.uniform(0, 360, 2)
    hands = [
        box((0.006, 0.030, 0.001), BLACK, np.inf, bottom=-0.004).turned(float(hour), "z").moved(0, y, 0.0312),
        box((0.004, 0.045, 0.001), BLACK, np.inf, bottom=-0.004).turned(float(minute), "z").moved(0, y, 0.0322),
    ]
    bells = _bells(y)
    parts = (
        Part(join([drum, rim, *bells]), "metal"),
        Part(join([face, *marks, *hands]), "paper"),
    )
    return standing("alarm-clock", parts, (0.0, y + 0.09, 0.0))


def _bells(y: float) -> list[Shape]:
    """Two bells, the hammer between them, a handle and feet of a clock whose face has its middle at that height."""
    bell = lathe([(0.036, 0), (0.034, 0.012), (0.024, 0.026), (0.010, 0.032), (0, 0.033)], SILVER, 18)
    under = lathe([(0, 0.006), (0.034, 0.0), (0.036, 0.0)], scaled(SILVER, 0.5), 18)
    bells = [
        join([bell, under, cylinder(0.004, 0.02, SILVER, 6, bottom=-0.018)])
        .turned(-s * 33.0, "z")
        .moved(s * 0.042, y + 0.064, 0.0)
        for s in (-1, 1)
    ]
    hammer = join(
        [
            cylinder(0.0025, 0.035, SILVER, 6, bottom=y + 0.055),
            box((0.022, 0.012, 0.012), SILVER, np.inf, bottom=y + 0.085),
        ]
    )
    handle = tube(
        curve([(0.001 * x, y + 0.001 * up, 0) for x, up in ((-30, 90), (-28, 118), (0, 130), (28, 118), (30, 90))], 3),
        0.0035,
        SILVER,
        6,
    )
    feet = [
        join(
            [
                rod((s * 0.03, y - 0.045, 0), (s * 0.052, 0.006, 0), 0.005, SILVER, 6),
                pillow((0.014, 0.014, 0.014), SILVER, 1.0, 8).moved(s * 0.053),
            ]
        )
        for s in (-1, 1)
    ]
    return [*bells, hammer, handle, *feet]


_SEGMENTS = ("abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcfgd")


def _digit(number: int, height: float, color: Color) -> list[Shape]:
    """A figure of seven segments, centred, facing +z."""
    w, t = 0.5 * height, 0.11 * height
    across = {"a": height / 2, "g": 0.0, "d": -height / 2}
    down = {"b": (1, 1), "c": (1, -1), "f": (-1, 1), "e": (-1, -1)}
    bars = [box((w, t, 0.001), color, np.inf, bottom=across[s] - t / 2) for s in _SEGMENTS[number] if s in across]
    sides = [down[s] for s in _SEGMENTS[number] if s in down]
    return bars + [
        box((t, 0.42 * height, 0.001), color, np.inf, bottom=-0.21 * height).moved(i * w / 2, j * height / 4)
        for i, j in sides
    ]


def _digital(style: Style) -> Thing:
    color = pick(style, (BLACK, BLACK, WHITE, style.wood))
    body = wedge(0.20, [(0.0, 0.0), (0.085, 0.0), (0.075, 0.075), (0.01, 0.085)], color, 0.006)
    window = box((0.178, 0.054, 0.002), DARK, np.inf)
    red: Color = pick(style, ((1.0, 0.16, 0.10), (0.25, 0.95, 0.35), (0.35, 0.75, 1.0)))
    time = (int(style.rng.integers(10, 24)), int(style.rng.integers(60)))
    figures = [time[0] // 10, time[0] % 10, time[1] // 10, time[1] % 10]
    lit = [
        s.moved(x) for n, x in zip(figures, (-0.062, -0.026, 0.026, 0.062), strict=True) for s in _digit(n, 0.034, red)
    ]
    dots = [box((0.005, 0.005, 0.001), red, np.inf, bottom=y) for y in (-0.011, 0.006)]
    lean = float(np.rad2deg(np.arctan2(0.01, 0.075)))
    face = [
        s.turned(-lean, "x").moved(0, 0.040, 0.0805)
        for s in (window.moved(y=-0.027), join([*lit, *dots]).moved(z=0.002))
    ]
    button = rounded_box((0.08, 0.010, 0.025), SILVER, 0.004, 1, 1.0, bottom=0.079).moved(z=0.04)
    parts = (Part(join([body, face[0], button]), "plastic"), Part(face[1], "plastic", (0.8, 0.5, 0.5)))
    return standing("alarm-clock", parts, (0.0, 0.05, 0.085))
