"""What an agent that learns must beat: policies that are written down.

The one idea: a baseline is a function of the observation, or of the environment where it is an oracle, to an action;
the same evaluation runs it and a network.
"""

from __future__ import annotations

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
_EQUALLY_LOUD = 0.05  # of the level difference, as a share
_LOUD = 0.15  # root mean square at which a sound is taken to be here; set for the telephone at 1 m


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
    """Walks along the shortest way, which it is told: what can be reached with these actions."""

    def act(_: dict[str, NDArray[Any]], env: NavigationEnv) -> int:
        state, goal = env.simulator.agent_state, env.goal
        if env.distance < 0.5 * env.settings.success_distance:
            return STOP
        points = env.simulator.pathfinder.find_path(state.position, goal).points
        ahead = _point_ahead(points, state.position)
        offset = state.matrix.T @ (ahead - state.position)
        angle = float(np.arctan2(-offset[0], -offset[2]))
        if abs(angle) > 0.5 * np.deg2rad(env.settings.turn) + 1e-3:
            return LEFT if angle > 0.0 else RIGHT
        return FORWARD

    return act


def _point_ahead(points: NDArray[np.float64], position: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first corner of a way that is not where the agent stands."""
    apart = np.linalg.norm((points - position)[:, [0, 2]], axis=1)
    far = np.flatnonzero(apart > 0.1)
    return points[far[0]] if len(far) else points[-1]


def louder_ear(_: int = 0) -> Policy:
    """Turns to the ear in which it is louder and walks; stops where it is loud. For tasks that sound."""

    def act(observation: dict[str, NDArray[Any]], env: NavigationEnv) -> int:
        heard = observation.get("audiogoal")
        if heard is None:
            raise SettingsError("the follower of the louder ear needs the sensor audiogoal")
        left, right = np.sqrt(np.mean(np.asarray(heard, dtype=np.float64) ** 2, axis=1))
        if max(left, right) > _LOUD:
            return STOP
        difference = (left - right) / max(left + right, 1e-12)
        if env.simulator.collided or abs(difference) > _EQUALLY_LOUD:
            return LEFT if difference > 0.0 else RIGHT
        return FORWARD

    return act


BASELINES: dict[str, Callable[[int], Policy]] = {
    "random": random_policy,
    "forward": forward_policy,
    "goal_follower": goal_follower,
    "shortest_path": shortest_path,
    "louder_ear": louder_ear,
}


def baseline(name: str, seed: int = 0) -> Policy:
    """A baseline by its name.

    Raises:
        SettingsError: An unknown name, with the nearest.
    """
    if name not in BASELINES:
        raise SettingsError(f"baseline '{name}' is not known: {nearest(str(name), BASELINES)}")
    return BASELINES[name](seed)
