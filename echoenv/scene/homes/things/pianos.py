"""Grand and upright pianos with their benches.

The one idea: the player's side is the front (+z), low notes are on the left; the bench stands before the keys.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Floats, Shape, box, cylinder, join, lathe, pillow, rounded_box
from echoenv.scene.homes.solids import curve, extruded, lofted, rod, tube
from echoenv.scene.homes.style import BLACK, Style, scaled
from echoenv.scene.homes.things.standing import (
    BRASS,
    DARK,
    SILVER,
    piano_keys,
    pick,
    standing,
)

_LACQUER: tuple[Color, ...] = ((0.07, 0.07, 0.075), (0.07, 0.07, 0.075), (0.40, 0.20, 0.11), (0.92, 0.91, 0.89))
_FELT: Color = (0.52, 0.10, 0.12)
_KEYS_WIDE = 1.225  # [m] of 88 keys


def _bench(color: Color, seat: Color) -> Thing:
    """A piano bench, its middle at the origin, back and front alike."""
    cushion = rounded_box((0.74, 0.06, 0.34), seat, 0.022, 2, 0.3, bottom=0.43)
    frame = box((0.72, 0.07, 0.32), color, 0.4, bottom=0.365)
    legs = [
        cylinder(0.018, 0.37, color, 10, top_radius=0.026).moved(x, 0, z) for x in (-0.33, 0.33) for z in (-0.13, 0.13)
    ]
    return Thing(
        "bench",
        (Part(cushion, "leather", texture="leather"), Part(join([frame, *legs]), "wooden_furniture")),
        (0.74, 0.49, 0.34),
    )


def _pedals(count: int = 3) -> Shape:
    """Pedals that stick out towards +z from z = 0, a little above the floor."""
    one = join(
        [
            box((0.022, 0.012, 0.13), BRASS, np.inf, bottom=0.035).moved(z=0.065),
            pillow((0.05, 0.014, 0.07), BRASS, 0.8, 10, bottom=0.034).moved(z=0.115),
        ]
    )
    return join(one.moved(0.085 * (k - (count - 1) / 2)) for k in range(count))


def _book(width: float = 0.44) -> Shape:
    """Open sheet music, standing at y = 0, facing +z."""
    page: Color = (0.95, 0.94, 0.90)
    pages = [box((width / 2, 0.30, 0.004), page, np.inf).turned(s * 4.0).moved(-s * width / 4) for s in (-1, 1)]
    lines = [
        box((0.40 * width, 0.0025, 0.001), (0.30, 0.30, 0.32), np.inf, bottom=0.045 + 0.055 * k + 0.007 * j)
        .turned(s * 4.0)
        .moved(-s * width / 4, 0, 0.003)
        for k in range(4)
        for j in range(3)
        for s in (-1, 1)
    ]
    return join([*pages, *lines])


def grand_piano(style: Style, length: float | None = None, bench: bool = True) -> Thing:
    """A grand piano with its lid up: keys at the front, the long straight side at the left.

    Args:
        style: Its colours and chance.
        length: From the keys to the tail [m], 1.5 to 2.2; by chance where None.
        bench: Whether its bench stands before it.
    """
    long, color = length or style.between(1.55, 2.05), pick(style, _LACQUER)
    outline = _grand_outline(long)
    inner = outline * [0.945, 0.945] + [0.0, 0.03]
    rim = _rim(outline, inner, 0.68, 0.30, color)
    floor = _level(extruded(inner, 0.02, (0.76, 0.56, 0.28)), 0.83)
    plate = _level(extruded(inner * [0.93, 0.90] + [0, 0.06], 0.012, (0.80, 0.62, 0.28)), 0.885)
    bottom = _level(extruded(outline * 0.97, 0.02, scaled(color, 0.7)), 0.68)
    lid = _level(extruded(outline * [1.01, 1.01], 0.018, color, 0.004), 0.0).moved(0.745)
    lid = lid.turned(style.between(31.0, 37.0), "z").moved(-0.745, 0.985)
    prop = rod((0.60, 0.96, -0.40), (0.50, 0.98 + 0.80, -0.40), 0.011, color)
    front, wood, keys = _grand_keys(color)
    legs = [_turned_leg(color).moved(x, 0, z) for x, z in ((-0.62, -0.14), (0.62, -0.14), (-0.36, -long + 0.26))]
    lyre = join(
        [
            *(rod((s * 0.05, 0.06, -0.16), (s * 0.09, 0.68, -0.16), 0.014, color) for s in (-1, 1)),
            box((0.30, 0.05, 0.10), color, np.inf, bottom=0.04).moved(z=-0.16),
        ]
    )
    strings = _grand_strings(long)
    parts = [
        Part(
            join([rim, bottom, lid, *front, *legs, lyre, prop]),
            "wooden_furniture",
            texture="" if color[0] < 0.1 or color[0] > 0.9 else "wood_fine",
        ),
        Part(floor, "thin_plywood", texture="wood_fine"),
        Part(join([plate, *strings, _pedals().moved(0, 0, -0.12)]), "metal"),
        Part(keys, "plastic"),
        Part(join(wood), "paper"),
    ]
    seat = [_bench(color, BLACK if color[0] > 0.3 else _FELT).moved(0.0, 0.0, 0.42)] if bench else []
    return standing("piano", parts, (0.0, 0.92, -0.40 * long), seat)


def _grand_outline(long: float) -> Floats:
    """Outline (n, 2) of the case seen from above, x and -z, counter-clockwise; the keyboard's edge is at 0."""
    side = [
        (0.745, 0.0),
        (0.745, 0.42),
        (0.70, 0.62),
        (0.55, 0.82),
        (0.38, long - 0.55),
        (0.28, long - 0.30),
        (0.14, long - 0.09),
        (-0.10, long),
    ]
    tail = [(-0.10, long), (-0.36, long - 0.03), (-0.60, long - 0.14), (-0.72, long - 0.28), (-0.745, long - 0.45)]
    return np.concatenate([[(-0.745, 0.0)], [(0.745, 0.0)], curve(side[1:], 3)[:-1], curve(tail, 3)])


