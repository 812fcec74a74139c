"""Measured decays, and how far a computed one is from them: what a fit of absorption compares.

The one idea: decay curves (Schroeder's backward integral) are compared by their steps, the energy in windows that grow
with time, in decibels. Points of one curve share all energy that comes after them; its steps share none, so their
errors are independent, a sum of squares means what statistics says it does, and strong early reflections, which tell
one wall from another, are not hidden under the sum of all that follows. Labels such as (G5) point to the section
"Energy as a function of the materials" of docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from echoenv.audio.octave_filters import split_into_octaves
from echoenv.errors import SettingsError
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES, OCTAVE_BAND_COUNT

Values = NDArray[np.float64]

_DECIBELS = 10.0 / np.log(10.0)  # of energy, per neper
_GROWTH = 0.2  # width of a window over the time since the first
_FAINTEST = 1e-15  # of a response's energy: windows with less count as this
_NOISE_BANDWIDTH = 0.55  # of an octave filter (R1), in units of its centre frequency
_ONSET = 0.01  # of the largest energy: where a response begins, -20 dB (ISO 3382-1, 5.3.3)


@dataclass(frozen=True, eq=False)
class MeasuredDecay:
    """What was measured between one source and one listener.

    Attributes:
        energy: Energy (bins, 8) over time and octave band; time counts from when the sound left the source.
        bin_width: Length of a time bin [s].
        deviation: Standard deviation [dB] of a window's energy beyond that of the noise that carries it: what is not
            right in the model (its rays' noise, diffraction, furniture that is not where the mesh has it).
        bandwidths: Of the noise that carries the energy [Hz] (8,), None where the energy itself is known, (G5).
        begins: When curves are used from [s] (8,), from time 0 without it: before, an octave filter still rings.

    Raises:
        SettingsError: The energy has another shape, is negative, not finite or silent, or another number is not
            positive.
    """

    energy: Values
    bin_width: float
    deviation: float = 0.5
    bandwidths: Values | None = None
    begins: Values | None = None

    def __post_init__(self) -> None:
        energy = np.asarray(self.energy, dtype=np.float64)
        if energy.ndim != 2 or energy.shape[1] != OCTAVE_BAND_COUNT or not len(energy):
            raise SettingsError(f"measured energy of shape {energy.shape}: give (bins, 8), one column for each octave")
        if not np.isfinite(energy).all() or energy.min() < 0.0 or not energy.any():
            raise SettingsError("measured energy must be finite, not negative, and not silent")
        if not (0.0 < self.bin_width < np.inf and 0.0 < self.deviation < np.inf):
            raise SettingsError(
                f"bin width {self.bin_width} s and deviation {self.deviation} dB of a measured decay: give positive "
                "numbers"
            )
        object.__setattr__(self, "energy", energy)

    @classmethod
    def from_response(
        cls, samples: ArrayLike, sample_rate: int, bin_width: float, bins: int, deviation: float = 0.5
    ) -> MeasuredDecay:
        """From an impulse response of one microphone.

        Args:
            samples: Pressure (n,), any gain; sample 0 is when the sound left the source.
            sample_rate: [Hz].
            bin_width: Of the response that it will be compared with [s].
            bins: Number of its time bins; what comes later is left out, what is missing is silence.
            deviation: As above.

        Raises:
            SettingsError: The samples are not (n,), not finite or silent, or a number is not positive.
        """
        pressure = np.asarray(samples, dtype=np.float64)
        if pressure.ndim != 1 or not len(pressure) or not np.isfinite(pressure).all() or not pressure.any():
            raise SettingsError(f"response of shape {pressure.shape}: give finite samples (n,) of one sounding channel")
        if not (sample_rate > 0 and 0.0 < bin_width < np.inf and bins > 0):
            raise SettingsError(f"sample rate {sample_rate}, bin width {bin_width}, bins {bins}: give positive numbers")
        squares = split_into_octaves(pressure, sample_rate).astype(np.float64) ** 2  # (8, n)
        into = (np.arange(len(pressure)) / (sample_rate * bin_width)).astype(np.int64)
        heard = into < bins
        columns = [np.bincount(into[heard], band[heard], bins) for band in squares]
        onset = np.argmax(pressure**2 >= _ONSET * (pressure**2).max()) / sample_rate
        bandwidths = np.asarray(_NOISE_BANDWIDTH * EXACT_OCTAVE_CENTRES, dtype=np.float64)
        return cls(np.stack(columns, axis=1), bin_width, deviation, bandwidths, onset + 1.0 / bandwidths)

    def windows(self, depth: float, calibrated: bool) -> DecayWindows:
        """The windows in which energies are compared, until the curve has fallen by `depth` [dB]."""
        curve = np.concatenate([_remaining(self.energy), np.zeros((1, OCTAVE_BAND_COUNT))])
        edges = [self._edges(curve[:, band], depth, band) for band in range(OCTAVE_BAND_COUNT)]
        count = max(1, max(len(places) for places in edges) - 1)
        shape = (count, OCTAVE_BAND_COUNT)
        first, last, used = (
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape, dtype=np.int64),
            np.zeros(shape, dtype=bool),
        )
        for band, places in enumerate(edges):
            number = len(places) - 1
            first[:number, band], last[:number, band], used[:number, band] = places[:-1], places[1:], True
        energy = np.take_along_axis(curve, first, axis=0) - np.take_along_axis(curve, last, axis=0)
        used &= energy > _FAINTEST * curve[0]
        shift, spread = self._noise((last - first).astype(np.float64) * self.bin_width)
        targets = np.where(used, _DECIBELS * np.log(np.where(used, energy, 1.0)) - shift, 0.0)
        return DecayWindows(first, last, targets, np.hypot(self.deviation, spread), used, calibrated)

    def _edges(self, curve: Values, depth: float, band: int) -> NDArray[np.int64]:
        """Bins at which the windows of a band begin and end, from its curve (bins + 1,)."""
        sounding = np.flatnonzero(curve[:-1] - curve[1:] > 0.0)
        if not len(sounding):
            return np.zeros(1, dtype=np.int64)
        first, narrowest = int(sounding[0]), 1
        if self.begins is not None:
            first = max(first, int(np.ceil(self.begins[band] / self.bin_width)))
        if self.bandwidths is not None:
            narrowest = int(np.ceil(1.0 / (self.bandwidths[band] * self.bin_width)))
        edges = [first]
        while edges[-1] < len(curve) - 1 and curve[edges[-1]] > curve[min(first, len(curve) - 1)] * 10 ** (-depth / 10):
            edges.append(edges[-1] + max(narrowest, int(_GROWTH * (edges[-1] - first))))
        return np.array([edge for edge in edges if edge < len(curve)] or [0], dtype=np.int64)

    def _noise(self, widths: Values) -> tuple[Values, Values]:
        """By how much [dB] noise of so many seconds (w, 8) lies off its mean energy on average, and its deviation."""
        if self.bandwidths is None:
            return np.zeros(widths.shape), np.zeros(widths.shape)
        freedom = np.maximum(widths * self.bandwidths, 0.5)  # half the degrees of freedom of the energy
        shift = _DECIBELS * (special.digamma(freedom) - np.log(freedom))
        return shift, _DECIBELS * np.sqrt(special.polygamma(1, freedom))


@dataclass(frozen=True, eq=False)
class DecayWindows:
    """Windows (w, 8) of measured decays.

    Attributes:
        first: Time bin (w, 8) with which each window begins.
        last: Time bin (w, 8) before which it ends.
        targets: Level (w, 8) [dB] of the energy in it.
        deviation: Standard deviation (w, 8) [dB].
        used: Whether (w, 8) there is such a window.
        calibrated: Whether levels count, or the shape of the decay only.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    targets: Values
    deviation: Values
    used: NDArray[np.bool_]
    calibrated: bool

    def residual(self, energy: Values) -> Values:
        """Difference (w, 8) of computed energy (bins, 8) and the measured one, in standard deviations, (G5)."""
        return self._weighted(_DECIBELS * np.log(self._floored_sums(energy)) - self.targets)

    def linearised(self, energy: Values, jacobian: Values) -> Values:
        """Derivative (w, 8, m) of the residuals, from that (bins, 8, m) of the energy."""
        sums = self._floored_sums(energy)
        columns = [self._weighted(_DECIBELS * self._sums(part) / sums) for part in np.moveaxis(jacobian, 2, 0)]
        return np.stack(columns, axis=2)

    def _weighted(self, values: Values) -> Values:
        """Differences [dB] (w, 8) in standard deviations; without calibration, less the gain that suits them best."""
        weights = np.where(self.used, 1.0 / self.deviation, 0.0)
        if not self.calibrated:
            norm = np.maximum((weights**2).sum(axis=0), np.finfo(np.float64).tiny)
            values = values - (weights**2 * values).sum(axis=0) / norm
        return weights * values

    def _sums(self, energy: Values) -> Values:
        summed = np.concatenate([np.zeros((1, OCTAVE_BAND_COUNT)), np.cumsum(energy, axis=0)])
        return np.take_along_axis(summed, self.last, axis=0) - np.take_along_axis(summed, self.first, axis=0)

    def _floored_sums(self, energy: Values) -> Values:
        least = np.maximum(_FAINTEST * energy.sum(axis=0), np.finfo(np.float64).tiny)
        return np.where(self.used, np.maximum(self._sums(energy), least), 1.0)


def _remaining(energy: Values) -> Values:
    """Schroeder's curve: energy (bins, 8) still to come at the beginning of each bin."""
    return np.asarray(np.cumsum(energy[::-1], axis=0)[::-1])
