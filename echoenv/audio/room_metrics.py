"""What an acoustician reads from a response: reverberation times, clarity, and how alike the two ears are.

The one idea: everything but the interaural figure follows from one curve, the energy that is still to come (Schroeder's
backward integral). It is computed from energy per time step, so a waveform and an energy histogram go through the same
code; a constant noise floor is found, taken out, and the cut tail is put back as the exponential that it was.
Definitions are those of ISO 3382-1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

from echoenv.audio.octave_filters import split_into_octaves
from echoenv.errors import SettingsError

Values = NDArray[np.float64]

_DIRECT_WINDOW = 0.0025  # [s] after its onset that count as direct sound
_ONSET = 0.01  # of the largest energy: where a response begins, -20 dB (ISO 3382-1, 5.3.3)
_FLOOR_SHARE = 0.1  # the end of a response in which noise is looked for
_DECAY_STEPS = 400  # time steps to which a response is thinned to find its noise floor


@dataclass(frozen=True, eq=False)
class RoomMetrics:
    """Room-acoustic parameters, each (...,): a value for every band or channel, NaN where a decay is too short.

    Attributes:
        edt: Early decay time [s], from 0 to -10 dB.
        t20: Reverberation time [s], from -5 to -25 dB.
        t30: Reverberation time [s], from -5 to -35 dB.
        c50: Early-to-late energy at 50 ms [dB].
        c80: Early-to-late energy at 80 ms [dB].
        d50: Share of the energy in the first 50 ms.
        centre_time: Centre of gravity of the energy (Ts) [s].
        drr: Direct-to-reverberant energy [dB].
    """

    edt: Values
    t20: Values
    t30: Values
    c50: Values
    c80: Values
    d50: Values
    centre_time: Values
    drr: Values


def metrics_of_response(response: ArrayLike, sample_rate: int, octaves: bool = True) -> RoomMetrics:
    """Metrics of impulse responses.

    Args:
        response: Pressure (..., n).
        sample_rate: [Hz].
        octaves: Cut into the eight octave bands first; otherwise take the whole.

    Returns:
        Values (..., 8), or (...,) of the whole. Times count from the onset of each whole response.
    """
    response = np.asarray(response, dtype=np.float64)
    onset = np.argmax(response**2 >= _ONSET * (response**2).max(axis=-1, keepdims=True), axis=-1) / sample_rate
    bands = split_into_octaves(response, sample_rate) if octaves else response
    begins = onset[..., None] * np.ones(8) if octaves else onset
    return metrics_of_energy(np.moveaxis(bands**2, -1, 0), 1.0 / sample_rate, np.asarray(begins))


def metrics_of_energy(
    energy: ArrayLike, bin_width: float, onset: ArrayLike = 0.0, direct: ArrayLike | None = None
) -> RoomMetrics:
    """Metrics of energy over time.

    Args:
        energy: Energy (bins, ...) per time bin.
        bin_width: [s].
        onset: When the direct sound arrives (...,) [s]; times count from there.
        direct: Energy (...,) of the direct sound, contained in `energy`; without it, that of the first 2.5 ms.

    Returns:
        Values (...,).

    Raises:
        SettingsError: The energy is empty, negative or not finite.
    """
    energy = np.asarray(energy, dtype=np.float64)
    if energy.shape[:1] in ((), (0,)) or not np.isfinite(energy).all() or energy.min() < 0.0:
        raise SettingsError(f"energy of shape {energy.shape} must have at least one bin and be finite and not negative")
    shape = energy.shape[1:]
    columns = energy.reshape(len(energy), -1)
    onsets = np.broadcast_to(np.asarray(onset, dtype=np.float64), shape).ravel()
    known = None if direct is None else np.broadcast_to(np.asarray(direct, dtype=np.float64), shape).ravel()
    rows = [
        _column(column, bin_width, onsets[i], None if known is None else known[i]) for i, column in enumerate(columns.T)
    ]
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
    remaining = _remaining(np.asarray(energy, dtype=np.float64), bin_width)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(10.0 * np.log10(remaining / remaining[0]))


def interaural_correlation(
    left: ArrayLike, right: ArrayLike, sample_rate: int, longest_lag: float = 0.001
) -> tuple[float, float]:
    """IACC: the largest normalised cross-correlation between the ears (ISO 3382-1, annex B).

    Args:
        left: Pressure (n,) at the left ear.
        right: Pressure (n,) at the right ear.
        sample_rate: [Hz].
        longest_lag: Largest delay between the ears that is searched [s].

    Returns:
        The coefficient, 0 to 1, and the delay [s] of the right ear against the left at which it occurs; NaN for
        silence.
    """
    left, right = np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    scale = np.sqrt((left**2).sum() * (right**2).sum())
    if scale == 0.0:
        return float("nan"), float("nan")
    length = fft.next_fast_len(2 * len(left), real=True)
    correlation = fft.irfft(np.conj(fft.rfft(left, length)) * fft.rfft(right, length), length)
    lags = np.arange(-round(longest_lag * sample_rate), round(longest_lag * sample_rate) + 1)
    best = int(np.abs(correlation[lags]).argmax())
    return float(np.abs(correlation[lags[best]]) / scale), float(lags[best] / sample_rate)


def _column(energy: Values, bin_width: float, onset: float, direct: float | None) -> tuple[float, ...]:
    """The values of `RoomMetrics` for one series of energies (bins,)."""
    first = min(int(onset / bin_width + 1e-6), len(energy) - 1)
    energy = energy[first:]
    remaining = _remaining(energy, bin_width)
    total = remaining[0]
    if not total > 0.0:
        return (float("nan"),) * 8
    late_50, late_80 = (_at(remaining, moment / bin_width) for moment in (0.05, 0.08))
    near = total - _at(remaining, _DIRECT_WINDOW / bin_width) if direct is None else direct
    centre = (remaining[1:].sum() + 0.5 * total) * bin_width / total
    ratios = [_decibels(total - late_50, late_50), _decibels(total - late_80, late_80)]
    times = [
        _reverberation_time(remaining, bin_width, *limits) for limits in ((0.0, -10.0), (-5.0, -25.0), (-5.0, -35.0))
    ]
    return (*times, *ratios, 1.0 - late_50 / total, centre, _decibels(near, total - near))


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


def _reverberation_time(remaining: Values, bin_width: float, high: float, low: float) -> float:
    """Time [s] for 60 dB, by a straight line through the curve between two levels [dB]; NaN out of reach."""
    with np.errstate(divide="ignore"):
        level = 10.0 * np.log10(remaining / remaining[0])
    begin = int(np.argmax(level <= high))
    end = int(np.argmax(level <= low))
    if end - begin < 2 or not np.isfinite(level[begin : end + 1]).all():
        return float("nan")
    times = np.arange(begin, end + 1) * bin_width
    slope = np.polyfit(times - times[0], level[begin : end + 1], 1)[0]
    return float(-60.0 / slope)


def _remaining(energy: Values, bin_width: float) -> Values:
    """Energy still to come (bins + 1,) at the bins' edges, without the noise floor and with the tail that it hid."""
    knee, floor, rate = _noise_floor(energy)
    signal = np.maximum(energy[:knee] - floor, 0.0) if floor == 0.0 else energy[:knee] - floor
    hidden = 0.0
    if rate > 0.0:
        width = max(1, min(knee // 10, round(0.3 / rate)))
        hidden = max(float(signal[knee - width :].mean()), 0.0) / np.expm1(rate) * np.exp(-rate * (width - 1) / 2.0)
    curve = np.full(len(energy) + 1, hidden)
    curve[:knee] += np.cumsum(signal[::-1])[::-1]
    if knee < len(energy):
        curve[knee:] = hidden * np.exp(-rate * np.arange(len(energy) + 1 - knee))
    return np.asarray(np.maximum(curve, 0.0))


def _noise_floor(energy: Values) -> tuple[int, float, float]:
    """Where a decay meets constant noise.

    Args:
        energy: (bins,).

    Returns:
        The bin at which to stop, the noise's energy per bin (0 where there is none), and the decay's rate [1/bin]
        before.
    """
    step = max(1, len(energy) // _DECAY_STEPS)
    count = len(energy) // step
    thin = energy[: count * step].reshape(count, step).mean(axis=1)
    peak = int(thin.argmax())
    floor = float(thin[-max(1, round(_FLOOR_SHARE * count)) :].mean())
    if count - peak < 8 or floor <= 0.0:
        return len(energy), 0.0, 0.0
    knee, rate = count, 0.0
    for _ in range(5):
        curve = np.cumsum(np.maximum(thin[peak:] - floor, 0.0)[::-1])[::-1]
        usable = np.flatnonzero((curve < 0.3 * curve[0]) & (thin[peak:] > 4.0 * floor))
        if len(usable) < 4:
            return len(energy), 0.0, 0.0
        slope, height = np.polyfit(usable, np.log(thin[peak:][usable]), 1)
        rate = -slope
        if rate <= 0.0:
            return len(energy), 0.0, 0.0
        knee = peak + int((height - np.log(floor)) / rate)
        if knee >= count * (1.0 - _FLOOR_SHARE):  # the decay itself reaches the end: no noise to be seen
            return len(energy), 0.0, rate / step
        quiet = min(knee + round(2.3 / rate), round(count * (1.0 - _FLOOR_SHARE)))  # 10 dB below the knee
        floor = float(thin[quiet:].mean())
    return knee * step, floor, rate / step
