"""Plans and what is built of them: features of rooms, walkable floors, doors, windows, the shells of all homes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.homes.assembly import Assembly, Part, Thing
from echoenv.scene.homes.finishes import Finish
from echoenv.scene.homes.leaves import free_width, leaf_areas, leaves
from echoenv.scene.homes.placement import Layout
from echoenv.scene.homes.plans import building, features, soundness
from echoenv.scene.homes.plans.doors import hang_doors
from echoenv.scene.homes.plans.drafts import DRAFT_STYLES
from echoenv.scene.homes.plans.named import HOMES
from echoenv.scene.homes.plans.plan import SIDES, Opening, Plan, Rect, Room
from echoenv.scene.homes.plans.varied import varied_plan
from echoenv.scene.homes.shapes import box
from echoenv.scene.homes.shell import build_shell
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.homes.walls import WallFace
from echoenv.scene.homes.ways import Ways

LEAF = Finish("wooden_door", "", (0.9, 0.9, 0.9))
LIVING = Rect(0.0, 0.0, 6.5, 5.0)


def room_of(kind="living", height=2.8, outline=LIVING):
    return Room("room", kind, outline, height)


def layout_of(room):
    return Layout(room, Assembly(), Style.drawn(seeded("test")))


def chest(width=0.8, height=0.9, depth=0.4, category="chest"):
    part = Part(box((width, height, depth), (0.5, 0.5, 0.5)).moved(z=depth / 2), "wood_panel")
    return Thing(category, (part,), (width, height, depth))


def plan_with_everything():
    """Two rooms with every kind of block, ceiling and floor."""
    first = Room("a", "living", LIVING, 2.8)
    second = Room("b", "bedroom", Rect(6.5, 0.0, 11.0, 5.0), 2.7)
    plan = Plan([first, second])
    building.add_breast(first, "west", 0.5, 1.3, 0.4)
    building.box_corner(first, "north-east", 1.0, 1.2)
    building.add_column(first, 0.55, 0.5, 0.4, True)
    building.cut_corner(first, "south-west", 0.45)
    building.add_half_column(first, "south", 0.5, 0.36)
    first.soffits.append(features.Soffit(first.interior.along("north", 0.07, 5.3, 0.6), 2.55))
    building.raise_floor(second, "north", 2.2, 0.15)
    building.slope_ceiling(second, "east", 1.95, 45.0)
    building.add_column(second, 0.3, 0.6, 0.3, False)
    second.soffits.append(features.Soffit(Rect(6.57, 3.6, 9.5, 3.75), 2.5, "beam"))
    plan.connect("a", "b", 0.9)
    plan.add_outer("a", "south", "entrance", 0.9, 0.95, 0.0, 2.05)
    plan.add_outer("a", "north", "window", 0.15, 1.6, 0.8, 2.3)
    plan.add_outer("b", "south", "window", 0.4, 1.2, 0.04, 2.2)
    assert hang_doors(plan, seeded("everything"))
    return plan


@pytest.fixture(scope="module")
def everything():
    """That plan, its shell as a scene, and the scene's rays."""
    plan, assembly = plan_with_everything(), Assembly()
    build_shell(assembly, plan, Style.drawn(seeded("everything")))
    scene, glow = assembly.scene("everything")
    return plan, assembly, scene, glow, RayEngine(scene)


def air(plan, count, seed=0):
    """Random points (n, 3) in the air of a plan's rooms."""
    rng = np.random.default_rng(seed)
    whole = plan.outline
    low, high = [whole.x0, 0.02, whole.z0], [whole.x1, 3.4, whole.z1]
    points = rng.uniform(low, high, (count, 3))
    return points[np.any([room.holds_air(points) for room in plan.rooms], axis=0)]


