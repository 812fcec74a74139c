"""The looks of a home: one palette drawn from its seed, and how colours vary from board to board.

The one idea: colours are sRGB of the things themselves, before any light. A `Style` is drawn once for a home, so that
its rooms belong together, and hands out slightly different shades of its colours for single boards, tiles and books.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.shapes import Color

WALLS: tuple[Color, ...] = ((0.93, 0.91, 0.87), (0.91, 0.92, 0.91), (0.94, 0.92, 0.85), (0.89, 0.90, 0.93))
ACCENTS: tuple[Color, ...] = (
    (0.55, 0.66, 0.64),
    (0.70, 0.58, 0.48),
    (0.48, 0.56, 0.68),
    (0.72, 0.66, 0.50),
    (0.62, 0.66, 0.56),
    (0.74, 0.60, 0.58),
)
WOODS: tuple[Color, ...] = (
    (0.72, 0.55, 0.38),
    (0.58, 0.40, 0.26),
    (0.80, 0.67, 0.50),
    (0.45, 0.31, 0.21),
    (0.66, 0.52, 0.40),
)
FABRICS: tuple[Color, ...] = (
    (0.36, 0.45, 0.56),
    (0.60, 0.58, 0.54),
    (0.34, 0.50, 0.46),
    (0.70, 0.44, 0.34),
    (0.44, 0.42, 0.44),
    (0.78, 0.72, 0.62),
    (0.30, 0.36, 0.50),
    (0.62, 0.32, 0.30),
    (0.50, 0.54, 0.38),
)
BRIGHTS: tuple[Color, ...] = (
    (0.86, 0.62, 0.24),
    (0.76, 0.34, 0.28),
    (0.28, 0.48, 0.62),
    (0.36, 0.56, 0.42),
    (0.88, 0.80, 0.62),
    (0.52, 0.34, 0.46),
    (0.90, 0.88, 0.84),
    (0.24, 0.28, 0.34),
    (0.80, 0.52, 0.42),
    (0.46, 0.64, 0.68),
)
WHITE: Color = (0.92, 0.92, 0.90)
BLACK: Color = (0.10, 0.10, 0.11)
STEEL: Color = (0.66, 0.67, 0.69)


@dataclass(frozen=True, eq=False)
class Style:
    """Colours of one home, and its source of chance.

    Attributes:
        rng: The home's own random numbers.
        wall: Of most walls.
        accent: Of one wall in some rooms.
        wood: Of furniture.
        boards: Of wooden floors.
        fabric: Of upholstery.
        textile: Of curtains and bedding.
        fronts: Of kitchen and wardrobe doors.
    """

    rng: np.random.Generator
    wall: Color
    accent: Color
    wood: Color
    boards: Color
    fabric: Color
    textile: Color
    fronts: Color

    @staticmethod
    def drawn(rng: np.random.Generator) -> Style:
        """A palette from random numbers."""

        def one(choices: tuple[Color, ...]) -> Color:
            return choices[int(rng.integers(len(choices)))]

        return Style(
            rng,
            one(WALLS),
            one(ACCENTS),
            one(WOODS),
            one(WOODS),
            one(FABRICS),
            one((*FABRICS, *BRIGHTS[4:7])),
            one((WHITE, (0.80, 0.78, 0.74), (0.62, 0.66, 0.64), (0.45, 0.52, 0.56))),
        )

    def shade(self, color: Color, spread: float = 0.06) -> Color:
        """The colour, a little lighter or darker by chance."""
        return scaled(color, 1.0 + spread * float(self.rng.uniform(-1.0, 1.0)))

    def shades(self, color: Color, count: int, spread: float = 0.06) -> NDArray[np.float64]:
        """Many shades (count, 3) of one colour, also a little warmer or cooler."""
        light = 1.0 + spread * self.rng.uniform(-1.0, 1.0, (count, 1))
        warmth = 1.0 + 0.3 * spread * self.rng.uniform(-1.0, 1.0, (count, 1)) * np.array([[1.0, 0.0, -1.0]])
        return np.clip(np.asarray(color) * light * warmth, 0.0, 1.0)

    def bright(self) -> Color:
        """One of the small things' colours."""
        return self.shade(BRIGHTS[int(self.rng.integers(len(BRIGHTS)))])

    def chance(self, probability: float) -> bool:
        """True as often as `probability` says."""
        return bool(self.rng.random() < probability)

    def between(self, low: float, high: float) -> float:
        """A number between two, to the centimetre where they are lengths [m]."""
        return round(float(self.rng.uniform(low, high)), 2)


def scaled(color: Color, factor: float) -> Color:
    """A colour made lighter (factor > 1) or darker."""
    r, g, b = (min(1.0, max(0.0, channel * factor)) for channel in color)
    return r, g, b


def seeded(text: str) -> np.random.Generator:
    """Random numbers that depend on a text alone: the same on every machine and in every version of Python."""
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")))
