"""Habitat's configs: a scene put together from a stage and objects, and configs that cannot be followed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from echoenv.errors import SceneFileError, SceneNotFoundError
from echoenv.scene.files import load_scene
from echoenv.scene.habitat_configs import SceneDataset
from echoenv.scene.lookup import scene_names
from echoenv.scene.scene import Scene
from tests.scene.habitat_writers import cube_glb, replica_cad, semantic_ply, semantic_room, write_house, write_json
from tests.scene.mesh_writers import box_corners, write_ply

pytestmark = pytest.mark.filterwarnings("ignore:.*built-in table of materials")


def bounds_of(scene: Scene, object_id: int) -> np.ndarray:
    corners = scene.vertices[scene.triangles[scene.triangle_objects == object_id]].reshape(-1, 3)
    return np.stack([corners.min(axis=0), corners.max(axis=0)])


@pytest.fixture
def apartment(tmp_path: Path) -> Path:
    return replica_cad(tmp_path / "replica_cad")


def change(path: Path, **values: object) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, **values}))


def test_objects_stand_where_the_scene_instance_puts_them(apartment: Path) -> None:
    scene = load_scene("apt_0", data_dir=apartment.parent.parent)
    assert scene.name == "apt_0" and scene.origin.startswith("scene data set replicaCAD, ")
    assert [(o.id, o.category, o.category_id) for o in scene.objects] == [
        (1, "basket", 7),
        (2, "chair", -1),
        (3, "chair", -1),
        (4, "fridge", -1),
    ]
    assert np.count_nonzero(scene.triangle_objects == 0) == 12  # the stage has no ids
    # 1 x 1 x 0.5 m with its centre of mass in the middle, turned a quarter about +Y
    np.testing.assert_allclose(bounds_of(scene, 1), [[1.75, 0.0, 2.5], [2.25, 1.0, 3.5]], atol=1e-6)
    # 1 x 2 x 1 m, half as high by its config; no COM, so its middle is where the instance says
    np.testing.assert_allclose(bounds_of(scene, 2), [[5.5, 0.0, 0.5], [6.5, 1.0, 1.5]], atol=1e-6)
    # placed by the mesh's own origin, half as large again
    np.testing.assert_allclose(bounds_of(scene, 3), [[4.0, 0.0, 4.0], [4.5, 0.5, 4.5]], atol=1e-6)
    # the fridge's door is closed: on its front, at z = 1
    np.testing.assert_allclose(bounds_of(scene, 4), [[1.0, 0.0, 1.0], [2.0, 2.0, 2.1]], atol=1e-6)


def test_a_class_in_the_config_beside_a_urdf_and_names_that_are_no_words(apartment: Path) -> None:
    write_json(apartment.parent / "urdf/fridge/fridge.ao_config.json", {"semantic_id": 67})
    chair = apartment.parent / "configs/objects/frl_apartment_chair_01.object_config.json"
    chair.rename(chair.with_name("00a2b0f3886ccb5ffddac704.object_config.json"))
    instance = apartment.parent / "configs/scenes/apt_0.scene_instance.json"
    instance.write_text(instance.read_text().replace("frl_apartment_chair_01", "00a2b0f3886ccb5ffddac704"))
    scene = load_scene("apt_0", data_dir=apartment.parent)
    named = [(o.category, o.category_id) for o in scene.objects]
    assert named == [("basket", 7), ("unknown", -1), ("unknown", -1), ("fridge", 67)]


def test_joints_of_a_scene_instance_are_opened(apartment: Path) -> None:
    instance = apartment.parent / "configs/scenes/apt_0.scene_instance.json"
    content = json.loads(instance.read_text())
    content["articulated_object_instances"][0]["initial_joint_pose"] = {"hinge": -np.pi / 2}
    instance.write_text(json.dumps(content))
    # the door turned by -90 degrees about +Y: its width now points along +Z from the hinge
    box = bounds_of(load_scene("apt_0", data_dir=apartment.parent), 4)
    np.testing.assert_allclose(box, [[0.9, 0.0, 1.0], [2.0, 2.0, 3.0]], atol=1e-6)


def test_the_same_scene_by_name_by_file_and_by_the_folder_above(apartment: Path) -> None:
    file = apartment.parent / "configs/scenes/apt_0.scene_instance.json"
    scenes = [load_scene("apt_0", data_dir=folder) for folder in (apartment.parent, apartment.parent.parent)]
    scenes += [load_scene(file), load_scene(str(file))]
    for scene in scenes[1:]:
        np.testing.assert_array_equal(scene.vertices, scenes[0].vertices)
        assert scene.objects == scenes[0].objects
    assert scene_names(apartment.parent) == ["apt_0"]
    with pytest.raises(SceneNotFoundError, match="data set of 1 scenes: give a scene's name"):
        load_scene(apartment)


def test_a_stage_alone_by_its_config(apartment: Path) -> None:
    scene = load_scene(apartment.parent / "configs/stages/frl_apartment_stage.stage_config.json")
    np.testing.assert_allclose(scene.bounds, [[0, 0, 0], [8, 2.8, 6]])
    assert "stage config" in scene.up_source and scene.objects == ()


def test_replicas_own_stage_config_and_scene_data_set(tmp_path: Path) -> None:
    """Stages of one name in every scene's folder, a mesh above the config, a semantic mesh beside it."""
    for scene in ("room_0", "room_1"):
        folder = tmp_path / scene / "habitat"
        folder.mkdir(parents=True)
        vertices, triangles, ids = semantic_room()
        write_ply(tmp_path / scene / "mesh.ply", vertices, triangles, colors=np.full((len(vertices), 3), 9, np.uint8))
        semantic_ply(folder / "mesh_semantic.ply")
        objects = [
            {"id": i, "class_id": i, "class_name": name} for i, name in ((3, "floor"), (7, "wall"), (9, "table"))
        ]
        write_json(folder / "info_semantic.json", {"classes": [], "objects": objects})
        stage = {"render_asset": "../mesh.ply", "semantic_asset": "mesh_semantic.ply", "up": [0, 0, 1],
                 "front": [0, 1, 0], "semantic_descriptor_filename": "info_semantic.json"}  # fmt: skip
        write_json(folder / "replica_stage.stage_config.json", stage)
    write_json(tmp_path / "replica.scene_dataset_config.json", {"stages": {"paths": {".json": ["*/habitat"]}}})
    scene = load_scene(tmp_path / "room_1/habitat/replica_stage.stage_config.json")
    np.testing.assert_array_equal(scene.triangle_objects, ids)
    assert {o.id: o.category for o in scene.objects} == {3: "floor", 7: "wall", 9: "table"}
    np.testing.assert_allclose(scene.bounds[1] - scene.bounds[0], [8, 2.8, 6], atol=1e-5)
    assert scene_names(tmp_path) == ["room_0", "room_1"]  # and no "replica_stage", which is two


