"""Cabinets: chests of drawers, sideboards, television stands, shoe and filing cabinets, pedestals, wardrobes.

The one idea: each is a table of columns and cells for `joinery.cabinet`; the home's taste does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.shapes import Color, Shape, box, cylinder, join
from echoenv.scene.homes.style import BLACK, STEEL, WHITE, Style, scaled
from echoenv.scene.homes.things.computers import television
from echoenv.scene.homes.things.joinery import Cell, Column, Looks, cabinet, looks
from echoenv.scene.homes.things.making import PAINTS, boards, made, metal, mirror_pane, taste

WARDROBES = ("hinged", "sliding", "mirror", "mixed")
"""Kinds of wardrobes."""

_DRAWER: Cell = ("drawer", 1.0)


def drawer_unit(
    width: float, height: float, depth: float, rows: int, color: Color, knob: Color, category: str = "cabinet"
) -> Thing:
    """A body with `rows` plain drawers one above the other, with handles of the colour `knob`."""
    look = Looks(color, scaled(color, 0.95), fitting=knob)
    return made(category, cabinet(None, look, (width, height, depth), [(1.0, [_DRAWER] * rows)], 0.04))


def dresser(style: Style, width: float = 1.1, height: float = 0.85) -> Thing:
    """A chest of drawers: small ones above, broad ones below."""
    look = looks(style, "dresser")
    rows = max(2, round((height - 0.1) / 0.22))
    halves: list[Column] = [(1.0, [_DRAWER] * rows)] * (2 if width > 0.85 else 1)
    on, base = taste(style, "dresser stands", (("legs", 0.15), ("plinth", 0.06)))
    return made("base-cabinet", cabinet(style, look, (width, height, 0.46), halves, base, on))


def sideboard(style: Style, width: float = 1.6, height: float = 0.78) -> Thing:
    """A long cabinet with doors and drawers, on legs or on a plinth."""
    look = looks(style, "sideboard")
    door: Column = (1.0, [("left", 1.0)])
    middle: Column = (1.0, [_DRAWER] * 3)
    glass: Column = (1.0, [("open", 0.4), _DRAWER])
    plans: tuple[list[Column], ...] = (
        [door, middle, (1.0, [("right", 1.0)])],
        [(2.0, [("doors", 1.0)]), glass],
        [middle, (2.0, [("doors", 1.0)])],
    )
    on, base = taste(style, "sideboard stands", (("legs", 0.18), ("plinth", 0.06)))
    plan = taste(style, "sideboard", plans) if width > 0.9 else [(1.0, [_DRAWER, ("doors", 2.0)])]
    return made("base-cabinet", cabinet(style, look, (width, height, 0.44), plan, base, on))


def tv_stand(style: Style, width: float = 1.5) -> Thing:
    """A low cabinet, partly open, with a television on it; its size counts the television's height."""
    look = looks(style, "tv stand", handle=taste(style, "tv handles", ("none", "bar")))
    plans: tuple[list[Column], ...] = (
        [(1.0, [_DRAWER]), (1.2, [("open", 1.0), _DRAWER]), (1.0, [_DRAWER])],
        [(1.0, [("open", 1.0), _DRAWER]), (1.0, [("open", 1.0), _DRAWER])],
        [(1.0, [("left", 1.0)]), (1.6, [("open", 1.0), ("open", 1.0)]), (1.0, [("right", 1.0)])],
    )
    on, base = taste(style, "tv stands", (("legs", 0.14), ("plinth", 0.05)))
    high = 0.36 + base
    body = made("tv-stand", cabinet(style, look, (width, high, 0.4), taste(style, "tv stand", plans), base, on))
    screen = television(min(1.25, width - 0.15)).moved(0, high, 0.2)
    size = (body.size[0], round(high + screen.size[1], 3), body.size[2])
    return Thing("tv-stand", body.parts, size).carrying(screen)


def shoe_cabinet(style: Style, width: float = 0.8) -> Thing:
    """A shallow cabinet with tilting flaps for shoes."""
    look = looks(style, "shoe cabinet", handle="knob")
    column: Column = (1.0, [_DRAWER] * 3)
    halves = [column] * (2 if width > 0.95 else 1)
    return made("cabinet", cabinet(style, look, (width, 1.12, 0.24), halves, 0.06))


def filing_cabinet(style: Style, drawers: int = 3) -> Thing:
    """A steel cabinet with deep drawers, labels on them."""
    color = taste(style, "filing cabinet", ((0.60, 0.62, 0.63), PAINTS[0], PAINTS[3], (0.36, 0.44, 0.40)))
    look = Looks(color, scaled(color, 0.95), handle="rail", fitting=STEEL)
    height = 0.08 + 0.33 * drawers
    parts = cabinet(None, look, (0.46, height, 0.6), [(1.0, [_DRAWER] * drawers)], 0.04)
    labels = [
        box((0.09, 0.045, 0.004), WHITE, 1.0, bottom=0.06 + 0.33 * k + 0.1).moved(z=0.602) for k in range(drawers)
    ]
    steel = [Part(part.shape, "metal", texture=part.texture) for part in parts]
    return made("cabinet", [*steel, Part(join(labels), "paper")])


