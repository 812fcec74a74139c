"""Episode files as Habitat and SoundSpaces write them, made by hand: reading, writing again, and what is wrong."""

from __future__ import annotations

import gzip
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from echoenv.datasets.episodes import (
    Episode,
    EpisodeFile,
    EpisodeSplit,
    Goal,
    PathPoint,
    below_scenes_dir,
    content_name,
    heading_to_rotation,
    names_mesh_file,
    read_episode_file,
    scene_name,
    soundspaces_heading,
    write_episode_file,
    write_split,
)
from echoenv.errors import DatasetError

# As Habitat-Lab's Gibson files have them: whole numbers among floats, nulls, fields in this order.
POINTNAV = {
    "episode_id": "0",
    "scene_id": "gibson/Adrian.glb",
    "start_position": [-3.1, 0.17, 4],
    "start_rotation": [0, 0.8660254037844386, 0, -0.5],
    "info": {"geodesic_distance": 6.335, "difficulty": "easy"},
    "goals": [{"position": [1.5, 0.17, -0.0], "radius": None}],
    "shortest_paths": None,
    "start_room": None,
}

# As SoundSpaces' files with objects have them, with fields nobody here knows.
AUDIONAV = {
    "episode_id": 17,
    "scene_dataset_config": "default",
    "additional_obj_config_paths": [],
    "scene_id": "data/scene_datasets/mp3d/17DRP5sb8fy/17DRP5sb8fy.glb",
    "start_position": [1.0, 0.0, -0.004],
    "start_rotation": [0.0, -0.7071067811865476, 0.0, 0.7071067811865476],
    "info": {"geodesic_distance": 5.0, "num_action": 9, "sound": "telephone"},
    "goals": [
        {
            "position": [2.0, 0.0, 3.0],
            "radius": 1e-05,
            "object_id": "chair_3",
            "view_points": [{"agent_state": {"position": [2.0, 0.0, 2.0]}, "iou": 0.5}],
        }
    ],
    "start_room": "bedroom",
    "shortest_paths": [
        [
            {"position": [1.0, 0.0, 0.0], "rotation": [0, 0, 0, 1], "action": 1},
            {"position": [2.0, 0.0, 3.0], "rotation": [0.0, 0.0, 0.0, 1.0], "action": None},
        ],
        [1, "TURN_LEFT", None],
    ],
    "object_category": "chair",
    "sound_id": "chair.wav",
    "offset": 3,
    "duration": 15,
    "distractor_sound_id": None,
    "distractor_position_index": None,
}


