"""How much sound turns round a wedge: the uniform theory of diffraction, for wedges with ends and with any faces.

The one idea: seen from a wedge, sound changes abruptly at four angles: where the direct sound is cut off (from either
side) and where each face's reflection is. Each such boundary sends out a wave that is half as strong as what is cut
off, at the boundary, of the sign that mends the step, and falls off with the distance from the boundary in wavelengths.
Labels such as (D2) point to the section "Diffraction" of docs/physics.md.
"""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray
from scipy.special import modfresnelm

from echoenv.acoustics.propagation.diffraction import utd_kernels as kernels
from echoenv.rays.launch import launch, to_device

_ON_BOUNDARY = 1e-12  # [rad]


@dataclass(frozen=True, eq=False)
class Bends:
    """How paths (n,) turn at one edge each, in units of length; times the wave number they become phases.

    Attributes:
        openings: Exterior wedge angles [rad] (n,).
        offsets: Angles [rad] (n, 4) by which the path falls short of the boundaries: of the direct sound behind the
            first and behind the second face, of the reflection at the second and at the first face. Negative behind
            the boundary.
        spans: Distance parameter L [m] (n,), equation (D3).
        ends: By how much [m] (n, 2) the way by either end is longer than the shortest over the endless edge.
        sides: (n, 2), 1 where the end lies beyond the shortest way's point, -1 where the edge ends before it.
    """

    openings: NDArray[np.float64]
    offsets: NDArray[np.float64]
    spans: NDArray[np.float64]
    ends: NDArray[np.float64]
    sides: NDArray[np.float64]

    def chosen(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Bends:
        """Some of the paths."""
        return Bends(self.openings[which], self.offsets[which], self.spans[which], self.ends[which], self.sides[which])

    def settled(
        self, lit: NDArray[np.bool_], within: NDArray[np.float64] | float, grazing: NDArray[np.bool_] | bool = False
    ) -> Bends:
        """The same on the side of the shadow's boundary that rays tell, where it is too near for angles to tell.

        Args:
            lit: Whether (n,) the path would be open if it went straight on.
            within: Angle [rad] (n,) from the boundary, or one for all.
            grazing: Whether (n,) the sound comes along a face, so that its reflection ends where it does itself.
        """
        close = np.abs(self.offsets) < np.reshape(within, (-1, 1))
        close[:, 2:] &= np.reshape(grazing, (-1, 1))
        sign = np.where(lit, 1.0, -1.0)[:, None]
        return dataclasses.replace(self, offsets=np.where(close, np.copysign(self.offsets, sign), self.offsets))

    @property
    def shadow(self) -> NDArray[np.float64]:
        """Offset [rad] (n,) from the nearer boundary of the direct sound; negative in its shadow."""
        direct = self.offsets[:, :2]
        return np.asarray(np.take_along_axis(direct, np.argmin(np.abs(direct), axis=1)[:, None], axis=1)[:, 0])


def boundary_offsets(
    openings: NDArray[np.float64], arriving: NDArray[np.float64], leaving: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Offsets [rad] (n, 4) of paths from the boundaries of a wedge, as in `Bends`, equation (D2).

    Args:
        openings: Exterior wedge angles [rad] (n,).
        arriving: Angles [rad] (n,) of the source, from the first face, 0 to the opening.
        leaving: Angles [rad] (n,) of the listener, likewise.
    """
    offsets = np.empty((len(openings), 4))
    for place, angles in ((0, leaving - arriving), (2, leaving + arriving)):
        offsets[:, place] = np.pi + angles - 2.0 * openings * np.round((np.pi + angles) / (2.0 * openings))
        offsets[:, place + 1] = np.pi - angles + 2.0 * openings * np.round((angles - np.pi) / (2.0 * openings))
    return offsets


@functools.cache
def _transition_table() -> Any:
    """w(X) at evenly spaced sqrt(X) / (1 + sqrt(X)), from the boundary to infinity, where it is 0: good to 1e-6, (D4).

    It is Kouyoumjian and Pathak's F(X) over sqrt(i pi X). Fresnel's integrals take their time, so they are tabulated.
    """
    nodes = np.linspace(0.0, 1.0, 4097)
    values = np.zeros((len(nodes), 2))
    waves = 2.0 * modfresnelm(nodes[:-1] / (1.0 - nodes[:-1]))[1]
    values[:-1] = np.column_stack([waves.real, waves.imag])
    return _floats(values, wp.vec2)


def bend_gains(
    bends: Bends, wave_numbers: NDArray[np.float64], mirrors: NDArray[np.float64],
    stretch: NDArray[np.float64] | None = None, imaged: NDArray[np.bool_] | None = None,
    within: NDArray[np.bool_] | bool = False,
) -> NDArray[np.float64]:  # fmt: skip
    """Pressure (n, bands) of diffracted sound over that of free sound that has gone as far, equations (D2) to (D6).

    Real: the part in phase with the strongest boundary's wave, whose own phase lag of 0 to 45 degrees is left out.
    Negative where the wave mends a step downwards, as in the lit zone.

    Args:
        bends: The paths.
        wave_numbers: [rad/m] (bands,).
        mirrors: Pressure (n, 2, bands) that the first and the second face mirror.
        stretch: Factor (n,) on `spans`, for edges that follow each other (D7); None is 1.
        imaged: Whether (n, 2) the faces' mirror reflections are arrivals of their own; None: all. The step at the
            boundary of a reflection that is no arrival is not mended.
        within: Whether (n,) the wave is to have faded out already where the shortest way reaches an end of the edge,
            not only have fallen to half.
    """
    count = len(bends.openings)
    gains = np.empty((count, len(wave_numbers)), dtype=np.float32)
    factors = np.ones(count) if stretch is None else stretch
    images = np.ones((count, 2)) if imaged is None else imaged
    faded = np.broadcast_to(np.asarray(within, dtype=np.uint8), count)
    ends = [_floats(part, wp.vec2) for part in (bends.ends, bends.sides)]
    faces = [_floats(mirrors), _floats(images, wp.vec2), to_device(faded, wp.uint8, "cpu")]
    waves = [_floats(wave_numbers), _transition_table(), to_device(gains, wp.float32, "cpu")]
    launch(kernels.bend_kernel, count, [*_paths(bends), _floats(factors), *ends, *faces, *waves], "cpu", threads=1)
    return gains.astype(np.float64)


def rough_gains(bends: Bends, wave_number: float) -> NDArray[np.float64]:
    """About how strong (n,) at most diffracted sound is at one wave number, for choosing among many edges."""
    levels = np.empty(len(bends.openings), dtype=np.float32)
    arguments = [*_paths(bends), float(wave_number), to_device(levels, wp.float32, "cpu")]
    launch(kernels.rough_kernel, len(levels), arguments, "cpu", threads=1)
    return levels.astype(np.float64)


def _paths(bends: Bends) -> list[Any]:
    """Openings, offsets and spans on the device."""
    offsets = np.copysign(np.maximum(np.abs(bends.offsets), _ON_BOUNDARY), bends.offsets)  # -0 is behind the boundary
    return [_floats(bends.openings), _floats(offsets, wp.vec4), _floats(bends.spans)]


def _floats(values: NDArray[Any], kind: Any = wp.float32) -> Any:
    return to_device(np.asarray(values, dtype=np.float32), kind, "cpu")
