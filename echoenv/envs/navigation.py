"""The navigation task as a Gymnasium environment: one agent, one episode at a time.

The one idea: an episode says where the agent starts and where its goal is; the environment puts the agent there,
carries out its actions, and tells what it senses (`sensors`), what a step was worth (`settings.Reward`) and how well it
did (`measures`, in `info` at the end).
"""

from __future__ import annotations

from typing import Any, cast

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from echoenv.audio.chirps import ECHO_DURATION
from echoenv.datasets.episode_scenes import scene_name
from echoenv.datasets.episode_types import Episode
from echoenv.envs.ego_map import EgoMap
from echoenv.envs.episode_source import episode_source
from echoenv.envs.goals import Goals, StandingGoals, WalkingGoal
from echoenv.envs.heard import HeardSound
from echoenv.envs.measures import EpisodeRecord
from echoenv.envs.open_scenes import OpenScenes
from echoenv.envs.sensors import Moment, SensorSizes, sensors_named
from echoenv.envs.settings import NavigationSettings
from echoenv.envs.sounds import dry_sound
from echoenv.errors import SettingsError

MOVES = ("move_forward", "turn_left", "turn_right")
ACTIONS = ("stop", *MOVES)
"""Actions by their number, as Habitat and SoundSpaces count them; where the agent may chirp, that is one more."""


