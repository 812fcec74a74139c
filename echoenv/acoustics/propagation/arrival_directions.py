"""The directions around a listener in which diffuse energy is kept apart, and how starting directions are turned.

The one idea: 42 directions, an icosahedron's corners and the middles of its edges, lie 32 to 36 degrees apart: finer
than diffuse sound can be told apart, coarse enough that each holds energy. A ray's energy goes to one of the three
around it, drawn so that on average it is interpolated between them, (P5) of docs/physics.md.
"""

from __future__ import annotations

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.pose import quaternion_to_matrix


@functools.cache
def icosahedron() -> NDArray[np.float64]:
    """The twelve corners (12, 3) of a regular icosahedron, unit vectors, read-only."""
    golden = (1.0 + np.sqrt(5.0)) / 2.0
    signs = list(itertools.product((-1.0, 1.0), repeat=2))
    corners = np.array([np.roll((0.0, a, b * golden), turn) for turn in range(3) for a, b in signs])
    corners /= np.linalg.norm(corners[0])
    corners.flags.writeable = False
    return corners


@functools.cache
def arrival_directions() -> NDArray[np.float64]:
    """Unit vectors (42, 3), world frame, read-only: 12 corners of an icosahedron, then its 30 edges' middles."""
    corners = icosahedron()
    neighbours = np.triu(corners @ corners.T > 0.4, k=1)
    middles = np.array([corners[i] + corners[j] for i, j in np.argwhere(neighbours)])
    middles /= np.linalg.norm(middles, axis=1, keepdims=True)
    directions = np.vstack([corners, middles])
    directions.flags.writeable = False
    return directions


@functools.cache
def direction_triangles() -> NDArray[np.int32]:
    """The 80 triangles (80, 3) into which `arrival_directions` part the sphere, counter-clockwise from outside."""
    directions = arrival_directions()
    near = directions @ directions.T > 0.8
    corners = itertools.combinations(range(len(directions)), 3)
    close = [(i, j, k) for i, j, k in corners if near[i, j] and near[j, k] and near[i, k]]
    triples = np.array(close, dtype=np.int32)
    inward = np.linalg.det(directions[triples]) < 0.0
    triples[inward] = triples[inward][:, ::-1]
    return triples


@functools.cache
def triangle_map(side: int = 128) -> NDArray[np.int32]:
    """Which triangle lies around a direction: index [height, turn] (side, side) into `direction_triangles`.

    Row i stands for y from -1 + 2 i / side, column j for the angle atan2(x, z) from -pi + 2 pi j / side; the middle of
    each cell decides.
    """
    middles = (np.arange(side) + 0.5) / side
    height, angle = np.meshgrid(2.0 * middles - 1.0, 2.0 * np.pi * (middles - 0.5), indexing="ij")
    radius = np.sqrt(1.0 - height**2)
    points = np.stack([radius * np.sin(angle), height, radius * np.cos(angle)], axis=-1)
    a, b, c = (arrival_directions()[direction_triangles()[:, k]] for k in range(3))
    weights = np.stack([np.einsum("hwk,tk->hwt", points, np.cross(*pair)) for pair in ((b, c), (c, a), (a, b))])
    return np.asarray(weights.min(axis=0).argmax(axis=-1), dtype=np.int32)


@functools.lru_cache(maxsize=8)
def coherent_order(rays: int) -> NDArray[np.int32]:
    """Order (rays,) in which neighbouring starting directions (P1) are near one another: row by row, to and fro."""
    index = np.arange(rays)
    height = 1.0 - (2.0 * index + 1.0) / rays
    turn = (index.astype(np.uint64) * np.uint64(2654435769) % np.uint64(2**32)).astype(np.float64) / 2.0**32
    rows = max(1, round(np.sqrt(rays / np.pi)))
    row = np.minimum(((1.0 - height) / 2.0 * rows).astype(np.int64), rows - 1)
    order = np.lexsort((np.where(row % 2, -turn, turn), row)).astype(np.int32)
    order.flags.writeable = False
    return order


def random_rotation(seed: int) -> NDArray[np.float64]:
    """A uniformly distributed rotation matrix (3, 3) that depends on the seed alone."""
    quaternion = np.random.default_rng(seed).normal(size=4)
    return np.asarray(quaternion_to_matrix(quaternion / np.linalg.norm(quaternion)))
