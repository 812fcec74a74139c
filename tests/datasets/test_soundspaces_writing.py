"""What is written is what SoundSpaces' own code reads, and is read back equal."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from echoenv.datasets.collection import collect
from echoenv.datasets.positions import position_seed
from echoenv.datasets.provenance import CollectionSettings, ScenePlan
from echoenv.datasets.reader import EchoDataset
from echoenv.datasets.soundspaces import MP3D, SoundSpacesFolder
from echoenv.datasets.soundspaces.layout import SoundSpacesLayout
from echoenv.datasets.soundspaces.metadata import make_graph, points_bytes, read_points, without_small_parts
from echoenv.datasets.soundspaces.responses import trimmed
from echoenv.datasets.soundspaces.rules import REPLICA
from echoenv.datasets.tasks import Job
from echoenv.errors import DatasetError
from tests.datasets.fake_simulator import FakeSimulators

SETTINGS = CollectionSettings(format="soundspaces", size=8, rules="replica")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data")
    collect(Job(out, SETTINGS, FakeSimulators()), ["a_5"], workers=2, preview=False)
    return out


def grid() -> np.ndarray:
    return FakeSimulators()("a_5").pathfinder.grid_positions(0.5)


def their_metadata(folder: Path) -> tuple[np.ndarray, object]:
    """Points and graph as SoundSpaces' loader makes them for Replica."""
    table = np.loadtxt(folder / "points.txt", delimiter="\t")
    points = np.stack([table[:, 1], table[:, 3] - 1.5528907, -table[:, 2]], axis=1)
    return points, pickle.loads((folder / "graph.pkl").read_bytes())


def test_points_and_graph_open_as_soundspaces_opens_them(folder: Path) -> None:
    points, graph = their_metadata(folder / "metadata" / "replica" / "a_5")
    np.testing.assert_allclose(points, grid(), atol=1e-6)
    assert sorted(graph.nodes()) == [0, 1, 2, 3, 4]
    for node in graph.nodes():
        point = graph.nodes()[node]["point"]
        assert isinstance(node, int) and isinstance(point, tuple) and isinstance(point[0], float)
        np.testing.assert_allclose(point, points[node], atol=1e-6)
    # Half a metre apart and a metre apart; the way from the third to the fourth is around a wall.
    assert sorted(graph.edges()) == [(0, 1), (1, 2), (3, 4)]


def test_the_graph_pickle_names_only_what_every_networkx_has(folder: Path) -> None:
    data = (folder / "metadata" / "replica" / "a_5" / "graph.pkl").read_bytes()
    assert data.count(b"networkx") == 1 and b"networkx.classes.graph" in data
    assert b"cache" not in data and b"reportviews" not in data and b"numpy" not in data


def test_responses_of_all_pairs_lie_where_soundspaces_reads_them(folder: Path) -> None:
    rotation = {0: 0, 90: 270, 180: 180, 270: 90}
    for azimuth, heading in rotation.items():
        for receiver in range(5):
            for source in range(5):
                path = folder / "binaural_rirs" / "replica" / "a_5" / str(azimuth) / f"{receiver}_{source}.wav"
                rate, response = wavfile.read(path)
                assert rate == 44100 and response.dtype == np.float32 and response.shape[1] == 2
                # The first sample of the fake: height and x of the source, heading, x of the listener.
                x = grid()[:, 0].astype(np.float64)
                turned = heading / 90.0 + x[receiver] / 100.0 + x[source] / 10.0
                np.testing.assert_allclose(response[0], [1.5528907 + turned, -1.5528907 + turned], atol=1e-5)


def test_responses_end_where_sixty_decibels_have_decayed(folder: Path) -> None:
    _, response = wavfile.read(folder / "binaural_rirs" / "replica" / "a_5" / "0" / "1_2.wav")
    assert 1000 < len(response) < 2 * 44100
    still = np.zeros((1, 2, 50), np.float32)
    assert trimmed(still).shape == (1, 2, 1)
    still[0, 1, 30] = 1.0
    assert trimmed(still).shape == (1, 2, 31)
    still[0, 0, 0], still[0, 0, 40] = 1.0, 0.5e-3  # less than a millionth of the energy of its ear
    assert trimmed(still).shape == (1, 2, 31)
    still[0, 0, 40] = 2e-3
    assert trimmed(still).shape == (1, 2, 41)


def test_observations_are_what_soundspaces_reads_and_divides(folder: Path) -> None:
    """Its sensor cuts depth at 10 m, adds the last axis and divides by 10: stored so already, both would be twice."""
    with (folder / "scene_observations" / "replica" / "a_5.pkl").open("rb") as file:
        views = pickle.load(file)
    assert set(views) == {(node, rotation) for node in range(5) for rotation in (0, 90, 180, 270)}
    simulator = FakeSimulators()("a_5")
    for (node, rotation), view in views.items():
        expected = simulator.observe(grid()[node : node + 1], [rotation], ("rgb", "depth"))
        np.testing.assert_array_equal(view["rgb"], expected["rgb"][0])
        np.testing.assert_array_equal(view["depth"], expected["depth"][0])
        assert view["rgb"].dtype == np.uint8 and view["rgb"].shape == (8, 8, 3)
        sensor = np.expand_dims(np.clip(view["depth"], 0.0, 10.0), axis=2) / 10.0
        assert sensor.shape == (8, 8, 1) and sensor.max() <= 1.0


