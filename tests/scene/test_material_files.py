"""Tables of materials from files: the project's own format, SoundSpaces' with its faults, and scenes with them."""

from __future__ import annotations

import dataclasses
import json
import warnings
from pathlib import Path

import numpy as np
import pytest

from echoenv.errors import MaterialError
from echoenv.scene.files import load_scene
from echoenv.scene.material_files import read_materials, write_materials
from echoenv.scene.material_mapping import MaterialMapping, unknown_names, with_materials
from echoenv.scene.material_pictures import material_shares, picture_of_materials
from echoenv.scene.material_table import DEFAULT_MATERIAL, built_in_mapping, material
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Surface
from echoenv.scene.soundspaces_materials import read_soundspaces_materials
from tests.conftest import shared_data
from tests.rooms import box_room, with_solid_block

ROW = {"absorption": 0.1, "scattering": 0.2, "transmission": 0.0, "citation": "made for a test"}


def table_file(folder: Path, **changes: object) -> Path:
    table = {"format": "echoenv-materials", "version": 1, "materials": {"plaster": ROW}, **changes}
    path = folder / "table.json"
    path.write_text(json.dumps(table), encoding="utf-8")
    return path


def soundspaces_file(folder: Path, *rows: dict[str, object]) -> Path:
    usual = {"absorption": [125, 0.1, 4000, 0.3], "scattering": [500, 0.2], "transmission": [500, 0.0]}
    path = folder / "soundspaces.json"
    path.write_text(json.dumps({"materials": [{"name": "M", "labels": ["wall"], **usual, **row} for row in rows]}))
    return path


def test_the_built_in_table_survives_writing_and_reading(tmp_path: Path) -> None:
    written = built_in_mapping()
    read = read_materials(write_materials(tmp_path / "table.json", written))
    assert set(read.materials) == set(written.materials) and read.default == DEFAULT_MATERIAL
    assert read.categories == written.categories and read.name_parts == written.name_parts
    for name, one in written.materials.items():
        for key in ("absorption", "scattering", "transmission"):
            assert np.array_equal(getattr(read.materials[name], key), getattr(one, key))
        assert read.materials[name].citation == one.citation


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"materials": {"m": {**ROW, "absorption": 0.7, "transmission": 0.4}}}, "absorption \\+ transmission is 1.1"),
        ({"materials": {"m": {**ROW, "absorption": -0.1}}}, "between 0 and 1"),
        ({"materials": {"m": {**ROW, "absorption": [float("nan")] * 8}}}, "between 0 and 1"),
        ({"materials": {"m": {**ROW, "absorption": [0.1] * 6}}}, "one for each of the 8 octave bands"),
        ({"materials": {"m": {**ROW, "absorption": "much"}}}, "must be one number"),
        ({"materials": {"m": {**ROW, "absorbtion": 0.1}}}, "unknown key 'absorbtion': did you mean absorption"),
        ({"materials": {"m": {"absorption": 0.1, "citation": "x"}}}, "scattering missing"),
        ({"materials": {"m": {**ROW, "citation": " "}}}, "must say where the numbers come from"),
        ({"materials": {}}, "no material"),
        ({"materials": [ROW]}, "must be a JSON object"),
        ({"bands": [125, 250, 500, 1000, 2000, 4000]}, "lack 63, 8000 Hz"),
        ({"categories": {"wall": "plater"}}, "category 'wall' leads to material 'plater'.*did you mean plaster"),
        ({"default": "none"}, "the default leads to"),
        ({"defualt": "plaster"}, "unknown key 'defualt'"),
        ({"version": 2}, "not a table of materials"),
    ],
)
def test_mistakes_in_a_table_are_named(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(MaterialError, match=said):
        read_materials(table_file(tmp_path, **changes))


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MaterialError, match="cannot be read"):
        read_materials(tmp_path / "none.json")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(MaterialError, match="not JSON"):
        read_materials(tmp_path / "broken.json")
    uncited = MaterialMapping({"m": AcousticMaterial("m", 0.1, 0.1)})  # type: ignore[arg-type]
    with pytest.raises(MaterialError, match="cite no source"):
        write_materials(tmp_path / "out.json", uncited)
    with pytest.raises(MaterialError, match="existing folder"):
        write_materials(tmp_path / "no" / "out.json", built_in_mapping())


