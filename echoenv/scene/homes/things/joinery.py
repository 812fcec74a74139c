"""Cabinets of all kinds: a carcase of boards, cut into columns and cells, each with a drawer, with a door, or open.

The one idea: a chest of drawers, a sideboard, a wardrobe and a kitchen unit differ in their measures and in their cells
only. `Looks` says what fronts and handles look like, and a home's taste chooses it, so that its cabinets go together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from echoenv.scene.homes.assembly import Part
from echoenv.scene.homes.shapes import Color, Shape, box, join, lathe
from echoenv.scene.homes.solids import rod
from echoenv.scene.homes.style import BLACK, STEEL, Style, scaled
from echoenv.scene.homes.things.making import (
    BRASS,
    GLASS,
    PAINTS,
    boards,
    feet,
    grain,
    leg_color,
    leg_part,
    metal,
    taste,
)

FRONTS = ("flat", "framed", "grooved")
HANDLES = ("bar", "knob", "rail", "none")
BOARD = 0.018
"""Thickness of boards [m]."""

Cell = tuple[str, float]
"""What closes a cell (`drawer`, `left` or `right` for a door hinged there, `doors` for two, `open`, `glass`, `none`),
and its share of the height of its column."""

Column = tuple[float, Sequence[Cell]]
"""A column's share of the width, and its cells from above to below."""


@dataclass(frozen=True)
class Looks:
    """How the cabinets of one piece or one room look.

    Attributes:
        front: Colour of fronts, sRGB (3,).
        body: Colour of the carcase.
        kind: Of fronts, one of `FRONTS`.
        handle: One of `HANDLES`.
        fitting: Colour of handles.
        grain: Pattern of the wood.
    """

    front: Color
    body: Color
    kind: str = "flat"
    handle: str = "bar"
    fitting: Color = STEEL
    grain: str = "wood_fine"


def looks(style: Style, what: str, color: Color | None = None, kind: str = "", handle: str = "") -> Looks:
    """How this home's cabinets for `what` (a dresser) look; by taste where nothing else is said."""
    body = color or style.shade(taste(style, f"color of {what}", (style.wood, style.wood, PAINTS[0], PAINTS[2])), 0.03)
    mixed = color is None and taste(style, f"two colors of {what}", (True, False, False))
    return Looks(
        PAINTS[0] if mixed else body,
        body,
        kind or taste(style, f"fronts of {what}", FRONTS),
        handle or taste(style, f"handles of {what}", HANDLES[:3]),
        taste(style, "fittings", (STEEL, BLACK, BRASS)),
        grain(style),
    )


def front(look: Looks, width: float, height: float, color: Color) -> list[Shape]:
    """A door or drawer front, its back at z = 0, its lower edge on y = 0, centred at x = 0; 2 cm thick."""
    w, h = width - 0.005, height - 0.005
    plain = box((w, h, 0.02), color, 0.6, bottom=0.0025).moved(z=0.01)
    if look.kind == "flat" or min(w, h) < 0.16:
        return [plain]
    if look.kind == "grooved":
        thin = box((w, h, 0.011), scaled(color, 0.96), 0.6, bottom=0.0025).moved(z=0.0055)
        count = max(2, round(w / 0.085))
        strip = box((w / count - 0.006, h, 0.018), color, 0.9, bottom=0.0025)
        return [thin, *(strip.moved(w * ((k + 0.5) / count - 0.5), 0, 0.011) for k in range(count))]
    bar = 0.055
    panel = box((w - 2 * bar, h - 2 * bar, 0.011), scaled(color, 0.96), 0.6, bottom=bar + 0.0025).moved(z=0.0055)
    frame = [box((w, bar, 0.02), color, 0.9, bottom=b + 0.0025).moved(z=0.01) for b in (0.0, h - bar)]
    stile = box((bar, h - 2 * bar, 0.02), color, 0.9, bottom=bar + 0.0025).moved(z=0.01)
    return [panel, *frame, *(stile.moved(s * (w - bar) / 2) for s in (-1, 1))]


