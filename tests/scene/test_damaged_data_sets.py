"""Data sets whose files were damaged at random: what comes of it is a scene or one clear line, and nothing else."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from echoenv.errors import EchoEnvError
from echoenv.scene.files import load_scene
from tests.scene.habitat_writers import gibson, hm3d, matterport, replica_cad

SCENES = {"mp3d": "17DRP5sb8fy", "hm3d": "TEEsavR23oF", "gibson": "Ackermanville", "replica_cad": "apt_0"}
STRANGE = (None, "x", [], {}, -1, True, float("nan"), [1, 2], "../../etc/passwd", 10**30, [None], 0, "*", "[")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    matterport(tmp_path / "mp3d")
    hm3d(tmp_path / "hm3d/val")
    gibson(tmp_path / "gibson")
    replica_cad(tmp_path / "replica_cad")
    return tmp_path


def load(data: Path, file: Path) -> bool:
    """Whether the scene that a file belongs to loads; an error must be one line."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            load_scene(SCENES[file.relative_to(data).parts[0]], data_dir=data)
        except EchoEnvError as error:
            assert "\n" not in str(error)
            return False
    return True


def damaged(content: bytes, random: np.random.Generator) -> bytes:
    """Content with bytes changed, cut off, put in or taken out."""
    changed = bytearray(content)
    place = int(random.integers(len(content)))
    how = random.integers(4)
    if how == 0:
        changed[place] ^= int(random.integers(1, 256))
    elif how == 1:
        del changed[place:]
    elif how == 2:
        changed[place:place] = random.bytes(9)
    else:
        del changed[place : place + 20]
    return bytes(changed)


def test_bytes_changed_anywhere(data: Path) -> None:
    random = np.random.default_rng(11)
    files = sorted(path for path in data.rglob("*") if path.is_file())
    assert all(load(data, file) for file in files)
    loaded = 0
    for file in files * 3:
        whole = file.read_bytes()
        file.write_bytes(damaged(whole, random))
        loaded += load(data, file)
        file.write_bytes(whole)
    assert 0 < loaded < 3 * len(files)


def places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


def with_value(value: Any, path: tuple, strange: object) -> Any:
    if not path:
        return strange
    if isinstance(value, dict):
        return {k: with_value(v, path[1:], strange) if k == path[0] else v for k, v in value.items()}
    return [with_value(v, path[1:], strange) if k == path[0] else v for k, v in enumerate(value)]


def test_configs_with_strange_values_anywhere(data: Path) -> None:
    random = np.random.default_rng(12)
    for file in sorted([*data.rglob("*.json"), *data.rglob("*.scn")]):
        whole = json.loads(file.read_text())
        for path in places(whole):
            file.write_text(json.dumps(with_value(whole, path, STRANGE[random.integers(len(STRANGE))])))
            load(data, file)
        file.write_text(json.dumps(whole))
        assert load(data, file)