def test_the_soundspaces_file_is_read_and_its_faults_are_reported() -> None:
    path = shared_data("mp3d_material_config.json")
    with pytest.warns(UserWarning, match="energy, jump .*unlabelled"):
        mapping, report = read_soundspaces_materials(path)
    assert len(mapping.materials) == 30 and mapping.default == "Default"
    (energy,) = report.of_kind("energy")
    assert energy.materials == ("Foliage",)
    foliage = mapping.materials["Foliage"]
    assert foliage.absorption[3] + foliage.transmission[3] == pytest.approx(1.0, abs=1e-6)
    assert {name for finding in report.of_kind("jump") for name in finding.materials} >= {"Brick", "Brick, Painted"}
    (unlabelled,) = report.of_kind("unlabelled")
    assert len(unlabelled.materials) == 17
    assert any("'pipe' and 'refrigerator'" in line for line in report.lines)
    assert any("speed of 1483.96 m/s, that of water" in line for line in report.lines)
    assert any("63 and 8000 Hz" in line for line in report.lines)


def test_soundspaces_labels_match_by_part_and_most_matches_win(tmp_path: Path) -> None:
    rows = [{"name": "tile", "labels": ["shower"]}, {"name": "cloth", "labels": ["shower", "curtain"]}]
    rows += [{"name": "any", "labels": ["default"]}, {"name": "wood", "labels": ["door"]}]
    mapping, _ = read_soundspaces_materials(soundspaces_file(tmp_path, *rows), warn=False)
    names = ["shower_stall", "Shower Curtain", "garage-door", "gizmo"]
    assert [mapping.find(name) for name in names] == ["tile", "cloth", "wood", None]
    assert mapping.material_for("gizmo").name == "any"


def test_soundspaces_pairs_are_interpolated_over_the_logarithm_of_frequency(tmp_path: Path) -> None:
    pairs = [125, 0.1, 500, 0.3, 2000, 0.7]
    mapping, _ = read_soundspaces_materials(soundspaces_file(tmp_path, {"absorption": pairs}), warn=False)
    np.testing.assert_allclose(mapping.materials["M"].absorption, [0.1, 0.1, 0.2, 0.3, 0.5, 0.7, 0.7, 0.7], atol=1e-6)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"absorption": [125, 1.2]}, "between 0 and 1"),
        ({"absorption": [125, float("nan")]}, "between 0 and 1"),
        ({"absorption": [125, 0.1, 250]}, "list of pairs"),
        ({"absorption": [250, 0.1, 125, 0.1]}, "must be positive and rise"),
        ({"scattering": "rough"}, "list of pairs"),
        ({"labels": "wall"}, "list of names"),
        ({"sped": 340.0}, "unknown key 'sped': did you mean speed"),
    ],
)
def test_mistakes_in_a_soundspaces_file_are_named(tmp_path: Path, row: dict[str, object], said: str) -> None:
    with pytest.raises(MaterialError, match=said):
        read_soundspaces_materials(soundspaces_file(tmp_path, row))


