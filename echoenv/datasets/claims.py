"""Claims: which process works at which position, so that many share one folder without doing anything twice.

The one idea: a claim is a small file that only one process can create (`O_EXCL`). It names its process, so the claim
of a process that was killed is seen to be stale and is *succeeded*, never removed: the next claim has the next number
(`000012.0.claim`, `000012.1.claim`, ...), which again only one process can create. So no two ever take over the same
one. Whoever has claimed a position looks once more whether it was finished in the meantime.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from echoenv.datasets.atomic_files import explain_os_error
from echoenv.datasets.processes import HOST, process_is_alive, process_start
from echoenv.errors import DatasetError

# A claim from another machine cannot be asked whether its process lives. A batch of positions takes seconds, so a
# quarter of an hour without a result means that it does not.
FOREIGN_CLAIM_SECONDS = 900.0
# Between creating a claim and writing who owns it lie microseconds; one that stays empty was left by a kill.
EMPTY_CLAIM_SECONDS = 10.0


@dataclass(frozen=True)
class Claims:
    """The claims of one scene.

    Attributes:
        folder: Where the claim files lie; it must exist.
    """

    folder: Path

    def acquire(self, index: int) -> bool:
        """Claims position `index` for this process; False where a living process has it (this one included).

        Raises:
            DatasetError: The folder cannot be written.
        """
        number = 0
        while True:
            path = self.folder / f"{index:06d}.{number}.claim"
            if _create(path):
                return True
            if _is_held(path):
                return False
            number += 1

    def is_held(self, index: int) -> bool:
        """Whether a living process has claimed position `index`."""
        return any(_is_held(path) for path in self._files(index))

    def release(self, index: int) -> None:
        """Removes all claims of a position, stale ones first; for its owner, or anyone once it is finished."""
        for path in self._files(index):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def tidy(self, finished: set[int]) -> None:
        """Removes stale claims of finished positions: their process was killed between writing and releasing."""
        for index in {int(path.name.split(".")[0]) for path in self.folder.glob("*.claim")} & finished:
            if not self.is_held(index):
                self.release(index)

    def _files(self, index: int) -> list[Path]:
        found = self.folder.glob(f"{index:06d}.*.claim")
        return sorted(found, key=lambda path: int(path.name.split(".")[1]))


def _create(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        return False
    except OSError as error:
        raise DatasetError(explain_os_error(error, path)) from error
    owner = {"pid": os.getpid(), "start": process_start(os.getpid()), "host": HOST}
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(json.dumps(owner))
    return True


def _is_held(path: Path) -> bool:
    try:
        age = time.time() - path.stat().st_mtime
        text = path.read_text(encoding="ascii")
    except (FileNotFoundError, PermissionError):  # released in this moment (Windows: being removed)
        return False
    try:
        owner = json.loads(text)
        pid, start, host = int(owner["pid"]), str(owner["start"]), str(owner["host"])
    except (ValueError, KeyError, TypeError):
        return age < EMPTY_CLAIM_SECONDS
    return process_is_alive(pid, start) if host == HOST else age < FOREIGN_CLAIM_SECONDS
