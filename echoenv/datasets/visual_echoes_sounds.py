"""Sounds of the VisualEchoes layout: the chirp, echoes made from responses, and the traps of the published files.

The one idea: the published script makes an echo from `RIR[128:] / 10` and the chirp. Here the same is made from any
response: one that is longer than that script takes is cut, what is too loud for int16 is clipped where the script wraps
it around, and a file that cannot be read is an error where the script takes the echo of another place.
"""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import DatasetError

SAMPLE_RATE = 44100
ECHO_SECONDS = 1.0
SWEEP = "3ms_sweep"
# The published script reads RIR[128:] / 10; what we write gives the echoes beside it when it is read like that.
RIR_LEADING_ZEROS = 128
RIR_SCALE = 10.0
INT16_PEAK = 32767
# An eighth of full scale: echoes of nearby walls reach about six times the chirp where reflections add up at an ear.
SWEEP_PEAK = 4096
_WRAP_JUMP = 49152  # [int16 units] from one sample to the next; sound of a 3 ms chirp to 20 kHz seldom goes so far


def int16_sweep() -> NDArray[np.int16]:
    """The 3 ms chirp (132,) at an eighth of full scale."""
    from echoenv.audio.chirps import chirp

    return np.round(SWEEP_PEAK * np.asarray(chirp(sample_rate=SAMPLE_RATE), np.float64)).astype(np.int16)


def int16_echo(response: ArrayLike, sweep: ArrayLike | None = None) -> NDArray[np.int16]:
    """The echo (2, 44100) of an int16 chirp through a response; what is too loud is clipped, never wrapped.

    Args:
        response: As `read_response` gives it (2, n), of any length: one second of it counts.
        sweep: The chirp in units of int16 (m,); None takes ours.
    """
    from echoenv.audio.chirps import convolve

    count = round(ECHO_SECONDS * SAMPLE_RATE)
    chirp = int16_sweep() if sweep is None else np.asarray(sweep)
    echo = convolve(np.asarray(response, np.float32)[:, :count], chirp, count)
    return np.clip(np.round(echo), -INT16_PEAK - 1, INT16_PEAK).astype(np.int16)


def stored_response(response: NDArray[np.float32]) -> NDArray[np.float32]:
    """A response (2, n) as a file holds it (2, 128 + n): 128 zeros, then ten times the response."""
    zeros = np.zeros((len(response), RIR_LEADING_ZEROS), np.float32)
    return np.concatenate([zeros, np.float32(RIR_SCALE) * response], axis=1)


def read_response(path: Path) -> NDArray[np.float32]:
    """The response (2, n) float32 in a file: without its first 128 samples, a tenth as loud.

    Raises:
        DatasetError: The file is missing, damaged, not in two channels at 44100 Hz, or has no more than 128 samples.
    """
    stored, rate = _read(path)
    if rate != SAMPLE_RATE or stored.ndim != 2 or stored.shape[1] != 2 or len(stored) <= RIR_LEADING_ZEROS:
        raise DatasetError(
            f"response {path} has shape {stored.shape} at {rate} Hz: expected two channels at {SAMPLE_RATE} Hz and "
            f"more than {RIR_LEADING_ZEROS} samples"
        )
    return np.ascontiguousarray(stored[RIR_LEADING_ZEROS:].T / RIR_SCALE, np.float32)


def read_echo(path: Path) -> NDArray[Any]:
    """The samples (2, n) of an echo's file, in its own type.

    Raises:
        DatasetError: The file is missing, damaged, or not in two channels.
    """
    stored, _ = _read(path)
    if stored.ndim != 2 or stored.shape[1] != 2:
        raise DatasetError(f"echo {path} has shape {stored.shape}: expected two channels, left and right ear")
    return stored.T


def as_float(echo: NDArray[Any]) -> NDArray[np.float32]:
    """Samples as float32, int16 in -1..1 and floats as they are."""
    return echo.astype(np.float32) / np.float32(32768.0) if echo.dtype == np.int16 else echo.astype(np.float32)


def is_wrapped(echo: NDArray[Any]) -> bool:
    """Whether an int16 echo (2, n) was too loud and wrapped around, as the published script does it.

    Told by a jump of three quarters of full scale, peak to peak, between two samples.
    """
    if echo.dtype != np.int16:
        return False
    return bool(np.abs(np.diff(echo.astype(np.int32), axis=1)).max(initial=0) > _WRAP_JUMP)


def _read(path: Path) -> tuple[NDArray[Any], int]:
    from scipy.io import wavfile

    try:
        rate, stored = wavfile.read(path)
    except (OSError, ValueError, EOFError, struct.error) as error:
        raise DatasetError(f"sound {path} is missing or damaged ({error}): restore it, or collect it again") from error
    return stored, int(rate)


def wav_bytes(samples: NDArray[Any]) -> bytes:
    """A WAV file at 44100 Hz of samples (channels, n), int16 or float32; equal samples give equal bytes."""
    from scipy.io import wavfile

    buffer = io.BytesIO()
    wavfile.write(buffer, SAMPLE_RATE, samples[0] if len(samples) == 1 else samples.T)
    return buffer.getvalue()
