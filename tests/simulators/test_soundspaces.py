"""SoundSpaces 1.0 as a simulator: the contract on a folder that the project wrote, and its own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import echoenv
from echoenv.datasets.positions import position_seed
from echoenv.datasets.provenance import CollectionSettings, check_or_write_scene
from echoenv.datasets.soundspaces import AudioGoal, SoundSpacesFolder, heard_second
from echoenv.datasets.soundspaces.layout import SoundSpacesLayout
from echoenv.datasets.tasks import Done, Job, Opened, OpenScene, SceneWorker, Visit, Written
from echoenv.errors import DatasetError, EngineError, PoseError, SettingsError
from echoenv.navigation.motion import MotionSettings
from echoenv.simulators.builtin import BuiltinSimulator
from echoenv.simulators.simulator import HEADINGS
from echoenv.simulators.soundspaces.soundspaces_simulator import SoundSpacesSimulator
from echoenv.vision.camera import Camera
from tests.datasets.soundspaces_folder import make_folder, stored_level
from tests.simulators.contract import SimulatorContract, contract_room

SIZE = 32
PLACES = np.array([[1, 2], [1.5, 2], [2, 2], [2.5, 2], [3, 2], [2, 1.5], [2, 2.5], [2, 3], [3, 2.5], [3, 3]])
"""x and z [m] of what is collected: a cross, and a way around its lower right."""


class PartOfTheGrid(BuiltinSimulator):
    """The room of the contract, of whose grid only ten places are collected: all pairs of it would take minutes."""

    @cached_property
    def pathfinder(self) -> Any:
        whole = super().pathfinder

        class Part:
            def grid_positions(self, spacing: float) -> np.ndarray:
                grid = whole.grid_positions(spacing)
                beside = np.abs(grid[:, None, [0, 2]] - PLACES).max(axis=2) < 0.01
                return grid[beside.any(axis=1)]

            def __getattr__(self, name: str) -> Any:
                return getattr(whole, name)

        return Part()


@dataclass(frozen=True)
class RoomSimulators:
    """Makes the simulator that is collected from; it travels to a worker's process."""

    def __call__(self, scene: str) -> echoenv.Simulator:
        settings = echoenv.PropagationSettings(rays=200)
        return PartOfTheGrid(contract_room(), camera=Camera(SIZE, SIZE), propagation=settings, threads=1)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The room of the contract, written in the layout of SoundSpaces 1.0."""
    out = tmp_path_factory.mktemp("soundspaces")
    settings = CollectionSettings(format="soundspaces", size=SIZE, rules="replica")
    worker = SceneWorker(Job(out, settings, RoomSimulators()))  # in this process, which has its kernels already
    (opened, _) = worker.work(OpenScene("box_room"))
    assert isinstance(opened, Opened)
    layout = SoundSpacesLayout(out, settings)
    layout.scene_folder("box_room").mkdir(parents=True)
    check_or_write_scene(layout.scene_folder("box_room"), opened.plan)
    layout.prepare_scene(opened.plan)
    indices = tuple(range(len(opened.plan.positions)))
    reports = list(worker.work(Visit("box_room", "box_room", indices, opened.plan.positions)))
    assert reports[:-1] == [Written(index) for index in indices] and reports[-1] == Done()
    layout.finish()
    return out


class TestSoundSpaces(SimulatorContract):
    """The whole contract, over files."""

    @pytest.fixture
    def open_simulator(self, written: Path) -> Callable[[], echoenv.Simulator]:
        return lambda: echoenv.Simulator("box_room", backend="soundspaces", data_dir=written)

    def test_it_is_made_by_its_name(self, sim: echoenv.Simulator) -> None:
        assert isinstance(sim, SoundSpacesSimulator) and sim.backend == "soundspaces"
        assert (sim.motion.forward, sim.motion.turn, sim.sample_rate) == (0.5, 90.0, 44100)
        assert (sim.camera.width, sim.camera.hfov) == (SIZE, 90.0) and sim.channels == ("rgb", "depth")

    def test_nothing_was_missing(self, sim: SoundSpacesSimulator) -> None:
        places = sim.pathfinder.grid_positions()
        sim.echo_responses(places[:3])
        assert sim.files.silent_counts() == {} and sim.files.check(read_all=True).complete

    def test_sound_is_that_of_the_simulator_it_was_written_from(self, sim: echoenv.Simulator) -> None:
        """The file ends where 60 dB have decayed; ears and sources are at SoundSpaces' height."""
        builtin, places = RoomSimulators()("box_room"), sim.pathfinder.grid_positions()
        lift = np.array([0.0, 1.5528907, 0.0])
        stand = places.astype(np.float32).astype(np.float64) + lift - [0.0, 1.5, 0.0]
        theirs = builtin.impulse_responses(
            stand + [0.0, 1.5, 0.0], stand[7:8], HEADINGS, 2.0, position_seed("box_room", 7, 0)
        )
        for source in (0, 4, 7):
            for turn, heading in enumerate(HEADINGS):
                file = sim.files.response(7, source, heading)
                np.testing.assert_array_equal(file, theirs[source, 0, turn, :, : file.shape[1]])
                whole = sim.impulse_responses(places[source : source + 1] + lift, places[7:8], (heading,), 2.0)
                np.testing.assert_allclose(whole[0, 0, 0], theirs[source, 0, turn], atol=2e-3)

    def test_views_are_those_of_the_simulator_it_was_written_from(self, sim: echoenv.Simulator) -> None:
        builtin, places = RoomSimulators()("box_room"), sim.pathfinder.grid_positions()
        theirs = builtin.observe(places[:4], [0.0, 90.0, 180.0, 270.0], ("rgb", "depth"))
        ours = sim.observe(places[:4], [0.0, 90.0, 180.0, 270.0])
        for name in ("rgb", "depth"):
            np.testing.assert_array_equal(ours[name], theirs[name])

    def test_every_step_is_the_one_that_soundspaces_code_takes(self, sim: SoundSpacesSimulator) -> None:
        """Its rule, word for word: the direction of an edge in whole degrees is 270 less the rotation angle."""
        graph, walked = sim.files.graph, 0
        for node in graph.nodes:
            for rotation in (0, 90, 180, 270):
                start, reached = graph.nodes[node]["point"], node
                for neighbour in graph[node]:
                    end = graph.nodes[neighbour]["point"]
                    angle = np.arctan2(end[2] - start[2], end[0] - start[0])
                    if int(np.around(np.rad2deg(angle))) % 360 == (270 - rotation) % 360:
                        reached = neighbour
                        break
                sim.set_agent_state(start, float(rotation))
                assert sim.act("move_forward") is (reached == node) and sim.node == reached
                walked += reached != node
        assert walked == 2 * graph.number_of_edges() == 18

    def test_a_mesh_renders_other_views_from_the_same_places(self, written: Path, place: np.ndarray) -> None:
        options: dict[str, Any] = {"backend": "soundspaces", "data_dir": written, "mesh": contract_room()}
        with echoenv.Simulator("box_room", camera=Camera(48, 40), threads=1, **options) as sim:
            sim.set_agent_state(place, 90.0)
            views = sim.get_sensor_observations()
            assert set(views) == {"rgb", "depth", "normal", "semantic"} and views["depth"].shape == (40, 48)
            assert views["depth"][20, 24] == pytest.approx(place[0], abs=5e-3)
            assert sim.scene.name == "box room"


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[SoundSpacesSimulator]:
    """Three nodes in the original layout: 1 is half a metre right of 0, 2 half a metre ahead of it."""
    with echoenv.Simulator("room_7", backend="soundspaces", data_dir=make_folder(tmp_path / "data")) as sim:
        assert isinstance(sim, SoundSpacesSimulator)
        yield sim


