"""The doctor tries what it reports, and says what is missing."""

from __future__ import annotations

import json
import subprocess
from types import SimpleNamespace

import numpy as np
import pytest

from echoenv import doctor
from echoenv.acoustics.rlr import library as rlr
from echoenv.errors import EngineError
from echoenv.simulators.builtin import BuiltinSimulator
from tests.simulators import habitat_double


@pytest.fixture(scope="module")
def findings() -> dict[tuple[str, str], doctor.Finding]:
    return {(one.kind, one.name): one for one in doctor.examine()}


def test_what_is_needed_works_here(findings: dict[tuple[str, str], doctor.Finding]) -> None:
    builtin, cpu = findings["simulator", "builtin"], findings["device", "cpu"]
    assert builtin.works and builtin.needed and "looked, listened and walked" in builtin.note
    assert cpu.works and "cores" in cpu.note
    assert {name for kind, name in findings if kind == "simulator"} == {"builtin", "habitat", "soundspaces"}


def test_what_does_not_work_says_what_to_install(findings: dict[tuple[str, str], doctor.Finding]) -> None:
    for one in findings.values():
        assert one.works or len(one.note) > 10, one
        assert "\n" not in one.note


def test_a_simulator_that_shows_a_wrong_room_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    blind = {"depth": np.zeros((128, 128), np.float32)}
    monkeypatch.setattr(BuiltinSimulator, "step", lambda self, action: blind)
    with pytest.raises(EngineError, match="wrong"):
        doctor.try_simulator("builtin")


def test_without_rlr_its_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(rlr.importlib, "import_module", missing)
    found = doctor._rlr()
    assert not found.works and "echoenv[rlr]" in found.note


@pytest.mark.parametrize(("status", "words"), [(0, ""), (-6, "Platform::WindowlessEglApplication: no context")])
def test_habitat_is_tried_in_another_process(monkeypatch: pytest.MonkeyPatch, status: int, words: str) -> None:
    monkeypatch.setattr("echoenv.simulators.habitat.library.habitat_library", habitat_double.module)
    done = SimpleNamespace(returncode=status, stdout="looked\n", stderr=words)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    found = doctor._habitat()
    assert found.works == (status == 0) and found.version == "0.3.3"
    assert found.works or (words in found.note and "software rendering" in found.note)


def test_json_is_for_programs_and_the_table_for_people(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = doctor.Finding("simulator", "builtin", True, True, "0.1.0", "fine")
    broken = doctor.Finding("device", "cpu", False, True, "", "no rays")
    monkeypatch.setattr(doctor, "examine", lambda _: [fine])
    assert doctor.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["name"] == "builtin"
    monkeypatch.setattr(doctor, "examine", lambda _: [fine, broken])
    assert doctor.main([]) == 1
    assert [line.split()[2] for line in capsys.readouterr().out.splitlines()] == ["works", "-"]


def test_an_unknown_flag_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        doctor.main(["--jsn"])
    assert caught.value.code == 2 and "did you mean --json" in capsys.readouterr().err
