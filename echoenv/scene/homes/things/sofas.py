"""Soft seats: sofas of several styles, corner sofas, armchairs, chaises longues, ottomans, bean bags, cushions.

The one idea: a soft seat is a frame, arms, a back and crowned cushions between them; its kinds differ in how these are
shaped. Back at z = 0, front towards +z, centred at x = 0, standing on y = 0.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import tube
from echoenv.scene.homes.style import WHITE, Style, scaled
from echoenv.scene.homes.things.bodies import beam, crowned, flat_pattern, slab, standing, vessel
from echoenv.scene.homes.things.making import Cover, cover, feet, leg_color, leg_part, made, taste, wood

SOFAS = ("modern", "slim", "chesterfield", "lawson")
"""Kinds of sofas."""

ARMCHAIRS = ("club", "wing", "lounge", "tub")
"""Kinds of armchairs."""


def sofa(style: Style, width: float = 2.0, depth: float = 0.88, kind: str = "", fabric: str = "") -> Thing:
    """A sofa with a few loose cushions.

    Args:
        style: The home's.
        width: [m].
        depth: [m].
        kind: One of `SOFAS`, or free.
        fabric: The pattern of its cover (`leather`, `fabric`, ...), or free.
    """
    kind = kind or taste(style, "sofa", SOFAS)
    over = cover(style, "sofa", fabric or ("leather" if kind == "chesterfield" else ""))
    parts = _seat(style, kind, width, depth, over)
    thing = made("sofa", parts)
    seats = max(1, round((width - 0.3) / 0.65))
    spots = style.rng.permutation(seats)[: max(1, seats - 1)]
    each = (width - 0.4) / seats
    top = {"modern": 0.45, "slim": 0.44, "chesterfield": 0.43, "lawson": 0.46}[kind]
    loose = [
        cushion(style).turned(float(style.rng.uniform(-12, 12))).moved(each * (k + 0.5 - seats / 2), top, depth * 0.46)
        for k in spots
    ]
    return thing.carrying(*loose)


def _seat(style: Style, kind: str, width: float, depth: float, over: Cover) -> list[Part]:
    """Parts of a sofa or of an armchair of a sofa's kind."""
    make = {"modern": _modern, "slim": _slim, "chesterfield": _chesterfield, "lawson": _lawson}[kind]
    return make(style, width, depth, over)


def _seat_cushions(width: float, depth: float, count: int, color: Color, bottom: float, thick: float) -> list[Shape]:
    """Cushions side by side, their common back edge at z = 0."""
    each = width / count
    return [
        crowned((each - 0.006, thick, depth), color, 0.03, 0.035, 0.3).moved(
            width * ((k + 0.5) / count - 0.5), bottom, depth / 2
        )
        for k in range(count)
    ]


def _back_cushions(width: float, height: float, count: int, color: Color, thick: float, lean: float) -> list[Shape]:
    """Cushions that stand side by side and lean back, their front at about z = thick."""
    each = width / count
    block = standing(crowned((each - 0.008, thick, height), color, 0.05, 0.05, 0.3), lean)
    low = float(block.vertices[:, 2].min())
    return [block.moved(width * ((k + 0.5) / count - 0.5), 0.0, -low) for k in range(count)]


def _modern(style: Style, width: float, depth: float, over: Cover) -> list[Part]:
    """Square arms, loose cushions on seat and back, short legs that show."""
    arm, color, seats = 0.15, over.color, max(1, round((width - 0.3) / 0.7))
    within = width - 2 * arm
    arms = [
        rounded_box((arm, 0.46, depth), color, 0.035, 1, 0.45, bottom=0.13).moved(s * (width - arm) / 2, 0, depth / 2)
        for s in (-1, 1)
    ]
    base = rounded_box((within + 0.02, 0.16, depth - 0.03), scaled(color, 0.93), 0.02, 1, 0.6, bottom=0.13)
    back = rounded_box((within + 0.02, 0.56, 0.14), color, 0.035, 1, 0.6, bottom=0.13)
    seat = _seat_cushions(within, depth - 0.12, seats, color, 0.28, 0.17)
    rests = _back_cushions(within, 0.44, seats, color, 0.2, 12.0)
    soft = [
        *arms,
        base.moved(z=depth / 2 - 0.01),
        back.moved(z=0.07),
        *(s.moved(z=0.12) for s in seat),
        *(rest.moved(0, 0.42, 0.1) for rest in rests),
    ]
    legs = feet(width, depth, 0.14, leg_color(style), 0.022, 0.07)
    return [over.part(*soft), leg_part(style, legs)]


