"""Settings of RLR, the acoustic engine of SoundSpaces 2.0, in its own names and with its own defaults.

The one idea: whoever knows RLR's header finds every name again, and nothing is tuned behind the user's back; what
SoundSpaces changes is a preset.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from numbers import Integral, Real

from echoenv.errors import SettingsError

_MOST = {"frequency_bands": 64, "direct_sh_order": 5, "indirect_sh_order": 5, "thread_count": 1024}
_LEAST = {"frequency_bands": 1, "thread_count": 1, "indirect_ray_count": 1, "indirect_ray_depth": 1}


@dataclass(frozen=True)
class RlrSettings:
    """RLR's `Configuration` as far as a user may set it; sample rate and length follow from what is asked for.

    Attributes:
        frequency_bands: Logarithmically spaced; its documentation advises 4 or 8.
        direct_sh_order: Spherical-harmonic order of direct sound, at most 5; raised to what ambisonics need.
        indirect_sh_order: The same for everything else.
        direct_ray_count: For the visibility of sources that are larger than a point.
        indirect_ray_count: From the listener.
        indirect_ray_depth: Reflections of each.
        source_ray_count: From each source.
        source_ray_depth: Reflections of each.
        max_diffraction_order: Edges of one path.
        thread_count: Threads.
        direct, indirect, diffraction, transmission: Whether each is computed.
        mesh_simplification: Whether small triangles are merged first. Only then does RLR know edges: without it
            (its default, and SoundSpaces') `diffraction` changes nothing, to the last bit.
        temporal_coherence: Whether responses are blended with the ones before; wrong wherever poses jump.
        listener_radius: [m]. Its direct sound comes early by this over the speed of sound.
        source_radius: [m]; a radius above 0 also changes levels by some decibels.
        align: Whether times and levels are brought to EchoEnv's, see `rlr_calibration`; otherwise what RLR returns,
            scaled, is cut to length and nothing is shifted.

    Raises:
        SettingsError: A value is out of range.
    """

    frequency_bands: int = 4
    direct_sh_order: int = 3
    indirect_sh_order: int = 1
    direct_ray_count: int = 500
    indirect_ray_count: int = 5000
    indirect_ray_depth: int = 200
    source_ray_count: int = 200
    source_ray_depth: int = 10
    max_diffraction_order: int = 10
    thread_count: int = 1
    direct: bool = True
    indirect: bool = True
    diffraction: bool = True
    transmission: bool = True
    mesh_simplification: bool = False
    temporal_coherence: bool = False
    listener_radius: float = 0.1
    source_radius: float = 0.0
    align: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(field.default, bool):
                good, kind = isinstance(value, bool), "True or False"
            elif isinstance(field.default, int):
                low, high = _LEAST.get(field.name, 0), _MOST.get(field.name, 10_000_000)
                good = isinstance(value, Integral) and not isinstance(value, bool) and low <= int(value) <= high
                kind = f"a whole number from {low} to {high}"
            else:
                good = isinstance(value, Real) and math.isfinite(value) and 0.0 <= float(value) <= 10.0
                kind = "0 to 10 metres"
            if not good:
                raise SettingsError(f"RLR setting {field.name}={value!r}: give {kind}")

    @classmethod
    def soundspaces(cls) -> RlrSettings:
        """What the continuous simulator of SoundSpaces 2.0 sets: 500 rays and temporal coherence."""
        return cls(indirect_ray_count=500, temporal_coherence=True)

    def for_library(self) -> dict[str, int]:
        """The values that the library's own record takes, by its names."""
        apart = {"listener_radius", "source_radius", "align"}
        return {field.name: int(getattr(self, field.name)) for field in fields(self) if field.name not in apart}
