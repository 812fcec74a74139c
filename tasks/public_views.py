"""Public pictures with depth and normals as views: NYU-Depth V2, DIODE, and Ladicky's normals of NYU.

The one idea: which data lie in a folder is told by their files, and whatever they are, pictures are read one after the
other and made smaller at once, so that memory holds what is learned from and not what was downloaded.

| files | splits | channels |
| --- | --- | --- |
| `nyu_depth_v2_labeled.mat`, `splits.mat` | train, test | rgb, depth; normal with `all_normals.pklz` beside them |
| `train_SN40.json`, `test_SN40.json`, pictures, `all_normals.pklz` or label maps | train, test | rgb, normal |
| `nyu2_train.csv`, `nyu2_test.csv`, what they list | train, test | rgb, depth |
| `train/indoors/scene_*/...` of DIODE | train, train/indoors, val, ... | rgb, depth; normal where it was unpacked |

Their formats are told where they are read: `tasks.nyu_files`, `tasks.diode_files`, `tasks.normal_files`.

A size makes pictures square by squeezing the whole of them: 640 x 480 into 128 x 128. The authors of VisualEchoes say
only that colours have 128 x 128 pixels; of their other work they say that frames are resized to a square, wide as they
are, and a central square would leave a quarter of each picture unjudged. Normals stay those of the scene, whatever the
shape of pixels.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DatasetError, SettingsError, nearest
from tasks.diode_files import DiodePictures
from tasks.normal_files import NormalBenchmark
from tasks.nyu_files import LabelledNyu, ListedNyu
from tasks.picture_files import Lens, Picture, PictureFiles, resized
from tasks.views import Views

CHANNELS = ("rgb", "depth", "normal")

_LAYOUTS = (LabelledNyu, NormalBenchmark, ListedNyu, DiodePictures)
_KINDS = {"rgb": np.uint8, "depth": np.float32, "normal": np.float32}
_SOURCES = {
    "depth": "nyu_depth_v2_labeled.mat has it (https://cs.nyu.edu/~fergus/datasets/nyu_depth_v2.html), DIODE too",
    "normal": "DIODE has an archive of them (https://diode-dataset.org), and NYU-Depth V2 has all_normals.pklz "
    "(https://dl.fbaipublicfiles.com/fair_self_supervision_benchmark/nyuv2_surfacenormal_metadata.zip)",
}
_COMPARED = 16  # pictures whose normals are compared with their depth
_LEAST_COMPARED = 1000  # pixels, of fewer nothing is said
_MARGIN = 0.1  # by which the cosine of another frame must be larger
_FLAT = 0.05  # share of the inverse depth by which it bends at most; on a plane it does not bend at all

_log = logging.getLogger(__name__)


def is_public(folder: str | Path) -> bool:
    """Whether a folder holds public pictures, told by its files."""
    return any(layout.found(Path(folder)) for layout in _LAYOUTS)


def public_splits(folder: str | Path) -> tuple[str, ...]:
    """Names of the splits that a folder of public pictures has.

    Raises:
        DatasetError: It holds none.
    """
    return _opened(Path(folder)).splits


def load_public_views(
    folder: str | Path, splits: Sequence[str], channels: Sequence[str] = ("rgb", "depth"), size: int | None = None
) -> Views:
    """Public pictures in memory.

    Args:
        folder: Where they were unpacked.
        splits: Which parts, such as `("train",)`; see the table above.
        channels: What is read, of `CHANNELS`; nothing else is.
        size: Height and width of square views: the whole picture, colours averaged, depth and normals taken at the
            middle of what they stand for. None keeps the file's size.

    Returns:
        Views whose scenes are the splits, with a running number for a place and no sound. Depth is in metres and
        normals are in the camera's frame, x right, y up, z back; 0 is unknown.

    Raises:
        DatasetError: There are no such pictures, splits or channels; a file is missing (says where people get it),
            damaged, or does not fit the others.
        SettingsError: The size is no positive number.
    """
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 1):
        raise SettingsError(f"size = {size!r}: give a positive number of pixels, or None for the files' own size")
    files = _opened(Path(folder))
    _require(folder, "split", splits, files.splits)
    for name in channels:
        if name in _SOURCES and name not in files.channels:
            raise DatasetError(f"'{folder}' has no {name} ({', '.join(files.channels)} are there): {_SOURCES[name]}")
    _require(folder, "channel", channels, files.channels)
    counts = [files.count(split) for split in splits]
    parts = _read(files, splits, channels, size, sum(counts))
    if "depth" in parts and "normal" in parts:
        _warn_of_other_frame(folder, parts["depth"], parts["normal"], files.lens)
    return Views(
        **{name: parts.get(name, np.zeros((0,), kind)) for name, kind in _KINDS.items()},
        echo=np.zeros((0,), np.float32),
        scenes=np.repeat(np.arange(len(splits)), counts),
        locations=np.arange(sum(counts)),
        headings=np.zeros(sum(counts), np.float32),
        scene_names=tuple(splits),
    )


def _opened(folder: Path) -> PictureFiles:
    layout = next((layout for layout in _LAYOUTS if layout.found(folder)), None)
    if layout is None:
        raise DatasetError(
            f"'{folder}' holds no public pictures: expected nyu_depth_v2_labeled.mat, nyu2_train.csv, train_SN40.json "
            "or train/indoors/scene_* in it"
        )
    files: PictureFiles = layout(folder)
    if not files.splits:
        raise DatasetError(
            f"'{folder}' has normals but no train_SN40.json, which says of which pictures: {_SOURCES['normal']}"
        )
    return files


def _require(folder: str | Path, kind: str, wanted: Sequence[str], there: Sequence[str]) -> None:
    if isinstance(wanted, str) or not wanted:
        raise DatasetError(f"{kind}s = {wanted!r}: give a list of names, of {', '.join(there)}")
    for name in wanted:
        if name not in there:
            raise DatasetError(f"'{folder}' has no {kind} '{name}': {nearest(str(name), there)}")


def _read(
    files: PictureFiles, splits: Sequence[str], channels: Sequence[str], size: int | None, count: int
) -> dict[str, NDArray[Any]]:
    """All pictures by channel (n, ...), made smaller one by one."""
    if not count:
        raise DatasetError(f"the splits {', '.join(splits)} hold no pictures: fetch them again")
    pictures = itertools.chain.from_iterable(files.pictures(split, channels) for split in splits)
    parts: dict[str, NDArray[Any]] = {}
    for row, (name, picture) in enumerate(pictures):
        _require_one_size(name, picture)
        for channel, values in picture.items():
            small = resized(values, size, mixed=channel == "rgb")
            if channel not in parts:
                parts[channel] = np.zeros((count, *small.shape), _KINDS[channel])
            if small.shape != parts[channel].shape[1:]:
                raise DatasetError(
                    f"{name} has {channel} of {small.shape}, those before it {parts[channel].shape[1:]}: give a size"
                )
            parts[channel][row] = small
    return parts


def _require_one_size(name: str, picture: Picture) -> None:
    shapes = {channel: values.shape[:2] for channel, values in picture.items()}
    if len(set(shapes.values())) > 1:
        told = ", ".join(f"{channel} of {shape}" for channel, shape in shapes.items())
        raise DatasetError(f"{name} has {told}: they must be of one size; fetch it again")


def _warn_of_other_frame(
    folder: str | Path, depth: NDArray[np.float32], normal: NDArray[np.float32], lens: Lens
) -> None:
    """Warns where the normals of some views (n, H, W, 3) fit their depth [m] (n, H, W) better with other signs."""
    rows = np.unique(np.linspace(0, len(depth) - 1, _COMPARED).astype(np.int64))
    of_depth = np.stack([normals_of_depth(depth[row], lens) for row in rows])
    known = (of_depth != 0.0).any(axis=-1) & (normal[rows] != 0.0).any(axis=-1)
    if known.sum() < _LEAST_COMPARED:
        return
    shares = (of_depth[known] * normal[rows][known]).mean(axis=0)  # of each axis in the mean cosine
    best = np.where(shares < 0.0, -1, 1)
    if np.abs(shares).sum() > shares.sum() + _MARGIN:
        negated = " and ".join(axis for axis, sign in zip("xyz", best, strict=True) if sign < 0)
        _log.warning(
            "'%s': normals fit the depth with a mean cosine of %.2f, and of %.2f with %s negated: they may be of "
            "another frame than x right, y up, z back", folder, shares.sum(), np.abs(shares).sum(), negated,
        )  # fmt: skip


def normals_of_depth(depth: NDArray[np.float32], lens: Lens) -> NDArray[np.float32]:
    """Normals (H, W, 3) that planar depth [m] (H, W) has, from points 2 pixels to all sides.

    In the camera's frame, x right, y up, z back; 0 near what is unknown, at edges of surfaces and of the picture.
    """
    height, width = depth.shape
    normals = np.zeros((height, width, 3), np.float32)
    if min(height, width) < 5:
        return normals
    across = ((np.arange(width) + 0.5) / width - lens.centre_x) / lens.focal_x
    down = ((np.arange(height) + 0.5) / height - lens.centre_y) / lens.focal_y
    points = depth[..., None] * np.stack([*np.meshgrid(across, -down), np.full(depth.shape, -1.0)], axis=-1)
    right, below = points[2:-2, 4:] - points[2:-2, :-4], points[4:, 2:-2] - points[:-4, 2:-2]
    normal = np.cross(below, right)
    inverse = np.where(depth > 0.0, 1.0 / np.where(depth > 0.0, depth, 1.0), np.nan)
    here = inverse[2:-2, 2:-2]
    bend_across = inverse[2:-2, 4:] + inverse[2:-2, :-4] - 2.0 * here
    bend_down = inverse[4:, 2:-2] + inverse[:-4, 2:-2] - 2.0 * here
    lengths = np.linalg.norm(normal, axis=-1)
    good = (np.abs(bend_across) < _FLAT * here) & (np.abs(bend_down) < _FLAT * here) & (lengths > 0.0)
    normals[2:-2, 2:-2] = np.where(good[..., None], normal / np.where(good, lengths, 1.0)[..., None], 0.0)
    return normals
