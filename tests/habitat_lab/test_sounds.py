"""Ears in Habitat-Lab: echo, audio goal and spectrogram sensors, and AudioNav episodes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.audio.sound_files import write_sound
from echoenv.datasets.episodes import Episode, Goal, heading_to_rotation, write_split
from echoenv.errors import AudioFileError, DatasetError, SettingsError

RATE = 16000
SENSORS = "habitat/task/lab_sensors=[pointgoal_with_gps_compass_sensor,echo_sensor,audiogoal_sensor,spectrogram_sensor]"


@pytest.fixture(scope="module")
def episode(box_file) -> Episode:
    """In an empty room of 8 x 6 m, facing -x, the goal a metre behind."""
    info = {"geodesic_distance": 1.0, "num_action": 5, "sound": "beep"}
    return Episode("0", str(box_file), (3.0, 0.0, 3.5), heading_to_rotation(90), (Goal((4.0, 0.0, 3.5)),), info)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """A folder with a sound of one second and one of three, which differ from second to second."""
    folder = tmp_path_factory.mktemp("sounds")
    time = np.arange(RATE) / RATE
    tones = [np.sin(2 * np.pi * frequency * time) for frequency in (500.0, 1000.0, 2000.0)]
    write_sound(folder / "beep.wav", tones[0], RATE)
    write_sound(folder / "scale.wav", np.concatenate(tones), RATE)
    return folder


@pytest.fixture(scope="module")
def with_ears(habitat, configured, sounds, tmp_path_factory):
    """Makes an environment of AudioNav episodes in which the agent hears."""
    from echoenv.acoustics.propagation.settings import PropagationSettings
    from echoenv.simulators import habitat_lab

    def make(*episodes):
        folder = tmp_path_factory.mktemp("audionav")
        write_split(folder, "val", episodes)
        options = {"propagation": PropagationSettings(rays=300)}
        habitat_lab.register(sample_rate=RATE, response_duration=0.5, threads=1, options=options)
        overrides = [SENSORS, "habitat.dataset.type=EchoEnvAudioNav-v1"]
        for name in ("audiogoal_sensor", "spectrogram_sensor"):
            overrides.append(f"habitat.task.lab_sensors.{name}.sounds_dir={sounds}")
        return habitat.Env(configured(*overrides, measures="distance_to_goal", data=folder))

    yield make
    habitat_lab.register(threads=1)


def test_the_goal_is_heard_from_its_side_and_louder_nearby(with_ears, episode) -> None:
    # Facing -x, with the goal at larger x behind; turned to -z the goal is to the right.
    with with_ears(episode) as env:
        seen = env.reset()
        assert seen["audiogoal"].shape == (2, RATE) and seen["audiogoal"].dtype == np.float32
        assert seen["spectrogram"].shape == (65, 26, 2) and seen["echo"].shape == (2, 960)
        for name in ("audiogoal", "spectrogram", "echo"):
            assert env.observation_space[name].contains(seen[name])
        for _ in range(9):
            seen = env.step("turn_right")
        levels = np.sqrt(np.mean(seen["audiogoal"] ** 2, axis=1))
        assert levels[1] > 1.1 * levels[0]
        far, near = env.sim.response_from([7.5, 0.0, 4.0]), env.sim.response_from([3.5, 0.0, 3.5])
        assert np.abs(near).max() > 2.0 * np.abs(far).max()


def test_the_spectrogram_is_that_of_the_sound_heard(with_ears, episode) -> None:
    from echoenv.datasets.soundspaces.audio_goal import spectrogram

    with with_ears(episode) as env:
        env.reset()
        for action in ("turn_left", "move_forward"):
            seen = env.step(action)
            np.testing.assert_array_equal(seen["spectrogram"], spectrogram(seen["audiogoal"]))
        loudest = seen["spectrogram"][:, 3:23].mean(axis=(1, 2)).argmax()
        assert loudest == 500 // (RATE / 512 * 4)


def test_a_long_sound_goes_on_from_its_offset_and_falls_silent_after_its_duration(with_ears, episode) -> None:
    long = dataclasses.replace(episode, sound_id="scale", offset=1, duration=3, object_category="chair")
    with with_ears(long) as env:
        pitches, observed = [], env.reset()
        for action in ("turn_left",) * 4:
            spectrum = np.abs(np.fft.rfft(observed["audiogoal"][0, RATE // 2 :]))
            pitches.append(round(2.0 * float(spectrum.argmax())))
            observed = env.step(action)
        assert pitches == [1000, 2000, 500, 1000]
        assert not observed["audiogoal"].any()
        assert env.current_episode.object_category == "chair"


def test_hearing_is_the_same_in_every_run_and_stays_finite_at_the_goal(with_ears, episode) -> None:
    at_goal = dataclasses.replace(episode, start_position=episode.goals[0].position)
    heard = []
    for _ in range(2):
        with with_ears(at_goal) as env:
            heard.append(env.reset())
    for name in ("audiogoal", "echo"):
        np.testing.assert_array_equal(heard[0][name], heard[1][name])
        assert np.isfinite(heard[0][name]).all() and heard[0][name].any()


def test_mistakes_about_sounds_name_what_there_is(with_ears, episode, sounds) -> None:
    from echoenv.simulators.habitat_lab.lab_sensors import goal_second

    with with_ears(episode) as env:
        asked = env.current_episode
        for name, value, error, words in (
            ("info", {"sound": "bep"}, AudioFileError, "did you mean beep"),
            ("info", None, SettingsError, "names no sound"),
            ("distractor_sound_id", "scale", SettingsError, "distractor"),
        ):
            setattr(asked, name, value)
            with pytest.raises(error, match=words):
                goal_second(env.sim, asked, str(sounds))
        asked.distractor_sound_id = None
        assert goal_second(env.sim, asked, str(sounds), "beep").any()
        with pytest.raises(AudioFileError, match="holds no sounds"):
            goal_second(env.sim, asked, "/nowhere", "bell")


def test_the_data_set_is_read_strictly(habitat, configured, episode, tmp_path) -> None:
    write_split(tmp_path, "val", [episode, dataclasses.replace(episode, info={"geodesic_distance": 0.0})])
    config = configured("habitat.dataset.type=EchoEnvAudioNav-v1", measures="distance_to_goal", data=tmp_path)
    with pytest.raises(DatasetError, match=r"episode 1 .*geodesic_distance is 0\.0"):
        habitat.Env(config)
