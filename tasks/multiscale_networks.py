"""Depth from a picture by a ResNet-50 whose features of all sizes are brought to one: the multi-scale network.

The one idea: two ways lead from the encoder to half the picture's size. A decoder climbs from the coarsest features
step by step; a fusion enlarges the features of every stage at once. What both found is refined by a few convolutions,
so that edges come from fine features and distances from coarse ones.

Features are enlarged so that the centres of pixels stay where they are (the published code, made for an older PyTorch,
held the corners in place instead).

Source: Hu et al., Revisiting Single Image Depth Estimation (WACV 2019); up-projections: Laina et al., Deeper Depth
Prediction (3DV 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from tasks.depth_networks import normalised
from tasks.resnet import ResNet50
from tasks.unet import slimmed

FUSED = 16
"""Channels to which the features of each stage are brought."""

_STEPS = 4  # of the decoder, and stages of the encoder
Size = Sequence[int]


class UpProjection(nn.Module):
    """Features enlarged, and then changed by 5 x 5 and 3 x 3 convolutions with a 5 x 5 way past them.

    Args:
        channels: Of what comes in.
        width: Channels of what goes out.
    """

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        # both 5 x 5 convolutions read the same, so they are one of twice the width
        self.wide, self.wide_norm = _convolution(channels, 2 * width, 5), nn.BatchNorm2d(2 * width)
        self.narrow, self.narrow_norm = _convolution(width, width, 3), nn.BatchNorm2d(width)

    def forward(self, features: Tensor, size: Size) -> Tensor:
        """Features (n, width, *size) of features (n, channels, H, W)."""
        larger = nn.functional.interpolate(features, tuple(size), mode="bilinear", align_corners=False)
        inside, past = self.wide_norm(self.wide(larger)).chunk(2, dim=1)
        return torch.relu(self.narrow_norm(self.narrow(torch.relu(inside))) + past)


class MultiScaleDecoder(nn.Module):
    """From the coarsest features up, to twice the size of the finest.

    Args:
        channels: Of the coarsest features.

    Attributes:
        width: Channels of what goes out, a thirty-second of those.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        widths = [channels // 2**step for step in range(1, _STEPS + 2)]
        self.width = widths[-1]
        self.first, self.first_norm = _convolution(channels, widths[0], 1), nn.BatchNorm2d(widths[0])
        self.steps = nn.ModuleList(UpProjection(a, b) for a, b in pairwise(widths))

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Features (n, width, 2 H, 2 W) of those of an encoder's stages, the first of which are (n, c, H, W)."""
        value = torch.relu(self.first_norm(self.first(features[-1])))
        sizes = [found.shape[2:] for found in reversed(features[:-1])] + [_twice(features[0])]
        for step, size in zip(self.steps, sizes, strict=True):
            value = step(value, size)
        return value


class MultiScaleFusion(nn.Module):
    """Features of all stages at twice the size of the finest.

    Args:
        widths: Channels of each stage.
        fused: Channels that each is brought to.

    Attributes:
        width: Channels of what goes out.
    """

    def __init__(self, widths: Sequence[int], fused: int = FUSED) -> None:
        super().__init__()
        self.width = fused * len(widths)
        self.up = nn.ModuleList(UpProjection(width, fused) for width in widths)
        self.joined, self.joined_norm = _convolution(self.width, self.width, 5), nn.BatchNorm2d(self.width)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Features (n, width, 2 H, 2 W) of those of an encoder's stages, the first of which are (n, c, H, W)."""
        size = _twice(features[0])
        enlarged = [up(found, size) for up, found in zip(self.up, features, strict=True)]
        return torch.relu(self.joined_norm(self.joined(torch.cat(enlarged, dim=1))))


class MultiScaleDepth(nn.Module):
    """Depth from a picture, at half its size.

    Args:
        slimness: By which widths are divided, those of the encoder too, for a CPU; 1 is the published network.

    Attributes:
        visual: The encoder, which a pretrained one replaces.

    Raises:
        SettingsError: The slimness is not 1 to 16.
    """

    def __init__(self, slimness: int = 1) -> None:
        super().__init__()
        self.visual = ResNet50(slimness=slimness)
        self.decoder = MultiScaleDecoder(self.visual.features)
        self.fusion = MultiScaleFusion(self.visual.widths, *slimmed([FUSED], slimness))
        width = self.decoder.width + self.fusion.width
        self.refined = nn.Sequential(
            _convolution(width, width, 5), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            _convolution(width, width, 5), nn.BatchNorm2d(width), nn.ReLU(inplace=True),
            nn.Conv2d(width, 1, 5, padding=2),
        )  # fmt: skip

    def forward(self, rgb: Tensor) -> Tensor:
        """Depth [m] (n, 1, H/2, W/2) of colours (n, 3, H, W) from 0 to 1; H and W are multiples of 4.

        Of another size it is twice that of the encoder's first stage. Nothing keeps it above 0.
        """
        features = self.visual(normalised(rgb))
        depth: Tensor = self.refined(torch.cat([self.decoder(features), self.fusion(features)], dim=1))
        return depth


def _convolution(channels: int, width: int, kernel: int) -> nn.Conv2d:
    """One that keeps the size and leaves the offset to the normalisation that follows."""
    return nn.Conv2d(channels, width, kernel, padding=kernel // 2, bias=False)


def _twice(features: Tensor) -> tuple[int, int]:
    return 2 * features.shape[2], 2 * features.shape[3]
