"""Training: what is kept, what goes on, what is learned in a toy home."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")
pytest.importorskip("stable_baselines3", reason="the learners need stable-baselines3")
pytest.importorskip("sb3_contrib", reason="the learners need sb3-contrib")

from agents.baselines import BASELINES, baseline  # noqa: E402
from agents.configuration import Experiment, Learning, Network, read_experiment  # noqa: E402
from agents.encoders import BandEncoder, DictEncoder, ResNet18, load_weights  # noqa: E402
from agents.evaluation import network_policy, run_episodes, summary, table  # noqa: E402
from agents.ppo import Training, main, new_model  # noqa: E402
from agents.vector import WorkersVecEnv  # noqa: E402
from echoenv.datasets.episode_rules import EpisodeRules  # noqa: E402
from echoenv.errors import DatasetError, SettingsError  # noqa: E402
from echoenv.scene.export import exported_files  # noqa: E402
from tests.rooms import box_room  # noqa: E402

EASY = EpisodeRules(nearest=0.5, farthest=2.5, ratio=1.0, island_radius=0.5)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Settings of a task in a small bare room, with the goal told."""
    file = tmp_path_factory.mktemp("toy") / "toy.glb"
    room = box_room((3.0, 2.6, 3.0))
    file.write_bytes(next(data for path, data in exported_files(room).items() if path.suffix == ".glb"))
    sensors = ("pointgoal_with_gps_compass",)
    return {"scenes": (str(file),), "rules": EASY, "sensors": sensors, "max_steps": 40, "turn": 45.0, "forward": 0.4,
            "success_distance": 0.5, "height": 16, "width": 16}  # fmt: skip


def experiment(env: dict[str, Any], **learning: Any) -> Experiment:
    quick = {"steps": 64, "rollout": 16, "batch": 16, "epochs": 1, **learning}
    return Experiment(env=env, network=Network(features=16, hidden=16), learning=Learning(**quick),
                      workers=0, agents=2, checkpoint=32)  # fmt: skip


@pytest.mark.parametrize("algorithm", ["ppo", "recurrent_ppo"])
def test_a_training_that_was_ended_goes_on_to_the_same_numbers(
    toy: dict[str, Any], tmp_path: Path, algorithm: str
) -> None:
    chosen = experiment(toy, algorithm=algorithm)
    whole = Training(chosen, tmp_path / "whole").run()
    training = Training(chosen, tmp_path / "ended")
    keep = Training._keep

    def die(self: Training, model: Any, seconds: float) -> None:
        keep(self, model, seconds)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Training, "_keep", die)
        training.run()
    again = Training(chosen, tmp_path / "ended")
    assert again.steps == 32
    ended = again.run()
    for one, other in zip(whole.policy.parameters(), ended.policy.parameters(), strict=True):
        assert torch.equal(one, other)
    curves = [(tmp_path / name / "curve.jsonl").read_text().splitlines() for name in ("whole", "ended")]
    points = [[{k: v for k, v in json.loads(line).items() if "second" not in k} for line in c] for c in curves]
    assert points[0] == points[1] and [point["steps"] for point in points[0]] == [32, 64]


def test_a_folder_of_another_experiment_is_refused(toy: dict[str, Any], tmp_path: Path) -> None:
    Training(experiment(toy), tmp_path).run()
    with pytest.raises(DatasetError, match="another experiment"):
        Training(experiment(toy, gamma=0.5), tmp_path)


def test_processes_and_one_process_give_the_same(toy: dict[str, Any]) -> None:
    seen = []
    for workers, agents in ((0, 2), (2, 1)):
        env = WorkersVecEnv(workers, agents, toy)
        observations = [env.begin([3, 4])]
        random = np.random.default_rng(0)
        for _ in range(5):
            env.step_async(random.integers(1, 4, 2))
            observations.append(env.step_wait()[0])
        env.close()
        seen.append(observations)
    for one, other in zip(*seen, strict=True):
        np.testing.assert_array_equal(one["pointgoal_with_gps_compass"], other["pointgoal_with_gps_compass"])


