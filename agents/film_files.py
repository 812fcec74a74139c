"""Films on disk: pictures and the sound that belongs to them, in one file.

The one idea: entry k of the pictures is shown for one frame time, and the sound runs beside them from the first to the
last, so picture and sound are in step by their lengths alone. MP4 (H.264 and AAC) is written by PyAV, which carries
FFmpeg; where it is not installed there are animated GIFs, with the sound in a WAV file beside them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from echoenv.audio.sound_files import write_sound
from echoenv.datasets.atomic_files import write_whole
from echoenv.errors import SettingsError, nearest

FORMATS = ("mp4", "gif")

LOUD = 0.7
"""Largest sample of a film's sound, of 1: quiet rooms are heard too, and no sound is cut off."""

_QUALITY = "23"  # H.264's constant rate factor
_BLOCK = 1024  # samples of an AAC frame
_KILOBITS = 192
_COLORS = 128  # of a GIF


def require_format(name: str) -> str:
    """The name of a format that can be written here.

    Raises:
        SettingsError: An unknown name, with the nearest; or PyAV is not installed.
    """
    if name not in FORMATS:
        raise SettingsError(f"film format '{name}' is not known: {nearest(str(name), FORMATS)}")
    if name == "mp4":
        _require_av()
    return name


def write_film(
    file: Path, frames: Iterable[NDArray[np.uint8]], frame_time: float, sound: NDArray[np.float32] | None = None,
    sample_rate: int = 16000,
) -> float:  # fmt: skip
    """Write a film, which appears whole or not at all.

    Args:
        file: Where to write; its ending is one of `FORMATS`.
        frames: Pictures (H, W, 3) of one size, sides even.
        frame_time: How long each is shown [s].
        sound: What is heard from the first picture on (2, samples), or None.
        sample_rate: Of it [Hz].

    Returns:
        By what the sound was multiplied, so that its largest sample is `LOUD`; 1 for silence.

    Raises:
        SettingsError: As of `require_format`, or there are no pictures.
        DatasetError: The file cannot be written.
    """
    kind = require_format(file.suffix.lstrip("."))
    pictures = iter(frames)
    first = next(pictures, None)
    if first is None:
        raise SettingsError(f"there are no pictures to make the film '{file}' of")
    gain = _gain(sound)
    heard = None if sound is None else np.asarray(sound * np.float32(gain), np.float32)
    every = chain([first], pictures)
    write: Callable[[BinaryIO], None]
    if kind == "mp4":
        write = lambda stream: _write_mp4(stream, every, first.shape, frame_time, heard, sample_rate)  # noqa: E731
    else:
        write = lambda stream: _write_gif(stream, every, frame_time)  # noqa: E731
    write_whole(file, write)
    if heard is not None and kind == "gif":
        write_sound(file.with_suffix(".wav"), heard, sample_rate, "PCM_16")
    return gain


def _gain(sound: NDArray[np.float32] | None) -> float:
    peak = 0.0 if sound is None else float(np.abs(sound).max(initial=0.0))
    return LOUD / peak if peak > 0.0 else 1.0


def _require_av() -> Any:
    try:
        return importlib.import_module("av")
    except ImportError:
        raise SettingsError(
            "PyAV is not installed, which writes MP4: pip install 'echoenv[film]', or take the format gif, which has "
            "its sound in a WAV file beside it"
        ) from None


def _write_mp4(
    stream: BinaryIO, frames: Iterator[NDArray[np.uint8]], shape: tuple[int, ...], frame_time: float,
    sound: NDArray[np.float32] | None, sample_rate: int,
) -> None:  # fmt: skip
    av = _require_av()
    with av.open(stream, "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=1 / Fraction(frame_time).limit_denominator(1000))
        video.height, video.width, video.pix_fmt = shape[0], shape[1], "yuv420p"
        video.options = {"crf": _QUALITY, "tune": "animation"}
        audio: Any = None
        if sound is not None:
            audio = container.add_stream("aac", rate=sample_rate)
            audio.layout, audio.bit_rate = "stereo", 1000 * _KILOBITS
        for picture in frames:
            container.mux(video.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")))
        container.mux(video.encode(None))
        if sound is not None:
            for block in _blocks(av, sound, sample_rate):
                container.mux(audio.encode(block))
            container.mux(audio.encode(None))


def _blocks(av: Any, sound: NDArray[np.float32], sample_rate: int) -> Iterator[Any]:
    """Sound (2, samples) in the blocks that AAC takes."""
    for first in range(0, sound.shape[1], _BLOCK):
        part = np.ascontiguousarray(sound[:, first : first + _BLOCK])
        block = av.AudioFrame.from_ndarray(part, format="fltp", layout="stereo")
        block.sample_rate, block.pts, block.time_base = sample_rate, first, Fraction(1, sample_rate)
        yield block


def _write_gif(stream: BinaryIO, frames: Iterator[NDArray[np.uint8]], frame_time: float) -> None:
    from PIL import Image

    pictures = (Image.fromarray(picture).quantize(_COLORS, Image.Quantize.FASTOCTREE) for picture in frames)
    next(pictures).save(
        stream, format="GIF", save_all=True, append_images=pictures, duration=round(1000.0 * frame_time), loop=0
    )
