"""The inspector of homes finds what is placed wrongly, lets pass what is right, and finds nothing in the 18 homes."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from echoenv.scene.homes import HOME_NAMES
from echoenv.scene.homes.assembly import AssembledHome, Assembly, Part, Thing
from echoenv.scene.homes.columns import Columns, Solid, common, depth_of_overlap, insides, meets_box
from echoenv.scene.homes.home import assembled, furnished
from echoenv.scene.homes.inspection import faults_of
from echoenv.scene.homes.mending import MOST_TRIANGLES, mended
from echoenv.scene.homes.plans.plan import Plan, Rect, Room
from echoenv.scene.homes.shapes import box, cylinder, join, rectangle
from echoenv.scene.homes.shell import build_shell
from echoenv.scene.homes.style import Style, seeded

GREY = (0.5, 0.5, 0.5)


def boxy(category, size, carries=()):
    """A thing that is one box in its own frame."""
    shape = box(size, GREY).moved(z=size[2] / 2.0)
    return Thing(category, (Part(shape, "wooden_furniture"),), size, carries)


def table(carries=()):
    """A table of 1.2 m x 0.75 m x 0.8 m with legs, so that there is room under it."""
    legs = [box((0.05, 0.72, 0.05), GREY).moved(x, 0.0, z) for x in (-0.55, 0.55) for z in (0.05, 0.75)]
    shape = join([box((1.2, 0.03, 0.8), GREY, bottom=0.72).moved(z=0.4), *legs])
    return Thing("table", (Part(shape, "wooden_furniture"),), (1.2, 0.75, 0.8), carries)


def chair():
    return Thing(
        "chair",
        (Part(join([box((0.4, 0.45, 0.4), GREY), box((0.4, 0.9, 0.04), GREY).moved(z=-0.18)]), "wooden_chair"),),
        (0.4, 0.9, 0.4),
    )


LAMP = Thing(
    "lamp", (Part(box((0.4, 0.05, 0.4), GREY, bottom=-0.05), "heavy_glass", (9.0, 8.0, 6.0)),), (0.4, 0.05, 0.4)
)
PICTURE = Thing("picture", (Part(box((0.6, 0.4, 0.02), GREY).moved(z=0.012), "wood_panel"),), (0.6, 0.4, 0.02))
RUG = Thing("rug", (Part(box((2.0, 0.012, 1.5), GREY), "rug"),), (2.0, 0.012, 1.5))


@pytest.fixture
def home():
    """Two rooms of 5 m x 4 m, one with an entrance; a door opens into the second; lamps, windows, no furniture."""
    plan = Plan(
        [Room("hall", "living", Rect(0.0, 0.0, 5.0, 4.0), 2.6), Room("study", "study", Rect(5.0, 0.0, 10.0, 4.0), 2.6)]
    )
    plan.add_outer("hall", "south", "entrance", 0.5, 1.0, 0.0, 2.05)
    plan.add_outer("hall", "north", "window", 0.5, 1.5, 0.8, 2.2)
    plan.add_outer("study", "north", "window", 0.5, 1.5, 0.8, 2.2)
    plan.connect("hall", "study", 0.5)
    assembly = Assembly()
    build_shell(assembly, plan, Style.drawn(seeded("inspection")), 1.0)
    for room, x in (("hall", 2.5), ("study", 7.5)):
        assembly.room = room
        assembly.add(LAMP.moved(x, 2.6, 2.0), "ceiling")
    assembly.room = "hall"
    return AssembledHome("inspected", plan, assembly)


def only_fault(home, *things, held_by="floor"):
    """The one fault of a home after things were added to its hall."""
    for thing in things:
        home.assembly.add(thing, held_by)
    (fault,) = faults_of(home)
    assert len(mended(home).assembly.placed) < len(home.assembly.placed)
    assert faults_of(mended(home)) == []
    return fault.description


def test_what_is_placed_rightly_has_no_faults(home):
    cup = boxy("cup", (0.08, 0.09, 0.08))
    add = home.assembly.add
    add(RUG.moved(2.5, 0.0005, 1.8), "floor")
    add(table(carries=(cup.moved(0.2, 0.75, 0.3), PICTURE.moved(0.0, 0.75, 0.1))).moved(2.5, 0.0, 1.4), "floor")
    add(chair().turned(180.0).moved(2.5, 0.0, 2.2), "floor")  # half under the table
    add(boxy("cabinet", (0.8, 1.2, 0.4)).moved(0.6, 0.0, 0.07 + 0.015), "floor")
    add(PICTURE.moved(4.3, 1.4, 0.07), "wall")
    add(boxy("blinds", (1.4, 0.5, 0.05)).moved(2.5, 1.65, 0.07 - 0.1))  # in the window's recess
    add(boxy("doormat", (0.8, 0.015, 0.5)).moved(2.5, 0.0, 3.3), "floor")
    assert faults_of(home) == []


def test_a_floating_chair_is_found(home):
    assert "floats 12.0 cm above the floor" in only_fault(home, chair().moved(1.0, 0.12, 2.0))


def test_a_chair_that_floats_at_a_wall_is_found(home):
    assert "chair" in (fault := only_fault(home, chair().moved(1.0, 0.12, 0.28))) and "floats" in fault


@pytest.mark.parametrize("place", [(0.0, 0.85, 0.4), (0.0, 0.5, 0.4), (0.9, 0.75, 0.4)])
def test_a_cup_over_under_or_beside_its_table_is_found(home, place):
    wrong = table(carries=(boxy("cup", (0.08, 0.09, 0.08)).moved(*place),)).moved(1.5, 0.0, 1.4)
    assert "cup" in (fault := only_fault(home, wrong)) and "floats" in fault


def test_a_table_in_a_doorway_is_found(home):
    assert "stands in the entrance" in only_fault(home, table().moved(2.5, 0.0, 2.7))


def test_a_leg_in_a_doorway_is_found_though_no_vertex_is_at_its_height(home):
    post = boxy("lamp", (0.03, 2.2, 0.03)).moved(2.5, 0.0, 3.6)
    assert "stands in the entrance" in only_fault(home, post)


def test_what_hangs_above_heads_may_hang_in_a_doorway(home):
    home.assembly.add(boxy("sign", (0.5, 0.3, 0.05)).moved(2.5, 1.97, 3.85), "wall")
    assert faults_of(home) == []


def test_a_cabinet_through_a_wall_is_found(home):
    wrong = boxy("cabinet", (0.8, 1.2, 0.4)).moved(0.4, 0.0, 1.5)
    assert "pierces the west wall by 7.0 cm" in only_fault(home, wrong)


def test_what_pierces_floor_or_ceiling_is_found(home):
    assert "pierces the ceiling by 10.0 cm" in only_fault(home, boxy("wardrobe", (0.5, 2.7, 0.5)).moved(1.0, 0.0, 1.5))


def test_a_picture_hung_in_the_air_is_found(home):
    fault = only_fault(home, PICTURE.moved(1.0, 1.4, 1.0), held_by="wall")
    assert "picture" in fault and "off the wall with nothing to hold it" in fault


def test_a_lamp_below_the_ceiling_is_found(home):
    assert "hangs 30.0 cm below the ceiling" in only_fault(home, LAMP.moved(1.0, 2.3, 1.0), held_by="ceiling")


def test_two_overlapping_sofas_are_found(home):
    sofas = [boxy("sofa", (2.0, 0.8, 0.9)).moved(1.5, 0.0, z) for z in (0.3, 1.0)]
    depth = re.search(r"sofa .* and sofa .* are ([0-9.]+) cm in each other", only_fault(home, *sofas))
    assert depth and float(depth[1]) == pytest.approx(20.0, abs=0.5)


def test_things_in_each_other_on_one_shelf_are_found(home):
    vases = [boxy("vase", (0.1, 0.2, 0.1)).moved(x, 0.75, 0.3) for x in (0.0, 0.05)]
    fault = only_fault(home, table(carries=tuple(vases)).moved(1.5, 0.0, 1.4))
    assert fault.startswith("vase") and "in each other" in fault


def test_a_thing_in_the_place_of_an_open_door_is_found(home):
    leaf = next(
        item
        for item in home.assembly.placed
        if item.thing.category == "door" and item.corners()[..., 0].max() > 5.5 and not item.room
    )
    x, _, z = (item.mean() for item in np.moveaxis(leaf.corners().reshape(-1, 3), 1, 0))
    home.assembly.room = "study"
    home.assembly.add(boxy("cabinet", (0.3, 0.9, 0.3)).moved(x, 0.0, z - 0.15), "floor")
    assert any("deep in a door" in fault.description for fault in faults_of(home))


def test_a_room_without_lamp_or_window_is_found(home):
    dark = AssembledHome(
        home.name, Plan([dataclasses.replace(room, openings=[]) for room in home.plan.rooms]), Assembly()
    )
    assert [fault.description for fault in faults_of(dark)] == [
        "the hall has no lamp",
        "the hall has no window",
        "the study has no lamp",
        "the study has no window",
    ]


@pytest.mark.parametrize("name", HOME_NAMES)
def test_the_homes_have_no_faults(assembled_home, name):
    found = faults_of(assembled_home(name))
    assert not found, "\n".join(fault.description for fault in found)


@pytest.mark.parametrize("name", ["procedural:meeting_room?seed=10", "procedural:hotel?seed=6"])
def test_what_rules_place_wrongly_no_home_has(name):
    as_placed, home = furnished(name), assembled(name)
    wrong = {fault.thing for fault in faults_of(as_placed)}
    assert wrong and faults_of(home) == []
    left = [item for item in as_placed.assembly.placed if not {item.number, item.carrier} & wrong]
    assert [item.thing.category for item in home.assembly.placed] == [item.thing.category for item in left]
    assert [item.number for item in home.assembly.placed] == list(range(1, len(left) + 1))


def test_a_home_that_is_too_fine_does_without_small_things_that_it_has_twice(home):
    fine = cylinder(0.02, 0.1, GREY, MOST_TRIANGLES // 3)
    cups = [Thing("cup", (Part(fine.moved(x, 0.75, 0.3), "heavy_glass"),), (0.04, 0.1, 0.04)) for x in (-0.2, 0.0, 0.2)]
    home.assembly.add(table(carries=(*cups, boxy("bowl", (0.1, 0.05, 0.1)))).moved(2.5, 0.0, 1.4), "floor")
    left = [item.thing for item in mended(home).assembly.placed]
    triangles = [sum(len(part.shape.triangles) for part in thing.parts) for thing in left]
    kept = [thing.category for thing in left]
    assert kept.count("table") == kept.count("bowl") == 1 and 1 <= kept.count("cup") < 3
    assert sum(triangles) <= MOST_TRIANGLES < sum(triangles) + len(fine.triangles)


def solid_of(shape):
    return Solid.of(shape.vertices[shape.triangles], np.zeros(len(shape.triangles), dtype=np.int64))


@pytest.mark.parametrize("turn", [0.0, 30.0])
def test_the_depth_of_two_boxes_is_their_overlap(turn):
    """Boxes that share a slab 0.06 m thick, turned together or not."""
    first = solid_of(box((1.0, 0.8, 0.6), GREY).turned(turn))
    second = solid_of(box((1.0, 0.8, 0.6), GREY).moved(z=0.54).turned(turn))
    assert depth_of_overlap(first, second, 0.01) == pytest.approx(0.06, abs=0.02)
    assert depth_of_overlap(first, solid_of(box((1.0, 0.8, 0.6), GREY).moved(z=0.595).turned(turn)), 0.01) == 0.0


def test_columns_measure_the_volume_two_bodies_share():
    """A cylinder through a box: the area of the circle (as the many-sided body has it) times the box's height."""
    first, second = solid_of(cylinder(0.3, 2.0, GREY, 64)), solid_of(box((1.0, 0.5, 1.0), GREY, bottom=0.7))
    columns = Columns(-0.5, -0.5, 0.01, 0.01, 100, 100)
    shared = common(insides(first, columns), insides(second, columns))
    volume = float((shared.high - shared.low).sum()) * 1e-4
    assert volume == pytest.approx(64 * 0.5 * 0.3**2 * np.sin(2 * np.pi / 64) * 0.5, rel=0.01)


