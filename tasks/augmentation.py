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
    weights, pixels = torch.tensor(_GREY), rgb.shape[2] * rgb.shape[3]
    changed = (rgb * brightness).clamp_(0.0, 1.0)  # and from here on in place: fresh memory is what takes the time
    mean = torch.einsum("nchw,c->n", changed, weights)[:, None, None, None] / pixels
    changed.mul_(contrast).add_((1.0 - contrast) * mean).clamp_(0.0, 1.0)
    grey = torch.einsum("nchw,c->nhw", changed, weights)[:, None]
    return changed.mul_(saturation).add_((1.0 - saturation) * grey).clamp_(0.0, 1.0)
