"""Solid shapes out of triangles: boxes, rounded boxes, turned bodies, pillows, sheets of cloth.

The one idea: a `Shape` is a closed (or wall-like) set of triangles in metres with an sRGB colour per vertex, whose
faces look outwards; shapes are combined by moving, turning and joining, never by cutting. Local frame: x right, y up,
z towards the viewer, the frame of the world. Thin things (curtains, leaves) still have two sides and a thickness.
A home is made of thousands of small shapes that often differ in colour alone, so the costly bodies are computed once
per set of measures and shared (`lru_cache`); arrays of shapes are never written to.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Color = tuple[float, float, float]
_Array = TypeVar("_Array", Floats, NDArray[np.int64])


@dataclass(frozen=True, eq=False)
class Shape:
    """Triangles with colours.

    Attributes:
        vertices: [m] (n, 3).
        triangles: Vertex indices (m, 3), counter-clockwise from outside.
        colors: sRGB (n, 3) in 0..1: the colour of the thing itself, without light.
        uvs: Where the corners (m, 3, 2) of the triangles lie on a pattern [m], v up; the grain of wood runs along u.
    """

    vertices: Floats
    triangles: NDArray[np.int64]
    colors: Floats
    uvs: Floats

    @functools.cached_property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lowest and highest corner [m] (3,), (3,)."""
        return self.vertices.min(axis=0), self.vertices.max(axis=0)

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Shape:
        """The shape shifted by x, y, z [m]."""
        return Shape(self.vertices + (x, y, z), self.triangles, self.colors, self.uvs)

    def turned(self, degrees: float, axis: str = "y") -> Shape:
        """The shape turned about an axis through the origin, counter-clockwise seen from the axis' tip."""
        return Shape(self.vertices @ rotation(degrees, axis).T, self.triangles, self.colors, self.uvs)

    def stretched(self, x: float = 1.0, y: float = 1.0, z: float = 1.0) -> Shape:
        """The shape scaled along the axes by positive factors."""
        return replace(self, vertices=self.vertices * np.array([x, y, z]))

    def colored(self, color: Callable[[Floats], ArrayLike]) -> Shape:
        """The shape with colours (n, 3) computed from its vertices (n, 3)."""
        colors = np.broadcast_to(np.asarray(color(self.vertices), dtype=np.float64), self.vertices.shape)
        return replace(self, colors=np.clip(colors, 0.0, 1.0))


