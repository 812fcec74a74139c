"""Which positions are visited in which order, and the seed of each.

The one idea: both depend on nothing but the seed, the scene and the grid. The order starts anywhere and goes on with
the position farthest from all before it, so its first N are spread over the whole scene, and the first 20 are also the
first of 40: asking for more positions later only adds some.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


def _entropy(scene: str, seed: int) -> list[int]:
    digest = hashlib.sha256(scene.encode("utf-8")).digest()
    return [seed, *(int(word) for word in np.frombuffer(digest[:16], dtype="<u4"))]


def position_seed(scene: str, index: int, seed: int) -> int:
    """Seed (0 to 2**32 - 1) of the randomness at one position; equal for all its headings.

    Args:
        scene: Name of the scene.
        index: Index of the position in the scene's grid.
        seed: Seed of the data set.
    """
    return int(np.random.SeedSequence(_entropy(scene, seed), spawn_key=(index,)).generate_state(1)[0])


def spread_order(positions: NDArray[np.float32], scene: str, seed: int) -> NDArray[np.int64]:
    """An order of positions [m] (P, 3) whose every beginning is spread over the scene.

    Args:
        positions: Grid positions [m] (P, 3).
        scene: Name of the scene, for the seed of the first one.
        seed: Seed of the data set.

    Returns:
        A permutation (P,) of the indices 0 to P - 1. Equal distances go to the lower index.
    """
    count = len(positions)
    order = np.zeros(count, np.int64)
    points = positions.astype(np.float64)
    distances = np.full(count, np.inf)
    chosen = int(np.random.Generator(np.random.PCG64(_entropy(scene, seed))).integers(count)) if count else 0
    for step in range(count):
        order[step] = chosen
        # Rounded, so that grid neighbours at equal distance tie whatever the last bits of their coordinates.
        distances = np.minimum(distances, np.round(np.linalg.norm(points - points[chosen], axis=1), 3))
        distances[chosen] = -1.0
        chosen = int(np.argmax(distances))
    return order
