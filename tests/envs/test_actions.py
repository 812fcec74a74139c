"""Action sets: edges of a grid, velocities; where they lead, and what they refuse."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from echoenv.envs.actions import VelocityRanges
from echoenv.envs.grid_walks import GridWalks, walked_graph
from echoenv.envs.navigation import NavigationEnv
from echoenv.envs.settings import NavigationSettings
from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from tests.envs.tasks import episode
from tests.rooms import box_room, with_solid_block

STOP, FORWARD, LEFT, RIGHT = range(4)
POINTGOAL = ("pointgoal_with_gps_compass", "collision")


@pytest.fixture
def grid(small: dict[str, Any]) -> NavigationEnv:
    return NavigationEnv(**small, actions="grid", sensors=POINTGOAL)


@pytest.fixture
def flying(small: dict[str, Any]) -> NavigationEnv:
    return NavigationEnv(**small, actions="velocity", sensors=POINTGOAL)


# The grid


def test_a_step_on_a_grid_is_an_edge_and_a_turn_a_quarter(grid: NavigationEnv, room: str) -> None:
    grid.reset(options={"episode": episode((1.0, 5.0), 0.0, (2.0, 4.0), room)})
    at = []
    for action in (FORWARD, FORWARD, RIGHT, FORWARD, FORWARD):
        observation, *_ = grid.step(action)
        at.append((*grid.simulator.agent_state.position[[0, 2]], grid.simulator.agent_state.heading))
        assert not observation["collision"]
    assert at == [(1.0, 4.5, 0.0), (1.0, 4.0, 0.0), (1.0, 4.0, 270.0), (1.5, 4.0, 270.0), (2.0, 4.0, 270.0)]
    _, reward, ended, _, info = grid.step(STOP)
    assert ended and info["success"] == 1.0 and info["spl"] == 1.0 and reward == pytest.approx(10.0 - 0.01)


def test_a_step_without_an_edge_collides_and_stays(grid: NavigationEnv, room: str) -> None:
    grid.reset(options={"episode": episode((4.0, 5.0), 0.0, (1.0, 3.0), room)})
    grid.step(FORWARD)  # to 4.5; the block begins at 4
    before = grid.simulator.agent_state.position.copy()
    observation, _, _, _, info = grid.step(FORWARD)
    assert observation["collision"] == [1.0] and info["collisions"] == 1.0 and grid.simulator.collided
    np.testing.assert_array_equal(grid.simulator.agent_state.position, before)
    assert grid.step(LEFT)[0]["collision"] == [0.0]


def test_edges_are_where_every_centimetre_between_can_be_stood_on() -> None:
    """In a room with a thin wall that stands between points of the grid."""
    walled = with_solid_block(box_room((5.0, 2.8, 4.0)), (2.2, 0.0, 0.0), (2.3, 2.8, 2.4))
    space = PathFinder(RayEngine(walled, threads=1))
    graph = walked_graph(space, 0.5)
    found, apart, wanted = {tuple(sorted(edge)) for edge in graph.edges.tolist()}, 0, set()
    shares = np.linspace(0.0, 1.0, 51)[:, None]
    for a, b in itertools.combinations(range(len(graph.positions)), 2):
        start, end = graph.positions[[a, b]]
        if np.linalg.norm(end - start) < 0.51:
            free = bool(space.is_navigable(start + shares * (end - start)).all())
            wanted |= {(a, b)} if free else set()
            apart += not free
    assert found == wanted and len(found) > 80 and apart == 5  # z of 0.5 to 2.5, which is too near its end
    walks = GridWalks(graph)
    assert walks.ahead([2.0, 0.0, 1.0], 270.0) is None
    np.testing.assert_allclose(walks.ahead([2.0, 0.0, 3.0], 270.0), [2.5, 0.0, 3.0], atol=1e-6)


def test_distances_on_a_grid_are_steps_times_the_spacing(grid: NavigationEnv, room: str) -> None:
    _, info = grid.reset(options={"episode": episode((2.5, 3.0), 0.0, (5.5, 3.0), room)})  # the block is between
    straight = np.hypot(3.0, 0.0)
    assert info["distance_to_goal"] == 6.0 > straight  # 3 across, and 1.5 out and back
    walks = grid.pathfinder
    path = walks.find_path([2.5, 0.0, 3.0], [5.5, 0.0, 3.0])
    steps = np.linalg.norm(np.diff(path.points, axis=0), axis=1)
    np.testing.assert_allclose(steps, 0.5, atol=1e-6)
    assert path.geodesic_distance == 6.0 == walks.geodesic_distance([2.5, 0.0, 3.0], [5.5, 0.0, 3.0])
    assert walks.geodesic_distance([2.5, 0.0, 3.0], [50.0, 0.0, 3.0]) == np.inf


def test_episodes_on_a_grid_are_of_it_and_can_be_walked_in_the_fewest_actions(grid: NavigationEnv) -> None:
    for number in range(6):
        grid.reset(options={"episode": number})
        one, points = grid.episode, grid.simulator.pathfinder.grid_positions(0.5)
        for place in (one.start, *one.goal_positions):
            assert np.linalg.norm(points - place, axis=1).min() < 1e-9
        turned = grid.simulator.agent_state.rotation.copy()
        assert one.start_heading % 90.0 == pytest.approx(0.0, abs=1e-9) or one.start_heading % 90.0 > 89.9
        for _ in range(4):
            grid.step(LEFT)
        np.testing.assert_array_equal(grid.simulator.agent_state.rotation, turned)  # to the last bit
        grid.reset(options={"episode": number})
        assert one == grid.episode and one.sound is None
        info = _walk_there(grid)
        assert info["success"] == 1.0 and info["spl"] == pytest.approx(1.0)
        assert info["sna"] == 1.0 or info["steps"] > one.info["num_action"]
        assert info["steps"] >= one.info["num_action"]


def _walk_there(env: NavigationEnv) -> dict[str, Any]:
    """Walks a shortest way on the grid and stops."""
    while True:
        state = env.simulator.agent_state
        points = env.pathfinder.find_path(state.position, env.goal).points
        if len(points) == 1:
            return env.step(STOP)[4]
        step = points[1] - points[0]
        wanted = round(np.rad2deg(np.arctan2(-step[0], -step[2]))) % 360
        turn = (wanted - round(state.heading)) % 360
        env.step(FORWARD if turn == 0 else RIGHT if turn == 270 else LEFT)


def test_what_is_off_the_grid_is_refused_with_the_nearest(grid: NavigationEnv, room: str) -> None:
    with pytest.raises(PoseError, match=r"its start \[1\.100, .*the nearest is \[1\.000, 0\.000, 5\.000\]"):
        grid.reset(options={"episode": episode((1.1, 5.0), 0.0, (1.0, 3.0), room)})
    with pytest.raises(PoseError, match="its goal"):
        grid.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.2), room)})
    with pytest.raises(PoseError, match="begins at 45 degrees"):
        grid.reset(options={"episode": episode((1.0, 5.0), 45.0, (1.0, 3.0), room)})
    with pytest.raises(SettingsError, match="reset"):  # and nothing has begun
        grid.step(FORWARD)


def test_a_goal_that_walks_on_a_grid_goes_from_point_to_point(small: dict[str, Any]) -> None:
    env = NavigationEnv(**small, actions="grid", sensors=POINTGOAL, goal_speed=0.5)
    env.reset(seed=1)
    goals, distances = [], []
    for _ in range(40):
        info = env.step(LEFT)[4]
        goals.append(env.goal)
        distances.append(info["distance_to_goal"])
    assert all(env.pathfinder.is_navigable(np.array(goals)))
    assert 3 <= len({tuple(goal) for goal in goals}) <= 12  # 5 m in 10 s
    np.testing.assert_allclose(np.array(distances) % 0.5, 0.0, atol=1e-9)


def test_a_goal_sounds_loudest_at_its_own_point(small: dict[str, Any], room: str) -> None:
    """Ears and source would be one point there, to which no direct sound comes."""
    env = NavigationEnv(**small, actions="grid", sensors=("audiogoal",), sound="noise", success_distance=1.0)
    heard, _ = env.reset(seed=0, options={"episode": episode((2.0, 5.0), 90.0, (1.0, 5.0), room)})
    energies = [float(np.sum(heard["audiogoal"] ** 2))]
    energies += [float(np.sum(env.step(FORWARD)[0]["audiogoal"] ** 2)) for _ in range(2)]
    assert energies[0] < energies[1] < 0.5 * energies[2]


def test_grids_of_one_scene_are_shared_and_of_another_spacing_are_others(grid: NavigationEnv) -> None:
    grid.reset(seed=0)
    again = NavigationEnv(grid.settings, scenes=grid.scenes)
    again.reset(seed=5)
    assert again.pathfinder is grid.pathfinder and isinstance(grid.pathfinder, GridWalks)
    coarse = NavigationEnv(grid.settings.changed(grid_spacing=1.0), scenes=grid.scenes)
    coarse.reset(seed=0)
    assert coarse.pathfinder.graph.spacing == 1.0 and coarse.simulator.motion.forward == 1.0


# Velocities


def test_full_speed_is_a_step_of_habitat_in_the_time_of_a_step(flying: NavigationEnv, room: str) -> None:
    flying.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.0), room)})
    for _ in range(8):
        _, reward, ended, *_ = flying.step(np.array([1.0, 0.0], np.float32))
        assert not ended and reward == pytest.approx(0.25 - 0.01, abs=2e-3)
    np.testing.assert_allclose(flying.simulator.agent_state.position[[0, 2]], [1.0, 3.0], atol=1e-6)
    _, _, ended, _, info = flying.step(np.array([-1.0, 0.0]))
    assert ended and info["success"] == 1.0 and info["steps"] == 9.0


def test_the_way_comes_before_the_turn_and_left_is_positive(flying: NavigationEnv, room: str) -> None:
    flying.reset(options={"episode": episode((1.0, 5.0), 0.0, (7.0, 5.0), room)})
    wanted, heading = np.array([1.0, 5.0]), 0.0
    for speed, turn in ((0.6, -0.5), (-0.2, 1.0), (1.0, -1.0), (-1.0, 0.7)):
        flying.step((speed, turn))
        way, angle = 0.25 * (speed + 1.0) / 2.0, np.deg2rad(heading)
        wanted = wanted + way * np.array([-np.sin(angle), -np.cos(angle)])
        heading += 10.0 * turn
        np.testing.assert_allclose(flying.simulator.agent_state.position[[0, 2]], wanted, atol=1e-6)
        assert flying.simulator.agent_state.heading == pytest.approx(heading % 360.0, abs=1e-6)


@pytest.mark.parametrize(
    ("speed", "turn", "stops"),
    [(-1.0, 0.0, True), (-0.81, 0.09, True), (-0.79, 0.0, False), (-1.0, 0.11, False), (-0.81, -0.11, False)],
)
def test_a_stop_is_when_both_are_below_their_thresholds(
    flying: NavigationEnv, room: str, speed: float, turn: float, stops: bool
) -> None:
    """0.1 m/s of 1 and 4 of 40 degrees/s: the shares of habitat-lab's 0.025 of 0.25 and 1 of 10."""
    flying.reset(options={"episode": episode((1.0, 5.0), 0.0, (7.0, 5.0), room)})
    assert flying.step(np.array([speed, turn]))[2] is stops


