"""From light to the colours of a photograph.

The one idea: an eye and a good interior photograph compress *light*, not colour. Irradiance, which varies a hundredfold
from the window to the corner of the hallway, goes through the response of a receptor that is adapted to the home's own
middle, x^n / (x^n + c) (Reinhard and Devlin, "Dynamic range reduction inspired by photoreceptor physiology", 2005); the
thing's colour then multiplies it untouched, so that a blue chair stays as blue in the shade (base and detail of Durand
and Dorsey, "Fast bilateral filtering for the display of high-dynamic-range images", SIGGRAPH 2002). What becomes
brighter than paper rolls off to white. As in that response, adaptation goes partly by the home and partly by the place,
so that a bathroom without a window is dimmer than a living room, but not dark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.colors import to_srgb
from echoenv.scene.homes.light.points import Floats, Singles

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Of linear sRGB (ITU-R BT.709)."""

_POWER = 0.85  # of light: 1 leaves it as it is in the dark
_MIDDLE = 0.62  # how bright white paper is, linear, in the home's middle light
_BRIGHTEST = 1.9  # how bright white paper is in endless light
_RANK = 0.68  # of the home's surface that lies in less than its middle light
_ADAPTED = 0.85  # share of the mean light's colour that the eye takes for white
_HUE = 0.65  # of the light's own colour that is left: the eye takes some of it for white from place to place
_LOCAL = 0.5  # of an eye's adaptation goes by the room that a surface looks into, the rest by the home
_VEIL = 0.03  # of the middle light that is everywhere, also in cracks that no ray finds
_KNEE = 0.6  # linear value from which colours roll off to white


@dataclass(frozen=True)
class Exposure:
    """How light becomes colour: middle luminance, and the light (3,) that is taken for white."""

    middle: float
    white: tuple[float, float, float]


def exposure(irradiance: Singles, areas: NDArray[np.floating]) -> Exposure:
    """The exposure of a home.

    Args:
        irradiance: Over pi (p, 3), of points that can be seen.
        areas: [m2] (p,) that each stands for.
    """
    luminance = irradiance.astype(np.float64) @ LUMINANCE
    order = np.argsort(luminance, kind="stable")
    ranks = np.cumsum(areas[order].astype(np.float64))
    middle = float(luminance[order][np.searchsorted(ranks, _RANK * ranks[-1])]) if ranks[-1] > 0.0 else 1.0
    even = irradiance / np.maximum(luminance, middle)[:, None]  # what is brighter than the middle counts no more
    mean = (even * areas[:, None]).sum(axis=0)
    mean /= max(float(mean @ LUMINANCE), 1e-9)
    red, green, blue = (float(x) for x in np.maximum(mean, 0.2) ** _ADAPTED)
    return Exposure(max(middle, 1e-6), (red, green, blue))


def adapted(irradiance: Singles, surroundings: NDArray[np.floating], chosen: Exposure) -> Singles:
    """Irradiance (p, 3) as seen by an eye that adapts, in part, to the light around (p,) each point."""
    share = np.clip(chosen.middle / np.maximum(surroundings, 1e-6), 0.1, 10.0) ** _LOCAL
    return np.asarray(irradiance * share[:, None], dtype=np.float32)


def toned(irradiance: Singles, chosen: Exposure) -> Floats:
    """How bright and of what hue (p, 3), linear, white paper is seen in that light."""
    balanced = irradiance.astype(np.float64) / np.array(chosen.white) + _VEIL * chosen.middle
    luminance = np.maximum(balanced @ LUMINANCE, 1e-9)[:, None]
    response = (luminance / chosen.middle) ** _POWER
    response = _BRIGHTEST * response / (response + _BRIGHTEST / _MIDDLE - 1.0)
    return np.asarray(response * (balanced / luminance) ** _HUE)


def developed(albedo: NDArray[np.floating], irradiance: Singles, chosen: Exposure) -> Floats:
    """Colours (p, 3), sRGB in 0..1, of surfaces of that albedo (p, 3), linear, in that light (p, 3)."""
    linear = albedo * toned(irradiance, chosen)
    over = np.maximum(linear - _KNEE, 0.0) / (1.0 - _KNEE)
    rolled = np.where(over > 0.0, _KNEE + (1.0 - _KNEE) * (1.0 - np.exp(-over)), linear)
    return np.asarray(to_srgb(np.clip(rolled, 0.0, 1.0)))
