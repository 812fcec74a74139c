"""Every exception that EchoEnv raises for a user's mistake, and the helper that names the nearest valid choice.

The one idea: a message says what was given, what is allowed and what to do. Command lines print it as one line and exit
with status 2; library callers may catch `EchoEnvError` for all of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class EchoEnvError(Exception):
    """Any mistake in what a user gave: the message says what to do."""


class SceneNotFoundError(EchoEnvError):
    """No scene, file or built-in home goes by the given name."""


class SceneFileError(EchoEnvError):
    """A scene file is missing, truncated, or not what its ending says."""


class MeshError(EchoEnvError):
    """A mesh cannot be used: no triangles, NaN vertices, indices out of range."""


class MaterialError(EchoEnvError):
    """An acoustic material breaks physics or is unknown."""


class PoseError(EchoEnvError):
    """A position or heading is not finite, not reachable, or inside a solid."""


class SettingsError(EchoEnvError):
    """A setting has an unknown name, a wrong type or a value out of range."""


class DeviceError(EchoEnvError):
    """The asked-for device or ray backend is not available here."""


class EngineError(EchoEnvError):
    """An acoustic engine is not installed here, or cannot do what it was asked for."""


class AudioFileError(EchoEnvError):
    """A sound or SOFA file is missing, unreadable or of another convention."""


class DatasetError(EchoEnvError):
    """A data set folder cannot be read or written, or was made with other settings."""


_LISTED = 24  # so many names fit into a line that is still read: all homes do, a folder of scans may not


def nearest(name: str, choices: Iterable[str], count: int = 3) -> str:
    """Words that point from a wrong name to the valid ones.

    Args:
        name: What the user gave.
        choices: The valid names.
        count: How many near names to offer at most.

    Returns:
        `did you mean a, b?` where something is near, otherwise `valid are a, b, c`, cut off where they are many.
    """
    valid = sorted(choices)
    if not valid:
        return "there are none"
    close = difflib.get_close_matches(name, valid, n=count, cutoff=0.5)
    if close:
        return f"did you mean {', '.join(close)}?"
    more = f", ... ({len(valid)} in all)" if len(valid) > _LISTED else ""
    return f"valid are {', '.join(valid[:_LISTED])}{more}"
