"""Threads share the work out once and wait for each other; starting is quiet; a forked process can go on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from echoenv.processor import available_cores
from echoenv.rays import RayEngine
from echoenv.rays.launch import _native_lines_dropped, in_threads
from tests.rays.brute_force import closed_box

QUIET = """
import numpy as np
from echoenv.rays import RayEngine
from tests.rays.brute_force import closed_box
for backend in ("embree", "warp"):
    assert RayEngine(closed_box(2), backend=backend).intersect(np.zeros(3), np.eye(3)).hit.all()
"""


@pytest.mark.parametrize(("items", "threads"), [(0, 2), (1, 4), (10, 1), (10, 3), (1000, 2), (1001, 7)])
def test_every_item_is_done_once(items: int, threads: int) -> None:
    done = np.zeros(items, dtype=np.int64)

    def work(first: int, count: int) -> None:
        done[first : first + count] += 1

    in_threads(work, items, threads, granularity=1)
    assert np.all(done == 1)


def test_small_work_stays_on_the_calling_thread() -> None:
    names: list[str] = []
    in_threads(lambda first, count: names.append(threading.current_thread().name), 100, 8, granularity=256)
    assert names == [threading.current_thread().name]


@pytest.mark.parametrize("failing", [0, 50])
def test_an_error_in_any_thread_is_raised_after_all_have_ended(failing: int) -> None:
    ended: list[int] = []

    def work(first: int, count: int) -> None:
        if first == failing:
            raise ValueError("in a thread")
        time.sleep(0.05)
        ended.append(first)

    with pytest.raises(ValueError, match="in a thread"):
        in_threads(work, 100, 2, granularity=1)
    assert ended == [50 - failing]


def test_there_is_a_thread() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def test_starting_writes_nothing() -> None:
    ran = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, text=True, timeout=120)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_other_native_lines_still_show(capfd: pytest.CaptureFixture[str]) -> None:
    with _native_lines_dropped(b"nothing to see"):
        os.write(2, b"there is nothing to see here\na real error\n")
    assert capfd.readouterr().err == "a real error\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_can_shoot_rays() -> None:
    """A data loader forks after its parent used the threads; the child must start its own."""
    engine = RayEngine(closed_box(), threads=2)
    directions = np.random.default_rng(0).normal(size=(10_000, 3))
    assert engine.intersect(np.zeros(3), directions).hit.all()
    child = os.fork()
    if child == 0:
        os._exit(0 if engine.intersect(np.zeros(3), directions).hit.all() else 1)
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            assert status == 0
            return
        time.sleep(0.02)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the forked process waits for threads that it does not have")
