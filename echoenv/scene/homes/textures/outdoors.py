"""Views out of windows: garden, street, park, skyline, hills, the house across.

The one idea: they stand behind the panes and are looked at from within, so they are bright, their contrast is soft,
and the horizon lies at two fifths of the height.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.noise import Rng, fbm, white
from echoenv.scene.homes.textures.recipe import Floats, Recipe, palette, rgb
from echoenv.scene.homes.textures.scenery import (
    HAZE,
    conifer,
    hedge,
    house,
    leaves,
    mottled,
    panes,
    ridge,
    sky,
    towers,
    tree,
)

_HORIZON = 0.40


def _view(rng: Rng, clouds: float) -> tuple[Canvas, Floats]:
    """A canvas with a summer sky, and the noise of its leaves."""
    canvas = Canvas(512, 384, HAZE)
    sky(canvas, rng, rgb("dfeaf2"), rgb("8fb9e0"), _HORIZON - 0.05, clouds)
    return canvas, leaves(canvas, rng, 0.016)


def _bright(canvas: Canvas, rng: Rng) -> Floats:
    """The finished view: lifted as daylight through a pane is, with a trace of grain."""
    return np.asarray(0.10 + 0.90 * canvas.pixels + 0.006 * white(rng, canvas.shape)[..., None], dtype=np.float64)


def _lawn(canvas: Canvas, rng: Rng, top: float, color: Floats) -> None:
    """Grass from the lower edge up to `top`, mown in stripes that narrow towards the horizon."""
    blades = 1.0 + 0.045 * fbm(rng, canvas.shape, (96, 90), 2, 0.9) + 0.022 * fbm(rng, canvas.shape, (12, 7), 2)
    depth = np.clip(top + 0.04 - canvas.y, 0.01, None)[:, None]
    stripe = np.where(np.mod((canvas.x[None, :] - 0.6) / depth * 0.45, 2.0) < 1.0, 1.03, 0.97)
    canvas.below(np.full(canvas.shape[1], top), color * (blades * stripe)[..., None])


def _garden(rng: Rng) -> Canvas:
    canvas, noise = _view(rng, 0.45)
    for x, size in ((0.10, 0.34), (0.36, 0.26), (1.02, 0.30), (1.28, 0.38)):
        tree(canvas, rng, noise, x, 0.40, size, rgb("86a06e"))
    house(canvas, 0.56, 0.40, 0.34, 0.15, rgb("e6ddcc"), rgb("a5705a"))
    hedge(canvas, noise, 0.0, canvas.aspect, 0.36, 0.465, rgb("6d8f58"))
    _lawn(canvas, rng, 0.38, rgb("8fb067"))
    canvas.polygon([(0.70, 0.38), (0.76, 0.38), (1.05, 0.0), (0.72, 0.0)], rgb("cfc3ae"))
    hedge(canvas, noise, 0.0, 0.42, 0.26, 0.36, rgb("7c9a5c"))
    for k in range(90):
        x, y = float(rng.random()) * 0.42, 0.27 + 0.07 * float(rng.random())
        canvas.ellipse(x, y, 0.006, 0.006, palette("d98c9a e9c46a f0ece6 b58ac0 d8776a")[k % 5])
    tree(canvas, rng, noise, 1.14, 0.17, 0.62, rgb("7fa25c"))
    return canvas


def _car(canvas: Canvas, x: float, foot: float, size: float, color: Floats) -> None:
    """A parked car seen from its side."""
    canvas.ellipse(x + 0.5 * size, foot, 0.52 * size, 0.03 * size, (0.3, 0.3, 0.3), 0.5, soft=0.02)
    canvas.rect(x, foot + 0.05 * size, x + size, foot + 0.21 * size, color, radius=0.05 * size)
    cabin = [(0.18, 0.20), (0.29, 0.34), (0.68, 0.34), (0.84, 0.20)]
    canvas.polygon([(x + a * size, foot + b * size) for a, b in cabin], color * 0.9)
    glass = [(0.23, 0.205), (0.31, 0.32), (0.66, 0.32), (0.77, 0.205)]
    canvas.polygon([(x + a * size, foot + b * size) for a, b in glass], rgb("7b8d9a"))
    canvas.line(
        [(x + 0.48 * size, foot + 0.2 * size), (x + 0.48 * size, foot + 0.33 * size)], 0.02 * size, color * 0.85
    )
    for wheel in (0.22, 0.78):
        canvas.ellipse(x + wheel * size, foot + 0.06 * size, 0.075 * size, 0.075 * size, rgb("3a3a3c"))
        canvas.ellipse(x + wheel * size, foot + 0.06 * size, 0.038 * size, 0.038 * size, rgb("a9abad"))


def _street(rng: Rng) -> Canvas:
    canvas, noise = _view(rng, 0.5)
    walls, roofs = palette("e8dcc6 d9c3ac cfd3cf e3cfc0 d8d2bf"), palette("9d6a56 7d6a62 a27a5e 84726c 96604f")
    for k in range(4):
        house(canvas, -0.06 + 0.37 * k, 0.33, 0.355, 0.25, walls[k], roofs[k], 4)
    for x in (0.28, 0.66, 1.06):
        tree(canvas, rng, noise, x, 0.30, 0.36, rgb("84a564"))
    canvas.rect(0.0, 0.27, canvas.aspect, 0.335, rgb("c4c0b8"))
    canvas.rect(0.0, 0.265, canvas.aspect, 0.275, rgb("a9a59e"))
    canvas.below(np.full(512, 0.265), mottled(noise, rgb("8d8f93"), 0.02))
    for k in range(5):
        canvas.rect(0.02 + 0.3 * k, 0.125, 0.17 + 0.3 * k, 0.135, rgb("e3e1da"))
    _car(canvas, 0.10, 0.245, 0.30, rgb("a8504a"))
    _car(canvas, 0.52, 0.245, 0.29, rgb("54708c"))
    _car(canvas, 0.98, 0.245, 0.30, rgb("c9c9c6"))
    canvas.rect(0.0, 0.0, canvas.aspect, 0.055, rgb("bdb9b0"))
    return canvas


def _park(rng: Rng) -> Canvas:
    canvas, noise = _view(rng, 0.35)
    canvas.below(ridge(canvas, rng, 0.50, 0.03, 5), mottled(noise, rgb("a9c0a8"), 0.06))
    for k in range(9):
        tree(canvas, rng, noise, 0.16 * k, 0.38, 0.20 + 0.06 * float(rng.random()), rgb("8fae80"))
    _lawn(canvas, rng, 0.40, rgb("98b672"))
    canvas.ellipse(0.50, 0.27, 0.36, 0.055, rgb("aac8dc"))
    canvas.ellipse(0.50, 0.283, 0.33, 0.030, rgb("8fae93"), 0.6, soft=0.02)
    canvas.polygon([(0.98, 0.385), (1.0, 0.385), (1.06, 0.0), (0.72, 0.0)], rgb("d8ccb4"))
    for x, foot, size, color in (
        (0.06, 0.16, 0.66, "79995a"),
        (1.20, 0.20, 0.60, "87a562"),
        (0.80, 0.30, 0.36, "a3ab5e"),
    ):
        tree(canvas, rng, noise, x, foot, size, rgb(color))
    return canvas


def _skyline(rng: Rng) -> Canvas:
    canvas, noise = _view(rng, 0.4)
    far, middle, near = (
        palette("c3cfdb b9c7d5"),
        palette("a9b6c3 b7b5b3 9fb0c0"),
        palette("b9a793 8f9aa6 c7c2b8 a39a90"),
    )
    towers(canvas, rng, _HORIZON, (0.04, 0.30), 0.09, far, rgb("aebfd0"))
    towers(canvas, rng, _HORIZON - 0.05, (0.02, 0.30), 0.12, middle, rgb("8299b0"))
    towers(canvas, rng, 0.22, (0.02, 0.24), 0.17, near, rgb("60748a"))
    for k in range(11):
        tree(canvas, rng, noise, 0.13 * k, -0.03, 0.20 + 0.06 * float(rng.random()), rgb("7f9b6c"))
    return canvas


def _hills(rng: Rng) -> Canvas:
    canvas, noise = _view(rng, 0.5)
    for base, height, code in ((0.52, 0.05, "b4c6d6"), (0.46, 0.04, "a3bcb4"), (0.40, 0.03, "9dbb8c")):
        canvas.below(ridge(canvas, rng, base, height, 3, 0.35), mottled(noise, rgb(code), 0.03))
    for k in range(6):
        house(canvas, 0.50 + 0.065 * k, 0.335 + 0.008 * (k % 3), 0.055, 0.030, rgb("ece4d6"), rgb("ab7560"), 2)
    canvas.rect(0.655, 0.36, 0.68, 0.46, rgb("e2d9c9"))
    canvas.polygon([(0.648, 0.46), (0.687, 0.46), (0.6675, 0.53)], rgb("8d6a5e"))
    fields = ((0.335, "b9c27a"), (0.27, "d0c187"), (0.19, "9db86d"), (0.10, "88a85e"))
    for k, (base, code) in enumerate(fields):
        slope = 0.05 * (canvas.x - 0.65) * (1 if k % 2 else -1)
        canvas.below(ridge(canvas, rng, base, 0.012, 2, 0.3) + slope, mottled(noise, rgb(code), 0.04))
    for x, foot, size in ((0.08, 0.24, 0.24), (0.20, 0.22, 0.18), (1.10, 0.20, 0.26), (1.24, 0.17, 0.34)):
        tree(canvas, rng, noise, x, foot, size, rgb("7d9c5e"))
    for x, foot, size in ((0.90, 0.26, 0.16), (0.95, 0.25, 0.20), (0.40, 0.24, 0.17)):
        conifer(canvas, noise, x, foot, size, rgb("64866a"))
    return canvas


def _across(rng: Rng) -> Canvas:
    canvas, noise = _view(rng, 0.4)
    towers(canvas, rng, 0.42, (0.06, 0.26), 0.15, palette("bcc7d1 c9c4bc"), rgb("95a8ba"))
    wall = mottled(noise, rgb("dccdb6"), 0.015)
    canvas.lay(((canvas.x > 0.16) & (canvas.x < 1.12))[None, :] * (canvas.y < 0.80)[:, None] * 1.0, wall)
    canvas.rect(0.14, 0.79, 1.14, 0.815, rgb("b9ab96"))
    panes(canvas, (0.20, 0.24, 1.08, 0.78), 6, 4, rgb("6f8494"), (0.95, 0.94, 0.91))
    for row in range(4):
        for column in (1, 4):
            x, y = 0.20 + 0.88 * column / 6.0, 0.24 + 0.135 * row
            canvas.rect(x + 0.005, y + 0.012, x + 0.142, y + 0.022, rgb("a79b89"))
            for k in range(12):
                canvas.line(
                    [(x + 0.01 + 0.0115 * k, y + 0.02), (x + 0.01 + 0.0115 * k, y + 0.06)], 0.002, rgb("5b5f63")
                )
            canvas.line([(x + 0.005, y + 0.06), (x + 0.142, y + 0.06)], 0.005, rgb("5b5f63"))
    canvas.rect(0.16, 0.14, 1.12, 0.245, rgb("b7a68e"))
    panes(canvas, (0.20, 0.13, 1.08, 0.24), 4, 1, rgb("566874"), rgb("6a5a4c"))
    canvas.rect(0.0, 0.0, canvas.aspect, 0.145, rgb("aeb0b0"))
    canvas.rect(0.0, 0.11, canvas.aspect, 0.145, rgb("c9c5bd"))
    _car(canvas, 0.45, 0.09, 0.26, rgb("6c7f6e"))
    for x, foot, size in ((0.06, 0.09, 0.50), (0.92, 0.07, 0.40), (1.26, 0.06, 0.62)):
        tree(canvas, rng, noise, x, foot, size, rgb("80a05f"))
    return canvas


_VIEWS = (_garden, _street, _park, _skyline, _hills, _across)


def outdoor(name: str) -> Floats:
    """The view whose number ends its name."""
    rng = seeded(name)
    return _bright(_VIEWS[int(name.rsplit("_", 1)[1])](rng), rng)


RECIPES: dict[str, Recipe] = {f"outdoor_{k}": Recipe(outdoor) for k in range(len(_VIEWS))}
