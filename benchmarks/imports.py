"""Seconds of `import echoenv`, in a fresh interpreter.

The one idea: what a user waits for each time they type it, so a new process each time, less what an empty one takes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.rows import Row
from benchmarks.timing import Patience

IMPORT_TARGET = 1.0

_STATEMENTS = {
    "import echoenv": "import echoenv",
    "echoenv and its Simulator": "import echoenv; echoenv.Simulator",
}


def fresh_interpreter(patience: Patience) -> Iterator[Row]:
    """The package alone, and with its simulator."""
    empty = min(_seconds("pass") for _ in range(3))
    for what, statement in _STATEMENTS.items():
        warm_up = _seconds(statement)
        taken = [_seconds(statement) - empty for _ in range(max(3, patience.least))]
        target = IMPORT_TARGET if statement == "import echoenv" else None
        how = f"fresh interpreter, less the {empty:.3f} s of an empty one"
        yield Row("import", what, min(taken), "s", how, max(taken) / min(taken), target, False, warm_up)


def _seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


SECTIONS = (fresh_interpreter,)
