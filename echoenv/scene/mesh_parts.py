"""What every reader hands over: parts of a mesh in the file's own frame, and how they become a `Scene`.

The one idea: a reader yields `MeshPart`s (triangles that share one look, with the names that the file gives);
`assemble` turns them upright, joins them, numbers the objects and finds the acoustic material of each surface by its
names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import MeshError
from echoenv.scene.material_table import MATERIAL_NAMES, material_for_category
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, SceneObject, Surface


@dataclass(frozen=True, eq=False)
class Look:
    """What a file says about how a surface looks; one per material of the file.

    Attributes:
        name: The file's name of the material, "" where it gives none.
        color: sRGB base colour (3,) in 0..1.
        texture: sRGB image (H, W, 3) uint8, row 0 at v = 1 (top), or None.
    """

    name: str = ""
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: NDArray[np.uint8] | None = None


@dataclass(frozen=True, eq=False)
class MeshPart:
    """Triangles of one look, in the file's own frame.

    Attributes:
        vertices: Positions (V, 3) float64 in the file's unit and frame.
        triangles: Vertex indices (T, 3) int64, counter-clockwise seen from the front.
        look: How they look.
        vertex_colors: sRGB (V, 3) uint8, or None.
        corner_uvs: Texture coordinates (T, 3, 2), v up, or None.
        object_name: The node or group that holds the part, "" where there is none.
        object_key: What tells it from others of the same name; parts of equal name and key are one object.
        object_ids: The data set's own instance id (T,) of each triangle, or None; 0 and less mean none.
    """

    vertices: NDArray[np.float64]
    triangles: NDArray[np.int64]
    look: Look
    vertex_colors: NDArray[np.uint8] | None = None
    corner_uvs: NDArray[np.float64] | None = None
    object_name: str = ""
    object_key: int = 0
    object_ids: NDArray[np.int64] | None = None


def check_parts(parts: Sequence[MeshPart], source: str) -> None:
    """Check that a mesh can be used before anything is computed from it.

    Raises:
        MeshError: No triangles, vertices that are not finite, or indices out of range; the message names `source`.
    """
    if not sum(len(part.triangles) for part in parts):
        count = sum(len(part.vertices) for part in parts)
        what = f"only {count} points (a point cloud)" if count else "no triangles"
        raise MeshError(
            f"{source} has {what}: give a mesh with at least one face; reconstruct a surface from points first"
        )
    for part in parts:
        lowest, highest = (part.triangles.min(), part.triangles.max()) if len(part.triangles) else (0, -1)
        if lowest < 0 or highest >= len(part.vertices):
            wrong = lowest if lowest < 0 else highest
            raise MeshError(
                f"{source}: a face names vertex {wrong}, but there are {len(part.vertices)} "
                f"(0 to {len(part.vertices) - 1}): the file is damaged, export it again"
            )
    bad = sum(int(np.count_nonzero(~np.isfinite(part.vertices).all(axis=1))) for part in parts)
    if bad:
        total = sum(len(part.vertices) for part in parts)
        raise MeshError(f"{source}: {bad} of {total} vertices are NaN or infinite: repair the mesh and export it again")


def rotate(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points (n, 3) times a matrix (3, 3), to the same last bit whatever the number of threads."""
    return np.einsum("ij,kj->ik", points, matrix)


def category_from_name(name: str) -> str:
    """Class name in a node's name: `Sofa_02.001` gives `sofa`; "unknown" where nothing but numbers is left."""
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", name)
    words = re.sub(r"[\s_.\-]+\d*(?=[\s_.\-]|$)", " ", re.sub(r"\d+$", "", words)).strip()
    category = re.sub(r"\s+", "_", words).lower()
    return category if re.search(r"[a-z]", category) else "unknown"


def assemble(
    name: str,
    origin: str,
    parts: Sequence[MeshPart],
    rotation: NDArray[np.float64],
    up_source: str,
    objects: Sequence[SceneObject] = (),
) -> Scene:
    """Join parts into a scene in the world frame.

    Args:
        name: Short name of the scene.
        origin: One phrase that says what was used.
        parts: The parts; they must have passed `check_parts`.
        rotation: File frame to world frame (3, 3).
        up_source: How the up direction was found.
        objects: The data set's objects, for parts that carry `object_ids`; without them every named node or group
            becomes an object, numbered from 1.

    Returns:
        The scene.
    """
    parts = [part for part in parts if len(part.triangles)]
    if any(part.object_ids is not None for part in parts):
        triangle_objects = np.concatenate([_given_ids(part) for part in parts])
        objects = _complete_objects(objects, triangle_objects)
    else:
        objects, triangle_objects = _number_names(parts)
    surfaces, triangle_surfaces = _find_surfaces(parts, objects, triangle_objects)
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    return Scene(
        name=name,
        origin=origin,
        vertices=np.concatenate([rotate(part.vertices, rotation) for part in parts]).astype(np.float32),
        triangles=np.concatenate([part.triangles + start for part, start in zip(parts, offsets, strict=False)]).astype(
            np.int32
        ),
        surfaces=surfaces,
        triangle_surfaces=triangle_surfaces,
        triangle_objects=triangle_objects.astype(np.int32),
        objects=tuple(objects),
        vertex_colors=_join_colors(parts),
        corner_uvs=_join_uvs(parts),
        light_is_baked=any(part.vertex_colors is not None or part.look.texture is not None for part in parts),
        up_source=up_source,
    )


