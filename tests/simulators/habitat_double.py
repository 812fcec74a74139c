"""A double of `habitat_sim` with the parts that the adapter uses, over EchoEnv's own rays.

The one idea: it keeps to the conventions that were measured on Habitat-Sim 0.3.3 and refuses every name that it does
not know, so the adapter's own arithmetic (quaternions, orders of axes, files, channels) can be tested where Habitat-Sim
cannot be installed. It proves nothing about Habitat-Sim itself: the contract runs on that too, where it imports.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from echoenv.navigation.motion import MotionSettings, move
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.pose import heading_to_quaternion, quaternion_to_heading, quaternion_to_matrix
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import Renderer


class Record:
    """An object with a fixed set of attributes, as those of a compiled library are."""

    _fields: tuple[tuple[str, Any], ...] = ()

    def __init__(self) -> None:
        for name, value in self._fields:
            object.__setattr__(self, name, value() if callable(value) else value)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in dict(self._fields):
            raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")
        object.__setattr__(self, name, value)


class SimulatorConfiguration(Record):
    """What habitat_sim.SimulatorConfiguration has, as far as it is used."""

    _fields = (("scene_id", "NONE"), ("gpu_device_id", 0), ("allow_sliding", True), ("enable_physics", False),
               ("random_seed", 0), ("scene_dataset_config_file", "default"))  # fmt: skip


class CameraSensorSpec(Record):
    """A pinhole camera's."""

    _fields = (("uuid", ""), ("sensor_type", None), ("sensor_subtype", None), ("resolution", lambda: [128, 128]),
               ("position", lambda: [0.0, 1.5, 0.0]), ("near", 0.01), ("far", 1000.0), ("hfov", 90.0))  # fmt: skip


class AgentConfiguration(Record):
    """An agent's."""

    _fields = (("height", 1.5), ("radius", 0.1), ("sensor_specifications", list), ("action_space", dict))


class NavMeshSettings(Record):
    """A navmesh's."""

    _fields = (("agent_height", 0.0), ("agent_radius", 0.0), ("agent_max_climb", 0.0))

    def set_defaults(self) -> None:
        self.agent_height, self.agent_radius, self.agent_max_climb = 1.5, 0.1, 0.2


class ShortestPath(Record):
    """A question and its answer."""

    _fields = (("requested_start", None), ("requested_end", None), ("points", list), ("geodesic_distance", 0.0))


class AgentState(Record):
    """Position, and rotation as a list x, y, z, w or a quaternion object."""

    _fields = (("position", lambda: np.zeros(3)), ("rotation", lambda: quaternion(1.0, 0.0, 0.0, 0.0)))


def quaternion(w: float, x: float, y: float, z: float) -> SimpleNamespace:
    """As numpy-quaternion's."""
    return SimpleNamespace(w=w, x=x, y=y, z=z)


