"""Cutting triangles at the middles of their edges, so that the mesh stays whole.

The one idea: what is marked is an *edge*, never a triangle. Every triangle at a marked edge is cut there, into two,
three or four by how many of its edges are marked, so neighbours always share the new vertex. Vertices that lie at the
same place (where two faces meet) count as one when edges are marked; each keeps its own colour. A triangle that is cut
is always cut at its longest edge too, which keeps its pieces from becoming slivers (Rivara, "Algorithms for refining
triangular grids", 1984).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.light.points import Floats, Singles, Whole, joint_ids
from echoenv.scene.scene import Scene

Marks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Edges:
    """The edges of a scene's triangles.

    Attributes:
        ends: Vertices (e, 2) of each edge, the lower first.
        of_sides: Edge (T, 3) of each triangle's sides; side k runs from corner k to the next.
        joints: A number (e,) that edges between the same two places share.
        lengths: [m] (e,).
    """

    ends: Whole
    of_sides: Whole
    joints: Whole
    lengths: Floats


def edges_of(scene: Scene) -> Edges:
    """The edges of a scene."""
    corners = scene.triangles.astype(np.int64)
    sides = np.sort(np.stack([corners, np.roll(corners, -1, axis=1)], axis=-1), axis=-1).reshape(-1, 2)
    count = len(scene.vertices)
    keys, of_sides = np.unique(sides[:, 0] * count + sides[:, 1], return_inverse=True)
    ends = np.stack([keys // count, keys % count], axis=1)
    places = np.sort(joint_ids(scene.vertices)[ends], axis=1)
    joints = np.unique(places[:, 0] * count + places[:, 1], return_inverse=True)[1].reshape(-1)
    way = scene.vertices[ends[:, 0]].astype(np.float64) - scene.vertices[ends[:, 1]]
    return Edges(ends, of_sides.reshape(-1, 3), joints, np.sqrt(np.einsum("ij,ij->i", way, way)))


def closed_marks(edges: Edges, marked: Marks) -> Marks:
    """Marked edges (e,), with all those that must be cut with them."""
    longest = np.take_along_axis(
        edges.of_sides, np.argmax(edges.lengths[edges.of_sides], axis=1)[:, None], axis=1
    ).reshape(-1)
    joint_count = int(edges.joints.max()) + 1
    while True:
        by_joint = np.zeros(joint_count, dtype=bool)
        by_joint[edges.joints[marked]] = True
        grown = by_joint[edges.joints]
        grown[longest[grown[edges.of_sides].any(axis=1)]] = True
        if np.array_equal(grown, marked):
            return grown
        marked = grown


def added_triangles(edges: Edges, marked: Marks) -> int:
    """How many triangles more there are when these edges are cut."""
    return int(np.count_nonzero(marked[edges.of_sides]))


def subdivided(scene: Scene, edges: Edges, marked: Marks) -> tuple[Scene, Whole]:
    """The scene cut at the middles of marked edges, and the two vertices (n, 2) between which each new one lies.

    Args:
        scene: The home.
        edges: Its edges.
        marked: Which of them (e,); closed under sharing a joint, as `closed_marks` gives them.

    Returns:
        The scene, with new vertices after the old ones in the order of their edges, surfaces, objects, colours and
        texture coordinates carried along; and the parents of the new vertices.
    """
    parents = edges.ends[marked]
    new = np.full(len(marked), -1, dtype=np.int64)
    new[marked] = len(scene.vertices) + np.arange(len(parents))
    pieces, of = _pieces(scene.vertices, scene.triangles.astype(np.int64), new[edges.of_sides])
    middle = (scene.vertices[parents[:, 0]] + scene.vertices[parents[:, 1]]) * np.float32(0.5)
    finer = dataclasses.replace(
        scene,
        vertices=np.concatenate([scene.vertices, middle]),
        triangles=_six_corners(scene.triangles.astype(np.int64), new[edges.of_sides])[of[:, None], pieces].astype(
            np.int32
        ),
        triangle_surfaces=scene.triangle_surfaces[of],
        triangle_objects=scene.triangle_objects[of],
        vertex_colors=_with_middles(scene.vertex_colors, parents),
        corner_uvs=_cut_uvs(scene.corner_uvs, of, pieces),
    )
    return finer, parents


def _six_corners(triangles: Whole, new: Whole) -> Whole:
    """The corners and the middles of the sides of triangles (T, 6)."""
    return np.concatenate([triangles, new], axis=1)


def _pieces(vertices: Singles, triangles: Whole, new: Whole) -> tuple[Whole, Whole]:
    """Pieces (n, 3) as indices 0 to 5 into a triangle's three corners and three middles, and their triangles (n,).

    A piece keeps the way round of its triangle; pieces are sorted by their triangle.
    """
    cut = new >= 0
    number = cut.sum(axis=1)
    found: list[tuple[Whole, list[list[int]], Whole]] = []
    every = np.arange(len(triangles))
    found.append((every[number == 0], [[0, 1, 2]], np.zeros(int((number == 0).sum()), dtype=np.int64)))
    one = every[number == 1]
    found.append((one, [[0, 3, 2], [3, 1, 2]], np.argmax(cut[one], axis=1)))
    two = every[number == 2]
    turn = (np.argmin(cut[two], axis=1) + 1) % 3  # the sides 0 and 1 are cut, 2 is whole
    shorter = _first_diagonal_is_shorter(vertices, triangles[two], turn)
    found.append((two[shorter], [[3, 1, 4], [0, 3, 4], [0, 4, 2]], turn[shorter]))
    found.append((two[~shorter], [[3, 1, 4], [0, 3, 2], [3, 4, 2]], turn[~shorter]))
    three = every[number == 3]
    found.append((three, [[0, 3, 5], [3, 1, 4], [5, 4, 2], [3, 4, 5]], np.zeros(len(three), dtype=np.int64)))
    pieces = [_turned(np.array(pattern), turn).reshape(-1, 3) for _, pattern, turn in found]
    of = np.concatenate([np.repeat(which, len(pattern)) for which, pattern, _ in found])
    order = np.argsort(of, kind="stable")
    return np.concatenate(pieces)[order], of[order]


def _turned(pattern: Whole, turn: Whole) -> Whole:
    """A pattern (k, 3) for triangles (n,) whose first side is the one named by `turn`: (n, k, 3)."""
    corner, middle = pattern % 3, pattern // 3
    return np.asarray((corner + turn[:, None, None]) % 3 + 3 * middle)


def _first_diagonal_is_shorter(vertices: Singles, triangles: Whole, turn: Whole) -> Marks:
    """Of the quadrangle that is left where two sides are cut: corner 0 to middle 4, or middle 3 to corner 2."""
    rows = np.arange(len(triangles))[:, None]
    a, b, c = np.moveaxis(vertices[triangles[rows, (turn[:, None] + np.arange(3)) % 3]].astype(np.float64), 1, 0)
    first, second = (b + c) / 2.0 - a, (a + b) / 2.0 - c
    return np.asarray(np.einsum("ij,ij->i", first, first) <= np.einsum("ij,ij->i", second, second) * (1.0 + 1e-6))


def _with_middles(colors: NDArray[np.uint8] | None, parents: Whole) -> NDArray[np.uint8] | None:
    if colors is None:
        return None
    total = colors[parents[:, 0]].astype(np.uint16) + colors[parents[:, 1]]
    return np.concatenate([colors, ((total + 1) // 2).astype(np.uint8)])


def _cut_uvs(uvs: Singles | None, of: Whole, pieces: Whole) -> Singles | None:
    if uvs is None:
        return None
    six = np.concatenate([uvs, (uvs + np.roll(uvs, -1, axis=1)) * np.float32(0.5)], axis=1)
    return six[of[:, None], pieces]
