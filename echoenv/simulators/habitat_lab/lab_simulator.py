"""`EchoEnvSim-v0`: Habitat-Lab's simulator interface over EchoEnv's scenes.

The one idea: Habitat-Lab's own sensor classes are used as they are (clipping and scaling of depth included); this class
gives them raw views, and answers every other question from the scene's walkable space. Only `registration` imports this
module, for it imports Habitat-Lab.
"""

from __future__ import annotations

import warnings
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
from gym import spaces
from habitat.core.registry import registry
from habitat.core.simulator import SensorSuite
from habitat.core.simulator import Simulator as HabitatLabSimulator
from numpy.typing import ArrayLike, NDArray

from echoenv.audio.chirps import ECHO_DURATION, chirp, echo_of
from echoenv.errors import PoseError, SettingsError, nearest
from echoenv.navigation.motion import MotionSettings, move
from echoenv.scene.pose import as_position, described, numbers, quaternion_to_matrix
from echoenv.simulators.habitat_lab import SIMULATOR_TYPE
from echoenv.simulators.habitat_lab.cameras import MountedCamera, camera_of, look
from echoenv.simulators.habitat_lab.homes import AgentSize, Home, Homes
from echoenv.simulators.habitat_lab.lab_agent import LabAgent, LabAgentState, as_quaternion, rotation_of_heading
from echoenv.simulators.habitat_lab.lab_follower import LabFollower
from echoenv.simulators.habitat_lab.lab_pathfinder import GoalDistances, LabPathFinder
from echoenv.simulators.habitat_lab.settings import LabSettings

ACTIONS = ("stop", "move_forward", "turn_left", "turn_right")
"""The actions, by Habitat's numbers."""

_NUDGE = 0.25
"""A start so near [m] to walkable space is put there: other navmeshes reach some centimetres further than ours."""

SOURCE_HEIGHT = 1.5
"""Height [m] of a sounding goal above its position on the floor, as in SoundSpaces 2.0, and as the agent's ears."""


