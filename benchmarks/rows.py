"""What a benchmark yields: rows of figures, and how they are printed and kept.

The one idea: a row knows the value that it must reach, so the table itself says what is met and what is missed.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.timing import Timing

COLUMNS = ("what", "best", "unit", "spread", "core ms each", "target", "met", "how")


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        subject: `views`, `sound`, `collect`, `tasks`, `learning` or `import`.
        what: What was measured, ours or a peer's.
        value: The best figure of the repeats, None where it could not be taken.
        unit: Its unit.
        spread: Worst over best of the repeats, 1 where there was one.
        target: What the figure must reach, None for peers and limits.
        at_least: Whether the target is a lower bound (a rate) or an upper one (a time).
        how: Threads, triangles, rays, batch; or why there is no figure and what to do.
        warm_up: Seconds of the first call, with the compiling of kernels where they were not kept from before.
        core_ms: Processor time [ms] of one item, all threads added up, None where it was not taken.
    """

    subject: str
    what: str
    value: float | None
    unit: str
    how: str
    spread: float = 1.0
    target: float | None = None
    at_least: bool = True
    warm_up: float | None = None
    core_ms: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is no target or no figure."""
        if self.target is None or self.value is None:
            return None
        return bool(self.value >= self.target if self.at_least else self.value <= self.target)


def rate(
    subject: str, what: str, timing: Timing, items: float, unit: str, how: str, target: float | None = None
) -> Row:
    """A row of items per second of wall-clock time."""
    core = 1e3 * timing.cpu / items
    return Row(subject, what, items / timing.wall, unit, how, timing.spread, target, True, timing.warm_up, core)


def milliseconds(subject: str, what: str, timing: Timing, items: int, how: str, target: float | None = None) -> Row:
    """A row of processor time [ms] per item, all threads added up: what one core would need."""
    value = 1e3 * timing.cpu / items
    return Row(subject, what, value, "ms of a core", how, timing.cpu_spread, target, False, timing.warm_up, value)


def missing(subject: str, what: str, why: str) -> Row:
    """A row for something that could not be measured, and what to do about it."""
    return Row(subject, what, None, "", why)


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text, a line between subjects."""
    lines = [COLUMNS] + [_cells(row) for row in rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(COLUMNS))]
    right = {1, 3, 4, 5}
    text, subject = [], ""
    for line, row in zip(lines, [None, *rows], strict=True):
        if row is not None and row.subject != subject:
            subject = row.subject
            text.append("  ".join("-" * width for width in widths[:-1]) + "  " + "-" * 30)
        cells = [cell.rjust(widths[k]) if k in right else cell.ljust(widths[k]) for k, cell in enumerate(line)]
        text.append("  ".join(cells).rstrip())
    return "\n".join(text)


def _cells(row: Row) -> tuple[str, ...]:
    if row.value is None:
        return (row.what, "-", row.unit, "", "", "", "", row.how)
    target = "" if row.target is None else f"{'>=' if row.at_least else '<='} {_number(row.target)}"
    met = {None: "", True: "yes", False: "NO"}[row.met]
    spread = "" if row.spread == 1.0 else f"x{row.spread:.2f}"
    core = "" if row.core_ms is None else _number(row.core_ms)
    return (row.what, _number(row.value), row.unit, spread, core, target, met, row.how)


def _number(value: float) -> str:
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{min(digits, 3)}f}"


def save(path: Path, machine: dict[str, Any], rows: Sequence[Row]) -> None:
    """Write machine and rows as JSON, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "rows": [{**dataclasses.asdict(row), "met": row.met} for row in rows]}
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, path)
