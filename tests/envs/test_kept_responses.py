"""Responses that are kept: the same bytes as traced ones, no more of them than there is room for; few goal places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from echoenv.envs.kept_responses import KeptResponses
from echoenv.envs.navigation import NavigationEnv
from echoenv.errors import SettingsError
from echoenv.scene.pose import heading_to_quaternion
from echoenv.simulators.agent import AgentState

FORWARD, LEFT, RIGHT = 1, 2, 3


def at(x: float, heading: float = 0.0) -> AgentState:
    return AgentState(np.array([x, 0.0, 0.0]), heading_to_quaternion(np.array(heading)))


def test_what_is_kept_sounds_as_what_is_traced(small: dict[str, Any]) -> None:
    settings = {**small, "sensors": ("audiogoal",), "sound": "noise", "actions": "grid"}
    keeping, tracing = NavigationEnv(**settings, response_memory=10.0), NavigationEnv(**settings)
    heard = [[env.reset(seed=1)[0]["audiogoal"]] for env in (keeping, tracing)]
    for action in (LEFT, RIGHT, RIGHT, LEFT, FORWARD, LEFT, LEFT, FORWARD, RIGHT, RIGHT):
        for env, steps in zip((keeping, tracing), heard, strict=True):
            steps.append(env.step(action)[0]["audiogoal"])
    np.testing.assert_array_equal(*heard)
    assert 3 <= len(keeping.scenes.responses) < len(heard[0]) and len(tracing.scenes.responses) == 0


def test_the_last_ones_are_kept_as_far_as_there_is_room() -> None:
    kept, source, traced = KeptResponses(1.0), np.zeros(3), []

    def trace() -> np.ndarray:
        traced.append(1)
        return np.full((2, 32768), len(traced), np.float32)  # a quarter of a megabyte

    for place in (0.0, 1.0, 2.0, 3.0, 0.0, 4.0, 0.0, 1.0):  # 1 went when 4 came
        kept.get("room", source, at(place), trace)
    assert len(traced) == 6 and len(kept) == 4
    assert kept.get("room", source, at(0.0), trace)[0, 0] == 1.0
    for other in (("hall", source, at(0.0)), ("room", source + 1.0, at(0.0)), ("room", source, at(0.0, 90.0))):
        assert kept.get(*other, trace)[0, 0] > 6.0


@pytest.mark.parametrize("actions", ["habitat", "grid"])
def test_goals_are_at_a_few_places_where_that_is_asked(small: dict[str, Any], actions: str) -> None:
    def goals(seed: int) -> set[tuple[float, ...]]:
        rules = {"nearest": 0.5, "ratio": 1.0, "island_radius": 0.5, "goal_places": 3}
        settings = {**small, "rules": rules, "sensors": ("gps",), "actions": actions, "episode_seed": seed}
        env, found = NavigationEnv(**settings), set()
        for number in range(20):
            env.reset(options={"episode": number})
            assert env.episode is not None
            found.add(env.episode.goals[0].position)
        return found

    assert len(goals(0)) == 3 and not goals(0) & goals(1)


def test_a_memory_below_nothing_is_no_memory(small: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="response_memory = -1: give a number of 0 or more"):
        NavigationEnv(**small, response_memory=-1)
