"""What a row of the table of accuracy is: a quantity, its limit, and a function for each engine that can be asked.

The one idea: a function returns one number, by how much the engine is off; whether that is met follows from the limits
alone, so a row cannot be kinder to one engine than to another.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Answer = Callable[[], float] | str
"""Computes the figure; or says in a word why there is none."""


@dataclass(frozen=True, eq=False)
class Check:
    """One row.

    Attributes:
        number: Of the test in the list of 26, with a letter where it has several rows.
        what: The quantity that is printed, and how it was taken.
        unit: Its unit.
        low, high: The limits within which it must lie.
        answers: By engine.
        tests: Functions of tests/acoustics and tests/audio that hold ours to it.
    """

    number: str
    what: str
    unit: str
    low: float
    high: float
    answers: Mapping[str, Answer]
    tests: tuple[str, ...] = ()

    def met(self, value: float) -> bool:
        """Whether a figure lies within the limits."""
        return self.low <= value <= self.high

    @property
    def limit(self) -> str:
        """The limits as they are printed."""
        if self.low == 0.0 and self.high == 0.0:
            return "0"
        if self.low in (0.0, -self.high):
            return f"{'±' if self.low else '≤'} {self.high:g}"
        return f"{self.low:g} to {self.high:g}"


def within(number: str, what: str, unit: str, high: float, answers: Mapping[str, Answer], *tests: str) -> Check:
    """A row whose figure is an absolute deviation."""
    return Check(number, what, unit, 0.0, high, answers, tests)


def by_engine(answer: Callable[[str], float], *, rlr: str = "", pra: str = "") -> dict[str, Answer]:
    """A function of an engine's name as the answers of a row.

    Args:
        answer: Computes the figure of the engine that it is given.
        rlr: Why RLR is not asked; nothing where it is.
        pra: Why pyroomacoustics is not asked.
    """
    reasons = {"echoenv": "", "rlr": rlr, "pyroomacoustics": pra}
    return {name: why or functools.partial(answer, name) for name, why in reasons.items()}
