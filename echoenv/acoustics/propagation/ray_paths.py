"""From a propagator to paths with all their points: arrivals walked again, and walks of rays through the diffuse field.

The one idea: points come from kernels (`ray_path_kernels`) as tables, one row a walk; here rows become paths, which
are put one behind the other. Labels such as (K12) point to docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation import ray_path_kernels as kernels
from echoenv.acoustics.propagation import tracing_kernels
from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene, trace_limits
from echoenv.acoustics.propagation.arrival_directions import random_rotation
from echoenv.acoustics.propagation.mirror_lobe import lobe_balance, lobe_radii
from echoenv.acoustics.propagation.path_arrays import Interaction, PathKind, RayPaths, joined
from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.acoustics.propagation.source_patterns import source_patterns
from echoenv.acoustics.propagation.surface_kernels import vec8
from echoenv.acoustics.propagation.transmission_kernels import MAX_WALLS
from echoenv.errors import PoseError, SettingsError
from echoenv.rays.launch import launch, to_device
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

__all__ = ["MOST_POINTS", "Interaction", "PathKind", "RayPaths", "exact_paths", "joined", "ray_paths"]

MOST_POINTS = 256
"""Points after which a sampled ray is cut off."""

_ON_EDGE = 0.02  # [m] by which a line may miss the edge that it bends round


@dataclass(frozen=True, eq=False)
class _Walks:
    """Points (v,) between source and listener of paths (p,), from the listener on, path after path.

    Attributes:
        points: [m] (v, 3).
        events: What happens there, an `Interaction`, and the triangle (v, 2).
        counts: Number of points of each path (p,).
    """

    points: NDArray[np.float32]
    events: NDArray[np.int32]
    counts: NDArray[np.int64]

    @staticmethod
    def from_table(points: NDArray[np.float32], events: NDArray[np.int32], counts: NDArray[np.int64]) -> _Walks:
        """From rows (p, places, ...), of which the first places are in use."""
        used = np.arange(points.shape[1]) < counts[:, None]
        return _Walks(points[used], events[used], counts)


def ray_paths(
    propagator: Propagator,
    source: ArrayLike,
    listener: ArrayLike,
    rays: int = 1000,
    seed: int = 0,
    *,
    directivity: Directivity | None = None,
    rotation: ArrayLike | None = None,
) -> RayPaths:
    """The ways by which sound gets from a source to a listener.

    Args:
        propagator: Its settings and air hold: which reflections are exact follows from its number of rays.
        source: [m] (3,), world frame.
        listener: [m] (3,), world frame.
        rays: How many rays sample the diffuse field; 0 leaves it out. Each gives as many paths as it has reflections,
            ten or so in a furnished room, more in a bare one.
        seed: Of propagation and of the samples.
        directivity: Of the source; None is omnidirectional.
        rotation: Local-to-world matrix (3, 3) of a directed source.

    Returns:
        Arrivals with exact points and energies, and samples of the diffuse field whose energies add up to it, (K12).

    Raises:
        PoseError: A position is not finite or not (3,).
        SettingsError: The number of rays or the seed is negative or no whole number.
    """
    ends = [np.asarray(point, dtype=np.float64) for point in (source, listener)]
    for name, point in zip(("source", "listener"), ends, strict=True):
        if point.shape != (3,):
            raise PoseError(f"{name} position has shape {point.shape}: give (x, y, z) in metres")
    if isinstance(rays, bool) or not isinstance(rays, (int, np.integer)) or not 0 <= rays <= 1_000_000:
        raise SettingsError(f"rays={rays!r}: give a whole number from 0 to 1,000,000")
    turned = None if rotation is None else np.asarray(rotation, dtype=np.float64)[None]
    found = propagator.propagate(ends[0][None], ends[1][None], seed, directivities=directivity, rotations=turned)[0][0]
    exact = exact_paths(propagator, found)
    if rays == 0:
        return exact
    sampled = _sampled_paths(propagator, found, int(rays), int(seed), directivity, turned)
    return joined([exact, sampled])


def exact_paths(propagator: Propagator, propagation: Propagation) -> RayPaths:
    """The arrivals of a propagation with their points.

    Args:
        propagator: That it came from.
        propagation: From one source to one listener.

    Returns:
        One path for each arrival. An arrival whose way cannot be walked again (never seen; it would be rounding at an
        edge of a mirror) has its source and listener as its only points.
    """
    arrivals = propagation.arrivals
    points, events, counts = _retraced(propagator, propagation)
    _add_bends(propagator, propagation, points, events, counts)
    walks = _Walks.from_table(points, events, counts)
    kinds = np.select(
        [arrivals.diffractions > 0, arrivals.transmissions > 0, arrivals.orders > 0],
        [PathKind.DIFFRACTION, PathKind.TRANSMISSION, PathKind.REFLECTION],
        PathKind.DIRECT,
    )
    return _as_paths(
        propagator,
        propagation,
        walks,
        energies=arrivals.amplitudes**2,
        delays=arrivals.delays,
        directions=arrivals.directions,
        departures=arrivals.departures,
        kinds=kinds.astype(np.int8),
        exact=np.ones(len(arrivals), dtype=bool),
    )


_Table = tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int64]]


def _retraced(propagator: Propagator, propagation: Propagation) -> _Table:
    """Arrivals walked again: at once by their mirrors, and those that are not found, through the first wall.

    Returns:
        Points (p, places, 3) from the listener on, events (p, places, 2) and the number of places in use (p,).
    """
    arrivals, engine = propagation.arrivals, propagator.engine
    count = len(arrivals)
    places = int(arrivals.orders.max(initial=0)) + MAX_WALLS + 1
    images = propagation.listener + (arrivals.delays * propagation.speed_of_sound)[:, None] * arrivals.directions
    points, events = np.zeros((count, places, 3), np.float32), np.zeros((count, places, 2), np.int32)
    counts = np.zeros(count, np.int64)
    left = np.flatnonzero(arrivals.diffractions == 0)
    for through_first in (0, 1):
        found = np.full(len(left), -1, np.int32)
        out = np.zeros((len(left), places, 3), np.float32), np.zeros((len(left), places, 2), np.int32)
        targets = np.broadcast_to(propagation.source, (len(left), 3)).astype(np.float32)
        written = [to_device(out[0], wp.vec3, engine.device), to_device(out[1], wp.vec2i, engine.device)]
        numbers = to_device(found, wp.int32, engine.device)
        arguments = [
            engine.queries, acoustic_scene(engine).mesh, wp.vec3(*map(float, propagation.listener)),
            to_device(targets, wp.vec3, engine.device),
            to_device(images[left].astype(np.float32), wp.vec3, engine.device),
            to_device(arrivals.orders[left].astype(np.int32), wp.int32, engine.device),
            through_first, *written, numbers,
        ]  # fmt: skip
        launch(kernels.retrace_kernel, len(left), arguments, engine.device, engine.threads)
        expected = arrivals.orders[left] + arrivals.transmissions[left]
        good = numbers.numpy() == expected
        points[left[good]], events[left[good]] = written[0].numpy()[good], written[1].numpy()[good]
        counts[left[good]] = expected[good]
        left = left[~good]
        if not len(left):
            break
    return points, events, counts


def _add_bends(
    propagator: Propagator, propagation: Propagation, points: NDArray[np.float32], events: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:  # fmt: skip
    """Write the points at which arrivals bend round edges into the tables, (K13)."""
    arrivals, listener, source = propagation.arrivals, propagation.listener, propagation.source
    lengths = arrivals.delays * propagation.speed_of_sound
    for row in np.flatnonzero(arrivals.diffractions > 0):
        ahead, back = arrivals.directions[row], arrivals.departures[row]
        if arrivals.diffractions[row] == 1:
            turns = [listener + _to_bend(listener - source, ahead, float(lengths[row])) * ahead]
        else:
            turns = _two_bends(propagator, (listener, ahead), (source, back), float(lengths[row]))
        counts[row] = len(turns)
        events[row, : len(turns)] = (int(Interaction.EDGE), -1)
        if turns:
            points[row, : len(turns)] = turns


def _to_bend(offset: NDArray[np.float64], ahead: NDArray[np.float64], length: float) -> float:
    """Distance u [m] along `ahead` at which a path of that length turns: u + |offset + u ahead| = length."""
    below = 2.0 * (float(offset @ ahead) + length)
    return float(np.clip((length**2 - float(offset @ offset)) / max(below, 1e-9), 0.0, length))


def _two_bends(propagator: Propagator, heard: Any, sent: Any, length: float) -> list[NDArray[np.float64]]:
    """The two points [m] at which a path bends: on edges that the lines from its ends meet, so that the length fits."""
    from echoenv.acoustics.propagation.diffraction.edges import diffraction_edges

    edges = diffraction_edges(propagator.engine)
    ends = np.stack([edges.starts, edges.ends], axis=1)
    best, found = np.inf, list[NDArray[np.float64]]()
    firsts, lasts = (_on_edges(point, along, ends) for point, along in (heard, sent))
    for first in firsts:
        for last in lasts:
            whole = float(np.linalg.norm(np.diff([heard[0], first, last, sent[0]], axis=0), axis=1).sum())
            if abs(whole - length) < best:
                best, found = abs(whole - length), [first, last]
    return found


def _on_edges(
    point: NDArray[np.float64], along: NDArray[np.float64], ends: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """Points [m] on edges (E, 2, 3) that a line from `point` meets."""
    offsets, edges = ends[:, 0] - point, ends[:, 1] - ends[:, 0]
    lengths = np.linalg.norm(edges, axis=1)
    tangents = edges / np.maximum(lengths, 1e-12)[:, None]
    cosine = tangents @ along
    to_edge, on_edge = offsets @ along, np.einsum("ij,ij->i", offsets, tangents)
    square = np.maximum(1.0 - cosine**2, 1e-9)
    heights = np.clip((cosine * to_edge - on_edge) / square, 0.0, lengths)
    nearest = offsets + heights[:, None] * tangents
    ahead = nearest @ along
    missed = np.linalg.norm(nearest - ahead[:, None] * along, axis=1)
    return list(point + nearest[(missed < _ON_EDGE) & (ahead > 0.0)])


def _sampled_paths(
    propagator: Propagator, propagation: Propagation, rays: int, seed: int, directivity: Directivity | None,
    rotations: NDArray[np.float64] | None,
) -> RayPaths:  # fmt: skip
    """Samples of the diffuse field: every connection that a walk of each of the rays makes with the source."""
    engine, settings = propagator.engine, propagator.settings
    scene = acoustic_scene(engine)
    speed = propagation.speed_of_sound
    limits = trace_limits(settings, speed, scene.guide, engine.device, scene.transmission)
    patterns = source_patterns(directivity, rotations, 1).for_listeners(1)
    shape = (rays, MOST_POINTS)
    kinds: dict[str, Any] = {"points": (wp.vec3, 3), "events": (wp.vec2i, 2), "energies": (vec8, OCTAVE_BAND_COUNT),
             "connections": (wp.vec2i, 2), "lengths": (wp.float32, 1)}  # fmt: skip
    out = {name: wp.zeros(shape, dtype=kind, device=engine.device) for name, (kind, _) in kinds.items()}
    ends = wp.zeros(rays, dtype=wp.vec2i, device=engine.device)
    whole = int(np.random.SeedSequence([seed, 1]).generate_state(1)[0] >> 1)
    arguments = [
        rays, MOST_POINTS, engine.queries, scene.mesh, limits, _lobe(settings.lobe_angle, engine.device),
        wp.vec3(*map(float, propagation.listener)), wp.vec3(*map(float, propagation.source)), whole,
        wp.mat33(*map(float, random_rotation(whole).ravel())), patterns.on_device(engine.device),
        *out.values(), ends,
    ]  # fmt: skip
    launch(kernels.walk_kernel, rays, arguments, engine.device, engine.threads)
    found = {name: values.numpy() for name, values in out.items()}
    ray, step = np.nonzero(found["energies"].max(axis=2) > 0.0)
    lengths = found["lengths"][ray, step].astype(np.float64)
    energies = found["energies"][ray, step].astype(np.float64) * (4.0 / rays)
    energies *= np.exp(-lengths[:, None] * propagator.air.band_attenuation)
    walks = _connected(propagator, propagation, found, ray, step)
    starts = np.concatenate([[0], np.cumsum(walks.counts)])
    to_first, to_last = walks.points[starts[:-1]], walks.points[starts[1:] - 1]
    return _as_paths(
        propagator,
        propagation,
        walks,
        energies=energies,
        delays=lengths / speed,
        directions=_unit(to_first - propagation.listener),
        departures=_unit(to_last - propagation.source),
        kinds=_kinds_of(walks),
        exact=np.zeros(len(ray), dtype=bool),
        rays=rays,
        cut=float(ends.numpy()[:, 1].mean()),
    )


def _lobe(angle: float, device: str) -> Any:
    """The histogram of kernels, with the lobe alone."""
    radii = lobe_radii(angle)
    histogram = tracing_kernels.Histogram()
    histogram.lobe_radii = to_device(radii.astype(np.float32), wp.float32, device)
    balance = np.array([lobe_balance(float(radius)) for radius in radii], dtype=np.float32)
    histogram.lobe_balance = to_device(balance, wp.float32, device)
    return histogram


def _connected(
    propagator: Propagator, propagation: Propagation, found: dict[str, NDArray[Any]], ray: NDArray[np.int64],
    step: NDArray[np.int64],
) -> _Walks:  # fmt: skip
    """Walks of connections (p,): the ray's points up to that step, then the walls before the source."""
    walls = _walls_before(propagator, propagation, found, ray, step)
    counts = step + 1 + walls.counts
    total = int(counts.sum())
    points, events = np.zeros((total, 3), np.float32), np.zeros((total, 2), np.int32)
    starts = np.cumsum(counts) - counts
    path = np.repeat(np.arange(len(ray)), step + 1)
    place = np.arange(len(path)) - np.repeat(np.cumsum(step + 1) - (step + 1), step + 1)
    points[starts[path] + place] = found["points"][ray[path], place]
    events[starts[path] + place] = found["events"][ray[path], place]
    events[starts + step, 0] = found["connections"][ray, step, 0]  # what the ray did next is another path's affair
    path = np.repeat(np.arange(len(ray)), walls.counts)
    place = np.arange(len(path)) - np.repeat(np.cumsum(walls.counts) - walls.counts, walls.counts)
    points[starts[path] + step[path] + 1 + place] = walls.points
    events[starts[path] + step[path] + 1 + place] = walls.events
    return _Walks(points, events, counts)


