"""Learning depth with the multi-scale network of table 8.4a: its loss, its augmentation, its measures.

The one idea: depth alone does not say how sharp it is, so the loss asks three times: for depth, for how it changes from
pixel to pixel (Sobel's gradients), and for which way surfaces face. Where depth is unknown (0) nothing is asked: depth
not at that pixel, gradients and normals not where any of the 3 x 3 pixels that they come from is unknown or outside.

Source: Hu et al., Revisiting Single Image Depth Estimation (WACV 2019), sections 3.2 and 4. Trained there by Adam,
20 epochs of batches of 8 for each GPU, rate 1e-4 that falls to a tenth every 5 epochs, weight decay 1e-4.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from echoenv.errors import DatasetError
from tasks.augmentation import jittered
from tasks.depth_measures import DepthErrors
from tasks.encoder_files import start_from
from tasks.multiscale_networks import MultiScaleDepth
from tasks.views import Views, colours

EDGE = 0.25
"""A pixel lies on an edge where Sobel's gradient of depth is longer than this [m], as published."""

MOST_TURNED = 5.0
"""Pictures are rotated by up to so much while learning [degrees]."""

_OFFSET = 0.5  # [m], of the logarithm in the loss
_JITTER = 0.4  # of brightness, contrast and saturation
_LIGHT = 0.1  # standard deviation of how far colours move along the axes below
# Principal axes (columns) of ImageNet's colours, and how far they spread along each: Krizhevsky et al., 2012
_COLOUR_AXES = ((-0.5675, 0.7192, 0.4009), (-0.5808, -0.0045, -0.8140), (-0.5836, -0.6948, 0.4203))
_COLOUR_SPREAD = (0.2175, 0.0188, 0.0045)
_PIXELS_TOGETHER = 2**20  # that are judged at once


def slopes(depth: Tensor) -> Tensor:
    """Sobel's gradients of depth [m], not divided by 8: (n, 2, H - 2, W - 2), to the right and down, of (n, 1, H, W).

    The pixels of the rim, whose neighbours are not all there, have none.
    """
    across, down = depth[..., 2:] - depth[..., :-2], depth[..., 2:, :] - depth[..., :-2, :]
    right = across[..., :-2, :] + 2.0 * across[..., 1:-1, :] + across[..., 2:, :]
    below = down[..., :-2] + 2.0 * down[..., 1:-1] + down[..., 2:]
    return torch.cat([right, below], dim=1)


def known_slopes(depth: Tensor) -> Tensor:
    """Whether all 3 x 3 depths are known (> 0): (n, 1, H - 2, W - 2) bool, of depth (n, 1, H, W)."""
    return nn.functional.max_pool2d((depth <= 0.0).float(), 3, 1) == 0.0


def multiscale_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """The loss of the multi-scale network, a scalar; it can be negative, and falls to 3 ln 0.5 where all is right.

    Mean ln(|e| + 0.5) of depth, the same of its gradients to the right and of those down, and mean 1 - cos of the
    angle between normals (-right, -down, 1), each over the pixels where it is known; 0 where none is.

    Args:
        predicted: [m] (n, 1, H, W).
        truth: [m] (n, 1, H, W); 0 is unknown.
    """
    told, real, sure = slopes(predicted), slopes(truth), known_slopes(truth)
    right, down = torch.log(torch.abs(told - real) + _OFFSET).split(1, dim=1)
    depth = torch.log(torch.abs(predicted - truth) + _OFFSET)
    normal = 1.0 - nn.functional.cosine_similarity(_normals(told), _normals(real), dim=1)[:, None]
    return _mean(depth, truth > 0.0) + _mean(right, sure) + _mean(down, sure) + _mean(normal, sure)


def _normals(gradients: Tensor) -> Tensor:
    return torch.cat([-gradients, torch.ones_like(gradients[:, :1])], dim=1)


def _mean(values: Tensor, known: Tensor) -> Tensor:
    return (values * known).sum() / torch.clamp(known.sum(), min=1)


@dataclass
class EdgeAgreement:
    """Whether edges of predicted depth lie where edges of the truth do, gathered batch by batch.

    Attributes:
        images: Number of images with any edge that is known; others count nowhere.
    """

    images: int = 0
    _sums: dict[str, float] = field(default_factory=dict)

    def add(self, predicted: Tensor, truth: Tensor) -> None:
        """Take depths [m] (n, 1, H, W) into account; a truth of 0 is unknown."""
        told, real = (torch.linalg.vector_norm(slopes(depth), dim=1) > EDGE for depth in (predicted, truth))
        sure = known_slopes(truth)[:, 0]
        for one, other in zip(told & sure, real & sure, strict=True):
            if not other.any():
                continue
            found, both = int(one.sum()), int((one & other).sum())
            precision, recall = both / max(1, found), both / int(other.sum())
            f1 = 2.0 * precision * recall / (precision + recall) if both else 0.0
            self.images += 1
            for name, value in (("precision", precision), ("recall", recall), ("f1", f1)):
                self._sums[name] = self._sums.get(name, 0.0) + value

    def measures(self) -> dict[str, float]:
        """`edge_precision`, `edge_recall`, `edge_f1`, averaged over images; nothing where there was no edge."""
        return {f"edge_{name}": value / self.images for name, value in self._sums.items()}


