"""Scenes for other programs: a scene data set that Habitat opens, and Replica's layout.

The one idea: `exported_files` gives the bytes of each file by its path below a folder, and whoever calls writes them.
Replica's frame has +Z up, and its mesh has a colour for each vertex and an object for each face, no textures; it is the
semantic mesh for Habitat too, since faces with ids are read by every version of habitat-sim, need no table of colours,
and are what its audio sensor takes its materials from, which it cannot from HM3D's textures.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.colors import to_linear, to_srgb
from echoenv.scene.gltf_writer import glb_bytes
from echoenv.scene.habitat_configs import INSTANCE_ENDING, STAGE_ENDING
from echoenv.scene.mesh_parts import rotate
from echoenv.scene.replica import INFO_FILE
from echoenv.scene.scene import Scene, SceneObject
from echoenv.scene.up_direction import from_axis

# Where a texture is sampled for a corner: weights of the corner itself, the next and the last one.
_AROUND_CORNER = np.array([[6, 0, 0], [4, 1, 1], [4, 2, 0], [4, 0, 2]]) / 6.0
_NO_CLASS = -1


def exported_files(scene: Scene) -> dict[Path, bytes]:
    """All files of a scene's export.

    Args:
        scene: The scene; `NAME` below is its name without characters that folders cannot have.

    Returns:
        Contents by path below the folder of the export: `NAME.glb`, `NAME.stage_config.json` (with which Habitat reads
        the GLB upright, and finds its semantics), `NAME.scene_instance.json`, `NAME/habitat/mesh_semantic.ply` and
        `NAME/habitat/info_semantic.json`. The folder's own config, `dataset_config`, lists them.
    """
    name = file_name(scene.name)
    replica = Path(name) / "habitat"
    return {
        Path(f"{name}.glb"): glb_bytes(scene),
        replica / "mesh_semantic.ply": replica_mesh(scene),
        replica / INFO_FILE: _json(replica_info(scene)),
        Path(f"{name}{STAGE_ENDING}"): _json(stage_config(scene)),
        Path(f"{name}{INSTANCE_ENDING}"): _json(scene_instance(scene)),
    }


def dataset_config(names: Iterable[str]) -> bytes:
    """The scene dataset config of a folder of exported scenes, for Habitat's `scene_dataset_config_file`.

    Args:
        names: All scenes in the folder, as `file_name` has them.

    Returns:
        The file `echoenv.scene_dataset_config.json`. It depends on nothing but the names, so of two exports into one
        folder at the same time the last to write lists both.
    """
    names = sorted(set(names))
    return _json(
        {
            "stages": {"paths": {".json": [f"{name}{STAGE_ENDING}" for name in names]}},
            "scene_instances": {"paths": {".json": [f"{name}{INSTANCE_ENDING}" for name in names]}},
        }
    )


def file_name(scene: str) -> str:
    """A scene's name without the characters that some file systems refuse."""
    return re.sub(r"[^\w.\-]+", "_", scene).strip("._") or "scene"


def stage_config(scene: Scene) -> dict[str, Any]:
    """Habitat's stage config of the exported GLB.

    Habitat takes a GLB without one as Z-up. Its semantics come from the mesh in Replica's layout, which Habitat turns
    from +Z up by itself, as every semantic .ply; so the frame it is told is that of the turned mesh.
    """
    name = file_name(scene.name)
    return {
        "render_asset": f"{name}.glb",
        "up": [0, 1, 0],
        "front": [0, 0, -1],
        "requires_lighting": not scene.light_is_baked,
        "semantic_asset": f"{name}/habitat/mesh_semantic.ply",
        "semantic_up": [0, 1, 0],
        "semantic_front": [0, 0, -1],
        "semantic_descriptor_filename": f"{name}/habitat/{INFO_FILE}",
    }


def scene_instance(scene: Scene) -> dict[str, Any]:
    """Habitat's scene instance of an exported scene: its stage, without lights where the light is in the colours."""
    return {
        "stage_instance": {"template_name": f"{file_name(scene.name)}{STAGE_ENDING}"},
        "default_lighting": "no_lights" if scene.light_is_baked else "",
    }


def replica_mesh(scene: Scene) -> bytes:
    """A scene as Replica's `mesh_semantic.ply`: binary, +Z up, vertex colours, `object_id` of each face (0: none).

    Triangles keep their order. Textures and base colours go into the vertex colours, so a texture becomes as coarse as
    the mesh; corners of one vertex that differ in colour become several vertices.
    """
    corners = scene.triangles.reshape(-1).astype(np.int64)
    packed = _corner_colors(scene).astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    keys, indices = np.unique(corners << 24 | packed, return_inverse=True)
    vertices = np.empty(len(keys), [("position", "<f4", 3), ("color", "u1", 3)])
    vertices["position"] = _in_replica_frame(scene.vertices[keys >> 24])
    vertices["color"] = np.stack([keys >> 16 & 255, keys >> 8 & 255, keys & 255], axis=1)
    faces = np.empty(len(scene.triangles), [("count", "u1"), ("corners", "<i4", 3), ("object_id", "<i4")])
    faces["count"], faces["corners"], faces["object_id"] = 3, indices.reshape(-1, 3), scene.triangle_objects
    header = ["ply", "format binary_little_endian 1.0", f"element vertex {len(vertices)}"]
    header += [f"property float {axis}" for axis in "xyz"] + [f"property uchar {c}" for c in ("red", "green", "blue")]
    header += [f"element face {len(faces)}", "property list uchar int vertex_indices", "property int object_id"]
    return "\n".join([*header, "end_header", ""]).encode() + vertices.tobytes() + faces.tobytes()


