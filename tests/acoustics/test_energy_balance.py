"""No energy is made or lost: lossless rays, the split at a wall, the furnace (B4 tests 5 and 6)."""

from __future__ import annotations

import numpy as np
import pytest
import warp as wp

from echoenv.acoustics.propagation import guide_kernels, surface_kernels
from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene
from echoenv.rays import RayEngine
from echoenv.rays.launch import launch, to_device
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import SPEED, propagator, without_air
from tests.rooms import box_room, with_solid_block

SIZE = np.array([7.0, 3.0, 5.0])
VOLUME, AREA = float(np.prod(SIZE)), 2.0 * (7 * 3 + 3 * 5 + 7 * 5)
MEAN_FREE_PATH = 4.0 * VOLUME / AREA


def energies_on_the_way(scene: Scene, length: float, rays: int = 400, steps: int = 100) -> np.ndarray:
    """What rays from the middle of a room hold (rays, steps, 8) over a way of `length` [m]; 0 after one is lost."""
    engine = RayEngine(scene, threads=1)
    directions = np.random.default_rng(0).normal(size=(rays, 3)).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    origins = np.tile(np.float32(SIZE / 2.0), (rays, 1))
    energies = to_device(np.zeros((rays, steps, 8), np.float32), surface_kernels.vec8, engine.device)
    points = [to_device(values, wp.vec3, engine.device) for values in (origins, directions)]
    arguments = [engine.queries, acoustic_scene(engine).mesh, length / steps, *points, energies]
    launch(guide_kernels.pilot_kernel, rays, arguments, engine.device, 1)
    return energies.numpy()


@pytest.mark.parametrize("scattering", [0.0, 0.4, 1.0])
def test_rays_in_a_rigid_box_keep_all_their_energy_for_a_thousand_reflections_and_none_leaks(scattering: float) -> None:
    energies = energies_on_the_way(box_room(SIZE, 0.0, scattering), 1000.0 * MEAN_FREE_PATH)
    np.testing.assert_allclose(energies, 1.0, rtol=1e-4)


def test_rays_lose_at_each_wall_what_it_absorbs_and_lets_through() -> None:
    room = box_room(SIZE, 0.1, 1.0)
    energies = energies_on_the_way(room, 20.0 * MEAN_FREE_PATH, rays=4000)
    reflections = np.log(energies[:, -1, 3]) / np.log(0.9)
    np.testing.assert_allclose(reflections, np.round(reflections), atol=1e-3)
    assert reflections.mean() == pytest.approx(20.0 * 0.99, rel=0.02)  # the last step begins at 99 % of the way


@pytest.mark.parametrize(
    ("scattering", "tolerance", "spread"),
    [(1.0, 0.005, 0.01), (0.5, 0.01, 0.03), (0.0, 0.03, 0.08)],  # mirrors alone give each place a field of its own
)
def test_a_uniform_field_stays_uniform(scattering: float, tolerance: float, spread: float) -> None:
    """The furnace: any source gives any listener 4 pi c / V a second, (P3), late and from all around alike."""
    tracer = propagator(
        with_solid_block(box_room(SIZE, 0.0, scattering), (3.0, 0.0, 2.0), (3.8, 1.5, 2.8)),
        rays=4000, duration=0.4, bin_width=0.005, thinning=(), image_order=0,
    )  # fmt: skip
    volume = VOLUME - 0.8 * 1.5 * 0.8
    places = np.random.default_rng(5).uniform([0.7, 1.7, 0.7], SIZE - 0.7, (9, 2, 3))  # above the block
    pairs = tracer.propagate_pairs(places[:, 0], places[:, 1], list(range(9)))
    late = np.array([without_air(pair)[30:].mean() for pair in pairs])
    expected = 4.0 * np.pi * SPEED / volume * 0.005
    assert late.mean() == pytest.approx(expected, rel=tolerance)
    assert late.std() < spread * expected
    if scattering == 1.0:
        around = np.mean([pair.diffuse.energy[:, 30:, 0].sum(axis=1) for pair in pairs], axis=0)
        corners, middles = around[:12], around[12:]  # cells of two sizes
        assert corners.std() < 0.05 * corners.mean()
        assert middles.std() < 0.05 * middles.mean()
