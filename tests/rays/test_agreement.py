"""Embree, Warp's tree and a brute-force loop give the same answers, on random and on degenerate triangles.

The one idea: each test asks all three in turn. Where several triangles lie at one distance any of them is right, and
rays that pass within rounding of an edge are set aside (few, and counted); the watertight tests look at just those.
"""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.rays import RayEngine
from echoenv.scene.scene import Scene
from tests.rays.brute_force import brute_force, random_corners, scene_of, slivers, soup_of

RAYS = 3000


def zero_area(rng: np.random.Generator) -> np.ndarray:
    corners = random_corners(rng, 240)
    corners[:80, 2] = corners[:80, 1]  # two corners in one place
    corners[80:160, 2] = 0.3 * corners[80:160, 0] + 0.7 * corners[80:160, 1]  # on a line, to rounding
    corners[160:170, 1:] = corners[160:170, :1]  # a point
    return corners


def needles(rng: np.random.Generator) -> np.ndarray:
    corners = random_corners(rng, 300, 0.5)
    corners[:, 2] = corners[:, 1] + rng.normal(0, 1e-3, (300, 3))
    return corners


def duplicated(rng: np.random.Generator) -> np.ndarray:
    corners = random_corners(rng, 100)
    return np.concatenate([corners, corners[:, [1, 2, 0]], corners[:, ::-1]])


def coplanar_overlapping(rng: np.random.Generator) -> np.ndarray:
    corners = random_corners(rng, 300, 0.3)
    corners[:150, :, 1] = -0.5
    corners[150:, :, 2] = 0.25
    return corners


SOUPS = {
    "small triangles": lambda rng: random_corners(rng, 400),
    "large, crossing each other": lambda rng: random_corners(rng, 300, 1.0),
    "with triangles of no area": zero_area,
    "needles a millimetre wide": needles,
    "each three times": duplicated,
    "overlapping in two planes": coplanar_overlapping,
    "a tenth of a millimetre": lambda rng: 1e-4 * random_corners(rng, 300),
    "a hundred kilometres": lambda rng: 1e5 * random_corners(rng, 300),
    "sizes from 1 mm to 10 m": lambda rng: (
        rng.uniform(-1, 1, (300, 1, 3)) + rng.normal(0, 1, (300, 3, 3)) * 10.0 ** rng.uniform(-3, 1, (300, 1, 1))
    ),
    "one triangle": lambda rng: random_corners(rng, 1, 1.0),
}


def rays_into(scene: Scene, rng: np.random.Generator, count: int = RAYS) -> tuple[np.ndarray, np.ndarray]:
    """Rays (n, 3), (n, 3) from in and around the scene: half go anywhere, half to a triangle; of all lengths."""
    lower, upper = (corner.astype(np.float64) for corner in scene.bounds)
    origins = rng.uniform(-1, 1, (count, 3)) * 0.7 * (upper - lower) + 0.5 * (lower + upper)
    corners = scene.vertices[scene.triangles[rng.integers(len(scene.triangles), size=count)]]
    targets = np.einsum("nk,nkc->nc", rng.dirichlet((2, 2, 2), count), corners)
    directions = np.where(np.arange(count)[:, None] % 2, targets - origins, rng.normal(size=(count, 3)))
    directions *= 10.0 ** rng.uniform(-1, 1, (count, 1)) / np.linalg.norm(directions, axis=1, keepdims=True)
    return origins.astype(np.float32), directions.astype(np.float32)


def ask(engine: RayEngine, origins: np.ndarray, directions: np.ndarray, coherent: bool) -> tuple[np.ndarray, ...]:
    hits = engine.intersect(origins, directions, coherent=coherent)
    return hits.distance, hits.triangle, hits.barycentric


