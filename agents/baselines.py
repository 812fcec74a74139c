"""What an agent that learns must beat: policies that are written down.

The one idea: a baseline is a function of the observation, or of the environment where it is an oracle, to an action;
the same evaluation runs it and a network.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.envs.navigation import NavigationEnv
from echoenv.errors import SettingsError, nearest

STOP, FORWARD, LEFT, RIGHT = range(4)

Policy = Callable[[dict[str, NDArray[Any]], NavigationEnv], int]
"""The next action, from the observation and the environment."""

_AHEAD = np.deg2rad(15.0)
_EQUALLY_LOUD = 0.08  # difference of the ears' energies over their sum
_LOUD = 0.42  # root mean square at which a sound is taken to be here: half way between 0.7 and 1 m from the telephone
_MEMORY = 4  # steps: a second
_AUDIBLE = 0.1  # share of the loudest step's energy below which a step counts as a pause


def random_policy(seed: int) -> Policy:
    """Any move with the same chance, and a stop at one step in a hundred."""
    random = np.random.default_rng(seed)

    def act(_: dict[str, NDArray[Any]], __: NavigationEnv) -> int:
        return STOP if random.random() < 0.01 else int(random.integers(FORWARD, RIGHT + 1))

    return act


def forward_policy(seed: int) -> Policy:
    """Straight on; after a collision a turn to one side, drawn anew each time."""
    random = np.random.default_rng(seed)
    turning = [0, LEFT]

    def act(_: dict[str, NDArray[Any]], env: NavigationEnv) -> int:
        if env.simulator.collided and turning[0] == 0:
            turning[0], turning[1] = int(random.integers(3, 10)), int(random.integers(LEFT, RIGHT + 1))
        if turning[0]:
            turning[0] -= 1
            return turning[1]
        return STOP if random.random() < 0.005 else FORWARD

    return act


def goal_follower(_: int = 0) -> Policy:
    """Turns to where the goal lies and walks, whatever stands between; stops where the goal is."""

    def act(observation: dict[str, NDArray[Any]], env: NavigationEnv) -> int:
        goal = observation.get("pointgoal_with_gps_compass")
        if goal is None:
            raise SettingsError("the goal follower needs the sensor pointgoal_with_gps_compass")
        distance, angle = float(goal[0]), float(goal[1])
        if distance < 0.9 * env.settings.success_distance:
            return STOP
        if abs(angle) > _AHEAD:
            return LEFT if angle > 0.0 else RIGHT
        return FORWARD

    return act


def shortest_path(_: int = 0) -> Policy:
    """Walks along the shortest way, which it is told: what can be reached with these actions.

    Stops as soon as a stop counts, as Habitat's follower of the shortest path does.
    """

    def act(_: dict[str, NDArray[Any]], env: NavigationEnv) -> int:
        state, goal = env.simulator.agent_state, env.goal
        if env.distance < env.settings.success_distance:
            return STOP
        points = env.pathfinder.find_path(state.position, goal).points
        ahead = _point_ahead(points, state.position)
        offset = state.matrix.T @ (ahead - state.position)
        angle = float(np.arctan2(-offset[0], -offset[2]))
        if abs(angle) > 0.5 * np.deg2rad(env.simulator.motion.turn) + 1e-3:
            return LEFT if angle > 0.0 else RIGHT
        return FORWARD

    return act


def _point_ahead(points: NDArray[np.float64], position: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first corner of a way that is not where the agent stands."""
    apart = np.linalg.norm((points - position)[:, [0, 2]], axis=1)
    far = np.flatnonzero(apart > 0.1)
    return points[far[0]] if len(far) else points[-1]


class LouderEar:
    """Turns to the ear in which it is louder and walks; stops where it is loud. For tasks that sound.

    What it hears is taken together over a second, for a telephone rings and pauses; after a collision it turns away
    from what it met, to the louder side, and walks on for a while before it listens again.
    """

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        self._heard: deque[NDArray[np.float64]] = deque(maxlen=_MEMORY)
        self._turns, self._walks, self._side, self._last = 0, 0, LEFT, FORWARD

    def __call__(self, observation: dict[str, NDArray[Any]], env: NavigationEnv) -> int:
        """The next action."""
        energies = self._energies(observation)
        difference = float((energies[0] - energies[1]) / max(energies.sum(), 1e-12))
        if np.sqrt(energies.max()) > _LOUD:
            return STOP
        if env.simulator.collided and not self._turns:
            self._avoid(difference, env.simulator.motion.turn)
        if self._turns:
            self._turns -= 1
            return self._side
        if self._walks:
            self._walks -= 1
            self._last = FORWARD
            return FORWARD
        wanted = LEFT if difference > 0.0 else RIGHT
        back = self._last in (LEFT, RIGHT) and wanted != self._last  # what sounds is ahead, between the two headings
        self._last = wanted if abs(difference) > _EQUALLY_LOUD and not back else FORWARD
        return self._last

    def _energies(self, observation: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Energy at the left and the right ear (2,): this step's where it is loud, or the last that was."""
        heard = observation.get("audiogoal")
        if heard is None:
            raise SettingsError("the follower of the louder ear needs the sensor audiogoal")
        now = np.mean(np.asarray(heard, dtype=np.float64) ** 2, axis=1)
        self._heard.append(now)
        loudest = max(self._heard, key=lambda energies: float(energies.sum()))
        return now if now.sum() > _AUDIBLE * loudest.sum() else loudest

    def _avoid(self, difference: float, turn: float) -> None:
        """Turn by 40 to 90 degrees, three times of four to the louder side, and walk a step or more."""
        louder = LEFT if difference > 0.0 else RIGHT
        self._side = louder if self._random.random() < 0.75 else (LEFT + RIGHT - louder)
        self._turns = max(1, round(self._random.uniform(40.0, 90.0) / turn))
        self._walks = int(self._random.integers(1, 5))


BASELINES: dict[str, Callable[[int], Policy]] = {
    "random": random_policy,
    "forward": forward_policy,
    "goal_follower": goal_follower,
    "shortest_path": shortest_path,
    "louder_ear": LouderEar,
}

NEEDED: dict[str, tuple[str, ...]] = {"goal_follower": ("pointgoal_with_gps_compass",), "louder_ear": ("audiogoal",)}
"""Sensors that a baseline needs; the others look at none, and are run without what costs time."""


def baseline(name: str, seed: int = 0) -> Policy:
    """A baseline by its name.

    Raises:
        SettingsError: An unknown name, with the nearest.
    """
    if name not in BASELINES:
        raise SettingsError(f"baseline '{name}' is not known: {nearest(str(name), BASELINES)}")
    return BASELINES[name](seed)
