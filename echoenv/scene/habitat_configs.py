"""Habitat's JSON configs: scene data sets, stages, objects, articulated objects and scene instances.

The one idea: a `*.scene_dataset_config.json` says, relative to itself, in which folders the configs of its parts lie;
every part is one JSON object laid over the data set's `default_attributes`. `SceneDataset` lists the parts by name
without opening them, and opens those that are asked for.

Format: habitat-sim 0.3, docs/pages/attributesJSON.rst and SceneDatasetAttributesManager.cpp.
"""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError, SceneNotFoundError, nearest
from echoenv.scene.data_files import missing_file, read_json_object

DATASET_ENDING = ".scene_dataset_config.json"
INSTANCE_ENDING = ".scene_instance.json"
STAGE_ENDING = ".stage_config.json"
NAME_TAG = "%%CONFIG_NAME_AS_ASSET_FILENAME%%"
"""Stands in default attributes for the name of the stage, up to its first dot."""

_LARGEST = 2**31 - 1  # larger numbers are no scale, no class, and no length

_ENDINGS = {
    "stages": STAGE_ENDING,
    "objects": ".object_config.json",
    "articulated_objects": ".ao_config.json",
    "scene_instances": INSTANCE_ENDING,
}


def short_name(path: Path) -> str:
    """A file's name without a config's ending, of other files up to the first dot: `apt_0.basis.glb` gives `apt_0`."""
    for ending in (*_ENDINGS.values(), DATASET_ENDING):
        if path.name.endswith(ending):
            return path.name.removesuffix(ending)
    return path.name.split(".")[0]


@dataclass(frozen=True)
class Config:
    """One JSON object of a data set, and where its relative paths begin.

    Attributes:
        file: The file that it was read from; errors name it.
        name: What the scene data set calls it.
        values: Its entries.
        folders: Where files that it names are looked for, in this order.
    """

    file: Path
    name: str
    values: dict[str, Any]
    folders: tuple[Path, ...]

    def text(self, key: str, default: str = "") -> str:
        """A string; the default where it is not given.

        Raises:
            SceneFileError: It is something else.
        """
        value = self.values.get(key, default)
        if not isinstance(value, str):
            raise SceneFileError(f"'{self.file}': \"{key}\" is {value!r}; it must be a string")
        return value

    def asset(self, key: str) -> Path | None:
        """The file that an entry names, or None where the entry is missing or empty.

        Raises:
            SceneFileError: The file is not there.
        """
        name = self.text(key).replace(NAME_TAG, self.name.split("/")[-1].split(".")[0])
        if not name:
            return None
        for folder in self.folders:
            path = folder / name
            if path.is_file():
                return path
        raise missing_file(self.folders[0] / name, f"named by \"{key}\" of '{self.file}'")

    def vector(self, key: str, default: tuple[float, ...]) -> NDArray[np.float64]:
        """Finite numbers, as many as the default has.

        Raises:
            SceneFileError: They are something else.
        """
        value = self.values.get(key, default)
        try:
            vector = np.asarray(value, dtype=np.float64)
            usable = vector.shape == (len(default),) and bool(np.isfinite(vector).all())
        except (TypeError, ValueError):
            usable = False
        if not usable:
            raise SceneFileError(f"'{self.file}': \"{key}\" is {value!r}; it must be {len(default)} numbers")
        return vector

    def number(self, key: str, default: float) -> float:
        """A finite number, of a size that things have.

        Raises:
            SceneFileError: It is something else.
        """
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
            raise SceneFileError(f"'{self.file}': \"{key}\" is {value!r}; it must be a number")
        return float(value)

    def children(self, key: str) -> list[Config]:
        """The objects of a list, each a config of its own; none where the entry is missing.

        Raises:
            SceneFileError: The entry is not a list of objects.
        """
        entries = self.values.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise SceneFileError(f"'{self.file}': \"{key}\" must be a list of objects: correct it")
        return [Config(self.file, f"{self.name} {key}[{i}]", e, self.folders) for i, e in enumerate(entries)]

    def child(self, key: str) -> Config | None:
        """The object of an entry as a config of its own, or None where the entry is missing.

        Raises:
            SceneFileError: The entry is not an object.
        """
        entry = self.values.get(key)
        if entry is None:
            return None
        if not isinstance(entry, dict):
            raise SceneFileError(f"'{self.file}': \"{key}\" must be an object: correct it")
        return Config(self.file, f"{self.name} {key}", entry, self.folders)


