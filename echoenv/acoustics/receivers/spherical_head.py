"""A head that is a rigid sphere: the closed form to which measured heads are compared.

The one idea: the pressure on a rigid sphere in a plane wave is a series of spherical harmonics about the direction of
the wave (Rayleigh; Duda and Martens, 1998), so a response depends only on the angle between the wave and the ear.
Equation (R6) in docs/physics.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import fft
from scipy.special import eval_legendre, spherical_jn, spherical_yn

from echoenv.acoustics.receivers.sofa import MeasuredResponses, spherical_to_directions
from echoenv.errors import SettingsError

_TAPS = 256
_CENTRE = 64  # the sample at which a wave passes the middle of the sphere
_STEP = 10  # [degrees] between directions
_NEGLIGIBLE = 1e12  # a Hankel derivative above this makes a term of the series vanish


def sphere_pressure(cosines: NDArray[np.float64], ka: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Pressure on a rigid sphere in a plane wave, against that in the free field at its centre, equation (R6).

    Args:
        cosines: Of the angle between the direction of the source and the point on the sphere (q,).
        ka: Wave number times radius (f,), positive.

    Returns:
        (q, f), in the convention in which a delay t is exp(-i omega t).
    """
    orders = np.arange(int(1.3 * ka.max()) + 25)[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        hankel = spherical_jn(orders, ka, derivative=True) + 1j * spherical_yn(orders, ka, derivative=True)
    usable = np.isfinite(hankel) & (np.abs(hankel) < _NEGLIGIBLE)
    factors = np.where(usable, (-1j) ** (orders - 1) * (2 * orders + 1) / np.where(usable, hankel, 1.0), 0.0)
    return np.conj(eval_legendre(orders.T, cosines[:, None]) @ factors / ka**2)


def sphere_responses(radius: float, speed_of_sound: float, sample_rate: int) -> MeasuredResponses:
    """Impulse responses of ears at both ends of a rigid sphere's axis, every 10 degrees.

    Args:
        radius: [m].
        speed_of_sound: [m/s].
        sample_rate: [Hz].

    Raises:
        SettingsError: The radius is not between 1 and 30 cm.
    """
    if not 0.01 <= radius <= 0.3:
        raise SettingsError(f"a head of radius {radius} m is none: give 0.01 to 0.3 m")
    azimuth, elevation = np.meshgrid(np.arange(0, 360, _STEP), np.arange(-90 + _STEP, 90, _STEP))
    angles = [np.append(values.ravel().astype(np.float64), [0.0, 0.0]) for values in (azimuth, elevation)]
    angles[1][-2:] = -90.0, 90.0
    directions = spherical_to_directions(*angles)
    cosines, which = np.unique(np.round(np.stack([-directions[:, 0], directions[:, 0]]).T, 12), return_inverse=True)
    frequencies = fft.rfftfreq(_TAPS, 1.0 / sample_rate)[1:]
    spectrum = np.ones((len(cosines), _TAPS // 2 + 1), np.complex128)  # at 0 Hz the sphere is not there
    spectrum[:, 1:] = sphere_pressure(cosines.astype(np.float64), 2.0 * np.pi * frequencies * radius / speed_of_sound)
    shift = np.exp(-2j * np.pi * np.arange(_TAPS // 2 + 1) * _CENTRE / _TAPS)
    responses = fft.irfft(spectrum * shift, _TAPS, axis=-1)[which.reshape(-1, 2)].astype(np.float32)
    return MeasuredResponses(directions, responses, np.zeros((len(directions), 2)), float(sample_rate), "rigid sphere")
