"""Cloth and what is soft like it: weaves, knits, quilts, carpets, leather, felt, skin.

The one idea: a cloth is a relief of threads. A weave says which of two crossing threads lies on top of each crossing;
every thread has a round profile, its own tone, and dives where the other crosses it. Sizes are those of real yarns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.bonds import regular
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
from echoenv.scene.homes.textures.recipe import Floats, Recipe

_SMALL: Size = (256, 256)


def _weave(rng: Rng, shape: Size, pitch: int, twill: bool = False, spread: float = 0.05) -> Floats:
    """A weave (H, W) about 1 of threads `pitch` pixels wide, each of its own tone; plain or in diagonals."""
    y, x = np.arange(shape[0])[:, None] + 0.5, np.arange(shape[1])[None, :] + 0.5
    row, column = np.floor(y / pitch).astype(np.int64), np.floor(x / pitch).astype(np.int64)
    over = (row + column) % 4 < 2 if twill else (row + column) % 2 == 0
    round_y, round_x = (1.0 - np.square(2.0 * np.mod(place / pitch, 1.0) - 1.0) for place in (y, x))
    bow = 0.55 + 0.45 * np.where(over, round_x, round_y)
    height = np.where(over, round_y, round_x) * bow
    tones = 1.0 + spread * white(rng, (2, max(shape) // pitch))
    tone = np.where(over, tones[0][row], tones[1][column])
    return np.asarray((0.66 + 0.34 * height) * tone, dtype=np.float64)


def fabric(name: str) -> Floats:
    """Plain upholstery of 3 mm yarns."""
    rng = seeded(name)
    shape = (512, 512)
    slubs = 0.022 * smooth(rng, shape, (128, 20)) + 0.022 * smooth(rng, shape, (20, 128))
    return _weave(rng, shape, 4, spread=0.045) + slubs


def fabric_coarse(name: str) -> Floats:
    """A coarse twill of 7 mm yarns in slightly different tones."""
    rng = seeded(name)
    fuzz = 0.05 * smooth(rng, _SMALL, (128, 128)) + 0.03 * smooth(rng, _SMALL, (12, 12))
    drift = [0.8 * smooth(rng, _SMALL, (30, 30)) for _ in range(2)]
    return warped(_weave(rng, _SMALL, 8, twill=True, spread=0.08), drift[0], drift[1]) + fuzz


def _bands(places: ArrayLike, edges: tuple[float, ...], tones: tuple[float, ...]) -> Floats:
    """Tone of each place (0..1, periodic): `tones[k]` up to `edges[k]`."""
    return np.asarray(np.asarray(tones)[np.searchsorted(np.asarray(edges), np.mod(places, 1.0), side="right")])


def fabric_stripes(name: str) -> Floats:
    """Woven stripes along v: broad light and dark ones with a fine line beside."""
    x = (np.arange(256) + 0.5) / 64.0
    bands = _bands(x, (0.08, 0.40, 0.48, 0.56, 0.62), (1.0, 0.70, 1.0, 0.80, 1.0, 0.92))
    return _weave(seeded(name), _SMALL, 4, spread=0.03) * bands[None, :]


def fabric_check(name: str) -> Floats:
    """A check: stripes both ways, darkest where they cross, in twill."""
    rng = seeded(name)
    bands = _bands((np.arange(256) + 0.5) / 128.0, (0.06, 0.44, 0.50, 0.72, 0.76), (1.0, 0.74, 1.0, 0.93, 0.80, 0.93))
    y, x = np.arange(256)[:, None] // 2, np.arange(256)[None, :] // 2
    over = (y + x) % 4 < 2
    both = 0.35 * np.where(over, bands[:, None], bands[None, :]) + 0.65 * bands[:, None] * bands[None, :]
    return _weave(rng, _SMALL, 4, twill=True, spread=0.025) * both


def linen(name: str) -> Floats:
    """Fine linen: thin threads of uneven thickness."""
    rng = seeded(name)
    weft = 0.045 * smooth(rng, _SMALL, (256, 10)) + 0.020 * smooth(rng, _SMALL, (128, 5))
    warp = 0.045 * smooth(rng, _SMALL, (10, 256)) + 0.020 * smooth(rng, _SMALL, (5, 128))
    return 1.0 + weft + warp + 0.35 * (_weave(rng, _SMALL, 2, spread=0.02) - 0.85)


def knit(name: str) -> Floats:
    """Stocking stitch: columns of V-shaped loops of thick wool."""
    rng = seeded(name)
    y, x = np.mgrid[0:256, 0:256] + 0.5
    leg = np.mod(x / 8.0, 1.0)  # two legs to a stitch of 16 pixels
    slant = 7.0 * np.abs(np.mod(x / 16.0, 1.0) - 0.5) * 2.0
    place = np.mod((y + slant) / 16.0, 1.0)
    round_leg, round_loop = 1.0 - np.square(2.0 * leg - 1.0), 1.0 - np.square(2.0 * place - 1.0)
    height = np.sqrt(np.maximum(round_leg, 0.0)) * (0.35 + 0.65 * round_loop)
    ply = 0.05 * np.sin(2.0 * np.pi * (place * 2.0 + leg * np.where(np.mod(x, 16.0) < 8.0, 1.0, -1.0)))
    return (0.55 + 0.45 * height) * (1.0 + ply + 0.03 * smooth(rng, _SMALL, (128, 128)))


def quilt(name: str) -> Floats:
    """A padded cover, sewn in diamonds of about 0.1 m."""
    rng = seeded(name)
    y, x = np.mgrid[0:256, 0:256] / 64.0
    a, b = np.mod(x + y, 2.0) - 1.0, np.mod(x - y, 2.0) - 1.0
    seam = np.minimum(1.0 - np.abs(a), 1.0 - np.abs(b))
    puff = ((1.0 - np.square(a)) * (1.0 - np.square(b))) ** 0.6
    folds = 0.9 * smooth(rng, _SMALL, (20, 20)) * np.exp(-3.0 * seam)
    stitch = (1.0 - step(seam, 0.0, 0.05)) * (0.6 + 0.4 * np.sin(2.0 * np.pi * 16.0 * x))
    thread = 0.02 * (_weave(rng, _SMALL, 2) - 0.85) / 0.15
    return relief(15.0 * puff + folds, 0.15) * (0.92 + 0.10 * puff) - 0.09 * stitch + thread


def towel(name: str) -> Floats:
    """Terry: small loops in uneven rows."""
    rng = seeded(name)
    near = worley(rng, _SMALL, (64, 52), 0.8)[0]
    rows = 0.03 * np.sin(2.0 * np.pi * np.arange(256) / 16.0)[:, None]
    return relief(blurred(-6.0 * near, 1), 0.16) * (1.08 - 0.30 * near) + rows + 0.02 * fbm(rng, _SMALL, (5, 5), 3)


def felt(name: str) -> Floats:
    """Pressed wool without threads, faintly mottled."""
    rng = seeded(name)
    fibres = 0.022 * smooth(rng, _SMALL, (256, 50)) + 0.022 * smooth(rng, _SMALL, (50, 256))
    return 1.0 + fibres + 0.022 * white(rng, _SMALL) + 0.020 * fbm(rng, _SMALL, (10, 10), 3)


def leather(name: str) -> Floats:
    """Cowhide: a net of fine creases, pores, a tone that changes slowly."""
    rng = seeded(name)
    near, second, _ = worley(rng, _SMALL, (54, 54), 0.95)
    drift = [1.6 * smooth(rng, _SMALL, (26, 26)) for _ in range(2)]
    crease = warped(second - near, drift[0], drift[1])
    pebble = 2.2 * np.sqrt(np.minimum(crease, 0.45))
    tone = 1.0 + 0.025 * fbm(rng, _SMALL, (4, 4), 3)
    return relief(pebble, 0.20) * (1.0 - 0.16 * (1.0 - step(crease, 0.0, 0.22))) * tone


def carpet(name: str) -> Floats:
    """Short loops of heather-mixed yarn in rows."""
    rng = seeded(name)
    near, _, loop = worley(rng, _SMALL, (64, 64), 0.55)
    tone = 1.0 + 0.075 * white(rng, (64 * 64,))[loop]
    return (1.08 - 0.30 * near) * tone + 0.012 * fbm(rng, _SMALL, (6, 6), 3)


def carpet_tiles(name: str) -> Floats:
    """Office carpet in squares of 0.5 m, each turned by a quarter against the next."""
    rng = seeded(name)
    laid = regular((512, 512), 2, 2)
    rib = np.arange(256) // 3
    lines = np.where(rib % 2 == 0, 1.0, 0.90)[:, None] * (1.0 + 0.05 * smooth(rng, _SMALL, (86, 40)))
    lines *= 1.0 + 0.045 * white(rng, (86,))[rib][:, None]
    square = np.block([[lines, lines.T], [lines.T, lines]])
    tone = laid.each(1.0 + 0.022 * white(rng, (laid.count,)))
    seam = 1.0 - 0.16 * (1.0 - step(laid.edge, 0.0, 2.2))
    return np.asarray(square * tone * seam + 0.03 * tiled(white(rng, _SMALL), 2), dtype=np.float64)


def carpet_pile(name: str) -> Floats:
    """Deep pile: tufts that lean every way."""
    rng = seeded(name)
    near, _, tuft = worley(rng, _SMALL, (40, 40), 0.95)
    lean = 4.0 * smooth(rng, _SMALL, (9, 9)), 4.0 * smooth(rng, _SMALL, (9, 9))
    strands = warped(smooth(rng, _SMALL, (128, 80)), lean[0], lean[1])
    tone = 1.0 + 0.05 * white(rng, (1600,))[tuft] + 0.035 * smooth(rng, _SMALL, (9, 9))
    return (1.12 - 0.36 * near) * tone * (1.0 + 0.07 * strands)


def skin(name: str) -> Floats:
    """Skin: pores and the faintest blotches, a little redder where darker."""
    rng = seeded(name)
    pores = 1.0 - step(worley(rng, _SMALL, (60, 60), 0.9)[0], 0.05, 0.40)
    blotch = 0.018 * fbm(rng, _SMALL, (5, 5), 3)
    dark = 0.035 * pores + blotch + 0.008 * smooth(rng, _SMALL, (128, 128))
    return 1.0 - dark[..., None] * np.array([0.7, 1.1, 1.2])


RECIPES: dict[str, Recipe] = {
    "fabric": Recipe(fabric, (0.40, 0.40), mean=0.84, wanders=True),
    "fabric_coarse": Recipe(fabric_coarse, (0.24, 0.24), mean=0.83, wanders=True),
    "fabric_stripes": Recipe(fabric_stripes, (0.32, 0.32), mean=0.82),
    "fabric_check": Recipe(fabric_check, (0.32, 0.32), mean=0.80),
    "linen": Recipe(linen, (0.36, 0.36), mean=0.88, wanders=True),
    "knit": Recipe(knit, (0.28, 0.28), mean=0.82, wanders=True),
    "quilt": Recipe(quilt, (0.40, 0.40), mean=0.88),
    "towel": Recipe(towel, (0.30, 0.30), mean=0.86, wanders=True),
    "felt": Recipe(felt, (0.40, 0.40), mean=0.88, wanders=True),
    "leather": Recipe(leather, (0.32, 0.32), mean=0.86, wanders=True),
    "carpet": Recipe(carpet, (0.50, 0.50), mean=0.84),
    "carpet_tiles": Recipe(carpet_tiles, (1.0, 1.0), mean=0.84),
    "carpet_pile": Recipe(carpet_pile, (0.60, 0.60), mean=0.82),
    "skin": Recipe(skin, (0.20, 0.20), mean=0.90, wanders=True),
}
