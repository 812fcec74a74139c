"""PLY files: triangles, quads and any mixture of them, vertex and face colours, textures, per-face `object_id`.

The one idea: an element's rows have lists of varying length, so the body is read in runs of rows whose lists are
equally long; each run is one structured array. A text body is first turned into float64 numbers, and is then the same
thing. trimesh's own reader refuses files that mix triangles and quads, as scans do, and loses the order of their faces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SceneFileError
from echoenv.scene.mesh_parts import Look, MeshPart
from echoenv.scene.polygons import fan_triangles
from echoenv.scene.textures import read_texture

_NUMBER_TYPES = {
    "char": "i1", "uchar": "u1", "short": "i2", "ushort": "u2", "int": "i4", "uint": "u4", "float": "f4",
    "int8": "i1", "uint8": "u1", "int16": "i2", "uint16": "u2", "int32": "i4", "uint32": "u4", "float32": "f4",
    "int64": "i8", "uint64": "u8", "double": "f8", "float64": "f8",
}  # fmt: skip
_LONGEST_LIST = 65535
_OBJECT_ID_NAMES = ("object_id", "objectId", "objectid")
_UV_NAMES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"))


@dataclass(frozen=True)
class _Property:
    """One column: the header's number type, the type in the body, and that of its length where it is a list."""

    name: str
    declared: str
    dtype: str
    count_dtype: str | None = None


@dataclass(frozen=True)
class _Element:
    name: str
    count: int
    properties: tuple[_Property, ...]


@dataclass(frozen=True)
class _Header:
    binary: bool
    elements: tuple[_Element, ...]
    texture: str | None
    size: int


@dataclass(frozen=True)
class _Table:
    """The rows of an element: plain columns (n,), and lists as flat values with a length (n,) per row."""

    columns: dict[str, NDArray]
    lists: dict[str, tuple[NDArray, NDArray]]


def read_ply(path: Path) -> MeshPart:
    """Read a PLY file.

    Args:
        path: The file, text or binary of either byte order.

    Returns:
        One part in the file's frame; its triangles are in the order of the file's faces, polygons cut as fans.

    Raises:
        SceneFileError: Not a PLY file, truncated, or without x, y, z.
    """
    data = path.read_bytes()
    header = _read_header(data, path)
    tables = _read_tables(data, header, path)
    vertices = tables.get("vertex")
    if vertices is None or not {"x", "y", "z"} <= vertices.columns.keys():
        raise SceneFileError(f"'{path}' has no vertices with x, y and z: it is not a mesh, export it again as PLY")
    return _build_part(vertices, tables.get("face"), header, path)


def _build_part(vertices: _Table, faces: _Table | None, header: _Header, path: Path) -> MeshPart:
    points = np.stack([vertices.columns[axis] for axis in "xyz"], axis=1).astype(np.float64)
    corners, counts = _face_corners(faces)
    triangle_corners, polygon = fan_triangles(counts)
    triangles = corners[triangle_corners]
    colors = _colors(vertices)
    face_colors = None if faces is None or colors is not None else _colors(faces)
    uvs = _corner_uvs(vertices, faces, corners, counts, triangle_corners)
    if face_colors is not None and len(triangles):
        points, triangles, colors = _split_by_color(points, triangles, face_colors[polygon])
    texture = None
    if header.texture and uvs is not None:
        texture = read_texture(path.parent / header.texture, f"'{path}'")
    ids = next((faces.columns[n] for n in _OBJECT_ID_NAMES if n in faces.columns), None) if faces else None
    object_ids = None if ids is None else ids.astype(np.int64)[polygon]
    return MeshPart(points, triangles, Look(texture=texture), colors, uvs, object_ids=object_ids)


