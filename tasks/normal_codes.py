"""Directions that surface normals are sorted into: k-means on the sphere, labels, and back from probabilities.

The one idea: which of 40 typical directions a surface faces is a question that a network for segmentation can answer,
and between two directions that it holds for likely lies the answer that it means: the sum of all, weighted by their
probabilities. The directions are learned from the training normals, as a room's walls and floor are most of them.

Source: Ladicky et al., Discriminatively Trained Dense Surface Normal Estimation (ECCV 2014); Wang et al., Designing
Deep Networks for Surface Normal Estimation (CVPR 2015); Goyal et al., Scaling and Benchmarking Self-Supervised Visual
Representation Learning (ICCV 2019), whose 40 codes come from a file, where these come from the data.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from echoenv.errors import DatasetError, SettingsError
from tasks.normal_measures import known_normals

CODES = 40
UNKNOWN = 255
"""Label of pixels whose normal is unknown."""

_MOST = 100_000  # normals that codes are learned from
_ROUNDS = 50
_SAME = 1e-6  # 1 - cos of directions that are taken for one: 0.08 degrees


class NormalCodes(nn.Module):
    """Typical directions, and normals in their terms.

    Args:
        codes: Directions (k, 3), of length 1.
    """

    codes: Tensor

    def __init__(self, codes: Tensor) -> None:
        super().__init__()
        self.register_buffer("codes", codes)

    @classmethod
    def learned(cls, normals: NDArray[Any], count: int = CODES, seed: int = 0) -> NormalCodes:
        """Codes of some normals (..., 3), of which (0, 0, 0) are unknown; fewer than `count` where so few differ.

        Args:
            normals: In the camera's frame; of many, 100,000 are drawn.
            count: 2 to 255.
            seed: Of what is drawn; the same seed gives the same codes.

        Raises:
            SettingsError: The count is of no use.
            DatasetError: No normal is known.
        """
        if not isinstance(count, int) or not 2 <= count <= UNKNOWN:
            raise SettingsError(f"count = {count!r}: give a whole number of codes from 2 to {UNKNOWN}")
        random = np.random.default_rng(seed)
        return cls(torch.from_numpy(spherical_means(_drawn(normals, random), count, random).astype(np.float32)))

    @property
    def count(self) -> int:
        """Number of codes."""
        return len(self.codes)

    def labels(self, normals: Tensor) -> Tensor:
        """Number (n, H, W) int64 of the nearest code of normals (n, 3, H, W); `UNKNOWN` where they are (0, 0, 0)."""
        # not a product of matrices, which mixed precision would round: labels would be those of other codes
        cosines = sum(self.codes[:, axis, None, None] * normals[:, axis, None] for axis in range(3))
        return torch.where(known_normals(normals), torch.as_tensor(cosines).argmax(dim=1), UNKNOWN)

    def decode(self, shares: Tensor) -> Tensor:
        """Normals (n, 3, H, W) of length 1, of probabilities (n, k, H, W): the sum of codes, weighted by them."""
        return nn.functional.normalize(torch.einsum("kc,nkhw->nchw", self.codes, shares), dim=1)


def _drawn(normals: NDArray[Any], random: np.random.Generator) -> NDArray[np.float64]:
    """Some of the known normals (m, 3), of length 1."""
    flat = normals.reshape(-1, 3)
    if len(flat) > _MOST:  # twice as many are drawn, for some are unknown
        flat = flat[random.integers(len(flat), size=2 * _MOST)]
    known = flat[(flat != 0.0).any(axis=1)][:_MOST].astype(np.float64)
    if not len(known):
        raise DatasetError("no normal is known: nothing can be learned from these views")
    return known / np.linalg.norm(known, axis=1, keepdims=True)


def spherical_means(normals: NDArray[np.float64], count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """K-means on the sphere: directions (k, 3), to the nearest of which normals have the largest mean cosine.

    Args:
        normals: Directions (m, 3) of length 1.
        count: How many; there are fewer where fewer normals differ.
        random: Draws those that it begins with, each with a probability proportional to its distance, 1 - cos, from
            the nearest of those drawn before (k-means++; Arthur and Vassilvitskii, 2007).
    """
    codes, before = _spread(normals, count, random), np.zeros(0, np.int64)
    for _ in range(_ROUNDS):
        nearest = np.argmax(normals @ codes.T, axis=1)
        if np.array_equal(nearest, before):
            break
        sums = np.stack([np.bincount(nearest, normals[:, axis], len(codes)) for axis in range(3)], axis=1)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        # one to which nothing is nearest any more stays where it is
        codes, before = np.where(lengths > 0.0, sums / np.where(lengths > 0.0, lengths, 1.0), codes), nearest
    return codes


def _spread(normals: NDArray[np.float64], count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Some of the normals (k, 3), far from each other."""
    chosen = [normals[random.integers(len(normals))]]
    distances = 1.0 - normals @ chosen[0]
    while len(chosen) < count and distances.max() > _SAME:
        upto = np.cumsum(np.where(distances > _SAME, distances, 0.0))
        row = np.searchsorted(upto, random.random() * upto[-1], side="right")
        chosen.append(normals[min(int(row), len(normals) - 1)])
        distances = np.minimum(distances, 1.0 - normals @ chosen[-1])
    return np.array(chosen)
