"""The U-Net of the audio-visual papers: blocks that halve and double, an encoder and a decoder.

The one idea: an encoder hands on what it found at every size, coarsest last, and a decoder joins each with what it has
when it comes back to that size. Blocks, widths and first weights are those that co-separation, 2.5D visual sound,
VisualEchoes and their followers share.

Source: Gao et al., VisualEchoes (ECCV 2020); Ronneberger et al., U-Net (MICCAI 2015).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from echoenv.errors import SettingsError

WIDTHS = (64, 128, 256, 512, 512)
"""Channels after each block of the encoder."""

_LEAK = 0.2
_SPREAD = 0.02  # standard deviation of first weights


def slimmed(widths: Sequence[int], slimness: int) -> tuple[int, ...]:
    """Widths divided by a whole number.

    Raises:
        SettingsError: It is not 1 to 16.
    """
    if not isinstance(slimness, int) or not 1 <= slimness <= 16:
        raise SettingsError(f"slimness = {slimness!r}: give a whole number from 1, the published width, to 16")
    return tuple(width // slimness for width in widths)


def halving(channels: int, width: int) -> nn.Sequential:
    """A block of the encoder: half the height and width."""
    return nn.Sequential(nn.Conv2d(channels, width, 4, 2, 1), nn.BatchNorm2d(width), nn.LeakyReLU(_LEAK, inplace=True))


def doubling(channels: int, width: int) -> nn.Sequential:
    """A block of a decoder: twice the height and width."""
    return nn.Sequential(nn.ConvTranspose2d(channels, width, 4, 2, 1), nn.BatchNorm2d(width), nn.ReLU(inplace=True))


def last_doubling(channels: int, width: int) -> nn.Sequential:
    """The last block of a decoder: values from 0 to 1."""
    return nn.Sequential(nn.ConvTranspose2d(channels, width, 4, 2, 1), nn.Sigmoid())


def first_weights(network: nn.Module) -> None:
    """Draw the weights of a network that starts from nothing: N(0, 0.02), of normalisations N(1, 0.02)."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, _SPREAD)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, _SPREAD)
            nn.init.zeros_(layer.bias)


class UNetEncoder(nn.Module):
    """From a picture to features at five sizes.

    Args:
        channels: Of the picture.
        slimness: By which all widths are divided, for a CPU; 1 is the published network.

    Attributes:
        widths: Channels after each block.
    """

    def __init__(self, channels: int = 3, slimness: int = 1) -> None:
        super().__init__()
        self.widths = slimmed(WIDTHS, slimness)
        self.blocks = nn.ModuleList(
            halving(before, after) for before, after in zip((channels, *self.widths), self.widths, strict=False)
        )

    def forward(self, picture: Tensor) -> list[Tensor]:
        """Features (n, width, H / 2^k, W / 2^k), k = 1 to 5, of pictures (n, channels, H, W)."""
        found = [picture]
        for block in self.blocks:
            found.append(block(found[-1]))
        return found[1:]


class UNetDecoder(nn.Module):
    """From features at five sizes to a picture of values from 0 to 1.

    Args:
        channels: Of the picture.
        beside: Channels that stand beside the coarsest features, as those of an echo.
        slimness: As of the encoder.
    """

    def __init__(self, channels: int = 1, beside: int = 0, slimness: int = 1) -> None:
        super().__init__()
        a, b, c, d, e = slimmed(WIDTHS, slimness)
        self.blocks = nn.ModuleList(
            [doubling(e + beside, d), doubling(2 * d, c), doubling(2 * c, b), doubling(2 * b, a)]
        )
        self.last = last_doubling(2 * a, channels)

    def forward(self, features: Sequence[Tensor], beside: Tensor | None = None) -> Tensor:
        """Pictures (n, channels, H, W) from an encoder's features, and what stands beside the coarsest of them."""
        value = features[-1] if beside is None else torch.cat([features[-1], beside], dim=1)
        for block, skipped in zip(self.blocks, reversed(features[:-1]), strict=True):
            value = torch.cat([block(value), skipped], dim=1)
        return self.last(value)
