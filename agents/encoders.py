"""Networks that turn observations into features: the field's three-layer CNN, ResNet-18, the audio CNN.

The one idea: a dictionary of observations is split by what its entries are (pictures, spectrograms, short vectors);
each kind has its encoder, and the features stand side by side, the vectors first, as in SoundSpaces. Layers are named
as in torchvision and encoders take weights from a file, so a network pretrained elsewhere can be started from.

Sources: Savva et al., Habitat (ICCV 2019), SimpleCNN; Chen et al., SoundSpaces (ECCV 2020), visual and audio CNN; He et
al., Deep Residual Learning (CVPR 2016).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import gymnasium as gym
import torch
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from torch import Tensor, nn

from echoenv.envs.ego_map import CELL
from echoenv.errors import DatasetError, SettingsError, nearest

PICTURES = ("rgb", "depth", "normal")
"""Observations that are stacked along their channels into one picture."""

PANORAMAS = ("panorama", "panorama_depth")
"""The same for views all around."""

SOUNDS = ("spectrogram",)
"""Observations that the audio network takes, (frequencies, times, ears)."""

BANDS = ("log_mel",)
"""Observations of levels and phases of both ears by band, (bands, times, 4), that are averaged over the step."""

GOALS = ("pointgoal_with_gps_compass", "pointgoal")
"""Observations of where a goal lies, (distance [m], angle [rad])."""

MAPS = ("ego_map", "acoustic_memory")
"""Observations that are maps with the agent in the middle, looking up; stacked along their channels into one."""

_GOAL_FEATURES = 32  # as in Habitat's agents

_KERNELS = {"habitat": ((8, 4, 32), (4, 2, 64), (3, 1, 32)), "soundspaces": ((8, 4, 32), (4, 2, 64), (3, 2, 64))}
_NARROW = 30  # a spectrogram with a side below it takes smaller kernels, as in SoundSpaces


class ThreeLayerCnn(nn.Module):
    """Three convolutions and a linear layer, as Habitat's and SoundSpaces' agents have them.

    Args:
        shape: Of the pictures (channels, H, W).
        kind: `habitat` or `soundspaces`: strides and channels of the last convolution differ.
        features: Length of what comes out.
        layers: (kernel, stride, channels) of each convolution, in place of those of `kind`.
    """

    def __init__(
        self, shape: tuple[int, int, int], kind: str = "habitat", features: int = 512,
        layers: Sequence[tuple[int, int, int]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        chosen = _KERNELS[kind] if layers is None else tuple(layers)
        channels, parts = shape[0], []
        for number, (kernel, stride, width) in enumerate(chosen):
            parts.append(nn.Conv2d(channels, width, kernel, stride))
            if number < len(chosen) - 1:
                parts.append(nn.ReLU(inplace=True))
            channels = width
        self.cnn = nn.Sequential(*parts, nn.Flatten())
        with torch.no_grad():
            flat = self.cnn(torch.zeros(1, *shape)).shape[1]
        self.fc = nn.Linear(flat, features)
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d | nn.Linear):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(cast(Tensor, layer.bias))

    def forward(self, pictures: Tensor) -> Tensor:
        """Features (n, features) of pictures (n, channels, H, W)."""
        return torch.relu(self.fc(self.cnn(pictures.contiguous(memory_format=torch.channels_last))))


class _Block(nn.Module):
    """Two 3 x 3 convolutions with a way past them; named as torchvision's BasicBlock."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample: nn.Module | None = None
        if stride != 1 or channels != width:
            self.downsample = nn.Sequential(nn.Conv2d(channels, width, 1, stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        past = x if self.downsample is None else self.downsample(x)
        inside = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(inside)) + past)


