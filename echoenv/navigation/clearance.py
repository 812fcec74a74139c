"""Clearance: how far floor nodes are from walls, furniture and floor edges, measured on the triangles themselves.

The one idea: only the few triangles that reach into the band between what the agent steps over and its head can stand
in its way. They are listed by lattice cell once, and each node looks around itself (`clearance_kernels.py`).
"""

from __future__ import annotations

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.navigation import clearance_kernels as kernels
from echoenv.navigation.floors import AgentShape, Floors, Lattice, floor_edges, offsets
from echoenv.rays.engine import RayEngine
from echoenv.rays.launch import launch, to_device

_TOLERANCE = 2e-3  # [m] kept off both ends of the band, so that a step of just the climb does not block


def measure_clearance(engine: RayEngine, agent: AgentShape, floors: Floors, farthest: float) -> NDArray[np.float32]:
    """Horizontal distance [m] (n,) of floor nodes to the nearest obstacle or edge, `farthest` where none is nearer.

    Args:
        engine: The rays.
        agent: Who walks.
        floors: The nodes (n,).
        farthest: How far to look [m].
    """
    corners = _obstacles(engine, agent, floors)
    triangle_starts, triangle_list = _by_cell(floors.lattice, corners, engine.threads)
    extents = np.stack([corners[..., 1].min(axis=1), corners[..., 1].max(axis=1)], axis=1)[triangle_list]
    site_starts, sites = _sites_by_cell(floors.lattice, floor_edges(engine, agent, floors))
    clearance = np.zeros(len(floors.heights), dtype=np.float32)
    arguments = [
        floors.lattice.as_struct(), agent.height - _TOLERANCE, agent.max_climb + _TOLERANCE, farthest,
        to_device(floors.columns, wp.int32), to_device(floors.heights, wp.float32), to_device(corners, wp.vec3),
        to_device(triangle_starts, wp.int32), to_device(triangle_list, wp.int32), to_device(extents, wp.vec2),
        to_device(sites, wp.vec3), to_device(site_starts, wp.int32), to_device(clearance, wp.float32),
    ]  # fmt: skip
    launch(kernels.clearance_kernel, len(clearance), arguments, threads=engine.threads)
    return clearance


def _obstacles(engine: RayEngine, agent: AgentShape, floors: Floors) -> NDArray[np.float32]:
    """Corners (k, 3, 3) of the triangles that reach into the band above some floor."""
    scene = engine.scene
    y = scene.vertices[:, 1][scene.triangles]
    levels = np.unique(np.round(floors.heights, 2))  # a level stands for all floors within half a centimetre
    above = np.searchsorted(levels, y.max(axis=1) - agent.max_climb + 0.01)
    below = np.searchsorted(levels, y.min(axis=1) - agent.height - 0.01)
    return scene.vertices[scene.triangles[above > below]]


def _by_cell(
    lattice: Lattice, corners: NDArray[np.float32], threads: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Where (cells + 1,) each cell's list of triangles starts, and the lists of those it touches from above."""
    counts = np.zeros(len(corners), dtype=np.int32)

    def find(starts: NDArray[np.int32], bins: NDArray[np.int32]) -> None:
        arguments = [lattice.as_struct(), to_device(corners, wp.vec3), to_device(starts, wp.int32),
                     to_device(counts, wp.int32), to_device(bins, wp.int32)]  # fmt: skip
        launch(kernels.triangle_bins_kernel, len(corners), arguments, threads=threads)

    find(np.zeros(0, np.int32), np.zeros(0, np.int32))
    starts = offsets(counts)
    bins = np.zeros(starts[-1], dtype=np.int32)
    find(starts, bins)
    order = np.argsort(bins, kind="stable")
    triangles = np.repeat(np.arange(len(corners), dtype=np.int32), counts)[order]
    return offsets(np.bincount(bins, minlength=lattice.columns)), triangles


def _sites_by_cell(lattice: Lattice, sites: NDArray[np.float32]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Where (cells + 1,) each cell's points start in the points (k, 3) ordered by cell."""
    ix = np.floor((sites[:, 0] - lattice.origin[0]) / lattice.cell + 0.5).astype(np.int64)
    iz = np.floor((sites[:, 2] - lattice.origin[1]) / lattice.cell + 0.5).astype(np.int64)
    cells = iz.clip(0, lattice.columns_z - 1) * lattice.columns_x + ix.clip(0, lattice.columns_x - 1)
    return offsets(np.bincount(cells, minlength=lattice.columns)), sites[np.argsort(cells, kind="stable")]
