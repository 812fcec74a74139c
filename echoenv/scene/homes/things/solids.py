"""More solids that furniture is made of: bars and tubes along paths, bent sheets, crowned cushions, hollow vessels.

The one idea: as in `shapes`, every function returns closed triangles that look outwards, made by moving a cross-section
along something: a circle along a path (`tube`), a sheet along its own normals (`slab`), an oval up a wall (`vessel`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.shapes import Color, Floats, Shape, box, grid, join, lathe, rounded_box, weld


def tube(points: ArrayLike, radius: ArrayLike, color: ArrayLike, sides: int = 8) -> Shape:
    """A round bar along a path.

    Args:
        points: The path (n, 3) [m].
        radius: One, or one for each point [m].
        color: sRGB (3,).
        sides: Of its cross-section.
    """
    path = np.asarray(points, dtype=np.float64)
    along = _directions(path)
    angle = 2.0 * np.pi * np.arange(sides + 1) / sides
    across = _any_normal(along[0])
    rings = np.empty((len(path), sides + 1, 3))
    for k, (center, r) in enumerate(zip(path, np.broadcast_to(radius, len(path)), strict=True)):
        across = across - along[k] * (across @ along[k])
        across /= np.linalg.norm(across)
        third = np.cross(along[k], across)
        rings[k] = center + r * (np.cos(angle)[:, None] * across + np.sin(angle)[:, None] * third)
    rings[:, -1] = rings[:, 0]
    skin = weld(grid(rings, color))
    ends = [
        weld(grid(np.stack(rows), color))
        for rows in (
            (np.broadcast_to(path[0], rings[0].shape), rings[0]),
            (rings[-1], np.broadcast_to(path[-1], rings[0].shape)),
        )
    ]
    return join([replace(skin, uvs=skin.uvs[..., ::-1]), *ends])


def _directions(path: Floats) -> Floats:
    """Unit tangents (n, 3) of a path, at its corners those of the bisecting plane."""
    steps = np.diff(path, axis=0)
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    along = np.concatenate([steps[:1], steps[:-1] + steps[1:], steps[-1:]])
    return np.asarray(along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9), dtype=np.float64)


def _any_normal(direction: Floats) -> Floats:
    """A unit vector across a direction, as horizontal as may be."""
    hint = np.array([0.0, 0.0, 1.0]) if abs(direction[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
    across = np.cross(hint, direction)
    return np.asarray(across / np.linalg.norm(across), dtype=np.float64)


def rod(
    start: ArrayLike, end: ArrayLike, radius: float, color: ArrayLike, sides: int = 8, end_radius: float | None = None
) -> Shape:
    """A straight round bar between two points [m], thicker or thinner at its end where `end_radius` says so."""
    return tube([start, end], [radius, radius if end_radius is None else end_radius], color, sides)


def rounded_path(corners: ArrayLike, radius: float, steps: int = 3) -> Floats:
    """A path (n, 3) along straight lines between corners (k, 3), each corner cut by an arc of about that radius [m]."""
    points = np.asarray(corners, dtype=np.float64)
    path = [points[:1]]
    for before, corner, after in zip(points[:-2], points[1:-1], points[2:], strict=True):
        ins, outs = before - corner, after - corner
        reach = min(radius, 0.5 * float(np.linalg.norm(ins)), 0.5 * float(np.linalg.norm(outs)))
        a = corner + ins * reach / np.linalg.norm(ins)
        b = corner + outs * reach / np.linalg.norm(outs)
        t = np.linspace(0.0, 1.0, steps + 1)[:, None]
        path.append((1 - t) ** 2 * a + 2 * t * (1 - t) * corner + t**2 * b)
    return np.concatenate([*path, points[-1:]])


def arc(radius: float, start: float, stop: float, count: int = 9) -> Floats:
    """Points (count, 2) on a circle of that radius [m] about the origin, between two angles [degrees]."""
    angle = np.deg2rad(np.linspace(start, stop, count))
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def beam(
    start: ArrayLike, end: ArrayLike, across: float, thick: float, color: ArrayLike, longest: float = 0.6
) -> Shape:
    """A straight bar of rectangular section between two points [m]; `across` lies along x where it can."""
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    length = float(np.linalg.norm(b - a))
    up = (b - a) / length
    hint = np.array([1.0, 0.0, 0.0]) if abs(up[0]) < 0.9 else np.array([0.0, 1.0, 0.0])
    right = hint - up * (hint @ up)
    right /= np.linalg.norm(right)
    frame = np.stack([right, up, np.cross(right, up)])
    body = box((across, length, thick), color, longest)
    return replace(body, vertices=body.vertices @ frame + a)


def slab(points: Floats, thickness: float, color: ArrayLike) -> Shape:
    """A bent sheet: points (rows, columns, 3) are its front, and it is `thickness` [m] thick behind it."""
    normals = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    back = points - thickness * normals
    rims = [np.concatenate([side[0, :], side[1:, -1], side[-1, -2::-1], side[-2::-1, 0]]) for side in (back, points)]
    return join([grid(points, color), grid(back[:, ::-1], color), grid(np.stack(rims), color)])


def prism(outline: Sequence[tuple[float, float]], depth: float, color: ArrayLike) -> Shape:
    """A board of any outline seen from its front.

    Args:
        outline: Corners (x, y) [m], counter-clockwise; all are seen from their mean.
        depth: Thickness [m]; it reaches from z = 0 to z = depth.
        color: sRGB (3,).
    """
    corners = np.array([*outline, outline[0]])
    front = np.column_stack([corners, np.full(len(corners), depth)])
    back = np.column_stack([corners, np.zeros(len(corners))])
    middle = corners[:-1].mean(axis=0)
    caps = []
    for rim, z in ((front, depth), (back[::-1], 0.0)):
        rows = np.stack([rim, np.broadcast_to([*middle, z], rim.shape)])
        cap = weld(grid(rows, color))
        caps.append(replace(cap, uvs=cap.vertices[cap.triangles][..., :2]))
    return join([grid(np.stack([back, front]), color), *caps])


def crowned(
    size: Sequence[float], color: ArrayLike, crown: float = 0.03, radius: float = 0.04, longest: float = 0.2
) -> Shape:
    """A soft block whose top swells by `crown` [m]; it stands on the origin and is `size` (x, y, z) [m] in all."""
    body = rounded_box((size[0], size[1] - crown, size[2]), color, radius, 1, longest)
    q = body.vertices / (np.asarray(size) / 2.0)
    rise = np.clip(body.vertices[:, 1] / (size[1] - crown), 0.0, 1.0)
    swell = crown * np.clip(1.0 - q[:, 0] ** 4, 0, 1) * np.clip(1.0 - q[:, 2] ** 4, 0, 1) * rise
    return replace(body, vertices=body.vertices + swell[:, None] * [0.0, 1.0, 0.0])


def standing(shape: Shape, lean: float = 0.0) -> Shape:
    """A lying soft block stood up on its edge on y = 0, its top to the front, leaning back by `lean` [degrees]."""
    upright = shape.turned(90.0, "x")
    upright = upright.moved(y=-float(upright.vertices[:, 1].min())).turned(-lean, "x")
    return upright.moved(y=-float(upright.vertices[:, 1].min()))


def vessel(
    levels: Sequence[tuple[float, float, float, float]], color: ArrayLike, sides: int = 24, squareness: float = 1.0
) -> Shape:
    """A body of ovals one above the other, such as a bathtub: up its outside, over its rim and down its inside.

    Args:
        levels: (half width, half depth, height, z of the middle) [m] of each oval, from the underside on; ends of
            no width close it.
        color: sRGB (3,).
        sides: Of each oval.
        squareness: 1 for ovals, towards 0 for rectangles.
    """
    angle = -2.0 * np.pi * np.arange(sides + 1) / sides
    c, s = np.round(np.cos(angle), 12), np.round(np.sin(angle), 12)
    x, z = np.sign(c) * np.abs(c) ** squareness, np.sign(s) * np.abs(s) ** squareness
    x[-1], z[-1] = x[0], z[0]
    rows = [np.stack([hx * x, np.full(sides + 1, y), hz * z + mid], axis=-1) for hx, hz, y, mid in levels]
    return weld(grid(np.stack(rows), color))


def ring(radius: float, thick: float, color: Color, sides: int = 20) -> Shape:
    """A lying ring of round section about the y axis, its middle on y = 0; sizes in [m]."""
    angle = np.deg2rad(np.linspace(-90.0, 270.0, 7))
    profile = [(radius + thick * float(np.cos(a)), thick * float(np.sin(a))) for a in angle]
    return lathe(profile, color, sides)
