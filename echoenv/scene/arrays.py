"""Scenes from plain arrays, for those who have their mesh in memory already.

The one idea: faces may be triangles, quads or polygons of any size; whatever is given per face follows its triangles.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import MeshError
from echoenv.scene.material_table import material_for_category
from echoenv.scene.mesh_parts import Look, MeshPart, check_parts, rotate
from echoenv.scene.polygons import fan_triangles
from echoenv.scene.scene import Scene, SceneObject, Surface
from echoenv.scene.up_direction import from_argument


def scene_from_arrays(
    vertices: ArrayLike,
    triangles: ArrayLike | Sequence[Sequence[int]],
    *,
    name: str = "arrays",
    surfaces: Sequence[Surface] = (),
    triangle_surfaces: ArrayLike | None = None,
    triangle_objects: ArrayLike | None = None,
    objects: Sequence[SceneObject] = (),
    vertex_colors: ArrayLike | None = None,
    vertex_uvs: ArrayLike | None = None,
    up: str = "+y",
    light_is_baked: bool | None = None,
) -> Scene:
    """Build a scene from arrays.

    Args:
        vertices: Positions [m] (V, 3).
        triangles: Vertex indices of the faces, (n, 3) triangles, (n, 4) quads, or a sequence of faces of any sizes;
            counter-clockwise seen from the front.
        name: Short name of the scene.
        surfaces: Looks and acoustics; without them all is white and of the default material.
        triangle_surfaces: Index (n,) into `surfaces` for every face as given; all 0 by default.
        triangle_objects: Instance id (n,) of every face as given; 0 by default.
        objects: The objects, by id.
        vertex_colors: sRGB (V, 3) uint8.
        vertex_uvs: Texture coordinates (V, 2), v up.
        up: Which direction of the arrays is up: `+y` (EchoEnv's own frame), `+z`, `-x`, ...
        light_is_baked: Whether colours already hold the light; by default where there are vertex colours or a texture.

    Returns:
        The scene in the world frame.

    Raises:
        MeshError: No faces, vertices that are not finite, indices out of range, or arrays that do not fit together.
        SettingsError: `up` is not a direction.
    """
    points, corners, counts = _as_points(vertices, name), *_as_polygons(triangles, name)
    triangle_corners, polygon = fan_triangles(counts)
    faces = corners[triangle_corners]
    check_parts([MeshPart(points, faces, Look())], f"scene '{name}'")
    upright = from_argument(up)
    uvs = _as_columns(vertex_uvs, (len(points), 2), "vertex_uvs", name)
    colors = _as_columns(vertex_colors, (len(points), 3), "vertex_colors", name)
    chosen = tuple(surfaces) or (Surface("default", material_for_category("unknown")),)
    if light_is_baked is None:
        light_is_baked = colors is not None or any(surface.texture is not None for surface in chosen)
    return Scene(
        name=name,
        origin="arrays given by the caller",
        vertices=rotate(points, upright.rotation).astype(np.float32),
        triangles=faces.astype(np.int32),
        surfaces=chosen,
        triangle_surfaces=_per_face(triangle_surfaces, len(counts), "triangle_surfaces", name)[polygon],
        triangle_objects=_per_face(triangle_objects, len(counts), "triangle_objects", name)[polygon],
        objects=tuple(objects),
        vertex_colors=None if colors is None else colors.astype(np.uint8),
        corner_uvs=None if uvs is None else uvs[faces].astype(np.float32),
        light_is_baked=light_is_baked,
        up_source=upright.source,
    )


def _as_points(vertices: ArrayLike, name: str) -> NDArray[np.float64]:
    try:
        points = np.asarray(vertices, dtype=np.float64)
    except (TypeError, ValueError):
        raise MeshError(f"scene '{name}': vertices are not numbers: give an array (V, 3) in metres") from None
    if points.ndim != 2 or points.shape[1] != 3:
        raise MeshError(f"scene '{name}': vertices have the shape {points.shape}: give an array (V, 3) in metres")
    return points


def _as_polygons(
    triangles: ArrayLike | Sequence[Sequence[int]], name: str
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Vertex indices in one row, and the corners (n,) of each face."""
    try:
        faces: Sequence[NDArray] = [np.asarray(face) for face in cast(Sequence[ArrayLike], triangles)]
        counts = np.array([len(face) for face in faces], dtype=np.int64)
        corners = np.concatenate([np.ravel(face) for face in faces]) if len(counts) else np.zeros(0, dtype=np.int64)
    except (TypeError, ValueError):
        raise MeshError(
            f"scene '{name}': triangles must be an array (n, 3) or (n, 4), or a sequence of faces"
        ) from None
    whole = corners.dtype.kind in "iu" and len(corners) == counts.sum()
    if not whole or (len(counts) and counts.min() < 3):
        raise MeshError(f"scene '{name}': every face must be three or more vertex indices (whole numbers)")
    return corners.astype(np.int64), counts


def _as_columns(values: ArrayLike | None, shape: tuple[int, int], what: str, name: str) -> NDArray | None:
    if values is None:
        return None
    array = np.asarray(values)
    if array.shape != shape:
        raise MeshError(f"scene '{name}': {what} has shape {array.shape}, expected {shape}")
    return array


def _per_face(values: ArrayLike | None, count: int, what: str, name: str) -> NDArray[np.int32]:
    array = np.zeros(count, dtype=np.int32) if values is None else np.asarray(values, dtype=np.int32)
    if array.shape != (count,):
        raise MeshError(f"scene '{name}': {what} has shape {array.shape}, expected ({count},), one for each face")
    return array
