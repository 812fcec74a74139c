"""ConvNeXt-Tiny: names and numbers are torchvision's, blocks are the published formula, it learns and starts again."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")
pytest.importorskip("stable_baselines3", reason="the learners need stable-baselines3")

from agents import visual_echoes as command  # noqa: E402
from echoenv.datasets.collection import collect  # noqa: E402
from echoenv.datasets.provenance import CollectionSettings  # noqa: E402
from echoenv.datasets.tasks import Job  # noqa: E402
from echoenv.errors import DatasetError, SettingsError  # noqa: E402
from tasks.depth_learner import DepthLearner  # noqa: E402
from tasks.depth_measures import log_depth_loss  # noqa: E402
from tasks.encoder_files import start_from  # noqa: E402
from tasks.modern_encoders import ConvNeXtBlock, ConvNeXtTiny, RgbConvNeXtToDepth  # noqa: E402
from tasks.orientation_networks import OrientationNetwork, backbone  # noqa: E402
from tasks.training import Recipe, Training  # noqa: E402
from tests.datasets.fake_simulator import FakeSimulators  # noqa: E402
from tests.tasks.test_networks import block, parameters  # noqa: E402
from tests.tasks.test_training import views  # noqa: E402

WHOLE = 28_589_128
"""Parameters of torchvision's convnext_tiny, its classifier of 1000 kinds included, as torchvision publishes it."""

CLASSIFIER = 2 * 768 + 768 * 1000 + 1000


def quiet(_: str) -> None:
    """Nothing."""


def blocks_of(network: torch.nn.Module) -> list[ConvNeXtBlock]:
    return [one for one in network.modules() if isinstance(one, ConvNeXtBlock)]


def test_convnext_is_torchvisions_without_its_classifier() -> None:
    with torch.device("meta"):
        network = ConvNeXtTiny()
    assert parameters(network) == WHOLE - CLASSIFIER
    shapes = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    assert len(shapes) == 178  # torchvision's 182, less the 4 of the classifier
    some = {
        "features.0.0.weight": (96, 3, 4, 4), "features.0.0.bias": (96,), "features.0.1.weight": (96,),
        "features.1.0.layer_scale": (96, 1, 1), "features.1.0.block.0.weight": (96, 1, 7, 7),
        "features.1.0.block.2.bias": (96,), "features.1.2.block.3.weight": (384, 96),
        "features.1.2.block.5.weight": (96, 384), "features.2.0.weight": (96,), "features.2.1.weight": (192, 96, 2, 2),
        "features.4.1.bias": (384,), "features.5.8.block.3.bias": (1536,), "features.6.0.bias": (384,),
        "features.7.2.layer_scale": (768, 1, 1),
    }  # fmt: skip
    assert {name: shapes.get(name) for name in some} == some


def test_a_block_is_the_published_formula() -> None:
    torch.manual_seed(0)
    width, made = 5, ConvNeXtBlock(5, dropped=0.5).eval()
    with torch.no_grad():
        for value in made.parameters():
            value.copy_(torch.randn(value.shape))
        given = torch.randn(2, width, 6, 7)
        state = {name: value.double() for name, value in made.state_dict().items()}
        padded = torch.nn.functional.pad(given.double(), (3, 3, 3, 3))
        expected = torch.empty(2, width, 6, 7, dtype=torch.float64)
        for y, x in np.ndindex(6, 7):
            window = padded[:, :, y : y + 7, x : x + 7]
            one = (window * state["block.0.weight"][:, 0]).sum(dim=(2, 3)) + state["block.0.bias"]
            one = (one - one.mean(dim=1, keepdim=True)) / torch.sqrt(one.var(dim=1, correction=0, keepdim=True) + 1e-6)
            one = one * state["block.2.weight"] + state["block.2.bias"]
            one = one @ state["block.3.weight"].T + state["block.3.bias"]
            one = 0.5 * one * (1.0 + torch.erf(one / 2.0**0.5))
            one = one @ state["block.5.weight"].T + state["block.5.bias"]
            expected[:, :, y, x] = given[:, :, y, x] + state["layer_scale"][:, 0, 0] * one
        torch.testing.assert_close(made(given).double(), expected, rtol=1e-4, atol=1e-4)


def test_blocks_are_left_out_of_steps_by_samples_and_the_mean_stays() -> None:
    made = ConvNeXtBlock(4, dropped=0.3)
    with torch.no_grad():
        made.layer_scale.fill_(1.0)
        given = torch.randn(1, 4, 5, 5).expand(2000, -1, -1, -1)
        added = made.eval()(given[:1]) - given[:1]
        torch.manual_seed(3)
        shares = ((made.train()(given) - given) / added).flatten(1)
    kept = shares[:, 0] > 0.5
    assert 0.66 < kept.float().mean() < 0.74
    torch.testing.assert_close(shares, kept[:, None] / 0.7 * torch.ones_like(shares), rtol=1e-2, atol=1e-2)


def test_what_is_left_out_follows_torchs_seed_and_nothing_is_when_judging() -> None:
    network = ConvNeXtTiny(slimness=16)
    chances = [one.dropped for one in blocks_of(network)]
    assert len(chances) == 18 and chances[0] == 0.0 and chances[-1] == pytest.approx(0.1)
    np.testing.assert_allclose(np.diff(chances), 0.1 / 17)
    for one in blocks_of(network):
        torch.nn.init.ones_(one.layer_scale)
    pictures, found = torch.randn(6, 3, 64, 64), []
    with torch.no_grad():
        for seed in (1, 1, 2):
            torch.manual_seed(seed)
            found.append(network(pictures)[-1])
        network.eval()
        assert torch.equal(network(pictures)[-1], network(pictures)[-1])
    assert torch.equal(found[0], found[1]) and not torch.equal(found[0], found[2])


