"""Furniture of every family: sound bodies of the size they say, standing on the floor, of patterns that exist."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from echoenv.scene.homes.assembly import Thing
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.homes.textures.library import TEXTURE_NAMES
from echoenv.scene.homes.things import bathroom, beds, chairs, fittings, seating, sofas, stands, storage, tables
from echoenv.scene.homes.things.appliances import REFRIGERATORS
from echoenv.scene.homes.things.joinery import FRONTS, HANDLES, cabinet, looks
from echoenv.scene.homes.things.making import made, taste
from echoenv.scene.material_table import MATERIAL_NAMES

SEEDS = (0, 1)
STANDING = {
    **{f"sofa {kind}": lambda s, k=kind: seating.sofa(s, 2.0, kind=k) for kind in sofas.SOFAS},
    **{f"armchair {kind}": lambda s, k=kind: seating.armchair(s, k) for kind in sofas.ARMCHAIRS},
    "corner sofa": lambda s: seating.corner_sofa(s),
    "corner sofa right": lambda s: seating.corner_sofa(s, 2.8, side="right"),
    "chaise longue": seating.chaise_longue,
    **{f"ottoman {kind}": lambda s, k=kind: seating.ottoman(s, k) for kind in ("square", "round", "pouf")},
    "bean bag": seating.bean_bag,
    **{f"chair {kind}": lambda s, k=kind: seating.dining_chair(s, k) for kind in chairs.DINING_CHAIRS},
    **{f"office chair {kind}": lambda s, k=kind: seating.office_chair(s, k) for kind in ("task", "executive")},
    "rocking chair": seating.rocking_chair,
    **{f"stool {kind}": lambda s, k=kind: seating.stool(s, k) for kind in ("round", "steps", "padded")},
    **{f"bar stool {kind}": lambda s, k=kind: seating.bar_stool(s, k) for kind in ("wooden", "column")},
    **{f"bench {kind}": lambda s, k=kind: seating.bench(s, 1.1, k) for kind in ("plank", "padded")},
    **{f"bed {kind}": lambda s, k=kind: seating.bed(s, 1.6, kind=k) for kind in beds.BEDS},
    "single bed": lambda s: seating.bed(s, 0.9),
    "bunk bed": seating.bunk_bed,
    "crib": seating.crib,
    **{f"table {kind}": lambda s, k=kind: tables.table(s, 1.6, 0.9, kind=k) for kind in tables.TABLES},
    "small table": lambda s: tables.table(s, 0.75, 0.6),
    "oval table": tables.oval_table,
    **{f"round {k}": lambda s, k=k: tables.round_table(s, 0.5, kind=k) for k in ("pedestal", "tulip", "legs")},
    "meeting table": lambda s: tables.meeting_table(s, 2.4, 1.15),
    **{f"coffee table {kind}": lambda s, k=kind: tables.coffee_table(s, kind=k) for kind in tables.COFFEE_TABLES},
    **{f"side table {kind}": lambda s, k=kind: tables.side_table(s, k) for kind in ("round", "tray", "stump")},
    "console table": tables.console_table,
    **{f"desk {kind}": lambda s, k=kind: tables.desk(s, kind=k) for kind in tables.DESKS},
    "dressing table": tables.dressing_table,
    "lectern": tables.lectern,
    "nightstand": tables.nightstand,
    "drawer unit": lambda s: storage.drawer_unit(0.8, 0.8, 0.3, 3, s.wood, s.fabric),
    "dresser": storage.dresser,
    "sideboard": storage.sideboard,
    "tv stand": storage.tv_stand,
    "shoe cabinet": storage.shoe_cabinet,
    "filing cabinet": storage.filing_cabinet,
    "drawer pedestal": storage.drawer_pedestal,
    **{f"wardrobe {kind}": lambda s, k=kind: storage.wardrobe(s, kind=k) for kind in storage.WARDROBES},
    **{f"bookshelf {kind}": lambda s, k=kind: storage.bookshelf(s, kind=k) for kind in storage.BOOKSHELVES},
    "room divider": storage.room_divider,
    "coat stand": stands.coat_stand,
    "magazine rack": stands.magazine_rack,
    "wine rack": stands.wine_rack,
    "folding screen": stands.folding_screen,
    "standing mirror": stands.standing_mirror,
    "clothes rail": stands.clothes_rail,
    **{f"kitchen run {length}": lambda s, n=length: fittings.kitchen_run(s, n) for length in (1.8, 2.4, 3.6)},
    "kitchen island": fittings.kitchen_island,
    **{f"refrigerator {kind}": lambda s, k=kind: fittings.refrigerator(s, k) for kind in REFRIGERATORS},
    "dishwasher": fittings.dishwasher,
    "toilet": lambda s: fittings.toilet(),
    "bidet": lambda s: fittings.bidet(),
    "basin pedestal": lambda s: fittings.basin(s, 0.6, "pedestal"),
    **{f"bathtub {kind}": lambda s, k=kind: fittings.bathtub(1.6, kind=k) for kind in ("built", "free")},
    **{f"shower {kind}": lambda s, k=kind: fittings.shower(0.85, k) for kind in ("corner", "walk")},
}
HANGING = {
    "toilet hung": lambda s: fittings.toilet("hung"),
    "wall units": lambda s: fittings.wall_units(s, 2.4),
    **{f"basin {kind}": lambda s, k=kind: fittings.basin(s, 0.7, k) for kind in bathroom.BASINS[:2]},
    "towel radiator": fittings.towel_radiator,
    "range hood": fittings.range_hood,
}
MOST_TRIANGLES = {"sofa": 2600, "chair": 1500, "bed": 3000, "shelf": 2500, "table": 1100, "wardrobe": 1800}


def styled(seed: int) -> Style:
    return Style.drawn(seeded(f"furniture {seed}"))


def everything(thing: Thing) -> list[Thing]:
    return [thing, *(other for carried in thing.carries for other in everything(carried))]


def bodies(shape):
    """Connected bodies of a shape, vertices at one place taken as one: (vertices, triangles) of each."""
    places = np.round(shape.vertices * 1e4).astype(np.int64) + 2**19
    _, joined = np.unique((places[:, 0] << 40) + (places[:, 1] << 20) + places[:, 2], return_inverse=True)
    triangles = joined.reshape(-1)[shape.triangles]
    count = int(joined.max()) + 1
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]]])
    _, label = connected_components(coo_matrix((np.ones(len(ends)), ends.T), (count, count)), directed=False)
    places = np.zeros((count, 3))
    places[joined.reshape(-1)] = shape.vertices
    of = label[triangles[:, 0]]
    return [(places, triangles[of == k]) for k in np.unique(of)]


def is_closed(triangles) -> bool:
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = edges[edges[:, 0] != edges[:, 1]]
    there, back = edges[:, 0] * 10_000_000 + edges[:, 1], edges[:, 1] * 10_000_000 + edges[:, 0]
    return bool(np.array_equal(np.sort(there), np.sort(back)))


def volume(places, triangles) -> float:
    a, b, c = (places[triangles[:, k]] - places[triangles[0, 0]] for k in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


@pytest.fixture(scope="module")
def made_things():
    every = {**STANDING, **HANGING}
    return {(name, seed): make(styled(seed)) for name, make in every.items() for seed in SEEDS}


@pytest.fixture(scope="module")
def made_bodies(made_things):
    return {
        key: [body for one in everything(thing) for part in one.parts for body in bodies(part.shape)]
        for key, thing in made_things.items()
    }


def test_things_stay_within_their_size(made_things):
    for key, thing in made_things.items():
        vertices = np.concatenate([part.shape.vertices for part in thing.parts])
        assert np.isfinite(vertices).all()
        low, high = vertices.min(axis=0), vertices.max(axis=0)
        width, height, depth = thing.size
        assert low[0] > -width / 2 - 0.02 and high[0] < width / 2 + 0.02, key
        assert low[2] > -0.02 and high[2] < depth + 0.02, key
        assert high[1] < height + 0.02, key


def test_what_stands_stands_on_the_floor(made_things):
    for (name, seed), thing in made_things.items():
        lowest = min(float(part.shape.vertices[:, 1].min()) for one in everything(thing) for part in one.parts)
        assert lowest > -0.003, (name, seed)
        assert name in HANGING or lowest < 0.003, (name, seed)


def test_faces_look_outwards(made_bodies):
    closed = total = 0
    for key, every in made_bodies.items():
        for places, triangles in every:
            total += 1
            if is_closed(triangles):
                closed += 1
                assert volume(places, triangles) > -1e-9, key
    assert closed > 0.95 * total > 3000


def test_nothing_floats(made_bodies):
    for (name, seed), every in made_bodies.items():
        low = np.array([places[triangles].min(axis=(0, 1)) for places, triangles in every]) - 0.004
        high = np.array([places[triangles].max(axis=(0, 1)) for places, triangles in every]) + 0.004
        touch = (low[:, None] <= high[None]).all(axis=2) & (low[None] <= high[:, None]).all(axis=2)
        _, label = connected_components(touch, directed=False)
        at_wall = low[:, 2] < 0.016
        held = (low[:, 1] < 0.0) | (at_wall & (name in HANGING or name.startswith(("shower", "basin"))))
        assert set(label.tolist()) == set(label[held].tolist()), (name, seed)


def test_patterns_and_materials_exist(made_things):
    patterns = set()
    for key, thing in made_things.items():
        for one in everything(thing):
            for part in one.parts:
                assert part.material in MATERIAL_NAMES, key
                assert part.texture == "" or part.texture in TEXTURE_NAMES, key
                assert part.shape.colors.min() >= 0.0 and part.shape.colors.max() <= 1.0, key
                patterns.add(part.texture)
    assert {"wood_fine", "leather", "metal_brushed", "oven_front", "wicker", "knit"} <= patterns


def test_triangles_are_few(made_things):
    for (name, seed), thing in made_things.items():
        count = sum(len(part.shape.triangles) for one in everything(thing) for part in one.parts)
        assert count < MOST_TRIANGLES.get(thing.category, 4500), (name, seed, count)


def test_same_seed_same_furniture():
    for name, make in {**STANDING, **HANGING}.items():
        one, other = make(styled(3)), make(styled(3))
        assert one.size == other.size, name
        for a, b in zip(everything(one), everything(other), strict=True):
            for p, q in zip(a.parts, b.parts, strict=True):
                assert p.texture == q.texture and np.array_equal(p.shape.vertices, q.shape.vertices), name


def test_a_home_keeps_to_one_kind_of_chair_and_homes_differ():
    style = styled(4)
    counts = {len(part.shape.triangles) for _ in range(6) for part in seating.dining_chair(style).parts[:1]}
    assert len(counts) == 1
    kinds = {taste(styled(seed), "dining chair", chairs.DINING_CHAIRS) for seed in range(60)}
    assert kinds == set(chairs.DINING_CHAIRS)


def test_seats_are_as_high_as_seats_are():
    for kind in chairs.DINING_CHAIRS:
        chair = seating.dining_chair(styled(5), kind)
        assert 0.75 < chair.size[1] < 1.0 and 0.4 < chair.size[0] < 0.6 and 0.4 < chair.size[2] < 0.65, kind


def test_cabinets_of_all_fronts_and_handles_are_closed_by_their_cells():
    style = styled(6)
    for kind in FRONTS:
        for handle in HANDLES:
            look = looks(style, "test", style.wood, kind, handle)
            cells = [("drawer", 1.0), ("open", 1.0), ("doors", 2.0), ("glass", 1.0)]
            chest = made("cabinet", cabinet(style, look, (0.9, 1.5, 0.4), [(1.0, cells)], 0.1, "legs"))
            assert chest.size[0] == 0.9 and chest.size[1] == pytest.approx(1.5, abs=0.005)
            assert 0.39 < chest.size[2] < 0.44
            front = chest.parts[1].shape.vertices
            assert front[:, 2].max() > 0.395
            assert any(part.material == "heavy_glass" for part in chest.parts)


def test_worktops_are_free_where_they_say():
    for length in (1.8, 2.4, 3.0, 3.6):
        run = fittings.kitchen_run(styled(7), length)
        for item in run.carries:
            if item.category in ("sink", "cooktop"):
                vertices = item.parts[0].shape.vertices
                for x, _ in fittings.worktop_spots(length):
                    assert not vertices[:, 0].min() < x < vertices[:, 0].max()
        assert len(fittings.worktop_spots(length)) == max(3, round(length / 0.6)) - 2
