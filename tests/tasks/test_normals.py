"""Surface normals: codes, losses and measures by hand, mirrors, and each model learns one batch by heart."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from echoenv.errors import DatasetError, SettingsError  # noqa: E402
from tasks.normal_codes import UNKNOWN, NormalCodes, spherical_means  # noqa: E402
from tasks.normal_learner import NormalLearner, mirrored  # noqa: E402
from tasks.normal_measures import MEASURES, NormalErrors, angles_between, direction_loss, known_normals  # noqa: E402
from tasks.normal_networks import AverageNormal, PspNet, PyramidPooling, RgbToNormal  # noqa: E402
from tasks.resnet import ResNet50  # noqa: E402
from tasks.unet import UNetEncoder  # noqa: E402
from tasks.views import Views  # noqa: E402

NONE = np.zeros(0, np.float32)
RIGHT, LEFT, UP, BACK = np.eye(3)[0], -np.eye(3)[0], np.eye(3)[1], np.eye(3)[2]
SIZE = 64


def views(count: int = 4, seed: int = 0) -> Views:
    """Corners of rooms: a wall that faces right, one that faces left, and the floor; each has a colour of its own.

    Nothing is known of the uppermost row.
    """
    random, normal = np.random.default_rng(seed), np.zeros((count, SIZE, SIZE, 3), np.float32)
    rgb = np.zeros((count, SIZE, SIZE, 3), np.uint8)
    for row, (corner, floor) in enumerate(random.integers(SIZE // 4, 3 * SIZE // 4, (count, 2))):
        for place, direction, colour in (
            (np.s_[:, :corner], RIGHT, (200, 40, 40)),
            (np.s_[:, corner:], LEFT, (40, 200, 40)),
            (np.s_[floor:], UP, (40, 40, 200)),
        ):
            normal[row][place], rgb[row][place] = direction, colour
    normal[:, 0] = 0.0
    rows = np.arange(count)
    return Views(rgb, NONE, NONE, normal, np.zeros(count, np.int64), rows // 4, (90.0 * (rows % 4)).astype(np.float32),
                 ("made",))  # fmt: skip


def learner(model: str, **settings: Any) -> NormalLearner:
    return NormalLearner(model, views(), views(3, 1), **{"slimness": 16, "seed": 5, **settings})


def parameters(network: torch.nn.Module) -> int:
    return sum(value.numel() for value in network.parameters())


def tilted(degrees: float) -> np.ndarray:
    """A direction so far from facing the camera."""
    return np.array([math.sin(math.radians(degrees)), 0.0, math.cos(math.radians(degrees))])


def picture(*directions: np.ndarray) -> torch.Tensor:
    """Normals (1, 3, 1, n)."""
    return torch.from_numpy(np.stack(directions, axis=1)[None, :, None]).float()


def measured(*degrees: float) -> dict[str, float]:
    """Errors of as many pixels."""
    errors = NormalErrors()
    errors.add(picture(*map(tilted, degrees)), picture(*[BACK] * len(degrees)))
    return errors.measures()


# ---- measures -------------------------------------------------------------------------------------------------------


def test_exact_hits_are_0_and_opposite_normals_180_degrees() -> None:
    assert measured(0.0) == dict(zip(MEASURES, (0.0, 0.0, 1.0, 1.0, 1.0), strict=True))
    errors = NormalErrors()
    errors.add(picture(RIGHT, UP), picture(LEFT, -UP))
    assert errors.measures() == dict(zip(MEASURES, (180.0, 180.0, 0.0, 0.0, 0.0), strict=True))


def test_small_angles_and_lengths_are_of_no_harm() -> None:
    small = angles_between(torch.from_numpy(tilted(1e-4))[None], torch.from_numpy(7.0 * BACK)[None])
    assert small.item() == pytest.approx(1e-4, rel=1e-6)
    assert angles_between(torch.zeros(1, 3), torch.ones(1, 3)).item() == 90.0


def test_the_median_of_odd_and_of_even_numbers() -> None:
    assert measured(50.0, 10.0, 20.0)["median"] == pytest.approx(20.0, abs=0.006)
    assert measured(50.0, 10.0, 20.0, 31.0)["median"] == pytest.approx(25.5, abs=0.006)
    assert measured(1.0, 1.0, 1.0, 90.0)["median"] == pytest.approx(1.0, abs=0.006)


def test_measures_of_many_are_those_of_all_pixels_however_they_come() -> None:
    random, errors, angles = np.random.default_rng(0), NormalErrors(), []
    for count in (5, 1000, 33):
        told, real = (torch.from_numpy(random.standard_normal((1, 3, 7, count))) for _ in range(2))
        errors.add(told, real)
        cosine = torch.nn.functional.cosine_similarity(told, real, dim=1)
        angles.append(torch.rad2deg(torch.arccos(cosine)).numpy().ravel())
    every, found = np.concatenate(angles), errors.measures()
    assert found["mean"] == pytest.approx(every.mean()) and errors.pixels == len(every)
    assert found["median"] == pytest.approx(np.median(every), abs=0.006)
    for limit in (11.25, 22.5, 30.0):
        assert found[f"within_{limit:g}"] == np.mean(every < limit)


def test_shares_are_of_what_is_below() -> None:
    found = measured(11.0, 12.0, 25.0, 31.0)
    assert [found[name] for name in MEASURES[2:]] == [0.25, 0.5, 0.75]


def test_unknown_pixels_count_nowhere() -> None:
    errors = NormalErrors()
    errors.add(picture(RIGHT, UP, BACK), picture(RIGHT, np.zeros(3), np.zeros(3)))
    assert errors.pixels == 1 and errors.measures()["mean"] == 0.0
    with pytest.raises(DatasetError, match="no pixel"):
        NormalErrors().measures()
    with pytest.raises(DatasetError, match="not finite"):
        errors.add(picture(RIGHT * np.nan), picture(RIGHT))
    with pytest.raises(DatasetError, match="were predicted where"):
        errors.add(picture(RIGHT), picture(RIGHT, UP))


def test_the_loss_of_directions_by_hand() -> None:
    told = picture(RIGHT, LEFT, 3.0 * UP, BACK).requires_grad_()
    loss = direction_loss(told, picture(RIGHT, RIGHT, BACK, np.zeros(3)))
    loss.backward()
    assert loss.item() == pytest.approx((0.0 + 2.0 + 1.0) / 3.0) and not told.grad[..., 3].any()
    assert direction_loss(told, torch.zeros_like(told)).item() == 0.0


# ---- codes ----------------------------------------------------------------------------------------------------------


def test_codes_follow_the_seed() -> None:
    normals = np.random.default_rng(0).standard_normal((2000, 3)).astype(np.float32)
    one, again, other = (NormalCodes.learned(normals, 40, seed).codes for seed in (1, 1, 2))
    assert one.shape == (40, 3) and torch.equal(one, again) and not torch.equal(one, other)
    torch.testing.assert_close(one.norm(dim=1), torch.ones(40))


def test_each_code_is_the_mean_of_the_normals_nearest_to_it() -> None:
    random = np.random.default_rng(0)
    middles = np.stack([RIGHT, LEFT, UP, BACK])
    normals = np.repeat(middles, 50, axis=0) + 0.1 * random.standard_normal((200, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    codes = spherical_means(normals, 4, random)
    order = np.argmax(codes @ middles.T, axis=1)
    assert sorted(order) == [0, 1, 2, 3]
    means = normals.reshape(4, 50, 3).mean(axis=1)
    np.testing.assert_allclose(codes, (means / np.linalg.norm(means, axis=1, keepdims=True))[order], atol=1e-12)


def test_forty_codes_lie_near_all_directions_and_few_directions_make_few_codes() -> None:
    normals = np.random.default_rng(0).standard_normal((5000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    farthest = np.degrees(np.arccos((normals @ NormalCodes.learned(normals).codes.numpy().T).max(axis=1)))
    assert farthest.mean() < 14.0 and farthest.max() < 40.0
    few = NormalCodes.learned(views().normal)
    assert few.count == 3 and {tuple(np.rint(code).astype(int)) for code in few.codes.numpy()} == {
        (1, 0, 0), (-1, 0, 0), (0, 1, 0)}  # fmt: skip


def test_of_many_normals_some_are_drawn_from_all() -> None:
    many = np.zeros((300_000, 3), np.float32)
    many[:200_000] = RIGHT
    many[200_000:250_000] = UP
    assert NormalCodes.learned(many).count == 2
    with pytest.raises(DatasetError, match="no normal is known"):
        NormalCodes.learned(np.zeros((5, 3)))
    with pytest.raises(SettingsError, match="count = 256"):
        NormalCodes.learned(many, 256)


def test_labels_are_the_nearest_codes_and_a_sure_label_decodes_to_its_code() -> None:
    codes = NormalCodes.learned(np.random.default_rng(0).standard_normal((500, 3)), 7)
    normals = torch.nn.functional.normalize(torch.randn(2, 3, 4, 5), dim=1)
    normals[0, :, 0, 0] = 0.0
    labels = codes.labels(normals)
    expected = (normals.permute(0, 2, 3, 1) @ codes.codes.T).argmax(dim=3)
    assert labels[0, 0, 0] == UNKNOWN == 255 and torch.equal(labels[known_normals(normals)], expected.view(-1)[1:])
    sure = torch.nn.functional.one_hot(torch.arange(7), 7).float().T[None, :, None]
    torch.testing.assert_close(codes.decode(sure)[0, :, 0].T, codes.codes)
    assert torch.equal(codes.labels(codes.decode(sure))[0, 0], torch.arange(7))


def test_between_two_codes_lies_what_both_mean() -> None:
    codes = NormalCodes(torch.from_numpy(np.stack([RIGHT, UP])).float())
    told = codes.decode(torch.tensor([0.75, 0.25]).view(1, 2, 1, 1))[0, :, 0, 0]
    torch.testing.assert_close(told, torch.tensor([3.0, 1.0, 0.0]) / math.sqrt(10.0))


def test_labels_are_the_same_in_mixed_precision() -> None:
    codes = NormalCodes.learned(np.random.default_rng(0).standard_normal((500, 3)), 40)
    normals = torch.randn(1, 3, 64, 64)
    with torch.autocast("cpu", torch.bfloat16):
        mixed = codes.labels(normals)
    assert torch.equal(mixed, codes.labels(normals))


# ---- networks -------------------------------------------------------------------------------------------------------


def test_the_number_of_parameters_of_pspnet_by_hand() -> None:
    encoder = 25_557_032 - 2048 * 1000 - 1000
    pools = 4 * (2048 * 512 + 2 * 512)
    told = 9 * 4096 * 512 + 2 * 512 + 512 * 40 + 40
    network = PspNet(NormalCodes(torch.zeros(40, 3)))
    assert parameters(network) == encoder + pools + told == 46_602_344


@pytest.mark.parametrize(("slimness", "size"), [(3, (64, 64)), (16, (72, 96))])
def test_pspnet_sorts_every_eighth_pixel(slimness: int, size: tuple[int, int]) -> None:
    network = PspNet(NormalCodes(torch.eye(3)), slimness).eval()
    with torch.no_grad():
        rgb = torch.rand(1, 3, *size)
        assert network(rgb).shape == (1, 3, size[0] // 8, size[1] // 8)
        told = network.normals(rgb, (50, 70))
    assert told.shape == (1, 3, 50, 70)
    torch.testing.assert_close(told.norm(dim=1), torch.ones(1, 50, 70))


def test_the_whole_picture_is_laid_beside_each_place() -> None:
    pooling = PyramidPooling(4, 2).eval()
    for value in pooling.parameters():
        torch.nn.init.constant_(value, 0.1)  # above 0, so that nothing is cut off
    features = torch.rand(1, 4, 12, 12)
    changed = features.clone()
    changed[..., 0, 0] += 5.0
    with torch.no_grad():
        before, after = pooling(features), pooling(changed)
    assert before.shape == (1, 12, 12, 12) and torch.equal(before[:, :4], features)
    reached = (before != after)[0].any(dim=2).any(dim=1)
    assert torch.equal(before[:, 6:, 11, 11], after[:, 6:, 11, 11])  # halves, thirds, sixths are elsewhere
    assert reached.any() and not torch.equal(before[:, 4:6, 11, 11], after[:, 4:6, 11, 11])


def test_the_average_is_the_direction_of_the_mean_and_faces_the_camera_where_nothing_is_known() -> None:
    average = AverageNormal((1, 3))
    average.show(picture(RIGHT, np.zeros(3), RIGHT))
    average.show(picture(UP, np.zeros(3), LEFT))
    told = average.normals(torch.zeros(2, 3, 1, 3), (1, 3))
    diagonal = (RIGHT + UP) / math.sqrt(2.0)
    torch.testing.assert_close(told, picture(diagonal, BACK, BACK).expand(2, -1, -1, -1))


# ---- learning -------------------------------------------------------------------------------------------------------


def test_a_mirrored_picture_has_mirrored_normals_and_labels() -> None:
    rgb, normal = torch.rand(2, 3, 4, 6), torch.nn.functional.normalize(torch.randn(2, 3, 4, 6), dim=1)
    found, turned = mirrored(rgb, normal, torch.tensor([True, False]))
    assert torch.equal(found[1], rgb[1]) and torch.equal(turned[1], normal[1])
    assert torch.equal(found[0, :, 2, 0], rgb[0, :, 2, 5])
    assert turned[0, :, 2, 0].tolist() == (normal[0, :, 2, 5] * torch.tensor([-1.0, 1.0, 1.0])).tolist()
    codes = NormalCodes(torch.from_numpy(np.stack([RIGHT, LEFT])).float())
    _, swapped = mirrored(rgb[:1, :, :1, :2], picture(RIGHT, RIGHT), torch.tensor([True]))
    assert codes.labels(swapped).tolist() == [[[1, 1]]]


def test_walls_keep_their_colours_by_where_they_face_when_views_are_mirrored() -> None:
    taught = NormalLearner("average", views(40), views(2), seed=0)
    batch = taught.batch(np.arange(40), np.random.default_rng(0))
    same = batch["normal"][:, 0, 5, 0] > 0.0  # the wall on the left faces right, mirrored or not
    assert same.all() and (batch["normal"][:, :, 0] == 0.0).all()
    red = batch["rgb"][:, 0, 5, 0] > batch["rgb"][:, 1, 5, 0]
    assert 10 < red.sum() < 30  # its colour is the other's in a mirror
    again = taught.batch(np.arange(40), np.random.default_rng(0))
    assert all(torch.equal(batch[name], again[name]) for name in batch)
    plain = NormalLearner("average", views(), views(2), augment=False).batch(np.arange(4), np.random.default_rng(0))
    np.testing.assert_array_equal(plain["normal"].permute(0, 2, 3, 1).numpy(), views().normal)


@pytest.mark.parametrize("model", ["pspnet", "unet"])
def test_one_batch_is_learned_by_heart(model: str) -> None:
    data = views()
    taught = NormalLearner(model, data, data, slimness=16, seed=5, augment=False)
    batch = taught.batch(np.arange(4), np.random.default_rng(0))
    optimiser, losses = torch.optim.Adam(taught.network.parameters(), lr=1e-2), []
    taught.network.train()
    for _ in range(16):
        loss = taught.loss(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.25 * losses[0]


def test_the_loss_of_pspnet_is_a_cross_entropy_of_labels_in_the_middle_of_what_they_stand_for() -> None:
    taught = learner("pspnet")
    batch = taught.batch(np.arange(4), np.random.default_rng(0))
    seen = torch.randn(4, taught.network.codes.count, 8, 8)
    taught.network.forward = lambda rgb: seen
    labels = taught.network.codes.labels(batch["normal"][:, :, 4::8, 4::8])
    expected = torch.nn.functional.cross_entropy(seen, labels, ignore_index=UNKNOWN)
    assert taught.loss(batch).item() == pytest.approx(expected.item(), rel=1e-5)
    unknown = taught.loss({**batch, "normal": torch.zeros(4, 3, SIZE, SIZE)})
    assert unknown.item() == 0.0


@pytest.mark.parametrize("model", ["average", "pspnet", "unet"])
def test_normals_are_told_on_the_grid_of_the_truth(model: str) -> None:
    taught = learner(model)
    taught.test = replace(taught.test, normal=taught.test.normal[:, ::2, ::2])
    told = taught.told(np.array([2, 0]))
    assert told.shape == (2, 3, SIZE // 2, SIZE // 2)
    torch.testing.assert_close(told.norm(dim=1), torch.ones(2, SIZE // 2, SIZE // 2))
    assert list(taught.judge()) == list(MEASURES)


def test_the_average_is_judged_by_hand() -> None:
    sums, truth = views().normal.sum(axis=0), views(3, 1).normal
    mean = np.where(sums.any(axis=2, keepdims=True), sums, BACK)
    mean = mean / np.linalg.norm(mean, axis=2, keepdims=True)
    angles = np.degrees(np.arccos(np.clip((mean * truth).sum(axis=3), -1.0, 1.0)))[truth.any(axis=3)]
    judged = learner("average").judge()
    assert judged["mean"] == pytest.approx(angles.mean(), abs=1e-3)
    assert judged["median"] == pytest.approx(np.median(angles), abs=0.02)


def test_encoders_start_from_files_and_the_rest_from_the_seed(tmp_path: Path) -> None:
    resnet, unet = ResNet50(slimness=16), UNetEncoder(slimness=16)
    torch.save({"visual": resnet.state_dict()}, tmp_path / "resnet.pt")
    torch.save({"visual": unet.state_dict()}, tmp_path / "unet.pt")
    psp, bare = learner("pspnet", weights=tmp_path / "resnet.pt"), learner("pspnet")
    assert torch.equal(psp.network.visual.conv1.weight, resnet.conv1.weight)
    assert torch.equal(psp.network.told[0].weight, bare.network.told[0].weight)
    slim = learner("unet", weights=tmp_path / "unet.pt").network
    assert torch.equal(slim.visual.blocks[0][0].weight, unet.blocks[0][0].weight)
    with pytest.raises(DatasetError, match="another architecture"):
        learner("pspnet", weights=tmp_path / "unet.pt")
    with pytest.raises(SettingsError, match="no encoder"):
        learner("average", weights=tmp_path / "unet.pt")


def test_codes_are_kept_with_the_weights() -> None:
    one, other = learner("pspnet"), learner("pspnet", seed=6)
    other.network.load_state_dict(one.network.state_dict())
    assert torch.equal(one.network.codes.codes, other.network.codes.codes)
    assert torch.equal(one.told(np.arange(1)), other.told(np.arange(1)))


def test_mistakes_are_named() -> None:
    with pytest.raises(SettingsError, match="did you mean pspnet"):
        learner("pspnets")
    with pytest.raises(DatasetError, match="no normals"):
        NormalLearner("unet", replace(views(), normal=NONE), views())
    short = replace(views(), rgb=views().rgb[:, :50], normal=views().normal[:, :50])
    with pytest.raises(SettingsError, match="50 x 64"):
        NormalLearner("unet", short, short)
    with pytest.raises(SettingsError, match="slimness = 17"):
        RgbToNormal(17)


def test_losses_and_labels_stay_on_their_device() -> None:
    normals, codes = torch.ones(1, 3, 2, 2, device="meta"), NormalCodes(torch.eye(3)).to("meta")
    assert direction_loss(normals, normals).device.type == "meta"
    assert codes.decode(torch.ones(1, 3, 2, 2, device="meta")).device.type == "meta"
    assert codes.labels(normals).device.type == "meta"
