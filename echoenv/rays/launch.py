"""Running Warp kernels: quietly, on one device, and on a CPU in several threads.

The one idea: Warp runs a CPU kernel on the calling thread and lets go of Python's lock while it does, so a launch is cut
into one contiguous range of work for each thread. By convention the first argument of every kernel is `first`, the index
at which its range starts. Kernels write each item of work to its own place (or add integers), so results do not depend on
the number of threads.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import warp as wp

_MIN_ITEMS_A_THREAD = 256  # below this a second thread costs more than it gains


@functools.cache
def start_warp() -> None:
    """Initialise Warp once, without its banner and its notes on missing GPUs."""
    wp.config.quiet = True
    wp.config.log_level = getattr(wp, "LOG_ERROR", getattr(wp.config, "log_level", None))
    wp.init()


def available_threads() -> int:
    """Number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix="echoenv")


def in_threads(work: Callable[[int, int], None], items: int, threads: int, granularity: int = _MIN_ITEMS_A_THREAD) -> None:
    """Call `work(first, count)` over contiguous ranges of `items`, one for each thread, and wait for all.

    Args:
        work: Does items `first` to `first + count - 1`.
        items: Number of items.
        threads: Number of threads to use at most.
        granularity: Fewest items worth a thread of their own.
    """
    parts = max(1, min(threads, items // max(1, granularity)))
    edges = [items * part // parts for part in range(parts + 1)]
    if parts == 1:
        work(0, items)
        return
    jobs = [_pool(threads).submit(work, edges[p], edges[p + 1] - edges[p]) for p in range(1, parts)]
    work(edges[0], edges[1])
    for job in jobs:
        job.result()


def launch(
    kernel: Any, items: int, arguments: Sequence[Any], device: str = "cpu", threads: int = 1,
    granularity: int = _MIN_ITEMS_A_THREAD,
) -> None:  # fmt: skip
    """Run `kernel` over `items` items, its first parameter being the first index of a range.

    Args:
        kernel: A Warp kernel whose first parameter is `first: int`.
        items: Number of items of work.
        arguments: The arguments after `first`.
        device: Warp's name of the device.
        threads: Threads to use on a CPU.
        granularity: Fewest items worth a thread of their own.
    """
    if items == 0:
        return
    if wp.get_device(device).is_cuda:
        wp.launch(kernel, dim=items, inputs=[0, *arguments], device=device)
        return
    kernel.module.load(wp.get_device(device))  # compile once, before threads race for it

    def work(first: int, count: int) -> None:
        wp.launch(kernel, dim=count, inputs=[first, *arguments], device=device, record_tape=False)

    in_threads(work, items, threads, granularity)


def to_device(values: np.ndarray, dtype: Any, device: str = "cpu") -> Any:
    """A Warp array over `values`: on a CPU the same memory, on CUDA a copy.

    Args:
        values: Contiguous array whose trailing axes make up one `dtype` (n, 3) for vec3, say.
        dtype: Warp type of an element.
        device: Warp's name of the device.
    """
    return wp.array(np.ascontiguousarray(values), dtype=dtype, device=device, copy=device != "cpu")