@pytest.mark.parametrize("soup", SOUPS)
def test_three_casters_agree(soup: str) -> None:
    rng = np.random.default_rng(7)
    scene = soup_of(SOUPS[soup](rng))
    origins, directions = rays_into(scene, rng)
    exact = brute_force(scene, origins, directions)
    thin = slivers(scene)
    clear = ~exact.grazes_an_edge() & ~(np.isfinite(exact.nearest) & thin[exact.distances.argmin(axis=1)])
    assert clear.mean() > 0.75, "most rays must stay in the test"
    assert np.isfinite(exact.nearest)[clear].mean() > 0.2, "the rays must meet something"
    size = float(np.max(scene.bounds[1] - scene.bounds[0]))
    for backend in ("embree", "warp"):
        for coherent in (False, True):
            engine = RayEngine(scene, backend=backend)
            distance, triangle, weights = ask(engine, origins, directions, coherent)
            sure = clear & ~np.where(triangle >= 0, thin[triangle], False)
            assert np.array_equal((triangle >= 0)[sure], np.isfinite(exact.nearest)[sure]), backend
            met = sure & (triangle >= 0)
            speed = np.linalg.norm(directions[met], axis=1)
            off = np.abs(distance[met] - exact.nearest[met]) * speed / size
            assert off.max() < 2e-4 and np.median(off) < 1e-6, f"{backend}: distances"
            own = exact.distances[met, triangle[met]]  # inf unless the brute-force loop hits that very triangle too
            assert np.all(np.abs(own - exact.nearest[met]) * speed / size < 2e-4), f"{backend}: triangles"
            corners = scene.vertices[scene.triangles[triangle[met]]].astype(np.float64)
            u, v = weights[met].astype(np.float64).T
            rebuilt = np.einsum("nk,nkc->nc", np.stack([1 - u - v, u, v], 1), corners)
            along = origins[met] + distance[met, None].astype(np.float64) * directions[met]
            off = np.abs(rebuilt - along).max(axis=1) / size
            assert np.median(off) < 2e-5 and np.quantile(off, 0.99) < 2e-3, f"{backend}: barycentric weights"


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_without_ties_the_triangle_is_the_one(backend: str) -> None:
    rng = np.random.default_rng(3)
    scene = soup_of(random_corners(rng, 500))
    origins, directions = rays_into(scene, rng)
    exact = brute_force(scene, origins, directions)
    two_nearest = np.sort(exact.distances, axis=1)[:, :2]
    with np.errstate(invalid="ignore"):
        alone = (two_nearest[:, 1] - two_nearest[:, 0] > 1e-3) & ~exact.grazes_an_edge()
    expected = np.where(np.isfinite(exact.nearest), exact.distances.argmin(axis=1), -1)
    triangle = RayEngine(scene, backend=backend).intersect(origins, directions).triangle
    assert alone.sum() > 500
    assert np.array_equal(triangle[alone], expected[alone])


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_occluded_says_what_intersect_says(backend: str) -> None:
    rng = np.random.default_rng(11)
    scene = soup_of(random_corners(rng, 400))
    origins, directions = rays_into(scene, rng)
    engine = RayEngine(scene, backend=backend)
    hits = engine.intersect(origins, directions)
    assert np.array_equal(engine.occluded(origins, directions, np.inf), hits.hit)
    shorter = np.where(hits.hit, hits.distance * 0.999, 1.0).astype(np.float32)
    assert not np.any(engine.occluded(origins, directions, shorter)[hits.hit])
    longer = np.where(hits.hit, hits.distance * 1.001, 1.0).astype(np.float32)
    assert np.all(engine.occluded(origins, directions, longer)[hits.hit])


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_farthest_distance_of_each_ray(backend: str) -> None:
    rng = np.random.default_rng(5)
    scene = soup_of(random_corners(rng, 400))
    origins, directions = rays_into(scene, rng)
    engine = RayEngine(scene, backend=backend)
    free = engine.intersect(origins, directions)
    limits = rng.uniform(0.0, 2.0, RAYS).astype(np.float32)
    limited = engine.intersect(origins, directions, limits)
    clear = np.abs(free.distance - limits) > 1e-5
    assert np.array_equal(limited.hit[clear], (free.distance < limits)[clear])
    kept = limited.hit & clear
    assert np.array_equal(limited.distance[kept], free.distance[kept])
    assert np.all(np.isinf(limited.distance[~limited.hit]))
    one_limit = engine.intersect(origins, directions, 0.5, coherent=True)
    clear = np.abs(free.distance - 0.5) > 1e-5
    assert np.array_equal(one_limit.hit[clear], (free.distance < 0.5)[clear])


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_length_of_the_direction_scales_the_distance(backend: str) -> None:
    rng = np.random.default_rng(13)
    scene = soup_of(random_corners(rng, 400))
    origins, directions = rays_into(scene, rng)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    engine = RayEngine(scene, backend=backend)
    unit, doubled = engine.intersect(origins, directions), engine.intersect(origins, 4.0 * directions)
    assert np.array_equal(unit.triangle, doubled.triangle)
    np.testing.assert_allclose(unit.distance[unit.hit], 4.0 * doubled.distance[unit.hit], rtol=1e-5)


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_both_sides_count(backend: str) -> None:
    engine = RayEngine(scene_of(np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0.0]]), np.array([[0, 1, 2]])), backend=backend)
    hits = engine.intersect([[0.2, 0.3, 2], [0.2, 0.3, -2]], [[0, 0, -1], [0, 0, 1]])
    assert hits.triangle.tolist() == [0, 0]
    np.testing.assert_allclose(hits.distance, 2.0, rtol=1e-6)
    np.testing.assert_allclose(hits.barycentric, [[0.2, 0.3]] * 2, atol=1e-6)
