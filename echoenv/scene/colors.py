"""Colours as light and as sRGB (IEC 61966-2-1).

The one idea: light adds up in linear values; what is stored and seen is sRGB.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_linear(srgb: NDArray[Any]) -> NDArray[Any]:
    """Linear values of sRGB ones in 0..1 (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: NDArray[Any]) -> NDArray[Any]:
    """SRGB values of linear ones in 0..1 (IEC 61966-2-1)."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
