"""Exported scenes come back as they were: geometry, colours, textures, object ids, categories and acoustics."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from echoenv.scene.export import dataset_config, exported_files, file_name
from echoenv.scene.files import load_scene
from echoenv.scene.material_table import material
from echoenv.scene.scene import Scene, SceneObject, Surface
from tests.rooms import box_room, with_solid_block


def write(scene: Scene, folder: Path) -> Path:
    for path, data in exported_files(scene).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def write_dataset(folder: Path, *scenes: Scene) -> Path:
    for scene in scenes:
        write(scene, folder)
    (folder / "echoenv.scene_dataset_config.json").write_bytes(dataset_config(file_name(s.name) for s in scenes))
    return folder


def office() -> Scene:
    """A box room with a sofa and things of no object; two surfaces on one object; class ids of a data set."""
    scene = with_solid_block(with_solid_block(box_room(), (2, 0, 2), (3, 1, 4)), (5, 0, 2), (6, 2, 4))
    surfaces = (Surface("wall: brick", material("brick")), Surface("cushion", material("upholstery")))
    objects = (*scene.objects[:6], SceneObject(7, "base-cabinet", 31))
    triangle_objects = np.where(scene.triangle_objects == 8, 0, scene.triangle_objects)
    which = np.where((triangle_objects == 7) & (np.arange(len(scene.triangles)) % 2 == 1), 1, 0)
    return dataclasses.replace(
        scene,
        name="office_9",
        surfaces=surfaces,
        objects=objects,
        triangle_objects=triangle_objects.astype(np.int32),
        triangle_surfaces=which.astype(np.int32),
    )


def rows(scene: Scene) -> np.ndarray:
    """All that a triangle is, a row each, in an order that does not depend on the file: corners, colours, object id."""
    corners = np.round(scene.vertices[scene.triangles], 5).reshape(-1, 9) + 0.0
    colors = np.asarray(scene.vertex_colors)[scene.triangles].reshape(-1, 9)
    table = np.hstack([corners, colors, scene.triangle_objects[:, None]])
    return table[np.lexsort(table.T)]


def categories(scene: Scene) -> dict[int, str]:
    return {thing.id: thing.category for thing in scene.objects}


@pytest.mark.parametrize("kind", ["glb", "replica"])
def test_geometry_colours_ids_and_categories_come_back(kind: str, tmp_path: Path) -> None:
    scene = office()
    folder = write(scene, tmp_path)
    back = load_scene(folder / "office_9.glb") if kind == "glb" else load_scene("office_9", data_dir=folder)
    np.testing.assert_array_equal(rows(back), rows(scene))
    assert categories(back) == categories(scene)
    assert back.light_is_baked


@pytest.mark.parametrize("by", ["name", "scene instance", "stage config"])
def test_what_habitat_opens_comes_back_with_colours_ids_categories_and_acoustics(by: str, tmp_path: Path) -> None:
    scene = office()
    folder = write_dataset(tmp_path, scene)
    endings = {"scene instance": "office_9.scene_instance.json", "stage config": "office_9.stage_config.json"}
    back = load_scene("office_9", data_dir=folder) if by == "name" else load_scene(folder / endings[by])
    np.testing.assert_array_equal(rows(back), rows(scene))
    assert [(o.id, o.category) for o in back.objects] == [(o.id, o.category) for o in scene.objects]
    assert {o.category_id for o in back.objects if o.category == "base-cabinet"} == {31}
    for thing in (1, 7):
        heard = {back.surfaces[i].material.name for i in back.triangle_surfaces[back.triangle_objects == thing]}
        meant = {scene.surfaces[i].material.name for i in scene.triangle_surfaces[scene.triangle_objects == thing]}
        assert heard == meant
    assert back.origin.startswith("made for a test, exported to") and "stage config" in back.up_source


def test_textures_come_back_through_the_data_set(tmp_path: Path) -> None:
    scene = textured()
    back = load_scene("box_room", data_dir=write_dataset(tmp_path, scene))
    np.testing.assert_array_equal(back.surfaces[0].texture, scene.surfaces[0].texture)
    np.testing.assert_array_equal(back.vertices[back.triangles], scene.vertices[scene.triangles])
    np.testing.assert_array_equal(back.triangle_objects, scene.triangle_objects)


def test_a_data_set_of_several_scenes_whose_names_begin_alike(tmp_path: Path) -> None:
    names = ("flat_1", "flat_10", "flat.2")
    folder = write_dataset(
        tmp_path, *(dataclasses.replace(box_room((4 + i, 3, 5)), name=n) for i, n in enumerate(names))
    )
    for width, name in enumerate(names, 4):
        assert load_scene(name, data_dir=folder).bounds[1][0] == pytest.approx(width)
    config = json.loads((folder / "echoenv.scene_dataset_config.json").read_text())
    for section in ("stages", "scene_instances"):
        files = config[section]["paths"][".json"]
        assert len(files) == 3 and all((folder / file).is_file() for file in files)


def test_the_semantic_frame_is_that_of_habitats_turned_mesh(tmp_path: Path) -> None:
    """Habitat turns a semantic .ply from +Z up by itself, and then by the frame of the config (or the other way)."""
    write(office(), tmp_path)
    config = json.loads((tmp_path / "office_9.stage_config.json").read_text())
    assert config["semantic_up"] == config["up"] and config["semantic_front"] == config["front"]


def test_exports_of_before_whose_config_named_the_files_own_frame(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, office())
    file = folder / "office_9.stage_config.json"
    old = {**json.loads(file.read_text()), "semantic_up": [0, 0, 1], "semantic_front": [0, 1, 0]}
    file.write_text(json.dumps(old))
    np.testing.assert_array_equal(rows(load_scene("office_9", data_dir=folder)), rows(office()))


def test_glb_keeps_acoustics(tmp_path: Path) -> None:
    scene = office()
    back = load_scene(write(scene, tmp_path) / "office_9.glb")
    assert "stage config" in back.up_source
    for thing in (1, 7):
        heard = {back.surfaces[i].material.name for i in back.triangle_surfaces[back.triangle_objects == thing]}
        meant = {scene.surfaces[i].material.name for i in scene.triangle_surfaces[scene.triangle_objects == thing]}
        assert heard == meant


def test_an_exported_scene_is_never_taken_for_replica(tmp_path: Path) -> None:
    back = load_scene("office_9", data_dir=write(office(), tmp_path))
    assert back.origin.startswith("made for a test, exported to") and "Replica" not in back.origin


def test_info_has_what_habitat_reads(tmp_path: Path) -> None:
    write(office(), tmp_path)
    info = json.loads((tmp_path / "office_9/habitat/info_semantic.json").read_text())
    cabinet = next(thing for thing in info["objects"] if thing["id"] == 7)
    assert cabinet["class_id"] == 31 == info["id_to_label"][7]
    assert {"id": 31, "name": "base-cabinet"} in info["classes"]
    assert len({entry["id"] for entry in info["classes"]}) == len(info["classes"])
    # the block spans x 2..3, y 0..1, z 2..4 in the world; Replica's frame is (x, -z, y)
    np.testing.assert_allclose(cabinet["oriented_bbox"]["abb"]["center"], [2.5, -3.0, 0.5], atol=1e-6)
    np.testing.assert_allclose(cabinet["oriented_bbox"]["abb"]["sizes"], [1.0, 2.0, 1.0], atol=1e-6)


def test_stage_config_points_to_files_that_are_there(tmp_path: Path) -> None:
    write(office(), tmp_path)
    config = json.loads((tmp_path / "office_9.stage_config.json").read_text())
    assert config["up"] == [0, 1, 0] and config["front"] == [0, 0, -1]
    for key in ("render_asset", "semantic_asset", "semantic_descriptor_filename"):
        assert (tmp_path / config[key]).is_file()


def textured() -> Scene:
    """A box room whose walls repeat a picture of four colours, at coordinates beyond 0..1, under a base colour."""
    picture = np.zeros((64, 32, 3), np.uint8)
    picture[:32, :16], picture[:32, 16:], picture[32:, :16], picture[32:, 16:] = (
        (250, 0, 0),
        (0, 250, 0),
        (0, 0, 250),
        (99, 99, 99),
    )
    scene = box_room()
    surface = Surface("paper", material("brick"), color=(1.0, 0.5, 0.25), texture=picture)
    uvs = np.tile(np.array([[[0.1, 0.9], [1.3, 1.7], [0.2, -0.8]]], np.float32), (len(scene.triangles), 1, 1))
    return dataclasses.replace(scene, surfaces=(surface,), corner_uvs=uvs, vertex_colors=None)


def test_glb_keeps_textures(tmp_path: Path) -> None:
    scene = textured()
    back = load_scene(write(scene, tmp_path) / "box_room.glb")
    np.testing.assert_array_equal(back.surfaces[0].texture, scene.surfaces[0].texture)
    np.testing.assert_allclose(back.surfaces[0].color, scene.surfaces[0].color, atol=1e-6)
    np.testing.assert_allclose(back.corner_uvs, scene.corner_uvs, atol=1e-6)
    np.testing.assert_array_equal(back.vertices[back.triangles], scene.vertices[scene.triangles])


def test_replica_mesh_takes_colours_from_the_texture(tmp_path: Path) -> None:
    scene = dataclasses.replace(
        textured(), corner_uvs=np.tile(np.array([[[0.1, 0.9], [0.3, 0.8], [0.2, 0.7]]], np.float32), (12, 1, 1))
    )
    back = load_scene("box_room", data_dir=write(scene, tmp_path))
    # upper left quarter: (250, 0, 0) under a base colour of full red
    np.testing.assert_array_equal(np.unique(np.asarray(back.vertex_colors), axis=0), [[250, 0, 0]])


def test_names_that_folders_cannot_have() -> None:
    assert file_name("procedural:apartment?seed=7") == "procedural_apartment_seed_7"
    assert file_name("../x/y") == "x_y"
    assert file_name("???") == "scene"
