"""Views and echoes as tensors: all of a data set in memory, and batches of it in an order that a seed gives.

The one idea: a data set of the published size (6,960 views) is a gigabyte. It is read once, whole, and then a batch is
a few copies of rows; the network has the processor, not the files.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from echoenv.audio.chirps import ECHO_DURATION
from echoenv.audio.sound_files import resample
from echoenv.envs.settings import HELD_OUT_HOMES, TRAINING_HOMES
from echoenv.errors import DatasetError
from tasks.echo_networks import ECHO_RATE

_ECHO_SAMPLES = round(ECHO_DURATION * ECHO_RATE)


@dataclass(frozen=True, eq=False)
class Views:
    """Samples (n,) of some scenes.

    Attributes:
        rgb: (n, H, W, 3) uint8.
        depth: [m] (n, H, W) float32; 0 is unknown.
        echo: (n, ears, 2646) float32, 60 ms at `ECHO_RATE`; n is 0 where none was read.
        normal: (n, H, W, 3) float32 in the camera's frame; n is 0 where none was read.
        scenes: Index (n,) into `scene_names`.
        locations: Index (n,) of the position in its scene.
        headings: [degrees] (n,), counter-clockwise.
        scene_names: Names of the scenes.
    """

    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    echo: NDArray[np.float32]
    normal: NDArray[np.float32]
    scenes: NDArray[np.int64]
    locations: NDArray[np.int64]
    headings: NDArray[np.float32]
    scene_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rgb)

    @property
    def places(self) -> NDArray[np.int64]:
        """Number (n,) of the position among all that there are, whichever the scene."""
        return np.unique(np.stack([self.scenes, self.locations]), axis=1, return_inverse=True)[1].ravel()

    def chosen(self, rows: NDArray[np.int64]) -> Views:
        """Some of the samples."""
        parts = {name: getattr(self, name) for name in ("rgb", "depth", "echo", "normal")}
        kept = {name: part[rows] if len(part) else part for name, part in parts.items()}
        return replace(
            self, **kept, scenes=self.scenes[rows], locations=self.locations[rows], headings=self.headings[rows]
        )

    def fewer(self, share: float, seed: int) -> Views:
        """A part of the samples, drawn by whole positions: all headings of one, or none.

        Args:
            share: Of the positions, above 0 and at most 1.
            seed: The same seed draws the same; a larger share holds what a smaller one does.

        Raises:
            DatasetError: The share is of no use.
        """
        if not 0.0 < share <= 1.0:
            raise DatasetError(f"a share of {share!r} of the labels: give more than 0 and at most 1")
        places = self.places
        order = np.random.default_rng(seed).permutation(places.max() + 1)
        wanted = order[: max(1, round(share * len(order)))]
        return self.chosen(np.flatnonzero(np.isin(places, wanted)))


def load_views(
    folder: str | Path,
    scenes: Sequence[str],
    channels: Sequence[str] = ("rgb", "depth", "echo"),
    size: int | None = None,
    clockwise_audio: bool = False,
) -> Views:
    """All samples of some scenes of a folder: what `echoenv.collect` wrote, the VisualEchoes data, public pictures.

    Args:
        folder: The data set.
        scenes: Which scenes; of public pictures, as of NYU-V2, which splits.
        channels: What is read: `rgb`, `depth`, `echo`, `normal`; public pictures have no echo, and none is read.
        size: Height and width to which views are reduced, by whole numbers: colours are averaged, depth and normals
            taken at the middle of what they stand for; None keeps them.
        clockwise_audio: Whether a VisualEchoes folder names its sounds clockwise, as SoundSpaces does.

    Raises:
        DatasetError: There is no such data set or scene, or views do not divide into the size.
    """
    from echoenv.datasets.open_dataset import open_dataset
    from tasks.public_views import is_public, load_public_views

    if is_public(folder):
        return load_public_views(folder, scenes, [name for name in channels if name != "echo"], size)
    data = open_dataset(folder, tuple(channels), tuple(scenes), clockwise_audio)
    samples = [_front_end(_reduced(data[row], size), data.sample_rate) for row in range(len(data))]
    if not samples:
        raise DatasetError(f"'{folder}' holds no views of {', '.join(scenes)}: collect them first")

    def stacked(name: str, kind: Any) -> NDArray[Any]:
        rows = [sample[name] for sample in samples if name in sample]
        return np.stack(rows).astype(kind) if rows else np.zeros((0,), kind)

    names = tuple(scenes)
    return Views(
        rgb=stacked("rgb", np.uint8), depth=stacked("depth", np.float32), echo=stacked("echo", np.float32),
        normal=stacked("normal", np.float32),
        scenes=np.array([names.index(sample["scene"]) for sample in samples]),
        locations=np.array([sample["location"] for sample in samples]),
        headings=np.array([sample["heading"] for sample in samples], np.float32),
        scene_names=names,
    )  # fmt: skip


def scenes_named(folder: str | Path, names: Sequence[str] | None, held_out: bool = False) -> tuple[str, ...]:
    """The scenes that names stand for, each once.

    Args:
        folder: The data set.
        names: Names, or patterns such as `procedural_*`; None stands for those of the paper, of public pictures for
            their splits `train` and `test` (of DIODE `val`).
        held_out: Whether None stands for those to be judged in.

    Raises:
        DatasetError: A pattern fits nothing that is there.
    """
    from echoenv.datasets.open_dataset import open_dataset
    from tasks.public_views import is_public, public_splits

    public = public_splits(folder) if is_public(folder) else ()
    if names is None and public:
        return next(((name,) for name in (("test", "val") if held_out else ("train",)) if name in public), public[-1:])
    if names is None:
        return HELD_OUT_HOMES if held_out else TRAINING_HOMES
    found: list[str] = []
    for name in names:
        if "*" not in name:
            found.append(name)
            continue
        there = public or tuple(open_dataset(folder, ()).scene_names)
        fitting = fnmatch.filter(there, name)
        if not fitting:
            raise DatasetError(f"no scene of '{folder}' fits '{name}': there are {', '.join(there[:6])}, ...")
        found += fitting
    return tuple(dict.fromkeys(found))


def origin_of(folder: str | Path, scenes: Sequence[str]) -> tuple[str, bool]:
    """What the scenes of a data set are, in words, and whether they are the published ones."""
    from echoenv.datasets.provenance import SCENE_FILE, read_scene
    from tasks.public_views import is_public

    if is_public(folder):
        return f"public pictures ({Path(folder).resolve().name})", True
    found = [Path(folder) / part / name for name in scenes for part in ("", "metadata")]
    origins = {read_scene(path).origin.split(",")[0] for path in found if (path / SCENE_FILE).is_file()}
    return (" and ".join(sorted(origins)), False) if origins else ("VisualEchoes' own files", True)


def _reduced(sample: dict[str, Any], size: int | None) -> dict[str, Any]:
    if size is None or sample["rgb"].shape[0] == size:
        return sample
    step, rest = divmod(sample["rgb"].shape[0], size)
    if rest or step < 1:
        raise DatasetError(f"views of {sample['rgb'].shape[0]} pixels do not divide into {size}: collect that size")
    middle = slice(step // 2, None, step)
    mean = sample["rgb"].reshape(size, step, size, step, 3).mean(axis=(1, 3))
    kept: dict[str, Any] = {name: sample[name][middle, middle] for name in ("depth", "normal") if name in sample}
    return {**sample, **kept, "rgb": np.rint(mean).astype(np.uint8)}


def _front_end(sample: dict[str, Any], sample_rate: int) -> dict[str, Any]:
    """A sample whose echo lasts 60 ms at the one rate that networks are made for; a shorter one goes on silent."""
    if "echo" not in sample:
        return sample
    echo = resample(sample["echo"], sample_rate, ECHO_RATE)[..., :_ECHO_SAMPLES].astype(np.float32)
    return {**sample, "echo": np.pad(echo, [(0, 0), (0, _ECHO_SAMPLES - echo.shape[-1])])}


def order_of(count: int, seed: int, epoch: int) -> NDArray[np.int64]:
    """The order (count,) of an epoch: of the seed and the epoch's number alone."""
    return np.random.default_rng([seed, epoch]).permutation(count)


