"""The layout of the VisualEchoes data set: writing it, and reading it, theirs or ours.

The one idea: an angle in a folder's name and an orientation in the pickle are the *same heading* here,
counter-clockwise from above. Sound files of SoundSpaces are named clockwise instead; whoever reads such files says so
(`clockwise_audio`), because guessing swaps 90 and 270, that is, left and right. Formats are described in
`docs/formats.md`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.array_archive import archive_bytes
from echoenv.datasets.atomic_files import write_whole
from echoenv.datasets.heading_check import ANGLES, HeadingCheck, left_share, nearness, spread_over, verdict
from echoenv.datasets.layouts import CollectableSimulator, look_around
from echoenv.datasets.provenance import SCENE_FILE, CollectionSettings, ScenePlan, read_scene
from echoenv.datasets.safe_pickle import load_pickle
from echoenv.datasets.stored_arrays import StoredArray, is_older, write_pickle
from echoenv.datasets.visual_echoes_sounds import (
    ECHO_SECONDS,
    SAMPLE_RATE,
    SWEEP,
    as_float,
    int16_echo,
    int16_sweep,
    is_wrapped,
    read_echo,
    read_response,
    stored_response,
    wav_bytes,
)
from echoenv.errors import DatasetError, nearest


@dataclass(frozen=True)
class VisualEchoesLayout:
    """The files of VisualEchoes, and beside them one position file each, from which the pickle is made at the end.

    Attributes:
        root: The data set's folder.
        settings: What decides its bytes.
        most_positions: So many are held in memory at once, at most.
    """

    root: Path
    settings: CollectionSettings
    most_positions: int = 8

    def contents(self) -> dict[str, str]:
        """What the files are."""
        size = self.settings.size
        angle = "<angle> is a heading [degrees], counter-clockwise from above, 0 faces -Z, in folders as in the pickle"
        return {
            f"scene_observations_{size}.pkl": "{scene: {(location, orientation): "
            f"{{'rgb': ({size}, {size}, 3) uint8, 'depth': ({size}, {size}) float32 [m]}}}}}}",
            f"echoes_navigable/<scene>/{SWEEP}/<angle>/<location>.wav": f"int16 stereo, 1 s at 44100 Hz; {angle}",
            "echolocation_RIRs_navigable/<scene>/<angle>/<location>.wav": "float32 stereo, 44100 Hz: 128 zeros, then "
            "10 times the response; source and listener at one place",
            f"{SWEEP}.wav": "int16 mono, the chirp of the echoes",
            "metadata/<scene>/points.txt": "location, x, y, z [m] of the position on the floor, tab separated",
            "observations/<scene>/<location>.npz": "rgb and depth of one position in all headings, as in the pickle",
        }

    def forecast(self, plan: ScenePlan, positions: int) -> str:
        """Nothing special."""
        return ""

    def scene_folder(self, scene: str) -> Path:
        """Where `scene.json` and the preview of a scene lie."""
        return self.root / "metadata" / scene

    def position_folder(self, scene: str) -> Path:
        """Where the position files of a scene lie."""
        return self.root / "observations" / scene

    def position_file(self, scene: str, index: int) -> Path:
        """The file of a position."""
        return self.position_folder(scene) / f"{index:06d}.npz"

    def echo_file(self, scene: str, heading: float, location: int) -> Path:
        """The echo at a location in a heading [degrees]."""
        return self.root / "echoes_navigable" / scene / SWEEP / f"{heading:g}" / f"{location}.wav"

    def response_file(self, scene: str, heading: float, location: int) -> Path:
        """The impulse response at a location in a heading [degrees]."""
        return self.root / "echolocation_RIRs_navigable" / scene / f"{heading:g}" / f"{location}.wav"

    def prepare_scene(self, plan: ScenePlan) -> None:
        """Makes the folders of a scene and the files that are the same for all its positions."""
        folders = [self.position_folder(plan.name), self.scene_folder(plan.name)]
        for heading in self.settings.headings:
            folders.append(self.echo_file(plan.name, heading, 0).parent)
            folders.append(self.response_file(plan.name, heading, 0).parent)
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
        rows = [f"{i}\t{x!s}\t{y!s}\t{z!s}\n" for i, (x, y, z) in enumerate(plan.positions)]
        write_whole(self.scene_folder(plan.name) / "points.txt", "".join(rows).encode("ascii"))
        write_whole(self.root / f"{SWEEP}.wav", wav_bytes(int16_sweep()[None]))

    def observe(
        self, simulator: CollectableSimulator, positions: NDArray[np.float32], seeds: Sequence[int]
    ) -> list[dict[str, NDArray[Any]]]:
        """Views and one second of response in all headings at positions [m] (n, 3)."""
        headings = self.settings.headings
        channels = look_around(simulator, positions, headings, ("rgb", "depth"))
        channels["response"] = simulator.echo_responses(positions, headings, list(seeds), ECHO_SECONDS)
        return [{name: values[i] for name, values in channels.items()} for i in range(len(positions))]

    def rehearse(self, simulator: CollectableSimulator, positions: NDArray[np.float32]) -> None:
        """Observes and forgets."""
        self.observe(simulator, positions, [0])

    def write(self, scene: str, index: int, position: NDArray[np.float32], arrays: dict[str, NDArray[Any]]) -> None:
        """Writes the sounds of one position, then its position file."""
        for heading, response in zip(self.settings.headings, arrays["response"], strict=True):
            write_whole(self.response_file(scene, heading, index), wav_bytes(stored_response(response)))
            write_whole(self.echo_file(scene, heading, index), wav_bytes(int16_echo(response)))
        record = {"rgb": arrays["rgb"], "depth": arrays["depth"], "position": np.asarray(position, np.float32)}
        write_whole(self.position_file(scene, index), archive_bytes(record))

    def finish(self) -> None:
        """Makes the pickle of all positions of all scenes that are in the folder."""
        path = self.root / f"scene_observations_{self.settings.size}.pkl"
        files = list((self.root / "observations").glob("*/[0-9]*.npz"))
        if files and is_older(path, files):
            scenes = sorted({file.parent.name for file in files})
            write_pickle(path, {scene: self._scene_views(scene) for scene in scenes})

    def _scene_views(self, scene: str) -> dict[tuple[int, int], dict[str, StoredArray]]:
        files = sorted(self.position_folder(scene).glob("[0-9]*.npz"))
        return {
            (int(file.stem), round(heading)): {name: StoredArray(file, name, turn) for name in ("rgb", "depth")}
            for file in files
            for turn, heading in enumerate(self.settings.headings)
        }


class VisualEchoesDataset(Sequence[dict[str, Any]]):
    """Reads a folder in the VisualEchoes layout, the published one or ours, into the same samples as `EchoDataset`.

    A sample holds `rgb` (H, W, 3) uint8, `depth` (H, W) float32 [m], `echo` (2, samples) float32 in -1..1, `scene`,
    `location`, `heading` [degrees], and `position` (3,) float32 [m] where the folder has it. The pickle is loaded whole
    when the first sample is asked for, as the format demands, by a reader that runs nothing of it.

    Args:
        folder: Holds `scene_observations_<size>.pkl` and `echoes_navigable/`. size: Which of the pickles; None takes
        the only one. scenes: Which scenes, in this order; None takes all, by name. sweep: Which chirp: a folder's
        name below the scene's. samples: Length of the echo handed out; 2646 is 60 ms. clockwise_audio: Whether
        folders of sounds are named clockwise, as in SoundSpaces, while orientations in the pickle
            are counter-clockwise; `check_headings` finds out.

    Attributes:
        folder, size, scene_names, sweep, samples, clockwise_audio: As given or found.

    Raises:
        DatasetError: No such folder, pickle, scene or sound.
    """

    def __init__(
        self,
        folder: str | Path,
        size: int | None = None,
        scenes: Sequence[str] | None = None,
        sweep: str = SWEEP,
        samples: int = 2646,
        clockwise_audio: bool = False,
    ) -> None:
        self.folder = Path(folder)
        self.size = _only_size(self.folder, size)
        self.sweep, self.samples, self.clockwise_audio = sweep, samples, clockwise_audio
        views = _load_views(self._pickle)
        for name in scenes or ():
            if name not in views:
                raise DatasetError(f"no scene '{name}' in {self._pickle}: {nearest(name, views)}")
        self.scene_names = sorted(views) if scenes is None else list(scenes)
        self._keys = [(name, *key) for name in self.scene_names for key in sorted(views[name])]
        metadata = {name: self.folder / "metadata" / name for name in self.scene_names}
        self._positions = {
            name: read_scene(path).positions for name, path in metadata.items() if (path / SCENE_FILE).is_file()
        }

    @property
    def _pickle(self) -> Path:
        return self.folder / f"scene_observations_{self.size}.pkl"

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: Any) -> Any:
        scene, location, heading = self._keys[index]
        view = self._view(scene, location, heading)
        sample = {
            "rgb": np.asarray(view["rgb"])[..., :3],
            "depth": self.depth(scene, location, heading),
            "echo": self._echo(scene, location, heading),
            "scene": scene,
            "location": int(location),
            "heading": float(heading),
        }
        if scene in self._positions:
            sample["position"] = self._positions[scene][location].copy()
        return sample

    @property
    def sample_rate(self) -> int:
        """Of the echoes [Hz]."""
        return SAMPLE_RATE

    def places(self) -> list[tuple[str, int]]:
        """Scene and location of every place from which there are views in all four headings, in order."""
        turns: dict[tuple[str, int], set[int]] = {}
        for scene, location, heading in self._keys:
            turns.setdefault((scene, int(location)), set()).add(int(heading))
        return [place for place, headings in turns.items() if headings >= {0, 90, 180, 270}]

    def depth(self, scene: str, location: int, heading: int) -> NDArray[np.float32]:
        """What is seen at a location in a heading [degrees], counter-clockwise: depth (H, W) [m]."""
        return np.asarray(self._view(scene, location, heading)["depth"], np.float32).reshape(self.size, self.size)

    def _view(self, scene: str, location: int, heading: int) -> dict[str, NDArray[Any]]:
        return _load_views(self._pickle)[scene][location, heading]

    def stored_echo(self, scene: str, location: int, angle: int) -> NDArray[np.float32]:
        """The echo (2, samples) in -1..1 in the folder of an angle [degrees], whatever that angle means.

        Raises:
            DatasetError: The file is missing or damaged.
        """
        stored = read_echo(self._echo_file(scene, location, angle))
        echo = np.zeros((2, self.samples), np.float32)
        heard = as_float(stored[:, : self.samples])
        echo[:, : heard.shape[1]] = heard
        return echo

    def response(self, scene: str, location: int, heading: int) -> NDArray[np.float32]:
        """The impulse response (2, n) float32 at a location in a heading [degrees], counter-clockwise.

        Without the first 128 samples of the file and a tenth as loud, as the published script uses it; of any length.

        Raises:
            DatasetError: The file is missing or damaged.
        """
        folder = self.folder / "echolocation_RIRs_navigable" / scene / str(self._angle(heading))
        return read_response(folder / f"{location}.wav")

    def wrapped(self, scene: str, location: int, heading: int) -> bool:
        """Whether the whole echo was too loud for int16 and wrapped around, as the published script does it."""
        return is_wrapped(read_echo(self._echo_file(scene, location, self._angle(heading))))

    def check_headings(self, most_places: int = 400) -> HeadingCheck:
        """Finds out from views and echoes whether sounds are named clockwise; see `heading_check`.

        `clockwise_audio` is the answer's reading; how the folder was opened makes no difference.

        Args:
            most_places: Looks at so many places, spread over all scenes.

        Raises:
            DatasetError: An echo is missing or damaged.
        """
        places = spread_over(self.places(), most_places)
        louder = [[left_share(self.stored_echo(*place, angle)) for angle in ANGLES] for place in places]
        nearer = [[nearness(self.depth(*place, heading)) for heading in ANGLES] for place in places]
        return verdict(louder, nearer)

    def _echo(self, scene: str, location: int, heading: int) -> NDArray[np.float32]:
        return self.stored_echo(scene, location, self._angle(heading))

    def _angle(self, heading: int) -> int:
        return (-heading) % 360 if self.clockwise_audio else heading

    def _echo_file(self, scene: str, location: int, angle: int) -> Path:
        return self.folder / "echoes_navigable" / scene / self.sweep / str(angle) / f"{location}.wav"


def _only_size(folder: Path, size: int | None) -> int:
    sizes = sorted(int(path.stem.rpartition("_")[2]) for path in folder.glob("scene_observations_[0-9]*.pkl"))
    if size is not None and size in sizes:
        return size
    if size is None and len(sizes) == 1:
        return sizes[0]
    found = ", ".join(f"scene_observations_{known}.pkl" for known in sizes) or "no scene_observations_<size>.pkl"
    raise DatasetError(f"{folder} holds {found}: say which with size=, or give the folder that holds one")


Views = dict[str, dict[tuple[int, int], dict[str, NDArray[Any]]]]


def _load_views(path: Path) -> Views:
    return _load_version(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _load_version(path: Path, modified: int) -> Views:
    views = load_pickle(path)
    good = isinstance(views, dict) and all(
        isinstance(scene, str) and isinstance(places, dict) and all(map(_is_entry, places.items()))
        for scene, places in views.items()
    )
    if not good:
        raise DatasetError(
            f"{path} is not of VisualEchoes: expected {{scene: {{(location, orientation): {{'rgb', 'depth'}}}}}}; "
            "SoundSpaces' scene_observations are read with SoundSpacesFolder"
        )
    return views


def _is_entry(entry: tuple[Any, Any]) -> bool:
    key, view = entry
    return isinstance(key, tuple) and len(key) == 2 and isinstance(view, dict) and {"rgb", "depth"} <= view.keys()
