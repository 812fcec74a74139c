"""The network of VisualEchoes: from which of some orientations, seen from where the picture looks, does an echo come?

The one idea: whoever can tell has to know how far the walls are on either side, in the picture as in the echo. So the
picture's encoder learns about space without a label; afterwards the echo is thrown away.

Source: Gao et al., VisualEchoes (ECCV 2020), section 3.3; the dissertation's sections 8.1.3 and 8.2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from echoenv.errors import SettingsError, nearest
from tasks.depth_networks import normalised
from tasks.echo_networks import EchoEncoder
from tasks.modern_encoders import ConvNeXtTiny
from tasks.resnet import ResNet50
from tasks.unet import UNetEncoder, first_weights

BACKBONES = ("unet", "resnet50", "habitat", "convnext")
FUSED = 128
"""Features in which picture and echo are brought together."""


def backbone(name: str, size: int = 128, slimness: int = 1) -> nn.Module:
    """An encoder of pictures by its name: of the U-Net, ResNet-50, the CNN of Habitat's agents, or ConvNeXt-Tiny.

    Args:
        name: One of `BACKBONES`.
        size: Height and width of the pictures.
        slimness: By which widths are divided, but for those of Habitat's CNN.

    Raises:
        SettingsError: An unknown name, with the nearest.
    """
    if name == "unet":
        encoder = UNetEncoder(slimness=slimness)
        first_weights(encoder)
        return encoder
    if name == "resnet50":
        return ResNet50(slimness=slimness)
    if name == "habitat":
        from agents.encoders import ThreeLayerCnn

        return ThreeLayerCnn((3, size, size), "habitat")
    if name == "convnext":
        return ConvNeXtTiny(slimness=slimness)
    raise SettingsError(f"backbone '{name}' is not known: {nearest(str(name), BACKBONES)}")


class OrientationNetwork(nn.Module):
    """Which orientation an echo was received at, relative to the picture's.

    Args:
        visual: Name of the picture's encoder.
        classes: Orientations that are told apart: 4; or 2 of the ablations.
        size: Height and width of the pictures.
        slimness: By which widths are divided, for a CPU; 1 is the published network.

    Attributes:
        visual: The picture's encoder, which is what is wanted.
        echo: The echo's encoder.
    """

    def __init__(self, visual: str = "unet", classes: int = 4, size: int = 128, slimness: int = 1) -> None:
        super().__init__()
        self.visual, self.echo = backbone(visual, size, slimness), EchoEncoder(slimness=slimness)
        with torch.no_grad():
            self.visual.eval()
            width = self._flat(torch.zeros(1, 3, size, size)).shape[1]
            self.visual.train()
        self.fusion = nn.Linear(width + self.echo.features, FUSED)
        self.classifier = nn.Linear(FUSED, classes)
        for part in (self.echo, self.fusion, self.classifier):
            first_weights(part)

    def forward(self, rgb: Tensor, spectrogram: Tensor) -> Tensor:
        """Logits (n, classes) of colours (n, 3, 128, 128) from 0 to 1 and spectrograms (n, 2, 257, 166)."""
        return self.told(self.seen(rgb), self.heard(spectrogram))

    def seen(self, rgb: Tensor) -> Tensor:
        """The picture's part (n, 128) of what is brought together, of colours (n, 3, H, W) from 0 to 1."""
        found = self._flat(normalised(rgb))
        return nn.functional.linear(found, self.fusion.weight[:, : found.shape[1]])

    def heard(self, spectrogram: Tensor) -> Tensor:
        """The echo's part (n, 128), of spectrograms (n, 2, 257, 166)."""
        found = self.echo(spectrogram).flatten(1)
        return nn.functional.linear(found, self.fusion.weight[:, -found.shape[1] :], self.fusion.bias)

    def told(self, seen: Tensor, heard: Tensor) -> Tensor:
        """What `forward` gives (..., classes), of parts (..., 128) that were each computed once for many pairs.

        The layer that brings both together is linear, so it is the sum of what it makes of each.
        """
        return self.classifier(torch.relu(seen + heard))

    def _flat(self, picture: Tensor) -> Tensor:
        """Features (n, k) of the picture with their places: left and right are what is asked for."""
        found = self.visual(picture)
        return (found if isinstance(found, Tensor) else found[-1]).flatten(1)
