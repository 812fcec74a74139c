"""What an agent can sense, by name: views, sound, where its goal lies.

The one idea: a sensor has a space and a function of a `Moment`, which is everything that is true after an action. Views
are rendered once for all sensors that show them, and sound is computed once for all that hear it. Which they are, their
frames and signs are Habitat's and SoundSpaces' wherever those have the sensor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from echoenv.envs.ego_map import LAYERS, MAP_SIZE, AcousticMemory, EgoMap
from echoenv.envs.sound_features import QUIETEST, log_mel, spectrogram
from echoenv.errors import SettingsError, nearest
from echoenv.simulators.agent import AgentState

LOUDEST = 100.0
"""Largest sample of a waveform that a sensor hands out; a source at 1 cm has it."""

FARTHEST = 1000.0
"""Largest distance [m] that a pointgoal tells."""


@dataclass
class Moment:
    """What is true after an action.

    Attributes:
        state: Where the agent is.
        start: Where it began.
        goal: The goal that is told, on the floor [m] (3,).
        collided: Whether the action met an obstacle.
        views: What it sees, by channel.
        heard: What reached its ears during the step (2, samples), or None where nothing listens.
        echo: What came back to its last chirp (2, samples); zeros where it did not chirp.
        ego_map: What it has drawn of what it saw, or None where nothing asks for it.
        acoustic_memory: How loud it was where it has been, or None where nothing asks for it.
        panorama: What it sees all around, by channel.
        action: What it last did (n,), as `Command.vector` tells it; None at the beginning.
    """

    state: AgentState
    start: AgentState
    goal: NDArray[np.float64]
    collided: bool = False
    views: dict[str, NDArray[Any]] = field(default_factory=dict)
    heard: NDArray[np.float32] | None = None
    echo: NDArray[np.float32] | None = None
    ego_map: EgoMap | None = None
    acoustic_memory: AcousticMemory | None = None
    panorama: dict[str, NDArray[Any]] = field(default_factory=dict)
    action: NDArray[np.float32] | None = None


@dataclass(frozen=True)
class SensorSizes:
    """What spaces depend on.

    Attributes:
        height: Of views.
        width: Of views.
        max_depth: What depth is divided by and cut off at [m].
        sample_rate: Of sound [Hz].
        step_samples: Samples heard in a step.
        echo_samples: Samples of an echo.
        action_size: Length of what tells an action.
        velocities: Whether that is a velocity, from -1 to 1, and not one-hot.
    """

    height: int
    width: int
    max_depth: float
    sample_rate: int
    step_samples: int
    echo_samples: int
    action_size: int = 4
    velocities: bool = False


@dataclass(frozen=True)
class Sensor:
    """One sensor.

    Attributes:
        name: Its key in the observations.
        space: What it gives, given the sizes.
        sense: What it gives at a moment.
        channels: Views that it needs.
        hears: Whether it needs what reaches the ears.
        chirps: Whether it needs what comes back to a chirp.
        maps: Whether it needs the map of what was seen.
        remembers: Whether it needs the memory of what was heard.
        around: Views all around that it needs.
    """

    name: str
    space: Callable[[SensorSizes], gym.Space[Any]]
    sense: Callable[[Moment, SensorSizes], NDArray[Any]]
    channels: tuple[str, ...] = ()
    hears: bool = False
    chirps: bool = False
    maps: bool = False
    remembers: bool = False
    around: tuple[str, ...] = ()


def polar_goal(state: AgentState, goal: NDArray[np.float64]) -> NDArray[np.float32]:
    """Distance [m] and angle [rad] of a goal as an agent has it before it (2,), Habitat's 2-D polar pointgoal.

    The distance is level; the angle is positive to the left: 0 ahead, pi / 2 to the left.
    """
    forward, right = _in_frame(state, goal)
    return np.array([np.hypot(forward, right), -np.arctan2(right, forward)], dtype=np.float32)


def _in_frame(state: AgentState, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far forward and right [m] (2,) of an agent a point lies."""
    local = state.matrix.T @ (np.asarray(point) - state.position)
    return np.array([-local[2], local[0]])


