"""Which process is this, and is that one still alive?

The one idea: a process id is used again after its process has ended, so a process is named by its id *and* the moment
when it started; a file that names a process of this machine can then be told from one that a dead process left behind.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

HOST = re.sub(r"[^A-Za-z0-9.]", "_", platform.node()) or "localhost"


def process_start(pid: int) -> str:
    """A word that differs between two processes of the same id; empty where the system does not tell (not Linux)."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The second field is the program's name in brackets and may hold blanks; the start time is the 22nd.
    return f"{boot[:8]}:{stat.rpartition(')')[2].split()[19]}"


def process_is_alive(pid: int, start: str = "") -> bool:
    """Whether the process `pid` of this machine runs, and is the one that started at `start` (where that is known)."""
    if pid <= 0 or not _is_running(pid):
        return False
    now = process_start(pid)
    return not start or not now or start == now


if sys.platform == "win32":
    import ctypes

    def _is_running(pid: int) -> bool:
        query_limited_information, still_active = 0x1000, 259
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(query_limited_information, False, pid)
        if not handle:
            return False
        code = ctypes.c_ulong()
        kernel.GetExitCodeProcess(handle, ctypes.byref(code))
        kernel.CloseHandle(handle)
        return code.value == still_active

else:

    def _is_running(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True  # it runs, under another user
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return True
        # A zombie has ended; its parent has not asked for its status yet.
        return stat.rpartition(")")[2].split()[0] not in "ZX"
