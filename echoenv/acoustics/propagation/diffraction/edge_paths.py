"""Shortest ways over edges: where they turn, how long they are, and whether anything stands in them.

The one idea: unfolded around a straight edge, a way over it is a straight line, so the turning point of one edge has a
closed form; for two edges the two points are found in turns. Points and edges come in arrays of equal length: one
row, one path. Labels such as (D2) point to the section "Diffraction" of docs/physics.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import NDArray

from echoenv.acoustics.propagation.diffraction import edge_kernels as kernels
from echoenv.acoustics.propagation.diffraction.edges import CLEARANCE, DiffractionEdges
from echoenv.acoustics.propagation.diffraction.utd import Bends, boundary_offsets
from echoenv.rays import RayEngine
from echoenv.rays.launch import launch, to_device

_EDGES_A_THREAD = 16  # each asks some forty rays
_SLACK = np.deg2rad(3.0)  # by which a point may lie inside a wedge, as walls are uneven


@dataclass(frozen=True, eq=False)
class Around:
    """Points (n,) in the cylindrical coordinates of an edge each, or points (m, n) in those of n edges.

    Attributes:
        heights: Along the edge from its first end [m] (..., n).
        radii: Distance from the edge's line [m] (..., n).
        angles: From the first face [rad] (..., n), 0 to the wedge's opening.
        outside: Whether (..., n) the point is not inside the wedge.
    """

    heights: NDArray[np.float64]
    radii: NDArray[np.float64]
    angles: NDArray[np.float64]
    outside: NDArray[np.bool_]

    def chosen(self, which: Any) -> Around:
        """Some of the rows, by any index."""
        return Around(self.heights[which], self.radii[which], self.angles[which], self.outside[which])


@dataclass(frozen=True, eq=False)
class Ways:
    """Ways (n,) over edges, from sources to a listener.

    Attributes:
        sources: Index (n,) of the source.
        edges: Index (n, order) of the edges, from the source on.
        first: Turning points [m] (n, 3) next to the source.
        last: Turning points [m] (n, 3) next to the listener.
        lengths: [m] (n,).
        gains: Pressure (n, 8) over that of free sound after the same length.
    """

    sources: NDArray[np.int64]
    edges: NDArray[np.int64]
    first: NDArray[np.float64]
    last: NDArray[np.float64]
    lengths: NDArray[np.float64]
    gains: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What all searches for ways share.

    Attributes:
        engine: Rays over the scene.
        edges: Its edges.
        wave_numbers: [rad/m] (8,).
        reach: Longest way [m].
        threads: On a CPU.
        imaged: Whether (E, 2) an edge's faces are mirrors whose reflections are arrivals.
    """

    engine: RayEngine
    edges: DiffractionEdges
    wave_numbers: NDArray[np.float64]
    reach: float
    threads: int
    imaged: NDArray[np.bool_]


def around(edges: DiffractionEdges, points: NDArray[np.float64]) -> Around:
    """Points [m] (n, 3), (3,) or (m, 1, 3) seen from edges (n,)."""
    offsets = points - edges.starts
    x = np.einsum("...ij,ij->...i", offsets, edges.faces)
    y = np.einsum("...ij,ij->...i", offsets, edges.normals)
    angles = np.arctan2(y, x) % (2.0 * np.pi)
    middle = edges.openings + 0.5 * (2.0 * np.pi - edges.openings)  # of the solid
    excess = np.where(angles > middle, 2.0 * np.pi - angles, angles - edges.openings)
    clamped = np.where(angles > middle, 0.0, np.minimum(angles, edges.openings))
    heights = np.einsum("...ij,ij->...i", offsets, edges.tangents)
    return Around(heights, np.hypot(x, y), clamped, excess <= _SLACK)


def turning_heights(one: Around, other: Around) -> NDArray[np.float64]:
    """Where (n,) along their lines [m] the shortest ways turn, equation (D2): equal angles with the edge."""
    total = np.maximum(one.radii + other.radii, 1e-12)
    return np.asarray((one.heights * other.radii + other.heights * one.radii) / total)


def shortest_lengths(edges: DiffractionEdges, one: Around, other: Around) -> NDArray[np.float64]:
    """Lengths [m] (..., n) of the shortest ways over edges (n,), turning no nearer to an end than `turning_points`."""
    inset = _inset(edges)
    within = np.clip(turning_heights(one, other), inset, edges.lengths - inset)
    before, after = np.hypot(one.radii, within - one.heights), np.hypot(other.radii, within - other.heights)
    return np.asarray(before + after)


