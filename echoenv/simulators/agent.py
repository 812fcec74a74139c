"""Where an agent is: a point on the floor and a rotation, and where its eyes and ears are.

The one idea: an agent's position is the point on the floor below it; camera and ears share one point `SENSOR_HEIGHT`
above it, as in Habitat, so sight and sound have one origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import PoseError
from echoenv.scene.pose import (
    as_position,
    described,
    heading_to_quaternion,
    numbers,
    quaternion_to_heading,
    quaternion_to_matrix,
)

SENSOR_HEIGHT = 1.5
"""Height [m] of camera and ears above the agent's position: Habitat's default."""


@dataclass(frozen=True, eq=False)
class AgentState:
    """Position and rotation of an agent.

    Attributes:
        position: Point on the floor [m] (3,), world frame.
        rotation: Unit quaternion (4,) as (w, x, y, z), local to world.
    """

    position: NDArray[np.float64]
    rotation: NDArray[np.float64]

    @cached_property
    def heading(self) -> float:
        """Heading [degrees] in 0..360, counter-clockwise from above, 0 facing -Z."""
        return float(quaternion_to_heading(self.rotation))

    @cached_property
    def matrix(self) -> NDArray[np.float64]:
        """Rotation (3, 3), local to world."""
        return quaternion_to_matrix(self.rotation)

    @cached_property
    def sensor_position(self) -> NDArray[np.float64]:
        """Where camera and ears are [m] (3,), world frame."""
        return sensor_positions(self.position)


def sensor_positions(positions: ArrayLike) -> NDArray[np.float64]:
    """Where camera and ears are [m] (..., 3) for positions on the floor (..., 3)."""
    return np.asarray(positions, dtype=np.float64) + np.array([0.0, SENSOR_HEIGHT, 0.0])


def new_state(
    current: AgentState, position: ArrayLike | None, heading: float | None, rotation: ArrayLike | None
) -> AgentState:
    """`current` with what was given put in its place.

    Args:
        current: The state before.
        position: Point on the floor [m] (3,), or None to stay.
        heading: [degrees], or None.
        rotation: Quaternion (4,) as (w, x, y, z), or an object with `w, x, y, z` such as a numpy-quaternion, or None.

    Raises:
        PoseError: Both a heading and a rotation, or numbers that are not finite.
    """
    if heading is not None and rotation is not None:
        raise PoseError("give either heading= (degrees) or rotation= (quaternion w, x, y, z), not both")
    place = current.position if position is None else as_position(position)
    turned = current.rotation
    if heading is not None:
        angle = numbers(heading)
        if angle.shape != () or not np.isfinite(angle):
            raise PoseError(f"heading {described(heading)} must be a finite number of degrees")
        turned = heading_to_quaternion(angle)
    elif rotation is not None:
        parts = [getattr(rotation, axis) for axis in "wxyz"] if hasattr(rotation, "w") else rotation
        quaternion_to_matrix(parts)  # raises for what is no quaternion
        turned = np.asarray(parts, dtype=np.float64) / np.linalg.norm(parts)
    return AgentState(place, turned)
