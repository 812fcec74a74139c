"""What pictures show up close: fruit, vases, bottles, flowers, sprigs, sails, heads in profile; and their finish.

The one idea: each figure is a handful of shapes with a light side and a dark side, placed by its foot or middle in
the canvas' units and scaled by one size, so that a painting is a list of figures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.noise import Rng, fbm, smooth, warped, white
from echoenv.scene.homes.textures.recipe import Floats, mixed, rgb

PAPER = rgb("f1eee6")


def oil(canvas: Canvas, rng: Rng, stroke: float = 1.6, depth: float = 0.035) -> Floats:
    """The picture (H, W, 3) as strokes of a brush: edges stray by `stroke` pixels, the paint stands up a little."""
    shape = canvas.shape
    inner = np.minimum(canvas.y, 1.0 - canvas.y)[:, None], np.minimum(canvas.x, canvas.aspect - canvas.x)[None, :]
    reach = 0.55 * stroke * np.clip(np.minimum(*inner) * 25.0, 0.0, 1.0)  # nothing strays over the picture's edge
    down, across = (reach * smooth(rng, shape, (shape[0] // 6, shape[1] // 7)) for _ in range(2))
    strayed = np.stack([warped(canvas.pixels[..., k], down, across) for k in range(3)], axis=-1)
    bristle = fbm(rng, shape, (shape[0] // 2, shape[1] // 6), 2, 0.8)
    return np.asarray(strayed * (1.0 + 0.7 * depth * bristle + 0.012 * white(rng, shape))[..., None], dtype=np.float64)


def mounted(
    size: tuple[int, int], margin: float, draw: Callable[[Canvas], None], rng: Rng, ground: Floats = PAPER
) -> Floats:
    """A sheet (H, W, 3) in a paper mount with a bevelled window, `margin` in units of the height."""
    outer = Canvas(*size, rgb("f3f1eb"))
    edge = round(margin * size[1])
    inner = Canvas(size[0] - 2 * edge, size[1] - 2 * edge, ground)
    draw(inner)
    low = edge / size[1]
    outer.rect(low - 0.012, low - 0.012, outer.aspect - low + 0.012, 1.0 - low + 0.012, rgb("d3cfc5"))
    outer.rect(low - 0.006, low - 0.012, outer.aspect - low + 0.012, 1.0 - low + 0.004, rgb("fcfbf8"))
    outer.inset(inner, low, low)
    return np.asarray(outer.pixels * (1.0 + 0.008 * white(rng, outer.shape))[..., None], dtype=np.float64)


def fruit(canvas: Canvas, x: float, y: float, size: float, color: Floats) -> None:
    """A round fruit with its shadow, highlight and stalk."""
    canvas.ellipse(x + 0.35 * size, y - 0.95 * size, 1.1 * size, 0.25 * size, color * 0.25, 0.45, soft=0.3 * size)
    canvas.ellipse(x, y, size, 0.94 * size, color * 0.72)
    canvas.ellipse(x - 0.14 * size, y + 0.12 * size, 0.72 * size, 0.68 * size, color * 1.05, soft=0.6 * size)
    canvas.ellipse(x - 0.34 * size, y + 0.36 * size, 0.20 * size, 0.16 * size, (1.0, 0.98, 0.92), 0.6, soft=0.2 * size)
    canvas.line([(x, y + 0.85 * size), (x + 0.15 * size, y + 1.2 * size)], 0.08 * size, rgb("4a3a28"))


def turned(canvas: Canvas, x: float, foot: float, outline: list[tuple[float, float]], color: Floats) -> None:
    """A turned vessel from its outline [(half width, height)], lit from the left."""
    half, up = np.array(outline).T
    radius = np.interp(canvas.y - foot, up, half, left=0.0, right=0.0)[:, None]
    across = (canvas.x - x)[None, :] / np.maximum(radius, 1e-6)
    cover = np.clip((radius - np.abs(canvas.x - x)[None, :]) / canvas.pixel + 0.5, 0.0, 1.0) * (radius > 0.0)
    light = np.clip(0.98 - 0.34 * across - 0.24 * np.square(across), 0.3, 1.3)
    canvas.lay(cover, color * light[..., None])
    shine = np.exp(-np.square((across + 0.45) / 0.12)) * (np.abs(across) < 1.0)
    canvas.lay(0.35 * shine * cover, (1.0, 0.98, 0.95))


def vase(canvas: Canvas, x: float, foot: float, height: float, color: Floats) -> None:
    """A bellied vase."""
    shape = (
        (0.16, 0.0),
        (0.25, 0.10),
        (0.34, 0.34),
        (0.32, 0.52),
        (0.18, 0.74),
        (0.13, 0.84),
        (0.18, 0.98),
        (0.18, 1.0),
    )
    canvas.ellipse(x + 0.12 * height, foot, 0.35 * height, 0.05 * height, color * 0.25, 0.45, soft=0.08 * height)
    turned(canvas, x, foot, [(w * height, h * height) for w, h in shape], color)


def bottle(canvas: Canvas, x: float, foot: float, height: float, width: float, color: Floats) -> None:
    """A bottle or jug with shoulders and a neck."""
    shape = (
        (0.48, 0.0),
        (0.50, 0.04),
        (0.50, 0.52),
        (0.40, 0.64),
        (0.19, 0.72),
        (0.17, 0.95),
        (0.23, 0.955),
        (0.23, 1.0),
    )
    canvas.ellipse(x + 0.5 * width, foot, 0.8 * width, 0.18 * width, color * 0.3, 0.4, soft=0.2 * width)
    turned(canvas, x, foot, [(w * width, h * height) for w, h in shape], color)


def leaf(
    canvas: Canvas,
    foot: tuple[float, float],
    length: float,
    width: float,
    turn: float,
    color: Floats,
    bend: float = 0.0,
) -> None:
    """A pointed leaf from its foot in a direction [radians], one half darker, with a vein.

    Args:
        canvas: What it is drawn on.
        foot: Where it grows from.
        length: From foot to tip.
        width: Half its width.
        turn: Direction of its foot [radians], counter-clockwise from the right.
        color: Of the leaf (3,).
        bend: How far its tip strays to the left, in units of the length.
    """
    t = np.linspace(0.0, 1.0, 8)
    half = width * np.sin(np.pi * t**0.8)
    c, s = float(np.cos(turn)), float(np.sin(turn))

    def at(along: Floats, side: Floats) -> list[tuple[float, float]]:
        aside = side + bend * length * np.square(along / length)
        return [(foot[0] + c * u - s * v, foot[1] + s * u + c * v) for u, v in zip(along, aside, strict=True)]

    spine = at(length * t, 0.0 * t)
    canvas.polygon(at(length * t, half) + spine[::-1], color * 1.06)
    canvas.polygon(at(length * t, -half) + spine[::-1], color * 0.88)
    canvas.line([spine[0], spine[-1]], 0.5 * canvas.pixel, color * 0.7)


def sprig(
    canvas: Canvas, foot: tuple[float, float], height: float, pairs: int, size: float, color: Floats, lean: float = 0.0
) -> None:
    """A stem with pairs of leaves that grow smaller upwards."""
    t = np.linspace(0.0, 1.0, pairs + 2)
    xs, ys = foot[0] + lean * height * t * t, foot[1] + height * t
    canvas.line(list(zip(xs, ys, strict=True)), 0.010, color * 0.75)
    for k in range(1, pairs + 1):
        length = size * (1.1 - 0.75 * t[k])
        for side in (-1.0, 1.0):
            turn = np.pi / 2.0 - lean * 2.0 * t[k] - side * (1.05 - 0.35 * t[k])
            leaf(canvas, (xs[k], ys[k]), length, 0.22 * length, turn, color * (0.92 + 0.16 * (k % 2)))
    leaf(canvas, (xs[-1], ys[-1]), 0.4 * size, 0.09 * size, np.pi / 2.0 - 2.0 * lean, color)


def flower(canvas: Canvas, x: float, y: float, size: float, color: Floats, petals: int = 7, turn: float = 0.0) -> None:
    """A blossom from the front: two rings of petals about a yellow heart."""
    for ring, (out, tone) in enumerate(((0.58, 0.86), (0.36, 1.04))):
        for k in range(petals):
            angle = turn + 2.0 * np.pi * (k + 0.5 * ring) / petals
            dx, dy = out * size * float(np.cos(angle)), out * size * float(np.sin(angle))
            shade = tone * (0.95 + 0.10 * float(np.sin(angle + 1.0)))
            canvas.ellipse(x + dx, y + dy, 0.44 * size, 0.24 * size, color * shade, turn=angle)
    canvas.ellipse(x, y, 0.22 * size, 0.22 * size, rgb("d9b04a"))
    canvas.ellipse(x - 0.03 * size, y + 0.03 * size, 0.10 * size, 0.10 * size, rgb("9a6a2c"))


def sail(canvas: Canvas, x: float, foot: float, size: float, color: Floats) -> None:
    """A sailing boat and its reflection."""
    hull = [(-0.28, 0.06), (0.30, 0.06), (0.22, -0.02), (-0.20, -0.02)]
    canvas.polygon([(x + a * size, foot - 0.04 * size - b * size) for a, b in hull], rgb("3a4a52"), 0.35, soft=0.03)
    canvas.polygon([(x + a * size, foot + b * size) for a, b in hull], rgb("7a4636"))
    canvas.line([(x, foot + 0.05 * size), (x, foot + 0.98 * size)], 0.014 * size, rgb("5a4a3c"))
    canvas.polygon([(x + a * size, foot + b * size) for a, b in ((0.02, 0.10), (0.02, 0.95), (0.29, 0.12))], color)
    canvas.polygon(
        [(x + a * size, foot + b * size) for a, b in ((-0.02, 0.12), (-0.02, 0.86), (-0.24, 0.13))], color * 0.9
    )
    reflection = [(x + a * size, foot - b * size) for a, b in ((-0.22, 0.08), (0.26, 0.08), (0.04, 0.42))]
    canvas.polygon(reflection, color, 0.28, soft=0.03)


_Points = tuple[tuple[float, float], ...]

_FACE: _Points = (
    *((0.30, 0.62), (0.44, 0.50), (0.48, 0.34), (0.47, 0.24), (0.60, 0.04), (0.62, 0.00), (0.51, -0.05), (0.54, -0.13)),
    *((0.50, -0.17), (0.53, -0.23), (0.47, -0.30), (0.49, -0.40), (0.40, -0.50), (0.22, -0.50), (0.10, -0.30)),
    (-0.10, 0.20),
)
_CHEEK: _Points = ((0.05, 0.30), (0.10, -0.30), (0.22, -0.50), (-0.02, -0.36), (-0.14, 0.0))
_NECK: _Points = ((-0.36, -0.1), (0.20, -0.3), (0.24, -0.95), (-0.05, -1.12), (-0.44, -0.95))
_COLLAR: _Points = ((-0.38, -0.88), (0.02, -1.10), (0.30, -0.90), (0.40, -1.08), (0.04, -1.30), (-0.46, -1.02))
_SHOULDERS: _Points = (
    *((-1.5, -3.0), (-1.35, -1.35), (-0.95, -1.05), (-0.30, -0.85), (0.25, -0.88), (0.75, -1.15), (1.05, -1.6)),
    (1.2, -3.0),
)
_HAIR: _Points = (
    (0.36, 0.62),
    (0.20, 0.36),
    (-0.02, 0.22),
    (-0.10, -0.05),
    (-0.34, -0.32),
    (-0.70, -0.1),
    (-0.6, 0.62),
)
_BRIM: _Points = ((-0.82, 0.36), (0.78, 0.50), (0.80, 0.57), (-0.84, 0.46))
_CROWN: _Points = ((-0.62, 0.42), (0.40, 0.52), (0.34, 1.02), (-0.10, 1.10), (-0.52, 1.00))
_RIBBON: _Points = ((-0.61, 0.44), (0.40, 0.53), (0.39, 0.62), (-0.60, 0.54))


def profile(
    canvas: Canvas, x: float, y: float, size: float, skin: Floats, hair: Floats, dress: Floats, hat: bool = False
) -> None:
    """A head and shoulders in profile, looking right, the head's middle at (x, y)."""

    def at(points: _Points) -> list[tuple[float, float]]:
        return [(x + a * size, y + b * size) for a, b in points]

    def spot(a: float, b: float, rx: float, ry: float, color: Floats, opacity: float = 1.0, soft: float = 0.0) -> None:
        canvas.ellipse(x + a * size, y + b * size, rx * size, ry * size, color, opacity, soft * size)

    spot(-0.22, 0.14, 0.64, 0.62, hair)
    canvas.polygon(at(_NECK), skin * 0.84)
    canvas.polygon(at(_SHOULDERS), dress)
    canvas.polygon(at(_COLLAR), dress * 1.35)
    canvas.polygon(at(_FACE), skin)
    canvas.polygon(at(_CHEEK), skin * 0.86, soft=0.02)
    spot(0.38, 0.10, 0.060, 0.030, rgb("30261f"))
    canvas.line(at(((0.30, 0.21), (0.44, 0.24))), 0.035 * size, hair)
    canvas.line(at(((0.50, -0.17), (0.40, -0.165))), 0.030 * size, mixed(skin, rgb("9a3f38"), 0.7))
    spot(0.30, -0.10, 0.10, 0.09, mixed(skin, rgb("c4685a"), 0.5), 0.6, 0.08)
    canvas.polygon(at(_HAIR), hair)
    spot(-0.04, 0.0, 0.075, 0.12, skin * 0.93)
    if hat:
        for points, color in ((_BRIM, hair * 0.8), (_CROWN, hair * 0.9), (_RIBBON, dress * 1.3)):
            canvas.polygon(at(points), color)
    else:
        spot(-0.78, 0.22, 0.26, 0.24, hair * 1.15)
