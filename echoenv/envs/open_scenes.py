"""Scenes that are held open for agents: each is loaded once in a process, however many agents are in it.

The one idea: what a scene needs (triangles, rays, walkable space) is shared; an agent is only a place and a direction,
so another agent in an open scene costs nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.datasets.episode_scenes import scene_name
from echoenv.envs.kept_responses import KeptResponses
from echoenv.envs.settings import NavigationSettings
from echoenv.navigation.motion import MotionSettings
from echoenv.simulators.simulator import Simulator
from echoenv.vision.camera import Camera


class OpenScenes:
    """The last few scenes of a task.

    Args:
        settings: The task.

    Attributes:
        responses: Those of all agents that are kept.
    """

    def __init__(self, settings: NavigationSettings) -> None:
        self._settings = settings
        self._named = {scene_name(scene): scene for scene in settings.scenes}
        self.responses = KeptResponses(settings.response_memory)
        self._open: OrderedDict[str, Simulator] = OrderedDict()

    def simulator(self, scene_id: str) -> Simulator:
        """The simulator of the scene that an id means, opened where it is not."""
        scene = scene_name(scene_id)
        if scene not in self._open:
            while len(self._open) >= self._settings.kept_scenes:
                self._open.popitem(last=False)  # agents may still be in it: it goes with the last of them
            self._open[scene] = self._opened(self._named.get(scene, scene))
        self._open.move_to_end(scene)
        return self._open[scene]

    def agent(self, scene_id: str) -> Simulator:
        """An agent of its own in that scene."""
        return self.simulator(scene_id).another_agent()

    def pathfinder(self, scene_id: str) -> Any:
        """Walkable space of that scene."""
        return self.simulator(scene_id).pathfinder

    def close(self) -> None:
        """Close all scenes."""
        while self._open:
            self._open.popitem()[1].close()

    def _opened(self, scene: str) -> Simulator:
        chosen = self._settings
        if chosen.backend == "soundspaces":  # its grid, its pictures and its sounds are what they are
            return Simulator(scene, backend=chosen.backend, data_dir=chosen.data_dir)
        where: dict[str, Any] = {"device": chosen.device} if chosen.backend == "builtin" else {}
        return Simulator(
            scene,
            backend=chosen.backend,
            data_dir=chosen.data_dir,
            camera=Camera(chosen.width, chosen.height, chosen.hfov),
            motion=MotionSettings(chosen.forward, chosen.turn, chosen.allow_sliding),
            sample_rate=chosen.sample_rate,
            propagation=PropagationSettings(rays=chosen.sound_rays),
            threads=chosen.threads,
            **where,
        )
