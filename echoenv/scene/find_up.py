"""Which way is up, from the mesh alone: where floor, furniture and ceiling are.

The one idea: every large flat direction of a mesh, and each axis of its file, is a candidate; five things that are
true of rooms in whatever file are measured for each (`_features`), and the largest weighted sum wins. What the file's
axes usually mean adds a little, which decides for empty, symmetric rooms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.up_direction import UP_DIRECTIONS, Upright, axis_vector, from_axis, level_rotation

_MOST_TRIANGLES = 200_000  # more are thinned out evenly
_LEVEL = np.cos(np.deg2rad(8.0))  # a surface within this of level counts as level
_SNAP = np.cos(np.deg2rad(1.0))  # a direction this near an axis is the axis
_NEAR = np.cos(np.deg2rad(20.0))  # a flat direction this near an axis is that axis of a scan that stands askew
_CUSTOM = {"+y": 0.20, "+z": 0.16}  # +Y by glTF's standard, +Z by the habit of CAD programs and data sets
_WEIGHTS = {"openness": 3.0, "furniture": 2.0, "lowness": 1.0, "level_area": 0.7, "flatness": 0.5}


@dataclass(frozen=True, eq=False)
class _Faces:
    """What is measured of a mesh.

    Attributes:
        normals: Unit normals (n, 3) of the triangles that have an area.
        centroids: Their middles (n, 3).
        areas: Their areas (n,).
        corners: The vertices (m, 3) that they use.
        diagonal: Length of the diagonal of the box around those.
    """

    normals: NDArray[np.float64]
    centroids: NDArray[np.float64]
    areas: NDArray[np.float64]
    corners: NDArray[np.float64]
    diagonal: float


def find_up(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> Upright:
    """The up direction of a mesh from its surfaces.

    Args:
        vertices: Positions (V, 3), finite, in the file's frame.
        triangles: Vertex indices (T, 3).

    Returns:
        One of the six axes where a candidate lies within a degree of it; otherwise (scans) the direction itself, so
        that the floor comes out level.
    """
    faces = _measure(vertices, triangles)
    if not len(faces.areas):
        return from_axis("+y", "+y of the file is taken as up: the mesh has no area to tell it from")
    candidates = _candidates(faces)
    scores = [_score(faces, candidate) for candidate in candidates]
    up = candidates[int(np.argmax(scores))]
    axis = max(UP_DIRECTIONS, key=lambda name: float(axis_vector(name) @ up))
    if axis_vector(axis) @ up >= _SNAP:
        return from_axis(axis, f"{axis} of the file is up, judged from where the mesh has floor, furniture and ceiling")
    angle = np.rad2deg(np.arccos(np.clip(axis_vector(axis) @ up, -1.0, 1.0)))
    words = ", ".join(f"{value:.3f}" for value in up)
    return Upright(
        level_rotation(up, axis),
        f"({words}) of the file is up, {angle:.1f} degrees off its {axis} axis, judged from where the mesh has floor, "
        "furniture and ceiling; the scan was levelled",
    )


def _measure(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> _Faces:
    triangles = triangles[:: max(1, -(-len(triangles) // _MOST_TRIANGLES))]
    a, b, c = (vertices[triangles[:, k]] for k in range(3))
    normals = np.cross(b - a, c - a)
    length = np.linalg.norm(normals, axis=1)
    real = length > 1e-14
    normals = normals[real] / length[real, None]
    corners = vertices[np.unique(triangles[real])]
    diagonal = float(np.linalg.norm(np.ptp(corners, axis=0))) if len(corners) else 0.0
    return _Faces(normals, ((a + b + c) / 3.0)[real], length[real] / 2.0, corners, diagonal)


def _candidates(faces: _Faces) -> list[NDArray[np.float64]]:
    """Unit directions: the six axes, and both senses of the largest flat directions.

    A flat direction within a degree of an axis is the axis; an axis near which only a tilted flat direction lies gives
    way to that.
    """
    flat = [sense * mode for mode in _flat_directions(faces) for sense in (1.0, -1.0)]
    axes = []
    for axis in (axis_vector(name) for name in UP_DIRECTIONS):
        nearest_flat = max((float(mode @ axis) for mode in flat), default=0.0)
        if nearest_flat >= _SNAP or nearest_flat < _NEAR:
            axes.append(axis)
    return axes + [mode for mode in flat if all(mode @ axis < _SNAP for axis in axes)]


def _flat_directions(faces: _Faces, most: int = 5) -> list[NDArray[np.float64]]:
    """The directions, sense aside, to which most area is perpendicular, largest first."""
    normals, areas = _binned(faces)
    left = areas.copy()
    found: list[NDArray[np.float64]] = []
    while len(found) < most and left.sum() > 0.05 * areas.sum():
        seeds = normals[np.argsort(-left, kind="stable")[:64]]
        support = [float(left[np.abs(_along(normals, seed)) > _LEVEL].sum()) for seed in seeds]
        mode = seeds[int(np.argmax(support))]
        for cosine in np.cos(np.deg2rad([8.0, 6.0, 4.0, 4.0])):
            along = _along(normals, mode)
            weight = np.where(np.abs(along) > cosine, left, 0.0) * np.sign(along)
            mean = (weight[:, None] * normals).sum(axis=0)
            if np.linalg.norm(mean) > 0.0:
                mode = mean / np.linalg.norm(mean)
        found.append(mode)
        left[np.abs(_along(normals, mode)) > np.cos(np.deg2rad(12.0))] = 0.0
    return found


def _binned(faces: _Faces) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean normals (b, 3) and areas (b,) of triangles whose normals fall into one small cell."""
    cells = np.rint((faces.normals + 1.0) * 20.0).astype(np.int64) @ np.array([41 * 41, 41, 1])
    index = np.unique(cells, return_inverse=True)[1]
    areas: NDArray[np.float64] = np.bincount(index, faces.areas).astype(np.float64)
    sums = np.stack([np.bincount(index, faces.areas * faces.normals[:, k]) for k in range(3)], axis=1)
    return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True)), areas


