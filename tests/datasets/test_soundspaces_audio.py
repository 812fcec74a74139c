"""What is heard at each step is what SoundSpaces' code makes, its traps included where one asks for them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import fftconvolve

from echoenv.datasets.soundspaces import AudioGoal, heard_second, spectrogram
from echoenv.errors import SettingsError

RATE = 1000


def noise(count: int, seed: int = 0, channels: int | None = None) -> np.ndarray:
    shape = count if channels is None else (channels, count)
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def all_heard(sound: np.ndarray, response: np.ndarray) -> np.ndarray:
    return np.stack([fftconvolve(sound.astype(np.float64), ear) for ear in response.astype(np.float64)])


def test_one_second_is_convolved_in_full_and_cut_to_a_second() -> None:
    sound, response = noise(RATE), noise(700, 1, 2)
    heard = heard_second(sound, response, RATE)
    assert heard.shape == (2, RATE) and heard.dtype == np.float32
    np.testing.assert_allclose(heard, all_heard(sound, response)[:, :RATE], atol=1e-4)
    assert not np.allclose(heard, fftconvolve(sound, response[0], mode="same"), atol=0.1)


def test_nothing_is_normalised() -> None:
    sound, response = noise(RATE), noise(50, 1, 2)
    np.testing.assert_allclose(
        heard_second(sound, 100.0 * response, RATE), 100.0 * heard_second(sound, response, RATE), rtol=1e-4, atol=1e-3
    )


@pytest.mark.parametrize("length", [1, 300, RATE - 1, RATE, RATE + 1, 2 * RATE, 2500])
def test_longer_sounds_go_on_with_the_reverberation_of_the_seconds_before(length: int) -> None:
    """Responses shorter and longer than what came before take two ways in SoundSpaces' code; the result is one."""
    sound, response = noise(4 * RATE), noise(length, 1, 2)
    whole = all_heard(sound, response)
    for second in range(4):
        heard = heard_second(sound, response, RATE, second)
        np.testing.assert_allclose(heard, whole[:, second * RATE : (second + 1) * RATE], atol=1e-3)


def test_the_sound_advances_with_each_step_and_begins_again_without_a_seam() -> None:
    sound, response = noise(3 * RATE + 400), noise(RATE, 1, 2)  # the last 400 samples are never heard
    goal = AudioGoal(sound, RATE)
    assert goal.seconds == 3
    heard = [goal.hear(response, step) for step in range(4)]
    for step in range(3):
        np.testing.assert_allclose(heard[step], heard_second(sound, response, RATE, step), atol=1e-4)
    np.testing.assert_array_equal(heard[3], heard[0])  # nothing rings on from the end
    goal.reset()
    np.testing.assert_array_equal(goal.hear(response, 0), heard[0])


def test_step_number_duration_still_sounds() -> None:
    goal, response = AudioGoal(noise(RATE), RATE, duration=2), noise(10, 1, 2)
    assert [bool(goal.hear(response, step).any()) for step in range(5)] == [True, True, True, False, False]


def test_a_pose_met_again_repeats_its_first_second_where_the_published_cache_is_asked_for() -> None:
    sound, response = noise(4 * RATE), noise(300, 1, 2)
    published, plain = AudioGoal(sound, RATE, repeats_poses=True), AudioGoal(sound, RATE)
    poses = ["a", "b", "a", "c"]
    seconds = {"published": [0, 1, 0, 2], "plain": [0, 1, 2, 3]}
    for step, pose in enumerate(poses):
        for name, goal in (("published", published), ("plain", plain)):
            expected = heard_second(sound, response, RATE, seconds[name][step])
            np.testing.assert_allclose(goal.hear(response, step, pose), expected, atol=1e-4)


def test_the_published_cache_sounds_on_after_the_end() -> None:
    goal, response = AudioGoal(noise(RATE), RATE, duration=1, repeats_poses=True), noise(10, 1, 2)
    assert goal.hear(response, 0, "a").any() and goal.hear(response, 5, "a").any()
    assert not goal.hear(response, 5, "b").any()
    goal.reset()
    assert not goal.hear(response, 5, "a").any()


def test_a_distractor_is_added_and_goes_on_when_the_goal_is_silent() -> None:
    sound, other, response, far = noise(RATE), noise(RATE, 2), noise(80, 1, 2), noise(90, 3, 2)
    goal = AudioGoal(sound, RATE, duration=0, distractor=other)
    added = heard_second(other, far, RATE)
    np.testing.assert_allclose(
        goal.hear(response, 0, distractor_response=far), heard_second(sound, response, RATE) + added, atol=1e-4
    )
    np.testing.assert_allclose(goal.hear(response, 1, distractor_response=far), added, atol=1e-5)


def test_a_distractor_switches_the_published_cache_off() -> None:
    sound, response = noise(3 * RATE), noise(80, 1, 2)
    goal = AudioGoal(sound, RATE, distractor=noise(RATE, 2), repeats_poses=True)
    first = goal.hear(response, 0, "a", np.zeros((2, 5), np.float32))
    assert not np.allclose(goal.hear(response, 1, "a", np.zeros((2, 5), np.float32)), first)


def test_a_sound_shorter_than_a_second_is_followed_by_silence() -> None:
    """SoundSpaces' code counts its whole seconds, none, and divides by that."""
    goal, response = AudioGoal(noise(RATE // 2), RATE), np.array([[1.0], [1.0]])
    for step in range(3):
        heard = goal.hear(response, step)
        assert heard[:, : RATE // 2].any() and not heard[:, RATE // 2 + 1 :].any()


def test_a_silent_response_is_silence() -> None:
    assert not heard_second(noise(RATE), np.zeros((2, RATE), np.float32), RATE).any()


def test_sounds_that_are_none() -> None:
    for sound in (noise(10, 0, 2), np.zeros(0), np.array([np.nan])):
        with pytest.raises(SettingsError, match="one channel"):
            AudioGoal(sound, RATE)
    with pytest.raises(SettingsError, match="duration -1"):
        AudioGoal(noise(10), RATE, duration=-1)


def test_spectrograms_have_the_shapes_and_values_of_the_published_sensor() -> None:
    assert spectrogram(np.ones((2, 44100))).shape == (65, 69, 2)
    assert spectrogram(np.ones((2, 16000))).shape == (65, 26, 2)
    audio = noise(16000, 4, 2)
    ours = spectrogram(audio)
    # By hand: the value of a block inside, and of the last one, three quarters of which are zeros beyond the edge.
    for ear in range(2):
        frame_values = np.array([frame_magnitudes(audio[ear], frame) for frame in range(101)]).T
        inside = np.log1p(frame_values[4:8, 8:12].mean())
        assert ours[1, 2, ear] == pytest.approx(inside, rel=1e-4)
        corner = np.log1p(frame_values[256, 100] / 16.0)
        assert ours[64, 25, ear] == pytest.approx(corner, rel=1e-3)


def frame_magnitudes(sound: np.ndarray, frame: int) -> np.ndarray:
    """Magnitudes (257,) of one frame: a periodic Hann window of 400 in the middle of 512, the ends mirrored."""
    padded = np.pad(sound.astype(np.float64), 256, mode="reflect")
    window = np.zeros(512)
    window[56:456] = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(400) / 400)
    return np.abs(np.fft.rfft(padded[160 * frame : 160 * frame + 512] * window))
