"""Frames and rotations: one place for how a heading, a quaternion and a matrix relate.

The one idea: world is +Y up, -Z forward, +X right. A heading of 0 degrees faces -Z and grows counter-clockwise seen
from above (a left turn is positive), so the rotation of an agent is a turn about +Y, and its local axes are x right,
y up, z backward. Quaternions are (w, x, y, z) as in Habitat's agent states.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import PoseError

Array = NDArray[np.float64]


def heading_to_quaternion(heading: ArrayLike) -> Array:
    """Unit quaternions (..., 4) as (w, x, y, z) of headings [degrees] (...,), counter-clockwise from above."""
    half = np.deg2rad(np.asarray(heading, dtype=np.float64)) / 2.0
    zero = np.zeros_like(half)
    return np.stack([np.cos(half), zero, np.sin(half), zero], axis=-1)


def quaternion_to_heading(quaternion: ArrayLike) -> Array:
    """Headings [degrees] (...,) in 0..360 of the direction in which quaternions (..., 4) (w, x, y, z) make -Z point."""
    forward = quaternion_to_matrix(quaternion) @ np.array([0.0, 0.0, -1.0])
    return np.rad2deg(np.arctan2(-forward[..., 0], -forward[..., 2])) % 360.0


def quaternion_to_matrix(quaternion: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3), local to world, of quaternions (..., 4) as (w, x, y, z).

    Raises:
        PoseError: A quaternion has another length than 4, is not finite, or is zero.
    """
    q = numbers(quaternion)
    if q.shape == (4,):  # what an agent has at every step: plain numbers take a tenth of the time, to the same bits
        return _one_matrix(q.tolist(), quaternion)
    if q.shape[-1:] != (4,) or not np.isfinite(q).all() or np.any(np.linalg.norm(q, axis=-1) < 1e-9):
        raise PoseError(f"rotation {described(quaternion)} is not a quaternion: give four finite numbers (w, x, y, z)")
    w, x, y, z = np.moveaxis(q / np.linalg.norm(q, axis=-1, keepdims=True), -1, 0)
    rows = [[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]]  # fmt: skip
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def _one_matrix(parts: list[float], given: ArrayLike) -> Array:
    """As `quaternion_to_matrix` for one quaternion, with the same operations in the same order."""
    length = math.sqrt(sum(part * part for part in parts))
    if not (math.isfinite(length) and length >= 1e-9):
        raise PoseError(f"rotation {described(given)} is not a quaternion: give four finite numbers (w, x, y, z)")
    w, x, y, z = (part / length for part in parts)
    return np.array(
        [[1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
         [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
         [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)]]
    )  # fmt: skip


def heading_to_matrix(heading: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3), local to world, of headings [degrees] (...,)."""
    return quaternion_to_matrix(heading_to_quaternion(heading))


def as_position(value: ArrayLike, name: str = "position") -> Array:
    """A finite point [m] (3,) from what a user gave.

    Raises:
        PoseError: It has another shape or is not finite.
    """
    point = numbers(value)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise PoseError(f"{name} {described(value)} must be three finite numbers [x, y, z] in metres")
    return point


def numbers(value: ArrayLike) -> Array:
    """An array of what a user gave; not a number, of no shape, where it is no array of numbers."""
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return np.array(np.nan)


def described(value: object, most: int = 80) -> str:
    """What a user gave as words of a message, cut off after `most` characters."""
    text = repr(value.tolist() if isinstance(value, np.ndarray) else value)
    return text if len(text) <= most else f"{text[:most]}..."