def test_a_clean_soundspaces_file_warns_of_nothing(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_soundspaces_materials(soundspaces_file(tmp_path, {}, {"name": "N", "labels": ["sofa"]}))


def test_a_scene_takes_the_materials_of_a_mapping_and_names_what_is_unknown() -> None:
    room = with_solid_block(box_room(), (1, 0, 1), (2, 1, 2))
    stuff = Surface("stuff", AcousticMaterial("stuff", 0.1, 0.1))  # type: ignore[arg-type]
    which = np.repeat([0, 1], 12)
    scene = dataclasses.replace(room, surfaces=(*room.surfaces, stuff), triangle_surfaces=which)
    rules = {"wall": "brick", "Floor": "parquet"}
    materials = {name: material(name) for name in ("brick", "parquet", DEFAULT_MATERIAL)}
    mapping = MaterialMapping(materials, rules, default=DEFAULT_MATERIAL, source="my table")
    with pytest.warns(UserWarning, match="my table does not know.*'block'") as caught:
        changed = with_materials(scene, mapping)
    assert len(caught) == 1 and "ceiling" not in str(caught[0].message)  # by its surface's name it is a wall
    names = np.array([surface.material.name for surface in changed.surfaces])[changed.triangle_surfaces]
    assert list(names[:12:2]) == ["brick", "brick", "parquet", "brick", "brick", "brick"]
    assert np.array_equal(changed.triangles, scene.triangles) and changed.objects == scene.objects


def test_unknown_names_are_listed_once_with_their_area_and_the_nearest() -> None:
    scene = with_solid_block(box_room((2, 2, 2)), (0.5, 0, 0.5), (1.5, 1, 1.5))
    found = unknown_names(scene, MaterialMapping({"brick": material("brick")}, {"blocks": "brick", "walls": "brick"}))
    assert [one.name for one in found] == ["wall", "block", "ceiling", "floor"]
    assert found[0].near == "did you mean walls?" and found[3].near == "no known name is near"
    assert sum(one.area for one in found) == pytest.approx(1.0)


def test_a_mapping_that_changes_a_few_things_keeps_the_rest_in_silence() -> None:
    scene = box_room()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        changed = with_materials(scene, MaterialMapping({"b": material("brick")}, {"ceiling": "b"}))
    assert [surface.material.name for surface in changed.surfaces] == ["wall", "brick"]
    with pytest.warns(UserWarning, match="keep their materials"):
        with_materials(scene, MaterialMapping({"b": material("brick")}, {"celing": "b"}))


def test_rules_of_a_mapping_can_be_replaced() -> None:
    mine = built_in_mapping().replacing({"tv_monitor": "metal", "wall": AcousticMaterial("mud", 0.3, 0.3)})  # type: ignore[arg-type]
    assert mine.material_for("tv-monitor").name == "metal" and mine.material_for("wall").name == "mud"
    assert built_in_mapping().material_for("wall").name == "gypsum_board"
    with pytest.raises(MaterialError, match=r"'mettal'.*did you mean metal"):
        built_in_mapping().replacing({"wall": "mettal"})
    bare = MaterialMapping({"b": material("brick")}, {"wall": "b"}, source="mine")
    with pytest.raises(MaterialError, match="mine has no material for 'wal': did you mean wall"):
        bare.material_for("wal")


def test_names_of_other_data_sets_find_their_material() -> None:
    names = "void wall floor chest_of_drawers tv_monitor gym_equipment board_panel lighting railing misc unlabeled"
    names += " ceiling_lamp window_frame door_frame trashcan kitchen_island shower_curtain"  # mpcat40, then HM3D
    assert all(built_in_mapping().find(name) for name in names.split())


def test_shares_of_area_add_up_and_are_drawn(tmp_path: Path) -> None:
    scene = with_materials(box_room((4, 3, 5)), MaterialMapping({"p": material("parquet")}, {"floor": "p"}))
    shares = material_shares(scene)
    assert [(one.material.name, one.area) for one in shares] == [
        ("wall", pytest.approx(74.0)),
        ("parquet", pytest.approx(20.0)),
    ]
    assert picture_of_materials(scene, tmp_path / "materials.png").stat().st_size > 20000


def test_a_file_is_read_with_a_users_materials_and_what_no_table_knows_is_named_once(tmp_path: Path) -> None:
    mesh = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\no table\nf 1 2 3\no gizmo_2\nf 1 3 4\no gizmo_3\nf 1 4 2\n"
    (tmp_path / "things.obj").write_text(mesh)
    with pytest.warns(UserWarning, match=r"does not know 'gizmo' \(66\.7 % of the area") as caught:
        scene = load_scene(tmp_path / "things.obj", up="+y")
    assert len(caught) == 1
    mine = built_in_mapping().replacing({"gizmo": "metal"})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        changed = load_scene(tmp_path / "things.obj", up="+y", materials=mine)
    assert {surface.material.name for surface in changed.surfaces} > {"metal"}
    assert np.array_equal(changed.vertices, scene.vertices)
