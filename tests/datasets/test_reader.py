"""What was written is read back, at random, by any process."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from echoenv.datasets.collection import collect
from echoenv.datasets.positions import position_seed
from echoenv.datasets.provenance import CollectionSettings
from echoenv.datasets.reader import CHANNELS, EchoDataset
from echoenv.datasets.tasks import Job
from echoenv.errors import DatasetError
from tests.datasets.fake_simulator import FakeSimulator, FakeSimulators

SETTINGS = CollectionSettings(size=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data")
    collect(Job(out, SETTINGS, FakeSimulators()), ["b_3", "a_5"], workers=1, preview=False)
    return out


def test_length_order_and_poses(folder: Path) -> None:
    data = EchoDataset(folder)
    assert data.scene_names == ["a_5", "b_3"] and len(data) == 8 * 4
    keys = [(sample["scene"], sample["location"], sample["heading"]) for sample in data]
    assert keys == [(s, i, h) for s, n in (("a_5", 5), ("b_3", 3)) for i in range(n) for h in (0.0, 90.0, 180.0, 270.0)]
    assert [data.index_of(*key) for key in keys] == list(range(len(data)))
    np.testing.assert_array_equal(data.positions, [sample["position"] for sample in data])
    np.testing.assert_array_equal(data.sample_headings, [key[2] for key in keys])


def test_samples_are_what_the_simulator_saw_and_heard(folder: Path) -> None:
    simulator = FakeSimulators()("a_5")
    assert isinstance(simulator, FakeSimulator)
    grid = simulator.pathfinder.grid_positions()
    sample = EchoDataset(folder, CHANNELS)[4 * 2 + 3]
    view = {name: values[0] for name, values in simulator.observe(grid[2:3], [270.0]).items()}
    echo = simulator.echoes(grid[2:3], (270.0,), [position_seed("a_5", 2, 0)])[0, 0]
    for name, expected in {**view, "echo": echo}.items():
        tolerance = 5e-4 if name == "normal" else 0.0  # stored as half precision
        np.testing.assert_allclose(sample[name], expected, atol=tolerance, rtol=0.0, err_msg=name)
        assert sample[name].dtype == expected.dtype, name
    np.testing.assert_array_equal(sample["position"], grid[2])


def test_only_asked_channels_and_scenes(folder: Path) -> None:
    data = EchoDataset(folder, channels=["depth"], scenes=["b_3"])
    assert len(data) == 12 and sorted(data[0]) == ["depth", "heading", "location", "position", "scene"]
    assert data[0]["scene"] == "b_3"


def test_random_access_from_both_ends(folder: Path) -> None:
    data = EchoDataset(folder)
    np.testing.assert_array_equal(data[-1]["rgb"], data[len(data) - 1]["rgb"])
    for index in (len(data), -len(data) - 1):
        with pytest.raises(IndexError, match=r"0 to 31"):
            data[index]


def test_panorama_has_all_headings(folder: Path) -> None:
    data = EchoDataset(folder)
    around = data.panorama("b_3", 1)
    for turn, heading in enumerate(around["headings"]):
        one = data[data.index_of("b_3", 1, float(heading))]
        for channel in data.channels:
            np.testing.assert_array_equal(around[channel][turn], one[channel])


def test_pickled_reader_is_small_and_reads_the_same(folder: Path) -> None:
    data = EchoDataset(folder)
    packed = pickle.dumps(data)
    assert len(packed) < 20_000
    np.testing.assert_array_equal(pickle.loads(packed)[7]["echo"], data[7]["echo"])


def test_serves_pytorch_with_workers(folder: Path) -> None:
    torch = pytest.importorskip("torch")
    loader = torch.utils.data.DataLoader(EchoDataset(folder, CHANNELS), batch_size=8, num_workers=2)
    batches = list(loader)
    assert len(batches) == 4 and batches[0]["rgb"].shape == (8, 8, 8, 3) and batches[0]["echo"].shape == (8, 2, 2646)


def test_metadata_says_what_made_it(folder: Path) -> None:
    data = EchoDataset(folder)
    assert data.settings == SETTINGS
    plan = data.plan("a_5")
    assert plan.origin == "made for a test" and plan.positions.shape == (5, 3)
    np.testing.assert_array_equal(plan.positions, FakeSimulators()("a_5").pathfinder.grid_positions())


def test_wrong_names_are_answered_with_near_ones(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="did you mean depth"):
        EchoDataset(folder, channels=["dept"])
    with pytest.raises(DatasetError, match="did you mean a_5"):
        EchoDataset(folder, scenes=["a_4"])
    with pytest.raises(DatasetError, match="holds no data set"):
        EchoDataset(tmp_path)
    with pytest.raises(DatasetError, match="location 77"):
        EchoDataset(folder).index_of("a_5", 77, 0.0)


def test_truncated_file_is_named(tmp_path: Path) -> None:
    collect(Job(tmp_path, SETTINGS, FakeSimulators()), ["a_3"], workers=1, preview=False)
    victim = tmp_path / "a_3" / "positions" / "000001.npz"
    victim.write_bytes(victim.read_bytes()[:-10])
    data = EchoDataset(tmp_path)
    assert data[0]["location"] == 0
    with pytest.raises(DatasetError, match=r"000001\.npz is truncated"):
        data[4]
