"""Chairs, stools and benches: wooden, bent, moulded, of steel tube, on castors, on runners.

The one idea: as in `sofas`; the chairs of a home are all of the kind that its taste prefers, so that those at one table
are alike. A seat is 0.45 m high.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe, rounded_box
from echoenv.scene.homes.solids import rod, tube
from echoenv.scene.homes.style import BLACK, STEEL, Style, scaled
from echoenv.scene.homes.things.bodies import beam, crowned, rounded_path, slab, standing
from echoenv.scene.homes.things.making import PAINTS, cover, feet, leg_color, leg_part, made, metal, taste, wood

DINING_CHAIRS = ("slatted", "windsor", "shell", "cantilever", "upholstered", "ladder")
"""Kinds of chairs at tables."""


def dining_chair(style: Style, kind: str = "") -> Thing:
    """A chair to sit at a table, of one of `DINING_CHAIRS`."""
    make = {
        "slatted": _slatted,
        "windsor": _windsor,
        "shell": _shell,
        "cantilever": _cantilever,
        "upholstered": _upholstered,
        "ladder": _ladder,
    }[kind or taste(style, "dining chair", DINING_CHAIRS)]
    return made("chair", make(style))


def _posts(color: Color, width: float, high: float, lean: float) -> list[Shape]:
    """Hind legs that go on as the posts of a back, and front legs."""
    bars = []
    for s in (-1, 1):
        x = s * width / 2
        bars += [
            beam((x, 0.0, 0.0), (x, 0.45, 0.05), 0.032, 0.036, color),
            beam((x, 0.43, 0.05), (x, high, 0.05 - lean), 0.032, 0.03, color),
            beam((x, 0.0, 0.42), (x, 0.44, 0.41), 0.034, 0.034, color),
        ]
    return bars


def _slatted(style: Style) -> list[Part]:
    """Upright slats between two posts, a padded seat."""
    color = style.wood
    bars = _posts(color, 0.38, 0.86, 0.09)
    bars += [
        rounded_box((0.44, 0.07, 0.025), color, 0.01, 1, bottom=0.82).moved(z=-0.04),
        box((0.36, 0.035, 0.02), color, bottom=0.52).moved(z=0.04),
        *(box((0.36, 0.03, 0.02), color, bottom=h).moved(z=z) for h, z in ((0.2, 0.02), (0.2, 0.42))),
        *(box((0.36, 0.05, 0.02), color, bottom=0.38).moved(z=z) for z in (0.045, 0.41)),
        *(box((0.02, 0.05, 0.36), color, bottom=0.38).moved(s * 0.19, 0, 0.23) for s in (-1, 1)),
        *(beam((x, 0.53, 0.04), (x, 0.83, -0.04), 0.035, 0.014, color) for x in (-0.12, -0.04, 0.04, 0.12)),
        rounded_box((0.43, 0.025, 0.42), color, 0.01, 1, bottom=0.43).moved(z=0.23),
    ]
    pad = crowned((0.40, 0.05, 0.38), style.fabric, 0.02, 0.015, 0.2).moved(0, 0.445, 0.24)
    return [wood(style, *bars, material="wooden_chair"), Part(pad, "cushion", texture="fabric")]


def _ladder(style: Style) -> list[Part]:
    """Rungs like a ladder's across the back, a woven seat, often painted."""
    paint = taste(style, "ladder chair", (style.wood, style.wood, PAINTS[0], PAINTS[3]))
    bars = [
        *(tube([(s * 0.2, 0.0, 0.0), (s * 0.2, 0.96, -0.06)], [0.017, 0.014], paint) for s in (-1, 1)),
        *(rod((s * 0.22, 0.0, 0.42), (s * 0.22, 0.46, 0.42), 0.018, paint) for s in (-1, 1)),
    ]
    for h in (0.6, 0.74, 0.88):
        x = np.linspace(-0.2, 0.2, 7)
        z = -0.06 * h / 0.96 - 0.03 * (1 - (x / 0.2) ** 2) + 0.008
        rows = [np.stack([x, np.full(7, y), z], axis=-1) for y in (h - 0.035, h + 0.035)]
        bars.append(slab(np.stack(rows), 0.014, paint))
    for h in (0.14, 0.28):
        bars += [
            rod((-0.2, h, -0.01), (0.2, h, -0.01), 0.011, paint, 6),
            rod((-0.22, h, 0.42), (0.22, h, 0.42), 0.011, paint, 6),
            *(rod((s * 0.2, h + 0.05, -0.01), (s * 0.22, h + 0.05, 0.42), 0.011, paint, 6) for s in (-1, 1)),
        ]
    straw = Part(
        crowned((0.44, 0.045, 0.44), (0.78, 0.64, 0.42), 0.01, 0.018, 0.25).moved(0, 0.43, 0.205),
        "wooden_chair",
        texture="wicker",
    )
    return [wood(style, *bars, material="wooden_chair"), straw]


