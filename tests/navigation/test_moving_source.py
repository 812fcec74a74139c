"""Things that move along paths: constant speed, rounded corners, headings along the way."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.moving_source import CORNER_CUT, MovingSource
from echoenv.navigation.pathfinder import PathFinder
from echoenv.scene.pose import heading_to_matrix

CORNERS = np.array([[0.0, 0.0, 0.0], [4.0, 0.0, 0.0], [4.0, 0.5, 3.0], [1.0, 0.5, 3.0]])


@pytest.mark.parametrize("repeat", ["once", "loop", "back_and_forth"])
def test_speed_is_the_same_everywhere(repeat) -> None:
    walker = MovingSource(CORNERS, 1.3, 1.6, repeat)
    times = np.arange(0.0, walker.duration * 0.999, 1e-3)
    steps = np.linalg.norm(np.diff(walker.positions(times), axis=0), axis=1) / 1e-3
    np.testing.assert_allclose(steps, 1.3, rtol=2e-3)  # a step over the chord of an arc is a little short
    np.testing.assert_allclose(np.linalg.norm(walker.velocities(times), axis=1), 1.3, rtol=1e-12)


def test_velocity_is_the_change_of_place() -> None:
    walker = MovingSource(CORNERS, 2.0, repeat="loop")
    times = np.arange(0.05, 12.0, 0.0713)
    slope = (walker.positions(times + 1e-6) - walker.positions(times - 1e-6)) / 2e-6
    near_point = np.abs(slope - walker.velocities(times)).max(axis=1) > 1e-3
    assert near_point.mean() < 0.02  # only where a piece of the line ends within the microsecond


def test_corners_are_rounded_and_the_line_is_kept() -> None:
    walker = MovingSource(CORNERS, height=0.0)
    np.testing.assert_allclose(walker.points[[0, -1]], CORNERS[[0, -1]])
    directions = np.diff(walker.points, axis=0)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    turns = np.arccos(np.clip((directions[1:] * directions[:-1]).sum(axis=1), -1.0, 1.0))
    assert np.rad2deg(turns.max()) < 5.0
    distances = np.linalg.norm(walker.points[:, None] - CORNERS[None, 1:3], axis=2).min(axis=0)
    np.testing.assert_allclose(distances, CORNER_CUT, atol=1e-3)


def test_headings_follow_the_path() -> None:
    walker = MovingSource([[0.0, 0.0, 0.0], [0.0, 0.0, -2.0]], 1.0, repeat="back_and_forth")
    np.testing.assert_allclose(walker.headings([0.5, 2.5, 4.5]), [0.0, 180.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(walker.rotations([2.5])[0], heading_to_matrix(180.0), atol=1e-12)
    np.testing.assert_allclose(walker.position(2.5), [0.0, 1.5, -1.5])
    np.testing.assert_allclose(walker.velocity(2.5), [0.0, 0.0, 1.0])
    once = MovingSource([[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]], 1.0)
    assert once.heading(9.0) == pytest.approx(270.0)
    np.testing.assert_allclose(once.position(9.0), [2.0, 1.5, 0.0])
    assert not once.velocity(9.0).any()


def test_a_loop_closes() -> None:
    walker = MovingSource(CORNERS, 1.0, repeat="loop")
    np.testing.assert_allclose(walker.position(0.0), walker.position(walker.duration), atol=1e-9)
    np.testing.assert_allclose(walker.position(-1.0), walker.position(walker.duration - 1.0), atol=1e-9)


def test_walks_stay_in_walkable_space_and_repeat_by_seed(box_room: PathFinder) -> None:
    walker = MovingSource.wandering(box_room, 3, stops=5, height=0.0)
    times = np.linspace(0.0, walker.duration, 400)
    assert box_room.is_navigable(walker.positions(times)).all()
    np.testing.assert_array_equal(walker.points, MovingSource.wandering(box_room, 3, stops=5, height=0.0).points)
    assert not np.array_equal(walker.position(1.0), MovingSource.wandering(box_room, 4, stops=5).position(1.0))
    through = MovingSource.through(box_room, [[1.0, 0.0, 1.0], [6.0, 0.0, 4.0]], speed=2.0)
    assert through.length == pytest.approx(np.hypot(5.0, 3.0), rel=2e-3)


def test_what_is_no_path_is_refused(box_room: PathFinder) -> None:
    for points in (np.zeros((3, 3)), [[0.0, 0.0, np.nan], [1.0, 0.0, 0.0]], [[0.0, 0.0]], "x", np.zeros((0, 3))):
        with pytest.raises(PoseError):
            MovingSource(points)
    for speed in (0.0, -1.0, np.nan, np.inf, "fast"):
        with pytest.raises(SettingsError, match="speed"):
            MovingSource(CORNERS, speed)
    with pytest.raises(SettingsError, match="back_and_forth"):
        MovingSource(CORNERS, repeat="back_and_fort")
    with pytest.raises(PoseError, match="no way"):
        MovingSource.through(box_room, [[1.0, 0.0, 1.0], [60.0, 0.0, 4.0]])
    with pytest.raises(PoseError, match="two or more"):
        MovingSource.through(box_room, [[1.0, 0.0, 1.0]])
    with pytest.raises(SettingsError, match="stops"):
        MovingSource.wandering(box_room, 0, stops=1)
    with pytest.raises(PoseError, match="times"):
        MovingSource(CORNERS).positions([np.nan])
