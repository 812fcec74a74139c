"""A graph of SoundSpaces as walkable space, with the methods of `PathFinder`.

The one idea: one can be at a node and nowhere else, and gets from one to the next along an edge. A way is as long as
its edges are many, times the grid's spacing, as SoundSpaces counts it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.datasets.soundspaces.rules import edge_heading
from echoenv.datasets.soundspaces.scene_files import NEAR, SoundSpacesScene
from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.geodesics import Path
from echoenv.navigation.pathfinder import SNAP_REACH
from echoenv.scene.pose import described, numbers


class GraphPathFinder:
    """Where one can be in a scene of SoundSpaces, and how far it is from node to node.

    Args:
        files: The scene.
        seed: Of random nodes.
    """

    def __init__(self, files: SoundSpacesScene, seed: int = 0) -> None:
        self._files = files
        self.seed(seed)

    def grid_positions(self, spacing: float | None = None) -> NDArray[np.float64]:
        """The nodes [m] (N, 3), on the floor, in the order of their numbers.

        Args:
            spacing: The grid's own, or None: the nodes are where they are.

        Raises:
            SettingsError: Another spacing, other than the 0.5 m that is every simulator's default.
        """
        own = self._files.rules.grid_spacing
        if spacing not in (None, own, 0.5):
            raise SettingsError(f"grid spacing {spacing!r}: scene '{self._files.name}' has a grid of {own} m alone")
        return self._files.positions.copy()

    def is_navigable(self, points: ArrayLike, max_y_delta: float = 0.5) -> Any:
        """Whether a point (3,), or (n,) whether points (n, 3), are at a node, within a centimetre over the floor plan.

        Args:
            points: [m], world frame.
            max_y_delta: How far [m] above or below the node a point may be. NaN is at none.
        """
        flat, single = _as_points(points)
        away = flat[:, None] - self._files.positions
        beside = np.hypot(away[..., 0], away[..., 2]) <= NEAR
        there: NDArray[np.bool_] = np.any(beside & (np.abs(away[..., 1]) <= max_y_delta), axis=1)
        return bool(there[0]) if single else there

    def snap_point(self, points: ArrayLike) -> NDArray[np.float64]:
        """The nearest node (3,), or nodes (n, 3) [m]; NaN where none is within 2 m, or 4 m up or down."""
        flat, single = _as_points(points)
        snapped = np.full(flat.shape, np.nan)
        finite = np.isfinite(flat).all(axis=1) & bool(len(self._files.positions))
        for row in np.flatnonzero(finite):
            away = self._files.positions - flat[row]
            nearest = int(np.argmin(np.linalg.norm(away, axis=1)))
            x, y, z = np.abs(away[nearest])
            if np.hypot(x, z) <= SNAP_REACH[0] and y <= SNAP_REACH[1]:
                snapped[row] = self._files.positions[nearest]
        return snapped[0] if single else snapped

    def require_navigable(self, point: ArrayLike, name: str = "position") -> NDArray[np.float64]:
        """The node at a point (3,) [m].

        Raises:
            PoseError: There is none within a centimetre; names the nearest.
        """
        return self._files.position(self._files.node_at(point))

    def geodesic_distance(self, a: ArrayLike, b: ArrayLike) -> Any:
        """Length [m] of the shortest way between two points (3,), or (n,) between points (n, 3); one may be (3,).

        Edges times the grid's spacing. Points are snapped to the nearest nodes; `inf` where there is no way.
        """
        (starts, single_a), (ends, single_b) = _as_points(a), _as_points(b)
        if len(starts) != len(ends) and not (single_a or single_b):
            raise PoseError(f"{len(starts)} and {len(ends)} points do not pair up: give as many of each, or one")
        starts, ends = np.broadcast_arrays(starts, ends)
        lengths = np.array([self.find_path(*pair).geodesic_distance for pair in zip(starts, ends, strict=True)])
        return float(lengths[0]) if single_a and single_b else lengths

    def find_path(self, a: ArrayLike, b: ArrayLike) -> Path:
        """The shortest way from point a (3,) to point b (3,) [m]: its nodes, and its length as above."""
        import networkx

        ends = [self.snap_point(np.reshape(np.asarray(point, np.float64), 3)) for point in (a, b)]
        if any(np.isnan(end).any() for end in ends):
            return Path(np.zeros((0, 3)), np.inf)
        try:
            nodes = networkx.shortest_path(self._files.graph, *(self._files.node_at(end) for end in ends))
        except networkx.NetworkXNoPath:
            return Path(np.zeros((0, 3)), np.inf)
        points = np.array([self._files.position(node) for node in nodes])
        return Path(points, (len(nodes) - 1) * self._files.rules.grid_spacing)

    def seed(self, seed: int) -> None:
        """Begin the series of random nodes anew."""
        self._random = np.random.default_rng(seed)

    def get_random_navigable_point(
        self, rng: np.random.Generator | int | None = None, count: int | None = None
    ) -> NDArray[np.float64]:
        """Nodes [m] (count, 3), or (3,) without a count, each as likely as any other.

        Args:
            rng: Where the randomness comes from, or a seed; None goes on from `seed`.
            count: How many.
        """
        random = self._random if rng is None else np.random.default_rng(rng)
        points = self._files.positions[random.integers(len(self._files.positions), size=count or 1)]
        return points[0].copy() if count is None else points

    def node_ahead(self, node: int, heading: int) -> int | None:
        """The neighbour of a node that an agent with a heading [degrees] walks to; None where no edge leads there.

        As in SoundSpaces, edges that are not along a multiple of 90 degrees, to whole degrees, are never walked.
        """
        start = self._files.position(node)
        for other in self._files.graph[node]:
            if edge_heading(start, self._files.position(other)) == heading:
                return int(other)
        return None


def _as_points(points: ArrayLike) -> tuple[NDArray[np.float64], bool]:
    """Points (n, 3), and whether one (3,) was given."""
    flat = numbers(points)
    if flat.shape[-1:] != (3,) or flat.ndim > 2:
        raise PoseError(f"points {described(points)} must be (3,) or (n, 3) in metres")
    return flat.reshape(-1, 3), flat.ndim == 1
