"""The built-in homes: closed, walkable, repeatable, lit, furnished as their names say, and kept on disk."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.errors import SceneNotFoundError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.homes import HOME_NAMES, build_home, cache
from echoenv.scene.homes.home import build_unlit
from echoenv.scene.homes.plans.named import HOMES
from echoenv.scene.homes.shapes import box, cylinder, pillow, rounded_box

LOOKED_AT = ("frl_apartment_0", "hotel_0", "office_2", "room_1")


@pytest.fixture(scope="module")
def homes(unlit_home):
    """Unlit scene and glow of every home, each built once."""
    return {name: unlit_home(name) for name in HOME_NAMES}


@pytest.fixture(scope="module")
def engines(homes):
    return {name: RayEngine(homes[name][0]) for name in HOME_NAMES}


def interior_points(name, count, seed=0):
    """Random points in the air of the rooms, between knee and head, each ten times."""
    rng = np.random.default_rng(seed)
    rooms = HOMES[name].plan(HOMES[name].scale).rooms
    boxes = [rooms[k].interior.grown(-0.05) for k in rng.integers(len(rooms), size=count // 5)]
    x = [rng.uniform(r.x0, r.x1) for r in boxes]
    z = [rng.uniform(r.z0, r.z1) for r in boxes]
    points = np.stack([x, rng.uniform(0.3, 2.0, len(boxes)), z], axis=1)
    points = points[np.any([room.holds_air(points) for room in rooms], axis=0)]
    return np.repeat(points, 10, axis=0)[:count]


def random_directions(count, seed=1):
    directions = np.random.default_rng(seed).normal(size=(count, 3))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True)


def test_the_homes_have_replicas_names():
    frl = [f"frl_apartment_{k}" for k in range(6)]
    offices = [f"office_{k}" for k in range(5)]
    rooms = [f"room_{k}" for k in range(3)]
    assert set(HOME_NAMES) == {"apartment_0", "apartment_1", "apartment_2", *frl, "hotel_0", *offices, *rooms}


@pytest.mark.parametrize("name", LOOKED_AT)
def test_doors_sound_in_the_air(homes, engines, name):
    heard = [thing.sounds_at for thing in homes[name][0].objects if thing.category == "door" and thing.sounds_at]
    assert heard
    sides = np.concatenate([np.eye(3), -np.eye(3)])
    hits = engines[name].intersect(np.repeat(heard, 6, axis=0), np.tile(sides, (len(heard), 1)))
    assert (hits.distance.reshape(-1, 6) > 0.01).all() and (hits.distance.reshape(-1, 6).max(axis=1) > 0.5).all()


@pytest.mark.parametrize("name", HOME_NAMES)
def test_every_home_is_sound(homes, name):
    scene, glow = homes[name]
    assert 20_000 <= len(scene.triangles) <= 130_000  # light adds some 10,000 to 32,000
    assert np.isfinite(scene.vertices).all() and np.isfinite(glow).all()
    assert set(np.unique(scene.triangle_objects)) == {thing.id for thing in scene.objects}
    categories = {thing.category for thing in scene.objects}
    assert {"wall", "floor", "ceiling", "window", "door", "lamp", "indoor-plant", "picture"} <= categories
    edges = scene.vertices[scene.triangles]
    area = np.linalg.norm(np.cross(edges[:, 1] - edges[:, 0], edges[:, 2] - edges[:, 0]), axis=1)
    assert np.count_nonzero(area < 1e-12) < 0.02 * len(area)


def test_rooms_hold_what_their_kind_says(homes):
    wanted = {
        "apartment_0": {"sofa", "tv-screen", "bed", "wardrobe", "toilet", "bathtub", "cooktop", "refrigerator"},
        "frl_apartment_3": {"sofa", "bed", "toilet", "cooktop"},
        "hotel_0": {"bed", "nightstand", "desk", "toilet"},
        "office_1": {"desk", "monitor", "chair"},
        "office_2": {"table", "chair", "wall-decoration"},
        "room_0": {"sofa", "tv-screen", "table", "rug", "cushion"},
        "room_1": {"bed", "pillow", "wardrobe"},
        "room_2": {"table", "chair", "plate"},
    }
    for name, categories in wanted.items():
        assert categories <= {thing.category for thing in homes[name][0].objects}, name


def test_the_frl_apartments_share_their_shell_and_differ_in_furnishing(homes):
    def part(name, categories):
        scene = homes[name][0]
        ids = [thing.id for thing in scene.objects if thing.category in categories]
        return scene.vertices[scene.triangles[np.isin(scene.triangle_objects, ids)]]

    first, second = "frl_apartment_0", "frl_apartment_4"
    np.testing.assert_array_equal(part(first, {"floor", "ceiling"}), part(second, {"floor", "ceiling"}))
    chairs = [part(name, {"sofa", "chair", "indoor-plant"}) for name in (first, second)]
    assert chairs[0].shape != chairs[1].shape or not np.array_equal(chairs[0], chairs[1])


@pytest.mark.parametrize("name", HOME_NAMES)
def test_no_ray_from_inside_escapes(engines, name):
    origins = interior_points(name, 20_000)
    assert len(origins) > 10_000
    assert engines[name].intersect(origins, random_directions(len(origins))).hit.all()


@pytest.mark.parametrize("name", LOOKED_AT)
def test_the_rooms_themselves_are_closed_without_the_outside_of_the_building(homes, engines, name):
    """No more than a stray ray in a crack may see the outside, which is the last object."""
    scene = homes[name][0]
    outside = next(
        thing.id
        for thing in scene.objects
        if scene.surfaces[scene.triangle_surfaces[scene.triangle_objects == thing.id][0]].material.name
        == "painted_brick"
    )
    origins = interior_points(name, 50_000, 2)
    hits = engines[name].intersect(origins, random_directions(len(origins), 3))
    assert np.count_nonzero(scene.triangle_objects[hits.triangle] == outside) <= 2


@pytest.mark.parametrize("name", LOOKED_AT)
def test_every_room_can_be_walked_to(engines, name):
    finder = PathFinder(engines[name])
    grid = finder.grid_positions(0.5)
    distances = np.asarray(finder.geodesic_distance(np.broadcast_to(grid[0], grid.shape), grid))
    assert np.isfinite(distances).all()
    for room in HOMES[name].plan(HOMES[name].scale).rooms:
        inside = room.interior
        here = (grid[:, 0] > inside.x0) & (grid[:, 0] < inside.x1) & (grid[:, 2] > inside.z0) & (grid[:, 2] < inside.z1)
        assert here.sum() >= 3, room.name


def test_the_held_out_homes_have_the_size_of_visual_echoes(homes):
    """VisualEchoes tests on 366 positions of a 0.5 m grid in these three scenes."""
    held_out = ("apartment_2", "frl_apartment_5", "office_4")
    counts = [len(PathFinder(RayEngine(homes[name][0])).grid_positions(0.5)) for name in held_out]
    assert 340 <= sum(counts) <= 392


def test_the_same_name_gives_the_same_bytes(homes):
    again, glow = build_unlit("room_1")
    first, first_glow = homes["room_1"]
    for key in ("vertices", "triangles", "triangle_surfaces", "triangle_objects", "vertex_colors"):
        np.testing.assert_array_equal(getattr(first, key), getattr(again, key))
    np.testing.assert_array_equal(glow, first_glow)


def test_a_home_comes_back_from_the_cache_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("ECHOENV_CACHE", str(tmp_path))
    made = build_home("room_1")
    kept = build_home("room_1")
    assert kept is not made and cache.path_of("room_1").is_file()
    for key in ("vertices", "triangles", "triangle_surfaces", "triangle_objects", "vertex_colors"):
        np.testing.assert_array_equal(getattr(made, key), getattr(kept, key))
    assert kept.objects == made.objects and kept.origin == made.origin == "built-in home (generated from code)"
    assert [s.material.name for s in kept.surfaces] == [s.material.name for s in made.surfaces]
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_broken_or_unwritable_cache_does_no_harm(tmp_path, monkeypatch, homes):
    monkeypatch.setenv("ECHOENV_CACHE", str(tmp_path))
    scene, _ = homes["room_1"]
    cache.store(scene)
    path = cache.path_of("room_1")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert cache.load("room_1") is None
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("ECHOENV_CACHE", str(blocked))
    cache.store(dataclasses.replace(scene, name="room_1"))
    assert cache.load("room_1") is None


def test_an_unknown_home_names_the_nearest():
    with pytest.raises(SceneNotFoundError, match="no built-in home is called 'apartment_9': did you mean apartment_"):
        build_home("apartment_9")


@pytest.mark.parametrize(
    ("shape", "volume"),
    [
        (box((1.0, 2.0, 3.0), (1, 1, 1)), 6.0),
        (rounded_box((1.0, 2.0, 3.0), (1, 1, 1), 0.05, 3), 6.0 - 0.0129),
        (cylinder(0.5, 2.0, (1, 1, 1), 64), 0.5 * 64 * 0.25 * np.sin(2 * np.pi / 64) * 2.0),
        (pillow((2.0, 2.0, 2.0), (1, 1, 1), 1.0, 80), 4.0 / 3.0 * np.pi),
    ],
)
def test_shapes_are_closed_and_look_outwards(shape, volume):
    """The divergence theorem: the signed volume of a closed shape with outward faces."""
    a, b, c = (shape.vertices[shape.triangles[:, k]] for k in range(3))
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0 == pytest.approx(volume, rel=0.004)
