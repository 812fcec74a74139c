"""Actions along the shortest way, by the interface of Habitat-Sim's greedy follower.

The one idea: the actions are `GreedyFollower`'s; here they become whatever keys Habitat-Lab wants to be answered, and
what cannot be followed becomes the error that it looks for.
"""

from __future__ import annotations

import sys
from typing import Any

from numpy.typing import ArrayLike

from echoenv.datasets.episode_paths import ACTION_NUMBERS, STOP, GreedyFollower
from echoenv.errors import PoseError
from echoenv.navigation.motion import move

_KEYS = {"stop_key": STOP, "forward_key": "move_forward", "left_key": "turn_left", "right_key": "turn_right"}
_MOST_ACTIONS = 5000


class LabFollower:
    """Leads the agent of a simulator to goals.

    Args:
        simulator: Whose agent.
        goal_radius: Distance [m] along the shortest way at which it stops.
        keys: What it answers for each action (`stop_key`, `forward_key`, `left_key`, `right_key`); Habitat's numbers
            by default.
    """

    def __init__(self, simulator: Any, goal_radius: float, keys: dict[str, Any]) -> None:
        self._simulator = simulator
        self._goal_radius = goal_radius
        self._answers: dict[str, Any] = dict(ACTION_NUMBERS)
        self._answers.update({_KEYS[name]: key for name, key in keys.items() if name in _KEYS})
        self._follower: GreedyFollower | None = None

    def next_action_along(self, goal_pos: ArrayLike) -> Any:
        """The key of the next action from where the agent is to a goal [m] (3,).

        Raises:
            PoseError: There is no way. Where Habitat-Sim's module of errors is loaded, its `GreedyFollowerError`, which
                Habitat-Lab catches.
        """
        state = self._simulator.agents[0].state
        try:
            return self._answers[self._current().next_action(state.position, state.heading, goal_pos)]
        except PoseError as error:
            raise _follower_error()(str(error)) from error

    def find_path(self, goal_pos: ArrayLike) -> list[Any]:
        """Keys of all actions from where the agent is to a goal, the last for stopping.

        Raises:
            PoseError: As in `next_action_along`.
        """
        state, follower = self._simulator.agents[0].state, self._current()
        place, heading = state.position, state.heading
        keys: list[Any] = []
        try:
            for _ in range(_MOST_ACTIONS):
                action = follower.next_action(place, heading, goal_pos)
                keys.append(self._answers[action])
                if action == STOP:
                    return keys
                place, heading, _ = move(follower.pathfinder, place, heading, action, follower.motion)
        except PoseError as error:
            raise _follower_error()(str(error)) from error
        raise _follower_error()(f"{_MOST_ACTIONS} actions do not lead to the goal {list(goal_pos)}")  # type: ignore[arg-type]

    def reset(self) -> None:
        """Nothing is kept from one question to the next that would need it."""

    def _current(self) -> GreedyFollower:
        """A follower in the scene and with the steps that the simulator has now."""
        finder, motion = self._simulator.pathfinder.finder, self._simulator._motion
        if self._follower is None or self._follower.pathfinder is not finder or self._follower.motion != motion:
            self._follower = GreedyFollower(finder, self._goal_radius, motion)
        return self._follower


def _follower_error() -> type[Exception]:
    errors = sys.modules.get("habitat_sim.errors")
    found = getattr(errors, "GreedyFollowerError", PoseError) if errors is not None else PoseError
    return found if isinstance(found, type) and issubclass(found, Exception) else PoseError
