"""Where a scene's name leads: a data set in the user's data folder, a built-in home, or a mesh file.

The one idea: a name is looked up in that order, and what was found is said in words (`Scene.origin`), so that a
built-in home can never be taken for the real scene of the same name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from echoenv.errors import SceneNotFoundError, nearest

MESH_ENDINGS = (".glb", ".gltf", ".obj", ".ply")


@dataclass(frozen=True)
class Layout:
    """How a data set lays out its scenes in a folder.

    Attributes:
        name: What the data set is called in `Scene.origin`.
        folders: Where its scenes may lie below the data folder.
        meshes: Mesh files of a scene below that, best first; `{scene}` stands for its name.
        up: Which direction of its meshes is up.
    """

    name: str
    folders: tuple[str, ...]
    meshes: tuple[str, ...]
    up: str

    def files(self, data_dir: Path, scene: str) -> Iterator[Path]:
        """Where a scene's mesh may be, best first."""
        for folder in self.folders:
            for mesh in self.meshes:
                yield data_dir / folder / mesh.format(scene=scene)


LAYOUTS = (
    Layout(
        "Replica",
        (".", "replica", "Replica", "replica_v1", "scene_datasets/replica", "scene_datasets/replica_v1"),
        (
            "{scene}/habitat/mesh_semantic.ply",
            "{scene}/mesh_semantic.ply",
            "{scene}/mesh.ply",
            "{scene}/habitat/mesh.ply",
        ),
        up="+z",
    ),
    Layout("Matterport3D", (".", "mp3d", "scene_datasets/mp3d"), ("{scene}/{scene}.glb",), up="+z"),
)


@dataclass(frozen=True)
class Found:
    """A mesh file, and the data set whose frame it has, or None for a file of the user's own."""

    path: Path
    scene: str
    layout: Layout | None


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
    """The mesh of a named scene in the data folder, or None."""
    if Path(scene).is_absolute() or ".." in Path(scene).parts:
        return None
    for layout in LAYOUTS:
        for path in layout.files(data_dir, scene):
            if path.is_file():
                return Found(path, scene, layout)
    return None


def find_file(path: Path, data_dir: Path | None) -> Found | None:
    """A mesh file by its path (also below the data folder), or the mesh in a scene folder; None if neither."""
    for candidate in (path, *([data_dir / path] if data_dir else [])):
        if candidate.is_dir():
            folder = candidate.resolve()
            found = find_in_data_set(folder.name, folder.parent)
            if found:
                return found
        elif candidate.is_file():
            return Found(candidate, *_scene_of_file(candidate))
    return None


def _scene_of_file(path: Path) -> tuple[str, Layout | None]:
    """Name and layout: a file that lies as Replica's do, with its `habitat` folder, belongs to that scene folder."""
    if path.name == "mesh_semantic.ply" and path.resolve().parent.name == "habitat":
        return path.resolve().parent.parent.name, LAYOUTS[0]
    return path.stem, None


def scene_names(data_dir: Path | None) -> list[str]:
    """Names of all scenes that the data folder holds in a known layout."""
    names: set[str] = set()
    for layout in LAYOUTS if data_dir is not None else ():
        for folder in layout.folders:
            root = (data_dir or Path()) / folder
            children = [child.name for child in root.iterdir() if child.is_dir()] if root.is_dir() else []
            names |= {
                name for name in children if any((root / mesh.format(scene=name)).is_file() for mesh in layout.meshes)
            }
    return sorted(names)


def not_found(scene: str, data_dir: Path | None, homes: tuple[str, ...]) -> SceneNotFoundError:
    """The error for a scene that leads nowhere: which names are near, in the place where the user meant it to be."""
    path = Path(scene)
    if not scene.strip():
        return SceneNotFoundError(f"the scene's name is empty: give a mesh file or a name, {nearest('', homes)}")
    if path.is_dir():
        known = [mesh.format(scene=path.name or "SCENE") for mesh in LAYOUTS[0].meshes[:2]]
        meshes = _meshes_in(path)
        hint = f"name a mesh file itself, {nearest(path.name, meshes)}" if meshes else "there is no mesh file in it"
        return SceneNotFoundError(f"folder '{scene}' holds no scene in a known layout ({', '.join(known)}): {hint}")
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


def _meshes_in(folder: Path) -> list[str]:
    return [child.name for child in folder.iterdir() if child.suffix.lower() in MESH_ENDINGS and child.is_file()]
