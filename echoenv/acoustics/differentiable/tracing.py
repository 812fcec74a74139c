"""Sound paths from a listener to a source, written down with the materials that they met.

The one idea: where a path goes must not depend on what is to be found out. Rays choose between "diffuse" and "mirror"
by a *reference* scattering that stays fixed, none is ended for being weak, and no energy is computed on the way: all
that is kept of a path is its length, the geometric weight of its connection with the source, and how often it left each
material by which kind of reflection. Labels such as (G1) point to docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene
from echoenv.acoustics.propagation.arrival_directions import random_rotation
from echoenv.acoustics.propagation.mirror_lobe import LOBE_CELLS, lobe_balance, lobe_radii
from echoenv.acoustics.propagation.mirror_planes import MirrorPlanes
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.propagation.surface_kernels import OFFSET, TOUCH
from echoenv.acoustics.propagation.tracing_kernels import NEAREST_SOURCE
from echoenv.rays import RayEngine
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

_SHORTEST_MEAN_PATH = 0.25
"""[m] A ray whose paths between walls are shorter on average over the whole way is caught in a crevice: it ends."""

Values = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TracedScene:
    """What the tracer knows of a scene.

    Attributes:
        engine: Rays.
        mirrors: Its mirror planes.
        triangle_materials: Material (T,) of each triangle, 0 to m - 1.
        log_choices: Logarithms (2 m, 8) of the reference probability of leaving material i diffusely (row i) and as a
            mirror (row m + i); -inf where it never happens.
    """

    engine: RayEngine
    mirrors: MirrorPlanes
    triangle_materials: Indices
    log_choices: Values

    @classmethod
    def of(cls, engine: RayEngine, surface_materials: Indices, scattering: Values) -> TracedScene:
        """The scene of `engine` with the material (S,) of each surface and the reference scattering (m, 8)."""
        with np.errstate(divide="ignore"):
            choices = np.log(np.concatenate([scattering, 1.0 - scattering]))
        mirrors = acoustic_scene(engine).mirrors
        return cls(engine, mirrors, surface_materials[engine.scene.triangle_surfaces], choices)

    @property
    def materials(self) -> int:
        """Number of materials."""
        return len(self.log_choices) // 2


@dataclass(eq=False)
class Connections:
    """Paths (n) between listener and source, as they are found.

    Attributes:
        lengths: [m] (n,).
        log_weights: Logarithm (n,) of the energy without walls and air: geometry over the path's probability.
        counts: How often (n, 2 m) each material was left diffusely (first m columns) and as by a mirror.
    """

    lengths: list[Values] = field(default_factory=list)
    log_weights: list[Values] = field(default_factory=list)
    counts: list[sparse.csr_matrix] = field(default_factory=list)

    def add(self, lengths: Values, weights: Values, counts: NDArray[np.int32], log_chance: Values) -> None:
        """Paths of positive weight, which came about with the probability density exp(log_chance) (n,)."""
        used = weights > 0.0
        if used.any():
            self.lengths.append(lengths[used])
            self.log_weights.append(np.log(weights[used]) - log_chance[used])
            self.counts.append(sparse.csr_matrix(counts[used].astype(np.float64)))


@dataclass(eq=False)
class _Rays:
    """Rays (n) under way: number, where they are, what they met.

    `log_chances` (n, 8) are the logarithms of the probabilities with which each band would have chosen as they did.
    """

    number: Indices
    origin: Values
    direction: Values
    length: Values
    log_chances: Values
    exact: NDArray[np.bool_]
    counts: NDArray[np.int32]

    def keep(self, kept: NDArray[np.bool_]) -> None:
        for name in ("number", "origin", "direction", "length", "log_chances", "exact", "counts"):
            setattr(self, name, getattr(self, name)[kept])

    @property
    def log_chance(self) -> Values:
        """Logarithm (n,) of the mean over the bands: the rays' own probability, since each leads an eighth, (P4)."""
        return np.logaddexp.reduce(self.log_chances, axis=1) - np.log(OCTAVE_BAND_COUNT)


@dataclass(frozen=True, eq=False)
class _Wall:
    """Where rays (n) hit: normals (n, 3) towards where they came from, points off the wall (n, 3), and what it is."""

    normal: Values
    point: Values
    cosine: Values
    material: Indices
    patch: Indices


