"""Sounds that are read and written piece by piece."""

from __future__ import annotations

import numpy as np
import pytest

from echoenv.audio.octave_filters import split_into_octaves
from echoenv.audio.octave_stream import OctaveStream
from echoenv.audio.sound_files import read_sound, resample, write_sound
from echoenv.audio.sound_streams import SoundFileStream, SoundFileWriter, SoundInMemory
from echoenv.errors import AudioFileError, SettingsError

RATE = 44100


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return (0.1 * np.random.default_rng(seed).standard_normal(samples)).astype(np.float32)


def read_all(stream, size: int) -> np.ndarray:
    parts = []
    while len(part := stream.read(size)):
        parts.append(part)
    return np.concatenate(parts)


@pytest.mark.parametrize("wanted", [None, 48000, 16000, 22050])
def test_a_file_that_is_streamed_is_the_file_that_is_read(tmp_path, wanted) -> None:
    sound = noise(150_001)
    path = write_sound(tmp_path / "sound.wav", sound, RATE)
    stream = SoundFileStream(path, wanted)
    expected = resample(sound, RATE, wanted or RATE)
    for size in (1000, 77_777):
        stream.rewind()
        got = read_all(stream, size)
        assert len(got) == len(expected)
        assert np.abs(got - expected).max() < 1e-5
    assert len(stream.read(10)) == 0


def test_bands_that_are_streamed_are_those_of_the_whole() -> None:
    """Whatever the lengths of the blocks; they add up to the sound."""
    sound = noise(30_000)
    expected = split_into_octaves(sound, RATE)
    for size in (1, 5000, 30_000):
        stream, parts = OctaveStream(RATE), []
        for block in [*np.split(sound, range(size, len(sound), size))[:200], sound[200 * size :]]:
            parts.append(stream.push(block))
        parts.append(stream.push(np.zeros(20_000, np.float32)))
        bands = np.concatenate(parts, axis=1)[:, stream.reach : stream.reach + len(sound)]
        assert np.abs(bands.sum(axis=0) - sound).max() < 1e-6
        assert np.abs(bands - expected).max() < 1e-3 * np.abs(sound).max()


def test_a_file_is_written_whole(tmp_path) -> None:
    sound = np.stack([noise(5000), noise(5000, 1)])
    with SoundFileWriter(tmp_path / "out.wav", 2, RATE) as writer:
        for part in np.array_split(sound, 4, axis=1):
            writer.write(part)
            assert not (tmp_path / "out.wav").exists()
    got, rate = read_sound(tmp_path / "out.wav")
    assert rate == RATE
    np.testing.assert_array_equal(got, sound)
    assert [file.name for file in tmp_path.iterdir()] == ["out.wav"]


def test_a_file_is_not_written_where_something_fails(tmp_path) -> None:
    before = write_sound(tmp_path / "out.wav", noise(10), RATE).read_bytes()
    with pytest.raises(RuntimeError), SoundFileWriter(tmp_path / "out.wav", 1, RATE) as writer:
        writer.write(noise(100)[None])
        raise RuntimeError
    assert (tmp_path / "out.wav").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["out.wav"]
    with pytest.raises(AudioFileError, match="folder"), SoundFileWriter(tmp_path / "no" / "out.wav", 1, RATE):
        pass


def test_what_is_no_dry_sound_is_refused(tmp_path) -> None:
    for bad in (np.zeros(0), np.zeros((2, 5)), np.array([np.nan]), np.float32(1.0)):
        with pytest.raises(SettingsError, match="point"):
            SoundInMemory(bad)
    with pytest.raises(AudioFileError, match="cannot be read"):
        SoundFileStream(tmp_path / "missing.wav")
    with pytest.raises(AudioFileError, match="point"):
        SoundFileStream(write_sound(tmp_path / "stereo.wav", np.zeros((2, 10)), RATE))
    with pytest.raises(AudioFileError, match="NaN"):
        SoundFileStream(write_sound(tmp_path / "nan.wav", np.array([0.0, np.nan]), RATE)).read(2)
