"""Textures of a scene, packed so that a kernel can sample any of them.

The one idea: every texture is kept in several sizes (its mip chain), each half as wide and high as the one before. A
pixel reads the sizes in which a texel is about as large as the pixel, so that fine patterns far away become their mean
and do not flicker. Means are taken in linear light, as a lens does; between texels and sizes sRGB values are blended.
All sizes of all textures lie one after the other in one array of 32-bit texels; a table says where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import MeshError
from echoenv.scene.colors import to_linear, to_srgb
from echoenv.scene.scene import Surface

_MOST_TEXELS = 2**31 - 1  # kernels index with 32-bit integers


@dataclass(frozen=True, eq=False)
class TexturePack:
    """All textures of a scene.

    Attributes:
        texels: sRGB (N,) uint32, red in the lowest byte, all levels of all textures, rows top down.
        levels: (L, 4) int32: first texel, width, height, and the index of the same texture's coarsest level.
        surface_levels: (S,) int32: index of the finest level of each surface's texture; -1 where it has none.
    """

    texels: NDArray[np.uint32]
    levels: NDArray[np.int32]
    surface_levels: NDArray[np.int32]


def pack_textures(surfaces: tuple[Surface, ...]) -> TexturePack:
    """Mip chains of all the surfaces' textures; a texture that surfaces share is kept once.

    Raises:
        MeshError: A texture is no (H, W, 3) uint8 image, or together they are too large.
    """
    texels: list[NDArray[np.uint32]] = []
    levels: list[tuple[int, int, int, int]] = []
    surface_levels = np.full(len(surfaces), -1, dtype=np.int32)
    packed: dict[int, int] = {}
    used = 0
    for index, surface in enumerate(surfaces):
        if surface.texture is None:
            continue
        if id(surface.texture) not in packed:
            packed[id(surface.texture)] = len(levels)
            chain = mip_chain(_checked(surface))
            coarsest = len(levels) + len(chain) - 1
            for level in chain:
                levels.append((used, level.shape[1], level.shape[0], coarsest))
                texels.append(_as_words(level))
                used += texels[-1].size
        surface_levels[index] = packed[id(surface.texture)]
    if used > _MOST_TEXELS:
        raise MeshError(
            f"the scene's textures have {used:,} texels, at most {_MOST_TEXELS:,} fit: use smaller textures"
        )
    words = np.concatenate(texels) if texels else np.zeros(1, dtype=np.uint32)
    return TexturePack(words, np.array(levels, dtype=np.int32).reshape(-1, 4), surface_levels)


def mip_chain(image: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """An sRGB image (H, W, 3) and its halves down to one texel, averaged over boxes in linear light.

    Sides are halved rounding down; where a side is odd, three texels share into two by the area they cover.
    """
    planes = [_plane_chain(image[..., channel]) for channel in range(3)]
    return [image, *(np.stack(level, axis=-1) for level in zip(*planes, strict=True))]


def _plane_chain(plane: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Halves of one channel (H, W), without the original; one channel at a time keeps memory low."""
    linear = SRGB_TO_LINEAR[plane]
    chain = []
    while max(linear.shape) > 1:
        linear = _halve_rows(_halve_rows(linear).T).T
        chain.append(linear_to_srgb(linear))
    return chain


def _halve_rows(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every output row (H // 2, W) is the mean of the part of the input (H, W) that it covers."""
    rows = plane.shape[0]
    if rows == 1:
        return plane
    if rows % 2 == 0:
        return np.asarray(0.5 * (plane[0::2] + plane[1::2]), dtype=np.float32)
    half = rows // 2
    k = np.arange(half, dtype=np.float32)[:, None]
    covered = (half - k) * plane[0:-2:2] + half * plane[1:-1:2] + (k + 1) * plane[2::2]
    return np.asarray(covered / np.float32(rows), dtype=np.float32)


SRGB_TO_LINEAR: NDArray[np.float32] = to_linear(np.arange(256) / 255.0).astype(np.float32)
"""Linear light (256,) in 0..1 of every 8-bit sRGB value (IEC 61966-2-1)."""


def linear_to_srgb(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """8-bit sRGB values, rounded to nearest, of linear light in 0..1 (IEC 61966-2-1)."""
    return (np.clip(to_srgb(linear), 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def _checked(surface: Surface) -> NDArray[np.uint8]:
    image = np.asarray(surface.texture)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise MeshError(
            f"texture of surface '{surface.name}' is {image.dtype} {image.shape}: give (height, width, 3) uint8"
        )
    return image


def _as_words(image: NDArray[np.uint8]) -> NDArray[np.uint32]:
    words = np.zeros((*image.shape[:2], 4), dtype=np.uint8)
    words[..., :3] = image
    return words.view("<u4").astype(np.uint32, copy=False).ravel()
