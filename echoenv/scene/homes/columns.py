"""Whether and how deep solid things go into each other, found on vertical lines through their triangles.

The one idea: along a vertical line a closed shape is a set of intervals of height, entered through a face that looks
down and left through one that looks up. Many thin columns side by side turn questions about solids (do they overlap,
how deep, does one rest on the other) into questions about intervals, for any triangles and without a tree. Sheets that
enclose nothing (a picture's canvas) have crossings and no inside.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_FEWEST, _FEW, _MANY = (0.006, 16, 40), (0.006, 32, 96), (0.003, 128, 256)
"""How fine columns are, to see what holds a thing, for a first look at two, and for a measurement: least distance [m],
columns along the narrow side of an area where that leaves them farther apart, and most along any side."""

_ASIDE = (0.4713, 0.5291)  # where in its cell a column stands: off the middle, so that it meets no edge or corner


@dataclass(frozen=True, eq=False)
class Solid:
    """Triangles of which each part is a body of its own.

    Attributes:
        corners: [m] (T, 3, 3), world frame, counter-clockwise from outside.
        parts: Which part (T,) each belongs to.
        low: Lowest x, y, z [m] (3,).
        high: Highest x, y, z [m] (3,).
    """

    corners: Floats
    parts: Ints
    low: Floats
    high: Floats

    @staticmethod
    def of(corners: Floats, parts: Ints) -> Solid:
        """Around triangles (T, 3, 3) and their parts (T,)."""
        return Solid(corners, parts, corners.min(axis=(0, 1)), corners.max(axis=(0, 1)))

    def near(self, low: Floats, high: Floats) -> bool:
        """Whether its box meets another."""
        return bool((self.low <= high).all() and (low <= self.high).all())


@dataclass(frozen=True)
class Columns:
    """Vertical lines over a rectangle: corner x, z [m], distances [m] and numbers of columns along x and z."""

    x: float
    z: float
    step_x: float
    step_z: float
    count_x: int
    count_z: int

    @staticmethod
    def over(low: Floats, high: Floats, fineness: tuple[float, int, int]) -> Columns:
        """Over the footprint of a box: as fine as its narrow side wants, and not too many."""
        finest, narrow, most = fineness
        wide, deep = float(high[0] - low[0]), float(high[2] - low[2])
        step = max(finest, min(wide, deep) / narrow)
        count_x, count_z = (min(most, max(1, round(length / step))) for length in (wide, deep))
        return Columns(float(low[0]), float(low[2]), wide / count_x, deep / count_z, count_x, count_z)


@dataclass(frozen=True, eq=False)
class Spans:
    """Intervals of height on columns.

    Attributes:
        columns: Index (n,) of each one's column, the x index times `count_z` plus the z index.
        low: [m] (n,).
        high: [m] (n,).
    """

    columns: Ints
    low: Floats
    high: Floats


def crossings(solid: Solid, columns: Columns) -> tuple[Ints, Floats, Ints, Ints]:
    """Where columns pass through triangles.

    Returns:
        Column (n,), height [m] (n,), +1 where the column enters on its way up and -1 where it leaves (n,), part (n,).
    """
    triangle, column_x, column_z = _cells_under(solid.corners, columns)
    a, b, c = (solid.corners[triangle, k] for k in range(3))
    px = columns.x + (column_x + _ASIDE[0]) * columns.step_x - a[:, 0]
    pz = columns.z + (column_z + _ASIDE[1]) * columns.step_z - a[:, 2]
    b, c = b - a, c - a
    twice = b[:, 0] * c[:, 2] - c[:, 0] * b[:, 2]
    flat = np.abs(twice) > 1e-12
    safe = np.where(flat, twice, 1.0)
    u, v = (px * c[:, 2] - c[:, 0] * pz) / safe, (b[:, 0] * pz - px * b[:, 2]) / safe
    met = flat & (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0)
    heights = a[:, 1] + u * b[:, 1] + v * c[:, 1]
    column = column_x * columns.count_z + column_z
    return column[met], heights[met], np.where(twice > 0.0, 1, -1)[met], solid.parts[triangle[met]]


def _cells_under(corners: Floats, columns: Columns) -> tuple[Ints, Ints, Ints]:
    """All pairs of a triangle and a column in its bounding rectangle: triangle, index along x, index along z."""
    low, high = corners.min(axis=1), corners.max(axis=1)
    x0 = np.ceil((low[:, 0] - columns.x) / columns.step_x - _ASIDE[0]).clip(0).astype(np.int64)
    x1 = np.floor((high[:, 0] - columns.x) / columns.step_x - _ASIDE[0]).clip(-1, columns.count_x - 1).astype(np.int64)
    z0 = np.ceil((low[:, 2] - columns.z) / columns.step_z - _ASIDE[1]).clip(0).astype(np.int64)
    z1 = np.floor((high[:, 2] - columns.z) / columns.step_z - _ASIDE[1]).clip(-1, columns.count_z - 1).astype(np.int64)
    wide, deep = np.maximum(0, x1 - x0 + 1), np.maximum(0, z1 - z0 + 1)
    counts = wide * deep
    triangle = np.repeat(np.arange(len(corners)), counts)
    nth = np.arange(len(triangle)) - np.repeat(np.cumsum(counts) - counts, counts)
    across = deep[triangle]
    return triangle, x0[triangle] + nth // np.maximum(across, 1), z0[triangle] + nth % np.maximum(across, 1)


def insides(solid: Solid, columns: Columns) -> Spans:
    """Where columns run inside a solid; intervals of different parts may overlap."""
    column, heights, signs, parts = crossings(solid, columns)
    order = np.lexsort((heights, column, parts))
    column, heights, signs, parts = column[order], heights[order], signs[order], parts[order]
    if len(column) == 0:
        return Spans(column, heights, heights)
    starts = np.flatnonzero(np.r_[True, (np.diff(column) != 0) | (np.diff(parts) != 0)])
    sizes = np.diff(np.r_[starts, len(column)])
    running = np.cumsum(signs)
    before = np.repeat(running[starts] - signs[starts], sizes)
    whole = np.repeat(running[starts + sizes - 1], sizes)
    entered, to_leave = running - before > 0, running - whole > 0  # seen from below and from above
    k = np.flatnonzero(entered & to_leave)
    return Spans(column[k], heights[k], heights[k + 1])


def common(first: Spans, second: Spans) -> Spans:
    """Where intervals of two solids overlap, on the same columns."""
    column = np.concatenate([first.columns, first.columns, second.columns, second.columns])
    heights = np.concatenate([first.low, first.high, second.low, second.high])
    n, m = len(first.columns), len(second.columns)
    ones = np.concatenate([np.repeat([1, -1], [n, n]), np.zeros(2 * m, dtype=np.int64)])
    twos = np.concatenate([np.zeros(2 * n, dtype=np.int64), np.repeat([1, -1], [m, m])])
    order = np.lexsort((ones + twos, heights, column))
    column, heights = column[order], heights[order]
    k = np.flatnonzero((np.cumsum(ones[order]) > 0) & (np.cumsum(twos[order]) > 0))
    return Spans(column[k], heights[k], heights[k + 1])


def depth_of_overlap(first: Solid, second: Solid, least: float) -> float:
    """How deep [m] two solids go into each other: the least of width and height of the thickest place they share.

    Args:
        first: One.
        second: The other.
        least: Depths below this [m] are not looked for.

    Returns:
        The depth, 0 where they stand apart or meet less deep.
    """
    low, high = np.maximum(first.low, second.low), np.minimum(first.high, second.high)
    for fineness in (_FEW, _MANY):
        if (high - low < least).any():
            return 0.0
        columns = Columns.over(low, high, fineness)
        bodies = (_part_within(solid, low, high) for solid in (first, second))
        shared = common(*(insides(body, columns) for body in bodies))
        if len(shared.columns) == 0:
            return 0.0
        depth = _depth(shared, columns)
        low, high = _box_around(shared, columns)
    return depth if depth >= least else 0.0


def _depth(shared: Spans, columns: Columns) -> float:
    """The least of height and breadth [m] of the thickest place of a body given by its spans."""
    thick = np.zeros(columns.count_x * columns.count_z)
    np.maximum.at(thick, shared.columns, shared.high - shared.low)
    steps = (columns.step_x, columns.step_z)
    body = np.pad(thick.reshape(columns.count_x, columns.count_z) > 0.5 * thick.max(), 1)
    broad = 2.0 * float(ndimage.distance_transform_edt(body, sampling=steps).max()) - min(steps)
    return min(float(thick.max()), broad)


def _box_around(shared: Spans, columns: Columns) -> tuple[Floats, Floats]:
    """Lowest and highest corner [m] (3,) of a body given by its spans, a column wider than those."""
    i, k = np.divmod(shared.columns, columns.count_z)
    low = [columns.x + (i.min() - 1) * columns.step_x, shared.low.min(), columns.z + (k.min() - 1) * columns.step_z]
    high = [columns.x + (i.max() + 2) * columns.step_x, shared.high.max(), columns.z + (k.max() + 2) * columns.step_z]
    return np.array(low), np.array(high)


def _part_within(solid: Solid, low: Floats, high: Floats) -> Solid:
    """The triangles over or under a box's footprint: all that its columns can meet."""
    corners = solid.corners[..., ::2]
    kept = ((corners.max(axis=1) >= low[::2]) & (corners.min(axis=1) <= high[::2])).all(axis=1)
    return Solid(solid.corners[kept], solid.parts[kept], solid.low, solid.high)


