"""Layouts: what files a position becomes, and EchoEnv's own.

The one idea: to those who collect, a layout is three questions: where do a scene's files lie, what is asked of the
simulator for some positions, and how is one position written. The last file of a position to appear is its *position
file*: a position is finished when that file is there and whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.datasets.array_archive import archive_bytes
from echoenv.datasets.atomic_files import write_whole
from echoenv.datasets.provenance import CollectionSettings, ScenePlan
from echoenv.scene.scene import Scene

ECHOENV = "echoenv"
VISUALECHOES = "visualechoes"
SOUNDSPACES = "soundspaces"
FORMATS = (ECHOENV, VISUALECHOES, SOUNDSPACES)


class CollectableSimulator(Protocol):
    """What collecting needs of a simulator; `echoenv.Simulator` has it."""

    scene: Scene

    def observe(
        self, positions: ArrayLike, headings: ArrayLike, channels: tuple[str, ...] = ...
    ) -> dict[str, NDArray[Any]]:
        """Views from n poses, by channel, first axis n."""

    def echoes(
        self, positions: ArrayLike, headings: ArrayLike = ..., seeds: ArrayLike | None = ...
    ) -> NDArray[np.float32]:
        """Echoes (n, h, 2, samples)."""

    def echo_responses(
        self, positions: ArrayLike, headings: ArrayLike = ..., seeds: ArrayLike | None = ..., duration: float = ...
    ) -> NDArray[np.float32]:
        """Responses (n, h, 2, samples) with the source at the listener."""

    def impulse_responses(
        self,
        sources: ArrayLike,
        positions: ArrayLike,
        headings: ArrayLike = ...,
        duration: float = ...,
        seed: int | None = ...,
    ) -> NDArray[np.float32]:
        """Responses (m, n, h, 2, samples) from m sources to n positions."""

    @property
    def pathfinder(self) -> Any:
        """Has `grid_positions(spacing) -> (P, 3)` and `geodesic_distance(a, b)`."""


class Layout(Protocol):
    """Where the files of a data set lie and what is in them."""

    @property
    def root(self) -> Path:
        """The data set's folder."""

    @property
    def settings(self) -> CollectionSettings:
        """What decides its bytes."""

    @property
    def most_positions(self) -> int:
        """So many positions are held in memory at once, at most."""

    def contents(self) -> dict[str, str]:
        """What each kind of data is, for `dataset.json`."""

    def forecast(self, plan: ScenePlan, positions: int) -> str:
        """What the user should know of the size of so many positions of a scene; empty where it is nothing special."""

    def scene_folder(self, scene: str) -> Path:
        """Where `scene.json` and the preview of a scene lie."""

    def position_folder(self, scene: str) -> Path:
        """Where the position files of a scene lie."""

    def position_file(self, scene: str, index: int) -> Path:
        """The file of a position whose presence says that the position is finished."""

    def prepare_scene(self, plan: ScenePlan) -> None:
        """Makes the folders of a scene."""

    def observe(
        self, simulator: CollectableSimulator, positions: NDArray[np.float32], seeds: Sequence[int]
    ) -> list[dict[str, NDArray[Any]]]:
        """What is seen and heard at positions [m] (n, 3): one dictionary of arrays for each."""

    def rehearse(self, simulator: CollectableSimulator, positions: NDArray[np.float32]) -> None:
        """Does a little of what `observe` does at a position [m] (1, 3), so that all kernels are compiled."""

    def write(self, scene: str, index: int, position: NDArray[np.float32], arrays: dict[str, NDArray[Any]]) -> None:
        """Writes one position; its position file comes last."""

    def finish(self) -> None:
        """Writes what can only be written when all positions are there."""


