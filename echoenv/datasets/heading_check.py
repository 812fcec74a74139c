"""Do angles of echoes mean the same heading as angles of views? Found out from the data.

The one idea: a wall that is nearer on the left makes the left ear's echo louder. What is on the left of a view is the
view a quarter turn on, so the views of a place predict which ear is louder in each heading, and the sounds say it. A
place is compared with itself turned around, which cancels what is the same everywhere. Turned around at 0 and 180, both
readings agree, so these tell whether the first channel is the left ear; at 90 and 270 they predict the opposite of each
other, so these, relative to the others, tell the reading.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

ANGLES = (0, 90, 180, 270)
Place = TypeVar("Place")
Reading = Literal["same", "clockwise", "unknown"]
_MOST_ERROR = 0.01  # a verdict is given where chance would do as well less often than this
_ALIKE = 4.0  # neighbouring places are near the same walls: so many of them count as one


@dataclass(frozen=True)
class Agreement:
    """How well the views predict which ear is louder, and by how much.

    Attributes:
        correlation: Of ranks, -1 to 1: positive where the nearer side is the louder one, negative where the farther.
        places: Places that were compared.
    """

    correlation: float
    places: int

    @property
    def score(self) -> float:
        """The same in standard deviations of what chance would give."""
        independent = self.places / _ALIKE
        return math.atanh(max(-0.999, min(0.999, self.correlation))) * math.sqrt(max(0.0, independent - 3.0))

    @property
    def chance(self) -> float:
        """How often chance alone would be as far from 0."""
        return math.erfc(abs(self.score) / math.sqrt(2.0))


@dataclass(frozen=True)
class HeadingCheck:
    """What the data say of their angles.

    Attributes:
        reading: `same` where an angle means one heading for sounds and views, `clockwise` where sounds are named
            clockwise, as in SoundSpaces (then 90 and 270 are swapped), or `unknown`.
        confidence: 0 to 1: that this is not chance; of `unknown` too, how sure the likelier reading is.
        left_first: Whether the first channel is the left ear; None where the data do not tell.
        ahead: Agreement at 0 and 180.
        sideways: Agreement at 90 and 270, if angles mean the same.
    """

    reading: Reading
    confidence: float
    left_first: bool | None
    ahead: Agreement
    sideways: Agreement

    def __str__(self) -> str:
        said = {
            "same": "an angle means the same heading for sounds and views",
            "clockwise": "sounds are named clockwise, so 90 and 270 are swapped",
            "unknown": "the data do not tell whether sounds are named clockwise",
        }[self.reading]
        ears = {True: "", False: "; the first channel is the RIGHT ear", None: ""}[self.left_first]
        return (
            f"{said}, confidence {self.confidence:.3f}: the side that is nearer in views is louder in sounds of the "
            f"same number with a correlation of {self.ahead.correlation:+.2f} at 0 and 180 and of "
            f"{self.sideways.correlation:+.2f} at 90 and 270, at {self.ahead.places} places{ears}"
        )


def spread_over(places: Sequence[Place], most: int) -> Sequence[Place]:
    """At most `most` of the places, at equal steps over all of them."""
    return places[:: max(1, math.ceil(len(places) / most))]


def verdict(louder_ears: ArrayLike, nearer_views: ArrayLike) -> HeadingCheck:
    """The reading that fits.

    Args:
        louder_ears: `left_share` of echoes by place and stored angle 0, 90, 180, 270 (n, 4).
        nearer_views: `nearness` of views by place and heading 0, 90, 180, 270 (n, 4).
    """
    louder = np.asarray(louder_ears, np.float64).reshape(-1, 4)
    nearer = np.asarray(nearer_views, np.float64).reshape(-1, 4)
    ahead = _agreement(louder[:, 0] - louder[:, 2], nearer[:, 1] - nearer[:, 3])
    sideways = _agreement(louder[:, 1] - louder[:, 3], nearer[:, 2] - nearer[:, 0])
    confidence = (1.0 - ahead.chance) * (1.0 - sideways.chance)
    sure = max(ahead.chance, sideways.chance) < _MOST_ERROR
    likelier: Reading = "same" if ahead.score * sideways.score > 0.0 else "clockwise"
    left_first = ahead.score > 0.0 if ahead.chance < _MOST_ERROR else None
    return HeadingCheck(likelier if sure else "unknown", confidence, left_first, ahead, sideways)


def _agreement(louder: NDArray[np.float64], nearer: NDArray[np.float64]) -> Agreement:
    from scipy.stats import rankdata

    usable = np.isfinite(louder) & np.isfinite(nearer)
    heard, seen = rankdata(louder[usable]), rankdata(nearer[usable])
    spread = float(heard.std() * seen.std()) if len(heard) else 0.0
    correlation = float(np.mean((heard - heard.mean()) * (seen - seen.mean()))) / spread if spread > 0.0 else 0.0
    return Agreement(correlation, len(heard))


def left_share(echo: NDArray[np.float32]) -> float:
    """How much louder the first ear is than the second, -1 to 1; not a number for silence."""
    energy = np.square(echo.astype(np.float64)).sum(axis=1)
    return float((energy[0] - energy[1]) / energy.sum()) if energy.sum() > 0.0 else float("nan")


def nearness(depth: NDArray[np.float32]) -> float:
    """Level of what comes back from the middle of a view, which is loud where it is near; not a number where empty."""
    height, width = depth.shape
    middle = depth[height // 4 : height - height // 4, width // 4 : width - width // 4].astype(np.float64)
    hit = middle[middle > 0.0]
    return float(np.log(np.mean(np.maximum(hit, 0.1) ** -2.0))) if len(hit) else float("nan")
