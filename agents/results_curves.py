"""How a training went, as a picture: return, success and SPL over steps.

The one idea: the raw points are shown pale and their running mean over them; of several seeds the mean is drawn, with
the lowest and highest as a band. The dashed line is where the finished agent was judged, in homes that it had not seen.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.runs import AGENT, Run
from echoenv.datasets.atomic_files import make_writable_folder, write_whole

PANELS = {"return": "return of an episode", "success": "success", "spl": "SPL"}

_COLOR, _JUDGED = "#1f618d", "#c0392b"
_SHARE = 12  # of the points is what the running mean is over
_DPI = 110


def save_curves(file: Path, runs: Sequence[Run]) -> None:
    """Draw the curves of trainings of one configuration with different seeds.

    Args:
        file: Where to write (.png).
        runs: The trainings; those without a point are left out.

    Raises:
        DatasetError: The file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 3.3), layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    drawn = [run for run in runs if run.curve]
    for axes, (name, title) in zip(figure.subplots(1, len(PANELS)), PANELS.items(), strict=True):
        _draw(axes, drawn, name)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("steps of all agents [millions]", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.3)
        if name != "return":
            axes.set_ylim(0.0, 1.0)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, fontsize=8, frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, dpi=_DPI, format="png")
    make_writable_folder(file.parent)
    write_whole(file, picture.getvalue())


def _draw(axes: Any, runs: Sequence[Run], name: str) -> None:
    smoothed = []
    for run in runs:
        steps, values = points_of(run, name)
        axes.plot(steps / 1e6, values, "-", color=_COLOR, alpha=0.3, linewidth=0.9, label="training homes, raw")
        smoothed.append((steps, running_mean(values)))
    if smoothed:
        common = np.unique(np.concatenate([steps for steps, _ in smoothed]))
        common = common[common <= min(steps[-1] for steps, _ in smoothed)]
        lines = np.array([np.interp(common, steps, values) for steps, values in smoothed])
        label = "training homes, running mean" + (f" of {len(lines)} seeds" if len(lines) > 1 else "")
        axes.plot(common / 1e6, lines.mean(axis=0), "-", color=_COLOR, linewidth=2.0, label=label)
        if len(lines) > 1:
            low, high = lines.min(axis=0), lines.max(axis=0)
            axes.fill_between(common / 1e6, low, high, color=_COLOR, alpha=0.18, linewidth=0.0, label="seeds")
    judged = [row[name] for run in runs for row in run.episodes.get(AGENT, ()) if name in row]
    if judged:
        axes.axhline(
            float(np.mean(judged)), color=_JUDGED, linestyle="--", linewidth=1.2, label="held-out homes, at the end"
        )
    _name_once(axes)


def points_of(run: Run, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Steps (n,) and values (n,) of a curve, without points at which no episode had ended."""
    found = [(point["steps"], point[name]) for point in run.curve if point.get(name) is not None]
    both: NDArray[np.float64] = np.array(found or [(0.0, np.nan)], dtype=np.float64)
    return both[:, 0], both[:, 1]


def running_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean (n,) of each value and those around it, as many before as after; fewer at the ends."""
    reach = max(1, len(values) // (2 * _SHARE))
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(len(values))
    near = np.minimum(reach, np.minimum(index, len(values) - 1 - index))
    return np.asarray((total[index + near + 1] - total[index - near]) / (2 * near + 1))


def _name_once(axes: Any) -> None:
    """Leave each label to the first line that has it."""
    seen: set[str] = set()
    for line in axes.get_lines():
        if line.get_label() in seen:
            line.set_label("_nolegend_")
        seen.add(line.get_label())
