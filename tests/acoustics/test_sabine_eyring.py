"""Reverberation times against Sabine, Eyring and Kuttruff, with air (B4 test 9).

Eyring's formula leaves out that free paths differ, so decays with Lambert walls are longer, and more so the more the
walls absorb; Sabine's holds where they absorb little. At an absorption of 0.1 Sabine's is 3 % too long in this room, as
Kuttruff's correction says, so its 2 % are asked at 0.05.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.acoustics.shoebox import AIR, SPEED, decay_time, propagator
from tests.rooms import box_room

SIZE = np.array([7.0, 3.0, 5.0])
VOLUME, AREA = float(np.prod(SIZE)), 2.0 * (7 * 3 + 3 * 5 + 7 * 5)


def formula(loss_per_area: float, band: int) -> float:
    """Reverberation time [s] with air."""
    return 55.26 * VOLUME / (SPEED * (AREA * loss_per_area + 4.0 * AIR.band_attenuation[band] * VOLUME))


def traced(absorption: float) -> np.ndarray:
    """Reverberation times [s] (8,) of a room with Lambert walls, with air."""
    duration = formula(-np.log(1.0 - absorption), 0)
    tracer = propagator(
        box_room(SIZE, absorption, 1.0), rays=int(2500 / duration), duration=duration, bin_width=0.005, thinning=()
    )
    energy = tracer.propagate([[5.1, 0.8, 1.3]], [[2.2, 1.3, 2.9]], seed=2)[0][0].energy_over_time()
    return np.array([decay_time(energy[:, band], 0.005) for band in range(8)])


def test_decays_are_longer_than_eyrings_by_one_to_twelve_percent_and_more_so_with_more_absorption() -> None:
    over = []
    for absorption in (0.05, 0.2, 0.4):
        found = traced(absorption)
        over.append([found[band] / formula(-np.log(1.0 - absorption), band) for band in (0, 3, 5)])
    ratios = np.array(over)
    assert ((ratios > 1.0) & (ratios < 1.12)).all()
    assert (np.diff(ratios[:, 0]) > 0.02).all()
    assert ratios[0, 0] == pytest.approx(1.01, abs=0.01)


def test_sabine_holds_where_little_is_absorbed_and_not_beyond() -> None:
    found = traced(0.05)
    for band in (0, 3, 5):
        assert found[band] == pytest.approx(formula(0.05, band), rel=0.02)
    assert traced(0.4)[0] < 0.9 * formula(0.4, 0)


def test_air_shortens_high_bands_as_the_formula_says() -> None:
    found = traced(0.05)
    expected = formula(-np.log(0.95), 6) / formula(-np.log(0.95), 0)
    assert found[6] / found[0] == pytest.approx(expected, rel=0.02)
    assert found[7] < found[6] < found[5]