def test_one_edge_forward_in_the_direction_one_looks(by_hand: SoundSpacesSimulator) -> None:
    assert by_hand.node == 0 and by_hand.agent_state.heading == 0.0
    assert [by_hand.act("move_forward"), by_hand.node] == [False, 2]
    assert [by_hand.act("move_forward"), by_hand.node] == [True, 2]  # no edge: a collision, and one stays
    by_hand.act("turn_right")
    assert by_hand.agent_state.heading == 270.0 and not by_hand.collided
    assert by_hand.act("move_forward") and by_hand.node == 2  # there is no edge from 2 to the right
    for action in ("turn_right", "move_forward", "turn_left", "move_forward"):
        by_hand.act(action)
    assert by_hand.node == 1 and by_hand.agent_state.heading == 270.0
    np.testing.assert_allclose(by_hand.agent_state.position, by_hand.files.position(1))


def test_published_files_are_heard_under_the_clockwise_azimuth(by_hand: SoundSpacesSimulator) -> None:
    source = by_hand.files.position(2) + [0.0, 1.5528907, 0.0]
    for heading, azimuth in ((0.0, 0), (90.0, 270), (180.0, 180), (270.0, 90)):
        by_hand.set_agent_state(by_hand.files.position(1), heading)
        response = by_hand.impulse_response(source, duration=0.01)
        assert response.samples.shape == (2, 441)  # longer than the file, which silence follows
        assert response.samples[0, 0] == pytest.approx(stored_level(1, 2, azimuth))
        assert not response.samples[:, 210:].any()
        assert by_hand.get_sensor_observations()["depth"][0, 0] == pytest.approx(2.0 + heading / 100.0)


