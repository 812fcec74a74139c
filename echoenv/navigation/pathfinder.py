"""`PathFinder`: Habitat's questions about walkable space, for one point or many.

The one idea: every question is a batch. A point (3,) gives one answer, points (n, 3) give n, from the same kernels,
and an answer does not depend on the others in its batch. Points are on the floor; one up to 0.5 m above or below a
floor belongs to it. Where this differs from Habitat's navmesh: heights are exact (Habitat's floors are multiples of
0.2 m), the boundary is smooth (Habitat's is a polygon within about 6 cm of it), and the agent follows a wall that
turns while it slides.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import warp as wp
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import cKDTree

from echoenv.errors import PoseError, SettingsError
from echoenv.navigation import walk_kernels as kernels
from echoenv.navigation.floors import AgentShape
from echoenv.navigation.geodesics import DistanceField, Path, shortest_paths
from echoenv.navigation.one_agent import OneWalk
from echoenv.navigation.walkable_space import WalkableSpace
from echoenv.rays.engine import RayEngine
from echoenv.rays.launch import launch, to_device

Array = NDArray[np.float64]

SNAP_REACH = (2.0, 4.0)
"""How far [m] horizontally and vertically `snap_point` looks, as in Habitat."""

_KEPT_FIELDS = 4  # of a goal's distances: 2 MB each in an apartment


class PathFinder:
    """Where an agent can be, where it gets when it walks, and how far it is from here to there.

    Args:
        engine: The ray engine of the scene.
        agent_height: [m]; room that it needs above the floor.
        agent_radius: [m]; it keeps `agent_radius + cell_size` away from walls and edges, as in Habitat.
        max_climb: [m]; the highest step that it takes.
        cell_size: [m]; spacing of the columns at which floors are looked for. Furniture, doors and gaps narrower than
            this may be missed as openings, never as obstacles.

    Attributes:
        space: The walkable space itself.
        main_island: Index of the island that is the inside of the home; random points and grids are on it.

    Raises:
        MeshError: The scene has no floor, or none with room for the agent.
        SettingsError: A size is out of range.
    """

    def __init__(
        self, engine: RayEngine, agent_height: float = 1.5, agent_radius: float = 0.1, max_climb: float = 0.2,
        cell_size: float = 0.05,
    ) -> None:  # fmt: skip
        self.space = WalkableSpace.build(engine, AgentShape(agent_height, agent_radius, max_climb), cell_size)
        self.main_island = self.space.islands.main
        self._scene_name = engine.scene.name
        self._fields: dict[bytes, DistanceField] = {}
        self._walk_of_one = OneWalk(self.space)
        self._tree: Any = None
        self._boundary: Any = None
        self._random = np.random.default_rng(0)

    @property
    def islands(self) -> int:
        """Number of parts of walkable space that do not hang together; 0 is the largest."""
        return len(self.space.islands.areas)

    @property
    def navigable_area(self) -> float:
        """Area [m2] of all islands together."""
        return float(self.space.islands.areas.sum())

    def island_area(self, island: int | None = None) -> float:
        """Area [m2] of one island; of the main one by default."""
        return float(self.space.islands.areas[self._checked_island(island)])

    def island_of(self, points: ArrayLike) -> Any:
        """Island of a point (3,), or (n,) of points (n, 3); -1 where the agent cannot be."""
        flat, single = _as_points(points)
        islands = self.space.islands_at(flat)
        return int(islands[0]) if single else islands

    def is_navigable(self, points: ArrayLike, max_y_delta: float = 0.5) -> Any:
        """Whether the agent can be at a point (3,), or (n,) at points (n, 3).

        Args:
            points: World positions [m].
            max_y_delta: How far [m] above or below its floor a point may be, at most 0.5. NaN is not navigable.
        """
        flat, single = _as_points(points)
        clearance, heights, _ = self.space.sample(flat)
        with np.errstate(invalid="ignore"):
            fine: NDArray[np.bool_] = (clearance >= self.space.margin - kernels.STAND_SLACK) & (
                np.abs(heights - flat[:, 1]) <= max_y_delta
            )
        return bool(fine[0]) if single else fine

    def snap_point(self, points: ArrayLike) -> Array:
        """The nearest navigable point (3,) or points (n, 3) [m], on the floor.

        NaN where there is none within 2 m horizontally and 4 m vertically, and for points that are not finite.
        """
        flat, single = _as_points(points)
        snapped = np.full(flat.shape, np.nan)
        finite = np.isfinite(flat).all(axis=1)
        snapped[finite] = self._snap(flat[finite])
        return snapped[0] if single else snapped

    def _snap(self, points: Array) -> Array:
        clearance, heights, _ = self.space.sample(points)
        on_floor = np.stack([points[:, 0], heights.astype(np.float64), points[:, 2]], axis=1)
        _, nearest = self._node_tree().query(points)
        nodes = self._tree_points[nearest]
        there = self._walk(nodes, points, sliding=True)
        standing: NDArray[np.bool_] = clearance >= self.space.margin - kernels.STAND_SLACK
        there = np.where(standing[:, None], on_floor, there)
        away = np.abs(there - points)
        far = (np.hypot(away[:, 0], away[:, 2]) > SNAP_REACH[0]) | (away[:, 1] > SNAP_REACH[1])
        there[far] = np.nan
        return there

    def _node_tree(self) -> Any:
        if self._tree is None:
            self._tree_points = self.space.floors.points[self.space.islands.labels >= 0]
            self._tree = cKDTree(self._tree_points)
        return self._tree

    def require_navigable(self, point: ArrayLike, name: str = "position") -> Array:
        """The point (3,) [m] itself, put on its floor.

        Raises:
            PoseError: It is not three finite numbers, or the agent cannot be there; says the nearest place where it
            can.
        """
        given = np.asarray(point, dtype=np.float64)
        if given.shape != (3,) or not np.isfinite(given).all():
            raise PoseError(f"{name} {np.asarray(point).tolist()} must be three finite numbers [x, y, z] in metres")
        clearance, heights, _ = self.space.sample(given[None])
        if clearance[0] >= self.space.margin - kernels.STAND_SLACK:
            return np.array([given[0], heights[0], given[2]])
        where = f"{name} {_shown(given)} in scene '{self._scene_name}' is inside a wall or furniture, or off the floor"
        near = self.snap_point(given)
        if np.isfinite(near).all():
            raise PoseError(f"{where}: the nearest navigable point is {_shown(near)}")
        example = self.grid_positions()
        hint = f", such as {_shown(example[0])}" if len(example) else ""
        raise PoseError(f"{where}: give a point on the floor within the home{hint}")

    def geodesic_distance(self, a: ArrayLike, b: ArrayLike) -> Any:
        """Length [m] of the shortest walk between two points (3,), or (n,) between (n, 3) and (n, 3); one may be (3,).

        Points off the navigable space are snapped to it first, as in Habitat; `inf` where there is no way. The same
        both ways, 0 from a point to itself. For many questions about one goal, `distance_field` is much faster.
        """
        starts, ends, single = self._snapped_pairs(a, b)
        distances = np.array([path.geodesic_distance for path in shortest_paths(self.space, starts, ends)])
        return float(distances[0]) if single else distances

    def find_path(self, a: ArrayLike, b: ArrayLike) -> Path:
        """The shortest walk from point a (3,) to point b (3,) [m], turning points and length."""
        starts, ends, _ = self._snapped_pairs(np.reshape(a, (1, 3)), np.reshape(b, (1, 3)))
        return shortest_paths(self.space, starts, ends)[0]

    def _snapped_pairs(self, a: ArrayLike, b: ArrayLike) -> tuple[Array, Array, bool]:
        (starts, single_a), (ends, single_b) = _as_points(a), _as_points(b)
        if len(starts) != len(ends) and not (single_a or single_b):
            raise PoseError(
                f"{len(starts)} and {len(ends)} points do not pair up: give as many of each, or one of either"
            )
        starts, ends = self.snap_point(starts), self.snap_point(ends)
        starts, ends = (np.ascontiguousarray(p) for p in np.broadcast_arrays(starts, ends))
        lost = np.isnan(starts).any(axis=1) | np.isnan(ends).any(axis=1)
        starts[lost], ends[lost] = np.nan, np.nan
        return starts, ends, single_a and single_b

    def distance_field(self, goal: ArrayLike) -> DistanceField:
        """Distances from everywhere to one goal (3,) [m]: call the result with points (..., 3).

        The fields of the last few goals are kept.
        """
        key = np.asarray(goal, dtype=np.float64).tobytes()
        if key not in self._fields:
            field = DistanceField(self.space, self.snap_point(np.reshape(goal, (1, 3)))[0])
            while len(self._fields) >= _KEPT_FIELDS:
                self._fields.pop(next(iter(self._fields)), None)
            self._fields[key] = field
        return self._fields[key]

    def try_step(self, start: ArrayLike, end: ArrayLike) -> Array:
        """Where the agent gets (3,) or (n, 3) [m] walking straight from start to end, sliding along what it meets.

        Off the navigable space it does not move at all.
        """
        return self._step(start, end, sliding=True)

    def try_step_no_sliding(self, start: ArrayLike, end: ArrayLike) -> Array:
        """Where the agent gets (3,) or (n, 3) [m] walking straight from start to end, stopping at what it meets."""
        return self._step(start, end, sliding=False)

    def _step(self, start: ArrayLike, end: ArrayLike, sliding: bool) -> Array:
        (starts, single), (ends, single_end) = _as_points(start), _as_points(end)
        starts, ends = (np.ascontiguousarray(p) for p in np.broadcast_arrays(starts, ends))
        reached = self._walk(starts, ends, sliding)
        return reached[0] if single and single_end else reached

    def _walk(self, starts: Array, ends: Array, sliding: bool) -> Array:
        safe_ends = np.where(np.isfinite(ends).all(axis=1, keepdims=True), ends, starts)
        local = self.space.to_local(np.stack([starts, safe_ends]))
        reached = self._walk_of_one(local, sliding) if len(starts) == 1 else self._walks(local, sliding)
        world = reached[:, :3] + self.space.offset
        # Where nothing was met the end is exact in double precision; off the navigable space nothing moves at all.
        outcome: NDArray[np.float32] = reached[:, 3]
        arrived, off = np.equal(outcome, kernels.ARRIVED), np.equal(outcome, kernels.OFF)
        world[arrived, 0], world[arrived, 2] = safe_ends[arrived, 0], safe_ends[arrived, 2]
        world[off] = starts[off]
        return world

    def _walks(self, local: NDArray[np.float32], sliding: bool) -> NDArray[np.float32]:
        """Where agents get (n, 4), as of `step_kernel`, from and to local points (2, n, 3)."""
        reached = np.zeros((local.shape[1], 4), np.float32)
        arguments = [self.space.grid, int(sliding), to_device(local, wp.vec3), to_device(reached, wp.vec4)]
        launch(kernels.step_kernel, len(reached), arguments, threads=self.space.threads)
        return reached

    def seed(self, seed: int) -> None:
        """Begin the series of points anew that `get_random_navigable_point` gives when it is called without any."""
        self._random = np.random.default_rng(seed)

    def get_random_navigable_point(
        self, rng: np.random.Generator | int | None = None, count: int | None = None, island: int | None = None
    ) -> Array:
        """Points spread evenly over the main island, unlike Habitat's, which may be on a roof.

        Args:
            rng: Where the randomness comes from, or a seed; None goes on from `seed`, as in Habitat.
            count: How many; None gives one point (3,).
            island: Another island than the main one.

        Returns:
            Points on the floor [m] (count, 3), or (3,).
        """
        random = self._random if rng is None else np.random.default_rng(rng)
        wanted = 1 if count is None else int(count)
        nodes = np.nonzero(self.space.islands.labels == self._checked_island(island))[0]
        centres = self.space.floors.points[nodes]
        points = np.zeros((wanted, 3))
        missing = np.arange(wanted)
        while len(missing):
            jitter = (random.random((len(missing), 2)) - 0.5) * self.space.floors.lattice.cell
            tried = centres[random.integers(len(nodes), size=len(missing))]
            tried[:, [0, 2]] += jitter
            clearance, heights, _ = self.space.sample(tried)
            tried[:, 1] = heights
            good = clearance >= self.space.margin
            points[missing[good]] = tried[good]
            missing = missing[~good]
        return points[0] if count is None else points

    def grid_positions(self, spacing: float = 0.5, island: int | None = None) -> Array:
        """Floor points [m] (n, 3) of a square grid, all on one island, so that each can be reached from each.

        SoundSpaces publishes its grid points (0.5 m for Replica, 1 m for Matterport3D), not the rule that anchors
        them. Here x and z are whole multiples of the spacing in the world frame. Ordered by z, then x, then from the
        top down.

        Args:
            spacing: [m].
            island: Another island than the main one.

        Raises:
            SettingsError: The spacing is not a number from 0.01 to 100.
        """
        if not isinstance(spacing, (int, float)) or not 0.01 <= spacing <= 100:
            raise SettingsError(f"grid spacing {spacing!r} is not possible: give metres from 0.01 to 100")
        chosen = self._checked_island(island)
        low, high = self._extent()
        x = spacing * np.arange(np.ceil(low[0] / spacing), np.floor(high[0] / spacing) + 1)
        z = spacing * np.arange(np.ceil(low[1] / spacing), np.floor(high[1] / spacing) + 1)
        _, points = self.space.floors_over(np.tile(x, len(z)), np.repeat(z, len(x)))
        return points[self.space.islands_at(points) == chosen]

    def distance_to_closest_obstacle(self, points: ArrayLike, max_distance: float = 2.0) -> Any:
        """Distance [m] (or (n,) of points (n, 3)) to the boundary of navigable space, `max_distance` at most.

        0 where the agent cannot be. Good to the cell size's square over eight times the distance.
        """
        flat, single = _as_points(points)
        if self._boundary is None:
            self._boundary = cKDTree(self.boundary_points())
        inside = self.is_navigable(flat)
        distances = np.zeros(len(flat))
        distances[inside] = np.minimum(self._boundary.query(flat[inside])[0], max_distance)
        return float(distances[0]) if single else distances

    def boundary_points(self) -> Array:
        """Points [m] (k, 3) at which lines between neighbouring nodes cross the boundary of navigable space."""
        floors, excess = self.space.floors, self.space.clearance.astype(np.float64) - self.space.margin
        node, side = np.nonzero((floors.links >= 0) & (excess >= 0)[:, None])
        other = floors.links[node, side]
        crossing = excess[other] < 0
        node, other = node[crossing], other[crossing]
        share = (excess[node] / (excess[node] - excess[other]))[:, None]
        return (1 - share) * floors.points[node] + share * floors.points[other]

    def top_down_map(
        self, resolution: float = 0.05, island: int | None = None, height: float | None = None
    ) -> tuple[NDArray[np.bool_], tuple[float, float, float, float]]:
        """A map of one island seen from above.

        Args:
            resolution: Size [m] of a pixel.
            island: Another island than the main one.
            height: Only the floor within 0.5 m of this height [m]; None shows all its storeys at once.

        Returns:
            Whether the agent can be at a pixel's centre, (rows towards +z, columns towards +x), and the extents
            (x low, x high, z low, z high) [m] of the map.
        """
        chosen = self._checked_island(island)
        low, high = self._extent()
        shape = np.ceil((high - low) / resolution).astype(int) + 1
        x = low[0] + (np.arange(shape[0]) + 0.5) * resolution
        z = low[1] + (np.arange(shape[1]) + 0.5) * resolution
        index, points = self.space.floors_over(np.tile(x, len(z)), np.repeat(z, len(x)))
        shown = self.space.islands_at(points) == chosen
        if height is not None:
            shown &= np.abs(points[:, 1] - height) <= 0.5
        free = np.zeros(len(x) * len(z), dtype=bool)
        free[index[shown]] = True
        extents = (
            float(low[0]),
            float(low[0] + len(x) * resolution),
            float(low[1]),
            float(low[1] + len(z) * resolution),
        )
        return free.reshape(len(z), len(x)), extents

    def _extent(self) -> tuple[Array, Array]:
        """Lower and upper corner (x, z) [m] of all islands and a cell around."""
        points = self.space.floors.points[self.space.islands.labels >= 0][:, [0, 2]]
        cell = self.space.floors.lattice.cell
        return points.min(axis=0) - cell, points.max(axis=0) + cell

    def _checked_island(self, island: int | None) -> int:
        if island is None:
            return self.main_island
        if not 0 <= int(island) < self.islands:
            raise SettingsError(
                f"there is no island {island} in scene '{self._scene_name}': it has 0 to {self.islands - 1}"
            )
        return int(island)


def _as_points(values: ArrayLike) -> tuple[Array, bool]:
    """Points (n, 3) and whether a single one (3,) was given."""
    points = np.asarray(values, dtype=np.float64)
    if points.ndim not in (1, 2) or points.shape[-1] != 3:
        raise PoseError(f"points of shape {points.shape} were given: give one point (3,) or points (n, 3) in metres")
    return np.ascontiguousarray(points.reshape(-1, 3)), points.ndim == 1


def _shown(point: Array) -> str:
    return "[" + ", ".join(f"{value:.3f}" for value in point) + "]"
