"""Exact mirror reflections: image sources proposed by rays, then refined and tested.

The one idea: the mirrors that a ray met, in order, say where the source's image would be if sound took that way: mirror
the source at the last plane, then at the one before, up to the first. Rays only propose; whether the path exists and
what is left of the sound is found exactly, so time, level and direction carry no noise. Labels such as (P8) point to
the section "Propagation" of docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.acoustics.paths import Arrivals
from echoenv.acoustics.propagation import image_kernels as kernels
from echoenv.acoustics.propagation.mirror_planes import MirrorPlanes
from echoenv.acoustics.propagation.surface_kernels import vec8
from echoenv.rays.launch import launch, to_device
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

MIN_DISTANCE = 1e-3
"""Images nearer to the listener than this [m] are not heard: a source at the listener has no direct sound."""

_RAY_BITS = np.uint64(25)  # of a packed key, enough for twice the largest number of rays
_START = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(6364136223846793005)  # odd multiplier that spreads plane numbers over 64 bits (Knuth)
_PROBE = np.array([0.72341, 1.33917, -0.57183])  # [m] any point that lies in no plane of symmetry
_PROBE_CELL = 1e-3  # [m]
_PROBE_SHIFT = 0.37731  # of a cell, so that images at round numbers do not lie between two cells


@dataclass(frozen=True, eq=False)
class Chains:
    """Sequences of mirrors that may make images, each once.

    Attributes:
        planes: Mirror planes (c, orders) int32 in the order of reflection from the listener, -1 after the end. The
            first row is the direct sound and holds none.
        orders: Number of reflections (c,) int32.
        keys: (c,) uint64, different for sequences whose images differ, equal and only once for those that make the same
            image by the same mirrors; 0 for the direct sound.
        turns: Matrices (c, 3, 3) that, with `shifts`, take a point to its image, equation (P8).
        shifts: [m] (c, 3).
    """

    planes: NDArray[np.int32]
    orders: NDArray[np.int32]
    keys: NDArray[np.uint64]
    turns: NDArray[np.float64]
    shifts: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Possible image sources of several sources, for one listener.

    Attributes:
        chains: The sequences of mirrors.
        numbers: Row (n,) of `chains` of each candidate.
        sources: Index (n,) of the source.
        images: Positions [m] (n, 3) float64.
    """

    chains: Chains
    numbers: NDArray[np.int64]
    sources: NDArray[np.int64]
    images: NDArray[np.float64]

    @property
    def orders(self) -> NDArray[np.int32]:
        """Number of reflections (n,)."""
        return self.chains.orders[self.numbers]


