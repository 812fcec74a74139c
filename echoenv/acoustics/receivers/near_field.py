"""Sources near the head: how a wave front that is still curved changes what the ears get.

The one idea: a head-related set was measured from one distance. What changes from there to another distance is taken
from a rigid sphere, for which a source at any distance has a closed form: the ratio of its responses at both distances
(Duda and Martens, *Range dependence of the response of a spherical head model*, 1998). The ratio's magnitude becomes a
short minimum-phase filter for each ear, the change of path around the sphere a delay. Labels such as (L6) point to
docs/physics.md.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray
from scipy.special import eval_legendre, spherical_jn, spherical_yn

from echoenv.acoustics.air import Air
from echoenv.acoustics.receivers.hrir_alignment import minimum_phase
from echoenv.acoustics.receivers.spherical_head import sphere_pressure

HEAD_RADIUS = 0.0875
"""[m]: of the sphere, with ears at both ends of its axis from left to right."""

NEAREST = 0.15
"""[m]: sources nearer to the middle of the head are heard as if from here, at the level of their own distance."""

FULL, NONE = 1.0, 2.0
"""[m]: up to the first distance the change is applied in full, from the second on not at all; between them it fades."""

_TAPS = 96
_TONES = 96  # frequencies of the table, evenly spread over octaves
_ANGLES = np.linspace(0.0, np.pi, 37)
_INVERSE_DISTANCES = np.append(np.linspace(1.0 / NONE, 1.0 / FULL, 4), np.linspace(1.0 / FULL, 1.0 / NEAREST, 12)[1:])


def near_pressure(
    cosines: NDArray[np.float64], ka: NDArray[np.float64], distance_ratio: float
) -> NDArray[np.complex128]:
    """Pressure on a rigid sphere of a point source, against that in the free field at its centre, equation (L6).

    Args:
        cosines: Of the angle between the direction of the source and the point on the sphere (q,).
        ka: Wave number times radius (f,), positive.
        distance_ratio: Distance of the source from the centre over the radius, at least 1.3.

    Returns:
        (q, f), in the convention in which a delay t is exp(-i omega t), the delay to the centre taken out.
    """
    orders = np.arange(max(int(1.3 * ka.max()) + 25, int(30.0 / np.log(distance_ratio))))[:, None]
    kr = ka * distance_ratio
    with np.errstate(over="ignore", invalid="ignore"):
        slope = spherical_jn(orders, ka, derivative=True) + 1j * spherical_yn(orders, ka, derivative=True)
        hankel = spherical_jn(orders, kr) + 1j * spherical_yn(orders, kr)
        terms = (2 * orders + 1) * hankel / slope
    terms = np.where(np.isfinite(terms), terms, 0.0)
    series = eval_legendre(orders.T, np.atleast_1d(cosines)[:, None]) @ terms
    return np.asarray(np.conj(-distance_ratio / ka * np.exp(-1j * kr) * series))


def near_filters(
    directions: NDArray[np.float64], distances: NDArray[np.float64], measured_at: float, sample_rate: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """What to apply to the responses of both ears so that they fit the distance.

    Args:
        directions: Unit vectors (q, 3) towards the sources, head frame (x right, y up, z backward).
        distances: Of the sources from the middle of the head [m] (q,).
        measured_at: Distance [m] from which the responses were measured; infinity for plane waves.
        sample_rate: [Hz].

    Returns:
        Filters (q, 2, taps) of minimum phase and delays [samples] (q, 2) that are added, left and right ear.
    """
    cosines = np.stack([-directions[:, 0], directions[:, 0]], axis=-1)
    near = np.clip(distances, NEAREST, NONE)
    table = _filter_table(measured_at, float(sample_rate))
    place = np.interp(1.0 / near, _INVERSE_DISTANCES, np.arange(len(_INVERSE_DISTANCES)))
    angle = np.arccos(np.clip(cosines, -1.0, 1.0)) / _ANGLES[1]
    (row, down), (column, along) = _steps(place[:, None], len(table)), _steps(angle, len(_ANGLES))
    filters = np.zeros((*angle.shape, _TAPS), np.float32)
    for i, across in ((0, 1.0 - down), (1, down)):
        for j, weight in ((0, across * (1.0 - along)), (1, across * along)):
            filters += weight[..., None].astype(np.float32) * table[row + i, column + j]
    detour = _path(cosines, near[:, None]) - _path(cosines, np.full_like(near, measured_at)[:, None])
    return filters, _share(near)[:, None] * detour / Air().speed_of_sound * sample_rate


def _share(distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much of the change is applied at distances [m], 1 to 0."""
    return np.clip((NONE - distances) / (NONE - FULL), 0.0, 1.0)


def _steps(position: NDArray[np.float64], count: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The step before each position on a grid of `count` steps, and how far it is on the way to the next."""
    step = np.clip(position.astype(np.int64), 0, count - 2)
    return step, np.clip(position - step, 0.0, 1.0)


def _path(cosines: NDArray[np.float64], distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shortest way [m] to a point on the sphere, round it where it hides, less the way to its centre."""
    angle, a = np.arccos(np.clip(cosines, -1.0, 1.0)), HEAD_RADIUS
    far = ~np.isfinite(distance)
    r = np.where(far, 1.0, distance)
    straight = np.sqrt(r**2 + a**2 - 2.0 * r * a * cosines) - r
    horizon = np.arccos(np.where(far, 0.0, a / r))
    tangent = np.where(far, 0.0, np.sqrt(r**2 - a**2) - r)
    around = tangent + a * (angle - horizon)
    return np.where(angle > horizon, around, np.where(far, -a * cosines, straight))


@functools.lru_cache(maxsize=8)
def _filter_table(measured_at: float, sample_rate: float) -> NDArray[np.float32]:
    """Filters (distances, angles, taps) with the ratio of magnitudes, smoothed as an ear would, and minimum phase."""
    tones = 20.0 * (sample_rate / 40.0) ** np.linspace(0.0, 1.0, _TONES)
    ka = 2.0 * np.pi * tones * HEAD_RADIUS / Air().speed_of_sound
    cosines = np.cos(_ANGLES)
    if np.isfinite(measured_at):
        base = near_pressure(cosines, ka, max(measured_at, NEAREST) / HEAD_RADIUS)
    else:
        base = sphere_pressure(cosines, ka)
    near = np.stack([near_pressure(cosines, ka, 1.0 / (u * HEAD_RADIUS)) for u in _INVERSE_DISTANCES])
    energies = (np.abs(pressure) ** 2 @ _third_octaves(tones) for pressure in (near, base))
    levels = 0.5 * _share(1.0 / _INVERSE_DISTANCES)[:, None, None] * np.subtract(*map(np.log, energies))
    wanted = np.maximum(scipy.fft.rfftfreq(4 * _TAPS, 1.0 / sample_rate), tones[0])
    rows = [np.interp(np.log(wanted), np.log(tones), row) for row in levels.reshape(-1, _TONES)]
    filters = minimum_phase(np.exp(rows))[:, :_TAPS].reshape(*levels.shape[:2], _TAPS).astype(np.float32)
    filters.flags.writeable = False
    return filters


def _third_octaves(frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrix (f, f) that averages energy over about a third of an octave around each of evenly spread frequencies."""
    weights = np.maximum(1.0 - 3.0 * np.abs(np.log2(frequencies[:, None] / frequencies)), 0.0)
    return np.asarray(weights / weights.sum(axis=0))
