"""A grid as walkable space: its points, which of them are one step apart, and how many steps it is from one to another.

The one idea: where an agent goes from point to point, ways are counted in steps, as SoundSpaces counts them: a way is
as long as its steps are many, times the spacing. `GridWalks` answers what tasks ask of a `PathFinder`, in those terms.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import cKDTree

from echoenv.datasets.episode_audionav import PositionGraph
from echoenv.errors import PoseError
from echoenv.navigation.geodesics import Path
from echoenv.simulators.simulator import Simulator

Array = NDArray[np.float64]

TURN = 90.0
"""[degrees] of a turn on a grid."""

NEAR = 0.01
"""A position within this distance [m] of a point of the grid is at it."""

_LONGEST = 1.02  # of an edge, over the spacing, as in SoundSpaces: a slope may not be steeper
_REACH = 2.0  # [m] within which `snap_point` looks


class GridWalks:
    """Where one can be on a grid, and how far it is from point to point.

    Args:
        graph: Points and edges.

    Attributes:
        graph: The same.
        main: The largest part of it that hangs together: where episodes are drawn, and goals walk.
    """

    def __init__(self, graph: PositionGraph) -> None:
        self.graph = graph
        self._tree = cKDTree(graph.positions) if len(graph.positions) else None
        self._ahead = _neighbours(graph)

    @cached_property
    def main(self) -> PositionGraph:
        """See the class."""
        _, part = connected_components(self._steps, directed=False)
        kept = np.flatnonzero(part == np.argmax(np.bincount(part))) if len(part) else np.zeros(0, np.int64)
        index = np.full(len(part), -1)
        index[kept] = np.arange(len(kept))
        edges = index[self.graph.edges]
        return PositionGraph(self.graph.positions[kept], edges[(edges >= 0).all(axis=1)], self.graph.spacing)

    @cached_property
    def _steps(self) -> csr_matrix:
        count, pairs = len(self.graph.positions), self.graph.edges
        return coo_matrix((np.ones(len(pairs)), pairs.T), shape=(count, count)).tocsr()

    def grid_positions(self, spacing: float | None = None) -> Array:
        """All points [m] (n, 3); the spacing is the grid's own, whatever is given."""
        return self.graph.positions.copy()

    def ahead(self, position: ArrayLike, heading: float) -> Array | None:
        """The point (3,) [m] to which a step leads from a point (3,) in a heading [degrees]; None without an edge."""
        node = self._node(position)
        other = -1 if node is None else int(self._ahead[node, round(heading / TURN) % 4])
        return None if other < 0 else self.graph.positions[other].copy()

    def require_at(self, position: ArrayLike, what: str) -> None:
        """Refuse a position [m] (3,) that is at no point of the grid.

        Args:
            position: It.
            what: What it is, for the message.

        Raises:
            PoseError: Names the nearest point.
        """
        if self._node(position) is None:
            near = self.snap_point(position)
            hint = f"the nearest is {_shown(near)}" if np.isfinite(near).all() else "none is near"
            raise PoseError(
                f"{what} {_shown(np.asarray(position, np.float64))} is at no point of the grid of "
                f"{self.graph.spacing:g} m on which actions='grid' walks: {hint}"
            )

    def is_navigable(self, points: ArrayLike) -> Any:
        """Whether a point (3,), or (n,) whether points (n, 3), are at a point of the grid."""
        flat = np.asarray(points, np.float64).reshape(-1, 3)
        there = np.array([self._node(point) is not None for point in flat])
        return bool(there[0]) if np.ndim(points) == 1 else there

    def snap_point(self, point: ArrayLike) -> Array:
        """The nearest point (3,) [m] of the grid; NaN where none is within 2 m."""
        at = np.asarray(point, np.float64).reshape(3)
        if self._tree is None or not np.isfinite(at).all():
            return np.full(3, np.nan)
        away, node = self._tree.query(at)
        return self.graph.positions[node].copy() if away <= _REACH else np.full(3, np.nan)

    def distance_field(self, goal: ArrayLike) -> Callable[[ArrayLike], float]:
        """Length [m] of the shortest way to a goal (3,), as a function of the position (3,); both are snapped."""
        near = self.snap_point(goal)
        reached = np.full(len(self.graph.positions), np.inf)
        if np.isfinite(near).all() and self._tree is not None:
            reached = self.graph.distances(int(self._tree.query(near)[1]))

        def distance(position: ArrayLike) -> float:
            here = self.snap_point(position)
            if self._tree is None or not np.isfinite(here).all():
                return float(np.inf)
            return float(reached[int(self._tree.query(here)[1])])

        return distance

    def geodesic_distance(self, a: ArrayLike, b: ArrayLike) -> float:
        """Length [m] of the shortest way between two points (3,); `inf` where there is none."""
        return self.distance_field(b)(a)

    def find_path(self, a: ArrayLike, b: ArrayLike) -> Path:
        """The shortest way from point a (3,) to point b (3,) [m]: the points it goes through, and its length."""
        ends = [self.snap_point(point) for point in (a, b)]
        if self._tree is None or not all(np.isfinite(end).all() for end in ends):
            return Path(np.zeros((0, 3)), np.inf)
        start, goal = (int(self._tree.query(end)[1]) for end in ends)
        steps, before = dijkstra(self._steps, directed=False, indices=goal, unweighted=True, return_predecessors=True)
        if not np.isfinite(steps[start]):
            return Path(np.zeros((0, 3)), np.inf)
        nodes = [start]
        while nodes[-1] != goal:
            nodes.append(int(before[nodes[-1]]))
        return Path(self.graph.positions[nodes], float(steps[start]) * self.graph.spacing)

    def get_random_navigable_point(
        self, rng: np.random.Generator | int | None = None, count: int | None = None
    ) -> Array:
        """Points [m] (count, 3), or (3,) without a count, of the largest part, each as likely as any other.

        Args:
            rng: Where the randomness comes from, or a seed; None is seed 0.
            count: How many.
        """
        random = np.random.default_rng(0 if rng is None else rng)
        points = self.main.positions[random.integers(len(self.main.positions), size=count or 1)]
        return points[0].copy() if count is None else points

    def _node(self, position: ArrayLike) -> int | None:
        at = np.asarray(position, np.float64).reshape(3)
        if self._tree is None or not np.isfinite(at).all():
            return None
        away, node = self._tree.query(at)
        return int(node) if away <= NEAR else None


