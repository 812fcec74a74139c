"""Pickles of pictures that lie in files, made without holding them all in memory.

The one idea: an object stands for each array and is replaced by it in the moment in which it is pickled.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echoenv.datasets.array_archive import read_array, read_layout
from echoenv.datasets.atomic_files import write_whole

_PROTOCOL = 4


@dataclass(frozen=True)
class StoredArray:
    """Stands for one row of an array in a `.npz` file of ours.

    It is unpickled as a plain array by any NumPy: only the name `numpy.ndarray` is in the pickle, not the module of
    NumPy's own helper, which moved in version 2.

    Attributes:
        file: The `.npz` file.
        name: Name of the array.
        row: Index of its first axis.
    """

    file: Path
    name: str
    row: int

    def __reduce__(self) -> tuple[Any, ...]:
        import numpy as np

        with self.file.open("rb", buffering=0) as file:
            array = read_array(file, read_layout(self.file).places[self.name], self.row)
        return np.ndarray, (array.shape, array.dtype.str, bytearray(array.tobytes()))


def write_pickle(path: Path, value: Any) -> None:
    """Writes a pickle of containers, numbers and `StoredArray`s; it appears whole or not at all."""

    def write(file: Any) -> None:
        pickler = pickle.Pickler(file, protocol=_PROTOCOL)
        # Without its memory of what it wrote, the pickler holds one picture at a time, not all of them.
        pickler.fast = True
        pickler.dump(value)

    write_whole(path, write)


def is_older(path: Path, files: list[Path]) -> bool:
    """Whether a file is missing or older than one of others."""
    return not path.exists() or path.stat().st_mtime_ns < max(file.stat().st_mtime_ns for file in files)