def _along(vectors: NDArray[np.float64], direction: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dot products (n,) of vectors (n, 3) with a direction; BLAS would round differently with its threads."""
    return np.asarray(vectors[:, 0] * direction[0] + vectors[:, 1] * direction[1] + vectors[:, 2] * direction[2])


def _score(faces: _Faces, up: NDArray[np.float64]) -> float:
    features = _features(faces, up)
    custom = next((bonus for name, bonus in _CUSTOM.items() if axis_vector(name) @ up > _NEAR), 0.0)
    return sum(_WEIGHTS[name] * value for name, value in features.items()) + custom


def _features(faces: _Faces, up: NDArray[np.float64]) -> dict[str, float]:
    """What speaks for a direction as up, each about -1 to 1.

    `openness`: upward less downward area, as a share of all; a closed mesh has none, scans lack ceiling and undersides.
    `furniture`: the same of level area at the heights of tables, seats and shelves. `lowness`: how far the middle of
    the area lies below half height, since things stand on the floor. `level_area`: share of the area that is level.
    `flatness`: how small the height is beside the diagonal, since buildings are wider than high.
    """
    heights = _along(faces.corners, up)
    low, high = np.quantile(heights, [0.005, 0.995])
    extent = max(float(high - low), 1e-9)
    relative = np.clip((_along(faces.centroids, up) - low) / extent, 0.0, 1.0)
    slope = _along(faces.normals, up)
    share = faces.areas / faces.areas.sum()
    level = np.where(np.abs(slope) > _LEVEL, share, 0.0)
    furniture = np.where((relative > 0.12) & (relative < 0.75), level, 0.0)
    return {
        "openness": float((share * slope).sum()),
        "furniture": float((furniture * np.sign(slope)).sum()),
        "lowness": 0.5 - float((share * relative).sum()),
        "level_area": float(level.sum()),
        "flatness": 1.0 - extent / max(faces.diagonal, 1e-9),
    }
