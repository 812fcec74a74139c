"""The one ray engine of sight, sound and navigation: `intersect` and `occluded` over batches of rays.

The one idea: a `RayEngine` is built once for the triangles of a scene. Python code asks it with arrays; kernels take
its `queries` and shoot rays themselves (`rays/query_kernels.py`). On a CPU the queries are Embree's, on CUDA and where
Embree is missing they are Warp's; both give the same answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import warp as wp
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import DeviceError, SettingsError, nearest
from echoenv.processor import available_cores
from echoenv.rays import query_kernels as kernels
from echoenv.rays.embree import EmbreeScene
from echoenv.rays.launch import launch, start_warp, to_device
from echoenv.scene.scene import Scene

BACKENDS = ("auto", "embree", "warp")

SURFACE_OFFSET = 1e-4
"""How far [m] a ray that leaves a surface starts off it, so that it does not meet the surface again."""


@dataclass(frozen=True)
class Hits:
    """Where rays (n,) first met a triangle.

    Attributes:
        distance: (n,) float32 in lengths of the given direction ([m] where that is a unit vector); `inf` on a miss.
        triangle: (n,) int32 index into the scene's triangles; -1 on a miss.
        barycentric: (n, 2) float32 weights of the triangle's second and third corner; 0 on a miss.
    """

    distance: NDArray[np.float32]
    triangle: NDArray[np.int32]
    barycentric: NDArray[np.float32]

    @property
    def hit(self) -> NDArray[np.bool_]:
        """Whether (n,) each ray met anything."""
        return self.triangle >= 0


class RayEngine:
    """Ray queries over the triangles of a scene.

    Args:
        scene: The scene.
        device: `cpu`, `cuda` or `cuda:1`.
        backend: `embree`, `warp`, or `auto`: Embree on a CPU where it is installed, otherwise Warp.
        threads: Threads on a CPU; None takes all cores that the process may use.

    Attributes:
        scene: The scene.
        device: Warp's name of the device.
        backend: `embree` or `warp`, whichever is in use.
        threads: Threads in use on a CPU.
        queries: `RayQueries` for kernels.
        normals: Unit geometric normals (T, 3) float32, world frame; zero for triangles without area.

    Raises:
        DeviceError: The device or backend is not available here.
        SettingsError: Unknown backend.
    """

    def __init__(self, scene: Scene, device: str = "cpu", backend: str = "auto", threads: int | None = None) -> None:
        start_warp()
        self.scene = scene
        self.device = _checked_device(device)
        self.threads = available_cores() if threads is None else _checked_threads(threads)
        self.backend = _checked_backend(backend, self.device)
        self.normals = triangle_normals(scene.vertices, scene.triangles)
        self._embree: EmbreeScene | None = None
        self._mesh: Any = None
        self.queries = kernels.RayQueries()
        self._build(may_fall_back=backend == "auto")

    def _build(self, may_fall_back: bool) -> None:
        if self.backend == "embree":
            try:
                embree = self._embree = EmbreeScene(self.scene.vertices, self.scene.triangles)
            except DeviceError:
                if not may_fall_back:
                    raise
                self.backend = "warp"
            else:
                self.queries.scene, self.queries.intersect8 = embree.address, embree.intersect8
                self.queries.intersect1, self.queries.occluded1 = embree.intersect1, embree.occluded1
                return
        points = to_device(self.scene.vertices, wp.vec3, self.device)
        indices = to_device(self.scene.triangles.ravel(), wp.int32, self.device)
        self._mesh = wp.Mesh(points=points, indices=indices)
        self.queries.mesh = self._mesh.id

    @property
    def description(self) -> str:
        """One phrase for logs: engine, version, device, threads."""
        engine = f"Embree {self._embree.version}" if self._embree else f"Warp {wp.config.version}"
        return f"{engine} on {self.device}" + (f", {self.threads} threads" if self.device == "cpu" else "")

    def intersect(
        self, origins: ArrayLike, directions: ArrayLike, distances: ArrayLike = np.inf, *, coherent: bool = False
    ) -> Hits:
        """First triangle that each ray meets; both sides of a triangle count.

        Args:
            origins: [m] (n, 3), or (3,) for all, world frame.
            directions: (n, 3), or (3,) for all, world frame, of any length but zero.
            distances: Farthest distance (n,) or one for all, in lengths of the direction.
            coherent: Neighbouring rays run side by side, as a camera's do: faster in packets of eight, where there is
                one distance for all.

        Returns:
            The hits; a miss has distance `inf` and triangle -1.

        Raises:
            SettingsError: The shapes do not fit together.
        """
        start, along = _as_rays(origins, directions)
        hits = np.empty((len(along), 4), dtype=np.float32)
        out = to_device(hits, wp.vec4, self.device)
        o, d = to_device(start, wp.vec3, self.device), to_device(along, wp.vec3, self.device)
        if coherent and np.ndim(distances) == 0:
            self.intersect_arrays(o, d, out, float(np.minimum(distances, kernels.MISS)))
        else:
            far = to_device(_as_distances(distances, len(along)), wp.float32, self.device)
            launch(kernels.intersect_kernel, len(along), [self.queries, o, d, far, out], self.device, self.threads)
        return _as_hits(out.numpy())

    def intersect_arrays(self, origins: Any, directions: Any, hits: Any, distance: float = kernels.MISS) -> None:
        """The same for coherent rays in Warp arrays that stay on the device.

        Args:
            origins: `vec3` (n,).
            directions: `vec3` (n,).
            hits: `vec4` (n,) to be filled as `query_kernels` describes.
            distance: Farthest distance for all, in lengths of the direction.
        """
        count = len(directions)
        arguments = [self.queries, count, origins, directions, distance, hits]
        launch(kernels.intersect_packets_kernel, (count + 7) // 8, arguments, self.device, self.threads)

    def occluded(self, origins: ArrayLike, directions: ArrayLike, distances: ArrayLike) -> NDArray[np.bool_]:
        """Whether (n,) anything lies on each ray before its distance.

        Args:
            origins: [m] (n, 3), or (3,) for all, world frame.
            directions: (n, 3), or (3,) for all, world frame.
            distances: (n,) or one for all, in lengths of the direction.

        Raises:
            SettingsError: The shapes do not fit together.
        """
        start, along = _as_rays(origins, directions)
        blocked = to_device(np.zeros(len(along), dtype=np.uint8), wp.uint8, self.device)
        far = to_device(_as_distances(distances, len(along)), wp.float32, self.device)
        o, d = to_device(start, wp.vec3, self.device), to_device(along, wp.vec3, self.device)
        launch(kernels.occluded_kernel, len(along), [self.queries, o, d, far, blocked], self.device, self.threads)
        return blocked.numpy().astype(bool)


def triangle_normals(vertices: NDArray[np.float32], triangles: NDArray[np.int32]) -> NDArray[np.float32]:
    """Unit normals (T, 3) float32, counter-clockwise side; zero where a triangle has no area."""
    a, b, c = (vertices[triangles[:, k]].astype(np.float64) for k in range(3))
    normals = np.cross(b - a, c - a)
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.divide(normals, length, out=np.zeros_like(normals), where=length > 1e-18).astype(np.float32)


def _checked_threads(threads: int) -> int:
    if not isinstance(threads, Integral) or threads < 1:
        raise SettingsError(f"threads={threads!r}: give a whole number of 1 or more, or None for all cores")
    return int(threads)


def _checked_device(device: str) -> str:
    name = str(device)
    if name != "cpu" and not name.startswith("cuda"):
        raise SettingsError(f"device '{name}' is not known: {nearest(name, ['cpu', 'cuda', 'cuda:0', 'cuda:1'])}")
    if name.startswith("cuda") and not wp.is_cuda_available():
        raise DeviceError(f"device '{name}' was asked for, but no CUDA driver is available here: use device='cpu'")
    try:
        return str(wp.get_device(name))
    except (ValueError, RuntimeError):
        here = [device.alias for device in wp.get_cuda_devices()]
        raise DeviceError(f"device '{name}' is not here: {nearest(name, ['cpu', 'cuda', *here])}") from None


def _checked_backend(backend: str, device: str) -> str:
    if backend not in BACKENDS:
        raise SettingsError(f"ray backend '{backend}' is not known: {nearest(backend, BACKENDS)}")
    if backend == "embree" and device != "cpu":
        raise DeviceError(f"Embree runs on the CPU, not on '{device}': use backend='warp' there")
    if backend == "auto":
        return "embree" if device == "cpu" else "warp"
    return backend


def _as_rays(origins: ArrayLike, directions: ArrayLike) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    start, along = np.asarray(origins, dtype=np.float32), np.asarray(directions, dtype=np.float32)
    try:
        start, along = np.broadcast_arrays(start.reshape(-1, 3), along.reshape(-1, 3))
    except ValueError:
        raise SettingsError(
            f"rays: origins {start.shape} and directions {along.shape} must be (n, 3) both, or (3,) for one of them"
        ) from None
    return np.ascontiguousarray(start), np.ascontiguousarray(along)


def _as_distances(values: ArrayLike, count: int) -> NDArray[np.float32]:
    far = np.minimum(np.asarray(values, dtype=np.float32), np.float32(kernels.MISS))
    if far.shape not in ((), (1,), (count,)):
        raise SettingsError(f"rays: distances {far.shape} must be one number or one for each of the {count} rays")
    return np.ascontiguousarray(np.broadcast_to(far, (count,)))


def _as_hits(raw: NDArray[np.float32]) -> Hits:
    missed = raw[:, 3] < 0
    return Hits(np.where(missed, np.float32(np.inf), raw[:, 0]), raw[:, 3].astype(np.int32), raw[:, 1:3].copy())