@registry.register_simulator(name=SIMULATOR_TYPE)
class EchoEnvSim(HabitatLabSimulator):
    """EchoEnv as a simulator of Habitat-Lab.

    Args:
        config: `habitat.simulator` of a Habitat-Lab configuration. Used are scene, scene_dataset, the one agent
            (height, radius, max_climb, sensors, start), forward_step_size, turn_angle, habitat_sim_v0.allow_sliding and
            seed.

    Attributes:
        habitat_config: The configuration as it is now.
        home: The scene as it is open now.
        steps: Steps since the last reset.

    Raises:
        SettingsError: There is not exactly one agent, or a sensor is of a kind that is not here.
        SceneNotFoundError, SceneFileError, MeshError: The scene cannot be had.
    """

    settings: ClassVar[LabSettings] = LabSettings()
    """What `register` was given."""

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.habitat_config = config
        self._homes = Homes(self.settings)
        sensors = [registry.get_sensor(each.type)(each) for each in self._agent_config.sim_sensors.values()]
        self._sensor_suite = SensorSuite(sensors)
        self.cameras: list[MountedCamera] = [camera_of(sensor.config, sensor.uuid) for sensor in sensors]
        self._action_space = spaces.Discrete(len(ACTIONS))
        self.agents = [LabAgent()]
        self.home: Home = self._open()
        self.steps = 0
        self.seed(int(config.seed))
        self._first_state = LabAgentState(np.array(self.sample_navigable_point(), np.float32), rotation_of_heading(0.0))
        self.agents[0].set_state(self._first_state)
        self._prev_sim_obs: dict[str, Any] = {}
        self._set_start()

    # What Habitat-Lab asks when it makes an environment

    @property
    def sensor_suite(self) -> SensorSuite:
        """The sensors of the configuration."""
        return self._sensor_suite

    @property
    def action_space(self) -> Any:
        """Habitat's four numbered actions."""
        return self._action_space

    @property
    def config(self) -> SimpleNamespace:
        """The little that Habitat-Lab reads of Habitat-Sim's own configuration."""
        sliding = SimpleNamespace(allow_sliding=bool(self.habitat_config.habitat_sim_v0.allow_sliding))
        return SimpleNamespace(sim_cfg=sliding, enable_batch_renderer=False)

    @property
    def pathfinder(self) -> LabPathFinder:
        """Walkable space, by Habitat-Sim's names."""
        return self.home.pathfinder

    @property
    def sample_rate(self) -> int:
        """Of all sounds [Hz]."""
        return int(self.home.simulator.sample_rate)

    @property
    def channels(self) -> int:
        """Ears, or what the receiver has instead."""
        return int(getattr(self.home.simulator.receiver, "channels", 2))

    @property
    def up_vector(self) -> NDArray[np.float64]:
        """The direction up (3,), world frame."""
        return np.array([0.0, 1.0, 0.0])

    @property
    def forward_vector(self) -> NDArray[np.float64]:
        """The direction (3,), world frame, in which an agent of heading 0 looks."""
        return np.array([0.0, 0.0, -1.0])

    def seed(self, seed: int) -> None:
        """Begin the series of random navigable points anew."""
        self._seed = int(seed)
        self.pathfinder.seed(self._seed)

    # Episodes

    def reconfigure(self, config: Any, episode: Any = None, *_: Any) -> None:
        """Go to the scene and start that a configuration names, opening the scene where it is another.

        Warns:
            UserWarning: The start is far from where the agent can stand: the episode may be of another scene.
        """
        same = (config.scene, config.scene_dataset) == (self.home.scene_id, self._scene_dataset)
        self.habitat_config = config
        if not same:
            self.home = self._open()
            self.pathfinder.seed(self._seed)
        self._set_start(episode)

    def reset(self) -> Any:
        """Begin the episode: the agent at its start.

        Returns:
            Its observations.
        """
        if not self._set_start():
            self.agents[0].set_state(self._first_state)
        self.steps = 0
        return self._observations(collided=False)

    def step(self, action: Any, *_: Any, **__: Any) -> Any:
        """Do an action, by Habitat's number or its name; None and `stop` look on.

        Returns:
            Observations afterwards.

        Raises:
            SettingsError: There is no such action.
        """
        name = _action_name(action)
        collided = False
        if name not in ("stop", None):
            state = self.agents[0].state
            heading = state.heading
            position, turned, collided = move(self.pathfinder.finder, state.position, heading, str(name), self._motion)
            # A step keeps the rotation to the last bit.
            rotation = state.rotation if name == "move_forward" else rotation_of_heading(turned)
            self.agents[0].set_state(LabAgentState(position, rotation))
        self.steps += 1
        return self._observations(collided)

    def step_physics(self, dt: float) -> None:
        """Nothing moves by itself here."""

    @property
    def previous_step_collided(self) -> bool:
        """Whether the last step met an obstacle; not so after a reset or a turn."""
        return bool(self._prev_sim_obs.get("collided", False))

    # The agent

    def get_agent(self, agent_id: int = 0) -> LabAgent:
        """The agent.

        Raises:
            SettingsError: Another than number 0: there is one.
        """
        if agent_id != 0:
            raise SettingsError(f"there is no agent {agent_id}: EchoEnvSim-v0 has one, number 0")
        return self.agents[0]

    def get_agent_state(self, agent_id: int = 0) -> LabAgentState:
        """Where the agent is: position [m] (3,) float32 and rotation, a numpy-quaternion (w, x, y, z)."""
        return self.get_agent(agent_id).get_state()

    def set_agent_state(
        self, position: ArrayLike, rotation: Any, agent_id: int = 0, reset_sensors: bool = True
    ) -> bool:
        """Put the agent somewhere; it is not moved onto walkable space, as in Habitat.

        Args:
            position: [m] (3,), world frame.
            rotation: List (x, y, z, w), or an object with w, x, y, z such as a numpy-quaternion.
            agent_id: 0.
            reset_sensors: Of no meaning: sensors are fixed to the agent.

        Returns:
            True.

        Raises:
            PoseError: Not finite numbers, or no rotation.
        """
        state = LabAgentState(as_position(position).astype(np.float32), as_quaternion(rotation))
        self.get_agent(agent_id).set_state(state)
        return True

    # Sight

    def get_sensor_observations(self) -> dict[str, Any]:
        """Raw views by sensor: colours (H, W, 3), depth [m] (H, W), ids of objects (H, W)."""
        state = self.agents[0].state
        position = state.position.astype(np.float64)
        return look(self.home.simulator.renderer, self.cameras, position, quaternion_to_matrix(state.wxyz))

    def get_observations_at(
        self, position: ArrayLike | None = None, rotation: Any = None, keep_agent_at_new_pose: bool = False
    ) -> Any:
        """Observations from another pose (rotation as in `set_agent_state`), or, without one, from the agent's own."""
        before = self.get_agent_state()
        if position is not None and rotation is not None:
            self.set_agent_state(position, rotation)
        seen = self._observations(collided=False)
        if not keep_agent_at_new_pose:
            self.agents[0].set_state(before)
        return seen

    def render(self, mode: str = "rgb") -> NDArray[Any]:
        """What the sensor called `mode` sees.

        Raises:
            SettingsError: There is no such sensor.
        """
        seen = self._sensor_suite.get_observations(self.get_sensor_observations())
        if mode not in seen:
            raise SettingsError(f"there is no sensor '{mode}' to render: {nearest(mode, seen)}")
        return np.asarray(seen[mode])

    # Ways

    def geodesic_distance(self, position_a: ArrayLike, position_b: ArrayLike, episode: Any = None) -> float:
        """Length [m] of the shortest way from a point to the nearest of one or more goals.

        Args:
            position_a: [m] (3,), snapped to walkable space.
            position_b: [m] (3,) or (g, 3).
            episode: Where the search from the goals is kept for the next question. (Habitat-Sim answers the next one
                for the *first* goals, whatever is asked; here other goals are searched anew.)

        Returns:
            `inf` where there is no way.
        """
        start = as_position(position_a)
        goals = numbers(position_b).reshape(-1, 3)
        if not np.isfinite(goals).all() or not len(goals):
            raise PoseError(f"goals {described(position_b)} must be one or more finite points [x, y, z] in metres")
        kept = None if episode is None else episode._shortest_path_cache
        if not isinstance(kept, GoalDistances) or not kept.are_for(self.pathfinder.finder, goals):
            kept = GoalDistances(self.pathfinder.finder, goals)
        if episode is not None:
            episode._shortest_path_cache = kept
        return kept.from_start(start)

    def get_straight_shortest_path_points(self, position_a: ArrayLike, position_b: ArrayLike) -> list[Any]:
        """Turning points [m], each (3,), of the shortest way between two points, both included; [] for none."""
        way = self.pathfinder.finder.find_path(as_position(position_a), as_position(position_b))
        return [point.astype(np.float32) for point in way.points]

    def make_greedy_follower(self, agent_id: int = 0, goal_radius: float | None = None, **keys: Any) -> LabFollower:
        """Who chooses actions along the shortest way; Habitat-Lab's `ShortestPathFollower` uses it.

        Args:
            agent_id: 0.
            goal_radius: Where it stops [m]; three quarters of a step by default, as in Habitat.
            **keys: What it answers: stop_key, forward_key, left_key, right_key.
        """
        return LabFollower(self, goal_radius or 0.75 * self._motion.forward, keys)

    def sample_navigable_point(self) -> list[float]:
        """A random point [m] (x, y, z) where the agent can be, inside the home."""
        return [float(value) for value in self.pathfinder.get_random_navigable_point()]

    def is_navigable(self, point: ArrayLike) -> bool:
        """Whether the agent can stand at a point [m] (3,)."""
        return self.pathfinder.is_navigable(point)

    def distance_to_closest_obstacle(self, position: ArrayLike, max_search_radius: float = 2.0) -> float:
        """Distance [m] to the edge of walkable space, `max_search_radius` at most."""
        return self.pathfinder.distance_to_closest_obstacle(position, max_search_radius)

    def island_radius(self, position: ArrayLike) -> float:
        """How far [m] the walkable space around a point reaches from its middle."""
        return self.pathfinder.island_radius(position)

    # Sound

    def echo(self) -> NDArray[np.float32]:
        """The first 60 ms (channels, samples) of what comes back when the agent chirps where it stands.

        The chirp climbs to 20 kHz, or to half the sample rate where that is less.
        """
        position, heading = self._ears()
        responses = self.home.simulator.echo_responses(position, heading, duration=ECHO_DURATION)[0, 0]
        sweep = chirp(high=min(20000.0, self.sample_rate / 2.0), sample_rate=self.sample_rate)
        return echo_of(responses, sweep, ECHO_DURATION, self.sample_rate)

    def response_from(self, place: ArrayLike) -> NDArray[np.float32]:
        """How a sound 1.5 m above a place on the floor [m] (3,) reaches the agent's ears: (channels, samples)."""
        source = as_position(place) + np.array([0.0, SOURCE_HEIGHT, 0.0])
        position, heading = self._ears()
        duration = self.settings.response_duration
        return self.home.simulator.impulse_responses(source[None], position, heading, duration)[0, 0, 0]

    def close(self, destroy: bool = True) -> None:
        """Let go of the scenes."""
        self._homes.close()

    def _ears(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        state = self.agents[0].state
        return state.position.astype(np.float64)[None], np.array([state.heading])

    @property
    def _agent_config(self) -> Any:
        names = list(self.habitat_config.agents_order)
        if len(names) != 1:
            raise SettingsError(f"habitat.simulator.agents has {len(names)} agents: EchoEnvSim-v0 takes exactly one")
        return self.habitat_config.agents[names[0]]

    @property
    def _motion(self) -> MotionSettings:
        config = self.habitat_config
        sliding = bool(config.habitat_sim_v0.allow_sliding)
        return MotionSettings(float(config.forward_step_size), float(config.turn_angle), sliding)

    def _open(self) -> Home:
        agent = self._agent_config
        self._scene_dataset = str(self.habitat_config.scene_dataset)
        size = AgentSize(float(agent.height), float(agent.radius), float(agent.max_climb))
        return self._homes.open(str(self.habitat_config.scene), size, self._scene_dataset)

    def _set_start(self, episode: Any = None) -> bool:
        """Put the agent at the configuration's start, where it has one."""
        agent = self._agent_config
        if not agent.is_set_start_state:
            return False
        start = as_position([float(value) for value in agent.start_position], "start_position")
        self.set_agent_state(self._on_floor(start, episode), [float(value) for value in agent.start_rotation])
        return True

    def _on_floor(self, start: NDArray[np.float64], episode: Any) -> NDArray[np.float64]:
        if self.pathfinder.is_navigable(start):
            return start
        near = self.pathfinder.finder.snap_point(start)
        if np.linalg.norm(near - start) <= _NUDGE:
            return near
        name = f"episode '{episode.episode_id}'" if episode is not None else "the configuration"
        message = f"{name} starts at {start.tolist()}, where an agent cannot stand in '{self.habitat_config.scene}'"
        warnings.warn(f"{message}: do the episodes belong to this scene?", stacklevel=4)
        return start

    def _observations(self, collided: bool) -> Any:
        self._prev_sim_obs = {**self.get_sensor_observations(), "collided": collided}
        return self._sensor_suite.get_observations(self._prev_sim_obs)


def _action_name(action: Any) -> str | None:
    """An action by its name; None for looking on."""
    if action is None:
        return None
    if isinstance(action, (int, np.integer)) and 0 <= action < len(ACTIONS):
        return ACTIONS[int(action)]
    if isinstance(action, str) and action in ACTIONS:
        return action
    hint = nearest(action, ACTIONS) if isinstance(action, str) else f"give 0 to {len(ACTIONS) - 1}, or a name"
    raise SettingsError(f"action {described(action)} is not one of EchoEnvSim-v0's {', '.join(ACTIONS)}: {hint}")
