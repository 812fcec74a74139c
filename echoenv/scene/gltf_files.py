"""glTF and GLB files: nodes, primitives, base colours, textures and vertex colours.

The one idea: trimesh decodes the geometry and the images, and this module reads the small JSON header beside it. Nodes
and materials are renamed to their numbers before trimesh sees them, so that the names, base colours and missing
textures that trimesh drops, merges or rounds can be looked up in the header.
"""

from __future__ import annotations

import io
import json
import re
import struct
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError
from echoenv.scene.colors import to_srgb
from echoenv.scene.mesh_parts import Look, MeshPart, rotate
from echoenv.scene.textures import image_array, warn_texture

_GLB_MAGIC, _JSON_CHUNK = b"glTF", b"JSON"
_UNREADABLE_MESHES = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")


class _FolderResolver(dict[str, bytes]):
    """Files that a mesh file names, read from its folder as trimesh asks for them."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def __missing__(self, name: str) -> bytes:
        return (self.folder / unquote(name)).read_bytes()

    def get(self, name: str, default: Any = None) -> bytes:
        return self[name]


def read_gltf(path: Path) -> list[MeshPart]:
    """Read a .glb or .gltf file.

    Args:
        path: The file.

    Returns:
        One part per node and primitive in the file's frame (metres), node transforms applied. 8-bit vertex colours are
        kept as they are, as scans store them and Habitat shows them; base colour factors are linear by the standard and
        become sRGB.

    Raises:
        SceneFileError: Not such a file, truncated, compressed in a way that cannot be read, or a buffer is missing.
    """
    data = path.read_bytes()
    header, rest = _split_glb(data, path) if path.suffix.lower() == ".glb" else (_parse_json(data, path), None)
    _check_header(header, path)
    scene = _load_geometry(header, rest, path)
    looks: dict[int, Look] = {}
    order = {name: place for place, name in enumerate(scene.geometry)}
    frames = sorted(scene.graph.nodes_geometry, key=lambda frame: (_node_number(frame), order[scene.graph[frame][1]]))
    parts = [_read_node(scene, frame, header, looks, path) for frame in frames]
    return [part for part in parts if part is not None]


def _split_glb(data: bytes, path: Path) -> tuple[dict[str, Any], bytes]:
    """JSON header of a GLB file and the chunks behind it."""
    if len(data) < 20 or data[:4] != _GLB_MAGIC:
        raise SceneFileError(
            f"'{path}' is not a GLB file (its first bytes are {data[:4]!r}): export it again as binary glTF 2.0"
        )
    version, total, length = struct.unpack_from("<III", data, 4)
    if version != 2:
        raise SceneFileError(f"'{path}' is glTF version {version}: only version 2 is read, convert it")
    if len(data) < total or len(data) < 20 + length:
        raise SceneFileError(
            f"'{path}' has {len(data)} of its {total} bytes: it is truncated, copy or download it anew"
        )
    if data[16:20] != _JSON_CHUNK:
        raise SceneFileError(f"'{path}' does not start with a JSON chunk: export it again as binary glTF 2.0")
    return _parse_json(data[20 : 20 + length], path), data[20 + length : total]


def _parse_json(data: bytes, path: Path) -> dict[str, Any]:
    try:
        header = json.loads(data)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise SceneFileError(
            f"the JSON header of '{path}' cannot be read ({error}): export it again as glTF 2.0"
        ) from None
    if not isinstance(header, dict) or "asset" not in header:
        raise SceneFileError(f"'{path}' is JSON but not glTF (it has no 'asset'): export it again as glTF 2.0")
    return header


def _check_header(header: dict[str, Any], path: Path) -> None:
    compressed = [name for name in _UNREADABLE_MESHES if name in header.get("extensionsRequired", ())]
    if compressed:
        raise SceneFileError(
            f"'{path}' is compressed with {compressed[0]}: decompress it, for example with gltf-transform"
        )
    for entry in header.get("buffers", ()):
        uri = entry.get("uri", "data:")
        if not uri.startswith("data:") and not (path.parent / unquote(uri)).is_file():
            raise SceneFileError(f"'{path}' keeps its geometry in '{uri}', which is missing: put it into {path.parent}")


def _load_geometry(header: dict[str, Any], rest: bytes | None, path: Path) -> Any:
    import trimesh

    renamed = dict(header)
    for key, letter in (("nodes", "node"), ("materials", "material")):
        renamed[key] = [{**entry, "name": f"{letter}{i}"} for i, entry in enumerate(header.get(key, ()))]
    text = json.dumps(renamed).encode()
    kind = "gltf"
    if rest is not None:
        kind = "glb"
        text += b" " * (-len(text) % 4)
        total = 20 + len(text) + len(rest)
        text = _GLB_MAGIC + struct.pack("<III", 2, total, len(text)) + _JSON_CHUNK + text + rest
    resolver = _FolderResolver(path.parent)
    return trimesh.load_scene(io.BytesIO(text), file_type=kind, resolver=resolver, process=False)


def _read_node(scene: Any, frame: str, header: dict[str, Any], looks: dict[int, Look], path: Path) -> MeshPart | None:
    transform, geometry_name = scene.graph[frame]
    mesh = scene.geometry[geometry_name]
    if not hasattr(mesh, "faces"):  # points and lines
        return None
    triangles = np.asarray(mesh.faces, dtype=np.int64)
    if np.linalg.det(transform[:3, :3]) < 0.0:  # a mirror turns front into back: glTF 2.0, 3.7.4
        triangles = triangles[:, ::-1]
    material = re.fullmatch(r"material(\d+)", str(getattr(getattr(mesh.visual, "material", None), "name", "")))
    number = int(material.group(1)) if material else -1
    if number not in looks:
        looks[number] = _read_look(header["materials"][number], mesh.visual.material, path) if material else Look()
    look = looks[number]
    uv = getattr(mesh.visual, "uv", None)
    has_uv = look.texture is not None and uv is not None and len(uv) == len(mesh.vertices)
    with np.errstate(invalid="ignore"):  # vertices that are not finite are named later
        vertices = rotate(np.asarray(mesh.vertices, dtype=np.float64), transform[:3, :3]) + transform[:3, 3]
    return MeshPart(
        vertices=vertices,
        triangles=triangles,
        look=look,
        vertex_colors=_vertex_colors(mesh),
        corner_uvs=np.asarray(uv, dtype=np.float64)[triangles] if has_uv else None,
        object_name=_node_name(frame, header),
        object_key=_node_number(frame),
    )


def _node_number(frame: str) -> int:
    """Number of the node that a frame of trimesh's graph comes from; -1 for a frame of its own."""
    found = re.match(r"node(\d+)", frame)
    return int(found.group(1)) if found else -1


