"""Rows 13 to 16 of the table of accuracy: through walls, through openings, round edges.

The one idea: each is a scene in which only one thing can be heard, so its level needs no separating from others.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

from benchmarks.accuracy_checks import Check, by_engine, within
from benchmarks.accuracy_engines import (
    AIR,
    NOT_MODELLED,
    RATE,
    SPEED,
    arrival,
    engine,
    gain_at,
    octave_energy,
    plain,
    responses,
)
from echoenv.acoustics.propagation_settings import PropagationSettings
from echoenv.acoustics.rlr_settings import RlrSettings
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES
from echoenv.scene.scene import Scene
from tests.acoustics.partitions import Quad, box_quads, quads_scene, sheet, wall_with_opening

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


# 15: round an edge

_AWAY = 20.0  # [m] of source and listener from a half plane below y = 0
_HALF_PLANE: list[Quad] = [[[0.0, -60, -60], [0.0, -60, 60], [0.0, 0, 60], [0.0, 0, -60]]]
_FREQUENCIES = EXACT_OCTAVE_CENTRES[_BANDS]


_BENDING: dict[str, PropagationSettings | RlrSettings] = {
    "echoenv": PropagationSettings(rays=100, duration=0.2),
    "rlr": RlrSettings(mesh_simplification=True),  # without it RLR knows no edges
}


def _decibels(gain: float) -> float:
    """Level [dB]; what is 100 dB down counts as silence."""
    return float(20 * np.log10(gain)) if gain > 1e-5 else -np.inf


@functools.cache
def _half_plane() -> Scene:
    return quads_scene(_HALF_PLANE, [plain(0.0, 0.0)], [0])


def _behind(name: str, depths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Levels [dB] (depths, frequencies) against the free field, of listeners whose line of sight is `depths` below."""
    asked = engine(name, _half_plane(), _BENDING[name])
    source = np.array([-_AWAY, 0.0, 0.0])
    levels = []
    for depth in depths:
        listener = np.array([_AWAY, -2.0 * depth, 0.0])
        length = float(np.linalg.norm(listener - source))
        response = responses(asked, source, listener, 0.2)[0, 0]
        free = [np.exp(-0.5 * float(AIR.attenuation(f)) * length) / length for f in _FREQUENCIES]
        gains = [gain_at(response, f) / one for f, one in zip(_FREQUENCIES, free, strict=True)]
        levels.append([_decibels(gain) for gain in gains])
    return np.array(levels)


def half_plane_level(depth: float, frequency: float) -> float:
    """Exact level [dB] behind a hard half plane, against the free field.

    MacDonald's integrals (Bowman, Senior and Uslenghi, Electromagnetic and acoustic scattering by simple shapes, 1969,
    ch. 8), one for the source and one for its image, along the contour on which they do not oscillate.
    """
    k = 2.0 * np.pi * frequency / SPEED
    detour = _AWAY + np.hypot(_AWAY, 2.0 * depth)
    direct, image = np.hypot(2.0 * _AWAY, 2.0 * depth), 2.0 * abs(depth)
    total = 0.0j
    for length, lit in ((direct, depth < 0.0), (image, False)):
        begin = np.sqrt(k * (detour - length)) * (-1.0 if lit else 1.0)
        total += _macdonald(begin, k * length) * np.exp(1j * k * length) / length
    return float(20 * np.log10(abs(total) * direct))


def _macdonald(begin: float, kr: float) -> complex:
    """Share of a spherical wave that is left, from the lower limit of its integral; 0 to 1."""
    turn = np.exp(0.25j * np.pi)

    def integral(values: NDArray[np.complex128]) -> complex:
        # hankel1e is the function times exp(-iz): the factor exp(i kr) is common to both integrals
        squares = values**2
        kernel = scipy.special.hankel1e(1, squares + kr) * np.exp(1j * squares) / np.sqrt(squares + 2.0 * kr)
        return complex(np.trapezoid(kernel, values))

    steps = np.linspace(0.0, 7.0, 4001) ** 2 / 7.0
    whole = 2.0 * integral(steps * turn)
    part = integral(abs(begin) + steps * turn)
    return (whole - part if begin < 0.0 else part) / whole


def boundary_level(name: str) -> float:
    """Largest deviation [dB] from -6.02 dB a millimetre into the shadow, 250 Hz to 4 kHz."""
    return float(np.abs(_behind(name, np.array([1e-3]))[0] + 6.02).max())


def shadow_level(name: str) -> float:
    """Largest deviation [dB] from the exact solution, 0 to 3 m into the shadow, 250 Hz to 4 kHz."""
    depths = np.array([0.0, 0.3, 0.7, 1.2, 2.0, 3.0]) + 1e-3
    expected = np.array([[half_plane_level(depth, float(f)) for f in _FREQUENCIES] for depth in depths])
    return float(np.abs(_behind(name, depths) - expected).max())


def boundary_step(name: str) -> float:
    """Largest change of level [dB] from one centimetre to the next across the boundary, 250 Hz to 4 kHz."""
    depths = 0.5 * np.arange(-0.105, 0.106, 0.01)
    with np.errstate(invalid="ignore"):
        return float(np.nanmax(np.abs(np.diff(_behind(name, depths), axis=0))))  # from silence to silence is no step


