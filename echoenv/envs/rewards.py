"""What a step of a task is worth.

The one idea: a few numbers, each for one thing that can happen, so that a published reward is one line.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reward:
    """What a step is worth.

    Attributes:
        progress: For every metre that the shortest way to the goal got shorter.
        success: For a stop at the goal.
        failure: For a stop elsewhere; below 0 it keeps a beginner from giving up, for which walking does not pay yet.
        step: For every action; below 0 it hurries.
        collision: For every action that met an obstacle.
        chirp: For every chirp, where the agent chooses when to chirp.
    """

    progress: float = 1.0
    success: float = 10.0
    failure: float = 0.0
    step: float = -0.01
    collision: float = 0.0
    chirp: float = 0.0

    @classmethod
    def habitat(cls) -> Reward:
        """That of habitat-lab today: 2.5 for success."""
        return cls(success=2.5)
