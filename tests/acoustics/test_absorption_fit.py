"""Absorption found from decays: right where the sound tells it, and said to be unknown where it does not."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pytest

from echoenv.acoustics.differentiable.absorption_fit import AbsorptionFit, fit_absorption
from echoenv.acoustics.differentiable.material_response import MaterialResponse
from echoenv.acoustics.differentiable.measured_decays import MeasuredDecay
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.errors import SettingsError
from echoenv.rays import RayEngine
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import with_wall_materials
from tests.rooms import box_faces, box_room

PAIRS = (((1.5, 1.3, 1.4), (4.2, 1.7, 2.7)), ((4.3, 1.8, 1.2), (2.5, 1.2, 2.9)))
TRUTH = np.array([np.linspace(0.1, 0.3, 8), np.linspace(0.4, 0.15, 8), np.linspace(0.1, 0.2, 8)])
SETTINGS = PropagationSettings(rays=8000, duration=0.25, bin_width=0.001, image_order=16)


def box(absorption: np.ndarray) -> Scene:
    """A box whose ends, floor and ceiling, and sides have the three absorptions (3, 8)."""
    names = ("ends", "floor and ceiling", "sides")
    ends, level, sides = (AcousticMaterial(name, values, 0.1) for name, values in zip(names, absorption, strict=True))
    return with_wall_materials(box_room((6.0, 3.0, 4.0)), [ends, ends, level, level, sides, sides])


@functools.cache
def responses() -> tuple[MaterialResponse, ...]:
    """Traced in the box with the same absorption everywhere, as one who knows nothing would."""
    engine = RayEngine(box(np.full((3, 8), 0.15)), threads=1)
    return tuple(MaterialResponse.trace(engine, *pair, SETTINGS, seed=5) for pair in PAIRS)


@functools.cache
def measured_energies() -> tuple[np.ndarray, ...]:
    """What the propagator, with other rays, hears in the box of the hidden absorption."""
    tracer = Propagator(RayEngine(box(TRUTH), threads=1), dataclasses.replace(SETTINGS, rays=30_000))
    sources, listeners = zip(*PAIRS, strict=True)
    several = [tracer.propagate_pairs(sources, listeners, seed) for seed in (3, 4)]
    return tuple(np.mean([pair.energy_over_time() for pair in pairs], axis=0) for pairs in zip(*several, strict=True))


def measured() -> list[MeasuredDecay]:
    return [MeasuredDecay(energy, 0.001, 0.3) for energy in measured_energies()]


@functools.cache
def quick() -> MaterialResponse:
    """One pair by few rays, for what does not depend on noise."""
    settings = dataclasses.replace(SETTINGS, rays=1000, duration=0.15)
    return MaterialResponse.trace(RayEngine(box(np.full((3, 8), 0.15)), threads=1), *PAIRS[0], settings)


def heard(gain: np.ndarray | float = 1.0) -> list[MeasuredDecay]:
    """What the quick response would be with the hidden absorption."""
    return [MeasuredDecay(quick().energy(TRUTH) * gain, 0.001, 0.3)]


@functools.cache
def found() -> AbsorptionFit:
    return fit_absorption(responses(), measured(), depth=25.0)


def test_three_materials_of_a_box_are_recovered_from_two_pairs() -> None:
    ratio = found().absorption / TRUTH
    assert np.abs(ratio - 1.0).max() < 0.10, ratio
    assert found().determined.all()
    assert np.all(found().misfit < 0.5 * found().misfit_before)


def test_what_was_found_lies_within_what_is_said_to_be_known() -> None:
    fit = found()
    deviation = np.maximum((fit.high - fit.low) / 2.0, 1e-9)
    assert np.median(np.abs(fit.absorption - TRUTH) / deviation) < 2.0
    assert np.all(fit.low < fit.absorption) and np.all(fit.absorption < fit.high)
    assert "sides" in fit.report() and "undetermined" not in fit.report()


def test_an_unknown_gain_in_every_band_changes_nothing() -> None:
    plain, louder = (fit_absorption([quick()], heard(gain)) for gain in (1.0, np.geomspace(1e-6, 1e3, 8)))
    np.testing.assert_allclose(louder.absorption, plain.absorption, rtol=1e-4)


def test_a_known_level_is_used_where_it_is_said_to_be_known() -> None:
    right, wrong = (fit_absorption([quick()], heard(gain), calibrated=True) for gain in (1.0, 2.0))
    assert np.all(wrong.misfit > 2.0 * right.misfit)  # no wall makes the direct sound 3 dB louder


def test_the_same_rays_give_the_hidden_absorption_back_exactly() -> None:
    fit = fit_absorption([quick()], heard(), prior_deviation=100.0)
    np.testing.assert_allclose(fit.absorption, TRUTH, rtol=1e-3)
    assert fit.misfit.max() < 1e-3


def test_a_material_that_the_sound_hardly_meets_stays_at_its_prior_and_is_said_to_be_unknown() -> None:
    room = box(np.full((3, 8), 0.15))
    vertices, triangles = box_faces((1.0, 0.0, 3.9), (1.02, 0.02, 3.92), inward=False)  # a dice in a corner
    scene = dataclasses.replace(
        room,
        vertices=np.concatenate([room.vertices, vertices]).astype(np.float32),
        triangles=np.concatenate([room.triangles, triangles + len(room.vertices)]).astype(np.int32),
        surfaces=(*room.surfaces, dataclasses.replace(room.surfaces[0], material=AcousticMaterial("dice", 0.4, 0.3))),
        triangle_surfaces=np.concatenate([room.triangle_surfaces, np.full(12, 6)]).astype(np.int32),
        triangle_objects=np.concatenate([room.triangle_objects, np.full(12, 7)]).astype(np.int32),
        vertex_colors=None,
    )
    settings = dataclasses.replace(SETTINGS, rays=1000, duration=0.15)
    response = MaterialResponse.trace(RayEngine(scene, threads=1), *PAIRS[0], settings)
    absorption = np.concatenate([TRUTH, np.full((1, 8), 0.9)])
    decay = MeasuredDecay(response.energy(absorption), 0.001)
    fit = fit_absorption([response], [decay])
    assert response.materials[3] == "dice"
    assert np.all(fit.told[3] < 0.2) and not fit.determined[3].any()
    np.testing.assert_allclose(fit.absorption[3], 0.4, atol=0.1)
    assert fit.report().splitlines()[-1].count("undetermined") == 8
    assert fit.determined[1].all()


def test_an_impulse_responses_noise_is_taken_for_noise() -> None:
    rng = np.random.default_rng(0)
    times = np.arange(22050) / 44100
    decays = [
        MeasuredDecay.from_response(rng.normal(size=len(times)) * np.exp(-6.9 * times / 0.6), 44100, 0.002, 250)
        for _ in range(6)
    ]
    off = [[] for _ in range(8)]
    for decay in decays:
        none = np.zeros_like(decay.energy)
        windows = decay.windows(25.0, calibrated=True).with_noise(decay.energy, none, none)
        for band in range(8):
            used = windows.used[:, band]
            first, last = windows.first[used, band], windows.last[used, band]
            expected = -60.0 / 0.6 * (first + last) / 2.0 * 0.002 + 10.0 * np.log10(last - first)
            off[band].append((windows.targets[used, band] - expected, windows.deviation[used, band]))
    for differences in off[1:7]:  # the outermost bands are wider than is reckoned with
        level, deviation = (np.concatenate(parts) for parts in zip(*differences, strict=True))
        spread = ((level - np.average(level, weights=deviation**-2.0)) / deviation).std()
        assert 0.5 < spread < 1.4, spread
    assert off[0][0][1].mean() > 2.0 * off[6][0][1].mean()


@pytest.mark.parametrize(
    ("energy", "bin_width", "words"),
    [
        (np.ones((5, 7)), 0.01, r"\(5, 7\)"),
        (np.ones(8), 0.01, r"\(8,\)"),
        (np.zeros((5, 8)), 0.01, "silent"),
        (-np.ones((5, 8)), 0.01, "negative"),
        (np.full((5, 8), np.nan), 0.01, "finite"),
        (np.ones((5, 8)), 0.0, "bin width"),
    ],
)
def test_decays_that_cannot_be_are_named_errors(energy: np.ndarray, bin_width: float, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        MeasuredDecay(energy, bin_width)


@pytest.mark.parametrize("samples", [np.zeros(100), np.full(100, np.nan), np.ones((2, 50)), np.zeros(0)])
def test_responses_without_sound_are_named_errors(samples: np.ndarray) -> None:
    with pytest.raises(SettingsError, match="response of shape"):
        MeasuredDecay.from_response(samples, 44100, 0.01, 10)


def test_a_single_sample_and_a_silent_band_leave_the_prior() -> None:
    single = MeasuredDecay.from_response([1.0], 44100, 0.001, quick().bins)
    energy = quick().energy(TRUTH)
    energy[:, 2] = 0.0
    fit = fit_absorption([quick()], [MeasuredDecay(energy, 0.001)])
    np.testing.assert_allclose(fit.absorption[:, 2], 0.15, rtol=1e-6)
    assert not fit.determined[:, 2].any() and fit.determined[1, 3]
    silent = fit_absorption([quick()], [single])
    np.testing.assert_allclose(silent.absorption, 0.15, rtol=1e-6)
    assert not silent.determined.any()


def test_pairs_that_do_not_fit_together_are_named_errors() -> None:
    decays = heard()
    with pytest.raises(SettingsError, match="2 responses and 1 decays"):
        fit_absorption([quick(), quick()], decays)
    with pytest.raises(SettingsError, match="0 responses"):
        fit_absorption([], [])
    with pytest.raises(SettingsError, match="bins"):
        fit_absorption([quick()], [MeasuredDecay(decays[0].energy[:-1], 0.001)])
    with pytest.raises(SettingsError, match="prior_deviation"):
        fit_absorption([quick()], decays, prior_deviation=0.0)
    with pytest.raises(SettingsError, match="absorption"):
        fit_absorption([quick()], decays, prior=np.full((3, 8), 1.5))
