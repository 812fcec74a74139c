"""Machines of the household: kettle, washing machine, vacuum cleaner, hair dryer, blender, microwave oven.

The one idea: as in `devices`; each stands in its own frame, back at z = 0, and tells the point where it sounds.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import curve, lofted, ring, rod, tapered, tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.standing import DARK, IVORY, SILVER, disc, pick, standing

ENAMEL: tuple[Color, ...] = (
    (0.74, 0.16, 0.14),
    (0.20, 0.40, 0.48),
    (0.92, 0.90, 0.84),
    (0.86, 0.64, 0.26),
    (0.36, 0.52, 0.40),
    (0.16, 0.16, 0.17),
)


def kettle(style: Style, kind: str | None = None) -> Thing:
    """A kettle: `whistling` for the hob, or `electric` on its base."""
    chosen = kind or ("whistling" if style.chance(0.5) else "electric")
    return (_whistling if chosen == "whistling" else _electric)(style)


def _whistling(style: Style) -> Thing:
    color = pick(style, (*ENAMEL, SILVER))
    profile = [(0, 0), (0.098, 0), (0.108, 0.012), (0.106, 0.05), (0.088, 0.10), (0.058, 0.132), (0.05, 0.135)]
    lid = lathe([(0, 0.13), (0.052, 0.133), (0.046, 0.145), (0.015, 0.152), (0, 0.152)], scaled(color, 0.9), 22)
    knob = pillow((0.03, 0.026, 0.03), BLACK, 1.0, 10, bottom=0.150)
    path = curve([(0.075, 0.07, 0), (0.115, 0.10, 0), (0.145, 0.145, 0)], 4)
    spout = tube(path, np.linspace(0.026, 0.013, len(path)), color, 12)
    whistle = rod((0.139, 0.137, 0), (0.154, 0.158, 0), 0.017, SILVER, 10)
    bow = curve(
        [
            (-0.085, 0.105, 0),
            (-0.092, 0.17, 0),
            (-0.055, 0.225, 0),
            (0.0, 0.238, 0),
            (0.055, 0.225, 0),
            (0.092, 0.17, 0),
            (0.08, 0.115, 0),
        ],
        4,
    )
    fork = [rod((s * 0.078, 0.10, 0), (s * 0.090, 0.165, 0), 0.014, SILVER, 8) for s in (-1, 1)]
    metal = [lathe([*profile, (0, 0.135)], color, 24), lid, spout, whistle, *fork]
    parts = (Part(join(metal), "metal"), Part(join([tube(bow, 0.011, BLACK, 8), knob]), "plastic"))
    return standing("kettle", _facing(parts, -25.0), _turned((0.150, 0.152, 0.0), -25.0))


def _electric(style: Style) -> Thing:
    color = pick(style, (*ENAMEL, SILVER, SILVER))
    base = lathe([(0, 0), (0.085, 0), (0.083, 0.018), (0, 0.02)], BLACK, 22)
    body = lathe([(0, 0.022), (0.080, 0.022), (0.082, 0.04), (0.066, 0.20), (0.058, 0.225), (0, 0.225)], color, 24)
    lid = lathe([(0.058, 0.225), (0.05, 0.236), (0.014, 0.240), (0.014, 0.252), (0, 0.254)], BLACK, 20)
    lip = lofted(
        [
            [(0.045, 0.226, 0.028), (0.045, 0.226, -0.028), (0.06, 0.165, 0.0)],
            [(0.088, 0.228, 0.008), (0.088, 0.228, -0.008), (0.073, 0.17, 0.0)],
        ],
        color,
    )
    window = (
        tapered((0.004, 0.11, 0.022), (0.004, 0.022), (0.55, 0.68, 0.75))
        .turned(6.0, "z")
        .moved(-0.001, 0.07, 0.0)
        .turned(-90.0)
        .moved(0, 0, 0.0765)
    )
    bow = curve([(-0.055, 0.222, 0), (-0.105, 0.225, 0), (-0.135, 0.19, 0), (-0.125, 0.11, 0), (-0.085, 0.055, 0)], 4)
    switch = box((0.022, 0.008, 0.02), (0.85, 0.2, 0.15), np.inf, bottom=0.238).moved(-0.10)
    parts = (
        Part(join([body, lip]), "metal", texture="metal_brushed" if color == SILVER else ""),
        Part(join([base, lid, tube(bow, 0.013, BLACK, 8), switch, window]), "plastic"),
    )
    return standing("kettle", _facing(parts, 10.0), _turned((0.08, 0.22, 0.0), 10.0))


def _facing(parts: tuple[Part, ...], degrees: float) -> tuple[Part, ...]:
    return tuple(Part(p.shape.turned(degrees), p.material, p.glow, p.texture) for p in parts)


def _turned(point: tuple[float, float, float], degrees: float) -> tuple[float, float, float]:
    x, y, z = point
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return float(c * x + s * z), y, float(c * z - s * x)


def washing_machine(style: Style) -> Thing:
    """A front loader: a glass door in a ring, a drawer, a knob and a display."""
    color = style.shade(pick(style, (WHITE, WHITE, (0.62, 0.63, 0.65), (0.24, 0.25, 0.27))), 0.02)
    w, h, d = 0.60, 0.85, style.between(0.52, 0.60)
    body = rounded_box((w, h - 0.02, d), color, 0.015, 2, 0.2, bottom=0.02).moved(z=d / 2)
    feet = [cylinder(0.025, 0.025, BLACK, 10).moved(x, 0, z) for x in (-0.25, 0.25) for z in (0.06, d - 0.06)]
    panel = box((w - 0.03, 0.105, 0.006), scaled(color, 0.88), 0.2, bottom=h - 0.13).moved(z=d + 0.001)
    drawer = rounded_box((0.17, 0.085, 0.016), scaled(color, 0.98), 0.006, 1, 0.2, bottom=h - 0.12).moved(
        -0.195, 0, d + 0.004
    )
    grip = box((0.10, 0.014, 0.006), scaled(color, 0.6), np.inf, bottom=h - 0.112).moved(-0.195, 0, d + 0.012)
    display = box((0.11, 0.045, 0.003), DARK, np.inf, bottom=h - 0.10).moved(0.17, 0, d + 0.005)
    figures = [
        box((0.012, 0.022, 0.001), (0.45, 0.85, 0.95), np.inf, bottom=h - 0.089).moved(0.145 + 0.018 * k, 0, d + 0.007)
        for k in range(4)
    ]
    knob = join(
        [
            disc(0.036, 0.008, SILVER, 24),
            disc(0.028, 0.03, scaled(color, 0.95), 24),
            box((0.005, 0.024, 0.001), BLACK, np.inf).moved(0, 0.002, 0.0305),
        ]
    ).moved(0.0, h - 0.078, d + 0.003)
    y = 0.42
    rim = pick(style, (SILVER, (0.30, 0.31, 0.33), scaled(color, 0.8)))
    hoop, glass = (part.turned(90.0, "x").moved(0, y, d) for part in _porthole(rim, style))
    latch = rounded_box((0.03, 0.09, 0.02), scaled(rim, 0.7), 0.006, 1, 0.2, bottom=-0.045).moved(0.19, y, d + 0.045)
    flap = box((0.11, 0.075, 0.005), scaled(color, 0.93), np.inf, bottom=0.06).moved(0.20, 0, d + 0.001)
    metal = join([body, panel, drawer, flap])
    parts = (
        Part(metal, "metal"),
        Part(join([*feet, grip, knob, latch, hoop]), "plastic"),
        Part(glass, "heavy_glass"),
        Part(join([display, *figures]), "plastic", (0.05, 0.08, 0.09)),
    )
    return standing("washing-machine", parts, (0.0, y, d + 0.06))


def _porthole(rim: Color, style: Style) -> tuple[Shape, Shape]:
    """Hoop and glass of a door, with what turns behind it, facing up."""
    hoop = lathe(
        [(0.155, 0.030), (0.165, 0.045), (0.190, 0.045), (0.215, 0.020), (0.22, 0.0), (0.0, 0.0)][::-1], rim, 36
    )
    glass = lathe([(0.158, 0.032), (0.12, 0.050), (0.06, 0.062), (0.0, 0.065)], (0.16, 0.20, 0.24), 30)
    laundry = [
        lathe([(r + 0.012, 0.0), (r, 0.004)], style.bright(), 24).moved(y=z)
        for r, z in ((0.10, 0.0565), (0.055, 0.0640))
    ]
    return hoop, join([glass, *laundry])


def vacuum_cleaner(style: Style, kind: str | None = None) -> Thing:
    """A vacuum cleaner: a `canister` with hose, tube and floor head, or an `upright` one."""
    chosen = kind or ("canister" if style.chance(0.6) else "upright")
    return (_canister if chosen == "canister" else _upright)(style)


def _floor_head(color: Color) -> Shape:
    """A nozzle that lies on the floor, its joint at the back in the middle."""
    nose = rounded_box((0.29, 0.035, 0.10), color, 0.014, 1, 0.2, bottom=0.004)
    edge = box((0.28, 0.006, 0.095), DARK, np.inf)
    return join([nose, edge, rod((0, 0.025, -0.03), (0, 0.05, -0.09), 0.019, DARK, 8)])


def _canister(style: Style) -> Thing:
    color = pick(style, ENAMEL)
    body = pillow((0.27, 0.23, 0.40), color, 0.65, 24, bottom=0.02).moved(-0.14, 0, 0.22)
    band = ring(0.05, 0.018, DARK, 18, 6).moved(-0.14, 0.16, 0.405)
    stripe = pillow((0.274, 0.05, 0.405), scaled(color, 0.45), 0.65, 24, bottom=0.09).moved(-0.14, 0, 0.22)
    top = rounded_box((0.10, 0.035, 0.16), DARK, 0.014, 1, 0.2, bottom=0.235).moved(-0.14, 0, 0.22)
    wheels = [
        cylinder(0.085, 0.035, DARK, 20).turned(90.0, "z").moved(-0.14 + s * 0.135 + 0.0175, 0.085, 0.12)
        for s in (-1, 1)
    ]
    hubs = [
        cylinder(0.045, 0.042, SILVER, 16).turned(90.0, "z").moved(-0.14 + s * 0.135 + 0.021, 0.085, 0.12)
        for s in (-1, 1)
    ]
    wheel = pillow((0.04, 0.05, 0.05), DARK, 1.0, 10).moved(-0.14, 0, 0.36)
    grip, foot = (0.20, 0.98, 0.08), (0.20, 0.06, 0.42)
    way = curve(
        [
            (-0.14, 0.16, 0.41),
            (-0.13, 0.19, 0.56),
            (-0.02, 0.42, 0.62),
            (0.10, 0.85, 0.42),
            (0.17, 1.10, 0.16),
            (0.20, 1.05, 0.05),
        ],
        9,
    )
    beads = 0.021 + 0.0025 * (np.arange(len(way)) % 2)
    hose = tube(way, beads, (0.22, 0.22, 0.24), 9)
    pipe = rod(grip, foot, 0.015, SILVER, 10)
    handle = tube(curve([(0.20, 1.05, 0.05), (0.20, 1.01, 0.065), (0.20, 0.88, 0.115)], 3), 0.022, DARK, 8)
    head = _floor_head(color).moved(0.20, 0.0, 0.52)
    parts = (
        Part(join([body, stripe, top, band, *wheels, wheel, hose, handle, head]), "plastic"),
        Part(join([pipe, *hubs]), "metal"),
    )
    return standing("vacuum-cleaner", parts, (-0.14, 0.14, 0.22))


def _upright(style: Style) -> Thing:
    color = pick(style, ENAMEL)
    head = join(
        [
            rounded_box((0.32, 0.09, 0.22), color, 0.03, 2, 0.2, bottom=0.012).moved(z=0.22),
            box((0.30, 0.012, 0.20), DARK, np.inf, bottom=0.002).moved(z=0.22),
        ]
    )
    wheels = [cylinder(0.045, 0.03, DARK, 16).turned(90.0, "z").moved(s * 0.16 + 0.015, 0.045, 0.15) for s in (-1, 1)]
    bag = pillow((0.22, 0.62, 0.17), color, 0.7, 22, bottom=0.09)
    motor = rounded_box((0.19, 0.20, 0.17), DARK, 0.05, 2, 0.2, bottom=0.06)
    spine = rounded_box((0.06, 0.72, 0.04), DARK, 0.015, 1, 0.3, bottom=0.08).moved(z=-0.09)
    cup = lathe([(0, 0.34), (0.075, 0.34), (0.082, 0.50), (0.06, 0.52), (0, 0.52)], (0.62, 0.70, 0.75), 20).moved(
        z=0.055
    )
    pole = cylinder(0.014, 0.38, SILVER, 10, bottom=0.75).moved(z=-0.09)
    loop = tube(
        curve([(0, 1.10, -0.09), (0, 1.18, -0.12), (0, 1.24, -0.08), (0, 1.20, -0.03), (0, 1.12, -0.06)], 4),
        0.014,
        DARK,
        8,
    )
    lean = [shape.turned(-14.0, "x").moved(0, 0, 0.20) for shape in (join([bag, motor, spine, loop]), cup, pole)]
    parts = (
        Part(join([head, *wheels, lean[0]]), "plastic"),
        Part(lean[1], "heavy_glass"),
        Part(lean[2], "metal"),
    )
    return standing("vacuum-cleaner", parts, (0.0, 0.15, 0.20))


def hair_dryer(style: Style) -> Thing:
    """A hair dryer that stands on its handle in a small holder, its nozzle to the right."""
    color = pick(style, ENAMEL)
    blowing = _barrel(color)
    handle = tube(
        [(-0.018, 0.19, 0), (-0.030, 0.10, 0), (-0.034, 0.04, 0)], [0.020, 0.018, 0.019], scaled(color, 0.9), 12
    )
    switch = box((0.010, 0.035, 0.012), SILVER, np.inf, bottom=0.12).moved(-0.007)
    holder = lathe(
        [(0, 0), (0.055, 0), (0.052, 0.012), (0.030, 0.02), (0.027, 0.055), (0.020, 0.055), (0, 0.03)], BLACK, 18
    ).moved(-0.033)
    cord = tube(
        curve(
            [
                (-0.034, 0.03, -0.02),
                (-0.06, 0.02, -0.05),
                (0.0, 0.006, -0.07),
                (0.08, 0.006, -0.05),
                (0.10, 0.006, 0.0),
            ],
            4,
        ),
        0.005,
        BLACK,
        6,
    )
    parts = (Part(join([blowing[0], handle, holder, cord]), "plastic"), Part(join([blowing[1], switch]), "metal"))
    return standing("hair-dryer", _facing(parts, -10.0), _turned((0.115, 0.20, 0.0), -10.0))


def _barrel(color: Color) -> list[Shape]:
    """The body of a hair dryer with its nozzle, and the rings of its inlet."""
    barrel = lathe(
        [
            (0, 0),
            (0.036, 0.0),
            (0.046, 0.015),
            (0.046, 0.06),
            (0.034, 0.12),
            (0.030, 0.14),
            (0.030, 0.16),
            (0.025, 0.16),
            (0.025, 0.13),
            (0, 0.13),
        ],
        color,
        22,
    )
    nozzle = lathe([(0.032, 0.145), (0.033, 0.165), (0.026, 0.19), (0.020, 0.19), (0.020, 0.165), (0, 0.165)], DARK, 18)
    inlet = [ring(r, 0.005, SILVER, 18, 5).turned(90.0, "x").moved(y=-0.001) for r in (0.030, 0.018)]
    return [shape.turned(-90.0, "z").moved(-0.07, 0.20, 0) for shape in (join([barrel, nozzle]), join(inlet))]


def blender(style: Style) -> Thing:
    """A blender: a glass jug with what is mixed in it, on a motor with a knob."""
    color = pick(style, (*ENAMEL, SILVER))
    motor = tapered((0.18, 0.15, 0.17), (0.12, 0.11), color, bottom=0.01).moved(z=0.085)
    feet = box((0.17, 0.012, 0.16), BLACK, np.inf).moved(z=0.085)
    juice: Color = pick(style, ((0.86, 0.40, 0.42), (0.55, 0.72, 0.32), (0.92, 0.68, 0.30)))
    full = lathe([(0, 0.185), (0.050, 0.185), (0.062, 0.28), (0.0, 0.28)], juice, 18)
    jug = lathe([(0.062, 0.28), (0.075, 0.40), (0.0, 0.40)], (0.80, 0.86, 0.88), 18)
    collar = lathe([(0, 0.155), (0.058, 0.155), (0.058, 0.187), (0, 0.187)], BLACK, 20)
    lid = lathe([(0, 0.395), (0.079, 0.395), (0.077, 0.415), (0.03, 0.42), (0.03, 0.44), (0, 0.44)], BLACK, 20)
    handle = tube(curve([(0.066, 0.375, 0), (0.115, 0.365, 0), (0.118, 0.26, 0), (0.058, 0.23, 0)], 4), 0.010, BLACK, 8)
    knob = disc(0.024, 0.022, SILVER, 18).moved(0, 0.07, 0.158)
    glass = join([full, jug]).moved(z=0.085)
    plastic = join([feet, join([collar, lid, handle]).moved(z=0.085)])
    return standing(
        "blender",
        (Part(join([motor, knob]), "metal"), Part(glass, "heavy_glass"), Part(plastic, "plastic")),
        (0, 0.10, 0.16),
    )


def microwave(style: Style) -> Thing:
    """A microwave oven: a dark window, a display and buttons."""
    color = pick(style, (WHITE, SILVER, (0.16, 0.16, 0.17)))
    w, h, d = style.between(0.46, 0.52), style.between(0.27, 0.31), 0.36
    body = rounded_box((w, h, d), color, 0.012, 1, 0.25, bottom=0.012).moved(z=d / 2)
    feet = [cylinder(0.014, 0.014, BLACK, 8).moved(s * 0.4 * w, 0, z) for s in (-1, 1) for z in (0.05, d - 0.05)]
    window = box((0.66 * w, 0.80 * h, 0.006), DARK, 0.2, bottom=0.012 + 0.1 * h).moved(-0.12 * w, 0, d + 0.001)
    seen = box((0.50 * w, 0.52 * h, 0.001), (0.22, 0.20, 0.17), 0.2, bottom=0.012 + 0.24 * h).moved(
        -0.12 * w, 0, d + 0.0045
    )
    bar = rod((0.235 * w, 0.2 * h, d + 0.03), (0.235 * w, 0.88 * h, d + 0.03), 0.008, SILVER)
    holds = [rod((0.235 * w, y * h, d), (0.235 * w, y * h, d + 0.03), 0.006, SILVER, 6) for y in (0.25, 0.83)]
    display = box((0.15 * w, 0.13 * h, 0.003), DARK, np.inf, bottom=0.012 + 0.76 * h).moved(0.375 * w, 0, d + 0.001)
    figures = [
        box((0.007, 0.018, 0.001), (0.45, 0.95, 0.55), np.inf, bottom=0.012 + 0.79 * h).moved(
            0.335 * w + 0.012 * k, 0, d + 0.003
        )
        for k in range(4)
    ]
    keys = [
        box((0.017, 0.013, 0.004), scaled(IVORY, 0.8), np.inf, bottom=0.012 + (0.24 + 0.11 * j) * h).moved(
            0.375 * w + 0.023 * i, 0, d + 0.001
        )
        for i in (-1, 0, 1)
        for j in range(4)
    ]
    knob = box((0.06, 0.02, 0.004), scaled(STEEL, 0.8), np.inf, bottom=0.012 + 0.10 * h).moved(0.375 * w, 0, d + 0.001)
    parts = (
        Part(join([body, bar, *holds]), "metal"),
        Part(join([window, seen]), "heavy_glass"),
        Part(join([*feet, *keys, knob]), "plastic"),
        Part(join([display, *figures]), "plastic", (0.05, 0.09, 0.06)),
    )
    return standing("microwave", parts, (0.375 * w, 0.012 + h / 2, d))
