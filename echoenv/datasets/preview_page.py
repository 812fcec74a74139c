"""The page that `preview.py` fills: where things stand on it and how they are coloured.

The one idea: the map to the left, a column for each view in the middle, what the ears hear below; all axes have units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.provenance import ScenePlan

if TYPE_CHECKING:
    from echoenv.datasets.preview import TopView

INK, PAPER, ACCENT = "#22303c", "#ffffff", "#d1495b"
_EARS = (("left ear", "#1f6f8b"), ("right ear", "#d1495b"))
_RANGE_DB = 70.0
_ROWS = ("rgb", "depth", "normal", "semantic")
_COLUMNS = 4
_WIDTHS = (1.0, 1.0, 1.06)  # the last has the colour bar
_TIGHT = {"hspace": 0.05, "wspace": 0.05}
_SPEED_OF_SOUND = 343.0  # for the axis that shows a delay as a distance


class StandingView(Protocol):
    """Where someone stands and looks."""

    @property
    def position(self) -> NDArray[np.float32]:
        """On the floor [m] (3,), world frame."""

    @property
    def heading(self) -> float:
        """[degrees]."""


@dataclass(frozen=True, eq=False)
class PicturedView:
    """A view for the picture: index of its position, the position [m] (3,), heading [degrees], and its channels."""

    location: int
    position: NDArray[np.float32]
    heading: float
    channels: dict[str, NDArray[Any]]


def draw_page(
    file: BinaryIO,
    plan: ScenePlan,
    positions: NDArray[np.float32],
    views: list[PicturedView],
    echo: NDArray[np.float32],
    top: TopView,
    pathfinder: Any,
) -> None:
    """Draws the preview as PNG.

    Args:
        file: Where it is written.
        plan: What the scene is.
        positions: Visited positions [m] (n, 3).
        views: Up to four views.
        echo: Echo (2, samples) at the first view.
        top: The home from above.
        pathfinder: Its walkable space.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(18.0, 13.0), facecolor=PAPER, dpi=100)
    FigureCanvasAgg(figure)
    figure.text(0.03, 0.962, plan.name, fontsize=22, color=INK, weight="bold")
    details = f"{plan.origin}   ·   {plan.triangles:,} triangles   ·   {len(positions)} positions"
    figure.text(0.03, 0.942, details, fontsize=11, color=INK)
    upper = figure.add_gridspec(1, 1, left=0.045, right=0.455, top=0.905, bottom=0.315)
    draw_map(figure.add_subplot(upper[0]), top, pathfinder, positions, views)
    _draw_views(figure, views)
    _draw_echo(figure, echo, views[0])
    figure.savefig(file, format="png")


def draw_map(
    axes: Any, top: TopView, pathfinder: Any, positions: NDArray[np.float32], views: Sequence[StandingView]
) -> None:
    """Draws a home from above, its walkable space, positions [m] (n, 3) and where views look, into matplotlib axes."""
    low_x, high_x, low_z, high_z = top.extent
    axes.imshow(top.image, extent=(low_x, high_x, high_z, low_z), interpolation="antialiased")
    free, (west, east, north, south) = pathfinder.top_down_map(0.03)
    if free.any() and not free.all():
        x = west + (np.arange(free.shape[1]) + 0.5) * (east - west) / free.shape[1]
        z = north + (np.arange(free.shape[0]) + 0.5) * (south - north) / free.shape[0]
        axes.contour(x, z, free.astype(float), levels=[0.5], colors="#ffffff", linewidths=0.9)
    axes.plot(positions[:, 0], positions[:, 2], "o", color="#ffd166", markersize=5.5, markeredgecolor=INK, mew=0.5)
    reach = 0.06 * max(high_x - low_x, high_z - low_z)
    for number, view in enumerate(views, start=1):
        x, z = float(view.position[0]), float(view.position[2])
        turn = np.deg2rad(view.heading)
        ahead = (x - reach * np.sin(turn), z - reach * np.cos(turn))
        axes.annotate("", ahead, (x, z), arrowprops={"arrowstyle": "-|>", "color": ACCENT, "lw": 2.0})
        axes.plot(x, z, "o", color=ACCENT, markersize=15, markeredgecolor="white")
        axes.text(x, z, str(number), color="white", ha="center", va="center", fontsize=9, weight="bold")
    axes.set(xlim=(low_x, high_x), ylim=(high_z, low_z), xlabel="x [m]", ylabel="z [m]")
    axes.set_title("from above: visited positions, edge of walkable space (white)", fontsize=11, color=INK)