def store(path, episodes, **fields):
    """Writes episodes as JSON in the layout of others, with what else the file holds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt") as file:
        json.dump({**fields, "episodes": episodes}, file)
    return path


def read_json(path):
    with gzip.open(path, "rt") as file:
        return file.read()


@pytest.mark.parametrize("raw", [POINTNAV, AUDIONAV], ids=["pointnav", "audionav"])
def test_a_file_read_and_written_again_is_the_same_text(tmp_path, raw) -> None:
    first = store(tmp_path / "first.json.gz", [raw], content_scenes_path="{data_path}/content/{scene}.json.gz")
    write_episode_file(tmp_path / "second.json.gz", read_episode_file(first))
    assert read_json(tmp_path / "second.json.gz") == read_json(first)


def test_fields_become_typed_values(tmp_path) -> None:
    episode = read_episode_file(store(tmp_path / "a.json.gz", [AUDIONAV])).episodes[0]
    assert episode.episode_id == 17 and scene_name(episode.scene_id) == "17DRP5sb8fy"
    assert episode.sound == "chair.wav" and (episode.offset, episode.duration) == (3, 15)
    assert episode.goals[0].radius == 1e-05 and episode.goals[0].extra["object_id"] == "chair_3"
    assert episode.extra == {"scene_dataset_config": "default", "additional_obj_config_paths": []}
    assert episode.shortest_paths is not None
    assert episode.shortest_paths[0][0] == PathPoint((1.0, 0.0, 0.0), (0, 0, 0, 1), 1)
    assert [point.action for point in episode.shortest_paths[1]] == [1, "TURN_LEFT", None]
    np.testing.assert_array_equal(episode.goal_positions, [[2.0, 0.0, 3.0]])
    assert episode.geodesic_distance == 5.0


def test_what_was_changed_after_reading_is_written(tmp_path) -> None:
    episode = read_episode_file(store(tmp_path / "a.json.gz", [POINTNAV])).episodes[0]
    changed = replace(episode, sound_id="bell", goals=(Goal((0.0, 0.0, 1.0), 0.5),), info=None)
    write_episode_file(tmp_path / "b.json.gz", EpisodeFile((changed,)))
    raw = json.loads(read_json(tmp_path / "b.json.gz"))["episodes"][0]
    assert raw["sound_id"] == "bell" and raw["info"] is None
    assert raw["goals"] == [{"position": [0.0, 0.0, 1.0], "radius": 0.5}]
    assert read_episode_file(tmp_path / "b.json.gz").episodes == (changed,)


def test_headings_are_right_about_both_axes_and_soundspaces_reads_one_mirrored() -> None:
    for heading in (0, 30, 90, 180, 270, 359):
        rotation = heading_to_rotation(heading)
        episode = Episode("0", "room_0", (0, 0, 0), rotation)
        mirrored = replace(episode, start_rotation=tuple(-value for value in rotation))
        assert episode.start_heading == pytest.approx(heading) and mirrored.start_heading == pytest.approx(heading)
        assert soundspaces_heading(rotation) == heading
        assert soundspaces_heading(mirrored.start_rotation) == (-heading) % 360
    read = Episode("0", "room_0", (0, 0, 0), AUDIONAV["start_rotation"])
    assert read.start_heading == pytest.approx(270.0) and soundspaces_heading(read.start_rotation) == 90


@pytest.mark.parametrize(
    ("scene_id", "name"),
    [
        ("room_0", "room_0"),
        ("data/scene_datasets/room_0", "room_0"),
        ("procedural:apartment?seed=7", "procedural:apartment?seed=7"),
        ("data/scene_datasets/procedural:apartment?seed=7", "procedural:apartment?seed=7"),
        ("room_0/habitat/mesh_semantic.ply", "room_0"),
        ("data/scene_datasets/replica/room_0/habitat/mesh_semantic.ply", "room_0"),
        ("/my disk/Replica/office_3/mesh.ply", "office_3"),
        ("C:\\scans\\office_3\\habitat\\mesh_semantic.ply", "office_3"),
        ("data/scene_datasets/mp3d/17DRP5sb8fy/17DRP5sb8fy.glb", "17DRP5sb8fy"),
        ("hm3d/val/00800-TEEsavR23oF/TEEsavR23oF.basis.glb", "TEEsavR23oF"),
        ("gibson/Adrian.glb", "Adrian"),
        ("replica_cad/configs/scenes/apt_0.scene_instance.json", "apt_0"),
        ("data/replica/room_1/habitat/replica_stage.stage_config.json", "room_1"),
    ],
)
def test_scenes_are_named_whatever_root_they_are_under(scene_id: str, name: str) -> None:
    assert scene_name(scene_id) == name
    assert names_mesh_file(scene_id) == ("." in scene_id.rsplit("/", 1)[-1])


def test_scene_ids_without_a_scene_are_refused() -> None:
    for scene_id in ("", "/", "habitat/mesh_semantic.ply", "mesh.ply"):
        with pytest.raises(DatasetError, match="scene"):
            scene_name(scene_id)


def test_scene_paths_are_joined_as_habitat_joins_them() -> None:
    assert below_scenes_dir("data/scene_datasets/gibson/Adrian.glb", "scans") == "scans/gibson/Adrian.glb"
    assert below_scenes_dir("gibson/Adrian.glb", "scans/") == "scans/gibson/Adrian.glb"
    assert below_scenes_dir("/else/Adrian.glb", "scans") == "/else/Adrian.glb"
    assert below_scenes_dir("gibson/Adrian.glb", None) == "gibson/Adrian.glb"


def change(**fields):
    """An episode of PointNav with some fields changed; None removes a field."""
    return {name: value for name, value in {**POINTNAV, **fields}.items() if value is not None}


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (5, "is 5, not an object"),
        (change(scene_id=None), "has no 'scene_id'"),
        (change(scene_id=" "), "scene_id ' ' must be a text"),
        (change(episode_id=True), "episode_id True must be"),
        (change(start_position=[1, 2]), r"start_position \[1, 2\] must be 3 finite numbers"),
        (change(start_position=[1, 2, "3"]), "must be 3 finite numbers"),
        (change(start_position=[1, 2, math.nan]), "must be 3 finite numbers"),
        (change(start_rotation=[0, 0, 0, 0]), "has the length 0"),
        (change(start_rotation=[0.5, 0, 0.8660254, 0]), "w last"),  # a yaw written w, x, y, z
        (change(goals=[]), "goals are empty"),
        (change(goals=[{"radius": 1.0}]), "goal 0 .* with a position"),
        (change(goals=[{"position": [1, 2, 3], "radius": -1}]), "goal 0 has radius -1"),
        (change(info={"geodesic_distance": 0.0}), r"info\.geodesic_distance is 0\.0"),
        (change(info={"geodesic_distance": math.inf}), r"info\.geodesic_distance is inf"),
        (change(info={"geodesic_distance": math.nan}), r"info\.geodesic_distance is nan"),
        (change(info={"geodesic_distance": "far"}), r"info\.geodesic_distance is 'far'"),
        (change(info={"num_action": 0}), r"info\.num_action is 0"),
        (change(info={"sound": 3}), r"info\.sound 3"),
        (change(info=[]), r"info \[\] must be"),
        (change(shortest_paths=[{}]), "shortest_paths"),
        (change(shortest_paths=[[{"action": 1.5}]]), "point 0 has action 1.5"),
        (change(duration=-1), "duration -1"),
    ],
)
def test_wrong_episodes_are_refused_by_file_number_and_field(tmp_path, raw, words: str) -> None:
    file = store(tmp_path / "val.json.gz", [POINTNAV, POINTNAV, raw])
    with pytest.raises(DatasetError, match=rf"val\.json\.gz', episode 2.*{words}"):
        read_episode_file(file)


def test_distances_that_are_none_can_be_let_through(tmp_path) -> None:
    file = store(tmp_path / "val.json.gz", [change(info={"geodesic_distance": math.inf})])
    assert read_episode_file(file, check_distances=False).episodes[0].geodesic_distance == math.inf
    with pytest.raises(DatasetError, match="what JSON cannot"):
        write_episode_file(tmp_path / "again.json.gz", read_episode_file(file, check_distances=False))
    assert not (tmp_path / "again.json.gz").exists()


def test_damaged_and_foreign_files_are_refused(tmp_path) -> None:
    whole = store(tmp_path / "val.json.gz", [POINTNAV] * 50).read_bytes()
    for name, data, words in (
        ("cut.json.gz", whole[: len(whole) // 2], "cut off"),
        ("text.json.gz", b"once upon a time", "not JSON"),
        ("list.json.gz", b"[1, 2]", "no list 'episodes'"),
        ("other.json.gz", b'{"episodes": {}}', "no list 'episodes'"),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DatasetError, match=words):
            read_episode_file(tmp_path / name)
    with pytest.raises(DatasetError, match=r"did you mean val\.json\.gz"):
        read_episode_file(tmp_path / "vals.json.gz")
    with pytest.raises(DatasetError, match="no folder"):
        read_episode_file(tmp_path / "nowhere/val.json.gz")


def in_scene(name: str, number: int) -> Episode:
    return Episode(str(number), name, (0.0, 0.0, 0.0), heading_to_rotation(0), (Goal((1.0, 0.0, 0.0)),))


def test_splits_are_written_scene_by_scene_and_read_in_habitats_order(tmp_path) -> None:
    homes = ["room_0", "procedural:apartment?seed=7", "apartment_0"]
    episodes = [in_scene(homes[number % 3], number) for number in range(9)]
    main = write_split(tmp_path, "val", episodes)
    assert main == tmp_path / "val/val.json.gz"
    split = EpisodeSplit(main)
    assert split.scenes == ("apartment_0", "procedural_apartment_seed_7", "room_0")
    assert [episode.episode_id for episode in split] == ["2", "5", "8", "1", "4", "7", "0", "3", "6"]
    assert split.scene("procedural:apartment?seed=7").episodes == tuple(episodes[1::3])
    assert not split.main.episodes and content_name("room_0") == "room_0"
    with pytest.raises(DatasetError, match="did you mean room_0"):
        split.scene("room_1")


def test_a_scene_is_added_to_a_split_that_is_there(tmp_path) -> None:
    write_split(tmp_path, "val", [in_scene("room_0", 0)])
    write_split(tmp_path, "val", [in_scene("office_0", 1)])
    assert EpisodeSplit(tmp_path / "val").scenes == ("office_0", "room_0")


def test_only_the_scene_that_is_asked_for_is_read(tmp_path) -> None:
    write_split(tmp_path, "val", [in_scene("room_0", 0), in_scene("office_0", 1)])
    (tmp_path / "val/content/office_0.json.gz").write_bytes(b"damaged")
    split = EpisodeSplit(tmp_path / "val")
    assert split.scene("room_0").episodes[0].episode_id == "0"
    with pytest.raises(DatasetError, match="office_0"):
        list(split)


def test_a_split_in_one_file_and_one_with_other_folders(tmp_path) -> None:
    one = write_split(tmp_path / "one", "test", [in_scene("room_0", 0), in_scene("office_0", 1)], scene_files=False)
    split = EpisodeSplit(one)
    assert split.scenes == ("office_0", "room_0") and len(list(split)) == 2
    assert split.scene("office_0").episodes[0].episode_id == "1"
    main = store(tmp_path / "other/val/val.json.gz", [], content_scenes_path="{data_path}/scenes/ep_{scene}.json.gz")
    store(tmp_path / "other/val/scenes/ep_Adrian.json.gz", [POINTNAV])
    store(tmp_path / "other/val/scenes/.writing-ep_Half.json.gz", [POINTNAV])
    assert EpisodeSplit(main).scenes == ("Adrian",) and len(list(EpisodeSplit(main))) == 1


def test_half_a_download_and_wrong_names_are_said(tmp_path) -> None:
    main = store(tmp_path / "val/val.json.gz", [], content_scenes_path="{data_path}/content/{scene}.json.gz")
    with pytest.raises(DatasetError, match="half a download"):
        EpisodeSplit(main)
    store(main, [], content_scenes_path="{data_path}/content")
    with pytest.raises(DatasetError, match="content_scenes_path"):
        EpisodeSplit(main)
    with pytest.raises(DatasetError, match="not a name"):
        write_split(tmp_path, "../val", [])


def test_files_of_objects_may_keep_their_goals_elsewhere(tmp_path) -> None:
    raw = change(goals=[])
    episode = read_episode_file(store(tmp_path / "a.json.gz", [raw], goals_by_category={"a": []})).episodes[0]
    assert episode.goals == ()


def test_the_same_episodes_give_the_same_bytes(tmp_path) -> None:
    for name in ("a", "b"):
        write_split(tmp_path / name, "val", [in_scene("room_0", 0)])
    for file in ("val.json.gz", "content/room_0.json.gz"):
        assert (tmp_path / "a/val" / file).read_bytes() == (tmp_path / "b/val" / file).read_bytes()
