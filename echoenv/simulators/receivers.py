"""What hears, from how a user names it: `kemar`, `mono`, a SOFA file, or a receiver object.

The one idea: names stand for the two receivers that come with EchoEnv; everything that is no name is a file.
"""

from __future__ import annotations

from pathlib import Path

from echoenv.acoustics.hrtf import Hrtf, Mono, Receiver
from echoenv.errors import SettingsError, nearest

RECEIVER_NAMES = ("kemar", "mono")


def receiver_named(receiver: str | Path | Receiver) -> Receiver:
    """The receiver that a user means.

    Args:
        receiver: `kemar`, `mono`, the path of a SOFA file, or a receiver, which is returned as it is.

    Raises:
        SettingsError: A word that is neither a receiver's name nor a SOFA file's, with the nearest name.
        AudioFileError: The SOFA file is missing or of a convention that cannot be used.
    """
    if not isinstance(receiver, str | Path):
        if hasattr(receiver, "filters"):
            return receiver
        raise SettingsError(f"receiver {receiver!r} is none: give an Hrtf, a Mono, a .sofa file, 'kemar' or 'mono'")
    name = str(receiver)
    if name == "kemar":
        return Hrtf.kemar()
    if name == "mono":
        return Mono()
    if Path(name).suffix.lower() != ".sofa":
        raise SettingsError(
            f"receiver '{name}' is neither a name nor a .sofa file: {nearest(name, RECEIVER_NAMES)}, or give a file"
        )
    return Hrtf.from_sofa(name)
