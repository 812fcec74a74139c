"""The eight octave filters: zero phase, and adding up to exactly one at every frequency.

The one idea: a filter bank is a partition of unity. Between two neighbouring band centres the lower band fades out as a
squared cosine of log frequency and the upper fades in as its complement, so a sound that is cut into bands and added up
again is the same sound, and an amplitude that is equal in all bands stays a single sample wide. The same responses
shape single arrivals, noise carriers and the metrics of rooms. Labels such as (R1) point to docs/physics.md.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES, OCTAVE_BAND_COUNT

RINGING = 0.045
"""Time [s] after which the impulse response of the lowest filter has decayed to nothing that matters (-55 dB)."""


def band_weights(frequencies: ArrayLike) -> NDArray[np.float64]:
    """Amplitude responses of the eight octave filters, equation (R1).

    Args:
        frequencies: [Hz] (f,), zero or more.

    Returns:
        Responses (8, f), 0 to 1, whose sum over the bands is 1. The lowest band extends to 0 Hz, the highest upwards.
    """
    centres = np.log2(EXACT_OCTAVE_CENTRES)
    octaves = np.log2(np.maximum(np.asarray(frequencies, dtype=np.float64), 1e-3))
    position = np.interp(octaves, centres, np.arange(OCTAVE_BAND_COUNT))
    lower = np.minimum(position.astype(np.int64), OCTAVE_BAND_COUNT - 2)
    upper_share = np.sin(0.5 * np.pi * (position - lower)) ** 2
    weights = np.zeros((OCTAVE_BAND_COUNT, len(octaves)))
    columns = np.arange(len(octaves))
    weights[lower, columns] = 1.0 - upper_share
    weights[lower + 1, columns] = upper_share
    return weights


@functools.lru_cache(maxsize=16)
def octave_responses(length: int, sample_rate: int) -> NDArray[np.float32]:
    """`band_weights` at the frequencies of a real Fourier transform, remembered.

    Args:
        length: Number of samples of the transform.
        sample_rate: [Hz].

    Returns:
        Responses (8, length // 2 + 1), read-only.
    """
    weights = band_weights(scipy.fft.rfftfreq(length, 1.0 / sample_rate)).astype(np.float32)
    weights.flags.writeable = False
    return weights


def padded_length(samples: int, sample_rate: int) -> int:
    """Length of a quick Fourier transform in which the filters' ringing does not wrap round onto `samples` samples.

    What rings before the first sample and what rings after the last share the padding.
    """
    return int(scipy.fft.next_fast_len(samples + round(RINGING * sample_rate), real=True))


def split_into_octaves(sound: ArrayLike, sample_rate: int) -> NDArray[np.float64]:
    """Cut sounds into octave bands without delaying them.

    Args:
        sound: Samples (..., n).
        sample_rate: [Hz].

    Returns:
        Bands (..., 8, n) that add up to the sound. Filters ring before and after each sound; what falls outside the n
        samples is dropped.
    """
    sound = np.asarray(sound, dtype=np.float64)
    count = sound.shape[-1]
    length = padded_length(count, sample_rate)
    spectrum = scipy.fft.rfft(sound, length, axis=-1)
    responses = band_weights(scipy.fft.rfftfreq(length, 1.0 / sample_rate))
    return np.asarray(scipy.fft.irfft(spectrum[..., None, :] * responses, length, axis=-1)[..., :count])
