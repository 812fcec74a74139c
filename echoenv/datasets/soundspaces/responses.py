"""Responses on disk: WAV files of a receiver and a source, and what becomes of those that cannot be read.

The one idea: SoundSpaces takes one second of silence for a file that is empty or unreadable and goes on. The same is
done here, for missing files too (its own code stops there), but every such file is kept in a list with the reason.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DatasetError

MISSING, EMPTY, UNREADABLE = "missing", "empty", "unreadable"
SILENCE = 1.0
"""Length of the silence [s] that stands for a file that cannot be read."""
TRIM_LEVEL = 1e-6
"""A written response ends where less than this share of its energy is left: 60 dB."""


@dataclass(frozen=True)
class SilentResponse:
    """A response for which silence was taken.

    Attributes:
        path: The file.
        reason: `missing`, `empty` or `unreadable`.
        detail: What was wrong with it.
    """

    path: Path
    reason: str
    detail: str = ""


def read_wav(path: Path, channels: int) -> tuple[NDArray[np.float32], int] | SilentResponse:
    """Samples (channels, n) float32 of a WAV file, full scale 1, and its sample rate [Hz]; or why there are none."""
    from scipy.io import wavfile

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)
            rate, stored = wavfile.read(path)
    except FileNotFoundError:
        return SilentResponse(path, MISSING)
    except (OSError, ValueError, EOFError, struct.error, ZeroDivisionError, OverflowError) as error:
        if path.is_file() and path.stat().st_size == 0:
            return SilentResponse(path, EMPTY, "no bytes")
        return SilentResponse(path, UNREADABLE, str(error))
    samples = stored[:, None] if stored.ndim == 1 else stored
    if not len(samples):
        return SilentResponse(path, EMPTY, "no samples")
    if samples.shape[1] != channels:
        return SilentResponse(path, UNREADABLE, f"{samples.shape[1]} channels, expected {channels}")
    if not np.isfinite(samples).all():
        return SilentResponse(path, UNREADABLE, "samples that are not finite")
    return full_scale_one(samples).T, int(rate)


def full_scale_one(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Samples as float32 with full scale 1, whatever a file's type: int16 by 32768, floats as they are."""
    if samples.dtype == np.uint8:
        return ((samples.astype(np.float32) - 128.0) / 128.0).astype(np.float32)
    if np.issubdtype(samples.dtype, np.integer):
        return (samples / -float(np.iinfo(samples.dtype).min)).astype(np.float32)
    return np.ascontiguousarray(samples, np.float32)


def silence(channels: int, sample_rate: int) -> NDArray[np.float32]:
    """What is heard instead of a file that cannot be read: zeros (channels, sample_rate)."""
    return np.zeros((channels, round(SILENCE * sample_rate)), np.float32)


def require_rate(path: Path, rate: int, expected: int, dataset: str) -> None:
    """Checks a response's sample rate.

    Raises:
        DatasetError: It is another, which SoundSpaces' code would play at the wrong speed.
    """
    if rate != expected:
        raise DatasetError(
            f"{path} is at {rate} Hz, responses of {dataset} at {expected} Hz: another data set's rules are meant "
            "(rules='replica' or 'mp3d'), or the file was resampled; restore it"
        )


def trimmed(responses: NDArray[np.float32]) -> NDArray[np.float32]:
    """Responses (..., n) that end together, where of none more than a millionth of its energy is left; one at least."""
    energy = np.square(responses.astype(np.float64)).reshape(-1, responses.shape[-1])
    left = np.cumsum(energy[:, ::-1], axis=1)[:, ::-1]
    heard = (left > TRIM_LEVEL * left[:, :1]).any(axis=0)
    return responses[..., : max(1, int(heard.sum()))]


def wav_bytes(samples: NDArray[np.float32], sample_rate: int) -> bytes:
    """A float32 WAV file of samples (channels, n); equal samples give equal bytes."""
    from scipy.io import wavfile

    buffer = io.BytesIO()
    wavfile.write(buffer, sample_rate, np.ascontiguousarray(samples.T, np.float32))
    return buffer.getvalue()