def batches(views: Views, size: int, order: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], dict[str, Tensor]]]:
    """Batches in an order (n,): rows, and tensors `rgb` (b, 3, H, W) 0 to 1, `depth` (b, 1, H, W), `echo` (b, ears, s).

    A last batch of one sample is left out, for nothing can be normalised by it.
    """
    for first in range(0, len(order), size):
        rows = order[first : first + size]
        if len(rows) > 1 or len(order) == 1:
            yield rows, tensors(views, rows)


def tensors(views: Views, rows: NDArray[np.int64]) -> dict[str, Tensor]:
    """Samples as tensors, as in `batches`; `normal` (b, 3, H, W) where there is one."""
    found = {"rgb": colours(views, rows)}
    if len(views.depth):
        found["depth"] = torch.from_numpy(views.depth[rows])[:, None]
    if len(views.echo):
        found["echo"] = sounds(views, rows)
    if len(views.normal):
        found["normal"] = torch.from_numpy(views.normal[rows]).permute(0, 3, 1, 2)
    return found


def colours(views: Views, rows: NDArray[np.int64]) -> Tensor:
    """Colours (b, 3, H, W) from 0 to 1 of some samples (b,)."""
    # laid out anew as bytes: what follows is twice as quick as over strides
    return torch.from_numpy(views.rgb[rows]).permute(0, 3, 1, 2).contiguous().float() / 255.0


def sounds(views: Views, rows: NDArray[np.int64]) -> Tensor:
    """Echoes (b, ears, 2646) of some samples (b,)."""
    return torch.from_numpy(views.echo[rows])
