"""What homes are furnished with and how: small things are sound, lie where something holds them, rooms make sense."""

from __future__ import annotations

import inspect
import itertools

import numpy as np
import pytest

from echoenv.scene.homes import HOME_NAMES
from echoenv.scene.homes.assembly import Part, Thing
from echoenv.scene.homes.home import assembled
from echoenv.scene.homes.plans.rect import Rect
from echoenv.scene.homes.shapes import box, join
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.homes.surfaces import strewn, top_of
from echoenv.scene.homes.things import (
    bathroom_items,
    clutter,
    fixtures,
    hallway_items,
    household,
    kitchenware,
    lamps,
    office_items,
    pictures,
    plants,
    tables,
    toys,
)
from echoenv.scene.homes.things.pieces import extent

SOUNDING = (
    *("telephone", "radio", "loudspeaker", "alarm-clock", "kettle", "washing-machine", "vacuum-cleaner", "piano"),
    *("guitar", "cello", "violin", "drum-kit", "trumpet", "flute", "accordion", "xylophone"),
)

STANDING = (bathroom_items, clutter, fixtures, hallway_items, household, kitchenware, office_items, plants, toys)
HANGING = {"scarf", "smoke_detector", "ceiling_vent", "projector", "hanging_plant"}  # built below what holds them
HUNG = {"toilet_paper", "hooks", "thermostat"}  # on walls, where the lower edge need not be reached


def drawn(seed: str) -> Style:
    return Style.drawn(seeded(seed))


def families():
    """Every family of small things that can be drawn from a style alone."""
    for module in STANDING:
        for name, family in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(family) or family.__module__ != module.__name__:
                continue
            needed = [p.name for p in inspect.signature(family).parameters.values() if p.default is p.empty]
            if needed == ["style"] and inspect.signature(family).return_annotation == "Thing" and name not in HANGING:
                yield pytest.param(family, id=f"{module.__name__.rpartition('.')[2]}.{name}")


@pytest.fixture(scope="module")
def homes():
    """Every home before it becomes arrays."""
    return {name: assembled(name) for name in HOME_NAMES}


@pytest.mark.parametrize("family", list(families()))
def test_a_small_thing_stands_and_is_light(family):
    for seed in range(3):
        thing = family(drawn(f"{family.__name__} {seed}"))
        low, high = extent(thing)
        assert np.isfinite([*low, *high]).all()
        assert (high > low).all() and (high - low).max() < 2.2
        if family.__name__ not in HUNG:
            assert abs(low[1]) < 0.0035
        assert sum(len(part.shape.triangles) for part in thing.parts) < 2000


@pytest.mark.parametrize("family", [lamps.ceiling_lamp, lambda s: lamps.chandelier(s, 0.7), lamps.spot_track])
def test_what_hangs_from_a_ceiling_starts_at_the_ceiling_and_gives_light(family):
    for seed in range(4):
        thing = family(drawn(f"hanging {seed}"))
        assert abs(extent(thing)[1][1]) < 1e-6
        assert max(max(part.glow) for part in thing.parts) > 1.0


def test_the_same_style_gives_the_same_thing_and_another_another():
    first, again, other = (plants.plant(drawn(seed), 1.2) for seed in ("a", "a", "b"))
    np.testing.assert_array_equal(first.parts[1].shape.vertices, again.parts[1].shape.vertices)
    assert not np.array_equal(extent(first), extent(other))


def test_a_painting_is_a_few_triangles_with_a_pattern_stretched_over_it():
    kinds = set()
    for seed in range(30):
        thing = pictures.picture(drawn(f"picture {seed}"), 0.9, 0.6)
        canvas = thing.parts[-1]
        kinds.add(canvas.texture)
        assert canvas.texture.startswith("painting_") and (canvas.shape.colors == 1.0).all()
        assert sum(len(part.shape.triangles) for part in thing.parts) < 150
    assert len(kinds) > 10