def _lawson(style: Style, width: float, depth: float, over: Cover) -> list[Part]:
    """Rounded low arms, plump cushions, a skirt to the floor."""
    arm, color, seats = 0.2, over.color, max(1, round((width - 0.4) / 0.6))
    within = width - 2 * arm
    arms = []
    for s in (-1, 1):
        block = rounded_box((arm - 0.03, 0.42, depth - 0.06), color, 0.02, 1, 0.45, bottom=0.06)
        roll = cylinder(arm / 2, depth - 0.04, color, 14).turned(90.0, "x").moved(0, 0.49, -depth / 2 + 0.02)
        arms.append(join([block, roll]).moved(s * (width - arm) / 2, 0, depth / 2 + 0.01))
    skirt = rounded_box((width - 0.04, 0.26, depth - 0.03), scaled(color, 0.92), 0.015, 1, 0.6, bottom=0.03)
    back = rounded_box((within + 0.06, 0.78, 0.2), color, 0.08, 2, 0.6, bottom=0.06).moved(z=0.1)
    seat = [s.moved(z=0.16) for s in _seat_cushions(within, depth - 0.17, seats, color, 0.27, 0.19)]
    rests = [rest.moved(0, 0.43, 0.13) for rest in _back_cushions(within, 0.42, seats, scaled(color, 1.03), 0.2, 10.0)]
    legs = feet(width - 0.04, depth - 0.04, 0.05, scaled(style.wood, 0.6), 0.03, 0.06).moved(z=0.02)
    return [over.part(*arms, skirt.moved(z=depth / 2 - 0.005), back, *seat, *rests), wood(style, legs)]


def _slim(style: Style, width: float, depth: float, over: Cover) -> list[Part]:
    """A wooden frame with open arms, and flat cushions on it."""
    color, tint, seats = over.color, style.shade(style.wood), max(1, round((width - 0.15) / 0.65))
    within, bars = width - 0.1, []
    for s in (-1, 1):
        x = s * (width / 2 - 0.03)
        bars += [
            beam((x, 0.0, depth - 0.06), (x, 0.56, depth - 0.1), 0.04, 0.05, tint),
            beam((x, 0.0, 0.05), (x, 0.58, 0.14), 0.04, 0.05, tint),
            rounded_box((0.06, 0.03, depth - 0.06), tint, 0.012, 1, 0.5, bottom=0.55).moved(x, 0, depth / 2),
            beam((x, 0.27, depth - 0.1), (x, 0.25, 0.1), 0.035, 0.07, tint),
        ]
    bars += [
        box((within, 0.07, 0.03), tint, 0.6, bottom=0.24).moved(z=depth - 0.12),
        box((within, 0.07, 0.03), tint, 0.6, bottom=0.22).moved(z=0.12),
        *(box((within, 0.05, 0.022), tint, 0.6, bottom=h).moved(z=0.16 - 0.2 * (h - 0.3)) for h in (0.45, 0.68)),
    ]
    bars += [box((0.05, 0.46, 0.022), tint, bottom=0.28).moved(x=f * within, z=0.11) for f in (-0.3, 0.0, 0.3)]
    seat = [s.moved(z=0.16) for s in _seat_cushions(within - 0.03, depth - 0.18, seats, color, 0.3, 0.14)]
    rests = [rest.moved(0, 0.42, 0.12) for rest in _back_cushions(within - 0.04, 0.42, seats, color, 0.15, 12.0)]
    deck = box((within, 0.02, depth - 0.2), scaled(tint, 0.7), 0.6, bottom=0.285).moved(z=depth / 2)
    return [wood(style, *bars, deck), over.part(*seat, *rests)]


