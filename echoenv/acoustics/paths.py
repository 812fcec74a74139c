"""What propagation hands to rendering: arrivals that are known exactly, and energy that is known on average.

The one idea: sound reaches a listener in two forms. Direct sound and mirror reflections come as single waves whose
time, direction and pressure are exact (`Arrivals`, coherent: pressures add). Everything else is a crowd of weak
reflections of which only the energy per time, band and direction is known (`EnergyResponse`, incoherent: energies add).
Both use one scale: a free-field path of 1 m has amplitude 1, hence energy 1 (equation P1 of docs/physics.md).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SettingsError
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT


@dataclass(frozen=True, eq=False)
class Arrivals:
    """Waves that arrive one by one, in order of time.

    Attributes:
        delays: Travel time [s] (p,) float64.
        directions: Unit vectors (p, 3) float64, world frame, from the listener towards where the sound comes from.
        amplitudes: Pressure (p, 8) float64 per octave band, relative to the source's free field at 1 m; it holds the
            spreading 1/distance, the walls, the air and the source's directivity. Negative: the wave is turned over.
        orders: Number of reflections (p,) int32; 0 is the direct sound.
        departures: Unit vectors (p, 3) float64, world frame, from the source towards where the sound leaves; where not
            given, opposite to `directions`, as of direct sound.
        diffractions: Number of edges (p,) int32 that the path bends round; zero where not given.
        transmissions: Number of walls (p,) int32 that the path goes through; zero where not given.
        keys: (p,) uint64, the same number for the same sequence of mirrors and edges wherever source and listener are,
            0 for direct sound: for following an arrival while they move. Zero where not given.

    Raises:
        SettingsError: Shapes do not fit together, or a number is not finite, or a delay negative.
    """

    delays: NDArray[np.float64]
    directions: NDArray[np.float64]
    amplitudes: NDArray[np.float64]
    orders: NDArray[np.int32]
    departures: NDArray[np.float64] = None  # type: ignore[assignment]
    diffractions: NDArray[np.int32] = None  # type: ignore[assignment]
    transmissions: NDArray[np.int32] = None  # type: ignore[assignment]
    keys: NDArray[np.uint64] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        count = len(self.delays)
        if self.departures is None:
            object.__setattr__(self, "departures", -np.asarray(self.directions, dtype=np.float64))
        for name, kind in (("diffractions", np.int32), ("transmissions", np.int32), ("keys", np.uint64)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, np.zeros(count, dtype=kind))
        shapes = {name: getattr(self, name).shape for name in _ARRIVAL_SHAPES}
        wrong = [f"{name} {shape}" for name, shape in shapes.items() if shape != (count, *_ARRIVAL_SHAPES[name])]
        if wrong:
            raise SettingsError(f"{count} arrivals with {', '.join(wrong)}: give one row for each delay")
        numbers = (self.delays, self.directions, self.amplitudes, self.departures)
        if not all(np.isfinite(values).all() for values in numbers) or (self.delays < 0.0).any():
            raise SettingsError("arrivals need finite delays of at least 0 s, finite directions and finite amplitudes")

    def __len__(self) -> int:
        return len(self.delays)

    @staticmethod
    def none() -> Arrivals:
        """No arrivals."""
        empty = {name: np.zeros((0, *shape)) for name, shape in _ARRIVAL_SHAPES.items()}
        return Arrivals(*(empty[name].astype(kind) for name, kind in _ARRIVAL_KINDS.items()))

    def chosen(self, rows: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Arrivals:
        """Those that a mask (p,), a list of indices or a slice picks, in its order."""
        return Arrivals(*(getattr(self, name)[rows] for name in _ARRIVAL_KINDS))

    def split(self, places: NDArray[np.int64]) -> list[Arrivals]:
        """In parts that begin at the start and at places (n,), which are in order: one part more than places."""
        bounds = [0, *places.tolist(), len(self)]
        return [self.chosen(slice(begin, end)) for begin, end in itertools.pairwise(bounds)]

    def amplified(self, gains: NDArray[np.float64]) -> Arrivals:
        """With amplitudes times gains (p, 8)."""
        return replace(self, amplitudes=self.amplitudes * gains)


_ARRIVAL_KINDS = {
    "delays": np.float64,
    "directions": np.float64,
    "amplitudes": np.float64,
    "orders": np.int32,
    "departures": np.float64,
    "diffractions": np.int32,
    "transmissions": np.int32,
    "keys": np.uint64,
}
_ARRIVAL_SHAPES = dict.fromkeys(_ARRIVAL_KINDS, ()) | {
    "directions": (3,),
    "departures": (3,),
    "amplitudes": (OCTAVE_BAND_COUNT,),
}


def concatenated(parts: Sequence[Arrivals]) -> Arrivals:
    """All arrivals of several sets, in order of time; of those at one time, the earlier set's come first."""
    if not parts:
        return Arrivals.none()
    joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRIVAL_KINDS}
    by_time = np.argsort(joined["delays"], kind="stable")
    return Arrivals(*(values[by_time] for values in joined.values()))


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

    def __repr__(self) -> str:
        return f"Propagation({len(self.arrivals)} arrivals and the energy of {self.rays} rays, {self.duration} s)"

    def energy_over_time(self) -> NDArray[np.float64]:
        """Energy (bins, 8) of all sound, arrivals and diffuse, in the bins of `diffuse`."""
        total: NDArray[np.float64] = self.diffuse.energy.sum(axis=0)
        bins = np.floor(self.arrivals.delays / self.diffuse.bin_width).astype(np.int64)
        inside = bins < len(total)
        np.add.at(total, bins[inside], self.arrivals.amplitudes[inside] ** 2)
        return total
