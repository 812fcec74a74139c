"""How sound gets from sources to listeners: the propagator, from positions to arrivals and energy.

The one idea: rays leave the *listener* and every hit asks every source for its sound, so one tracing serves all
sources. Mirror reflections that rays come across are refined to exact image sources; the rest becomes energy over time,
band and direction. The equations, with the labels that the code cites, are in the section "Propagation" of
docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.air import Air
from echoenv.acoustics.paths import EnergyResponse, Propagation, concatenated
from echoenv.acoustics.propagation import tracing_kernels as kernels
from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene, trace_limits
from echoenv.acoustics.propagation.arrival_directions import (
    arrival_directions,
    coherent_order,
    direction_triangles,
    random_rotation,
    triangle_map,
)
from echoenv.acoustics.propagation.diffraction.diffracted_arrivals import diffracted_arrivals
from echoenv.acoustics.propagation.image_sources import as_arrivals, in_sight, propose_images, refine_images
from echoenv.acoustics.propagation.late_field import late_field
from echoenv.acoustics.propagation.late_join import LateJoin
from echoenv.acoustics.propagation.mirror_lobe import lobe_balance, lobe_radii
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.propagation.source_patterns import Directivities, SourcePatterns, source_patterns
from echoenv.acoustics.propagation.transmission_kernels import scout_kernel
from echoenv.errors import PoseError, SettingsError
from echoenv.rays import RayEngine
from echoenv.rays.launch import in_threads, launch, to_device
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

__all__ = ["PropagationSettings", "Propagator"]

_MIN_RAYS_A_THREAD = 256
_MAX_HISTOGRAM_BYTES = 256 * 1024**2


@dataclass(frozen=True, eq=False)
class _Trace:
    """What the rays of one listener brought back.

    Attributes:
        energy: (m, k, bins, 8), on the scale of `EnergyResponse`.
        chains: Mirror planes (rays and scouts, orders) int32, -1 after the end.
        records: (rays, 4): rays that escaped (those it stands for), free paths, their sum [m], sum of squares [m2].
    """

    energy: NDArray[np.float64]
    chains: NDArray[np.int32]
    records: NDArray[np.float32]


class Propagator:
    """Traces sound through a scene.

    Args:
        engine: Rays over the scene.
        settings: How much work to do.
        air: What fills the scene.

    Attributes:
        engine: As given.
        settings: As given.
        air: As given.
        mirrors: The scene's mirror planes.
    """

    def __init__(self, engine: RayEngine, settings: PropagationSettings | None = None, air: Air | None = None) -> None:
        self.engine = engine
        self.settings = settings or PropagationSettings()
        self.air = air or Air()
        scene = acoustic_scene(engine)
        self.mirrors = scene.mirrors
        self._mesh = scene.mesh
        self._scene = scene
        self._limits = trace_limits(
            self.settings, self.air.speed_of_sound, scene.guide, engine.device, scene.transmission, scene.area
        )
        self._directions = to_device(arrival_directions().astype(np.float32), wp.vec3, engine.device)
        self._triangles = to_device(direction_triangles(), wp.vec3i, engine.device)
        self._triangle_map = to_device(triangle_map(), wp.int32, engine.device)
        radii = lobe_radii(self.settings.lobe_angle)
        balance = np.array([lobe_balance(float(radius)) for radius in radii])
        self._lobe_radii = to_device(radii.astype(np.float32), wp.float32, engine.device)
        self._lobe_balance = to_device(balance.astype(np.float32), wp.float32, engine.device)
        self._ray_order = to_device(coherent_order(self.settings.ray_count), wp.int32, engine.device)
        self._late = self._late_field()
        self._scale = to_device(self._energy_scale(), wp.float64, engine.device)
        self._cells = len(arrival_directions()) * self.settings.bins * OCTAVE_BAND_COUNT  # of one pair's histogram

    def propagate(
        self, sources: ArrayLike, listeners: ArrayLike, seed: int | ArrayLike = 0, *,
        directivities: Directivities = None, rotations: ArrayLike | None = None,
    ) -> list[list[Propagation]]:  # fmt: skip
        """From every source to every listener.

        Args:
            sources: [m] (m, 3), world frame.
            listeners: [m] (n, 3), world frame.
            seed: One for all, or one for each listener (n,). A pair's result depends on its positions and seed alone.
            directivities: One for all sources, or one for each (m,), None for omnidirectional ones.
            rotations: Local-to-world matrices (m, 3, 3) of the sources, or (3, 3) for all; needed for directed ones.

        Returns:
            Propagations indexed [source][listener]. A source closer than 1 mm to the listener has no direct sound; a
            listener outside the mesh, or on a wall, gets what its rays meet there. A source inside a solid is heard
            through the solid's faces, so not at all where they let nothing through.

        Raises:
            PoseError: A position is not finite or not (3,), or rotations are missing or no rotations.
            SettingsError: Seeds are negative or not one for each listener, or directivities not one for each source.
        """
        from_points, to_points = _as_points(sources, "source"), _as_points(listeners, "listener")
        shared = np.broadcast_to(from_points, (len(to_points), *from_points.shape))
        patterns = source_patterns(directivities, rotations, len(from_points)).for_listeners(len(to_points))
        seeds, together = _as_seeds(seed, len(to_points)), self._sources_together()
        results: list[list[Propagation]] = []
        for start in range(0, len(from_points), together):
            part = (slice(None), slice(start, start + together))
            by_listener = self._propagate(shared[part], to_points, seeds, patterns[part])
            count = min(together, len(from_points) - start)
            results += [[found[source] for found in by_listener] for source in range(count)]
        return results

    def propagate_pairs(
        self, sources: ArrayLike, listeners: ArrayLike, seed: int | ArrayLike = 0, *,
        directivities: Directivities = None, rotations: ArrayLike | None = None,
    ) -> list[Propagation]:  # fmt: skip
        """From each source to the listener of the same index, as for echoes at many places.

        Args:
            sources: [m] (n, 3), world frame.
            listeners: [m] (n, 3), world frame.
            seed: One for all, or one for each pair (n,).
            directivities: One for all sources, or one for each (n,), None for omnidirectional ones.
            rotations: Local-to-world matrices (n, 3, 3) of the sources, or (3, 3) for all; needed for directed ones.

        Raises:
            PoseError: A position is not finite or not (3,), there are not as many sources as listeners, or rotations
                are missing or no rotations.
            SettingsError: Seeds are negative or not one for each pair, or directivities not one for each source.
        """
        from_points, to_points = _as_points(sources, "source"), _as_points(listeners, "listener")
        if len(from_points) != len(to_points):
            raise PoseError(
                f"{len(from_points)} sources and {len(to_points)} listeners make no pairs: give as many of each"
            )
        patterns = source_patterns(directivities, rotations, len(from_points))[:, None]
        found = self._propagate(from_points[:, None], to_points, _as_seeds(seed, len(to_points)), patterns)
        return [pair[0] for pair in found]

    def _propagate(
        self, sources: NDArray[np.float64], listeners: NDArray[np.float64], seeds: NDArray[np.int64],
        patterns: SourcePatterns,
    ) -> list[list[Propagation]]:  # fmt: skip
        """By listener, then by its sources (n, m, 3) with patterns (n, m)."""
        results: list[list[Propagation]] = [[] for _ in listeners]
        if not sources.size or not listeners.size:
            return results
        threads = self.engine.threads
        together = self._listeners_together(sources.shape[1])

        def work(first: int, count: int, threads: int = 1) -> None:
            for start in range(first, first + count, together):
                part = slice(start, min(start + together, first + count))
                traces = self._trace(sources[part], listeners[part], seeds[part], patterns[part], threads)
                for index, trace in zip(range(part.start, part.stop), traces, strict=True):
                    results[index] = self._gather(sources[index], listeners[index], patterns[index], trace, threads)

        if self.engine.device == "cpu" and len(listeners) >= threads > 1:
            kernels.trace_kernel.module.load(wp.get_device("cpu"))  # compile once, before threads race for it
            in_threads(work, len(listeners), threads, granularity=1)
        else:
            work(0, len(listeners), threads)
        return results

    def _sources_together(self) -> int:
        """How many sources one tracing serves: as many as the histogram's memory allows."""
        return max(1, _MAX_HISTOGRAM_BYTES // (8 * self._cells))

    def _listeners_together(self, sources: int) -> int:
        """How many listeners one launch serves: on a CPU one, on CUDA as many as the histogram's memory allows."""
        if self.engine.device == "cpu":
            return 1
        return max(1, min(_MAX_HISTOGRAM_BYTES // (8 * sources * self._cells), 2**31 // self.settings.ray_count))

    def _trace(
        self, sources: NDArray[np.float64], listeners: NDArray[np.float64], seeds: NDArray[np.int64],
        patterns: SourcePatterns, threads: int,
    ) -> list[_Trace]:  # fmt: skip
        """Rays of some listeners, in one launch (on a CPU one for each thread, each with its own histogram)."""
        count, rays, device = len(listeners), self.settings.ray_count, self.engine.device
        shape = (count, sources.shape[1], len(arrival_directions()), self.settings.bins, OCTAVE_BAND_COUNT)
        turns = np.array([random_rotation(int(seed)) for seed in seeds], dtype=np.float32)
        chains = np.full((count * rays, max(1, self.settings.image_order)), -1, dtype=np.int32)
        places, rotations = to_device(listeners.astype(np.float32), wp.vec3, device), to_device(turns, wp.mat33, device)
        inputs = [
            places,
            to_device(sources.astype(np.float32), wp.vec3, device),
            to_device(_kernel_seeds(seeds), wp.int32, device),
            rotations,
            self._ray_order,
            patterns.on_device(device),
        ]
        met = to_device(chains, wp.int32, device)
        records = to_device(np.zeros((count * rays, 4), dtype=np.float32), wp.vec4, device)
        joining = wp.zeros(count * rays if self._late else 0, dtype=kernels.Joiner, device=device)
        outputs = [met, records, joining]
        histograms: list[Any] = []

        def work(first: int, items: int) -> None:
            counts = to_device(np.zeros(int(np.prod(shape)), dtype=np.int64), wp.int64, device)
            histograms.append(counts)
            arguments = [first, self.engine.queries, self._mesh, self._limits, self._histogram(counts)]
            wp.launch(kernels.trace_kernel, dim=items, inputs=[*arguments, *inputs, *outputs], device=device)

        kernels.trace_kernel.module.load(wp.get_device(device))
        in_threads(work, count * rays, threads if device == "cpu" else 1, _MIN_RAYS_A_THREAD)
        if self._late is not None:
            self._late.add(
                self.engine, self._mesh, self._limits, [self._histogram(part) for part in histograms], inputs[1],
                inputs[2], inputs[5], joining, threads,
            )  # fmt: skip
        energy = self._as_energy(histograms, threads).reshape(shape)
        all_chains = list(met.numpy().reshape(count, rays, -1))
        if self._limits.transmission:
            behind = self._scout(places, rotations, count * rays, threads).reshape(count, rays, -1)
            all_chains = [np.concatenate([a, b[b[:, 0] >= 0]]) for a, b in zip(all_chains, behind, strict=True)]
        all_records = records.numpy().reshape(count, rays, 4)
        return [_Trace(energy[i], all_chains[i], all_records[i]) for i in range(count)]

    def _late_field(self) -> LateJoin | None:
        """The scene's late field, where it is joined."""
        if not self.settings.joins_late_field:
            return None
        field = late_field(self.engine, self._mesh, bool(self._limits.transmission))
        return LateJoin(field, self._limits.max_length - self._limits.late_length, self.settings.ray_count)

    def _scout(self, listeners: Any, rotations: Any, rays: int, threads: int) -> NDArray[np.int32]:
        """Chains of mirrors (rays, orders) behind the first wall of each ray."""
        chains = np.full((rays, max(1, self.settings.image_order)), -1, dtype=np.int32)
        met = to_device(chains, wp.int32, self.engine.device)
        arguments = [self.engine.queries, self._mesh, self._limits, listeners, rotations, self._ray_order, met]
        launch(scout_kernel, rays, arguments, self.engine.device, threads)
        return np.asarray(met.numpy())

    def _histogram(self, counts: Any) -> Any:
        histogram = kernels.Histogram()
        histogram.counts = counts
        histogram.bins = self.settings.bins
        histogram.bin_length = self.settings.resolution * self.air.speed_of_sound
        histogram.directions = self._directions
        histogram.triangles = self._triangles
        histogram.triangle_map = self._triangle_map
        histogram.lobe_radii = self._lobe_radii
        histogram.lobe_balance = self._lobe_balance
        return histogram

    def _energy_scale(self) -> NDArray[np.float64]:
        """Energy (bins, 8) of one count, by equation (P2), with the air of each bin's middle."""
        middles = (np.arange(self.settings.bins) + 0.5) * self.settings.resolution * self.air.speed_of_sound
        quantum = float(kernels.ENERGY_QUANTUM) * 4.0 / self.settings.ray_count
        return np.asarray(quantum * np.exp(-middles[:, None] * self.air.band_attenuation))

    def _as_energy(self, histograms: list[Any], threads: int) -> NDArray[np.float64]:
        """Energy (n,) that histograms hold together, in the memory of the first: fresh memory takes longer."""
        counts, device = histograms[0], self.engine.device
        for part in histograms[1:]:  # on a CPU alone, where `numpy` shares the memory
            np.add(counts.numpy(), part.numpy(), out=counts.numpy())
        rows = (counts.size // OCTAVE_BAND_COUNT, OCTAVE_BAND_COUNT)
        energy = wp.array(ptr=counts.ptr, shape=rows, dtype=wp.float64, device=device)
        launch(kernels.energy_kernel, rows[0], [self._scale, counts.reshape(rows), energy], device, threads)
        return np.asarray(counts.numpy().view(np.float64))

    def _gather(
        self, sources: NDArray[np.float64], listener: NDArray[np.float64], patterns: SourcePatterns, trace: _Trace,
        threads: int,
    ) -> list[Propagation]:  # fmt: skip
        """Propagations of one listener, by source (m, 3)."""
        speed, attenuation = self.air.speed_of_sound, self.air.band_attenuation
        chains = trace.chains[:, : self.settings.image_order]
        candidates = propose_images(sources, listener, chains, self.mirrors, self.settings.duration * speed)
        left, walls = refine_images(candidates, sources, listener, self.engine, self._mesh, self._limits, threads)
        visible = in_sight(candidates, left, walls, len(sources))
        bent = diffracted_arrivals(
            self.engine, self._scene, sources, listener, self.settings, self.air, visible, threads
        )
        mirrored = as_arrivals(candidates, left, walls, len(sources), listener, self.mirrors, speed, attenuation)
        number, total, squares = trace.records[:, 1:].sum(axis=0, dtype=np.float64)
        mean = total / number if number else float("nan")
        return [
            Propagation(
                source=source,
                listener=listener,
                arrivals=patterns[index].applied(concatenated([mirrored[index], bent[index]])),
                diffuse=EnergyResponse(trace.energy[index], arrival_directions(), self.settings.resolution),
                escaped=min(1.0, float(trace.records[:, 0].mean(dtype=np.float64))),
                rays=self.settings.ray_count,
                duration=self.settings.duration,
                speed_of_sound=speed,
                mean_free_path=mean,
                free_path_variance=squares / number / mean**2 - 1.0 if number else float("nan"),
            )
            for index, source in enumerate(sources)
        ]


def _as_points(values: ArrayLike, what: str) -> NDArray[np.float64]:
    points = np.asarray(values, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3:
        raise PoseError(f"{what} positions have shape {points.shape}: give (n, 3) coordinates in metres")
    if not np.isfinite(points).all():
        bad = points[~np.isfinite(points).all(axis=1)][0]
        raise PoseError(f"{what} position {bad.tolist()} is not finite: give coordinates in metres")
    return points


def _as_seeds(seed: int | ArrayLike, listeners: int) -> NDArray[np.int64]:
    seeds = np.asarray(seed)
    if seeds.dtype.kind not in "iu" or seeds.shape not in ((), (listeners,)) or np.any(seeds < 0):
        raise SettingsError(
            f"seed {seed!r} cannot be used: give a whole number of at least 0, or one for each of {listeners} listeners"
        )
    return np.broadcast_to(seeds.astype(np.int64), (listeners,))


def _kernel_seeds(seeds: NDArray[np.int64]) -> NDArray[np.int32]:
    """Seeds (n,) int32, at least 0, in which neighbouring seeds have nothing in common."""
    return np.array([np.random.SeedSequence(int(seed)).generate_state(1)[0] >> 1 for seed in seeds], dtype=np.int32)