def _chesterfield(style: Style, width: float, depth: float, over: Cover) -> list[Part]:
    """Rolled arms and back of one height, tufted with buttons; usually of leather."""
    arm, color, high = 0.2, over.color, 0.68
    within, seats = width - 2 * arm, max(1, round((width - 0.4) / 0.65))
    soft = []
    for s in (-1, 1):
        block = rounded_box((arm - 0.06, high - 0.15, depth - 0.06), color, 0.02, 1, 0.45, bottom=0.08)
        roll = cylinder(0.095, depth - 0.01, color, 16).turned(90.0, "x").moved(0.0, high - 0.095, -depth / 2 + 0.005)
        soft.append(join([block, roll]).moved(s * (width / 2 - 0.1), 0, depth / 2))
    base = rounded_box((within + 0.1, 0.22, depth - 0.05), scaled(color, 0.95), 0.03, 1, 0.5, bottom=0.08)
    back = rounded_box((width - 0.2, high - 0.14, 0.1), color, 0.02, 1, 0.5, bottom=0.08).moved(z=0.08)
    roll = cylinder(0.095, width - 0.02, color, 16).turned(90.0, "z").moved(width / 2 - 0.01, high - 0.095, 0.1)
    seat = [s.moved(z=0.14) for s in _seat_cushions(within + 0.04, depth - 0.15, seats, color, 0.29, 0.14)]
    rest = tufted(within + 0.04, 0.3, color).turned(-8.0, "x").moved(0, 0.36, 0.2)
    legs = feet(width, depth, 0.09, scaled(style.wood, 0.5), 0.035, 0.08)
    return [over.part(*soft, base.moved(z=depth / 2), back, roll, rest, *seat), wood(style, legs)]


def tufted(width: float, height: float, color: Color, thick: float = 0.07, cell: float = 0.19) -> Shape:
    """An upright pad with buttons pulled in, its lower edge on y = 0, its front swelling from z = 0 to about +5 cm."""
    columns, rows = max(2, round(width / cell)), max(2, round(height / cell))
    within = np.array([0.0, 0.2, 0.8])
    across = np.append((np.arange(columns)[:, None] + within).ravel(), columns) / columns
    up = np.append((np.arange(rows)[:, None] + within).ravel(), rows) / rows
    x, y = np.meshgrid(across, up)
    puff = np.sqrt(np.abs(np.sin(np.pi * columns * x) * np.sin(np.pi * rows * y)))
    edge = np.minimum(1.0, 8.0 * np.minimum(np.minimum(x, 1 - x) * width, np.minimum(y, 1 - y) * height) / height)
    points = np.stack([(x - 0.5) * width, y * height, 0.02 * edge + 0.035 * puff * edge], axis=-1)
    pad = slab(points, thick, color)
    shade = np.ones(len(pad.vertices))
    shade[: puff.size] = 0.75 + 0.25 * puff.ravel()
    return pad.colored(lambda v: np.asarray(color) * shade[:, None])


