"""Telephones, radios, loudspeakers and clocks, and a visitor's door and feet: things that people hear in a home.

The one idea: as in `seating`, each function draws one member of a family from a style; `kind` asks for one sort of it.
Every thing stands in its own frame, back at z = 0, whatever its size, and tells the point where it sounds.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe, pillow, rectangle, rounded_box
from echoenv.scene.homes.solids import circle, curve, extruded, lofted, ring, rod, tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.standing import BRASS, DARK, IVORY, SILVER, pick, standing

SHINY: tuple[Color, ...] = (
    (0.12, 0.12, 0.13),
    (0.72, 0.14, 0.12),
    (0.90, 0.87, 0.78),
    (0.16, 0.36, 0.42),
    (0.80, 0.56, 0.22),
    (0.30, 0.46, 0.34),
)


def disc(radius: float, thickness: float, color: Color, sides: int = 20) -> Shape:
    """A flat cylinder that faces +z, its back at z = 0; sizes in [m]."""
    return cylinder(radius, thickness, color, sides).turned(90.0, "x")


def telephone(style: Style, kind: str | None = None) -> Thing:
    """A telephone: `rotary`, `desk` or `mobile`; drawn by chance where none is asked for."""
    kinds = {"rotary": _rotary, "desk": _desk_phone, "mobile": _mobile}
    chosen = kind or list(kinds)[int(style.rng.integers(3))]
    return kinds[chosen](style)


def _wedge(width: float, profile: list[tuple[float, float]], color: Color, bevel: float = 0.006) -> Shape:
    """A body of constant side view, given as (z, y) from its lower back corner along its bottom and around."""
    outline = [(-z, y) for z, y in reversed(profile)]
    return extruded(outline, width, color, bevel).turned(90.0).moved(-width / 2.0)


def _handset(length: float, color: Color) -> Shape:
    """A receiver along x, its bow at the top, ear and mouth pieces down to y = 0."""
    half = length / 2.0
    bow = curve(
        [
            (-half + 0.02, 0.022, 0),
            (-half * 0.6, 0.045, 0),
            (0, 0.055, 0),
            (half * 0.6, 0.045, 0),
            (half - 0.02, 0.022, 0),
        ],
        3,
    )
    cups = [
        lathe([(0, 0), (0.024, 0.0), (0.029, 0.008), (0.024, 0.03), (0.012, 0.042), (0, 0.042)], color, 14).moved(
            s * (half - 0.022)
        )
        for s in (-1, 1)
    ]
    return join([tube(bow, 0.012, color, 8), *cups])


def _rotary(style: Style) -> Thing:
    """An old telephone with a dial and a receiver across its fork."""
    color = pick(style, SHINY)
    profile = [(0.0, 0.0), (0.19, 0.0), (0.195, 0.03), (0.10, 0.105), (0.05, 0.11), (0.0, 0.05)]
    body = _wedge(0.17, profile, color, 0.008)
    tilt = np.rad2deg(np.arctan2(0.095, 0.075)) - 90.0
    dial = [
        disc(0.055, 0.010, scaled(SILVER, 0.9), 28),
        disc(0.030, 0.013, IVORY, 20),
        *(disc(0.0085, 0.0125, DARK, 10).moved(0.042 * x, 0.042 * y) for x, y in _dial_places()),
    ]
    face = join(dial).turned(tilt, "x").moved(0.0, 0.062, 0.150)
    fork = [box((0.018, 0.035, 0.05), color, bottom=0.10).moved(s * 0.045, 0, 0.06) for s in (-1, 1)]
    receiver = _handset(0.23, scaled(color, 0.9)).moved(0.0, 0.115, 0.06)
    return standing("telephone", (Part(join([body, *fork, receiver]), "plastic"), Part(face, "metal")), (0, 0.06, 0.1))


def _dial_places() -> list[tuple[float, float]]:
    angles = np.deg2rad(np.linspace(-30.0, 240.0, 10))
    return [(float(np.cos(a)), float(np.sin(a))) for a in angles]


def _desk_phone(style: Style) -> Thing:
    """An office telephone: receiver on the left, keys and a display on the right of a sloping front."""
    color = pick(style, (BLACK, (0.30, 0.31, 0.33), (0.85, 0.85, 0.83)))
    profile = [(0.0, 0.0), (0.20, 0.0), (0.20, 0.025), (0.02, 0.095), (0.0, 0.09)]
    body = _wedge(0.22, profile, color, 0.005)
    light = scaled(color, 0.75) if color[0] > 0.5 else (0.62, 0.63, 0.65)
    keys = [
        rounded_box((0.019, 0.008, 0.015), light, 0.003, 1, 1.0).moved(0.03 * i, 0.0, 0.026 * j)
        for i in range(3)
        for j in range(4)
    ]
    display = box((0.095, 0.004, 0.045), (0.55, 0.66, 0.58), np.inf)
    slope = float(np.rad2deg(np.arctan2(0.07, 0.18)))

    def lying(shape: Shape, x: float, along: float) -> Shape:
        """On the slope, so far [m] down from its upper edge."""
        c, s = np.cos(np.deg2rad(slope)), np.sin(np.deg2rad(slope))
        return shape.turned(slope, "x").moved(x, 0.095 - along * s, 0.02 + along * c)

    receiver = lying(_handset(0.20, scaled(color, 0.85)).turned(90.0), -0.07, 0.098)
    lamp = lying(box((0.02, 0.012, 0.01), (0.8, 0.15, 0.1), np.inf), 0.085, 0.01)
    front = join([body, receiver, lying(join(keys), 0.015, 0.085), lamp])
    parts = (Part(front, "plastic"), Part(lying(display, 0.045, 0.042), "heavy_glass", (0.05, 0.07, 0.06)))
    return standing("telephone", parts, (0.04, 0.08, 0.1))


def _mobile(style: Style) -> Thing:
    """A mobile telephone with a lit screen, in a charging stand."""
    color = pick(style, SHINY)
    case = rounded_box((0.075, 0.155, 0.009), color, 0.004, 2, 1.0)
    glass = box((0.070, 0.150, 0.001), DARK, np.inf, bottom=0.0025).moved(z=0.0047)
    hue = np.array(style.bright())
    screen = rectangle([-0.032, 0.010, 0.0055], [0.064, 0, 0], [0, 0.135, 0], hue, 0.02)
    screen = screen.colored(lambda v: hue * (0.55 + 0.45 * v[:, 1:2] / 0.15))
    icons = [
        box((0.011, 0.011, 0.0006), scaled(style.bright(), 1.1), np.inf, bottom=0.022 + 0.019 * j).moved(
            0.0155 * i - 0.023, 0, 0.0058
        )
        for i in range(4)
        for j in range(4)
    ]
    lean = [shape.turned(-18.0, "x").moved(0, 0.012, 0.05) for shape in (join([case, glass]), join([screen, *icons]))]
    foot = _wedge(
        0.07, [(0.0, 0.0), (0.085, 0.0), (0.085, 0.012), (0.045, 0.012), (0.012, 0.075), (0.0, 0.075)], BLACK, 0.002
    )
    parts = (Part(join([foot, lean[0]]), "plastic"), Part(lean[1], "heavy_glass", (0.30, 0.33, 0.38)))
    return standing("telephone", parts, (0.0, 0.03, 0.06))


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


def _flipped(shape: Shape) -> Shape:
    """The same sheet seen from its other side."""
    return Shape(shape.vertices, shape.triangles[:, ::-1], shape.colors, shape.uvs[:, ::-1])


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
        curve(
            [
                (-0.03, y + 0.09, 0),
                (-0.028, y + 0.118, 0),
                (0, y + 0.13, 0),
                (0.028, y + 0.118, 0),
                (0.03, y + 0.09, 0),
            ],
            3,
        ),
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
    parts = (
        Part(join([drum, rim, *bells, hammer, handle, *feet]), "metal"),
        Part(join([face, *marks, *hands]), "paper"),
    )
    return standing("alarm-clock", parts, (0.0, y + 0.09, 0.0))


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
    body = _wedge(0.20, [(0.0, 0.0), (0.085, 0.0), (0.075, 0.075), (0.01, 0.085)], color, 0.006)
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


def doorbell(style: Style) -> Thing:
    """A bell for the wall: a domed gong on a board, with its clapper and, below it, the button."""
    wood, gong = style.shade(style.wood), pick(style, (BRASS, SILVER))
    board = rounded_box((0.16, 0.30, 0.02), wood, 0.006, 1, 0.2).moved(z=0.01)
    dome = lathe([(0.062, 0.0), (0.060, 0.014), (0.045, 0.03), (0.020, 0.038), (0, 0.039)], gong, 24)
    back = lathe([(0, 0.0), (0.062, 0.0)], scaled(gong, 0.6), 24)
    bell = (
        join([join([dome, _flipped(back)]).moved(y=0.012), cylinder(0.01, 0.016, gong, 10)])
        .turned(90.0, "x")
        .moved(0, 0.205, 0.018)
    )
    hammer = join(
        [
            rod((0.05, 0.075, 0.03), (0.066, 0.16, 0.032), 0.003, SILVER, 6),
            pillow((0.018, 0.018, 0.018), SILVER, 1.0, 8).moved(0.067, 0.155, 0.032),
        ]
    )
    coil = rounded_box((0.075, 0.06, 0.03), IVORY, 0.006, 1, 0.2, bottom=0.03).moved(0.015, 0, 0.034)
    button = join([disc(0.016, 0.012, SILVER, 16), disc(0.010, 0.018, (0.8, 0.12, 0.1), 14)]).moved(-0.048, 0.058, 0.02)
    parts = (
        Part(board, "wood_panel", texture="wood_fine"),
        Part(join([bell, hammer, button]), "metal"),
        Part(coil, "plastic"),
    )
    return standing("doorbell", parts, (0, 0.205, 0.06))


def door(style: Style) -> Thing:
    """A door in its frame, that creaks and slams: panelled, with handles and hinges."""
    w, h, color = style.between(0.78, 0.92), 2.0, style.shade(pick(style, (WHITE, style.wood, style.fronts)))
    leaf = [box((w, h, 0.04), color, 0.4, bottom=0.01).moved(z=0.05)]
    for low, high in ((0.12, 0.42), (0.48, 0.94)):
        for s in (-1, 1):
            panel = rounded_box((0.36 * w, (high - low) * h, 0.016), scaled(color, 0.93), 0.006, 1, 0.4, bottom=low * h)
            leaf += [panel.moved(s * 0.22 * w, 0, z) for z in (0.03, 0.07)]
    frame = [box((0.07, h + 0.09, 0.10), scaled(color, 0.9), 0.4).moved(s * (w / 2 + 0.04), 0, 0.05) for s in (-1, 1)]
    frame.append(box((w + 0.15, 0.07, 0.10), scaled(color, 0.9), 0.4, bottom=h + 0.02).moved(z=0.05))
    lever = join(
        [
            disc(0.024, 0.008, STEEL, 16),
            rod((0, 0, 0), (0, 0, 0.055), 0.009, STEEL),
            rod((0.008, 0, 0.05), (-0.12, 0, 0.05), 0.009, STEEL),
        ]
    )
    handles = [lever.moved(w / 2 - 0.07, 1.02, 0.07), lever.turned(180.0, "x").moved(w / 2 - 0.07, 1.02, 0.03)]
    hinges = [cylinder(0.012, 0.10, STEEL, 10, bottom=y).moved(-w / 2, 0, 0.075) for y in (0.2, 1.0, 1.75)]
    parts = (
        Part(join([*leaf, *frame]), "wooden_door", texture="wood_fine"),
        Part(join([*handles, *hinges]), "metal"),
    )
    return standing("door", parts, (w / 2 - 0.07, 1.02, 0.07))


def footsteps(style: Style) -> Thing:
    """Somebody's legs from the knees down, one step ahead of the other: trousers and shoes."""
    shoe_color, cloth = (
        pick(style, (BLACK, (0.36, 0.22, 0.13), (0.88, 0.87, 0.85), (0.65, 0.16, 0.14))),
        style.shade(pick(style, ((0.20, 0.24, 0.36), (0.24, 0.24, 0.25), (0.52, 0.46, 0.36)))),
    )
    left, right = (_lower_leg(shoe_color, cloth, lean) for lean in (6.0, -10.0))
    pair = [[s.moved(x, 0, z) for s in leg] for leg, x, z in ((left, -0.1, 0.0), (right, 0.1, 0.26))]
    soles = join([leg[0] for leg in pair])
    legs = join([leg[1] for leg in pair])
    return standing(
        "footsteps", (Part(soles, "leather"), Part(legs, "heavy_curtain", texture="fabric")), (0.1, 0.02, 0.3)
    )


