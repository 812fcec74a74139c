"""Many sources to many listeners in one call, and sources that face somewhere."""

from __future__ import annotations

import numpy as np
import pytest

import echoenv
from echoenv.errors import EchoEnvError, PoseError, SettingsError
from echoenv.scene.pose import heading_to_matrix
from tests.rooms import box_room

SOURCES = np.array([[1.0, 1.0, 1.0], [2.0, 1.2, 4.0], [5.5, 2.0, 3.0]])
PLACES = np.array([[3.0, 0.0, 2.5], [4.0, 0.0, 1.0]])
FEW_RAYS = echoenv.PropagationSettings(rays=500)


@pytest.fixture(scope="module")
def sim() -> echoenv.Simulator:
    return echoenv.Simulator(box_room((7.0, 3.0, 5.0), 0.3, 0.3), receiver="mono", threads=1, propagation=FEW_RAYS)


def energies(responses: np.ndarray) -> np.ndarray:
    return (responses.astype(np.float64) ** 2).sum(axis=-1)


def test_each_pair_of_a_batch_is_what_it_is_alone(sim: echoenv.Simulator) -> None:
    patterns, facing = ["cardioid", None, "talking_head"], [0.0, 90.0, 200.0]
    together = sim.impulse_responses(
        SOURCES, PLACES, (0.0, 120.0), 0.1, seed=3, directivities=patterns, source_rotations=facing
    )
    assert together.shape == (3, 2, 2, 1, 4410)
    for source, place in ((0, 1), (1, 0), (2, 1)):
        sim.set_agent_state(PLACES[place], heading=120.0)
        alone = sim.impulse_response(
            SOURCES[source], 0.1, seed=3, directivity=patterns[source], source_rotation=facing[source]
        )
        assert alone.samples.tobytes() == together[source, place, 1].tobytes()


def test_the_order_of_sources_changes_nothing(sim: echoenv.Simulator) -> None:
    forwards = sim.impulse_responses(SOURCES, PLACES, duration=0.1)
    backwards = sim.impulse_responses(SOURCES[::-1], PLACES[::-1], duration=0.1)
    assert forwards.tobytes() == np.ascontiguousarray(backwards[::-1, ::-1]).tobytes()


def test_a_source_that_faces_the_listener_is_louder_than_one_that_turns_away(sim: echoenv.Simulator) -> None:
    source = [[3.0, 1.5, 4.0]]  # behind the agent, who stands towards -Z of it
    towards, away = (
        energies(sim.impulse_responses(source, PLACES[:1], duration=0.02, directivities="cardioid", source_rotations=h))
        for h in (0.0, 180.0)
    )
    assert towards.item() > 3.0 * away.item()


def test_headings_and_matrices_of_sources_mean_the_same(sim: echoenv.Simulator) -> None:
    angles = [10.0, 100.0, 250.0]
    by_angle, by_matrix = (
        sim.impulse_responses(SOURCES, PLACES, duration=0.05, directivities="cardioid", source_rotations=turns)
        for turns in (angles, heading_to_matrix(np.array(angles)))
    )
    assert by_angle.tobytes() == by_matrix.tobytes()


def test_omnidirectional_sources_are_the_same_however_they_are_turned(sim: echoenv.Simulator) -> None:
    plain = sim.impulse_responses(SOURCES, PLACES, duration=0.05)
    turned = sim.impulse_responses(SOURCES, PLACES, duration=0.05, source_rotations=[0.0, 50.0, 99.0])
    assert plain.tobytes() == turned.tobytes()


MISTAKES: dict[str, tuple[type[EchoEnvError], dict[str, object]]] = {
    "did you mean cardioid": (SettingsError, {"directivities": "cardoid"}),
    "one .or None. for each": (SettingsError, {"directivities": ["omni", "omni"]}),
    "directivities 3 for 3 sources": (SettingsError, {"directivities": 3}),
    "source rotations .1, 2. must be": (PoseError, {"directivities": "cardioid", "source_rotations": [1, 2]}),
    "source rotations nan must be": (PoseError, {"directivities": "cardioid", "source_rotations": np.nan}),
    "duration -1 s must be": (SettingsError, {"duration": -1}),
}


@pytest.mark.parametrize("message", MISTAKES)
def test_mistakes_are_one_line_that_says_what_is_allowed(sim: echoenv.Simulator, message: str) -> None:
    kind, given = MISTAKES[message]
    with pytest.raises(kind, match=message) as raised:
        sim.impulse_responses(SOURCES, PLACES, **given)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)
