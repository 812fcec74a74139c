"""Every registered task with every action set: both checkers, one seed, vectors, batches, other processes."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from echoenv.envs.actions import ACTION_SETS
from echoenv.envs.batched import BatchedNavigation
from echoenv.envs.registration import TASKS, register_envs
from echoenv.errors import SettingsError
from echoenv.scene.export import exported_files
from tests.envs.tasks import quick_settings
from tests.rooms import box_room

register_envs()
PAIRS = [
    (name, actions)
    for name in TASKS
    for actions in ACTION_SETS
    if not (TASKS[name].get("chirps") and actions == "velocity")
]
every_task = pytest.mark.parametrize(("name", "actions"), PAIRS)

# Said of what is meant to be so: depth and sound are no 8-bit pictures, and ears are two.
MEANT = (
    "is an image but the upper and lower bounds are not in",
    "The minimal resolution for an image is 36x36",  # a spectrogram of 16 kHz
    "Your observation echo has an unconventional shape",
    "is an image but its `dtype` is",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings of a task in a small bare room, which is quick."""
    file = tmp_path_factory.mktemp("small") / "small.glb"
    room = box_room((3.5, 2.6, 3.0), absorption=0.5)
    file.write_bytes(next(data for path, data in exported_files(room).items() if path.suffix == ".glb"))
    return {**quick_settings(str(file)), "sound_rays": 50, "response_duration": 0.05}


def actions_of(env: Any, count: int, seed: int = 0) -> list[Any]:
    """Random actions, none of which is a stop."""
    space = getattr(env, "single_action_space", env.action_space)
    random = np.random.default_rng(seed)
    if isinstance(space, gym.spaces.Discrete):
        return [int(one) for one in random.integers(1, space.n, count)]
    return [np.array([random.uniform(-0.5, 1.0), random.uniform(-1.0, 1.0)], np.float32) for _ in range(count)]


def require_equal(one: dict[str, Any], other: dict[str, Any], index: int | None = None) -> None:
    """Observations are equal to the last bit; `other` may be those of many."""
    assert set(one) == set(other)
    for key, value in one.items():
        np.testing.assert_array_equal(value, other[key] if index is None else other[key][index], err_msg=key)


@every_task
def test_both_checkers_find_nothing(name: str, actions: str, small: dict[str, Any]) -> None:
    env = gym.make(name, **small, actions=actions, render_mode="rgb_array").unwrapped
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env)
    picture = env.render()
    assert picture.shape == (40, 40, 3) and picture.dtype == np.uint8
    checker = pytest.importorskip("stable_baselines3.common.env_checker", reason="the learners need it")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        checker.check_env(env, warn=True)
    texts = [str(one.message) for one in said]
    assert not [text for text in texts if not any(meant in text for meant in MEANT)]
    env.close()


@every_task
def test_one_seed_is_one_episode_alone_in_a_vector_and_in_a_batch(
    name: str, actions: str, small: dict[str, Any]
) -> None:
    """To the last bit, and over the end of an episode; another seed is another episode."""
    changes = {**small, "actions": actions, "max_steps": 2}
    alone = [gym.make(name, **changes).unwrapped for _ in range(2)]
    vector = gym.make_vec(name, 2, vectorization_mode="sync", **changes)
    batch = BatchedNavigation(2, **{**TASKS[name], **changes})
    begun = vector.reset(seed=[5, 6])[0], batch.reset(seed=[5, 6])[0]
    seen = [[env.reset(seed=5 + index)[0]] for index, env in enumerate(alone)]
    for index, (first,) in enumerate(seen):
        for many in begun:
            require_equal(first, many, index)
    for number in range(3):
        chosen = actions_of(batch, 2, seed=number)
        observations, rewards, ended, cut, info = batch.step(np.array(chosen))
        after = vector.step(np.array(chosen))[:2] if number == 0 else None
        for index, env in enumerate(alone):
            observation, reward, stopped, truncated, measures = env.step(chosen[index])
            assert (rewards[index], ended[index], cut[index]) == (reward, stopped, truncated)
            if after is not None:
                require_equal(observation, after[0], index)
                assert after[1][index] == reward
            if truncated:
                assert info["final_info"]["spl"][index] == measures["spl"]
                require_equal(observation, info["final_obs"][index])
                observation, _ = env.reset()
            require_equal(observation, observations, index)
            seen[index].append(observation)
    assert any(not np.array_equal(one[key], other[key]) for one, other in zip(*seen, strict=True) for key in one)
    vector.close()
    batch.close()


@every_task
def test_a_task_can_be_sent_to_another_process(name: str, actions: str, small: dict[str, Any]) -> None:
    env = gym.make(name, **small, actions=actions)
    again = gym.make(pickle.loads(pickle.dumps(env.spec)))
    settings = env.unwrapped.settings
    assert again.unwrapped.settings == settings == pickle.loads(pickle.dumps(settings))
    assert pickle.loads(pickle.dumps(env.observation_space)) == env.observation_space == again.observation_space
    assert pickle.loads(pickle.dumps(env.action_space)) == env.action_space == again.action_space


def test_processes_step_velocities(small: dict[str, Any]) -> None:
    """As Stable-Baselines3 steps them."""
    vector = pytest.importorskip("agents.vector", reason="the learners need stable-baselines3")
    settings = {**small, "sensors": ("pointgoal_with_gps_compass", "action"), "actions": "velocity"}
    walks = []
    for workers in (0, 1):
        env = vector.WorkersVecEnv(workers, 2, settings)
        seen = [env.begin([3, 4])]
        for number in range(3):
            env.step_async(np.array(actions_of(env, 2, seed=number)))
            seen.append(env.step_wait()[0])
        env.close()
        walks.append(seen)
    for one, other in zip(*walks, strict=True):
        require_equal(one, other)


def test_a_velocity_cannot_chirp(small: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="cannot chirp"):
        gym.make("EchoEnv/Echolocation-v0", **small, actions="velocity")
