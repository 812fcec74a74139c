"""Taking times: one warm-up call apart, then repeats of which the best counts and the worst is told.

The one idea: the best of several is what the code can do, since other work on the machine only ever adds time;
processor time beside wall-clock time says what one core would need.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Timing:
    """Seconds of one call.

    Attributes:
        wall: Wall-clock time of the fastest repeat.
        cpu: Processor time of the cheapest repeat, all threads of the process added up.
        spread: Slowest over fastest wall-clock time.
        cpu_spread: Dearest over cheapest processor time.
        warm_up: Wall-clock time of the first call, which compiles kernels and fills caches.
    """

    wall: float
    cpu: float
    spread: float
    cpu_spread: float
    warm_up: float


@dataclass(frozen=True)
class Patience:
    """How long to measure.

    Attributes:
        seconds: Repeats go on until these have passed.
        least: Repeats at least.
        most: Repeats at most.
    """

    seconds: float = 3.0
    least: int = 3
    most: int = 50


QUICK = Patience(seconds=0.5, least=1, most=5)


def measure(call: Callable[[], Any], patience: Patience) -> Timing:
    """Call once to warm up, then again and again for as long as patience lasts."""
    start = time.perf_counter()
    call()
    warm_up = time.perf_counter() - start
    walls: list[float] = []
    cpus: list[float] = []
    while len(walls) < patience.least or (sum(walls) < patience.seconds and len(walls) < patience.most):
        wall, cpu = time.perf_counter(), time.process_time()
        call()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return Timing(min(walls), min(cpus), max(walls) / min(walls), max(cpus) / max(min(cpus), 1e-9), warm_up)
