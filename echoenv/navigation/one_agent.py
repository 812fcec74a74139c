"""Walking and asking for distances one agent at a time, as an environment does at every step.

The one idea: the kernels of a batch over arguments that stay in place, so that a question takes a few microseconds more
than its kernel. The answers are those of the batch.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.navigation import walk_kernels
from echoenv.navigation.field_kernels import field_distance_kernel
from echoenv.navigation.walkable_space import WalkableSpace
from echoenv.rays.launch import StandingLaunch, to_device

CAPACITY = 256
"""Points of a polyline that has room here; pulling may cut every turn in two, twice."""


class OneWalk:
    """Steps of one agent.

    Args:
        space: Walkable space.
    """

    def __init__(self, space: WalkableSpace) -> None:
        self._ends, self._reached = np.zeros((2, 1, 3), np.float32), np.zeros((1, 4), np.float32)
        ends, reached = to_device(self._ends, wp.vec3), to_device(self._reached, wp.vec4)
        self._launches = [
            StandingLaunch(walk_kernels.step_kernel, 1, [space.grid, sliding, ends, reached]) for sliding in (0, 1)
        ]
        self._lock = threading.Lock()

    def __call__(self, local: NDArray[np.float32], sliding: bool) -> NDArray[np.float32]:
        """Where an agent gets (1, 4), as of `step_kernel`, from and to local points (2, 1, 3)."""
        with self._lock:
            self._ends[...] = local
            self._launches[int(sliding)]()
            return self._reached.copy()


class OneDistance:
    """Distances to one goal.

    Args:
        space: Walkable space.
        goal: Local point of the goal.
        search: A finished search from it.
        rounds: Of pulling.
    """

    def __init__(self, space: WalkableSpace, goal: Any, search: Any, rounds: int) -> None:
        self._point, self._distance = np.zeros((1, 3), np.float32), np.zeros(1, np.float32)
        self._polylines = [wp.zeros((1, CAPACITY), dtype=wp.vec3, device="cpu") for _ in range(2)]
        point, distance = to_device(self._point, wp.vec3), to_device(self._distance, wp.float32)
        arguments = [space.grid, goal, point, search, rounds, CAPACITY, *self._polylines, distance]
        self._launch = StandingLaunch(field_distance_kernel, 1, arguments)
        self._lock = threading.Lock()

    def __call__(self, local: NDArray[np.float32]) -> float:
        """Distance [m] of a local point (1, 3) float32: `inf` where there is no way, NaN where it turns too often."""
        with self._lock:
            self._point[...] = local
            self._launch()
            distance = float(self._distance[0])
        return np.inf if distance >= 1e20 else distance
