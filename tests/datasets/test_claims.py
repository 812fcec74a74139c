"""A claim is held by one living process, outlives none, and is taken over by one alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from echoenv.datasets.claims import EMPTY_CLAIM_SECONDS, FOREIGN_CLAIM_SECONDS, Claims
from echoenv.datasets.processes import HOST, process_is_alive, process_start


def dead_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def write_claim(folder: Path, pid: int, start: str = "", host: str = HOST, index: int = 5, number: int = 0) -> Path:
    path = folder / f"{index:06d}.{number}.claim"
    path.write_text(json.dumps({"pid": pid, "start": start, "host": host}))
    return path


def test_a_claim_is_exclusive_until_released(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    assert claims.acquire(5) and not claims.acquire(5) and claims.acquire(6)
    assert claims.is_held(5)
    claims.release(5)
    assert not claims.is_held(5) and claims.is_held(6) and claims.acquire(5)


def test_a_dead_process_holds_nothing(tmp_path: Path) -> None:
    write_claim(tmp_path, dead_process())
    claims = Claims(tmp_path)
    assert not claims.is_held(5)
    assert claims.acquire(5) and not claims.acquire(5)
    claims.release(5)
    assert list(tmp_path.iterdir()) == []


def test_a_reused_process_id_holds_nothing(tmp_path: Path) -> None:
    if not process_start(os.getpid()):
        pytest.skip("this system does not tell when a process started")
    write_claim(tmp_path, os.getpid(), start="another:1")
    assert Claims(tmp_path).acquire(5)


def test_only_one_takes_over_a_stale_claim(tmp_path: Path) -> None:
    pid = dead_process()
    for index in range(50):
        write_claim(tmp_path, pid, index=index)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda i: Claims(tmp_path).acquire(i % 50), range(400)))
    assert sum(won) == 50


def test_other_machines_are_trusted_for_a_while(tmp_path: Path) -> None:
    path = write_claim(tmp_path, 1, host="elsewhere")
    assert not Claims(tmp_path).acquire(5)
    old = time.time() - FOREIGN_CLAIM_SECONDS - 1.0
    os.utime(path, (old, old))
    assert Claims(tmp_path).acquire(5)


def test_an_empty_claim_is_trusted_for_a_moment(tmp_path: Path) -> None:
    path = tmp_path / "000005.0.claim"
    path.touch()
    assert not Claims(tmp_path).acquire(5)
    old = time.time() - EMPTY_CLAIM_SECONDS - 1.0
    os.utime(path, (old, old))
    assert Claims(tmp_path).acquire(5)


def test_tidy_removes_stale_claims_of_finished_positions_only(tmp_path: Path) -> None:
    pid = dead_process()
    done, waiting = write_claim(tmp_path, pid, index=1), write_claim(tmp_path, pid, index=2)
    living = write_claim(tmp_path, os.getpid(), index=3)
    Claims(tmp_path).tidy({1, 3})
    assert not done.exists() and waiting.exists() and living.exists()


def test_a_killed_but_unburied_process_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    assert process_is_alive(process.pid, process_start(process.pid))
    process.kill()
    end = time.monotonic() + 10.0
    while process_is_alive(process.pid) and time.monotonic() < end:
        time.sleep(0.01)
    assert not process_is_alive(process.pid)
    process.wait()
