"""Light in homes: against closed forms, where geometry says, on a mesh that stays whole, the same on every run."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.rays import RayEngine
from echoenv.scene.homes.assembly import Assembly, Part, Thing
from echoenv.scene.homes.light import illuminate
from echoenv.scene.homes.light.daylight import Daylight, daylight, pane_triangles, sunlight
from echoenv.scene.homes.light.emitters import direct, emitters
from echoenv.scene.homes.light.gathering import fan_ends, gathered
from echoenv.scene.homes.light.points import Samples, light_points, of_large_faces
from echoenv.scene.homes.light.refinement import MOST_ADDED
from echoenv.scene.homes.light.subdivision import closed_marks, edges_of, subdivided
from echoenv.scene.homes.light.tone import Exposure, developed
from echoenv.scene.homes.shapes import box, rectangle

WHITE, GREY = (1.0, 1.0, 1.0), (0.5, 0.5, 0.5)
EVEN = Daylight(np.array([0.0, 1.0, 0.0]), np.zeros(3), np.ones((5, 3)))
PANE = (0.5, 1.0, 2.0, 2.5)  # x from, y from, x to, y to [m] in the wall at z = 0
ROOM = (4.0, 3.0, 5.0)


def assembled(*things):
    assembly = Assembly()
    for category, *parts in things:
        assembly.add(Thing(category, tuple(parts), (1.0, 1.0, 1.0)))
    return assembly.scene("tested")


def closed_box(size, color, longest):
    shape = box(size, color, longest)
    return dataclasses.replace(shape, triangles=shape.triangles[:, ::-1], uvs=shape.uvs[:, ::-1])


@pytest.fixture(scope="module")
def room():
    """A room of 4 x 3 x 5 m from z = 0 to 5, x = -2 to 2, with a pane (1.5 x 1.5 m) and a stool; coarsely meshed."""
    x0, y0, x1, y1 = PANE
    pane = rectangle([x0, y0, 0.001], [x1 - x0, 0, 0], [0, y1 - y0, 0], WHITE)
    shell = closed_box(ROOM, (0.8, 0.8, 0.8), 0.5).moved(z=2.5)
    stool = box((0.4, 0.45, 0.4), (0.7, 0.3, 0.2)).moved(-1.0, 0.0, 2.5)
    return assembled(
        ("wall", Part(shell, "hard_surface")),
        ("window", Part(pane, "double_glazing", (9.0, 9.0, 9.0))),
        ("stool", Part(stool, "wood_panel")),
    )


@pytest.fixture(scope="module")
def floor_sun():
    """A sun that shines from the north, 45 degrees high."""
    return Daylight(np.array([0.0, 1.0, -1.0]) / np.sqrt(2.0), np.array([7.0, 7.0, 7.0]), np.ones((5, 3)))


def test_a_furnace_is_evenly_lit():
    """In a closed box of one albedo under even light, every point gathers the geometric sum of its bounces."""
    scene, _ = assembled(("wall", Part(closed_box((4.0, 3.0, 5.0), GREY, 0.5), "hard_surface")))
    points = light_points(scene, of_large_faces(scene))
    engine = RayEngine(scene)
    ends = fan_ends(points.samples, scene, engine)
    light = np.ones((len(points.samples), 3), dtype=np.float32)
    for _ in range(5):
        radiance = np.float32(0.5) * light[points.of_vertex]
        light = 1.0 + ends.mean(radiance[scene.triangles].mean(axis=1))
    expected = sum(0.5**k for k in range(6))
    assert not ends.hidden.any()
    np.testing.assert_allclose(light, expected, rtol=1e-5)
    np.testing.assert_allclose(gathered(points.samples, scene, radiance, engine), expected - 1.0, rtol=1e-5)


def parallel_form_factor(a, b, c):
    """From a point to a parallel a x b rectangle at distance c whose corner lies straight above it (Siegel, Howell)."""
    x, y = a / c, b / c
    one, two = np.sqrt(1.0 + x**2), np.sqrt(1.0 + y**2)
    return (x / one * np.arctan(y / one) + y / two * np.arctan(x / two)) / (2.0 * np.pi)


def perpendicular_form_factor(a, b, c):
    """To a rectangle of height b and width a that stands upright at distance c, its lower corner in the plane."""
    return (np.arctan(a / c) - c / np.hypot(b, c) * np.arctan(a / np.hypot(b, c))) / (2.0 * np.pi)


@pytest.mark.parametrize("distance", [0.25, 0.6, 1.5, 3.0])
def test_direct_light_of_a_pane_is_its_form_factor(distance):
    pane = rectangle([0.0, 0.0, 0.0], [1.2, 0, 0], [0, 0.9, 0], WHITE)
    scene, glow = assembled(("window", Part(pane, "double_glazing", (10.0, 10.0, 10.0))))
    places = np.array([[0.0, 0.0, distance]] * 2, dtype=np.float32)
    samples = Samples(places, np.array([[0, 0, -1], [0, 1, 0]], dtype=np.float32))
    engine = RayEngine(scene)
    found = direct(emitters(scene, glow[scene.triangles], np.zeros(2, dtype=bool), engine), samples, EVEN, engine)
    expected = [parallel_form_factor(1.2, 0.9, distance), perpendicular_form_factor(1.2, 0.9, distance)]
    np.testing.assert_allclose(found[:, 0] / 10.0, expected, rtol=0.05)


def test_ceilings_see_the_ground_and_floors_the_sky(room):
    scene, glow = room
    outside = dataclasses.replace(EVEN, sky=np.array([[0.2] * 3, [0.2] * 3, [1.0] * 3, [1.0] * 3, [1.0] * 3]))
    panes = pane_triangles(scene, glow)
    assert panes.sum() == 2
    samples = Samples(
        np.array([[1.2, 0.1, 1.5], [1.2, 2.9, 1.5]], np.float32), np.array([[0, 1, 0], [0, -1, 0]], np.float32)
    )
    engine = RayEngine(scene)
    floor, ceiling = direct(emitters(scene, glow[scene.triangles], panes, engine), samples, outside, engine)[:, 0]
    assert floor > 3.0 * ceiling > 0.0


def test_the_sun_falls_where_geometry_says(room, floor_sun):
    """At 45 degrees from the north, the pane's patch on the floor is as far from the wall as the pane is high."""
    scene, glow = room
    rng = np.random.default_rng(0)
    places = np.stack([rng.uniform(-1.9, 1.9, 4000), np.zeros(4000), rng.uniform(0.1, 4.9, 4000)], axis=1)
    samples = Samples(places.astype(np.float32), np.tile(np.float32([0, 1, 0]), (4000, 1)))
    lit = sunlight(samples, floor_sun, pane_triangles(scene, glow), RayEngine(scene))[:, 0]
    x0, y0, x1, y1 = PANE
    edge = np.abs(np.stack([places[:, 0] - x0, places[:, 0] - x1, places[:, 2] - y0, places[:, 2] - y1])).min(axis=0)
    inside = (places[:, 0] > x0) & (places[:, 0] < x1) & (places[:, 2] > y0) & (places[:, 2] < y1)
    clear = edge > 0.12  # the sun has a disc
    assert inside[clear].sum() > 300
    np.testing.assert_allclose(lit[clear], np.where(inside, 7.0 / np.sqrt(2.0), 0.0)[clear], rtol=1e-5)


