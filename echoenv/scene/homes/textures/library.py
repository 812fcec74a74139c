"""All patterns by name.

The one idea: a pattern is painted by code from its name alone, once in a process. A pattern that *tints* (wood,
plaster, fabric) is nearly white, and takes its colour from what it lies on; one that has colours of its own (paintings,
bricks) lies on white. In both cases the things' colours are means: what is seen from afar is the thing's own colour.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SettingsError, nearest
from echoenv.scene import colors
from echoenv.scene.colors import to_linear, to_srgb
from echoenv.scene.homes import kept
from echoenv.scene.homes.textures import (
    books,
    cloths,
    masonry,
    outdoors,
    paintings,
    papers,
    prints,
    rugs,
    screens,
    stones,
    woods,
)
from echoenv.scene.homes.textures.recipe import Recipe


@dataclass(frozen=True, eq=False)
class Texture:
    """A pattern.

    Attributes:
        name: Its name.
        pixels: sRGB (H, W, 3) uint8, row 0 on top; it repeats without a seam where it has a size.
        size: Width and height [m] of one tile, or None for a picture that is stretched once over its part.
        tints: Whether it is nearly white and takes its colour from what it lies on.
        wanders: Whether every part shows another stretch of it, as boards of one wood do.
    """

    name: str
    pixels: NDArray[np.uint8]
    size: tuple[float, float] | None
    tints: bool = True
    wanders: bool = False

    @property
    def aspect(self) -> float:
        """Width over height of a tile or of a picture that is not to look stretched."""
        width, height = self.size or (self.pixels.shape[1], self.pixels.shape[0])
        return width / height

    @functools.cached_property
    def mean(self) -> NDArray[np.float64]:
        """The colour (3,), sRGB 0..1, that it has from afar: its mean in linear light."""
        return mean_color(self.pixels)


def mean_color(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Mean (3,), sRGB 0..1, in linear light of an image (H, W, 3)."""
    table = to_linear(np.arange(256) / 255.0)
    counts = np.stack([np.bincount(pixels[..., k].ravel(), minlength=256) for k in range(3)])
    mean: NDArray[np.float64] = to_srgb((counts * table).sum(axis=1) / counts.sum(axis=1))
    return mean


_PAINTERS = (woods, masonry, stones, cloths, papers, paintings, prints, books, rugs, screens, outdoors)
_RECIPES: dict[str, Recipe] = {name: recipe for painter in _PAINTERS for name, recipe in painter.RECIPES.items()}

TEXTURE_NAMES: tuple[str, ...] = tuple(sorted(_RECIPES))
"""The names of all patterns."""


def paint(name: str) -> NDArray[np.uint8]:
    """Pixels (H, W, 3) of the pattern of that name, painted anew; a function of the name alone.

    Raises:
        SettingsError: No pattern has that name; the message gives the nearest.
    """
    return _recipe(name).pixels(name)


@functools.cache
def texture(name: str) -> Texture:
    """The pattern of that name, painted once on a machine and read once in a process.

    Raises:
        SettingsError: No pattern has that name; the message gives the nearest.
    """
    recipe = _recipe(name)
    return Texture(name, _kept_pixels(name), recipe.size, recipe.mean is not None, recipe.wanders)


def _recipe(name: str) -> Recipe:
    if name not in _RECIPES:
        raise SettingsError(f"no pattern is called '{name}': {nearest(name, TEXTURE_NAMES)}")
    return _RECIPES[name]


def _kept_pixels(name: str) -> NDArray[np.uint8]:
    """The pixels from the cache; where they are not there, or broken, painted and kept."""
    sources = kept.hash_of_sources(Path(__file__).parent, Path(colors.__file__))
    path = kept.folder() / "patterns" / f"{name}-{sources}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        pixels = np.load(path, allow_pickle=False)
        if pixels.dtype == np.uint8 and pixels.ndim == 3 and pixels.shape[2] == 3:
            return np.asarray(pixels)
    painted = paint(name)
    kept.keep(path, lambda file: np.save(file, painted))
    return painted
