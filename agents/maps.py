"""An episode from above: the home, the shortest way, the way that the agent walked, and where it met something.

The one idea: seen from above with -Z up on the page, as all our maps are, so that heading 0 points up and a left turn
goes left; time is told by colour.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.recordings import HomePlan, Recording
from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.datasets.preview_page import ACCENT, INK, PAPER
from echoenv.navigation.motion import forward_direction

TIMES = "plasma"
"""Matplotlib's name of the colours that tell time, from the first action to the last."""

WAY, START, GOAL, CHIRP = "#1f618d", "#1e8449", ACCENT, "#76448a"

_FADED = 0.5  # share of white over the picture of the home
_ARROW = 0.45  # [m]
_BORDER = 0.25  # [m] around what is drawn
_DPI = 130


def save_episode_map(file: str | Path, recording: Recording) -> None:
    """Write the map of an episode as a picture.

    Args:
        file: Where to write; its ending says the format (.png).
        recording: The episode.

    Raises:
        DatasetError: The file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    low_x, high_x, low_z, high_z = shown_extent(recording)
    wide = (high_x - low_x) > 1.3 * (high_z - low_z)
    size = (8.2, 5.6) if wide else (6.4, 6.4)
    figure = Figure(figsize=size, facecolor=PAPER)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    draw_episode(axes, recording)
    drawn = _draw_walk(axes, recording)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, pad=0.02)
    bar.set_label("action", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    axes.set_title(title(recording), fontsize=9, color=INK)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.09), ncols=6, fontsize=7, frameon=False)
    picture = io.BytesIO()
    figure.savefig(picture, dpi=_DPI, bbox_inches="tight", format=Path(file).suffix.lstrip(".") or "png")
    make_writable_folder(Path(file).parent)
    write_whole(Path(file), picture.getvalue())


def title(recording: Recording) -> str:
    """Home, episode and how it went, in two lines."""
    row = recording.row
    went = "success" if row["success"] else f"failure, {_ending(recording)}"
    return (
        f"{row['scene']}, episode {row['number']}: {recording.policy}, {went}\n"
        f"SPL {row['spl']:.2f}, {row['steps']:.0f} actions, {row['collisions']:.0f} collisions, walked "
        f"{row['path_length']:.1f} m of {row['start_distance']:.1f} m, {row['distance_to_goal']:.1f} m left"
    )


def _ending(recording: Recording) -> str:
    return "it stopped" if recording.actions[-1:] == ["stop"] else "its time was up"


def draw_episode(axes: Any, recording: Recording, ended: bool = True) -> None:
    """Draw home, shortest way, start and goal of an episode into matplotlib axes.

    Args:
        axes: Into which.
        recording: The episode.
        ended: Draw a goal that walks where it was at the end, and its way; otherwise leave it out.
    """
    _draw_home(axes, recording.plan)
    way, start, goals = recording.way, recording.states[0], recording.goals
    if len(way):
        axes.plot(way[:, 0], way[:, 2], "--", color=WAY, linewidth=1.8, label="shortest way", zorder=2)
    moved = goal_walks(recording)
    if moved and ended:
        axes.plot(goals[:, 0], goals[:, 2], ":", color=GOAL, linewidth=1.2, label="way of the goal", zorder=2)
    x, z = start.position[0], start.position[2]
    ahead = _ARROW * forward_direction([start.heading])[0]
    axes.quiver([x], [z], [ahead[0]], [ahead[2]], angles="xy", scale_units="xy", scale=1.0, color=START, width=0.008,
                zorder=5)  # fmt: skip
    axes.plot(x, z, "o", color=START, markersize=7, markeredgecolor="white", label="start, facing", zorder=5)
    if ended or not moved:
        label = "goal at the end" if moved else "goal"
        axes.plot(goals[-1, 0], goals[-1, 2], "*", color=GOAL, markersize=15, markeredgecolor="white", label=label,
                  zorder=4)  # fmt: skip
    low_x, high_x, low_z, high_z = shown_extent(recording)
    axes.set(xlim=(low_x, high_x), ylim=(high_z, low_z), aspect="equal")
    axes.set_xlabel("x [m]", fontsize=8)
    axes.set_ylabel("z [m]", fontsize=8)
    axes.tick_params(labelsize=7)


def goal_walks(recording: Recording) -> bool:
    """Whether the goal was at more than one place."""
    return bool(np.ptp(recording.goals, axis=0).max() > 0.0)


def shown_extent(recording: Recording) -> tuple[float, float, float, float]:
    """What the map shows, x low, x high, z low, z high [m]: walkable space and all ways, with a border."""
    free, (low_x, high_x, low_z, high_z) = recording.plan.free, recording.plan.extent
    points = [recording.positions[:, [0, 2]], recording.goals[:, [0, 2]], recording.way[:, [0, 2]]]
    if free is not None and free.any():
        rows, columns = np.flatnonzero(free.any(axis=1)), np.flatnonzero(free.any(axis=0))
        cell = np.array([(high_x - low_x) / free.shape[1], (high_z - low_z) / free.shape[0]])
        corners: NDArray[Any] = np.array([[columns[0], rows[0]], [columns[-1] + 1, rows[-1] + 1]])
        points.append(np.array([low_x, low_z]) + corners * cell)
    every = np.concatenate(points)
    low, high = every.min(axis=0) - _BORDER, every.max(axis=0) + _BORDER
    return float(low[0]), float(high[0]), float(low[1]), float(high[1])


def _draw_home(axes: Any, plan: HomePlan) -> None:
    """The home from above, pale, and the edge of walkable space; or that space alone."""
    from matplotlib.colors import ListedColormap

    low_x, high_x, low_z, high_z = plan.extent
    if plan.top is not None:
        x0, x1, z0, z1 = plan.top.extent
        pale = (255.0 - (1.0 - _FADED) * (255.0 - plan.top.image.astype(np.float32))).astype(np.uint8)
        axes.imshow(pale, extent=(x0, x1, z1, z0), interpolation="antialiased")
        if plan.free is not None and plan.free.any():
            x = low_x + (np.arange(plan.free.shape[1]) + 0.5) * (high_x - low_x) / plan.free.shape[1]
            z = low_z + (np.arange(plan.free.shape[0]) + 0.5) * (high_z - low_z) / plan.free.shape[0]
            axes.contourf(x, z, plan.free.astype(float), levels=[0.5, 1.5], colors=["#ffffff"], alpha=0.45)
            axes.contour(x, z, plan.free.astype(float), levels=[0.5], colors="#8f8a80", linewidths=0.7)
    elif plan.free is not None:
        colors = ListedColormap(["#8f8a80", "#f2efe6"])
        axes.imshow(plan.free, cmap=colors, vmin=0, vmax=1, extent=(low_x, high_x, high_z, low_z))


def _draw_walk(axes: Any, recording: Recording) -> Any:
    """The way that was walked, coloured by time, with collisions and the end; returns what a colour bar is of."""
    from matplotlib.collections import LineCollection

    points = recording.positions[:, [0, 2]]
    pieces = np.stack([points[:-1], points[1:]], axis=1)
    lines = LineCollection(list(pieces), cmap=TIMES, linewidths=2.6, capstyle="round", zorder=3)
    lines.set_array(np.arange(1.0, len(points)))
    lines.set_clim(0.0, max(len(points) - 1.0, 1.0))
    axes.add_collection(lines)
    met = recording.positions[recording.collided]
    if len(met):
        axes.plot(met[:, 0], met[:, 2], "x", color=INK, markersize=5, mew=1.3, label="collision", zorder=4)
    asked = recording.positions[1:][[action == "chirp" for action in recording.actions]]
    if len(asked):
        axes.plot(asked[:, 0], asked[:, 2], "o", color=CHIRP, markersize=4, mfc="none", label="chirp", zorder=4)
    stopped = recording.actions[-1:] == ["stop"]
    axes.plot(points[-1, 0], points[-1, 1], "s", color=INK, markersize=9, markerfacecolor="none", mew=2.0,
              label="stop" if stopped else "end, without a stop", zorder=6)  # fmt: skip
    return lines
