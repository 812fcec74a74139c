"""The command of normals: a table from a small data set, its picture, starts from an encoder, mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from matplotlib.image import imread  # noqa: E402

from echoenv.datasets.collection import collect  # noqa: E402
from echoenv.datasets.provenance import CollectionSettings  # noqa: E402
from echoenv.datasets.tasks import Job  # noqa: E402
from tasks.normal_pictures import save_predictions  # noqa: E402
from tasks.normals import NORMALS, main  # noqa: E402
from tasks.resnet import ResNet50  # noqa: E402
from tasks.study_command import study_of  # noqa: E402
from tasks.views import load_views  # noqa: E402
from tests.tasks.slopes import SIZE, SlopeScenes  # noqa: E402

TRAIN, TEST = ("a_4",), ("b_2",)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data") / "slopes"
    collect(Job(out, CollectionSettings(size=SIZE), SlopeScenes()), [*TRAIN, *TEST], workers=1, preview=False)
    return out


def words(data: Path, out: Path, *more: object) -> list[str]:
    quick = ["--quick", "--slimness", 16, "--epochs", 1, "--drops", "--batch", 8, "--seeds", 3, "--threads", 1]
    given = ["--data", data, "--train", *TRAIN, "--test", *TEST, *quick, "--device", "cpu", "--out", out, *more]
    return [str(one) for one in given]


def test_the_table_holds_what_was_trained(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.study_trainings._SHOWN", 2)
    weights = tmp_path / "taught" / "encoder.pt"
    weights.parent.mkdir()
    torch.save({"visual": ResNet50(slimness=16).state_dict()}, weights)
    assert main(words(data, tmp_path / "out", "--weights", "none", weights)) == 0
    found = json.loads((tmp_path / "out" / "results.json").read_text())
    assert [(row["model"], row["weights"]) for row in found["results"]] == [
        ("average", "none"), ("pspnet", "none"), ("pspnet", "taught")]  # fmt: skip
    page = (tmp_path / "out" / "results.md").read_text()
    assert f"| **PSPNet from taught** | 1 | {found['results'][2]['mean']['mean']:.3f} |" in page
    assert "*from VisualEchoes, published* |  | *22.900* |" in page and "table 8.4b, NYU-V2" in page
    assert (tmp_path / "out" / "predictions.png").read_bytes().startswith(b"\x89PNG")


def test_the_published_recipe_is_the_usual_one(data: Path) -> None:
    study = study_of(NORMALS, ["--data", str(data)])
    recipe = study.recipe(study.plans()[1])
    assert (recipe.optimiser, recipe.rate, recipe.power, recipe.weight_decay) == ("sgd", 0.02, 0.9, 1e-4)
    assert study_of(NORMALS, study.command().split()[3:]) == study


def test_weights_fit_one_kind_of_encoder(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(data, tmp_path, "--model", "pspnet", "unet", "--weights", "some.pt")) == 2
    assert "fit one kind of encoder: give one of --model unet, pspnet" in capsys.readouterr().err


def test_a_picture_shows_directions_and_angles(data: Path, tmp_path: Path) -> None:
    views = load_views(data, TEST, ("rgb", "normal")).chosen(np.arange(1))
    views.normal[:] = (0.0, 0.0, 1.0)
    right = np.zeros((1, 3, SIZE, SIZE), np.float32)
    right[:, 0] = 1.0
    save_predictions(tmp_path / "p.png", views, {"right": right})
    picture = imread(tmp_path / "p.png")[..., :3]
    row = int(110 * 1.05)
    truth, told = (picture[row, int(110 * (1.0 + 1.26 * column))] for column in (1, 2))
    np.testing.assert_allclose(truth, [0.5, 0.5, 1.0], atol=0.02)
    np.testing.assert_allclose(told, [1.0, 0.5, 0.5], atol=0.02)
