"""Islands: which parts of walkable space hang together, which are worth keeping, and which is the home's inside.

The one idea: floors alone do not tell a room from the roof above it. A room is enclosed: rays at chest height meet
walls, or there is a ceiling. The main island is the largest enclosed one, and the largest of all where none is
enclosed. Islands seen from behind, such as the outside of a ceiling, are dropped when the main island is seen from its
front.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from echoenv.errors import MeshError
from echoenv.navigation.floors import AgentShape, Floors
from echoenv.rays.engine import RayEngine

MIN_ISLAND_AREA = 1.0
"""Smaller islands [m2] are dropped, as in Habitat (400 cells of 0.05 m), unless there is none larger."""

_ENCLOSED = 0.5  # share of rays that must meet something
_PROBES = 64  # nodes of an island from which it is asked whether it is enclosed
_LARGE_BESIDE_OPEN_FLOOR = 0.3  # share of the open floor's area
_HORIZON = 16  # directions from each


@dataclass(frozen=True, eq=False)
class Islands:
    """Connected parts of walkable space, largest first.

    Attributes:
        labels: Island (n,) int32 of each floor node; -1 where the agent cannot stand.
        areas: [m2] (k,).
        enclosed: Whether (k,) an island is under a ceiling or within walls.
        main: The island that is the inside of the home: the largest enclosed one, otherwise the largest.
    """

    labels: NDArray[np.int32]
    areas: NDArray[np.float64]
    enclosed: NDArray[np.bool_]
    main: int


def find_islands(
    engine: RayEngine, agent: AgentShape, floors: Floors, clearance: NDArray[np.float32], margin: float
) -> Islands:
    """The islands of nodes whose clearance (n,) [m] is at least `margin`.

    Raises:
        MeshError: Nowhere is there room for the agent.
    """
    labels, count = _label(floors, clearance, margin)
    areas = cell_areas(floors, clearance - margin, labels, count)
    worth = areas >= MIN_ISLAND_AREA
    if count and not worth.any():
        worth[np.argmax(areas)] = True
    standing = labels >= 0
    front = np.bincount(labels[standing], weights=floors.fronts[standing], minlength=count)
    fronts = front / np.maximum(np.bincount(labels[standing], minlength=count), 1) >= 0.5
    enclosed = np.zeros(count, dtype=bool)
    for island in np.nonzero(worth)[0]:
        enclosed[island] = _is_enclosed(engine, agent, floors, labels == island)
    worth = worth & (fronts | enclosed)
    if not worth.any():
        raise MeshError(_no_room(engine, agent, floors, margin))
    main = _main_island(areas * worth, fronts, enclosed)
    if fronts[main]:
        worth = worth & fronts
    return _renumbered(labels, areas, enclosed, worth, main)


def _main_island(areas: NDArray[np.float64], fronts: NDArray[np.bool_], enclosed: NDArray[np.bool_]) -> int:
    """The largest enclosed island, or the largest of all; `areas` is 0 for those that do not count.

    A room whose triangles face out looks like a solid box on open ground: what is seen from behind is taken for a room
    unless it is small beside the open floor.
    """
    rooms, open_floor = areas * (fronts & enclosed), areas * (fronts & ~enclosed)
    from_behind = areas * (~fronts & enclosed)
    if rooms.any():
        return int(np.argmax(rooms))
    if from_behind.sum() >= _LARGE_BESIDE_OPEN_FLOOR * open_floor.max():
        return int(np.argmax(from_behind))
    return int(np.argmax(open_floor))


def cell_areas(
    floors: Floors, excess: NDArray[np.float32], labels: NDArray[np.int32], count: int
) -> NDArray[np.float64]:
    """Area [m2] (count,) of islands, up to where `excess` (n,), clearance less margin, crosses zero between nodes."""
    corners = cell_corners(floors)
    # A corner without floor is taken as just outside by as much as the cell is wide.
    values = np.where(corners >= 0, excess[corners], -floors.lattice.cell).astype(np.float64)
    owners = np.where((corners >= 0) & (values >= 0), labels[corners], -1).max(axis=1)
    share = 0.5 * (_share(values[:, [0, 1, 3]]) + _share(values[:, [0, 2, 3]]))
    owned = owners >= 0
    areas: NDArray[np.float64] = np.bincount(owners[owned], weights=share[owned], minlength=count).astype(np.float64)
    return areas * floors.lattice.cell**2


def _share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share (n,) of triangles in which a linear function, given at the corners (n, 3), is at least zero."""
    ordered = np.sort(values, axis=1)
    low, middle, high = ordered.T
    lone = np.where(middle >= 0, low, high)
    others = np.where((middle >= 0)[:, None], ordered[:, 1:], ordered[:, :2])
    corner = lone**2 / np.maximum((lone - others[:, 0]) * (lone - others[:, 1]), 1e-30)
    partly = np.where(middle >= 0, 1.0 - corner, corner)
    share: NDArray[np.float64] = np.where(low >= 0, 1.0, np.where(high < 0, 0.0, partly))
    return share


