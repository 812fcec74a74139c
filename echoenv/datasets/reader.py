"""Reading EchoEnv's own data sets at random, fast enough for a data loader.

The one idea: all position files of a scene have one layout, so it is read once; after that a sample costs one `open`
and one `read` per channel, of the asked heading alone. The reader holds file names and positions, never data or open
files, so it is small, can be pickled, and serves as a map-style data set for PyTorch
(`torch.utils.data.DataLoader(EchoDataset(...))`).
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.array_archive import ArchiveLayout, is_whole, read_array, read_layout
from echoenv.datasets.layouts import ECHOENV, SOUNDSPACES, VISUALECHOES, EchoEnvLayout
from echoenv.datasets.provenance import SCENE_FILE, ScenePlan, read_scene, read_settings
from echoenv.errors import DatasetError, nearest

CHANNELS = ("rgb", "depth", "normal", "semantic", "echo")

# What a sample's arrays are handed out as: stored small, computed with in the types that PyTorch knows.
_READERS = {
    VISUALECHOES: "echoenv.datasets.visual_echoes.VisualEchoesDataset",
    SOUNDSPACES: "echoenv.datasets.soundspaces.SoundSpacesFolder",
}
_WIDENED = {np.dtype(np.float16): np.float32, np.dtype(np.uint16): np.int32}


@dataclass
class _SceneFiles:
    """The finished positions of one scene: indices (n,), ascending, and where the arrays lie in their files."""

    plan: ScenePlan
    indices: NDArray[np.int64]
    layout: ArchiveLayout
    rows: dict[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.rows = {int(index): row for row, index in enumerate(self.indices)}


class EchoDataset(Sequence[dict[str, Any]]):
    """The views and echoes of a folder that `python -m echoenv.collect` wrote.

    A sample is what is seen and heard in one heading at one position: a dictionary with the asked channels, `rgb` (H,
    W, 3) uint8, `depth` (H, W) float32 [m], `normal` (H, W, 3) float32 in the camera's frame, `semantic` (H, W)
    int32, `echo` (2, 2646) float32 at 44100 Hz, and always `scene` (name), `location` (index of the position in the
    scene's grid), `position` (3,) float32 [m] and `heading` float [degrees]. Samples are ordered by scene, location,
    heading.

    Args:
        folder: The data set's folder.
        channels: Which channels are read.
        scenes: Which scenes, in this order; None takes all, by name.

    Attributes:
        folder: As given.
        channels: As given.
        settings: What the data set was made with.
        scene_names: Scenes in order.
        headings: Headings [degrees] at every position.

    Raises:
        DatasetError: No such folder, not a data set of this format, unknown channel or scene, or nothing in it.
    """

    def __init__(
        self,
        folder: str | Path,
        channels: Sequence[str] = ("rgb", "depth", "echo"),
        scenes: Sequence[str] | None = None,
    ) -> None:
        self.folder = Path(folder)
        self.channels = _checked_channels(channels)
        self.settings = read_settings(self.folder)
        if self.settings.format != ECHOENV:
            reader = _READERS.get(self.settings.format, "a newer version of EchoEnv")
            raise DatasetError(f"{self.folder} is in the format '{self.settings.format}': open it with {reader}")
        self.headings = self.settings.headings
        self._paths = EchoEnvLayout(self.folder, self.settings)
        self.scene_names = _checked_scenes(self.folder, scenes)
        self._scenes = [self._open_scene(name) for name in self.scene_names]
        counts = [len(scene.indices) for scene in self._scenes]
        self._ends = np.cumsum(counts).tolist()

    def _open_scene(self, name: str) -> _SceneFiles:
        plan = read_scene(self._paths.scene_folder(name))
        files = self._paths.position_folder(name).glob("[0-9]*.npz")
        indices = np.array(sorted(int(path.stem) for path in files), np.int64)
        whole = (path for path in (self._paths.position_file(name, int(i)) for i in indices) if is_whole(path))
        first = next(whole, None)
        layout = ArchiveLayout(0, {}) if first is None else read_layout(first)
        return _SceneFiles(plan, indices if first is not None else indices[:0], layout)

    def __len__(self) -> int:
        return (self._ends[-1] if self._ends else 0) * len(self.headings)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        scene, row, turn = self._locate(index)
        location = int(self._scenes[scene].indices[row])
        sample = self._read(scene, location, turn)
        sample["heading"] = self.headings[turn]
        return sample

    def _locate(self, index: int) -> tuple[int, int, int]:
        total = len(self)
        if not -total <= index < total:
            raise IndexError(f"sample {index} of {total}: give 0 to {total - 1}")
        place, turn = divmod(int(index) % total, len(self.headings))
        scene = bisect.bisect_right(self._ends, place)
        return scene, place - (self._ends[scene - 1] if scene else 0), turn

    def _read(self, scene: int, location: int, turn: int | None) -> dict[str, Any]:
        files = self._scenes[scene]
        path = self._paths.position_file(files.plan.name, location)
        sample: dict[str, Any] = {}
        try:
            with path.open("rb", buffering=0) as file:
                places = self._places(files, path, file.seek(0, 2))
                for channel in self.channels:
                    array = read_array(file, places[channel], turn)
                    sample[channel] = array.astype(_WIDENED[array.dtype]) if array.dtype in _WIDENED else array
        except OSError as error:
            raise DatasetError(f"{path} cannot be read ({error.strerror}): collect it again") from error
        sample["scene"] = files.plan.name
        sample["location"] = location
        sample["position"] = files.plan.positions[location].copy()
        return sample

    def _places(self, files: _SceneFiles, path: Path, size: int) -> dict[str, Any]:
        if size == files.layout.size:
            return files.layout.places
        return read_layout(path).places  # says what is wrong where the file is truncated

    def panorama(self, scene: str, location: int) -> dict[str, Any]:
        """All headings at one position: channels with a first axis of headings, otherwise as a sample.

        Args:
            scene: Name of the scene.
            location: Index of the position in the scene's grid.

        Raises:
            DatasetError: There is no such scene or position.
        """
        number, _ = self._place_of(scene, location)
        return {**self._read(number, location, None), "headings": np.asarray(self.headings, np.float32)}

    def index_of(self, scene: str, location: int, heading: float) -> int:
        """Index of the sample with this scene, location and heading [degrees].

        Raises:
            DatasetError: There is none.
        """
        number, row = self._place_of(scene, location)
        if heading not in self.headings:
            raise DatasetError(f"heading {heading:g} was not collected: there are {list(self.headings)}")
        before = self._ends[number - 1] if number else 0
        return (before + row) * len(self.headings) + self.headings.index(heading)

    def _place_of(self, scene: str, location: int) -> tuple[int, int]:
        if scene not in self.scene_names:
            raise DatasetError(f"no scene '{scene}' in {self.folder}: {nearest(scene, self.scene_names)}")
        number = self.scene_names.index(scene)
        if location not in self._scenes[number].rows:
            raise DatasetError(f"location {location} of '{scene}' is not in {self.folder}: see `locations('{scene}')`")
        return number, self._scenes[number].rows[location]

    def locations(self, scene: str) -> NDArray[np.int64]:
        """Indices (n,), ascending, of the positions of a scene that are there."""
        if scene not in self.scene_names:
            raise DatasetError(f"no scene '{scene}' in {self.folder}: {nearest(scene, self.scene_names)}")
        return self._scenes[self.scene_names.index(scene)].indices.copy()

    def plan(self, scene: str) -> ScenePlan:
        """What a scene was and all its grid positions, as `scene.json` says.

        Raises:
            DatasetError: There is no such scene.
        """
        if scene not in self.scene_names:
            raise DatasetError(f"no scene '{scene}' in {self.folder}: {nearest(scene, self.scene_names)}")
        return self._scenes[self.scene_names.index(scene)].plan

    @property
    def sample_rate(self) -> int:
        """Of the echoes [Hz]."""
        return self.settings.sample_rate

    @property
    def positions(self) -> NDArray[np.float32]:
        """Position [m] (len, 3) of every sample, world frame, on the floor."""
        per_scene = [scene.plan.positions[scene.indices] for scene in self._scenes]
        return np.repeat(np.concatenate(per_scene), len(self.headings), axis=0)

    @property
    def sample_headings(self) -> NDArray[np.float32]:
        """Heading [degrees] (len,) of every sample, counter-clockwise from above, 0 faces -Z."""
        return np.tile(np.asarray(self.headings, np.float32), len(self) // len(self.headings))


def _checked_channels(channels: Sequence[str]) -> tuple[str, ...]:
    for channel in channels:
        if channel not in CHANNELS:
            raise DatasetError(f"no channel '{channel}': {nearest(channel, CHANNELS)}")
    return tuple(channels)


def _checked_scenes(folder: Path, scenes: Sequence[str] | None) -> list[str]:
    there = sorted(path.parent.name for path in folder.glob(f"*/{SCENE_FILE}"))
    for name in scenes or ():
        if name not in there:
            raise DatasetError(f"no scene '{name}' in {folder}: {nearest(name, there)}")
    if not there:
        raise DatasetError(f"{folder} holds no scene yet: let `python -m echoenv.collect` finish a position first")
    return there if scenes is None else list(scenes)
