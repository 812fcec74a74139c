"""When the sound of something that moves is heard: delays between two moments, and which arrival is which.

The one idea: what is heard now left its source a while ago, when the source was elsewhere. Propagation tells the delay
between where source and listener are *now*; for a source that keeps its velocity the true delay follows in closed form,
for the image behind any mirrors as for the source itself. Between two moments the delay is the cubic that has the right
value and the right slope at both, so a pitch changes without steps. Labels such as (M1) point to docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.paths import Arrivals, Propagation

Array = NDArray[np.float64]

FASTEST = 0.5
"""Speed, over that of sound, beyond which a change of place counts as a jump: crossfaded, without Doppler shift."""


@dataclass(frozen=True, eq=False)
class HeardDelays:
    """Delays of arrivals at one moment.

    Attributes:
        values: [s] (p,), from when the sound left its source.
        slopes: Their change per time (p,): a tone is heard 1 - slope times as high.
        amplitudes: (p, 8), as those of the arrivals, but for the distance that the sound has really gone.
    """

    values: Array
    slopes: Array
    amplitudes: Array


def heard_delays(propagation: Propagation, source_velocity: Array, listener_velocity: Array) -> HeardDelays:
    """Delays of what is heard at the moment of a propagation, equations (M1) and (M2).

    Args:
        propagation: Between where source and listener are at this moment.
        source_velocity: [m/s] (3,), world frame.
        listener_velocity: [m/s] (3,).
    """
    arrivals, speed = propagation.arrivals, propagation.speed_of_sound
    mach = float(np.linalg.norm(source_velocity)) / speed
    receding = -arrivals.departures @ source_velocity / speed
    leaving = -arrivals.directions @ listener_velocity / speed
    growth = (np.sqrt(receding**2 + 1.0 - mach**2) - receding) / (1.0 - mach**2)
    values = arrivals.delays * growth
    then = receding / growth - mach**2  # radial speed when the sound left
    slopes = (then + leaving) / (1.0 + then)
    return HeardDelays(values, slopes, arrivals.amplitudes / growth[:, None])


def steady_delays(propagation: Propagation) -> HeardDelays:
    """Delays as if nothing had ever moved."""
    arrivals = propagation.arrivals
    return HeardDelays(arrivals.delays, np.zeros(len(arrivals)), arrivals.amplitudes)


def velocity(before: Array, after: Array, interval: float, speed_of_sound: float) -> Array:
    """Mean velocity [m/s] (3,) between two places (3,) [m]; zero for a jump faster than `FASTEST`."""
    mean = (after - before) / interval
    return mean if np.linalg.norm(mean) < FASTEST * speed_of_sound else np.zeros(3)


def same_arrivals(before: Arrivals, after: Arrivals) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which arrivals of two moments took the same way.

    Args:
        before: At one moment.
        after: At another.

    Returns:
        Indices (q,) into each, pair by pair. Several arrivals of one key are paired in order of time.
    """
    first, second = _numbered(before), _numbered(after)
    common, one, other = np.intersect1d(first, second, assume_unique=True, return_indices=True)
    return (one.astype(np.int64), other.astype(np.int64)) if len(common) else (np.zeros(0, np.int64),) * 2


def _numbered(arrivals: Arrivals) -> NDArray[np.void]:
    """Key and rank in time among arrivals of that key, (p,) records that are all different."""
    records = np.zeros(len(arrivals), dtype=[("key", np.uint64), ("rank", np.int64)])
    records["key"] = arrivals.keys
    order = np.lexsort((arrivals.delays, arrivals.keys))
    sorted_keys = arrivals.keys[order]
    begins = np.searchsorted(sorted_keys, sorted_keys)
    records["rank"][order] = np.arange(len(order)) - begins
    return records


def cubic_between(start: Array, start_slope: Array, end: Array, end_slope: Array, length: float) -> Array:
    """Cubics (q, 4), lowest power first, of the time after a start, by values and slopes at both ends (M3).

    Args:
        start: Values (q,) at time 0.
        start_slope: Slopes (q,) there.
        end: Values (q,) at time `length`.
        end_slope: Slopes (q,) there.
        length: Of the interval, in the unit of the slopes.
    """
    rise = (end - start) / length
    square = (3.0 * rise - 2.0 * start_slope - end_slope) / length
    cube = (start_slope + end_slope - 2.0 * rise) / length**2
    return np.stack([start, start_slope, square, cube], axis=-1)


def shifted_cubic(cubics: Array, by: float) -> Array:
    """The same cubics (q, 4) of a time that begins `by` later."""
    a, b, c, d = cubics.T
    return np.stack([a + by * (b + by * (c + by * d)), b + by * (2.0 * c + 3.0 * by * d), c + 3.0 * by * d, d], axis=-1)
