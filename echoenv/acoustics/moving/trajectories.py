"""Where things are over time: fixed, along given poses, or as any object that answers for itself.

The one idea: a trajectory answers two questions for many moments at once, where and turned how. A path through walkable
space (`navigation.moving_source.MovingSource`) answers them too, without either knowing of the other.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation, Slerp

from echoenv.errors import PoseError
from echoenv.scene.pose import as_position, heading_to_matrix

Array = NDArray[np.float64]


@runtime_checkable
class Trajectory(Protocol):
    """Something that moves and turns."""

    def positions(self, times: ArrayLike) -> Array:
        """Where it is [m] (n, 3), world frame, at times [s] (n,)."""

    def rotations(self, times: ArrayLike) -> Array:
        """How it is turned then: local-to-world matrices (n, 3, 3)."""


class FixedPose:
    """Stays where it is.

    Args:
        position: [m] (3,), world frame.
        heading: [degrees], counter-clockwise from above, 0 facing -Z.

    Raises:
        PoseError: Not finite, or of another shape.
    """

    def __init__(self, position: ArrayLike, heading: float = 0.0) -> None:
        self._poses = SampledPoses([0.0], as_position(position)[None], [heading])

    def positions(self, times: ArrayLike) -> Array:
        """See `Trajectory.positions`."""
        return self._poses.positions(times)

    def rotations(self, times: ArrayLike) -> Array:
        """See `Trajectory.rotations`."""
        return self._poses.rotations(times)


class SampledPoses:
    """Poses at given times, straight lines and steady turns between them; before the first and after the last it stays.

    Args:
        times: [s] (k,), rising.
        positions: [m] (k, 3), world frame.
        headings: [degrees] (k,), counter-clockwise from above; the shorter way round is taken between two. None is 0.
        rotations: Local-to-world matrices (k, 3, 3) instead of headings.

    Raises:
        PoseError: Numbers are not finite or do not fit together, times do not rise, or both headings and rotations.
    """

    def __init__(
        self, times: ArrayLike, positions: ArrayLike, headings: ArrayLike | None = None,
        rotations: ArrayLike | None = None,
    ) -> None:  # fmt: skip
        self._times = _finite(times, "times", 1)
        self._positions = _finite(positions, "positions", 2)
        count = len(self._times)
        if headings is not None and rotations is not None:
            raise PoseError("give either headings= (degrees) or rotations= (matrices), not both")
        if rotations is None:
            turns = heading_to_matrix(_finite(np.zeros(count) if headings is None else headings, "headings", 1))
        else:
            turns = _finite(rotations, "rotations", 3)
        if not count or self._positions.shape != (count, 3) or turns.shape != (count, 3, 3):
            raise PoseError(
                f"{count} times, positions {self._positions.shape} and rotations {turns.shape}: give at least one "
                "time, and a position (3,) and a heading or a matrix for each"
            )
        if (np.diff(self._times) <= 0.0).any():
            raise PoseError(f"times {self._times.tolist()[:8]} must rise")
        self._matrices = turns
        self._turns = Slerp(self._times, Rotation.from_matrix(turns)) if count > 1 else None

    def positions(self, times: ArrayLike) -> Array:
        """See `Trajectory.positions`."""
        at = np.asarray(times, dtype=np.float64)
        return np.stack([np.interp(at, self._times, axis) for axis in self._positions.T], axis=-1)

    def rotations(self, times: ArrayLike) -> Array:
        """See `Trajectory.rotations`."""
        at = np.asarray(times, dtype=np.float64)
        if self._turns is None:
            return np.broadcast_to(self._matrices[0], (len(at), 3, 3))
        return np.asarray(self._turns(np.clip(at, self._times[0], self._times[-1])).as_matrix())


def as_trajectory(given: Trajectory | ArrayLike, name: str) -> Trajectory:
    """What a user gave as a path: a trajectory, or a point (3,) [m] that stays.

    Raises:
        PoseError: It is neither.
    """
    if isinstance(given, Trajectory):
        return given
    return FixedPose(as_position(given, f"{name} path (a point, SampledPoses or a MovingSource);"))


def _finite(values: ArrayLike, name: str, axes: int) -> Array:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise PoseError(f"{name} of a path are not numbers of one shape: {error}") from error
    if array.ndim != axes or not np.isfinite(array).all():
        raise PoseError(f"{name} of a path, shape {array.shape}, must be finite numbers with {axes} axes")
    return array
