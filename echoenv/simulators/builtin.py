"""The built-in simulator: Habitat's verbs over EchoEnv's own rays.

The one idea: a `Simulator` holds one scene and one agent. Everything that is asked of the agent (a view, an echo, a
step) is a batch of one of the forms that take many positions (`observe`, `impulse_responses`, `echo_responses`).
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cached_property
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.air import Air
from echoenv.acoustics.hrtf import Receiver
from echoenv.acoustics.impulse_response import ImpulseResponse
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation import PropagationSettings, Propagator
from echoenv.acoustics.rendering import render
from echoenv.audio.chirps import ECHO_DURATION, echo_of
from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.motion import MotionSettings, move
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.pose import as_position, described, heading_to_matrix, numbers
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import AgentState, new_state, sensor_positions
from echoenv.simulators.placement import require_open_space, require_within
from echoenv.simulators.receivers import receiver_named
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import CHANNELS, Renderer

RESPONSE_DURATION = 2.0
"""Length of an impulse response [s] where none is asked for."""

HEADINGS = (0.0, 90.0, 180.0, 270.0)
"""The four headings [degrees] in which data sets look and chirp."""

_Setting = TypeVar("_Setting", Air, Camera, MotionSettings, PropagationSettings)

_RAISE = "a source is a point in the air: 1.5 m above the floor, say, not on it"
_KEPT_PROPAGATIONS = 16  # an agent that turns on the spot hears the same propagation again


class Simulator:
    """What an agent in a scene sees and hears.

    Args:
        scene: A name (`apartment_0`), a mesh file, or a `Scene`.
        data_dir: Folder with real data sets, where names are looked up before the built-in homes.
        up: Which axis of a mesh file is up (`+y`, `+z`, ...), where it should not be found out.
        camera: Size, field of view and kind of the camera.
        receiver: What hears: an `Hrtf`, a `Mono`, the name `kemar` or `mono`, or a SOFA file.
        air: Temperature, humidity and pressure.
        propagation: How sound is traced; its `duration` is set by what is asked for.
        motion: Amounts of the actions.
        device: `cpu`, `cuda`, `cuda:1`.
        threads: Threads on a CPU; None takes all cores.
        sample_rate: Of all sounds [Hz].
        seed: Default seed of the stochastic part of sound; the same seed gives the same bytes.

    Attributes:
        scene, engine, camera, receiver, air, propagation, motion, sample_rate, seed: As given.

    Raises:
        SceneNotFoundError, SceneFileError, MeshError: The scene cannot be had.
        DeviceError, SettingsError, AudioFileError: A device, setting or SOFA file is not valid.
    """

    def __init__(
        self,
        scene: str | Path | Scene,
        *,
        data_dir: str | Path | None = None,
        up: str | None = None,
        camera: Camera | None = None,
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
        self.scene = scene if isinstance(scene, Scene) else load_scene(scene, data_dir=folder, up=up)
        self.engine = RayEngine(self.scene, device=device, threads=threads)
        self.camera = _checked(camera, Camera, "camera")
        self.receiver: Receiver = receiver_named(receiver)
        self.air = _checked(air, Air, "air")
        self.motion = _checked(motion, MotionSettings, "motion")
        self.sample_rate = _positive_integer(sample_rate, "sample_rate", "Hz")
        self.seed = _checked_seed(seed)
        self.propagation = _checked(propagation, PropagationSettings, "propagation")
        self._propagators: dict[float, Propagator] = {}
        self._kept: OrderedDict[tuple[Any, ...], Propagation] = OrderedDict()
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
        places = _as_positions(positions, "positions")
        angles = _as_headings(headings)
        if len(angles) != len(places):
            raise PoseError(f"{len(places)} positions and {len(angles)} headings: give one heading for each position")
        return self.renderer.render(self._eyes(places), heading_to_matrix(angles), self.camera, channels)

    # Sound

    def impulse_response(
        self, source: ArrayLike, duration: float = RESPONSE_DURATION, seed: int | None = None
    ) -> ImpulseResponse:
        """How a sound at `source` reaches the agent's ears.

        Args:
            source: Where it sounds [m] (3,), world frame (not on the floor: 1.5 m above it, say).
            duration: Length [s].
            seed: Of the stochastic part; None takes the simulator's.

        Returns:
            Samples (channels, n) float32: left and right ear, or one channel for `Mono`.

        Raises:
            PoseError: The source is not finite, or inside a solid or outside the scene.
        """
        point = as_position(source, "source")
        require_open_space(self.engine, point[None], "the source at", _RAISE)
        state = self.agent_state
        propagation = self.propagate(point, state.sensor_position, duration, seed)
        samples = self._render(propagation, state.matrix[None], duration, seed)[0]
        return ImpulseResponse(samples, self.sample_rate)

    def echo(self, seed: int | None = None) -> NDArray[np.float32]:
        """The first 60 ms (2, 2646) float32 of what comes back when the agent chirps where it stands.

        The chirp is 3 ms, 20 Hz to 20 kHz. Source and listener share one point, so the direct sound, which would be
        infinitely loud, is left out: an echo holds what the room sends back (docs/physics.md).
        """
        state = self.agent_state
        propagation = self.propagate(state.sensor_position, state.sensor_position, ECHO_DURATION, seed)
        return self._echo_from(self._render(propagation, state.matrix[None], ECHO_DURATION, seed))[0]

    def impulse_responses(
        self,
        sources: ArrayLike,
        positions: ArrayLike,
        headings: ArrayLike = (0.0,),
        duration: float = RESPONSE_DURATION,
        seed: int | None = None,
    ) -> NDArray[np.float32]:
        """Responses from many sources to many listeners, each in many headings.

        Args:
            sources: Where it sounds [m] (m, 3), world frame.
            positions: Where agents stand [m] (n, 3), points on the floor.
            headings: [degrees] (h,), for every position.
            duration: Length [s].
            seed: As in `impulse_response`.

        Returns:
            Samples (m, n, h, channels, samples) float32; each pair is what it would be alone.
        """
        points, ears = _as_positions(sources, "sources"), self._eyes(_as_positions(positions, "positions"))
        require_within(self.engine, points, "the source at")
        turned = heading_to_matrix(_as_headings(headings))
        pairs = self._propagator(duration).propagate(points, ears, seed=self._seed(seed))
        rows = [[self._render(pair, turned, duration, seed) for pair in row] for row in pairs]
        return np.stack([np.stack(row) for row in rows])

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
        ears = self._eyes(_as_positions(positions, "positions"))
        turned = heading_to_matrix(_as_headings(headings))
        chosen = np.full(len(ears), self.seed) if seeds is None else _as_seeds(seeds, len(ears))
        pairs = self._propagator(duration).propagate_pairs(ears, ears, seed=chosen)
        responses = [
            self._render(pair, turned, duration, seed) for pair, seed in zip(pairs, chosen.tolist(), strict=True)
        ]
        return np.stack(responses)

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
        """
        points = as_position(source, "source"), as_position(listener, "listener")
        key = (points[0].tobytes(), points[1].tobytes(), float(duration), self._seed(seed))
        if key not in self._kept:
            found = self._propagator(duration).propagate(points[0][None], points[1][None], seed=self._seed(seed))
            self._kept[key] = found[0][0]
            if len(self._kept) > _KEPT_PROPAGATIONS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _eyes(self, positions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Eyes and ears (n, 3) above positions on the floor (n, 3), none of them outside the scene."""
        eyes = sensor_positions(positions)
        require_within(self.engine, eyes, "the agent's camera at")
        return eyes

    def _seed(self, seed: int | None) -> int:
        return self.seed if seed is None else _checked_seed(seed)

    def _propagator(self, duration: float) -> Propagator:
        if not (isinstance(duration, Real) and np.isfinite(duration) and duration > 0.0):
            raise SettingsError(f"duration {duration!r} s must be a positive number of seconds")
        if duration not in self._propagators:
            settings = self.propagation.lasting(duration)
            self._propagators[duration] = Propagator(self.engine, settings, self.air)
        return self._propagators[duration]

    def _render(
        self, propagation: Propagation, rotations: NDArray[np.float64], duration: float, seed: int | None
    ) -> NDArray[np.float32]:
        return render(propagation, rotations, self.receiver, self.sample_rate, duration, seed=self._seed(seed))

    def _echo_from(self, responses: NDArray[np.float32]) -> NDArray[np.float32]:
        return echo_of(responses, duration=ECHO_DURATION, sample_rate=self.sample_rate)

    def close(self) -> None:
        """Let go of what was kept; a simulator needs no closing, this is here for Habitat's sake."""
        self._kept.clear()

    def __enter__(self) -> Simulator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _as_positions(values: ArrayLike, name: str) -> NDArray[np.float64]:
    points = numbers(values)
    if points.ndim != 2 or points.shape[1] != 3 or not len(points) or not np.isfinite(points).all():
        raise PoseError(
            f"{name} {described(values)} must be one or more finite points [[x, y, z], ...] (n, 3) in metres"
        )
    return points


def _as_headings(values: ArrayLike) -> NDArray[np.float64]:
    angles = numbers(values)
    if angles.ndim != 1 or not len(angles) or not np.isfinite(angles).all():
        raise PoseError(f"headings {described(values)} must be one or more finite degrees [a, b, ...] (n,)")
    return angles


def _as_seeds(values: ArrayLike, count: int) -> NDArray[np.int64]:
    given = np.asarray(values, dtype=object)
    if given.shape not in ((), (count,)):
        raise SettingsError(f"seeds {described(values)} must be one whole number, or one for each of {count} positions")
    return np.broadcast_to(np.array([_checked_seed(seed) for seed in given.ravel()], dtype=np.int64), (count,))


def _checked_seed(seed: int) -> int:
    if not isinstance(seed, Integral) or not 0 <= seed < 2**63:
        raise SettingsError(f"seed {seed!r} must be a whole number from 0 to 2**63 - 1")
    return int(seed)


def _checked(value: _Setting | None, kind: type[_Setting], name: str) -> _Setting:
    """A group of settings, or its defaults where none was given."""
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise SettingsError(f"{name}={described(value)} is of another kind: give {kind.__name__}(...)")
    return value


def _positive_integer(value: int, name: str, unit: str) -> int:
    if not isinstance(value, Real) or int(value) != value or value <= 0:
        raise SettingsError(f"{name} {value!r} must be a positive whole number [{unit}]")
    return int(value)
