"""Arrays of microphones: exact delays and levels, directivities, coherence in a diffuse field (accuracy test 21)."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation
from echoenv.acoustics.propagation.arrival_directions import arrival_directions
from echoenv.acoustics.receivers.hrtf import Mono
from echoenv.acoustics.receivers.microphone_array import MicrophoneArray
from echoenv.acoustics.rendering import render
from echoenv.errors import PoseError, SettingsError
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES
from echoenv.scene.pose import heading_to_matrix

RATE, SPEED = 44100, 343.2
AHEAD = np.array([0.0, 0.0, -1.0])
FACING = np.eye(3)[None]
SQUARE = np.array([[0.1, 0.0, 0.0], [-0.1, 0.0, 0.0], [0.0, 0.07, 0.0], [0.0, 0.0, -0.2]])


def from_point(direction, distance: float, level: float = 1.0) -> Propagation:
    silent = EnergyResponse(np.zeros((1, 10, 8)), AHEAD[None], 0.01)
    unit = np.asarray(direction, float) / np.linalg.norm(direction)
    arrival = Arrivals(np.array([distance / SPEED]), unit[None], np.full((1, 8), level), np.zeros(1, np.int32))
    return Propagation(np.zeros(3), np.zeros(3), arrival, silent, 0.0, 0, 1.0, SPEED)


def diffuse(seconds: float, level: float = 1e-3) -> Propagation:
    energy = EnergyResponse(np.full((42, round(seconds / 0.002), 8), level), arrival_directions(), 0.002)
    empty = Arrivals(np.zeros(0), np.zeros((0, 3)), np.zeros((0, 8)), np.zeros(0, np.int32))
    return Propagation(np.zeros(3), np.zeros(3), empty, energy, 0.0, 0, seconds, SPEED)


def delay_and_level(samples: np.ndarray) -> tuple[float, float]:
    """Delay [samples] and amplitude of a single pulse, from its spectrum up to 0.8 of the Nyquist frequency."""
    spectrum = np.fft.rfft(samples.astype(np.float64))
    used = slice(20, int(0.8 * len(spectrum)))
    slope = np.polyfit(np.arange(len(spectrum))[used], np.unwrap(np.angle(spectrum[used])), 1)[0]
    return -slope * len(samples) / (2.0 * np.pi) % len(samples), float(np.abs(spectrum[used]).mean())


@pytest.mark.parametrize("distance", [0.5, 1.0, 20.0])
def test_every_microphone_hears_a_point_source_at_its_own_distance(distance: float) -> None:
    """Delay to 0.05 sample and level to 0.02 dB of the way from the source to that microphone."""
    array = MicrophoneArray(SQUARE, speed_of_sound=SPEED)
    for direction in fibonacci_sphere(5):
        response = render(from_point(direction, distance, 1.0 / distance), FACING, array, duration=0.1)[0]
        for samples, place in zip(response, SQUARE, strict=True):
            way = np.linalg.norm(distance * direction - place)
            delay, level = delay_and_level(samples)
            assert delay == pytest.approx(way / SPEED * RATE, abs=0.05)
            assert 20 * np.log10(level * way) == pytest.approx(0.0, abs=0.02)


def test_without_distances_waves_are_plane() -> None:
    array = MicrophoneArray(SQUARE, speed_of_sound=SPEED)
    direction = fibonacci_sphere(5)[3]
    filters, starts = array.filters(direction[None], np.array([500.0]))
    for pulse, start, place in zip(filters[0], starts[0], SQUARE, strict=True):
        placed = np.zeros(1024)
        placed[start : start + len(pulse)] = pulse
        delay, level = delay_and_level(placed)
        assert delay == pytest.approx(500.0 - place @ direction / SPEED * RATE, abs=0.05)
        assert level == pytest.approx(1.0, abs=0.001)


def test_one_microphone_in_the_middle_is_mono() -> None:
    array = MicrophoneArray(np.zeros((1, 3)))
    sound = from_point([0.3, 0.2, -1.0], 3.0)
    assert np.array_equal(render(sound, FACING, array, duration=0.05), render(sound, FACING, Mono(), duration=0.05))


def test_turning_the_array_is_turning_its_microphones() -> None:
    turn = heading_to_matrix(40.0)
    sound = from_point([0.3, 0.2, -1.0], 1.5)
    turned = render(sound, turn[None], MicrophoneArray(SQUARE), duration=0.05)
    placed = render(sound, FACING, MicrophoneArray(SQUARE @ turn.T), duration=0.05)
    np.testing.assert_allclose(turned, placed, atol=1e-5)


def test_a_large_array_hears_early_and_late() -> None:
    """Microphones 10 m to either side: a source at the left one is heard there at once, 20 m later at the other."""
    array = MicrophoneArray([[-10.0, 0.0, 0.0], [10.0, 0.0, 0.0]], speed_of_sound=SPEED)
    response = render(from_point([-1.0, 0.0, 0.0], 10.5, 1.0 / 10.5), FACING, array, duration=0.1)[0]
    for samples, way in zip(response, (0.5, 20.5), strict=True):
        assert delay_and_level(samples)[0] == pytest.approx(way / SPEED * RATE, abs=0.05)
        assert delay_and_level(samples)[1] == pytest.approx(1.0 / way, rel=0.003)


def test_microphones_have_their_directivities_and_directions() -> None:
    turns = heading_to_matrix([0.0, 90.0, 180.0])
    array = MicrophoneArray(np.zeros((3, 3)), ["cardioid", "cardioid", "figure_of_eight"], turns)
    levels = render(from_point([-1.0, 0.0, 0.0], 2.0), FACING, array, duration=0.05)[0].sum(axis=1)
    np.testing.assert_allclose(levels, [0.5, 1.0, 0.0], atol=1e-3)
    ahead = render(from_point(AHEAD, 2.0), FACING, array, duration=0.05)[0].sum(axis=1)
    np.testing.assert_allclose(ahead, [1.0, 0.5, -1.0], atol=1e-3)


def test_directivities_that_differ_between_bands_are_heard_in_each_band() -> None:
    head = Directivity.talking_head()
    array = MicrophoneArray(np.zeros((2, 3)), head, heading_to_matrix([0.0, 120.0]))
    response = render(from_point(AHEAD, 60.0), FACING, array, duration=0.5)[0].astype(np.float64)
    times = np.arange(response.shape[1]) / RATE
    found = np.abs(response @ np.exp(-2j * np.pi * times[:, None] * EXACT_OCTAVE_CENTRES))
    expected = head.gains([AHEAD, heading_to_matrix(120.0).T @ AHEAD])
    np.testing.assert_allclose(20 * np.log10(found / expected), 0.0, atol=0.05)


def test_diffuse_sound_is_as_loud_as_a_microphones_directivity_lets_it() -> None:
    patterns = [Directivity.omni(), Directivity.cardioid_family(), Directivity.talking_head()]
    array = MicrophoneArray(np.zeros((3, 3)), patterns)
    response = render(diffuse(4.0), FACING, array, duration=4.0)[0][:, 4000:-8000].astype(np.float64)
    power = np.abs(np.fft.rfft(response)) ** 2
    frequency = np.fft.rfftfreq(response.shape[1], 1 / RATE)
    for band in (3, 5, 7):
        inside = np.abs(np.log2(frequency[1:] / EXACT_OCTAVE_CENTRES[band])) < 0.1
        ratio = power[1:, 1:][:, inside].sum(axis=1) / power[0, 1:][inside].sum()
        expected = [pattern.power()[band] for pattern in patterns[1:]]
        np.testing.assert_allclose(10 * np.log10(ratio / expected), 0.0, atol=0.5)


def coherence(first: np.ndarray, second: np.ndarray, length: int = 512) -> np.ndarray:
    """Real part of the coherence over frequency, by averaging over windows."""
    window = np.hanning(length)
    a, b = (
        np.fft.rfft(np.lib.stride_tricks.sliding_window_view(x.astype(float), length)[:: length // 2] * window)
        for x in (first, second)
    )
    powers = (np.abs(a) ** 2).mean(axis=0) * (np.abs(b) ** 2).mean(axis=0)
    return np.real((a * np.conj(b)).mean(axis=0)) / np.sqrt(powers)


@pytest.mark.parametrize("spacing", [0.05, 0.1, 0.17, 0.34, 1.0])
def test_spaced_microphones_have_the_coherence_of_a_diffuse_field(spacing: float) -> None:
    """sin(kd) / kd to 0.05 rms from 100 Hz to 16 kHz, in every direction of the pair."""
    axes = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.6, 0.0, 0.8]])
    array = MicrophoneArray(np.concatenate([-0.5 * spacing * axes, 0.5 * spacing * axes]), speed_of_sound=SPEED)
    response = render(diffuse(6.0), FACING, array, duration=6.0)[0][:, 6000:-4000]
    frequency = np.fft.rfftfreq(512, 1 / RATE)
    used = (frequency > 100.0) & (frequency < 16000.0)
    expected = np.sinc(2.0 * frequency * spacing / SPEED)
    for pair in range(3):
        error = coherence(response[pair], response[pair + 3]) - expected
        assert np.sqrt(np.mean(error[used] ** 2)) < 0.05


def test_a_reverberant_tail_has_it_too() -> None:
    """Over many seeds of a decay of half a second, weighted by what is heard."""
    room = diffuse(0.5)
    room.diffuse.energy[:] *= np.exp(-13.8 * np.arange(250) * 0.002 / 0.5)[:, None]
    array = MicrophoneArray([[-0.085, 0.0, 0.0], [0.085, 0.0, 0.0]], speed_of_sound=SPEED)
    tails = [render(room, FACING, array, duration=0.5, seed=seed)[0][:, 400:18000] for seed in range(25)]
    rising = np.exp(6.9 * np.arange(17600) / RATE / 0.5)
    left, right = np.concatenate([tail * rising for tail in tails], axis=1)
    frequency = np.fft.rfftfreq(512, 1 / RATE)
    used = (frequency > 100.0) & (frequency < 16000.0)
    error = coherence(left, right) - np.sinc(2.0 * frequency * 0.17 / SPEED)
    assert np.sqrt(np.mean(error[used] ** 2)) < 0.05


def test_wrong_arrays_say_what_is_allowed() -> None:
    for positions in (np.zeros(3), np.zeros((0, 3)), [[np.nan, 0.0, 0.0]], "here"):
        with pytest.raises(PoseError, match="finite positions in metres"):
            MicrophoneArray(positions)  # type: ignore[arg-type]
    with pytest.raises(PoseError, match="two arrays"):
        MicrophoneArray([[30.0, 0.0, 0.0]])
    with pytest.raises(PoseError, match=r"\(2, 3, 3\)"):
        MicrophoneArray(np.zeros((2, 3)), rotations=np.eye(3))
    with pytest.raises(SettingsError, match="3 directivities for 2 microphones"):
        MicrophoneArray(np.zeros((2, 3)), ["omni"] * 3)
    with pytest.raises(SettingsError, match="did you mean cardioid"):
        MicrophoneArray(np.zeros((2, 3)), "cardoid")
    with pytest.raises(SettingsError, match="must be positive"):
        MicrophoneArray(np.zeros((2, 3)), speed_of_sound=0.0)


def test_a_source_in_a_microphone_is_finite_and_loud() -> None:
    array = MicrophoneArray([[0.0, 0.0, -1.0], [0.0, 0.0, 1.0]], "cardioid")
    levels = np.abs(render(from_point(AHEAD, 1.0), FACING, array, duration=0.05)[0]).sum(axis=1)
    assert np.isfinite(levels).all()
    assert levels[0] > 50.0 * levels[1]
