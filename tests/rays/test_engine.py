"""The engine's contract: shapes, misses, empty batches, threads, and what it says when it cannot do what was asked."""

from __future__ import annotations

import numpy as np
import pytest

import echoenv.rays.engine as engine_module
from echoenv.errors import DeviceError, SettingsError
from echoenv.rays import Hits, RayEngine, embree
from echoenv.rays.engine import triangle_normals
from tests.rays.brute_force import closed_box, closed_sphere, random_corners, soup_of

BACKENDS = ("embree", "warp")


def same_hits(first: Hits, second: Hits) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name)) for name in ("distance", "triangle", "barycentric")
    )


@pytest.fixture(scope="module")
def rays() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(17)
    return rng.uniform(-1, 1, (10_007, 3)).astype(np.float32), rng.normal(size=(10_007, 3)).astype(np.float32)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("coherent", [False, True])
def test_a_miss_is_infinite(backend: str, coherent: bool) -> None:
    hits = RayEngine(closed_box(1), backend=backend).intersect([0.0, 0.0, 5.0], [0.0, 0.0, 1.0], coherent=coherent)
    assert hits.distance.tolist() == [np.inf]
    assert hits.triangle.tolist() == [-1]
    assert hits.barycentric.tolist() == [[0.0, 0.0]]
    assert hits.hit.tolist() == [False]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("coherent", [False, True])
def test_no_rays_give_no_hits(backend: str, coherent: bool) -> None:
    engine = RayEngine(closed_box(1), backend=backend)
    hits = engine.intersect(np.zeros((0, 3)), np.zeros((0, 3)), coherent=coherent)
    assert hits.distance.shape == hits.triangle.shape == (0,)
    assert hits.barycentric.shape == (0, 2)
    assert engine.occluded(np.zeros((0, 3)), np.zeros((0, 3)), 1.0).shape == (0,)


def test_types_of_the_answers() -> None:
    engine = RayEngine(closed_box(1))
    hits = engine.intersect([0.0, 0.0, 0.0], [1.0, 0.0, 0.0])
    assert (hits.distance.dtype, hits.triangle.dtype, hits.barycentric.dtype) == (np.float32, np.int32, np.float32)
    assert engine.occluded([0.0, 0.0, 0.0], [1.0, 0.0, 0.0], 2.0).dtype == bool


def test_one_origin_or_one_direction_serves_all() -> None:
    engine = RayEngine(closed_box(3))
    fan = engine.intersect([0.1, 0.2, 0.3], np.eye(3))
    np.testing.assert_allclose(fan.distance, [0.9, 0.8, 0.7], rtol=1e-6)
    beam = engine.intersect([[0.1, 0, 0], [0.2, 0, 0], [-0.5, 0, 0]], [1.0, 0.0, 0.0])
    np.testing.assert_allclose(beam.distance, [0.9, 0.8, 1.5], rtol=1e-6)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 15, 16, 17, 255, 513])
@pytest.mark.parametrize("backend", BACKENDS)
def test_batches_that_do_not_fill_packets(count: int, backend: str) -> None:
    rng = np.random.default_rng(count)
    engine = RayEngine(closed_sphere(), backend=backend)
    origins, directions = rng.uniform(-0.3, 0.3, (count, 3)), rng.normal(size=(count, 3))
    alone, packets = engine.intersect(origins, directions), engine.intersect(origins, directions, coherent=True)
    assert packets.distance.shape == (count,)
    assert np.array_equal(alone.triangle, packets.triangle)
    np.testing.assert_allclose(alone.distance, packets.distance, rtol=1e-5)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("coherent", [False, True])
def test_threads_change_nothing(backend: str, coherent: bool, rays: tuple[np.ndarray, np.ndarray]) -> None:
    scene = soup_of(random_corners(np.random.default_rng(2), 2000))
    answers = [
        RayEngine(scene, backend=backend, threads=threads).intersect(*rays, coherent=coherent) for threads in (1, 2, 3)
    ]
    assert same_hits(answers[0], answers[1])
    assert same_hits(answers[0], answers[2])
    blocked = [RayEngine(scene, backend=backend, threads=threads).occluded(*rays, 0.5) for threads in (1, 2)]
    assert np.array_equal(blocked[0], blocked[1])
    assert 0 < blocked[0].mean() < 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_ray_alone_gets_the_same_answer_as_in_a_batch(backend: str, rays: tuple[np.ndarray, np.ndarray]) -> None:
    engine = RayEngine(soup_of(random_corners(np.random.default_rng(2), 2000)), backend=backend)
    together = engine.intersect(*rays)
    for ray in (0, 1, 77, 10_006):
        alone = engine.intersect(rays[0][ray], rays[1][ray])
        assert alone.triangle[0] == together.triangle[ray]
        assert alone.distance[0] == together.distance[ray]


