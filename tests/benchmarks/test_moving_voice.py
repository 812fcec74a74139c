"""The example of a voice that walks past a door: its made voice and its measures of ears."""

from __future__ import annotations

import numpy as np

from benchmarks import moving_voice

RATE = 44100


def test_a_late_and_soft_left_ear_is_found() -> None:
    sound = np.random.default_rng(0).standard_normal(RATE)
    ears = np.stack([0.5 * np.roll(sound, 22), sound]).astype(np.float32)
    traces = moving_voice.ear_traces(ears, RATE)
    np.testing.assert_allclose(traces.levels[1] - traces.levels[0], 20.0 * np.log10(2.0), atol=0.1)
    np.testing.assert_allclose(traces.delays, 22 / RATE, atol=2e-6)
    assert np.isnan(moving_voice.ear_traces(0.0 * ears, RATE).delays).all()


def test_a_made_voice_serves_where_there_is_no_other(monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(moving_voice, "_VOICE", tmp_path / "missing.wav")
    voice, name = moving_voice.dry_voice(None, RATE)
    sound = voice.read(10**7)
    assert name == "a made tone"
    assert len(sound) == 5 * RATE
    assert 0.29 < np.abs(sound).max() <= 0.3
