"""ResNet-50 under torchvision's names, whole or with the stride of its last stages exchanged for dilation.

The one idea: weights that anybody has trained (ImageNet's, or those of VisualEchoes) fit by name; what comes out are
the features of all four stages, of which a task takes what it needs.

Source: He et al., Deep Residual Learning (CVPR 2016); Yu et al., Dilated Residual Networks (CVPR 2017).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tasks.unet import slimmed

STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Width inside the blocks and number of blocks of each stage."""

_GROWTH = 4


class Bottleneck(nn.Module):
    """1 x 1, 3 x 3 and 1 x 1 convolutions with a way past them."""

    def __init__(self, channels: int, width: int, stride: int, dilation: int) -> None:
        super().__init__()
        out = _GROWTH * width
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, dilation, dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample: nn.Module | None = None
        if stride != 1 or channels != out:
            self.downsample = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        """Features (n, 4 width, H, W) of features (n, channels, H, W), smaller by the stride."""
        past = x if self.downsample is None else self.downsample(x)
        inside = torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))
        return torch.relu(self.bn3(self.conv3(inside)) + past)


class ResNet50(nn.Module):
    """Features of four stages.

    Args:
        channels: Of the pictures.
        dilated: Whether the last two stages keep the size of the second, an eighth of the picture's, and look 2 and 4
            times as far instead.
        slimness: By which all widths are divided, for a CPU; 1 is the published network.

    Attributes:
        widths: Channels of each stage.
        features: Channels of the last stage, 2048 of the published network.

    Raises:
        SettingsError: The slimness is not 1 to 16.
    """

    def __init__(self, channels: int = 3, dilated: bool = False, slimness: int = 1) -> None:
        super().__init__()
        inside = slimmed([width for width, _ in STAGES], slimness)
        self.widths = tuple(_GROWTH * width for width in inside)
        self.features = self.widths[-1]
        before = inside[0]
        self.conv1 = nn.Conv2d(channels, before, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(before)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        steps = ((1, 1), (2, 1), (1, 2), (1, 4)) if dilated else ((1, 1), (2, 1), (2, 1), (2, 1))
        for number, (width, (_, blocks), step) in enumerate(zip(inside, STAGES, steps, strict=True), start=1):
            setattr(self, f"layer{number}", _stage(before, width, blocks, *step))
            before = _GROWTH * width
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """Features (n, 256, 512, 1024, 2048 channels over the slimness) of pictures (n, channels, H, W)."""
        value = self.maxpool(torch.relu(self.bn1(self.conv1(pictures))))
        found = []
        for number in range(1, len(STAGES) + 1):
            value = getattr(self, f"layer{number}")(value)
            found.append(value)
        return found


def _stage(channels: int, width: int, blocks: int, stride: int, dilation: int) -> nn.Sequential:
    first = Bottleneck(channels, width, stride, dilation)
    others = [Bottleneck(_GROWTH * width, width, 1, dilation) for _ in range(blocks - 1)]
    return nn.Sequential(first, *others)
