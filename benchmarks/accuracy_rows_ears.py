"""Rows 18 to 21 of the table of accuracy: the times and levels between ears, ambisonics, coherence.

The one idea: RLR's ears are those built into it, ours are KEMAR's, so only what every head must do is compared.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_checks import Check, by_engine, within
from benchmarks.accuracy_engines import NOT_MODELLED, NOT_TOLD, RATE, SPEED, engine, responses
from benchmarks.accuracy_rows import FAR_QUAD, LISTENER, SIZE, SOURCE
from echoenv.acoustics.acoustic_engine import Hearing, Speakers
from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.acoustics.receivers.ambisonics import Ambisonics
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.receivers.microphone_array import MicrophoneArray
from echoenv.acoustics.receivers.sofa import spherical_to_directions
from echoenv.acoustics.receivers.spherical_head import sphere_pressure
from echoenv.acoustics.rlr.engine import RlrHead
from echoenv.scene.pose import heading_to_matrix
from tests.acoustics.test_hrtf import interaural_time
from tests.acoustics.test_microphone_array import coherence
from tests.rooms import box_room

_NO_HEAD = "not run"  # pyroomacoustics reads heads with a package of its own


def _head(name: str) -> Any:
    return RlrHead() if name == "rlr" else Hrtf.kemar()


def _heard(name: str, azimuths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Responses (azimuths, 2, n) of ears 2 m from sources around them, counter-clockwise from ahead."""
    sources = 2.0 * spherical_to_directions(azimuths, np.zeros_like(azimuths))
    return responses(engine(name, FAR_QUAD), sources, np.zeros(3), 0.05, _head(name))


def woodworth(name: str) -> float:
    """Largest deviation [%] of a sphere's interaural time at high frequencies from a/c (theta + sin theta)."""
    ka, found = np.arange(40.0, 90.0, 0.05), []
    for angle in np.deg2rad([15.0, 30.0, 45.0, 60.0, 90.0]):
        sine = np.sin(angle)
        phase = np.unwrap(np.angle(sphere_pressure(np.array([sine, -sine]), ka)), axis=1)
        slopes = np.polyfit(ka, phase.T, 1)[0]
        found.append((slopes[0] - slopes[1]) / (angle + sine) - 1.0)
    return float(100.0 * np.abs(found).max())


