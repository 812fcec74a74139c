"""Which sound the goal of an episode makes.

The one idea: what an episode names counts; one that names nothing draws from the task's list.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from echoenv.datasets.episode_types import Episode
from echoenv.envs.settings import NavigationSettings
from echoenv.envs.sounds import listed_sounds, sound_named


class TaskSounds:
    """The sounds of a task.

    Args:
        settings: The task.
        hears: Whether anything listens in it; otherwise all is silent.

    Attributes:
        names: Those of which an episode draws one, by `dry_sound`'s names; () is silence.

    Raises:
        AudioFileError: A sound is neither a file nor made here.
        SettingsError: The part that is asked for is empty.
    """

    def __init__(self, settings: NavigationSettings, hears: bool) -> None:
        self._settings, self._hears = settings, hears
        self.names: tuple[str, ...] = ()
        if hears and (settings.sounds or settings.sound_split):
            self.names = listed_sounds(settings.sounds, settings.sound_split)
        elif hears and settings.sound:
            self.names = listed_sounds((str(settings.sound),))

    def of(self, episode: Episode, random: np.random.Generator) -> str | None:
        """The sound of an episode, by `dry_sound`'s name; None where it is silent.

        Args:
            episode: It.
            random: Draws, where the episode names no sound and there are several.

        Raises:
            AudioFileError: The episode names one that is nowhere.
        """
        if not self._hears or (episode.sound is None and not self.names):
            return None
        if episode.sound is not None:
            return sound_named(episode.sound, self._folders())
        return self.names[int(random.integers(len(self.names))) if len(self.names) > 1 else 0]

    def _folders(self) -> list[Path]:
        """Where a sound that an episode names may lie: the task's folders, and those of SoundSpaces' data."""
        folders = [Path(one) for one in self._settings.sounds if Path(one).is_dir()]
        theirs = Path(self._settings.data_dir) / "sounds" if self._settings.data_dir else None
        if theirs is not None and theirs.is_dir():
            folders += sorted(one for one in theirs.iterdir() if one.is_dir())
        return folders
