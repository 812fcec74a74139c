"""Which scene an episode means: Habitat's and SoundSpaces' many ways to write one, turned into a name.

The one idea: whatever root a path begins with, its end says which scene it is; nothing depends on how many folders
come first. (SoundSpaces' code takes the fourth part of the path, which another root breaks.)
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from echoenv.errors import DatasetError

HABITAT_PREFIX = "data/scene_datasets/"
"""What Habitat-Lab cuts off a scene_id before it joins it to the scenes' folder."""

_ENDINGS = (
    ".basis.glb",
    ".semantic.glb",
    ".glb",
    ".gltf",
    ".obj",
    ".ply",
    ".stage_config.json",
    ".scene_instance.json",
)
_MESH_NAMES = ("mesh", "mesh_semantic", "mesh_preseg_semantic", "replica_stage", "sorted_faces", "info_semantic")
"""Files of these names lie in the folder of their scene (Replica: `room_0/habitat/mesh_semantic.ply`)."""

_BETWEEN = ("habitat",)
"""Folders between a scene's folder and such files."""


def scene_name(scene_id: str) -> str:
    """Name of the scene that a `scene_id` means.

    Args:
        scene_id: A name (`room_0`, `procedural:apartment?seed=7`), a name below a folder, or a path of a mesh or a
            config: `data/scene_datasets/replica/room_0/habitat/mesh_semantic.ply`, `mp3d/<scene>/<scene>.glb`,
            `hm3d/val/00800-TEEsavR23oF/TEEsavR23oF.basis.glb`, `gibson/Adrian.glb`, under any root.

    Returns:
        `room_0`, the procedural home's whole name, `TEEsavR23oF`, `Adrian`.

    Raises:
        DatasetError: It names no scene.
    """
    if "procedural:" in scene_id:
        return scene_id[scene_id.index("procedural:") :]
    parts = [part for part in PurePosixPath(scene_id.replace("\\", "/")).parts if part not in ("/", ".", "..")]
    if not parts:
        raise DatasetError(f"scene_id '{scene_id}' names no scene: give a name such as 'room_0', or a mesh file")
    stem = without_ending(parts.pop())
    if stem not in _MESH_NAMES:
        return stem
    while parts and parts[-1] in _BETWEEN:
        parts.pop()
    if not parts:
        raise DatasetError(
            f"scene_id '{scene_id}' does not say which scene its '{stem}' is of: give its folder too, "
            "<scene>/habitat/mesh_semantic.ply"
        )
    return parts[-1]


def names_mesh_file(scene_id: str) -> bool:
    """Whether a `scene_id` ends as a mesh or a config does, and so means a file and not just a name."""
    return "procedural:" not in scene_id and without_ending(scene_id) != scene_id


def without_ending(name: str) -> str:
    """A file's name without the ending of a mesh or a config; other names as they are."""
    for ending in _ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def below_scenes_dir(scene_id: str, scenes_dir: str | None) -> str:
    """The path that Habitat-Lab makes of a `scene_id`: without its usual prefix, joined to the scenes' folder.

    Args:
        scene_id: As the file gives it.
        scenes_dir: Habitat's `dataset.scenes_dir`; None leaves the `scene_id` as it is.
    """
    if scenes_dir is None:
        return scene_id
    return str(PurePosixPath(scenes_dir) / scene_id.removeprefix(HABITAT_PREFIX))


def content_name(scene: str) -> str:
    """Name of a scene's content file without its ending: signs that no file should have become `_`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", scene) or "scene"
