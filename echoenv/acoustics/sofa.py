"""Reading SOFA files (AES69): sets of head-related impulse responses that were measured from many directions.

The one idea: whatever a file's coordinates, what comes out is in the head's frame of EchoEnv: x right, y up, z
backward. SOFA's own frame is x forward, y left, z up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import AudioFileError

_CONVENTIONS = ("SimpleFreeFieldHRIR", "FreeFieldHRIR")


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
        path: A file of the convention SimpleFreeFieldHRIR or FreeFieldHRIR.

    Returns:
        The responses in the order of the file.

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
    if convention not in _CONVENTIONS:
        raise AudioFileError(
            f"SOFA file '{path}' is of convention '{convention or 'none'}': expected {' or '.join(_CONVENTIONS)}, "
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
    return MeasuredResponses(_directions(file, path, count), responses, delays, sample_rate, name)


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


def _directions(file: Any, path: str | Path, count: int) -> NDArray[np.float64]:
    positions = _field(file, path, "SourcePosition", (count, 3))
    kind = _text(file["SourcePosition"].attrs.get("Type", "spherical"))
    if kind == "spherical":
        return spherical_to_directions(positions[:, 0], positions[:, 1])
    if kind != "cartesian":
        raise AudioFileError(f"SOFA file '{path}': SourcePosition is '{kind}', expected spherical or cartesian")
    distance = np.linalg.norm(positions, axis=1, keepdims=True)
    if not np.all(distance > 0.0):
        raise AudioFileError(
            f"SOFA file '{path}': a source position lies in the middle of the head and has no direction"
        )
    forward, left, up = (positions / distance).T
    return np.stack([-left, up, -forward], axis=-1)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
