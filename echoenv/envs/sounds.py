"""Dry sounds for tasks: those that are made here, files, and which of them an agent hears while it learns.

The one idea: a goal must sound without a download, and an agent must be tested with sounds that it has never heard. So
twelve sounds are made from numbers, and eight of them, or of a folder of files a fixed part, are for learning.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from echoenv.audio.sound_files import read_sound
from echoenv.envs.made_sounds import MAKERS
from echoenv.errors import AudioFileError, SettingsError, nearest

SOUND_NAMES = tuple(sorted(MAKERS))
"""Sounds that are made here."""

HEARD_SOUNDS = ("telephone", "chirps", "noise", "alarm_clock", "bell", "kettle", "footsteps", "engine")
"""Those of them to learn with."""

UNHEARD_SOUNDS = ("siren", "bird", "music_box", "knocking")
"""Those to be tested with."""

SPLITS = ("heard", "unheard")

ENDINGS = (".wav", ".flac", ".ogg", ".aiff", ".aif", ".mp3")
"""Of the files in a folder that are taken for sounds."""

_PEAK = 0.5
_HEARD_SHARE = 2.0 / 3.0  # of a folder's files
_FOLDERS = {"heard": ("train",), "unheard": ("test", "val")}  # of a folder that is split already, as in SoundSpaces


@functools.lru_cache(maxsize=64)
def dry_sound(name: str, sample_rate: int) -> NDArray[np.float32]:
    """A dry sound (n,) of one second or more; one that is made here has its largest sample at 0.5.

    Args:
        name: One of `SOUND_NAMES`, or a sound file, whose first channel is taken as it is.
        sample_rate: [Hz].

    Raises:
        AudioFileError: Neither a name nor a file that can be read.
    """
    if name in MAKERS:
        sound = MAKERS[name](sample_rate)
        return np.asarray(_PEAK * sound / np.abs(sound).max(), dtype=np.float32)
    if not Path(name).is_file():
        raise AudioFileError(f"sound '{name}' is neither a file nor made here: {nearest(name, SOUND_NAMES)}")
    samples, _ = read_sound(name, sample_rate)
    row = np.asarray(samples, dtype=np.float32).reshape(-1, np.shape(samples)[-1])[0]
    return np.pad(row, (0, max(0, sample_rate - len(row))))


def listed_sounds(sounds: Sequence[str], split: str | None = None) -> tuple[str, ...]:
    """The sounds that a task draws from.

    Args:
        sounds: Names, files and folders of files; none are those that are made here.
        split: `heard` or `unheard`; None takes all. Sounds made here are split as `HEARD_SOUNDS` and `UNHEARD_SOUNDS`
            say. A folder with folders `train`, `val` and `test` (SoundSpaces' split by objects) is split already:
            `train` is heard, `test`, or `val` where there is none, is not. Other files, folder by folder, are put in
            an order that follows from their names alone, and the first two thirds are heard.

    Raises:
        AudioFileError: Neither a name, a file nor a folder of files.
        SettingsError: There is nothing in that part.
    """
    given = list(sounds) or list(SOUND_NAMES)
    files = [one for one in given if one not in MAKERS and not Path(one).is_dir()]
    for one in files:
        if not Path(one).is_file():
            raise AudioFileError(f"sound '{one}' is neither a file nor made here: {nearest(one, SOUND_NAMES)}")
    made = {"heard": HEARD_SOUNDS, "unheard": UNHEARD_SOUNDS}.get(str(split), SOUND_NAMES)
    found = [one for one in given if one in made]
    found += _part([Path(one) for one in files], split)
    for folder in (Path(one) for one in given if one not in MAKERS and Path(one).is_dir()):
        found += _folder_part(folder, split)
    if not found:
        raise SettingsError(f"no sound of {', '.join(given)} is {split}: give more, or the other part, or none")
    return tuple(dict.fromkeys(found))


def _folder_part(folder: Path, split: str | None) -> list[str]:
    """Files of a folder that are in a part."""
    wanted = _FOLDERS.get(str(split), ())
    if any((folder / name).is_dir() for names in _FOLDERS.values() for name in names):
        parts = [folder / name for name in wanted if (folder / name).is_dir()][:1]
        parts = parts or sorted(one for one in folder.iterdir() if one.is_dir() and split is None)
        return [str(file) for part in parts for file in _sound_files(part)]
    files = _sound_files(folder)
    if not files:
        raise AudioFileError(f"folder '{folder}' holds no sounds: give one with files such as telephone.wav")
    return _part(files, split)


def _part(files: Iterable[Path], split: str | None) -> list[str]:
    """Files that are in a part, in the order of their names."""
    ordered = sorted(files, key=lambda file: hashlib.sha256(file.stem.encode()).hexdigest())
    heard = round(_HEARD_SHARE * len(ordered))
    chosen = {"heard": ordered[:heard], "unheard": ordered[heard:]}.get(str(split), ordered)
    return sorted(str(one) for one in chosen)


def _sound_files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.suffix.lower() in ENDINGS and not one.name.startswith("."))


def sound_named(name: str, folders: Iterable[Path] = ()) -> str:
    """What `dry_sound` calls the sound that an episode names: a file of that name, with or without ending, or itself.

    Args:
        name: As the episode has it: `telephone`, `c_fan`, `chair.wav`, `train/chair`, or a path.
        folders: Where such files may lie.

    Raises:
        AudioFileError: There is no such file, and none is made here; names the nearest of all.
    """
    known: list[str] = []
    for folder in folders:
        for ending in ("", *ENDINGS):
            if (folder / f"{name}{ending}").is_file():
                return str(folder / f"{name}{ending}")
        known += [one.stem for one in _sound_files(folder)] if folder.is_dir() else []
    if name in MAKERS or Path(name).is_file():
        return name
    raise AudioFileError(f"sound '{name}' is neither a file nor made here: {nearest(name, {*known, *SOUND_NAMES})}")
