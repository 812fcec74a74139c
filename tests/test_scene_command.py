"""`python -m echoenv.scene` from outside: what it prints, what it writes, and mistakes in one line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from echoenv import scene_command
from echoenv.scene.export import exported_files
from echoenv.scene.files import load_scene
from echoenv.scene.homes import HOME_NAMES
from tests.rooms import box_room, with_solid_block

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A room with a block in it as a GLB file, Y-up by its stage config."""
    folder = tmp_path_factory.mktemp("room")
    scene = with_solid_block(box_room((5.0, 2.5, 4.0)), (1, 0, 1), (2, 1, 2))
    for path, data in exported_files(scene).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder / "box_room.glb"


def said_in_one_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert scene_command.main(arguments) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and said.startswith("python -m echoenv.scene: ")
    return said


def test_module_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "echoenv.scene", "--help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    commands = ("list", "show", "export", "materials")
    assert all(command in done.stdout for command in commands) and not done.stderr


def test_list_names_homes_and_what_a_folder_holds(room: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scene_command.main(["list", "--data-dir", str(room.parent)]) == 0
    said = capsys.readouterr().out
    assert "not Replica" in said and all(f"  {name} " in said for name in HOME_NAMES)
    assert "box_room" in said and "mesh_semantic.ply" in said


def test_show_writes_a_picture_and_says_what_the_scene_is(
    room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scene_command.main(["show", str(room), "--out", str(tmp_path / "new")]) == 0
    said = capsys.readouterr().out
    assert f"mesh file {room}" in said and "stage config" in said and "24, vertex colours" in said
    assert "7 of 4 kinds (4 wall" in said and "0.0 % of the directions" in said
    picture = np.asarray(Image.open(io.BytesIO((tmp_path / "new" / "box_room.png").read_bytes())).convert("RGB"))
    assert picture.shape == (1260, 2000, 3)
    for color in ((255, 0, 0), (0, 255, 0), (0, 0, 255)):  # walls are seen in their colours
        assert np.count_nonzero((picture == color).all(axis=-1)) > 5000


def write_quad(path: Path, corners: list[tuple[float, float, float]]) -> Path:
    path.write_text("".join(f"v {x} {y} {z}\n" for x, y, z in corners) + "f 1 2 3 4\n")
    return path


def test_show_of_a_floor_smaller_than_the_grid(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mesh = write_quad(tmp_path / "mat.obj", [(0.05, 0, 0.45), (0.45, 0, 0.45), (0.45, 0, 0.05), (0.05, 0, 0.05)])
    assert scene_command.main(["show", str(mesh), "--up", "+y", "--out", str(tmp_path / "mat.png")]) == 0
    assert "0 on the 0.5 m grid; shown from another" in capsys.readouterr().out
    assert (tmp_path / "mat.png").is_file()


def test_show_of_a_thing_without_a_floor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mesh = write_quad(tmp_path / "wall.obj", [(0, 0, 0), (2, 0, 0), (2, 2, 0), (0, 2, 0)])
    assert "no floor" in said_in_one_line(["show", str(mesh), "--up", "+y", "--out", str(tmp_path)], capsys)


def test_export_writes_files_that_load(room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "a" / "b"
    assert scene_command.main(["export", "box_room", str(out), "--data-dir", str(room.parent)]) == 0
    assert capsys.readouterr().out.count("wrote:") == 6
    assert not [path for path in out.rglob(".*")]  # no temporary file is left
    for back in (load_scene(out / "box_room.glb"), load_scene("box_room", data_dir=out)):
        assert len(back.triangles) == 24 and len(back.objects) == 7


def test_exports_into_one_folder_grow_one_data_set(
    room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = write_quad(tmp_path / "mat.obj", [(0, 0, 2), (2, 0, 2), (2, 0, 0), (0, 0, 0)])
    out = tmp_path / "out"
    assert scene_command.main(["export", str(room), str(out)]) == 0
    assert scene_command.main(["export", str(other), str(out), "--up", "+y"]) == 0
    config = json.loads((out / "echoenv.scene_dataset_config.json").read_text())
    assert config["stages"]["paths"][".json"] == ["box_room.stage_config.json", "mat.stage_config.json"]
    capsys.readouterr()
    assert scene_command.main(["list", "--data-dir", str(out)]) == 0
    said = capsys.readouterr().out
    assert "  box_room " in said and "  mat " in said and "Habitat's scene data set" in said
    assert load_scene("mat", data_dir=out).bounds[1][0] == 2.0


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["shwo", "apartment_0"], "did you mean show"),
        (["show", "apartmnt_0"], "apartment_0"),
        (["export", "ofice_1", "OUT"], "office_1"),
        (["list", "--data-dir", "nowhere"], "is not a folder"),
        (["show", "room_0", "--out", "picture.gif"], ".png"),
    ],
)
def test_mistakes_are_one_line(
    arguments: list[str],
    hint: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert hint in said_in_one_line(arguments, capsys)


def test_a_missing_argument_and_an_unknown_flag_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, hint in ((["export", "room_0"], "DIR"), (["show", "room_0", "--upp", "+y"], "--up")):
        with pytest.raises(SystemExit) as stop:
            scene_command.main(arguments)
        said = capsys.readouterr().err
        assert stop.value.code == 2 and said.count("\n") == 1 and hint in said


def test_materials_says_what_a_scene_is_made_of_and_takes_a_table(
    room: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert scene_command.main(["materials", str(room), "--out", str(tmp_path / "picture.png")]) == 0
    said = capsys.readouterr().out
    assert "gypsum_board" in said and "average over the area" in said and " m2 " in said
    with Image.open(tmp_path / "picture.png") as picture:
        assert picture.width > 500
    table = tmp_path / "table.json"
    pairs = {key: [500, 0.2] for key in ("absorption", "scattering", "transmission")}
    table.write_text(json.dumps({"materials": [{"name": "slab", "labels": ["nothing here"], **pairs}]}))
    assert scene_command.main(["materials", str(room), "--table", str(table), "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "unknown:   '" in said and "fractions of incident energy" in said
    assert len(list(tmp_path.glob("*_materials.png"))) == 1
    table.write_text("{}")
    assert "materials missing" in said_in_one_line(["materials", str(room), "--table", str(table)], capsys)