def _level(shape: Shape, height: float) -> Shape:
    """A shape extruded from an outline in (x, -z), lying at that height [m]."""
    return shape.turned(-90.0, "x").moved(0.0, height)


def _rim(outer: Floats, inner: Floats, bottom: float, height: float, color: Color) -> Shape:
    """A wall between two outlines in (x, -z)."""
    levels = [(inner, bottom), (outer, bottom), (outer, bottom + height), (inner, bottom + height)]
    return lofted([np.column_stack([p[:, 0], np.full(len(p), y), -p[:, 1]]) for p, y in levels], color, loop=True)


def _grand_keys(color: Color) -> tuple[list[Shape], list[Shape], Shape]:
    """The case around the keys, the music, the keys, with the edge of the case at z = 0."""
    white, black = piano_keys(_KEYS_WIDE, 88)
    bed = box((1.49, 0.08, 0.26), color, 0.4, bottom=0.62).moved(z=0.10)
    cheeks = [
        rounded_box((0.11, 0.13, 0.22), color, 0.02, 1, 0.3, bottom=0.69).moved(s * 0.69, 0, 0.10) for s in (-1, 1)
    ]
    slip = box((1.49, 0.05, 0.02), color, 0.4, bottom=0.665).moved(z=0.22)
    fall = box((1.27, 0.15, 0.02), color, 0.4, bottom=0.74).moved(z=0.02)
    block = box((1.49, 0.30, 0.05), color, 0.4, bottom=0.68).moved(z=-0.01)
    felt = box((_KEYS_WIDE, 0.006, 0.012), _FELT, 0.4, bottom=0.725).moved(z=0.036)
    desk = (
        extruded([(-0.36, 0), (0.36, 0), (0.33, 0.21), (0.20, 0.24), (-0.20, 0.24), (-0.33, 0.21)], 0.012, color)
        .turned(-14.0, "x")
        .moved(0, 0.965, -0.17)
    )
    music = _book().turned(-14.0, "x").moved(0, 0.975, -0.148)
    keys = join([white, black]).moved(0, 0.705, 0.045)
    return [bed, *cheeks, slip, fall, block, desk], [music, felt], keys


def _turned_leg(color: Color) -> Shape:
    wheel = lathe([(0, 0), (0.03, 0.0), (0.03, 0.03), (0, 0.05)], BRASS, 10)
    profile = [
        (0, 0.04),
        (0.028, 0.04),
        (0.034, 0.08),
        (0.030, 0.12),
        (0.060, 0.52),
        (0.045, 0.55),
        (0.07, 0.58),
        (0.07, 0.69),
        (0, 0.69),
    ]
    return join([wheel, lathe(profile, color, 14)])


