"""What tests of the Habitat-Lab simulator share: Habitat-Lab itself, a split of episodes, and configurations."""

from __future__ import annotations

from pathlib import Path

import pytest

from echoenv.datasets.episodes import Episode, Goal, heading_to_rotation, pointnav_episodes, write_split
from echoenv.errors import EngineError
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays.engine import RayEngine
from echoenv.scene.files import load_scene
from tests.rooms import box_room

POINTNAV = "benchmark/nav/pointnav/pointnav_habitat_test.yaml"
MEASURES = "distance_to_goal,success,spl,soft_spl,distance_to_goal_reward,collisions,top_down_map"


@pytest.fixture(scope="session")
def habitat():
    """The real Habitat-Lab with EchoEnv registered in it; tests are skipped by name where it does not import."""
    from echoenv.simulators import habitat_lab

    try:
        habitat_lab.register(threads=1)
    except EngineError as error:
        pytest.skip(str(error))
    import habitat

    return habitat


@pytest.fixture(scope="session")
def room() -> PathFinder:
    """Walkable space of a small furnished home."""
    return PathFinder(RayEngine(load_scene("room_0"), threads=1))


@pytest.fixture(scope="session")
def box_file(tmp_path_factory) -> Path:
    """The room of Habitat's measured numbers as a mesh file."""
    scene = box_room()
    lines = ["v {:.6f} {:.6f} {:.6f}".format(*vertex) for vertex in scene.vertices]
    lines += ["f {} {} {}".format(*(triangle + 1)) for triangle in scene.triangles]
    file = tmp_path_factory.mktemp("scenes") / "box_room.obj"
    file.write_text("\n".join(lines))
    (file.parent / "box_room.stage_config.json").write_text('{"up": [0, 1, 0], "front": [0, 0, -1]}')
    return file


@pytest.fixture(scope="session")
def episodes(tmp_path_factory, room, box_file) -> Path:
    """A split of episodes: four in the home, one in the box room; the folder of the data set."""
    folder = tmp_path_factory.mktemp("episodes")
    in_box = Episode("0", str(box_file), (3.0, 0.0, 2.0), heading_to_rotation(0.0), (Goal((6.0, 0.0, 4.0), 0.2),),
                     {"geodesic_distance": 3.606})  # fmt: skip
    write_split(folder, "val", [*pointnav_episodes(room, "room_0", 4, seed=3), in_box])
    return folder


@pytest.fixture(scope="session")
def configured(habitat, episodes):
    """Makes Habitat-Lab's own PointNav configuration with our simulator, and overrides of the test's own."""

    def make(*overrides: str, measures: str = MEASURES, data: Path = episodes):
        ours = [
            "habitat.simulator.type=EchoEnvSim-v0",
            f"habitat.dataset.data_path={data}/val/val.json.gz",
            "habitat.dataset.split=val",
            f"habitat/task/measurements=[{measures}]",
            "habitat.environment.iterator_options.shuffle=False",
            "habitat.environment.iterator_options.group_by_scene=False",
        ]
        maps = ["fog_of_war.draw=False", "map_resolution=256"]
        ours += [f"habitat.task.measurements.top_down_map.{each}" for each in maps if "top_down_map" in measures]
        return habitat.get_config(POINTNAV, overrides=[*ours, *overrides])

    return make


@pytest.fixture(scope="session")
def env(habitat, configured):
    """An environment in which each test goes to the episode that it wants."""
    with habitat.Env(configured()) as made:
        yield made


@pytest.fixture
def begin(env):
    """Begins the episode of a scene with a certain number."""

    def at(scene: str, number: int = 0):
        env.current_episode = [episode for episode in env.episodes if scene in episode.scene_id][number]
        return env.reset()

    return at
