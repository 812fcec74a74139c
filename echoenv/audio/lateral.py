"""Sound from the sides: what makes a source sound wide and a room surround its listener.

The one idea: a figure-of-eight microphone whose null points at the source hears what comes from the sides, weighted by
the cosine; beside an omnidirectional one it tells the lateral energy fraction. First-order ambisonics hold both, (K8)
of docs/physics.md, ISO 3382-1 annex A.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.audio.octave_filters import band_weights, split_into_octaves
from echoenv.audio.room_metrics import onset_times
from echoenv.errors import SettingsError, nearest

_EARLIEST, _SPLIT = 0.005, 0.08  # [s] after the onset: lateral sound begins, early sound ends
_DIRECT_WINDOW = 0.0025  # [s] after the onset that tell where the source is
_GAINS = {"N3D": 3.0**0.5, "SN3D": 1.0}  # of a first-order channel on its axis
_REFERENCE_DISTANCE = 10.0  # [m]


@dataclass(frozen=True, eq=False)
class LateralMetrics:
    """Lateral sound, each (8,) per octave band or () of the whole; NaN in silence.

    Attributes:
        fraction: Early lateral energy fraction LF, 5 to 80 ms.
        fraction_cosine: The same with |p_8 p| instead of p_8^2 (LFC), closer to how width is judged.
        late_level: Late lateral sound level LJ [dB], from 80 ms on, against the free field 10 m from the source. Only
            for responses on the project's scale.
    """

    fraction: NDArray[np.float64]
    fraction_cosine: NDArray[np.float64]
    late_level: NDArray[np.float64]


def lateral_metrics(
    omni: ArrayLike, figure_of_eight: ArrayLike, sample_rate: int, octaves: bool = True
) -> LateralMetrics:
    """Lateral energy, (K8).

    Args:
        omni: Pressure (n,) at an omnidirectional microphone.
        figure_of_eight: Pressure (n,) at a figure-of-eight microphone in the same place, as loud as the other on its
            axis, its null towards the source.
        sample_rate: [Hz].
        octaves: In each of the eight octave bands; otherwise of the whole.

    Raises:
        SettingsError: The two differ in length, are empty or not finite, or the rate is not positive.
    """
    a, b = np.asarray(omni, dtype=np.float64), np.asarray(figure_of_eight, dtype=np.float64)
    if a.ndim != 1 or a.shape != b.shape or not a.size or not np.isfinite([a, b]).all() or not sample_rate > 0:
        raise SettingsError(
            f"microphones of shapes {a.shape} and {b.shape} at {sample_rate} Hz: give as many finite samples (n,) for "
            "each, at least one, and a positive rate"
        )
    onset = round(float(onset_times(a, sample_rate)) * sample_rate)
    first, split = onset + round(_EARLIEST * sample_rate), onset + round(_SPLIT * sample_rate)
    pressure, side = (split_into_octaves(signal, sample_rate) if octaves else signal[None] for signal in (a, b))
    early = (pressure[:, onset:split] ** 2).sum(axis=1)
    lateral = (side[:, first:split] ** 2).sum(axis=1)
    product = np.abs(side[:, first:split] * pressure[:, first:split]).sum(axis=1)
    late = (side[:, split:] ** 2).sum(axis=1)
    frequencies = np.linspace(0.0, sample_rate / 2.0, 1 << 14)
    reference = (band_weights(frequencies) ** 2).mean(axis=1) if octaves else np.ones(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = 10.0 * np.log10(late / reference * _REFERENCE_DISTANCE**2)
        values = [lateral / early, product / early, np.where(early > 0.0, level, np.nan)]
    return LateralMetrics(*(value if octaves else value[0] for value in values))


def lateral_microphones(
    ambisonics: ArrayLike, sample_rate: int, normalization: str = "N3D", towards_source: ArrayLike | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The two microphones of `lateral_metrics` from an ambisonic response.

    Args:
        ambisonics: Channels in ACN order (4 or more, n); axes x ahead, y left, z up.
        sample_rate: [Hz].
        normalization: `N3D` or `SN3D`.
        towards_source: Direction (3,) of the source on those axes; without it, where the intensity of the first 2.5 ms
            comes from.

    Returns:
        Pressure (n,) of an omnidirectional microphone, and of a figure-of-eight whose axis is level and whose null
        points at the source.

    Raises:
        SettingsError: Fewer than four channels, an unknown normalization, or the source is straight above or below (or
            nowhere, in silence), so that no side is defined.
    """
    channels = np.asarray(ambisonics, dtype=np.float64)
    if channels.ndim != 2 or len(channels) < 4 or not channels.size:
        raise SettingsError(f"ambisonics of shape {channels.shape}: give four channels or more (channels, n)")
    if normalization not in _GAINS:
        raise SettingsError(f"normalization {normalization!r} is unknown: {nearest(str(normalization), _GAINS)}")
    omni, (left, up, ahead) = channels[0], channels[1:4] / _GAINS[normalization]
    if towards_source is None:
        onset = round(float(onset_times(omni, sample_rate)) * sample_rate)
        window = slice(onset, onset + max(1, round(_DIRECT_WINDOW * sample_rate)))
        towards_source = [(omni[window] * axis[window]).sum() for axis in (ahead, left, up)]
    x, y, _ = np.asarray(towards_source, dtype=np.float64)
    length = float(np.hypot(x, y))
    if not length > 1e-6 * np.linalg.norm(towards_source):
        raise SettingsError("the source is straight above or below the listener, or silent: there is no side to it")
    return omni, (-y * ahead + x * left) / length
