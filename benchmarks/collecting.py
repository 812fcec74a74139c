"""Positions per second of `python -m echoenv.collect`, run as a user runs it.

The one idea: the data set itself says when each position was done, so the rate once it runs comes from the times of its
files, and what a user waits for in all from a clock around the command.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.rows import Row
from benchmarks.timing import Patience
from echoenv.processor import available_cores

POSITIONS_TARGET = 20.0
SCENE = "apartment_0"


def whole_runs(patience: Patience) -> Iterator[Row]:
    """A built-in home, views and echoes in four headings, default settings, all cores."""
    positions, repeats = (150, 2) if patience.least > 1 else (20, 1)
    _, warm_up = _run(2)
    runs = [_run(positions) for _ in range(repeats)]
    rates = [rate for rate, _ in runs]
    how = f"{SCENE}, {positions} positions, default settings, {available_cores()} cores"
    what = "EchoEnv collect, once it runs"
    spread = max(rates) / min(rates)
    yield Row("collect", what, max(rates), "positions/s", how, spread, POSITIONS_TARGET, True, warm_up)
    waits = [wait for _, wait in runs]
    how = f"{SCENE}, {positions} positions, with start, scene, map and preview"
    what = "EchoEnv collect, from command to end"
    yield Row("collect", what, min(waits), "s", how, max(waits) / min(waits), at_least=False)


def _run(positions: int) -> tuple[float, float]:
    """Positions per second after the first tenth of them, and seconds of the whole command."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "echoenv.collect", "--scene", SCENE, "--out", folder]
        start = time.perf_counter()
        ran = subprocess.run([*command, "--positions", str(positions)], capture_output=True, text=True)
        seconds = time.perf_counter() - start
        if ran.returncode != 0:
            raise RuntimeError(f"collect ended with status {ran.returncode}: {ran.stderr.strip().splitlines()[-1:]}")
        written = np.sort([path.stat().st_mtime for path in Path(folder).rglob("positions/*.npz")])
    first = len(written) // 10
    return (len(written) - 1 - first) / max(float(written[-1] - written[first]), 1e-3), seconds


SECTIONS = (whole_runs,)
