"""What every simulator must do, whichever backend it has: one suite, in the room where Habitat's own were measured.

The one idea: a backend's test module inherits `SimulatorContract` and gives it a `sim` fixture over `contract_room()`;
positions are taken from the simulator itself, so a grid of precomputed data passes the same tests as a navmesh.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import echoenv
from echoenv.errors import EchoEnvError, PoseError, SettingsError
from echoenv.simulators.agent import SENSOR_HEIGHT, AgentState
from tests.rooms import WALL_COLORS, box_room

ROOM = np.array([8.0, 2.8, 6.0])
"""Size [m] of the room, whose corner is the origin."""

WALL_OF_HEADING = {0.0: "-z", 90.0: "-x", 180.0: "+z", 270.0: "+x"}
SPEED_OF_SOUND = 343.0


def contract_room() -> echoenv.Scene:
    """The room of the contract: bare, so that its sound can be told."""
    return box_room(ROOM, absorption=0.3, scattering=0.3)


def to_wall(position: np.ndarray, heading: float) -> float:
    """How far [m] it is from a position to the wall that a heading faces."""
    x, _, z = position
    return {0.0: z, 90.0: x, 180.0: ROOM[2] - z, 270.0: ROOM[0] - x}[heading]


class SimulatorContract:
    """Inherited by one class a backend."""

    @pytest.fixture
    def open_simulator(self) -> Callable[[], echoenv.Simulator]:
        """Opens the backend over `contract_room()`; a backend's class overrides it."""
        raise NotImplementedError

    @pytest.fixture
    def sim(self, open_simulator: Callable[[], echoenv.Simulator]) -> echoenv.Simulator:
        with open_simulator() as simulator:
            yield simulator

    @pytest.fixture
    def place(self, sim: echoenv.Simulator) -> np.ndarray:
        """A position of the simulator's own grid at least a metre and a half from every wall."""
        grid = np.asarray(sim.pathfinder.grid_positions())
        inside = np.minimum(grid, ROOM - grid)[:, [0, 2]].min(axis=1) > 1.5
        assert inside.any()
        return grid[np.flatnonzero(inside)[0]]

    def beside(self, sim: echoenv.Simulator, place: np.ndarray, offset: tuple[float, float]) -> np.ndarray:
        """The grid position that lies at an offset (x, z) [m] from a place."""
        grid = np.asarray(sim.pathfinder.grid_positions())
        apart = np.linalg.norm(grid[:, [0, 2]] - (place[[0, 2]] + offset), axis=1)
        assert apart.min() < 0.05
        return grid[np.argmin(apart)]

    # Frames

    @pytest.mark.parametrize("heading", WALL_OF_HEADING)
    def test_the_centre_of_a_view_shows_the_wall_ahead(
        self, sim: echoenv.Simulator, place: np.ndarray, heading: float
    ) -> None:
        sim.set_agent_state(place, heading)
        views = sim.get_sensor_observations()
        height, width = views["depth"].shape
        assert views["rgb"].shape == (height, width, 3) and views["rgb"].dtype == np.uint8
        assert views["depth"].dtype == np.float32
        assert views["depth"][height // 2, width // 2] == pytest.approx(to_wall(place, heading), abs=5e-3)
        seen = views["rgb"][height // 2, width // 2].astype(float)
        wanted = np.array(WALL_COLORS[WALL_OF_HEADING[heading]], dtype=float)
        assert seen @ wanted >= 0.95 * np.linalg.norm(seen) * np.linalg.norm(wanted) > 0.0

    def test_depth_is_planar_and_row_0_is_on_top(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 0.0)
        depth = sim.get_sensor_observations()["depth"]
        height, width = depth.shape
        across = depth[height // 2]
        facing = np.abs(across - to_wall(place, 0.0)) < 5e-3
        assert facing[width // 2 - width // 8 : width // 2 + width // 8].all()  # not longer towards the sides
        ceiling, floor = (ROOM[1] - SENSOR_HEIGHT), SENSOR_HEIGHT
        slope = (height - 1) / height  # tangent of the first and the last row's angle
        assert depth[0, width // 2] == pytest.approx(min(ceiling / slope, to_wall(place, 0.0)), abs=0.02)
        assert depth[-1, width // 2] == pytest.approx(min(floor / slope, to_wall(place, 0.0)), abs=0.02)

    def test_left_of_a_view_is_left(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 0.0)
        depth = sim.get_sensor_observations()["depth"]
        middle, width = depth.shape[0] // 2, depth.shape[1]
        for column, wall in ((0, place[0]), (width - 1, ROOM[0] - place[0])):
            assert depth[middle, column] == pytest.approx(min(wall * width / (width - 1), place[2]), abs=0.05)

    # Poses and actions

    def test_a_turn_to_the_left_is_positive_and_a_full_circle_comes_back(
        self, sim: echoenv.Simulator, place: np.ndarray
    ) -> None:
        sim.set_agent_state(place, 0.0)
        before = sim.get_sensor_observations()["depth"]
        turn = sim.motion.turn
        sim.step("turn_left")
        assert sim.agent_state.heading == pytest.approx(turn, abs=1e-4)
        half = np.deg2rad(turn) / 2.0
        np.testing.assert_allclose(sim.agent_state.rotation, [np.cos(half), 0.0, np.sin(half), 0.0], atol=1e-5)
        for _ in range(round(360.0 / turn) - 1):
            sim.step("turn_left")
        np.testing.assert_allclose(sim.get_sensor_observations()["depth"], before, atol=1e-3)
        sim.step("turn_right")
        assert sim.agent_state.heading == pytest.approx(360.0 - turn, abs=1e-4)

    def test_a_heading_and_its_quaternion_are_the_same(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 90.0)
        by_heading = sim.get_sensor_observations()
        root = np.sqrt(0.5)
        sim.set_agent_state(place, rotation=[root, 0.0, root, 0.0])
        assert sim.agent_state.heading == pytest.approx(90.0, abs=1e-4)
        np.testing.assert_allclose(sim.get_sensor_observations()["depth"], by_heading["depth"], atol=1e-3)

    def test_a_step_forward_goes_where_the_agent_looks(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        for heading, ahead in ((0.0, (0.0, -1.0)), (90.0, (-1.0, 0.0)), (270.0, (1.0, 0.0))):
            sim.set_agent_state(place, heading)
            seen = sim.step("move_forward")
            walked = (sim.agent_state.position - place)[[0, 2]]
            np.testing.assert_allclose(walked, sim.motion.forward * np.array(ahead), atol=1e-3)
            assert seen["collided"] is False and sim.collided is False
            assert sim.agent_state.heading == pytest.approx(heading, abs=1e-4)

    def test_walls_stop_the_agent_and_are_reported(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 0.0)
        collided = [sim.step("move_forward")["collided"] for _ in range(int(place[2] / sim.motion.forward) + 2)]
        assert not collided[0] and collided[-1]
        at_wall = sim.agent_state.position
        assert 0.0 < at_wall[2] < place[2]
        assert sim.step("move_forward")["collided"] and sim.agent_state.position[2] == pytest.approx(
            at_wall[2], abs=0.02
        )
        assert not sim.step("turn_left")["collided"]

    def test_state_is_handed_out_and_taken_back(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        state = sim.set_agent_state(place, 180.0)
        assert isinstance(state, AgentState) and sim.get_agent_state() is sim.agent_state
        sim.step("turn_left")
        sim.set_agent_state(state.position, rotation=state.rotation)
        assert sim.agent_state.heading == pytest.approx(180.0, abs=1e-4)
        assert set(sim.actions) == {"move_forward", "turn_left", "turn_right"}

    # Walkable space

    def test_walkable_space_knows_where_one_can_be(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        other = self.beside(sim, place, (1.0, 1.0))
        assert sim.pathfinder.is_navigable(place) and not sim.pathfinder.is_navigable([-3.0, 0.0, 2.0])
        there, back = (sim.pathfinder.geodesic_distance(*pair) for pair in ((place, other), (other, place)))
        straight = np.linalg.norm((other - place)[[0, 2]])
        assert straight - 0.05 <= there <= 1.5 * straight and back == pytest.approx(there, abs=1e-3)
        np.testing.assert_allclose(sim.pathfinder.snap_point(place), place, atol=0.3)

    def test_another_agent_walks_in_the_same_scene(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 0.0)
        other = sim.another_agent()
        assert other.pathfinder is sim.pathfinder and other.scene_key == sim.scene_key
        other.set_agent_state(place, 90.0)
        other.act("move_forward")
        assert sim.agent_state.heading == 0.0
        np.testing.assert_array_equal(sim.agent_state.position, place)
        together = sim.views([sim.agent_state, other.agent_state], ("depth",))["depth"]
        np.testing.assert_array_equal(together[1], other.look(("depth",))["depth"])

    # Many at once

    def test_views_of_many_poses_are_those_of_each(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        places = np.stack([place, self.beside(sim, place, (0.5, 0.0))])
        many = sim.observe(places, [0.0, 90.0], ("rgb", "depth"))
        assert set(many) == {"rgb", "depth"}
        for index, heading in enumerate((0.0, 90.0)):
            sim.set_agent_state(places[index], heading)
            alone = sim.get_sensor_observations()
            np.testing.assert_array_equal(many["rgb"][index], alone["rgb"])
            np.testing.assert_array_equal(many["depth"][index], alone["depth"])

    def test_responses_of_many_pairs_are_those_of_each(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        places = np.stack([place, self.beside(sim, place, (1.0, 0.0))])
        sources = places + [0.0, SENSOR_HEIGHT, 0.0]
        many = sim.impulse_responses(sources[1:], places[:1], (0.0, 90.0), duration=0.1)
        assert many.shape == (1, 1, 2, 2, round(0.1 * sim.sample_rate)) and many.dtype == np.float32
        sim.set_agent_state(place, 90.0)
        np.testing.assert_array_equal(sim.impulse_response(sources[1], duration=0.1).samples, many[0, 0, 1])

    # Sound

    def test_sound_arrives_in_its_time_from_its_side(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        source = self.beside(sim, place, (-1.0, 0.0)) + [0.0, SENSOR_HEIGHT, 0.0]
        levels = {}
        for heading in (0.0, 180.0):
            sim.set_agent_state(place, heading)
            samples = sim.impulse_response(source, duration=0.1).samples
            assert samples.shape[0] == 2 and samples.dtype == np.float32
            onset = np.flatnonzero(np.abs(samples).max(axis=0) > 0.2 * np.abs(samples).max())[0]
            assert onset / sim.sample_rate == pytest.approx(1.0 / SPEED_OF_SOUND, abs=1e-3)
            early = samples[:, : onset + round(0.003 * sim.sample_rate)]
            levels[heading] = np.sum(early.astype(float) ** 2, axis=1)
        assert levels[0.0][0] > 1.5 * levels[0.0][1] and levels[180.0][1] > 1.5 * levels[180.0][0]

    def test_an_echo_is_60_ms_of_both_ears(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 0.0)
        echo = sim.echo()
        assert echo.shape == (2, round(0.06 * sim.sample_rate)) and echo.dtype == np.float32
        assert np.isfinite(echo).all() and np.abs(echo).max() > 1e-3
        np.testing.assert_array_equal(sim.echoes(place[None], (0.0, 90.0))[0, 0], echo)

    # Determinism

    def test_two_simulators_agree_to_the_last_bit(
        self, sim: echoenv.Simulator, open_simulator: Callable[[], echoenv.Simulator], place: np.ndarray
    ) -> None:
        source = self.beside(sim, place, (0.0, 1.0)) + [0.0, SENSOR_HEIGHT, 0.0]
        heard, seen = [], []
        with open_simulator() as other:
            for one in (sim, other):
                one.set_agent_state(place, 270.0)
                heard.append(one.impulse_response(source, duration=0.2).samples.tobytes())
                seen.append({name: view.tobytes() for name, view in one.get_sensor_observations().items()})
        assert heard[0] == heard[1] and seen[0] == seen[1]

    # Mistakes

    def test_mistakes_are_named(self, sim: echoenv.Simulator, place: np.ndarray) -> None:
        sim.set_agent_state(place, 0.0)
        with pytest.raises(SettingsError, match="move_forward"):
            sim.step("move_foward")
        with pytest.raises(PoseError, match="finite"):
            sim.set_agent_state([np.nan, 0.0, 0.0])
        with pytest.raises(PoseError, match="not both"):
            sim.set_agent_state(heading=0.0, rotation=[1.0, 0.0, 0.0, 0.0])
        with pytest.raises(PoseError):
            sim.set_agent_state([-3.0, 0.0, 2.0])
        with pytest.raises(EchoEnvError):
            sim.impulse_response([100.0, 1.5, 0.0])
        np.testing.assert_array_equal(sim.agent_state.position, place)  # what was refused changed nothing
        with pytest.raises(SettingsError, match="builtin"):
            echoenv.Simulator("room_0", backend="buildin")
