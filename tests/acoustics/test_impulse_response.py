"""The impulse response as a user holds it: saved, heard through, measured, drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from echoenv.acoustics.impulse_response import ImpulseResponse
from echoenv.audio.sound_files import read_sound
from echoenv.errors import SettingsError
from tests.conftest import shared_data

RATE = 44100


@pytest.fixture
def response() -> ImpulseResponse:
    rng = np.random.default_rng(0)
    tail = rng.normal(size=(2, RATE)) * 10.0 ** (-3.0 * np.arange(RATE) / RATE / 0.6) * 0.02
    tail[:, :300] = 0.0
    tail[0, 300] = 1.0
    tail[1, 315] = 0.6
    return ImpulseResponse(tail.astype(np.float32), RATE)


def test_it_is_written_to_the_bit(response: ImpulseResponse, tmp_path: Path) -> None:
    samples, rate = read_sound(response.write(tmp_path / "response.wav"))
    assert rate == RATE
    assert samples.tobytes() == response.samples.tobytes()


@pytest.mark.parametrize("channels", [1, 4, 7, 64])
def test_any_number_of_channels_is_written_as_float32_in_order(channels: int, tmp_path: Path) -> None:
    samples = np.random.default_rng(1).normal(size=(channels, 300)).astype(np.float32)
    samples[:, 5] = 10.0 + np.arange(channels)  # loud, and different in each channel
    path = ImpulseResponse(samples, 48000).write(tmp_path / "channels.wav")
    import soundfile

    about = soundfile.info(path)
    assert (about.channels, about.samplerate, about.subtype, about.format) == (channels, 48000, "FLOAT", "WAV")
    assert np.array_equal(read_sound(path)[0], samples)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["channels.wav"]


def test_sound_through_it(response: ImpulseResponse) -> None:
    voice, rate = read_sound(shared_data("singing.wav"))
    heard = response.convolve(voice[0, : rate // 2], rate)
    assert heard.shape == (2, RATE + round(0.5 * RATE) - 1)
    expected = np.convolve(voice[0, :2000], response.samples[0])[:2000] if rate == RATE else heard[0, :2000]
    np.testing.assert_allclose(heard[0, :2000], expected, atol=1e-4)


def test_metrics_of_both_ears(response: ImpulseResponse) -> None:
    assert response.duration == 1.0
    whole = response.metrics(octaves=False)
    np.testing.assert_allclose(whole.t30, 0.6, rtol=0.03)
    assert response.metrics().edt.shape == (2, 8)
    coefficient, delay = response.interaural_correlation()
    assert delay == pytest.approx(15 / RATE)
    ears = response.interaural_metrics()
    assert ears.early.shape == (8,) and 0.0 < float(response.interaural_metrics(octaves=False).early) <= 1.0
    assert 0.0 < coefficient < 1.0


def test_it_can_be_looked_at(response: ImpulseResponse, tmp_path: Path) -> None:
    assert response.picture(tmp_path / "response.png", "a room").stat().st_size > 20000
    mono = ImpulseResponse(response.samples[:1, :100])
    assert mono.picture(tmp_path / "mono.png").exists()
    many = ImpulseResponse(np.tile(response.samples[:1, :500], (16, 1)))
    assert many.picture(tmp_path / "many.png").exists()
    assert ImpulseResponse(np.zeros((2, 500), np.float32)).picture(tmp_path / "silence.png").exists()


def test_bad_samples_are_refused(response: ImpulseResponse) -> None:
    with pytest.raises(SettingsError, match="channels, n"):
        ImpulseResponse(np.zeros(5, np.float32))
    with pytest.raises(SettingsError, match="finite"):
        ImpulseResponse(np.full((1, 3), np.nan, np.float32))
    with pytest.raises(SettingsError, match="two channels"):
        ImpulseResponse(response.samples[:1]).interaural_correlation()