def corner_sofa(
    style: Style, width: float = 2.5, depth: float = 0.92, chaise: float = 1.55, side: str = "left", fabric: str = ""
) -> Thing:
    """An L-shaped sofa: one end is a chaise that reaches out into the room.

    Args:
        style: The home's.
        width: Along the wall [m].
        depth: Of the seats [m].
        chaise: Depth of the long end [m].
        side: Of the long end: `left` (-x) or `right` (+x).
        fabric: The pattern of its cover, or free.
    """
    over = cover(style, "sofa", fabric)
    color, arm, long = over.color, 0.16, 0.9
    s = -1.0 if side == "left" else 1.0
    rest_width = width - long - arm
    x_long, x_rest = s * (width - long) / 2, -s * (long - arm) / 2
    seats = max(1, round(rest_width / 0.7))
    soft = [
        rounded_box((long, 0.17, chaise), scaled(color, 0.93), 0.025, 1, 0.6, bottom=0.11).moved(x_long, 0, chaise / 2),
        rounded_box((width - long, 0.17, depth), scaled(color, 0.93), 0.025, 1, 0.6, bottom=0.11).moved(
            -s * long / 2, 0, depth / 2
        ),
        rounded_box((arm, 0.48, depth), color, 0.04, 1, 0.45, bottom=0.11).moved(-s * (width - arm) / 2, 0, depth / 2),
        rounded_box((width - arm, 0.6, 0.16), color, 0.04, 1, 0.6, bottom=0.11).moved(s * arm / 2, 0, 0.08),
        crowned((long - 0.01, 0.18, chaise - 0.17), color, 0.03, 0.04, 0.4).moved(x_long, 0.27, chaise / 2 + 0.08),
        *(c.moved(x_rest, 0, 0.15) for c in _seat_cushions(rest_width, depth - 0.15, seats, color, 0.27, 0.18)),
        *(c.moved(x_rest, 0.43, 0.13) for c in _back_cushions(rest_width, 0.42, seats, color, 0.19, 12.0)),
        *(c.moved(x_long, 0.43, 0.13) for c in _back_cushions(long - 0.04, 0.42, 1, color, 0.19, 12.0)),
    ]
    legs = [
        tube([(x, 0, z), (x, 0.12, z)], [0.018, 0.024], leg_color(style)) for x, z in _corners(width, chaise, depth, s)
    ]
    thing = made("sofa", [over.part(*soft), leg_part(style, *legs)])
    loose = [cushion(style).moved(x_rest + f * rest_width, 0.44, depth * 0.47) for f in (-0.28, 0.3)]
    return thing.carrying(*loose, cushion(style, 0.48).moved(x_long, 0.44, depth * 0.47))


def _corners(width: float, chaise: float, depth: float, s: float) -> list[tuple[float, float]]:
    """Where the legs (x, z) of a corner sofa stand."""
    edge = width / 2 - 0.08
    return [
        (-edge, 0.08),
        (edge, 0.08),
        (s * edge, chaise - 0.08),
        (-s * edge, depth - 0.08),
        (s * (edge - 0.74), chaise - 0.08),
    ]


def cushion(style: Style, size: float = 0.42) -> Thing:
    """A loose cushion, leaning back."""
    body = flat_pattern(pillow((size, 0.15, size), style.bright(), 0.45, 12))
    upright = body.turned(90.0, "x").turned(-22.0, "x")
    upright = upright.moved(y=-float(upright.vertices[:, 1].min()))
    patterns = ("linen", "knit", "fabric_stripes", "fabric_check", "fabric", "fabric_coarse")
    pattern = patterns[int(style.rng.integers(len(patterns)))]
    return Thing("cushion", (Part(upright, "cushion", texture=pattern),), (size, size, 0.26))


def armchair(style: Style, kind: str = "", fabric: str = "") -> Thing:
    """A soft chair for one, of one of `ARMCHAIRS`."""
    kind = kind or taste(style, "armchair", ARMCHAIRS)
    over = cover(style, "armchair", fabric)
    make = {"club": _club, "wing": _wing, "lounge": _lounge, "tub": _tub}[kind]
    return made("chair", make(style, over))


def _club(style: Style, over: Cover) -> list[Part]:
    return _seat(style, taste(style, "club", ("modern", "lawson", "slim")), style.between(0.82, 0.92), 0.85, over)


