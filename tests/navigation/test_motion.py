"""Actions, to Habitat's numbers in the box room, and sliding along walls that no lattice is parallel to."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.motion import MotionSettings, move
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from tests.navigation.rooms import INWARD, box, scene_of

START = (3.0, 0.2, 0.5)


def walk(pathfinder, position, heading, steps, **settings):
    """Positions on the floor plan (steps, 2) and collisions (steps,) of steps forward."""
    places, collisions = [], []
    for _ in range(steps):
        position, heading, collided = move(pathfinder, position, heading, "move_forward", MotionSettings(**settings))
        places.append(position[[0, 2]])
        collisions.append(collided)
    return np.array(places), collisions


def test_straight_at_a_wall(box_room):
    places, collisions = walk(box_room, START, 0.0, 3)
    assert places == pytest.approx(np.array([[3, 0.25], [3, 0.15], [3, 0.15]]), abs=5e-5)
    assert collisions == [False, True, True]


def test_sliding_along_a_wall(box_room):
    places, collisions = walk(box_room, START, 30.0, 5)
    expected = [[2.875, 0.28349], [2.75, 0.15], [2.625, 0.15], [2.5, 0.15], [2.375, 0.15]]
    assert places == pytest.approx(np.array(expected), abs=5e-5)
    assert collisions == [False, True, True, True, True]


def test_stopping_at_a_wall(box_room):
    places, collisions = walk(box_room, START, 30.0, 3, allow_sliding=False)
    assert places == pytest.approx(np.array([[2.875, 0.28349], [2.79793, 0.15], [2.79793, 0.15]]), abs=5e-5)
    assert collisions == [False, True, True]


def test_the_floor_is_met_at_its_exact_height(box_room):
    position, _, _ = move(box_room, START, 0.0, "move_forward")
    assert position[1] == pytest.approx(0.0, abs=1e-5)


def test_off_the_navmesh_nothing_moves(box_room):
    for place in ((3.0, 0.0, 0.05), (-2.0, 0.0, 3.0), (3.0, 5.0, 3.0)):
        position, _, collided = move(box_room, place, 0.0, "move_forward")
        assert position.tolist() == list(place)
        assert collided


def test_turns_turn_and_never_collide(box_room):
    position, heading, collided = move(box_room, (3, 0, 2), 0.0, "turn_left")
    assert (position.tolist(), heading, collided) == ([3, 0, 2], 10.0, False)
    assert move(box_room, (3, 0, 2), 5.0, "turn_right")[1] == pytest.approx(355.0)
    assert move(box_room, (3, 0, 2), 90.0, "move_forward")[0] == pytest.approx([2.75, 0, 2])


@pytest.mark.parametrize("turn", [30.0, 17.3, 61.0])
def test_sliding_along_an_oblique_wall_is_smooth(turn):
    pathfinder = PathFinder(RayEngine(scene_of(box((0, 0, 0), (6, 2.8, 4), inward=INWARD, turn=turn)), threads=1))
    angle = np.deg2rad(turn)
    along, across = np.array([np.cos(angle), -np.sin(angle)]), np.array([np.sin(angle), np.cos(angle)])
    start = 1.0 * along + 0.15 * across
    heading = turn - 90.0 + 40.0  # into the wall, 40 degrees off its direction
    places, collisions = walk(pathfinder, (start[0], 0, start[1]), heading, 12)
    assert places @ across == pytest.approx(0.15, abs=5e-4)
    assert np.diff(places @ along) == pytest.approx(0.25 * np.cos(np.deg2rad(40)), abs=1e-3)
    assert all(collisions)


def test_a_concave_corner_holds_the_agent(box_room):
    places, collisions = walk(box_room, (0.4, 0, 0.4), 45.0, 4)
    # Interpolation rounds the very corner off, by (1 - 1 / sqrt(2)) cells at most.
    assert places[-1] == pytest.approx([0.15, 0.15], abs=0.02)
    assert (places >= 0.15 - 1e-4).all()
    assert collisions[-1]


def test_walking_a_lot_never_leaves_the_navigable_space():
    parts = [
        box((0, 0, 0), (6, 2.6, 5), inward=INWARD),
        box((2, 0, 1), (3, 0.8, 2.5), turn=25.0),
        box((4, 0, 3), (4.2, 2, 3.2)),
    ]
    pathfinder = PathFinder(RayEngine(scene_of(*parts), threads=1))
    rng = np.random.default_rng(4)
    places, headings = pathfinder.get_random_navigable_point(rng, 200), rng.uniform(0, 360, 200)
    for _ in range(40):
        places, headings, _ = move(
            pathfinder, places, headings, rng.choice(["move_forward", "turn_left"], 200, p=[0.8, 0.2])
        )
        assert pathfinder.is_navigable(places).all()


def test_a_batch_does_what_each_alone_does(box_room):
    rng = np.random.default_rng(1)
    places, headings = box_room.get_random_navigable_point(rng, 9), rng.uniform(0, 360, 9)
    actions = ["move_forward", "turn_left", "turn_right"] * 3
    together = move(box_room, places, headings, actions)
    alone = [move(box_room, p, h, a) for p, h, a in zip(places, headings, actions, strict=True)]
    for batch, single in zip(together, zip(*alone, strict=True), strict=True):
        assert np.array_equal(batch, np.array(single))


def test_step_and_turn_sizes_are_settings(box_room):
    assert move(box_room, (3, 0, 2), 0.0, "move_forward", MotionSettings(forward=1.0))[0][2] == pytest.approx(1.0)
    assert move(box_room, (3, 0, 2), 0.0, "turn_left", MotionSettings(turn=30.0))[1] == 30.0
    with pytest.raises(SettingsError, match="forward"):
        MotionSettings(forward=float("nan"))


def test_an_unknown_action_is_refused_with_the_nearest(box_room):
    with pytest.raises(SettingsError, match=r"turn_lefft.*turn_left"):
        move(box_room, (3, 0, 2), 0.0, "turn_lefft")
    with pytest.raises(SettingsError, match="2 actions"):
        move(box_room, np.zeros((3, 3)), np.zeros(3), ["turn_left", "turn_left"])


@pytest.mark.parametrize(("position", "heading"), [((np.nan, 0, 0), 0.0), ((3, 0, 2), np.inf), ((3, 2), 0.0)])
def test_poses_that_are_no_poses_are_refused(box_room, position, heading):
    with pytest.raises(PoseError):
        move(box_room, position, heading, "move_forward")


def _slanted_gap(width: float, shift: float) -> PathFinder:
    """A room of two halves and a gap between the corners of two walls, askew to the lattice."""
    x, z, away = 1.5 + shift, 1.4 + 0.7 * shift, width / np.sqrt(2.0)
    walls = [box((0, 0, z - 0.1), (x, 2.6, z)), box((x + away, 0, z + away), (3.1, 2.6, z + away + 0.1))]
    return PathFinder(RayEngine(scene_of(box((0, 0, 0), (3.1, 2.6, 3.0), inward=INWARD), *walls), threads=1))


@pytest.mark.parametrize("width", [0.28, 0.306, 0.312, 0.318, 0.324, 0.34])
def test_a_step_gets_nowhere_that_distances_say_is_far(width):
    rng = np.random.default_rng(2)
    for shift in np.linspace(0.0, 0.05, 8):
        pathfinder = _slanted_gap(width, shift)
        places = np.array([1.6, 0.0, 1.5]) + rng.uniform(-0.5, 0.5, (800, 3)) * [1, 0, 1]
        places = places[pathfinder.is_navigable(places)]
        headings = rng.uniform(0, 360, len(places))
        for _ in range(2):
            after, _, _ = move(pathfinder, places, headings, ["move_forward"] * len(places))
            apart = np.linalg.norm(after - places, axis=1)
            assert (pathfinder.geodesic_distance(places, after) < 1.4 * apart + 0.02).all()
            places = after
        across = pathfinder.geodesic_distance((0.4, 0, 2.6), (2.7, 0, 0.4))
        assert width not in (0.28, 0.34) or across == (
            np.inf if width < 0.3 else pytest.approx(np.hypot(2.3, 2.2), abs=0.05)
        )
