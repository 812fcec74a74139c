"""Scenes from Habitat's configs: a stage, and the objects that a scene instance puts into it.

The one idea: every mesh goes from its own frame through its config's frame and scale, and through its instance's place,
into the world; the stage keeps the ids of its semantics, and each object gets the next free id, while its class is the
`semantic_id` of its config, which is what Habitat's semantic sensor shows for it.

Rules: habitat-sim 0.3, docs/pages/attributesJSON.rst; quaternions are w, x, y, z; an object's translation is that of
its centre of mass (`COM`, else the middle of its bounding box) unless `translation_origin` is `asset_local`.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError, SceneNotFoundError
from echoenv.scene.find_up import find_up
from echoenv.scene.habitat_configs import (
    INSTANCE_ENDING,
    STAGE_ENDING,
    Config,
    SceneDataset,
    dataset_above,
    read_config,
)
from echoenv.scene.mesh_files import read_mesh
from echoenv.scene.mesh_parts import MeshPart, assemble, category_from_name, check_parts, rotate
from echoenv.scene.replica import read_origin
from echoenv.scene.scene import Scene, SceneObject
from echoenv.scene.semantic_files import read_descriptor
from echoenv.scene.semantics import SemanticFiles, with_semantics, without_objects
from echoenv.scene.up_direction import Upright, from_argument, from_axis, from_config
from echoenv.scene.urdf_files import read_urdf

_NO_TEMPLATE = ("", "NONE")
_Reader = Callable[[Path], Sequence[MeshPart]]


@dataclasses.dataclass(frozen=True, eq=False)
class _Stage:
    """A stage in the world frame."""

    parts: list[MeshPart]
    objects: tuple[SceneObject, ...]
    up_source: str
    exported_from: str = ""


def load_from_configs(file: Path, name: str, up: str | None = None) -> Scene:
    """Load a scene that Habitat's configs describe.

    Args:
        file: A scene dataset config, a scene instance or a stage config.
        name: Name of the scene; of a scene instance or stage where `file` is a scene dataset config.
        up: Which direction of the stage's mesh is up, over what its config says.

    Returns:
        The scene in the world frame.

    Warns:
        UserWarning: Something that the configs ask for is not applied.

    Raises:
        SceneNotFoundError: A template that no config has.
        SceneFileError: A config or a file that it names is missing or damaged.
        SettingsError: `up` is not a direction.
    """
    above = file if file.name.endswith(".scene_dataset_config.json") else dataset_above(file)
    dataset = SceneDataset.read(above) if above is not None else None
    instance: Config | None = None
    if file.name.endswith((INSTANCE_ENDING, STAGE_ENDING)):
        config = read_config(file, _defaults(dataset, file), dataset.folder if dataset else None)
        instance = config if file.name.endswith(INSTANCE_ENDING) else None
    elif dataset is not None and name in {handle.split("/")[-1] for handle in dataset.scene_instances}:
        config = instance = dataset.find("scene_instances", name)
    else:
        config = (dataset or SceneDataset.read(file)).find("stages", name)
    if instance is None:
        stage = _read_stage(config, up)
        parts, objects = stage.parts, list(stage.objects)
    else:
        stage, parts, objects = _read_instance(instance, dataset, up)
    source = f"scene data set {dataset.name}, {config.file}" if dataset else f"Habitat's {config.file}"
    if stage.exported_from:
        source = f"{stage.exported_from}, exported to {config.file}"
    return assemble(name, source, parts, np.eye(3), stage.up_source, objects)


def _defaults(dataset: SceneDataset | None, file: Path) -> dict:
    section = "scene_instances" if file.name.endswith(INSTANCE_ENDING) else "stages"
    values = dataset.values.get(section, {}) if dataset else {}
    defaults = values.get("default_attributes", {}) if isinstance(values, dict) else {}
    return defaults if isinstance(defaults, dict) else {}


def _read_stage(config: Config, up: str | None, place: Config | None = None) -> _Stage:
    """A stage, with its semantics where its config names them.

    Args:
        config: The stage's config.
        up: The caller's word on which direction is up.
        place: The scene instance's entry of the stage.
    """
    mesh = config.asset("render_asset")
    if mesh is None:
        raise SceneFileError(f"'{config.file}' names no mesh: a stage config needs \"render_asset\"")
    raw = read_mesh(mesh)
    check_parts(raw, f"'{mesh}'")
    upright = _find_upright(config, raw, up)
    matrix = np.diag(_scale(config)) @ upright.rotation
    parts = _moved(raw, matrix, np.zeros(3))
    objects: tuple[SceneObject, ...] = ()
    exported_from = ""
    semantic, descriptor = config.asset("semantic_asset"), config.asset("semantic_descriptor_filename")
    if semantic is not None and descriptor is not None:
        frames = [np.diag(_scale(config)) @ frame for frame in _semantic_frames(config, semantic, upright)]
        parts, told = with_semantics(parts, SemanticFiles(semantic, descriptor), frames)
        objects = told.objects
        exported_from = read_origin(descriptor) if descriptor.suffix == ".json" else ""
    elif not any(part.object_ids is not None for part in raw):
        parts = without_objects(parts)
    if place is not None:
        turn = _rotation(place) @ np.diag(_instance_scale(place))
        parts = _moved(parts, turn, place.vector("translation", (0.0, 0.0, 0.0)))
    if np.any(config.vector("origin", (0.0, 0.0, 0.0))):
        warnings.warn(
            f"'{config.file}': its origin is not applied, as Habitat does not move stages by it", stacklevel=5
        )
    return _Stage(parts, objects, upright.source, exported_from)


def _find_upright(config: Config, raw: Sequence[MeshPart], up: str | None) -> Upright:
    if up is not None:
        return from_argument(up)
    told = from_config(config.values, config.file)
    if told is not None:
        return told
    offsets = np.cumsum([0, *(len(part.vertices) for part in raw)])
    triangles = [part.triangles + start for part, start in zip(raw, offsets, strict=False)]
    return find_up(np.concatenate([part.vertices for part in raw]), np.concatenate(triangles))


def _semantic_frames(config: Config, mesh: Path, upright: Upright) -> list[NDArray[np.float64]]:
    """Possible frames of a stage's semantic mesh, the likeliest first.

    Habitat's loader turns every semantic .ply from +Z up by itself, before the frame of the config, so that a config
    says +Y for a file whose +Z is up; others say what the file has. By the bounds it is seen which was meant.
    """
    own = {key.removeprefix("semantic_"): config.values[key] for key in ("semantic_up", "semantic_front")
           if key in config.values}  # fmt: skip
    told = from_config(own, config.file)
    frame = told.rotation if told is not None else upright.rotation
    z_up = from_axis("+z", "").rotation
    loaded = [z_up @ frame, frame] if mesh.suffix.lower() == ".ply" else [frame]
    return [*loaded, upright.rotation, z_up, np.eye(3)]


def _read_instance(
    instance: Config, dataset: SceneDataset | None, up: str | None
) -> tuple[_Stage, list[MeshPart], list[SceneObject]]:
    """Stage, all parts and all objects of a scene instance."""
    place = instance.child("stage_instance")
    template = place.text("template_name") if place else ""
    if place is None or template in _NO_TEMPLATE:
        raise SceneFileError(f"'{instance.file}' names no stage: a scene instance needs \"stage_instance\"")
    if dataset is None:
        raise SceneNotFoundError(
            f"'{instance.file}' names '{template}', and no *.scene_dataset_config.json in its folder or above says "
            "where that is: put it back where it belongs in its data set"
        )
    stage = _read_stage(dataset.find("stages", template), up, place)
    parts, objects = list(stage.parts), list(stage.objects)
    classes = _class_names(instance, dataset)
    taken = [0, *(thing.id for thing in objects), *(int(part.object_ids.max(initial=0)) for part in parts if
             part.object_ids is not None)]  # fmt: skip
    next_id = 1 + max(taken)
    read = functools.cache(read_mesh)  # many instances are of one template, and share its textures
    entries = [(entry, _read_object) for entry in instance.children("object_instances")]
    entries += [(entry, _read_articulated) for entry in instance.children("articulated_object_instances")]
    for number, (entry, read_entry) in enumerate(entries, next_id):
        new, class_id = read_entry(entry, instance, dataset, read)
        parts += [_with_id(part, number) for part in new]
        category = classes.get(class_id) or _category_of_template(entry.text("template_name"))
        objects.append(SceneObject(number, category, class_id if class_id > 0 else -1))
    return stage, parts, sorted(objects, key=lambda thing: thing.id)


def _with_id(part: MeshPart, number: int) -> MeshPart:
    return dataclasses.replace(part, object_ids=np.full(len(part.triangles), number, dtype=np.int64))


def _category_of_template(name: str) -> str:
    """A category from a template's name, for objects without a class: `frl_apartment_chair_01` gives `chair`."""
    last = name.split("/")[-1]
    if re.fullmatch(r"[0-9a-f_]{16,}", last):  # numbers of a library, as HSSD's, are no words
        return "unknown"
    return category_from_name(last.removeprefix("frl_apartment_"))


