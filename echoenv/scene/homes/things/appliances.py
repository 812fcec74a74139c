"""Large kitchen appliances: refrigerators, ovens, hobs, dishwashers, range hoods.

The one idea: as in `sofas`; an oven's and a dishwasher's front are as broad as a kitchen unit, 0.6 m.
"""

from __future__ import annotations

from collections.abc import Sequence

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join, lathe, rectangle, rounded_box
from echoenv.scene.homes.solids import rod, tapered
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.making import made, metal, taste

REFRIGERATORS = ("tall", "steel", "double", "retro")
"""Kinds of refrigerators."""

_RETRO: tuple[Color, ...] = ((0.62, 0.76, 0.74), (0.80, 0.36, 0.32), (0.90, 0.85, 0.72), (0.30, 0.34, 0.40))
_LAMP = (3.0, 2.7, 2.2)  # linear radiance of the light over a hob
_PURE: Color = (1.0, 1.0, 1.0)


def refrigerator(style: Style, kind: str = "") -> Thing:
    """A refrigerator: white and `tall`, of `steel`, with `double` doors, or a rounded `retro` one in a colour."""
    kind = kind or taste(style, "refrigerator", REFRIGERATORS)
    if kind == "retro":
        return made("refrigerator", _retro(taste(style, "retro", _RETRO)))
    if kind == "double":
        return made("refrigerator", _double())
    color = style.shade(STEEL if kind == "steel" else WHITE, 0.02)
    doors = [(0.0, 0.07, 0.6, 0.64, 1.0), (0.0, 0.72, 0.6, 1.13, 1.0)]
    return made("refrigerator", _doored(color, (0.6, 1.85), doors, kind == "steel"))


def _doored(
    color: Color, size: tuple[float, float], doors: Sequence[tuple[float, float, float, float, float]], steel: bool
) -> list[Part]:
    """A body with doors (x, bottom, width, height, side of the handle)."""
    width, high = size
    body = box((width - 0.01, high - 0.05, 0.6), scaled(color, 0.92), 0.5, bottom=0.05).moved(z=0.3)
    base = box((width - 0.03, 0.05, 0.56), BLACK, 0.9).moved(z=0.28)
    leaves, bars = [], []
    for x, bottom, wide, tall, side in doors:
        leaves.append(
            rounded_box((wide - 0.004, tall - 0.006, 0.06), color, 0.012, 1, 0.4, bottom=bottom).moved(x, 0, 0.635)
        )
        hx, low = x - side * (wide / 2 - 0.05), bottom + (tall - 0.45 if bottom < 0.5 and tall < 0.8 else 0.06)
        grip = min(0.38, tall - 0.12)
        bars.append(rod((hx, low, 0.7), (hx, low + grip, 0.7), 0.011, scaled(STEEL, 0.9), 8))
        bars += [
            rod((hx, low + f * grip, 0.66), (hx, low + f * grip, 0.7), 0.008, scaled(STEEL, 0.9), 6) for f in (0.1, 0.9)
        ]
    skin = Part(join([body, *leaves]), "metal", texture="metal_brushed" if steel else "")
    return [skin, Part(base, "plastic"), metal(*bars, texture="")]


def _double() -> list[Part]:
    """Two tall doors side by side above two drawers, with a dispenser for ice."""
    doors = [(s * 0.2275, 0.72, 0.455, 1.08, s) for s in (-1, 1)]
    parts = _doored(STEEL, (0.91, 1.8), doors, True)
    drawers = [rounded_box((0.902, 0.31, 0.06), STEEL, 0.012, 1, 0.5, bottom=b).moved(z=0.635) for b in (0.07, 0.39)]
    bars = [rod((-0.3, h, 0.7), (0.3, h, 0.7), 0.011, scaled(STEEL, 0.9), 8) for h in (0.33, 0.65)]
    bars += [rod((x, h, 0.66), (x, h, 0.7), 0.008, scaled(STEEL, 0.9), 6) for h in (0.33, 0.65) for x in (-0.25, 0.25)]
    ice = box((0.2, 0.32, 0.01), BLACK, 0.9, bottom=1.15).moved(-0.23, 0, 0.664)
    return [*parts, metal(*drawers), metal(*bars, texture=""), Part(ice, "plastic")]


def _retro(color: Color) -> list[Part]:
    """Round corners, a broad handle, a chrome strip and short legs."""
    body = rounded_box((0.6, 1.43, 0.56), color, 0.07, 2, 0.7, bottom=0.08).moved(z=0.28)
    door = rounded_box((0.595, 1.41, 0.1), color, 0.045, 2, 0.5, bottom=0.09).moved(z=0.615)
    seal = box((0.56, 1.36, 0.02), BLACK, 0.9, bottom=0.11).moved(z=0.563)
    chrome = [
        rounded_box((0.05, 0.2, 0.03), STEEL, 0.012, 1, 0.5, bottom=1.0).moved(-0.23, 0, 0.68),
        box((0.2, 0.03, 0.006), STEEL, 0.9, bottom=1.32).moved(0.12, 0, 0.667),
    ]
    legs = [cylinder(0.02, 0.09, STEEL, 8).moved(sx * 0.22, 0, 0.3 + sz * 0.2) for sx in (-1, 1) for sz in (-1, 1)]
    return [Part(join([body, door]), "metal"), Part(seal, "plastic"), metal(*chrome, *legs, texture="")]


