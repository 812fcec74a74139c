"""The command of depth: whole tables from a small data set, kills, encoders from files, mistakes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

torch = pytest.importorskip("torch", reason="the learners need torch")

from PIL import Image  # noqa: E402

from echoenv.datasets.collection import collect  # noqa: E402
from echoenv.datasets.provenance import CollectionSettings  # noqa: E402
from echoenv.datasets.tasks import Job  # noqa: E402
from echoenv.errors import DatasetError  # noqa: E402
from tasks.depth import DEPTH, main  # noqa: E402
from tasks.depth_learner import DepthLearner  # noqa: E402
from tasks.depth_pictures import save_predictions  # noqa: E402
from tasks.depth_tables import CASE_STUDY, TABLES  # noqa: E402
from tasks.encoder_files import start_from  # noqa: E402
from tasks.orientation_networks import backbone  # noqa: E402
from tasks.study import Plan, TimeLeft  # noqa: E402
from tasks.study_command import study_of  # noqa: E402
from tasks.study_pictures import shown_rows  # noqa: E402
from tasks.study_results import Outcome, case_study, fewer_labels, rows_of, transfer  # noqa: E402
from tasks.training import CHECKPOINT, Training  # noqa: E402
from tasks.unet import UNetEncoder, first_weights  # noqa: E402
from tasks.views import load_views  # noqa: E402
from tests.tasks.slopes import SIZE, SlopeScenes  # noqa: E402

TRAIN, TEST = ("a_4", "c_3"), ("b_2",)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data") / "slopes"
    collect(Job(out, CollectionSettings(size=SIZE), SlopeScenes()), [*TRAIN, *TEST], workers=1, preview=False)
    return out


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder as `agents.visual_echoes` writes it, in a folder that says what it is."""
    folder = tmp_path_factory.mktemp("runs") / "by_echo_7"
    folder.mkdir()
    network = UNetEncoder(slimness=16)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        first_weights(network)
    torch.save({"visual": network.state_dict(), "about": "{}"}, folder / "encoder.pt")
    return folder / "encoder.pt"


@pytest.fixture(scope="module", autouse=True)
def small_pictures() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.study_trainings._SHOWN", 2)
        yield


def words(data: Path, out: Path, *more: object) -> list[str]:
    quick = ["--size", SIZE, "--slimness", 16, "--epochs", 2, "--batch", 16, "--rate", 1e-3, "--threads", 1]
    given = ["--data", data, "--train", *TRAIN, "--test", *TEST, *quick, "--device", "cpu", "--out", out, *more]
    return [str(one) for one in given]