def test_a_mistake_in_another_process_is_told_here(toy: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="did you mean depth"):
        WorkersVecEnv(1, 1, {**toy, "sensors": ("dept",)})


def test_the_toy_home_is_learned(toy: dict[str, Any], tmp_path: Path) -> None:
    quick = {"steps": 8192, "rollout": 64, "batch": 128, "epochs": 10, "rate": 2e-3, "clip": 0.2, "decay": False}
    network = Network(features=32, hidden=64)
    chosen = replace(experiment(toy, **quick), network=network, agents=8, checkpoint=8192)
    model = Training(chosen, tmp_path).run()
    rows = run_episodes(network_policy(model, False), toy, toy["scenes"], 20, 77)
    drawn = run_episodes(lambda number: baseline("random", number), toy, toy["scenes"], 20, 77)
    assert summary(rows)["success"][0] >= 0.6 > 0.3 > summary(drawn)["success"][0]  # 0.9 when it was written


def test_baselines_stand_in_their_order(toy: dict[str, Any]) -> None:
    names = ("random", "goal_follower", "shortest_path")
    results = {name: run_episodes(lambda k, n=name: baseline(n, k), toy, toy["scenes"], 12, 5) for name in names}
    spl = {name: summary(rows)["spl"][0] for name, rows in results.items()}
    assert spl["random"] < spl["goal_follower"] and spl["shortest_path"] > 0.85
    text = table(results)
    assert text.count("\n| ") >= 4 and "shortest_path" in text and "toy" in text
    with pytest.raises(SettingsError, match="did you mean random"):
        baseline("randm")
    assert set(BASELINES) >= set(names)