def _lower_leg(shoe_color: Color, cloth: Color, lean: float) -> list[Shape]:
    """Shoe with its heel at z = -0.07 and its toe at z = 0.21, and a trouser leg up to the knee."""
    sole = [_foot_ring(y, grow) for y, grow in ((0.0, 0.96), (0.022, 1.0))]
    upper = [
        _foot_ring(y, grow, back)
        for y, grow, back in (
            (0.022, 0.95, 0.0),
            (0.045, 0.93, 0.0),
            (0.065, 0.80, 0.15),
            (0.085, 0.55, 0.5),
            (0.125, 0.40, 0.80),
        )
    ]
    light = (0.92, 0.91, 0.88) if shoe_color[0] > 0.5 else DARK
    laces = [
        rod(
            (-0.022, 0.094 - 0.011 * k, 0.055 + 0.022 * k),
            (0.022, 0.094 - 0.011 * k, 0.055 + 0.022 * k),
            0.004,
            IVORY,
            5,
        )
        for k in range(3)
    ]
    shoe = join([lofted(sole, light), lofted(upper, shoe_color), *laces])
    path = np.array([[0, 0.075, -0.015], [0, 0.16, -0.016], [0, 0.30, -0.02], [0, 0.42, -0.015], [0, 0.50, -0.005]])
    path[:, 2] += np.tan(np.deg2rad(lean)) * (path[:, 1] - 0.075)
    return [shoe, tube(path, [0.075, 0.072, 0.075, 0.080, 0.082], cloth, 14)]


def _foot_ring(y: float, grow: float, back: float = 0.0) -> np.ndarray:
    """A level line of a shoe; `back` draws its toe back to the ankle."""
    flat = circle(1.0, 20)
    z = 0.07 + 0.14 * flat[:, 0]
    width = 0.042 + 0.010 * np.sin(np.pi * (flat[:, 0] + 1.0) / 2.0 + 0.6)
    z = -0.068 + (z + 0.068) * (1.0 - 0.55 * back)
    x = -width * np.sign(flat[:, 1]) * np.abs(flat[:, 1]) ** 0.75 * (0.9 + 0.1 * grow) * grow**0.3
    return np.column_stack([-x, np.full(20, y), z])[::-1]
