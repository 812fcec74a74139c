"""Archives into folders: tar (plain, gzip, xz; also in several parts) and zip.

The one idea: a member is written beside its place and renamed into it, so that what is there is whole; a run that was
stopped goes on by skipping members that are there with their full size. Names are other people's: a member that would
leave the folder stops everything before it is written.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import re
import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from tqdm import tqdm

from echoenv.errors import DatasetError

_COPY = 1 << 20
Place = Callable[[PurePosixPath], PurePosixPath | None]
"""Where a member goes, by its name in the archive; None leaves it out."""


def as_named(member: PurePosixPath) -> PurePosixPath:
    """The place of a member that is its own name."""
    return member


def unpack(
    archive: Path | Sequence[Path], folder: Path, place: Place = as_named, *, progress: bool = True
) -> list[Path]:
    """Unpack an archive.

    Args:
        archive: The file, or the parts of one in their order.
        folder: Where its members go.
        place: Where below the folder a member goes, None for nowhere.
        progress: Whether to show a bar with the time left.

    Returns:
        The files that are there now, also those that were there before with their full size.

    Raises:
        DatasetError: Truncated, damaged, no such archive, or a member that would leave the folder or is a device.
    """
    parts = [archive] if isinstance(archive, Path) else list(archive)
    name = parts[0].name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if name.endswith(".zip"):
            return list(_unpack_zip(parts[0], folder, place, progress))
        return list(_unpack_tar(parts, folder, place, progress))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError) as error:
        raise DatasetError(
            f"'{parts[0]}' is truncated, damaged or no archive ({error}): remove it and fetch it again"
        ) from None
    except OSError as error:
        if error.errno is None:  # gzip's "not a gzipped file"
            raise DatasetError(f"'{parts[0]}' is no archive ({error}): remove it and fetch it again") from None
        raise DatasetError(f"'{folder}' cannot be written ({error.strerror}): check it and its space") from None


class _Joined(io.RawIOBase):
    """Files one behind the other as one stream, for archives in parts; counts what is read."""

    def __init__(self, parts: Sequence[Path], bar: tqdm[Any]) -> None:
        super().__init__()
        self._left = list(parts)
        self._file: IO[bytes] | None = None
        self._bar = bar

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while self._file is not None or self._left:
            if self._file is None:
                self._file = self._left.pop(0).open("rb")
            data = self._file.read(len(buffer))
            if data:
                buffer[: len(data)] = data
                self._bar.update(len(data))
                return len(data)
            self._file.close()
            self._file = None
        return 0

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()


def _unpack_tar(parts: Sequence[Path], folder: Path, place: Place, progress: bool) -> Iterator[Path]:
    with parts[0].open("rb") as first:
        start = first.read(6)
    size = sum(part.stat().st_size for part in parts)
    bar = tqdm(total=size, unit="B", unit_scale=True, desc=f"  unpacking {parts[0].name}", disable=not progress)
    with bar, io.BufferedReader(_Joined(parts, bar), _COPY) as stream:
        # Python's own readers of compressed tar files take a cut stream for its end; these say so
        content_of: IO[bytes] = stream
        if start[:2] == b"\x1f\x8b":
            content_of = cast(IO[bytes], gzip.GzipFile(fileobj=stream))
        elif start == b"\xfd7zXZ\0":
            content_of = cast(IO[bytes], lzma.LZMAFile(stream))  # noqa: SIM115
        else:
            _check_tar_end(parts[-1])
        with tarfile.open(fileobj=content_of, mode="r|") as tar:
            for member in tar:
                target = _target(member.name, folder, place)
                if target is None or member.isdir():
                    continue
                if not member.isfile():
                    raise DatasetError(f"'{parts[0]}' holds '{member.name}', which is a link or a device: not unpacked")
                content = tar.extractfile(member)
                if content is not None:
                    yield _write(content, target, member.size)
        while content_of.read(_COPY):  # to the end, where a compressed stream has its checksum
            pass


def _check_tar_end(path: Path) -> None:
    """A plain tar file ends in zeros; one that does not was cut, which Python's reader would not say."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 512))
        if size < 512 or file.read().strip(b"\0"):
            raise tarfile.ReadError("it does not end as a tar file does")


def _unpack_zip(path: Path, folder: Path, place: Place, progress: bool) -> Iterator[Path]:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        total = sum(member.file_size for member in members)
        with tqdm(total=total, unit="B", unit_scale=True, desc=f"  unpacking {path.name}", disable=not progress) as bar:
            for member in members:
                target = _target(member.filename, folder, place)
                if target is not None:
                    with archive.open(member) as content:
                        yield _write(content, target, member.file_size)
                bar.update(member.file_size)


def _target(name: str, folder: Path, place: Place) -> Path | None:
    """Where a member goes; None where it is not wanted.

    Raises:
        DatasetError: It would lie outside the folder.
    """
    member = PurePosixPath(name.replace("\\", "/"))
    if member.is_absolute() or ".." in member.parts or re.match(r"[A-Za-z]:", name):
        raise DatasetError(f"a member of the archive is called '{name}', which leads out of '{folder}': not unpacked")
    wanted = place(PurePosixPath(*[part for part in member.parts if part != "."]))
    if wanted is None or not wanted.parts:
        return None
    target = folder.joinpath(*wanted.parts)
    if not target.resolve().is_relative_to(folder.resolve()):  # a link that was there before
        raise DatasetError(f"'{target}' leads out of '{folder}' by a link: not unpacked")
    return target


def _write(content: IO[bytes], target: Path, size: int) -> Path:
    """Writes a member whole; one that is there with its full size is left as it is."""
    if target.is_file() and target.stat().st_size == size:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".unpacking-{os.getpid()}-{target.name}")
    try:
        with temporary.open("wb") as file:
            shutil.copyfileobj(content, file, _COPY)
        if temporary.stat().st_size != size:
            raise EOFError(f"'{target.name}' ends early")
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target
