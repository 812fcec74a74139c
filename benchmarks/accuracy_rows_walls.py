"""Rows 13 and 14 of the table of accuracy: through walls, and through openings.

The one idea: each is a scene in which only one thing can be heard, so its level needs no separating from others.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_checks import Check, by_engine, within
from benchmarks.accuracy_engines import (
    AIR,
    NOT_MODELLED,
    RATE,
    SPEED,
    arrival,
    engine,
    octave_energy,
    plain,
    responses,
)
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.scene.scene import Scene
from tests.acoustics.partitions import box_quads, quads_scene, sheet, wall_with_opening

_TAU = 0.1
_BANDS = slice(2, 7)  # 250 Hz to 4 kHz
_FAR = np.array([0.0, 900.0, 0.0])
HERE, THERE = np.array([0.0, 0.0, 0.0]), np.array([6.0, 1.0, 0.5])


# 13: through walls


def _through(name: str, walls: int) -> NDArray[np.float64]:
    material = plain(1.0 - _TAU, 0.0, _TAU)  # nothing is thrown to and fro between slabs
    faces = [sheet(2.0 * wall + 1.7 + 0.15 * side, 2 * side - 1) for wall in range(walls) for side in (0, 1)]
    scene = quads_scene(faces, [material], [0] * len(faces))
    return responses(engine(name, scene), HERE, THERE, 0.2)[0, 0]


def slab_level(name: str, walls: int = 1) -> float:
    """Deviation [dB] of the energy behind slabs of two faces, octaves 250 Hz to 4 kHz, from tau^walls / r^2."""
    length = float(np.linalg.norm(THERE - HERE))
    expected = _TAU**walls / length**2 * np.exp(-AIR.band_attenuation * length)
    found = octave_energy(_through(name, walls)).sum(axis=0)
    with np.errstate(divide="ignore"):
        return float(np.abs(10 * np.log10(np.mean((found / expected)[_BANDS]))))


def slab_delay(name: str) -> float:
    """Deviation [samples] of what comes through a slab; for RLR, of the first sample above a fifth of the loudest."""
    time = float(np.linalg.norm(THERE - HERE)) / SPEED * RATE
    found = _through(name, 1)
    first = float(np.argmax(np.abs(found) > 0.2 * np.abs(found).max()))
    return abs((arrival(found, time) if name == "echoenv" else first) - time)


def _undamped(name: str, scene: Scene, source: list[float], places: list[list[float]]) -> list[NDArray[np.float64]]:
    """Energy over one second (bins, 8) at each place, without the air's attenuation."""
    asked, found = engine(name, scene), []
    for place in places:
        if name == "echoenv":
            energy = asked.propagation(np.array(source), np.array(place), 1.0, 0).energy_over_time()
        else:
            energy = octave_energy(responses(asked, source, place, 1.0)[0, 0])
        times = (np.arange(len(energy)) + 0.5) / len(energy)
        found.append(energy * np.exp(times[:, None] * SPEED * AIR.band_attenuation))
    return found


def rooms_apart(name: str) -> float:
    """Largest deviation [dB], 250 Hz to 4 kHz, of L1 - L2 of two rooms from R' - 10 log(S_w / A_2)."""
    alpha, tau = 0.1, 10.0 ** (-np.array([10, 13, 16, 18, 20, 23, 26, 30]) / 10.0)
    left, right = box_quads((0, 0, 0), (4, 3, 5)), box_quads((4.15, 0, 0), (9.15, 3, 5))
    materials = [plain(alpha, 1.0, tau), plain(alpha, 1.0)]
    scene = quads_scene(left + right, materials, [1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1])
    places = [[3.0, 1.0, 1.0], [1.2, 2.0, 4.0], [2.6, 1.4, 3.5], [5.5, 1.2, 1.5], [7.4, 1.8, 3.6], [8.2, 1.0, 2.2]]
    late = []
    for number, energy in enumerate(_undamped(name, scene, [0.8, 1.3, 0.9], places)):
        late.append(energy[round(0.02 * len(energy)) if number < 3 else 0 :].sum(axis=0))
    with np.errstate(divide="ignore"):
        level = 10 * np.log10(late)
    wall, surface = 15.0, 2 * (5 * 3 + 5 * 5 + 3 * 5)
    absorption = -np.log(1.0 - alpha - tau * wall / surface) * surface
    expected = -10 * np.log10(tau) - 10 * np.log10(wall / absorption)
    return float(np.abs(level[:3].mean(axis=0) - level[3:].mean(axis=0) - expected)[_BANDS].max())


# 14: through an opening

_COUPLED_RUNS = 6


