"""Pictures of a study: panels side by side on a sheet, which views are shown, errors over the share of labels.

The one idea: every panel of a kind has one scale, so that models can be compared by eye.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.atomic_files import write_whole
from tasks.study_results import AVERAGE, Row, Tables, start_said
from tasks.views import Views

_UNKNOWN = "#bbbbbb"
_PANEL, _STEP, _BELOW = 1.2, 1.26, 0.12  # [inch]: a panel, to the next one, for the words below
_LEFT, _RIGHT, _TOP = 0.4, 0.75, 0.45  # [inch] around them
_DPI = 110
_COLORS = ("#555555", "#1f618d", "#c0392b", "#1e8449", "#b9770e", "#6c3483")


def shown_rows(views: Views, count: int) -> NDArray[np.int64]:
    """Rows (n,) of views to be shown: spread evenly over the places of all scenes, looking in changing directions."""
    rows = ((np.arange(count) + 0.5) * len(views) / count).astype(np.int64)
    turned: list[int] = []
    for number, row in enumerate(rows):
        here = np.flatnonzero((views.scenes == views.scenes[row]) & (views.locations == views.locations[row]))
        turned.append(int(here[number % len(here)]))
    return np.unique(np.array(turned, np.int64))


class Sheet:
    """Panels on one pair of axes that counts inches from the upper left: axes of their own take a second for so many.

    Args:
        rows: Number of them.
        columns: Number of them.
    """

    def __init__(self, rows: int, columns: int) -> None:
        self.width, self.height = _LEFT + columns * _STEP + _RIGHT, _TOP + rows * (_STEP + _BELOW)
        self.figure = _figure(self.width, self.height)
        self._axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()

    def show(
        self, row: int, column: int, picture: NDArray[Any], title: str, side: str = "", below: str = "", **scale: Any
    ) -> Any:
        """Draw one picture, with its column's title where it is the first, and words beside and below it."""
        left, top = _LEFT + column * _STEP, _TOP + row * (_STEP + _BELOW)
        drawn = self._axes.imshow(picture, extent=(left, left + _PANEL, top + _PANEL, top), aspect="auto", **scale)
        self._axes.set(xlim=(0.0, self.width), ylim=(self.height, 0.0))
        middle, words = left + _PANEL / 2.0, {"ha": "center", "fontsize": 7}
        self._axes.text(middle, top - 0.05, title if row == 0 else "", va="bottom", **{**words, "fontsize": 8})
        self._axes.text(middle, top + _PANEL + 0.03, below, va="top", **words)
        self._axes.text(left - 0.05, top + _PANEL / 2.0, side, va="center", rotation=90, **{**words, "ha": "right"})
        return drawn

    def save(self, file: Path) -> None:
        """Write the sheet (.png).

        Raises:
            DatasetError: The file cannot be written.
        """
        _save(self.figure, file)

    def bar(self, drawn: Any, number: int, label: str) -> None:
        """Draw a scale, in the upper or the lower half."""
        half = (self.height - _TOP) / 2.0
        left, bottom = self.width - _RIGHT + 0.12, half * (1 - number) + 0.25
        place = (left / self.width, bottom / self.height, 0.12 / self.width, (half - 0.25) / self.height)
        bar = self.figure.colorbar(drawn, cax=self.figure.add_axes(place), extend="max")
        bar.set_label(label, fontsize=8)
        bar.ax.tick_params(labelsize=7)


def save_label_curves(file: Path, tables: Tables, rows: Sequence[Row]) -> None:
    """Draw the first measure over the share of the labels, a line for each model and start, with the spread over seeds.

    Args:
        file: Where to write (.png).
        tables: What measures and models are called.
        rows: All results; the average, which learns nothing, is left out.

    Raises:
        DatasetError: The file cannot be written.
    """
    figure = _figure(6.0, 4.0, layout="constrained")
    axes, first = figure.subplots(), tables.told[0]
    chosen = [row for row in rows if row.model != AVERAGE]
    names = list(dict.fromkeys((row.model, row.weights) for row in chosen))
    for number, (model, weights) in enumerate(names):
        line = sorted((r for r in chosen if (r.model, r.weights) == (model, weights)), key=lambda r: r.labels)
        shares, means = [100.0 * row.labels for row in line], [row.mean(first) for row in line]
        title = f"{tables.titles[model]}, {start_said(weights)}"
        spread = [row.spread(first) or 0.0 for row in line]
        color = _COLORS[number % len(_COLORS)]
        axes.errorbar(shares, means, spread, fmt="o-", capsize=3, markersize=4, color=color, label=title)
    ticks = sorted({100.0 * row.labels for row in chosen})
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{share:g} %" for share in ticks])
    axes.minorticks_off()
    axes.set_xlabel("labels")
    axes.set_ylabel(f"{tables.heading(first)}, scenes held out")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, frameon=False)
    _save(figure, file)


def _figure(width: float, height: float, layout: Literal["constrained"] | None = None) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def _save(figure: Any, file: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, dpi=_DPI, format="png")
    write_whole(file, picture.getvalue())


def colors(name: str) -> Any:
    """A colour map in which what is not known is grey."""
    from matplotlib import colormaps

    return colormaps[name].with_extremes(bad=_UNKNOWN)


def nearly_all(values: NDArray[Any], percent: float) -> float:
    """What so many of the values that are known do not exceed; 1 where that is nothing."""
    known = values[np.isfinite(values)]
    return (float(np.percentile(known, percent)) if len(known) else 0.0) or 1.0


def where(views: Views, row: int) -> str:
    """Scene, location and heading of a view, as they stand beside a picture."""
    scene = views.scene_names[int(views.scenes[row])]
    return f"{scene}\n{int(views.locations[row])}, {views.headings[row]:g}°"
