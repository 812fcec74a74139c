"""Dry sounds: each can be told from the others, parts for learning and for testing, what an episode sounds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from echoenv.audio.sound_files import resample
from echoenv.datasets.episode_files import write_split
from echoenv.envs.navigation import NavigationEnv
from echoenv.envs.sounds import (
    HEARD_SOUNDS,
    SOUND_NAMES,
    UNHEARD_SOUNDS,
    dry_sound,
    listed_sounds,
    sound_named,
)
from echoenv.errors import AudioFileError, SettingsError
from tests.envs.tasks import episode

RATES = (16000, 44100)


def features(sound: np.ndarray, rate: int) -> np.ndarray:
    """How a sound is known: levels of third-octave bands to 6.3 kHz, and how its loudness goes up and down."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1.0 / rate)
    edges = 50.0 * 2.0 ** (np.arange(22) / 3.0)
    bands = [power[(frequencies >= low) & (frequencies < high)].sum() for low, high in pairwise(edges)]
    levels = 10.0 * np.log10(np.array(bands) / np.sum(bands) + 1e-4)
    loud = np.sqrt(np.mean(sound[: len(sound) // rate * rate].reshape(-1, rate // 100) ** 2, axis=1))
    rhythm = np.abs(np.fft.rfft(loud, 400))[1:120] / np.sum(loud)
    return np.concatenate([levels / 10.0, 2.0 * rhythm])


def test_every_sound_is_known_again_at_another_rate_and_by_no_other() -> None:
    known = {name: features(dry_sound(name, 16000), 16000) for name in SOUND_NAMES}
    for name in SOUND_NAMES:
        other = features(dry_sound(name, 44100), 44100)
        far = {one: float(np.linalg.norm(other - values)) for one, values in known.items()}
        nearest, second = sorted(far, key=far.__getitem__)[:2]
        assert nearest == name and far[second] > 2.0 * far[name], far


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("name", SOUND_NAMES)
def test_sounds_are_whole_seconds_of_one_peak_that_go_over_into_themselves(name: str, rate: int) -> None:
    sound = dry_sound(name, rate)
    assert sound.dtype == np.float32 and len(sound) % rate == 0 and 1 <= len(sound) // rate <= 4
    assert np.abs(sound).max() == 0.5
    assert -30.0 < 10.0 * np.log10(np.mean(sound.astype(float) ** 2)) < -10.0
    assert abs(float(sound.mean())) < 0.01
    within = np.abs(np.diff(sound)).max()
    assert abs(float(sound[0] - sound[-1])) <= within


@pytest.mark.parametrize("name", sorted(set(SOUND_NAMES) - {"noise", "chirps", "alarm_clock", "kettle"}))
def test_a_sound_is_the_same_at_every_rate(name: str) -> None:
    """But for those with much above 7 kHz, and for the level, which is set by the peak."""
    low, high = dry_sound(name, 16000), resample(dry_sound(name, 44100), 44100, 16000)[: len(dry_sound(name, 16000))]
    assert np.corrcoef(low, high)[0, 1] > 0.97


def test_eight_are_heard_and_four_are_not() -> None:
    assert len(HEARD_SOUNDS) == 8 and len(UNHEARD_SOUNDS) == 4
    assert set(HEARD_SOUNDS) | set(UNHEARD_SOUNDS) == set(SOUND_NAMES) and len(SOUND_NAMES) == 12
    assert set(listed_sounds((), "heard")) == set(HEARD_SOUNDS)
    assert set(listed_sounds((), "unheard")) == set(UNHEARD_SOUNDS)
    assert set(listed_sounds(())) == set(SOUND_NAMES)
    assert listed_sounds(("siren", "bell"), "unheard") == ("siren",)
    with pytest.raises(SettingsError, match="no sound of bell is unheard"):
        listed_sounds(("bell",), "unheard")
    with pytest.raises(AudioFileError, match="did you mean telephone"):
        listed_sounds(("telefone",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Nine short files."""
    files = tmp_path / "sounds"
    files.mkdir()
    for number in range(9):
        tone = 0.1 * np.sin(2.0 * np.pi * (300.0 + 100.0 * number) * np.arange(8000) / 16000.0)
        soundfile.write(files / f"pipe_{number}.wav", tone, 16000)
    (files / "notes.txt").write_text("no sound")
    return files


def test_two_thirds_of_a_folder_are_heard_whatever_else_is_given(folder: Path) -> None:
    heard, unheard = (set(listed_sounds((str(folder),), part)) for part in ("heard", "unheard"))
    assert len(heard) == 6 and len(unheard) == 3 and not heard & unheard
    assert heard | unheard == set(listed_sounds((str(folder),)))
    assert heard <= set(listed_sounds(("bell", str(folder)), "heard"))
    assert heard != {str(folder / f"pipe_{number}.wav") for number in range(6)}  # not merely the first by name


def test_a_folder_that_is_split_already_stays_as_it_is(folder: Path) -> None:
    for part, numbers in (("train", (0, 1)), ("val", (2,)), ("test", (3, 4))):
        (folder / part).mkdir()
        for number in numbers:
            (folder / f"pipe_{number}.wav").rename(folder / part / f"pipe_{number}.wav")
    assert [Path(one).name for one in listed_sounds((str(folder),), "heard")] == ["pipe_0.wav", "pipe_1.wav"]
    assert [Path(one).name for one in listed_sounds((str(folder),), "unheard")] == ["pipe_3.wav", "pipe_4.wav"]
    assert len(listed_sounds((str(folder),))) == 5


def test_a_sound_is_found_by_the_name_that_an_episode_gives_it(folder: Path) -> None:
    assert sound_named("pipe_3", [folder]) == str(folder / "pipe_3.wav") == sound_named("pipe_3.wav", [folder])
    assert sound_named("bell", [folder]) == "bell"
    with pytest.raises(AudioFileError, match="did you mean pipe_"):
        sound_named("pipe_x", [folder])


# In tasks


def listening(small: dict[str, Any], **settings: Any) -> NavigationEnv:
    return NavigationEnv(**{**small, "sensors": ("spectrogram",), "success_distance": 1.0, **settings})


def test_each_episode_draws_one_and_the_unheard_are_never_drawn_while_learning(small: dict[str, Any]) -> None:
    drawn = {}
    for part, wanted in (("heard", HEARD_SOUNDS), ("unheard", UNHEARD_SOUNDS)):
        env = listening(small, sound_split=part)
        env.reset(seed=3)
        drawn[part] = [env._episodes.numbered(number, env._walkable).sound for number in range(50)]
        assert set(drawn[part]) == set(wanted)
        assert env.reset(options={"episode": 7})[1]["sound"] == drawn[part][7]
        assert env._episodes.numbered(7, env._walkable).sound == drawn[part][7]
    plain = listening(small, sound="bell")
    assert plain.reset(options={"episode": 7})[1]["sound"] == "bell" and plain.episode.sound is None


def test_the_sound_changes_what_is_heard_and_nothing_else(small: dict[str, Any]) -> None:
    one, other = (listening(small, sound=name, sensors=("spectrogram", "gps", "depth")) for name in ("bell", "siren"))
    first, second = one.reset(seed=4)[0], other.reset(seed=4)[0]
    assert one.episode == other.episode
    np.testing.assert_array_equal(first["depth"], second["depth"])
    assert np.abs(first["spectrogram"] - second["spectrogram"]).max() > 0.1


def test_the_sound_of_an_episode_counts(small: dict[str, Any], room: str, folder: Path) -> None:
    named = replace(episode((1.0, 5.0), 0.0, (1.0, 3.0), room), sound_id="knocking")
    info = replace(named, sound_id=None, info={"sound": "pipe_2"})
    env = listening(small, sounds=str(folder))
    assert env.reset(options={"episode": named})[1]["sound"] == "knocking"
    assert env.reset(options={"episode": info})[1]["sound"] == "pipe_2"
    with pytest.raises(AudioFileError, match="sound 'pipe_9' is neither a file nor made here: did you mean pipe_"):
        env.reset(options={"episode": replace(named, sound_id="pipe_9")})
    assert "sound" not in NavigationEnv(**small, sensors=("gps",)).reset(options={"episode": named})[1]


def test_stored_episodes_without_a_sound_get_one_and_keep_it(small: dict[str, Any], room: str, tmp_path: Path) -> None:
    episodes = [replace(episode((1.0, 5.0), 0.0, (1.0, 3.0), room), episode_id=str(k)) for k in range(8)]
    write_split(tmp_path, "val", [*episodes, replace(episodes[0], episode_id="8", sound_id="siren")])
    seen = []
    for _ in range(2):
        env = listening(small, episodes=str(tmp_path / "val"), sound_split="heard", sensors=("audiogoal",))
        seen.append([env._episodes.numbered(number, env._walkable).sound for number in range(9)])
    assert seen[0] == seen[1] and seen[0][8] == "siren" and set(seen[0][:8]) <= set(HEARD_SOUNDS)
    assert len(set(seen[0][:8])) > 2


def test_settings_of_sounds_that_cannot_be_are_named(small: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="did you mean unheard"):
        listening(small, sound_split="unherd")
    with pytest.raises(AudioFileError, match="holds no sounds"):
        listening(small, sounds=str(tmp_path))
    with pytest.raises(SettingsError, match="sounds"):
        listening(small, sounds=(1, 2))
    with pytest.raises(SettingsError, match="sound = 3"):
        listening(small, sound=3)
    with pytest.raises(AudioFileError, match="did you mean bell"):
        listening(small, sound="bel")
