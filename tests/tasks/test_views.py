"""Views in memory: what was collected, whichever layout, in the order of a seed, fewer by whole positions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from echoenv.audio.sound_files import resample  # noqa: E402
from echoenv.datasets.collection import collect  # noqa: E402
from echoenv.datasets.layouts import FORMATS  # noqa: E402
from echoenv.datasets.open_dataset import open_dataset  # noqa: E402
from echoenv.datasets.provenance import CollectionSettings  # noqa: E402
from echoenv.datasets.tasks import Job  # noqa: E402
from echoenv.datasets.visual_echoes import VisualEchoesDataset  # noqa: E402
from echoenv.errors import DatasetError  # noqa: E402
from tasks.views import batches, load_views, order_of, scenes_named, tensors  # noqa: E402
from tests.datasets.fake_simulator import FakeSimulators  # noqa: E402

SIZE = 8


@pytest.fixture(scope="module", params=[FORMATS[0], FORMATS[1]])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("views")
    settings = CollectionSettings(size=SIZE, format=request.param)
    collect(Job(out, settings, FakeSimulators()), ["b_3", "a_5"], workers=1, preview=False)
    return out


def test_views_are_those_of_the_data_set(folder: Path) -> None:
    views, data = load_views(folder, ["a_5", "b_3"]), open_dataset(folder, scenes=["a_5", "b_3"])
    assert len(views) == len(data) == 8 * 4
    for row in (0, 7, 31):
        sample = data[row]
        np.testing.assert_array_equal(views.rgb[row], sample["rgb"])
        np.testing.assert_allclose(views.depth[row], sample["depth"])
        np.testing.assert_allclose(views.echo[row], sample["echo"])
        assert views.scene_names[views.scenes[row]] == sample["scene"]
        assert (views.locations[row], views.headings[row]) == (sample["location"], sample["heading"])


def test_an_order_is_of_seed_and_epoch_and_batches_hold_all(folder: Path) -> None:
    views = load_views(folder, ["a_5", "b_3"])
    order = order_of(len(views), 3, 1)
    np.testing.assert_array_equal(order, order_of(len(views), 3, 1))
    assert (order != order_of(len(views), 3, 2)).any() and (order != order_of(len(views), 4, 1)).any()
    found = list(batches(views, 10, order))
    assert [len(rows) for rows, _ in found] == [10, 10, 10, 2]
    np.testing.assert_array_equal(np.concatenate([rows for rows, _ in found]), order)
    rows, batch = found[0]
    assert batch["rgb"].shape == (10, 3, SIZE, SIZE) and batch["depth"].shape == (10, 1, SIZE, SIZE)
    np.testing.assert_allclose(batch["rgb"][2].permute(1, 2, 0) * 255.0, views.rgb[rows[2]], atol=1e-4)
    assert len(list(batches(views, 31, order))) == 1  # one sample is left, and left out


def test_views_are_reduced_by_averaging_colours(folder: Path) -> None:
    whole, half = load_views(folder, ["a_5"]), load_views(folder, ["a_5"], size=SIZE // 2)
    assert half.rgb.shape == (20, 4, 4, 3)
    mean = whole.rgb[3].reshape(4, 2, 4, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(half.rgb[3], mean, atol=0.51)
    np.testing.assert_array_equal(half.depth[3], whole.depth[3][1::2, 1::2])
    with pytest.raises(DatasetError, match="do not divide into 3"):
        load_views(folder, ["a_5"], size=3)


def test_fewer_labels_are_fewer_whole_positions(folder: Path) -> None:
    views = load_views(folder, ["a_5", "b_3"])
    half, quarter = views.fewer(0.5, 7), views.fewer(0.25, 7)
    assert (len(half), len(quarter)) == (16, 8)
    places = [set(zip(part.scenes.tolist(), part.locations.tolist(), strict=True)) for part in (half, quarter)]
    assert places[1] < places[0] and len(places[0]) == 4
    np.testing.assert_array_equal(views.fewer(0.5, 7).rgb, half.rgb)
    with pytest.raises(DatasetError, match="share of 0"):
        views.fewer(0.0, 7)


def test_echoes_are_brought_to_the_front_ends_rate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = open_dataset(folder, scenes=["a_5"])
    echo = data[3]["echo"]
    monkeypatch.setattr(type(data), "sample_rate", 16000)  # as if what there is lasted 165 ms
    views = load_views(folder, ["a_5"])
    assert views.echo.shape == (20, 2, 2646)
    np.testing.assert_allclose(views.echo[3], resample(echo, 16000, 44100)[:, :2646], atol=1e-6)
    monkeypatch.setattr(type(data), "sample_rate", 88200)  # or 30 ms
    np.testing.assert_array_equal(load_views(folder, ["a_5"]).echo[3, :, 1323:], 0.0)


def test_sounds_may_be_named_clockwise_in_the_published_layout_alone(folder: Path) -> None:
    if any(folder.glob("scene_observations_*")):
        data = open_dataset(folder, clockwise_audio=True)
        assert isinstance(data, VisualEchoesDataset) and data.clockwise_audio
        return
    with pytest.raises(DatasetError, match="leave clockwise_audio out"):
        load_views(folder, ["a_5"], clockwise_audio=True)


def test_normals_and_missing_channels(folder: Path) -> None:
    if "scene_observations" in " ".join(path.name for path in folder.iterdir()):
        with pytest.raises(DatasetError, match="no channel 'normal'"):
            load_views(folder, ["a_5"], ("rgb", "normal"))
        return
    views = load_views(folder, ["a_5"], ("rgb", "normal"))
    batch = tensors(views, np.arange(3))
    assert batch["normal"].shape == (3, 3, SIZE, SIZE) and set(batch) == {"rgb", "normal"}


def test_patterns_stand_for_the_scenes_that_fit(folder: Path) -> None:
    assert scenes_named(folder, ["b_3", "*_*"]) == ("b_3", "a_5")
    assert scenes_named(folder, ["elsewhere"]) == ("elsewhere",)  # said to be missing where it is read
    assert scenes_named(folder, None)[0] == "apartment_0" and len(scenes_named(folder, None)) == 15
    assert scenes_named(folder, None, held_out=True) == ("apartment_2", "frl_apartment_5", "office_4")
    with pytest.raises(DatasetError, match=r"no scene .* fits 'c_\*'"):
        scenes_named(folder, ["c_*"])


def test_what_is_not_there_is_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="a_5"):
        load_views(folder, ["a_6"])
    with pytest.raises(DatasetError):
        load_views(tmp_path, ["a_5"])