def _gps(moment: Moment, _: SensorSizes) -> NDArray[np.float32]:
    return _in_frame(moment.start, moment.state.position).astype(np.float32)


def _compass(moment: Moment, _: SensorSizes) -> NDArray[np.float32]:
    turned = np.deg2rad(moment.state.heading - moment.start.heading)
    return np.array([np.arctan2(np.sin(turned), np.cos(turned))], dtype=np.float32)


def _heading(moment: Moment, _: SensorSizes) -> NDArray[np.float32]:
    angle = np.deg2rad(moment.state.heading)
    return np.array([np.arctan2(np.sin(angle), np.cos(angle))], dtype=np.float32)


def _depth(moment: Moment, sizes: SensorSizes) -> NDArray[np.float32]:
    return _share_of_depth(moment.views["depth"], sizes)


def _share_of_depth(depth: NDArray[np.float32], sizes: SensorSizes) -> NDArray[np.float32]:
    return (np.clip(depth, 0.0, sizes.max_depth) / np.float32(sizes.max_depth))[..., None]


def _action(moment: Moment, sizes: SensorSizes) -> NDArray[np.float32]:
    return np.zeros(sizes.action_size, np.float32) if moment.action is None else moment.action.copy()


def _action_space(sizes: SensorSizes) -> gym.Space[Any]:
    return gym.spaces.Box(-1.0 if sizes.velocities else 0.0, 1.0, (sizes.action_size,), np.float32)


def _ego_map(moment: Moment, _: SensorSizes) -> NDArray[np.uint8]:
    assert moment.ego_map is not None
    return moment.ego_map.shown(moment.state)


def _acoustic_memory(moment: Moment, _: SensorSizes) -> NDArray[np.uint8]:
    assert moment.acoustic_memory is not None
    return moment.acoustic_memory.shown(moment.state)[..., None]


def _heard(moment: Moment) -> NDArray[np.float32]:
    if moment.heard is None:
        raise SettingsError("nothing sounds in this task: leave its sensors of sound out")
    return np.clip(moment.heard, -LOUDEST, LOUDEST)


def _echo(moment: Moment, sizes: SensorSizes) -> NDArray[np.float32]:
    if moment.echo is None:
        return np.zeros((2, sizes.echo_samples), np.float32)
    return np.clip(moment.echo, -LOUDEST, LOUDEST)


def _view(kind: type, low: float, high: float, depth: int) -> Callable[[SensorSizes], gym.Space[Any]]:
    return lambda sizes: gym.spaces.Box(low, high, (sizes.height, sizes.width, depth), kind)


def _ears(samples: Callable[[SensorSizes], int]) -> Callable[[SensorSizes], gym.Space[Any]]:
    return lambda sizes: gym.spaces.Box(-LOUDEST, LOUDEST, (2, samples(sizes)), np.float32)


def _around(kind: type, high: float, depth: int) -> Callable[[SensorSizes], gym.Space[Any]]:
    return lambda sizes: gym.spaces.Box(0, high, (sizes.height, 2 * sizes.height, depth), kind)


def _spectrogram_space(sizes: SensorSizes) -> gym.Space[Any]:
    shape = spectrogram(np.zeros((2, sizes.step_samples), np.float32), sizes.sample_rate).shape
    return gym.spaces.Box(0.0, np.float32(np.log1p(LOUDEST * 512.0)), shape, np.float32)


def _log_mel_space(sizes: SensorSizes) -> gym.Space[Any]:
    shape = log_mel(np.zeros((2, sizes.step_samples), np.float32), sizes.sample_rate).shape
    low, high = np.full(shape, -1.0, np.float32), np.full(shape, 1.0, np.float32)
    low[..., :2], high[..., :2] = QUIETEST, 2.0 * np.log10(LOUDEST)
    return gym.spaces.Box(low, high, dtype=np.float32)


def _spectrogram(moment: Moment, sizes: SensorSizes) -> NDArray[np.float32]:
    return spectrogram(_heard(moment), sizes.sample_rate)


