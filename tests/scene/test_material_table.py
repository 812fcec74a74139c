"""The material table: physics in every band, printed values kept, names found."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from echoenv.errors import MaterialError
from echoenv.scene import material_table
from echoenv.scene.material_table import DEFAULT_MATERIAL, MATERIAL_NAMES, material, material_for_category


@pytest.mark.parametrize("name", MATERIAL_NAMES)
def test_every_material_keeps_energy_and_is_cited(name):
    found = material(name)
    total = found.absorption + found.transmission + found.reflection
    np.testing.assert_allclose(total, 1.0, atol=1e-6)
    assert (found.absorption > 0).all()
    assert (np.diff(found.scattering) > 0).all()
    assert "absorption: " in found.citation and "scattering: " in found.citation


def test_there_are_at_least_thirty_materials():
    assert len(set(MATERIAL_NAMES)) >= 30


def test_bands_beyond_a_printed_row_repeat_its_ends():
    np.testing.assert_allclose(material("rug").absorption, [0.02, 0.02, 0.06, 0.14, 0.37, 0.60, 0.65, 0.65], atol=1e-6)
    np.testing.assert_allclose(
        material("wood_panel").absorption, [0.27, 0.27, 0.23, 0.22, 0.15, 0.10, 0.07, 0.06], atol=1e-6
    )


def test_a_wall_passes_what_its_sound_reduction_index_says():
    decibels = -10 * np.log10(material("plaster_on_brick").transmission.astype(float))
    np.testing.assert_allclose(decibels, [30, 36, 37, 40, 46, 54, 57, 59], atol=1e-3)
    pane = -10 * np.log10(material("heavy_glass").transmission.astype(float))
    np.testing.assert_allclose(pane, [18, 22, 26, 31, 30, 32, 39, 43], atol=1e-3)


def test_scattering_passes_through_its_printed_mid_value():
    between = np.interp(np.log2(707), np.log2([500, 1000]), material_table.scattering_bands(0.3)[3:5])
    assert between == pytest.approx(0.3, abs=5e-3)


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("sofa", "upholstery"),
        ("tv-screen", "heavy_glass"),
        ("TV_screen", "heavy_glass"),
        ("indoor-plant", "plants"),
        ("Swivel office chair", "office_chair"),
        ("kitchen cabinet door", "wooden_door"),
        ("wall", "gypsum_board"),
        ("marble", "marble"),
        ("painted brick", "painted_brick"),
        ("thingamajig", DEFAULT_MATERIAL),
        ("", DEFAULT_MATERIAL),
    ],
)
def test_names_of_things_find_their_material(category, expected):
    assert material_for_category(category) is material(expected)


def test_every_rule_names_a_material_of_the_table():
    table = json.loads(Path(material_table.__file__).with_suffix(".json").read_text(encoding="utf-8"))
    named = {*table["categories"].values(), *table["name_parts"].values()}
    assert named <= set(MATERIAL_NAMES)
    assert len(table["categories"]) >= 95


def test_an_unknown_material_names_the_nearest():
    with pytest.raises(MaterialError, match="'parquett' is not in the table: did you mean parquet"):
        material("parquett")
