"""Episodes of navigation tasks, PointNav-v1 and AudioNav-v1: all that other code needs of them, on one page.

The one idea: `Episode`s are values; `EpisodeSplit` reads them from disk and `write_split` writes them, in the files of
Habitat and SoundSpaces; `pointnav_episodes` and `audionav_episodes` draw new ones. As a command,
`python -m echoenv.datasets.episodes`, it draws and writes.
"""

from __future__ import annotations

import sys

from echoenv.datasets.episode_audionav import (
    PositionGraph,
    audionav_episodes,
    grid_graph,
)
from echoenv.datasets.episode_files import (
    EpisodeFile,
    EpisodeSplit,
    read_episode_file,
    write_episode_file,
    write_split,
)
from echoenv.datasets.episode_paths import GreedyFollower
from echoenv.datasets.episode_picture import save_episode_map
from echoenv.datasets.episode_pointnav import island_radius, pointnav_episode, pointnav_episodes
from echoenv.datasets.episode_rules import Difficulty, EpisodeRules, difficulty, keep_probability
from echoenv.datasets.episode_scenes import below_scenes_dir, content_name, names_mesh_file, scene_name
from echoenv.datasets.episode_soundspaces import (
    match_to_positions,
    require_for_soundspaces,
    require_on_positions,
    soundspaces_key,
)
from echoenv.datasets.episode_types import Episode, Goal, PathPoint, heading_to_rotation, soundspaces_heading

__all__ = [
    "Difficulty",
    "Episode",
    "EpisodeFile",
    "EpisodeRules",
    "EpisodeSplit",
    "Goal",
    "GreedyFollower",
    "PathPoint",
    "PositionGraph",
    "audionav_episodes",
    "below_scenes_dir",
    "content_name",
    "difficulty",
    "grid_graph",
    "heading_to_rotation",
    "island_radius",
    "keep_probability",
    "match_to_positions",
    "names_mesh_file",
    "pointnav_episode",
    "pointnav_episodes",
    "read_episode_file",
    "require_for_soundspaces",
    "require_on_positions",
    "save_episode_map",
    "scene_name",
    "soundspaces_heading",
    "soundspaces_key",
    "write_episode_file",
    "write_split",
]

if __name__ == "__main__":
    from echoenv.datasets.episode_command import main

    sys.exit(main())
