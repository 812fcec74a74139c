"""The room of the benchmarks: furnished, textured, 60,000 triangles, generated, always the same.

The one idea: a few shapes (finely divided boxes and ellipsoids) are placed by hand and textured by position, so that
the room is of the size and the kind of a scanned living room without any file.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.scene.material_table import material
from echoenv.scene.scene import Scene, SceneObject, Surface

SIZE = (8.0, 2.8, 6.0)
"""Of the room [m], from the origin."""

SOURCE = (6.3, 1.5, 4.4)
"""Where it sounds [m] in the benchmarks of full responses."""

LISTENER = (2.2, 1.5, 1.8)
"""Where the ears are [m]."""

STANDING_PLACES = ((2.2, 1.5, 1.8), (4.0, 1.5, 1.2), (6.5, 1.5, 2.6), (1.2, 1.5, 4.9), (4.3, 1.5, 4.9))
"""Where cameras and ears are put [m], clear of the furniture."""

_LOOKS = {  # surface: acoustic material, two sRGB colours of its texture, stripes per metre
    "floor": ("parquet", (150, 100, 60), (120, 78, 45), 8.0),
    "walls": ("gypsum_board", (225, 220, 205), (212, 206, 190), 2.0),
    "ceiling": ("gypsum_ceiling", (245, 245, 240), (236, 236, 230), 1.0),
    "wood": ("wooden_furniture", (140, 90, 50), (165, 110, 65), 12.0),
    "cloth": ("upholstery", (60, 80, 120), (75, 98, 140), 40.0),
    "rug": ("thick_carpet", (150, 40, 40), (190, 150, 90), 6.0),
    "books": ("books", (90, 60, 40), (180, 170, 150), 25.0),
    "leaves": ("plants", (40, 110, 50), (70, 150, 70), 20.0),
}


@dataclass
class _Builder:
    """Collects shapes; each becomes one object."""

    vertices: list[NDArray[np.float64]] = field(default_factory=list)
    triangles: list[NDArray[np.int64]] = field(default_factory=list)
    surfaces: list[NDArray[np.int64]] = field(default_factory=list)
    objects: list[SceneObject] = field(default_factory=list)
    object_ids: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, category: str, look: str, vertices: NDArray[np.float64], triangles: NDArray[np.int64]) -> None:
        number = len(self.objects) + 1
        self.triangles.append(triangles + sum(len(block) for block in self.vertices))
        self.vertices.append(vertices)
        self.surfaces.append(np.full(len(triangles), list(_LOOKS).index(look)))
        self.objects.append(SceneObject(number, category))
        self.object_ids.append(np.full(len(triangles), number))

    def box(self, category: str, look: str, low: ArrayLike, high: ArrayLike, cells: int = 6) -> None:
        self.add(category, look, *_box(np.asarray(low, float), np.asarray(high, float), cells, inward=False))

    def ball(self, category: str, look: str, centre: ArrayLike, radii: ArrayLike, rings: int = 20) -> None:
        self.add(category, look, *_ellipsoid(np.asarray(centre, float), np.asarray(radii, float), rings))


@functools.cache
def furnished_room() -> Scene:
    """The room (60,000 triangles to one in a hundred), textured, with acoustic materials and objects."""
    builder = _Builder()
    _shell(builder)
    _living_corner(builder)
    _dining_corner(builder)
    _shelf(builder, np.random.default_rng(0))
    vertices, triangles = np.concatenate(builder.vertices), np.concatenate(builder.triangles)
    return Scene(
        name="furnished_room",
        origin="generated for the benchmarks",
        vertices=vertices.astype(np.float32),
        triangles=triangles.astype(np.int32),
        surfaces=tuple(_surface(name) for name in _LOOKS),
        triangle_surfaces=np.concatenate(builder.surfaces).astype(np.int32),
        triangle_objects=np.concatenate(builder.object_ids).astype(np.int32),
        objects=tuple(builder.objects),
        corner_uvs=_planar_uvs(vertices[triangles]).astype(np.float32),
    )


def _shell(builder: _Builder) -> None:
    vertices, triangles = _box(np.zeros(3), np.asarray(SIZE), 24, inward=True)
    height = vertices[triangles][:, :, 1]
    floor, ceiling = np.all(height == 0.0, axis=1), np.all(height == SIZE[1], axis=1)
    for category, look, part in (("floor", "floor", floor), ("ceiling", "ceiling", ceiling),
                                 ("wall", "walls", ~floor & ~ceiling)):  # fmt: skip
        builder.add(category, look, vertices, triangles[part])


def _living_corner(builder: _Builder) -> None:
    builder.box("rug", "rug", (4.6, 0.0, 2.2), (7.2, 0.012, 4.2), 10)
    builder.box("sofa", "cloth", (4.9, 0.1, 5.2), (7.1, 0.45, 5.95), 10)
    builder.box("sofa", "cloth", (4.9, 0.45, 5.7), (7.1, 0.95, 5.95), 10)
    for number in range(4):
        builder.ball("cushion", "cloth", (5.2 + 0.55 * number, 0.62, 5.5), (0.24, 0.2, 0.14), 28)
    builder.box("table", "wood", (5.3, 0.35, 2.8), (6.5, 0.4, 3.5), 8)
    for x, z in ((5.35, 2.85), (6.4, 2.85), (5.35, 3.4), (6.4, 3.4)):
        builder.box("table", "wood", (x, 0.012, z), (x + 0.05, 0.35, z + 0.05), 4)
    builder.ball("lamp", "wood", (7.4, 1.7, 5.4), (0.25, 0.18, 0.25), 34)
    builder.box("lamp", "wood", (7.38, 0.0, 5.38), (7.42, 1.52, 5.42), 4)
    builder.box("indoor-plant", "wood", (7.2, 0.0, 0.3), (7.6, 0.4, 0.7), 6)
    for x, y, z in ((7.4, 0.7, 0.5), (7.25, 0.95, 0.6), (7.55, 1.1, 0.45), (7.4, 1.3, 0.6)):
        builder.ball("indoor-plant", "leaves", (x, y, z), (0.22, 0.16, 0.2), 34)


def _dining_corner(builder: _Builder) -> None:
    builder.box("table", "wood", (1.4, 0.7, 2.6), (3.2, 0.75, 3.7), 12)
    for x, z in ((1.45, 2.65), (3.1, 2.65), (1.45, 3.6), (3.1, 3.6)):
        builder.box("table", "wood", (x, 0.0, z), (x + 0.06, 0.7, z + 0.06), 4)
    for number in range(6):
        x, far = 1.5 + 0.6 * (number % 3), number >= 3
        z = 3.85 if far else 2.05
        builder.box("chair", "wood", (x, 0.42, z), (x + 0.42, 0.47, z + 0.42), 7)
        back = z + 0.38 if far else z
        builder.box("chair", "wood", (x, 0.47, back), (x + 0.42, 0.95, back + 0.04), 7)
        for dx, dz in ((0.0, 0.0), (0.37, 0.0), (0.0, 0.37), (0.37, 0.37)):
            builder.box("chair", "wood", (x + dx, 0.0, z + dz), (x + dx + 0.05, 0.42, z + dz + 0.05), 3)
        builder.ball("bowl", "books", (x + 0.2, 0.8, 3.4 if far else 2.85), (0.11, 0.05, 0.11), 16)


def _shelf(builder: _Builder, rng: np.random.Generator) -> None:
    builder.box("shelf", "wood", (0.02, 0.0, 1.0), (0.06, 2.2, 3.4), 8)
    for board in range(6):
        builder.box("shelf", "wood", (0.06, 0.42 * board, 1.0), (0.36, 0.42 * board + 0.03, 3.4), 8)
    for board in range(5):
        low, z = 0.42 * board + 0.03, 1.02
        while z < 3.3:
            thick, tall, deep = rng.uniform(0.03, 0.08), rng.uniform(0.2, 0.36), rng.uniform(0.15, 0.28)
            builder.box("book", "books", (0.06, low, z), (0.06 + deep, low + tall, z + thick), 2)
            z += thick + 0.004


def _box(
    low: NDArray[np.float64], high: NDArray[np.float64], cells: int, inward: bool
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Faces of a box, each `cells` by `cells` squares of two triangles."""
    line = np.linspace(0.0, 1.0, cells + 1)
    first, second = (axis.ravel() for axis in np.meshgrid(line, line, indexing="ij"))
    corner = (np.arange(cells)[:, None] * (cells + 1) + np.arange(cells)).ravel()
    square = np.stack([corner, corner + cells + 1, corner + cells + 2, corner, corner + cells + 2, corner + 1], 1)
    face = square.reshape(-1, 3)
    vertices: list[NDArray[np.float64]] = []
    triangles: list[NDArray[np.int64]] = []
    for axis in range(3):
        for end in (0, 1):
            points = np.zeros((len(first), 3))
            points[:, axis], points[:, (axis + 1) % 3], points[:, (axis + 2) % 3] = end, first, second
            turned = face if (end == 1) != inward else face[:, ::-1]
            triangles.append(turned + len(first) * len(vertices))
            vertices.append(low + points * (high - low))
    return np.concatenate(vertices), np.concatenate(triangles)


