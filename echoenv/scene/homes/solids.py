"""Solids along curves: swept tubes, extruded outlines, lofted bodies, arched plates.

The one idea: a body is a stack of *rings*, closed curves with the same number of points, joined by bands and closed at
both ends (`lofted`). A tube is a circle carried along a path without twisting; an arched plate is its own outline drawn
together onto its axis. Only an outline of any shape, such as a piano's lid, must be cut into triangles (`extruded`).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import MeshError
from echoenv.scene.homes.shapes import Floats, Shape, box, cylinder, grid, join, weld


def curve(points: ArrayLike, steps: int = 4, loop: bool = False) -> Floats:
    """A smooth curve through points: the Catmull-Rom spline (Catmull and Rom 1974, uniform).

    Args:
        points: What it runs through [m] (n, 2) or (n, 3).
        steps: How many pieces each stretch between two points is cut into.
        loop: Whether it comes back to its first point, which is then not repeated at the end.

    Returns:
        Points [m] (k, 2) or (k, 3): n * steps of a loop, (n - 1) * steps + 1 otherwise.
    """
    p = np.asarray(points, dtype=np.float64)
    padded = np.concatenate([p[-1:], p, p[:2]]) if loop else np.concatenate([[2 * p[0] - p[1]], p, [2 * p[-1] - p[-2]]])
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = (padded[k : len(padded) - 3 + k, None, :] for k in range(4))
    cubic = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    run = cubic.reshape(-1, p.shape[1])
    return np.asarray(run if loop else np.concatenate([run, p[-1:]]))


def arc(radius: float, start: float, end: float, count: int) -> Floats:
    """Points (count, 2) [m] on a circle about the origin from one angle [degrees] to another, counter-clockwise."""
    angles = np.deg2rad(np.linspace(start, end, count))
    return radius * np.stack([np.cos(angles), np.sin(angles)], axis=1)


def circle(radius: float, count: int) -> Floats:
    """A closed circle (count, 2) [m], counter-clockwise, its first point not repeated."""
    return arc(radius, 0.0, 360.0, count + 1)[:-1]


def lofted(rings: ArrayLike, color: ArrayLike, caps: bool = True, loop: bool = False) -> Shape:
    """A body through rings.

    Args:
        rings: Closed curves [m] (k, n, 3), the first point of each not repeated; counter-clockwise for somebody who
            stands beyond the last ring and looks back along the body.
        color: sRGB (3,), or of every ring (k, 3).
        caps: Whether both ends are closed by flat fans.
        loop: Whether the last ring is joined to the first one, as in a wheel; then there are no caps.
    """
    r = np.asarray(rings, dtype=np.float64)
    if loop:
        r = np.concatenate([r, r[:1]])
    colors = np.broadcast_to(np.asarray(color, dtype=np.float64), (len(r), 3))
    around = np.concatenate([r, r[:, :1]], axis=1)
    band = grid(around, (1.0, 1.0, 1.0))
    band = replace(band, colors=np.repeat(colors, around.shape[1], axis=0), uvs=band.uvs[..., ::-1])
    if loop or not caps:
        return band
    return join([band, _fan(r[0, ::-1], colors[0]), _fan(r[-1], colors[-1])])


def _fan(ring: Floats, color: ArrayLike) -> Shape:
    """Triangles from the middle of a ring (n, 3), counter-clockwise seen from the front."""
    count = len(ring)
    vertices = np.concatenate([ring, ring.mean(axis=0, keepdims=True)])
    index = np.arange(count)
    triangles = np.stack([index, (index + 1) % count, np.full(count, count)], axis=1)
    colors = np.broadcast_to(np.asarray(color, dtype=np.float64), vertices.shape).copy()
    flat = _flattened(vertices)
    return Shape(vertices, triangles, colors, flat[triangles])


def _flattened(points: Floats) -> Floats:
    """Coordinates (n, 2) [m] of points (n, 3) in the axis plane in which they spread most, the longer one first."""
    spread = np.ptp(points, axis=0)
    u, v = np.argsort(-spread, kind="stable")[:2]
    return points[:, [u, v]]


def tube(
    path: ArrayLike, radius: ArrayLike, color: ArrayLike, sides: int = 8, caps: bool = True, loop: bool = False
) -> Shape:
    """A round tube along a path.

    Args:
        path: Its middle line [m] (n, 3).
        radius: Of the tube [m], one or at every point (n,); zero makes a tip.
        color: sRGB (3,), or at every point (n, 3).
        sides: Number of sides.
        caps: Whether its ends are closed.
        loop: Whether the path is closed, its first point not repeated: a ring.
    """
    p = np.asarray(path, dtype=np.float64)
    first, second = _frames_along(p, loop)
    r = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(p),))[:, None, None]
    angle = 2.0 * np.pi * np.arange(sides) / sides
    c, s = np.cos(angle)[None, :, None], np.sin(angle)[None, :, None]
    return lofted(p[:, None, :] + r * (c * first[:, None, :] + s * second[:, None, :]), color, caps, loop)


def _frames_along(path: Floats, loop: bool) -> tuple[Floats, Floats]:
    """Two unit vectors (n, 3) across a path that turn as little as they can; with the path they are right-handed."""
    ahead = np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0) if loop else np.gradient(path, axis=0)
    ahead = ahead / np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-12)
    across = np.eye(3)[np.argmin(np.abs(ahead[0]))]
    first = np.empty_like(path)
    for k, way in enumerate(ahead):
        across = across - (across @ way) * way
        across = across / np.linalg.norm(across)
        first[k] = across
    if loop:
        first = _untwisted(first, ahead)
    return first, np.cross(ahead, first)


def _untwisted(first: Floats, ahead: Floats) -> Floats:
    """Vectors along a loop with the turn that is left at its end spread over the whole of it."""
    last = first[-1] - (first[-1] @ ahead[0]) * ahead[0]
    turn = np.arctan2(np.cross(last, first[0]) @ ahead[0], last @ first[0])
    angle = turn * np.arange(len(first)) / len(first)
    return np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * np.cross(ahead, first)


def rod(start: Sequence[float], end: Sequence[float], radius: float, color: ArrayLike, sides: int = 6) -> Shape:
    """A straight round rod between two points [m]; tubes cost more than this."""
    a = np.asarray(start, dtype=np.float64)
    along = np.asarray(end, dtype=np.float64) - a
    length = max(float(np.linalg.norm(along)), 1e-12)
    first = np.cross(along, np.eye(3)[np.argmin(np.abs(along))])
    first /= max(float(np.linalg.norm(first)), 1e-12)
    unit, sides_of = _unit_rod(sides)
    across = np.stack([first, along, np.cross(first, along / length)])
    vertices = a + (unit.vertices * (radius, 1.0, radius)) @ across
    uvs = np.where(sides_of, unit.uvs * (length, radius), unit.uvs * radius)
    return Shape(vertices, unit.triangles, np.tile(np.asarray(color, dtype=np.float64), (len(vertices), 1)), uvs)


@functools.cache
def _unit_rod(sides: int) -> tuple[Shape, NDArray[np.bool_]]:
    """The rod of radius and length 1 along y, and which of its triangles (m, 1, 1) are of its side."""
    rod = cylinder(1.0, 1.0, (1.0, 1.0, 1.0), sides)
    height = rod.vertices[rod.triangles][..., 1]
    return rod, (np.ptp(height, axis=1) > 0.5)[:, None, None]


def ring(radius: float, thickness: float, color: ArrayLike, count: int = 24, sides: int = 8) -> Shape:
    """A wheel about the z axis: a tube of half that thickness along a circle of that radius [m]."""
    flat = circle(radius, count)
    return tube(np.column_stack([flat, np.zeros(count)]), thickness / 2.0, color, sides, loop=True)


def extruded(outline: ArrayLike, thickness: float, color: ArrayLike, bevel: float = 0.0) -> Shape:
    """An outline of any shape made thick: its back at z = 0, its front at z = `thickness` [m].

    Args:
        outline: Corners [m] (n, 2), counter-clockwise seen from +z, not crossing itself.
        thickness: [m].
        color: sRGB (3,).
        bevel: How far [m] its front and back edges are taken off; small against every nook of the outline.
    """
    flat = np.asarray(outline, dtype=np.float64)
    small = _shrunk(flat, bevel) if bevel else flat
    triangles = triangulated(small)
    levels = [(small, 0.0), (flat, bevel), (flat, thickness - bevel), (small, thickness)] if bevel else []
    levels = levels or [(flat, 0.0), (flat, thickness)]
    sides = [_at(points, z) for points, z in levels]
    bands = [lofted([below, above], color, caps=False) for below, above in itertools.pairwise(sides)]
    return join([*bands, _cap(sides[-1], triangles, color), _cap(sides[0], triangles[:, ::-1], color)])


def _at(outline: Floats, z: float) -> Floats:
    return np.column_stack([outline, np.full(len(outline), z)])


def _cap(points: Floats, triangles: NDArray[np.int64], color: ArrayLike) -> Shape:
    colors = np.broadcast_to(np.asarray(color, dtype=np.float64), points.shape).copy()
    return Shape(points, triangles, colors, _flattened(points)[triangles])


def _shrunk(outline: Floats, by: float) -> Floats:
    """The outline with every corner moved inwards by that length [m] along its bisector."""
    ahead = np.roll(outline, -1, axis=0) - np.roll(outline, 1, axis=0)
    inwards = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    return outline + by * inwards / np.maximum(np.linalg.norm(inwards, axis=1, keepdims=True), 1e-12)


def triangulated(outline: ArrayLike) -> NDArray[np.int64]:
    """Triangles (n - 2, 3) that fill an outline, by cutting off ears (Meisters, 1975), each time the best-shaped one.

    Args:
        outline: Corners (n, 2), counter-clockwise, not crossing itself.

    Raises:
        MeshError: The outline crosses itself or runs clockwise.
    """
    points = np.asarray(outline, dtype=np.float64)
    left, found = list(range(len(points))), []
    while len(left) > 3:
        at = np.array(left)
        before, after = np.roll(at, 1), np.roll(at, -1)
        shape = _ear_quality(points, before, at, after)
        best = next((int(k) for k in np.argsort(-shape, kind="stable") if _is_ear(points, before, at, after, k)), -1)
        if best < 0:
            raise MeshError("an outline crosses itself or runs clockwise: give its corners counter-clockwise")
        found.append((before[best], at[best], after[best]))
        del left[best]
    return np.array([*found, tuple(left)], dtype=np.int64)


def _ear_quality(points: Floats, a: NDArray[np.int64], b: NDArray[np.int64], c: NDArray[np.int64]) -> Floats:
    """How near each triangle is to an equal-sided one, up to a factor; negative where it turns clockwise."""
    u, v, w = points[b] - points[a], points[c] - points[b], points[a] - points[c]
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    return np.asarray(area / np.maximum((u**2).sum(1) + (v**2).sum(1) + (w**2).sum(1), 1e-18))


def _is_ear(points: Floats, before: NDArray[np.int64], at: NDArray[np.int64], after: NDArray[np.int64], k: int) -> bool:
    """Whether the corner turns left and no other corner lies in its triangle."""
    a, b, c = points[before[k]], points[at[k]], points[after[k]]

    def side(p: Floats, q: Floats, x: Floats) -> Floats:
        return np.asarray((q[0] - p[0]) * (x[:, 1] - p[1]) - (q[1] - p[1]) * (x[:, 0] - p[0]))

    if side(a, b, c[None])[0] <= 0.0:
        return False
    others = points[[i for i in at if i not in (before[k], at[k], after[k])]]
    inside = (side(a, b, others) >= 0.0) & (side(b, c, others) >= 0.0) & (side(c, a, others) >= 0.0)
    return not bool(inside.any())


def mirrored(half: ArrayLike) -> Floats:
    """A whole outline, counter-clockwise, of its right half (n, 2), given from below to above."""
    right = np.asarray(half, dtype=np.float64)
    on_axis = [abs(right[0, 0]) < 1e-9, abs(right[-1, 0]) < 1e-9]
    left = right[len(right) - 1 - on_axis[1] :: -1][: len(right) - on_axis[1] - on_axis[0]]
    return np.concatenate([right, left * [-1.0, 1.0]])


def arched(outline: ArrayLike, thickness: float, rise: float, color: ArrayLike, rings: int = 4) -> Shape:
    """A plate that rises towards its axis, like a violin's top: its back flat at z = 0, its edge `thickness` [m] thick.

    Args:
        outline: Corners [m] (n, 2), counter-clockwise, mirror-symmetric about x = 0, met once by every level line of
            each half.
        thickness: Of its edge [m].
        rise: How much higher than its edge its middle is [m].
        color: sRGB (3,).
        rings: How many steps it takes to the axis.
    """
    flat = np.asarray(outline, dtype=np.float64)
    along = (flat[:, 1] - flat[:, 1].min()) / np.ptp(flat[:, 1])
    taper = np.sin(np.pi * np.clip(along, 0.0, 1.0)) ** 0.5
    drawn = np.cos(0.5 * np.pi * np.arange(rings + 1) / rings)
    drawn[-1] = 0.0
    front = [np.column_stack([flat * [s, 1.0], thickness + rise * (1.0 - s * s) * taper]) for s in drawn]
    back = [_at(flat * [s, 1.0], 0.0) for s in drawn[::-1]]
    body = weld(lofted([*back, *front], color, caps=False))
    return replace(body, uvs=body.vertices[:, 1::-1][body.triangles])


def tapered(size: Sequence[float], top: tuple[float, float], color: ArrayLike, bottom: float = 0.0) -> Shape:
    """A box that grows narrower or wider to its top, whose width and depth [m] are `top`; the rest as `shapes.box`."""
    plain = box(size, color, longest=np.inf)
    share = plain.vertices[:, 1:2] / size[1]
    factor = 1.0 + share * (np.array([top[0] / size[0], top[1] / size[2]]) - 1.0)
    vertices = plain.vertices.copy()
    vertices[:, [0, 2]] *= factor
    return replace(plain, vertices=vertices).moved(y=bottom)