class ResNet18(nn.Module):
    """ResNet-18 with torchvision's names, for pictures of any number of channels.

    Args:
        shape: Of the pictures (channels, H, W).
        features: Length of what comes out.
    """

    def __init__(self, shape: tuple[int, int, int], features: int = 512) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(shape[0], 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        widths = ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2))
        stages = [nn.Sequential(_Block(a, b, stride), _Block(b, b, 1)) for a, b, stride in widths]
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.project = nn.Linear(512, features)

    def forward(self, pictures: Tensor) -> Tensor:
        """Features (n, features) of pictures (n, channels, H, W)."""
        x = self.maxpool(torch.relu(self.bn1(self.conv1(pictures))))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return torch.relu(self.project(x.mean(dim=(2, 3))))


class GoalEncoder(nn.Module):
    """Where a goal lies, as Habitat's agents take it: distance, cosine and sine of the angle, and a linear layer.

    The distance enters by its logarithm, for the last step matters as much as the first ten metres.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, _GOAL_FEATURES)

    def forward(self, goal: Tensor) -> Tensor:
        """Features (n, 32) of goals (n, 2): distance [m], angle [rad]."""
        distance, angle = goal[:, 0], goal[:, 1]
        parts = torch.stack([torch.log(distance + 0.1), torch.cos(angle), torch.sin(angle)], dim=1)
        return torch.relu(self.fc(parts))


class MapEncoder(nn.Module):
    """Features of a map around the agent, with the goal in it where one is told.

    The one idea: a last channel holds how far each cell is from the goal, so that the way round what is drawn in the
    other channels is something that a convolution can see.

    Args:
        shape: Of the maps (channels, cells, cells).
        features: Length of what comes out.
        goal: Whether a goal is told.
    """

    def __init__(self, shape: tuple[int, int, int], features: int, goal: bool) -> None:
        super().__init__()
        self.goal, size = goal, shape[1]
        offsets = (torch.arange(size) + 0.5 - size / 2.0) * CELL
        self.register_buffer("ahead", -offsets[:, None].expand(size, size).clone(), persistent=False)
        self.register_buffer("right", offsets[None, :].expand(size, size).clone(), persistent=False)
        self.cnn = ThreeLayerCnn((shape[0] + goal, *shape[1:]), "habitat", features)

    def forward(self, maps: Tensor, goal: Tensor | None) -> Tensor:
        """Features (n, features) of maps (n, channels, cells, cells) and goals (n, 2), distance [m] and angle [rad]."""
        if not self.goal or goal is None:
            return cast(Tensor, self.cnn(maps))
        distance, angle = goal[:, 0, None, None], goal[:, 1, None, None]
        ahead = cast(Tensor, self.ahead) - distance * torch.cos(angle)
        right = cast(Tensor, self.right) + distance * torch.sin(angle)
        nearer = distance - torch.sqrt(ahead**2 + right**2)  # than the agent is: within a map's half side of 0
        return cast(Tensor, self.cnn(torch.cat([maps, nearer[:, None] / 4.0], dim=1)))


def audio_cnn(shape: tuple[int, int, int], features: int = 512) -> ThreeLayerCnn:
    """SoundSpaces' audio network for spectrograms (ears, frequencies, times)."""
    small = min(shape[1:]) < _NARROW
    kernels, strides = ((5, 3, 3), (2, 2, 1)) if small else ((8, 4, 3), (4, 2, 1))
    layers = tuple(zip(kernels, strides, (32, 64, 64), strict=True))
    return ThreeLayerCnn(shape, features=features, layers=layers)


class BandEncoder(nn.Module):
    """What both ears heard in a step, band by band: how loud, how much louder on the left, how much earlier.

    The one idea: where a sound is, is in differences of the ears that hardly change during a step; a layer that is
    handed them learns to turn towards a sound from far fewer steps than one that has to find them.

    Args:
        shape: Of the log-mel bands (4, bands, times).
        features: Length of what comes out.
    """

    def __init__(self, shape: tuple[int, int, int], features: int = 512) -> None:
        super().__init__()
        self.fc = nn.Linear(5 * shape[1], features)

    def forward(self, sound: Tensor) -> Tensor:
        """Features (n, features) of log-mel bands (n, 4, bands, times), as `echoenv.envs.sound_features` has them."""
        left, right, ahead, quarter = sound.unbind(dim=1)
        level, difference = 0.5 * (left + right), left - right
        loudest = level.amax(dim=2)
        parts = [level.mean(dim=2) / 3.0 + 1.0, loudest / 3.0 + 1.0]  # log10 of powers: about -6 to 0 in a room
        parts += [difference.mean(dim=2), ahead.mean(dim=2), quarter.mean(dim=2)]
        return torch.relu(self.fc(torch.cat(parts, dim=1)))


