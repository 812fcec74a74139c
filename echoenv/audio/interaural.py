"""How alike the two ears are: interaural cross-correlation, of the whole response, early and late, band by band.

The one idea: what reaches both ears alike is heard as one point, what reaches them unlike as width (early) and
envelopment (late). The measure is the largest normalised cross-correlation within a millisecond of delay, (K7) of
docs/physics.md, ISO 3382-1 annex B.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from echoenv.audio.octave_filters import split_into_octaves
from echoenv.errors import SettingsError

EARLY = 0.08
"""Time [s] after the onset at which early sound ends."""

LONGEST_LAG = 0.001
"""Largest delay [s] between the ears that is searched."""

_FINER = 8  # lags between two samples
_ONSET = 0.01  # of the largest energy of either ear: where a response begins, -20 dB


@dataclass(frozen=True, eq=False)
class InterauralMetrics:
    """Interaural cross-correlation coefficients, each (8,) per octave band or () of the whole; NaN in silence.

    Attributes:
        whole: IACC_A, of the whole response from its onset.
        early: IACC_E, of the first 80 ms; 1 - IACC_E goes with apparent source width.
        late: IACC_L, of the rest; 1 - IACC_L goes with envelopment.
        delay: By how much the right ear comes later [s] where early sound is most alike, to 1/8 of a sample.
    """

    whole: NDArray[np.float64]
    early: NDArray[np.float64]
    late: NDArray[np.float64]
    delay: NDArray[np.float64]


def interaural_metrics(
    left: ArrayLike, right: ArrayLike, sample_rate: int, octaves: bool = True, longest_lag: float = LONGEST_LAG
) -> InterauralMetrics:
    """Interaural cross-correlation of a binaural response, (K7).

    Args:
        left: Pressure (n,) at the left ear.
        right: Pressure (n,) at the right ear.
        sample_rate: [Hz].
        octaves: In each of the eight octave bands; otherwise of the whole. In the two lowest bands a millisecond is a
            small part of a period, so that the ears are always alike there: ISO 3382-1 uses 125 Hz to 4 kHz.
        longest_lag: Largest delay [s] between the ears that is searched.

    Raises:
        SettingsError: The ears differ in length, are empty or not finite, or the rate is not positive.
    """
    ears = _as_ears(left, right, sample_rate)
    power = (ears**2).max(axis=0)
    onset = int(np.argmax(power >= _ONSET * power.max()))
    split = onset + round(EARLY * sample_rate)
    bands = np.swapaxes(split_into_octaves(ears, sample_rate), 0, 1) if octaves else ears[None]
    rows = []
    for pair in bands:  # each (2, n)
        parts = (pair[:, onset:], pair[:, onset:split], pair[:, split:])
        found = [_largest_correlation(part[0], part[1], sample_rate, longest_lag) for part in parts]
        rows.append([found[0][0], found[1][0], found[2][0], found[1][1]])
    values = np.array(rows).T
    return InterauralMetrics(*(values if octaves else values[:, 0]))


def interaural_correlation(
    left: ArrayLike, right: ArrayLike, sample_rate: int, longest_lag: float = LONGEST_LAG
) -> tuple[float, float]:
    """IACC of two whole signals, from their first sample on.

    Args:
        left: Pressure (n,) at the left ear.
        right: Pressure (n,) at the right ear.
        sample_rate: [Hz].
        longest_lag: Largest delay between the ears that is searched [s].

    Returns:
        The coefficient, 0 to 1, and the delay [s] of the right ear against the left at which it occurs, to 1/8 of a
        sample; NaN for silence.

    Raises:
        SettingsError: The ears differ in length, are empty or not finite, or the rate is not positive.
    """
    ears = _as_ears(left, right, sample_rate)
    return _largest_correlation(ears[0], ears[1], sample_rate, longest_lag)


def _as_ears(left: ArrayLike, right: ArrayLike, sample_rate: int) -> NDArray[np.float64]:
    a, b = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape or not a.size or not sample_rate > 0:
        raise SettingsError(
            f"ears of shapes {a.shape} and {b.shape} at {sample_rate} Hz: give as many samples (n,) for each, at least "
            "one, and a positive rate"
        )
    ears = np.stack([a, b])
    if not np.isfinite(ears).all():
        raise SettingsError("a sample at an ear is NaN or infinite: repair the response")
    return ears


def _largest_correlation(
    left: NDArray[np.float64], right: NDArray[np.float64], sample_rate: int, longest_lag: float
) -> tuple[float, float]:
    """Coefficient and delay [s] of the right ear."""
    scale = np.sqrt((left**2).sum() * (right**2).sum())
    if not scale > 0.0:
        return float("nan"), float("nan")
    lag = round(longest_lag * sample_rate)
    # zeros after the signals keep the ends apart; zeros after the spectrum give lags between the samples
    length = 2 * fft.next_fast_len(len(left) + lag + 1)
    cross = np.conj(fft.rfft(left, length)) * fft.rfft(right, length)
    cross[-1] *= 0.5  # the Nyquist frequency, which the longer transform has twice
    correlation = fft.irfft(cross, length * _FINER) * _FINER
    lags = np.arange(-lag * _FINER, lag * _FINER + 1)
    found = np.abs(correlation[lags])
    best = int(lags[np.argmax(found)])
    return float(min(found.max() / scale, 1.0)), best / (sample_rate * _FINER)
