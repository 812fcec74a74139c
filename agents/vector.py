"""Agents in several processes for Stable-Baselines3: each process steps a batch of them.

The one idea: a process holds every scene once for all its agents and renders them together; the trainer sees one vector
of environments, Stable-Baselines3's `VecEnv`.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from stable_baselines3.common.vec_env.base_vec_env import VecEnv

from echoenv.envs.batched import AgentStep, BatchedNavigation
from echoenv.errors import EchoEnvError, SettingsError


def _work(pipe: Any, agents: int, settings: dict[str, Any]) -> None:
    """What a process does: answers until it is told to stop. A mistake of the user's is handed on."""
    try:
        batch = BatchedNavigation(agents, **settings)
        pipe.send((batch.single_observation_space, batch.single_action_space))
        while True:
            what, value = pipe.recv()
            if what == "stop":
                break
            pipe.send(_begun(batch, value) if what == "reset" else batch.step_each(value))
    except EchoEnvError as error:
        pipe.send(error)
    except (EOFError, KeyboardInterrupt):
        pass


def _begun(batch: BatchedNavigation, seeds: list[int]) -> list[dict[str, NDArray[Any]]]:
    """Observations at the beginning of episodes drawn with these seeds."""
    return [env.reset(seed=seed)[0] for env, seed in zip(batch.envs, seeds, strict=True)]


class WorkersVecEnv(VecEnv):
    """`workers` processes with `agents` agents each.

    Args:
        workers: Processes; 0 steps all agents in this one.
        agents: In each process.
        settings: Values of `NavigationSettings`.

    Raises:
        SettingsError: A value is of no use.
    """

    def __init__(self, workers: int, agents: int, settings: dict[str, Any]) -> None:
        self._local = BatchedNavigation(agents, **settings) if workers == 0 else None
        self._agents, self._pipes, self._processes = agents, [], []
        context = multiprocessing.get_context("spawn")
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work, args=(theirs, agents, settings), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        if self._local is not None:
            spaces = self._local.single_observation_space, self._local.single_action_space
        else:
            spaces = [self._received(pipe) for pipe in self._pipes].pop()  # all must have begun
        self._actions: NDArray[Any] = np.zeros(0, np.int64)
        self._returns = np.zeros(max(1, workers) * agents)
        self._lengths = np.zeros(len(self._returns), np.int64)
        super().__init__(len(self._returns), *spaces)

    def begin(self, seeds: Sequence[int]) -> dict[str, NDArray[Any]]:
        """Begin an episode for every agent, drawn with its seed; returns the observations."""
        self._returns[:], self._lengths[:] = 0.0, 0
        parts = [list(seeds[k : k + self._agents]) for k in range(0, self.num_envs, self._agents)]
        if self._local is not None:
            return self._stacked(_begun(self._local, parts[0]))
        for pipe, part in zip(self._pipes, parts, strict=True):
            pipe.send(("reset", part))
        return self._stacked([one for pipe in self._pipes for one in self._received(pipe)])

    def reset(self) -> Any:
        """Begin an episode for every agent with the seeds given by `seed`, or 0, 1, 2, ..."""
        seeds = [k if one is None else int(one) for k, one in enumerate(self._seeds)]
        self._reset_seeds()
        return self.begin(seeds)

    def step_async(self, actions: NDArray[Any]) -> None:
        """Send an action to every agent."""
        self._actions = np.asarray(actions)
        for k, pipe in enumerate(self._pipes):
            pipe.send(("step", self._actions[k * self._agents : (k + 1) * self._agents]))

    def step_wait(self) -> tuple[Any, NDArray[Any], NDArray[Any], list[dict[str, Any]]]:
        """What the actions came to, as Stable-Baselines3 has it."""
        if self._local is not None:
            steps = self._local.step_each(self._actions)
        else:
            steps = [one for pipe in self._pipes for one in self._received(pipe)]
        rewards = np.array([one.reward for one in steps], dtype=np.float32)
        ended = np.array([one.terminated or one.truncated for one in steps])
        self._returns += rewards
        self._lengths += 1
        infos = [self._info(index, one) for index, one in enumerate(steps)]
        self._returns[ended], self._lengths[ended] = 0.0, 0
        return self._stacked([one.observation for one in steps]), rewards, ended, infos

    def _info(self, index: int, step: AgentStep) -> dict[str, Any]:
        if step.final_info is None:
            return {}
        ended = {"r": float(self._returns[index]), "l": int(self._lengths[index])}
        ended |= {name: step.final_info[name] for name in ("success", "spl")}
        return {
            **step.final_info,
            "terminal_observation": step.final_observation,
            "TimeLimit.truncated": step.truncated and not step.terminated,
            "episode": ended,
        }

    def _received(self, pipe: Any) -> Any:
        try:
            answer = pipe.recv()
        except EOFError:
            raise SettingsError("a simulating process has ended: out of memory? Give fewer workers or scenes") from None
        if isinstance(answer, EchoEnvError):
            raise answer
        return answer

    def _stacked(self, observations: list[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
        return {name: np.stack([one[name] for one in observations]) for name in observations[0]}

    def close(self) -> None:
        """End all processes."""
        for pipe in self._pipes:
            try:
                pipe.send(("stop", None))
            except (BrokenPipeError, OSError):
                continue
        for process in self._processes:
            process.join(timeout=5.0)
            process.kill()
        if self._local is not None:
            self._local.close()

    # What Stable-Baselines3 asks of single environments; ours have nothing of the kind

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """The same for every agent: `render_mode` is None."""
        if attr_name == "render_mode":
            return [None] * self.num_envs
        raise AttributeError(f"agents in other processes have no '{attr_name}' to hand out")

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Nothing can be set from here."""
        raise AttributeError(f"agents in other processes have no '{attr_name}' to set")

    def env_method(self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any) -> list[Any]:
        """Nothing can be called from here."""
        raise AttributeError(f"agents in other processes have no method '{method_name}' to call")

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """No agent is wrapped."""
        return [False] * self.num_envs
