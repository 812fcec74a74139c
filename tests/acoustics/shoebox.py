"""What tests of propagation share: propagators for box rooms, Allen and Berkley's image sources, decay times."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from echoenv.acoustics.air import Air
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.rays import RayEngine
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface
from tests.rooms import box_room

AIR = Air()
SPEED = AIR.speed_of_sound


def propagator(scene: Scene, threads: int = 1, **settings: Any) -> Propagator:
    """A propagator in one thread, for tests that are about physics."""
    return Propagator(RayEngine(scene, threads=threads), PropagationSettings(**settings), AIR)


def with_wall_materials(room: Scene, materials: list[AcousticMaterial]) -> Scene:
    """A box room whose six walls (-x, +x, -y, +y, -z, +z) have materials of their own."""
    surfaces = tuple(Surface(material.name, material) for material in materials)
    return dataclasses.replace(room, surfaces=surfaces, triangle_surfaces=np.repeat(np.arange(6, dtype=np.int32), 2))


def plane_scene(corners: np.ndarray, absorption: float, scattering: float = 0.0) -> Scene:
    """Quads (q, 4, 3) in the open."""
    count = len(corners)
    room = box_room(absorption=absorption, scattering=scattering)
    quads = np.arange(4 * count).reshape(count, 4)
    return dataclasses.replace(
        room,
        vertices=corners.reshape(-1, 3).astype(np.float32),
        triangles=np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32),
        triangle_surfaces=np.zeros(2 * count, dtype=np.int32),
        triangle_objects=np.zeros(2 * count, dtype=np.int32),
        vertex_colors=None,
    )


def allen_berkley(size: np.ndarray, source: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, 3) [m] of a source in a box from the origin, and how often (n, 6) each wall (-x, +x, ...) reflects.

    Allen and Berkley, JASA 65, 943 (1979): along each axis the images lie at 2 k L + x and 2 k L - x.
    """
    cells = np.arange(-order, order + 1)
    grid = np.stack(np.meshgrid(cells, cells, cells, indexing="ij"), axis=-1).reshape(-1, 3)
    grid = grid[np.abs(grid).sum(axis=1) <= order]
    images = np.where(grid % 2 == 0, grid * size + source, (grid + 1) * size - source)
    # On the way to cell n > 0 the far wall reflects first, and then in turns.
    more, less = (np.abs(grid) + 1) // 2, np.abs(grid) // 2
    low, high = np.where(grid > 0, less, more), np.where(grid > 0, more, less)
    return images, np.stack([low, high], axis=-1).reshape(-1, 6)


def without_air(found: Propagation) -> np.ndarray:
    """Energy (bins, 8) over time as it would be without air absorption."""
    energy = found.energy_over_time()
    middles = (np.arange(len(energy)) + 0.5) * found.diffuse.bin_width
    return energy * np.exp(middles[:, None] * SPEED * AIR.band_attenuation)


def decay_time(energy: np.ndarray, bin_width: float, high: float = -5.0, low: float = -35.0) -> float:
    """Reverberation time [s] from the slope of the backward integral of `energy` (bins,) between two levels [dB]."""
    remaining = np.cumsum(energy[::-1])[::-1]
    level = 10.0 * np.log10(np.maximum(remaining / remaining[0], 1e-30))
    used = (level <= high) & (level >= low)
    slope = np.polyfit(np.flatnonzero(used) * bin_width, level[used], 1)[0]
    return float(-60.0 / slope)
