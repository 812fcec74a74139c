"""Which actions lead to a goal: a greedy follower of shortest ways, with an agent's own steps and turns.

The one idea: of the few headings nearest to where the shortest way goes, each is tried with one step forward; the one
that gets nearest to the goal wins, less a little for every turn and for a collision. The choice depends on the pose
alone, a turn makes the chosen heading only dearer to it, and a step is taken only where it brings the goal nearer; so
it always ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.datasets.episode_types import PathPoint, heading_to_rotation
from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.geodesics import DistanceField
from echoenv.navigation.motion import DEFAULT_MOTION, MotionSettings, move
from echoenv.navigation.pathfinder import PathFinder
from echoenv.scene.pose import as_position

STOP = "stop"
ACTION_NUMBERS = {STOP: 0, "move_forward": 1, "turn_left": 2, "turn_right": 3}
"""Numbers that Habitat gives the four actions."""

_TRIED = 5  # headings
_TURN_COST = 0.01  # steps forward that a turn is worth
_COLLISION_COST = 0.3
_LEAST_GAIN = 1e-3  # of a step, below which the agent does not get on
_SHORT = 1e-3  # [m] a leg of the way too short to have a direction


class GreedyFollower:
    """Chooses actions that lead along the shortest way.

    Args:
        pathfinder: Where the agent can walk.
        goal_radius: Distance [m] along the shortest way at which it stops. (Habitat's follower stops by the distance
            through the air, which a wall may lie between.)
        motion: Amounts of the actions.

    Raises:
        SettingsError: The radius is not positive, or the agent cannot step or turn.
    """

    def __init__(
        self, pathfinder: PathFinder, goal_radius: float = 0.2, motion: MotionSettings = DEFAULT_MOTION
    ) -> None:
        if not goal_radius > 0.0:
            raise SettingsError(f"goal_radius {goal_radius!r} must be metres above 0")
        if motion.forward <= 0.0 or motion.turn <= 0.0:
            raise SettingsError(f"{motion} cannot follow a way: the step and the turn must be above 0")
        self.pathfinder, self.goal_radius, self.motion = pathfinder, float(goal_radius), motion
        self._least = _LEAST_GAIN * motion.forward
        self._field: DistanceField | None = None
        self._goal: NDArray[np.float64] | None = None

    def next_action(self, position: ArrayLike, heading: float, goal: ArrayLike) -> str:
        """`stop`, `move_forward`, `turn_left` or `turn_right`.

        Args:
            position: Where the agent is [m] (3,), world frame, on the floor.
            heading: [degrees], counter-clockwise from above, 0 faces -Z.
            goal: Where it should get [m] (3,).

        Raises:
            PoseError: There is no way to the goal, or no step brings it nearer.
        """
        field = self._field_of(as_position(goal, "goal"))
        here = self.pathfinder.snap_point(as_position(position))
        way = field.path(here)
        if not np.isfinite(way.geodesic_distance):
            raise PoseError(f"there is no way from {np.asarray(position).tolist()} to {np.asarray(goal).tolist()}")
        if way.geodesic_distance <= self.goal_radius:
            return STOP
        turns = self._turns_towards(way.points, float(heading))
        nearer, hits = self._tried(here, float(heading), turns, field)
        if (way.geodesic_distance - nearer).max() < self._least:
            turns = self._all_turns()
            nearer, hits = self._tried(here, float(heading), turns, field)
        gains = way.geodesic_distance - nearer
        if gains.max() < self._least:
            raise PoseError(
                f"no step of {self.motion.forward:g} m at turns of {self.motion.turn:g} degrees gets nearer to "
                f"{np.asarray(goal).tolist()} from {here.tolist()}: give smaller steps or a larger goal_radius"
            )
        costs = _TURN_COST * np.abs(turns) + _COLLISION_COST * hits
        worth = np.where(gains >= self._least, gains / self.motion.forward - costs, -np.inf)
        best = int(turns[np.argmax(worth)])
        return "move_forward" if best == 0 else ("turn_left" if best > 0 else "turn_right")

    def follow(self, position: ArrayLike, heading: float, goal: ArrayLike, most: int = 500) -> list[PathPoint]:
        """Poses and actions from a start to the goal, the last action being `stop`.

        Args:
            position: [m] (3,).
            heading: [degrees].
            goal: [m] (3,).
            most: Actions, at most.

        Raises:
            PoseError: As in `next_action`; or so many actions are not enough.
        """
        place, angle = as_position(position), float(heading)
        points: list[PathPoint] = []
        for _ in range(most):
            action = self.next_action(place, angle, goal)
            points.append(PathPoint(tuple(place.tolist()), heading_to_rotation(angle), ACTION_NUMBERS[action]))
            if action == STOP:
                return points
            place, angle, _ = move(self.pathfinder, place, angle, action, self.motion)
        raise PoseError(f"{most} actions do not lead from {np.asarray(position).tolist()} to the goal: allow more")

    def _field_of(self, goal: NDArray[np.float64]) -> DistanceField:
        if self._field is None or self._goal is None or not np.array_equal(goal, self._goal):
            self._field, self._goal = self.pathfinder.distance_field(goal), goal
        return self._field

    def _turns_towards(self, points: NDArray[np.float64], heading: float) -> NDArray[np.int64]:
        """Numbers of left turns (k,) to the headings nearest to where the way (n, 3) sets off."""
        legs = points[1:, [0, 2]] - points[0, [0, 2]]
        far = np.hypot(legs[:, 0], legs[:, 1]) > _SHORT
        if not far.any():
            return self._all_turns()
        x, z = legs[np.argmax(far)]
        wanted = np.rad2deg(np.arctan2(-x, -z))
        turns = self._all_turns()
        away = np.abs((heading + self.motion.turn * turns - wanted + 180.0) % 360.0 - 180.0)
        return turns[np.argsort(away, kind="stable")[:_TRIED]]

    def _all_turns(self) -> NDArray[np.int64]:
        half = int(180.0 // self.motion.turn)
        return np.arange(-half, half + 1)

    def _tried(
        self, here: NDArray[np.float64], heading: float, turns: NDArray[np.int64], field: DistanceField
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """How far [m] (k,) the goal is after each number of turns (k,) and a step, and whether (k,) it collided."""
        starts = np.tile(here, (len(turns), 1))
        angles = heading + self.motion.turn * turns
        after, _, collided = move(self.pathfinder, starts, angles, "move_forward", self.motion)
        return field(after), collided
