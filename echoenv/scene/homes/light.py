"""Light in a home, found once and kept in the colours of its vertices.

The one idea: every point of the mesh where light is kept gathers it twice over. *Direct* light comes from the glowing
triangles (window panes, lamps), bundled into a few hundred small emitters, each asked with one shadow ray.
*Reflected* light comes along a fixed fan of cosine-weighted rays over the half space; where they end is found once,
and then as many bounces as wanted are sums over those ends (the gathering form of radiosity: Goral et al., SIGGRAPH
1984). All directions are fixed and each point is summed in one order, so the result is the same on every run,
whatever the number of threads. The ray engine is handed in (`Tracer`): this module knows nothing of it but two
questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.colors import to_linear, to_srgb
from echoenv.scene.homes.textures.library import mean_color
from echoenv.scene.scene import Scene

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
_Links = tuple[NDArray[np.int64], NDArray[np.int64]]

_FAN = 64  # rays of a point's half space
_BOUNCES = 5
_OFFSET = 0.004  # [m] that rays start off their surface
_INSET = 0.02  # [m] that points are moved off the edges of their surface
_GRAIN = 0.05  # [m] points nearer than this that look the same way share their light
_EMITTER = 0.45  # [m] extent of the pieces into which panes and lamps are bundled
_FAINTEST = 0.004  # irradiance below which an emitter is not asked
_BURIED = 0.35  # share of a point's rays that must see front faces; others are inside or under something
_MIDDLE_GREY = 0.62  # exposure: where the median lit surface lands, before the tone curve
_WHITE = 2.8  # exposed radiance that becomes pure white
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear sRGB (ITU-R BT.709)


class Tracer(Protocol):
    """What is asked of a ray engine; see `echoenv.rays.RayEngine`."""

    def intersect(self, origins: Any, directions: Any) -> Any:
        """Hits with `distance`, `triangle` and `barycentric` of rays (n, 3), (n, 3)."""

    def occluded(self, origins: Any, directions: Any, distances: Any) -> Any:
        """Whether (n,) anything lies on each ray before its distance."""


@dataclass(frozen=True, eq=False)
class _Points:
    """Where light is kept: positions (p, 3), normals (p, 3), and the point (V,) that each vertex takes it from."""

    positions: Singles
    normals: Singles
    of_vertex: NDArray[np.int64]

    @property
    def starts(self) -> Singles:
        """Where rays leave the points (p, 3)."""
        return self.positions + np.float32(_OFFSET) * self.normals


def bake(scene: Scene, glow: Floats, tracer: Tracer) -> NDArray[np.uint8]:
    """Vertex colours (V, 3) with the light in them.

    Args:
        scene: The home; its vertex colours are those of the things themselves (sRGB).
        glow: Linear radiance (V, 3) that each vertex gives off.
        tracer: Answers ray queries on that scene.
    """
    patterns = _pattern_means(scene)
    own = np.asarray(scene.vertex_colors, dtype=np.float64) / 255.0
    albedo = to_linear(own * patterns).astype(np.float32)
    points = _points(scene)
    shines = glow.max(axis=1) > 1.0
    direct = _direct(scene, glow, points, tracer)
    irradiance = _reflected(scene, np.where(shines[:, None], np.float32(0.0), albedo), points, direct, tracer)
    radiance = albedo * irradiance[points.of_vertex] + (albedo * glow).astype(np.float32)
    seen = _tone(radiance, _exposure(radiance[~shines]))
    colors = np.where(shines[:, None], own, seen / patterns)
    return np.round(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8)


def _pattern_means(scene: Scene) -> Floats:
    """Mean colour (V, 3), sRGB 0..1, of the texture that lies over each vertex; 1 where there is none."""
    means = np.array([(1.0, 1.0, 1.0) if s.texture is None else mean_color(s.texture) for s in scene.surfaces])
    of_vertex = np.ones((len(scene.vertices), 3))
    of_vertex[scene.triangles.ravel()] = np.repeat(means[scene.triangle_surfaces], 3, axis=0)
    return of_vertex


def _vertex_normals(scene: Scene) -> Singles:
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    facing = np.cross(b - a, c - a)
    normals = np.stack(
        [
            sum(np.bincount(scene.triangles[:, k], facing[:, axis], len(scene.vertices)) for k in range(3))
            for axis in range(3)
        ],
        axis=1,
    )
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.where(length > 1e-15, normals / np.maximum(length, 1e-15), [0.0, 1.0, 0.0]).astype(np.float32)


def _points(scene: Scene) -> _Points:
    """Bundles vertices that lie together and look the same way."""
    normals = _vertex_normals(scene)
    cell = np.floor(scene.vertices.astype(np.float64) / _GRAIN + 0.25).astype(np.int64) + 4096
    facing = np.round(normals.astype(np.float64) * 2.0).astype(np.int64) + 2
    key = (
        ((cell[:, 0] * 8192 + cell[:, 1]) * 8192 + cell[:, 2]) * 125
        + (facing[:, 0] * 5 + facing[:, 1]) * 5
        + facing[:, 2]
    )
    height = np.einsum("ij,ij->i", scene.vertices, normals)
    order = np.lexsort((-height, key))  # the outermost of a bundle stands for it: the others may lie under it
    _, first, inverse = np.unique(key[order], return_index=True, return_inverse=True)
    first, inverse = order[first], inverse.reshape(-1)[np.argsort(order, kind="stable")]
    inwards = _off_edges(scene, normals)[first]
    return _Points((scene.vertices[first] + inwards).astype(np.float32), normals[first], inverse.reshape(-1))


def _off_edges(scene: Scene, normals: Singles) -> Floats:
    """A short way (V, 3) from each vertex into its own triangles: a point in the edge of two walls sees neither."""
    center = scene.vertices[scene.triangles].astype(np.float64).mean(axis=1)
    count = np.maximum(np.bincount(scene.triangles.ravel(), minlength=len(scene.vertices)), 1)[:, None]
    total = [np.bincount(scene.triangles.ravel(), np.repeat(center[:, k], 3), len(scene.vertices)) for k in range(3)]
    way = np.stack(total, axis=1) / count - scene.vertices
    way -= np.einsum("ij,ij->i", way, normals)[:, None] * normals
    length = np.linalg.norm(way, axis=1, keepdims=True)
    return way * np.minimum(0.3, _INSET / np.maximum(length, 1e-9))


def _emitters(scene: Scene, glow: Floats) -> tuple[Singles, Singles, Singles]:
    """Bundles of glowing triangles: points (e, 3), area vectors [m2] (e, 3), mean radiance (e, 3)."""
    shining = np.flatnonzero(glow[scene.triangles].max(axis=(1, 2)) > 1.0)
    corners = scene.vertices[scene.triangles[shining]].astype(np.float64)
    center = corners.mean(axis=1)
    facing = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(facing, axis=1)
    normal = facing / np.maximum(area, 1e-12)[:, None]
    cell = np.floor(center / _EMITTER).astype(np.int64)
    key = np.concatenate([scene.triangle_objects[shining, None], cell, np.round(normal).astype(np.int64)], axis=1)
    _, first, group = np.unique(key, axis=0, return_index=True, return_inverse=True)
    group, count = group.reshape(-1), len(first)

    def total(values: Floats) -> Floats:
        return np.stack([np.bincount(group, values[:, k], count) for k in range(values.shape[1])], axis=1)

    weight = np.maximum(np.bincount(group, area, count), 1e-12)[:, None]
    middle = total(center * area[:, None]) / weight
    away = np.linalg.norm(center - middle[group], axis=1)
    nearest = np.lexsort((away, group))[np.searchsorted(np.sort(group), np.arange(count))]
    place = center[nearest] + 0.012 * normal[nearest]
    light = total(glow[scene.triangles[shining]].mean(axis=1) * area[:, None]) / weight
    return place.astype(np.float32), total(facing).astype(np.float32), light.astype(np.float32)


def _direct(scene: Scene, glow: Floats, points: _Points, tracer: Tracer) -> Singles:
    """Irradiance (p, 3) over pi straight from the emitters."""
    irradiance = np.zeros_like(points.positions)
    starts = points.starts
    for place, facing, light in zip(*_emitters(scene, glow), strict=True):
        towards = place - starts
        square = np.einsum("ij,ij->i", towards, towards) + np.float32(1e-4)
        here = np.einsum("ij,ij->i", towards, points.normals)
        there = -np.einsum("ij,j->i", towards, facing)
        size = float(np.linalg.norm(facing))
        factor = (
            np.maximum(here, 0)
            * np.maximum(there, 0)
            / (np.float32(np.pi) * square * (square + np.float32(0.3 * size)))
        )
        asked = np.flatnonzero(factor * light.max() > _FAINTEST)
        free = ~tracer.occluded(starts[asked], towards[asked], 0.998)
        irradiance[asked[free]] += factor[asked[free], None] * light
    return irradiance


def _fan(count: int) -> Singles:
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


def _reflected(scene: Scene, albedo: Singles, points: _Points, direct: Singles, tracer: Tracer) -> Singles:
    """Irradiance (p, 3) over pi, direct and after `_BOUNCES` reflections."""
    ends = _fan_ends(scene, points, tracer)
    seen = np.count_nonzero(ends >= 0, axis=1).astype(np.float32)
    links = _links(scene, points)
    buried = seen < _BURIED * _FAN
    share = np.where(buried, np.float32(0.0), 1.0 / np.maximum(seen, 1.0)).astype(np.float32)[:, None]
    reflected = np.zeros_like(direct)
    direct = _filled(direct, buried, links)
    for _ in range(_BOUNCES):
        radiosity = albedo * (direct + reflected)[points.of_vertex]
        radiosity = np.concatenate([radiosity, np.zeros((1, 3), np.float32)])  # an end of -1 reads the last row
        reflected = np.stack([radiosity[:, k][ends].sum(axis=1) for k in range(3)], axis=1) * share
        reflected = _filled(reflected, buried, links)
    return direct + _smoothed(reflected, links)


def _fan_ends(scene: Scene, points: _Points, tracer: Tracer) -> NDArray[np.int32]:
    """The vertex (p, _FAN) at which each ray of each point's fan ends; -1 where it meets the back of something."""
    starts = points.starts
    first, second = _frames(points.normals)
    a, b, c = (scene.vertices[scene.triangles[:, k]] for k in range(3))
    facing = np.cross(b - a, c - a)
    ends = np.empty((len(starts), _FAN), dtype=np.int32)
    for k, (x, y, z) in enumerate(_fan(_FAN)):
        directions = x * first + y * second + z * points.normals
        hits = tracer.intersect(starts, directions)
        u, v = hits.barycentric[:, 0], hits.barycentric[:, 1]
        corner = np.argmax(np.stack([1.0 - u - v, u, v]), axis=0)
        front = (hits.triangle >= 0) & (np.einsum("ij,ij->i", facing[hits.triangle], directions) < 0.0)
        ends[:, k] = np.where(front, scene.triangles[hits.triangle, corner], -1)
    return ends


