"""Drawing episodes: Habitat's rules, repeatability, the greedy follower, graphs of positions, and the command."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from echoenv.datasets.episode_command import run as run_command
from echoenv.datasets.episodes import (
    Episode,
    EpisodeRules,
    EpisodeSplit,
    Goal,
    GreedyFollower,
    PositionGraph,
    audionav_episodes,
    difficulty,
    grid_graph,
    heading_to_rotation,
    island_radius,
    keep_probability,
    match_to_positions,
    pointnav_episode,
    pointnav_episodes,
    require_for_soundspaces,
    require_on_positions,
    save_episode_map,
    soundspaces_heading,
    soundspaces_key,
)
from echoenv.errors import DatasetError, PoseError, SettingsError
from echoenv.navigation.motion import MotionSettings, move
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from tests.rooms import box_room, with_solid_block


@pytest.fixture(scope="module")
def walled() -> PathFinder:
    """A room of 8 x 6 m with a wall across it at x = 4, open at its end of large z."""
    return PathFinder(RayEngine(with_solid_block(box_room(), (3.9, 0.0, 0.0), (4.1, 2.5, 4.5)), threads=1))


@pytest.fixture(scope="module")
def drawn(walled) -> list[Episode]:
    return list(pointnav_episodes(walled, "walled", 60, seed=1))


def test_drawn_episodes_keep_habitats_rules(walled, drawn) -> None:
    for episode in drawn:
        start, goal = episode.start, episode.goal_positions[0]
        assert walled.is_navigable(start) and walled.is_navigable(goal)
        assert abs(start[1] - goal[1]) <= 0.5 and episode.goals[0].radius == 0.2
        assert 1.0 <= episode.geodesic_distance <= 30.0
        assert episode.geodesic_distance == pytest.approx(walled.geodesic_distance(start, goal), rel=1e-3)
        assert soundspaces_heading(episode.start_rotation) == round(episode.start_heading) % 360
    headings = np.array([episode.start_heading for episode in drawn])
    assert np.histogram(headings, [0, 90, 180, 270, 360])[0].min() >= 5
    assert [episode.episode_id for episode in drawn] == [str(number) for number in range(60)]


def test_nearly_straight_ways_are_kept_as_seldom_as_habitat_keeps_them(walled, drawn) -> None:
    assert keep_probability(1.0) == pytest.approx(0.008) and keep_probability(1.0999) == pytest.approx(0.288, abs=1e-3)
    assert keep_probability(1.1) == 1.0 and keep_probability(3.0) == 1.0
    kept = difficulty(drawn).share_nearly_straight
    free = difficulty(pointnav_episodes(walled, "walled", 60, seed=1, rules=EpisodeRules(ratio=0.0)))
    # Most pairs of points in this room see each other.
    assert free.share_nearly_straight > 0.4 > 0.2 > kept


def test_an_episode_is_the_same_whatever_else_is_asked_for(walled, drawn) -> None:
    assert pointnav_episode(walled, "walled", 17, seed=1) == drawn[17]
    assert list(pointnav_episodes(walled, "walled", 3, seed=1, first=5)) == drawn[5:8]
    assert pointnav_episode(walled, "walled", 17, seed=2).start_position != drawn[17].start_position


def test_limits_are_kept_and_impossible_ones_say_why(walled) -> None:
    rules = EpisodeRules(nearest=6.0, farthest=7.0, goal_radius=None)
    for episode in pointnav_episodes(walled, "walled", 5, rules=rules):
        assert 6.0 <= episode.geodesic_distance <= 7.0 and episode.goals[0].radius is None
    with pytest.raises(DatasetError, match=r"refused .* too near"):
        next(pointnav_episodes(walled, "walled", 1, rules=EpisodeRules(nearest=25.0, most_goals=3)))
    with pytest.raises(DatasetError, match="radius of 4"):
        next(pointnav_episodes(walled, "walled", 1, rules=EpisodeRules(island_radius=9.0)))
    assert island_radius(walled) == pytest.approx(np.hypot(7.7, 5.7) / 2, abs=0.3)
    for wrong in ({"nearest": 0.0}, {"nearest": 40.0}, {"retries": 0}, {"ratio": float("nan")}, {"goal_radius": -1.0}):
        with pytest.raises(SettingsError):
            EpisodeRules(**wrong)


def test_the_follower_reaches_goals_about_as_shortly_as_possible(walled, drawn) -> None:
    follower = GreedyFollower(walled, 0.2)
    shares = []
    for episode in drawn[:12]:
        goal = episode.goal_positions[0]
        points = follower.follow(episode.start, episode.start_heading, goal)
        assert points[-1].action == 0 and points[0].position == pytest.approx(episode.start_position)
        assert walled.geodesic_distance(points[-1].position, goal) <= 0.2
        positions = np.array([point.position for point in points])
        walked = np.linalg.norm(np.diff(positions, axis=0), axis=1).sum()
        shares.append(episode.geodesic_distance / max(episode.geodesic_distance, walked))
        # Done again action by action, the poses are those that were written.
        place, heading = episode.start, episode.start_heading
        for point in points[:-1]:
            np.testing.assert_allclose(place, point.position, atol=1e-9)
            name = {1: "move_forward", 2: "turn_left", 3: "turn_right"}[int(point.action)]
            place, heading, _ = move(walled, place, heading, name)
    assert np.mean(shares) > 0.95


def test_the_follower_turns_the_shorter_way_and_stops_along_the_way_not_through_the_wall(walled) -> None:
    follower = GreedyFollower(walled, 0.5)
    assert follower.next_action([2.0, 0.0, 3.0], 30.0, [2.0, 0.0, 1.0]) == "turn_right"
    assert follower.next_action([2.0, 0.0, 3.0], 330.0, [2.0, 0.0, 1.0]) == "turn_left"
    assert follower.next_action([2.0, 0.0, 3.0], 0.0, [2.0, 0.0, 1.0]) == "move_forward"
    assert follower.next_action([2.0, 0.0, 1.4], 0.0, [2.0, 0.0, 1.0]) == "stop"
    across = follower.next_action([3.7, 0.0, 2.0], 180.0, [4.3, 0.0, 2.0])  # 0.6 m away, behind the wall
    assert across == "move_forward"
    with pytest.raises(PoseError, match="no way"):
        follower.next_action([2.0, 0.0, 3.0], 0.0, [90.0, 0.0, 1.0])
    with pytest.raises(PoseError, match="5 actions"):
        follower.follow([2.0, 0.0, 3.0], 0.0, [6.0, 0.0, 1.0], most=5)
    with pytest.raises(SettingsError, match="above 0"):
        GreedyFollower(walled, motion=MotionSettings(forward=0.0))


def test_shortest_paths_are_written_where_they_are_asked_for(walled) -> None:
    plain = pointnav_episode(walled, "walled", 0, seed=1)
    walked = pointnav_episode(walled, "walled", 0, seed=1, follower=GreedyFollower(walled))
    assert plain.shortest_paths is None and walked.shortest_paths is not None
    assert walked.shortest_paths[0][-1].action == 0
    assert replace(walked, shortest_paths=None) == plain


def test_difficulty_is_told_and_impossible_distances_are_found(drawn) -> None:
    hard = difficulty(drawn)
    assert len(hard.geodesic) == hard.episodes == 60 and (hard.ratio >= 0.99).all()
    assert "60 episodes" in hard.lines()[0]
    assert difficulty([replace(drawn[0], info=None)]).lines() == ["1 episodes; none says its geodesic_distance"]
    with pytest.raises(DatasetError, match="through the air"):
        difficulty([replace(drawn[0], info={"geodesic_distance": 0.3})])


# Graphs of positions

# Five positions in a row along x, and one askew of the last.
ROW = PositionGraph([[x, 0.0, 0.0] for x in range(5)] + [[4.5, 0.0, 0.7]],
                    [[0, 1], [1, 2], [2, 3], [3, 4], [4, 5]], 1.0)  # fmt: skip


def actions_by_search(graph: PositionGraph, start: int, heading: int, goal: int, most: int = 9) -> int:
    """Fewest actions by trying all sequences, as SoundSpaces' simulator carries them out, and `stop`."""
    neighbours = [(a, b) for pair in graph.edges.tolist() for a, b in (pair, pair[::-1])]

    def after(node, angle, action):
        if action == "L":
            return node, (angle + 90) % 360
        if action == "R":
            return node, (angle - 90) % 360
        for a, b in neighbours:
            step = graph.positions[b] - graph.positions[a]
            if a == node and round(np.degrees(np.arctan2(step[2], step[0]))) % 360 == (270 - angle) % 360:
                return b, angle
        return node, angle

    for count in range(most):
        for actions in itertools.product("FLR", repeat=count):
            node, angle = start, heading
            for action in actions:
                node, angle = after(node, angle, action)
            if node == goal:
                return count + 1
    raise AssertionError


