"""Sensors: what is told of places, actions, sounds and all that is around, beside what it should be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from echoenv.envs.ego_map import CELL, LEVELS, MAP_SIZE
from echoenv.envs.navigation import NavigationEnv
from echoenv.envs.sensors import SENSOR_NAMES
from echoenv.envs.sound_features import BANDS, HOP, LOWEST, log_mel, mel_filters
from echoenv.errors import SettingsError
from tests.envs.tasks import episode

STOP, FORWARD, LEFT, RIGHT = range(4)


@pytest.mark.parametrize("actions", ["habitat", "grid", "velocity"])
def test_all_sensors_together_fit_their_spaces(small: dict[str, Any], actions: str) -> None:
    env = NavigationEnv(**small, sensors=SENSOR_NAMES, sound="chirps", actions=actions)
    observation, _ = env.reset(seed=2)
    env.action_space.seed(0)
    for _ in range(3):
        assert set(observation) == set(SENSOR_NAMES)
        for name, space in env.observation_space.items():
            assert space.contains(observation[name]), name
        observation = env.step((0.5, 0.5) if actions == "velocity" else LEFT)[0]


def test_an_acoustic_memory_holds_how_loud_it_was_where_the_agent_has_been(small: dict[str, Any], room: str) -> None:
    env = NavigationEnv(**small, sensors=("acoustic_memory", "audiogoal"), sound="noise")
    seen, _ = env.reset(seed=0, options={"episode": episode((6.0, 5.0), 90.0, (1.0, 5.0), room)})  # faces the goal
    middle, levels = MAP_SIZE // 2, []
    for _ in range(4):
        power = float(np.mean(seen["audiogoal"] ** 2))
        levels.append(1 + 254 * np.clip((10 * np.log10(power) - LEVELS[0]) / (LEVELS[1] - LEVELS[0]), 0, 1))
        assert seen["acoustic_memory"][middle, middle, 0] == pytest.approx(levels[-1], abs=1.0)
        seen = env.step(FORWARD)[0]
    behind = seen["acoustic_memory"][middle + round(1.0 / CELL) :, :, 0]  # where it was a metre ago
    assert behind.max() == pytest.approx(levels[0], abs=1.0)


# Around


def test_a_panorama_shows_ahead_in_its_middle_and_the_left_left_of_it(small: dict[str, Any], room: str) -> None:
    settings = {**small, "height": 64, "width": 64}
    env = NavigationEnv(**settings, sensors=("rgb", "panorama", "panorama_depth"))
    seen, _ = env.reset(options={"episode": episode((2.0, 5.0), 0.0, (1.0, 3.0), room)})
    assert seen["panorama"].shape == (64, 128, 3) and seen["panorama_depth"].shape == (64, 128, 1)
    # From (2, 5) in a room of 8 x 6 m, at the height of the eyes: -z is 5 m ahead, -x 2 m left, +z 1 m behind, +x 6 m.
    level = seen["panorama_depth"][31:33].mean(axis=0)[:, 0]
    for column, wall in ((64, 5.0), (32, 2.0), (0, 1.0), (96, 6.0)):
        assert level[column] == pytest.approx(wall / 10.0, abs=2e-3)
    ahead = seen["rgb"][32, 32].astype(float)
    np.testing.assert_allclose(seen["panorama"][32, 64].astype(float), ahead, atol=2.0)
    turned, _ = env.reset(options={"episode": episode((2.0, 5.0), 90.0, (1.0, 3.0), room)})
    np.testing.assert_allclose(
        turned["panorama_depth"], np.roll(seen["panorama_depth"], 32, axis=1), atol=1e-3
    )  # a quarter to the left brings what was left to the middle


# Places and actions


def test_headings_are_habitats_in_the_world_and_compasses_from_the_start(small: dict[str, Any], room: str) -> None:
    env = NavigationEnv(**small, sensors=("heading", "compass"))
    seen, _ = env.reset(options={"episode": episode((1.0, 5.0), 170.0, (1.0, 3.0), room)})
    np.testing.assert_allclose(seen["heading"], np.deg2rad([170.0]), atol=1e-6)
    for _ in range(2):
        seen = env.step(LEFT)[0]
    np.testing.assert_allclose(seen["heading"], np.deg2rad([-170.0]), atol=1e-6)
    np.testing.assert_allclose(seen["compass"], np.deg2rad([20.0]), atol=1e-6)


def test_the_last_action_is_told(small: dict[str, Any], room: str) -> None:
    env = NavigationEnv(**small, sensors=("action",), chirps=True)
    seen, _ = env.reset(seed=0)
    assert seen["action"].tolist() == [0.0] * 5
    for action in (FORWARD, RIGHT, 4, STOP):
        assert env.step(action)[0]["action"].tolist() == np.eye(5)[action].tolist()
    assert env.reset()[0]["action"].tolist() == [0.0] * 5
    flying = NavigationEnv(**small, sensors=("action",), actions="velocity")
    flying.reset(seed=0)
    np.testing.assert_allclose(flying.step((0.25, -0.5))[0]["action"], [0.25, -0.5])


# Sound


def tone(frequency: float, seconds: float, rate: int, late: float = 0.0, level: float = 1.0) -> np.ndarray:
    """A tone (n,) that comes late [s]."""
    time = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2.0 * np.pi * frequency * (time - late))).astype(np.float32)


@pytest.mark.parametrize("rate", [16000, 44100])
@pytest.mark.parametrize("frequency", [200.0, 1000.0, 5000.0])
def test_a_tone_is_in_the_band_of_its_pitch(rate: int, frequency: float) -> None:
    ears = np.stack([tone(frequency, 0.25, rate), tone(frequency, 0.25, rate, level=0.1)])
    bands = log_mel(ears, rate)
    assert bands.shape == (BANDS, 1 + len(ears[0]) // round(HOP * rate), 4)
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (LOWEST, 0.5 * rate))
    place = (2595.0 * np.log10(1.0 + frequency / 700.0) - low) / (high - low) * (BANDS + 1) - 1.0
    middle = bands[:, bands.shape[1] // 2]
    loudest = int(np.argmax(middle[:, 0]))
    assert abs(loudest - place) <= 1.0
    np.testing.assert_allclose(middle[loudest, 0] - middle[loudest, 1], 2.0, atol=1e-3)  # 20 dB


@pytest.mark.parametrize("late", [0.0, 2e-4, -3e-4])
def test_the_phase_between_the_ears_is_told_by_its_cosine_and_sine(late: float) -> None:
    """The left ear is ahead where the right one hears late."""
    rate, frequency = 16000, 500.0
    bands = log_mel(np.stack([tone(frequency, 0.25, rate), tone(frequency, 0.25, rate, late)]), rate)
    middle = bands[:, 13]
    loudest = int(np.argmax(middle[:, 0]))
    phase = 2.0 * np.pi * frequency * late
    np.testing.assert_allclose(middle[loudest, 2:], [np.cos(phase), np.sin(phase)], atol=0.02)


def test_silence_has_no_level_and_no_phase_and_full_scale_is_bounded() -> None:
    silent = log_mel(np.zeros((2, 4000), np.float32), 16000)
    assert (silent[..., :2] == -10.0).all() and not silent[..., 2:].any()
    loud = log_mel(100.0 * np.sign(np.random.default_rng(0).standard_normal((2, 4000))).astype(np.float32), 16000)
    assert loud[..., :2].max() < 4.0 and np.abs(loud[..., 2:]).max() <= 1.0 + 1e-5


@pytest.mark.parametrize(("rate", "size"), [(8000, 512), (16000, 1024), (44100, 4096)])
def test_mel_filters_weigh_every_frequency_between_their_ends(rate: int, size: int) -> None:
    filters = mel_filters(rate, size)
    np.testing.assert_allclose(filters.sum(axis=1), 1.0, atol=1e-5)
    assert (filters >= 0.0).all()
    centres = filters @ (np.arange(size // 2 + 1) * rate / size)
    assert (np.diff(centres) > 0.0).all()


def test_the_ear_towards_the_goal_is_louder_and_ahead(small: dict[str, Any], room: str) -> None:
    settings = {**small, "sound_rays": 300}
    env = NavigationEnv(**settings, sensors=("log_mel",), sound="noise", success_distance=1.0)
    for heading, sign in ((0.0, 1.0), (180.0, -1.0)):  # the goal is to the left, then to the right
        seen, _ = env.reset(seed=0, options={"episode": episode((2.0, 5.0), heading, (1.0, 5.0), room)})
        bands = seen["log_mel"][:, 10:24].mean(axis=1)
        assert sign * (bands[30:, 0] - bands[30:, 1]).mean() > 0.1  # 1 dB in what the whole room sounds
        assert sign * bands[4:16, 3].mean() > 0.2  # below 800 Hz


def test_a_task_without_sound_names_the_sensor_that_needs_it(small: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="nothing sounds"):
        NavigationEnv(**small, sensors=("log_mel",)).reset(seed=0)
