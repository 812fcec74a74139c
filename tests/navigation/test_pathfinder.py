"""Habitat's questions to a path finder: snapping, grids, random points, maps."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.errors import PoseError, SettingsError
from echoenv.navigation.map_picture import save_map
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from tests.navigation.rooms import INWARD, box, scene_of


def test_points_within_half_a_metre_of_the_floor_are_navigable(box_room):
    points = [[3, 0, 3], [3, 0.45, 3], [3, 0.6, 3], [0.1, 0, 3], [np.nan, 0, 3], [50, 0, 3]]
    assert box_room.is_navigable(points).tolist() == [True, True, False, False, False, False]
    assert not box_room.is_navigable([3, 0.45, 3], max_y_delta=0.3)
    assert box_room.is_navigable([3, 0, 3]) is True


def test_snapping_finds_the_nearest_place(box_room):
    assert box_room.snap_point([3, 0.4, 2]) == pytest.approx([3, 0, 2], abs=1e-5)
    assert box_room.snap_point([3.123, 0, -0.5]) == pytest.approx([3.123, 0, 0.15], abs=1e-3)
    assert box_room.snap_point([8.4, 1.5, 2.777]) == pytest.approx([7.85, 0, 2.777], abs=1e-3)


def test_snapping_from_far_away_gives_nan(box_room):
    far = box_room.snap_point([[30, 0, 3], [3, 9, 3], [np.nan, 0, 0], [3, 0, 3]])
    assert np.isnan(far[:3]).all()
    assert np.isfinite(far[3]).all()


def test_a_position_in_a_wall_is_refused_with_the_nearest_place(box_room):
    with pytest.raises(PoseError, match=r"nearest navigable point is \[3\.000, -?0\.000, 0\.150\]"):
        box_room.require_navigable([3, 0, 0.02])
    with pytest.raises(PoseError, match="such as"):
        box_room.require_navigable([300, 0, 0.02])
    with pytest.raises(PoseError, match="three finite"):
        box_room.require_navigable([3, np.nan, 2])
    assert box_room.require_navigable([3, 0.3, 2]) == pytest.approx([3, 0, 2], abs=1e-5)


def test_the_grid_is_the_multiples_of_its_spacing(box_room):
    grid = box_room.grid_positions(0.5)
    x, z = np.meshgrid(np.arange(1, 16) * 0.5, np.arange(1, 12) * 0.5)
    assert grid[:, [0, 2]] == pytest.approx(np.stack([x.ravel(), z.ravel()], axis=1))
    assert np.array_equal(grid, box_room.grid_positions())
    assert len(box_room.grid_positions(1.0)) == 7 * 5


def test_the_grid_is_connected_and_leaves_out_closed_rooms():
    parts = [box((0, 0, 0), (9, 2.6, 4), inward=INWARD), box((6, 0, 0), (6.1, 2.6, 4)), box((3, 0, 0.9), (3.1, 2.6, 4))]
    pathfinder = PathFinder(RayEngine(scene_of(*parts), threads=1))
    grid = pathfinder.grid_positions()
    assert grid[:, 0].max() < 6
    assert (pathfinder.island_of(grid) == pathfinder.main_island).all()
    assert np.isfinite(pathfinder.distance_field(grid[0])(grid)).all()
    assert pathfinder.grid_positions(island=1 - pathfinder.main_island)[:, 0].min() > 6


@pytest.mark.parametrize("spacing", [0, -1, float("nan"), "wide"])
def test_a_grid_without_spacing_is_refused(box_room, spacing):
    with pytest.raises(SettingsError, match="spacing"):
        box_room.grid_positions(spacing)


def test_random_points_are_even_and_repeatable(box_room):
    points = box_room.get_random_navigable_point(0, 4000)
    assert np.array_equal(points, box_room.get_random_navigable_point(np.random.default_rng(0), 4000))
    assert box_room.is_navigable(points).all()
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 2], bins=4, range=[[0.15, 7.85], [0.15, 5.85]])
    chi_square = ((counts - 250) ** 2 / 250).sum()
    assert chi_square < 37.7  # 99.9 % of a chi-square of 15 degrees of freedom
    assert box_room.get_random_navigable_point(1).shape == (3,)
    box_room.seed(5)
    series = [box_room.get_random_navigable_point() for _ in range(2)]
    box_room.seed(5)
    assert np.array_equal(series[0], box_room.get_random_navigable_point()) and not np.array_equal(*series)


def test_distance_to_the_boundary(box_room):
    distances = box_room.distance_to_closest_obstacle([[1.15, 0, 3], [4, 0, 3], [0.05, 0, 3]])
    assert distances == pytest.approx([1.0, 2.0, 0.0], abs=1e-3)


def test_the_map_has_the_area_of_the_room(box_room, tmp_path):
    free, (x_low, x_high, z_low, z_high) = box_room.top_down_map(0.02)
    assert free.sum() * 0.02**2 == pytest.approx(43.89, rel=5e-3)
    rows, columns = np.nonzero(free)
    assert x_low + 0.02 * columns.min() == pytest.approx(0.15, abs=0.02)
    assert z_low + 0.02 * (rows.max() + 1) == pytest.approx(5.85, abs=0.02)
    assert (x_high - x_low, z_high - z_low) == pytest.approx((free.shape[1] * 0.02, free.shape[0] * 0.02))
    assert not box_room.top_down_map(0.1, height=2.8)[0].any()
    save_map(
        tmp_path / "map.png", box_room, box_room.grid_positions(), paths=(box_room.find_path([1, 0, 1], [6, 0, 4]),)
    )
    assert (tmp_path / "map.png").stat().st_size > 2000


def test_points_of_another_shape_are_refused(box_room):
    with pytest.raises(PoseError, match="shape"):
        box_room.is_navigable([1, 2])


def test_an_island_that_is_not_there_is_refused(box_room):
    with pytest.raises(SettingsError, match="island 3"):
        box_room.grid_positions(island=3)
