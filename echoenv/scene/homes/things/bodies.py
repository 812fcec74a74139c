"""More bodies that furniture is made of: beams, bent boards, crowned cushions, hollow vessels.

The one idea: as in `shapes` and `solids`, every function returns closed triangles that look outwards. A bent board is a
sheet of points grown thick along its own normals (`slab`); a bathtub or a bean bag is ovals one above the other
(`vessel`), up its outside and, if it is hollow, over its rim and down its inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.shapes import Floats, Shape, box, grid, join, rounded_box, weld
from echoenv.scene.homes.solids import tube


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


def spindle(start: ArrayLike, end: ArrayLike, radius: float, color: ArrayLike, sides: int = 6) -> Shape:
    """A thin round bar whose ends are let into other parts: it keeps light where it comes out of them."""
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    inset = min(0.3, 0.05 / float(np.linalg.norm(b - a)))
    return tube([a + t * (b - a) for t in (0.0, inset, 1.0 - inset, 1.0)], radius, color, sides)


def slab(points: Floats, thickness: float, color: ArrayLike) -> Shape:
    """A bent sheet: points (rows, columns, 3) are its front, and it is `thickness` [m] thick behind it."""
    normals = np.cross(np.gradient(points, axis=1), np.gradient(points, axis=0))
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    back = points - thickness * normals
    rims = [np.concatenate([side[0, :], side[1:, -1], side[-1, -2::-1], side[-2::-1, 0]]) for side in (back, points)]
    return join([grid(points, color), grid(back[:, ::-1], color), grid(np.stack(rims), color)])


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


def flat_pattern(shape: Shape, right: int = 0, up: int = 2) -> Shape:
    """The shape with its pattern laid on along one axis, as cloth over a cushion, instead of around its poles.

    Args:
        shape: The shape.
        right: The axis (0, 1, 2) along which u runs.
        up: The axis along which v runs.
    """
    return replace(shape, uvs=shape.vertices[shape.triangles][..., [right, up]])
