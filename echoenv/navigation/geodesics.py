"""Shortest walks: between pairs of points, and from one goal to everywhere.

The one idea: a pair is searched with the target in sight (A*) and its path pulled tight, which gives the any-angle
shortest path to about 0.1 %; a `DistanceField` searches once from its goal over all nodes and then only pulls. Both
are one thread per search, so batches run side by side and no answer depends on the batch it is in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import PoseError
from echoenv.navigation import field_kernels
from echoenv.navigation import geodesic_kernels as kernels
from echoenv.navigation.one_agent import CAPACITY, OneDistance
from echoenv.navigation.pulling_kernels import pull_kernel
from echoenv.navigation.walk_kernels import STAND_SLACK
from echoenv.navigation.walkable_space import WalkableSpace
from echoenv.rays.launch import launch, to_device

_ROUNDS = 8  # of pulling, at most
_ROWS = 4096  # paths that are pulled side by side
_MEMORY = 128 * 2**20  # bytes of working memory for searches that run side by side
_BYTES_PER_NODE = 36


@dataclass(frozen=True, eq=False)
class Path:
    """A shortest walk.

    Attributes:
        points: World positions [m] (k, 3) on the floor, from start to end; (0, 3) where there is no way.
        geodesic_distance: Length [m]; `inf` where there is no way.
    """

    points: NDArray[np.float64]
    geodesic_distance: float


def shortest_paths(space: WalkableSpace, starts: NDArray[np.float64], ends: NDArray[np.float64]) -> list[Path]:
    """Shortest walks between navigable world points (n, 3) and (n, 3) [m]; a row with NaN has no way.

    Each pair is searched from the same one of its two ends whichever comes first, so a walk there is as long as one
    back.
    """
    swap = _later(starts, ends)
    goals, targets = np.where(swap[:, None], starts, ends), np.where(swap[:, None], ends, starts)
    rows = max(1, _MEMORY // (_BYTES_PER_NODE * len(space.floors.heights)))
    paths: list[Path] = []
    for first in range(0, len(starts), rows):
        paths += _search_and_pull(space, goals[first : first + rows], targets[first : first + rows])
    return [
        Path(path.points[::-1], path.geodesic_distance) if turned else path
        for path, turned in zip(paths, swap, strict=True)
    ]


def _later(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether (n,) each point of a (n, 3) comes after that of b (n, 3) in the order of x, then y, then z."""
    differs = a != b
    axis = np.argmax(differs, axis=1)
    row = np.arange(len(a))
    return a[row, axis] > b[row, axis]


def _search_and_pull(space: WalkableSpace, goals: NDArray[np.float64], targets: NDArray[np.float64]) -> list[Path]:
    rows = len(goals)
    memory = _memory(rows, len(space.floors.heights))
    from_, to = to_device(space.to_local(goals), wp.vec3), to_device(space.to_local(targets), wp.vec3)
    vertices, via = np.zeros(rows, np.int32), np.zeros(rows, np.int32)
    count, turn = to_device(vertices, wp.int32), to_device(via, wp.int32)
    arguments = [space.grid, from_, to, 1, memory, count, turn]
    launch(kernels.search_kernel, rows, arguments, threads=space.threads, granularity=2)
    polyline = _room_for(vertices)
    launch(kernels.polyline_kernel, rows, [space.grid, from_, to, memory, count, turn, polyline], threads=space.threads)
    points = _pulled(space, polyline, vertices)
    return [_path(space, points[k, : vertices[k]], goals[k], targets[k]) for k in range(rows)]


def _room_for(vertices: NDArray[np.int32]) -> Any:
    """An array on which polylines of so many `vertices` (n,) can be pulled, which cuts corners in two."""
    return wp.zeros((len(vertices), 4 * int(vertices.max(initial=0)) + 32), dtype=wp.vec3, device="cpu")


def _pulled(space: WalkableSpace, polyline: Any, vertices: NDArray[np.int32]) -> NDArray[np.float32]:
    """Local points (n, capacity, 3) of polylines pulled tight; changes their numbers of `vertices` (n,) in place."""
    rows, capacity = polyline.shape
    arguments = [space.grid, _ROUNDS, capacity, to_device(vertices, wp.int32), polyline, wp.empty_like(polyline)]
    launch(pull_kernel, rows, arguments, threads=space.threads, granularity=2)
    points: NDArray[np.float32] = polyline.numpy()
    return points


def _path(
    space: WalkableSpace, local: NDArray[np.float32], goal: NDArray[np.float64], target: NDArray[np.float64]
) -> Path:
    if len(local) == 0:
        return Path(np.zeros((0, 3)), np.inf)
    points = local.astype(np.float64) + space.offset
    points[0], points[-1] = target, goal
    return Path(points, float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum()))


def _memory(rows: int, nodes: int) -> Any:
    search = kernels.Search()
    shape = (rows, nodes)
    search.distance, search.key, search.turn_distance = (wp.empty(shape, dtype=float, device="cpu") for _ in range(3))
    search.turn = wp.empty(shape, dtype=wp.vec3, device="cpu")
    search.root, search.heap, search.place = (wp.empty(shape, dtype=int, device="cpu") for _ in range(3))
    return search


