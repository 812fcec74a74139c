"""How far depth is off: the loss of the case study, and the errors of the tables, each under its exact name.

The one idea: errors are taken over the pixels of an image whose depth is known and averaged over images
(`per_image`), or over all pixels of all images at once (`pooled`). Papers do either and call both RMS. An image without
any known pixel counts nowhere.

Source: Eigen et al., Depth Map Prediction from a Single Image (NIPS 2014); Gao et al., VisualEchoes (ECCV 2020).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from echoenv.errors import DatasetError

LEAST_DEPTH = 1e-3
"""Predictions are taken to be at least so far [m]: a logarithm and a ratio need more than 0."""

RATIO = 1.25
MEASURES = ("rms", "rel", "log10", "mae", "delta1", "delta2", "delta3")


def log_depth_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """Mean of log(|predicted - truth| + 1) over pixels with known truth (> 0), a scalar; 0 where none is known.

    Args:
        predicted: [m] (n, 1, H, W).
        truth: [m] (n, 1, H, W); 0 is unknown.
    """
    known = truth > 0.0
    errors = torch.log1p(torch.abs(predicted - truth))
    return (errors * known).sum() / torch.clamp(known.sum(), min=1)


@dataclass
class DepthErrors:
    """Errors of depth, gathered batch by batch.

    Attributes:
        images: Number of images with any known depth.
        pixels: Number of known pixels.
    """

    images: int = 0
    pixels: int = 0
    _per_image: dict[str, float] = field(default_factory=dict)
    _pooled: dict[str, float] = field(default_factory=dict)

    def add(self, predicted: Tensor, truth: Tensor) -> None:
        """Take images into account.

        Args:
            predicted: [m] (n, 1, H, W).
            truth: [m] (n, 1, H, W); 0 is unknown.

        Raises:
            DatasetError: Shapes differ, or a prediction is not finite where depth is known.
        """
        if predicted.shape != truth.shape:
            raise DatasetError(f"depth {tuple(predicted.shape)} was predicted where {tuple(truth.shape)} is known")
        for one, real in zip(predicted.double(), truth.double(), strict=True):
            known = real > 0.0
            if not known.any():
                continue
            if not torch.isfinite(one[known]).all():
                raise DatasetError("a predicted depth is not finite: the network has diverged")
            self._add_one(torch.clamp(one[known], min=LEAST_DEPTH), real[known])

    def _add_one(self, predicted: Tensor, truth: Tensor) -> None:
        sums = _sums(predicted, truth)
        count = len(truth)
        self.images += 1
        self.pixels += count
        for name, value in sums.items():
            mean = value / count
            self._pooled[name] = self._pooled.get(name, 0.0) + value
            self._per_image[name] = self._per_image.get(name, 0.0) + (mean**0.5 if name == "rms" else mean)

    def per_image(self) -> dict[str, float]:
        """Errors averaged over images.

        Raises:
            DatasetError: There was no image with known depth.
        """
        self._require_any()
        return {name: self._per_image[name] / self.images for name in MEASURES}

    def pooled(self) -> dict[str, float]:
        """Errors over all pixels at once; raises as `per_image` does."""
        self._require_any()
        means = {name: self._pooled[name] / self.pixels for name in MEASURES}
        return {**means, "rms": means["rms"] ** 0.5}

    def _require_any(self) -> None:
        if self.images == 0:
            raise DatasetError("no image has any known depth: nothing can be measured")


def _sums(predicted: Tensor, truth: Tensor) -> dict[str, float]:
    """Sums over pixels (n,) of what is averaged; that of `rms` is of squares."""
    difference = predicted - truth
    ratio = torch.maximum(predicted / truth, truth / predicted)
    values = {
        "rms": difference**2,
        "rel": difference.abs() / truth,
        "log10": torch.abs(torch.log10(predicted) - torch.log10(truth)),
        "mae": difference.abs(),
    }
    values |= {f"delta{power}": (ratio < RATIO**power).double() for power in (1, 2, 3)}
    return {name: float(value.sum()) for name, value in values.items()}
