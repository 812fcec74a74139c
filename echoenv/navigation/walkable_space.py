"""Walkable space: floors, how much clearance they have, and the islands they form, ready for kernels.

The one idea: the agent may be where clearance is at least `margin` = radius + cell size. The cell is Recast's: it
marks the cell that a wall stands in before it erodes by the radius, so Habitat's boundary in a box room is 0.15 m off
the walls at radius 0.1 and 0.25 m at 0.2. Here the distance is exact for any wall, not counted in cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.navigation import walk_kernels as kernels
from echoenv.navigation.clearance import measure_clearance
from echoenv.navigation.floors import AgentShape, Floors, find_floors, offsets
from echoenv.navigation.islands import Islands, find_islands
from echoenv.rays.engine import RayEngine
from echoenv.rays.launch import launch, to_device

_LONGEST_LEAP = 10  # cells: a line of sight looks at clearance at least this often


@dataclass(frozen=True, eq=False)
class WalkableSpace:
    """Where an agent may be.

    Attributes:
        agent: Its shape.
        margin: Distance [m] that it keeps from walls and edges.
        floors: Floor nodes (n,).
        clearance: [m] (n,) float32, exact up to margin + 2 cells; 0 on nodes of dropped islands.
        islands: Their labels and areas.
        grid: The same for kernels, in local coordinates: world less `offset`.
        threads: Threads for large batches.
    """

    agent: AgentShape
    margin: float
    floors: Floors
    clearance: NDArray[np.float32]
    islands: Islands
    grid: Any
    threads: int

    @staticmethod
    def build(engine: RayEngine, agent: AgentShape, cell: float) -> WalkableSpace:
        """Walkable space of a scene.

        Raises:
            MeshError: There is no floor, or no room on it for the agent.
            SettingsError: The cell size is out of range.
        """
        floors = find_floors(engine, agent, cell)
        margin = agent.radius + cell
        clearance = measure_clearance(engine, agent, floors, margin + 2.0 * cell)
        islands = find_islands(engine, agent, floors, clearance, margin)
        clearance[(clearance >= margin) & (islands.labels < 0)] = 0.0
        grid = _as_grid(floors, clearance, margin)
        return WalkableSpace(agent, margin, floors, clearance, islands, grid, engine.threads)

    @cached_property
    def offset(self) -> NDArray[np.float64]:
        """World position [m] (3,) of the origin of local coordinates."""
        return np.array([self.floors.lattice.origin[0], 0.0, self.floors.lattice.origin[1]])

    def to_local(self, points: NDArray[np.float64]) -> NDArray[np.float32]:
        """Local coordinates (n, 3) float32 of world points (n, 3); those that are not finite go far away."""
        local = points - self.offset
        local[~(np.abs(local) < 1e6)] = -1e6
        return np.ascontiguousarray(local, dtype=np.float32)

    def sample(self, points: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int32]]:
        """Clearance [m] (n,), floor height [m] (n,) and nearest-by node (n,) of world points (n, 3).

        A point belongs to a floor at most 0.5 m above or below it; where there is none, clearance and node are -1.
        """
        samples, nodes = np.zeros((len(points), 2), np.float32), np.zeros(len(points), np.int32)
        arguments = [self.grid, to_device(self.to_local(points), wp.vec3), to_device(samples, wp.vec2),
                     to_device(nodes, wp.int32)]  # fmt: skip
        launch(kernels.sample_kernel, len(points), arguments, threads=self.threads)
        return samples[:, 0], samples[:, 1], nodes

    def islands_at(self, points: NDArray[np.float64]) -> NDArray[np.int32]:
        """Island (n,) of world points (n, 3); -1 where the agent may not be."""
        clearance, _, nodes = self.sample(points)
        inside = clearance >= self.margin - kernels.STAND_SLACK
        return np.where(inside, self.islands.labels[nodes], -1)

    def floors_over(
        self, x: NDArray[np.float64], z: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Every navigable floor point over map positions.

        Args:
            x: [m] (m,), world.
            z: [m] (m,), world.

        Returns:
            Index (k,) into the positions, and points [m] (k, 3) on the floors, from the top down at each position.
        """
        lattice = self.floors.lattice
        ix = np.floor((x - lattice.origin[0]) / lattice.cell).astype(np.int64)
        iz = np.floor((z - lattice.origin[1]) / lattice.cell).astype(np.int64)
        inside = np.nonzero((ix >= 0) & (iz >= 0) & (ix < lattice.columns_x) & (iz < lattice.columns_z))[0]
        columns = iz[inside] * lattice.columns_x + ix[inside]
        counts = np.diff(self.floors.starts)[columns]
        index = np.repeat(inside, counts)
        nodes = np.arange(len(index)) + np.repeat(self.floors.starts[columns] - offsets(counts)[:-1], counts)
        points = np.stack([x[index], self.floors.heights[nodes].astype(np.float64), z[index]], axis=1)
        clearance, heights, _ = self.sample(points)
        points[:, 1] = heights
        keep = clearance >= self.margin - kernels.STAND_SLACK
        return index[keep], points[keep]


def _as_grid(floors: Floors, clearance: NDArray[np.float32], margin: float) -> Any:
    grid = kernels.WalkGrid()
    grid.cell, grid.margin = floors.lattice.cell, margin
    grid.columns_x, grid.columns_z = floors.lattice.columns_x, floors.lattice.columns_z
    grid.starts, grid.columns = to_device(floors.starts, wp.int32), to_device(floors.columns, wp.int32)
    grid.heights, grid.links = to_device(floors.heights, wp.float32), to_device(floors.links, wp.vec4i)
    grid.clearance = to_device(clearance, wp.float32)
    grid.leaps = to_device(_leaps(floors, clearance >= margin), wp.float32)
    return grid


def _leaps(floors: Floors, standing: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Radius [m] (n,) around each node within which every node is navigable, so that sight need not look."""
    square = np.append(standing, False)  # the last entry serves link -1
    links = floors.links
    leaps = np.zeros(len(standing), dtype=np.float32)
    for _ in range(_LONGEST_LEAP):
        across_x = square[:-1] & square[links[:, 0]] & square[links[:, 1]]
        wide = np.append(across_x, False)
        square = np.append(wide[:-1] & wide[links[:, 2]] & wide[links[:, 3]], False)
        leaps += square[:-1]
    # A point of the cell is up to a cell further on than the node, in x and in z.
    return np.maximum(leaps - 1.0, 0.0) * np.float32(floors.lattice.cell)
