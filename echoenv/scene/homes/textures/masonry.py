"""What walls, floors and ceilings are built of: tiles, bricks, stones, plaster, concrete, mineral panels.

The one idea: a piece has a tone of its own, a bevelled edge that catches the light from the upper left, and a joint
around it that lies deeper. Plaster and concrete are the light on a slightly uneven surface.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.bonds import Laid, regular
from echoenv.scene.homes.textures.noise import (
    Rng,
    Size,
    blurred,
    fbm,
    relief,
    smooth,
    step,
    tiled,
    warped,
    white,
    worley,
)
from echoenv.scene.homes.textures.recipe import Floats, Recipe, mixed, palette, rgb


def _glazed(rng: Rng, laid: Laid, spread: float, joint: float, grout: float, bevel: float) -> Floats:
    """Glazed tiles (H, W): slight differences from tile to tile, a soft bevel, matt grout in the joints."""
    shape = laid.edge.shape
    tone = 1.0 + spread * white(rng, (laid.count,))
    tilt = white(rng, (2, laid.count)) * 0.012 / laid.along.max()  # no two tiles lie in exactly one plane
    lean = laid.each(tilt[0]) * laid.along + laid.each(tilt[1]) * laid.across
    face = laid.each(tone) * (1.0 + lean) * (1.0 + 0.006 * fbm(rng, shape, (6, 6), 3))
    face *= relief(np.minimum(laid.edge, joint / 2.0 + 3.0), bevel)
    rough = grout * (1.0 + 0.05 * smooth(rng, shape, (shape[0] // 2, shape[1] // 2)))
    cover = laid.joint(joint, 1.2)
    return np.asarray(face * (1.0 - cover) + rough * cover, dtype=np.float64)


def tiles_floor(name: str) -> Floats:
    """Stoneware squares of 0.3 m with cloudy tones and grey joints."""
    rng = seeded(name)
    shape = (512, 512)
    clouds = 0.022 * fbm(rng, shape, (9, 9), 4) - 0.03 * step(smooth(rng, shape, (256, 256)), 1.5, 2.6)
    return _glazed(rng, regular(shape, 4, 4), 0.020, 3.0, 0.62, 0.05) + clouds


def tiles_large(name: str) -> Floats:
    """Honed slabs of 0.6 m, faintly clouded, with thin joints."""
    rng = seeded(name)
    shape = (512, 512)
    drift = [9.0 * smooth(rng, shape, (5, 5)) for _ in range(2)]
    clouds = 0.020 * warped(fbm(rng, shape, (4, 7), 5, 0.6), drift[0], drift[1]) + 0.006 * white(rng, shape)
    return _glazed(rng, regular(shape, 2, 2), 0.010, 2.4, 0.64, 0.04) + clouds


def tiles_metro(name: str) -> Floats:
    """Glazed wall tiles of 0.2 x 0.1 m in half bond, with facets."""
    rng = seeded(name)
    laid = regular((256, 256), 8, 4, 0.5)
    facet = relief(np.minimum(laid.edge, 6.5), 0.045)
    return _glazed(rng, laid, 0.012, 1.6, 0.74, 0.05) * facet


def tiles_mosaic(name: str) -> Floats:
    """Glass squares of 0.05 m in several tones."""
    rng = seeded(name)
    laid = regular((256, 256), 16, 16)
    tint = 1.0 + 0.016 * white(rng, (laid.count, 3)) + 0.055 * white(rng, (laid.count, 1))
    face = _glazed(rng, laid, 0.0, 2.0, 0.80, 0.06)
    return face[..., None] * mixed(laid.each(tint), (1.0, 1.0, 1.0), laid.joint(2.0, 1.2))


def _bricks(rng: Rng, tones: Floats, mortar: Floats, spread: float) -> Floats:
    """Bricks (256, 512, 3) of 240 x 65 mm with rough edges, each of one of the tones (n, 3)."""
    shape = (256, 512)
    wobble = [1.1 * smooth(rng, shape, (40, 60)) for _ in range(2)]
    laid = regular(shape, 8, 4, 0.5)
    edge = warped(laid.edge, wobble[0], wobble[1])
    tone = tones[rng.integers(0, len(tones), laid.count)] * (1.0 + spread * white(rng, (laid.count, 1)))
    burn = 1.0 + 0.05 * fbm(rng, shape, (16, 16), 4) - 0.16 * step(smooth(rng, shape, (90, 180)), 1.5, 2.6)
    face = (
        laid.each(tone) * (burn * relief(np.minimum(edge, 7.0) + 0.5 * smooth(rng, shape, (64, 128)), 0.16))[..., None]
    )
    sand = mortar * (1.0 + 0.07 * smooth(rng, shape, (128, 256)))[..., None]
    return mixed(face, sand * (0.86 + 0.04 * np.minimum(edge, 3.5))[..., None], 1.0 - step(edge, 2.2, 3.8))


def brick(name: str) -> Floats:
    """A facing of red and brown bricks in half bond, light mortar."""
    return _bricks(seeded(name), palette("98604c a36b55 8a5445 ab7a62 926455 7d5044"), rgb("bdb3a4"), 0.06)


def brick_white(name: str) -> Floats:
    """The same bricks under white paint."""
    return _bricks(seeded(name), palette("e6e3dc e9e6e0 e2dfd8"), rgb("d6d2ca"), 0.012)


def stone(name: str) -> Floats:
    """Rubble of grey and ochre stones in mortar."""
    rng = seeded(name)
    shape = (256, 512)
    near, second, which = worley(rng, shape, (5, 7), 0.8)
    drift = [6.0 * fbm(rng, shape, (8, 14), 3) for _ in range(2)]
    edge = warped(second - near, drift[0], drift[1])
    moved = np.floor(warped(which.astype(np.float64), np.round(drift[0]), np.round(drift[1])) + 0.5).astype(np.int64)
    tones = palette("a59c8c 8f897e b0a48e 999488 a89a80 858078")[rng.integers(0, 6, 35)]
    grain = 1.0 + 0.06 * fbm(rng, shape, (10, 20), 4, 0.65)
    face = tones[moved] * (1.0 + 0.05 * white(rng, (35, 1)))[moved] * grain[..., None]
    round_off = relief(18.0 * np.minimum(edge, 0.34) + 1.1 * fbm(rng, shape, (20, 40), 3), 0.30)
    mortar = rgb("b3aa9a") * (0.92 + 0.05 * smooth(rng, shape, (100, 200)))[..., None]
    return mixed(face * round_off[..., None], mortar, 1.0 - step(edge, 0.05, 0.13))


def plaster(name: str) -> Floats:
    """A smoothed, painted wall: the faintest waves and the roller's texture."""
    rng = seeded(name)
    shape = (256, 256)
    skin = relief(fbm(rng, shape, (64, 64), 2, 0.8), 0.025)
    return skin * (1.0 + 0.006 * fbm(rng, shape, (4, 4), 3))