def rests_on(thing: Solid, others: Solid, gap: float) -> bool:
    """Whether something under a thing's lowest places comes nearer than `gap` [m], or the thing is sunk into it."""
    columns = Columns.over(thing.low, thing.high, _FEWEST)
    column, heights, _, _ = crossings(thing, columns)
    lowest = np.full(columns.count_x * columns.count_z, np.inf)
    np.minimum.at(lowest, column, heights)
    near = _part_within(others, thing.low, thing.high)
    column, heights, _, _ = crossings(near, columns)
    below = lowest[column] - heights
    if ((below <= gap) & (below >= -gap)).any():
        return True
    spans = insides(near, columns)
    return bool(((spans.low < lowest[spans.columns]) & (lowest[spans.columns] < spans.high)).any())


def meets_box(corners: Floats, low: Floats, high: Floats) -> bool:
    """Whether any triangle (T, 3, 3) has a point in a box, by separating axes (Akenine-Moeller, 2001)."""
    middle, half = (low + high) / 2.0, (high - low) / 2.0
    near = ((corners.max(axis=1) >= low) & (corners.min(axis=1) <= high)).all(axis=1)
    points = corners[near] - middle
    if len(points) == 0:
        return False
    edges = np.roll(points, -1, axis=1) - points
    axes = np.concatenate(
        [np.cross(edges[:, 0], edges[:, 1])[:, None], *(np.cross(edges, unit) for unit in np.eye(3))], 1
    )
    along = np.einsum("tvc,tac->tav", points, axes)
    reach = np.abs(axes) @ half
    apart = (along.min(axis=2) > reach) | (along.max(axis=2) < -reach)
    return bool((~apart.any(axis=1)).any())
