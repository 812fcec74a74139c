"""No ray ever leaves a closed mesh: not between two triangles, not through a corner, not along an edge.

The one idea: aim rays from inside at the places where a careless caster leaks, and demand that every one of them hits,
at the distance that the closed form gives. Sound followed over hundreds of bounces would notice one leak in a million.
"""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.rays import RayEngine
from echoenv.scene.scene import Scene
from tests.rays.brute_force import closed_box, closed_sphere

BACKENDS = ("embree", "warp")
CLOSED = {"box": closed_box, "sphere": closed_sphere}


def random_directions(rng: np.random.Generator, count: int) -> np.ndarray:
    directions = rng.normal(size=(count, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def seams(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Every vertex, and eight points on every edge (n, 3)."""
    corners = scene.vertices[scene.triangles].astype(np.float64)
    start, end = corners.reshape(-1, 3), np.roll(corners, -1, axis=1).reshape(-1, 3)
    along = rng.uniform(size=(8, len(start), 1))
    on_edges = (start * along + end * (1 - along)).reshape(-1, 3)
    return np.concatenate([scene.vertices, (start + end) / 2, on_edges])


@pytest.mark.parametrize("shape", CLOSED)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_million_rays_stay_inside(shape: str, backend: str) -> None:
    rng = np.random.default_rng(0)
    origins = rng.uniform(-0.5, 0.5, (1_000_000, 3)).astype(np.float32)
    hits = RayEngine(CLOSED[shape](), backend=backend).intersect(origins, random_directions(rng, 1_000_000))
    assert np.count_nonzero(~hits.hit) == 0


@pytest.mark.parametrize("coherent", [False, True])
@pytest.mark.parametrize("shape", CLOSED)
@pytest.mark.parametrize("backend", BACKENDS)
def test_rays_at_every_vertex_and_edge_stay_inside(shape: str, backend: str, coherent: bool) -> None:
    rng = np.random.default_rng(1)
    scene = CLOSED[shape]()
    engine = RayEngine(scene, backend=backend)
    targets = seams(scene, rng)
    for origin in ((0.0, 0.0, 0.0), (0.25, -0.5, 0.125), tuple(rng.uniform(-0.5, 0.5, 3))):
        directions = targets - np.asarray(origin)
        hits = engine.intersect(np.asarray(origin), directions, coherent=coherent)
        assert np.count_nonzero(~hits.hit) == 0
        np.testing.assert_allclose(hits.distance, 1.0, atol=2e-2 if shape == "sphere" else 1e-5)
        blocked = engine.occluded(np.asarray(origin), directions, 1.1)
        assert np.mean(blocked) >= (1.0 if backend == "warp" else 0.9995)  # Embree is not asked twice, see is_occluded


@pytest.mark.parametrize("backend", BACKENDS)
def test_distances_in_the_box_are_the_closed_form(backend: str) -> None:
    rng = np.random.default_rng(2)
    origins, directions = rng.uniform(-0.9, 0.9, (20_000, 3)), random_directions(rng, 20_000)
    expected = np.min((np.sign(directions) - origins) / directions, axis=1)
    hits = RayEngine(closed_box(), backend=backend).intersect(origins, directions)
    np.testing.assert_allclose(hits.distance, expected, atol=2e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_rays_along_the_axes_through_the_grid_of_the_box(backend: str) -> None:
    """Axis-parallel rays in the planes of the triangles' edges, where a slab test divides zero by zero."""
    line = np.linspace(-1.0, 1.0, 13)[1:-1]
    points = np.stack(np.meshgrid(line, line, line, indexing="ij"), -1).reshape(-1, 3)
    engine = RayEngine(closed_box(12), backend=backend)
    for axis in range(3):
        for sign in (-1.0, 1.0):
            hits = engine.intersect(points, sign * np.eye(3)[axis])
            np.testing.assert_allclose(hits.distance, 1.0 - sign * points[:, axis], atol=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_far_from_the_origin_the_box_stays_closed(backend: str) -> None:
    """A scan in map coordinates: a thousand metres from the origin, where a float resolves a sixteenth millimetre."""
    rng = np.random.default_rng(3)
    box = closed_box()
    shift = np.array([1000.0, -500.0, 2000.0])
    moved = type(box)("moved", "test", box.vertices + shift, box.triangles, box.surfaces,
                      box.triangle_surfaces, box.triangle_objects)  # fmt: skip
    origins = rng.uniform(-0.5, 0.5, (100_000, 3)) + shift
    hits = RayEngine(moved, backend=backend).intersect(origins, random_directions(rng, 100_000))
    assert np.count_nonzero(~hits.hit) == 0