def _draw_views(figure: Any, views: list[PicturedView]) -> None:
    names = [name for name in _ROWS if name != "semantic" or any(view.channels[name].any() for view in views)]
    grid = figure.add_gridspec(len(names), _COLUMNS, left=0.49, right=0.985, top=0.905, bottom=0.315, **_TIGHT)
    for column, view in enumerate(views):
        for row, name in enumerate(names):
            axes = figure.add_subplot(grid[row, column])
            _draw_channel(axes, name, view.channels[name])
            axes.set(xticks=[], yticks=[])
            if row == 0:
                axes.set_title(f"{column + 1}: heading {view.heading:g}°", fontsize=10, color=INK)
            if column == 0:
                axes.set_ylabel(name, fontsize=10, color=INK)


def _draw_channel(axes: Any, name: str, image: NDArray[Any]) -> None:
    if name == "rgb":
        axes.imshow(image)
    elif name == "normal":
        axes.imshow(np.clip((image + 1.0) / 2.0, 0.0, 1.0) * (image != 0.0).any(axis=-1)[..., None])
    elif name == "semantic":
        axes.imshow(id_colors(image), interpolation="nearest")
    else:
        axes.imshow(np.ma.masked_equal(image, 0.0), cmap="viridis_r")
        axes.set_facecolor("#000000")
        seen = image[image > 0.0]
        if len(seen):  # in the picture, so that pictures stay aligned: how far the nearest and the farthest point is
            note = {"fontsize": 8, "color": "white", "bbox": {"facecolor": "#000000a0", "lw": 0, "pad": 2}}
            axes.text(0.03, 0.05, f"{seen.min():.1f} to {seen.max():.1f} m", transform=axes.transAxes, **note)


def id_colors(ids: NDArray[Any]) -> NDArray[np.uint8]:
    """A colour (..., 3) uint8 for every object id, bright and far from those of neighbouring ids; black for 0."""
    from matplotlib.colors import hsv_to_rgb

    values = np.asarray(ids, np.float64)
    golden = 0.6180339887498949
    hue, saturation, brightness = (values * golden) % 1.0, (values * 0.37) % 1.0, (values * 0.71) % 1.0
    hsv = np.stack([hue, 0.45 + 0.4 * saturation, 0.95 - 0.3 * brightness], axis=-1)
    return (255 * hsv_to_rgb(hsv) * (values > 0)[..., None]).astype(np.uint8)


def _draw_echo(figure: Any, echo: NDArray[np.float32], view: PicturedView) -> None:
    from echoenv.audio.spectrograms import spectrogram

    grid = figure.add_gridspec(1, 3, left=0.045, right=0.962, top=0.225, bottom=0.05, width_ratios=_WIDTHS)
    milliseconds = 1000.0 * np.arange(echo.shape[1]) / 44100.0
    wave = figure.add_subplot(grid[0])
    for samples, (name, color) in zip(echo, _EARS, strict=True):
        wave.plot(milliseconds, samples, color=color, linewidth=0.7, label=name, alpha=0.85)
    wave.set(xlim=(0, milliseconds[-1]), xlabel="time [ms]", ylabel="pressure, 1 = free field at 1 m")
    wave.legend(loc="upper right", fontsize=9, frameon=False)
    wave.set_title(f"echo of a 3 ms chirp at view 1 (heading {view.heading:g}°)", fontsize=11, color=INK)
    levels = 20.0 * np.log10(np.maximum(spectrogram(echo), 1e-9))
    for ear, (name, _) in enumerate(_EARS):
        axes = figure.add_subplot(grid[ear + 1])
        image = axes.imshow(
            levels[ear],
            origin="lower",
            aspect="auto",
            extent=(0.0, milliseconds[-1], 0.0, 22.05),
            cmap="magma",
            vmin=levels.max() - _RANGE_DB,
            vmax=levels.max(),
        )
        axes.set(xlabel="time [ms]", ylabel="frequency [kHz]")
        axes.set_title(f"spectrogram, {name}", fontsize=11, color=INK)
        metres = axes.secondary_xaxis("top", functions=(_to_metres, _to_milliseconds))
        metres.tick_params(labelsize=8)
        metres.set_xlabel("distance of what is heard [m]", fontsize=8, labelpad=2)
    figure.colorbar(image, ax=axes, pad=0.015, fraction=0.06).set_label("level [dB]", fontsize=9)


def _to_metres(milliseconds: Any) -> Any:
    return np.asarray(milliseconds) / 1000.0 * _SPEED_OF_SOUND / 2.0


def _to_milliseconds(metres: Any) -> Any:
    return np.asarray(metres) * 2000.0 / _SPEED_OF_SOUND