def _wing(style: Style, over: Cover) -> list[Part]:
    """A high back with wings, rolled arms, turned legs."""
    color = over.color
    base = rounded_box((0.66, 0.16, 0.62), scaled(color, 0.94), 0.03, 1, 0.4, bottom=0.22).moved(z=0.42)
    seat = crowned((0.5, 0.15, 0.56), color, 0.03, 0.04, 0.3).moved(0, 0.36, 0.46)
    back = standing(crowned((0.56, 0.15, 0.84), color, 0.03, 0.05, 0.3), 9.0).moved(0, 0.26, 0.16)
    sides = []
    for s in (-1, 1):
        block = rounded_box((0.09, 0.36, 0.56), color, 0.03, 1, 0.4, bottom=0.24).moved(s * 0.31, 0, 0.44)
        roll = cylinder(0.065, 0.52, color, 12).turned(90.0, "x").moved(s * 0.315, 0.6, 0.2)
        wing = rounded_box((0.07, 0.5, 0.26), color, 0.03, 1, 0.4).turned(-9.0, "x").moved(s * 0.3, 0.58, 0.2)
        sides += [block, roll, wing]
    legs = feet(0.7, 0.66, 0.24, scaled(style.wood, 0.75), 0.026, 0.07).moved(z=0.1)
    return [over.part(base, seat, back, *sides), wood(style, legs)]


def _lounge(style: Style, over: Cover) -> list[Part]:
    """A leaning wooden frame with a cushion on seat and back."""
    tint, color = style.shade(style.wood), over.color
    bars = []
    for s in (-1, 1):
        x = s * 0.33
        bars += [
            beam((x, 0.0, 0.72), (x, 0.58, 0.68), 0.035, 0.05, tint),
            beam((x, 0.0, 0.06), (x, 0.56, 0.24), 0.035, 0.05, tint),
            rounded_box((0.065, 0.028, 0.66), tint, 0.012, 1, 0.4, bottom=0.57).moved(x, 0, 0.42),
            beam((x * 0.86, 0.36, 0.74), (x * 0.86, 0.26, 0.16), 0.03, 0.06, tint),
            beam((x * 0.86, 0.24, 0.26), (x * 0.86, 0.9, 0.03), 0.03, 0.05, tint),
        ]
    bars += [beam((-0.33, h, z), (0.33, h, z), 0.05, 0.028, tint) for h, z in ((0.34, 0.7), (0.27, 0.22), (0.86, 0.05))]
    bars += [beam((-0.28, h, z), (0.28, h, z), 0.045, 0.02, tint) for h, z in ((0.52, 0.16), (0.69, 0.105))]
    seat = crowned((0.54, 0.13, 0.58), color, 0.03, 0.04, 0.3).turned(-9.0, "x").moved(0, 0.33, 0.48)
    back = standing(crowned((0.54, 0.13, 0.6), color, 0.03, 0.04, 0.3), 20.0).moved(0, 0.38, 0.22)
    return [wood(style, *bars), over.part(seat, back)]


def _tub(style: Style, over: Cover) -> list[Part]:
    """A round shell of one height about a round seat."""
    color = over.color
    angle = np.deg2rad(np.linspace(218.0, -38.0, 17))
    height = np.linspace(0.0, 1.0, 5)
    dip = 0.10 * np.clip(np.sin(angle - np.pi), -0.6, 1.0)  # lower towards the front, where the sine is negative
    rows = [_ring(angle, 0.36 + 0.035 * h, 0.2 + h * (0.5 - np.clip(dip, 0, 1)), 0.42) for h in height]
    shell = slab(np.stack(rows), 0.09, color)
    seat = lathe([(0, 0.2), (0.34, 0.2), (0.36, 0.3), (0.355, 0.4), (0.3, 0.44), (0.0, 0.455)], color, 20).moved(z=0.42)
    legs = feet(0.6, 0.6, 0.22, leg_color(style), 0.02, 0.05, 0.03).moved(z=0.12)
    return [over.part(shell, seat), leg_part(style, legs)]


def _ring(angle: Floats, radius: float, y: Floats, z: float) -> Floats:
    """Points (n, 3) about an upright axis at that z, the angle measured from +x towards the back."""
    return np.stack([radius * np.cos(angle), np.broadcast_to(y, angle.shape), z - radius * np.sin(angle)], axis=-1)