def turned(rgb: Tensor, depth: Tensor, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Views, half of them mirrored, rotated about their middle by up to `MOST_TURNED`.

    Args:
        rgb: Colours (n, 3, H, W); those beyond the picture's rim are the rim's.
        depth: [m] (n, 1, H, W); nothing is mixed, and it is unknown (0) beyond the rim.
        random: What is drawn is drawn from it.
    """
    flipped = torch.from_numpy(random.random(len(rgb)) < 0.5)[:, None, None, None]
    angles = np.radians(random.uniform(-MOST_TURNED, MOST_TURNED, len(rgb)))
    rgb, depth = (torch.where(flipped, part.flip(3), part) for part in (rgb, depth))
    return rotated(rgb, angles, "bilinear", "border"), rotated(depth, angles, "nearest", "zeros")


def rotated(pictures: Tensor, angles: NDArray[np.float64], mode: str, beyond: str) -> Tensor:
    """Pictures (n, c, H, W), each rotated counter-clockwise about its middle by its angle [radians] (n,).

    Args:
        pictures: Of any channels.
        angles: Positive is counter-clockwise as one looks at them.
        mode: How pixels are mixed: bilinear or nearest.
        beyond: What lies beyond the rim: border or zeros.
    """
    # coordinates run from -1 to 1 along either side, whatever its length
    cos, sin, ratio = np.cos(angles), np.sin(angles), pictures.shape[2] / pictures.shape[3]
    zero = np.zeros_like(cos)
    rows = np.stack([np.stack([cos, -sin * ratio, zero], axis=1), np.stack([sin / ratio, cos, zero], axis=1)], axis=1)
    places = nn.functional.affine_grid(torch.from_numpy(rows).to(pictures), list(pictures.shape), align_corners=False)
    return nn.functional.grid_sample(pictures, places, mode, beyond, align_corners=False)


def lit(rgb: Tensor, random: np.random.Generator, spread: float = _LIGHT) -> Tensor:
    """Colours (n, 3, H, W) from 0 to 1 in another light: moved along the axes along which colours of pictures vary."""
    drawn = random.normal(0.0, spread, (len(rgb), 3)) * np.array(_COLOUR_SPREAD)
    moved = (drawn @ np.array(_COLOUR_AXES).T).astype(np.float32)
    return torch.clamp(rgb + torch.from_numpy(moved)[..., None, None], 0.0, 1.0)


class MultiScaleLearner:
    """Depth from a picture by the multi-scale network.

    Args:
        train: Views to learn from.
        test: Views to be judged on.
        seed: Of the first weights.
        weights: File with weights of a ResNet-50 that the encoder starts from.
        augment: Whether views are mirrored, rotated and changed in colour while learning.
        slimness: By which widths are divided; 1 is the published network.

    Attributes:
        network: `MultiScaleDepth`.
        count: Views to learn from.

    Raises:
        SettingsError: The slimness is of no use.
        DatasetError: Views without depth; the weights are missing or of another architecture.
    """

    def __init__(
        self, train: Views, test: Views, seed: int = 0, weights: str | Path | None = None, augment: bool = True,
        slimness: int = 1,
    ) -> None:  # fmt: skip
        if not len(train.depth) or not len(test.depth):
            raise DatasetError("the views have no depth: load the channels rgb and depth")
        self.train, self.test, self.augment, self.count = train, test, augment, len(train)
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            self.network = MultiScaleDepth(slimness)
        if weights is not None:
            start_from(self.network.visual, weights)
        self.network.to(memory_format=torch.channels_last)

    def batch(self, rows: NDArray[np.int64], random: np.random.Generator) -> dict[str, Tensor]:
        """See `Learner.batch`: `rgb` (b, 3, H, W) from 0 to 1 and `depth` [m] (b, 1, H, W)."""
        rgb, depth = colours(self.train, rows), torch.from_numpy(self.train.depth[rows])[:, None]
        if self.augment:
            rgb, depth = turned(rgb, depth, random)
            rgb = jittered(lit(rgb, random), random, _JITTER)
        return {"rgb": rgb, "depth": depth}

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        """See `Learner.loss`: `multiscale_loss` at half the size, for which depths are taken and not mixed."""
        told = self.predicted(batch)
        return multiscale_loss(told, nn.functional.interpolate(batch["depth"], told.shape[2:], mode="nearest-exact"))

    def predicted(self, batch: dict[str, Tensor]) -> Tensor:
        """Depth [m] (n, 1, H/2, W/2) of a batch."""
        depth: Tensor = self.network(batch["rgb"])
        return depth.float()

    def judge(self) -> dict[str, float]:
        """See `Learner.judge`: on the views held out, at the truth's size.

        Errors per image; `rms_pooled` over all pixels, which is what was published as RMS; `EdgeAgreement`.
        """
        errors, edges = DepthErrors(), EdgeAgreement()
        together = max(1, _PIXELS_TOGETHER // self.test.depth[0].size)
        for first in range(0, len(self.test), together):
            rows = np.arange(first, min(first + together, len(self.test)))
            told, truth = self.told(rows), torch.from_numpy(self.test.depth[rows])[:, None]
            errors.add(told, truth)
            edges.add(told, truth)
        return {**errors.per_image(), "rms_pooled": errors.pooled()["rms"], **edges.measures()}

    def told(self, rows: NDArray[np.int64]) -> Tensor:
        """Depth [m] (n, 1, H, W), at the truth's size, that the network tells of views held out, by their rows (n,)."""
        self.network.eval()
        with torch.no_grad():
            rgb = colours(self.test, rows).to(next(self.network.parameters()).device)
            size = self.test.depth.shape[1:3]
            larger = nn.functional.interpolate(self.predicted({"rgb": rgb}), size, mode="bilinear", align_corners=False)
            return larger.cpu()
