"""Room metrics of synthetic decays with known answers (accuracy test 26)."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.audio.octave_filters import split_into_octaves
from echoenv.audio.room_metrics import decay_curve, interaural_correlation, metrics_of_energy, metrics_of_response
from echoenv.errors import SettingsError

RATE = 44100


def exponential(t60: float, seconds: float, bin_width: float) -> np.ndarray:
    """Energy per bin of an exponential decay, integrated over each bin."""
    edges = np.arange(round(seconds / bin_width) + 1) * bin_width
    return -np.diff(10.0 ** (-6.0 * edges / t60))


@pytest.mark.parametrize("t60", [0.2, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("bin_width", [1.0 / RATE, 0.004])
def test_exponential_decay(t60: float, bin_width: float) -> None:
    metrics = metrics_of_energy(exponential(t60, 1.1 * t60, bin_width), bin_width)
    for time in (metrics.edt, metrics.t20, metrics.t30):
        assert float(time) == pytest.approx(t60, rel=0.005)
    rate = 6.0 * np.log(10.0)
    assert float(metrics.c80) == pytest.approx(10 * np.log10(np.exp(rate * 0.08 / t60) - 1), abs=0.05)
    assert float(metrics.c50) == pytest.approx(10 * np.log10(np.exp(rate * 0.05 / t60) - 1), abs=0.05)
    assert float(metrics.d50) == pytest.approx(1 - np.exp(-rate * 0.05 / t60), abs=1e-3)
    assert float(metrics.centre_time) == pytest.approx(t60 / rate, rel=0.01)


@pytest.mark.parametrize("floor", [-45.0, -55.0, -70.0])
def test_noise_floor_does_not_lengthen_the_decay(floor: float) -> None:
    t60 = 0.8
    energy = exponential(t60, 2.0, 1e-3)
    noise = 10.0 ** (floor / 10.0) * energy[0] * np.random.default_rng(0).chisquare(40, len(energy)) / 40
    metrics = metrics_of_energy(energy + noise, 1e-3)
    assert float(metrics.t20) == pytest.approx(t60, rel=0.01)
    assert float(metrics.t30) == pytest.approx(t60, rel=0.02)
    assert float(metrics.edt) == pytest.approx(t60, rel=0.01)


def test_a_cut_tail_is_put_back() -> None:
    metrics = metrics_of_energy(exponential(1.0, 0.65, 1e-3), 1e-3)
    assert float(metrics.t30) == pytest.approx(1.0, rel=0.005)


def test_a_decay_that_is_too_short_has_no_reverberation_time() -> None:
    energy = np.zeros(100)
    energy[0] = 1.0
    metrics = metrics_of_energy(energy, 1e-3)
    assert np.isnan(metrics.t30)
    assert float(metrics.d50) == 1.0
    assert np.isnan(metrics_of_energy(np.zeros(10), 1e-3).c50)


def test_direct_to_reverberant_ratio_of_a_pulse_and_a_tail() -> None:
    tail = 0.25 * exponential(0.6, 0.8, 1.0 / RATE)
    energy = np.concatenate([np.zeros(500), [1.0], np.zeros(400), tail])
    metrics = metrics_of_response(np.sqrt(energy), RATE, octaves=False)
    assert float(metrics.drr) == pytest.approx(10 * np.log10(1.0 / 0.25), abs=0.01)
    known = metrics_of_energy(np.concatenate([[1.2], np.full(9, 0.1)]), 0.01, direct=1.0)
    assert float(known.drr) == pytest.approx(10 * np.log10(1.0 / 1.1), abs=0.01)


def test_bands_of_a_waveform_have_their_own_decays() -> None:
    rng = np.random.default_rng(3)
    time = np.arange(2 * RATE) / RATE
    bands = split_into_octaves(rng.normal(size=len(time)), RATE)
    expected = np.array([1.6, 1.5, 1.3, 1.1, 0.9, 0.7, 0.5, 0.3])
    response = (bands * 10.0 ** (-3.0 * time / expected[:, None])).sum(axis=0)
    metrics = metrics_of_response(response[None], RATE)
    assert metrics.t30.shape == (1, 8)
    np.testing.assert_allclose(metrics.t30[0, 3:], expected[3:], rtol=0.08)


def test_interaural_correlation_finds_a_delay() -> None:
    noise = np.random.default_rng(0).normal(size=8000)
    assert interaural_correlation(noise, noise, RATE) == (pytest.approx(1.0), 0.0)
    later = np.concatenate([np.zeros(22), noise[:-22]])
    coefficient, lag = interaural_correlation(noise, later, RATE)
    assert coefficient == pytest.approx(1.0, abs=0.01)
    assert lag == pytest.approx(0.0005, abs=1e-5)
    assert interaural_correlation(noise, np.random.default_rng(1).normal(size=8000), RATE)[0] < 0.1
    assert np.isnan(interaural_correlation(np.zeros(9), np.zeros(9), RATE)[0])


def test_decay_curve_falls_evenly_and_bad_energy_is_refused() -> None:
    curve = decay_curve(exponential(1.0, 1.2, 1e-3), 1e-3)
    np.testing.assert_allclose(curve[[0, 100, 500]], [0.0, -6.0, -30.0], atol=0.05)
    with pytest.raises(SettingsError, match="at least one bin"):
        metrics_of_energy(np.zeros(0), 1e-3)
    with pytest.raises(SettingsError, match="not negative"):
        metrics_of_energy(np.array([1.0, -1.0]), 1e-3)
