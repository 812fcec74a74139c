"""Habitat-Sim's navmesh with the methods of `PathFinder`.

The one idea: the same questions as to EchoEnv's own walkable space, one point or many, answered by Recast's navmesh
with its own heights (multiples of its cell height) and its own boundary.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import EngineError, PoseError, SceneFileError
from echoenv.navigation.floors import AgentShape
from echoenv.navigation.geodesics import Path as WalkedPath

_GRID_REACH = 0.5  # [m] above and below a grid point in which its floor is looked for
_GRID_SLACK = 0.01  # [m] by which a snapped point may be beside its grid point


def load_or_build_navmesh(library: Any, simulator: Any, file: Path | None, shape: AgentShape) -> None:
    """Gives a simulator its navmesh: a file's, or one that is built from the scene.

    Args:
        library: `habitat_sim`.
        simulator: `habitat_sim.Simulator`.
        file: A `.navmesh`, or None.
        shape: Of the agent that is to walk on it.

    Raises:
        SceneFileError: The file is missing or no navmesh.
        EngineError: No floor was found.
    """
    if file is not None:
        if not file.is_file():
            raise SceneFileError(f"navmesh '{file}' is missing: give a .navmesh file, or leave it out to build one")
        if not simulator.pathfinder.load_nav_mesh(str(file)):
            raise SceneFileError(f"'{file}' is no navmesh that habitat-sim can read: leave navmesh out to build one")
        return
    settings = library.NavMeshSettings()
    settings.set_defaults()
    settings.agent_height, settings.agent_radius, settings.agent_max_climb = shape.height, shape.radius, shape.max_climb
    if not simulator.recompute_navmesh(simulator.pathfinder, settings):
        raise EngineError("habitat-sim found no floor to walk on: check the scene's up direction")


class HabitatPathFinder:
    """Walkable space as Habitat-Sim has it.

    Args:
        library: `habitat_sim`.
        pathfinder: `habitat_sim.PathFinder` with a navmesh.
        seed: Of its random points.
    """

    def __init__(self, library: Any, pathfinder: Any, seed: int = 0) -> None:
        self._library, self._pathfinder, self._seed = library, pathfinder, seed

    def is_navigable(self, points: ArrayLike, max_y_delta: float = 0.5) -> Any:
        """Whether the agent can be at a point (3,), or (n,) at points (n, 3)."""

        def there(point: NDArray[np.float32]) -> bool:
            return bool(np.isfinite(point).all()) and bool(self._pathfinder.is_navigable(point, max_y_delta))

        return _each(points, there)

    def snap_point(self, points: ArrayLike) -> NDArray[np.float64]:
        """The nearest navigable point (3,) or points (n, 3) [m]; NaN where there is none near."""
        return np.asarray(_each(points, lambda point: _as_array(self._pathfinder.snap_point(point))), dtype=np.float64)

    def geodesic_distance(self, a: ArrayLike, b: ArrayLike) -> Any:
        """Length of the shortest walk [m] from a (3,) or (n, 3) to b; `inf` where there is none."""
        starts, ends = np.broadcast_arrays(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))
        if starts.ndim == 1:
            return self.find_path(starts, ends).geodesic_distance
        return np.array([self.find_path(start, end).geodesic_distance for start, end in zip(starts, ends, strict=True)])

    def find_path(self, a: ArrayLike, b: ArrayLike) -> WalkedPath:
        """The shortest walk from a to b [m] (3,); without points and `inf` long where there is none."""
        path = self._library.ShortestPath()
        path.requested_start, path.requested_end = _as_point(a), _as_point(b)
        if not self._pathfinder.find_path(path):
            return WalkedPath(np.zeros((0, 3)), float("inf"))
        points = np.array([_as_array(point) for point in path.points]).reshape(-1, 3)
        return WalkedPath(points, float(path.geodesic_distance))

    def try_step(self, start: ArrayLike, end: ArrayLike) -> NDArray[np.float64]:
        """Where one gets from start towards end [m] (3,), sliding along walls."""
        return _as_array(self._pathfinder.try_step(_as_point(start), _as_point(end)))

    def try_step_no_sliding(self, start: ArrayLike, end: ArrayLike) -> NDArray[np.float64]:
        """Where one gets from start towards end [m] (3,), stopping at walls."""
        return _as_array(self._pathfinder.try_step_no_sliding(_as_point(start), _as_point(end)))

    def seed(self, seed: int) -> None:
        """Begin the series of random points anew."""
        self._seed = seed
        self._pathfinder.seed(seed)

    def get_random_navigable_point(
        self, rng: np.random.Generator | int | None = None, count: int | None = None
    ) -> NDArray[np.float64]:
        """Random points [m] (count, 3), or (3,) without a count; from Habitat-Sim's own generator, seeded by `rng`."""
        if rng is not None:
            generator = np.random.default_rng(rng)
            self._pathfinder.seed(int(generator.integers(2**31 - 1)))
        points = np.array([_as_array(self._pathfinder.get_random_navigable_point()) for _ in range(count or 1)])
        return points[0] if count is None else points

    def island_radius(self, point: ArrayLike) -> float:
        """Radius [m] of the island of a point [m] (3,), as Habitat-Sim measures it."""
        return float(self._pathfinder.island_radius(_as_point(point)))

    @property
    def navigable_area(self) -> float:
        """Area [m2] of all islands together."""
        return float(self._pathfinder.navigable_area)

    def grid_positions(self, spacing: float = 0.5) -> NDArray[np.float64]:
        """Points [m] (n, 3) of the navmesh whose x and z are whole multiples of a spacing, on the largest island.

        Ordered by z, then x, then from the top down.
        """
        low, high = (_as_array(bound) for bound in self._pathfinder.get_bounds())
        ticks = [spacing * np.arange(np.ceil(low[k] / spacing), np.floor(high[k] / spacing) + 1) for k in range(3)]
        heights = np.arange(low[1], high[1] + _GRID_REACH, _GRID_REACH)[::-1]
        found: dict[tuple[float, float, float], NDArray[np.float64]] = {}
        for z in ticks[2]:
            for x in ticks[0]:
                for y in heights:
                    point = self.snap_point([x, y, z])
                    beside = np.abs(point[[0, 2]] - (x, z)).max()
                    if beside <= _GRID_SLACK and abs(point[1] - y) <= _GRID_REACH:
                        found.setdefault((x, round(float(point[1]), 2), z), point)
        points = np.array(list(found.values())).reshape(-1, 3)
        return points[self._reaches(points)] if len(points) else points

    def _reaches(self, points: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which points (n,) lie on the island from which most of them can be reached."""
        radii = np.array([self.island_radius(point) for point in points])
        best = points[int(np.argmax(radii))]
        return np.isfinite([self.geodesic_distance(best, point) for point in points])


def _each(points: ArrayLike, answer: Callable[[NDArray[np.float32]], Any]) -> Any:
    """The answer for a point (3,), or an array of those for points (n, 3)."""
    given = np.asarray(points, dtype=np.float32)
    if given.shape == (3,):
        return answer(given)
    if given.ndim != 2 or given.shape[1] != 3:
        raise PoseError(f"points of shape {given.shape} are none: give (3,) or (n, 3) coordinates in metres")
    return np.array([answer(point) for point in given])


def _as_point(point: ArrayLike) -> NDArray[np.float32]:
    given = np.asarray(point, dtype=np.float32)
    if given.shape != (3,) or not np.isfinite(given).all():
        raise PoseError(f"point {np.asarray(point).tolist()} is none: give three finite coordinates in metres")
    return given


def _as_array(vector: Any) -> NDArray[np.float64]:
    """A vector of Habitat-Sim's as an array (3,)."""
    return np.array([float(value) for value in vector], dtype=np.float64)
