"""The traps of the VisualEchoes files: which way angles go, 128 leading samples, a tenth, long files, wrapped int16."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile
from scipy.signal import fftconvolve

from echoenv import Simulator
from echoenv.datasets.heading_check import verdict
from echoenv.datasets.visual_echoes import VisualEchoesDataset
from echoenv.datasets.visual_echoes_sounds import int16_echo, is_wrapped, read_response
from echoenv.errors import DatasetError
from echoenv.vision.camera import Camera
from tests.rooms import box_room, with_solid_block

ANGLES = (0, 90, 180, 270)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room with a block in it, seen and heard from its grid; folders of sounds and keys of views are one heading."""
    scene = with_solid_block(box_room((5.0, 2.6, 4.0)), (1.5, 0.0, 1.0), (2.5, 2.0, 1.8))
    simulator = Simulator(scene, camera=Camera(width=16, height=16), threads=2)
    places = simulator.pathfinder.grid_positions(0.5)
    views = simulator.observe(np.repeat(places, 4, axis=0), np.tile(ANGLES, len(places)), ("rgb", "depth"))
    keys = [(location, angle) for location in range(len(places)) for angle in ANGLES]
    pictures = {key: {name: view[i] for name, view in views.items()} for i, key in enumerate(keys)}
    root = tmp_path_factory.mktemp("home")
    (root / "scene_observations_16.pkl").write_bytes(pickle.dumps({"room": pictures}))
    echoes = simulator.echoes(places, ANGLES)
    for location, angle in keys:
        echo = np.round(4096 * echoes[location, ANGLES.index(angle)].T)
        write_echo(root, angle, location, np.clip(echo, -32768, 32767).astype(np.int16))
    return root


def write_echo(root: Path, angle: int, location: int, samples: np.ndarray) -> None:
    path = root / "echoes_navigable" / "room" / "3ms_sweep" / str(angle) / f"{location}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    wavfile.write(path, 44100, samples)


def renamed_clockwise(home: Path, to: Path) -> Path:
    """The same home with its sounds named as in SoundSpaces: the folders of 90 and 270 change places."""
    shutil.copytree(home, to)
    sounds = to / "echoes_navigable" / "room" / "3ms_sweep"
    (sounds / "90").rename(sounds / "x")
    (sounds / "270").rename(sounds / "90")
    (sounds / "x").rename(sounds / "270")
    return to


def with_ears_swapped(home: Path, to: Path) -> Path:
    shutil.copytree(home, to)
    for path in (to / "echoes_navigable").rglob("*.wav"):
        rate, samples = wavfile.read(path)
        wavfile.write(path, rate, np.ascontiguousarray(samples[:, ::-1]))
    return to


def test_the_data_say_that_angles_are_the_same(home: Path) -> None:
    for clockwise in (False, True):  # how the folder was opened makes no difference
        check = VisualEchoesDataset(home, clockwise_audio=clockwise).check_headings()
        assert check.reading == "same" and check.left_first is True, str(check)
        assert check.confidence > 0.99
        assert "an angle means the same heading" in str(check)


def test_the_data_say_that_sounds_are_named_clockwise(home: Path, tmp_path: Path) -> None:
    root = renamed_clockwise(home, tmp_path / "clockwise")
    check = VisualEchoesDataset(root).check_headings()
    assert check.reading == "clockwise" and check.left_first is True and check.confidence > 0.99, str(check)
    assert "90 and 270 are swapped" in str(check)
    # Opened so, every sample is that of the home in which nothing was renamed.
    for ours, theirs in zip(VisualEchoesDataset(home), VisualEchoesDataset(root, clockwise_audio=True), strict=True):
        np.testing.assert_array_equal(ours["echo"], theirs["echo"])


def test_swapped_ears_do_not_pass_for_swapped_angles(home: Path, tmp_path: Path) -> None:
    check = VisualEchoesDataset(with_ears_swapped(home, tmp_path / "ears")).check_headings()
    assert check.reading == "same" and check.left_first is False and "RIGHT" in str(check)
    both = renamed_clockwise(tmp_path / "ears", tmp_path / "both")
    check = VisualEchoesDataset(both).check_headings()
    assert check.reading == "clockwise" and check.left_first is False


def test_too_little_or_too_even_data_tell_nothing(home: Path, tmp_path: Path) -> None:
    few = VisualEchoesDataset(home).check_headings(most_places=4)
    assert few.reading == "unknown" and few.left_first is None and few.confidence < 0.99
    assert "do not tell" in str(few)
    root = shutil.copytree(home, tmp_path / "mono")
    for path in (root / "echoes_navigable").rglob("*.wav"):
        wavfile.write(path, 44100, np.repeat(wavfile.read(path)[1][:, :1], 2, axis=1))
    check = VisualEchoesDataset(root).check_headings()
    assert (check.reading, check.left_first, check.ahead.correlation) == ("unknown", None, 0.0)


