"""Small data sets in their original layouts, written by hand: scans with semantics, and a scene data set of Habitat's.

The one idea: one furnished box room, +Z up as scans are, is the seen mesh of every scan; its semantic mesh is the same
room cut differently, so that nothing can be matched by index.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

from tests.scene.mesh_writers import BOX_QUADS, GlbWriter, box_corners, fan, png_bytes, write_ply

ROOM = box_corners((0, 0, 0), (8, 6, 2.8))  # +Z up
TABLE = box_corners((2, 2, 0), (4, 3, 0.8))
COLORS = {3: (0x1F, 0x77, 0xB4), 7: (0xFF, 0x00, 0x01), 9: (0x00, 0x80, 0x40)}
"""sRGB of floor (3), other sides of the room (7) and table (9), by instance id."""


def face_ids() -> np.ndarray:
    """Instance id of the 12 faces of room and table: floor 3, other sides of the room 7, table 9."""
    # BOX_QUADS names low y first, but the rooms here have +Z up: its low z face is the floor
    return np.array([7, 7, 3, 7, 7, 7] + [9] * 6)


def seen_room(path: Path, node_name: str = "chunk000", **top: object) -> Path:
    """The room and the table as a GLB without ids."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GlbWriter()
    meshes = [
        {"primitives": [writer.primitive(ROOM, fan(BOX_QUADS))]},
        {"primitives": [writer.primitive(TABLE, fan(BOX_QUADS)[:, ::-1])]},
    ]
    nodes = [{"mesh": 0, "name": node_name}, {"mesh": 1, "name": node_name}]
    return writer.write(path, nodes=nodes, meshes=meshes, **top)


def _cut(corners: np.ndarray, quads: np.ndarray, outward: bool) -> tuple[np.ndarray, np.ndarray]:
    """Vertices and triangles of quads as four triangles around their middles, and no vertex shared."""
    vertices, triangles = [], []
    for quad in quads:
        around = corners[quad[::-1] if outward else quad]
        start = 5 * len(vertices)
        vertices.append(np.vstack([around, around.mean(axis=0)]))
        triangles += [(start + i, start + (i + 1) % 4, start + 4) for i in range(4)]
    return np.concatenate(vertices), np.array(triangles)


