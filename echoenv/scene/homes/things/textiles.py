"""Cloth in a home: rugs, mats, curtains, shades, towels, blankets; and slatted blinds, which hang where curtains do.

The one idea: as in `pictures`; what hangs at a window is built in the wall's frame from the window's left edge.
"""

from __future__ import annotations

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import box, cylinder, join, rectangle, rounded_box, wavy_cloth
from echoenv.scene.homes.style import STEEL, WHITE, Style
from echoenv.scene.homes.things.pieces import lying, numbered, one_of

_ON_UNDERLAY = 2.0  # [m2] from which rugs lie on felt, lest they slip

_WEAVES = ("fabric", "linen", "fabric_stripes", "fabric_coarse")


def rug(style: Style, width: float, depth: float) -> Thing:
    """A rug with a pattern, centred on its frame's origin."""
    pattern = numbered(style, "rug", 8)
    material = _rug_material(width, depth)
    top = lying((width, depth), material, pattern, (0, 0.012, 0), longest=0.5)
    edge = box((width, 0.0115, depth), style.shade((0.72, 0.66, 0.58)), 1.0)
    return Thing("rug", (top, Part(edge, material, texture="carpet")), (width, 0.012, depth))


def _rug_material(width: float, depth: float) -> str:
    return "thick_carpet" if width * depth >= _ON_UNDERLAY else "rug"


def plain_rug(style: Style, width: float, depth: float, pattern: str = "carpet_pile", category: str = "rug") -> Thing:
    """A rug or mat of one colour, centred on its frame's origin."""
    color = style.bright() if style.chance(0.5) else style.shade(style.textile)
    top = rectangle([-width / 2, 0.016, depth / 2], [width, 0, 0], [0, 0, -depth], color, 0.5)
    body = join([top, box((width, 0.0155, depth), color, 1.0)])
    return Thing(category, (Part(body, _rug_material(width, depth), texture=pattern),), (width, 0.016, depth))


def any_rug(style: Style, width: float, depth: float) -> Thing:
    """A patterned rug, or now and then a thick plain one."""
    return rug(style, width, depth) if style.chance(0.7) else plain_rug(style, width, depth)


def mat(style: Style, width: float = 0.75, depth: float = 0.45) -> Thing:
    """A bath mat or a door mat."""
    return plain_rug(style, width, depth, "towel", "mat")


def drawn_width(width: float) -> float:
    """Width [m] of each of two drawn-back curtains at a window of that width."""
    return min(0.7, 0.28 * width + 0.18)


def curtains(style: Style, width: float, top: float, bottom: float, heavy: bool = False, off: float = 0.0) -> Thing:
    """Two drawn-back curtains on a rod, in the wall's frame from the left edge of a window.

    Args:
        style: The home's.
        width: Of the window [m].
        top: Height of its upper edge [m].
        bottom: Height at which the curtains end [m].
        heavy: Whether they are of thick cloth.
        off: How much farther [m] off the wall they hang, to pass before a radiator.
    """
    each, color = drawn_width(width), style.textile
    hang = top + 0.12 - bottom
    folds = max(3, round(each / 0.18))
    left = wavy_cloth(each, hang, color, folds).moved(-0.18, bottom, 0.05 + off)
    right = wavy_cloth(each, hang, color, folds).moved(width + 0.18 - each, bottom, 0.05 + off)
    rod = cylinder(0.012, width + 0.5, STEEL, 8).turned(-90.0, "z").moved(-0.25, top + 0.13, 0.09 + off)
    knob = rounded_box((0.05, 0.05, 0.05), STEEL, 0.02, 1).moved(y=top + 0.105, z=0.09 + off)
    stay = box((0.015, 0.03, 0.09 + off), STEEL, 1.0).moved(y=top + 0.115, z=0.046 + off / 2)
    ends = [join([knob.moved(-0.06 * s), stay]).moved(x) for s, x in ((1.0, -0.2), (-1.0, width + 0.2))]
    material = "heavy_curtain" if heavy else "medium_curtain"
    parts = (
        Part(join([left, right]), material, texture=one_of(style, _WEAVES)),
        Part(join([rod, *ends]), "metal"),
    )
    return Thing("curtain", parts, (width + 0.5, hang, 0.14 + off))


