"""What propagation hands to rendering: arrivals that are known exactly, and energy that is known on average.

The one idea: sound reaches a listener in two forms. Direct sound and mirror reflections come as single waves whose
time, direction and pressure are exact (`Arrivals`, coherent: pressures add). Everything else is a crowd of weak
reflections of which only the energy per time, band and direction is known (`EnergyResponse`, incoherent: energies add).
Both use one scale: a free-field path of 1 m has amplitude 1, hence energy 1 (equation P1 of docs/physics.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Waves that arrive one by one, in order of time.

    Attributes:
        delays: Travel time [s] (p,) float64.
        directions: Unit vectors (p, 3) float64, world frame, from the listener towards where the sound comes from.
        amplitudes: Pressure (p, 8) float64 per octave band, relative to the source's free field at 1 m; it holds the
            spreading 1/distance, the walls and the air.
        orders: Number of reflections (p,) int32; 0 is the direct sound.
    """

    delays: NDArray[np.float64]
    directions: NDArray[np.float64]
    amplitudes: NDArray[np.float64]
    orders: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.delays)


@dataclass(frozen=True, eq=False)
class EnergyResponse:
    """Energy that arrives over time, per octave band, from around a fixed set of directions.

    Attributes:
        energy: Squared pressure (k, bins, 8) float64, on the scale of `Arrivals.amplitudes ** 2`: what arrives from
            around `directions[k]` between `i * bin_width` and `(i + 1) * bin_width` after the sound left the source.
        directions: Unit vectors (k, 3) float64, world frame, from the listener towards where the sound comes from.
        bin_width: Length of a time bin [s].
    """

    energy: NDArray[np.float64]
    directions: NDArray[np.float64]
    bin_width: float

    @property
    def duration(self) -> float:
        """Time [s] that the bins cover."""
        return self.energy.shape[1] * self.bin_width


@dataclass(frozen=True, eq=False)
class Propagation:
    """How sound gets from one source to one listener.

    Attributes:
        source: Where it sounds [m] (3,) float64, world frame.
        listener: Where it is heard [m] (3,) float64, world frame.
        arrivals: Direct sound and exact mirror reflections.
        diffuse: All other reflected energy.
        escaped: Share, 0 to 1, of the listener's rays that left the mesh: how leaky the scene is from here.
        rays: Number of rays that were traced.
        duration: Length of the response [s]: nothing that arrives later is in it.
        speed_of_sound: [m/s].
        mean_free_path: Mean length [m] of the rays' free paths between walls; NaN where no ray was reflected.
        free_path_variance: Variance of the free paths over the square of their mean, Kuttruff's gamma squared; or NaN.
    """

    source: NDArray[np.float64]
    listener: NDArray[np.float64]
    arrivals: Arrivals
    diffuse: EnergyResponse
    escaped: float
    rays: int
    duration: float
    speed_of_sound: float
    mean_free_path: float = float("nan")
    free_path_variance: float = float("nan")

    def energy_over_time(self) -> NDArray[np.float64]:
        """Energy (bins, 8) of all sound, arrivals and diffuse, in the bins of `diffuse`."""
        total: NDArray[np.float64] = self.diffuse.energy.sum(axis=0)
        bins = np.floor(self.arrivals.delays / self.diffuse.bin_width).astype(np.int64)
        inside = bins < len(total)
        np.add.at(total, bins[inside], self.arrivals.amplitudes[inside] ** 2)
        return total
