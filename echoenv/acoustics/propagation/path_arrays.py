"""Every path of sound as arrays: its points, what happens at each, its energy, delay and directions.

The one idea: a `Propagation` says how much sound arrives when and from where; `RayPaths` says by which way. Arrivals
are walked once more from mirror to mirror, so their points are exact. The diffuse field has no end of paths: a bounded
number of rays is followed by the tracer's own rules, each hit with its connection to the source is one path, and their
energies add up to the field's, to within the noise of so many rays. Labels such as (K12) point to docs/physics.md.
"""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import DatasetError, SettingsError
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

_FILE_VERSION = 1
_SCALARS = ("speed_of_sound", "duration", "rays", "cut")


class Interaction(IntEnum):
    """What happens at a point of a path."""

    SOURCE = 0
    LISTENER = 1
    MIRROR = 2
    SCATTER = 3
    WALL = 4
    EDGE = 5


class PathKind(IntEnum):
    """What a path is: the rarest thing on its way decides."""

    DIRECT = 0
    REFLECTION = 1
    TRANSMISSION = 2
    SCATTERED = 3
    DIFFRACTION = 4


@dataclass(frozen=True, eq=False)
class RayPaths:
    """Paths (p,) from a source to a listener with their points (v,), in order of time.

    Path i has the points `offsets[i]` to `offsets[i + 1]`, from the source on; `padded` gives them as one array.

    Attributes:
        source: [m] (3,) float64, world frame.
        listener: [m] (3,) float64, world frame.
        vertices: Points [m] (v, 3) float32, world frame. Where a wall or an edge is passed, the point where it is met.
        offsets: Where the points of each path begin (p + 1,) int64.
        interactions: What happens at each point (v,) int8, an `Interaction`.
        triangles: Triangle of the scene (v,) int32 at each point; -1 at source, listener and edges.
        surfaces: Surface of the scene (v,) int32; -1 there.
        energies: Squared pressure (p, 8) float64 per octave band, on the scale of `EnergyResponse`. Sampled paths
            carry the share of the field that each stands for.
        delays: Travel time [s] (p,) float64.
        directions: Unit vectors (p, 3) float64, world frame, from the listener towards where the sound comes from.
        departures: Unit vectors (p, 3) float64, world frame, from the source towards where it leaves.
        kinds: (p,) int8, a `PathKind`.
        exact: Whether (p,) the path is an arrival; others are samples of the diffuse field.
        materials: Name of the material of each surface.
        speed_of_sound: [m/s].
        duration: Length of the response [s] that the paths are of.
        rays: Number of rays that sampled the diffuse field.
        cut: Share of these that were cut off after the most points that a ray may have: their later energy is missing.
    """

    source: NDArray[np.float64]
    listener: NDArray[np.float64]
    vertices: NDArray[np.float32]
    offsets: NDArray[np.int64]
    interactions: NDArray[np.int8]
    triangles: NDArray[np.int32]
    surfaces: NDArray[np.int32]
    energies: NDArray[np.float64]
    delays: NDArray[np.float64]
    directions: NDArray[np.float64]
    departures: NDArray[np.float64]
    kinds: NDArray[np.int8]
    exact: NDArray[np.bool_]
    materials: tuple[str, ...]
    speed_of_sound: float
    duration: float
    rays: int
    cut: float = 0.0

    def __repr__(self) -> str:
        known = int(self.exact.sum())
        return (
            f"RayPaths({known} arrivals and {len(self.delays) - known} samples of {self.rays} rays, {self.duration} s)"
        )

    def __len__(self) -> int:
        return len(self.delays)

    @property
    def counts(self) -> NDArray[np.int64]:
        """Number of points (p,) of each path, source and listener included."""
        return np.diff(self.offsets)

    @property
    def levels(self) -> NDArray[np.float64]:
        """Level (p,) [dB] of each path's energy, summed over the bands, against the free field at 1 m in one band."""
        with np.errstate(divide="ignore"):
            return np.asarray(10.0 * np.log10(self.energies.sum(axis=1)))

    def points(self, path: int) -> NDArray[np.float32]:
        """Points [m] (n, 3) of one path, from the source to the listener."""
        return self.vertices[self.offsets[path] : self.offsets[path + 1]]

    def materials_of(self, path: int) -> tuple[str, ...]:
        """Names of the materials that one path meets, in its order; "" at source, listener and edges."""
        met = self.surfaces[self.offsets[path] : self.offsets[path + 1]]
        return tuple(self.materials[surface] if surface >= 0 else "" for surface in met)

    def padded(self) -> NDArray[np.float32]:
        """Points [m] (p, most points, 3), NaN after each path's end."""
        counts = self.counts
        table = np.full((len(self), int(counts.max(initial=0)), 3), np.nan, dtype=np.float32)
        table[np.arange(table.shape[1]) < counts[:, None]] = self.vertices
        return table

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64] | Sequence[int]) -> RayPaths:
        """Those that a mask (p,) or a list of indices picks, in its order."""
        rows = np.asarray(which)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows.astype(np.int64)
        counts = self.counts[rows]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        points = np.repeat(self.offsets[rows] - offsets[:-1], counts) + np.arange(offsets[-1])
        arrays: dict[str, Any] = {name: getattr(self, name)[points] for name in _BY_POINT}
        arrays |= {name: getattr(self, name)[rows] for name in _BY_PATH}
        return dataclasses.replace(self, offsets=offsets, **arrays)

    def of_kind(self, kind: PathKind) -> RayPaths:
        """The paths of one kind."""
        return self.chosen(self.kinds == int(kind))

    def strongest(self, share: float = 0.9, band: int | None = None) -> RayPaths:
        """The fewest paths that together carry a share of the energy, in order of time.

        GSound-SIR's filter: in rooms with long, weak tails a small part of the paths carries most of the energy.

        Args:
            share: Of the energy of all paths, above 0 to 1.
            band: Index of the octave band that counts; None takes the sum over the bands.

        Raises:
            SettingsError: The share or the band is out of range.
        """
        if not 0.0 < share <= 1.0:
            raise SettingsError(f"share {share!r} of the energy: give a number above 0, at most 1")
        if band is not None and band not in range(OCTAVE_BAND_COUNT):
            raise SettingsError(f"octave band {band!r}: give a number from 0 to {OCTAVE_BAND_COUNT - 1}, or None")
        energy = self.energies.sum(axis=1) if band is None else self.energies[:, band]
        order = np.argsort(-energy, kind="stable")
        running = np.cumsum(energy[order])
        enough = int(np.searchsorted(running, share * running[-1] * (1.0 - 1e-12))) + 1 if len(order) else 0
        return self.chosen(np.sort(order[:enough]))

    def energy_over_time(self, bin_width: float = 0.001) -> NDArray[np.float64]:
        """Energy (bins, 8) in time bins of a width [s], over the response's duration.

        Raises:
            SettingsError: The width is not positive.
        """
        if not 0.0 < bin_width < np.inf:
            raise SettingsError(f"width of a time bin {bin_width} s must be positive")
        count = max(1, int(np.ceil(self.duration / bin_width - 1e-9)))
        total = np.zeros((count, OCTAVE_BAND_COUNT))
        bins = np.minimum((self.delays / bin_width).astype(np.int64), count - 1)
        np.add.at(total, bins, self.energies)
        return total

    def save(self, path: str | Path) -> Path:
        """Write all arrays as a compressed `.npz` file.

        Args:
            path: The file; its folder must exist.

        Raises:
            DatasetError: The folder is missing or cannot be written.
        """
        arrays: dict[str, Any] = {
            name: getattr(self, name) for name in ("source", "listener", "offsets", *_BY_POINT, *_BY_PATH)
        }
        arrays |= {name: np.asarray(getattr(self, name)) for name in _SCALARS}
        file = Path(path)
        file = file if file.suffix == ".npz" else file.with_name(file.name + ".npz")
        try:
            np.savez_compressed(file, version=_FILE_VERSION, materials=np.array(self.materials, dtype=str), **arrays)
        except OSError as error:
            raise DatasetError(f"cannot write '{file}' ({error.strerror}): give a path in an existing folder") from None
        return file

    @staticmethod
    def load(path: str | Path) -> RayPaths:
        """Read what `save` wrote.

        Raises:
            DatasetError: The file is missing, damaged or of another kind.
        """
        try:
            with np.load(path, allow_pickle=False) as file:
                found = dict(file)
            if int(found.pop("version")) != _FILE_VERSION:
                raise ValueError("another version")
            found["materials"] = tuple(str(name) for name in found["materials"])
            scalars = {name: found.pop(name).item() for name in _SCALARS}
            return RayPaths(**found, **scalars)
        except OSError as error:
            raise DatasetError(f"file of paths '{path}' cannot be read ({error.strerror}): check its path") from None
        except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise DatasetError(f"'{path}' is no file of paths, or is damaged ({error}): save it again") from None


_BY_POINT = ("vertices", "interactions", "triangles", "surfaces")
_BY_PATH = ("energies", "delays", "directions", "departures", "kinds", "exact")


def joined(parts: Sequence[RayPaths]) -> RayPaths:
    """Paths of one source and listener, in order of time.

    Args:
        parts: At least one; the first tells source, listener, materials and air.
    """
    counts = np.concatenate([part.counts for part in parts])
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in (*_BY_POINT, *_BY_PATH)
    }
    together = dataclasses.replace(
        parts[0],
        offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        rays=max(part.rays for part in parts),
        cut=max(part.cut for part in parts),
        **arrays,
    )
    return together.chosen(np.argsort(together.delays, kind="stable"))
