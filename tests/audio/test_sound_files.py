"""Reading, writing and resampling of sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from echoenv.audio.sound_files import read_sound, resample, write_sound
from echoenv.audio.spectrograms import spectrogram
from echoenv.errors import AudioFileError
from tests.conftest import shared_data


def test_float_wav_comes_back_to_the_bit_even_above_full_scale(tmp_path: Path) -> None:
    samples = np.random.default_rng(0).normal(0.0, 2.0, (2, 1000)).astype(np.float32)
    path = write_sound(tmp_path / "a.wav", samples, 44100)
    back, rate = read_sound(path)
    assert rate == 44100
    assert back.tobytes() == samples.tobytes()
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]


def test_reading_changes_the_rate_on_request() -> None:
    own, rate = read_sound(shared_data("singing.wav"))
    halved, new_rate = read_sound(shared_data("singing.wav"), sample_rate=rate // 2)
    assert new_rate == rate // 2
    assert halved.shape[1] == -(-own.shape[1] // 2)


@pytest.mark.parametrize(("source", "target"), [(48000, 44100), (44100, 16000), (16000, 44100)])
def test_resampling_keeps_a_tone(source: int, target: int) -> None:
    tone = np.sin(2 * np.pi * 1000.0 * np.arange(source) / source)
    result = resample(tone, source, target)
    expected = np.sin(2 * np.pi * 1000.0 * np.arange(target) / target)
    assert len(result) == target
    np.testing.assert_allclose(result[500:-500], expected[500:-500], atol=2e-3)


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match=r"absent\.wav"):
        read_sound(tmp_path / "absent.wav")
    (tmp_path / "text.wav").write_text("not a sound")
    with pytest.raises(AudioFileError, match="WAV, FLAC or OGG"):
        read_sound(tmp_path / "text.wav")
    write_sound(tmp_path / "nan.wav", np.array([0.0, np.nan]), 8000)
    with pytest.raises(AudioFileError, match="NaN"):
        read_sound(tmp_path / "nan.wav")
    with pytest.raises(AudioFileError, match="existing, writable folder"):
        write_sound(tmp_path / "nowhere" / "a.wav", np.zeros(3), 8000)


def test_spectrogram_has_the_shape_of_the_echo_networks_and_finds_a_tone() -> None:
    tone = np.sin(2 * np.pi * 5000.0 * np.arange(2646) / 44100)
    magnitude = spectrogram(np.stack([tone, tone]))
    assert magnitude.shape == (2, 257, 166)
    peak = magnitude[0, :, 20:-20].argmax(axis=0) * 44100 / 512
    np.testing.assert_allclose(peak, 5000.0, atol=100.0)
    assert spectrogram(np.zeros(3)).shape == (257, 1)
