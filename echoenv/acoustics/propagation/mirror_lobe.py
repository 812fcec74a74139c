"""The lobe that stands for a mirror where reflections are not exact: how wide it is, and what makes it keep energy.

The one idea: a direction is drawn as a point of the unit disc, by its components along the wall; there the diffuse
field is uniform, and a mirror keeps the point. The lobe spreads the point evenly over a small disc around it. Near the
rim, where that disc sticks out, a factor for each radius, found by balancing rows and columns (Sinkhorn), makes the
lobe send away exactly what it receives and leave a uniform field uniform, equation (P6) of docs/physics.md.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

LOBE_CELLS = 64
"""Radial steps of the balance, even in the square of the radius."""

WIDENING = (1.0, 1.2, 1.6, 2.5, 3.5)
"""Radius of the lobe after each stage of thinning, in first radii: fewer rays need a wider lobe to meet a source."""


def lobe_radii(angle: float) -> NDArray[np.float64]:
    """Radii (5,) in the disc after each stage of thinning, for a first half-angle [degrees]."""
    return np.minimum(np.sin(np.deg2rad(angle)) * np.array(WIDENING), 1.0)


@functools.lru_cache(maxsize=32)
def lobe_balance(radius: float) -> NDArray[np.float64]:
    """Factors g (64,) at squared radii (i + 1/2) / 64 such that the lobe has density g(p) g(q) where |p - q| < radius.

    The density is per unit of area of the disc; integrated over q it is one for every p.
    """
    r = np.sqrt((np.arange(LOBE_CELLS) + 0.5) / LOBE_CELLS)
    cosine = (r[:, None] ** 2 + r[None] ** 2 - radius**2) / (2.0 * r[:, None] * r[None])
    areas = np.arccos(np.clip(cosine, -1.0, 1.0)) / LOBE_CELLS  # of ring j within the radius around a point of ring i
    factors = np.full(LOBE_CELLS, 1.0 / (np.sqrt(np.pi) * radius))
    for _ in range(200):
        factors = np.sqrt(factors / (areas @ factors))
    factors.flags.writeable = False
    return factors
