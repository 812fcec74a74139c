"""SoundSpaces 2.0's rules for sound at each step, with their seams."""

from __future__ import annotations

import numpy as np
import pytest

import echoenv
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import SettingsError
from echoenv.simulators import continuous_soundspaces as rules
from tests.rooms import box_room

RATE, STEP = 16000, 4000


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(3)


def looped(sound: np.ndarray, response: np.ndarray, rounds: int) -> np.ndarray:
    """The sound played over and over, heard through a response: what physics has."""
    played = np.tile(sound, rounds)
    return np.stack([np.convolve(played, channel)[: len(played)] for channel in response])


def test_a_step_continues_the_reverberation_of_what_was_played(random: np.random.Generator) -> None:
    sound, response = random.normal(size=30000).astype(np.float32), random.normal(size=(2, 2500)).astype(np.float32)
    whole = looped(sound, response, 1)
    for index in (0, 1234, 2500, 20000):
        heard = rules.heard_in_step(sound, response, index, STEP)
        np.testing.assert_allclose(heard, whole[:, index : index + STEP], atol=2e-3)


def test_the_end_of_a_sound_goes_over_into_its_beginning(random: np.random.Generator) -> None:
    sound, response = random.normal(size=30000).astype(np.float32), random.normal(size=(2, 2500)).astype(np.float32)
    heard = rules.heard_in_step(sound, response, 28000, STEP)
    np.testing.assert_allclose(heard, looped(sound, response, 2)[:, 28000 : 28000 + STEP], atol=2e-3)


def test_reverberation_breaks_off_after_the_seam_as_in_soundspaces(random: np.random.Generator) -> None:
    sound, response = random.normal(size=30000).astype(np.float32), random.normal(size=(2, 2500)).astype(np.float32)
    heard = rules.heard_in_step(sound, response, 1000, STEP)  # in whichever round
    physics = looped(sound, response, 2)[:, 31000 : 31000 + STEP]
    assert not np.allclose(heard[:, :1400], physics[:, :1400], atol=0.1)  # the last round's tail is missing
    np.testing.assert_allclose(heard[:, 1600:], physics[:, 1600:], atol=2e-3)


def test_a_fade_starts_with_the_old_and_ends_with_the_new() -> None:
    before, after = np.full((2, STEP), 1.0, np.float32), np.full((2, STEP), 3.0, np.float32)
    faded = rules.crossfaded(before, after, 800)
    assert faded[0, 0] == 1.0 and faded[0, 400] == 2.0 and faded[0, 800] == 3.0
    assert (np.diff(faded[1]) >= 0.0).all() and rules.crossfaded(before, after, 0) is after


def test_a_sound_of_one_second_is_played_three_times() -> None:
    assert len(rules.prepared_sound(np.ones(RATE + 10), RATE)) == 3 * (RATE + 10)
    assert len(rules.prepared_sound(np.ones(2 * RATE), RATE)) == 2 * RATE
    with pytest.raises(SettingsError, match="at least a second"):
        rules.prepared_sound(np.ones(RATE - 1), RATE)


def test_presets_are_those_of_the_navigation_configuration() -> None:
    rlr = rules.continuous_settings("rlr")
    assert rlr["acoustics"] == RlrSettings.soundspaces() and rlr["sample_rate"] == 16000
    assert rlr["acoustics"].indirect_ray_count == 500 and rlr["acoustics"].temporal_coherence
    assert rules.continuous_settings()["motion"].turn == 10.0
    with pytest.raises(SettingsError, match="rlr"):
        rules.continuous_settings("rlrr")


def test_an_agent_hears_a_telephone_come_nearer() -> None:
    settings = rules.continuous_settings("echoenv") | {"propagation": echoenv.PropagationSettings(rays=300)}
    with echoenv.Simulator(box_room(absorption=0.5), threads=1, **settings) as simulator:
        simulator.set_agent_state([6.0, 0.0, 3.0], 90.0)
        ring = np.sin(2.0 * np.pi * 440.0 * np.arange(RATE) / RATE).astype(np.float32)
        short = rules.ContinuousRules(response_duration=0.3)
        sound = rules.ContinuousSound(simulator, ring, [1.0, 0.0, 3.0], short)
        levels = []
        for _ in range(14):
            heard = sound.hear()
            assert heard.shape == (2, STEP) and heard.dtype == np.float32
            levels.append(float(np.sqrt(np.mean(heard**2))))
            simulator.step("move_forward")
        assert levels[-1] > 1.5 * levels[1]
        with pytest.raises(SettingsError, match="outside the sound"):
            rules.ContinuousSound(simulator, ring, [1.0, 0.0, 3.0], start=3 * RATE)
