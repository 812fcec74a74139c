"""Habitat-Lab's own PointNav benchmark on our simulator: measures, sensors, maps, followers and generators."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from echoenv.datasets.episodes import Episode, EpisodeSplit, Goal, heading_to_rotation, write_split
from echoenv.errors import PoseError, SceneNotFoundError, SettingsError


def follow(env, radius=0.2):
    """Walks the current episode to its end with Habitat-Lab's follower; positions [m] (n, 3), and all collisions."""
    from habitat.tasks.nav.shortest_path_follower import ShortestPathFollower

    follower = ShortestPathFollower(env.sim, radius, return_one_hot=False, stop_on_error=False)
    positions, collisions = [env.sim.get_agent_state().position], 0
    while not env.episode_over:
        env.step(follower.get_next_action(env.current_episode.goals[0].position))
        positions.append(env.sim.get_agent_state().position)
        collisions += env.sim.previous_step_collided
    return np.array(positions, dtype=np.float64), collisions


def test_success_and_spl_are_those_computed_by_hand_and_near_one(env, begin) -> None:
    spl = []
    for number in range(4):
        begin("room_0", number)
        optimum = env.get_metrics()["distance_to_goal"]
        positions, collisions = follow(env)
        metrics = env.get_metrics()
        walked = np.linalg.norm(np.diff(positions, axis=0), axis=1).sum()
        left = env.sim.geodesic_distance(positions[-1], env.current_episode.goals[0].position)
        assert metrics["distance_to_goal"] == pytest.approx(left, abs=1e-5)
        assert left <= 0.2 and metrics["success"] == 1.0
        assert metrics["spl"] == pytest.approx(optimum / max(optimum, walked), abs=1e-5)
        assert metrics["soft_spl"] == pytest.approx((1 - left / optimum) * optimum / max(optimum, walked), abs=1e-5)
        assert metrics["collisions"]["count"] == collisions
        assert optimum == pytest.approx(env.current_episode.info["geodesic_distance"], rel=2e-3)
        spl.append(metrics["spl"])
    assert np.mean(spl) > 0.95


def test_stopping_far_from_the_goal_is_no_success(env, begin) -> None:
    begin("room_0")
    env.step("stop")
    metrics = env.get_metrics()
    assert env.episode_over
    assert metrics["success"] == 0.0 and metrics["spl"] == 0.0
    assert metrics["distance_to_goal"] > 1.0


def test_habitat_reads_the_episodes_that_were_written(env, episodes) -> None:
    ours = list(EpisodeSplit(episodes / "val"))
    for given, read in zip(ours, env.episodes, strict=True):
        assert read.start_position == list(given.start_position) and read.start_rotation == list(given.start_rotation)
        assert read.goals[0].position == list(given.goals[0].position) and read.info == given.info
    assert {episode.scene_id.split("/")[-1] for episode in env.episodes} == {"room_0", "box_room.obj"}


def test_the_agent_starts_where_the_episode_says(env, begin) -> None:
    for scene, number in (("room_0", 0), ("box_room", 0), ("room_0", 2)):
        begin(scene, number)
        state, episode = env.sim.get_agent_state(), env.current_episode
        np.testing.assert_allclose(state.position, episode.start_position, atol=1e-6)
        x, y, z, w = episode.start_rotation
        np.testing.assert_allclose([state.rotation.w, state.rotation.y], [w, y], atol=1e-9)
        assert x == z == state.rotation.x == state.rotation.z == 0.0


def test_depth_and_colours_in_the_box_room_are_those_measured_with_habitat(env, begin) -> None:
    seen = begin("box_room")
    assert seen["rgb"].shape == (256, 256, 3) and seen["rgb"].dtype == np.uint8
    assert seen["depth"].shape == (256, 256, 1) and seen["depth"].dtype == np.float32
    assert env.observation_space["depth"].contains(seen["depth"]) and env.observation_space["rgb"].contains(seen["rgb"])
    assert seen["depth"][128, 128, 0] == pytest.approx(0.2, abs=1e-6)  # 2 m to the wall, of 0 to 10
    assert seen["depth"][255, 128, 0] == pytest.approx(0.125, abs=1e-3)  # the floor 1.25 m below the camera
    for heading, depth in ((90, 0.3), (180, 0.4), (270, 0.5)):
        half = np.deg2rad(heading) / 2
        turned = env.sim.get_observations_at([3.0, 0.0, 2.0], [0.0, np.sin(half), 0.0, np.cos(half)])
        assert turned["depth"][128, 128, 0] == pytest.approx(depth, abs=1e-6)
    np.testing.assert_array_equal(env.render("depth"), seen["depth"])


