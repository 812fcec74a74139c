"""A scene's late field: traced once, kept with the scene, and joined by the rays of every listener.

The one idea: late sound is carried by few rays, and which ones is a matter of chance that no listener can settle with
some thousand rays of its own. Strollers settle it once for all: tens of thousands leave all surfaces, wander until they
have forgotten where they started, and are followed from there on in stages. After each stage those that carry much are
doubled and those that carry little are dropped, so that as many see the end of the decay as its size is worth. Equation
(P11) of docs/physics.md.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.acoustics.propagation import late_kernels as kernels
from echoenv.acoustics.propagation.arrival_directions import arrival_directions
from echoenv.acoustics.propagation.decay_guide import surface_starts
from echoenv.acoustics.propagation.surface_kernels import vec8
from echoenv.rays import RayEngine
from echoenv.rays.launch import launch, to_device
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

_STROLLERS = 32768
_WANDERINGS = (20.0, 40.0)  # [m] that strollers have wandered when they are resampled, and when they enter
_FEWEST = 512
_FULL_UNTIL = 40.0  # [m] after entering up to which all strollers go on; beyond, their number falls as one over length
_FIRST_STAGE = 6.0  # [m]
_STAGE_GROWTH = 0.06  # a stage is at least this part of the length at which it begins
_MOST_ZONES = 64
_ZONE_SPACING = 1.5  # [m]
_ZONE_CANDIDATES = 4096
_TINY = 1e-30


@dataclass(frozen=True, eq=False)
class _Stage:
    """Samples of one stage, sorted by cell: `Sample` (n,), the first of each cell (cells + 1,), their energy (8,)."""

    samples: Any
    firsts: NDArray[np.int64]
    energy: NDArray[np.float64]


class LateField:
    """The late field of a scene.

    Args:
        engine: Rays over the scene. It is not kept, but must live on for as long as `reaching` is called.
        mesh: `AcousticMesh` of the same scene.
        transmission: Whether sound goes through walls.

    Attributes:
        cells: `LateCells` for kernels.
        count: Number of cells.
    """

    def __init__(self, engine: RayEngine, mesh: Any, transmission: bool) -> None:
        self._queries, self._device, self._threads = engine.queries, engine.device, engine.threads
        self._mesh, self._transmission = mesh, transmission
        self._stages: list[_Stage] = []
        self._edges = [0.0]
        origins, directions = surface_starts(engine, _STROLLERS)
        strollers: Any = np.zeros(_STROLLERS, dtype=_as_dtype(kernels.Stroller))
        strollers["origin"], strollers["direction"] = origins, directions
        strollers["throughput"] = strollers["weights"] = 1.0
        strollers["hero"] = np.random.default_rng(0).permutation(_STROLLERS) % OCTAVE_BAND_COUNT
        for number, length in enumerate(_WANDERINGS):
            parents, shares = _resampled(strollers, _STROLLERS, np.random.default_rng([0, number]))
            strollers, _ = self._stroll(strollers, parents, shares, -1 - number, length)
        self._strollers = strollers
        self._enter()

    def reaching(self, length: float) -> int:
        """Number of stages that cover so many metres; they are traced at the first call that needs them."""
        while self._edges[-1] < length:
            self._add_stage()
        return int(np.searchsorted(self._edges, length))

    def samples(self, stages: int, draws: int) -> tuple[Any, int]:
        """The first stages as `LateSamples` for kernels, and how many draws there are from them in all.

        Args:
            stages: How many.
            draws: From a stage that has 25 dB less energy than the first: earlier ones get up to twice as many.
        """
        found = self._stages[:stages]
        numbers = [max(1, round(draws * _effort(stage.energy / found[0].energy))) for stage in found] if found else []
        shifts = np.cumsum([0] + [len(stage.samples) for stage in found])[:-1]
        firsts = np.array([stage.firsts + shift for stage, shift in zip(found, shifts, strict=True)], dtype=np.int32)
        late = kernels.LateSamples()
        device = self._device
        late.samples = wp.array(np.concatenate([stage.samples for stage in found]), dtype=kernels.Sample, device=device)
        late.firsts = to_device(firsts, wp.int32, device)
        late.draws = to_device(np.concatenate([[0], np.cumsum(numbers)]).astype(np.int32), wp.int32, device)
        return late, sum(numbers)

    def _stroll(
        self,
        strollers: Any,
        parents: NDArray[np.int64],
        shares: NDArray[np.float64],
        stage: int,
        until: float,
    ) -> tuple[Any, Any]:
        """Strollers at the end of a stage, and their samples."""
        count, device = len(parents), self._device
        before = wp.array(strollers, dtype=kernels.Stroller, device=device)
        after = wp.empty(count, dtype=kernels.Stroller, device=device)
        samples = wp.empty(count, dtype=kernels.Sample, device=device)
        goes_on, share = np.asarray(parents, dtype=np.int32), np.asarray(shares, dtype=np.float32)
        arguments = [
            self._queries, self._mesh, int(self._transmission), stage, until, before,
            to_device(goes_on, wp.int32, device), to_device(share, wp.float32, device), after, samples,
        ]  # fmt: skip
        launch(kernels.stroll_kernel, count, arguments, device, self._threads)
        return after.numpy().copy(), samples.numpy().copy()

    def _enter(self) -> None:
        """Cells from where the strollers are, and each stroller's cell."""
        device = self._device
        directions = arrival_directions()
        middles = _zone_middles(self._strollers[self._strollers["length"] >= 0.0])
        self.count = len(middles) * len(directions)
        self.cells = kernels.LateCells()
        self.cells.middles = to_device(middles.astype(np.float32), wp.vec3, device)
        self.cells.directions = to_device(directions.astype(np.float32), wp.vec3, device)
        strollers = wp.array(self._strollers, dtype=kernels.Stroller, device=device)
        arguments = [self._queries, self.cells, strollers]
        launch(kernels.enter_kernel, len(self._strollers), arguments, device, self._threads)
        self._strollers = strollers.numpy().copy()
        entered = self._strollers[self._strollers["length"] >= 0.0]
        energy = np.zeros((self.count, OCTAVE_BAND_COUNT))
        np.add.at(energy, entered["cell"], _carried(entered))
        worth = (energy / np.maximum(energy.sum(axis=0), _TINY)).mean(axis=1)
        filled = np.asarray(energy.min(axis=1) > 0.0)
        inverse = np.where(filled[:, None], 1.0 / np.maximum(energy, _TINY), 0.0).astype(np.float32)
        inverse_worth = np.where(filled, 1.0 / np.maximum(worth, _TINY), 0.0).astype(np.float32)
        self.cells.stand_ins = to_device(_stand_ins(middles, directions, filled), wp.int32, device)
        self.cells.inverse = to_device(inverse, vec8, device)
        self.cells.inverse_worth = to_device(inverse_worth, wp.float32, device)

    def _add_stage(self) -> None:
        """Follow the strollers for one more stage."""
        begin = self._edges[-1]
        end = begin + max(_FIRST_STAGE, _STAGE_GROWTH * begin)
        worth = _effort(self._stages[-1].energy / self._stages[0].energy) if self._stages else 1.0
        wanted = max(_FEWEST, int(_STROLLERS * min(1.0, worth) * min(1.0, _FULL_UNTIL / end)))
        rng = np.random.default_rng([1, len(self._stages)])
        parents, shares = _resampled(self._strollers, wanted, rng)
        samples: Any = np.zeros(0, dtype=_as_dtype(kernels.Sample))
        if len(parents):
            self._strollers, samples = self._stroll(self._strollers, parents, shares, len(self._stages), end)
        samples = samples[samples["cell"] >= 0] if len(samples) else samples
        samples = samples[np.argsort(samples["cell"], kind="stable")]
        firsts = np.searchsorted(samples["cell"], np.arange(self.count + 1))
        energy = samples["reflected"].astype(np.float64).sum(axis=0) + _TINY
        self._stages.append(_Stage(samples, firsts, energy / (end - begin)))
        self._edges.append(end)


