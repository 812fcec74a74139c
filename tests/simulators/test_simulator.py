"""The simulator as its users call it: Habitat's verbs, batched forms, seeds, and mistakes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import echoenv
from echoenv.errors import EchoEnvError, PoseError, SceneNotFoundError, SettingsError
from echoenv.simulators.agent import SENSOR_HEIGHT
from tests.rooms import box_room, with_solid_block

WALL_OF_HEADING = {0: "-z", 90: "-x", 180: "+z", 270: "+x"}


@pytest.fixture(scope="module")
def scene() -> echoenv.Scene:
    return with_solid_block(box_room(absorption=0.3, scattering=0.3), low=(6.0, 0.0, 4.0), high=(7.0, 1.0, 5.0))


@pytest.fixture
def sim(scene: echoenv.Scene) -> echoenv.Simulator:
    settings = echoenv.PropagationSettings(rays=400)
    simulator = echoenv.Simulator(scene, propagation=settings, threads=1)
    simulator.set_agent_state(position=[3.0, 0.0, 2.0], heading=0.0)
    return simulator


@pytest.mark.parametrize(("heading", "depth"), [(0, 2.0), (90, 3.0), (180, 4.0), (270, 5.0)])
def test_centre_depth_of_the_four_headings(sim: echoenv.Simulator, heading: int, depth: float) -> None:
    sim.set_agent_state(heading=heading)
    views = sim.get_sensor_observations()
    assert views["depth"].shape == (128, 128) and views["rgb"].dtype == np.uint8
    assert views["depth"][64, 64] == pytest.approx(depth, abs=1e-3)


def test_quaternion_and_heading_are_the_same_turn(sim: echoenv.Simulator) -> None:
    sim.step("turn_left")
    np.testing.assert_allclose(sim.agent_state.rotation, [0.99619, 0.0, 0.08716, 0.0], atol=1e-5)
    by_heading = sim.get_sensor_observations()["depth"]
    sim.set_agent_state(rotation=[0.9961946981, 0.0, 0.0871557427, 0.0])
    assert sim.agent_state.heading == pytest.approx(10.0, abs=1e-6)
    np.testing.assert_allclose(sim.get_sensor_observations()["depth"], by_heading, atol=1e-4)


def test_step_moves_turns_and_collides(sim: echoenv.Simulator) -> None:
    seen = sim.step("move_forward")
    np.testing.assert_allclose(sim.agent_state.position[[0, 2]], [3.0, 1.75], atol=1e-6)
    assert seen["collided"] is False and set(seen) == {"rgb", "depth", "normal", "semantic", "collided"}
    for _ in range(8):
        seen = sim.step("move_forward")
    assert seen["collided"] is True


def test_direct_sound_of_a_response_has_level_time_and_side(sim: echoenv.Simulator) -> None:
    sim.receiver = echoenv.Mono()
    ears = sim.agent_state.sensor_position
    response = sim.impulse_response(source=ears + [-1.5, 0.0, 0.0], duration=0.05)
    assert response.samples.shape == (1, 2205) and response.sample_rate == 44100
    peak = int(np.argmax(np.abs(response.samples[0])))
    assert peak == pytest.approx(1.5 / sim.air.speed_of_sound * 44100, abs=1.0)


def test_a_source_at_the_left_is_louder_in_the_left_ear(sim: echoenv.Simulator) -> None:
    ears = sim.agent_state.sensor_position
    left, right = sim.impulse_response(source=ears + [-1.0, 0.0, 0.0], duration=0.02).samples[:, :220]
    assert np.sum(left**2) > 4.0 * np.sum(right**2)


def test_echo_of_a_near_wall_comes_back_at_twice_its_distance(sim: echoenv.Simulator) -> None:
    echo = sim.echo()
    assert echo.shape == (2, 2646) and echo.dtype == np.float32
    first = np.argmax(np.abs(echo).max(axis=0) > 0.1 * np.abs(echo).max())
    nearest_surface = min(2.8 - SENSOR_HEIGHT, SENSOR_HEIGHT)  # the ceiling is nearer than any wall
    assert first == pytest.approx(2 * nearest_surface / sim.air.speed_of_sound * 44100, abs=60)


def test_batched_forms_equal_single_ones(sim: echoenv.Simulator) -> None:
    positions = np.array([[3.0, 0.0, 2.0], [2.0, 0.0, 4.0]])
    views = sim.observe(positions, [0.0, 90.0])
    echoes = sim.echoes(positions, headings=(0.0, 90.0), seeds=(5, 6))
    responses = sim.impulse_responses([[1.0, 1.5, 1.0], [5.0, 1.0, 3.0]], positions, headings=(0.0, 90.0), duration=0.1)
    assert echoes.shape == (2, 2, 2, 2646) and responses.shape == (2, 2, 2, 2, 4410)
    sim.set_agent_state(position=positions[1], heading=90.0)
    for channel, view in sim.get_sensor_observations().items():
        np.testing.assert_array_equal(view, views[channel][1])
    np.testing.assert_array_equal(sim.echo(seed=6), echoes[1, 1])
    alone = sim.impulse_response([5.0, 1.0, 3.0], duration=0.1)
    np.testing.assert_array_equal(alone.samples, responses[1, 1, 1])


def test_same_seed_same_bytes_whatever_the_threads(scene: echoenv.Scene) -> None:
    settings = echoenv.PropagationSettings(rays=600)
    positions = [[3.0, 0.0, 2.0]]
    one, two = (echoenv.Simulator(scene, propagation=settings, threads=threads) for threads in (1, 2))
    echo = one.echoes(positions, seeds=[3])
    assert echo.tobytes() == two.echoes(positions, seeds=[3]).tobytes()
    assert echo.tobytes() != one.echoes(positions, seeds=[4]).tobytes()


def test_turning_the_head_turns_the_sound(sim: echoenv.Simulator) -> None:
    ears = sim.agent_state.sensor_position
    source = ears + [0.0, 0.0, 1.5]
    energies = []
    for heading in (90.0, 270.0):  # the source behind at heading 0 is at the left at 90 and at the right at 270
        sim.set_agent_state(heading=heading)
        energies.append(np.sum(sim.impulse_response(source, duration=0.02).samples[:, :300] ** 2, axis=1))
    assert energies[0][0] > 2 * energies[0][1] and energies[1][1] > 2 * energies[1][0]


def test_mistakes_say_what_to_do(sim: echoenv.Simulator) -> None:
    with pytest.raises(SceneNotFoundError, match="apartment_0"):
        echoenv.Simulator("apartmant_0")
    with pytest.raises(PoseError, match="outside the rooms"):
        sim.set_agent_state(position=[-3.0, 0.0, 2.0])
    with pytest.raises(PoseError, match="not both"):
        sim.set_agent_state(heading=1.0, rotation=[1, 0, 0, 0])
    with pytest.raises(PoseError, match="finite"):
        sim.set_agent_state(position=[np.nan, 0.0, 0.0])
    with pytest.raises(SettingsError, match="move_forward"):
        sim.step("move_foward")
    with pytest.raises(PoseError, match="the source at"):
        sim.impulse_response(source=[6.5, 0.5, 4.5])
    with pytest.raises(SettingsError, match="duration"):
        sim.impulse_response(source=[1.0, 1.0, 1.0], duration=-1.0)


_WRONG_CALLS: dict[str, Callable[[echoenv.Simulator], Any]] = {
    "position 'here' must": lambda sim: sim.set_agent_state("here"),
    "heading 'left' must": lambda sim: sim.set_agent_state(heading="left"),
    "heading .1, 2. must": lambda sim: sim.set_agent_state(heading=[1, 2]),
    "rotation 'north' is not": lambda sim: sim.set_agent_state(rotation="north"),
    "action 1 is not a name": lambda sim: sim.step(1),
    "duration '2' s must": lambda sim: sim.impulse_response([1.0, 1.0, 1.0], duration="2"),
    "seed 'a' must": lambda sim: sim.echo(seed="a"),
    "seed -1 must": lambda sim: sim.echo(seed=-1),
    "seed 1.5 must": lambda sim: sim.echo(seed=1.5),
    "positions 'x' must": lambda sim: sim.observe("x", [0.0]),
    "positions .. must": lambda sim: sim.echoes([]),
    "headings .. must": lambda sim: sim.echoes([[2.0, 0.0, 2.0]], headings=[]),
    "one for each of 1 positions": lambda sim: sim.echoes([[2.0, 0.0, 2.0]], seeds=[1, 2]),
    "camera at .* is outside": lambda sim: sim.echoes([[100.0, 0.0, 0.0]]),
    "source at .* is outside": lambda sim: sim.impulse_responses([[100.0, 0.0, 0.0]], [[2.0, 0.0, 2.0]]),
    "receiver 3 is none": lambda sim: echoenv.Simulator(sim.scene, receiver=3),
    "camera=.'width': 3. is of": lambda sim: echoenv.Simulator(sim.scene, camera={"width": 3}),
    "sample_rate 'x' must": lambda sim: echoenv.Simulator(sim.scene, sample_rate="x"),
    "threads=0: give": lambda sim: echoenv.Simulator(sim.scene, threads=0),
    "scene is of type tuple": lambda sim: echoenv.Simulator((1, 2)),
    "name is empty": lambda sim: echoenv.Simulator(""),
}


@pytest.mark.parametrize("message", _WRONG_CALLS)
def test_what_makes_no_sense_is_named(sim: echoenv.Simulator, message: str) -> None:
    with pytest.raises(EchoEnvError, match=message):
        _WRONG_CALLS[message](sim)
