"""Pictures of sound: they are drawn for rooms, silence and no way at all, and their parts are right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from echoenv.acoustics.impulse_response import ImpulseResponse
from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.pictures import (
    cut_of,
    picture_of_decay,
    picture_of_paths,
    picture_of_reflectogram,
    picture_of_spectrograms,
)
from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.acoustics.propagation.ray_paths import ray_paths
from echoenv.errors import SettingsError
from tests.acoustics.shoebox import propagator
from tests.rooms import box_room, with_solid_block

RATE = 8000
SOURCE, LISTENER = np.array([1.2, 1.5, 1.1]), np.array([4.7, 1.2, 3.9])


@pytest.fixture(scope="module")
def room() -> tuple[Propagator, Propagation]:
    tracing = propagator(box_room((6, 3, 5), absorption=0.3, scattering=0.3), duration=0.2, rays=2000)
    return tracing, tracing.propagate(SOURCE[None], LISTENER[None])[0][0]


def colors_in(path: Path) -> int:
    with Image.open(path) as picture:
        return len(np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0))


def test_a_reflectogram_is_drawn_also_where_nothing_arrives(
    room: tuple[Propagator, Propagation], tmp_path: Path
) -> None:
    tracing, found = room
    assert colors_in(picture_of_reflectogram(found, tmp_path / "room.png", title="a room")) > 50
    nowhere = tracing.propagate([(50.0, 50.0, 50.0)], LISTENER[None])[0][0]
    assert picture_of_reflectogram(nowhere, tmp_path / "nothing.png", until=0.05).exists()


def test_paths_are_drawn_in_the_room_also_where_there_are_none(
    room: tuple[Propagator, Propagation], tmp_path: Path
) -> None:
    tracing, _ = room
    paths = ray_paths(tracing, SOURCE, LISTENER, rays=200)
    assert colors_in(picture_of_paths(paths, tracing.engine.scene, tmp_path / "paths.png")) > 50
    none = ray_paths(tracing, (50.0, 50.0, 50.0), LISTENER, rays=50)
    assert picture_of_paths(none, tracing.engine.scene, tmp_path / "none.png").exists()


def test_a_cut_shows_the_walls_at_its_height() -> None:
    scene = with_solid_block(box_room((6, 3, 5)), (1, 0, 1), (2, 1, 3))
    lengths = {h: np.linalg.norm(np.diff(cut_of(scene, h), axis=1)[:, 0], axis=1).sum() for h in (0.5, 1.0, 2.0)}
    assert lengths[0.5] == pytest.approx(22.0 + 6.0, abs=1e-4)
    assert lengths[2.0] == pytest.approx(22.0, abs=1e-4)
    assert lengths[1.0] == pytest.approx(22.0, abs=1e-4)
    assert cut_of(scene, 5.0).shape == (0, 2, 2)


def test_decays_and_spectrograms_are_drawn_for_decays_and_for_silence(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(size=(2, RATE // 2)) * 10.0 ** (-3.0 * np.arange(RATE // 2) / RATE / 0.4)
    response = ImpulseResponse(noise.astype(np.float32), RATE)
    assert colors_in(picture_of_decay(response, tmp_path / "decay.png", channel=1)) > 50
    assert colors_in(picture_of_spectrograms(response.samples, RATE, tmp_path / "ears.png", "ears")) > 50
    silence = ImpulseResponse(np.zeros((1, 800), np.float32), RATE)
    assert picture_of_decay(silence, tmp_path / "silent.png").exists()
    assert picture_of_spectrograms(silence.samples, RATE, tmp_path / "quiet.png").exists()


def test_mistakes_with_pictures_are_named(room: tuple[Propagator, Propagation], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        picture_of_reflectogram(room[1], tmp_path / "picture.wav")
    with pytest.raises(SettingsError, match="cannot be written"):
        picture_of_reflectogram(room[1], tmp_path / "no" / "picture.png")
    with pytest.raises(SettingsError, match="channel 3 of 1"):
        picture_of_decay(ImpulseResponse(np.ones((1, 9), np.float32)), tmp_path / "d.png", channel=3)
    with pytest.raises(SettingsError, match="give finite ones"):
        picture_of_spectrograms(np.zeros(5, np.float32), RATE, tmp_path / "s.png")
