"""Ladicky's surface normals of NYU-Depth V2, as the benchmark of Goyal et al. published them.

The one idea: there are two ways to the same normals, and both end in the camera's frame here. `all_normals.pklz` holds
them as numbers, for all 1,449 pictures; the records of `train_SN40.json` name pictures and label maps, whose labels are
rows of the codebook `vocab40.mat`, the nearest of 40 directions.

What is known of the files (https://dl.fbaipublicfiles.com/fair_self_supervision_benchmark/): `all_normals.pklz` is a
pickle packed by gzip, with `all_normals` (1449, 480, 640, 3) float32, `all_valid_depth_masks` (1449, 480, 640), 1 where
normals are known, and `all_filenames`, the numbers of the pictures as six digits, from 1. Label maps are PNG files of 8
bits, 255 where unknown, which the benchmark's script makes of the two; they are not in the archive. The codebook is
`vocabs{1}.normals` (40, 3), of the same frame.

The frame is not said there. It is taken to be x left, y up, z back, towards who looks, so x is negated here:

- GeoNet (Qi et al., CVPR 2018), whose normals are Ladicky's, fits n . p = 1 to points p that lie before the camera, so
  n has a positive z on what is seen; and the author of DSINE, which uses them, says that they are those of a frame
  x right, y down, z forward, negated (DSINE, issue 12). Metric3D negates them for that frame.
- Probe3D learns from GeoNet's normals and is tested on this very file, without a change of sign.

The file itself was not at hand. Where depth is read with the normals, `tasks.public_views` compares the two and says
so if another frame fits better.
"""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.safe_pickle import load_pickle
from echoenv.errors import DatasetError
from tasks.picture_files import Lens, Picture, read_colours, read_matlab, read_values, required, unreadable

NORMALS_FILE = "all_normals.pklz"
CODEBOOK_FILE = "vocab40.mat"
UNKNOWN_LABEL = 255

_ARCHIVE = "surfacenormal_metadata"
_SOURCE = (
    "it is in https://dl.fbaipublicfiles.com/fair_self_supervision_benchmark/nyuv2_surfacenormal_metadata.zip; "
    "unpack that beside the pictures"
)
_PICTURES_SOURCE = "put pictures and label maps into the folder 'all_images' beside the records"
_TO_CAMERA = np.array([-1.0, 1.0, 1.0], np.float32)  # from x left to x right
_NO_LENGTH = 1e-6


def unit_normals(normals: NDArray[Any], known: NDArray[Any] | None = None) -> NDArray[np.float32]:
    """Normals (..., 3) of length 1; (0, 0, 0) where they have no length, are no numbers or are not `known` (...)."""
    values = normals.astype(np.float32)
    lengths = np.linalg.norm(values, axis=-1, keepdims=True)
    good = np.isfinite(lengths) & (lengths > _NO_LENGTH)
    if known is not None:
        good &= known[..., None] > 0
    return np.where(good, values / np.where(good, lengths, 1.0), 0.0).astype(np.float32)


def _found(folder: Path, name: str) -> Path | None:
    """A file of the archive: beside the pictures, or in the folder that it unpacks to."""
    return next((path for base in (folder, folder / _ARCHIVE) if (path := base / name).is_file()), None)


