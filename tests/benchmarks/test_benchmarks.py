"""The benchmarks' own pieces: their room, their rows, and that a failing section does not take the others along."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks import __main__ as command
from benchmarks.poses import camera_poses, camera_rays
from benchmarks.room import LISTENER, SOURCE, STANDING_PLACES, furnished_room
from benchmarks.rows import Row, save, table
from benchmarks.timing import QUICK, Patience, measure
from echoenv.rays import RayEngine


def test_the_room_has_60000_triangles_is_closed_and_faces_inward() -> None:
    scene = furnished_room()
    assert abs(len(scene.triangles) / 60_000 - 1.0) < 0.02
    engine = RayEngine(scene)
    directions = np.random.default_rng(0).normal(size=(20_000, 3))
    for place in (*STANDING_PLACES, SOURCE, LISTENER):
        hits = engine.intersect(place, directions)
        assert hits.hit.all()
        assert np.all(np.sum(engine.normals[hits.triangle] * directions, axis=1) < 0.0), "fronts only"


def test_camera_rays_come_in_tiles_of_four_by_two() -> None:
    positions, rotations = camera_poses(np.array([[1.0, 2.0, 3.0]]))
    origins, directions = camera_rays(positions, rotations, 8)
    assert origins.shape == directions.shape == (4 * 64, 3)
    assert np.all(origins == (1.0, 2.0, 3.0))
    across, down = directions[:8, 0] * 8 + 7, -directions[:8, 1] * 8 + 7  # twice the column and the row, heading 0
    np.testing.assert_allclose(across, [0, 2, 4, 6] * 2, atol=1e-5)
    np.testing.assert_allclose(down, [0] * 4 + [2] * 4, atol=1e-5)


def test_rows_know_whether_they_meet_their_target() -> None:
    assert Row("views", "a", 700.0, "frames/s", "", target=650.0).met is True
    assert Row("sound", "b", 30.0, "ms", "", target=25.0, at_least=False).met is False
    assert Row("sound", "peer", 30.0, "ms", "").met is None
    text = table(
        [Row("views", "a", 700.0, "frames/s", "how", target=650.0), Row("sound", "c", None, "", "pip install c")]
    )
    assert ">= 650" in text and "yes" in text and "pip install c" in text


def test_measure_tells_warm_up_and_spread_apart() -> None:
    calls: list[int] = []
    timing = measure(lambda: calls.append(1), Patience(seconds=0.0, least=4, most=9))
    assert len(calls) == 5
    assert timing.spread >= 1.0


def test_a_failing_section_becomes_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(patience: Patience) -> Iterator[Row]:
        yield Row("views", "first", 1.0, "x", "")
        raise RuntimeError("no luck")

    def sound(patience: Patience) -> Iterator[Row]:
        yield Row("views", "second", 2.0, "x", "")

    module = types.SimpleNamespace(SECTIONS=(broken, sound))
    monkeypatch.setattr(command.importlib, "import_module", lambda name: module)
    rows = command.measure_subject("views", QUICK)
    assert [row.what for row in rows] == ["first", "broken: stopped", "second"]
    assert rows[1].how == "RuntimeError: no luck"


def test_figures_are_kept_as_json(tmp_path: Path) -> None:
    path = tmp_path / "results" / "latest.json"
    save(path, {"processor": "x"}, [Row("views", "a", 700.0, "frames/s", "", target=650.0)])
    kept = json.loads(path.read_text())
    assert kept["machine"] == {"processor": "x"}
    assert kept["rows"][0]["met"] is True
