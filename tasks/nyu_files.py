"""NYU-Depth V2 as it is published: the labelled file with its split, and the lists of the depth benchmark.

The one idea: the labelled file is 2.8 GB of MATLAB 7.3, that is HDF5, in which MATLAB's arrays lie with their axes
turned around; it is read picture by picture, and each is put upright before the next one is read.

What is known of the files:

- `nyu_depth_v2_labeled.mat`: 1,449 pictures of 480 x 640, `images` uint8 and `depths` [m] float32, in which gaps of the
  sensor are filled in. `splits.mat`, of MATLAB 5, numbers them from 1: 795 `trainNdxs` and 654 `testNdxs`.
- `nyu2_train.csv` and `nyu2_test.csv` of Hu et al. (Revisiting Single Image Depth Estimation, WACV 2019), which
  DenseDepth took over: lines `picture,depth` without a header, with paths from the folder that `data/` lies in. Depth
  to learn from is of 8 bits, 255 for 10 m, depth to be tested on of 16 bits, in millimetres.

Colour pictures have a white frame of some pixels, left from undoing the lens, and depth there is filled in. It is kept:
Eigen's crop, rows 45 to 470 and columns 41 to 600, is a matter of how results are measured.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DatasetError
from tasks.normal_files import LadickyNormals, numbers_of_records
from tasks.picture_files import Lens, Picture, read_colours, read_matlab, read_values, required, unreadable

LABELLED_FILE = "nyu_depth_v2_labeled.mat"
SPLITS_FILE = "splits.mat"
LENS = Lens(518.8579 / 640, 519.4696 / 480, 325.5824 / 640, 253.7362 / 480)
"""Of the colour camera, from the toolbox of the data."""

_SPLITS_SOURCE = (
    "it says which pictures are for training; get it from "
    "http://horatio.cs.nyu.edu/mit/silberman/indoor_seg_sup/splits.mat and put it beside the pictures"
)
_LISTED_SOURCE = "unpack all of nyu_data.zip (https://github.com/JunjH/Revisiting_Single_Depth_Estimation) in one place"
_DAMAGED = (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError)
_BYTE_DEPTH = 10.0 / 255.0  # [m] of one step of 8 bits
_WORD_DEPTH = 1e-3  # [m] of one step of 16 bits


class LabelledNyu:
    """The labelled pictures, with Ladicky's normals where `all_normals.pklz` lies beside them.

    Args:
        folder: Where the files lie.
    """

    splits = ("train", "test")
    lens = LENS

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / LABELLED_FILE
        self._normals = LadickyNormals.beside(folder)
        self.channels = ("rgb", "depth") if self._normals is None else ("rgb", "depth", "normal")

    @staticmethod
    def found(folder: Path) -> bool:
        """Whether the labelled file is there."""
        return (folder / LABELLED_FILE).is_file()

    def count(self, split: str) -> int:
        """See `PictureFiles.count`."""
        return len(self._numbers(split))

    def pictures(self, split: str, channels: Sequence[str]) -> Iterator[tuple[str, Picture]]:
        """See `PictureFiles.pictures`; in the order of the split.

        Raises:
            DatasetError: A file is missing or damaged, or lacks pictures that the split names.
        """
        import h5py

        numbers = self._numbers(split)
        try:
            file = h5py.File(self._path, "r")
        except OSError as error:
            raise unreadable(self._path, error) from error
        with file:
            for number in numbers:
                yield f"picture {number} of '{self._path}'", self._picture(file, int(number), channels)

    def _picture(self, file: Any, number: int, channels: Sequence[str]) -> Picture:
        found: Picture = {}
        try:
            if number > file["images"].shape[0]:
                raise DatasetError(f"'{self._path}' has no picture {number}, which its split names: fetch both again")
            if "rgb" in channels:
                found["rgb"] = np.ascontiguousarray(file["images"][number - 1].transpose(2, 1, 0), np.uint8)
            if "depth" in channels:
                found["depth"] = known_depth(file["depths"][number - 1].T)
        except _DAMAGED as error:
            raise unreadable(self._path, error) from error
        if "normal" in channels and self._normals is not None:
            found["normal"] = self._normals.of(number)
        return found

    def _numbers(self, split: str) -> NDArray[np.int64]:
        """Numbers (n,) of the pictures of a split, from 1: of the official list, else of the normal benchmark's."""
        path = self._folder / SPLITS_FILE
        if not path.is_file():
            numbers = numbers_of_records(self._folder, split)
            if numbers is not None:
                return numbers
        values = read_matlab(required(path, _SPLITS_SOURCE))
        try:
            numbers = np.atleast_1d(values[f"{split}Ndxs"]).astype(np.int64).ravel()
        except _DAMAGED as error:
            raise unreadable(path, error) from error
        if len(numbers) and numbers.min() < 1:
            raise DatasetError(f"'{path}' names picture {numbers.min()}: MATLAB counts from 1; fetch it again")
        return numbers


