"""Edges that sound bends round, found in meshes: boxes, doors, split vertices, flat walls, homes and scans."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.acoustics.air import Air
from echoenv.acoustics.propagation.acoustic_mesh import acoustic_scene
from echoenv.acoustics.propagation.diffraction.diffracted_arrivals import diffracted_arrivals
from echoenv.acoustics.propagation.diffraction.edges import MIN_LENGTH, DiffractionEdges, diffraction_edges, find_edges
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.rays import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import plane_scene
from tests.conftest import shared_data
from tests.rooms import box_room, with_solid_block


def _edges(scene: Scene, in_room: bool = False) -> DiffractionEdges:
    """Edges; `in_room` without those of the box room's own outside."""
    edges = find_edges(RayEngine(scene, threads=1))
    if in_room:
        low, high = scene.bounds
        middle = edges.starts + 0.5 * edges.lengths[:, None] * edges.tangents
        outer = ((np.abs(middle - low) < 1e-3) | (np.abs(middle - high) < 1e-3)).sum(axis=1) >= 2
        edges = edges.chosen(np.flatnonzero(~outer))
    return edges


def _rebuilt(scene: Scene, vertices: np.ndarray, triangles: np.ndarray) -> Scene:
    count = len(triangles)
    return dataclasses.replace(
        scene, vertices=vertices, triangles=triangles, vertex_colors=None, triangle_surfaces=np.zeros(count, int),
        triangle_objects=np.zeros(count, int),
    )  # fmt: skip