def blinds(width: float, height: float, drawn: float = 0.42) -> Thing:
    """Slatted blinds, partly drawn, in the upper part of a window recess, from the window's lower left corner."""
    count = int(drawn * height / 0.05)
    slat = box((width - 0.04, 0.004, 0.04), WHITE, 4.0)
    slats = [slat.turned(35.0, "x").moved(width / 2, height - 0.07 - 0.05 * k, -0.04) for k in range(count)]
    head = box((width - 0.02, 0.05, 0.06), WHITE, 1.0, bottom=height - 0.05).moved(width / 2, 0, -0.04)
    return Thing("blinds", (Part(join([head, *slats]), "blinds"),), (width, drawn * height, 0.06))


def roller_shade(style: Style, width: float, height: float) -> Thing:
    """A shade of cloth, partly let down, in the upper part of a window recess, from its lower left corner."""
    drop, color = style.between(0.18, 0.4) * height, style.shade(style.textile)
    cloth = box((width - 0.05, drop, 0.004), color, 0.8, bottom=height - drop).moved(width / 2, 0, -0.045)
    roll = cylinder(0.025, width - 0.03, color, 10).turned(-90.0, "z").moved(0.015, height - 0.03, -0.045)
    bar = box((width - 0.05, 0.02, 0.014), WHITE, 1.0, bottom=height - drop - 0.02).moved(width / 2, 0, -0.045)
    parts = (Part(join([cloth, roll]), "light_curtain", texture="linen"), Part(bar, "metal"))
    return Thing("blinds", parts, (width, drop, 0.06))


def towel(style: Style, width: float = 0.4) -> Thing:
    """A towel on a rail, on the wall; the rail is the upper edge, the cloth hangs below it."""
    rail = cylinder(0.01, width + 0.15, STEEL, 10).turned(-90.0, "z").moved(-width / 2 - 0.075, 0.6, 0.07)
    stays = [box((0.02, 0.02, 0.07), STEEL, bottom=0.59).moved(s * (width / 2 + 0.065), 0, 0.036) for s in (-1, 1)]
    cloth = wavy_cloth(width, 0.6, style.bright(), 2, 0.008).moved(-width / 2, 0.014, 0.07)
    parts = (Part(cloth, "medium_curtain", texture="towel"), Part(join([rail, *stays]), "metal"))
    return Thing("towel", parts, (width + 0.15, 0.62, 0.1))


def folded_towels(style: Style, count: int = 3) -> Thing:
    """A pile of folded towels."""
    pile = [
        rounded_box((0.34 - 0.01 * k, 0.06, 0.24), style.bright(), 0.025, 1, 0.4, bottom=0.06 * k) for k in range(count)
    ]
    return Thing("towel", (Part(join(pile), "medium_curtain", texture="towel"),), (0.35, 0.06 * count, 0.25))


def folded_blanket(style: Style) -> Thing:
    """A folded blanket."""
    body = rounded_box((0.42, 0.09, 0.32), style.bright(), 0.035, 1, 0.5)
    return Thing(
        "blanket",
        (Part(body, "heavy_curtain", texture=one_of(style, ("knit", "fabric_check", "quilt"))),),
        (0.42, 0.09, 0.32),
    )


def throw(style: Style, width: float, length: float) -> Thing:
    """A blanket spread over something flat, centred on its frame's origin."""
    body = rounded_box((width, 0.03, length), style.bright(), 0.012, 1, 0.5)
    pattern = one_of(style, ("knit", "fabric_check", "quilt", "fabric_stripes"))
    return Thing("blanket", (Part(body, "heavy_curtain", texture=pattern),), (width, 0.03, length))


def cloth(style: Style) -> Thing:
    """A folded dish cloth."""
    body = rounded_box((0.2, 0.018, 0.14), style.bright(), 0.006, 1)
    return Thing("cloth", (Part(body, "medium_curtain", texture="fabric_check"),), (0.2, 0.02, 0.14))
