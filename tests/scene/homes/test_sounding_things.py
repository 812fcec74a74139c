"""Things that sound: they look like solid bodies, stand where they say, and go into any scene."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.errors import MeshError, PoseError, SceneNotFoundError, SettingsError
from echoenv.rays import RayEngine
from echoenv.scene.homes.arrange import SOUNDING_THINGS, Placed, sounding_thing, with_things
from echoenv.scene.homes.assembly import Assembly, Part, Thing
from echoenv.scene.homes.shapes import box
from echoenv.scene.homes.solids import arched, circle, curve, extruded, mirrored, ring, rod, triangulated, tube
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.homes.things import devices, guitars, pianos
from echoenv.scene.homes.things.talking_head import TalkingHead, talking_head

SEEDS = range(4)
WHITE = (1.0, 1.0, 1.0)
LARGEST = {"head": 8000}
CASES = [(category, seed) for category in SOUNDING_THINGS for seed in SEEDS]


def parts_of(thing):
    return [*thing.parts, *(part for carried in thing.carries for part in parts_of(carried))]


def volume(shape):
    a, b, c = (shape.vertices[shape.triangles[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def closed_components(shape):
    """(triangle indices) of the parts of a shape whose every edge is met twice, once in each direction."""
    keys = np.round(shape.vertices * 1e6).astype(np.int64)
    _, place = np.unique(keys, axis=0, return_inverse=True)
    triangles = place.reshape(-1)[shape.triangles]
    kept = np.flatnonzero((triangles != np.roll(triangles, 1, axis=1)).all(axis=1))
    root = np.arange(place.max() + 1)

    def find(k):
        while root[k] != k:
            root[k] = root[root[k]]
            k = root[k]
        return k

    for a, b, c in triangles[kept]:
        root[find(a)] = find(b)
        root[find(b)] = find(c)
    label = np.array([find(a) for a in triangles[kept, 0]])
    for number in np.unique(label):
        chosen = kept[label == number]
        edges = np.concatenate([triangles[chosen][:, [k, (k + 1) % 3]] for k in range(3)])
        forth, back = set(map(tuple, edges.tolist())), set(map(tuple, edges[:, ::-1].tolist()))
        if len(forth) == len(edges) and forth == back:
            yield chosen


def room(**changes):
    """A closed room of 6 x 3 x 6 m, its floor at y = 0, with one object."""
    assembly = Assembly()
    walls = box((6.0, 3.0, 6.0), (0.7, 0.7, 0.7), 1.0)
    assembly.add(
        Thing("wall", (Part(dataclasses.replace(walls, triangles=walls.triangles[:, ::-1]), "plastic"),), (6, 3, 6))
    )
    return dataclasses.replace(assembly.scene("room")[0], **changes)


@pytest.mark.parametrize(("category", "seed"), CASES)
def test_every_thing_fits_its_box_and_stands_on_the_floor(category, seed):
    thing = sounding_thing(category, seed)
    points = np.concatenate([part.shape.vertices for part in parts_of(thing)])
    width, height, depth = thing.size
    assert thing.category == category
    assert points[:, 1].min() == pytest.approx(0.0, abs=1e-4)
    assert points[:, 2].min() == pytest.approx(0.0, abs=1e-4)
    np.testing.assert_allclose(points.max(axis=0), [width / 2, height, depth], atol=3e-4)
    np.testing.assert_allclose(points[:, 0].min(), -width / 2, atol=3e-4)
    assert thing.sounds_at is not None
    assert (
        np.abs(np.asarray(thing.sounds_at) - [0.0, height / 2, depth / 2]) <= np.asarray(thing.size) / 2 + 1e-4
    ).all()


@pytest.mark.parametrize(("category", "seed"), CASES)
def test_every_thing_is_made_of_sound_triangles(category, seed):
    for part in parts_of(sounding_thing(category, seed)):
        shape = part.shape
        assert np.isfinite(shape.vertices).all() and np.isfinite(shape.uvs).all()
        assert shape.uvs.shape == (len(shape.triangles), 3, 2) and len(shape.colors) == len(shape.vertices)
        assert shape.colors.min() >= 0.0 and shape.colors.max() <= 1.0
    assert (
        300
        <= sum(len(part.shape.triangles) for part in parts_of(sounding_thing(category, seed)))
        <= LARGEST.get(category, 5000)
    )


@pytest.mark.parametrize("category", SOUNDING_THINGS)
def test_closed_bodies_face_outwards(category):
    found = 0
    for part in parts_of(sounding_thing(category, 1)):
        for chosen in closed_components(part.shape):
            middle = part.shape.vertices[part.shape.triangles[chosen]].mean(axis=(0, 1))
            body = dataclasses.replace(part.shape.moved(*-middle), triangles=part.shape.triangles[chosen])
            assert volume(body) > 0.0
            found += 1
    assert found > 0


def test_the_same_seed_gives_the_same_thing_and_others_differ():
    for category in SOUNDING_THINGS:
        looks = []
        for seed in (1, 1, 2, 3, 4):
            parts = parts_of(sounding_thing(category, seed))
            looks.append(b"".join(part.shape.vertices.tobytes() + part.shape.colors.tobytes() for part in parts))
        assert looks[0] == looks[1]
        assert len(set(looks)) >= 3, f"{category}: seeds 1 to 4 look alike"


def test_kinds_can_be_asked_for():
    def style():
        return Style.drawn(seeded("kinds"))

    assert devices.telephone(style(), "rotary").size[1] > devices.telephone(style(), "desk").size[1]
    assert devices.loudspeaker(style(), "floor").size[1] > 0.8 > 0.5 > devices.loudspeaker(style(), "bookshelf").size[1]
    assert guitars.guitar(style(), "acoustic").category == guitars.guitar(style(), "electric").category == "guitar"
    alone = pianos.grand_piano(style(), 1.8, bench=False)
    assert not alone.carries and alone.size[2] == pytest.approx(2.02, abs=0.06)


def test_an_unknown_category_is_named_with_the_nearest():
    with pytest.raises(SceneNotFoundError, match="violin"):
        sounding_thing("violine")


@pytest.mark.parametrize("seed", range(6))
def test_a_heads_mouth_opens_and_nothing_else_changes(seed):
    head = TalkingHead(seed)
    poses = [head.posed(openness) for openness in np.linspace(0.0, 1.0, 6)]
    for pose in poses[1:]:
        assert pose.size == poses[0].size and pose.sounds_at == poses[0].sounds_at
        for part, still in zip(pose.parts, poses[0].parts, strict=True):
            np.testing.assert_array_equal(part.shape.triangles, still.shape.triangles)
            np.testing.assert_array_equal(part.shape.colors, still.shape.colors)
            np.testing.assert_array_equal(part.shape.uvs, still.shape.uvs)
    gaps = [head.mouth_gap(openness) for openness in np.linspace(0.0, 1.0, 11)]
    assert gaps[0] == 0.0 and (np.diff(gaps) > 0.0).all() and 0.015 < gaps[-1] < 0.05
    moved = np.linalg.norm(poses[-1].parts[0].shape.vertices - poses[0].parts[0].shape.vertices, axis=1)
    assert moved.max() < 0.06 and (moved == 0.0).mean() > 0.3


def test_an_open_mouth_shows_its_inside_and_a_shut_one_its_lips():
    def seen(openness):
        thing = TalkingHead(3).posed(openness)
        assembly = Assembly()
        assembly.add(thing)
        scene, _ = assembly.scene("head")
        target = np.asarray(thing.sounds_at) - [0.0, 0.006, 0.0]
        hit = RayEngine(scene).intersect([target + [0.0, 0.0, 1.0]], [[0.0, 0.0, -1.0]])
        return float(hit.distance[0])

    assert seen(1.0) > seen(0.0) + 0.006


def test_a_head_says_what_is_wrong():
    with pytest.raises(SettingsError, match="openness"):
        TalkingHead(0).posed(1.5)
    with pytest.raises(SettingsError, match="plinth"):
        talking_head(0, plinth=-1.0)


@pytest.mark.parametrize("changes", [{}, {"vertex_colors": None}, {"corner_uvs": None}, {"light_is_baked": False}])
def test_things_are_added_and_the_scene_is_kept(changes):
    scene = room(**changes)
    more = with_things(scene, [Placed("radio", (1.0, 0.0, 1.0)), Placed("piano", (-1.0, 0.0, 0.0), 90.0, seed=3)])
    for name in ("vertices", "triangles", "triangle_surfaces", "triangle_objects", "vertex_colors", "corner_uvs"):
        before = getattr(scene, name)
        if before is not None:
            assert getattr(more, name)[: len(before)].tobytes() == before.tobytes()
    assert (
        more.surfaces[: len(scene.surfaces)] == scene.surfaces and more.objects[: len(scene.objects)] == scene.objects
    )
    added = more.objects[len(scene.objects) :]
    assert [thing.category for thing in added][:2] == ["radio", "piano"]
    assert set(np.unique(more.triangle_objects)) == {thing.id for thing in more.objects}
    if scene.vertex_colors is None:
        assert (more.vertex_colors[: len(scene.vertices)] == 255).all()


def test_a_placed_thing_is_met_where_it_was_put():
    for category in SOUNDING_THINGS:
        scene = with_things(room(), [Placed(category, (0.5, 0.0, -0.4), 30.0, seed=2)])
        thing = next(each for each in scene.objects if each.category == category)
        points = scene.vertices[scene.triangles[scene.triangle_objects == thing.id]]
        centres = points.mean(axis=1)
        target = centres[np.argmin(np.linalg.norm(centres - np.asarray(thing.sounds_at), axis=1))]
        angle = np.deg2rad(30.0)
        front = np.array([-np.sin(angle), 0.25, -np.cos(angle)])
        hit = RayEngine(scene).intersect([target + 2.0 * front], [-front])
        met = {each.id: each.category for each in scene.objects}[int(scene.triangle_objects[hit.triangle[0]])]
        assert met == category


def test_a_heading_turns_the_front_as_an_agents():
    flag = Thing("flag", (Part(box((0.2, 1.0, 0.2), WHITE), "plastic"),), (0.2, 1.0, 0.4), sounds_at=(0.0, 0.5, 0.4))
    for heading, towards in ((0.0, (0, 0, -1)), (90.0, (-1, 0, 0)), (180.0, (0, 0, 1))):
        placed = Placed(flag, (1.0, 0.0, 2.0), heading).in_world()
        np.testing.assert_allclose(placed.sounds_at, np.array([1.0, 0.5, 2.0]) + 0.2 * np.array(towards), atol=1e-3)


def test_wrong_places_are_refused():
    with pytest.raises(PoseError):
        with_things(room(), [Placed("radio", (0.0, np.nan, 0.0))])
    with pytest.raises(PoseError, match="heading"):
        with_things(room(), [Placed("radio", (0.0, 0.0, 0.0), float("inf"))])
    empty = room()
    assert with_things(empty, []) is empty


def test_things_are_darker_where_the_scene_is():
    bright, dark = room(), room()
    dark = dataclasses.replace(dark, vertex_colors=dark.vertex_colors // 4)
    means = [
        with_things(s, [Placed("kettle", (0, 0, 0))]).vertex_colors[len(s.vertices) :].mean() for s in (bright, dark)
    ]
    assert means[1] < 0.8 * means[0]


def test_solids_have_the_volumes_of_their_formulas():
    assert volume(tube([[0, 0, 0], [0, 0.5, 0], [0, 1, 0]], 0.1, WHITE, 64)) == pytest.approx(np.pi * 0.01, rel=0.01)
    assert volume(rod((0, 0, 0), (1, 1, 0), 0.05, WHITE, 64)) == pytest.approx(np.pi * 0.0025 * np.sqrt(2), rel=0.01)
    assert volume(ring(0.3, 0.1, WHITE, 96, 48)) == pytest.approx(2 * np.pi**2 * 0.3 * 0.0025, rel=0.01)
    assert volume(extruded(circle(0.3, 64), 0.1, WHITE)) == pytest.approx(np.pi * 0.009, rel=0.01)
    waist = mirrored([[0, 0], [0.2, 0.1], [0.1, 0.25], [0.15, 0.4], [0, 0.5]])
    assert volume(arched(waist, 0.1, 0.0, WHITE)) == pytest.approx(volume(extruded(waist, 0.1, WHITE)), rel=1e-6)


def test_a_twisted_path_keeps_a_tubes_radius():
    turn = np.linspace(0.0, 6.0 * np.pi, 200)
    path = np.stack([np.cos(turn), 0.1 * turn, np.sin(turn)], axis=1)
    shape = tube(path, 0.05, WHITE, 12, caps=False)
    away = np.linalg.norm(shape.vertices.reshape(200, 13, 3) - path[:, None], axis=2)
    np.testing.assert_allclose(away, 0.05, rtol=1e-6)


def test_outlines_with_nooks_are_filled_and_crossed_ones_refused():
    star = curve([(1, 0), (0.3, 0.3), (0, 1), (-0.3, 0.3), (-1, 0), (-0.3, -0.3), (0, -1), (0.3, -0.3)], 3, loop=True)
    triangles = triangulated(star)
    a, b, c = (star[triangles[:, k]] for k in range(3))
    areas = 0.5 * ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])
    x, y = star.T
    whole = 0.5 * float(x @ np.roll(y, -1) - y @ np.roll(x, -1))
    assert (areas > 0.0).all() and areas.sum() == pytest.approx(whole)
    with pytest.raises(MeshError):
        triangulated(star[::-1])
