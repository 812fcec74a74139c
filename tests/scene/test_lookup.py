"""Names and folders: Replica's layout, built-in homes, files; arrays; and what is said where nothing is found."""

from __future__ import annotations

import json

import numpy as np
import pytest

from echoenv.errors import MeshError, SceneFileError, SceneNotFoundError
from echoenv.scene.arrays import scene_from_arrays
from echoenv.scene.files import load_scene
from echoenv.scene.material_table import material_for_category
from echoenv.scene.mesh_parts import category_from_name
from echoenv.scene.scene import SceneObject
from tests.scene.mesh_writers import BOX_QUADS, box_corners, fan, write_ply

BOX = box_corners((0, 0, 0), (8, 6, 2.8))  # +Z up, as Replica's meshes are
IDS = np.array([3, 5, 7, 7, 9, 0])
INFO = {
    "classes": [{"id": 40, "name": "floor"}, {"id": 31, "name": "ceiling"}],
    "id_to_label": [-1, -1, -1, 40, -1, 31, -1, 93, -1, -2],
    "objects": [
        {"id": 0, "class_id": 0, "class_name": "undefined"},
        {"id": 3, "class_id": 40, "class_name": "floor"},
        {"id": 7, "class_id": 93, "class_name": "wall"},
        {"id": 30, "class_id": 76, "class_name": "sofa"},
    ],
}


def replica_scene(root, name, info=INFO):
    folder = root / name / "habitat"
    folder.mkdir(parents=True)
    write_ply(folder / "mesh_semantic.ply", BOX, BOX_QUADS, object_ids=IDS, colors=np.full((8, 3), 7, dtype=np.uint8))
    if info is not None:
        (folder / "info_semantic.json").write_text(info if isinstance(info, str) else json.dumps(info))
    return folder / "mesh_semantic.ply"


@pytest.mark.parametrize("below", ["", "replica", "scene_datasets/replica"])
def test_replica_by_name(tmp_path, below):
    path = replica_scene(tmp_path / below, "apartment_0")
    scene = load_scene("apartment_0", data_dir=tmp_path)
    assert scene.name == "apartment_0"
    assert scene.origin == f"Replica, {path}" and "built-in" not in scene.origin
    np.testing.assert_allclose(scene.vertices, BOX[:, [0, 2, 1]] * [1, 1, -1], atol=1e-6)
    assert "Replica" in scene.up_source
    np.testing.assert_array_equal(scene.triangle_objects, np.repeat(IDS, 2))
    found = {thing.id: (thing.category, thing.category_id) for thing in scene.objects}
    # 5 is named by its label alone, 9 by nothing; 0 means no object
    assert found == {3: ("floor", 40), 5: ("ceiling", 31), 7: ("wall", 93), 9: ("unknown", -1), 30: ("sofa", 76)}


def test_replica_surfaces_take_the_material_of_their_class(tmp_path):
    replica_scene(tmp_path, "room_0")
    scene = load_scene("room_0", data_dir=tmp_path)
    for triangle, category in enumerate(np.repeat(["floor", "ceiling", "wall", "wall", "unknown", "unknown"], 2)):
        material = scene.surfaces[scene.triangle_surfaces[triangle]].material
        assert material.name == material_for_category(str(category)).name


@pytest.mark.parametrize("what", ["", "habitat/mesh_semantic.ply"])
def test_replica_by_path(tmp_path, what):
    replica_scene(tmp_path, "room_2")
    scene = load_scene(tmp_path / "room_2" / what)
    assert scene.name == "room_2" and scene.origin.startswith("Replica, ")
    assert scene.bounds[1][1] == pytest.approx(2.8)


def test_replica_without_its_list_of_objects(tmp_path):
    replica_scene(tmp_path, "office_0", info=None)
    with pytest.raises(SceneFileError, match=r"info_semantic.json' is missing"):
        load_scene("office_0", data_dir=tmp_path)
    loose = write_ply(tmp_path / "loose.ply", BOX, BOX_QUADS, object_ids=IDS)
    with pytest.warns(UserWarning, match="no info_semantic.json"):
        scene = load_scene(loose, up="+z")
    assert {thing.category for thing in scene.objects} == {"unknown"}


@pytest.mark.parametrize(
    "info", ["{not json", "[]", '{"objects": [{"id": 1}]}', '{"objects": 3}', "{}", b"\xff\xfe".decode("latin-1")]
)
def test_replica_with_a_damaged_list_of_objects(tmp_path, info):
    replica_scene(tmp_path, "office_1", info=info)
    with pytest.raises(SceneFileError, match=r"info_semantic\.json") as caught:
        load_scene("office_1", data_dir=tmp_path)
    assert "\n" not in str(caught.value)


def test_matterport_by_name(tmp_path):
    from tests.scene.mesh_writers import GlbWriter

    folder = tmp_path / "mp3d" / "17DRP5sb8fy"
    folder.mkdir(parents=True)
    writer = GlbWriter()
    mesh = {"primitives": [writer.primitive(BOX, fan(BOX_QUADS))]}
    writer.write(folder / "17DRP5sb8fy.glb", nodes=[{"mesh": 0}], meshes=[mesh])
    scene = load_scene("17DRP5sb8fy", data_dir=tmp_path)
    assert scene.origin.startswith("Matterport3D, ") and scene.bounds[1][1] == pytest.approx(2.8)


