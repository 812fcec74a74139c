"""What tells that somebody is there: a doorbell, a door, footsteps.

The one idea: as in `devices`; each stands (the bell hangs) in its own frame and tells the point where it sounds.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import circle, lofted, rod, tube
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.standing import BRASS, DARK, IVORY, SILVER, disc, pick, standing


def doorbell(style: Style) -> Thing:
    """A bell for the wall: a domed gong on a board, with its clapper and, below it, the button."""
    wood, gong = style.shade(style.wood), pick(style, (BRASS, SILVER))
    board = rounded_box((0.16, 0.30, 0.02), wood, 0.006, 1, 0.2).moved(z=0.01)
    dome = lathe([(0.062, 0.0), (0.060, 0.014), (0.045, 0.03), (0.020, 0.038), (0, 0.039)], gong, 24)
    back = lathe([(0, 0.0), (0.062, 0.0)], scaled(gong, 0.6), 24)
    bell = (
        join([join([dome, back]).moved(y=0.012), cylinder(0.01, 0.016, gong, 10)])
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


def _foot_ring(y: float, grow: float, back: float = 0.0) -> Floats:
    """A level line of a shoe; `back` draws its toe back to the ankle."""
    flat = circle(1.0, 20)
    z = 0.07 + 0.14 * flat[:, 0]
    width = 0.042 + 0.010 * np.sin(np.pi * (flat[:, 0] + 1.0) / 2.0 + 0.6)
    z = -0.068 + (z + 0.068) * (1.0 - 0.55 * back)
    x = -width * np.sign(flat[:, 1]) * np.abs(flat[:, 1]) ** 0.75 * (0.9 + 0.1 * grow) * grow**0.3
    return np.column_stack([-x, np.full(20, y), z])[::-1]