def _links(scene: Scene, points: _Points) -> _Links:
    """Pairs of points that are joined by an edge of a triangle, in both directions."""
    corners = points.of_vertex[scene.triangles]
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    pairs = np.unique(np.concatenate([pairs, pairs[:, ::-1]]), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    return pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)


def _sum_of_neighbours(values: Singles, weights: Singles, links: _Links) -> tuple[Floats, Floats]:
    here, there = links
    w = weights[there].astype(np.float64)
    total = np.stack([np.bincount(here, values[there, k] * w, len(values)) for k in range(3)], axis=1).astype(
        np.float64
    )
    return total, np.asarray(np.bincount(here, w, len(values))[:, None], dtype=np.float64)


def _filled(values: Singles, missing: NDArray[np.bool_], links: _Links) -> Singles:
    """Values whose missing rows take the mean of their neighbours, ring by ring; what stays alone is left dark."""
    values, known = np.where(missing[:, None], np.float32(0.0), values), (~missing).astype(np.float32)
    for _ in range(4):
        total, weight = _sum_of_neighbours(values, known, links)
        reached = (known == 0.0) & (weight[:, 0] > 0.0)
        values = np.where(reached[:, None], total / np.maximum(weight, 1e-9), values).astype(np.float32)
        known = np.where(reached, np.float32(1.0), known)
    return values


def _smoothed(values: Singles, links: _Links) -> Singles:
    """Values averaged half and half with their neighbours: takes out what few rays leave of noise."""
    total, weight = _sum_of_neighbours(values, np.ones(len(values), np.float32), links)
    return np.where(weight > 0.0, 0.5 * values + 0.5 * total / np.maximum(weight, 1.0), values).astype(np.float32)


def _exposure(radiance: Singles) -> float:
    luminance = np.einsum("ij,j->i", radiance, _LUMINANCE)
    return _MIDDLE_GREY / max(float(np.percentile(luminance[luminance > 1e-4], 70.0)), 1e-6)


def _tone(radiance: Singles, exposure: float) -> Floats:
    """Reinhard's curve with a white point (SIGGRAPH 2002, equation 4) on the luminance, then sRGB."""
    exposed = radiance.astype(np.float64) * exposure
    luminance = np.einsum("ij,j->i", exposed, _LUMINANCE)[:, None]
    mapped = luminance * (1.0 + luminance / _WHITE**2) / (1.0 + luminance)
    return to_srgb(np.clip(exposed * mapped / np.maximum(luminance, 1e-9), 0.0, 1.0))