_known: weakref.WeakKeyDictionary[Any, dict[float, GridWalks]] = weakref.WeakKeyDictionary()


def grid_walks(simulator: Simulator, spacing: float) -> GridWalks:
    """The grid of a simulator's scene, made once for all agents in it.

    Args:
        simulator: It. One over precomputed data has a grid of its own.
        spacing: Of the grid [m], where the simulator has none of its own.
    """
    grids = _known.setdefault(simulator.pathfinder, {})
    if spacing not in grids:
        grids[spacing] = GridWalks(_graph(simulator, spacing))
    return grids[spacing]


def _graph(simulator: Any, spacing: float) -> PositionGraph:
    if simulator.backend == "soundspaces":
        return PositionGraph.from_networkx(simulator.files.graph, simulator.files.rules.grid_spacing)
    return walked_graph(simulator.pathfinder, spacing)


def walked_graph(pathfinder: Any, spacing: float) -> PositionGraph:
    """The grid of a scene, neighbours joined where the straight walk from one to the other is free, there and back.

    Args:
        pathfinder: Walkable space.
        spacing: [m].
    """
    positions = np.asarray(pathfinder.grid_positions(spacing), np.float64) + 0.0
    none = np.zeros((0, 2), np.int64)
    if not len(positions):
        return PositionGraph(positions.reshape(-1, 3), none, spacing)
    pairs = np.array(sorted(cKDTree(positions).query_pairs(_LONGEST * spacing)), dtype=np.int64).reshape(-1, 2)
    away = np.abs(positions[pairs[:, 1]] - positions[pairs[:, 0]])[:, [0, 2]]
    beside = np.abs(away.max(axis=1) - spacing) + away.min(axis=1)  # two floors of one place are not neighbours
    pairs = pairs[beside < 3.0 * NEAR]
    if len(pairs):
        there, back = positions[pairs[:, 0]], positions[pairs[:, 1]]
        pairs = pairs[_walks(pathfinder, there, back) & _walks(pathfinder, back, there)]
    return PositionGraph(positions, pairs, spacing)


def _walks(pathfinder: Any, starts: Array, ends: Array) -> NDArray[np.bool_]:
    """Whether (n,) the straight walks from points (n, 3) to points (n, 3) arrive."""
    walk = pathfinder.try_step_no_sliding  # one by one: Habitat-Sim's takes no more
    reached = np.array([walk(start, end) for start, end in zip(starts, ends, strict=True)], np.float64)
    beside = np.hypot(reached[:, 0] - ends[:, 0], reached[:, 2] - ends[:, 2])
    arrived: NDArray[np.bool_] = (beside < NEAR) & (np.abs(reached[:, 1] - ends[:, 1]) < 0.1)
    return arrived


def _neighbours(graph: PositionGraph) -> NDArray[np.int64]:
    """The point ahead (n, 4) of each point in the headings 0, 90, 180 and 270 degrees; -1 where no edge leads there.

    As in SoundSpaces, edges askew to the four headings, by whole degrees, are not walked.
    """
    ahead = np.full((len(graph.positions), 4), -1, dtype=np.int64)
    both = np.concatenate([graph.edges, graph.edges[:, ::-1]])
    step = graph.positions[both[:, 1]] - graph.positions[both[:, 0]]
    heading = np.around(np.rad2deg(np.arctan2(-step[:, 0], -step[:, 2]))).astype(np.int64) % 360
    for (start, end), facing in zip(both, heading, strict=True):
        if facing % 90 == 0 and ahead[start, facing // 90] < 0:
            ahead[start, facing // 90] = end
    return ahead


def _shown(point: Array) -> str:
    return "[" + ", ".join(f"{value:.3f}" for value in point) + "]"
