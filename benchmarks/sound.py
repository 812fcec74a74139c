"""Echoes and full responses per core: ours, RLR and pyroomacoustics, and how near ours come to a converged run.

The one idea: ours run in one thread and processor time counts, since the targets are for one core; the decay of the
fast setting is compared with that of sixteen times the rays in the same table, so that speed is not bought with error.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.poses import HEADINGS
from benchmarks.rlr_peer import RlrScene
from benchmarks.room import LISTENER, SIZE, SOURCE, STANDING_PLACES, furnished_room
from benchmarks.rows import Row, milliseconds, missing
from benchmarks.timing import Patience, measure
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.acoustics.rendering import render
from echoenv.audio.chirps import ECHO_DURATION
from echoenv.audio.room_metrics import metrics_of_response
from echoenv.scene.scene import Scene
from echoenv.simulators.simulator import RESPONSE_DURATION, Simulator

ECHO_TARGET = 25.0
RESPONSE_TARGET = 150.0
T30_TARGET = 5.0
RAYS = 5000  # RLR's default
SAMPLE_RATE = 44100

_FLOOR = np.array([0.0, -1.5, 0.0])  # from ears to feet


def _how(scene: Scene, rest: str) -> str:
    return f"{len(scene.triangles):,} triangles, 1 thread, {rest}"


def _simulator(scene: Scene) -> Simulator:
    return Simulator(scene, threads=1)


def echo(patience: Patience) -> Iterator[Row]:
    """An echo in four headings."""
    scene = furnished_room()
    simulator = _simulator(scene)
    places = np.asarray(STANDING_PLACES) + _FLOOR
    seeds = np.arange(len(places))
    timing = measure(lambda: simulator.echoes(places, HEADINGS, seeds), patience)
    rays = PropagationSettings(duration=ECHO_DURATION).ray_count
    how = _how(scene, f"{rays:,} rays, 60 ms, binaural, 4 headings")
    yield milliseconds("sound", "EchoEnv echo", timing, len(places), how, ECHO_TARGET)


def response(patience: Patience) -> Iterator[Row]:
    """A full binaural response, and its two stages."""
    scene = furnished_room()
    simulator = _simulator(scene)
    feet = np.asarray([LISTENER]) + _FLOOR
    seeds = itertools.count()  # a simulator keeps the last few ways of sound: what is asked for again costs less
    timing = measure(lambda: simulator.impulse_responses([SOURCE], feet, seed=next(seeds)), patience)
    settings = PropagationSettings(duration=RESPONSE_DURATION)
    how = _how(scene, f"{settings.ray_count:,} rays, 2 s, binaural, with rendering")
    yield milliseconds("sound", "EchoEnv full response", timing, 1, how, RESPONSE_TARGET)
    propagator = Propagator(simulator.engine, settings, simulator.air)
    found = propagator.propagate([SOURCE], [LISTENER])[0][0]
    timing = measure(lambda: propagator.propagate([SOURCE], [LISTENER]), patience)
    yield milliseconds("sound", "  of which propagation", timing, 1, how)
    receiver = simulator.receiver
    timing = measure(lambda: render(found, np.eye(3)[None], receiver, SAMPLE_RATE, RESPONSE_DURATION), patience)
    yield milliseconds("sound", "  of which rendering to the ears", timing, 1, how)


def decay(patience: Patience) -> Iterator[Row]:
    """Reverberation times of single fast runs against runs with sixteen times the rays and no thinning."""
    runs, finer = (8, 3) if patience.least > 1 else (2, 1)
    scene = furnished_room()
    feet = np.asarray([LISTENER]) + _FLOOR

    def left_ears(settings: PropagationSettings, seeds: range) -> list[NDArray[np.float32]]:
        simulator = Simulator(scene, propagation=settings)
        return [simulator.impulse_responses([SOURCE], feet, seed=seed)[0, 0, 0, 0] for seed in seeds]

    fast = left_ears(PropagationSettings(), range(runs))
    fine = left_ears(PropagationSettings(rays=16 * RAYS, thinning=()), range(100, 100 + finer))
    yield from _decay_rows("EchoEnv", fast, fine, T30_TARGET)
    try:
        peers = [RlrScene(scene, SOURCE, LISTENER, rays, 200) for rays in (RAYS, 16 * RAYS)]
    except ImportError:
        return  # the rows of its speed say how to install it
    fast = [peers[0].simulate()[0] for _ in range(runs)]  # one context: a fresh one would repeat its first run
    fine = [peers[1].simulate()[0] for _ in range(finer)]
    yield from _decay_rows("peer: RLR", fast, fine, None)


def _decay_rows(
    who: str, fast: Sequence[NDArray[Any]], fine: Sequence[NDArray[Any]], target: float | None
) -> Iterator[Row]:
    """Deviation [%] of T30 of fast responses from the mean of fine ones, whole and in octaves."""
    from_fine = {}
    for octaves in (False, True):
        times, reference = (
            np.array([metrics_of_response(response, SAMPLE_RATE, octaves).t30 for response in responses])
            for responses in (fast, fine)
        )
        from_fine[octaves] = 100.0 * np.abs(times / reference.mean(axis=0) - 1.0)
    how = f"default against {16 * RAYS:,} rays, left ear, mean of {len(fast)} runs, "
    how += f"worst {from_fine[False].max():.1f} %; "
    how += f"converged {np.mean([metrics_of_response(response, SAMPLE_RATE, False).t30 for response in fine]):.2f} s"
    mean = float(from_fine[False].mean())
    yield Row("sound", f"{who} T30 from converged", mean, "%", how, target=target, at_least=False)
    middle = from_fine[True][:, 1:7]  # 125 Hz to 4 kHz
    mean = float(np.nanmean(middle))
    how = f"worst octave of the worst run {np.nanmax(middle):.1f} %; noise alone spreads 125 Hz by 6 %, 1 kHz by 2 %"
    yield Row("sound", f"{who} T30 by octaves 125 Hz to 4 kHz, mean", mean, "%", how)


def rlr(patience: Patience) -> Iterator[Row]:
    """RLR at its default quality, with few rays, and for an echo."""
    scene = furnished_room()
    settings = (
        ("peer: RLR full response, its default", SOURCE, 5000, 200, "2 s, binaural"),
        ("peer: RLR full response, few rays", SOURCE, 500, 200, "2 s, binaural"),
        ("peer: RLR echo", LISTENER, 5000, 10, "binaural, one heading"),
    )
    for what, source, rays, depth, rest in settings:
        try:
            peer = RlrScene(scene, source, LISTENER, rays, depth)
        except ImportError:
            yield missing("sound", what, "not installed: pip install rlr-audio-propagation==0.0.1 (Linux x86-64, g++)")
            return
        timing = measure(peer.simulate, patience)
        how = _how(scene, f"{rays:,} rays, {depth} bounces, {rest}")
        yield milliseconds("sound", what, timing, 1, how)


def shoebox(patience: Patience) -> Iterator[Row]:
    """Pyroomacoustics in an empty box of the room's size."""
    scene = furnished_room()
    what = "peer: pyroomacoustics, shoebox hybrid"
    try:
        import pyroomacoustics
    except ImportError:
        yield missing("sound", what, "not installed: pip install pyroomacoustics")
        return
    areas = np.linalg.norm(np.cross(*_edges(scene)), axis=1)
    absorption = float(np.average([scene.surfaces[k].material.absorption.mean() for k in scene.triangle_surfaces],
                                  weights=areas))  # fmt: skip

    def respond() -> None:
        room = pyroomacoustics.ShoeBox(
            SIZE, fs=SAMPLE_RATE, materials=pyroomacoustics.Material(absorption, 0.1), max_order=3, ray_tracing=True,
            air_absorption=True,
        )  # fmt: skip
        room.set_ray_tracing(n_rays=10_000)
        room.add_source(SOURCE)
        room.add_microphone(LISTENER)
        room.compute_rir()

    timing = measure(respond, patience)
    how = f"12 triangles, images to order 3 + 10,000 rays, mono, mean absorption {absorption:.2f}"
    yield milliseconds("sound", what, timing, 1, how)


def _edges(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    a, b, c = (scene.vertices[scene.triangles[:, k]] for k in range(3))
    return b - a, c - a


SECTIONS = (echo, response, decay, rlr, shoebox)
