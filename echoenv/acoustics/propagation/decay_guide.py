"""What a ray's energy should be after so many metres: the guide by which the tracer tells strong rays from weak ones.

The one idea: rays that met carpets carry next to nothing, rays between bare walls carry the late sound. Where many rays
are too many, the weak should go and the strong should stay, and for that the tracer must know what is weak. A few pilot
rays through the scene tell the mean. The guide steers effort alone: whatever it says, results have the same mean, (P9)
of docs/physics.md.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.acoustics.propagation import guide_kernels as kernels
from echoenv.rays import RayEngine
from echoenv.rays.launch import launch, to_device
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

GUIDE_STEP = 2.0
"""Distance [m] between two values of the guide."""

_PILOTS = 1024
_PILOT_STEPS = 128
_FEWEST = 32  # pilots that must be left for their mean to be trusted
_FAINTEST = 1e-24


def decay_guide(engine: RayEngine, mesh: Any) -> NDArray[np.float64]:
    """Mean energy (steps, 8) of a ray after each `GUIDE_STEP` metres, 1 at the start.

    Pilots start all over the fronts of the scene's triangles. Those that left the mesh do not count: a guide of an open
    scene is about the rays that are still there.

    Args:
        engine: Rays over the scene.
        mesh: `AcousticMesh` of the same scene.
    """
    origins, directions = surface_starts(engine, _PILOTS)
    energies = np.zeros((_PILOTS, _PILOT_STEPS, OCTAVE_BAND_COUNT), dtype=np.float32)
    written = to_device(energies, kernels.vec8, engine.device)
    where, along = to_device(origins, wp.vec3, engine.device), to_device(directions, wp.vec3, engine.device)
    arguments = [engine.queries, mesh, GUIDE_STEP, where, along, written]
    launch(kernels.pilot_kernel, _PILOTS, arguments, engine.device, engine.threads)
    found = written.numpy().astype(np.float64)
    alive = np.count_nonzero(found.any(axis=2), axis=0)
    return found.sum(axis=0)[alive >= _FEWEST] / alive[alive >= _FEWEST, None]


def inverse_guide(guide: NDArray[np.float64], length: float) -> NDArray[np.float32]:
    """One over the guide (n, 8), carried on at its last slope until `length` metres are covered.

    Args:
        guide: From `decay_guide`.
        length: [m].
    """
    steps = int(length / GUIDE_STEP) + 2
    known = np.log(np.maximum(guide, _FAINTEST)) if len(guide) else np.zeros((1, OCTAVE_BAND_COUNT))
    tail = max(1, len(known) // 2)
    slope = (known[-1] - known[-tail]) / max(1, tail - 1)
    beyond = known[-1] + slope * np.arange(1, max(1, steps - len(known) + 1))[:, None]
    values = np.maximum(np.concatenate([known, beyond])[:steps], np.log(_FAINTEST))
    return np.exp(-values).astype(np.float32)


def surface_starts(engine: RayEngine, count: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where rays start (count, 3) and where to: Lambert's law over the area of all triangles, always the same."""
    corners = engine.scene.vertices[engine.scene.triangles].astype(np.float64)
    areas = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    rng = np.random.default_rng(0)
    shares = np.cumsum(areas) / max(areas.sum(), 1e-300)
    picked = np.minimum(np.searchsorted(shares, (np.arange(count) + 0.5) / count), len(areas) - 1)
    u, v = rng.random((2, count, 1))
    folded = u + v > 1.0
    u, v = np.where(folded, 1.0 - u, u), np.where(folded, 1.0 - v, v)
    a, b, c = (corners[picked, corner] for corner in range(3))
    normals = engine.normals[picked].astype(np.float64)
    scattered = rng.normal(size=(count, 3))
    directions = normals + scattered / np.linalg.norm(scattered, axis=1, keepdims=True)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-12)
    origins = a + u * (b - a) + v * (c - a) + 1e-4 * normals
    return origins.astype(np.float32), directions.astype(np.float32)
