"""Networks of the case study: depth from a picture, from a picture and an echo, and the average depth.

The one idea: one U-Net for all; the echo's vector is laid beside every place of its coarsest features.

Source: Gao et al., VisualEchoes (ECCV 2020), section 3.2 and its figure 2; the dissertation's section 8.1.2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tasks.echo_networks import EchoEncoder
from tasks.unet import UNetDecoder, UNetEncoder, first_weights

PICTURE_MEAN, PICTURE_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of colours from 0 to 1: ImageNet's, with which all published encoders were trained."""


def normalised(rgb: Tensor) -> Tensor:
    """Colours (n, 3, H, W) from 0 to 1 as encoders take them."""
    mean, deviation = (torch.tensor(one, device=rgb.device)[:, None, None] for one in (PICTURE_MEAN, PICTURE_DEVIATION))
    return (rgb - mean) / deviation


class RgbToDepth(nn.Module):
    """Depth from a picture.

    Args:
        slimness: By which widths are divided, for a CPU; 1 is the published network.

    Attributes:
        visual: The encoder, which a pretrained one replaces.
    """

    def __init__(self, slimness: int = 1) -> None:
        super().__init__()
        self.visual, self.depth = UNetEncoder(slimness=slimness), UNetDecoder(slimness=slimness)
        first_weights(self)

    def forward(self, rgb: Tensor) -> Tensor:
        """Depth (n, 1, H, W) over the largest, of colours (n, 3, H, W) from 0 to 1; H and W are multiples of 32."""
        return self.depth(self.visual(normalised(rgb)))


class RgbEchoToDepth(nn.Module):
    """Depth from a picture and an echo.

    Args:
        slimness: By which widths are divided, for a CPU; 1 is the published network.

    Attributes:
        visual: The encoder of the picture.
        echo: The encoder of the echo.
    """

    def __init__(self, slimness: int = 1) -> None:
        super().__init__()
        self.visual, self.echo = UNetEncoder(slimness=slimness), EchoEncoder(slimness=slimness)
        self.depth = UNetDecoder(beside=self.echo.features, slimness=slimness)
        first_weights(self)

    def forward(self, rgb: Tensor, spectrogram: Tensor) -> Tensor:
        """Depth (n, 1, H, W) over the largest, of colours (n, 3, H, W) and spectrograms (n, 2, 257, 166)."""
        features = self.visual(normalised(rgb))
        tiled = self.echo(spectrogram).expand(-1, -1, *features[-1].shape[2:])
        return self.depth(features, tiled)


class AverageDepth(nn.Module):
    """The mean depth at each pixel of all that it was shown: what can be said without looking.

    Args:
        size: Height and width.
    """

    def __init__(self, size: int = 128) -> None:
        super().__init__()
        self.register_buffer("total", torch.zeros(1, size, size, dtype=torch.float64))
        self.register_buffer("count", torch.zeros(1, size, size, dtype=torch.float64))

    def show(self, depth: Tensor) -> None:
        """Take depths (n, 1, H, W) into the mean; 0 is unknown."""
        self.total += depth.double().sum(dim=0)
        self.count += (depth > 0.0).sum(dim=0)

    def forward(self, like: Tensor) -> Tensor:
        """The mean (n, 1, H, W), in the units of what was shown, as often as there are rows in `like` (n, ...)."""
        mean = self.total / torch.clamp(self.count, min=1.0)
        return mean.float().expand(len(like), 1, -1, -1)
