"""Sounds on disk: reading, writing without half-written files, and changing the sample rate.

The one idea: a file is either whole or absent. It is written beside its place and then moved there in one step.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import AudioFileError


def resample(sound: ArrayLike, from_rate: float, to_rate: float) -> NDArray[np.float64]:
    """Change the sample rate with a linear-phase anti-alias filter.

    Args:
        sound: Samples (..., n).
        from_rate: Sample rate of `sound` [Hz].
        to_rate: Sample rate wanted [Hz].

    Returns:
        Samples (..., ceil(n * to_rate / from_rate)); the sound itself where the rates are equal.
    """
    sound = np.asarray(sound, dtype=np.float64)
    if from_rate == to_rate:
        return sound
    from scipy.signal import resample_poly

    ratio = Fraction(to_rate / from_rate).limit_denominator(10000)
    return np.asarray(resample_poly(sound, ratio.numerator, ratio.denominator, axis=-1, window=("kaiser", 9.0)))


def read_sound(path: str | Path, sample_rate: int | None = None) -> tuple[NDArray[np.float32], int]:
    """Read a sound file that libsndfile knows (WAV, FLAC, OGG and others).

    Args:
        path: The file.
        sample_rate: Sample rate wanted [Hz]; the file's own without it.

    Returns:
        Samples (channels, n), full scale 1, and their sample rate [Hz].

    Raises:
        AudioFileError: The file is missing, is no sound, is empty or holds values that are not finite.
    """
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, RuntimeError) as error:  # soundfile's own errors are RuntimeErrors
        raise AudioFileError(f"sound file '{path}' cannot be read ({error}): give a WAV, FLAC or OGG file") from error
    if samples.size == 0:
        raise AudioFileError(f"sound file '{path}' is empty: give one with at least one sample")
    if not np.isfinite(samples).all():
        raise AudioFileError(f"sound file '{path}' holds NaN or infinite samples: repair it or give another")
    if sample_rate is not None and rate != sample_rate:
        return resample(samples.T, rate, sample_rate).astype(np.float32), sample_rate
    return np.ascontiguousarray(samples.T), int(rate)


def write_sound(path: str | Path, samples: ArrayLike, sample_rate: int, subtype: str = "FLOAT") -> Path:
    """Write a WAV file in one step, so that a reader never sees a part of it.

    Args:
        path: The file; its folder must exist.
        samples: (channels, n) or (n,).
        sample_rate: [Hz].
        subtype: libsndfile's name of the sample format: FLOAT keeps levels above 1, PCM_16 clips them.

    Returns:
        The path.

    Raises:
        AudioFileError: The folder is missing or cannot be written.
    """
    import soundfile

    path = Path(path)
    frames = np.atleast_2d(np.asarray(samples)).T
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise AudioFileError(
            f"cannot write '{path}' ({error.strerror}): give a path in an existing, writable folder"
        ) from error
    os.close(handle)
    try:
        soundfile.write(temporary, frames, sample_rate, subtype=subtype, format="WAV")
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:
        raise AudioFileError(f"cannot write '{path}' ({error})") from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
    return path
