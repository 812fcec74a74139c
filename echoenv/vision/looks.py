"""How a scene looks, made ready for the kernels once: a record for each triangle, and its textures.

The one idea: colours are rounded to 8 bits at the corners of triangles, vertex colour times surface colour, before
anything is interpolated. What a file gives as one colour is therefore seen as that colour to the last bit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.rays.launch import to_device
from echoenv.scene.scene import Scene
from echoenv.vision import looks_kernels as kernels
from echoenv.vision.textures import TexturePack, pack_textures

_CACHE_LINE = 64  # bytes: a record that straddles two lines costs two


def scene_looks(scene: Scene, normals: NDArray[np.float32], device: str) -> Any:
    """`SceneLooks` of a scene on a device.

    Args:
        scene: The scene.
        normals: Unit normals (T, 3) of its triangles.
        device: Warp's name of the device.

    Raises:
        MeshError: A texture cannot be used.
    """
    pack = pack_textures(scene.surfaces)
    looks = kernels.SceneLooks()
    looks.triangles = to_device(_triangle_records(scene, normals, pack), kernels.TriangleLooks, device)
    looks.texels = to_device(pack.texels, wp.uint32, device)
    levels = pack.levels if len(pack.levels) else np.zeros((1, 4), dtype=np.int32)
    looks.levels = to_device(levels, wp.vec4i, device)
    looks.is_textured = int(len(pack.levels) > 0)
    looks.is_lit = 0 if scene.light_is_baked else 1
    return looks


def _triangle_records(scene: Scene, normals: NDArray[np.float32], pack: TexturePack) -> NDArray[np.void]:
    record: Any = kernels.TriangleLooks
    records = _aligned(len(scene.triangles), record.numpy_dtype())
    records["normal"] = normals
    records["object_id"] = scene.triangle_objects
    for corner, name in enumerate(("color_a", "color_b", "color_c")):
        records[name] = _corner_colors(scene, corner)
    records["texture"] = -1
    if scene.corner_uvs is not None:
        records["texture"] = pack.surface_levels[scene.triangle_surfaces]
        for corner, name in enumerate(("uv_a", "uv_b", "uv_c")):
            records[name] = scene.corner_uvs[:, corner]
        records["texels_per_metre"] = _texel_density(scene, scene.corner_uvs, pack)
    return records


def _aligned(count: int, dtype: Any) -> NDArray[np.void]:
    """`count` zeroed records that begin on a line of the cache."""
    kind = np.dtype(dtype)
    memory = np.zeros(count * kind.itemsize + _CACHE_LINE, dtype=np.uint8)
    start = -memory.ctypes.data % _CACHE_LINE
    return memory[start : start + count * kind.itemsize].view(kind)


def _corner_colors(scene: Scene, corner: int) -> NDArray[np.uint32]:
    """Colour (T,), sRGB, of one corner of every triangle, red in the lowest byte."""
    surface = np.array([np.clip(s.color, 0.0, 1.0) for s in scene.surfaces], dtype=np.float64)[scene.triangle_surfaces]
    white = np.float64(255.0)
    vertex = white if scene.vertex_colors is None else scene.vertex_colors[scene.triangles[:, corner]]
    whole = np.floor(surface * vertex + 0.5).astype(np.uint32)
    return np.asarray(whole[:, 0] | whole[:, 1] << 8 | whole[:, 2] << 16, dtype=np.uint32)


def _texel_density(scene: Scene, uvs: NDArray[np.float32], pack: TexturePack) -> NDArray[np.float32]:
    """Texels per metre (T,), from the areas of each triangle in its texture's finest level and in the room."""
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    sides = uvs[:, 1:].astype(np.float64) - uvs[:, :1]
    flat = np.abs(sides[:, 0, 0] * sides[:, 1, 1] - sides[:, 0, 1] * sides[:, 1, 0])
    levels = pack.surface_levels[scene.triangle_surfaces]
    texels = np.zeros(len(levels))
    if len(pack.levels):
        texels = np.where(levels >= 0, np.prod(pack.levels[levels, 1:3].astype(np.float64), axis=1), 0.0)
    return np.sqrt(np.divide(flat * texels, area, out=np.zeros_like(area), where=area > 1e-18)).astype(np.float32)
