"""The guide of thinning: a mean decay that is right, and effort that it moves without moving the result."""

from __future__ import annotations

import dataclasses

import numpy as np

from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene
from echoenv.acoustics.propagation.decay_guide import GUIDE_STEP, inverse_guide
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.rays import RayEngine
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface
from tests.rooms import box_room

SOURCE, LISTENER = [[1.5, 1.2, 4.0]], [[6.0, 1.6, 1.5]]


def carpeted_room() -> Scene:
    """Bare, nearly mirroring walls over a floor that swallows sound: few rays carry what is late."""
    room = box_room(absorption=0.05, scattering=0.05)
    floor = Surface("floor", AcousticMaterial("carpet", np.float32(0.7), np.float32(0.6)))
    surfaces = np.where(np.arange(12) // 2 == 2, 1, 0)
    return dataclasses.replace(room, surfaces=(*room.surfaces, floor), triangle_surfaces=surfaces.astype(np.int32))


def test_guide_of_a_uniform_room_falls_as_reflections_add_up() -> None:
    guide = acoustic_scene(RayEngine(box_room(absorption=0.2, scattering=1.0))).guide
    volume, area = 8 * 2.8 * 6, 2 * (8 * 2.8 + 8 * 6 + 2.8 * 6)
    per_metre = np.log(guide[20, 3] / guide[60, 3]) / (40 * GUIDE_STEP)
    # Between Eyring's decay and the 10 % slower one that Kuttruff's correction makes of it.
    eyring = -np.log(0.8) * area / (4 * volume)
    assert 0.88 * eyring < per_metre < 1.0 * eyring
    assert guide[0, 3] == 1.0


def test_inverse_guide_goes_on_with_the_last_slope() -> None:
    guide = np.exp(-0.1 * GUIDE_STEP * np.arange(30))[:, None] * np.ones(8)
    inverse = inverse_guide(guide, 100.0)
    np.testing.assert_allclose(np.log(inverse[:50, 0]), 0.1 * GUIDE_STEP * np.arange(50), rtol=1e-4)


def test_guided_thinning_keeps_the_mean_where_walls_differ() -> None:
    engine = RayEngine(carpeted_room())

    def late_energy(thinning: tuple[tuple[float, float], ...], seed: int) -> np.ndarray:
        settings = PropagationSettings(rays=2000, duration=0.4, image_order=0, thinning=thinning)
        energy = Propagator(engine, settings).propagate(SOURCE, LISTENER, seed)[0][0].diffuse.energy
        return energy.sum(axis=(0, 2)).reshape(4, -1).sum(axis=1)

    whole = np.array([late_energy((), seed) for seed in range(24)])
    thinned = np.array([late_energy(((0.005, 2.0), (0.02, 6.0)), seed) for seed in range(100, 148)])
    error = np.sqrt(whole.var(axis=0, ddof=1) / len(whole) + thinned.var(axis=0, ddof=1) / len(thinned))
    assert np.all(np.abs(whole.mean(axis=0) - thinned.mean(axis=0)) < 3.5 * error)
    assert np.all(error < 0.15 * whole.mean(axis=0)), "too noisy to tell"
