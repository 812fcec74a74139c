"""Rugs: knotted ones with borders and a medallion, woven stripes, modern geometry, shag.

The one idea: an old rug is the same in all four quarters, so it is drawn from the folded coordinates |x| and |y|:
borders are distances from the edge, medallions and lozenges are sums of the two. Yarn is laid over it at last.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.noise import Rng, fbm, smooth, step, white, worley
from echoenv.scene.homes.textures.recipe import Floats, Recipe, mixed, palette, rgb

_SIZE = (384, 256)


def _yarn(rng: Rng, image: Floats, depth: float = 0.05) -> Floats:
    """The design (H, W, 3) in yarn: rows of knots, wool of uneven dye."""
    shape = image.shape[:2]
    knots = 0.7 * white(rng, shape) + 0.6 * smooth(rng, shape, (shape[0], 40)) + 0.5 * fbm(rng, shape, (9, 6), 3)
    return np.asarray(image * (1.0 + depth * knots)[..., None], dtype=np.float64)


def _folded() -> tuple[Floats, Floats, Floats]:
    """Distances from the middle along x (0..1.5) and y (0..1), (H, W) each, and from the nearest edge."""
    canvas = Canvas(*_SIZE)
    x, y = np.abs(2.0 * canvas.x[None, :] - canvas.aspect), np.abs(2.0 * canvas.y[:, None] - 1.0)
    x, y = x + 0.0 * y, y + 0.0 * x
    return x, y, np.minimum(1.5 - x, 1.0 - y)


def _blossoms(along: Floats, across: Floats, pitch: float, petals: float) -> Floats:
    """Cover (H, W) of blossoms in a row: `along` the row, `across` -1..1 from its middle line."""
    place = np.mod(along / pitch, 1.0) - 0.5
    r = np.sqrt(np.square(place * pitch) + np.square(across * 0.5 * pitch))
    angle = np.arctan2(across * 0.5 * pitch, place * pitch + 1e-9)
    return 1.0 - step(r - pitch * (0.25 + 0.07 * np.cos(petals * angle)), -0.004, 0.004)


def _persian(codes: str) -> Callable[[Rng], Floats]:
    """A knotted rug: field, three borders with blossoms and guards, a medallion, corners, vines in the field."""
    field, border, ivory, dark, accent = palette(codes)

    def paint(rng: Rng) -> Floats:
        x, y, edge = _folded()
        image = np.broadcast_to(field, (*x.shape, 3)).copy()
        vine = np.abs(np.sin(9.0 * x + 1.2 * np.sin(7.0 * y)) * np.sin(11.0 * y + 1.2 * np.sin(8.0 * x)))
        image = mixed(image, ivory, 0.55 * step(vine, 0.80, 0.90))
        image = mixed(image, dark, 0.55 * (1.0 - step(vine, 0.03, 0.08)))
        image = mixed(image, accent, 0.8 * step(np.sin(18.0 * x) * np.sin(20.0 * y), 0.82, 0.92))
        scallop = 0.035 * np.cos(12.0 * np.arctan2(y, x + 1e-9))
        middle = np.sqrt(np.square(x / 1.25) + np.square(y)) + scallop
        corner = np.sqrt(np.square((1.5 - x) / 1.25) + np.square(1.0 - y)) + 0.03 * np.cos(28.0 * x)
        for reach, color in (
            (0.56, dark),
            (0.535, border),
            (0.44, ivory),
            (0.42, field),
            (0.26, dark),
            (0.245, accent),
        ):
            image = mixed(image, color, 1.0 - step(middle, reach - 0.008, reach + 0.008))
        for reach, color in ((0.66, dark), (0.64, border)):
            image = mixed(image, color, 1.0 - step(corner, reach - 0.008, reach + 0.008))
        rays = np.cos(16.0 * np.arctan2(y, x / 1.25 + 1e-9)) * (middle < 0.40) * (middle > 0.29)
        image = mixed(image, ivory, step(rays, 0.3, 0.6))
        image = mixed(image, ivory, 1.0 - step(middle, 0.09, 0.11))
        image = mixed(image, border, 1.0 - step(middle, 0.05, 0.07))
        return _yarn(rng, _borders(image, x, y, edge, (border, ivory, dark, accent)))

    return paint


def _borders(
    image: Floats, x: Floats, y: Floats, edge: Floats, colors: tuple[Floats, Floats, Floats, Floats]
) -> Floats:
    """The image with guard stripes and a broad border with blossoms along its four sides."""
    border, ivory, dark, accent = colors
    along = np.where(1.5 - x < 1.0 - y, y, x)
    for reach, color in ((0.34, dark), (0.33, ivory), (0.305, dark), (0.295, border), (0.105, dark), (0.095, accent)):
        image = mixed(image, color, 1.0 - step(edge, reach - 0.004, reach + 0.004))
    across = (edge - 0.20) / 0.095
    image = mixed(image, ivory, _blossoms(along, across, 0.19, 6.0) * (np.abs(across) < 1.0))
    image = mixed(image, accent, _blossoms(along, across * 1.9, 0.19, 6.0) * (np.abs(across) < 0.5) * 0.9)
    guard = np.mod(along / 0.05, 1.0)
    image = mixed(image, dark, ((edge > 0.306) & (edge < 0.328) & (guard < 0.4)) * 0.9)
    image = mixed(image, ivory, ((edge > 0.035) & (edge < 0.085) & (np.abs(guard - 0.5) < 0.2)) * 0.9)
    return mixed(image, dark, 1.0 - step(edge, 0.016, 0.024))


def _kilim(rng: Rng) -> Floats:
    """Flat-woven: bands of stepped lozenges and stripes."""
    x, y, _ = _folded()
    colors = palette("b5553c e3d5b8 2f4a58 c99a4a 6f7f62")
    steps = np.floor(y * 32.0) / 32.0
    band = np.floor(x / 0.50)
    place = np.mod(x / 0.50, 1.0)
    lozenge = np.abs(place - 0.55) + 0.9 * np.abs(np.mod(steps + 0.25 * band, 0.5) - 0.25) / 0.5
    which = np.floor(lozenge * 6.5).astype(np.int64) + 2 * band.astype(np.int64)
    image = colors[which % 5]
    for low, high, color in ((0.0, 0.10, colors[2]), (0.02, 0.08, colors[1]), (0.04, 0.06, colors[0])):
        image = mixed(image, color, ((place > low) & (place < high)) * 1.0)
    image = mixed(image, colors[0], (1.5 - x < 0.10) * 1.0)
    return _yarn(rng, image, 0.06)


def _stripes(rng: Rng) -> Floats:
    """Broad and narrow stripes across."""
    edges = np.cumsum(0.02 + 0.13 * rng.random(40) ** 1.5)
    colors = palette("d8cfbf 5d7684 e8e2d6 a9b7b4 c58f6c 3f5563 d8cfbf e0c9a4")
    x = (np.arange(_SIZE[0]) + 0.5) / _SIZE[1]
    image = np.repeat(colors[np.searchsorted(edges, x) * 3 % 8][None], _SIZE[1], axis=0)
    return _yarn(rng, image, 0.06)


def _modern(rng: Rng) -> Floats:
    """Large discs, bars and arcs in calm colours."""
    canvas = Canvas(*_SIZE, rgb("d9d2c4"))
    canvas.polygon([(0.0, 0.0), (0.62, 0.0), (0.30, 1.0), (0.0, 1.0)], rgb("8fa09c"))
    canvas.ellipse(1.02, 0.42, 0.36, 0.36, rgb("c4825c"))
    canvas.polygon([(0.85, 1.0), (1.5, 0.55), (1.5, 1.0)], rgb("39505c"))
    canvas.ellipse(0.44, 0.66, 0.20, 0.20, rgb("e9e2d2"))
    canvas.ring(0.44, 0.66, 0.27, 0.020, rgb("39505c"))
    for k in range(6):
        canvas.line([(0.72 + 0.05 * k, 0.04), (0.92 + 0.05 * k, 0.20)], 0.012, rgb("39505c"))
    return _yarn(rng, canvas.pixels, 0.05)


def _berber(rng: Rng) -> Floats:
    """Cream wool with a net of uneven dark lozenges."""
    canvas = Canvas(*_SIZE)
    wave = 0.012 * smooth(rng, canvas.shape, (9, 12))
    u, v = canvas.x[None, :] * 3.2 + wave * 5.0, canvas.y[:, None] * 2.4 + wave * 4.0
    net = np.minimum(np.abs(np.mod(u + v, 1.0) - 0.5), np.abs(np.mod(u - v, 1.0) - 0.5))
    image = mixed(rgb("e8e0d0"), rgb("4b443e"), 0.9 * (1.0 - step(net, 0.028, 0.045)))
    tuft = worley(rng, canvas.shape, (64, 96))[0]
    return np.asarray(image * (1.10 - 0.26 * tuft)[..., None] * (1.0 + 0.03 * white(rng, canvas.shape))[..., None])


def _shag(rng: Rng) -> Floats:
    """Long pile in one colour, leaning every way."""
    shape = (_SIZE[1], _SIZE[0])
    near, _, tuft = worley(rng, shape, (46, 70), 0.95)
    tone = 1.0 + 0.06 * white(rng, (46 * 70,))[tuft] + 0.05 * fbm(rng, shape, (8, 12), 3)
    return np.asarray(rgb("b3a697") * ((1.14 - 0.42 * near) * tone)[..., None], dtype=np.float64)


_RUGS: tuple[Callable[[Rng], Floats], ...] = (
    _persian("8e3b34 2f3d57 e2d3b4 26262e b98a4e"),
    _persian("3a4d68 8a4238 e6dcc4 23293a c29a62"),
    _kilim,
    _stripes,
    _modern,
    _berber,
    _shag,
    _persian("c9bda6 8d8f86 efe8d9 5c625f b59a7c"),
)


def rug(name: str) -> Floats:
    """The rug whose number ends its name."""
    return _RUGS[int(name.rsplit("_", 1)[1])](seeded(name))


RECIPES: dict[str, Recipe] = {f"rug_{k}": Recipe(rug) for k in range(len(_RUGS))}