def _windsor(style: Style) -> list[Part]:
    """Turned splayed legs, a saddle seat, thin spindles in a bow."""
    color = taste(style, "windsor", (style.wood, scaled(style.wood, 0.7), BLACK))
    seat = rounded_box((0.44, 0.04, 0.42), color, 0.018, 1, 0.2, bottom=0.43).moved(z=0.26)
    legs = [
        tube([(sx * 0.21, 0, z0), (sx * 0.175, 0.22, zm), (sx * 0.14, 0.44, z1)], [0.012, 0.02, 0.014], color)
        for sx in (-1, 1)
        for z0, zm, z1 in ((0.03, 0.075, 0.12), (0.45, 0.42, 0.39))
    ]
    rungs = [rod((sx * 0.18, 0.19, 0.07), (sx * 0.18, 0.19, 0.43), 0.009, color, 6) for sx in (-1, 1)]
    rungs.append(rod((-0.18, 0.19, 0.25), (0.18, 0.19, 0.25), 0.009, color, 6))
    angle = np.deg2rad(np.linspace(0, 180, 11))
    x, up = 0.19 * np.cos(angle), 0.46 + 0.44 * np.sin(angle) ** 0.75
    bow = tube(np.stack([x, up, 0.09 - 0.18 * (up - 0.46) / 0.44 * 0.6], -1), 0.011, color, 6)
    spindles = []
    for f in (-0.14, -0.094, -0.047, 0.0, 0.047, 0.094, 0.14):
        top = 0.46 + 0.44 * float(np.sqrt(1 - (f / 0.19) ** 2)) ** 0.75
        spindles.append(rod((f * 0.85, 0.45, 0.09), (f, top, 0.09 - 0.108 * (top - 0.46) / 0.44), 0.006, color, 5))
    return [wood(style, seat, *legs, *rungs, bow, *spindles, material="wooden_chair")]


def _shell(style: Style) -> list[Part]:
    """A moulded shell on four splayed dowel legs."""
    t = np.linspace(0.0, 1.0, 11)
    profile = np.stack(
        [
            np.interp(t, [0, 0.1, 0.45, 0.6, 0.75, 1], [0.46, 0.44, 0.1, 0.04, 0.0, -0.05]),
            np.interp(t, [0, 0.1, 0.45, 0.6, 0.75, 1], [0.42, 0.445, 0.43, 0.47, 0.58, 0.83]),
        ],
        axis=-1,
    )
    half = np.interp(t, [0, 0.12, 0.45, 0.7, 0.9, 1], [0.19, 0.225, 0.235, 0.225, 0.19, 0.14])
    s = np.linspace(-1.0, 1.0, 9)
    curl = 0.05 * s**4
    x = half[:, None] * s
    z = profile[:, :1] + curl * np.clip((t[:, None] - 0.45) * 2.5, 0, 1)
    y = profile[:, 1:] + curl * np.clip(1.5 - 2.0 * t[:, None], 0, 1)
    color = taste(style, "shell", (PAINTS[0], PAINTS[3], (0.76, 0.34, 0.28), (0.36, 0.52, 0.54), (0.85, 0.65, 0.28)))
    shell = slab(np.stack([x, y, z], axis=-1), 0.012, color)
    legs = [
        tube([(sx * 0.235, 0.0, z0), (sx * 0.12, 0.43, z1)], [0.011, 0.017], style.wood)
        for sx in (-1, 1)
        for z0, z1 in ((-0.02, 0.11), (0.46, 0.33))
    ]
    struts = [
        *(rod((sx * 0.17, 0.24, 0.055), (-sx * 0.17, 0.24, 0.395), 0.005, BLACK, 5) for sx in (-1, 1)),
        *(rod((-0.14, 0.415, z), (0.14, 0.415, z), 0.012, BLACK, 6) for z in (0.11, 0.33)),
    ]
    return [Part(shell, "plastic_chair"), wood(style, *legs, material="wooden_chair"), metal(*struts, texture="")]


