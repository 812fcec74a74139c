"""Recordings, maps and films: that they show the episode that was judged, and that sound is in step."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agents import film_files
from agents.baselines import baseline
from agents.configuration import Evaluation, Experiment
from agents.evaluation import home_settings, run_episodes
from agents.film_files import LOUD, require_format, write_film
from agents.film_frames import VIEW, _drawn_map, _Walk, film_frames, frame_time
from agents.films import Shower, main, ranked
from agents.maps import save_episode_map, shown_extent, title
from agents.recordings import Recorder, Recording, _walkable
from echoenv.audio.sound_files import read_sound
from echoenv.datasets.episode_rules import EpisodeRules
from echoenv.envs.navigation import NavigationEnv
from echoenv.errors import SettingsError
from echoenv.scene.export import exported_files
from tests.rooms import box_room

SEED = 5
EASY = EpisodeRules(nearest=0.5, farthest=2.5, ratio=1.0, island_radius=0.5)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small bare room."""
    file = tmp_path_factory.mktemp("toy") / "toy.glb"
    scene = box_room((3.0, 2.6, 3.0))
    file.write_bytes(next(data for path, data in exported_files(scene).items() if path.suffix == ".glb"))
    return str(file)


@pytest.fixture(scope="module")
def silent(room: str) -> dict[str, Any]:
    """A task in which the goal is told."""
    return {"scenes": (room,), "rules": EASY, "sensors": ("pointgoal_with_gps_compass", "ego_map"), "max_steps": 30,
            "turn": 45.0, "forward": 0.4, "success_distance": 0.5, "height": 16, "width": 16}  # fmt: skip


@pytest.fixture(scope="module")
def sounding(silent: dict[str, Any]) -> dict[str, Any]:
    """The same with a sound that the policy does not get as it is."""
    return {**silent, "sensors": ("pointgoal_with_gps_compass", "spectrogram"), "sound": "telephone",
            "sound_rays": 20, "response_duration": 0.2, "step_time": 0.1}  # fmt: skip


def recorded(settings: dict[str, Any], name: str = "goal_follower", number: int = 0) -> tuple[Recorder, Recording]:
    recorder = Recorder(settings, settings["scenes"][0], SEED)
    return recorder, recorder.record(name, lambda k: baseline(name, k), number)


@pytest.fixture(scope="module")
def walk(silent: dict[str, Any]) -> tuple[Recorder, Recording]:
    return recorded(silent, "shortest_path")


@pytest.mark.parametrize("task", ["silent", "sounding"])
def test_a_recording_is_the_episode_that_was_judged(task: str, request: pytest.FixtureRequest) -> None:
    settings = request.getfixturevalue(task)
    judged = run_episodes(lambda k: baseline("random", k), settings, settings["scenes"], 2, SEED)
    _, recording = recorded(settings, "random", 1)
    assert recording.row == judged[1]
    assert len(recording.states) == len(recording.actions) + 1 == int(recording.row["steps"]) + 1
    assert recording.collided.sum() == recording.row["collisions"]
    assert recording.distances[0] == recording.row["start_distance"]
    assert recording.distances[-1] == recording.row["distance_to_goal"]


def test_a_policy_gets_nothing_that_the_film_adds(sounding: dict[str, Any]) -> None:
    given: set[str] = set()

    def look(observation: dict[str, Any], _: NavigationEnv) -> int:
        given.update(observation)
        return 0

    Recorder(sounding, sounding["scenes"][0], SEED).record("looker", lambda _: look, 0)
    assert given == set(sounding["sensors"])


def test_what_is_heard_is_what_reached_the_ears_step_by_step(sounding: dict[str, Any]) -> None:
    _, recording = recorded(sounding)
    changed = {**home_settings(sounding, sounding["scenes"][0], SEED), "sensors": ("audiogoal",)}
    env = NavigationEnv(**changed)
    heard = [env.reset(seed=SEED, options={"episode": 0})[0]["audiogoal"]]
    heard += [env.step(env.actions.index(name))[0]["audiogoal"] for name in recording.actions]
    assert recording.heard is not None
    np.testing.assert_array_equal(recording.heard, np.concatenate(heard, axis=1))
    seconds = recording.heard.shape[1] / recording.sample_rate
    assert seconds == pytest.approx(len(recording.states) * frame_time(recording)) and frame_time(recording) == 0.1


