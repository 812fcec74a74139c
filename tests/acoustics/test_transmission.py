"""Sound through walls, and coupled rooms (B4 tests 6, 13 and 14 of the acoustic specification)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from echoenv.acoustics.paths import Arrivals, Propagation, concatenated
from echoenv.errors import SettingsError
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface
from tests.acoustics.partitions import box_quads, quads_scene, sheet, wall_with_opening
from tests.acoustics.shoebox import AIR, SPEED, propagator, without_air
from tests.rooms import box_room, with_solid_block

TAU = np.array([0.5, 0.3, 0.2, 0.1, 0.05, 0.01, 3e-3, 1e-3])
PARTITION = AcousticMaterial("partition", 0.05, 0.0, TAU)
HERE, THERE = np.array([0.0, 0.0, 0.0]), np.array([6.0, 1.0, 0.5])


def _sheets(*places: tuple[float, int], materials: tuple[AcousticMaterial, ...] = (PARTITION,)) -> Scene:
    numbers = range(len(places)) if len(materials) > 1 else [0] * len(places)
    return quads_scene([sheet(x, facing) for x, facing in places], materials, list(numbers))


def _through(scene: Scene, source: np.ndarray = HERE, listener: np.ndarray = THERE, **settings: object) -> Propagation:
    return propagator(scene, rays=1000, duration=0.1, **settings).propagate([source], [listener])[0][0]


def _lost(found: Propagation, path: int = 0) -> np.ndarray:
    """Energy (8,) that the walls leave of an arrival."""
    length = found.arrivals.delays[path] * SPEED
    return np.asarray((found.arrivals.amplitudes[path] * length) ** 2 * np.exp(AIR.band_attenuation * length))


def test_a_slab_passes_the_root_of_its_transmission_at_unchanged_delay() -> None:
    found = _through(_sheets((2.0, -1)))
    assert len(found.arrivals) == 1
    assert found.arrivals.delays[0] == pytest.approx(np.linalg.norm(THERE - HERE) / SPEED, abs=1e-9)
    np.testing.assert_allclose(_lost(found), TAU, rtol=1e-5)
    assert found.arrivals.transmissions.tolist() == [1] and found.arrivals.keys.tolist() == [0]


def test_two_slabs_multiply() -> None:
    found = _through(_sheets((2.0, -1), (4.0, -1)))
    np.testing.assert_allclose(_lost(found), TAU**2, rtol=1e-5)
    assert found.arrivals.transmissions.tolist() == [2]


@pytest.mark.parametrize("source, listener", [(HERE, THERE), (THERE, HERE)])
def test_a_wall_of_two_faces_is_paid_for_once_from_either_side(source: np.ndarray, listener: np.ndarray) -> None:
    found = _through(_sheets((2.0, -1), (2.15, 1)), source, listener)
    np.testing.assert_allclose(_lost(found), TAU, rtol=1e-5)
    assert found.arrivals.transmissions.tolist() == [1]


def test_two_walls_of_two_faces_close_together_are_two_walls() -> None:
    found = _through(_sheets((2.0, -1), (2.1, 1), (2.2, -1), (2.3, 1)))
    np.testing.assert_allclose(_lost(found), TAU**2, rtol=1e-5)


def test_a_wall_lets_through_what_the_tighter_of_its_faces_does() -> None:
    tight = AcousticMaterial("tight", 0.05, 0.0, np.full(8, 0.02))
    for materials in ((PARTITION, tight), (tight, PARTITION)):
        found = _through(_sheets((2.0, -1), (2.15, 1), materials=materials))
        np.testing.assert_allclose(_lost(found), np.minimum(TAU, 0.02), rtol=1e-5)


def test_nothing_passes_a_wall_that_lets_nothing_through_nor_more_than_four() -> None:
    solid = AcousticMaterial("solid", 0.05, 0.0, 0.0)
    assert not len(_through(_sheets((2.0, -1), (3.0, -1), materials=(PARTITION, solid))).arrivals)
    clear = (AcousticMaterial("clear", 0.0, 0.0, 0.9),)
    four = [(0.5 + i, -1) for i in range(4)]
    np.testing.assert_allclose(_lost(_through(_sheets(*four, materials=clear))), 0.9**4, rtol=1e-5)
    assert not len(_through(_sheets(*four, (4.7, -1), materials=clear)).arrivals)


def test_transmission_can_be_switched_off_and_costs_no_random_number_where_nothing_transmits() -> None:
    assert not len(_through(_sheets((2.0, -1)), transmission=False).arrivals)
    room = quads_scene(box_quads((0, 0, 0), (5, 3, 4)), [AcousticMaterial("wall", 0.2, 0.3)], [0] * 6)
    results = [
        _through(room, np.array([1.0, 1, 1]), np.array([4.0, 2, 3]), transmission=on).diffuse.energy
        for on in (True, False)
    ]
    np.testing.assert_array_equal(*results)
    with pytest.raises(SettingsError, match="True or False"):
        _through(room, transmission=2)


def test_a_mirror_reflection_is_heard_through_a_wall_from_either_side() -> None:
    # A wall between source and listener, and a mirror behind one of them.
    mirror = AcousticMaterial("mirror", 0.1, 0.0)
    scene = quads_scene([sheet(3.0), sheet(7.0)], [PARTITION, mirror], [0, 1])
    path = np.linalg.norm(THERE - [14.0, 0.0, 0.0])
    for source, listener in ((HERE, THERE), (THERE, HERE)):
        found = propagator(scene, rays=20_000, duration=0.1).propagate([source], [listener])[0][0]
        chosen = np.flatnonzero(np.isclose(found.arrivals.delays, path / SPEED, atol=1e-6))
        assert len(chosen) == 1
        np.testing.assert_allclose(_lost(found, chosen[0]), 0.9 * TAU, rtol=1e-4)
        assert found.arrivals.transmissions[chosen[0]] == 1 and found.arrivals.orders[chosen[0]] == 1


def _side_by_side(gap: float, partition: AcousticMaterial, others: AcousticMaterial) -> Scene:
    """Two rooms of 4 x 3 x 5 and 5 x 3 x 5 m with a wall of two faces between them, or one sheet where gap is 0."""
    left, right = box_quads((0, 0, 0), (4, 3, 5)), box_quads((4 + gap, 0, 0), (9 + gap, 3, 5))
    numbers = [1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1]
    quads = left + right
    if gap == 0.0:
        quads, numbers = quads[:6] + quads[7:], numbers[:6] + numbers[7:]
    return quads_scene(quads, [partition, others], numbers)


@pytest.mark.parametrize("gap", [0.0, 0.02])
def test_no_energy_is_lost_or_gained_between_lossless_rooms(gap: float) -> None:
    partition = AcousticMaterial("partition", 0.0, 0.6, np.linspace(0.4, 0.1, 8))
    scene = _side_by_side(gap, partition, AcousticMaterial("bare", 0.0, 0.6))
    tracer = propagator(scene, rays=4000, duration=0.4, thinning=())
    listeners = [[1.5, 1.2, 3.3], [6.1, 1.7, 1.4], [2.7, 2.1, 1.0], [8.0, 0.8, 4.0]]
    energy = np.array([without_air(found) for found in tracer.propagate([[1.0, 1.5, 2.0]], listeners)[0]])
    rooms = energy[:, 100:].mean(axis=1).reshape(2, 2, 8).mean(axis=0)
    sent = 4 * np.pi * SPEED * 0.0005
    # Energy flows over slowly, most slowly in the band that transmits least; the sum is what was sent, at every time.
    assert 10 * np.log10((rooms[0] * 60.0 + rooms[1] * 75.0) / sent) == pytest.approx(0.0, abs=0.12)
    assert (np.diff(rooms[0] / rooms[1]) > 0.0).all() and rooms[0, 0] / rooms[1, 0] < 1.2


def test_level_difference_between_rooms_is_that_of_the_sound_reduction_index() -> None:
    # R' - 10 log(S_w / A_2) with A_2 by Eyring, the wall's own transmission counted as absorption.
    tau, alpha = 10.0 ** (-np.array([10, 13, 16, 18, 20, 23, 26, 30]) / 10.0), 0.1
    scene = _side_by_side(0.15, AcousticMaterial("partition", alpha, 1.0, tau), AcousticMaterial("wall", alpha, 1.0))
    tracer = propagator(scene, rays=8000, duration=1.0)
    listeners = [[3.0, 1.0, 1.0], [1.2, 2.0, 4.0], [2.6, 1.4, 3.5], [5.5, 1.2, 1.5], [7.4, 1.8, 3.6], [8.2, 1.0, 2.2]]
    found = tracer.propagate([[0.8, 1.3, 0.9]], listeners)[0]
    level = 10 * np.log10(
        [without_air(pair)[bins:].sum(axis=0) for pair, bins in zip(found, [20] * 3 + [0] * 3, strict=True)]
    )
    difference = level[:3].mean(axis=0) - level[3:].mean(axis=0)
    wall, surface = 15.0, 2 * (5 * 3 + 5 * 5 + 3 * 5)
    absorption = -np.log(1.0 - alpha - tau * wall / surface) * surface
    np.testing.assert_allclose(difference, -10 * np.log10(tau) - 10 * np.log10(wall / absorption), atol=1.0)


def test_rooms_coupled_by_an_opening_decay_as_the_two_room_equations_say() -> None:
    (dry, live), depth, height, opening = (0.4, 0.03), 5.0, 3.0, 1.2 * 2.0
    rooms = box_quads((0, 0, 0), (4, height, depth)), box_quads((4, 0, 0), (11, height, depth))
    sheets = wall_with_opening(4.0, (height, depth), (0.0, 2.0), (2.0, 3.2))
    quads = [*(rooms[0][i] for i in (0, 2, 3, 4, 5)), *(rooms[1][i] for i in (1, 2, 3, 4, 5)), *sheets]
    # The sheet between the rooms has one material on both sides: its absorption counts in both.
    shared = 0.1
    materials = [AcousticMaterial(name, value, 1.0) for name, value in zip("dls", (dry, live, shared), strict=True)]
    scene = quads_scene(quads, materials, [0] * 5 + [1] * 5 + [2] * len(sheets))
    tracer = propagator(scene, rays=12_000, duration=1.6, thinning=((0.1, 4.0),))
    places = [[1.0, 1.2, 1.0], [2.8, 1.9, 4.2], [1.5, 0.8, 3.0]]
    energy = np.mean([without_air(pair) for pair in tracer.propagate([[2.2, 1.5, 1.8]], places)[0]], axis=0).mean(
        axis=1
    )

    wall = height * depth - opening
    volumes, loss = np.array([4.0, 7.0]) * height * depth, []
    for length, alpha in ((4.0, dry), (7.0, live)):
        surface = 2 * (length * height + length * depth + height * depth)
        absorbed = alpha * (surface - height * depth) + shared * wall + opening
        mean = -np.log(1.0 - absorbed / surface)
        loss.append(surface * mean * (1.0 - 0.35 * mean / 2))  # Kuttruff, with gamma squared of such boxes
    matrix = SPEED / 4 * np.array([[-loss[0], opening], [opening, -loss[1]]]) / volumes[:, None]
    times = (np.arange(len(energy)) + 0.5) * 0.001
    rates, modes = np.linalg.eig(matrix)
    model = (modes * np.linalg.solve(modes, [1.0, 0.0])) @ np.exp(rates[:, None] * times)
    decay, expected = (10 * np.log10(np.cumsum(values[::-1])[::-1]) for values in (energy, model[0]))
    start = 60
    assert decay[start:900] - decay[start] == pytest.approx(expected[start:900] - expected[start], abs=2.0)
    pooled, middles = (values[500:1000].reshape(-1, 25).mean(axis=1) for values in (energy, times))
    slope, late = np.polyfit(middles, 10 * np.log10(pooled), 1)[0], 4.343 * rates.max()
    assert slope == pytest.approx(late, rel=0.05)


def _sounding(found: Propagation) -> float:
    values = (found.arrivals.amplitudes, found.arrivals.departures, found.diffuse.energy, found.arrivals.delays)
    assert all(np.isfinite(value).all() for value in values)
    return float(found.energy_over_time().sum())


@pytest.mark.parametrize("tau, heard", [(0.0, False), (0.1, True)])
def test_a_source_in_a_solid_is_heard_through_its_faces_or_not_at_all(tau: float, heard: bool) -> None:
    stuff = AcousticMaterial("stuff", 0.1, 0.3, tau)
    room = with_solid_block(box_room((6, 3, 5), 0.1, 0.3), (2, 0, 2), (3, 1, 3))
    surfaces = (*room.surfaces, Surface("stuff", stuff))
    numbers = np.where(np.arange(len(room.triangles)) < 12, 0, 1).astype(np.int32)
    tracer = propagator(dataclasses.replace(room, surfaces=surfaces, triangle_surfaces=numbers), rays=500, duration=0.1)
    inside, outside = [2.5, 0.4, 2.6], [4.5, 1.4, 1.1]
    assert (_sounding(tracer.propagate([inside], [outside])[0][0]) > 0.0) == heard
    assert (_sounding(tracer.propagate([outside], [inside])[0][0]) > 0.0) == heard
    direct = tracer.propagate([inside], [outside])[0][0].arrivals
    if heard:
        assert direct.orders[0] == 0 and direct.transmissions[0] == 1


def test_a_listener_on_the_source_or_on_a_wall_that_transmits_hears_finite_sound() -> None:
    scene = _side_by_side(0.1, AcousticMaterial("wall", 0.1, 0.3, 0.2), AcousticMaterial("wall", 0.1, 0.3))
    tracer = propagator(scene, rays=500, duration=0.1)
    place, on_wall, in_wall = [1.0, 1.5, 2.0], [4.0, 1.5, 2.0], [4.05, 1.5, 2.0]
    for source, listener in ((place, place), (place, on_wall), (on_wall, place), (in_wall, place), (place, in_wall)):
        assert _sounding(tracer.propagate([source], [listener])[0][0]) > 0.0


def test_arrivals_that_cannot_be_are_refused() -> None:
    one = (np.ones(1), np.array([[1.0, 0, 0]]), np.ones((1, 8)), np.zeros(1, np.int32))
    for place, value in ((0, np.array([-1.0])), (0, np.array([np.nan])), (2, np.full((1, 8), np.nan))):
        with pytest.raises(SettingsError, match="finite"):
            Arrivals(*one[:place], value, *one[place + 1 :])
    with pytest.raises(SettingsError, match="one row for each delay"):
        Arrivals(*one[:2], np.ones((2, 8)), one[3])
    both = concatenated([Arrivals(*one), Arrivals.none(), Arrivals(np.zeros(1), *one[1:])])
    assert both.delays.tolist() == [0.0, 1.0] and len(concatenated([])) == 0


def test_threads_and_other_pairs_change_no_bit_of_what_is_heard_through_walls() -> None:
    scene = _side_by_side(0.1, AcousticMaterial("partition", 0.1, 0.3, 0.2), AcousticMaterial("wall", 0.1, 0.3))
    sources, listeners = [[1.0, 1.5, 2.0], [6.0, 1.0, 3.0]], [[5.0, 1.2, 2.0], [3.0, 1.0, 4.0]]
    alone = propagator(scene, rays=1000, duration=0.1).propagate(sources[:1], listeners[1:], seed=5)[0][0]
    for threads in (1, 3):
        together = propagator(scene, threads, rays=1000, duration=0.1).propagate(sources, listeners, seed=[4, 5])[0][1]
        np.testing.assert_array_equal(together.diffuse.energy, alone.diffuse.energy)
        np.testing.assert_array_equal(together.arrivals.amplitudes, alone.arrivals.amplitudes)
        np.testing.assert_array_equal(together.arrivals.keys, alone.arrivals.keys)
