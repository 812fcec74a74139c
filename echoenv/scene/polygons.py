"""Quads and larger polygons into triangles, with whatever their corners and faces carry.

The one idea: a polygon mesh is one flat row of corners and a count per face; a fan over each face's corners gives
triangles as *corner* numbers, by which vertex indices and texture coordinates are then looked up alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def fan_triangles(counts: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Triangles of polygons, as a fan around each polygon's first corner.

    Args:
        counts: Corners (p,) of each polygon; the corners of polygon i follow those of polygon i - 1 in one flat row.

    Returns:
        Corner numbers (t, 3) into that row, and the polygon (t,) of each triangle. Polygons of fewer than three corners
        give none.
    """
    counts = np.asarray(counts, dtype=np.int64)
    starts = np.cumsum(counts) - counts
    fans = np.maximum(counts - 2, 0)
    polygon = np.repeat(np.arange(len(counts)), fans)
    step = np.arange(len(polygon)) - np.repeat(np.cumsum(fans) - fans, fans)
    first = starts[polygon]
    return np.stack([first, first + step + 1, first + step + 2], axis=1), polygon