def test_a_name_without_data_is_a_built_in_home(tmp_path, monkeypatch):
    from echoenv.scene import homes

    replica_scene(tmp_path, "room_0")
    monkeypatch.setattr(homes, "build_home", lambda name: f"home {name}")  # building takes seconds
    assert load_scene("apartment_0", data_dir=tmp_path) == "home apartment_0"
    assert load_scene("room_0") == "home room_0"
    assert load_scene("room_0", data_dir=tmp_path).origin.startswith("Replica, ")


def test_unknown_names_point_to_near_ones(tmp_path):
    replica_scene(tmp_path, "my_own_flat")
    with pytest.raises(SceneNotFoundError, match=r"did you mean.*apartment_0"):
        load_scene("apartmnt_0")
    with pytest.raises(SceneNotFoundError, match=r"did you mean my_own_flat\?"):
        load_scene("my_own_falt", data_dir=tmp_path)
    with pytest.raises(SceneNotFoundError, match=r"data folder .* is not a folder"):
        load_scene("apartment_0", data_dir=tmp_path / "nowhere")


def test_missing_files_point_to_near_ones(tmp_path):
    write_ply(tmp_path / "kitchen.ply", BOX, BOX_QUADS)
    with pytest.raises(SceneNotFoundError, match=r"did you mean kitchen.ply\?"):
        load_scene(tmp_path / "kitchn.ply")
    with pytest.raises(SceneNotFoundError, match="there is no folder"):
        load_scene(tmp_path / "no" / "kitchen.ply")
    (tmp_path / "empty.glb").mkdir()
    with pytest.raises(SceneNotFoundError, match="there is no mesh file in it"):
        load_scene(tmp_path / "empty.glb")
    with pytest.raises(SceneNotFoundError, match=r"holds no scene.*kitchen\.ply"):
        load_scene(tmp_path)
    assert load_scene("kitchen.ply", data_dir=tmp_path).name == "kitchen"


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Sofa_02.001", "sofa"),
        ("CoffeeTable3", "coffee_table"),
        ("kitchen cabinet", "kitchen_cabinet"),
        ("12", "unknown"),
        ("base-cabinet-12", "base-cabinet"),
        ("TV", "tv"),
    ],
)
def test_categories_from_node_names(name, category):
    assert category_from_name(name) == category


def test_arrays_of_triangles_quads_and_mixtures():
    quads = scene_from_arrays(BOX, BOX_QUADS, up="+z", triangle_objects=IDS, objects=[SceneObject(3, "floor")])
    np.testing.assert_array_equal(quads.triangles, fan(BOX_QUADS))
    np.testing.assert_array_equal(quads.triangle_objects, np.repeat(IDS, 2))
    np.testing.assert_allclose(quads.vertices, BOX[:, [0, 2, 1]] * [1, 1, -1])
    triangles = scene_from_arrays(BOX, fan(BOX_QUADS), vertex_colors=np.full((8, 3), 9))
    np.testing.assert_array_equal(triangles.vertices, BOX.astype(np.float32))
    assert triangles.light_is_baked and not quads.light_is_baked
    uvs = np.arange(16).reshape(8, 2) / 16
    mixed = scene_from_arrays(
        BOX, [[0, 1, 2], [3, 4, 5, 6, 7], [0, 1, 2, 3]], vertex_uvs=uvs, triangle_objects=[1, 2, 3]
    )
    np.testing.assert_array_equal(mixed.triangle_objects, [1, 2, 2, 2, 3, 3])
    np.testing.assert_allclose(mixed.corner_uvs, uvs[mixed.triangles])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"triangles": np.zeros((0, 3), dtype=int)}, "point cloud"),
        ({"triangles": []}, "point cloud"),
        ({"triangles": [[0, 1]]}, "three or more"),
        ({"triangles": [[0.5, 1, 2]]}, "whole numbers"),
        ({"triangles": [[0, 1, 8]]}, "vertex 8"),
        ({"triangles": [[0, 1, -1]]}, "vertex -1"),
        ({"triangles": 3}, "must be an array"),
        ({"vertices": BOX[:, :2]}, "shape"),
        ({"vertices": np.where(np.arange(8)[:, None] == 2, np.nan, BOX)}, "1 of 8 vertices are NaN"),
        ({"vertices": "box"}, "not numbers"),
        ({"vertex_colors": np.zeros((7, 3))}, "vertex_colors has shape"),
        ({"triangle_objects": [1, 2]}, "triangle_objects has shape"),
        ({"triangle_surfaces": [0, 0, 0, 0, 0, 5]}, "surfaces"),
    ],
)
def test_arrays_that_do_not_fit(arguments, message):
    with pytest.raises(MeshError, match=message):
        scene_from_arrays(**{"vertices": BOX, "triangles": BOX_QUADS, **arguments})