def _ellipsoid(
    centre: NDArray[np.float64], radii: NDArray[np.float64], rings: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """An ellipsoid of `rings` rings from pole to pole and as many segments; triangles at the poles have an area."""
    polar, turn = np.meshgrid(np.linspace(0, np.pi, rings + 1), np.linspace(0, 2 * np.pi, rings + 1), indexing="ij")
    unit = np.stack([np.sin(polar) * np.cos(turn), np.cos(polar), np.sin(polar) * np.sin(turn)], -1).reshape(-1, 3)
    corner = (np.arange(rings)[:, None] * (rings + 1) + np.arange(rings)).ravel()
    upper = np.stack([corner, corner + 1, corner + rings + 2], 1)[rings:]
    lower = np.stack([corner, corner + rings + 2, corner + rings + 1], 1)[:-rings]
    return centre + radii * unit, np.concatenate([upper, lower])


def _planar_uvs(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Texture coordinates (T, 3, 2) [m] along the two axes that a triangle faces least."""
    facing = np.abs(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])).argmax(axis=1)
    kept = np.array([[2, 1], [0, 2], [0, 1]])[facing]
    return np.take_along_axis(corners, np.broadcast_to(kept[:, None], (len(corners), 3, 2)), axis=2)


def _surface(name: str) -> Surface:
    acoustic, first, second, stripes = _LOOKS[name]
    return Surface(name, material(acoustic), texture=_texture(first, second, stripes))


def _texture(first: tuple[int, ...], second: tuple[int, ...], stripes: float, size: int = 256) -> NDArray[np.uint8]:
    """One metre of stripes with grain (size, size, 3)."""
    grain = np.random.default_rng(1).normal(0.0, 0.06, (size, size))
    wave = 0.5 + 0.5 * np.sign(np.sin(2 * np.pi * stripes * (np.arange(size) + 0.5) / size))
    blend = np.clip(wave[None, :] + grain, 0.0, 1.0)[..., None]
    return np.rint(np.asarray(first) * (1 - blend) + np.asarray(second) * blend).astype(np.uint8)
