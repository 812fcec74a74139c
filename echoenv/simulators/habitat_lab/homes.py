"""Scenes of episodes, opened when they are needed and kept for a while.

The one idea: a `Home` is a scene with all that an agent of one size needs there; the few used last stay in memory, for
episodes of several scenes come mixed.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echoenv.datasets.episode_scenes import HABITAT_PREFIX, names_mesh_file, scene_name
from echoenv.errors import SceneNotFoundError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.simulators.habitat_lab.lab_pathfinder import LabPathFinder
from echoenv.simulators.habitat_lab.settings import LabSettings


@dataclass(frozen=True)
class AgentSize:
    """What Habitat-Lab's agent configuration says of the agent's body: height, radius, highest step [m]."""

    height: float = 1.5
    radius: float = 0.1
    max_climb: float = 0.2


@dataclass(frozen=True, eq=False)
class Home:
    """A scene, opened.

    Attributes:
        scene_id: As Habitat-Lab names it.
        simulator: Views and sounds of the scene.
        pathfinder: Where an agent of this size can be.
    """

    scene_id: str
    simulator: Any
    pathfinder: LabPathFinder


class Homes:
    """Opens scenes and keeps the last few.

    Args:
        settings: How many, where from, and how their sound is computed.
    """

    def __init__(self, settings: LabSettings) -> None:
        self._settings = settings
        self._kept: OrderedDict[tuple[str, str, AgentSize], Home] = OrderedDict()

    def open(self, scene_id: str, size: AgentSize, scene_dataset: str = "default") -> Home:
        """The scene of an episode.

        Args:
            scene_id: A name, or a path; Habitat-Lab puts its scenes' folder before what the episode file says.
            size: Of the agent.
            scene_dataset: File of a scene data set, in whose folder names are looked up, or `default`.

        Raises:
            SceneNotFoundError, SceneFileError, MeshError: The scene cannot be had.
        """
        key = (scene_id, scene_dataset, size)
        if key not in self._kept:
            while len(self._kept) >= self._settings.scenes_kept:
                self._kept.popitem(last=False)[1].simulator.close()
            self._kept[key] = self._opened(scene_id, size, scene_dataset)
        self._kept.move_to_end(key)
        return self._kept[key]

    def close(self) -> None:
        """Let go of all scenes."""
        for home in self._kept.values():
            home.simulator.close()
        self._kept.clear()

    def _opened(self, scene_id: str, size: AgentSize, scene_dataset: str) -> Home:
        from echoenv import Simulator

        data_dir = self._settings.data_dir
        if data_dir is None and Path(scene_dataset).is_file():
            data_dir = Path(scene_dataset).parent
        scene = find_scene(scene_id, data_dir)
        simulator: Any = Simulator(scene, data_dir=data_dir, **self._settings.for_simulator())
        finder = PathFinder(simulator.engine, size.height, size.radius, size.max_climb)
        return Home(scene_id, simulator, LabPathFinder(finder))


def find_scene(scene_id: str, data_dir: str | Path | None = None) -> str:
    """What to give `load_scene` for an episode's `scene_id`: a path that is there, or a name.

    Args:
        scene_id: As Habitat-Lab hands it on, such as `data/scene_datasets/room_0`.
        data_dir: Folder in which paths are looked for too, with and without Habitat's usual beginning.

    Raises:
        SceneNotFoundError: It is the path of a mesh that is not there. It is not taken for the built-in home of the
            same name: episodes of a real scan have no meaning in another room.
    """
    if "procedural:" in scene_id:
        return scene_name(scene_id)
    tried = [Path(scene_id)]
    if data_dir is not None:
        tried += [Path(data_dir) / scene_id, Path(data_dir) / scene_id.removeprefix(HABITAT_PREFIX)]
    for path in tried:
        if path.is_file():
            return str(path)
    if names_mesh_file(scene_id):
        raise SceneNotFoundError(
            f"scene file '{scene_id}' is missing: give habitat.dataset.scenes_dir or data_dir the folder that holds "
            f"it; for a built-in home write episodes whose scene_id is its name, such as '{scene_name(scene_id)}'"
        )
    return scene_name(scene_id)
