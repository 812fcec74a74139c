"""Habitat-Sim at arm's length: imported late, its version checked, what it was built with asked.

The one idea: whoever needs Habitat-Sim asks `habitat_library()`; where it is missing or too old the answer is one line
that says what to install. It is not on PyPI (`magnum` and `habitat` there are other projects): conda has it.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from typing import Any

from echoenv.errors import EngineError
from echoenv.simulators.habitat_lab.stand_ins import is_stand_in

OLDEST = (0, 2, 2)
"""The first release whose scene configurations and audio sensor are those that are used here."""

INSTALL = (
    "conda env create -f environment.yml (in the project's folder), or "
    "conda install -c aihabitat-nightly -c conda-forge habitat-sim headless"
)


def habitat_library() -> Any:
    """The module `habitat_sim`.

    Raises:
        EngineError: It is not installed, cannot be loaded, or is older than `OLDEST`.
    """
    if not _is_installed():
        raise EngineError(
            f"habitat-sim is not installed, which backend='habitat' needs: {INSTALL}; or take backend='builtin'"
        )
    try:
        if importlib.util.find_spec("quaternion") is not None:  # loaded after Habitat-Sim it can crash the process
            importlib.import_module("quaternion")
        library = importlib.import_module("habitat_sim")
    except (ImportError, OSError, AttributeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise EngineError(f"habitat-sim is installed but cannot be loaded ({reason}): {INSTALL}") from error
    version = str(getattr(library, "__version__", "0"))
    if version_numbers(version) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise EngineError(f"habitat-sim {version} is too old: {oldest} or newer is needed: {INSTALL}")
    return library


def _is_installed() -> bool:
    """Whether habitat-sim is there, and not only the stand-in with which Habitat-Lab runs without it."""
    loaded = sys.modules.get("habitat_sim")
    if loaded is not None and is_stand_in(loaded):
        return False
    return importlib.util.find_spec("habitat_sim") is not None


def version_numbers(version: str) -> tuple[int, int, int]:
    """The three numbers of a version; letters and what follows them do not count."""
    found = [int(number) for number in re.findall(r"\d+", version.split("+")[0])[:3]]
    major, minor, patch = (*found, 0, 0, 0)[:3]
    return major, minor, patch


def has_audio_sensor(library: Any) -> bool:
    """Whether this Habitat-Sim was built with its AudioSensor (`--audio`)."""
    return bool(getattr(library, "audio_enabled", False))
