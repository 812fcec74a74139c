"""Where cameras stand and which rays they send, for ours, for the limit and for the peers alike.

The one idea: everyone gets the same poses and, where rays are given, the same rays in the same order: tiles of four
columns by two rows, so that eight neighbours make up a packet.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from benchmarks.room import STANDING_PLACES
from echoenv.scene.pose import heading_to_matrix

HEADINGS = (0.0, 90.0, 180.0, 270.0)
"""Of cameras and ears [degrees]."""


def camera_poses(places: NDArray[np.float64] | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Positions [m] (n, 3) and rotations (n, 3, 3), every place in four headings."""
    points = np.asarray(STANDING_PLACES if places is None else places, dtype=np.float64)
    rotations = heading_to_matrix(np.asarray(HEADINGS))
    return np.repeat(points, len(HEADINGS), axis=0), np.tile(rotations, (len(points), 1, 1))


def camera_rays(
    positions: NDArray[np.float64], rotations: NDArray[np.float64], side: int, hfov: float = 90.0
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Origins [m] and directions (n * side * side, 3) of square pinhole pictures, in tiles of 4 x 2 pixels."""
    rows, columns = (axis.ravel() for axis in np.mgrid[0:side, 0:side])
    order = np.lexsort((columns % 4, rows % 2, columns // 4, rows // 2))
    across = ((columns + 0.5) / side * 2.0 - 1.0) * math.tan(math.radians(hfov) / 2.0)
    down = ((rows + 0.5) / side * 2.0 - 1.0) * math.tan(math.radians(hfov) / 2.0)
    local = np.stack([across, -down, -np.ones_like(across)], axis=1)[order]
    directions = np.einsum("nij,pj->npi", rotations, local).reshape(-1, 3)
    origins = np.repeat(positions, side * side, axis=0)
    return np.ascontiguousarray(origins, dtype=np.float32), np.ascontiguousarray(directions, dtype=np.float32)
