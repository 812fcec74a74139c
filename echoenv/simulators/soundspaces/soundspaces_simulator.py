"""SoundSpaces 1.0 as a simulator: an agent on a graph, which hears precomputed responses and sees cached views.

The one idea: a pose is a node and one of four headings, and every answer is a file. Whoever asks for another pose is
told the nearest; whatever file is missing is silence, and is counted.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.impulse_response import ImpulseResponse
from echoenv.audio.chirps import ECHO_DURATION
from echoenv.datasets.soundspaces.audio_goal import AudioGoal
from echoenv.datasets.soundspaces.folder import SoundSpacesFolder
from echoenv.datasets.soundspaces.rules import CAMERA_HEIGHT, SoundSpacesRules, azimuth_of, checked_heading
from echoenv.errors import EngineError, PoseError, SettingsError, nearest
from echoenv.navigation.motion import ACTIONS, MotionSettings
from echoenv.rays.engine import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.pose import as_position, heading_to_matrix, heading_to_quaternion
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import AgentState, sensor_positions
from echoenv.simulators.arguments import Directivities, as_duration, as_headings, as_positions, as_seeds
from echoenv.simulators.simulator import HEADINGS, RESPONSE_DURATION, Simulator
from echoenv.simulators.soundspaces.graph_walks import GraphPathFinder
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import CHANNELS, Renderer

TURN = 90.0
CACHED_CHANNELS = ("rgb", "depth")
_CHIRP_HIGH = 20000.0  # [Hz]
_EAR_SLACK = 0.1  # [m] up or down: a source may be at the height of ears or of the camera


class SoundSpacesSimulator(Simulator):
    """`echoenv.Simulator` with `backend="soundspaces"`: precomputed data of SoundSpaces 1.0, or of ours in its layout.

    Turns are 90 degrees and a step is one edge of the graph. Responses are binaural and repeatable, so seeds change
    nothing. Positions are nodes of the graph, on the floor; sources are above nodes, at the height of the ears.

    Args:
        scene: Its name in the folder.
        backend: `soundspaces`.
        data_dir: The folder with `metadata`, `binaural_rirs` and `scene_observations`.
        dataset: Name of the data set's folders, such as `replica`; None takes the only one.
        rules: `replica`, `mp3d`, or rules of one's own; None goes by the data set's name.
        mesh: A mesh file, a name or a `Scene` of the same place, from which views are rendered with any camera and all
            channels; None shows the cached views.
        up: Which axis of a mesh file is up, where it should not be found out.
        camera: For a mesh. Cached views have the size that they have, and 90 degrees.
        motion: The graph's own (a step of its spacing, turns of 90 degrees), or None.
        sample_rate: That of the data set, or None.
        seed: Of random nodes.
        device: Where views of a mesh are traced.
        threads: Threads on a CPU; None takes all cores.

    Attributes:
        files: Points, graph, responses and views of the scene; `files.silent_counts()` tells what was missing.
        scene_name: As given.
        channels: `rgb` and `depth`; with a mesh all.

    Raises:
        DatasetError: The folder is not of SoundSpaces, is not whole, or has no such scene.
        SettingsError: A camera, motion or sample rate that the data do not have.
    """

    backend: ClassVar[str] = "soundspaces"

    def __init__(
        self,
        scene: str | Path | Scene,
        *,
        backend: str = "soundspaces",
        data_dir: str | Path | None = None,
        dataset: str | None = None,
        rules: str | SoundSpacesRules | None = None,
        mesh: str | Path | Scene | None = None,
        up: str | None = None,
        camera: Camera | None = None,
        motion: MotionSettings | None = None,
        sample_rate: int | None = None,
        seed: int = 0,
        device: str = "cpu",
        threads: int | None = None,
    ) -> None:
        if data_dir is None or not isinstance(scene, str):
            raise SettingsError(
                "backend='soundspaces' needs the name of a scene and data_dir=, the folder with metadata/ and "
                "binaural_rirs/; a mesh is given as mesh="
            )
        folder = SoundSpacesFolder(data_dir, dataset, rules)
        self.files, self.scene_name = folder.scene(scene), scene
        own = MotionSettings(folder.rules.grid_spacing, TURN, allow_sliding=False)
        _require_own("motion", _amounts(motion or own), _amounts(own), folder)
        rate = folder.rules.sample_rate
        _require_own("sample_rate", rate if sample_rate is None else sample_rate, rate, folder)
        self._mesh = mesh if mesh is None or isinstance(mesh, Scene) else load_scene(mesh, up=up)
        self._device, self._threads = device, threads
        camera = self._checked_camera(camera)
        super().__init__(scene, backend=backend, camera=camera, motion=own, sample_rate=rate, seed=seed)
        self.channels = CACHED_CHANNELS if mesh is None else CHANNELS  # type: ignore[misc]
        self.receiver = None

    def _checked_camera(self, camera: Camera | None) -> Camera | None:
        """The camera of the cached views, or any for a mesh.

        Raises:
            SettingsError: Another camera than that of the cached views.
        """
        if self._mesh is not None or not self.files.has_observations:
            return camera
        height, width = self.files.observations.size
        cached = Camera(width, height)
        if camera is not None and (camera.width, camera.height, camera.hfov) != (width, height, cached.hfov):
            raise SettingsError(
                f"camera of {camera.width} x {camera.height} pixels and {camera.hfov:g} degrees: cached views are "
                f"{width} x {height} and 90; leave camera= out, or give mesh= to render others"
            )
        return cached

    @property
    def scene(self) -> Scene:  # type: ignore[override]
        """The mesh that was given.

        Raises:
            EngineError: None was: SoundSpaces' files hold no geometry.
        """
        if self._mesh is None:
            raise EngineError("SoundSpaces' files hold no geometry: give mesh= to have the scene itself")
        return self._mesh

    @cached_property
    def pathfinder(self) -> GraphPathFinder:
        """The graph, with the methods of `PathFinder`."""
        return GraphPathFinder(self.files, self.seed)

    @cached_property
    def renderer(self) -> Renderer:
        """Renders views of the mesh; built when it is first needed."""
        return Renderer(RayEngine(self.scene, device=self._device, threads=self._threads))

    # The agent

    @property
    def node(self) -> int:
        """The node at which the agent is."""
        return self.files.node_at(self.agent_state.position)

    def _placed(self, state: AgentState, moved: bool) -> AgentState:
        """The state at a node, with one of four headings.

        Raises:
            PoseError: It is another one; names the nearest.
        """
        return self._state_at(self.files.node_at(state.position), checked_heading(state.heading))

    def _state_at(self, node: int, heading: int) -> AgentState:
        return AgentState(self.files.position(node), heading_to_quaternion(heading))

    def _moved(self, state: AgentState, action: str) -> tuple[AgentState, bool]:
        """Where an action leads; forward without an edge is a collision, and the agent stays."""
        if action not in ACTIONS:
            raise SettingsError(f"action {action!r} is not known: {nearest(str(action), ACTIONS)}")
        node, heading = self.files.node_at(state.position), checked_heading(state.heading)
        if action == "move_forward":
            ahead = self.pathfinder.node_ahead(node, heading)
            return self._state_at(node if ahead is None else ahead, heading), ahead is None
        turn = round(TURN) if action == "turn_left" else -round(TURN)
        return self._state_at(node, (heading + turn) % 360), False

    # Sight

    def observe(
        self, positions: ArrayLike, headings: ArrayLike, channels: tuple[str, ...] | None = None
    ) -> dict[str, NDArray[Any]]:
        """As `Simulator.observe`, at nodes and in four headings; None takes all channels that there are.

        Raises:
            PoseError: Another pose; names the nearest.
            DatasetError: There are no cached views, or none from there.
            EngineError: A channel that is not cached.
        """
        places, angles = as_positions(positions, "positions"), as_headings(headings)
        if len(angles) != len(places):
            raise PoseError(f"{len(places)} positions and {len(angles)} headings: give one heading for each position")
        nodes = [self.files.node_at(place) for place in places]
        turns = [checked_heading(angle) for angle in angles]
        wanted = self.channels if channels is None else tuple(channels)
        if self._mesh is not None:
            at = np.array([self.files.position(node) for node in nodes])
            return self.renderer.render(sensor_positions(at), heading_to_matrix(turns), self.camera, wanted)
        for name in wanted:
            if name not in CACHED_CHANNELS:
                raise EngineError(f"cached views have no '{name}', only rgb and depth: give mesh= to render it")
        views = [self.files.observation(node, turn) for node, turn in zip(nodes, turns, strict=True)]
        return {name: np.stack([_channel(view, name, self.files.name) for view in views]) for name in wanted}

    # Sound

    def impulse_response(
        self,
        source: ArrayLike,
        duration: float = RESPONSE_DURATION,
        seed: int | None = None,
        *,
        directivity: str | Directivity | None = None,
        source_rotation: ArrayLike = 0.0,
    ) -> ImpulseResponse:
        """As `Simulator.impulse_response`, from a point above a node; silence follows where a file ends earlier."""
        _require_omnidirectional(directivity)
        node = self.source_node(source)
        samples = self._heard(self.node, node, checked_heading(self.agent_state.heading), as_duration(duration))
        return ImpulseResponse(samples, self.sample_rate)

    def impulse_responses(
        self,
        sources: ArrayLike,
        positions: ArrayLike,
        headings: ArrayLike = (0.0,),
        duration: float = RESPONSE_DURATION,
        seed: int | None = None,
        *,
        directivities: Directivities = None,
        source_rotations: ArrayLike | None = None,
    ) -> NDArray[np.float32]:
        """As `Simulator.impulse_responses`, between nodes and in four headings; seeds change nothing."""
        given = directivities if isinstance(directivities, list | tuple) else [directivities]
        _require_omnidirectional(next((one for one in given if one is not None), None))
        emitters = [self.source_node(point) for point in as_positions(sources, "sources")]
        listeners = [self.files.node_at(place) for place in as_positions(positions, "positions")]
        turns = [checked_heading(angle) for angle in as_headings(headings)]
        length = as_duration(duration)
        return np.stack([
            np.stack([np.stack([self._heard(ear, mouth, turn, length) for turn in turns]) for ear in listeners])
            for mouth in emitters
        ])  # fmt: skip

    def echo_responses(
        self,
        positions: ArrayLike,
        headings: ArrayLike = HEADINGS,
        seeds: ArrayLike | None = None,
        duration: float = RESPONSE_DURATION,
    ) -> NDArray[np.float32]:
        """As `Simulator.echo_responses`: files whose receiver is their source; seeds change nothing.

        Files of SoundSpaces hold the direct sound as well; those that EchoEnv writes hold what comes back.
        """
        nodes = [self.files.node_at(place) for place in as_positions(positions, "positions")]
        turns = [checked_heading(angle) for angle in as_headings(headings)]
        if seeds is not None:
            as_seeds(seeds, len(nodes))
        length = as_duration(duration)
        return np.stack([np.stack([self._heard(node, node, turn, length) for turn in turns]) for node in nodes])

    def echo(self, seed: int | None = None) -> NDArray[np.float32]:
        """As `Simulator.echo`; the seed changes nothing."""
        state = self.agent_state
        return self._echo_from(self.echo_responses(state.position[None], [state.heading], None, ECHO_DURATION))[0, 0]

    def hear(
        self, goal: AudioGoal, source: ArrayLike, step: int, distractor: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """What the agent hears of a sound in the second that begins now, by SoundSpaces' own rules.

        Args:
            goal: The sound, which remembers how far it is; see `AudioGoal`.
            source: Where it is [m] (3,), above a node.
            step: Number of actions since the episode began.
            distractor: Where the goal's distractor is [m] (3,), above a node.

        Returns:
            (2, sample_rate) float32, not normalised.
        """
        node, heading = self.node, checked_heading(self.agent_state.heading)
        emitter = self.source_node(source)
        far = None if distractor is None else self.files.response(node, self.source_node(distractor), heading)
        pose = (emitter, node, azimuth_of(heading))
        return goal.hear(self.files.response(node, emitter, heading), step, pose, far)

    def source_node(self, source: ArrayLike) -> int:
        """The node above which a source [m] (3,) is, at the height of the ears or of the camera.

        Raises:
            PoseError: It is elsewhere; names the nearest node, or the height.
        """
        point = as_position(source, "source")
        rules = self.files.rules
        heights = (CAMERA_HEIGHT, rules.ear_height)
        lowered = point - [0.0, rules.ear_height, 0.0]
        if not len(self.files.positions):
            return self.files.node_at(lowered)
        close = int(np.argmin(np.linalg.norm(self.files.positions - lowered, axis=1)))
        above = point[1] - self.files.positions[close, 1]
        if not min(heights) - _EAR_SLACK <= above <= max(heights) + _EAR_SLACK:
            raise PoseError(
                f"source {[round(float(value), 3) for value in point]} is {above:.2f} m above node "
                f"{self.files.nodes[close]}: precomputed sources are {rules.ear_height} m above nodes"
            )
        lowered[1] = self.files.positions[close, 1]
        return self.files.node_at(lowered)

    def _heard(self, receiver: int, source: int, heading: int, duration: float) -> NDArray[np.float32]:
        """A response (2, samples) cut or followed by silence."""
        stored = self.files.response(receiver, source, heading)
        samples = np.zeros((2, round(duration * self.sample_rate)), np.float32)
        kept = stored[:, : samples.shape[1]]
        samples[:, : kept.shape[1]] = kept
        return samples


def _amounts(motion: MotionSettings) -> tuple[float, float]:
    return motion.forward, motion.turn


def _require_own(name: str, given: object, own: object, folder: SoundSpacesFolder) -> None:
    """Checks that a setting is the one that the data were made with.

    Raises:
        SettingsError: It is another.
    """
    if given != own:
        made = folder.root / "metadata" / folder.dataset
        raise SettingsError(f"{name} {given} is not that of {made}, which is {own}: leave {name}= out")


def _require_omnidirectional(directivity: object) -> None:
    if directivity is not None:
        raise EngineError("precomputed responses are of sources that send the same to all sides: leave directivity out")


def _channel(view: dict[str, NDArray[Any]], name: str, scene: str) -> NDArray[Any]:
    if name not in view:
        raise EngineError(f"cached views of scene '{scene}' have no '{name}': give mesh= to render it")
    return view[name]