def test_chirps_are_heard_when_they_are_made(silent: dict[str, Any]) -> None:
    echoing = {**silent, "sensors": ("echo",), "chirps": True, "sound_rays": 20, "sample_rate": 44100}
    actions = iter([2, 4, 2, 0])
    recorder = Recorder(echoing, echoing["scenes"][0], SEED)
    recording = recorder.record("bat", lambda _: lambda *_: next(actions), 0)
    assert recording.actions == ["turn_left", "chirp", "turn_left", "stop"] and recording.heard is not None
    loud = [bool(np.abs(part).max() > 0) for part in np.split(recording.heard, 5, axis=1)]
    assert loud == [False, False, True, False, False]


def test_only_storeys_that_were_walked_are_on_the_map() -> None:
    asked: list[float] = []

    def draw(_: float, __: int | None, height: float) -> Any:
        asked.append(height)
        free = np.zeros((2, 3), bool)
        free[0, len(asked) - 1] = True
        return free, (0.0, 3.0, 0.0, 2.0)

    finder = SimpleNamespace(top_down_map=draw, island_of=lambda _: 0)
    points = np.array([[0.0, 0.0, 0.0], [1.0, 0.3, 0.0], [2.0, 3.0, 0.0]])  # the split level belongs to the first
    free, _ = _walkable(finder, points)
    assert asked == [0.0, 3.0] and free is not None and free.tolist() == [[True, True, False], [False] * 3]
    without, around = _walkable(SimpleNamespace(), points)
    assert without is None and around == (-1.0, 3.0, -1.0, 1.0)


def test_a_map_holds_all_that_happened(walk: tuple[Recorder, Recording], tmp_path: Path) -> None:
    recording = walk[1]
    low_x, high_x, low_z, high_z = shown_extent(recording)
    for point in (*recording.positions, *recording.goals, *recording.way):
        assert low_x < point[0] < high_x and low_z < point[2] < high_z
    assert low_x > -0.3 and high_x < 3.3  # the room, not what is around it
    save_episode_map(tmp_path / "map.png", recording)
    assert Image.open(tmp_path / "map.png").size[0] > 500
    assert "toy, episode 0: shortest_path, success" in title(recording)


def test_the_way_grows_on_the_map_where_the_agent_is(walk: tuple[Recorder, Recording]) -> None:
    _, recording = walk
    drawn, to_pixels = _drawn_map(recording)
    moves = np.linalg.norm(np.diff(recording.positions, axis=0), axis=1)
    moved = int(np.flatnonzero(moves)[0]) + 1
    x, y = ((to_pixels(recording.positions)[moved - 1] + to_pixels(recording.positions)[moved]) / 2 / 2).astype(int)
    grown = _Walk(recording)
    before, last = (np.asarray(grown.until(number)).astype(int) for number in (0, len(recording.actions)))
    changed = np.abs(last - before).sum(axis=2) > 60
    assert changed[y - 3 : y + 4, x - 3 : x + 4].any() and changed.mean() < 0.1
    left, right = to_pixels(np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 1.0]]))
    assert right[0] - left[0] > 100 and right[1] == left[1]  # +X is to the right
    assert to_pixels(np.array([[1.0, 0.0, 0.0]]))[0, 1] < left[1] < drawn.shape[0]  # -Z is up


def test_a_frame_for_the_beginning_and_for_every_action(walk: tuple[Recorder, Recording]) -> None:
    recorder, recording = walk
    frames = list(film_frames(recording, recorder.views(recording, VIEW)))
    assert len(frames) == len(recording.actions) + 1
    assert len({frame.shape for frame in frames}) == 1 and all(side % 2 == 0 for side in frames[0].shape[:2])
    view = next(iter(recorder.views(recording, VIEW)))
    np.testing.assert_array_equal(frames[0][200:400, 200:380], view["rgb"][160:360, 200:380])


def test_gifs_have_their_sound_beside_them(tmp_path: Path) -> None:
    frames = [np.full((8, 10, 3), 40 * k, np.uint8) for k in range(4)]
    sound = np.sin(np.arange(4 * 400) / 5.0)[None].repeat(2, axis=0).astype(np.float32) * 3.0
    gain = write_film(tmp_path / "a.gif", frames, 0.1, sound, 4000)
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 4 and film.info["duration"] == 100 and film.size == (10, 8)
    heard, rate = read_sound(tmp_path / "a.wav")
    assert rate == 4000 and heard.shape == (2, 1600) and np.abs(heard).max() == pytest.approx(LOUD, abs=1e-3)
    np.testing.assert_allclose(heard, gain * sound, atol=1e-3)


