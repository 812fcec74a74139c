"""Flat scenes to look at, and the slow, obvious caster that pictures are held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface

PLAIN = AcousticMaterial("plain", 0.1, 0.1)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Quad:
    """An upright square that faces +Z, or -Z where `away`."""

    distance: float
    half: float = 1.0
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: NDArray[np.uint8] | None = None
    repeats: float = 1.0
    away: bool = False


def quads(*parts: Quad, light_is_baked: bool = True) -> Scene:
    """Squares in front of the origin at z = -distance; object ids 1, 2, ..."""
    vertices, triangles, uvs = [], [], []
    for index, part in enumerate(parts):
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=float)
        vertices.append(np.column_stack([part.half * corners, np.full(4, -part.distance)]))
        order = np.array([[0, 2, 1], [0, 3, 2]] if part.away else [[0, 1, 2], [0, 2, 3]])
        triangles.append(order + 4 * index)
        uvs.append(((corners + 1.0) / 2.0 * part.repeats)[order])
    return Scene(
        name="quads",
        origin="made for a test",
        vertices=np.concatenate(vertices),
        triangles=np.concatenate(triangles),
        surfaces=tuple(Surface(f"quad {i}", PLAIN, part.color, part.texture) for i, part in enumerate(parts)),
        triangle_surfaces=np.repeat(np.arange(len(parts)), 2),
        triangle_objects=np.repeat(np.arange(len(parts)), 2) + 1,
        corner_uvs=np.concatenate(uvs),
        light_is_baked=light_is_baked,
    )


def front_depths(scene: Scene, origin: ArrayLike, directions: NDArray[np.float64], near: float) -> NDArray[np.float64]:
    """Distances (n,) in lengths of the directions (n, 3) to the first front face, 0 on a miss.

    Moeller and Trumbore 1997, float64, every ray against every triangle.
    """
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    side, other, towards = b - a, c - a, np.asarray(origin, dtype=np.float64) - a
    turned = np.cross(towards, side)
    found = np.zeros(len(directions))
    for index, direction in enumerate(directions):
        across = np.cross(direction, other)
        determinant = np.sum(side * across, axis=1)  # positive where the front is seen
        with np.errstate(divide="ignore", invalid="ignore"):
            u, v = np.sum(towards * across, axis=1) / determinant, turned @ direction / determinant
            t = np.sum(other * turned, axis=1) / determinant
        hit = (determinant > 0) & (u >= 0) & (v >= 0) & (u + v <= 1) & (t > near)
        found[index] = t[hit].min() if hit.any() else 0.0
    return found
