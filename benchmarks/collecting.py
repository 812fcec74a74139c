"""Positions per second of `python -m echoenv.collect`, run as a user runs it.

The one idea: two runs, one of a single position and one of many; what the many take longer is the rate, and what a
user waits for in all is told beside it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks.rows import Row
from benchmarks.timing import Patience
from echoenv.rays.launch import available_threads

POSITIONS_TARGET = 20.0
SCENE = "apartment_0"


def whole_runs(patience: Patience) -> Iterator[Row]:
    """A built-in home, views and echoes in four headings, default settings, all cores."""
    many = 100 if patience.least > 1 else 20
    warm_up = _seconds(1)
    one = min(_seconds(1) for _ in range(2))
    taken = [_seconds(many) for _ in range(2 if patience.least > 1 else 1)]
    how = f"{SCENE}, default settings, {available_threads()} cores"
    rates = [(many - 1) / max(seconds - one, 1e-9) for seconds in taken]
    what = "EchoEnv collect, once it runs"
    spread = max(rates) / min(rates)
    yield Row("collect", what, max(rates), "positions/s", how, spread, POSITIONS_TARGET, True, warm_up)
    how = f"{SCENE}, {many} positions with start, map and preview ({one:.1f} s for one position)"
    yield Row("collect", "EchoEnv collect, from command to end", many / min(taken), "positions/s", how, spread)


def _seconds(positions: int) -> float:
    """Wall-clock time of one run into a fresh folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "echoenv.collect", "--scene", SCENE, "--out", folder]
        command += ["--positions", str(positions)]
        start = time.perf_counter()
        ran = subprocess.run(command, capture_output=True, text=True)
        seconds = time.perf_counter() - start
    if ran.returncode != 0:
        raise RuntimeError(f"collect ended with status {ran.returncode}: {ran.stderr.strip().splitlines()[-1:]}")
    return seconds


SECTIONS = (whole_runs,)
