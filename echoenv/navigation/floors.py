"""Finding floors: every surface of a mesh on which the agent has room to stand, as nodes at the columns of a lattice.

The one idea: like Recast's layered heightfield, but heights are where the rays meet the mesh, not multiples of a cell
height, so a floor at y = 0 is at y = 0 (Habitat's navmesh puts it at 0.2). Both sides of a triangle count here, since
scans and modelling tools wind them either way; `islands.py` tells floors from the backs of ceilings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.errors import MeshError, SettingsError
from echoenv.navigation import floor_kernels as kernels
from echoenv.rays.engine import RayEngine
from echoenv.rays.launch import launch, to_device

MAX_COLUMNS = 40_000_000
"""Most lattice columns that are tried: 316 m x 316 m at 0.05 m."""


@dataclass(frozen=True)
class AgentShape:
    """An upright cylinder that walks.

    Attributes:
        height: [m]; room that it needs above a floor.
        radius: [m].
        max_climb: [m]; the highest step that it takes, and the widest gap that it steps over.
        max_slope: [degrees]; the steepest floor.
    """

    height: float = 1.5
    radius: float = 0.1
    max_climb: float = 0.2
    max_slope: float = 45.0

    def __post_init__(self) -> None:
        limits = {"height": (1e-3, 100.0), "radius": (0.0, 10.0), "max_climb": (0.0, 10.0), "max_slope": (0.0, 89.0)}
        for name, (low, high) in limits.items():
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not low <= value <= high:
                raise SettingsError(f"agent {name} {value!r} is not possible: give a number from {low} to {high}")
        if self.max_climb >= self.height:
            raise SettingsError(f"agent max_climb {self.max_climb} m must be less than its height {self.height} m")


@dataclass(frozen=True)
class Lattice:
    """Vertical columns (columns_z, columns_x) at `origin` + (i * cell, j * cell) [m], world x and z.

    Columns sit at half-odd multiples of the cell, so the lattice does not depend on what lies in the room.
    """

    origin: tuple[float, float]
    cell: float
    columns_x: int
    columns_z: int
    top: float

    @staticmethod
    def around(low: NDArray[np.float32], high: NDArray[np.float32], cell: float) -> Lattice:
        """The columns over a box with corners (3,), (3,) [m], and two cells more on each side.

        Raises:
            SettingsError: The cell size is out of range or makes more than `MAX_COLUMNS` columns.
        """
        if not isinstance(cell, (int, float)) or not 1e-3 <= cell <= 1.0:
            raise SettingsError(f"cell_size {cell!r} is not possible: give metres from 0.001 to 1")
        start = [math.floor(float(low[k]) / cell) - 2 for k in (0, 2)]
        count = [math.ceil(float(high[k]) / cell) + 2 - first for k, first in zip((0, 2), start, strict=True)]
        if count[0] * count[1] > MAX_COLUMNS:
            size = f"{float(high[0] - low[0]):.0f} m x {float(high[2] - low[2]):.0f} m"
            raise SettingsError(
                f"a scene of {size} has too many cells of {cell} m: "
                "scale it to metres if it is in other units, or give a larger cell_size"
            )
        corner = ((start[0] + 0.5) * cell, (start[1] + 0.5) * cell)
        return Lattice(corner, cell, count[0], count[1], float(high[1]) + 1.0)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self.columns_x * self.columns_z

    def positions(self, columns: NDArray[np.int32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """World x and z [m] (n,), (n,) of columns (n,)."""
        iz, ix = np.divmod(columns, self.columns_x)
        return self.origin[0] + ix * self.cell, self.origin[1] + iz * self.cell

    def as_struct(self) -> Any:
        """The same for kernels."""
        struct = kernels.Lattice()
        struct.x, struct.z, struct.cell, struct.top = *self.origin, self.cell, self.top
        struct.columns_x, struct.columns_z = self.columns_x, self.columns_z
        return struct


@dataclass(frozen=True, eq=False)
class Floors:
    """Floor nodes (n,), by column and from the top down within a column.

    Attributes:
        lattice: The columns.
        starts: First node (columns + 1,) int32 of each column.
        columns: Column (n,) int32 of each node.
        heights: World y [m] (n,) float32.
        fronts: Whether (n,) the front side of the triangle faces up.
        links: Node (n, 4) int32 next to each towards +x, -x, +z, -z within the climb; -1 where there is none.
        tallest_room: Greatest height [m] between a level surface and what is above it, whether or not the agent fits.
    """

    lattice: Lattice
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    heights: NDArray[np.float32]
    fronts: NDArray[np.bool_]
    links: NDArray[np.int32]
    tallest_room: float

    @property
    def points(self) -> NDArray[np.float64]:
        """World positions [m] (n, 3) of the nodes."""
        x, z = self.lattice.positions(self.columns)
        return np.stack([x, self.heights.astype(np.float64), z], axis=1)


def find_floors(engine: RayEngine, agent: AgentShape, cell: float) -> Floors:
    """All floors of a scene.

    Gaps in a floor no wider than `max_climb`, such as the cracks and steep specks of a scan, are bridged.

    Raises:
        MeshError: There is no floor on which the agent has room to stand.
        SettingsError: The cell size is out of range.
    """
    lattice = Lattice.around(*engine.scene.bounds, cell)
    normals = to_device(engine.normals, wp.vec3, engine.device)
    floors = _standing_room(engine, normals, agent, lattice)
    if len(floors.heights) == 0:
        raise MeshError(_no_floor(engine, agent, floors.tallest_room))
    floors = _bridged(engine, agent, floors)
    return floors


def floor_edges(engine: RayEngine, agent: AgentShape, floors: Floors) -> NDArray[np.float32]:
    """Points [m] (k, 3), world frame, on the edges of floors: where they end between a node and a missing neighbour."""
    node, side = np.nonzero(floors.links < 0)
    ways = np.array([[1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]], dtype=np.float32)
    points, directions = floors.points[node].astype(np.float32), ways[side]
    sites = to_device(np.zeros_like(points), wp.vec3, engine.device)
    arguments = [engine.queries, to_device(engine.normals, wp.vec3, engine.device), _walker(agent), floors.lattice.cell,
                 to_device(points, wp.vec3, engine.device), to_device(directions, wp.vec3, engine.device),
                 sites]  # fmt: skip
    launch(kernels.edge_sites_kernel, len(points), arguments, engine.device, engine.threads)
    return sites.numpy()


def _walker(agent: AgentShape) -> Any:
    struct = kernels.Walker()
    struct.height, struct.climb = agent.height, agent.max_climb
    struct.cos_slope = math.cos(math.radians(agent.max_slope)) - 1e-4
    return struct


def _no_floor(engine: RayEngine, agent: AgentShape, tallest: float) -> str:
    name = engine.scene.name
    if tallest > 0:
        return (
            f"scene '{name}' has no floor with {agent.height} m of room above it (at most {tallest:.2f} m): "
            "give a smaller agent_height, or check the scale and which way is up"
        )
    return (
        f"scene '{name}' has no floor: no surface is within {agent.max_slope:g} degrees of level; "
        "check which way is up, or give a mesh with a floor"
    )


def _standing_room(engine: RayEngine, normals: Any, agent: AgentShape, lattice: Lattice) -> Floors:
    device = engine.device
    counts = to_device(np.zeros(lattice.columns, np.int32), wp.int32, device)
    rooms = to_device(np.zeros(lattice.columns, np.float32), wp.float32, device)

    def shoot(starts: Any, heights: Any, fronts: Any) -> None:
        arguments = [
            engine.queries,
            normals,
            lattice.as_struct(),
            _walker(agent),
            starts,
            counts,
            rooms,
            heights,
            fronts,
        ]
        launch(kernels.floor_surfaces_kernel, lattice.columns, arguments, device, engine.threads)

    shoot(
        wp.empty(0, dtype=int, device=device),
        wp.empty(0, dtype=float, device=device),
        wp.empty(0, dtype=wp.uint8, device=device),
    )
    per_column = counts.numpy().copy()
    starts = offsets(per_column)
    heights = to_device(np.zeros(starts[-1], np.float32), wp.float32, device)
    fronts = to_device(np.zeros(starts[-1], np.uint8), wp.uint8, device)
    shoot(to_device(starts, wp.int32, device), heights, fronts)
    columns = np.repeat(np.arange(lattice.columns, dtype=np.int32), per_column)
    tallest = float(rooms.numpy().max(initial=0.0))
    return _linked(agent, lattice, columns, heights.numpy(), fronts.numpy().astype(bool), tallest)


def offsets(counts: NDArray[Any]) -> NDArray[np.int32]:
    """Where (n + 1,) each of n lists starts when they are laid end to end."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _linked(
    agent: AgentShape, lattice: Lattice, columns: NDArray[np.int32], heights: NDArray[np.float32],
    fronts: NDArray[np.bool_], tallest: float,
) -> Floors:  # fmt: skip
    starts = offsets(np.bincount(columns, minlength=lattice.columns))
    links = np.full((len(columns), 4), -1, dtype=np.int32)
    arguments = [lattice.as_struct(), agent.max_climb + 1e-3, to_device(columns, wp.int32), to_device(starts, wp.int32),
                 to_device(heights, wp.float32), to_device(links, wp.vec4i)]  # fmt: skip
    launch(kernels.links_kernel, len(columns), arguments)
    return Floors(lattice, starts, columns, heights, fronts, links, tallest)


