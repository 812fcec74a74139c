"""A scene as acoustic kernels see it: materials, normals, mirrors and limits on the device.

The one idea: everything that depends on the scene alone is prepared once for a ray engine and shared by all its
propagators.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.acoustics.propagation import surface_kernels as kernels
from echoenv.acoustics.propagation.decay_guide import GUIDE_STEP, decay_guide, inverse_guide
from echoenv.acoustics.propagation.mirror_planes import MirrorPlanes, find_mirror_planes
from echoenv.acoustics.propagation.settings import THINNING_STAGES, PropagationSettings
from echoenv.rays import RayEngine
from echoenv.rays.launch import to_device
from echoenv.rays.query_kernels import MISS

_FULL_CONNECTION = 1.0  # times the mean: weaker connections are not all asked for, (P2)
_FEWEST_FOLLOWED = 1.0 / 32.0
_FOLLOWED = 4.0  # share of hits whose connections are followed through walls, per unit of mean transmission, (X4)

_prepared: weakref.WeakKeyDictionary[RayEngine, AcousticScene] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class AcousticScene:
    """The acoustic side of a ray engine's scene.

    Attributes:
        mirrors: Its mirror planes.
        mesh: `AcousticMesh` for kernels.
        guide: Mean energy (steps, 8) of a ray on its way, see `decay_guide`.
        transmission: Mean over area and bands of the energy that goes through; 0 where nothing does.
        area: Of all triangles [m2].
    """

    mirrors: MirrorPlanes
    mesh: Any
    guide: NDArray[np.float64]
    transmission: float
    area: float


def acoustic_scene(engine: RayEngine) -> AcousticScene:
    """The acoustic side of the engine's scene, prepared at the first call."""
    found = _prepared.get(engine)
    if found is None:
        mirrors = find_mirror_planes(engine.scene.vertices, engine.scene.triangles)
        mesh = _upload(engine, mirrors)
        areas = _surface_areas(engine)
        transmission = float(areas @ _transmissions(engine).mean(axis=1) / max(areas.sum(), 1e-12))
        guide = decay_guide(engine, mesh)
        found = _prepared.setdefault(engine, AcousticScene(mirrors, mesh, guide, transmission, float(areas.sum())))
    return found


def _upload(engine: RayEngine, mirrors: MirrorPlanes) -> Any:
    scene, device = engine.scene, engine.device
    materials = [surface.material for surface in scene.surfaces]
    reflection = np.array([material.reflection for material in materials], dtype=np.float32)
    scattering = np.array([material.scattering for material in materials], dtype=np.float32)
    mesh = kernels.AcousticMesh()
    pairs = np.column_stack([scene.triangle_surfaces, mirrors.triangle_patches])
    facets, numbers = np.unique(pairs, axis=0, return_inverse=True)
    triangles = np.column_stack([engine.normals, numbers.reshape(-1)]).astype(np.float32)
    mesh.triangles = to_device(triangles, wp.vec4, device)
    mesh.facets = to_device(facets.astype(np.int32), wp.vec2i, device)
    mesh.reflection = to_device(reflection, kernels.vec8, device)
    mesh.scattering = to_device(scattering, kernels.vec8, device)
    mesh.transmission = to_device(_transmissions(engine), kernels.vec8, device)
    mesh.patch_areas = to_device(mirrors.patch_areas.astype(np.float32), wp.float32, device)
    mesh.patch_planes = to_device(mirrors.patch_planes, wp.int32, device)
    mesh.plane_normals = to_device(mirrors.normals.astype(np.float32), wp.vec3, device)
    return mesh


def _transmissions(engine: RayEngine) -> NDArray[np.float32]:
    """Energy (S, 8) that goes through each surface."""
    return np.array([surface.material.transmission for surface in engine.scene.surfaces], dtype=np.float32)


def _surface_areas(engine: RayEngine) -> NDArray[np.float64]:
    """Area (S,) [m2] of each surface."""
    scene = engine.scene
    corners = scene.vertices.astype(np.float64)[scene.triangles]
    areas = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    return np.asarray(np.bincount(scene.triangle_surfaces, areas, len(scene.surfaces)), dtype=np.float64)


def trace_limits(
    settings: PropagationSettings, speed_of_sound: float, guide: NDArray[np.float64], device: str,
    transmission: float = 0.0, area: float = 1.0,
) -> Any:  # fmt: skip
    """The settings as `TraceLimits` for kernels: times become lengths.

    Args:
        settings: Settings.
        speed_of_sound: [m/s].
        guide: From `AcousticScene`.
        device: Warp's name of the device.
        transmission: From `AcousticScene`.
        area: From `AcousticScene` [m2].
    """
    spare = THINNING_STAGES - len(settings.thinning)
    lengths = [time * speed_of_sound for time, _ in settings.thinning] + [float(MISS)] * spare
    energies = [energy for _, energy in settings.thinning] + [1.0] * spare
    limits = kernels.TraceLimits()
    limits.rays = settings.ray_count
    limits.max_length = settings.duration * speed_of_sound
    limits.late_length = min(settings.seam * speed_of_sound, float(MISS))
    limits.image_order = settings.image_order
    limits.image_rays = settings.image_rays
    limits.energy_floor = 10.0 ** (-settings.energy_floor / 10.0)
    limits.full_connection = _FULL_CONNECTION * 4.0 * np.pi / max(area, 1.0)
    limits.transmission = int(settings.transmission and transmission > 0.0)
    limits.follow = min(1.0, max(_FEWEST_FOLLOWED, _FOLLOWED * transmission))
    limits.thin_lengths = wp.vec4(*lengths)
    limits.thin_energies = wp.vec4(*energies)
    limits.guide_step = GUIDE_STEP
    limits.inverse_guide = to_device(inverse_guide(guide, limits.max_length), kernels.vec8, device)
    return limits
