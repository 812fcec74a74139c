"""The VisualEchoes layout is readable by code written for the original, and its left is left."""

from __future__ import annotations

import pickle
import pickletools
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile
from scipy.signal import fftconvolve

from echoenv.datasets.collection import collect
from echoenv.datasets.provenance import CollectionSettings
from echoenv.datasets.tasks import Job
from echoenv.datasets.visual_echoes import VisualEchoesDataset, int16_echo
from echoenv.errors import DatasetError
from tests.datasets.fake_simulator import FakeSimulators

SETTINGS = CollectionSettings(format="visualechoes", size=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data")
    collect(Job(out, SETTINGS, FakeSimulators()), ["a_3", "b_2"], workers=2, preview=False)
    return out


def test_the_pickle_is_plain_arrays_by_location_and_orientation(folder: Path) -> None:
    with (folder / "scene_observations_8.pkl").open("rb") as file:
        observations = pickle.load(file)
    assert set(observations) == {"a_3", "b_2"}
    assert set(observations["a_3"]) == {(location, angle) for location in range(3) for angle in (0, 90, 180, 270)}
    simulator = FakeSimulators()("a_3")
    position = simulator.pathfinder.grid_positions()[1:2]
    for angle in (0, 90, 180, 270):
        view, expected = observations["a_3"][1, angle], simulator.observe(position, [angle])
        for name, dtype in (("rgb", np.uint8), ("depth", np.float32)):
            assert type(view[name]) is np.ndarray and view[name].dtype == dtype and view[name].flags.writeable
            np.testing.assert_array_equal(view[name], expected[name][0])


def test_the_pickle_names_nothing_that_moved_in_numpy_2(folder: Path) -> None:
    data = (folder / "scene_observations_8.pkl").read_bytes()
    strings = {argument for opcode, argument, _ in pickletools.genops(data) if "UNICODE" in opcode.name}
    assert "ndarray" in strings and not any("multiarray" in string for string in strings)


def test_the_published_script_makes_the_same_echoes(folder: Path) -> None:
    rate, sweep = wavfile.read(folder / "3ms_sweep.wav")
    assert (rate, len(sweep), sweep.dtype) == (44100, 132, np.int16)
    for angle in (0, 90):
        _, response = wavfile.read(folder / "echolocation_RIRs_navigable" / "b_2" / str(angle) / "1.wav")
        rate, echo = wavfile.read(folder / "echoes_navigable" / "b_2" / "3ms_sweep" / str(angle) / "1.wav")
        assert rate == 44100 and echo.shape == (44100, 2) and echo.dtype == np.int16
        assert response.dtype == np.float32 and response.shape[1] == 2 and len(response) <= 44228
        assert np.abs(echo).max() > 500
        padded = np.pad(sweep.astype(np.float64), (0, 44100 - len(sweep)))
        for ear in range(2):
            made = fftconvolve(padded, response[128:, ear] / 10)[:44100]
            np.testing.assert_allclose(made, echo[:, ear], atol=1.0)


def test_angles_of_sounds_and_views_are_the_same_heading(folder: Path) -> None:
    data = VisualEchoesDataset(folder)
    simulator = FakeSimulators()("a_3")
    position = simulator.pathfinder.grid_positions()[2:3]
    for sample in data:
        if (sample["scene"], sample["location"]) == ("a_3", 2):
            np.testing.assert_array_equal(sample["depth"], simulator.observe(position, [sample["heading"]])["depth"][0])
            left_share = np.square(sample["echo"][0]).sum() / np.square(sample["echo"]).sum()
            # The fake's ears differ by the cosine of the heading: 1.5 to 0.5 ahead, equal to the sides.
            assert left_share == pytest.approx({0.0: 0.9, 180.0: 0.1}.get(sample["heading"], 0.5), abs=0.03)


def test_clockwise_sounds_swap_left_and_right(folder: Path) -> None:
    plain, clockwise = VisualEchoesDataset(folder), VisualEchoesDataset(folder, clockwise_audio=True)
    by_heading = {sample["heading"]: sample["echo"] for sample in plain if sample["location"] == 0}
    for sample in clockwise:
        if sample["location"] == 0 and sample["scene"] == plain.scene_names[-1]:
            np.testing.assert_array_equal(sample["echo"], by_heading[-sample["heading"] % 360])


def test_reader_gives_positions_and_pickles_small(folder: Path) -> None:
    data = VisualEchoesDataset(folder, scenes=["b_2"])
    assert len(data) == 8
    np.testing.assert_array_equal(
        data[4]["position"], FakeSimulators()("b_2").pathfinder.grid_positions()[1].astype(np.float32)
    )
    assert data[0]["echo"].shape == (2, 2646)
    packed = pickle.dumps(data)
    assert len(packed) < 10_000
    np.testing.assert_array_equal(pickle.loads(packed)[5]["rgb"], data[5]["rgb"])


def test_too_loud_is_clipped_not_wrapped() -> None:
    response = np.zeros((2, 100), np.float32)
    response[0, 10], response[1, 10] = 20.0, -20.0
    echo = int16_echo(response)
    assert echo.shape == (2, 44100) and echo.max() == 32767 and echo.min() == -32768
    np.testing.assert_array_less(-2, echo[0].astype(int) + echo[1].astype(int))  # wrapped ones would not cancel


def test_another_scene_joins_the_pickle(tmp_path: Path) -> None:
    for scenes in (["a_1"], ["b_1"], ["b_1"]):
        collect(Job(tmp_path, SETTINGS, FakeSimulators()), scenes, workers=1, preview=False)
    assert VisualEchoesDataset(tmp_path).scene_names == ["a_1", "b_1"]


def test_a_lost_pickle_is_made_again(tmp_path: Path) -> None:
    job = Job(tmp_path, SETTINGS, FakeSimulators())
    collect(job, ["a_1"], workers=1, preview=False)
    before = (tmp_path / "scene_observations_8.pkl").read_bytes()
    (tmp_path / "scene_observations_8.pkl").unlink()
    assert collect(job, ["a_1"], workers=1, preview=False).written == 0
    assert (tmp_path / "scene_observations_8.pkl").read_bytes() == before


def test_missing_parts_are_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no scene_observations_<size>\.pkl"):
        VisualEchoesDataset(tmp_path)
    with pytest.raises(DatasetError, match="did you mean a_3"):
        VisualEchoesDataset(folder, scenes=["a_33"])
    (tmp_path / "scene_observations_8.pkl").write_bytes((folder / "scene_observations_8.pkl").read_bytes())
    with pytest.raises(DatasetError, match=r"0\.wav is missing"):
        VisualEchoesDataset(tmp_path)[0]
