"""Many agents in many scenes stepped together: one call of the ray engine a scene for all that they see.

The one idea: actions are carried out agent by agent, for that is little work; views, which are most of it, are rendered
for all agents of a scene at once, in as many threads as there are. What each agent gets is what it would get alone, to
the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array
from numpy.typing import NDArray

from echoenv.envs.navigation import NavigationEnv
from echoenv.envs.open_scenes import OpenScenes
from echoenv.envs.settings import NavigationSettings
from echoenv.errors import SettingsError

Views = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class AgentStep:
    """What a step came to for one agent.

    Attributes:
        observation: What it senses now: at the beginning of a new episode, where one has ended.
        reward: What the step was worth.
        terminated: Whether it stopped.
        truncated: Whether its time was up.
        info: As of `NavigationEnv.step`, of the episode that goes on.
        final_observation: What it sensed last in the episode that ended; None where it goes on.
        final_info: With all measures of that episode.
    """

    observation: dict[str, NDArray[Any]]
    reward: float
    terminated: bool
    truncated: bool
    info: dict[str, Any]
    final_observation: dict[str, NDArray[Any]] | None = None
    final_info: dict[str, Any] | None = None


class BatchedNavigation(gym.vector.VectorEnv[Any, Any, Any]):
    """`num_envs` agents of one task, in one process.

    Args:
        num_envs: Agents.
        settings: The task; None takes the defaults.
        **changes: Values of `NavigationSettings` other than those in `settings`.

    An agent whose episode ends begins a new one in the same step (Gymnasium's `SAME_STEP`): its last observation and
    measures stand in `info` as `final_obs` and `final_info`.

    Raises:
        SettingsError: A setting is of no use.
    """

    metadata = {"autoreset_mode": gym.vector.AutoresetMode.SAME_STEP}  # noqa: RUF012 (Gymnasium's own form)

    def __init__(self, num_envs: int, settings: NavigationSettings | None = None, **changes: Any) -> None:
        if not isinstance(num_envs, int) or num_envs < 1:
            raise SettingsError(f"num_envs={num_envs!r}: give a whole number of 1 or more")
        chosen = (settings or NavigationSettings()).changed(**changes)
        self.scenes = OpenScenes(chosen)
        self.envs = [NavigationEnv(chosen, scenes=self.scenes) for _ in range(num_envs)]
        self.num_envs, self.settings = num_envs, chosen
        self.single_observation_space = self.envs[0].observation_space
        self.single_action_space = self.envs[0].action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)

    def reset(
        self, *, seed: int | list[int | None] | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begin an episode for every agent; one seed gives agent i the seed plus i, as in Gymnasium's vectors."""
        seeds = (
            [None if seed is None else seed + i for i in range(self.num_envs)] if not isinstance(seed, list) else seed
        )
        for env, one in zip(self.envs, seeds, strict=True):
            env.begin(one, options)
        told = [env.told(view) for env, view in zip(self.envs, self._views(self.envs), strict=True)]
        infos: dict[str, Any] = {}
        for index, (_, _, _, _, info) in enumerate(told):
            infos = self._add_info(infos, info, index)
        return self._together([one[0] for one in told]), infos

    def step(self, actions: Any) -> tuple[Any, NDArray[Any], NDArray[Any], NDArray[Any], dict[str, Any]]:
        """Carry out an action for every agent; shapes as in Gymnasium's vectors."""
        steps = self.step_each(actions)
        infos: dict[str, Any] = {}
        for index, one in enumerate(steps):
            if one.final_observation is not None:
                final = {"final_obs": one.final_observation, "final_info": one.final_info}
                infos = self._add_info(infos, final, index)
            infos = self._add_info(infos, one.info, index)
        rewards = np.array([one.reward for one in steps], dtype=np.float64)
        ended, cut = (np.array([getattr(one, name) for one in steps]) for name in ("terminated", "truncated"))
        return self._together([one.observation for one in steps]), rewards, ended, cut, infos

    def step_each(self, actions: Any) -> list[AgentStep]:
        """Carry out an action for every agent (n,), and say what each came to; ended episodes have begun anew."""
        for env, action in zip(self.envs, np.asarray(actions), strict=True):
            env.act(action)
        told = [env.told(view) for env, view in zip(self.envs, self._views(self.envs), strict=True)]
        steps = [AgentStep(*one) for one in told]
        ended = [index for index, one in enumerate(steps) if one.terminated or one.truncated]
        for index in ended:
            self.envs[index].begin()
        for index, view in zip(ended, self._views([self.envs[index] for index in ended]), strict=True):
            before = steps[index]
            observation, _, _, _, info = self.envs[index].told(view)
            steps[index] = replace(
                before, observation=observation, info=info, final_observation=before.observation, final_info=before.info
            )
        return steps

    def close_extras(self, **_: Any) -> None:
        """Close all scenes."""
        self.scenes.close()

    def _together(self, observations: list[Any]) -> Any:
        empty: Any = create_empty_array(self.single_observation_space, self.num_envs)
        return concatenate(self.single_observation_space, observations, empty)

    def _views(self, envs: list[NavigationEnv]) -> list[Views]:
        """What agents see, rendered scene by scene."""
        views: list[Views] = [{} for _ in envs]
        if not envs or not envs[0].channels:
            return views
        scenes: dict[int, list[int]] = {}
        for index, env in enumerate(envs):
            scenes.setdefault(env.simulator.scene_key, []).append(index)
        for members in scenes.values():
            states = [envs[index].simulator.agent_state for index in members]
            seen = envs[members[0]].simulator.views(states, envs[0].channels)
            for row, index in enumerate(members):
                views[index] = {name: view[row] for name, view in seen.items()}
        return views
