"""Inside the room, inside a wall, outside: what may be put where."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.errors import PoseError
from echoenv.rays import RayEngine
from echoenv.simulators.placement import require_open_space, require_within
from tests.rooms import box_room, with_solid_block


def test_directions_are_unit_and_balanced() -> None:
    directions = fibonacci_sphere(96)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0, atol=1e-12)
    assert np.abs(directions.mean(axis=0)).max() < 0.02


def test_open_space_is_accepted() -> None:
    require_open_space(RayEngine(box_room()), np.array([[3.0, 1.5, 2.0], [0.2, 1.5, 5.7]]), "the agent's camera at")


@pytest.mark.parametrize("point", [[4.0, 0.5, 3.0], [20.0, 1.5, 3.0], [7.5, -1.0, 0.5]])
def test_solid_and_outside_are_refused_with_the_scene_extent(point: list[float]) -> None:
    engine = RayEngine(with_solid_block(box_room(), low=(3.5, 0.0, 2.5), high=(4.5, 1.0, 3.5)))
    with pytest.raises(PoseError, match=r"reaches from \[0.0, 0.0, 0.0\] to \[8.0, 2.8, 6.0\]"):
        require_open_space(engine, np.array([point]), "the source at")


def test_beside_and_below_is_outside_but_above_is_the_sky() -> None:
    engine = RayEngine(box_room())
    require_within(engine, np.array([[4.0, 1.5, 3.0], [4.0, 9.0, 3.0]]), "the agent's camera at")
    for point in ([8.1, 1.5, 3.0], [4.0, 1.5, -0.1], [4.0, -0.1, 3.0]):
        with pytest.raises(PoseError, match="outside the rooms"):
            require_within(engine, np.array([[4.0, 1.5, 3.0], point]), "the agent's camera at")