def _walls_before(
    propagator: Propagator, propagation: Propagation, found: dict[str, NDArray[Any]], ray: NDArray[np.int64],
    step: NDArray[np.int64],
) -> _Walks:  # fmt: skip
    """Where connections (p,) enter walls on their way to the source."""
    engine = propagator.engine
    behind = np.flatnonzero(found["connections"][ray, step, 1] > 0)
    starts = found["points"][ray[behind], step[behind]]
    table = np.zeros((len(behind), MAX_WALLS, 3), np.float32), np.zeros((len(behind), MAX_WALLS, 2), np.int32)
    written = [to_device(table[0], wp.vec3, engine.device), to_device(table[1], wp.vec2i, engine.device)]
    numbers = wp.zeros(len(behind), dtype=wp.int32, device=engine.device)
    arguments = [
        engine.queries, acoustic_scene(engine).mesh, to_device(starts, wp.vec3, engine.device),
        wp.vec3(*map(float, propagation.source)), *written, numbers,
    ]  # fmt: skip
    launch(kernels.walls_kernel, len(behind), arguments, engine.device, engine.threads)
    counts = np.zeros(len(ray), np.int64)
    counts[behind] = numbers.numpy()
    some = _Walks.from_table(written[0].numpy(), written[1].numpy(), counts[behind])
    return _Walks(some.points, some.events, counts)