def _cantilever(style: Style) -> list[Part]:
    """One bent steel tube that carries a seat and a back without hind legs."""
    frame = [
        rounded_path(
            [(s * 0.22, 0.85, -0.09), (s * 0.22, 0.45, 0.02), (s * 0.22, 0.45, 0.45), (s * 0.22, 0.013, 0.48)]
            + [(s * 0.22, 0.013, 0.0)],
            0.09,
        )
        for s in (-1, 1)
    ]
    bars = [tube(path, 0.0125, STEEL) for path in frame]
    bars += [rod((-0.22, y, z), (0.22, y, z), 0.0125, STEEL) for y, z in ((0.013, 0.005), (0.45, 0.35), (0.45, 0.1))]
    woven = taste(style, "cantilever", (True, False))
    seat = rounded_box((0.46, 0.03, 0.42), (0.80, 0.66, 0.44) if woven else BLACK, 0.012, 1, 0.25, bottom=0.452)
    back = rounded_box((0.46, 0.3, 0.025), (0.80, 0.66, 0.44) if woven else BLACK, 0.01, 1, 0.25)
    pads = join([seat.moved(z=0.24), back.turned(-15.0, "x").moved(0, 0.55, 0.01)])
    soft = Part(pads, "wooden_chair", texture="wicker") if woven else Part(pads, "leather", texture="leather")
    return [metal(*bars), soft]


def _upholstered(style: Style) -> list[Part]:
    """A padded seat and a padded back that curves about the sitter."""
    over = cover(style, "dining chair")
    seat = crowned((0.47, 0.12, 0.46), over.color, 0.025, 0.035, 0.25).moved(0, 0.36, 0.27)
    s, t = np.meshgrid(np.linspace(-1, 1, 8), np.linspace(0, 1, 5))
    bend = 0.06 * s**2
    narrow = 0.225 * (1 - 0.12 * t**3)
    points = np.stack([narrow * s, 0.42 + 0.46 * t - 0.03 * s**4 * t, 0.075 + bend - 0.1 * t], axis=-1)
    back = slab(points, 0.055, over.color)
    legs = feet(0.46, 0.46, 0.38, leg_color(style), 0.02, 0.045, 0.03).moved(z=0.03)
    return [over.part(seat, back), leg_part(style, legs)]


def office_chair(style: Style, kind: str = "") -> Thing:
    """A swivel chair on a star of five castors: `task` with a mesh back, or `executive` of leather."""
    kind = kind or taste(style, "office chair", ("task", "executive", "task"))
    leather = kind == "executive"
    color = taste(style, "desk leather", (BLACK, (0.33, 0.22, 0.15))) if leather else style.fabric
    seat = crowned((0.50, 0.10, 0.48), color, 0.03, 0.04, 0.25).moved(0, 0.42, 0.30)
    s, t = np.meshgrid(np.linspace(-1, 1, 7), np.linspace(0, 1, 7))
    tall, wide = (0.66, 0.25) if leather else (0.54, 0.23)
    narrow = wide * (1 - 0.25 * np.clip(2 * t - 1, 0, 1) ** 2) * (1 - 0.12 * (1 - t) ** 2)
    lumbar = 0.045 * np.exp(-(((t - 0.25) / 0.22) ** 2))
    points = np.stack([narrow * s, 0.53 + tall * t, 0.06 + 0.05 * s**2 + lumbar - 0.07 * t], axis=-1)
    back = slab(points, 0.09 if leather else 0.035, color)
    arms = [
        rounded_box((0.06, 0.03, 0.26), BLACK, 0.012, 1, 0.4, bottom=0.655).moved(s * 0.28, 0, 0.30) for s in (-1, 1)
    ]
    hooks = [
        tube(
            rounded_path([(s * 0.2, 0.42, 0.3), (s * 0.285, 0.42, 0.3), (s * 0.28, 0.66, 0.3)], 0.05, 2),
            0.016,
            BLACK,
            6,
        )
        for s in (-1, 1)
    ]
    spine = tube(rounded_path([(0, 0.41, 0.3), (0, 0.4, 0.02), (0, 0.75, 0.02)], 0.08, 2), 0.022, BLACK, 6)
    star = [_castor_arm().turned(72.0 * k).moved(z=0.30) for k in range(5)]
    hub = cylinder(0.05, 0.05, BLACK, 10, bottom=0.07).moved(z=0.30)
    column = cylinder(0.027, 0.34, STEEL, 10, bottom=0.09).moved(z=0.30)
    rest = Part(
        join([seat, back]), "leather" if leather else "office_chair", texture="leather" if leather else "fabric"
    )
    return made("chair", [rest, Part(join([*arms, *hooks, spine, *star, hub]), "plastic"), metal(column)])


