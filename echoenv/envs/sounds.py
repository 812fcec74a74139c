"""Dry sounds for tasks: a few that are made here, and any file.

The one idea: a goal must sound without a download. A telephone that rings, chirps and noise are made from numbers, the
same bytes every time; everything else is a file of the user's.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from echoenv.audio.chirps import chirp
from echoenv.audio.sound_files import read_sound
from echoenv.errors import AudioFileError, nearest

SOUND_NAMES = ("chirps", "noise", "telephone")

_RING, _PAUSE = 0.4, 0.2  # [s]
_BELLS = ((1335.0, 0.5), (2087.0, 0.35), (3412.0, 0.2), (4180.0, 0.12))  # [Hz], share
_CLAPPER = 23.0  # strokes a second
_PEAK = 0.5


@functools.lru_cache(maxsize=64)
def dry_sound(name: str, sample_rate: int) -> NDArray[np.float32]:
    """A dry sound (n,) of one second or more.

    Args:
        name: `telephone`, `chirps`, `noise`, or a sound file.
        sample_rate: [Hz].

    Raises:
        AudioFileError: Neither a name nor a file that can be read.
    """
    makers = {"telephone": _telephone, "chirps": _chirps, "noise": _noise}
    if name in makers:
        sound = makers[name](sample_rate)
        return np.asarray(_PEAK * sound / np.abs(sound).max(), dtype=np.float32)
    if not Path(name).is_file():
        raise AudioFileError(f"sound '{name}' is neither a file nor made here: {nearest(name, SOUND_NAMES)}")
    samples, _ = read_sound(name, sample_rate)
    row = np.asarray(samples, dtype=np.float32).reshape(-1, np.shape(samples)[-1])[0]
    return np.pad(row, (0, max(0, sample_rate - len(row))))


def _telephone(sample_rate: int) -> NDArray[np.float64]:
    """A bell struck many times a second, twice, and a pause: one second."""
    time = np.arange(sample_rate) / sample_rate
    since_stroke = (time * _CLAPPER) % 1.0 / _CLAPPER
    bell = sum(share * np.sin(2.0 * np.pi * pitch * time) for pitch, share in _BELLS)
    rings = (time % (_RING + 0.5 * _PAUSE)) < _RING
    return np.asarray(bell * np.exp(-30.0 * since_stroke) * rings)


def _chirps(sample_rate: int) -> NDArray[np.float64]:
    """Ten short sweeps in a second."""
    sound = np.zeros(sample_rate)
    one = chirp(0.02, 200.0, min(8000.0, 0.45 * sample_rate), sample_rate)
    for start in range(0, sample_rate, sample_rate // 10):
        sound[start : start + len(one)] += one[: sample_rate - start]
    return sound


def _noise(sample_rate: int) -> NDArray[np.float64]:
    """A second of white noise, the same each time."""
    return np.random.default_rng(0).standard_normal(sample_rate)
