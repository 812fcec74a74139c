"""One seed, one result: for any number of threads, any batch, any order (B4 test 23 of the acoustic specification)."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.rays import RayEngine
from tests.acoustics.shoebox import propagator
from tests.rooms import box_room, with_solid_block

BANDS = np.linspace(0.05, 0.5, 8)
ROOM = with_solid_block(box_room((6.0, 3.0, 5.0), BANDS, BANDS[::-1]), (2.5, 0.0, 2.0), (3.4, 1.0, 2.9))
SOURCES = np.array([[1.1, 1.2, 1.4], [5.0, 0.5, 4.0], [0.3, 2.5, 4.2]])
LISTENERS = np.array([[4.7, 1.6, 3.3], [1.5, 1.5, 3.3], [1.1, 1.2, 1.4], [5.5, 0.2, 0.4]])
SETTINGS = {"rays": 3000, "duration": 0.1}


def _bytes(pair: Propagation) -> tuple[bytes, ...]:
    arrivals = pair.arrivals
    parts = (pair.diffuse.energy, arrivals.delays, arrivals.directions, arrivals.amplitudes, arrivals.orders)
    told = repr((pair.escaped, pair.mean_free_path, pair.free_path_variance)).encode()
    return (*(part.tobytes() for part in parts), told)


def test_any_number_of_threads_gives_the_same_bytes() -> None:
    one = propagator(ROOM, threads=1, **SETTINGS).propagate(SOURCES[:1], LISTENERS[:1], seed=7)[0][0]
    for threads in (2, 5):
        tracer = propagator(ROOM, threads=threads, **SETTINGS)
        assert _bytes(tracer.propagate(SOURCES[:1], LISTENERS[:1], seed=7)[0][0]) == _bytes(one)


def test_batches_of_sources_and_listeners_in_any_order_give_the_same_bytes() -> None:
    tracer = propagator(ROOM, threads=2, **SETTINGS)
    together = tracer.propagate(SOURCES, LISTENERS, seed=3)
    backwards = tracer.propagate(SOURCES[::-1], LISTENERS[::-1], seed=3)
    for s, source in enumerate(SOURCES):
        for k, listener in enumerate(LISTENERS):
            expected = _bytes(together[s][k])
            assert _bytes(tracer.propagate([source], [listener], seed=3)[0][0]) == expected
            assert _bytes(backwards[len(SOURCES) - 1 - s][len(LISTENERS) - 1 - k]) == expected


def test_pairs_with_seeds_of_their_own_give_the_same_bytes_as_alone() -> None:
    tracer = propagator(ROOM, threads=3, **SETTINGS)
    seeds = [5, 0, 2**40, 5]
    pairs = tracer.propagate_pairs(LISTENERS, LISTENERS, seeds)
    for place, seed, pair in zip(LISTENERS, seeds, pairs, strict=True):
        assert _bytes(tracer.propagate([place], [place], seed=seed)[0][0]) == _bytes(pair)


def test_sources_too_many_for_one_tracing_are_served_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    tracer = propagator(ROOM, **SETTINGS)
    together = tracer.propagate(SOURCES, LISTENERS[:2])
    monkeypatch.setattr("echoenv.acoustics.propagation.propagator._MAX_HISTOGRAM_BYTES", 1)
    in_turns = tracer.propagate(SOURCES, LISTENERS[:2])
    assert [[_bytes(pair) for pair in row] for row in in_turns] == [[_bytes(pair) for pair in row] for row in together]


def test_warp_and_embree_give_the_same_arrivals_and_energy() -> None:
    settings = PropagationSettings(rays=3000, duration=0.1)
    embree, warp = (Propagator(RayEngine(ROOM, backend=backend), settings) for backend in ("auto", "warp"))
    ours, theirs = (tracer.propagate(SOURCES[:1], LISTENERS[:1])[0][0] for tracer in (embree, warp))
    np.testing.assert_allclose(ours.arrivals.delays, theirs.arrivals.delays, rtol=1e-9)
    np.testing.assert_allclose(ours.arrivals.amplitudes, theirs.arrivals.amplitudes, rtol=1e-6)
    np.testing.assert_allclose(ours.diffuse.energy.sum(axis=(0, 1)), theirs.diffuse.energy.sum(axis=(0, 1)), rtol=0.05)


def test_another_seed_gives_another_diffuse_response_and_the_same_strong_arrivals() -> None:
    tracer = propagator(ROOM, **SETTINGS)
    first, second = (tracer.propagate(SOURCES[:1], LISTENERS[:1], seed=seed)[0][0] for seed in (0, 1))
    assert first.diffuse.energy.tobytes() != second.diffuse.energy.tobytes()
    strong = [pair.arrivals.delays[pair.arrivals.orders <= 1].tobytes() for pair in (first, second)]
    assert strong[0] == strong[1]
