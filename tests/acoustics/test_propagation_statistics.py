"""Noise and bias of the stochastic part (B4 tests 12, 22 and 24 of the acoustic specification)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.acoustics.propagation.arrival_directions import arrival_directions, direction_triangles
from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.scene.pose import quaternion_to_matrix
from tests.acoustics.shoebox import propagator
from tests.rooms import box_room, with_solid_block

ROOM = with_solid_block(box_room((6.0, 3.0, 5.0), 0.2, 0.5), (2.5, 0.0, 2.0), (3.4, 1.0, 2.9))
A, B = np.array([1.1, 1.2, 1.4]), np.array([4.7, 1.6, 3.3])


def _coarse(tracer: Propagator, source: np.ndarray, listener: np.ndarray, seeds: range) -> np.ndarray:
    """Energy (seeds, bins of 10 ms, 8)."""
    found = tracer.propagate_pairs(np.tile(source, (len(seeds), 1)), np.tile(listener, (len(seeds), 1)), list(seeds))
    energy = np.stack([pair.energy_over_time() for pair in found])
    return energy.reshape(len(seeds), -1, round(0.01 / found[0].diffuse.bin_width), 8).sum(axis=2)


def test_error_falls_with_the_square_root_of_the_rays_and_has_no_bias() -> None:
    settings = {"duration": 0.1, "image_order": 0, "thinning": ()}
    reference = _coarse(propagator(ROOM, rays=64_000, **settings), A, B, range(100, 104)).mean(axis=0)[2:]
    counts = np.array([250, 1000, 4000, 16_000])
    errors = []
    for count in counts:
        energy = _coarse(propagator(ROOM, rays=int(count), **settings), A, B, range(12))[:, 2:]
        errors.append(np.sqrt(np.mean((energy / reference - 1.0) ** 2)))
        if count == 1000:
            bias = 10 * np.log10(energy.mean(axis=0).sum(axis=0) / reference.sum(axis=0))
            assert np.abs(bias).max() < 0.15
    slope = np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.05)


def test_thinning_and_images_change_the_noise_but_not_the_mean() -> None:
    plain = propagator(ROOM, rays=20_000, duration=0.2, thinning=(), image_order=0)
    expected = _coarse(plain, A, B, range(8)).mean(axis=0)
    found = _coarse(propagator(ROOM, duration=0.2), A, B, range(24))
    error = found.std(axis=0) / np.sqrt(24) + 0.015 * expected
    assert (np.abs(found.mean(axis=0) - expected)[3:] < 3.5 * error[3:]).all()
    assert 10 * np.log10(found.mean(axis=0).sum() / expected.sum()) == pytest.approx(0.0, abs=0.1)


def test_swapping_source_and_listener_gives_the_same_energy() -> None:
    tracer = propagator(ROOM, rays=5000, duration=0.2, image_order=0)
    there, back = _coarse(tracer, A, B, range(16)), _coarse(tracer, B, A, range(16))
    error = np.sqrt((there.var(axis=0) + back.var(axis=0)) / 16)
    used = there.mean(axis=0) > 0
    assert (np.abs(there.mean(axis=0) - back.mean(axis=0))[used] < 4.0 * error[used]).all()
    assert 10 * np.log10(there.sum() / back.sum()) == pytest.approx(0.0, abs=0.1)


def test_turned_and_shifted_scene_gives_the_same_energy() -> None:
    turn = np.asarray(quaternion_to_matrix(np.array([0.8, 0.2, -0.4, 0.4])))
    shift = np.array([3.0, -2.0, 7.0])
    moved = dataclasses.replace(ROOM, vertices=(ROOM.vertices @ turn.T + shift).astype(np.float32))
    plain = _coarse(propagator(ROOM, duration=0.1), A, B, range(8))
    found = _coarse(propagator(moved, duration=0.1), turn @ A + shift, turn @ B + shift, range(8))
    error = np.sqrt((plain.var(axis=0) + found.var(axis=0)) / 8)
    used = plain.mean(axis=0) > 0
    assert (np.abs(plain.mean(axis=0) - found.mean(axis=0))[used] < 4.5 * error[used] + 1e-9).all()


def test_energy_arrives_from_where_the_walls_are() -> None:
    # A scattering floor alone: all reflected energy comes from below, most of it from where the path is short.
    room = box_room((20.0, 3.0, 20.0), 0.0, 1.0)
    floor = dataclasses.replace(
        room, triangles=room.triangles[4:6], triangle_surfaces=room.triangle_surfaces[4:6],
        triangle_objects=room.triangle_objects[4:6],
    )  # fmt: skip
    found = propagator(floor, rays=20_000, duration=0.1).propagate([[10, 1, 11]], [[10, 1, 10]])[0][0]
    energy = found.diffuse.energy.sum(axis=(1, 2))
    height = found.diffuse.directions[:, 1]
    assert energy[height > 0.6].sum() == 0.0
    assert energy[height < 0.0].sum() > 0.98 * energy.sum()
    mean = (energy[:, None] * found.diffuse.directions).sum(axis=0)
    assert mean[2] > 0.0  # towards the source
    assert abs(mean[0]) < 0.02 * abs(mean[1])


def test_a_source_against_a_scattering_floor_has_the_energy_of_the_closed_form() -> None:
    # Listener and source at one place, h above an infinite Lambert floor: the reflection carries the integral of
    # cos^2 / (pi r^4) over the floor, which is 2 h^2 times that of x / (x^2 + h^2)^3 dx, hence 1 / (2 h^2).
    room = box_room((200.0, 3.0, 200.0), 0.0, 1.0)
    floor = dataclasses.replace(
        room, triangles=room.triangles[4:6], triangle_surfaces=room.triangle_surfaces[4:6],
        triangle_objects=room.triangle_objects[4:6],
    )  # fmt: skip
    height = 1.5
    place = [[100.0, height, 100.0]]
    found = propagator(floor, rays=100_000, duration=0.3, thinning=()).propagate(place, place)[0][0]
    assert found.energy_over_time()[:, 0].sum() == pytest.approx(1.0 / (2.0 * height**2), rel=0.01)


def test_direction_bins_cover_the_sphere_evenly() -> None:
    directions, triangles = arrival_directions(), direction_triangles()
    assert directions.shape == (42, 3)
    assert triangles.shape == (80, 3)
    assert sorted(np.bincount(triangles.ravel())) == [5] * 12 + [6] * 30
    assert (np.linalg.det(directions[triangles]) > 0).all()
