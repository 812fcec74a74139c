"""Habitat-Sim as a simulator: its renderer, its navmesh and its motion, with sound from whichever engine is asked for.

The one idea: it is the built-in simulator with other eyes and feet. EchoEnv's rays stay for what Habitat-Sim does not
have (normals, sound by their own engine or RLR), over the same triangles.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.acoustic_engine import AcousticEngine
from echoenv.acoustics.rlr.engine import rlr_receiver
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import PoseError, SettingsError, nearest
from echoenv.navigation.floors import AgentShape
from echoenv.scene.pose import heading_to_quaternion, quaternion_to_matrix
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import AgentState, sensor_positions
from echoenv.simulators.arguments import as_headings, as_positions
from echoenv.simulators.builtin import BuiltinSimulator
from echoenv.simulators.habitat.audio_sensor import HabitatAcoustics
from echoenv.simulators.habitat.library import habitat_library
from echoenv.simulators.habitat.navmesh import HabitatPathFinder, load_or_build_navmesh
from echoenv.simulators.habitat.opening import (
    SENSORS,
    HabitatOptions,
    HabitatScene,
    exported_scene,
    open_habitat,
    require_same_frame,
)
from echoenv.simulators.receivers import receiver_named
from echoenv.vision.renderer import CHANNELS

ACOUSTICS = ("echoenv", "habitat", "rlr")


class HabitatSimulator(BuiltinSimulator):
    """`echoenv.Simulator` with `backend="habitat"`: views, navmesh and motion of Habitat-Sim.

    Args:
        scene: As in `BuiltinSimulator`; built-in homes and `Scene`s are exported to Habitat-Sim's files first.
        backend: `habitat`.
        habitat_scene: A scene file for Habitat-Sim to render in place of the exported one, such as the original GLB
            with its compressed textures. It must lie where `scene` does.
        navmesh: A `.navmesh` file; None builds one with Habitat's defaults.
        gpu_device: Which GPU renders; -1 renders in software; None takes the first GPU, if there is one.
        acoustics: `echoenv` or `rlr` over the same triangles, or `habitat`: Habitat-Sim's own AudioSensor, where it was
            built with audio. `RlrSettings` set RLR; for Habitat-Sim's sensor they are given as `audio_settings`.
        audio_settings: Settings of Habitat-Sim's AudioSensor, in RLR's names.
        audio_materials: SoundSpaces' JSON file of materials for it; None computes without materials.
        **settings: As in `BuiltinSimulator`.

    Attributes:
        habitat: The `habitat_sim.Simulator` itself, for what has no verb here.

    Raises:
        EngineError: Habitat-Sim is not installed, too old, cannot open the scene, or lacks the audio asked for.
        SceneFileError: The navmesh is missing or cannot be read.
    """

    backend: ClassVar[str] = "habitat"

    def __init__(
        self,
        scene: str | Path | Scene,
        *,
        backend: str = "habitat",
        habitat_scene: str | Path | None = None,
        navmesh: str | Path | None = None,
        gpu_device: int | None = None,
        acoustics: str | RlrSettings = "echoenv",
        audio_settings: RlrSettings | None = None,
        audio_materials: str | Path | None = None,
        **settings: Any,
    ) -> None:
        library = habitat_library()
        own_sound = acoustics == "habitat"
        if isinstance(acoustics, str) and acoustics not in ACOUSTICS:
            raise SettingsError(f"acoustics '{acoustics}' is no engine: {nearest(acoustics, ACOUSTICS)}")
        receiver = settings.pop("receiver", "kemar")
        first = "mono" if own_sound else receiver
        super().__init__(
            scene, backend=backend, acoustics="echoenv" if own_sound else acoustics, receiver=first, **settings
        )
        self._library, self._shape = library, AgentShape()
        self._folder = tempfile.TemporaryDirectory(prefix="echoenv-habitat-")
        own_file = None if habitat_scene is None else HabitatScene(str(habitat_scene))
        opened = own_file or exported_scene(self.scene, Path(self._folder.name))
        options = HabitatOptions(gpu_device, semantic=bool(self.scene.objects), seed=self.seed % 2**31)
        self.habitat = open_habitat(library, opened, self.camera, self.motion, self._shape, options)
        require_same_frame(self.habitat, self.scene, opened)
        load_or_build_navmesh(library, self.habitat, None if navmesh is None else Path(navmesh), self._shape)
        if own_sound:
            materials = None if audio_materials is None else str(audio_materials)
            self.acoustics: AcousticEngine = HabitatAcoustics(library, self.habitat, audio_settings, materials)
            heard: Any = rlr_receiver(receiver) or receiver_named(receiver)
            self.receiver = heard

    @cached_property
    def pathfinder(self) -> Any:
        """Habitat-Sim's navmesh, with the methods of `PathFinder`."""
        return HabitatPathFinder(self._library, self.habitat.pathfinder, self.seed % 2**31)

    def _moved(self, state: AgentState, action: str) -> tuple[AgentState, bool]:
        if action not in self.actions:
            raise SettingsError(f"action {action!r} is not known: {nearest(str(action), self.actions)}")
        self._put(state)
        agent = self.habitat.get_agent(0)
        collided = bool(agent.act(action))
        after = agent.get_state()
        turned = np.array([getattr(after.rotation, axis) for axis in "wxyz"], dtype=np.float64)
        return AgentState(np.array(after.position, dtype=np.float64), turned), collided

    def views(self, states: Sequence[AgentState], channels: tuple[str, ...] | None = None) -> dict[str, NDArray[Any]]:
        """As `Simulator.views`, one after another; normals are those of EchoEnv's rays."""
        return self._look(list(states), channels or self.channels)

    def observe(
        self, positions: ArrayLike, headings: ArrayLike, channels: tuple[str, ...] = CHANNELS
    ) -> dict[str, NDArray[Any]]:
        """As `Simulator.observe`; Habitat-Sim renders one pose after another."""
        places, angles = as_positions(positions, "positions"), as_headings(headings)
        if len(angles) != len(places):
            raise PoseError(f"{len(places)} positions and {len(angles)} headings: give one heading for each position")
        self._eyes(places)
        states = [AgentState(place, heading_to_quaternion(angle)) for place, angle in zip(places, angles, strict=True)]
        return self._look(states, channels)

    def _look(self, states: list[AgentState], channels: tuple[str, ...]) -> dict[str, NDArray[Any]]:
        """Views (n, H, W, ...) of states, by channel."""
        views: dict[str, NDArray[Any]] = {}
        theirs = [name for name in channels if name in SENSORS]
        rows = [self._seen(state, theirs) for state in states] if theirs else []
        for name in theirs:
            views[name] = np.stack([row[name] for row in rows])
        ours = tuple(name for name in channels if name not in SENSORS)
        if ours:
            eyes = sensor_positions(np.stack([state.position for state in states]))
            turns = np.stack([quaternion_to_matrix(state.rotation) for state in states])
            views |= self.renderer.render(eyes, turns, self.camera, ours)
        return {name: views[name] for name in channels}

    def _seen(self, state: AgentState, channels: list[str]) -> dict[str, NDArray[Any]]:
        self._put(state)
        seen = self.habitat.get_sensor_observations()
        found: dict[str, NDArray[Any]] = {}
        for name in channels:
            if name == "rgb":
                found[name] = np.ascontiguousarray(seen[name][..., :3], dtype=np.uint8)
            elif name == "depth":
                found[name] = np.array(seen[name], dtype=np.float32)
            elif name in seen:
                found[name] = np.array(seen[name], dtype=np.int32)
            else:  # a scene without semantics
                found[name] = np.zeros((self.camera.height, self.camera.width), np.int32)
        return found

    def _put(self, state: AgentState) -> None:
        placed = self._library.AgentState()
        placed.position = np.asarray(state.position, dtype=np.float32)
        placed.rotation = np.roll(np.asarray(state.rotation, dtype=np.float64), -1)  # an array is read as x, y, z, w
        self.habitat.get_agent(0).set_state(placed)

    def close(self) -> None:
        """Close Habitat-Sim and remove the exported scene."""
        super().close()
        self.habitat.close()
        self._folder.cleanup()
