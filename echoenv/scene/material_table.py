"""The table of acoustic materials, and which material a thing is taken to be made of by what it is called.

The one idea: `material_table.json` keeps the numbers as the cited tables print them; here they become energy fractions
in the eight octave bands by three stated rules.

1. *Absorption*: tables print 125 Hz to 4 or 8 kHz. The first value serves for 63 Hz too and the last one up to 8 kHz.
2. *Scattering*: tables print one value at mid frequencies, s_m at 707 Hz. It is spread over the bands along
   logit s(f) = logit s_m + 0.5 log2(f / 707 Hz), which rises with frequency and stays between 0 and 1; the slope is
   that of measured rows of seats and of class-room tables (Vorlaender, Auralization, appendix table A.2).
3. *Transmission*: tables print the sound reduction index R [dB] of a whole partition, tau = 10^(-R/10). Whether a mesh
   models a wall by one sheet or by two faces, propagation counts it once, (X1) of docs/physics.md. Where no
   partition is meant (furniture, curtains before a wall, rugs) it is zero. It is never more than what absorption
   leaves.

Names of things are class names of Replica and Matterport3D and common synonyms; see `built_in_mapping`.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import MaterialError, nearest
from echoenv.scene.material_mapping import MaterialMapping
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT, OCTAVE_CENTRES

_SCATTERING_SLOPE = 0.5  # of the logit, per octave
_SCATTERING_CENTRE = 707.0  # [Hz] where tables of mid-frequency scattering hold


@functools.cache
def _table() -> dict[str, dict[str, Any]]:
    return dict(json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8")))


MATERIAL_NAMES: tuple[str, ...] = tuple(_table()["materials"])
"""Names of all materials."""

DEFAULT_MATERIAL = "hard_surface"
"""What a thing of unknown category is taken to be: the average hard surface."""


@functools.cache
def material(name: str) -> AcousticMaterial:
    """The material of that name.

    Args:
        name: One of `MATERIAL_NAMES`.

    Returns:
        Energy fractions per octave band, 63 Hz to 8 kHz, with their citations. The same object every time.

    Raises:
        MaterialError: No such material; the message names the nearest.
    """
    if name not in MATERIAL_NAMES:
        raise MaterialError(f"acoustic material '{name}' is not in the table: {nearest(name, MATERIAL_NAMES)}")
    row = _table()["materials"][name]
    roughness = _table()["roughness"][row["roughness"]]
    absorption = absorption_bands(row["absorption"])
    citations = [f"absorption: {row['citation']}", f"scattering: {roughness['citation']}"]
    transmission = np.zeros(OCTAVE_BAND_COUNT, dtype=np.float32)
    if "reduction" in row:
        partition = _table()["reductions"][row["reduction"]]
        transmission = transmission_bands(partition["decibels"])
        citations.append(f"transmission: {partition['citation']}")
    transmission = np.minimum(transmission, np.float32(1.0) - absorption)
    return AcousticMaterial(
        name, absorption, scattering_bands(roughness["scattering"]), transmission, citation="; ".join(citations)
    )


def absorption_bands(printed: list[float]) -> NDArray[np.float32]:
    """Absorption (8,) of a printed row that starts at 125 Hz and ends at 4 kHz (6 values) or 8 kHz (7 values)."""
    row = [printed[0], *printed]
    return np.array(row + [row[-1]] * (OCTAVE_BAND_COUNT - len(row)), dtype=np.float32)


def scattering_bands(mid: float) -> NDArray[np.float32]:
    """Scattering (8,) of a surface whose printed mid-frequency value is `mid`, by rule 2 of this module."""
    octaves = np.log2(np.asarray(OCTAVE_CENTRES) / _SCATTERING_CENTRE)
    logit = np.log(mid / (1.0 - mid)) + _SCATTERING_SLOPE * octaves
    return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float32)


def transmission_bands(decibels: list[float]) -> NDArray[np.float32]:
    """Transmitted energy (8,) of a partition with sound reduction index [dB] (8,)."""
    return np.asarray(10.0 ** (-np.asarray(decibels) / 10.0), dtype=np.float32)


@functools.cache
def built_in_mapping() -> MaterialMapping:
    """The project's own table as a mapping: what `load_scene` uses where a file brings no acoustics of its own.

    A name that is itself a material's gives that material. Then come class names of Replica, of Matterport3D (mpcat40)
    and of HM3D (`categories` in the table), then the first part found in the name (`name_parts`: a `swivel chair` is a
    chair, a `kitchen cabinet door` a door), and at last `DEFAULT_MATERIAL`.
    """
    table = _table()
    return MaterialMapping(
        materials={name: material(name) for name in MATERIAL_NAMES},
        categories={**table["categories"], **{name: name for name in MATERIAL_NAMES}},
        name_parts=table["name_parts"],
        default=DEFAULT_MATERIAL,
        source="the built-in table of materials",
    )


@functools.cache
def material_for_category(category: str) -> AcousticMaterial:
    """What a thing of that category is taken to be made of, by `built_in_mapping`.

    Args:
        category: Class name of Replica, Matterport3D or anybody.

    Returns:
        The material; the average hard surface for a name that says nothing.
    """
    return built_in_mapping().material_for(category)