def handle(look: Looks, length: float, upright: bool) -> list[Shape]:
    """A handle whose middle is at the origin of a front's face (z = 0), lying or upright."""
    tint = look.fitting
    if look.handle == "none":
        return []
    if look.handle == "knob":
        knob = [(0.0, 0.0), (0.006, 0.0), (0.006, 0.012), (0.016, 0.018), (0.014, 0.026), (0.0, 0.028)]
        return [lathe(knob, tint, 8).turned(90.0, "x")]
    if look.handle == "rail":
        size = (0.02, length, 0.018) if upright else (length, 0.02, 0.018)
        return [box(size, tint, 1.0, bottom=-size[1] / 2).moved(z=0.009)]
    a, b = (
        ((0, -length / 2, 0.028), (0, length / 2, 0.028))
        if upright
        else ((-length / 2, 0, 0.028), (length / 2, 0, 0.028))
    )
    posts = []
    for end in (0.8 * length / 2, -0.8 * length / 2):
        x, y = (0.0, end) if upright else (end, 0.0)
        posts.append(rod((x, y, 0.0), (x, y, 0.028), 0.004, tint, 5))
    return [rod(a, b, 0.006, tint, 6), *posts]


@dataclass
class _Work:
    """What a cabinet is being made of."""

    body: list[Shape]
    fronts: list[Shape]
    handles: list[Shape]
    panes: list[Shape]


def cabinet(
    style: Style | None,
    look: Looks,
    size: tuple[float, float, float],
    columns: Sequence[Column],
    base: float = 0.08,
    on: str = "plinth",
    top: bool = True,
    grip: str = "high",
) -> list[Part]:
    """Parts of a cabinet that stands on y = 0, its back at z = 0, centred at x = 0.

    Args:
        style: The home's; needed for legs only.
        look: What its fronts look like.
        size: Width, height, depth [m] in all, without handles.
        columns: Its columns from left to right.
        base: Height of what it stands on [m].
        on: `plinth`, `legs`, or `none` for what hangs or lies on something else.
        top: Whether it has a top board that reaches over its fronts.
        grip: Where doors have their handles: `high`, `low` or `middle`.
    """
    width, height, depth = size
    upper, deep = height - (0.025 if top else BOARD), depth - 0.02
    work = _Work(_carcase(look, size, base, upper, top), [], [], [])
    x, whole = -width / 2, sum(share for share, _ in columns)
    for k, (share, cells) in enumerate(columns):
        wide = width * share / whole
        inner = (x + BOARD / (1 if k == 0 else 2), x + wide - BOARD / (1 if k + 1 == len(columns) else 2))
        _column(work, look, (x, wide), inner, (base, upper), deep, cells, grip)
        x += wide
        if k + 1 < len(columns):
            work.body.append(
                box((BOARD, upper - base, deep - 0.01), look.body, 0.9, bottom=base).moved(x, 0, deep / 2 + 0.004)
            )
    return _finished(style, look, work, size, base, on)


def _carcase(look: Looks, size: tuple[float, float, float], base: float, upper: float, top: bool) -> list[Shape]:
    """Sides, a bottom, a back, and a top board whose underside is at `upper` [m]."""
    width, height, depth = size
    deep = depth - 0.02
    over = depth if top else deep
    side = box((BOARD, upper - base, deep), look.body, 0.6, bottom=base).moved(z=deep / 2)
    return [
        *(side.moved(s * (width - BOARD) / 2) for s in (-1, 1)),
        box((width, height - upper, over), look.body, 0.6, bottom=upper).moved(z=over / 2),
        box((width - 2 * BOARD, BOARD, deep), look.body, 0.6, bottom=base).moved(z=deep / 2),
        box((width - 2 * BOARD, upper - base, 0.008), scaled(look.body, 0.92), 0.6, bottom=base).moved(z=0.004),
    ]


