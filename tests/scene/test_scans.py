"""Matterport3D, HM3D and Gibson as their users have them: names, frames, semantics, and half of them."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from echoenv.errors import EchoEnvError, SceneFileError, SceneNotFoundError
from echoenv.scene import homes
from echoenv.scene.files import load_scene
from echoenv.scene.lookup import scene_names
from echoenv.scene.scene import Scene
from tests.scene.habitat_writers import (
    basis_room,
    face_ids,
    gibson,
    hm3d,
    matterport,
    seen_room,
    semantic_glb,
    semantic_ply,
    write_house,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*built-in table of materials")

MATTERPORT, HM3D, GIBSON = "17DRP5sb8fy", "TEEsavR23oF", "Ackermanville"


def ids_of(scene: Scene) -> np.ndarray:
    """Ids of the seen room's triangles in the order of `face_ids`, two for each face."""
    return scene.triangle_objects


def check_room(scene: Scene, categories: dict[int, str]) -> None:
    np.testing.assert_array_equal(ids_of(scene), np.repeat(face_ids(), 2))
    assert {thing.id: thing.category for thing in scene.objects} == categories
    np.testing.assert_allclose(scene.bounds[1] - scene.bounds[0], [8.0, 2.8, 6.0], atol=1e-5)  # +Y up
    floor = scene.triangles[scene.triangle_objects == 3]
    np.testing.assert_allclose(scene.vertices[floor][..., 1], 0.0, atol=1e-6)


@pytest.mark.parametrize("below", ["mp3d", "scene_datasets/mp3d", ""])
def test_matterport_with_its_house(tmp_path: Path, below: str) -> None:
    matterport(tmp_path / below)
    scene = load_scene(MATTERPORT, data_dir=tmp_path)
    assert scene.origin.startswith("Matterport3D, ") and "Matterport3D" in scene.up_source
    check_room(scene, {3: "floor", 7: "wall", 9: "table"})  # object 0 stands for none
    assert [thing.category_id for thing in scene.objects] == [2, 1, 5]  # mpcat40's


@pytest.mark.parametrize("name", ["TEEsavR23oF", "00800-TEEsavR23oF"])
@pytest.mark.parametrize("below", ["hm3d/val", "scene_datasets/hm3d/minival", "val"])
def test_hm3d_with_and_without_its_number(tmp_path: Path, name: str, below: str) -> None:
    mesh = hm3d(tmp_path / below)
    for scene in (load_scene(name, data_dir=tmp_path), load_scene(mesh), load_scene(mesh.parent)):
        assert scene.name == HM3D and scene.origin == f"HM3D, {mesh}"
        check_room(scene, {3: "floor", 7: "wall", 9: "table, round"})


@pytest.mark.parametrize("kind", ["texture", "sRGB", "linear"])
def test_hm3d_colours_of_textures_and_vertices(tmp_path: Path, kind: str) -> None:
    mesh = hm3d(tmp_path / "hm3d/val")
    semantic_glb(mesh.with_name(f"{HM3D}.semantic.glb"), kind)
    check_room(load_scene(HM3D, data_dir=tmp_path), {3: "floor", 7: "wall", 9: "table, round"})