VISUAL = ("habitat", "soundspaces", "resnet18")


def visual_encoder(name: str, shape: tuple[int, int, int], features: int = 512) -> nn.Module:
    """A picture encoder by its name.

    Raises:
        SettingsError: An unknown name, with the nearest.
    """
    if name == "resnet18":
        return ResNet18(shape, features)
    if name not in _KERNELS:
        raise SettingsError(f"encoder '{name}' is not known: {nearest(str(name), VISUAL)}")
    return ThreeLayerCnn(shape, name, features)


class DictEncoder(BaseFeaturesExtractor):
    """Features of a dictionary of observations, for Stable-Baselines3's policies.

    Args:
        observation_space: A dictionary; pictures as (H, W, channels) or, where Stable-Baselines3 has turned them, as
            (channels, H, W).
        visual: Name of the picture encoder.
        features: Of the pictures, and of the sounds.
        weights: File with weights of the picture encoder to start from.

    Raises:
        SettingsError: There is nothing to encode, or an unknown encoder.
        DatasetError: The weights are missing or of another architecture.
    """

    def __init__(
        self, observation_space: gym.spaces.Dict, visual: str = "habitat", features: int = 512,
        weights: str | None = None,
    ) -> None:  # fmt: skip
        spaces = observation_space.spaces
        self.pictures = [name for name in PICTURES if name in spaces]
        self.panoramas = [name for name in PANORAMAS if name in spaces]
        self.sounds = [name for name in SOUNDS if name in spaces]
        self.bands = [name for name in BANDS if name in spaces]
        self.maps = [name for name in MAPS if name in spaces]
        self.goals = [name for name in GOALS if name in spaces]
        short = [name for name, space in spaces.items() if space.shape is not None and len(space.shape) == 1]
        self.vectors = [name for name in short if name not in self.goals]
        width = sum(math.prod(cast(Any, spaces[name].shape)) for name in self.vectors)
        width += _GOAL_FEATURES * len(self.goals)
        total = width + features * (
            bool(self.pictures) + bool(self.panoramas) + len(self.sounds) + len(self.bands) + bool(self.maps)
        )
        if total == 0:
            raise SettingsError(
                f"nothing of {', '.join(spaces)} can be encoded: give depth, rgb, spectrogram, pointgoal"
            )
        super().__init__(observation_space, features_dim=total)
        self._weights = weights if self.pictures else None
        planes = (*self.pictures, *self.panoramas, *self.sounds, *self.bands, *self.maps)
        self.turned = {name: _channels_last(spaces[name]) for name in planes}
        if self.pictures:
            self.visual = visual_encoder(visual, _stacked([spaces[name] for name in self.pictures]), features)
        if self.panoramas:
            self.around = visual_encoder(visual, _stacked([spaces[name] for name in self.panoramas]), features)
        self.goal = nn.ModuleDict({name: GoalEncoder() for name in self.goals})
        maps = [spaces[name] for name in self.maps]
        encoders = {self.maps[0]: MapEncoder(_stacked(maps), features, bool(self.goals))} if maps else {}
        self.map = nn.ModuleDict(encoders)
        self.audio = nn.ModuleDict({name: audio_cnn(_chw(spaces[name]), features) for name in self.sounds})
        self.ears = nn.ModuleDict({name: BandEncoder(_chw(spaces[name]), features) for name in self.bands})

    def forward(self, observations: Mapping[str, Tensor]) -> Tensor:
        """Features (n, features_dim): vectors, goals, maps, sounds, bands, pictures, panoramas."""
        parts = [observations[name].flatten(1) for name in self.vectors]
        parts += [self.goal[name](observations[name]) for name in self.goals]
        told = observations[self.goals[0]] if self.goals else None
        parts += [encoder(self._stack(observations, self.maps), told) for encoder in self.map.values()]
        parts += [self.audio[name](self._chw(observations, name)) for name in self.sounds]
        parts += [self.ears[name](self._chw(observations, name)) for name in self.bands]
        if self.pictures:
            parts.append(self.visual(self._stack(observations, self.pictures)))
        if self.panoramas:
            parts.append(self.around(self._stack(observations, self.panoramas)))
        return torch.cat(parts, dim=1)

    def start(self) -> None:
        """Take the weights to start from, and lay convolutions out as a CPU likes them, a third faster.

        To be called when the policy is built, for Stable-Baselines3 draws the weights of all its parts anew.
        """
        if self._weights is not None:
            load_weights(self.visual, self._weights)
        self.to(memory_format=torch.channels_last)

    def _stack(self, observations: Mapping[str, Tensor], names: Sequence[str]) -> Tensor:
        return torch.cat([self._chw(observations, name) for name in names], dim=1)

    def _chw(self, observations: Mapping[str, Tensor], name: str) -> Tensor:
        values = observations[name].float()
        return values.permute(0, 3, 1, 2) if self.turned[name] else values


