"""Painted landscapes, seas and cities.

The one idea: a landscape is layers from the far sky to the near ground, each a curve with a mottled colour below it,
then trees, sails or houses, and at last the strokes of the brush (`figures.oil`).
"""

from __future__ import annotations

import numpy as np

from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.figures import oil, sail
from echoenv.scene.homes.textures.noise import Rng, fbm, smooth
from echoenv.scene.homes.textures.recipe import Floats, palette, rgb
from echoenv.scene.homes.textures.scenery import conifer, leaves, mottled, ridge, sky, towers, tree, water

SIZE = (256, 192)


def _meadows(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    sky(canvas, rng, rgb("ead9bf"), rgb("92b0c4"), 0.55, 0.55)
    noise = leaves(canvas, rng, 0.03)
    for base, code in ((0.60, "9fb2b4"), (0.52, "8fa386"), (0.43, "a8a866"), (0.31, "c2ab5e"), (0.17, "7d8f4c")):
        canvas.below(ridge(canvas, rng, base, 0.05, 2, 0.3), mottled(noise, rgb(code), 0.07))
    canvas.polygon([(0.62, 0.42), (0.64, 0.42), (0.80, 0.0), (0.50, 0.0)], rgb("d8c79c"), 0.8)
    tree(canvas, rng, noise, 1.02, 0.20, 0.46, rgb("6f7f44"))
    tree(canvas, rng, noise, 0.22, 0.36, 0.24, rgb("7a8850"))
    return oil(canvas, rng, 2.0, 0.05)


def _autumn(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    sky(canvas, rng, rgb("f0dcc0"), rgb("b9c3c4"), 0.45, 0.3)
    noise = leaves(canvas, rng, 0.03)
    canvas.below(ridge(canvas, rng, 0.50, 0.04, 3), mottled(noise, rgb("9a8f86"), 0.08))
    canvas.below(np.full(256, 0.34), mottled(noise, rgb("b98f4c"), 0.12))
    for k in range(7):
        color = palette("c4803a b2582f d3a246 a36a34")[k % 4]
        tree(canvas, rng, noise, 0.06 + 0.2 * k, 0.26 + 0.08 * (k % 2), 0.42 + 0.1 * float(rng.random()), color)
    canvas.below(ridge(canvas, rng, 0.14, 0.03, 3), mottled(noise, rgb("8a6a3c"), 0.15))
    return oil(canvas, rng, 2.2, 0.06)


def _mountains(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    sky(canvas, rng, rgb("f2e3d2"), rgb("7ea3c0"), 0.42, 0.35)
    noise = leaves(canvas, rng, 0.025)
    peaks = ridge(canvas, rng, 0.60, 0.15, 3, 0.55)
    canvas.below(peaks, mottled(noise, rgb("8b98ac"), 0.08))
    snow = np.clip((canvas.y[:, None] - 0.60 - 0.03 * noise) / 0.02, 0.0, 1.0)
    snow = snow * np.clip((peaks[None, :] - canvas.y[:, None]) / canvas.pixel, 0.0, 1.0)
    canvas.lay(0.85 * snow, rgb("eef0f2"))
    canvas.below(ridge(canvas, rng, 0.47, 0.05, 4), mottled(noise, rgb("5f7873"), 0.1))
    water(canvas, rng, 0.38, rgb("3f6a82"), rgb("a9bcc6"), rgb("e6ecee"))
    for k in range(5):
        conifer(canvas, noise, 0.04 + 0.07 * k, 0.10 - 0.02 * k, 0.52 - 0.07 * k, rgb("37524a"))
    canvas.below(0.10 - 0.10 * canvas.x, mottled(noise, rgb("56643f"), 0.15))
    return oil(canvas, rng)


def _poppies(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    sky(canvas, rng, rgb("dfe6e2"), rgb("89b2cc"), 0.55, 0.6)
    noise = leaves(canvas, rng, 0.03)
    canvas.below(ridge(canvas, rng, 0.60, 0.02, 6), mottled(noise, rgb("6f8f6c"), 0.15))
    canvas.below(np.full(256, 0.56), mottled(noise, rgb("9aab5c"), 0.12))
    for _ in range(260):
        y = 0.55 * float(rng.random()) ** 1.3
        size = 0.004 + 0.022 * (0.56 - y)
        color = palette("c8452f d65a3c b63a2c e2d9c0 d96a48")[int(rng.integers(5))]
        canvas.ellipse(canvas.aspect * float(rng.random()), y, size, 0.8 * size, color, 0.9)
    conifer(canvas, noise, 1.10, 0.52, 0.34, rgb("4f6a4a"))
    conifer(canvas, noise, 1.17, 0.52, 0.27, rgb("57744f"))
    return oil(canvas, rng, 2.0, 0.06)


def _sea(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    sky(canvas, rng, rgb("e9ecec"), rgb("7fb0d2"), 0.45, 0.55)
    water(canvas, rng, 0.45, rgb("2c6a8a"), rgb("82aebf"), rgb("f2f6f6"))
    sail(canvas, 0.46, 0.36, 0.40, rgb("f4f0e6"))
    sail(canvas, 0.98, 0.42, 0.14, rgb("e7ddd0"))
    return oil(canvas, rng)


def _sunset(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    canvas.gradient(rgb("f3c68c"), rgb("6e7796"), 0.40, 1.0)
    canvas.ellipse(0.80, 0.50, 0.28, 0.22, rgb("f9dfa6"), 0.6, soft=0.4)
    canvas.ellipse(0.80, 0.485, 0.055, 0.055, rgb("fff2cf"))
    drift = fbm(rng, canvas.shape, (16, 4), 4)
    canvas.lay(0.75 * np.clip(drift - 0.3, 0.0, 1.0) * (canvas.y > 0.44)[:, None], rgb("b77f7c"))
    water(canvas, rng, 0.42, rgb("3f4a66"), rgb("d9a983"), rgb("fbe0ad"))
    for k in range(26):
        half = (0.02 + 0.05 * float(rng.random())) * (1.0 + 0.06 * k)
        y = 0.41 - 0.015 * k
        canvas.line([(0.80 - half, y), (0.80 + half, y)], 0.006, rgb("fbe3b4"), 0.65)
    coast = 0.40 + 0.10 * np.sqrt(np.maximum(0.50 - canvas.x, 0.0)) + 0.006 * smooth(rng, (1, 256), (1, 40))[0]
    band = (canvas.y[:, None] < coast[None, :]) & (canvas.y[:, None] > 0.405) & (canvas.x < 0.5)[None, :]
    canvas.lay(band * 1.0, rgb("54506a"))
    return oil(canvas, rng)


def _cliffs(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    sky(canvas, rng, rgb("e4e6e0"), rgb("9ab6c2"), 0.5, 0.7)
    noise = leaves(canvas, rng, 0.03)
    water(canvas, rng, 0.50, rgb("3c7783"), rgb("93b4b8"), rgb("f4f6f2"))
    for reach, top, code in ((1.10, 0.60, "b3ab9c"), (0.80, 0.70, "c6bca6"), (0.46, 0.84, "d8cdb5")):
        fall = np.clip((canvas.x - reach + 0.07) / 0.16, 0.0, 1.0)
        face = top - 0.05 * canvas.x + 0.010 * smooth(rng, (1, 256), (1, 24))[0] - fall**1.5 * (top - 0.1)
        layers = noise + 1.4 * np.sin(90.0 * canvas.y)[:, None]
        canvas.below(face, mottled(layers, rgb(code), 0.05))
        turf = (canvas.y[:, None] > face[None, :] - 0.045 - 0.012 * noise) & (canvas.y[:, None] < face[None, :])
        canvas.lay(0.85 * turf * (fall < 0.3)[None, :], mottled(noise, rgb("8d9c5c"), 0.10))
    canvas.below(ridge(canvas, rng, 0.06, 0.04, 4), rgb("eef0ea"), 0.8, soft=0.05)
    return oil(canvas, rng, 2.0, 0.05)


def _city_dusk(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    canvas.gradient(rgb("e8b48e"), rgb("4f5c80"), 0.30, 1.0)
    towers(canvas, rng, 0.34, (0.08, 0.36), 0.10, palette("8a8499 958c9c"), rgb("c9a898"))
    towers(canvas, rng, 0.32, (0.02, 0.34), 0.13, palette("5d607c 6a6780 545a74"), rgb("f0c88c"))
    water(canvas, rng, 0.30, rgb("3b425f"), rgb("a98a8e"), rgb("f3c99a"))
    return oil(canvas, rng, 1.2)


def _city_river(rng: Rng) -> Floats:
    canvas = Canvas(*SIZE)
    sky(canvas, rng, rgb("ece6da"), rgb("a9c0cc"), 0.45, 0.5)
    noise = leaves(canvas, rng, 0.03)
    walls = palette("d9c09a c98f6c e2d2b0 b97a5c d5b98c c7a37c")
    x = -0.02
    while x < canvas.aspect:
        w, top = 0.07 + 0.06 * float(rng.random()), 0.56 + 0.15 * float(rng.random())
        canvas.rect(x, 0.36, x + w, top, walls[int(rng.integers(6))])
        canvas.polygon([(x, top), (x + w, top), (x + 0.5 * w, top + 0.07)], rgb("9a5c46"))
        for k in range(int((top - 0.40) / 0.06)):
            for share in (0.2, 0.6):
                canvas.rect(x + share * w, 0.40 + 0.06 * k, x + (share + 0.2) * w, 0.435 + 0.06 * k, rgb("6a6a6c"))
        x += w
    canvas.rect(0.0, 0.33, canvas.aspect, 0.365, rgb("b6a892"))
    water(canvas, rng, 0.33, rgb("5f7f86"), rgb("b9b49c"), rgb("f0e8d2"))
    for k in range(4):
        canvas.polygon([(0.72, 0.36), (1.34, 0.46), (1.34, 0.41), (0.72, 0.31)], rgb("c6b79d"))
        canvas.ellipse(0.84 + 0.15 * k, 0.315 + 0.02 * k, 0.055, 0.06, rgb("7d8a86"))
    tree(canvas, rng, noise, 0.16, 0.34, 0.24, rgb("7c8a52"))
    return oil(canvas, rng, 1.8, 0.05)


LANDSCAPES = (_meadows, _autumn, _mountains, _poppies, _sea, _sunset, _cliffs, _city_dusk, _city_river)
"""Painters (rng) -> image (192, 256, 3)."""
