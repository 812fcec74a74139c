"""How right the engines are, side by side: `python -m benchmarks.accuracy` makes the tables of docs/accuracy.md.

The one idea: each figure of each engine is computed here and now, by functions that know the right answer in closed
form (`accuracy_rows*.py`), kept as soon as it is there (an interrupted run goes on where it was), and printed beside
its limit with whether it is met.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import importlib.util
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import (
    accuracy_rows,
    accuracy_rows_decays,
    accuracy_rows_ears,
    accuracy_rows_edges,
    accuracy_rows_runs,
    accuracy_rows_walls,
    machine,
)
from benchmarks.accuracy_checks import Check
from benchmarks.accuracy_engines import ENGINE_TITLES, ENGINES
from benchmarks.accuracy_pictures import PICTURE, draw_decays
from benchmarks.pages import write_section
from benchmarks.records import Records

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
TABLE, INVENTORY, DECAYS = "The table", "The tests that hold it there", "Decays"
KEPT = Path(__file__).parent / "results" / "accuracy.jsonl"

PACKAGES = {"rlr": "_rlr_audio_propagation", "pyroomacoustics": "pyroomacoustics"}
INSTALL = {"rlr": "pip install 'echoenv[rlr]'", "pyroomacoustics": "pip install pyroomacoustics"}

Figures = dict[tuple[str, str], float | str]


def checks() -> list[Check]:
    """All rows, in the order of the 26 tests."""
    modules = (
        accuracy_rows,
        accuracy_rows_decays,
        accuracy_rows_walls,
        accuracy_rows_edges,
        accuracy_rows_ears,
        accuracy_rows_runs,
    )
    rows = [check for module in modules for check in module.CHECKS]
    return sorted(rows, key=lambda check: (int("".join(filter(str.isdigit, check.number))), check.number))


@functools.cache
def code_in_use(engine: str) -> str:
    """Names the code that an engine's figures are of: peers are known by their versions and do not change with ours."""
    root = Path(__file__).parent.parent
    files = [*root.glob("benchmarks/accuracy_*.py"), *root.glob("echoenv/acoustics/rlr_*.py")]
    if engine == "echoenv":
        files += [*root.glob("echoenv/a*/*.py"), *root.glob("echoenv/rays/*.py")]
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def figure(check: Check, engine: str, records: Records) -> float | str:
    """One figure, from the records where it is; or a word that says why there is none."""
    answer = check.answers[engine]
    if isinstance(answer, str):
        return answer
    if engine in PACKAGES and importlib.util.find_spec(PACKAGES[engine]) is None:
        return f"not installed: {INSTALL[engine]}"
    key = f"{check.number} {engine} {code_in_use(engine)}"
    if key not in records:
        begun = time.perf_counter()
        try:
            value: Any = float(answer())
        except Exception as problem:  # one engine's trouble must not cost the others' figures
            value = f"stopped: {type(problem).__name__}"
            print(f"  {check.number:>4} {engine:16} {problem}")
        records.add(key, "inf" if value == math.inf else value)
        print(f"  {check.number:>4} {engine:16} {value} {check.unit} ({time.perf_counter() - begun:.1f} s)", flush=True)
    kept = records[key]
    return math.inf if kept == "inf" else kept


def cell(check: Check, value: float | str) -> str:
    """A figure as it is printed: its value and whether it is met."""
    if isinstance(value, str):
        return value
    printed = "∞" if math.isinf(value) else f"{value:.2g}" if abs(value) < 100.0 else f"{value:.0f}"
    return f"{printed} {'✓' if check.met(value) else '✗'}"


def table(rows: Sequence[Check], figures: Figures) -> str:
    """The rows as a Markdown table."""
    titles = " | ".join(ENGINE_TITLES[engine] for engine in ENGINES)
    lines = [f"| # | off by | limit | {titles} |", f"|---|---|---|{'---|' * len(ENGINES)}"]
    for check in rows:
        cells = " | ".join(cell(check, figures[check.number, engine]) for engine in ENGINES)
        unit = f" {check.unit}" if check.unit else ""
        lines.append(f"| {check.number} | {check.what} | {check.limit}{unit} | {cells} |")
        if check.number == "16":
            lines.append(f"| 17 | scenes of BRAS, with measurements | 1 JND | {' | '.join(['no data here'] * 3)} |")
    return "\n".join(lines)