def semantic_room() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vertices, triangles and ids of the semantic mesh."""
    room, room_triangles = _cut(ROOM, BOX_QUADS, outward=False)
    table, table_triangles = _cut(TABLE, BOX_QUADS, outward=True)
    triangles = np.concatenate([room_triangles, table_triangles + len(room)])
    return np.concatenate([room, table]), triangles, np.repeat(face_ids(), 4)


def semantic_ply(path: Path, ids: np.ndarray | None = None) -> Path:
    vertices, triangles, own = semantic_room()
    colors = np.full((len(vertices), 3), 90, np.uint8)
    return write_ply(path, vertices, triangles, object_ids=own if ids is None else ids, colors=colors)


HOUSE_OBJECTS = {0: 2, 3: 0, 7: 1, 9: 2}  # class of each object; 0 is an object of its own in Matterport's numbers


def write_house(path: Path, header: str = "ASCII 1.1") -> Path:
    numbers = " ".join(["0"] * 5)
    rows = [header, f"H r s 0 0 0 0 0 {len(HOUSE_OBJECTS)} 3 1 0 1 {numbers} 0 0 0 8 6 3 {numbers}"]
    rows += [f"L 0 1 a 0 0 0 0 0 0 8 6 3 {numbers}", f"R 0 0 0 0 k 0 0 0 0 0 0 8 6 3 2.8 {numbers}"]
    names = ((14, "floor", 2, "floor"), (2, "wall", 1, "wall"), (5, "coffee#table", 5, "table"))
    rows += [f"C {i} {raw} {name} {index} {mpcat40} {numbers}" for i, (raw, name, index, mpcat40) in enumerate(names)]
    rows += [f"O {i} 0 {c} 1 1 1  1 0 0  0 1 0  1 1 1 0 0 0 0 0 0 0 0" for i, c in HOUSE_OBJECTS.items()]
    path.write_text("\n".join(rows) + "\n")
    return path


def matterport(root: Path, name: str = "17DRP5sb8fy") -> Path:
    """`<name>/<name>.glb` with its house file and semantic mesh below a folder."""
    folder = root / name
    mesh = seen_room(folder / f"{name}.glb")
    semantic_ply(folder / f"{name}_semantic.ply")
    write_house(folder / f"{name}.house")
    return mesh


def write_hm3d_table(path: Path) -> Path:
    def row(id_: int, category: str) -> str:
        red, green, blue = COLORS[id_]
        return f'{id_},{red:02X}{green:02X}{blue:02X},"{category}",{id_ % 2}'

    rows = ["HM3D Semantic Annotations", row(3, "floor"), row(7, "wall"), row(9, "table, round")]
    path.write_text("\n".join(rows) + "\n")
    return path


def semantic_glb(path: Path, kind: str = "texture") -> Path:
    """The semantic mesh with its colours in a texture (HM3D 0.2) or at its vertices, sRGB or linear (HM3D 0.1)."""
    vertices, triangles, ids = semantic_room()
    vertices, triangles = vertices[triangles].reshape(-1, 3), np.arange(3 * len(triangles)).reshape(-1, 3)
    writer = GlbWriter()
    corner_ids = np.repeat(ids, 3)
    top: dict = {}
    attributes: dict[str, int] = {}
    if kind == "texture":
        order = sorted(COLORS)
        pixels = np.repeat(np.array([[COLORS[i] for i in order]], np.uint8), 8, axis=1).repeat(8, axis=0)
        u = np.array([(order.index(i) + 0.5) / len(order) for i in corner_ids])
        attributes["TEXCOORD_0"] = writer.accessor(np.stack([u, np.full(len(u), 0.5)], 1).astype(np.float32), "VEC2")
        top["images"] = [{"bufferView": writer.view(png_bytes(pixels)), "mimeType": "image/png"}]
        top["textures"] = [{"source": 0}]
        top["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    else:
        colors = np.array([COLORS[i] for i in corner_ids]) / 255.0
        if kind == "linear":
            colors = np.where(colors <= 0.04045, colors / 12.92, ((colors + 0.055) / 1.055) ** 2.4)
        rgba = np.hstack([colors, np.ones((len(colors), 1))])
        attributes["COLOR_0"] = writer.accessor(np.rint(255 * rgba).astype(np.uint8), "VEC4", normalized=True)
    primitive = writer.primitive(vertices, triangles, 0 if kind == "texture" else None, **attributes)
    return writer.write(path, nodes=[{"mesh": 0}], meshes=[{"primitives": [primitive]}], **top)


def hm3d(root: Path, number: str = "00800", name: str = "TEEsavR23oF", basis: bool = False) -> Path:
    """`<number>-<name>/<name>.glb` or `.basis.glb` with its semantics below a folder."""
    folder = root / f"{number}-{name}"
    mesh = (basis_room if basis else seen_room)(folder / f"{name}{'.basis' if basis else ''}.glb")
    semantic_glb(folder / f"{name}.semantic.glb")
    write_hm3d_table(folder / f"{name}.semantic.txt")
    return mesh


def basis_room(path: Path, extension: str = "GOOGLE_texture_basis") -> Path:
    """The seen room with two textures in the Basis format, in .basis files or KTX2 containers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GlbWriter()
    uv = writer.accessor(np.zeros((8, 2), np.float32), "VEC2")
    meshes = [
        {"primitives": [writer.primitive(ROOM, fan(BOX_QUADS), 0, TEXCOORD_0=uv)]},
        {"primitives": [writer.primitive(TABLE, fan(BOX_QUADS)[:, ::-1], 1, TEXCOORD_0=uv)]},
    ]
    image = writer.view(b"\xabKTX 20\xbb\r\n\x1a\n" + struct.pack("<9I", 0, 1, 4, 4, 0, 0, 1, 1, 1))
    return writer.write(
        path,
        nodes=[{"mesh": 0}, {"mesh": 1}],
        meshes=meshes,
        materials=[{"pbrMetallicRoughness": {"baseColorTexture": {"index": i}}} for i in (0, 1)],
        textures=[{"extensions": {extension: {"source": 0}}}] * 2,
        images=[{"bufferView": image, "mimeType": "image/ktx2" if extension.startswith("KHR") else "image/x-basis"}],
        extensionsUsed=[extension],
        extensionsRequired=[extension],
    )


def gibson(root: Path, name: str = "Ackermanville") -> Path:
    """`<name>.glb` with its `.scn` and semantic mesh below a folder."""
    mesh = seen_room(root / f"{name}.glb")
    semantic_ply(root / f"{name}_semantic.ply")
    objects = [(3, "floor"), (7, "wall"), (9, "dining table")]
    entries = [{"id": i, "class_": c, "location": [1, 1, 1], "size": [1, 1, 1]} for i, c in objects]
    (root / f"{name}.scn").write_text(json.dumps({"objects": entries, "rooms": []}))
    return mesh


def write_json(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))
    return path


