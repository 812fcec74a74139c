"""The points at which light is found: one for all vertices that lie together and look the same way.

The one idea: light belongs to a place and a direction, not to a vertex. Vertices of large faces share a point only
where they coincide; those of small detail share one with all near them. Where a face ends (at the foot of a wall, at
the rim of a table) its points move a short way into it, because a point in the edge of two walls sees neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.scene import Scene

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Whole = NDArray[np.int64]
Links = tuple[Whole, Whole]

OFFSET = 0.003
"""[m] that rays start off their surface."""

INSET = 0.02
"""[m] that points are moved off the rims of their surface."""

_GRAIN = 0.05  # [m] vertices of small detail nearer than this that look the same way share a point
_DETAIL = 0.10  # [m] a vertex with no edge longer than this is one of small detail


@dataclass(frozen=True, eq=False)
class Samples:
    """Places where light is asked for: positions [m] (p, 3) and unit normals (p, 3), world frame."""

    positions: Singles
    normals: Singles

    @property
    def starts(self) -> Singles:
        """Where rays leave them [m] (p, 3)."""
        return self.positions + np.float32(OFFSET) * self.normals

    def __len__(self) -> int:
        return len(self.positions)

    def chosen(self, which: NDArray[np.bool_] | Whole) -> Samples:
        """Some of them."""
        return Samples(self.positions[which], self.normals[which])


@dataclass(frozen=True, eq=False)
class Points:
    """Where light is kept.

    Attributes:
        samples: The points (p).
        of_vertex: The point (V,) that each vertex takes its light from.
        links: Pairs of points that are joined by an edge of a triangle, in both directions, sorted.
    """

    samples: Samples
    of_vertex: Whole
    links: Links


def light_points(scene: Scene, large: NDArray[np.bool_]) -> Points:
    """The points of a scene.

    Args:
        scene: The home.
        large: Vertices (V,) that share a point only with those at the very same place (`of_large_faces`).
    """
    normals = vertex_normals(scene)
    key = np.where(large, _joint_keys(scene, normals), _cell_keys(scene, normals))
    height = np.einsum("ij,ij->i", scene.vertices.astype(np.float64), normals)
    order = np.lexsort((-height, key))  # the outermost of a bundle stands for it: the others may lie under it
    _, first, inverse = np.unique(key[order], return_index=True, return_inverse=True)
    of_vertex = np.empty(len(key), dtype=np.int64)
    of_vertex[order] = inverse.reshape(-1)
    chosen = order[first]
    places = scene.vertices[chosen] + _off_rims(scene, normals)[chosen]
    samples = Samples(places.astype(np.float32), normals[chosen].astype(np.float32))
    return Points(samples, of_vertex, _links(of_vertex[scene.triangles]))


def of_large_faces(scene: Scene) -> NDArray[np.bool_]:
    """Vertices (V,) with an edge longer than small detail has."""
    large = np.zeros(len(scene.vertices), dtype=bool)
    for k in range(3):
        ends = scene.triangles[:, [k, (k + 1) % 3]]
        length = np.linalg.norm(scene.vertices[ends[:, 0]] - scene.vertices[ends[:, 1]], axis=1)
        large[ends[length > _DETAIL]] = True
    return large


def vertex_normals(scene: Scene) -> Floats:
    """Unit normals (V, 3): means over the triangles at each vertex, by area."""
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    facing = np.cross(b - a, c - a)
    normals = scattered(scene.triangles.ravel(), np.repeat(facing, 3, axis=0), len(scene.vertices))
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-15, normals / np.maximum(length, 1e-15), [0.0, 1.0, 0.0])


def scattered(index: Whole | NDArray[np.int32], values: NDArray[np.floating], count: int) -> Floats:
    """Sums (count, 3) of values (n, 3) by their index (n,), always in the same order."""
    return np.stack([np.bincount(index, values[:, k], count) for k in range(3)], axis=1)


def joint_ids(vertices: Singles) -> Whole:
    """A number (V,) for each place, the same for vertices at the very same place."""
    places = vertices + np.float32(0.0)  # -0.0 becomes 0.0
    order = np.lexsort(places.T)
    steps = np.any(np.diff(places[order], axis=0) != 0.0, axis=1)
    ids = np.empty(len(places), dtype=np.int64)
    ids[order] = np.concatenate([[0], np.cumsum(steps)])
    return ids


def _facing(normals: Floats) -> Whole:
    """A number (V,) from 0 to 124 for the way that a normal looks."""
    way = np.round(normals * 2.0).astype(np.int64) + 2
    return np.asarray((way[:, 0] * 5 + way[:, 1]) * 5 + way[:, 2])


def _joint_keys(scene: Scene, normals: Floats) -> Whole:
    return np.asarray(-1 - (joint_ids(scene.vertices) * 125 + _facing(normals)))


def _cell_keys(scene: Scene, normals: Floats) -> Whole:
    cell = np.floor(scene.vertices.astype(np.float64) / _GRAIN + 0.25).astype(np.int64) + 4096
    return np.asarray(((cell[:, 0] * 8192 + cell[:, 1]) * 8192 + cell[:, 2]) * 125 + _facing(normals))


def _off_rims(scene: Scene, normals: Floats) -> Floats:
    """A short way [m] (V, 3) from each vertex at the rim of its face into the face; zero inside."""
    keys = np.unique(_joint_keys(scene, normals), return_inverse=True)[1].reshape(-1)
    rim, way = rims(scene, keys)
    triangle, side = np.nonzero(rim)
    count = len(scene.vertices)
    total, number = np.zeros((int(keys.max()) + 1, 3)), np.zeros(int(keys.max()) + 1)
    for end in (side, (side + 1) % 3):
        joint = keys[scene.triangles[triangle, end]]
        total += scattered(joint, way[triangle, side], len(total))
        number += np.bincount(joint, minlength=len(number))
    return (total / np.maximum(number, 1.0)[:, None])[keys][:count]


def rims(scene: Scene, joints: Whole) -> tuple[NDArray[np.bool_], Floats]:
    """Which sides of triangles (T, 3) have no neighbour, and the way [m] (T, 3, 3) from each into its triangle.

    Args:
        scene: The home.
        joints: A number (V,), the same for vertices that lie and look alike. Side k runs from corner k to the next.
    """
    corners = joints[scene.triangles]
    ends = np.sort(np.stack([corners, np.roll(corners, -1, axis=1)], axis=-1), axis=-1).reshape(-1, 2)
    key = ends[:, 0] * (int(joints.max()) + 1) + ends[:, 1]
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    places = scene.vertices[scene.triangles].astype(np.float64)
    along = np.roll(places, -1, axis=1) - places
    across = np.roll(places, -2, axis=1) - places
    share = np.einsum("tkc,tkc->tk", across, along) / np.maximum(np.einsum("tkc,tkc->tk", along, along), 1e-18)
    across = across - share[..., None] * along
    height = np.linalg.norm(across, axis=-1, keepdims=True)
    way = across * np.minimum(0.3, INSET / np.maximum(height, 1e-9))
    return (count[inverse.reshape(-1)] == 1).reshape(-1, 3), way


def _links(corners: Whole) -> Links:
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    count = int(corners.max()) + 1
    both = np.unique(np.concatenate([pairs[:, 0] * count + pairs[:, 1], pairs[:, 1] * count + pairs[:, 0]]))
    return both // count, both % count


def filled(values: Singles, missing: NDArray[np.bool_], links: Links, rings: int = 4) -> Singles:
    """Values (p, 3) whose missing rows take the mean of their neighbours, ring by ring; what stays alone is dark."""
    of_missing = missing[links[0]]
    here, there = links[0][of_missing], links[1][of_missing]
    values, known = np.where(missing[:, None], np.float32(0.0), values), (~missing).astype(np.float64)
    for _ in range(rings):
        weight = np.bincount(here, known[there], len(values))
        total = scattered(here, values[there] * known[there, None], len(values))
        reached = (known == 0.0) & (weight > 0.0)
        values = np.where(reached[:, None], total / np.maximum(weight, 1e-9)[:, None], values).astype(np.float32)
        known[reached] = 1.0
    return values
