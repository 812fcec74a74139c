"""Ids go to the nearest triangle: two sides of a board, large triangles, other places; and colours are read rightly."""

from __future__ import annotations

import numpy as np

from echoenv.scene.mesh_parts import Look, MeshPart
from echoenv.scene.semantic_transfer import REACH, SemanticMesh, _distances, ids_by_color, transferred_ids
from tests.scene.mesh_writers import BOX_QUADS, box_corners, fan


def quad(x: float, size: float = 1.0, facing: int = 1) -> np.ndarray:
    """Two triangles of an upright square at x, facing +x or -x."""
    corners = np.array([[x, 0, 0], [x, size, 0], [x, size, size], [x, 0, size]], dtype=np.float64)
    triangles = corners[np.array([[0, 1, 2], [0, 2, 3]])]
    return triangles if facing > 0 else triangles[:, ::-1]


def test_the_two_sides_of_a_board_keep_their_own_ids() -> None:
    source = SemanticMesh(np.concatenate([quad(0.0, facing=1), quad(0.0, facing=-1)]), np.array([5, 5, 6, 6]))
    ids = transferred_ids(np.concatenate([quad(0.0, facing=-1), quad(0.0, facing=1)]), source)
    np.testing.assert_array_equal(ids, [6, 6, 5, 5])


def test_a_thin_wall_is_not_mixed_with_the_room_behind() -> None:
    source = SemanticMesh(np.concatenate([quad(0.0), quad(0.1)]), np.array([5, 5, 6, 6]))
    np.testing.assert_array_equal(transferred_ids(quad(0.02, facing=-1), source), [5, 5])


def test_far_triangles_are_of_no_object() -> None:
    source = SemanticMesh(quad(0.0), np.array([5, 5]))
    np.testing.assert_array_equal(transferred_ids(quad(0.9 * REACH), source), [5, 5])
    np.testing.assert_array_equal(transferred_ids(quad(1.1 * REACH), source), [0, 0])
    np.testing.assert_array_equal(
        transferred_ids(quad(0.0), SemanticMesh(np.zeros((0, 3, 3)), np.zeros(0, int))), [0, 0]
    )


def test_small_triangles_on_large_ones_against_every_pair() -> None:
    random = np.random.default_rng(3)
    room = box_corners((0, 0, 0), (8, 3, 6))[fan(BOX_QUADS)]
    source = SemanticMesh(room, np.arange(1, 13))
    which = random.integers(0, 12, 400)
    weights = random.dirichlet([1, 1, 1], 400)
    middles = np.einsum("nc,ncd->nd", weights, room[which])
    small = middles[:, None] + 1e-3 * (room[which] - room[which].mean(axis=1, keepdims=True))
    np.testing.assert_array_equal(transferred_ids(small, source), which + 1)


def test_distances_to_triangles_are_those_of_their_nearest_points() -> None:
    random = np.random.default_rng(4)
    corners = random.normal(size=(30, 3, 3))
    corners[0, 2] = corners[0, 1]  # no area
    points = 2.0 * random.normal(size=(20, 3))
    found = _distances(points, corners, np.tile(np.arange(30), (20, 1)))
    steps = np.linspace(0.0, 1.0, 120)
    u, v = (grid.ravel() for grid in np.meshgrid(steps, steps))
    weights = np.stack([1.0 - u - v, u, v], axis=1)[u + v <= 1.0 + 1e-9]
    on_triangles = np.einsum("wc,mcd->mwd", weights, corners)
    nearest = np.linalg.norm(points[:, None, None] - on_triangles, axis=3).min(axis=2)
    assert (found <= nearest + 1e-9).all() and np.abs(found - nearest).max() < 0.03


def test_unknown_ids_stay_none() -> None:
    source = SemanticMesh(quad(0.0), np.array([-1, 7]))
    np.testing.assert_array_equal(transferred_ids(quad(0.001), source), [0, 7])
    np.testing.assert_array_equal(transferred_ids(quad(0.0), source), [0, 7])  # the same mesh, matched by order


def test_colours_of_a_texture_with_a_checkerboard() -> None:
    pixels = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [9, 9, 9]]], np.uint8)  # row 0 is at v = 1
    uvs = np.array([[[0.25, 0.75]] * 3, [[0.75, 0.75]] * 3, [[0.25, 0.25]] * 3, [[1.75, 1.25]] * 3])
    part = MeshPart(np.zeros((3, 3)), np.tile([0, 1, 2], (4, 1)), Look(texture=pixels), corner_uvs=uvs)
    np.testing.assert_array_equal(ids_by_color(part, {0xFF0000: 1, 0x00FF00: 2, 0x0000FF: 3}), [1, 2, 3, 0])


def test_two_of_three_vertex_colours_decide() -> None:
    colors = np.array([[255, 0, 0], [255, 0, 0], [0, 255, 0]], np.uint8)
    triangles = np.array([[0, 1, 2], [0, 2, 1], [2, 0, 1], [2, 2, 0]])
    part = MeshPart(np.zeros((3, 3)), triangles, Look(), vertex_colors=colors)
    np.testing.assert_array_equal(ids_by_color(part, {0xFF0000: 1, 0x00FF00: 2}), [1, 1, 1, 2])