class LadickyNormals:
    """The normals as numbers; they are read when the first are asked for.

    Unpacked, the file has 7 GB, for which there must be room in the folder for temporary files (`TMPDIR`) and in
    memory; the label maps take neither.

    Args:
        path: `all_normals.pklz`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def beside(cls, folder: Path) -> LadickyNormals | None:
        """Those in a folder, if there are any."""
        path = _found(folder, NORMALS_FILE)
        return None if path is None else cls(path)

    def of(self, number: int) -> NDArray[np.float32]:
        """Normals (H, W, 3) of a picture by its number, from 1: in the camera's frame, 0 where unknown.

        Raises:
            DatasetError: The file is damaged, holds something else, or has no such picture.
        """
        rows, normals, known = self._content
        if number not in rows:
            raise DatasetError(f"'{self._path}' has no normals of picture {number}: fetch it again")
        return unit_normals(normals[rows[number]], known[rows[number]]) * _TO_CAMERA

    @cached_property
    def _content(self) -> tuple[dict[int, int], NDArray[Any], NDArray[Any]]:
        """Rows of the pictures by their numbers, normals (n, H, W, 3) and where they are known (n, H, W)."""
        values = _load_packed_pickle(self._path)
        try:
            names, normals = values["all_filenames"], values["all_normals"]
            known = values["all_valid_depth_masks"]
            rows = {int(name): row for row, name in enumerate(names)}
            fits = normals.shape[:1] == (len(names),) and normals.shape == (*known.shape, 3) and known.ndim == 3
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            raise unreadable(self._path, error) from error
        if not fits:
            raise DatasetError(
                f"'{self._path}' has {len(names)} names, normals of {normals.shape} and masks of {known.shape}: "
                "they do not fit each other; fetch it again"
            )
        return rows, normals, known


def _load_packed_pickle(path: Path) -> Any:
    """The value in a pickle packed by gzip."""
    with tempfile.TemporaryDirectory() as folder:
        unpacked = Path(folder) / path.stem
        try:
            with gzip.open(path) as packed, unpacked.open("wb") as file:
                shutil.copyfileobj(packed, file, 1 << 20)
        except (OSError, EOFError, zlib.error) as error:
            raise unreadable(path, error) from error
        try:
            return load_pickle(unpacked)
        except DatasetError as error:
            raise DatasetError(str(error).replace(str(unpacked), f"'{path}'")) from error


class NormalBenchmark:
    """Pictures and normals that the records `train_SN40.json` and `test_SN40.json` name.

    Args:
        folder: Where the records lie; pictures and label maps lie there or in `all_images` or `images`.
    """

    channels = ("rgb", "normal")
    lens = Lens(1.0, 1.0, 0.5, 0.5)  # not asked for, as there is no depth

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = LadickyNormals.beside(folder)
        self.splits = tuple(split for split in ("train", "test") if _found(folder, f"{split}_SN40.json"))

    @staticmethod
    def found(folder: Path) -> bool:
        """Whether there are records, or the normals that belong to them."""
        return any(_found(folder, name) for name in ("train_SN40.json", "test_SN40.json", NORMALS_FILE))

    def count(self, split: str) -> int:
        """See `PictureFiles.count`."""
        return len(read_records(self._folder, split))

    def pictures(self, split: str, channels: Sequence[str]) -> Iterator[tuple[str, Picture]]:
        """See `PictureFiles.pictures`; normals are numbers where they are there, else the codes of the label maps.

        Raises:
            DatasetError: A file is missing or damaged, or a label is no row of the codebook.
        """
        codes = read_codebook(self._folder) if "normal" in channels and self._numbers is None else None
        for record in read_records(self._folder, split):
            found: Picture = {}
            if "rgb" in channels:
                found["rgb"] = read_colours(self._resolved(record["img"]))
            if codes is not None:
                found["normal"] = decoded_labels(self._resolved(record["segm"]), codes)
            elif "normal" in channels and self._numbers is not None:
                found["normal"] = self._numbers.of(_number(record))
            yield f"'{record['img']}'", found

    def _resolved(self, name: str) -> Path:
        places = [self._folder / inner for inner in (".", "all_images", "images", _ARCHIVE)]
        found = next((path for place in places if (path := place / name).is_file()), None)
        return found or required(self._folder / name, f"a record names it; {_PICTURES_SOURCE}")


def read_records(folder: Path, split: str) -> list[dict[str, Any]]:
    """The records of a split: dictionaries with at least `img` and `segm`.

    Raises:
        DatasetError: The file is missing, damaged or of another form.
    """
    name = f"{split}_SN40.json"
    path = _found(folder, name) or required(folder / name, _SOURCE)
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    for record in records if isinstance(records, list) else [None]:
        if not isinstance(record, dict) or not all(isinstance(record.get(name), str) for name in ("img", "segm")):
            raise DatasetError(f"'{path}' is no list of records with img and segm: fetch it again")
        _number(record)
    return list(records)


def numbers_of_records(folder: Path, split: str) -> NDArray[np.int64] | None:
    """Numbers (n,) of the pictures of a split, from 1, where there are records of it."""
    if _found(folder, f"{split}_SN40.json") is None:
        return None
    return np.array([_number(record) for record in read_records(folder, split)], np.int64)


def _number(record: dict[str, Any]) -> int:
    """The number of a picture, from 1, which its name begins with, as in `000001_rgb.jpg`."""
    digits = str(record["img"]).partition("_")[0]
    if not digits.isdecimal() or int(digits) < 1:
        raise DatasetError(f"a record names the picture '{record['img']}': expected names such as 000001_rgb.jpg")
    return int(digits)


def read_codebook(folder: Path) -> NDArray[np.float32]:
    """The directions (k, 3) that labels stand for: of length 1, in the camera's frame.

    Raises:
        DatasetError: `vocab40.mat` is missing, damaged or of another form.
    """
    path = _found(folder, CODEBOOK_FILE) or required(folder / CODEBOOK_FILE, _SOURCE)
    values: Any = read_matlab(path).get("vocabs")
    while isinstance(values, list | np.ndarray) and len(values) == 1:
        values = values[0]  # one cell of a list of codebooks
    codes = np.asarray(values.get("normals") if isinstance(values, dict) else values)
    if codes.ndim != 2 or codes.shape[1] != 3 or codes.dtype.kind != "f" or not np.isfinite(codes).all():
        raise DatasetError(f"'{path}' holds no codebook vocabs{{1}}.normals (k, 3): {_SOURCE}")
    return unit_normals(codes) * _TO_CAMERA


def decoded_labels(path: Path, codes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Normals (H, W, 3) of a label map: rows of `codes` (k, 3), 0 where the label is 255.

    Raises:
        DatasetError: The file is damaged, or has a label that is no row.
    """
    labels = read_values(path)
    known = labels != UNKNOWN_LABEL
    if known.any() and not 0 <= labels[known].min() <= labels[known].max() < len(codes):
        raise DatasetError(
            f"'{path}' has label {labels[known].max()}: expected 0 to {len(codes) - 1}, or 255 for unknown; "
            f"make the label maps with the codebook that lies here, '{CODEBOOK_FILE}'"
        )
    return codes[np.where(known, labels, 0)] * known[..., None].astype(np.float32)
