"""Which edges of a mesh sound bends round: convex wedges and free borders, as straight lines with their two faces.

The one idea: around every edge of the welded mesh the faces leave gaps, and the widest gap is the air that the edge
stands in. Where it opens by clearly more than a half circle, sound can pass round. Pieces in one line are one edge;
what is short, belongs to small things or is buried in something else (the foot of a cupboard on a floor) is no edge.
Labels such as (D1) point to the section "Diffraction" of docs/physics.md.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from echoenv.rays import RayEngine
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

MIN_BEND = np.deg2rad(15.0)
"""A wedge opens by at least this angle more than a flat wall."""

MIN_LENGTH = 0.2
"""Shortest edge [m]: below the wavelength at 1 kHz and a half, where an object scatters rather than screens."""

MIN_THING = 0.5
"""Things whose box has a shorter diagonal [m] have no edges: they screen nothing but the highest bands."""

MIN_BREADTH = 0.15
"""Least breadth [m] (area over length) of the broader face at an edge: a chair's leg is no screen."""

MAX_EDGES = 4096
"""Of a mesh with more edges the longest are kept."""

CLEARANCE = 5e-3
"""How far [m] from an edge, in the middle of its air, paths round it turn; the air must be open that near."""

_WELD = 1e-4  # [m] within which vertices count as one
_STRAIGHT = np.cos(np.deg2rad(2.5))  # pieces of one edge turn less from each to the next
_STRAIGHTNESS = 0.02  # [m] by which the pieces of one edge may leave its line
_ALIKE = np.cos(np.deg2rad(10.0))  # faces of the pieces of one edge turn less
_MAX_CELL = 0.15  # [m] along an edge between places where its air is looked at
_SPOKES = 8  # chords of the arc that must be free


@dataclass(frozen=True, eq=False)
class DiffractionEdges:
    """Straight edges of a mesh, in order of falling length.

    Angles are counted around `tangents` (right-handed) from the first face, through the air, to the second face.

    Attributes:
        starts: First ends [m] (E, 3) float64, world frame.
        tangents: Unit vectors (E, 3) float64 from the first ends to the second ends.
        lengths: [m] (E,) float64.
        faces: Unit vectors (E, 3) float64, in the first face and square to the edge.
        normals: Unit vectors (E, 3) float64, normal to the first face, into the air.
        openings: Exterior wedge angles [rad] (E,) float64 that the air fills, above pi; 2 pi for a free border.
        mirrors: Pressure (E, 2, 8) float64 per band that the first and the second face mirror.
        triangles: One triangle (E, 2) of the first face and one of the second.
        numbers: (E,) int64 that tell the edges apart.
    """

    starts: NDArray[np.float64]
    tangents: NDArray[np.float64]
    lengths: NDArray[np.float64]
    faces: NDArray[np.float64]
    normals: NDArray[np.float64]
    openings: NDArray[np.float64]
    mirrors: NDArray[np.float64]
    triangles: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def ends(self) -> NDArray[np.float64]:
        """Second ends [m] (E, 3), world frame."""
        return self.starts + self.lengths[:, None] * self.tangents

    @property
    def outward(self) -> NDArray[np.float64]:
        """Unit vectors (E, 3) from the edge into the middle of its air."""
        middle = 0.5 * self.openings[:, None]
        return np.asarray(np.cos(middle) * self.faces + np.sin(middle) * self.normals)

    def chosen(self, which: NDArray[np.int64]) -> DiffractionEdges:
        """Some of the edges, by index (n,), in the given order; repeated ones are allowed."""
        return DiffractionEdges(
            self.starts[which], self.tangents[which], self.lengths[which], self.faces[which], self.normals[which],
            self.openings[which], self.mirrors[which], self.triangles[which], self.numbers[which],
        )  # fmt: skip


_found: weakref.WeakKeyDictionary[RayEngine, DiffractionEdges] = weakref.WeakKeyDictionary()


def diffraction_edges(engine: RayEngine) -> DiffractionEdges:
    """The edges of the engine's scene, found at the first call and kept with the engine."""
    found = _found.get(engine)
    if found is None:
        found = _found.setdefault(engine, find_edges(engine))
    return found


