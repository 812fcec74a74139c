"""Beds with their bedding: double and single ones with several kinds of headboards, bunk beds, cribs.

The one idea: a bed is a frame with a headboard, a mattress, and what people put on it: pillows, a duvet that hangs over
the edges (`draped`), a throw. Its head is at the wall.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, pillow, rounded_box
from echoenv.scene.homes.solids import rod, tube
from echoenv.scene.homes.style import BLACK, WHITE, Style, scaled
from echoenv.scene.homes.things.bodies import beam, crowned, flat_pattern, rounded_path, slab, spindle
from echoenv.scene.homes.things.making import (
    BRASS,
    PAINTS,
    cover,
    feet,
    leg_color,
    leg_part,
    made,
    metal,
    taste,
    wood,
)
from echoenv.scene.homes.things.sofas import tufted

BEDS = ("slatted", "upholstered", "platform", "iron", "panelled")
"""Kinds of beds."""

_BEDDING = ("quilt", "fabric_stripes", "fabric_check", "linen", "fabric")
_TOP = 0.46  # [m] height of the mattress


def bed(style: Style, width: float = 1.6, length: float = 2.05, kind: str = "") -> Thing:
    """A made bed.

    Args:
        style: The home's.
        width: Of the mattress [m]; from 1.3 on it has two pillows.
        length: [m].
        kind: One of `BEDS`, or free.
    """
    kind = kind or taste(style, "bed", BEDS)
    make = {
        "slatted": _slatted,
        "upholstered": _upholstered,
        "platform": _platform,
        "iron": _iron,
        "panelled": _panelled,
    }[kind]
    thing = made("bed", [*make(style, width, length), _mattress(width, length - 0.16, 0.26, 0.08)])
    return thing.carrying(*bedding(style, width, length, _TOP))


def _mattress(width: float, length: float, bottom: float, z: float) -> Part:
    """A mattress whose head is at that z [m]."""
    body = crowned((width, 0.2, length), WHITE, 0.01, 0.05, 0.5).moved(0, bottom, z + length / 2)
    return Part(body, "mattress", texture="fabric")


def _rails(color: Color, width: float, length: float, high: float = 0.16, bottom: float = 0.14) -> list[Shape]:
    """The sides and the foot end of a frame, and its base of slats."""
    return [
        *(
            rounded_box((0.035, high, length - 0.06), color, 0.01, 1, 0.6, bottom=bottom).moved(
                s * (width / 2 + 0.018), 0, length / 2
            )
            for s in (-1, 1)
        ),
        rounded_box((width + 0.07, high, 0.035), color, 0.01, 1, 0.6, bottom=bottom).moved(z=length - 0.018),
        box((width, 0.03, length - 0.08), scaled(color, 0.8), 0.8, bottom=0.235).moved(z=length / 2),
    ]


def _slatted(style: Style, width: float, length: float) -> list[Part]:
    """A headboard of upright slats between two posts."""
    color, x = style.shade(style.wood), width / 2 + 0.02
    bars = [
        *(rounded_box((0.06, 0.98, 0.06), color, 0.012, 1, 0.5).moved(s * x, 0, 0.03) for s in (-1, 1)),
        *(rounded_box((0.055, 0.3, 0.055), color, 0.012, 1).moved(s * x, 0, length - 0.03) for s in (-1, 1)),
        *(box((width, 0.08, 0.03), color, 0.6, bottom=h).moved(z=0.03) for h in (0.86, 0.42)),
    ]
    count = round(width / 0.13)
    bars += [
        box((0.05, 0.38, 0.016), color, bottom=0.49).moved(width * ((k + 0.5) / count - 0.5), 0, 0.03)
        for k in range(count)
    ]
    return [wood(style, *bars, *_rails(color, width, length))]


def _panelled(style: Style, width: float, length: float) -> list[Part]:
    """A headboard of framed panels, and a low footboard."""
    color = taste(style, "panelled bed", (style.wood, scaled(style.wood, 0.65), PAINTS[0]))
    boards, count = [], max(2, round(width / 0.5))
    for z, high in ((0.03, 1.05), (length - 0.03, 0.52)):
        boards += [
            *(box((0.08, high, 0.07), color, 0.5).moved(s * (width / 2), 0, z) for s in (-1, 1)),
            rounded_box((width + 0.1, 0.045, 0.08), color, 0.012, 1, 0.6, bottom=high - 0.01).moved(z=z),
            box((width - 0.06, high - 0.15, 0.025), scaled(color, 0.94), 0.6, bottom=0.14).moved(z=z),
        ]
        boards += [
            box((width / count - 0.12, high - 0.3, 0.045), color, 0.6, bottom=0.22).moved(
                width * ((k + 0.5) / count - 0.5) * 0.96, 0, z
            )
            for k in range(count)
        ]
    return [wood(style, *boards, *_rails(color, width, length))]


def _upholstered(style: Style, width: float, length: float) -> list[Part]:
    """A padded frame and a padded headboard, plain or tufted."""
    over = cover(style, "bed")
    frame = [
        *(
            rounded_box((0.06, 0.24, length - 0.02), over.color, 0.02, 1, 0.6, bottom=0.09).moved(
                s * (width / 2 + 0.02), 0, length / 2
            )
            for s in (-1, 1)
        ),
        rounded_box((width + 0.1, 0.24, 0.06), over.color, 0.02, 1, 0.6, bottom=0.09).moved(z=length - 0.02),
        rounded_box((width + 0.12, 1.06, 0.07), over.color, 0.02, 1, 0.6, bottom=0.06).moved(z=0.035),
    ]
    if taste(style, "headboard", (True, False)):
        frame.append(tufted(width + 0.06, 0.6, over.color, 0.03, 0.28).moved(0, 0.48, 0.075))
    else:
        count = max(2, round(width / 0.4))
        frame += [
            crowned(((width + 0.06) / count - 0.01, 0.06, 0.56), over.color, 0.03, 0.02, 0.6)
            .turned(90.0, "x")
            .moved((width + 0.06) * ((k + 0.5) / count - 0.5), 0.8, 0.05)
            for k in range(count)
        ]
    deck = box((width, 0.04, length - 0.1), scaled(over.color, 0.7), 0.8, bottom=0.225).moved(z=length / 2)
    legs = feet(width, length, 0.1, leg_color(style), 0.025, 0.08)
    return [over.part(*frame), wood(style, deck), leg_part(style, legs)]


def _platform(style: Style, width: float, length: float) -> list[Part]:
    """A low broad platform with a plain board at the head."""
    color = style.shade(style.wood)
    boards = [
        rounded_box((width + 0.24, 0.09, length + 0.06), color, 0.012, 1, 0.5, bottom=0.17).moved(z=length / 2 + 0.03),
        box((width - 0.2, 0.18, length - 0.4), scaled(color, 0.6), 0.8).moved(z=length / 2),
        rounded_box((width + 0.24, 0.4, 0.04), color, 0.012, 1, 0.6, bottom=0.45).moved(z=0.02),
        *(box((0.08, 0.24, 0.03), color, bottom=0.24).moved(f * width, 0, 0.02) for f in (-0.3, 0.3)),
    ]
    return [wood(style, *boards)]


def _iron(style: Style, width: float, length: float) -> list[Part]:
    """Bent iron bars at head and foot, with small knobs."""
    color, bars, x = taste(style, "iron bed", (BLACK, WHITE, BRASS)), [], width / 2 + 0.01
    for z, high in ((0.02, 1.1), (length - 0.02, 0.72)):
        arch = [
            (-x, 0, z),
            (-x, high - 0.12, z),
            (-0.5 * x, high, z),
            (0.5 * x, high, z),
            (x, high - 0.12, z),
            (x, 0, z),
        ]
        bars.append(tube(rounded_path(arch, 0.14), 0.018, color))
        bars += [rod((-x, h, z), (x, h, z), 0.011, color, 6) for h in (0.36, high - 0.14)]
        count = max(5, round(width / 0.16))
        bars += [
            rod((f, 0.36, z), (f, high - 0.14, z), 0.008, color, 6)
            for f in np.linspace(-x, x, count + 2)[1:-1].tolist()
        ]
        bars += [pillow((0.05, 0.05, 0.05), color, 1.0, 8, bottom=high - 0.165).moved(f * x, 0, z) for f in (-0.5, 0.5)]
    bars += [box((0.03, 0.05, length - 0.04), color, 0.8, bottom=0.22).moved(s * x, 0, length / 2) for s in (-1, 1)]
    deck = box((width, 0.02, length - 0.06), scaled(style.wood, 0.8), 0.8, bottom=0.24).moved(z=length / 2)
    return [metal(*bars, texture=""), wood(style, deck)]


def bedding(style: Style, width: float, length: float, top: float, drop: float = 0.22) -> list[Thing]:
    """Pillows, a duvet and now and then a throw on a mattress with its head at the wall and its top at `top` [m]."""
    pattern = _BEDDING[int(style.rng.integers(len(_BEDDING)))]
    waves = style.rng.uniform(0.0, 2.0 * np.pi, 5)
    duvet = draped(width, (0.31 * length, length - 0.07), drop, style.shade(style.textile, 0.08), 0.05, waves)
    sheet = draped(width + 0.01, (0.3 * length, 0.47 * length), drop - 0.05, WHITE, 0.06, waves, foot=False)
    cloths = [(duvet, "mattress", pattern), (sheet, "mattress", "linen")]
    parts = tuple(Part(cloth.moved(y=top), of, texture=texture) for cloth, of, texture in cloths)
    things = [Thing("comforter", parts, (width + 0.1, drop, length))]
    if style.chance(0.5):
        throw = draped(width + 0.02, (0.66 * length, 0.9 * length), drop, style.bright(), 0.065, waves, foot=False)
        part = Part(throw.moved(y=top), "medium_curtain", texture="knit")
        things.append(Thing("blanket", (part,), (width + 0.1, drop, length)))
    return [*things, *_pillows(style, width, top, pattern)]


def _pillows(style: Style, width: float, top: float, pattern: str) -> list[Thing]:
    across = (-0.25, 0.25) if width > 1.2 else (0.0,)
    wide, things = min(0.7, width / len(across) - 0.06), []
    for side in across:
        lying = flat_pattern(pillow((wide, 0.15, 0.44), style.shade(WHITE, 0.03), 0.45, 10)).turned(-12.0, "x")
        lying = lying.moved(0, top - float(lying.vertices[:, 1].min()), 0.36)
        things.append(Thing("pillow", (Part(lying, "cushion", texture="linen"),), (wide, 0.2, 0.5)).moved(side * width))
        if width > 1.2:
            shape = pillow((wide * 0.9, 0.14, 0.42), style.shade(style.textile, 0.1), 0.45, 10)
            leaning = flat_pattern(shape).turned(62.0, "x")
            leaning = leaning.moved(0, top - float(leaning.vertices[:, 1].min()), 0.2)
            part = Part(leaning, "cushion", texture=pattern)
            things.append(Thing("pillow", (part,), (wide, 0.42, 0.3)).moved(side * width))
    return things


def draped(
    width: float,
    reach: tuple[float, float],
    drop: float,
    color: Color,
    thick: float,
    waves: Floats,
    foot: bool = True,
) -> Shape:
    """A cloth over a bed.

    Args:
        width: Of the mattress [m].
        reach: Where it begins and ends along the bed, z [m].
        drop: How far it hangs down at its sides, and at its end if `foot` [m].
        color: sRGB (3,).
        thick: Height of its upper side over y = 0 [m].
        waves: Phases (5,) [rad] of its waves; cloths with the same ones lie on each other without piercing.
        foot: Whether it hangs over the foot of the bed.
    """
    half = width / 2 + 0.012
    across = np.array([half + 0.03, half + 0.025, half + 0.012, half - 0.05])
    down = np.array([drop, 0.5 * drop, 0.05, 0.0])
    inner = np.linspace(half - 0.05, -half + 0.05, 7)[1:-1]
    x = np.concatenate([-across, -inner, across[::-1]])
    fall_x = np.concatenate([down, np.zeros(len(inner)), down[::-1]])
    length = reach[1] - reach[0]
    z = np.linspace(reach[0], reach[1] - 0.06 if foot else reach[1], 8 if length > 0.7 else 4)
    fall_z = np.zeros(len(z))
    if foot:
        z = np.concatenate([z, reach[1] + np.array([0.0, 0.012, 0.018])])
        fall_z = np.concatenate([fall_z, down[-2::-1]])
    grid_x, grid_z = np.meshgrid(x, z[::-1])
    fall = np.maximum(fall_x[None, :], fall_z[::-1, None])
    points = np.stack([grid_x, thick - fall, grid_z], axis=-1)
    return slab(_rumpled(points, fall / drop, waves), 0.016, color)


def _rumpled(points: Floats, hanging: Floats, waves: Floats) -> Floats:
    """Cloth (rows, columns, 3) with shallow waves on top and folds where it hangs (0..1)."""
    x, z = points[..., 0], points[..., 2]
    top = 0.008 * (np.sin(7.0 * x + 4.0 * z + waves[0]) + np.sin(5.0 * z - 6.0 * x + waves[1]))
    fold = 0.008 * hanging * (1.0 + np.sin(19.0 * z + waves[2]) * np.sin(17.0 * x + waves[3]))
    hem = 0.012 * hanging * np.sin(11.0 * z + 9.0 * x + waves[4])
    outwards = np.sign(x) * (np.abs(x) > 0.8 * np.abs(x).max())
    return np.asarray(points + np.stack([fold * outwards, top * (1.0 - hanging) + hem, 0.0 * x], axis=-1))


def bunk_bed(style: Style, width: float = 0.9, length: float = 2.05) -> Thing:
    """Two beds one above the other, long side at the wall; its heads are at -x and a ladder at its front."""
    color = taste(style, "bunk bed", (style.wood, PAINTS[0], PAINTS[2]))
    high, x, z, bars = 1.62, length / 2 - 0.03, width + 0.08, []
    bars += [box((0.06, high, 0.06), color, 0.5).moved(s * x, 0, at) for s in (-1, 1) for at in (0.03, z)]
    for bottom in (0.24, 1.14):
        bars += [box((length - 0.1, 0.12, 0.03), color, 0.7, bottom=bottom).moved(z=at) for at in (0.03, z)]
        bars += [box((0.03, 0.12, width + 0.06), color, 0.7, bottom=bottom).moved(s * x, 0, z / 2) for s in (-1, 1)]
        bars.append(
            box((length - 0.1, 0.025, width + 0.02), scaled(color, 0.85), 0.8, bottom=bottom + 0.05).moved(z=z / 2)
        )
        bars += [
            box((0.025, 0.08, width + 0.02), color, 0.7, bottom=bottom + h).moved(s * x, 0, z / 2)
            for s in (-1, 1)
            for h in (0.24, 0.38)
        ]
    bars += [box((length - 0.1, 0.07, 0.025), color, 0.7, bottom=h).moved(z=0.03) for h in (1.42, 1.54)]
    bars += [box((length - 0.62, 0.07, 0.025), color, 0.7, bottom=h).moved(-0.26, 0, z) for h in (1.42, 1.54)]
    ladder = [beam((f, 0.0, z + 0.14), (f, high - 0.04, z + 0.035), 0.035, 0.03, color) for f in (x - 0.47, x - 0.09)]
    ladder += [
        rod((x - 0.47, h, z + 0.14 - 0.065 * h), (x - 0.09, h, z + 0.14 - 0.065 * h), 0.015, color, 8)
        for h in (0.25, 0.52, 0.79, 1.06, 1.33)
    ]
    parts = [wood(style, *bars, *ladder)]
    beds = []
    for top in (0.47, 1.37):
        body = crowned((length - 0.12, 0.16, width - 0.02), WHITE, 0.01, 0.04, 0.6).moved(0, top - 0.16, z / 2)
        parts.append(Part(body, "mattress", texture="fabric"))
        beds += [_turned(thing, z) for thing in _bunk_bedding(style, width - 0.06, length - 0.1, top)]
    return made("bed", parts, *beds)


def _bunk_bedding(style: Style, width: float, length: float, top: float) -> list[Thing]:
    """A duvet and a pillow that stay within the rails of a bunk."""
    waves = style.rng.uniform(0.0, 2.0 * np.pi, 5)
    cloth = draped(width - 0.08, (0.3 * length, 0.96 * length), 0.07, style.bright(), 0.04, waves, foot=False)
    cloth = cloth.moved(y=top)
    pattern = _BEDDING[int(style.rng.integers(len(_BEDDING)))]
    blanket = Thing("comforter", (Part(cloth, "mattress", texture=pattern),), (width, 0.1, length))
    return [blanket, *_pillows(style, min(width, 1.1), top, pattern)]


def _turned(thing: Thing, z: float) -> Thing:
    """A thing built with its head at the back, with its head at -x of a bunk of that depth [m]."""
    return thing.moved(z=-1.0).turned(90.0).moved(0.0, 0.0, z / 2)


def crib(style: Style) -> Thing:
    """A bed with bars for a baby, long side at the wall."""
    color = taste(style, "crib", (PAINTS[0], style.wood, PAINTS[2]))
    length, width, high, bars = 1.24, 0.66, 0.88, []
    x, z = length / 2 - 0.025, width
    bars += [
        rounded_box((0.05, high, 0.05), color, 0.012, 1, 0.5).moved(s * x, 0, at) for s in (-1, 1) for at in (0.03, z)
    ]
    for at in (0.03, z):
        bars += [box((length - 0.06, 0.05, 0.03), color, 0.7, bottom=h).moved(z=at) for h in (0.2, high - 0.06)]
        bars += [
            spindle((f, 0.22, at), (f, high - 0.04, at), 0.008, color, 5) for f in np.linspace(-0.53, 0.53, 11).tolist()
        ]
    for s in (-1, 1):
        bars.append(
            box((0.025, high - 0.24, width - 0.04), color, 0.5, bottom=0.2).moved(s * x, 0, 0.03 + (z - 0.03) / 2)
        )
    base = box((length - 0.06, 0.03, width - 0.03), scaled(color, 0.9), 0.7, bottom=0.24).moved(z=0.03 + z / 2 - 0.015)
    body = crowned((length - 0.08, 0.12, width - 0.07), WHITE, 0.01, 0.03, 0.4).moved(0, 0.26, z / 2 + 0.015)
    cloth = crowned((0.68, 0.045, width - 0.09), style.bright(), 0.015, 0.015, 0.15).moved(0.2, 0.375, z / 2 + 0.015)
    head = pillow((0.3, 0.09, 0.4), WHITE, 0.5, 12, bottom=0.37).moved(-0.38, 0, z / 2 + 0.015)
    blanket = Thing("comforter", (Part(cloth, "mattress", texture="fabric_check"),), (0.7, 0.05, 0.6))
    thing = made("bed", [wood(style, *bars, base), Part(body, "mattress", texture="fabric")])
    return thing.carrying(blanket, Thing("pillow", (Part(head, "cushion", texture="linen"),), (0.3, 0.1, 0.4)))
