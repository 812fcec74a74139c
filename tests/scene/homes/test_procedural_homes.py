"""Procedural homes: named by style and seed, varied, sound, repeatable, kept on disk like the others."""

from __future__ import annotations

import re

import numpy as np
import pytest

from benchmarks.homes_looks import faults_of_ways, rays_inside
from echoenv.errors import SceneNotFoundError, SettingsError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.homes import build_home, cache, home
from echoenv.scene.homes.home import build_unlit, recipe_of
from echoenv.scene.homes.plans.drafts import DRAFT_STYLES
from echoenv.scene.homes.plans.procedural import addresses
from echoenv.scene.homes.plans.varied import varied_plan

ARRAYS = ("vertices", "triangles", "triangle_surfaces", "triangle_objects", "vertex_colors")


@pytest.mark.parametrize("style", DRAFT_STYLES)
@pytest.mark.parametrize("seed", [1, 3])
def test_homes_are_closed_walkable_and_whole(style, seed):
    address = f"procedural:{style}?seed={seed}"
    plan, (scene, glow) = varied_plan(style, seed), build_unlit(address)
    assert np.isfinite(scene.vertices).all() and np.isfinite(glow).all() and len(scene.triangles) < 200_000
    engine = RayEngine(scene)
    assert engine.intersect(*rays_inside(plan, 20_000)).hit.all()
    finder = PathFinder(engine)
    positions = finder.grid_positions(0.5)
    assert len(positions) >= 15
    assert faults_of_ways(plan, finder, positions) == []


def test_the_plan_varies_with_the_seed():
    plans = [varied_plan("apartment", seed) for seed in range(10)]
    assert len({len(plan.rooms) for plan in plans}) >= 3
    assert len({plan.outline for plan in plans}) == 10
    heights = [max(room.height for room in plan.rooms) for plan in plans]
    assert max(heights) - min(heights) > 0.5
    assert all(2.3 <= room.height <= 3.5 for plan in plans for room in plan.rooms)
    assert len({tuple(o for room in plan.rooms for o in room.openings) for plan in plans}) == 10


@pytest.mark.parametrize("style", DRAFT_STYLES)
def test_the_rooms_of_a_plan_fill_its_rectangle_without_overlap(style):
    for seed in range(6):
        plan = varied_plan(style, seed)
        rects = [room.outline for room in plan.rooms]
        whole = plan.outline
        assert sum(r.width * r.depth for r in rects) == pytest.approx(whole.width * whole.depth, abs=1e-6)
        assert not any(a.overlaps(b) for k, a in enumerate(rects) for b in rects[k + 1 :])


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others():
    (first, glow), (again, same_glow) = (build_unlit("procedural:room?seed=5") for _ in range(2))
    for key in ARRAYS:
        np.testing.assert_array_equal(getattr(first, key), getattr(again, key))
    np.testing.assert_array_equal(glow, same_glow)
    assert build_unlit("procedural:room?seed=6")[0].vertices.shape != first.vertices.shape


def test_a_home_is_named_kept_and_loaded_by_style_and_seed(tmp_path, monkeypatch):
    monkeypatch.setenv("ECHOENV_CACHE", str(tmp_path))
    monkeypatch.setattr(home, "light_home", lambda scene, glow: scene)
    made = load_scene("procedural:meeting_room?seed=4")
    assert made.name == "procedural_meeting_room_4" and re.fullmatch(r"\w+", made.name)
    assert cache.path_of(made.name).is_file()
    kept = build_home("procedural:meeting_room?seed=004")
    for key in ARRAYS:
        np.testing.assert_array_equal(getattr(made, key), getattr(kept, key))
    assert len(list(tmp_path.rglob("*.npz"))) == 1


def test_the_seed_is_0_where_none_is_given():
    assert recipe_of("procedural:hotel")[0] == "procedural_hotel_0"


def test_an_unknown_style_names_the_nearest():
    with pytest.raises(SceneNotFoundError, match=r"called 'apartmint': did you mean apartment\?"):
        load_scene("procedural:apartmint?seed=7")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("procedural:room?seed=-1", "has the seed '-1': give one whole number from 0"),
        ("procedural:room?seed=1.5", "has the seed '1.5'"),
        ("procedural:room?seed=", "has the seed ''"),
        ("procedural:room?seed=1&seed=2", "has the seed '1&seed=2'"),
        ("procedural:room?sed=7", "sets 'sed': only the seed can be set"),
    ],
)
def test_a_bad_seed_or_an_unknown_key_is_one_clear_line(address, said):
    with pytest.raises(SettingsError, match=re.escape(said)) as caught:
        load_scene(address)
    assert "\n" not in str(caught.value)


def test_a_range_of_seeds_is_as_many_homes():
    assert addresses("procedural:room?seed=8..10") == [f"procedural:room?seed={seed}" for seed in (8, 9, 10)]
    for other in ("procedural:room?seed=8", "procedural:room", "apartment_0", "a..b.ply"):
        assert addresses(other) == [other]
    for wrong in ("procedural:room?seed=3..2", "procedural:room?seed=0..1000000"):
        with pytest.raises(SettingsError, match="from a lower to a higher one"):
            addresses(wrong)