def test_frame_scale_and_units_of_a_stage(tmp_path: Path) -> None:
    cube_glb(tmp_path / "thing.glb", (0, 0, 0), (1, 2, 3))
    config = write_json(
        tmp_path / "thing.stage_config.json",
        {"render_asset": "thing.glb", "up": [0, 0, 1], "front": [0, 1, 0], "scale": [1, 2, 1], "units_to_meters": 0.5},
    )
    scene = load_scene(config)
    # (x, y, z) of the file is (x, z, -y) of the world; then its height twice, and all by half
    np.testing.assert_allclose(scene.bounds, [[0, 0, -1], [0.5, 3, 0]], atol=1e-6)


def test_a_mirrored_object_still_faces_outward(apartment: Path) -> None:
    config = apartment.parent / "configs/objects/frl_apartment_basket.object_config.json"
    change(config, scale=[-1, 1, 1])
    scene = load_scene("apt_0", data_dir=apartment.parent)
    corners = scene.vertices[scene.triangles[scene.triangle_objects == 1]].astype(float)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    outward = corners.mean(axis=1) - [2.0, 0.5, 3.0]
    assert (np.einsum("nd,nd->n", normals, outward) > 0).all()


def test_default_attributes_wildcards_and_the_tag_for_names(tmp_path: Path) -> None:
    """As Matterport's own config for Habitat is: meshes by wildcard, everything else by default attributes."""
    cube_glb(tmp_path / "a/house_a.glb", (0, 0, 0), (8, 6, 2.8))
    semantic_ply(tmp_path / "a/house_a_semantic.ply")
    write_house(tmp_path / "a/house_a.house")
    tag = "%%CONFIG_NAME_AS_ASSET_FILENAME%%"
    defaults = {"up": [0, 0, 1], "front": [0, 1, 0], "semantic_up": [0, 1, 0], "semantic_front": [0, 0, -1],
                "semantic_asset": f"{tag}_semantic.ply", "semantic_descriptor_filename": f"{tag}.house"}  # fmt: skip
    write_json(
        tmp_path / "mine.scene_dataset_config.json",
        {"stages": {"paths": {".glb": ["*/*.glb"]}, "default_attributes": defaults}},
    )
    scene = load_scene("house_a", data_dir=tmp_path)
    assert {thing.id: thing.category for thing in scene.objects} == {3: "floor", 7: "wall", 9: "table"}
    np.testing.assert_allclose(scene.bounds[1] - scene.bounds[0], [8, 2.8, 6], atol=1e-5)
    floor = scene.triangles[scene.triangle_objects == 3]
    np.testing.assert_allclose(scene.vertices[floor][..., 1], 0.0, atol=1e-6)


