"""Sounds longer than memory: read from disk piece by piece, written piece by piece.

The one idea: a dry sound is asked for its next samples and may be asked for ever; a file that is written appears under
its name when it is whole, and not at all where writing broke off.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.audio.sound_files import resample
from echoenv.errors import AudioFileError, SettingsError

_FRAMES = 1 << 15
_FILTER_STEPS = 10  # half the length of scipy's resampling filter, in samples of the lower rate


@runtime_checkable
class SoundStream(Protocol):
    """A dry mono sound that is read from its beginning to its end."""

    def read(self, samples: int) -> NDArray[np.float32]:
        """The next samples (n,): fewer than asked for, or none, only at the end."""

    def rewind(self) -> None:
        """Go back to the beginning."""


class SoundInMemory:
    """A sound that is held as an array.

    Args:
        samples: (n,), or (1, n); at least one.

    Raises:
        SettingsError: The samples have another shape, are none, or are not finite.
    """

    def __init__(self, samples: ArrayLike) -> None:
        given = np.asarray(samples, dtype=np.float32)
        row = given[0] if given.ndim == 2 and len(given) == 1 else given
        if row.ndim != 1 or not len(row) or not np.isfinite(row).all():
            raise SettingsError(
                f"dry sound of shape {given.shape} must be one row (n,) of one or more finite samples: a source is "
                "a point, so give one channel"
            )
        self._samples, self._next = row, 0

    def read(self, samples: int) -> NDArray[np.float32]:
        """See `SoundStream.read`."""
        part = self._samples[self._next : self._next + samples]
        self._next += len(part)
        return part

    def rewind(self) -> None:
        """See `SoundStream.rewind`."""
        self._next = 0


class SoundFileStream:
    """A sound file that is read piece by piece, at another sample rate where wanted.

    Args:
        path: A mono file that libsndfile knows (WAV, FLAC, OGG and others).
        sample_rate: Sample rate wanted [Hz]; the file's own without it.

    Attributes:
        sample_rate: [Hz], of what is read.

    Raises:
        AudioFileError: The file is missing, is no sound, has more than one channel, is empty, or (while it is read)
            holds values that are not finite.
    """

    def __init__(self, path: str | Path, sample_rate: int | None = None) -> None:
        import soundfile

        try:
            self._file: Any = soundfile.SoundFile(path)
        except (OSError, RuntimeError) as error:
            raise AudioFileError(
                f"sound file '{path}' cannot be read ({error}): give a WAV, FLAC or OGG file"
            ) from error
        if self._file.channels != 1 or not self._file.frames:
            raise AudioFileError(
                f"sound file '{path}' has {self._file.channels} channels and {self._file.frames} samples: a source is "
                "a point, so give one channel with at least one sample"
            )
        self._path = path
        self.sample_rate = int(sample_rate or self._file.samplerate)
        ratio = Fraction(self.sample_rate / self._file.samplerate).limit_denominator(10000)
        self._up, self._down = ratio.numerator, ratio.denominator
        reach = -(-_FILTER_STEPS * max(self._up, self._down) // self._up)
        self._margin = 0 if ratio == 1 else -(-reach // self._down) * self._down
        self._piece = -(-_FRAMES // self._down) * self._down
        self.rewind()

    def rewind(self) -> None:
        """See `SoundStream.rewind`."""
        self._file.seek(0)
        self._context = np.zeros(self._margin, np.float32)  # before the beginning there is silence
        self._ahead = self._frames(self._margin)
        self._ready = np.zeros(0, np.float32)
        self._left = -(-self._file.frames * self._up // self._down)

    def read(self, samples: int) -> NDArray[np.float32]:
        """See `SoundStream.read`."""
        wanted = min(samples, self._left)
        while len(self._ready) < wanted:
            self._ready = np.concatenate([self._ready, self._next_piece()])
        part, self._ready = self._ready[:wanted], self._ready[wanted:]
        self._left -= wanted
        return part

    def _frames(self, count: int) -> NDArray[np.float32]:
        """So many frames of the file, zeros after its end."""
        frames = self._file.read(count, dtype="float32", fill_value=0.0)
        if not np.isfinite(frames).all():
            raise AudioFileError(f"sound file '{self._path}' holds NaN or infinite samples: repair it or give another")
        return np.asarray(frames)

    def _next_piece(self) -> NDArray[np.float32]:
        """The next piece at the rate wanted; pieces begin where samples of both rates coincide."""
        frames = np.concatenate([self._ahead, self._frames(self._piece)])
        if self._margin == 0:
            return frames
        here, self._ahead = frames[: self._piece], frames[self._piece :]
        whole = np.concatenate([self._context, frames])
        self._context = np.concatenate([self._context, here])[-self._margin :]
        skip, count = self._margin * self._up // self._down, self._piece * self._up // self._down
        return resample(whole, self._down, self._up)[skip : skip + count].astype(np.float32)


class SoundFileWriter:
    """Writes a WAV file piece by piece, as a context: the file is there when the context ends well, else not at all.

    Args:
        path: The file; its folder must exist.
        channels: Number of channels.
        sample_rate: [Hz].
        subtype: libsndfile's name of the sample format: FLOAT keeps levels above 1, PCM_16 clips them.

    Raises:
        AudioFileError: The folder is missing or cannot be written, or the disk is full.
    """

    def __init__(self, path: str | Path, channels: int, sample_rate: int, subtype: str = "FLOAT") -> None:
        self.path = Path(path)
        self._channels, self._rate, self._subtype = channels, sample_rate, subtype

    def __enter__(self) -> SoundFileWriter:
        import soundfile

        try:
            handle, self._temporary = tempfile.mkstemp(
                prefix=f".{self.path.name}.", suffix=".part", dir=self.path.parent
            )
        except OSError as error:
            raise AudioFileError(
                f"cannot write '{self.path}' ({error.strerror}): give a path in an existing, writable folder"
            ) from error
        os.close(handle)
        # above 4 GB a WAV file cannot say its length; RF64 can, and is a WAV file below that
        self._file: Any = soundfile.SoundFile(
            self._temporary, "w", self._rate, self._channels, subtype=self._subtype, format="RF64"
        )
        return self

    def write(self, samples: ArrayLike) -> None:
        """Append samples (channels, n)."""
        try:
            self._file.write(np.ascontiguousarray(np.asarray(samples).T))
        except (OSError, RuntimeError) as error:
            raise AudioFileError(f"cannot write '{self.path}' ({error})") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is None:
                os.chmod(self._temporary, 0o644)
                os.replace(self._temporary, self.path)
        except (OSError, RuntimeError) as failure:
            raise AudioFileError(f"cannot write '{self.path}' ({failure})") from failure
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._temporary)
