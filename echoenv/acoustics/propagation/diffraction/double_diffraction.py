"""Ways over two edges: which pairs are tried, and how strong they are.

The one idea: the second edge sees the first as a source, so what remains is the product of two bends. It is exact where
the edges are far apart; where they are the two edges of one plate, a few rules make it right down to a thin one. Labels
such as (D7) point to the section "Diffraction" of docs/physics.md.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.acoustics.propagation.diffraction import edge_paths as paths
from echoenv.acoustics.propagation.diffraction.edge_kernels import mutual_sight_kernel
from echoenv.acoustics.propagation.diffraction.edge_paths import Around, Surroundings, Ways
from echoenv.acoustics.propagation.diffraction.edges import CLEARANCE, DiffractionEdges
from echoenv.acoustics.propagation.diffraction.utd import Bends, bend_gains, boundary_offsets
from echoenv.rays import RayEngine
from echoenv.rays.launch import launch, to_device

MAX_PAIRS = 4096
"""Pairs of edges that are tried, those with the shortest ways from one middle to the next."""

MAX_WAYS = 768
"""Ways that are worked out in all bands, the shortest that are open."""

_ALIKE = 0.2  # cosine between two edges below which ways over both are not followed
_sight: weakref.WeakKeyDictionary[RayEngine, NDArray[np.bool_]] = weakref.WeakKeyDictionary()
_seen: weakref.WeakKeyDictionary[RayEngine, dict[tuple[bytes, float], NDArray[np.int64]]] = weakref.WeakKeyDictionary()
_KEPT_POINTS = 64
_MIN_LEG = 1e-2  # [m] between two edges
_FLUSH = 5e-3  # [m] by which an edge may stand off another edge's face and yet lie on it
_UNSURE = 2.0  # clearances by which rays, which pass edges at a clearance, misjudge where a shadow begins
_BLEND = 6.0  # power of (D9)
_THIN = 6.0  # phase over the thickness of a plate at which (D9) gives way to (D8)


def edges_seen(place: Surroundings, point: NDArray[np.float64], seen: Around) -> NDArray[np.int64]:
    """Edges of which something can be seen from a point [m] (3,): looked at where it is nearest and at eight places.

    Args:
        place: Edges and rays.
        point: [m] (3,).
        seen: The point as seen from the edges.

    What was seen from the last few points is kept: a source stays where it is while a listener walks.
    """
    kept = _seen.setdefault(place.engine, {})
    key = (np.asarray(point, dtype=np.float64).tobytes(), place.reach)
    found = kept.get(key)
    if found is None:
        while len(kept) >= _KEPT_POINTS:
            kept.pop(next(iter(kept)), None)
        found = kept[key] = _looked_for(place, point, seen)
    return found


def _looked_for(place: Surroundings, point: NDArray[np.float64], seen: Around) -> NDArray[np.int64]:
    usable = seen.outside & (np.hypot(seen.radii, _beyond(place.edges, seen)) < place.reach)
    which = np.flatnonzero(usable)
    _, found = paths.parts_in_sight(
        place, place.edges.chosen(which), seen.heights[which], point, point, only_whether=True
    )
    return which[found]


def _beyond(edges: DiffractionEdges, seen: Around) -> NDArray[np.float64]:
    """How far [m] (n,) along the edge's line a point lies beyond the edge's ends."""
    return np.maximum(np.maximum(-seen.heights, seen.heights - edges.lengths), 0.0)


@dataclass(frozen=True, eq=False)
class Tried:
    """What is tried for one source: index of the source, of the edges next to it, and of those next to the listener."""

    source: int
    firsts: NDArray[np.int64]
    seconds: NDArray[np.int64]


def ways_over_two(
    place: Surroundings, sources: NDArray[np.float64], listener: NDArray[np.float64], tried: Sequence[Tried]
) -> list[Ways]:
    """Open ways from sources over one of their first and one of their second edges to the listener.

    Args:
        place: Edges and rays.
        sources: [m] (m, 3).
        listener: [m] (3,).
        tried: For each source that has any.

    Returns:
        In groups of sources: together where few pairs are tried for each, alone where many are.
    """
    pairs = [(one.source, *_pairs(place, sources[one.source], listener, one.firsts, one.seconds)) for one in tried]
    found: list[Ways] = []
    group: list[tuple[int, NDArray[np.int64], NDArray[np.int64]]] = []
    for number, pair in enumerate(pairs):
        group.append(pair)
        following = len(pairs[number + 1][1]) if number + 1 < len(pairs) else MAX_PAIRS
        if sum(len(a) for _, a, _ in group) + following > MAX_PAIRS:
            source = np.repeat([k for k, _, _ in group], [len(a) for _, a, _ in group])
            a, b = (np.concatenate([one[column] for one in group]) for column in (1, 2))
            found.append(_ways(place, source, sources, listener, a, b))
            group = []
    return found


def _ways(
    place: Surroundings, source: NDArray[np.int64], sources: NDArray[np.float64], listener: NDArray[np.float64],
    a: NDArray[np.int64], b: NDArray[np.int64],
) -> Ways:  # fmt: skip
    """Open ways from sources, by index (n,), over edges a and b (n,)."""
    one, two = paths.turning_pairs(place.edges.chosen(a), place.edges.chosen(b), sources[source], listener, rounds=1)
    lengths = _lengths(sources[source], one, two, listener)
    order = np.lexsort((b, a, lengths, source))
    order = order[lengths[order] < place.reach]
    source, a, b, one, two = source[order], a[order], b[order], one[order], two[order]
    which, _ = _open(place, a, b, one, two, sources[source], listener)
    which = which[paths.ranks(source[which]) < MAX_WAYS]
    source, a, b = source[which], a[which], b[which]
    one, two = paths.turning_pairs(place.edges.chosen(a), place.edges.chosen(b), sources[source], listener, rounds=5)
    which, past = _open(place, a, b, one, two, sources[source], listener)
    source, a, b, one, two = source[which], a[which], b[which], one[which], two[which]
    lengths = _lengths(sources[source], one, two, listener)
    gains = _gains(place, a, b, one, two, sources[source], listener, past)
    return Ways(source, np.column_stack([a, b]), one, two, lengths, gains)


def _pairs(
    place: Surroundings, source: NDArray[np.float64], listener: NDArray[np.float64], firsts: NDArray[np.int64],
    seconds: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """Pairs (n,), (n,) of edges that see each other, at most `MAX_PAIRS`."""
    rows, columns = np.nonzero(mutual_sight(place)[np.ix_(firsts, seconds)])
    a, b = firsts[rows], seconds[columns]
    if len(a) <= MAX_PAIRS:
        return a, b
    middles = place.edges.starts + 0.5 * place.edges.lengths[:, None] * place.edges.tangents
    lengths = _lengths(source, middles[a], middles[b], listener)
    best = np.sort(np.lexsort((b, a, lengths))[:MAX_PAIRS])
    return a[best], b[best]


def mutual_sight(place: Surroundings) -> NDArray[np.bool_]:
    """Which edges (E, E) see each other, of those that run alike; asked for once for an engine."""
    found = _sight.get(place.engine)
    if found is None:
        edges, device = place.edges, place.engine.device
        seen = to_device(np.zeros(len(edges) ** 2, dtype=np.uint8), wp.uint8, device)
        arguments = [
            place.engine.queries, len(edges), _ALIKE,
            to_device(paths.lifted(edges, edges.starts).astype(np.float32), wp.vec3, device),
            to_device(edges.tangents.astype(np.float32), wp.vec3, device),
            to_device(edges.lengths.astype(np.float32), wp.float32, device), seen,
        ]  # fmt: skip
        launch(mutual_sight_kernel, len(edges) ** 2, arguments, device, place.threads)
        above = seen.numpy().reshape(len(edges), len(edges)) > 0
        found = _sight.setdefault(place.engine, above | above.T)
    return found


def _lengths(
    source: NDArray[np.float64], one: NDArray[np.float64], two: NDArray[np.float64], listener: NDArray[np.float64]
) -> NDArray[np.float64]:
    legs = (one - source, two - one, listener - two)
    return np.asarray(sum(np.linalg.norm(leg, axis=1) for leg in legs))


def _open(
    place: Surroundings, a: NDArray[np.int64], b: NDArray[np.int64], one: NDArray[np.float64],
    two: NDArray[np.float64], sources: NDArray[np.float64], listener: NDArray[np.float64],
) -> tuple[NDArray[np.int64], tuple[NDArray[np.bool_], NDArray[np.bool_]]]:  # fmt: skip
    """Which ways over edges a and b, turning at points one and two, nothing stands in; and `past`, see `_gains`.

    `sources` [m] (n, 3) has a row for each way.
    """
    first, second = place.edges.chosen(a), place.edges.chosen(b)
    possible = paths.around(first, two).outside & paths.around(second, one).outside
    which = np.flatnonzero(possible & (np.linalg.norm(two - one, axis=1) > _MIN_LEG))
    ones, others = paths.lifted(first, one)[which], paths.lifted(second, two)[which]
    is_open, past_first, past_second = paths.open_legs(place, ones, others, sources[which], listener)
    return which[is_open], (past_first[is_open], past_second[is_open])


def _gains(
    place: Surroundings, a: NDArray[np.int64], b: NDArray[np.int64], one: NDArray[np.float64],
    two: NDArray[np.float64], sources: NDArray[np.float64], listener: NDArray[np.float64],
    past: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> NDArray[np.float64]:  # fmt: skip
    """Pressure (n, 8) over that of free sound of the same length, equations (D7) to (D9).

    `past` tells whether (n,) the source sees the second edge, and the listener the first.
    """
    first, second, waves = place.edges.chosen(a), place.edges.chosen(b), place.wave_numbers
    sounding, ahead = paths.around(first, sources), paths.around(first, two)
    back, heard = paths.around(second, one), paths.around(second, listener)
    legs = [np.linalg.norm(leg, axis=1) for leg in (one - sources, two - one, listener - two)]
    unsure = _UNSURE * CLEARANCE / np.maximum(legs[1], CLEARANCE)
    before, shared = _face_towards(first, ahead)
    after, shared_too = _face_towards(second, back)
    shared &= shared_too
    bends = (
        paths.bends_at(first, sounding, ahead).settled(past[0], unsure, shared),
        paths.bends_at(second, back, heard).settled(past[1], unsure, shared),
    )
    stretches = _stretches(bends, legs)
    product = np.prod(
        [
            bend_gains(bend, waves, edges.mirrors, stretch, within=~shared)
            for bend, edges, stretch in zip(bends, (first, second), stretches, strict=True)
        ],
        axis=0,
    )
    plate = np.flatnonzero(shared)
    if len(plate):
        product[plate] /= 1.0 + 0.5 * (first.mirrors[plate, before[plate]] + second.mirrors[plate, after[plate]])
        thin = _thin_plate(
            (first.chosen(plate), second.chosen(plate)), (before[plate], after[plate]),
            (sounding.chosen(plate), heard.chosen(plate)), tuple(bend.chosen(plate) for bend in bends),
            [leg[plate] for leg in legs], waves,
        )  # fmt: skip
        lit = (bends[0].shadow[plate] > 0.0) != (bends[1].shadow[plate] > 0.0)
        product[plate] = _blended(product[plate], thin, legs[1][plate, None] * waves, lit)
    # where edges cross, the first one's part in sight has faded already at what the second one hides
    return np.asarray(product * np.einsum("ij,ij->i", first.tangents, second.tangents)[:, None] ** 2)


def _stretches(
    bends: tuple[Bends, Bends], legs: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors (n,), (n,) on the two spans: the sharper bend counts from end to end, the other from edge on, (D7)."""
    before, between, after = legs
    total = before + between + after
    whole = (between + after) * (before + between) / (total * between)
    sharpness = [bend.spans * np.sin(0.5 * bend.shadow) ** 2 for bend in bends]
    leads = sharpness[0] ** 2 / np.maximum(sharpness[0] ** 2 + sharpness[1] ** 2, 1e-30)
    return 1.0 + (whole - 1.0) * leads, 1.0 + (whole - 1.0) * (1.0 - leads)


