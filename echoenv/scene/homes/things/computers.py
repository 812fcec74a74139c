"""Screens and what one works with at them: monitors, keyboards, mice, laptops, televisions.

The one idea: what a screen shows is a pattern of its own, stretched over one rectangle before its case. Things that
stand on something have their middle at the origin and look along +z.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import box, join, pillow, rectangle, rounded_box
from echoenv.scene.homes.style import BLACK, STEEL, Style, seeded
from echoenv.scene.homes.things.making import metal

_WHITE = (1.0, 1.0, 1.0)
_GLOW = (0.32, 0.34, 0.37)


def monitor(style: Style, width: float = 0.58) -> Thing:
    """A screen on a foot, with a desktop on it."""
    high = width * 0.58
    case = [
        rounded_box((width, high, 0.03), BLACK, 0.008, 1, 0.4, bottom=0.12),
        box((0.05, 0.2, 0.02), BLACK, bottom=0.01).moved(z=-0.02),
        rounded_box((0.24, 0.015, 0.18), BLACK, 0.006, 1, 0.4),
    ]
    size = (width - 0.024, high - 0.024)
    picture = _screen(size, (0.0, 0.132, 0.0165), f"desktop_{int(style.rng.integers(4))}")
    return Thing("monitor", (Part(join(case), "plastic"), picture), (width, high + 0.12, 0.2))


def _screen(size: tuple[float, float], at: tuple[float, float, float], pattern: str) -> Part:
    """A lit rectangle of that size [m] that looks along +z, the middle of its lower edge at `at`."""
    x, y, z = at
    shape = rectangle((x - size[0] / 2, y, z), (size[0], 0, 0), (0, size[1], 0), _WHITE, 0.2)
    return Part(shape, "heavy_glass", _GLOW, pattern)


def keyboard() -> Thing:
    """A keyboard."""
    body = rounded_box((0.44, 0.018, 0.15), BLACK, 0.006, 1, 0.5)
    keys = rectangle((-0.215, 0.0195, 0.07), (0.43, 0, 0), (0, 0, -0.14), _WHITE, 0.5)
    parts = (Part(body, "plastic"), Part(keys, "plastic", texture="keyboard"))
    return Thing("computer-keyboard", parts, (0.44, 0.02, 0.16))


def mouse() -> Thing:
    """A computer mouse."""
    return Thing("mouse", (Part(pillow((0.06, 0.035, 0.1), BLACK, 0.8, 12), "plastic"),), (0.06, 0.035, 0.1))


def laptop() -> Thing:
    """An open laptop, its screen towards +z."""
    base = rounded_box((0.33, 0.016, 0.23), STEEL, 0.006, 1, 0.4)
    lid = rounded_box((0.33, 0.22, 0.01), STEEL, 0.004, 1, 0.4).turned(-14.0, "x").moved(0, 0.012, -0.11)
    part = _screen((0.31, 0.195), (0.0, 0.014, 0.0065), f"desktop_{int(seeded('laptop').integers(4))}")
    lit = Part(part.shape.turned(-14.0, "x").moved(0, 0.012, -0.11), part.material, part.glow, part.texture)
    keys = rectangle((-0.145, 0.0175, 0.02), (0.29, 0, 0), (0, 0, -0.1), _WHITE, 0.5)
    parts = (metal(base, lid, texture=""), lit, Part(keys, "plastic", texture="keyboard"))
    return Thing("laptop", parts, (0.33, 0.24, 0.28))


def television(width: float = 1.2, pattern: str = "") -> Thing:
    """A television on a foot, its screen towards +z, dark or with a picture `tv_picture_0` to `_3` on it."""
    high = width * 0.565
    case = [
        rounded_box((width, high, 0.035), BLACK, 0.01, 1, 0.4, bottom=0.06),
        box((0.06, 0.07, 0.03), BLACK),
        rounded_box((0.5, 0.012, 0.2), BLACK, 0.005, 1, 0.6),
    ]
    size, at = (width - 0.02, high - 0.02), (0.0, 0.07, 0.0185)
    if pattern:
        screen = _screen(size, at, pattern)
    else:
        glass = rectangle((-size[0] / 2, 0.07, 0.0185), (size[0], 0, 0), (0, size[1], 0), (0.06, 0.07, 0.09), 0.2)
        screen = Part(glass, "heavy_glass")
    return Thing("tv-screen", (Part(join(case), "plastic"), screen), (width, high + 0.06, 0.2))
