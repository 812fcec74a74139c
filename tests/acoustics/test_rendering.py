"""From hand-made propagation to the ears (accuracy tests 1, 2, 11, 18, 19, 21, 23)."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.air import Air
from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation
from echoenv.acoustics.propagation.arrival_directions import arrival_directions
from echoenv.acoustics.receivers.hrtf import Hrtf, Mono
from echoenv.acoustics.rendering import render
from echoenv.audio.octave_filters import split_into_octaves
from echoenv.audio.room_metrics import metrics_of_response
from echoenv.errors import PoseError, SettingsError
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES
from echoenv.scene.pose import heading_to_matrix

RATE = 44100
SPEED = 343.2
AHEAD = np.array([[0.0, 0.0, -1.0]])
FACING = np.eye(3)[None]


def waves(delays, amplitudes=None, directions=AHEAD) -> Arrivals:
    delays = np.atleast_1d(np.asarray(delays, dtype=np.float64))
    amplitudes = 1.0 / (SPEED * delays)[:, None] if amplitudes is None else np.asarray(amplitudes)
    amplitudes = np.broadcast_to(amplitudes, (len(delays), 8)).astype(np.float64)
    directions = np.broadcast_to(np.asarray(directions, dtype=np.float64), (len(delays), 3))
    return Arrivals(delays, directions, amplitudes, np.zeros(len(delays), np.int32))


def decay(t60, duration=1.0, bin_width=0.002, directions=None, level=1.0) -> EnergyResponse:
    """Isotropic energy that decays by 60 dB in t60 (8,) seconds; `level` is the whole energy in each band."""
    directions = fibonacci_sphere(32) if directions is None else directions
    edges = np.arange(round(duration / bin_width) + 1) * bin_width
    over_time = -np.diff(10.0 ** (-6.0 * edges[:, None] / np.broadcast_to(t60, 8)), axis=0)
    energy = np.broadcast_to(level * over_time / len(directions), (len(directions), *over_time.shape))
    return EnergyResponse(energy.copy(), directions, bin_width)


def propagation(arrivals=None, diffuse=None) -> Propagation:
    arrivals = waves(np.zeros(0), np.zeros((0, 8)), np.zeros((0, 3))) if arrivals is None else arrivals
    diffuse = EnergyResponse(np.zeros((1, 10, 8)), AHEAD, 0.01) if diffuse is None else diffuse
    return Propagation(np.zeros(3), np.zeros(3), arrivals, diffuse, 0.0, 0, 1.0, SPEED)


def decibels(ratio) -> np.ndarray:
    return 20.0 * np.log10(ratio)


@pytest.mark.parametrize("distance", [0.5, 1.0, 1.777, 3.14159, 8.0, 50.0])
def test_free_field_has_the_level_and_the_delay_of_its_distance(distance: float) -> None:
    """Level 1/r to 0.01 dB and delay r/c to 0.05 sample, to 0.8 of the Nyquist frequency; nothing wraps round."""
    response = render(propagation(waves(distance / SPEED)), FACING, Mono(), duration=0.2)[0, 0].astype(np.float64)
    arrival = distance / SPEED * RATE
    spectrum = np.fft.rfft(response)
    used = slice(40, int(0.8 * len(spectrum)))
    assert np.abs(decibels(np.abs(spectrum[used]) * distance)).max() < 0.01
    turned = spectrum * np.exp(2j * np.pi * np.arange(len(spectrum)) / len(response) * arrival)
    error = -np.unwrap(np.angle(turned[used])) / (2.0 * np.pi * np.arange(len(spectrum))[used] / len(response))
    assert np.abs(error).max() < 0.05
    away = np.abs(np.arange(len(response)) - arrival) > 30
    assert np.abs(response[away]).max() < 1e-6 / distance


def test_level_falls_by_6_decibels_per_doubling() -> None:
    levels = [
        render(propagation(waves(2.0**k / SPEED)), FACING, Mono(), duration=0.3)[0, 0].sum() for k in range(-1, 6)
    ]
    np.testing.assert_allclose(levels, 2.0 ** -np.arange(-1.0, 6.0), rtol=1e-5)


def test_a_wave_at_the_very_beginning_or_end_does_not_wrap_round() -> None:
    at_zero = render(propagation(waves(0.0, [[1.0]])), FACING, Mono(), duration=0.05)[0, 0]
    assert at_zero[0] == pytest.approx(1.0, abs=1e-5)
    assert np.abs(at_zero[1:]).max() < 1e-5
    shaped = np.array([[1.0, 1.0, 1.0, 1.0, 0.1, 0.1, 0.1, 0.1]])
    for ears in (Mono(), Hrtf.kemar()):
        late = render(propagation(waves(0.0999, shaped)), FACING, ears, duration=0.1)
        assert np.abs(late[..., : RATE // 25]).max() < 1e-3
        assert np.abs(render(propagation(waves(0.2, [[1.0]])), FACING, ears, duration=0.1)).max() < 1e-6


def test_bands_have_their_amplitudes_at_the_octave_centres() -> None:
    amplitudes = np.array([[0.9, 0.7, 0.8, 0.5, 0.6, 0.3, 0.2, 0.1]])
    response = render(propagation(waves(0.5, amplitudes)), FACING, Mono(), duration=1.0)[0, 0].astype(np.float64)
    times = np.arange(RATE) / RATE
    found = [abs(np.sum(response * np.exp(-2j * np.pi * f * times))) for f in EXACT_OCTAVE_CENTRES]
    np.testing.assert_allclose(decibels(found / amplitudes[0]), 0.0, atol=0.01)


def test_air_over_100_m_is_heard_to_a_twentieth_of_a_decibel() -> None:
    left = np.exp(-0.5 * Air().band_attenuation * 100.0)[None]
    response = render(propagation(waves(100.0 / SPEED, left / 100.0)), FACING, Mono(), duration=0.5)[0, 0]
    times = np.arange(len(response)) / RATE
    for frequency in EXACT_OCTAVE_CENTRES:
        found = abs(np.sum(response * np.exp(-2j * np.pi * frequency * times))) * 100.0
        assert decibels(found) == pytest.approx(-0.5 * 100.0 * Air().attenuation(frequency) * 8.6859, abs=0.05)


def test_a_wave_from_a_measured_direction_is_heard_as_it_was_measured() -> None:
    ears = Hrtf.kemar()
    start = 1000
    for index in (30, 300, 650):
        arrivals = waves(start / RATE, [[1.0]], ears.directions[[index]])
        response = render(propagation(arrivals), FACING, ears, duration=0.05)[0]
        expected = ears.gain * ears.responses[index]
        heard = response[:, start - ears.reference_delay :][:, :512]
        np.testing.assert_allclose(heard, expected, atol=2e-6)


def test_turning_the_head_is_turning_the_source_the_other_way() -> None:
    ears = Hrtf.kemar()
    rng = np.random.default_rng(2)
    directions = rng.normal(size=(5, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    turn = heading_to_matrix(37.0)
    delays = 0.01 + 0.003 * np.arange(5)
    turned_head = render(propagation(waves(delays, None, directions)), turn[None], ears, duration=0.05)
    turned_room = render(propagation(waves(delays, None, directions @ turn)), FACING, ears, duration=0.05)
    np.testing.assert_allclose(turned_head, turned_room, atol=1e-6)


def test_headings_hear_a_source_on_the_side_where_it_is() -> None:
    """A source to the east (+x): heading 0 faces north (-z), 90 west, 180 south, 270 east."""
    arrivals = waves(0.01, [[1.0]], [[1.0, 0.0, 0.0]])
    responses = render(propagation(arrivals), heading_to_matrix([0.0, 90.0, 180.0, 270.0]), Hrtf.kemar(), duration=0.04)
    left, right = np.moveaxis((responses.astype(float) ** 2).sum(axis=2), 1, 0)
    assert right[0] > 5.0 * left[0]
    assert left[2] > 5.0 * right[2]
    assert decibels(left[1] / right[1]) == pytest.approx(0.0, abs=0.1)
    assert decibels(left[3] / right[3]) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize("ears", [Mono(), Hrtf.kemar()], ids=["mono", "kemar"])
def test_diffuse_energy_is_kept_in_every_band(ears: Mono | Hrtf) -> None:
    levels = np.array([4.0, 4.0, 2.0, 2.0, 1.0, 1.0, 0.5, 0.5])
    room = propagation(diffuse=decay(0.8, duration=1.2, level=levels))
    flat = propagation(diffuse=decay(0.8, duration=1.2))
    seeds = range(4)
    energy = [[split_into_octaves(render(p, FACING, ears, seed=s)[0], RATE) ** 2 for s in seeds] for p in (room, flat)]
    shaped, white = (np.mean(np.sum(e, axis=-1), axis=(0, 1)) for e in energy)
    np.testing.assert_allclose(10 * np.log10(shaped[2:] / white[2:]), 10 * np.log10(levels[2:]), atol=0.6)
    whole = np.mean([np.sum(render(flat, FACING, ears, seed=s).astype(float) ** 2) for s in seeds]) / ears.channels
    assert 10 * np.log10(whole) == pytest.approx(0.0, abs=0.35)


@pytest.mark.parametrize(
    ("t60", "tolerance"),
    # bands overlap: where neighbours decay differently each filter hears a little of the slower one
    [([0.5] * 8, 0.04), ([0.9, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3], 0.07)],
    ids=["equal", "falling"],
)
def test_diffuse_decay_has_its_reverberation_time_in_every_band(t60: list[float], tolerance: float) -> None:
    room = propagation(diffuse=decay(t60, duration=1.2))
    response = np.concatenate([render(room, FACING, Hrtf.kemar(), seed=s)[0] for s in range(6)])
    t30 = metrics_of_response(response, RATE).t30.mean(axis=0)
    np.testing.assert_allclose(t30[3:], t60[3:], rtol=tolerance)


def coherence(left: np.ndarray, right: np.ndarray, length: int = 512) -> np.ndarray:
    """Real part of the coherence over frequency, by averaging over windows."""
    window = np.hanning(length)
    frames = [
        np.fft.rfft(np.lib.stride_tricks.sliding_window_view(x, length)[:: length // 2] * window) for x in (left, right)
    ]
    cross = (frames[0] * np.conj(frames[1])).mean(axis=0)
    return np.real(cross) / np.sqrt((np.abs(frames[0]) ** 2).mean(axis=0) * (np.abs(frames[1]) ** 2).mean(axis=0))


def test_isotropic_sound_has_the_diffuse_field_coherence_of_the_ears() -> None:
    ears = Hrtf.kemar()
    steady = EnergyResponse(np.full((32, 3000, 8), 1e-3), fibonacci_sphere(32), 0.002)
    left, right = render(propagation(diffuse=steady), FACING, ears, duration=6.0)[0]
    measured = coherence(left[2000:-2000], right[2000:-2000])
    # the coherence that follows from the set itself, over the whole sphere and smoothed as the estimate is
    spectra = np.fft.rfft(ears.responses, 4096)
    shares = ears.grid.solid_angles()[:, None]
    cross = (shares * spectra[:, 0] * np.conj(spectra[:, 1])).sum(axis=0)
    power = [(shares * np.abs(spectra[:, ear]) ** 2).sum(axis=0) for ear in (0, 1)]
    smooth = np.hanning(17) / np.hanning(17).sum()
    cross, left_power, right_power = (np.convolve(x, smooth, mode="same")[::8] for x in (cross, *power))
    expected = np.real(cross) / np.sqrt(left_power * right_power)
    used = slice(2, 186)  # 170 Hz to 16 kHz
    assert np.sqrt(np.mean((measured - expected)[used] ** 2)) < 0.06
    assert measured[2] > 0.7
    assert np.abs(measured[60:180].mean()) < 0.05


def test_energy_from_one_side_is_heard_there() -> None:
    diffuse = decay(0.5, duration=0.6)
    diffuse.energy[diffuse.directions[:, 0] > 0.0] = 0.0
    left, right = (render(propagation(diffuse=diffuse), FACING, Hrtf.kemar())[0].astype(float) ** 2).sum(axis=1)
    assert 10 * np.log10(left / right) > 4.0


def test_the_same_seed_gives_the_same_bytes_whatever_else_is_rendered() -> None:
    room = propagation(waves([0.01, 0.013, 0.02], None, fibonacci_sphere(3)), decay(0.3, duration=0.4))
    headings = heading_to_matrix([0.0, 90.0, 180.0, 270.0])
    first = render(room, headings, Hrtf.kemar(), seed=3)
    render(room, headings, Mono(), duration=0.1, seed=8)
    assert first.tobytes() == render(room, headings, Hrtf.kemar(), seed=3).tobytes()
    alone = np.concatenate([render(room, heading[None], Hrtf.kemar(), seed=3) for heading in headings])
    assert first.tobytes() == alone.tobytes()
    assert not np.array_equal(first, render(room, headings, Hrtf.kemar(), seed=4))


def test_a_heading_sounds_the_same_alone_and_among_others() -> None:
    rng = np.random.default_rng(4)
    for count in (1, 33, 700):  # fewer and more than are blended or held together
        arrivals = waves(np.sort(rng.uniform(0.002, 0.07, count)), None, fibonacci_sphere(count))
        room = propagation(arrivals, decay(0.3, duration=0.1, bin_width=0.0005))
        headings = heading_to_matrix([0.0, 31.0, 180.0])
        together = render(room, headings, Hrtf.kemar(), duration=0.06, seed=1)
        alone = [render(room, heading[None], Hrtf.kemar(), duration=0.06, seed=1)[0] for heading in headings]
        assert together.tobytes() == np.stack(alone).tobytes()


def test_noise_ends_with_its_energy() -> None:
    room = propagation(diffuse=decay(0.5, duration=0.4))
    for filled in (0, 1, 20, 41, 60):  # the bins of 2 ms until 80 ms are heard from more directions than the later ones
        diffuse = EnergyResponse(room.diffuse.energy.copy(), room.diffuse.directions, room.diffuse.bin_width)
        diffuse.energy[:, filled:] = 0.0
        diffuse.energy[0, -1, 0] = 1e-12  # beyond the duration
        for ears in (Mono(), Hrtf.kemar()):
            response = render(propagation(diffuse=diffuse), FACING, ears, duration=0.3)[0]
            smeared = 1.04 if filled > 40 else 1.0  # late energy is averaged over 3 % of its time before and after
            end = round((filled * 0.002 * smeared + 0.012) * RATE)
            assert np.isfinite(response).all()
            assert np.abs(response[:, end:]).max() <= 1e-6 * np.abs(response).max()
            assert bool(response[:, :end].any()) == bool(filled)


def test_many_arrivals_are_the_sum_of_few() -> None:
    rng = np.random.default_rng(0)
    delays = np.sort(rng.uniform(0.002, 0.3, 3000))
    directions = fibonacci_sphere(3000)
    headings = heading_to_matrix([0.0, 120.0])
    whole = render(propagation(waves(delays, None, directions)), headings, Hrtf.kemar(), duration=0.35)
    halves = [
        render(propagation(waves(delays[k::2], None, directions[k::2])), headings, Hrtf.kemar(), duration=0.35)
        for k in (0, 1)
    ]
    np.testing.assert_allclose(whole, sum(halves), atol=2e-5)


def test_length_follows_from_the_sound_or_is_given() -> None:
    assert render(propagation(waves(0.1)), FACING, Mono()).shape == (1, 1, round(0.112 * RATE))
    assert render(propagation(diffuse=decay(0.1, 0.25)), FACING, Mono()).shape[2] == round(0.262 * RATE)
    silence = render(propagation(), FACING, Hrtf.kemar(), duration=0.06)
    assert silence.shape == (1, 2, 2646)
    assert not silence.any()
    assert render(propagation(waves(0.01)), FACING, Hrtf.kemar(), sample_rate=16000, duration=0.06).shape == (1, 2, 960)


def test_bad_arguments_say_what_is_allowed() -> None:
    with pytest.raises(PoseError, match="headings, 3, 3"):
        render(propagation(), np.eye(3), Mono())
    with pytest.raises(SettingsError, match="must be positive"):
        render(propagation(), FACING, Mono(), duration=0.0)


def test_loud_low_bands_are_not_heard_in_high_ones() -> None:
    """Directions change every 30 ms; steps there would be heard: two decibels above the low band itself."""
    energy = np.zeros((42, 1500, 8))
    energy[:, :, 0] = 1e-3
    rumble = EnergyResponse(energy, arrival_directions(), 0.002)
    response = render(propagation(diffuse=rumble), FACING, Hrtf.kemar(), duration=3.0)[0][:, 4000:-4000]
    spectrum = np.abs(np.fft.rfft(response * np.blackman(response.shape[1]))) ** 2
    octave = np.log2(np.maximum(np.fft.rfftfreq(response.shape[1], 1 / RATE), 1.0) / 63.0)
    low, *high = (spectrum[:, np.abs(octave - band) < 0.5].sum() for band in (0, 4, 5, 6, 7))
    assert 10 * np.log10(low / max(high)) > 25.0
