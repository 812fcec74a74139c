"""Impulse responses that were heard before, kept for whoever comes to the same place again.

The one idea: a response follows from the scene, the source, and where the listener stands and faces, so one that is
kept is the one that would be traced. It pays where places come again, as on a grid with a few goals.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from echoenv.simulators.agent import AgentState

Response = NDArray[np.float32]

_MEGABYTE = 2**20


class KeptResponses:
    """The last responses that have room in memory.

    Args:
        megabytes: Room; 0 keeps nothing.
    """

    def __init__(self, megabytes: float) -> None:
        self._room, self._used = megabytes * _MEGABYTE, 0
        self._kept: OrderedDict[tuple[str, bytes], Response] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(
        self, scene: str, source: NDArray[np.float64], state: AgentState, trace: Callable[[], Response]
    ) -> Response:
        """The response (channels, n) at a place.

        Args:
            scene: Its name.
            source: Where it sounds [m] (3,).
            state: Where the agent stands and how it is turned.
            trace: Gives the response where it is not kept.
        """
        if self._room <= 0.0:
            return trace()
        key = scene, np.concatenate([source, state.position, state.rotation]).tobytes()
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        response = trace()
        self._kept[key] = response
        self._used += response.nbytes
        while self._used > self._room:
            self._used -= self._kept.popitem(last=False)[1].nbytes
        return response
