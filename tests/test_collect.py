"""`python -m echoenv.collect` from outside: a real scene in, a data set out; mistakes, Ctrl-C and kill -9."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from echoenv import EchoDataset, collect
from echoenv.datasets.atomic_files import write_whole
from echoenv.datasets.provenance import ScenePlan
from echoenv.errors import DatasetError
from tests.rooms import box_room

COMMAND = [sys.executable, "-m", "echoenv.collect"]
REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A box room of 4 x 2.5 x 4 m as a mesh file."""
    scene = box_room((4.0, 2.5, 4.0))
    lines = ["ply", "format ascii 1.0", f"element vertex {len(scene.vertices)}"]
    lines += [f"property float {axis}" for axis in "xyz"]
    lines += [f"element face {len(scene.triangles)}", "property list uchar int vertex_indices", "end_header"]
    lines += [" ".join(map(str, vertex)) for vertex in scene.vertices.tolist()]
    lines += [" ".join(map(str, [3, *triangle])) for triangle in scene.triangles.tolist()]
    path = tmp_path_factory.mktemp("scene") / "room.ply"
    path.write_text("\n".join(lines) + "\n")
    return path


def command_for(room: Path, out: Path, *more: str) -> list[str]:
    return [*COMMAND, "--scene", str(room), "--up", "+y", "--size", "32", "--out", str(out), *more]