def _column(
    work: _Work,
    look: Looks,
    along: tuple[float, float],
    inner: tuple[float, float],
    up: tuple[float, float],
    deep: float,
    cells: Sequence[Cell],
    grip: str,
) -> None:
    (x, wide), (low, high) = along, up
    whole, y = sum(share for _, share in cells), high
    for k, (kind, share) in enumerate(cells):
        tall = (high - low) * share / whole
        y -= tall
        middle = x + wide / 2
        if k + 1 < len(cells) and "open" in (kind, cells[k + 1][0]):
            shelf = box((wide - BOARD, BOARD, deep - 0.015), look.body, 0.9, bottom=y - BOARD / 2)
            work.body.append(shelf.moved(middle, 0, deep / 2 + 0.004))
        if kind == "open":
            work.body += _lining(look, inner, y, deep, tall)
        if kind in ("drawer", "left", "right", "doors", "glass"):
            halves = (("left", -wide / 4), ("right", wide / 4)) if kind == "doors" else ((kind, 0.0),)
            for hinge, shift in halves:
                _close(work, look, hinge, (middle + shift, y, deep), wide / len(halves), tall, grip)


def _lining(look: Looks, inner: tuple[float, float], y: float, deep: float, tall: float) -> list[Shape]:
    """Thin walls and a back of an open cell: boards that run on behind fronts would show the dark that is there."""
    (left, right), thin = inner, 0.002
    side = box((thin, tall - BOARD, deep - 0.014), look.body, 0.3, bottom=y + BOARD / 2).moved(z=deep / 2 + 0.006)
    back = box((right - left, tall - BOARD, thin), look.body, 0.3, bottom=y + BOARD / 2)
    return [side.moved(left + thin / 2), side.moved(right - thin / 2), back.moved((left + right) / 2, 0, 0.01)]


def _close(
    work: _Work, look: Looks, kind: str, at: tuple[float, float, float], wide: float, tall: float, grip: str
) -> None:
    """Hang a door or put in a drawer whose lower middle, on the carcase, is `at`."""
    x, y, z = at
    if kind == "glass":
        work.fronts += [shape.moved(x, y, z) for shape in _window(look, wide, tall)]
        work.panes.append(box((wide - 0.09, tall - 0.09, 0.004), GLASS, 0.6, bottom=0.045).moved(x, y, z + 0.008))
    else:
        work.fronts += [shape.moved(x, y, z) for shape in front(look, wide, tall, look.front)]
    if kind == "drawer":
        at_y = tall * 0.5 if tall < 0.25 else tall - 0.09
        grips = handle(look, min(0.2, 0.45 * wide), False)
        spots = (-0.28 * wide, 0.28 * wide) if look.handle == "knob" and wide > 0.55 else (0.0,)
        work.handles += [shape.moved(x + dx, y + at_y, z + 0.02) for shape in grips for dx in spots]
        return
    dx = (wide / 2 - 0.035) * (-1.0 if kind == "right" else 1.0)
    at_y = {"high": tall - 0.13, "low": 0.13, "middle": 0.48 * tall}[grip]
    work.handles += [shape.moved(x + dx, y + at_y, z + 0.02) for shape in handle(look, min(0.22, 0.3 * tall), True)]


def _window(look: Looks, wide: float, tall: float) -> list[Shape]:
    """The frame of a glass door."""
    w, h, bar = wide - 0.005, tall - 0.005, 0.05
    rails = [box((w, bar, 0.02), look.front, 0.9, bottom=b + 0.0025).moved(z=0.01) for b in (0.0, h - bar)]
    stile = box((bar, h - 2 * bar, 0.02), look.front, 0.9, bottom=bar + 0.0025).moved(z=0.01)
    return [*rails, *(stile.moved(s * (w - bar) / 2) for s in (-1, 1))]


def _finished(
    style: Style | None, look: Looks, work: _Work, size: tuple[float, float, float], base: float, on: str
) -> list[Part]:
    width, _, depth = size
    parts = []
    if on == "plinth":
        work.body.append(
            box((width - 0.01, base, depth - 0.06), scaled(look.body, 0.75), 0.9).moved(z=depth / 2 - 0.03)
        )
    elif on == "legs" and style is not None:
        parts.append(leg_part(style, feet(width, depth - 0.02, base, leg_color(style), 0.022, 0.06, 0.015)))
    if look.body == look.front:
        parts.append(boards(look.grain, *work.body, *work.fronts))
    else:
        parts.append(boards(look.grain, *work.body))
        parts += [boards(look.grain, *work.fronts)] if work.fronts else []
    if work.handles:
        parts.append(metal(*work.handles, texture=""))
    if work.panes:
        parts.append(Part(join(work.panes), "heavy_glass"))
    return parts
