"""The built-in simulator: Habitat's verbs over EchoEnv's own rays.

The one idea: a `Simulator` holds one scene and one agent. Everything that is asked of the agent (a view, an echo, a
step) is a batch of one of the forms that take many positions (`observe`, `impulse_responses`, `echo_responses`).
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

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
from echoenv.audio.chirps import ECHO_DURATION, echo_of
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
    checked_seed,
    positive_integer,
)
from echoenv.simulators.placement import require_open_space, require_within
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import CHANNELS, Renderer

RESPONSE_DURATION = 2.0
"""Length of an impulse response [s] where none is asked for."""

HEADINGS = (0.0, 90.0, 180.0, 270.0)
"""The four headings [degrees] in which data sets look and chirp."""

_RAISE = "a source is a point in the air: 1.5 m above the floor, say, not on it"


class Simulator:
    """What an agent in a scene sees and hears.

    Args:
        scene: A name (`apartment_0`), a mesh file, or a `Scene`.
        data_dir: Folder with real data sets, where names are looked up before the built-in homes.
        up: Which axis of a mesh file is up (`+y`, `+z`, ...), where it should not be found out.
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

    def __init__(
        self,
        scene: str | Path | Scene,
        *,
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
        folder = None if data_dir is None else Path(data_dir)
        self.scene = scene if isinstance(scene, Scene) else load_scene(scene, folder, up, materials)
        if isinstance(scene, Scene) and materials is not None:
            self.scene = with_materials(scene, materials)
        self.engine = RayEngine(self.scene, device=device, threads=threads)
        self.camera = checked(camera, Camera, "camera")
        self.air = checked(air, Air, "air")
        self.motion = checked(motion, MotionSettings, "motion")
        self.sample_rate = positive_integer(sample_rate, "sample_rate", "Hz")
        self.seed = checked_seed(seed)
        self.propagation = checked(propagation, PropagationSettings, "propagation")
        self.acoustics: AcousticEngine = acoustics_named(acoustics, self.engine, propagation, air, threads)
        self.receiver: Receiver = receiver_of(self.acoustics, receiver)
        self._state: AgentState | None = None
        self.collided = False

    @cached_property
    def pathfinder(self) -> PathFinder:
        """Walkable space; built when it is first needed."""
        return PathFinder(self.engine)

    @cached_property
    def renderer(self) -> Renderer:
        """The camera's renderer; built when it is first needed."""
        return Renderer(self.engine)

    # The agent

    @property
    def agent_state(self) -> AgentState:
        """Where the agent is; before the first `set_agent_state` at the first position of the 0.5 m grid, heading 0."""
        if self._state is None:
            positions = self.pathfinder.grid_positions()
            start = (
                positions[0]
                if len(positions)
                else self.pathfinder.get_random_navigable_point(np.random.default_rng(self.seed))
            )
            self._state = AgentState(np.asarray(start, dtype=np.float64), np.array([1.0, 0.0, 0.0, 0.0]))
        return self._state

    def get_agent_state(self) -> AgentState:
        """The same as `agent_state`, by Habitat's name."""
        return self.agent_state

    def set_agent_state(
        self, position: ArrayLike | None = None, heading: float | None = None, rotation: ArrayLike | None = None
    ) -> AgentState:
        """Put the agent somewhere.

        Args:
            position: Point on the floor [m] (3,), world frame; None stays.
            heading: [degrees], counter-clockwise from above, 0 faces -Z.
            rotation: Quaternion (w, x, y, z) instead of a heading, or an object with w, x, y, z such as Habitat's. (The
                lists in habitat-lab's episodes are (x, y, z, w): reorder those.)

        Returns:
            The new state.

        Raises:
            PoseError: Not finite, both a heading and a rotation, or eyes and ears inside a solid or outside the scene.
        """
        if position is None:
            current = self.agent_state
        else:
            current = self._state or AgentState(as_position(position), np.array([1.0, 0.0, 0.0, 0.0]))
        state = new_state(current, position, heading, rotation)
        if position is not None:
            require_open_space(self.engine, state.sensor_position[None], "the agent's camera at")
        self._state = state
        self.collided = False
        return state

    def step(self, action: str) -> dict[str, Any]:
        """Move or turn the agent by one action.

        Args:
            action: `move_forward` (0.25 m), `turn_left` or `turn_right` (10 degrees), or what `motion` holds.

        Returns:
            What it sees afterwards, and `collided`, as in Habitat.

        Raises:
            SettingsError: Unknown action, with the nearest valid one.
        """
        state = self.agent_state
        position, heading, self.collided = move(self.pathfinder, state.position, state.heading, action, self.motion)
        turn = None if heading == state.heading else heading
        self._state = new_state(state, position, turn, None)
        return {**self.get_sensor_observations(), "collided": self.collided}

    # Sight

    def get_sensor_observations(self) -> dict[str, NDArray[Any]]:
        """What the agent sees.

        Returns:
            `rgb` (H, W, 3) uint8, `depth` (H, W) float32 [m], `normal` (H, W, 3) float32 in the camera's frame (x
            right, y up, z backward), `semantic` (H, W) int32 object ids. Where nothing is met: black, 0.0, zeros, 0.
        """
        state = self.agent_state
        views = self.renderer.render(state.sensor_position[None], state.matrix[None], self.camera)
        return {channel: view[0] for channel, view in views.items()}

    def observe(
        self, positions: ArrayLike, headings: ArrayLike, channels: tuple[str, ...] = CHANNELS
    ) -> dict[str, NDArray[Any]]:
        """Views from many poses in one call.

        Args:
            positions: Points on the floor [m] (n, 3), world frame.
            headings: [degrees] (n,).
            channels: Which of `rgb`, `depth`, `normal`, `semantic`.

        Returns:
            By channel, arrays whose first axis is n, otherwise as in `get_sensor_observations`.

        Raises:
            PoseError: Positions and headings do not fit together or are not finite.
        """
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
        """How a sound at `source` reaches the agent's ears.

        Args:
            source: Where it sounds [m] (3,), world frame (not on the floor: 1.5 m above it, say).
            duration: Length [s].
            seed: Of the stochastic part; None takes the simulator's.
            directivity: A name (`cardioid`, `talking_head`, ...) or a `Directivity`; None is omnidirectional.
            source_rotation: Where a directed source faces: heading [degrees], or a matrix (3, 3), local to world.

        Returns:
            Samples (channels, n) float32: left and right ear, or what the receiver has.

        Raises:
            PoseError: The source is not finite, or inside a solid or outside the scene.
            EngineError: The acoustic engine does not know directed sources, or cannot hear with the receiver.
        """
        point = as_position(source, "source")[None]
        require_open_space(self.engine, point, "the source at", _RAISE)
        state = self.agent_state
        turned = np.asarray(source_rotation)[None]
        speakers = as_speakers(point, directivity, turned)
        hearing = self._hearing(state.matrix[None], duration)
        responses = self.acoustics.responses(speakers, state.sensor_position[None], hearing, self._seed(seed))
        return ImpulseResponse(responses[0, 0, 0], self.sample_rate)

    def echo(self, seed: int | None = None) -> NDArray[np.float32]:
        """The first 60 ms (channels, 2646) float32 of what comes back when the agent chirps where it stands.

        The chirp is 3 ms, 20 Hz to 20 kHz. Source and listener share one point, so the direct sound, which would be
        infinitely loud, is left out: an echo holds what the room sends back (docs/physics.md).
        """
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
        """Responses from many sources to many listeners, each in many headings, in one call.

        A listener's rays serve all sources and all headings, so M sources cost far less than M calls.

        Args:
            sources: Where it sounds [m] (m, 3), world frame.
            positions: Where agents stand [m] (n, 3), points on the floor; their ears are 1.5 m above.
            headings: [degrees] (h,), for every position.
            duration: Length [s].
            seed: As in `impulse_response`.
            directivities: As there: one for all sources, or a sequence of m.
            source_rotations: Headings [degrees] of the sources, one for all or (m,), or matrices (m, 3, 3), local to
                world; only directed sources ask for them. None faces -Z.

        Returns:
            Samples (m, n, h, channels, samples) float32; each pair is what it would be alone.

        Raises:
            PoseError: Positions are not finite, have another shape or lie outside the scene.
            SettingsError: Not one directivity for each source, an unknown name, or no such seed or duration.
            EngineError: As in `impulse_response`.
        """
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
        """Responses (n, h, channels, samples) float32 with the source at the listener, for many positions.

        Args:
            positions: Points on the floor [m] (n, 3), world frame.
            headings: [degrees] (h,), for every position.
            seeds: One for each position (n,); None takes the simulator's for all.
            duration: Length [s].
        """
        ears = self._eyes(as_positions(positions, "positions"))
        hearing = self._hearing(heading_to_matrix(as_headings(headings)), duration)
        chosen = np.full(len(ears), self.seed) if seeds is None else as_seeds(seeds, len(ears))
        return self.acoustics.pair_responses(ears, ears, hearing, chosen)

    def echoes(
        self, positions: ArrayLike, headings: ArrayLike = HEADINGS, seeds: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """Echoes (n, h, channels, 2646) float32 for many positions, each traced once for all its headings."""
        return self._echo_from(self.echo_responses(positions, headings, seeds, ECHO_DURATION))

    def propagate(
        self, source: ArrayLike, listener: ArrayLike, duration: float = RESPONSE_DURATION, seed: int | None = None
    ) -> Propagation:
        """How sound gets from one point to another: paths and energies, before any ears.

        Args:
            source: [m] (3,), world frame.
            listener: [m] (3,), world frame (where the ears are, not the floor below them).
            duration: Length [s].
            seed: As in `impulse_response`.

        Raises:
            EngineError: The acoustic engine keeps paths and energies to itself.
        """
        points = as_position(source, "source"), as_position(listener, "listener")
        return self.acoustics.propagation(*points, as_duration(duration), self._seed(seed))

    def _hearing(self, rotations: NDArray[np.float64], duration: float) -> Hearing:
        return Hearing(self.receiver, rotations, self.sample_rate, as_duration(duration))

    def _eyes(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Eyes and ears (n, 3) above positions on the floor (n, 3), none of them outside the scene."""
        eyes = sensor_positions(positions)
        require_within(self.engine, eyes, "the agent's camera at")
        return eyes

    def _seed(self, seed: int | None) -> int:
        return self.seed if seed is None else checked_seed(seed)

    def _echo_from(self, responses: NDArray[np.float32]) -> NDArray[np.float32]:
        return echo_of(responses, duration=ECHO_DURATION, sample_rate=self.sample_rate)

    def close(self) -> None:
        """Let go of what was kept; a simulator needs no closing, this is here for Habitat's sake."""
        self.acoustics.close()

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
