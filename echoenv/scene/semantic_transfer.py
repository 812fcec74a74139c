"""Object ids from a scan's semantic mesh to the mesh that is seen.

The one idea: scans come as two meshes of one room, one with textures, one with an object for every face. A triangle of
the first gets the object of the same triangle of the second, else of the nearest one, measured from its middle; of two
that are equally near, such as the two sides of a board, the one that faces the same way. A triangle far from the
semantic mesh gets none.

Habitat renders the semantic mesh itself, so at the edge of an object views may differ by a triangle of the seen mesh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.mesh_parts import MeshPart

REACH = 0.25
"""Further from the semantic mesh than this [m] a triangle is of no object."""

_SPACING = 0.1  # [m] between the samples on large triangles of the semantic mesh
_MOST_SAMPLES = 4_000_000
_CANDIDATES = 5  # triangles looked at for each point
_FACING = 0.01  # [m] that a triangle seen from behind counts as further away
_CHUNK = 100_000  # points at a time, to bound memory


@dataclass(frozen=True, eq=False)
class SemanticMesh:
    """Triangles with ids.

    Attributes:
        corners: Their corners [m] (m, 3, 3).
        ids: Instance ids (m,) int64; 0 and less mean none.
    """

    corners: NDArray[np.float64]
    ids: NDArray[np.int64]


def semantic_mesh(parts: Sequence[MeshPart]) -> SemanticMesh:
    """Triangles and ids of parts that carry `object_ids`; a part without them is of no object."""
    corners = [part.vertices[part.triangles] for part in parts if len(part.triangles)]
    ids = [_ids_of(part) for part in parts if len(part.triangles)]
    if not corners:
        return SemanticMesh(np.zeros((0, 3, 3)), np.zeros(0, dtype=np.int64))
    return SemanticMesh(np.concatenate(corners), np.concatenate(ids))


def _ids_of(part: MeshPart) -> NDArray[np.int64]:
    return np.zeros(len(part.triangles), dtype=np.int64) if part.object_ids is None else part.object_ids


def transferred_ids(corners: NDArray[np.float64], source: SemanticMesh) -> NDArray[np.int64]:
    """Ids of triangles by the nearest ones of a semantic mesh.

    Args:
        corners: Corners [m] (n, 3, 3) of the triangles, in the frame of the source.
        source: The semantic mesh.

    Returns:
        Instance id (n,) of each triangle; 0 where the source has none within `REACH`.
    """
    found = np.zeros(len(corners), dtype=np.int64)
    if not len(source.ids) or not len(corners):
        return found
    same = _same_triangles(corners, source.corners)
    found[same >= 0] = np.maximum(source.ids[same[same >= 0]], 0)
    others = np.flatnonzero(same < 0)
    if len(others):
        found[others] = _nearest_ids(corners[others], source)
    return found


def _same_triangles(corners: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.int64]:
    """The triangle (n,) of the others that is the same, corner by corner from whichever on; -1 where none is."""
    wanted, there = _canonical(corners), _canonical(others)
    keys = _hashes(there)
    order = np.argsort(keys, kind="stable")
    place = np.minimum(np.searchsorted(keys[order], _hashes(wanted)), len(order) - 1)
    match = order[place]
    return np.where((there[match] == wanted).all(axis=1), match, -1)


def _canonical(corners: NDArray[np.float64]) -> NDArray[np.int64]:
    """Corners (n, 9) in whole hundredths of a millimetre, beginning with the smallest one and in their own order."""
    grid = np.rint(1e5 * corners).astype(np.int64)
    smallest = np.lexsort((grid[..., 2], grid[..., 1], grid[..., 0]), axis=1)[:, 0]
    order = (smallest[:, None] + np.arange(3)) % 3
    return np.take_along_axis(grid, order[..., None], axis=1).reshape(-1, 9)


def _hashes(rows: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One number (n,) for each row, equal for equal rows."""
    mixed = np.zeros(len(rows), dtype=np.uint64)
    for column in rows.T:
        mixed = (mixed ^ column.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _nearest_ids(corners: NDArray[np.float64], source: SemanticMesh) -> NDArray[np.int64]:
    """Ids (n,) by the nearest triangles of a mesh that has some."""
    from scipy.spatial import cKDTree

    found = np.zeros(len(corners), dtype=np.int64)
    samples, owners = _samples(source.corners)
    tree = cKDTree(samples, balanced_tree=False)
    facing = _normals(source.corners)
    for start in range(0, len(corners), _CHUNK):
        chunk = corners[start : start + _CHUNK]
        points = chunk.mean(axis=1)
        _, near = tree.query(points, k=min(_CANDIDATES, len(samples)), workers=-1)
        candidates = owners[near.reshape(len(points), -1)]
        distances = _distances(points, source.corners, candidates)
        same_way = np.einsum("nd,nkd->nk", _normals(chunk), facing[candidates])
        best = np.argmin(distances + _FACING * (1.0 - same_way), axis=1)
        rows = np.arange(len(points))
        ids = source.ids[candidates[rows, best]]
        found[start : start + _CHUNK] = np.where(distances[rows, best] <= REACH, np.maximum(ids, 0), 0)
    return found


def _samples(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (s, 3) spread over triangles (m, 3, 3), more over large ones, and the triangle (s,) of each."""
    edges = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=2).max(axis=1)
    spacing = _SPACING
    steps = np.ceil(edges / spacing)
    while (steps**2).sum() > max(_MOST_SAMPLES, len(corners)):
        spacing *= 1.5
        steps = np.maximum(np.ceil(edges / spacing), 1.0)
    steps = np.maximum(steps, 1.0).astype(np.int64)
    points, owners = [], []
    for count in np.unique(steps):
        which = np.flatnonzero(steps == count)
        weights = _middles(int(count))
        points.append(np.einsum("wc,mcd->mwd", weights, corners[which]).reshape(-1, 3))
        owners.append(np.repeat(which, len(weights)))
    return np.concatenate(points), np.concatenate(owners)


def _middles(count: int) -> NDArray[np.float64]:
    """Weights (count^2, 3) of the middles of the small triangles that a triangle's edges cut into `count` give."""
    i, j = (grid.reshape(-1) for grid in np.meshgrid(np.arange(count), np.arange(count), indexing="ij"))
    up = i + j < count
    down = i + j < count - 1
    u = np.concatenate([(i[up] + 1 / 3) / count, (i[down] + 2 / 3) / count])
    v = np.concatenate([(j[up] + 1 / 3) / count, (j[down] + 2 / 3) / count])
    return np.stack([1.0 - u - v, u, v], axis=1)


def _normals(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit normals (n, 3); zero for triangles without an area."""
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    return normals / np.where(lengths > 0.0, lengths, 1.0)


def _distances(
    points: NDArray[np.float64], corners: NDArray[np.float64], candidates: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Distance [m] (n, k) from points (n, 3) to their candidate triangles (n, k): to the plane, or to an edge."""
    triangles = corners[candidates.reshape(-1)]
    p = np.repeat(points, candidates.shape[1], axis=0)
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    normal = np.cross(b - a, c - a)
    area = _dot(normal, normal)
    safe = np.where(area > 0.0, area, 1.0)
    from_a = p - a
    u = _dot(np.cross(from_a, c - a), normal) / safe  # barycentric coordinates of the point above the plane
    v = _dot(np.cross(b - a, from_a), normal) / safe
    found = np.abs(_dot(from_a, normal)) / np.sqrt(safe)
    outside = np.flatnonzero((area <= 0.0) | (u < 0.0) | (v < 0.0) | (u + v > 1.0))
    sides = [(a[outside], b[outside]), (b[outside], c[outside]), (c[outside], a[outside])]
    found[outside] = np.minimum.reduce([_to_segment(p[outside], start, end) for start, end in sides])
    return found.reshape(candidates.shape)


def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Dot products (n,) of rows (n, 3)."""
    return a[:, 0] * b[:, 0] + a[:, 1] * b[:, 1] + a[:, 2] * b[:, 2]


def _to_segment(p: NDArray[np.float64], start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance [m] (n,) of points (n, 3) from the segments between two points (n, 3) each."""
    along = end - start
    length = _dot(along, along)
    share = np.clip(_dot(p - start, along) / np.where(length > 0.0, length, 1.0), 0.0, 1.0)
    away = p - start - share[:, None] * along
    return np.sqrt(_dot(away, away))


def ids_by_color(part: MeshPart, color_ids: dict[int, int]) -> NDArray[np.int64]:
    """Ids of triangles by the colour that a semantic mesh has in their middle: from its texture, else its vertices.

    Vertex colours of glTF files are linear by the standard, and HM3D 0.1 keeps to it, while others store sRGB: of both
    readings the one that knows more triangles is taken.

    Args:
        part: Triangles of a semantic mesh.
        color_ids: Instance id by sRGB colour 0xRRGGBB.

    Returns:
        Instance id (T,) of each triangle; 0 where its colour is not in the table.
    """
    texture = part.look.texture
    if texture is not None and part.corner_uvs is not None:
        u, v = (part.corner_uvs.mean(axis=1) % 1.0).T
        height, width = texture.shape[:2]
        rows = np.minimum(((1.0 - v) % 1.0 * height).astype(np.int64), height - 1)
        return _look_up(texture[rows, np.minimum((u * width).astype(np.int64), width - 1)], color_ids)
    if part.vertex_colors is None:
        return np.zeros(len(part.triangles), dtype=np.int64)
    corners = part.vertex_colors[part.triangles]
    readings = []
    for table in (color_ids, _as_linear(color_ids)):
        ids = np.stack([_look_up(corners[:, corner], table) for corner in range(3)], axis=1)
        readings.append(np.where(ids[:, 1] == ids[:, 2], ids[:, 1], ids[:, 0]))  # what two of three say
    return max(readings, key=np.count_nonzero)


def _as_linear(color_ids: dict[int, int]) -> dict[int, int]:
    """The table by the 8-bit linear values of its colours; of dark colours that fall together the first is kept."""
    from echoenv.scene.colors import to_linear

    curve = np.rint(255.0 * to_linear(np.arange(256) / 255.0)).astype(np.int64)
    linear: dict[int, int] = {}
    for color, id_ in color_ids.items():
        red, green, blue = (int(curve[color >> shift & 255]) for shift in (16, 8, 0))
        linear.setdefault(red << 16 | green << 8 | blue, id_)
    return linear


def _look_up(colors: NDArray[np.uint8], color_ids: dict[int, int]) -> NDArray[np.int64]:
    """Ids (n,) of colours (n, 3)."""
    packed = colors.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    keys, inverse = np.unique(packed, return_inverse=True)
    return np.array([color_ids.get(int(key), 0) for key in keys], dtype=np.int64)[inverse.reshape(-1)]