class NavigationEnv(gym.Env[dict[str, NDArray[Any]], Any]):
    """Find the goal, and say that you are there.

    Args:
        settings: The task; None takes the defaults.
        render_mode: `rgb_array`, for pictures of what the agent sees.
        scenes: Names of scenes, as in the settings; or open scenes to share with other environments.
        **changes: Values of `NavigationSettings` other than those in `settings`.

    Observations are a dictionary by sensor. An episode ends (`terminated`) when the agent stops, and is cut off
    (`truncated`) after `max_steps`; `info` then holds every measure by name. `reset(options={"episode": ...})` takes an
    `Episode`, or the number of one.

    Raises:
        SettingsError: A setting is of no use.
    """

    metadata = {"render_modes": ["rgb_array"], "render_fps": 4}  # noqa: RUF012 (Gymnasium's own form)

    def __init__(
        self,
        settings: NavigationSettings | None = None,
        render_mode: str | None = None,
        scenes: OpenScenes | tuple[str, ...] | None = None,
        **changes: Any,
    ) -> None:
        if scenes is not None and not isinstance(scenes, OpenScenes):
            changes["scenes"], scenes = scenes, None
        self.settings = (settings or NavigationSettings()).changed(**changes)
        self.render_mode = render_mode
        self.sensors = sensors_named(self.settings.sensors)
        rate = self.settings.sample_rate
        self._sizes = SensorSizes(
            self.settings.height, self.settings.width, self.settings.max_depth, rate,
            round(self.settings.step_time * rate), round(ECHO_DURATION * rate),
        )  # fmt: skip
        spaces = {one.name: one.space(self._sizes) for one in self.sensors}
        self.observation_space = cast(Any, gym.spaces.Dict(spaces))
        self.actions = (*ACTIONS, "chirp") if self.settings.chirps else ACTIONS
        self.action_space = gym.spaces.Discrete(len(self.actions))
        self.channels = tuple(dict.fromkeys(channel for one in self.sensors for channel in one.channels))
        self._hears = any(one.hears for one in self.sensors)
        size = self.settings.height, self.settings.width, self.settings.hfov
        self._ego_map = EgoMap(*size) if any(one.maps for one in self.sensors) else None
        self._episodes = episode_source(self.settings)
        self._owns_scenes = scenes is None
        self.scenes = scenes or OpenScenes(self.settings)
        self._record: EpisodeRecord | None = None
        self.episode: Episode | None = None

    # Gymnasium's verbs

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Begin an episode: the one in `options`, or one drawn with the environment's generator."""
        self.begin(seed, options)
        observation, _, _, _, info = self.told(self.look())
        return observation, info

    def step(self, action: Any) -> tuple[dict[str, NDArray[Any]], float, bool, bool, dict[str, Any]]:
        """Carry out an action; see `ACTIONS`.

        Raises:
            SettingsError: There is no such action, or the episode has ended.
        """
        self.act(action)
        return self.told(self.look())

    # A step in three parts, for those who carry out many at once

    def begin(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Put the agent where an episode begins."""
        super().reset(seed=seed)
        self.episode = self._chosen(options)
        self.simulator = self.scenes.agent(self.episode.scene_id)
        x, y, z, w = self.episode.start_rotation
        start = self.simulator.set_agent_state(self.episode.start, rotation=[w, x, y, z])
        self._goals = self._new_goals(self.episode)
        distance = self._goals.distance(start.position)
        actions = (self.episode.info or {}).get("num_action")
        self._record = EpisodeRecord(start.position, distance, self.settings.success_distance, actions)
        self._sound = self._new_sound()
        self._moment, self._worth = Moment(start, start, self._goals.nearest(start.position)), 0.0
        if self._ego_map is not None:
            self._ego_map.begin(start)
            self._moment.ego_map = self._ego_map

    def act(self, action: Any) -> None:
        """Carry out an action without a look; raises as `step` does."""
        if self._record is None or self._record.stopped or self._record.steps >= self.settings.max_steps:
            raise SettingsError("the episode has ended, or none has begun: call reset() first")
        if not self.action_space.contains(action):
            count = len(self.actions) - 1
            raise SettingsError(f"action {action!r} is none: give a number from 0 to {count} ({self.actions})")
        record, before, name = self._record, self._record.distance, self.actions[int(action)]
        collided = self.simulator.act(name) if name in MOVES else False
        self._goals.advance()
        state = self.simulator.agent_state
        record.moved(state.position, self._goals.distance(state.position), collided, stopped=name == "stop")
        goal, ego_map = self._goals.nearest(state.position), self._moment.ego_map
        self._moment = Moment(state, self._moment.start, goal, collided, ego_map=ego_map)
        if name == "chirp":
            self._moment.echo = self.simulator.echo()
        self._worth = self._reward(before, chirped=name == "chirp")

    def look(self) -> dict[str, NDArray[Any]]:
        """What the agent sees now, in the channels that its sensors need."""
        return self.simulator.look(self.channels) if self.channels else {}

    def told(self, views: dict[str, NDArray[Any]]) -> tuple[dict[str, NDArray[Any]], float, bool, bool, dict[str, Any]]:
        """What a step comes to, given what the agent sees: as `step` returns it."""
        record, moment = self._record, self._moment
        assert record is not None
        moment.views = views
        if moment.ego_map is not None:
            moment.ego_map.see(views["depth"], moment.state, moment.collided)
        if self._sound is not None:
            source = moment.goal + [0.0, self.settings.source_height, 0.0]
            response = self.simulator.impulse_response(source, self.settings.response_duration)
            moment.heard = self._sound.hear(response.samples)
        observation = {one.name: one.sense(moment, self._sizes) for one in self.sensors}
        truncated = not record.stopped and record.steps >= self.settings.max_steps
        return observation, self._worth, record.stopped, truncated, self._info()

    def render(self) -> NDArray[np.uint8] | None:
        """What the agent sees, (H, W, 3) uint8, in mode `rgb_array`."""
        if self.render_mode != "rgb_array" or self.episode is None:
            return None
        views = self.simulator.get_sensor_observations()
        return np.asarray(views["rgb"], dtype=np.uint8)

    def close(self) -> None:
        """Close the scenes that this environment opened."""
        if self._owns_scenes:
            self.scenes.close()

    @property
    def goal(self) -> NDArray[np.float64]:
        """The goal that is told now, on the floor [m] (3,)."""
        return self._moment.goal

    @property
    def distance(self) -> float:
        """Length of the shortest way to the nearest goal [m]."""
        return self._goals.distance(self.simulator.agent_state.position)

    # How it is done

    def _chosen(self, options: dict[str, Any] | None) -> Episode:
        wanted = (options or {}).get("episode")
        if isinstance(wanted, Episode):
            return wanted
        if wanted is None:
            return self._episodes.drawn(self.np_random, self.scenes.pathfinder)
        return self._episodes.numbered(int(wanted), self.scenes.pathfinder)

    def _new_goals(self, episode: Episode) -> Goals:
        pathfinder, speed = self.simulator.pathfinder, self.settings.goal_speed
        if speed > 0.0:
            return WalkingGoal(pathfinder, episode, speed, self.settings.step_time, self.np_random)
        return StandingGoals(pathfinder, episode)

    def _new_sound(self) -> HeardSound | None:
        if not self._hears or self.settings.sound is None:
            return None
        sound = dry_sound(self.settings.sound, self.settings.sample_rate)
        return HeardSound(sound, self._sizes.step_samples, int(self.np_random.integers(self._sizes.step_samples)))

    def _reward(self, before: float, chirped: bool) -> float:
        record, worth = self._record, self.settings.reward
        assert record is not None
        gained = worth.progress * (before - record.distance) + worth.step + worth.chirp * chirped
        if record.stopped:
            gained += worth.success if record.success else worth.failure
        return float(gained + worth.collision * self._moment.collided)

    def _info(self) -> dict[str, Any]:
        record, episode = self._record, self.episode
        assert record is not None and episode is not None
        return {"scene": scene_name(episode.scene_id), "episode": str(episode.episode_id), **record.measures()}
