"""Navigation tasks over a room with a block in it: Gymnasium's contract, Habitat's signs, episodes, sound."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import echoenv
from echoenv.envs.navigation import ACTIONS, NavigationEnv
from echoenv.envs.registration import register_envs
from echoenv.envs.sensors import polar_goal
from echoenv.errors import DatasetError, PoseError, SettingsError
from echoenv.scene.pose import heading_to_quaternion
from echoenv.simulators.agent import AgentState
from tests.envs.tasks import episode

STOP, FORWARD, LEFT, RIGHT = range(4)


@pytest.fixture
def env(small: dict[str, Any]) -> NavigationEnv:
    return NavigationEnv(**small, sensors=("depth", "pointgoal_with_gps_compass", "gps", "compass", "collision"))


def test_the_goal_is_told_with_habitats_sign() -> None:
    def at(heading: float) -> AgentState:
        return AgentState(np.array([1.0, 0.0, 1.0]), heading_to_quaternion(np.array(heading)))

    ahead, left = np.array([1.0, 0.0, -1.0]), np.array([-1.0, 0.0, 1.0])
    np.testing.assert_allclose(polar_goal(at(0.0), ahead), [2.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(polar_goal(at(0.0), left), [2.0, np.pi / 2.0], atol=1e-6)
    np.testing.assert_allclose(polar_goal(at(90.0), left), [2.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(polar_goal(at(180.0), left), [2.0, -np.pi / 2.0], atol=1e-6)


def test_an_agent_that_goes_straight_there_has_spl_one(env: NavigationEnv, room: str) -> None:
    observation, info = env.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.0), room)})
    np.testing.assert_allclose(observation["pointgoal_with_gps_compass"], [2.0, 0.0], atol=1e-3)
    total = 0.0
    for _ in range(8):
        observation, reward, ended, cut, _ = env.step(FORWARD)
        assert not ended and not cut and reward == pytest.approx(0.25 - 0.01, abs=2e-3)
        total += reward
    np.testing.assert_allclose(observation["gps"], [2.0, 0.0], atol=1e-3)
    _, reward, ended, _, info = env.step(STOP)
    assert ended and reward == pytest.approx(10.0 - 0.01, abs=2e-3)
    assert info["success"] == 1.0 and info["spl"] == pytest.approx(1.0, abs=2e-3) and info["steps"] == 9.0
    with pytest.raises(SettingsError, match="has ended"):
        env.step(FORWARD)


def test_a_stop_elsewhere_is_no_success(env: NavigationEnv, room: str) -> None:
    env.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.0), room)})
    _, reward, ended, _, info = env.step(STOP)
    assert ended and reward == pytest.approx(-0.01) and info["spl"] == 0.0


def test_turns_and_walls_are_sensed(env: NavigationEnv, room: str) -> None:
    env.reset(options={"episode": episode((4.0, 5.0), 0.0, (1.0, 3.0), room)})
    observation = env.step(LEFT)[0]
    np.testing.assert_allclose(observation["compass"], [np.deg2rad(10.0)], atol=1e-5)
    env.step(RIGHT)
    for _ in range(6):  # the block is a metre ahead
        observation = env.step(FORWARD)[0]
    assert observation["collision"] == [1.0] and env.step(LEFT)[0]["collision"] == [0.0]
    assert env._record.collisions > 0


def test_an_episode_is_cut_off(small: dict[str, Any]) -> None:
    env = NavigationEnv(**small, max_steps=3, sensors=("gps",))
    env.reset(seed=0)
    assert [env.step(LEFT)[3] for _ in range(3)] == [False, False, True]
    with pytest.raises(SettingsError, match="reset"):
        env.step(LEFT)


def test_depth_is_metres_over_the_largest(env: NavigationEnv, room: str) -> None:
    observation, _ = env.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.0), room)})
    assert observation["depth"][20, 20, 0] == pytest.approx(0.5, abs=1e-3)


def test_a_room_rings_on_when_the_sound_is_far(small: dict[str, Any], room: str) -> None:
    settings = {**small, "response_duration": 0.2, "sound_rays": 200}
    env = NavigationEnv(**settings, sensors=("audiogoal", "spectrogram"), sound="telephone", success_distance=1.0)
    near, _ = env.reset(seed=1, options={"episode": episode((2.0, 5.0), 0.0, (1.0, 5.0), room)})
    far, _ = env.reset(seed=1, options={"episode": episode((7.0, 5.0), 0.0, (1.0, 5.0), room)})
    assert near["audiogoal"].shape == (2, 4000) and near["spectrogram"].shape == (65, 26, 2)
    assert np.sum(near["audiogoal"] ** 2) > 2.0 * np.sum(far["audiogoal"] ** 2) > 0.0


def test_a_chirp_is_heard_when_it_is_made_and_costs(small: dict[str, Any], room: str) -> None:
    register_envs()
    env = gym.make("EchoEnv/Echolocation-v0", **small).unwrapped
    observation, _ = env.reset(seed=0, options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.0), room)})
    assert env.actions[4] == "chirp" and not observation["echo"].any()
    observation, reward, *_ = env.step(4)
    assert observation["echo"].shape == (2, 2646) and np.abs(observation["echo"]).max() > 1e-3
    assert reward == pytest.approx(-0.01 - 0.02, abs=1e-6)
    assert not env.step(LEFT)[0]["echo"].any()


def test_a_walking_goal_comes_and_goes(small: dict[str, Any], room: str) -> None:
    register_envs()
    env = gym.make("EchoEnv/MovingSource-v0", **small).unwrapped
    places = []
    for _ in range(2):
        env.reset(seed=4, options={"episode": episode((1.0, 5.0), 0.0, (7.0, 5.0), room)})
        distances = [env.step(LEFT)[4]["distance_to_goal"] for _ in range(40)]
        places.append(env._goals.nearest(None))
        steps = np.abs(np.diff(distances))
        assert np.ptp(distances) > 0.5 and steps.max() < 0.5 * 0.25 * 1.5  # 0.5 m/s, a quarter of a second
        assert env.simulator.pathfinder.is_navigable(places[-1])
    np.testing.assert_array_equal(*places)


def test_drawn_episodes_do_not_depend_on_what_was_asked_before(env: NavigationEnv) -> None:
    env.reset(seed=9)
    first = env.episode
    env.reset(seed=1)
    env.reset(seed=9)
    assert env.episode == first
    env.reset(options={"episode": 4})
    assert env.episode.episode_id == "4"


def test_mistakes_are_named(small: dict[str, Any], env: NavigationEnv, room: str) -> None:
    with pytest.raises(SettingsError, match="did you mean depth"):
        NavigationEnv(**small, sensors=("deph",))
    with pytest.raises(SettingsError, match="did you mean max_steps"):
        NavigationEnv(**small, max_step=3)
    with pytest.raises(SettingsError, match="max_steps = 0"):
        NavigationEnv(**small, max_steps=0)
    with pytest.raises(SettingsError, match="reset"):
        env.step(FORWARD)
    env.reset(seed=0)
    with pytest.raises(SettingsError, match="0 to 3"):
        env.step(len(ACTIONS))
    with pytest.raises(PoseError, match="another scene"):
        env.reset(options={"episode": episode((1.0, 5.0), 0.0, (40.0, 3.0), room)})
    with pytest.raises(SettingsError, match="no SPL"):
        env.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 5.0), room)})
    with pytest.raises(DatasetError):
        NavigationEnv(**small, episodes="/nowhere/val")
    with pytest.raises(SettingsError, match="goal_speed = -1"):
        NavigationEnv(**small, goal_speed=-1)
    silent = NavigationEnv(**small, sensors=("audiogoal",))
    with pytest.raises(SettingsError, match="nothing sounds"):
        silent.reset(seed=0)


def test_split_of_homes_is_that_of_the_published_data() -> None:
    from echoenv.envs.settings import HELD_OUT_HOMES, TRAINING_HOMES
    from echoenv.scene.homes import HOME_NAMES

    assert set(TRAINING_HOMES) | set(HELD_OUT_HOMES) == set(HOME_NAMES) and len(TRAINING_HOMES) == 15
    assert echoenv.__version__
