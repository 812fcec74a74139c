"""Changes to colours that leave the scene as it is: brightness, contrast, saturation.

The one idea: each picture draws its own factors, around 1, from the generator that it is given.

Source: Parida et al., Beyond Image to Depth (CVPR 2021), whose factors lie between 0.7 and 1.3.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

SPREAD = 0.3
_GREY = (0.299, 0.587, 0.114)


def jittered(rgb: Tensor, random: np.random.Generator, spread: float = SPREAD) -> Tensor:
    """Colours (n, 3, H, W) from 0 to 1 with brightness, contrast and saturation changed by up to `spread`."""
    factors = random.uniform(1.0 - spread, 1.0 + spread, (3, len(rgb), 1, 1, 1)).astype(np.float32)
    brightness, contrast, saturation = torch.from_numpy(factors)
    weights = torch.tensor(_GREY)[:, None, None]
    changed = torch.clamp(rgb * brightness, 0.0, 1.0)
    mean = (changed * weights).sum(dim=1, keepdim=True).mean(dim=(2, 3), keepdim=True)
    changed = torch.clamp(mean + contrast * (changed - mean), 0.0, 1.0)
    grey = (changed * weights).sum(dim=1, keepdim=True)
    return torch.clamp(grey + saturation * (changed - grey), 0.0, 1.0)
