"""An episode written down: where the agent was after every action, what it did, sensed and heard.

The one idea: a recording runs the very episode that the evaluation runs (`evaluation.run_episode`) and looks on; what
it needs besides, sound or a larger picture, is sensed beside the policy, which gets what it always gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.evaluation import Acting, Row, home_settings, run_episode
from echoenv.datasets.preview import TopView, top_view
from echoenv.envs.navigation import NavigationEnv
from echoenv.envs.settings import NavigationSettings
from echoenv.simulators.agent import AgentState

Array = NDArray[np.float64]

_CELL = 0.03  # [m] of the map of walkable space
_LEVEL = 0.5  # [m]; floors nearer to each other than this are one on the map
_AT_ONCE = 16  # views rendered in one call
_SAMPLES = 2  # of a pixel, along each side


@dataclass(frozen=True, eq=False)
class HomePlan:
    """A home from above, as far as the agent walked: the storeys that it was on.

    Attributes:
        top: A picture of it, cut open over the agent's head; None where the simulator has none.
        free: Whether the agent can be there (rows towards +z, columns towards +x); None where it is not known.
        extent: x low, x high, z low, z high [m] of `free`.
    """

    top: TopView | None
    free: NDArray[np.bool_] | None
    extent: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Recording:
    """An episode. Entry 0 of what has n + 1 entries is the beginning, entry k what is true after action k.

    Attributes:
        policy: Its name.
        row: Scene, number and measures, as of the evaluation.
        states: Where the agent was (n + 1).
        actions: What it did (n), by name.
        collided: Whether it met an obstacle (n + 1,).
        goals: The goal that was told, on the floor [m] (n + 1, 3).
        distances: Length of the shortest way left [m] (n + 1,).
        way: The shortest way at the beginning [m] (k, 3).
        plan: The home from above.
        sensors: What the policy was given.
        maps: The maps that the policy was given (n + 1, rows, columns, 3) uint8, or None.
        heard: What reached both ears (2, samples), n + 1 steps one after another, or None where nothing sounds.
        sample_rate: Of `heard` [Hz].
        step_time: Time of an action [s].
    """

    policy: str
    row: Row
    states: list[AgentState]
    actions: list[str]
    collided: NDArray[np.bool_]
    goals: Array
    distances: Array
    way: Array
    plan: HomePlan
    sensors: tuple[str, ...]
    maps: NDArray[np.uint8] | None
    heard: NDArray[np.float32] | None
    sample_rate: int
    step_time: float

    @property
    def positions(self) -> Array:
        """Where the agent was [m] (n + 1, 3)."""
        return np.array([state.position for state in self.states])


class Recorder:
    """Records episodes of a seed in one home.

    Args:
        settings: Values of `NavigationSettings`, the task's.
        home: Where.
        seed: Of the episodes.

    Raises:
        SettingsError: A value is of no use.
    """

    def __init__(self, settings: dict[str, Any], home: str, seed: int) -> None:
        own = NavigationEnv(**home_settings(settings, home, seed))
        self._sensors, self._seed = own.settings.sensors, seed
        sounds = _sounds(own.settings) and "audiogoal" not in self._sensors
        heard = (*self._sensors, "audiogoal") if sounds else self._sensors
        self._env = NavigationEnv(own.settings, sensors=heard) if sounds else own
        self._tops: dict[tuple[int, float], TopView] = {}

    def record(self, name: str, new_policy: Callable[[int], Acting], number: int) -> Recording:
        """The episode of a number as a policy of that name does it."""
        env, policy = self._env, new_policy(number)
        seen = _Seen(env)

        def act(observation: dict[str, NDArray[Any]], shown: NavigationEnv) -> Any:
            return policy({sensor: observation[sensor] for sensor in self._sensors}, shown)

        row = run_episode(act, env, self._seed, number, seen)
        way = env.simulator.pathfinder.find_path(seen.states[0].position, seen.goals[0]).points
        return Recording(
            policy=name, row=row, states=seen.states, actions=seen.actions, collided=np.array(seen.collided),
            goals=np.array(seen.goals), distances=np.array(seen.distances), way=np.asarray(way, np.float64),
            plan=self._plan([state.position for state in seen.states], way), sensors=self._sensors,
            maps=np.stack(seen.maps) if seen.maps else None,
            heard=np.concatenate(seen.heard, axis=1) if seen.heard else None,
            sample_rate=seen.sample_rate, step_time=env.settings.step_time,
        )  # fmt: skip

    def views(self, recording: Recording, size: int) -> Iterator[dict[str, NDArray[Any]]]:
        """What was seen, entry by entry: `rgb` (size, size, 3) and `depth` (size, size) [m].

        The field of view is the policy's; the number of pixels too, where the simulator has no other.
        """
        camera = self._env.simulator.another_agent()
        if camera.backend == "builtin":
            camera.camera = replace(camera.camera, width=size, height=size, samples=_SAMPLES)
        for first in range(0, len(recording.states), _AT_ONCE):
            states = recording.states[first : first + _AT_ONCE]
            seen = camera.views(states, ("rgb", "depth"))
            for row in range(len(states)):
                yield {channel: view[row] for channel, view in seen.items()}

    def close(self) -> None:
        """Close the home."""
        self._env.close()

    def _plan(self, walked: list[Array], way: Array) -> HomePlan:
        simulator, points = self._env.simulator, np.concatenate([np.array(walked), np.reshape(way, (-1, 3))])
        free, extent = _walkable(simulator.pathfinder, points)
        if simulator.backend != "builtin":
            return HomePlan(None, free, extent)
        key = simulator.scene_key, round(float(points[:, 1].max()), 1)
        if key not in self._tops:
            self._tops[key] = top_view(simulator, points.astype(np.float32))
        return HomePlan(self._tops[key], free, extent)


def _walkable(pathfinder: Any, points: Array) -> tuple[NDArray[np.bool_] | None, tuple[float, float, float, float]]:
    """Walkable space of the storeys that points (n, 3) [m] are on, and its extent; around the points where unknown."""
    low, high = points.min(axis=0) - 1.0, points.max(axis=0) + 1.0
    around = float(low[0]), float(high[0]), float(low[2]), float(high[2])
    draw = getattr(pathfinder, "top_down_map", None)
    if draw is None:
        return None, around
    island = int(pathfinder.island_of(points[0]))
    levels: list[float] = []
    for height in np.sort(points[:, 1]):
        if not levels or height - levels[-1] > _LEVEL:
            levels.append(float(height))
    drawn = [draw(_CELL, None if island < 0 else island, height) for height in levels]
    return np.any([free for free, _ in drawn], axis=0), drawn[0][1]


class _Seen:
    """Looks on while an episode runs."""

    def __init__(self, env: NavigationEnv) -> None:
        self._env, self._met, self.sample_rate = env, 0.0, env.settings.sample_rate
        self.states: list[AgentState] = []
        self.actions: list[str] = []
        self.collided: list[bool] = []
        self.goals: list[Array] = []
        self.distances: list[float] = []
        self.maps: list[NDArray[np.uint8]] = []
        self.heard: list[NDArray[np.float32]] = []

    def __call__(self, observation: dict[str, NDArray[Any]], info: Row, action: Any, stopped: bool) -> None:
        """See `evaluation.Watching`."""
        env = self._env
        if action is not None:
            self.actions.append("stop" if stopped else _name(env, action))
        self.states.append(env.simulator.agent_state)
        self.collided.append(info["collisions"] > self._met)
        self._met = info["collisions"]
        self.goals.append(np.array(env.goal))
        self.distances.append(env.distance)
        if "ego_map" in observation:
            self.maps.append(observation["ego_map"])
        self._hear(observation)

    def _hear(self, observation: dict[str, NDArray[Any]]) -> None:
        """Keep what was heard in a step, or else what came back to a chirp, with silence after it."""
        step_time, echo = self._env.settings.step_time, observation.get("echo")
        if "audiogoal" in observation:
            self.heard.append(observation["audiogoal"])
            self.sample_rate = round(self.heard[-1].shape[1] / step_time)  # precomputed data have a rate of their own
        elif echo is not None:
            samples = round(step_time * self.sample_rate)
            self.heard.append(np.pad(echo[:, :samples], [(0, 0), (0, max(0, samples - echo.shape[1]))]))


def _sounds(settings: NavigationSettings) -> bool:
    """Whether the goal sounds."""
    return settings.sound is not None or bool(settings.sounds) or settings.sound_split is not None


def _name(env: NavigationEnv, action: Any) -> str:
    """What an action is called; a velocity is one of many."""
    return env.actions[int(action)] if np.ndim(action) == 0 else "velocity"
