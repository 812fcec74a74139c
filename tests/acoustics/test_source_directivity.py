"""Directed sources in propagation: what leaves a source where, and how much of it fills a room."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.directivity import Directivity
from echoenv.errors import PoseError, SettingsError
from tests.acoustics.shoebox import SPEED, plane_scene, propagator, without_air
from tests.rooms import box_room

EIGHT, HEAD = Directivity.cardioid_family("figure_of_eight"), Directivity.talking_head()
FREE = plane_scene(np.array([[[-90.0, -90, -90], [-89, -90, -90], [-89, -90, -89], [-90, -90, -89]]]), 0.1)
TO_THE_LEFT = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])  # a turn that takes -z to -x


def test_a_figure_of_eight_is_loud_ahead_silent_beside_and_turned_over_behind() -> None:
    listeners = [[0.0, 0, -2], [2.0, 0, 0], [0, 2.0, 0], [0, 0, 2.0]]
    found = propagator(FREE, rays=8, duration=0.1).propagate(
        [[0, 0, 0]], listeners, directivities=EIGHT, rotations=np.eye(3)
    )[0]
    levels = [pair.arrivals.amplitudes[0, 0] * 2.0 for pair in found]
    np.testing.assert_allclose(levels, [1.0, 0.0, 0.0, -1.0], atol=1e-3)


def test_a_turned_source_is_loud_where_it_faces() -> None:
    tracer = propagator(FREE, rays=8, duration=0.1)
    found = tracer.propagate([[0, 0, 0]], [[-2.0, 0, 0]], directivities=[EIGHT], rotations=[TO_THE_LEFT])[0][0]
    assert found.arrivals.amplitudes[0, 0] * 2.0 == pytest.approx(1.0, abs=1e-3)


def test_reflections_leave_by_their_own_directions() -> None:
    tracer = propagator(box_room((5.0, 3.0, 4.0), 0.1, 0.0), rays=4000, duration=0.05)
    source, listener = [[1.2183, 1.1371, 1.6419]], [[3.9077, 1.8231, 2.9563]]  # no two paths are equally long
    omni = tracer.propagate(source, listener)[0][0].arrivals
    turned = tracer.propagate(source, listener, directivities=HEAD, rotations=TO_THE_LEFT)[0][0].arrivals
    gains = HEAD.gains(omni.departures @ TO_THE_LEFT)
    np.testing.assert_allclose(turned.amplitudes, omni.amplitudes * gains, rtol=1e-12)
    # Along the direction of departure lies the listener's image: the same path seen from the other end.
    back = tracer.propagate(listener, source)[0][0].arrivals
    matched = 0
    for delay, direction in zip(omni.delays, omni.departures, strict=True):
        same = np.abs(back.delays - delay) < 1e-8
        matched += bool(same.any())
        assert not same.any() or np.abs(back.directions[same] - direction).max(axis=1).min() < 1e-5
    assert matched > 0.8 * len(omni) > 10


def test_departure_and_arrival_are_opposite_for_direct_sound_and_keys_do_not_move() -> None:
    tracer = propagator(box_room((5.0, 3.0, 4.0), 0.1, 0.0), rays=4000, duration=0.05)
    first, second = tracer.propagate([[1.2, 1.1, 1.6], [1.25, 1.1, 1.6]], [[3.9, 1.8, 2.9]], seed=4)
    a, b = first[0].arrivals, second[0].arrivals
    np.testing.assert_allclose(a.departures[0], -a.directions[0])
    assert a.keys[0] == b.keys[0] == 0
    assert len(np.unique(a.keys)) == len(a)
    common, places, others = np.intersect1d(a.keys, b.keys, return_indices=True)
    assert len(common) > 0.9 * len(a)
    assert np.abs(a.delays[places] - b.delays[others]).max() < 0.06 / SPEED
    np.testing.assert_array_equal(a.orders[places], b.orders[others])


@pytest.mark.parametrize("pattern", [EIGHT, HEAD], ids=["figure_of_eight", "talking_head"])
def test_a_room_is_filled_with_the_mean_power_of_a_source(pattern: Directivity) -> None:
    tracer = propagator(box_room((5.0, 3.0, 4.0), 0.0, 1.0), rays=6000, duration=0.25, thinning=())
    found = tracer.propagate([[1.2, 1.1, 1.6]], [[3.5, 1.6, 2.9]], directivities=pattern, rotations=TO_THE_LEFT)
    late = without_air(found[0][0])[150:].mean(axis=0)
    expected = pattern.power() * 4 * np.pi * SPEED * 0.0005 / 60.0
    assert 10 * np.log10(late / expected) == pytest.approx(0.0, abs=0.15)


def test_an_omnidirectional_source_is_one_without_directivity_to_the_last_bit() -> None:
    tracer = propagator(box_room((5.0, 3.0, 4.0), 0.2, 0.4), rays=1000, duration=0.1)
    places = [[1.2, 1.1, 1.6]], [[3.5, 1.6, 2.9]]
    plain = tracer.propagate(*places)[0][0]
    omni = tracer.propagate(*places, directivities=Directivity.omni())[0][0]
    np.testing.assert_array_equal(plain.diffuse.energy, omni.diffuse.energy)
    np.testing.assert_array_equal(plain.arrivals.amplitudes, omni.arrivals.amplitudes)


def test_a_directed_source_does_not_depend_on_those_beside_it_nor_on_how_it_is_asked_for() -> None:
    tracer = propagator(box_room((5.0, 3.0, 4.0), 0.2, 0.4), rays=1000, duration=0.1)
    sources, listener = [[1.2, 1.1, 1.6], [2.0, 1.5, 3.1]], [[3.5, 1.6, 2.9]]
    turns = np.array([np.eye(3), TO_THE_LEFT])
    both = tracer.propagate(sources, listener, directivities=[None, HEAD], rotations=turns)
    alone = tracer.propagate(sources[1:], listener, directivities=HEAD, rotations=TO_THE_LEFT)[0][0]
    pairs = tracer.propagate_pairs(sources, listener * 2, directivities=[None, HEAD], rotations=turns)
    for found in (both[1][0], pairs[1]):
        np.testing.assert_array_equal(found.diffuse.energy, alone.diffuse.energy)
        np.testing.assert_array_equal(found.arrivals.amplitudes, alone.arrivals.amplitudes)
    np.testing.assert_array_equal(both[0][0].diffuse.energy, tracer.propagate(sources, listener)[0][0].diffuse.energy)


@pytest.mark.parametrize(
    "directivities, rotations, error, words",
    [
        (HEAD, None, PoseError, "need rotations"),
        ([HEAD], np.eye(3), SettingsError, "1 directivities for 2 sources"),
        (["cardioid", None], np.eye(3), SettingsError, "one Directivity"),
        (HEAD, np.eye(4), PoseError, "shape"),
        (HEAD, np.diag([1.0, 1.0, -1.0]), PoseError, "no rotation"),
        (HEAD, np.full((3, 3), np.nan), PoseError, "no rotation"),
        (HEAD, np.zeros((3, 3)), PoseError, "no rotation"),
    ],
)
def test_directivities_that_cannot_be_are_refused(
    directivities: object, rotations: object, error: type[Exception], words: str
) -> None:
    tracer = propagator(FREE, rays=8, duration=0.1)
    with pytest.raises(error, match=words):
        tracer.propagate([[0, 0, 0], [1, 0, 0]], [[0, 0, 2]], directivities=directivities, rotations=rotations)  # type: ignore[arg-type]
