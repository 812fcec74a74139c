"""Small mesh files of every format, written byte by byte, so that the readers are not tested with themselves.

The one idea: one room, a box with its faces turned inward, is given as corners and quads; each writer puts it into a
format.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np

# Corner i of a box has x high where bit 0 of i is set, y for bit 1, z for bit 2; faces are seen from inside.
BOX_QUADS = np.array([[0, 4, 5, 1], [2, 3, 7, 6], [0, 1, 3, 2], [4, 6, 7, 5], [0, 2, 6, 4], [1, 5, 7, 3]])
"""Floor (low y), ceiling, low z, high z, low x, high x."""


def box_corners(low: Sequence[float], high: Sequence[float]) -> np.ndarray:
    return np.array([[(low, high)[i >> axis & 1][axis] for axis in range(3)] for i in range(8)], dtype=np.float64)


def fan(faces: Sequence[Sequence[int]]) -> np.ndarray:
    return np.array([[f[0], f[k], f[k + 1]] for f in faces for k in range(1, len(f) - 1)])


def furnished_room() -> tuple[np.ndarray, np.ndarray]:
    """Vertices and triangles of an 8 x 2.8 x 6 m room (+Y up) with four pieces of furniture, floor at y = 0."""
    pieces = [((0, 0, 0), (8, 2.8, 6), 1)]
    pieces += [((1, 0, 1), (3, 0.8, 2), -1), ((5, 0, 4), (7, 0.5, 6), -1), ((0, 0, 3), (0.5, 2, 5), -1)]
    pieces += [((6, 0.7, 0), (8, 0.75, 0.8), -1)]
    vertices = np.concatenate([box_corners(low, high) for low, high, _ in pieces])
    triangles = [fan(BOX_QUADS)[:, ::side] + 8 * k for k, (_, _, side) in enumerate(pieces)]
    return vertices, np.concatenate(triangles)


def write_ply(
    path: Path,
    vertices: np.ndarray,
    faces: Sequence[Sequence[int]],
    *,
    kind: str = "binary_little_endian",
    colors: np.ndarray | None = None,
    face_colors: np.ndarray | None = None,
    object_ids: np.ndarray | None = None,
    uvs: np.ndarray | None = None,
    texture: str | None = None,
) -> Path:
    head = [f"ply\nformat {kind} 1.0"]
    head += [f"comment TextureFile {texture}"] if texture else []
    head += [f"element vertex {len(vertices)}", "property float x", "property float y", "property float z"]
    head += ["property float s", "property float t"] if uvs is not None else []
    rgb = ["property uchar red", "property uchar green", "property uchar blue"]
    head += rgb if colors is not None else []
    head += [f"element face {len(faces)}", "property list uchar int vertex_indices"]
    head += rgb if face_colors is not None else []
    head += ["property int object_id"] if object_ids is not None else []
    rows: list[list[tuple[str, float]]] = []
    for i, vertex in enumerate(vertices):
        row = [("f", float(v)) for v in vertex] + ([("f", float(v)) for v in uvs[i]] if uvs is not None else [])
        rows.append(row + ([("B", int(c)) for c in colors[i]] if colors is not None else []))
    for i, face in enumerate(faces):
        row = [("B", len(face))] + [("i", int(v)) for v in face]
        row += [("B", int(c)) for c in face_colors[i]] if face_colors is not None else []
        rows.append(row + ([("i", int(object_ids[i]))] if object_ids is not None else []))
    text = ("\n".join(head) + "\nend_header\n").encode()
    if kind == "ascii":
        body = "\n".join(" ".join(f"{value!r}" for _, value in row) for row in rows).encode() + b"\n"
    else:
        order = "<" if "little" in kind else ">"
        body = b"".join(struct.pack(order + "".join(c for c, _ in row), *(value for _, value in row)) for row in rows)
    path.write_bytes(text + body)
    return path


def png_bytes(pixels: np.ndarray) -> bytes:
    from PIL import Image

    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


class GlbWriter:
    """Collects accessors and images, then writes a GLB."""

    def __init__(self) -> None:
        self.header: dict = {"asset": {"version": "2.0"}, "scene": 0, "bufferViews": [], "accessors": []}
        self.binary = b""

    def view(self, data: bytes) -> int:
        self.header["bufferViews"].append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)})
        self.binary += data + b"\0" * (-len(data) % 4)
        return len(self.header["bufferViews"]) - 1

    def accessor(self, array: np.ndarray, kind: str, normalized: bool = False) -> int:
        component = {"f": 5126, "B": 5121, "H": 5123, "I": 5125}[array.dtype.char]
        entry = {
            "bufferView": self.view(array.tobytes()),
            "componentType": component,
            "count": len(array),
            "type": kind,
        }
        if kind == "VEC3" and component == 5126:
            entry |= {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}
        self.header["accessors"].append(entry | ({"normalized": True} if normalized else {}))
        return len(self.header["accessors"]) - 1

    def primitive(
        self, vertices: np.ndarray, triangles: np.ndarray, material: int | None = None, **attributes: int
    ) -> dict:
        position = self.accessor(np.asarray(vertices, dtype=np.float32), "VEC3")
        indices = self.accessor(np.asarray(triangles, dtype=np.uint32).ravel(), "SCALAR")
        entry = {"attributes": {"POSITION": position, **attributes}, "indices": indices}
        return entry | ({} if material is None else {"material": material})

    def write(self, path: Path, **top: object) -> Path:
        header = {**self.header, "buffers": [{"byteLength": len(self.binary)}], **top}
        header.setdefault("scenes", [{"nodes": list(range(len(header["nodes"])))}])
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(self.binary), 0x004E4942)
        path.write_bytes(b"glTF" + struct.pack("<II", 2, 12 + len(chunks) + len(self.binary)) + chunks + self.binary)
        return path
