"""What a receiver is, and the simplest of them: one omnidirectional microphone.

The one idea: a receiver turns a wave, that is a direction in the head's frame and a time, into one short filter for
each channel and the sample at which that filter begins. Whatever hears (ears, an array, ambisonics) is such a thing, so
rendering knows none of them by name. Labels such as (R2) point to docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.receivers.hrir_alignment import SINC_REACH, fractional_delay_kernels

Filters = tuple[NDArray[np.float32], NDArray[np.int64]]

_PHASES = 256


class Receiver(Protocol):
    """What listens: it has channels, and it knows how each of them hears a wave."""

    @property
    def channels(self) -> int:
        """Number of channels."""

    @property
    def taps(self) -> int:
        """Length of the filters [samples]."""

    def at(self, sample_rate: int) -> Receiver:
        """The same receiver for signals of another sample rate [Hz]."""

    @property
    def reach(self) -> int:
        """Samples by which a channel may hear a wave before or after the middle of the head, beyond its filter."""

    def filters(
        self,
        directions: NDArray[np.float64],
        times: NDArray[np.float64],
        distances: NDArray[np.float64] | None = None,
    ) -> Filters:
        """How waves are heard.

        Args:
            directions: Unit vectors (q, 3) towards where the waves come from, head frame (x right, y up, z backward).
            times: When the waves pass the middle of the head (q,) [samples].
            distances: How far the waves have come from a point source (q,) [m]; None for plane waves.

        Returns:
            Filters (q, channels, taps) for waves of amplitude 1 and the samples (q, channels) at which they begin,
            which may be negative.
        """

    def band_gains(
        self, directions: NDArray[np.float64], distances: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64] | None:
        """Gains (q, channels, 8) per octave band that the filters leave out; None for none."""

    @property
    def noise_taps(self) -> int:
        """Length of the responses behind `noise_spectra` [samples]."""

    @property
    def noise_lead(self) -> int:
        """Delay [samples] by which the responses behind `noise_spectra` stand for the middle of the head."""

    def noise_spectra(self, directions: NDArray[np.float64], length: int) -> NDArray[np.complex64]:
        """How diffuse sound from directions is heard, where a rounded direction or delay does no harm.

        Args:
            directions: Unit vectors (q, 3), head frame.
            length: Samples of the transform.

        Returns:
            Spectra (q, channels, length // 2 + 1), or (q, channels, 1) where they are the same at all frequencies.
        """


@dataclass(frozen=True)
class Mono:
    """One omnidirectional microphone in the middle of the head: a wave of amplitude 1 is a pulse of amplitude 1."""

    channels: int = field(default=1, init=False)
    taps: int = field(default=2 * SINC_REACH + 2, init=False, repr=False)
    reach: int = field(default=0, init=False, repr=False)
    noise_taps: int = field(default=1, init=False, repr=False)
    noise_lead: int = field(default=0, init=False, repr=False)

    def at(self, sample_rate: int) -> Mono:
        """The microphone itself: it serves all sample rates [Hz]."""
        return self

    def filters(
        self,
        directions: NDArray[np.float64],
        times: NDArray[np.float64],
        distances: NDArray[np.float64] | None = None,
    ) -> Filters:
        """See `Receiver.filters`: a windowed sine cardinal for each wave."""
        kernels = fractional_delay_kernels(_PHASES)
        whole = np.floor(times)
        step, share = _phase((times - whole), _PHASES)
        blend = (1.0 - share)[:, None] * kernels[step] + share[:, None] * kernels[step + 1]
        return blend[:, None, :].astype(np.float32), (whole.astype(np.int64) - SINC_REACH)[:, None]

    def band_gains(self, directions: NDArray[np.float64], distances: NDArray[np.float64] | None = None) -> None:
        """See `Receiver.band_gains`: none."""

    def noise_spectra(self, directions: NDArray[np.float64], length: int) -> NDArray[np.complex64]:
        """See `Receiver.noise_spectra`: a pulse for every direction."""
        return np.ones((len(directions), 1, 1), np.complex64)


def _phase(fraction: NDArray[np.float64], phases: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The step below a fraction of a sample, and how far it is on the way to the next step."""
    position = fraction * phases
    step = np.minimum(position.astype(np.int64), phases - 1)
    return step, position - step