def _grand_strings(long: float) -> list[Shape]:
    """Strings that fan out over the plate, bass ones of copper, and the dampers' row."""
    copper: Color = (0.70, 0.42, 0.24)
    strings = []
    for k in range(22):
        t = k / 21.0
        x0, far = -0.60 + 1.18 * t, -(0.30 + (long - 0.62) * (1.0 - t) ** 1.3)
        strings.append(
            rod(
                (x0, 0.905, -0.22),
                (0.86 * x0 + 0.03 - 0.08 * (1 - t), 0.905, far),
                0.0022 if t < 0.3 else 0.0013,
                copper if t < 0.3 else SILVER,
                4,
            )
        )
    dampers = [
        box((0.022, 0.035, 0.05), DARK, np.inf, bottom=0.905).moved(-0.58 + 0.0425 * k, 0, -0.30) for k in range(22)
    ]
    return [*strings, *dampers]


def upright_piano(style: Style, bench: bool = True) -> Thing:
    """An upright piano: keys, music desk, panels, pedals.

    Args:
        style: Its colours and chance.
        bench: Whether its bench stands before it.
    """
    color, high = (
        pick(style, (_LACQUER[0], _LACQUER[3], style.wood, (0.42, 0.22, 0.12), (0.32, 0.18, 0.11))),
        style.between(1.10, 1.30),
    )
    wide, deep = 1.48, 0.34
    grain = "" if color[0] < 0.1 or color[0] > 0.9 else "wood_fine"
    white, black = piano_keys(_KEYS_WIDE, 88)
    keys = join([white, black]).moved(0, 0.69, deep + 0.05)
    felt = box((_KEYS_WIDE, 0.006, 0.012), _FELT, 0.4, bottom=0.71).moved(z=deep + 0.05)
    music = _book().turned(-9.0, "x").moved(0, 0.895, deep + 0.066)
    locks = [box((0.02, 0.02, 0.006), BRASS, np.inf, bottom=0.56).moved(z=deep + 0.01)]
    parts = [
        Part(join(_upright_case(color, wide, high, deep)), "wooden_furniture", texture=grain),
        Part(keys, "plastic"),
        Part(join([music, felt]), "paper"),
        Part(join([_pedals().moved(0, 0.02, deep - 0.01), *locks]), "metal"),
    ]
    seat = [_bench(color, BLACK if color[0] > 0.3 else _FELT).moved(0.0, 0.0, deep + 0.60)] if bench else []
    return standing("piano", parts, (0.0, 0.95, deep), seat)


def _upright_case(color: Color, wide: float, high: float, deep: float) -> list[Shape]:
    """Body, panels, key bed and the legs under it."""
    return [
        box((wide - 0.06, high - 0.04, deep - 0.02), scaled(color, 0.9), 0.3).moved(z=deep / 2),
        rounded_box((wide, 0.03, deep + 0.04), color, 0.008, 1, 0.3, bottom=high - 0.03).moved(z=deep / 2),
        *(
            box((0.035, high - 0.03, deep + 0.005), color, 0.3).moved(s * (wide / 2 - 0.0175), 0, deep / 2)
            for s in (-1, 1)
        ),
        box((wide - 0.03, 0.07, 0.27), color, 0.3, bottom=0.62).moved(z=deep + 0.125),
        *(
            rounded_box((0.09, 0.16, 0.28), color, 0.02, 1, 0.3, bottom=0.615).moved(
                s * (wide / 2 - 0.055), 0, deep + 0.13
            )
            for s in (-1, 1)
        ),
        rounded_box((wide - 0.14, 0.50, 0.018), scaled(color, 1.12), 0.006, 1, 0.3, bottom=0.10).moved(z=deep - 0.002),
        rounded_box((wide - 0.14, high - 0.92, 0.018), scaled(color, 1.12), 0.006, 1, 0.3, bottom=0.84).moved(
            z=deep - 0.002
        ),
        box((1.30, 0.10, 0.02), color, 0.3, bottom=0.71).moved(z=deep + 0.035),
        box((0.80, 0.025, 0.085), color, 0.3, bottom=0.87).moved(z=deep + 0.042),
        *(_console(s * (wide / 2 - 0.06), deep, color) for s in (-1, 1)),
        *(box((0.07, 0.06, 0.27), color, 0.3).moved(s * (wide / 2 - 0.06), 0, deep + 0.12) for s in (-1, 1)),
    ]


def _console(x: float, deep: float, color: Color) -> Shape:
    """A curved leg under the key bed."""
    line = curve([(x, 0.0, deep + 0.21), (x, 0.20, deep + 0.215), (x, 0.42, deep + 0.235), (x, 0.62, deep + 0.20)], 3)
    width = np.concatenate([np.linspace(0.026, 0.022, 5), np.linspace(0.024, 0.042, 5)])
    return tube(line, width, color, 10)
