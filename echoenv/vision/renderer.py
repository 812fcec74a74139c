"""Views of a scene: colour, depth, normals and object ids of many poses in one call.

The one idea: a `Renderer` prepares once how a scene looks; `render` then gives every pixel of every pose to the kernels
of `render_kernels.py`. A pixel depends on its pose alone, so the bytes are the same whatever the batch or the threads.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import PoseError, SettingsError, nearest
from echoenv.rays.engine import RayEngine
from echoenv.rays.launch import launch, to_device
from echoenv.vision import render_kernels as kernels
from echoenv.vision.camera import Camera
from echoenv.vision.looks import scene_looks
from echoenv.vision.textures import SRGB_TO_LINEAR

CHANNELS = ("rgb", "depth", "normal", "semantic")

_FORMATS: dict[str, tuple[tuple[int, ...], type, Any]] = {
    "rgb": ((3,), np.uint8, wp.vec3ub),
    "depth": ((), np.float32, wp.float32),
    "normal": ((3,), np.float32, wp.vec3),
    "semantic": ((), np.int32, wp.int32),
}
_PIXELS_A_LAUNCH = 2**26  # kernels index pixels with 32-bit integers
_SAMPLES_A_LAUNCH = 2**21  # of antialiased pictures: 6 MB of memory
_TILES_A_THREAD = 256


class Renderer:
    """Takes pictures of the scene of a ray engine.

    Args:
        engine: The rays; its scene, device and threads are used.

    Attributes:
        engine: The same.

    Raises:
        MeshError: A texture of the scene cannot be used.
    """

    def __init__(self, engine: RayEngine) -> None:
        self.engine = engine
        self._looks = scene_looks(engine.scene, engine.normals, engine.device)
        self._view = functools.lru_cache(maxsize=16)(self._make_view)

    def render(
        self,
        positions: ArrayLike,
        rotations: ArrayLike,
        camera: Camera | None = None,
        channels: Sequence[str] = CHANNELS,
        out: Mapping[str, NDArray[Any]] | None = None,
    ) -> dict[str, NDArray[Any]]:
        """Views from poses.

        Colours are those of the scene: vertex colour times surface colour (rounded to 8 bits at each corner, then
        interpolated) times texture, rounded to nearest; where the scene's colours hold no light, times a fixed soft
        light. Textures are filtered trilinearly.

        Args:
            positions: Of the camera [m] (n, 3), world frame; (3,) is a batch of one.
            rotations: Camera to world (n, 3, 3), camera frame x right, y up, z backward; (3, 3) is a batch of one.
            camera: The camera; None takes `Camera()`.
            channels: Which of `rgb`, `depth`, `normal`, `semantic` to render.
            out: Arrays to fill instead of new ones, by channel, as an earlier call returned them: saves allocation.

        Returns:
            By channel: `rgb` (n, H, W, 3) uint8 sRGB, 0 where nothing is met; `depth` (n, H, W) float32 [m], planar
            (pinhole) or along the ray (equirectangular), 0 where nothing is met; `normal` (n, H, W, 3) float32 unit,
            camera frame, of the triangle, on the side that is seen, 0 where nothing is met; `semantic` (n, H, W) int32
            object ids, 0 where nothing is met or it has none.

        Raises:
            PoseError: Poses of a wrong shape, not finite, or no rotations.
            SettingsError: An unknown channel, or an array in `out` that does not fit.
        """
        camera = Camera() if camera is None else camera
        wanted = _checked_channels(channels)
        origins, turns = _checked_poses(positions, rotations)
        views = {name: _view_array(name, (len(origins), camera.height, camera.width), out) for name in wanted}
        direct = [name for name in wanted if name != "rgb" or camera.samples == 1]
        if direct:
            self._render_direct(camera, origins, turns, {name: views[name] for name in direct})
        if "rgb" not in direct and "rgb" in wanted:
            self._render_antialiased(camera, origins, turns, views["rgb"])
        return views

    def _render_direct(
        self,
        camera: Camera,
        positions: NDArray[np.float32],
        rotations: NDArray[np.float32],
        views: dict[str, NDArray[Any]],
    ) -> None:
        """One ray through the centre of every pixel."""
        batch = max(1, _PIXELS_A_LAUNCH // (camera.width * camera.height))
        for start in range(0, len(positions), batch):
            part = slice(start, start + batch)
            arrays = {name: self._array(name, view[part]) for name, view in views.items()}
            self._launch(self._view(camera, 1), positions[part], rotations[part], arrays)
            for name, array in arrays.items():
                self._collect(array, views[name][part])

    def _render_antialiased(
        self, camera: Camera, positions: NDArray[np.float32], rotations: NDArray[np.float32], rgb: NDArray[np.uint8]
    ) -> None:
        """A finer picture, averaged over the samples of each pixel in linear light."""
        samples, pixels = camera.samples, camera.width * camera.height
        batch = max(1, _SAMPLES_A_LAUNCH // (pixels * samples * samples))
        decode = to_device(SRGB_TO_LINEAR, wp.float32, self.engine.device)
        for start in range(0, len(positions), batch):
            part = slice(start, start + batch)
            count = len(positions[part])
            fine = wp.empty(count * pixels * samples * samples, dtype=wp.vec3ub, device=self.engine.device)
            self._launch(self._view(camera, samples), positions[part], rotations[part], {"rgb": fine})
            mean = self._array("rgb", rgb[part])
            arguments = [camera.width, samples, fine, decode, mean]
            launch(kernels.average_samples_kernel, count * pixels, arguments, self.engine.device, self.engine.threads)
            self._collect(mean, rgb[part])

    def _launch(
        self, view: Any, positions: NDArray[np.float32], rotations: NDArray[np.float32], arrays: dict[str, Any]
    ) -> None:
        device = self.engine.device
        channels = kernels.Channels()
        for name in CHANNELS:
            setattr(
                channels, name, arrays[name] if name in arrays else wp.empty(0, dtype=_FORMATS[name][2], device=device)
            )
        where, turn = to_device(positions, wp.vec3, device), to_device(rotations, wp.mat33, device)
        arguments = [self.engine.queries, view, self._looks, where, turn, channels]
        tiles = view.tiles * len(positions)
        if self.engine.queries.intersect8:
            launch(kernels.render_tiles_kernel, tiles, arguments, device, self.engine.threads, _TILES_A_THREAD)
        else:
            launch(kernels.render_pixels_kernel, 8 * tiles, arguments, device, self.engine.threads, 8 * _TILES_A_THREAD)

    def _make_view(self, camera: Camera, samples: int) -> Any:
        columns, rows = camera.tables(samples)
        view = kernels.View()
        view.width, view.height, view.samples = camera.width * samples, camera.height * samples, samples
        view.tiles_across = -(-view.width // kernels.TILE_WIDTH)
        view.tiles = view.tiles_across * -(-view.height // kernels.TILE_HEIGHT)
        view.front_only = int(camera.cull_back_faces)
        view.near_, view.far_, view.pixel_size = camera.near, camera.far, camera.pixel_size / samples
        view.columns = to_device(columns, wp.vec2, self.engine.device)
        view.rows = to_device(rows, wp.vec2, self.engine.device)
        return view

    def _array(self, name: str, view: NDArray[Any]) -> Any:
        """A Warp array to be filled: on a CPU the memory of `view` itself."""
        dtype = _FORMATS[name][2]
        if self.engine.device == "cpu":
            return to_device(view.reshape(-1, *_FORMATS[name][0]), dtype)
        return wp.empty(int(np.prod(view.shape[:3])), dtype=dtype, device=self.engine.device)

    def _collect(self, array: Any, view: NDArray[Any]) -> None:
        if self.engine.device != "cpu":
            view[...] = array.numpy().reshape(view.shape)


def _checked_channels(channels: Sequence[str]) -> list[str]:
    names = [channels] if isinstance(channels, str) else list(channels)
    for name in names:
        if name not in CHANNELS:
            raise SettingsError(f"camera channel '{name}' is not known: {nearest(str(name), CHANNELS)}")
    return [name for name in CHANNELS if name in names]


def _view_array(name: str, pixels: tuple[int, int, int], out: Mapping[str, NDArray[Any]] | None) -> NDArray[Any]:
    trailing, dtype, _ = _FORMATS[name]
    shape = (*pixels, *trailing)
    if out is None or name not in out:
        return np.empty(shape, dtype=dtype)
    given = out[name]
    if given.shape != shape or given.dtype != dtype or not given.flags.c_contiguous or not given.flags.writeable:
        raise SettingsError(
            f"out['{name}'] is {given.dtype} {given.shape}: give a contiguous, writeable {np.dtype(dtype)} {shape}"
        )
    return given


def _checked_poses(positions: ArrayLike, rotations: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    where, turn = np.asarray(positions, dtype=np.float32), np.asarray(rotations, dtype=np.float32)
    if where.shape[-1:] != (3,) or where.ndim > 2 or turn.shape != (*where.shape, 3):
        raise PoseError(
            f"camera positions {where.shape} and rotations {turn.shape}: "
            "give (n, 3) and (n, 3, 3), or one pose (3,) and (3, 3)"
        )
    where, turn = where.reshape(-1, 3), turn.reshape(-1, 3, 3)
    if not (np.isfinite(where).all() and np.isfinite(turn).all()):
        raise PoseError("camera positions and rotations must be finite numbers, some are not")
    error = np.abs(turn @ turn.transpose(0, 2, 1) - np.eye(3, dtype=np.float32)).max(initial=0.0)
    if error > 1e-3:
        raise PoseError(f"camera rotations must be rotation matrices (R R^T = I); one is off by {error:.3g}")
    return np.ascontiguousarray(where), np.ascontiguousarray(turn)
