"""Direct sound and exact mirror reflections as connections, written down with the materials that they met.

The one idea: the same test as in `image_kernels`, a ray that is shot at an image source and folded back at every mirror
must end at the source, here on whole arrays, because the answer wanted is not one energy but which walls were met.
Labels such as (P8) point to docs/physics.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.differentiable.tracing import (
    Connections,
    TracedScene,
    Values,
    finds_images,
    mirrored_directions,
    wall_at,
)
from echoenv.acoustics.propagation.image_kernels import MISSED_BY
from echoenv.acoustics.propagation.image_sources import Candidates
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.propagation.surface_kernels import OFFSET, TOUCH
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT


def add_images(
    scene: TracedScene, candidates: Candidates, source: Values, listener: Values, settings: PropagationSettings,
    found: Connections,
) -> None:  # fmt: skip
    """Add the candidates to which there really is a path: weight 1 / distance^2, (P8).

    Args:
        scene: What to trace.
        candidates: Possible images of one source.
        source: [m] (3,).
        listener: [m] (3,).
        settings: Those with which the candidates were proposed.
        found: To add to.
    """
    offset = candidates.images - listener
    distance = np.linalg.norm(offset, axis=1)
    counts, real = _unfold(scene, candidates.orders, offset / distance[:, None], distance, source, listener, settings)
    found.add(distance[real], distance[real] ** -2.0, counts[real], np.zeros(int(real.sum())))


def _unfold(
    scene: TracedScene, orders: NDArray[np.int32], direction: Values, distance: Values, source: Values,
    listener: Values, settings: PropagationSettings,
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:  # fmt: skip
    """Materials (n, 2 m) met on the way to images in `direction` (n, 3), and whether (n,) the way exists."""
    count = len(orders)
    counts = np.zeros((count, 2 * scene.materials), dtype=np.int32)
    log_chances = np.zeros((count, OCTAVE_BAND_COUNT))
    origin, length = listener + OFFSET * direction, np.full(count, OFFSET)
    real = np.ones(count, dtype=bool)
    for order in range(int(orders.max(initial=0))):
        under_way = np.flatnonzero(real & (orders > order))
        if not len(under_way):
            break
        hits = scene.engine.intersect(origin[under_way], direction[under_way])
        real[under_way[~hits.hit]] = False
        rays, triangle = under_way[hits.hit], hits.triangle[hits.hit]
        step = hits.distance[hits.hit].astype(np.float64)
        wall = wall_at(scene, origin[rays], direction[rays], step, triangle)
        length[rays] += step
        log_chance = np.logaddexp.reduce(log_chances[rays], axis=1) - np.log(OCTAVE_BAND_COUNT)
        real[rays] = finds_images(scene, settings, wall.patch, wall.cosine, length[rays], log_chance)
        column = scene.materials + wall.material
        counts[rays, column] += 1
        log_chances[rays] += scene.log_choices[column]
        real[rays] &= np.isfinite(log_chances[rays]).any(axis=1)
        plane = scene.mirrors.patch_planes[np.maximum(wall.patch, 0)] if len(scene.mirrors.patch_planes) else 0
        normals = scene.mirrors.normals[plane] if len(scene.mirrors.normals) else wall.normal
        origin[rays], direction[rays] = wall.point, mirrored_directions(direction[rays], normals)
    return counts, real & _arrives(scene, origin, direction, length, distance, source)


def _arrives(
    scene: TracedScene, origin: Values, direction: Values, length: Values, distance: Values, source: Values
) -> NDArray[np.bool_]:
    """Whether (n,) rays on their last leg pass through the source, after the right length, unhidden."""
    offset = source - origin
    along = np.einsum("ij,ij->i", offset, direction)
    beside = np.linalg.norm(offset - along[:, None] * direction, axis=1)
    right = (along > -TOUCH) & (beside < MISSED_BY) & (np.abs(length + along - distance) < MISSED_BY)
    hidden = scene.engine.occluded(origin, direction, np.maximum(along - TOUCH, 0.0)) if len(origin) else right
    return np.asarray(right & ~hidden)
