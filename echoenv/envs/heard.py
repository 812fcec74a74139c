"""What reaches an agent's ears while it moves: a dry sound, heard step by step, with its reverberation carried over.

The one idea: what sounded during a step is heard through the response of that step, to its very end; the end that
reaches into later steps is added to what is heard there. So a room goes on ringing when the agent has walked on, and a
sound that stops dies away.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray


class HeardSound:
    """A sound at one place, heard over time.

    Args:
        sound: Dry sound (n,), played over and over.
        step_samples: Samples of a step.
        begin: Sample at which it begins.
    """

    def __init__(self, sound: NDArray[np.float32], step_samples: int, begin: int = 0) -> None:
        self._sound, self._step = np.asarray(sound, dtype=np.float32), step_samples
        self._next = begin % len(self._sound)
        self._ringing = np.zeros((2, 0), np.float32)

    def hear(self, response: NDArray[np.float32]) -> NDArray[np.float32]:
        """What is heard in the next step (channels, step samples) through its response (channels, n)."""
        played = self._sound[np.arange(self._next, self._next + self._step) % len(self._sound)]
        self._next = (self._next + self._step) % len(self._sound)
        length = self._step + response.shape[1] - 1
        size = scipy.fft.next_fast_len(length, real=True)
        spectrum = scipy.fft.rfft(response, size, axis=1) * scipy.fft.rfft(played, size)
        heard = scipy.fft.irfft(spectrum, size, axis=1)[:, :length].astype(np.float32)
        rung = self._ringing.shape[1]
        if rung > length:
            heard = np.pad(heard, [(0, 0), (0, rung - length)])
        heard[:, :rung] += self._ringing
        self._ringing = heard[:, self._step :]
        return np.ascontiguousarray(heard[:, : self._step])
