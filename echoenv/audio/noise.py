"""White noise cut into octave bands: the carrier on which diffuse energy rides.

The one idea: one long table of noise serves every response. A direction's carrier is the stretch of the table that
begins at its own offset; offsets are far apart, so carriers of different directions are independent, and they follow
from a seed, so the same seed gives the same bytes. All bands of a carrier come from one white noise: where all bands
have equal energy, their sum is white, with variance 1.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

from echoenv.audio.octave_filters import band_weights

_SHORTEST_TABLE = 1 << 18
_TABLE_SEED = 0x0EC40


@functools.lru_cache(maxsize=2)
def _table(length: int, sample_rate: int) -> NDArray[np.float32]:
    """Noise (8, length), cyclic, whose sum over the bands is white with variance 1."""
    white = np.random.Generator(np.random.PCG64(_TABLE_SEED)).standard_normal(length, dtype=np.float32)
    spectrum = scipy.fft.rfft(white)
    table = np.empty((8, length), np.float32)
    for band, weights in zip(table, band_weights(scipy.fft.rfftfreq(length, 1.0 / sample_rate)), strict=True):
        band[:] = scipy.fft.irfft(spectrum * weights.astype(np.float32), length)
    table.flags.writeable = False
    return table


def noise_carriers(count: int, samples: int, sample_rate: int, rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """Independent band-filtered noises.

    Args:
        count: How many carriers.
        samples: Length of each.
        sample_rate: [Hz].
        rng: Where the carriers' offsets come from.

    Returns:
        `count` read-only views (8, samples); each is unit white noise cut into octave bands. Two of them may hold the
        same noise at times at least half a stratum (`table / count / 2` samples) apart, never at the same time.
    """
    length = _SHORTEST_TABLE
    while length < 2 * samples:
        length *= 2
    table = _table(length, sample_rate)
    stratum = (length - samples) / max(count, 1)
    offsets = ((rng.permutation(count) + 0.5 * rng.random(count)) * stratum).astype(np.int64)
    return [table[:, offset : offset + samples] for offset in offsets]
