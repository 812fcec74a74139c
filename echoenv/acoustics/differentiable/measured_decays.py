"""Measured decays, and how far a computed one is from them: what a fit of absorption compares.

The one idea: decay curves (Schroeder's backward integral) are compared by their steps, the energy in windows that grow
with time, in decibels. Points of one curve share all energy that comes after them; its steps share none, so their
errors are independent, a sum of squares means what statistics says it does, and strong early reflections, which tell
one wall from another, are not hidden under the sum of all that follows. Labels such as (G5) point to the section
"Energy as a function of the materials" of docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, signal, special

from echoenv.audio.octave_filters import RINGING, band_weights
from echoenv.errors import SettingsError
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES, OCTAVE_BAND_COUNT

Values = NDArray[np.float64]

_DECIBELS = 10.0 / np.log(10.0)  # of energy, per neper
_GROWTH = 0.2  # width of a window over the time since the first
_FEWEST_BINS = 3  # of a window where energy was measured through filters
_FAINTEST = 1e-15  # of a response's energy: windows with less count as this
_SHARPNESS = 3  # power of the octave filters (R1) that are measured through: neighbours decay otherwise
_NOISE_BANDWIDTH = 0.32  # of such a filter, in units of its centre frequency
_RINGING = 2.0 * RINGING  # [s], of such a filter
_ONSET = 0.01  # of the largest energy: where a response begins, -20 dB (ISO 3382-1, 5.3.3)


@dataclass(frozen=True, eq=False)
class MeasuredDecay:
    """What was measured between one source and one listener.

    Attributes:
        energy: Energy (bins, 8) over time and octave band; time counts from when the sound left the source.
        bin_width: Length of a time bin [s].
        deviation: Standard deviation [dB] of a window's energy beyond that of the noise that carries it: what is not
            right in the model (diffraction, furniture that is not where the mesh has it); its rays' noise comes on top.
        bandwidths: Of the noise that carries the energy [Hz] (8,), None where the energy itself is known, (G5).
        blurs: Share (8, 2 r + 1) of a bin's energy that the octave filters move by -r to r bins; None where none.
        onset: When the response begins [s]: nothing before is used.

    Raises:
        SettingsError: The energy has another shape, is negative, not finite or silent, or another number is not
            positive.
    """

    energy: Values
    bin_width: float
    deviation: float = 0.5
    bandwidths: Values | None = None
    blurs: Values | None = None
    onset: float = 0.0

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
        squares = _narrow_bands(pressure, sample_rate) ** 2  # (8, n)
        into = (np.arange(len(pressure)) / (sample_rate * bin_width)).astype(np.int64)
        heard = into < bins
        columns = [np.bincount(into[heard], band[heard], bins) for band in squares]
        onset = np.argmax(pressure**2 >= _ONSET * (pressure**2).max()) / sample_rate
        bandwidths = np.asarray(_NOISE_BANDWIDTH * EXACT_OCTAVE_CENTRES, dtype=np.float64)
        blurs = _filter_blurs(sample_rate, bin_width)
        return cls(np.stack(columns, axis=1), bin_width, deviation, bandwidths, blurs, float(onset))

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
        targets = np.where(used, _DECIBELS * np.log(np.where(used, energy, 1.0)), 0.0)
        collect = np.stack([self._collect(first[:, band], last[:, band], band) for band in range(OCTAVE_BAND_COUNT)])
        base = np.full(shape, self.deviation)
        return DecayWindows(first, last, targets, base, shift, spread, used, collect, calibrated)

    def _collect(self, first: NDArray[np.int64], last: NDArray[np.int64], band: int) -> Values:
        """Which share (w, bins) of the energy of each bin a band's windows hold, filters' ringing included."""
        bins = np.arange(len(self.energy))
        inside = ((bins >= first[:, None]) & (bins < last[:, None])).astype(np.float64)
        if self.blurs is None:
            return inside
        reach = self.blurs.shape[1] // 2
        return np.asarray(
            signal.fftconvolve(inside, self.blurs[None, band, ::-1], axes=1)[:, reach : reach + len(bins)]
        )

    def _edges(self, curve: Values, depth: float, band: int) -> NDArray[np.int64]:
        """Bins at which the windows of a band begin and end, from its curve (bins + 1,)."""
        sounding = np.flatnonzero(curve[:-1] - curve[1:] > 0.0)
        if not len(sounding):
            return np.zeros(1, dtype=np.int64)
        first, narrowest = max(int(sounding[0]), int(self.onset / self.bin_width)), 1
        if self.bandwidths is not None:
            narrowest = max(_FEWEST_BINS, int(np.ceil(1.0 / (self.bandwidths[band] * self.bin_width))))
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
        shift: By how much (w, 8) [dB] the level of noise lies off that of its mean energy.
        spread: Standard deviation (w, 8) [dB] of the level of noise; `with_noise` puts both to use.
        used: Whether (w, 8) there is such a window.
        collect: Share (8, w, bins) of each bin's energy that is measured in each window.
        calibrated: Whether levels count, or the shape of the decay only.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    targets: Values
    deviation: Values
    shift: Values
    spread: Values
    used: NDArray[np.bool_]
    collect: Values
    calibrated: bool

    def residual(self, energy: Values) -> Values:
        """Difference (w, 8) of computed energy (bins, 8) and the measured one, in standard deviations, (G5)."""
        return self._weighted(_DECIBELS * np.log(self._floored_sums(energy)) - self.targets)

    def with_noise(self, energy: Values, variance: Values, single: Values) -> DecayWindows:
        """The same windows with the noise of the recording and of the rays in targets and deviations, (G5).

        Args:
            energy: Computed energy (bins, 8).
            variance: Its variance by the rays (bins, 8).
            single: Sum of squared energies (bins, 8) of arrivals that come alone: a wave that makes up a window by
                itself does not interfere, and its level is no noise's.
        """
        sums = self._floored_sums(energy)
        relative = np.sqrt(np.einsum("bwt,tb->wb", self.collect**2, variance)) / sums
        noisy = np.clip(1.0 - np.einsum("bwt,tb->wb", self.collect**2, single) / sums**2, 0.0, 1.0)
        deviation = np.sqrt(self.deviation**2 + noisy * self.spread**2 + (_DECIBELS * np.minimum(relative, 1.0)) ** 2)
        return replace(self, targets=self.targets - noisy * self.shift, deviation=deviation)

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
        return np.asarray(np.einsum("bwt,tb->wb", self.collect, energy))

    def _floored_sums(self, energy: Values) -> Values:
        least = np.maximum(_FAINTEST * energy.sum(axis=0), np.finfo(np.float64).tiny)
        return np.where(self.used, np.maximum(self._sums(energy), least), 1.0)


def _narrow_bands(pressure: Values, sample_rate: int) -> Values:
    """Bands (8, n) of a signal (n,) through sharpened octave filters, without delay."""
    length = int(fft.next_fast_len(len(pressure) + round(_RINGING * sample_rate), real=True))
    weights = band_weights(fft.rfftfreq(length, 1.0 / sample_rate)) ** _SHARPNESS
    return np.asarray(fft.irfft(fft.rfft(pressure, length) * weights, length, axis=-1)[:, : len(pressure)])


def _filter_blurs(sample_rate: int, bin_width: float) -> Values:
    """How octave filters spread energy over time bins (8, 2 r + 1), for a pulse anywhere within a bin."""
    reach = int(np.ceil(_RINGING / bin_width)) + 1
    length = 2 * int(reach * bin_width * sample_rate) + 1
    pulse = np.zeros(length)
    pulse[length // 2] = 1.0
    energy = _narrow_bands(pulse, sample_rate) ** 2
    shift = (np.arange(length) - length // 2) / (sample_rate * bin_width)
    weights = np.maximum(0.0, 1.0 - np.abs(shift[:, None] - np.arange(-reach, reach + 1)))
    blurs = energy @ weights
    return np.asarray(blurs / blurs.sum(axis=1, keepdims=True))


def _remaining(energy: Values) -> Values:
    """Schroeder's curve: energy (bins, 8) still to come at the beginning of each bin."""
    return np.asarray(np.cumsum(energy[::-1], axis=0)[::-1])
