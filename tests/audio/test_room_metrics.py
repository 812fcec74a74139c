"""Room metrics of synthetic decays with known answers (accuracy test 26)."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.audio.octave_filters import split_into_octaves
from echoenv.audio.room_metrics import decay_curve, decay_line, metrics_of_energy, metrics_of_response
from echoenv.errors import SettingsError

RATE = 44100
RATE_OF_DECAY = 6.0 * np.log(10.0)


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


def test_decay_curve_falls_evenly_and_bad_energy_is_refused() -> None:
    curve = decay_curve(exponential(1.0, 1.2, 1e-3), 1e-3)
    np.testing.assert_allclose(curve[[0, 100, 500]], [0.0, -6.0, -30.0], atol=0.05)
    with pytest.raises(SettingsError, match="at least one bin"):
        metrics_of_energy(np.zeros(0), 1e-3)
    with pytest.raises(SettingsError, match="not negative"):
        metrics_of_energy(np.array([1.0, -1.0]), 1e-3)


def test_both_slopes_of_coupled_rooms_are_told_by_the_curvature() -> None:
    edges = np.arange(4001) * 1e-3
    curve = 10.0 ** (-6.0 * edges / 0.4) + 0.01 * 10.0 ** (-6.0 * edges / 2.0)
    metrics = metrics_of_energy(-np.diff(curve), 1e-3)
    levels = 10.0 * np.log10(curve / curve[0])
    times = {}
    for name, low in (("t20", -25.0), ("t30", -35.0)):
        used = (levels <= -5.0) & (levels >= low)
        times[name] = -60.0 / np.polyfit(edges[used], levels[used], 1)[0]
        assert float(getattr(metrics, name)) == pytest.approx(times[name], rel=0.01)
    assert float(metrics.curvature) == pytest.approx(100.0 * (times["t30"] / times["t20"] - 1.0), rel=0.05)
    assert float(metrics.curvature) > 10.0 and float(metrics.nonlinearity) > 10.0
    assert float(metrics.edt) < float(metrics.t20) < float(metrics.t30)
    straight = metrics_of_energy(exponential(0.8, 1.0, 1e-3), 1e-3)
    assert abs(float(straight.curvature)) < 0.1 and float(straight.nonlinearity) < 0.1


@pytest.mark.parametrize(("seconds", "known"), [(0.2, ("edt",)), (0.5, ("edt", "t20")), (0.7, ("edt", "t20", "t30"))])
def test_a_time_is_told_only_where_the_decay_reaches_the_end_of_its_range(
    seconds: float, known: tuple[str, ...]
) -> None:
    metrics = metrics_of_energy(exponential(1.0, seconds, 1e-3), 1e-3)
    for name in ("edt", "t20", "t30"):
        time = float(getattr(metrics, name))
        assert time == pytest.approx(1.0, rel=0.01) if name in known else np.isnan(time)
    assert float(metrics.decay_range) == pytest.approx(60.0 * seconds, abs=1.0)


def test_noise_limits_the_range_and_what_it_hides_is_not_told() -> None:
    energy = exponential(1.0, 2.0, 1e-3)
    metrics = metrics_of_energy(energy + 10.0**-2.8 * energy[0], 1e-3)
    assert float(metrics.t20) == pytest.approx(1.0, rel=0.01)
    assert np.isnan(metrics.t30) and np.isnan(metrics.curvature)
    assert float(metrics.decay_range) == pytest.approx(28.0, abs=1.5)


def test_a_short_decay_in_a_long_noisy_response_is_found() -> None:
    energy = exponential(0.12, 12.0, 1e-3)
    metrics = metrics_of_energy(energy + 1e-5 * energy[0], 1e-3)
    assert float(metrics.t30) == pytest.approx(0.12, rel=0.01)


def test_a_decay_that_breaks_off_into_zeros_counts_as_cut() -> None:
    cut = np.concatenate([exponential(1.0, 0.65, 1e-3), np.zeros(800)])
    assert float(metrics_of_energy(cut, 1e-3).t30) == pytest.approx(1.0, rel=0.005)
    assert np.isnan(metrics_of_energy(cut[200:], 1e-3, 0.0).t30)
    whole = np.concatenate([exponential(0.5, 0.7, 1e-3), np.zeros(200)])
    assert np.isinf(metrics_of_energy(whole, 1e-3).decay_range)


def test_steady_noise_and_a_single_pulse_have_no_reverberation_time() -> None:
    noise = np.random.default_rng(0).normal(size=RATE)
    metrics = metrics_of_response(noise, RATE, octaves=False)
    assert np.isnan([metrics.t20, metrics.t30]).all()
    pulse = metrics_of_response(np.eye(1, 4000, 50)[0], RATE, octaves=False)
    assert np.isnan([pulse.edt, pulse.t30]).all() and np.isposinf(pulse.c50) and float(pulse.d50) == 1.0


def test_silence_and_one_sample_give_nan_and_bad_samples_an_error() -> None:
    for silence in (np.zeros((2, 500)), np.zeros((2, 1))):
        metrics = metrics_of_response(silence, RATE)
        assert metrics.t30.shape == (2, 8) and all(np.isnan(values).all() for values in vars(metrics).values())
    one = metrics_of_response(np.ones((1, 1)), RATE)
    assert np.isnan(one.t30).all() and (one.d50 == 1.0).all()
    for bad, rate in ((np.full(9, np.nan), RATE), (np.zeros(0), RATE), (np.ones(9), 0)):
        with pytest.raises(SettingsError, match="finite samples and a positive rate"):
            metrics_of_response(bad, rate)
    with pytest.raises(SettingsError, match="must be positive"):
        metrics_of_energy(np.ones(9), -1e-3)


def test_strength_of_a_free_field_is_zero_at_ten_metres_and_falls_by_the_law_of_distance() -> None:
    response = np.zeros((3, RATE // 4))
    response[:, 2100] = 1.0 / np.array([10.0, 1.0, 20.0])
    np.testing.assert_allclose(
        metrics_of_response(response, RATE, octaves=False).strength, [0.0, 20.0, -6.02], atol=0.01
    )
    bands = metrics_of_response(response, RATE).strength
    np.testing.assert_allclose(bands, np.array([0.0, 20.0, -6.02])[:, None] + np.zeros(8), atol=0.05)
    assert float(metrics_of_energy(np.array([0.01]), 1e-3).strength) == pytest.approx(0.0)


def test_a_room_with_a_known_diffuse_field_has_the_strength_of_theory() -> None:
    volume, t60, speed = 200.0, 1.2, 343.2
    bin_width = 1e-3
    density = 4.0 * np.pi * speed / volume * t60 / RATE_OF_DECAY  # (P3), summed over an exponential decay
    metrics = metrics_of_energy(density * exponential(t60, 2.0, bin_width), bin_width)
    assert float(metrics.strength) == pytest.approx(10.0 * np.log10(t60 / volume) + 45.0, abs=0.1)


def test_the_line_that_is_drawn_has_the_slope_of_t30() -> None:
    energy = exponential(0.75, 1.0, 1e-3)
    slope, level = decay_line(energy, 1e-3)
    assert -60.0 / slope == pytest.approx(float(metrics_of_energy(energy, 1e-3).t30))
    assert level == pytest.approx(0.0, abs=0.05)
    assert np.isnan(decay_line(np.zeros(9), 1e-3)).all()
