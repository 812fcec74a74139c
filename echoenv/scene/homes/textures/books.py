"""Books: rows of spines on a shelf, and covers.

The one idea: a row is filled from the left with books of all widths, heights and bindings until it is full; each spine
is rounded, so it is lightest a little left of its middle and dark at both edges.
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.lettering import headline, words
from echoenv.scene.homes.textures.noise import Rng, fbm, white
from echoenv.scene.homes.textures.recipe import Floats, Recipe, palette, rgb
from echoenv.scene.homes.textures.scenery import conifer, leaves, mottled, ridge, towers

_BINDINGS = palette(
    "7a3b35 2f4358 c7b793 4f5f4a 8c6a45 d9d2c2 3a3a40 a5593f 5c7a86 b89a5a 6b4a5c e6e0d2 35564f 90432f c2cbc8 4a5570 "
    "d8b36a 70706c"
)
_SETS = (0.12, 0.55, 0.05, 0.25, 0.10, 0.40)  # how often the next book belongs to the same series, for each row


def _spine(canvas: Canvas, rng: Rng, x: float, width: float, height: float, color: Floats, kind: int) -> None:
    """One spine from x, `width` wide: its rounding, and a title in one of five layouts."""
    canvas.rect(x, 0.0, x + width, height, color)
    ink = rgb("e9dcb4") if color.mean() < 0.52 else rgb("3a3632")
    middle = x + 0.5 * width
    if kind == 0:  # a label below gilt lines
        for y in (0.10, 0.14, 0.80, 0.84):
            canvas.rect(x, y * height, x + width, (y + 0.014) * height, ink, 0.8)
        canvas.rect(x + 0.1 * width, 0.56 * height, x + 0.9 * width, 0.74 * height, color * 0.55)
        words(canvas, rng, (x + 0.2 * width, 0.58 * height, x + 0.85 * width, 0.73 * height), 3, ink)
    elif kind == 1:  # the title runs up the spine
        canvas.rect(
            middle - 0.16 * width, 0.30 * height, middle + 0.16 * width, (0.62 + 0.2 * rng.random()) * height, ink, 0.7
        )
        canvas.rect(middle - 0.10 * width, 0.10 * height, middle + 0.10 * width, 0.22 * height, ink, 0.55)
    elif kind == 2:  # a band of another colour with the title
        other = _BINDINGS[int(rng.integers(len(_BINDINGS)))]
        canvas.rect(x, 0.62 * height, x + width, 0.88 * height, other)
        canvas.rect(middle - 0.2 * width, 0.66 * height, middle + 0.2 * width, 0.84 * height, ink, 0.55)
        canvas.ellipse(middle, 0.10 * height, 0.22 * width, 0.22 * width, ink, 0.7)
    elif kind == 3:  # raised bands of an old binding
        for k in range(5):
            y = (0.14 + 0.17 * k) * height
            canvas.rect(x, y, x + width, y + 0.022, color * 1.3)
            canvas.rect(x, y - 0.012, x + width, y, color * 0.6)
        canvas.rect(x + 0.2 * width, 0.68 * height, x + 0.8 * width, 0.79 * height, ink, 0.75)
    else:  # two thin lines of text along the spine
        for side in (-0.14, 0.16):
            canvas.rect(
                middle + (side - 0.06) * width,
                0.2 * height,
                middle + (side + 0.06) * width,
                (0.5 + 0.35 * rng.random()) * height,
                ink,
                0.7,
            )
    _round_off(canvas, x, width, height, color)


def _round_off(canvas: Canvas, x: float, width: float, height: float, color: Floats) -> None:
    """Light and shade across a spine, and its dark upper end."""
    window = canvas.window(x + 0.01, 0.0, x + width - 0.01, height - 0.01)
    across = np.clip((canvas.x[window[1]] - x) / width, 0.0, 1.0)
    light = 0.62 + 1.65 * across * (1.0 - across) - 0.14 * across
    canvas.pixels[window] *= light[None, :, None]
    canvas.rect(x, height - 0.012, x + width, height, color * 0.5, 0.6)


def spines(name: str) -> Floats:
    """A row of books, 1 m long on a shelf 0.25 m high."""
    rng = seeded(name)
    together = _SETS[int(name.rsplit("_", 1)[1])]
    canvas = Canvas(512, 128, rgb("2b2622"))
    canvas.gradient(rgb("2b2622"), rgb("191614"))
    x = 0.01
    width, height, color, kind = 0.1, 0.8, _BINDINGS[0], 0
    while x < canvas.aspect - 0.05:
        if rng.random() >= together:
            width = 0.065 + 0.13 * float(rng.random()) ** 1.5
            height = 0.66 + 0.30 * float(rng.random())
            color = _BINDINGS[int(rng.integers(len(_BINDINGS)))] * (0.9 + 0.2 * float(rng.random()))
            kind = int(rng.integers(5))
        width = min(width, canvas.aspect - 0.005 - x)
        _spine(canvas, rng, x, width, height, color, kind)
        x += width + 0.004
    return np.asarray(canvas.pixels * (1.0 + 0.03 * fbm(rng, canvas.shape, (32, 64), 2))[..., None], dtype=np.float64)


def _picture(canvas: Canvas, rng: Rng, kind: int, colors: Floats) -> None:
    """What a cover shows: shapes, a landscape, a skyline, rings, a moon over firs."""
    noise = leaves(canvas, rng, 0.04)
    if kind == 0:
        canvas.ellipse(0.5 * canvas.aspect, 0.48, 0.22, 0.22, colors[1])
        canvas.polygon([(0.1, 0.2), (0.6, 0.2), (0.36, 0.56)], colors[2], 0.9)
    elif kind == 1:
        for k, base in enumerate((0.52, 0.40, 0.26)):
            canvas.below(ridge(canvas, rng, base, 0.06, 3), mottled(noise, colors[1] * (1.15 - 0.25 * k), 0.06))
    elif kind == 2:
        towers(canvas, rng, 0.2, (0.1, 0.42), 0.14, colors[1:3], colors[3])
    elif kind == 3:
        for k in range(6):
            canvas.ring(0.5 * canvas.aspect, 0.42, 0.06 + 0.055 * k, 0.022, colors[1 + k % 3])
    else:
        canvas.ellipse(0.48, 0.60, 0.11, 0.11, colors[3])
        for k in range(6):
            conifer(canvas, noise, 0.06 + 0.12 * k, 0.06, 0.36 + 0.16 * (k % 3) / 2.0, colors[2])


_COVERS = (
    "e9dfc9 b9583f 2f4557 d9a550",
    "24384a 8fa6a4 d9c7a0 e8dcc0",
    "d8c9b0 7d6a5a a39078 f0e8d8",
    "f0ebe0 c96a4a 3f6a70 e2b45c",
    "1f2d3a 46606e 14202a e6dcb8",
    "b9503f e6c9a0 5a2a28 f2e4c8",
    "dfe3dc 7f9a80 46604e f4f2e8",
    "e3b04f 3a4a58 b5543c f6eedc",
)  # ground and three inks of each cover


def cover(name: str) -> Floats:
    """A book's or magazine's cover: title, picture, author."""
    rng = seeded(name)
    index = int(name.rsplit("_", 1)[1])
    colors = palette(_COVERS[index])
    canvas = Canvas(192, 256, colors[0])
    _picture(canvas, rng, (0, 1, 2, 3, 4, 0, 1, 2)[index], colors)
    ink = rgb("f3ecdc") if colors[0].mean() < 0.55 else rgb("2c2a2a")
    for k in range(2):
        headline(canvas, rng, (0.08, 0.87 - 0.10 * k, 0.66 - 0.18 * k, 0.94 - 0.10 * k), ink)
    words(canvas, rng, (0.08, 0.035, 0.46, 0.085), 1, ink)
    if index in (2, 6, 7):  # a magazine
        words(canvas, rng, (0.46, 0.30, 0.70, 0.62), 7, ink)
    shade = 1.0 - 0.18 * np.exp(-canvas.x / 0.03)
    return np.asarray(canvas.pixels * (shade[None, :] * (1.0 + 0.01 * white(rng, canvas.shape)))[..., None])


RECIPES: dict[str, Recipe] = {
    **{f"spines_{k}": Recipe(spines) for k in range(6)},
    **{f"cover_{k}": Recipe(cover) for k in range(8)},
}
