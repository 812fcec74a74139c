"""Fusion by attention: products are bilinear, the map lies between 0 and 1, its ends are the two depths, files fit."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")
pytest.importorskip("stable_baselines3", reason="the encoder of materials needs stable-baselines3")

from agents.encoders import ResNet18  # noqa: E402
from echoenv.errors import DatasetError, SettingsError  # noqa: E402
from tasks.depth_learner import DepthLearner  # noqa: E402
from tasks.depth_measures import log_depth_loss  # noqa: E402
from tasks.depth_networks import RgbToDepth, normalised  # noqa: E402
from tasks.echo_networks import EchoToDepth  # noqa: E402
from tasks.fusion_networks import AttentionMap, EchoProduct, RgbEchoAttention, material_encoder  # noqa: E402
from tasks.unet import UNetEncoder, first_weights  # noqa: E402
from tests.tasks.test_networks import block, parameters  # noqa: E402
from tests.tasks.test_training import views  # noqa: E402


def given(size: int = 64, count: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(0)
    shapes = ((count, 3, size, size), (count, 2, 257, 166))
    return tuple(torch.rand(shape, generator=random) for shape in shapes)


def test_a_product_is_that_of_an_echo_laid_beside_every_place() -> None:
    torch.manual_seed(0)
    product, features, echo = EchoProduct(6, 5, 7), torch.randn(3, 6, 2, 4), torch.randn(3, 5, 1, 1)
    tiled = echo.expand(-1, -1, 2, 4)
    slow = torch.nn.Bilinear(6, 5, 7)
    slow.load_state_dict(product.state_dict())
    with torch.no_grad():
        expected = slow(features.permute(0, 2, 3, 1).contiguous(), tiled.permute(0, 2, 3, 1).contiguous())
        torch.testing.assert_close(product(features, echo), expected.permute(0, 3, 1, 2))


@pytest.mark.parametrize("material", [False, True])
def test_the_map_lies_between_0_and_1_at_all_sizes(material: bool) -> None:
    for size in (64, 128):
        network = RgbEchoAttention(16, size, material)  # learning: judged, what nobody has taught is flat
        rgb, spectrogram = given(size)
        with torch.no_grad():
            seen, heard, attention = network.parts(rgb, spectrogram)
            depth = network(rgb, spectrogram)
        assert seen.shape == heard.shape == attention.shape == depth.shape == (2, 1, size, size)
        assert 0.0 <= attention.min() < attention.max() - 1e-3 < 1.0  # and is not the same everywhere
        assert (depth >= torch.minimum(seen, heard) - 1e-6).all() and (depth <= torch.maximum(seen, heard) + 1e-6).all()
    with pytest.raises(SettingsError, match="64 or 128"):
        RgbEchoAttention(16, 96)


def test_the_ends_of_the_map_are_the_two_depths() -> None:
    torch.manual_seed(0)
    network, (rgb, spectrogram) = RgbEchoAttention(16, 64), given()
    last = network.attention.ups[-1][0]
    alone = RgbToDepth(16), EchoToDepth(16, 64)
    with torch.no_grad():
        torch.nn.init.zeros_(last.weight)
        alone[0].load_state_dict({k: v for k, v in network.state_dict().items() if k.startswith(("visual.", "depth."))})
        alone[1].load_state_dict(network.echo.state_dict())
        seen, heard = alone[0](rgb), alone[1](spectrogram)
        for share, logit in ((0.0, -200.0), (1.0, 200.0), (0.75, 1.0986123)):
            last.bias.fill_(logit)
            torch.testing.assert_close(network(rgb, spectrogram), share * heard + (1.0 - share) * seen)
    assert (seen - heard).abs().max() > 0.1


def test_the_map_is_made_of_the_picture_the_echo_and_the_material() -> None:
    torch.manual_seed(0)
    made = AttentionMap((6, 9), 5, slimness=16).eval()
    parts = [torch.randn(shape) for shape in ((1, 6, 2, 2), (1, 9, 2, 2), (1, 5, 1, 1))]
    with torch.no_grad():
        first = made(parts[:2], parts[2])
        for changed in range(3):
            others = [3.0 * one if number == changed else one for number, one in enumerate(parts)]
            assert (made(others[:2], others[2]) - first).abs().max() > 1e-4
    assert first.shape == (1, 1, 64, 64)


def test_numbers_of_parameters_are_those_counted_by_hand() -> None:
    product = 512**3 + 512
    ups = block(512, 256) + block(256, 128) + block(128, 64) + 64 * 16 + 1
    with torch.device("meta"):
        each = parameters(RgbToDepth()) + parameters(EchoToDepth())
        assert parameters(RgbEchoAttention()) == each + product + block(512, 512) + ups
        material = parameters(material_encoder())
        assert material == 11_689_512 - 512 * 1000 - 1000  # torchvision's published number, less the classifier
        assert parameters(RgbEchoAttention(material=True)) == each + 2 * product + block(1024, 512) + ups + material


def test_the_encoder_of_materials_has_torchvisions_names_and_sees_as_resnet_18() -> None:
    network, whole = material_encoder().eval(), ResNet18((3, 64, 64), features=512).eval()
    assert {"conv1.weight", "bn1.running_mean", "layer2.0.downsample.0.weight", "layer4.1.bn2.bias"} <= set(
        network.state_dict()
    )
    network.load_state_dict({k: v for k, v in whole.state_dict().items() if not k.startswith("project")})
    with torch.no_grad():
        torch.nn.init.eye_(whole.project.weight)
        torch.nn.init.zeros_(whole.project.bias)
        found = network(normalised(given()[0]))
        torch.testing.assert_close(found.mean(dim=(2, 3)), whole(normalised(given()[0])))
    assert found.shape == (2, 512, 2, 2)


def test_every_weight_is_learned_in_16_bits_too() -> None:
    network = RgbEchoAttention(16, 64)
    with torch.autocast("cpu", torch.bfloat16):
        depth = network(*given(count=3))
        loss = log_depth_loss(10.0 * depth.float(), torch.full(depth.shape, 3.0))
    loss.backward()
    assert torch.isfinite(loss)
    without = [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()]
    assert without == []


def test_weights_start_the_encoder_of_the_picture(tmp_path: Path) -> None:
    encoder = UNetEncoder(slimness=16)
    first_weights(encoder)
    torch.save({"visual": encoder.state_dict()}, tmp_path / "encoder.pt")
    taught = DepthLearner("rgb_echo_attention", views(4), views(2), 16, weights=tmp_path / "encoder.pt")
    started = taught.network.visual.state_dict()
    assert all(torch.equal(started[name], value) for name, value in encoder.state_dict().items())
    assert taught.network.material is None


def test_a_file_of_materials_gives_the_network_that_encoder(tmp_path: Path) -> None:
    state = material_encoder().state_dict()
    torch.save({**state, "fc.weight": torch.zeros(23, 512), "fc.bias": torch.zeros(23)}, tmp_path / "minc.pth")
    taught = DepthLearner("rgb_echo_attention", views(4), views(2), 16, material=tmp_path / "minc.pth")
    started = taught.network.material.state_dict()
    assert all(torch.equal(started[name], value) for name, value in state.items())
    assert len(taught.network.attention.products) == 2
    with pytest.raises(SettingsError, match="'rgb_echo' has no encoder of materials: give rgb_echo_attention"):
        DepthLearner("rgb_echo", views(4), views(2), 16, material=tmp_path / "minc.pth")
    torch.save({"features.0.0.weight": torch.zeros(96, 3, 4, 4)}, tmp_path / "convnext.pth")
    with pytest.raises(DatasetError, match=r"another architecture: it has no 'conv1.weight'"):
        DepthLearner("rgb_echo_attention", views(4), views(2), 16, material=tmp_path / "convnext.pth")


def test_metres_come_out_of_the_learner() -> None:
    taught = DepthLearner("rgb_echo_attention", views(4), views(2), 16)
    judged = taught.judge()
    assert 0.0 < judged["rms"] < 14.2
    assert not any("material" in name for name in taught.network.state_dict())