def test_weights_start_a_network_and_others_are_refused(tmp_path: Path) -> None:
    source = ResNet18((3, 64, 64), 32)
    torch.save(source.state_dict(), tmp_path / "rgb.pt")
    depth = ResNet18((1, 64, 64), 16)
    load_weights(depth, str(tmp_path / "rgb.pt"))
    assert torch.equal(depth.layer3[1].conv2.weight, source.layer3[1].conv2.weight)
    np.testing.assert_allclose(depth.conv1.weight[:, 0].detach(), source.conv1.weight.mean(1).detach(), atol=1e-6)
    torch.save({"layer9.weight": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(DatasetError, match="another architecture"):
        load_weights(depth, str(tmp_path / "other.pt"))
    with pytest.raises(DatasetError, match="missing"):
        load_weights(depth, str(tmp_path / "none.pt"))


def test_a_policy_starts_from_the_weights_given_and_stops_seldom(toy: dict[str, Any], tmp_path: Path) -> None:
    """Stable-Baselines3 draws all weights anew when it builds a policy: those of the file must come after."""
    settings = {**toy, "sensors": ("depth",), "height": 64, "width": 64}
    env = WorkersVecEnv(0, 1, settings)
    first = new_model(experiment(settings), env).policy
    torch.save(first.features_extractor.visual.state_dict(), tmp_path / "w.pt")
    chosen = replace(experiment(settings), network=Network(features=16, hidden=16, weights=str(tmp_path / "w.pt")))
    second = new_model(chosen, env).policy
    encoders = [policy.features_extractor.visual for policy in (first, second)]
    for one, other in zip(*(encoder.parameters() for encoder in encoders), strict=True):
        assert torch.equal(one, other)
    seen = {name: torch.as_tensor(value) for name, value in env.begin([0]).items()}
    assert 0.001 < second.get_distribution(seen).distribution.probs[0, 0].item() < 0.03


def test_pictures_of_colours_and_maps_are_learned_from(toy: dict[str, Any], tmp_path: Path) -> None:
    """Stable-Baselines3 turns 8-bit pictures to channels first, in its view of the agents alone."""
    settings = {**toy, "sensors": ("rgb", "ego_map", "pointgoal_with_gps_compass"), "height": 64, "width": 64}
    model = Training(experiment(settings), tmp_path).run()
    assert model.num_timesteps == 64
    assert len(run_episodes(network_policy(model, True), settings, toy["scenes"], 1, 0)) == 1


@pytest.mark.parametrize("visual", ["habitat", "soundspaces", "resnet18"])
def test_every_encoder_takes_pictures_and_sounds(visual: str) -> None:
    from gymnasium import spaces

    space = spaces.Dict({
        "depth": spaces.Box(0, 1, (64, 64, 1), np.float32),
        "rgb": spaces.Box(0, 255, (3, 64, 64), np.uint8),
        "spectrogram": spaces.Box(0, 9, (65, 26, 2), np.float32),
        "log_mel": spaces.Box(-9, 9, (64, 26, 4), np.float32),
        "panorama": spaces.Box(0, 255, (64, 128, 3), np.uint8),
        "panorama_depth": spaces.Box(0, 1, (64, 128, 1), np.float32),
        "ego_map": spaces.Box(0, 255, (3, 64, 64), np.uint8),
        "acoustic_memory": spaces.Box(0, 255, (1, 64, 64), np.uint8),
        "gps": spaces.Box(-9, 9, (2,), np.float32),
    })  # fmt: skip
    encoder = DictEncoder(space, visual, 24)
    given = {name: torch.rand(5, *one.shape) for name, one in space.spaces.items()}
    assert encoder.features_dim == 2 + 5 * 24 and encoder(given).shape == (5, 122)


def test_the_ears_are_compared_band_by_band() -> None:
    """Each part of what the layer is handed, by a layer that hands it on."""
    encoder = BandEncoder((4, 3, 5), 15)
    with torch.no_grad():
        encoder.fc.weight.copy_(torch.eye(15))
        encoder.fc.bias.zero_()
    sound = torch.full((1, 4, 3, 5), -3.0)
    sound[0, 0, 1, :] = -1.5  # the left ear is 15 dB louder in the second band
    sound[0, 0, 2, 4] = 0.0  # and for a moment 30 dB in the third
    sound[0, 2:] = torch.tensor([0.6, 0.8])[:, None, None]
    level, loudest, difference, ahead, quarter = encoder(sound)[0].reshape(5, 3).tolist()
    assert level == pytest.approx([0.0, 0.25, 0.1]) and loudest == pytest.approx([0.0, 0.25, 0.5])
    assert difference == pytest.approx([0.0, 1.5, 0.6])
    assert ahead == pytest.approx([0.6] * 3) and quarter == pytest.approx([0.8] * 3)


def test_configurations_are_checked_key_by_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("task: EchoEnv/PointNav-v0\nlearning:\n  rat: 0.1\n")
    with pytest.raises(SettingsError, match="'rat' is not known: did you mean rate"):
        read_experiment(file)
    file.write_text("learning:\n  steps: many\n")
    with pytest.raises(SettingsError, match="steps = 'many': give int"):
        read_experiment(file)
    file.write_text("task: EchoEnv/PointNv-v0\n")
    with pytest.raises(SettingsError, match="EchoEnv/PointNav-v0"):
        read_experiment(file)
    assert main(["--config", str(tmp_path / "on.yaml")]) == 2
    assert "did you mean one.yaml" in capsys.readouterr().err
    shipped = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
    assert shipped and all(isinstance(read_experiment(one), Experiment) for one in shipped)


def test_models_have_the_network_that_was_asked_for(toy: dict[str, Any]) -> None:
    env = WorkersVecEnv(0, 1, toy)
    model = new_model(experiment(toy, algorithm="recurrent_ppo"), env)
    assert model.policy.lstm_actor.hidden_size == 16
    env.close()