def test_the_point_goal_is_to_the_right_and_behind(begin) -> None:
    seen = begin("box_room")  # at (3, 2) facing -z; the goal is at (6, 4)
    distance, angle = seen["pointgoal_with_gps_compass"]
    assert distance == pytest.approx(np.hypot(3.0, 2.0), abs=1e-5)
    assert angle == pytest.approx(-np.arctan2(3.0, -2.0), abs=1e-5)


def test_turns_steps_and_collisions_have_habitats_amounts(env, begin) -> None:
    begin("box_room")
    env.step("turn_left")
    rotation = env.sim.get_agent_state().rotation
    np.testing.assert_allclose([rotation.w, rotation.y], [0.99619, 0.08716], atol=1e-5)
    env.step("turn_right")
    for step in range(1, 8):
        env.step("move_forward")
        expected = max(2.0 - 0.25 * step, 0.15)
        assert env.sim.get_agent_state().position[2] == pytest.approx(expected, abs=2e-3)
    assert env.get_metrics()["collisions"] == {"count": 0, "is_collision": False}
    env.step("move_forward")
    assert env.sim.previous_step_collided
    assert env.get_metrics()["collisions"] == {"count": 1, "is_collision": True}
    env.step("turn_left")
    assert env.get_metrics()["collisions"] == {"count": 1, "is_collision": False}


def test_amounts_sliding_sensors_and_body_come_from_the_configuration(habitat, configured) -> None:
    agent = "habitat.simulator.agents.main_agent"
    config = configured(
        "habitat.simulator.forward_step_size=0.5",
        "habitat.simulator.turn_angle=30",
        "habitat.simulator.habitat_sim_v0.allow_sliding=False",
        f"{agent}.radius=0.2",
        f"{agent}.sim_sensors.depth_sensor.normalize_depth=False",
        f"{agent}.sim_sensors.depth_sensor.max_depth=1.5",
        f"{agent}.sim_sensors.rgb_sensor.height=64",
        f"{agent}.sim_sensors.rgb_sensor.position=[0.0,0.5,0.0]",
        measures="distance_to_goal",
    )
    with habitat.Env(config) as env:
        env.current_episode = next(episode for episode in env.episodes if "box_room" in episode.scene_id)
        seen = env.reset()
        assert seen["rgb"].shape == (64, 256, 3)
        assert env.observation_space["depth"].high.max() == 1.5
        assert seen["depth"][128, 128, 0] == 1.5 and seen["depth"][255, 128, 0] == pytest.approx(1.25, abs=1e-2)
        env.step("turn_left")
        for _ in range(5):
            env.step("move_forward")
        # 30 degrees to the left: the wall at z = 0 is met 0.25 m before it, and there the agent stays.
        assert env.sim.get_agent_state().position[2] == pytest.approx(0.25, abs=2e-3)
        assert env.sim.get_agent_state().position[0] == pytest.approx(3.0 - 1.75 * np.tan(np.deg2rad(30)), abs=5e-3)


def test_two_environments_see_and_do_the_same(habitat, configured) -> None:
    runs = []
    for _ in range(2):
        with habitat.Env(configured(measures="distance_to_goal,success,spl")) as env:
            env.seed(7)
            seen = [env.reset()]
            point = env.sim.sample_navigable_point()
            for action in ("move_forward", "turn_left", "move_forward", "turn_right", "move_forward", "stop"):
                seen.append(env.step(action))
            runs.append((seen, point, env.get_metrics()))
    for one, other in zip(runs[0][0], runs[1][0], strict=True):
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])
    assert runs[0][1] == runs[1][1] and runs[0][2] == runs[1][2]


def test_distances_keep_to_the_goals_that_were_asked_for(env, begin) -> None:
    begin("box_room")
    episode = env.current_episode
    near, far = [3.0, 0.0, 3.0], [7.0, 0.0, 2.0]
    assert env.sim.geodesic_distance([3.0, 0.0, 2.0], far, episode) == pytest.approx(4.0, abs=1e-3)
    assert env.sim.geodesic_distance([3.0, 0.0, 2.0], [near, far], episode) == pytest.approx(1.0, abs=1e-3)
    assert env.sim.geodesic_distance([3.0, 0.0, 2.0], [far]) == pytest.approx(4.0, abs=1e-3)
    assert env.sim.geodesic_distance([3.0, 0.0, 2.0], [[50.0, 0.0, 50.0]]) == np.inf
    way = np.array(env.sim.get_straight_shortest_path_points(near, far))
    np.testing.assert_allclose(way[[0, -1]], [near, far], atol=1e-5)
    with pytest.raises(PoseError, match="one or more finite points"):
        env.sim.geodesic_distance([3.0, 0.0, 2.0], [[np.nan, 0.0, 0.0]])


