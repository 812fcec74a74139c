"""How the rays of listeners join a scene's late field.

The one idea: everything happens on the device, listener by listener: rays are sorted by the cell in which they join,
samples are drawn by what they are worth to the listener, and each is connected to the sources. Equation (P11) of
docs/physics.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import warp as wp

from echoenv.acoustics.propagation import late_kernels as kernels
from echoenv.acoustics.propagation.late_field import LateField
from echoenv.rays import RayEngine
from echoenv.rays.launch import in_threads, launch

DRAWS_A_RAY = 0.15
"""Samples drawn of a stage, see `LateField.samples`, as a share of the rays."""

_MIN_DRAWS_A_THREAD = 1024


class LateJoin:
    """Joins rays to a late field.

    Args:
        field: The late field.
        length: How many metres of it are needed.
        rays: Of a listener.
    """

    def __init__(self, field: LateField, length: float, rays: int) -> None:
        self._cells, self._cell_count = field.cells, field.count
        self._stages = field.reaching(length)
        self._samples, self._draws = field.samples(self._stages, max(1, round(rays * DRAWS_A_RAY)))
        self._rays = rays

    def add(
        self, engine: RayEngine, mesh: Any, limits: Any, histograms: Sequence[Any], sources: Any, seeds: Any,
        patterns: Any, joining: Any, threads: int,
    ) -> None:  # fmt: skip
        """Add the late sound of some listeners to a histogram.

        Args:
            engine: Rays over the scene.
            mesh: `AcousticMesh`.
            limits: `TraceLimits`.
            histograms: As many as threads, or fewer where fewer are at work; their sum is what counts.
            sources: (L, M).
            seeds: (L,).
            patterns: `SourcePatterns`.
            joining: (L * rays,) rays as the tracer left them.
            threads: On a CPU.
        """
        count, device = len(seeds), engine.device
        located = wp.empty(len(joining), dtype=wp.int32, device=device)
        launch(kernels.locate_kernel, len(joining), [engine.queries, self._cells, joining, located], device, threads)
        order = wp.empty(len(joining), dtype=wp.int32, device=device)
        worths = wp.empty(len(joining), dtype=wp.float32, device=device)
        firsts = wp.zeros((count, self._cell_count + 2), dtype=wp.int32, device=device)
        launch(kernels.gather_kernel, count, [self._rays, joining, located, order, firsts, worths], device)
        plan = wp.empty((count, self._stages, self._cell_count + 1), dtype=wp.float32, device=device)
        planned = [self._rays, self._cells, self._samples, firsts, worths, plan]
        launch(kernels.plan_kernel, count * self._stages, planned, device)
        free = list(histograms)

        def work(first: int, items: int) -> None:
            arguments = [
                first, engine.queries, mesh, limits, free.pop(), sources, seeds, patterns, self._cells, self._samples,
                joining, order, firsts, worths, plan,
            ]  # fmt: skip
            wp.launch(kernels.join_kernel, dim=items, inputs=arguments, device=device)

        workers = min(threads, len(free)) if device == "cpu" else 1
        in_threads(work, count * self._draws, workers, _MIN_DRAWS_A_THREAD)