def test_echoes_are_of_files_whose_receiver_is_their_source(by_hand: SoundSpacesSimulator) -> None:
    responses = by_hand.echo_responses(by_hand.files.positions, (90.0,), duration=0.01)
    assert responses.shape == (3, 1, 2, 441)
    np.testing.assert_allclose(responses[:, 0, 0, 0], [stored_level(node, node, 270) for node in range(3)], rtol=1e-6)


def test_poses_off_the_graph_are_refused_with_the_nearest(by_hand: SoundSpacesSimulator) -> None:
    there = by_hand.files.position(1)
    with pytest.raises(PoseError, match="the nearest is node 1"):
        by_hand.set_agent_state(there + [0.1, 0.0, 0.0])
    with pytest.raises(PoseError, match=r"no multiple of 90 degrees.*the nearest is 0"):
        by_hand.set_agent_state(there, 10.0)
    with pytest.raises(PoseError, match="no multiple of 90"):
        by_hand.set_agent_state(heading=45.0)
    with pytest.raises(PoseError, match="no multiple of 90"):
        by_hand.observe(there[None], [30.0])
    with pytest.raises(PoseError, match="give one heading for each"):
        by_hand.observe(there[None], [0.0, 90.0])
    assert by_hand.node == 0
    by_hand.set_agent_state(there + [0.004, 0.0, 0.004], 359.9999)  # near enough is exactly there
    np.testing.assert_array_equal(by_hand.agent_state.position, there)
    assert by_hand.agent_state.heading == 0.0


def test_sources_are_above_nodes(by_hand: SoundSpacesSimulator) -> None:
    floor = by_hand.files.position(2)
    for height in (1.5, 1.5528907):
        assert by_hand.source_node(floor + [0.0, height, 0.0]) == 2
    with pytest.raises(PoseError, match=r"0\.00 m above node 2: precomputed sources are 1\.5528907 m"):
        by_hand.impulse_response(floor)
    with pytest.raises(PoseError, match="the nearest is node 2"):
        by_hand.impulse_response(floor + [0.2, 1.5, 0.0])


def test_what_files_cannot_do_is_said(by_hand: SoundSpacesSimulator) -> None:
    source = by_hand.files.position(2) + [0.0, 1.5, 0.0]
    with pytest.raises(EngineError, match="same to all sides"):
        by_hand.impulse_response(source, directivity="cardioid")
    with pytest.raises(EngineError, match="same to all sides"):
        by_hand.impulse_responses(source[None], by_hand.files.positions, directivities=[None, "cardioid"])
    with pytest.raises(EngineError, match="no 'normal', only rgb and depth"):
        by_hand.look(("normal",))
    with pytest.raises(EngineError, match="no geometry"):
        by_hand.scene  # noqa: B018
    with pytest.raises(EngineError, match="has no paths of sound"):
        by_hand.propagate(source, source)


