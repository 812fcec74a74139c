"""What is printed or written: posters, photographs, a map, a calendar, newspapers, packaging, notes.

The one idea: print is flat colour on paper with a clear layout: a title, a picture, lines of words (`lettering`).
Photographs are the views of `scenery` in a photograph's tones, some in black and white, with a white margin.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from echoenv.scene.homes.style import seeded
from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.figures import flower, leaf, profile, sail, vase
from echoenv.scene.homes.textures.lettering import headline, number, words
from echoenv.scene.homes.textures.noise import Rng, fbm, step, white
from echoenv.scene.homes.textures.recipe import Floats, Recipe, mixed, palette, rgb
from echoenv.scene.homes.textures.scenery import conifer, house, leaves, mottled, ridge, sky, towers, tree, water

_INK = rgb("2c2b2d")


def _printed(canvas: Canvas, rng: Rng, grain: float = 0.008) -> Floats:
    """The finished sheet (H, W, 3) with the paper's grain."""
    return np.asarray(canvas.pixels * (1.0 + grain * white(rng, canvas.shape))[..., None], dtype=np.float64)


def _poster_peaks(canvas: Canvas, rng: Rng) -> None:
    canvas.gradient(rgb("f3d9b0"), rgb("d98a66"), 0.2, 1.0)
    canvas.ellipse(0.50, 0.70, 0.12, 0.12, rgb("f8ecd2"))
    for k, code in enumerate(("b9665a", "8a4f5c", "5c3f56", "392f48")):
        canvas.below(ridge(canvas, rng, 0.62 - 0.12 * k, 0.07, 3, 0.5), rgb(code))
    headline(canvas, rng, (0.08, 0.07, 0.66, 0.14), rgb("f3d9b0"))


def _poster_jazz(canvas: Canvas, rng: Rng) -> None:
    canvas.pixels[:] = rgb("e6b34a")
    canvas.polygon([(0.0, 0.0), (0.76, 0.0), (0.76, 0.45), (0.0, 0.20)], rgb("2b3a4c"))
    canvas.line([(0.20, 0.30), (0.48, 0.62), (0.56, 0.76)], 0.045, rgb("b5503c"))
    canvas.ellipse(0.20, 0.28, 0.10, 0.13, rgb("b5503c"), turn=0.7)
    for k in range(4):
        canvas.ellipse(0.28 + 0.06 * k, 0.40 + 0.07 * k, 0.018, 0.018, rgb("f3e6c8"))
    for k in range(2):
        headline(canvas, rng, (0.07, 0.86 - 0.09 * k, 0.60 - 0.20 * k, 0.93 - 0.09 * k), _INK)
    words(canvas, rng, (0.07, 0.05, 0.50, 0.12), 2, rgb("f3e6c8"))


def _poster_travel(canvas: Canvas, rng: Rng) -> None:
    sky(canvas, rng, rgb("f0e6cf"), rgb("6fb0b8"), 0.35, 0.3)
    water(canvas, rng, 0.42, rgb("2f7f8f"), rgb("8fc4c2"))
    sail(canvas, 0.42, 0.30, 0.44, rgb("f6efe0"))
    canvas.rect(0.0, 0.0, canvas.aspect, 0.17, rgb("f1e9d8"))
    headline(canvas, rng, (0.10, 0.07, 0.64, 0.13), rgb("2f5f6c"))


def _poster_type(canvas: Canvas, rng: Rng) -> None:
    canvas.pixels[:] = rgb("efece4")
    for k in range(5):
        headline(canvas, rng, (0.08, 0.80 - 0.13 * k, 0.66, 0.90 - 0.13 * k), rgb("c4553f") if k == 2 else _INK)
    words(canvas, rng, (0.08, 0.07, 0.40, 0.20), 4, _INK)


def _poster_moon(canvas: Canvas, rng: Rng) -> None:
    canvas.pixels[:] = rgb("1f2a3c")
    for k in range(7):
        canvas.ellipse(0.10 + 0.09 * k, 0.62, 0.038, 0.038, rgb("eadfc4"))
        canvas.ellipse(0.10 + 0.09 * k + 0.024 * (k - 3), 0.62, 0.038, 0.038, rgb("1f2a3c"), 0.0 if k == 3 else 1.0)
    for _ in range(60):
        canvas.ellipse(0.75 * float(rng.random()), float(rng.random()), 0.003, 0.003, rgb("eadfc4"), 0.8)
    canvas.ring(0.375, 0.62, 0.31, 0.005, rgb("b59a62"))
    headline(canvas, rng, (0.20, 0.16, 0.58, 0.21), rgb("eadfc4"))


