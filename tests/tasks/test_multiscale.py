"""The multi-scale depth network: shapes, loss and edges by hand, what is drawn, one batch by heart."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from echoenv.errors import DatasetError, SettingsError  # noqa: E402
from tasks.multiscale_learner import (  # noqa: E402
    EdgeAgreement,
    MultiScaleLearner,
    known_slopes,
    lit,
    multiscale_loss,
    rotated,
    slopes,
    turned,
)
from tasks.multiscale_networks import MultiScaleDepth, MultiScaleFusion, UpProjection  # noqa: E402
from tasks.resnet import ResNet50  # noqa: E402
from tasks.views import Views  # noqa: E402

NONE = np.zeros(0, np.float32)
HALF = math.log(0.5)
PERFECT = 3.0 * HALF


def views(count: int, seed: int = 0, height: int = 64, width: int = 64) -> Views:
    """Slopes whose depth can be seen in the colour."""
    random = np.random.default_rng(seed)
    near = random.uniform(1.0, 6.0, count).astype(np.float32)
    depth = near[:, None, None] + np.linspace(0, 2, height, dtype=np.float32)[None, :, None] + np.zeros((1, 1, width))
    rgb = np.repeat(np.clip(depth * 25.0, 0, 255).astype(np.uint8)[..., None], 3, axis=3)
    rows = np.arange(count)
    return Views(rgb, depth.astype(np.float32), NONE, NONE, np.zeros(count, np.int64), rows // 4,
                 (90.0 * (rows % 4)).astype(np.float32), ("made",))  # fmt: skip


def learner(count: int = 6, **settings: Any) -> MultiScaleLearner:
    return MultiScaleLearner(views(count), views(3, 1), **{"slimness": 16, "seed": 5, **settings})


def parameters(network: torch.nn.Module) -> int:
    return sum(value.numel() for value in network.parameters())


def plane(across: float, down: float, size: int = 6, offset: float = 5.0) -> torch.Tensor:
    """Depth (1, 1, size, size) that grows by so much from pixel to pixel."""
    places = torch.arange(size, dtype=torch.float32)
    return (offset + across * places[None, :] + down * places[:, None])[None, None]


def test_the_number_of_parameters_is_that_of_the_published_network() -> None:
    def up(channels: int, width: int) -> int:
        return 2 * (25 * channels * width + 2 * width) + 9 * width * width + 2 * width

    encoder = 25_557_032 - 2048 * 1000 - 1000
    decoder = 2048 * 1024 + 2 * 1024 + up(1024, 512) + up(512, 256) + up(256, 128) + up(128, 64)
    fusion = sum(up(width, 16) for width in (256, 512, 1024, 2048)) + 25 * 64 * 64 + 2 * 64
    refinement = 2 * (25 * 128 * 128 + 2 * 128) + 25 * 128 + 1
    assert parameters(UpProjection(24, 8)) == up(24, 8)
    assert parameters(MultiScaleDepth()) == encoder + decoder + fusion + refinement == 67_569_473


@pytest.mark.parametrize(("slimness", "size"), [(3, (64, 64)), (8, (64, 96)), (16, (228, 304))])
def test_depth_comes_out_at_half_the_size_however_slim(slimness: int, size: tuple[int, int]) -> None:
    network = MultiScaleDepth(slimness).eval()
    encoder = network.visual
    with torch.no_grad():
        assert network(torch.rand(1, 3, *size)).shape == (1, 1, size[0] // 2, size[1] // 2)
        widths = [found.shape[1] for found in encoder(torch.rand(1, 3, 32, 32))]
    assert tuple(widths) == encoder.widths == tuple(4 * (width // slimness) for width in (64, 128, 256, 512))
    assert encoder.features == widths[-1] and (slimness == 3 or widths[-1] == 2048 // slimness)


def test_a_useless_slimness_is_named() -> None:
    for maker in (ResNet50, MultiScaleDepth):
        with pytest.raises(SettingsError, match="slimness = 0"):
            maker(slimness=0)


def test_every_stage_counts() -> None:
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        fusion = MultiScaleFusion((4, 8, 8, 8), 8).eval()
        features = [torch.rand(1, width, 8 // 2**k, 8 // 2**k) for k, width in enumerate((4, 8, 8, 8))]
        before = fusion(features)
        assert before.shape == (1, 32, 16, 16)
        for number in range(4):
            changed = [5.0 * one if k == number else one for k, one in enumerate(features)]
            assert not torch.equal(fusion(changed), before)


def test_an_up_projection_is_two_branches_of_what_was_enlarged() -> None:
    up, features = UpProjection(3, 2).eval(), torch.rand(1, 3, 4, 5)
    scale = 1.0 / math.sqrt(1.0 + up.wide_norm.eps)  # of a normalisation that has seen nothing
    with torch.no_grad():
        larger = torch.nn.functional.interpolate(features, size=(8, 10), mode="bilinear")
        first, past = (torch.nn.functional.conv2d(larger, part, padding=2) * scale for part in up.wide.weight.split(2))
        inside = torch.nn.functional.conv2d(torch.relu(first), up.narrow.weight, padding=1) * scale
        torch.testing.assert_close(up(features, (8, 10)), torch.relu(inside + past))


def test_slopes_are_those_of_sobel() -> None:
    depth = torch.rand(2, 1, 5, 7)
    kernel = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
    expected = torch.nn.functional.conv2d(depth, torch.stack([kernel, kernel.T])[:, None])
    torch.testing.assert_close(slopes(depth), expected)
    torch.testing.assert_close(slopes(plane(0.5, -0.25))[0, :, 0, 0], torch.tensor([4.0, -2.0]))  # eight times


def test_gradients_are_known_where_all_nine_depths_are() -> None:
    depth = torch.ones(1, 1, 6, 6)
    assert known_slopes(depth).all() and known_slopes(depth).shape == (1, 1, 4, 4)
    depth[0, 0, 0, 0] = 0.0
    unsure = ~known_slopes(depth)
    assert unsure.sum() == 1 and unsure[0, 0, 0, 0]
    depth[0, 0, 3, 3] = 0.0
    assert (~known_slopes(depth)).sum() == 1 + 9


def test_the_loss_of_what_is_right_and_of_what_is_only_too_far() -> None:
    truth = plane(0.1, 0.2)
    assert float(multiscale_loss(truth, truth)) == pytest.approx(PERFECT, abs=1e-5)
    farther = float(multiscale_loss(truth + 1.5, truth))  # its gradients and normals are right
    assert farther == pytest.approx(math.log(2.0) + 2.0 * HALF, abs=1e-5)


def test_the_loss_of_a_wrong_slope_by_hand() -> None:
    predicted, truth = plane(0.125, 0.0, 3, 2.0), plane(0.0, 0.0, 3, 2.0)
    depth = np.mean(np.log(np.array([0.0, 0.125, 0.25]) + 0.5))
    right, down = math.log(1.0 + 0.5), HALF  # Sobel's gradient is 8 x 0.125
    normal = 1.0 - 1.0 / math.sqrt(2.0)  # (-1, 0, 1) and (0, 0, 1)
    assert float(multiscale_loss(predicted, truth)) == pytest.approx(depth + right + down + normal, abs=1e-5)


def test_unknown_depth_teaches_nothing() -> None:
    truth, predicted = plane(0.1, 0.2), plane(0.1, 0.2).requires_grad_()
    truth[0, 0, 0, 0] = 0.0
    loss = multiscale_loss(predicted, truth)
    loss.backward()
    assert loss.item() == pytest.approx(PERFECT, abs=1e-5) and predicted.grad[0, 0, 0, 0] == 0.0
    nothing = multiscale_loss(predicted, torch.zeros_like(truth))
    nothing.backward()
    assert nothing.item() == 0.0 and torch.isfinite(predicted.grad).all()


def test_edges_are_counted_by_image_where_they_are_known() -> None:
    step = torch.ones(2, 1, 5, 8)
    step[..., 4:] = 2.0  # an edge in the columns 3 and 4, three rows high within the rim
    flat = torch.ones(2, 1, 5, 8)
    edges = EdgeAgreement()
    edges.add(flat, flat)
    assert edges.measures() == {} and edges.images == 0
    edges.add(step, step)
    assert edges.measures() == {"edge_precision": 1.0, "edge_recall": 1.0, "edge_f1": 1.0}
    moved = step.roll(1, dims=3)
    moved[..., 0] = 1.0  # in the columns 4 and 5: one of two is right
    edges.add(torch.stack([moved[0], flat[0]]), step)
    assert edges.measures() == pytest.approx({f"edge_{name}": 2.5 / 4.0 for name in ("precision", "recall", "f1")})
    truth = step.clone()
    truth[:, :, 2, 3] = 0.0  # of which all 3 x 3 in the middle are unknown
    hidden = EdgeAgreement()
    hidden.add(step, truth)
    assert hidden.images == 0
    told, truth = torch.cat([step, step], dim=3), torch.cat([step, torch.zeros_like(step)], dim=3)
    hidden.add(told, truth)  # the second edge, where nothing is known, is not held against it
    assert hidden.measures()["edge_precision"] == 1.0


def test_views_are_rotated_about_their_middle_and_unknown_beyond_the_rim() -> None:
    picture = torch.zeros(2, 1, 20, 40)
    picture[:, 0, 9:11, 29:31] = 1.0  # ten pixels to the right of the middle
    up = rotated(picture, np.radians([90.0, 0.0]), "bilinear", "zeros")
    assert torch.allclose(up[1], picture[1], atol=1e-5)
    assert up[0, 0, :1, 19:21].min() > 0.9 and up[0, 0, 2:].abs().max() < 1e-3  # as far above it
    depth = torch.rand(1, 1, 32, 32) + 1.0
    tilted = rotated(depth, np.radians([5.0]), "nearest", "zeros")
    assert set(tilted[tilted > 0.0].tolist()) <= set(depth.flatten().tolist())
    corners = tilted[0, 0, [0, 0, -1, -1], [0, -1, 0, -1]]
    assert not corners.any() and (tilted == 0.0).float().mean() < 0.1


def test_what_is_drawn_follows_the_generator_and_colours_stay_with_depths() -> None:
    taught = learner(8)
    one, again, other = (taught.batch(np.arange(8), np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["rgb"], other["rgb"]) and not torch.equal(one["depth"], other["depth"])
    plain = learner(8, augment=False).batch(np.arange(8), np.random.default_rng(3))
    np.testing.assert_array_equal(plain["depth"][:, 0].numpy(), views(8).depth)


def test_half_of_the_views_are_mirrored_and_colours_stay_with_depths() -> None:
    ramp = torch.linspace(0.1, 0.9, 32).expand(200, 3, 32, 32)  # to the right, so that a mirrored one can be told
    rgb, depth = turned(ramp, 2.0 * ramp[:, :1], np.random.default_rng(0))
    middle = slice(6, 26)
    apart = (2.0 * rgb[:, :1] - depth)[..., middle, middle].abs()
    assert apart.max() < 1.5 * 2.0 * 0.8 / 31.0  # a pixel and a half, as depth is not mixed
    falling = (depth[:, 0, 16, 6] > depth[:, 0, 16, 26]).float().mean()
    assert 0.4 < falling < 0.6


def test_light_moves_a_picture_along_the_axes_of_colours() -> None:
    rgb = torch.full((500, 3, 1, 1), 0.5)
    moved = lit(rgb, np.random.default_rng(0))[..., 0, 0] - 0.5
    assert moved.std(dim=0).numpy() == pytest.approx(0.1 * np.array([0.1243, 0.1264, 0.1279]), rel=0.15)
    torch.testing.assert_close(lit(rgb, np.random.default_rng(0), 0.0), rgb)


def test_one_batch_is_learned_by_heart() -> None:
    taught = learner(4, augment=False)
    batch = taught.batch(np.arange(4), np.random.default_rng(0))
    optimiser, losses = torch.optim.Adam(taught.network.parameters(), lr=1e-2), []
    taught.network.train()
    for _ in range(25):
        loss = taught.loss(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item() - PERFECT)
    assert losses[-1] < 0.6 * losses[0]


def test_depth_is_told_and_judged_at_the_size_of_the_truth() -> None:
    taught = learner(2)
    told = taught.told(np.arange(2))
    assert told.shape == (2, 1, 64, 64) and not told.requires_grad
    with torch.no_grad():
        taught.network.refined[-1].weight.zero_()
        taught.network.refined[-1].bias.fill_(3.0)
    assert torch.equal(taught.told(np.array([1])), torch.full((1, 1, 64, 64), 3.0))
    errors = (3.0 - views(3, 1).depth) ** 2
    judged = taught.judge()
    assert judged["rms"] == pytest.approx(np.sqrt(errors.mean(axis=(1, 2))).mean(), rel=1e-5)
    assert judged["rms_pooled"] == pytest.approx(np.sqrt(errors.mean()), rel=1e-5)


def test_the_encoder_starts_from_a_file_and_the_rest_from_the_seed(tmp_path: Path) -> None:
    encoder = ResNet50(slimness=16)
    torch.save({"visual": encoder.state_dict()}, tmp_path / "encoder.pt")
    one, other = learner(2), learner(2, weights=tmp_path / "encoder.pt")
    assert torch.equal(other.network.visual.layer4[0].conv2.weight, encoder.layer4[0].conv2.weight)
    assert not torch.equal(one.network.visual.conv1.weight, other.network.visual.conv1.weight)
    assert torch.equal(one.network.decoder.first.weight, other.network.decoder.first.weight)
    with pytest.raises(DatasetError, match="another architecture"):
        learner(2, weights=tmp_path / "encoder.pt", slimness=8)


def test_the_loss_stays_on_its_device() -> None:
    depth = plane(0.1, 0.2).to("meta")  # a device on which a tensor of another cannot be used
    assert multiscale_loss(depth, depth).device.type == "meta"


def test_views_without_depth_are_refused() -> None:
    bare = Views(views(2).rgb, NONE, NONE, NONE, *([np.zeros(2, np.int64)] * 2), np.zeros(2, np.float32), ("made",))
    with pytest.raises(DatasetError, match="no depth"):
        MultiScaleLearner(bare, views(2), slimness=16)
