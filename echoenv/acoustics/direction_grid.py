"""Directions on a sphere: which of a set is nearest, which three surround one, how much of the sphere each holds.

The one idea: the convex hull of unit vectors is a triangulation of the sphere. A direction lies in the one triangle
whose corners it is a positive combination of (its weights), and is found by walking from triangle to triangle towards
it, from one that a map of the sphere tells to be near.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

Directions = NDArray[np.float64]
_MAP_SIDE = 96  # cells of the map across and around
_SNAP = 1e-9  # a direction is a grid direction where its other weights are below this


@functools.lru_cache(maxsize=4)
def fibonacci_sphere(count: int) -> Directions:
    """Unit vectors (count, 3) spread evenly over the sphere, read-only."""
    steps = np.arange(count) + 0.5
    height = 1.0 - 2.0 * steps / count
    turn = np.pi * (1.0 + np.sqrt(5.0)) * steps
    ring = np.sqrt(1.0 - height**2)
    points = np.stack([ring * np.cos(turn), height, ring * np.sin(turn)], axis=-1)
    points.flags.writeable = False
    return points


def _tie_breaker(directions: Directions) -> Directions:
    """Factors (d, 1) near 1, equal for left and right, that decide which way a regular grid's squares are cut.

    Without them rounding would decide, and mirrored directions could be blended from corners that are not mirrored.
    """
    across, up, back = directions.T
    return 1.0 + 1e-6 * np.sin(1e3 * (0.37 * np.abs(across) + 0.53 * up + 0.71 * back))[:, None]


def _cell_of(directions: Directions) -> NDArray[np.int64]:
    """Cell (q,) of the map of the sphere in which each of (q, 3) unit vectors lies; cells have equal areas."""
    height = (0.5 * _MAP_SIDE * (1.0 + directions[:, 1])).astype(np.int64)
    turn = (_MAP_SIDE / (2.0 * np.pi) * (np.pi + np.arctan2(directions[:, 0], directions[:, 2]))).astype(np.int64)
    return np.asarray(_MAP_SIDE * np.clip(height, 0, _MAP_SIDE - 1) + np.clip(turn, 0, _MAP_SIDE - 1))


def _cell_middles() -> Directions:
    """The middle (cells, 3) of each cell of that map."""
    middles = (np.arange(_MAP_SIDE) + 0.5) / _MAP_SIDE
    height, turn = (x.ravel() for x in np.meshgrid(2.0 * middles - 1.0, 2.0 * np.pi * middles - np.pi, indexing="ij"))
    ring = np.sqrt(1.0 - height**2)
    return np.stack([ring * np.sin(turn), height, ring * np.cos(turn)], axis=-1)


class DirectionGrid:
    """A fixed set of directions that surrounds its origin.

    Attributes:
        directions: Unit vectors (d, 3).
    """

    def __init__(self, directions: Directions) -> None:
        """Build the triangulation.

        Args:
            directions: Unit vectors (d, 3), not all in one half space.
        """
        self.directions = np.ascontiguousarray(directions, dtype=np.float64)
        self._tree = scipy.spatial.cKDTree(self.directions)
        hull = scipy.spatial.ConvexHull(self.directions * _tie_breaker(self.directions))
        self._corners = hull.simplices
        self._across = hull.neighbors  # of triangle t, opposite to its corner c
        self._inverses = np.linalg.inv(np.swapaxes(self.directions[self._corners], 1, 2))
        middles = self.directions[self._corners].mean(axis=1)
        tree = scipy.spatial.cKDTree(middles / np.maximum(np.linalg.norm(middles, axis=1, keepdims=True), 1e-12))
        self._starts = tree.query(_cell_middles())[1]

    def nearest(self, directions: Directions) -> NDArray[np.int64]:
        """Index (...,) of the grid direction nearest to each of (..., 3) unit vectors."""
        return np.asarray(self._tree.query(directions)[1])

    def solid_angles(self, samples: int = 16384) -> NDArray[np.float64]:
        """Share (d,) of the sphere that lies nearest to each grid direction; they add up to 1."""
        counts = np.bincount(self.nearest(fibonacci_sphere(samples)), minlength=len(self.directions))
        return np.asarray(counts / samples)

    def surrounding(self, directions: Directions) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The three grid directions around each direction, and how much each counts.

        Args:
            directions: Unit vectors (q, 3).

        Returns:
            Indices (q, 3) and weights (q, 3), which are not negative and add up to 1. At a grid direction its own
            weight is exactly 1.
        """
        triangle = self._starts[_cell_of(directions)]
        weights = self._weights(triangle, directions)
        walking = np.arange(len(directions))
        for _ in range(len(self._corners)):
            lowest = weights[walking].argmin(axis=1)
            outside = weights[walking, lowest] < -_SNAP
            walking, lowest = walking[outside], lowest[outside]
            if len(walking) == 0:
                break
            triangle[walking] = self._across[triangle[walking], lowest]
            weights[walking] = self._weights(triangle[walking], directions[walking])
        weights[weights < _SNAP] = 0.0
        return self._corners[triangle], weights / weights.sum(axis=1, keepdims=True)

    def _weights(self, triangle: NDArray[np.int64], directions: Directions) -> NDArray[np.float64]:
        """Weights (q, 3) with which the corners of each triangle make up each direction."""
        weights = np.einsum("qij,qj->qi", self._inverses[triangle], directions)
        return np.asarray(weights / np.abs(weights).sum(axis=1, keepdims=True))