def test_things_are_strewn_apart_and_on_the_top_alone():
    style = drawn("strewn")
    makers = (clutter.book, kitchenware.cup, clutter.magazines, plants.succulent, clutter.vase, kitchenware.plate)
    for table in (tables.round_table(style, 0.5), tables.table(style, 0.8, 0.5)):
        bare = top_of(table)
        full = strewn(style, table, [make(style) for make in makers])
        added = full.carries[len(table.carries) :]
        assert len(added) >= 3
        boxes = [extent(item) for item in added]
        for low, high in boxes:
            assert low[1] == pytest.approx(bare.y, abs=0.001)
            assert bare.carries(np.array([(low[::2] + high[::2]) / 2.0]))
        for (a, b), (c, d) in itertools.combinations(boxes, 2):
            assert not ((a < d) & (c < b)).all()


def test_nothing_is_put_over_a_hole():
    """A basin's rim is a top, the hollow in it is not."""
    rim = join([box((1.0, 0.05, 0.3), (1, 1, 1)).moved(z=z) for z in (-0.35, 0.35)])
    thing = Thing("sink", (Part(rim, "porcelain"),), (1.0, 0.05, 1.0))
    top = top_of(thing)
    assert top.carries(np.array([[0.0, 0.35]])) and not top.carries(np.array([[0.0, 0.0]]))
    full = strewn(drawn("hole"), thing, [kitchenware.cup(drawn("c")) for _ in range(12)])
    assert full.carries
    for item in full.carries:
        low, high = extent(item)
        assert abs(low[2] + high[2]) / 2.0 > 0.2


def test_the_homes_hold_many_kinds_of_things(homes):
    categories = {item.thing.category for home in homes.values() for item in home.assembly.placed}
    assert len(categories) >= 75
    for name, home in homes.items():
        own = {item.thing.category for item in home.assembly.placed}
        assert len(own) >= (75 if "apartment" in name else 24), name


def test_every_thing_that_sounds_is_in_some_home_and_knows_where_it_sounds(homes):
    found = {}
    for home in homes.values():
        for item in home.assembly.placed:
            if item.thing.category in (*SOUNDING, "tv-screen"):
                found.setdefault(item.thing.category, []).append(item)
    assert set(SOUNDING) <= set(found)
    for items in found.values():
        for item in items:
            low, high = extent(item.thing)
            at = np.asarray(item.thing.sounds_at)
            assert (at > low - 0.3).all() and (at < high + 0.3).all()


def middle(item) -> np.ndarray:
    low, high = extent(item.thing)
    return (low + high)[::2] / 2.0


def in_room(home, room: str, category: str):
    return [item for item in home.assembly.placed if item.room == room and item.thing.category == category]


def test_televisions_are_watched_from_sofas(homes):
    watched = 0
    for home in homes.values():
        for room in home.plan.rooms:
            for screen in in_room(home, room.name, "tv-screen"):
                sofas = in_room(home, room.name, "sofa")
                if room.kind == "living" and sofas:
                    nearest = min(float(np.linalg.norm(middle(screen) - middle(sofa))) for sofa in sofas)
                    assert 1.2 < nearest < 5.0
                    watched += 1
    assert watched >= 6


def test_beds_have_nightstands_with_lamps(homes):
    served = beds = 0
    for home in homes.values():
        for room in home.plan.rooms:
            stands = in_room(home, room.name, "nightstand")
            beds += len(in_room(home, room.name, "bed"))
            served += bool(stands)
            for stand in stands:
                assert any(one.category == "lamp" for one in stand.thing.carries)
                bed = min(in_room(home, room.name, "bed"), key=lambda one: np.linalg.norm(middle(one) - middle(stand)))
                (a, _, c), (b, _, d) = extent(bed.thing)
                assert Rect(a, c, b, d).grown(0.55).overlaps(Rect(*middle(stand), *middle(stand)).grown(0.01))
    assert beds >= 10 and served >= 0.6 * beds


def test_rooms_of_one_shell_are_furnished_in_different_ways(homes):
    sets = []
    for k in range(6):
        home = homes[f"frl_apartment_{k}"]
        sets.append(frozenset(item.thing.category for item in home.assembly.placed if item.room == "living room"))
    assert len(set(sets)) == 6


def test_kitchens_and_bathrooms_hold_what_people_need_there(homes):
    for home in homes.values():
        for room in home.plan.rooms:
            own = {item.thing.category for item in home.assembly.placed if item.room == room.name}
            if room.kind == "kitchen":
                assert {"kettle", "cooktop", "sink", "refrigerator"} <= own
            if room.kind == "bathroom":
                assert {"toilet", "sink"} <= own
                assert own & {"bathtub", "shower-stall"}
