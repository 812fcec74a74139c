"""What SoundSpaces' own code asks of episodes, beyond what Habitat does, and which it does not say.

The one idea: it compares positions as texts of two decimals, reads a rotation by its angle alone, and takes the scene's
name from the fourth part of its path. Episodes are checked here before they are handed to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.datasets.episode_scenes import scene_name
from echoenv.datasets.episode_types import Episode, soundspaces_heading
from echoenv.errors import DatasetError


def match_to_positions(points: ArrayLike, positions: ArrayLike, decimals: int = 2) -> NDArray[np.int64]:
    """Which of the graph's positions points are, by their numbers rounded as SoundSpaces writes them.

    SoundSpaces compares texts of two decimals, in which -0.00 and 0.00 differ and an episode is refused ("Position
    misalignment"); here they are one place.

    Args:
        points: World points [m] (n, 3).
        positions: Positions of the graph [m] (m, 3).
        decimals: As many as are compared.

    Returns:
        Indices (n,) into `positions`; -1 where there is none such.
    """
    known = {key: index for index, key in enumerate(_keys(positions, decimals))}
    return np.array([known.get(key, -1) for key in _keys(points, decimals)], dtype=np.int64)


def soundspaces_key(position: Sequence[float]) -> str:
    """The text by which SoundSpaces' code knows a position (x, y, z), with its sign of zero: `-0.00_0.00_1.50`."""
    return "_".join(f"{value:.2f}" for value in position)


def require_on_positions(episodes: Sequence[Episode], positions: ArrayLike, where: str = "the graph") -> None:
    """Refuse episodes that SoundSpaces' code could not place on a graph.

    Args:
        episodes: The episodes.
        positions: Positions of the graph [m] (m, 3), as it holds them.
        where: What the graph is, for the message.

    Raises:
        DatasetError: Naming the first episode whose start or goal is on none of them; or is, but written with another
            sign of zero.
    """
    texts = {soundspaces_key(position) for position in np.asarray(positions, dtype=np.float64).tolist()}
    for episode in episodes:
        for name, point in [("start", episode.start_position), *(("goal", goal.position) for goal in episode.goals)]:
            if soundspaces_key(point) in texts:
                continue
            near = int(match_to_positions([point], positions)[0])
            said = f"episode {episode.episode_id!r} of {episode.scene_id}: {name} {list(point)}"
            if near >= 0:
                raise DatasetError(f"{said} is position {near} of {where} with another sign of zero (-0.00 and 0.00), "
                                   "which SoundSpaces tells apart: write the graph's own numbers")  # fmt: skip
            raise DatasetError(f"{said} is on no position of {where}: the episodes belong to another graph")


def require_for_soundspaces(
    episodes: Iterable[Episode], positions: ArrayLike, scenes_dir: str = "data/scene_datasets/replica"
) -> None:
    """Refuse episodes that SoundSpaces' code would not read, or would read as others.

    Args:
        episodes: Of one scene.
        positions: Positions of its graph [m] (m, 3), as the graph holds them.
        scenes_dir: The folder to which that code joins `scene_id`.

    Raises:
        DatasetError: Naming the first episode that is on no position, starts at no multiple of 90 degrees, has its
            rotation about -Y (which would be mirrored), or whose scene is not the fourth part of its path.
    """
    checked = list(episodes)
    require_on_positions(checked, positions)
    for episode in checked:
        said = f"episode {episode.episode_id!r} of {episode.scene_id}"
        heading, read = round(episode.start_heading) % 360, soundspaces_heading(episode.start_rotation)
        if heading != read:
            raise DatasetError(f"{said}: its start_rotation is a heading of {heading} degrees, which SoundSpaces reads "
                               f"as {read}: write it with heading_to_rotation, about +Y")  # fmt: skip
        if heading % 90:
            raise DatasetError(f"{said} starts at {heading} degrees: SoundSpaces knows 0, 90, 180 and 270")
        # Its code means to cut Habitat's prefix off, but misspells it, so nothing is cut off.
        path = str(PurePosixPath(scenes_dir) / episode.scene_id)
        if path.split("/")[3:4] != [scene_name(episode.scene_id)]:
            raise DatasetError(f"{said} is read from {path}, whose fourth part is not the scene: give a scene_id such "
                               "as room_0/habitat/mesh_semantic.ply, for data/scene_datasets/replica")  # fmt: skip


def _keys(points: ArrayLike, decimals: int) -> list[tuple[float, ...]]:
    rounded = np.round(np.asarray(points, dtype=np.float64).reshape(-1, 3), decimals) + 0.0
    return [tuple(point) for point in rounded.tolist()]
