"""Wind instruments on stands: the trumpet and the flute.

The one idea: both are tubes along a curve, built lying along x with the player at the left, and held by the fork of a
tripod at the height of a player's hands.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing, as_point
from echoenv.scene.homes.shapes import Color, Floats, Shape, cylinder, join, lathe, pillow, rotation, rounded_box
from echoenv.scene.homes.solids import arc, curve, ring, rod, tube
from echoenv.scene.homes.style import BLACK, Style, scaled
from echoenv.scene.homes.things.standing import BRASS, DARK, EBONY, SILVER, pick, standing, tripod

_GOLD: Color = (0.88, 0.70, 0.34)


def _held(parts: list[Part], tilt: float, turn: float, height: float) -> list[Part]:
    """Parts tilted about z and turned about y, their origin lifted to that height [m]."""
    return [
        Part(p.shape.turned(tilt, "z").turned(turn).moved(0.0, height), p.material, p.glow, p.texture) for p in parts
    ]


def _held_point(point: tuple[float, float, float], tilt: float, turn: float, height: float) -> Floats:
    return np.asarray(rotation(turn) @ rotation(tilt, "z") @ np.asarray(point) + [0.0, height, 0.0])


def trumpet(style: Style) -> Thing:
    """A trumpet on a stand, its bell to the right and a little to the front."""
    color = pick(style, (BRASS, _GOLD, SILVER))
    tubing, radius, bow = 0.0072, 0.060, 0.046
    top, low = 0.046, -0.046
    lead = [(-0.20, top, 0.0), (0.18, top, 0.0)]
    front_bow = [(0.18 + bow * x, bow * y, 0.0) for x, y in arc(1.0, 90.0, -90.0, 13)[1:-1]]
    back_line = [(0.18, low, 0.0), (0.02, low, 0.0)]
    wound = tube([*lead, *front_bow, *back_line], tubing, color, 9)
    valves = [_valve(color).moved(x, 0.0, 0.015) for x in (-0.045, -0.002, 0.041)]
    piece = (
        lathe(
            [(0, 0), (0.0105, 0.0), (0.0135, 0.012), (0.013, 0.02), (0.006, 0.045), (0.0055, 0.085), (0, 0.085)],
            SILVER,
            14,
        )
        .turned(-90.0, "z")
        .moved(-0.28, top)
    )
    braces = [rod((x, top, 0.0), (x, top, 0.030), 0.004, color, 6) for x in (-0.10, 0.14)] + [
        rod((0.12, low, 0.0), (0.12, top, 0.0), 0.0035, color, 6)
    ]
    hook = ring(0.014, 0.005, color, 14, 6).moved(0.085, top + 0.018)
    third = tube(
        [
            (0.05, 0.0, 0.015),
            (0.13, 0.0, 0.015),
            *((0.13 + 0.018 * x, -0.018 + 0.018 * y, 0.015) for x, y in arc(1.0, 80.0, -80.0, 7)),
            (0.13, -0.036, 0.015),
            (0.05, -0.036, 0.015),
        ],
        0.0065,
        color,
        8,
    )
    brass = join([wound, *_bell(color, tubing, radius, top), *valves, *braces, hook, third])
    parts = [Part(join([brass, piece]), "metal")]
    return _on_stand("trumpet", parts, (0.34, top, 0.030), 12.0, -28.0, style.between(0.88, 1.0), low)


def _bell(color: Color, tubing: float, radius: float, top: float) -> list[Shape]:
    """The tube from the valves back and forward again to the bell, the bell's inside and its rim."""
    start = [(0.02, -top, 0.030), (-0.12, -top, 0.030)]
    rear_bow = [(-0.12 - 0.046 * x, -0.046 * y, 0.030) for x, y in arc(1.0, 90.0, -90.0, 13)[1:-1]]
    out = np.concatenate([[(-0.12, top, 0.030)], [(x, top, 0.030) for x in np.linspace(-0.08, 0.34, 22)]])
    flare = tubing + (radius - tubing) * np.clip((out[:, 0] + 0.10) / 0.44, 0.0, 1.0) ** 5.5
    path = np.concatenate([start, rear_bow, out])
    widths = np.concatenate([np.full(len(start) + len(rear_bow), tubing), flare])
    bell = tube(path, widths, color, 16, caps=False)
    inside = lathe([(0.014, -0.10), (0.020, -0.06), (0.032, -0.025), (0.061, 0.0)][::-1], scaled(color, 0.55), 20)
    throat = cylinder(0.016, 0.002, DARK, 12, bottom=-0.092)
    mouth = join([inside, throat]).turned(-90.0, "z").moved(0.34, top, 0.030)
    rim = ring(radius, 0.006, color, 24, 6).turned(90.0).moved(0.34, top, 0.030)
    return [bell, mouth, rim]


