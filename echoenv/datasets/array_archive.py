"""Named arrays in one file that NumPy opens, and that can be read at random without reading the rest.

The one idea: a `.npz` file is a zip of `.npy` files. Stored without compression, with the same date in every entry,
equal arrays give equal bytes, and every array lies at a known place; so one row of one array is one seek and one read.
A truncated file has lost the zip's directory, which stands at the end, and is thereby known.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DatasetError

_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX = 3  # named as the maker on every system, so that the bytes do not depend on it


@dataclass(frozen=True)
class ArrayPlace:
    """Where an array lies in its file.

    Attributes:
        offset: First byte of its data.
        dtype: Its type.
        shape: Its shape.
    """

    offset: int
    dtype: np.dtype[Any]
    shape: tuple[int, ...]


@dataclass(frozen=True)
class ArchiveLayout:
    """Where all arrays of a file lie; files of one size and one data set share it.

    Attributes:
        size: Length of the file [bytes].
        places: Where each array lies, by name.
    """

    size: int
    places: dict[str, ArrayPlace]


def archive_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of a `.npz` file with `arrays`; equal arrays in equal order give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_ZIP_DATE)
            entry.create_system = _UNIX
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, member.getbuffer())
    return buffer.getvalue()


def read_layout(path: Path) -> ArchiveLayout:
    """Finds the arrays of a file.

    Raises:
        DatasetError: The file is missing, truncated, compressed or not one of ours.
    """
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            places = {entry.filename.removesuffix(".npy"): _place(file, entry) for entry in archive.infolist()}
            return ArchiveLayout(path.stat().st_size, places)
    except FileNotFoundError as error:
        raise DatasetError(f"{path} is missing: run the command that made the data set again, it goes on") from error
    except (OSError, zipfile.BadZipFile, ValueError, EOFError) as error:
        raise DatasetError(_damaged(path)) from error


def _place(file: BinaryIO, entry: zipfile.ZipInfo) -> ArrayPlace:
    if entry.compress_type != zipfile.ZIP_STORED:
        raise ValueError("compressed")
    # The local header is 30 bytes, of which the last four give the lengths of the name and of the extra field after it.
    file.seek(entry.header_offset + 26)
    name_length, extra_length = np.frombuffer(file.read(4), dtype="<u2")
    start = entry.header_offset + 30 + int(name_length) + int(extra_length)
    file.seek(start)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("another version of the .npy format")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(file)
    offset = file.tell()
    if fortran or offset - start + dtype.itemsize * int(np.prod(shape)) != entry.file_size:
        raise ValueError("length")
    return ArrayPlace(offset, dtype, shape)


def read_array(file: Any, place: ArrayPlace, row: int | None = None) -> NDArray[Any]:
    """Reads one array, or one row (index of the first axis) of it, from an open unbuffered file.

    Raises:
        DatasetError: The file ends before the array does.
    """
    shape = place.shape if row is None else place.shape[1:]
    array: NDArray[Any] = np.empty(shape, place.dtype)
    file.seek(place.offset + (0 if row is None else row * array.nbytes))
    if file.readinto(array.reshape(-1).view(np.uint8)) != array.nbytes:
        raise DatasetError(_damaged(file.name))
    return array


def is_whole(path: Path) -> bool:
    """Whether a file of arrays is there with all its parts (its directory is read, not the data)."""
    try:
        read_layout(path)
    except DatasetError:
        return False
    return True


def verify(path: Path) -> None:
    """Reads all data of a file against its check sums.

    Raises:
        DatasetError: Something does not agree.
    """
    read_layout(path)
    with zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:
            raise DatasetError(_damaged(path))


def _damaged(path: Path | str) -> str:
    return (
        f"{path} is truncated or damaged: give the command that made the data set again (it does missing and "
        "truncated positions anew), or delete this file first"
    )