def _face_towards(edges: DiffractionEdges, point: Around) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Face (n,), 0 or 1, that is nearer to a point, and whether (n,) the point lies on it."""
    second = point.angles > 0.5 * edges.openings
    apart = np.where(second, edges.openings - point.angles, point.angles)
    return second.astype(np.int64), point.radii * np.sin(np.minimum(apart, 0.5 * np.pi)) < _FLUSH


def _thin_plate(
    edges: tuple[DiffractionEdges, DiffractionEdges], shared: tuple[NDArray[np.int64], NDArray[np.int64]],
    ends: tuple[Around, Around], bends: tuple[Bends, ...], legs: list[NDArray[np.float64]], waves: NDArray[np.float64],
) -> NDArray[np.float64]:  # fmt: skip
    """Pressure (n, 8) if both edges were one, in the middle between them, with the plate's outer faces."""
    openings = np.minimum(edges[0].openings + edges[1].openings - np.pi, 2.0 * np.pi)
    from_outer = [
        np.where(face == 1, end.angles, edge.openings - end.angles)
        for edge, face, end in zip(edges, shared, ends, strict=True)
    ]
    offsets = boundary_offsets(openings, from_outer[0], np.maximum(openings - from_outer[1], 0.0))
    before, between, after = legs
    slopes = [  # squared sines of the ways' angles with the edges
        bend.spans * (leg + between) / np.maximum(leg * between, 1e-9)
        for bend, leg in zip(bends, (before, after), strict=True)
    ]
    spans = (
        0.5 * (slopes[0] + slopes[1]) * (before + 0.5 * between) * (after + 0.5 * between) / (before + between + after)
    )
    rows = np.arange(len(openings))
    mirrors = np.stack([edge.mirrors[rows, 1 - face] for edge, face in zip(edges, shared, strict=True)], axis=1)
    stops, sides = (np.mean([getattr(bend, name) for bend in bends], axis=0) for name in ("ends", "sides"))
    joined = Bends(openings, offsets, spans, stops, sides)
    return bend_gains(joined, waves, mirrors)


def _blended(
    apart: NDArray[np.float64], thin: NDArray[np.float64], phases: NDArray[np.float64], lit: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Both forms in one, equation (D9), so that single and double bends together stay continuous.

    Args:
        apart: Pressure (n, 8) by (D8).
        thin: Pressure (n, 8) of the thin likeness.
        phases: Wave number times thickness (n, 8).
        lit: Whether (n,) one of the two bends is into its light.
    """
    ratios = np.abs(apart) / np.maximum(np.abs(thin), 1e-12)
    share = (1.0 + ratios**_BLEND / (1.0 + (phases / _THIN) ** 2)) ** (-1.0 / _BLEND)
    return np.asarray(apart * np.where(lit[:, None], 2.0 - share, share))
