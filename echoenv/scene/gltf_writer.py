"""GLB files from scenes: a node for each object, a primitive for each of its surfaces.

The one idea: glTF's frame is the world's (+Y up, metres), so vertices are written as they are; an object with several
surfaces stays one node, whose name holds its category and id, and a material is called by what it does to sound, so
that a reader of names finds the same objects and the same acoustics again.
"""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.colors import to_linear
from echoenv.scene.material_table import MATERIAL_NAMES
from echoenv.scene.scene import Scene, Surface

# Numbers of the glTF 2.0 standard
_UINT8, _UINT32, _FLOAT32 = 5121, 5125, 5126
_VERTICES, _INDICES = 34962, 34963
_REPEAT, _LINEAR, _LINEAR_MIPMAP = 10497, 9729, 9987
_UNLIT = "KHR_materials_unlit"


def glb_bytes(scene: Scene) -> bytes:
    """A scene as a binary glTF 2.0 file.

    Args:
        scene: The scene.

    Returns:
        The file: +Y up, -Z forward, metres. Nodes are called `category_id`; triangles of no object lie in a node
        without a name. Vertex colours are 8-bit sRGB, as scans store them and Habitat shows them. Where the light is in
        the colours, materials are unlit.
    """
    writer = _GlbWriter(scene)
    groups = scene.triangle_objects.astype(np.int64) * len(scene.surfaces) + scene.triangle_surfaces
    order = np.argsort(groups, kind="stable")
    keys, starts = np.unique(groups[order], return_index=True)
    members = np.split(order, starts[1:])
    primitives: dict[int, list[dict[str, Any]]] = {}
    for key, triangles in zip(keys.tolist(), members, strict=True):
        number, surface = divmod(key, len(scene.surfaces))
        primitives.setdefault(number, []).append(writer.primitive(triangles, surface))
    return writer.finish(primitives)


class _GlbWriter:
    """Collects the binary chunk and the JSON entries that point into it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._binary = io.BytesIO()
        self._views: list[dict[str, Any]] = []
        self._accessors: list[dict[str, Any]] = []
        self._materials: list[dict[str, Any]] = []
        self._images: dict[int, int] = {}
        self._material_of: dict[int, int] = {}

    def primitive(self, triangles: NDArray[np.int64], surface: int) -> dict[str, Any]:
        """The entry of some triangles (n,) of one surface; corners that agree in all attributes become one vertex."""
        scene = self.scene
        textured = scene.surfaces[surface].texture is not None and scene.corner_uvs is not None
        corners = scene.triangles[triangles].reshape(-1, 1)
        if textured and scene.corner_uvs is not None:
            uvs = scene.corner_uvs[triangles].reshape(-1, 2)
            v_down = np.stack([uvs[:, 0], 1.0 - uvs[:, 1]], axis=1).astype(np.float32)
            corners = np.concatenate([corners, v_down.view(np.int32)], axis=1)  # bits, so that equal means equal
        rows, indices = np.unique(corners, axis=0, return_inverse=True)
        attributes = {"POSITION": self._accessor(scene.vertices[rows[:, 0]], "VEC3", bounds=True)}
        if textured:
            attributes["TEXCOORD_0"] = self._accessor(np.ascontiguousarray(rows[:, 1:]).view(np.float32), "VEC2")
        if scene.vertex_colors is not None:
            opaque = np.full((len(rows), 1), 255, np.uint8)  # a fourth byte keeps vertices aligned to four
            attributes["COLOR_0"] = self._accessor(np.hstack([scene.vertex_colors[rows[:, 0]], opaque]), "VEC4")
        faces = self._accessor(indices.reshape(-1).astype(np.uint32), "SCALAR", _INDICES)
        return {"attributes": attributes, "indices": faces, "material": self._material(surface), "mode": 4}

    def finish(self, primitives: dict[int, list[dict[str, Any]]]) -> bytes:
        """The file, once all primitives by object id are there."""
        named = {number: f"{self.scene.category_of(number)}_{number}" for number in primitives if number > 0}
        nodes = [{"mesh": i, **({"name": named[n]} if n in named else {})} for i, n in enumerate(primitives)]
        header: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "EchoEnv", "extras": {"origin": self.scene.origin}},
            "scene": 0,
            "scenes": [{"name": self.scene.name, "nodes": list(range(len(nodes)))}],
            "nodes": nodes,
            "meshes": [{"primitives": entries} for entries in primitives.values()],
            "materials": self._materials,
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": self._binary.tell()}],
        }
        if self.scene.light_is_baked:
            header["extensionsUsed"] = [_UNLIT]
        if self._images:
            header["samplers"] = [
                {"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP, "wrapS": _REPEAT, "wrapT": _REPEAT}
            ]
            header["images"] = [{"bufferView": view, "mimeType": "image/png"} for view in self._images.values()]
            header["textures"] = [{"source": i, "sampler": 0} for i in range(len(self._images))]
        return _joined(header, self._binary.getvalue())

    def _view(self, data: bytes, target: int | None = None) -> int:
        self._binary.write(b"\0" * (-self._binary.tell() % 4))
        view = {"buffer": 0, "byteOffset": self._binary.tell(), "byteLength": len(data)}
        self._views.append(view if target is None else {**view, "target": target})
        self._binary.write(data)
        return len(self._views) - 1

    def _accessor(self, values: NDArray[Any], kind: str, target: int = _VERTICES, bounds: bool = False) -> int:
        component = {"f": _FLOAT32, "u": _UINT8 if values.dtype.itemsize == 1 else _UINT32}[values.dtype.kind]
        entry: dict[str, Any] = {"bufferView": self._view(values.tobytes(), target), "componentType": component}
        entry |= {"count": len(values), "type": kind}
        if component == _UINT8:
            entry["normalized"] = True
        if bounds:
            entry |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self._accessors.append(entry)
        return len(self._accessors) - 1

    def _material(self, number: int) -> int:
        if number not in self._material_of:
            self._material_of[number] = len(self._materials)
            self._materials.append(self._material_entry(self.scene.surfaces[number]))
        return self._material_of[number]

    def _material_entry(self, surface: Surface) -> dict[str, Any]:
        red, green, blue = to_linear(np.asarray(surface.color, np.float64)).tolist()
        look: dict[str, Any] = {
            "baseColorFactor": [red, green, blue, 1.0],
            "metallicFactor": 0.0,
            "roughnessFactor": 1.0,
        }
        if surface.texture is not None and self.scene.corner_uvs is not None:
            look["baseColorTexture"] = {"index": self._texture(surface.texture)}
        acoustic = surface.material.name
        entry: dict[str, Any] = {"name": acoustic if acoustic in MATERIAL_NAMES else surface.name}
        entry |= {"pbrMetallicRoughness": look, "extras": {"surface": surface.name}}
        return {**entry, "extensions": {_UNLIT: {}}} if self.scene.light_is_baked else entry

    def _texture(self, image: NDArray[np.uint8]) -> int:
        """Number of the texture of an image (H, W, 3); surfaces that share an image share the texture."""
        if id(image) not in self._images:
            from PIL import Image

            encoded = io.BytesIO()
            Image.fromarray(np.ascontiguousarray(image)).save(encoded, format="PNG")
            self._images[id(image)] = self._view(encoded.getvalue())
        return list(self._images).index(id(image))


def _joined(header: dict[str, Any], binary: bytes) -> bytes:
    """Header and binary chunk as one GLB file, both padded to four bytes."""
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    binary += b"\0" * (-len(binary) % 4)
    total = 12 + 8 + len(text) + 8 + len(binary)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, total) + chunks
