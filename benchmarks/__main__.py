"""`python -m benchmarks`: one table of speeds, ours beside the peers and the limit.

The one idea: rows are printed as they come, so that a long run shows life, and all together in one table at the end.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from pathlib import Path

from benchmarks import machine
from benchmarks.rows import Row, missing, save, table
from benchmarks.timing import QUICK, Patience

SUBJECTS = {
    "views": "views",
    "sound": "sound",
    "collect": "collecting",
    "tasks": "tasks",
    "learning": "learning",
    "import": "imports",
}
RESULTS = Path(__file__).parent / "results" / "latest.json"


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=sorted(SUBJECTS), action="append", help="one subject; repeat for several")
    parser.add_argument("--quick", action="store_true", help="few repeats: a look, not a measurement")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the figures go as JSON (default: %(default)s)")
    return parser.parse_args(arguments)


def measure_subject(subject: str, patience: Patience) -> list[Row]:
    """Rows of one subject; a section that fails becomes a row that says so, and the others go on."""
    rows: list[Row] = []
    for section in importlib.import_module(f"benchmarks.{SUBJECTS[subject]}").SECTIONS:
        try:
            for row in section(patience):
                print(f"  {row.what}: {'-' if row.value is None else f'{row.value:.4g}'} {row.unit}", file=sys.stderr)
                rows.append(row)
        except Exception as problem:
            traceback.print_exc()
            what = f"{section.__name__}: stopped"
            rows.append(missing(subject, what, f"{type(problem).__name__}: {problem}".splitlines()[0]))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, keep. Returns 1 where a target is missed or a subject stopped, otherwise 0."""
    options = parse(arguments)
    patience = QUICK if options.quick else Patience()
    about = machine.describe()
    rows: list[Row] = []
    for subject in SUBJECTS:
        if options.only is None or subject in options.only:
            print(subject, file=sys.stderr)
            rows += measure_subject(subject, patience)
    print(machine.as_text(about), table(rows), sep="\n\n")
    missed = [row for row in rows if row.met is False or row.what.endswith(": stopped")]
    print(f"\n{len([row for row in rows if row.met])} targets met, {len(missed)} missed")
    save(options.out, about, rows)
    print(f"figures kept in {options.out}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