@pytest.mark.parametrize("slimness", [4, 16])
def test_features_of_all_stages_come_out_at_all_sizes(slimness: int) -> None:
    widths = [width // slimness for width in (96, 192, 384, 768)]
    network, depth = ConvNeXtTiny(slimness=slimness).eval(), RgbConvNeXtToDepth(slimness).eval()
    for size in (64, 96, 128):
        with torch.no_grad():
            found, told = network(torch.rand(2, 3, size, size)), depth(torch.rand(2, 3, size, size))
        expected = [(2, width, size >> k, size >> k) for k, width in enumerate(widths, start=2)]
        assert [tuple(one.shape) for one in found] == expected
        assert told.shape == (2, 1, size, size) and 0.0 <= told.min() <= told.max() <= 1.0
    with pytest.raises(SettingsError, match="slimness = 17"):
        ConvNeXtTiny(slimness=17)


def test_depth_by_convnext_has_the_parameters_counted_by_hand() -> None:
    widths = (96, 192, 384, 768)
    norms, ups = 2 * sum(widths), block(768, 384) + block(768, 192) + block(384, 96) + block(192, 48)
    with torch.device("meta"):
        assert parameters(RgbConvNeXtToDepth()) == WHOLE - CLASSIFIER + norms + ups + 48 * 16 + 1


def test_every_weight_is_learned_in_16_bits_too() -> None:
    network = RgbConvNeXtToDepth(slimness=16)
    for one in blocks_of(network):
        torch.nn.init.ones_(one.layer_scale)  # 1e-6 hides in 16 bits what is behind it
        one.dropped = 0.0
    with torch.autocast("cpu", torch.bfloat16):
        depth = network(torch.rand(3, 3, 64, 64))
        loss = log_depth_loss(10.0 * depth.float(), torch.full_like(depth, 3.0, dtype=torch.float32))
    loss.backward()
    assert torch.isfinite(loss)
    without = [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()]
    assert without == []


def test_a_file_of_torchvision_starts_the_encoder_and_depth_by_it(tmp_path: Path) -> None:
    state = ConvNeXtTiny(slimness=16).state_dict()
    classifier = {"classifier.0.weight": torch.ones(48), "classifier.0.bias": torch.ones(48),
                  "classifier.2.weight": torch.ones(1000, 48), "classifier.2.bias": torch.ones(1000)}  # fmt: skip
    torch.save({**state, **classifier}, tmp_path / "convnext.pth")
    taught = DepthLearner("rgb_convnext", views(4), views(2), slimness=16, seed=9, weights=tmp_path / "convnext.pth")
    started = taught.network.visual.state_dict()
    assert all(torch.equal(started[name], value) for name, value in state.items())
    with pytest.raises(DatasetError, match="another architecture"):
        start_from(ConvNeXtTiny(slimness=8), tmp_path / "convnext.pth")
    with pytest.raises(DatasetError, match="another architecture"):
        DepthLearner("rgb", views(4), views(2), slimness=16, weights=tmp_path / "convnext.pth")


def test_a_training_that_was_ended_goes_on_to_the_same_numbers(tmp_path: Path) -> None:
    """What is left out of a step is drawn, and must not depend on where a training was taken up."""
    recipe = Recipe(epochs=2, batch=4, threads=1)

    def training(folder: str) -> Training:
        return Training(DepthLearner("rgb_convnext", views(8), views(4, 1), 16), recipe, tmp_path / folder, judged=2)

    whole, keep = training("whole"), Training._keep
    whole.run(quiet)

    def die(self: Training, *given: Any) -> None:
        keep(self, *given)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Training, "_keep", die)
        training("ended").run(quiet)
    again = training("ended")
    assert again.epoch == 1
    again.run(quiet)
    states = [one.learner.network.state_dict() for one in (whole, again)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])


def test_orientations_are_learned_by_heart() -> None:
    random = np.random.default_rng(0)
    rgb = torch.from_numpy(random.uniform(0.0, 1.0, (6, 3, 64, 64)).astype(np.float32))
    heard = torch.from_numpy(random.uniform(0.0, 1.0, (6, 2, 257, 166)).astype(np.float32))
    classes, losses = torch.arange(6) % 4, []
    torch.manual_seed(0)
    network = OrientationNetwork("convnext", size=64, slimness=16)
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(9):
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(rgb, heard), classes)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 * losses[0]


def test_the_command_pretrains_it_and_depth_starts_from_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = tmp_path / "data", tmp_path / "run"
    collect(Job(data, CollectionSettings(size=64), FakeSimulators(64)), ["b_1", "a_2"], workers=1, preview=False)
    given = ["--data", str(data), "--train", "a_2", "--test", "b_1", "--quick", "--backbone", "convnext", "--slimness",
             "16", "--epochs", "1", "--batch", "8", "--threads", "1", "--device", "cpu", "--out", str(out)]  # fmt: skip
    assert command.main(given) == 0 and "epoch 1 of 1" in capsys.readouterr().out
    file = out / command.ENCODER
    first = file.read_bytes()
    assert command.main(given) == 0 and "epoch 1 of 1" not in capsys.readouterr().out  # it was done
    assert file.read_bytes() == first
    kept = torch.load(file, weights_only=True)
    about = json.loads(kept["about"])
    assert about["backbone"] == "convnext" and "ImageNet" in about["colours"]
    again, depth = backbone("convnext", 64, 16), RgbConvNeXtToDepth(slimness=16)
    for encoder in (again, depth.visual):
        start_from(encoder, file)
    states = [kept["visual"], again.state_dict(), depth.visual.state_dict()]
    for one, other in itertools.pairwise(states):
        assert list(one) == list(other) and all(torch.equal(one[name], other[name]) for name in one)
