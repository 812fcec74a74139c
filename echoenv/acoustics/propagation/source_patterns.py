"""Directivities of sources as propagation needs them: checked, turned into the world, and as tables on the device.

The one idea: a source's directivity does two things. It multiplies each arrival's pressure by the gain towards where
the sound leaves, and each diffuse connection's energy by the squared gain towards the hit. An omnidirectional source
has no table, so it costs nothing. Labels such as (V1) point to the section "Directed sources" of docs/physics.md.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.directivity import ENERGY_COLUMNS, ENERGY_ROWS, Directivity
from echoenv.acoustics.paths import Arrivals
from echoenv.acoustics.propagation import tracing_kernels as kernels
from echoenv.acoustics.propagation.surface_kernels import vec8
from echoenv.errors import PoseError, SettingsError
from echoenv.rays.launch import to_device
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

Directivities = Directivity | Sequence[Directivity | None] | None
"""One directivity for all sources, or one for each (None: omnidirectional), or None for none at all."""

_NOT_ROTATED = 1e-3  # by how much a rotation's rows may fail to be orthonormal
_tables: weakref.WeakKeyDictionary[Directivity, NDArray[np.float32]] = weakref.WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class SourcePatterns:
    """Directivities of sources in an array of any shape, such as (m,) or (listeners, m).

    Attributes:
        kinds: The different directivities.
        numbers: Index (...) int32 into `kinds` of each source, -1 for an omnidirectional one.
        rotations: Local-to-world matrices (..., 3, 3) of the sources.
    """

    kinds: tuple[Directivity, ...]
    numbers: NDArray[np.int32]
    rotations: NDArray[np.float64]

    def __getitem__(self, part: Any) -> SourcePatterns:
        return SourcePatterns(self.kinds, self.numbers[part], self.rotations[part])

    def for_listeners(self, count: int) -> SourcePatterns:
        """Those of m sources, the same (count, m) for each listener."""
        shape = (count, *self.numbers.shape)
        return SourcePatterns(
            self.kinds, np.broadcast_to(self.numbers, shape), np.broadcast_to(self.rotations, (*shape, 3, 3))
        )

    def applied(self, arrivals: Arrivals) -> Arrivals:
        """The arrivals of one source, an array of shape (), with the gains of where each leaves, (V1)."""
        number = int(self.numbers)
        if number < 0 or not len(arrivals):
            return arrivals
        gains = self.kinds[number].gains(arrivals.departures @ self.rotations)
        return arrivals.amplified(gains)

    def on_device(self, device: str) -> Any:
        """As `tracing_kernels.SourcePatterns`, of an array (listeners, m)."""
        patterns = kernels.SourcePatterns()
        patterns.directed = int((self.numbers >= 0).any())
        shape = (ENERGY_ROWS, ENERGY_COLUMNS, OCTAVE_BAND_COUNT)
        tables = [_energy_table(kind) for kind in self.kinds] or [np.ones(shape, dtype=np.float32)]
        patterns.numbers = to_device(self.numbers.astype(np.int32), wp.int32, device)
        patterns.rotations = to_device(self.rotations.astype(np.float32), wp.mat33, device)
        patterns.tables = to_device(np.stack(tables), vec8, device)
        return patterns


def source_patterns(directivities: Directivities, rotations: ArrayLike | None, count: int) -> SourcePatterns:
    """What `count` sources radiate where.

    Args:
        directivities: One for all sources, or one for each; None is omnidirectional.
        rotations: Local-to-world matrices (count, 3, 3), or (3, 3) for all; may be left out where nothing is directed.
        count: Number of sources.

    Raises:
        SettingsError: Not as many directivities as sources, or something that is none.
        PoseError: Rotations are missing, of another shape, or no rotations.
    """
    if directivities is None or isinstance(directivities, Directivity):
        given: list[Directivity | None] = [directivities] * count
    else:
        given = list(directivities)
    if len(given) != count or not all(kind is None or isinstance(kind, Directivity) for kind in given):
        raise SettingsError(
            f"{len(given)} directivities for {count} sources: give one Directivity for all, or one or None for each"
        )
    kinds = tuple({id(kind): kind for kind in given if kind is not None and not _is_omni(kind)}.values())
    places = {id(kind): place for place, kind in enumerate(kinds)}
    numbers = np.array([places.get(id(kind), -1) for kind in given], dtype=np.int32)
    if rotations is None and kinds:
        raise PoseError("directed sources need rotations: give local-to-world matrices (m, 3, 3), -Z is ahead")
    matrices = np.eye(3) if rotations is None else np.asarray(rotations, dtype=np.float64)
    if matrices.shape not in ((3, 3), (count, 3, 3)):
        raise PoseError(f"rotations of sources have shape {matrices.shape}: give ({count}, 3, 3) or (3, 3)")
    apart = matrices @ np.swapaxes(matrices, -1, -2) - np.eye(3)
    if not (np.abs(apart) < _NOT_ROTATED).all() or not (np.linalg.det(matrices) > 0.0).all():
        raise PoseError("a source's rotation is no rotation: give orthonormal right-handed matrices, finite")
    return SourcePatterns(kinds, numbers, np.broadcast_to(matrices, (count, 3, 3)))


def _energy_table(kind: Directivity) -> NDArray[np.float32]:
    table = _tables.get(kind)
    return _tables.setdefault(kind, kind.energy_table()) if table is None else table


def _is_omni(kind: Directivity) -> bool:
    return bool((np.abs(_energy_table(kind) - 1.0) < 1e-6).all())
