"""Telephones: an old one with a dial, one for the desk, a mobile one.

The one idea: as in `devices`; a telephone rings where its bell is, in its body, whoever holds the receiver.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, join, lathe, rectangle, rounded_box
from echoenv.scene.homes.solids import curve, tube
from echoenv.scene.homes.style import BLACK, Style, scaled
from echoenv.scene.homes.things.standing import DARK, IVORY, SHINY, SILVER, disc, pick, standing, wedge


def telephone(style: Style, kind: str | None = None) -> Thing:
    """A telephone: `rotary`, `desk` or `mobile`; drawn by chance where none is asked for."""
    kinds = {"rotary": _rotary, "desk": _desk_phone, "mobile": _mobile}
    chosen = kind or list(kinds)[int(style.rng.integers(3))]
    return kinds[chosen](style)


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
    body = wedge(0.17, profile, color, 0.008)
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
    body = wedge(0.22, profile, color, 0.005)
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
    foot = wedge(
        0.07, [(0.0, 0.0), (0.085, 0.0), (0.085, 0.012), (0.045, 0.012), (0.012, 0.075), (0.0, 0.075)], BLACK, 0.002
    )
    parts = (Part(join([foot, lean[0]]), "plastic"), Part(lean[1], "heavy_glass", (0.30, 0.33, 0.38)))
    return standing("telephone", parts, (0.0, 0.03, 0.06))
