"""The time-varying convolver: like convolution where nothing moves, Doppler, no clicks, no sag, blocks of any size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from echoenv.acoustics.moving.convolver import MovingConvolver
from echoenv.acoustics.paths import Arrivals, EnergyResponse, Propagation
from echoenv.acoustics.receivers.ambisonics import Ambisonics
from echoenv.acoustics.receivers.hrtf import Hrtf, Mono
from echoenv.acoustics.rendering import render
from echoenv.audio.chirps import convolve
from echoenv.errors import PoseError, SettingsError
from echoenv.scene.pose import heading_to_matrix
from tests.acoustics.moving_scenes import (
    FACING,
    RATE,
    SPEED,
    decibels,
    flight,
    free_field,
    heard,
    pitch,
    rms,
    silence,
    tone,
)
from tests.acoustics.shoebox import propagator
from tests.rooms import box_room


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(samples).astype(np.float32)


@pytest.fixture(scope="module")
def room() -> Propagation:
    """A room's propagation with arrivals and a tail."""
    settings = {"duration": 0.3, "rays": 1000, "image_order": 3}
    return propagator(box_room(absorption=0.3, scattering=0.2), **settings).propagate([[2, 1.5, 2]], [[5, 1.2, 3.5]])[
        0
    ][0]


@pytest.mark.parametrize("doppler", [True, False])
@pytest.mark.parametrize("receiver", [Mono(), Hrtf.kemar(), Ambisonics(1)], ids=["mono", "kemar", "ambisonics"])
def test_what_stands_still_is_heard_as_through_its_response(room: Propagation, receiver, doppler: bool) -> None:
    sound = noise(12000)
    turn = heading_to_matrix(40.0)
    expected = convolve(render(room, turn[None], receiver, seed=3)[0], sound)
    convolver = MovingConvolver(receiver, doppler=doppler, seed=3)
    got = heard(convolver, sound, [(0.05 * k, room) for k in range(5)], 3, lambda time: turn)
    count = min(got.shape[1], expected.shape[1])
    assert abs(got.shape[1] - expected.shape[1]) < 700
    assert decibels(rms(got[:, :count] - expected[:, :count]) / rms(expected)) < -60.0
    assert np.abs(got[:, count:]).max(initial=0.0) < 1e-4


@pytest.mark.parametrize("speed", [1.5, 10.0, 40.0])
def test_a_passing_source_is_heard_higher_and_then_lower(speed: float) -> None:
    """By c / (c -+ v), within 0.1 %; the exact course from the retarded time, within 0.1 % throughout."""

    def position(time: float) -> np.ndarray:
        return np.array([speed * (time - 1.0), 0.0, -0.5])

    convolver = MovingConvolver(Mono())
    got = heard(convolver, tone(1000.0, 2.0), flight(position, lambda _: np.zeros(3), 2.0, 20, level=1.0))[0]
    for middle in (0.35, 1.75):
        window = slice(round((middle - 0.2) * RATE), round((middle + 0.2) * RATE))
        moments = np.linspace(window.start, window.stop, 9) / RATE
        sent = np.array([emission(position, moment) for moment in moments])
        shift = float((sent[-1] - sent[0]) / (moments[-1] - moments[0]))
        assert abs(pitch(got[window]) / (1000.0 * shift) - 1.0) < 1e-3
    if speed == 40.0:
        early, late = got[round(0.2 * RATE) : round(0.5 * RATE)], got[round(1.6 * RATE) : round(1.9 * RATE)]
        assert abs(pitch(early) / (1000.0 * SPEED / (SPEED - speed)) - 1.0) < 1e-3
        assert abs(pitch(late) / (1000.0 * SPEED / (SPEED + speed)) - 1.0) < 1e-3


def emission(position, moment: float) -> float:
    """When sound left that is heard at the origin at a moment [s]."""
    sent = moment
    for _ in range(60):
        sent = moment - np.linalg.norm(position(sent)) / SPEED
    return sent


