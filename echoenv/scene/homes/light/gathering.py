"""Light that comes from other surfaces: gathered along a fan of rays from every point.

The one idea: irradiance over pi is the mean radiance over cosine-weighted directions, so a point only has to average
what the rays of a fixed fan meet. Where a thin fan ends is found once; as many bounces as wanted are then sums over
those ends (the gathering form of radiosity: Goral et al., SIGGRAPH 1984). The last sum is taken along a fan of many
rays ("final gathering": Reichert 1992), which leaves no step that an eye could see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.light.points import Samples, Singles
from echoenv.scene.homes.light.tracing import Tracer
from echoenv.scene.scene import Scene

THIN_FAN = 48
FULL_FAN = 128
"""Rays of a point's half space: for bounces, and for the last sum."""

BOUNCES = 8

_GAP = 0.02  # [m] a ray that ends nearer than this ends in a crack, where no camera looks
_OPEN = 0.15  # share of a point's rays that must end farther away, on a front face; other points are hidden


@dataclass(frozen=True, eq=False)
class Ends:
    """Where the rays of fans end.

    Attributes:
        triangles: (p, rays) int32; T, one past the last, where a ray meets the back of something.
        seen: How many rays (p,) meet a front face.
        hidden: Which points (p,) lie inside or under something.
    """

    triangles: NDArray[np.int32]
    seen: Singles
    hidden: NDArray[np.bool_]

    def mean(self, radiance: Singles) -> Singles:
        """Irradiance (p, 3) over pi, where triangles give off that radiance (T, 3)."""
        padded = np.concatenate([radiance, np.zeros((1, 3), np.float32)])
        total = np.stack([padded[:, k][self.triangles].sum(axis=1) for k in range(3)], axis=1)
        return np.asarray(total / np.maximum(self.seen, 1.0)[:, None], dtype=np.float32)


def fan(count: int) -> Singles:
    """Cosine-weighted directions (count, 3) about +z, spread evenly by the golden angle."""
    k = np.arange(count)
    radius, angle = np.sqrt((k + 0.5) / count), k * np.pi * (3.0 - np.sqrt(5.0))
    rows = [radius * np.cos(angle), radius * np.sin(angle), np.sqrt(1.0 - radius**2)]
    return np.stack(rows, axis=1).astype(np.float32)


def _frames(normals: Singles) -> tuple[Singles, Singles]:
    """Two unit vectors (p, 3), (p, 3) that make a right-handed frame with each normal."""
    helper = np.where(np.abs(normals[:, 1:2]) < 0.9, np.array([0, 1, 0], np.float32), np.array([1, 0, 0], np.float32))
    first = np.cross(helper, normals)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return first.astype(np.float32), np.cross(normals, first).astype(np.float32)


def _fan_hits(
    samples: Samples, scene: Scene, tracer: Tracer, count: int
) -> Iterator[tuple[NDArray[np.int32], Singles, NDArray[np.bool_], NDArray[np.bool_]]]:
    """Ray by ray of the fan: triangles (p,), barycentric (p, 2), whether its front was met, and whether far enough."""
    starts = samples.starts
    first, second = _frames(samples.normals)
    a, b, c = (scene.vertices[scene.triangles[:, k]] for k in range(3))
    facing = np.cross(b - a, c - a)
    for x, y, z in fan(count):
        directions = x * first + y * second + z * samples.normals
        hits = tracer.intersect(starts, directions)
        front = (hits.triangle >= 0) & (np.einsum("ij,ij->i", facing[hits.triangle], directions) < 0.0)
        yield hits.triangle, hits.barycentric, front, front & (hits.distance > _GAP)


def fan_ends(samples: Samples, scene: Scene, tracer: Tracer, count: int = THIN_FAN) -> Ends:
    """Where a fan of rays from every point ends."""
    ends = np.empty((len(samples), count), dtype=np.int32)
    seen, far = np.zeros(len(samples), np.float32), np.zeros(len(samples), np.float32)
    for k, (triangle, _, front, open_) in enumerate(_fan_hits(samples, scene, tracer, count)):
        ends[:, k] = np.where(front, triangle, len(scene.triangles))
        seen += front
        far += open_
    return Ends(ends, seen, far < _OPEN * count)


def gathered(samples: Samples, scene: Scene, radiance: Singles, tracer: Tracer, count: int = FULL_FAN) -> Singles:
    """Irradiance (p, 3) over pi along full fans.

    Args:
        samples: Where.
        scene: The tracer's scene.
        radiance: Linear (V, 3) that each vertex gives off; between vertices it is interpolated.
        tracer: Answers ray queries.
        count: Rays of each fan.
    """
    corners = radiance[scene.triangles].reshape(-1, 9)
    total, seen = np.zeros((len(samples), 3), np.float32), np.zeros(len(samples), np.float32)
    for triangle, barycentric, front, _ in _fan_hits(samples, scene, tracer, count):
        u, v = barycentric[:, :1], barycentric[:, 1:]
        met = corners[triangle]
        light = (1.0 - u - v) * met[:, :3] + u * met[:, 3:6] + v * met[:, 6:]
        total += np.where(front[:, None], light, np.float32(0.0))
        seen += front
    return np.asarray(total / np.maximum(seen, 1.0)[:, None], dtype=np.float32)