def _given_ids(part: MeshPart) -> NDArray[np.int64]:
    if part.object_ids is None:
        return np.zeros(len(part.triangles), dtype=np.int64)
    return np.maximum(part.object_ids, 0)


def _complete_objects(objects: Sequence[SceneObject], triangle_objects: NDArray[np.int64]) -> list[SceneObject]:
    """The given objects and one of category "unknown" for every id that the mesh uses beyond them."""
    known = {thing.id for thing in objects}
    extra = [SceneObject(int(i), "unknown") for i in np.unique(triangle_objects) if i > 0 and int(i) not in known]
    return sorted([*objects, *extra], key=lambda thing: thing.id)


def _number_names(parts: Sequence[MeshPart]) -> tuple[list[SceneObject], NDArray[np.int64]]:
    ids: dict[tuple[str, int], int] = {}
    per_part = []
    for part in parts:
        number = ids.setdefault((part.object_name, part.object_key), len(ids) + 1) if part.object_name else 0
        per_part.append(np.full(len(part.triangles), number, dtype=np.int64))
    objects = [SceneObject(number, category_from_name(name)) for (name, _), number in ids.items()]
    return objects, np.concatenate(per_part)


def _acoustic_material(names: Sequence[str]) -> AcousticMaterial:
    """The first material that one of the names leads to; the default where none does."""
    default = material_for_category("unknown")
    for name in names:
        material = material_for_category(name) if name and name != "unknown" else default
        if material.name != default.name:
            return material
    return default


def _find_surfaces(
    parts: Sequence[MeshPart], objects: Sequence[SceneObject], triangle_objects: NDArray[np.int64]
) -> tuple[tuple[Surface, ...], NDArray[np.int32]]:
    """One surface per look and acoustic material; its index (T,) for every triangle."""
    categories = {thing.id: thing.category for thing in objects}
    surfaces: dict[tuple[int, str], Surface] = {}
    numbers: dict[tuple[int, str], int] = {}
    chosen = np.empty(len(triangle_objects), dtype=np.int32)
    start = 0
    for part in parts:
        stop = start + len(part.triangles)
        ids, inverse = np.unique(triangle_objects[start:stop], return_inverse=True)
        picks = np.empty(len(ids), dtype=np.int32)
        for k, object_id in enumerate(ids):
            category = categories.get(int(object_id), "unknown")
            # A data set's class is surer than a material's name, but for the table's own names, which exports have; a
            # node's name is less sure than its material's.
            is_surer = part.object_ids is not None and part.look.name not in MATERIAL_NAMES
            names = [category, part.look.name] if is_surer else [part.look.name, category]
            names += [category_from_name(part.look.name)]
            material = _acoustic_material(names)
            key = (id(part.look), material.name)
            if key not in surfaces:
                title = part.look.name or (category if category != "unknown" else material.name)
                surfaces[key] = Surface(title, material, part.look.color, part.look.texture)
                numbers[key] = len(numbers)
            picks[k] = numbers[key]
        chosen[start:stop] = picks[inverse]
        start = stop
    return tuple(surfaces.values()), chosen


def _join_colors(parts: Sequence[MeshPart]) -> NDArray[np.uint8] | None:
    if all(part.vertex_colors is None for part in parts):
        return None
    white = [np.full((len(part.vertices), 3), 255, dtype=np.uint8) for part in parts]
    return np.concatenate(
        [w if part.vertex_colors is None else part.vertex_colors for w, part in zip(white, parts, strict=True)]
    )


def _join_uvs(parts: Sequence[MeshPart]) -> NDArray[np.float32] | None:
    if all(part.corner_uvs is None for part in parts):
        return None
    zeros = [np.zeros((len(part.triangles), 3, 2)) for part in parts]
    uvs = [z if part.corner_uvs is None else part.corner_uvs for z, part in zip(zeros, parts, strict=True)]
    return np.concatenate(uvs).astype(np.float32)
