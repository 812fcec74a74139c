"""The chirp against the real VisualEchoes sweep, and echoes as convolutions."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.audio.chirps import chirp, convolve, echo_of
from echoenv.audio.sound_files import read_sound
from echoenv.errors import SettingsError
from tests.conftest import shared_data


def test_chirp_matches_the_real_sweep() -> None:
    real, rate = read_sound(shared_data("3ms_sweep.wav"))
    ours = chirp(sample_rate=rate)
    assert ours.shape == (132,)
    np.testing.assert_allclose(ours, real[0, :132] / 0.5, atol=0.02)


def test_chirp_spans_its_frequencies_evenly() -> None:
    sweep = chirp(0.1, 1000.0, 5000.0)
    phase = np.unwrap(np.angle(np.fft.ifft(np.fft.fft(sweep) * (np.fft.fftfreq(len(sweep)) > 0))))
    frequency = np.diff(phase) * 44100 / (2 * np.pi)
    thirds = frequency[len(frequency) // 4], frequency[len(frequency) // 2], frequency[3 * len(frequency) // 4]
    np.testing.assert_allclose(thirds, [2000.0, 3000.0, 4000.0], rtol=0.02)


def test_impossible_chirps_say_what_is_allowed() -> None:
    with pytest.raises(SettingsError, match="22050 Hz"):
        chirp(high=30000.0)
    with pytest.raises(SettingsError, match="no sample"):
        chirp(duration=0.0)


def test_echo_is_the_first_60_ms_of_the_convolution() -> None:
    rng = np.random.default_rng(1)
    responses = rng.normal(size=(4, 2, 5000)).astype(np.float32)
    echo = echo_of(responses)
    assert echo.shape == (4, 2, 2646)
    np.testing.assert_allclose(echo[3, 1], np.convolve(responses[3, 1], chirp())[:2646], atol=2e-4)


def test_echo_of_a_short_response_ends_in_silence() -> None:
    response = np.zeros((1, 100), np.float32)
    response[0, 10] = 2.0
    echo = echo_of(response)
    assert echo.shape == (1, 2646)
    np.testing.assert_allclose(echo[0, 10:142], 2.0 * chirp(), atol=1e-5)
    assert np.abs(echo[0, 231:]).max() < 1e-6


def test_convolution_does_not_wrap_round() -> None:
    result = convolve(np.array([0.0, 0.0, 1.0]), np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(result, [0, 0, 1, 2, 3], atol=1e-6)