def read_config(file: Path, defaults: dict[str, Any] | None = None, root: Path | None = None) -> Config:
    """Read one config.

    Args:
        file: A JSON config, or the mesh itself, which stands for a config that names nothing but this mesh.
        defaults: The data set's default attributes.
        root: The data set's folder, where files are looked for that are not beside the config.

    Raises:
        SceneFileError: The file is missing or not JSON.
    """
    folders = (file.parent,) if root is None or root == file.parent else (file.parent, root)
    is_config = file.suffix == ".json"
    own = read_json_object(file, _what_it_is(file)) if is_config else {"render_asset": file.name}
    return Config(file, short_name(file), {**(defaults or {}), **own}, folders)


def _what_it_is(file: Path) -> str:
    kinds = {**{ending: ending.split(".")[1].replace("_", " ") for ending in _ENDINGS.values()}}
    return next((kind for ending, kind in kinds.items() if file.name.endswith(ending)), "config")


@dataclass(frozen=True)
class SceneDataset:
    """A scene data set of Habitat's, read from its `*.scene_dataset_config.json`.

    Attributes:
        file: The config.
        values: Its entries.
    """

    file: Path
    values: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, file: Path) -> SceneDataset:
        """Read the config; its parts are opened when they are asked for.

        Raises:
            SceneFileError: Missing or not JSON.
        """
        return cls(file, read_json_object(file, "scene dataset config"))

    @property
    def name(self) -> str:
        """What the data set is called: its file's name up to the first dot."""
        return short_name(self.file)

    @property
    def folder(self) -> Path:
        """Where its relative paths begin."""
        return self.file.parent

    @property
    def stages(self) -> dict[str, Path]:
        """Files of the stages (configs or meshes) by handle, the path below the data set's folder without endings."""
        return self._listed["stages"]

    @property
    def objects(self) -> dict[str, Path]:
        """Files of the objects by handle."""
        return self._listed["objects"]

    @property
    def scene_instances(self) -> dict[str, Path]:
        """Files of the scene instances by handle."""
        return self._listed["scene_instances"]

    def scene_names(self) -> list[str]:
        """Names of the scenes: of the scene instances, else of the stages; names that several have are left out."""
        names = Counter(handle.split("/")[-1] for handle in self.scene_instances or self.stages)
        return sorted(name for name, count in names.items() if count == 1)

    def find(self, section: str, name: str) -> Config:
        """The config of a stage, an object or a scene instance.

        Args:
            section: `stages`, `objects`, `articulated_objects` or `scene_instances`.
            name: A handle such as `objects/frl_apartment_basket`, or the end of one.

        Raises:
            SceneNotFoundError: The data set has none of that name; near ones are named.
            SceneFileError: Its file is missing or damaged.
        """
        found = self._derived(section, name)
        if found is not None:
            return found
        files = self._listed[section]
        handle = _match(name, list(files))
        if handle is None:
            names = {key.split("/")[-1] for key in files}
            raise SceneNotFoundError(
                f"'{self.file}' has no '{name}' among its {section} ({len(files)}): "
                f"{nearest(name.split('/')[-1], names)}"
            )
        return read_config(files[handle], self._section(section).get("default_attributes"), self.folder)

    def named_file(self, section: str, name: str) -> Path | None:
        """A file of `semantic_scene_descriptor_instances` or `navmesh_instances` by its name; None where not listed.

        Raises:
            SceneFileError: It is listed but not there.
        """
        listed = self.values.get(section)
        entry = listed.get(name) if isinstance(listed, dict) else None
        if not isinstance(entry, str):
            return None
        path = self.folder / entry
        if not path.is_file():
            raise missing_file(path, f"'{name}' in {section} of '{self.file}'")
        return path

    @cached_property
    def _listed(self) -> _Sections:
        return _Sections(self._files)

    def _section(self, section: str) -> dict[str, Any]:
        value = self.values.get(section, {})
        if not isinstance(value, dict):
            raise SceneFileError(f"'{self.file}': \"{section}\" must be an object: correct it")
        defaults = value.get("default_attributes", {})
        paths = value.get("paths", {})
        if not isinstance(defaults, dict) or not isinstance(paths, dict):
            raise SceneFileError(f"'{self.file}': default_attributes and paths of \"{section}\" must be objects")
        return value

    def _files(self, section: str) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for ending, patterns in self._section(section).get("paths", {}).items():
            if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
                raise SceneFileError(f"'{self.file}': the paths of \"{section}\" must be lists of strings: correct it")
            wanted = _ENDINGS[section] if ending.endswith(".json") else ending
            for pattern in patterns:
                for path in _matching(self.folder, pattern, wanted):
                    found.setdefault(self._handle(path), path)
        return found

    def _handle(self, path: Path) -> str:
        try:
            place = path.relative_to(self.folder)
        except ValueError:  # a pattern that leads out of the folder
            place = path
        return place.with_name(short_name(path)).as_posix()

    def _derived(self, section: str, name: str) -> Config | None:
        """A part that the data set's own list `configs` makes, out of a file or of nothing."""
        whole = Config(self.file, self.name, self._section(section), (self.folder,))
        for entry in whole.children("configs"):
            if entry.text("template_handle", entry.text("original_file").split(".")[0]) != name:
                continue
            original = entry.text("original_file")
            defaults = whole.values.get("default_attributes", {})
            base = read_config(self.folder / original, defaults, self.folder) if original else None
            own = entry.values.get("attributes")
            values = {**(base.values if base else defaults), **(own if isinstance(own, dict) else {})}
            folders = (*(base.folders if base else ()), self.folder)
            return Config(base.file if base else self.file, name, values, folders)
        return None