_fields: weakref.WeakKeyDictionary[RayEngine, dict[bool, LateField]] = weakref.WeakKeyDictionary()


def late_field(engine: RayEngine, mesh: Any, transmission: bool) -> LateField:
    """The late field of the engine's scene, traced at the first call.

    Args:
        engine: Rays over the scene.
        mesh: `AcousticMesh` of the same scene.
        transmission: Whether sound goes through walls.
    """
    fields = _fields.setdefault(engine, {})
    if transmission not in fields:
        fields[transmission] = LateField(engine, mesh, transmission)
    return fields[transmission]


def _as_dtype(struct: Any) -> Any:
    """The type of NumPy's records for a struct of Warp's."""
    return struct.numpy_dtype()


def _carried(strollers: Any) -> NDArray[np.float64]:
    """Energy (n, 8) of strollers."""
    return np.asarray(strollers["throughput"].astype(np.float64) * strollers["weights"])


def _effort(left: NDArray[np.float64]) -> float:
    """What a stage is worth where `left` (8,) of the energy is left: 2 at first, 1 at -25 dB, and 0.1 at last."""
    level = 10.0 * np.log10(np.maximum(left, _TINY)).max()
    return float(np.clip((level + 50.0) / 25.0, 0.1, 2.0))


def _resampled(strollers: Any, wanted: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Who goes on (wanted,), some of them several times, and by how much what they carry changes (wanted,).

    Chances are in proportion to what each carries, as a share of the whole, in the mean over the bands; energy stays
    the same on average, in every band.
    """
    alive = np.flatnonzero(strollers["length"] >= 0.0)
    carried = _carried(strollers[alive])
    worth = (carried / np.maximum(carried.sum(axis=0), _TINY)).mean(axis=1)
    alive, worth = alive[worth > 0.0], worth[worth > 0.0]
    if not len(alive):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    reached = np.cumsum(worth)
    step = reached[-1] / wanted
    picked = np.minimum(np.searchsorted(reached, (np.arange(wanted) + rng.random()) * step), len(alive) - 1)
    return alive[picked], step / worth[picked]


def _zone_middles(strollers: Any) -> NDArray[np.float64]:
    """Points [m] (zones, 3) in free space, all over the scene: each the farthest from those before."""
    if not len(strollers):
        return np.zeros((1, 3))
    candidates = np.random.default_rng(2).permutation(len(strollers))[:_ZONE_CANDIDATES]
    points = (strollers["origin"] + 0.3 * strollers["direction"])[candidates].astype(np.float64)
    chosen = [0]
    apart = np.linalg.norm(points - points[0], axis=1)
    while len(chosen) < _MOST_ZONES and apart.max() > _ZONE_SPACING:
        chosen.append(int(apart.argmax()))
        apart = np.minimum(apart, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return points[chosen]


def _stand_ins(
    middles: NDArray[np.float64], directions: NDArray[np.float64], filled: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Where rays of a cell (cells,) are counted: in the cell itself, if any strollers entered there.

    If not, in the cell of its zone, or else of the nearest zone that has any, whose direction is nearest.
    """
    full: Any = filled.reshape(len(middles), -1)
    if not filled.any():
        return np.arange(filled.size, dtype=np.int32)
    apart = np.linalg.norm(middles[:, None] - middles[None], axis=2)
    zone = np.where(full.any(axis=1)[None], apart, np.inf).argmin(axis=1)
    closeness = np.where(full[zone][:, None, :], (directions @ directions.T)[None], -np.inf)
    cells = zone[:, None] * len(directions) + closeness.argmax(axis=2)
    return np.asarray(np.where(full, np.arange(filled.size).reshape(full.shape), cells), dtype=np.int32).ravel()
