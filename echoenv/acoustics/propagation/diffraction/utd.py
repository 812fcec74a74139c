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

import numpy as np
from numpy.typing import NDArray
from scipy.special import modfresnelm

_NARROW = 4.0  # how much nearer to its boundary than others' the wave of a reflection that is no arrival is heard
_FADE = 0.61  # fits `_magnitude` to within 0.3 dB; it only shapes the ends of edges


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


def transition(phases: NDArray[np.float64]) -> NDArray[np.complex128]:
    """w(X) = exp(iX) erfc(sqrt(iX)), equation (D4): 1 on the boundary, then falling as 1 / sqrt(pi X) exp(-i pi / 4).

    It is Kouyoumjian and Pathak's F(X) over sqrt(i pi X).

    Args:
        phases: X, any shape, at least 0.

    Returns:
        Values of the same shape, interpolated to 1e-6 between tabulated ones: Fresnel's integrals take their time.
    """
    root = np.sqrt(phases)
    places = root / (1.0 + root)
    nodes, values = _transition_table()
    result = np.empty(np.shape(phases), dtype=np.complex128)
    result.real = np.interp(places, nodes, values.real)
    result.imag = np.interp(places, nodes, values.imag)
    return result


@functools.cache
def _transition_table() -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Values (n,) of w at evenly spaced sqrt(X) / (1 + sqrt(X)), from the boundary to infinity, where it is 0."""
    nodes = np.linspace(0.0, 1.0, 4097)
    values = np.zeros(len(nodes), dtype=np.complex128)
    values[:-1] = 2.0 * modfresnelm(nodes[:-1] / (1.0 - nodes[:-1]))[1]
    return nodes, values


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
    strengths, half = _strengths(bends)
    spans = bends.spans if stretch is None else bends.spans * stretch
    lengths = spans[:, None] * 2.0 * np.sin(half) ** 2
    phases = lengths[..., None] * wave_numbers
    waves = transition(phases)
    shares = _within_ends(bends, wave_numbers, phases, np.abs(waves))
    weights = strengths[..., None] * np.where(
        np.reshape(within, (-1, 1, 1)), np.maximum(2.0 * shares - 1.0, 0.0), shares
    )
    weights[:, 2:] *= mirrors[:, ::-1]
    if imaged is not None:
        near = _magnitude(_NARROW * phases[:, 2:]) * _apart(lengths)[..., None]
        weights[:, 2:] *= np.where(imaged[:, ::-1, None], 1.0, 1.0 - near)
    total = np.sum(weights * waves, axis=1)
    leading = np.sum(weights**2 * np.abs(waves) * waves, axis=1)
    return -np.real(total * np.conj(leading)) / np.maximum(np.abs(leading), 1e-300)


def rough_gains(bends: Bends, wave_number: float) -> NDArray[np.float64]:
    """About how strong (n,) at most diffracted sound is at one wave number, for choosing among many edges."""
    strengths, half = _strengths(bends)
    levels = np.abs(strengths) * _magnitude(wave_number * bends.spans[:, None] * 2.0 * np.sin(half) ** 2)
    return np.asarray(levels.sum(axis=1))


def _strengths(bends: Bends) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Strengths (n, 4) of the boundaries' waves, and half the offsets [rad] (n, 4), equation (D2)."""
    sharpness = bends.openings[:, None] / np.pi
    half = 0.5 * bends.offsets
    with np.errstate(invalid="ignore", divide="ignore"):
        strengths = np.abs(np.sin(half)) / (2.0 * sharpness * np.tan(half / sharpness))
    on_boundary = np.where(np.signbit(bends.offsets), -0.5, 0.5)
    return np.where(np.abs(bends.offsets) < 1e-9, on_boundary, strengths), half


def _apart(lengths: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far (n, 2), 0 to 1, a reflection's boundary is another than the direct sound's: at grazing they are one."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = lengths[:, 2:, None] / lengths[:, None, :2]
    apart = np.min(np.abs(1.0 - np.nan_to_num(ratios, nan=1.0, posinf=2.0)), axis=2)
    return np.asarray(np.minimum(apart, 1.0))


def _within_ends(
    bends: Bends, wave_numbers: NDArray[np.float64], phases: NDArray[np.float64], levels: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share (n, 4, bands) of an endless edge's wave that comes from between the ends, equation (D6)."""
    shares = np.zeros_like(phases)
    for end in range(2):
        away = bends.ends[:, end, None, None] * wave_numbers
        fading = _magnitude(away)
        sums = np.maximum(phases + away, 1e-30)
        angles = np.arctan2(np.sqrt(phases), np.sqrt(np.maximum(away, 1e-30)))
        angles += (0.5 * np.pi * np.sqrt(phases / sums) - angles) * (1.0 - fading)
        beyond = angles / np.pi * _magnitude(sums) * fading / levels
        shares += bends.sides[:, end, None, None] * (0.5 - np.minimum(beyond, 0.5))
    return shares


def _magnitude(phases: NDArray[np.float64]) -> NDArray[np.float64]:
    """|w(X)| of (D4) to 0.3 dB, from its two limits."""
    root = np.sqrt(phases)
    slope = np.sqrt(2.0 / np.pi)
    return np.asarray((1.0 + _FADE * root) / (1.0 + (_FADE + slope) * root + np.sqrt(np.pi) * _FADE * phases))