def trace_connections(
    scene: TracedScene, source: Values, listener: Values, settings: PropagationSettings, max_length: float, seed: int
) -> tuple[Connections, NDArray[np.int32], float]:
    """Follow rays from the listener and connect every hit to the source, (G1).

    Rays end with the response, outside the mesh, or caught in a crevice (`_SHORTEST_MEAN_PATH`).

    Args:
        scene: What to trace.
        source: [m] (3,).
        listener: [m] (3,).
        settings: Of which rays, image_order, image_rays, lobe_angle and the times of thinning count.
        max_length: Longest path [m].
        seed: Of the rays' directions and choices.

    Returns:
        The connections but for exact images; mirror planes (rays, orders) of exact chains, -1 after the end; the share
        of rays that escaped.
    """
    total = settings.ray_count
    rays = _start(total, scene.materials, listener, seed)
    rng = np.random.default_rng([seed, 1])
    hero = (np.arange(total) + np.arange(total) // 16 + seed) % OCTAVE_BAND_COUNT
    chains = np.full((total, max(1, settings.image_order)), -1, dtype=np.int32)
    found, escaped, order = Connections(), 0, 0
    while len(rays.number) and order * _SHORTEST_MEAN_PATH <= max_length:
        wall, missed = _advance(scene, rays, order, max_length)
        escaped += missed
        _follow_mirrors(scene, rays, wall, chains, order, settings)
        _connect(scene, rays, wall, source, settings, max_length, found)
        draws = rng.random((3, total))[:, rays.number]  # for all rays, so that none depends on which others are left
        _leave(scene, rays, wall, hero[rays.number], draws)
        order += 1
    return found, chains, escaped / total


def _start(total: int, materials: int, listener: Values, seed: int) -> _Rays:
    """All rays at the listener, in the directions of (P1)."""
    index = np.arange(total)
    turn = (index.astype(np.uint64) * np.uint64(2654435769) % np.uint64(2**32)).astype(np.float64) / 2.0**32
    height = 1.0 - (2.0 * index + 1.0) / total
    radius, angle = np.sqrt(np.maximum(0.0, 1.0 - height**2)), 2.0 * np.pi * turn
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)
    direction = points @ random_rotation(seed).T
    return _Rays(
        number=index,
        origin=listener + OFFSET * direction,  # a listener that touches a wall hears from both of its sides
        direction=direction,
        length=np.full(total, OFFSET),
        log_chances=np.zeros((total, OCTAVE_BAND_COUNT)),
        exact=np.ones(total, dtype=bool),
        counts=np.zeros((total, 2 * materials), dtype=np.int32),
    )


def _advance(scene: TracedScene, rays: _Rays, order: int, max_length: float) -> tuple[_Wall, int]:
    """Move rays to what they hit next; those that hit nothing in time are dropped, those that left the mesh counted."""
    hits = scene.engine.intersect(rays.origin, rays.direction)
    distance = hits.distance.astype(np.float64)
    rays.length = rays.length + distance
    normal = scene.engine.normals[np.maximum(hits.triangle, 0)].astype(np.float64)
    kept = hits.hit & (rays.length < max_length) & (np.einsum("ij,ij->i", normal, normal) > 0.5)
    missed = int(np.count_nonzero(~hits.hit))
    rays.keep(kept)
    wall = wall_at(scene, rays.origin, rays.direction, distance[kept], hits.triangle[kept])
    return wall, missed


def wall_at(
    scene: TracedScene, origin: Values, direction: Values, distance: Values, triangle: NDArray[np.int32]
) -> _Wall:
    """What rays (n) from `origin` meet at `distance` [m] (n,) on a triangle (n,)."""
    normal = scene.engine.normals[triangle].astype(np.float64)
    normal *= np.where(np.einsum("ij,ij->i", normal, direction) > 0.0, -1.0, 1.0)[:, None]
    return _Wall(
        normal=normal,
        point=origin + distance[:, None] * direction + OFFSET * (normal - direction),
        cosine=-np.einsum("ij,ij->i", normal, direction),
        material=scene.triangle_materials[triangle],
        patch=scene.mirrors.triangle_patches[triangle].astype(np.int64),
    )


def finds_images(
    scene: TracedScene,
    settings: PropagationSettings,
    patch: Indices,
    cosine: Values,
    length: Values,
    log_chance: Values,
) -> NDArray[np.bool_]:
    """Whether (n,) mirrors are met, along a chain of mirrors, by rays enough to be found without fail, (P7)."""
    area = np.where(patch >= 0, np.append(scene.mirrors.patch_areas, 0.0)[patch], 0.0)
    met = settings.ray_count * np.exp(log_chance) * area * cosine
    return (patch >= 0) & (met >= settings.image_rays * 4.0 * np.pi * length**2)


