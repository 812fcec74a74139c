"""Learning surface normals from pictures: the average, PSPNet of table 8.4b, and the U-Net, as one learner.

The one idea: a model's name says how it tells a direction; data, augmentation and measures are the same. In a mirror a
surface that faces right faces left, so a mirrored picture has mirrored normals, and codes are looked up after that.

Normals are in the camera's frame: x right, y up, z back, towards who looks.

Source: as of `tasks.normal_networks`. PSPNet was trained there by SGD (rate 0.02 that falls as (1 - t)^0.9, momentum
0.9, weight decay 1e-4), on pictures of changing size and not mirrored; its first stages were kept as they were
pretrained.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from echoenv.errors import DatasetError, SettingsError, nearest
from tasks.augmentation import jittered
from tasks.encoder_files import start_from
from tasks.normal_codes import UNKNOWN, NormalCodes
from tasks.normal_measures import NormalErrors, direction_loss
from tasks.normal_networks import AverageNormal, PspNet, RgbToNormal
from tasks.views import Views, colours

MODELS = ("average", "pspnet", "unet")

_PIXELS_TOGETHER = 2**19  # that are judged at once: 80 MiB of logits
_SHOWN_TOGETHER = 256


def mirrored(rgb: Tensor, normal: Tensor, which: Tensor) -> tuple[Tensor, Tensor]:
    """Colours (n, 3, H, W) and normals (n, 3, H, W), of which some (n,) bool are seen in a mirror: x is negated."""
    chosen, turn = which[:, None, None, None], torch.tensor([-1.0, 1.0, 1.0])[:, None, None]
    return torch.where(chosen, rgb.flip(3), rgb), torch.where(chosen, normal.flip(3) * turn, normal)


class NormalLearner:
    """Normals from a picture.

    Args:
        model: One of `MODELS`.
        train: Views to learn from.
        test: Views to be judged on.
        slimness: By which widths are divided; 1 is the published network.
        seed: Of the first weights and the codes.
        weights: File with weights that the encoder starts from: a ResNet-50's for pspnet, a U-Net's for unet.
        augment: Whether views are mirrored and changed in colour while learning.

    Attributes:
        network: What tells normals.
        count: Views to learn from.

    Raises:
        SettingsError: An unknown model, with the nearest; one that has no encoder for the weights; pictures that the
            U-Net cannot take.
        DatasetError: Views without normals; the weights are missing or of another architecture.
    """

    def __init__(
        self, model: str, train: Views, test: Views, slimness: int = 1, seed: int = 0,
        weights: str | Path | None = None, augment: bool = True,
    ) -> None:  # fmt: skip
        if not len(train.normal) or not len(test.normal):
            raise DatasetError("the views have no normals: load the channels rgb and normal")
        self.model, self.train, self.test, self.augment, self.count = model, train, test, augment, len(train)
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            self.network = _network(model, train, slimness, seed)
        if weights is not None:
            if model == "average":
                raise SettingsError("model 'average' has no encoder to start from weights: give pspnet or unet")
            start_from(self.network.get_submodule("visual"), weights)
        self.network.to(memory_format=torch.channels_last)

    def batch(self, rows: NDArray[np.int64], random: np.random.Generator) -> dict[str, Tensor]:
        """See `Learner.batch`: `rgb` (b, 3, H, W) from 0 to 1 and `normal` (b, 3, H, W)."""
        rgb, normal = colours(self.train, rows), _normals(self.train, rows)
        if self.augment:
            rgb, normal = mirrored(rgb, normal, torch.from_numpy(random.random(len(rows)) < 0.5))
            rgb = jittered(rgb, random)
        return {"rgb": rgb, "normal": normal}

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        """See `Learner.loss`: cross-entropy of codes for pspnet, 1 - cos for unet, where normals are known."""
        told: Tensor = self.network(batch["rgb"]).float()
        truth = batch["normal"]
        if truth.shape[2:] != told.shape[2:]:  # taken in the middle and not mixed: a mean of two walls is no wall
            truth = nn.functional.interpolate(truth, told.shape[2:], mode="nearest-exact")
        if not isinstance(self.network, PspNet):
            return direction_loss(told, truth)
        labels = self.network.codes.labels(truth)
        lost = nn.functional.cross_entropy(told, labels, ignore_index=UNKNOWN, reduction="sum")
        return lost / torch.clamp((labels != UNKNOWN).sum(), min=1)

    def judge(self) -> dict[str, float]:
        """See `Learner.judge`: `NormalErrors.measures` on the views held out, over all pixels."""
        errors = NormalErrors()
        together = max(1, 3 * _PIXELS_TOGETHER // self.test.normal[0].size)
        for first in range(0, len(self.test), together):
            rows = np.arange(first, min(first + together, len(self.test)))
            errors.add(self.told(rows), _normals(self.test, rows))
        return errors.measures()

    def told(self, rows: NDArray[np.int64]) -> Tensor:
        """Normals (n, 3, H, W), of length 1 and at the truth's size, told of views held out by their rows (n,)."""
        device = next(iter([*self.network.parameters(), *self.network.buffers()])).device
        self.network.eval()
        with torch.no_grad():
            told: Tensor = self.network.normals(colours(self.test, rows).to(device), self.test.normal.shape[1:3])
        return told.cpu()


def _normals(views: Views, rows: NDArray[np.int64]) -> Tensor:
    """Normals (b, 3, H, W) of some samples (b,)."""
    return torch.from_numpy(views.normal[rows]).permute(0, 3, 1, 2).contiguous()


def _network(model: str, train: Views, slimness: int, seed: int) -> Any:
    makers: dict[str, Callable[[], nn.Module]] = {
        "average": lambda: _average(train),
        "pspnet": lambda: PspNet(NormalCodes.learned(train.normal, seed=seed), slimness),
        "unet": lambda: RgbToNormal(slimness),
    }
    if model not in makers:
        raise SettingsError(f"model '{model}' is not known: {nearest(str(model), MODELS)}")
    height, width = train.rgb.shape[1:3]
    if model == "unet" and (height % 32 or width % 32):
        raise SettingsError(f"pictures of {height} x {width}: the U-Net takes multiples of 32; give pspnet or resize")
    return makers[model]()


def _average(train: Views) -> AverageNormal:
    average = AverageNormal(train.normal.shape[1:3])
    with torch.no_grad():
        for first in range(0, len(train), _SHOWN_TOGETHER):
            average.show(_normals(train, np.arange(first, min(first + _SHOWN_TOGETHER, len(train)))))
    return average
