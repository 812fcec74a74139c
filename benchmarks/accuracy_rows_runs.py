"""Rows 14 and 22 to 26 of the table of accuracy: coupled rooms, noise, repeatability, invariances, odd input, metrics.

The one idea: these look at the programs as much as at the physics: the same question must have the same answer, and
none may be a number that is none.
"""

from __future__ import annotations

import functools
import subprocess
import sys

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy_checks import Check, by_engine, within
from benchmarks.accuracy_engines import NOT_MODELLED, NOT_TOLD, RATE, engine, octave_energy, pra_box, pyroom, responses
from benchmarks.accuracy_rows import LISTENER, SIZE, SOURCE
from echoenv.acoustics.propagation.settings import PropagationSettings
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.audio.room_metrics import interaural_correlation, metrics_of_energy, metrics_of_response
from echoenv.scene.pose import heading_to_matrix
from echoenv.scene.scene import Scene
from tests.acoustics.shoebox import propagator
from tests.acoustics.test_propagation_statistics import ROOM, A, B
from tests.rooms import box_room

_RAYS = {1_000: 24, 10_000: 16, 100_000: 8, 1_000_000: 3}
"""Runs by number of rays."""

_FINEST, _FINEST_RUNS = 4_000_000, 3


# 22: convergence


@functools.cache
def _errors() -> tuple[NDArray[np.float64], float]:
    """RMS deviation of 10 ms bins by number of rays, and the bias [dB] of 1,000 rays, against 12 million."""

    def energies(rays: int, runs: int, first: int) -> NDArray[np.float64]:
        tracer = propagator(ROOM, rays=rays, duration=0.1, image_order=0, thinning=(), diffraction=0)
        found = [tracer.propagate([A], [B], seed)[0][0].energy_over_time() for seed in range(first, first + runs)]
        return np.stack(found).reshape(runs, 10, -1, 8).sum(axis=2)[:, 2:]

    reference = energies(_FINEST, _FINEST_RUNS, 1000).mean(axis=0)
    by_rays = {rays: energies(rays, runs, 0) for rays, runs in _RAYS.items()}
    errors = [float(np.sqrt(np.mean((energy / reference - 1.0) ** 2))) for energy in by_rays.values()]
    bias = 10 * np.log10(by_rays[1_000].mean(axis=0).sum() / reference.sum())
    return np.array(errors), float(bias)


def slope(name: str) -> float:
    """Slope of the error over the number of rays, both logarithmic."""
    return float(np.polyfit(np.log(list(_RAYS)), np.log(_errors()[0]), 1)[0])


def bias(name: str) -> float:
    """Deviation [dB] of the mean of 24 runs with 1,000 rays."""
    return abs(_errors()[1])


# 23: repeatability


def repeats(name: str) -> float:
    """0 where asking twice gives the same bytes, otherwise 1."""
    if name == "pyroomacoustics":
        answers = [pra_box(SIZE, 0.3, 0.5, SOURCE, LISTENER, rays=2000, seed=3).tobytes() for _ in range(2)]
    else:
        asked = engine(name, box_room(SIZE, 0.3, 0.5))
        answers = [responses(asked, SOURCE, LISTENER, 0.3, seed=3).tobytes() for _ in range(2)]
        if name == "echoenv":
            answers.append(responses(engine(name, box_room(SIZE, 0.3, 0.5)), SOURCE, LISTENER, 0.3, seed=3).tobytes())
    return float(len(set(answers)) > 1)


# 24: a turned and shifted scene


def _moved() -> tuple[Scene, NDArray[np.float64], NDArray[np.float64]]:
    import dataclasses

    turn, shift = np.asarray(heading_to_matrix(33.0)), np.array([3.0, -2.0, 7.0])
    moved = dataclasses.replace(ROOM, vertices=(ROOM.vertices @ turn.T + shift).astype(np.float32))
    return moved, turn @ A + shift, turn @ B + shift


def moved_exactly(name: str) -> float:
    """Largest relative deviation of direct sound and first reflections in the turned and shifted scene."""
    found = []
    for scene, source, listener in ((ROOM, A, B), _moved()):
        arrivals = propagator(scene, rays=20_000, duration=0.1).propagate([source], [listener])[0][0].arrivals
        found.append(arrivals.amplitudes[(arrivals.orders <= 1) & (arrivals.diffractions == 0)])
    return float(np.abs(found[1] / found[0] - 1.0).max())


