"""Rows 1 to 7 and 11 of the table of accuracy: the open air, single reflections, images, energy, air.

The one idea: every row is a small function of the engine's name, with a closed form or the image sources of Allen and
Berkley as the reference.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_checks import Check, by_engine, within
from benchmarks.accuracy_engines import (
    AIR,
    NOT_MODELLED,
    NOT_TOLD,
    RATE,
    SPEED,
    arrival,
    engine,
    gain_at,
    octave_energy,
    open_air,
    pyroom,
    responses,
)  # fmt: skip
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.receivers.ambisonics import Ambisonics
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.scene.octave_bands import EXACT_OCTAVE_CENTRES
from tests.acoustics.shoebox import allen_berkley, plane_scene, propagator, without_air
from tests.acoustics.test_energy_balance import MEAN_FREE_PATH, energies_on_the_way
from tests.rooms import box_room

FAR_QUAD = plane_scene(np.array([[[900.0, 0, 0], [901, 0, 0], [901, 1, 0], [900, 1, 0]]]), 0.5)
FLOOR = np.array([[-20.0, 0, -20], [-20, 0, 20], [20, 0, 20], [20, 0, -20]])
DISTANCES = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
SIZE = np.array([7.0, 3.0, 5.0])
VOLUME, AREA = float(np.prod(SIZE)), 2.0 * (7 * 3 + 3 * 5 + 7 * 5)
SOURCE, LISTENER = np.array([5.1, 0.8, 1.3]), np.array([2.2, 1.3, 2.9])
KILOHERTZ = 4  # the octave in which decays are compared
_RUNS = 8


# 1, 2, 11: the open air


def free_field_level(name: str) -> float:
    """Largest deviation [dB] of the level at 250 Hz from 1/r, air taken out."""
    found = open_air(name, FAR_QUAD, DISTANCES)
    air = [AIR.attenuation(250.0) * distance / 2.0 for distance in DISTANCES]
    levels = [
        20 * np.log10(gain_at(h, 250.0) * r) + 8.686 * float(loss)
        for h, r, loss in zip(found, DISTANCES, air, strict=True)
    ]
    return float(np.abs(levels).max())


def free_field_delay(name: str) -> float:
    """Largest deviation [samples] of the arrival from r/c."""
    times = [distance / SPEED * RATE for distance in DISTANCES]
    found = open_air(name, FAR_QUAD, DISTANCES, air=False)
    return float(np.max([abs(arrival(h, t) - t) for h, t in zip(found, times, strict=True)]))


def air_after_100_m(name: str) -> float:
    """Largest deviation [dB] of octave levels 125 Hz to 8 kHz 100 m away against 1 m from ISO 9613-1."""
    near, far = open_air(name, FAR_QUAD, (1.0, 100.0))
    found = [20 * np.log10(100.0 * gain_at(far, f) / gain_at(near, f)) for f in EXACT_OCTAVE_CENTRES[1:]]
    return float(np.abs(found + 8.686 / 2.0 * 99.0 * AIR.band_attenuation[1:]).max())


# 3: one plane

_PLANE_SOURCE, _PLANE_LISTENER = np.array([0.5, 1.5, 0.0]), np.array([-0.5, 1.3, 0.4])


def _plane_path() -> tuple[float, NDArray[np.float64]]:
    """Length [m] of the reflection, and where it comes from."""
    offset = _PLANE_SOURCE * [1, -1, 1] - _PLANE_LISTENER
    length = float(np.linalg.norm(offset))
    return length, offset / length


def _reflections(name: str) -> list[NDArray[np.float64]]:
    """What a floor with absorption 0.36 adds (channels, n), in `_RUNS` runs."""
    if name == "pyroomacoustics":
        return [_pra_floor()]
    settings = RlrSettings(diffraction=False) if name == "rlr" else PropagationSettings(diffraction=0)
    asked = [engine(name, scene, settings) for scene in (plane_scene(FLOOR[None], 0.36), FAR_QUAD)]
    found = []
    for _ in range(_RUNS if name == "rlr" else 1):
        both = [responses(each, _PLANE_SOURCE, _PLANE_LISTENER, 0.05, Ambisonics(1))[0] for each in asked]
        found.append(both[0] - both[1])
    return found


def _pra_floor() -> NDArray[np.float64]:
    package = pyroom()
    walls = {wall: package.Material(1.0, 0.0) for wall in ("east", "west", "north", "south", "ceiling")}
    room = package.ShoeBox(
        [20.0, 20.0, 20.0], fs=RATE, max_order=1, temperature=20.0, humidity=50.0,
        materials={**walls, "floor": package.Material(0.36, 0.0)},
    )  # fmt: skip
    room.set_sound_speed(SPEED)
    for add, place in ((room.add_source, _PLANE_SOURCE), (room.add_microphone, _PLANE_LISTENER)):
        add(np.array([10.0, 10.0, 0.0]) + place[[0, 2, 1]])
    room.compute_rir()
    response = np.array(room.rir[0][0])[40:]
    response[: round((_plane_path()[0] - 0.3) / SPEED * RATE)] = 0.0
    return np.asarray(response[None], dtype=np.float64)


def plane_level(name: str) -> float:
    """Deviation [dB] of the reflection's energy, octaves 250 Hz to 4 kHz, from (1 - absorption) / r^2."""
    length, _ = _plane_path()
    energies = [octave_energy(found[0]).sum(axis=0)[2:7] for found in _reflections(name)]
    expected = 0.64 / length**2 * (np.exp(-AIR.band_attenuation * length)[2:7] if name != "pyroomacoustics" else 1.0)
    return float(abs(10 * np.log10(np.mean(np.mean(energies, axis=0) / expected))))