def _castor_arm() -> Shape:
    """One of five arms of a star foot, from the origin along +z, with its castor."""
    arm = beam((0, 0.095, 0.02), (0, 0.065, 0.28), 0.045, 0.025, BLACK)
    wheel = cylinder(0.028, 0.045, BLACK, 8).turned(90.0, "z").moved(0.0225, 0.028, 0.27)
    return join([arm, wheel])


def rocking_chair(style: Style) -> Thing:
    """A wooden chair with arms, on two bent runners."""
    color, bars = style.wood, []
    z = np.linspace(-0.28, 0.52, 9)
    for s in (-1, 1):
        x = s * 0.25
        bars += [
            tube(np.stack([np.full(9, x), 0.016 + 0.32 * (z - 0.1) ** 2, z], -1), 0.016, color, 6),
            rod((x, 0.04, 0.38), (x, 0.62, 0.36), 0.017, color),
            rod((x, 0.04, -0.1), (x, 0.4, -0.02), 0.017, color),
            rod((s * 0.23, 0.36, -0.0), (s * 0.21, 1.05, -0.24), 0.016, color),
            rounded_box((0.06, 0.025, 0.5), color, 0.01, 1, 0.4, bottom=0.62).moved(x, 0, 0.16),
            rod((x, 0.2, -0.06), (x, 0.2, 0.37), 0.011, color, 6),
        ]
    bars += [beam((-0.24, h, z), (0.24, h, z), 0.09, 0.02, color) for h, z in ((0.98, -0.215), (0.48, -0.045))]
    bars += [
        rod((f, 0.48, -0.045), (f, 0.97, -0.215), 0.008, color, 6) for f in (-0.15, -0.09, -0.03, 0.03, 0.09, 0.15)
    ]
    bars += [rod((-0.25, h, z), (0.25, h, z), 0.012, color, 6) for h, z in ((0.2, 0.37), (0.36, 0.37), (0.36, -0.03))]
    bars.append(rounded_box((0.5, 0.03, 0.46), color, 0.012, 1, 0.3).turned(-6.0, "x").moved(0, 0.37, 0.18))
    pad = crowned((0.45, 0.06, 0.42), style.bright(), 0.025, 0.02, 0.2).turned(-6.0, "x").moved(0, 0.395, 0.19)
    return made("chair", [wood(style, *bars, material="wooden_chair"), Part(pad, "cushion", texture="fabric_check")])


def stool(style: Style, kind: str = "") -> Thing:
    """A low stool: `round` on splayed legs, `steps` to climb on, or `padded`."""
    kind = kind or taste(style, "stool", ("round", "steps", "padded"))
    color = style.shade(style.wood)
    if kind == "steps":
        bars = [
            rounded_box((0.4, 0.025, 0.24), color, 0.01, 1, 0.4, bottom=0.445).moved(z=0.14),
            rounded_box((0.4, 0.025, 0.2), color, 0.01, 1, 0.4, bottom=0.22).moved(z=0.30),
            *(beam((s * 0.18, 0, 0.02), (s * 0.18, 0.45, 0.06), 0.025, 0.05, color) for s in (-1, 1)),
            *(beam((s * 0.18, 0, 0.40), (s * 0.18, 0.45, 0.2), 0.025, 0.05, color) for s in (-1, 1)),
            *(beam((s * 0.18, 0.21, 0.02), (s * 0.18, 0.21, 0.38), 0.03, 0.022, color) for s in (-1, 1)),
        ]
        return made("stool", [wood(style, *bars, material="wooden_chair")])
    legs = feet(0.36, 0.36, 0.43, color, 0.02, 0.02, 0.06).moved(z=0.02)
    ring = [rod((-0.14, 0.2, z), (0.14, 0.2, z), 0.009, color, 6) for z in (0.05, 0.35)]
    ring += [rod((x, 0.23, 0.06), (x, 0.23, 0.34), 0.009, color, 6) for x in (-0.13, 0.13)]
    disc = [(0, 0.42), (0.17, 0.42), (0.18, 0.43), (0.18, 0.45), (0.17, 0.46), (0, 0.455)]
    if kind == "round":
        return made("stool", [wood(style, lathe(disc, color, 20).moved(z=0.2), legs, *ring, material="wooden_chair")])
    over = cover(style, "stool")
    pad = lathe([(0, 0.42), (0.18, 0.42), (0.19, 0.45), (0.185, 0.48), (0.13, 0.5), (0, 0.505)], over.color, 20)
    return made("stool", [over.part(pad.moved(z=0.2)), wood(style, legs, *ring, material="wooden_chair")])