def _kinds_of(walks: _Walks) -> NDArray[np.int8]:
    """Kinds (p,) of sampled paths."""
    path = np.repeat(np.arange(len(walks.counts)), walks.counts)
    scatters, walls = (
        np.bincount(path, walks.events[:, 0] == int(event), len(walks.counts)) > 0
        for event in (Interaction.SCATTER, Interaction.WALL)
    )
    kinds = np.select([scatters, walls], [PathKind.SCATTERED, PathKind.TRANSMISSION], PathKind.REFLECTION)
    return np.asarray(kinds, dtype=np.int8)


def _unit(vectors: NDArray[Any]) -> NDArray[np.float64]:
    vectors = np.asarray(vectors, dtype=np.float64)
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))


def _as_paths(
    propagator: Propagator, propagation: Propagation, walks: _Walks, rays: int = 0, cut: float = 0.0, **by_path: Any
) -> RayPaths:
    """Walks with source and listener at their ends, from the source on."""
    scene = propagator.engine.scene
    offsets = np.concatenate([[0], np.cumsum(walks.counts + 2)]).astype(np.int64)
    total, count = int(offsets[-1]), len(walks.counts)
    vertices, triangles = np.empty((total, 3), np.float32), np.full(total, -1, np.int32)
    interactions = np.full(total, int(Interaction.SOURCE), np.int8)
    vertices[offsets[:-1]], vertices[offsets[1:] - 1] = propagation.source, propagation.listener
    interactions[offsets[1:] - 1] = int(Interaction.LISTENER)
    path = np.repeat(np.arange(count), walks.counts)
    place = np.arange(len(path)) - np.repeat(np.cumsum(walks.counts) - walks.counts, walks.counts)
    places = offsets[path] + walks.counts[path] - place
    vertices[places], interactions[places], triangles[places] = walks.points, walks.events[:, 0], walks.events[:, 1]
    surfaces = np.where(triangles >= 0, scene.triangle_surfaces[triangles], -1).astype(np.int32)
    return RayPaths(
        source=propagation.source,
        listener=propagation.listener,
        vertices=vertices,
        offsets=offsets,
        interactions=interactions,
        triangles=triangles,
        surfaces=surfaces,
        materials=tuple(surface.material.name for surface in scene.surfaces),
        speed_of_sound=propagation.speed_of_sound,
        duration=propagation.duration,
        rays=rays,
        cut=cut,
        **by_path,
    )
