"""What gives off light straight: window panes, lamps, and the patches that the sun paints on floors and walls.

The one idea: glowing triangles are cut into *pieces* of a hand's breadth, and pieces that lie together and look the
same way are bundled. A point far from a bundle sees it as one small disc and asks it with one shadow ray; a point near
it asks each of its pieces. Light that the sun throws back from where it falls is given off in the same way ("instant
radiosity", Keller, SIGGRAPH 1997), since it comes from small bright places that a fan of rays would sample badly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.light.daylight import Daylight
from echoenv.scene.homes.light.points import Floats, Samples, Singles, Whole, scattered
from echoenv.scene.homes.light.tone import LUMINANCE
from echoenv.scene.homes.light.tracing import Tracer
from echoenv.scene.scene import Scene

_PIECE = 0.2  # [m] longest edge of a piece
_BUNDLE = 0.32  # [m] extent of a bundle
_NEAR = 2.6  # times its extent: points nearer to a bundle than this ask its pieces
_OFF = 0.012  # [m] that shadow rays end before the glowing surface
_COVER = 0.05  # [m] a piece with something nearer before it gives off nothing
_FAINTEST = 0.0008  # irradiance over pi below which a bundle is not asked
_USUAL = 0.1  # [m2] area of a bundle: a smaller piece is asked for less
_POINTS = 8192  # that are lit in one go
_PAIRS = 60_000  # of points and bundles that are looked at in one go


@dataclass(frozen=True, eq=False)
class Pieces:
    """Small flat emitters.

    Attributes:
        places: [m] (e, 3), a little before the surface.
        facings: Area vectors [m2] (e, 3).
        radiance: Linear (e, 3).
    """

    places: Singles
    facings: Singles
    radiance: Singles


@dataclass(frozen=True, eq=False)
class Emitters:
    """Pieces and their bundles.

    Attributes:
        bundles: The bundles (b), each standing for its pieces.
        pieces: All pieces, bundle by bundle.
        firsts: Where each bundle's pieces begin (b + 1,).
        extents: [m] (b,) of each bundle.
        bends: Whether (b,) its pieces look different ways, so that some may face a point that others do not.
        glazed: Whether (b,) the sky is seen through it.
    """

    bundles: Pieces
    pieces: Pieces
    firsts: Whole
    extents: Singles
    bends: NDArray[np.bool_]
    glazed: NDArray[np.bool_]


def emitters(
    scene: Scene, radiance: Floats, glazed: NDArray[np.bool_], tracer: Tracer, faintest: float = 0.05
) -> Emitters:
    """The emitters of a scene; pieces that something covers, such as the bars of a window, are left out.

    Args:
        scene: The home.
        radiance: Linear (T, 3, 3), of the corners of each triangle.
        glazed: Which triangles (T,) are window panes.
        tracer: Answers ray queries.
        faintest: Radiance below which a triangle gives off nothing.
    """
    bright = np.flatnonzero(radiance.max(axis=(1, 2)) > faintest)
    corners, light, of = _cut(scene.vertices[scene.triangles[bright]].astype(np.float64), radiance[bright], bright)
    center, light = corners.mean(axis=1), light.mean(axis=1)
    facing = 0.5 * np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal = facing / np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-12)
    places = (center + _OFF * normal).astype(np.float32)
    free = np.flatnonzero(~tracer.occluded(places, normal, _COVER)) if len(places) else np.arange(0)
    cell = np.floor(center[free] / _BUNDLE + 1e-6).astype(np.int64)
    key = np.column_stack(
        [scene.triangle_objects[of[free]], glazed[of[free]], cell, np.round(normal[free]).astype(np.int64)]
    )
    group = np.unique(key, axis=0, return_inverse=True)[1].reshape(-1)
    order = np.argsort(group, kind="stable")
    group, free = group[order], free[order]
    pieces = Pieces(places[free], facing[free].astype(np.float32), light[free].astype(np.float32))
    return _bundled(pieces, group, glazed[of[free]])


def _cut(corners: Floats, light: Floats, of: NDArray[np.intp]) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Triangles (n, 3, 3) halved across their longest edge until none is longer than a piece; light likewise."""
    for _ in range(16):
        length = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
        long = length.max(axis=1) > _PIECE
        if not long.any():
            break
        turn = (np.argmax(length[long], axis=1)[:, None] + np.arange(3)) % 3
        rows = np.arange(len(turn))[:, None]
        halves = [_halved(values[long][rows, turn]) for values in (corners, light)]
        corners = np.concatenate([corners[~long], halves[0]])
        light = np.concatenate([light[~long], halves[1]])
        of = np.concatenate([of[~long], of[long], of[long]])
    return corners, light, of


def _halved(values: Floats) -> Floats:
    """Two triangles for each one (n, 3, c), cut from the middle of its first edge to the corner across."""
    middle = 0.5 * (values[:, 0] + values[:, 1])
    first = np.stack([values[:, 0], middle, values[:, 2]], axis=1)
    return np.concatenate([first, np.stack([middle, values[:, 1], values[:, 2]], axis=1)])


