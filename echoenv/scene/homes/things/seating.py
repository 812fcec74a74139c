"""Everything to sit and to lie on, by one name: `sofas`, `chairs`, `beds`.

The one idea: rules that furnish rooms need not know which module draws a family.
"""

from __future__ import annotations

from echoenv.scene.homes.things.beds import BEDS, bed, bunk_bed, crib
from echoenv.scene.homes.things.chairs import (
    DINING_CHAIRS,
    bar_stool,
    bench,
    dining_chair,
    office_chair,
    rocking_chair,
    stool,
)
from echoenv.scene.homes.things.making import feet as legs
from echoenv.scene.homes.things.sofas import (
    ARMCHAIRS,
    SOFAS,
    armchair,
    bean_bag,
    chaise_longue,
    corner_sofa,
    cushion,
    ottoman,
    sofa,
)

__all__ = [
    "ARMCHAIRS",
    "BEDS",
    "DINING_CHAIRS",
    "SOFAS",
    "armchair",
    "bar_stool",
    "bean_bag",
    "bed",
    "bench",
    "bunk_bed",
    "chaise_longue",
    "corner_sofa",
    "crib",
    "cushion",
    "dining_chair",
    "legs",
    "office_chair",
    "ottoman",
    "rocking_chair",
    "sofa",
    "stool",
]