def test_hm3d_with_basis_textures_says_so_once_and_takes_the_other_file_where_it_is(tmp_path: Path) -> None:
    mesh = hm3d(tmp_path / "hm3d/val", basis=True)
    with pytest.warns(
        UserWarning, match=r"2 textures are in the Basis format.*put 'TEEsavR23oF\.glb' beside it"
    ) as said:
        scene = load_scene(HM3D, data_dir=tmp_path)
    assert sum("texture" in str(one.message) for one in said) == 1
    assert scene.origin == f"HM3D, {mesh}"
    check_room(scene, {3: "floor", 7: "wall", 9: "table, round"})
    seen_room(mesh.with_name(f"{HM3D}.glb"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", message=".*built-in table of materials")
        assert load_scene(HM3D, data_dir=tmp_path).origin.endswith(f"{HM3D}.glb")


@pytest.mark.parametrize("extension", ["KHR_texture_basisu", "GOOGLE_texture_basis"])
def test_basis_textures_of_either_extension_are_one_warning(tmp_path: Path, extension: str) -> None:
    path = basis_room(tmp_path / "room.glb", extension)
    with pytest.warns(UserWarning, match="2 textures are in the Basis format.*convert them to PNG") as said:
        scene = load_scene(path, up="+z")
    assert sum("texture" in str(one.message) for one in said) == 1 and len(scene.triangles) == 24


@pytest.mark.parametrize("below", ["gibson", "scene_datasets/gibson"])
def test_gibson_with_converted_semantics(tmp_path: Path, below: str) -> None:
    gibson(tmp_path / below)
    scene = load_scene(GIBSON, data_dir=tmp_path)
    assert scene.origin.startswith("Gibson, ")
    check_room(scene, {3: "floor", 7: "wall", 9: "dining table"})


def test_names_of_everything_in_a_folder(tmp_path: Path) -> None:
    matterport(tmp_path / "mp3d")
    hm3d(tmp_path / "hm3d/val")
    hm3d(tmp_path / "hm3d/train", "00001", "UVdNNRcVyV1", basis=True)
    gibson(tmp_path / "gibson")
    assert scene_names(tmp_path) == [MATTERPORT, GIBSON, HM3D, "UVdNNRcVyV1"]
    assert scene_names(tmp_path / "gibson") == [GIBSON]
    with pytest.raises(SceneNotFoundError, match=r"did you mean TEEsavR23oF\?"):
        load_scene("TEEsavR23of", data_dir=tmp_path)


def test_a_scan_without_semantics_is_said_once_and_has_no_objects(tmp_path: Path) -> None:
    seen_room(tmp_path / "mp3d" / MATTERPORT / f"{MATTERPORT}.glb")
    with pytest.warns(UserWarning, match="without semantics") as said:
        scene = load_scene(MATTERPORT, data_dir=tmp_path)
    assert sum("semantics" in str(one.message) for one in said) == 1
    assert scene.objects == () and not scene.triangle_objects.any()  # pieces of mesh are no things


@pytest.mark.parametrize("make", [matterport, hm3d, gibson])
@pytest.mark.parametrize("which", [0, 1])
def test_half_of_the_semantics_is_named(tmp_path: Path, make, which: int) -> None:
    root = tmp_path / {"matterport": "mp3d", "hm3d": "hm3d/val", "gibson": "gibson"}[make.__name__]
    mesh = make(root)
    stem = mesh.name.split(".")[0]
    files = [f for f in mesh.parent.iterdir() if f != mesh]
    assert len(files) == 2
    lost = sorted(files)[which]
    lost.unlink()
    with pytest.raises(SceneFileError, match=f"{lost.name}' is missing") as caught:
        load_scene(stem, data_dir=tmp_path)
    assert "\n" not in str(caught.value)
    lost.with_name(f"{lost.name}.part").write_bytes(b"half")
    with pytest.raises(SceneFileError, match=rf"{lost.name}\.part' is a download that is not finished"):
        load_scene(stem, data_dir=tmp_path)


def test_half_a_download_is_not_taken_for_a_built_in_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homes, "build_home", lambda name: f"home {name}")
    folder = tmp_path / "replica" / "apartment_0" / "habitat"
    folder.mkdir(parents=True)
    with pytest.raises(SceneFileError, match=r"apartment_0' of Replica is not whole: expected .*mesh_semantic\.ply"):
        load_scene("apartment_0", data_dir=tmp_path)
    (folder / "mesh_semantic.ply.crdownload").write_bytes(b"half")
    with pytest.raises(SceneFileError, match=r"only 'mesh_semantic\.ply\.crdownload'; finish the download"):
        load_scene("apartment_0", data_dir=tmp_path)
    (tmp_path / "room_0").mkdir()  # a folder of something else, such as recordings
    (tmp_path / "room_0" / "rgb.npy").write_bytes(b"x")
    assert load_scene("room_0", data_dir=tmp_path) == "home room_0"


def test_a_house_without_its_mesh(tmp_path: Path) -> None:
    mesh = matterport(tmp_path / "mp3d")
    mesh.rename(mesh.with_name(f"{mesh.name}.part"))
    with pytest.raises(
        SceneFileError, match=r"expected '.*17DRP5sb8fy\.glb', and there is only '17DRP5sb8fy\.glb\.part"
    ):
        load_scene(MATTERPORT, data_dir=tmp_path)


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12345\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "17DRP5sb8fy.glb",
            POINTER,
            "Git LFS pointer, not the file itself, which has 12,345 bytes: run 'git lfs pull'",
        ),
        ("17DRP5sb8fy_semantic.ply", POINTER, "Git LFS pointer"),
        ("17DRP5sb8fy.house", POINTER, "Git LFS pointer"),
        ("17DRP5sb8fy.house", b"<!DOCTYPE html><html>", "web page"),
        ("17DRP5sb8fy.house", b"", "is empty"),
        ("17DRP5sb8fy.house", b"ASCII 1.0\n", r"another version \(its first line is 'ASCII 1.0'\): 'ASCII 1.1'"),
        ("17DRP5sb8fy.house", b"ASCII 1.1\nO 1 0", "line 2: a line 'O' .* cut off"),
        ("17DRP5sb8fy_semantic.ply", b"ply\nformat", "PLY"),
        ("17DRP5sb8fy.glb", b"glTF\2\0\0\0\xff\xff\0\0\0\0\0\0JSON", "truncated|JSON"),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    matterport(tmp_path / "mp3d")
    (tmp_path / "mp3d" / MATTERPORT / name).write_bytes(content)
    with pytest.raises(SceneFileError, match=message) as caught:
        load_scene(MATTERPORT, data_dir=tmp_path)
    assert name in str(caught.value) and "\n" not in str(caught.value)


