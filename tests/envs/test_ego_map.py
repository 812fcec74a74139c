"""The map that an agent draws: where it puts what is seen, how it turns, what it remembers."""

from __future__ import annotations

import numpy as np

from echoenv.envs.ego_map import CELL, LAYERS, MAP_SIZE, AcousticMemory, EgoMap
from echoenv.scene.pose import heading_to_quaternion
from echoenv.simulators.agent import SENSOR_HEIGHT, AgentState

SIZE = 64
OCCUPIED, FREE, BEEN = (LAYERS.index(name) for name in ("occupied", "free", "been"))


def at(x: float, z: float, heading: float) -> AgentState:
    return AgentState(np.array([x, 0.0, z]), heading_to_quaternion(np.array(heading)))


def wall(distance: float) -> np.ndarray:
    """Depth of a wall across the view, above the floor."""
    up = (SIZE / 2 - np.arange(SIZE) - 0.5) * 2.0 / SIZE
    floor = np.where(up < 0.0, SENSOR_HEIGHT / np.maximum(-up, 1e-9), np.inf)
    return np.repeat(np.minimum(distance, floor)[:, None], SIZE, axis=1).astype(np.float32)


def cells(shown: np.ndarray, layer: int) -> np.ndarray:
    """How far ahead and to the right [m] (n, 2) the cells of a layer are."""
    row, column = np.nonzero(shown[..., layer])
    return np.stack([MAP_SIZE / 2 - row - 0.5, column + 0.5 - MAP_SIZE / 2], axis=1) * CELL


def test_a_wall_is_drawn_where_it_stands_and_the_floor_before_it() -> None:
    drawn = EgoMap(SIZE, SIZE, 90.0)
    here = at(5.0, -3.0, 70.0)
    drawn.begin(here)
    drawn.see(wall(2.5), here, collided=False)
    shown = drawn.shown(here)
    ahead, right = cells(shown, OCCUPIED).T
    assert np.abs(ahead - 2.5).max() <= 1.1 * CELL  # cells of the plan are askew to those that are shown
    assert right.min() < -2.3 and right.max() > 2.3
    floor = cells(shown, FREE)
    assert floor[floor[:, 0] > 0.2][:, 0].min() > 1.4 and floor[:, 0].max() < 2.6
    np.testing.assert_allclose(cells(shown, BEEN), 0.0, atol=1.5 * CELL)


def test_the_map_turns_and_moves_with_the_agent_and_remembers() -> None:
    drawn = EgoMap(SIZE, SIZE, 90.0)
    here = at(0.05, 0.05, 0.0)
    drawn.begin(here)
    drawn.see(wall(2.5), here, collided=False)
    dark = np.zeros((SIZE, SIZE), np.float32)
    turned = at(0.05, 0.05, 90.0)  # to the left: what was ahead is to the right
    drawn.see(dark, turned, collided=False)
    ahead, right = cells(drawn.shown(turned), OCCUPIED).T
    assert np.abs(right - 2.5).max() <= 1.1 * CELL and ahead.min() < -2.3 and ahead.max() > 2.3
    nearer = at(0.05, -0.95, 0.0)
    drawn.see(dark, nearer, collided=False)
    assert np.abs(cells(drawn.shown(nearer), OCCUPIED)[:, 0] - 1.5).max() <= 1.1 * CELL
    assert len(cells(drawn.shown(nearer), BEEN)) == 2


def test_what_was_met_unseen_is_drawn_and_a_new_episode_begins_empty() -> None:
    drawn = EgoMap(SIZE, SIZE, 90.0)
    here = at(0.0, 0.0, 30.0)
    drawn.begin(here)
    dark = np.zeros((SIZE, SIZE), np.float32)
    drawn.see(dark, here, collided=True)
    met = cells(drawn.shown(here), OCCUPIED)
    assert len(met) >= 1 and np.abs(met - [0.2, 0.0]).max() <= 1.5 * CELL
    drawn.begin(here)
    drawn.see(dark, here, collided=False)
    assert not drawn.shown(here)[..., OCCUPIED].any()


def test_what_is_far_off_the_plan_does_no_harm() -> None:
    drawn = EgoMap(SIZE, SIZE, 90.0)
    drawn.begin(at(0.0, 0.0, 0.0))
    away = at(500.0, -500.0, 45.0)
    drawn.see(wall(3.0), away, collided=True)
    assert drawn.shown(away).shape == (MAP_SIZE, MAP_SIZE, 3)


def test_loudness_is_remembered_where_it_was_heard() -> None:
    memory = AcousticMemory()
    here = at(0.05, 0.05, 0.0)
    memory.begin(here)
    assert not memory.shown(here).any()
    memory.hear(np.full((2, 100), 0.1, np.float32), here)
    there = at(0.05, -0.95, 0.0)  # a metre ahead
    memory.hear(np.full((2, 100), 1.0, np.float32), there)
    shown = memory.shown(there)
    middle = MAP_SIZE // 2
    assert shown[middle, middle] == 255 and shown[middle + round(1.0 / CELL), middle] == 1 + round(254 * 40 / 60)
    assert np.count_nonzero(shown) == 2 * 9
    memory.hear(np.zeros((2, 100), np.float32), there)
    assert memory.shown(there)[middle, middle] == 1