def test_a_sheet_encloses_nothing():
    canvas = solid_of(rectangle([-0.5, 1.0, 0.5], [1.0, 0, 0], [0, 0, -1.0], GREY))
    assert len(insides(canvas, Columns(-0.5, -0.5, 0.1, 0.1, 10, 10)).columns) == 0
    assert depth_of_overlap(canvas, solid_of(box((2.0, 2.0, 2.0), GREY)), 0.01) == 0.0


def test_triangles_meet_a_box_where_one_of_their_points_is_in_it():
    """Against many points spread over each triangle; near misses of the points alone are left out."""
    rng = np.random.default_rng(0)
    corners = rng.uniform(-1.0, 1.0, (300, 3, 3))
    low, high = np.array([-0.3, -0.2, -0.25]), np.array([0.25, 0.3, 0.2])
    weights = rng.dirichlet([1.0, 1.0, 1.0], 4000)
    points = np.einsum("pv,tvc->tpc", weights, corners)
    inside = ((points > low) & (points < high)).all(axis=2).any(axis=1)
    near = ((points > low - 0.04) & (points < high + 0.04)).all(axis=2).any(axis=1)
    found = np.array([meets_box(one[None], low, high) for one in corners])
    assert found[inside].all() and not found[~near].any() and 20 < found.sum() < 280
