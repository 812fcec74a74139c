"""A published folder of SoundSpaces 1.0 is read as its own code reads it; what that code passes over is counted."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import networkx
import numpy as np
import pytest
from scipy.io import wavfile

from echoenv.datasets.soundspaces import MP3D, REPLICA, SoundSpacesFolder, SoundSpacesScene
from echoenv.datasets.soundspaces.__main__ import main
from echoenv.datasets.soundspaces.rules import azimuth_of, edge_heading, habitat_points, mesh_points
from echoenv.errors import DatasetError, PoseError, SettingsError
from tests.datasets.soundspaces_folder import habitat_floor, make_folder, stored_level


@pytest.fixture
def scene(tmp_path: Path) -> SoundSpacesScene:
    return SoundSpacesFolder(make_folder(tmp_path / "data")).scene("room_7")


def test_points_and_graph_are_on_the_floor_in_habitats_frame(scene: SoundSpacesScene) -> None:
    np.testing.assert_allclose(scene.points, habitat_floor(1.5528907), atol=1e-6)
    np.testing.assert_allclose(scene.positions, scene.points[:3], atol=1e-6)
    assert scene.nodes.tolist() == [0, 1, 2] and set(scene.graph.edges) == {(0, 1), (0, 2)}
    assert scene.edges.tolist() == [[0, 1], [0, 2]]
    assert scene.check().complete, str(scene.check())
    # One step forward in the mesh, +Y, is one step to -Z.
    np.testing.assert_allclose(scene.position(2) - scene.position(0), [0.0, 0.0, -0.5], atol=1e-6)


def test_frames_turn_into_each_other() -> None:
    points = np.random.default_rng(0).normal(size=(5, 3))
    for rules in (REPLICA, MP3D):
        np.testing.assert_allclose(habitat_points(mesh_points(points, rules), rules), points, atol=1e-12)


def test_readme_says_point_txt_and_the_code_reads_points_txt(scene: SoundSpacesScene) -> None:
    path = scene.paths.points("room_7")
    path.rename(path.with_name("point.txt"))
    fresh = SoundSpacesScene(scene.paths, scene.rules, "room_7")
    assert len(fresh.points) == 4
    assert any("point.txt" in problem for problem in fresh.check().problems)


def test_nodes_are_rows_whatever_the_first_column_says(scene: SoundSpacesScene) -> None:
    path = scene.paths.points("room_7")
    rows = path.read_text().splitlines()
    path.write_text("\n".join("7" + row for row in rows))
    fresh = SoundSpacesScene(scene.paths, scene.rules, "room_7")
    np.testing.assert_allclose(fresh.points, scene.points)
    assert any("does not count its rows from 0" in problem for problem in fresh.check().problems)


def test_readme_says_hyphen_and_the_code_reads_underscore(scene: SoundSpacesScene) -> None:
    path = scene.paths.response("room_7", 1, 2, 0)
    path.rename(path.with_name("1-2.wav"))
    assert scene.response(1, 2, 0)[0, 0] == pytest.approx(stored_level(1, 2, 0))
    report = scene.check()
    assert (report.found, report.hyphenated, report.missing) == (35, 1, 0)
    assert any("hyphen" in problem for problem in report.problems)


def test_responses_lie_under_the_clockwise_azimuth(scene: SoundSpacesScene) -> None:
    for heading, azimuth in ((0, 0), (90, 270), (180, 180), (270, 90), (-90, 90), (450, 270)):
        assert azimuth_of(heading) == azimuth
        response = scene.response(1, 2, heading)
        assert response.shape == (2, 210) and response.dtype == np.float32
        assert response[0, 0] == pytest.approx(stored_level(1, 2, azimuth))
        assert response[1, 0] == pytest.approx(stored_level(1, 2, azimuth) / 4)


def test_a_files_first_number_is_the_receiver(scene: SoundSpacesScene) -> None:
    assert scene.response(2, 0, 0)[0, 0] == pytest.approx(stored_level(2, 0, 0))
    assert scene.response(0, 2, 0)[0, 0] == pytest.approx(stored_level(0, 2, 0))


def test_rotations_of_observations_are_counter_clockwise(scene: SoundSpacesScene) -> None:
    for heading in (0, 90, 180, 270):
        view = scene.observation(1, heading)
        assert view["rgb"].shape == (4, 4, 3) and view["rgb"][0, 0, 0] == 10 + heading // 90
        assert view["depth"].shape == (4, 4) and view["depth"][0, 0] == pytest.approx(2.0 + heading / 100.0)


def test_both_forms_of_cached_depth_are_metres(tmp_path: Path) -> None:
    raw = SoundSpacesFolder(make_folder(tmp_path / "raw", depth_form="metres")).scene("room_7")
    divided = SoundSpacesFolder(make_folder(tmp_path / "divided", depth_form="normalised")).scene("room_7")
    assert (raw.observations.depth_unit, divided.observations.depth_unit) == (1.0, 10.0)
    for heading in (0, 270):
        np.testing.assert_allclose(
            raw.observation(2, heading)["depth"], divided.observation(2, heading)["depth"], atol=1e-5
        )


def test_edges_point_where_an_agent_looks(scene: SoundSpacesScene) -> None:
    ahead = {edge_heading(scene.position(0), scene.position(other)): other for other in scene.graph[0]}
    assert ahead == {270: 1, 0: 2}  # +X is to the right of somebody who faces -Z
    assert [edge_heading([0, 0, 0], step) for step in ([0, 0, -1], [-1, 0, 0], [0, 0, 1], [1, 0, 0])] == [
        0,
        90,
        180,
        270,
    ]


@pytest.mark.parametrize("user", ["replica-fan", "plain"])
def test_the_word_replica_in_a_path_decides_nothing(user: str, tmp_path: Path) -> None:
    """SoundSpaces looks for 'replica' anywhere in a path and would lower these points by five centimetres."""
    root = make_folder(tmp_path / user / "data", dataset="mp3d", scene="room_7", height=1.5, rate=16000)
    folder = SoundSpacesFolder(root)
    assert folder.rules is MP3D
    scene = folder.scene("room_7")
    np.testing.assert_allclose(scene.points, habitat_floor(1.5), atol=1e-6)
    assert scene.check().complete and scene.response(0, 1, 0).shape == (2, 200)


def test_rules_of_another_data_set_are_found_out(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data", dataset="replica", height=1.5, rate=16000)
    scene = SoundSpacesFolder(root).scene("room_7")
    assert any("rules='mp3d'" in problem for problem in scene.check().problems)
    with pytest.raises(DatasetError, match=r"0_1\.wav is at 16000 Hz, .* 44100 Hz"):
        scene.response(0, 1, 0)
    assert SoundSpacesFolder(root, rules="mp3d").scene("room_7").check().complete


def test_a_data_set_of_another_name_needs_rules(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data", dataset="mine")
    with pytest.raises(DatasetError, match=r"'mine' .* rules="):
        SoundSpacesFolder(root)
    assert SoundSpacesFolder(root, rules="replica").scenes() == ["room_7"]
    with pytest.raises(SettingsError, match="did you mean replica"):
        SoundSpacesFolder(root, rules="replika")


def test_two_data_sets_in_one_folder(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data")
    make_folder(root, dataset="mp3d", scene="house", height=1.5, rate=16000)
    with pytest.raises(DatasetError, match="holds mp3d and replica: say which with dataset="):
        SoundSpacesFolder(root)
    assert SoundSpacesFolder(root, "mp3d").scenes() == ["house"]
    with pytest.raises(DatasetError, match="did you mean replica"):
        SoundSpacesFolder(root, "replicca")
    with pytest.raises(DatasetError, match=r"no scene 'hous' .* did you mean house"):
        SoundSpacesFolder(root, "mp3d").scene("hous")


def broken_files(scene: SoundSpacesScene) -> None:
    """One file each: missing, without bytes, without samples, half a header, one channel, not a number."""
    folder = scene.paths.responses("room_7", 0)
    (folder / "0_0.wav").unlink()
    (folder / "0_1.wav").write_bytes(b"")
    wavfile.write(folder / "0_2.wav", 44100, np.zeros((0, 2), np.float32))
    whole = (folder / "1_0.wav").read_bytes()
    (folder / "1_0.wav").write_bytes(whole[:20])
    wavfile.write(folder / "1_1.wav", 44100, np.ones(300, np.float32))
    wavfile.write(folder / "1_2.wav", 44100, np.full((300, 2), np.nan, np.float32))


def test_missing_empty_and_unreadable_responses_are_a_second_of_silence_and_counted(scene: SoundSpacesScene) -> None:
    broken_files(scene)
    for receiver in (0, 1):
        for source in (0, 1, 2):
            for _ in range(2):
                response = scene.response(receiver, source, 0)
            assert response.shape == (2, 44100) and response.dtype == np.float32 and not response.any()
    assert scene.silent_counts() == {"missing": 1, "empty": 2, "unreadable": 3}
    details = {path.name: silent.detail for path, silent in scene.silent.items()}
    assert "1 channels" in details["1_1.wav"] and "not finite" in details["1_2.wav"]


def test_the_check_counts_what_is_broken(scene: SoundSpacesScene) -> None:
    broken_files(scene)
    report = scene.check()
    assert (report.expected, report.found, report.missing, report.empty) == (36, 35, 1, 2)
    assert report.unreadable == 1  # too small to be whole; the others are found by opening them
    full = scene.check(read_all=True)
    assert (full.missing, full.empty, full.unreadable) == (1, 2, 3)
    said = str(full)
    assert "1 of 36 responses are missing" in said and "2 responses are empty" in said and "silence" in said


def test_integer_files_are_scaled_to_one(scene: SoundSpacesScene) -> None:
    """SoundSpaces takes the numbers of a file as they are: int16 would be 32768 times as loud."""
    path = scene.paths.response("room_7", 0, 0, 0)
    wavfile.write(path, 44100, np.array([[16384, -32768], [0, 8]], np.int16))
    np.testing.assert_array_equal(scene.response(0, 0, 0), np.array([[0.5, 0.0], [-1.0, 8 / 32768]], np.float32))


def test_ambisonic_responses_have_nine_channels(scene: SoundSpacesScene) -> None:
    path = scene.paths.ambisonic_response("room_7", 1, 2)
    path.parent.mkdir(parents=True)
    samples = np.random.default_rng(0).normal(size=(300, 9)).astype(np.float32)
    wavfile.write(path, 44100, samples)
    np.testing.assert_array_equal(scene.ambisonic_response(1, 2), samples.T)
    assert scene.ambisonic_response(2, 1).shape == (9, 44100) and scene.silent_counts() == {"missing": 1}
    wavfile.write(path, 44100, samples[:, :2])
    assert not scene.ambisonic_response(1, 2).any() and scene.silent_counts() == {"missing": 1, "unreadable": 1}


@pytest.mark.parametrize(("clockwise", "reading"), [(True, "clockwise"), (False, "same")])
def test_views_and_echoes_tell_whether_azimuths_are_clockwise(clockwise: bool, reading: str, tmp_path: Path) -> None:
    """Places with walls at random distances, whose echoes are loud at the ear that is nearer."""
    root, count = make_folder(tmp_path / "data"), 60
    graph, views = networkx.Graph(), {}
    metadata = root / "metadata" / "replica" / "room_7"
    ears = np.column_stack([np.arange(count), 0.5 * np.arange(count), np.zeros(count), np.full(count, 1.5528907)])
    np.savetxt(metadata / "points.txt", ears, delimiter="\t")
    for node, distances in enumerate(np.random.default_rng(1).uniform(0.5, 5.0, (count, 4))):
        graph.add_node(node, point=(0.5 * node, 0.0, 0.0))
        for turn, heading in enumerate((0, 90, 180, 270)):
            views[node, heading] = {"rgb": np.zeros((4, 4, 3), np.uint8), "depth": np.full((4, 4), distances[turn])}
            samples = np.zeros((50, 2), np.float32)
            samples[20] = 1.0 / distances[(turn + 1) % 4], 1.0 / distances[(turn - 1) % 4]
            folder = (-heading) % 360 if clockwise else heading
            wavfile.write(root / f"binaural_rirs/replica/room_7/{folder}/{node}_{node}.wav", 44100, samples)
    (metadata / "graph.pkl").write_bytes(pickle.dumps(graph))
    (root / "scene_observations" / "replica" / "room_7.pkl").write_bytes(pickle.dumps(views))
    check = SoundSpacesFolder(root).scene("room_7").check_headings()
    assert check.reading == reading and check.left_first is True and check.confidence > 0.99, str(check)


def test_a_graph_and_responses_that_disagree(scene: SoundSpacesScene) -> None:
    graph = networkx.Graph()
    graph.add_node(0, point=tuple(habitat_floor(1.5528907)[0]))
    graph.add_node(3, point=tuple(habitat_floor(1.5528907)[3]))
    scene.paths.graph("room_7").write_bytes(pickle.dumps(graph))
    report = SoundSpacesScene(scene.paths, scene.rules, "room_7").check()
    assert (report.expected, report.found, report.missing, report.other) == (16, 4, 12, 32)
    assert any("another version" in problem for problem in report.problems)
    assert any("lacks 4 of 8 views, the first of node 3 at 0" in problem for problem in report.problems)


def test_a_graph_of_another_scene(scene: SoundSpacesScene) -> None:
    graph = networkx.Graph()
    graph.add_node(17, point=(0.0, 0.0, 0.0))
    scene.paths.graph("room_7").write_bytes(pickle.dumps(graph))
    fresh = SoundSpacesScene(scene.paths, scene.rules, "room_7")
    assert any("has node 17, but" in problem and "4 points" in problem for problem in fresh.check().problems)
    moved = networkx.Graph()
    moved.add_node(1, point=(0.0, 0.0, 0.0))
    scene.paths.graph("room_7").write_bytes(pickle.dumps(moved))
    fresh = SoundSpacesScene(scene.paths, scene.rules, "room_7")
    assert any("m apart" in problem for problem in fresh.check().problems)


def test_half_a_download_is_named(scene: SoundSpacesScene) -> None:
    shutil.rmtree(scene.paths.responses("room_7", 90))
    assert any("azimuth of 9 responses" in problem for problem in scene.check().problems)
    shutil.rmtree(scene.paths.responses("room_7"))
    scene.paths.observations("room_7").unlink()
    report = scene.check()
    assert report.missing == report.expected and any("binaural_rirs.tar" in problem for problem in report.problems)
    with pytest.raises(DatasetError, match=r"cache_observations\.py"):
        scene.observation(0, 0)
    shutil.rmtree(scene.paths.root / "metadata")
    with pytest.raises(DatasetError, match=r"scene_observations but not metadata/: unpack .*metadata\.tar\.xz"):
        SoundSpacesFolder(scene.paths.root)


def test_damaged_metadata_are_named(scene: SoundSpacesScene) -> None:
    graph, points = scene.paths.graph("room_7"), scene.paths.points("room_7")
    for data, expected in (
        (graph.read_bytes()[:40], "truncated"),
        (pickle.dumps([1, 2]), "holds a list, expected a networkx graph"),
        (pickle.dumps(networkx.path_graph(2)), "node 0 is not the number of a point"),
    ):
        graph.write_bytes(data)
        with pytest.raises(DatasetError, match=expected):
            SoundSpacesScene(scene.paths, scene.rules, "room_7").graph  # noqa: B018
    for text, expected in (
        ("0\t1\t2\n", r"points\.txt has shape \(1, 3\)"),
        ("0\t1\t2\tnan\n", "has shape"),
        ("a b c\n", "not a table"),
        ("", "has shape"),
    ):
        points.write_text(text)
        with pytest.raises(DatasetError, match=expected):
            SoundSpacesScene(scene.paths, scene.rules, "room_7").points  # noqa: B018


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda root: (root / "data" / "metadata").mkdir(parents=True), "data is one: give that"),
        (lambda root: (root / "scene_observations_128.pkl").touch(), "VisualEchoesDataset"),
        (lambda root: (root / "dataset.json").write_text("{}"), "EchoDataset"),
        (lambda root: (root / "office_0" / "habitat").mkdir(parents=True), "lacks metadata/"),
        (lambda root: (root / "binaural_rirs").mkdir(), "unpack SoundSpaces' metadata"),
        (lambda root: (root / "metadata").mkdir(), "no data set"),
    ],
)
def test_other_folders_are_recognised(make, expected: str, tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(DatasetError, match=expected):
        SoundSpacesFolder(tmp_path)


def test_a_folder_too_deep_or_a_level_short(tmp_path: Path) -> None:
    root = make_folder(tmp_path / "data")
    with pytest.raises(DatasetError, match=rf"but {root} is one"):
        SoundSpacesFolder(root / "metadata" / "replica")
    with pytest.raises(DatasetError, match="is no folder"):
        SoundSpacesFolder(tmp_path / "nowhere")
    shutil.move(root / "metadata" / "replica" / "room_7", root / "metadata" / "room_7")
    shutil.rmtree(root / "metadata" / "replica")
    with pytest.raises(DatasetError, match="room_7 is a scene, expected a data set"):
        SoundSpacesFolder(root)


def test_poses_off_the_graph_name_the_nearest(scene: SoundSpacesScene) -> None:
    assert scene.node_at(scene.position(1) + [0.004, -0.002, 0.0]) == 1
    with pytest.raises(PoseError, match=r"no node of scene 'room_7': the nearest is node 1 at \[1\.5"):
        scene.node_at(scene.position(1) + [0.1, 0.0, 0.0])
    with pytest.raises(PoseError, match=r"no multiple of 90 degrees.*nearest is 90"):
        scene.response(0, 1, 80.0)
    with pytest.raises(PoseError, match="node 3 is not in the graph"):
        scene.position(3)


def test_zero_and_minus_zero_are_one_place(tmp_path: Path) -> None:
    """SoundSpaces compares '-0.00' with '0.00' and calls it a misalignment."""
    scene = SoundSpacesFolder(make_folder(tmp_path / "data")).scene("room_7")
    scene.graph.nodes[0]["point"] = (0.0, -0.001, 0.0)
    assert scene.node_at([-0.0, 0.001, 0.0]) == 0


def test_sounds_are_found_by_name(tmp_path: Path) -> None:
    folder = SoundSpacesFolder(make_folder(tmp_path / "data"))
    assert folder.sounds() == []
    (tmp_path / "data" / "sounds" / "1s_all").mkdir(parents=True)
    wavfile.write(tmp_path / "data" / "sounds" / "1s_all" / "telephone.wav", 16000, np.zeros(16000, np.float32))
    assert folder.sounds() == ["telephone"] and folder.sound_file("telephone.wav").name == "telephone.wav"
    with pytest.raises(DatasetError, match="did you mean telephone"):
        folder.sound_file("telefone")


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = make_folder(tmp_path / "data")
    assert main([str(root)]) == 0
    said = capsys.readouterr().out
    assert "room_7: 4 points, 3 nodes, 2 edges, 12 views, 36 of 36 responses" in said
    assert "1 of 1 scenes of replica are complete" in said
    (root / "binaural_rirs" / "replica" / "room_7" / "90" / "0_1.wav").unlink()
    assert main([str(root), "--scene", "room_7", "--read-all"]) == 1
    assert "1 of 36 responses are missing" in capsys.readouterr().out
    for mistake, expected in (([str(tmp_path)], "is one: give that"), ([str(root), "--scene", "x"], "room_7")):
        assert main(mistake) == 2
        error = capsys.readouterr().err
        assert expected in error and error.count("\n") == 1