def _poster_plant(canvas: Canvas, rng: Rng) -> None:
    canvas.pixels[:] = rgb("e9d3c2")
    canvas.ellipse(0.37, 0.62, 0.26, 0.26, rgb("d98f6f"))
    for k in range(9):
        leaf(canvas, (0.375, 0.34), 0.34 - 0.02 * abs(k - 4), 0.045, np.pi / 2 + 0.30 * (k - 4), rgb("47645a"))
    vase(canvas, 0.375, 0.14, 0.26, rgb("f0e8dc"))


_POSTERS = (_poster_peaks, _poster_jazz, _poster_travel, _poster_type, _poster_moon, _poster_plant)


def poster(name: str) -> Floats:
    """The poster (3:4, standing) whose number ends its name."""
    rng = seeded(name)
    canvas = Canvas(192, 256)
    _POSTERS[int(name.rsplit("_", 1)[1])](canvas, rng)
    return _printed(canvas, rng)


def _photo_people(canvas: Canvas, rng: Rng, heads: tuple[tuple[float, float, float, str, str, str], ...]) -> None:
    """People before blurred leaves: (x, y, size, skin, hair, dress) of each."""
    canvas.pixels[:] = mottled(fbm(rng, canvas.shape, (6, 8), 2), rgb("93a583"), 0.16)
    for x, y, size, skin, hair, dress in heads:
        profile(canvas, x, y, size, rgb(skin), rgb(hair), rgb(dress))


def _photo_scene(canvas: Canvas, rng: Rng, kind: int) -> None:
    """A snapshot: beach, firs by a lake, a house, a street of towers."""
    noise = leaves(canvas, rng, 0.025)
    sky(canvas, rng, rgb("e6eef2"), rgb("7ea9d0"), 0.45, 0.45)
    if kind == 0:
        water(canvas, rng, 0.50, rgb("3f93a6"), rgb("5f9fc0"))
        canvas.below(0.30 + 0.05 * np.sin(3.0 * canvas.x), mottled(noise, rgb("dcc8a2"), 0.03), soft=0.02)
        canvas.polygon([(0.80, 0.26), (0.82, 0.26), (0.86, 0.56), (0.84, 0.56)], rgb("f0ece4"))
        canvas.polygon([(0.62, 0.52), (1.06, 0.52), (0.96, 0.62), (0.84, 0.65), (0.70, 0.61)], rgb("d0604c"))
        canvas.polygon([(0.76, 0.52), (0.90, 0.52), (0.87, 0.645), (0.82, 0.645)], rgb("f2ead8"))
    elif kind == 1:
        canvas.below(ridge(canvas, rng, 0.56, 0.10, 3), mottled(noise, rgb("7f93a2"), 0.06))
        water(canvas, rng, 0.40, rgb("35566a"), rgb("8fa9b4"))
        for k in range(6):
            conifer(canvas, noise, 0.10 + 0.24 * k, 0.08 + 0.05 * (k % 2), 0.5 + 0.1 * (k % 3), rgb("3a5246"))
    elif kind == 2:
        canvas.below(np.full(canvas.shape[1], 0.34), mottled(noise, rgb("84a05e"), 0.08))
        house(canvas, 0.36, 0.30, 0.60, 0.28, rgb("eadfce"), rgb("8f5a4a"))
        tree(canvas, rng, noise, 0.18, 0.24, 0.56, rgb("7c9a58"))
    else:
        towers(canvas, rng, 0.30, (0.1, 0.5), 0.16, palette("8f98a4 b5a692 77828e"), rgb("d9dfe6"))
        canvas.below(np.full(canvas.shape[1], 0.20), mottled(noise, rgb("6f7275"), 0.03))


