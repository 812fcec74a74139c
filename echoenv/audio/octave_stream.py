"""A sound that never ends, cut into octave bands block by block.

The one idea: the zero-phase filters of `octave_filters`, cut to `reach` samples to either side, are applied on a fixed
grid of blocks, so the bands do not depend on how the sound was cut up when it was given, and a band is known `reach`
samples after its sound.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

from echoenv.audio.octave_filters import RINGING, band_weights
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

HOP = 4096
"""Samples that become known together."""


class OctaveStream:
    """Cuts a mono sound into the eight octave bands of `octave_filters` (R1).

    Args:
        sample_rate: [Hz].

    Attributes:
        reach: Samples by which a band depends on the sound before and after it.
    """

    def __init__(self, sample_rate: int) -> None:
        self.reach = filter_reach(sample_rate)
        self._length = int(scipy.fft.next_fast_len(HOP + 2 * self.reach, real=True))
        self._filters = _filter_spectra(self._length, sample_rate)
        self._waiting = np.zeros(2 * self.reach, np.float32)  # before the beginning there is silence

    @property
    def held(self) -> int:
        """Samples that are kept."""
        return len(self._waiting)

    def push(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take more of the sound.

        Args:
            sound: The next samples (n,).

        Returns:
            The next samples (8, m) of the bands, as many as are known by now: a multiple of `HOP`. They begin `reach`
            samples before the sound, since filters ring ahead, and add up to the sound itself.
        """
        self._waiting = np.concatenate([self._waiting, sound])
        needed = HOP + 2 * self.reach
        count = max(0, (len(self._waiting) - 2 * self.reach) // HOP)
        bands = np.empty((OCTAVE_BAND_COUNT, count * HOP), np.float32)
        for block in range(count):
            spectrum = scipy.fft.rfft(self._waiting[block * HOP : block * HOP + needed], self._length)
            whole = scipy.fft.irfft(spectrum * self._filters, self._length, axis=-1)
            bands[:, block * HOP : (block + 1) * HOP] = whole[:, 2 * self.reach : needed]
        self._waiting = self._waiting[count * HOP :]
        return bands


def filter_reach(sample_rate: int) -> int:
    """Samples to either side after which the filters are cut off: twice the time that `RINGING` names."""
    return round(2.0 * RINGING * sample_rate)


@functools.lru_cache(maxsize=4)
def _filter_spectra(length: int, sample_rate: int) -> NDArray[np.complex64]:
    """Transforms (8, length // 2 + 1) of the filters, each delayed by its reach."""
    reach = filter_reach(sample_rate)
    fine = int(scipy.fft.next_fast_len(16 * reach, real=True))
    endless = scipy.fft.irfft(band_weights(scipy.fft.rfftfreq(fine, 1.0 / sample_rate)), fine, axis=-1)
    share = np.abs(np.arange(-reach, reach + 1)) / (reach + 1.0)
    window = np.where(share < 0.75, 1.0, np.cos(2.0 * np.pi * (share - 0.75)) ** 2)
    filters = np.concatenate([endless[:, -reach:], endless[:, : reach + 1]], axis=1) * window
    spectra = scipy.fft.rfft(filters, length, axis=-1).astype(np.complex64)
    spectra.flags.writeable = False
    return spectra
