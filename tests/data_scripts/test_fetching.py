"""Downloads go on where they were stopped, and nothing wrong ever gets a file's name."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from fetching import RemoteFile, basic_credentials, fetch

from echoenv.errors import DatasetError
from tests.data_scripts.conftest import Server

CONTENT = np.random.default_rng(5).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def waits() -> list[float]:
    return []


def get(server: Server, folder: Path, waits: list[float], **known: object) -> Path:
    server.files.setdefault("/a.bin", CONTENT)
    remote = RemoteFile(f"{server.url}/a.bin", "a.bin", **known)  # type: ignore[arg-type]
    return fetch(remote, folder, progress=False, sleep=waits.append)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_arrives_whole_and_is_not_fetched_twice(server: Server, tmp_path: Path, waits: list[float]) -> None:
    for _ in range(2):
        assert get(server, tmp_path / "new", waits, size=len(CONTENT), sha256=SHA256).read_bytes() == CONTENT
    assert len(server.seen) == 1 and not waits and names(tmp_path / "new") == ["a.bin"]


def test_a_cut_connection_is_resumed(server: Server, tmp_path: Path, waits: list[float]) -> None:
    server.cut_after = [100_000, 50_000]
    assert get(server, tmp_path, waits, sha256=SHA256).read_bytes() == CONTENT
    assert [asked for _, asked, _ in server.seen] == [None, "bytes=100000-", "bytes=150000-"]
    assert len(waits) == 2 and names(tmp_path) == ["a.bin"]


def test_a_server_without_range_starts_anew(server: Server, tmp_path: Path, waits: list[float]) -> None:
    server.knows_ranges, server.cut_after = False, [100_000]
    assert get(server, tmp_path, waits, sha256=SHA256).read_bytes() == CONTENT
    assert [asked for _, asked, _ in server.seen] == [None, "bytes=100000-"]


def test_a_server_that_does_not_say_how_long_a_file_is(server: Server, tmp_path: Path, waits: list[float]) -> None:
    server.tells_length, server.cut_after = False, [100_000]
    assert get(server, tmp_path, waits).read_bytes() == CONTENT  # the cut is noticed by the missing last chunk
    assert len(server.seen) == 2


def test_a_file_that_changed_in_between_starts_anew(server: Server, tmp_path: Path, waits: list[float]) -> None:
    (tmp_path / "a.bin.part").write_bytes(b"old" * 1000)
    (tmp_path / "a.bin.part.etag").write_text('"0"')
    assert get(server, tmp_path, waits).read_bytes() == CONTENT
    assert names(tmp_path) == ["a.bin"]


def test_a_part_that_is_already_whole(server: Server, tmp_path: Path, waits: list[float]) -> None:
    (tmp_path / "a.bin.part").write_bytes(CONTENT)
    assert get(server, tmp_path, waits, sha256=SHA256).read_bytes() == CONTENT
    assert server.seen[0][1] == "bytes=300000-"


def test_a_part_that_is_longer_than_the_file_is_thrown_away(server: Server, tmp_path: Path, waits: list[float]) -> None:
    (tmp_path / "a.bin.part").write_bytes(CONTENT + b"more")
    assert get(server, tmp_path, waits, sha256=SHA256).read_bytes() == CONTENT


@pytest.mark.parametrize("known", [{"sha256": "0" * 64}, {"size": 299_999}])
def test_a_wrong_file_is_an_error_and_is_removed(
    server: Server, tmp_path: Path, waits: list[float], known: dict
) -> None:
    with pytest.raises(DatasetError, match="gave something else than its owner publishes") as caught:
        get(server, tmp_path, waits, **known)
    assert "\n" not in str(caught.value) and "a.bin" not in names(tmp_path) and "a.bin.part" not in names(tmp_path)


def test_a_wrong_file_that_is_there_is_fetched_anew(
    server: Server, tmp_path: Path, waits: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.bin").write_bytes(b"something else")
    assert get(server, tmp_path, waits, sha256=SHA256).read_bytes() == CONTENT
    assert "is not what its owner publishes (sha256" in capsys.readouterr().out


def test_a_server_that_is_busy_is_asked_again_later(server: Server, tmp_path: Path, waits: list[float]) -> None:
    server.statuses = [503, 429, 503]
    assert get(server, tmp_path, waits).read_bytes() == CONTENT
    assert waits == [2.0, 4.0, 8.0]


def test_a_server_that_stays_busy_is_given_up(server: Server, tmp_path: Path, waits: list[float]) -> None:
    server.statuses = [503] * 20
    with pytest.raises(DatasetError, match=r"cannot be had \(HTTP 503; 6 attempts\): run this again later"):
        get(server, tmp_path, waits)


@pytest.mark.parametrize(("status", "hint"), [(404, "no such file"), (401, "credentials"), (403, "your access")])
def test_a_refusal_is_not_repeated(server: Server, tmp_path: Path, waits: list[float], status: int, hint: str) -> None:
    server.statuses = [status]
    with pytest.raises(DatasetError, match=hint):
        get(server, tmp_path, waits)
    assert len(server.seen) == 1 and not waits


def test_nobody_answers(tmp_path: Path, waits: list[float]) -> None:
    with pytest.raises(DatasetError, match="cannot be had"):
        fetch(RemoteFile("http://127.0.0.1:9/a.bin", "a.bin"), tmp_path, progress=False, sleep=waits.append)
    assert len(waits) == 5


def test_credentials_are_not_told_to_another_host(server: Server, tmp_path: Path) -> None:
    server.files["/b.bin"] = b"content"
    server.redirects["/a.bin"] = f"{server.other_url}/b.bin"
    remote = RemoteFile(f"{server.url}/a.bin", "a.bin", headers=basic_credentials("me", "secret"))
    assert fetch(remote, tmp_path, progress=False).read_bytes() == b"content"
    told = {path: authorization for path, _, authorization in server.seen}
    assert told["/a.bin"] == "Basic bWU6c2VjcmV0" and told["/b.bin"] is None
    assert "secret" not in repr(remote)


def test_no_room(server: Server, tmp_path: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=1000))
    with pytest.raises(DatasetError, match=r"'a\.bin\.part' needs 0\.0 GB more"):
        get(server, tmp_path, waits)


def test_a_killed_download_goes_on(server: Server, tmp_path: Path, waits: list[float]) -> None:
    server.files["/a.bin"] = CONTENT
    server.cut_after = [200_000]
    program = (
        f"import sys, time; sys.path.insert(0, {str(Path(__file__).parents[2] / 'data_scripts')!r})\n"
        "from pathlib import Path; from fetching import RemoteFile, fetch\n"
        f"fetch(RemoteFile('{server.url}/a.bin', 'a.bin'), Path({str(tmp_path)!r}), progress=False,"
        " sleep=lambda s: time.sleep(60))"
    )
    child = subprocess.Popen([sys.executable, "-c", program])
    part = tmp_path / "a.bin.part"
    for _ in range(1000):
        if part.exists() and part.stat().st_size == 200_000:
            break
        time.sleep(0.02)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert get(server, tmp_path, waits, sha256=SHA256).read_bytes() == CONTENT
    assert server.seen[-1][1] == "bytes=200000-"
