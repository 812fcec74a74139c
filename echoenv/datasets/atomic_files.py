"""Files that are there whole or not at all.

The one idea: write under a hidden temporary name in the same folder, flush it to the disk, then rename it over the
final name. A rename is atomic, so a reader, a power cut or `kill -9` sees the old file, no file, or the new file, never
a part.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from echoenv.datasets.processes import HOST, process_is_alive
from echoenv.errors import DatasetError

TEMPORARY_PREFIX = ".writing-"


def write_whole(
    path: Path, data: bytes | Callable[[BinaryIO], None], keep_existing: bool = False, flush: bool = True
) -> bool:
    """Writes a file so that it appears whole or not at all.

    Args:
        path: Final name; its folder must exist.
        data: The bytes, or a function that writes them to an open binary file.
        keep_existing: Leave a file that is already there, even one that appears in this very moment.
        flush: Wait for the disk. Without it a power cut, though no `kill -9`, may leave an empty file; for many files
            that count only when a last one is there, before which `flush_all` is called.

    Returns:
        Whether the file now holds `data` (False where an existing one was kept).

    Raises:
        DatasetError: The disk is full or the folder cannot be written.
    """
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{HOST}-{os.getpid()}-{path.name}")
    try:
        with temporary.open("wb") as file:
            if callable(data):
                data(file)
            else:
                file.write(data)
            file.flush()
            if flush:
                os.fsync(file.fileno())
        if not keep_existing:
            os.replace(temporary, path)
            return True
        return _link_if_absent(temporary, path)
    except OSError as error:
        raise DatasetError(explain_os_error(error, path)) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def flush_all() -> None:
    """Waits until all that was written is on the disk, where the system can do so."""
    if hasattr(os, "sync"):
        os.sync()


def _link_if_absent(temporary: Path, path: Path) -> bool:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        if path.exists():
            return False
        os.replace(temporary, path)
    return True


def explain_os_error(error: OSError, path: Path) -> str:
    """One line that says what the system refused and what to do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full while writing {path}: free space and give the same command; what is written stays"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission to write {path}: choose a folder that you may write, or change its rights"
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return f"{path} cannot be made: a part of its path is a file, not a folder; choose another folder"
    return f"cannot write {path}: {error.strerror or error}; choose another folder"


def make_writable_folder(folder: Path) -> None:
    """Makes a folder and its parents and proves that a file can be written in it.

    Raises:
        DatasetError: It is a file, or it cannot be made or written.
    """
    if folder.exists() and not folder.is_dir():
        raise DatasetError(f"{folder} is a file, not a folder: choose another name, or move the file away")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f"{TEMPORARY_PREFIX}{HOST}-{os.getpid()}-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise DatasetError(explain_os_error(error, folder)) from error


def remove_leftovers(folder: Path) -> None:
    """Removes temporary files that processes of this machine left in `folder` when they were killed."""
    prefix = f"{TEMPORARY_PREFIX}{HOST}-"
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        pid = path.name[len(prefix) :].split("-", 1)[0]
        if path.name.startswith(prefix) and pid.isdigit() and not process_is_alive(int(pid)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
