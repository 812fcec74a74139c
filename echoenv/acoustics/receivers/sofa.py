"""Reading SOFA files (AES69): sets of head-related impulse responses that were measured from many directions.

The one idea: whatever a file's coordinates, what comes out is in the head's frame of EchoEnv: x right, y up, z
backward, left ear first, one distance. SOFA's own frame is x forward, y left, z up; files may turn and shift the head
in it instead of moving the source, write angles in degrees or radians, name the right ear first, and hold several
distances.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import AudioFileError

CONVENTIONS = ("SimpleFreeFieldHRIR", "FreeFieldHRIR", "GeneralFIR")
"""SOFA conventions that are read: impulse responses (`Data.IR`) of two ears to sources all around in a free field."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class MeasuredResponses:
    """Head-related impulse responses as a file holds them.

    Attributes:
        directions: Unit vectors (d, 3) float64 towards the source, head frame (x right, y up, z backward).
        responses: Impulse responses (d, 2, n) float32 of the left and the right ear.
        delays: What the file says to put before each response [samples] (d, 2) float64.
        sample_rate: [Hz].
        name: Whose ears they are.
        distance: Of the sources from the middle of the head [m], median; infinity for plane waves.
    """

    directions: NDArray[np.float64]
    responses: NDArray[np.float32]
    delays: NDArray[np.float64]
    sample_rate: float
    name: str
    distance: float = np.inf


