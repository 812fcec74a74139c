"""Scenes with partitions for tests of transmission: sheets, walls of two faces, and rooms side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface
from tests.rooms import box_faces, box_room

Quad = Sequence[Sequence[float]]


def quads_scene(quads: Sequence[Quad], materials: Sequence[AcousticMaterial], numbers: ArrayLike) -> Scene:
    """Quads (q, 4, 3), each with one of the materials by its number (q,)."""
    corners = np.asarray(quads, dtype=np.float64).reshape(-1, 4, 3)
    first = 4 * np.arange(len(corners))[:, None]
    triangles = np.stack([first + [0, 1, 2], first + [0, 2, 3]], axis=1).reshape(-1, 3)
    return dataclasses.replace(
        box_room(),
        vertices=corners.reshape(-1, 3).astype(np.float32),
        triangles=triangles.astype(np.int32),
        surfaces=tuple(Surface(material.name, material) for material in materials),
        triangle_surfaces=np.repeat(np.asarray(numbers, dtype=np.int32), 2),
        triangle_objects=np.zeros(len(triangles), dtype=np.int32),
        vertex_colors=None,
    )


def sheet(x: float, facing: int = -1, half: float = 60.0) -> Quad:
    """A large square across the x axis, its front towards -x or +x."""
    corners = [[x, -half, -half], [x, -half, half], [x, half, half], [x, half, -half]]
    return corners if facing < 0 else corners[::-1]


def box_quads(low: ArrayLike, high: ArrayLike) -> list[Quad]:
    """The six faces of a room (-x, +x, -y, +y, -z, +z), facing inward."""
    vertices, triangles = box_faces(low, high, inward=True)
    return [vertices[[*pair[0], pair[1][2]]].tolist() for pair in triangles.reshape(6, 2, 3)]


def wall_with_opening(x: float, size: Sequence[float], low: Sequence[float], high: Sequence[float]) -> list[Quad]:
    """A sheet across a room of height and depth `size`, open between `low` and `high` (y, z) [m]."""

    def rect(y0: float, y1: float, z0: float, z1: float) -> Quad:
        return [[x, y0, z0], [x, y0, z1], [x, y1, z1], [x, y1, z0]]

    (height, depth), (y0, z0), (y1, z1) = size, low, high
    parts = [rect(0, height, 0, z0), rect(0, height, z1, depth), rect(0, y0, z0, z1), rect(y1, height, z0, z1)]
    return [part for part in parts if np.ptp(np.array(part), axis=0)[1:].min() > 0.0]
