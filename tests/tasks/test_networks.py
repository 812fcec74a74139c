"""Networks of the echo papers: their shapes and numbers of parameters, by hand and as published."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from echoenv.errors import SettingsError  # noqa: E402
from tasks.depth_networks import AverageDepth, RgbEchoToDepth, RgbToDepth  # noqa: E402
from tasks.echo_networks import EchoEncoder, EchoToDepth, echo_spectrogram  # noqa: E402
from tasks.orientation_networks import BACKBONES, OrientationNetwork, backbone  # noqa: E402
from tasks.resnet import ResNet50  # noqa: E402
from tasks.unet import UNetDecoder, UNetEncoder  # noqa: E402


def parameters(network: torch.nn.Module) -> int:
    return sum(value.numel() for value in network.parameters())


def block(channels: int, width: int, kernel: int = 4) -> int:
    """Weights, biases and the two numbers of a normalisation."""
    return channels * width * kernel * kernel + 3 * width


def test_the_spectrogram_of_an_echo_has_the_published_shape() -> None:
    assert echo_spectrogram(torch.randn(3, 2, 5000)).shape == (3, 2, 257, 166)
    assert echo_spectrogram(torch.randn(1, 2, 960), 16000).shape[2] == 257
    short = echo_spectrogram(torch.ones(1, 2, 100))
    assert short.shape == (1, 2, 257, 166) and not short[..., 20:].any()


def test_a_tone_stands_in_its_row() -> None:
    time = torch.arange(2646) / 44100
    tone = torch.sin(2 * torch.pi * 5512.5 * time).expand(1, 2, -1)
    assert echo_spectrogram(tone)[0, 0, :, 80].argmax() == 64  # 5512.5 Hz is row 512 / 8


@pytest.mark.parametrize("rate", [16000, 44100, 48000])
def test_the_spectrogram_is_that_of_an_fft(rate: int) -> None:
    echo, samples = torch.randn(2, 2, 5000), round(0.06 * rate)
    window, hop = round(64 * rate / 44100), round(16 * rate / 44100)
    expected = torch.stft(echo[..., :samples].reshape(4, -1), 512, hop, window, torch.hann_window(window),
                          return_complex=True, pad_mode="constant").abs()  # fmt: skip
    torch.testing.assert_close(echo_spectrogram(echo, rate).flatten(0, 1), expected, atol=1e-4, rtol=0.0)


def test_the_encoder_halves_five_times_and_the_decoder_comes_back() -> None:
    found = UNetEncoder()(torch.zeros(2, 3, 128, 128))
    assert [tuple(one.shape[1:]) for one in found] == [
        (64, 64, 64), (128, 32, 32), (256, 16, 16), (512, 8, 8), (512, 4, 4)]  # fmt: skip
    depth = UNetDecoder()(found)
    assert depth.shape == (2, 1, 128, 128) and 0.0 <= depth.min() <= depth.max() <= 1.0


def test_numbers_of_parameters_are_those_counted_by_hand() -> None:
    encoder = block(3, 64) + block(64, 128) + block(128, 256) + block(256, 512) + block(512, 512)
    decoder = block(512, 512) + block(1024, 256) + block(512, 128) + block(256, 64) + 128 * 16 + 1
    echo = block(2, 32, 8) + block(32, 64) + block(64, 8, 3) + block(3808, 512, 1)
    assert parameters(UNetEncoder()) == encoder and parameters(UNetDecoder()) == decoder
    assert parameters(EchoEncoder()) == echo
    assert parameters(RgbToDepth()) == encoder + decoder
    assert parameters(RgbEchoToDepth()) == encoder + decoder + echo + 512 * 512 * 16
    ups = [(512, 512), (512, 256), (256, 128), (128, 64), (64, 32), (32, 16)]
    assert parameters(EchoToDepth()) == echo + sum(block(*one) for one in ups) + 16 * 16 + 1
    fusion = (512 * 16 + 512) * 128 + 128 + 128 * 4 + 4
    assert parameters(OrientationNetwork("unet")) == encoder + echo + fusion


def test_slim_networks_have_the_same_shapes() -> None:
    for size in (64, 128):
        rgb, echo = torch.zeros(1, 3, size, size), torch.zeros(1, 2, 257, 166)
        with torch.no_grad():
            assert RgbEchoToDepth(slimness=4).eval()(rgb, echo).shape == (1, 1, size, size)
            assert EchoToDepth(slimness=2, size=size).eval()(echo).shape == (1, 1, size, size)
            assert OrientationNetwork(size=size, slimness=4).eval()(rgb, echo).shape == (1, 4)
    assert 3.9 < parameters(RgbToDepth()) / parameters(RgbToDepth(slimness=2)) < 4.0
    with pytest.raises(SettingsError, match="slimness = 0"):
        RgbToDepth(slimness=0)
    with pytest.raises(SettingsError, match="64 or 128"):
        EchoToDepth(size=100)


def test_resnet_50_is_torchvisions_without_its_classifier() -> None:
    network = ResNet50()
    assert parameters(network) == 25_557_032 - 2048 * 1000 - 1000  # torchvision's published number
    keys = set(network.state_dict())
    assert {"conv1.weight", "layer1.0.downsample.0.weight", "layer4.2.bn3.running_var"} <= keys
    found = network.eval()(torch.zeros(1, 3, 64, 64))
    assert [tuple(one.shape[1:]) for one in found] == [(256, 16, 16), (512, 8, 8), (1024, 4, 4), (2048, 2, 2)]
    wide = ResNet50(dilated=True)
    assert wide.eval()(torch.zeros(1, 3, 64, 64))[-1].shape == (1, 2048, 8, 8)
    wide.load_state_dict(network.state_dict())  # dilation changes no weight


@pytest.mark.parametrize("name", BACKBONES)
def test_every_backbone_tells_orientations(name: str) -> None:
    network = OrientationNetwork(name).eval()
    with torch.no_grad():
        assert network(torch.rand(2, 3, 128, 128), torch.rand(2, 2, 257, 166)).shape == (2, 4)


def test_an_unknown_backbone_is_named() -> None:
    with pytest.raises(SettingsError, match="did you mean resnet50"):
        backbone("resnet5")


def test_depths_come_out_and_the_echo_counts() -> None:
    rgb, echo = torch.rand(2, 3, 128, 128), torch.rand(2, 2, 257, 166)
    with torch.no_grad():
        assert EchoToDepth().eval()(echo).shape == (2, 1, 128, 128)
        network = RgbEchoToDepth().eval()
        one, other = network(rgb, echo), network(rgb, 5.0 * echo)
    assert one.shape == (2, 1, 128, 128) and not torch.equal(one, other)


def test_the_average_leaves_unknown_pixels_out() -> None:
    average = AverageDepth(2)
    average.show(torch.tensor([[[[1.0, 0.0], [2.0, 0.0]]]]))
    average.show(torch.tensor([[[[3.0, 4.0], [2.0, 0.0]]]]))
    assert average(torch.zeros(3, 1)).tolist() == [[[[2.0, 4.0], [2.0, 0.0]]]] * 3
