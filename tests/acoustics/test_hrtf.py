"""Ears: the embedded set against itself, SOFA files, interaural times and levels (accuracy tests 18 and 19)."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from echoenv.acoustics.direction_grid import DirectionGrid, fibonacci_sphere
from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation
from echoenv.acoustics.receivers.hrir_alignment import delayed_copies, minimum_phase, onset_delays
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.receivers.sofa import spherical_to_directions
from echoenv.acoustics.receivers.spherical_head import sphere_pressure
from echoenv.acoustics.rendering import render
from echoenv.audio.octave_filters import split_into_octaves
from echoenv.errors import AudioFileError, PoseError

RATE = 44100
AHEAD, LEFT, RIGHT, DOWN = [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]


def interaural_time(pair: np.ndarray, highest: float = 1500.0) -> float:
    """Delay [s] of the right ear against the left below `highest`, by cross-correlation of a smooth low-pass."""
    length, fine = 2048, 64
    weight = np.exp(-((np.fft.rfftfreq(length, 1 / RATE) / highest) ** 4))
    spectrum = np.fft.rfft(pair.astype(np.float64), length) * weight
    correlation = np.fft.irfft(spectrum[1] * np.conj(spectrum[0]), length * fine)
    lags = np.arange(-60 * fine, 60 * fine)
    return lags[correlation[lags].argmax()] / fine / RATE


def write_sofa(path: Path, positions: np.ndarray, responses: np.ndarray, **changes) -> Path:
    with h5py.File(path, "w") as file:
        file.attrs["SOFAConventions"] = changes.get("convention", "SimpleFreeFieldHRIR")
        file["Data.IR"] = responses
        file["Data.SamplingRate"] = [changes.get("rate", float(RATE))]
        file["Data.Delay"] = changes.get("delay", np.zeros((1, 2)))
        file["SourcePosition"] = positions
        file["SourcePosition"].attrs["Type"] = changes.get("kind", "spherical")
        file["SourcePosition"].attrs["Units"] = changes.get("units", "degree, degree, metre")
        for field, values in changes.get("more", {}).items():
            file[field] = values
    return path


def sofa_positions(ears: Hrtf) -> np.ndarray:
    """Azimuth, elevation [degrees] and distance of all measured directions, as SOFA writes them."""
    right, up, back = ears.directions[: ears.measured].T
    azimuth, elevation = np.arctan2(-right, -back), np.arcsin(np.clip(up, -1, 1))
    return np.stack([np.rad2deg(azimuth) % 360, np.rad2deg(elevation), np.full(ears.measured, 1.4)], axis=1)


@pytest.fixture(scope="module")
def kemar() -> Hrtf:
    return Hrtf.kemar()


@pytest.fixture(scope="module")
def sphere() -> Hrtf:
    return Hrtf.spherical_head()


def test_at_a_grid_direction_the_response_is_the_measured_one_to_the_bit(kemar: Hrtf) -> None:
    for index in range(0, kemar.measured, 7):
        assert np.array_equal(kemar.response(kemar.directions[index]), kemar.responses[index])


def test_sound_from_the_left_is_earlier_and_louder_at_the_left_ear(kemar: Hrtf) -> None:
    left, right = kemar.response(LEFT)
    assert interaural_time(kemar.response(LEFT)) == pytest.approx(700e-6, abs=100e-6)
    assert interaural_time(kemar.response(RIGHT)) == pytest.approx(-700e-6, abs=100e-6)
    spectrum = np.abs(np.fft.rfft([left, right], 1024)) ** 2
    above = np.fft.rfftfreq(1024, 1 / RATE) > 1500.0
    assert spectrum[0, above].sum() > 10.0 * spectrum[1, above].sum()


def test_mirrored_directions_swap_the_ears(kemar: Hrtf, sphere: Hrtf) -> None:
    for direction in ([-0.5, 0.3, -0.6], [-0.9, -0.4, 0.2], [-0.1, 0.2, -0.7]):
        mirrored = [-direction[0], *direction[1:]]
        for ears in (kemar, sphere):
            here, there = (np.sum(ears.response(d).astype(float) ** 2, axis=1) for d in (direction, mirrored))
            np.testing.assert_allclose(10 * np.log10(here / there[::-1]), 0.0, atol=0.1)


def test_no_level_difference_ahead_and_behind(kemar: Hrtf) -> None:
    for direction in (AHEAD, [0.0, 0.0, 1.0], [0.0, 1.0, 0.0], DOWN):
        energy = np.sum(kemar.response(direction).astype(float) ** 2, axis=1)
        assert 10 * np.log10(energy[0] / energy[1]) == pytest.approx(0.0, abs=0.1)


def test_interaural_time_between_grid_directions(kemar: Hrtf) -> None:
    """Half-way between measured azimuths the interaural time is half-way too."""
    azimuths = np.arange(-85.0, 90.0, 10.0)
    measured = {
        a: interaural_time(kemar.response(spherical_to_directions(a, 0.0))) for a in np.arange(-90.0, 95.0, 5.0)
    }
    for azimuth in azimuths:
        between = interaural_time(kemar.response(spherical_to_directions(azimuth + 2.5, 0.0)))
        assert between == pytest.approx((measured[azimuth] + measured[azimuth + 5.0]) / 2.0, abs=20e-6)


def test_leaving_a_direction_out_gives_back_its_interaural_time(kemar: Hrtf) -> None:
    rng = np.random.default_rng(0)
    level = np.flatnonzero(np.abs(kemar.directions[: kemar.measured, 1]) < 0.6)
    errors = []
    for index in rng.choice(level, 12, replace=False):
        keep = np.delete(np.arange(len(kemar.directions)), index)
        sparse = Hrtf("sparse", RATE, kemar.directions[keep], kemar.responses[keep], 1.0, len(keep))
        sparse.__dict__["delays"] = kemar.delays[keep]
        blended = sparse.response(kemar.directions[index])
        errors.append(interaural_time(blended) - interaural_time(kemar.responses[index]))
    assert np.abs(errors).max() < 20e-6


@pytest.mark.parametrize(("angle", "woodworth"), [(15, 133e-6), (30, 261e-6), (45, 381e-6), (60, 488e-6), (90, 655e-6)])
def test_sphere_has_woodworths_interaural_time_at_high_frequencies(angle: float, woodworth: float) -> None:
    """a/c (theta + sin theta), from the phase between ka 40 and 90."""
    ka = np.arange(40.0, 90.0, 0.25)
    sine = np.sin(np.deg2rad(angle))
    phase = np.unwrap(np.angle(sphere_pressure(np.array([sine, -sine]), ka)), axis=1)
    slopes = np.polyfit(ka, phase.T, 1)[0] * 0.0875 / 343.2
    assert slopes[0] - slopes[1] == pytest.approx(woodworth, rel=0.03)


def test_sphere_has_kuhns_interaural_time_at_low_frequencies() -> None:
    """3 a/c sin theta: 765 us at 90 degrees."""
    ka = np.array([0.02])
    angles = np.deg2rad([0.0, 30.0, 60.0, 90.0])
    left, right = sphere_pressure(np.sin(angles), ka)[:, 0], sphere_pressure(-np.sin(angles), ka)[:, 0]
    time = (np.angle(left) - np.angle(right)) / (ka[0] / 0.0875 * 343.2)
    np.testing.assert_allclose(time, 3 * 0.0875 / 343.2 * np.sin(angles), atol=1e-6)
    assert time[-1] == pytest.approx(765e-6, abs=1e-6)


def test_sphere_doubles_the_pressure_where_sound_strikes_and_is_not_there_for_long_waves() -> None:
    assert abs(sphere_pressure(np.array([1.0]), np.array([30.0]))[0, 0]) == pytest.approx(2.0, abs=0.05)
    assert abs(sphere_pressure(np.array([-1.0]), np.array([1e-3]))[0, 0]) == pytest.approx(1.0, abs=1e-5)


def test_level_convention_diffuse_energy_equals_that_of_one_microphone(kemar: Hrtf, sphere: Hrtf) -> None:
    for ears in (kemar, sphere):
        energies = [np.sum(ears.response(d).astype(float) ** 2) / 2.0 for d in fibonacci_sphere(400)]
        assert 10 * np.log10(np.mean(energies) * ears.gain**2) == pytest.approx(0.0, abs=0.6)


def test_the_hole_below_has_a_response_of_plausible_level(kemar: Hrtf) -> None:
    below = np.sum(kemar.response(DOWN).astype(float) ** 2)
    ring = kemar.directions[:, 1] < np.sin(np.deg2rad(-35.0))
    around = np.mean(np.sum(kemar.responses[: kemar.measured][ring[: kemar.measured]].astype(float) ** 2, axis=(1, 2)))
    assert 10 * np.log10(below / around) == pytest.approx(0.0, abs=1.0)


def test_sofa_files_in_both_coordinates_give_the_same_ears(tmp_path: Path, kemar: Hrtf) -> None:
    forward, left, up = -kemar.directions[:710, 2], -kemar.directions[:710, 0], kemar.directions[:710, 1]
    azimuth, elevation = np.rad2deg(np.arctan2(left, forward)), np.rad2deg(np.arcsin(np.clip(up, -1, 1)))
    responses = kemar.responses[:710]
    spherical = np.stack([azimuth % 360, elevation, np.full(710, 1.4)], axis=1)
    first = Hrtf.from_sofa(write_sofa(tmp_path / "a.sofa", spherical, responses))
    cartesian = 1.4 * np.stack([forward, left, up], axis=1)
    second = Hrtf.from_sofa(write_sofa(tmp_path / "b.sofa", cartesian, responses, kind="cartesian"))
    for ears in (first, second):
        np.testing.assert_allclose(ears.response([-0.3, 0.2, -0.8]), kemar.response([-0.3, 0.2, -0.8]), atol=1e-6)
        assert ears.gain == pytest.approx(kemar.gain, rel=1e-6)


def test_delays_of_a_file_are_put_back(tmp_path: Path, sphere: Hrtf) -> None:
    directions = sphere.directions
    positions = np.stack([-directions[:, 2], -directions[:, 0], directions[:, 1]], axis=1)
    starts = np.floor(onset_delays(sphere.responses)).astype(int) - 10
    index = starts[..., None] + np.arange(150)
    cut = np.take_along_axis(sphere.responses, index, axis=-1)
    path = write_sofa(tmp_path / "d.sofa", positions, cut, delay=starts.astype(float) + 100.0, kind="cartesian")
    ears = Hrtf.from_sofa(path)
    for direction in (LEFT, [0.5, 0.5, -0.5]):
        assert interaural_time(ears.response(direction)) == pytest.approx(
            interaural_time(sphere.response(direction)), abs=5e-6
        )


def test_another_sample_rate_is_resampled_and_said(kemar: Hrtf, caplog: pytest.LogCaptureFixture) -> None:
    faster = kemar.at(48000)
    assert "resampled from 44100 to 48000 Hz" in caplog.text or faster is kemar.at(48000)
    assert kemar.at(44100) is kemar
    for frequency in (500.0, 3000.0, 10000.0):
        gains = []
        for ears in (kemar, faster):
            times = np.arange(ears.responses.shape[2]) / ears.sample_rate
            gains.append(abs(np.sum(ears.responses[200, 0] * np.exp(-2j * np.pi * frequency * times))))
        assert gains[1] == pytest.approx(gains[0], rel=0.01)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("Data.IR", None, "lacks the field Data.IR"),
        ("SourcePosition", None, "lacks the field SourcePosition"),
        ("SourcePosition", np.zeros((2, 3)), "SourcePosition does not hold numbers of shape"),
        ("SourcePosition", np.full((6, 3), np.nan), "SourcePosition holds values that are not finite"),
        ("Data.SamplingRate", [0.0], "one positive rate"),
    ],
)
def test_damaged_fields_are_named(tmp_path: Path, kemar: Hrtf, field: str, value: object, message: str) -> None:
    path = write_sofa(tmp_path / "damaged.sofa", np.tile([0.0, 0.0, 1.4], (6, 1)), kemar.responses[:6])
    with h5py.File(path, "r+") as file:
        del file[field]
        if value is not None:
            file[field] = value
    with pytest.raises(AudioFileError, match=message):
        Hrtf.from_sofa(path)


def test_without_delays_there_are_none(tmp_path: Path, kemar: Hrtf) -> None:
    forward, left, up = -kemar.directions[:, 2], -kemar.directions[:, 0], kemar.directions[:, 1]
    positions = np.stack([forward, left, up], axis=1)[: kemar.measured]
    path = write_sofa(tmp_path / "plain.sofa", positions, kemar.responses[: kemar.measured], kind="cartesian")
    before = Hrtf.from_sofa(path)
    with h5py.File(path, "r+") as file:
        del file["Data.Delay"]
    assert np.array_equal(Hrtf.from_sofa(path).responses, before.responses)


def test_wrong_files_are_refused_by_name(tmp_path: Path, kemar: Hrtf) -> None:
    positions = np.tile([0.0, 0.0, 1.4], (3, 1))
    pair = kemar.responses[:3]
    with pytest.raises(AudioFileError, match=r"absent\.sofa"):
        Hrtf.from_sofa(tmp_path / "absent.sofa")
    (tmp_path / "text.sofa").write_text("no")
    with pytest.raises(AudioFileError, match="HDF5"):
        Hrtf.from_sofa(tmp_path / "text.sofa")
    with pytest.raises(AudioFileError, match="'SingleRoomSRIR': expected SimpleFreeFieldHRIR"):
        Hrtf.from_sofa(write_sofa(tmp_path / "c.sofa", positions, pair, convention="SingleRoomSRIR"))
    with pytest.raises(AudioFileError, match="2 ears"):
        Hrtf.from_sofa(write_sofa(tmp_path / "e.sofa", positions, pair[:, :1]))
    with pytest.raises(AudioFileError, match="not finite"):
        Hrtf.from_sofa(write_sofa(tmp_path / "f.sofa", positions, pair * np.nan))
    with pytest.raises(AudioFileError, match="surround the head"):
        Hrtf.from_sofa(write_sofa(tmp_path / "g.sofa", positions, pair))
    with pytest.raises(PoseError, match="not all zero"):
        kemar.response([0.0, 0.0, 0.0])


def test_a_ring_of_directions_is_enough(tmp_path: Path, kemar: Hrtf) -> None:
    ring = np.flatnonzero(np.abs(kemar.directions[:710, 1]) < 1e-9)[::6]
    azimuth = np.rad2deg(np.arctan2(-kemar.directions[ring, 0], -kemar.directions[ring, 2])) % 360
    positions = np.stack([azimuth, np.zeros(len(ring)), np.ones(len(ring))], axis=1)
    ears = Hrtf.from_sofa(write_sofa(tmp_path / "ring.sofa", positions, kemar.responses[ring]))
    assert (ears.measured, len(ears.directions)) == (len(ring), len(ring) + 2)
    assert np.isfinite(ears.response([0.1, 0.9, -0.2])).all()


def test_grid_finds_the_surrounding_triangle_of_any_direction(kemar: Hrtf) -> None:
    for directions in (kemar.directions, fibonacci_sphere(30)):
        queries = fibonacci_sphere(3000)
        corners, weights = DirectionGrid(directions).surrounding(queries)
        assert weights.min() >= 0.0
        np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-12)
        sums = np.einsum("qk,qki->qi", weights, directions[corners])
        sums /= np.linalg.norm(sums, axis=1, keepdims=True)
        np.testing.assert_allclose(sums, queries, atol=1e-6)


def test_delayed_copies_delay_and_minimum_phase_keeps_the_magnitude() -> None:
    pulse = np.zeros((1, 64), np.float32)
    pulse[0, 20:23] = [1.0, 0.5, -0.3]
    copies = delayed_copies(pulse, 8)
    frequency = np.fft.rfftfreq(copies.shape[2])
    band = frequency < 0.4
    shift = np.fft.rfft(copies[0, 3]) / np.fft.rfft(copies[0, 0])
    np.testing.assert_allclose(shift[band], np.exp(-2j * np.pi * frequency * 3 / 8)[band], atol=1e-3)
    magnitude = np.abs(np.fft.rfft(np.random.default_rng(0).normal(size=64) * np.exp(-np.arange(64) / 5), 1024))
    response = minimum_phase(magnitude)
    np.testing.assert_allclose(np.abs(np.fft.rfft(response)), magnitude, rtol=1e-3)
    assert np.sum(response[:40] ** 2) > 0.99 * np.sum(response**2)


def test_a_sofa_file_with_turned_heads_shifted_and_swapped_ears_in_radians_is_the_same_set(
    tmp_path: Path, kemar: Hrtf
) -> None:
    positions, responses = sofa_positions(kemar), kemar.responses[: kemar.measured]
    plain = Hrtf.from_sofa(write_sofa(tmp_path / "plain.sofa", positions, responses))
    in_radians = positions * [np.pi / 180, np.pi / 180, 1.0]
    ears = {"ReceiverPosition": [[[0.0], [-0.09], [0.0]], [[0.0], [0.09], [0.0]]]}
    swapped = write_sofa(tmp_path / "s.sofa", in_radians, responses[:, ::-1], units="radian, radian, metre", more=ears)
    # a loudspeaker that stays ahead of the laboratory while the head turns the other way, and lies on its side for some
    forward, left, up = -kemar.directions[:710, 2], -kemar.directions[:710, 0], kemar.directions[:710, 1]
    azimuth = np.arctan2(left, forward)
    view = np.stack([np.cos(-azimuth), np.sin(-azimuth), np.zeros(710)], axis=1)
    place = np.tile([3.0, 2.0, 1.0], (710, 1))
    source = place + 1.4 * np.stack([np.hypot(forward, left), np.zeros(710), up], axis=1)
    more = {"ListenerPosition": place, "ListenerView": view, "ListenerUp": [[0.0, 0.0, 1.0]]}
    turned = write_sofa(tmp_path / "t.sofa", source, responses, kind="cartesian", convention="GeneralFIR", more=more)
    for other in (Hrtf.from_sofa(swapped), Hrtf.from_sofa(turned)):
        assert other.distance == pytest.approx(1.4)
        for direction in (LEFT, [0.4, 0.3, -0.8], [0.2, -0.9, 0.4]):
            np.testing.assert_allclose(other.response(direction), plain.response(direction), atol=1e-6)


def test_of_several_distances_the_largest_is_used_and_said(
    tmp_path: Path, kemar: Hrtf, caplog: pytest.LogCaptureFixture
) -> None:
    positions, responses = sofa_positions(kemar), kemar.responses[: kemar.measured]
    near = positions * [1.0, 1.0, 0.25]
    path = write_sofa(
        tmp_path / "n.sofa", np.concatenate([near, positions]), np.concatenate([2 * responses, responses])
    )
    ears = Hrtf.from_sofa(path)
    assert (ears.measured, ears.distance) == (710, 1.4)
    assert "only the largest, 1.4 m" in caplog.text
    np.testing.assert_allclose(ears.response(LEFT), kemar.response(LEFT), atol=1e-6)


def test_a_sofa_file_of_another_rate_is_right_in_time_and_level(tmp_path: Path, kemar: Hrtf) -> None:
    """A set stored at 48 kHz and rendered at 44.1 kHz has the interaural times and levels of the original."""
    at_48 = kemar.at(48000)
    stored = write_sofa(tmp_path / "48.sofa", sofa_positions(kemar), at_48.responses[: kemar.measured], rate=48000.0)
    back = Hrtf.from_sofa(stored).at(RATE)
    assert back.sample_rate == RATE
    for direction in (LEFT, [0.6, 0.3, -0.5]):
        found, expected = back.response(direction), kemar.response(direction)
        assert interaural_time(found) == pytest.approx(interaural_time(expected), abs=5e-6)
        ratio = np.abs(np.fft.rfft(found, 512) / np.fft.rfft(expected[:, : found.shape[1]], 512))[:, 6:200]
        assert np.median(np.abs(20 * np.log10(ratio))) < 0.05


def test_sides_and_levels_of_a_symmetric_head(kemar: Hrtf, sphere: Hrtf) -> None:
    """Accuracy test 19: louder on the side of the source above 1.5 kHz, the sign flips under mirroring, to 0.1 dB."""
    above = np.fft.rfftfreq(1024, 1 / RATE) > 1500.0
    for azimuth in (20.0, 50.0, 90.0, 130.0, 160.0):
        for elevation in (-30.0, 0.0, 40.0):
            for ears in (kemar, sphere):
                here, there = (
                    np.abs(np.fft.rfft(ears.response(spherical_to_directions(side * azimuth, elevation)), 1024)) ** 2
                    for side in (1.0, -1.0)
                )
                level, mirrored = (10 * np.log10(x[0, above].sum() / x[1, above].sum()) for x in (here, there))
                assert level > 1.0
                assert mirrored == pytest.approx(-level, abs=0.1)
                # band by band, above the noise of single bins
                thirds = [np.abs(np.log2(np.fft.rfftfreq(1024, 1 / RATE)[1:] / f)) < 1 / 6 for f in (500, 2000, 8000)]
                for third in thirds:
                    ratio = here[:, 1:][:, third].sum(axis=1) / there[::-1, 1:][:, third].sum(axis=1)
                    np.testing.assert_allclose(10 * np.log10(ratio), 0.0, atol=0.1)


def test_turning_the_head_by_any_angle_is_turning_the_source_to_a_twentieth_of_a_decibel(kemar: Hrtf) -> None:
    """Accuracy test 19, between grid directions, in third octaves of each ear."""
    rng = np.random.default_rng(5)
    for _ in range(6):
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        turn *= np.sign(np.linalg.det(turn))
        direction = rng.normal(size=3)
        direction /= np.linalg.norm(direction)
        empty = EnergyResponse(np.zeros((1, 10, 8)), np.array([AHEAD]), 0.01)
        levels = []
        for seen, matrix in ((direction, turn), (turn.T @ direction, np.eye(3))):
            wave = Arrivals(np.array([0.02]), seen[None], np.ones((1, 8)), np.zeros(1, np.int32))
            heard = Propagation(np.zeros(3), np.zeros(3), wave, empty, 0.0, 0, 1.0, 343.2)
            response = render(heard, matrix[None], kemar, duration=0.05)[0].astype(float)
            levels.append(10 * np.log10((split_into_octaves(response, RATE) ** 2).sum(axis=-1)))
        np.testing.assert_allclose(levels[0], levels[1], atol=0.05)