def plane_delay(name: str) -> float:
    """Deviation [samples] of the reflection: of its arrival, or for RLR of the middle of its energy."""
    time = _plane_path()[0] / SPEED * RATE
    if name != "rlr":
        return abs(arrival(_reflections(name)[0][0], time) - time)
    energy = np.mean([found[0] ** 2 for found in _reflections(name)], axis=0)
    return float(abs(np.average(np.arange(len(energy)), weights=energy) - time))


def plane_angle(name: str) -> float:
    """Angle [degrees] between the reflection's mean intensity and its image."""
    energy = sum(Ambisonics(1).intensity_direction(found) for found in _reflections(name))
    return float(np.rad2deg(np.arccos(np.clip(energy @ _plane_path()[1] / np.linalg.norm(energy), -1.0, 1.0))))


# 4: images in a box


def _images_missing(images: NDArray[np.float64], levels: NDArray[np.float64], name: str) -> float:
    """Largest deviation [dB] of images (n, 3) from Allen and Berkley's, infinite where one is missing or too many."""
    expected, hits = allen_berkley(SIZE, SOURCE, 10)
    distance = np.linalg.norm(expected - LISTENER, axis=1)
    reference = 20 * np.log10(np.sqrt(0.9) ** hits.sum(axis=1) / distance)
    if name == "echoenv":
        reference -= 8.686 / 2.0 * AIR.band_attenuation[KILOHERTZ] * distance
    if len(images) != len(expected):
        return float("inf")
    ours, theirs = (np.lexsort(np.round(points, 3).T) for points in (images, expected))
    if np.abs(images[ours] - expected[theirs]).max() > 1e-4:
        return float("inf")
    return float(np.abs(levels[ours] - reference[theirs]).max())


def box_images(name: str) -> float:
    """All 1,561 images to order 10, each once."""
    if name == "pyroomacoustics":
        package = pyroom()
        room = package.ShoeBox(SIZE, fs=RATE, materials=package.Material(0.1, 0.0), max_order=10)
        room.add_source(SOURCE)
        room.add_microphone(LISTENER)
        room.image_source_model()
        images = room.sources[0].images.T.astype(np.float64)
        distance = np.linalg.norm(images - LISTENER, axis=1)
        return _images_missing(images, 20 * np.log10(room.sources[0].damping[0] / distance), name)
    tracer = propagator(
        box_room(SIZE, 0.1, 0.0), rays=300_000, duration=0.3, image_order=10, image_rays=0.0,
        thinning=((1e-4, 2**20),),
    )  # fmt: skip
    found = tracer.propagate([SOURCE], [LISTENER])[0][0].arrivals
    images = LISTENER + found.directions * found.delays[:, None] * SPEED
    return _images_missing(images, 20 * np.log10(found.amplitudes[:, KILOHERTZ]), name)


# 5 to 7: energy


def lossless(name: str) -> float:
    """Largest relative change of any ray's energy over 1,000 reflections; a lost ray counts as 1."""
    energies = energies_on_the_way(box_room(SIZE, 0.0, 0.4), 1000.0 * MEAN_FREE_PATH, rays=2000)
    return float(np.abs(energies - 1.0).max())


