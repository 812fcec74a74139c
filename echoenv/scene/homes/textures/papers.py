"""Paper and wallpaper.

The one idea: a wallpaper is one motif drawn on a canvas and hung in half drop: the next column of motifs is the same,
shifted down by half its height. The motif stays inside its cell, so the tile has no seam.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.figures import leaf
from echoenv.scene.homes.textures.noise import fbm, smooth, white
from echoenv.scene.homes.textures.recipe import Floats, Recipe

_SHAPE = (256, 256)


def paper(name: str) -> Floats:
    """Plain paper: hardly more than its fibres."""
    rng = seeded(name)
    return 1.0 + 0.008 * fbm(rng, _SHAPE, (40, 40), 3, 0.7) + 0.004 * white(rng, _SHAPE)


def wallpaper_stripes(name: str) -> Floats:
    """Upright stripes, broad ones and a pair of fine lines between them."""
    rng = seeded(name)
    x = np.mod((np.arange(256) + 0.5) / 64.0, 1.0)
    broad = np.where(x < 0.5, 1.0, 0.90)
    fine = np.where((np.abs(x - 0.68) < 0.02) | (np.abs(x - 0.82) < 0.02), 0.93, 1.0)
    silk = 1.0 + 0.010 * smooth(rng, _SHAPE, (16, 256)) + 0.005 * white(rng, _SHAPE)
    return np.asarray((broad * fine)[None, :] * silk, dtype=np.float64)


def _half_drop(cell: Floats) -> Floats:
    """A tile (H, 2 W, ...) of a cell (H, W, ...) and of the same cell dropped by half its height."""
    return np.concatenate([cell, np.roll(cell, cell.shape[0] // 2, axis=0)], axis=1)


def _tone(value: float) -> Floats:
    return np.full(3, value)


def wallpaper_damask(name: str) -> Floats:
    """A damask: palmettes in pointed frames, tone on tone."""
    rng = seeded(name)
    canvas = Canvas(128, 256)
    y, x = canvas.y[:, None] - 0.5, np.abs(canvas.x[None, :] - 0.25)
    frame = np.abs(x - (0.125 + 0.125 * np.cos(2.0 * np.pi * y)))
    canvas.lay(np.clip(1.6 - frame / 0.008, 0.0, 1.0), _tone(0.92))
    for side in (-1.0, 1.0):
        for turn, length, width in ((0.25, 0.19, 0.020), (0.62, 0.17, 0.026), (1.05, 0.14, 0.030), (1.75, 0.12, 0.026)):
            direction = np.pi / 2.0 - side * turn
            leaf(canvas, (0.25, 0.44), length, width, direction, _tone(0.90), -side * 0.25)
        leaf(canvas, (0.25, 0.40), 0.13, 0.018, np.pi / 2.0 - side * 2.5, _tone(0.90), side * 0.4)
        canvas.ellipse(0.25 + side * 0.075, 0.345, 0.012, 0.012, _tone(0.90))
    leaf(canvas, (0.25, 0.43), 0.30, 0.026, np.pi / 2.0, _tone(0.88))
    canvas.ellipse(0.25, 0.43, 0.020, 0.026, _tone(0.92))
    canvas.ellipse(0.25, 0.30, 0.013, 0.022, _tone(0.90))
    tile = _half_drop(canvas.pixels[..., 0])
    return tile * (1.0 + 0.006 * white(rng, _SHAPE)) + 0.004 * smooth(rng, _SHAPE, (256, 8))


def wallpaper_leaves(name: str) -> Floats:
    """Sprigs with pairs of leaves and a few berries."""
    rng = seeded(name)
    canvas = Canvas(128, 256)
    for foot, lean, tone in (((0.20, 0.06), 0.35, 0.86), ((0.33, 0.53), -0.45, 0.90)):
        t = np.linspace(0.0, 1.0, 7)
        xs, ys = foot[0] + 0.24 * lean * t * t, foot[1] + 0.36 * t
        canvas.line(list(zip(xs, ys, strict=True)), 0.006, _tone(tone - 0.05))
        for k in range(1, 6):
            for side in (-1.0, 1.0):
                turn = np.pi / 2.0 - lean * t[k] - side * (0.95 - 0.07 * k)
                leaf(canvas, (xs[k], ys[k]), 0.115 - 0.010 * k, 0.022, turn, _tone(tone + 0.03 * float(rng.random())))
        leaf(canvas, (xs[-1], ys[-1]), 0.07, 0.016, np.pi / 2.0 - lean, _tone(tone))
    for x, y in ((0.09, 0.60), (0.12, 0.64), (0.07, 0.66), (0.42, 0.20), (0.40, 0.25), (0.44, 0.27)):
        canvas.ellipse(x, y, 0.011, 0.011, _tone(0.82))
    return _half_drop(canvas.pixels[..., 0]) * (1.0 + 0.006 * white(rng, _SHAPE))


RECIPES: dict[str, Recipe] = {
    "paper": Recipe(paper, (0.5, 0.5), mean=0.92, wanders=True),
    "wallpaper_stripes": Recipe(wallpaper_stripes, (0.64, 0.64), mean=0.90),
    "wallpaper_damask": Recipe(wallpaper_damask, (0.72, 0.72), mean=0.90),
    "wallpaper_leaves": Recipe(wallpaper_leaves, (0.66, 0.66), mean=0.90),
}