def _bridged(engine: RayEngine, agent: AgentShape, floors: Floors) -> Floors:
    """The floors with their small gaps closed."""
    columns, heights = _missing_nodes(agent, floors)
    if len(columns) == 0:
        return floors
    x, z = floors.lattice.positions(columns)
    points = np.stack([x, heights, z], axis=1).astype(np.float32)
    found = to_device(np.zeros(len(points), np.float32), wp.float32, engine.device)
    arguments = [engine.queries, _walker(agent), to_device(points, wp.vec3, engine.device), found]
    launch(kernels.bridge_kernel, len(points), arguments, engine.device, engine.threads)
    heights = found.numpy()
    open_ = heights > -1e20
    return _with_nodes(agent, floors, columns[open_], heights[open_])


def _missing_nodes(agent: AgentShape, floors: Floors) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Columns (k,) and heights (k,) at which a gap between two floors in line would be bridged."""
    lattice = floors.lattice
    reach = int(agent.max_climb / lattice.cell + 1e-6)
    wanted = np.full((2 * len(floors.heights), reach), -1e30, dtype=np.float32)
    if wanted.size == 0:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    arguments = [lattice.as_struct(), agent.max_climb, reach, to_device(floors.columns, wp.int32),
                 to_device(floors.starts, wp.int32), to_device(floors.heights, wp.float32),
                 to_device(floors.links, wp.vec4i), to_device(wanted, wp.float32)]  # fmt: skip
    launch(kernels.gaps_kernel, len(wanted), arguments)
    item, ahead = np.nonzero(wanted > -1e20)
    stride = np.where(item % 2 == 1, lattice.columns_x, 1)
    return (floors.columns[item // 2] + (ahead + 1) * stride).astype(np.int32), wanted[item, ahead]


def _with_nodes(agent: AgentShape, floors: Floors, columns: NDArray[np.int32], heights: NDArray[np.float32]) -> Floors:
    """The floors with new nodes (k,) laid over gaps; what lies below a new node has no room any more."""
    both_columns = np.concatenate([floors.columns, columns])
    both_heights = np.concatenate([floors.heights, heights])
    fronts = np.concatenate([floors.fronts, np.ones(len(columns), bool)])
    order = np.lexsort([-both_heights, both_columns])
    both_columns, both_heights, fronts = both_columns[order], both_heights[order], fronts[order]
    # From the top down, a node within an agent's height of the one above is dropped; runs of bridges are one bridge.
    crowded = np.zeros(len(order), bool)
    crowded[1:] = (np.diff(both_columns) == 0) & (-np.diff(both_heights) < agent.height - 1e-3)
    keep = ~crowded
    return _linked(agent, floors.lattice, both_columns[keep], both_heights[keep], fronts[keep], floors.tallest_room)