def _node_name(frame: str, header: dict[str, Any]) -> str:
    number = _node_number(frame)
    if number < 0:
        return ""
    node = header["nodes"][number]
    mesh = header["meshes"][node["mesh"]] if "mesh" in node else {}
    return str(node.get("name") or mesh.get("name") or "")


def _read_look(entry: dict[str, Any], material: Any, path: Path) -> Look:
    name = str(entry.get("name", ""))
    pbr = entry.get("pbrMetallicRoughness", {})
    gloss = entry.get("extensions", {}).get("KHR_materials_pbrSpecularGlossiness", {})
    factor = np.clip(gloss.get("diffuseFactor") or pbr.get("baseColorFactor") or [1.0] * 4, 0.0, 1.0)
    red, green, blue = (float(v) for v in to_srgb(np.asarray(factor[:3], dtype=np.float64)))
    texture = None
    if "baseColorTexture" in pbr or "diffuseTexture" in gloss:
        image = getattr(material, "baseColorTexture", None)
        try:
            texture = None if image is None else image_array(image)
        except Exception:  # Pillow raises many kinds for damaged images
            image = None
        if image is None:
            warn_texture(
                name or "base colour",
                f"'{path}'",
                "is missing, damaged or of a kind that cannot be read (PNG and JPEG can)",
            )
    return Look(name, (red, green, blue), texture)


def _vertex_colors(mesh: Any) -> NDArray[np.uint8] | None:
    raw = getattr(mesh.visual, "vertex_attributes", {}).get("color")
    if raw is None and getattr(mesh.visual, "kind", None) == "vertex":
        raw = mesh.visual.vertex_colors
    if raw is None or len(raw) != len(mesh.vertices):
        return None
    raw = np.asarray(raw)[:, :3]
    if raw.dtype == np.uint8:
        return raw
    scale = 255.0 if raw.dtype.kind == "f" else 255.0 / np.iinfo(raw.dtype).max
    return np.clip(np.rint(raw * scale), 0, 255).astype(np.uint8)
