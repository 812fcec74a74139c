"""Navigation tasks over a room with a block in it: Gymnasium's contract, Habitat's signs, episodes, sound."""

from __future__ import annotations

import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

import echoenv
from echoenv.datasets.episode_rules import EpisodeRules
from echoenv.datasets.episode_types import Episode, Goal, heading_to_rotation
from echoenv.envs.batched import BatchedNavigation
from echoenv.envs.navigation import ACTIONS, NavigationEnv
from echoenv.envs.registration import TASKS, register_envs
from echoenv.envs.sensors import SENSOR_NAMES, polar_goal
from echoenv.envs.settings import NavigationSettings
from echoenv.errors import DatasetError, PoseError, SettingsError
from echoenv.scene.export import exported_files
from echoenv.scene.pose import heading_to_quaternion
from echoenv.simulators.agent import AgentState
from tests.rooms import box_room, with_solid_block

STOP, FORWARD, LEFT, RIGHT = range(4)
EASY = EpisodeRules(nearest=0.5, ratio=1.0, island_radius=0.5)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A furnished box as a file; its name is its stem."""
    scene = with_solid_block(box_room(absorption=0.3), (3.0, 0.0, 2.0), (5.0, 1.0, 4.0))
    folder = tmp_path_factory.mktemp("scenes")
    glb = next(data for path, data in exported_files(scene).items() if path.suffix == ".glb")
    file = folder / "box.glb"
    file.write_bytes(glb)
    return str(file)


@pytest.fixture(scope="module")
def small(room: str) -> dict[str, Any]:
    """Settings that make a task quick."""
    return {"scenes": (room,), "rules": EASY, "height": 32, "width": 32, "response_duration": 0.2, "sound_rays": 200}


@pytest.fixture
def env(small: dict[str, Any]) -> NavigationEnv:
    return NavigationEnv(**small, sensors=("depth", "pointgoal_with_gps_compass", "gps", "compass", "collision"))


def episode(start: tuple[float, float], heading: float, goal: tuple[float, float], room: str) -> Episode:
    return Episode(
        "by hand", room, (start[0], 0.0, start[1]), heading_to_rotation(heading), (Goal((goal[0], 0.0, goal[1])),)
    )


@pytest.mark.parametrize("name", TASKS)
def test_every_id_keeps_gymnasiums_contract(name: str, small: dict[str, Any]) -> None:
    register_envs()
    made = gym.make(name, **small)
    check_env(made.unwrapped, skip_render_check=True)
    observation, info = made.reset(seed=3)
    assert made.observation_space.contains(observation)
    assert info["success"] == 0.0 and info["distance_to_goal"] > 0.0
    made.close()


@pytest.mark.parametrize("name", TASKS)
def test_same_seed_same_episode_and_bytes(name: str, small: dict[str, Any]) -> None:
    def walked(seed: int) -> list[bytes]:
        env = gym.make(name, **small)
        observation, _ = env.reset(seed=seed)
        seen = [observation]
        for action in (LEFT, FORWARD, FORWARD, RIGHT, FORWARD):
            seen.append(env.step(action)[0])
        env.close()
        return [b"".join(one[key].tobytes() for key in sorted(one)) for one in seen]

    register_envs()
    first = walked(5)
    assert first == walked(5) and first != walked(6)


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
    assert observation["depth"][16, 16, 0] == pytest.approx(0.5, abs=1e-3)


def test_a_room_rings_on_when_the_sound_is_far(small: dict[str, Any], room: str) -> None:
    env = NavigationEnv(**small, sensors=("audiogoal", "spectrogram"), sound="telephone", success_distance=1.0)
    near, _ = env.reset(seed=1, options={"episode": episode((2.0, 5.0), 0.0, (1.0, 5.0), room)})
    far, _ = env.reset(seed=1, options={"episode": episode((7.0, 5.0), 0.0, (1.0, 5.0), room)})
    assert near["audiogoal"].shape == (2, 4000) and near["spectrogram"].shape == (65, 26, 2)
    assert np.sum(near["audiogoal"] ** 2) > 2.0 * np.sum(far["audiogoal"] ** 2) > 0.0


def test_a_chirp_is_heard_when_it_is_made_and_costs(small: dict[str, Any], room: str) -> None:
    env = gym.make("EchoEnv/Echolocation-v0", **small).unwrapped
    observation, _ = env.reset(seed=0, options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.0), room)})
    assert env.actions[4] == "chirp" and not observation["echo"].any()
    observation, reward, *_ = env.step(4)
    assert observation["echo"].shape == (2, 2646) and np.abs(observation["echo"]).max() > 1e-3
    assert reward == pytest.approx(-0.01 - 0.02, abs=1e-6)
    assert not env.step(LEFT)[0]["echo"].any()


def test_a_walking_goal_comes_and_goes(small: dict[str, Any], room: str) -> None:
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


def test_an_environment_can_be_sent_to_another_process(small: dict[str, Any]) -> None:
    settings = NavigationSettings(**small, sensors=("gps",))
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_vectors_of_environments_are_those_of_each(small: dict[str, Any]) -> None:
    register_envs()
    many = gym.make_vec("EchoEnv/PointNav-v0", 2, vectorization_mode="sync", **small)
    together, _ = many.reset(seed=[3, 4])
    after, rewards, *_ = many.step(np.array([FORWARD, LEFT]))
    for index, (seed, action) in enumerate(((3, FORWARD), (4, LEFT))):
        alone = gym.make("EchoEnv/PointNav-v0", **small)
        observation, _ = alone.reset(seed=seed)
        np.testing.assert_array_equal(together["depth"][index], observation["depth"])
        observation, reward, *_ = alone.step(action)
        np.testing.assert_array_equal(after["rgb"][index], observation["rgb"])
        assert rewards[index] == reward
    many.close()


@pytest.mark.parametrize("name", TASKS)
def test_agents_stepped_together_are_those_stepped_alone(name: str, small: dict[str, Any], room: str) -> None:
    settings = {**TASKS[name], **small, "max_steps": 4}
    many = BatchedNavigation(3, **settings)
    together, _ = many.reset(seed=[5, 6, 7])
    alone = [NavigationEnv(**settings) for _ in range(3)]
    for index, env in enumerate(alone):
        observation, _ = env.reset(seed=5 + index)
        for key, value in observation.items():
            np.testing.assert_array_equal(together[key][index], value)
    random = np.random.default_rng(0)
    for _ in range(6):
        actions = random.integers(1, 4, 3)
        seen, rewards, ended, cut, info = many.step(actions)
        for index, env in enumerate(alone):
            observation, reward, stopped, truncated, measures = env.step(int(actions[index]))
            assert (rewards[index], ended[index], cut[index]) == (reward, stopped, truncated)
            if truncated:
                assert info["final_info"]["spl"][index] == measures["spl"]
                observation, _ = env.reset()
            for key, value in observation.items():
                np.testing.assert_array_equal(seen[key][index], value)
    many.close()


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


def test_all_sensors_together_fit_their_spaces(small: dict[str, Any]) -> None:
    env = NavigationEnv(**small, sensors=SENSOR_NAMES, sound="chirps")
    observation, _ = env.reset(seed=2)
    assert set(observation) == set(SENSOR_NAMES)
    for name, space in env.observation_space.items():
        assert space.contains(observation[name]), name


def test_split_of_homes_is_that_of_the_published_data() -> None:
    from echoenv.envs.settings import HELD_OUT_HOMES, TRAINING_HOMES
    from echoenv.scene.homes import HOME_NAMES

    assert set(TRAINING_HOMES) | set(HELD_OUT_HOMES) == set(HOME_NAMES) and len(TRAINING_HOMES) == 15
    assert echoenv.__version__
