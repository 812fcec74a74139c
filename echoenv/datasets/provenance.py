"""What made a data set: the JSON files that say it, and the check that a folder is not continued with other settings.

The one idea: `dataset.json` holds what all scenes of a folder share and `scene.json` what belongs to one scene. Both
are fully determined by the command, hold no date and no machine's name, and are written once; whoever comes later
compares.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.atomic_files import write_whole
from echoenv.errors import DatasetError
from echoenv.scene.scene import Scene

FORMAT_VERSION = 1
DATASET_FILE = "dataset.json"
SCENE_FILE = "scene.json"


@dataclass(frozen=True)
class CollectionSettings:
    """What decides the bytes of a data set; positions may be added to a folder only under equal ones.

    Attributes:
        format: Layout on disk, `echoenv`, `visualechoes` or `soundspaces`.
        size: Width and height of the views [pixels].
        hfov: Horizontal field of view [degrees].
        seed: Seed of everything random.
        acoustics: Which engine computed sound, `echoenv` or `rlr`; the bytes of the latter differ from run to run.
        device: Where rays were traced, `cpu` or `cuda`: results differ in their last bits.
        headings: Directions [degrees] looked and chirped at, counter-clockwise from above, 0 faces -Z.
        grid_spacing: Distance of neighbouring positions [m].
        version: Version of EchoEnv.
        rules: For `soundspaces` alone: whose grid, heights and sample rate, `replica` or `mp3d`.
        sample_rate: Of all sounds [Hz].
    """

    format: str = "echoenv"
    size: int = 128
    hfov: float = 90.0
    seed: int = 0
    acoustics: str = "echoenv"
    device: str = "cpu"
    headings: tuple[float, ...] = (0.0, 90.0, 180.0, 270.0)
    grid_spacing: float = 0.5
    version: str = ""
    rules: str = ""
    sample_rate: int = 44100


_DEFAULTS = CollectionSettings()
_LATER_SETTINGS = ("acoustics", "rules", "sample_rate")


@dataclass(frozen=True, eq=False)
class ScenePlan:
    """One scene of a data set and the positions in it.

    Attributes:
        name: Name of the scene and of its folder.
        origin: What was used: a built-in home, Replica, a file.
        up: How the up direction was found.
        triangles: How many it has.
        fingerprint: Hash of geometry, colours and materials.
        simulator: What the simulator says about itself.
        positions: All grid positions [m] (P, 3) float32, world frame, on the floor; a location is an index into them.
    """

    name: str
    origin: str
    up: str
    triangles: int
    fingerprint: str
    simulator: dict[str, Any]
    positions: NDArray[np.float32]


def scene_fingerprint(scene: Scene) -> str:
    """Hash of all that a scene's views and echoes depend on: geometry, colours, textures, materials and objects."""
    digest = hashlib.sha256()
    arrays: list[NDArray[Any]] = [scene.vertices, scene.triangles, scene.triangle_surfaces, scene.triangle_objects]
    arrays += [array for array in (scene.vertex_colors, scene.corner_uvs) if array is not None]
    arrays += [surface.texture for surface in scene.surfaces if surface.texture is not None]
    for array in arrays:
        digest.update(repr(array.shape).encode())
        digest.update(np.ascontiguousarray(array).data)
    for surface in scene.surfaces:
        digest.update(repr((surface.name, surface.color, surface.material)).encode())
    digest.update(repr((scene.light_is_baked, scene.objects)).encode())
    return digest.hexdigest()[:32]


def check_dataset(folder: Path, settings: CollectionSettings) -> None:
    """Checks that a folder is empty, or a data set of equal settings.

    Args:
        folder: The data set's folder.
        settings: Those of this run.

    Raises:
        DatasetError: The folder belongs to other settings, or holds something else.
    """
    path = folder / DATASET_FILE
    if not path.exists():
        _refuse_foreign_folder(folder)
        return
    theirs = read_json(path)
    if theirs.get("format_version") != FORMAT_VERSION:
        raise DatasetError(
            f"{path} has format version {theirs.get('format_version')}, this program writes {FORMAT_VERSION}: "
            "choose another folder with --out"
        )
    made_with = theirs.get("settings")
    if isinstance(made_with, dict):
        for name in _LATER_SETTINGS:  # in data sets from before there was a choice
            made_with.setdefault(name, getattr(_DEFAULTS, name))
    _compare(folder, made_with, json.loads(json.dumps(dataclasses.asdict(settings))))


def write_dataset(folder: Path, settings: CollectionSettings, contents: dict[str, str]) -> None:
    """Writes `dataset.json` into a new folder, or checks that the one there has equal settings.

    Args:
        folder: The data set's folder.
        settings: Those of this run.
        contents: What each kind of data is, for a reader of the file.

    Raises:
        DatasetError: The folder belongs to other settings, holds something else, or cannot be written.
    """
    check_dataset(folder, settings)
    ours = {"format_version": FORMAT_VERSION, "settings": dataclasses.asdict(settings), "contents": contents}
    if not write_whole(folder / DATASET_FILE, _readable_json(ours), keep_existing=True):
        check_dataset(folder, settings)  # another run may have been first, at this very moment


