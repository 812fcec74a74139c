"""The peer for sound: RLR, the engine of SoundSpaces 2.0, on the same mesh with the same materials.

The one idea: it is the backend that users have (`echoenv.acoustics.rlr.engine`), with nothing around it, so that its
time is its own: no cutting, no scaling, its default length of 4 s.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.rlr.library import Layout, RlrContext
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.errors import EngineError
from echoenv.scene.scene import Scene

SAMPLE_RATE = 44100
_LONGEST = 4.0  # [s], RLR's default
_UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])


class RlrScene:
    """One source and one listener in a scene; `simulate` computes the response between them.

    Args:
        scene: Mesh and materials.
        source: [m] (3,), world frame.
        listener: [m] (3,), world frame; faces -Z.
        rays: Indirect rays; RLR's default is 5,000.
        depth: Bounces a ray; RLR's default is 200.

    Raises:
        ImportError: rlr-audio-propagation is not installed.
    """

    def __init__(
        self, scene: Scene, source: ArrayLike, listener: ArrayLike, rays: int = 5000, depth: int = 200
    ) -> None:
        settings = RlrSettings(indirect_ray_count=rays, indirect_ray_depth=depth)
        self._source, self._listener = np.array([source], dtype=np.float64), np.asarray(listener, dtype=np.float64)
        try:
            self._context = RlrContext(scene, 1, Layout("Binaural", 2), settings, SAMPLE_RATE, _LONGEST)
        except EngineError as error:
            raise ImportError(str(error)) from error

    def simulate(self) -> NDArray[np.float64]:
        """Response (2, n) at 44.1 kHz in RLR's own scale."""
        return self._context.simulate(self._source, self._listener, _UPRIGHT)[0]