def oven() -> Thing:
    """An oven for a kitchen unit, its lower edge at y = 0, its front 2 cm before that of the unit's carcase."""
    body = box((0.56, 0.57, 0.5), scaled(STEEL, 0.6), 0.9, bottom=0.01).moved(z=0.25)
    plate = box((0.595, 0.595, 0.022), BLACK, 0.3).moved(z=0.511)
    picture = rectangle((-0.29, 0.0025, 0.5235), (0.58, 0, 0), (0, 0.59, 0), _PURE, 0.3)
    bar = rod((-0.23, 0.455, 0.56), (0.23, 0.455, 0.56), 0.01, STEEL, 8)
    stays = [rod((x, 0.455, 0.522), (x, 0.455, 0.56), 0.007, STEEL, 6) for x in (-0.2, 0.2)]
    parts = (
        metal(body, plate, texture=""),
        Part(picture, "heavy_glass", texture="oven_front"),
        metal(bar, *stays, texture=""),
    )
    return Thing("oven", parts, (0.6, 0.6, 0.57))


def cooktop() -> Thing:
    """A glass hob with four rings, for a worktop; its middle is the origin."""
    plate = rounded_box((0.58, 0.008, 0.5), BLACK, 0.003, 1, 0.3)
    rings = []
    for x, z, r in ((-0.15, -0.11, 0.09), (-0.15, 0.13, 0.075), (0.15, -0.11, 0.075), (0.15, 0.13, 0.1)):
        rim = lathe([(r, 0.0092), (r - 0.008, 0.0092)], (0.42, 0.42, 0.44), 18)
        rings.append(rim.moved(x, 0, z))
    touch = box((0.2, 0.001, 0.025), (0.45, 0.18, 0.16), 0.9, bottom=0.008).moved(z=0.225)
    return Thing("cooktop", (Part(join([plate, *rings, touch]), "heavy_glass"),), (0.58, 0.01, 0.5))


def dishwasher(style: Style) -> Thing:
    """A dishwasher with its door and a strip of buttons, 0.6 m broad, for under a worktop."""
    color = taste(style, "dishwasher", (STEEL, WHITE))
    body = box((0.594, 0.78, 0.55), scaled(color, 0.85), 0.5, bottom=0.09).moved(z=0.275)
    base = box((0.58, 0.09, 0.5), BLACK, 0.9).moved(z=0.25)
    door = rounded_box((0.594, 0.64, 0.035), color, 0.006, 1, 0.4, bottom=0.1).moved(z=0.5675)
    strip = box((0.594, 0.12, 0.035), scaled(color, 0.8), 0.5, bottom=0.75).moved(z=0.5675)
    dots = [box((0.018, 0.018, 0.006), BLACK, 1.0, bottom=0.8).moved(-0.22 + 0.04 * k, 0, 0.587) for k in range(4)]
    show = box((0.1, 0.04, 0.004), (0.10, 0.20, 0.16), 1.0, bottom=0.79).moved(0.17, 0, 0.587)
    bar = rod((-0.22, 0.70, 0.615), (0.22, 0.70, 0.615), 0.01, scaled(STEEL, 0.9), 8)
    stays = [rod((x, 0.70, 0.58), (x, 0.70, 0.615), 0.007, scaled(STEEL, 0.9), 6) for x in (-0.19, 0.19)]
    skin = metal(body, door, strip, texture="metal_brushed" if color == STEEL else "")
    return made("dishwasher", [skin, Part(join([base, *dots, show]), "plastic"), metal(bar, *stays, texture="")])


def range_hood(style: Style, width: float = 0.6, height: float = 0.7, kind: str = "") -> Thing:
    """A hood with its duct, on a wall: a `pyramid` or a flat `plate`; its lower edge is at y = 0."""
    kind = kind or taste(style, "hood", ("pyramid", "plate"))
    duct = box((0.26, height - 0.1, 0.24), STEEL, 0.4, bottom=0.1).moved(z=0.125)
    if kind == "pyramid":
        rim = box((width - 0.01, 0.06, 0.46), STEEL, 0.3).moved(z=0.23)
        cone = tapered((width - 0.02, 0.22, 0.44), (0.27, 0.24), STEEL, bottom=0.058)
        rise = (cone.vertices[:, 1:2] - 0.058) / 0.22
        leaned = Shape(cone.vertices + rise * [0.0, 0.0, -0.1], cone.triangles, cone.colors, cone.uvs).moved(z=0.23)
        lamp = box((0.4, 0.004, 0.06), WHITE, 0.9, bottom=-0.002).moved(z=0.3)
        parts = (metal(rim, leaned, duct), Part(lamp, "plastic", _LAMP))
        return Thing("range-hood", parts, (width, height, 0.46))
    plate = rounded_box((width - 0.01, 0.05, 0.46), STEEL, 0.008, 1, 0.3).moved(z=0.23)
    lamp = box((0.4, 0.004, 0.06), WHITE, 0.9, bottom=-0.002).moved(z=0.3)
    neck = box((0.3, 0.07, 0.27), STEEL, 0.5, bottom=0.045).moved(z=0.137)
    parts = (metal(plate, duct, neck), Part(lamp, "plastic", _LAMP))
    return Thing("range-hood", parts, (width, height, 0.46))
