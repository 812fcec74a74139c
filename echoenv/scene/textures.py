"""Texture images as the renderer wants them: sRGB (H, W, 3) uint8, row 0 on top.

The one idea: a missing or damaged image never stops a scene from loading. It is a warning that names the file, and the
surface keeps its plain colour.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 8192
"""Pixels along a side beyond which textures are made smaller: 200 MB each."""

_MOST_PIXELS = 1 << 29


def read_texture(path: Path, user: str) -> NDArray[np.uint8] | None:
    """Read an image file.

    Args:
        path: The image.
        user: Who asks for it, for the warning.

    Returns:
        (H, W, 3) uint8 sRGB, or None after a warning where it is missing or unreadable.
    """
    from PIL import Image

    if not path.is_file():
        warn_texture(path.name, user, f"is missing (looked for '{path}')")
        return None
    try:
        with Image.open(path) as image:
            return image_array(image)
    except Exception:  # Pillow raises many kinds for damaged files
        warn_texture(path.name, user, "cannot be read as an image")
        return None


@contextlib.contextmanager
def large_images() -> Iterator[None]:
    """Lets Pillow open images as large as Gibson has them, 16384 x 16384 pixels, which it refuses otherwise."""
    from PIL import Image

    usual = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = max(usual or 0, _MOST_PIXELS)
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = usual


def image_array(image: Any) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) uint8 of a Pillow image of any mode, at most `LARGEST` along a side; transparency is left out.

    Raises:
        OSError: The image data is damaged.
    """
    if max(image.size) > LARGEST:
        image.draft("RGB", (LARGEST, LARGEST))  # JPEG files are decoded at a half or a quarter of their size
    if max(image.size) > LARGEST:
        image = image.reduce(-(-max(image.size) // LARGEST))
    if image.mode.startswith("I;16"):
        return np.repeat((np.asarray(image) >> 8).astype(np.uint8)[:, :, None], 3, axis=2)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"), dtype=np.uint8))


def warn_texture(name: str, user: str, trouble: str) -> None:
    """Warn that a texture is left out."""
    warnings.warn(f"texture '{name}' of {user} {trouble}: the plain colour is used instead", stacklevel=4)
