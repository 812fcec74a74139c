"""Air against ISO 9613-1's values and the speed of sound (accuracy test 11)."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.air import Air
from echoenv.errors import SettingsError

EXACT_CENTRES = 1000.0 * 10.0 ** (0.3 * np.arange(-3, 5))  # 125 Hz to 16 kHz
DECIBELS_PER_NEPER = 10.0 / np.log(10.0)


@pytest.mark.parametrize(
    ("temperature", "humidity", "expected"),
    [
        (20.0, 50.0, [0.45, 1.32, 2.73, 4.66, 9.86, 29.4, 103.9, 358.8]),
        (10.0, 70.0, [0.41, 1.04, 1.93, 3.66, 9.66, 32.8, 116.9, 364.9]),
    ],
)
def test_attenuation_equals_iso_9613_values(temperature: float, humidity: float, expected: list[float]) -> None:
    decibels_per_km = Air(temperature, humidity).attenuation(EXACT_CENTRES) * DECIBELS_PER_NEPER * 1000.0
    rounding = np.array([0.005, 0.005, 0.005, 0.005, 0.005, 0.05, 0.05, 0.05])  # of the values as printed
    np.testing.assert_array_less(np.abs(decibels_per_km - expected), rounding + 0.001 * np.array(expected))


def test_level_after_100_m() -> None:
    left = np.exp(-Air().attenuation(1000.0 * 10.0**0.6) * 100.0)
    assert 10.0 * np.log10(left) == pytest.approx(-2.94, abs=0.05)


@pytest.mark.parametrize(("temperature", "speed"), [(20.0, 343.21), (0.0, 331.3), (-10.0, 325.18)])
def test_speed_of_sound(temperature: float, speed: float) -> None:
    assert Air(temperature).speed_of_sound == pytest.approx(speed, abs=0.01)


def test_band_attenuation_grows_with_frequency_and_is_fixed() -> None:
    air = Air()
    assert air.band_attenuation.shape == (8,)
    assert np.all(np.diff(air.band_attenuation) > 0.0)
    with pytest.raises(ValueError, match="read-only"):
        air.band_attenuation[0] = 1.0


@pytest.mark.parametrize("field", ["temperature", "humidity", "pressure"])
def test_impossible_weather_names_the_field_and_its_range(field: str) -> None:
    with pytest.raises(SettingsError, match=f"air {field}.*out of range"):
        Air(**{field: 1e6})
    with pytest.raises(SettingsError, match=field):
        Air(**{field: float("nan")})
