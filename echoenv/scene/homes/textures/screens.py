"""Fronts of devices: television pictures, computer screens, clock, keyboard, oven, washing machine, record.

The one idea: a device is recognised by its front, so each is drawn as seen straight on, filling the whole picture.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.figures import profile
from echoenv.scene.homes.textures.lettering import Box, headline, number, words
from echoenv.scene.homes.textures.noise import Rng, fbm, smooth, white
from echoenv.scene.homes.textures.recipe import Floats, Recipe, mixed, palette, rgb
from echoenv.scene.homes.textures.scenery import conifer, leaves, mottled, ridge, sky, towers, tree, water

_WIDE = (256, 144)
_INK = rgb("2a2c30")


def _nature(canvas: Canvas, rng: Rng) -> None:
    """A film about mountains."""
    noise = leaves(canvas, rng, 0.03)
    sky(canvas, rng, rgb("f0dcc2"), rgb("5f8fc0"), 0.4, 0.4)
    canvas.below(ridge(canvas, rng, 0.62, 0.14, 3, 0.55), mottled(noise, rgb("7f8ca6"), 0.08))
    canvas.below(ridge(canvas, rng, 0.46, 0.07, 4), mottled(noise, rgb("4f6f62"), 0.10))
    water(canvas, rng, 0.34, rgb("24506c"), rgb("9ab4bc"))
    for k in range(4):
        conifer(canvas, noise, 1.30 + 0.14 * k, 0.02, 0.55 + 0.12 * k, rgb("284438"))


def _football(canvas: Canvas, rng: Rng) -> None:
    """A match: pitch, stands, players, the score."""
    crowd = palette("c9c2b8 8a5a54 54688a d9d2c4 6f6f74 a88a6a")
    canvas.pixels[:] = crowd[rng.integers(0, 6, canvas.shape)] * 0.8
    canvas.rect(0.0, 0.62, canvas.aspect, 0.68, rgb("2f5fa0"))
    stripes = np.where(np.mod(canvas.x * 4.0, 2.0) < 1.0, 1.0, 0.92)
    canvas.below(
        np.full(canvas.shape[1], 0.62), (rgb("4f9a4c") * stripes[:, None])[None] * np.ones((canvas.shape[0], 1, 1))
    )
    canvas.line([(0.0, 0.56), (1.8, 0.56)], 0.010, (0.95, 0.97, 0.94))
    canvas.line([(0.95, 0.56), (0.82, 0.0)], 0.012, (0.95, 0.97, 0.94))
    canvas.ring(0.88, 0.26, 0.16, 0.010, (0.95, 0.97, 0.94))
    for k in range(11):
        x, y = 0.10 + 0.155 * k, 0.10 + 0.40 * float(rng.random())
        size = 0.15 - 0.10 * y
        canvas.ellipse(x + 0.03, y, 0.4 * size, 0.10 * size, (0.1, 0.25, 0.1), 0.4)
        canvas.rect(x - 0.10 * size, y, x + 0.10 * size, y + 0.5 * size, rgb("f0f0ee"))
        canvas.rect(x - 0.17 * size, y + 0.4 * size, x + 0.17 * size, y + 0.85 * size, palette("c23f38 f2e7b8")[k % 2])
        canvas.ellipse(x, y + 1.0 * size, 0.13 * size, 0.14 * size, rgb("c99a78"))
    canvas.rect(0.08, 0.87, 0.62, 0.95, rgb("1f2f4c"), 0.9)
    number(canvas, 2, 0.31, 0.91, 0.055, (1.0, 1.0, 1.0))
    number(canvas, 1, 0.40, 0.91, 0.055, (1.0, 1.0, 1.0))


def _news(canvas: Canvas, rng: Rng) -> None:
    """A newsreader before a map."""
    canvas.gradient(rgb("24508c"), rgb("122c54"))
    land = fbm(rng, canvas.shape, (3, 5), 4)
    canvas.lay(0.35 * (land > 0.2), rgb("6fa0d0"))
    canvas.rect(1.06, 0.42, 1.66, 0.88, rgb("dfe6ec"))
    canvas.below(ridge(canvas, rng, 0.56, 0.05, 6) * ((canvas.x > 1.08) & (canvas.x < 1.64)), rgb("7f9a7c"))
    profile(canvas, 0.62, 0.66, 0.20, rgb("d9b090"), rgb("4a3526"), rgb("2b3f5c"))
    canvas.rect(0.0, 0.0, canvas.aspect, 0.20, rgb("b3382f"))
    canvas.rect(0.0, 0.0, canvas.aspect, 0.085, rgb("eef0f2"))
    headline(canvas, rng, (0.08, 0.115, 1.2, 0.175), (1.0, 1.0, 1.0))
    words(canvas, rng, (0.06, 0.02, 1.72, 0.07), 1, _INK)


def _film(canvas: Canvas, rng: Rng) -> None:
    """A scene at dusk between black bars."""
    noise = leaves(canvas, rng, 0.03)
    canvas.gradient(rgb("e2a870"), rgb("3c4a74"), 0.3, 1.0)
    towers(canvas, rng, 0.36, (0.04, 0.34), 0.14, palette("5a5068 4a4660"), rgb("f0c88c"))
    canvas.below(np.full(canvas.shape[1], 0.36), mottled(noise, rgb("5a4a52"), 0.10))
    tree(canvas, rng, noise, 1.44, 0.22, 0.6, rgb("4a4c3c"))
    profile(canvas, 0.52, 0.52, 0.20, rgb("b9805c"), rgb("2a2022"), rgb("3a3444"), hat=True)
    for low in (0.0, 0.89):
        canvas.rect(0.0, low, canvas.aspect, low + 0.11, rgb("08080a"))


_PICTURES = (_nature, _football, _news, _film)


def tv_picture(name: str) -> Floats:
    """The television picture (16:9) whose number ends its name."""
    rng = seeded(name)
    canvas = Canvas(*_WIDE)
    _PICTURES[int(name.rsplit("_", 1)[1])](canvas, rng)
    return canvas.pixels


def _window(canvas: Canvas, box: Box, bar: Floats, page: Floats) -> None:
    """An open window with its title bar, buttons and shadow."""
    x0, y0, x1, y1 = box
    canvas.rect(x0 - 0.01, y0 - 0.03, x1 + 0.02, y1, (0.0, 0.0, 0.0), 0.25, radius=0.02)
    canvas.rect(x0, y0, x1, y1, page, radius=0.015)
    canvas.rect(x0, y1 - 0.055, x1, y1, bar, radius=0.012)
    for k, code in enumerate(("d9685c", "d9b04c", "6fa85c")):
        canvas.ellipse(x0 + 0.03 + 0.035 * k, y1 - 0.027, 0.011, 0.011, rgb(code))


def _editor(canvas: Canvas, rng: Rng) -> None:
    """Source text in colours on a dark page, a list of files beside."""
    _window(canvas, (0.05, 0.09, 1.30, 0.95), rgb("3a3d44"), rgb("22252b"))
    canvas.rect(0.05, 0.09, 0.32, 0.89, rgb("2a2d34"))
    words(canvas, rng, (0.08, 0.45, 0.28, 0.87), 12, rgb("9aa2ae"), 0.7, (0.0, 0.02, 0.02, 0.04))
    indents = (0.0, 0.04, 0.04, 0.08, 0.08, 0.12, 0.08, 0.04)
    for k in range(26):
        y = 0.86 - 0.029 * k
        end = 0.62 + 0.5 * float(rng.random())
        color = palette("7fa8d0 c9c9c4 c98f6a 8fb07c c9c9c4 b08fc0 6f767f")[int(rng.integers(7))]
        words(canvas, rng, (0.36 + indents[k % 8], y, end, y + 0.027), 1, color, 0.9)


def _document(canvas: Canvas, rng: Rng) -> None:
    """A page of text and a picture in a word processor."""
    _window(canvas, (0.04, 0.08, 1.30, 0.95), rgb("d9dde2"), rgb("c3c8ce"))
    canvas.rect(0.04, 0.83, 1.30, 0.895, rgb("eceef0"))
    for k in range(16):
        canvas.rect(0.08 + 0.055 * k, 0.85, 0.11 + 0.055 * k, 0.88, rgb("7f8a98"), 0.8)
    canvas.rect(0.28, 0.08, 1.06, 0.80, (0.99, 0.99, 0.985))
    headline(canvas, rng, (0.36, 0.72, 0.80, 0.755), _INK)
    words(canvas, rng, (0.36, 0.44, 0.98, 0.69), 10, rgb("4a4e55"))
    words(canvas, rng, (0.36, 0.12, 0.64, 0.41), 12, rgb("4a4e55"))
    for k in range(5):
        canvas.rect(
            0.70 + 0.055 * k, 0.15, 0.74 + 0.055 * k, 0.20 + 0.04 * k + 0.04 * (k % 2), palette("5f86b0 c98a5c")[k % 2]
        )


def _table(canvas: Canvas, rng: Rng) -> None:
    """A spreadsheet with a graph."""
    _window(canvas, (0.03, 0.08, 1.30, 0.95), rgb("3f7a58"), rgb("fbfbfa"))
    for row in range(21):
        y = 0.85 - 0.036 * row
        canvas.line([(0.03, y), (1.30, y)], 0.003, rgb("b8bec4"))
        for column in range(9):
            if row and rng.random() < (0.9 if column < 5 else 0.25):
                x = 0.06 + 0.14 * column
                canvas.rect(x, y + 0.010, x + 0.04 + 0.06 * float(rng.random()), y + 0.026, rgb("4a4e55"), 0.75)
    for column in range(10):
        canvas.line([(0.03 + 0.14 * column, 0.10), (0.03 + 0.14 * column, 0.89)], 0.003, rgb("b8bec4"))
    canvas.rect(0.72, 0.16, 1.24, 0.56, rgb("f4f5f6"))
    for k in range(7):
        canvas.rect(0.76 + 0.066 * k, 0.19, 0.80 + 0.066 * k, 0.24 + 0.26 * float(rng.random()), rgb("5f86b0"))
    canvas.line([(0.74, 0.19), (1.22, 0.19)], 0.005, _INK)


def _browser(canvas: Canvas, rng: Rng) -> None:
    """A web page over a photograph of hills, a second window behind."""
    _window(canvas, (0.58, 0.34, 1.28, 0.92), rgb("4a5568"), rgb("eef0f2"))
    words(canvas, rng, (0.95, 0.40, 1.24, 0.82), 12, rgb("5f6670"))
    _window(canvas, (0.06, 0.12, 0.90, 0.82), rgb("dfe3e8"), rgb("fcfcfc"))
    canvas.rect(0.20, 0.775, 0.84, 0.808, (1.0, 1.0, 1.0), radius=0.012)
    canvas.rect(0.10, 0.50, 0.86, 0.74, rgb("7fa8b8"))
    canvas.polygon([(0.10, 0.50), (0.36, 0.66), (0.55, 0.55), (0.70, 0.63), (0.86, 0.50)], rgb("4f7a6a"))
    headline(canvas, rng, (0.10, 0.44, 0.56, 0.475), _INK)
    for k in range(3):
        words(canvas, rng, (0.10 + 0.26 * k, 0.15, 0.33 + 0.26 * k, 0.41), 8, rgb("5f6670"), 0.7)


_DESKTOPS = (_editor, _document, _table, _browser)


def desktop(name: str) -> Floats:
    """The computer screen (4:3) whose number ends its name: windows over a wallpaper, a bar below."""
    rng = seeded(name)
    index = int(name.rsplit("_", 1)[1])
    canvas = Canvas(256, 192)
    low, high = palette(("3a5a7a 8fb0c0", "c98f7a 6a7fa8", "2f6a6a 9ac0b0", "e0b890 4f78a4")[index])
    canvas.gradient(low, high)
    for k in range(3):
        canvas.below(
            ridge(canvas, rng, 0.42 - 0.13 * k, 0.08, 3, 0.3), mixed(low, high, 0.3 - 0.1 * k) * (0.9 - 0.14 * k)
        )
    _DESKTOPS[index](canvas, rng)
    canvas.rect(0.0, 0.0, canvas.aspect, 0.048, rgb("1c2028"), 0.88)
    for k in range(9):
        canvas.rect(
            0.03 + 0.055 * k,
            0.010,
            0.065 + 0.055 * k,
            0.038,
            palette("5f8fc0 c9a04c c0584c 6fa070 9a9fa8")[k % 5],
            radius=0.006,
        )
    words(canvas, rng, (1.18, 0.012, 1.30, 0.036), 1, rgb("d9dde2"))
    return canvas.pixels


def clock_face(name: str) -> Floats:
    """A wall clock at ten past ten: numerals, minute marks, hands."""
    rng = seeded(name)
    canvas = Canvas(256, 256, rgb("f4f2ec"))
    canvas.ring(0.5, 0.5, 0.485, 0.03, _INK)
    for minute in range(60):
        turn = np.pi * minute / 30.0
        s, c = float(np.sin(turn)), float(np.cos(turn))
        inner, width = (0.415, 0.012) if minute % 5 == 0 else (0.435, 0.005)
        canvas.line([(0.5 + inner * s, 0.5 + inner * c), (0.5 + 0.455 * s, 0.5 + 0.455 * c)], width, _INK)
        if minute % 5 == 0:
            number(canvas, minute // 5 or 12, 0.5 + 0.345 * s, 0.5 + 0.345 * c, 0.075, _INK)
    for turn, length, width, color in (
        (10.17 / 6.0, 0.23, 0.026, _INK),
        (1.0 / 3.0, 0.35, 0.016, _INK),
        (1.2, 0.38, 0.006, rgb("b8443a")),
    ):
        s, c = float(np.sin(np.pi * turn)), float(np.cos(np.pi * turn))
        canvas.line([(0.5 - 0.06 * s, 0.5 - 0.06 * c), (0.5 + length * s, 0.5 + length * c)], width, color)
    canvas.ellipse(0.5, 0.5, 0.022, 0.022, rgb("b8443a"))
    return np.asarray(canvas.pixels * (1.0 + 0.004 * white(rng, canvas.shape))[..., None], dtype=np.float64)


def keyboard(name: str) -> Floats:
    """A computer keyboard: five rows of keys, a space bar, arrows, a number pad."""
    rng = seeded(name)
    canvas = Canvas(384, 128, rgb("2c2e33"))
    ones = (1.0,)
    keys = (
        (1.5, *ones * 13),
        (2.0, *ones * 12, 1.5),
        (1.8, *ones * 11, 2.7),
        (2.4, *ones * 10, 3.1),
        (1.4, 1.2, 1.2, 6.4, 1.2, 1.2, 2.9),
    )
    for row, widths in enumerate(keys):
        unit = 2.14 / sum(widths)
        x, y = 0.08, 0.76 - 0.165 * row
        for width in widths:
            _key(canvas, x, y, unit * width, width < 1.1)
            x += unit * width
    for row in range(5):
        for column in range(4):
            _key(canvas, 2.34 + 0.145 * column, 0.76 - 0.165 * row, 0.145, True)
    return np.asarray(canvas.pixels * (1.0 + 0.01 * white(rng, canvas.shape))[..., None], dtype=np.float64)


def _key(canvas: Canvas, x: float, y: float, width: float, letter: bool) -> None:
    """A key with a lighter top and its letter."""
    canvas.rect(x + 0.008, y + 0.008, x + width - 0.008, y + 0.152, rgb("17181b"), radius=0.02)
    canvas.rect(x + 0.014, y + 0.022, x + width - 0.014, y + 0.148, rgb("45484f"), radius=0.02)
    if letter:
        canvas.rect(x + 0.045, y + 0.080, x + 0.075, y + 0.120, rgb("c9ccd2"), 0.85)
    elif width < 0.6:
        canvas.rect(x + 0.045, y + 0.090, x + min(width - 0.05, 0.16), y + 0.112, rgb("c9ccd2"), 0.7)


def oven_front(name: str) -> Floats:
    """An oven: knobs and clock above, a handle, a dark window with a rack behind."""
    rng = seeded(name)
    canvas = Canvas(256, 256)
    canvas.pixels[:] = (0.74 + 0.012 * smooth(rng, canvas.shape, (256, 4)))[..., None] * np.array([0.99, 1.0, 1.01])
    canvas.rect(0.0, 0.80, 1.0, 1.0, rgb("1d1e21"))
    for x in (0.12, 0.26, 0.74, 0.88):
        canvas.ellipse(x, 0.90, 0.052, 0.052, rgb("0f1012"))
        canvas.ellipse(x, 0.905, 0.044, 0.044, rgb("b9bcc0"))
        canvas.ellipse(x - 0.01, 0.915, 0.028, 0.028, rgb("d6d8db"), soft=0.02)
        canvas.line([(x, 0.905), (x, 0.945)], 0.008, rgb("2a2c30"))
    canvas.rect(0.38, 0.855, 0.62, 0.945, rgb("0c1210"), radius=0.01)
    for value, x in ((1, 0.435), (2, 0.465), (3, 0.535), (0, 0.575)):
        number(canvas, value, x, 0.90, 0.045, rgb("6fd0a8"), 0.14)
    canvas.rect(0.10, 0.700, 0.90, 0.715, rgb("4a4c50"), 0.6)
    canvas.rect(0.08, 0.715, 0.92, 0.755, rgb("c9ccd0"), radius=0.018)
    canvas.rect(0.09, 0.738, 0.91, 0.748, (0.95, 0.96, 0.97), 0.8)
    canvas.rect(0.10, 0.14, 0.90, 0.64, rgb("141416"), radius=0.03)
    canvas.rect(0.14, 0.18, 0.86, 0.60, rgb("26221f"), radius=0.02)
    for k in range(15):
        canvas.line([(0.16 + 0.0486 * k, 0.345), (0.16 + 0.0486 * k, 0.365)], 0.006, rgb("6a6866"))
    canvas.line([(0.15, 0.355), (0.85, 0.355)], 0.010, rgb("7a7876"))
    canvas.polygon([(0.18, 0.18), (0.40, 0.18), (0.66, 0.60), (0.44, 0.60)], (0.8, 0.85, 0.9), 0.07, soft=0.02)
    canvas.rect(0.0, 0.0, 1.0, 0.07, rgb("8a8c90"))
    canvas.rect(0.0, 0.07, 1.0, 0.078, rgb("3a3c40"))
    canvas.rect(0.0, 0.795, 1.0, 0.803, rgb("3a3c40"))
    return canvas.pixels


def washer_front(name: str) -> Floats:
    """A washing machine: drawer, dial and display above, a round door with a drum behind."""
    rng = seeded(name)
    canvas = Canvas(256, 256, rgb("eceded"))
    canvas.gradient(rgb("e2e4e5"), rgb("f2f3f3"))
    canvas.rect(0.0, 0.815, 1.0, 0.822, rgb("b9bcbf"))
    canvas.rect(0.04, 0.845, 0.32, 0.965, rgb("dfe1e2"), radius=0.012)
    canvas.rect(0.08, 0.865, 0.28, 0.885, rgb("b2b6ba"), radius=0.008)
    canvas.ellipse(0.50, 0.905, 0.070, 0.070, rgb("aeb2b6"))
    canvas.ellipse(0.497, 0.910, 0.058, 0.058, rgb("d9dbdd"))
    canvas.line([(0.497, 0.925), (0.497, 0.960)], 0.008, rgb("4a4e54"))
    for k in range(10):
        turn = -2.2 + 0.49 * k
        canvas.ellipse(
            0.5 + 0.09 * float(np.sin(turn)), 0.905 + 0.09 * float(np.cos(turn)), 0.005, 0.005, rgb("6a7078")
        )
    canvas.rect(0.66, 0.880, 0.94, 0.950, rgb("14181c"), radius=0.008)
    number(canvas, 40, 0.74, 0.915, 0.042, rgb("8fd0e0"), 0.14)
    words(canvas, rng, (0.80, 0.892, 0.92, 0.938), 2, rgb("8fd0e0"), 0.7)
    for k in range(4):
        canvas.ellipse(0.69 + 0.075 * k, 0.850, 0.012, 0.012, rgb("b9bcc0"))
    for radius, code in ((0.315, "a9adb2"), (0.305, "d6d9dc"), (0.255, "8f949a"), (0.245, "2b2f34"), (0.215, "3f444a")):
        canvas.ellipse(0.5, 0.45, radius, radius, rgb(code))
    for ring in range(1, 7):
        for k in range(6 * ring):
            turn = 2.0 * np.pi * k / (6 * ring)
            x, y = 0.5 + 0.031 * ring * float(np.cos(turn)), 0.45 + 0.031 * ring * float(np.sin(turn))
            canvas.ellipse(x, y, 0.006, 0.006, rgb("1f2226"))
    canvas.ellipse(0.42, 0.55, 0.10, 0.045, (0.9, 0.94, 0.97), 0.28, soft=0.06, turn=0.7)
    canvas.rect(0.775, 0.405, 0.815, 0.495, rgb("c3c7cb"), radius=0.012)
    canvas.rect(0.0, 0.0, 1.0, 0.075, rgb("d6d8da"))
    canvas.rect(0.0, 0.075, 1.0, 0.080, rgb("b2b5b8"))
    canvas.rect(0.74, 0.015, 0.92, 0.062, rgb("c6c9cc"), radius=0.006)
    return canvas.pixels


def vinyl(name: str) -> Floats:
    """A record: grooves that shine along two rays, gaps between the tracks, a label."""
    canvas = Canvas(256, 256, rgb("1b1b1d"))
    x, y = (canvas.x - 0.5)[None, :], (canvas.y - 0.5)[:, None]
    radius, angle = np.sqrt(np.square(x) + np.square(y)), np.arctan2(y, x + 1e-9)
    groove = 0.115 + 0.018 * np.sin(2.0 * np.pi * radius * 128.0 / 2.6)
    shine = 0.20 * (0.5 + 0.5 * np.cos(2.0 * angle - 1.2)) ** 6
    gaps = sum(np.exp(-np.square((radius - at) / 0.0035)) for at in (0.24, 0.31, 0.375, 0.43))
    tone = groove + shine - 0.05 * gaps
    canvas.lay(np.clip((0.495 - radius) / canvas.pixel, 0.0, 1.0), tone[..., None] * np.array([1.0, 1.0, 1.03]))
    canvas.ellipse(0.5, 0.5, 0.17, 0.17, rgb("b5503c"))
    canvas.ring(0.5, 0.5, 0.155, 0.004, rgb("f0e2c4"))
    rng = seeded(name)
    headline(canvas, rng, (0.43, 0.56, 0.57, 0.585), rgb("f0e2c4"))
    words(canvas, rng, (0.42, 0.40, 0.58, 0.46), 3, rgb("f0e2c4"))
    canvas.ellipse(0.5, 0.5, 0.012, 0.012, rgb("1b1b1d"))
    return canvas.pixels


_FRONTS: tuple[Callable[[str], Floats], ...] = (clock_face, keyboard, oven_front, washer_front, vinyl)

RECIPES: dict[str, Recipe] = {
    **{f"tv_picture_{k}": Recipe(tv_picture) for k in range(len(_PICTURES))},
    **{f"desktop_{k}": Recipe(desktop) for k in range(len(_DESKTOPS))},
    **{painter.__name__: Recipe(painter) for painter in _FRONTS},
}
