"""The directions around a listener in which diffuse energy is kept apart, and how starting directions are turned.

The one idea: 42 directions, an icosahedron's corners and the middles of its edges, lie 32 to 36 degrees apart: finer than
diffuse sound can be told apart, coarse enough that each holds energy. A ray's energy goes to one of its three nearest,
drawn so that on average it is interpolated between them, (P5) of docs/physics.md.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.pose import quaternion_to_matrix


@functools.cache
def arrival_directions() -> NDArray[np.float64]:
    """Unit vectors (42, 3), world frame, read-only: 12 corners of an icosahedron, then its 30 edges' middles."""
    golden = (1.0 + np.sqrt(5.0)) / 2.0
    signs = list(itertools.product((-1.0, 1.0), repeat=2))
    corners = np.array([np.roll((0.0, a, b * golden), turn) for turn in range(3) for a, b in signs])
    corners /= np.linalg.norm(corners[0])
    neighbours = np.triu(corners @ corners.T > 0.4, k=1)
    middles = np.array([corners[i] + corners[j] for i, j in np.argwhere(neighbours)])
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    directions = np.vstack([corners, middles])
    directions.flags.writeable = False
    return directions


def random_rotation(seed: int) -> NDArray[np.float64]:
    """A uniformly distributed rotation matrix (3, 3) that depends on the seed alone."""
    quaternion = np.random.default_rng(seed).normal(size=4)
    return np.asarray(quaternion_to_matrix(quaternion / np.linalg.norm(quaternion)))
