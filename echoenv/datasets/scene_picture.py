"""One picture of a scene: from above, all around, and four views.

The one idea: what a stranger needs to know the place. The view from above is that of a data set's preview; the four
views are those that show most (`telling_views`).
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.datasets.preview import top_view
from echoenv.datasets.preview_page import ACCENT, INK, PAPER, draw_map
from echoenv.datasets.provenance import ScenePlan
from echoenv.datasets.telling_views import TellingView, telling_views
from echoenv.scene.pose import heading_to_matrix
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import sensor_positions
from echoenv.simulators.builtin import BuiltinSimulator
from echoenv.vision.camera import Camera

_PANORAMA = Camera(width=1120, height=560, projection="equirectangular", samples=3)
_BADGE = {"boxstyle": "circle", "facecolor": ACCENT, "edgecolor": "white"}
_PLACES, _DIRECTIONS = 12, 256  # for the share of holes


class ScenePicture:
    """The picture of a scene.

    Args:
        scene: The scene.

    Attributes:
        simulator: Of the scene.
        grid_size: How many positions its 0.5 m grid has; where it has none, the scene is shown from another
            point on its floor.

    Raises:
        EchoEnvError: There is no floor to stand on.
    """

    def __init__(self, scene: Scene) -> None:
        self.simulator = BuiltinSimulator(scene, receiver="mono")
        grid = np.asarray(self.simulator.pathfinder.grid_positions(), np.float32).reshape(-1, 3)
        self.grid_size = len(grid)
        if not len(grid):
            point = self.simulator.pathfinder.get_random_navigable_point(np.random.default_rng(0))
            grid = np.asarray(point, np.float32).reshape(1, 3)
        self._plan = ScenePlan(scene.name, scene.origin, scene.up_source, len(scene.triangles), "", {}, grid)

    def open_share(self) -> float:
        """Share (0..1) of the directions from eyes at some positions that meet nothing: holes, or no ceiling."""
        positions = self._plan.positions
        some = positions[np.linspace(0, len(positions) - 1, min(_PLACES, len(positions))).round().astype(int)]
        eyes = sensor_positions(some.astype(np.float64))
        directions = np.tile(fibonacci_sphere(_DIRECTIONS), (len(eyes), 1))
        return float(1.0 - self.simulator.engine.intersect(np.repeat(eyes, _DIRECTIONS, axis=0), directions).hit.mean())

    def png(self) -> bytes:
        """The picture as a PNG file."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(20.0, 12.6), facecolor=PAPER, dpi=100)
        FigureCanvasAgg(figure)
        self._draw_title(figure)
        self.draw_plan(figure.add_axes((0.035, 0.405, 0.36, 0.5)), self.views)
        self._draw_panorama(figure.add_axes((0.415, 0.405, 0.575, 0.5)))
        for number, view in enumerate(self.views):
            axes = figure.add_axes((0.01 + 0.2475 * number, 0.015, 0.2375, 0.3))
            axes.imshow(view.picture)
            axes.set(xticks=[], yticks=[])
            axes.set_title(f"{number + 1}: heading {view.heading:g}°", fontsize=11, color=INK)
        file = io.BytesIO()
        figure.savefig(file, format="png")
        return file.getvalue()

    def panel(self, width: int = 1400) -> bytes:
        """The view from above and six views beside it, as a JPEG file of that width [pixels]."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from PIL import Image

        views = telling_views(self.simulator, self._plan.positions, 6)
        figure = Figure(figsize=(17.0, 5.7), facecolor=PAPER, dpi=width / 17.0)
        canvas = FigureCanvasAgg(figure)
        self.draw_plan(figure.add_axes((0.025, 0.085, 0.31, 0.85)), views)
        for number, view in enumerate(views):
            axes = figure.add_axes((0.34 + 0.22 * (number % 3), 0.505 - 0.5 * (number // 3), 0.217, 0.49))
            axes.imshow(view.picture)
            axes.set_axis_off()
            axes.text(16, 40, str(number + 1), color="white", weight="bold", fontsize=13, va="center", bbox=_BADGE)
        canvas.draw()
        file = io.BytesIO()
        Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").save(file, format="JPEG", quality=82)
        return file.getvalue()

    def draw_plan(self, axes: Any, views: Sequence[TellingView]) -> None:
        """Draws the scene from above, its positions, and where views look, into matplotlib axes."""
        positions = self._plan.positions
        draw_map(axes, top_view(self.simulator, positions), self.simulator.pathfinder, positions, views)
        axes.set_title("from above: 0.5 m grid, edge of walkable space (white)", fontsize=11, color=INK)

    @cached_property
    def views(self) -> list[TellingView]:
        """Four views at most that tell what the scene is."""
        return telling_views(self.simulator, self._plan.positions)

    def _draw_title(self, figure: Any) -> None:
        plan, scene = self._plan, self.simulator.scene
        figure.text(0.012, 0.963, plan.name, fontsize=22, color=INK, weight="bold")
        parts = [plan.origin, f"{plan.triangles:,} triangles", f"{len(scene.objects)} objects"]
        parts += [f"{self.grid_size} positions", f"up: {plan.up}"]
        details = textwrap.fill("   ·   ".join(parts), 250)
        figure.text(0.012, 0.957, details, fontsize=11, color=INK, va="top", linespacing=1.3)

    def _draw_panorama(self, axes: Any) -> None:
        view = self.views[0]
        eye = sensor_positions(view.position[None].astype(np.float64))
        image = self.simulator.renderer.render(eye, heading_to_matrix([view.heading]), _PANORAMA, ("rgb",))["rgb"][0]
        axes.imshow(image, extent=(180.0, -180.0, -90.0, 90.0), aspect="equal")
        ahead = np.arange(-180, 181, 90)
        axes.set_xticks(ahead, [f"{(view.heading + turn) % 360:g}°" for turn in ahead])
        axes.set_yticks([-90, 0, 90], ["down", "level", "up"])
        axes.set_title("all around at 1: heading by elevation, equirectangular", fontsize=11, color=INK)