@dataclass(frozen=True)
class EchoEnvLayout:
    """EchoEnv's own layout: one `.npz` file for each position.

    Attributes:
        root: The data set's folder.
        settings: What decides its bytes.
        most_positions: So many are held in memory at once, at most.
    """

    root: Path
    settings: CollectionSettings
    most_positions: int = 8

    def contents(self) -> dict[str, str]:
        """What each array of a position file is; H and N count headings and echo samples."""
        count, size = len(self.settings.headings), self.settings.size
        return {
            "rgb": f"({count}, {size}, {size}, 3) uint8, sRGB",
            "depth": f"({count}, {size}, {size}) float32, planar depth [m], 0 where nothing is hit",
            "normal": f"({count}, {size}, {size}, 3) float16, unit, camera frame (x right, y up, z back), 0 on a miss",
            "semantic": f"({count}, {size}, {size}) uint16 or int32, object ids, 0 where nothing is hit",
            "echo": f"({count}, 2, samples) float32, left and right ear, 44100 Hz",
            "position": "(3,) float32 [m], on the floor, world frame (+Y up, -Z forward, +X right)",
            "headings": f"({count},) float32 [degrees], counter-clockwise from above, 0 faces -Z",
            "seed": "() int64, seed of the randomness at this position",
        }

    def forecast(self, plan: ScenePlan, positions: int) -> str:
        """Nothing special."""
        return ""

    def scene_folder(self, scene: str) -> Path:
        """Where `scene.json` and the preview of a scene lie."""
        return self.root / scene

    def position_folder(self, scene: str) -> Path:
        """Where the position files of a scene lie."""
        return self.scene_folder(scene) / "positions"

    def position_file(self, scene: str, index: int) -> Path:
        """The file of a position."""
        return self.position_folder(scene) / f"{index:06d}.npz"

    def prepare_scene(self, plan: ScenePlan) -> None:
        """Makes the folders of a scene."""
        self.position_folder(plan.name).mkdir(parents=True, exist_ok=True)

    def observe(
        self, simulator: CollectableSimulator, positions: NDArray[np.float32], seeds: Sequence[int]
    ) -> list[dict[str, NDArray[Any]]]:
        """Views and 60 ms echoes in all headings at positions [m] (n, 3)."""
        channels = look_around(simulator, positions, self.settings.headings)
        channels["normal"] = channels["normal"].astype(np.float16)
        # One type for a whole scene, so that all its position files have one layout.
        largest = int(simulator.scene.triangle_objects.max())
        channels["semantic"] = channels["semantic"].astype(np.uint16 if largest < 2**16 else np.int32)
        channels["echo"] = simulator.echoes(positions, headings=self.settings.headings, seeds=list(seeds))
        channels["seed"] = np.asarray(seeds, np.int64)
        return [{name: values[i] for name, values in channels.items()} for i in range(len(positions))]

    def rehearse(self, simulator: CollectableSimulator, positions: NDArray[np.float32]) -> None:
        """Observes and forgets."""
        self.observe(simulator, positions, [0])

    def write(self, scene: str, index: int, position: NDArray[np.float32], arrays: dict[str, NDArray[Any]]) -> None:
        """Writes one position file."""
        headings = np.asarray(self.settings.headings, np.float32)
        record = {**arrays, "position": np.asarray(position, np.float32), "headings": headings}
        write_whole(self.position_file(scene, index), archive_bytes(record))

    def finish(self) -> None:
        """Nothing: every position file is complete in itself."""


def look_around(
    simulator: CollectableSimulator,
    positions: NDArray[np.float32],
    headings: Sequence[float],
    channels: tuple[str, ...] = ("rgb", "depth", "normal", "semantic"),
) -> dict[str, NDArray[Any]]:
    """Views (n, h, H, W, ...) in every heading at positions [m] (n, 3), by channel."""
    places = np.repeat(np.asarray(positions), len(headings), axis=0)
    views = simulator.observe(places, np.tile(headings, len(positions)), channels=channels)
    return {name: view.reshape(len(positions), len(headings), *view.shape[1:]) for name, view in views.items()}


def layout_for(root: Path, settings: CollectionSettings) -> Layout:
    """The layout that `settings.format` names."""
    if settings.format == VISUALECHOES:
        from echoenv.datasets.visual_echoes import VisualEchoesLayout

        return VisualEchoesLayout(root, settings)
    if settings.format == SOUNDSPACES:
        from echoenv.datasets.soundspaces.layout import SoundSpacesLayout

        return SoundSpacesLayout(root, settings)
    return EchoEnvLayout(root, settings)