def measured_direction(name: str) -> float:
    """Largest deviation of ears' responses from the measured ones at 100 measured directions."""
    ears = Hrtf.kemar()
    chosen = range(0, ears.measured, ears.measured // 100)
    return float(max(np.abs(ears.response(ears.directions[k]) - ears.responses[k]).max() for k in chosen))


def interaural_time_at_the_side(name: str) -> float:
    """Delay [us] of the right ear below 1.5 kHz, of a source at the left."""
    return float(1e6 * interaural_time(_heard(name, np.array([90.0]))[0]))


def _level_differences(name: str, azimuths: NDArray[np.float64]) -> NDArray[np.float64]:
    energy = (_heard(name, azimuths) ** 2).sum(axis=2)
    return np.asarray(10 * np.log10(energy[:, 0] / energy[:, 1]))


def mirrored_levels(name: str) -> float:
    """Largest difference [dB] between interaural levels of mirrored directions."""
    azimuths = np.array([0.0, 20.0, 45.0, 70.0, 90.0, 120.0, 160.0, 180.0])
    return float(np.abs(_level_differences(name, azimuths) + _level_differences(name, -azimuths)).max())


def turned_head(name: str) -> float:
    """Largest difference [dB] of an ear's level between turning the head and turning the source."""
    angles = np.array([30.0, 75.0, 140.0, 260.0])
    hearing = Hearing(_head(name), heading_to_matrix(angles), RATE, 0.05)
    ahead = Speakers(np.array([[0.0, 0.0, -2.0]]))
    turned = engine(name, FAR_QUAD).responses(ahead, np.zeros((1, 3)), hearing, 0)[0, 0].astype(np.float64)
    levels = [10 * np.log10((found**2).sum(axis=2)) for found in (turned, _heard(name, -angles))]
    return float(np.abs(levels[0] - levels[1]).max())


def arrival_direction(name: str) -> float:
    """Largest angle [degrees] between 24 free-field sources and the intensity of first-order ambisonics."""
    directions = fibonacci_sphere(24)
    receiver = Ambisonics(1)
    found = responses(engine(name, FAR_QUAD), 2.0 * directions, np.zeros(3), 0.05, receiver)
    cosines = [receiver.intensity_direction(one) @ way for one, way in zip(found, directions, strict=True)]
    return float(np.rad2deg(np.arccos(np.clip(cosines, -1.0, 1.0))).max())


def turned_energy(name: str) -> float:
    """Largest relative change of energy of a field of order 7 when it is turned."""
    receiver, rng = Ambisonics(7), np.random.default_rng(0)
    field = rng.normal(size=(receiver.channels, 100))
    turned = receiver.rotate(field, heading_to_matrix(37.0))
    return float(abs((turned**2).sum() / (field**2).sum() - 1.0))


def spaced_coherence(name: str) -> float:
    """RMS deviation from sin(kd)/kd of microphones 17 cm apart, 100 Hz to 16 kHz, in a room's late sound."""
    array = MicrophoneArray([[-0.085, 0.0, 0.0], [0.085, 0.0, 0.0]])
    asked = engine(name, box_room(SIZE, 0.03, 1.0))
    tails = [responses(asked, SOURCE, LISTENER, 1.2, array, seed)[0][:, round(0.1 * RATE) : -2000] for seed in range(8)]
    left, right = np.concatenate([tail * 10.0 ** (np.arange(tail.shape[1]) / RATE) for tail in tails], axis=1)
    frequency = np.fft.rfftfreq(512, 1 / RATE)
    used = (frequency > 100.0) & (frequency < 16000.0)
    error = coherence(left, right) - np.sinc(2.0 * frequency * 0.17 / SPEED)
    return float(np.sqrt(np.mean(error[used] ** 2)))


CHECKS: tuple[Check, ...] = (
    within(
        "18a",
        "sphere: interaural time against Woodworth",
        "%",
        3.0,
        by_engine(woodworth, rlr=NOT_MODELLED, pra=NOT_MODELLED),
        "test_sphere_has_woodworths_interaural_time_at_high_frequencies",
        "test_sphere_has_kuhns_interaural_time_at_low_frequencies",
    ),
    within(
        "18b",
        "ears at measured directions against the measurement",
        "",
        0.0,
        by_engine(measured_direction, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_at_a_grid_direction_the_response_is_the_measured_one_to_the_bit",
        "test_a_wave_from_a_measured_direction_is_heard_as_it_was_measured",
        "test_interaural_time_between_grid_directions",
    ),
    Check(
        "18c",
        "interaural time of a source at the left (spheres: 655 to 765)",
        "µs",
        600.0,
        800.0,
        by_engine(interaural_time_at_the_side, pra=_NO_HEAD),
        ("test_sound_from_the_left_is_earlier_and_louder_at_the_left_ear",),
    ),
    within(
        "19a",
        "interaural levels of mirrored directions",
        "dB",
        0.1,
        by_engine(mirrored_levels, pra=_NO_HEAD),
        "test_mirrored_directions_swap_the_ears",
        "test_no_level_difference_ahead_and_behind",
    ),
    within(
        "19b",
        "turned head against turned source",
        "dB",
        0.05,
        by_engine(turned_head, pra=_NO_HEAD),
        "test_turning_the_head_is_turning_the_source_the_other_way",
        "test_headings_hear_a_source_on_the_side_where_it_is",
    ),
    within(
        "20a",
        "direction of free-field sources by ambisonics",
        "degrees",
        0.5,
        by_engine(arrival_direction, pra=NOT_MODELLED),
        "test_direction_of_arrival_from_intensity_is_right_to_half_a_degree",
    ),
    within(
        "20b",
        "energy of a field of order 7 before and after a turn",
        "",
        1e-5,
        by_engine(turned_energy, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_energy_of_every_degree_is_the_same_after_a_turn",
        "test_turning_the_field_is_encoding_the_turned_direction",
    ),
    within(
        "21",
        "coherence of two microphones in a room's late sound",
        "rms",
        0.05,
        by_engine(spaced_coherence, rlr=NOT_MODELLED, pra=NOT_MODELLED),
        "test_spaced_microphones_have_the_coherence_of_a_diffuse_field",
        "test_a_reverberant_tail_has_it_too",
    ),
)
