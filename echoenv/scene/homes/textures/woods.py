"""Wood: furniture boards, floor boards, parquet, panels, cork and wickerwork.

The one idea: the year rings of a sawn board are contour lines. Their phase rises across the board, and a noise that is
stretched along the grain bends them: a little for a straight grain, by several rings for the arches of a flat cut.
Each ring darkens slowly towards its late wood and ends sharply. The grain runs along u, the image's rows.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.bonds import Laid, courses, herringbone, staggered
from echoenv.scene.homes.textures.noise import Rng, Size, blurred, fbm, relief, smooth, step, white, worley
from echoenv.scene.homes.textures.recipe import Floats, Recipe

_STAIN = np.array([0.80, 1.0, 1.22])  # what darkens wood also makes it warmer
_Knot = tuple[float, float, float]  # place along and across (0..1), radius [pixels]


def _rings(rng: Rng, shape: Size, count: int, bend: float, cells: Size, knots: tuple[_Knot, ...] = ()) -> Floats:
    """Darkness (H, W), 0..1, of `count` year rings across the board, bent by so many rings, flowing round knots."""
    phase = count * (np.arange(shape[0])[:, None] + 0.5) / shape[0] + np.zeros(shape)
    phase += bend * smooth(rng, shape, cells) + 0.16 * smooth(rng, shape, (cells[0] * 5, cells[1] * 3))
    for knot in knots:
        across, distance = _around(shape, knot)
        phase += np.sign(across) * 2.2 * np.exp(-np.square(distance) / 5.0) * np.minimum(np.abs(across), 1.0)
    ring = np.floor(phase).astype(np.int64)
    place = phase - ring
    strength = 0.45 + 0.55 * rng.random(count)
    profile = np.square(place) * (1.0 - step(place, 0.88, 1.0)) * 1.45
    return np.asarray(profile * strength[ring % count], dtype=np.float64)


def _around(shape: Size, knot: _Knot) -> tuple[Floats, Floats]:
    """Signed distance across the grain and elliptic distance (H, W) from a knot in units of its radius."""
    x, y, radius = knot
    across = np.mod(np.arange(shape[0])[:, None] - y * shape[0] + shape[0] / 2, shape[0]) - shape[0] / 2
    along = np.mod(np.arange(shape[1])[None, :] - x * shape[1] + shape[1] / 2, shape[1]) - shape[1] / 2
    return across / radius + 0.0 * along, np.sqrt(np.square(across / radius) + np.square(along / (1.9 * radius)))


def _knots(shape: Size, knots: tuple[_Knot, ...], rng: Rng) -> Floats:
    """Darkness (H, W) of the knots themselves: a dark rim, rings inside."""
    dark = np.zeros(shape)
    for knot in knots:
        distance = _around(shape, knot)[1] + 0.10 * smooth(rng, shape, (32, 32))
        inside = 1.0 - step(distance, 0.8, 1.15)
        dark = np.maximum(dark, inside * (0.44 + 0.10 * np.cos(9.0 * distance)) + 0.22 * np.exp(-distance))
    return dark


def _fibres(rng: Rng, shape: Size) -> Floats:
    """Fine streaks (H, W) along the grain, mean 0 and deviation about 1."""
    fine, coarse = smooth(rng, shape, (shape[0], 7)), smooth(rng, shape, (shape[0] // 3, 3))
    return np.asarray(0.75 * fine + 0.6 * coarse, dtype=np.float64)


def _pores(rng: Rng, shape: Size) -> Floats:
    """Short dark dashes (H, W), 0..1, along the grain."""
    return step(smooth(rng, shape, (shape[0], shape[1] // 9)), 1.2, 2.4)


def _stained(dark: Floats) -> Floats:
    """Near-white wood (H, W, 3) of a darkness (H, W)."""
    return np.asarray(1.0 - dark[..., None] * _STAIN, dtype=np.float64)


def _fine_dark(rng: Rng, shape: Size) -> Floats:
    rings = _rings(rng, shape, shape[0] // 10, 1.3, (2, 2))
    tone = 0.035 * smooth(rng, shape, (5, 2))
    return 0.10 + 0.13 * rings + 0.035 * _fibres(rng, shape) + 0.12 * _pores(rng, shape) + tone


def _bold_dark(rng: Rng, shape: Size, knots: tuple[_Knot, ...]) -> Floats:
    rings = _rings(rng, shape, shape[0] // 14, 3.6, (3, 2), knots)
    dark = 0.08 + 0.30 * rings + 0.04 * _fibres(rng, shape) + (0.05 + 0.16 * rings) * _pores(rng, shape)
    return np.minimum(np.maximum(dark + 0.03 * smooth(rng, shape, (4, 2)), _knots(shape, knots, rng)), 0.55)


def wood_fine(name: str) -> Floats:
    """A fine, nearly straight grain with short pores: beech, walnut, cherry."""
    return _stained(_fine_dark(seeded(name), (256, 512)))


def wood_bold(name: str) -> Floats:
    """A flat-cut grain with arches and a few knots: oak, pine, ash."""
    return _stained(_bold_dark(seeded(name), (256, 512), ((0.22, 0.30, 6.0), (0.71, 0.78, 4.5))))


def _boards(rng: Rng, laid: Laid, dark: Floats, spread: float) -> Floats:
    """Boards (H, W, 3), each with its own stretch of a grain, its own tone and its own warmth."""
    tone = 1.0 + spread * np.clip(white(rng, (laid.count, 1)), -1.7, 1.7)
    warmth = 1.0 + 0.20 * spread * white(rng, (laid.count, 1)) * np.array([1.0, 0.0, -1.2])
    grain = laid.own(dark, rng) * laid.each(0.75 + 0.5 * rng.random(laid.count))
    return _stained(grain) * laid.each(tone * warmth)


def _with_joints(boards: Floats, laid: Laid, width: float, depth: float) -> Floats:
    """Boards with dark joints and slightly bevelled edges."""
    bevel = relief(np.minimum(laid.edge, 2.5), 0.10)
    dark = 1.0 - depth * laid.joint(width) - 0.06 * (1.0 - step(laid.edge, 0.0, 4.0))
    return np.asarray(boards * (bevel * dark)[..., None], dtype=np.float64)


def planks(name: str) -> Floats:
    """Floor boards 0.16 m wide and about 1.2 m long with staggered, bevelled joints."""
    rng = seeded(name)
    shape = (512, 512)
    laid = staggered(rng, shape, 8, 2)
    dark = 0.85 * _bold_dark(rng, (256, 512), ((0.31, 0.42, 4.0),))
    return _with_joints(_boards(rng, laid, dark, 0.055), laid, 1.6, 0.42)


def parquet_herringbone(name: str) -> Floats:
    """Oak blocks of 75 x 300 mm in herringbone, at 45 degrees to the walls."""
    rng = seeded(name)
    laid = herringbone(512, 4)
    return _with_joints(_boards(rng, laid, _fine_dark(rng, (256, 512)) * 1.15, 0.075), laid, 1.4, 0.45)


def ceiling_boards(name: str) -> Floats:
    """Panelling of narrow boards with a groove between them, the grain along u."""
    rng = seeded(name)
    shape = (256, 512)
    laid = courses(shape, [[int(rng.integers(512))] for _ in range(8)])
    rows = np.minimum(laid.across, 32 - laid.across)
    boards = _boards(rng, laid, 0.4 * _bold_dark(rng, shape, ((0.6, 0.4, 4.0),)), 0.02)
    groove = 1.0 - 0.34 * (1.0 - step(rows, 0.6, 2.2)) - 0.08 * (1.0 - step(rows, 1.0, 5.0))
    return boards * (groove * relief(np.minimum(rows, 3.0), 0.08))[..., None]


def cork(name: str) -> Floats:
    """Pressed cork: grains of many tones with dark gaps."""
    rng = seeded(name)
    shape = (256, 256)
    near, second, grain = worley(rng, shape, (44, 44))
    tone = 0.86 + 0.075 * white(rng, (44 * 44,))[grain] - 0.22 * (1.0 - step(second - near, 0.0, 0.25))
    bits = step(smooth(rng, shape, (64, 64)), 1.3, 2.0)
    return _stained(1.0 - tone + 0.22 * bits + 0.02 * fbm(rng, shape, (8, 8)))


def wicker(name: str) -> Floats:
    """Basket weave: flat canes over and under upright ones."""
    rng = seeded(name)
    shape = (256, 256)
    y, x = np.mgrid[0:256, 0:256] + 0.5
    row, column = np.floor(y / 16), np.floor(x / 32)
    over = np.mod(row + column, 2.0)  # 1 where the lying cane is on top
    bow = np.sin(np.pi * np.mod(x, 32.0) / 32.0)
    lying = np.sin(np.pi * np.mod(y, 16.0) / 16.0) ** 0.6 * (0.45 + 0.55 * np.where(over == 1, bow, 1.0 - bow) ** 0.7)
    upright = np.sin(np.pi * np.mod(x, 32.0) / 32.0) ** 3 * np.where(over == 1, 0.0, 0.9)
    top = np.maximum(lying, upright)
    tone = 1.0 + 0.03 * white(rng, (16, 1))[row.astype(np.int64) % 16, 0] + 0.03 * smooth(rng, shape, (128, 12))
    light = relief(3.0 * blurred(top, 1), 0.22)
    dark = 1.0 - np.clip((0.40 + 0.55 * top) * tone * light, 0.0, 1.05)
    return 1.0 - dark[..., None] * np.array([0.9, 1.0, 1.1])


def metal_brushed(name: str) -> Floats:
    """Steel brushed along u."""
    rng = seeded(name)
    shape = (256, 256)
    lines = 0.6 * smooth(rng, shape, (256, 3)) + 0.5 * smooth(rng, shape, (256, 14))
    return 0.9 + 0.026 * lines + 0.012 * smooth(rng, shape, (3, 2))


RECIPES: dict[str, Recipe] = {
    "wood_fine": Recipe(wood_fine, (1.2, 0.6), mean=0.85, wanders=True),
    "wood_bold": Recipe(wood_bold, (1.5, 0.75), mean=0.84, wanders=True),
    "planks": Recipe(planks, (2.4, 1.28), mean=0.82),
    "parquet_herringbone": Recipe(parquet_herringbone, (0.8485, 0.8485), mean=0.82),
    "ceiling_boards": Recipe(ceiling_boards, (1.6, 0.8), mean=0.91),
    "cork": Recipe(cork, (0.6, 0.6), mean=0.82, wanders=True),
    "wicker": Recipe(wicker, (0.4, 0.4), mean=0.80, wanders=True),
    "metal_brushed": Recipe(metal_brushed, (0.6, 0.6), mean=0.90, wanders=True),
}
