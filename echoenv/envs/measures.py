"""How well an agent did: success, SPL and their relatives, each under its own name.

The one idea: an episode is recorded as what happened (moves, collisions, actions, distances), and every measure is a
function of that record. A start that is nowhere, or is the goal already, is an error: SPL divides by its distance.

Sources: Anderson et al., "On Evaluation of Embodied Navigation Agents" (2018) for success and SPL; habitat-lab for soft
SPL and distance to goal; SoundSpaces for SNA; the two normalised distances are told apart by name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import SettingsError

MEASURES = (
    "success", "spl", "soft_spl", "distance_to_goal", "distance_to_goal_by_start", "distance_to_goal_by_path", "sna",
    "collisions", "path_length", "steps",
)  # fmt: skip


@dataclass
class EpisodeRecord:
    """What happened in an episode.

    Args:
        start: Where it began [m] (3,).
        start_distance: Length of the shortest way from there to the nearest goal [m], the l of SPL.
        shortest_actions: Number of actions of the shortest way, the n* of SNA; None where it is not known.
        success_distance: How near to a goal [m] a stop is a success.

    Attributes:
        path_length: Sum of the straight lengths of all moves [m], the p of SPL.
        collisions: Number of steps that met an obstacle.
        steps: Number of actions, with the stop.
        distance: Length of the shortest way to the nearest goal now [m].
        stopped: Whether the agent has said that it is there.

    Raises:
        SettingsError: The start's distance is 0, infinite or no number, or the success distance is not positive.
    """

    start: NDArray[np.float64]
    start_distance: float
    success_distance: float
    shortest_actions: int | None = None
    path_length: float = 0.0
    collisions: int = 0
    steps: int = 0
    distance: float = field(init=False)
    stopped: bool = False
    _position: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start_distance) and self.start_distance > 0.0):
            raise SettingsError(
                f"an episode whose start is {self.start_distance} m from its goal has no SPL: give one whose goal can "
                "be reached and is not where it starts"
            )
        if not (math.isfinite(self.success_distance) and self.success_distance > 0.0):
            raise SettingsError(f"success_distance {self.success_distance!r} m: give a positive number of metres")
        self.distance = self.start_distance
        self._position = np.asarray(self.start, dtype=np.float64)

    def moved(self, position: ArrayLike, distance: float, collided: bool = False, stopped: bool = False) -> None:
        """Note an action.

        Args:
            position: Where the agent is after it [m] (3,).
            distance: Length of the shortest way from there to the nearest goal [m].
            collided: Whether it met an obstacle.
            stopped: Whether the action was to stop.
        """
        here = np.asarray(position, dtype=np.float64)
        self.path_length += float(np.linalg.norm(here - self._position))
        self._position, self.distance = here, float(distance)
        self.steps += 1
        self.collisions += int(collided)
        self.stopped = self.stopped or stopped

    @property
    def success(self) -> bool:
        """Whether the agent stopped within the success distance of a goal."""
        return self.stopped and self.distance < self.success_distance

    @property
    def spl(self) -> float:
        """Success weighted by path length, S l / max(l, p)."""
        return float(self.success) * self._economy

    @property
    def soft_spl(self) -> float:
        """The share of the way that was made, times l / max(l, p); a stop is not needed."""
        return max(0.0, 1.0 - self.distance / self.start_distance) * self._economy

    @property
    def sna(self) -> float | None:
        """Success weighted by number of actions, S n* / max(n*, n); None where n* is not known."""
        if self.shortest_actions is None:
            return None
        return float(self.success) * self.shortest_actions / max(self.shortest_actions, self.steps, 1)

    @property
    def distance_to_goal_by_start(self) -> float:
        """Distance left over that at the start, 1 where nothing was gained: SoundSpaces' normalised distance."""
        return self.distance / self.start_distance

    @property
    def distance_to_goal_by_path(self) -> float | None:
        """Distance left over the way walked: the normalised distance of VisualEchoes; None where none was walked."""
        return self.distance / self.path_length if self.path_length > 0.0 else None

    @property
    def _economy(self) -> float:
        return self.start_distance / max(self.start_distance, self.path_length)

    def measures(self) -> dict[str, float]:
        """All measures by name that are defined: one that is None is left out."""
        values = {name: self.distance if name == "distance_to_goal" else getattr(self, name) for name in MEASURES}
        return {name: float(value) for name, value in values.items() if value is not None}
