"""What of the Habitat-Lab simulator can be known without Habitat-Lab: stand-ins, scenes, cameras, walkable space."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from echoenv.errors import EngineError, SceneNotFoundError, SettingsError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from echoenv.simulators import habitat_lab
from echoenv.simulators.habitat_lab.cameras import camera_of, look
from echoenv.simulators.habitat_lab.homes import AgentSize, Homes, find_scene
from echoenv.simulators.habitat_lab.lab_pathfinder import LabPathFinder, MultiGoalShortestPath, ShortestPath
from echoenv.simulators.habitat_lab.settings import LabSettings
from echoenv.vision.renderer import Renderer
from tests.rooms import box_room


def run(code: str, *paths: Path) -> str:
    """What a fresh Python prints."""
    begin = f"import sys; sys.path[:0] = {[str(path) for path in paths]}\n"
    done = subprocess.run([sys.executable, "-c", begin + code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


# Stand-ins for habitat-sim. A machine that has it runs the first of these tests alone.

_USER = """
import habitat_sim, magnum as mn
from habitat_sim.errors import GreedyFollowerError
from habitat_sim.nav import NavMeshSettings
UNIT = mn.Vector3(1.0, 0.0, 0.0)
@habitat_sim.registry.register_move_fn
class Move(habitat_sim.SceneNodeControl, object):
    where = habitat_sim.SensorType.COLOR
    def act(self): return mn.Vector3(1.0)
class Mine(habitat_sim.Simulator): pass
def read(): return habitat_sim.geo.UP
def make(): return NavMeshSettings()
def check():
    try: raise GreedyFollowerError("no way")
    except habitat_sim.errors.GreedyFollowerError as error: return str(error)
"""

_PROGRAM = """
from echoenv.simulators.habitat_lab import without_habitat_sim
print(without_habitat_sim(), without_habitat_sim())
import user, magnum
for use in (user.read, user.make, user.Mine, user.Move.act, lambda: magnum.Vector3(0.0)):
    try: print("used", use(None) if use is user.Move.act else use())
    except Exception as error: print(type(error).__mro__[1].__name__, str(error).split(" is needed")[0])