@functools.cache
def _coupled(name: str) -> NDArray[np.float64]:
    """Energy (milliseconds,), all bands, in a dead room of 4 m beside a live one of 7 m, with the source in it."""
    rooms = box_quads((0, 0, 0), (4, 3, 5)), box_quads((4, 0, 0), (11, 3, 5))
    sheets = wall_with_opening(4.0, (3.0, 5.0), (0.0, 2.0), (2.0, 3.2))
    quads = [*(rooms[0][i] for i in (0, 2, 3, 4, 5)), *(rooms[1][i] for i in (1, 2, 3, 4, 5)), *sheets]
    materials = [plain(value, 1.0) for value in (_DEAD, _LIVE, _SHARED)]
    scene = quads_scene(quads, materials, [0] * 5 + [1] * 5 + [2] * len(sheets))
    settings = PropagationSettings(rays=12_000, duration=1.6, thinning=((0.1, 4.0),), diffraction=0)
    asked = engine(name, scene, settings if name == "echoenv" else None)
    source, found = np.array([2.2, 1.5, 1.8]), []
    for place in ([1.0, 1.2, 1.0], [2.8, 1.9, 4.2], [1.5, 0.8, 3.0]):
        if name == "echoenv":
            energy = asked.propagation(source, np.array(place), 1.6, 0).energy_over_time()
        else:
            runs = [octave_energy(responses(asked, source, place, 1.6)[0, 0]) for _ in range(_COUPLED_RUNS)]
            energy = np.mean(runs, axis=0)[: 1600 * (RATE // 1000)].reshape(1600, -1, 8).sum(axis=1)
        times = (np.arange(1600) + 0.5) / 1000.0
        found.append((energy * np.exp(times[:, None] * SPEED * AIR.band_attenuation))[:, 2:6].mean(axis=1))
    return np.asarray(np.mean(found, axis=0))


_DEAD, _LIVE, _SHARED = 0.4, 0.03, 0.1
_VARIANCE = 0.35  # Kuttruff's gamma squared of such boxes


def _two_rooms() -> tuple[NDArray[np.float64], float]:
    """Energy in the first room (milliseconds,) by the two-room equations, and the later of both decay rates [1/s]."""
    opening, across = 1.2 * 2.0, 15.0
    loss = []
    for length, alpha in ((4.0, _DEAD), (7.0, _LIVE)):
        surface = 2 * (length * 3.0 + length * 5.0 + across)
        absorbed = alpha * (surface - across) + _SHARED * (across - opening) + opening
        mean = -np.log(1.0 - absorbed / surface)
        loss.append(surface * mean * (1.0 - _VARIANCE * mean / 2.0))
    volumes = np.array([4.0, 7.0]) * across
    rates, modes = np.linalg.eig(SPEED / 4.0 * np.array([[-loss[0], opening], [opening, -loss[1]]]) / volumes[:, None])
    times = (np.arange(1600) + 0.5) / 1000.0
    return ((modes * np.linalg.solve(modes, [1.0, 0.0])) @ np.exp(rates[:, None] * times))[0], float(rates.max())


def coupled_slope(name: str) -> float:
    """Deviation [%] of the late decay from the slower mode of the two rooms."""
    level = 10 * np.log10(_coupled(name)[500:1000])
    return float(100.0 * abs(np.polyfit(np.arange(500) / 1000.0, level, 1)[0] / (4.343 * _two_rooms()[1]) - 1.0))


def coupled_knee(name: str) -> float:
    """Largest deviation [dB] of the decay curve from 60 to 900 ms, set equal at 60 ms."""
    found, expected = (
        10 * np.log10(np.cumsum(energy[::-1])[::-1])[60:900] for energy in (_coupled(name), _two_rooms()[0])
    )
    return float(np.abs(found - found[0] - expected + expected[0]).max())


CHECKS: tuple[Check, ...] = (
    within(
        "13a",
        "level behind one slab, transmission 0.1",
        "dB",
        0.05,
        by_engine(functools.partial(slab_level, walls=1), pra=NOT_MODELLED),
        "test_a_slab_passes_the_root_of_its_transmission_at_unchanged_delay",
    ),
    within(
        "13b",
        "level behind two slabs",
        "dB",
        0.05,
        by_engine(functools.partial(slab_level, walls=2), pra=NOT_MODELLED),
        "test_two_slabs_multiply",
        "test_a_wall_of_two_faces_is_paid_for_once_from_either_side",
    ),
    within(
        "13c",
        "delay behind one slab",
        "samples",
        0.05,
        by_engine(slab_delay, pra=NOT_MODELLED),
        "test_a_slab_passes_the_root_of_its_transmission_at_unchanged_delay",
    ),
    within(
        "13d",
        "level difference of two rooms, R' = 10 to 30 dB",
        "dB",
        1.0,
        by_engine(rooms_apart, pra=NOT_MODELLED),
        "test_level_difference_between_rooms_is_that_of_the_sound_reduction_index",
        "test_no_energy_is_lost_or_gained_between_lossless_rooms",
    ),
    within(
        "14a",
        "rooms coupled by a door: late slope against the two-room equations",
        "%",
        5.0,
        by_engine(coupled_slope, pra=NOT_MODELLED),
        "test_rooms_coupled_by_an_opening_decay_as_the_two_room_equations_say",
    ),
    within(
        "14b",
        "rooms coupled by a door: decay curve with its knee",
        "dB",
        2.0,
        by_engine(coupled_knee, pra=NOT_MODELLED),
        "test_rooms_coupled_by_an_opening_decay_as_the_two_room_equations_say",
    ),
)