class DoublePathFinder:
    """Habitat's questions one at a time, in single precision."""

    def __init__(self, engine: RayEngine) -> None:
        self._own = PathFinder(engine)
        self.navigable_area = self._own.navigable_area
        self._random = np.random.default_rng(0)

    def load_nav_mesh(self, path: str) -> bool:
        return Path(path).read_bytes().startswith(b"navmesh")

    def is_navigable(self, point: Any, max_y_delta: float = 0.5) -> bool:
        return bool(self._own.is_navigable(_single(point), max_y_delta))

    def snap_point(self, point: Any) -> np.ndarray:
        return self._own.snap_point(_single(point)).astype(np.float32)

    def find_path(self, path: ShortestPath) -> bool:
        found = self._own.find_path(_single(path.requested_start), _single(path.requested_end))
        path.points, path.geodesic_distance = list(found.points), found.geodesic_distance
        return bool(np.isfinite(found.geodesic_distance))

    def try_step(self, start: Any, end: Any) -> np.ndarray:
        return self._own.try_step(_single(start), _single(end)).astype(np.float32)

    def try_step_no_sliding(self, start: Any, end: Any) -> np.ndarray:
        return self._own.try_step_no_sliding(_single(start), _single(end)).astype(np.float32)

    def seed(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def get_random_navigable_point(self) -> np.ndarray:
        return self._own.get_random_navigable_point(self._random).astype(np.float32)

    def island_radius(self, point: Any) -> float:
        return 4.0 if self.is_navigable(point) else 0.0

    def get_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        points = self._own.space.floors.points
        return points.min(axis=0), points.max(axis=0)


class DoubleAgent:
    """One agent of the double."""

    def __init__(self, simulator: DoubleSimulator, configuration: AgentConfiguration) -> None:
        self._simulator, self.configuration = simulator, configuration
        self.state = AgentState()

    def set_state(self, state: AgentState) -> None:
        if isinstance(state.rotation, list | np.ndarray):
            x, y, z, w = (float(value) for value in state.rotation)
            assert np.isclose(x * x + y * y + z * z + w * w, 1.0, atol=1e-5)
            state.rotation = quaternion(w, x, y, z)
        self.state = state

    def get_state(self) -> AgentState:
        return self.state

    def act(self, action: str) -> bool:
        amounts = {name: spec.actuation.amount for name, spec in self.configuration.action_space.items()}
        sliding = self._simulator.configuration.allow_sliding
        settings = MotionSettings(amounts["move_forward"], amounts["turn_left"], sliding)
        turned = [getattr(self.state.rotation, axis) for axis in "wxyz"]
        start, heading = np.array(self.state.position, dtype=float), float(quaternion_to_heading(np.array(turned)))
        own = self._simulator.pathfinder._own
        position, heading, collided = move(own, start, heading, action, settings)
        w, x, y, z = heading_to_quaternion(np.array(heading))
        self.state = AgentState()
        self.state.position, self.state.rotation = position.astype(np.float32), quaternion(w, x, y, z)
        return bool(collided)


class DoubleSimulator:
    """Habitat's simulator over a scene file, read with the stage config beside it, as Habitat reads it."""

    def __init__(self, configuration: SimpleNamespace) -> None:
        self.configuration = configuration.sim_cfg
        assert self.configuration.gpu_device_id == -1, "a machine without a GPU renders in software"
        file, dataset = Path(self.configuration.scene_id), self.configuration.scene_dataset_config_file
        if dataset != "default":  # its stages lie beside it
            assert f"{file}.stage_config.json" in json.loads(Path(dataset).read_text())["stages"]["paths"][".json"]
            file = Path(dataset).with_name(f"{file}.glb")
        config = file.with_name(f"{file.stem}.stage_config.json")
        assert json.loads(config.read_text())["up"] == [0, 1, 0] if config.exists() else True
        if not file.exists():
            raise RuntimeError(f"no such asset {file}")
        scene = load_scene(file, up=None if config.exists() else "+z")
        semantic = file.parent / file.stem / "habitat" / "mesh_semantic.ply"
        self._renderer = Renderer(RayEngine(scene))
        self._semantic = Renderer(RayEngine(load_scene(semantic))) if semantic.exists() else None
        self._box = scene.bounds
        self.pathfinder = DoublePathFinder(RayEngine(scene))
        self._agents = [DoubleAgent(self, agent) for agent in configuration.agents]

    def get_agent(self, number: int) -> DoubleAgent:
        return self._agents[number]

    def get_active_scene_graph(self) -> SimpleNamespace:
        box = SimpleNamespace(min=self._box[0], max=self._box[1])
        return SimpleNamespace(get_root_node=lambda: SimpleNamespace(cumulative_bb=box))

    def recompute_navmesh(self, pathfinder: DoublePathFinder, settings: NavMeshSettings) -> bool:
        return pathfinder is self.pathfinder and settings.agent_radius == 0.1

    def get_sensor_observations(self) -> dict[str, np.ndarray]:
        agent = self._agents[0]
        return {spec.uuid: self._look(spec, agent.get_state()) for spec in agent.configuration.sensor_specifications}

    def _look(self, spec: CameraSensorSpec, state: AgentState) -> np.ndarray:
        height, width = spec.resolution
        camera = Camera(width, height, float(spec.hfov), near=spec.near, far=spec.far)
        turn = quaternion_to_matrix([getattr(state.rotation, axis) for axis in "wxyz"])
        eye = np.asarray(state.position, dtype=np.float64) + spec.position
        kind = {"COLOR": "rgb", "DEPTH": "depth", "SEMANTIC": "semantic"}[spec.sensor_type]
        renderer = self._semantic if kind == "semantic" else self._renderer
        view = renderer.render(eye[None], turn[None], camera, (kind,))[kind][0]
        if kind == "rgb":
            return np.concatenate([view, np.full((height, width, 1), 255, np.uint8)], axis=2)
        return view.astype(np.uint32) if kind == "semantic" else view

    def close(self) -> None:
        self._agents = []


def _single(point: Any) -> np.ndarray:
    return np.asarray(point, dtype=np.float32).astype(np.float64)


def module(version: str = "0.3.3") -> SimpleNamespace:
    """What `import habitat_sim` gives."""
    return SimpleNamespace(
        __version__=version,
        audio_enabled=False,
        SimulatorConfiguration=SimulatorConfiguration,
        CameraSensorSpec=CameraSensorSpec,
        SensorType=SimpleNamespace(COLOR="COLOR", DEPTH="DEPTH", SEMANTIC="SEMANTIC"),
        SensorSubType=SimpleNamespace(PINHOLE="PINHOLE", EQUIRECTANGULAR="EQUIRECTANGULAR"),
        AgentState=AgentState,
        NavMeshSettings=NavMeshSettings,
        ShortestPath=ShortestPath,
        Simulator=DoubleSimulator,
        Configuration=lambda sim_cfg, agents: SimpleNamespace(sim_cfg=sim_cfg, agents=agents),
        agent=SimpleNamespace(
            AgentConfiguration=AgentConfiguration,
            ActionSpec=lambda name, actuation: SimpleNamespace(name=name, actuation=actuation),
            ActuationSpec=lambda amount: SimpleNamespace(amount=amount),
        ),
    )