def test_mp4_has_pictures_and_sound_of_one_length(tmp_path: Path) -> None:
    av = pytest.importorskip("av", reason="MP4 needs PyAV")
    frames = [np.full((64, 64, 3), 12 * k, np.uint8) for k in range(20)]
    sound = np.sin(np.arange(5 * 16000) * 2 * np.pi * 440 / 16000)[None].repeat(2, axis=0).astype(np.float32)
    sound[:, :40000] = 0.0  # silent for the first half
    write_film(tmp_path / "a.mp4", frames, 0.25, sound, 16000)
    with av.open(str(tmp_path / "a.mp4")) as film:
        shades = [(frame.time, int(frame.to_ndarray(format="rgb24").mean())) for frame in film.decode(video=0)]
    with av.open(str(tmp_path / "a.mp4")) as film:
        heard = np.concatenate([frame.to_ndarray() for frame in film.decode(audio=0)], axis=1)
    assert [time for time, _ in shades] == [0.25 * k for k in range(20)]
    assert all(abs(shade - 12 * k) <= 3 for k, (_, shade) in enumerate(shades))
    assert abs(heard.shape[1] - 80000) <= 4096  # AAC's own frames at the ends
    begins = int(np.flatnonzero(np.abs(heard[0]) > 0.1)[0])
    assert abs(begins - 40000) <= 2048  # when the tenth frame is shown


def test_formats_that_cannot_be_written_say_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match="did you mean mp4"):
        require_format("mp5")
    with pytest.raises(SettingsError, match="no pictures"):
        write_film(tmp_path / "a.gif", [], 0.1)

    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(film_files, "importlib", SimpleNamespace(import_module=missing))
    with pytest.raises(SettingsError, match=r"pip install 'echoenv\[film\]', or take the format gif"):
        write_film(tmp_path / "a.mp4", [np.zeros((2, 2, 3), np.uint8)], 0.1)
    assert main(["--run", "nowhere", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert importlib.import_module("json") is json  # the program's own imports are left alone


def test_episodes_are_chosen_by_rule() -> None:
    def row(number: int, success: bool, steps: int, left: float) -> dict[str, Any]:
        return {"number": number, "success": float(success), "steps": float(steps), "distance_to_goal": left}

    rows = [row(0, True, 90, 0.1), row(1, False, 500, 4.0), row(2, True, 10, 0.1), row(3, False, 20, 0.3),
            row(4, True, 30, 0.1), row(5, True, 40, 0.1), row(6, True, 20, 0.1)]  # fmt: skip
    assert [one["number"] for one in ranked(rows, "failure")] == [3, 1]
    assert [one["number"] for one in ranked(rows, "success")] == [4, 6, 5, 2, 0]  # 30 actions are the median
    assert ranked([], "success") == []


@pytest.fixture
def experiment(silent: dict[str, Any]) -> Experiment:
    return Experiment(env=silent, evaluation=Evaluation(homes=silent["scenes"], episodes=4, seed=SEED))


def test_one_of_each_kind_is_shown_and_kept(
    experiment: Experiment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shower = Shower(experiment, "goal_follower", lambda k: baseline("goal_follower", k), None, tmp_path, None)
    rows = shower.episodes()
    shown = shower.show(rows)
    kinds = {bool(row["success"]) for row in rows}
    assert {one.kind == "success" for one in shown} == kinds
    assert all(one.picture.is_file() and bool(one.row["success"]) == (one.kind == "success") for one in shown)
    times = {one.picture: one.picture.stat().st_mtime_ns for one in shown}
    monkeypatch.setattr(Recorder, "record", lambda *_: pytest.fail("it is there already"))
    again = shower.show(shower.episodes())
    assert again == shown and all(file.stat().st_mtime_ns == time for file, time in times.items())
    other = replace(shower, experiment=replace(experiment, seed=1))
    with pytest.raises(pytest.fail.Exception, match="there already"):
        other.show(rows)


def test_the_command_films_a_baseline(
    silent: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    yaml = pytest.importorskip("yaml")
    env = {**silent, "scenes": list(silent["scenes"]), "sensors": list(silent["sensors"]), "rules": {"nearest": 0.5,
           "farthest": 2.5, "ratio": 1.0, "island_radius": 0.5}}  # fmt: skip
    file = tmp_path / "toy.yaml"
    file.write_text(yaml.safe_dump({"env": env, "evaluation": {"homes": env["scenes"], "episodes": 1, "seed": SEED}}))
    out = tmp_path / "films"
    arguments = ["--baseline", "shortest_path", "--config", str(file), "--out", str(out), "--format", "gif"]
    assert main(arguments) == 0
    assert "success" in capsys.readouterr().out
    assert sorted(one.name for one in out.iterdir()) == [
        "shortest_path_episodes.json", "shortest_path_toy_success.gif", "shortest_path_toy_success.json",
        "shortest_path_toy_success.png",
    ]  # fmt: skip
    assert main(["--config", str(file), "--out", str(out), "--format", "gif"]) == 2
    assert "give --baseline" in capsys.readouterr().err
