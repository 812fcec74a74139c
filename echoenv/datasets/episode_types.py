"""Episodes of navigation as typed values: where an agent starts, where it should get, and what is known about the way.

The one idea: a value read from a file remembers which fields the file had, in which order, and keeps the fields that
are not known here, so that what is read and written again is equal. Numbers are kept as they were given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.pose import quaternion_to_heading

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class PathPoint:
    """A pose on a way to the goal, and the action taken there.

    Attributes:
        position: World point on the floor [m] (x, y, z); None where the file holds only the action.
        rotation: Unit quaternion (x, y, z, w), local to world; None as above.
        action: Habitat's number of the action (0 stop, 1 forward, 2 left, 3 right), its name, or None.
        extra: Fields of the file that are not known here.
        fields: Names of the file's fields, in its order; () for a point made here.
    """

    position: Numbers | None = None
    rotation: Numbers | None = None
    action: int | str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Goal:
    """Where the agent should get.

    Attributes:
        position: World point [m] (x, y, z); on the floor in PointNav and AudioNav.
        radius: How near is near enough [m], or None, where the task says it.
        extra: Fields of the file that are not known here (object_id, view_points, ...).
        fields: Names of the file's fields, in its order; () for a goal made here.
    """

    position: Numbers
    radius: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Episode:
    """One task: a scene, a start, one or several goals. The agent is to reach any of them.

    Attributes:
        episode_id: Its name within its file; some files give a number.
        scene_id: The scene as the file gives it; `echoenv.datasets.episode_scenes.scene_name` says which it is.
        start_position: World point on the floor [m] (x, y, z).
        start_rotation: Unit quaternion (x, y, z, w), local to world. (Agents' states are w, x, y, z.)
        goals: The goals, at least one in PointNav and AudioNav.
        info: What is known about the way: `geodesic_distance` [m], `num_action`, `sound`, and what else there is.
        shortest_paths: Ways to each goal, pose by pose, or None.
        start_room: Name of the room, or None.
        object_category: AudioNav with objects: what sounds (`chair`), or None.
        sound_id: Which sound it makes, or None.
        offset: Second of the sound at which the episode begins, or None.
        duration: Steps for which it sounds, or None.
        distractor_sound_id: Another sound, not to be followed, or None.
        distractor_position_index: Graph node from which that comes, or None.
        extra: Fields of the file that are not known here.
        fields: Names of the file's fields, in its order; () for an episode made here.
    """

    episode_id: str | int
    scene_id: str
    start_position: Numbers
    start_rotation: Numbers
    goals: tuple[Goal, ...] = ()
    info: Mapping[str, Any] | None = None
    shortest_paths: tuple[tuple[PathPoint, ...], ...] | None = None
    start_room: str | None = None
    object_category: str | None = None
    sound_id: str | None = None
    offset: float | None = None
    duration: float | None = None
    distractor_sound_id: str | None = None
    distractor_position_index: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[str, ...] = field(default=(), compare=False)

    @property
    def start_heading(self) -> float:
        """Heading [degrees] in 0..360, counter-clockwise from above, 0 facing -Z.

        Right for both signs of the quaternion. SoundSpaces' own code looks at the turn's angle alone and mirrors what
        is stored about the axis -Y (`soundspaces_heading`).
        """
        x, y, z, w = self.start_rotation
        return float(quaternion_to_heading([w, x, y, z]))

    @property
    def geodesic_distance(self) -> float | None:
        """Length [m] of the shortest way to the nearest goal, as `info` holds it; None where it does not."""
        return None if self.info is None else self.info.get("geodesic_distance")

    @property
    def sound(self) -> str | None:
        """Which sound is to be followed: `sound_id`, or `info`'s; None where there is none."""
        return self.sound_id if self.sound_id is not None else (self.info or {}).get("sound")

    @property
    def start(self) -> NDArray[np.float64]:
        """`start_position` as an array [m] (3,)."""
        return np.array(self.start_position, dtype=np.float64)

    @property
    def goal_positions(self) -> NDArray[np.float64]:
        """Positions of the goals [m] (g, 3), world frame."""
        return np.array([goal.position for goal in self.goals], dtype=np.float64).reshape(-1, 3)


def heading_to_rotation(heading: float) -> Numbers:
    """Quaternion (x, y, z, w) of a heading [degrees], in the form whose axis is +Y, the only one SoundSpaces reads."""
    half = np.deg2rad(float(heading) % 360.0) / 2.0
    return 0.0, float(np.sin(half)), 0.0, float(np.cos(half))


def soundspaces_heading(rotation: Numbers) -> int:
    """The heading [whole degrees] in 0..359 that SoundSpaces' code reads from a quaternion (x, y, z, w).

    It takes the angle of the turn and drops the sign of its axis: right for an axis of +Y, mirrored for one of -Y,
    which 0 and 180 degrees alone survive. Compare with `Episode.start_heading`.
    """
    x, y, z, w = (float(value) for value in rotation)
    angle = np.rad2deg(2.0 * np.arctan2(np.sqrt(x * x + y * y + z * z), w))
    return int(np.around(angle)) % 360
