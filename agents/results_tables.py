"""Tables of judged episodes: policies beside one another, by home, by length of the way, over seeds.

The one idea: a figure stands with its standard error over episodes; where one configuration was trained with several
seeds, the seeds are what is counted, and their mean stands with their standard deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from agents.evaluation import Row
from agents.runs import AGENT, Run

COLUMNS = {
    "success": "success",
    "spl": "SPL",
    "soft_spl": "soft SPL",
    "distance_to_goal": "distance left [m]",
    "collisions": "collisions",
    "steps": "actions",
}
"""Measures of the table of policies, with their headings."""

BINS = ((0.0, 3.0), (3.0, 6.0), (6.0, 10.0), (10.0, float("inf")))
"""Lengths [m] of the shortest way, from and up to."""

_DIGITS = {"success": 3, "spl": 3, "soft_spl": 3, "distance_to_goal": 2, "collisions": 1, "steps": 1}

Chosen = Callable[[Row], bool]


def policies_of(runs: Sequence[Run]) -> dict[str, list[list[Row]]]:
    """Judged episodes by policy, a list for each seed; baselines do not depend on it and have one list.

    Args:
        runs: Trainings of one configuration with different seeds.
    """
    judged = [run for run in runs if run.episodes]
    names = [name for run in judged[:1] for name in run.episodes if name != AGENT]
    policies = {AGENT: [run.episodes[AGENT] for run in judged if AGENT in run.episodes]} if judged else {}
    return {**policies, **{name: [judged[0].episodes[name]] for name in names}}


def policy_table(policies: Mapping[str, list[list[Row]]]) -> str:
    """All measures of all policies as a Markdown table."""
    lines = _head(["policy", "episodes", *COLUMNS.values()])
    for name, seeds in policies.items():
        count = f"{len(seeds)} x {len(seeds[0])}" if len(seeds) > 1 else f"{len(seeds[0])}"
        cells = [figure(seeds, measure, lambda _: True) for measure in COLUMNS]
        lines.append(_line([_titled(name, len(seeds)), count, *cells]))
        for number, rows in enumerate(seeds if len(seeds) > 1 else []):
            own = [figure([rows], measure, lambda _: True) for measure in COLUMNS]
            lines.append(_line([f"its training {number + 1}", f"{len(rows)}", *own]))
    return "\n".join(lines)


def home_table(policies: Mapping[str, list[list[Row]]]) -> str:
    """SPL in each home, and of the trained policy its success too, as a Markdown table."""
    homes = sorted({row["scene"] for seeds in policies.values() for rows in seeds for row in rows})
    return _by(policies, {f"`{home}`": _in_home(home) for home in homes})


def length_table(policies: Mapping[str, list[list[Row]]]) -> str:
    """SPL by length of the shortest way, as a Markdown table; episodes whose way is not known are left out."""
    chosen = {_span(*ends): _of_length(*ends) for ends in BINS}
    first = next(iter(policies.values()), [[]])[0]
    heads = {f"{span} ({sum(map(fits, first))})": fits for span, fits in chosen.items()}
    return _by(policies, heads)


def figure(seeds: Sequence[Sequence[Row]], measure: str, chosen: Chosen) -> str:
    """Mean and error of a measure over chosen episodes: standard error, or over seeds their standard deviation."""
    values = [np.array([row[measure] for row in rows if chosen(row)], dtype=float) for rows in seeds]
    values = [one for one in values if len(one)]
    if not values:
        return "-"
    digits = _DIGITS.get(measure, 3)
    if len(values) > 1:
        means = np.array([one.mean() for one in values])
        return f"{means.mean():.{digits}f} ± {means.std(ddof=1):.{digits}f}"
    one = values[0]
    error = one.std(ddof=1) / np.sqrt(len(one)) if len(one) > 1 else float("nan")
    return f"{one.mean():.{digits}f}" + (f" ± {error:.{digits}f}" if np.isfinite(error) else "")


def _by(policies: Mapping[str, list[list[Row]]], heads: Mapping[str, Chosen]) -> str:
    lines = _head(["SPL", *heads])
    for name, seeds in policies.items():
        lines.append(_line([_titled(name, len(seeds)), *(figure(seeds, "spl", chosen) for chosen in heads.values())]))
    if AGENT in policies:
        success = [figure(policies[AGENT], "success", chosen) for chosen in heads.values()]
        lines.append(_line([f"{_titled(AGENT, len(policies[AGENT]))}: success", *success]))
    return "\n".join(lines)


def _titled(name: str, seeds: int) -> str:
    title = "trained agent" if name == AGENT else f"`{name}`"
    return f"**{title}, {seeds} seeds**" if seeds > 1 else (f"**{title}**" if name == AGENT else title)


def _in_home(home: str) -> Chosen:
    return lambda row: bool(row["scene"] == home)


def _of_length(low: float, high: float) -> Chosen:
    return lambda row: row["start_distance"] is not None and low <= row["start_distance"] < high


def _span(low: float, high: float) -> str:
    if low == 0.0:
        return f"< {high:g} m"
    return f"> {low:g} m" if np.isinf(high) else f"{low:g} to {high:g} m"


def _head(titles: Sequence[str]) -> list[str]:
    return [_line(titles), "| --- " * len(titles) + "|"]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