def _face_corners(faces: _Table | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    for name in ("vertex_indices", "vertex_index"):
        if faces is not None and name in faces.lists:
            corners, counts = faces.lists[name]
            return corners.astype(np.int64), counts
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


def _colors(table: _Table) -> NDArray[np.uint8] | None:
    """Colours (n, 3) uint8, sRGB: bytes as they are, wider integers by their range, fractions 0..1 times 255."""
    for names in (("red", "green", "blue"), ("r", "g", "b"), ("diffuse_red", "diffuse_green", "diffuse_blue")):
        if not set(names) <= table.columns.keys():
            continue
        rgb = np.stack([table.columns[n] for n in names], axis=1)
        if rgb.dtype == np.uint8:
            return rgb
        values = rgb.astype(np.float64)
        if rgb.dtype.kind == "f" and values.size and values.max() <= 1.0:
            values *= 255.0
        elif rgb.dtype == np.uint16:
            values /= 257.0
        return np.clip(np.rint(np.nan_to_num(values)), 0, 255).astype(np.uint8)
    return None


def _corner_uvs(
    vertices: _Table, faces: _Table | None, corners: NDArray, counts: NDArray, triangle_corners: NDArray
) -> NDArray[np.float64] | None:
    if faces is not None and "texcoord" in faces.lists:
        values, lengths = faces.lists["texcoord"]
        if np.array_equal(lengths, 2 * counts):
            return values.reshape(-1, 2)[triangle_corners].astype(np.float64)
    for u, v in _UV_NAMES:
        if {u, v} <= vertices.columns.keys() and (not len(corners) or corners.max() < len(vertices.columns[u])):
            uv = np.stack([vertices.columns[u], vertices.columns[v]], axis=1).astype(np.float64)
            return uv[corners[triangle_corners]]
    return None


def _split_by_color(
    points: NDArray[np.float64], triangles: NDArray[np.int64], colors: NDArray[np.uint8]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.uint8]]:
    """Vertices that faces of several colours share, once for each colour."""
    packed = colors.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    keys, index = np.unique((triangles << 24) | packed[:, None], return_inverse=True)
    rgb = np.stack([keys >> 16 & 255, keys >> 8 & 255, keys & 255], axis=1).astype(np.uint8)
    vertex = keys >> 24
    inside = (vertex >= 0) & (vertex < len(points))
    if not inside.all():  # leave the damage for the check that names it
        return points, triangles, np.full(points.shape, 255, dtype=np.uint8)
    return points[vertex], index.reshape(triangles.shape), rgb


def _read_header(data: bytes, path: Path) -> _Header:
    end = re.search(rb"end_header[ \t]*\r?\n", data)
    if data[:3] != b"ply" or end is None:
        raise SceneFileError(
            f"'{path}' is not a PLY file or its header is cut off: export it again or download it anew"
        )
    lines = data[: end.start()].decode("latin-1").splitlines()[1:]
    try:
        kind = next(line.split()[1] for line in lines if line.startswith("format"))
        prefix = {"ascii": "", "binary_little_endian": "<", "binary_big_endian": ">"}[kind]
        elements = _read_elements(lines, prefix)
    except (KeyError, IndexError, ValueError, StopIteration):
        raise SceneFileError(f"the PLY header of '{path}' cannot be understood: export it again") from None
    texture = next(
        (m.group(1).strip() for m in (re.match(r"comment\s+TextureFile\s+(.+)", s, re.I) for s in lines) if m), None
    )
    return _Header(kind != "ascii", elements, texture, end.end())


def _read_elements(lines: list[str], prefix: str) -> tuple[_Element, ...]:
    """Elements of a header; without a prefix (text) every number is a float64."""

    def number(word: str) -> str:
        return prefix + _NUMBER_TYPES[word] if prefix else "f8"

    found: list[tuple[str, int, list[_Property]]] = []
    for line in lines:
        words = line.split()
        if words[:1] == ["element"]:
            found.append((words[1], int(words[2]), []))
        elif words[:2] == ["property", "list"]:
            found[-1][2].append(_Property(words[4], _NUMBER_TYPES[words[3]], number(words[3]), number(words[2])))
        elif words[:1] == ["property"]:
            found[-1][2].append(_Property(words[2], _NUMBER_TYPES[words[1]], number(words[1])))
    return tuple(_Element(name, count, tuple(properties)) for name, count, properties in found)


