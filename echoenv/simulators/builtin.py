"""The built-in simulator: Habitat's verbs over EchoEnv's own rays.

The one idea: one scene, one ray engine for sight and sound. What an agent sees, hears and walks on comes from the same
triangles; a single view or sound is a batch of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.acoustic_engine import AcousticEngine, Hearing
from echoenv.acoustics.air import Air
from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.impulse_response import ImpulseResponse
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.receivers.hrtf import Receiver
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.audio.chirps import ECHO_DURATION
from echoenv.errors import PoseError
from echoenv.navigation.motion import MotionSettings, move
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.material_mapping import MaterialMapping, with_materials
from echoenv.scene.pose import as_position, heading_to_matrix
from echoenv.scene.scene import Scene
from echoenv.simulators.acoustics_named import acoustics_named, receiver_of
from echoenv.simulators.agent import AgentState, new_state, sensor_positions
from echoenv.simulators.arguments import (
    Directivities,
    as_duration,
    as_headings,
    as_positions,
    as_seeds,
    as_speakers,
    checked,
)
from echoenv.simulators.placement import require_open_space, require_within
from echoenv.simulators.simulator import HEADINGS, RESPONSE_DURATION, Simulator
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import CHANNELS, Renderer

_RAISE = "a source is a point in the air: 1.5 m above the floor, say, not on it"


class BuiltinSimulator(Simulator):
    """`echoenv.Simulator` with `backend="builtin"`: everything from EchoEnv's own rays.

    Args:
        scene: A name (`apartment_0`), a mesh file, or a `Scene`.
        data_dir: Folder with real data sets, where names are looked up before the built-in homes.
        up: Which axis of a mesh file is up (`+y`, `+z`, ...), where it should not be found out.
        backend: `builtin`.
        materials: What things are made of for the ear, in place of the project's table (`read_materials`,
            `read_soundspaces_materials`, `MaterialMapping`).
        camera: Size, field of view and kind of the camera.
        acoustics: Which engine computes sound: `echoenv`; or `rlr`, that of SoundSpaces 2.0, where `echoenv[rlr]` is
            installed, or `RlrSettings` for its settings. What RLR does otherwise is told in
            `echoenv.acoustics.rlr.engine`.
        receiver: What hears: an `Hrtf`, a `Mono`, `Ambisonics`, a `MicrophoneArray`; or a name (`kemar`, `mono`,
            `spherical_head`, `ambisonics:3`, `ambisonics:3:SN3D`); or a SOFA file.
        air: Temperature, humidity and pressure; for EchoEnv's own engine.
        propagation: How its sound is traced; the `duration` is set by what is asked for.
        motion: Amounts of the actions.
        device: `cpu`, `cuda`, `cuda:1`.
        threads: Threads on a CPU; None takes all cores.
        sample_rate: Of all sounds [Hz].
        seed: Default seed of the stochastic part of sound; the same seed gives the same bytes.

    Attributes:
        scene, engine, camera, acoustics, receiver, air, propagation, motion, sample_rate, seed: As given.

    Raises:
        SceneNotFoundError, SceneFileError, MeshError: The scene cannot be had.
        DeviceError, SettingsError, AudioFileError: A device, setting or SOFA file is not valid.
        EngineError: The acoustic engine is not installed.
    """

    backend: ClassVar[str] = "builtin"

    def __init__(
        self,
        scene: str | Path | Scene,
        *,
        backend: str = "builtin",
        data_dir: str | Path | None = None,
        up: str | None = None,
        materials: MaterialMapping | None = None,
        camera: Camera | None = None,
        acoustics: str | RlrSettings = "echoenv",
        receiver: str | Path | Receiver = "kemar",
        air: Air | None = None,
        propagation: PropagationSettings | None = None,
        motion: MotionSettings | None = None,
        device: str = "cpu",
        threads: int | None = None,
        sample_rate: int = 44100,
        seed: int = 0,
    ) -> None:
        super().__init__(scene, backend=backend, camera=camera, motion=motion, sample_rate=sample_rate, seed=seed)
        folder = None if data_dir is None else Path(data_dir)
        self.scene = scene if isinstance(scene, Scene) else load_scene(scene, folder, up, materials)
        if isinstance(scene, Scene) and materials is not None:
            self.scene = with_materials(scene, materials)
        self._last_source = np.full(3, np.nan)
        self.engine = RayEngine(self.scene, device=device, threads=threads)
        self.air = checked(air, Air, "air")
        self.propagation = checked(propagation, PropagationSettings, "propagation")
        self.acoustics: AcousticEngine = acoustics_named(acoustics, self.engine, propagation, air, threads)
        self.receiver: Receiver = receiver_of(self.acoustics, receiver)

    @cached_property
    def pathfinder(self) -> PathFinder:
        """Walkable space; built when it is first needed."""
        return PathFinder(self.engine)

    @cached_property
    def renderer(self) -> Renderer:
        """The camera's renderer; built when it is first needed."""
        return Renderer(self.engine)

    def _build_shared(self) -> None:
        _ = self.pathfinder, self.renderer

    def _placed(self, state: AgentState, moved: bool) -> AgentState:
        if moved:
            require_open_space(self.engine, state.sensor_position[None], "the agent's camera at")
        return state

    def _moved(self, state: AgentState, action: str) -> tuple[AgentState, bool]:
        position, heading, collided = move(self.pathfinder, state.position, state.heading, action, self.motion)
        turn = None if heading == state.heading else heading
        return new_state(state, position, turn, None), collided

    # Sight

    def views(self, states: Sequence[AgentState], channels: tuple[str, ...] | None = None) -> dict[str, NDArray[Any]]:
        """As `Simulator.views`: one call of the renderer for all."""
        eyes = np.stack([state.sensor_position for state in states])
        turns = np.stack([state.matrix for state in states])
        return self.renderer.render(eyes, turns, self.camera, channels or self.channels)

    def observe(
        self, positions: ArrayLike, headings: ArrayLike, channels: tuple[str, ...] = CHANNELS
    ) -> dict[str, NDArray[Any]]:
        """As `Simulator.observe`."""
        places = as_positions(positions, "positions")
        angles = as_headings(headings)
        if len(angles) != len(places):
            raise PoseError(f"{len(places)} positions and {len(angles)} headings: give one heading for each position")
        return self.renderer.render(self._eyes(places), heading_to_matrix(angles), self.camera, channels)

    # Sound

    def impulse_response(
        self,
        source: ArrayLike,
        duration: float = RESPONSE_DURATION,
        seed: int | None = None,
        *,
        directivity: str | Directivity | None = None,
        source_rotation: ArrayLike = 0.0,
    ) -> ImpulseResponse:
        """As `Simulator.impulse_response`."""
        point = self._open_source(source)[None]
        state = self.agent_state
        turned = np.asarray(source_rotation)[None]
        speakers = as_speakers(point, directivity, turned)
        hearing = self._hearing(state.matrix[None], duration)
        responses = self.acoustics.responses(speakers, state.sensor_position[None], hearing, self._seed(seed))
        return ImpulseResponse(responses[0, 0, 0], self.sample_rate)

    def _open_source(self, source: ArrayLike) -> NDArray[np.float64]:
        """A source's place (3,) in the open; asked once of one that stays where it is while an agent walks."""
        point = as_position(source, "source")
        if not np.array_equal(point, self._last_source):
            require_open_space(self.engine, point[None], "the source at", _RAISE)
            self._last_source = point.copy()
        return point

    def echo(self, seed: int | None = None) -> NDArray[np.float32]:
        """As `Simulator.echo`."""
        state = self.agent_state
        hearing = self._hearing(state.matrix[None], ECHO_DURATION)
        here = state.sensor_position[None]
        return self._echo_from(self.acoustics.responses(as_speakers(here), here, hearing, self._seed(seed))[0, 0])[0]

    def impulse_responses(
        self,
        sources: ArrayLike,
        positions: ArrayLike,
        headings: ArrayLike = (0.0,),
        duration: float = RESPONSE_DURATION,
        seed: int | None = None,
        *,
        directivities: Directivities = None,
        source_rotations: ArrayLike | None = None,
    ) -> NDArray[np.float32]:
        """As `Simulator.impulse_responses`."""
        points, ears = as_positions(sources, "sources"), self._eyes(as_positions(positions, "positions"))
        require_within(self.engine, points, "the source at")
        speakers = as_speakers(points, directivities, source_rotations)
        hearing = self._hearing(heading_to_matrix(as_headings(headings)), duration)
        return self.acoustics.responses(speakers, ears, hearing, self._seed(seed))

    def echo_responses(
        self,
        positions: ArrayLike,
        headings: ArrayLike = HEADINGS,
        seeds: ArrayLike | None = None,
        duration: float = RESPONSE_DURATION,
    ) -> NDArray[np.float32]:
        """As `Simulator.echo_responses`."""
        ears = self._eyes(as_positions(positions, "positions"))
        hearing = self._hearing(heading_to_matrix(as_headings(headings)), duration)
        chosen = np.full(len(ears), self.seed) if seeds is None else as_seeds(seeds, len(ears))
        return self.acoustics.pair_responses(ears, ears, hearing, chosen)

    def propagate(
        self, source: ArrayLike, listener: ArrayLike, duration: float = RESPONSE_DURATION, seed: int | None = None
    ) -> Propagation:
        """As `Simulator.propagate`."""
        points = as_position(source, "source"), as_position(listener, "listener")
        return self.acoustics.propagation(*points, as_duration(duration), self._seed(seed))

    def _hearing(self, rotations: NDArray[np.float64], duration: float) -> Hearing:
        return Hearing(self.receiver, rotations, self.sample_rate, as_duration(duration))

    def _eyes(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Eyes and ears (n, 3) above positions on the floor (n, 3), none of them outside the scene."""
        eyes = sensor_positions(positions)
        require_within(self.engine, eyes, "the agent's camera at")
        return eyes

    def close(self) -> None:
        """Let go of what the acoustic engine holds open."""
        self.acoustics.close()
