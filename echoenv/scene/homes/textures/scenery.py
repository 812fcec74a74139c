"""What is seen outdoors, drawn on a canvas: skies, hills, water, trees, houses, towers.

The one idea: far things are drawn first and paler, near ones over them. Leaves and clouds are one noise over the whole
canvas, cut off at a level; a crown is an ellipse whose edge and light follow that noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.noise import Rng, fbm, smooth, step
from echoenv.scene.homes.textures.recipe import Floats, mixed, rgb

HAZE = rgb("cfdbe6")


def sky(canvas: Canvas, rng: Rng, low: ArrayLike, high: ArrayLike, horizon: float, clouds: float = 0.5) -> None:
    """A sky above the horizon, pale below and deep on top, with so many (0..1) white clouds."""
    canvas.gradient(low, high, horizon, 1.0)
    height = canvas.y[:, None] - horizon
    drift = fbm(rng, canvas.shape, (7, 5), 5, 0.55)
    body = step(drift + 1.6 * clouds - 1.3 - 0.4 * np.maximum(height, 0.0), -0.35, 0.9) * (height > -canvas.pixel)
    light = np.clip(0.93 + 0.06 * (np.roll(drift, 6, 0) - drift), 0.72, 1.0)
    canvas.lay(0.9 * body, light[..., None] * np.array([1.0, 1.0, 1.0]))


def ridge(canvas: Canvas, rng: Rng, base: float, height: float, bumps: int, rough: float = 0.45) -> Floats:
    """Heights (W,) of a ridge: about `base`, by `height` up and down, with so many hills across the picture."""
    width = canvas.shape[1]
    return np.asarray(base + 0.7 * height * fbm(rng, (1, width), (1, bumps), 5, rough)[0], dtype=np.float64)


def mottled(noise: Floats, color: ArrayLike, amount: float) -> Floats:
    """A colour with patches (H, W, 3) that are lighter and darker by `amount`, following a noise (H, W)."""
    return np.asarray(np.asarray(color) * (1.0 + amount * noise)[..., None], dtype=np.float64)


def leaves(canvas: Canvas, rng: Rng, size: float = 0.02) -> Floats:
    """The noise (H, W) that crowns and hedges share, its bits about `size` wide."""
    cells = int(0.5 / size), int(0.5 * canvas.aspect / size)
    return fbm(rng, canvas.shape, cells, 3, 0.75)


def crown(canvas: Canvas, noise: Floats, x: float, y: float, rx: float, ry: float, color: ArrayLike) -> None:
    """A crown of leaves about (x, y), lit from the upper left."""
    window = canvas.window(x - 1.3 * rx, y - 1.3 * ry, x + 1.3 * rx, y + 1.3 * ry)
    bits = noise[window]
    dx, dy = (canvas.x[window[1]] - x)[None, :] / rx, (canvas.y[window[0]] - y)[:, None] / ry
    inside = np.clip(
        (1.0 - np.sqrt(np.square(dx) + np.square(dy)) + 0.20 * bits) * min(rx, ry) / canvas.pixel, 0.0, 1.0
    )
    light = np.clip(0.92 + 0.26 * dy - 0.16 * dx + 0.17 * bits, 0.45, 1.45)
    canvas.lay(inside, np.asarray(color) * light[..., None], window)


def tree(canvas: Canvas, rng: Rng, noise: Floats, x: float, foot: float, height: float, color: ArrayLike) -> None:
    """A broad-leaved tree: a trunk with branches and a crown of several heaps."""
    bark = mixed(rgb("5a4a3c"), color, 0.15)
    for lean in (-0.14, 0.02, 0.15):
        canvas.line(
            [(x, foot), (x + 0.02 * lean, foot + 0.3 * height), (x + lean * height, foot + 0.6 * height)],
            0.040 * height,
            bark,
        )
    for k in range(7):
        turn, out = k * 2.4, 0.30 if k else 0.0
        dx, dy = out * np.cos(turn) * height * 0.62, out * np.sin(turn) * height * 0.55
        tone = 0.9 + 0.2 * float(rng.random()) + (0.1 if dy > 0.0 else -0.06)
        crown(canvas, noise, x + dx, foot + 0.66 * height + dy, 0.21 * height, 0.19 * height, np.asarray(color) * tone)


def conifer(canvas: Canvas, noise: Floats, x: float, foot: float, height: float, color: ArrayLike) -> None:
    """A fir: a ragged cone."""
    window = canvas.window(x - 0.3 * height, foot, x + 0.3 * height, foot + 1.05 * height)
    up = (canvas.y[window[0]] - foot)[:, None] / height
    bits = noise[window]
    tiers = 0.05 * np.mod(up * 7.0, 1.0)
    half = 0.235 * (1.0 - up) * height - tiers * height * (1.0 - up) + 0.018 * height * bits
    dx = (canvas.x[window[1]] - x)[None, :]
    cover = np.clip((half - np.abs(dx)) / canvas.pixel + 0.5, 0.0, 1.0) * (up > 0.06)
    light = np.clip(0.95 - 1.1 * dx / height + 0.16 * bits - 3.0 * tiers, 0.45, 1.4)
    canvas.line([(x, foot), (x, foot + 0.2 * height)], 0.03 * height, rgb("55463a"))
    canvas.lay(cover, np.asarray(color) * light[..., None], window)


def hedge(canvas: Canvas, noise: Floats, x0: float, x1: float, foot: float, top: float, color: ArrayLike) -> None:
    """A hedge or a row of bushes with a ragged upper edge."""
    window = canvas.window(x0, foot, x1, top + 0.05)
    bits = noise[window]
    up = ((canvas.y[window[0]] - foot) / (top - foot))[:, None]
    cover = np.clip((top - canvas.y[window[0]][:, None] + 0.012 * bits) / canvas.pixel, 0.0, 1.0)
    cover = cover * (up >= 0.0) * ((canvas.x[window[1]] >= x0) & (canvas.x[window[1]] <= x1))[None, :]
    canvas.lay(cover, np.asarray(color) * np.clip(0.62 + 0.48 * up + 0.17 * bits, 0.3, 1.4)[..., None], window)


def panes(
    canvas: Canvas, box: tuple[float, float, float, float], columns: int, rows: int, glass: ArrayLike, frame: ArrayLike
) -> None:
    """Windows in a grid over a wall given by its lower left and upper right corners; reflections of the sky on top."""
    x0, y0, x1, y1 = box
    w, h = (x1 - x0) / columns, (y1 - y0) / rows
    for row in range(rows):
        for column in range(columns):
            left, low = x0 + (column + 0.24) * w, y0 + (row + 0.24) * h
            right, high = x0 + (column + 0.76) * w, y0 + (row + 0.82) * h
            edge = 0.05 * w
            canvas.rect(left - edge, low - edge, right + edge, high + edge, frame)
            canvas.rect(left, low, right, high, np.asarray(glass) * (0.85 + 0.25 * ((row * 7 + column * 5) % 4) / 3.0))
            canvas.rect(left, high - 0.35 * (high - low), right, high, (0.85, 0.91, 0.96), 0.35)
            canvas.line([((left + right) / 2.0, low), ((left + right) / 2.0, high)], 0.05 * w, frame)


def house(
    canvas: Canvas,
    x: float,
    foot: float,
    width: float,
    height: float,
    wall: ArrayLike,
    roof: ArrayLike,
    windows: int = 3,
) -> None:
    """A house with a saddle roof seen from its long side: two storeys, a door, a chimney."""
    top, right = foot + height, x + width
    canvas.rect(x, foot, right, top, wall)
    canvas.rect(right - 0.16 * width, foot, right, top, np.asarray(wall) * 0.93)
    ridge_y = top + 0.42 * height
    canvas.rect(x + 0.72 * width, top + 0.1 * height, x + 0.79 * width, ridge_y + 0.14 * height, rgb("8a6a5c"))
    eaves = 0.05 * width
    canvas.polygon(
        [(x - eaves, top), (right + eaves, top), (right - 0.10 * width, ridge_y), (x + 0.10 * width, ridge_y)], roof
    )
    for k in range(1, 6):
        y = top + k * (ridge_y - top) / 6.0
        canvas.line([(x, y), (right, y)], 0.25 * canvas.pixel, np.asarray(roof) * 0.7, 0.8)
    canvas.rect(x - eaves, top - 0.025 * height, right + eaves, top + 0.01 * height, (0.93, 0.92, 0.90))
    panes(canvas, (x, foot + 0.48 * height, right, top), windows, 1, rgb("5d6f7e"), (0.94, 0.94, 0.92))
    panes(
        canvas,
        (x, foot + 0.04 * height, x + width * (windows - 1) / windows, foot + 0.50 * height),
        windows - 1,
        1,
        rgb("54646f"),
        (0.94, 0.94, 0.92),
    )
    door = x + width * (windows - 0.62) / windows
    canvas.rect(door, foot, door + 0.11 * width, foot + 0.36 * height, rgb("6b4a3a"))


def towers(
    canvas: Canvas, rng: Rng, base: float, heights: tuple[float, float], width: float, colors: Floats, lit: ArrayLike
) -> None:
    """A row of tower blocks across the picture with bands or grids of windows, colours (n, 3) in turn."""
    x = -0.3 * width
    while x < canvas.aspect:
        w = width * (0.6 + 0.7 * float(rng.random()))
        top = base + heights[0] + (heights[1] - heights[0]) * float(rng.random()) ** 1.6
        color = colors[int(rng.integers(len(colors)))]
        canvas.rect(x, 0.0, x + w, top, color)
        canvas.rect(x + 0.72 * w, 0.0, x + w, top, color * 0.88)
        if rng.random() < 0.35:
            canvas.rect(x + 0.3 * w, top, x + 0.62 * w, top + 0.25 * w, color * 0.94)
        _window_bands(canvas, x, base - 0.3, x + w, top, lit, bool(rng.random() < 0.5))
        x += w * (1.02 + 0.25 * float(rng.random()))


def _window_bands(canvas: Canvas, x0: float, y0: float, x1: float, y1: float, color: ArrayLike, grid: bool) -> None:
    """Windows of a tower as a periodic pattern, bands or a grid, over its whole front."""
    window = canvas.window(x0 + 0.01, y0, x1 - 0.01, y1 - 0.014)
    y, x = (
        np.mod((y1 - canvas.y[window[0]]) / 0.022, 1.0)[:, None],
        np.mod((canvas.x[window[1]] - x0) / 0.02, 1.0)[None, :],
    )
    cover = ((y > 0.45) & (y < 0.95)).astype(np.float64) * (((x > 0.25) & (x < 0.85)) | (not grid))
    inside = (canvas.x[window[1]] > x0 + 0.008) & (canvas.x[window[1]] < x1 - 0.008)
    canvas.lay(0.55 * cover * inside[None, :] * (canvas.y[window[0]] < y1 - 0.012)[:, None], color, window)


def water(
    canvas: Canvas, rng: Rng, top: float, near: ArrayLike, far: ArrayLike, glitter: ArrayLike = (1, 1, 1)
) -> None:
    """Water from the picture's lower edge up to `top`, its waves finer towards the horizon."""
    rows = canvas.y < top
    canvas.gradient(near, far, 0.0, top)
    depth = np.clip((top - canvas.y) / max(top, 1e-6), 0.0, 1.0)[:, None]
    ripples = smooth(rng, canvas.shape, (canvas.shape[0] // 3, 14)) * 0.6 + smooth(
        rng, canvas.shape, (canvas.shape[0] // 7, 6)
    )
    canvas.shade(np.where(rows[:, None], 1.0 + 0.035 * (0.4 + depth) * ripples, 1.0))
    canvas.lay(0.40 * step(ripples, 1.5, 2.6) * rows[:, None], glitter)
