"""How far surface normals are off: the loss of directions, and the errors of the tables.

The one idea: the error at a pixel is an angle. All known pixels of all images are taken together, as published, and
so many are not kept: a fine histogram of angles says their median, to half a hundredth of a degree.

Unknown normals are (0, 0, 0); known ones need not be of length 1.

Source: Fouhey et al., Data-Driven 3D Primitives (ICCV 2013); Wang et al., Designing Deep Networks for Surface Normal
Estimation (CVPR 2015).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from echoenv.errors import DatasetError

LIMITS = (11.25, 22.5, 30.0)
"""[degrees] below which a normal counts as nearly right."""

MEASURES = ("mean", "median", *(f"within_{limit:g}" for limit in LIMITS))
"""`mean` and `median` [degrees] and `within_11.25`, `within_22.5`, `within_30`, shares of pixels below these angles."""

_BIN = 0.01  # [degrees] of the histogram; its bins are centred on whole multiples
_BINS = round(180.0 / _BIN) + 1
_NO_DIRECTION = 90.0  # [degrees] off, where (0, 0, 0) is predicted


def known_normals(normals: Tensor) -> Tensor:
    """Whether normals (n, 3, H, W) are known: (n, H, W) bool."""
    return (normals != 0.0).any(dim=1)


def direction_loss(predicted: Tensor, truth: Tensor) -> Tensor:
    """Mean of 1 - cos of the angle between normals (n, 3, H, W), where the truth is known; 0 where none is."""
    known = known_normals(truth)
    apart = 1.0 - nn.functional.cosine_similarity(predicted, truth, dim=1)
    return (apart * known).sum() / torch.clamp(known.sum(), min=1)


def angles_between(predicted: Tensor, truth: Tensor) -> Tensor:
    """Angles [degrees] (m,) float64 between directions (m, 3), which need not be of length 1.

    The arctangent of sine and cosine loses nothing near 0 and 180 degrees, as the arccosine would. Where no direction
    is predicted, (0, 0, 0), the angle is 90 degrees.
    """
    one, other = predicted.double(), truth.double()
    sine = torch.linalg.vector_norm(torch.linalg.cross(one, other, dim=1), dim=1)
    angles = torch.rad2deg(torch.atan2(sine, (one * other).sum(dim=1)))
    return torch.where((one == 0.0).all(dim=1), _NO_DIRECTION, angles)


class NormalErrors:
    """Errors of normals, gathered batch by batch.

    Attributes:
        pixels: Number of known pixels.
    """

    def __init__(self) -> None:
        self.pixels = 0
        self._sum = 0.0
        self._below = np.zeros(len(LIMITS), np.int64)
        self._histogram = np.zeros(_BINS, np.int64)

    def add(self, predicted: Tensor, truth: Tensor) -> None:
        """Take images into account.

        Args:
            predicted: (n, 3, H, W) in the camera's frame.
            truth: (n, 3, H, W); (0, 0, 0) is unknown.

        Raises:
            DatasetError: Shapes differ, or a prediction is not finite where the normal is known.
        """
        if predicted.shape != truth.shape:
            raise DatasetError(f"normals {tuple(predicted.shape)} were predicted where {tuple(truth.shape)} are known")
        known = known_normals(truth)
        told, real = (part.permute(0, 2, 3, 1)[known] for part in (predicted, truth))
        if not torch.isfinite(told).all():
            raise DatasetError("a predicted normal is not finite: the network has diverged")
        self._add(angles_between(told, real).cpu().numpy())

    def _add(self, angles: NDArray[np.float64]) -> None:
        self.pixels += len(angles)
        self._sum += float(angles.sum())
        self._below += [int((angles < limit).sum()) for limit in LIMITS]
        self._histogram += np.bincount(np.rint(angles / _BIN).astype(np.int64), minlength=_BINS)

    def measures(self) -> dict[str, float]:
        """Errors over all pixels by `MEASURES`.

        Raises:
            DatasetError: There was no known pixel.
        """
        if self.pixels == 0:
            raise DatasetError("no pixel has a known normal: nothing can be measured")
        shares = [float(count / self.pixels) for count in self._below]
        return dict(zip(MEASURES, (self._sum / self.pixels, self._median(), *shares), strict=True))

    def _median(self) -> float:
        """The mean of the two in the middle, which are one where their number is odd."""
        upto = np.cumsum(self._histogram)
        middle = np.searchsorted(upto, [(self.pixels - 1) // 2, self.pixels // 2], side="right")
        return float(_BIN * middle.mean())
