"""What the figures were taken on: processor, cores, memory, versions.

The one idea: a figure without its machine is worth nothing, so this goes above the table and into the file.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from pathlib import Path
from typing import Any

from echoenv.processor import available_cores

PACKAGES = ("echoenv", "numpy", "scipy", "warp-lang", "embreex", "moderngl", "rlr-audio-propagation", "pyroomacoustics")


def describe() -> dict[str, Any]:
    """Machine and versions, in the order in which they are printed."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores used": available_cores(),
        "cores": os.cpu_count(),
        "memory [GiB]": _memory(),
        "load before the start": round(load, 2),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def as_text(machine: dict[str, Any]) -> str:
    """A few lines for the head of the table."""
    versions = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return (
        f"{machine['date']}   {machine['processor']}, {machine['cores used']} of {machine['cores']} cores, "
        f"{machine['memory [GiB]']} GiB, load {machine['load before the start']} before the start\n"
        f"{machine['system']}, Python {machine['python']}\n{versions}"
    )


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, OSError, ValueError):
        return None
