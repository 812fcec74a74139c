"""Spectrograms: how a sound's frequencies change over time.

The one idea: the defaults are those of the field's echo networks, so that what is drawn is what they see: 60 ms at
44.1 kHz become 257 frequencies by 166 frames.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft


def stft(sound: ArrayLike, fft_size: int = 512, window_size: int = 64, hop: int = 16) -> NDArray[np.complex64]:
    """Short-time Fourier transform with a Hann window, frames centred on multiples of `hop`.

    Args:
        sound: Samples (..., n); reflected at both ends by half a transform, or padded with zeros where they are too
            few.
        fft_size: Length of the transform; the window sits in its middle.
        window_size: Length of the Hann window.
        hop: Samples between frames.

    Returns:
        (..., fft_size // 2 + 1, 1 + n // hop), frequency before time.
    """
    sound = np.asarray(sound, dtype=np.float32)
    half = fft_size // 2
    padding = [(0, 0)] * (sound.ndim - 1) + [(half, half)]
    padded = np.pad(sound, padding, mode="reflect" if sound.shape[-1] > half else "constant")
    hann = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(window_size) / window_size)).astype(np.float32)
    lead = (fft_size - window_size) // 2
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft_size, axis=-1)[..., ::hop, :]
    windowed = np.zeros(frames.shape, np.float32)
    windowed[..., lead : lead + window_size] = frames[..., lead : lead + window_size] * hann
    return np.swapaxes(fft.rfft(windowed, axis=-1), -1, -2)


def spectrogram(sound: ArrayLike, fft_size: int = 512, window_size: int = 64, hop: int = 16) -> NDArray[np.float32]:
    """Magnitude of `stft`, same arguments and shape."""
    return np.abs(stft(sound, fft_size, window_size, hop))
