"""Networks that tell surface normals from a picture: PSPNet, a U-Net, and the average normal.

The one idea: PSPNet sorts every eighth pixel into codes, after it has laid means of the picture in whole, halves,
thirds and sixths beside its features: which way a wall faces shows in the room. The U-Net tells the direction itself.

Source: Zhao et al., Pyramid Scene Parsing Network (CVPR 2017); Goyal et al., Scaling and Benchmarking Self-Supervised
Visual Representation Learning (ICCV 2019), whose benchmark of normals the dissertation's table 8.4b is of.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tasks.depth_networks import normalised
from tasks.normal_codes import NormalCodes
from tasks.normal_measures import known_normals
from tasks.resnet import ResNet50
from tasks.unet import UNetDecoder, UNetEncoder, first_weights, slimmed

POOLS = (1, 2, 3, 6)
"""Rows and columns of the means that are laid beside the features."""

_WIDTH = 512  # channels of each of them, and of what they are joined to
_DROPOUT = 0.1


class PyramidPooling(nn.Module):
    """Means of the features over parts of the picture, laid beside them.

    Args:
        channels: Of the features.
        width: Channels that each of the means is brought to.

    Attributes:
        width: Channels of what goes out.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.width = channels + len(POOLS) * width
        self.pools = nn.ModuleList(
            nn.Sequential(
                nn.AdaptiveAvgPool2d(size), nn.Conv2d(channels, width, 1, bias=False), nn.BatchNorm2d(width),
                nn.ReLU(inplace=True),
            )
            for size in POOLS
        )  # fmt: skip

    def forward(self, features: Tensor) -> Tensor:
        """Features (n, width, H, W) of features (n, channels, H, W)."""
        size = features.shape[2:]
        means = [nn.functional.interpolate(pool(features), size, mode="bilinear") for pool in self.pools]
        return torch.cat([features, *means], dim=1)


class PspNet(nn.Module):
    """How likely each code is, at an eighth of the picture's size.

    Args:
        codes: Directions that are told apart; they are kept with the weights.
        slimness: By which widths are divided, those of the encoder too, for a CPU; 1 is the published network.

    Attributes:
        visual: The encoder, which a pretrained one replaces.
        codes: The directions.

    Raises:
        SettingsError: The slimness is not 1 to 16.
    """

    def __init__(self, codes: NormalCodes, slimness: int = 1) -> None:
        super().__init__()
        (width,) = slimmed([_WIDTH], slimness)
        self.visual = ResNet50(dilated=True, slimness=slimness)
        self.pyramid = PyramidPooling(self.visual.features, width)
        self.told = nn.Sequential(
            nn.Conv2d(self.pyramid.width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width),
            nn.ReLU(inplace=True), nn.Dropout2d(_DROPOUT), nn.Conv2d(width, codes.count, 1),
        )  # fmt: skip
        self.codes = codes
        for layer in (*self.pyramid.modules(), *self.told.modules()):
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight)

    def forward(self, rgb: Tensor) -> Tensor:
        """Logits (n, k, H/8, W/8) of colours (n, 3, H, W) from 0 to 1; more than one picture while it learns."""
        logits: Tensor = self.told(self.pyramid(self.visual(normalised(rgb))[-1]))
        return logits

    def normals(self, rgb: Tensor, size: Sequence[int]) -> Tensor:
        """Normals (n, 3, *size) of length 1 of colours (n, 3, H, W): logits are enlarged, then decoded."""
        logits = nn.functional.interpolate(self(rgb).float(), tuple(size), mode="bilinear")
        return self.codes.decode(torch.softmax(logits, dim=1))


class RgbToNormal(nn.Module):
    """Normals from a picture by the U-Net that tells depth elsewhere.

    Args:
        slimness: By which widths are divided, for a CPU; 1 is the published network.

    Attributes:
        visual: The encoder, which a pretrained one replaces.
    """

    def __init__(self, slimness: int = 1) -> None:
        super().__init__()
        self.visual, self.normal = UNetEncoder(slimness=slimness), UNetDecoder(3, slimness=slimness)
        first_weights(self)

    def forward(self, rgb: Tensor) -> Tensor:
        """Normals (n, 3, H, W) of length 1 of colours (n, 3, H, W) from 0 to 1; H and W are multiples of 32."""
        told = 2.0 * self.normal(self.visual(normalised(rgb))).float() - 1.0
        return nn.functional.normalize(told, dim=1)

    def normals(self, rgb: Tensor, size: Sequence[int]) -> Tensor:
        """Normals (n, 3, *size) of length 1 of colours (n, 3, H, W)."""
        told: Tensor = self(rgb)
        if told.shape[2:] == tuple(size):
            return told
        return nn.functional.normalize(nn.functional.interpolate(told, tuple(size), mode="bilinear"), dim=1)


class AverageNormal(nn.Module):
    """The direction of the mean normal at each pixel of all that it was shown: what can be said without looking.

    Where nothing was known, or all that was cancels out, it faces the camera.

    Args:
        size: Height and width.
    """

    total: Tensor

    def __init__(self, size: Sequence[int]) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(1, 3, *size, dtype=torch.float64))

    def show(self, normals: Tensor) -> None:
        """Take normals (n, 3, H, W) into the mean; (0, 0, 0) is unknown."""
        self.total += normals.double().sum(dim=0)

    def normals(self, rgb: Tensor, size: Sequence[int]) -> Tensor:
        """Normals (n, 3, *size) of length 1, as often as there are pictures (n, ...)."""
        facing = torch.tensor([0.0, 0.0, 1.0], dtype=torch.float64, device=self.total.device)[:, None, None]
        mean = torch.where(known_normals(self.total)[:, None], self.total, facing)
        told = nn.functional.normalize(mean, dim=1).float()
        if told.shape[2:] != tuple(size):
            told = nn.functional.interpolate(told, tuple(size), mode="nearest-exact")
        return told.expand(len(rgb), -1, -1, -1)