def test_normals_are_counter_clockwise_and_zero_without_area() -> None:
    corners = np.array([[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0], [1, 1, 1], [2, 2, 2]]], dtype=np.float32)
    normals = triangle_normals(corners.reshape(-1, 3), np.arange(6, dtype=np.int32).reshape(2, 3))
    assert normals.tolist() == [[0, 0, 1], [0, 0, 0]]


def test_the_description_names_the_engine() -> None:
    assert RayEngine(closed_box(1), backend="embree", threads=2).description.startswith("Embree 4.")
    assert RayEngine(closed_box(1), backend="warp", threads=2).description.endswith("on cpu, 2 threads")


def test_unknown_backend_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="'embre' is not known: did you mean embree"):
        RayEngine(closed_box(1), backend="embre")


def test_unknown_device_names_the_valid_ones() -> None:
    with pytest.raises(SettingsError, match=r"'gpu' is not known: .*cpu"):
        RayEngine(closed_box(1), device="gpu")


def test_missing_cuda_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module.wp, "is_cuda_available", lambda: False)
    with pytest.raises(DeviceError, match=r"no CUDA driver .* use device='cpu'"):
        RayEngine(closed_box(1), device="cuda")


def test_embree_is_not_for_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "_checked_device", lambda device: device)
    with pytest.raises(DeviceError, match="Embree runs on the CPU, not on 'cuda:0': use backend='warp'"):
        RayEngine(closed_box(1), device="cuda:0", backend="embree")


def cannot_open(path: str) -> None:
    raise OSError("libtbb.so.12: cannot open shared object file")


@pytest.mark.parametrize("cause", ["no package", "a library that does not load", "no library in the package"])
def test_without_embree_auto_falls_back_to_warp(monkeypatch: pytest.MonkeyPatch, cause: str) -> None:
    if cause == "no package":
        monkeypatch.setattr(embree.importlib.util, "find_spec", lambda name: None)
    elif cause == "a library that does not load":
        monkeypatch.setattr(embree.ctypes, "CDLL", cannot_open)
    else:
        monkeypatch.setattr(embree.pathlib.Path, "glob", lambda folder, pattern: iter(()))
    monkeypatch.setattr(embree, "load_library", embree.load_library.__wrapped__)
    engine = RayEngine(closed_box(2))
    assert engine.backend == "warp"
    assert engine.intersect([0.0, 0.0, 0.0], [1.0, 0.1, 0.2]).hit.all()
    with pytest.raises(DeviceError, match=r"pip install embreex|reinstall embreex"):
        RayEngine(closed_box(2), backend="embree")


def test_rays_that_do_not_fit_together_are_refused() -> None:
    engine = RayEngine(closed_box(1))
    with pytest.raises(SettingsError, match=r"origins \(2, 3\) and directions \(3, 3\)"):
        engine.intersect(np.zeros((2, 3)), np.eye(3))
    with pytest.raises(SettingsError, match=r"distances \(2,\).*3 rays"):
        engine.occluded(np.zeros(3), np.eye(3), [1.0, 2.0])


@pytest.mark.cuda
def test_cuda_gives_the_answers_of_the_processor(rays: tuple[np.ndarray, np.ndarray]) -> None:
    engine_module.start_warp()
    if not engine_module.wp.is_cuda_available():
        pytest.skip("no CUDA device here")
    scene = soup_of(random_corners(np.random.default_rng(2), 2000))
    on_cpu, on_gpu = RayEngine(scene).intersect(*rays), RayEngine(scene, device="cuda").intersect(*rays)
    assert np.mean(on_cpu.triangle == on_gpu.triangle) > 0.9995
    both = on_cpu.triangle == on_gpu.triangle
    np.testing.assert_allclose(on_cpu.distance[both], on_gpu.distance[both], rtol=1e-4)
