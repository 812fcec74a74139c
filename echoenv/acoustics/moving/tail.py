"""Diffuse sound while everything moves: convolution with long responses that are exchanged again and again.

The one idea: the sound's blocks are transformed once and multiplied with the parts of every response that is heard in
that block; between two moments their outputs are blended. Responses of successive moments ride on the same noise, so
they are nearly the same; how nearly is measured, and the blend keeps its energy whatever the answer. Labels such
as (M5) point to docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

BLOCK = 2048
"""Samples that are heard together; they lie on a fixed grid, so the way a sound was cut up makes no difference."""


@dataclass(frozen=True, eq=False)
class TailMoment:
    """A response that is heard at one moment.

    Attributes:
        sample: When.
        response: (channels, n).
        parts: Transforms (channels, parts, BLOCK + 1) of its blocks.
    """

    sample: int
    response: NDArray[np.float32]
    parts: NDArray[np.complex64]

    @classmethod
    def of(cls, sample: int, response: NDArray[np.float32]) -> TailMoment:
        """A response (channels, n), cut and transformed; silence at its end is cut off."""
        heard = np.flatnonzero(response.any(axis=0))
        count = -(-int(heard[-1] + 1) // BLOCK) if len(heard) else 0
        padded = np.zeros((len(response), count * BLOCK), np.float32)
        kept = min(response.shape[1], padded.shape[1])
        padded[:, :kept] = response[:, :kept]
        parts = scipy.fft.rfft(padded.reshape(len(response), count, BLOCK), 2 * BLOCK, axis=-1)
        return cls(sample, response, parts)


class MovingTail:
    """Convolution of one dry sound with responses that change.

    Args:
        channels: Of the responses.
    """

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._waiting = np.zeros(BLOCK, np.float32)  # the block before, and what is not yet a block
        self._spectra = np.zeros((0, BLOCK + 1), np.complex64)  # latest first
        self._block = 0
        self._kept = 1  # blocks of dry sound that a response may need

    @property
    def held(self) -> int:
        """Samples that are kept."""
        return len(self._waiting) + self._spectra.size

    @property
    def ready(self) -> int:
        """Sample up to which blocks are complete in dry sound; `hear` gives the next one."""
        return (self._block + len(self._waiting) // BLOCK - 1) * BLOCK

    @property
    def heard(self) -> int:
        """Sample up to which sound was given out."""
        return self._block * BLOCK

    def keep(self, samples: int) -> None:
        """Keep dry sound for responses of so many samples from now on."""
        self._kept = max(self._kept, -(-samples // BLOCK) + 1)

    def push(self, sound: NDArray[np.float32]) -> None:
        """Take the next samples (n,) of the dry sound."""
        self._waiting = np.concatenate([self._waiting, sound])

    def hear(self, moments: list[TailMoment]) -> NDArray[np.float32]:
        """The next block of sound (channels, BLOCK).

        Args:
            moments: In order of time, those between which the block lies; the first also counts before its time and the
                last after it.
        """
        spectrum = scipy.fft.rfft(self._waiting[: 2 * BLOCK])
        self._waiting = self._waiting[BLOCK:]
        self._spectra = np.concatenate([spectrum[None], self._spectra[: self._kept - 1]])
        times = self.heard + np.arange(BLOCK)
        heard = np.zeros((self._channels, BLOCK), np.float32)
        for index, moment in enumerate(moments):
            gains = _gains(moments, index, times)
            if gains.any():
                heard += gains * self._convolved(moment)
        self._block += 1
        return heard

    def _convolved(self, moment: TailMoment) -> NDArray[np.float32]:
        """The block (channels, BLOCK) as one response alone makes it."""
        count = min(moment.parts.shape[1], len(self._spectra))
        if count == 0 or not self._spectra[:count].any():
            return np.zeros((self._channels, BLOCK), np.float32)
        products = np.stack([(parts[:count] * self._spectra[:count]).sum(axis=0) for parts in moment.parts])
        return np.asarray(scipy.fft.irfft(products, 2 * BLOCK, axis=-1)[:, BLOCK:])


def _gains(moments: list[TailMoment], index: int, times: NDArray[np.int64]) -> NDArray[np.float32]:
    """How loud (channels, n) a moment is at given samples: it comes after one and goes before the next, (M5)."""
    here = moments[index]
    gains = np.ones((len(here.response), len(times)))
    if index > 0:
        before = moments[index - 1]
        share = np.clip((times - before.sample) / (here.sample - before.sample), 0.0, 1.0)
        earlier = times < here.sample
        gains[:, earlier] = _blend(share[earlier], _likeness(before.response, here.response))
    if index + 1 < len(moments):
        after = moments[index + 1]
        share = np.clip((after.sample - times) / (after.sample - here.sample), 0.0, 1.0)
        later = times >= here.sample
        gains[:, later] = _blend(share[later], _likeness(here.response, after.response))
    return gains.astype(np.float32)


def _blend(share: NDArray[np.float64], likeness: NDArray[np.float64]) -> NDArray[np.float64]:
    """Gain (channels, n) of one of two sounds, so that both together keep the energy of each."""
    rest = 1.0 - share
    return np.asarray(share / np.sqrt(share**2 + rest**2 + 2.0 * likeness[:, None] * share * rest))


def _likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    """Correlation (channels,) of two responses, 0 to 1; 1 where either is silent, which is then faded straight."""
    count = min(one.shape[1], other.shape[1])
    products = np.einsum("cn,cn->c", one[:, :count], other[:, :count]).astype(np.float64)
    scale = np.sqrt((one**2).sum(axis=1).astype(np.float64) * (other**2).sum(axis=1))
    return np.clip(np.divide(products, scale, out=np.ones_like(scale), where=scale > 0.0), 0.0, 1.0)
