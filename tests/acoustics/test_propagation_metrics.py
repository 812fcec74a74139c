"""Metrics of a propagation: against closed forms, and against those of the response that it becomes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation
from echoenv.acoustics.propagation.arrival_directions import arrival_directions
from echoenv.acoustics.propagation_metrics import lateral_fraction, metrics_of_propagation
from echoenv.acoustics.receivers.hrtf import Mono
from echoenv.acoustics.rendering import render
from echoenv.audio.room_metrics import metrics_of_response
from echoenv.errors import SettingsError
from tests.acoustics.shoebox import propagator
from tests.rooms import box_room

RATE = 6.0 * np.log(10.0)


def made(t60: float = 0.6, reverberant: float = 0.5, direct: float = 1.0) -> Propagation:
    """Direct sound from straight ahead after 10 ms, and an even field that decays from then on."""
    edges = np.arange(1001) * 1e-3
    decay = -np.diff(10.0 ** (-6.0 * np.maximum(edges - 0.01, 0.0) / t60))
    shares = np.full((42, 1, 1), 1.0 / 42.0)
    energy = reverberant * shares * decay[None, :, None] * np.ones(8)
    wave = Arrivals(
        np.array([0.01]), np.array([[0.0, 0.0, -1.0]]), np.full((1, 8), np.sqrt(direct)), np.zeros(1, np.int32)
    )
    return Propagation(
        source=np.array([0.0, 0.0, -3.4]), listener=np.zeros(3), arrivals=wave, escaped=0.0, rays=1, duration=1.0,
        diffuse=EnergyResponse(energy, arrival_directions(), 1e-3), speed_of_sound=340.0,
    )  # fmt: skip


def test_direct_to_reverberant_ratio_clarity_and_strength_are_those_of_the_energies() -> None:
    metrics = metrics_of_propagation(made())
    np.testing.assert_allclose(metrics.drr, 10.0 * np.log10(2.0), atol=1e-3)
    late = 0.5 * np.exp(-RATE * 0.08 / 0.6)
    np.testing.assert_allclose(metrics.c80, 10.0 * np.log10((1.5 - late) / late), atol=0.05)
    np.testing.assert_allclose(metrics.strength, 10.0 * np.log10(1.5) + 20.0, atol=0.01)
    np.testing.assert_allclose(metrics.t30, 0.6, rtol=0.005)
    assert metrics.t30.shape == (8,)


def test_lateral_fraction_of_an_even_field_is_a_third_of_its_share() -> None:
    early, before = 1.0 - np.exp(-RATE * np.array([0.08, 0.005]) / 0.6)
    expected = 0.5 * (early - before) / 3.0 / (1.0 + 0.5 * early)
    np.testing.assert_allclose(lateral_fraction(made()), expected, rtol=0.02)


def test_lateral_fraction_counts_a_side_reflection_whole_and_one_from_ahead_not() -> None:
    found = made(reverberant=0.0)
    for direction, expected in (((1.0, 0.0, 0.0), 0.2), ((0.0, 0.0, -1.0), 0.0), ((0.6, 0.8, 0.0), 0.2 * 0.36)):
        both = Arrivals(
            np.array([0.01, 0.03]), np.array([[0.0, 0.0, -1.0], direction]),
            np.array([[1.0], [0.5]]) * np.ones(8), np.array([0, 1], np.int32),
        )  # fmt: skip
        np.testing.assert_allclose(lateral_fraction(dataclasses.replace(found, arrivals=both)), expected, atol=1e-9)
    with pytest.raises(SettingsError, match="no side"):
        lateral_fraction(dataclasses.replace(found, source=np.array([0.0, 2.0, 0.0])))


def test_energy_and_the_response_made_of_it_have_the_same_metrics() -> None:
    tracing = propagator(box_room((6, 3, 5), absorption=0.25, scattering=0.4), duration=1.0, rays=4000)
    found = tracing.propagate([(1.2, 1.5, 1.1)], [(4.7, 1.2, 3.9)])[0][0]
    energy = metrics_of_propagation(found)
    draws = [render(found, np.eye(3)[None], Mono(), duration=1.0, seed=seed)[0, 0] for seed in range(12)]
    response = metrics_of_response(np.stack(draws), 44100)
    for name, tolerance in (("t30", 0.05), ("edt", 0.1)):
        np.testing.assert_allclose(getattr(response, name).mean(axis=0)[3:], getattr(energy, name)[3:], rtol=tolerance)
    # waves of one sign that arrive together add as pressures in the response, as energies in the propagation
    for name, tolerance in (("c50", 1.2), ("c80", 1.2), ("strength", 0.5)):
        np.testing.assert_allclose(getattr(response, name).mean(axis=0)[3:], getattr(energy, name)[3:], atol=tolerance)


def test_nothing_that_arrives_has_no_metrics() -> None:
    silent = dataclasses.replace(made(reverberant=0.0), arrivals=Arrivals.none())
    assert all(np.isnan(values).all() for values in vars(metrics_of_propagation(silent)).values())
    assert np.isnan(lateral_fraction(silent)).all()
    hidden = dataclasses.replace(made(), arrivals=Arrivals.none())
    assert np.isneginf(metrics_of_propagation(hidden).drr).all()