def test_rooms_with_every_feature_are_sound_closed_and_walkable(everything):
    plan, assembly, scene, _, engine = everything
    assert soundness.is_sound(plan)
    origins = air(plan, 100_000)
    assert len(origins) > 40_000
    directions = np.random.default_rng(1).normal(size=origins.shape)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    hits = engine.intersect(origins, directions)
    assert hits.hit.all()
    outside = assembly.objects[-1].id
    assert np.count_nonzero(scene.triangle_objects[hits.triangle] == outside) <= 2
    finder = PathFinder(engine)
    grid = finder.grid_positions(0.5)
    assert np.isfinite(finder.geodesic_distance(np.broadcast_to(grid[0], grid.shape), grid)).all()
    raised = grid[:, 1] > 0.1
    np.testing.assert_allclose(grid[raised, 1], 0.15, atol=1e-4)
    outline = plan.room("b").platform.outline
    on = (grid[:, 0] > outline.x0) & (grid[:, 2] < outline.z1 - 0.01)
    np.testing.assert_array_equal(raised, on)
    assert not any(block.covers(grid[:, 0], grid[:, 2]).any() for room in plan.rooms for block in room.blocks)


def test_the_built_surfaces_face_the_rooms(everything):
    """What a ray from the air meets first is never the back of a wall, floor, ceiling, pillar or beam."""
    plan, assembly, scene, _, engine = everything
    shell = {thing.id for thing in assembly.objects if thing.category in ("wall", "floor", "ceiling", "pillar", "beam")}
    origins = air(plan, 40_000, 2)
    directions = np.random.default_rng(3).normal(size=origins.shape)
    hits = engine.intersect(origins, directions / np.linalg.norm(directions, axis=1, keepdims=True))
    corners = scene.vertices[scene.triangles[hits.triangle]].astype(float)
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    from_behind = np.einsum("ij,ij->i", facing, directions) > 0.0
    of_shell = np.isin(scene.triangle_objects[hits.triangle], list(shell))
    assert not (from_behind & of_shell & (hits.distance > 0.15)).any()  # nearer, it may start in a skirting board


def test_heights_follow_soffits_slope_and_platform():
    _, second = plan_with_everything().rooms
    assert second.ceiling_over(Rect(8.0, 3.65, 8.1, 3.7)) == 2.5
    assert second.ceiling_over(second.interior) == pytest.approx(1.95)
    assert second.roof_at(second.interior.x1, 4.0) == pytest.approx(1.95)
    assert second.roof_at(second.interior.x1 - 0.375, 4.0) == pytest.approx(2.325, abs=0.01)
    edge = second.platform.outline.z1
    assert second.floor_over(Rect(7.0, edge - 1.0, 8.0, edge - 0.1)) == 0.15
    assert second.floor_over(Rect(7.0, edge - 0.2, 8.0, edge + 0.2)) is None
    assert second.floor_over(Rect(7.0, edge + 0.1, 8.0, edge + 0.2)) == 0.0


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda room: building.add_breast(room, "south", 0.9, 1.0, 0.3), "before the entrance"),
        (lambda room: building.add_breast(room, "north", 0.3, 0.6, 0.3), "before the window"),
        (lambda room: building.raise_floor(room, "south", 2.0, 0.15), "at the entrance"),
        (lambda room: building.lower_ceiling(room, "north", 0.5, 0.5), "over the window"),
        (lambda room: building.slope_ceiling(room, "north", 1.95, 40.0), "over the window"),
        (lambda room: building.leave_niche(room, "west", 0.5, 5.5, 0.3), "wider than the wall"),
        (lambda room: [building.add_column(room, x, 0.5, 0.4, False) for x in (0.5, 0.53)], "in each other"),
    ],
)
def test_what_stands_in_the_way_is_not_sound(spoil, reason):
    room = room_of()
    plan = Plan([room])
    plan.add_outer("room", "south", "entrance", 0.9, 0.95, 0.0, 2.05)
    plan.add_outer("room", "north", "window", 0.2, 1.6, 0.8, 2.4)
    assert soundness.is_sound(plan)
    spoil(room)
    assert not soundness.is_well_built(room), reason


def test_a_block_that_cuts_a_room_in_two_is_found():
    room = room_of(outline=Rect(0.0, 0.0, 5.0, 2.0))
    assert soundness.empty(room).is_walkable()
    building.add_breast(room, "north", 0.5, 0.4, 1.6)
    assert not soundness.empty(room).is_walkable()