def _refuse_foreign_folder(folder: Path) -> None:
    visible = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if visible and DATASET_FILE not in visible:
        raise DatasetError(
            f"{folder} holds other things ({', '.join(visible[:3])}{', ...' if len(visible) > 3 else ''}) and no "
            f"{DATASET_FILE}: choose an empty or a new folder with --out"
        )


def _compare(folder: Path, theirs: Any, ours: dict[str, Any]) -> None:
    if not isinstance(theirs, dict):
        raise DatasetError(f"{folder} does not say which settings made it: choose another folder with --out")
    keys = sorted(key for key in theirs.keys() | ours.keys() if theirs.get(key) != ours.get(key))
    if keys:
        listed = ", ".join(f"{key} {_brief(theirs.get(key))} there, {_brief(ours.get(key))} now" for key in keys)
        raise DatasetError(
            f"{folder} was made with other settings ({listed}): give the same to go on, or another folder with --out"
        )


def _brief(value: object) -> str:
    return "unset" if value is None else str(value)


def check_or_write_scene(folder: Path, plan: ScenePlan) -> None:
    """Writes `scene.json` into a scene's folder, or checks that the one there is of the same scene.

    Raises:
        DatasetError: The folder was made from another scene of the same name, or cannot be written.
    """
    path = folder / SCENE_FILE
    if not path.exists():
        write_whole(path, _readable_json(scene_record(plan)), keep_existing=True)
    theirs = read_json(path)
    same_grid = np.array_equal(np.asarray(theirs.get("positions"), np.float32), plan.positions)
    if theirs.get("fingerprint") != plan.fingerprint or not same_grid:
        raise DatasetError(
            f"{folder} was made from another scene named '{plan.name}' (there: {theirs.get('origin')}, "
            f"{theirs.get('triangles')} triangles, up: {theirs.get('up')}; now: {plan.origin}, {plan.triangles} "
            f"triangles, up: {plan.up}): give the same scene to go on, or another folder with --out"
        )
    _compare(folder, theirs.get("simulator"), json.loads(_readable_json(plan.simulator)))


def scene_record(plan: ScenePlan) -> dict[str, Any]:
    """The plan as JSON values; positions have as many digits as float32 needs to come back the same."""
    positions = [[float(str(value)) for value in position] for position in plan.positions]
    return {**{field: getattr(plan, field) for field in _PLAN_FIELDS}, "positions": positions}


_PLAN_FIELDS = ("name", "origin", "up", "triangles", "fingerprint", "simulator")


def read_scene(folder: Path) -> ScenePlan:
    """The plan of a scene's folder.

    Raises:
        DatasetError: Its `scene.json` is missing or damaged.
    """
    record = read_json(folder / SCENE_FILE)
    try:
        positions = np.asarray(record["positions"], np.float32).reshape(-1, 3)
        return ScenePlan(**{field: record[field] for field in _PLAN_FIELDS}, positions=positions)
    except (KeyError, ValueError) as error:
        raise DatasetError(f"{folder / SCENE_FILE} lacks {error}: it is not of this version; collect anew") from error


def read_settings(folder: Path) -> CollectionSettings:
    """The settings that a data set's folder was made with.

    Raises:
        DatasetError: The folder holds no data set, or one of another version.
    """
    if not (folder / DATASET_FILE).is_file():
        raise DatasetError(
            f"{folder} holds no data set (no {DATASET_FILE}): give the folder that `python -m echoenv.collect` wrote"
        )
    try:
        settings = dict(read_json(folder / DATASET_FILE).get("settings", {}))
        settings["headings"] = tuple(settings.get("headings", ()))
        return CollectionSettings(**settings)
    except (TypeError, ValueError) as error:
        raise DatasetError(f"{folder / DATASET_FILE} is not of this version ({error}): collect anew") from error


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        DatasetError: The file is missing or not a JSON object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(
            f"{path} cannot be read as JSON ({error}): restore it, or collect into a new folder"
        ) from error
    if not isinstance(value, dict):
        raise DatasetError(f"{path} does not hold a JSON object: restore it, or collect into a new folder")
    return value


def _readable_json(value: dict[str, Any]) -> bytes:
    """Indented JSON with one position to a line."""
    rows = [dict(value)]
    positions = rows[0].pop("positions", None)
    text = json.dumps(rows[0], indent=2, ensure_ascii=False)
    if positions is not None:
        lines = ",\n".join("    " + json.dumps(position) for position in positions)
        text = text.removesuffix("\n}") + f',\n  "positions": [\n{lines}\n  ]\n}}'
    return (text + "\n").encode("utf-8")
