"""The chirp that an agent emits to hear its surroundings.

The one idea: a chirp is a sine whose frequency climbs in equal steps from sample to sample. Its phase is the running
sum of the frequency, which reproduces the 3 ms sweep of the VisualEchoes data set (Gao et al., ECCV 2020) to 2 % of its
amplitude.
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import SettingsError

ECHO_DURATION = 0.06
"""Length [s] of an echo: sound of the first 10 m out and back."""

HIGHEST = 20000.0
"""Last frequency [Hz] of the chirp."""


def chirp(
    duration: float = 0.003, low: float = 20.0, high: float = HIGHEST, sample_rate: int = 44100
) -> NDArray[np.float32]:
    """A linear sine sweep of unit amplitude.

    Args:
        duration: [s]; 3 ms are 132 samples at 44.1 kHz.
        low: First frequency [Hz].
        high: Last frequency [Hz], at most half the sample rate.
        sample_rate: [Hz].

    Returns:
        Samples (floor(duration * sample_rate),).

    Raises:
        SettingsError: The sweep is shorter than one sample or its frequencies do not fit the sample rate.
    """
    count = int(duration * sample_rate)
    if count < 1:
        raise SettingsError(
            f"a chirp of {duration} s has no sample at {sample_rate} Hz: give at least {1.0 / sample_rate:.2g} s"
        )
    if not 0.0 <= low <= sample_rate / 2 or not 0.0 <= high <= sample_rate / 2:
        raise SettingsError(
            f"a chirp from {low:g} to {high:g} Hz does not fit: give frequencies from 0 to {sample_rate / 2:g} Hz, "
            f"half the sample rate of {sample_rate} Hz"
        )
    # the frequency of the step that leads to each sample; the first step already takes the lowest frequency
    frequency = low + (high - low) * np.maximum(np.arange(-1, count - 1) - 1.0, 0.0) / count
    phase = np.cumsum(frequency) - frequency[0]
    return np.sin(2.0 * np.pi * phase / sample_rate).astype(np.float32)


def convolve(responses: ArrayLike, sound: ArrayLike, samples: int | None = None) -> NDArray[np.float32]:
    """Sound heard through impulse responses.

    Args:
        responses: Impulse responses (..., n).
        sound: Dry sound (m,) at the same sample rate.
        samples: Length of the result; the whole convolution, n + m - 1, without it.

    Returns:
        Samples (..., samples) float32; zeros after the convolution's end.
    """
    responses, sound = np.asarray(responses, np.float32), np.asarray(sound, np.float32)
    whole = responses.shape[-1] + sound.shape[-1] - 1
    samples = whole if samples is None else samples
    length = scipy.fft.next_fast_len(max(whole, samples, 1), real=True)
    product = scipy.fft.rfft(responses, length, axis=-1) * scipy.fft.rfft(sound, length)
    return np.ascontiguousarray(scipy.fft.irfft(product, length, axis=-1)[..., :samples])


def echo_of(
    responses: ArrayLike, sound: ArrayLike | None = None, duration: float = ECHO_DURATION, sample_rate: int = 44100
) -> NDArray[np.float32]:
    """The beginning of a chirp heard through impulse responses.

    Args:
        responses: Impulse responses (..., n), from where the agent chirps to its ears.
        sound: What the agent emits (m,); without it the 3 ms chirp, up to 20 kHz or half the sample rate.
        duration: Length of the echo [s].
        sample_rate: [Hz], of the responses and the sound.

    Returns:
        Samples (..., round(duration * sample_rate)): (..., 2646) by default.
    """
    responses = np.asarray(responses, np.float32)
    samples = round(duration * sample_rate)
    if sound is None:
        sound = chirp(high=min(HIGHEST, 0.5 * sample_rate), sample_rate=sample_rate)
    return convolve(responses[..., :samples], np.asarray(sound, np.float32)[:samples], samples)
