"""What an acoustician reads from a response: reverberation times, clarity, level.

The one idea: all of it follows from one curve, the energy that is still to come (Schroeder's backward integral). It is
computed from energy per time step, so a waveform and an energy histogram go through the same code; a constant noise
floor is found, taken out, and the cut tail is put back as the exponential that it was. Definitions are those of
ISO 3382-1, with labels such as (K1) in docs/physics.md; what needs two channels is in `interaural.py` and `lateral.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.audio.interaural import interaural_correlation
from echoenv.audio.octave_filters import RINGING, band_weights, split_into_octaves
from echoenv.errors import SettingsError
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

__all__ = [
    "RoomMetrics",
    "decay_curve",
    "decay_line",
    "interaural_correlation",
    "metrics_of_energy",
    "metrics_of_response",
    "onset_times",
]

Values = NDArray[np.float64]

_DIRECT_WINDOW = 0.0025  # [s] after its onset that count as direct sound
_ONSET = 0.01  # of the largest energy: where a response begins, -20 dB (ISO 3382-1, 5.3.3)
_FLOOR_SHARE = 0.1  # the end of a response in which noise is looked for
_COMPLETE = 1e-4  # of the energy, -40 dB: a decay whose last tenth holds less and that ends in zeros is all there
_DECAY_STEPS = 400  # time steps to which a response is thinned to find its noise floor, at first
_MOST_STEPS = 6400  # and at last, where the decay takes only a few of those
_FEWEST_STEPS = 12  # that a decay must last to be told from noise
_REFERENCE_DISTANCE = 10.0  # [m], of strength
_RANGES = ((0.0, -10.0), (-5.0, -25.0), (-5.0, -35.0))  # [dB] of EDT, T20 and T30


@dataclass(frozen=True, eq=False)
class RoomMetrics:
    """Room-acoustic parameters, each (...,): a value for every band or channel.

    A value is NaN where it has no meaning: all of them in silence; a reverberation time where the decay, before it ends
    or meets the noise, does not reach the lower end of its range (`decay_range` is less than 10, 25 or 35 dB), has
    fewer than three time steps in it, or where no decay is to be seen at all (steady noise, a few bins).

    Attributes:
        edt: Early decay time [s], from 0 to -10 dB, (K2).
        t20: Reverberation time [s], from -5 to -25 dB.
        t30: Reverberation time [s], from -5 to -35 dB.
        c50: Early-to-late energy at 50 ms [dB], (K3); infinite where nothing comes later.
        c80: Early-to-late energy at 80 ms [dB].
        d50: Share of the energy in the first 50 ms.
        centre_time: Centre of gravity of the energy (Ts) [s].
        drr: Direct-to-reverberant energy [dB], (K4).
        strength: Level G [dB] against the free field 10 m from the same source, (K5). Only for responses on the
            project's scale, where the free field at 1 m is a pulse of amplitude 1.
        curvature: By how much T30 exceeds T20 [%], (K6): above 10 the decay is not one straight line, as in coupled
            rooms (ISO 3382-2, annex B).
        nonlinearity: 1000 (1 - r^2) of the line of T30 [permille], (K6): above 10 the curve is not straight.
        decay_range: How far the decay falls before it is cut off or meets the noise [dB]; infinite where it falls by
            40 dB or more and then ends in zeros, so that nothing is missing.
    """

    edt: Values
    t20: Values
    t30: Values
    c50: Values
    c80: Values
    d50: Values
    centre_time: Values
    drr: Values
    strength: Values
    curvature: Values
    nonlinearity: Values
    decay_range: Values


def metrics_of_response(response: ArrayLike, sample_rate: int, octaves: bool = True) -> RoomMetrics:
    """Metrics of impulse responses.

    Args:
        response: Pressure (..., n).
        sample_rate: [Hz].
        octaves: Cut into the eight octave bands first; otherwise take the whole.

    Returns:
        Values (..., 8), or (...,) of the whole. Times count from the onset of each whole response. In the lowest
        bands the filters are longer than the 2.5 ms of direct sound, so its energy counts in part as reverberant:
        `metrics_of_propagation` gives the ratio without filters.

    Raises:
        SettingsError: The response is empty or not finite, or the rate is not positive.
    """
    response = np.asarray(response, dtype=np.float64)
    if not response.size or not np.isfinite(response).all() or not sample_rate > 0:
        raise SettingsError(
            f"response of shape {response.shape} at {sample_rate} Hz must have finite samples and a positive rate"
        )
    onset = onset_times(response, sample_rate)
    if not octaves:
        return metrics_of_energy(np.moveaxis(response**2, -1, 0), 1.0 / sample_rate, onset)
    power = _octave_power(response, onset, sample_rate)
    begins = onset[..., None] * np.ones(OCTAVE_BAND_COUNT)
    return metrics_of_energy(np.moveaxis(power, -1, 0), 1.0 / sample_rate, begins, None, _pulse_energy(sample_rate))


def _octave_power(response: Values, onset: Values, sample_rate: int) -> Values:
    """Power (..., 8, n) in octave bands; what the zero-phase filters ring before the onset is put upon the onset."""
    power = split_into_octaves(response, sample_rate) ** 2
    for place in np.ndindex(onset.shape):
        begin = round(float(onset[place]) * sample_rate)
        ringing = slice(max(0, begin - round(RINGING * sample_rate)), begin)
        power[(*place, slice(None), begin)] += power[(*place, slice(None), ringing)].sum(axis=-1)
    return np.asarray(power)


def onset_times(response: ArrayLike, sample_rate: int) -> Values:
    """When responses (..., n) begin (...,) [s]: the first sample within 20 dB of the largest; 0 in silence."""
    power = np.asarray(response, dtype=np.float64) ** 2
    return np.asarray(np.argmax(power >= _ONSET * power.max(axis=-1, keepdims=True), axis=-1) / sample_rate)


def metrics_of_energy(
    energy: ArrayLike,
    bin_width: float,
    onset: ArrayLike = 0.0,
    direct: ArrayLike | None = None,
    reference: ArrayLike = 1.0,
) -> RoomMetrics:
    """Metrics of energy over time.

    Args:
        energy: Energy (bins, ...) per time bin.
        bin_width: [s].
        onset: When the direct sound arrives (...,) [s]; times count from there.
        direct: Energy (...,) of the direct sound, contained in `energy`; without it, that of the first 2.5 ms.
        reference: Energy (...,) that the source's free field has at 1 m, for the strength: 1 on the scale of
            `EnergyResponse`.

    Returns:
        Values (...,).

    Raises:
        SettingsError: The energy is empty, negative or not finite, or the width of a bin is not positive.
    """
    energy = np.asarray(energy, dtype=np.float64)
    if energy.shape[:1] in ((), (0,)) or not np.isfinite(energy).all() or energy.min() < 0.0:
        raise SettingsError(f"energy of shape {energy.shape} must have at least one bin and be finite and not negative")
    if not 0.0 < bin_width < np.inf:
        raise SettingsError(f"width of a time bin {bin_width} s must be positive")
    shape = energy.shape[1:]
    columns = energy.reshape(len(energy), -1).T
    given = [onset, np.nan if direct is None else direct, reference]
    each = [np.broadcast_to(np.asarray(values, dtype=np.float64), shape).ravel() for values in given]
    rows = [_column(column, bin_width, *row) for column, *row in zip(columns, *each, strict=True)]
    return RoomMetrics(*(np.array(values).reshape(shape) for values in zip(*rows, strict=True)))


def decay_curve(energy: ArrayLike, bin_width: float) -> Values:
    """Schroeder's curve: the energy still to come.

    Args:
        energy: Energy (bins,) per time bin.
        bin_width: [s].

    Returns:
        Levels (bins + 1,) [dB] at the bins' edges, 0 at the beginning, the noise floor taken out; -inf where nothing
        comes.
    """
    remaining = _remaining(np.asarray(energy, dtype=np.float64))[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(10.0 * np.log10(remaining / remaining[0]))


def decay_line(energy: ArrayLike, bin_width: float, high: float = -5.0, low: float = -35.0) -> tuple[float, float]:
    """The straight line through a decay between two levels, as it is drawn.

    Args:
        energy: Energy (bins,) per time bin, from the onset on.
        bin_width: [s].
        high: Where the line begins [dB].
        low: Where it ends [dB].

    Returns:
        Its slope [dB/s] and its level [dB] at the beginning; NaN where `RoomMetrics` has none.
    """
    remaining, reach = _remaining(np.asarray(energy, dtype=np.float64))
    if not remaining[0] > 0.0:
        return float("nan"), float("nan")
    slope, height, _ = _line(_levels(remaining), reach, bin_width, high, low)
    return slope, height


def _pulse_energy(sample_rate: int) -> Values:
    """Energy (8,) that each octave filter leaves of a pulse of amplitude 1."""
    frequencies = np.linspace(0.0, sample_rate / 2.0, 1 << 14)
    return np.asarray((band_weights(frequencies) ** 2).mean(axis=1))


def _column(energy: Values, bin_width: float, onset: float, direct: float, reference: float) -> tuple[float, ...]:
    """The values of `RoomMetrics` for one series of energies (bins,); `direct` is NaN where it is not known."""
    first = min(int(onset / bin_width + 1e-6), len(energy) - 1)
    energy = energy[first:]
    remaining, reach = _remaining(energy)
    total = remaining[0]
    if not total > 0.0:
        return (float("nan"),) * len(fields(RoomMetrics))
    late_50, late_80 = (_at(remaining, moment / bin_width) for moment in (0.05, 0.08))
    near = total - _at(remaining, _DIRECT_WINDOW / bin_width) if np.isnan(direct) else direct
    centre = (remaining[1:].sum() + 0.5 * total) * bin_width / total
    ratios = [_decibels(total - late_50, late_50), _decibels(total - late_80, late_80)]
    levels = _levels(remaining)
    lines = [_line(levels, reach, bin_width, *limits) for limits in _RANGES]
    times = [-60.0 / slope for slope, _, _ in lines]
    strength = _decibels(total, reference / _REFERENCE_DISTANCE**2)
    curvature = 100.0 * (times[2] / times[1] - 1.0)
    rest = [_decibels(near, total - near), strength, curvature, lines[2][2], reach]
    return (*times, *ratios, 1.0 - late_50 / total, centre, *rest)


def _decibels(early: float, late: float) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(10.0 * np.log10(np.float64(max(early, 0.0)) / max(late, 0.0)))


def _at(remaining: Values, position: float) -> float:
    """Energy still to come at a moment [bins]: exact where the decay is exponential."""
    index = int(position + 1e-9)
    if index >= len(remaining) - 1:
        return float(remaining[-1])
    share = position - index
    here, following = remaining[index], remaining[index + 1]
    if following <= 0.0:
        return float(here * (1.0 - share))
    return float(here * (following / here) ** share)


def _levels(remaining: Values) -> Values:
    with np.errstate(divide="ignore"):
        return np.asarray(10.0 * np.log10(remaining / remaining[0]))


def _line(levels: Values, reach: float, bin_width: float, high: float, low: float) -> tuple[float, float, float]:
    """A straight line through the curve between two levels [dB], (K2).

    Returns:
        Slope [dB/s], level at the beginning [dB] and nonlinearity [permille]; NaN where the decay does not reach so
        far down.
    """
    begin, end = int(np.argmax(levels <= high)), int(np.argmax(levels <= low))
    used = levels[begin : end + 1]
    if not reach >= -low or end - begin < 2 or not np.isfinite(used).all():
        return (float("nan"),) * 3
    times = np.arange(begin, end + 1) * bin_width
    middle = times.mean()
    slope, height = np.polyfit(times - middle, used, 1)
    residual = ((used - height - slope * (times - middle)) ** 2).sum() / ((used - used.mean()) ** 2).sum()
    return float(slope), float(height - slope * middle), float(1000.0 * residual)


def _remaining(energy: Values) -> tuple[Values, float]:
    """The energy still to come, (K1), and how far it can be trusted.

    Args:
        energy: (bins,).

    Returns:
        The energy (bins + 1,) at the bins' edges, without the noise floor and with the tail that it hid; and the fall
        [dB] before the decay ends or meets the noise: infinite where it is all there, NaN where there is no decay.
    """
    tail = _find_tail(energy)
    knee = tail.knee
    signal = energy[:knee] - tail.floor
    hidden = 0.0
    if tail.rate > 0.0:
        width = max(1, min(knee // 10, round(0.3 / tail.rate)))
        last = max(float(signal[knee - width :].mean()), 0.0)
        hidden = last / np.expm1(tail.rate) * np.exp(-tail.rate * (width - 1) / 2.0)
    curve = np.full(len(energy) + 1, hidden)
    curve[:knee] += np.cumsum(signal[::-1])[::-1]
    if knee < len(energy):
        curve[knee:] = hidden * np.exp(-tail.rate * np.arange(len(energy) + 1 - knee))
    curve = np.maximum(curve, 0.0)
    if tail.ends:
        return curve, float("inf")
    return curve, _decibels(curve[0], curve[knee]) if tail.rate > 0.0 else float("nan")


@dataclass(frozen=True)
class _Tail:
    """How a decay ends.

    Attributes:
        knee: Bin at which it meets constant noise, or the number of bins.
        floor: The noise's energy per bin; 0 where there is none.
        rate: Of the decay before [1/bin]; 0 where none was found.
        ends: Whether it ends in zeros, so that nothing is missing.
    """

    knee: int
    floor: float
    rate: float
    ends: bool = False


def _find_tail(energy: Values) -> _Tail:
    """Where a decay (bins,) meets constant noise, looked for in coarse time steps, and in finer ones for short ones."""
    sounding = energy[: int(np.flatnonzero(energy)[-1]) + 1] if energy.any() else energy
    last = max(1, round(_FLOOR_SHARE * len(sounding)))
    if len(sounding) < len(energy) and sounding[-last:].sum() <= _COMPLETE * sounding.sum():
        return _Tail(len(energy), 0.0, 0.0, ends=True)
    energy = sounding  # zeros that follow a louder end are no part of the decay
    steps, found = _DECAY_STEPS, None
    while found is None:
        step = max(1, len(energy) // steps)
        found = _tail_in_steps(energy, step, last_try=step == 1 or steps >= _MOST_STEPS)
        steps *= 4
    return found


def _tail_in_steps(energy: Values, step: int, last_try: bool) -> _Tail | None:
    """The tail as seen in steps of so many bins; None where the decay takes too few of them to be seen."""
    none = _Tail(len(energy), 0.0, 0.0)
    count = len(energy) // step
    thin = energy[: count * step].reshape(count, step).mean(axis=1)
    peak = int(thin.argmax())
    floor = float(thin[-max(1, round(_FLOOR_SHARE * count)) :].mean())
    if count - peak < 8:
        return none if last_try else None
    rate, knee = 0.0, count
    for _ in range(5):
        curve = np.cumsum(np.maximum(thin[peak:] - floor, 0.0)[::-1])[::-1]
        usable = np.flatnonzero((curve < 0.3 * curve[0]) & (thin[peak:] > 4.0 * floor))
        if len(usable) < _FEWEST_STEPS and not last_try:
            return None
        if len(usable) < 4:
            return none
        slope, height = np.polyfit(usable, np.log(thin[peak:][usable]), 1)
        rate = -slope
        if rate <= 0.0:
            return none
        knee = peak + int((height - np.log(max(floor, 1e-300))) / rate)
        if knee >= count * (1.0 - _FLOOR_SHARE):  # the decay itself reaches the end: no noise to be seen
            return _Tail(len(energy), 0.0, rate / step)
        quiet = min(knee + round(2.3 / rate), round(count * (1.0 - _FLOOR_SHARE)))  # 10 dB below the knee
        floor = float(thin[quiet:].mean())
    return _Tail(knee * step, floor, rate / step)
