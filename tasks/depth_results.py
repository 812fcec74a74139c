"""What came out of the trainings of depth: rows over seeds, beside the published figures, as Markdown and JSON.

The one idea: a figure stands with its mean over seeds and their standard deviation, and a published one in a row of its
own under it. The data differ, so what can be compared is the order of the rows and how far they lie apart.

Source of the published figures: the dissertation's tables 8.1 and 8.2, the part on Replica (Gao et al., VisualEchoes,
ECCV 2020).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from echoenv.datasets.atomic_files import write_whole

PAGE, DATA, PREDICTIONS, LABELS = "results.md", "results.json", "predictions.png", "fewer_labels.png"
SCRATCH = "none"
"""Name of the weights of a network that starts from nothing."""

TITLES = {"average": "Average", "echo": "Echo2Depth", "rgb": "RGB2Depth", "rgb_echo": "RGB+Echo2Depth"}
COLUMNS = {
    "rms": "RMS [m] ↓", "rel": "REL ↓", "log10": "log10 ↓", "delta1": "δ < 1.25 ↑", "delta2": "δ < 1.25² ↑",
    "delta3": "δ < 1.25³ ↑",
}  # fmt: skip
"""Measures of the tables, named as in `tasks.depth_measures`, with their headings."""

CASE_STUDY = {
    "average": (1.070, 0.791, 0.230, 0.235, 0.509, 0.750),
    "echo": (0.713, 0.347, 0.134, 0.580, 0.772, 0.868),
    "rgb": (0.374, 0.202, 0.076, 0.749, 0.883, 0.945),
    "rgb_echo": (0.346, 0.172, 0.068, 0.798, 0.905, 0.950),
}
"""Table 8.1."""

TRANSFER = {
    "from nothing": (0.360, 0.214, 0.078, 0.747, 0.879, 0.940),
    "from ImageNet": (0.356, 0.203, 0.076, 0.748, 0.891, 0.948),
    "from MIT Indoor Scenes": (0.334, 0.196, 0.072, 0.770, 0.897, 0.950),
    "from VisualEchoes": (0.332, 0.195, 0.070, 0.773, 0.899, 0.951),
}
"""Table 8.2, RGB2Depth on Replica."""


@dataclass(frozen=True)
class Outcome:
    """What one training came to.

    Attributes:
        model: One of `tasks.depth_learner.MODELS`.
        weights: Name of what its encoder started from; `SCRATCH` for nothing.
        labels: Share of the labels, above 0 and at most 1.
        seed: Of the training.
        measures: Errors by name on the views held out, after the last epoch.
    """

    model: str
    weights: str
    labels: float
    seed: int
    measures: Mapping[str, float]


@dataclass(frozen=True)
class Row:
    """Trainings that differ in their seed alone.

    Attributes:
        model: As of the outcomes.
        weights: As of the outcomes.
        labels: As of the outcomes.
        seeds: Theirs, ascending.
        values: Of each measure, in the order of the seeds.
    """

    model: str
    weights: str
    labels: float
    seeds: tuple[int, ...]
    values: Mapping[str, tuple[float, ...]]

    def mean(self, name: str) -> float:
        """Mean of a measure over seeds."""
        return float(np.mean(self.values[name]))

    def spread(self, name: str) -> float | None:
        """Standard deviation of a measure over seeds; None of one seed."""
        return float(np.std(self.values[name], ddof=1)) if len(self.seeds) > 1 else None

    def cell(self, name: str) -> str:
        """Mean and spread as a table has them."""
        spread = self.spread(name)
        return f"{self.mean(name):.3f}" + ("" if spread is None else f" ± {spread:.3f}")


@dataclass(frozen=True)
class Made:
    """How the figures were made.

    Attributes:
        command: That makes them again.
        data: What the scenes are, in words; empty for those of the published figures.
        views: Number of those to learn from and of those held out.
        scenes: Names of those to learn in and of those held out.
        recipe: Values of the networks and their training.
        machine: What it was trained on, in words.
        seconds: Of all trainings.
    """

    command: str
    data: str
    views: tuple[int, int]
    scenes: tuple[tuple[str, ...], tuple[str, ...]]
    recipe: Mapping[str, Any]
    machine: str
    seconds: float


def rows_of(outcomes: Sequence[Outcome]) -> list[Row]:
    """Outcomes together with those that differ from them in the seed alone, in the order in which they come first."""
    groups: dict[tuple[str, str, float], list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault((one.model, one.weights, one.labels), []).append(one)
    rows = []
    for (model, weights, labels), alike in groups.items():
        alike = sorted(alike, key=lambda one: one.seed)
        values = {name: tuple(one.measures[name] for one in alike) for name in alike[0].measures}
        rows.append(Row(model, weights, labels, tuple(one.seed for one in alike), values))
    return rows


def title_of(model: str, weights: str) -> str:
    """A model as tables and pictures name it."""
    return TITLES[model] + ("" if weights == SCRATCH else f" from {weights}")


def case_study(rows: Sequence[Row]) -> str:
    """Table 8.1: models that started from nothing, with all labels that there were, over the published ones."""
    most = max(row.labels for row in rows)
    chosen = {row.model: row for row in rows if row.weights == SCRATCH and row.labels == most}
    lines = []
    for model in (one for one in CASE_STUDY if one in chosen):
        lines += [_own(TITLES[model], chosen[model]), _published(f"{TITLES[model]}, published", CASE_STUDY[model])]
    return "\n\n".join(part for part in (_table(lines), _order_said(chosen)) if part) if lines else ""


def transfer(rows: Sequence[Row]) -> str:
    """Table 8.2: RGB2Depth by what its encoder started from, and the published ones; empty where there is one start."""
    most = max(row.labels for row in rows)
    chosen = [row for row in rows if row.model == "rgb" and row.labels == most]
    if all(row.weights == SCRATCH for row in chosen):
        return ""
    lines = [_own("from nothing" if row.weights == SCRATCH else f"from {row.weights}", row) for row in chosen]
    lines += [_published(f"{name}, published", values) for name, values in TRANSFER.items()]
    return "\n\n".join([_table(lines), *_gains_said(chosen)])


def fewer_labels(rows: Sequence[Row]) -> str:
    """All trained rows by their share of the labels; empty where there is one share."""
    chosen = [row for row in rows if row.model != "average"]
    shares = sorted({row.labels for row in chosen})
    if len(shares) < 2:
        return ""
    ordered = [row for share in shares for row in chosen if row.labels == share]
    lines = [_own(f"{100.0 * row.labels:g} %: {title_of(row.model, row.weights)}", row) for row in ordered]
    said = [sentence for share in shares for sentence in _gains_said([r for r in chosen if r.labels == share], share)]
    return "\n\n".join([_table(lines), *said])


def _own(title: str, row: Row) -> list[str]:
    return [f"**{title}**", str(len(row.seeds)), *(row.cell(name) for name in COLUMNS)]


def _published(title: str, values: Sequence[float]) -> list[str]:
    return [f"*{title}*", "", *(f"*{value:.3f}*" for value in values)]


def _table(lines: Sequence[Sequence[str]]) -> str:
    heads = ["", "seeds", *COLUMNS.values()]
    parts = ["| " + " | ".join(cells) + " |" for cells in [heads, *lines]]
    return "\n".join([parts[0], "| --- " * len(heads) + "|", *parts[1:]])


def _order_said(chosen: Mapping[str, Row]) -> str:
    """Whether the order of table 8.1 came out, by the mean over seeds and in each."""
    if len(chosen) < len(CASE_STUDY):
        return ""
    wanted = list(CASE_STUDY)
    found = sorted(wanted, key=lambda model: -chosen[model].mean("rms"))
    alike = [dict(zip(chosen[model].seeds, chosen[model].values["rms"], strict=True)) for model in wanted]
    seeds = [seed for seed in alike[0] if all(seed in one for one in alike)]
    falling = sum(all(a[seed] > b[seed] for a, b in itertools.pairwise(alike)) for seed in seeds)
    verdict = "the order of table 8.1" if found == wanted else "**not the order of table 8.1**"
    names = ", ".join(TITLES[model] for model in found)
    return f"By RMS, worst first: {names}: {verdict}, which holds in {falling} of {len(seeds)} seeds."


def _gains_said(rows: Sequence[Row], share: float | None = None) -> list[str]:
    """By how much each start is better than none, seed by seed."""
    scratch = next((row for row in rows if row.model == "rgb" and row.weights == SCRATCH), None)
    if scratch is None:
        return []
    said = []
    for row in (one for one in rows if one.model == "rgb" and one.weights != SCRATCH):
        parts = []
        for name in ("rms", "rel"):
            pairs = _pairs(scratch, row, name)
            lower = sum(after < before for before, after in pairs)
            change = row.mean(name) / scratch.mean(name) - 1.0
            parts.append(f"{name.upper()} {change:+.1%}, lower in {lower} of {len(pairs)} seeds")
        labels = "" if share is None else f"{100.0 * share:g} % of the labels, "
        said.append(f"{labels}from {row.weights} against from nothing: {'; '.join(parts)}.")
    return said


def _pairs(one: Row, other: Row, name: str) -> list[tuple[float, float]]:
    values = dict(zip(other.seeds, other.values[name], strict=True))
    return [(v, values[seed]) for seed, v in zip(one.seeds, one.values[name], strict=True) if seed in values]


def page(rows: Sequence[Row], made: Made) -> str:
    """All tables with how they were made, as Markdown."""
    parts = ["# Depth from views and echoes", f"    {made.command}", *_said(made)]
    tables = {
        "Case study: what an echo tells (table 8.1)": case_study(rows),
        "Transfer: what RGB2Depth starts from (table 8.2)": transfer(rows),
        "Fewer labels": fewer_labels(rows),
    }
    for title, table in tables.items():
        parts += [f"## {title}", table] if table else []
    parts += [f"![RMS over the share of labels]({LABELS})"] if tables["Fewer labels"] else []
    parts += ["## Held-out views", f"![colours, truth, what each model tells, and how far it is off]({PREDICTIONS})"]
    return "\n\n".join(parts) + "\n"


def _said(made: Made) -> list[str]:
    learnt, held = (", ".join(f"`{name}`" for name in names) for names in made.scenes)
    data = (
        f"**The data differ.** The published figures (*in italics*) are of Replica's scans of real rooms, with echoes "
        f"from SoundSpaces' responses; the scenes here are another kind: {made.data}. What can be compared is the "
        "order of the rows and how far apart they lie, not figure with figure."
    )
    if not made.data:
        data = "The data are VisualEchoes' own files, those of the published figures (*in italics*)."
    return [
        data,
        f"{made.views[0]} views to learn from ({learnt}), {made.views[1]} held out ({held}). Errors are taken over an "
        "image's pixels of known depth and averaged over the images held out, after the last epoch; nothing was chosen "
        "by them. ± is the standard deviation over seeds; with fewer labels each seed draws its own positions.",
        f"{_recipe_said(made.recipe)} {made.machine}; {made.seconds / 60.0:.0f} min of training.",
    ]


def _recipe_said(recipe: Mapping[str, Any]) -> str:
    drops = ", ".join(str(drop) for drop in recipe["drops"])
    falling = f", a tenth of it after epoch {drops}" if drops else ""
    longer = "; fewer labels are seen more often, in as many steps" if recipe["same_steps"] else ""
    return (
        f"Networks of slimness {recipe['slimness']} (published 1) on pictures of {recipe['size']} pixels (published "
        f"128); {recipe['epochs']} epochs in batches of {recipe['batch']}, Adam at {recipe['rate']:g}{falling}{longer}."
    )


def as_json(rows: Sequence[Row], made: Made) -> str:
    """Everything that the page says, for a program."""
    found = [
        {
            **{name: getattr(row, name) for name in ("model", "weights", "labels", "seeds", "values")},
            "mean": {name: row.mean(name) for name in row.values},
            "spread": {name: row.spread(name) for name in row.values},
        }
        for row in rows
    ]
    published = {
        table: {name: dict(zip(COLUMNS, values, strict=True)) for name, values in values_of.items()}
        for table, values_of in (("table 8.1, Replica", CASE_STUDY), ("table 8.2, RGB2Depth on Replica", TRANSFER))
    }
    return json.dumps({"made": asdict(made), "results": found, "published": published}, indent=1) + "\n"


def write_results(folder: Path, rows: Sequence[Row], made: Made) -> None:
    """Writes the page and the data.

    Raises:
        DatasetError: The folder cannot be written.
    """
    write_whole(folder / DATA, as_json(rows, made).encode())
    write_whole(folder / PAGE, page(rows, made).encode())
