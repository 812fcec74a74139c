"""Where the goal is and how far it is from an agent: goals that stay, and one that walks.

The one idea: a field of distances is searched once from a goal that stays, so that a step asks it in a fraction of a
millisecond; for a goal that walks, or in a simulator without such fields, shortest ways are asked one by one.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.episode_types import Episode
from echoenv.errors import PoseError
from echoenv.navigation.moving_source import MovingSource

Point = NDArray[np.float64]

_STOPS = 4  # of a walking goal's path besides its start


class Goals(Protocol):
    """What an agent is to reach."""

    def distance(self, position: Point) -> float:
        """Length [m] of the shortest way from a position [m] (3,) to the nearest goal; `inf` where there is none."""

    def nearest(self, position: Point) -> Point:
        """The goal on the floor [m] (3,) that is nearest from a position (3,)."""

    def advance(self) -> None:
        """Let the time of a step pass."""


class StandingGoals:
    """Goals that stay where the episode has them.

    Args:
        pathfinder: Walkable space.
        episode: Whose goals.

    Raises:
        PoseError: No goal can be reached from the start, or the start is no place to stand.
    """

    def __init__(self, pathfinder: Any, episode: Episode) -> None:
        self._pathfinder = pathfinder
        self._goals = np.array([goal.position for goal in episode.goals], dtype=np.float64).reshape(-1, 3)
        field = getattr(pathfinder, "distance_field", None)
        self._fields = None if field is None else [field(goal) for goal in self._goals]
        self._asked: tuple[bytes, Point] = (b"", np.zeros(0))
        _require_a_way(self.distance(episode.start), episode)

    def distance(self, position: Point) -> float:
        """See `Goals.distance`."""
        return float(self._to_each(position).min(initial=np.inf))

    def nearest(self, position: Point) -> Point:
        """See `Goals.nearest`."""
        return np.asarray(self._goals[int(np.argmin(self._to_each(position)))])

    def advance(self) -> None:
        """See `Goals.advance`: they stay."""

    def _to_each(self, position: Point) -> Point:
        """Distances to all goals; the last answer is kept, for a turn leaves the agent where it is."""
        key = np.asarray(position, dtype=np.float64).tobytes()
        if self._asked[0] != key:
            self._asked = (key, self._searched(position))
        return self._asked[1]

    def _searched(self, position: Point) -> Point:
        if self._fields is not None:
            return np.array([float(field(np.asarray(position))) for field in self._fields])
        return np.array([float(self._pathfinder.geodesic_distance(position, goal)) for goal in self._goals])


class WalkingGoal:
    """A goal that walks to and fro between random places, from where the episode has its first goal.

    Args:
        pathfinder: Walkable space.
        episode: Whose goal.
        speed: [m/s].
        step_time: Time of a step [s].
        random: Draws the places.

    Raises:
        PoseError: There is no way from the start to the goal.
    """

    def __init__(
        self, pathfinder: Any, episode: Episode, speed: float, step_time: float, random: np.random.Generator
    ) -> None:
        self._pathfinder, self._step_time, self._time = pathfinder, step_time, 0.0
        start = np.array(episode.goals[0].position, dtype=np.float64)
        stops = pathfinder.get_random_navigable_point(random, count=_STOPS)
        path = np.concatenate([start[None], stops])
        self._walk = MovingSource.through(pathfinder, path, speed, height=0.0, repeat="back_and_forth")
        _require_a_way(self.distance(episode.start), episode)

    def distance(self, position: Point) -> float:
        """See `Goals.distance`."""
        return float(self._pathfinder.geodesic_distance(position, self.nearest(position)))

    def nearest(self, position: Point) -> Point:
        """See `Goals.nearest`: where it is now."""
        return np.asarray(self._walk.position(self._time))

    def advance(self) -> None:
        """See `Goals.advance`: it walks on."""
        self._time += self._step_time


def _require_a_way(distance: float, episode: Episode) -> None:
    if not np.isfinite(distance):
        raise PoseError(
            f"episode {episode.episode_id} of '{episode.scene_id}': none of its {len(episode.goals)} goals can be "
            f"reached from {[round(x, 2) for x in episode.start_position]}; is it an episode of another scene?"
        )
