"""A picture of walkable space from above: where the agent can be, where it was, and how it got there.

The one idea: the map is drawn as it is seen from above with -Z up on the page, so that heading 0 points up and a left
turn goes left.
"""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from echoenv.navigation.geodesics import Path
from echoenv.navigation.pathfinder import PathFinder

_FREE, _SOLID = "#f2efe6", "#8f8a80"


def draw_map(
    pathfinder: PathFinder,
    positions: ArrayLike | None = None,
    *,
    paths: tuple[Path, ...] = (),
    resolution: float = 0.02,
    axes: Any = None,
) -> Any:
    """Draw the main island with positions and paths.

    Args:
        pathfinder: Whose walkable space.
        positions: World points [m] (n, 3) to mark, or None.
        paths: Walks to draw.
        resolution: Size [m] of a pixel of the map.
        axes: Matplotlib axes to draw into; None makes a figure of its own.

    Returns:
        The matplotlib axes.
    """
    from matplotlib.colors import ListedColormap

    free, (x_low, x_high, z_low, z_high) = pathfinder.top_down_map(resolution)
    axes = _new_axes(free.shape) if axes is None else axes
    axes.imshow(free, cmap=ListedColormap([_SOLID, _FREE]), vmin=0, vmax=1, extent=(x_low, x_high, z_high, z_low))
    for path in paths:
        axes.plot(path.points[:, 0], path.points[:, 2], "-", color="#c0392b", linewidth=1.5)
    if positions is not None:
        points = np.reshape(np.asarray(positions, dtype=np.float64), (-1, 3))
        axes.plot(points[:, 0], points[:, 2], "o", color="#1f618d", markersize=3)
    axes.set_xlabel("x [m]")
    axes.set_ylabel("z [m]")
    axes.set_aspect("equal")
    return axes


def save_map(
    file: str | pathlib.Path, pathfinder: PathFinder, positions: ArrayLike | None = None, **options: Any
) -> None:
    """Write a picture of the map; takes the same options as `draw_map`.

    Args:
        file: Where to write; its ending says the format.
        pathfinder: Whose walkable space.
        positions: World points [m] (n, 3) to mark, or None.
        **options: As in `draw_map`.
    """
    axes = draw_map(pathfinder, positions, **options)
    axes.figure.savefig(file, dpi=150, bbox_inches="tight")


def _new_axes(shape: tuple[int, ...]) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    width = 6.0
    figure = Figure(figsize=(width, max(2.0, width * shape[0] / shape[1])))
    FigureCanvasAgg(figure)
    return figure.add_subplot()