def _class_names(instance: Config, dataset: SceneDataset) -> dict[int, str]:
    """Class names of the descriptor that a scene instance names; none where it names none."""
    name = instance.text("semantic_scene_instance")
    path = dataset.named_file("semantic_scene_descriptor_instances", name) if name else None
    return read_descriptor(path).classes if path is not None else {}


def _read_object(entry: Config, instance: Config, dataset: SceneDataset, read: _Reader) -> tuple[list[MeshPart], int]:
    """Parts of a rigid object in the world frame, and its class id (0 where its config gives none)."""
    config = dataset.find("objects", entry.text("template_name"))
    mesh = config.asset("render_asset")
    if mesh is None:
        raise SceneFileError(f"'{config.file}' names no mesh: an object config needs \"render_asset\"")
    raw = read(mesh)
    check_parts(raw, f"'{mesh}'")
    told = from_config(config.values, config.file)
    frame = told.rotation if told is not None else np.eye(3)  # objects are +Y up where nothing is said
    scale = np.diag(_scale(config) * _instance_scale(entry))
    origin = entry.text("translation_origin") or instance.text("translation_origin")
    center = np.zeros(3)
    if origin.lower() != "asset_local":
        center = _center_of_mass(config, raw, frame, scale)
    turn = _rotation(entry)
    offset = entry.vector("translation", (0.0, 0.0, 0.0)) - turn @ center
    return _moved(raw, turn @ scale @ frame, offset), int(config.number("semantic_id", 0.0))


