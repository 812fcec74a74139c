"""Where a scene's name leads: a data set in the user's data folder, a built-in home, or a file.

The one idea: a name is looked up in that order, and what was found is said in words (`Scene.origin`), so that a
built-in home can never be taken for the real scene of the same name.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

from echoenv.errors import SceneFileError, SceneNotFoundError, nearest
from echoenv.scene.habitat_configs import (
    DATASET_ENDING,
    INSTANCE_ENDING,
    STAGE_ENDING,
    SceneDataset,
    find_datasets,
    short_name,
)
from echoenv.scene.layouts import LAYOUTS, Layout, half_downloads, layout_of_file, scene_id
from echoenv.scene.mesh_files import MESH_ENDINGS

EXPORT_CONFIG = f"echoenv{DATASET_ENDING}"
"""The scene dataset config that exports write; its scenes keep what Replica's layout cannot hold."""


@dataclass(frozen=True)
class Found:
    """A scene's file, and what it belongs to.

    Attributes:
        path: A mesh, or a scene instance, stage or scene dataset config of Habitat's.
        scene: The scene's name.
        layout: The data set whose frame a mesh has, or None for a file of the user's own.
        dataset: The scene dataset config that names the scene, or None.
    """

    path: Path
    scene: str
    layout: Layout | None
    dataset: Path | None = None

    @property
    def what(self) -> str:
        """What it is, for lists."""
        return f"{self.layout.name}'s layout" if self.layout else "Habitat's scene data set"


def checked_folder(data_dir: str | Path | None) -> Path | None:
    """The user's data folder, or None where none is given.

    Raises:
        SceneNotFoundError: It is not a folder.
    """
    if data_dir is None:
        return None
    folder = Path(data_dir).expanduser()
    if not folder.is_dir():
        raise SceneNotFoundError(f"data folder '{data_dir}' is not a folder: name an existing one or leave it out")
    return folder


def find_in_data_set(scene: str, data_dir: Path) -> Found | None:
    """The file of a named scene in the data folder, or None.

    Exports of EchoEnv come first, then the data sets' own layouts, then Habitat's other scene data sets.

    Raises:
        SceneFileError: The scene's folder is there, but its mesh is not, or not wholly downloaded.
    """
    if Path(scene).is_absolute() or ".." in Path(scene).parts or not scene.strip():
        return None
    datasets = find_datasets(data_dir)
    found = _find_in_configs(scene, [path for path in datasets if path.name == EXPORT_CONFIG])
    for layout in LAYOUTS if found is None else ():
        for path in layout.files(data_dir, scene):
            if path.is_file():
                return Found(path, scene_id(scene), layout)
    found = found or _find_in_configs(scene, [path for path in datasets if path.name != EXPORT_CONFIG])
    if found is None:
        for layout, path, part in half_downloads(data_dir, scene):
            there = f"there is only '{part.name}'" if part else f"'{path.parent}' holds other files of it"
            raise SceneFileError(
                f"scene '{scene}' of {layout.name} is not whole: expected '{path}', and {there}; finish the download"
            )
    return found


def _find_in_configs(scene: str, configs: list[Path]) -> Found | None:
    for config in configs:
        dataset = SceneDataset.read(config)
        if scene in dataset.scene_names():
            return Found(config, scene, None, config)
    return None


def find_file(path: Path, data_dir: Path | None) -> Found | None:
    """A file by its path (also below the data folder), or the scene in a folder of it; None if neither."""
    for candidate in (path, *([data_dir / path] if data_dir else [])):
        if candidate.is_dir():
            folder = candidate.resolve()
            found = find_in_data_set(folder.name, folder.parent)
            if found:
                return found
        elif candidate.is_file():
            if candidate.name.endswith((INSTANCE_ENDING, STAGE_ENDING)):
                return Found(candidate, short_name(candidate), None)
            if candidate.name.endswith(DATASET_ENDING):
                raise _needs_name(candidate)
            return Found(candidate, *layout_of_file(candidate))
    return None


def _needs_name(config: Path) -> SceneNotFoundError:
    names = SceneDataset.read(config).scene_names()
    return SceneNotFoundError(
        f"'{config}' is a data set of {len(names)} scenes: give a scene's name, with the folder as data folder, "
        f"{nearest('', names)}"
    )


def scene_names(data_dir: Path | None) -> list[str]:
    """Names of all scenes that the data folder holds in a known layout or names in a scene dataset config.

    Warns:
        UserWarning: A scene dataset config is damaged; its scenes are left out.
    """
    if data_dir is None:
        return []
    names = {name for layout in LAYOUTS for name in layout.scene_names(data_dir)}
    for config in find_datasets(data_dir):
        try:
            names |= {scene_id(name) for name in SceneDataset.read(config).scene_names()}
        except SceneFileError as error:  # one damaged config hides its own scenes, not those of others
            warnings.warn(str(error), stacklevel=2)
    return sorted(names)


def not_found(scene: str, data_dir: Path | None, homes: tuple[str, ...]) -> SceneNotFoundError:
    """The error for a scene that leads nowhere: which names are near, in the place where the user meant it to be."""
    path = Path(scene)
    if not scene.strip():
        return SceneNotFoundError(f"the scene's name is empty: give a mesh file or a name, {nearest('', homes)}")
    if path.is_dir():
        return _folder_without_scene(path, scene)
    if path.suffix.lower() in MESH_ENDINGS or len(path.parts) > 1 or not homes:
        folder = path.parent
        if not folder.is_dir():
            return SceneNotFoundError(f"scene file '{scene}' is missing: there is no folder '{folder}'")
        meshes = _meshes_in(folder)
        hint = nearest(path.name, meshes) if meshes else "there is no mesh file in it"
        return SceneNotFoundError(f"scene file '{scene}' is missing from '{folder.resolve()}': {hint}")
    searched = f"in '{data_dir}', " if data_dir else ""
    return SceneNotFoundError(
        f"scene '{scene}' is not known (looked {searched}among the built-in homes and for a file): "
        f"{nearest(scene, {*homes, *scene_names(data_dir)})}"
    )


def _folder_without_scene(path: Path, scene: str) -> SceneNotFoundError:
    name = path.resolve().name
    known = [layout.meshes[0].format(scene=name, id=scene_id(name)) for layout in LAYOUTS[:3]]
    meshes = _meshes_in(path)
    hint = f"name a mesh file itself, {nearest(path.name, meshes)}" if meshes else "there is no mesh file in it"
    held = scene_names(path)
    if held:
        hint = f"it holds {len(held)} scenes: give it as data folder and name one, {nearest('', held)}"
    return SceneNotFoundError(f"folder '{scene}' holds no scene in a known layout ({', '.join(known)}): {hint}")


def _meshes_in(folder: Path) -> list[str]:
    return [child.name for child in folder.iterdir() if child.suffix.lower() in MESH_ENDINGS and child.is_file()]
