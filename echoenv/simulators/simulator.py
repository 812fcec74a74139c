"""The one interface of all simulators: Habitat's verbs for an agent, and batched forms for many places.

The one idea: `Simulator(scene, backend=...)` makes the simulator of that name; all of them answer the same questions in
the same frames and units. What an agent does one step at a time is written here once, in terms of a few questions that
each backend answers in its own way (`observe`, `impulse_responses`, where one may stand, where a step leads).
"""

from __future__ import annotations

import copy
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.impulse_response import ImpulseResponse
from echoenv.acoustics.paths import Propagation
from echoenv.audio.chirps import ECHO_DURATION, echo_of
from echoenv.errors import EngineError, SettingsError, nearest
from echoenv.navigation.motion import ACTIONS, MotionSettings
from echoenv.scene.pose import as_position, described
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import AgentState, new_state
from echoenv.simulators.arguments import Directivities, checked, checked_seed, positive_integer
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import CHANNELS

RESPONSE_DURATION = 2.0
"""Length of an impulse response [s] where none is asked for."""

HEADINGS = (0.0, 90.0, 180.0, 270.0)
"""The four headings [degrees] in which data sets look and chirp."""

_BACKENDS = {
    "builtin": ("echoenv.simulators.builtin", "BuiltinSimulator"),
    "habitat": ("echoenv.simulators.habitat.habitat_simulator", "HabitatSimulator"),
    "soundspaces": ("echoenv.simulators.soundspaces.soundspaces_simulator", "SoundSpacesSimulator"),
}
BACKEND_NAMES = tuple(_BACKENDS)