def brute_ways(room, entries, taken):
    """The question of `Ways` asked of one distance map made anew."""
    cell, inside = 0.05, room.interior
    columns, rows = int(np.ceil(inside.width / cell)), int(np.ceil(inside.depth / cell))
    free = np.zeros((rows + 2, columns + 2), dtype=bool)
    free[1:-1, 1:-1] = True
    for rect in taken:
        x0, x1 = np.floor((rect.x0 - inside.x0) / cell + 0.3), np.ceil((rect.x1 - inside.x0) / cell - 0.3)
        z0, z1 = np.floor((rect.z0 - inside.z0) / cell + 0.3), np.ceil((rect.z1 - inside.z0) / cell - 0.3)
        free[max(0, int(z0)) + 1 : max(0, int(z1)) + 1, max(0, int(x0)) + 1 : max(0, int(x1)) + 1] = False
    distance = ndimage.distance_transform_edt(free) * cell
    if any(ndimage.label(distance > radius)[1] != 1 for radius in (0.05, 0.10, 0.15, 0.20)):
        return False
    wide, _ = ndimage.label(distance > 0.34)
    marks = set()
    for x, z in entries:
        column, row = int((x - inside.x0) / cell) + 1, int((z - inside.z0) / cell) + 1
        marks.add(int(wide[max(0, row - 6) : row + 7, max(0, column - 6) : column + 7].max(initial=0)))
    return len(marks) <= 1 and 0 not in marks