def test_settings_that_the_data_do_not_have(tmp_path: Path) -> None:
    options: dict[str, Any] = {"backend": "soundspaces", "data_dir": make_folder(tmp_path / "data")}
    for given, expected in (
        ({"sample_rate": 16000}, "sample_rate 16000 is not that of .*, which is 44100"),
        ({"motion": MotionSettings()}, r"motion \(0\.25, 10\.0\) .* which is \(0\.5, 90\.0\)"),
        ({"camera": Camera(64, 64)}, "cached views are 4 x 4 and 90"),
        ({"rules": "replika"}, "did you mean replica"),
    ):
        with pytest.raises(SettingsError, match=expected):
            echoenv.Simulator("room_7", **options, **given)
    with pytest.raises(DatasetError, match="did you mean room_7"):
        echoenv.Simulator("room_77", **options)
    with pytest.raises(SettingsError, match="data_dir="):
        echoenv.Simulator("room_7", backend="soundspaces")
    fitting = MotionSettings(0.5, 90.0)
    assert echoenv.Simulator("room_7", **options, motion=fitting, sample_rate=44100, camera=Camera(4, 4)).node == 0


def test_without_cached_views_there_is_sound(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data")
    (root / "scene_observations" / "replica" / "room_7.pkl").unlink()
    sim = echoenv.Simulator("room_7", backend="soundspaces", data_dir=root)
    assert sim.echo().any()
    with pytest.raises(DatasetError, match=r"cache_observations\.py"):
        sim.get_sensor_observations()


def test_missing_files_are_silence_and_counted(by_hand: SoundSpacesSimulator) -> None:
    by_hand.files.paths.response("room_7", 0, 2, 0).unlink()
    source = by_hand.files.position(2) + [0.0, 1.5, 0.0]
    assert not by_hand.impulse_response(source).samples.any()
    by_hand.impulse_response(source)
    assert by_hand.files.silent_counts() == {"missing": 1}


def test_the_graph_is_walkable_space(by_hand: SoundSpacesSimulator) -> None:
    finder, (a, b, c) = by_hand.pathfinder, by_hand.files.positions
    assert finder.geodesic_distance(b, c) == 1.0 and finder.geodesic_distance(a, a) == 0.0
    np.testing.assert_array_equal(finder.geodesic_distance(a, np.stack([a, b, c])), [0.0, 0.5, 0.5])
    np.testing.assert_array_equal(finder.find_path(b, c).points, [b, a, c])
    assert finder.is_navigable(np.stack([a, a + [0.3, 0.0, 0.0], [np.nan] * 3])).tolist() == [True, False, False]
    np.testing.assert_array_equal(finder.snap_point(a + [0.2, 0.3, 0.0]), a)
    assert np.isnan(finder.snap_point(a + [5.0, 0.0, 0.0])).all()
    assert finder.geodesic_distance(a, a + [50.0, 0.0, 0.0]) == np.inf
    by_hand.files.graph.remove_edge(0, 2)
    assert finder.geodesic_distance(a, c) == np.inf and len(finder.find_path(a, c).points) == 0
    picked = finder.get_random_navigable_point(3, count=50)
    assert {finder.require_navigable(point).tobytes() for point in picked} == {x.tobytes() for x in (a, b, c)}
    np.testing.assert_array_equal(picked, finder.get_random_navigable_point(3, count=50))
    with pytest.raises(SettingsError, match=r"grid of 0\.5 m alone"):
        finder.grid_positions(0.25)


def test_a_sound_is_heard_step_by_step(by_hand: SoundSpacesSimulator) -> None:
    sound = np.random.default_rng(0).normal(size=2 * 44100)
    goal, source = AudioGoal(sound, 44100), by_hand.files.position(2) + [0.0, 1.5528907, 0.0]
    for step, action in enumerate(("turn_left", "move_forward", "turn_right")):
        response = by_hand.files.response(by_hand.node, 2, by_hand.agent_state.heading)
        heard = by_hand.hear(goal, source, step)
        np.testing.assert_allclose(heard, heard_second(sound, response, 44100, step % 2), atol=1e-5)
        by_hand.act(action)


def test_matterport3d_is_at_16_kilohertz_on_a_grid_of_a_metre(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "replica-fan" / "data", dataset="mp3d", height=1.5, rate=16000)
    sim = echoenv.Simulator("room_7", backend="soundspaces", data_dir=root)
    assert (sim.sample_rate, sim.motion.forward) == (16000, 1.0)
    assert sim.echo().shape == (2, 960)
    np.testing.assert_allclose(sim.pathfinder.grid_positions(), SoundSpacesFolder(root).scene("room_7").positions)
