"""Archives come out whole, go on where they were stopped, and never write outside their folder."""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from unpacking import unpack

from echoenv.errors import DatasetError

FILES = {"room_0/a.txt": b"a" * 1000, "room_0/deep/b.bin": np.random.default_rng(1).bytes(50_000), "room_1/c": b""}


def tar_bytes(files: dict[str, bytes], **special: tarfile.TarInfo) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in special.values():
            tar.addfile(member)
    return stream.getvalue()


def write(path: Path, files: dict[str, bytes] = FILES) -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return path
    packing = {".gz": gzip.compress, ".xz": lzma.compress}.get(path.suffix, bytes)
    path.write_bytes(packing(tar_bytes(files)))
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


ENDINGS = ["tar", "tar.gz", "tar.xz", "zip"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_everything_comes_out(tmp_path: Path, ending: str) -> None:
    found = unpack(write(tmp_path / f"x.{ending}"), tmp_path / "out", progress=False)
    assert contents(tmp_path / "out") == FILES and len(found) == 3


def test_an_archive_in_parts(tmp_path: Path) -> None:
    whole = write(tmp_path / "x.tar.gz").read_bytes()
    parts = []
    for start in range(0, len(whole), 7001):
        parts.append(tmp_path / f"x.tar.gz.part{start:06}")
        parts[-1].write_bytes(whole[start : start + 7001])
    unpack(parts, tmp_path / "out", progress=False)
    assert len(parts) > 5 and contents(tmp_path / "out") == FILES
    with pytest.raises(DatasetError, match="truncated"):
        unpack(parts[:-1], tmp_path / "short", progress=False)


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_archive_cut_anywhere_is_noticed(tmp_path: Path, ending: str) -> None:
    whole = write(tmp_path / f"whole.{ending}").read_bytes()
    end = len(whole.rstrip(b"\0")) if ending == "tar" else len(whole)
    cut = tmp_path / f"cut.{ending}"
    for size in sorted({1, 5, 512, 1024, end // 3, end // 2, end - 600, end - 9, end - 1}):
        cut.write_bytes(whole[:size])
        with pytest.raises(DatasetError, match=r"truncated, damaged or no archive|is no archive"):
            unpack(cut, tmp_path / "out", progress=False)
    for name, content in contents(tmp_path / "out").items():  # what is there is whole
        assert content == FILES[name]


def test_files_that_are_there_are_left_and_short_ones_are_not(tmp_path: Path) -> None:
    archive = write(tmp_path / "x.tar.gz")
    unpack(archive, tmp_path / "out", progress=False)
    kept, short = tmp_path / "out/room_0/a.txt", tmp_path / "out/room_0/deep/b.bin"
    kept.write_bytes(b"b" * 1000)
    short.write_bytes(b"half")
    unpack(archive, tmp_path / "out", progress=False)
    assert kept.read_bytes() == b"b" * 1000 and short.read_bytes() == FILES["room_0/deep/b.bin"]


def test_members_go_where_they_are_sent(tmp_path: Path) -> None:
    def place(member: PurePosixPath) -> PurePosixPath | None:
        return PurePosixPath("x", *member.parts[1:]) if member.parts[0] == "room_0" else None

    unpack(write(tmp_path / "x.tar"), tmp_path / "out", place, progress=False)
    assert set(contents(tmp_path / "out")) == {"x/a.txt", "x/deep/b.bin"}


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "room_0/../../evil", "..\\evil", "C:\\evil"])
@pytest.mark.parametrize("ending", ["tar", "zip"])
def test_members_that_try_to_leave_the_folder(tmp_path: Path, name: str, ending: str) -> None:
    archive = write(tmp_path / f"x.{ending}", {name: b"evil"})
    with pytest.raises(DatasetError, match="leads out of"):
        unpack(archive, tmp_path / "deep/er/out", progress=False)
    assert not [path for path in tmp_path.rglob("*evil*")]


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_are_refused(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("room_0/link")
    member.type, member.linkname = kind, "/etc/passwd"
    (tmp_path / "x.tar").write_bytes(tar_bytes({}, link=member))
    with pytest.raises(DatasetError, match="is a link or a device"):
        unpack(tmp_path / "x.tar", tmp_path / "out", progress=False)


def test_a_link_that_was_there_before_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out/room_0").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="by a link"):
        unpack(write(tmp_path / "x.tar"), tmp_path / "out", progress=False)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_something_that_is_no_archive(tmp_path: Path) -> None:
    for name in ("x.tar", "x.tar.gz", "x.zip"):
        (tmp_path / name).write_bytes(b"<html>not found</html>" * 100)
        with pytest.raises(DatasetError, match="no archive"):
            unpack(tmp_path / name, tmp_path / "out", progress=False)