@functools.lru_cache(maxsize=1024)
def rotation(degrees: float, axis: str = "y") -> Floats:
    """Rotation matrix (3, 3) about the axis `x`, `y` or `z`."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    rows = {
        "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
        "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
        "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
    }
    return _frozen(np.array(rows[axis], dtype=np.float64))


def _frozen(array: _Array) -> _Array:
    """The array, safe to be shared."""
    array.setflags(write=False)
    return array


def join(shapes: Iterable[Shape]) -> Shape:
    """All shapes as one."""
    parts = list(shapes)
    if len(parts) == 1:
        return parts[0]
    counts = [len(part.vertices) for part in parts]
    starts = np.repeat(np.cumsum([0, *counts[:-1]]), [len(part.triangles) for part in parts])
    return Shape(
        np.concatenate([part.vertices for part in parts]),
        np.concatenate([part.triangles for part in parts]) + starts[:, None],
        np.concatenate([part.colors for part in parts]),
        np.concatenate([part.uvs for part in parts]),
    )


def _steps(length: float, longest: float) -> int:
    return max(1, math.ceil(length / longest - 1e-6)) if math.isfinite(longest) else 1


@functools.lru_cache(maxsize=256)
def _ramp(steps: int) -> Floats:
    """From 0 to 1 in so many steps, (steps + 1,)."""
    return _frozen(np.linspace(0.0, 1.0, steps + 1))


@functools.lru_cache(maxsize=1024)
def _sheet_triangles(rows: int, columns: int) -> NDArray[np.int64]:
    """Triangles (m, 3) over points in rows and columns."""
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = index[:-1, :-1], index[:-1, 1:], index[1:, 1:], index[1:, :-1]
    return _frozen(np.stack([np.stack([a, b, c], -1), np.stack([a, c, d], -1)], axis=2).reshape(-1, 3))


def _painted(color: ArrayLike, count: int) -> Floats:
    """One colour for `count` vertices."""
    colors = np.empty((count, 3))
    colors[:] = color
    return colors


def grid(points: Floats, color: ArrayLike) -> Shape:
    """A sheet over points (rows, columns, 3); its front is where columns run right and rows run up."""
    rows, columns = points.shape[:2]
    triangles = _sheet_triangles(rows, columns)
    uvs = _lengths_along(points).reshape(-1, 2)[triangles]
    return Shape(points.reshape(-1, 3), triangles, _painted(color, rows * columns), uvs)


def _lengths_along(points: Floats) -> Floats:
    """How far [m] each point (rows, columns, 3) of a sheet lies from its first column and row along it, (..., 2)."""
    rows, columns = points.shape[:2]
    steps_u, steps_v = points[:, 1:] - points[:, :-1], points[1:] - points[:-1]
    lengths = np.zeros((rows, columns, 2))
    across = np.sqrt(np.einsum("ijk,ijk->ij", steps_u, steps_u))
    along = np.sqrt(np.einsum("ijk,ijk->ij", steps_v, steps_v))
    np.cumsum(np.add.reduce(across, 0) / rows, out=lengths[0, 1:, 0])
    np.cumsum(np.add.reduce(along, 1) / columns, out=lengths[1:, 0, 1])
    lengths[1:, :, 0], lengths[:, 1:, 1] = lengths[0, :, 0], lengths[:, :1, 1]
    return lengths


def _with_grain_along(shape: Shape, lengthwise: bool) -> Shape:
    """The shape with u and v of its pattern exchanged where its grain does not run lengthwise yet."""
    return shape if lengthwise else replace(shape, uvs=shape.uvs[..., ::-1])


def rectangle(corner: ArrayLike, right: ArrayLike, up: ArrayLike, color: ArrayLike, longest: float = np.inf) -> Shape:
    """A flat rectangle that looks along right x up, cut so that no edge is longer than `longest` [m].

    Args:
        corner: Its lower left corner [m] (3,).
        right: Its lower edge (3,).
        up: Its left edge (3,).
        color: sRGB (3,).
        longest: Longest edge of a cell [m].
    """
    u, v = np.asarray(right, dtype=np.float64), np.asarray(up, dtype=np.float64)
    wide, high = math.sqrt(float(u @ u)), math.sqrt(float(v @ v))
    s, t = _ramp(_steps(wide, longest)), _ramp(_steps(high, longest))
    points = np.asarray(corner, dtype=np.float64) + t[:, None, None] * v + s[None, :, None] * u
    uvs = np.empty((len(t), len(s), 2))
    uvs[..., 0], uvs[..., 1] = wide * s, high * t[:, None]
    triangles = _sheet_triangles(len(t), len(s))
    return Shape(points.reshape(-1, 3), triangles, _painted(color, points.size // 3), uvs.reshape(-1, 2)[triangles])


_BOX_FACES = (  # corner, right, up in units of half sizes
    ((-1, -1, 1), (2, 0, 0), (0, 2, 0)),
    ((1, -1, -1), (-2, 0, 0), (0, 2, 0)),
    ((1, -1, 1), (0, 0, -2), (0, 2, 0)),
    ((-1, -1, -1), (0, 0, 2), (0, 2, 0)),
    ((-1, 1, 1), (2, 0, 0), (0, 0, -2)),
    ((-1, -1, -1), (2, 0, 0), (0, 0, 2)),
)


@dataclass(frozen=True, eq=False)
class _BoxPattern:
    """All that boxes cut into the same number of cells share.

    Attributes:
        corners, ups, rights: What each vertex (n, 3) is made of, in units of half sizes.
        triangles: (m, 3).
        uvs: (m, 3, 2) in units of the edges that u and v run along.
        axes: Which axes (m, 1, 2) these are.
    """

    corners: Floats
    ups: Floats
    rights: Floats
    triangles: NDArray[np.int64]
    uvs: Floats
    axes: NDArray[np.int64]


@functools.lru_cache(maxsize=2048)
def _box_pattern(steps: tuple[int, int, int], ranks: tuple[int, int, int]) -> _BoxPattern:
    """The pattern of boxes with so many cells along x, y, z, whose edges have that order by length."""
    corners, ups, rights, triangles, uvs, axes, start = [], [], [], [], [], [], 0
    for corner, right, up in _BOX_FACES:
        along, across = (int(np.flatnonzero(edge)[0]) for edge in (right, up))
        s, t = (mesh.ravel() for mesh in np.meshgrid(_ramp(steps[along]), _ramp(steps[across])))
        corners.append(np.broadcast_to(np.asarray(corner, dtype=np.float64), (len(s), 3)))
        ups.append(t[:, None] * up)
        rights.append(s[:, None] * right)
        triangles.append(_sheet_triangles(steps[across] + 1, steps[along] + 1) + start)
        lengthwise = ranks[along] >= ranks[across]  # the grain of wood runs along the longer side of each face
        uvs.append(np.stack([s, t] if lengthwise else [t, s], axis=-1)[triangles[-1] - start])
        axes.append(np.tile([along, across] if lengthwise else [across, along], (len(triangles[-1]), 1, 1)))
        start += len(s)
    return _BoxPattern(
        np.concatenate(corners),
        np.concatenate(ups),
        np.concatenate(rights),
        _frozen(np.concatenate(triangles)),
        np.concatenate(uvs),
        np.concatenate(axes),
    )


def box(size: Sequence[float], color: ArrayLike, longest: float = 0.3, bottom: float = 0.0) -> Shape:
    """A box standing centred on the origin.

    Args:
        size: Width (x), height (y), depth (z) [m].
        color: sRGB (3,).
        longest: Longest edge of a cell [m].
        bottom: Height of its underside [m].
    """
    x, y, z = (float(length) for length in size)
    steps = _steps(x, longest), _steps(y, longest), _steps(z, longest)
    pattern = _box_pattern(steps, ((x > y) + (x > z), (y > x) + (y > z), (z > x) + (z > y)))
    lengths = np.array([x, y, z])
    half = lengths / 2.0
    vertices = half * pattern.corners
    vertices += half * pattern.ups
    vertices += half * pattern.rights
    vertices[:, 1] += bottom + half[1]
    return Shape(vertices, pattern.triangles, _painted(color, len(vertices)), pattern.uvs * lengths[pattern.axes])


def rounded_box(
    size: Sequence[float], color: ArrayLike, radius: float, segments: int = 2, longest: float = 0.3, bottom: float = 0.0
) -> Shape:
    """A box with rounded edges of that radius [m] standing centred on the origin; the rest as in `box`."""
    x, y, z = (float(length) for length in size)
    return _colored_copy(_rounded_box((x, y, z), radius, segments, longest, bottom), color)


def _colored_copy(body: Shape, color: ArrayLike) -> Shape:
    return Shape(body.vertices, body.triangles, _painted(color, len(body.vertices)), body.uvs)


@functools.lru_cache(maxsize=4096)
def _rounded_box(
    size: tuple[float, float, float], radius: float, segments: int, longest: float, bottom: float
) -> Shape:
    half = np.asarray(size) / 2.0
    r = min(radius, float(half.min()) * 0.999)
    cuts = [_rounded_cuts(h, r, segments, longest) for h in half]
    shape = weld(join(_rounded_face(k, side, cuts, half) for k in range(3) for side in (-1, 1)))
    inner = np.clip(shape.vertices, r - half, half - r)
    out = shape.vertices - inner
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12)
    return replace(shape, vertices=inner + r * out).moved(y=bottom + half[1])


def _rounded_cuts(half: float, radius: float, segments: int, longest: float) -> Floats:
    arc = radius * np.tan(np.pi / 4.0 * np.arange(1, segments + 1) / segments)
    middle = np.linspace(radius - half, half - radius, _steps(2.0 * (half - radius), longest) + 1)
    return np.concatenate([-(half - radius + arc)[::-1], middle, half - radius + arc])


def _rounded_face(axis: int, side: int, cuts: list[Floats], half: Floats) -> Shape:
    right, up = (axis + 1) % 3, (axis + 2) % 3
    s, t = cuts[right][::side], cuts[up]
    points = np.empty((len(t), len(s), 3))
    points[..., axis], points[..., right], points[..., up] = side * half[axis], s[None, :], t[:, None]
    return _with_grain_along(grid(points, 1.0), bool(half[right] >= half[up]))


def weld(shape: Shape) -> Shape:
    """The shape with vertices at one place joined, so that its light runs smoothly over its edges."""
    places = np.round(shape.vertices * 1e5).astype(np.int64)
    places -= places.min(axis=0)
    _, many_y, many_z = places.max(axis=0) + 1
    keys = (places[:, 0] * many_y + places[:, 1]) * many_z + places[:, 2]  # one number per place, ordered as places are
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    triangles = inverse.reshape(-1)[shape.triangles]
    kept = (
        (triangles[:, 0] != triangles[:, 1])
        & (triangles[:, 1] != triangles[:, 2])
        & (triangles[:, 2] != triangles[:, 0])
    )
    return Shape(shape.vertices[first], triangles[kept], shape.colors[first], shape.uvs[kept])


def lathe(profile: Sequence[tuple[float, float]], color: ArrayLike, sides: int = 16) -> Shape:
    """A body turned about the y axis.

    Args:
        profile: Points (radius, height) [m] from below to above; a radius of 0 closes an end. Corners stay sharp.
        color: sRGB (3,).
        sides: Number of sides.
    """
    return _colored_copy(_lathe(tuple((float(radius), float(height)) for radius, height in profile), sides), color)


@functools.lru_cache(maxsize=4096)
def _lathe(profile: tuple[tuple[float, float], ...], sides: int) -> Shape:
    angle = -2.0 * np.pi * np.arange(sides + 1) / sides
    circle = np.stack([np.cos(angle), np.zeros(sides + 1), np.sin(angle)], axis=-1)
    circle[-1] = circle[0]
    bands = []
    for (r0, y0), (r1, y1) in itertools.pairwise(profile):
        rows = np.stack([circle * [r0, 0, r0] + [0, y0, 0], circle * [r1, 0, r1] + [0, y1, 0]])
        band = weld(grid(rows, 1.0))
        flat = band.vertices[band.triangles][..., ::2]  # (x, z): the grain of a disc runs straight across it
        bands.append(replace(band, uvs=flat) if y0 == y1 else _with_grain_along(band, False))
    return join(bands)


def cylinder(
    radius: float,
    height: float,
    color: ArrayLike,
    sides: int = 16,
    bottom: float = 0.0,
    top_radius: float | None = None,
) -> Shape:
    """An upright cylinder or cone with closed ends on the y axis; sizes in [m]."""
    top = radius if top_radius is None else top_radius
    return lathe([(0.0, bottom), (radius, bottom), (top, bottom + height), (0.0, bottom + height)], color, sides)


def pillow(
    size: Sequence[float], color: ArrayLike, squareness: float = 0.45, detail: int = 20, bottom: float = 0.0
) -> Shape:
    """A superellipsoid standing on the origin: a ball at squareness 1, a pillow at 0.45, nearly a box at 0.1."""
    x, y, z = (float(length) for length in size)
    return _colored_copy(_pillow((x, y, z), squareness, detail, bottom), color)


@functools.lru_cache(maxsize=1024)
def _pillow(size: tuple[float, float, float], squareness: float, detail: int, bottom: float) -> Shape:
    v = np.linspace(-np.pi / 2, np.pi / 2, detail // 2 + 1)[:, None]
    u = -np.linspace(-np.pi, np.pi, detail + 1)[None, :]

    def power(x: Floats, e: float) -> Floats:
        return np.sign(x) * np.abs(np.round(x, 12)) ** e

    points = np.stack(
        np.broadcast_arrays(
            power(np.cos(v), 1.0) * power(np.cos(u), squareness),
            power(np.sin(v), 1.0),
            power(np.cos(v), 1.0) * power(np.sin(u), squareness),
        ),
        axis=-1,
    )
    half = np.asarray(size) / 2.0
    return weld(grid(points * half, 1.0)).moved(y=bottom + half[1])


def sheet(points: Floats, thickness: float, color: ArrayLike) -> Shape:
    """A sheet of cloth over points (rows, columns, 3), closed to a body of that thickness [m] along z."""
    back = points - np.array([0.0, 0.0, thickness])
    rim = np.concatenate([points[0, :], points[1:, -1], points[-1, -2::-1], points[-2::-1, 0]])
    edge = grid(np.stack([rim - np.array([0.0, 0.0, thickness]), rim]), color)
    return join([grid(points, color), grid(back[:, ::-1], color), edge])


def wavy_cloth(width: float, height: float, color: ArrayLike, waves: int, depth: float = 0.035) -> Shape:
    """A hanging curtain with folds, its left lower corner at the origin, facing +z; sizes in [m]."""
    s = np.linspace(0.0, 1.0, 6 * waves + 1)
    t = np.linspace(0.0, 1.0, _steps(height, 0.5) + 1)
    wave = depth * np.sin(2.0 * np.pi * waves * s)[None, :] * (1.0 - 0.35 * t[:, None])
    x = np.broadcast_to(width * s[None, :], wave.shape)
    y = np.broadcast_to(height * t[:, None], wave.shape)
    shade = 1.0 + 0.10 * np.sin(2.0 * np.pi * waves * s)
    cloth = sheet(np.stack([x, y, wave + depth], axis=-1), 0.012, color)
    return cloth.colored(lambda v: np.asarray(color) * np.interp(v[:, 0] / width, s, shade)[:, None])