@pytest.fixture(scope="module")
def collected(room: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The whole room, collected in one unbroken run by one worker."""
    out = tmp_path_factory.mktemp("unbroken") / "data"
    command = command_for(room, out, "--workers", "1")
    return out, subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=300)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_summary_says_what_where_and_how(collected: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    out, done = collected
    count = len(list(out.glob("room/positions/*.npz")))
    assert count >= 36  # 0.5 m grid of 4 x 4 m
    assert f"{count} positions in {out}" in done.stdout and "positions/s" in done.stdout
    assert "room.ply" in done.stdout and "+y" in done.stdout and "preview.png" in done.stdout
    assert "Traceback" not in done.stderr


def test_views_and_echoes_fit_the_room(collected: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    data = EchoDataset(collected[0], channels=("depth", "echo", "normal"))
    for index in (0, 17, len(data) - 1):
        sample = data[index]
        x, _, z = sample["position"]
        ahead = {0.0: z, 90.0: x, 180.0: 4.0 - z, 270.0: 4.0 - x}[sample["heading"]]
        assert sample["depth"][15:17, 15:17].mean() == pytest.approx(ahead, abs=0.01)
        np.testing.assert_allclose(sample["normal"][16, 16], [0.0, 0.0, 1.0], atol=1e-3)
        # Nothing is heard before the way to the nearest surface, floor or ceiling 1 to 1.5 m away or a wall, and back.
        nearest = min(x, 4.0 - x, z, 4.0 - z, 1.0)
        first = int(np.argmax(np.abs(sample["echo"]).max(axis=0) > 1e-3))
        assert first / 44100.0 > 2.0 * nearest / 345.0 - 0.001
        assert np.abs(sample["echo"]).max() > 0.05


def test_preview_can_be_looked_at_and_listened_to(collected: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    from PIL import Image

    folder = collected[0] / "room"
    picture = np.asarray(Image.open(folder / "preview.png").convert("RGB"))
    assert picture.shape[0] > 800 and picture.std() > 20
    for name in ("echo.wav", "response.wav"):
        rate, sound = wavfile.read(folder / name)
        assert rate == 44100 and sound.shape[1] == 2 and 0.4 < np.abs(sound).max() < 0.6


def test_interrupted_and_killed_it_goes_on(
    room: Path, collected: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    out = tmp_path / "data"
    command = command_for(room, out, "--workers", "2")
    stopped = start_and_signal(command, out, signal.SIGINT)
    assert stopped.returncode == 130
    assert "positions are finished; the same command goes on" in stopped.stderr and "Traceback" not in stopped.stderr
    start_and_signal(command, out, signal.SIGKILL)
    finished = {path: path.stat().st_mtime_ns for path in out.glob("room/positions/[0-9]*.npz")}
    assert len(finished) < len(EchoDataset(collected[0])) / 4
    assert collect.main(command[len(COMMAND) :]) == 0
    assert all(path.stat().st_mtime_ns == written for path, written in finished.items())
    assert files_of(out) == files_of(collected[0])


def start_and_signal(command: list[str], out: Path, number: int) -> subprocess.CompletedProcess[str]:
    """Starts the command, and stops it when it has written a few more positions."""
    before = count_positions(out)
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts if os.name == "posix" else None,
    )
    end = time.monotonic() + 120.0
    while count_positions(out) < before + 3 and process.poll() is None and time.monotonic() < end:
        time.sleep(0.005)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def heed_interrupts() -> None:
    """Jobs of a shell's background ignore SIGINT, and so would the commands that tests start there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def count_positions(out: Path) -> int:
    return len(list(out.glob("room/positions/[0-9]*.npz")))


def test_a_finished_run_repeats_nothing(
    room: Path, collected: tuple[Path, subprocess.CompletedProcess[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    out = collected[0]
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    assert collect.main(command_for(room, out)[len(COMMAND) :]) == 0
    assert "all were there already" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == before


def said_in_one_line(run: Callable[[], int], capsys: pytest.CaptureFixture[str]) -> str:
    try:
        status = run()
    except SystemExit as stopped:
        status = int(str(stopped.code))
    said = capsys.readouterr()
    lines = [line for line in said.err.replace("\r", "\n").splitlines() if line.startswith(collect.PROG)]
    assert status == 2 and len(lines) == 1 and said.out == "" and "Traceback" not in said.err, said
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--scen", "apartment_0"], "did you mean --scene"),
        (["--scene", "apartment_0", "--format", "visual"], "did you mean visualechoes"),
        (["--scene", "apartment_0", "--size", "0"], "whole number of 1 or more"),
        (["--scene", "apartment_0", "--hfov", "wide"], "between 1 and 179 degrees"),
        (["--scene", "apartment_0", "--acoustics", "rl"], "did you mean rlr"),
        (["--scene", "apartment_0", "--rules", "mp3d"], "--rules belongs to --format soundspaces"),
        (["--scene", "apartment_0", "--format", "soundspaces", "--rules", "replca"], "did you mean replica"),
        ([], "--scene NAME"),
        (["--scene", "apartmnt_0", "--workers", "1"], "apartment_0"),
        (["--scene", "nowhere.ply", "--workers", "1"], "nowhere.ply"),
        (["--scene", "apartment_0", "--data-dir", "no/such/folder", "--workers", "1"], "no/such/folder"),
    ],
)
def test_mistakes(arguments: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = ["--out", str(tmp_path / "data")]
    assert expected in said_in_one_line(lambda: collect.main([*arguments, *out]), capsys)


def test_other_settings_name_both_values(
    room: Path, collected: tuple[Path, subprocess.CompletedProcess[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*command_for(room, collected[0])[len(COMMAND) :], "--hfov", "60"]
    assert "hfov 90.0 there, 60.0 now" in said_in_one_line(lambda: collect.main(arguments), capsys)


def test_engines_of_sound_are_not_mixed_and_old_data_sets_go_on(
    room: Path, collected: tuple[Path, subprocess.CompletedProcess[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = command_for(room, collected[0])[len(COMMAND) :]
    mixed = said_in_one_line(lambda: collect.main([*arguments, "--acoustics", "rlr"]), capsys)
    assert "acoustics echoenv there, rlr now" in mixed
    record = collected[0] / "dataset.json"
    whole = record.read_text()
    record.write_text(whole.replace('    "acoustics": "echoenv",\n', ""))
    assert '"acoustics"' not in record.read_text()
    assert collect.main(arguments) == 0
    record.write_text(whole)


def test_a_file_instead_of_a_folder(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--scene", str(room), "--out", str(room)]
    assert "is a file, not a folder" in said_in_one_line(lambda: collect.main(arguments), capsys)


@pytest.mark.parametrize(("number", "expected"), [(28, "disk is full"), (13, "no permission"), (30, "no permission")])
def test_refused_writes_leave_nothing_and_say_why(
    number: int, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DatasetError, match=expected):
        write_whole(tmp_path / "000001.npz", b"data")
    assert list(tmp_path.iterdir()) == []


def test_the_bar_counts_its_rate_from_the_first_scene_on(capsys: pytest.CaptureFixture[str]) -> None:
    with collect.ProgressBar(1) as bar:
        bar._bar.start_t -= 60.0  # a minute of compiling
        bar.opened(ScenePlan("a", "file", "+y", 12, "", {}, np.zeros((10, 3), np.float32)), 10, 4)
        bar.advanced(3)
        bar.waited("drawing the preview of a")
        assert bar._bar.n == 7 and bar._bar.total == 10 and bar._bar.format_dict["elapsed"] < 30.0
    said = capsys.readouterr().err
    assert "a: file; 12 triangles; up: +y; 10 of 10 grid positions, 4 already there" in said
    assert "drawing the preview of a" in said and "7/10" in said