def test_noise_seldom_gives_a_verdict() -> None:
    rng = np.random.default_rng(3)
    wrong = sum(verdict(rng.normal(size=(200, 4)), rng.normal(size=(200, 4))).reading != "unknown" for _ in range(200))
    assert wrong <= 2
    assert verdict(np.zeros((0, 4)), np.zeros((0, 4))).reading == "unknown"


def write_response(path: Path, count: int, rate: int = 44100, channels: int = 2) -> np.ndarray:
    samples = np.random.default_rng(0).normal(size=(count, channels)).astype(np.float32)
    samples[:128] = 7.0  # would be heard if it were not dropped
    samples[128:] *= np.exp(-np.arange(count - 128) / 3000.0)[:, None]
    path.parent.mkdir(parents=True, exist_ok=True)
    wavfile.write(path, rate, samples)
    return samples


@pytest.mark.parametrize("count", [200, 44228, 44229, 60000])
def test_128_samples_are_dropped_the_rest_is_a_tenth_whatever_the_length(count: int, tmp_path: Path) -> None:
    """The published script stops at responses of more than 44228 samples."""
    stored = write_response(tmp_path / "0.wav", count)
    response = read_response(tmp_path / "0.wav")
    assert response.shape == (2, count - 128) and response.dtype == np.float32
    np.testing.assert_allclose(response, stored[128:].T / 10.0, rtol=1e-6)
    sweep = np.round(3000 * np.sin(np.arange(132) ** 2 / 50.0)).astype(np.int16)
    echo = int16_echo(response, sweep)
    cut = stored[128 : 128 + 44100] / 10.0
    for ear in range(2):
        made = fftconvolve(sweep.astype(np.float64), cut[:, ear])[:44100]
        made = np.pad(made, (0, 44100 - len(made)))
        np.testing.assert_allclose(echo[ear], np.clip(made, -32768, 32767), atol=1.0)


def test_responses_follow_the_reading_of_angles(home: Path, tmp_path: Path) -> None:
    root = shutil.copytree(home, tmp_path / "home")
    stored = write_response(root / "echolocation_RIRs_navigable" / "room" / "270" / "3.wav", 500)
    np.testing.assert_allclose(VisualEchoesDataset(root).response("room", 3, 270), stored[128:].T / 10.0, rtol=1e-6)
    clockwise = VisualEchoesDataset(root, clockwise_audio=True)
    np.testing.assert_allclose(clockwise.response("room", 3, 90), stored[128:].T / 10.0, rtol=1e-6)
    with pytest.raises(DatasetError, match=r"90.3\.wav is missing"):
        clockwise.response("room", 3, 270)


def test_responses_that_are_none(tmp_path: Path) -> None:
    for count, rate, channels in ((128, 44100, 2), (500, 16000, 2), (500, 44100, 1)):
        write_response(tmp_path / "0.wav", count, rate, channels)
        with pytest.raises(DatasetError, match="expected two channels at 44100 Hz and more than 128"):
            read_response(tmp_path / "0.wav")
    (tmp_path / "0.wav").write_bytes(b"RIFF")
    with pytest.raises(DatasetError, match="missing or damaged"):  # never the response of another place
        read_response(tmp_path / "0.wav")


def test_wrapped_echoes_are_found(home: Path, tmp_path: Path) -> None:
    root = shutil.copytree(home, tmp_path / "home")
    loud = np.round(50_000 * np.sin(np.arange(400) / 9.0))
    write_echo(root, 90, 1, np.stack([loud, loud], axis=1).astype(np.int64).astype(np.int16))  # as numpy casts, wrapped
    write_echo(root, 90, 2, np.clip(np.stack([loud, loud], axis=1), -32768, 32767).astype(np.int16))
    data = VisualEchoesDataset(root)
    assert data.wrapped("room", 1, 90) and not data.wrapped("room", 2, 90) and not data.wrapped("room", 3, 90)
    assert VisualEchoesDataset(root, clockwise_audio=True).wrapped("room", 1, 270)
    assert not is_wrapped(np.array([[3.0, -3.0]], np.float32))


def test_echoes_of_one_channel_are_an_error(home: Path, tmp_path: Path) -> None:
    root = shutil.copytree(home, tmp_path / "home")
    write_echo(root, 0, 0, np.zeros(100, np.int16))
    with pytest.raises(DatasetError, match=r"0\.wav has shape \(100,\): expected two channels"):
        VisualEchoesDataset(root)[0]


def test_a_pickle_that_would_run_something_is_not_run(tmp_path: Path) -> None:
    class Calls:
        def __reduce__(self):
            return Path.touch, (tmp_path / "here",)

    (tmp_path / "scene_observations_16.pkl").write_bytes(pickle.dumps({"room": Calls()}))
    with pytest.raises(DatasetError, match=r"scene_observations_16\.pkl names .*pathlib"):
        VisualEchoesDataset(tmp_path)
    assert not (tmp_path / "here").exists()
    (tmp_path / "scene_observations_16.pkl").write_bytes(pickle.dumps({(0, 90): {"rgb": 1, "depth": 2}}))
    with pytest.raises(DatasetError, match=r"is not of VisualEchoes.*SoundSpacesFolder"):
        VisualEchoesDataset(tmp_path)
