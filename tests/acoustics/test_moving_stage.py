"""Stages of many moving sounds: sums, streams, memory, and that nothing depends on how sound is asked for."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.moving.sound_stage import SoundStage
from echoenv.acoustics.moving.trajectories import FixedPose, SampledPoses
from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.acoustics.receivers.hrtf import Mono
from echoenv.audio.sound_files import read_sound, write_sound
from echoenv.audio.sound_streams import SoundInMemory
from echoenv.errors import AudioFileError, PoseError, SettingsError
from echoenv.scene.pose import heading_to_matrix
from tests.acoustics.shoebox import propagator
from tests.rooms import box_room

RATE = 16000
LISTENER = SampledPoses([0.0, 1.0], [[4.0, 1.5, 4.0], [4.5, 1.5, 4.0]], [0.0, 90.0])
WALK = SampledPoses([0.0, 1.0], [[2.0, 1.5, 2.0], [3.0, 1.5, 2.0]], [0.0, 180.0])


@pytest.fixture(scope="module")
def tracer() -> Propagator:
    return propagator(box_room(absorption=0.4), duration=0.1, rays=200, image_order=2)


def noise(samples: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(samples).astype(np.float32)


def stage(tracer: Propagator, *which: int) -> SoundStage:
    made = SoundStage(tracer, Mono(), RATE)
    for k in which:
        if k == 0:
            made.add(WALK, noise(4000, 0), gain=0.5, loop=True)
        elif k == 1:
            made.add([6.0, 1.2, 3.0], noise(3000, 1), start=0.2)
        else:
            made.add(FixedPose([1.0, 1.0, 1.0], 30.0), noise(9000, 2), directivity=Directivity.cardioid_family())
    return made


def test_a_mixture_is_the_sum_of_its_sounds_in_any_order(tracer: Propagator) -> None:
    both = stage(tracer, 0, 1, 2).render(LISTENER, 0.6, 10)
    alone = sum(stage(tracer, k).render(LISTENER, 0.6, 10) for k in range(3))
    assert both.shape == (1, round(0.6 * RATE))
    np.testing.assert_allclose(both, alone, atol=1e-5 * np.abs(both).max())
    np.testing.assert_allclose(both, stage(tracer, 2, 0, 1).render(LISTENER, 0.6, 10), atol=1e-5 * np.abs(both).max())


def test_a_stage_gives_the_same_bytes_again_and_streams_them(tracer: Propagator, tmp_path) -> None:
    made = stage(tracer, 0, 1)
    whole = made.render(LISTENER, 0.5, 20, seed=4)
    np.testing.assert_array_equal(whole, np.concatenate(list(made.blocks(LISTENER, 0.5, 20, seed=4)), axis=1))
    made.write(tmp_path / "heard.wav", LISTENER, 0.5, 20, seed=4, progress=False)
    np.testing.assert_array_equal(read_sound(tmp_path / "heard.wav")[0], whole)
    assert not np.array_equal(whole, made.render(LISTENER, 0.5, 20, seed=5))


def test_a_file_sounds_like_its_samples(tracer: Propagator, tmp_path) -> None:
    sound = noise(5000, 0)
    results = []
    for given in (sound, write_sound(tmp_path / "dry.wav", sound, RATE), SoundInMemory(sound)):
        made = SoundStage(tracer, Mono(), RATE)
        made.add([2.0, 1.5, 2.0], given, start=0.05)
        results.append(made.render([5.0, 1.5, 4.0], 0.4, 5))
    np.testing.assert_array_equal(results[0], results[1])
    np.testing.assert_array_equal(results[0], results[2])
    before, after = np.split(np.abs(results[0][0]), [round(0.05 * RATE)])
    assert before.max() < 1e-3 * after.max()  # filters without delay ring ahead a little


def test_a_loop_begins_anew(tracer: Propagator) -> None:
    """A sound of 0.1 s that loops is the same as that sound repeated."""
    short = noise(1600, 0)
    heard = []
    for sound, loop in ((short, True), (np.tile(short, 10), False)):
        made = SoundStage(tracer, Mono(), RATE)
        made.add([2.0, 1.5, 2.0], sound, loop=loop)
        heard.append(made.render([5.0, 1.5, 4.0], 0.5, 5))
    np.testing.assert_array_equal(*heard)


def test_memory_does_not_grow_with_the_length_of_the_sound() -> None:
    tracer = propagator(box_room(absorption=0.4), duration=0.05, rays=50, image_order=0)
    held = {}
    for duration in (2.0, 8.0):
        made = SoundStage(tracer, Mono(), 8000)
        made.add([2.0, 1.5, 2.0], noise(800, 0), loop=True)
        held[duration] = max(made.held for _ in made.blocks([5.0, 1.5, 4.0], duration, 4))
    assert held[8.0] <= held[2.0]


def test_a_stage_without_sources_is_silent(tracer: Propagator) -> None:
    silent = SoundStage(tracer, Mono(), RATE).render([5.0, 1.5, 4.0], 1.3)
    assert silent.shape == (1, round(1.3 * RATE))
    assert not silent.any()


def test_poses_between_samples_lie_on_lines_and_shortest_turns() -> None:
    path = SampledPoses([0.0, 2.0], [[0.0, 1.0, 0.0], [4.0, 1.0, 0.0]], [350.0, 10.0])
    np.testing.assert_allclose(path.positions([-1.0, 0.5, 9.0])[:, 0], [0.0, 1.0, 4.0])
    np.testing.assert_allclose(path.rotations([1.0])[0], heading_to_matrix(0.0), atol=1e-12)


def test_what_cannot_be_staged_is_refused(tracer: Propagator, tmp_path) -> None:
    made = stage(tracer, 0)
    for bad in (0.0, -1.0, float("nan")):
        with pytest.raises(SettingsError, match="duration"):
            made.render(LISTENER, bad)
        with pytest.raises(SettingsError, match="rate"):
            made.render(LISTENER, 1.0, bad)
    with pytest.raises(SettingsError, match="too many"):
        made.render(LISTENER, 1.0, RATE)
    with pytest.raises(SettingsError, match="start"):
        made.add(WALK, noise(5, 0), start=-1.0)
    with pytest.raises(SettingsError, match="finite"):
        made.add(WALK, np.array([np.nan]))
    with pytest.raises(AudioFileError, match="cannot be read"):
        made.add(WALK, tmp_path / "missing.wav")
    for bad_path in ([1.0, 2.0], [np.nan, 0.0, 0.0], "here"):
        with pytest.raises(PoseError):
            made.add(bad_path, noise(5, 0))
    stream = SoundInMemory(noise(5, 0))
    made.add(WALK, stream)
    with pytest.raises(SettingsError, match="stream of its own"):
        made.add(WALK, stream)
    with pytest.raises(AudioFileError, match="folder"):
        made.write(tmp_path / "no" / "heard.wav", LISTENER, 0.1, progress=False)
    with pytest.raises(PoseError, match="rise"):
        SampledPoses([1.0, 1.0], np.zeros((2, 3)))
    with pytest.raises(PoseError, match="position"):
        SampledPoses([1.0, 2.0], np.zeros((3, 3)))
