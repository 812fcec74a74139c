"""Steps per second of navigation tasks, on one core.

The one idea: an agent that walks (straight on, and away from what it meets) hears from a new place at nearly every
step, so little is saved by what was heard before; what counts is processor time, all threads added up.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.rows import Row
from benchmarks.timing import Patience, measure
from echoenv.envs.batched import BatchedNavigation
from echoenv.envs.navigation import NavigationEnv
from echoenv.envs.registration import TASKS

POINTNAV_TARGET, AUDIOGOAL_TARGET = 250.0, 50.0
HOME = "apartment_0"
_STEPS = 50
_FORWARD, _LEFT = 1, 2
_AGENTS = 8


class _Walk:
    """An agent that walks about; steps are counted in blocks of `_STEPS`."""

    def __init__(self, **settings: Any) -> None:
        self.env = NavigationEnv(scenes=(HOME,), max_steps=10**9, **settings)
        self.env.reset(seed=0)
        self.turns, self.fresh, self.steps = 0, 0, 0

    def block(self) -> None:
        """Some steps."""
        for _ in range(_STEPS):
            if self.env.simulator.collided:
                self.turns = 4
            self.turns = max(0, self.turns - 1)
            before = self.env.simulator.agent_state.position
            self.env.step(_LEFT if self.turns else _FORWARD)
            self.fresh += bool(np.any(self.env.simulator.agent_state.position != before))
            self.steps += 1


def single_agents(patience: Patience) -> Iterator[Row]:
    """PointNav with rgb and depth, and AudioGoal with depth and a new response at each new place."""
    for name, target, settings in (
        ("EchoEnv/PointNav-v0", POINTNAV_TARGET, {}),
        ("EchoEnv/AudioGoal-v0", AUDIOGOAL_TARGET, {}),
    ):
        walk = _Walk(**{**TASKS[name], **settings})
        timing = measure(walk.block, patience)
        senses = ", ".join(one.name for one in walk.env.sensors)
        how = f"{HOME}, 128 x 128, {senses}"
        if walk.env.settings.sound is not None:
            how += f"; a new place at {100.0 * walk.fresh / walk.steps:.0f} % of the steps"
            how += f", {walk.env.settings.sound_rays} rays, {walk.env.settings.response_duration:g} s"
        core = 1e3 * timing.cpu / _STEPS
        rate = _STEPS / timing.cpu
        yield Row("tasks", name, rate, "steps/s a core", how, timing.cpu_spread, target, True, timing.warm_up, core)
        walk.env.close()


def many_agents(patience: Patience) -> Iterator[Row]:
    """Agents of one process stepped together."""
    settings = {**TASKS["EchoEnv/PointNav-v0"], "scenes": (HOME,), "threads": 2}
    batch = BatchedNavigation(_AGENTS, **settings)
    batch.reset(seed=0)
    random = np.random.default_rng(0)

    def block() -> None:
        for _ in range(_STEPS // 5):
            batch.step(random.integers(1, 4, _AGENTS))

    timing = measure(block, patience)
    steps = _STEPS // 5 * _AGENTS
    how = f"{HOME}, {_AGENTS} agents together, 2 threads, rgb, depth, pointgoal"
    core = 1e3 * timing.cpu / steps
    what = "EchoEnv/PointNav-v0, batched"
    yield Row("tasks", what, steps / timing.wall, "steps/s", how, timing.spread, None, True, timing.warm_up, core)
    batch.close()


class _Timed:
    """Processor time [s] that the simulator takes in a training, taken at its door."""

    def __init__(self, env: Any) -> None:
        self.cpu, self._step = 0.0, env.step_wait
        env.step_wait = self._timed

    def _timed(self) -> Any:
        began = time.process_time()
        try:
            return self._step()
        finally:
            self.cpu += time.process_time() - began


def training(patience: Patience) -> Iterator[Row]:
    """Steps of a whole training, and which share of them is the simulator's."""
    what = "PPO on EchoEnv/PointNav-v0, all in one process"
    try:
        from stable_baselines3.common.logger import configure

        from agents.configuration import Experiment, Learning, Network
        from agents.ppo import learn_once, new_model
        from agents.vector import WorkersVecEnv
    except ImportError as error:
        yield Row("tasks", what, None, "steps/s", f"{error.name} is not installed: pip install 'echoenv[learn]'")
        return
    sensors = ("ego_map", "pointgoal_with_gps_compass", "collision")
    settings = {"sensors": sensors, "scenes": (HOME,), "height": 64, "width": 64}
    learning = Learning(rollout=32, batch=256, epochs=2)
    experiment = Experiment(env=settings, network=Network(features=256, hidden=256), learning=learning)
    env = WorkersVecEnv(0, _AGENTS, experiment.task_settings)
    model = new_model(experiment, env)
    model.set_logger(configure(None, []))
    _, callback = model._setup_learn(10**6, None, False, "", False)
    timed, began = _Timed(env), time.process_time()
    timing = measure(lambda: learn_once(model, callback, 10**6), patience)
    share = timed.cpu / (time.process_time() - began)
    steps = learning.rollout * _AGENTS
    how = f"{HOME}, 64 x 64, ego_map, {_AGENTS} agents together, rollouts of {learning.rollout}, 2 epochs"
    core = 1e3 * timing.cpu / steps
    yield Row("tasks", what, steps / timing.wall, "steps/s", how, timing.spread, None, True, timing.warm_up, core)
    yield Row("tasks", "the simulator's share of it", 100.0 * share, "%", "of processor time; the network has the rest")
    env.close()


SECTIONS = (single_agents, many_agents, training)