def moved_on_average(name: str) -> float:
    """Deviation of the energy of 12 runs at 1 kHz in the turned and shifted scene, in standard errors."""
    totals = []
    for scene, source, listener in ((ROOM, A, B), _moved()):
        asked = engine(name, scene, PropagationSettings(rays=4000) if name == "echoenv" else None)
        runs = [
            octave_energy(responses(asked, source, listener, 0.3, seed=seed)[0, 0])[:, 4].sum() for seed in range(12)
        ]
        totals.append(np.array(runs))
    error = np.sqrt(sum(total.var(ddof=1) / len(total) for total in totals))
    return float(abs(totals[0].mean() - totals[1].mean()) / error)


# 25: odd places

_PLACES = (
    ((2.0, 1.0, 2.0), (2.0, 1.0, 2.0)),  # listener at the source
    ((2.0, 1.0, 2.0), (0.0, 1.0, 2.0)),  # on a wall
    ((0.0, 0.0, 0.0), (3.0, 1.0, 2.0)),  # in a corner
    ((2.0, 1.0, 2.0), (-3.0, 1.0, 2.0)),  # outside
    ((2.9, 0.5, 2.4), (1.0, 1.0, 2.0)),  # in a solid
)


def odd_places(name: str) -> float:
    """How many of five odd places give a response that is not finite; all of them where the engine crashes."""
    program = (
        "import numpy as np\nfrom benchmarks.accuracy_rows_runs import count_not_finite\n"
        f"print('bad', count_not_finite({name!r}))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False)
    told = [line for line in ended.stdout.splitlines() if line.startswith("bad")]
    return float(told[0].split()[1]) if ended.returncode == 0 and told else float(len(_PLACES))


def count_not_finite(name: str) -> int:
    """Of `_PLACES`, in this process, with triangles of no area in the scene."""
    import dataclasses

    sliver = np.array([[0, 0, 1], [5, 5, 5]], dtype=np.int32)
    broken = dataclasses.replace(
        ROOM, triangles=np.concatenate([ROOM.triangles, sliver]),
        triangle_surfaces=np.append(ROOM.triangle_surfaces, [0, 0]).astype(np.int32),
        triangle_objects=np.append(ROOM.triangle_objects, [1, 1]).astype(np.int32),
    )  # fmt: skip
    settings = RlrSettings(indirect_ray_count=500) if name == "rlr" else PropagationSettings(rays=1000)
    asked = engine(name, broken, settings)
    return sum(not np.isfinite(responses(asked, source, listener, 0.1)).all() for source, listener in _PLACES)


# 26: metrics of synthetic decays


def _decay(t60: float, duration: float = 3.0) -> NDArray[np.float64]:
    return 10.0 ** (-6.0 * np.arange(round(duration * RATE)) / RATE / t60)


def decay_times(name: str) -> float:
    """Largest deviation [%] of EDT, T20 and T30 of exponential decays of 0.3, 1 and 2 s."""
    errors = []
    for t60 in (0.3, 1.0, 2.0):
        if name == "pyroomacoustics":
            response = np.sqrt(_decay(t60))
            errors.append(pyroom().experimental.rt60.measure_rt60(response, fs=RATE, decay_db=30) / t60 - 1.0)
            continue
        found = metrics_of_energy(_decay(t60), 1.0 / RATE)
        errors += [float(value) / t60 - 1.0 for value in (found.edt, found.t20, found.t30)]
    return float(100.0 * np.abs(errors).max())


def clarities(name: str) -> float:
    """Largest deviation [dB] of C50 and C80 of exponential decays from their closed forms."""
    errors = []
    for t60 in (0.3, 1.0, 2.0):
        found, rate = metrics_of_energy(_decay(t60), 1.0 / RATE), 6.0 * np.log(10.0) / t60
        for value, moment in ((found.c50, 0.05), (found.c80, 0.08)):
            errors.append(float(value) - 10 * np.log10(np.exp(rate * moment) - 1.0))
    return float(np.abs(errors).max())


def noisy_decay(name: str) -> float:
    """Deviation [%] of T30 of a decay of 1 s that ends in noise 45 dB down, mean of eight."""
    times = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        noise = rng.normal(size=(2, 3 * RATE))
        response = noise[0] * np.sqrt(_decay(1.0)) + 10.0 ** (-45.0 / 20.0) * noise[1]
        if name == "pyroomacoustics":
            # its remedy for noise: only so much of the energy counts
            times.append(pyroom().experimental.rt60.measure_rt60(response, fs=RATE, decay_db=30, energy_thres=0.99))
        else:
            times.append(float(metrics_of_response(response, RATE, octaves=False).t30))
    return float(100.0 * abs(np.mean(times) - 1.0))


def ears_apart(name: str) -> float:
    """Deviation [ms] of the delay at which ears half a millisecond apart correlate, plus 1 - IACC of equal ears."""
    noise = np.random.default_rng(0).normal(size=RATE // 4)
    shift = round(0.0005 * RATE)
    _, delay = interaural_correlation(noise[shift:], noise[:-shift], RATE)
    alike, _ = interaural_correlation(noise, noise, RATE)
    return float(abs(1000.0 * delay - 1000.0 * shift / RATE) + 1.0 - alike)


CHECKS: tuple[Check, ...] = (
    Check(
        "22a",
        "slope of the error over 1,000 to 1,000,000 rays",
        "",
        -0.55,
        -0.45,
        by_engine(slope, rlr=NOT_TOLD, pra="not run"),
        ("test_error_falls_with_the_square_root_of_the_rays_and_has_no_bias",),
    ),
    within(
        "22b",
        "bias of 1,000 rays against 12 million",
        "dB",
        0.1,
        by_engine(bias, rlr=NOT_TOLD, pra="not run"),
        "test_error_falls_with_the_square_root_of_the_rays_and_has_no_bias",
        "test_thinning_and_images_change_the_noise_but_not_the_mean",
    ),
    within(
        "23",
        "the same question twice: 0 same bytes, 1 not",
        "",
        0.0,
        by_engine(repeats),
        "test_any_number_of_threads_gives_the_same_bytes",
        "test_batches_of_sources_and_listeners_in_any_order_give_the_same_bytes",
        "test_pairs_with_seeds_of_their_own_give_the_same_bytes_as_alone",
        "test_warp_and_embree_give_the_same_arrivals_and_energy",
    ),
    within(
        "24a",
        "turned and shifted scene: direct sound and first reflections",
        "",
        1e-4,
        by_engine(moved_exactly, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_a_turned_and_shifted_scene_gives_the_same_reflections",
        "test_flipped_reordered_and_split_triangles_give_the_same_reflections",
        "test_a_room_in_another_unit_is_later_and_weaker_in_proportion",
    ),
    within(
        "24b",
        "turned and shifted scene: energy at 1 kHz",
        "standard errors",
        3.0,
        by_engine(moved_on_average, pra=NOT_MODELLED),
        "test_turned_and_shifted_scene_gives_the_same_energy",
        "test_how_a_room_is_cut_into_triangles_is_not_heard",
    ),
    within(
        "25",
        "odd places (on the source, on a wall, in a solid, outside) without a finite answer",
        "of 5",
        0.0,
        by_engine(odd_places, pra=NOT_MODELLED),
        "test_odd_places_give_finite_results",
        "test_source_at_the_listener_has_echoes_but_no_direct_sound",
        "test_an_opening_lets_its_share_of_rays_escape",
        "test_triangles_without_area_change_nothing_that_is_exact",
    ),
    within(
        "26a",
        "EDT, T20, T30 of exponential decays",
        "%",
        0.5,
        by_engine(decay_times, rlr=NOT_TOLD),
        "test_exponential_decay",
    ),
    within(
        "26b",
        "C50, C80 of exponential decays",
        "dB",
        0.05,
        by_engine(clarities, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_exponential_decay",
    ),
    within(
        "26c",
        "T30 of a noisy decay that ends in a floor 45 dB down",
        "%",
        5.0,
        by_engine(noisy_decay, rlr=NOT_TOLD),
        "test_noise_floor_does_not_lengthen_the_decay",
    ),
    within(
        "26d",
        "IACC of equal ears, delay of ears 0.5 ms apart",
        "",
        0.001,
        by_engine(ears_apart, rlr=NOT_TOLD, pra=NOT_TOLD),
        "test_identical_ears_correlate_fully_without_delay",
        "test_a_delay_between_the_ears_is_found_to_an_eighth_of_a_sample",
    ),
)
