"""Cached views of a scene: a pickle {(node, rotation): {"rgb", "depth"}}.

The one idea: two forms are about, because SoundSpaces' script that makes the file has changed. The older one keeps what
Habitat-Sim gives (rgb or rgba, depth in metres without a last axis), and the code that reads the file divides by 10;
the newer one keeps what habitat-lab's sensors make of it (depth with a last axis, divided by 10), which the same
reading code divides again. Which one a file has is told from all of it: no scene has all its walls within one metre.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.safe_pickle import load_pickle
from echoenv.errors import DatasetError

MOST_DEPTH = 10.0
"""Depth [m] that is 1 where depth is normalised; all that is farther is as far."""
_NORMALISED = 1.0 + 1e-6


@dataclass(frozen=True, eq=False)
class Observations:
    """The views of a scene.

    Attributes:
        path: Their file.
        views: By (node, heading [degrees]), as they are in the file.
        depth_unit: What a depth of 1 in the file is [m]: 1 or 10.
    """

    path: Path
    views: dict[tuple[int, int], dict[str, NDArray[Any]]]
    depth_unit: float

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the views [pixels]."""
        height, width = next(iter(self.views.values()))["rgb"].shape[:2]
        return int(height), int(width)

    def view(self, node: int, heading: int) -> dict[str, NDArray[Any]]:
        """`rgb` (H, W, 3) uint8 and, where the file has it, `depth` (H, W) float32 [m], 0 where nothing is hit.

        Raises:
            DatasetError: The file has no view from that node and heading.
        """
        stored = self.views.get((node, heading))
        if stored is None:
            raise DatasetError(
                f"{self.path} has no view from node {node} at {heading} degrees ({len(self.views)} views are there): "
                "render the cache again, or collect the scene again"
            )
        view = {"rgb": np.ascontiguousarray(np.asarray(stored["rgb"])[..., :3])}
        if "depth" in stored:
            depth = np.asarray(stored["depth"], np.float32).reshape(view["rgb"].shape[:2])
            view["depth"] = depth * np.float32(self.depth_unit)
        return view


def read_observations(path: Path) -> Observations:
    """The views in a file; it is loaded whole, once, and kept while it is the last or the one before.

    Raises:
        DatasetError: The file is missing, damaged, or of another data set; names what was expected.
    """
    if not path.is_file():
        raise DatasetError(
            f"{path} is missing: run SoundSpaces' scripts/cache_observations.py, or collect the scene again"
        )
    return _load_version(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _load_version(path: Path, modified: int) -> Observations:
    stored = load_pickle(path)
    if not isinstance(stored, dict) or not stored:
        raise DatasetError(f"{path} holds no views: expected a dictionary by (node, rotation)")
    if all(isinstance(key, str) for key in stored):
        raise DatasetError(
            f"{path} holds views by scene, as VisualEchoes has them: read that folder with VisualEchoesDataset"
        )
    views = {}
    for key, view in stored.items():
        if not isinstance(key, tuple) or len(key) != 2 or not _is_view(view):
            raise DatasetError(
                f"{path}: entry {key!r} is no view: expected (node, rotation) with 'rgb' (H, W, 3) and 'depth' (H, W)"
            )
        views[int(key[0]), int(key[1]) % 360] = view
    farthest = max((float(np.max(view["depth"])) for view in views.values() if "depth" in view), default=0.0)
    return Observations(path, views, MOST_DEPTH if farthest <= _NORMALISED else 1.0)


def _is_view(view: Any) -> bool:
    rgb = view.get("rgb") if isinstance(view, dict) else None
    if not isinstance(rgb, np.ndarray) or rgb.ndim != 3 or rgb.shape[2] not in (3, 4) or not rgb.size:
        return False
    depth = view.get("depth")
    return depth is None or (isinstance(depth, np.ndarray) and depth.size == rgb.shape[0] * rgb.shape[1])
