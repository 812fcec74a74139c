"""Setting things down: where the top of a thing is, and what finds room on it.

The one idea: a top is the highest level face of a thing that is broad enough; what lies there already takes up its
bounding rectangle, and each new thing goes to the best of some places drawn by chance that are still free. What finds
no place is left out, so nothing on a table stands in anything else or juts over an edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.plans.plan import Rect
from echoenv.scene.homes.style import Style
from echoenv.scene.homes.things.pieces import extent

_BROAD = 0.3  # of the footprint that a level face must fill to be a top
_TRIES = 40
_APART = 0.012  # [m] between things
_FEET = 0.8 * np.array([[0.0, 0.0], [-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])  # of half its size
_ABOVE = 0.0006  # [m] between a thing and what it stands on, so that no two faces coincide


@dataclass(frozen=True, eq=False)
class Top:
    """The top of a thing.

    Attributes:
        y: Its height [m].
        area: The rectangle (x, z) around it [m], in the thing's frame.
        faces: Corners (m, 3, 2) of its triangles in the plan [m].
    """

    y: float
    area: Rect
    faces: NDArray[np.float64]

    def carries(self, points: NDArray[np.float64]) -> bool:
        """Whether all points (n, 2) of the plan lie on it."""
        a, b, c = (self.faces[None, :, k] for k in range(3))
        p = points[:, None]

        def side(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
            along, off = end - start, p - start
            return np.asarray(along[..., 0] * off[..., 1] - along[..., 1] * off[..., 0])

        turns = np.stack([side(a, b), side(b, c), side(c, a)])
        inside = (turns >= -1e-6).all(axis=0) | (turns <= 1e-6).all(axis=0)
        return bool(np.all(np.any(inside, axis=1)))


def top_of(thing: Thing, below: float = np.inf) -> Top | None:
    """The top of a thing; None where it has none.

    Args:
        thing: The thing.
        below: Tops at this height [m] or higher do not count.
    """
    own = [thing, *(carried for carried in thing.carries if carried.category == "countertop")]
    corners = np.concatenate([part.shape.vertices[part.shape.triangles] for one in own for part in one.parts])
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = (np.ptp(corners[..., 1], axis=1) < 0.003) & (normal[:, 1] > 0.0) & (corners[..., 1].max(axis=1) < below)
    footprint = float(np.prod(np.ptp(corners[..., ::2].reshape(-1, 2), axis=0)))
    levels = np.round(corners[:, 0, 1], 2)
    for level in sorted(set(levels[flat].tolist()), reverse=True):
        here = flat & (np.abs(levels - level) < 0.006)
        if 0.5 * float(normal[here, 1].sum()) > _BROAD * footprint:
            points = corners[here][..., ::2].reshape(-1, 2)
            (x0, z0), (x1, z1) = points.min(axis=0), points.max(axis=0)
            area = Rect(float(x0), float(z0), float(x1), float(z1))
            return Top(float(corners[here][..., 1].max()), area, corners[here][..., ::2])
    return None


def set_down(thing: Thing, item: Thing, x: float, z: float, y: float) -> Thing:
    """The thing with an item that stands on it at x, z [m] and height y [m]; the item's middle is its origin."""
    low, _ = extent(item)
    return thing.carrying(item.moved(x, y - float(low[1]) + _ABOVE, z))


def strewn(
    style: Style,
    thing: Thing,
    items: Sequence[Thing],
    where: str = "any",
    turn: float = 20.0,
    height: float = np.inf,
) -> Thing:
    """The thing with items on its top, each where there is room.

    Args:
        style: The home's chance.
        thing: What they are put on.
        items: The most important first; what finds no room is left out.
        where: `any`, `back`, `front`, `left`, `right`, `center` or `edge`: where on the top they gather.
        turn: Most [degrees] that they are turned by.
        height: Tops at this height [m] or higher do not count.
    """
    top = top_of(thing, height)
    if top is None:
        return thing
    for item in items:
        turned = centred_at_origin(item.turned(float(style.rng.uniform(-turn, turn))))
        spot = _spot(style, thing, turned, top, where)
        if spot is not None:
            thing = set_down(thing, turned, *spot, top.y)
    return thing


def centred_at_origin(item: Thing) -> Thing:
    """A thing moved sideways until its bounding box has its middle over the origin."""
    low, high = extent(item)
    middle = (low + high) / 2.0
    return item.moved(-float(middle[0]), 0.0, -float(middle[2]))


def _spot(style: Style, thing: Thing, item: Thing, top: Top, where: str) -> tuple[float, float] | None:
    low, high = extent(item)
    half_x, half_z = float(high[0] - low[0]) / 2.0 + _APART, float(high[2] - low[2]) / 2.0 + _APART
    area = top.area
    xs, zs = (area.x0 + half_x, area.x1 - half_x), (area.z0 + half_z, area.z1 - half_z)
    if xs[0] > xs[1] or zs[0] > zs[1]:
        return None
    taken = _taken(thing, top.y, float(high[1] - low[1]))
    spots = style.rng.uniform((xs[0], zs[0]), (xs[1], zs[1]), (_TRIES, 2))
    feet = _FEET * (half_x, half_z)
    for spot in sorted(spots, key=lambda spot: _cost(spot, area, where)):
        if not _meets(taken, spot, half_x, half_z) and top.carries(spot + feet):
            return round(float(spot[0]), 4), round(float(spot[1]), 4)
    return None


def _taken(thing: Thing, y: float, height: float) -> NDArray[np.float64]:
    """Rectangles (n, 4) as x0, z0, x1, z1 [m] of what is above a top, up to the height that is needed."""
    boxes = [extent(carried) for carried in thing.carries if carried.category != "countertop"]
    boxes += [part.shape.bounds for part in _rising(thing, y)]
    rows = [
        (low[0], low[2], high[0], high[2]) for low, high in boxes if high[1] > y + 0.002 and low[1] < y + height + 0.01
    ]
    return np.asarray(rows, dtype=np.float64).reshape(-1, 4)


def _rising(thing: Thing, y: float) -> list[Part]:
    """Parts that stand wholly above a top (a screen above a desk)."""
    return [
        part
        for part in thing.parts
        if part.shape.bounds[0][1] > y - 0.002 and part.shape.bounds[1][1] - part.shape.bounds[0][1] > 0.02
    ]


def _meets(taken: NDArray[np.float64], spot: NDArray[np.float64], half_x: float, half_z: float) -> bool:
    x, z = spot
    apart = (
        (taken[:, 0] > x + half_x)
        | (taken[:, 2] < x - half_x)
        | (taken[:, 1] > z + half_z)
        | (taken[:, 3] < z - half_z)
    )
    return not bool(apart.all())


def _cost(spot: NDArray[np.float64], area: Rect, where: str) -> float:
    x, z = (float(value) for value in spot)
    cx, cz = area.center
    return {
        "any": 0.0,
        "back": z,
        "front": -z,
        "left": x,
        "right": -x,
        "center": (x - cx) ** 2 + (z - cz) ** 2,
        "edge": -abs(x - cx) / max(area.width, 0.01) - abs(z - cz) / max(area.depth, 0.01),
    }[where]


def without(thing: Thing, *categories: str) -> Thing:
    """The thing without what it carries of some categories."""
    return replace(thing, carries=tuple(item for item in thing.carries if item.category not in categories))
