"""What hears, from how a user names it: `kemar`, `mono`, `ambisonics:3`, a SOFA file, or a receiver object.

The one idea: names stand for the receivers that come with EchoEnv; everything that is no name is a file.
"""

from __future__ import annotations

from pathlib import Path

from echoenv.acoustics.receivers.ambisonics import Ambisonics
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.receivers.receiver import Mono, Receiver
from echoenv.errors import SettingsError, nearest

RECEIVER_NAMES = ("ambisonics", "kemar", "mono", "spherical_head")


def receiver_named(receiver: str | Path | Receiver) -> Receiver:
    """The receiver that a user means.

    Args:
        receiver: `kemar` (the embedded ears), `spherical_head`, `mono`, `ambisonics:3` (order 3, N3D; plain
            `ambisonics` is order 1), `ambisonics:3:SN3D`, the path of a SOFA file, or a receiver, which is returned as
            it is: an `Hrtf`, a `Mono`, an `Ambisonics`, a `MicrophoneArray`.

    Raises:
        SettingsError: A word that is neither a receiver's name nor a SOFA file's, with the nearest name; an ambisonic
            order or normalization that is none.
        AudioFileError: The SOFA file is missing or of a convention that cannot be used.
    """
    if not isinstance(receiver, str | Path):
        if hasattr(receiver, "filters") and hasattr(receiver, "noise_spectra"):
            return receiver
        raise SettingsError(
            f"receiver {receiver!r} is none: give an Hrtf, a Mono, an Ambisonics, a MicrophoneArray, a .sofa file, or "
            f"one of {', '.join(RECEIVER_NAMES)}"
        )
    name = str(receiver)
    if Path(name).suffix.lower() == ".sofa":
        return Hrtf.from_sofa(name)
    kind, *options = name.split(":")
    if kind == "ambisonics":
        return _ambisonics_named(name, options)
    if kind not in RECEIVER_NAMES or options:
        raise SettingsError(
            f"receiver '{name}' is neither a name nor a .sofa file: {nearest(name, RECEIVER_NAMES)}, or give a file"
        )
    if kind == "mono":
        return Mono()
    return Hrtf.kemar() if kind == "kemar" else Hrtf.spherical_head()


def _ambisonics_named(name: str, options: list[str]) -> Ambisonics:
    """Ambisonics from the words after `ambisonics:`, the order and the normalization."""
    order, *rest = options or ["1"]
    if not (order.isascii() and order.isdigit()) or len(rest) > 1:
        raise SettingsError(
            f"receiver '{name}': give ambisonics as 'ambisonics:ORDER' or 'ambisonics:ORDER:SN3D', order 0 to 7"
        )
    return Ambisonics(int(order), *(normalization.upper() for normalization in rest))