def plaster_rough(name: str) -> Floats:
    """Rubbed plaster: coarse grains and the strokes of the board."""
    rng = seeded(name)
    shape = (256, 256)
    grains = step(smooth(rng, shape, (90, 90)), 0.3, 1.8) * 2.0
    strokes = 0.9 * smooth(rng, shape, (34, 12)) + 0.7 * smooth(rng, shape, (14, 40))
    return relief(grains + strokes, 0.10) * (1.0 + 0.012 * fbm(rng, shape, (5, 5), 3))


def concrete(name: str) -> Floats:
    """Fair-faced concrete: clouds, fine sand, a few air bubbles."""
    rng = seeded(name)
    shape = (512, 512)
    clouds = 0.020 * fbm(rng, shape, (4, 4), 5, 0.65) + 0.010 * white(rng, shape)
    near, _, which = worley(rng, (256, 256), (13, 13))
    size = np.where(rng.random(169) < 0.25, 0.05 + 0.09 * rng.random(169), 0.0)[which]
    hole = tiled(1.0 - step(near, 0.7 * size, 1.2 * size + 1e-6), 2)
    return 1.0 + clouds - 0.22 * blurred(hole, 1)


def ceiling_tiles(name: str) -> Floats:
    """Mineral panels of 0.6 m, pierced and fissured, in a metal grid."""
    rng = seeded(name)
    shape: Size = (512, 512)
    laid = regular(shape, 2, 2)
    fissures = step(smooth(rng, shape, (100, 60)) * smooth(rng, shape, (90, 110)), 1.7, 2.6)
    near = tiled(worley(rng, (256, 256), (37, 37), 0.95)[0], 2)
    face = 1.0 - 0.20 * fissures - 0.14 * (1.0 - step(near, 0.10, 0.30)) + 0.006 * white(rng, shape)
    face *= laid.each(1.0 + 0.008 * white(rng, (laid.count,))) * relief(np.minimum(laid.edge, 9.0), 0.05)
    face *= 1.0 - 0.22 * (1.0 - step(laid.edge, 5.0, 8.5))
    return face * (1.0 - laid.joint(10.4)) + 1.03 * laid.joint(10.4)


RECIPES: dict[str, Recipe] = {
    "tiles_floor": Recipe(tiles_floor, (1.2, 1.2), mean=0.86),
    "tiles_large": Recipe(tiles_large, (1.2, 1.2), mean=0.88),
    "tiles_metro": Recipe(tiles_metro, (0.8, 0.8), mean=0.90),
    "tiles_mosaic": Recipe(tiles_mosaic, (0.8, 0.8), mean=0.84),
    "brick": Recipe(brick, (1.0, 0.6)),
    "brick_white": Recipe(brick_white, (1.0, 0.6)),
    "stone": Recipe(stone, (1.8, 0.9)),
    "plaster": Recipe(plaster, (0.9, 0.9), mean=0.92),
    "plaster_rough": Recipe(plaster_rough, (0.8, 0.8), mean=0.90),
    "concrete": Recipe(concrete, (1.6, 1.6), mean=0.88),
    "ceiling_tiles": Recipe(ceiling_tiles, (1.2, 1.2), mean=0.90),
}
