"""How data sets lie in their users' folders: which files a scene has there, and under which name.

The one idea: a `Layout` is a few path patterns below the data folder, tried in order. Everything else about a data set
follows from the file that was found: its frame, and where its semantics lie.

Folders are those of habitat-sim's DATASETS.md and its `datasets_download`, and of SoundSpaces' README.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from echoenv.scene.data_files import unfinished_download
from echoenv.scene.semantics import SemanticFiles

_NUMBERED = "[0-9][0-9][0-9][0-9][0-9]-"  # HM3D numbers its scenes: 00800-TEEsavR23oF


@dataclass(frozen=True)
class Layout:
    """How a data set lays out its scenes in a folder.

    Attributes:
        name: What the data set is called in `Scene.origin`.
        folders: Where its scenes may lie below the data folder.
        meshes: Mesh files of a scene below that, best first; `{scene}` stands for its name, `{id}` for the name without
            HM3D's number.
        up: Which direction of its meshes is up.
        semantics: Endings of the semantic mesh and of the list of objects, which take the place of the mesh's; None
            where the mesh itself has ids.
        own_names: Where the data folder itself holds the scenes, which names it must have; () for any.
        signs: Patterns of files in a scene's folder that show that the scene was meant to be there.
    """

    name: str
    folders: tuple[str, ...]
    meshes: tuple[str, ...]
    up: str
    semantics: tuple[str, str] | None = None
    own_names: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()

    def roots(self, data_dir: Path) -> Iterator[Path]:
        """Folders below a data folder that may hold its scenes."""
        for folder in self.folders:
            if folder != "." or not self.own_names or data_dir.resolve().name.lower() in self.own_names:
                yield data_dir / folder

    def files(self, data_dir: Path, scene: str) -> Iterator[Path]:
        """Where a scene's mesh may be, best first; not all of them exist."""
        for root in self.roots(data_dir):
            for mesh in self.meshes:
                if "[" not in mesh:
                    yield root / mesh.format(scene=scene, id=scene_id(scene))
                elif root.is_dir():
                    yield from sorted(root.glob(mesh.format(scene=glob.escape(scene), id=glob.escape(scene_id(scene)))))

    def scene_names(self, data_dir: Path) -> set[str]:
        """Names of the scenes that a data folder holds."""
        names: set[str] = set()
        for root in self.roots(data_dir):
            for mesh in self.meshes if root.is_dir() else ():
                if "[" in mesh:  # the same file as by another pattern, under another name
                    continue
                for hit in root.glob(mesh.format(scene="*", id="*")):
                    first = hit.relative_to(root).parts[0]
                    name = first if "/" in mesh else first.split(".")[0]
                    if hit == root / mesh.format(scene=name, id=scene_id(name)):
                        names.add(scene_id(name))
        return names

    def semantic_files(self, mesh: Path) -> SemanticFiles | None:
        """Where the semantics of a scene's mesh lie, or None where the mesh has them itself."""
        if self.semantics is None:
            return None
        stem = mesh.name.split(".")[0]
        return SemanticFiles(*(mesh.with_name(stem + ending) for ending in self.semantics))


def scene_id(name: str) -> str:
    """A scene's name without HM3D's number: `00800-TEEsavR23oF` gives `TEEsavR23oF`, any other name itself."""
    return re.sub(r"^\d{5}-(?=.)", "", name)


_HM3D_SPLITS = ("minival", "train", "val", "test", "example")
_HM3D_ROOTS = ("hm3d", "HM3D", "scene_datasets/hm3d", "versioned_data/hm3d-0.2/hm3d", ".")

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
        signs=("habitat", "info_semantic.json", "semantic.bin", "glass.sur"),
    ),
    Layout(
        "HM3D",
        tuple(f"{root}/{split}" for root in _HM3D_ROOTS for split in _HM3D_SPLITS) + _HM3D_ROOTS,
        (
            # a name as its folder has it, with the number; then a name without
            "{scene}/{id}.glb",
            "{scene}/{id}.basis.glb",
            f"{_NUMBERED}{{scene}}/{{id}}.glb",
            f"{_NUMBERED}{{scene}}/{{id}}.basis.glb",
        ),
        up="+z",
        semantics=(".semantic.glb", ".semantic.txt"),
        own_names=("hm3d", *_HM3D_SPLITS),
        signs=("*.semantic.txt", "*.semantic.glb", "*.basis.navmesh"),
    ),
    Layout(
        "Matterport3D",
        (".", "mp3d", "scene_datasets/mp3d", "mp3d_example", "scene_datasets/mp3d_example", "v1/tasks/mp3d"),
        ("{scene}/{scene}.glb",),
        up="+z",
        semantics=("_semantic.ply", ".house"),
        signs=("*.house", "*_semantic.ply", "*.navmesh"),
    ),
    Layout(
        "Gibson",
        ("gibson", "Gibson", "scene_datasets/gibson", "scene_datasets/gibson_semantic", "gibson_semantic", "."),
        ("{scene}.glb",),
        up="+z",
        semantics=("_semantic.ply", ".scn"),
        own_names=("gibson", "gibson_semantic"),
    ),
    Layout(
        "Habitat's test scenes",
        ("habitat-test-scenes", "scene_datasets/habitat-test-scenes", "."),
        ("{scene}.glb",),
        up="+z",
        own_names=("habitat-test-scenes",),
    ),
)
REPLICA = LAYOUTS[0]


def layout_of_file(path: Path) -> tuple[str, Layout | None]:
    """Name and layout of a mesh file given by its path, as the files around it tell; the layout is None for any other.

    Replica's mesh lies in a folder `habitat`; a file of Matterport3D, HM3D or Gibson has its semantics or its numbered
    folder about it.
    """
    place = path.resolve()
    if path.name == "mesh_semantic.ply" and place.parent.name == "habitat":
        return place.parent.parent.name, REPLICA
    stem = path.name.split(".")[0]
    for layout in LAYOUTS[1:]:
        files = layout.semantic_files(path)
        is_numbered = layout.name == "HM3D" and re.fullmatch(rf"\d{{5}}-{re.escape(stem)}", place.parent.name)
        if path.suffix == ".glb" and files and (files.descriptor.is_file() or is_numbered):
            return stem, layout
    return path.stem, None


def half_downloads(data_dir: Path, scene: str) -> Iterator[tuple[Layout, Path, Path | None]]:
    """Scenes of a name that were meant to be in a data folder, but whose mesh is not.

    Yields:
        The layout, the mesh that is expected, and its unfinished download where there is one.
    """
    for layout in LAYOUTS:
        for path in layout.files(data_dir, scene):
            part = unfinished_download(path)
            if part is not None:
                yield layout, path, part
    for layout in LAYOUTS:
        for root in layout.roots(data_dir):
            for folder in (root / scene, *sorted(root.glob(f"{_NUMBERED}{glob.escape(scene)}"))):
                if folder.is_dir() and any(next(folder.glob(sign), None) for sign in layout.signs):
                    yield layout, root / layout.meshes[0].format(scene=folder.name, id=scene_id(folder.name)), None
