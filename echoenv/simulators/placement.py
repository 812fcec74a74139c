"""Is a point inside the rooms, inside a solid, or outside? Asked before anybody looks or listens there.

The one idea: from inside a room nearly every ray first meets the front of a triangle; from inside a wall or a cupboard,
or from outside a home, nearly every ray that meets anything meets a back.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.errors import PoseError
from echoenv.rays.engine import RayEngine

_RAYS = 96
_SLACK = 1e-3  # [m] positions on a grid are rounded
_SNAP = "pathfinder.snap_point finds the nearest place to stand"
_SOLID_SHARE = 0.9  # a scan's loose triangles show some backs even in the middle of a room


def require_within(engine: RayEngine, points: NDArray[np.float64], what: str) -> None:
    """Refuse points (n, 3) beside or below the whole scene; above it is the sky of an open scan.

    Args:
        engine: The scene's rays.
        points: [m] (n, 3), world frame.
        what: What is to be put there, for the message.

    Raises:
        PoseError: Naming the first such point and the scene's extent.
    """
    low, high = engine.scene.bounds
    beyond = points[:, [0, 2]] > high[[0, 2]] + _SLACK
    outside = np.any(points < low - _SLACK, axis=1) | np.any(beyond, axis=1)
    for point in points[outside]:
        raise PoseError(f"{what} {_rounded(point)} is outside the rooms: {_extent(engine)}")


def require_open_space(engine: RayEngine, points: NDArray[np.float64], what: str, remedy: str = _SNAP) -> None:
    """Refuse points (n, 3) that lie outside, inside a solid or where nothing of the scene is seen.

    Args:
        engine: The scene's rays.
        points: [m] (n, 3), world frame.
        what: What is to be put there, for the message.
        remedy: What to do about it, for the message.

    Raises:
        PoseError: Naming the first such point and the scene's extent.
    """
    require_within(engine, points, what)
    directions = fibonacci_sphere(_RAYS)
    hits = engine.intersect(np.repeat(points, _RAYS, axis=0), np.tile(directions, (len(points), 1)))
    facing = np.einsum("nrk,rk->nr", engine.normals[hits.triangle].reshape(len(points), _RAYS, 3), directions)
    hit = hits.hit.reshape(len(points), _RAYS)
    backs = np.count_nonzero(hit & (facing > 0.0), axis=1)
    seen = np.count_nonzero(hit, axis=1)
    for point, back, total in zip(points, backs, seen, strict=True):
        if total == 0:
            raise PoseError(f"{what} {_rounded(point)} sees nothing of the scene: {_extent(engine)}")
        if back >= _SOLID_SHARE * total:
            raise PoseError(
                f"{what} {_rounded(point)} is inside a solid or outside the rooms: {_extent(engine)}; {remedy}"
            )


def _rounded(point: NDArray[np.floating[Any]]) -> list[float]:
    return [round(float(value), 3) for value in point]


def _extent(engine: RayEngine) -> str:
    low, high = engine.scene.bounds
    return f"scene '{engine.scene.name}' reaches from {_rounded(low)} to {_rounded(high)} [m]"
