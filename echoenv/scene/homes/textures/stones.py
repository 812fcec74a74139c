"""Polished stone: marble, granite, terrazzo.

The one idea: marble's veins are the sharp ridges of a noise that other noises have bent; granite and terrazzo are
cells, each filled with one of a few minerals.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.noise import Rng, Size, fbm, smooth, step, white, worley
from echoenv.scene.homes.textures.recipe import Floats, Recipe, mixed, palette, rgb

_SHAPE: Size = (512, 512)


def _fields(rng: Rng) -> tuple[Floats, Floats]:
    """Two cloudy noises (H, W) that bend veins and shade the stone."""
    return fbm(rng, _SHAPE, (3, 4), 5, 0.58), fbm(rng, _SHAPE, (4, 3), 5, 0.58)


def _veins(rng: Rng, bent: Floats, turns: tuple[int, int], width: float) -> Floats:
    """Long veins (H, W), 0..1, of changing width and strength.

    Args:
        rng: Where chance comes from.
        bent: How far (H, W) veins stray from straight lines, in units of their distance.
        turns: How many veins there are down and across the tile.
        width: Half their width in the same units.
    """
    y, x = np.arange(_SHAPE[0])[:, None] / _SHAPE[0], np.arange(_SHAPE[1])[None, :] / _SHAPE[1]
    field = turns[0] * y + turns[1] * x + bent
    distance = np.abs(field - np.floor(field + 0.5))
    strength = step(smooth(rng, _SHAPE, (4, 4)), -0.9, 1.3)
    return np.asarray((1.0 - step(distance, 0.0, width * (0.3 + strength))) * strength, dtype=np.float64)


def marble(name: str) -> Floats:
    """White marble with clouds and grey, slightly golden veins."""
    rng = seeded(name)
    a, b = _fields(rng)
    face = mixed(rgb("edebe6"), rgb("bfbfbe"), 0.8 * step(a, -0.3, 2.4))
    face = mixed(face, rgb("8f9194"), 0.70 * _veins(rng, 0.17 * a + 0.08 * b, (2, 1), 0.040))
    return mixed(face, rgb("a4937e"), 0.55 * _veins(rng, 0.18 * b, (1, -3), 0.022))


def marble_light(name: str) -> Floats:
    """Pale marble, its veins only a little darker than the stone."""
    rng = seeded(name)
    a, b = _fields(rng)
    dark = 0.06 * step(a, -0.6, 2.2) + 0.17 * _veins(rng, 0.18 * b, (1, 2), 0.032)
    dark += 0.10 * _veins(rng, 0.18 * a + 0.08 * b, (3, -1), 0.020)
    return 1.0 - dark[..., None] * np.array([0.95, 1.0, 1.08])


def granite(name: str) -> Floats:
    """Grey granite: feldspar, quartz and mica."""
    rng = seeded(name)
    shape = (256, 256)
    near, second, which = worley(rng, shape, (58, 58))
    minerals = palette("b9b4ad aca7a1 a09c98 c4c0b9 969391 a8a29b 8b8886 77757a")
    face = minerals[rng.integers(0, 8, 58 * 58)][which]
    face = mixed(face, rgb("4a494b"), 0.7 * step(smooth(rng, shape, (84, 84)), 1.0, 1.9))
    face = mixed(face, rgb("d5d1ca"), 0.6 * step(smooth(rng, shape, (50, 50)), 1.2, 2.0))
    face = face * (1.0 + 0.03 * fbm(rng, shape, (6, 6), 3))[..., None]
    return mixed(face, rgb("8e8a86"), 0.30 * (1.0 - step(second - near, 0.0, 0.25)))


def _chips(rng: Rng, side: int, cells: int, share: float, tones: Floats) -> tuple[Floats, Floats]:
    """Angular chips, a share of so many squares each way: their cover (side, side) and colour (side, side, 3)."""
    near, second, which = worley(rng, (side, side), (cells, cells), 0.8)
    filled = rng.random(cells * cells) < share
    inset = (0.08 + 0.22 * rng.random(cells * cells))[which]
    tone = tones[rng.integers(0, len(tones), cells * cells)] * (1.0 + 0.05 * white(rng, (cells * cells, 1)))
    return step(second - near, inset, inset + 0.10) * filled[which], tone[which]


def terrazzo(name: str) -> Floats:
    """Marble chips of many colours in a light cement."""
    rng = seeded(name)
    tones = palette("a89a88 8d8a86 c7b59b b39a86 f0ece4 727676 9fa79e cfc6b8")
    cement = rgb("dcd7cd") * (1.0 + 0.010 * white(rng, (256, 256)))[..., None]
    cover, tone = _chips(rng, 256, 45, 0.40, tones)
    fine = np.tile(mixed(cement, tone, cover), (2, 2, 1))
    cover, tone = _chips(rng, 512, 32, 0.62, tones)
    return mixed(fine, tone, cover)


RECIPES: dict[str, Recipe] = {
    "marble": Recipe(marble, (1.4, 1.4), wanders=True),
    "marble_light": Recipe(marble_light, (1.4, 1.4), mean=0.91, wanders=True),
    "granite": Recipe(granite, (0.7, 0.7), wanders=True),
    "terrazzo": Recipe(terrazzo, (1.2, 1.2)),
}
