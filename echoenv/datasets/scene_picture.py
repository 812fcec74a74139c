"""One picture of a scene: from above, all around, and four views.

The one idea: the same choice of telling views and the same view from above as in a data set's preview, but larger, in
colour alone, and of a scene that nothing was collected in yet.
"""

from __future__ import annotations

import io
import textwrap
from functools import cached_property
from typing import Any

import numpy as np

from echoenv.acoustics.direction_grid import fibonacci_sphere
from echoenv.datasets.preview import choose_views, top_view
from echoenv.datasets.preview_page import INK, PAPER, PicturedView, draw_map
from echoenv.datasets.provenance import CollectionSettings, ScenePlan
from echoenv.scene.pose import heading_to_matrix
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import sensor_positions
from echoenv.simulators.builtin import Simulator
from echoenv.vision.camera import Camera

_VIEW_PIXELS = 440
_PANORAMA = Camera(width=1120, height=560, projection="equirectangular", samples=3)
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
        self.simulator = Simulator(scene, receiver="mono")
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

        figure = Figure(figsize=(19.0, 12.4), facecolor=PAPER, dpi=100)
        FigureCanvasAgg(figure)
        self._draw_title(figure)
        positions = self._plan.positions
        axes = figure.add_axes((0.04, 0.435, 0.345, 0.475))
        draw_map(axes, top_view(self.simulator, positions), self.simulator.pathfinder, positions, self._views)
        axes.set_title("from above: 0.5 m grid, edge of walkable space (white)", fontsize=11, color=INK)
        self._draw_panorama(figure.add_axes((0.405, 0.435, 0.585, 0.475)))
        for number, view in enumerate(self._views):
            axes = figure.add_axes((0.01 + 0.2475 * number, 0.015, 0.2375, 0.364))
            axes.imshow(view.channels["rgb"])
            axes.set(xticks=[], yticks=[])
            axes.set_title(f"{number + 1}: heading {view.heading:g}°", fontsize=11, color=INK)
        file = io.BytesIO()
        figure.savefig(file, format="png")
        return file.getvalue()

    @cached_property
    def _views(self) -> list[PicturedView]:
        chosen = np.arange(len(self._plan.positions))
        return choose_views(self.simulator, self._plan, chosen, CollectionSettings(size=_VIEW_PIXELS))

    def _draw_title(self, figure: Any) -> None:
        plan, scene = self._plan, self.simulator.scene
        figure.text(0.012, 0.963, plan.name, fontsize=22, color=INK, weight="bold")
        parts = [plan.origin, f"{plan.triangles:,} triangles", f"{len(scene.objects)} objects"]
        parts += [f"{self.grid_size} positions", f"up: {plan.up}"]
        details = textwrap.fill("   ·   ".join(parts), 250)
        figure.text(0.012, 0.957, details, fontsize=11, color=INK, va="top", linespacing=1.3)

    def _draw_panorama(self, axes: Any) -> None:
        view = self._views[0]
        eye = sensor_positions(view.position[None].astype(np.float64))
        image = self.simulator.renderer.render(eye, heading_to_matrix([view.heading]), _PANORAMA, ("rgb",))["rgb"][0]
        axes.imshow(image, extent=(180.0, -180.0, -90.0, 90.0), aspect="equal")
        ahead = np.arange(-180, 181, 90)
        axes.set_xticks(ahead, [f"{(view.heading + turn) % 360:g}°" for turn in ahead])
        axes.set_yticks([-90, 0, 90], ["down", "level", "up"])
        axes.set_title("all around at 1: heading by elevation, equirectangular", fontsize=11, color=INK)
