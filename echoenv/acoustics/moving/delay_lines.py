"""Reading signals between their samples, at places that move from sample to sample.

The one idea: a fractional delay is a filter whose taps are smooth functions of the delay, so each is a polynomial of it
(Farrow, *A continuously variable digital delay element*, 1988). The signal is filtered once with each power's
coefficients, for all samples together, and what is left for every sample is a polynomial. Equation (M6) of
docs/physics.md.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

from echoenv.acoustics.receivers.hrir_alignment import SINC_REACH, fractional_delay_kernels

REACH = SINC_REACH + 1
"""Samples to either side of a place that are needed to read there."""

_POWERS = 7  # the delay is right to -80 dB at 0.9 of the Nyquist frequency, and the level to that of the kernels
_PHASES = 256


def read_at(signals: NDArray[np.float32], places: NDArray[np.float64]) -> NDArray[np.float32]:
    """Values of signals at places between their samples.

    Args:
        signals: (s, w).
        places: (s, lines, n), at least `REACH` from either end of a signal. Where all places of a line are whole
            numbers the result is the samples themselves.

    Returns:
        (s, lines, n).
    """
    values = np.empty(places.shape, np.float32)
    below = np.floor(places)
    whole = below.astype(np.int64)
    exact = np.all(below == places, axis=(1, 2))
    for index in np.flatnonzero(exact):
        values[index] = signals[index][whole[index]]
    moving = np.flatnonzero(~exact)
    if len(moving):
        length = int(scipy.fft.next_fast_len(signals.shape[1] + 2 * REACH, real=True))
        coefficients = _coefficient_spectra(length)
    for index in moving:
        share = (places[index] - below[index] - 0.5).astype(np.float32)
        spectrum = scipy.fft.rfft(signals[index], length)
        powers = scipy.fft.irfft(coefficients * spectrum, length, axis=-1)
        at = whole[index] + REACH
        value = powers[-1].take(at)
        for power in powers[-2::-1]:
            value *= share
            value += power.take(at)
        values[index] = value
    return values


@functools.lru_cache(maxsize=32)
def _coefficient_spectra(length: int) -> NDArray[np.complex64]:
    """Transforms (powers, length // 2 + 1) of what each power of (place - whole sample - 0.5) is multiplied with.

    Filtered with them, a signal's sample n appears at n + `REACH`.
    """
    kernels = fractional_delay_kernels(_PHASES)[::-1]  # row p now reads p / phases after a whole sample
    shares = np.arange(_PHASES + 1) / _PHASES - 0.5
    inner = slice(1, -1)  # the ends are exact shifts, without the others' fall towards the Nyquist frequency
    fitted = np.polynomial.polynomial.polyfit(shares[inner], kernels[inner], _POWERS - 1)
    return np.asarray(scipy.fft.rfft(fitted, length, axis=-1).astype(np.complex64))