@pytest.mark.parametrize("speed", [-40.0, -1.5, 1.5, 40.0])
def test_a_moving_listener_hears_another_pitch(speed: float) -> None:
    """(1 + v / c) times as high when it comes nearer at v, within 0.1 %."""
    source = np.array([200.0, 0.0, 0.0])
    updates = flight(lambda _: source, lambda time: np.array([speed * time, 0.0, 0.0]), 1.5, 10, level=1.0)
    got = heard(MovingConvolver(Mono()), tone(1000.0, 1.5), updates)[0]
    assert abs(pitch(got[round(0.8 * RATE) : round(1.4 * RATE)]) / (1000.0 * (1.0 + speed / SPEED)) - 1.0) < 1e-3


def test_without_doppler_a_tone_keeps_its_pitch() -> None:
    """Between the steps, to 0.01 %, at a speed that would shift it by 3 %; with Doppler it is shifted."""
    updates = flight(lambda time: np.array([60.0 - 10.0 * time, 0.0, 0.0]), lambda _: np.zeros(3), 1.5, 5, level=1.0)
    sound = tone(1000.0, 1.5)
    for doppler, expected in ((False, 1000.0), (True, 1000.0 * SPEED / (SPEED - 10.0))):
        got = heard(MovingConvolver(Mono(), doppler=doppler), sound, updates)[0]
        held = slice(round((0.9 + 0.01) * RATE), round((1.1 - 0.01) * RATE))  # steps are half-way between the updates
        assert abs(pitch(got[held]) / expected - 1.0) < (1e-3 if doppler else 1e-4)


@pytest.mark.parametrize("doppler", [True, False])
@pytest.mark.parametrize("rate", [5.0, 20.0, 100.0])
@pytest.mark.parametrize("receiver", [Mono(), Hrtf.spherical_head()], ids=["mono", "head"])
def test_nothing_clicks(receiver, rate: float, doppler: bool) -> None:
    """A slow tone that circles a turning head makes no step larger than the dry sound's, at any update rate."""

    def circling(time: float) -> np.ndarray:
        return np.array([2.0 * np.cos(time), 0.3, 2.0 * np.sin(time)])

    sound = tone(100.0, 1.2)
    updates = flight(circling, lambda _: np.zeros(3), 1.2, rate, level=1.0)
    turn = lambda time: heading_to_matrix(90.0 * time)  # noqa: E731
    got = heard(MovingConvolver(receiver, doppler=doppler), sound, updates, turn=turn)
    calm = got[:, round(0.15 * RATE) : round(1.1 * RATE)]  # without the beginning and the end of the tone itself
    steps = np.abs(np.diff(calm, axis=1)).max(axis=1) / np.abs(calm).max(axis=1)
    bends = np.abs(np.diff(calm, n=2, axis=1)).max(axis=1) / np.abs(calm).max(axis=1)
    dry = 2.0 * np.pi * 100.0 / RATE
    assert steps.max() < 1.03 * dry  # 1 % is the Doppler shift of a source at 2 m/s with a turning head
    assert bends.max() < (3.0 if doppler else 8.0) * dry**2  # a click of 1 % of the tone would be 50 times


