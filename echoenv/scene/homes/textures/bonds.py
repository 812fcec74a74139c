"""How pieces are laid: boards, tiles and bricks in courses, and herringbone.

The one idea: a `Laid` says for every pixel which piece it belongs to, where it lies on that piece and how far from the
piece's edge. Painters then give each piece its own tone and its own stretch of a grain, and draw joints by distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from echoenv.scene.homes.textures.noise import Indices, Rng, Size, step
from echoenv.scene.homes.textures.recipe import Floats


@dataclass(frozen=True, eq=False)
class Laid:
    """Pieces on a periodic image; all arrays (H, W).

    Attributes:
        piece: Index of the piece, 0..count - 1.
        along: Place along the piece [pixels] from its start.
        across: Place across the piece [pixels] from its top.
        edge: Distance [pixels] of the pixel's centre from the piece's nearest edge.
        count: How many pieces there are.
    """

    piece: Indices
    along: Floats
    across: Floats
    edge: Floats
    count: int

    def joint(self, width: float, soft: float = 1.0) -> Floats:
        """How much (H, W) of each pixel is joint: 1 within half of `width` [pixels] of an edge."""
        return 1.0 - step(self.edge, width / 2.0 - soft / 2.0, width / 2.0 + soft / 2.0)

    def each(self, values: Floats) -> Floats:
        """One value per piece (count,) or (count, 3), spread over its pixels."""
        return np.asarray(values[self.piece], dtype=np.float64)

    def own(self, image: Floats, rng: Rng) -> Floats:
        """The image (H, W), of which each piece shows its own stretch."""
        height, width = image.shape
        down = rng.integers(0, height, self.count)[self.piece]
        right = rng.integers(0, width, self.count)[self.piece]
        rows = np.floor(self.across).astype(np.int64) + down
        return np.asarray(image[rows % height, (np.floor(self.along).astype(np.int64) + right) % width])


def courses(shape: Size, joints: Sequence[Sequence[int]]) -> Laid:
    """Courses of equal height, each cut by upright joints.

    Args:
        shape: Rows and columns of the image; the rows are a multiple of the number of courses.
        joints: For each course from the top, the columns at which pieces begin, rising.
    """
    height, width = shape[0] // len(joints), shape[1]
    x = np.arange(width) + 0.5
    pieces, along, beside = [], [], []
    first = 0
    for starts in joints:
        begin = np.asarray(starts, dtype=np.int64)
        which = (np.searchsorted(begin, x, side="right") - 1) % len(begin)
        length = np.mod(np.roll(begin, -1) - begin - 1, width) + 1
        place = np.mod(x - begin[which], width)
        pieces.append(first + which)
        along.append(place)
        beside.append(np.minimum(place, length[which] - place))
        first += len(begin)
    across = np.tile(np.arange(height) + 0.5, len(joints))[:, None] * np.ones((1, width))
    spread = [np.repeat(np.stack(rows), height, axis=0) for rows in (pieces, along, beside)]
    edge = np.minimum(spread[2], np.minimum(across, height - across))
    return Laid(spread[0].astype(np.int64), spread[1], across, edge, first)


def regular(shape: Size, rows: int, columns: int, shift: float = 0.0) -> Laid:
    """Equal pieces, every second course shifted by that share of a piece."""
    length = shape[1] // columns
    offsets = [round(shift * length) if row % 2 else 0 for row in range(rows)]
    return courses(shape, [[k * length + offset for k in range(columns)] for offset in offsets])


def staggered(rng: Rng, shape: Size, rows: int, columns: int) -> Laid:
    """Pieces of different lengths, the joints of neighbouring courses well apart."""
    mean = shape[1] // columns
    joints = []
    for row in range(rows):
        shift = (row * 0.382 * mean + rng.integers(-mean // 12, mean // 12 + 1)) % mean
        stray = rng.integers(-mean // 9, mean // 9 + 1, columns)
        starts = sorted(int(k * mean + shift + stray[k]) % shape[1] for k in range(columns))
        joints.append(starts)
    return courses(shape, joints)


def herringbone(side: int, ratio: int) -> Laid:
    """Blocks `ratio` times as long as wide, laid in a zigzag at 45 degrees to the sides of a square image.

    The image holds two periods of 2 ratio block widths along each diagonal.
    """
    period = 2 * ratio
    unit = side / (2.0**0.5 * period)  # width of a block [pixels]
    y, x = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5, indexing="ij")
    a, b = (x + y) / (2.0**0.5 * unit), (y - x) / (2.0**0.5 * unit)
    i, j = np.floor(a).astype(np.int64), np.floor(b).astype(np.int64)
    turn = np.mod(i - j, period)
    level = turn < ratio
    first_i, first_j = np.where(level, i - turn, i), np.where(level, j, j - (period - 1 - turn))
    along, across = np.where(level, a - first_i, b - first_j), np.where(level, b - first_j, a - first_i)
    edge = np.minimum(np.minimum(along, ratio - along), np.minimum(across, 1.0 - across))
    row, column = np.mod(first_j, 2 * period), np.mod(first_i, 2 * period)
    half = column >= period  # a step of one period along both diagonals' axes leads to the same block
    key = np.where(half, np.mod(row - period, 2 * period), row) * period + np.where(half, column - period, column)
    blocks, piece = np.unique(key, return_inverse=True)
    return Laid(piece.reshape(side, side).astype(np.int64), along * unit, across * unit, edge * unit, len(blocks))
