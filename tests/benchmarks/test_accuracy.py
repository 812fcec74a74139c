"""The table of accuracy: it names tests that exist, judges by its limits alone, and goes on where it was ended."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from benchmarks import accuracy
from benchmarks.accuracy_checks import Check, by_engine, within
from benchmarks.accuracy_engines import ENGINES, NOT_MODELLED
from benchmarks.records import Records

TESTS = Path(__file__).parent.parent


def test_every_test_that_the_table_names_exists() -> None:
    folders = ("acoustics", "audio")
    there = {
        name
        for folder in folders
        for file in (TESTS / folder).glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {name for check in accuracy.checks() for name in check.tests}
    assert not sorted(named - there)


def test_all_26_are_there_but_the_one_without_data() -> None:
    rows = accuracy.checks()
    assert {int(re.sub(r"\D", "", check.number)) for check in rows} == set(range(1, 27)) - {17}
    assert len({check.number for check in rows}) == len(rows)
    assert all(check.tests and set(check.answers) == set(ENGINES) for check in rows)
    assert "| 17 | none" in accuracy.inventory(rows)


def test_limits_judge_all_engines_alike() -> None:
    row = within("1", "level", "dB", 0.5, by_engine(lambda name: 1.0 if name == "rlr" else 0.1, pra=NOT_MODELLED))
    figures = {("1", "echoenv"): 0.1, ("1", "rlr"): 1.0, ("1", "pyroomacoustics"): NOT_MODELLED}
    table = accuracy.table([row], figures)
    assert "| 1 | level | ≤ 0.5 dB | 0.1 ✓ | 1 ✗ | not modelled |" in table
    assert "EchoEnv meets 1 of the 1 rows" in accuracy.summary([row], figures)
    assert accuracy.cell(row, math.inf) == "∞ ✗"
    assert Check("9", "", "%", 1.0, 12.0, {}).limit == "1 to 12"
    assert Check("2", "", "", 0.0, 0.0, {}).limit == "0"


def test_figures_are_kept_and_an_engine_that_stops_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def answer(name: str) -> float:
        asked.append(name)
        if name == "echoenv":
            raise RuntimeError("broken")
        return math.inf

    row = within("1", "level", "dB", 0.5, by_engine(answer, rlr=NOT_MODELLED))
    for _ in range(2):
        records = Records(tmp_path / "kept.jsonl", "code")
        found = [accuracy.figure(row, name, records) for name in ("echoenv", "rlr")]
        assert found == ["stopped: RuntimeError", "not modelled"]
    assert asked == ["echoenv"]
    monkeypatch.setattr(accuracy, "code_in_use", lambda engine: "other code")
    accuracy.figure(row, "echoenv", Records(tmp_path / "kept.jsonl", "code"))
    assert asked == ["echoenv", "echoenv"]


def test_some_rows_alone_are_printed_and_leave_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = accuracy.PAGE.read_bytes() if accuracy.PAGE.is_file() else b""
    kept = tmp_path / "kept.jsonl"
    assert accuracy.main(["--only", "11a", "20b", "--keep", str(kept)]) == 0
    assert "| 11a |" in capsys.readouterr().out
    assert len(kept.read_text().splitlines()) == 2
    assert (accuracy.PAGE.read_bytes() if accuracy.PAGE.is_file() else b"") == before
    assert accuracy.main(["--only", "99"]) == 2
    assert "no such tests: 99" in capsys.readouterr().out
