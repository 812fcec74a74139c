"""Decays and levels of the late field against closed forms (B4 tests 5 to 10 of the acoustic specification)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.scene.materials import AcousticMaterial
from tests.acoustics.shoebox import AIR, SPEED, allen_berkley, decay_time, propagator, with_wall_materials, without_air
from tests.rooms import box_room

SIZE = np.array([7.0, 3.0, 5.0])
VOLUME, AREA = float(np.prod(SIZE)), 2.0 * (7 * 3 + 3 * 5 + 7 * 5)
SOURCE, LISTENER = [[5.1, 0.8, 1.3]], [[2.2, 1.3, 2.9]]


def test_lossless_room_keeps_its_energy_over_a_thousand_reflections() -> None:
    duration = 1000 * (4 * VOLUME / AREA) / SPEED
    tracer = propagator(box_room(SIZE, 0.0, 1.0), rays=500, duration=duration, bin_width=0.1, thinning=())
    found = tracer.propagate(SOURCE, LISTENER, seed=1)[0][0]
    energy = without_air(found)[10:-1, 0]
    assert found.escaped == 0.0
    halves = energy[: len(energy) // 2].mean(), energy[len(energy) // 2 :].mean()
    assert halves[1] / halves[0] == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("scattering", [1.0, 0.3, 0.0])
def test_lossless_room_has_the_level_of_a_diffuse_field(scattering: float) -> None:
    # A source that sends 4 pi of energy into a volume V gives a listener 4 pi c / V a second, (P3) of docs/physics.md;
    # with mirrors alone this tests the regularised lobe, whose cone costs up to 1 - cos(10 degrees) over 2.
    tracer = propagator(box_room(SIZE, 0.0, scattering), rays=5000, duration=0.4, thinning=(), image_order=0)
    places = np.random.default_rng(0).uniform(0.7, SIZE - 0.7, (10, 2, 3))
    late = [
        without_air(pair)[200:].mean() for pair in tracer.propagate_pairs(places[:, 0], places[:, 1], list(range(10)))
    ]
    expected = 4.0 * np.pi * SPEED / VOLUME * tracer.settings.resolution
    assert 10 * np.log10(np.mean(late) / expected) == pytest.approx(0.0, abs=0.1)


def test_exact_images_and_the_lobe_carry_the_same_energy() -> None:
    levels = []
    for order in (0, 6):
        tracer = propagator(
            box_room((5.0, 4.0, 4.5), 0.05, 0.0),
            rays=20_000,
            duration=0.15,
            image_order=order,
            image_rays=2.0,
            thinning=(),
        )
        places = np.random.default_rng(1).uniform(1.0, 3.0, (12, 2, 3))
        found = tracer.propagate_pairs(places[:, 0], places[:, 1])
        levels.append(np.mean([pair.energy_over_time()[40:200, 0].sum() for pair in found]))
    assert 10 * np.log10(levels[0] / levels[1]) == pytest.approx(0.0, abs=0.15)


def test_mean_free_path_is_four_volumes_over_the_area() -> None:
    tracer = propagator(box_room(SIZE, 0.0, 1.0), rays=2000, duration=3.0, bin_width=0.01, thinning=())
    found = tracer.propagate(SOURCE, LISTENER)[0][0]
    assert found.mean_free_path == pytest.approx(4 * VOLUME / AREA, rel=0.003)


@pytest.mark.parametrize("absorption", [0.05, 0.2, 0.4])
def test_diffuse_room_decays_as_kuttruff_says(absorption: float) -> None:
    exponent = -np.log(1.0 - absorption)
    duration = 55.26 * VOLUME / (SPEED * AREA * exponent)
    tracer = propagator(
        box_room(SIZE, absorption, 1.0), rays=int(4000 / duration), duration=duration, bin_width=0.005, thinning=()
    )
    found = tracer.propagate(SOURCE, LISTENER, seed=4)[0][0]
    corrected = exponent * (1.0 - found.free_path_variance * exponent / 2.0)
    expected = 55.26 * VOLUME / (SPEED * AREA * corrected)
    assert decay_time(without_air(found)[:, 0], 0.005) == pytest.approx(expected, rel=0.015)


def test_mirror_box_flutters_as_its_images_do() -> None:
    absorption, duration = 0.2, 0.7
    tracer = propagator(box_room(SIZE, absorption, 0.0), rays=20_000, duration=duration, thinning=())
    ours = without_air(tracer.propagate(SOURCE, LISTENER)[0][0])[:, 0]
    images, hits = allen_berkley(SIZE, np.array(SOURCE[0]), 90)
    distance = np.linalg.norm(images - LISTENER[0], axis=1)
    energy = (1.0 - absorption) ** hits.sum(axis=1) / distance**2
    width = tracer.settings.resolution
    theirs = np.bincount((distance / SPEED / width).astype(int), energy)[: len(ours)]
    assert decay_time(ours, width) == pytest.approx(decay_time(theirs, width), rel=0.05)
    assert decay_time(ours, width) > 1.05 * decay_time(ours, width, 0.0, -10.0)
    total = 10 * np.log10(ours.sum() / theirs.sum())
    assert total == pytest.approx(0.0, abs=0.05)


def test_bands_with_scattering_of_their_own_decay_as_if_alone() -> None:
    absorption = np.linspace(0.2, 0.34, 8)
    scattering = np.array([0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95])
    settings = {"rays": 5000, "duration": 1.0, "thinning": ((0.05, 2),), "late_start": None}
    together = propagator(box_room(SIZE, absorption, scattering), **settings)
    energy = _mean_energy(together)
    for band in (0, 3, 7):
        alone = propagator(box_room(SIZE, absorption[band], scattering[band]), **settings)
        expected = _mean_energy(alone)[:, band]
        assert 10 * np.log10(energy[:, band].sum() / expected.sum()) == pytest.approx(0.0, abs=0.15)
        assert decay_time(energy[:, band], 0.001) == pytest.approx(decay_time(expected, 0.001), rel=0.04)


def _mean_energy(tracer: Propagator, seeds: int = 4) -> NDArray[np.float64]:
    """Energy (bins, 8), the mean over seeds: one run alone is off by a tenth of a decibel."""
    runs = [without_air(tracer.propagate(SOURCE, LISTENER, seed)[0][0]) for seed in range(seeds)]
    return np.asarray(np.mean(runs, axis=0))


def test_decay_with_default_settings_is_that_of_many_rays() -> None:
    room = box_room(SIZE, 0.1, 0.5)
    quick = propagator(room, duration=1.5).propagate(SOURCE, LISTENER)[0][0].energy_over_time()
    slow = propagator(room, duration=1.5, rays=10_000, thinning=((0.1, 2),)).propagate(SOURCE, LISTENER, seed=1)[0][0]
    for band in range(8):
        reference = decay_time(slow.energy_over_time()[:, band], 0.001)
        assert decay_time(quick[:, band], 0.001) == pytest.approx(reference, rel=0.05)


def test_air_is_counted_over_the_whole_path() -> None:
    tracer = propagator(box_room(SIZE, 0.0, 1.0), rays=300, duration=3.0, thinning=())
    energy = tracer.propagate(SOURCE, LISTENER)[0][0].energy_over_time()[100:]
    expected = 55.26 / (4.0 * SPEED * AIR.band_attenuation[7])  # Eyring's formula with no absorption but the air's
    assert decay_time(energy[:, 7], 0.001) == pytest.approx(expected, rel=0.03)


def test_absorbing_wall_lowers_the_late_level_of_each_band_alone() -> None:
    walls = [
        AcousticMaterial(f"wall {k}", np.where(np.arange(8) < 4, 0.05, 0.6) if k == 0 else 0.05, 0.6) for k in range(6)
    ]
    found = propagator(with_wall_materials(box_room(SIZE), walls), duration=0.5).propagate(SOURCE, LISTENER)[0][0]
    total = without_air(found).sum(axis=0)
    np.testing.assert_allclose(total[:4], total[0], rtol=1e-2)
    assert (total[4:] < 0.8 * total[0]).all()
