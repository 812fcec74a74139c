"""Mirror reflections against closed forms (B4 tests 3, 4 and the deterministic part of 12 and 24)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.acoustics.paths import Arrivals
from echoenv.acoustics.propagation.image_sources import distinct_chains
from echoenv.acoustics.propagation.mirror_planes import find_mirror_planes
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.pose import quaternion_to_matrix
from tests.acoustics.shoebox import AIR, SPEED, allen_berkley, plane_scene, propagator, with_wall_materials
from tests.rooms import box_room, with_solid_block

FLOOR = np.array([[-20.0, 0, -20], [-20, 0, 20], [20, 0, 20], [20, 0, -20]])
WALL = np.array([[0.0, -20, -20], [0, 20, -20], [0, 20, 20], [0, -20, 20]])


def _expected(image: np.ndarray, listener: np.ndarray, reflectance: float) -> tuple[float, np.ndarray, np.ndarray]:
    offset = image - listener
    distance = np.linalg.norm(offset)
    amplitude = np.sqrt(reflectance) * np.exp(-distance * AIR.band_attenuation / 2) / distance
    return distance / SPEED, offset / distance, amplitude


def test_one_plane_gives_the_mirrored_source() -> None:
    source, listener = np.array([1.0, 1.3, 0.4]), np.array([-2.0, 1.9, 1.7])
    arrivals = propagator(plane_scene(FLOOR[None], 0.36), duration=0.1).propagate([source], [listener])[0][0].arrivals
    delay, direction, amplitude = _expected(source * [1, -1, 1], listener, 0.64)
    assert arrivals.orders.tolist() == [0, 1]
    np.testing.assert_allclose(arrivals.delays[1], delay, rtol=1e-9)
    np.testing.assert_allclose(arrivals.directions[1], direction, atol=1e-9)
    np.testing.assert_allclose(arrivals.amplitudes[1], amplitude, rtol=1e-6)


def test_two_planes_give_three_images() -> None:
    source, listener = np.array([1.0, 1.3, 0.4]), np.array([2.2, 0.8, 1.7])
    found = propagator(plane_scene(np.stack([FLOOR, WALL]), 0.2), duration=0.1).propagate([source], [listener])[0][0]
    images = [(source, 1.0), (source * [1, -1, 1], 0.8), (source * [-1, 1, 1], 0.8), (source * [-1, -1, 1], 0.64)]
    expected = sorted((_expected(image, listener, left) for image, left in images), key=lambda item: item[0])
    assert sorted(found.arrivals.orders.tolist()) == [0, 1, 1, 2]
    np.testing.assert_allclose(found.arrivals.delays, [item[0] for item in expected], rtol=1e-9)
    np.testing.assert_allclose(found.arrivals.directions, [item[1] for item in expected], atol=1e-9)
    np.testing.assert_allclose(found.arrivals.amplitudes, [item[2] for item in expected], rtol=1e-6)


def test_shoebox_has_every_image_of_allen_and_berkley_to_order_ten_once() -> None:
    size, order = np.array([5.1, 3.9, 4.3]), 10
    source, listener = np.array([1.73, 1.21, 3.02]), np.array([3.64, 2.37, 1.11])
    walls = [AcousticMaterial(f"wall {k}", np.linspace(0.02, 0.1, 8) * (k + 1), 0.0) for k in range(6)]
    tracer = propagator(
        with_wall_materials(box_room(size), walls), rays=300_000, duration=0.2, image_order=order, image_rays=0.0,
        thinning=((1e-4, 2**20),),
    )  # fmt: skip
    arrivals = tracer.propagate([source], [listener])[0][0].arrivals
    images, hits = allen_berkley(size, source, order)
    assert images.shape[0] == 1 + sum(4 * n * n + 2 for n in range(1, order + 1))
    assert np.bincount(arrivals.orders).tolist() == [1] + [4 * n * n + 2 for n in range(1, order + 1)]

    found = listener + arrivals.directions * arrivals.delays[:, None] * SPEED
    ours, theirs = (np.lexsort(np.round(points, 3).T) for points in (found, images))
    np.testing.assert_allclose(found[ours], images[theirs], atol=1e-6)
    distance = np.linalg.norm(images - listener, axis=1)
    np.testing.assert_allclose(arrivals.delays[ours], distance[theirs] / SPEED, atol=1e-9)
    reflection = np.array([wall.reflection for wall in walls], dtype=np.float64)
    energy = np.prod(reflection[None] ** hits[:, :, None], axis=1) * np.exp(-distance[:, None] * AIR.band_attenuation)
    level_error = 20 * np.log10(arrivals.amplitudes[ours] / (np.sqrt(energy) / distance[:, None])[theirs])
    assert np.abs(level_error).max() < 0.001


def test_default_settings_find_the_strong_images_of_a_room() -> None:
    size, order = np.array([5.1, 3.0, 4.3]), 3
    source, listener = np.array([1.73, 1.21, 3.02]), np.array([3.64, 1.5, 1.11])
    arrivals = propagator(box_room(size, 0.1, 0.05), duration=0.06).propagate([source], [listener])[0][0].arrivals
    images, _ = allen_berkley(size, source, order)
    within = np.linalg.norm(images - listener, axis=1) < 0.06 * SPEED
    assert np.count_nonzero(arrivals.orders <= order) == np.count_nonzero(within)


def test_scattering_takes_its_part_of_the_mirror_reflection() -> None:
    scene = plane_scene(FLOOR[None], 0.5, scattering=0.3)
    arrivals = propagator(scene, duration=0.05).propagate([[1.0, 1.0, 0.0]], [[-1.0, 1.0, 0.0]])[0][0].arrivals
    _, _, amplitude = _expected(np.array([1.0, -1.0, 0.0]), np.array([-1.0, 1.0, 0.0]), 0.5 * 0.7)
    np.testing.assert_allclose(arrivals.amplitudes[1], amplitude, rtol=1e-6)


def test_mirror_reflection_is_reciprocal() -> None:
    room = with_solid_block(box_room((6.0, 3.0, 5.0), 0.1, 0.0), (2.5, 0.0, 2.0), (3.4, 1.0, 2.9))
    settings = {"image_order": 4, "image_rays": 0.0, "thinning": ((1e-4, 2**20),), "diffraction": 0}
    tracer = propagator(room, rays=100_000, duration=0.05, **settings)
    a, b = [1.1, 1.2, 1.4], [4.7, 1.6, 3.3]
    there, back = (tracer.propagate([x], [y])[0][0].arrivals for x, y in ((a, b), (b, a)))
    assert len(there) > 80
    np.testing.assert_allclose(there.delays, back.delays, rtol=1e-9)
    np.testing.assert_allclose(np.sort(there.amplitudes[:, 3]), np.sort(back.amplitudes[:, 3]), rtol=1e-5)


def _box_arrivals(**changes: np.ndarray) -> Arrivals:
    room = dataclasses.replace(box_room((6.0, 3.0, 5.0), 0.1, 0.1), vertex_colors=None, **changes)
    tracer = propagator(room, rays=20_000, duration=0.05, image_order=3, thinning=())
    return tracer.propagate([[1.1, 1.2, 1.4]], [[4.7, 1.6, 3.3]])[0][0].arrivals


def test_flipped_reordered_and_split_triangles_give_the_same_reflections() -> None:
    room = box_room((6.0, 3.0, 5.0))
    plain = _box_arrivals()
    a, b, c = room.triangles.T
    middles = room.vertices[room.triangles].mean(axis=1)
    m = len(room.vertices) + np.arange(len(a))
    split = {
        "vertices": np.concatenate([room.vertices, middles]),
        "triangles": np.concatenate([np.stack(t, axis=1) for t in ((a, b, m), (b, c, m), (c, a, m))]),
        "triangle_surfaces": np.tile(room.triangle_surfaces, 3),
        "triangle_objects": np.tile(room.triangle_objects, 3),
    }
    for changes in ({"triangles": room.triangles[:, ::-1]}, {"triangles": room.triangles[::-1]}, split):
        arrivals = _box_arrivals(**changes)
        np.testing.assert_allclose(arrivals.delays, plain.delays, rtol=1e-6)
        np.testing.assert_allclose(arrivals.amplitudes, plain.amplitudes, rtol=1e-4)


def test_a_turned_and_shifted_scene_gives_the_same_reflections() -> None:
    turn = np.asarray(quaternion_to_matrix(np.array([0.8, 0.2, -0.4, 0.4])))
    room = box_room((6.0, 3.0, 5.0), 0.1, 0.1)
    moved = dataclasses.replace(room, vertices=(room.vertices @ turn.T + [3.0, -2.0, 7.0]).astype(np.float32))
    places = np.array([[1.1, 1.2, 1.4], [4.7, 1.6, 3.3]])
    turned = places @ turn.T + [3.0, -2.0, 7.0]
    settings = {"rays": 20_000, "duration": 0.05, "image_order": 3, "image_rays": 2.0, "thinning": ()}
    plain = propagator(room, **settings).propagate(places[:1], places[1:])[0][0].arrivals
    found = propagator(moved, **settings).propagate(turned[:1], turned[1:])[0][0].arrivals
    np.testing.assert_allclose(found.delays, plain.delays, atol=1e-7)
    np.testing.assert_allclose(found.amplitudes, plain.amplitudes, rtol=1e-4)


def test_patches_join_across_split_vertices_and_share_planes() -> None:
    room = with_solid_block(box_room((6.0, 3.0, 5.0)), (2.0, 0.5, 2.0), (3.0, 1.5, 3.0))
    mirrors = find_mirror_planes(room.vertices, room.triangles)
    assert sorted(np.round(mirrors.patch_areas, 5).tolist()) == [1.0] * 6 + [15.0] * 2 + [18.0] * 2 + [30.0] * 2
    assert len(mirrors.normals) == 12
    gap = np.concatenate([FLOOR[None], FLOOR[None] + [50.0, 0.0, 0.0]])
    halves = plane_scene(gap, 0.1)
    mirrors = find_mirror_planes(halves.vertices, halves.triangles)
    assert mirrors.patch_planes.tolist() == [0, 0]


def test_small_and_curved_parts_are_no_mirrors() -> None:
    small = plane_scene(FLOOR[None] * 0.005, 0.1)
    assert find_mirror_planes(small.vertices, small.triangles).triangle_patches.tolist() == [-1, -1]
    angles = np.linspace(0.0, np.pi, 2000)
    arc = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    quads = np.stack([arc[:-1], arc[1:], arc[1:] + [0, 0, 3], arc[:-1] + [0, 0, 3]], axis=1)
    vault = plane_scene(quads, 0.1)
    assert (find_mirror_planes(vault.vertices, vault.triangles).triangle_patches == -1).all()


def test_distinct_chains_are_found_once() -> None:
    chains = np.array([[0, 1, -1], [0, 1, 2], [0, 1, -1], [1, 0, -1], [-1, -1, -1], [0, -1, -1]], dtype=np.int32)
    found = distinct_chains(chains)
    assert [sorted(map(tuple, group.tolist())) for group in found] == [[(0,), (1,)], [(0, 1), (1, 0)], [(0, 1, 2)]]
    assert distinct_chains(np.full((4, 2), -1, dtype=np.int32)) == []


@pytest.mark.parametrize("order", [0, 2])
def test_image_order_limits_exact_reflections(order: int) -> None:
    tracer = propagator(box_room((5.0, 3.0, 4.0), 0.1, 0.0), rays=2000, duration=0.05, image_order=order)
    assert tracer.propagate([[1, 1, 1]], [[3, 2, 2]])[0][0].arrivals.orders.max() == order
