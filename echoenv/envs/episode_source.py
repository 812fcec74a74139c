"""Where an environment's episodes come from: drawn by rules, or read from a split on disk.

The one idea: an episode is asked for by a random generator or by a number; the same generator state or number gives the
same episode, whoever asks and whatever was asked before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from echoenv.datasets.episode_files import EpisodeSplit
from echoenv.datasets.episode_pointnav import pointnav_episode
from echoenv.datasets.episode_types import Episode
from echoenv.envs.settings import NavigationSettings
from echoenv.errors import DatasetError

_MOST = 2**31  # numbers of drawn episodes

Pathfinders = Callable[[str], Any]
"""Gives the walkable space of a scene by its name."""


class EpisodeSource(Protocol):
    """Gives episodes."""

    def drawn(self, random: np.random.Generator, pathfinders: Pathfinders) -> Episode:
        """One drawn with a generator."""

    def numbered(self, number: int, pathfinders: Pathfinders) -> Episode:
        """The one of a number, 0 or more."""


def episode_source(settings: NavigationSettings) -> EpisodeSource:
    """The source that settings ask for."""
    return DrawnEpisodes(settings) if settings.episodes is None else StoredEpisodes(settings)


class DrawnEpisodes:
    """Episodes by Habitat's rules; number k is number k of the seed in scene k modulo their number.

    Args:
        settings: Scenes, seed and rules.
    """

    def __init__(self, settings: NavigationSettings) -> None:
        self._settings = settings

    def drawn(self, random: np.random.Generator, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.drawn`."""
        return self.numbered(int(random.integers(_MOST)), pathfinders)

    def numbered(self, number: int, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.numbered`."""
        scenes = self._settings.scenes
        scene = scenes[number % len(scenes)]
        space = pathfinders(scene)
        return pointnav_episode(space, scene, number, self._settings.episode_seed, self._settings.rules)


class StoredEpisodes:
    """Episodes of a split on disk, of the scenes in the settings; number k is the k-th of all of them.

    Args:
        settings: The split, and which scenes of it.

    Raises:
        DatasetError: The split has none of the scenes.
    """

    def __init__(self, settings: NavigationSettings) -> None:
        split = EpisodeSplit(str(settings.episodes))
        known = set(split.scenes)
        self._episodes = [one for scene in settings.scenes if scene in known for one in split.scene(scene).episodes]
        if not self._episodes:
            raise DatasetError(
                f"'{settings.episodes}' has episodes of {', '.join(split.scenes[:5])}, none of the task's scenes: "
                f"set scenes to some of those"
            )

    def __len__(self) -> int:
        return len(self._episodes)

    def drawn(self, random: np.random.Generator, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.drawn`."""
        return self._episodes[int(random.integers(len(self._episodes)))]

    def numbered(self, number: int, pathfinders: Pathfinders) -> Episode:
        """See `EpisodeSource.numbered`; numbers beyond the last begin anew."""
        return self._episodes[number % len(self._episodes)]
