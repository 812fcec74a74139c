"""Runs over thousands of homes: they go on where they were ended, an exception ends no run, and the page is written."""

from __future__ import annotations

import json

from benchmarks import homes_looks, homes_variety
from benchmarks.homes_looks import Look, Measured
from benchmarks.homes_variety_page import built_text, looks_text, variety_figure, variety_text
from benchmarks.records import Records


def test_results_are_kept_line_by_line_and_survive_a_line_that_was_cut_off(tmp_path):
    path = tmp_path / "kept" / "results.jsonl"
    records = Records(path, "code")
    records.add("a", {"faults": []})
    records.add("b", [1, 2])
    with path.open("ab") as file:
        file.write(b'{"key":"c","code":"co')  # the process was killed here
    again = Records(path, "code")
    assert again["a"] == {"faults": []} and again["b"] == [1, 2] and "c" not in again
    again.add("c", 3)
    assert Records(path, "code")["c"] == 3
    assert "a" not in Records(path, "other code")
    assert [json.loads(line)["key"] for line in path.read_text().splitlines() if line.endswith("}")] == ["a", "b", "c"]


def test_only_what_was_not_looked_at_yet_is_looked_at(tmp_path):
    records = Records(tmp_path / "results.jsonl", "code")
    records.add("looked at procedural:room?seed=0", {"address": "procedural:room?seed=0", "faults": ["old"]})
    found = homes_variety.gather("looked at", None, ["procedural:room?seed=0"], records, 1)
    assert found == [{"address": "procedural:room?seed=0", "faults": ["old"]}]


def test_an_exception_becomes_a_fault_of_the_home_it_came_from(monkeypatch):
    def broken(address):
        raise ValueError("no plan")

    monkeypatch.setattr(homes_looks, "assembled", broken)
    look = Look(**homes_looks.built("procedural:room?seed=3"))
    assert look.address == "procedural:room?seed=3"
    assert look.faults[0].startswith("ValueError: no plan (test_homes_variety.py, line ")


def test_the_styles_take_turns():
    assert homes_variety.addresses_of(("a", "b"), 2) == [f"procedural:{s}?seed={k}" for k in (0, 1) for s in ("a", "b")]
    assert homes_variety.style_of("procedural:meeting_room?seed=12") == "meeting_room"


def test_what_is_told_names_figures_faults_and_categories(tmp_path):
    sound = Look("procedural:room?seed=0", 2, 30.0, 2.5, 40, 50_000, 0.3)
    faulty = Look("procedural:room?seed=1", 1, 20.0, 2.5, 20, 40_000, 0.2, ("floats",))
    text = looks_text({"room": [sound, faulty]}, [faulty], 20_000)
    assert "all but 1 (`procedural:room?seed=1` (floats))" in text and "1 / 2 / 2" in text and "40,000 / 45,000" in text
    assert "2 homes" in built_text({"room": [sound, faulty]}, [faulty]) and "all without a failure" in built_text(
        {}, []
    )
    home = Measured("a", 2, 30.0, 50_000, 3, {"sofa": 2, "cup": 1}, (1.5, 2.5), (1,) * 48, (("living", 0.5),))
    other = Measured("b", 1, 20.0, 40_000, 1, {"sofa": 1}, (1.0,), (2,) * 48, (("living", 0.4),))
    told = variety_text({"room": [home, other]})
    assert "sofa 100, cup 50" in told and "1.00 / 1.50 / 2.50" in told and "0.40 / 0.45 / 0.50" in told
    variety_figure({"room": [home, other]}, tmp_path / "figure.png")
    assert (tmp_path / "figure.png").stat().st_size > 5_000
