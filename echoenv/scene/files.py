"""Scenes by name or file: `load_scene`.

The one idea: find what the name means (`lookup`), read it in the file's own frame (`mesh_files`), find which way is up
(`up_direction`, `find_up`), join it with its semantics (`semantics`), and assemble a `Scene` that says what was used.
Scenes that Habitat's configs describe are put together by `habitat_scenes`.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from echoenv.errors import SettingsError
from echoenv.scene.find_up import find_up
from echoenv.scene.habitat_configs import DATASET_ENDING, INSTANCE_ENDING, STAGE_ENDING
from echoenv.scene.lookup import Found, checked_folder, find_file, find_in_data_set, not_found
from echoenv.scene.material_mapping import MaterialMapping, report_unknown, with_materials
from echoenv.scene.material_table import built_in_mapping
from echoenv.scene.mesh_files import MESH_ENDINGS, read_mesh
from echoenv.scene.mesh_parts import MeshPart, assemble, check_parts, rotate
from echoenv.scene.replica import INFO_FILE, read_objects, read_origin
from echoenv.scene.scene import Scene, SceneObject
from echoenv.scene.semantics import SemanticFiles, with_semantics, without_objects
from echoenv.scene.up_direction import Upright, from_argument, from_axis, from_stage_config, parse_up

_FILE_ENDINGS = (*MESH_ENDINGS, DATASET_ENDING, INSTANCE_ENDING, STAGE_ENDING)


def load_scene(
    scene: str | Path,
    data_dir: str | Path | None = None,
    up: str | None = None,
    materials: MaterialMapping | None = None,
) -> Scene:
    """Load a scene by its name or from a mesh file.

    Args:
        scene: A name such as `apartment_0`, looked up first in the data folder and then among the built-in homes; or
            `procedural:STYLE?seed=SEED` for any other home, of the styles apartment, hotel, meeting_room, office and
            room; or the path of a .glb, .gltf, .obj or .ply file, of a data set's scene folder, or of a scene instance
            or stage config of Habitat's.
        data_dir: Folder of the user's data sets, in their own layouts, also below `scene_datasets/`: Replica
            (`replica/<scene>/habitat/mesh_semantic.ply`), Matterport3D (`mp3d/<scene>/<scene>.glb`), HM3D
            (`hm3d/<split>/<number>-<scene>/<scene>.glb` or `.basis.glb`), Gibson (`gibson/<scene>.glb`), each with its
            semantics beside it; and every `*.scene_dataset_config.json` of Habitat's, such as ReplicaCAD's, in it or in
            a folder of it.
        up: Which direction of the file is up (`+y`, `+z`, `-x`, ...); None takes a stage config beside the file, else
            the data set's frame, else judges by the mesh. Built-in homes need none.
        materials: What things are made of for the ear, such as `read_materials` and `read_soundspaces_materials` give;
            without it the project's own table, or what a built-in home is made of.

    Returns:
        The scene in the world frame; its `origin` says what was used and `up_source` how up was found.

    Warns:
        UserWarning: Once, with the names of what a file's scene is made of that the table does not know; once for a
            scan without semantics, whose views show no objects; once for textures in a format that is not read.

    Raises:
        SceneNotFoundError: No such name, file or data folder.
        SceneFileError: The file is truncated, not what its ending says, or of an unknown kind; or the scene is there by
            half: an unfinished download, a Git LFS pointer, semantics without their list of objects.
        MeshError: The mesh has no triangles, NaN vertices or wrong indices.
        SettingsError: `up` is not a direction, or a procedural home's seed is not a whole number.
    """
    loaded, is_from_file = _load(scene, data_dir, up)
    if materials is not None:
        return with_materials(loaded, materials)
    if is_from_file:
        report_unknown(loaded, built_in_mapping())
    return loaded


def _load(scene: str | Path, data_dir: str | Path | None, up: str | None) -> tuple[Scene, bool]:
    """The scene, and whether it comes from a file."""
    if not isinstance(scene, (str, Path)):
        raise SettingsError(
            f"scene is of type {type(scene).__name__}: give a name such as 'apartment_0', the path of a mesh file, "
            "or a Scene, such as scene_from_arrays makes"
        )
    if up is not None:
        parse_up(up)
    name, folder = str(scene), checked_folder(data_dir)
    is_file_name = not isinstance(scene, str) or len(Path(name).parts) > 1 or name.lower().endswith(_FILE_ENDINGS)
    if isinstance(scene, str) and scene.startswith("procedural:"):  # made rather than found, told by this prefix
        from echoenv.scene.homes import build_home

        return build_home(scene), False
    found = find_in_data_set(name, folder) if folder is not None and not is_file_name else None
    homes: tuple[str, ...] = ()
    if found is None and not is_file_name:
        from echoenv.scene.homes import HOME_NAMES, build_home

        homes = HOME_NAMES
        if name in homes:
            return build_home(name), False
    found = found or find_file(Path(name).expanduser(), folder)
    if found is None:
        raise not_found(name, folder, homes)
    return _read_found(found, up), True


def _read_found(found: Found, up: str | None) -> Scene:
    if found.path.suffix.lower() == ".json":
        from echoenv.scene.habitat_scenes import load_from_configs

        return load_from_configs(found.path, found.scene, up)
    parts = read_mesh(found.path)
    check_parts(parts, f"'{found.path}'")
    upright = _find_upright(found, parts, up)
    source = f"{found.layout.name}, {found.path}" if found.layout else f"mesh file {found.path}"
    files = found.layout.semantic_files(found.path) if found.layout else None
    if files is not None:
        return _read_scan(found, parts, files, upright, source)
    objects = _read_semantics(found, parts)
    exported_from = read_origin(found.path.with_name(INFO_FILE)) if found.layout else ""
    if exported_from:  # in Replica's layout, but not Replica: that must not be lost on the way
        source = f"{exported_from}, exported to {found.path}"
    return assemble(found.scene, source, parts, upright.rotation, upright.source, objects)


def _read_scan(found: Found, parts: Sequence[MeshPart], files: SemanticFiles, upright: Upright, source: str) -> Scene:
    """A scan whose semantics are in files of their own."""
    standing = [dataclasses.replace(part, vertices=rotate(part.vertices, upright.rotation)) for part in parts]
    objects: Sequence[SceneObject] = ()
    if files.are_here(found.path):
        own = from_axis(found.layout.up if found.layout else "+z", "").rotation
        standing, descriptor = with_semantics(standing, files, (upright.rotation, own))
        objects = descriptor.objects
    else:
        standing = without_objects(standing)
    return assemble(found.scene, source, standing, np.eye(3), upright.source, objects)


def _read_semantics(found: Found, parts: Sequence[MeshPart]) -> Sequence[SceneObject]:
    """Objects of a mesh with per-face ids, named where Replica's list lies beside it."""
    ids = [part.object_ids for part in parts if part.object_ids is not None]
    if not ids:
        return ()
    info = found.path.with_name(INFO_FILE)
    if not info.is_file() and found.layout is None:
        warnings.warn(f"'{found.path}' has object ids, but no {INFO_FILE} beside it names them", stacklevel=4)
        return ()
    return read_objects(info, np.concatenate(ids))


def _find_upright(found: Found, parts: Sequence[MeshPart], up: str | None) -> Upright:
    if up is not None:
        return from_argument(up)
    configured = from_stage_config(found.path)
    if configured is not None:
        return configured
    if found.layout is not None:
        return from_axis(
            found.layout.up, f"{found.layout.up} of the file is up, as in all meshes of {found.layout.name}"
        )
    offsets = np.cumsum([0, *(len(part.vertices) for part in parts)])
    vertices = np.concatenate([part.vertices for part in parts])
    triangles = np.concatenate([part.triangles + start for part, start in zip(parts, offsets, strict=False)])
    return find_up(vertices, triangles)
