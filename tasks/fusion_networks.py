"""Depth of a picture and depth of its echo, blended place by place: the fusion by attention of later work.

The one idea: the picture and the echo each tell depth by themselves, and a map from 0 to 1 says at each place how much
the echo is to be believed. It is made of products of what was seen there with what was heard: a bilinear form of the
picture's features and the echo's vector.

Source: Parida et al., Beyond Image to Depth (CVPR 2021), section 3; layers as its authors publish them.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from tasks.depth_networks import normalised
from tasks.echo_networks import EchoToDepth
from tasks.unet import UNetDecoder, UNetEncoder, doubling, first_weights, last_doubling, slimmed

ATTENTION_WIDTHS = (512, 256, 128, 64)
"""Channels after each doubling of the map of attention but the last; of each product as many as the first."""

MATERIAL_FEATURES = 512


class EchoProduct(nn.Bilinear):
    """A bilinear form of features at each place and of an echo's vector, which is the same at all places.

    The vector makes a matrix of the weights once, and the matrix is applied everywhere: what comes out is that of
    `nn.Bilinear` on an echo laid beside every place, for a sixteenth of its work at 4 x 4 places.
    """

    def forward(self, features: Tensor, echo: Tensor) -> Tensor:
        """Products (n, out, h, w) of features (n, in1, h, w) and echoes (n, in2, 1, 1)."""
        matrices = nn.functional.linear(echo.flatten(1), self.weight.flatten(0, 1)).unflatten(1, self.weight.shape[:2])
        found = matrices @ features.flatten(2)
        return (found + self.bias[:, None]).unflatten(2, features.shape[2:])


class AttentionMap(nn.Module):
    """How much an echo is to be believed at each place, from products of it with other features: five doublings.

    Args:
        channels: Of each of the features that are multiplied with the echo.
        echo: Length of the echo's vector.
        slimness: By which widths are divided; 1 is the published network.
    """

    def __init__(self, channels: Sequence[int], echo: int, slimness: int = 1) -> None:
        super().__init__()
        widths = slimmed(ATTENTION_WIDTHS, slimness)
        self.products = nn.ModuleList(EchoProduct(one, echo, widths[0]) for one in channels)
        steps = itertools.pairwise((len(channels) * widths[0], *widths))
        self.ups = nn.Sequential(*(doubling(a, b) for a, b in steps), last_doubling(widths[-1], 1))

    def forward(self, features: Sequence[Tensor], echo: Tensor) -> Tensor:
        """Maps (n, 1, 32 h, 32 w) from 0 to 1 of several features (n, channels, h, w) and of echoes (n, length, 1, 1).

        Raises:
            ValueError: There are not as many features as the network was made for.
        """
        found = [product(one, echo) for product, one in zip(self.products, features, strict=True)]
        return self.ups(torch.cat(found, dim=1))


class RgbEchoAttention(nn.Module):
    """Depth from a picture and an echo, each by itself, blended by a map of attention.

    The published network multiplies the echo with a second encoder of the picture too, a ResNet-18 that was trained to
    tell materials (MINC). Those weights cannot be had with EchoEnv. Without them that encoder would be one more
    encoder of the picture and know nothing of materials, so it is left out unless it is asked for; what is said of the
    network without it is not what is published of the whole.

    At its published width a product alone has 134 million weights; the network has 167 million, with materials 316.

    Args:
        slimness: By which widths are divided, for a CPU; 1 is the published network. The encoder of materials keeps
            its width, so that weights from elsewhere fit.
        size: Height and width of the pictures [pixels]: 64 or 128.
        material: Whether there is the encoder of materials, which needs stable-baselines3.

    Attributes:
        visual: The encoder of the picture, which a pretrained one replaces.
        echo: The network that tells depth by the echo.
        attention: What makes the map.
        material: The encoder of materials, under torchvision's names, from nothing; None where there is none.

    Raises:
        SettingsError: The size is neither 64 nor 128, or the slimness is not 1 to 16.
    """

    def __init__(self, slimness: int = 1, size: int = 128, material: bool = False) -> None:
        super().__init__()
        self.visual, self.depth = UNetEncoder(slimness=slimness), UNetDecoder(slimness=slimness)
        self.echo = EchoToDepth(slimness, size)
        channels = [self.visual.widths[-1], *([MATERIAL_FEATURES] if material else [])]
        self.attention = AttentionMap(channels, self.echo.echo.features, slimness)
        first_weights(self)
        self.material = material_encoder() if material else None

    def forward(self, rgb: Tensor, spectrogram: Tensor) -> Tensor:
        """Depth (n, 1, H, W) over the largest, of colours (n, 3, H, W) from 0 to 1 and spectrograms (n, 2, 257, 166).

        H and W are the network's size.
        """
        seen, heard, attention = self.parts(rgb, spectrogram)
        return attention * heard + (1.0 - attention) * seen

    def parts(self, rgb: Tensor, spectrogram: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What `forward` blends, each (n, 1, H, W): the picture's depth, the echo's depth, and the share of the echo's.

        Args:
            rgb: As of `forward`.
            spectrogram: As of `forward`.
        """
        colours, vector = normalised(rgb), self.echo.echo(spectrogram)
        features = self.visual(colours)
        multiplied = [features[-1]] if self.material is None else [features[-1], self.material(colours)]
        return self.depth(features), self.echo.depth(vector), self.attention(multiplied, vector)


def material_encoder() -> nn.Module:
    """ResNet-18 without its classifier: features (n, 512, H / 32, W / 32) of normalised colours (n, 3, H, W).

    Weights that were trained to tell materials fit where they are saved under torchvision's names.
    """
    from agents.encoders import ResNet18

    whole = ResNet18((3, 32, 32))
    parts = [(name, getattr(whole, name)) for name in ("conv1", "bn1", "maxpool", *(f"layer{k}" for k in range(1, 5)))]
    parts.insert(2, ("relu", nn.ReLU(inplace=True)))
    return nn.Sequential(OrderedDict(parts))
