"""Damaged, truncated and foreign files: one clear line each, never a library's own exception."""

from __future__ import annotations

import io
import json
import shutil
import struct

import numpy as np
import pytest

from echoenv.errors import EchoEnvError, MeshError, SceneFileError
from echoenv.scene.files import load_scene
from tests.conftest import shared_data
from tests.scene.mesh_writers import BOX_QUADS, GlbWriter, box_corners, fan, png_bytes, write_ply

BOX = box_corners((0, 0, 0), (8, 2.8, 6))
OBJ = "".join(f"v {x} {y} {z}\n" for x, y, z in BOX) + "".join(
    f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in fan(BOX_QUADS)
)


def box_glb(path, **top):
    writer = GlbWriter()
    mesh = {"primitives": [writer.primitive(BOX, fan(BOX_QUADS))]}
    return writer.write(path, **{"nodes": [{"mesh": 0, "name": "box"}], "meshes": [mesh], **top})


def fails(path, kind, message=None):
    with pytest.raises(kind, match=message) as caught:
        load_scene(path)
    text = str(caught.value)
    assert path.name in text and "\n" not in text
    return text


@pytest.mark.parametrize("ending", ["glb", "gltf", "obj", "ply"])
@pytest.mark.parametrize(
    "content", [b"", b"\0\xff\x80garbage" * 50, b"ply\nnothing", b"plain words\n" * 5, b"{}", b"glTF"]
)
def test_garbage(tmp_path, ending, content):
    path = tmp_path / f"garbage.{ending}"
    path.write_bytes(content)
    fails(path, SceneFileError)


def test_unknown_ending(tmp_path):
    (tmp_path / "room.stl").write_text("solid")
    fails(tmp_path / "room.stl", SceneFileError, r"\.glb, \.gltf, \.obj, \.ply")


@pytest.mark.parametrize("kind", ["ascii", "binary_little_endian"])
def test_ply_cut_at_every_place(tmp_path, kind):
    whole = write_ply(tmp_path / "whole.ply", BOX, BOX_QUADS, kind=kind, object_ids=np.arange(6)).read_bytes()
    cut = tmp_path / "cut.ply"
    # a text file that loses only the end of its last number cannot be told from a whole one
    for size in range(1, len(whole) - (3 if kind == "ascii" else 0), 7):
        cut.write_bytes(whole[:size])
        fails(cut, SceneFileError)


@pytest.mark.parametrize("count", ["3.5", "-3", "nan", "1e9"])
def test_ply_whose_face_has_no_whole_number_of_corners(tmp_path, count):
    path = write_ply(tmp_path / "count.ply", BOX, BOX_QUADS[:, :3], kind="ascii")
    path.write_text(path.read_text().replace("\n3 2 3 7", f"\n{count} 2 3 7"))
    fails(path, SceneFileError, "list of")


def test_glb_cut_at_every_place(tmp_path):
    whole = box_glb(tmp_path / "whole.glb").read_bytes()
    cut = tmp_path / "cut.glb"
    for size in range(1, len(whole), 13):
        cut.write_bytes(whole[:size])
        fails(cut, SceneFileError, "truncated|not a GLB")


def test_glb_with_one_byte_changed_never_fails_in_another_way(tmp_path):
    whole = bytearray(box_glb(tmp_path / "whole.glb").read_bytes())
    random = np.random.default_rng(7)
    path = tmp_path / "changed.glb"
    for place in random.choice(len(whole), 120, replace=False):
        changed = whole.copy()
        changed[place] ^= int(random.integers(1, 256))
        path.write_bytes(bytes(changed))
        try:
            load_scene(path, up="+y")
        except EchoEnvError as error:
            assert "\n" not in str(error)


def test_obj_cut_inside_a_line(tmp_path):
    path = tmp_path / "cut.obj"
    path.write_text(OBJ[: OBJ.rindex(" ")])
    fails(path, SceneFileError, "line 20: .*fewer than three")
    path.write_text(OBJ[: OBJ.index("f ")])
    fails(path, MeshError, "point cloud")
    path.write_text(OBJ[: OBJ.index("f ")].rsplit(" ", 1)[0] + "\nf 1 2 3\n")
    fails(path, SceneFileError, "line 8: .*fewer than three")


def test_obj_that_names_vertices_it_lacks(tmp_path):
    path = tmp_path / "lacks.obj"
    path.write_text(OBJ + "f 1 2 99\n")
    fails(path, EchoEnvError)


def test_ply_that_names_vertices_it_lacks(tmp_path):
    path = write_ply(tmp_path / "lacks.ply", BOX, [[0, 1, 2], [3, 4, 8]], face_colors=np.zeros((2, 3), dtype=np.uint8))
    fails(path, MeshError, r"vertex 8, but there are 8 \(0 to 7\)")


def test_vertices_that_are_not_finite(tmp_path):
    broken = BOX.copy()
    broken[3, 1] = np.nan
    broken[4, 1] = np.inf
    fails(write_ply(tmp_path / "nan.ply", broken, BOX_QUADS), MeshError, "2 of 8 vertices")
    (tmp_path / "nan.obj").write_text(OBJ.replace("v 8.0 0.0 0.0", "v nan 0.0 0.0"))
    fails(tmp_path / "nan.obj", EchoEnvError)
    writer = GlbWriter()
    position = writer.accessor(broken.astype(np.float32), "VEC3")
    mesh = {
        "primitives": [
            {
                "attributes": {"POSITION": position},
                "indices": writer.accessor(fan(BOX_QUADS).astype(np.uint32).ravel(), "SCALAR"),
            }
        ]
    }
    fails(writer.write(tmp_path / "nan.glb", nodes=[{"mesh": 0}], meshes=[mesh]), EchoEnvError)


