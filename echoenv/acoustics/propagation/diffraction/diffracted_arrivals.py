"""Sound that bends round edges: arrivals over one edge and over two, from sources to a listener.

The one idea: every edge that both can see gives an arrival by the shortest way over it, in the shadow, where it is all
that is heard, as in the light, where it is turned over and thus makes the step at the shadow's boundary a slope. For
ways over two edges, the edges that the source sees are tried with those that the listener sees, if these see each other
too. Labels such as (D7) point to the section "Diffraction" of docs/physics.md.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.air import Air
from echoenv.acoustics.paths import Arrivals
from echoenv.acoustics.propagation.diffraction import edge_paths as paths
from echoenv.acoustics.propagation.diffraction.double_diffraction import Tried, edges_seen, ways_over_two
from echoenv.acoustics.propagation.diffraction.edge_paths import Around, Surroundings, Ways
from echoenv.acoustics.propagation.diffraction.edges import diffraction_edges
from echoenv.acoustics.propagation.diffraction.utd import bend_gains, rough_gains
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.rays import RayEngine
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES

MAX_ARRIVALS = 48
"""Diffracted arrivals of a pair, the strongest."""

WEAKEST = 0.01
"""Diffracted arrivals that are weaker in all bands, compared with the strongest arrival (or direct sound), are left
out: 40 dB."""

MAX_FIRST = 128
"""Edges of a pair that are looked at for ways over one edge, the strongest."""

MAX_NEAR = 12
"""Edges that are tried for ways over two edges where there is direct sound: those with the strongest ways over one."""

ONE_PLACE = 0.1
"""A source nearer to the listener [m], as of an echo, has no ways over two edges: nothing stands between them."""

_MIN_LENGTH = 1e-2  # [m] of a path: shorter ones belong to a source and a listener on the edge itself
_MOST_ROWS = 65536  # pairs of a source and an edge that are looked at together
_RANKING_BAND = 2  # 250 Hz
_BOUNDARY = 1e-4  # [rad] around a shadow's boundary in which rays say on which side a path is
_START, _MIX = np.uint64(0xD1F7AC7ED0ED6E5B), np.uint64(6364136223846793005)


def diffracted_arrivals(
    engine: RayEngine, scene: Any, sources: NDArray[np.float64], listener: NDArray[np.float64],
    settings: PropagationSettings, air: Air, direct_visible: NDArray[np.bool_], threads: int = 1,
) -> list[Arrivals]:  # fmt: skip
    """Arrivals that bend round edges, for each source, in order of time.

    Args:
        engine: Rays over the scene.
        scene: The `AcousticScene` of the engine; edges are kept beside it, with the engine.
        sources: [m] (m, 3), world frame.
        listener: [m] (3,), world frame.
        settings: `diffraction` is the most edges of a path (0, 1 or 2; more counts as 2), `duration` the latest
            arrival.
        air: What fills the scene.
        direct_visible: Whether (m,) the listener sees each source.
        threads: On a CPU.

    Returns:
        One set of arrivals a source, for an omnidirectional one; empty where nothing bends.
    """
    edges = diffraction_edges(engine) if settings.diffraction > 0 else None
    if edges is None or len(edges) == 0:
        return [Arrivals.none() for _ in sources]
    wave_numbers = np.asarray(2.0 * np.pi * EXACT_OCTAVE_CENTRES / air.speed_of_sound, dtype=np.float64)
    imaged = scene.mirrors.triangle_patches[edges.triangles] >= 0
    place = Surroundings(engine, edges, wave_numbers, settings.duration * air.speed_of_sound, threads, imaged)
    listener = np.asarray(listener, dtype=np.float64)
    search = _Search(place, listener, settings.diffraction)
    together = max(1, _MOST_ROWS // len(edges))
    found: list[Arrivals] = []
    for start in range(0, len(sources), together):
        part = np.asarray(sources[start : start + together], dtype=np.float64)
        visible = np.asarray(direct_visible[start : start + together], dtype=np.bool_)
        found += _as_arrivals(search.ways(part, visible), place, part, listener, air, visible)
    return found


class _Search:
    """Ways from sources to one listener.

    Args:
        place: What all searches share.
        listener: [m] (3,).
        order: Most edges of a way.
    """

    def __init__(self, place: Surroundings, listener: NDArray[np.float64], order: int) -> None:
        self.place, self.listener, self.order = place, listener, order
        self._heard = paths.around(place.edges, listener)

    @cached_property
    def _listener_sees(self) -> NDArray[np.int64]:
        return edges_seen(self.place, self.listener, self._heard)

    def ways(self, sources: NDArray[np.float64], visible: NDArray[np.bool_]) -> list[Ways]:
        """Ways over one edge and over two from sources (m, 3) that are in sight (m,) or not."""
        sounding = paths.around(self.place.edges, sources[:, None])
        source, edge, first = self._over_one(sources, sounding, visible)
        if self.order < 2:
            return [first]
        tried = []
        for index in np.flatnonzero(np.linalg.norm(sources - self.listener, axis=1) >= ONE_PLACE):
            if visible[index]:
                firsts = seconds = edge[source == index][:MAX_NEAR]
            else:
                firsts = edges_seen(self.place, sources[index], sounding.chosen(index))
                seconds = self._listener_sees
            tried.append(Tried(int(index), firsts, seconds))
        return [first, *ways_over_two(self.place, sources, self.listener, tried)]

    def _over_one(
        self, sources: NDArray[np.float64], sounding: Around, visible: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], Ways]:
        """Sources (n,) and edges (n,) by how strong the ways would be if nothing stood in them, and the open ways."""
        place, heard = self.place, self._heard
        near, near_edge = self._strongest(sounding)
        both = sounding.outside[near, near_edge] & heard.outside[near_edge]
        source, edge = near[both], near_edge[both]
        heights = paths.turning_heights(sounding.chosen((source, edge)), heard.chosen(edge))
        parts, seen = paths.parts_in_sight(place, place.edges.chosen(edge), heights, sources[source], self.listener)
        source, edge, heights, parts = source[seen], edge[seen], heights[seen], parts[seen]
        edges = place.edges.chosen(edge)
        points = paths.turning_points(edges, heights, parts)
        lengths = np.linalg.norm(points - sources[source], axis=1) + np.linalg.norm(points - self.listener, axis=1)
        bends = paths.bends_at(edges, sounding.chosen((source, edge)), heard.chosen(edge), parts)
        bends = bends.settled(visible[source], _BOUNDARY)
        gains = bend_gains(bends, place.wave_numbers, edges.mirrors, imaged=place.imaged[edge])
        return near, near_edge, Ways(source, edge[:, None], points, points, lengths, gains)

    def _strongest(self, sounding: Around) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sources (n,) and edges (n,), the edges of one source after each other, the strongest first."""
        place, heard = self.place, self._heard
        lengths = paths.shortest_lengths(place.edges, sounding, heard)
        reached = (lengths > _MIN_LENGTH) & (lengths < place.reach)
        source, edge = np.nonzero(reached & (sounding.outside | heard.outside))
        bends = paths.bends_at(place.edges.chosen(edge), sounding.chosen((source, edge)), heard.chosen(edge))
        levels = rough_gains(bends, place.wave_numbers[_RANKING_BAND]) / lengths[source, edge]
        order = np.lexsort((-levels, source))
        order = order[paths.ranks(source[order]) < MAX_FIRST]
        return source[order], edge[order]


