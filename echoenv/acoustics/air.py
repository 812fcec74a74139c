"""Air: the speed of sound, and how much of a sound's energy each metre of air takes away.

The one idea: both depend on the weather alone, so `Air` is three numbers, and everything else follows from ISO 9613-1.
Labels such as (A2) point to the section "Air" of docs/physics.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import SettingsError
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES

_REFERENCE_PRESSURE = 101.325  # [kPa]
_REFERENCE_TEMPERATURE = 293.15  # [K]
_TRIPLE_POINT = 273.16  # [K], of water
_ZERO_CELSIUS = 273.15  # [K]
_NEPERS_PER_DECIBEL = math.log(10.0) / 10.0  # of energy: 1 Np of energy is 4.343 dB


@dataclass(frozen=True)
class Air:
    """The air that fills a scene.

    Attributes:
        temperature: [degrees Celsius], -20 to 50, the range of ISO 9613-1.
        humidity: Relative humidity [%], 0 to 100.
        pressure: Static pressure [kPa], 20 to 200 (the standard's range ends at 200 kPa).

    Raises:
        SettingsError: A value lies outside its range.
    """

    temperature: float = 20.0
    humidity: float = 50.0
    pressure: float = _REFERENCE_PRESSURE

    def __post_init__(self) -> None:
        limits = {"temperature": (-20.0, 50.0, "°C"), "humidity": (0.0, 100.0, "%"), "pressure": (20.0, 200.0, "kPa")}
        for name, (low, high, unit) in limits.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"air {name} {value} {unit} is out of range: give {low:g} to {high:g} {unit}")

    @property
    def speed_of_sound(self) -> float:
        """Speed of sound [m/s], equation (A1)."""
        return 331.3 * math.sqrt(1.0 + self.temperature / _ZERO_CELSIUS)

    def attenuation(self, frequencies: ArrayLike) -> NDArray[np.float64]:
        """Energy attenuation m [Np/m]: after x metres the fraction exp(-m x) of the energy is left.

        ISO 9613-1:1993, equations (3) to (5) there, (A2) to (A4) in docs/physics.md.

        Args:
            frequencies: [Hz], any shape.

        Returns:
            Attenuation of the same shape. The amplitude falls by exp(-m x / 2); in decibels per metre it is 4.343 m.
        """
        squared = np.asarray(frequencies, dtype=np.float64) ** 2
        warmth = (self.temperature + _ZERO_CELSIUS) / _REFERENCE_TEMPERATURE
        oxygen, nitrogen = self._relaxation_frequencies
        classical = 1.84e-11 * _REFERENCE_PRESSURE / self.pressure * math.sqrt(warmth)
        kelvin = warmth * _REFERENCE_TEMPERATURE
        vibration = warmth**-2.5 * (
            0.01275 * math.exp(-2239.1 / kelvin) / (oxygen + squared / oxygen)
            + 0.1068 * math.exp(-3352.0 / kelvin) / (nitrogen + squared / nitrogen)
        )
        decibels_per_metre = 8.686 * squared * (classical + vibration)
        return np.asarray(decibels_per_metre * _NEPERS_PER_DECIBEL)

    @cached_property
    def band_attenuation(self) -> NDArray[np.float64]:
        """Energy attenuation [Np/m] (8,) at the exact octave-band centres."""
        bands = self.attenuation(EXACT_OCTAVE_CENTRES)
        bands.flags.writeable = False
        return bands

    @property
    def _relaxation_frequencies(self) -> tuple[float, float]:
        """Relaxation frequencies [Hz] of oxygen and nitrogen, equations (A3) and (A4)."""
        kelvin = self.temperature + _ZERO_CELSIUS
        pressure = self.pressure / _REFERENCE_PRESSURE
        warmth = kelvin / _REFERENCE_TEMPERATURE
        saturation = 10.0 ** (-6.8346 * (_TRIPLE_POINT / kelvin) ** 1.261 + 4.6151)
        vapour = self.humidity * saturation / pressure  # molar concentration of water vapour [%]
        oxygen = pressure * (24.0 + 4.04e4 * vapour * (0.02 + vapour) / (0.391 + vapour))
        nitrogen = pressure * warmth**-0.5 * (9.0 + 280.0 * vapour * math.exp(-4.170 * (warmth ** (-1.0 / 3.0) - 1.0)))
        return oxygen, nitrogen
