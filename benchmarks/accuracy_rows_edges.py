"""Rows 15 and 16 of the table of accuracy: round an edge and round a corner.

The one idea: behind a hard half plane and behind a hard corner the sound is known exactly, so neither measured charts
nor another engine are needed.
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
    plain,
    responses,
)
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES
from echoenv.scene.scene import Scene
from tests.acoustics.partitions import Quad, box_quads, quads_scene

_BANDS = slice(2, 7)  # 250 Hz to 4 kHz


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


@functools.cache
def _thin_screen() -> Scene:
    """The half plane as walls are modelled, of two faces and a top: one millimetre thick, so no thicker to sound."""
    faces = box_quads((-0.0005, -60.0, -60.0), (0.0005, 0.0, 60.0))
    return quads_scene([face[::-1] for face in faces], [plain(0.0, 0.0)], [0] * len(faces))


def _behind(name: str, depths: NDArray[np.float64], scene: Scene | None = None) -> NDArray[np.float64]:
    """Levels [dB] (depths, frequencies) against the free field, of listeners whose line of sight is `depths` below."""
    asked = engine(name, scene or _half_plane(), _BENDING[name])
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


def thin_screen_level(name: str) -> float:
    """The same behind a screen of two faces a millimetre apart."""
    depths = np.array([0.0, 0.3, 0.7, 1.2, 2.0, 3.0]) + 1e-3
    expected = np.array([[half_plane_level(depth, float(f)) for f in _FREQUENCIES] for depth in depths])
    return float(np.abs(_behind(name, depths, _thin_screen()) - expected).max())


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
        "15e",
        "the half plane as a screen of two faces 1 mm apart: level in the shadow",
        "dB",
        1.0,
        by_engine(thin_screen_level, pra=NOT_MODELLED),
        "test_thick_walls_are_those_of_finite_differences",
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
