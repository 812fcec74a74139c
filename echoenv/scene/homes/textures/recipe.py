"""How a pattern is made and measured: `Recipe`, and the step from a painter's floats to bytes.

The one idea: painters work in 64-bit floats and think of shape and contrast only. That a tinting pattern is nearly
white, that nothing is cut off at white, and that the bytes are the same on every machine is settled here, for all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Painter = Callable[[str], Floats]

_KNEE = 0.93  # above it light tones are pressed together instead of cut off


@dataclass(frozen=True)
class Recipe:
    """How to make one pattern.

    Attributes:
        painter: Returns the image, sRGB (H, W) or (H, W, 3) about 0..1, row 0 on top, for a pattern's name.
        size: Width and height [m] of one tile, None for a picture that is stretched once over its part.
        mean: Mean sRGB value of a pattern that tints; None for one that has colours of its own.
        wanders: Whether every part shows another stretch of it.
    """

    painter: Painter
    size: tuple[float, float] | None = None
    mean: float | None = None
    wanders: bool = False

    def pixels(self, name: str) -> NDArray[np.uint8]:
        """The pattern's image (H, W, 3), sRGB uint8."""
        image = self.painter(name)
        if image.ndim == 2:
            image = np.repeat(image[..., None], 3, axis=2)
        return quantised(image if self.mean is None else toned(image, self.mean))


def toned(image: Floats, mean: float) -> Floats:
    """The image (H, W, 3) with that mean, its light tones pressed below white without a sharp edge."""
    scaled = image * (mean / image.mean())
    over = np.maximum(scaled - _KNEE, 0.0) / (1.0 - _KNEE)
    pressed = np.minimum(scaled, _KNEE) + (1.0 - _KNEE) * over / (1.0 + over)
    return np.asarray(np.minimum(pressed + (mean - pressed.mean()), 0.9999), dtype=np.float64)


def quantised(image: Floats) -> NDArray[np.uint8]:
    """Bytes of values in 0..1, rounded to millionths first, so that the last bits of a float decide nothing."""
    return np.floor(np.round(255.0 * np.clip(image, 0.0, 1.0), 6) + 0.5).astype(np.uint8)


def rgb(code: str) -> Floats:
    """Colour (3,) in 0..1 of six hexadecimal digits."""
    return np.array([int(code[k : k + 2], 16) / 255.0 for k in (0, 2, 4)])


def palette(codes: str) -> Floats:
    """Colours (n, 3) of hexadecimal codes with spaces between them."""
    return np.stack([rgb(code) for code in codes.split()])


def mixed(a: ArrayLike, b: ArrayLike, share: ArrayLike) -> Floats:
    """Colours between `a` (share 0) and `b` (share 1); shares (...) get the colours' last axis."""
    weight = np.asarray(share, dtype=np.float64)[..., None]
    return np.asarray(np.asarray(a) * (1.0 - weight) + np.asarray(b) * weight, dtype=np.float64)