def test_arrivals_that_come_and_go_fade() -> None:
    """A reflection that is there at one update alone comes and goes over the intervals to its neighbours."""
    plain = free_field(np.array([3.0, 0.0, 0.0]), np.zeros(3))
    both = plain.arrivals
    extra = Arrivals(
        np.array([*both.delays, 0.02]), np.tile(both.directions, (2, 1)), np.tile(both.amplitudes, (2, 1)),
        np.array([0, 1], np.int32), keys=np.array([0, 7], np.uint64),
    )  # fmt: skip
    updates = [(0.0, plain), (0.2, replace(plain, arrivals=extra)), (0.4, plain), (0.6, plain)]
    sound = np.zeros(round(0.6 * RATE), np.float32)
    sound[:: RATE // 50] = 1.0
    with_it = heard(MovingConvolver(Mono()), sound, updates)[0]
    without = heard(MovingConvolver(Mono()), sound, updates[:1])[0]
    count = min(len(with_it), len(without))
    added = with_it[:count] - without[:count]
    places = np.arange(29) * (RATE // 50) + round(0.02 * RATE)
    peaks, times = added[places], places / RATE
    share = np.clip(1.0 - np.abs(times - 0.2) / 0.2, 0.0, 1.0)
    expected = share**2 * (3.0 - 2.0 * share) / 3.0
    np.testing.assert_allclose(peaks, expected, atol=2e-3)


def noisy_tails(count: int, spread: float) -> list[EnergyResponse]:
    """Decays whose energies scatter about one mean by a factor, as those of successive tracings do."""
    rng = np.random.default_rng(5)
    decay = 10.0 ** (-6.0 * (np.arange(150) * 0.002) / 0.5)
    directions = np.eye(3)
    energies = rng.gamma(1.0 / spread, spread, (count, 3, 150, 8)) * decay[:, None]
    return [EnergyResponse(energy / energy.sum(), directions, 0.002) for energy in energies]


@pytest.mark.parametrize("spread", [0.3, 4.0])
@pytest.mark.parametrize("receiver", [Mono(), Hrtf.kemar()], ids=["mono", "kemar"])
def test_levels_do_not_sag_between_updates(receiver, spread: float) -> None:
    """Noise keeps its level in crossfades, within 0.5 dB, however much the responses differ."""
    plain = free_field(np.array([3.0, 0.0, 0.0]), np.zeros(3))
    updates = [
        (0.2 * k, replace(plain, arrivals=Arrivals.none(), diffuse=tail))
        for k, tail in enumerate(noisy_tails(8, spread))
    ]
    turn = lambda time: heading_to_matrix(60.0 * time)  # noqa: E731
    got = np.mean(
        [
            heard(MovingConvolver(receiver), noise(round(1.4 * RATE), seed), updates, turn=turn) ** 2
            for seed in range(6)
        ],
        axis=(0, 1),
    )
    around = [got[round((t - 0.04) * RATE) : round((t + 0.04) * RATE)].mean() for t in np.arange(0.4, 1.31, 0.1)]
    at, between = np.mean(around[::2]), np.mean(around[1::2])
    assert abs(0.5 * decibels(between / at)) < 0.5


def test_direct_sound_of_a_moving_source_keeps_its_level() -> None:
    updates = flight(lambda t: np.array([3.0, 0.0, 3.0 * t - 2.0]), lambda _: np.zeros(3), 1.5, 10, level=1.0)
    got = heard(MovingConvolver(Mono()), noise(round(1.5 * RATE)), updates)[0]
    levels = [rms(got[k : k + 2205]) for k in range(4410, round(1.4 * RATE), 2205)]
    assert np.abs(decibels(np.array(levels))).max() < 0.5


@pytest.mark.parametrize("sizes", [[1] * 50 + [5000], [4096], [7, 12345, 100]])
def test_blocks_of_any_length_give_the_same_sound(room: Propagation, sizes: list[int]) -> None:
    sound = noise(20000)
    updates = [(0.0, room), (0.1, replace(room, source=room.source + 0.1)), (0.3, room), (0.5, room)]
    whole = heard(MovingConvolver(Mono()), sound, updates)
    convolver, parts, place = MovingConvolver(Mono()), [], 0
    waiting = list(updates)
    while place < len(sound):
        size = sizes[len(parts) % len(sizes)]
        while waiting and waiting[0][0] * RATE <= place + size:
            time, propagation = waiting.pop(0)
            convolver.update(propagation, FACING, time)
        parts.append(convolver.process(sound[place : place + size]))
        place += size
    for time, propagation in waiting:
        convolver.update(propagation, FACING, time)
    split = np.concatenate([*parts, convolver.finish()], axis=1)
    assert split.shape == whole.shape
    assert np.abs(split - whole).max() <= 1e-5 * np.abs(whole).max()


def test_silence_stays_silence_and_a_tail_ends(room: Propagation) -> None:
    quiet = heard(MovingConvolver(Hrtf.kemar()), np.zeros(5000, np.float32), [(0.0, room), (0.1, room)])
    assert not quiet.any()
    convolver = MovingConvolver(Mono())
    convolver.update(room, FACING, 0.0)
    convolver.update(room, FACING, 3.0)
    got = np.concatenate([convolver.process(noise(500)), convolver.process(np.zeros(2 * RATE, np.float32))], axis=1)
    assert got[:, :5000].any()
    assert not got[:, round((room.duration + 0.2) * RATE) :].any()


def test_one_sample_gives_the_response(room: Propagation) -> None:
    got = heard(MovingConvolver(Mono(), seed=1), np.ones(1, np.float32), [(0.0, room)])
    response = render(room, FACING[None], Mono(), seed=1)[0]
    count = min(got.shape[1], response.shape[1])
    assert rms(got[:, :count] - response[:, :count]) < 1e-3 * rms(response)
    assert heard(MovingConvolver(Mono()), np.zeros(0, np.float32), [(0.0, room)]).shape[0] == 1


def test_what_is_held_does_not_grow() -> None:
    convolver, held = MovingConvolver(Mono()), []
    plain = free_field(np.array([3.0, 0.0, 0.0]), np.zeros(3))
    for k in range(60):
        convolver.update(plain, FACING, 0.1 * k)
        convolver.process(np.zeros(4410, np.float32))
        held.append(convolver.held)
    assert max(held[40:]) <= max(held[:40])


def test_a_jump_is_crossfaded_without_doppler() -> None:
    """A source that jumps 100 m in a tenth of a second is nowhere heard at another pitch, and nothing overflows."""
    there = [free_field(np.array([x, 0.0, 0.0]), np.zeros(3), 1.0) for x in (2.0, 2.0, 100.0, 100.0, 100.0)]
    got = heard(MovingConvolver(Mono()), tone(500.0, 1.5), [(0.1 * k, one) for k, one in enumerate(there)])[0]
    assert np.abs(got).max() < 1.05
    assert abs(pitch(got[round(0.6 * RATE) : round(1.4 * RATE)]) - 500.0) < 0.1


def test_what_cannot_be_used_is_refused(room: Propagation) -> None:
    convolver = MovingConvolver(Mono())
    with pytest.raises(SettingsError, match="update"):
        convolver.finish()
    for bad in (np.array([0.0, np.nan]), np.array([np.inf]), np.zeros((2, 5))):
        with pytest.raises(SettingsError, match="finite"):
            convolver.process(bad)
    with pytest.raises(PoseError, match="rotation"):
        convolver.update(room, np.full((3, 3), np.nan), 0.0)
    with pytest.raises(PoseError, match="velocity"):
        convolver.update(room, FACING, 0.0, [400.0, 0.0, 0.0])
    convolver.update(room, FACING, 0.5)
    with pytest.raises(SettingsError, match="rising"):
        convolver.update(room, FACING, 0.5)
    with pytest.raises(SettingsError, match="finite"):
        convolver.update(room, FACING, float("nan"))
    with pytest.raises(SettingsError, match="positive"):
        MovingConvolver(Mono(), 0)


def test_nothing_that_arrives_is_silence() -> None:
    nothing = replace(free_field(np.array([3.0, 0.0, 0.0]), np.zeros(3)), arrivals=Arrivals.none(), diffuse=silence())
    assert not heard(MovingConvolver(Hrtf.kemar()), noise(3000), [(0.0, nothing), (0.2, nothing)]).any()
