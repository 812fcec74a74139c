"""Running Warp kernels: quietly, on one device, and on a CPU in several threads.

The one idea: Warp runs a CPU kernel on the calling thread and lets go of Python's lock while it does, so a launch is
cut into one contiguous range of work for each thread. By convention the first argument of every kernel is `first`, the
index at which its range starts. Kernels write each item of work to its own place (or add integers), so results do not
depend on the number of threads.
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np
import warp as wp

_MIN_ITEMS_A_THREAD = 256  # below this a second thread costs more than it gains
_TURNS = 4  # some parts of a picture take longer than others
_NO_DRIVER_NOTE = b"Could not find or load the NVIDIA CUDA driver"


@functools.cache
def start_warp() -> None:
    """Initialise Warp once, without its banner and its note that there is no GPU; other warnings and errors show."""
    if hasattr(wp, "LOG_WARNING"):
        wp.config.log_level = wp.LOG_WARNING
    else:  # Warp before log levels
        wp.config.quiet = True
    with _native_lines_dropped(_NO_DRIVER_NOTE):
        wp.init()


@contextlib.contextmanager
def _native_lines_dropped(note: bytes) -> Iterator[None]:
    """Let nothing of what native code writes on the standard error stream through that holds `note`, and all else.

    Warp's library prints with C's `fprintf`, which no Python setting reaches: the stream's file is exchanged meanwhile.
    """
    _flush_errors()
    try:
        stream = os.dup(2)
    except OSError:  # no standard error stream at all, nothing to keep quiet
        yield
        return
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            _flush_errors()
            os.dup2(stream, 2)
            os.close(stream)
            written.seek(0)
            for line in written:
                if note not in line:
                    os.write(2, line)


def _flush_errors() -> None:
    if sys.stderr is not None:  # as under Windows without a console
        sys.stderr.flush()


@functools.cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=threads, thread_name_prefix="echoenv")


if hasattr(os, "register_at_fork"):  # a forked child has none of its parent's threads and would wait for them for ever
    os.register_at_fork(after_in_child=_pool.cache_clear)


def in_threads(
    work: Callable[[int, int], None], items: int, threads: int, granularity: int = _MIN_ITEMS_A_THREAD, turns: int = 1
) -> None:
    """Call `work(first, count)` over contiguous ranges of `items` in threads, and wait for all.

    Args:
        work: Does items `first` to `first + count - 1`.
        items: Number of items.
        threads: Number of threads to use at most.
        granularity: Fewest items worth a thread of their own.
        turns: Ranges for each thread. With more than one, a thread whose items were easy takes over what is left.
    """
    most = max(1, items // max(1, granularity))
    workers = min(threads, most)
    if workers <= 1:
        work(0, items)
        return
    parts = min(workers * turns, most)
    edges = [items * part // parts for part in range(parts + 1)]
    waiting = iter(range(parts))  # shared: Python hands each part to one thread only

    def take_turns() -> None:
        for part in waiting:
            work(edges[part], edges[part + 1] - edges[part])

    jobs = [_pool(threads).submit(take_turns) for _ in range(workers - 1)]
    try:
        take_turns()
    finally:
        wait(jobs)  # also when this thread's part fails: the others still write to the caller's arrays
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

    in_threads(work, items, threads, granularity, turns=_TURNS)


class StandingLaunch:
    """A launch on a CPU whose arguments stay where they are: it takes 4 us of Python where `launch` takes 40 or more.

    For kernels that are asked about one thing at every step of an agent. The arguments' memory is written and read
    between the calls, by one thread at a time.

    Args:
        kernel: A Warp kernel whose first parameter is `first: int`.
        items: Number of items of work.
        arguments: The arguments after `first`; their arrays must live as long as this.
    """

    def __init__(self, kernel: Any, items: int, arguments: Sequence[Any]) -> None:
        self._arguments = list(arguments)  # Warp notes where they are, and does not keep them
        inputs = [0, *self._arguments]
        self._command: Any = wp.launch(kernel, items, inputs, device="cpu", record_tape=False, record_cmd=True)

    def __call__(self) -> None:
        """Run it with what stands in its arguments now."""
        self._command.launch()


def to_device(values: np.ndarray, dtype: Any, device: str = "cpu") -> Any:
    """A Warp array over `values`: on a CPU the same memory, on CUDA a copy.

    Args:
        values: Contiguous array whose trailing axes make up one `dtype` (n, 3) for vec3, say.
        dtype: Warp type of an element.
        device: Warp's name of the device.
    """
    return wp.array(np.ascontiguousarray(values), dtype=dtype, device=device, copy=device != "cpu")
