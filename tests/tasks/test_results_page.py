"""The page of results: rows of pretrainings by seed, studies as they wrote themselves, pictures, mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the learners need torch")

from PIL import Image  # noqa: E402

from tasks.results_page import main, pretraining_section  # noqa: E402


def pretraining(seed: int, accuracy: float, variant: str = "visual_echoes") -> dict[str, Any]:
    return {"command": f"python -m agents.visual_echoes --seed {seed}", "variant": variant, "backbone": "unet",
            "size": 64, "slimness": 4, "train": ["a", "b"], "test": ["c"], "recipe": {"seed": seed, "epochs": 15},
            "measures": {"accuracy": accuracy}, "chance": 0.25}  # fmt: skip


def test_seeds_of_one_pretraining_are_one_row() -> None:
    found = [pretraining(0, 0.5), pretraining(1, 0.6), pretraining(0, 0.7, "simple")]
    text = pretraining_section(found, ["![x](y.jpg)"])
    assert "| `visual_echoes` | `unet`, widths / 4 | 2 | 64 | 15 | 0, 1 | **55.0 ± 7.1 %** | 25 % | 66 % |" in text
    assert "| `simple` | `unet`, widths / 4 | 2 | 64 | 15 | 0 | **70.0 %** | 25 % |  |" in text


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    pretrained, study = tmp_path / "echoes_0", tmp_path / "depth"
    for folder in (pretrained, study):
        folder.mkdir()
    (pretrained / "measures.json").write_text(json.dumps(pretraining(0, 0.5)))
    Image.new("RGB", (40, 30), (200, 0, 0)).save(pretrained / "confusion.png")
    (study / "results.json").write_text("{}")
    (study / "results.md").write_text("# Depth\n\n## Held-out views\n\n![views](predictions.png)\n")
    Image.new("RGB", (3000, 300), (0, 200, 0)).save(study / "predictions.png")
    return pretrained, study


def test_the_page_has_both_and_its_pictures(runs: tuple[Path, Path], tmp_path: Path) -> None:
    page = tmp_path / "docs" / "results" / "echoes.md"
    assert main([*map(str, runs), "--out", str(page)]) == 0
    text = page.read_text()
    assert "## Depth (`depth`)\n\n### Held-out views" in text and "**50.0 %**" in text
    for name, size in (("confusion_echoes_0.jpg", (40, 30)), ("depth_predictions.jpg", (1400, 140))):
        assert f"(../images/echoes/{name})" in text
        with Image.open(tmp_path / "docs" / "images" / "echoes" / name) as picture:
            assert picture.size == size
    assert f"python -m tasks.results_page {runs[0]}" in text


def test_a_folder_without_results_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--out", str(tmp_path / "a" / "b" / "page.md")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "holds neither measures.json nor results.json" in said