def _follow_mirrors(
    scene: TracedScene, rays: _Rays, wall: _Wall, chains: NDArray[np.int32], order: int, settings: PropagationSettings
) -> None:
    """Write down the planes of chains that are still exact."""
    if order >= settings.image_order:
        rays.exact = np.zeros_like(rays.exact)
        return
    rays.exact = rays.exact & finds_images(scene, settings, wall.patch, wall.cosine, rays.length, rays.log_chance)
    chains[rays.number[rays.exact], order] = scene.mirrors.patch_planes[wall.patch[rays.exact]]


def _connect(
    scene: TracedScene, rays: _Rays, wall: _Wall, source: Values, settings: PropagationSettings, max_length: float,
    found: Connections,
) -> None:  # fmt: skip
    """What the walls send from the source to the rays: by Lambert's law, and by the lobe where no images take over."""
    offset = source - wall.point
    distance = np.linalg.norm(offset, axis=1)
    outgoing = offset / np.maximum(distance, 1e-9)[:, None]
    cosine = np.einsum("ij,ij->i", wall.normal, outgoing)
    facing = np.flatnonzero((cosine > 0.0) & (rays.length + distance < max_length))
    if not len(facing):
        return
    hidden = scene.engine.occluded(wall.point[facing], outgoing[facing], np.maximum(distance[facing] - TOUCH, 0.0))
    seen = facing[~hidden]
    lengths, log_chance, counts = (rays.length + distance)[seen], rays.log_chance[seen], rays.counts[seen]
    geometry = 4.0 / settings.ray_count * cosine[seen] / np.maximum(distance[seen], NEAREST_SOURCE) ** 2
    stages = np.searchsorted(
        [time for time, _ in settings.thinning], rays.length[seen] / max_length * settings.duration
    )
    mirrored = geometry * _lobe(rays.direction[seen], wall.normal[seen], outgoing[seen], settings.lobe_angle, stages)
    rows, material = np.arange(len(seen)), wall.material[seen]
    counts[rows, material] += 1
    found.add(lengths, geometry, counts, log_chance)
    counts[rows, material] -= 1
    counts[rows, scene.materials + material] += 1
    found.add(lengths, np.where(rays.exact[seen], 0.0, mirrored), counts, log_chance)


def _lobe(incoming: Values, normal: Values, outgoing: Values, angle: float, stages: Indices) -> Values:
    """Regularised mirror (n,), as a multiple of a Lambert reflection, (P6), as wide as at each ray's stage (n,)."""
    radii = lobe_radii(angle)
    balance = np.array([lobe_balance(float(radius)) for radius in radii])
    cosine_in, cosine_out = (np.einsum("ij,ij->i", which, normal) for which in (incoming, outgoing))
    apart = outgoing - incoming - (cosine_out - cosine_in)[:, None] * normal
    near = np.einsum("ij,ij->i", apart, apart) <= radii[stages] ** 2
    factors = [
        balance[stages, np.clip(((1.0 - cosine**2) * LOBE_CELLS).astype(np.int64), 0, LOBE_CELLS - 1)]
        for cosine in (cosine_in, cosine_out)
    ]
    return np.where(near, np.pi * factors[0] * factors[1], 0.0)


def _leave(scene: TracedScene, rays: _Rays, wall: _Wall, hero: Indices, draws: Values) -> None:
    """Send rays on: diffusely with the reference probability of their hero band, otherwise as from a mirror, (P4)."""
    diffuse = draws[0] < np.exp(scene.log_choices[wall.material, hero])
    column = np.where(diffuse, wall.material, scene.materials + wall.material)
    rays.log_chances = rays.log_chances + scene.log_choices[column]
    rays.counts[np.arange(len(column)), column] += 1
    rays.exact = rays.exact & ~diffuse
    direction = np.where(
        diffuse[:, None],
        _lambert_directions(wall.normal, draws[1], draws[2]),
        mirrored_directions(rays.direction, wall.normal),
    )
    rays.origin, rays.direction = wall.point, direction


def mirrored_directions(direction: Values, normal: Values) -> Values:
    """Unit vectors (n, 3) in which plane mirrors send rays on."""
    sent = direction - 2.0 * np.einsum("ij,ij->i", direction, normal)[:, None] * normal
    return np.asarray(sent / np.linalg.norm(sent, axis=1, keepdims=True))


def _lambert_directions(normal: Values, first: Values, second: Values) -> Values:
    """Directions (n, 3) with density cosine / pi about the normals: a normal plus a point of the unit sphere."""
    height = 1.0 - 2.0 * first
    radius, angle = np.sqrt(np.maximum(0.0, 1.0 - height**2)), 2.0 * np.pi * second
    towards = normal + np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=1)
    norm = np.linalg.norm(towards, axis=1, keepdims=True)
    return np.where(norm > 1e-4, towards / np.maximum(norm, 1e-4), normal)
