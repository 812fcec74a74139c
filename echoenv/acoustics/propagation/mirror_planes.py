"""Which parts of a mesh are mirrors: flat connected patches large enough to reflect like one, and their planes.

The one idea: image sources need planes, not triangles. Neighbouring triangles that lie in one plane grow into a patch;
a patch that is large and flat is a mirror; patches in the same plane (the parts of a wall beside a door) share one
plane, so that an image found by way of either is the same image. Everything that is no mirror still reflects
specularly, by the regularised lobe (P6) of docs/physics.md, so no energy is lost with scans whose triangles never line
up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WELD = 1e-5
"""Distance [m] within which vertices count as one: meshes split vertices where colours or textures change."""

FLATNESS = 1e-3
"""How far [m] a patch may leave its plane."""

MAX_BEND = np.deg2rad(0.25)
"""Largest angle between neighbouring triangles of one patch."""

MIN_AREA = 0.1
"""Smallest mirror [m2]: about a wavelength squared at 1 kHz, below which an object scatters rather than mirrors."""

MIN_BREADTH = 0.2
"""Smallest breadth [m] (area over length): a skirting board is no mirror."""


@dataclass(frozen=True, eq=False)
class MirrorPlanes:
    """Mirrors of a mesh.

    Attributes:
        triangle_patches: Patch (T,) int32 of each triangle, -1 where it is no mirror.
        patch_areas: [m2] (P,) float64.
        patch_planes: Plane (P,) int32 of each patch.
        normals: Unit normals (Q, 3) float64 of the planes.
        offsets: Distances [m] (Q,) float64 of the planes from the origin along their normals.
    """

    triangle_patches: NDArray[np.int32]
    patch_areas: NDArray[np.float64]
    patch_planes: NDArray[np.int32]
    normals: NDArray[np.float64]
    offsets: NDArray[np.float64]


def find_mirror_planes(vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> MirrorPlanes:
    """Mirrors of a triangle mesh.

    Args:
        vertices: [m] (V, 3).
        triangles: Vertex indices (T, 3).
    """
    corners = vertices.astype(np.float64)[triangles]
    area_vectors = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(area_vectors, axis=1)
    normals = np.divide(area_vectors, areas[:, None], out=np.zeros_like(area_vectors), where=areas[:, None] > 1e-18)
    labels = _flat_components(_welded(vertices, triangles), corners, normals, areas)
    patches = _fit_planes(labels, corners, normals, areas)
    return _number_mirrors(labels, patches)


@dataclass(frozen=True, eq=False)
class _Patches:
    """Patches (C,) with their area [m2], unit normal (C, 3), offset [m], and whether each is a mirror."""

    areas: NDArray[np.float64]
    normals: NDArray[np.float64]
    offsets: NDArray[np.float64]
    mirrors: NDArray[np.bool_]


def _welded(vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.int64]:
    """Triangles (T, 3) whose indices are equal where the vertices are."""
    grid = np.round(vertices.astype(np.float64) / WELD).astype(np.int64)
    order = np.lexsort(grid.T)
    new = np.any(grid[order[1:]] != grid[order[:-1]], axis=1)
    index = np.empty(len(grid), dtype=np.int64)
    index[order] = np.concatenate([[0], np.cumsum(new)])
    return np.asarray(index[triangles], dtype=np.int64)


def _flat_components(
    triangles: NDArray[np.int64], corners: NDArray[np.float64], normals: NDArray[np.float64], areas: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Patch (T,) of each triangle: neighbours across an edge join where they do not bend and lie in one plane."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    owners = np.repeat(np.arange(len(triangles)), 3)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    same = np.all(edges[order[1:]] == edges[order[:-1]], axis=1)
    a, b = owners[order[:-1]][same], owners[order[1:]][same]
    straight = np.abs(np.einsum("ij,ij->i", normals[a], normals[b])) > np.cos(MAX_BEND)
    reach = np.abs(np.einsum("ijk,ik->ij", corners[b] - corners[a][:, :1], normals[a])).max(axis=1)
    joined = straight & (reach < FLATNESS) & (areas[a] > 1e-12) & (areas[b] > 1e-12)
    graph = coo_matrix((np.ones(joined.sum(), dtype=bool), (a[joined], b[joined])), shape=(len(areas), len(areas)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)


def _fit_planes(
    labels: NDArray[np.int32], corners: NDArray[np.float64], normals: NDArray[np.float64], areas: NDArray[np.float64]
) -> _Patches:
    count = int(labels.max()) + 1
    # Triangles of one patch may be wound either way: turn all towards the patch's largest.
    largest = np.zeros(count, dtype=np.int64)
    by_area = np.argsort(areas, kind="stable")
    largest[labels[by_area]] = by_area
    turned = normals * np.where(np.einsum("ij,ij->i", normals, normals[largest[labels]]) < 0.0, -1.0, 1.0)[:, None]
    patch_areas = np.bincount(labels, areas, count).astype(np.float64)
    summed = np.stack([np.bincount(labels, areas * turned[:, k], count) for k in range(3)], axis=1)
    fitted = summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), 1e-18)
    heights = np.einsum("ijk,ik->ij", corners, fitted[labels])
    offsets = np.bincount(labels, areas * heights.mean(axis=1), count) / np.maximum(patch_areas, 1e-18)
    deviation = np.zeros(count)
    np.maximum.at(deviation, labels, np.abs(heights - offsets[labels][:, None]).max(axis=1))
    lower, upper = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(lower, labels, corners.min(axis=1))
    np.maximum.at(upper, labels, corners.max(axis=1))
    broad = patch_areas >= MIN_BREADTH * np.linalg.norm(upper - lower, axis=1)
    return _Patches(patch_areas, fitted, offsets, (patch_areas >= MIN_AREA) & (deviation <= FLATNESS) & broad)


def _number_mirrors(labels: NDArray[np.int32], patches: _Patches) -> MirrorPlanes:
    """Give each mirror a number, and each plane that several of them share."""
    chosen = np.flatnonzero(patches.mirrors)
    chosen = chosen[np.argsort(-patches.areas[chosen], kind="stable")]
    numbers = np.full(len(patches.areas), -1, dtype=np.int32)
    numbers[chosen] = np.arange(len(chosen), dtype=np.int32)
    normals, offsets = patches.normals[chosen], patches.offsets[chosen]
    planes = np.full(len(chosen), -1, dtype=np.int32)
    founders: list[int] = []
    for patch in range(len(chosen)):
        if planes[patch] >= 0:
            continue
        side = normals @ normals[patch]
        parallel = np.abs(side) > 1.0 - 1e-9
        near = np.abs(np.sign(side) * offsets - offsets[patch]) < 1e-4
        planes[parallel & near & (planes < 0)] = len(founders)
        founders.append(patch)
    return MirrorPlanes(numbers[labels], patches.areas[chosen], planes, normals[founders], offsets[founders])
