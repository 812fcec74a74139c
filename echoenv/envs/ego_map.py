"""A map that an agent draws of what it has seen, turned so that the agent looks up it: its memory of space.

The one idea: every depth picture is laid on a plan of the episode, cell by cell: what stands at the height of the body
is occupied, what lies at the height of the feet is free; where the agent has been is free, and where it met something
is occupied, seen or not. What lies at the feet cannot be seen from the height of the eyes: the plan remembers it.
"""

from __future__ import annotations

import math

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.envs import ego_map_kernels as kernels
from echoenv.rays.launch import StandingLaunch, start_warp, to_device
from echoenv.simulators.agent import SENSOR_HEIGHT, AgentState

CELL = 0.1
"""Side of a cell [m]."""

MAP_SIZE = 64
"""Cells of a side of the map that is shown."""

LAYERS = ("occupied", "free", "been")
"""Channels of the map, in their order."""

_PLAN = 512  # cells of a side of the plan: 51 m, with the start in the middle
_FEET, _HEAD = 0.2, 1.5  # heights over the floor [m]: lower is floor, higher is over the agent's head
_REACH = 6.0  # farther [m] a picture is too coarse for the cells
_BUMPED = 0.2  # how far ahead [m] that is which the agent has met


class EgoMap:
    """What an agent knows of where it has been, one episode after another.

    Args:
        height: Of depth pictures.
        width: Of depth pictures.
        hfov: Their horizontal field of view [degrees].
    """

    def __init__(self, height: int, width: int, hfov: float) -> None:
        start_warp()
        spread = 2.0 * math.tan(math.radians(hfov) / 2.0) / width
        across = ((np.arange(width) + 0.5 - width / 2.0) * spread).astype(np.float32)
        upward = ((height / 2.0 - np.arange(height) - 0.5) * spread).astype(np.float32)
        self._origin = np.zeros(2)
        self._cells, self._place = np.zeros(_PLAN**2, np.uint8), np.zeros((1, 4), np.float32)
        self._depth, self._bumped = np.zeros((height, width), np.float32), np.zeros(1, np.float32)
        self._shown = np.zeros((MAP_SIZE, MAP_SIZE, len(LAYERS)), np.uint8)
        plan = kernels.Plan()
        plan.cells, plan.size, plan.cell = to_device(self._cells, wp.uint8), _PLAN, CELL
        place = to_device(self._place, wp.vec4)
        picture = [to_device(one, wp.float32) for one in (self._depth, across, upward)]
        numbers = [SENSOR_HEIGHT, _FEET, _HEAD, _REACH, to_device(self._bumped, wp.float32)]
        self._see = StandingLaunch(kernels.see_kernel, 1, [plan, place, *picture, *numbers])
        self._show = StandingLaunch(kernels.show_kernel, 1, [plan, place, to_device(self._shown, wp.uint8)])

    def begin(self, start: AgentState) -> None:
        """Forget everything; an episode begins here, in the middle of the plan."""
        self._cells[:] = 0
        self._origin = start.position[[0, 2]] - 0.5 * _PLAN * CELL

    def see(self, depth: NDArray[np.float32], state: AgentState, collided: bool) -> None:
        """Lay a depth picture on the plan.

        Args:
            depth: Along the camera's axis (H, W) [m]; 0 is nothing there.
            state: Where the agent is now.
            collided: Whether its last action met an obstacle.
        """
        self._stand(state)
        self._depth[...] = depth
        self._bumped[0] = _BUMPED if collided else 0.0
        self._see()

    def shown(self, state: AgentState) -> NDArray[np.uint8]:
        """The map around the agent (rows, columns, layers), 0 or 255: it is in the middle and looks up.

        Layers are `LAYERS`.
        """
        self._stand(state)
        self._show()
        return self._shown.copy()

    def _stand(self, state: AgentState) -> None:
        turn = state.matrix
        self._place[0, :2] = state.position[[0, 2]] - self._origin
        self._place[0, 2:] = -turn[0, 2], -turn[2, 2]