def test_ways_agree_with_a_distance_map_made_anew():
    rng = np.random.default_rng(0)
    answers = []
    for _ in range(12):
        room = room_of(outline=Rect(0.0, 0.0, round(rng.uniform(2, 5), 2), round(rng.uniform(2, 5), 2)))
        inside = room.interior
        entries = [(inside.x0 + 0.5, inside.z0 + 0.4), (inside.x1 - 0.4, inside.z1 - 0.5)]
        ways, taken = Ways(room, entries), []
        for _ in range(12):
            x, z = rng.uniform(inside.x0, inside.x1), rng.uniform(inside.z0, inside.z1)
            body = Rect(x, z, x + rng.uniform(0.05, 1.2), z + rng.uniform(0.05, 1.2)).within(inside)
            answer = ways.are_open([*taken, body])
            assert answer == brute_ways(room, entries, [*taken, body])
            answers.append(answer)
            if answer or rng.random() < 0.1:
                taken.append(body)
            if rng.random() < 0.15:
                taken = taken[: len(taken) // 2]  # as `Layout.undo` does
    assert 20 < sum(answers) < len(answers) - 20


def test_things_stand_whole_on_or_beside_a_platform_and_off_blocks():
    room = room_of()
    building.raise_floor(room, "west", 2.4, 0.16)
    building.add_breast(room, "north", 0.6, 1.3, 0.4)
    building.add_column(room, 0.7, 0.6, 0.4, True)
    layout = layout_of(room)
    while layout.against(chest(), prefer="any", front=0.3):
        pass
    for x in np.arange(0.4, 6.2, 0.3):
        layout.free_standing(chest(0.5, 0.8, 0.5), float(x), 2.5)
    placed = [item for item in layout.assembly.placed if item.thing.category == "chest"]
    assert len(placed) > 8
    heights = set()
    for item in placed:
        (x0, low, z0), (x1, _, z1) = item.corners().min(axis=(0, 1)), item.corners().max(axis=(0, 1))
        body = Rect(float(x0), float(z0), float(x1), float(z1))
        assert room.floor_over(body) == pytest.approx(low)
        assert not any(body.overlaps(block.outline) for block in room.blocks)
        heights.add(round(float(low), 2))
    assert heights == {0.0, 0.16}


def test_the_face_of_a_breast_serves_as_the_wall():
    room = room_of()
    building.add_breast(room, "north", 0.5, 1.4, 0.4)
    layout = layout_of(room)
    spot = layout.against(chest(1.0), ["north"], "near", at=layout.faces["north"].length / 2)
    assert spot is not None
    low = layout.assembly.placed[-1].corners().min(axis=(0, 1))
    assert low[2] == pytest.approx(0.07 + 0.4 + 0.015)
    assert layout.on_wall(chest(0.8, 0.4, 0.03), 1.5, ["north"], at=spot[1])
    assert layout.assembly.placed[-1].corners().min(axis=(0, 1))[2] == pytest.approx(0.47)
    assert not layout.on_wall(chest(0.8, 0.4, 0.03), 1.5, ["north"], at=spot[1] + 0.7), "around the breast's edge"


def test_tall_things_keep_out_from_under_slopes_and_lamps_hang_between_beams():
    room = room_of(height=2.7)
    building.slope_ceiling(room, "east", 1.95, 30.0)
    building.add_beams(room, 4, 0.16, 0.2)
    room.soffits = [beam for beam in room.soffits if beam.outline.x1 < 5.0]
    layout = layout_of(room)
    assert layout.against(chest(0.8, 2.2, 0.4), ["east"]) is None
    assert layout.against(chest(0.8, 1.5, 0.4), ["east"]) is not None
    beam = room.soffits[1].outline
    layout.hangs(chest(0.4, 0.1, 0.4), beam.center[0], beam.center[1])
    corners = layout.assembly.placed[-1].corners()
    assert corners[..., 0].max() <= beam.x0 or corners[..., 0].min() >= beam.x1
    assert corners[..., 1].min() == pytest.approx(2.7)  # this thing has its top at 0.1 above its own zero


def test_desks_stand_before_radiators_and_other_things_beside_them():
    room = room_of("office")
    room.add_opening("north", "window", 2.0, 2.0, 0.9, 2.3)
    building.hang_radiators(room)
    layout = layout_of(room)
    assert layout.against(chest(1.2, 0.6, 0.6, "chest"), ["north"], "near", at=2.9)[1] < 2.5
    layout = layout_of(room)
    _, s = layout.against(chest(1.2, 0.6, 0.6, "desk"), ["north"], "near", at=2.9)
    assert s == pytest.approx(2.9)
    assert layout.assembly.placed[-1].corners().min(axis=(0, 1))[2] == pytest.approx(0.07 + 0.13 + 0.015)


@pytest.mark.parametrize("leaf", ["panel", "glass", "double", "sliding"])
@pytest.mark.parametrize("angle", [50.0, 62.0, 88.0, 177.0])
@pytest.mark.parametrize("right", [False, True])
def test_leaves_stay_in_their_footprints_and_leave_the_way_they_say(leaf, angle, right):
    width = 1.4 if leaf == "double" else 0.9
    door = Opening("north", 2.0, 2.0 + width, 0.0, 2.05, "door", "other", True, leaf, angle, right)
    shapes = leaves(door, width, 2.05, LEAF).parts
    points = np.concatenate([part.shape.vertices for part in shapes if part.material != "metal"])
    areas = leaf_areas(door, 0.0, width)
    inside = [(points[:, 0] > a - 1e-6) & (points[:, 0] < b + 1e-6) & (points[:, 2] < d) for a, b, _, d in areas]
    assert np.any(inside, axis=0).all()
    assert points[:, 2].min() > 0.0 and points[:, 1].max() < 2.06
    if leaf in ("panel", "glass") and angle < 80.0:
        tip = points[points[:, 2] > points[:, 2].max() - 0.03].mean(axis=0)
        jamb = np.array([0.0 if right else width, 0.0])
        assert np.hypot(*(tip[[0, 2]] - jamb)) > free_width(door, width) - 0.05


@pytest.fixture(scope="module")
def drawn_plans():
    """The plans of the first seeds of every style."""
    return {(style, seed): varied_plan(style, seed) for style in DRAFT_STYLES for seed in range(16)}


def test_doors_stand_open_in_every_way_and_always_leave_a_passage(drawn_plans):
    ways = set()
    rooms = [room for plan in drawn_plans.values() for room in plan.rooms]
    for left, right, door in (s for room in rooms for side in SIDES for s in WallFace(room, side).openings()):
        if door.kind == "door" and door.swings_here:
            assert free_width(door, right - left) >= 0.68
            half = door.leaf != "sliding" and door.open_angle < 80.0
            ways.add((door.leaf, "half" if half else "open"))
    assert {("panel", "half"), ("panel", "open"), ("glass", "open"), ("double", "half")} <= ways
    assert ("sliding", "open") in ways


@pytest.mark.parametrize("name", sorted(HOMES))
def test_the_plan_of_every_named_home_is_sound(name):
    plan = HOMES[name].plan(HOMES[name].scale)
    assert soundness.is_sound(plan)
    assert all(2.3 <= room.height <= 3.5 for room in plan.rooms)


def features_of(room):
    """Names of what is built into a room."""
    found = {block.kind for block in room.blocks} | {soffit.kind for soffit in room.soffits}
    return found | ({"slope"} if room.slope else set()) | ({"platform"} if room.platform else set())


def test_the_named_homes_differ_in_shape():
    found, heights = set(), set()
    for recipe in HOMES.values():
        for room in recipe.plan(recipe.scale).rooms:
            found |= features_of(room)
            heights.add(room.height)
    assert found == {"corner", "breast", "chamfer", "column", "half_column", "soffit", "beam", "slope", "platform"}
    assert min(heights) <= 2.35 and max(heights) >= 3.4 and len(heights) >= 8


def test_features_come_up_by_chance_and_leave_plans_sound(drawn_plans):
    found = set()
    for address, plan in drawn_plans.items():
        assert soundness.is_sound(plan), address
        for room in plan.rooms:
            found |= features_of(room) | {_kind_of(o) for o in room.openings if o.kind == "window"}
            assert room.ceiling_over(room.interior) >= 1.9
            assert room.platform is None or 0.12 <= room.platform.height <= 0.18
    assert {"corner", "breast", "chamfer", "column", "half_column", "soffit", "beam", "slope", "platform"} <= found
    assert {"to the floor", "strip", "sill"} <= found


def _kind_of(window):
    return "to the floor" if window.bottom < 0.3 else "strip" if window.top - window.bottom < 0.65 else "sill"


def test_floors_are_few_triangles_with_patterns_in_metres():
    assembly = Assembly()
    room = room_of(outline=Rect(0.0, 0.0, 4.0, 6.0))
    build_shell(assembly, Plan([room]), Style.drawn(seeded("floor")))
    floor = next(item.thing for item in assembly.placed if item.thing.category == "floor")
    shape = floor.parts[0].shape
    assert len(shape.triangles) < 2 * 12 * 18
    spans = shape.uvs.max(axis=(0, 1)) - shape.uvs.min(axis=(0, 1))
    np.testing.assert_allclose(spans, [5.86, 3.86], atol=1e-6)  # the grain runs along the longer side
    walls = [item.thing.parts[0].shape for item in assembly.placed if item.thing.category == "wall"][:4]
    for wall in walls:
        extent = wall.vertices.max(axis=0) - wall.vertices.min(axis=0)
        np.testing.assert_allclose(np.ptp(wall.uvs, axis=(0, 1)), [max(extent[0], extent[2]), 2.8], atol=1e-6)


def test_windows_of_one_side_show_one_view_and_shine():
    plan = Plan([room_of()])
    for side, along in (("north", 0.1), ("north", 0.9), ("west", 0.5)):
        plan.add_outer("room", side, "window", along, 1.2, 0.8, 2.3)
    assembly = Assembly()
    build_shell(assembly, plan, Style.drawn(seeded("views")))
    panes = [
        part for item in assembly.placed if item.thing.category == "window"
        for part in item.thing.parts if part.material == "double_glazing"
    ]  # fmt: skip
    assert [pane.texture.rpartition("_")[0] for pane in panes] == ["outdoor"] * 3
    assert all(max(pane.glow) > 5.0 for pane in panes)
    north = {pane.texture for pane in panes if np.ptp(pane.shape.vertices[:, 2]) < 1e-6}
    west = {pane.texture for pane in panes if np.ptp(pane.shape.vertices[:, 0]) < 1e-6}
    assert len(north) == 1 and len(west) == 1 and north != west


def test_leaves_that_would_stand_in_something_are_found():
    """Beside the boxed corner and the platform, some poses of the door are free and some are not."""
    plan = plan_with_everything()
    room = plan.room("b")
    door = next(o for o in room.openings if o.kind == "door")
    poses = {(leaf, angle) for leaf in ("panel", "sliding") for angle in (60.0, 88.0, 177.0)}
    sound = {pose: _is_clear(room, door, *pose) for pose in poses}
    assert any(sound.values()) and not all(sound.values())


def _is_clear(room, door, leaf, angle):
    openings = [replace(o, leaf=leaf, open_angle=angle) if o == door else o for o in room.openings]
    return soundness.leaves_are_clear(replace(room, openings=openings))