def _channels_last(space: gym.Space[Any]) -> bool:
    shape = cast(tuple[int, ...], space.shape)
    return shape[-1] <= 4 < shape[0]


def _chw(space: gym.Space[Any]) -> tuple[int, int, int]:
    a, b, c = cast(tuple[int, int, int], space.shape)
    return (c, a, b) if _channels_last(space) else (a, b, c)


def _stacked(spaces: Sequence[gym.Space[Any]]) -> tuple[int, int, int]:
    """Shape (channels, H, W) of pictures that are stacked along their channels."""
    shapes = [_chw(space) for space in spaces]
    return (sum(shape[0] for shape in shapes), *shapes[0][1:])


def load_weights(network: nn.Module, file: str) -> None:
    """Start a network from weights: tensors by torchvision's names, at the top of the file or under `visual`.

    The first convolution is adapted where its number of input channels differs: the mean over the file's channels
    stands for each of the network's.

    Raises:
        DatasetError: The file is missing, no weights, or of another architecture.
    """
    path = Path(file)
    if not path.is_file():
        raise DatasetError(f"weights '{file}' are missing: give a .pt file with a state_dict")
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise DatasetError(f"'{file}' holds no weights that can be read safely ({type(error).__name__})") from error
    tensors: Any = found.get("visual", found.get("state_dict", found)) if isinstance(found, dict) else {}
    own = network.state_dict()
    fitting = {name: _fitted(value, own[name]) for name, value in tensors.items() if name in own}
    fitting = {name: value for name, value in fitting.items() if value is not None}
    missing = [name for name in own if name not in fitting and not name.startswith(("fc.", "project."))]
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing:
        raise DatasetError(
            f"'{file}' is of another architecture: it has no '{missing[0]}' of the right shape ({len(missing)} in all)"
        )
    network.load_state_dict(fitting, strict=False)


def _fitted(value: Tensor, wanted: Tensor) -> Tensor | None:
    """A tensor in a wanted shape, with the input channels of a first convolution adapted; None where it cannot be."""
    if value.shape == wanted.shape:
        return value
    same_but_channels = value.dim() == wanted.dim() == 4 and value.shape[0] == wanted.shape[0]
    if same_but_channels and value.shape[2:] == wanted.shape[2:]:
        return value.mean(dim=1, keepdim=True).expand_as(wanted).clone()
    return None