def photo(name: str) -> Floats:
    """The photograph (4:3) whose number ends its name; every third is black and white."""
    rng = seeded(name)
    index = int(name.rsplit("_", 1)[1])
    canvas = Canvas(256, 192)
    couple = ((0.42, 0.55, 0.22, "d9b090", "5a3c28", "c9d3da"), (0.86, 0.50, 0.21, "cfa184", "8a6238", "b86a58"))
    child = ((0.62, 0.50, 0.27, "e0b898", "a5763f", "6f93ac"),)
    trio = ((0.26, 0.52, 0.19, "a97850", "2a2422", "d9b45c"), (0.64, 0.58, 0.20, "8f6242", "241f1e", "e3ddd2"),
            (1.02, 0.46, 0.17, "b58660", "2f2622", "7f9f8a"))  # fmt: skip
    if index in (1, 4, 6):
        _photo_people(canvas, rng, {1: couple, 4: child, 6: trio}[index])
    elif index == 7:
        canvas.pixels[:] = mottled(fbm(rng, canvas.shape, (5, 6), 3), rgb("5f7a58"), 0.14)
        for x, y, size in ((0.50, 0.52, 0.26), (0.98, 0.70, 0.17), (0.96, 0.24, 0.14)):
            flower(canvas, x, y, size, rgb("e3c9d6"), 9)
    else:
        _photo_scene(canvas, rng, {0: 0, 2: 1, 3: 2, 5: 3}[index])
    vignette = 1.04 - 0.22 * (np.square(canvas.x / canvas.aspect - 0.5)[None, :] + np.square(canvas.y - 0.5)[:, None])
    canvas.shade(vignette + 0.018 * white(rng, canvas.shape))
    if index % 3 == 2:
        gray = (canvas.pixels * np.array([0.30, 0.55, 0.15])).sum(axis=2, keepdims=True)
        canvas.pixels[:] = np.clip(1.12 * gray - 0.05, 0.0, 1.0) * np.array([1.0, 0.985, 0.955])
    inner = canvas.cover(np.maximum(np.abs(canvas.x - canvas.aspect / 2)[None, :] - canvas.aspect / 2 + 0.03,
                                    np.abs(canvas.y - 0.5)[:, None] - 0.47), 0.0)  # fmt: skip
    return mixed(rgb("f6f4ef"), canvas.pixels, inner)


def world_map(name: str) -> Floats:
    """A map of an unknown world: seas, lands by height, rivers of ink, a frame."""
    rng = seeded(name)
    canvas = Canvas(384, 256, rgb("f1e9d6"))
    land = fbm(rng, canvas.shape, (3, 4), 6, 0.58) - 0.15
    coast = step(np.abs(land), 0.0, 0.06)
    image = mixed(rgb("a9c8d4"), rgb("c3d8de"), step(land, -0.6, -0.05))
    for level, code in ((0.0, "c9d2a4"), (0.35, "dfd3a0"), (0.8, "d2b083"), (1.25, "b98f6e")):
        image = mixed(image, rgb(code), step(land, level - 0.015, level + 0.015))
    image *= (0.72 + 0.28 * coast)[..., None]
    for k in range(1, 6):
        canvas_line = np.abs(canvas.y - k / 6.0) < 0.5 * canvas.pixel
        image[canvas_line] = image[canvas_line] * 0.92
    image[:, np.mod(np.arange(384), 48) == 0] *= 0.92
    frame: Floats = np.minimum(
        np.minimum(canvas.x, canvas.aspect - canvas.x)[None, :], np.minimum(canvas.y, 1 - canvas.y)[:, None]
    )
    canvas.pixels[:] = mixed(image, rgb("f1e9d6"), 1.0 - step(frame, 0.040, 0.044))
    canvas.lay((np.abs(frame - 0.030) < 0.004) * 0.9, rgb("5a4a3a"))
    canvas.rect(0.08, 0.08, 0.40, 0.20, rgb("f1e9d6"), 0.95)
    headline(canvas, rng, (0.10, 0.145, 0.38, 0.18), rgb("5a4a3a"))
    words(canvas, rng, (0.10, 0.09, 0.36, 0.13), 2, rgb("5a4a3a"))
    return _printed(canvas, rng)


