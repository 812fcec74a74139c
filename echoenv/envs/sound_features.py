"""What learners are given of a sound: SoundSpaces' spectrogram, and log-mel bands with the phase between the ears.

The one idea: both begin with a short-time transform of what reached the ears. SoundSpaces averages magnitudes in blocks
of four by four, of equal width at all frequencies, and drops the phase. Mel bands are as wide as hearing tells apart;
the cosine and sine of the phase between the ears keep what tells left from right at low frequencies, where levels
hardly differ.

Sources: SoundSpaces 1.0 for the first. For the second, Zheng et al., "BAT: Learning to Reason about Spatial Sounds with
Large Language Models" (ICML 2024), whose encoder takes log-mel bands of both ears and the interaural phase; Panah et
al., "Systematic Evaluation of Time-Frequency Features for Binaural Sound Source Localization" (arXiv 2511.13487), who
find that spectrograms of both ears with level and phase differences generalise best. (The level difference is the
difference of the two log-mel channels.)
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from echoenv.audio.spectrograms import stft
from echoenv.datasets.soundspaces.audio_goal import spectrogram as soundspaces_spectrogram

BANDS = 64
"""Mel bands."""

WINDOW, HOP = 0.025, 0.010
"""Length of a window and step between windows [s]."""

LOWEST = 50.0
"""[Hz] where the lowest mel band begins; the highest ends at half the sample rate."""

QUIETEST = -10.0
"""Decades of power below which everything is silence; 0 is the power of a steady 1."""

_SILENT = 1e-20  # of the product of both ears' magnitudes: there is no phase


def spectrogram(heard: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """SoundSpaces' spectrogram (frequencies, times, 2) of a second that begins with the step and goes on silent.

    Args:
        heard: Samples (2, n).
        sample_rate: [Hz].
    """
    second = np.zeros((2, max(sample_rate, heard.shape[1])), np.float32)
    second[:, : heard.shape[1]] = heard
    return soundspaces_spectrogram(second)


def log_mel(heard: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Log-mel bands and interaural phase (64, times, 4), frequency before time, a window every 10 ms.

    Channels are the logarithm (base 10) of the power in the left and the right ear, from -10, and the cosine and sine
    of the phase by which the left ear is ahead, averaged over the band; both are 0 in silence.

    Args:
        heard: Samples (2, n).
        sample_rate: [Hz].
    """
    window, hop, size = _sizes(sample_rate)
    left, right = stft(heard, size, window, hop) / np.float32(0.5 * window)  # over the sum of the window
    cross = left * np.conj(right)
    strength = np.abs(cross)
    phase = np.where(strength > _SILENT, cross / np.maximum(strength, np.float32(_SILENT)), np.complex64(0.0))
    parts = np.stack([np.abs(left) ** 2, np.abs(right) ** 2, phase.real, phase.imag], axis=-1)
    bands = _filters(sample_rate, size) @ parts.reshape(len(parts), -1)
    bands = bands.reshape(BANDS, *parts.shape[1:])
    bands[..., :2] = np.log10(np.maximum(bands[..., :2], np.float32(10.0**QUIETEST)))
    return bands.astype(np.float32)


@functools.lru_cache(maxsize=8)
def _filters(sample_rate: int, fft_size: int) -> csr_matrix:
    """`mel_filters` without their zeros: fast, and the same bytes whatever the number of threads."""
    return csr_matrix(mel_filters(sample_rate, fft_size))


def mel_filters(sample_rate: int, fft_size: int) -> NDArray[np.float32]:
    """Triangles (64, fft_size // 2 + 1), each of sum 1, of equal width in mel (2595 log10(1 + f / 700)).

    Args:
        sample_rate: [Hz].
        fft_size: Length of the transform whose frequencies they weigh.
    """
    low, high = (2595.0 * np.log10(1.0 + f / 700.0) for f in (LOWEST, 0.5 * sample_rate))
    corners = 700.0 * (10.0 ** (np.linspace(low, high, BANDS + 2) / 2595.0) - 1.0)
    frequencies = np.arange(fft_size // 2 + 1) * sample_rate / fft_size
    rising = (frequencies - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
    falling = (corners[2:, None] - frequencies) / (corners[2:] - corners[1:-1])[:, None]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    for band in np.flatnonzero(triangles.sum(axis=1) == 0.0):  # narrower than the transform can tell
        triangles[band, np.argmin(np.abs(frequencies - corners[band + 1]))] = 1.0
    return np.asarray(triangles / triangles.sum(axis=1, keepdims=True), dtype=np.float32)


def _sizes(sample_rate: int) -> tuple[int, int, int]:
    """Window, hop and transform in samples; the transform is at least twice the window, for the low bands' sake."""
    window = max(8, round(WINDOW * sample_rate))
    return window, max(1, round(HOP * sample_rate)), 1 << (2 * window - 1).bit_length()
