"""DIODE as it is published: folders of scenes and scans, with depth, masks and normals as arrays.

The one idea: depth without a return of the scanner is told by a mask beside it, not by the depth, and is 0 here.

What is known of the files: `train|val/indoors|outdoor/scene_*/scan_*/<name>.png` of 768 x 1024, beside it
`<name>_depth.npy` [m] (768, 1024, 1) and `<name>_depth_mask.npy` (768, 1024), 1 where depth is known, and, from an
archive of its own, `<name>_normal.npy` (768, 1024, 3). What VisualEchoes reports of it, an RMS of 2.2 m, is of rooms in
all likelihood, for depth outdoors reaches 300 m: their splits are `train/indoors` and `val/indoors` here.

What is not: the makers do not say whether depth is planar or along the ray, and all who use it take it as planar; nor
in which frame normals are. Others who read them (Metric3D) take them for x right, y up, z back, which is the frame
here, and find that some point away from the camera; these are left as they are. (0, 0, 0) is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DatasetError
from tasks.normal_files import unit_normals
from tasks.nyu_files import known_depth
from tasks.picture_files import Lens, Picture, read_array, read_colours, required

PARTS = ("train", "val", "test")
PLACES = ("indoors", "outdoor")

_SOURCE = "get it from https://diode-dataset.org and unpack it over the pictures"


class DiodePictures:
    """Pictures of DIODE; its splits are `train`, or `train/indoors` for one kind of place, and so on.

    Args:
        folder: Holds `train` or `val`.
    """

    lens = Lens(886.81 / 1024, 927.06 / 768, 0.5, 0.5)

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        places = self._found_places(folder)
        self.splits = tuple(dict.fromkeys([part for part, _ in places] + [f"{part}/{place}" for part, place in places]))
        has_normals = any(folder.glob("*/*/scene_*/scan_*/*_normal.npy"))
        self.channels = ("rgb", "depth", "normal") if has_normals else ("rgb", "depth")

    @staticmethod
    def _found_places(folder: Path) -> list[tuple[str, str]]:
        return [(part, place) for part in PARTS for place in PLACES if any((folder / part / place).glob("scene_*"))]

    @staticmethod
    def found(folder: Path) -> bool:
        """Whether there are scenes of DIODE."""
        return bool(DiodePictures._found_places(folder))

    def count(self, split: str) -> int:
        """See `PictureFiles.count`."""
        return len(self._files(split))

    def pictures(self, split: str, channels: Sequence[str]) -> Iterator[tuple[str, Picture]]:
        """See `PictureFiles.pictures`; by place, scene, scan and name.

        Raises:
            DatasetError: A file is missing, damaged or of another shape.
        """
        for file in self._files(split):
            found: Picture = {}
            if "rgb" in channels:
                found["rgb"] = read_colours(file)
            if "depth" in channels:
                found["depth"] = self._depth(file)
            if "normal" in channels:
                found["normal"] = unit_normals(_of_shape(_beside(file, "normal"), 3))
            yield f"'{file}'", found

    def _files(self, split: str) -> list[Path]:
        part, _, place = split.partition("/")
        places = [place] if place else PLACES
        return [file for one in places for file in sorted((self._folder / part / one).glob("scene_*/scan_*/*.png"))]

    @staticmethod
    def _depth(file: Path) -> NDArray[np.float32]:
        depth, mask = _of_shape(_beside(file, "depth"), 2), _of_shape(_beside(file, "depth_mask"), 2)
        if depth.shape != mask.shape:
            raise DatasetError(f"'{file}' has depth of {depth.shape} and a mask of {mask.shape}: fetch both again")
        return known_depth(np.where(mask > 0, depth, 0.0))


def _beside(file: Path, name: str) -> Path:
    return required(file.with_name(f"{file.stem}_{name}.npy"), _SOURCE)


def _of_shape(path: Path, axes: int) -> NDArray[Any]:
    """An array of two axes, or of three, the last of three values; depth comes with a last axis of one."""
    values = read_array(path)
    values = values[..., 0] if axes == 2 and values.ndim == 3 and values.shape[2] == 1 else values
    if values.ndim != axes or (axes == 3 and values.shape[2] != 3):
        raise DatasetError(f"'{path}' has shape {values.shape}: expected (H, W{', 3' if axes == 3 else ''})")
    return values