def test_the_top_down_map_shows_the_walkable_area_and_the_agent(env, begin) -> None:
    from habitat.utils.visualizations import maps

    begin("box_room")
    for _ in range(3):
        env.step("move_forward")
    shown = env.get_metrics()["top_down_map"]
    pixel = maps.calculate_meters_per_pixel(256, sim=env.sim)
    assert np.count_nonzero(shown["map"]) * pixel**2 == pytest.approx(7.7 * 5.7, rel=0.02)
    row, column = shown["agent_map_coord"][0]
    z, x = maps.from_grid(row, column, shown["map"].shape, sim=env.sim)
    assert (x, z) == pytest.approx((3.0, 1.25), abs=0.05)
    assert abs(float(np.squeeze(shown["agent_angle"][0]))) == pytest.approx(np.pi, abs=1e-6)
    assert maps.MAP_TARGET_POINT_INDICATOR in shown["map"]


def test_habitats_own_generator_makes_episodes_here(env, begin) -> None:
    from habitat.datasets.pointnav.pointnav_generator import generate_pointnav_episode

    begin("room_0")
    env.sim.seed(5)
    np.random.seed(5)
    made = list(generate_pointnav_episode(env.sim, 2, is_gen_shortest_path=True, shortest_path_max_steps=300))
    for episode in made:
        assert 1.0 <= episode.info["geodesic_distance"] <= 30.0
        path = episode.shortest_paths[0]
        assert len(path) < 300
        np.testing.assert_allclose(path[0].position, episode.start_position, atol=1e-5)


def test_the_follower_says_when_there_is_no_way(env, begin) -> None:
    from habitat.tasks.nav.shortest_path_follower import ShortestPathFollower

    begin("box_room")
    nowhere = [50.0, 0.0, 50.0]
    assert ShortestPathFollower(env.sim, 0.2, return_one_hot=False).get_next_action(nowhere) == 0
    with pytest.raises(Exception, match="no way"):
        ShortestPathFollower(env.sim, 0.2, return_one_hot=False, stop_on_error=False).get_next_action(nowhere)
    keys = env.sim.make_greedy_follower(0, 0.2, forward_key="go", stop_key="done").find_path([3.0, 0.0, 1.0])
    assert keys == ["go"] * 4 + ["done"]


def test_teleporting_and_asking_about_places(env, begin) -> None:
    begin("box_room")
    sim = env.sim
    assert sim.is_navigable([3.0, 0.0, 2.0]) and not sim.is_navigable([0.05, 0.0, 2.0])
    assert sim.island_radius([3.0, 0.0, 2.0]) == pytest.approx(np.hypot(7.7, 5.7) / 2, abs=0.1)
    assert sim.distance_to_closest_obstacle([3.0, 0.0, 1.0]) == pytest.approx(0.85, abs=0.02)
    assert sim.set_agent_state([1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 0.0])
    state = sim.get_agent_state()
    assert sim.set_agent_state(state.position, state.rotation)  # a numpy-quaternion is taken too
    np.testing.assert_allclose(sim.get_agent(0).get_state().position, [1.0, 0.0, 1.0])
    assert sim.get_agent_state().heading == pytest.approx(180.0)
    with pytest.raises(PoseError, match="quaternion"):
        sim.set_agent_state([1.0, 0.0, 1.0], [0.0, 1.0])
    with pytest.raises(SettingsError, match="move_forward"):
        sim.step("move_foward")
    with pytest.raises(SettingsError, match="one, number 0"):
        sim.get_agent_state(1)
    np.testing.assert_array_equal(sim.up_vector, [0, 1, 0])
    np.testing.assert_array_equal(sim.forward_vector, [0, 0, -1])


