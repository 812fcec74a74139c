"""A picture of episodes: where they start, which way they face, and where they lead, on the map of the scene.

The one idea: seen from above with -Z up on the page, as all our maps are, so a heading of 0 points up.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.datasets.episode_types import Episode
from echoenv.errors import DatasetError
from echoenv.navigation.map_picture import draw_map
from echoenv.navigation.motion import forward_direction
from echoenv.navigation.pathfinder import PathFinder

_START, _GOAL, _WAY = "#1f618d", "#c0392b", "#7d6608"
_MOST_WAYS = 12
_ARROW = 0.35  # [m]


def save_episode_map(
    file: str | Path, pathfinder: PathFinder, episodes: Sequence[Episode], *, ways: int = _MOST_WAYS
) -> None:
    """Write a picture of episodes.

    Args:
        file: Where to write; its ending says the format (.png).
        pathfinder: The scene's walkable space.
        episodes: The episodes; starts become blue arrows in the direction they face, goals red crosses.
        ways: The shortest ways of so many of them are drawn.

    Raises:
        DatasetError: There are no episodes, or the file cannot be written.
    """
    if not episodes:
        raise DatasetError(f"there are no episodes to draw into '{file}'")
    paths = tuple(
        pathfinder.find_path(episode.start, goal) for episode in episodes[:ways] for goal in episode.goal_positions[:1]
    )
    axes = draw_map(pathfinder)
    for path in paths:
        axes.plot(path.points[:, 0], path.points[:, 2], "-", color=_WAY, linewidth=0.8, alpha=0.7)
    _draw_ends(axes, episodes)
    drawn = f", the shortest ways of {len(paths)} drawn" if paths else ""
    axes.set_title(f"{episodes[0].scene_id}: {len(episodes)} episodes{drawn}", fontsize=9)
    picture = io.BytesIO()
    axes.figure.savefig(picture, dpi=150, bbox_inches="tight", format=Path(file).suffix.lstrip(".") or "png")
    make_writable_folder(Path(file).parent)
    write_whole(Path(file), picture.getvalue())


def _draw_ends(axes: Any, episodes: Sequence[Episode]) -> None:
    starts: NDArray[np.float64] = np.array([episode.start for episode in episodes])
    facing = _ARROW * forward_direction([episode.start_heading for episode in episodes])
    goals = np.concatenate([episode.goal_positions for episode in episodes])
    axes.quiver(starts[:, 0], starts[:, 2], facing[:, 0], facing[:, 2], angles="xy", scale_units="xy", scale=1.0,
                color=_START, width=0.004, zorder=3, label="start, facing")  # fmt: skip
    axes.plot(starts[:, 0], starts[:, 2], "o", color=_START, markersize=2.5, zorder=3)
    axes.plot(goals[:, 0], goals[:, 2], "x", color=_GOAL, markersize=5, markeredgewidth=1.4, zorder=4, label="goal")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, fontsize=7)
