"""Learning depth from pictures and echoes: the four models of the case study as one learner.

The one idea: a model's name says what it takes; all else (loss, measures, data) is the same, so that a difference in
the table is one of the senses alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from echoenv.errors import SettingsError, nearest
from tasks.augmentation import jittered
from tasks.depth_measures import DepthErrors, log_depth_loss
from tasks.depth_networks import AverageDepth, RgbEchoToDepth, RgbToDepth
from tasks.echo_networks import EchoToDepth, echo_spectrogram
from tasks.views import Views, tensors

MODELS = ("average", "echo", "rgb", "rgb_echo")
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

    Raises:
        SettingsError: An unknown model, with the nearest.
    """

    def __init__(self, model: str, train: Views, test: Views, slimness: int = 1, augment: bool = True) -> None:
        self.model, self.train, self.test, self.augment = model, train, test, augment
        self.network, self.count = _network(model, train, slimness), len(train)

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
        inputs: dict[str, Callable[[], tuple[Tensor, ...]]] = {
            "average": lambda: (batch["rgb"],),
            "rgb": lambda: (batch["rgb"],),
            "echo": lambda: (echo_spectrogram(batch["echo"]),),
            "rgb_echo": lambda: (batch["rgb"], echo_spectrogram(batch["echo"])),
        }
        depth: Tensor = self.network(*inputs[self.model]())
        return depth if self.model == "average" else LARGEST_DEPTH * depth.float()

    def judge(self) -> dict[str, float]:
        """See `Learner.judge`: errors per image on the views held out."""
        errors = DepthErrors()
        device = next(iter([*self.network.parameters(), *self.network.buffers()])).device
        for first in range(0, len(self.test), _JUDGED_TOGETHER):
            rows = np.arange(first, min(first + _JUDGED_TOGETHER, len(self.test)))
            batch = {name: value.to(device) for name, value in tensors(self.test, rows).items()}
            errors.add(self.predicted(batch).cpu(), batch["depth"].cpu())
        return errors.per_image()


def _network(model: str, train: Views, slimness: int) -> nn.Module:
    size = train.rgb.shape[1]
    makers: dict[str, Callable[[], Any]] = {
        "average": lambda: _average(train),
        "rgb": lambda: RgbToDepth(slimness),
        "echo": lambda: EchoToDepth(slimness, size),
        "rgb_echo": lambda: RgbEchoToDepth(slimness),
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
