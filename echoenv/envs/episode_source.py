"""Where an environment's episodes come from: drawn by rules, or read from a split on disk.

The one idea: an episode is asked for by a random generator or by a number; the same generator state or number gives the
same episode, whoever asks and whatever was asked before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from echoenv.datasets.episode_audionav import audionav_episodes
from echoenv.datasets.episode_files import EpisodeSplit
from echoenv.datasets.episode_pointnav import pointnav_episode
from echoenv.datasets.episode_scenes import content_name, scene_name
from echoenv.datasets.episode_types import Episode
from echoenv.envs.grid_walks import GridWalks
from echoenv.envs.settings import NavigationSettings
from echoenv.errors import DatasetError, nearest

_MOST = 2**31  # numbers of drawn episodes
_SOUND = 1  # names the series of random numbers from which sounds are drawn

Pathfinders = Callable[[str], Any]
"""Gives the walkable space of a scene by its name: a `PathFinder`, or `GridWalks` where the agent walks on a grid."""


class EpisodeSource(Protocol):
    """Gives episodes."""

    def drawn(self, random: np.random.Generator, pathfinders: Pathfinders) -> Episode:
        """One drawn with a generator."""

    def numbered(self, number: int, pathfinders: Pathfinders) -> Episode:
        """The one of a number, 0 or more."""


def episode_source(settings: NavigationSettings, sounds: Sequence[str] = ()) -> EpisodeSource:
    """The source that settings ask for.

    Args:
        settings: They.
        sounds: Those of which an episode that names none gets one, where they are several.
    """
    return DrawnEpisodes(settings, sounds) if settings.episodes is None else StoredEpisodes(settings, sounds)


class DrawnEpisodes:
    """Episodes by Habitat's rules; number k is number k of the seed in scene k modulo their number.

    Where the agent walks on a grid, starts, goals and headings are of the grid, by SoundSpaces' rules.

    Args:
        settings: Scenes, seed and rules.
        sounds: See `episode_source`.
    """

    def __init__(self, settings: NavigationSettings, sounds: Sequence[str] = ()) -> None:
        self._settings, self._sounds = settings, tuple(sounds)

    def drawn(self, random: np.random.Generator, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.drawn`."""
        return self.numbered(int(random.integers(_MOST)), pathfinders)

    def numbered(self, number: int, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.numbered`."""
        chosen = self._settings
        scene = chosen.scenes[number % len(chosen.scenes)]
        space = pathfinders(scene)
        if isinstance(space, GridWalks):
            episode = _grid_episode(space, scene, number, chosen)
        else:
            episode = pointnav_episode(space, scene, number, chosen.episode_seed, chosen.rules)
        return _sounding(episode, self._sounds, chosen.episode_seed, number)


class StoredEpisodes:
    """Episodes of a split on disk, of the scenes in the settings; number k is the k-th of all of them.

    Args:
        settings: The split, and which scenes of it.
        sounds: See `episode_source`.

    Raises:
        DatasetError: The split has none of the scenes.
    """

    def __init__(self, settings: NavigationSettings, sounds: Sequence[str] = ()) -> None:
        self._seed, self._sounds = settings.episode_seed, tuple(sounds)
        split = EpisodeSplit(str(settings.episodes))
        known = {content_name(scene_name(scene)): scene for scene in split.scenes}
        asked = [content_name(scene_name(scene)) for scene in settings.scenes]
        self._episodes = [one for scene in asked if scene in known for one in split.scene(known[scene]).episodes]
        if not self._episodes:
            raise DatasetError(
                f"'{settings.episodes}' has no episodes of the task's scenes ({', '.join(asked[:5])}): "
                f"{nearest(asked[0], known)}; set scenes to some of those"
            )

    def __len__(self) -> int:
        return len(self._episodes)

    def drawn(self, random: np.random.Generator, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.drawn`."""
        return self.numbered(int(random.integers(len(self._episodes))), pathfinders)

    def numbered(self, number: int, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.numbered`; numbers beyond the last begin anew."""
        index = number % len(self._episodes)
        return _sounding(self._episodes[index], self._sounds, self._seed, index)


def _grid_episode(walks: GridWalks, scene: str, number: int, settings: NavigationSettings) -> Episode:
    """An episode on a grid; it names no sound."""
    drawn = audionav_episodes(walks.main, scene, 1, settings.episode_seed, rules=settings.rules, first=number)
    episode = next(drawn)
    return replace(episode, info={name: value for name, value in (episode.info or {}).items() if name != "sound"})


def _sounding(episode: Episode, sounds: Sequence[str], seed: int, number: int) -> Episode:
    """The episode with one of several sounds, where it names none; which one follows from seed and number alone."""
    if episode.sound is not None or len(sounds) < 2:
        return episode
    random = np.random.default_rng([seed, number, _SOUND])
    return replace(episode, sound_id=sounds[int(random.integers(len(sounds)))])
