"""Directivity of sources: closed forms of the cardioid family, tables, the talking head's published levels."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.directivity import (
    CARDIOID_FAMILY,
    ENERGY_COLUMNS,
    ENERGY_ROWS,
    Directivity,
    directivity_named,
)
from echoenv.errors import PoseError, SettingsError

AHEAD, BEHIND, LEFT, UP = [0.0, 0.0, -1.0], [0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


def at_azimuth(degrees: float) -> list[float]:
    return [-np.sin(np.deg2rad(degrees)), 0.0, -np.cos(np.deg2rad(degrees))]


def test_omni_is_one_everywhere() -> None:
    omni = Directivity.omni()
    assert np.array_equal(omni.gains(fibonacci_sphere(50)), np.ones((50, 8)))
    assert np.array_equal(omni.energy_table(), np.ones((ENERGY_ROWS, ENERGY_COLUMNS, 8), np.float32))
    np.testing.assert_allclose(omni.power(), 1.0)


@pytest.mark.parametrize(
    ("name", "behind", "directivity_factor"),
    [
        ("cardioid", 0.0, 3.0),
        ("hypercardioid", -0.5, 4.0),
        ("figure_of_eight", -1.0, 3.0),
        ("subcardioid", 0.5, 12 / 7),
    ],
)
def test_cardioid_family_has_its_textbook_nulls_and_directivity_factors(
    name: str, behind: float, directivity_factor: float
) -> None:
    pattern = Directivity.cardioid_family(name)
    np.testing.assert_allclose(pattern.gains([AHEAD, BEHIND])[:, 0], [1.0, behind], atol=1e-12)
    np.testing.assert_allclose(1.0 / pattern.power(), directivity_factor, rtol=1e-9)
    np.testing.assert_allclose((pattern.gains(fibonacci_sphere(16384)) ** 2).mean(axis=0), pattern.power(), rtol=1e-4)


def test_supercardioid_has_the_highest_ratio_of_front_to_back() -> None:
    half = fibonacci_sphere(8192)
    ahead = half[:, 2] < 0.0

    def ratio(pattern: float | str) -> float:
        energy = Directivity.cardioid_family(pattern).gains(half)[:, 0] ** 2
        return float(energy[ahead].sum() / energy[~ahead].sum())

    best = max(np.arange(0.0, 1.0, 0.01), key=ratio)
    assert CARDIOID_FAMILY["supercardioid"] == pytest.approx(best, abs=0.01)


def test_talking_head_has_the_published_levels() -> None:
    """Monson, Hunter and Story 2012: octaves 125 Hz to 8 kHz at the side and behind."""
    head = Directivity.talking_head()
    side, behind, between = 20.0 * np.log10(head.gains([LEFT, BEHIND, at_azimuth(-135.0)]))
    np.testing.assert_allclose(side[1:], [-1.6, -2.3, -1.6, -1.6, -7.0, -6.3, -8.7], atol=1e-6)
    np.testing.assert_allclose(behind[1:], [-3.6, -5.1, -5.9, -6.3, -13.1, -18.9, -26.3], atol=1e-6)
    np.testing.assert_allclose(between[1:], [-3.1, -4.5, -5.5, -7.0, -9.3, -14.5, -17.8], atol=1e-6)
    np.testing.assert_allclose(head.gains([AHEAD]), 1.0)


def test_a_voice_is_more_directed_the_higher_its_band() -> None:
    index = -10.0 * np.log10(Directivity.talking_head().power())
    assert index[1] == pytest.approx(2.0, abs=0.7)
    assert 5.0 < index[7] < 9.0
    assert np.all(index[4:] > index[1:4].max())


def test_energy_table_is_the_square_of_the_gains_where_it_says() -> None:
    for pattern in (Directivity.cardioid_family(0.6), Directivity.talking_head()):
        table = pattern.energy_table()
        assert table.dtype == np.float32
        for row, column, direction in ((18, 0, AHEAD), (18, 18, LEFT), (18, 36, BEHIND), (36, 5, UP)):
            np.testing.assert_allclose(table[row, column], pattern.gains([direction])[0] ** 2, atol=1e-6)
        weights = np.cos(np.deg2rad(np.linspace(-90, 90, ENERGY_ROWS)))[:, None, None]
        mean = (table * weights).sum(axis=(0, 1)) / (weights.sum() * ENERGY_COLUMNS)
        np.testing.assert_allclose(10 * np.log10(mean / pattern.power()), 0.0, atol=0.02)


def test_a_table_gives_back_what_it_was_made_of() -> None:
    azimuths, elevations = np.arange(0.0, 360.0, 10.0), np.arange(-90.0, 91.0, 10.0)
    cosine = np.cos(np.deg2rad(elevations))[:, None] * np.cos(np.deg2rad(azimuths))
    table = Directivity.from_table(azimuths, elevations, 0.5 + 0.5 * cosine)
    cardioid = Directivity.cardioid_family()
    queries = fibonacci_sphere(500)
    np.testing.assert_allclose(table.gains(queries), cardioid.gains(queries), atol=0.005)
    np.testing.assert_allclose(table.gains([at_azimuth(40.0)]), cardioid.gains([at_azimuth(40.0)]), atol=1e-12)


def test_a_table_may_be_unsorted_scaled_and_without_poles() -> None:
    azimuths, elevations = [270.0, 0.0, 90.0, 180.0], [40.0, -40.0, 0.0]
    gains = 3.0 * np.array([[1.0, 2.0, 3.0, 4.0]] * 3)
    table = Directivity.from_table(azimuths, elevations, gains)
    found = table.gains([at_azimuth(0.0), at_azimuth(90.0), at_azimuth(-45.0), UP, [0.0, -1.0, 0.0]])[:, 0]
    np.testing.assert_allclose(found, [1.0, 1.5, 0.75, 1.25, 1.25], atol=1e-12)


def test_a_table_is_continuous_over_the_seam_and_the_poles() -> None:
    rng = np.random.default_rng(0)
    table = Directivity.from_table(np.arange(5.0, 360.0, 30.0), [-30.0, 0.0, 60.0], rng.uniform(0.5, 1.0, (3, 12, 8)))
    for before, after in ((4.999, 5.001), (-0.001, 0.001), (179.999, 180.001)):
        np.testing.assert_allclose(table.gains([at_azimuth(before)]), table.gains([at_azimuth(after)]), atol=1e-3)
    near_pole = table.gains([[1e-6, 1.0, 0.0], [-1e-6, 1.0, 0.0], [0.0, 1.0, 1e-6]])
    np.testing.assert_allclose(near_pole, near_pole[:1].repeat(3, axis=0), atol=1e-4)


def test_wrong_tables_and_names_say_what_is_allowed() -> None:
    ring, level = [0.0, 90.0, 180.0, 270.0], [0.0]
    for gains, message in (
        (np.full((1, 4), np.nan), "finite and not negative"),
        (-np.ones((1, 4)), "not negative"),
        (np.ones((4, 1)), r"give \(1, 4, 8\)"),
        (np.array([[0.0, 1.0, 1.0, 1.0]]), "silent straight ahead"),
    ):
        with pytest.raises(SettingsError, match=message):
            Directivity.from_table(ring, level, gains)
    with pytest.raises(SettingsError, match="360 degrees is 0"):
        Directivity.from_table([0.0, 360.0], level, np.ones((1, 2)))
    with pytest.raises(SettingsError, match="-90 and 90"):
        Directivity.from_table(ring, [100.0], np.ones((1, 4)))
    with pytest.raises(SettingsError, match="did you mean cardioid"):
        directivity_named("cardiod")
    with pytest.raises(SettingsError, match="between 0"):
        Directivity.cardioid_family(1.5)
    with pytest.raises(SettingsError, match="between 0"):
        Directivity.cardioid_family(float("nan"))
    for wrong in ([0.0, 0.0, 0.0], [np.nan, 0.0, 1.0]):
        with pytest.raises(PoseError, match="zero or not finite"):
            Directivity.talking_head().gains([wrong])
    with pytest.raises(PoseError, match="shape"):
        Directivity.omni().gains(AHEAD)


def test_directivities_have_names_travel_between_processes_and_draw_themselves(tmp_path: Path) -> None:
    head = directivity_named("talking_head")
    assert directivity_named(head) is head
    copy = pickle.loads(pickle.dumps(head))
    assert np.array_equal(copy.gains([LEFT]), head.gains([LEFT]))
    assert head.picture(tmp_path / "head.png").stat().st_size > 10_000