def _bundled(pieces: Pieces, group: Whole, glazed: NDArray[np.bool_]) -> Emitters:
    count = int(group[-1]) + 1 if len(group) else 0
    firsts = np.searchsorted(group, np.arange(count + 1))
    area = np.linalg.norm(pieces.facings.astype(np.float64), axis=1)
    weight = np.maximum(np.bincount(group, area, count), 1e-12)[:, None]
    middle = scattered(group, pieces.places * area[:, None], count) / weight
    away = np.linalg.norm(pieces.places - middle[group], axis=1)
    extents = 2.0 * np.sqrt(np.maximum(np.bincount(group, area * away**2, count) / weight[:, 0], 0.0)) + 0.02
    light = scattered(group, pieces.radiance * area[:, None], count) / weight
    nearest = np.lexsort((away, group))[firsts[:-1]]  # the middle of a lamp may lie inside it, this does not
    facings = scattered(group, pieces.facings, count)
    bundles = Pieces(pieces.places[nearest], facings.astype(np.float32), light.astype(np.float32))
    bends = np.linalg.norm(facings, axis=1) < 0.999 * weight[:, 0]
    return Emitters(bundles, pieces, firsts, extents.astype(np.float32), bends, glazed[firsts[:-1]])


def direct(emitting: Emitters, samples: Samples, light: Daylight, tracer: Tracer, roughly: bool = False) -> Singles:
    """Irradiance (p, 3) over pi straight from the emitters; roughly, points near a bundle do not ask its pieces."""
    irradiance = np.zeros((len(samples), 3), dtype=np.float32)
    if not len(emitting.extents):
        return irradiance
    glazed = np.repeat(emitting.glazed, np.diff(emitting.firsts))
    for first in range(0, len(samples), _POINTS):
        block = samples.chosen(np.arange(first, min(first + _POINTS, len(samples))))
        near, far = _pairs(emitting, block, 0.0 if roughly else _NEAR)
        irradiance[first : first + _POINTS] = _given(emitting.bundles, emitting.glazed, *far, block, light, tracer)
        irradiance[first : first + _POINTS] += _given(emitting.pieces, glazed, *near, block, light, tracer)
    return irradiance


def _pairs(emitting: Emitters, samples: Samples, reach: float) -> tuple[tuple[Whole, Whole], tuple[Whole, Whole]]:
    """Pairs of points and pieces where they are within reach times the extent, and of points and bundles elsewhere."""
    step = max(1, _PAIRS // len(emitting.extents))  # few at a time stay in the processor's cache
    blocks = [
        _block_pairs(emitting, samples.positions[first : first + step], samples.normals[first : first + step], reach)
        for first in range(0, len(samples), step)
    ]
    far, near = (
        (
            np.concatenate([pairs[k][0] + step * block for block, pairs in enumerate(blocks)]),
            np.concatenate([pairs[k][1] for pairs in blocks]),
        )
        for k in (0, 1)
    )
    number = np.diff(emitting.firsts)[near[1]]
    within = np.arange(int(number.sum())) - np.repeat(np.cumsum(number) - number, number)
    return (np.repeat(near[0], number), np.repeat(emitting.firsts[near[1]], number) + within), far


def _block_pairs(
    emitting: Emitters, positions: Singles, normals: Singles, reach: float
) -> tuple[tuple[Whole, Whole], tuple[Whole, Whole]]:
    """Far and near pairs of points and bundles."""
    place, facing = emitting.bundles.places, emitting.bundles.facings
    square = (positions**2).sum(axis=1)[:, None] + (place**2).sum(axis=1) - 2.0 * (positions @ place.T)
    near = square < (reach * emitting.extents) ** 2
    here = normals @ place.T - np.einsum("ij,ij->i", positions, normals)[:, None]
    there = positions @ facing.T - np.einsum("ij,ij->i", place, facing)
    near &= (here > -emitting.extents) & (emitting.bends | (there > 0.0))
    least = np.float32(np.pi * _FAINTEST) / np.maximum(emitting.bundles.radiance.max(axis=1), 1e-9)
    far = (np.maximum(here, 0.0) * np.maximum(there, 0.0) > least * square**2) & ~near
    return _where(far), _where(near)


def _where(chosen: NDArray[np.bool_]) -> tuple[Whole, Whole]:
    flat = np.flatnonzero(chosen)
    return flat // chosen.shape[1], flat % chosen.shape[1]


def _given(
    pieces: Pieces,
    glazed: NDArray[np.bool_],
    point: Whole,
    piece: Whole,
    samples: Samples,
    light: Daylight,
    tracer: Tracer,
) -> Singles:
    """Irradiance (p, 3) over pi that points get from pieces, pair by pair (n,), (n,), each piece as a small disc.

    The form factor of a disc of radius a at distance r is small e / (1 + e (3 small - 2)), with e = (a / r)^2 and
    small = the product of both cosines, on its axis exactly and to the second order in a / r where it is parallel.
    """
    starts, facing = samples.starts, pieces.facings[piece]
    towards = pieces.places[piece] - starts[point]
    here = np.einsum("ij,ij->i", towards, samples.normals[point])
    there = -np.einsum("ij,ij->i", towards, facing)
    square, area = np.einsum("ij,ij->i", towards, towards), np.sqrt(np.einsum("ij,ij->i", facing, facing))
    small = np.maximum(here, 0.0) * np.maximum(there, 0.0) / np.maximum(square * area, 1e-12)
    extent = area / (np.float32(np.pi) * square)
    disc = small * extent / (1.0 + extent * np.maximum(3.0 * small - 2.0, 0.25 * small))
    asked = np.flatnonzero(disc * pieces.radiance.max(axis=1)[piece] > _FAINTEST * np.minimum(1.0, area / _USUAL))
    free = asked[~tracer.occluded(starts[point[asked]], towards[asked], 0.998)]
    given = disc[free, None] * pieces.radiance[piece[free]]
    through = glazed[piece[free]]
    heights = towards[free][through, 1] / np.sqrt(square[free][through])
    given[through] = (given[through] @ LUMINANCE.astype(np.float32))[:, None] * light.seen_through(heights)
    return scattered(point[free], given, len(samples)).astype(np.float32)