def test_parts_that_the_data_set_derives_from_others(apartment: Path) -> None:
    entry = {
        "original_file": "configs/objects/frl_apartment_basket.object_config.json",
        "template_handle": "big_basket",
        "attributes": {"scale": [2, 2, 2]},
    }
    change(apartment, objects={"paths": {".json": ["configs/objects"]}, "configs": [entry]})
    config = SceneDataset.read(apartment).find("objects", "big_basket")
    assert config.values["scale"] == [2, 2, 2] and config.values["semantic_id"] == 7
    assert config.asset("render_asset") is not None


def test_handles_by_path_by_name_and_unknown_ones(apartment: Path) -> None:
    dataset = SceneDataset.read(apartment)
    for name in ("objects/frl_apartment_basket", "frl_apartment_basket", "configs/objects/frl_apartment_basket",
                 "frl_apartment_basket.object_config.json"):  # fmt: skip
        assert dataset.find("objects", name).values["semantic_id"] == 7
    with pytest.raises(
        SceneNotFoundError, match=r"no 'objects/frl_apartment_baskt'.*did you mean frl_apartment_basket"
    ):
        dataset.find("objects", "objects/frl_apartment_baskt")


@pytest.mark.parametrize(
    ("file", "values", "message"),
    [
        ("scenes/apt_0.scene_instance.json", {"stage_instance": None}, "names no stage"),
        ("scenes/apt_0.scene_instance.json", {"stage_instance": []}, "must be an object"),
        ("scenes/apt_0.scene_instance.json", {"object_instances": {}}, "must be a list"),
        ("scenes/apt_0.scene_instance.json", {"stage_instance": {"template_name": "stages/x"}}, "no 'stages/x' among"),
        (
            "scenes/apt_0.scene_instance.json",
            {"object_instances": [{"template_name": "frl_apartment_basket", "rotation": [0, 0, 0, 0]}]},
            "is no rotation",
        ),
        (
            "scenes/apt_0.scene_instance.json",
            {"object_instances": [{"template_name": "frl_apartment_basket", "translation": [0, "a", 0]}]},
            '"translation".*must be 3 numbers',
        ),
        ("stages/frl_apartment_stage.stage_config.json", {"render_asset": "gone.glb"}, "gone.glb'.*is missing"),
        ("stages/frl_apartment_stage.stage_config.json", {"render_asset": 3}, "must be a string"),
        ("stages/frl_apartment_stage.stage_config.json", {"render_asset": ""}, 'needs "render_asset"'),
        ("stages/frl_apartment_stage.stage_config.json", {"up": [0, 0]}, "three numbers"),
        ("stages/frl_apartment_stage.stage_config.json", {"up": [0, 1, 0], "front": [0, 1, 0]}, "not perpendicular"),
        ("stages/frl_apartment_stage.stage_config.json", {"scale": 2}, '"scale" is 2; it must be 3 numbers'),
        ("stages/frl_apartment_stage.stage_config.json", {"units_to_meters": True}, "must be a number"),
        ("objects/frl_apartment_basket.object_config.json", {"render_asset": ""}, 'needs "render_asset"'),
    ],
)
def test_configs_that_cannot_be_followed(apartment: Path, file: str, values: dict, message: str) -> None:
    change(apartment.parent / "configs" / file, **values)
    with pytest.raises((SceneFileError, SceneNotFoundError), match=message) as caught:
        load_scene("apt_0", data_dir=apartment.parent)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", ["", "{", "[]", "version https://git-lfs.github.com/spec/v1\nsize 3\n"])
def test_configs_that_are_no_json(apartment: Path, content: str) -> None:
    for file in (apartment, apartment.parent / "configs/stages/frl_apartment_stage.stage_config.json"):
        whole = file.read_text()
        file.write_text(content)
        with pytest.raises(SceneFileError, match=file.name):
            load_scene("apt_0", data_dir=apartment.parent)
        file.write_text(whole)


def test_half_a_download_of_an_object(apartment: Path) -> None:
    mesh = apartment.parent / "objects/frl_apartment_basket.glb"
    mesh.rename(mesh.with_name("frl_apartment_basket.glb.part"))
    with pytest.raises(SceneFileError, match=r"not whole: there is only 'frl_apartment_basket\.glb\.part'"):
        load_scene("apt_0", data_dir=apartment.parent)


def test_a_scene_instance_without_its_data_set(apartment: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    alone = tmp_path_factory.mktemp("alone") / "apt_0.scene_instance.json"
    alone.write_text((apartment.parent / "configs/scenes/apt_0.scene_instance.json").read_text())
    with pytest.raises(SceneNotFoundError, match=r"no \*\.scene_dataset_config\.json in its folder or above"):
        load_scene(alone)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<robot", "not a URDF file"),
        ("<mujoco/>", "root is 'mujoco'"),
        ('<robot><joint name="j"/></robot>', "joint 'j' lacks its parent or child"),
        (
            '<robot><link name="a"/><link name="b"/><joint><parent link="a"/><child link="b"/></joint>'
            '<joint><parent link="b"/><child link="a"/></joint></robot>',
            "hangs on itself",
        ),
        (
            '<robot><link name="a"><visual><geometry><mesh filename="gone.glb"/></geometry></visual></link></robot>',
            "gone.glb'.*is missing",
        ),
        (
            '<robot><link name="a"><visual><origin xyz="1 2"/><geometry><mesh filename="body.glb"/></geometry>'
            "</visual></link></robot>",
            "'1 2' must be 3 numbers",
        ),
        ("<robot/>", "no triangles"),
    ],
)
def test_urdf_files_that_cannot_be_followed(apartment: Path, content: str, message: str) -> None:
    (apartment.parent / "urdf/fridge/fridge.urdf").write_text(content)
    with pytest.raises(Exception, match=message) as caught:
        load_scene("apt_0", data_dir=apartment.parent)
    assert type(caught.value).__module__ == "echoenv.errors"


def test_urdf_angles_are_about_fixed_axes(apartment: Path) -> None:
    from echoenv.scene.urdf_files import read_urdf

    file = apartment.parent / "urdf/fridge/fridge.urdf"
    half = np.pi / 2
    file.write_text(file.read_text().replace('<origin xyz="0 0 1" rpy="0 0 0"/>', f'<origin rpy="{half} 0 {half}"/>'))
    pose = read_urdf(file)[1].pose[:3, :3]
    # x first by a quarter about x (stays), then about z: to y; y first to z (stays); z first to -y, then to x
    np.testing.assert_allclose(pose, np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0]]), atol=1e-12)
    assert box_corners((0, 0, 0), (1, 1, 1)).shape == (8, 3)