def _subdivided(scene: Scene) -> Scene:
    """Every triangle cut into four, each with vertices of its own."""
    corners = scene.vertices.astype(np.float64)[scene.triangles]
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, bc, ca = (a + b) / 2, (b + c) / 2, (c + a) / 2
    pieces = [np.stack(p, axis=1) for p in ((a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    vertices = np.concatenate(pieces).reshape(-1, 3)
    return _rebuilt(scene, vertices, np.arange(len(vertices)).reshape(-1, 3))


def test_in_an_empty_room_nothing_bends_round_an_edge() -> None:
    engine = RayEngine(box_room(), threads=1)
    points = np.random.default_rng(1).uniform(0.1, 0.9, (8, 3)) * [8.0, 2.8, 6.0]
    for point in points[1:]:
        found = diffracted_arrivals(
            engine, acoustic_scene(engine), points[:1], point, PropagationSettings(), Air(), np.array([True])
        )
        assert len(found[0]) == 0


def test_a_box_in_the_air_has_twelve_edges_of_270_degrees() -> None:
    edges = _edges(with_solid_block(box_room(), (2.0, 0.5, 2.0), (3.0, 1.5, 3.5)), in_room=True)
    assert sorted(edges.lengths.round(5).tolist()) == [1.0] * 8 + [1.5] * 4
    np.testing.assert_allclose(edges.openings, 1.5 * np.pi, atol=1e-6)
    # into the air: away from the middle of the box
    away = edges.starts + 0.5 * edges.lengths[:, None] * edges.tangents - [2.5, 1.0, 2.75]
    assert (np.einsum("ij,ij->i", edges.outward, away) > 0.0).all()
    np.testing.assert_allclose(np.einsum("ij,ij->i", edges.faces, edges.tangents), 0.0, atol=1e-9)


def test_a_box_on_the_floor_has_no_edges_at_its_foot() -> None:
    edges = _edges(with_solid_block(box_room(), (2.0, 0.0, 2.0), (3.0, 1.5, 3.5)), in_room=True)
    assert len(edges) == 8
    assert (edges.ends[:, 1] > 1.0).all()


def test_a_wall_with_a_doorway_has_the_six_edges_of_the_doorway() -> None:
    room = with_solid_block(box_room((10.0, 2.8, 6.0)), (5.0, 0.0, 0.0), (5.15, 2.8, 2.5))
    room = with_solid_block(room, (5.0, 0.0, 3.5), (5.15, 2.8, 6.0))
    room = with_solid_block(room, (5.0, 2.1, 2.5), (5.15, 2.8, 3.5))
    edges = _edges(room, in_room=True)
    upright = np.abs(edges.tangents[:, 1]) > 0.99
    assert np.count_nonzero(upright) == 4
    assert np.count_nonzero(~upright) == 2
    np.testing.assert_allclose(edges.lengths[upright], 2.1, atol=0.1)  # the wall goes on above the door


def test_a_sheet_has_four_free_borders() -> None:
    corners = np.array([[[0.0, 0, 0], [2, 0, 0], [2, 1, 0], [0, 1, 0]]])
    edges = _edges(plane_scene(corners, 0.1))
    assert sorted(edges.lengths.round(5).tolist()) == [1.0, 1.0, 2.0, 2.0]
    np.testing.assert_allclose(edges.openings, 2.0 * np.pi)


def test_flat_walls_of_many_triangles_and_split_vertices_change_nothing() -> None:
    scene = with_solid_block(box_room(), (2.0, 0.5, 2.0), (3.0, 1.5, 3.5))
    whole, cut = _edges(scene, True), _edges(_subdivided(_subdivided(scene)), True)
    assert len(cut) == len(whole)
    np.testing.assert_allclose(np.sort(cut.lengths), np.sort(whole.lengths), atol=1e-5)
    np.testing.assert_allclose(np.sort(cut.openings), np.sort(whole.openings), atol=1e-5)


def test_two_sheets_that_touch_without_sharing_vertices_have_no_edge_between_them() -> None:
    left = [[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]
    below = [[1.0, 0, 0], [2, 0, 0], [2, 0.37, 0], [1, 0.37, 0]]
    above = [[1.0, 0.37, 0], [2, 0.37, 0], [2, 1, 0], [1, 1, 0]]
    edges = _edges(plane_scene(np.array([left, below, above]), 0.1))
    assert sorted(edges.lengths.round(3).tolist()) == [1.0, 1.0, 2.0, 2.0]


def test_small_things_thin_bars_and_bends_of_ten_degrees_have_none() -> None:
    small = with_solid_block(box_room(), (2.0, 1.0, 2.0), (2.2, 1.2, 2.25))
    bar = with_solid_block(box_room(), (2.0, 1.0, 2.0), (2.04, 2.5, 2.04))
    rise = np.tan(np.deg2rad(10.0))
    bent = np.array(
        [[[0.0, 0, 0], [0, 0, 2], [1, 0, 2], [1, 0, 0]], [[1.0, 0, 0], [1, 0, 2], [2, -rise, 2], [2, -rise, 0]]]
    )
    assert len(_edges(small, in_room=True)) == 0
    assert len(_edges(bar, in_room=True)) == 0
    np.testing.assert_allclose(_edges(plane_scene(bent, 0.1)).openings, 2.0 * np.pi)  # borders, and no ridge


def test_a_roof_of_twenty_degrees_has_a_ridge() -> None:
    rise = np.tan(np.deg2rad(10.0))
    roof = np.array(
        [[[0.0, -rise, 0], [0, -rise, 2], [1, 0, 2], [1, 0, 0]], [[1.0, 0, 0], [1, 0, 2], [2, -rise, 2], [2, -rise, 0]]]
    )
    edges = _edges(plane_scene(roof, 0.1))
    ridge = np.flatnonzero(edges.openings < 1.5 * np.pi)
    assert len(ridge) == 1
    np.testing.assert_allclose(edges.openings[ridge], np.deg2rad(200.0), atol=1e-5)


def test_no_more_edges_than_asked_for_the_longest_first() -> None:
    engine = RayEngine(with_solid_block(box_room(), (2.0, 0.5, 2.0), (3.0, 1.5, 3.5)), threads=1)
    np.testing.assert_allclose(find_edges(engine, most=4).lengths, 8.0, atol=1e-6)


def test_a_scan_of_a_room_and_triangles_without_area_are_taken() -> None:
    edges = _edges(load_scene(shared_data("copyroom") / "copyroom.ply"))
    assert 10 < len(edges) < 1000
    assert edges.lengths.min() >= MIN_LENGTH - 1e-5
    scene = with_solid_block(box_room(), (2.0, 0.5, 2.0), (3.0, 1.5, 3.5))
    flat = np.array([[0, 0, 1], [2, 2, 2]], dtype=np.int32)
    broken = _rebuilt(scene, scene.vertices, np.concatenate([scene.triangles, flat]))
    assert len(_edges(broken, in_room=True)) == 12


def test_which_way_triangles_are_wound_does_not_matter() -> None:
    scene = with_solid_block(box_room(), (2.0, 0.5, 2.0), (3.0, 1.5, 3.5))
    turned = dataclasses.replace(scene, triangles=scene.triangles[:, ::-1])
    for field in ("starts", "tangents", "openings", "faces"):
        np.testing.assert_allclose(getattr(_edges(turned), field), getattr(_edges(scene), field), atol=1e-6)


def test_edges_are_found_once_for_an_engine_and_do_not_depend_on_its_threads() -> None:
    scene = with_solid_block(box_room(), (2.0, 0.5, 2.0), (3.0, 1.5, 3.5))
    one, two = RayEngine(scene, threads=1), RayEngine(scene, threads=2)
    assert diffraction_edges(one) is diffraction_edges(one)
    for field in dataclasses.fields(DiffractionEdges):
        np.testing.assert_array_equal(
            getattr(diffraction_edges(one), field.name), getattr(diffraction_edges(two), field.name)
        )


@pytest.mark.parametrize("name", ["apartment_0"])
def test_a_furnished_home_has_the_edges_of_its_doorways_and_a_bounded_number(name: str) -> None:
    scene = load_scene(name)
    edges = _edges(scene)
    assert 200 < len(edges) < 4096
    doors = {thing.id for thing in scene.objects if thing.category == "door"}
    of_doors = np.isin(scene.triangle_objects[edges.triangles[:, 0]], list(doors))
    upright = np.abs(edges.tangents[:, 1]) > 0.99
    assert np.count_nonzero(of_doors & upright & (edges.lengths > 1.8)) >= 8
