"""Lamps, plants, pictures, rugs, curtains and other things that make a room lived in.

The one idea: as in `seating`. Things that hang are built at the height where they hang: ceiling lamps below y = 0 from
the ceiling, pictures and curtains in the wall's frame.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Floats, box, cylinder, join, lathe, leaf, rectangle, rounded_box, wavy_cloth
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled

LAMP_RADIANCE = (9.0, 7.6, 5.6)
"""Linear radiance (3,) of a warm lamp, on the scale of `openings.SKY_RADIANCE`."""

OFFICE_RADIANCE = (6.5, 6.4, 6.0)


def ceiling_lamp(style: Style) -> Thing:
    """A shallow dome under the ceiling (y = 0), its glass glowing."""
    ring = lathe([(0.23, -0.02), (0.24, -0.02), (0.24, 0.0)], STEEL, 24)
    dome = lathe([(0, -0.10), (0.09, -0.095), (0.16, -0.075), (0.21, -0.045), (0.23, -0.015)], WHITE, 24)
    return Thing("lamp", (Part(ring, "metal"), Part(dome, "heavy_glass", LAMP_RADIANCE)), (0.48, 0.1, 0.48))


def pendant_lamp(style: Style, drop: float) -> Thing:
    """A shade on a cord, hanging `drop` [m] below the ceiling (y = 0)."""
    cord = cylinder(0.006, drop - 0.2, BLACK, 6, bottom=0.2 - drop)
    color = style.bright()
    outer = lathe([(0.20, -drop), (0.17, 0.12 - drop), (0.05, 0.21 - drop), (0.0, 0.215 - drop)], color, 24)
    inner = lathe([(0.0, 0.205 - drop), (0.045, 0.2 - drop), (0.165, 0.115 - drop), (0.195, -drop)], WHITE, 24)
    bulb = lathe([(0, 0.02 - drop), (0.11, 0.03 - drop), (0.11, 0.05 - drop), (0, 0.06 - drop)], WHITE, 16)
    parts = (
        Part(join([cord]), "plastic"),
        Part(join([outer, inner]), "metal"),
        Part(bulb, "heavy_glass", (22.0, 18.5, 13.5)),
    )
    return Thing("lamp", parts, (0.4, drop, 0.4))


def panel_light() -> Thing:
    """A flat light panel under an office ceiling (y = 0)."""
    frame = box((0.62, 0.03, 1.22), STEEL, 0.7, bottom=-0.03)
    panel = box((0.58, 0.004, 1.18), WHITE, 0.3, bottom=-0.034)
    return Thing("lamp", (Part(frame, "metal"), Part(panel, "plastic", OFFICE_RADIANCE)), (0.62, 0.03, 1.22))


def floor_lamp(style: Style) -> Thing:
    """A standing lamp with a cloth shade."""
    stand = lathe([(0, 0), (0.15, 0), (0.14, 0.02), (0.015, 0.035), (0.012, 1.35)], BLACK, 18)
    shade = lathe([(0.22, 1.3), (0.15, 1.58)], (0.97, 0.92, 0.82), 24)
    inner = lathe([(0.148, 1.579), (0.218, 1.301)], (0.97, 0.92, 0.82), 24)
    parts = (
        Part(stand.moved(z=0.22), "metal"),
        Part(join([shade, inner]).moved(z=0.22), "light_curtain", (2.4, 2.0, 1.4)),
    )
    return Thing("lamp", parts, (0.44, 1.6, 0.44))


def plant(style: Style, height: float = 1.1) -> Thing:
    """A pot with a leafy plant."""
    pot_h = min(0.36, 0.3 * height + 0.06)
    pot = lathe(
        [
            (0, 0),
            (0.6 * pot_h, 0),
            (0.75 * pot_h, pot_h),
            (0.68 * pot_h, pot_h),
            (0.66 * pot_h, pot_h - 0.03),
            (0, pot_h - 0.03),
        ],
        style.bright(),
        22,
    )
    green = style.shade((0.28, 0.46, 0.22), 0.2)
    stems, leaves = [], []
    count = 26 if height > 0.6 else 14
    for k in range(count):
        turn = 137.5 * k
        rise = pot_h + (height - pot_h) * (0.15 + 0.75 * k / count)
        blade = leaf(
            0.34 * height * style.between(0.75, 1.0),
            0.10 * height + 0.02,
            style.shade(green, 0.18),
            style.between(0.2, 0.6),
        )
        leaves.append(blade.turned(-25.0 - 45.0 * k / count, "x").turned(turn).moved(0, rise, 0))
    stems.append(cylinder(0.012, 0.86 * (height - pot_h), scaled(green, 0.7), 6, bottom=pot_h - 0.03, top_radius=0.006))
    wide = max(0.4, 1.5 * pot_h)
    z = wide / 2
    parts = (Part(pot.moved(z=z), "porcelain"), Part(join([*stems, *leaves]).moved(z=z), "plants"))
    return Thing("indoor-plant", parts, (wide, height, wide))


def picture(style: Style, width: float, height: float) -> Thing:
    """A framed picture, its lower edge at y = 0, on the wall at z = 0."""
    frame_color = style.shade(BLACK if style.chance(0.5) else style.wood)
    frame = join(
        [
            box((width, 0.025, 0.025), frame_color),
            box((width, 0.025, 0.025), frame_color, bottom=height - 0.025),
            *(
                box((0.025, height - 0.05, 0.025), frame_color, bottom=0.025).moved(s * (width / 2 - 0.0125))
                for s in (-1, 1)
            ),
        ]
    ).moved(z=0.0135)
    canvas = rectangle([0.02 - width / 2, 0.02, 0.01], [width - 0.04, 0, 0], [0, height - 0.04, 0], WHITE, 0.06)
    canvas = canvas.colored(_painting(style, width, height))
    return Thing("picture", (Part(frame, "wood_panel"), Part(canvas, "thin_plywood")), (width, height, 0.03))


def _painting(style: Style, width: float, height: float) -> Callable[[Floats], Floats]:
    """Soft hills under a sky, or fields of colour; a white mount around."""
    colors = np.array([style.bright() for _ in range(4)])
    phase = style.rng.uniform(0, 2 * np.pi, 3)
    waves = style.chance(0.6)

    def paint(points: Floats) -> Floats:
        x, y = points[:, 0] / width, points[:, 1] / height
        level = 4.0 * y + (
            0.5 * np.sin(5 * x + phase[0]) + 0.3 * np.sin(11 * x + phase[1]) if waves else np.floor(2.5 * x + phase[2])
        )
        body = colors[np.clip(np.floor(level), 0, 8).astype(int) % 4]
        mount = (np.abs(x) > 0.40) | (np.abs(y - 0.5) > 0.41)
        return np.where(mount[:, None], 0.93, body)

    return paint


def rug(style: Style, width: float, depth: float) -> Thing:
    """A rug with a border, centred on its frame's origin."""
    field, border = style.bright(), style.bright()

    def weave(points: Floats) -> Floats:
        edge = np.minimum(width / 2 - np.abs(points[:, 0]), depth / 2 - np.abs(points[:, 2]))
        stripe = 1.0 + 0.06 * np.sign(np.sin(points[:, :1] * 40.0))
        return np.where((edge < 0.16)[:, None] & (edge > 0.06)[:, None], border, np.asarray(field) * stripe)

    top = rectangle([-width / 2, 0.012, depth / 2], [width, 0, 0], [0, 0, -depth], field, 0.1)
    body = join([top, box((width, 0.011, depth), field, 0.5)]).colored(weave)
    return Thing("rug", (Part(body, "rug"),), (width, 0.012, depth))