def test_a_house_that_lost_its_end(tmp_path: Path) -> None:
    house = matterport(tmp_path / "mp3d").with_suffix(".house")
    house.write_text("\n".join(house.read_text().splitlines()[:-2]))
    with pytest.raises(SceneFileError, match="lists 2 of its 4 objects"):
        load_scene(MATTERPORT, data_dir=tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [("3,1F77B4,floor,0", "line 2: expected id"), ('x,1F77B4,"floor",0', "line 2"), ('3,zz,"floor",0', "line 2")],
)
def test_a_damaged_table_of_hm3d(tmp_path: Path, line: str, message: str) -> None:
    table = hm3d(tmp_path / "hm3d/val").with_name(f"{HM3D}.semantic.txt")
    table.write_text(f"HM3D Semantic Annotations\n{line}\n")
    with pytest.raises(SceneFileError, match=message):
        load_scene(HM3D, data_dir=tmp_path)
    table.write_text("id,color,name\n")
    with pytest.raises(SceneFileError, match="no semantic descriptor"):
        load_scene(HM3D, data_dir=tmp_path)


def test_gibson_descriptors_that_are_none(tmp_path: Path) -> None:
    scn = gibson(tmp_path / "gibson").with_suffix(".scn")
    for content, message in (
        ("{", "not JSON"),
        ("{}", "neither 'classes' nor"),
        ('{"objects": [{"id": 1}]}', "class_"),
    ):
        scn.write_text(content)
        with pytest.raises(SceneFileError, match=message):
            load_scene(GIBSON, data_dir=tmp_path)


def test_a_semantic_mesh_that_tells_nothing_apart(tmp_path: Path) -> None:
    mesh = matterport(tmp_path / "mp3d")
    shutil.copy(seen_room(tmp_path / "plain.glb"), mesh.with_name("plain.glb"))
    ply = mesh.with_name(f"{MATTERPORT}_semantic.ply")
    ply.write_bytes(ply.read_bytes().replace(b"object_id", b"whatever_"))
    with pytest.raises(SceneFileError, match="has no object ids: expected faces with an object_id"):
        load_scene(MATTERPORT, data_dir=tmp_path)


def test_a_semantic_mesh_of_another_scene_is_noticed(tmp_path: Path) -> None:
    mesh = matterport(tmp_path / "mp3d")
    semantic_ply(mesh.with_name(f"{MATTERPORT}_semantic.ply"), np.full(48, -1))
    with pytest.warns(UserWarning, match="gives an object to only 0 %"):
        load_scene(MATTERPORT, data_dir=tmp_path)


def test_a_folder_of_another_data_set(tmp_path: Path) -> None:
    scannet = tmp_path / "scene0000_00"
    scannet.mkdir()
    (scannet / "scene0000_00.sens").write_bytes(b"x")
    with pytest.raises(SceneNotFoundError, match=r"no scene in a known layout \(.*mesh_semantic.ply.*\.glb"):
        load_scene(scannet)
    matterport(tmp_path / "all")
    with pytest.raises(SceneNotFoundError, match="it holds 1 scenes: give it as data folder"):
        load_scene(tmp_path / "all")


def test_an_unfinished_file_by_its_path(tmp_path: Path) -> None:
    path = basis_room(tmp_path / "room.glb").rename(tmp_path / "room.glb.part")
    with pytest.raises(EchoEnvError, match="download that is not finished"):
        load_scene(path)


def test_a_house_beside_a_mesh_given_by_path_is_used(tmp_path: Path) -> None:
    mesh = matterport(tmp_path / "anywhere")
    check_room(load_scene(mesh), {3: "floor", 7: "wall", 9: "table"})
    write_house(mesh.with_suffix(".house"), "ASCII 2.0")
    with pytest.raises(SceneFileError, match="another version"):
        load_scene(mesh)
