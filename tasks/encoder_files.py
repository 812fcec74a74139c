"""Encoders of pictures that were trained elsewhere, taken from a file.

The one idea: a file holds tensors by name, at its top or under `visual`, and every tensor of the encoder has to be
there in its own shape; a network that starts half from a file and half from nothing would say nothing of either.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from echoenv.errors import DatasetError
from tasks.unet import WIDTHS

_PLACES = ("visual", "state_dict", "network")
_PREFIX = "visual."
_COUNTERS = "num_batches_tracked"  # of batch normalisation, which older files lack


def start_from(encoder: nn.Module, file: str | Path) -> None:
    """Give an encoder the weights of a file.

    Args:
        encoder: Such as `tasks.unet.UNetEncoder`.
        file: What `python -m agents.visual_echoes` wrote, or any file that `torch.save` made of an encoder's
            `state_dict`: at the top, under `visual` or `state_dict`, or as the part `visual` of a larger network.

    Raises:
        DatasetError: The file is missing, holds no weights, or those of another architecture.
    """
    found, own = tensors_in(file), encoder.state_dict()
    for name, value in own.items():
        if name.endswith(_COUNTERS):
            continue
        if name not in found:
            there = ", ".join(list(found)[:3])
            raise DatasetError(f"'{file}' is of another architecture: it has no '{name}' (it begins with {there})")
        if found[name].shape != value.shape:
            shapes = f"{tuple(found[name].shape)} there and {tuple(value.shape)} here"
            raise DatasetError(f"'{file}' is of another architecture: '{name}' is {shapes}{_hint(found)}")
    encoder.load_state_dict({name: value for name, value in found.items() if name in own}, strict=False)


def tensors_in(file: str | Path) -> dict[str, Tensor]:
    """The tensors of a file by their names in the encoder.

    Raises:
        DatasetError: The file is missing or holds no weights.
    """
    path = Path(file)
    if not path.is_file():
        raise DatasetError(f"weights '{file}' are missing: give a .pt file, such as agents.visual_echoes writes")
    try:
        found: Any = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise DatasetError(f"'{file}' holds no weights that can be read safely ({type(error).__name__})") from error
    for place in _PLACES:
        if isinstance(found, dict) and isinstance(found.get(place), dict):
            found = found[place]
    named = found.items() if isinstance(found, dict) else ()
    tensors = {str(name): value for name, value in named if isinstance(value, Tensor)}
    part = {name.removeprefix(_PREFIX): value for name, value in tensors.items() if name.startswith(_PREFIX)}
    if not tensors:
        raise DatasetError(f"'{file}' holds no tensors by name: give a file that torch.save made of a state_dict")
    return part or tensors


def _hint(found: dict[str, Tensor]) -> str:
    """Which slimness the encoder in a file has, where it is a U-Net's or a ResNet-50."""
    first = found.get("blocks.0.0.weight", found.get("conv1.weight"))
    if first is None or not len(first) or WIDTHS[0] % len(first):
        return ""
    return f"; it was trained with --slimness {WIDTHS[0] // len(first)}"
