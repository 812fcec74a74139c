"""A simulator that answers at once: what it shows and sounds is computed from the pose and the seed alone.

The one idea: the machinery of collecting is tested without rays; scenes have names such as `room_5` (5 positions).
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.datasets.layouts import CollectableSimulator
from echoenv.errors import SceneNotFoundError
from echoenv.scene.scene import Scene
from tests.rooms import box_room


class FakePathFinder:
    """A row of positions; between the third and the fourth there is a wall."""

    def __init__(self, count: int) -> None:
        self._count = count

    def grid_positions(self, spacing: float = 0.5) -> NDArray[np.float32]:
        row = np.arange(self._count, dtype=np.float32)
        return np.stack([0.3 + spacing * row, np.zeros_like(row), 0.1 * row], axis=1).astype(np.float32)

    def geodesic_distance(self, start: ArrayLike, ends: ArrayLike) -> NDArray[np.float64]:
        begin, others = np.asarray(start, np.float64), np.asarray(ends, np.float64)
        behind_a_wall = (begin[0] < 1.5) != (others[:, 0] < 1.5)
        return np.linalg.norm(others - begin, axis=1) + np.where(behind_a_wall, 5.0, 0.0)


@dataclass
class FakeSimulator:
    """Has the verbs that collecting asks for.

    Attributes:
        scene: A box.
        count: Grid positions.
        size: Of the views [pixels].
        delay: How long one batch of echoes takes [s].
        deadly: The index of a position that ends the process, as long as `deaths` has fewer than two bytes.
        deaths: File with one byte for each death.
        sample_rate: Of what is heard [Hz].
    """

    scene: Scene
    count: int
    size: int
    delay: float = 0.0
    deadly: int | None = None
    deaths: Path | None = None
    most_deaths: int = 1
    sample_rate: int = 44100

    @property
    def pathfinder(self) -> FakePathFinder:
        return FakePathFinder(self.count)

    def observe(
        self, positions: ArrayLike, headings: ArrayLike, channels: tuple[str, ...] = ()
    ) -> dict[str, NDArray[Any]]:
        places, angles = np.asarray(positions, np.float64), np.asarray(headings, np.float64)
        pixels = np.arange(self.size**2, dtype=np.float64).reshape(self.size, self.size) / self.size**2
        value = (places.sum(axis=1) + angles)[:, None, None] + pixels
        rgb = np.stack([value % 251, (value * 7) % 251, (value * 11) % 251], axis=-1).astype(np.uint8)
        normal = np.stack([np.sin(value), np.cos(value), np.zeros_like(value)], axis=-1).astype(np.float32)
        views: dict[str, NDArray[Any]] = {
            "rgb": rgb,
            "depth": value.astype(np.float32),
            "normal": normal,
            "semantic": (value % 7).astype(np.int32),
        }
        return {name: views[name] for name in channels or views}

    def echoes(
        self, positions: ArrayLike, headings: ArrayLike = (0.0,), seeds: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        return self.echo_responses(positions, headings, seeds, 0.06)

    def echo_responses(
        self,
        positions: ArrayLike,
        headings: ArrayLike = (0.0,),
        seeds: ArrayLike | None = None,
        duration: float = 1.0,
    ) -> NDArray[np.float32]:
        self._die_where_asked(np.asarray(positions))
        time.sleep(self.delay)
        samples, angles = round(duration * 44100), np.asarray(headings, np.float64)
        noise = [np.random.default_rng(int(seed)).uniform(-0.02, 0.02, (2, samples)) for seed in np.asarray(seeds)]
        gain = 1.0 + np.cos(np.deg2rad(angles))[:, None, None] * np.array([0.5, -0.5])[:, None]
        decay = np.exp(-np.arange(samples) / 2000.0)
        return np.stack([gain * sound * decay for sound in noise]).astype(np.float32)

    def impulse_responses(
        self,
        sources: ArrayLike,
        positions: ArrayLike,
        headings: ArrayLike = (0.0,),
        duration: float = 2.0,
        seed: int | None = None,
    ) -> NDArray[np.float32]:
        """Decaying noise, whose first sample says where the source and the ears are and how the head is turned."""
        self._die_where_asked(np.asarray(positions))
        samples, angles = round(duration * self.sample_rate), np.asarray(headings, np.float64)
        shape = (len(np.asarray(sources)), len(np.asarray(positions)), len(angles), 2, samples)
        noise = np.random.default_rng(seed).uniform(-0.02, 0.02, shape)
        noise *= np.exp(-np.arange(samples) / (0.02 * self.sample_rate))
        heights = np.asarray(sources)[:, None, None, None, 1] * np.array([1.0, -1.0])
        turned = angles[None, None, :, None] / 90.0 + np.asarray(positions)[None, :, None, None, 0] / 100.0
        noise[..., 0] = heights + np.asarray(sources)[:, None, None, None, 0] / 10.0 + turned
        return noise.astype(np.float32)

    def _die_where_asked(self, positions: NDArray[Any]) -> None:
        if self.deadly is None or self.deaths is None:
            return
        died = self.deaths.stat().st_size if self.deaths.exists() else 0
        grid = self.pathfinder.grid_positions()
        if died < self.most_deaths and (positions == grid[self.deadly]).all(axis=1).any():
            with self.deaths.open("ab") as file:
                file.write(b"x")
            os._exit(9)


@dataclass(frozen=True)
class FakeSimulators:
    """Makes fake simulators of scenes named `<word>_<positions>`; see `FakeSimulator` for the options."""

    size: int = 8
    delay: float = 0.0
    deadly: int | None = None
    deaths: Path | None = None
    most_deaths: int = 1
    sample_rate: int = 44100

    def __call__(self, scene: str) -> CollectableSimulator:
        word, _, count = scene.rpartition("_")
        if not word:
            raise SceneNotFoundError(f"no scene '{scene}'")
        room = box_room((4.0, 2.5, float(int(count))))
        named = type(room)(**{**_fields(room), "name": scene})
        options = (self.size, self.delay, self.deadly, self.deaths, self.most_deaths, self.sample_rate)
        return FakeSimulator(named, int(count), *options)


def _fields(scene: Scene) -> dict[str, Any]:
    return {name: value for name, value in vars(scene).items() if not name.startswith("_")}