def _valve(color: Color) -> Shape:
    """A valve with its piston and button, its middle at the origin."""
    case = lathe(
        [(0, -0.075), (0.011, -0.075), (0.017, -0.066), (0.017, 0.066), (0.014, 0.074), (0.0, 0.074)], color, 14
    )
    caps = [
        lathe([(0, y), (0.019, y), (0.019, y + 0.010), (0, y + 0.010)], scaled(color, 1.1), 14) for y in (-0.068, 0.058)
    ]
    piston = join(
        [
            cylinder(0.0045, 0.030, SILVER, 8, bottom=0.074),
            lathe([(0, 0.102), (0.013, 0.102), (0.013, 0.107), (0, 0.109)], (0.93, 0.91, 0.86), 12),
        ]
    )
    return join([case, *caps, piston])


def flute(style: Style) -> Thing:
    """A flute on a stand, its head to the left: lip plate, keys in a row, rings at its joints."""
    color = pick(style, (SILVER, SILVER, _GOLD, (0.16, 0.11, 0.10)))
    metal = SILVER if color[0] < 0.3 else color
    long, r = 0.67, 0.0105
    body = tube([(-long / 2, 0, 0), (long / 2, 0, 0)], r, color, 14)
    rings = [
        rod((x - w, 0, 0), (x + w, 0, 0), r + 0.0028, metal, 14)
        for x, w in ((-long / 2 + 0.004, 0.005), (-0.135, 0.012), (0.222, 0.011), (long / 2 - 0.003, 0.004))
    ]
    crown = pillow((0.016, 0.022, 0.022), metal, 1.0, 10, bottom=-0.011).moved(-long / 2 - 0.006)
    lip = pillow((0.062, 0.030, 0.036), metal, 0.8, 16, bottom=-0.008).moved(-0.255)
    hole = lathe([(0, 0.0), (0.0075, 0.0), (0.0070, 0.0012), (0, 0.0012)], DARK, 14).moved(-0.255, 0.0215)
    xs = [-0.100, -0.078, -0.052, -0.026, 0.004, 0.052, 0.080, 0.108, 0.140, 0.176, 0.250, 0.282, 0.310]
    sizes = [0.008, 0.0095, 0.0105, 0.0105, 0.0115, 0.0115, 0.0115, 0.0115, 0.012, 0.0115, 0.0130, 0.0130, 0.0115]
    keys = [_flute_key(size, metal).turned(8.0, "x").moved(x) for x, size in zip(xs, sizes, strict=True)]
    rods = [
        rod((a, 0.013, -0.0105), (b, 0.013, -0.0105), 0.0030, metal, 6)
        for a, b in ((-0.115, 0.03), (0.036, 0.200), (0.236, 0.328))
    ]
    levers = [
        rounded_box((0.045, 0.004, 0.008), metal, 0.0018, 1, 0.2).turned(a).moved(x, 0.013, 0.011)
        for x, a in ((0.222, 22.0), (-0.015, -15.0))
    ]
    parts = [
        Part(body, "metal" if color != EBONY else "wood_panel"),
        Part(join([*rings, crown, lip, *keys, *rods, *levers]), "metal"),
        Part(hole, "plastic"),
    ]
    return _on_stand("flute", parts, (-0.255, 0.02, 0.0), -24.0, 0.0, style.between(0.85, 0.98), -r)


def _flute_key(radius: float, color: Color) -> Shape:
    """A key cup over its tone hole, above the tube's axis."""
    chimney = cylinder(0.8 * radius, 0.006, color, 12, bottom=0.008)
    cup = lathe([(0, 0.0145), (radius, 0.0145), (radius, 0.0175), (0.55 * radius, 0.0190), (0, 0.0185)], color, 14)
    arm = rod((0, 0.017, -0.0105), (0, 0.018, 0.0), 0.0022, color, 5)
    return join([chimney, cup, arm])


def _on_stand(
    category: str,
    parts: list[Part],
    sound: tuple[float, float, float],
    tilt: float,
    turn: float,
    height: float,
    under: float,
) -> Thing:
    """The instrument held by two forks of a tripod, `under` [m] being its lowest line in its own frame."""
    placed = _held(parts, tilt, turn, height)
    hub = height - 0.13
    stand = [tripod(hub, 0.24, BLACK, 0.010, 0.30).turned(180.0)]
    for x in (-0.10, 0.15) if category == "trumpet" else (-0.19, 0.19):
        cradle = [_held_point((x, under - 0.004, 0.0), tilt, turn, height)]
        tips = [_held_point((x, under + 0.020, z), tilt, turn, height) for z in (-0.024, 0.024)]
        stand.append(
            tube(
                curve(
                    [
                        (0.0, hub - 0.01, 0.0),
                        (0.7 * float(cradle[0][0]), hub + 0.02, 0.7 * float(cradle[0][2])),
                        tuple(as_point(cradle[0])),
                    ],
                    4,
                ),
                0.007,
                BLACK,
                7,
            )
        )
        stand.append(tube([tips[0], cradle[0], tips[1]], 0.006, DARK, 6))
    return standing(category, [*placed, Part(join(stand), "metal")], as_point(_held_point(sound, tilt, turn, height)))
