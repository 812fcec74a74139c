"""The agent as Habitat-Lab looks at it: `sim.get_agent(0).state`, with positions in float32.

The one idea: a state is never changed in place. Habitat-Lab's measures keep the array of the step before and subtract.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SettingsError
from echoenv.scene.pose import heading_to_quaternion, numbers, quaternion_to_heading


@dataclass(eq=False)
class LabAgentState:
    """Where an agent is.

    Attributes:
        position: Point on the floor [m] (3,), world frame; float64 here, float32 in what `get_state` gives.
        rotation: Unit numpy-quaternion (w, x, y, z), local to world.
    """

    position: NDArray[Any]
    rotation: Any

    @property
    def wxyz(self) -> list[float]:
        """The rotation as numbers (w, x, y, z)."""
        return [float(getattr(self.rotation, axis)) for axis in "wxyz"]

    @property
    def heading(self) -> float:
        """Heading [degrees] in 0..360, counter-clockwise from above, 0 facing -Z."""
        return float(quaternion_to_heading(self.wxyz))


class LabAgent:
    """The one agent of a simulator.

    Attributes:
        state: Where it is.
    """

    def __init__(self) -> None:
        self.state = LabAgentState(np.zeros(3), None)

    @property
    def sensors(self) -> dict[str, Any]:
        """Not there: cameras are fixed to the agent; Habitat-Lab's look_up and look_down, which tilt them, ask for it.

        Raises:
            SettingsError: Always.
        """
        raise SettingsError(
            "EchoEnvSim-v0's cameras are fixed to the agent: leave look_up and look_down out of the task's actions, or "
            "give a sensor an orientation"
        )

    @property
    def _sensors(self) -> dict[str, Any]:
        """The same, by the name that Habitat-Lab 0.3.0 gives it."""
        return self.sensors

    def get_state(self) -> LabAgentState:
        """A copy of where the agent is, its position in float32 as Habitat's."""
        return LabAgentState(np.array(self.state.position, dtype=np.float32), self.state.rotation)

    def set_state(self, state: LabAgentState, *_: Any, **__: Any) -> None:
        """Put it somewhere else."""
        self.state = LabAgentState(np.array(state.position), state.rotation)


def rotation_of_heading(heading: float) -> Any:
    """Unit numpy-quaternion of a heading [degrees]."""
    import quaternion

    return quaternion.quaternion(*heading_to_quaternion(heading).tolist())


def as_quaternion(rotation: Any) -> Any:
    """A unit numpy-quaternion of a list (x, y, z, w), or of an object with w, x, y, z.

    Raises:
        PoseError: It is no rotation.
    """
    import quaternion

    if hasattr(rotation, "w"):
        parts = [rotation.w, rotation.x, rotation.y, rotation.z]
    else:
        given = numbers(rotation)
        parts = given[[3, 0, 1, 2]].tolist() if given.shape == (4,) else [np.nan] * 4
    quaternion_to_heading(parts)  # raises for what is no quaternion
    return quaternion.quaternion(*(np.array(parts, dtype=np.float64) / np.linalg.norm(parts)))
