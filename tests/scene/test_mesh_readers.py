"""Files of every format, written byte by byte: geometry, colours, textures, names."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from echoenv.scene.files import load_scene
from tests.conftest import shared_data
from tests.scene.mesh_writers import BOX_QUADS, GlbWriter, box_corners, fan, png_bytes, write_ply

BOX = box_corners((0, 0, 0), (8, 2.8, 6))
PIXELS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [200, 100, 50]], [[9, 8, 7], [6, 5, 4]]], dtype=np.uint8)
IDENTITY_COLORS = np.array([[i * 7 + 1, 255 - i * 3, 128 + i] for i in range(8)], dtype=np.uint8)


@pytest.fixture(autouse=True)
def no_warnings():
    """A good file warns of nothing but names that no table of materials knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "scene .* does not know")
        yield


def corners_of(scene):
    return scene.vertices[scene.triangles]


@pytest.mark.parametrize("kind", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_ply_quads_and_vertex_colors_to_the_last_bit(tmp_path, kind):
    scene = load_scene(write_ply(tmp_path / "room.ply", BOX, BOX_QUADS, kind=kind, colors=IDENTITY_COLORS), up="+y")
    np.testing.assert_allclose(scene.vertices, BOX, atol=1e-6)
    np.testing.assert_array_equal(scene.triangles, fan(BOX_QUADS))
    np.testing.assert_array_equal(scene.vertex_colors, IDENTITY_COLORS)
    assert scene.light_is_baked


@pytest.mark.parametrize("kind", ["ascii", "binary_little_endian"])
def test_ply_mixes_triangles_quads_and_larger_polygons_in_file_order(tmp_path, kind):
    angles = np.linspace(0.0, 2.0 * np.pi, 7, endpoint=False)
    vertices = np.stack([np.cos(angles), np.zeros(7), -np.sin(angles)], axis=1)
    faces = [[0, 1, 2], [0, 2, 3, 4], [4, 5, 6], [0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4], [0, 1]] * 40
    ids = np.arange(1, len(faces) + 1)
    scene = load_scene_quietly(write_ply(tmp_path / "p.ply", vertices, faces, kind=kind, object_ids=ids), up="+y")
    np.testing.assert_array_equal(scene.triangles, fan(faces))
    np.testing.assert_array_equal(scene.triangle_objects, np.repeat(ids, [max(len(f) - 2, 0) for f in faces]))


def load_scene_quietly(path, **arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_scene(path, **arguments)


def test_ply_text_bytes_of_0_and_1_stay_bytes(tmp_path):
    colors = np.zeros((8, 3), dtype=np.uint8)
    colors[3] = 1
    scene = load_scene(write_ply(tmp_path / "dark.ply", BOX, BOX_QUADS, kind="ascii", colors=colors), up="+y")
    np.testing.assert_array_equal(scene.vertex_colors, colors)


def test_ply_face_colors_reach_every_corner(tmp_path):
    face_colors = IDENTITY_COLORS[:6]
    scene = load_scene(write_ply(tmp_path / "faces.ply", BOX, BOX_QUADS, face_colors=face_colors), up="+y")
    np.testing.assert_allclose(corners_of(scene), BOX[fan(BOX_QUADS)], atol=1e-6)
    expected = np.repeat(face_colors, 2, axis=0)[:, None].repeat(3, axis=1)
    np.testing.assert_array_equal(scene.vertex_colors[scene.triangles], expected)


def test_ply_texture_by_vertex_coordinates(tmp_path):
    (tmp_path / "wall.png").write_bytes(png_bytes(PIXELS))
    uvs = np.linspace(0.0, 1.0, 16).reshape(8, 2)
    scene = load_scene(write_ply(tmp_path / "t.ply", BOX, BOX_QUADS, uvs=uvs, texture="wall.png"), up="+y")
    np.testing.assert_allclose(scene.corner_uvs, uvs[fan(BOX_QUADS)], atol=1e-6)
    np.testing.assert_array_equal(scene.surfaces[0].texture, PIXELS)


def texel(scene, triangle, corner, shrink=0.02):
    """Colour of the texture just inside a corner, by the contract: row 0 is v = 1."""
    uv = scene.corner_uvs[triangle]
    u, v = uv[corner] * (1 - shrink) + uv.mean(axis=0) * shrink
    image = scene.surfaces[scene.triangle_surfaces[triangle]].texture
    return tuple(image[int((1 - v) * image.shape[0]), int(u * image.shape[1])])


def textured_quad(path, **top):
    """A quad in the plane z = 0 of which the top left corner shows the image's first pixel."""
    writer = GlbWriter()
    vertices = np.array([[0, 1, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    uv = writer.accessor(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32), "VEC2")  # glTF: v down
    primitive = writer.primitive(vertices, [[0, 3, 2], [0, 2, 1]], 0, TEXCOORD_0=uv)
    image = writer.view(png_bytes(PIXELS))
    arguments = {
        "nodes": [{"mesh": 0, "name": "picture"}],
        "meshes": [{"primitives": [primitive]}],
        "materials": [{"name": "canvas", "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
        "textures": [{"source": 0}],
        "images": [{"bufferView": image, "mimeType": "image/png"}],
    }
    return writer.write(path, **{**arguments, **top})


def test_glb_texture_lands_the_right_way_up(tmp_path):
    scene = load_scene(textured_quad(tmp_path / "picture.glb"), up="+y")
    assert texel(scene, 0, 0) == tuple(PIXELS[0, 0])  # top left
    assert texel(scene, 0, 1) == tuple(PIXELS[2, 0])  # bottom left
    assert texel(scene, 0, 2) == tuple(PIXELS[2, 1])  # bottom right
    assert texel(scene, 1, 2) == tuple(PIXELS[0, 1])  # top right
    assert scene.surfaces[0].name == "canvas" and scene.light_is_baked


def test_glb_nodes_primitives_and_base_colors(tmp_path):
    writer = GlbWriter()
    primitives = [writer.primitive(BOX, fan(BOX_QUADS[:1]), 0), writer.primitive(BOX, fan(BOX_QUADS[1:]), 1)]
    half_turn_about_y = [0.0, 1.0, 0.0, 0.0]  # x, y, z, w
    path = writer.write(
        tmp_path / "two.glb",
        scenes=[{"nodes": [0]}],
        nodes=[
            {"name": "House", "translation": [10, 0, 0], "children": [1, 2]},
            {"name": "Sofa_01.002", "mesh": 0, "rotation": half_turn_about_y, "scale": [0.5, 1, 1]},
            {"name": "mirrored chair", "mesh": 0, "scale": [-1, 1, 1]},
        ],
        meshes=[{"name": "box", "primitives": primitives}],
        materials=[
            {"name": "carpet", "pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.01, 1.0, 1.0]}},
            {"name": "x", "pbrMetallicRoughness": {"baseColorFactor": [0.0, 0.0, 0.0, 1.0]}},
        ],
    )
    scene = load_scene(path, up="+y")
    assert {thing.id: thing.category for thing in scene.objects} == {1: "sofa", 2: "mirrored_chair"}
    first = corners_of(scene)[scene.triangle_objects == 1]
    second = corners_of(scene)[scene.triangle_objects == 2]
    placed = BOX[fan(BOX_QUADS)]
    np.testing.assert_allclose(sorted_rows(first), sorted_rows(placed * [-0.5, 1, -1] + [10, 0, 0]), atol=1e-5)
    np.testing.assert_allclose(sorted_rows(second), sorted_rows(placed * [-1, 1, 1] + [10, 0, 0]), atol=1e-5)
    # a room seen from inside stays so, mirrored or not: the normals point at its middle
    for corners, middle in ((first, [8, 1.4, -3]), (second, [6, 1.4, 3])):
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        assert (((np.array(middle) - corners.mean(axis=1)) * normals).sum(axis=1) > 0).all()
    carpet = next(surface for surface in scene.surfaces if surface.name == "carpet")
    # IEC 61966-2-1 of linear 0.5, 0.01 and 1
    np.testing.assert_allclose(carpet.color, [0.735357, 0.099854, 1.0], atol=1e-5)
    assert "carpet" in carpet.material.name and not scene.light_is_baked


def sorted_rows(corners):
    return sorted(map(tuple, np.round(np.float64(corners.reshape(-1, 3)), 4) + 0.0))


@pytest.mark.parametrize("material", [None, 0])
@pytest.mark.parametrize("wide", [False, True])
def test_glb_vertex_colors_are_exact(tmp_path, material, wide):
    writer = GlbWriter()
    rgba = np.concatenate([IDENTITY_COLORS, np.full((8, 1), 255, dtype=np.uint8)], axis=1)
    color = writer.accessor((rgba / np.float32(255)).astype(np.float32) if wide else rgba, "VEC4", normalized=not wide)
    primitive = writer.primitive(BOX, fan(BOX_QUADS), material, COLOR_0=color)
    materials = [{"name": "paint"}] if material is not None else []
    path = writer.write(
        tmp_path / "c.glb", nodes=[{"mesh": 0}], meshes=[{"primitives": [primitive]}], materials=materials
    )
    scene = load_scene(path, up="+y")
    np.testing.assert_array_equal(scene.vertex_colors, IDENTITY_COLORS)
    assert scene.light_is_baked


def test_gltf_with_separate_files(tmp_path):
    writer = GlbWriter()
    primitive = writer.primitive(BOX, fan(BOX_QUADS))
    writer.write(tmp_path / "room.glb", nodes=[{"mesh": 0, "name": "room"}], meshes=[{"primitives": [primitive]}])
    import json

    header = {**writer.header, "buffers": [{"uri": "my%20data.bin", "byteLength": len(writer.binary)}]}
    header |= {
        "nodes": [{"mesh": 0, "name": "room"}],
        "meshes": [{"primitives": [primitive]}],
        "scenes": [{"nodes": [0]}],
    }
    (tmp_path / "my data.bin").write_bytes(writer.binary)
    (tmp_path / "room.gltf").write_text(json.dumps(header))
    np.testing.assert_array_equal(load_scene(tmp_path / "room.gltf", up="+y").triangles, fan(BOX_QUADS))


OBJ = """mtllib room one.mtl
o Sofa Red.001
v 0 0 0
v 1 0 0
v 1 0 -1
v 0 0 -1
vt 0 1
vt 1 1
vt 1 0
vt 0 0
usemtl green
f 1/1 2/2 3/3 4/4
usemtl wooden floor
f -4/1 -3/2 -2/3
o wall_2
v 0 1 0
usemtl brick
f 1 2 5
f 1 2 3 4 5
"""
MTL = """newmtl green
Kd 0 0.5 0.25
newmtl wooden floor
Kd 0 0 0
map_Kd -s 2 2 1 -clamp on textures/my wood.png
"""


@pytest.fixture
def obj_file(tmp_path):
    (tmp_path / "textures").mkdir()
    (tmp_path / "textures/my wood.png").write_bytes(png_bytes(PIXELS))
    (tmp_path / "room one.mtl").write_text(MTL)
    (tmp_path / "room.obj").write_text(OBJ)
    return tmp_path / "room.obj"


def test_obj_objects_materials_and_textures(obj_file):
    scene = load_scene(obj_file, up="+y")
    assert {thing.id: thing.category for thing in scene.objects} == {1: "sofa_red", 2: "wall"}
    looks = {surface.name: surface for surface in scene.surfaces}
    assert set(looks) == {"green", "wooden floor", "brick"}
    assert looks["green"].color == (0.0, 0.5, 0.25)
    # a texture beside Kd 0 0 0 is shown, not blackened
    assert looks["wooden floor"].color == (1.0, 1.0, 1.0)
    np.testing.assert_array_equal(looks["wooden floor"].texture, PIXELS)
    counts = {name: int((scene.triangle_surfaces == list(looks).index(name)).sum()) for name in looks}
    assert counts == {"green": 2, "wooden floor": 1, "brick": 4}
    textured = int(np.flatnonzero(scene.triangle_surfaces == list(looks).index("wooden floor"))[0])
    assert [texel(scene, textured, k) for k in range(3)] == [tuple(PIXELS[p]) for p in ((0, 0), (0, 1), (2, 1))]
    # names lead to acoustics: the material's, then the object's
    assert looks["brick"].material.name != looks["green"].material.name


def test_obj_groups_serve_where_there_are_no_objects(tmp_path):
    path = tmp_path / "g.obj"
    path.write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\ng table\nf 1 2 3\ng\nf 1 3 4\ng chair_3\nf 1 4 2\n")
    assert [thing.category for thing in load_scene(path, up="+y").objects] == ["table", "default", "chair"]


def test_obj_vertex_colors(tmp_path):
    path = tmp_path / "c.obj"
    lines = [
        f"v {x} {y} {z} {r / 255:.6f} {g / 255:.6f} {b / 255:.6f}"
        for (x, y, z), (r, g, b) in zip(BOX, IDENTITY_COLORS, strict=True)
    ]
    path.write_text("\n".join(lines + ["usemtl a"] + ["f " + " ".join(str(v + 1) for v in q) for q in BOX_QUADS]))
    scene = load_scene(path, up="+y")
    got = dict(zip(map(tuple, scene.vertices.round(3)), map(tuple, scene.vertex_colors), strict=True))
    assert got == dict(zip(map(tuple, BOX.astype(np.float32).round(3)), map(tuple, IDENTITY_COLORS), strict=True))


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "I;16"])
def test_textures_of_other_pixel_kinds(tmp_path, mode):
    from PIL import Image

    grey = np.array([[10, 200], [90, 30]], dtype=np.uint8)
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(grey).convert(mode)
    image.save(tmp_path / "t.png")
    uvs = np.zeros((8, 2))
    scene = load_scene(write_ply(tmp_path / "t.ply", BOX, BOX_QUADS, uvs=uvs, texture="t.png"), up="+y")
    np.testing.assert_array_equal(scene.surfaces[0].texture, np.repeat(grey[:, :, None], 3, axis=2))


def test_copyroom_of_both_formats_is_one_upright_room():
    textured = load_scene(shared_data("copyroom/copyroom.obj"))
    colored = load_scene(shared_data("copyroom/copyroom.ply"))
    assert len(textured.triangles) == len(colored.triangles) == 30947
    assert textured.surfaces[0].texture.shape == (1024, 1024, 3) and colored.vertex_colors is not None
    for scene in (textured, colored):
        assert "levelled" in scene.up_source
        # The floor: upward triangles lie lowest, within 3 cm of one height, and level within a degree.
        corners = corners_of(scene).astype(np.float64)
        normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(normals, axis=1)
        height = corners[:, :, 1].mean(axis=1)
        floor = (normals[:, 1] > 0.97 * area) & (height < np.quantile(height, 0.02) + 0.15)
        middle = np.median(np.repeat(height[floor], np.rint(area[floor] * 1e4).astype(int)))
        assert area[floor & (np.abs(height - middle) < 0.03)].sum() > 0.9 * area[floor].sum()
        assert area[floor].sum() / 2 > 4.0  # square metres
        mean = normals[floor].sum(axis=0)
        assert mean[1] / np.linalg.norm(mean) > np.cos(np.deg2rad(1.0))
    np.testing.assert_allclose(textured.bounds[0], colored.bounds[0], atol=0.1)


def test_simple_room_stands_on_its_floor():
    scene = load_scene(shared_data("simple_room.glb"))
    assert "+z" in scene.up_source and not scene.light_is_baked
    np.testing.assert_allclose(np.ptp(scene.vertices, axis=0), [10.527, 2.215, 10.846], atol=1e-3)
    assert len(scene.objects) == 7
