"""Writing and things with writing on them that need no font: lines of words, headlines, digits, icons.

The one idea: from where a reader stands in a room, text is bars of uneven length and digits are seven or fewer strokes.
Both are drawn, so that a page looks the same on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.textures.canvas import Canvas
from echoenv.scene.homes.textures.noise import Rng

Box = tuple[float, float, float, float]

_DIGITS = (
    ((0, 1, 1, 1, 1, 0, 0, 0, 0, 1),),
    ((0.2, 0.8, 0.55, 1, 0.55, 0),),
    ((0, 0.85, 0.3, 1, 0.9, 0.95, 1, 0.65, 0, 0, 1, 0),),
    ((0, 1, 1, 1, 0.45, 0.58, 1, 0.4, 0.9, 0, 0, 0.05),),
    ((0.7, 0, 0.7, 1, 0, 0.3, 1, 0.3),),
    ((1, 1, 0.1, 1, 0, 0.55, 0.8, 0.6, 1, 0.3, 0.7, 0, 0, 0.05),),
    ((0.8, 1, 0.1, 0.5, 0, 0.2, 0.5, 0, 1, 0.2, 0.9, 0.5, 0.1, 0.45),),
    ((0, 1, 1, 1, 0.35, 0),),
    ((0.5, 0.54, 0.05, 0.78, 0.5, 1, 0.95, 0.78, 0.5, 0.54, 0, 0.25, 0.5, 0, 1, 0.25, 0.5, 0.54),),
    ((0.95, 0.6, 0.5, 0.45, 0.05, 0.75, 0.5, 1, 0.95, 0.75, 0.85, 0.3, 0.3, 0),),
)  # strokes of the digits in a unit box, x and y in turn


def number(
    canvas: Canvas, value: int, x: float, y: float, height: float, color: ArrayLike, weight: float = 0.16
) -> None:
    """A number with its middle at (x, y)."""
    digits = [int(digit) for digit in str(value)]
    width, gap = 0.52 * height, 0.20 * height
    left = x - 0.5 * (len(digits) * width + (len(digits) - 1) * gap)
    for k, digit in enumerate(digits):
        for stroke in _DIGITS[digit]:
            points = [
                (left + k * (width + gap) + a * width, y + (b - 0.5) * height)
                for a, b in zip(stroke[::2], stroke[1::2], strict=True)
            ]
            canvas.line(points, weight * height, color)


def words(
    canvas: Canvas, rng: Rng, box: Box, lines: int, color: ArrayLike, opacity: float = 0.8, indent: ArrayLike = (0.0,)
) -> None:
    """Lines of words in a box (x0, y0, x1, y1), each word a bar; the last line of a paragraph ends early."""
    x0, y0, x1, y1 = box
    pitch = (y1 - y0) / lines
    steps = np.asarray(indent, dtype=np.float64)
    for k in range(lines):
        x, low = x0 + float(steps[k % len(steps)]), y1 - (k + 0.78) * pitch
        end = x1 - (x1 - x0) * (float(rng.random()) * (0.6 if k % 5 == 4 else 0.06))
        while x < end - 0.3 * pitch:
            length = min(pitch * (0.7 + 2.4 * float(rng.random())), end - x)
            canvas.rect(x, low, x + length, low + 0.52 * pitch, color, opacity)
            x += length + 0.45 * pitch


def headline(canvas: Canvas, rng: Rng, box: Box, color: ArrayLike, upper: bool = True) -> None:
    """One line of bold letters in a box, each letter one of a few simple blocks."""
    x0, y0, x1, y1 = box
    height = y1 - y0
    x = x0
    while x < x1 - 0.5 * height:
        kind, width = int(rng.integers(6)), height * (0.52 if rng.random() < 0.85 else 0.2)
        bar = 0.16 * height
        canvas.rect(x, y0, x + bar, y1, color)
        if width > 0.3 * height:
            if kind in (0, 1, 3):
                canvas.rect(x, y1 - bar, x + width, y1, color)
            if kind in (1, 2, 4):
                canvas.rect(x, y0, x + width, y0 + bar, color)
            if kind in (0, 3, 5):
                canvas.rect(x, y0 + 0.42 * height, x + width, y0 + 0.42 * height + bar, color)
            if kind in (0, 2, 5):
                canvas.rect(x + width - bar, y0, x + width, y1 if upper else y0 + 0.6 * height, color)
        x += width + 0.16 * height + (0.4 * height if rng.random() < 0.16 else 0.0)