def summary(rows: Sequence[Check], figures: Figures) -> str:
    """How many rows each engine meets."""
    told = []
    for engine in ENGINES:
        values = [(check, figures[check.number, engine]) for check in rows]
        found = [check.met(value) for check, value in values if not isinstance(value, str)]
        told.append(f"{ENGINE_TITLES[engine]} meets {sum(found)} of the {len(found)} rows that it was asked")
    return "; ".join(told) + "."


def inventory(rows: Sequence[Check]) -> str:
    """Which test functions hold ours to each of the 26."""
    by_number: dict[int, dict[str, None]] = {}
    for check in rows:
        names = by_number.setdefault(int("".join(filter(str.isdigit, check.number))), {})
        names.update(dict.fromkeys(check.tests))
    by_number[17] = {}
    lines = ["| # | tests |", "|---|---|"]
    for number, names in sorted(by_number.items()):
        told = "<br>".join(f"`{name}`" for name in names) if names else "none: the measurements are not to be had here"
        lines.append(f"| {number} | {told} |")
    return "\n".join(lines)


def write_page(rows: Sequence[Check], figures: Figures) -> None:
    """The three sections of the page that figures make."""
    about = machine.as_text(machine.describe()).replace("\n", "  \n")
    head = (
        "Made by `python -m benchmarks.accuracy`; ✓ and ✗ say whether the limit is met, ∞ that nothing was heard\n"
        "where something should be. Engines run with their default settings unless the function that makes the figure\n"
        "says otherwise; ours with the seeds written there, RLR without any, for it has none.\n\n"
    )
    write_section(PAGE, TABLE, f"{about}\n\n{head}{summary(rows, figures)}\n\n{table(rows, figures)}")
    text = "Functions of `tests/acoustics` and `tests/audio`; every one can fail, and runs with `make test`.\n\n"
    write_section(PAGE, INVENTORY, text + inventory(rows))
    write_section(
        PAGE, DECAYS,
        f"Energy still to come in the octave of 1 kHz, from one response of each engine. Left: a box of 7 x 3 x 5 m,\n"
        f"absorption 0.2, scattering 0.5. Right: the built-in home `room_0`, which pyroomacoustics cannot be given.\n\n"
        f"![decay curves of the engines](images/{PICTURE.name})",
    )  # fmt: skip


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="numbers of tests, such as 8 or 8a; no page is written")
    parser.add_argument("--fresh", action="store_true", help="compute all figures again, also those that were kept")
    parser.add_argument("--keep", type=Path, default=KEPT, help="where figures are kept (default: %(default)s)")
    return parser.parse_args(arguments)


def chosen(rows: Sequence[Check], numbers: Sequence[str]) -> list[Check]:
    """The rows of some tests; `8` takes 8a, 8b and 8c."""
    return [check for check in rows if not numbers or {check.number, check.number.rstrip("abcdef")} & set(numbers)]


def main(arguments: list[str] | None = None) -> int:
    """Compute, print, write the page. Returns 1 where ours misses a limit, otherwise 0."""
    options = parse(arguments)
    if options.fresh:
        options.keep.unlink(missing_ok=True)
    records = Records(options.keep, "accuracy")
    rows = chosen(checks(), options.only)
    if not rows:
        print(f"no such tests: {' '.join(options.only)}; there are {', '.join(check.number for check in checks())}")
        return 2
    figures: Figures = {}
    for number, check in enumerate(rows, 1):
        print(f"{number}/{len(rows)}  {check.number}  {check.what}", flush=True)
        figures.update({(check.number, engine): figure(check, engine, records) for engine in ENGINES})
    print(table(rows, figures), summary(rows, figures), sep="\n\n")
    if not options.only:
        draw_decays()
        write_page(rows, figures)
    ours = [(check, figures[check.number, "echoenv"]) for check in rows]
    return int(any(isinstance(value, str) or not check.met(value) for check, value in ours))


if __name__ == "__main__":
    raise SystemExit(main())
