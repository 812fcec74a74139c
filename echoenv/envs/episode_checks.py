"""Whether an episode can be in the scene that it names, asked before it begins.

The one idea: episodes come from files that were made for one scene, and with one navmesh; those of another are told by
where they begin.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from echoenv.datasets.episode_types import Episode
from echoenv.envs.grid_walks import TURN, GridWalks
from echoenv.errors import PoseError

_SLACK = 0.25
"""How far [m] from walkable space an episode may begin: files made with another navmesh may be a little off."""

_TURNED = 1e-3  # [degrees] off a multiple of 90


def require_fit(episode: Episode, pathfinder: Any) -> None:
    """Refuse an episode that cannot begin where it says.

    Args:
        episode: It.
        pathfinder: Walkable space of its scene; `GridWalks` where the agent walks on a grid.

    Raises:
        PoseError: Nobody can stand there; or, on a grid, start, goal or heading are not of the grid.
    """
    said = f"episode {episode.episode_id} of '{episode.scene_id}'"
    if isinstance(pathfinder, GridWalks):
        pathfinder.require_at(episode.start, f"{said}: its start")
        for goal in episode.goal_positions:
            pathfinder.require_at(goal, f"{said}: its goal")
        turned = episode.start_heading % TURN
        if min(turned, TURN - turned) > _TURNED:
            raise PoseError(f"{said} begins at {episode.start_heading:g} degrees: on a grid it is 0, 90, 180 or 270")
        return
    near = np.asarray(pathfinder.snap_point(episode.start))
    if not np.linalg.norm(near - episode.start) <= _SLACK:  # NaN where there is nothing near
        raise PoseError(
            f"{said} begins at {[round(x, 2) for x in episode.start_position]}, where nobody can stand: is it an "
            "episode of another scene?"
        )