def test_velocities_collide_and_slide_as_steps_do(small: dict[str, Any], room: str) -> None:
    ends = {}
    for sliding in (True, False):
        env = NavigationEnv(**small, actions="velocity", sensors=POINTGOAL, allow_sliding=sliding)
        env.reset(options={"episode": episode((1.0, 1.0), 45.0, (7.0, 5.0), room)})
        hit = [float(env.step((1.0, 0.0))[0]["collision"][0]) for _ in range(7)]
        assert hit[0] == 0.0 and hit[-1] == 1.0
        steps = NavigationEnv(**small, sensors=POINTGOAL, allow_sliding=sliding)
        steps.reset(options={"episode": episode((1.0, 1.0), 45.0, (7.0, 5.0), room)})
        assert hit == [float(steps.step(FORWARD)[0]["collision"][0]) for _ in range(7)]
        ends[sliding] = env.simulator.agent_state.position
        np.testing.assert_allclose(ends[sliding], steps.simulator.agent_state.position, atol=1e-6)
        assert env.step((1.0, 1.0))[0]["collision"] == [1.0] and env.simulator.collided  # whatever the turn after it


def test_habitats_own_ranges_and_time(small: dict[str, Any], room: str) -> None:
    env = NavigationEnv(
        **small, actions="velocity", sensors=POINTGOAL, velocity=VelocityRanges.habitat(), step_time=1.0
    )
    env.reset(options={"episode": episode((1.0, 5.0), 0.0, (7.0, 5.0), room)})
    env.step((1.0, -1.0))
    np.testing.assert_allclose(env.simulator.agent_state.position[[0, 2]], [1.0, 4.75], atol=1e-6)
    assert env.simulator.agent_state.heading == pytest.approx(350.0)