def find_edges(engine: RayEngine, most: int = MAX_EDGES) -> DiffractionEdges:
    """The edges of the engine's scene.

    Args:
        engine: Rays over the scene: they tell which parts of an edge stand in open air.
        most: How many edges to keep at most, the longest first.
    """
    scene = engine.scene
    vertices, triangles = _welded(scene.vertices, scene.triangles)
    pieces = _pieces(vertices, triangles)
    lines = _open_parts(engine, _joined(pieces, vertices))
    order = np.lexsort((*lines.starts.T, -np.round(lines.lengths, 6)))[:most]
    return _as_edges(lines, order, _mirrors(engine))


@dataclass(frozen=True, eq=False)
class _Lines:
    """Straight lines (n,) with what surrounds them: see `DiffractionEdges`.

    Attributes:
        ends: Vertices (n, 2) where the lines begin and end; not in use once lines are cut.
        triangles: Of the first and the second face (n, 2).
    """

    ends: NDArray[np.int64]
    starts: NDArray[np.float64]
    tangents: NDArray[np.float64]
    lengths: NDArray[np.float64]
    faces: NDArray[np.float64]
    openings: NDArray[np.float64]
    triangles: NDArray[np.int64]

    @property
    def normals(self) -> NDArray[np.float64]:
        return np.cross(self.tangents, self.faces)

    def chosen(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> _Lines:
        return _Lines(
            self.ends[which], self.starts[which], self.tangents[which], self.lengths[which], self.faces[which],
            self.openings[which], self.triangles[which],
        )  # fmt: skip


def _welded(
    vertices: NDArray[np.float32], triangles: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distinct vertices (V, 3), and triangles (T, 3) of them, without those that have no area.

    The odd shift keeps round coordinates away from the borders of the grid.
    """
    grid = np.round(vertices.astype(np.float64) / _WELD + 0.3717).astype(np.int64)
    order = np.lexsort(grid.T)
    new = np.concatenate([[True], np.any(grid[order[1:]] != grid[order[:-1]], axis=1)])
    index = np.empty(len(grid), dtype=np.int64)
    index[order] = np.cumsum(new) - 1
    points, welded = vertices[order[new]].astype(np.float64), index[triangles]
    return points, welded


def _pieces(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> _Lines:
    """Edges of the triangles that stand in a wide gap, with the two faces beside it, equation (D1)."""
    sides = triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    owners, thirds = np.repeat(np.arange(len(triangles)), 3), triangles[:, [2, 0, 1]].reshape(-1)
    keep = (sides[:, 0] != sides[:, 1]) & (thirds != sides[:, 0]) & (thirds != sides[:, 1])
    keep &= _large(vertices, triangles)[owners]
    sides, owners, thirds = sides[keep], owners[keep], thirds[keep]
    along = vertices[sides[:, 1]] - vertices[sides[:, 0]]
    # one sense for every line in space, so that pieces of one line agree on which face is the first
    forward = along @ np.array([1.0, 1.3717, 1.7139]) >= 0.0
    lower, upper = np.where(forward, sides[:, 0], sides[:, 1]), np.where(forward, sides[:, 1], sides[:, 0])
    tangents = np.where(forward[:, None], along, -along)
    lengths = np.linalg.norm(tangents, axis=1)
    tangents /= np.maximum(lengths, 1e-12)[:, None]
    inward = vertices[thirds] - vertices[lower]
    inward -= _dot(inward, tangents)[:, None] * tangents
    heights = np.linalg.norm(inward, axis=1)
    solid = (heights > 1e-6) & (lengths > 1e-6)
    inward /= np.maximum(heights, 1e-12)[:, None]
    found = (lower[solid], upper[solid], tangents[solid], inward[solid], owners[solid])
    return _gaps(vertices, triangles, *found)


def _large(vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether (T,) each triangle belongs to a connected thing of at least `MIN_THING`."""
    a, b = triangles[:, [0, 1]].ravel(), triangles[:, [1, 2]].ravel()
    graph = coo_matrix((np.ones(len(a), dtype=bool), (a, b)), shape=(len(vertices), len(vertices)))
    count, labels = connected_components(graph, directed=False)
    lower, upper = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(lower, labels, vertices)
    np.maximum.at(upper, labels, vertices)
    large: NDArray[np.bool_] = np.linalg.norm(upper - lower, axis=1) >= MIN_THING
    return large[labels[triangles[:, 0]]]


def _gaps(
    vertices: NDArray[np.float64], triangles: NDArray[np.int64], lower: NDArray[np.int64], upper: NDArray[np.int64],
    tangents: NDArray[np.float64], inward: NDArray[np.float64], owners: NDArray[np.int64],
) -> _Lines:  # fmt: skip
    """The widest gap around each edge, from half-edges (n,); edges without a wide one are left out.

    Args:
        vertices: Of the mesh.
        triangles: Of the mesh.
        lower: The edge's first end.
        upper: The edge's second end.
        tangents: Unit vectors (n, 3) from `lower` to `upper`.
        inward: Unit vectors (n, 3) into the triangle, square to the edge.
        owners: The triangle.
    """
    pairs = lower * len(vertices) + upper
    across = _square_to(tangents)
    angles = np.arctan2(_dot(np.cross(tangents, across), inward), _dot(across, inward))
    order = np.lexsort((angles, pairs))
    pairs, angles = pairs[order], angles[order]
    first = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(np.append(first, len(pairs)))
    last = first + counts - 1
    following = np.arange(len(pairs)) + 1
    following[last] = first
    gaps = angles[following] - angles
    gaps[last] += 2.0 * np.pi
    widest = np.lexsort((-gaps, np.repeat(np.arange(len(first)), counts)))[first]
    begin, end, openings = order[widest], order[following[widest]], gaps[widest]
    wide = openings > np.pi + MIN_BEND
    smooth = (counts == 2) & (openings <= np.pi + MIN_BEND)
    breadths = _breadths(vertices, triangles, owners[begin[smooth]], owners[end[smooth]])
    wide &= np.maximum(breadths[owners[begin]], breadths[owners[end]]) >= MIN_BREADTH
    begin, end = begin[wide], end[wide]
    starts, stops = vertices[lower[begin]], vertices[upper[begin]]
    return _Lines(
        np.column_stack([lower[begin], upper[begin]]), starts, tangents[begin], np.linalg.norm(stops - starts, axis=1),
        inward[begin], openings[wide], np.column_stack([owners[begin], owners[end]]),
    )  # fmt: skip


def _breadths(
    vertices: NDArray[np.float64], triangles: NDArray[np.int64], one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Area over length [m] (T,) of the smooth surface that each triangle is part of.

    Args:
        vertices: Of the mesh.
        triangles: Of the mesh.
        one: Triangles (n,).
        other: Triangles (n,) into which these go on smoothly.
    """
    count = len(triangles)
    graph = coo_matrix((np.ones(len(one), dtype=bool), (one, other)), shape=(count, count))
    patches, labels = connected_components(graph, directed=False)
    corners = vertices[triangles]
    areas = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    lower, upper = np.full((patches, 3), np.inf), np.full((patches, 3), -np.inf)
    np.minimum.at(lower, labels, corners.min(axis=1))
    np.maximum.at(upper, labels, corners.max(axis=1))
    lengths = np.maximum(np.linalg.norm(upper - lower, axis=1), 1e-9)
    breadths: NDArray[np.float64] = (np.bincount(labels, areas, patches) / lengths)[labels]
    return breadths


def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("ij,ij->i", a, b))


def _square_to(tangents: NDArray[np.float64]) -> NDArray[np.float64]:
    """A unit vector (n, 3) square to each tangent, the same for equal tangents."""
    helper = np.zeros_like(tangents)
    helper[np.arange(len(tangents)), np.argmin(np.abs(tangents), axis=1)] = 1.0
    across = np.cross(tangents, helper)
    return np.asarray(across / np.linalg.norm(across, axis=1, keepdims=True))


def _joined(pieces: _Lines, vertices: NDArray[np.float64]) -> _Lines:
    """Pieces that follow each other in one line, with the same faces, as one line."""
    count = len(pieces.lengths)
    if count == 0:
        return pieces
    order = np.argsort(pieces.ends[:, 0], kind="stable")
    at = pieces.ends[order, 0]
    low, high = np.searchsorted(at, pieces.ends[:, 1], "left"), np.searchsorted(at, pieces.ends[:, 1], "right")
    before = np.repeat(np.arange(count), high - low)
    within = np.arange(len(before)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    after = order[np.repeat(low, high - low) + within]
    same = _dot(pieces.tangents[before], pieces.tangents[after]) > _STRAIGHT
    same &= _dot(pieces.faces[before], pieces.faces[after]) > _ALIKE
    same &= np.abs(pieces.openings[before] - pieces.openings[after]) < np.deg2rad(10.0)
    graph = coo_matrix((np.ones(same.sum(), dtype=bool), (before[same], after[same])), shape=(count, count))
    groups, labels = connected_components(graph, directed=False)
    return _fitted(pieces, vertices, labels, groups)


def _fitted(pieces: _Lines, vertices: NDArray[np.float64], labels: NDArray[np.int32], groups: int) -> _Lines:
    """One line for each group of pieces: from end to end, with the faces of its longest piece."""
    by_length = np.lexsort((pieces.lengths, labels))
    longest = by_length[np.append(np.flatnonzero(np.diff(labels[by_length])), len(labels) - 1)]
    origin, tangents = pieces.starts[longest], pieces.tangents[longest]
    low, high = np.full(groups, np.inf), np.full(groups, -np.inf)
    off = np.zeros(groups)
    for end in range(2):
        offset = vertices[pieces.ends[:, end]] - origin[labels]
        along = _dot(offset, tangents[labels])
        np.minimum.at(low, labels, along)
        np.maximum.at(high, labels, along)
        np.maximum.at(off, labels, np.linalg.norm(offset - along[:, None] * tangents[labels], axis=1))
    bent = off > _STRAIGHTNESS  # a gentle curve: its longest piece stands for itself
    low, high = np.where(bent, 0.0, low), np.where(bent, pieces.lengths[longest], high)
    lines = pieces.chosen(longest)
    fitted = _Lines(
        lines.ends, origin + low[:, None] * tangents, tangents, high - low, lines.faces, lines.openings, lines.triangles
    )
    return fitted.chosen(fitted.lengths >= MIN_LENGTH)


def _open_parts(engine: RayEngine, lines: _Lines) -> _Lines:
    """The parts of lines, not shorter than `MIN_LENGTH`, that stand in open air."""
    if not len(lines.lengths):
        return lines
    counts = np.maximum(3, np.ceil(lines.lengths / _MAX_CELL).astype(np.int64))
    line = np.repeat(np.arange(len(counts)), counts)
    cell = np.arange(len(line)) - np.repeat(np.cumsum(counts) - counts, counts)
    steps = lines.lengths / counts
    points = lines.starts[line] + ((cell + 0.5) * steps[line])[:, None] * lines.tangents[line]
    open_air = _in_open_air(engine, lines.chosen(line), points)
    # runs of open cells of one line
    begins = open_air & np.concatenate([[True], ~(open_air[:-1] & (line[1:] == line[:-1]))])
    stops = open_air & np.concatenate([~(open_air[1:] & (line[1:] == line[:-1])), [True]])
    begin, stop = np.flatnonzero(begins), np.flatnonzero(stops)
    which, first, last = line[begin], cell[begin] * steps[line[begin]], (cell[stop] + 1) * steps[line[begin]]
    lines = lines.chosen(which)
    parts = _Lines(
        lines.ends, lines.starts + first[:, None] * lines.tangents, lines.tangents, last - first, lines.faces,
        lines.openings, lines.triangles,
    )  # fmt: skip
    return parts.chosen(parts.lengths >= MIN_LENGTH - 1e-6)


def _in_open_air(engine: RayEngine, lines: _Lines, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether (n,) nothing crosses the arc of air around each point (n, 3) of its line."""
    margin = np.deg2rad(10.0)
    angles = margin + np.linspace(0.0, 1.0, _SPOKES + 1) * (lines.openings[:, None] - 2.0 * margin)
    normals = lines.normals
    arms = np.cos(angles)[..., None] * lines.faces[:, None] + np.sin(angles)[..., None] * normals[:, None]
    corners = points[:, None] + CLEARANCE * arms
    steps = corners[:, 1:] - corners[:, :-1]
    blocked = engine.occluded(corners[:, :-1].reshape(-1, 3), steps.reshape(-1, 3), 1.0)
    return np.asarray(~blocked.reshape(len(points), _SPOKES).any(axis=1))


def _mirrors(engine: RayEngine) -> NDArray[np.float64]:
    """Pressure (T, 8) that each triangle mirrors."""
    materials = [surface.material for surface in engine.scene.surfaces]
    energies = np.array([m.reflection * (1.0 - np.asarray(m.scattering)) for m in materials], dtype=np.float64)
    return np.sqrt(energies.reshape(-1, OCTAVE_BAND_COUNT))[engine.scene.triangle_surfaces]


def _as_edges(lines: _Lines, order: NDArray[np.int64], mirrors: NDArray[np.float64]) -> DiffractionEdges:
    kept = lines.chosen(order)
    return DiffractionEdges(
        kept.starts, kept.tangents, kept.lengths, kept.faces, kept.normals, kept.openings, mirrors[kept.triangles],
        kept.triangles, np.arange(len(order), dtype=np.int64),
    )  # fmt: skip
