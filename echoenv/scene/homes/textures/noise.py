"""Chance that repeats without a seam: smooth noise, cells, warping, relief; all on a torus.

The one idea: an image (H, W) is a torus, so noise is drawn on a small lattice that wraps round, and every step that
looks at neighbours (`np.roll`, indices modulo the size) wraps round as well. A shape is (rows, columns); cells too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.textures.recipe import Floats

Rng = np.random.Generator
Size = tuple[int, int]
Indices = NDArray[np.int64]

_SPREAD = 0.1384  # standard deviation of uniform numbers after smoothing with cubic B-splines along both axes


def white(rng: Rng, shape: tuple[int, ...]) -> Floats:
    """Independent uniform values, of any shape, of mean 0 and standard deviation 1."""
    return np.asarray((rng.random(shape) - 0.5) * 3.4641016, dtype=np.float64)


def _along(lattice: Floats, count: int) -> Floats:
    """Rows (cells, ...) of a periodic lattice interpolated to `count` rows by cubic B-splines."""
    cells = len(lattice)
    if cells == count:  # sampled in the middle between lattice points, by four rolls instead of four lookups
        shared = (1.0 / 48.0, 23.0 / 48.0, 23.0 / 48.0, 1.0 / 48.0)
        rolled = [weight * np.roll(lattice, 1 - k, axis=0) for k, weight in enumerate(shared)]
        return np.asarray(sum(rolled), dtype=np.float64)
    place = (np.arange(count) + 0.5) * (cells / count)
    first = np.floor(place).astype(np.int64)
    t = (place - first)[:, None]
    weights = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    total = np.zeros((count, lattice.shape[1]))
    for k, weight in enumerate(weights):
        row = lattice.take((first + k - 1) % cells, axis=0)
        row *= weight / 6.0
        total += row
    return total


def smooth(rng: Rng, shape: Size, cells: Size) -> Floats:
    """Smooth periodic noise (H, W) of mean 0 and standard deviation about 1, with so many cells each way."""
    lattice = rng.random(cells)
    lattice = lattice - lattice.mean()
    return _along(_along(lattice.T, shape[1]).T, shape[0]) / _SPREAD


def fbm(rng: Rng, shape: Size, cells: Size, octaves: int = 4, gain: float = 0.5) -> Floats:
    """Fractal periodic noise (H, W): octaves of `smooth`, each twice as fine and `gain` times as strong."""
    total = np.zeros(shape)
    for k in range(octaves):
        fine = (min(cells[0] << k, shape[0]), min(cells[1] << k, shape[1]))
        total += gain**k * smooth(rng, shape, fine)
    return total / sum(gain ** (2 * k) for k in range(octaves)) ** 0.5


def worley(rng: Rng, shape: Size, cells: Size, jitter: float = 0.9) -> tuple[Floats, Floats, Indices]:
    """Cells around scattered points, one point in each square of a periodic lattice.

    Args:
        rng: Where chance comes from.
        shape: Rows and columns of the image.
        cells: Lattice squares down and across.
        jitter: How far points stray from the middle of their square, 0..1.

    Returns:
        Distance to the nearest and to the second nearest point in squares (H, W), and the nearest point's index (H, W).
    """
    rows, columns = cells
    stray = 0.5 + jitter * (rng.random((2, rows, columns)) - 0.5)
    y = ((np.arange(shape[0]) + 0.5) * (rows / shape[0]))[:, None]
    x = ((np.arange(shape[1]) + 0.5) * (columns / shape[1]))[None, :]
    row, column = np.floor(y).astype(np.int64), np.floor(x).astype(np.int64)
    nearest, second = np.full(shape, 9.0), np.full(shape, 9.0)
    index = np.zeros(shape, dtype=np.int64)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            i, j = (row + down) % rows, (column + across) % columns
            distance = np.square(row + down + stray[0][i, j] - y) + np.square(column + across + stray[1][i, j] - x)
            closer = distance < nearest
            second = np.where(closer, nearest, np.minimum(second, distance))
            nearest = np.where(closer, distance, nearest)
            index = np.where(closer, i * columns + j, index)
    return np.sqrt(nearest), np.sqrt(second), index


def warped(image: Floats, down: Floats, across: Floats) -> Floats:
    """The image (H, W) read at places moved by so many pixels (H, W), bilinear, on the torus."""
    height, width = image.shape
    y = np.arange(height)[:, None] + down
    x = np.arange(width)[None, :] + across
    row, column = np.floor(y), np.floor(x)
    t, s = y - row, x - column
    i, j = row.astype(np.int64) % height, column.astype(np.int64) % width
    below, right = (i + 1) % height, (j + 1) % width
    upper = image[i, j] * (1 - s) + image[i, right] * s
    lower = image[below, j] * (1 - s) + image[below, right] * s
    return np.asarray(upper * (1 - t) + lower * t, dtype=np.float64)


def tiled(image: Floats, times: int) -> Floats:
    """The image repeated so many times down and across: fine noise costs less where it is drawn once and repeated."""
    return np.asarray(np.tile(image, (times, times)))


def blurred(image: Floats, radius: int, axis: int | None = None) -> Floats:
    """The image (H, W) averaged over 2 radius + 1 pixels, along one axis or both, on the torus."""
    for direction in (0, 1) if axis is None else (axis,):
        rolled = [np.roll(image, k, direction) for k in range(-radius, radius + 1)]
        image = np.asarray(sum(rolled), dtype=np.float64) / len(rolled)
    return image


def relief(height: Floats, strength: float = 1.0) -> Floats:
    """Brightness (H, W) about 1 of a surface of that height [pixels] lit from the upper left."""
    down = np.roll(height, 1, 0) - np.roll(height, -1, 0)
    across = np.roll(height, 1, 1) - np.roll(height, -1, 1)
    slope = strength * (-0.8 * down - 0.6 * across) / 2.0
    return np.asarray(1.0 + slope / np.sqrt(1.0 + np.square(slope)), dtype=np.float64)


def step(values: Floats, low: Floats | float, high: Floats | float) -> Floats:
    """0 below `low`, 1 above `high`, a smooth step between."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), dtype=np.float64)
