"""What users hand to a simulator, made sure of: positions, headings, seeds, turned sources, groups of settings.

The one idea: every argument is checked once, where it comes in, and a mistake is one line that says what was given and
what is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.acoustic_engine import Speakers
from echoenv.acoustics.air import Air
from echoenv.acoustics.directivity import Directivity, directivity_named
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.motion import MotionSettings
from echoenv.scene.pose import described, heading_to_matrix, numbers
from echoenv.vision.camera import Camera

Directivities = str | Directivity | Sequence[str | Directivity | None] | None
"""What a user gives for the directivity of sources: one for all, or one for each; None is omnidirectional."""

_Setting = TypeVar("_Setting", Air, Camera, MotionSettings, PropagationSettings)


def as_positions(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """One or more finite points [m] (n, 3)."""
    points = numbers(values)
    if points.ndim != 2 or points.shape[1] != 3 or not len(points) or not np.isfinite(points).all():
        raise PoseError(
            f"{name} {described(values)} must be one or more finite points [[x, y, z], ...] (n, 3) in metres"
        )
    return points


def as_headings(values: ArrayLike) -> NDArray[np.float64]:
    """One or more finite headings [degrees] (h,)."""
    angles = numbers(values)
    if angles.ndim != 1 or not len(angles) or not np.isfinite(angles).all():
        raise PoseError(f"headings {described(values)} must be one or more finite degrees [a, b, ...] (n,)")
    return angles


def as_seeds(values: ArrayLike, count: int) -> NDArray[np.int64]:
    """Seeds (count,), of one for all or one for each."""
    given = np.asarray(values, dtype=object)
    if given.shape not in ((), (count,)):
        raise SettingsError(f"seeds {described(values)} must be one whole number, or one for each of {count} positions")
    return np.broadcast_to(np.array([checked_seed(seed) for seed in given.ravel()], dtype=np.int64), (count,))


def checked_seed(seed: int) -> int:
    """A seed that can be used."""
    if not isinstance(seed, Integral) or not 0 <= seed < 2**63:
        raise SettingsError(f"seed {seed!r} must be a whole number from 0 to 2**63 - 1")
    return int(seed)


def checked(value: _Setting | None, kind: type[_Setting], name: str) -> _Setting:
    """A group of settings, or its defaults where none was given."""
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise SettingsError(f"{name}={described(value)} is of another kind: give {kind.__name__}(...)")
    return value


def positive_integer(value: int, name: str, unit: str) -> int:
    """A positive whole number."""
    if not isinstance(value, Real) or int(value) != value or value <= 0:
        raise SettingsError(f"{name} {value!r} must be a positive whole number [{unit}]")
    return int(value)


def as_duration(duration: float) -> float:
    """A length [s] that a response can have."""
    if not (isinstance(duration, Real) and np.isfinite(duration) and duration > 0.0):
        raise SettingsError(f"duration {duration!r} s must be a positive number of seconds")
    return float(duration)


def as_speakers(
    positions: NDArray[np.float64], directivities: Directivities = None, rotations: ArrayLike | None = None
) -> Speakers:
    """Sources with their directivities and how they are turned.

    Args:
        positions: [m] (m, 3), world frame.
        directivities: One for all, or a sequence of m: a name, a `Directivity`, or None (omnidirectional).
        rotations: Headings [degrees], one for all or (m,); or local-to-world matrices (m, 3, 3). None faces -Z.

    Raises:
        SettingsError: Not one directivity for each source, or an unknown name.
        PoseError: Rotations of another shape, not finite, or no rotations.
    """
    count = len(positions)
    if directivities is None or isinstance(directivities, str | Directivity):
        directivities = [directivities] * count
    if not isinstance(directivities, Sequence) or len(directivities) != count:
        raise SettingsError(
            f"directivities {described(directivities)} for {count} sources: give a name or Directivity for all, or a "
            "sequence with one (or None) for each"
        )
    found = [None if one is None else directivity_named(one) for one in directivities]
    turned = _as_rotations(0.0 if rotations is None else rotations, count)
    return Speakers(positions, found, turned) if any(one is not None for one in found) else Speakers(positions)


def _as_rotations(values: ArrayLike, count: int) -> NDArray[np.float64]:
    turns = numbers(values)
    if turns.shape in ((), (1,), (count,)) and np.isfinite(turns).all():
        turns = heading_to_matrix(np.broadcast_to(turns, (count,)))
    fits = turns.shape == (count, 3, 3) and np.isfinite(turns).all()
    if not fits or not np.allclose(turns @ np.swapaxes(turns, 1, 2), np.eye(3), atol=1e-4):
        raise PoseError(
            f"source rotations {described(values)} must be headings in degrees, one for all or ({count},), or rotation "
            f"matrices ({count}, 3, 3), local to world"
        )
    return np.asarray(turns, dtype=np.float64)
