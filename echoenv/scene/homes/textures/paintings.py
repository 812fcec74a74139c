"""Twenty-four paintings: landscapes, abstracts, still lifes, portraits, plants.

The one idea: a painting is a composition of a few large shapes in a palette of related colours; `figures.oil` then
gives it strokes, `figures.mounted` sets a drawing into a paper mount. Numbers 0-11 lie (4:3), 12-17 are square, 18-23
stand (3:4).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.figures import bottle, flower, fruit, leaf, mounted, oil, profile, sprig, vase
from echoenv.scene.homes.textures.landscapes import LANDSCAPES
from echoenv.scene.homes.textures.noise import Rng, fbm
from echoenv.scene.homes.textures.recipe import Floats, Recipe, palette, rgb
from echoenv.scene.homes.textures.scenery import mottled

_LYING, _SQUARE, _STANDING = (256, 192), (256, 256), (192, 256)


def _fields_of_color(
    size: tuple[int, int], ground: str, bands: tuple[tuple[float, float, str], ...]
) -> Callable[[Rng], Floats]:
    """Large soft rectangles of colour on a ground: (lower edge, upper edge, colour) of each."""

    def paint(rng: Rng) -> Floats:
        canvas = Canvas(*size, rgb(ground))
        noise = fbm(rng, canvas.shape, (6, 6), 4)
        x = np.minimum(canvas.x, canvas.aspect - canvas.x)[None, :]
        for low, high, code in bands:
            inside = np.minimum(np.minimum(canvas.y - low, high - canvas.y)[:, None], x - 0.06)
            canvas.lay(0.93 * np.clip((inside + 0.010 * noise) / 0.025, 0.0, 1.0), mottled(noise, rgb(code), 0.035))
        return oil(canvas, rng, 1.0, 0.025)

    return paint


def _geometry(rng: Rng) -> Floats:
    canvas = Canvas(*_LYING, rgb("efe8d8"))
    canvas.ellipse(0.48, 0.56, 0.30, 0.30, rgb("c25b41"))
    canvas.polygon([(0.20, 0.14), (1.02, 0.14), (0.62, 0.62)], rgb("2f4a5e"), 0.92)
    canvas.ellipse(0.95, 0.66, 0.16, 0.16, rgb("dba94c"))
    canvas.rect(0.86, 0.20, 1.16, 0.44, rgb("7f9a92"), 0.95)
    canvas.ring(0.48, 0.56, 0.36, 0.012, rgb("2b2b2e"))
    canvas.line([(0.10, 0.86), (1.22, 0.30)], 0.010, rgb("2b2b2e"))
    canvas.line([(0.14, 0.08), (0.78, 0.94)], 0.006, rgb("2b2b2e"))
    for k in range(5):
        canvas.line([(0.98 + 0.045 * k, 0.82), (0.98 + 0.045 * k, 0.94)], 0.010, rgb("c25b41"))
    return oil(canvas, rng, 0.5, 0.02)


def _strokes(rng: Rng) -> Floats:
    canvas = Canvas(*_LYING, rgb("ece7dc"))
    colors = palette("3f5f78 d6b48a 87a3a8 c27c5c e8dfd0 2f4150 b7c3bd d9c9ae")
    for k in range(46):
        x, y = canvas.aspect * float(rng.random()), float(rng.random())
        turn, length = 0.35 + 0.5 * float(rng.random()), 0.15 + 0.30 * float(rng.random())
        dx, dy = length * float(np.cos(turn)), length * float(np.sin(turn))
        middle = (x + 0.5 * dx + 0.06 * float(rng.random()), y + 0.5 * dy)
        canvas.line([(x, y), middle, (x + dx, y + dy)], 0.03 + 0.06 * float(rng.random()), colors[k % 8], 0.85)
    return oil(canvas, rng, 3.2, 0.09)


def _table(canvas: Canvas, rng: Rng, wall: str, cloth: str, edge: float) -> None:
    """The wall and the table of a still life, the light falling from the left."""
    field = fbm(rng, canvas.shape, (5, 5), 4)
    canvas.pixels[:] = mottled(field, rgb(wall), 0.06) * (1.10 - 0.28 * canvas.x / canvas.aspect)[None, :, None]
    canvas.below(np.full(canvas.shape[1], edge), mottled(field, rgb(cloth), 0.05))
    canvas.below(np.full(canvas.shape[1], 0.10), rgb(cloth) * 0.72)


def _fruit_bowl(rng: Rng) -> Floats:
    canvas = Canvas(*_SQUARE)
    _table(canvas, rng, "7d8577", "c9b48c", 0.40)
    vase(canvas, 0.26, 0.30, 0.44, rgb("4f6f86"))
    for k, (x, y, code) in enumerate(
        ((0.48, 0.42, "c9622f"), (0.62, 0.45, "c2a13c"), (0.75, 0.41, "a83c32"), (0.60, 0.38, "8f9a44"))
    ):
        fruit(canvas, x, y, 0.085 + 0.006 * k, rgb(code))
    canvas.ellipse(0.62, 0.22, 0.26, 0.03, rgb("6a5c44"), 0.5, soft=0.05)
    canvas.polygon([(0.38, 0.38), (0.86, 0.38), (0.76, 0.22), (0.48, 0.22)], rgb("e9e4d8"))
    canvas.polygon([(0.66, 0.38), (0.86, 0.38), (0.76, 0.22), (0.66, 0.22)], rgb("c8c2b4"), 0.7, soft=0.08)
    canvas.line([(0.39, 0.335), (0.845, 0.335)], 0.012, rgb("54718a"))
    fruit(canvas, 0.22, 0.20, 0.075, rgb("c2a13c"))
    fruit(canvas, 0.90, 0.18, 0.065, rgb("c9622f"))
    return oil(canvas, rng, 2.0, 0.05)


def _bottles(rng: Rng) -> Floats:
    canvas = Canvas(*_SQUARE)
    _table(canvas, rng, "d2c8b6", "b9a890", 0.38)
    tones = palette("efe8da 8a9a98 c79a7c 5f6f78 dcc9a2")
    for k, (x, height, width) in enumerate(
        ((0.22, 0.52, 0.10), (0.37, 0.40, 0.13), (0.52, 0.60, 0.09), (0.66, 0.34, 0.14), (0.81, 0.47, 0.11))
    ):
        bottle(canvas, x, 0.24 + 0.02 * (k % 2), height, width, tones[k])
    return oil(canvas, rng, 1.6, 0.04)


def _cubist(rng: Rng) -> Floats:
    canvas = Canvas(*_SQUARE, rgb("a89a80"))
    colors = palette("8a7a5c c2ae86 5f6a66 d9c9a4 7a5a42 9aa08c 3f4746 b58a5c e3d9c0 6d7f88")
    for k in range(42):
        x, y, size = float(rng.random()), float(rng.random()), 0.10 + 0.24 * float(rng.random())
        turn = 6.283 * rng.random(4).cumsum() / 3.0
        points = [(x + size * float(np.cos(t)), y + size * float(np.sin(t))) for t in np.sort(turn)]
        canvas.polygon(points, colors[k % 10], 0.75)
        canvas.line([points[0], points[1]], 0.006, rgb("34302a"), 0.7)
    canvas.polygon(
        [(0.36, 0.16), (0.64, 0.20), (0.60, 0.52), (0.66, 0.74), (0.44, 0.78), (0.34, 0.50)], rgb("b98f5e"), 0.85
    )
    canvas.ellipse(0.50, 0.46, 0.075, 0.085, rgb("34302a"))
    for k in range(4):
        canvas.line([(0.47 + 0.02 * k, 0.22), (0.46 + 0.02 * k, 0.92)], 0.004, rgb("efe6d0"))
    canvas.polygon([(0.44, 0.74), (0.53, 0.74), (0.51, 0.95), (0.45, 0.95)], rgb("4a3a2c"))
    return oil(canvas, rng, 1.2, 0.05)


def _circles(rng: Rng) -> Floats:
    canvas = Canvas(*_SQUARE, rgb("ebe4d4"))
    colors = palette("c9694a 33506a dcae58 7f9c8f b7544a e9dcc0 4a3f4a 92b0bd d98f6a")
    for row in range(3):
        for column in range(3):
            x, y = 1.0 / 6.0 + column / 3.0, 1.0 / 6.0 + row / 3.0
            order = (int(rng.integers(9)) + 2 * np.arange(5) * (1 + row)) % 9
            canvas.rect(x - 1 / 6.0, y - 1 / 6.0, x + 1 / 6.0, y + 1 / 6.0, colors[order[0]])
            for k, radius in enumerate((0.148, 0.112, 0.075, 0.036)):
                canvas.ellipse(x, y, radius, radius, colors[(order[k + 1] + k) % 9])
    return oil(canvas, rng, 1.8, 0.05)


def _arches(rng: Rng) -> Floats:
    canvas = Canvas(*_SQUARE, rgb("f0e8da"))
    for x, color in ((0.36, palette("b9674a d59a78 e9c9ae c98a66")), (0.72, palette("6f8073 a3ae9c cfd3c2 8a9a88"))):
        for k in range(4):
            radius = 0.22 - 0.05 * k
            canvas.ellipse(x, 0.42, radius, radius, color[k])
            canvas.rect(x - radius, 0.10, x + radius, 0.42, color[k])
    canvas.rect(0.0, 0.0, 1.0, 0.10, rgb("dcc6a8"))
    canvas.ellipse(0.62, 0.80, 0.10, 0.10, rgb("d9a552"))
    return oil(canvas, rng, 0.8, 0.02)


def _portrait(ground: str, skin: str, hair: str, dress: str, hat: bool) -> Callable[[Rng], Floats]:
    """A head in profile before a plain ground."""

    def paint(rng: Rng) -> Floats:
        canvas = Canvas(*_STANDING)
        ground_noise = fbm(rng, canvas.shape, (4, 4), 4)
        light = 1.12 - 0.30 * canvas.x / canvas.aspect
        canvas.pixels[:] = mottled(ground_noise, rgb(ground), 0.06) * light[None, :, None]
        profile(canvas, 0.37, 0.56, 0.27, rgb(skin), rgb(hair), rgb(dress), hat)
        return oil(canvas, rng, 1.4, 0.045)

    return paint


def _fern(rng: Rng) -> Floats:
    def draw(sheet: Canvas) -> None:
        sprig(sheet, (0.5 * sheet.aspect, 0.08), 0.78, 9, 0.28, rgb("5f7a55"))
        sheet.line([(0.28, 0.045), (0.45, 0.045)], 0.008, rgb("6a655c"), 0.8)

    return mounted(_STANDING, 0.12, draw, rng)


def _herbarium(rng: Rng) -> Floats:
    def draw(sheet: Canvas) -> None:
        middle = 0.5 * sheet.aspect
        sprig(sheet, (middle, 0.06), 0.52, 3, 0.24, rgb("6f8560"), 0.10)
        sprig(sheet, (middle - 0.02, 0.06), 0.40, 3, 0.16, rgb("7c9068"), -0.45)
        flower(sheet, middle + 0.05, 0.70, 0.17, rgb("c9736b"), 8)
        flower(sheet, middle - 0.17, 0.52, 0.10, rgb("d99a86"), 7, 0.3)
        sheet.line([(0.26, 0.04), (0.46, 0.04)], 0.008, rgb("6a655c"), 0.8)

    return mounted(_STANDING, 0.12, draw, rng, rgb("f4efdf"))


def _bouquet(rng: Rng) -> Floats:
    canvas = Canvas(*_STANDING)
    _table(canvas, rng, "8f9a94", "b8a284", 0.24)
    for k in range(13):
        turn = np.pi / 2.0 + 0.19 * (k - 6)
        leaf(canvas, (0.38, 0.42), 0.34 + 0.05 * (k % 3), 0.035, turn, rgb("5c7350") * (0.85 + 0.1 * (k % 3)))
    vase(canvas, 0.38, 0.12, 0.36, rgb("dcd6c8"))
    colors = palette("d9a9a0 e9dcc6 c9705f b98fae e6c38a")
    for k, (x, y, size) in enumerate(
        (
            (0.22, 0.60, 0.09),
            (0.52, 0.58, 0.10),
            (0.37, 0.55, 0.10),
            (0.30, 0.76, 0.09),
            (0.47, 0.76, 0.095),
            (0.60, 0.70, 0.07),
            (0.16, 0.71, 0.07),
            (0.39, 0.88, 0.075),
        )
    ):
        flower(canvas, x, y, size, colors[k % 5], 8 + k % 3, 0.4 * k)
    return oil(canvas, rng, 1.8, 0.05)


def _one_line(rng: Rng) -> Floats:
    """A face drawn with one line, over a disc of colour."""

    def draw(sheet: Canvas) -> None:
        sheet.ellipse(0.44, 0.60, 0.20, 0.20, rgb("dba584"))
        t = np.linspace(0.0, 1.0, 40)
        neck = [(0.22 + 0.03 * np.sin(3.0 * s), 0.10 + 0.25 * s) for s in t]
        face = [
            (0.20, 0.35),
            (0.17, 0.55),
            (0.22, 0.76),
            (0.34, 0.86),
            (0.47, 0.80),
            (0.52, 0.68),
            (0.50, 0.60),
            (0.56, 0.50),
            (0.50, 0.47),
            (0.52, 0.42),
            (0.49, 0.40),
            (0.51, 0.36),
            (0.47, 0.30),
            (0.38, 0.29),
            (0.34, 0.10),
        ]
        sheet.line(neck + _rounded(face), 0.009, rgb("2f2c2a"))
        sheet.line(
            _rounded([(0.36, 0.62), (0.41, 0.65), (0.46, 0.62), (0.41, 0.60), (0.36, 0.62)]), 0.008, rgb("2f2c2a")
        )
        sheet.line(_rounded([(0.34, 0.69), (0.41, 0.72), (0.47, 0.69)]), 0.008, rgb("2f2c2a"))
        sheet.line(_rounded([(0.51, 0.42), (0.45, 0.41), (0.42, 0.43)]), 0.008, rgb("2f2c2a"))
        sprig(sheet, (0.16, 0.62), 0.30, 4, 0.09, rgb("7f9078"), -0.15)

    return mounted(_STANDING, 0.10, draw, rng)


def _rounded(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points with their corners cut off twice (Chaikin), ends kept."""
    for _ in range(2):
        cut = [points[0]]
        for (ax, ay), (bx, by) in itertools.pairwise(points):
            cut += [(0.75 * ax + 0.25 * bx, 0.75 * ay + 0.25 * by), (0.25 * ax + 0.75 * bx, 0.25 * ay + 0.75 * by)]
        points = [*cut, points[-1]]
    return points


_PAINTERS: tuple[Callable[[Rng], Floats], ...] = (
    *LANDSCAPES,
    _fields_of_color(_LYING, "c9b79a", ((0.54, 0.93, "b9614a"), (0.08, 0.49, "e0c088"))),
    _geometry,
    _strokes,
    _fruit_bowl,
    _bottles,
    _cubist,
    _circles,
    _arches,
    _fields_of_color(_SQUARE, "24323f", ((0.62, 0.93, "3f6a80"), (0.34, 0.58, "d9c7a8"), (0.07, 0.30, "2f4d5e"))),
    _portrait("5c6a5e", "d9b394", "4a3226", "7a3a34", False),
    _portrait("b59c6e", "c99a78", "2f2a28", "2f3f52", True),
    _fern,
    _herbarium,
    _bouquet,
    _one_line,
)


def painting(name: str) -> Floats:
    """The painting whose number ends its name."""
    return _PAINTERS[int(name.rsplit("_", 1)[1])](seeded(name))


RECIPES: dict[str, Recipe] = {f"painting_{k}": Recipe(painting) for k in range(len(_PAINTERS))}
