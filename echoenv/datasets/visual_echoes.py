"""The layout of the VisualEchoes data set: writing it, and reading it, theirs or ours.

The one idea: an angle in a folder's name and an orientation in the pickle are the *same heading* here,
counter-clockwise from above. Sound files of SoundSpaces are named clockwise instead; whoever reads such files says so
(`clockwise_audio`), because guessing swaps 90 and 270, that is, left and right. Formats are described in
`docs/formats.md`.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.array_archive import archive_bytes, read_array, read_layout
from echoenv.datasets.atomic_files import write_whole
from echoenv.datasets.layouts import CollectableSimulator, look_around
from echoenv.datasets.provenance import SCENE_FILE, CollectionSettings, ScenePlan, read_scene
from echoenv.errors import DatasetError, nearest

SAMPLE_RATE = 44100
ECHO_SECONDS = 1.0
SWEEP = "3ms_sweep"
# The published script reads RIR[128:] / 10; what we write gives the echoes beside it when it is read like that.
RIR_LEADING_ZEROS = 128
RIR_SCALE = 10.0
INT16_PEAK = 32767
# An eighth of full scale: echoes of nearby walls reach about six times the chirp where reflections add up at an ear.
SWEEP_PEAK = 4096


@dataclass(frozen=True)
class VisualEchoesLayout:
    """The files of VisualEchoes, and beside them one position file each, from which the pickle is made at the end.

    Attributes:
        root: The data set's folder.
        settings: What decides its bytes.
    """

    root: Path
    settings: CollectionSettings

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

    def write(self, scene: str, index: int, position: NDArray[np.float32], arrays: dict[str, NDArray[Any]]) -> None:
        """Writes the sounds of one position, then its position file."""
        zeros = np.zeros((2, RIR_LEADING_ZEROS), np.float32)
        for heading, response in zip(self.settings.headings, arrays["response"], strict=True):
            stored = np.concatenate([zeros, np.float32(RIR_SCALE) * response], axis=1)
            write_whole(self.response_file(scene, heading, index), wav_bytes(stored))
            write_whole(self.echo_file(scene, heading, index), wav_bytes(int16_echo(response)))
        record = {"rgb": arrays["rgb"], "depth": arrays["depth"], "position": np.asarray(position, np.float32)}
        write_whole(self.position_file(scene, index), archive_bytes(record))

    def finish(self) -> None:
        """Makes the pickle of all positions of all scenes that are in the folder."""
        path = self.root / f"scene_observations_{self.settings.size}.pkl"
        files = list((self.root / "observations").glob("*/[0-9]*.npz"))
        if not files or (path.exists() and path.stat().st_mtime_ns >= max(file.stat().st_mtime_ns for file in files)):
            return
        scenes = sorted({file.parent.name for file in files})
        views = {scene: self._scene_views(scene) for scene in scenes}

        def write(file: Any) -> None:
            pickler = pickle.Pickler(file, protocol=4)
            # Without its memory of what it wrote, the pickler holds one picture at a time, not all of them.
            pickler.fast = True
            pickler.dump(views)

        write_whole(path, write)

    def _scene_views(self, scene: str) -> dict[tuple[int, int], dict[str, _StoredView]]:
        files = sorted(self.position_folder(scene).glob("[0-9]*.npz"))
        return {
            (int(file.stem), round(heading)): {name: _StoredView(file, name, turn) for name in ("rgb", "depth")}
            for file in files
            for turn, heading in enumerate(self.settings.headings)
        }


@dataclass(frozen=True)
class _StoredView:
    """Stands for an array that is read from its file in the moment in which it is pickled.

    It is unpickled as a plain array by any NumPy: only the name `numpy.ndarray` is in the pickle, not the module of
    NumPy's own helper, which moved in version 2.
    """

    file: Path
    name: str
    turn: int

    def __reduce__(self) -> tuple[Any, ...]:
        with self.file.open("rb", buffering=0) as file:
            array = read_array(file, read_layout(self.file).places[self.name], self.turn)
        return np.ndarray, (array.shape, array.dtype.str, bytearray(array.tobytes()))


def int16_sweep() -> NDArray[np.int16]:
    """The 3 ms chirp (132,) at an eighth of full scale."""
    from echoenv.audio.chirps import chirp

    return np.round(SWEEP_PEAK * np.asarray(chirp(sample_rate=SAMPLE_RATE), np.float64)).astype(np.int16)


def int16_echo(response: NDArray[np.float32]) -> NDArray[np.int16]:
    """The echo (2, 44100) of the int16 chirp through a response (2, n); what is too loud is clipped, never wrapped."""
    from echoenv.audio.chirps import convolve

    echo = convolve(response, int16_sweep(), round(ECHO_SECONDS * SAMPLE_RATE))
    return np.clip(np.round(echo), -INT16_PEAK - 1, INT16_PEAK).astype(np.int16)


def wav_bytes(samples: NDArray[Any]) -> bytes:
    """A WAV file at 44100 Hz of samples (channels, n), int16 or float32; equal samples give equal bytes."""
    from scipy.io import wavfile

    buffer = io.BytesIO()
    wavfile.write(buffer, SAMPLE_RATE, samples[0] if len(samples) == 1 else samples.T)
    return buffer.getvalue()


class VisualEchoesDataset(Sequence[dict[str, Any]]):
    """Reads a folder in the VisualEchoes layout, the published one or ours, into the same samples as `EchoDataset`.

    A sample holds `rgb` (H, W, 3) uint8, `depth` (H, W) float32 [m], `echo` (2, samples) float32 in -1..1, `scene`,
    `location`, `heading` [degrees], and `position` (3,) float32 [m] where the folder has it. The pickle is loaded whole
    when the first sample is asked for, as the format demands; only load files that you trust, as with any pickle.

    Args:
        folder: Holds `scene_observations_<size>.pkl` and `echoes_navigable/`. size: Which of the pickles; None takes
        the only one. scenes: Which scenes, in this order; None takes all, by name. sweep: Which chirp: a folder's
        name below the scene's. samples: Length of the echo handed out; 2646 is 60 ms. clockwise_audio: Whether
        folders of sounds are named clockwise, as in SoundSpaces, while orientations in the pickle
            are counter-clockwise.

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
        view = _load_views(self._pickle)[scene][location, heading]
        sample = {
            "rgb": np.asarray(view["rgb"])[..., :3],
            "depth": np.asarray(view["depth"], np.float32).reshape(self.size, self.size),
            "echo": self._echo(scene, location, heading),
            "scene": scene,
            "location": int(location),
            "heading": float(heading),
        }
        if scene in self._positions:
            sample["position"] = self._positions[scene][location].copy()
        return sample

    def _echo(self, scene: str, location: int, heading: int) -> NDArray[np.float32]:
        from scipy.io import wavfile

        angle = (-heading) % 360 if self.clockwise_audio else heading
        path = self.folder / "echoes_navigable" / scene / self.sweep / str(angle) / f"{location}.wav"
        try:
            _, stored = wavfile.read(path)
        except (OSError, ValueError) as error:
            raise DatasetError(
                f"echo {path} is missing or damaged ({error}): restore it, or collect it again"
            ) from error
        echo = np.zeros((2, self.samples), np.float32)
        heard = stored[: self.samples].T.astype(np.float32)
        echo[:, : heard.shape[1]] = heard / 32768.0 if stored.dtype == np.int16 else heard
        return echo


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
    try:
        with path.open("rb") as file:
            return pickle.load(file)
    except (OSError, pickle.UnpicklingError, EOFError) as error:
        raise DatasetError(f"{path} is missing or damaged ({error}): restore it, or collect it again") from error
