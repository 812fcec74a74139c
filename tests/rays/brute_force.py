"""The slow, obvious ray caster that both engines are held against, and the triangle sets to hold them on.

The one idea: Moeller-Trumbore in float64 for every ray and every triangle, with nothing clever. It also says how close
each ray passes to each triangle's edge, so that a test can set aside the rays on which no two casters need agree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface


@dataclass(frozen=True)
class BruteForce:
    """What each ray (n,) does with each triangle (T,).

    Attributes:
        distances: (n, T) in lengths of the direction, inf where the ray misses the triangle.
        margins: (n, T) smallest of the three barycentric weights where the ray meets the triangle's plane: negative
            outside, 0 on an edge.
    """

    distances: NDArray[np.float64]
    margins: NDArray[np.float64]

    @property
    def nearest(self) -> NDArray[np.float64]:
        """Distance (n,) of the first hit, inf on a miss."""
        return self.distances.min(axis=1)

    def grazes_an_edge(self, tolerance: float = 1e-4) -> NDArray[np.bool_]:
        """Whether (n,) a ray passes so close to any edge that rounding decides between hit and miss."""
        return np.any(np.abs(self.margins) < tolerance, axis=1)


def brute_force(scene: Scene, origins: NDArray[np.float32], directions: NDArray[np.float32]) -> BruteForce:
    """Moeller and Trumbore 1997, float64, both sides of a triangle, triangles without area never hit."""
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    first_edge, second_edge = b - a, c - a
    o, d = origins.astype(np.float64)[:, None], directions.astype(np.float64)[:, None]
    across = np.cross(d, second_edge)
    determinant = np.sum(first_edge * across, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        from_corner = o - a
        u = np.sum(from_corner * across, axis=-1) / determinant
        turned = np.cross(from_corner, first_edge)
        v = np.sum(d * turned, axis=-1) / determinant
        t = np.sum(second_edge * turned, axis=-1) / determinant
        margins = np.minimum(np.minimum(u, v), 1.0 - u - v)
    hit = (determinant != 0.0) & (margins >= 0.0) & (t > 0.0)
    return BruteForce(np.where(hit, t, np.inf), np.where(np.isfinite(margins), margins, -np.inf))


def scene_of(vertices: NDArray[np.floating], triangles: NDArray[np.integer]) -> Scene:
    """A scene of one surface and no objects."""
    surface = Surface("all", AcousticMaterial("plain", 0.1, 0.1))
    zeros = np.zeros(len(triangles), dtype=np.int32)
    return Scene("test", "arrays", vertices, triangles, (surface,), zeros, zeros)


def soup_of(corners: NDArray[np.floating]) -> Scene:
    """A scene of loose triangles whose corners [m] are (T, 3, 3)."""
    count = len(corners)
    return scene_of(corners.reshape(-1, 3), np.arange(3 * count).reshape(count, 3))


def slivers(scene: Scene) -> NDArray[np.bool_]:
    """Which triangles (T,) are lines but for rounding, so that a ray may or may not meet them."""
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    longest = np.max([np.sum(side**2, axis=1) for side in (b - a, c - b, a - c)], axis=0)
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) <= 1e-5 * longest


def random_corners(rng: np.random.Generator, count: int, size: float = 0.2) -> NDArray[np.float64]:
    """Corners (T, 3, 3) of random triangles of about `size` with centres in the cube from -1 to 1."""
    return rng.uniform(-1, 1, (count, 1, 3)) + rng.normal(0, size, (count, 3, 3))


def closed_box(cells: int = 12) -> Scene:
    """The surface of the cube from -1 to 1, `cells` by `cells` squares a side, two triangles a square."""
    line = np.linspace(-1.0, 1.0, cells + 1)
    first, second = (axis.ravel() for axis in np.meshgrid(line, line, indexing="ij"))
    corner = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    right, up = corner + cells + 1, corner + 1
    side = np.concatenate([np.stack([corner, right, up], 1), np.stack([right, right + 1, up], 1)])
    vertices, triangles = [], []
    for axis in range(3):
        for level in (-1.0, 1.0):
            points = np.insert(np.stack([first, second], 1), axis, level, axis=1)
            triangles.append(side + sum(len(block) for block in vertices))
            vertices.append(points)
    return scene_of(np.concatenate(vertices), np.concatenate(triangles))


def closed_sphere(rings: int = 24, radius: float = 1.0) -> Scene:
    """A sphere around the origin, of `rings` rings from pole to pole and twice as many segments."""
    segments = 2 * rings
    polar, turn = np.pi / rings * np.stack(np.meshgrid(np.arange(1, rings), np.arange(segments), indexing="ij"))
    points = np.stack([np.sin(polar) * np.cos(turn), np.cos(polar), np.sin(polar) * np.sin(turn)], -1).reshape(-1, 3)
    vertices = radius * np.concatenate([points, [[0, 1, 0], [0, -1, 0]]])
    here, there = np.arange(segments), (np.arange(segments) + 1) % segments
    north, south, last = len(points), len(points) + 1, (rings - 2) * segments
    triangles = [np.stack([np.full(segments, north), there, here], 1)]
    triangles += [np.stack([np.full(segments, south), last + here, last + there], 1)]
    for ring in range(rings - 2):
        upper, lower = ring * segments, (ring + 1) * segments
        triangles.append(np.stack([upper + here, upper + there, lower + here], 1))
        triangles.append(np.stack([upper + there, lower + there, lower + here], 1))
    return scene_of(vertices, np.concatenate(triangles))
