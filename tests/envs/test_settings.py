"""Mistakes in what makes a task, and in what it is given: each is named, with what is allowed."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from echoenv.datasets.episode_files import write_split
from echoenv.datasets.episode_rules import EpisodeRules
from echoenv.envs.navigation import NavigationEnv
from echoenv.envs.registration import TASKS, register_envs
from echoenv.envs.rewards import Reward
from echoenv.envs.settings import NavigationSettings
from echoenv.errors import DatasetError, PoseError, SettingsError
from tests.envs.tasks import episode


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reward": {"success": "10"}}, r"reward\.success = '10': give a number"),
        ({"reward": {"step": float("nan")}}, r"reward\.step = nan"),
        ({"reward": Reward(collision=float("inf"))}, r"reward\.collision = inf"),
        ({"reward": {"progress": None}}, r"reward\.progress = None"),
        ({"reward": {"chirp": True}}, r"reward\.chirp = True"),
        ({"reward": {"sucess": 1.0}}, "did you mean success"),
        ({"reward": 3}, "a dictionary of what differs"),
        ({"rules": {"nearest": "1"}}, "rule nearest = '1'"),
        ({"rules": {"farthest": float("nan")}}, "rule farthest = nan"),
        ({"rules": {"retries": 2.5}}, "rule retries = 2.5: give a whole"),
        ({"rules": {"nearest": 5.0, "farthest": 4.0}}, "0 < nearest < farthest"),
        ({"rules": {"farest": 4.0}}, "did you mean farthest"),
        ({"device": 0}, "device 0: give 'cpu'"),
        ({"device": "cuda", "backend": "habitat"}, "device 'cuda': give 'cpu', or with backend 'builtin'"),
        ({"max_steps": 10.5}, "max_steps = 10.5: give a whole number above 0"),
        ({"max_steps": "500"}, "max_steps = '500'"),
        ({"sample_rate": True}, "sample_rate = True"),
        ({"height": 0}, "height = 0"),
        ({"step_time": float("nan")}, "step_time = nan"),
        ({"turn": -10.0}, "turn = -10.0: give a number of 0 or more"),
        ({"forward": "0.25"}, "forward = '0.25'"),
        ({"grid_spacing": 0.0}, "grid_spacing = 0.0"),
        ({"episode_seed": -1}, "episode_seed = -1"),
        ({"hfov": 180.0}, "hfov = 180.0: give 1 to 179"),
        ({"goal_speed": float("nan")}, "goal_speed = nan"),
        ({"chirps": "yes"}, "chirps = 'yes': give true or false"),
        ({"scenes": "room_0"}, "one or more names in a list"),
        ({"scenes": ()}, "one or more names in a list"),
        ({"scenes": (3,)}, "one or more names in a list"),
        ({"sensors": ("dept",)}, "did you mean depth"),
        ({"sensors": ("depth", "depth")}, "each once"),
        ({"sensors": "depth"}, "sensors 'depth'"),
        ({"backend": "habitats"}, "did you mean habitat"),
        ({"episodes": 7}, "episodes = 7"),
        ({"max_step": 3}, "did you mean max_steps"),
    ],
)
def test_a_value_that_cannot_be_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        NavigationSettings().changed(**changes)


def test_what_a_yaml_file_holds_makes_the_same_task() -> None:
    given = {
        "scenes": ["room_0"], "sensors": ["depth"], "sounds": ["bell", "siren"], "rules": {"nearest": 2},
        "reward": {"success": 2.5}, "velocity": {"turn": [-30, 30]}, "actions": "velocity",
    }  # fmt: skip
    made = NavigationSettings(**given)
    assert made == NavigationSettings(**given) and pickle.loads(pickle.dumps(made)) == made and hash(made)
    assert made.rules == EpisodeRules(nearest=2) and made.reward == Reward(success=2.5)
    assert made.sounds == ("bell", "siren") and made.velocity.turn == (-30, 30)
    assert made.changed(max_steps=np.int64(5)).max_steps == 5


def test_an_unknown_id_is_answered_with_the_nearest() -> None:
    register_envs()
    with pytest.raises(gym.error.NameNotFound, match=r"Did you mean: `?PointNav"):
        gym.make("EchoEnv/PointNaw-v0")
    with pytest.raises(gym.error.VersionNotFound, match="v0"):
        gym.make("EchoEnv/PointNav-v7")
    with pytest.raises(gym.error.NamespaceNotFound, match="EchoEnv"):
        gym.make("EchEnv/PointNav-v0")
    assert all(name in gym.registry for name in TASKS)


def test_an_action_after_the_end_and_before_the_beginning_is_named(small: dict[str, Any]) -> None:
    env = NavigationEnv(**small, sensors=("gps",))
    with pytest.raises(SettingsError, match="or none has begun"):
        env.step(1)
    env.reset(seed=0)
    env.step(0)
    with pytest.raises(SettingsError, match="call reset"):
        env.step(1)
    for action in (4, -1, 1.5, "ahead", None):
        env.reset(seed=0)
        with pytest.raises(SettingsError, match="from 0 to 3"):
            env.step(action)


def test_a_goal_that_cannot_be_reached_is_named(small: dict[str, Any], room: str) -> None:
    env = NavigationEnv(**small, sensors=("gps",))
    for goal in ((40.0, 3.0), (4.0, 3.0)):  # outside, and in the block
        with pytest.raises(PoseError, match="can be reached"):
            env.reset(options={"episode": episode((1.0, 5.0), 0.0, goal, room)})
    with pytest.raises(SettingsError, match="no SPL"):
        env.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 5.0), room)})


def test_an_episode_of_another_scene_is_named(small: dict[str, Any], room: str, tmp_path: Path) -> None:
    env = NavigationEnv(**small, sensors=("gps",))
    with pytest.raises(PoseError, match="where nobody can stand: is it an episode of another scene"):
        env.reset(options={"episode": episode((4.0, 3.0), 0.0, (1.0, 3.0), room)})  # in the block
    high = replace(episode((1.0, 5.0), 0.0, (1.0, 3.0), room), start_position=(1.0, 1.5, 5.0))
    with pytest.raises(PoseError, match="nobody can stand"):
        env.reset(options={"episode": high})
    with pytest.raises(SettingsError, match="none has begun"):
        env.step(1)
    write_split(tmp_path, "val", [episode((1.0, 5.0), 0.0, (1.0, 3.0), "elsewhere/room_7.glb")])
    with pytest.raises(DatasetError, match=r"no episodes of the task's scenes \(box\).*room_7"):
        NavigationEnv(**small, sensors=("gps",), episodes=str(tmp_path / "val"))


@pytest.mark.parametrize("number", ["seven", -1, 1.5, True, [3]])
def test_what_is_no_number_of_an_episode_is_named(small: dict[str, Any], number: Any) -> None:
    with pytest.raises(SettingsError, match="the number of one"):
        NavigationEnv(**small, sensors=("gps",)).reset(options={"episode": number})
