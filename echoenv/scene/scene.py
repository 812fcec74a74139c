"""What the world is made of: triangles, their surfaces (looks and acoustics), their objects, and where it came from.

The one idea: a `Scene` is plain arrays in one frame (world: +Y up, -Z forward, +X right, metres). Readers and the
built-in homes produce it; rays, vision, acoustics and navigation read it and never change it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import MeshError
from echoenv.scene.materials import AcousticMaterial


@dataclass(frozen=True, eq=False)
class Surface:
    """The looks and the acoustics of a set of triangles.

    Attributes:
        name: What the file or the home calls it.
        material: What it does to sound.
        color: sRGB base colour (3,) in 0..1; multiplies the texture and the vertex colours.
        texture: sRGB image (H, W, 3) uint8, row 0 at v = 1 (top), or None. It repeats beyond 0..1.
    """

    name: str
    material: AcousticMaterial
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    texture: NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class SceneObject:
    """One thing in the scene, named by the ids that the semantic view shows.

    Attributes:
        id: Instance id, as in `Scene.triangle_objects` and the semantic view; 0 is kept for "no object".
        category: Class name, Replica's where one fits (wall, floor, sofa, ...).
        category_id: Class id of the data set it came from; -1 where there is none.
        sounds_at: The point [m] (3,), world frame, that its sound comes from; None where it makes none, or is not told.
    """

    id: int
    category: str
    category_id: int = -1
    sounds_at: tuple[float, float, float] | None = None


@dataclass(frozen=True, eq=False)
class Scene:
    """An indoor scene.

    Attributes:
        name: Short name, such as `apartment_0` or the file's stem.
        origin: One phrase that says what was used: "built-in home (generated from code)", "Replica, /data/...", a file.
        up_source: How the up direction was found, for the user to read.
        vertices: Positions [m] (V, 3) float32, world frame.
        triangles: Vertex indices (T, 3) int32, counter-clockwise seen from the front.
        triangle_surfaces: Index (T,) int32 into `surfaces`.
        triangle_objects: Instance id (T,) int32; 0 where none.
        surfaces: The surfaces.
        objects: The objects, by id.
        vertex_colors: sRGB (V, 3) uint8, or None (white).
        corner_uvs: Texture coordinates (T, 3, 2) float32 of each triangle's corners, v up, or None.
        light_is_baked: True where colours already hold the light (scans, built-in homes); False lets the renderer
            shade by the surface normal so that shapes can be seen.

    Raises:
        MeshError: No triangles, non-finite vertices, indices out of range, or arrays that do not fit together.
    """

    name: str
    origin: str
    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    surfaces: tuple[Surface, ...]
    triangle_surfaces: NDArray[np.int32]
    triangle_objects: NDArray[np.int32]
    objects: tuple[SceneObject, ...] = ()
    vertex_colors: NDArray[np.uint8] | None = None
    corner_uvs: NDArray[np.float32] | None = None
    light_is_baked: bool = True
    up_source: str = "already in EchoEnv's frame (+Y up)"
    _bounds: tuple[NDArray[np.float32], NDArray[np.float32]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._convert_arrays()
        self._check_geometry()
        self._check_attributes()
        in_use = np.zeros(len(self.vertices), dtype=bool)
        in_use[self.triangles.ravel()] = True
        used = self.vertices[in_use]
        object.__setattr__(self, "_bounds", (used.min(axis=0), used.max(axis=0)))

    def _convert_arrays(self) -> None:
        types = {"vertices": np.float32, "triangles": np.int32, "triangle_surfaces": np.int32,
                 "triangle_objects": np.int32, "vertex_colors": np.uint8, "corner_uvs": np.float32}  # fmt: skip
        for name, dtype in types.items():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, np.ascontiguousarray(value, dtype=dtype))

    def _check_geometry(self) -> None:
        if self.triangles.size == 0:
            raise MeshError(f"scene '{self.name}' has no triangles: give a mesh with at least one face")
        if self.vertices.ndim != 2 or self.vertices.shape[1] != 3 or self.triangles.shape[1:] != (3,):
            raise MeshError(
                f"scene '{self.name}': vertices {self.vertices.shape} and triangles {self.triangles.shape} "
                "must have the shapes (V, 3) and (T, 3)"
            )
        if int(self.triangles.min()) < 0 or int(self.triangles.max()) >= len(self.vertices):
            raise MeshError(
                f"scene '{self.name}': a triangle names vertex {int(self.triangles.max())}, "
                f"but there are {len(self.vertices)} (0 to {len(self.vertices) - 1})"
            )
        bad = int(np.count_nonzero(~np.isfinite(self.vertices).all(axis=1)))
        if bad:
            raise MeshError(
                f"scene '{self.name}': {bad} of {len(self.vertices)} vertices are NaN or infinite; repair the mesh"
            )

    def _check_attributes(self) -> None:
        count = len(self.triangles)
        shapes = {"triangle_surfaces": (count,), "triangle_objects": (count,),
                  "vertex_colors": (len(self.vertices), 3), "corner_uvs": (count, 3, 2)}  # fmt: skip
        for name, shape in shapes.items():
            value = getattr(self, name)
            if value is not None and value.shape != shape:
                raise MeshError(f"scene '{self.name}': {name} has shape {value.shape}, expected {shape}")
        lowest, highest = int(self.triangle_surfaces.min()), int(self.triangle_surfaces.max())
        if lowest < 0 or highest >= len(self.surfaces):
            raise MeshError(f"scene '{self.name}': triangle_surfaces must index its {len(self.surfaces)} surfaces")

    @property
    def bounds(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Lower and upper corner [m] (3,), (3,), world frame, of the vertices in use."""
        return self._bounds

    def category_of(self, object_id: int) -> str:
        """Class name of an instance id, "unknown" where there is none."""
        return {thing.id: thing.category for thing in self.objects}.get(int(object_id), "unknown")
