"""Direct sound, odd places and bad input (B4 tests 1, 2 and 25 of the acoustic specification)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.acoustics.propagation.propagator import PropagationSettings
from echoenv.errors import PoseError, SettingsError
from tests.acoustics.shoebox import AIR, SPEED, plane_scene, propagator
from tests.rooms import box_room, with_solid_block

FAR_QUAD = plane_scene(np.array([[[900.0, 0, 0], [901, 0, 0], [901, 1, 0], [900, 1, 0]]]), 0.5)
SIZE = np.array([7.0, 3.0, 5.0])


def test_direct_sound_falls_as_one_over_distance_and_arrives_at_r_over_c() -> None:
    distances = np.array([0.5, 1.0, 2.0, 5.0, 13.0, 50.0])
    sources = np.array([1.0, 2.0, 3.0]) + distances[:, None] * np.array([0.6, 0.0, 0.8])
    found = propagator(FAR_QUAD, rays=16, duration=0.2).propagate(sources, [[1.0, 2.0, 3.0]])
    for (pair,), distance in zip(found, distances, strict=True):
        (delay,), (amplitude,) = pair.arrivals.delays, pair.arrivals.amplitudes
        np.testing.assert_allclose(delay, distance / SPEED, rtol=1e-12)
        np.testing.assert_allclose(amplitude, np.exp(-distance * AIR.band_attenuation / 2) / distance, rtol=1e-12)
        np.testing.assert_allclose(pair.arrivals.directions, [[0.6, 0.0, 0.8]], atol=1e-12)
        assert pair.arrivals.orders.tolist() == [0]
        assert pair.escaped == 1.0


def test_a_block_in_the_way_hides_the_direct_sound_and_reflections_remain() -> None:
    room = with_solid_block(box_room(SIZE, 0.2, 0.3), (3.0, 0.0, 1.0), (3.5, 2.5, 4.0))
    pair = propagator(room, rays=2000, duration=0.1).propagate([[1.0, 1.2, 2.5]], [[5.0, 1.2, 2.5]])[0][0]
    assert not ((pair.arrivals.orders == 0) & (pair.arrivals.diffractions == 0)).any()
    first = np.flatnonzero(pair.energy_over_time()[:, 3])[0] * pair.diffuse.bin_width
    assert first > 4.0 / SPEED
    assert pair.energy_over_time().sum() > 0.0


def test_nothing_is_heard_before_the_direct_sound_nor_after_the_duration() -> None:
    pair = propagator(box_room(SIZE, 0.1, 0.5), duration=0.05).propagate([[1.0, 1.2, 1.0]], [[6.0, 1.5, 4.0]])[0][0]
    direct = np.linalg.norm([5.0, 0.3, 3.0]) / SPEED
    energy = pair.energy_over_time()
    assert pair.diffuse.duration == pytest.approx(0.05)
    assert not energy[: int(direct / pair.diffuse.bin_width)].any()
    assert pair.arrivals.delays.max() < 0.05


def test_source_at_the_listener_has_echoes_but_no_direct_sound() -> None:
    here = [[2.0, 1.5, 2.2]]
    pair = propagator(box_room(SIZE, 0.1, 0.1), duration=0.06).propagate(here, here)[0][0]
    assert pair.arrivals.orders.min() == 1
    np.testing.assert_allclose(pair.arrivals.delays[0], 2 * 1.5 / SPEED, rtol=1e-9)  # floor and ceiling, 1.5 m away
    assert np.isfinite(pair.diffuse.energy).all()
    assert pair.diffuse.energy.sum() > 0


@pytest.mark.parametrize(
    ("source", "listener"),
    [
        ([2.0, 1.0, 2.0], [0.0, 1.0, 2.0]),  # listener on a wall
        ([0.0, 0.0, 0.0], [3.0, 1.0, 2.0]),  # source in a corner
        ([2.0, 1.0, 2.0], [-3.0, 1.0, 2.0]),  # listener outside
        ([0.00001, 1.0, 2.0], [3.0, 1.0, 2.0]),  # source a hair off a wall
        ([3.25, 1.0, 2.0], [1.0, 1.0, 2.0]),  # source in a solid
    ],
)
def test_odd_places_give_finite_results(source: list[float], listener: list[float]) -> None:
    room = with_solid_block(box_room(SIZE, 0.1, 0.3), (3.0, 0.0, 1.0), (3.5, 2.5, 4.0))
    pair = propagator(room, rays=1000, duration=0.1).propagate([source], [listener])[0][0]
    assert np.isfinite(pair.energy_over_time()).all()
    assert (pair.diffuse.energy >= 0.0).all()
    assert 0.0 <= pair.escaped <= 1.0


def test_a_listener_outside_hears_nothing_through_opaque_walls() -> None:
    pair = propagator(box_room(SIZE, 0.1, 0.3), rays=1000, duration=0.1).propagate([[2, 1, 2]], [[-3.0, 1.0, 2.0]])[0][
        0
    ]
    assert pair.energy_over_time().sum() == 0.0
    assert pair.escaped == pytest.approx(1.0, abs=0.01)  # some rays stand for two


def test_an_opening_lets_its_share_of_rays_escape() -> None:
    room = box_room(SIZE, 0.0, 1.0)
    roofless = dataclasses.replace(
        room, triangles=room.triangles[:-6], triangle_surfaces=room.triangle_surfaces[:-6],
        triangle_objects=room.triangle_objects[:-6],
    )  # fmt: skip
    closed, open_ = (propagator(scene, rays=2000, duration=1.0, thinning=()) for scene in (room, roofless))
    assert closed.propagate([[2, 1, 2]], [[4, 1, 3]])[0][0].escaped == 0.0
    assert open_.propagate([[2, 1, 2]], [[4, 1, 3]])[0][0].escaped > 0.99


def test_triangles_without_area_change_nothing_that_is_exact() -> None:
    room = box_room(SIZE, 0.1, 0.1)
    sliver = np.array([[0, 0, 1], [2, 3, 3], [5, 5, 5]], dtype=np.int32)
    broken = dataclasses.replace(
        room, triangles=np.concatenate([room.triangles, sliver]),
        triangle_surfaces=np.append(room.triangle_surfaces, [0, 0, 0]).astype(np.int32),
        triangle_objects=np.append(room.triangle_objects, [1, 1, 1]).astype(np.int32),
    )  # fmt: skip
    whole, with_slivers = (
        propagator(scene, duration=0.1).propagate([[2, 1, 2]], [[4, 1, 3]])[0][0] for scene in (room, broken)
    )
    np.testing.assert_allclose(with_slivers.arrivals.amplitudes, whole.arrivals.amplitudes, rtol=1e-6)
    assert with_slivers.escaped == 0.0


@pytest.mark.parametrize(
    ("sources", "listeners"),
    [([[0, 1, np.nan]], [[1, 1, 1]]), ([[0, 1, 0]], [[1, np.inf, 1]]), ([0, 1, 0], [[1, 1, 1]])],
)
def test_positions_that_cannot_be_used_are_named(sources: list, listeners: list) -> None:
    with pytest.raises(PoseError, match="position"):
        propagator(FAR_QUAD, rays=16, duration=0.1).propagate(sources, listeners)


@pytest.mark.parametrize("seed", [-1, 1.5, [1, 2, 3]])
def test_seeds_that_cannot_be_used_are_named(seed: object) -> None:
    with pytest.raises(SettingsError, match="seed"):
        propagator(FAR_QUAD, rays=16, duration=0.1).propagate([[0, 1, 0]], [[1, 1, 1]], seed=seed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [{"rays": 0}, {"duration": -1.0}, {"bin_width": 0.0}, {"image_order": 99}, {"lobe_angle": 90.0},
     {"thinning": ((0.1, 4), (0.05, 8))}, {"thinning": ((0.1, 4), (0.2, 0))}, {"duration": float("nan")},
     {"rays": "many"}, {"rays": 1.5}, {"image_order": 2.5}, {"thinning": (1,)}, {"thinning": None}],
)  # fmt: skip
def test_settings_out_of_range_are_named(wrong: dict) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        PropagationSettings(**wrong)


def test_no_sources_or_no_listeners_give_empty_lists() -> None:
    tracer = propagator(FAR_QUAD, rays=16, duration=0.1)
    assert tracer.propagate(np.empty((0, 3)), [[1, 1, 1]]) == []
    assert tracer.propagate([[1, 1, 1]], np.empty((0, 3))) == [[]]
    with pytest.raises(PoseError, match="pairs"):
        tracer.propagate_pairs([[1, 1, 1]], np.empty((0, 3)))
