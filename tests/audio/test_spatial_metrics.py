"""What two microphones tell of a room: interaural correlation and lateral energy, on signals with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.audio.interaural import interaural_correlation, interaural_metrics
from echoenv.audio.lateral import lateral_metrics, lateral_microphones
from echoenv.errors import SettingsError

RATE = 44100


def noise(seed: int, count: int = 8000) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=count)


def delayed(signal: np.ndarray, seconds: float) -> np.ndarray:
    """The signal later by any time, by its spectrum; it must be silent at its end."""
    spectrum = np.fft.rfft(signal, 2 * len(signal))
    turns = np.fft.rfftfreq(2 * len(signal), 1.0 / RATE) * seconds
    return np.fft.irfft(spectrum * np.exp(-2j * np.pi * turns))[: len(signal)]


def test_identical_ears_correlate_fully_without_delay() -> None:
    assert interaural_correlation(noise(0), noise(0), RATE) == (pytest.approx(1.0), 0.0)
    metrics = interaural_metrics(noise(0), noise(0), RATE)
    for values in (metrics.whole, metrics.early, metrics.late):
        np.testing.assert_allclose(values, 1.0, atol=1e-9)
    np.testing.assert_array_equal(metrics.delay, 0.0)


@pytest.mark.parametrize("delay", [0.0005, -0.0005, 0.0002871])
def test_a_delay_between_the_ears_is_found_to_an_eighth_of_a_sample(delay: float) -> None:
    sound = np.concatenate([np.zeros(200), noise(1), np.zeros(4000)])
    sound = np.fft.irfft(np.fft.rfft(sound) * (np.fft.rfftfreq(len(sound), 1.0 / RATE) < 18000.0))
    coefficient, found = interaural_correlation(sound, delayed(sound, delay), RATE)
    assert found == pytest.approx(delay, abs=0.07 / RATE)
    assert coefficient == pytest.approx(1.0, abs=0.01)


def test_the_sign_of_one_ear_does_not_matter_and_independent_ears_do_not_correlate() -> None:
    assert interaural_correlation(noise(0), -noise(0), RATE)[0] == pytest.approx(1.0)
    assert interaural_correlation(noise(0), noise(1), RATE)[0] < 0.1


def test_early_and_late_sound_are_told_apart() -> None:
    onset, split = 300, 300 + round(0.08 * RATE)
    left, right = noise(2, RATE), noise(3, RATE)
    right[:split] = left[:split]
    left[:onset] = right[:onset] = 0.0
    metrics = interaural_metrics(left, right, RATE, octaves=False)
    assert float(metrics.early) == pytest.approx(1.0)
    assert float(metrics.late) < 0.05 < float(metrics.whole) < 0.5
    bands = interaural_metrics(left, right, RATE)
    assert (bands.early[2:] > 0.95).all() and (bands.late[4:] < 0.3).all()


def test_mixed_noise_has_the_correlation_of_its_mixture() -> None:
    common, one, other = noise(4, RATE), noise(5, RATE), noise(6, RATE)
    metrics = interaural_metrics(common + 0.5 * one, common + 0.5 * other, RATE)
    np.testing.assert_allclose(metrics.whole[4:], 0.8, atol=0.04)


def test_silent_and_bad_ears() -> None:
    assert np.isnan(interaural_correlation(np.zeros(9), np.zeros(9), RATE)).all()
    silent = interaural_metrics(np.zeros(2000), np.zeros(2000), RATE)
    assert all(np.isnan(values).all() and values.shape == (8,) for values in vars(silent).values())
    one = interaural_metrics(np.ones(1), np.ones(1), RATE, octaves=False)
    assert float(one.whole) == pytest.approx(1.0) and np.isnan(one.late)
    for left, right in ((np.ones(3), np.ones(4)), (np.ones((2, 3)), np.ones((2, 3))), (np.zeros(0), np.zeros(0))):
        with pytest.raises(SettingsError, match="as many samples"):
            interaural_metrics(left, right, RATE)
    with pytest.raises(SettingsError, match="NaN or infinite"):
        interaural_correlation(np.full(3, np.nan), np.ones(3), RATE)


def ambisonic(waves: list[tuple[int, float, tuple[float, float, float]]], normalization: str) -> np.ndarray:
    """Channels (4, n) of pulses (sample, amplitude, direction on axes x ahead, y left, z up)."""
    gain = 3.0**0.5 if normalization == "N3D" else 1.0
    channels = np.zeros((4, RATE // 2))
    for sample, amplitude, (x, y, z) in waves:
        channels[:, sample] += amplitude * np.array([1.0, gain * y, gain * z, gain * x])
    return channels


@pytest.mark.parametrize("normalization", ["N3D", "SN3D"])
def test_lateral_fraction_of_one_side_reflection(normalization: str) -> None:
    after = round(0.02 * RATE)
    waves = [(100, 1.0, (1.0, 0.0, 0.0)), (100 + after, 0.5, (0.6, 0.8, 0.0)), (100 + 5 * after, 0.3, (0.0, 0.0, 1.0))]
    found = lateral_metrics(*lateral_microphones(ambisonic(waves, normalization), RATE, normalization), RATE, False)
    assert float(found.fraction) == pytest.approx(0.25 * 0.64 / 1.25)
    assert float(found.fraction_cosine) == pytest.approx(0.25 * 0.8 / 1.25)


def test_the_null_turns_to_the_source() -> None:
    waves = [(100, 1.0, (0.6, 0.8, 0.0)), (1200, 0.5, (0.8, -0.6, 0.0))]
    found = lateral_metrics(*lateral_microphones(ambisonic(waves, "N3D"), RATE), RATE, octaves=False)
    assert float(found.fraction) == pytest.approx(0.2)
    given = lateral_microphones(ambisonic(waves, "N3D"), RATE, towards_source=(0.8, -0.6, 0.0))
    assert float(lateral_metrics(*given, RATE, octaves=False).fraction) == pytest.approx(0.0)


def test_a_diffuse_field_has_a_third_of_its_energy_at_the_sides() -> None:
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(3000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    times = 100 + np.concatenate([[0], rng.integers(round(0.005 * RATE), round(0.5 * RATE) - 200, 2999)])
    directions[0] = (1.0, 0.0, 0.0)
    waves = [(int(t), float(a), tuple(d)) for t, a, d in zip(times, rng.normal(size=3000), directions, strict=True)]
    waves[0] = (100, 1e-3, (1.0, 0.0, 0.0))
    omni, side = lateral_microphones(ambisonic(waves, "N3D"), RATE, towards_source=(1.0, 0.0, 0.0))
    late = (side[5000:] ** 2).sum() / (omni[5000:] ** 2).sum()
    assert late == pytest.approx(1.0 / 3.0, abs=0.03)
    level = float(lateral_metrics(omni, side, RATE, octaves=False).late_level)
    assert level == pytest.approx(10.0 * np.log10((side[100 + round(0.08 * RATE) :] ** 2).sum()) + 20.0, abs=0.2)


def test_mistakes_with_lateral_microphones_are_named() -> None:
    with pytest.raises(SettingsError, match="four channels"):
        lateral_microphones(np.zeros((2, 9)), RATE)
    with pytest.raises(SettingsError, match="N3D"):
        lateral_microphones(np.zeros((4, 9)), RATE, "N3DD")
    with pytest.raises(SettingsError, match="no side"):
        lateral_microphones(np.zeros((4, 9)), RATE)
    with pytest.raises(SettingsError, match="as many finite samples"):
        lateral_metrics(np.ones(3), np.ones(4), RATE)
    silent = lateral_metrics(np.zeros(4000), np.zeros(4000), RATE)
    assert all(np.isnan(values).all() for values in vars(silent).values())
