"""Networks for the echo of a chirp: its spectrogram, what a network makes of it, and depth from it alone.

The one idea: the first 60 ms of an echo hold what 10 m around returns; their spectrogram of both ears is a picture with
two channels, and a small CNN makes a vector of it.

Source: Gao et al., VisualEchoes (ECCV 2020); layers as Parida et al., Beyond Image to Depth (CVPR 2021), publish them.
"""

from __future__ import annotations

import functools
import itertools

import torch
from torch import Tensor, nn

from echoenv.audio.chirps import ECHO_DURATION
from echoenv.errors import SettingsError
from tasks.unet import doubling, first_weights, last_doubling, slimmed

ECHO_FEATURES = 512

ECHO_RATE = 44100
"""At which the published window and hop are given [Hz]."""

_FFT, _WINDOW, _HOP = 512, 64, 16


def echo_spectrogram(echo: Tensor, sample_rate: int = ECHO_RATE) -> Tensor:
    """Magnitudes (n, ears, 257, times) of echoes (n, ears, samples), of their first 60 ms.

    Window and hop are 64 and 16 samples at 44.1 kHz, and last as long at other rates; 166 times at 44.1 kHz. Shorter
    echoes go on silent.
    """
    samples = round(ECHO_DURATION * sample_rate)
    window, hop = max(8, round(_WINDOW * sample_rate / ECHO_RATE)), max(2, round(_HOP * sample_rate / ECHO_RATE))
    before = (window + 1) // 2  # a time's window has it in the middle
    echo = nn.functional.pad(echo[..., :samples], (before, max(0, samples - echo.shape[-1]) + window - before))
    frames = echo.unfold(-1, window, hop)[..., : samples // hop + 1, :]
    parts = _waves(window, str(echo.device)) @ frames.transpose(-1, -2)
    return torch.hypot(*parts.chunk(2, dim=-2))


@functools.cache
def _waves(window: int, device: str) -> Tensor:
    """Cosines and sines (2 x 257, window) under a Hann window.

    A window is so short beside what it is padded to that a product with a matrix is twice as quick as an FFT.
    """
    turns = torch.arange(_FFT // 2 + 1, dtype=torch.float64)[:, None] * torch.arange(window) / _FFT
    phases, shape = 2.0 * torch.pi * turns, torch.hann_window(window, dtype=torch.float64)
    waves = torch.cat([torch.cos(phases), torch.sin(phases)]) * shape
    return waves.float().to(device)


class EchoEncoder(nn.Module):
    """From the spectrogram of an echo to a vector.

    Args:
        shape: Of the spectrogram (ears, frequencies, times).
        slimness: By which the number of features is divided, for a CPU; 1 is the published network.

    Attributes:
        features: Length of the vector.
    """

    def __init__(self, shape: tuple[int, int, int] = (2, 257, 166), slimness: int = 1) -> None:
        super().__init__()
        (self.features,) = slimmed((ECHO_FEATURES,), slimness)
        self.convolutions = nn.Sequential(*_block(shape[0], 32, 8, 4), *_block(32, 64, 4, 2), *_block(64, 8, 3, 1))
        with torch.no_grad():
            flat = self.convolutions.eval()(torch.zeros(1, *shape)).numel()
        self.convolutions.train()
        self.reduce = nn.Sequential(
            nn.Conv2d(flat, self.features, 1), nn.BatchNorm2d(self.features), nn.ReLU(inplace=True)
        )

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Features (n, 512, 1, 1) of spectrograms (n, ears, frequencies, times)."""
        found = self.convolutions(spectrogram)
        return self.reduce(found.reshape(len(found), -1, 1, 1))


def _block(channels: int, width: int, kernel: int, stride: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(channels, width, kernel, stride), nn.BatchNorm2d(width), nn.ReLU(inplace=True)


class EchoToDepth(nn.Module):
    """Depth from an echo alone: a vector, and seven doublings to 128 x 128.

    Args:
        slimness: By which widths are divided, for a CPU; 1 is the published network.
        size: Of the depth [pixels]: 64 leaves out the last doubling but one.

    Raises:
        SettingsError: The size is neither 64 nor 128.
    """

    def __init__(self, slimness: int = 1, size: int = 128) -> None:
        super().__init__()
        if size not in (64, 128):
            raise SettingsError(f"size = {size!r}: depth from an echo alone is 64 or 128 pixels wide")
        self.echo = EchoEncoder(slimness=slimness)
        widths = slimmed((ECHO_FEATURES, 512, 256, 128, 64, 32, 16)[: 7 if size == 128 else 6], slimness)
        blocks = [doubling(before, after) for before, after in itertools.pairwise(widths)]
        self.depth = nn.Sequential(*blocks, last_doubling(widths[-1], 1))
        first_weights(self)

    def forward(self, spectrogram: Tensor) -> Tensor:
        """Depth (n, 1, 128, 128) over the largest, of spectrograms (n, 2, 257, 166)."""
        return self.depth(self.echo(spectrogram))