def ranks(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many rows (n,) of the same group stand before each row; rows of a group (n,) follow each other."""
    begins = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]])) if len(groups) else groups
    sizes = np.diff(np.concatenate([begins, [len(groups)]]))
    return np.asarray(np.arange(len(groups)) - np.repeat(begins, sizes), dtype=np.int64)


def _inset(edges: DiffractionEdges) -> NDArray[np.float64]:
    return np.minimum(float(kernels.INSET), 0.25 * edges.lengths)


def turning_points(
    edges: DiffractionEdges, heights: NDArray[np.float64], parts: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Points [m] (n, 3) on the edges at heights (n,), not beyond their ends or those of their parts (n, 2)."""
    inset = _inset(edges)
    low, high = (inset, edges.lengths - inset) if parts is None else parts.T
    within = np.clip(heights, low, high)
    return np.asarray(edges.starts + within[:, None] * edges.tangents)


def bends_at(edges: DiffractionEdges, one: Around, other: Around, parts: NDArray[np.float64] | None = None) -> Bends:
    """How the ways from `one` to `other` turn at their edges.

    Args:
        edges: (n,).
        one: Where the ways come from.
        other: Where they lead.
        parts: Heights [m] (n, 2) between which the edges are in sight; None where all of them is.
    """
    heights = turning_heights(one, other)
    radii = np.maximum(one.radii + other.radii, 1e-9)
    straight = np.hypot(radii, one.heights - other.heights)
    stops = np.stack([np.zeros_like(heights), edges.lengths], axis=1) if parts is None else parts
    by_ends = np.hypot(one.radii[:, None], stops - one.heights[:, None])
    by_ends += np.hypot(other.radii[:, None], stops - other.heights[:, None])
    sides = np.where(np.stack([heights - stops[:, 0], stops[:, 1] - heights], axis=1) >= 0.0, 1.0, -1.0)
    return Bends(
        openings=edges.openings,
        offsets=boundary_offsets(edges.openings, one.angles, other.angles),
        spans=one.radii * other.radii / straight,
        ends=np.maximum(by_ends - straight[:, None], 0.0),
        sides=sides,
    )


def parts_in_sight(
    place: Surroundings, edges: DiffractionEdges, heights: NDArray[np.float64], sources: NDArray[np.float64],
    listener: NDArray[np.float64], only_whether: bool = False,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:  # fmt: skip
    """The part of each edge that both source and listener see, next to where the shortest way would turn.

    Args:
        place: Rays.
        edges: (n,).
        heights: Where (n,) the ways would turn [m].
        sources: [m] (n, 3) or (3,).
        listener: [m] (3,).
        only_whether: Do not look for the parts' ends, and return those of the edges.

    Returns:
        Heights [m] (n, 2) of the part's ends, and whether (n,) there is any.
    """
    device = place.engine.device
    air = edges.starts + CLEARANCE * edges.outward
    parts = to_device(np.zeros((len(edges), 2), dtype=np.float32), wp.vec2, device)
    seen = to_device(np.zeros(len(edges), dtype=np.uint8), wp.uint8, device)
    arguments = [
        place.engine.queries, _vectors(np.broadcast_to(sources, air.shape), device), wp.vec3(*listener),
        int(only_whether), _vectors(air, device),
        _vectors(edges.tangents, device), to_device(edges.lengths.astype(np.float32), wp.float32, device),
        to_device(heights.astype(np.float32), wp.float32, device), parts, seen,
    ]  # fmt: skip
    launch(kernels.sight_kernel, len(edges), arguments, device, place.threads, _EDGES_A_THREAD)
    return parts.numpy().astype(np.float64), np.asarray(seen.numpy() > 0)


def turning_pairs(
    first: DiffractionEdges, second: DiffractionEdges, sources: NDArray[np.float64], listener: NDArray[np.float64],
    rounds: int = 6,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:  # fmt: skip
    """Turning points [m] (n, 3), (n, 3) of the shortest ways from sources over two edges to the listener.

    The length of a way is a convex function of the two heights; Newton's method finds its minimum. Where an edge ends
    before, its end is taken, and the other edge's point is found again.

    Args:
        first: Edges next to the source (n,).
        second: Edges next to the listener (n,).
        sources: [m] (n, 3) or (3,).
        listener: [m] (3,).
        rounds: Steps of Newton's method; 1 is good enough for sorting ways by length.
    """
    from_source, from_listener = _on_line(first, sources), _on_line(second, listener)
    alike = np.einsum("ij,ij->i", first.tangents, second.tangents)
    heights = from_source[0], _between(_on_line(second, _at(first, from_source[0])), from_listener)
    for _ in range(rounds):
        one, two = _at(first, heights[0]), _at(second, heights[1])
        between = two - one
        apart = np.maximum(np.linalg.norm(between, axis=1), 1e-9)
        before = np.maximum(np.hypot(heights[0] - from_source[0], from_source[1]), 1e-9)
        after = np.maximum(np.hypot(heights[1] - from_listener[0], from_listener[1]), 1e-9)
        cosines = (
            np.einsum("ij,ij->i", between, first.tangents) / apart,
            np.einsum("ij,ij->i", between, second.tangents) / apart,
        )
        slopes = (
            (heights[0] - from_source[0]) / before - cosines[0],
            (heights[1] - from_listener[0]) / after + cosines[1],
        )
        bends = (
            from_source[1] ** 2 / before**3 + (1.0 - cosines[0] ** 2) / apart,
            from_listener[1] ** 2 / after**3 + (1.0 - cosines[1] ** 2) / apart,
        )
        mixed = (cosines[0] * cosines[1] - alike) / apart
        determinant = np.maximum(bends[0] * bends[1] - mixed**2, 1e-12)
        limit = before + apart + after  # far from the minimum a step may overshoot
        heights = (
            heights[0] - np.clip((bends[1] * slopes[0] - mixed * slopes[1]) / determinant, -limit, limit),
            heights[1] - np.clip((bends[0] * slopes[1] - mixed * slopes[0]) / determinant, -limit, limit),
        )
    ahead = turning_points(first, heights[0])
    points = turning_points(second, _between(_on_line(second, ahead), from_listener))
    return turning_points(first, _between(from_source, _on_line(first, points))), points


_Line = tuple[NDArray[np.float64], NDArray[np.float64]]


def _at(edges: DiffractionEdges, heights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(edges.starts + heights[:, None] * edges.tangents)


def _on_line(edges: DiffractionEdges, points: NDArray[np.float64]) -> _Line:
    """Heights [m] (n,) along and distances [m] (n,) from the edges' lines."""
    offsets = points - edges.starts
    heights = np.einsum("ij,ij->i", offsets, edges.tangents)
    return heights, np.sqrt(np.maximum(np.einsum("ij,ij->i", offsets, offsets) - heights**2, 0.0))


def _between(one: _Line, other: _Line) -> NDArray[np.float64]:
    return np.asarray((one[0] * other[1] + other[0] * one[1]) / np.maximum(one[1] + other[1], 1e-12))


def open_legs(
    place: Surroundings, ones: NDArray[np.float64], others: NDArray[np.float64], sources: NDArray[np.float64],
    listener: NDArray[np.float64],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:  # fmt: skip
    """What is clear of ways over two edges.

    Args:
        place: Rays.
        ones: Turning points [m] (n, 3) at the first edges, `lifted`.
        others: Turning points [m] (n, 3) at the second edges, `lifted`.
        sources: [m] (n, 3).
        listener: [m] (3,).

    Returns:
        Whether (n,) each way is open; and of these whether the source sees the second edge, the listener the first.
    """
    device = place.engine.device
    legs = to_device(np.zeros(len(ones), dtype=np.uint8), wp.uint8, device)
    arguments = [
        place.engine.queries, _vectors(sources, device), wp.vec3(*listener), _vectors(ones, device),
        _vectors(others, device), legs,
    ]  # fmt: skip
    launch(kernels.legs_kernel, len(ones), arguments, device, place.threads)
    found = legs.numpy()
    return np.asarray(found & 1 > 0), np.asarray(found & 2 > 0), np.asarray(found & 4 > 0)


def _vectors(values: NDArray[np.float64], device: str) -> Any:
    return to_device(values.astype(np.float32), wp.vec3, device)


def lifted(edges: DiffractionEdges, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points [m] (n, 3) of the edges, moved into the open air."""
    return np.asarray(points + CLEARANCE * edges.outward)