def _as_arrivals(
    found: list[Ways], place: Surroundings, sources: NDArray[np.float64], listener: NDArray[np.float64], air: Air,
    visible: NDArray[np.bool_],
) -> list[Arrivals]:  # fmt: skip
    """The strongest of the ways of each source as arrivals, in order of time."""
    source, lengths, gains, first, last = (
        np.concatenate([getattr(ways, name) for ways in found])
        for name in ("sources", "lengths", "gains", "first", "last")
    )
    amplitudes = gains * np.exp(-0.5 * lengths[:, None] * air.band_attenuation) / lengths[:, None]
    levels = np.abs(amplitudes).max(axis=1, initial=0.0)
    keys = np.concatenate([_keys(place.edges.numbers[ways.edges]) for ways in found])
    counts = np.concatenate([np.full(len(ways.lengths), ways.edges.shape[1], dtype=np.int32) for ways in found])
    distances = np.linalg.norm(sources - listener, axis=1)
    strongest = np.where(visible, 1.0 / np.maximum(distances, 1.0), 0.0)
    np.maximum.at(strongest, source, levels)
    loud = np.flatnonzero((levels >= WEAKEST * strongest[source]) & (levels > 0.0))
    loud = loud[np.lexsort((-levels[loud], source[loud]))]
    loud = loud[paths.ranks(source[loud]) < MAX_ARRIVALS]
    loud = loud[np.lexsort((keys[loud], lengths[loud], source[loud]))]
    straight = (sources - listener)[source[loud]]
    arrivals = Arrivals(
        delays=lengths[loud] / air.speed_of_sound,
        directions=_unit(last[loud] - listener, straight),
        amplitudes=amplitudes[loud],
        orders=np.zeros(len(loud), dtype=np.int32),
        departures=_unit(first[loud] - sources[source[loud]], -straight),
        diffractions=counts[loud],
        keys=keys[loud],
    )
    return arrivals.split(np.searchsorted(source[loud], np.arange(1, len(sources))))


def _unit(offsets: NDArray[np.float64], instead: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors (n, 3) along offsets; where one has no length, as on an edge itself, along others (n, 3)."""
    used = np.where(np.linalg.norm(offsets, axis=1, keepdims=True) > 1e-6, offsets, instead)
    return np.asarray(used / np.linalg.norm(used, axis=1, keepdims=True))


def _keys(edges: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number (n,) for each sequence of edges (n, order), whatever the positions."""
    keys = np.full(len(edges), _START, dtype=np.uint64)
    for column in edges.T:
        keys = (keys ^ (column.astype(np.uint64) + np.uint64(1))) * _MIX
        keys ^= keys >> np.uint64(31)
    return np.maximum(keys, np.uint64(1))