def test_written_and_read_back_equal(folder: Path) -> None:
    scene = SoundSpacesFolder(folder).scene("a_5")
    assert scene.check(read_all=True).complete, str(scene.check())
    np.testing.assert_allclose(scene.positions, grid(), atol=1e-7)
    simulator = FakeSimulators()("a_5")
    ears = np.array([0.0, REPLICA.ear_height, 0.0])
    sources, stand = grid().astype(np.float64) + ears, grid()[3:4].astype(np.float64) + ears - [0.0, 1.5, 0.0]
    seed = position_seed("a_5", 3, 0)
    heard = simulator.impulse_responses(sources, stand, (0.0, 90.0, 180.0, 270.0), 2.0, seed)
    for turn, heading in enumerate((0, 90, 180, 270)):
        for source in range(5):
            response = scene.response(3, source, heading)
            np.testing.assert_array_equal(response, heard[source, 0, turn, :, : response.shape[1]])
        view = simulator.observe(grid()[3:4], [heading])
        np.testing.assert_array_equal(scene.observation(3, heading)["rgb"], view["rgb"][0])
        np.testing.assert_array_equal(scene.observation(3, heading)["depth"], view["depth"][0])
    assert scene.silent == {}


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_more_positions_later_make_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    job = Job(tmp_path, SETTINGS, FakeSimulators())
    collect(job, ["a_5"], positions=2, workers=1, preview=False)
    scene = SoundSpacesFolder(tmp_path).scene("a_5")
    assert len(scene.nodes) == 2 and len(scene.points) == 5
    assert scene.check().complete, str(scene.check())  # the graph has only places at which all can be heard
    assert collect(job, ["a_5"], workers=1, preview=False).written == 3
    assert files_of(tmp_path) == files_of(folder)


def test_a_worker_killed_within_a_position_leaves_none_half_done(folder: Path, tmp_path: Path) -> None:
    deaths = tmp_path / "deaths"
    out = tmp_path / "data"
    collect(Job(out, SETTINGS, FakeSimulators(deadly=2, deaths=deaths)), ["a_5"], workers=1, preview=False)
    assert files_of(out) == files_of(folder)


def test_the_rules_of_matterport3d(tmp_path: Path) -> None:
    settings = CollectionSettings(format="soundspaces", size=8, rules="mp3d", grid_spacing=1.0, sample_rate=16000)
    collect(Job(tmp_path, settings, FakeSimulators(sample_rate=16000)), ["a_3"], workers=1, preview=False)
    opened = SoundSpacesFolder(tmp_path)
    scene = opened.scene("a_3")
    assert opened.rules is MP3D and scene.check(read_all=True).complete
    table = np.loadtxt(tmp_path / "metadata" / "mp3d" / "a_3" / "points.txt", delimiter="\t")
    np.testing.assert_allclose(table[:, 3], 1.5)
    rate, response = wavfile.read(scene.paths.response("a_3", 0, 1, 0))
    assert rate == 16000 and response[0, 0] == pytest.approx(1.5 + 0.13 + 0.003, abs=1e-5)
    assert sorted(scene.graph.edges) == [(0, 1)]  # 1.005 m apart; the third is behind the wall


def test_small_parts_are_left_out_as_for_matterport3d() -> None:
    points = np.zeros((14, 3))
    chain = [(i, i + 1) for i in range(9)]
    graph = make_graph(points, range(14), [*chain, (11, 12), (12, 20), (13, 13)])
    assert sorted(without_small_parts(graph, MP3D.least_nodes).nodes) == list(range(10))
    assert sorted(without_small_parts(graph, REPLICA.least_nodes).nodes) == list(range(14))


def test_points_are_exact_to_a_tenth_of_a_micrometre(tmp_path: Path) -> None:
    points = np.random.default_rng(0).uniform(-20.0, 20.0, (50, 3)).astype(np.float32)
    (tmp_path / "points.txt").write_bytes(points_bytes(points, REPLICA))
    np.testing.assert_allclose(read_points(tmp_path / "points.txt", REPLICA), points, atol=1e-7)


def test_the_other_readers_point_to_the_right_one(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"'soundspaces': open it with .*\.SoundSpacesFolder"):
        EchoDataset(folder)


def test_the_size_is_said_before_it_is_there(tmp_path: Path) -> None:
    plan = ScenePlan("a_5", "file", "+y", 12, "", {}, np.zeros((172, 3), np.float32))
    said = SoundSpacesLayout(tmp_path, SETTINGS).forecast(plan, 172)
    assert said == "a_5: 118,336 responses, about 20.9 GB"