def curtains(style: Style, width: float, top: float, bottom: float) -> Thing:
    """Two drawn-back curtains on a rod, in the wall's frame from the left edge of a window of that width."""
    each, color = min(0.55, 0.28 * width + 0.12), style.textile
    hang = top + 0.12 - bottom
    left = wavy_cloth(each, hang, color, max(3, round(each / 0.09))).moved(-0.18, bottom, 0.05)
    right = wavy_cloth(each, hang, color, max(3, round(each / 0.09))).moved(width + 0.18 - each, bottom, 0.05)
    rod = cylinder(0.012, width + 0.5, STEEL, 10).turned(-90.0, "z").moved(-0.25, top + 0.13, 0.09)
    ends = [rounded_box((0.05, 0.05, 0.05), STEEL, 0.02, 2).moved(x, top + 0.105, 0.09) for x in (-0.26, width + 0.26)]
    return Thing(
        "curtain",
        (Part(join([left, right]), "medium_curtain"), Part(join([rod, *ends]), "metal")),
        (width + 0.5, hang, 0.14),
    )


def blinds(width: float, height: float) -> Thing:
    """Slatted blinds, half drawn, in the upper part of a window recess, from the window's lower left corner."""
    drop = 0.42 * height
    count = int(drop / 0.045)
    slat = box((width - 0.04, 0.004, 0.04), WHITE, 0.6)
    slats = [slat.turned(35.0, "x").moved(width / 2, height - 0.06 - 0.045 * k, -0.04) for k in range(count)]
    head = box((width - 0.02, 0.05, 0.06), WHITE, 0.6, bottom=height - 0.05).moved(width / 2, 0, -0.04)
    return Thing("blinds", (Part(join([head, *slats]), "blinds"),), (width, drop, 0.06))


