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
"""Categories with broad faces, on which light and shadow show, and how much."""

_OTHERS = 0.4  # weight of all other categories
_SHORTEST = 0.065  # [m] an edge is cut only when it is longer
_SHORTEST_OF_OTHERS = 0.2  # [m]
_LONG = 0.15  # [m] a longer edge of what weighs more than 1 is looked at in three places
_TOLERANCE = 0.018  # of a colour, sRGB 0..1
_HALF_HIDDEN = 0.035  # error that an edge counts for that runs under something
_HALF_HIDDEN_SHORTEST = 0.10  # [m]
_SEARCHES = 2  # how often an edge is halved in search of a place that can be seen
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
        alone: Whether, hidden, it has no neighbour whose light it could take: the ends of a leg in a seat and a rug.
        large: Whether it belongs to a large face (`points.of_large_faces`).
        fixed: Whether its light is of no matter (it glows itself).
    """

    glow: Floats
    albedo: Floats
    light: Singles
    hidden: Marks
    alone: Marks
    large: Marks
    fixed: Marks

    def with_middles(self, parents: Whole, which: NDArray[np.intp], light: Singles, hidden: Marks) -> LitVertices:
        """The same with new vertices half way between their parents (n, 2).

        Args:
            parents: The two vertices that each lies between.
            which: Those of the new ones (m,) at which light was found.
            light: What was found there (m, 3); elsewhere it is the mean of the parents'.
            hidden: Whether those (m,) are hidden; elsewhere they are where both parents are.
        """
        a, b = parents.T

        def mean(values: Floats) -> Floats:
            return np.concatenate([values, 0.5 * (values[a] + values[b])])

        lights = mean(self.light.astype(np.float64)).astype(np.float32)
        covered = np.concatenate([self.hidden, self.hidden[a] & self.hidden[b]])
        lights[len(self.light) + which], covered[len(self.light) + which] = light, hidden
        return LitVertices(
            mean(self.glow),
            mean(self.albedo),
            lights,
            covered,
            np.concatenate([self.alone, self.alone[a] & self.alone[b] & covered[len(self.light) :]]),
            np.concatenate([self.large, self.large[a] | self.large[b]]),
            np.concatenate([self.fixed, self.fixed[a] & self.fixed[b]]),
        )


@dataclass(frozen=True, eq=False)
class _Tested:
    """What is known of the edges looked at: keys (n,) sorted, errors (n,), light (n, 3) and hidden (n,) half way."""

    keys: Whole
    errors: Floats
    light: Singles
    hidden: Marks

    def rows(self, keys: Whole) -> Whole:
        """The row (n,) of each key, -1 where it is not there."""
        if not len(self.keys):
            return np.full(len(keys), -1)
        place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[place] == keys, place, -1)


def refined(scene: Scene, known: LitVertices, measure: Measure, look: Look) -> tuple[Scene, LitVertices]:
    """The scene with edges cut where light needs it, and what is known at its vertices."""
    most = min(len(scene.triangles) + MOST_ADDED, MOST_TRIANGLES)
    for _ in range(_SEARCHES):
        scene, known = _uncovered(scene, known, measure)
    tested = _Tested(np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 3), np.float32), np.zeros(0, dtype=bool))
    for share in _SHARES:
        edges = edges_of(scene)
        tested = _tested(scene, edges, known, tested, measure, look)
        row = tested.rows(_edge_keys(edges))
        allowance = most - len(scene.triangles)
        errors = np.zeros(len(row))
        errors[row >= 0] = tested.errors[row[row >= 0]]
        marked = _worst(edges, errors, int(share * allowance))
        if not marked.any():
            break
        scene, parents = subdivided(scene, edges, marked)
        there = np.flatnonzero(row[marked] >= 0)
        found = row[marked][there]
        known = known.with_middles(parents, there, tested.light[found], tested.hidden[found])
    return scene, known


def _uncovered(scene: Scene, known: LitVertices, measure: Measure) -> tuple[Scene, LitVertices]:
    """The scene with edges cut that can be seen half way, though neither end nor anything next to it can."""
    edges = edges_of(scene)
    a, b = edges.ends.T
    asked = np.flatnonzero(known.alone[a] & known.alone[b] & (edges.lengths > _SHORTEST))
    light, hidden = measure(_edge_places(scene, edges, asked)(np.arange(len(asked)), 0.5))
    marked = np.zeros(len(edges.ends), dtype=bool)
    marked[asked[~hidden]] = True
    marked = closed_marks(edges, marked)
    row = np.full(len(edges.ends), -1)
    row[asked] = np.arange(len(asked))
    finer, parents = subdivided(scene, edges, marked)
    there = np.flatnonzero(row[marked] >= 0)
    found = row[marked][there]
    return finer, known.with_middles(parents, there, light[found], hidden[found])


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
        (edges.lengths > np.where(weights == _OTHERS, _SHORTEST_OF_OTHERS, _SHORTEST))
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
        by_id[thing.id] = WEIGHTS.get(thing.category, _OTHERS)
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