def test_agents_with_velocities_do_not_share_their_speed(small: dict[str, Any], room: str) -> None:
    first = NavigationEnv(**small, actions="velocity", sensors=POINTGOAL)
    second = NavigationEnv(first.settings, scenes=first.scenes)
    for env in (first, second):
        env.reset(options={"episode": episode((1.0, 5.0), 0.0, (7.0, 5.0), room)})
    first.act((1.0, 0.0))
    second.act((0.0, 0.0))
    gone = [5.0 - env.simulator.agent_state.position[2] for env in (first, second)]
    np.testing.assert_allclose(gone, [0.25, 0.125], atol=1e-6)


# What is refused


@pytest.mark.parametrize("action", [(2.0, 0.0), (np.nan, 0.0), 1, (0.0, 0.0, 0.0), "ahead", None, ("a", 1)])
def test_what_is_no_velocity_is_named(flying: NavigationEnv, room: str, action: Any) -> None:
    flying.reset(options={"episode": episode((1.0, 5.0), 0.0, (1.0, 3.0), room)})
    with pytest.raises(SettingsError, match="each from -1 to 1"):
        flying.step(action)
    assert flying._record.steps == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"actions": "gird"}, "did you mean grid"),
        ({"actions": "velocity", "chirps": True}, "cannot chirp"),
        ({"backend": "soundspaces", "actions": "habitat"}, "give 'grid'"),
        ({"backend": "habitat", "actions": "velocity"}, "backend 'builtin'"),
        ({"velocity": {"forward": [1.0, 0.5]}}, "lowest and highest"),
        ({"velocity": {"forward": [-1.0, 0.5]}}, "from 0 to 10 m/s"),
        ({"velocity": {"turn": 40}}, "velocity.turn = 40"),
        ({"velocity": {"forwards": [0, 1]}}, "did you mean forward"),
        ({"velocity": {"least_turn": "few"}}, "velocity.least_turn = 'few'"),
        ({"actions": "velocity", "velocity": {"forward": [0, 10]}, "step_time": 2.0}, "forward = 20"),
    ],
)
def test_settings_of_actions_that_cannot_be_are_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        NavigationSettings(**changes)


def test_precomputed_data_have_the_grid_unless_something_else_is_asked_for() -> None:
    assert NavigationSettings().action_set == "habitat"
    assert NavigationSettings().changed(backend="soundspaces").action_set == "grid"
    assert NavigationSettings(velocity={"forward": [0, 2]}).velocity.forward == (0, 2)