def edge_delay(name: str) -> float:
    """Deviation [samples] of the first sound 3 m into the shadow from the shortest way over the edge."""
    asked = engine(name, _half_plane(), _BENDING[name])
    source, listener = np.array([-_AWAY, 0.0, 0.0]), np.array([_AWAY, -6.0, 0.0])
    time = float(np.linalg.norm(source) + np.linalg.norm(listener)) / SPEED * RATE
    response = responses(asked, source, listener, 0.2)[0, 0]
    if not response.any():
        return float("inf")
    return abs(arrival(response, time) - time)


# 16: round a corner

_REACH = 60.0  # [m] of the wedge's faces and of half its edge
_FROM_EDGE = 5.0  # [m] of source and listener
_SOURCE_ANGLE = np.deg2rad(30.0)
_LISTENER_ANGLES = np.deg2rad([215.0, 225.0, 240.0, 255.0])  # the shadow begins at 210 degrees


def _around_the_edge(angle: float) -> NDArray[np.float64]:
    """A point [m] (3,) outside a solid quarter, x > 0 and y < 0, at an angle from its upper face."""
    return _FROM_EDGE * np.array([np.cos(angle), np.sin(angle), 0.0])


def wedge_pressure(source_angle: float, listener_angle: float, frequency: float) -> float:
    """Pressure behind a hard right-angled corner by Biot, Tolstoy and Medwin's edge sources.

    Svensson, Fred and Vanderkooy, JASA 106, 2331 (1999): a line integral over the edge, here in frequency.
    """
    index, k = np.pi / (1.5 * np.pi), 2.0 * np.pi * frequency / SPEED
    z = np.linspace(-_REACH, _REACH, 400_001)
    leg = np.hypot(_FROM_EDGE, z)
    sine, cosine = np.abs(z) / leg, _FROM_EDGE / leg
    eta = np.arccosh((1.0 + sine**2) / cosine**2)
    beta = np.zeros_like(z)
    for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        angle = index * (np.pi + a * source_angle + b * listener_angle)
        beta += np.sin(angle) / (np.cosh(index * eta) - np.cos(angle))
    taper = np.cos(0.5 * np.pi * np.clip((np.abs(z) / _REACH - 0.5) * 2.0, 0.0, 1.0)) ** 2  # an edge without ends
    integral = np.trapezoid(np.exp(-2j * k * leg) / leg**2 * beta * taper, z)
    return float(abs(index / (4.0 * np.pi) * integral))


def wedge_level(name: str) -> float:
    """Largest deviation [dB] behind a right-angled corner from BTM, 250 Hz to 8 kHz, 5 to 45 degrees into shadow."""
    top: Quad = [[0.0, 0, -60], [0.0, 0, 60], [60, 0, 60], [60, 0, -60]]
    side: Quad = [[0.0, -60, -60], [0.0, -60, 60], [0.0, 0, 60], [0.0, 0, -60]]
    scene = quads_scene([top, side], [plain(0.0, 0.0)], [0, 0])
    asked, errors = engine(name, scene, _BENDING[name]), []
    for angle in _LISTENER_ANGLES:
        response = responses(asked, _around_the_edge(_SOURCE_ANGLE), _around_the_edge(float(angle)), 0.1)[0, 0]
        for frequency in EXACT_OCTAVE_CENTRES[2:]:
            air = 0.5 * float(AIR.attenuation(frequency)) * 2.0 * _FROM_EDGE
            expected = wedge_pressure(_SOURCE_ANGLE, float(angle), float(frequency)) * np.exp(-air)
            errors.append(_decibels(gain_at(response, float(frequency)) / expected))
    return float(np.abs(errors).max())


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
    within(
        "15a",
        "half plane: level at the shadow's boundary against -6.02 dB",
        "dB",
        0.5,
        by_engine(boundary_level, pra=NOT_MODELLED),
        "test_at_the_shadow_boundary_sound_is_6_decibels_down_at_all_frequencies",
    ),
    within(
        "15b",
        "half plane: level in the shadow, 250 Hz to 4 kHz, against the exact solution",
        "dB",
        1.0,
        by_engine(shadow_level, pra=NOT_MODELLED),
        "test_behind_a_black_screen_levels_are_fresnels",
        "test_screens_attenuate_as_maekawa_measured",
        "test_in_the_shadow_higher_frequencies_are_weaker",
        "test_a_quarter_of_a_plane_casts_the_shadow_of_kirchhoff_round_its_corner",
    ),
    within(
        "15c",
        "half plane: largest step of level in 1 cm across the boundary",
        "dB",
        0.5,
        by_engine(boundary_step, pra=NOT_MODELLED),
        "test_walking_across_a_shadow_boundary_no_centimetre_makes_half_a_decibel",
        "test_an_edge_fades_as_one_walks_past_its_end",
        "test_walking_past_a_door_levels_glide",
    ),
    within(
        "15d",
        "half plane: delay over the edge",
        "samples",
        0.1,
        by_engine(edge_delay, pra=NOT_MODELLED),
        "test_paths_are_the_shortest_to_a_tenth_of_a_sample",
    ),
    within(
        "16",
        "right-angled corner: level in the shadow, 250 Hz to 8 kHz, against BTM",
        "dB",
        1.0,
        by_engine(wedge_level, pra=NOT_MODELLED),
        "test_wedges_of_any_angle_are_those_of_biot_and_tolstoy",
        "test_the_lit_zone_of_a_wedge_is_right_too",
        "test_thick_walls_are_those_of_finite_differences",
        "test_thick_barriers_are_those_of_pierce",
    ),
)