def test_a_home_has_its_own_sun_which_shines_through_a_window(room):
    scene, glow = room
    suns = [daylight(dataclasses.replace(scene, name=f"home {k}"), glow) for k in range(60)]
    sunny = [sun for sun in suns if sun.sun.any()]
    assert 35 < len(sunny) < 58
    heights = np.degrees(np.arcsin([sun.towards_sun[1] for sun in sunny]))
    assert heights.min() >= 20.0 and heights.max() <= 55.0 and np.ptp(heights) > 20.0
    assert all(sun.towards_sun[2] < -0.3 for sun in sunny)  # the pane is in the north wall
    again = daylight(dataclasses.replace(scene, name="home 3"), glow)
    np.testing.assert_array_equal(again.towards_sun, suns[3].towards_sun)
    without = daylight(scene, np.zeros_like(glow))
    assert not without.sun.any()


def random_marks(scene, share, seed):
    edges = edges_of(scene)
    chosen = np.random.default_rng(seed).random(int(edges.joints.max()) + 1) < share
    return edges, closed_marks(edges, chosen[edges.joints])


def edges_by_place(scene):
    """How often each edge is a side of a triangle, by the places of its ends."""
    places = np.unique(np.round(scene.vertices.astype(np.float64) * 1e6).astype(np.int64), axis=0, return_inverse=True)
    corners = places[1].reshape(-1)[scene.triangles]
    sides = np.sort(np.stack([corners, np.roll(corners, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    return np.unique(sides, axis=0, return_counts=True)[1]


def areas(scene):
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2.0


@pytest.mark.parametrize("share", [0.02, 0.3, 1.0])
def test_refinement_leaves_the_mesh_whole(share):
    """Every edge of a closed box has two triangles, before and after; area and the way round are kept."""
    scene, _ = assembled(("wall", Part(box((2.0, 1.0, 3.0), GREY, 0.7), "hard_surface", texture="linen")))
    assert set(edges_by_place(scene)) == {2}
    finer = scene
    for seed in range(3):
        finer, _ = subdivided(finer, *random_marks(finer, share, seed))
    assert len(finer.triangles) > len(scene.triangles)
    assert set(edges_by_place(finer)) == {2}
    np.testing.assert_allclose(areas(finer).sum(), areas(scene).sum(), rtol=1e-6)
    a, b, c = (finer.vertices[finer.triangles[:, k]].astype(np.float64) for k in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0 == pytest.approx(6.0, rel=1e-5)
    assert areas(finer).min() > 0.0


def test_patterns_and_colors_run_on_over_finer_triangles():
    """Texture coordinates and colours of a flat sheet that are linear in place stay so."""
    sheet = rectangle([0, 0, 0], [2, 0, 0], [0, 1, 0], GREY, 0.5)
    scene, _ = assembled(("wall", Part(sheet, "hard_surface", texture="linen")))
    scene = dataclasses.replace(
        scene,
        vertex_colors=np.round(scene.vertices * 100.0).astype(np.uint8),
        corner_uvs=3.0 * scene.vertices[scene.triangles][..., :2] + 0.25,
    )
    finer, parents = subdivided(scene, *random_marks(scene, 0.4, 1))
    np.testing.assert_allclose(finer.corner_uvs, 3.0 * finer.vertices[finer.triangles][..., :2] + 0.25, atol=1e-6)
    np.testing.assert_allclose(finer.vertex_colors, finer.vertices * 100.0, atol=1.01)
    np.testing.assert_array_equal(finer.vertices[: len(scene.vertices)], scene.vertices)
    middle = (scene.vertices[parents[:, 0]] + scene.vertices[parents[:, 1]]) / 2.0
    np.testing.assert_array_equal(finer.vertices[len(scene.vertices) :], middle)


@pytest.fixture(scope="module")
def lit(room, floor_sun):
    """The room with its light, found in two threads."""
    return illuminate(*room, lambda scene: RayEngine(scene, threads=2), floor_sun)


def test_light_does_not_depend_on_threads(room, floor_sun, lit):
    again = illuminate(*room, lambda scene: RayEngine(scene, threads=1), floor_sun)
    for key in ("vertices", "triangles", "vertex_colors", "corner_uvs", "triangle_objects", "triangle_surfaces"):
        np.testing.assert_array_equal(getattr(lit, key), getattr(again, key))


def test_the_mesh_is_finer_where_the_sun_ends_and_brighter_where_it_falls(room, lit):
    scene, _ = room
    assert lit.light_is_baked and len(scene.triangles) < len(lit.triangles) <= len(scene.triangles) + MOST_ADDED
    center = lit.vertices[lit.triangles].mean(axis=1)
    x0, _, x1, y1 = PANE
    on_floor = center[:, 1] == 0.0
    at_edge = on_floor & (np.abs(center[:, 2] - y1) < 0.1) & (center[:, 0] > x0 + 0.2) & (center[:, 0] < x1 - 0.2)
    far = on_floor & (center[:, 2] > 4.0)
    assert np.median(areas(lit)[at_edge]) < 0.1 * np.median(areas(lit)[far])
    bright = lit.vertex_colors.astype(float).mean(axis=1)
    patch = (lit.vertices[:, 1] == 0.0) & (np.abs(lit.vertices[:, [0, 2]] - [1.25, 1.75]) < 0.4).all(axis=1)
    shade = (lit.vertices[:, 1] == 0.0) & (lit.vertices[:, 0] < -0.5) & (lit.vertices[:, 2] < 1.5)
    assert bright[patch].mean() > bright[shade].mean() + 25.0
    assert bright[lit.vertices[:, 1] == 3.0].mean() > 60.0


def test_furniture_throws_a_contact_shadow(lit):
    """The floor is darker right beside the stool than half a metre away, on the side that faces no window."""
    floor = (lit.vertices[:, 1] == 0.0) & (np.abs(lit.vertices[:, 0] + 1.0) < 0.15)
    away = lit.vertices[:, 2] - 2.7
    brightness = lit.vertex_colors.astype(float).mean(axis=1)
    near, far = floor & (away > 0.0) & (away < 0.08), floor & (away > 0.6) & (away < 1.2)
    assert near.any() and brightness[near].mean() < brightness[far].mean() - 12.0


def test_colors_keep_their_hue_in_the_shade_and_never_turn_brighter_than_white():
    chosen = Exposure(1.0, (1.0, 1.0, 1.0))
    light = np.geomspace(0.02, 50.0, 30)[:, None] * np.ones(3)
    blue = developed(np.tile([0.1, 0.2, 0.4], (30, 1)), light.astype(np.float32), chosen)
    assert (np.diff(blue, axis=0) > 0.0).all() and blue.max() < 1.0
    white = developed(np.tile([0.8, 0.8, 0.8], (30, 1)), light.astype(np.float32), chosen)
    assert white.max() <= 1.0 and (np.diff(white[:, 0]) > -1e-9).all()
    middle = developed(np.full((1, 3), 0.8), np.ones((1, 3), np.float32), chosen)[0, 0]
    assert 0.6 < middle < 0.85
