"""Which way is up: the argument, the stage config, the mesh itself."""

from __future__ import annotations

import json

import numpy as np
import pytest

from echoenv.errors import SceneFileError, SettingsError
from echoenv.scene.files import load_scene
from echoenv.scene.find_up import find_up
from echoenv.scene.obj_files import read_obj
from echoenv.scene.pose import heading_to_quaternion, quaternion_to_matrix
from echoenv.scene.up_direction import UP_DIRECTIONS, axis_vector, from_argument, level_rotation
from tests.conftest import shared_data
from tests.scene.mesh_writers import BOX_QUADS, box_corners, fan, furnished_room, write_ply

POINT = np.array([1.0, 2.0, 3.0])


@pytest.mark.parametrize("up", UP_DIRECTIONS)
def test_every_axis_becomes_up_by_a_rotation(up):
    rotation = from_argument(up).rotation
    np.testing.assert_allclose(rotation @ axis_vector(up), [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_frames_of_habitat():
    np.testing.assert_array_equal(from_argument("z").rotation @ POINT, [1.0, 3.0, -2.0])  # (x, z, -y)
    np.testing.assert_array_equal(from_argument("+Y").rotation @ POINT, POINT)
    with pytest.raises(SettingsError, match=r"up='up' .*\+x, \+y"):
        from_argument("up")


def box_file(path):
    return write_ply(path, box_corners((0, 0, 0), (8, 2.8, 6)), BOX_QUADS)


def test_stage_config_of_the_same_name(tmp_path):
    path = box_file(tmp_path / "room.v2.ply")
    (tmp_path / "room.stage_config.json").write_text(json.dumps({"up": [0, 0, 2], "front": [1, 0, 0]}))
    scene = load_scene(path)
    # front +x of the file looks to -Z, up +z to +Y, so the right hand, +X, is -y of the file
    np.testing.assert_allclose(scene.bounds[0], [-2.8, 0, -8], atol=1e-6)
    np.testing.assert_allclose(scene.bounds[1], [0, 6, 0], atol=1e-6)
    assert "room.stage_config.json" in scene.up_source
    assert "argument" in load_scene(path, up="-y").up_source


def test_stage_config_that_names_the_mesh(tmp_path):
    (tmp_path / "any.stage_config.json").write_text(json.dumps({"render_asset": "room.ply", "up": [0, 0, 1]}))
    (tmp_path / "all.stage_config.json").write_text(json.dumps({"render_asset": "other.ply", "up": [1, 0, 0]}))
    scene = load_scene(box_file(tmp_path / "room.ply"))
    np.testing.assert_allclose(scene.bounds[0], [0, 0, -2.8], atol=1e-6)
    assert "any.stage_config.json" in scene.up_source


def test_a_scale_in_the_stage_config_does_not_go_unheard(tmp_path):
    (tmp_path / "room.stage_config.json").write_text('{"up": [0, 1, 0], "scale": [1, 1, 1], "units_to_meters": 0.01}')
    with pytest.warns(UserWarning, match=r'"units_to_meters": 0\.01 is not applied') as caught:
        load_scene(box_file(tmp_path / "room.ply"))
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "holds no JSON object"),
        ('{"up": [0, 0]}', "three numbers"),
        ('{"up": "y"}', "three numbers"),
        ('{"up": [0, 1, 0], "front": [0, 1, 1]}', "not perpendicular"),
    ],
)
def test_bad_stage_configs_are_named(tmp_path, config, message):
    (tmp_path / "room.stage_config.json").write_text(config)
    with pytest.raises(SceneFileError, match=message) as caught:
        load_scene(box_file(tmp_path / "room.ply"))
    assert "stage_config" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("up", UP_DIRECTIONS)
@pytest.mark.parametrize("ceiling", [True, False])
def test_a_furnished_room_stands_up_whichever_way_it_was_stored(up, ceiling):
    vertices, triangles = furnished_room()
    if not ceiling:
        triangles = np.delete(triangles, [2, 3], axis=0)
    stored = vertices @ from_argument(up).rotation
    upright = find_up(stored, triangles)
    np.testing.assert_allclose(upright.rotation @ axis_vector(up), [0, 1, 0], atol=1e-12)
    assert upright.source.startswith(up)


@pytest.mark.parametrize("up", ["+y", "+z"])
@pytest.mark.parametrize("size", [(8, 2.8, 6), (2, 2.7, 10), (12, 4, 9)])
def test_an_empty_room_follows_the_custom_of_files(up, size):
    stored = box_corners((0, 0, 0), size) @ from_argument(up).rotation
    assert find_up(stored, fan(BOX_QUADS)).source.startswith(up)


@pytest.mark.parametrize("seed", range(4))
def test_a_scan_that_stands_askew_is_levelled(seed):
    path = shared_data("copyroom/copyroom.obj")
    part = read_obj(path)[0]
    reference = find_up(part.vertices, part.triangles).rotation[1]
    turn = quaternion_to_matrix(np.random.default_rng(seed).normal(size=4))
    upright = find_up(part.vertices @ turn.T, part.triangles)
    np.testing.assert_allclose(upright.rotation @ turn @ reference, [0, 1, 0], atol=0.01)


def test_a_small_tilt_is_taken_out_and_walls_askew_are_not():
    vertices, triangles = furnished_room()
    angle = np.deg2rad(6.0)
    tilt = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    upright = find_up(vertices @ tilt.T, triangles)
    np.testing.assert_allclose(upright.rotation @ tilt @ [0, 1, 0], [0, 1, 0], atol=1e-9)
    assert "6.0 degrees" in upright.source and "levelled" in upright.source
    turned = vertices @ quaternion_to_matrix(heading_to_quaternion(30.0)).T
    np.testing.assert_array_equal(find_up(turned, triangles).rotation, np.eye(3))


@pytest.mark.parametrize("axis", UP_DIRECTIONS)
def test_levelling_is_a_rotation(axis):
    up = axis_vector(axis) + np.array([0.1, -0.2, 0.15])
    up /= np.linalg.norm(up)
    rotation = level_rotation(up, axis)
    np.testing.assert_allclose(rotation @ up, [0, 1, 0], atol=1e-12)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
