"""Pretraining by echoes: which class is which turn, what is drawn, what is learned, what is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")
pytest.importorskip("stable_baselines3", reason="the learners need stable-baselines3")

import echoenv  # noqa: E402
from agents import visual_echoes as command  # noqa: E402
from agents.encoders import DictEncoder, ThreeLayerCnn, load_weights  # noqa: E402
from echoenv.datasets.collection import collect  # noqa: E402
from echoenv.datasets.provenance import CollectionSettings  # noqa: E402
from echoenv.datasets.tasks import Job  # noqa: E402
from echoenv.errors import DatasetError, SettingsError  # noqa: E402
from echoenv.navigation.motion import MotionSettings  # noqa: E402
from tasks.depth_networks import RgbToDepth, normalised  # noqa: E402
from tasks.echo_networks import echo_spectrogram  # noqa: E402
from tasks.orientation_learner import VARIANTS, OrientationLearner, pairs_of  # noqa: E402
from tasks.orientation_networks import BACKBONES  # noqa: E402
from tasks.training import Recipe, Training  # noqa: E402
from tasks.views import Views  # noqa: E402
from tests.datasets.fake_simulator import FakeSimulators  # noqa: E402
from tests.rooms import WALL_COLORS, box_room  # noqa: E402

SIZE = 64
NONE = np.zeros(0, np.float32)
SAME, RIGHT, OPPOSITE, LEFT = range(4)


def views(places: int = 4, homes: int = 2, headings: int = 4, seed: int = 0) -> Views:
    """Places whose heading can be seen as where it is bright, and heard as when each ear clicks; in a mixed order."""
    random = np.random.default_rng(seed)
    home, place, step = (one.ravel() for one in np.indices((homes, places, headings)))
    order = random.permutation(len(step))
    home, place, step = home[order], place[order], step[order]
    rgb = random.integers(0, 40, (len(step), SIZE, SIZE, 3), np.uint8)
    echo = 0.01 * random.standard_normal((len(step), 2, 2646)).astype(np.float32)
    for row, k in enumerate(step):
        band = slice(k * SIZE // headings, (k + 1) * SIZE // headings)
        rgb[row, band] += 200
        echo[row, 0, 200 + 2000 * k // headings] = echo[row, 1, 2300 - 2000 * k // headings] = 5.0
    angles = (360.0 / headings * step).astype(np.float32)
    return Views(rgb, NONE, echo, NONE, home, place, angles, tuple(f"home_{k}" for k in range(homes)))


def learner(variant: str = "visual_echoes", **settings: Any) -> OrientationLearner:
    return OrientationLearner(views(2), views(1, seed=1), variant, slimness=16, **settings)


def quiet(_: str) -> None:
    """Nothing."""


def test_the_class_right_is_the_echo_heard_after_a_turn_to_the_right() -> None:
    """In a real room, by the simulator's own action; and there the wall on the right hand is ahead."""
    sim = echoenv.Simulator(
        box_room((6.0, 2.6, 4.0)), threads=1, camera=echoenv.Camera(SIZE, SIZE),
        propagation=echoenv.PropagationSettings(rays=200), motion=MotionSettings(turn=90.0),
    )  # fmt: skip
    places, headings = np.array([[1.0, 0.0, 1.2], [4.5, 0.0, 2.5]]), (0.0, 90.0, 180.0, 270.0)
    place, step = (one.ravel() for one in np.indices((2, 4)))
    angles = np.take(headings, step)
    rgb = sim.observe(places[place], angles, ("rgb",))["rgb"]
    echo = sim.echoes(places, headings, [3, 3]).reshape(8, 2, -1)
    seen = Views(rgb, NONE, echo, NONE, np.zeros(8, np.int64), place, angles.astype(np.float32), ("box",))
    taught = OrientationLearner(seen, seen, slimness=16, augment=False)
    batch = taught.batch(np.arange(2), np.random.default_rng(0))
    turns = {SAME: [], RIGHT: ["turn_right"], OPPOSITE: ["turn_right"] * 2, LEFT: ["turn_left"]}
    for row in range(8):
        np.testing.assert_allclose(batch["rgb"][row].permute(1, 2, 0) * 255.0, rgb[row], atol=1e-3)
        for kind, which in enumerate(batch["beside"][row].tolist()):
            sim.set_agent_state(position=places[place[row]], heading=angles[row])
            for action in turns[kind]:
                sim.act(action)
            heard, recorded = batch["echo"][which].numpy(), sim.echo(seed=3)
            np.testing.assert_allclose(heard, recorded, atol=1e-4 * np.abs(recorded).max())
            if kind == RIGHT:
                sim.set_agent_state(heading=angles[row])
                sim.act("turn_left")
                assert np.abs(sim.echo(seed=3) - heard).max() > 0.05 * np.abs(recorded).max()
    pairs = pairs_of(seen, "visual_echoes")
    ahead = [rgb[row, SIZE // 2, SIZE // 2].argmax() for row in pairs.echoes[0, 0]]
    assert ahead[1:] == [np.argmax(WALL_COLORS[wall]) for wall in ("+x", "+z", "-x")] and angles[0] == 0.0


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_step_has_whole_places_and_each_class_counts_alike(variant: str) -> None:
    data = views(8, 3)
    pairs, random = pairs_of(data, variant), np.random.default_rng(1)
    assert sorted(pairs.pictures.ravel()) == list(range(len(data))) and len(pairs.pictures) == 24
    pictures, echoes = pairs.drawn(np.array([5, 17]), random)
    assert len(set(zip(data.scenes[pictures], data.locations[pictures], strict=True))) == 2 and len(pictures) == 8
    turned = (data.headings[pictures][:, None] - data.headings[echoes]) % 360
    assert (echoes[:, 0] == pictures).all() and pairs.classes[0] == 0
    if variant == "binary_matching":
        assert (data.scenes[pictures] != data.scenes[echoes[:, 1]]).all()
    else:
        assert (data.scenes[pictures][:, None] == data.scenes[echoes]).all()
        assert (data.locations[pictures][:, None] == data.locations[echoes]).all()
        np.testing.assert_array_equal(turned, np.tile([0, 90, 180, 270], (8, 1)))
    counted = np.bincount(pairs.classes, pairs.weights)
    np.testing.assert_allclose(counted, 1.0 / len(counted), rtol=1e-6)


def test_what_is_lost_is_the_mean_over_pictures_of_all_their_pairs() -> None:
    taught = learner("simple")
    told = torch.zeros(2, 4, 2)
    told[0, 0, 0] = told[0, 1, 1] = 50.0  # sure, and right
    told[1, 0, 1] = 50.0  # sure, and wrong
    half = float(np.log(2.0))
    first, second = (0.0 + 0.0 + 2.0 * half) / 6.0, 50.0 / 2.0 + 3.0 * half / 6.0
    assert taught.lost(told).item() == pytest.approx((first + second) / 2.0, rel=1e-5)


def test_pairs_of_a_step_are_told_as_one_by_one() -> None:
    taught = learner()
    batch = taught.batch(np.arange(2), np.random.default_rng(0))
    network = taught.network.eval()
    spectrograms = echo_spectrogram(batch["echo"])
    with torch.no_grad():
        one_by_one = torch.stack([network(batch["rgb"], spectrograms[column]) for column in batch["beside"].T], dim=1)
        assert taught.loss(batch).item() == pytest.approx(taught.lost(one_by_one).item(), rel=1e-4)


def test_echoes_of_other_homes_are_drawn_evenly() -> None:
    data = views(4, 3)
    pairs, random = pairs_of(data, "binary_matching"), np.random.default_rng(0)
    counts = np.zeros(len(data))
    for _ in range(100):
        _, echoes = pairs.drawn(np.arange(12), random)
        np.add.at(counts, echoes[:, 1], 1)
    assert counts.min() > 60 and counts.max() < 145  # 100 on average
    with pytest.raises(DatasetError, match="two scenes or more"):
        pairs_of(views(2, 1), "binary_matching")


def test_eight_headings_hold_the_four_turns_and_any_heading_all() -> None:
    data = views(3, 1, 8)
    quarter, every = pairs_of(data, "visual_echoes"), pairs_of(data, "any_heading")
    assert quarter.echoes.shape == (3, 8, 4) and every.echoes.shape == (3, 8, 8)
    for pairs, angle in ((quarter, 90.0), (every, 45.0)):
        turned = (data.headings[pairs.pictures][..., None] - data.headings[pairs.echoes]) % 360.0
        np.testing.assert_allclose(turned, np.broadcast_to(angle * np.arange(turned.shape[2]), turned.shape))
    assert every.names[:3] == ("0°", "45°", "90°")
    with pytest.raises(DatasetError, match="any_heading"):
        pairs_of(views(2, 1, 6), "visual_echoes")


def test_places_that_lack_a_heading_are_left_out_and_odd_headings_refused() -> None:
    data = views(3, 2)
    fewer = data.chosen(np.delete(np.arange(len(data)), 5))
    pairs = pairs_of(fewer, "visual_echoes")
    assert pairs.pictures.shape == (5, 4) and len(fewer) == 23
    gone = data.scenes[5], data.locations[5]
    assert gone not in set(zip(fewer.scenes[pairs.pictures[:, 0]], fewer.locations[pairs.pictures[:, 0]], strict=True))
    with pytest.raises(DatasetError, match="do not divide a turn"):
        pairs_of(replace(data, headings=np.where(data.headings == 90.0, 100.0, data.headings)), "visual_echoes")
    with pytest.raises(DatasetError, match="no echoes"):
        pairs_of(replace(data, echo=NONE), "visual_echoes")


def test_batches_follow_the_generator() -> None:
    taught, rows = learner("binary_matching"), np.arange(3)
    one, other, third = (taught.batch(rows, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not torch.equal(one["rgb"], third["rgb"])
    heard = [batch["echo"][batch["beside"]] for batch in (one, third)]
    assert torch.equal(heard[0][:, 0], heard[1][:, 0]) and not torch.equal(heard[0][:, 1], heard[1][:, 1])
    assert one["rgb"].shape == (12, 3, SIZE, SIZE) and heard[0].shape == (12, 2, 2, 2646)


def test_first_weights_follow_the_seed_and_leave_torch_alone() -> None:
    state = torch.get_rng_state()
    one, other, third = (learner(seed=seed).network.fusion.weight for seed in (2, 2, 3))
    assert torch.equal(one, other) and not torch.equal(one, third) and torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize("variant", VARIANTS)
def test_all_pairs_held_out_are_judged_as_the_network_tells_them(variant: str) -> None:
    taught = learner(variant)
    judged, pairs, data = taught.judged(), pairs_of(taught.test, variant), taught.test
    with torch.no_grad():
        for row, column in ((0, 0), (3, 1), (7, pairs.echoes.shape[2] - 1)):
            rgb = torch.from_numpy(data.rgb[pairs.pictures[row // 4, row % 4]]).permute(2, 0, 1)[None] / 255.0
            heard = echo_spectrogram(torch.from_numpy(data.echo[pairs.echoes[row // 4, row % 4, column]])[None])
            told = taught.network(rgb, heard)[0].numpy()
            index = told.argmax()
            if variant == "any_heading":
                index = round(float(np.arctan2(told[1], told[0])) / (np.pi / 2.0)) % 4
            assert judged.predicted[row, column] == index
    assert judged.predicted.shape == pairs.echoes.reshape(8, -1).shape == (8, 2 if variant == "binary_matching" else 4)
    confusion = judged.confusion()
    assert confusion.sum() == judged.predicted.size
    right = [(judged.predicted[:, pairs.classes == k] == k).mean() for k in range(len(pairs.names))]
    assert taught.judge()["accuracy"] == pytest.approx(np.mean(right))
    homes = judged.by_home()
    assert list(homes) == ["home_0", "home_1"] and np.mean(list(homes.values())) == pytest.approx(np.mean(right))


def test_a_few_pictures_are_learned_by_heart() -> None:
    few, random = views(3, 1), np.random.default_rng(0)
    taught = OrientationLearner(few, few, slimness=16, augment=False)
    optimiser, losses = torch.optim.Adam(taught.network.parameters(), lr=1e-2), []
    for _ in range(28):
        taught.network.train()
        optimiser.zero_grad()
        loss = taught.loss(taught.batch(np.arange(3), random))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert np.mean(losses[-4:]) < 0.4 * losses[0] and taught.judge()["accuracy"] > 0.8  # 0.25 by chance


def test_any_heading_is_learned_as_a_point_on_a_circle() -> None:
    taught = learner("any_heading")
    angles = torch.arange(4) * (torch.pi / 2.0)
    for turned, lost in ((0.0, 0.0), (torch.pi, 2.0), (torch.pi / 2.0, 1.0)):
        points = torch.stack([torch.cos(angles + turned), torch.sin(angles + turned)], dim=1)
        assert taught.lost(points.expand(5, 4, 2)).item() == pytest.approx(lost, abs=1e-6)
    told = torch.tensor([2.0, 2.0])  # half way between 0 and 90 degrees to the right
    taught.network.told = lambda seen, heard: told.expand(len(heard), 4, 2)
    assert taught.judge()["angle_error"] == pytest.approx((45.0 + 45.0 + 135.0 + 135.0) / 4.0, abs=1e-3)


def test_a_training_that_was_ended_goes_on_to_the_same_numbers(tmp_path: Path) -> None:
    recipe = Recipe(epochs=2, batch=2, threads=1)
    whole = Training(learner(), recipe, tmp_path / "whole")
    whole.run(quiet)
    keep = Training._keep

    def die(self: Training, *given: Any) -> None:
        keep(self, *given)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Training, "_keep", die)
        Training(learner(), recipe, tmp_path / "ended").run(quiet)
    again = Training(learner(), recipe, tmp_path / "ended")
    assert again.epoch == 1
    again.run(quiet)
    states = [one.learner.network.state_dict() for one in (whole, again)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def saved(backbone: str, file: Path, slimness: int = 16) -> OrientationLearner:
    """A learner whose encoder is in a file."""
    taught = OrientationLearner(views(2), views(2), backbone=backbone, slimness=slimness)
    file.write_bytes(command.encoder_bytes(taught.network.visual, backbone, {"backbone": backbone, "size": SIZE}))
    return taught


def test_the_encoder_of_habitats_cnn_starts_a_policy_and_sees_the_same(tmp_path: Path) -> None:
    """A policy gives colours from 0 to 1, the pretraining gave normalised ones: the features must be equal."""
    taught = saved("habitat", tmp_path / "encoder.pt")
    space = gym.spaces.Dict({"rgb": gym.spaces.Box(0, 255, (3, SIZE, SIZE), np.uint8)})
    policy = DictEncoder(space, weights=str(tmp_path / "encoder.pt"))
    policy.start()
    rgb = torch.rand(2, 3, SIZE, SIZE)
    with torch.no_grad():
        expected = taught.network.visual(normalised(rgb))
        torch.testing.assert_close(policy({"rgb": rgb}), expected, rtol=1e-4, atol=1e-4)
    alone = ThreeLayerCnn((3, SIZE, SIZE))
    load_weights(alone, str(tmp_path / "encoder.pt"))
    with torch.no_grad():
        torch.testing.assert_close(alone(rgb), expected, rtol=1e-4, atol=1e-4)


def test_the_encoder_of_the_u_net_starts_depth_of_the_same_slimness(tmp_path: Path) -> None:
    taught = saved("unet", tmp_path / "encoder.pt")
    depth = RgbToDepth(slimness=16)
    load_weights(depth.visual, str(tmp_path / "encoder.pt"))
    for name, value in depth.visual.state_dict().items():
        assert torch.equal(value, taught.network.visual.state_dict()[name]), name
    with pytest.raises(DatasetError, match="another architecture"):
        load_weights(RgbToDepth(slimness=8).visual, str(tmp_path / "encoder.pt"))
    about = json.loads(torch.load(tmp_path / "encoder.pt", weights_only=True)["about"])
    assert about["backbone"] == "unet" and about["size"] == SIZE and "ImageNet" in about["colours"]


def test_the_command_knows_the_tasks_and_encoders_there_are() -> None:
    assert tuple(VARIANTS) == command.VARIANTS and BACKBONES == command.BACKBONES
    with pytest.raises(SettingsError, match="did you mean simple"):
        pairs_of(views(), "simpel")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("orientation")
    collect(Job(out, CollectionSettings(size=SIZE), FakeSimulators(SIZE)), ["b_2", "a_3"], workers=1, preview=False)
    return out


def test_the_command_trains_writes_and_goes_on(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--data", str(data), "--train", "a_3", "--test", "b_2", "--quick", "--slimness", "16", "--epochs", "1",
             "--batch", "2", "--threads", "1", "--device", "cpu", "--out", str(tmp_path / "run")]  # fmt: skip
    assert command.main(given) == 0
    assert "epoch 1 of 1" in capsys.readouterr().out
    found = json.loads((tmp_path / "run" / command.MEASURES).read_text())
    assert found["command"].startswith("python -m agents.visual_echoes --data") and "--slimness 16" in found["command"]
    assert found["size"] == 64 and found["recipe"]["rate"] == 1e-3 and found["pictures"] == {"train": 12, "test": 8}
    assert np.sum(found["confusion"]) == 32 and found["by_home"]["b_2"] == found["measures"]["accuracy"]
    page = (tmp_path / "run" / command.PAGE).read_text()
    assert found["command"] in page and f"**{found['measures']['accuracy']:.1%}**" in page and "25.0%" in page
    assert (tmp_path / "run" / command.PICTURE).read_bytes().startswith(b"\x89PNG")
    encoder = (tmp_path / "run" / command.ENCODER).read_bytes()
    assert command.main(given) == 0 and "epoch 1 of 1" not in capsys.readouterr().out
    assert (tmp_path / "run" / command.ENCODER).read_bytes() == encoder
    assert command.main([*given, "--rate", "0.01"]) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (["--train", "a_4"], "did you mean a_3"),
        (["--test", "a_3"], "both"),
        (["--size", "65"], "64, 96, 128"),
        (["--slimness", "17"], "slimness"),
        (["--rate", "nan"], "rate"),
        (["--variant", "binary_matching"], "two scenes"),
        (["--backbone", "resnet"], "did you mean resnet50"),
        (["--device", "tpu"], "device 'tpu'"),
        (["--data", "nowhere"], "nowhere"),
    ],
)
def test_mistakes_are_one_line_and_status_2(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: list[str], said: str
) -> None:
    given = ["--data", str(data), "--train", "a_3", "--test", "b_2", "--size", "64", "--threads", "1", "--out",
             str(tmp_path)]  # fmt: skip
    try:
        status = command.main([*given, *change])
    except SystemExit as ended:
        status = int(str(ended.code))
    lines = capsys.readouterr().err.strip().splitlines()
    assert status == 2 and len(lines) == 1 and said in lines[0], lines
