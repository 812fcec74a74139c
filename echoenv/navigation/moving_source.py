"""Things that move along paths through walkable space: where they are, how fast, and which way they face.

The one idea: a path is a line of floor points with its corners rounded, and time is turned into metres along it, so the
speed is the same everywhere. It answers for many moments at once (`positions`, `velocities`, `headings`, `rotations`)
and knows nothing of sound: whatever carries a source or a listener can follow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import PoseError, SettingsError, nearest
from echoenv.navigation.pathfinder import PathFinder
from echoenv.scene.pose import described, heading_to_matrix, numbers

Array = NDArray[np.float64]
Repeat = Literal["once", "loop", "back_and_forth"]

CORNER_CUT = 0.05
"""[m] by which a rounded corner may leave the line: a third of what walkable space keeps away from walls."""

_ARC_STEP = np.deg2rad(4.0)  # of turning between the points of a rounded corner
_SHARP = np.deg2rad(175.0)  # one who turns back does not round a corner
_NEAR = 1e-6  # [m] within which points are one


class MovingSource:
    """Something that moves along a line of floor points at a constant speed.

    Args:
        points: Floor points [m] (k, 3), at least two of them apart. `through` and `wandering` find them.
        speed: [m/s], above 0, at most 100.
        height: Above the floor [m].
        repeat: `once` and then stay; `loop`, from the last point straight to the first and on; or `back_and_forth`.

    Attributes:
        points: The line with its corners rounded, `height` above the floor [m] (n, 3).
        length: Of the line [m]; of a loop, all around.
        speed: As given.
        repeat: As given.

    Raises:
        PoseError: The points are not finite, or all in one place.
        SettingsError: A number is out of range, or `repeat` is unknown.
    """

    def __init__(self, points: ArrayLike, speed: float = 1.4, height: float = 1.5, repeat: Repeat = "once") -> None:
        line = numbers(points)
        if line.ndim != 2 or line.shape[1:] != (3,) or not len(line) or not np.isfinite(line).all():
            raise PoseError(f"path points {described(points)} must be finite floor points (k, 3) in metres")
        _check_number("speed", speed, 0.0, 100.0, "m/s")
        if speed == 0.0:
            raise SettingsError("speed 0 m/s goes nowhere: give more, or a point instead of a path")
        _check_number("height", height, -100.0, 100.0, "m")
        if repeat not in get_args(Repeat):
            raise SettingsError(f"repeat '{repeat}' is not known: {nearest(str(repeat), get_args(Repeat))}")
        self.speed, self.repeat = float(speed), repeat
        self.points = _rounded(_distinct(line, repeat == "loop"), repeat == "loop") + [0.0, float(height), 0.0]
        steps = np.diff(self.points, axis=0)
        lengths = np.linalg.norm(steps, axis=1)
        self._directions = steps / lengths[:, None]
        self._along = np.concatenate([[0.0], np.cumsum(lengths)])
        self.length = float(self._along[-1])

    @classmethod
    def through(
        cls, pathfinder: PathFinder, points: ArrayLike, speed: float = 1.4, height: float = 1.5,
        repeat: Repeat = "once",
    ) -> MovingSource:  # fmt: skip
        """Along the shortest walks from point to point.

        Args:
            pathfinder: Walkable space.
            points: Where it comes through [m] (k, 3), snapped to walkable space.
            speed: [m/s].
            height: Above the floor [m].
            repeat: As of `MovingSource`; a loop walks back to the first point.

        Raises:
            PoseError: There are fewer than two points, or no way between two of them.
        """
        stops = numbers(points)
        if stops.ndim != 2 or stops.shape[1:] != (3,) or len(stops) < 2:
            raise PoseError(f"stops {described(points)} must be two or more points (k, 3) in metres")
        ends = np.concatenate([stops[1:], stops[:1]]) if repeat == "loop" else stops[1:]
        walks = []
        for start, end in zip(stops, ends, strict=False):
            walk = pathfinder.find_path(start, end).points
            if not len(walk):
                raise PoseError(
                    f"there is no way from {described(start)} to {described(end)}: pathfinder.snap_point and island_of "
                    "say where one can be"
                )
            walks.append(walk)
        return cls(np.concatenate(walks), speed, height, repeat)

    @classmethod
    def wandering(
        cls, pathfinder: PathFinder, seed: int, stops: int = 6, speed: float = 1.4, height: float = 1.5,
        repeat: Repeat = "loop",
    ) -> MovingSource:  # fmt: skip
        """Along the shortest walks between points drawn evenly from the main island.

        Args:
            pathfinder: Walkable space.
            seed: The same seed gives the same path.
            stops: How many points, two or more.
            speed: [m/s].
            height: Above the floor [m].
            repeat: As of `MovingSource`.

        Raises:
            SettingsError: There are fewer than two stops, or the seed is negative.
        """
        if stops < 2 or seed < 0:
            raise SettingsError(f"{stops} stops and seed {seed} give no path: two or more stops, a seed of 0 or more")
        points = pathfinder.get_random_navigable_point(np.random.default_rng(seed), count=stops)
        return cls.through(pathfinder, points, speed, height, repeat)

    @property
    def duration(self) -> float:
        """Time [s] from one end of the line to the other."""
        return self.length / self.speed

    def position(self, time: float) -> Array:
        """Where it is [m] (3,), world frame, at a moment [s]."""
        return self.positions([time])[0]

    def velocity(self, time: float) -> Array:
        """How fast it moves [m/s] (3,) at a moment [s]; zero before the beginning and after the end of `once`."""
        return self.velocities([time])[0]

    def heading(self, time: float) -> float:
        """Which way it faces [degrees] at a moment [s], along the path; counter-clockwise from above, 0 faces -Z."""
        return float(self.headings([time])[0])

    def positions(self, times: ArrayLike) -> Array:
        """Where it is [m] (n, 3) at times [s] (n,)."""
        along, _ = self._progress(times)
        return np.stack([np.interp(along, self._along, axis) for axis in self.points.T], axis=-1)

    def velocities(self, times: ArrayLike) -> Array:
        """How fast it moves [m/s] (n, 3)."""
        along, way = self._progress(times)
        return self._ahead(along) * (way * self.speed)[:, None]

    def headings(self, times: ArrayLike) -> Array:
        """Which way it faces [degrees] (n,) in 0..360; where it stands still, as it came or as it will go."""
        along, way = self._progress(times)
        ahead = self._ahead(along) * np.where(way < 0.0, -1.0, 1.0)[:, None]
        return np.asarray(np.rad2deg(np.arctan2(-ahead[:, 0], -ahead[:, 2])) % 360.0)

    def rotations(self, times: ArrayLike) -> Array:
        """How it is turned: local-to-world matrices (n, 3, 3)."""
        return heading_to_matrix(self.headings(times))

    def _ahead(self, along: Array) -> Array:
        """Unit vectors (n, 3) along the line at places [m] (n,) on it."""
        piece = np.clip(np.searchsorted(self._along, along, side="right") - 1, 0, len(self._directions) - 1)
        return self._directions[piece]

    def _progress(self, times: ArrayLike) -> tuple[Array, Array]:
        """Metres along the line (n,), and whether it goes on (1), back (-1) or stands (0)."""
        moments = np.asarray(times, dtype=np.float64)
        if moments.ndim != 1 or not np.isfinite(moments).all():
            raise PoseError(f"times {described(times)} must be finite seconds (n,)")
        gone = moments * self.speed
        if self.repeat == "loop":
            return gone % self.length, np.ones_like(gone)
        if self.repeat == "once":
            return np.clip(gone, 0.0, self.length), ((gone >= 0.0) & (gone <= self.length)).astype(np.float64)
        turn = gone % (2.0 * self.length)
        return np.where(turn <= self.length, turn, 2.0 * self.length - turn), np.where(turn < self.length, 1.0, -1.0)


def _check_number(name: str, value: float, low: float, high: float, unit: str) -> None:
    if not isinstance(value, (int, float, np.number)) or not low <= value <= high:
        raise SettingsError(f"{name} {value!r} is not possible: give {low:g} to {high:g} {unit}")


def _distinct(line: Array, closed: bool) -> Array:
    """Points (k, 3) of which none is where the one before is; of a closed line, the last is not the first."""
    if closed:
        line = np.concatenate([line, line[:1]])
    kept = np.concatenate([[True], np.linalg.norm(np.diff(line, axis=0), axis=1) > _NEAR])
    distinct = line[kept]
    if closed and len(distinct) > 1 and np.linalg.norm(distinct[-1] - distinct[0]) <= _NEAR:
        distinct = distinct[:-1]
    if len(distinct) < 2:
        raise PoseError(f"path points {described(line)} are all in one place: give points that are apart")
    return distinct


def _rounded(line: Array, closed: bool) -> Array:
    """The line (n, 3) with its corners rounded, `CORNER_CUT` off at most; a closed one ends where it begins."""
    before, here, after = (np.roll(line, shift, axis=0) for shift in (1, 0, -1))
    corners: Sequence[int] = range(len(line)) if closed else range(1, len(line) - 1)
    parts = [] if closed else [line[:1]]
    parts += [_corner(before[i], here[i], after[i]) for i in corners]
    parts.append(parts[0][:1] if closed else line[-1:])
    points = np.concatenate(parts)
    kept = np.concatenate([[True], np.linalg.norm(np.diff(points, axis=0), axis=1) > _NEAR])
    return points[kept]


def _corner(before: Array, here: Array, after: Array) -> Array:
    """Points (n, 3) of the arc that takes a corner's place, which begins and ends within half of either side."""
    lengths = np.linalg.norm(here - before), np.linalg.norm(after - here)
    arriving, leaving = (here - before) / lengths[0], (after - here) / lengths[1]
    turn = float(np.arccos(np.clip(arriving @ leaving, -1.0, 1.0)))
    if not 1e-4 < turn < _SHARP:
        return here[None]
    off = min(0.5 * lengths[0], 0.5 * lengths[1], CORNER_CUT / np.tan(turn / 4.0))
    radius = off / np.tan(turn / 2.0)
    inward = leaving - (arriving @ leaving) * arriving
    inward /= np.linalg.norm(inward)
    angles = np.linspace(0.0, turn, int(np.ceil(turn / _ARC_STEP)) + 1)[:, None]
    return np.asarray(here - off * arriving + radius * (np.sin(angles) * arriving + (1.0 - np.cos(angles)) * inward))