def _center_of_mass(
    config: Config, raw: Sequence[MeshPart], frame: NDArray[np.float64], scale: NDArray[np.float64]
) -> NDArray[np.float64]:
    if "COM" in config.values:
        return config.vector("COM", (0.0, 0.0, 0.0))
    points = np.concatenate([rotate(part.vertices[np.unique(part.triangles)], scale @ frame) for part in raw])
    return (points.min(axis=0) + points.max(axis=0)) / 2.0


def _read_articulated(
    entry: Config, instance: Config, dataset: SceneDataset, read: _Reader
) -> tuple[list[MeshPart], int]:
    """Parts of an articulated object in the world frame and its class id; its joints as the instance has them."""
    name = entry.text("template_name")
    config = dataset.find("articulated_objects", name)
    urdf = config.asset("urdf_filepath") or config.asset("render_asset")
    if urdf is None or urdf.suffix.lower() != ".urdf":
        raise SceneFileError(f"'{config.file}' is no articulated object: expected a .urdf file")
    pose = entry.values.get("initial_joint_pose")
    joints = {key: float(value) for key, value in pose.items()} if isinstance(pose, dict) else {}
    if isinstance(pose, list) and np.any(pose):
        warnings.warn(f"'{entry.file}': the joints of '{name}' are listed without names and stay closed", stacklevel=6)
    turn, offset = _rotation(entry), entry.vector("translation", (0.0, 0.0, 0.0))
    parts: list[MeshPart] = []
    for mesh in read_urdf(urdf, joints):
        matrix = turn @ np.diag(_instance_scale(entry))
        parts += _moved(read(mesh.path), matrix @ mesh.pose[:3, :3], matrix @ mesh.pose[:3, 3] + offset)
    check_parts(parts, f"'{urdf}'")
    beside = urdf.with_name(f"{urdf.stem}.ao_config.json")  # where a .urdf was listed without its config
    config = read_config(beside) if beside.is_file() else config
    return parts, int(config.number("semantic_id", 0.0))


def _scale(config: Config) -> NDArray[np.float64]:
    """Metres per unit along each axis of the upright mesh: `scale` and `units_to_meters`."""
    return config.vector("scale", (1.0, 1.0, 1.0)) * config.number("units_to_meters", 1.0)


def _instance_scale(entry: Config) -> NDArray[np.float64]:
    return entry.vector("non_uniform_scale", (1.0, 1.0, 1.0)) * entry.number("uniform_scale", 1.0)


def _rotation(entry: Config) -> NDArray[np.float64]:
    """Rotation matrix (3, 3) of an instance's quaternion w, x, y, z."""
    quaternion = entry.vector("rotation", (1.0, 0.0, 0.0, 0.0))
    length = float(np.linalg.norm(quaternion))
    if length < 1e-6:
        raise SceneFileError(f"'{entry.file}': \"rotation\" of {entry.name} is no rotation: give w, x, y, z")
    w, x, y, z = quaternion / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def _moved(parts: Sequence[MeshPart], matrix: NDArray[np.float64], offset: NDArray[np.float64]) -> list[MeshPart]:
    """Parts turned and scaled by a matrix (3, 3), then moved by an offset (3,) [m]; a mirror keeps faces outward."""
    mirrors = float(np.linalg.det(matrix)) < 0.0
    return [_moved_part(part, matrix, offset, mirrors) for part in parts]


def _moved_part(part: MeshPart, matrix: NDArray[np.float64], offset: NDArray[np.float64], mirrors: bool) -> MeshPart:
    uvs = part.corner_uvs
    return dataclasses.replace(
        part,
        vertices=rotate(part.vertices, matrix) + offset,
        triangles=part.triangles[:, ::-1] if mirrors else part.triangles,
        corner_uvs=uvs[:, ::-1] if mirrors and uvs is not None else uvs,
    )
