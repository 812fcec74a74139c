"""Moving sounds in a simulator: walks through its space, heard by its agent."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.propagation.propagator import PropagationSettings
from echoenv.errors import PoseError
from echoenv.simulators.moving_sounds import MovingSounds
from echoenv.simulators.simulator import Simulator
from tests.rooms import box_room


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    settings = PropagationSettings(rays=200, image_order=1)
    made = Simulator(box_room(absorption=0.95), receiver="mono", sample_rate=16000, propagation=settings, threads=1)
    made.set_agent_state([4.0, 0.0, 4.0])
    return made


def test_a_walker_is_louder_when_it_is_near(simulator: Simulator) -> None:
    """Past the agent at a metre: loudest half-way, at a speed at which it takes a second."""
    stage = MovingSounds(simulator, 0.1)
    walk = stage.walk([[1.0, 0.0, 3.0], [7.0, 0.0, 3.0]], speed=6.0)
    assert walk.duration == pytest.approx(1.0, rel=1e-3)
    stage.add(walk, np.random.default_rng(0).standard_normal(16000))
    heard = stage.render(stage.agent(), 1.0, 10)[0]
    levels = (heard.reshape(10, -1) ** 2).mean(axis=1)
    assert levels[4:6].mean() > 3.0 * levels[[1, 8]].mean()


def test_a_source_in_a_wall_and_a_way_that_is_none_are_refused(simulator: Simulator) -> None:
    stage = MovingSounds(simulator, 0.1)
    with pytest.raises(PoseError, match="outside"):
        stage.add([4.0, 1.5, 60.0], np.ones(5))
    with pytest.raises(PoseError, match="no way"):
        stage.walk([[1.0, 0.0, 3.0], [70.0, 0.0, 3.0]])
