"""The late field, traced once for a scene, against rays that are followed to their ends."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.errors import SettingsError
from echoenv.rays import RayEngine
from tests.acoustics.shoebox import SPEED, decay_time, propagator, without_air
from tests.rooms import box_room, with_solid_block

SIZE = np.array([6.0, 3.0, 5.0])
SOURCE, LISTENER = [[1.2, 1.5, 1.1]], [[4.7, 1.2, 3.9]]


def levels(energy: np.ndarray, edges: tuple[int, ...]) -> np.ndarray:
    """Energy [dB] of bins (n, 8) between edges."""
    return np.array([10.0 * np.log10(energy[a:b].sum(axis=0)) for a, b in itertools.pairwise(edges)])


def mean_energy(tracer: Propagator, sources: object, listeners: object, runs: int) -> np.ndarray:
    found = [tracer.propagate(sources, listeners, seed)[0][0].energy_over_time() for seed in range(runs)]  # type: ignore[arg-type]
    return np.mean(found, axis=0)


def test_it_has_the_levels_and_decays_of_rays_that_are_followed() -> None:
    room = with_solid_block(box_room(SIZE, np.linspace(0.1, 0.3, 8), 0.3), (2.6, 0.0, 2.0), (3.1, 2.0, 3.0))
    joined = mean_energy(propagator(room, duration=0.8, rays=4000), SOURCE, LISTENER, 6)
    followed = mean_energy(propagator(room, duration=0.8, rays=8000, late_start=None), SOURCE, LISTENER, 4)
    edges = (60, 120, 250, 400, 600)
    np.testing.assert_allclose(levels(joined, edges), levels(followed, edges), atol=0.7)
    assert np.abs((levels(joined, edges) - levels(followed, edges)).mean()) < 0.25
    for band in range(8):
        assert decay_time(joined[:, band], 0.001) == pytest.approx(decay_time(followed[:, band], 0.001), rel=0.03)


def test_a_lossless_room_keeps_the_level_of_a_diffuse_field() -> None:
    tracer = propagator(box_room(SIZE, 0.0, 0.5), rays=4000, duration=2.0)
    sources = [[4.1, 0.8, 2.2], [1.0, 2.0, 4.1], [2.9, 0.9, 0.8], [5.2, 1.6, 1.1]]
    found = [pair for each in tracer.propagate(sources, LISTENER * 4, [0, 1, 2, 3]) for pair in each]
    expected = 4.0 * np.pi * SPEED / np.prod(SIZE) * tracer.settings.resolution  # (P3)
    windows = np.mean([without_air(pair)[100:1900, 0].reshape(6, 300).mean(axis=1) for pair in found], axis=0)
    np.testing.assert_allclose(10.0 * np.log10(windows / expected), 0.0, atol=0.4)
    assert abs(10.0 * np.log10(windows.mean() / expected)) < 0.2


def test_rooms_behind_a_door_keep_levels_and_decays_of_their_own() -> None:
    scene = with_solid_block(box_room((9.0, 3.0, 5.0), 0.15, 0.3), (4.0, 0.0, 0.0), (4.1, 3.0, 3.8))
    places = np.array([[1.0, 1.5, 1.5], [7.0, 1.5, 1.5]])
    for listener in places:
        joined, followed = (
            mean_energy(propagator(scene, duration=0.7, rays=rays, late_start=start), places[:1], listener[None], runs)
            for rays, start, runs in ((4000, 0.06, 6), (8000, None, 4))
        )
        edges = (60, 150, 300, 450)
        np.testing.assert_allclose(levels(joined, edges)[:, 2:7], levels(followed, edges)[:, 2:7], atol=0.6)


def test_it_is_the_same_whoever_asked_first_and_for_however_long() -> None:
    engine = RayEngine(box_room(SIZE, 0.2, 0.3), threads=1)
    long, short = Propagator(engine, PropagationSettings(duration=1.0)), PropagationSettings(duration=0.6)
    long.propagate(SOURCE, LISTENER)
    after = Propagator(engine, short).propagate(SOURCE, LISTENER)[0][0].diffuse.energy
    other = Propagator(RayEngine(box_room(SIZE, 0.2, 0.3), threads=2), short)
    np.testing.assert_array_equal(other.propagate(SOURCE, LISTENER)[0][0].diffuse.energy, after)
    both = other.propagate(SOURCE + LISTENER, LISTENER + SOURCE, [0, 5])
    np.testing.assert_array_equal(both[0][0].diffuse.energy, after)


def test_it_is_left_out_where_every_ray_counts() -> None:
    assert PropagationSettings().joins_late_field
    for settings in ({"late_start": None}, {"thinning": ()}, {"rays": 50_000}, {"duration": 0.4}):
        assert not PropagationSettings(**settings).joins_late_field  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="late_start"):
        PropagationSettings(late_start=0.0)


def test_an_open_scene_has_a_late_field_that_ends() -> None:
    room = box_room(SIZE, 0.1, 0.3)
    floor = dataclasses.replace(
        room,
        triangles=room.triangles[4:6],
        triangle_surfaces=room.triangle_surfaces[4:6],
        triangle_objects=room.triangle_objects[4:6],
    )
    found = propagator(floor, duration=1.0).propagate(SOURCE, LISTENER)[0][0]
    assert np.isfinite(found.diffuse.energy).all() and len(found.arrivals)
    assert found.diffuse.energy[:, 60:].sum() == 0.0
