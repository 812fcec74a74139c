"""What an acoustician reads from a propagation, before any microphone: metrics of energy, without filters or noise.

The one idea: a `Propagation` holds energy over time in each band and knows which of it is direct, so its metrics need
no band filters, which smear low bands, and no guess of where direct sound ends. Labels such as (K4) point to
docs/physics.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.paths import Propagation
from echoenv.audio.room_metrics import RoomMetrics, metrics_of_energy
from echoenv.errors import SettingsError

_EARLIEST, _SPLIT = 0.005, 0.08  # [s] after the onset: lateral sound begins, early sound ends


def metrics_of_propagation(propagation: Propagation) -> RoomMetrics:
    """Metrics (8,) per octave band of what an omnidirectional microphone hears.

    Times count from the first sound; they are as fine as the time bins. Direct sound is every arrival that was neither
    reflected nor bent, through walls too; where there is none, `drr` is minus infinity. All is NaN where nothing
    arrives.

    Args:
        propagation: From one source to one listener.
    """
    arrivals = propagation.arrivals
    direct = (arrivals.orders == 0) & (arrivals.diffractions == 0)
    energy = (arrivals.amplitudes[direct] ** 2).sum(axis=0)
    return metrics_of_energy(propagation.energy_over_time(), propagation.diffuse.bin_width, _onset(propagation), energy)


def lateral_fraction(propagation: Propagation) -> NDArray[np.float64]:
    """Early lateral energy fraction LF (8,) per octave band, (K8), from the directions of all sound.

    The figure-of-eight's axis is level, its null points at the source. Diffuse energy counts with the 42 directions
    in which it is kept, so a diffuse field reads a third, as it should.

    Args:
        propagation: From one source to one listener.

    Returns:
        LF; NaN where nothing arrives within 80 ms of the onset.

    Raises:
        SettingsError: The source is straight above or below the listener, so that there is no side to it.
    """
    ahead = propagation.source - propagation.listener
    side = np.array([-ahead[2], 0.0, ahead[0]])
    length = float(np.linalg.norm(side))
    if not length > 1e-6 * max(float(np.linalg.norm(ahead)), 1e-3):
        raise SettingsError("the source is straight above, below or at the listener: there is no side to it")
    side /= length
    onset, diffuse, arrivals = _onset(propagation), propagation.diffuse, propagation.arrivals
    times = (np.arange(diffuse.energy.shape[1]) + 0.5) * diffuse.bin_width
    early, lateral = times < onset + _SPLIT, (times >= onset + _EARLIEST) & (times < onset + _SPLIT)
    total = diffuse.energy[:, early].sum(axis=(0, 1))
    sides = np.einsum("k,kb->b", (diffuse.directions @ side) ** 2, diffuse.energy[:, lateral].sum(axis=1))
    energies, delays = arrivals.amplitudes**2, arrivals.delays
    total += energies[delays < onset + _SPLIT].sum(axis=0)
    late_enough = (delays >= onset + _EARLIEST) & (delays < onset + _SPLIT)
    sides += ((arrivals.directions @ side)[late_enough] ** 2) @ energies[late_enough]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sides / total)


def _onset(propagation: Propagation) -> float:
    """When the first sound arrives [s]; 0 where none does."""
    filled = np.flatnonzero(propagation.diffuse.energy.any(axis=(0, 2)))
    first = [float(filled[0]) * propagation.diffuse.bin_width] if len(filled) else []
    first += [float(propagation.arrivals.delays.min())] if len(propagation.arrivals) else []
    return min(first, default=0.0)
