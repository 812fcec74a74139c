"""The navigation task as a Gymnasium environment: one agent, one episode at a time.

The one idea: an episode says where the agent starts and where its goal is; the environment puts the agent there,
carries out its actions, and tells what it senses (`sensors`), what a step was worth (`settings.Reward`) and how well it
did (`measures`, in `info` at the end).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from echoenv.audio.chirps import ECHO_DURATION
from echoenv.datasets.episode_scenes import scene_name
from echoenv.datasets.episode_types import Episode
from echoenv.envs.actions import ACTIONS, MOVES, action_set
from echoenv.envs.ego_map import AcousticMemory, EgoMap
from echoenv.envs.episode_checks import require_fit
from echoenv.envs.episode_source import episode_source
from echoenv.envs.goals import Goals, StandingGoals, WalkingGoal
from echoenv.envs.grid_walks import TURN, GridWalks, grid_walks
from echoenv.envs.heard import HeardSound
from echoenv.envs.measures import EpisodeRecord
from echoenv.envs.open_scenes import OpenScenes
from echoenv.envs.sensors import Moment, SensorSizes, sensors_named
from echoenv.envs.settings import NavigationSettings
from echoenv.envs.sounds import dry_sound
from echoenv.envs.task_sounds import TaskSounds
from echoenv.errors import SettingsError
from echoenv.simulators.agent import AgentState
from echoenv.vision.camera import Camera

__all__ = ["ACTIONS", "MOVES", "NavigationEnv"]

_NEAREST_SOURCE = 0.1
"""A source nearer to the ears [m] is raised to this: what sounds at the very ears has no direct sound."""


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
        self._owns_scenes = scenes is None
        self.scenes = scenes or OpenScenes(self.settings)
        self._actions = action_set(self.settings)
        self.actions, self.action_space = self._actions.names, self._actions.space
        self._camera, rate = self._look_and_rate()
        self._sizes = SensorSizes(
            self._camera.height, self._camera.width, self.settings.max_depth, rate,
            round(self.settings.step_time * rate), round(ECHO_DURATION * rate), self._actions.size, not self.actions,
        )  # fmt: skip
        self._around = Camera(2 * self._camera.height, self._camera.height, projection="equirectangular")
        spaces = {one.name: one.space(self._sizes) for one in self.sensors}
        self.observation_space = cast(Any, gym.spaces.Dict(spaces))
        self.channels = tuple(dict.fromkeys(channel for one in self.sensors for channel in one.channels))
        self._around_channels = tuple(dict.fromkeys(name for one in self.sensors for name in one.around))
        size = self._camera.height, self._camera.width, self._camera.hfov
        self._ego_map = EgoMap(*size) if any(one.maps for one in self.sensors) else None
        self._acoustic_memory = AcousticMemory() if any(one.remembers for one in self.sensors) else None
        self._sounds = TaskSounds(self.settings, any(one.hears for one in self.sensors))
        self._episodes = episode_source(self.settings, self._sounds.names)
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
        """Carry out an action; see `ACTIONS`, or `VelocityActions` for velocities.

        Raises:
            SettingsError: There is no such action, or the episode has ended.
        """
        self.act(action)
        return self.told(self.look())

    # A step in three parts, for those who carry out many at once

    def begin(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Put the agent where an episode begins."""
        super().reset(seed=seed)
        self._record = None  # where this fails there is no episode
        self.episode = self._chosen(options)
        self.simulator = self.scenes.agent(self.episode.scene_id)
        self._actions.begin(self.simulator)
        self.pathfinder = self._walkable(self.episode.scene_id)
        self._require_same_views(self.episode)
        require_fit(self.episode, self.pathfinder)
        start = self._put(self.episode)
        self._goals = self._new_goals(self.episode)
        distance = self._goals.distance(start.position)
        actions = (self.episode.info or {}).get("num_action")
        self._record = EpisodeRecord(start.position, distance, self.settings.success_distance, actions)
        self._sound = self._new_sound(self.episode)
        self._moment, self._worth = Moment(start, start, self._goal_from(start.position)), 0.0
        if self._ego_map is not None:
            self._ego_map.begin(start)
            self._moment.ego_map = self._ego_map
        if self._acoustic_memory is not None:
            self._acoustic_memory.begin(start)
            self._moment.acoustic_memory = self._acoustic_memory

    def act(self, action: Any) -> None:
        """Carry out an action without a look; raises as `step` does."""
        if self._record is None or self._record.stopped or self._record.steps >= self.settings.max_steps:
            raise SettingsError("the episode has ended, or none has begun: call reset() first")
        command = self._actions.read(action)
        record, before, name = self._record, self._record.distance, command.name
        collided = self._actions.carry_out(self.simulator, command)
        self._goals.advance()
        state = self.simulator.agent_state
        record.moved(state.position, self._goals.distance(state.position), collided, stopped=name == "stop")
        goal, vector = self._goal_from(state.position), command.vector
        known = {"ego_map": self._ego_map, "acoustic_memory": self._acoustic_memory}
        self._moment = Moment(state, self._moment.start, goal, collided, action=vector, **cast(Any, known))
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
        if self._around_channels:
            moment.panorama = self._seen_around()
        if self._sound is not None:
            moment.heard = self._sound.hear(self._response())
            if moment.acoustic_memory is not None:
                moment.acoustic_memory.hear(moment.heard, moment.state)
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
            return self._episodes.drawn(self.np_random, self._walkable)
        if not isinstance(wanted, (int, np.integer)) or isinstance(wanted, bool) or wanted < 0:
            raise SettingsError(f"episode {wanted!r}: give an Episode, or the number of one, 0 or more")
        return self._episodes.numbered(int(wanted), self._walkable)

    def _put(self, episode: Episode) -> AgentState:
        """Put the agent where the episode begins; on a grid exactly at its point and in its heading."""
        if isinstance(self.pathfinder, GridWalks):
            heading = TURN * round(episode.start_heading / TURN) % 360.0
            return self.simulator.set_agent_state(self.pathfinder.snap_point(episode.start), heading)
        x, y, z, w = episode.start_rotation
        return self.simulator.set_agent_state(episode.start, rotation=[w, x, y, z])

    def _walkable(self, scene_id: str) -> Any:
        """Where one can be in a scene with these actions: a `PathFinder`, or `GridWalks`."""
        simulator = self.scenes.simulator(scene_id)
        grid = self.settings.action_set == "grid"
        return grid_walks(simulator, self.settings.grid_spacing) if grid else simulator.pathfinder

    def _require_same_views(self, episode: Episode) -> None:
        """Refuse a scene of precomputed data whose views or sounds are of another size than those of the first."""
        found = self.simulator.camera, self.simulator.sample_rate
        if self.settings.backend == "soundspaces" and found != (self._camera, self._sizes.sample_rate):
            raise SettingsError(
                f"scene '{scene_name(episode.scene_id)}' has other views or another sample rate than "
                f"'{scene_name(self.settings.scenes[0])}': make one environment for each"
            )

    def _new_goals(self, episode: Episode) -> Goals:
        speed = self.settings.goal_speed
        if speed > 0.0:
            return WalkingGoal(self.pathfinder, episode, speed, self.settings.step_time, self.np_random)
        return StandingGoals(self.pathfinder, episode)

    def _goal_from(self, position: NDArray[np.float64]) -> NDArray[np.float64]:
        """The goal that is told at a position; one that walks on a grid goes from point to point."""
        goal = self._goals.nearest(position)
        if self.settings.goal_speed > 0.0 and isinstance(self.pathfinder, GridWalks):
            return self.pathfinder.snap_point(goal)
        return goal

    def _look_and_rate(self) -> tuple[Camera, int]:
        """The camera and the sample rate: those of precomputed data, or those of the settings."""
        chosen = self.settings
        if chosen.backend != "soundspaces":
            return Camera(chosen.width, chosen.height, chosen.hfov), chosen.sample_rate
        simulator = self.scenes.simulator(chosen.scenes[0])
        for one in self.sensors:
            if one.around or not set(one.channels) <= set(simulator.channels):
                raise SettingsError(f"sensor '{one.name}' is not in precomputed data, which have rgb and depth")
        return simulator.camera, simulator.sample_rate

    def _new_sound(self, episode: Episode) -> HeardSound | None:
        name = self._sounds.of(episode, self.np_random)
        self._sound_name = None if name is None else Path(name).stem
        if name is None:
            return None
        begin = int(self.np_random.integers(self._sizes.step_samples))
        return HeardSound(dry_sound(name, self._sizes.sample_rate), self._sizes.step_samples, begin)

    def _source(self) -> NDArray[np.float64]:
        """Where the goal sounds [m] (3,)."""
        source, ears = self._moment.goal + [0.0, self.settings.source_height, 0.0], self._moment.state.sensor_position
        if self.settings.backend != "soundspaces" and np.linalg.norm(source - ears) < _NEAREST_SOURCE:
            return np.asarray(ears + [0.0, _NEAREST_SOURCE, 0.0])
        return np.asarray(source)

    def _response(self) -> NDArray[np.float32]:
        """From the goal to the ears (2, n)."""
        assert self.episode is not None
        source, duration = self._source(), self.settings.response_duration
        return self.scenes.responses.get(
            scene_name(self.episode.scene_id),
            source,
            self._moment.state,
            lambda: self.simulator.impulse_response(source, duration).samples,
        )

    def _seen_around(self) -> dict[str, NDArray[Any]]:
        """Views all around (H, 2H, ...) by channel."""
        state, simulator = self._moment.state, cast(Any, self.simulator)
        eyes, turns = state.sensor_position[None], state.matrix[None]
        views = simulator.renderer.render(eyes, turns, self._around, self._around_channels)
        return {name: view[0] for name, view in views.items()}

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
        sound = {} if self._sound_name is None else {"sound": self._sound_name}
        return {"scene": scene_name(episode.scene_id), "episode": str(episode.episode_id), **sound, **record.measures()}
