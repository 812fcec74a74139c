"""What came out of a study's trainings: rows over seeds, beside the published figures, as Markdown and JSON.

The one idea: a figure stands with its mean over seeds and their standard deviation, and a published one in a row of its
own under it. The data differ, so what can be compared is the order of the rows and how far they lie apart.
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
from tasks.markdown import table

PAGE, DATA, PREDICTIONS, LABELS = "results.md", "results.json", "predictions.png", "fewer_labels.png"
SCRATCH = "none"
"""Name of the weights of a network that starts from nothing."""

AVERAGE = "average"
"""Name of the model that learns nothing: the mean of what there is at each pixel."""


@dataclass(frozen=True)
class Published:
    """A published table.

    Attributes:
        name: Which table, and of which data.
        rows: Its figures by model or start, in the order of the columns.
    """

    name: str
    rows: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Tables:
    """How the results of a task are shown.

    Attributes:
        title: Of the page.
        titles: Models with their names, in the order of the tables.
        columns: Measures with their headings.
        told: The measures in which a start is said to be better, less of them being better; the first of them puts
            models in order.
        case_study: Published figures by model, worst first; None where there are none.
        transfer: Published figures by start, for the models that start from weights.
        measured: Over what the measures are taken, in words.
    """

    title: str
    titles: Mapping[str, str]
    columns: Mapping[str, str]
    told: tuple[str, ...]
    case_study: Published | None
    transfer: Mapping[str, Published]
    measured: str

    def title_of(self, model: str, weights: str) -> str:
        """A model as tables and pictures name it."""
        return self.titles[model] + ("" if weights == SCRATCH else f" from {weights}")

    def heading(self, measure: str) -> str:
        """A measure as its column names it, with its unit and without its arrow."""
        return self.columns[measure].rstrip(" ↓↑")

    def word(self, measure: str) -> str:
        """The same without its unit, as sentences have it."""
        return self.heading(measure).split(" [")[0]


@dataclass(frozen=True)
class Outcome:
    """What one training came to.

    Attributes:
        model: One of the task's.
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
        data: What the scenes are, in words.
        published: Whether they are those of the published figures.
        views: Number of those to learn from and of those held out.
        scenes: Names of those to learn in and of those held out.
        recipe: Values of the networks and their training.
        machine: What it was trained on, in words.
        seconds: Of all trainings.
    """

    command: str
    data: str
    published: bool
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


def case_study(tables: Tables, rows: Sequence[Row]) -> str:
    """Models that started from nothing, with all labels that there were, over the published ones; empty without any."""
    most = max(row.labels for row in rows)
    chosen = {row.model: row for row in rows if row.weights == SCRATCH and row.labels == most}
    published = tables.case_study.rows if tables.case_study else {}
    lines = []
    for model in (one for one in tables.titles if one in chosen):
        lines.append(_own(tables, tables.titles[model], chosen[model]))
        if model in published:
            lines.append(_published(tables.titles[model], published[model]))
    said = _order_said(tables, chosen)
    return "\n\n".join([_table(tables, lines), *([said] if said else [])]) if lines else ""


def transfer(tables: Tables, rows: Sequence[Row]) -> str:
    """What an encoder started from, and the published figures; empty where there is one start."""
    most = max(row.labels for row in rows)
    parts = []
    for model in tables.titles:
        chosen = [row for row in rows if row.model == model and row.labels == most]
        if all(row.weights == SCRATCH for row in chosen):
            continue
        name = tables.titles[model]
        lines = [_own(tables, f"{name} {start_said(row.weights)}", row) for row in chosen]
        if model in tables.transfer:
            published = tables.transfer[model]
            parts.append(f"Published figures (*in italics*): {published.name}.")
            lines += [_published(start, values) for start, values in published.rows.items()]
        parts += [_table(tables, lines), *_gains_said(tables, chosen)]
    return "\n\n".join(parts)


def fewer_labels(tables: Tables, rows: Sequence[Row]) -> str:
    """All trained rows by their share of the labels; empty where there is one share."""
    chosen = [row for row in rows if row.model != AVERAGE]
    shares = sorted({row.labels for row in chosen})
    if len(shares) < 2:
        return ""
    ordered = [row for share in shares for row in chosen if row.labels == share]
    lines = [_own(tables, f"{100.0 * r.labels:g} %: {tables.title_of(r.model, r.weights)}", r) for r in ordered]
    said = [sentence for share in shares
            for sentence in _gains_said(tables, [r for r in chosen if r.labels == share], share)]  # fmt: skip
    return "\n\n".join([_table(tables, lines), *said])


def start_said(weights: str) -> str:
    """What an encoder started from, in words."""
    return "from nothing" if weights == SCRATCH else f"from {weights}"


def _own(tables: Tables, title: str, row: Row) -> list[str]:
    return [f"**{title}**", str(len(row.seeds)), *(row.cell(name) for name in tables.columns)]


def _published(title: str, values: Sequence[float]) -> list[str]:
    return [f"*{title}, published*", "", *(f"*{value:.3f}*" for value in values)]


def _table(tables: Tables, lines: Sequence[Sequence[str]]) -> str:
    return table([["", "seeds", *tables.columns.values()], *lines])


def _order_said(tables: Tables, chosen: Mapping[str, Row]) -> str:
    """Whether the published order came out, by the mean over seeds and in each."""
    wanted = list(tables.case_study.rows) if tables.case_study else []
    if not wanted or not set(wanted) <= set(chosen):
        return ""
    first = tables.told[0]
    found = sorted(wanted, key=lambda model: -chosen[model].mean(first))
    alike = [dict(zip(chosen[model].seeds, chosen[model].values[first], strict=True)) for model in wanted]
    seeds = [seed for seed in alike[0] if all(seed in one for one in alike)]
    falling = sum(all(a[seed] > b[seed] for a, b in itertools.pairwise(alike)) for seed in seeds)
    order = "the published order" if found == wanted else "**not the published order**"
    names = ", ".join(tables.titles[model] for model in found)
    return f"By {tables.word(first)}, worst first: {names}: {order}, which holds in {falling} of {len(seeds)} seeds."


def _gains_said(tables: Tables, rows: Sequence[Row], share: float | None = None) -> list[str]:
    """By how much each start is better than none, seed by seed."""
    said = []
    for row in (one for one in rows if one.weights != SCRATCH):
        scratch = next((one for one in rows if one.model == row.model and one.weights == SCRATCH), None)
        if scratch is None:
            continue
        parts = []
        for name in tables.told:
            pairs = _pairs(scratch, row, name)
            lower = sum(after < before for before, after in pairs)
            change = row.mean(name) / scratch.mean(name) - 1.0
            parts.append(f"{tables.word(name)} {change:+.1%}, lower in {lower} of {len(pairs)} seeds")
        labels = "" if share is None else f"{100.0 * share:g} % of the labels, "
        said.append(f"{labels}{start_said(row.weights)} against from nothing: {'; '.join(parts)}.")
    return said


def _pairs(one: Row, other: Row, name: str) -> list[tuple[float, float]]:
    values = dict(zip(other.seeds, other.values[name], strict=True))
    return [(v, values[seed]) for seed, v in zip(one.seeds, one.values[name], strict=True) if seed in values]


def page(tables: Tables, rows: Sequence[Row], made: Made) -> str:
    """All tables with how they were made, as Markdown."""
    parts = [f"# {tables.title}", f"    {made.command}", *_said(tables, made)]
    first = f"What each sense tells ({tables.case_study.name})" if tables.case_study else "From nothing"
    found = {
        first: case_study(tables, rows),
        "Transfer: what encoders start from": transfer(tables, rows),
        "Fewer labels": fewer_labels(tables, rows),
    }
    for title, text in found.items():
        parts += [f"## {title}", text] if text else []
    parts += (
        [f"![{tables.heading(tables.told[0])} over the share of labels]({LABELS})"] if found["Fewer labels"] else []
    )
    parts += ["## Held-out views", f"![colours, truth, what each model tells, and how far it is off]({PREDICTIONS})"]
    return "\n\n".join(parts) + "\n"


def _said(tables: Tables, made: Made) -> list[str]:
    learnt, held = (", ".join(f"`{name}`" for name in names) for names in made.scenes)
    data = (
        f"**The data differ** from those of the published figures (*in italics*): the scenes are of another kind, "
        f"{made.data}. What can be compared is the order of rows and how far apart they lie, not figure with figure."
    )
    if made.published:
        data = f"The data are {made.data}, those of published figures (*in italics*)."
    return [
        data,
        f"{made.views[0]} views to learn from ({learnt}), {made.views[1]} held out ({held}). {tables.measured}, after "
        "the last epoch; nothing was chosen by them. ± is the standard deviation over seeds; with fewer labels each "
        "seed draws its own positions.",
        f"{_recipe_said(made.recipe)} {made.machine}; {made.seconds / 60.0:.0f} min of training.",
    ]


def _recipe_said(recipe: Mapping[str, Any]) -> str:
    drops = ", ".join(str(drop) for drop in recipe["drops"])
    falling = f", a tenth of it after epoch {drops}" if drops else ""
    longer = "; fewer labels are seen more often, in as many steps" if recipe["same_steps"] else ""
    if recipe["power"]:
        falling += f", falling as (1 - t)^{recipe['power']:g}"
    name = {"adam": "Adam", "sgd": "SGD with momentum"}[recipe["optimiser"]]
    return (
        f"Networks of slimness {recipe['slimness']} (published 1) on pictures of {recipe['size']} pixels; "
        f"{recipe['epochs']} epochs in batches of {recipe['batch']}, {name} at {recipe['rate']:g}{falling}{longer}."
    )


def as_json(tables: Tables, rows: Sequence[Row], made: Made) -> str:
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
        one.name: {name: dict(zip(tables.columns, values, strict=True)) for name, values in one.rows.items()}
        for one in (*([tables.case_study] if tables.case_study else []), *tables.transfer.values())
    }
    return json.dumps({"made": asdict(made), "results": found, "published": published}, indent=1) + "\n"


def write_results(folder: Path, tables: Tables, rows: Sequence[Row], made: Made) -> None:
    """Writes the page and the data.

    Raises:
        DatasetError: The folder cannot be written.
    """
    write_whole(folder / DATA, as_json(tables, rows, made).encode())
    write_whole(folder / PAGE, page(tables, rows, made).encode())