def distinct_chains(chains: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """The different sequences of mirrors that rays met.

    Args:
        chains: Planes (rays, orders) in the order of reflection, -1 after the end.

    Returns:
        For each order n from 1 the sequences (number, n); fewer entries where no ray got that far.
    """
    return [sequences for sequences, _ in _grown_chains(chains)]


def _grown_chains(chains: NDArray[np.int32]) -> list[tuple[NDArray[np.int32], NDArray[np.int64]]]:
    """The different sequences (number, n), and which one of the order before (number,) each one continues."""
    rays = np.arange(len(chains), dtype=np.uint64)
    keys = np.full(len(chains), _START, dtype=np.uint64)
    member = np.zeros(len(chains), dtype=np.int64)  # by ray: its sequence of the order before
    found = []
    for order in range(chains.shape[1]):
        alive = chains[rays.astype(np.int64), order] >= 0
        rays, keys = rays[alive], keys[alive]
        if not len(rays):
            break
        keys = (keys ^ (chains[rays.astype(np.int64), order].astype(np.uint64) + np.uint64(1))) * _MIX
        keys ^= keys >> np.uint64(31)
        # 39 bits of the key before the ray's number: sorting groups equal sequences, and much faster than by rows.
        packed = np.sort((keys >> _RAY_BITS << _RAY_BITS) | rays)
        groups = packed >> _RAY_BITS
        leads = np.concatenate([[True], groups[1:] != groups[:-1]])
        sorted_rays = (packed & ((np.uint64(1) << _RAY_BITS) - np.uint64(1))).astype(np.int64)
        first = sorted_rays[leads]
        found.append((chains[first, : order + 1], member[first]))
        member[sorted_rays] = np.cumsum(leads) - 1
    return found


def image_chains(chains: NDArray[np.int32], mirrors: MirrorPlanes) -> Chains:
    """The chains that rays met, and the direct sound, without those that make the same image by the same mirrors.

    Two mirrors at right angles make one image whichever comes first, and which of the two orders sound takes depends on
    where the listener is. So a chain's key (P10) says which mirrors there are and where they put a point, not their
    order.

    Args:
        chains: As the tracer leaves them (rays, orders), -1 after the end.
        mirrors: The planes that `chains` numbers.
    """
    turns, shifts = np.eye(3)[None], np.zeros((1, 3))
    groups = [(np.full((1, max(1, chains.shape[1])), -1, dtype=np.int32), np.zeros(1, dtype=np.uint64), turns, shifts)]
    for sequences, parents in _grown_chains(chains):
        # A chain mirrors at its last plane first: the image in M1 .. Mn is that in M1 .. Mn-1 of the image in Mn.
        normals, offsets = mirrors.normals[sequences[:, -1]], mirrors.offsets[sequences[:, -1]]
        turned = np.matmul(turns[parents], normals[:, :, None])
        shifts = shifts[parents] + 2.0 * offsets[:, None] * turned[:, :, 0]
        turns = turns[parents] - 2.0 * turned * normals[:, None, :]
        unique, first = np.unique(_chain_keys(sequences, turns, shifts), return_index=True)
        planes = np.full((len(first), chains.shape[1]), -1, dtype=np.int32)
        planes[:, : sequences.shape[1]] = sequences[first]
        groups.append((planes, unique, turns[first], shifts[first]))
    orders = np.repeat(np.arange(len(groups), dtype=np.int32), [len(group[0]) for group in groups])
    planes, keys, all_turns, all_shifts = (np.concatenate(parts) for parts in zip(*groups, strict=True))
    return Chains(planes, orders, keys, all_turns, all_shifts)


def _chain_keys(
    chains: NDArray[np.int32], turns: NDArray[np.float64], shifts: NDArray[np.float64]
) -> NDArray[np.uint64]:
    """Keys (number,) of chains (number, n), n at least 1, (P10)."""
    probes = turns @ _PROBE + shifts
    cells = np.floor(probes / _PROBE_CELL + _PROBE_SHIFT).astype(np.int64)
    words = np.concatenate([np.sort(chains, axis=1).astype(np.int64) + 1, cells], axis=1).view(np.uint64)
    keys = np.full(len(chains), _START, dtype=np.uint64)
    for word in words.T:
        keys = (keys ^ word) * _MIX
        keys ^= keys >> np.uint64(29)
    return np.maximum(keys, np.uint64(1))


def propose_images(
    sources: NDArray[np.float64], listener: NDArray[np.float64], chains: NDArray[np.int32], mirrors: MirrorPlanes,
    max_length: float,
) -> Candidates:  # fmt: skip
    """Direct sound and all image sources that the chains of rays suggest, each once.

    Args:
        sources: [m] (m, 3).
        listener: [m] (3,).
        chains: As the tracer leaves them (rays, orders).
        mirrors: The planes that `chains` numbers.
        max_length: Longest path [m].
    """
    known = image_chains(chains, mirrors)
    images = np.matmul(sources, np.swapaxes(known.turns, 1, 2)) + known.shifts[:, None]  # (chains, sources, 3)
    distances = np.linalg.norm(images - listener, axis=2)
    number, source = np.nonzero((distances < max_length) & (distances > MIN_DISTANCE))
    return Candidates(known, number, source, images[number, source])


def departures(
    directions: NDArray[np.float64], planes: NDArray[np.int32], mirrors: MirrorPlanes
) -> NDArray[np.float64]:
    """Unit vectors (n, 3) in which sound leaves the source that arrives from `directions` by mirrors, (P10).

    Args:
        directions: Unit vectors (n, 3) from the listener towards the image.
        planes: Mirror planes (n, orders) in the order of reflection from the listener, -1 after the end.
        mirrors: The planes that `planes` numbers.
    """
    turned = -directions
    for step in planes.T:
        used = step >= 0
        normals = mirrors.normals[step[used]]
        turned[used] -= 2.0 * np.einsum("nk,nk->n", turned[used], normals)[:, None] * normals
    return turned


def refine_images(
    candidates: Candidates, sources: NDArray[np.float64], listener: NDArray[np.float64],
    engine: Any, mesh: Any, limits: Any, threads: int,
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:  # fmt: skip
    """Energy (n, 8) that mirrors and walls leave of each candidate, -1 where there is no path; walls passed (n,)."""
    count, chains = len(candidates.numbers), candidates.chains
    reflectances = np.zeros((count, OCTAVE_BAND_COUNT), dtype=np.float32)
    out = to_device(reflectances, vec8, engine.device)
    walls = to_device(np.zeros(count, dtype=np.int32), wp.int32, engine.device)

    def points(values: NDArray[np.float64]) -> Any:
        return to_device(np.broadcast_to(values, (count, 3)).astype(np.float32), wp.vec3, engine.device)

    arguments = [
        engine.queries, mesh, limits, points(listener), points(sources[candidates.sources]), points(candidates.images),
        to_device(candidates.numbers.astype(np.int32), wp.int32, engine.device),
        to_device(chains.planes, wp.int32, engine.device), to_device(chains.orders, wp.int32, engine.device),
        out, walls,
    ]  # fmt: skip
    launch(kernels.unfold_kernel, count, arguments, engine.device, threads)
    return np.asarray(out.numpy()), np.asarray(walls.numpy())


def in_sight(
    candidates: Candidates, reflectances: NDArray[np.float32], walls: NDArray[np.int32], sources: int
) -> NDArray[np.bool_]:
    """Whether (sources,) nothing lies between the listener and each source; a source at the listener is in sight."""
    direct = candidates.numbers == 0
    hidden = direct & ((reflectances[:, 0] < 0.0) | (walls > 0))
    return np.bincount(candidates.sources[hidden], minlength=sources) == 0


def as_arrivals(
    candidates: Candidates, reflectances: NDArray[np.float32], walls: NDArray[np.int32], sources: int,
    listener: NDArray[np.float64], mirrors: MirrorPlanes, speed_of_sound: float, air_attenuation: NDArray[np.float64],
) -> list[Arrivals]:  # fmt: skip
    """The arrivals of each source, in order of time.

    Args:
        candidates: Of all sources.
        reflectances: (n, 8) energy left, -1 where there is no path.
        walls: (n,) walls that the path goes through.
        sources: How many there are.
        listener: [m] (3,).
        mirrors: The planes of the candidates' chains.
        speed_of_sound: [m/s].
        air_attenuation: [Np/m] (8,) of energy.
    """
    chosen = np.flatnonzero(reflectances[:, 0] >= 0.0)
    offsets = candidates.images[chosen] - listener
    distances = np.linalg.norm(offsets, axis=1)
    by_time = np.lexsort((*offsets.T, distances, candidates.sources[chosen]))
    chosen, offsets, distances = chosen[by_time], offsets[by_time], distances[by_time]
    energies = reflectances[chosen].astype(np.float64) * np.exp(-distances[:, None] * air_attenuation)
    directions, numbers = offsets / distances[:, None], candidates.numbers[chosen]
    arrivals = Arrivals(
        delays=distances / speed_of_sound,
        directions=directions,
        amplitudes=np.sqrt(energies) / distances[:, None],
        orders=candidates.chains.orders[numbers],
        departures=departures(directions, candidates.chains.planes[numbers], mirrors),
        transmissions=walls[chosen],
        keys=candidates.chains.keys[numbers],
    )
    return arrivals.split(np.searchsorted(candidates.sources[chosen], np.arange(1, sources)))