def calendar(name: str) -> Floats:
    """A month: a picture above, days in seven columns below."""
    rng = seeded(name)
    canvas = Canvas(192, 256, rgb("f7f5ef"))
    view = Canvas(180, 110)
    _photo_scene(view, rng, 1)
    canvas.inset(view, 6 / 256, 1.0 - 116 / 256)
    headline(canvas, rng, (0.05, 0.465, 0.34, 0.515), rgb("b5503c"))
    for day in range(31):
        row, column = divmod(day + 2, 7)
        x, y = 0.085 + 0.097 * column, 0.385 - 0.078 * row
        number(canvas, day + 1, x, y, 0.038, rgb("b5503c") if column == 6 else _INK)
    for column in range(7):
        canvas.rect(0.06 + 0.097 * column, 0.425, 0.11 + 0.097 * column, 0.437, rgb("8a8884"))
    canvas.ring(0.085 + 0.097 * 3, 0.385 - 0.078 * 2, 0.035, 0.008, rgb("b5503c"))
    return _printed(canvas, rng, 0.005)


def newspaper(name: str) -> Floats:
    """A front page: a title, a picture, five columns."""
    rng = seeded(name)
    canvas = Canvas(192, 256, rgb("e6e1d5"))
    gray = rgb("4a4846")
    headline(canvas, rng, (0.06, 0.90, 0.70, 0.965), _INK)
    canvas.rect(0.04, 0.880, 0.71, 0.886, gray)
    headline(canvas, rng, (0.04, 0.815, 0.46, 0.860), _INK)
    view = Canvas(104, 66)
    _photo_scene(view, rng, 3)
    view.pixels[:] = view.pixels.mean(axis=2, keepdims=True)
    canvas.inset(view, 10 / 256, 1.0 - 116 / 256)
    for x0, x1, y1 in ((0.04, 0.23, 0.53), (0.245, 0.445, 0.53), (0.475, 0.585, 0.86), (0.60, 0.71, 0.86)):
        lines = round((y1 - 0.04) / 0.019)
        words(canvas, rng, (x0, 0.04, x1, y1), lines, gray, 0.6)
    return _printed(canvas, rng, 0.02)


def packaging(name: str) -> Floats:
    """The front of a packet: cereals, tea, washing powder, biscuits."""
    rng = seeded(name)
    index = int(name.rsplit("_", 1)[1])
    colors = palette(("d9a440 f4ead2 a8483a 6b3f2c", "4f6f5c e6dcc0 c9a25a 2f4438", "3f74a8 f0f2f4 e3b04a 28486c",
                      "b5503f f2e2c4 8a5a34 5c2a26")[index])  # fmt: skip
    canvas = Canvas(192, 256, colors[0])
    canvas.polygon([(0.0, 0.0), (0.76, 0.0), (0.76, 0.36), (0.0, 0.22)], colors[3])
    canvas.ellipse(0.375, 0.42, 0.27, 0.20, colors[1])
    canvas.ellipse(0.375, 0.42, 0.25, 0.18, colors[2])
    for k in range(14):
        turn, out = 2.4 * k, 0.042 * k**0.5
        x, y = 0.375 + out * float(np.cos(turn)), 0.40 + 0.7 * out * float(np.sin(turn))
        if index == 1:
            leaf(canvas, (x, y), 0.10, 0.022, turn, colors[0] * (0.9 + 0.03 * (k % 4)))
        elif index == 2:
            canvas.ring(x, y, 0.030, 0.008, colors[0], 0.8)
        else:
            canvas.ellipse(x, y, 0.035, 0.030, rgb("b98545") * (0.9 + 0.05 * (k % 4)))
            canvas.ellipse(x - 0.01, y + 0.008, 0.014, 0.010, rgb("d9ad68"))
    canvas.rect(0.06, 0.72, 0.69, 0.93, colors[1], radius=0.03)
    headline(canvas, rng, (0.11, 0.83, 0.66, 0.90), colors[3])
    headline(canvas, rng, (0.11, 0.75, 0.46, 0.80), colors[0])
    words(canvas, rng, (0.08, 0.05, 0.50, 0.13), 3, colors[2])
    return _printed(canvas, rng)


