"""What an agent can do: Habitat's steps and turns, SoundSpaces' edges of a grid, or a velocity.

The one idea: an action set has a space, reads what the agent gives as a `Command`, and carries it out in a simulator.
The environment knows commands alone, so every task works with every set.

Sources: habitat-lab for the amounts and for velocity control (the linear step goes along the heading before the turn;
a stop is a command of which both speeds are below their thresholds); SoundSpaces 1.0 for the grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from echoenv.envs.grid_walks import TURN, grid_walks
from echoenv.errors import SettingsError
from echoenv.navigation.motion import MotionSettings
from echoenv.simulators.simulator import Simulator

if TYPE_CHECKING:
    from echoenv.envs.settings import NavigationSettings

ACTION_SETS = ("habitat", "grid", "velocity")

MOVES = ("move_forward", "turn_left", "turn_right")
ACTIONS = ("stop", *MOVES)
"""Actions by their number, as Habitat and SoundSpaces count them; where the agent may chirp, that is one more."""

_SLACK = 1e-6  # by which a velocity may be beyond -1 or 1: rounding


@dataclass(frozen=True)
class VelocityRanges:
    """What -1 and 1 mean in a velocity, and which velocity is a stop.

    At full speed a step of 0.25 s is one of 0.25 m and a turn of 10 degrees, as Habitat's is in its second.

    Attributes:
        forward: Slowest and fastest walk [m/s], 0 or more.
        turn: Fastest turn to the right, which is negative, and to the left [degrees/s].
        least_forward: Below this [m/s], and `least_turn`, the agent stops, and the episode ends.
        least_turn: See there [degrees/s].

    Raises:
        SettingsError: A value is out of range.
    """

    forward: tuple[float, float] = (0.0, 1.0)
    turn: tuple[float, float] = (-40.0, 40.0)
    least_forward: float = 0.1
    least_turn: float = 4.0

    def __post_init__(self) -> None:
        for name, lowest, highest, unit in (("forward", 0.0, 10.0, "m/s"), ("turn", -720.0, 720.0, "degrees/s")):
            given = getattr(self, name)
            pair = tuple(given) if isinstance(given, (tuple, list)) else ()
            if len(pair) != 2 or not all(_is_number(one) for one in pair) or not lowest <= pair[0] < pair[1] <= highest:
                raise SettingsError(
                    f"velocity.{name} = {given!r}: give lowest and highest, from {lowest:g} to {highest:g} {unit}"
                )
            object.__setattr__(self, name, pair)
        for name in ("least_forward", "least_turn"):
            if not _is_number(getattr(self, name)) or getattr(self, name) < 0.0:
                raise SettingsError(f"velocity.{name} = {getattr(self, name)!r}: give a number of 0 or more")

    @classmethod
    def habitat(cls) -> VelocityRanges:
        """Those of habitat-lab, whose steps take a second (`step_time=1.0`)."""
        return cls((0.0, 0.25), (-10.0, 10.0), 0.025, 1.0)


@dataclass(frozen=True, eq=False)
class Command:
    """An action as it was understood.

    Attributes:
        name: Of `ACTIONS`, or `chirp`, or `velocity`.
        vector: What the sensor `action` tells of it (size of the set,): one-hot, or the velocity as given.
        forward: Of a velocity [m/s].
        turn: Of a velocity, to the left [degrees/s].
    """

    name: str
    vector: NDArray[np.float32]
    forward: float = 0.0
    turn: float = 0.0


class ActionSet(Protocol):
    """What an agent can do.

    Attributes:
        names: Of the actions by their numbers; () where there are none.
        space: Of actions.
        size: Length of `Command.vector`.
    """

    names: tuple[str, ...]
    space: gym.Space[Any]
    size: int

    def read(self, action: Any) -> Command:
        """What an action means.

        Raises:
            SettingsError: It is none; says what is allowed.
        """

    def begin(self, simulator: Simulator) -> None:
        """Prepare an agent that has just been put into a scene."""

    def carry_out(self, simulator: Simulator, command: Command) -> bool:
        """Move the agent; says whether it collided."""


class HabitatActions:
    """Stop, a step forward, turns, and perhaps a chirp; steps and turns are the simulator's.

    Args:
        chirps: Whether the agent may chirp.
    """

    def __init__(self, chirps: bool = False) -> None:
        self.names: tuple[str, ...] = (*ACTIONS, "chirp") if chirps else ACTIONS
        self.size = len(self.names)
        self.space: gym.Space[Any] = gym.spaces.Discrete(self.size)

    def read(self, action: Any) -> Command:
        """See `ActionSet.read`."""
        if not self.space.contains(action):
            raise SettingsError(f"action {action!r} is none: give a number from 0 to {self.size - 1} ({self.names})")
        vector = np.zeros(self.size, np.float32)
        vector[int(action)] = 1.0
        return Command(self.names[int(action)], vector)

    def begin(self, simulator: Simulator) -> None:
        """See `ActionSet.begin`: nothing."""

    def carry_out(self, simulator: Simulator, command: Command) -> bool:
        """See `ActionSet.carry_out`."""
        return simulator.act(command.name) if command.name in MOVES else False


class GridActions(HabitatActions):
    """The same from point to point of a grid, in turns of 90 degrees: SoundSpaces' actions.

    A step without an edge ahead is a collision, and the agent stays. Where data are precomputed, their own graph is the
    grid.

    Args:
        chirps: Whether the agent may chirp.
        spacing: Of the grid [m].
    """

    def __init__(self, chirps: bool = False, spacing: float = 0.5) -> None:
        super().__init__(chirps)
        self._spacing = spacing

    def begin(self, simulator: Simulator) -> None:
        """See `ActionSet.begin`: tells the simulator what a step is."""
        if simulator.backend != "soundspaces":
            simulator.motion = MotionSettings(self._spacing, TURN, allow_sliding=False)

    def carry_out(self, simulator: Simulator, command: Command) -> bool:
        """See `ActionSet.carry_out`."""
        if command.name not in MOVES:
            return False
        if simulator.backend == "soundspaces":
            return simulator.act(command.name)
        state = simulator.agent_state
        facing = TURN * round(state.heading / TURN)
        if command.name != "move_forward":
            turned = facing + (TURN if command.name == "turn_left" else -TURN)
            simulator.set_agent_state(heading=turned % 360.0)
            return False
        ahead = grid_walks(simulator, self._spacing).ahead(state.position, facing)
        if ahead is not None:
            simulator.set_agent_state(ahead)
        simulator.collided = ahead is None
        return simulator.collided


class VelocityActions:
    """A linear and an angular velocity, each from -1 to 1, kept for the time of a step: habitat-lab's velocity control.

    The agent first goes along its heading, sliding along what it meets or not, and then turns. A velocity of which both
    parts are below their thresholds is the stop.

    Args:
        ranges: What -1 and 1 mean.
        step_time: [s].
        allow_sliding: Along walls.
    """

    def __init__(self, ranges: VelocityRanges, step_time: float, allow_sliding: bool) -> None:
        self.names: tuple[str, ...] = ()
        self.size = 2
        self.space: gym.Space[Any] = gym.spaces.Box(-1.0, 1.0, (2,), np.float32)
        self._ranges, self._time, self._sliding = ranges, step_time, allow_sliding
        fastest = max(abs(one) for one in ranges.turn)
        MotionSettings(ranges.forward[1] * step_time, fastest * step_time)  # raises where a step would be too long

    def read(self, action: Any) -> Command:
        """See `ActionSet.read`."""
        try:
            given = np.asarray(action, dtype=np.float64)
        except (TypeError, ValueError):
            given = np.zeros(0)
        if given.shape != (2,) or not np.all(np.abs(given) <= 1.0 + _SLACK):
            raise SettingsError(f"action {action!r} is none: give a linear and an angular velocity, each from -1 to 1")
        given = np.clip(given, -1.0, 1.0)
        share = (given + 1.0) / 2.0
        forward, turn = (
            float(low + one * (high - low))
            for one, (low, high) in zip(share, (self._ranges.forward, self._ranges.turn), strict=True)
        )
        stops = abs(forward) < self._ranges.least_forward and abs(turn) < self._ranges.least_turn
        return Command("stop" if stops else "velocity", given.astype(np.float32), forward, turn)

    def begin(self, simulator: Simulator) -> None:
        """See `ActionSet.begin`: nothing."""

    def carry_out(self, simulator: Simulator, command: Command) -> bool:
        """See `ActionSet.carry_out`."""
        if command.name == "stop":
            return False
        way, turn = command.forward * self._time, command.turn * self._time
        simulator.motion = MotionSettings(way, abs(turn), self._sliding)
        collided = simulator.act("move_forward") if way > 0.0 else False
        if turn != 0.0:
            simulator.act("turn_left" if turn > 0.0 else "turn_right")
        simulator.collided = collided  # of the way, not of the turn after it
        return collided


def action_set(settings: NavigationSettings) -> ActionSet:
    """The action set that settings ask for."""
    if settings.action_set == "velocity":
        return VelocityActions(settings.velocity, settings.step_time, settings.allow_sliding)
    if settings.action_set == "grid":
        return GridActions(settings.chirps, settings.grid_spacing)
    return HabitatActions(settings.chirps)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and bool(np.isfinite(value))