class Simulator:
    """What an agent in a scene sees and hears.

    Args:
        scene: A name (`apartment_0`), a mesh file, or a `Scene`.
        backend: Who simulates: `builtin`, EchoEnv's own rays; `habitat`, Habitat-Sim's renderer, navmesh and motion,
            with sound from EchoEnv's rays, RLR or Habitat-Sim itself, where it is installed; `soundspaces`,
            SoundSpaces 1.0's precomputed responses on its grid, from the folder `data_dir`.
        data_dir: Folder with real data sets, where names are looked up before the built-in homes.
        camera: Size, field of view and kind of the camera.
        motion: Amounts of the actions.
        sample_rate: Of all sounds [Hz].
        seed: Default seed of the stochastic part of sound; the same seed gives the same bytes.
        **settings: Of the backend: see `BuiltinSimulator`, `HabitatSimulator` and `SoundSpacesSimulator`. The first two
            take `up`, `materials`, `acoustics`, `receiver`, `air`, `propagation`, `device` and `threads`.

    Attributes:
        backend, camera, motion, sample_rate, seed: As given.
        channels: What views it has.
        collided: Whether the last step met an obstacle, as in Habitat.
        scene_key: The same for all simulators that `another_agent` made of one another.

    Raises:
        SettingsError: An unknown backend, with the nearest, or a setting that is not valid.
        EngineError: The backend is not installed here; `python -m echoenv.doctor` tells what is.
    """

    backend: ClassVar[str] = ""
    channels: ClassVar[tuple[str, ...]] = CHANNELS
    scene: Scene
    receiver: Any

    def __new__(cls, *_: Any, backend: str = "builtin", **__: Any) -> Simulator:
        """An instance of the class that `backend` names."""
        if cls is not Simulator:
            return object.__new__(cls)
        if backend not in _BACKENDS:
            hint = nearest(backend, BACKEND_NAMES) if isinstance(backend, str) else f"valid are {BACKEND_NAMES}"
            raise SettingsError(f"backend {described(backend)} is no simulator: {hint}")
        module, name = _BACKENDS[backend]
        return object.__new__(getattr(importlib.import_module(module), name))

    def __init__(
        self,
        scene: str | Path | Scene,
        *,
        backend: str = "builtin",
        data_dir: str | Path | None = None,
        camera: Camera | None = None,
        motion: MotionSettings | None = None,
        sample_rate: int = 44100,
        seed: int = 0,
        **settings: Any,
    ) -> None:
        if backend != self.backend and backend in _BACKENDS:
            raise SettingsError(f"backend='{backend}' was given to {type(self).__name__}, which is '{self.backend}'")
        self.camera = checked(camera, Camera, "camera")
        self.motion = checked(motion, MotionSettings, "motion")
        self.sample_rate = positive_integer(sample_rate, "sample_rate", "Hz")
        self.seed = checked_seed(seed)
        self.collided = False
        self.scene_key = id(self)
        self._state: AgentState | None = None

    # The agent

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the actions that `step` knows."""
        return ACTIONS

    @property
    def pathfinder(self) -> Any:
        """Walkable space, with the methods of `PathFinder`."""
        raise self._not_here("walkable space")

    @property
    def agent_state(self) -> AgentState:
        """Where the agent is; before the first `set_agent_state` at the first position of the 0.5 m grid, heading 0."""
        if self._state is None:
            self._state = AgentState(self._first_position(), np.array([1.0, 0.0, 0.0, 0.0]))
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
            PoseError: Not finite, both a heading and a rotation, or a place where the agent cannot be: eyes and ears
                inside a solid or outside the scene, or off the grid of precomputed data.
        """
        if position is None:
            current = self.agent_state
        else:
            current = self._state or AgentState(as_position(position), np.array([1.0, 0.0, 0.0, 0.0]))
        state = self._placed(new_state(current, position, heading, rotation), position is not None)
        self._state, self.collided = state, False
        return state

    def step(self, action: str) -> dict[str, Any]:
        """Move or turn the agent by one action.

        Args:
            action: `move_forward` (0.25 m), `turn_left` or `turn_right` (10 degrees), or what `motion` holds; on the
                grid of precomputed data one edge, and 90 degrees.

        Returns:
            What it sees afterwards, and `collided`, as in Habitat.

        Raises:
            SettingsError: Unknown action, with the nearest valid one.
        """
        self.act(action)
        return {**self.get_sensor_observations(), "collided": self.collided}

    def act(self, action: str) -> bool:
        """Move or turn the agent by one action without a look; says whether it collided, and raises as `step` does."""
        self._state, self.collided = self._moved(self.agent_state, action)
        return self.collided

    def another_agent(self) -> Simulator:
        """The same scene with an agent of its own: everything is shared but where the agent is."""
        self._build_shared()
        other = copy.copy(self)
        other._state, other.collided = None, False
        return other

    # Sight

    def get_sensor_observations(self) -> dict[str, NDArray[Any]]:
        """What the agent sees.

        Returns:
            `rgb` (H, W, 3) uint8, `depth` (H, W) float32 [m], `normal` (H, W, 3) float32 in the camera's frame (x
            right, y up, z backward), `semantic` (H, W) int32 object ids. Where nothing is met: black, 0.0, zeros, 0.
            Precomputed data have `rgb` and `depth` alone.
        """
        return self.look()

    def look(self, channels: tuple[str, ...] | None = None) -> dict[str, NDArray[Any]]:
        """Some channels of `get_sensor_observations` alone, which takes less time; None are all."""
        return {name: view[0] for name, view in self.views([self.agent_state], channels).items()}

    def views(self, states: Sequence[AgentState], channels: tuple[str, ...] | None = None) -> dict[str, NDArray[Any]]:
        """What agents in these states see, by channel with first axis n; None are all channels.

        Unlike `observe` it takes any rotation where the backend can look anywhere.
        """
        positions = np.stack([state.position for state in states])
        return self.observe(positions, [state.heading for state in states], channels or self.channels)

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
        raise self._not_here("views")

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
            PoseError: The source is not finite, or inside a solid or outside the scene, or off the grid of precomputed
                data.
            EngineError: The acoustic engine does not know directed sources, or cannot hear with the receiver.
        """
        raise self._not_here("impulse responses")

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
        raise self._not_here("impulse responses")

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
        raise self._not_here("impulse responses")

    def echo(self, seed: int | None = None) -> NDArray[np.float32]:
        """The first 60 ms (channels, 2646) float32 of what comes back when the agent chirps where it stands.

        The chirp is 3 ms, 20 Hz to 20 kHz. Source and listener share one point, so the direct sound, which would be
        infinitely loud, is left out: an echo holds what the room sends back (docs/physics.md).
        """
        raise self._not_here("echoes")

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
        raise self._not_here("paths of sound")

    def close(self) -> None:
        """Let go of what is held open."""

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What a backend answers, besides the questions above

    def _build_shared(self) -> None:
        """Build what is built at its first use, before it is shared."""
        _ = self.pathfinder

    def _first_position(self) -> NDArray[np.float64]:
        """Where [m] (3,) the agent is before anybody puts it somewhere."""
        positions = self.pathfinder.grid_positions()
        if len(positions):
            return np.asarray(positions[0], dtype=np.float64)
        generator = np.random.default_rng(self.seed)
        return np.asarray(self.pathfinder.get_random_navigable_point(generator), dtype=np.float64)

    def _placed(self, state: AgentState, moved: bool) -> AgentState:
        """The state that the agent gets when it is put somewhere, `moved` where that is another position."""
        return state

    def _moved(self, state: AgentState, action: str) -> tuple[AgentState, bool]:
        """Where an action leads, and whether the agent collided."""
        raise self._not_here("motion")

    def _echo_from(self, responses: NDArray[np.float32]) -> NDArray[np.float32]:
        return echo_of(responses, duration=ECHO_DURATION, sample_rate=self.sample_rate)

    def _seed(self, seed: int | None) -> int:
        return self.seed if seed is None else checked_seed(seed)

    def _not_here(self, what: str) -> EngineError:
        return EngineError(f"the '{self.backend}' simulator has no {what}: take another backend")
