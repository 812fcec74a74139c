"""Single runs of the two acoustic engines: how long one response takes, and what an acoustician reads off it.

The one idea: both engines are asked for the same thing, a binaural response of 2 s in one thread, and are judged by the
same reading of the left ear: reverberation time, early decay time, clarity and direct-to-reverberant ratio per octave.
Ours is read again from the energies, before they become noise.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.room import LISTENER, SOURCE, furnished_room
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.rendering import render
from echoenv.acoustics.rlr.library import Layout, RlrContext
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.audio.octave_filters import split_into_octaves
from echoenv.audio.room_metrics import metrics_of_energy
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.scene import Scene

SAMPLE_RATE = 44100
DURATION = 2.0
METRICS = ("t30", "edt", "c50", "drr")
SCENES = ("room", "room_0")
PAIRS = 3

Readings = dict[str, NDArray[np.float64]]
"""By `METRICS`: values (8,) per octave."""

_UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])
_ONSET = 1e-2  # of the largest energy
_EAR = 1.5  # [m] above the floor


@functools.cache
def scene_of(name: str) -> Scene:
    """The room of the benchmarks, or a built-in home."""
    return furnished_room() if name == "room" else load_scene(name)


@functools.cache
def engine_of(name: str) -> RayEngine:
    """Rays in one thread."""
    return RayEngine(scene_of(name), threads=1)


@functools.cache
def pairs_of(name: str) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    """`PAIRS` sources and listeners [m], in sight of each other, always the same."""
    if name == "room":
        fixed = ((SOURCE, LISTENER), (SOURCE, (4.0, 1.5, 1.2)), ((1.2, 1.5, 4.9), (6.5, 1.5, 2.6)))
        return tuple((np.array(source), np.array(listener)) for source, listener in fixed)
    engine = engine_of(name)
    places, rng = PathFinder(engine).grid_positions() + [0.0, _EAR, 0.0], np.random.default_rng(0)
    found: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    while len(found) < PAIRS:
        source, listener = places[rng.choice(len(places), 2, replace=False)]
        distance = float(np.linalg.norm(listener - source))
        if 1.5 < distance < 6.0 and not engine.occluded(source, (listener - source) / distance, distance)[0]:
            found.append((source, listener))
    return tuple(found)


@functools.cache
def propagator(scene: str, rays: int, duration: float = DURATION, **settings: Any) -> Propagator:
    """Ours with some number of rays and otherwise default settings."""
    return Propagator(engine_of(scene), PropagationSettings(rays=rays, duration=duration, **settings))


@functools.cache
def rlr(scene: str, rays: int, depth: int = 200, longest: float = 4.0) -> RlrContext:
    """RLR with some number of rays and otherwise default settings, which are one thread."""
    settings = RlrSettings(indirect_ray_count=rays, indirect_ray_depth=depth)
    return RlrContext(scene_of(scene), 1, Layout("Binaural", 2), settings, SAMPLE_RATE, longest)


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """What a call returns, and its processor time [s]."""
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


def our_propagation(scene: str, pair: int, rays: int, seed: int, **settings: Any) -> Propagation:
    """Ours, before any ears."""
    source, listener = pairs_of(scene)[pair]
    return propagator(scene, rays, **settings).propagate([source], [listener], seed)[0][0]


def heard(found: Propagation, noise: int) -> NDArray[np.float32]:
    """Ours: both ears (2, n), with one of many noises."""
    return np.asarray(render(found, np.eye(3)[None], Hrtf.kemar(), SAMPLE_RATE, DURATION, seed=noise)[0])


def rlr_response(scene: str, pair: int, rays: int) -> NDArray[np.float64]:
    """RLR's: both ears (2, n)."""
    source, listener = pairs_of(scene)[pair]
    return rlr(scene, rays).simulate(source[None], listener, _UPRIGHT)[0]


def energy_of(response: NDArray[Any]) -> NDArray[np.float64]:
    """Energy (samples, 8) of the left ear, `DURATION` long."""
    left = np.zeros(round(DURATION * SAMPLE_RATE))
    count = min(len(left), response.shape[1])
    left[:count] = response[0, :count]
    return np.asarray(split_into_octaves(left, SAMPLE_RATE).T ** 2)


def read_response(energy: NDArray[np.float64], onset: float) -> Readings:
    """Readings of an ear's energy (samples, 8); direct sound is what arrives within 2.5 ms of the onset [s]."""
    metrics = metrics_of_energy(energy, 1.0 / SAMPLE_RATE, onset * np.ones(8))
    return {name: getattr(metrics, name) for name in METRICS}


def onset_of(energy: NDArray[np.float64]) -> float:
    """When a response begins [s]."""
    total = energy[:, 3:].sum(axis=1)  # the low filters ring before the sound
    return float(np.argmax(total >= _ONSET * total.max())) / SAMPLE_RATE


def read_energy(found: Propagation, energy: NDArray[np.float64]) -> Readings:
    """Readings of energy (bins, 8) over time from the pair of a propagation."""
    direct = found.arrivals.amplitudes[found.arrivals.orders == 0]
    onset = float(np.linalg.norm(found.source - found.listener)) / found.speed_of_sound - 5e-4
    known = (direct**2).sum(axis=0) if len(direct) else None
    metrics = metrics_of_energy(energy, found.diffuse.bin_width, onset * np.ones(8), known)
    return {name: getattr(metrics, name) for name in METRICS}
