"""Sources near the head against the closed form of a point source beside a rigid sphere."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import eval_legendre

from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.receivers.near_field import HEAD_RADIUS, NEAREST, near_pressure
from echoenv.acoustics.receivers.sofa import spherical_to_directions
from echoenv.acoustics.receivers.spherical_head import sphere_pressure
from echoenv.acoustics.rendering import render

RATE, SPEED = 44100, 343.2
TONES = np.array([125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0])


def heard(ears: Hrtf, azimuth: float, distance: float) -> np.ndarray:
    """Complex response (2, tones) of both ears to a source of level 1 at the middle of the head."""
    silent = EnergyResponse(np.zeros((1, 10, 8)), np.array([[0.0, 0.0, -1.0]]), 0.01)
    directions = spherical_to_directions(np.array([azimuth]), np.zeros(1))
    arrival = Arrivals(np.array([distance / SPEED]), directions, np.ones((1, 8)), np.zeros(1, np.int32))
    propagation = Propagation(np.zeros(3), np.zeros(3), arrival, silent, 0.0, 0, 1.0, SPEED)
    samples = render(propagation, np.eye(3)[None], ears, duration=0.1)[0].astype(np.float64)
    times = np.arange(samples.shape[1]) / RATE - distance / SPEED
    return samples @ np.exp(-2j * np.pi * times[:, None] * TONES)


def on_sphere(azimuth: float, distance: float) -> np.ndarray:
    sine = np.sin(np.deg2rad(azimuth))
    return near_pressure(np.array([sine, -sine]), 2 * np.pi * TONES * HEAD_RADIUS / SPEED, distance / HEAD_RADIUS)


def decibels(ratio: np.ndarray) -> np.ndarray:
    return 20.0 * np.log10(np.abs(ratio))


def test_far_away_the_point_source_is_a_plane_wave() -> None:
    cosines, ka = np.cos(np.deg2rad([0.0, 60.0, 120.0, 180.0])), np.array([0.02, 0.5, 3.0, 12.0, 30.0])
    np.testing.assert_allclose(near_pressure(cosines, ka, 1e4), sphere_pressure(cosines, ka), atol=0.004)


@pytest.mark.parametrize("ratio", [1.5, 2.86, 8.0])
def test_long_waves_are_laplaces_point_source_beside_a_sphere(ratio: float) -> None:
    """At zero frequency the pressure is the sum of (2m + 1) / (m + 1) P_m / ratio^m."""
    cosines, orders = np.cos(np.deg2rad([0.0, 45.0, 90.0, 180.0])), np.arange(300)
    static = eval_legendre(orders, cosines[:, None]) @ (
        (2 * orders + 1) / (orders + 1) * ratio ** -orders.astype(float)
    )
    found = near_pressure(cosines, np.array([1e-3]), ratio)[:, 0]
    np.testing.assert_allclose(np.abs(found), static, rtol=1e-3)


@pytest.mark.parametrize("azimuth", [20.0, 45.0, 90.0, 130.0])
@pytest.mark.parametrize("distance", [0.2, 0.3, 0.5, 0.9])
def test_near_sources_have_the_level_differences_of_a_sphere(azimuth: float, distance: float) -> None:
    ears = Hrtf.spherical_head(speed_of_sound=SPEED)
    found, expected = heard(ears, azimuth, distance) / ears.gain, on_sphere(azimuth, distance)
    np.testing.assert_allclose(decibels(found[0] / found[1]), decibels(expected[0] / expected[1]), atol=1.0)
    np.testing.assert_allclose(decibels(found[:, :4]), decibels(expected[:, :4]), atol=0.7)


@pytest.mark.parametrize("azimuth", [30.0, 60.0, 90.0])
def test_near_sources_have_the_time_differences_of_a_sphere(azimuth: float) -> None:
    ears = Hrtf.spherical_head(speed_of_sound=SPEED)
    for distance in (0.25, 0.5, 1.0):
        found, expected = heard(ears, azimuth, distance), on_sphere(azimuth, distance)
        error = np.angle(found[0] / found[1] / (expected[0] / expected[1])) / (2 * np.pi * TONES)
        assert np.abs(error[1:4]).max() < 45e-6


def test_a_source_at_the_ear_is_far_louder_there_even_for_long_waves() -> None:
    ears = Hrtf.kemar()
    near, far = heard(ears, 90.0, 0.2), heard(ears, 90.0, 2.5)
    assert decibels(far[0] / far[1])[1] < 4.0
    assert decibels(near[0] / near[1])[1] > 10.0


def test_levels_do_not_jump_where_the_near_field_begins_and_ends() -> None:
    ears = Hrtf.kemar()
    for distance in (0.5, 1.0, 2.0):
        before, after = (heard(ears, 70.0, distance * share) for share in (0.999, 1.001))
        assert np.abs(decibels(before / after)).max() < 0.1
    plain = heard(ears, 70.0, 2.001)
    np.testing.assert_allclose(np.abs(plain), np.abs(heard(ears, 70.0, 5.0)), rtol=2e-3)


def test_a_source_nearer_than_the_closest_distance_is_heard_as_from_there() -> None:
    ears = Hrtf.kemar()
    np.testing.assert_allclose(np.abs(heard(ears, 40.0, 0.12)), np.abs(heard(ears, 40.0, NEAREST)), rtol=0.05)
    for distance in (0.0, 1e-6, 0.05):
        assert np.isfinite(heard(ears, 40.0, distance)).all()
