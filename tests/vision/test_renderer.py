"""Views: Habitat's numbers, a real scan against a slow caster, sides, clipping, and the same bytes however asked."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.errors import PoseError, SettingsError
from echoenv.rays import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.pose import heading_to_matrix
from echoenv.vision import CHANNELS, Camera, Renderer
from tests.conftest import shared_data
from tests.rooms import WALL_COLORS, box_room, with_solid_block
from tests.vision.quads import Quad, front_depths, quads

EYE = (3.0, 1.5, 2.0)  # 1.5 m above the agent's position (3, 0, 2)
AHEAD = np.eye(3)


def renderer(scene, **options):
    return Renderer(RayEngine(scene, **options))


@pytest.fixture(scope="module")
def box():
    return renderer(box_room())


@pytest.fixture(scope="module")
def scan():
    return renderer(load_scene(shared_data("copyroom/copyroom.ply")))


def poses(scene, count, seed=1):
    """Points in the middle of a scene, any heading, level or tilted."""
    rng = np.random.default_rng(seed)
    low, high = scene.bounds
    tilt = heading_to_matrix(rng.uniform(-30, 30, count))[:, [1, 0, 2]][:, :, [1, 0, 2]] * np.array(
        [[1, -1, 1], [-1, 1, -1], [1, -1, 1]]
    )
    return low + (high - low) * rng.uniform(0.3, 0.7, (count, 3)), heading_to_matrix(rng.uniform(0, 360, count)) @ tilt


@pytest.mark.parametrize(
    "heading, wall, distance", [(0, "-z", 2.0), (90, "-x", 3.0), (180, "+z", 4.0), (270, "+x", 5.0)]
)
def test_box_room_walls(box, heading, wall, distance):
    views = box.render(EYE, heading_to_matrix(heading))
    assert views["rgb"][0, 64, 64].tolist() == list(WALL_COLORS[wall])
    assert views["depth"][0, 64, 64] == pytest.approx(distance, abs=5e-4)
    np.testing.assert_allclose(views["normal"][0, 64, 64], [0, 0, 1], atol=1e-6)
    assert views["semantic"][0, 64, 64] == 1 + ["-x", "+x", "-y", "+y", "-z", "+z"].index(wall)


def test_box_room_ceiling_and_floor(box):
    views = box.render(EYE, AHEAD)
    assert views["depth"][0, 0, 64] == pytest.approx(1.3102, abs=5e-5)
    assert views["depth"][0, 127, 64] == pytest.approx(1.5118, abs=5e-5)
    np.testing.assert_allclose(views["normal"][0, 0, 64], [0, -1, 0], atol=1e-6)
    np.testing.assert_allclose(views["normal"][0, 127, 64], [0, 1, 0], atol=1e-6)
    assert {name: (view.shape, view.dtype.name) for name, view in views.items()} == {
        "rgb": ((1, 128, 128, 3), "uint8"), "depth": ((1, 128, 128), "float32"),
        "normal": ((1, 128, 128, 3), "float32"), "semantic": ((1, 128, 128), "int32"),
    }  # fmt: skip


@pytest.mark.parametrize("camera", [Camera(160, 90, 75.0), Camera(37, 61, 120.0), Camera(5, 3, 60.0)])
def test_every_pixel_of_the_box_room_against_the_formula(box, camera):
    rotation = heading_to_matrix(33.0)
    depth = box.render(EYE, rotation, camera, ["depth"])["depth"][0]
    directions = camera.directions() @ rotation.T
    with np.errstate(divide="ignore"):
        walls = np.where(directions > 0, np.array([8.0, 2.8, 6.0]) - EYE, -np.array(EYE)) / directions
    np.testing.assert_allclose(depth, np.where(directions != 0, walls, np.inf).min(axis=-1), rtol=1e-5)


def test_panorama_of_the_box_room(box):
    camera = Camera(256, 128, projection="equirectangular")
    views = box.render(EYE, AHEAD, camera)
    columns = {"-z": 128, "+x": 192, "+z": 0, "-x": 64}  # ahead, right, behind, left
    for wall, column in columns.items():
        assert views["rgb"][0, 64, column].tolist() == list(WALL_COLORS[wall])
    directions = camera.directions()
    with np.errstate(divide="ignore"):
        walls = np.where(directions > 0, np.array([8.0, 2.8, 6.0]) - EYE, -np.array(EYE)) / directions
    np.testing.assert_allclose(views["depth"][0], walls.min(axis=-1), rtol=1e-5)


def test_scan_against_a_slow_caster(scan):
    camera = Camera(64, 48, 80.0)
    positions, rotations = poses(scan.engine.scene, 3)
    depth = scan.render(positions, rotations, camera, ["depth"])["depth"]
    rng = np.random.default_rng(0)
    rows, columns = rng.integers(0, 48, 150), rng.integers(0, 64, 150)
    for position, rotation, view in zip(positions, rotations, depth, strict=True):
        directions = camera.directions()[rows, columns] @ rotation.T
        expected = front_depths(scan.engine.scene, position.astype(np.float32), directions, camera.near)
        error = np.abs(view[rows, columns] - expected)
        assert np.median(error) < 1e-5
        assert np.count_nonzero(error > 5e-4) <= 1  # a ray on an edge may fall on either side


def test_normals_and_colors_of_the_scan_are_its_triangles(scan):
    scene = scan.engine.scene
    positions, rotations = poses(scene, 2)
    views = scan.render(positions, rotations)
    for k in range(2):
        directions = Camera().directions()
        hits = scan.engine.intersect(
            np.broadcast_to(positions[k], (128 * 128, 3)), directions.reshape(-1, 3) @ rotations[k].T
        )
        triangle, distance = hits.triangle.reshape(128, 128), hits.distance.reshape(128, 128)
        front = np.sum(scan.engine.normals[triangle] * (directions @ rotations[k].T), axis=-1) < 0.0
        same = (triangle >= 0) & front & (np.abs(distance - views["depth"][k]) < 1e-5)
        assert same.mean() > 0.5
        world = scan.engine.normals[triangle[same]]
        np.testing.assert_allclose(views["normal"][k][same], world @ rotations[k], atol=1e-5)
        np.testing.assert_array_equal(views["semantic"][k][same], scene.triangle_objects[triangle[same]])
        facing = np.sum(views["normal"][k] * directions, axis=-1)
        assert np.all(facing[views["depth"][k] > 0] < 0.0)
        corners = scene.vertex_colors[scene.triangles[triangle[same]]].astype(np.float64)
        flat = np.all(corners == corners[:, :1], axis=(1, 2))
        assert flat.sum() > 100
        np.testing.assert_array_equal(views["rgb"][k][same][flat], corners[flat, 0])
        seen = views["rgb"][k][same]
        assert np.all((seen >= corners.min(axis=1)) & (seen <= corners.max(axis=1)))


def test_same_bytes_whatever_the_batch_and_the_threads(scan):
    positions, rotations = poses(scan.engine.scene, 5)
    camera = Camera(45, 33, 100.0, samples=2)
    together = scan.render(positions, rotations, camera)
    single = renderer(scan.engine.scene, threads=1)
    for k in (4, 0, 2):
        alone = single.render(positions[k], rotations[k], camera)
        for name in CHANNELS:
            assert alone[name][0].tobytes() == together[name][k].tobytes(), name


@pytest.mark.parametrize("cull", [True, False])
def test_embree_and_warp_agree(scan, cull):
    positions, rotations = poses(scan.engine.scene, 2)
    other = renderer(scan.engine.scene, backend="warp")
    camera = Camera(cull_back_faces=cull)
    ours, theirs = scan.render(positions, rotations, camera), other.render(positions, rotations, camera)
    near = np.abs(ours["depth"] - theirs["depth"]) < 1e-4
    assert near.mean() > 0.999
    assert np.abs(ours["rgb"][near].astype(int) - theirs["rgb"][near]).max() <= 60
    assert np.mean(np.any(ours["rgb"] != theirs["rgb"], axis=-1)) < 1e-3
    assert np.mean(np.any(np.abs(ours["normal"] - theirs["normal"]) > 1e-5, axis=-1)) < 1e-3
    assert np.mean(ours["semantic"] != theirs["semantic"]) < 1e-3


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_back_faces_are_passed(backend):
    scene = quads(
        Quad(1.0, color=(1, 0, 0), away=True), Quad(1.5, color=(0, 0, 1), away=True), Quad(2.0, 2.0, (0, 1, 0))
    )
    both = renderer(scene, backend=backend)
    front = both.render((0, 0, 0), AHEAD)
    assert np.all(front["semantic"] == 3) and np.all(front["rgb"] == [0, 255, 0])
    np.testing.assert_allclose(front["depth"], 2.0, rtol=1e-6)
    seen = both.render((0, 0, 0), AHEAD, Camera(cull_back_faces=False))
    assert np.all(seen["semantic"] == 1) and np.all(seen["rgb"] == [255, 0, 0])
    np.testing.assert_allclose(seen["normal"], np.broadcast_to([0, 0, 1.0], seen["normal"].shape), atol=1e-6)


@pytest.mark.parametrize("backend", ["embree", "warp"])
@pytest.mark.parametrize("front_first", [True, False])
def test_a_wall_of_two_faces_in_one_plane_shows_the_near_room_on_both_sides(backend, front_first):
    ours, theirs = Quad(2.0, 3.0, (0, 1, 0)), Quad(2.0, 4.0, (1, 0, 0), away=True)
    scene = quads(ours, theirs) if front_first else quads(theirs, ours)
    both = renderer(scene, backend=backend)
    tilted = heading_to_matrix([0.0, 17.0]) @ AHEAD
    near_side = both.render([(0.1, 0.2, 0.3), (0, 0, 0)], tilted, Camera(hfov=60.0))
    assert np.all(near_side["rgb"] == [0, 255, 0])
    far_side = both.render((0.1, 0.2, -5.0), heading_to_matrix(180.0), Camera(hfov=60.0))
    assert np.all(far_side["rgb"] == [255, 0, 0])


def test_a_solid_block_is_seen_from_outside_only():
    room = renderer(with_solid_block(box_room(), (2.5, 0.0, 0.5), (3.5, 2.0, 1.0)))
    outside = room.render(EYE, AHEAD, channels=["depth", "semantic"])
    assert outside["depth"][0, 64, 64] == pytest.approx(1.0, abs=1e-5) and outside["semantic"][0, 64, 64] == 7
    inside = room.render((3.0, 1.5, 0.75), AHEAD, channels=["depth", "semantic"])
    assert inside["depth"][0, 64, 64] == pytest.approx(0.75, abs=1e-5) and inside["semantic"][0, 64, 64] == 5


@pytest.mark.parametrize("backend", ["embree", "warp"])
def test_near_and_far_clip_planar_depth(backend):
    scene = quads(Quad(0.009, color=(1, 0, 0)), Quad(3.0, 10.0, (0, 0, 1)))
    both = renderer(scene, backend=backend)
    assert np.all(
        both.render((0, 0, 0), AHEAD)["semantic"] == 2
    )  # corners of the first are 0.0156 m away, planar 0.009
    assert np.all(both.render((0, 0, 0), AHEAD, Camera(near=0.008))["semantic"] == 1)
    assert np.all(both.render((0, 0, 0), AHEAD, Camera(far=3.01))["semantic"] == 2)
    missed = both.render((0, 0, 0), AHEAD, Camera(far=2.99))
    assert all(not view.any() for view in missed.values())


def test_unlit_colors_to_the_last_bit_and_light_where_there_is_none():
    rng = np.random.default_rng(5)
    for color in rng.integers(0, 256, (20, 3)):
        scene = quads(Quad(1.0, 2.0, tuple(color / 255.0)))
        assert np.all(renderer(scene).render((0, 0, 0), AHEAD, Camera(8, 8), ["rgb"])["rgb"] == color)
    grey = box_room()
    lit = type(grey)(**{name: getattr(grey, name) for name in ("name", "origin", "vertices", "triangles", "surfaces",
                                                               "triangle_surfaces", "triangle_objects")},
                     light_is_baked=False)  # fmt: skip
    view = renderer(lit).render(EYE, AHEAD, Camera(256, 128, projection="equirectangular"), "rgb")["rgb"][0]
    assert len(np.unique(view[..., 0])) == 6 and view.min() > 100  # walls, floor and ceiling: told apart, none black


def test_arrays_given_are_filled(box):
    first = box.render([EYE, EYE], heading_to_matrix([0, 90]))
    kept = {name: view.copy() for name, view in first.items()}
    second = box.render([EYE, EYE], heading_to_matrix([180, 0]), out=first)
    assert all(second[name] is first[name] for name in CHANNELS)
    for name in CHANNELS:
        np.testing.assert_array_equal(second[name][1], kept[name][0])
    with pytest.raises(SettingsError, match=r"out\['rgb'\]"):
        box.render(EYE, AHEAD, out={"rgb": np.zeros((1, 64, 64, 3), dtype=np.uint8)}, channels=["rgb"])


@pytest.mark.parametrize("position, rotation", [
    ((0, 0), AHEAD),
    ([(0, 0, 0)] * 2, AHEAD),
    ((0, np.nan, 0), AHEAD),
    ((0, 0, 0), 2 * AHEAD),
    ((0, 0, 0), np.zeros((3, 3))),
])  # fmt: skip
def test_bad_poses_are_refused(box, position, rotation):
    with pytest.raises(PoseError):
        box.render(position, rotation)


def test_no_poses_give_empty_views_and_a_wrong_channel_is_named(box):
    assert box.render(np.zeros((0, 3)), np.zeros((0, 3, 3)))["rgb"].shape == (0, 128, 128, 3)
    assert list(box.render(EYE, AHEAD, channels=["semantic"])) == ["semantic"]
    with pytest.raises(SettingsError, match="did you mean semantic"):
        box.render(EYE, AHEAD, channels=["rgb", "semantics"])
