"""Rows 8 to 10 and 12 of the table of accuracy: reverberation times, and both ways between two places.

The one idea: responses are made of noise, so the energy of several runs is averaged before a slope is taken; ours tells
the energy itself.
"""

from __future__ import annotations

import functools

import numpy as np

from benchmarks.accuracy_checks import Check, by_engine, within
from benchmarks.accuracy_engines import (
    AIR,
    NOT_TOLD,
    RATE,
    SPEED,
    engine,
    octave_energy,
    pra_box,
    responses,
)  # fmt: skip
from benchmarks.accuracy_rows import AREA, KILOHERTZ, LISTENER, SIZE, SOURCE, VOLUME
from echoenv.audio.room_metrics import RoomMetrics, metrics_of_energy
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import allen_berkley, decay_time, propagator
from tests.rooms import box_room

_RUNS = 8


# 8 to 10: decays


@functools.cache
def box_decay(name: str, absorption: float, scattering: float) -> tuple[RoomMetrics, float]:
    """Metrics of the 1 kHz octave in the box, and Kuttruff's gamma squared (ours alone).

    Responses are made of noise, so the energy of several runs is averaged; ours tells the energy itself.
    """
    duration = max(0.6, 1.1 * 55.26 * VOLUME / (SPEED * AREA * -np.log(1.0 - absorption)))
    room, onset = box_room(SIZE, absorption, scattering), float(np.linalg.norm(SOURCE - LISTENER)) / SPEED
    if name == "echoenv":
        tracer = propagator(room, rays=20_000, duration=duration, thinning=())
        found = tracer.propagate([SOURCE], [LISTENER])[0][0]
        energy = found.energy_over_time()[:, KILOHERTZ]
        return metrics_of_energy(energy, tracer.settings.resolution, onset), found.free_path_variance
    runs, asked = [], engine("rlr", room) if name == "rlr" else None
    for seed in range(_RUNS):
        if asked is not None:
            response = responses(asked, SOURCE, LISTENER, duration)[0, 0]
        else:
            response = pra_box(SIZE, absorption, scattering, SOURCE, LISTENER, seed=seed)
        energy = octave_energy(np.pad(response, (0, max(0, round(duration * RATE) - len(response)))))
        runs.append(energy[: round(duration * RATE), KILOHERTZ])
    return metrics_of_energy(np.mean(runs, axis=0), 1.0 / RATE, onset), float("nan")


def _formula(loss: float) -> float:
    return 55.26 * VOLUME / (SPEED * (AREA * loss + 4.0 * AIR.band_attenuation[KILOHERTZ] * VOLUME))


def kuttruff(name: str, absorption: float = 0.05) -> float:
    """Deviation [%] of T30 with Lambert walls from Kuttruff's formula, gamma squared from our free paths."""
    exponent = -np.log(1.0 - absorption)
    variance = box_decay("echoenv", absorption, 1.0)[1]
    expected = _formula(exponent * (1.0 - variance * exponent / 2.0))
    return float(100.0 * abs(box_decay(name, absorption, 1.0)[0].t30 / expected - 1.0))


def over_eyring(name: str, absorption: float = 0.05) -> float:
    """T30 with Lambert walls over Eyring's [%]."""
    return float(100.0 * (box_decay(name, absorption, 1.0)[0].t30 / _formula(-np.log(1.0 - absorption)) - 1.0))


def over_sabine(name: str) -> float:
    """Deviation [%] of T30 from Sabine's formula at an absorption of 0.05."""
    return float(100.0 * abs(box_decay(name, 0.05, 1.0)[0].t30 / _formula(0.05) - 1.0))


def flutter(name: str) -> float:
    """Deviation [%] of T30 in a mirror box from that of its images to order 90."""
    images, hits = allen_berkley(SIZE, SOURCE, 90)
    distance = np.linalg.norm(images - LISTENER, axis=1)
    energy = 0.8 ** hits.sum(axis=1) / distance**2 * np.exp(-distance * AIR.band_attenuation[KILOHERTZ])
    theirs = np.bincount((distance / SPEED / 0.001).astype(int), energy)[:700]
    return float(100.0 * abs(box_decay(name, 0.2, 0.0)[0].t30 / decay_time(theirs, 0.001) - 1.0))