def _label(floors: Floors, clearance: NDArray[np.float32], margin: float) -> tuple[NDArray[np.int32], int]:
    standing = clearance >= margin
    ends = np.concatenate([_beside(floors, standing), _between(floors, clearance, margin)])
    size = len(standing)
    graph = coo_matrix((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(size, size))
    _, parts = connected_components(graph, directed=False)
    labels = np.full(size, -1, dtype=np.int32)
    _, labels[standing] = np.unique(parts[standing], return_inverse=True)
    return labels, int(labels.max(initial=-1)) + 1


def _beside(floors: Floors, standing: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Pairs (n, 2) of nodes along the lattice."""
    node, side = np.nonzero((floors.links[:, [0, 2]] >= 0) & standing[:, None])
    other = floors.links[node, 2 * side]
    return np.stack([node, other], axis=1)[standing[other]]


def _between(floors: Floors, clearance: NDArray[np.float32], margin: float) -> NDArray[np.int64]:
    """Pairs (n, 2) of nodes across a cell, between whose other two corners the agent still fits.

    By the saddle of bilinear clearance, as `fits_between` has it for searches.
    """
    corners = cell_corners(floors)
    corners = corners[(corners >= 0).all(axis=1)]
    values = clearance[corners].astype(np.float64)
    saddles = values[:, 0] * values[:, 3] - values[:, 1] * values[:, 2]
    saddles /= np.where(found := values @ [1.0, -1.0, -1.0, 1.0], found, 1.0)
    free = values >= margin
    pairs = []
    for one, other, side, other_side in ((0, 3, 1, 2), (1, 2, 0, 3)):
        fits = free[:, one] & free[:, other] & ~free[:, side] & ~free[:, other_side] & (saddles >= margin)
        pairs.append(corners[fits][:, [one, other]])
    return np.concatenate(pairs)


def cell_corners(floors: Floors) -> NDArray[np.int64]:
    """Nodes (n, 4) at the corners (0, 0), (1, 0), (0, 1), (1, 1) of the cells above nodes; -1 where one is missing."""
    right, ahead = floors.links[:, 0], floors.links[:, 2]
    across = np.where(right >= 0, floors.links[right, 2], -1)
    across = np.where((across < 0) & (ahead >= 0), floors.links[ahead, 0], across)
    return np.stack([np.arange(len(right)), right, ahead, across], axis=1)


def _is_enclosed(engine: RayEngine, agent: AgentShape, floors: Floors, members: NDArray[np.bool_]) -> bool:
    """Whether rays from chest height meet walls, or those straight up a ceiling, more often than not."""
    nodes = np.nonzero(members)[0]
    nodes = nodes[np.linspace(0, len(nodes) - 1, min(len(nodes), _PROBES)).astype(int)]
    chest = floors.points[nodes] + [0.0, 0.8 * agent.height, 0.0]
    angle = 2.0 * np.pi * np.arange(_HORIZON) / _HORIZON
    around = np.stack([np.cos(angle), np.zeros(_HORIZON), np.sin(angle)], axis=1)
    walls = engine.occluded(np.repeat(chest, _HORIZON, axis=0), np.tile(around, (len(chest), 1)), np.inf)
    ceiling = engine.occluded(chest, np.tile([0.0, 1.0, 0.0], (len(chest), 1)), np.inf)
    return bool(max(walls.mean(), ceiling.mean()) >= _ENCLOSED)


def _renumbered(
    labels: NDArray[np.int32], areas: NDArray[np.float64], enclosed: NDArray[np.bool_], worth: NDArray[np.bool_],
    main: int,
) -> Islands:  # fmt: skip
    order = np.argsort(-areas, kind="stable")
    order = order[worth[order]]
    numbers = np.full(len(areas) + 1, -1, dtype=np.int32)  # the last entry serves label -1
    numbers[order] = np.arange(len(order))
    return Islands(numbers[labels], areas[order], enclosed[order], int(numbers[main]))


def _no_room(engine: RayEngine, agent: AgentShape, floors: Floors, margin: float) -> str:
    tallest = floors.tallest_room
    if 0 < tallest < agent.height:
        return (
            f"scene '{engine.scene.name}' has no room for an agent of {agent.height} m: at most {tallest:.2f} m "
            "between floor and ceiling; give a smaller agent_height, or check the scale"
        )
    return (
        f"scene '{engine.scene.name}' has floors, but none on which an agent can stand {margin:g} m off every wall "
        "and edge; give a smaller agent_radius, check the scale, or turn triangles that face down"
    )