def replica_info(scene: Scene) -> dict[str, Any]:
    """A scene's objects as Replica's `info_semantic.json`: classes, objects with their boxes, class of each id.

    `origin`, which Replica's own files do not have, says what the scene was before, so that an exported home is not
    taken for the scan of its name.
    """
    class_ids = _class_ids(scene.objects)
    labels = [_NO_CLASS] * (1 + max((thing.id for thing in scene.objects), default=0))
    for thing in scene.objects:
        labels[thing.id] = class_ids[thing.category]
    return {
        "origin": scene.origin,
        "id_to_label": labels,
        "classes": [{"id": number, "name": name} for name, number in sorted(class_ids.items(), key=lambda c: c[1])],
        "objects": [
            {
                "id": thing.id,
                "class_id": class_ids[thing.category],
                "class_name": thing.category,
                "oriented_bbox": box,
            }
            for thing, box in zip(scene.objects, _boxes(scene), strict=True)
        ],
    }


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode("utf-8")


def _in_replica_frame(points: NDArray[np.float32]) -> NDArray[np.float64]:
    """World points (n, 3) in Replica's frame."""
    return rotate(points.astype(np.float64), from_axis("+z", "").rotation.T)


def _class_ids(objects: tuple[SceneObject, ...]) -> dict[str, int]:
    """A class id for every category: the data set's own where it has one, else the lowest that is free from 1 on."""
    ids: dict[str, int] = {}
    taken: set[int] = set()
    for thing in objects:
        if thing.category_id >= 0 and thing.category not in ids and thing.category_id not in taken:
            ids[thing.category] = thing.category_id
            taken.add(thing.category_id)
    free = (number for number in range(1, len(objects) + len(taken) + 2) if number not in taken)
    for category in sorted({thing.category for thing in objects} - ids.keys()):
        ids[category] = next(free)
    return ids


def _boxes(scene: Scene) -> list[dict[str, Any]]:
    """A box along the axes of Replica's frame for every object; one without triangles has no size."""
    count = 1 + max(int(scene.triangle_objects.max()), max((thing.id for thing in scene.objects), default=0))
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    points = _in_replica_frame(scene.vertices)
    for corner in range(3):
        np.minimum.at(low, scene.triangle_objects, points[scene.triangles[:, corner]])
        np.maximum.at(high, scene.triangle_objects, points[scene.triangles[:, corner]])
    absent = ~np.isfinite(low)
    low[absent] = high[absent] = 0.0
    unturned = {"rotation": [0.0, 0.0, 0.0, 1.0], "translation": [0.0, 0.0, 0.0]}  # quaternion x, y, z, w
    return [
        {
            "abb": {
                "center": ((low[thing.id] + high[thing.id]) / 2.0).round(6).tolist(),
                "sizes": (high[thing.id] - low[thing.id]).round(6).tolist(),
            },
            "orientation": unturned,
        }
        for thing in scene.objects
    ]


def _corner_colors(scene: Scene) -> NDArray[np.uint8]:
    """SRGB (3 T, 3) of every corner: base colour, vertex colour and texture, multiplied in linear light."""
    surface = np.repeat(scene.triangle_surfaces, 3)
    bases = to_linear(np.array([s.color for s in scene.surfaces], dtype=np.float64))
    colors = bases[surface]
    if scene.vertex_colors is not None:
        colors *= to_linear(np.arange(256) / 255.0)[scene.vertex_colors[scene.triangles.reshape(-1)]]
    if scene.corner_uvs is not None:
        for number, entry in enumerate(scene.surfaces):
            triangles = np.flatnonzero(scene.triangle_surfaces == number)
            if entry.texture is not None and len(triangles):
                corners = (3 * triangles[:, None] + np.arange(3)).reshape(-1)
                uvs = scene.corner_uvs[triangles].astype(np.float64)
                colors[corners] *= _texture_at_corners(scene.triangles[triangles], uvs, entry.texture)
    return np.rint(255.0 * np.clip(to_srgb(colors), 0.0, 1.0)).astype(np.uint8)


def _texture_at_corners(
    triangles: NDArray[np.int32], uvs: NDArray[np.float64], texture: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """Linear colour (3 n, 3) of a texture at the corners of triangles (n, 3), equal for all corners of a vertex."""
    turned = np.stack([np.roll(uvs, -corner, axis=1) for corner in range(3)], axis=1)  # (n, corner, from it on, 2)
    places = np.einsum("sk,nckd->ncsd", _AROUND_CORNER, turned)
    height, width = texture.shape[:2]
    columns = np.floor(places[..., 0] % 1.0 * width).astype(np.int64) % width
    rows = np.floor((1.0 - places[..., 1]) % 1.0 * height).astype(np.int64) % height
    samples = to_linear(np.arange(256) / 255.0)[texture[rows, columns]].mean(axis=2).reshape(-1, 3)
    _, vertex, count = np.unique(triangles.reshape(-1), return_inverse=True, return_counts=True)
    vertex = vertex.reshape(-1)
    means = np.stack([np.bincount(vertex, samples[:, c]) for c in range(3)], axis=1) / count[:, None]
    return means[vertex]
