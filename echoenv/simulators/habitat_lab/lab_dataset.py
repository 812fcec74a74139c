"""The data set type `EchoEnvAudioNav-v1`: AudioNav episodes in Habitat-Lab, read as strictly as everywhere in EchoEnv.

The one idea: Habitat-Lab's PointNav data set refuses the fields that AudioNav adds; this one knows them. Only
`registration` imports this module, for it imports Habitat-Lab.
"""

from __future__ import annotations

import json
from typing import Any

import attr
from habitat.core.registry import registry
from habitat.datasets.pointnav.pointnav_dataset import PointNavDatasetV1
from habitat.tasks.nav.nav import NavigationEpisode, NavigationGoal, ShortestPathPoint

from echoenv.datasets.episode_json import episode_to_json, parse_episode
from echoenv.datasets.episode_scenes import below_scenes_dir


@attr.s(auto_attribs=True, kw_only=True)
class AudioNavEpisode(NavigationEpisode):
    """An episode whose goal sounds; attributes as those of `echoenv.datasets.episodes.Episode`."""

    object_category: str | None = None
    sound_id: str | None = None
    offset: float | None = None
    duration: float | None = None
    distractor_sound_id: str | None = None
    distractor_position_index: float | None = None


@registry.register_dataset(name="EchoEnvAudioNav-v1")
class AudioNavDataset(PointNavDatasetV1):
    """AudioNav episodes, in the files of PointNav and SoundSpaces; configured like `PointNav-v1`."""

    content_scenes_path: str = PointNavDatasetV1.content_scenes_path

    def from_json(self, json_str: str, scenes_dir: str | None = None) -> None:
        """Add the episodes of one file.

        Raises:
            DatasetError: An episode is wrong; the message names it and the field.
        """
        raw = json.loads(json_str)
        self.content_scenes_path = raw.get("content_scenes_path", self.content_scenes_path)
        known = {each.name for each in attr.fields(AudioNavEpisode) if each.init}
        for number, given in enumerate(raw["episodes"]):
            fields = episode_to_json(parse_episode(given, f"AudioNav episodes, episode {number}"))
            episode = AudioNavEpisode(**{name: value for name, value in fields.items() if name in known})
            episode.scene_id = below_scenes_dir(episode.scene_id, scenes_dir)
            episode.goals = [_goal(goal) for goal in fields["goals"]]
            if episode.shortest_paths is not None:
                episode.shortest_paths = [[_point(point) for point in path] for path in episode.shortest_paths]
            self.episodes.append(episode)


def _goal(goal: dict[str, Any]) -> NavigationGoal:
    return NavigationGoal(position=goal["position"], radius=goal.get("radius"))


def _point(point: Any) -> ShortestPathPoint:
    if not isinstance(point, dict):  # an action alone
        return ShortestPathPoint(position=None, rotation=None, action=point)
    return ShortestPathPoint(**{name: point.get(name) for name in ("position", "rotation", "action")})
