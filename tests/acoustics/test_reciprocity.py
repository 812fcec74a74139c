"""Source and listener may change places (B4 test 12)."""

from __future__ import annotations

import numpy as np

from echoenv.acoustics.receivers.hrtf import Mono
from echoenv.acoustics.rendering import render
from echoenv.audio.room_metrics import metrics_of_energy
from tests.acoustics.shoebox import propagator
from tests.rooms import box_room, with_solid_block

A, B = np.array([1.1, 1.2, 1.4]), np.array([4.7, 1.6, 3.3])
BANDS = np.linspace(0.05, 0.3, 8)
SIZE = (6.0, 3.0, 5.0)


def test_mirror_responses_are_the_same_both_ways_to_a_hundred_thousandth() -> None:
    room = with_solid_block(box_room(SIZE, BANDS, 0.0), (2.5, 0.0, 2.0), (3.4, 1.0, 2.9))
    settings = {"image_order": 3, "image_rays": 0.0, "thinning": ((1e-4, 2**20),), "diffraction": 0}
    tracer = propagator(room, rays=40_000, duration=0.04, **settings)
    there, back = (tracer.propagate([x], [y])[0][0].arrivals for x, y in ((A, B), (B, A)))
    assert len(there) > 30
    np.testing.assert_allclose(there.delays, back.delays, rtol=1e-9)
    by_delay_and_level = [np.lexsort((found.amplitudes[:, 7], np.round(found.delays, 9))) for found in (there, back)]
    np.testing.assert_allclose(
        there.amplitudes[by_delay_and_level[0]], back.amplitudes[by_delay_and_level[1]], rtol=1e-5
    )


def test_mirror_waveforms_are_the_same_both_ways() -> None:
    tracer = propagator(
        box_room(SIZE, 0.2, 0.0), rays=40_000, duration=0.02, image_order=3, image_rays=0.0, thinning=()
    )
    pairs = [tracer.propagate([x], [y])[0][0] for x, y in ((A, B), (B, A))]
    for pair in pairs:
        pair.diffuse.energy[:] = 0.0
    there, back = (render(pair, np.eye(3)[None], Mono(), duration=0.02)[0, 0] for pair in pairs)
    np.testing.assert_allclose(there, back, atol=1e-5 * np.abs(there).max())


def test_reverberation_and_clarity_are_the_same_both_ways_to_half_of_what_is_noticeable() -> None:
    room = with_solid_block(box_room(SIZE, BANDS, 0.4), (2.5, 0.0, 2.0), (3.4, 1.0, 2.9))
    tracer = propagator(room, rays=16_000, duration=1.2, bin_width=0.002, thinning=((0.1, 2.0),))
    pairs = [tracer.propagate([x], [y], seed)[0][0] for seed, (x, y) in enumerate(((A, B), (B, A)))]
    there, back = (metrics_of_energy(pair.energy_over_time(), 0.002, np.linalg.norm(A - B) / 343.2) for pair in pairs)
    np.testing.assert_allclose(there.t30, back.t30, rtol=0.025)
    np.testing.assert_allclose(there.c50, back.c50, atol=0.55)