def test_semantic_and_panoramic_sensors_work(habitat, configured) -> None:
    sensors = "habitat/simulator/sim_sensors@habitat.simulator.agents.main_agent.sim_sensors"
    config = configured(
        f"+{sensors}.semantic_sensor=semantic_sensor",
        "habitat.simulator.agents.main_agent.sim_sensors.depth_sensor.type=HabitatSimEquirectangularDepthSensor",
        "habitat.simulator.agents.main_agent.sim_sensors.semantic_sensor.width=64",
        "habitat.simulator.agents.main_agent.sim_sensors.semantic_sensor.height=48",
        measures="distance_to_goal",
    )
    with habitat.Env(config) as env:
        env.current_episode = next(episode for episode in env.episodes if "room_0" in episode.scene_id)
        seen = env.reset()
        assert seen["semantic"].shape == (48, 64, 1) and seen["semantic"].dtype == np.int32
        ids = {thing.id for thing in env.sim.home.simulator.scene.objects}
        assert set(np.unique(seen["semantic"])) <= ids | {0} and len(np.unique(seen["semantic"])) > 2
        env.current_episode = next(episode for episode in env.episodes if "box_room" in episode.scene_id)
        around = env.reset()["depth"][128, :, 0]  # the horizon, from behind over the left to ahead, right and behind
        np.testing.assert_allclose(around[[0, 64, 128, 192]], [0.4, 0.3, 0.2, 0.5], atol=2e-3)


def test_gym_environments_reward_the_way_that_was_made(habitat, configured) -> None:
    from habitat.gym import make_gym_from_config

    env = make_gym_from_config(configured(measures="distance_to_goal,success,spl,distance_to_goal_reward"))
    env.reset()
    before = env.habitat_env.get_metrics()["distance_to_goal"] if hasattr(env, "habitat_env") else None
    observations, reward, done, info = env.step(1)
    assert set(observations) == {"rgb", "depth", "pointgoal_with_gps_compass"} and not done
    assert info["success"] == 0.0
    if before is not None:
        assert reward == pytest.approx(before - info["distance_to_goal"] - 0.01, abs=1e-6)
    env.close()


_WORKERS = """
from echoenv.simulators import habitat_lab
habitat_lab.register(threads=1)  # at the top, so that the processes that are started read it too
import habitat
from habitat.gym import make_gym_from_config

if __name__ == "__main__":
    overrides = ["habitat.simulator.type=EchoEnvSim-v0", "habitat.dataset.split=val", "habitat.dataset.data_path=FILE"]
    config = habitat.get_config("benchmark/nav/pointnav/pointnav_habitat_test.yaml", overrides=overrides)
    with habitat.VectorEnv(make_env_fn=make_gym_from_config, env_fn_args=[(config,)]) as workers:
        before = workers.reset()[0]["depth"][128, 128, 0]
        print(before - workers.step([1])[0][0]["depth"][128, 128, 0])
"""


def test_processes_of_a_vector_environment_know_the_simulator(habitat, box_file, tmp_path) -> None:
    episode = Episode("0", str(box_file), (3.0, 0.0, 2.0), heading_to_rotation(0), (Goal((6.0, 0.0, 4.0)),))
    script = tmp_path / "train.py"
    script.write_text(_WORKERS.replace("FILE", str(write_split(tmp_path, "val", [episode]))))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) == pytest.approx(0.025, abs=1e-4)  # 0.25 m nearer to the wall


def test_looking_up_is_refused_and_not_passed_over(habitat, configured) -> None:
    config = configured("habitat/task/actions=[stop,look_up]", measures="distance_to_goal")
    with habitat.Env(config) as env:
        env.reset()
        with pytest.raises(SettingsError, match="look_up"):
            env.step("look_up")


def test_what_is_not_there_is_refused_by_name(habitat, configured, tmp_path) -> None:
    agent = "habitat.simulator.agents.main_agent"
    with pytest.raises(SettingsError, match="GaussianNoiseModel"):
        habitat.Env(configured(f"{agent}.sim_sensors.rgb_sensor.noise_model=GaussianNoiseModel"))
    config = configured()
    from habitat.config import read_write

    with read_write(config):
        config.habitat.simulator.scene = "data/scene_datasets/replica/room_0/habitat/mesh_semantic.ply"
    from habitat.sims import make_sim

    with pytest.raises(SceneNotFoundError, match="whose scene_id is its name, such as 'room_0'"):
        make_sim("EchoEnvSim-v0", config=config.habitat.simulator)


def test_a_start_beside_the_floor_is_warned_of_and_one_at_its_edge_is_put_on_it(env, begin) -> None:
    begin("box_room")
    config = env.sim.habitat_config.copy()
    from habitat.config import read_write

    with read_write(config):
        config.agents.main_agent.start_position = [3.0, 0.0, 0.12]
    env.sim.reconfigure(config)
    assert env.sim.get_agent_state().position[2] == pytest.approx(0.15, abs=2e-3)
    with read_write(config):
        config.agents.main_agent.start_position = [30.0, 0.0, 0.12]
    with pytest.warns(UserWarning, match="belong to this scene"):
        env.sim.reconfigure(config)
