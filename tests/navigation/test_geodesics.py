"""Shortest walks against closed forms and against a visibility graph."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse.csgraph import dijkstra

from echoenv.errors import PoseError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from tests.navigation.rooms import INWARD, box, scene_of

MARGIN = 0.15
LOW, HIGH = np.array([0.0, 0.0]), np.array([9.0, 7.0])
RECTANGLES = np.array([  # x, z low, x, z high: walls with doors, and furniture
    [3.0, 0.0, 3.1, 2.6], [3.0, 3.5, 3.1, 7.0], [3.1, 4.0, 6.0, 4.1], [6.9, 4.0, 9.0, 4.1],
    [4.0, 1.0, 5.3, 2.1], [7.013, 1.02, 7.6, 3.31], [1.0, 4.0, 2.0, 6.0],
])  # fmt: skip


@pytest.fixture(scope="module")
def home() -> PathFinder:
    parts = [box((LOW[0], 0, LOW[1]), (HIGH[0], 2.6, HIGH[1]), inward=INWARD)]
    parts += [box((x0, 0, z0), (x1, 2.6, z1)) for x0, z0, x1, z1 in RECTANGLES]
    return PathFinder(RayEngine(scene_of(*parts), threads=1))


def rectangle_clearance(a, b, rectangle):
    """Distance (n,) between segments a b (n, 2) and a rectangle (x0, z0, x1, z1)."""
    low, high = rectangle[:2], rectangle[2:]
    way = np.where(np.abs(b - a) < 1e-12, 1e-12, b - a)
    enter, leave = np.sort([(low - a) / way, (high - a) / way], axis=0)
    crosses = np.maximum(enter.max(axis=1), 0) <= np.minimum(leave.min(axis=1), 1)
    ends = [np.linalg.norm(np.maximum(np.maximum(low - p, p - high), 0), axis=1) for p in (a, b)]
    corners = np.array([[x, z] for x in (low[0], high[0]) for z in (low[1], high[1])])
    share = np.clip(((corners[:, None] - a) * way).sum(-1) / (way**2).sum(-1), 0, 1)
    sides = np.linalg.norm(a + share[..., None] * way - corners[:, None], axis=-1)
    return np.where(crosses, 0.0, np.minimum(np.minimum(*ends), sides.min(axis=0)))


def visibility_distances(points):
    """Shortest walks (n, n) between points (n, 2), MARGIN off every wall, by a visibility graph."""
    angle = np.arange(0, 2 * np.pi, np.pi / 12)
    arc = (MARGIN + 1e-3) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    corners = np.array([[x, z] for x0, z0, x1, z1 in RECTANGLES for x in (x0, x1) for z in (z0, z1)])
    turns = (corners[:, None] + arc).reshape(-1, 2)
    turns = turns[((turns >= LOW + MARGIN) & (turns <= HIGH - MARGIN)).all(axis=1)]
    turns = turns[np.all([rectangle_clearance(turns, turns, r) >= MARGIN for r in RECTANGLES], axis=0)]
    nodes = np.concatenate([points, turns])
    i, j = np.triu_indices(len(nodes), 1)
    # The polygon of 24 corners around a rounded corner is cut by its own sides, by this much at most.
    sagitta = MARGIN * (1 - np.cos(np.pi / 24)) + 1e-3
    clear = np.all([rectangle_clearance(nodes[i], nodes[j], r) >= MARGIN - sagitta for r in RECTANGLES], axis=0)
    graph = np.zeros((len(nodes), len(nodes)))
    graph[i[clear], j[clear]] = np.linalg.norm(nodes[i] - nodes[j], axis=1)[clear]
    return dijkstra(graph, directed=False, indices=np.arange(len(points)))[:, : len(points)]


def test_a_convex_room_is_crossed_straight(box_room):
    rng = np.random.default_rng(0)
    a, b = box_room.get_random_navigable_point(rng, 30), box_room.get_random_navigable_point(rng, 30)
    assert box_room.geodesic_distance(a, b) == pytest.approx(np.linalg.norm(a - b, axis=1), rel=1e-6)
    assert len(box_room.find_path(a[0], b[0]).points) == 2


def taut_around(a, b, corners):
    """Length of the string from a over two corners to b (all (2,), x to the right, corners above), MARGIN off both."""
    first, last = corners[0] - a, b - corners[1]
    straight = np.sqrt(first @ first - MARGIN**2) + np.sqrt(last @ last - MARGIN**2) + corners[1][0] - corners[0][0]
    up = np.arctan2(first[1], first[0]) + np.arcsin(MARGIN / np.hypot(*first))
    down = np.arctan2(last[1], last[0]) - np.arcsin(MARGIN / np.hypot(*last))
    return straight + MARGIN * (up - down)


@pytest.mark.parametrize("seed", range(4))
def test_a_wall_is_rounded_at_the_margin(seed):
    pathfinder = PathFinder(
        RayEngine(scene_of(box((0, 0, 0), (10, 2.8, 6), inward=INWARD), box((5, 0, 0), (5.2, 2.8, 3.013))))
    )
    rng = np.random.default_rng(seed)
    a, b = rng.uniform((0.3, 0.3), (4.5, 2.0)), rng.uniform((5.6, 0.3), (9.5, 2.0))
    exact = taut_around(a, b, np.array([[5, 3.013], [5.2, 3.013]]))
    path = pathfinder.find_path([a[0], 0, a[1]], [b[0], 0, b[1]])
    assert path.geodesic_distance == pytest.approx(exact, rel=2e-3)
    assert path.geodesic_distance == pytest.approx(np.linalg.norm(np.diff(path.points, axis=0), axis=1).sum(), rel=1e-9)
    assert path.points[0] == pytest.approx([a[0], 0, a[1]], abs=1e-5)
    assert path.points[-1] == pytest.approx([b[0], 0, b[1]], abs=1e-5)


def test_an_l_shaped_corridor_turns_at_its_inner_corner():
    parts = [box((0, 0, 0), (6, 2.6, 6), inward=INWARD), box((1.2, 0, 1.2), (6, 2.6, 6))]
    pathfinder = PathFinder(RayEngine(scene_of(*parts), threads=1))
    a, b = np.array([0.6, 5.0]), np.array([5.0, 0.6])
    reach = np.linalg.norm(np.array([1.2, 1.2]) - a)
    tangent = np.sqrt(reach**2 - MARGIN**2)
    # Seen from the corner, the block takes the smaller angle between a and b; the walk bends round in the larger one.
    spread = 2 * np.pi - np.arccos(np.dot(a - 1.2, b - 1.2) / reach**2)
    arc = MARGIN * (spread - 2 * np.arccos(MARGIN / reach))
    exact = 2 * tangent + arc
    assert pathfinder.geodesic_distance([a[0], 0, a[1]], [b[0], 0, b[1]]) == pytest.approx(exact, rel=2e-3)


def test_rooms_with_doors_agree_with_a_visibility_graph(home):
    points = home.get_random_navigable_point(3, 14)
    expected = visibility_distances(points[:, [0, 2]])
    i, j = np.triu_indices(len(points), 1)
    assert home.geodesic_distance(points[i], points[j]) == pytest.approx(expected[i, j], rel=5e-3)


def test_a_distance_field_agrees_with_pairs(home):
    goal, points = home.get_random_navigable_point(5), home.get_random_navigable_point(6, 60)
    pairs = home.geodesic_distance(points, goal)
    field = home.distance_field(goal)
    assert field(points) == pytest.approx(pairs, rel=1e-2)
    assert np.median(np.abs(field(points) / pairs - 1)) < 1e-3
    estimates = field.estimate(points)
    assert estimates == pytest.approx(pairs, rel=3e-2)
    assert np.median(estimates / pairs - 1) < 0.01
    assert field(points.reshape(6, 10, 3)).shape == (6, 10)
    assert np.isinf(field([[4.5, 0, 1.5], [100, 0, 0], [np.nan, 0, 0]])).all()
    assert field(points[0]) == pytest.approx(field.path(points[0]).geodesic_distance, rel=1e-6)


def test_there_is_as_far_as_back_and_detours_are_no_shorter(home):
    a, b, c = (home.get_random_navigable_point(seed, 15) for seed in (7, 8, 9))
    ab, bc, ac = home.geodesic_distance(a, b), home.geodesic_distance(b, c), home.geodesic_distance(a, c)
    assert np.array_equal(ab, home.geodesic_distance(b, a))
    assert (ac <= (ab + bc) * 1.002).all()
    assert (ab >= np.linalg.norm(a - b, axis=1) - 1e-5).all()
    assert home.find_path(a[0], b[0]).points == pytest.approx(home.find_path(b[0], a[0]).points[::-1])


def test_a_point_is_no_distance_from_itself(home):
    points = home.get_random_navigable_point(2, 5)
    assert home.geodesic_distance(points, points) == pytest.approx(0.0, abs=1e-9)


def test_paths_keep_their_distance_from_walls(home):
    a, b = home.get_random_navigable_point(20, 10), home.get_random_navigable_point(21, 10)
    for start, end in zip(a, b, strict=True):
        points = home.find_path(start, end).points[:, [0, 2]]
        for rectangle in RECTANGLES:
            assert rectangle_clearance(points[:-1], points[1:], rectangle).min() > MARGIN - 3e-3


def test_answers_do_not_depend_on_the_batch(home):
    a, b = home.get_random_navigable_point(30, 8), home.get_random_navigable_point(31, 8)
    together = home.geodesic_distance(a, b)
    assert [home.geodesic_distance(x, y) for x, y in zip(a, b, strict=True)] == together.tolist()
    field = home.distance_field(b[0])
    assert [float(field(x)) for x in a] == field(a).tolist()


def test_no_way_is_infinitely_far():
    parts = [box((0, 0, 0), (6, 2.6, 4), inward=INWARD), box((3, 0, 0), (3.1, 2.6, 4))]
    pathfinder = PathFinder(RayEngine(scene_of(*parts), threads=1))
    assert np.isinf(pathfinder.geodesic_distance([1, 0, 2], [5, 0, 2]))
    path = pathfinder.find_path([1, 0, 2], [5, 0, 2])
    assert path.points.shape == (0, 3)
    assert np.isinf(path.geodesic_distance)
    assert np.isinf(pathfinder.distance_field([1, 0, 2])([5, 0, 2]))
    assert pathfinder.geodesic_distance([[1, 0, 2], [1, 0, 1], [np.nan, 0, 0]], [2, 0, 2]) == pytest.approx(
        [1, np.sqrt(2), np.inf], rel=1e-6
    )


def test_points_that_do_not_pair_up_are_refused(box_room):
    with pytest.raises(PoseError, match="pair up"):
        box_room.geodesic_distance(np.zeros((3, 3)), np.zeros((2, 3)))


def test_a_field_reaches_wherever_a_walk_does(home):
    points = home.get_random_navigable_point(3, count=1500)
    edges = home.boundary_points()[::3]
    points = np.concatenate([points, edges[home.is_navigable(edges)]])
    goal = points[0]
    by_field, by_walk = (
        home.distance_field(goal)(points),
        home.geodesic_distance(points, np.broadcast_to(goal, points.shape)),
    )
    np.testing.assert_array_equal(np.isfinite(by_field), np.isfinite(by_walk))


def test_where_a_field_has_no_node_beside_a_point_the_walk_is_searched(home, monkeypatch):
    """It happens at 1 of 10,000 points of a furnished room, where a rug ends in a corner."""
    points = home.get_random_navigable_point(5, count=6)
    field, goal = home.distance_field(points[0]), np.broadcast_to(points[0], points[1:].shape)
    monkeypatch.setattr(field, "_lengths", lambda local: np.full(len(local), np.inf))
    np.testing.assert_array_equal(field(points[1:]), home.geodesic_distance(points[1:], goal))
    assert np.isinf(field([100.0, 0.0, 100.0]))