def furnace(name: str) -> float:
    """Deviation [%] of the late level in a lossless room with Lambert walls from 4 pi c / V, mean of places."""
    places = np.random.default_rng(5).uniform(0.7, SIZE - 0.7, (24, 2, 3))
    expected = 4.0 * np.pi * SPEED / VOLUME
    if name == "echoenv":
        tracer = propagator(box_room(SIZE, 0.0, 1.0), rays=4000, duration=0.5, thinning=(), image_order=0)
        pairs = tracer.propagate_pairs(places[:, 0], places[:, 1], list(range(24)))
        late = np.mean([without_air(pair)[200:].mean() for pair in pairs]) / tracer.settings.resolution
        return float(100.0 * abs(late / expected - 1.0))
    asked = engine(name, box_room(SIZE, 0.0, 1.0), RlrSettings(indirect_ray_count=500))
    late = []
    for source, listener in places[:8]:
        energy = octave_energy(responses(asked, source, listener, 0.6)[0, 0])[:, KILOHERTZ]
        times = np.arange(len(energy)) / RATE
        used = slice(round(0.1 * RATE), round(0.5 * RATE))
        late.append((energy * np.exp(AIR.band_attenuation[KILOHERTZ] * SPEED * times))[used].mean() * RATE)
    return float(100.0 * abs(np.mean(late) / expected - 1.0))


def free_path(name: str) -> float:
    """Deviation [%] of the mean free path from 4V/S."""
    tracer = propagator(box_room(SIZE, 0.0, 1.0), rays=4000, duration=3.0, bin_width=0.01, thinning=())
    found = tracer.propagate([SOURCE], [LISTENER])[0][0].mean_free_path
    return float(100.0 * abs(found / (4 * VOLUME / AREA) - 1.0))


# 11: coefficients


def air_coefficient(name: str) -> float:
    """Largest deviation [%] from the values of ISO 9613-1 as printed, beyond their rounding."""
    printed = np.array([0.45, 1.32, 2.73, 4.66, 9.86, 29.4, 103.9])
    rounding = np.array([0.005] * 5 + [0.05] * 2)
    found = 4343.0 * AIR.attenuation(EXACT_OCTAVE_CENTRES[1:])
    return float(100.0 * np.max(np.maximum(np.abs(found - printed) - rounding, 0.0) / printed))


CHECKS: tuple[Check, ...] = (
    within(
        "1",
        "level of free-field sound, 0.5 to 50 m",
        "dB",
        0.01,
        by_engine(free_field_level),
        "test_free_field_has_the_level_and_the_delay_of_its_distance",
        "test_direct_sound_falls_as_one_over_distance_and_arrives_at_r_over_c",
        "test_level_falls_by_6_decibels_per_doubling",
    ),
    within(
        "2",
        "delay of free-field sound, 0.5 to 50 m",
        "samples",
        0.05,
        by_engine(free_field_delay),
        "test_free_field_has_the_level_and_the_delay_of_its_distance",
        "test_a_wave_at_the_very_beginning_or_end_does_not_wrap_round",
    ),
    within(
        "3a",
        "level of the reflection in a floor",
        "dB",
        0.05,
        by_engine(plane_level),
        "test_one_plane_gives_the_mirrored_source",
        "test_two_planes_give_three_images",
    ),
    within("3b", "its delay", "samples", 0.05, by_engine(plane_delay), "test_one_plane_gives_the_mirrored_source"),
    within(
        "3c",
        "its direction, by ambisonics",
        "degrees",
        0.1,
        by_engine(plane_angle, pra=NOT_MODELLED),
        "test_one_plane_gives_the_mirrored_source",
    ),
    within(
        "4",
        "levels of all 1,561 images of a box to order 10",
        "dB",
        0.05,
        by_engine(box_images, rlr=NOT_TOLD),
        "test_shoebox_has_every_image_of_allen_and_berkley_to_order_ten_once",
    ),
    within(
        "5",
        "energy of 2,000 rays over 1,000 reflections, share lost",
        "",
        1e-4,
        by_engine(lossless, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_rays_in_a_rigid_box_keep_all_their_energy_for_a_thousand_reflections_and_none_leaks",
        "test_lossless_room_keeps_its_energy_over_a_thousand_reflections",
    ),
    within(
        "6",
        "furnace: late level in a lossless room",
        "%",
        0.5,
        by_engine(furnace, pra="not run"),
        "test_a_uniform_field_stays_uniform",
        "test_lossless_room_has_the_level_of_a_diffuse_field",
        "test_rays_lose_at_each_wall_what_it_absorbs_and_lets_through",
        "test_exact_images_and_the_lobe_carry_the_same_energy",
    ),
    within(
        "7",
        "mean free path against 4V/S",
        "%",
        0.3,
        by_engine(free_path, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_mean_free_path_is_four_volumes_over_the_area",
    ),
    within(
        "11a",
        "attenuation of air against the printed values",
        "%",
        0.5,
        by_engine(air_coefficient, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_attenuation_equals_iso_9613_values",
    ),
    within(
        "11b",
        "octave levels after 100 m of air, 125 Hz to 8 kHz",
        "dB",
        0.05,
        by_engine(air_after_100_m),
        "test_air_over_100_m_is_heard_to_a_twentieth_of_a_decibel",
        "test_level_after_100_m",
        "test_air_is_counted_over_the_whole_path",
    ),
)