@pytest.fixture(scope="module")
def made(data: Path, encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The whole table, made by the command, and its arguments."""
    out = tmp_path_factory.mktemp("made") / "depth"
    start = encoder.parent.with_name("by_echo_{seed}") / "encoder.pt"
    given = words(data, out, "--seeds", 7, "--weights", "none", start)
    assert main(given) == 0
    return out, given


def test_the_table_holds_what_was_trained(made: tuple[Path, list[str]], data: Path) -> None:
    out, _ = made
    found = json.loads((out / "results.json").read_text())
    assert [(row["model"], row["weights"]) for row in found["results"]] == [
        ("average", "none"), ("echo", "none"), ("rgb", "none"), ("rgb", "by_echo"), ("rgb_echo", "none")]  # fmt: skip
    train, test = load_views(data, TRAIN), load_views(data, TEST)
    mean = train.depth.mean(axis=0)
    rms = np.mean([np.sqrt(np.mean((mean - real) ** 2)) for real in test.depth])
    assert found["results"][0]["mean"]["rms"] == pytest.approx(rms, rel=1e-5)
    lines = (out / "rgb_from_by_echo" / "labels_100" / "seed_7" / "curve.jsonl").read_text().splitlines()
    last = json.loads(lines[-1])
    assert last["epoch"] == 2 and found["results"][3]["mean"]["delta1"] == last["delta1"]
    assert found["made"]["views"] == [28, 8] and found["results"][0]["spread"]["rms"] is None
    page = (out / "results.md").read_text()
    assert f"| **RGB2Depth** | 1 | {found['results'][2]['mean']['rms']:.3f} |" in page
    for published in ("*0.346*", "*1.070*", "*0.332*", "The data differ", "made for a test"):
        assert published in page
    assert (out / "predictions.png").read_bytes().startswith(b"\x89PNG")


def test_its_command_makes_the_same_study(made: tuple[Path, list[str]]) -> None:
    out, given = made
    command = json.loads((out / "results.json").read_text())["made"]["command"]
    assert command in (out / "results.md").read_text()
    parts = shlex.split(command)
    assert parts[:3] == ["python", "-m", "tasks.depth"] and study_of(DEPTH, parts[3:]) == study_of(DEPTH, given)
    asked = "--quick --drops --labels 0.5 --same-steps --model rgb"
    quick = study_of(DEPTH, ["--data", given[1], *asked.split()])
    assert (quick.size, quick.slimness, quick.drops, quick.labels) == (64, 4, (), (0.5,))
    assert study_of(DEPTH, shlex.split(quick.command())[3:]) == quick


def test_finished_trainings_are_not_done_again(
    made: tuple[Path, list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, given = made
    before = (out / "results.json").read_text()
    monkeypatch.setattr(Training, "_train_epoch", lambda *_: pytest.fail("an epoch was trained"))
    assert main(given) == 0
    assert (out / "results.json").read_text() == before
    assert capsys.readouterr().out.count("done already") == 4


def test_a_killed_command_goes_on_to_the_same_table(
    made: tuple[Path, list[str]], data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, _ = made
    given = words(data, tmp_path / "cut", "--seeds", 7, "--model", "rgb", "average")
    keep = Training._keep

    def die(self: Training, *values: Any) -> None:
        keep(self, *values)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Training, "_keep", die)
        assert main(given) == 130
    assert not (tmp_path / "cut" / "results.json").exists()
    assert main(given) == 0
    whole, again = (
        torch.load(folder / "rgb" / "labels_100" / "seed_7" / CHECKPOINT, weights_only=True)["network"]
        for folder in (out, tmp_path / "cut")
    )
    assert all(torch.equal(value, again[name]) for name, value in whole.items())
    tables = [json.loads((folder / "results.json").read_text())["results"] for folder in (out, tmp_path / "cut")]
    assert tables[1] == [tables[0][0], tables[0][2]]


def test_networks_of_later_work_are_models_too(data: Path, tmp_path: Path) -> None:
    later = ("rgb_echo_attention", "rgb_convnext", "multiscale")
    assert main(words(data, tmp_path, "--seeds", 0, "--epochs", 1, "--model", *later)) == 0
    page = (tmp_path / "results.md").read_text()
    assert all(f"**{TABLES.titles[model]}** | 1 |" in page for model in later) and "published order" not in page


def test_each_model_starts_from_an_encoder_of_its_own_kind(data: Path, tmp_path: Path) -> None:
    torch.save({"visual": backbone("convnext", slimness=16).state_dict()}, tmp_path / "today.pt")
    given = words(data, tmp_path / "out", "--seeds", 0, "--epochs", 1, "--weights", tmp_path / "today.pt")
    assert main([*given, "--model", "rgb_convnext"]) == 0
    assert "**ConvNeXt-Tiny from today**" in (tmp_path / "out" / "results.md").read_text()
    assert main([*given, "--model", "multiscale"]) == 2


def test_models_that_listen_need_echoes(data: Path) -> None:
    views = load_views(data, TEST, ("rgb", "depth"))
    with pytest.raises(DatasetError, match="model 'rgb_echo' listens, and the views have no echoes"):
        DepthLearner("rgb_echo", views, views, 16)


def test_public_pictures_are_learned_from_by_their_splits(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    for split in ("train", "val"):
        scan = tmp_path / "diode" / split / "indoors" / "scene_00001" / "scan_00002"
        scan.mkdir(parents=True)
        for name in ("a", "b"):
            Image.fromarray(random.integers(0, 255, (768, 1024, 3), np.uint8)).save(scan / f"{name}.png")
            np.save(scan / f"{name}_depth.npy", np.full((768, 1024, 1), 2.5, np.float32))
            np.save(scan / f"{name}_depth_mask.npy", np.ones((768, 1024), np.float32))
    how = "--quick --slimness 16 --epochs 1 --drops --model average rgb --seeds 0 --threads 1 --device cpu"
    assert main(["--data", str(tmp_path / "diode"), *how.split(), "--out", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "results.md").read_text()
    assert "2 views to learn from (`train`), 2 held out (`val`)" in page and "public pictures (diode)" in page
    assert "| **Average** | 1 | 0.000 |" in page


def test_fewer_labels_have_as_many_steps_where_asked(data: Path, tmp_path: Path) -> None:
    given = words(data, tmp_path, "--model", "rgb", "--labels", 1, 0.5, "--seeds", 0, "--epochs", 1, "--same-steps")
    assert main(given) == 0
    shares = [json.loads(line) for line in (tmp_path / "rgb" / "labels_50" / "seed_0" / "curve.jsonl").open()]
    assert ["rms" in point for point in shares] == [False, True]  # two epochs of half as many, judged once
    page = (tmp_path / "results.md").read_text()
    assert "| **50 %: RGB2Depth** | 1 |" in page and "(fewer_labels.png)" in page
    assert (tmp_path / "fewer_labels.png").read_bytes().startswith(b"\x89PNG")
    study = study_of(DEPTH, [*given, "--drops", "6"])
    recipe = study.recipe(Plan("rgb", "none", 0.5, 4))
    assert (recipe.epochs, recipe.drops, recipe.seed) == (2, (12,), 4)
    assert replace(study, same_steps=False).recipe(Plan("rgb", "none", 0.5, 4)).epochs == 1


def test_an_encoder_starts_from_a_file_in_any_of_its_forms(data: Path, encoder: Path, tmp_path: Path) -> None:
    state = torch.load(encoder, weights_only=True)["visual"]
    whole = {**{f"visual.{name}": value for name, value in state.items()}, "echo.weight": torch.zeros(2)}
    views = load_views(data, TEST)
    for number, form in enumerate((state, {"state_dict": state}, {"network": whole, "epoch": 3})):
        torch.save(form, tmp_path / f"{number}.pt")
        learner = DepthLearner("rgb", views, views, 16, seed=1, weights=tmp_path / f"{number}.pt")
        scratch = DepthLearner("rgb", views, views, 16, seed=1)
        for name, value in learner.network.state_dict().items():
            expected = state[name[7:]] if name.startswith("visual.") else scratch.network.state_dict()[name]
            assert torch.equal(value, expected), name


def test_encoders_of_another_architecture_are_named(encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"'blocks.0.0.weight' is \(4, 3, 4, 4\) there .* with --slimness 16"):
        start_from(UNetEncoder(slimness=4), encoder)
    torch.save({"conv1.weight": torch.zeros(64, 3, 7, 7)}, tmp_path / "resnet.pt")
    with pytest.raises(DatasetError, match=r"another architecture: it has no 'blocks.*begins with conv1.weight"):
        start_from(UNetEncoder(), tmp_path / "resnet.pt")
    with pytest.raises(DatasetError, match="with --slimness 8"):
        torch.save(backbone("resnet50", slimness=8).state_dict(), tmp_path / "slim.pt")
        start_from(backbone("resnet50", slimness=4), tmp_path / "slim.pt")
    (tmp_path / "text.pt").write_text("not weights")
    with pytest.raises(DatasetError, match="can be read safely"):
        start_from(UNetEncoder(), tmp_path / "text.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(DatasetError, match="no tensors by name"):
        start_from(UNetEncoder(), tmp_path / "list.pt")


MISTAKES = {
    "--epoch 3": "did you mean --epochs",
    "--model rgb_ecko": "did you mean rgb_echo",
    "--size 96": "did you mean 64",
    "--labels 10": "labels = 10: give shares such as 0.1 and 1",
    "--train b_2": "b_2 is both to learn in and held out",
    "--test b_3": "no scene 'b_3'",
    "--model echo --weights ENCODER": "add one to --model",
    "--weights none missing.pt": "weights 'missing.pt' are missing",
    "--weights ENCODER --slimness 8": "with --slimness 16",
    "--weights ENCODER ENCODER2": "would both be called 'by_echo_7'",
    "--slimness 17": "slimness = 17: give a whole number from 1",
    "--rate nan": "rate = nan",
    "--device gpu": "device 'gpu' cannot be used",
    "--data nowhere": "no folder 'nowhere'",
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_line(
    mistake: str, data: Path, encoder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"ENCODER": encoder, "ENCODER2": encoder.parents[1] / "other" / "by_echo_7" / "encoder.pt"}
    given = [str(files.get(word, word)) for word in mistake.split()]
    try:
        status = main([*words(data, tmp_path), *given])
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr().err
    assert status == 2 and MISTAKES[mistake] in said and said.count("\n") == 1
    assert said.startswith("python -m tasks.depth: ")


def outcome(model: str, seed: int, rms: float, weights: str = "none", labels: float = 1.0) -> Outcome:
    return Outcome(model, weights, labels, seed, {**dict.fromkeys(("rel", "log10"), rms / 2.0), "rms": rms,
                                                  **dict.fromkeys(("delta1", "delta2", "delta3"), 0.5)})  # fmt: skip


def test_rows_have_mean_and_spread_over_seeds_and_the_order_is_said() -> None:
    falling = {"average": (1.0, 1.0), "echo": (0.8, 0.9), "rgb": (0.4, 0.6), "rgb_echo": (0.2, 0.7)}
    outcomes = [outcome(model, seed, rms[seed]) for seed in (1, 0) for model, rms in falling.items()]
    rows = rows_of(outcomes)
    assert [row.model for row in rows] == list(CASE_STUDY.rows) and rows[2].seeds == (0, 1)
    assert rows[2].mean("rms") == pytest.approx(0.5) and rows[2].spread("rms") == pytest.approx(0.2 / np.sqrt(2.0))
    assert rows[2].cell("rms") == "0.500 ± 0.141"
    table = case_study(TABLES, rows)
    assert "the published order, which holds in 1 of 2 seeds" in table and "**not" not in table
    worse = [outcome(one.model, one.seed, 0.95 if one.model == "rgb_echo" else one.measures["rms"]) for one in outcomes]
    assert "**not the published order**, which holds in 0 of 2 seeds" in case_study(TABLES, rows_of(worse))
    assert "which holds" not in case_study(TABLES, rows[1:])  # nothing is said of an order that was not tried


def test_what_a_start_gains_is_said_seed_by_seed() -> None:
    values = {0: (0.5, 0.4), 1: (0.3, 0.4)}
    outcomes = [outcome("rgb", seed, values[seed][k], weights) for seed in values
                for k, weights in enumerate(("none", "by_echo"))]  # fmt: skip
    assert "from by_echo against from nothing: RMS +0.0%, lower in 1 of 2 seeds" in transfer(TABLES, rows_of(outcomes))
    assert transfer(TABLES, rows_of([one for one in outcomes if one.weights == "none"])) == ""
    assert fewer_labels(TABLES, rows_of(outcomes)) == ""
    fewer = [outcome("rgb", 0, 0.8, "none", 0.1), outcome("rgb", 0, 0.6, "by_echo", 0.1)]
    table = fewer_labels(TABLES, rows_of([*outcomes, *fewer]))
    assert "10 % of the labels, from by_echo against from nothing: RMS -25.0%, lower in 1 of 1 seeds" in table
    assert table.index("**10 %: RGB2Depth**") < table.index("**100 %: RGB2Depth from by_echo**")


def test_time_left_is_of_each_model_and_of_the_mean_where_none_was_trained() -> None:
    left = TimeLeft([("average", 0), ("echo", 100), ("rgb", 200), ("echo", 100)])
    assert str(left) == ""
    left.note(1, 30, None)  # done by an earlier command
    left.note(1, 70, 140.0)
    assert left.seconds() == pytest.approx(2.0 * 300) and str(left) == "; 10 min left of all"
    left.note(2, 100, 100.0)
    assert left.seconds() == pytest.approx(1.0 * 100 + 2.0 * 100)
    left.note(2, 100, 8000.0)
    left.note(3, 50, 9700.0)  # 120 views took 9840 s
    assert str(left) == "; 1 h 08 min left of all"


def test_shown_views_are_of_all_scenes_and_look_about(data: Path) -> None:
    views = load_views(data, (*TRAIN, *TEST))
    rows = shown_rows(views, 6)
    assert len(rows) == 6 and set(views.scenes[rows]) == {0, 1, 2} and len(set(views.headings[rows])) == 4


def test_a_picture_shows_colours_truth_and_errors(data: Path, tmp_path: Path) -> None:
    from matplotlib import colormaps
    from matplotlib.image import imread

    views = load_views(data, TEST).chosen(np.arange(2))
    save_predictions(tmp_path / "p.png", views, {"right": views.depth, "wrong": views.depth + 5.0})
    picture = imread(tmp_path / "p.png")[..., :3]

    def middle(row: int, column: int) -> NDArray[Any]:
        return np.asarray(picture[int(110 * (1.05 + 1.38 * row)), int(110 * (1.0 + 1.26 * column))])

    for row in range(2):
        np.testing.assert_allclose(middle(row, 0), views.rgb[row, 32, 32] / 255.0, atol=0.02)
        np.testing.assert_allclose(middle(row, 1), middle(row, 2), atol=0.01)  # the truth, told rightly
        np.testing.assert_allclose(middle(row, 3), colormaps["magma"](0.0)[:3], atol=0.01)
        np.testing.assert_allclose(middle(row, 5), colormaps["magma"](1.0)[:3], atol=0.01)
