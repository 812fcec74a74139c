"""Windows with the view outside, and the radiators under them.

The one idea: a window is built in the frame of its wall from the opening's lower left corner; its tunnel ends in one
bright pane with a picture of what is outside, so that the room stays closed and has its daylight. What kind it is
follows from its measures: down to the floor it is a pair of glazed doors, high and low it is a strip.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.openings import sides
from echoenv.scene.homes.shapes import Shape, box, join, rectangle, rounded_box
from echoenv.scene.homes.style import STEEL, WHITE, scaled

SKY_RADIANCE = (9.0, 10.0, 11.5)
"""Linear radiance (3,) of a window pane, where 1 is a white wall in good light."""

RADIATOR_DEPTH = 0.13
"""[m] off the wall that a radiator takes."""

_TO_FLOOR = 0.3  # [m]: windows whose lower edge is lower are doors as well
_LOW = 0.75  # [m]: windows that are no higher open in one piece
_PANE = 0.35  # [m] of the cells of a pane
_CASEMENT = 0.9  # [m] of one light


def window(width: float, height: float, depth: float, bottom: float, view: str, cell: float) -> Thing:
    """A recessed window: reveals, frame with mullions, sill, and a bright pane with a view.

    Args:
        width: Of the opening [m].
        height: Of the opening [m].
        depth: From the wall's face to the pane [m].
        bottom: Height of the opening's lower edge above the floor [m].
        view: Name of the pattern that shows what is outside.
        cell: Longest edge of a cell of the reveals [m].
    """
    pane = rectangle([0, 0, -depth], [width, 0, 0], [0, height, 0], (1.0, 1.0, 1.0), _PANE)
    foot = rectangle([0, 0, 0], [width, 0, 0], [0, 0, -depth], WHITE, cell)
    reveal = join([sides(width, height, depth, WHITE, cell), foot])
    bars = _frame(width, height, bottom < _TO_FLOOR).moved(z=0.03 - depth)
    parts = [
        Part(pane, "double_glazing", SKY_RADIANCE, view),
        Part(reveal, "plaster_on_brick"),
        Part(bars, "wood_panel"),
    ]
    if bottom < _TO_FLOOR:
        lever = box((0.016, 0.12, 0.02), STEEL).moved(width / 2 + 0.035, 1.0, 0.075 - depth)
        parts.append(Part(lever, "metal"))
    else:
        sill = rounded_box((width + 0.1, 0.03, 0.08), WHITE, 0.01, 1).moved(width / 2, -0.03, 0.02)
        parts.append(Part(sill, "wood_panel"))
    return Thing("window", tuple(parts), (width, height, depth))


def _frame(width: float, height: float, to_floor: bool) -> Shape:
    """The frame around the pane and the posts and bars in it, their backs at z = -0.025."""
    bar = 0.05
    posts = [box((bar, height, 0.05), WHITE, 0.6).moved(x) for x in (bar / 2, width - bar / 2)]
    rails = [box((width - 2 * bar, bar, 0.05), WHITE, 0.6).moved(width / 2, y) for y in (0.0, height - bar)]
    lights = max(2 if to_floor and width > 0.95 else 1, round(width / (_CASEMENT if height > _LOW else 1.3)))
    middle = [box((0.06, height - 2 * bar, 0.045), WHITE, 0.6).moved(width * k / lights, bar) for k in range(1, lights)]
    if to_floor:  # a solid panel at the foot of the doors
        middle.append(box((width - 2 * bar, 0.12, 0.045), WHITE, 0.6).moved(width / 2, bar))
    return join([*posts, *rails, *middle])


def radiator_stretch(left: float, right: float) -> tuple[float, float]:
    """From where to where [m] along the wall the radiator under a window reaches."""
    half, middle = min(0.8, 0.42 * (right - left)), (left + right) / 2.0
    return middle - half, middle + half


def radiator(length: float, bottom: float) -> Thing:
    """A panel radiator under a window, its middle at x = 0, its back at the wall.

    Args:
        length: [m].
        bottom: Height of the window's lower edge above the floor [m].
    """
    height, low = min(0.6, bottom - 0.24), 0.12
    white = scaled(WHITE, 1.02)
    panel = rounded_box((length, height, 0.06), white, 0.012, 1, 0.5, low).moved(z=0.075)
    count = max(2, int((length - 0.06) / 0.05))
    at = (np.arange(count) + 0.5) / count * (length - 0.04) - (length - 0.04) / 2.0
    fins = [box((0.022, height - 0.08, 0.008), scaled(white, 0.97), 1.0, low + 0.04).moved(float(x)) for x in at]
    grille = box((length - 0.03, 0.012, 0.04), scaled(white, 0.75), 0.6, low + height).moved(z=0.075)
    brackets = [
        box((0.03, 0.3, 0.05), STEEL, 1.0, low + 0.06).moved(s * min(0.35, 0.3 * length), 0, 0.024) for s in (-1, 1)
    ]
    pipe = box((0.02, low + 0.05, 0.02), STEEL, 1.0).moved(length / 2 - 0.03, 0, 0.07)
    valve = box((0.05, 0.05, 0.05), STEEL, 1.0, low + 0.02).moved(length / 2 - 0.03, 0, 0.075)
    metal = join([panel, *(fin.moved(z=0.109) for fin in fins), grille, *brackets, pipe, valve])
    return Thing("radiator", (Part(metal, "metal"),), (length, low + height, RADIATOR_DEPTH))
