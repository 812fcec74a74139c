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
from echoenv.acoustics.propagation.diffraction.double_diffraction import edges_seen, ways_over_two
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
    search = _Search(place, np.asarray(listener, dtype=np.float64), settings.diffraction)
    return [
        _as_arrivals(search.ways(source, bool(visible)), place, source, search.listener, air, bool(visible))
        for source, visible in zip(np.asarray(sources, dtype=np.float64), direct_visible, strict=True)
    ]


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

    def ways(self, source: NDArray[np.float64], visible: bool) -> list[Ways]:
        """Ways over one edge and over two, each where there are any."""
        sounding = paths.around(self.place.edges, source)
        first, near = self._over_one(source, sounding, visible)
        if self.order < 2 or np.linalg.norm(source - self.listener) < ONE_PLACE:
            return [first]
        if visible:
            firsts = seconds = near[:MAX_NEAR]
        else:
            firsts, seconds = edges_seen(self.place, source, sounding), self._listener_sees
        return [first, ways_over_two(self.place, source, self.listener, firsts, seconds)]

    def _over_one(self, source: NDArray[np.float64], sounding: Around, visible: bool) -> tuple[Ways, NDArray[np.int64]]:
        """Ways over one edge; and edges by how strong these would be if nothing stood in them."""
        place, heard = self.place, self._heard
        heights = paths.turning_heights(sounding, heard)
        points = paths.turning_points(place.edges, heights)
        lengths = np.linalg.norm(points - source, axis=1) + np.linalg.norm(points - self.listener, axis=1)
        reached = (lengths > _MIN_LENGTH) & (lengths < place.reach)
        which = np.flatnonzero(reached & (sounding.outside | heard.outside))
        bends = paths.bends_at(place.edges.chosen(which), sounding.chosen(which), heard.chosen(which))
        levels = rough_gains(bends, place.wave_numbers[_RANKING_BAND]) / lengths[which]
        near = which[np.argsort(-levels, kind="stable")[:MAX_FIRST]]
        which = near[sounding.outside[near] & heard.outside[near]]
        parts, seen = paths.parts_in_sight(place, place.edges.chosen(which), heights[which], source, self.listener)
        which, parts, edges = which[seen], parts[seen], place.edges.chosen(which[seen])
        points = paths.turning_points(edges, heights[which], parts)
        lengths = np.linalg.norm(points - source, axis=1) + np.linalg.norm(points - self.listener, axis=1)
        bends = paths.bends_at(edges, sounding.chosen(which), heard.chosen(which), parts)
        bends = bends.settled(np.full(len(which), visible), _BOUNDARY)
        gains = bend_gains(bends, place.wave_numbers, edges.mirrors, imaged=place.imaged[which])
        return Ways(which[:, None], points, points, lengths, gains), near


def _as_arrivals(
    found: list[Ways], place: Surroundings, source: NDArray[np.float64], listener: NDArray[np.float64], air: Air,
    visible: bool,
) -> Arrivals:  # fmt: skip
    """The strongest of the ways as arrivals, in order of time."""
    lengths = np.concatenate([ways.lengths for ways in found])
    gains = np.concatenate([ways.gains for ways in found])
    amplitudes = gains * np.exp(-0.5 * lengths[:, None] * air.band_attenuation) / lengths[:, None]
    levels = np.abs(amplitudes).max(axis=1, initial=0.0)
    direct = 1.0 / max(float(np.linalg.norm(source - listener)), 1.0) if visible else 0.0
    loud = np.flatnonzero(levels >= WEAKEST * max(direct, levels.max(initial=0.0)))
    loud = loud[levels[loud] > 0.0]
    loud = loud[np.argsort(-levels[loud], kind="stable")[:MAX_ARRIVALS]]
    keys = np.concatenate([_keys(place.edges.numbers[ways.edges]) for ways in found])
    loud = loud[np.lexsort((keys[loud], lengths[loud]))]
    counts = np.concatenate([np.full(len(ways.lengths), ways.edges.shape[1], dtype=np.int32) for ways in found])
    return Arrivals(
        delays=lengths[loud] / air.speed_of_sound,
        directions=_unit(np.concatenate([ways.last for ways in found])[loud] - listener, source - listener),
        amplitudes=amplitudes[loud],
        orders=np.zeros(len(loud), dtype=np.int32),
        departures=_unit(np.concatenate([ways.first for ways in found])[loud] - source, listener - source),
        diffractions=counts[loud],
        keys=keys[loud],
    )


def _unit(offsets: NDArray[np.float64], instead: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vectors (n, 3) along offsets; where one has no length, as on an edge itself, along another vector (3,)."""
    used = np.where(np.linalg.norm(offsets, axis=1, keepdims=True) > 1e-6, offsets, instead)
    return np.asarray(used / np.linalg.norm(used, axis=1, keepdims=True))


def _keys(edges: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A number (n,) for each sequence of edges (n, order), whatever the positions."""
    keys = np.full(len(edges), _START, dtype=np.uint64)
    for column in edges.T:
        keys = (keys ^ (column.astype(np.uint64) + np.uint64(1))) * _MIX
        keys ^= keys >> np.uint64(31)
    return np.maximum(keys, np.uint64(1))
