"""The octave filters add up to one, have no phase, and carry noise of the right energy."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.audio.noise import noise_carriers
from echoenv.audio.octave_filters import RINGING, band_weights, octave_responses, split_into_octaves
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES


def test_responses_add_up_to_one_at_every_frequency() -> None:
    frequencies = np.concatenate([[0.0], np.geomspace(0.01, 96000.0, 5000)])
    weights = band_weights(frequencies)
    np.testing.assert_allclose(weights.sum(axis=0), 1.0, atol=1e-15)
    assert weights.min() >= 0.0


def test_each_band_has_one_at_its_centre_and_half_at_the_crossover() -> None:
    np.testing.assert_allclose(band_weights(EXACT_OCTAVE_CENTRES), np.eye(8), atol=1e-12)
    crossovers = EXACT_OCTAVE_CENTRES[:-1] * 10.0**0.15
    np.testing.assert_allclose(np.diag(band_weights(crossovers)), 0.5, atol=1e-12)


def test_bands_of_a_sound_add_up_to_the_sound_and_are_not_delayed() -> None:
    sound = np.random.default_rng(0).normal(size=(2, 4000))
    bands = split_into_octaves(sound, 44100)
    assert bands.shape == (2, 8, 4000)
    np.testing.assert_allclose(bands.sum(axis=1), sound, atol=1e-10)
    click = np.zeros(8001)
    click[4000] = 1.0
    pulses = split_into_octaves(click, 44100)
    np.testing.assert_allclose(pulses, pulses[:, ::-1], atol=1e-10)
    assert np.all(pulses.argmax(axis=1) == 4000)


def test_ringing_has_decayed_where_it_is_said_to() -> None:
    click = np.zeros(20001)
    click[10000] = 1.0
    lowest = split_into_octaves(click, 44100)[0]
    late = np.abs(np.arange(20001) - 10000) > RINGING * 44100
    assert np.abs(lowest[late]).max() < 2e-3 * lowest.max()


def test_remembered_responses_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        octave_responses(64, 44100)[0, 0] = 2.0


def test_noise_is_white_with_variance_one_and_independent_between_carriers() -> None:
    carriers = noise_carriers(32, 20000, 44100, np.random.default_rng(5))
    signals = np.array([carrier.sum(axis=0) for carrier in carriers])
    assert signals.var() == pytest.approx(1.0, abs=0.01)
    correlation = np.corrcoef(signals)
    off_diagonal = correlation[~np.eye(32, dtype=bool)]
    assert off_diagonal.std() == pytest.approx(1.0 / np.sqrt(20000), rel=0.2)
    power = np.abs(np.fft.rfft(signals)) ** 2 / 20000
    spectrum = power.mean(axis=0)[1:].reshape(100, 100).mean(axis=1)
    np.testing.assert_allclose(spectrum, 1.0, atol=0.08)


def test_noise_follows_from_its_seed_alone() -> None:
    first, again, other = (noise_carriers(4, 500, 44100, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(a.tobytes() == b.tobytes() for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
