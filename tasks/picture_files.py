"""Files that public pictures come in, and pictures made smaller: what the readers of all layouts share.

The one idea: a file is read as it is or refused by its name. A smaller colour is the mean over exactly the area that
the new pixel covers; a smaller depth or normal is the one at its middle, for a mean of two walls is no wall.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DatasetError

Picture = dict[str, NDArray[Any]]
"""Of one size: `rgb` (H, W, 3) uint8, `depth` [m] (H, W) float32, 0 unknown, `normal` (H, W, 3) float32, 0 unknown."""


class Lens(NamedTuple):
    """A pinhole camera: focal lengths and centre, in widths (x) and heights (y) of a picture."""

    focal_x: float
    focal_y: float
    centre_x: float
    centre_y: float


class PictureFiles(Protocol):
    """Public pictures of one layout."""

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the parts that are there."""

    @property
    def channels(self) -> tuple[str, ...]:
        """What the files hold, of `rgb`, `depth` and `normal`."""

    @property
    def lens(self) -> Lens:
        """The camera."""

    def count(self, split: str) -> int:
        """Number of pictures of a split."""

    def pictures(self, split: str, channels: Sequence[str]) -> Iterator[tuple[str, Picture]]:
        """The pictures of a split, one after the other: where each comes from, for messages, and what was asked for."""


def required(path: Path, source: str) -> Path:
    """The path of a file that is there.

    Raises:
        DatasetError: It is not; says where people get it.
    """
    if not path.is_file():
        raise DatasetError(f"'{path}' is missing: {source}")
    return path


def unreadable(path: Path, error: BaseException) -> DatasetError:
    """The error for a damaged file."""
    reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
    return DatasetError(f"'{path}' is truncated, damaged or of another format ({reason}): fetch it again")


def read_colours(path: Path) -> NDArray[np.uint8]:
    """Colours (H, W, 3) of a picture of any kind.

    Raises:
        DatasetError: The file is missing or damaged.
    """
    return _read_image(path, "RGB")


def read_values(path: Path) -> NDArray[Any]:
    """Values (H, W) of a grey picture as they are stored, of 8 or more bits.

    Raises:
        DatasetError: The file is missing, damaged or coloured.
    """
    values = _read_image(path, None)
    if values.ndim != 2 or values.dtype.kind not in "ui":
        raise DatasetError(f"'{path}' is no grey picture of 8 or 16 bits: it has {values.shape} of {values.dtype}")
    return values


def _read_image(path: Path, mode: str | None) -> NDArray[Any]:
    from PIL import Image

    try:
        with Image.open(path) as image:
            return np.array(image if mode is None else image.convert(mode))
    except Exception as error:  # Pillow raises many kinds for damaged files
        raise unreadable(path, error) from error


def read_array(path: Path) -> NDArray[Any]:
    """The array in a .npy file.

    Raises:
        DatasetError: The file is missing or damaged, or holds anything but numbers.
    """
    try:
        values = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        raise unreadable(path, error) from error
    if not isinstance(values, np.ndarray) or values.dtype.kind not in "biuf":
        raise DatasetError(f"'{path}' holds no numbers: fetch it again")
    return values


def read_matlab(path: Path) -> dict[str, Any]:
    """The variables of a MATLAB file older than version 7.3; structures become dictionaries.

    Raises:
        DatasetError: The file is missing or damaged.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    damaged = (OSError, ValueError, TypeError, KeyError, IndexError, EOFError, NotImplementedError, zlib.error)
    try:
        found: dict[str, Any] = loadmat(path, simplify_cells=True)
        return found
    except (*damaged, MatReadError) as error:
        raise unreadable(path, error) from error


def resized(values: NDArray[Any], size: int | None, mixed: bool) -> NDArray[Any]:
    """The whole of a picture (H, W, ...) in size x size pixels: a wide one is squeezed, nothing of it is cut off.

    Args:
        values: The picture.
        size: None keeps it.
        mixed: Whether a new pixel is the mean over its area, or the pixel that holds its middle.
    """
    height, width = values.shape[:2]
    if size is None or (height, width) == (size, size):
        return values
    if not mixed:
        return values[np.ix_(_middles(height, size), _middles(width, size))]
    rows = np.tensordot(_shares(height, size), values.astype(np.float32), axes=1)
    mean = np.rint(np.matmul(_shares(width, size), rows.reshape(size, width, -1)))
    return mean.reshape(size, size, *values.shape[2:]).astype(values.dtype)


def _middles(count: int, size: int) -> NDArray[np.int64]:
    """Which of `count` pixels hold the middles (size,) of equal parts of them."""
    return ((2 * np.arange(size) + 1) * count) // (2 * size)


@lru_cache(maxsize=16)
def _shares(count: int, size: int) -> NDArray[np.float32]:
    """Share (size, count) of each of `count` pixels in the mean over each of `size` equal parts of them."""
    edges, pixels = np.arange(size + 1)[:, None] * (count / size), np.arange(count)
    covered = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return (np.clip(covered, 0.0, None) * (size / count)).astype(np.float32)