class ListedNyu:
    """The pictures that `nyu2_train.csv` and `nyu2_test.csv` list.

    Args:
        folder: Where the lists lie, or the folder that holds them as `data/`.
    """

    channels = ("rgb", "depth")
    lens = LENS

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lists = self._found_lists(folder)
        self.splits = tuple(self._lists)

    @staticmethod
    def _found_lists(folder: Path) -> dict[str, Path]:
        places = [(split, folder / inner) for split in ("train", "test") for inner in ("data", ".")]
        return {s: place / f"nyu2_{s}.csv" for s, place in places if (place / f"nyu2_{s}.csv").is_file()}

    @staticmethod
    def found(folder: Path) -> bool:
        """Whether one of the lists is there."""
        return bool(ListedNyu._found_lists(folder))

    def count(self, split: str) -> int:
        """See `PictureFiles.count`."""
        return len(self._rows(split))

    def pictures(self, split: str, channels: Sequence[str]) -> Iterator[tuple[str, Picture]]:
        """See `PictureFiles.pictures`; in the order of the list.

        Raises:
            DatasetError: A file is missing or damaged.
        """
        for colour_name, depth_name in self._rows(split):
            found: Picture = {}
            if "rgb" in channels:
                found["rgb"] = read_colours(self._resolved(colour_name, split))
            if "depth" in channels:
                found["depth"] = stored_depth(self._resolved(depth_name, split))
            yield f"'{colour_name}'", found

    def _rows(self, split: str) -> list[tuple[str, str]]:
        path = self._lists[split]
        try:
            with path.open(newline="", encoding="utf-8") as file:
                rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(row)]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise unreadable(path, error) from error
        for number, row in enumerate(rows):
            if len(row) != 2 or not all(row):
                raise DatasetError(f"'{path}', row {number + 1} is {row}: expected a picture and its depth")
        return [(row[0], row[1]) for row in rows]

    def _resolved(self, name: str, split: str) -> Path:
        """Where a picture lies: paths begin at the folder above `data/`, whatever that is called now."""
        above = self._lists[split].parent.parent
        found = next((path for base in (self._folder, above) if (path := base / name).is_file()), None)
        return found or required(self._folder / name, f"{self._lists[split].name} lists it; {_LISTED_SOURCE}")


def stored_depth(path: Path) -> NDArray[np.float32]:
    """Depth [m] (H, W) of a PNG of 8 bits, 255 for 10 m, or of 16 bits, in millimetres; 0 is unknown.

    Raises:
        DatasetError: The file is missing, damaged or of another kind.
    """
    values = read_values(path)
    return known_depth(values * (_BYTE_DEPTH if values.dtype.itemsize == 1 else _WORD_DEPTH))


def known_depth(depth: NDArray[Any]) -> NDArray[np.float32]:
    """Depth [m] (H, W) with 0 where it is no positive number."""
    return np.where(np.isfinite(depth) & (depth > 0.0), depth, 0.0).astype(np.float32)
