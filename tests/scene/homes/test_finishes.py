"""Finishes: every room has some, they exist, they keep energy, and they are those of such rooms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import homes_reverberation
from echoenv.rays import RayEngine
from echoenv.scene.homes.assembly import home_surface
from echoenv.scene.homes.finishes import OFFICE_KINDS, OWN_COLORS, Finish, finishes
from echoenv.scene.homes.home import HOME_NAMES, recipe_of
from echoenv.scene.homes.plans.drafts import DRAFT_STYLES
from echoenv.scene.homes.plans.plan import Rect, Room
from echoenv.scene.homes.shapes import box
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.homes.textures.library import TEXTURE_NAMES, texture
from echoenv.scene.material_table import MATERIAL_NAMES, material
from echoenv.scene.octave_bands import OCTAVE_CENTRES
from echoenv.scene.scene import Scene

KILOHERTZ = OCTAVE_CENTRES.index(1000)
STYLES = [Style.drawn(seeded(f"finishes of test {seed}")) for seed in range(60)]


def _room(kind: str, name: str = "room") -> Room:
    return Room(name, kind, Rect(0.0, 0.0, 4.0, 5.0), 2.6)


def _kinds() -> set[str]:
    drawn = [f"procedural:{style}?seed={seed}" for style in DRAFT_STYLES for seed in range(6)]
    recipes = [recipe_of(name)[1] for name in (*HOME_NAMES, *drawn)]
    return {room.kind for recipe in recipes for room in recipe.plan(recipe.scale).rooms}


def _all(kind: str) -> list[Finish]:
    found = [finishes(_room(kind), style) for style in STYLES]
    return [finish for room in found for finish in (room.floor, room.wall, room.accent, room.ceiling)]


def test_every_finish_of_every_kind_of_room_exists():
    for kind in _kinds():
        for finish in _all(kind):
            assert finish.material in MATERIAL_NAMES
            assert finish.texture in TEXTURE_NAMES
            assert texture(finish.texture).size is not None
            assert texture(finish.texture).tints != (finish.color == OWN_COLORS)
            assert all(0.1 < channel <= 1.0 for channel in finish.color)


def test_kinds_of_rooms_differ_in_what_they_may_have():
    plain = {finish.texture for finish in _all("cellar")}  # a kind that is not listed
    for kind in _kinds():
        assert {finish.texture for finish in _all(kind)} - plain, kind


def test_finishes_depend_on_palette_kind_and_name_alone():
    style, same = (Style.drawn(seeded("twice")) for _ in range(2))
    state = str(style.rng.bit_generator.state)
    first = [finishes(_room("bedroom", name), style) for name in ("one", "two", "three", "four")]
    assert str(style.rng.bit_generator.state) == state
    assert first == [finishes(_room("bedroom", name), same) for name in ("one", "two", "three", "four")]
    others = {finishes(_room("bedroom"), replace(style, boards=boards.boards)) for boards in STYLES}
    assert len(others) > 1


def test_the_rooms_of_one_home_belong_together():
    one_floor = 0
    for style in STYLES:
        living, dining = (finishes(_room(kind, kind), style) for kind in ("living", "dining"))
        one_floor += living.floor == dining.floor
        assert living.floor == dining.floor or living.floor.material.endswith("carpet")
        offices = [finishes(_room(kind, kind), style) for kind in ("office", "meeting")]
        assert len({(room.floor, room.ceiling) for room in offices}) == 1
    assert one_floor > len(STYLES) / 2


def test_bathrooms_are_tiled_and_have_no_skirting():
    for style in STYLES:
        room = finishes(_room("bathroom"), style)
        assert not room.skirting
        assert room.wall.material == "ceramic_tiles"
        assert material(room.floor.material).absorption[KILOHERTZ] < 0.05
        red, green, blue = room.wall.color
        assert red <= max(green, blue) + 0.03  # nothing pink


def test_carpets_and_ceilings_absorb_where_they_should():
    def absorbs(finish: Finish) -> float:
        return float(material(finish.material).absorption[KILOHERTZ])

    for style in STYLES:
        assert absorbs(finishes(_room("hotel"), style).floor) > 0.3
        assert absorbs(finishes(_room("open_office"), style).ceiling) > 0.5
        assert absorbs(finishes(_room("lounge"), style).ceiling) > 0.5
        ceilings = [finishes(_room(kind), style).ceiling for kind in OFFICE_KINDS]
        assert max(map(absorbs, ceilings)) <= 0.75  # no studio: class C of ISO 11654 at best
    patterns = {finishes(_room("office"), style).ceiling.texture for style in STYLES}
    assert "ceiling_tiles" in patterns and len(patterns) > 1


@pytest.mark.parametrize("name", MATERIAL_NAMES)
def test_no_material_gives_more_than_it_gets(name):
    found = material(name)
    total = found.absorption.astype(float) + np.asarray(found.transmission, dtype=float)
    assert total.shape == (len(OCTAVE_CENTRES),)
    assert (total <= 1.0 + 1e-6).all() and (found.transmission >= 0.0).all()


def test_eyring_estimate_of_an_empty_room_is_that_of_its_walls():
    shape = box((4.0, 2.5, 5.0), (0.5, 0.5, 0.5), 1.0).moved(2.0, 0.0, 2.5)
    scene = Scene(
        name="box",
        origin="test",
        vertices=shape.vertices,
        triangles=shape.triangles[:, ::-1],
        surfaces=(home_surface("wall", "thick_carpet", ""),),
        triangle_surfaces=np.zeros(len(shape.triangles), dtype=np.int32),
        triangle_objects=np.ones(len(shape.triangles), dtype=np.int32),
    )
    room = Room("room", "living", Rect(-0.07, -0.07, 4.07, 5.07), 2.5)
    air = homes_reverberation.Air()
    time, volume, areas = homes_reverberation.eyring_estimate(RayEngine(scene), room, air, seeded("box"))
    surface, lost = 85.0, 1.0 - material("thick_carpet").reflection.astype(float)
    assert volume == pytest.approx(50.0, rel=1e-6)
    np.testing.assert_allclose(areas["wall (thick_carpet)"], surface * lost, rtol=0.05)
    expected = 55.26 * 50.0 / air.speed_of_sound / (-surface * np.log(1.0 - lost) + 200.0 * air.band_attenuation)
    np.testing.assert_allclose(time, expected, rtol=0.05)


@pytest.mark.parametrize(("home", "shortest", "longest"), [("room_1", 0.3, 0.6), ("office_1", 0.4, 0.8)])
def test_reverberation_is_that_of_such_rooms(home, shortest, longest):
    (room,) = homes_reverberation.sounds_of(home)
    assert shortest < room.t30[KILOHERTZ] < longest
    assert room.empty[KILOHERTZ] > 1.2 * room.t30[KILOHERTZ]
    octaves = room.t30[homes_reverberation.BANDS]
    assert octaves.min() > 0.15 and octaves.max() < 1.5