def cube_glb(path: Path, low: tuple[float, ...], high: tuple[float, ...]) -> Path:
    """A solid box as a GLB, +Y up."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GlbWriter()
    mesh = {"primitives": [writer.primitive(box_corners(low, high), fan(BOX_QUADS)[:, ::-1])]}
    return writer.write(path, nodes=[{"mesh": 0, "name": "cube"}], meshes=[mesh])


def replica_cad(root: Path) -> Path:
    """A scene data set like ReplicaCAD's: a stage, two objects, a fridge with a door, the scene `apt_0`."""
    stage = GlbWriter()
    room = box_corners((0, 0, 0), (8, 2.8, 6))
    (root / "stages").mkdir(parents=True, exist_ok=True)
    mesh = {"primitives": [stage.primitive(room, fan(BOX_QUADS))]}
    stage.write(root / "stages/frl_apartment_stage.glb", nodes=[{"mesh": 0, "name": "walls"}], meshes=[mesh])
    cube_glb(root / "objects/frl_apartment_basket.glb", (-0.5, -0.5, -0.25), (0.5, 0.5, 0.25))
    cube_glb(root / "objects/frl_apartment_chair_01.glb", (0.0, 0.0, 0.0), (1.0, 2.0, 1.0))
    cube_glb(root / "urdf/fridge/body.glb", (0.0, 0.0, 0.0), (1.0, 2.0, 1.0))
    cube_glb(root / "urdf/fridge/door.glb", (0.0, 0.0, 0.0), (1.0, 2.0, 0.1))
    configs = root / "configs"
    write_json(
        configs / "stages/frl_apartment_stage.stage_config.json",
        {"render_asset": "../../stages/frl_apartment_stage.glb", "up": [0, 1, 0], "front": [0, 0, -1]},
    )
    write_json(
        configs / "objects/frl_apartment_basket.object_config.json",
        {"render_asset": "../../objects/frl_apartment_basket.glb", "COM": [0, 0, 0], "semantic_id": 7, "mass": 0.5},
    )
    write_json(
        configs / "objects/frl_apartment_chair_01.object_config.json",
        {"render_asset": "../../objects/frl_apartment_chair_01.glb", "scale": [1, 0.5, 1]},
    )
    write_json(configs / "ssd/lexicon.json", {"classes": [{"id": 7, "name": "basket"}, {"id": 67, "name": "fridge"}]})
    half = float(np.sqrt(0.5))
    write_json(
        configs / "scenes/apt_0.scene_instance.json",
        {
            "stage_instance": {"template_name": "stages/frl_apartment_stage"},
            "default_lighting": "lighting/frl_apartment_stage",
            "object_instances": [
                {
                    "template_name": "objects/frl_apartment_basket",
                    "motion_type": "DYNAMIC",
                    "translation": [2.0, 0.5, 3.0],
                    "rotation": [half, 0.0, half, 0.0],  # a quarter turn about +Y
                },
                {"template_name": "objects/frl_apartment_chair_01", "translation": [6.0, 0.5, 1.0]},
                {
                    "template_name": "objects/frl_apartment_chair_01",
                    "translation": [4.0, 0.0, 4.0],
                    "translation_origin": "asset_local",
                    "uniform_scale": 0.5,
                },
            ],
            "articulated_object_instances": [
                {"template_name": "fridge", "fixed_base": True, "translation": [1.0, 0.0, 1.0]}
            ],
        },
    )
    (root / "urdf/fridge/fridge.urdf").write_text(
        '<?xml version="1.0"?><robot name="fridge"><link name="root"/><link name="body">'
        '<visual><origin rpy="0 0 0" xyz="0 0 0"/><geometry><mesh filename="body.glb"/></geometry></visual></link>'
        '<link name="door"><visual><geometry><mesh filename="door.glb"/></geometry></visual></link>'
        '<joint name="fix" type="fixed"><parent link="root"/><child link="body"/></joint>'
        '<joint name="hinge" type="revolute"><parent link="body"/><child link="door"/>'
        '<origin xyz="0 0 1" rpy="0 0 0"/><axis xyz="0 1 0"/></joint></robot>'
    )
    return write_json(
        root / "replicaCAD.scene_dataset_config.json",
        {
            "stages": {"paths": {".json": ["configs/stages"]}},
            "objects": {"paths": {".json": ["configs/objects"]}},
            "articulated_objects": {"paths": {".urdf": ["urdf/*/"]}},
            "light_setups": {"paths": {".json": ["configs/lighting"]}},
            "scene_instances": {
                "default_attributes": {"semantic_scene_instance": "replicaCAD_ssd_map"},
                "paths": {".json": ["configs/scenes"]},
            },
            "semantic_scene_descriptor_instances": {"replicaCAD_ssd_map": "configs/ssd/lexicon.json"},
        },
    )