def whiteboard(width: float = 1.8) -> Thing:
    """A whiteboard with a tray, on the wall."""
    board = box((width, 1.1, 0.02), (0.95, 0.95, 0.96), 0.2).moved(z=0.012)
    marks = [
        box((0.25 + 0.1 * (k % 3), 0.012, 0.002), (0.2, 0.3, 0.6), 0.5, bottom=0.3 + 0.13 * k).moved(
            -0.3 * width + 0.05 * (k % 2), 0, 0.024
        )
        for k in range(5)
    ]
    tray = box((width * 0.6, 0.02, 0.06), STEEL, 0.6, bottom=-0.02).moved(z=0.03)
    return Thing("wall-decoration", (Part(join([board, *marks]), "metal"), Part(tray, "metal")), (width, 1.1, 0.06))


def bin_(style: Style) -> Thing:
    """A waste bin."""
    body = lathe([(0, 0), (0.11, 0), (0.14, 0.32), (0.132, 0.32), (0.104, 0.012), (0, 0.012)], style.bright(), 18)
    return Thing("bin", (Part(body.moved(z=0.15), "plastic"),), (0.3, 0.32, 0.3))


def clock() -> Thing:
    """A round wall clock."""
    rim = cylinder(0.15, 0.025, BLACK, 28).turned(90.0, "x")
    face = cylinder(0.14, 0.004, WHITE, 28).turned(90.0, "x").moved(z=0.025)
    hands = [
        box((0.012, 0.1, 0.004), BLACK).moved(z=0.032),
        box((0.012, 0.07, 0.004), BLACK).turned(-100.0, "z").moved(z=0.032),
    ]
    return Thing("clock", (Part(join([rim, face, *hands]), "plastic"),), (0.3, 0.3, 0.04)).moved(0, 0.15)


def towel(style: Style) -> Thing:
    """A towel on a rail, on the wall."""
    rail = cylinder(0.01, 0.55, STEEL, 10).turned(-90.0, "z").moved(-0.275, 0.0, 0.07)
    cloth = wavy_cloth(0.4, 0.6, style.bright(), 2, 0.008).moved(-0.2, -0.58, 0.06)
    return Thing("towel", (Part(cloth, "medium_curtain"), Part(rail, "metal")), (0.55, 0.6, 0.1))


def coat_rack(style: Style) -> Thing:
    """A board with hooks and a coat or two, on the wall."""
    board = rounded_box((0.9, 0.12, 0.02), style.wood, 0.006, 1).moved(z=0.012)
    hooks = [box((0.015, 0.05, 0.06), STEEL, bottom=0.03).moved(-0.36 + 0.18 * k, 0, 0.05) for k in range(5)]
    coats = [
        Thing(
            "clothing",
            (Part(wavy_cloth(0.36, 0.95, style.bright(), 3, 0.03).moved(x, -0.9, 0.04), "heavy_curtain"),),
            (0.4, 1.0, 0.1),
        )
        for x in (-0.42, 0.02)
    ]
    return Thing("rack", (Part(join([board]), "wood_panel"), Part(join(hooks), "metal")), (0.9, 0.12, 0.08)).carrying(
        *coats
    )


def shoes(style: Style) -> Thing:
    """A pair of shoes."""
    one = rounded_box((0.09, 0.08, 0.26), style.bright(), 0.03, 2).moved(z=0.15)
    return Thing("shoe", (Part(join([one.moved(-0.06), one.turned(7.0).moved(0.07)]), "leather"),), (0.25, 0.1, 0.3))
