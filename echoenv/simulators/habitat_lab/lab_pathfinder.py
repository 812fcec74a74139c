"""Walkable space by Habitat-Sim's names: what Habitat-Lab's tasks, maps and generators ask of `sim.pathfinder`.

The one idea: every answer is our `PathFinder`'s; here are only the names, the shapes and Habitat's small types.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.datasets.episode_pointnav import island_radius
from echoenv.errors import PoseError
from echoenv.navigation.pathfinder import PathFinder

Float32 = NDArray[np.float32]


@dataclass
class ShortestPath:
    """A question for one shortest way, and its answer, as Habitat-Sim's class of this name.

    Attributes:
        requested_start: [m] (3,).
        requested_end: [m] (3,).
        points: The way's points [m], each (3,), start and end included; empty where there is none.
        geodesic_distance: Its length [m]; `inf` where there is none.
    """

    requested_start: Any = None
    requested_end: Any = None
    points: list[Float32] = field(default_factory=list)
    geodesic_distance: float = np.inf


@dataclass
class MultiGoalShortestPath:
    """The same for the nearest of several ends.

    Attributes:
        requested_start: [m] (3,).
        requested_ends: [m] (g, 3).
        points: As in `ShortestPath`.
        geodesic_distance: As there.
        closest_end_point_index: Which end it leads to; -1 where none can be reached.
    """

    requested_start: Any = None
    requested_ends: Any = None
    points: list[Float32] = field(default_factory=list)
    geodesic_distance: float = np.inf
    closest_end_point_index: int = -1


class GoalDistances:
    """Distances to the nearest of some goals, fast for many starts: one search from each goal answers all.

    Args:
        pathfinder: Walkable space.
        goals: [m] (g, 3).

    Attributes:
        goals: The same.
    """

    def __init__(self, pathfinder: PathFinder, goals: NDArray[np.float64]) -> None:
        self.goals = goals
        self._pathfinder = pathfinder
        self._fields = [pathfinder.distance_field(goal) for goal in goals]

    def are_for(self, pathfinder: PathFinder, goals: NDArray[np.float64]) -> bool:
        """Whether these distances are to `goals` in this very space."""
        return pathfinder is self._pathfinder and np.array_equal(goals, self.goals)

    def from_start(self, start: ArrayLike) -> float:
        """Length [m] of the shortest way from a point (3,), snapped to walkable space; `inf` where there is none."""
        here = self._pathfinder.snap_point(start)
        return min((float(field(here)) for field in self._fields), default=np.inf)


class LabPathFinder:
    """Our walkable space by Habitat-Sim's names.

    Args:
        finder: The walkable space.

    Attributes:
        finder: The same, with all that it can.
        is_loaded: True, always.
    """

    is_loaded = True

    def __init__(self, finder: PathFinder) -> None:
        self.finder = finder
        points = finder.space.floors.points[finder.space.islands.labels >= 0]
        self._bounds = points.min(axis=0).astype(np.float32), points.max(axis=0).astype(np.float32)
        self._radii: dict[int, float] = {}
        self._view: tuple[tuple[float, float, float], NDArray[np.bool_]] | None = None

    @property
    def navigable_area(self) -> float:
        """Area [m2] of all walkable space."""
        return self.finder.navigable_area

    def get_bounds(self) -> tuple[Float32, Float32]:
        """Lowest and highest corner [m] (3,) of walkable space."""
        low, high = self._bounds
        return low.copy(), high.copy()

    def seed(self, seed: int) -> None:
        """Begin the series of random points anew."""
        self.finder.seed(seed)

    def get_random_navigable_point(self, max_tries: int = 10, island_index: int = -1) -> Float32:
        """A point [m] (3,), evenly spread over the inside of the home, or over one island."""
        island = None if island_index < 0 else island_index
        return self.finder.get_random_navigable_point(island=island).astype(np.float32)

    def get_random_navigable_point_near(
        self, circle_center: ArrayLike, radius: float, max_tries: int = 100, island_index: int = -1
    ) -> Float32:
        """The same within `radius` [m] of a point (3,); not numbers where so many tries find none."""
        center = np.asarray(circle_center, dtype=np.float64)
        for _ in range(max_tries):
            point = self.get_random_navigable_point(island_index=island_index)
            if np.linalg.norm(point - center) <= radius:
                return point
        return np.full(3, np.nan, np.float32)

    def is_navigable(self, pt: ArrayLike, max_y_delta: float = 0.5) -> bool:
        """Whether the agent can stand at a point [m] (3,), on floor that is large enough to count."""
        return bool(self._can_stand(_point(pt)[None], max_y_delta)[0])

    def snap_point(self, point: ArrayLike, island_index: int = -1) -> Float32:
        """The nearest point [m] (3,) where it can; not numbers where there is none."""
        return self.finder.snap_point(np.asarray(point, dtype=np.float64)).astype(np.float32)

    def try_step(self, start: ArrayLike, end: ArrayLike) -> Float32:
        """Where it gets [m] (3,) walking straight from start to end, sliding along what it meets."""
        return self.finder.try_step(_point(start), _point(end)).astype(np.float32)

    def try_step_no_sliding(self, start: ArrayLike, end: ArrayLike) -> Float32:
        """The same, stopping at what it meets."""
        return self.finder.try_step_no_sliding(_point(start), _point(end)).astype(np.float32)

    def distance_to_closest_obstacle(self, pt: ArrayLike, max_search_radius: float = 2.0) -> float:
        """Distance [m] to the edge of walkable space, `max_search_radius` at most."""
        return float(self.finder.distance_to_closest_obstacle(_point(pt), max_search_radius))

    def island_radius(self, pt: ArrayLike) -> float:
        """How far [m] the island of a point reaches from the mean of its points; 0 off walkable space."""
        island = self.finder.island_of(self.finder.snap_point(_point(pt)))
        if island < 0:
            return 0.0
        if island not in self._radii:
            self._radii[island] = island_radius(self.finder, island)
        return self._radii[island]

    def find_path(self, path: Any) -> bool:
        """Answer a `ShortestPath` or `MultiGoalShortestPath` (Habitat-Sim's own, where it is installed, too).

        Returns:
            Whether there is a way; its length and points are written into `path`.
        """
        start = _point(path.requested_start)
        several = hasattr(path, "requested_ends")
        ends = np.reshape(path.requested_ends if several else path.requested_end, (-1, 3)).astype(np.float64)
        ways = [self.finder.find_path(start, end) for end in ends]
        lengths = [way.geodesic_distance for way in ways]
        best = int(np.argmin(lengths)) if lengths else -1
        found = best >= 0 and bool(np.isfinite(lengths[best]))
        path.geodesic_distance = float(lengths[best]) if found else np.inf
        path.points = [point.astype(np.float32) for point in ways[best].points] if found else []
        if several and hasattr(path, "closest_end_point_index"):
            path.closest_end_point_index = best if found else -1
        return found

    def get_topdown_view(self, meters_per_pixel: float, height: float, eps: float = 0.5) -> NDArray[np.bool_]:
        """Where the agent can be on the floor within `eps` [m] of a height [m].

        Returns:
            (rows towards +z, columns towards +x), each pixel asked at its corner of least x and z, as in Habitat.
        """
        asked = (float(meters_per_pixel), float(height), float(eps))
        if self._view is None or self._view[0] != asked:
            low, high = self._bounds
            columns, rows = (int(abs(high[axis] - low[axis]) / meters_per_pixel) for axis in (0, 2))
            x, z = low[0] + meters_per_pixel * np.arange(columns), low[2] + meters_per_pixel * np.arange(rows)
            points = np.stack([np.tile(x, rows), np.full(rows * columns, height), np.repeat(z, columns)], axis=1)
            self._view = asked, self._can_stand(points, eps).reshape(rows, columns)
        return self._view[1].copy()

    def _can_stand(self, points: NDArray[np.float64], max_y_delta: float) -> NDArray[np.bool_]:
        """Whether (n,) the agent can stand at points (n, 3); not on scraps of floor, which Habitat's navmesh drops."""
        standing: NDArray[np.bool_] = self.finder.is_navigable(points, max_y_delta)
        standing[standing] = self.finder.island_of(points[standing]) >= 0
        return standing


def _point(value: ArrayLike) -> NDArray[np.float64]:
    point = np.asarray(value, dtype=np.float64)
    if point.shape != (3,):
        raise PoseError(f"point {value!r} must be three numbers [x, y, z] in metres")
    return point