def test_fewest_actions_are_those_found_by_trying_all(walled) -> None:
    for heading, goal in ((0, 2), (270, 3), (90, 3), (180, 1)):
        assert ROW.fewest_actions(0, heading, goal) == actions_by_search(ROW, 0, heading, goal)
    grid = PositionGraph([[x, 0.0, z] for z in range(2) for x in range(2)], [[0, 1], [2, 3], [1, 3]], 1.0)
    for heading in (0, 90, 180, 270):
        assert grid.fewest_actions(0, heading, 2) == actions_by_search(grid, 0, heading, 2)


def test_distances_on_a_graph_are_steps_and_askew_edges_are_not_walked() -> None:
    np.testing.assert_array_equal(ROW.distances(0), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    assert ROW.fewest_actions(0, 270, 5) == np.inf
    apart = PositionGraph([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [9.0, 0.0, 0.0]], [[0, 1]], 1.0)
    assert apart.distances(0)[2] == np.inf
    for positions, edges in (([[0.0, 0.0]], []), ([[0.0, 0.0, 0.0]], [[0, 1]])):
        with pytest.raises(SettingsError, match="graph"):
            PositionGraph(positions, edges)


def test_audionav_episodes_lie_on_the_graph_and_tell_its_distances(walled) -> None:
    graph = grid_graph(walled, 0.5)
    episodes = list(audionav_episodes(graph, "walled", 20, seed=4, sounds=["bell", "phone"]))
    require_on_positions(episodes, graph.positions)
    assert {episode.sound for episode in episodes} == {"bell", "phone"}
    for episode in episodes:
        start, goal = match_to_positions([episode.start_position, episode.goals[0].position], graph.positions)
        assert episode.info["geodesic_distance"] == graph.distances(goal)[start]
        heading = round(episode.start_heading, 9)
        assert heading in (0, 90, 180, 270) and episode.start_rotation[1] >= 0.0
        assert episode.info["num_action"] == graph.fewest_actions(start, int(heading), goal)
        assert episode.info["num_action"] > episode.info["geodesic_distance"] / 0.5
    assert list(audionav_episodes(graph, "walled", 2, seed=4, sounds=["bell", "phone"], first=7)) == episodes[7:9]
    # No edge goes through the wall.
    crossing = (graph.positions[graph.edges][:, :, 0] - 4.0).prod(axis=1) < 0
    assert (graph.positions[graph.edges][crossing][:, :, 2] > 4.5).all()


def test_graphs_without_episodes_say_so(walled) -> None:
    with pytest.raises(DatasetError, match="no edges"):
        next(audionav_episodes(PositionGraph([[0.0, 0.0, 0.0]], [], 0.5), "lone", 1))
    with pytest.raises(DatasetError, match="no two of its 5 positions"):
        row = PositionGraph(ROW.positions[:5], ROW.edges[:4], 1.0)
        next(audionav_episodes(row, "row", 1, rules=EpisodeRules(nearest=20.0, most_goals=5)))
    with pytest.raises(SettingsError, match="sounds"):
        next(audionav_episodes(ROW, "row", 1, sounds="bell"))


def test_soundspaces_own_graphs_are_taken() -> None:
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph()
    for node, x in ((7, 0.0), (3, 1.0), (12, 2.0)):
        graph.add_node(node, point=(x, 0.0, 0.0))
    graph.add_edges_from([(3, 7), (12, 3)])
    taken = PositionGraph.from_networkx(graph, 1.0)
    np.testing.assert_array_equal(taken.distances(0), [0.0, 1.0, 2.0])
    np.testing.assert_array_equal(taken.positions[2], [2.0, 0.0, 0.0])


def test_minus_zero_is_zero_here_and_not_in_soundspaces() -> None:
    positions = [[0.0, 0.0, 0.0], [0.5, 0.0, 0.0]]
    points = [[-0.0, 0.0, 0.0], [0.5, -0.001, 0.0], [0.52, 0.0, 0.0]]
    np.testing.assert_array_equal(match_to_positions(points, positions), [0, 1, -1])
    assert soundspaces_key([-0.001, 0.0, 1.5]) == "-0.00_0.00_1.50"
    fine = Episode("3", "room_0", (0.0, 0.0, 0.0), heading_to_rotation(0), (Goal((0.5, 0.0, 0.0)),))
    require_on_positions([fine], positions)
    with pytest.raises(DatasetError, match=r"'3' .* start .* position 0 of .* another sign of zero"):
        require_on_positions([replace(fine, start_position=(-0.0, 0.0, 0.0))], positions)
    with pytest.raises(DatasetError, match=r"goal .* no position of data/graph\.pkl"):
        require_on_positions([replace(fine, goals=(Goal((0.25, 0.0, 0.0)),))], positions, "data/graph.pkl")


def test_what_soundspaces_would_read_otherwise_is_refused() -> None:
    positions = [[0.0, 0.0, 0.0], [0.5, 0.0, 0.0]]
    goal = (Goal((0.5, 0.0, 0.0)),)
    fine = Episode("3", "room_0/habitat/mesh_semantic.ply", (0.0, 0.0, 0.0), heading_to_rotation(270), goal)
    require_for_soundspaces([fine], positions)
    mirrored = tuple(-value for value in fine.start_rotation)
    for changed, words in (
        (replace(fine, start_rotation=mirrored), "heading of 270 degrees, which SoundSpaces reads as 90"),
        (replace(fine, start_rotation=heading_to_rotation(45)), "starts at 45"),
        (replace(fine, start_position=(-0.0, 0.0, 0.0)), "sign of zero"),
    ):
        with pytest.raises(DatasetError, match=words):
            require_for_soundspaces([changed], positions)
    require_for_soundspaces([replace(fine, scene_id="room_0")], positions)
    with pytest.raises(DatasetError, match="such as room_0/habitat"):
        require_for_soundspaces([fine], positions, scenes_dir="/scans/replica/v1")


def test_zeros_keep_the_signs_that_the_graph_gives_them() -> None:
    graph = PositionGraph([[-0.0, 0.0, float(z)] for z in range(4)], [[0, 1], [1, 2], [2, 3]], 1.0)
    for episode in audionav_episodes(graph, "row", 4, rules=EpisodeRules(ratio=0.0, goal_radius=None)):
        require_on_positions([episode], graph.positions)


# The command


def command(tmp_path, *flags: str) -> None:
    assert run_command(["--scene", "room_0", "--out", str(tmp_path), *flags]) == 0


def test_the_command_writes_the_same_bytes_at_once_and_piece_by_piece(tmp_path, capsys) -> None:
    command(tmp_path / "once", "--count", "12", "--seed", "5")
    command(tmp_path / "twice", "--count", "5", "--seed", "5", "--no-picture")
    command(tmp_path / "twice", "--count", "12", "--seed", "5", "--no-picture")
    once, twice = ((tmp_path / name / "val/content/room_0.json.gz").read_bytes() for name in ("once", "twice"))
    assert once == twice
    assert "12 episodes, shortest ways" in capsys.readouterr().out
    assert (tmp_path / "once/val/pictures/room_0.png").stat().st_size > 10_000
    assert len(list(EpisodeSplit(tmp_path / "once/val"))) == 12


def test_the_command_writes_audionav_and_keeps_splits_apart(tmp_path) -> None:
    command(tmp_path, "--count", "3", "--task", "audionav", "--sound", "bell", "--no-picture")
    episodes = list(EpisodeSplit(tmp_path / "val/val.json.gz"))
    assert [episode.sound for episode in episodes] == ["bell"] * 3 and episodes[0].info["num_action"] > 1
    with pytest.raises(DatasetError, match=r"drawn otherwise .*sounds"):
        command(tmp_path, "--count", "3", "--task", "audionav", "--no-picture")
    command(tmp_path, "--count", "1", "--split", "test", "--scene-id", "replica/room_0", "--no-picture", "--paths")
    (episode,) = EpisodeSplit(tmp_path / "test")
    assert episode.scene_id == "replica/room_0" and episode.shortest_paths is not None


def test_the_commands_mistakes_are_said(tmp_path) -> None:
    with pytest.raises(SettingsError, match="--task audionav"):
        command(tmp_path, "--sound", "bell")
    with pytest.raises(SettingsError, match="leave it out"):
        command(tmp_path, "--task", "audionav", "--paths")
    with pytest.raises(SystemExit) as stopped:
        command(tmp_path, "--nearest", "-3")
    assert stopped.value.code == 2


def test_there_is_no_picture_of_no_episodes(walled, drawn, tmp_path) -> None:
    save_episode_map(tmp_path / "map.png", walled, drawn[:3])
    assert (tmp_path / "map.png").read_bytes()[:4] == b"\x89PNG"
    with pytest.raises(DatasetError, match="no episodes"):
        save_episode_map(tmp_path / "none.png", walled, [])