# 12: both ways


def reciprocity(name: str) -> float:
    """Largest difference of T30 (in 5 %) and C50 (in 1.1 dB) there and back, 500 Hz to 4 kHz, mean of runs."""
    room: Scene = box_room(SIZE, np.linspace(0.1, 0.3, 8), 0.4)
    found = []
    for source, listener in ((SOURCE, LISTENER), (LISTENER, SOURCE)):
        if name == "echoenv":
            pair = propagator(room, rays=20_000, duration=1.2).propagate([source], [listener])[0][0]
            energy, width = pair.energy_over_time(), 0.001
        else:
            asked = engine(name, room)
            runs = [octave_energy(responses(asked, source, listener, 1.2)[0, 0]) for _ in range(_RUNS)]
            energy, width = np.mean(runs, axis=0), 1.0 / RATE
        found.append(metrics_of_energy(energy[:, 3:7], width, np.linalg.norm(SOURCE - LISTENER) / SPEED))
    there, back = found
    return float(max(np.abs(there.t30 / back.t30 - 1.0).max() / 0.05, np.abs(there.c50 - back.c50).max() / 1.1))


def mirror_reciprocity(name: str) -> float:
    """Largest relative difference of exact reflections there and back."""
    tracer = propagator(box_room(SIZE, 0.2, 0.0), rays=40_000, duration=0.03, image_rays=0.0, thinning=())
    there, back = (tracer.propagate([x], [y])[0][0].arrivals for x, y in ((SOURCE, LISTENER), (LISTENER, SOURCE)))
    if len(there) != len(back):
        return float("inf")
    return float(np.abs(np.sort(there.amplitudes[:, 3]) / np.sort(back.amplitudes[:, 3]) - 1.0).max())


CHECKS: tuple[Check, ...] = (
    *(
        within(
            f"8{letter}",
            f"T30 against Kuttruff, absorption {a}",
            "%",
            1.5,
            by_engine(functools.partial(kuttruff, absorption=a)),
            "test_diffuse_room_decays_as_kuttruff_says",
        )
        for letter, a in (("a", 0.05), ("b", 0.2), ("c", 0.4))
    ),
    *(
        Check(
            f"9{letter}",
            f"T30 over Eyring's, absorption {a}",
            "%",
            0.5,
            12.0,
            by_engine(functools.partial(over_eyring, absorption=a)),
            ("test_decays_are_longer_than_eyrings_by_one_to_twelve_percent_and_more_so_with_more_absorption",),
        )
        for letter, a in (("a", 0.05), ("b", 0.2), ("c", 0.4))
    ),
    within(
        "9d",
        "T30 against Sabine's, absorption 0.05",
        "%",
        2.0,
        by_engine(over_sabine),
        "test_sabine_holds_where_little_is_absorbed_and_not_beyond",
        "test_air_shortens_high_bands_as_the_formula_says",
    ),
    within(
        "10",
        "T30 of a mirror box against its images",
        "%",
        5.0,
        by_engine(flutter),
        "test_mirror_box_flutters_as_its_images_do",
    ),
    within(
        "12a",
        "exact reflections there and back",
        "",
        1e-5,
        by_engine(mirror_reciprocity, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_mirror_responses_are_the_same_both_ways_to_a_hundred_thousandth",
        "test_mirror_waveforms_are_the_same_both_ways",
        "test_mirror_reflection_is_reciprocal",
    ),
    within(
        "12b",
        "T30 and C50 there and back, 500 Hz to 4 kHz",
        "JND",
        0.5,
        by_engine(reciprocity, pra="not run"),
        "test_reverberation_and_clarity_are_the_same_both_ways_to_half_of_what_is_noticeable",
        "test_swapping_source_and_listener_gives_the_same_energy",
    ),
)
