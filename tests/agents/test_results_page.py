"""The page of results: that its figures are those of the runs, and that it says how they came about."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("yaml", reason="experiments are YAML files")

from agents import results_page
from agents.configuration import Evaluation, Experiment, Learning, Network
from agents.results_curves import running_mean
from agents.results_page import main, sections_of
from agents.results_tables import figure, length_table, policies_of
from agents.runs import read_run
from echoenv.datasets.episode_rules import EpisodeRules
from echoenv.errors import DatasetError

BASE = Experiment(learning=Learning(steps=4000), evaluation=Evaluation(homes=("office_4", "room_0"), episodes=2))


def row(scene: str, success: float, start: float, left: float = 0.1, **more: Any) -> dict[str, Any]:
    """An episode as files from before `number` and `start_distance` have it."""
    measures = {"spl": 0.8 * success, "soft_spl": 0.5, "distance_to_goal": left, "collisions": 1.0, "steps": 30.0}
    share = {"distance_to_goal_by_start": left / start}
    return {"scene": scene, "episode": "0", "success": success, **measures, **share, **more}


def write_run(
    folder: Path, experiment: Experiment = BASE, rows: dict[str, Any] | None = None, steps: int = 4000
) -> str:
    folder.mkdir(parents=True)
    (folder / "training.json").write_text(json.dumps({"experiment": asdict(experiment), "steps": steps}))
    points = [{"steps": 1000 * (k + 1), "episodes": 3, "return": 1.0 * k, "length": 50.0, "success": 0.2 * k,
               "spl": 0.1 * k, "seconds": 600.0, "steps_per_second": 1.7} for k in range(steps // 1000)]  # fmt: skip
    points[0] |= {"return": None, "success": None, "spl": None, "episodes": 0}
    (folder / "curve.jsonl").write_text("".join(json.dumps(point) + "\n" for point in points))
    if rows is not None:
        (folder / "results.json").write_text(json.dumps({"about": {}, "episodes": rows, "summary": {}}))
    return str(folder)


ROWS = {
    "agent": [row("office_4", 1.0, 2.0), row("office_4", 0.0, 5.0), row("room_0", 1.0, 5.0), row("room_0", 1.0, 12.0)],
    "shortest_path": [row("office_4", 1.0, 2.0), row("office_4", 1.0, 5.0), row("room_0", 1.0, 5.0),
                      row("room_0", 1.0, 12.0)],
}  # fmt: skip


def test_figures_are_means_with_their_standard_errors() -> None:
    values = [{"spl": one} for one in (0.2, 0.4, 0.9)]
    error = np.std([0.2, 0.4, 0.9], ddof=1) / np.sqrt(3)
    assert figure([values], "spl", lambda _: True) == f"0.500 ± {error:.3f}"
    assert figure([values[:1]], "spl", lambda _: True) == "0.200"
    assert figure([values], "spl", lambda _: False) == "-" and figure([], "spl", lambda _: True) == "-"


def test_seeds_are_counted_not_their_episodes() -> None:
    seeds = [[{"spl": 0.4}, {"spl": 0.6}], [{"spl": 0.8}, {"spl": 1.0}]]
    assert figure(seeds, "spl", lambda _: True) == f"0.700 ± {np.std([0.5, 0.9], ddof=1):.3f}"


def test_episodes_are_sorted_by_the_length_of_their_way(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "a", rows=ROWS))
    assert [one["number"] for one in run.episodes["agent"]] == [0, 1, 0, 1]
    assert [one["start_distance"] for one in run.episodes["agent"]] == pytest.approx([2.0, 5.0, 5.0, 12.0])
    lines = length_table(policies_of([run])).splitlines()
    assert lines[0] == "| SPL | < 3 m (1) | 3 to 6 m (2) | 6 to 10 m (0) | > 10 m (1) |"
    assert lines[2].startswith("| **trained agent** | 0.800 | 0.400 ± 0.400 | - | 0.800 |")


def test_a_way_that_is_written_down_is_taken_as_it_is(tmp_path: Path) -> None:
    on_the_goal = row("office_4", 1.0, 2.0, left=0.0)
    rows = {"agent": [{**on_the_goal, "start_distance": 7.0, "number": 9}, on_the_goal]}
    first, second = read_run(write_run(tmp_path / "a", rows=rows)).episodes["agent"]
    assert (first["start_distance"], first["number"]) == (7.0, 9)
    assert second["start_distance"] is None  # 0 m of 0 shares


def test_trainings_that_differ_in_their_seed_are_one_section(tmp_path: Path) -> None:
    names = {"a": BASE, "b": replace(BASE, seed=3), "c": replace(BASE, workers=7)}
    runs = [read_run(write_run(tmp_path / name, one)) for name, one in names.items()]
    assert [[run.folder.name for run in section.runs] for section in sections_of(runs)] == [["a", "b"], ["c"]]


def test_the_page_says_what_was_trained_and_how_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configs = tmp_path / "configs"
    configs.mkdir()
    (configs / "other.yaml").write_text("workers: 9\n")
    (configs / "broken.yaml").write_text("wrokers: 9\n")
    (configs / "point.yaml").write_text("evaluation: {homes: [office_4, room_0], episodes: 2}\n")
    monkeypatch.setattr(results_page, "CONFIGS", configs)
    runs = [write_run(tmp_path / "runs" / "point", rows=ROWS)]
    runs.append(write_run(tmp_path / "runs" / "point_1", replace(BASE, seed=1), ROWS))
    out = tmp_path / "docs" / "results" / "navigation.md"
    assert main([*runs, "--out", str(out), "--machine", "2 cores of a test", "--no-maps"]) == 0
    text = out.read_text()
    assert f"`python -m agents.ppo --config {configs.as_posix()}/point.yaml --steps 4000`" in text
    assert "--steps 4000 --seed 1 --out runs/point_1`" in text
    assert "time** 40 min and 40 min of training, 2 steps/s, on 2 cores of a test" in text
    assert "| **trained agent, 2 seeds** | 2 x 4 | 0.750 ± 0.000 |" in text
    assert "| `shortest_path` | 4 | 1.000 ± 0.000 | 0.800 ± 0.000 |" in text
    assert "[point](#point)" in text and "\n## point\n" in text
    assert "0.969 | 0.948" in text and "2604.02389" not in text  # what was published about sound, with sound alone
    pictures = re.findall(r"!\[[^]]*]\(([^)]+)\)", text)
    assert pictures and all((out.parent / one).is_file() for one in pictures)
    assert all(len(line) <= 200 for line in text.splitlines() if not line.startswith(("|", "- **", "This page")))


def test_a_training_that_is_not_judged_has_its_curve(tmp_path: Path) -> None:
    sounding = replace(BASE, task="EchoEnv/AudioGoal-v0")
    run = write_run(tmp_path / "half way", sounding, steps=2000)
    out = tmp_path / "docs" / "results" / "navigation.md"
    assert main([run, "--out", str(out), "--no-maps"]) == 0
    text = out.read_text()
    assert "Not judged yet" in text and "2,000 of 4,000" in text and "2604.02389" in text
    assert Image.open(tmp_path / "docs" / "images" / "navigation" / "half_way_curve.png").size[0] > 1000


def test_a_folder_without_a_training_is_a_mistake_of_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(tmp_path / "pointnav")
    assert main([str(tmp_path / "pointnaw"), "--out", str(tmp_path / "page.md")]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "did you mean pointnav?" in told and "agents.ppo makes one" in told
    (tmp_path / "pointnav" / "training.json").write_text('{"steps": 3}')
    with pytest.raises(DatasetError, match="cannot be read"):
        read_run(tmp_path / "pointnav")


def test_a_running_mean_leaves_straight_lines_as_they_are() -> None:
    line = np.arange(60, dtype=float)
    np.testing.assert_allclose(running_mean(line), line)
    spike = np.zeros(60)
    spike[30] = 1.0
    assert running_mean(spike)[30] == pytest.approx(1 / 5) and running_mean(spike).sum() == pytest.approx(1.0)
    np.testing.assert_array_equal(running_mean(np.array([2.0])), [2.0])


def test_a_trained_agent_is_shown_on_maps(tmp_path: Path) -> None:
    """From a training to the page, with the network's own way in every home."""
    pytest.importorskip("torch", reason="the learners need torch")
    pytest.importorskip("stable_baselines3", reason="the learners need stable-baselines3")
    from agents.ppo import Training
    from echoenv.scene.export import exported_files
    from tests.rooms import box_room

    file = tmp_path / "toy.glb"
    file.write_bytes(
        next(data for path, data in exported_files(box_room((3, 2.6, 3))).items() if path.suffix == ".glb")
    )
    rules = EpisodeRules(nearest=0.5, farthest=2.5, ratio=1.0, island_radius=0.5)
    env = {"scenes": (str(file),), "rules": rules, "sensors": ("pointgoal_with_gps_compass",), "max_steps": 20,
           "height": 16, "width": 16}  # fmt: skip
    learning = Learning(steps=64, rollout=16, batch=16, epochs=1)
    judged = Evaluation(homes=(str(file),), episodes=2)
    chosen = Experiment(env=env, network=Network(features=8, hidden=8), learning=learning, evaluation=judged,
                        workers=0, agents=2, checkpoint=64)  # fmt: skip
    Training(chosen, tmp_path / "run").run()
    out = tmp_path / "docs" / "results" / "navigation.md"
    assert main([str(tmp_path / "run"), "--out", str(out)]) == 0
    pictures = re.findall(r"!\[toy, (\w+)]\(([^)]+)\)", out.read_text())
    assert pictures and all(Image.open(out.parent / file).size[0] > 300 for _, file in pictures)
