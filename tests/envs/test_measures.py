"""Measures of navigation against episodes made by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from echoenv.envs.measures import MEASURES, EpisodeRecord
from echoenv.errors import SettingsError


def walk(steps: list[tuple[float, float, bool]], start_distance: float, **settings: object) -> EpisodeRecord:
    """An episode along x: (x, distance left, collided) after each action; then a stop."""
    record = EpisodeRecord(np.zeros(3), start_distance, 0.2, **settings)
    x, distance = 0.0, start_distance
    for x, distance, collided in steps:
        record.moved([x, 0.0, 0.0], distance, collided)
    record.moved([x, 0.0, 0.0], distance, stopped=True)
    return record


def test_the_shortest_way_is_worth_one() -> None:
    record = walk([(1.0, 1.0, False), (2.0, 0.0, False)], 2.0, shortest_actions=3)
    assert record.measures() == pytest.approx(
        {
            "success": 1.0, "spl": 1.0, "soft_spl": 1.0, "distance_to_goal": 0.0, "distance_to_goal_by_start": 0.0,
            "distance_to_goal_by_path": 0.0, "sna": 1.0, "collisions": 0.0, "path_length": 2.0, "steps": 3.0,
        }
    )  # fmt: skip


def test_a_detour_of_twice_the_way_is_worth_half() -> None:
    record = walk([(-1.0, 3.0, False), (0.0, 2.0, True), (2.0, 0.1, False)], 2.0, shortest_actions=2)
    assert record.path_length == 4.0 and record.collisions == 1
    assert record.spl == pytest.approx(0.5) and record.sna == pytest.approx(0.5)
    assert record.soft_spl == pytest.approx(0.95 * 0.5)


def test_without_a_stop_there_is_no_success_but_progress() -> None:
    record = EpisodeRecord(np.zeros(3), 2.0, 0.2)
    record.moved([1.9, 0.0, 0.0], 0.1)
    assert not record.success and record.spl == 0.0 and record.soft_spl == pytest.approx(0.95)
    record.moved([1.9, 0.0, 0.0], 0.1, stopped=True)
    assert record.success and record.sna is None


def test_the_edge_of_the_success_distance_is_outside() -> None:
    record = EpisodeRecord(np.zeros(3), 2.0, 0.2)
    record.moved([1.8, 0.0, 0.0], 0.2, stopped=True)
    assert not record.success


def test_the_two_normalised_distances_differ() -> None:
    record = walk([(4.0, 1.0, False)], 2.0)
    assert record.distance_to_goal_by_start == 0.5 and record.distance_to_goal_by_path == 0.25
    stood = EpisodeRecord(np.zeros(3), 2.0, 0.2)
    stood.moved(np.zeros(3), 2.0, stopped=True)
    assert stood.distance_to_goal_by_start == 1.0 and stood.distance_to_goal_by_path is None


def test_going_away_is_no_negative_progress() -> None:
    assert walk([(-5.0, 7.0, False)], 2.0).soft_spl == 0.0


@pytest.mark.parametrize("distance", [0.0, math.inf, math.nan, -1.0])
def test_a_start_that_has_no_spl_is_an_error(distance: float) -> None:
    with pytest.raises(SettingsError, match="no SPL"):
        EpisodeRecord(np.zeros(3), distance, 0.2)


def test_every_measure_has_its_name() -> None:
    assert tuple(walk([(1.0, 0.0, False)], 1.0, shortest_actions=2).measures()) == MEASURES
    assert set(MEASURES) - set(walk([], 1.0).measures()) == {"sna", "distance_to_goal_by_path"}
