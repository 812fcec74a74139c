"""A canvas to draw pictures on: rectangles, ellipses, polygons, strokes and curves with smooth edges.

The one idea: a shape is how much of each pixel it covers (0..1), found from the signed distance to its edge, and
colour is laid over by that cover. Places are in units of the picture's height: x from 0 to `aspect`, y from 0 at the
bottom to 1 on top. Everything is plain arithmetic, so a picture has the same bytes everywhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.homes.textures.recipe import Floats, mixed

Window = tuple[slice, slice]


class Canvas:
    """A picture in the making.

    Attributes:
        pixels: sRGB (H, W, 3) in 0..1, row 0 on top.
        aspect: Width in units of the height.
        x: Centres of the columns (W,).
        y: Centres of the rows (H,), falling.
    """

    def __init__(self, width: int, height: int, color: ArrayLike = (1.0, 1.0, 1.0)) -> None:
        self.pixels = np.empty((height, width, 3))
        self.pixels[:] = np.asarray(color, dtype=np.float64)
        self.aspect = width / height
        self.pixel = 1.0 / height
        self.x = (np.arange(width) + 0.5) / height
        self.y = 1.0 - (np.arange(height) + 0.5) / height

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.y), len(self.x)

    def window(self, x0: float, y0: float, x1: float, y1: float) -> Window:
        """The pixels in and just around a rectangle."""
        height, width = self.shape
        left, right = int(np.floor(x0 * height)) - 1, int(np.ceil(x1 * height)) + 1
        top, bottom = int(np.floor((1.0 - y1) * height)) - 1, int(np.ceil((1.0 - y0) * height)) + 1
        clipped = [min(max(value, 0), limit) for value, limit in ((top, height), (bottom, height))]
        sides = [min(max(value, 0), width) for value in (left, right)]
        return slice(*clipped), slice(*sides)

    def cover(self, distance: Floats, soft: float) -> Floats:
        """Cover of pixels at that signed distance from an edge (negative inside), blurred over `soft`."""
        return np.asarray(np.clip(0.5 - distance / max(soft, self.pixel), 0.0, 1.0), dtype=np.float64)

    def lay(self, cover: ArrayLike, color: ArrayLike, window: Window = (slice(None), slice(None))) -> None:
        """Lay colour (3,) or (h, w, 3) over a window's pixels by their cover (h, w)."""
        self.pixels[window] = mixed(self.pixels[window], color, cover)

    def gradient(self, bottom: ArrayLike, top: ArrayLike, y0: float = 0.0, y1: float = 1.0) -> None:
        """Fill the rows between two heights with colours that change from `bottom` to `top`."""
        rows = (self.y >= y0) & (self.y <= y1)
        share = (self.y[rows] - y0) / max(y1 - y0, 1e-9)
        self.pixels[rows] = mixed(bottom, top, share)[:, None, :]

    def rect(
        self, x0: float, y0: float, x1: float, y1: float, color: ArrayLike, opacity: float = 1.0, radius: float = 0.0
    ) -> None:
        """A rectangle, its corners rounded by `radius`."""
        window = self.window(x0, y0, x1, y1)
        beside = np.maximum(x0 + radius - self.x[window[1]], self.x[window[1]] - x1 + radius)[None, :]
        above = np.maximum(y0 + radius - self.y[window[0]], self.y[window[0]] - y1 + radius)[:, None]
        if radius > 0.0:
            outside = np.sqrt(np.square(np.maximum(beside, 0.0)) + np.square(np.maximum(above, 0.0)))
            cover = self.cover(outside + np.minimum(np.maximum(beside, above), 0.0) - radius, 0.0)
        else:
            cover = self.cover(beside, 0.0) * self.cover(above, 0.0)
        self.lay(opacity * cover, color, window)

    def ellipse(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        color: ArrayLike,
        opacity: float = 1.0,
        soft: float = 0.0,
        turn: float = 0.0,
    ) -> None:
        """An ellipse about (x, y), turned by `turn` [radians] counter-clockwise, its edge blurred over `soft`."""
        reach = max(rx, ry) + soft
        window = self.window(x - reach, y - reach, x + reach, y + reach)
        dx, dy = (self.x[window[1]] - x)[None, :], (self.y[window[0]] - y)[:, None]
        c, s = np.cos(turn), np.sin(turn)
        r = np.sqrt(np.square((c * dx + s * dy) / rx) + np.square((c * dy - s * dx) / ry))
        self.lay(opacity * self.cover((r - 1.0) * min(rx, ry), soft), color, window)

    def ring(self, x: float, y: float, radius: float, width: float, color: ArrayLike, opacity: float = 1.0) -> None:
        """A circle's line of that width."""
        reach = radius + width
        window = self.window(x - reach, y - reach, x + reach, y + reach)
        r = np.sqrt(np.square(self.x[window[1]] - x)[None, :] + np.square(self.y[window[0]] - y)[:, None])
        cover = self.cover(np.abs(r - radius) - width / 2.0, 0.0)
        self.lay(opacity * cover * min(1.0, width / self.pixel), color, window)

    def polygon(
        self, points: Sequence[tuple[float, float]], color: ArrayLike, opacity: float = 1.0, soft: float = 0.0
    ) -> None:
        """A closed polygon, even-odd inside, its edge blurred over `soft`."""
        corners = np.asarray(points, dtype=np.float64)
        low, high = corners.min(axis=0) - soft, corners.max(axis=0) + soft
        window = self.window(low[0], low[1], high[0], high[1])
        x, y = self.x[window[1]][None, :], self.y[window[0]][:, None]
        distance = np.full((y.shape[0], x.shape[1]), 1e9)
        inside = np.zeros(distance.shape, dtype=bool)
        for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, 0), strict=True):
            distance = np.minimum(distance, _segment_distance(x, y, (ax, ay), (bx, by)))
            if ay != by:
                inside ^= ((ay > y) != (by > y)) & (x < ax + (bx - ax) * (y - ay) / (by - ay))
        self.lay(opacity * self.cover(np.where(inside, -distance, distance), soft), color, window)

    def line(self, points: Sequence[tuple[float, float]], width: float, color: ArrayLike, opacity: float = 1.0) -> None:
        """A stroke of that width through points, with round ends; thinner than a pixel it is fainter."""
        corners = np.asarray(points, dtype=np.float64)
        low, high = corners.min(axis=0) - width, corners.max(axis=0) + width
        window = self.window(low[0], low[1], high[0], high[1])
        x, y = self.x[window[1]][None, :], self.y[window[0]][:, None]
        distance = np.full((y.shape[0], x.shape[1]), 1e9)
        for (ax, ay), (bx, by) in itertools.pairwise(corners):
            distance = np.minimum(distance, _segment_distance(x, y, (ax, ay), (bx, by)))
        cover = self.cover(distance - max(width, self.pixel) / 2.0, 0.0)
        self.lay(opacity * min(1.0, width / self.pixel) * cover, color, window)

    def below(self, heights: Floats, color: ArrayLike, opacity: float = 1.0, soft: float = 0.0) -> None:
        """All that lies below a curve with one height for each column (W,); colour (3,) or (H, W, 3)."""
        rows = self.window(0.0, 0.0, self.aspect, float(heights.max()) + soft)[0]
        paint = np.asarray(color, dtype=np.float64)
        cover = self.cover(self.y[rows, None] - heights[None, :], soft)
        self.lay(opacity * cover, paint if paint.ndim == 1 else paint[rows], (rows, slice(None)))

    def shade(self, factor: ArrayLike) -> None:
        """Multiply all pixels by a factor (H, W) or (H, W, 1)."""
        times = np.asarray(factor, dtype=np.float64)
        self.pixels *= times[..., None] if times.ndim == 2 else times

    def inset(self, picture: Canvas, x0: float, y0: float) -> None:
        """Put another canvas, of the same pixel size, with its lower left corner at (x0, y0)."""
        height, width = picture.shape
        left, bottom = round(x0 * self.shape[0]), round((1.0 - y0) * self.shape[0])
        self.pixels[bottom - height : bottom, left : left + width] = picture.pixels


def _segment_distance(x: Floats, y: Floats, a: tuple[float, float], b: tuple[float, float]) -> Floats:
    """Distance (h, w) of columns x (1, w) and rows y (h, 1) from the segment a to b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    t = np.clip(((x - a[0]) * dx + (y - a[1]) * dy) / max(dx * dx + dy * dy, 1e-12), 0.0, 1.0)
    return np.asarray(np.sqrt(np.square(x - a[0] - t * dx) + np.square(y - a[1] - t * dy)), dtype=np.float64)
