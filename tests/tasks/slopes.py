"""Small scenes to learn depth in, collected at once: what is near is dark, and changes with place and heading.

The one idea: a module of its own, without torch, for the processes that collect read it anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tests.datasets.fake_simulator import FakeSimulator
from tests.rooms import box_room

SIZE = 64


class Slopes(FakeSimulator):
    """Shows slopes that begin nearer or farther, darker where they are near."""

    def observe(
        self, positions: ArrayLike, headings: ArrayLike, channels: tuple[str, ...] = ()
    ) -> dict[str, NDArray[Any]]:
        near = 1.0 + 0.5 * np.asarray(positions, np.float64)[:, 0] + np.asarray(headings, np.float64) / 90.0
        depth = near[:, None, None] + np.linspace(0.0, 2.0, self.size)[None, :, None] + np.zeros((1, 1, self.size))
        rgb = np.repeat(np.clip(depth * 30.0, 0, 255).astype(np.uint8)[..., None], 3, axis=3)
        zeros = np.zeros(depth.shape, np.int32)
        normal = np.stack([np.sin(depth), 0.0 * depth, np.cos(depth)], axis=-1).astype(np.float32)
        views = {"rgb": rgb, "depth": depth.astype(np.float32), "normal": normal}
        return {name: {**views, "semantic": zeros}[name] for name in channels or (*views, "semantic")}


@dataclass(frozen=True)
class SlopeScenes:
    """Scenes named `<word>_<positions>`."""

    def __call__(self, scene: str) -> Slopes:
        return Slopes(replace(box_room(), name=scene), int(scene.split("_")[1]), SIZE)