def bar_stool(style: Style, kind: str = "") -> Thing:
    """A high stool for a counter: `wooden` with a low back, or on a `column` with a gas spring."""
    kind = kind or taste(style, "bar stool", ("wooden", "column"))
    if kind == "column":
        over = cover(style, "bar stool", taste(style, "bar stool cover", ("leather", "fabric")))
        steel = lathe(
            [(0, 0), (0.2, 0), (0.2, 0.012), (0.03, 0.03), (0.028, 0.42), (0.018, 0.42), (0.018, 0.62)], STEEL
        )
        ring = tube(
            rounded_path(
                [(0, 0.27, 0.0), (-0.15, 0.27, 0.03), (-0.12, 0.27, 0.19), (0.12, 0.27, 0.19)]
                + [(0.15, 0.27, 0.03), (0, 0.27, 0.0)],
                0.06,
                2,
            ),
            0.01,
            STEEL,
            6,
        )
        seat = crowned((0.4, 0.09, 0.38), over.color, 0.02, 0.03, 0.2).moved(0, 0.6, 0)
        back = standing(crowned((0.38, 0.06, 0.26), over.color, 0.02, 0.025, 0.2), 8.0).moved(0, 0.66, -0.17)
        return made("stool", [metal(steel, ring), over.part(seat, back)])
    color = style.shade(style.wood)
    legs = feet(0.42, 0.42, 0.63, color, 0.019, 0.02, 0.05)
    rungs = [rod((-0.17, h, z), (0.17, h, z), 0.01, color, 6) for h, z in ((0.2, 0.39), (0.28, 0.04))]
    rungs += [rod((x, 0.24, 0.04), (x, 0.24, 0.38), 0.01, color, 6) for x in (-0.175, 0.175)]
    seat = rounded_box((0.38, 0.04, 0.36), color, 0.018, 1, 0.2, bottom=0.62).moved(z=0.21)
    rest = [
        *(rod((s * 0.14, 0.64, 0.06), (s * 0.15, 0.88, 0.02), 0.011, color, 6) for s in (-1, 1)),
        rounded_box((0.36, 0.09, 0.022), color, 0.009, 1, 0.2).turned(-9.0, "x").moved(0, 0.84, 0.025),
    ]
    return made("stool", [wood(style, legs, *rungs, seat, *rest, material="wooden_chair")])


def bench(style: Style, width: float = 1.2, kind: str = "") -> Thing:
    """A bench for a hallway or the end of a bed: `plank` of wood, or `padded`."""
    kind = kind or taste(style, "bench", ("plank", "padded"))
    color = style.shade(style.wood)
    if kind == "padded":
        over = cover(style, "bench")
        pad = crowned((width, 0.13, 0.42), over.color, 0.02, 0.035, 0.3).moved(0, 0.33, 0.21)
        frame = box((width - 0.06, 0.04, 0.36), scaled(color, 0.9), 0.6, bottom=0.3).moved(z=0.21)
        legs = feet(width, 0.42, 0.31, leg_color(style), 0.022, 0.06, 0.02)
        return made("bench", [over.part(pad), wood(style, frame), leg_part(style, legs)])
    boards = [rounded_box((width, 0.035, 0.165), color, 0.008, 1, 0.4, bottom=0.42).moved(z=z) for z in (0.085, 0.265)]
    ends = [
        rounded_box((0.035, 0.42, 0.3), color, 0.008, 1, 0.4).moved(s * (width / 2 - 0.12), 0, 0.175) for s in (-1, 1)
    ]
    rail = box((width - 0.25, 0.08, 0.025), color, 0.6, bottom=0.3).moved(z=0.175)
    return made("bench", [wood(style, *boards, *ends, rail)])