def test_no_triangles(tmp_path):
    fails(write_ply(tmp_path / "points.ply", BOX, []), MeshError, "8 points")
    fails(write_ply(tmp_path / "edges.ply", BOX, [[0, 1], [2, 3]]), MeshError, "8 points")
    fails(box_glb(tmp_path / "empty.glb", nodes=[{"name": "nothing"}]), MeshError, "no triangles")


def test_gltf_whose_buffer_is_missing(tmp_path):
    header = {"asset": {"version": "2.0"}, "buffers": [{"uri": "data.bin", "byteLength": 4}]}
    (tmp_path / "room.gltf").write_text(json.dumps(header))
    fails(tmp_path / "room.gltf", SceneFileError, "'data.bin', which is missing")


def test_glb_that_is_compressed_or_too_old(tmp_path):
    path = box_glb(tmp_path / "draco.glb", extensionsRequired=["KHR_draco_mesh_compression"])
    fails(path, SceneFileError, "compressed with KHR_draco")
    data = bytearray(box_glb(tmp_path / "old.glb").read_bytes())
    struct.pack_into("<I", data, 4, 1)
    (tmp_path / "old.glb").write_bytes(data)
    fails(tmp_path / "old.glb", SceneFileError, "version 1")


def test_missing_and_damaged_textures_are_warnings_and_colours_stay(tmp_path):
    for name in ("copyroom.obj", "copyroom.mtl"):
        shutil.copyfile(shared_data(f"copyroom/{name}"), tmp_path / name)
    with pytest.warns(UserWarning, match=r"'copyroom.jpg' of material 'material0'.* is missing"):
        scene = load_scene(tmp_path / "copyroom.obj")
    assert scene.surfaces[0].texture is None and scene.surfaces[0].color == (1.0, 1.0, 1.0)
    (tmp_path / "room.obj").write_text("mtllib room.mtl\nusemtl a\n" + OBJ)
    with pytest.warns(UserWarning, match=r"material file 'room.mtl' .*missing"):
        assert load_scene(tmp_path / "room.obj").surfaces[0].name == "a"
    (tmp_path / "room.mtl").write_text("newmtl a\nKd 0.25 0.5 1\nmap_Kd broken.png\n")
    (tmp_path / "broken.png").write_bytes(png_bytes(np.full((20, 20, 3), 5, dtype=np.uint8))[:60])
    with pytest.warns(UserWarning, match=r"broken.png.* cannot be read as an image"):
        assert load_scene(tmp_path / "room.obj").surfaces[0].color == (0.25, 0.5, 1.0)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_glb_textures_as_large_as_gibsons_are_read_and_made_smaller(tmp_path, monkeypatch, kind):
    from PIL import Image

    from echoenv.scene import textures

    encoded = io.BytesIO()
    Image.fromarray(np.full((64, 48, 3), (200, 100, 50), dtype=np.uint8)).save(encoded, format=kind)
    writer = GlbWriter()
    uv = writer.accessor(np.zeros((8, 2), dtype=np.float32), "VEC2")
    mesh = {"primitives": [writer.primitive(BOX, fan(BOX_QUADS), 0, TEXCOORD_0=uv)]}
    image = {"bufferView": writer.view(encoded.getvalue()), "mimeType": f"image/{kind.lower()}"}
    materials = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    path = writer.write(
        tmp_path / "room.glb",
        nodes=[{"mesh": 0}],
        meshes=[mesh],
        materials=materials,
        textures=[{"source": 0}],
        images=[image],
    )
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)  # Pillow refuses what has more than twice as many
    monkeypatch.setattr(textures, "LARGEST", 32)
    texture = load_scene(path, up="+y").surfaces[0].texture
    assert texture.shape == (32, 24, 3) and np.abs(texture.astype(int) - (200, 100, 50)).max() < 5
    assert Image.MAX_IMAGE_PIXELS == 100


@pytest.mark.parametrize("image", [{"uri": "missing.png"}, {"damaged": True}])
def test_glb_texture_that_cannot_be_had(tmp_path, image):
    writer = GlbWriter()
    uv = writer.accessor(np.zeros((8, 2), dtype=np.float32), "VEC2")
    mesh = {"primitives": [writer.primitive(BOX, fan(BOX_QUADS), 0, TEXCOORD_0=uv)]}
    if "damaged" in image:
        image = {
            "bufferView": writer.view(png_bytes(np.full((20, 20, 3), 5, dtype=np.uint8))[:60]),
            "mimeType": "image/png",
        }
    pbr = {"baseColorTexture": {"index": 0}, "baseColorFactor": [1, 0, 0, 1]}
    path = writer.write(
        tmp_path / "room.glb",
        nodes=[{"mesh": 0}],
        meshes=[mesh],
        materials=[{"name": "paint", "pbrMetallicRoughness": pbr}],
        textures=[{"source": 0}],
        images=[image],
    )
    with pytest.warns(UserWarning, match="texture 'paint'.* is missing, damaged"):
        scene = load_scene(path)
    assert scene.surfaces[0].color == pytest.approx((1.0, 0.0, 0.0))