def _read_tables(data: bytes, header: _Header, path: Path) -> dict[str, _Table]:
    body = memoryview(data)[header.size :]
    if not header.binary:
        try:
            body = memoryview(np.array(bytes(body).split(), dtype=np.float64).tobytes())
        except ValueError:
            raise SceneFileError(
                f"the text of '{path}' holds something that is not a number: export it again"
            ) from None
    tables: dict[str, _Table] = {}
    position = 0
    for element in header.elements:
        table, position = _read_rows(body, position, element, path)
        tables[element.name] = table
    return tables


def _read_rows(body: memoryview, position: int, element: _Element, path: Path) -> tuple[_Table, int]:
    """All rows of an element, in runs of rows whose lists have equal lengths, and the position behind them."""
    runs: list[NDArray] = []
    done, window = 0, element.count
    while done < element.count and element.properties:
        dtype, lengths = _row_type(body, position, element, path)
        left = min(element.count - done, window, (len(body) - position) // max(dtype.itemsize, 1))
        if left < 1:
            raise _truncated(path, element, done)
        rows = np.frombuffer(body, dtype=dtype, count=left, offset=position)
        same = np.logical_and.reduce([rows[f"#{name}"] == n for name, n in lengths.items()], dtype=bool)
        count = left if np.all(same) else int(np.argmin(same))
        runs.append(rows[:count])
        # where lengths vary, look only a little ahead, and further as long as they do not
        window = 2 * window if count == left else 16
        done += count
        position += count * dtype.itemsize
    return _join_runs(element, runs), position


def _row_type(body: memoryview, position: int, element: _Element, path: Path) -> tuple[np.dtype, dict[str, int]]:
    """Type of the row at a position, and the lengths of its lists."""
    fields: list[tuple] = []
    lengths: dict[str, int] = {}
    offset = position
    for column in element.properties:
        shape: tuple[int, ...] = ()
        if column.count_dtype is not None:
            size = np.dtype(column.count_dtype).itemsize
            if offset + size > len(body):
                raise _truncated(path, element, 0)
            length = np.frombuffer(body, dtype=column.count_dtype, count=1, offset=offset)[0]
            if not (0 <= length <= _LONGEST_LIST and length == int(length)):
                raise SceneFileError(f"a list of {length} entries in '{path}': the file is damaged, export it again")
            lengths[column.name] = int(length)
            fields.append((f"#{column.name}", column.count_dtype))
            shape = (int(length),)
            offset += size
        fields.append((column.name, column.dtype, shape))
        offset += np.dtype(column.dtype).itemsize * (shape[0] if shape else 1)
    return np.dtype(fields), lengths


def _truncated(path: Path, element: _Element, done: int) -> SceneFileError:
    return SceneFileError(
        f"'{path}' ends inside its {element.count} {element.name} rows (after {done} or more): it is truncated, "
        "copy or download it anew"
    )


def _join_runs(element: _Element, runs: list[NDArray]) -> _Table:
    columns: dict[str, NDArray] = {}
    lists: dict[str, tuple[NDArray, NDArray]] = {}
    for column in element.properties:
        parts = [np.zeros(0), *(run[column.name].ravel() for run in runs)]
        values = np.concatenate(parts[1:] or parts).astype(column.declared)
        if column.count_dtype is None:
            columns[column.name] = values
        else:
            counts = [np.full(len(run), run[column.name].shape[1], dtype=np.int64) for run in runs]
            lists[column.name] = values, np.concatenate([np.zeros(0, dtype=np.int64), *counts])
    return _Table(columns, lists)