def spherical_to_directions(azimuth: NDArray[np.float64], elevation: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors (d, 3), head frame, of SOFA's angles [degrees] (d,): azimuth counter-clockwise from the front."""
    azimuth, elevation = np.deg2rad(azimuth), np.deg2rad(elevation)
    level = np.cos(elevation)
    return np.stack([-level * np.sin(azimuth), np.sin(elevation), -level * np.cos(azimuth)], axis=-1)


def read_sofa(path: str | Path) -> MeasuredResponses:
    """Read head-related impulse responses from a SOFA file.

    Args:
        path: A file of one of `CONVENTIONS`.

    Returns:
        The responses in the order of the file, at the file's sample rate.

    Raises:
        AudioFileError: The file is missing or damaged, of another convention, or not for two ears.
    """
    import h5py

    if not Path(path).is_file():
        raise AudioFileError(f"SOFA file '{path}' is missing: give the path of a .sofa file")
    try:
        with h5py.File(path, "r") as file:
            return _read(file, path)
    except OSError as error:
        raise AudioFileError(f"SOFA file '{path}' cannot be read ({error}): give a SOFA file (HDF5)") from error


def _read(file: Any, path: str | Path) -> MeasuredResponses:
    convention = _text(file.attrs.get("SOFAConventions", ""))
    if convention not in CONVENTIONS:
        raise AudioFileError(
            f"SOFA file '{path}' is of convention '{convention or 'none'}': expected {' or '.join(CONVENTIONS)}, "
            "impulse responses from many directions to two ears"
        )
    responses = _field(file, path, "Data.IR").astype(np.float32)
    if responses.ndim != 3 or responses.shape[1] != 2 or responses.shape[2] == 0:
        raise AudioFileError(
            f"SOFA file '{path}': Data.IR has shape {responses.shape}, expected (directions, 2 ears, samples)"
        )
    if not np.isfinite(responses).all() or not np.abs(responses).max(axis=-1).all():
        raise AudioFileError(f"SOFA file '{path}': Data.IR holds responses that are not finite or are silent")
    count = len(responses)
    # The standard wants delays, but not all writers know it; none are none.
    delays = _field(file, path, "Data.Delay", (count, 2)) if "Data.Delay" in file else np.zeros((count, 2))
    sample_rate = _sample_rate(file, path)
    name = _text(file.attrs.get("ListenerShortName", "")) or Path(path).stem
    if _right_ear_first(file, path):
        responses, delays = responses[:, ::-1], delays[:, ::-1]
    directions, distances = _directions(file, path, count)
    kept = _one_distance(directions, distances)
    if len(kept) < count:
        _log.warning("SOFA file '%s': of several distances only the largest, %g m, is used", path, distances[kept[0]])
    distance = float(np.median(distances[kept]))
    return MeasuredResponses(directions[kept], responses[kept], delays[kept], sample_rate, name, distance)


def _one_distance(directions: NDArray[np.float64], distances: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which measurements to use: all, or the furthest where directions were measured at several distances."""
    repeated = len(np.unique(np.round(directions, 6), axis=0)) < len(directions)
    outermost = distances > 0.98 * distances.max()
    return np.flatnonzero(outermost) if repeated else np.arange(len(directions))


def _field(file: Any, path: str | Path, name: str, shape: tuple[int, int] | None = None) -> NDArray[np.float64]:
    """Numbers of a field, repeated to `shape` where the file holds them once for all directions."""
    if name not in file:
        raise AudioFileError(
            f"SOFA file '{path}' lacks the field {name}, which its convention requires: export it anew"
        )
    try:
        values = np.asarray(file[name], dtype=np.float64)
        values = values if shape is None else np.broadcast_to(values, shape).copy()
    except ValueError:
        raise AudioFileError(f"SOFA file '{path}': {name} does not hold numbers of shape {shape}") from None
    if name != "Data.IR" and not np.isfinite(values).all():
        raise AudioFileError(f"SOFA file '{path}': {name} holds values that are not finite")
    return values


def _sample_rate(file: Any, path: str | Path) -> float:
    rates = np.unique(_field(file, path, "Data.SamplingRate"))
    if len(rates) != 1 or not rates[0] > 0.0:
        raise AudioFileError(
            f"SOFA file '{path}': Data.SamplingRate is {rates.tolist()}, expected one positive rate in hertz"
        )
    return float(rates[0])


def _directions(file: Any, path: str | Path, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit vectors (count, 3) towards the sources in the head's frame of EchoEnv, and their distances [m] (count,)."""
    relative = _cartesian(file, path, "SourcePosition", count)
    if "ListenerPosition" in file:
        relative = relative - _cartesian(file, path, "ListenerPosition", count)
    distance = np.linalg.norm(relative, axis=1, keepdims=True)
    if not np.all(distance > 0.0):
        raise AudioFileError(
            f"SOFA file '{path}': a source position lies in the middle of the head and has no direction"
        )
    forward, left, up = np.einsum("dax,dx->ad", _head_axes(file, path, count), relative / distance)
    return np.stack([-left, up, -forward], axis=-1), distance[:, 0]


def _head_axes(file: Any, path: str | Path, count: int) -> NDArray[np.float64]:
    """Which way the head looks: its axes forward, left and up (count, 3, 3) in the frame of the file."""
    if "ListenerView" not in file:
        return np.broadcast_to(np.eye(3), (count, 3, 3))
    ahead = _cartesian(file, path, "ListenerView", count)
    if "ListenerUp" in file:
        kind = file["ListenerView"].attrs.get("Type", "cartesian")  # files seldom say it for the second of the two
        above = _cartesian(file, path, "ListenerUp", count, _text(file["ListenerUp"].attrs.get("Type", kind)))
    else:
        above = np.broadcast_to([0.0, 0.0, 1.0], (count, 3))
    left = np.cross(above, ahead)
    axes = np.stack([ahead, left, np.cross(ahead, left)], axis=1)
    lengths = np.linalg.norm(axes, axis=2, keepdims=True)
    if not np.all(lengths > 1e-9):
        raise AudioFileError(f"SOFA file '{path}': ListenerView and ListenerUp must not be zero or parallel")
    return np.asarray(axes / lengths)


def _right_ear_first(file: Any, path: str | Path) -> bool:
    """Whether the file's first receiver is the right ear; files that do not tell them apart have the left one first."""
    if "ReceiverPosition" not in file:
        return False
    shape = file["ReceiverPosition"].shape
    if len(shape) < 2 or shape[:2] != (2, 3):
        return False
    first, second = _cartesian(file, path, "ReceiverPosition", 2)[:, 1]
    return bool(first < second)


def _cartesian(file: Any, path: str | Path, name: str, count: int, kind: str | None = None) -> NDArray[np.float64]:
    """Positions (count, 3) of a field, x forward, y left, z up, whichever coordinates it has them in."""
    attributes = file[name].attrs if name in file else {}
    kind = kind or _text(attributes.get("Type", "spherical" if name == "SourcePosition" else "cartesian"))
    if name in file and file[name].ndim == 3:  # receivers: the last axis is 1, or the measurements, of which one serves
        values = np.asarray(file[name], dtype=np.float64)[..., 0]
    else:
        values = _field(file, path, name, (count, 3))
    if kind == "cartesian":
        return values
    if kind != "spherical":
        raise AudioFileError(f"SOFA file '{path}': {name} is '{kind}', expected spherical or cartesian")
    angles = values[:, :2] if _text(attributes.get("Units", "")).startswith("rad") else np.deg2rad(values[:, :2])
    radius = values[:, 2] if values[:, 2].any() else np.ones(count)  # a distance that was not written down
    level, height = radius * np.cos(angles[:, 1]), radius * np.sin(angles[:, 1])
    return np.stack([level * np.cos(angles[:, 0]), level * np.sin(angles[:, 0]), height], axis=-1)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
