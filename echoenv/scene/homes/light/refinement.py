"""Making the mesh finer where light needs it.

The one idea: light is kept at vertices and drawn in a straight line between them, so an edge is too long where the
light half way along it is not the mean of the light at its ends. Such edges (at the rims of sun patches, of shadows
under furniture, of the pools of lamps) are cut, those first where most is to be gained, in several rounds, until they
are a few centimetres long or the allowance of triangles is spent: adaptive meshing as in radiosity (Cohen, Greenberg,
Immel and Brock, "An efficient radiosity approach for realistic image synthesis", 1986), with the edges' own midpoints
as the test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.light.points import Floats, Samples, Singles, Whole, joint_ids, rims, vertex_normals
from echoenv.scene.homes.light.subdivision import Edges, Marks, added_triangles, closed_marks, edges_of, subdivided
from echoenv.scene.scene import Scene

MOST_ADDED = 32_000
"""Triangles that light may add to a home."""

MOST_TRIANGLES = 146_000
"""Triangles that a home has at most after light."""

WEIGHTS = {
    "floor": 1.6, "rug": 1.6, "mat": 1.6, "wall": 1.0, "ceiling": 0.8, "table": 1.0, "desk": 1.0, "countertop": 1.0,
    "bed": 0.6, "comforter": 0.6, "door": 0.6, "platform": 1.6, "beam": 0.6, "pillar": 0.8,
}  # fmt: skip
"""Categories with broad faces, on which light and shadow show, and how much; others stay as they are."""

_SHORTEST = 0.065  # [m] an edge is cut only when it is longer
_LONG = 0.15  # [m] a longer edge of what weighs more than 1 is looked at in three places
_TOLERANCE = 0.018  # of a colour, sRGB 0..1
_HALF_HIDDEN = 0.035  # error that an edge counts for that runs under something
_HALF_HIDDEN_SHORTEST = 0.10  # [m]
_SHARES = (0.35, 0.5, 0.6, 0.7, 1.0)  # of what is left of the allowance, round by round

Measure = Callable[[Samples], tuple[Singles, Marks]]
"""Irradiance over pi (p, 3) at samples, and which of them (p,) are hidden."""

Look = Callable[[Floats, Singles], Floats]
"""Colours (p, 3), sRGB, of surfaces of an albedo (p, 3) in a light (p, 3)."""


@dataclass(frozen=True, eq=False)
class LitVertices:
    """What is known at each vertex: all arrays are (V, ...).

    Attributes:
        glow: Linear radiance (V, 3) given off.
        albedo: Linear (V, 3).
        light: Irradiance over pi (V, 3), roughly.
        hidden: Whether it lies in or under something.
        large: Whether it belongs to a large face (`points.of_large_faces`).
        fixed: Whether its light is of no matter (it glows itself).
    """

    glow: Floats
    albedo: Floats
    light: Singles
    hidden: Marks
    large: Marks
    fixed: Marks


@dataclass(frozen=True, eq=False)
class _Tested:
    """What is known of the edges looked at: keys (n,) sorted, errors (n,), light (n, 3) and hidden (n,) half way."""

    keys: Whole
    errors: Floats
    light: Singles
    hidden: Marks


def refined(scene: Scene, known: LitVertices, measure: Measure, look: Look) -> tuple[Scene, LitVertices]:
    """The scene with edges cut where light needs it, and what is known at its vertices."""
    allowance = min(MOST_ADDED, MOST_TRIANGLES - len(scene.triangles))
    tested = _Tested(np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 3), np.float32), np.zeros(0, dtype=bool))
    for share in _SHARES:
        edges = edges_of(scene)
        keys = _edge_keys(edges)
        tested = _tested(scene, edges, known, tested, measure, look)
        place = np.clip(np.searchsorted(tested.keys, keys), 0, max(len(tested.keys) - 1, 0))
        there = tested.keys[place] == keys if len(tested.keys) else np.zeros(len(keys), dtype=bool)
        errors = np.where(there, tested.errors[place], 0.0) if len(tested.keys) else np.zeros(len(keys))
        marked = _worst(edges, errors, int(share * allowance))
        if not marked.any():
            break
        allowance -= added_triangles(edges, marked)
        scene, parents = subdivided(scene, edges, marked)
        known = _with_middles(known, parents, tested, place[marked], there[marked])
    return scene, known


def _edge_keys(edges: Edges) -> Whole:
    return np.asarray(edges.ends[:, 0] << 32 | edges.ends[:, 1])


def _worst(edges: Edges, errors: Floats, allowance: int) -> Marks:
    """The edges (e,) to cut: those of the largest error times length, as many as the allowance holds."""
    worth = np.where(errors > _TOLERANCE, errors * edges.lengths, 0.0)
    order = np.argsort(-worth, kind="stable")[: np.count_nonzero(worth)]
    low, high = 0, len(order)
    best = np.zeros(len(worth), dtype=bool)
    while low < high:  # how many can be had: what must be cut with them is known only afterwards
        middle = (low + high + 1) // 2
        marked = np.zeros(len(worth), dtype=bool)
        marked[order[:middle]] = True
        marked = closed_marks(edges, marked)
        if added_triangles(edges, marked) <= allowance:
            low, best = middle, marked
        else:
            high = middle - 1
        if high - low < len(order) // 64:
            break
    return best


def _tested(scene: Scene, edges: Edges, known: LitVertices, before: _Tested, measure: Measure, look: Look) -> _Tested:
    """All edges worth a look, those looked at before as they were."""
    a, b = edges.ends.T
    keys = _edge_keys(edges)
    weights = _weights(scene, edges)
    worth = (
        (edges.lengths > _SHORTEST)
        & (weights > 0.0)
        & ~(known.fixed[a] | known.fixed[b])
        & ~(known.hidden[a] & known.hidden[b])
    )
    new = np.flatnonzero(worth & ~np.isin(keys, before.keys))
    errors, light, hidden = np.zeros(len(new)), np.zeros((len(new), 3), np.float32), np.zeros(len(new), dtype=bool)
    places = _edge_places(scene, edges, new)
    long = (edges.lengths[new] > _LONG) & (weights[new] > 1.0)
    for part, share in ((np.ones_like(long), 0.5), (long, 0.25), (long, 0.75)):
        here = np.flatnonzero(part)
        found, under = measure(places(here, share))
        wrong = _error(known, a[new[here]], b[new[here]], share, found, under, edges.lengths[new[here]], look)
        wrong *= weights[new[here]]
        errors[here] = np.maximum(errors[here], wrong)
        if share == 0.5:
            light[here], hidden[here] = found, under
    light = np.where(hidden[:, None], 0.5 * (known.light[a[new]] + known.light[b[new]]), light)
    order = np.argsort(np.concatenate([before.keys, keys[new]]), kind="stable")
    return _Tested(
        np.concatenate([before.keys, keys[new]])[order],
        np.concatenate([before.errors, errors])[order],
        np.concatenate([before.light, light])[order],
        np.concatenate([before.hidden, hidden])[order],
    )


def _weights(scene: Scene, edges: Edges) -> Floats:
    """How much (e,) the error of each edge counts."""
    by_id = np.zeros(int(scene.triangle_objects.max()) + 1)
    for thing in scene.objects:
        by_id[thing.id] = WEIGHTS.get(thing.category, 0.0)
    weights = np.zeros(len(edges.ends))
    weights[edges.of_sides] = by_id[scene.triangle_objects][:, None]
    return weights


def _edge_places(scene: Scene, edges: Edges, which: NDArray[np.intp]) -> Callable[[NDArray[np.intp], float], Samples]:
    """Gives the samples on chosen ones of some edges, at a share of the way from their first end to their second."""
    normals = vertex_normals(scene)
    turn = np.round(normals * 2.0).astype(np.int64) + 2
    joints = joint_ids(scene.vertices) * 125 + (turn[:, 0] * 5 + turn[:, 1]) * 5 + turn[:, 2]
    rim, way = rims(scene, np.unique(joints, return_inverse=True)[1].reshape(-1))
    inset = np.zeros((len(edges.ends), 3))
    inset[edges.of_sides[rim]] = way[rim]
    a, b = edges.ends[which].T

    def places(chosen: NDArray[np.intp], share: float) -> Samples:
        first, second = a[chosen], b[chosen]
        middle = (1.0 - share) * scene.vertices[first].astype(np.float64) + share * scene.vertices[second]
        facing = normals[first] + normals[second]
        length = np.linalg.norm(facing, axis=1, keepdims=True)
        facing = np.where(length > 1e-6, facing / np.maximum(length, 1e-6), normals[first])
        return Samples((middle + inset[which[chosen]]).astype(np.float32), facing.astype(np.float32))

    return places


def _error(
    known: LitVertices, a: Whole, b: Whole, share: float, found: Singles, hidden: Marks, lengths: Floats, look: Look
) -> Floats:
    """How far (n,) the colour at a share of an edge is from the straight line between its ends."""
    albedo = (1.0 - share) * known.albedo[a] + share * known.albedo[b]
    straight = (1.0 - share) * look(albedo, known.light[a]) + share * look(albedo, known.light[b])
    wrong = np.abs(look(albedo, found) - straight).max(axis=1)
    half_hidden = np.where(lengths > _HALF_HIDDEN_SHORTEST, _HALF_HIDDEN, 0.0)
    return np.where(hidden, half_hidden, wrong)


def _with_middles(known: LitVertices, parents: Whole, tested: _Tested, place: Whole, there: Marks) -> LitVertices:
    """What is known, with the new vertices between their parents; their light is what was found, where it was."""
    a, b = parents.T

    def mean(values: Floats) -> Floats:
        return np.concatenate([values, 0.5 * (values[a] + values[b])])

    light = mean(known.light.astype(np.float64)).astype(np.float32)
    hidden = np.concatenate([known.hidden, known.hidden[a] & known.hidden[b]])
    if len(tested.keys):
        new = len(known.light) + np.flatnonzero(there)
        light[new], hidden[new] = tested.light[place[there]], tested.hidden[place[there]]
    return LitVertices(
        mean(known.glow),
        mean(known.albedo),
        light,
        hidden,
        np.concatenate([known.large, known.large[a] | known.large[b]]),
        np.concatenate([known.fixed, known.fixed[a] & known.fixed[b]]),
    )
