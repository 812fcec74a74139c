"""Learning which way an agent was turned when it heard an echo: VisualEchoes' task, its ablations, any heading.

The one idea: a table of pairs. Each picture has a row, each column is an echo that can be laid beside it, and each
column has a class; the published task and its ablations differ in columns and classes alone. A step takes whole places:
every picture there beside every echo of its row. What differs between the pairs of a picture is the echo alone, so the
step says what it is in echoes that tells; pairs drawn one by one learn the same in many times as many steps.

Source: Gao et al., VisualEchoes (ECCV 2020), section 3.3 and its ablations; the dissertation's 8.1.3 and table 8.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from echoenv.errors import DatasetError, SettingsError, nearest
from tasks.augmentation import jittered
from tasks.echo_networks import echo_spectrogram
from tasks.orientation_networks import OrientationNetwork
from tasks.views import Views, colours, sounds

VARIANTS = {
    "visual_echoes": ("same", "right", "opposite", "left"),
    "simple": ("same", "turned"),
    "binary_matching": ("same home", "other home"),
    "any_heading": (),
}
"""Classes by task. `visual_echoes`: which way from the picture's heading was the echo heard? `simple`
(SimpleVisualEchoes): in the picture's heading or another, at the same place? `binary_matching` (BinaryMatching): is it
the picture's own echo, or one of another home? `any_heading`: the angle itself, by regression; a class is the nearest
of the headings that the data have."""

_JUDGED_TOGETHER = 64
_JUDGED_SEED = 0  # of the other homes' echoes that pictures are judged with
_SAME_ANGLE = 0.05  # [degrees]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Which echoes can be laid beside which pictures.

    Attributes:
        pictures: Rows (p, h) of views: all headings of the places that have them all.
        echoes: Rows (p, h, k) of views that have the echo.
        classes: Class (k,) of each column, ascending.
        names: Of the classes.
        homes: Scene of every view, where the echoes of class 1 are drawn anew from other scenes; else None.
    """

    pictures: NDArray[np.int64]
    echoes: NDArray[np.int64]
    classes: NDArray[np.int64]
    names: tuple[str, ...]
    homes: NDArray[np.int64] | None = None

    def drawn(
        self, places: NDArray[np.int64], random: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows (b h,) of all pictures of some places (b,), and rows (b h, k) of the echoes beside them."""
        pictures = self.pictures[places].ravel()
        echoes = self.echoes[places].reshape(len(pictures), -1)
        if self.homes is not None:
            others = _of_other_homes(self.homes, pictures, random)
            echoes = np.where(self.classes == 1, others[:, None], echoes)
        return pictures, echoes

    @property
    def weights(self) -> NDArray[np.float32]:
        """By how much each column (k,) counts, so that each class counts alike; their sum is 1."""
        often = np.bincount(self.classes)[self.classes]
        return (1.0 / (often * len(np.unique(self.classes)))).astype(np.float32)


def pairs_of(views: Views, variant: str) -> Pairs:
    """The pairs that a task asks about.

    Args:
        views: Pictures and echoes; places that lack a heading are left out.
        variant: One of `VARIANTS`.

    Raises:
        SettingsError: An unknown task, with the nearest.
        DatasetError: There are no echoes, or the headings or the number of scenes do not suffice.
    """
    if variant not in VARIANTS:
        raise SettingsError(f"variant '{variant}' is not known: {nearest(str(variant), VARIANTS)}")
    turned, names = _turned(views), VARIANTS[variant]
    pictures, count = turned[..., 0], turned.shape[2]
    if variant == "any_heading":
        return Pairs(pictures, turned, np.arange(count), tuple(f"{360.0 * k / count:g}°" for k in range(count)))
    if variant == "binary_matching":
        others = _of_other_homes(views.scenes, pictures.ravel(), np.random.default_rng(_JUDGED_SEED))
        echoes = np.stack([pictures, others.reshape(pictures.shape)], axis=2)
        return Pairs(pictures, echoes, np.arange(2), names, views.scenes)
    if count % 4:
        raise DatasetError(f"{count} headings at a place hold no turn of 90 degrees: take the variant any_heading")
    classes = np.arange(4) if variant == "visual_echoes" else np.array([0, 1, 1, 1])
    return Pairs(pictures, turned[..., :: count // 4], classes, names)


def _turned(views: Views) -> NDArray[np.int64]:
    """Rows (p, k, k) of the same place: column 0 the view itself, each next one turned right by 360 / k degrees more.

    Headings count counter-clockwise, so a turn to the right takes from them.
    """
    if not len(views.echo) or not len(views):
        raise DatasetError("the views have no echoes: load the channels rgb and echo")
    angles = np.mod(np.round(np.mod(views.headings.astype(np.float64), 360.0), 2), 360.0)
    there = np.unique(angles)
    count = len(there)
    if count < 2 or np.abs(there - there[0] - 360.0 / count * np.arange(count)).max() > _SAME_ANGLE:
        shown = ", ".join(f"{angle:g}" for angle in there[:8])
        raise DatasetError(f"headings {shown} do not divide a turn evenly: collect such as 0, 90, 180, 270")
    steps = np.rint((angles - there[0]) * count / 360.0).astype(np.int64)
    places = views.places
    table = np.full((places.max() + 1, count), -1)
    table[places, steps] = np.arange(len(views))
    table = table[table.min(axis=1) >= 0]
    if not len(table):
        raise DatasetError("no place has views in all headings: collect the data set to its end")
    return table[:, (np.arange(count)[:, None] - np.arange(count)) % count]


def _of_other_homes(
    homes: NDArray[np.int64], rows: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.int64]:
    """For each of some rows (b,), one row of another home, drawn evenly from all that are."""
    order = np.argsort(homes, kind="stable")
    first, end = (np.searchsorted(homes[order], homes[rows], side) for side in ("left", "right"))
    if (end - first == len(homes)).any():
        raise DatasetError("binary_matching tells homes apart: give two scenes or more, to learn and to be judged")
    drawn = random.integers(0, len(homes) - (end - first))
    return order[drawn + np.where(drawn >= first, end - first, 0)]


@dataclass(frozen=True, eq=False)
class Judged:
    """What a network said of all pairs.

    Attributes:
        predicted: Class (m, k) that was told for each picture and column.
        classes: Class (k,) that each column is of.
        names: Of the classes.
        scenes: Of each picture (m,).
        scene_names: Names of the scenes.
        angle_error: Mean angle between what was told and what is [degrees]; None where classes are told.
    """

    predicted: NDArray[np.int64]
    classes: NDArray[np.int64]
    names: tuple[str, ...]
    scenes: NDArray[np.int64]
    scene_names: tuple[str, ...]
    angle_error: float | None = None

    def confusion(self, scene: int | None = None) -> NDArray[np.int64]:
        """Pairs (c, c) of a class (row) that were told to be of a class (column), of one scene or of all."""
        told = self.predicted if scene is None else self.predicted[self.scenes == scene]
        count = len(self.names)
        pairs = (np.broadcast_to(self.classes, told.shape) * count + told).ravel()
        return np.bincount(pairs, minlength=count * count).reshape(count, count)

    def accuracy(self, scene: int | None = None) -> float:
        """Share told rightly, the mean over classes, so that chance is one over their number."""
        return float(np.mean(_shares(self.confusion(scene))))

    def by_home(self) -> dict[str, float]:
        """Accuracy by scene."""
        return {self.scene_names[scene]: self.accuracy(scene) for scene in np.unique(self.scenes)}

    def measures(self) -> dict[str, float]:
        """`accuracy`, that of each class, and of regressed headings `angle_error`."""
        if self.angle_error is not None:
            return {"accuracy": self.accuracy(), "angle_error": self.angle_error}
        shares = zip(self.names, _shares(self.confusion()), strict=True)
        return {"accuracy": self.accuracy(), **{f"accuracy_{n.replace(' ', '_')}": float(x) for n, x in shares}}


def _shares(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.diagonal(confusion) / np.maximum(confusion.sum(axis=1), 1)


class OrientationLearner:
    """A picture's encoder, learned by telling how echoes were heard.

    Args:
        train: Views to learn from.
        test: Views to be judged on.
        variant: One of `VARIANTS`.
        backbone: The picture's encoder, one of `tasks.orientation_networks.BACKBONES`.
        slimness: By which widths are divided; 1 is the published network.
        seed: Of the first weights.
        augment: Whether colours are changed while learning.

    Attributes:
        network: Picture's encoder `visual`, echo's encoder `echo`, and what joins them.
        count: Places to learn from, each with all its pictures.
        pairs: Of the views to learn from.

    Raises:
        SettingsError: An unknown task or encoder, with the nearest; pictures that the encoders cannot take.
        DatasetError: The views do not suffice for the task.
    """

    def __init__(
        self, train: Views, test: Views, variant: str = "visual_echoes", backbone: str = "unet", slimness: int = 1,
        seed: int = 0, augment: bool = True,
    ) -> None:  # fmt: skip
        self.train, self.test, self.variant, self.augment = train, test, variant, augment
        self.pairs, self._judged_pairs = pairs_of(train, variant), pairs_of(test, variant)
        size, names = train.rgb.shape[1], self.pairs.names
        if size % 32 or size < 64:
            raise SettingsError(f"size = {size}: encoders take pictures of 64, 96, 128, ... pixels")
        if test.rgb.shape[1] != size or self._judged_pairs.names != names:
            raise DatasetError("views to learn from and to be judged on differ in size or in headings")
        self._regresses, self.count = variant == "any_heading", len(self.pairs.pictures)
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            self.network = OrientationNetwork(backbone, 2 if self._regresses else len(names), size, slimness)

    def batch(self, rows: NDArray[np.int64], random: np.random.Generator) -> dict[str, Tensor]:
        """See `Learner.batch`: of places (b,).

        `rgb` (n, 3, H, W) from 0 to 1 are all their pictures, `echo` (m, 2, 2646) all echoes that are laid beside them,
        and `beside` (n, k) says which of these each picture has in each column.
        """
        pictures, echoes = self.pairs.drawn(rows, random)
        rgb = colours(self.train, pictures)
        rgb = jittered(rgb, random) if self.augment else rgb
        heard, beside = np.unique(echoes, return_inverse=True)
        return {"rgb": rgb, "echo": sounds(self.train, heard), "beside": torch.from_numpy(beside.reshape(echoes.shape))}

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        """See `Learner.loss`: cross-entropy; of headings the squared distance of points on a circle."""
        # spectrograms are made here, where the network is, for they are 16 times as large as the echoes
        heard = self.network.heard(echo_spectrogram(batch["echo"]))[batch["beside"]]
        told = self.network.told(self.network.seen(batch["rgb"])[:, None], heard).float()
        return self.lost(told)

    def lost(self, told: Tensor) -> Tensor:
        """What is lost where (n, k, outputs) is told of the pairs of n pictures."""
        classes = torch.from_numpy(self.pairs.classes).to(told.device)
        if self._regresses:
            angles = classes * (2.0 * torch.pi / len(self.pairs.names))
            points = torch.stack([torch.cos(angles), torch.sin(angles)], dim=1)
            return nn.functional.mse_loss(told, points.expand_as(told))
        weights = torch.from_numpy(self.pairs.weights).to(told.device)
        each = nn.functional.cross_entropy(told.flatten(0, 1), classes.repeat(len(told)), reduction="none")
        return (each.reshape(len(told), -1) * weights).sum(dim=1).mean()

    def judge(self) -> dict[str, float]:
        """See `Learner.judge`: `Judged.measures` of all pairs that are held out."""
        return self.judged().measures()

    def judged(self) -> Judged:
        """What the network, in evaluation mode, says of all pairs that are held out."""
        pairs, views = self._judged_pairs, self.test
        self.network.eval()
        with torch.no_grad():
            told = self._told()
        if self._regresses:
            count = len(pairs.names)
            steps = np.arctan2(told[..., 1], told[..., 0]) * count / (2.0 * np.pi)
            predicted = np.rint(steps).astype(np.int64) % count
            off = np.abs((steps - pairs.classes + count / 2.0) % count - count / 2.0) * 360.0 / count
        else:
            predicted, off = told.argmax(axis=-1), None
        error, scenes = None if off is None else float(off.mean()), views.scenes[pairs.pictures.ravel()]
        return Judged(predicted, pairs.classes, pairs.names, scenes, views.scene_names, error)

    def _told(self) -> NDArray[np.float32]:
        """What the network gives (m, k, outputs) of all pairs held out."""
        network, views = self.network, self.test
        pictures = self._judged_pairs.pictures.ravel()
        echoes = self._judged_pairs.echoes.reshape(len(pictures), -1)
        device = next(network.parameters()).device
        parts = [network.heard(echo_spectrogram(sounds(views, r).to(device))) for r in _parts(np.arange(len(views)))]
        heard, told = torch.cat(parts), []
        for rows in _parts(np.arange(len(pictures))):
            seen = network.seen(colours(views, pictures[rows]).to(device))
            told.append(network.told(seen[:, None], heard[torch.from_numpy(echoes[rows])]))
        return torch.cat(told).float().cpu().numpy()


def _parts(rows: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    return (rows[first : first + _JUDGED_TOGETHER] for first in range(0, len(rows), _JUDGED_TOGETHER))