class _Sections(dict[str, dict[str, Path]]):
    """Files by handle for each section, looked for when they are first asked for."""

    def __init__(self, look: Callable[[str], dict[str, Path]]) -> None:
        super().__init__()
        self._look = look

    def __missing__(self, section: str) -> dict[str, Path]:
        self[section] = self._look(section)
        return self[section]


def _matching(folder: Path, pattern: str, ending: str) -> list[Path]:
    """Files that a path of a data set config stands for: a folder, a file with or without its ending, a wildcard."""
    found: list[Path] = []
    place = str(Path(glob.escape(str(folder))) / pattern)
    hits = glob.glob(place) or glob.glob(place + ending)
    for hit in map(Path, sorted(hits)):
        if hit.is_dir():
            found += sorted(child for child in hit.iterdir() if child.name.endswith(ending))
        elif hit.name.endswith(ending):
            found.append(hit)
    return found


def _match(name: str, handles: list[str]) -> str | None:
    """The handle that a template name means: itself, the end of its path, or the only one that holds it."""
    wanted = Path(name).with_name(short_name(Path(name))).as_posix() if name.endswith(".json") else name
    for handle in handles:
        if handle == wanted or handle.endswith(f"/{wanted}"):
            return handle
    last = wanted.split("/")[-1]
    same = [handle for handle in handles if handle.split("/")[-1] == last]
    holding = [handle for handle in handles if wanted in handle]
    return same[0] if same else holding[0] if len(holding) == 1 else None


def find_datasets(data_dir: Path) -> list[Path]:
    """Scene dataset configs in a data folder, in its folders, and in those of `scene_datasets` below it."""
    places = (".", "*", "scene_datasets/*")
    found = [path for place in places for path in sorted(data_dir.glob(f"{place}/*{DATASET_ENDING}"))]
    return list(dict.fromkeys(found))


def dataset_above(file: Path) -> Path | None:
    """The scene dataset config that a stage config or scene instance belongs to: in its folder or one above."""
    for folder in list(file.resolve().parents)[:5]:
        configs = sorted(folder.glob(f"*{DATASET_ENDING}"))
        if configs:
            return configs[0]
    return None
