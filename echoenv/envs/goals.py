"""How far it is to the nearest of an episode's goals, asked at every step.

The one idea: a field of distances is searched once from each goal, so that a step asks it in a fraction of a
millisecond; where a simulator has no such fields, its shortest ways are asked one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.episode_types import Episode
from echoenv.errors import PoseError


class GoalDistances:
    """Distances to the goals of an episode.

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
        if not np.isfinite(self(episode.start)):
            raise PoseError(
                f"episode {episode.episode_id} of '{episode.scene_id}': none of its {len(self._goals)} goals can be "
                f"reached from {[round(x, 2) for x in episode.start_position]}; is it an episode of another scene?"
            )

    def __call__(self, position: NDArray[np.float64]) -> float:
        """Length [m] of the shortest way from a position [m] (3,) to the nearest goal; `inf` where there is none."""
        return float(self._to_each(position).min(initial=np.inf))

    def nearest(self, position: NDArray[np.float64]) -> NDArray[np.float64]:
        """The goal [m] (3,) that is nearest from a position (3,)."""
        return np.asarray(self._goals[int(np.argmin(self._to_each(position)))])

    def _to_each(self, position: NDArray[np.float64]) -> NDArray[np.float64]:
        if self._fields is not None:
            return np.array([float(field(np.asarray(position))) for field in self._fields])
        return np.array([float(self._pathfinder.geodesic_distance(position, goal)) for goal in self._goals])
