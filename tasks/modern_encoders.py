"""ConvNeXt-Tiny, an encoder of today beside the published ones, under torchvision's names; and depth from a picture.

The one idea: what can be compared is the encoder alone. It hands on the features of all stages as the U-Net's and
ResNet-50 do, so that the same tasks run on it; a decoder made of the U-Net's blocks makes depth of them.

Source: Liu et al., A ConvNet for the 2020s (CVPR 2022), section 2 and its appendix A.1.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tasks.depth_networks import normalised
from tasks.unet import doubling, first_weights, last_doubling, slimmed

CONVNEXT_WIDTHS = (96, 192, 384, 768)
"""Channels of each stage."""

CONVNEXT_BLOCKS = (3, 3, 9, 3)
"""Blocks of each stage."""

_DROPPED = 0.1  # chance that the last block is left out of a step; before it less, and the first is always there
_FIRST_SCALE = 1e-6  # of what a block adds
_SPREAD = 0.02  # standard deviation of first weights
_TINY = 1e-6  # added to variances


class ChannelNorm(nn.LayerNorm):
    """Normalisation of the channels at each place, with mean and deviation of that place alone."""

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, channels, H, W) of the same."""
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXtBlock(nn.Module):
    """A 7 x 7 convolution of each channel by itself, then two layers of each place by itself; a way past both.

    Args:
        width: Channels.
        dropped: Chance that a sample takes the way past alone, while learning. It is drawn from torch's generator.
    """

    def __init__(self, width: int, dropped: float) -> None:
        super().__init__()
        self.dropped = dropped
        self.layer_scale = nn.Parameter(torch.full((width, 1, 1), _FIRST_SCALE))
        # numbered as where turning the axes and the GELU are layers too
        self.block = nn.ModuleDict(
            {
                "0": nn.Conv2d(width, width, 7, padding=3, groups=width),
                "2": nn.LayerNorm(width, eps=_TINY),
                "3": nn.Linear(width, 4 * width),
                "5": nn.Linear(4 * width, width),
            }
        )

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, width, H, W) of the same."""
        found = self.block["2"](self.block["0"](x).permute(0, 2, 3, 1))
        found = self.block["5"](nn.functional.gelu(self.block["3"](found)))
        added = self.layer_scale * found.permute(0, 3, 1, 2)
        if self.training and self.dropped > 0.0:  # what is kept is scaled up, so that the mean stays
            added = added * nn.functional.dropout(added.new_ones(len(x), 1, 1, 1), self.dropped)
        return x + added


class ConvNeXtTiny(nn.Module):
    """Features of four stages; weights of torchvision's `convnext_tiny` fit by name, less its classifier.

    Args:
        channels: Of the pictures.
        slimness: By which all widths are divided, for a CPU; 1 is the published network.

    Attributes:
        widths: Channels of each stage.

    Raises:
        SettingsError: The slimness is not 1 to 16.
    """

    def __init__(self, channels: int = 3, slimness: int = 1) -> None:
        super().__init__()
        self.widths = slimmed(CONVNEXT_WIDTHS, slimness)
        total = sum(CONVNEXT_BLOCKS)
        chances = iter([_DROPPED * number / (total - 1) for number in range(total)])
        parts: list[nn.Module] = []
        before = channels
        for width, blocks in zip(self.widths, CONVNEXT_BLOCKS, strict=True):
            parts.append(_smaller(before, width, first=not parts))
            parts.append(nn.Sequential(*(ConvNeXtBlock(width, next(chances)) for _ in range(blocks))))
            before = width
        self.features = nn.Sequential(*parts)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.normal_(layer.weight, std=_SPREAD)  # published cut off at ±2, which is 100 times as far
                nn.init.zeros_(layer.bias)

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Features (n, 96 to 768 channels, H / 4 to H / 32, W / 4 to W / 32) of pictures (n, channels, H, W).

        H and W are multiples of 32.
        """
        value, found = pictures, []
        for smaller, stage in zip(self.features[::2], self.features[1::2], strict=True):
            value = stage(smaller(value))
            found.append(value)
        return found


def _smaller(before: int, width: int, first: bool) -> nn.Sequential:
    """What stands before a stage: a quarter of the picture's height and width, later half of the stage's before."""
    if first:
        return nn.Sequential(nn.Conv2d(before, width, 4, 4), ChannelNorm(width, eps=_TINY))
    return nn.Sequential(ChannelNorm(before, eps=_TINY), nn.Conv2d(before, width, 2, 2))


class ConvNeXtDecoder(nn.Module):
    """From the features of four stages to a picture of values from 0 to 1, as the U-Net's decoder does it.

    Features of every stage are normalised first, as its authors do where places count: between stages nothing else
    keeps them to one scale. The finest are a quarter as wide as the picture, so the last two doublings join nothing.

    Args:
        widths: Channels of each stage.
        channels: Of the picture.
    """

    def __init__(self, widths: Sequence[int], channels: int = 1) -> None:
        super().__init__()
        a, b, c, d = widths
        self.norms = nn.ModuleList(ChannelNorm(width, eps=_TINY) for width in widths)
        self.blocks = nn.ModuleList([doubling(d, c), doubling(2 * c, b), doubling(2 * b, a)])
        self.last = nn.Sequential(doubling(2 * a, a // 2), last_doubling(a // 2, channels))
        first_weights(self)

    def forward(self, features: Sequence[Tensor]) -> Tensor:
        """Pictures (n, channels, H, W) from features (n, width, H / 4, W / 4) to (n, width, H / 32, W / 32)."""
        *finer, value = [norm(one) for norm, one in zip(self.norms, features, strict=True)]
        for block, skipped in zip(self.blocks, reversed(finer), strict=True):
            value = torch.cat([block(value), skipped], dim=1)
        return self.last(value)


class RgbConvNeXtToDepth(nn.Module):
    """Depth from a picture, by an encoder of today.

    Args:
        slimness: By which widths are divided, for a CPU; 1 is the published encoder.

    Attributes:
        visual: The encoder, which a pretrained one replaces.
    """

    def __init__(self, slimness: int = 1) -> None:
        super().__init__()
        self.visual = ConvNeXtTiny(slimness=slimness)
        self.depth = ConvNeXtDecoder(self.visual.widths)

    def forward(self, rgb: Tensor) -> Tensor:
        """Depth (n, 1, H, W) over the largest, of colours (n, 3, H, W) from 0 to 1; H and W are multiples of 32."""
        return self.depth(self.visual(normalised(rgb)))
