"""Ambisonics (accuracy test 20): harmonics, conventions, turning, decoding, direction of arrival."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from scipy.special import sph_harm_y

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation
from echoenv.acoustics.propagation.arrival_directions import arrival_directions
from echoenv.acoustics.receivers.ambisonics import Ambisonics, real_spherical_harmonics, rotation_matrix
from echoenv.acoustics.receivers.hrtf import Hrtf, Mono
from echoenv.acoustics.rendering import render
from echoenv.errors import PoseError, SettingsError
from echoenv.scene.pose import heading_to_matrix

RATE = 44100
AHEAD, LEFT, UP = np.array([[0.0, 0.0, -1.0]]), np.array([[-1.0, 0.0, 0.0]]), np.array([[0.0, 1.0, 0.0]])
SILENT = EnergyResponse(np.zeros((1, 10, 8)), AHEAD, 0.01)


def propagation(directions=None, diffuse=SILENT) -> Propagation:
    directions = np.zeros((0, 3)) if directions is None else np.atleast_2d(directions)
    count = len(directions)
    delays = 0.01 + 0.004 * np.arange(count)
    arrivals = Arrivals(delays, directions, np.ones((count, 8)), np.zeros(count, np.int32))
    return Propagation(np.zeros(3), np.zeros(3), arrivals, diffuse, 0.0, 0, 1.0, 343.2)


def test_harmonics_are_scipys_up_to_order_7() -> None:
    directions = fibonacci_sphere(60)
    polar = np.arccos(directions[:, 1])
    azimuth = np.arctan2(-directions[:, 0], -directions[:, 2])
    found = real_spherical_harmonics(directions, 7)
    for degree in range(8):
        for m in range(-degree, degree + 1):
            whole = np.sqrt(4.0 * np.pi) * (-1.0) ** m * sph_harm_y(degree, abs(m), polar, azimuth)
            part = whole.real if m == 0 else np.sqrt(2.0) * (whole.real if m > 0 else whole.imag)
            np.testing.assert_allclose(found[:, degree * (degree + 1) + m], part, atol=1e-12)


def test_first_order_is_w_y_z_x_with_x_ahead_y_left_z_up() -> None:
    sn3d = Ambisonics(1, "SN3D").encode(np.vstack([AHEAD, LEFT, UP]))
    np.testing.assert_allclose(sn3d, [[1, 0, 0, 1], [1, 1, 0, 0], [1, 0, 1, 0]], atol=1e-15)
    n3d = Ambisonics(1).encode(np.vstack([AHEAD, LEFT, UP]))
    np.testing.assert_allclose(n3d[:, 1:], np.sqrt(3.0) * sn3d[:, 1:], atol=1e-15)


def test_n3d_and_sn3d_differ_by_the_root_of_2l_plus_1() -> None:
    directions = fibonacci_sphere(9)
    n3d, sn3d = (Ambisonics(7, norm).encode(directions) for norm in ("N3D", "SN3D"))
    degrees = np.floor(np.sqrt(np.arange(64)))
    np.testing.assert_allclose(n3d, sn3d * np.sqrt(2 * degrees + 1), atol=1e-12)
    assert np.abs(sn3d).max() <= 1.0 + 1e-12


def test_every_channel_of_n3d_hears_a_diffuse_field_equally_loud_and_apart() -> None:
    harmonics = Ambisonics(7).encode(fibonacci_sphere(4000))
    np.testing.assert_allclose(harmonics.T @ harmonics / 4000, np.eye(64), atol=0.02)
    np.testing.assert_allclose((harmonics**2).sum(axis=1), 64.0, rtol=1e-9)


@pytest.mark.parametrize("order", range(8))
def test_turning_the_field_is_encoding_the_turned_direction(order: int) -> None:
    for normalization in ("N3D", "SN3D"):
        microphone = Ambisonics(order, normalization)
        directions = fibonacci_sphere(20)
        for turn in Rotation.random(3, random_state=order).as_matrix():
            turned = microphone.rotate(microphone.encode(directions).T, turn).T
            np.testing.assert_allclose(turned, microphone.encode(directions @ turn.T), atol=1e-10)


def test_energy_of_every_degree_is_the_same_after_a_turn() -> None:
    signal = np.random.default_rng(0).normal(size=(64, 50))
    for turn in Rotation.random(4, random_state=2).as_matrix():
        turned = Ambisonics(7).rotate(signal, turn)
        for degree in range(8):
            block = slice(degree**2, (degree + 1) ** 2)
            energies = (turned[block] ** 2).sum(axis=0), (signal[block] ** 2).sum(axis=0)
            np.testing.assert_allclose(energies[0], energies[1], rtol=1e-5)
    back = Ambisonics(7).rotate(turned, turn.T)
    np.testing.assert_allclose(back, signal, atol=1e-10)
    matrix = rotation_matrix(turn, 7)
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(64), atol=1e-12)


@pytest.mark.parametrize("normalization", ["N3D", "SN3D"])
def test_encode_turn_and_decode_finds_the_wave_where_it_was_turned_to(normalization: str) -> None:
    microphone = Ambisonics(5, normalization)
    direction, turn = fibonacci_sphere(7)[2], heading_to_matrix(50.0)
    field = microphone.rotate(microphone.encode(direction[None]).T @ [[0.5, -2.0]], turn)
    np.testing.assert_allclose(microphone.decode(field, (turn @ direction)[None]), [[0.5, -2.0]], atol=1e-9)
    looks = fibonacci_sphere(3000)
    loudest = looks[np.argmax(np.abs(microphone.decode(field, looks)[:, 1]))]
    assert np.degrees(np.arccos(loudest @ turn @ direction)) < 3.0


@pytest.mark.parametrize("normalization", ["N3D", "SN3D"])
@pytest.mark.parametrize("order", [1, 4, 7])
def test_direction_of_arrival_from_intensity_is_right_to_half_a_degree(order: int, normalization: str) -> None:
    microphone = Ambisonics(order, normalization)
    for direction in fibonacci_sphere(9):
        response = render(propagation(direction), np.eye(3)[None], microphone, duration=0.05)[0]
        found = microphone.intensity_direction(response)
        assert np.degrees(np.arccos(np.clip(found @ direction, -1, 1))) < 0.5


def test_rendering_waves_gives_pulses_as_loud_as_the_harmonics() -> None:
    directions = fibonacci_sphere(4)
    response = render(propagation(directions), np.eye(3)[None], Ambisonics(7), duration=0.05)[0]
    assert response.shape == (64, 2205)
    pressure = render(propagation(directions), np.eye(3)[None], Mono(), duration=0.05)[0, 0]
    np.testing.assert_allclose(response[0], pressure, atol=1e-6)
    for wave, delay in enumerate(0.01 + 0.004 * np.arange(4)):
        around = slice(round(delay * RATE) - 60, round(delay * RATE) + 60)
        np.testing.assert_allclose(response[:, around].sum(axis=1), Ambisonics(7).encode(directions)[wave], atol=0.02)


def test_a_turned_head_hears_the_field_turned_the_other_way() -> None:
    microphone, turn = Ambisonics(3), heading_to_matrix(63.0)
    waves = propagation(fibonacci_sphere(5))
    in_head_axes = render(waves, turn[None], microphone, duration=0.05)[0]
    in_world_axes = render(waves, np.eye(3)[None], microphone, duration=0.05)[0]
    np.testing.assert_allclose(microphone.rotate(in_world_axes, turn.T), in_head_axes, atol=1e-5)


def test_diffuse_sound_from_all_around_is_equally_loud_and_incoherent_in_all_channels() -> None:
    steady = EnergyResponse(np.full((42, 2000, 8), 1.0 / 42), arrival_directions(), 0.002)
    response = render(propagation(diffuse=steady), np.eye(3)[None], Ambisonics(2), duration=4.0)[0]
    covariance = np.cov(response[:, 4000:-4000].astype(np.float64)) * 0.002 * RATE
    np.testing.assert_allclose(10 * np.log10(np.diag(covariance)), 0.0, atol=0.6)
    off = covariance - np.diag(np.diag(covariance))
    assert np.abs(off).max() < 0.1


def test_diffuse_sound_from_one_side_comes_from_there() -> None:
    energy = np.zeros((42, 500, 8))
    energy[5] = 1.0
    beam = EnergyResponse(energy, arrival_directions(), 0.002)
    microphone = Ambisonics(1)
    response = render(propagation(diffuse=beam), np.eye(3)[None], microphone, duration=1.0)[0]
    assert microphone.intensity_direction(response) @ arrival_directions()[5] > 0.95


def test_binaural_decoding_is_the_ears_own_where_the_order_resolves_the_head() -> None:
    microphone, ears = Ambisonics(7), Hrtf.spherical_head()
    for direction in ([-0.8, 0.1, -0.6], [0.3, 0.5, 0.8]):
        unit = np.array(direction) / np.linalg.norm(direction)
        field = render(propagation(unit), np.eye(3)[None], microphone, duration=0.06)[0]
        decoded = microphone.binaural(field, ears, RATE)[:, :2048]
        own = render(propagation(unit), np.eye(3)[None], ears, duration=2048 / RATE)[0]
        frequency = np.fft.rfftfreq(2048, 1 / RATE)
        used = (frequency > 150.0) & (frequency < 2500.0)
        ratio = (np.fft.rfft(decoded) / np.fft.rfft(own))[:, used]
        assert np.sqrt(np.mean((20 * np.log10(np.abs(ratio))) ** 2)) < 0.15
        assert np.abs(np.angle(ratio[0] / ratio[1]) / (2 * np.pi * frequency[used])).max() < 10e-6


def test_binaural_decoding_follows_the_turn_of_the_head() -> None:
    microphone, ears, turn = Ambisonics(4), Hrtf.kemar(), heading_to_matrix(90.0)
    field = microphone.encode(AHEAD).T * np.eye(1, 64)
    left, right = (microphone.binaural(field, ears, RATE, turn).astype(float) ** 2).sum(axis=1)
    assert right > 4.0 * left  # a head that faces west has the north on its right


def test_wrong_orders_names_and_signals_say_what_is_allowed() -> None:
    for order in (-1, 8, 1.5, True):
        with pytest.raises(SettingsError, match="whole number from 0 to 7"):
            Ambisonics(order)  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="did you mean SN3D"):
        Ambisonics(1, "SN3")
    with pytest.raises(SettingsError, match="4 channels"):
        Ambisonics(1).rotate(np.zeros((3, 10)), np.eye(3))
    with pytest.raises(PoseError, match="determinant 1"):
        Ambisonics(1).rotate(np.zeros((4, 10)), np.diag([1.0, 1.0, -1.0]))
    with pytest.raises(PoseError, match="finite unit vectors"):
        Ambisonics(1).encode([[np.nan, 0.0, 0.0]])
    with pytest.raises(SettingsError, match="order 1 at least"):
        Ambisonics(0).intensity_direction(np.ones((1, 5)))
    assert not Ambisonics(1).intensity_direction(np.zeros((4, 5))).any()