def chaise_longue(style: Style, length: float = 1.65, width: float = 0.68, fabric: str = "") -> Thing:
    """A seat to lie on: its long side at the wall (z = 0), its head end raised at -x."""
    over = cover(style, "chaise", fabric)
    color = over.color
    base = rounded_box((length, 0.12, width), scaled(color, 0.94), 0.03, 1, 0.4, bottom=0.2).moved(z=width / 2)
    seat = crowned((length - 0.08, 0.16, width - 0.04), color, 0.03, 0.05, 0.3).moved(0.03, 0.3, width / 2)
    head = (
        tufted(width - 0.02, 0.5, color, 0.09)
        .turned(-22.0, "x")
        .turned(90.0)
        .moved(-length / 2 + 0.22, 0.36, width / 2)
    )
    roll = cylinder(0.08, width - 0.06, WHITE, 14).turned(90.0, "x").moved(-length / 2 + 0.34, 0.53, 0.03)
    legs = feet(length, width, 0.21, leg_color(style), 0.024, 0.08)
    bolster = Thing(
        "cushion",
        (Part(roll.colored(lambda v: np.asarray(style.bright())), "cushion", texture="linen"),),
        (0.16, 0.16, width),
    )
    return made("sofa", [over.part(base, seat, head), leg_part(style, legs)], bolster)


def ottoman(style: Style, kind: str = "", width: float = 0.6) -> Thing:
    """A padded footstool: `square` with legs, `round` to the floor, or a knitted `pouf`."""
    kind = kind or ("square", "round", "pouf")[int(style.rng.integers(3))]
    over = cover(style, "ottoman")
    if kind == "square":
        top = crowned((width, 0.27, width * 0.75), over.color, 0.03, 0.04, 0.25).moved(0, 0.13, width * 0.375)
        legs = feet(width, width * 0.75, 0.15, leg_color(style), 0.022, 0.07)
        return made("ottoman", [over.part(top), leg_part(style, legs)])
    if kind == "round":
        body = lathe(
            [(0, 0.0), (0.27, 0.0), (0.28, 0.05), (0.28, 0.33), (0.27, 0.385), (0.2, 0.41), (0, 0.42)], over.color, 24
        )
        return made("ottoman", [over.part(body)])
    levels = [(0, 0, 0.0, 0), (0.2, 0.2, 0.005, 0), (0.26, 0.26, 0.06, 0), (0.29, 0.29, 0.17, 0)]
    levels += [(0.285, 0.285, 0.23, 0), (0.23, 0.23, 0.335, 0), (0.12, 0.12, 0.375, 0), (0, 0, 0.38, 0)]
    return made("ottoman", [Part(vessel(levels, style.bright(), 20), "upholstery", texture="knit")])


def bean_bag(style: Style, width: float = 0.85) -> Thing:
    """A bag that one sinks into: broad below, its back drawn up to a peak, a hollow before it."""
    r = width / 2
    levels = [(0, 0, 0.0, 0), (0.8 * r, 0.8 * r, 0.01, 0), (r, r, 0.13, 0), (0.98 * r, 0.96 * r, 0.25, -0.01)]
    levels += [(0.88 * r, 0.76 * r, 0.38, -0.07), (0.68 * r, 0.5 * r, 0.52, -0.16), (0.42 * r, 0.3 * r, 0.68, -0.22)]
    levels += [(0.16 * r, 0.14 * r, 0.8, -0.25), (0, 0, 0.83, -0.26)]
    texture = taste(style, "bean bag", ("fabric_coarse", "fabric", "leather"))
    body = vessel(levels, style.bright(), 22)

    def folded(v: Floats) -> Floats:
        around = np.arctan2(v[:, 2] + 0.1, v[:, 0])
        pull = 1.0 + 0.03 * np.sin(6.0 * around) * np.clip(4.0 * v[:, 1], 0.0, 1.0)
        return v * np.stack([pull, np.ones(len(v)), pull], axis=-1)

    soft = Shape(folded(body.vertices), body.triangles, body.colors, body.uvs)
    return made("beanbag", [Part(soft, "leather" if texture == "leather" else "upholstery", texture=texture)])