def has(thing): return hasattr(thing, "nothing")
print(user.check(), has(user.Mine), has(magnum))
"""


@pytest.fixture
def without_sim():
    """Skips where habitat-sim is installed, for there is nothing to stand in for."""
    if run("import importlib.util; print(importlib.util.find_spec('habitat_sim'))") != "None":
        pytest.skip("habitat-sim is installed here")


def test_stand_ins_do_nothing_where_habitat_sim_imports(tmp_path) -> None:
    for name in ("habitat_sim", "magnum", "corrade"):
        (tmp_path / f"{name}.py").write_text("real = True")
    code = "from echoenv.simulators.habitat_lab import without_habitat_sim\n"
    code += "before = list(sys.meta_path); print(without_habitat_sim(), sys.meta_path == before)\n"
    code += "import habitat_sim; print(habitat_sim.real)"
    assert run(code, tmp_path).split() == ["False", "True", "True"]


def test_stand_ins_let_modules_be_read_and_raise_when_they_are_used(tmp_path, without_sim) -> None:
    (tmp_path / "user.py").write_text(_USER)
    assert run(_PROGRAM, tmp_path).splitlines() == [
        "True True",
        "EngineError habitat_sim.geo",
        "EngineError habitat_sim.nav.NavMeshSettings",
        "EngineError habitat_sim.Simulator (by user.Mine)",
        "EngineError magnum.Vector3",
        "EngineError magnum.Vector3",
        "no way False False",
    ]


def test_a_broken_habitat_sim_is_stood_in_for(tmp_path, without_sim) -> None:
    package = tmp_path / "habitat_sim"
    package.mkdir()
    (package / "__init__.py").write_text("from habitat_sim import part\nimport no_such_library")
    (package / "part.py").write_text("")
    code = "from echoenv.simulators.habitat_lab import without_habitat_sim\nprint(without_habitat_sim())\n"
    code += "import habitat_sim.part; print(type(habitat_sim.part).__name__)"
    assert run(code, tmp_path).split() == ["True", "_StandInModule"]


def test_importing_the_package_imports_nothing_of_habitat() -> None:
    code = "import echoenv.simulators.habitat_lab\n"
    code += "print([name for name in ('habitat', 'habitat_sim', 'gym', 'warp', 'numba') if name in sys.modules])"
    assert run(code) == "[]"


def test_registering_without_habitat_lab_says_how_to_install_it(tmp_path) -> None:
    (tmp_path / "habitat.py").write_text("raise ImportError('none here')")
    code = "from echoenv.simulators import habitat_lab\n"
    code += "try: habitat_lab.register()\nexcept Exception as error: print(type(error).__name__, error)\n"
    code += "try: import habitat_sim; print(hasattr(habitat_sim, '__file__'))\nexcept ImportError: print(True)"
    said, no_stand_ins_left = run(code, tmp_path).splitlines()
    assert said.startswith("EngineError") and "pip install habitat-lab" in said
    assert no_stand_ins_left == "True"


def test_unknown_settings_name_the_nearest() -> None:
    with pytest.raises(SettingsError, match="did you mean sample_rate"):
        habitat_lab.register(sample_rte=16000)
    with pytest.raises(SettingsError, match="scenes_kept"):
        LabSettings(scenes_kept=0)
    assert issubclass(habitat_lab.MissingHabitatSimError, EngineError)


# Scenes


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("room_0", "room_0"),
        ("data/scene_datasets/room_0", "room_0"),
        ("data/scene_datasets/procedural:apartment?seed=7", "procedural:apartment?seed=7"),
        ("/anywhere/hm3d/val/00800-TEEsavR23oF", "00800-TEEsavR23oF"),
    ],
)
def test_names_behind_a_folder_are_names(given: str, meant: str) -> None:
    assert find_scene(given) == meant


def test_a_missing_mesh_is_not_taken_for_the_home_of_its_name(tmp_path) -> None:
    path = "data/scene_datasets/replica/room_0/habitat/mesh_semantic.ply"
    with pytest.raises(SceneNotFoundError, match="such as 'room_0'"):
        find_scene(path)
    there = tmp_path / "replica/room_0/habitat/mesh_semantic.ply"
    there.parent.mkdir(parents=True)
    there.touch()
    assert find_scene(path, tmp_path) == str(there)


def test_the_scenes_used_last_are_kept() -> None:
    homes = Homes(LabSettings(scenes_kept=1, threads=1))
    first = homes.open("data/scene_datasets/room_0", AgentSize())
    assert homes.open("data/scene_datasets/room_0", AgentSize()) is first
    homes.open("room_0", AgentSize(radius=0.2))
    assert homes.open("data/scene_datasets/room_0", AgentSize()) is not first


# Cameras


def sensor(kind: str = "HabitatSimDepthSensor", **changes) -> dict:
    """A sensor's configuration, as a mapping whose entries are attributes too, as OmegaConf's are."""

    class Config(dict):
        __getattr__ = dict.__getitem__

    plain = {"type": kind, "width": 64, "height": 48, "hfov": 90, "position": [0.0, 1.25, 0.0],
             "orientation": [0.0, 0.0, 0.0], "sensor_subtype": "PINHOLE", "noise_model": "None"}  # fmt: skip
    return Config({**plain, **changes})


def test_sensors_look_from_where_and_to_where_they_are_mounted() -> None:
    renderer = Renderer(RayEngine(box_room(), threads=1))
    cameras = [
        camera_of(sensor(), "ahead"),
        camera_of(sensor(position=[0.0, 1.25, -0.5]), "further"),
        camera_of(sensor(orientation=[-np.pi / 2, 0.0, 0.0]), "down"),
        camera_of(sensor(orientation=[0.0, np.pi / 2, 0.0]), "left"),
        camera_of(sensor("HabitatSimRGBSensor"), "colour"),
    ]
    seen = look(renderer, cameras, np.array([3.0, 0.0, 2.0]), np.eye(3))
    centre = {name: float(view[24, 32]) for name, view in seen.items() if view.ndim == 2}
    assert centre == pytest.approx({"ahead": 2.0, "further": 1.5, "down": 1.25, "left": 3.0}, abs=1e-4)
    assert tuple(seen["colour"][24, 32]) == (255, 255, 0)


def test_a_camera_is_turned_about_x_then_y_then_z() -> None:
    camera = camera_of(sensor(orientation=[np.pi / 2, np.pi / 2, 0.0]), "camera")
    # Looking along -z; up about x; then a quarter about the agent's y leaves it looking up.
    np.testing.assert_allclose(camera.rotation @ [0.0, 0.0, -1.0], [0.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(camera.rotation @ [1.0, 0.0, 0.0], [0.0, 0.0, -1.0], atol=1e-12)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "HabitatSimFisheyeRGBSensor"}, "pinhole and equirectangular"),
        ({"kind": "BumpSensor"}, "not known"),
        ({"sensor_subtype": "ORTHOGRAPHIC"}, "ORTHOGRAPHIC"),
        ({"noise_model": "RedwoodDepthNoiseModel"}, "Redwood"),
    ],
)
def test_cameras_that_there_are_not_are_refused(changes: dict, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        camera_of(sensor(**changes), "eye")


# Walkable space by Habitat-Sim's names


@pytest.fixture(scope="module")
def box() -> LabPathFinder:
    """The empty room of 8 x 2.8 x 6 m."""
    return LabPathFinder(PathFinder(RayEngine(box_room(), threads=1)))


def test_ways_are_written_into_habitats_questions(box) -> None:
    one = ShortestPath(requested_start=[1.0, 0.0, 1.0], requested_end=[4.0, 0.0, 5.0])
    assert box.find_path(one) and one.geodesic_distance == pytest.approx(5.0, abs=1e-3)
    np.testing.assert_allclose([one.points[0], one.points[-1]], [[1.0, 0.0, 1.0], [4.0, 0.0, 5.0]], atol=1e-5)
    several = MultiGoalShortestPath([1.0, 0.0, 1.0], [[4.0, 0.0, 5.0], [1.0, 0.0, 2.0], [90.0, 0.0, 2.0]])
    assert box.find_path(several) and several.closest_end_point_index == 1
    assert several.geodesic_distance == pytest.approx(1.0, abs=1e-3)
    nowhere = ShortestPath(requested_start=[1.0, 0.0, 1.0], requested_end=[90.0, 0.0, 5.0])
    assert not box.find_path(nowhere) and nowhere.geodesic_distance == np.inf and nowhere.points == []


def test_the_view_from_above_begins_at_the_lowest_corner(box) -> None:
    low, high = box.get_bounds()
    # Nodes of a 5 cm lattice, so within a cell of the boundary at 0.15 m.
    np.testing.assert_allclose(low[[0, 2]], 0.15, atol=0.051)
    np.testing.assert_allclose(high[[0, 2]], [7.85, 5.85], atol=0.051)
    view = box.get_topdown_view(0.1, 0.0)
    assert view.shape == (int((high[2] - low[2]) / 0.1), int((high[0] - low[0]) / 0.1)) and view.all()
    assert not box.get_topdown_view(0.1, 2.0).any()


def test_random_points_repeat_from_a_seed_and_lie_near_where_they_are_wanted(box) -> None:
    box.seed(3)
    first = [box.get_random_navigable_point() for _ in range(3)]
    box.seed(3)
    np.testing.assert_array_equal(first, [box.get_random_navigable_point() for _ in range(3)])
    assert box.is_navigable(first[0]) and first[0].dtype == np.float32
    near = box.get_random_navigable_point_near([2.0, 0.0, 2.0], 1.0)
    assert np.linalg.norm(near - [2.0, 0.0, 2.0]) <= 1.0
    assert np.isnan(box.get_random_navigable_point_near([90.0, 0.0, 2.0], 1.0, max_tries=5)).all()
    assert box.island_radius([90.0, 0.0, 2.0]) == 0.0
