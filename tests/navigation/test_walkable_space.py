"""Where an agent can be: areas and boundaries against closed forms, steps, slopes, gaps, roofs, and bad input."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.errors import MeshError, SettingsError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.files import load_scene
from tests.conftest import shared_data
from tests.navigation.rooms import BOX_ROOM, INWARD, OUTWARD, box, scene_of


def finder(*parts, threads=1, **options):
    return PathFinder(RayEngine(scene_of(*parts), threads=threads), **options)


def room(*furniture, high=(8.0, 2.8, 6.0), **options):
    return finder(box((0, 0, 0), high, inward=INWARD), *furniture, **options)


def first_free(pathfinder, start, end):
    """Where navigable space begins on the way from a point to another."""
    share = np.linspace(0, 1, 20001)[:, None]
    points = (1 - share) * np.asarray(start, float) + share * np.asarray(end, float)
    return points[np.argmax(pathfinder.is_navigable(points))]


def test_box_room_has_habitats_area(box_room):
    assert box_room.navigable_area == pytest.approx(7.7 * 5.7, rel=1e-4)
    assert box_room.navigable_area == pytest.approx(43.89, rel=0.015)
    assert box_room.islands == 1  # the outside of the ceiling is no floor


@pytest.mark.parametrize(("radius", "away"), [(0.1, 0.15), (0.2, 0.25)])
def test_boundary_is_habitats_distance_from_the_walls(radius, away):
    pathfinder = room(agent_radius=radius)
    for end, expected in (((0, 0, 3), away), ((8, 0, 3), 8 - away)):
        assert first_free(pathfinder, end, (4, 0, 3))[0] == pytest.approx(expected, abs=1e-3)
    assert first_free(pathfinder, (4, 0, 6), (4, 0, 3))[2] == pytest.approx(6 - away, abs=1e-3)


def test_heights_are_exact_not_quantised(box_room):
    lifted = finder(box((0, 0.137, 0), (3, 3, 3), inward=INWARD))
    assert lifted.snap_point([1.5, 0.5, 1.5])[1] == pytest.approx(0.137, abs=1e-5)
    assert box_room.snap_point([3, 0.2, 0.5])[1] == pytest.approx(0.0, abs=1e-5)


def test_boundary_of_a_turned_room_is_straight():
    pathfinder = finder(box((0, 0, 0), (5, 2.8, 4), inward=INWARD, turn=30.0))
    along, across = np.array([np.cos(np.pi / 6), 0, -0.5]), np.array([0.5, 0, np.cos(np.pi / 6)])
    for distance in np.linspace(0.5, 4.5, 17):
        wall = distance * along
        begin = first_free(pathfinder, wall, wall + 0.5 * across)
        assert np.linalg.norm(begin - wall) == pytest.approx(0.15, abs=2e-3)
    assert pathfinder.navigable_area == pytest.approx(4.7 * 3.7, rel=2e-3)


def test_a_thin_post_is_not_missed():
    post = box((4.003, 0, 3.003), (4.013, 2.8, 3.013))
    pathfinder = room(post)
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    ring = np.array([4.008, 0, 3.008]) + np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=1) * 0.14
    assert not pathfinder.is_navigable(ring).any()
    assert pathfinder.navigable_area == pytest.approx(43.89 - np.pi * 0.15**2 - 4 * 0.01 * 0.15, abs=0.01)


@pytest.mark.parametrize("winding", [INWARD, OUTWARD])
def test_either_winding_gives_the_floor_not_the_roof(winding):
    pathfinder = finder(box(*BOX_ROOM, inward=winding))
    assert pathfinder.grid_positions()[:, 1].max() == pytest.approx(0.0, abs=1e-5)
    assert pathfinder.island_area() == pytest.approx(43.89, rel=1e-3)


def test_a_solid_home_is_walked_inside():
    walls = [box((-0.2, 0, -0.2), (0, 2.6, 6.2)), box((8, 0, -0.2), (8.2, 2.6, 6.2)),
             box((0, 0, -0.2), (8, 2.6, 0)), box((0, 0, 6), (8, 2.6, 6.2))]  # fmt: skip
    slabs = [box((-0.4, 2.6, -0.4), (8.4, 2.8, 6.4)), box((-3, -0.2, -3), (11, 0, 9))]  # a roof, and ground around it
    pathfinder = finder(*walls, *slabs)
    grid = pathfinder.grid_positions()
    assert len(grid) == 15 * 11
    assert np.abs(grid[:, 1]).max() < 1e-5
    assert pathfinder.island_area() == pytest.approx(43.89, rel=1e-3)
    assert pathfinder.is_navigable([-1.5, 0, 3])  # the ground is walkable too, only not the home


def test_a_scan_without_ceiling_is_walked():
    pathfinder = finder(box(*BOX_ROOM, inward=INWARD, without=("+y",)))
    assert pathfinder.island_area() == pytest.approx(43.89, rel=1e-3)
    assert pathfinder.space.islands.enclosed.all()


def test_open_ground_with_boxes_is_ground():
    pathfinder = finder(box((-5, -0.1, -5), (5, 0, 5)), box((1, 0, 1), (3, 2, 3)))
    assert pathfinder.snap_point([-2, 0, -2])[1] == pytest.approx(0.0, abs=1e-5)
    assert pathfinder.island_of([-2, 0, -2]) == pathfinder.main_island


def test_furniture_blocks_and_its_top_is_not_the_grid():
    pathfinder = room(box((3, 0, 2), (5, 0.75, 4)), box((6, 0.7, 1), (7.5, 0.75, 2)))  # a solid block, a table top
    assert not pathfinder.is_navigable([[4, 0, 3], [6.7, 0, 1.5], [2.9, 0, 3]]).any()
    assert pathfinder.is_navigable([2.84, 0, 3])
    assert np.abs(pathfinder.grid_positions()[:, 1]).max() < 1e-5


@pytest.mark.parametrize(("rise", "climbs"), [(0.18, True), (0.25, False)])
def test_stairs_are_climbed_up_to_the_limit(rise, climbs):
    steps = [box((3 + 0.3 * k, 0, 0), (8, rise * (k + 1), 4)) for k in range(5)]
    pathfinder = room(*steps, high=(8, 4.0, 4))
    distance = pathfinder.geodesic_distance([1, 0, 2], [7, 5 * rise, 2])
    assert np.isfinite(distance) == climbs
    if climbs:
        assert distance == pytest.approx(np.hypot(6, 5 * rise), rel=1e-3)


@pytest.mark.parametrize(("slope", "walks"), [(40.0, True), (50.0, False)])
def test_slopes_are_walked_up_to_45_degrees(slope, walks):
    height = 1.0
    run = height / np.tan(np.deg2rad(slope))
    ramp = np.array([[3, 0, 0], [3, 0, 4], [3 + run, height, 4], [3 + run, height, 0]])
    upper = np.array([[3 + run, height, 0], [3 + run, height, 4], [8, height, 4], [8, height, 0]])
    quad = np.array([[0, 1, 2], [0, 2, 3]])
    pathfinder = room((ramp, quad), (upper, quad), high=(8, 4.0, 4))
    assert np.isfinite(pathfinder.geodesic_distance([1, 0, 2], [7, height, 2])) == walks


def floor_of(*x_ranges, width=4.0):
    """Level floors (x from, x to) without walls."""
    quad = np.array([[0, 1, 2], [0, 2, 3]])
    return [(np.array([[a, 0, 0], [a, 0, width], [b, 0, width], [b, 0, 0]]), quad) for a, b in x_ranges]


@pytest.mark.parametrize(("gap", "crosses"), [(0.12, True), (0.45, False)])
def test_cracks_in_a_floor_are_stepped_over_and_holes_are_not(gap, crosses):
    pathfinder = finder(*floor_of((0, 3), (3 + gap, 6)), box((0, -1, 0), (6, 3, 4), inward=INWARD))
    assert np.isfinite(pathfinder.geodesic_distance([1, 0, 2], [5, 0, 2])) == crosses


def test_edges_of_a_floor_keep_the_agent_off():
    pathfinder = finder(*floor_of((0, 3.017)))
    assert first_free(pathfinder, (3.017, 0, 2), (1, 0, 2))[0] == pytest.approx(3.017 - 0.15, abs=1e-3)
    assert pathfinder.navigable_area == pytest.approx((3.017 - 0.3) * 3.7, rel=2e-3)


def test_a_low_beam_blocks_and_a_high_one_does_not():
    for height, free in ((1.4, False), (1.6, True)):
        pathfinder = room(box((3, height, 0), (3.2, 2.8, 6)))
        assert np.isfinite(pathfinder.geodesic_distance([1, 0, 3], [6, 0, 3])) == free


def test_two_storeys_are_told_apart():
    lower, upper = box((0, 0, 0), (5, 2.6, 4), inward=INWARD), box((0, 2.8, 0), (6, 5.4, 4), inward=INWARD)
    pathfinder = finder(lower, upper)
    assert pathfinder.islands == 2
    assert pathfinder.snap_point([2, 0.1, 2])[1] == pytest.approx(0.0, abs=1e-5)
    assert pathfinder.snap_point([2, 2.9, 2])[1] == pytest.approx(2.8, abs=1e-5)
    assert np.isinf(pathfinder.geodesic_distance([2, 0, 2], [2, 2.8, 2]))
    assert pathfinder.grid_positions()[:, 1] == pytest.approx(2.8, abs=1e-5)  # the larger storey


def test_the_copyroom_scan_is_walked():
    pathfinder = PathFinder(RayEngine(load_scene(shared_data("copyroom/copyroom.ply")), threads=1))
    grid = pathfinder.grid_positions()
    assert 8 <= len(grid) <= 20
    assert np.ptp(grid[:, 1]) < 0.1  # all on the floor, none on a printer
    assert np.isfinite(pathfinder.geodesic_distance(grid, grid[0])).all()


def test_threads_do_not_change_anything():
    parts = [box(*BOX_ROOM, inward=INWARD), box((3, 0, 2), (5, 0.75, 4), turn=20.0)]
    one, two = finder(*parts, threads=1), finder(*parts, threads=2)
    assert np.array_equal(one.space.clearance, two.space.clearance)
    a, b = one.get_random_navigable_point(0, 20), one.get_random_navigable_point(1, 20)
    assert np.array_equal(one.geodesic_distance(a, b), two.geodesic_distance(a, b))


def test_a_mesh_without_floor_is_refused():
    wall = (np.array([[0, 0, 0], [4, 0, 0], [4, 3, 0], [0, 3, 0]]), np.array([[0, 1, 2], [0, 2, 3]]))
    with pytest.raises(MeshError, match="has no floor"):
        finder(wall)


def test_an_agent_that_is_too_tall_is_told_how_high_the_rooms_are():
    with pytest.raises(MeshError, match=r"3.* m.*2\.80 m"):
        room(agent_height=3.0)
    with pytest.raises(MeshError, match="agent_radius"):
        finder(box((0, 0, 0), (0.25, 2, 0.25), inward=INWARD))


@pytest.mark.parametrize(
    "options",
    [
        {"agent_height": -1},
        {"agent_radius": float("nan")},
        {"cell_size": 0},
        {"max_climb": 2.0},
        {"agent_height": "tall"},
    ],
)
def test_impossible_sizes_are_refused(options):
    with pytest.raises(SettingsError):
        room(**options)


def test_a_scene_with_a_stray_vertex_far_away_is_refused_not_swallowed():
    far = (np.array([[9e5, 0, 9e5], [9e5, 0, 9e5 + 1], [9e5 + 1, 0, 9e5]]), np.array([[0, 1, 2]]))
    with pytest.raises(SettingsError, match="cell_size"):
        room(far)
