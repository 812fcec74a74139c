"""Cameras: which direction each pixel looks in.

The one idea: for both projections the direction of pixel (row i, column j) in the camera's frame (x right, y up,
z backward) is made of one pair of numbers for its column and one for its row,

    direction = (column[0] * row[0], row[1], -column[1] * row[0]),

so a camera is two short tables, made once in double precision, and no ray is ever normalised.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SettingsError, nearest

PROJECTIONS = ("pinhole", "equirectangular")

_LARGEST_SIDE = 16384  # pixels
_MOST_SAMPLES = 16


@dataclass(frozen=True)
class Camera:
    """What a view looks like; where it is taken from is given to `Renderer.render`.

    Pinhole, as in Habitat: the centre of pixel (row i, column j) looks along x = (j + 0.5 - W/2) / (W/2) * tan(hfov/2),
    y = -(i + 0.5 - H/2) / (W/2) * tan(hfov/2), z = -1; pixels are square. Depth is planar: the distance along -z.

    Equirectangular: the full sphere, 360 degrees wide and 180 high. Column j looks at the azimuth
    (j + 0.5) / W * 360 - 180 degrees to the right of straight ahead (-z), so the centre of the image is ahead, its left
    half is to the left, and both its ends are behind; row i at the elevation 90 - (i + 0.5) / H * 180 degrees. Depth is
    the length of the ray.

    Attributes:
        width: Columns.
        height: Rows.
        hfov: Horizontal field of view [degrees], 1 to 179; of no meaning for a panorama.
        projection: `pinhole` or `equirectangular`.
        near: Nearest depth [m] that is seen; what is nearer is not there.
        far: Farthest depth [m] that is seen.
        samples: Colour is the mean, in linear light, of samples x samples rays a pixel; 1 takes the pixel's centre
            alone. Depth, normals and object ids always come from the centre: a mean of two ids would be a third.
        cull_back_faces: Triangles are seen from the front only (the side from which they run counter-clockwise), as
            in Habitat.

    Raises:
        SettingsError: A value is out of range.
    """

    width: int = 128
    height: int = 128
    hfov: float = 90.0
    projection: str = "pinhole"
    near: float = 0.01
    far: float = 1000.0
    samples: int = 1
    cull_back_faces: bool = True

    def __post_init__(self) -> None:
        self._check_whole("width", self.width, _LARGEST_SIDE)
        self._check_whole("height", self.height, _LARGEST_SIDE)
        self._check_whole("samples", self.samples, _MOST_SAMPLES)
        if self.projection not in PROJECTIONS:
            raise SettingsError(
                f"camera projection '{self.projection}' is not known: {nearest(str(self.projection), PROJECTIONS)}"
            )
        if not (_is_number(self.hfov) and 1.0 <= self.hfov <= 179.0):
            raise SettingsError(f"camera hfov={self.hfov!r}: give a field of view from 1 to 179 degrees")
        if not (_is_number(self.near) and _is_number(self.far) and 0.0 < self.near < self.far < 1e9):
            raise SettingsError(
                f"camera near={self.near!r}, far={self.far!r}: give 0 < near < far in metres, below 1e9"
            )

    def _check_whole(self, name: str, value: object, most: int) -> None:
        whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not whole or not 1 <= int(value) <= most:  # type: ignore[call-overload]
            raise SettingsError(f"camera {name}={value!r}: give a whole number from 1 to {most}")

    @property
    def pixel_size(self) -> float:
        """Width of a pixel at depth 1 (pinhole), or the larger of its two angles [rad] (equirectangular)."""
        if self.projection == "pinhole":
            return math.tan(math.radians(self.hfov) / 2.0) / (self.width / 2.0)
        return max(2.0 * math.pi / self.width, math.pi / self.height)

    def tables(self, samples: int = 1) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Columns (W * samples**2, 2) and rows (H * samples**2, 2) of the formula above.

        Sample (a, b) of pixel (i, j), both 0 to samples - 1, takes column (j * samples + a) * samples + b and row
        (i * samples + b) * samples + a: within a pixel no two samples share a column or a row, so that edges nearly
        upright or level are smoothed in samples**2 steps, not in `samples`.
        """
        fine = samples * samples
        across = (np.arange(self.width * fine) + 0.5) / fine
        down = (np.arange(self.height * fine) + 0.5) / fine
        if self.projection == "pinhole":
            x, y = (across - self.width / 2.0) * self.pixel_size, (self.height / 2.0 - down) * self.pixel_size
            columns, rows = (x, np.ones_like(x)), (np.ones_like(y), y)
        else:
            azimuth, elevation = (across / self.width - 0.5) * 2.0 * np.pi, (0.5 - down / self.height) * np.pi
            columns, rows = (np.sin(azimuth), np.cos(azimuth)), (np.cos(elevation), np.sin(elevation))
        return np.stack(columns, axis=1).astype(np.float32), np.stack(rows, axis=1).astype(np.float32)

    def directions(self) -> NDArray[np.float64]:
        """Directions (H, W, 3) of the pixels' centres, camera frame; their z is -1 (pinhole) or their length 1."""
        columns, rows = (table.astype(np.float64) for table in self.tables())
        x = rows[:, None, 0] * columns[None, :, 0]
        y = np.broadcast_to(rows[:, None, 1], x.shape)
        z = -rows[:, None, 0] * columns[None, :, 1]
        return np.stack([x, y, z], axis=-1)


def _is_number(value: object) -> bool:
    return (
        isinstance(value, (int, float, np.integer, np.floating))
        and not isinstance(value, bool)
        and math.isfinite(value)
    )