class DistanceField:
    """Geodesic distances from everywhere to one goal.

    Args:
        space: Walkable space.
        goal: World point [m] (3,) on a floor, or NaN, from where nothing can be reached.

    Attributes:
        goal: The same.
    """

    def __init__(self, space: WalkableSpace, goal: NDArray[np.float64]) -> None:
        self.goal = goal
        self._space = space
        self._search = _memory(1, len(space.floors.heights))
        goals = to_device(space.to_local(goal[None]), wp.vec3)
        self._local_goal = wp.vec3(*space.to_local(goal[None])[0].tolist())
        unused = [wp.zeros(1, dtype=int, device="cpu") for _ in range(2)]
        launch(kernels.search_kernel, 1, [space.grid, goals, goals, 0, self._search, *unused])
        self._distance_of_one = OneDistance(space, self._local_goal, self._search, _ROUNDS)

    def __call__(self, points: ArrayLike) -> NDArray[np.float64]:
        """Distances [m] (...,) of world points (..., 3) to the goal, within 0.1 % of `geodesic_distance`.

        `inf` where there is no way or the agent cannot be. About 0.1 ms a point; see `estimate` for maps.
        """
        flat, shape = self._as_points(points)
        distances = np.full(len(flat), np.inf)
        for first in range(0, len(flat), _ROWS):
            rows = slice(first, first + _ROWS)
            distances[rows] = self._lengths(self._space.to_local(flat[rows]))
        for row in np.flatnonzero(np.isnan(distances)):  # ways of very many turns
            distances[row] = self._paths(flat[row][None])[0].geodesic_distance
        beside = np.flatnonzero(~np.isfinite(distances))
        if len(beside) and np.isfinite(self.goal).all():
            distances[beside] = self._searched(flat[beside])
        return distances.reshape(shape)

    def _lengths(self, local: NDArray[np.float32]) -> NDArray[np.float64]:
        """Lengths (n,) of pulled ways of local points (n, 3); NaN where one has too many turns for the kernel."""
        if len(local) == 1:
            return np.array([self._distance_of_one(local)])
        distances = np.zeros(len(local), np.float32)
        polylines = [wp.empty((len(local), CAPACITY), dtype=wp.vec3, device="cpu") for _ in range(2)]
        arguments = [self._space.grid, self._local_goal, to_device(local, wp.vec3), self._search, _ROUNDS, CAPACITY,
                     *polylines, to_device(distances, wp.float32)]  # fmt: skip
        launch(field_kernels.field_distance_kernel, len(local), arguments, threads=self._space.threads, granularity=2)
        lengths = distances.astype(np.float64)
        return np.where(lengths >= 1e20, np.inf, lengths)

    def _searched(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Distances (n,) from points beside which the field has no node, as at some edges of walkable space."""
        distances = np.full(len(points), np.inf)
        islands = self._space.islands_at(np.concatenate([points, self.goal[None]]))
        alike = np.flatnonzero((islands[:-1] == islands[-1]) & (islands[:-1] >= 0))
        if len(alike):
            goals = np.repeat(self.goal[None], len(alike), axis=0)
            found = shortest_paths(self._space, points[alike], goals)
            distances[alike] = [path.geodesic_distance for path in found]
        return distances

    def path(self, start: ArrayLike) -> Path:
        """The shortest walk from a world point (3,) [m] to the goal."""
        return self._paths(self._as_points(np.reshape(start, (1, 3)))[0])[0]

    def estimate(self, points: ArrayLike) -> NDArray[np.float64]:
        """The same distances (...,) without pulling: 1 us a point; 0.5 % more as a rule, and seldom more than 1.5 %."""
        flat, shape = self._as_points(points)
        return self._look_up(self._space.to_local(flat))[0].reshape(shape)

    def _as_points(self, points: ArrayLike) -> tuple[NDArray[np.float64], tuple[int, ...]]:
        given = np.asarray(points, dtype=np.float64)
        if given.shape[-1:] != (3,):
            raise PoseError(f"points of shape {given.shape} were given: give points (..., 3) in metres")
        return given.reshape(-1, 3), given.shape[:-1]

    def _look_up(self, local: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
        distances = np.zeros(len(local), np.float32)
        vertices, nodes = np.zeros(len(local), np.int32), np.zeros(len(local), np.int32)
        arguments = [self._space.grid, self._local_goal, to_device(local, wp.vec3), self._search,
                     to_device(distances, wp.float32), to_device(vertices, wp.int32),
                     to_device(nodes, wp.int32)]  # fmt: skip
        launch(field_kernels.field_kernel, len(local), arguments, threads=self._space.threads)
        return np.where(distances < 1e20, distances.astype(np.float64), np.inf), vertices, nodes

    def _paths(self, starts: NDArray[np.float64]) -> list[Path]:
        clearance, heights, _ = self._space.sample(starts)
        grounded = np.stack([starts[:, 0], heights.astype(np.float64), starts[:, 2]], axis=1)
        grounded[clearance < self._space.margin - STAND_SLACK] = np.nan
        local = self._space.to_local(grounded)
        _, vertices, nodes = self._look_up(local)
        polyline = _room_for(vertices)
        arguments = [self._space.grid, self._local_goal, to_device(local, wp.vec3), self._search,
                     to_device(vertices, wp.int32), to_device(nodes, wp.int32), polyline]  # fmt: skip
        launch(field_kernels.field_polyline_kernel, len(local), arguments, threads=self._space.threads)
        points = _pulled(self._space, polyline, vertices)
        return [_path(self._space, points[k, : vertices[k]], self.goal, grounded[k]) for k in range(len(starts))]
