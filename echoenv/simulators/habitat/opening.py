"""Opening a scene in Habitat-Sim: its files, its sensors, its agent, and the check that it stands as ours does.

The one idea: Habitat-Sim is given the very triangles that EchoEnv's rays have, exported with a stage config that says
which way is up, so both agree on every coordinate; a user's own file is taken instead where it is asked for, and the
extents of both are compared either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from echoenv.datasets.atomic_files import write_whole
from echoenv.errors import EngineError
from echoenv.navigation.floors import AgentShape
from echoenv.navigation.motion import MotionSettings
from echoenv.scene.export import dataset_config, exported_files, file_name
from echoenv.scene.lookup import EXPORT_CONFIG
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import SENSOR_HEIGHT
from echoenv.vision.camera import Camera

SENSORS = {"rgb": "COLOR", "depth": "DEPTH", "semantic": "SEMANTIC"}
"""Habitat's kind of sensor for each channel; normals it does not have."""

_SOFTWARE_RENDERING = -1
_EXTENT_SLACK = 0.1  # [m]
_NVIDIA = Path("/proc/driver/nvidia/version")


@dataclass(frozen=True)
class HabitatOptions:
    """What Habitat-Sim is told besides the scene.

    Attributes:
        gpu_device: Which GPU renders; -1 renders in software; None takes the first GPU where NVIDIA's driver is there.
        semantic: Whether the scene has semantics to show.
        seed: Of its random points.
    """

    gpu_device: int | None = None
    semantic: bool = True
    seed: int = 0


@dataclass(frozen=True)
class HabitatScene:
    """What Habitat-Sim is to open.

    Attributes:
        scene_id: Name of a scene in the data set, or a file.
        dataset: Its `scene_dataset_config.json`; `default` for a file that is in none.
    """

    scene_id: str
    dataset: str = "default"


def exported_scene(scene: Scene, folder: Path) -> HabitatScene:
    """Writes a scene into a folder as a data set of Habitat's, with its semantics."""
    name = file_name(scene.name)
    for path, data in {**exported_files(scene), Path(EXPORT_CONFIG): dataset_config([name])}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / path, data)
    return HabitatScene(name, str(folder / EXPORT_CONFIG))


def open_habitat(
    library: Any,
    scene: HabitatScene,
    camera: Camera,
    motion: MotionSettings,
    shape: AgentShape,
    options: HabitatOptions,
) -> Any:
    """A `habitat_sim.Simulator` with one agent that has our camera and actions.

    Raises:
        EngineError: Habitat-Sim cannot open the scene.
    """
    backend = library.SimulatorConfiguration()
    backend.scene_dataset_config_file, backend.scene_id = scene.dataset, scene.scene_id
    backend.gpu_device_id = _gpu_device(options.gpu_device)
    backend.allow_sliding = motion.allow_sliding
    backend.enable_physics = False
    backend.random_seed = options.seed
    agent = library.agent.AgentConfiguration()
    agent.height, agent.radius = shape.height, shape.radius
    channels = [name for name in SENSORS if name != "semantic" or options.semantic]
    agent.sensor_specifications = [_sensor(library, name, camera) for name in channels]
    agent.action_space = {
        name: library.agent.ActionSpec(name, library.agent.ActuationSpec(amount=amount))
        for name, amount in (
            ("move_forward", motion.forward), ("turn_left", motion.turn), ("turn_right", motion.turn),
        )
    }  # fmt: skip
    try:
        return library.Simulator(library.Configuration(backend, [agent]))
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise EngineError(
            f"habitat-sim cannot open '{scene.scene_id}' ({reason}): check the file with backend='builtin'"
        ) from error


def _sensor(library: Any, channel: str, camera: Camera) -> Any:
    panorama = camera.projection == "equirectangular"
    spec = library.EquirectangularSensorSpec() if panorama else library.CameraSensorSpec()
    spec.uuid = channel
    spec.sensor_type = getattr(library.SensorType, SENSORS[channel])
    spec.sensor_subtype = getattr(library.SensorSubType, "EQUIRECTANGULAR" if panorama else "PINHOLE")
    spec.resolution = [camera.height, camera.width]
    spec.position = [0.0, SENSOR_HEIGHT, 0.0]
    spec.near, spec.far = camera.near, camera.far
    if not panorama:
        spec.hfov = camera.hfov
    return spec


def _gpu_device(given: int | None) -> int:
    if given is not None:
        return given
    return 0 if _NVIDIA.exists() else _SOFTWARE_RENDERING


def require_same_frame(simulator: Any, scene: Scene, opened: HabitatScene) -> None:
    """Makes sure that Habitat-Sim's scene lies where ours does.

    Raises:
        EngineError: Their extents differ by more than 10 cm, as they do where another direction is taken for up.
    """
    box = simulator.get_active_scene_graph().get_root_node().cumulative_bb
    theirs = np.array([list(box.min), list(box.max)], dtype=np.float64)
    ours = np.array(scene.bounds, dtype=np.float64)
    if np.abs(theirs - ours).max() > _EXTENT_SLACK:
        extents = [f"{low.round(2).tolist()} to {high.round(2).tolist()}" for low, high in (theirs, ours)]
        raise EngineError(
            f"habitat-sim has '{opened.scene_id}' from {extents[0]} [m], EchoEnv from {extents[1]}: give it a stage "
            "config that says which way is up, or leave habitat_scene out"
        )
