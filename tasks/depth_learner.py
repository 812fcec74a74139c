"""Learning depth from pictures and echoes: the four models of the case study, and two of later work, as one learner.

The one idea: a model's name says what it takes; all else (loss, measures, data) is the same, so that a difference in
the table is one of the senses alone.
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
from tasks.depth_measures import DepthErrors, log_depth_loss
from tasks.depth_networks import AverageDepth, RgbEchoToDepth, RgbToDepth
from tasks.echo_networks import EchoToDepth, echo_spectrogram
from tasks.encoder_files import start_from
from tasks.fusion_networks import RgbEchoAttention
from tasks.modern_encoders import RgbConvNeXtToDepth
from tasks.views import Views, tensors

MODELS = ("average", "echo", "rgb", "rgb_echo", "rgb_echo_attention", "rgb_convnext")
"""The four of the case study; the echo joined by attention; the picture by an encoder of today."""

LARGEST_DEPTH = 14.104
"""[m] that a prediction of 1 stands for: that of the published Replica experiments."""

_JUDGED_TOGETHER = 64


class DepthLearner:
    """Depth from what a model takes.

    Args:
        model: One of `MODELS`.
        train: Views to learn from.
        test: Views to be judged on.
        slimness: By which widths are divided; 1 is the published network.
        augment: Whether colours are changed while learning.
        seed: Of the first weights.
        weights: File with weights that the picture's encoder of `rgb` and what begins with it starts from.
        material: File with weights of a ResNet-18 that tells materials, which `rgb_echo_attention` then has too.

    Raises:
        SettingsError: An unknown model, with the nearest; one that has no encoder for the weights, or for materials.
        DatasetError: There are no echoes to listen to; the weights are missing or of another architecture.
    """

    def __init__(
        self, model: str, train: Views, test: Views, slimness: int = 1, augment: bool = True, seed: int = 0,
        weights: str | Path | None = None, material: str | Path | None = None,
    ) -> None:  # fmt: skip
        self.model, self.train, self.test, self.augment = model, train, test, augment
        if "echo" in model and not (len(train.echo) and len(test.echo)):
            raise DatasetError(
                f"model '{model}' listens, and the views have no echoes: give average, rgb, rgb_convnext"
            )
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            self.network, self.count = _network(model, train, slimness, material is not None), len(train)
        if weights is not None:
            if not model.startswith("rgb"):
                raise SettingsError(f"model '{model}' has no encoder of pictures to start from weights: give rgb")
            start_from(self.network.get_submodule("visual"), weights)
        if material is not None:
            if model != "rgb_echo_attention":
                raise SettingsError(f"model '{model}' has no encoder of materials: give rgb_echo_attention")
            start_from(self.network.get_submodule("material"), material)
        self.network.to(memory_format=torch.channels_last)  # on a CPU a third faster

    def batch(self, rows: NDArray[np.int64], random: np.random.Generator) -> dict[str, Tensor]:
        """See `Learner.batch`."""
        found = tensors(self.train, rows)
        if self.augment:
            found["rgb"] = jittered(found["rgb"], random)
        return found

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        """See `Learner.loss`: that of the published networks."""
        return log_depth_loss(self.predicted(batch), batch["depth"])

    def predicted(self, batch: dict[str, Tensor]) -> Tensor:
        """Depth [m] (n, 1, H, W) of a batch."""
        inputs = [] if self.model == "echo" else [batch["rgb"]]
        if "echo" in self.model:
            inputs.append(echo_spectrogram(batch["echo"]))
        depth: Tensor = self.network(*inputs)
        return depth if self.model == "average" else LARGEST_DEPTH * depth.float()

    def judge(self) -> dict[str, float]:
        """See `Learner.judge`: errors per image on the views held out."""
        errors = DepthErrors()
        for first in range(0, len(self.test), _JUDGED_TOGETHER):
            rows = np.arange(first, min(first + _JUDGED_TOGETHER, len(self.test)))
            errors.add(self.told(rows), torch.from_numpy(self.test.depth[rows])[:, None])
        return errors.per_image()

    def told(self, rows: NDArray[np.int64]) -> Tensor:
        """Depth [m] (n, 1, H, W) that the network tells of views held out, by their rows (n,)."""
        device = next(iter([*self.network.parameters(), *self.network.buffers()])).device
        self.network.eval()
        with torch.no_grad():
            return self.predicted({name: part.to(device) for name, part in tensors(self.test, rows).items()}).cpu()


def _network(model: str, train: Views, slimness: int, material: bool) -> nn.Module:
    size = train.rgb.shape[1]
    makers: dict[str, Callable[[], Any]] = {
        "average": lambda: _average(train),
        "rgb": lambda: RgbToDepth(slimness),
        "echo": lambda: EchoToDepth(slimness, size),
        "rgb_echo": lambda: RgbEchoToDepth(slimness),
        "rgb_echo_attention": lambda: RgbEchoAttention(slimness, size, material),
        "rgb_convnext": lambda: RgbConvNeXtToDepth(slimness),
    }
    if model not in makers:
        raise SettingsError(f"model '{model}' is not known: {nearest(str(model), MODELS)}")
    network: nn.Module = makers[model]()
    return network


def _average(train: Views) -> AverageDepth:
    average = AverageDepth(train.rgb.shape[1])
    with torch.no_grad():
        for first in range(0, len(train), 256):
            average.show(torch.from_numpy(train.depth[first : first + 256])[:, None])
    return average
