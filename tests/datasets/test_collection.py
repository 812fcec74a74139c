"""Many processes write one data set: same bytes, no loss, no duplicates, whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from echoenv.datasets.collection import CollectionResult, collect
from echoenv.datasets.provenance import CollectionSettings, ScenePlan
from echoenv.datasets.reader import EchoDataset
from echoenv.datasets.tasks import Job
from echoenv.errors import DatasetError, SceneNotFoundError
from tests.datasets.fake_simulator import FakeSimulators

REPOSITORY = Path(__file__).resolve().parents[2]


def run(
    out: Path,
    scenes: list[str],
    workers: int = 2,
    positions: int | None = None,
    simulators: FakeSimulators | None = None,
    **settings: object,
) -> CollectionResult:
    chosen = CollectionSettings(**{"size": 8, **settings})  # type: ignore[arg-type]
    return collect(Job(out, chosen, simulators or FakeSimulators()), scenes, positions, workers, preview=False)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def position_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/positions/[0-9]*.npz"))


def start_collecting(out: Path, scene: str, delay: float, layout: str = "echoenv") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.datasets.collect_fake", str(out), layout, str(delay), scene]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for(condition: object, what: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def test_same_bytes_whatever_the_workers(tmp_path: Path) -> None:
    run(tmp_path / "one", ["a_21", "b_5"], workers=1)
    run(tmp_path / "three", ["b_5", "a_21"], workers=3)
    assert files_of(tmp_path / "one") == files_of(tmp_path / "three")


def test_another_seed_gives_other_sounds(tmp_path: Path) -> None:
    for seed in (0, 1):
        run(tmp_path / str(seed), ["a_2"], workers=1, seed=seed)
    first, second = (EchoDataset(tmp_path / str(seed), ["echo"])[0]["echo"] for seed in (0, 1))
    assert not np.array_equal(first, second)


def test_more_positions_add_to_the_first_ones(tmp_path: Path) -> None:
    assert run(tmp_path, ["a_20"], workers=1, positions=3).written == 3
    before = {path: path.stat().st_mtime_ns for path in position_files(tmp_path)}
    result = run(tmp_path, ["a_20"], workers=1, positions=5)
    assert (result.written, result.finished) == (2, 5)
    assert all(path.stat().st_mtime_ns == written for path, written in before.items())


def test_first_positions_are_spread_over_the_scene(tmp_path: Path) -> None:
    run(tmp_path, ["a_50"], workers=1, positions=5)
    locations = EchoDataset(tmp_path).locations("a_50")
    assert np.diff(locations).min() >= 6, locations  # 50 in a row: even fifths are ten apart


def test_kill_and_resume_equals_an_unbroken_run(tmp_path: Path) -> None:
    run(tmp_path / "unbroken", ["a_40"])
    broken = tmp_path / "broken"
    process = start_collecting(broken, "a_40", delay=0.15)
    wait_for(lambda: len(position_files(broken)) >= 6, "the first positions")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    children_end_with_their_parent(broken)
    finished = {path: path.stat().st_mtime_ns for path in position_files(broken)}
    assert 6 <= len(finished) < 40
    result = run(broken, ["a_40"])
    assert (result.written, result.finished) == (40 - len(finished), 40)
    assert all(path.stat().st_mtime_ns == written for path, written in finished.items())
    assert files_of(broken) == files_of(tmp_path / "unbroken")


def children_end_with_their_parent(folder: Path) -> None:
    """Nobody writes any more a moment after the parent was killed."""
    count = -1
    while count != len(position_files(folder)):
        count = len(position_files(folder))
        time.sleep(0.4)
    assert count < 40


def test_two_runs_share_the_work(tmp_path: Path) -> None:
    run(tmp_path / "alone", ["a_40"])
    together = [start_collecting(tmp_path / "both", "a_40", delay=0.1) for _ in range(2)]
    outputs = [process.communicate(timeout=60) for process in together]
    written, finished = zip(*(map(int, output.split()) for output, _ in outputs), strict=True)
    assert sum(written) == 40 and min(written) > 0, outputs
    assert finished == (40, 40)
    assert files_of(tmp_path / "both") == files_of(tmp_path / "alone")


def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    fragile = FakeSimulators(deadly=3, deaths=tmp_path / "deaths")
    result = run(tmp_path / "killed", ["a_12"], simulators=fragile)
    assert (result.finished, result.failed) == (12, {})
    assert (tmp_path / "deaths").read_bytes() == b"x"
    run(tmp_path / "whole", ["a_12"])
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "whole")


def test_a_position_that_kills_twice_is_reported(tmp_path: Path) -> None:
    deadly = FakeSimulators(deadly=3, deaths=tmp_path / "deaths", most_deaths=100)
    result = run(tmp_path / "out", ["a_12"], simulators=deadly)
    assert result.finished == 11
    assert list(result.failed) == ["a_12 3"] and "exit status 9" in result.failed["a_12 3"]
    assert (tmp_path / "deaths").read_bytes() == b"xx"
    assert run(tmp_path / "out", ["a_12"]).written == 1


def test_a_truncated_file_is_done_again(tmp_path: Path) -> None:
    run(tmp_path, ["a_4"], workers=1)
    before = files_of(tmp_path)
    victim = position_files(tmp_path)[2]
    victim.write_bytes(victim.read_bytes()[:-100])
    assert run(tmp_path, ["a_4"], workers=1).written == 1
    assert files_of(tmp_path) == before


def test_leftovers_of_a_killed_writer_are_removed(tmp_path: Path) -> None:
    run(tmp_path, ["a_2"], workers=1)
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    from echoenv.datasets.processes import HOST

    stale, living = (
        position_files(tmp_path)[0].with_name(f".writing-{HOST}-{pid}-000001.npz") for pid in (dead.pid, os.getpid())
    )
    stale.write_bytes(b"part")
    living.write_bytes(b"part")
    run(tmp_path, ["a_2"], workers=1)
    assert not stale.exists() and living.exists()


@pytest.mark.parametrize(("name", "value"), [("size", 16), ("hfov", 60.0), ("seed", 7), ("device", "cuda")])
def test_other_settings_are_refused_by_name(tmp_path: Path, name: str, value: object) -> None:
    run(tmp_path, ["a_2"], workers=1)
    before = files_of(tmp_path)
    default = getattr(CollectionSettings(size=8), name)
    with pytest.raises(DatasetError, match=rf"{name} {default} there, {value} now.*--out"):
        run(tmp_path, ["a_2"], workers=1, **{name: value})
    assert files_of(tmp_path) == before


def test_another_scene_of_the_same_name_is_refused(tmp_path: Path) -> None:
    run(tmp_path, ["a_2"], workers=1)
    record = tmp_path / "a_2" / "scene.json"
    record.write_text(record.read_text().replace('"fingerprint": "', '"fingerprint": "0'))
    with pytest.raises(DatasetError, match="another scene named 'a_2'"):
        run(tmp_path, ["a_2"], workers=1)


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(DatasetError, match=r"thesis\.tex.*--out"):
        run(tmp_path, ["a_2"])


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "deeper"):
        with pytest.raises(DatasetError, match="file, not a folder"):
            run(out, ["a_2"])


def test_a_mistake_in_a_worker_reaches_the_caller(tmp_path: Path) -> None:
    with pytest.raises(SceneNotFoundError, match="no scene 'nowhere'"):
        run(tmp_path, ["nowhere"])


def test_a_scene_without_floor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no position to stand at"):
        run(tmp_path, ["a_0"], simulators=FakeSimulators())


def test_progress_counts_every_position_once(tmp_path: Path) -> None:
    seen: list[int] = []

    class Counting:
        def opened(self, plan: ScenePlan, chosen: int, finished: int) -> None:
            seen.append(-chosen)

        def advanced(self, finished: int) -> None:
            seen.append(finished)

        def remark(self, text: str) -> None:
            raise AssertionError(text)

        def waited(self, busy_with: str) -> None:
            assert not busy_with

    job = Job(tmp_path, CollectionSettings(size=8), FakeSimulators())
    collect(job, ["a_17", "b_3"], workers=2, progress=Counting(), preview=False)
    assert sum(seen) == 0 and sorted(seen)[:2] == [-17, -3]


def test_a_mistake_leaves_no_folder_that_belongs_to_it(tmp_path: Path) -> None:
    with pytest.raises(SceneNotFoundError):
        run(tmp_path, ["nowhere"], size=16)
    assert run(tmp_path, ["a_2"]).written == 2


@pytest.mark.parametrize("damaged", ['{"format_version": 1, "settings": []}', '{"format_version": 1}', "[]", "{"])
def test_a_damaged_record_of_settings_is_refused(tmp_path: Path, damaged: str) -> None:
    (tmp_path / "dataset.json").write_text(damaged)
    with pytest.raises(DatasetError, match=r"dataset\.json|which settings"):
        run(tmp_path, ["a_2"])
    with pytest.raises(DatasetError):
        EchoDataset(tmp_path)
