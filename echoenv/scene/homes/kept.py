"""Files that are kept between runs, so that what takes long is done once on a machine.

The one idea: what is kept is only as good as the code that made it, so its name holds a hash of that code's sources. A
file is written beside its place and moved there in one step; where nothing can be written, things go on without.
`ECHOENV_CACHE` names another folder.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def folder() -> Path:
    """Where files are kept: `$ECHOENV_CACHE`, or the platform's place for caches."""
    named = os.environ.get("ECHOENV_CACHE")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "echoenv" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "echoenv"
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "echoenv"


@functools.cache
def hash_of_sources(*places: Path) -> str:
    """Hash of all Python files at some places, each a file or a folder."""
    files = sorted(file for place in places for file in ([place] if place.is_file() else place.rglob("*.py")))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def keep(path: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file whole or not at all; where the folder cannot be written, go without.

    Args:
        path: The file; its folder is made.
        write: Writes the contents.
    """
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                write(file)
            os.replace(beside, path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside)
