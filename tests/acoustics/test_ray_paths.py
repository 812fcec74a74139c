"""Paths as arrays: exact points of arrivals, and samples of the diffuse field that add up to it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.propagation.path_arrays import Interaction, PathKind, RayPaths
from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.acoustics.propagation.ray_paths import exact_paths, ray_paths
from echoenv.errors import DatasetError, PoseError, SettingsError
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface
from tests.acoustics.shoebox import allen_berkley, propagator
from tests.rooms import box_room, with_solid_block

SIZE = np.array([6.0, 3.0, 5.0])
SOURCE, LISTENER = np.array([1.2, 1.5, 1.1]), np.array([4.7, 1.2, 3.9])


@pytest.fixture(scope="module")
def found() -> tuple[Propagator, RayPaths]:
    room = with_solid_block(box_room(SIZE, absorption=0.2, scattering=0.3), (2.6, 0, 2), (3.1, 2, 3))
    tracing = propagator(room, duration=0.25, rays=8000)
    return tracing, ray_paths(tracing, SOURCE, LISTENER, rays=3000)


def lengths_of(paths: RayPaths) -> np.ndarray:
    return np.array(
        [np.linalg.norm(np.diff(paths.points(i).astype(float), axis=0), axis=1).sum() for i in range(len(paths))]
    )


def walled_room() -> Scene:
    """A box with a thin wall across it that lets a quarter of the energy through."""
    room = box_room(SIZE, absorption=0.3, scattering=0.2)
    wall = Surface("wall", AcousticMaterial("thin", 0.1, 0.2, 0.25))  # type: ignore[arg-type]
    corners = np.array([[3, 0, 0], [3, 3, 0], [3, 3, 5], [3, 0, 5]], dtype=np.float32)
    count = len(room.vertices)
    return dataclasses.replace(
        room,
        vertices=np.concatenate([room.vertices, corners]),
        triangles=np.concatenate([room.triangles, count + np.array([[0, 1, 2], [0, 2, 3]])]),
        surfaces=(*room.surfaces, wall),
        triangle_surfaces=np.append(room.triangle_surfaces, [1, 1]),
        triangle_objects=np.append(room.triangle_objects, [7, 7]),
        vertex_colors=None,
    )


def test_paths_begin_at_the_source_end_at_the_listener_and_are_as_long_as_their_delay(
    found: tuple[Propagator, RayPaths],
) -> None:
    _, paths = found
    starts, ends = paths.offsets[:-1], paths.offsets[1:] - 1
    assert np.array_equal(paths.vertices[starts], np.tile(SOURCE.astype(np.float32), (len(paths), 1)))
    assert np.array_equal(paths.vertices[ends], np.tile(LISTENER.astype(np.float32), (len(paths), 1)))
    assert (paths.interactions[starts] == Interaction.SOURCE).all()
    assert (paths.interactions[ends] == Interaction.LISTENER).all()
    wrong = np.abs(lengths_of(paths) - paths.delays * paths.speed_of_sound)
    assert wrong[paths.exact].max() < 1e-3
    assert wrong[~paths.exact].max() < 1e-3 * paths.counts.max()
    assert (np.diff(paths.delays) >= 0.0).all()


def test_every_exact_reflection_obeys_the_law_of_mirrors_on_its_triangle(found: tuple[Propagator, RayPaths]) -> None:
    tracing, paths = found
    exact = paths.chosen(paths.exact)
    mirrors = np.flatnonzero(exact.interactions == Interaction.MIRROR)
    assert len(mirrors) > 50
    points = exact.vertices.astype(np.float64)
    into, out = points[mirrors] - points[mirrors - 1], points[mirrors + 1] - points[mirrors]
    # between two mirrors in a corner, the 0.1 mm by which rays leave walls turns a short leg
    long = np.minimum(np.linalg.norm(into, axis=1), np.linalg.norm(out, axis=1)) > 0.05
    assert long.mean() > 0.95
    mirrors, into, out = mirrors[long], into[long], out[long]
    half = out / np.linalg.norm(out, axis=1)[:, None] - into / np.linalg.norm(into, axis=1)[:, None]
    half /= np.linalg.norm(half, axis=1)[:, None]
    normals = tracing.engine.normals[exact.triangles[mirrors]]
    np.testing.assert_allclose(np.abs(np.einsum("ij,ij->i", half, normals)), 1.0, atol=1e-4)
    corners = tracing.engine.scene.vertices[tracing.engine.scene.triangles[exact.triangles[mirrors], 0]]
    assert np.abs(np.einsum("ij,ij->i", points[mirrors] - corners, normals)).max() < 1e-3


def test_exact_paths_of_a_box_are_those_of_allen_and_berkley() -> None:
    tracing = propagator(box_room(SIZE, absorption=0.1, scattering=0.0), rays=20000, image_order=2, duration=0.2)
    paths = ray_paths(tracing, SOURCE, LISTENER, rays=0)
    images, hits = allen_berkley(SIZE, SOURCE, 2)
    order = np.argsort(np.linalg.norm(images - LISTENER, axis=1))
    np.testing.assert_allclose(lengths_of(paths), np.linalg.norm(images - LISTENER, axis=1)[order], atol=1e-3)
    assert sorted(paths.counts - 2) == sorted(hits.sum(axis=1))
    assert len(paths.of_kind(PathKind.DIRECT)) == 1 and len(paths.of_kind(PathKind.REFLECTION)) == 24


def test_energies_of_all_paths_add_up_to_the_propagation_over_time(found: tuple[Propagator, RayPaths]) -> None:
    tracing, paths = found
    whole = tracing.propagate(SOURCE[None], LISTENER[None], 0)[0][0]
    bin_width = 0.025
    expected = whole.energy_over_time().reshape(-1, round(bin_width / whole.diffuse.bin_width), 8).sum(axis=1)
    summed = paths.energy_over_time(bin_width)
    samples = paths.chosen(~paths.exact)
    bins = (samples.delays / bin_width).astype(int)
    noise = np.sqrt(np.array([(samples.energies[bins == i] ** 2).sum(axis=0) for i in range(len(expected))]))
    known = expected > 0.0
    assert (np.abs(summed - expected)[known] < 6.0 * noise[known] + 0.02 * expected[known]).all()
    diffuse = whole.diffuse.energy.sum(axis=(0, 1))
    np.testing.assert_allclose(samples.energies.sum(axis=0), diffuse, rtol=0.15)
    assert paths.cut == 0.0


def test_walls_that_sound_goes_through_are_points_of_its_paths() -> None:
    tracing = propagator(walled_room(), duration=0.15, rays=6000)
    paths = ray_paths(tracing, SOURCE, LISTENER, rays=12000)
    whole = tracing.propagate(SOURCE[None], LISTENER[None], 0)[0][0]
    walls = paths.interactions == Interaction.WALL
    np.testing.assert_allclose(paths.vertices[walls][:, 0], 3.0, atol=1e-3)
    assert {paths.materials[surface] for surface in paths.surfaces[walls]} == {"thin"}
    by_path = np.add.reduceat(walls.astype(int), paths.offsets[:-1])
    assert (by_path % 2 == 1).all()  # source and listener are on two sides
    assert (paths.kinds[paths.exact] == PathKind.TRANSMISSION).all()
    np.testing.assert_array_equal(by_path[paths.exact], whole.arrivals.transmissions)
    samples = paths.chosen(~paths.exact)
    np.testing.assert_allclose(samples.energies.sum(axis=0), whole.diffuse.energy.sum(axis=(0, 1)), rtol=0.15)


def test_a_directed_source_sends_its_paths_ahead(found: tuple[Propagator, RayPaths]) -> None:
    tracing, omni = found
    ahead = Directivity.cardioid_family("cardioid")
    paths = ray_paths(tracing, SOURCE, LISTENER, rays=3000, directivity=ahead, rotation=np.eye(3))
    backward = paths.departures[:, 2] > 0.9
    assert 0.0 < paths.energies[backward].sum() < 0.02 * omni.energies[omni.departures[:, 2] > 0.9].sum()
    whole = tracing.propagate(SOURCE[None], LISTENER[None], 0, directivities=ahead, rotations=np.eye(3)[None])[0][0]
    np.testing.assert_allclose(paths.energies.sum(axis=0), whole.energy_over_time().sum(axis=0), rtol=0.15)


def test_points_at_edges_lie_on_them_and_give_the_length() -> None:
    room = with_solid_block(box_room(SIZE, absorption=0.9, scattering=0.1), (2.6, 0, 0), (3.1, 2, 5))
    tracing = propagator(room, duration=0.1, rays=2000)
    paths = ray_paths(tracing, SOURCE, (4.7, 0.8, 3.9), rays=0).of_kind(PathKind.DIFFRACTION)
    if not len(paths):
        pytest.skip("propagation has no diffraction")
    edges = paths.vertices[paths.interactions == Interaction.EDGE]
    np.testing.assert_allclose(edges[:, 1], 2.0, atol=0.02)
    assert np.abs(edges[:, 0, None] - [2.6, 3.1]).min(axis=1).max() < 0.02
    np.testing.assert_allclose(lengths_of(paths), paths.delays * paths.speed_of_sound, atol=0.02)


def test_the_strongest_paths_carry_the_share_and_are_the_fewest(found: tuple[Propagator, RayPaths]) -> None:
    _, paths = found
    total = paths.energies.sum()
    few = paths.strongest(0.8)
    assert few.energies.sum() >= 0.8 * total > few.energies.sum() - few.energies.sum(axis=1).min()
    assert len(few) < 0.2 * len(paths)
    assert len(paths.strongest(1.0)) <= len(paths)
    assert few.energies.sum(axis=1).min() >= paths.energies.sum(axis=1)[~np.isin(paths.delays, few.delays)].max()
    top = paths.strongest(0.5, band=7)
    assert top.energies[:, 7].sum() >= 0.5 * paths.energies[:, 7].sum()
    for share, band in ((0.0, None), (1.1, None), (float("nan"), None), (0.5, 8)):
        with pytest.raises(SettingsError):
            paths.strongest(share, band)


def test_arrays_are_saved_and_read_to_the_bit(found: tuple[Propagator, RayPaths], tmp_path: Path) -> None:
    _, paths = found
    read = RayPaths.load(paths.save(tmp_path / "paths"))
    for field in dataclasses.fields(RayPaths):
        assert np.array_equal(getattr(read, field.name), getattr(paths, field.name)), field.name
    with pytest.raises(DatasetError, match="cannot be read"):
        RayPaths.load(tmp_path / "none.npz")
    (tmp_path / "damaged.npz").write_bytes((tmp_path / "paths.npz").read_bytes()[:500])
    with pytest.raises(DatasetError, match="damaged"):
        RayPaths.load(tmp_path / "damaged.npz")
    with pytest.raises(DatasetError, match="existing folder"):
        paths.save(tmp_path / "no" / "paths.npz")


def test_padded_points_agree_with_those_of_each_path(found: tuple[Propagator, RayPaths]) -> None:
    _, paths = found
    padded = paths.padded()
    for i in (0, 1, len(paths) - 1):
        count = paths.counts[i]
        assert np.array_equal(padded[i, :count], paths.points(i)) and np.isnan(padded[i, count:]).all()
    assert paths.materials_of(0) == ("", "") or len(paths.materials_of(0)) == paths.counts[0]


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads() -> None:
    room = box_room(SIZE, absorption=0.3, scattering=0.4)
    one, two = (
        ray_paths(propagator(room, threads, duration=0.1, rays=2000), SOURCE, LISTENER, rays=600, seed=7)
        for threads in (1, 2)
    )
    assert one.vertices.tobytes() == two.vertices.tobytes() and one.energies.tobytes() == two.energies.tobytes()
    other = ray_paths(propagator(room, duration=0.1, rays=2000), SOURCE, LISTENER, rays=600, seed=8)
    assert one.vertices.tobytes() != other.vertices.tobytes()


def test_no_way_gives_no_paths_and_mistakes_are_named(found: tuple[Propagator, RayPaths]) -> None:
    tracing, _ = found
    outside = ray_paths(tracing, (50.0, 50.0, 50.0), LISTENER, rays=100)
    assert len(outside) == 0 and outside.padded().shape == (0, 0, 3) and len(outside.strongest(0.5)) == 0
    together = ray_paths(tracing, LISTENER, LISTENER, rays=100)
    assert np.isfinite(together.energies).all() and not (together.kinds == PathKind.DIRECT).any()
    with pytest.raises(PoseError, match="source position has shape"):
        ray_paths(tracing, (1.0, 2.0), LISTENER)
    with pytest.raises(PoseError, match="not finite"):
        ray_paths(tracing, (1.0, np.nan, 1.0), LISTENER)
    for rays in (-1, 1.5, True):
        with pytest.raises(SettingsError, match="whole number"):
            ray_paths(tracing, SOURCE, LISTENER, rays=rays)  # type: ignore[arg-type]
    assert len(exact_paths(tracing, tracing.propagate(SOURCE[None], LISTENER[None])[0][0])) > 0