def notes(name: str) -> Floats:
    """A cork board with pinned notes, a photograph and a list."""
    rng = seeded(name)
    canvas = Canvas(256, 192)
    canvas.pixels[:] = mottled(fbm(rng, canvas.shape, (48, 64), 2, 0.9), rgb("b58f64"), 0.07)
    colors = palette("f2e08a f0c3bd c3dcc4 f4f1e8 bcd6e6 f6d9a2 f4f1e8 f2e08a")
    for k in range(8):
        x, y = 0.08 + 0.32 * (k % 4) + 0.03 * float(rng.random()), 0.56 - 0.46 * (k // 4) + 0.04 * float(rng.random())
        w, h, tilt = (
            0.21 + 0.05 * float(rng.random()),
            0.24 + 0.10 * float(rng.random()),
            0.10 * float(rng.random()) - 0.05,
        )
        corners = [(x, y), (x + w, y + tilt * w), (x + w - tilt * h, y + h + tilt * w), (x - tilt * h, y + h)]
        canvas.polygon([(a + 0.010, b - 0.014) for a, b in corners], (0.2, 0.14, 0.1), 0.45, soft=0.03)
        canvas.polygon(corners, colors[k])
        if k == 5:
            canvas.polygon(
                [(a * 0.86 + (x + w / 2) * 0.14, b * 0.80 + (y + h / 2) * 0.2) for a, b in corners], rgb("6f94ac")
            )
        else:
            words(canvas, rng, (x + 0.03, y + 0.05, x + w - 0.04, y + h - 0.05), 5, rgb("4a5568"), 0.75)
        pin = (x + 0.5 * w, y + h - 0.02)
        canvas.ellipse(*pin, 0.016, 0.016, palette("b8443a 3f6a94 4f8a5c")[k % 3])
        canvas.ellipse(pin[0] - 0.005, pin[1] + 0.005, 0.005, 0.005, (1.0, 1.0, 1.0), 0.7)
    return _printed(canvas, rng)


def whiteboard_notes(name: str) -> Floats:
    """A whiteboard after a meeting: boxes with arrows, a graph, a list, traces of what was wiped off."""
    rng = seeded(name)
    canvas = Canvas(384, 256, rgb("f4f5f5"))
    smear = fbm(rng, canvas.shape, (10, 5), 4)
    canvas.lay(0.05 * step(smear, 0.2, 1.6), rgb("5f7a9a"))
    black, blue, red, green = palette("3a3d42 3465a4 c0483e 3f8a58")
    for x, y, color in ((0.12, 0.66, blue), (0.48, 0.66, blue), (0.30, 0.40, red)):
        for ax, ay, bx, by in (
            (0, 0, 0.22, 0.005),
            (0.22, 0.005, 0.215, 0.16),
            (0.215, 0.16, 0.0, 0.155),
            (0.0, 0.155, 0, 0),
        ):
            canvas.line([(x + ax, y + ay), (x + bx, y + by)], 0.008, color)
        words(canvas, rng, (x + 0.03, y + 0.03, x + 0.20, y + 0.13), 2, black, 0.7)
    for a, b in (((0.345, 0.74), (0.47, 0.74)), ((0.24, 0.655), (0.36, 0.565)), ((0.58, 0.655), (0.46, 0.565))):
        canvas.line([a, b], 0.007, black)
        canvas.ellipse(*b, 0.012, 0.012, black)
    canvas.line([(0.86, 0.90), (0.86, 0.52), (1.38, 0.52)], 0.008, black)
    t = np.linspace(0.0, 1.0, 24)
    canvas.line(list(zip(0.87 + 0.48 * t, 0.54 + 0.30 * t**2, strict=True)), 0.009, red)
    canvas.line(list(zip(0.87 + 0.48 * t, 0.56 + 0.20 * np.sqrt(t) + 0.015 * np.sin(9 * t), strict=True)), 0.009, green)
    headline(canvas, rng, (0.12, 0.88, 0.56, 0.94), black)
    for k in range(5):
        canvas.ellipse(0.89, 0.405 - 0.075 * k, 0.010, 0.010, blue)
        words(canvas, rng, (0.93, 0.38 - 0.075 * k, 1.34 - 0.05 * (k % 3), 0.43 - 0.075 * k), 1, blue, 0.75)
    words(canvas, rng, (0.10, 0.08, 0.62, 0.30), 4, black, 0.65)
    return _printed(canvas, rng, 0.004)


_SINGLE: dict[str, Callable[[str], Floats]] = {
    "map": world_map,
    "calendar": calendar,
    "newspaper": newspaper,
    "notes": notes,
    "whiteboard_notes": whiteboard_notes,
}

RECIPES: dict[str, Recipe] = {
    **{f"poster_{k}": Recipe(poster) for k in range(6)},
    **{f"photo_{k}": Recipe(photo) for k in range(8)},
    **{f"packaging_{k}": Recipe(packaging) for k in range(4)},
    **{name: Recipe(painter) for name, painter in _SINGLE.items()},
}
