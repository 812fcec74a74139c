"""Sun and sky: where they stand, what colour they have, and which points the sun reaches.

The one idea: windows are portals. A pane gives off what the sky, the horizon or the ground sends through it, by the
direction in which it is seen through; and a ray towards the sun that first meets the inside of a pane is in the sun.
The sun of a home follows from its name, and stands where it shines through one of its windows; some homes are overcast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.light.points import Floats, Samples, Singles
from echoenv.scene.homes.light.tracing import Tracer
from echoenv.scene.homes.style import seeded
from echoenv.scene.scene import Scene

SHINES = 1.0
"""Linear radiance above which something is a lamp or a pane, and is seen in its own colour."""

_OVERCAST = 0.22  # share of homes
_ELEVATION = (20.0, 55.0)  # [degrees]
_SIDEWAYS = 50.0  # [degrees] that the sun stands off a window's axis at most
_SUN = 9.0  # radiance of a white surface that faces the sun, where a pane's is about 10
DISC = 24
"""Directions over the sun's disc."""

_RADIUS = 1.1  # [degrees] of the disc: a hazy sun, whose edges the mesh can hold; the sun itself has 0.27

_HEIGHTS = np.array([-1.0, -0.12, 0.08, 0.35, 1.0])  # sine of the elevation
_CLEAR = np.array([[0.38, 0.35, 0.29], [0.45, 0.43, 0.39], [1.18, 1.15, 1.12], [1.02, 1.03, 1.10], [0.70, 0.78, 0.98]])
_GREY = np.array([[0.22, 0.22, 0.20], [0.24, 0.24, 0.22], [0.45, 0.45, 0.45], [0.64, 0.64, 0.64], [1.12, 1.12, 1.12]])


@dataclass(frozen=True, eq=False)
class Daylight:
    """The light outside a home.

    Attributes:
        towards_sun: Unit vector (3,) to the sun.
        sun: Radiance (3,), linear, of a white surface that faces the sun; zero where it is overcast.
        sky: Radiance (5, 3) of ground and sky by the sine of the elevation, relative to the luminance of panes.
    """

    towards_sun: Floats
    sun: Floats
    sky: Floats

    def seen_through(self, heights: NDArray[np.floating]) -> Singles:
        """What comes through a pane (n, 3), relative to its glow, by the sine (n,) of the elevation it comes from."""
        return np.stack([np.interp(heights, _HEIGHTS, self.sky[:, k]) for k in range(3)], axis=1).astype(np.float32)


def daylight(scene: Scene, glow: Floats) -> Daylight:
    """Sun and sky of a home: by its name and its windows.

    Args:
        scene: The home.
        glow: Linear radiance (V, 3) that each vertex gives off.
    """
    rng = seeded(f"daylight {scene.name}")
    draws = rng.random(5)
    panes = np.flatnonzero(pane_triangles(scene, glow))
    if not len(panes) or draws[0] < _OVERCAST:
        return Daylight(np.array([0.0, 1.0, 0.0]), np.zeros(3), _normalised(_GREY))
    elevation = _ELEVATION[0] + (_ELEVATION[1] - _ELEVATION[0]) * draws[1]
    inwards = _pane_facing(scene, panes, float(draws[2]))
    azimuth = np.degrees(np.arctan2(-inwards[2], -inwards[0])) + _SIDEWAYS * (2.0 * draws[3] - 1.0)
    level, up = np.cos(np.radians(elevation)), np.sin(np.radians(elevation))
    towards = np.array([level * np.cos(np.radians(azimuth)), up, level * np.sin(np.radians(azimuth))])
    warmth = np.interp(elevation, _ELEVATION, [1.0, 0.0])
    color = (1.0 - warmth) * np.array([1.03, 0.99, 0.90]) + warmth * np.array([1.12, 0.96, 0.72])
    return Daylight(towards, _SUN * color, _normalised(_CLEAR))


def pane_triangles(scene: Scene, glow: Floats) -> NDArray[np.bool_]:
    """Which triangles (T,) are window panes: the glowing ones of windows."""
    windows = [thing.id for thing in scene.objects if thing.category == "window"]
    return np.isin(scene.triangle_objects, windows) & (glow[scene.triangles].max(axis=(1, 2)) > SHINES)


def _pane_facing(scene: Scene, panes: NDArray[np.intp], chance: float) -> Floats:
    """The unit normal (3,), into the room, of a pane that chance in 0..1 picks by area."""
    a, b, c = (scene.vertices[scene.triangles[panes, k]].astype(np.float64) for k in range(3))
    facing = np.round(np.cross(b - a, c - a), 9)
    area = np.linalg.norm(facing, axis=1)
    picked = int(np.searchsorted(np.cumsum(area), chance * area.sum()))
    return np.asarray(facing[picked] / area[picked])


def _normalised(sky: Floats) -> Floats:
    """The sky, so that a pane in a wall gives off as much light as its glow says."""
    heights = np.linspace(-1.0, 1.0, 401)
    weight = np.sqrt(1.0 - heights**2)  # of a band of directions, by the cosine to an upright pane
    seen = np.stack([np.interp(heights, _HEIGHTS, sky[:, k]) for k in range(3)], axis=1)
    return np.asarray(sky / ((seen @ np.array([0.2126, 0.7152, 0.0722]) * weight).sum() / weight.sum()))


def sunlight(samples: Samples, light: Daylight, panes: NDArray[np.bool_], tracer: Tracer, count: int = DISC) -> Singles:
    """Irradiance (p, 3) over pi straight from the sun.

    Args:
        samples: Where.
        light: The sun.
        panes: Which triangles (T,) of the tracer's scene are window panes.
        tracer: Answers ray queries.
        count: Directions over the sun's disc.
    """
    irradiance = np.zeros((len(samples), 3), dtype=np.float32)
    facing = (samples.normals @ light.towards_sun.astype(np.float32)).astype(np.float32)
    asked = np.flatnonzero(facing > 0.0)
    if not light.sun.any() or not len(asked):
        return irradiance
    share, starts = np.zeros(len(asked), dtype=np.float32), samples.starts[asked]
    for direction in _disc(light.towards_sun, count):
        hits = tracer.intersect(starts, np.broadcast_to(direction, starts.shape))
        share += (hits.triangle >= 0) & panes[hits.triangle]
    irradiance[asked] = (facing[asked] * share / np.float32(count))[:, None] * light.sun.astype(np.float32)
    return irradiance


def _disc(towards: Floats, count: int) -> Singles:
    """Unit vectors (count, 3) spread evenly over the sun's disc by the golden angle."""
    k = np.arange(count)
    radius, angle = np.tan(np.radians(_RADIUS)) * np.sqrt((k + 0.5) / count), k * np.pi * (3.0 - np.sqrt(5.0))
    right = np.cross([0.0, 1.0, 0.0], towards)
    right /= max(float(np.linalg.norm(right)), 1e-9)
    up = np.cross(towards, right)
    disc = towards + (radius * np.cos(angle))[:, None] * right + (radius * np.sin(angle))[:, None] * up
    return np.asarray(disc / np.linalg.norm(disc, axis=1, keepdims=True), dtype=np.float32)
