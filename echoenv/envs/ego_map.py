"""A map that an agent draws of what it has seen, turned so that the agent looks up it: its memory of space.

The one idea: every depth picture is laid on a plan of the episode, cell by cell: what stands at the height of the body
is occupied, what lies at the height of the feet is free; where the agent has been is free, and where it met something
is occupied, seen or not. What lies at the feet cannot be seen from the height of the eyes: the plan remembers it.
"""

from __future__ import annotations

import math
from typing import Any

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

LEVELS = (-60.0, 0.0)
"""Levels [dB] that an acoustic memory tells apart; 0 dB is about a telephone at half a metre."""

_AROUND = 1  # cells around the agent's in which a level is written, so that a walk leaves a line
_PLAN = 512  # cells of a side of the plan: 51 m, with the start in the middle
_FEET, _HEAD = 0.2, 1.5  # heights over the floor [m]: lower is floor, higher is over the agent's head
_REACH = 6.0  # farther [m] a picture is too coarse for the cells
_BUMPED = 0.2  # how far ahead [m] that is which the agent has met


class _Turning:
    """A plan of an episode and the agent's place on it, shown around the agent.

    Args:
        kernel: Shows the plan, given it, the place and the picture.
        shape: Of the picture.
    """

    def __init__(self, kernel: Any, shape: tuple[int, ...]) -> None:
        start_warp()
        self._origin = np.zeros(2)
        self._cells, self._place = np.zeros(_PLAN**2, np.uint8), np.zeros((1, 4), np.float32)
        self._shown = np.zeros(shape, np.uint8)
        self._plan = kernels.Plan()
        self._plan.cells, self._plan.size, self._plan.cell = to_device(self._cells, wp.uint8), _PLAN, CELL
        self._places = to_device(self._place, wp.vec4)
        self._show = StandingLaunch(kernel, 1, [self._plan, self._places, to_device(self._shown, wp.uint8)])

    def begin(self, start: AgentState) -> None:
        """Forget everything; an episode begins here, in the middle of the plan."""
        self._cells[:] = 0
        self._origin = start.position[[0, 2]] - 0.5 * _PLAN * CELL

    def shown(self, state: AgentState) -> NDArray[np.uint8]:
        """The map around an agent (rows, columns, ...): it is in the middle and looks up."""
        self._stand(state)
        self._show()
        return self._shown.copy()

    def _stand(self, state: AgentState) -> None:
        turn = state.matrix
        self._place[0, :2] = state.position[[0, 2]] - self._origin
        self._place[0, 2:] = -turn[0, 2], -turn[2, 2]


class EgoMap(_Turning):
    """What an agent knows of where it has been, one episode after another: `shown` gives `LAYERS`, 0 or 255.

    Args:
        height: Of depth pictures.
        width: Of depth pictures.
        hfov: Their horizontal field of view [degrees].
    """

    def __init__(self, height: int, width: int, hfov: float) -> None:
        super().__init__(kernels.show_kernel, (MAP_SIZE, MAP_SIZE, len(LAYERS)))
        spread = 2.0 * math.tan(math.radians(hfov) / 2.0) / width
        across = ((np.arange(width) + 0.5 - width / 2.0) * spread).astype(np.float32)
        upward = ((height / 2.0 - np.arange(height) - 0.5) * spread).astype(np.float32)
        self._depth, self._bumped = np.zeros((height, width), np.float32), np.zeros(1, np.float32)
        picture = [to_device(one, wp.float32) for one in (self._depth, across, upward)]
        numbers = [SENSOR_HEIGHT, _FEET, _HEAD, _REACH, to_device(self._bumped, wp.float32)]
        self._see = StandingLaunch(kernels.see_kernel, 1, [self._plan, self._places, *picture, *numbers])

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


class AcousticMemory(_Turning):
    """How loud it was where an agent has been, one episode after another: `shown` gives 0 where it was not.

    After Chen et al., Learning to Set Waypoints for Audio-Visual Navigation (ICLR 2021). A level of 1 is the least,
    255 the most: `LEVELS` [dB] of the root mean square of both ears.
    """

    def __init__(self) -> None:
        super().__init__(kernels.show_values_kernel, (MAP_SIZE, MAP_SIZE))
        self._level = np.zeros(1, np.uint8)
        level = to_device(self._level, wp.uint8)
        self._hear = StandingLaunch(kernels.hear_kernel, 1, [self._plan, self._places, level, _AROUND])

    def hear(self, heard: NDArray[np.float32], state: AgentState) -> None:
        """Write down how loud (ears, samples) it is here."""
        power = float(np.mean(np.square(heard), dtype=np.float64))
        low, high = LEVELS
        share = (10.0 * math.log10(max(power, 1e-12)) - low) / (high - low)
        self._level[0] = 1 + round(254.0 * min(max(share, 0.0), 1.0))
        self._stand(state)
        self._hear()