def drawer_pedestal(style: Style) -> Thing:
    """A low drawer unit on castors for under a desk."""
    color = taste(style, "pedestal", (PAINTS[0], style.wood, PAINTS[3]))
    look = Looks(color, scaled(color, 0.95), handle="rail", fitting=STEEL)
    cells: list[Cell] = [("drawer", 0.5), _DRAWER, ("drawer", 1.5)]
    body = [
        Part(part.shape.moved(y=0.05), part.material, texture=part.texture)
        for part in cabinet(None, look, (0.41, 0.52, 0.52), [(1.0, cells)], 0.0, "none")
    ]
    wheels = [
        cylinder(0.027, 0.03, BLACK, 10).turned(90.0, "z").moved(sx * 0.16 + 0.015, 0.027, 0.26 + sz * 0.2)
        for sx in (-1, 1)
        for sz in (-1, 1)
    ]
    return made("cabinet", [*body, Part(join(wheels), "plastic")])


def wardrobe(style: Style, width: float = 1.5, height: float = 2.1, depth: float = 0.6, kind: str = "") -> Thing:
    """A tall wardrobe.

    Args:
        style: The home's.
        width: [m].
        height: [m].
        depth: [m].
        kind: One of `WARDROBES`: all doors hinged, sliding ones, a mirror door, or doors above drawers.
    """
    kind = kind or taste(style, "wardrobe", WARDROBES)
    color = taste(style, "wardrobe color", (style.fronts, style.wood, PAINTS[0], style.wood))
    look = looks(style, "wardrobe", color, handle=taste(style, "wardrobe handles", ("bar", "knob", "rail")))
    if kind == "sliding":
        return made("wardrobe", _sliding(style, look, width, height, depth))
    count = max(1, round(width / 0.95))
    halves = 2 if width / count > 0.62 else 1
    doors: Cell = ("doors" if halves == 2 else "left", 3.0)
    cells: list[Cell] = [doors, ("drawer", 0.45), ("drawer", 0.45)] if kind == "mixed" else [doors]
    if kind == "mirror":
        look = replace(look, kind="flat")
    parts = cabinet(style, look, (width, height, depth), [(1.0, cells)] * count, 0.07, grip="middle")
    if kind == "mirror":
        leaf = width / count / halves
        pane = mirror_pane(leaf - 0.09, height - 0.3)
        parts.append(Part(pane.shape.moved((leaf - width) / 2, 0.17, depth + 0.0005), pane.material))
    return made("wardrobe", parts)


def _sliding(style: Style, look: Looks, width: float, height: float, depth: float) -> list[Part]:
    """Broad doors that run before each other; the middle one, or one of two, is a mirror."""
    parts = cabinet(style, look, (width, height, depth - 0.055), [(1.0, [("none", 1.0)])], 0.07)
    count = 2 if width < 2.0 else 3
    each, low, high = width / count + 0.02, 0.075, height - 0.03
    frames, leaves, mirrors = [], [], []
    for k in range(count):
        x = -width / 2 + each / 2 + k * (width - each) / (count - 1)
        z = depth - 0.075 + (0.028 if k % 2 else 0.0)
        frames += [shape.moved(x, low, z) for shape in _leaf_frame(each, high - low, look.fitting)]
        if k == 1:
            pane = mirror_pane(each - 0.05, high - low - 0.05)
            mirrors.append(Part(pane.shape.moved(x, low + 0.025, z + 0.004), pane.material))
        else:
            leaves.append(
                box((each - 0.05, high - low - 0.05, 0.012), look.front, 0.45, bottom=low + 0.025).moved(
                    x, 0, z + 0.008
                )
            )
    rails = [box((width, 0.03, 0.06), look.fitting, 1.0, bottom=b).moved(z=depth - 0.045) for b in (low - 0.025, high)]
    return [*parts, boards(look.grain, *leaves), metal(*frames, *rails, texture=""), *mirrors]


def _leaf_frame(width: float, height: float, color: Color) -> Sequence[Shape]:
    """The metal frame of a sliding door, its back at z = 0."""
    stile = box((0.028, height, 0.024), color, 0.8).moved(z=0.012)
    rail = box((width - 0.05, 0.028, 0.022), color, 1.0).moved(z=0.012)
    return [*(stile.moved(s * (width - 0.028) / 2) for s in (-1, 1)), rail, rail.moved(y=height - 0.028)]