def _log_mel(moment: Moment, sizes: SensorSizes) -> NDArray[np.float32]:
    bands = log_mel(_heard(moment), sizes.sample_rate)
    bands[..., :2] = np.minimum(bands[..., :2], np.float32(2.0 * np.log10(LOUDEST)))
    bands[..., 2:] = np.clip(bands[..., 2:], -1.0, 1.0)
    return bands


_GOAL_SPACE = gym.spaces.Box(
    np.array([0.0, -np.pi], np.float32), np.array([FARTHEST, np.pi], np.float32), dtype=np.float32
)
_GPS_SPACE = gym.spaces.Box(-FARTHEST, FARTHEST, (2,), np.float32)

_SENSORS = (
    Sensor("rgb", _view(np.uint8, 0, 255, 3), lambda moment, _: moment.views["rgb"], ("rgb",)),
    Sensor("depth", _view(np.float32, 0.0, 1.0, 1), _depth, ("depth",)),
    Sensor("normal", _view(np.float32, -1.0, 1.0, 3), lambda moment, _: moment.views["normal"], ("normal",)),
    Sensor(
        "semantic",
        _view(np.int32, 0, 2**31 - 1, 1),
        lambda moment, _: moment.views["semantic"][..., None],
        ("semantic",),
    ),
    Sensor(
        "pointgoal_with_gps_compass",
        lambda _: _GOAL_SPACE,
        lambda moment, _: polar_goal(moment.state, moment.goal),
    ),
    Sensor("pointgoal", lambda _: _GOAL_SPACE, lambda moment, _: polar_goal(moment.start, moment.goal)),
    Sensor("gps", lambda _: _GPS_SPACE, _gps),
    Sensor("compass", lambda _: gym.spaces.Box(-np.pi, np.pi, (1,), np.float32), _compass),
    Sensor("heading", lambda _: gym.spaces.Box(-np.pi, np.pi, (1,), np.float32), _heading),
    Sensor(
        "collision",
        lambda _: gym.spaces.Box(0.0, 1.0, (1,), np.float32),
        lambda moment, _: np.array([moment.collided], dtype=np.float32),
    ),
    Sensor("action", _action_space, _action),
    Sensor("panorama", _around(np.uint8, 255, 3), lambda moment, _: moment.panorama["rgb"], around=("rgb",)),
    Sensor(
        "panorama_depth",
        _around(np.float32, 1.0, 1),
        lambda moment, sizes: _share_of_depth(moment.panorama["depth"], sizes),
        around=("depth",),
    ),
    Sensor(
        "ego_map",
        lambda _: gym.spaces.Box(0, 255, (MAP_SIZE, MAP_SIZE, len(LAYERS)), np.uint8),
        _ego_map,
        ("depth",),
        maps=True,
    ),
    Sensor("audiogoal", _ears(lambda sizes: sizes.step_samples), lambda moment, _: _heard(moment), hears=True),
    Sensor("spectrogram", _spectrogram_space, _spectrogram, hears=True),
    Sensor("log_mel", _log_mel_space, _log_mel, hears=True),
    Sensor(
        "acoustic_memory",
        lambda _: gym.spaces.Box(0, 255, (MAP_SIZE, MAP_SIZE, 1), np.uint8),
        _acoustic_memory,
        hears=True,
        remembers=True,
    ),
    Sensor("echo", _ears(lambda sizes: sizes.echo_samples), _echo, chirps=True),
)
SENSOR_NAMES = tuple(sensor.name for sensor in _SENSORS)


def sensors_named(names: Sequence[str]) -> tuple[Sensor, ...]:
    """Sensors by their names, in the order given.

    Raises:
        SettingsError: An unknown name, with the nearest; a name twice; or none at all.
    """
    known = {sensor.name: sensor for sensor in _SENSORS}
    if isinstance(names, str) or not names or len(set(names)) != len(names):
        raise SettingsError(f"sensors {names!r}: give one or more names, each once, of {', '.join(SENSOR_NAMES)}")
    for name in names:
        if name not in known:
            raise SettingsError(f"sensor '{name}' is not known: {nearest(str(name), SENSOR_NAMES)}")
    return tuple(known[name] for name in names)
