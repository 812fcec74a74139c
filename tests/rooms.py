"""Rooms that tests share: a box with Habitat's colours, and solid blocks to put into it."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import ArrayLike

from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, SceneObject, Surface

WALL_COLORS = {"+x": (255, 0, 0), "-x": (0, 255, 0), "+z": (0, 0, 255), "-z": (255, 255, 0)}
"""sRGB of the walls of the test room in which Habitat's conventions were measured; floor and ceiling are grey."""

# Corners of a unit box and its faces, each counter-clockwise seen from inside the box.
_CORNERS = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=np.float64)
_FACES = {
    "-x": (0, 2, 3, 1),
    "+x": (4, 5, 7, 6),
    "-y": (0, 1, 5, 4),
    "+y": (2, 6, 7, 3),
    "-z": (0, 4, 6, 2),
    "+z": (1, 3, 7, 5),
}


def box_faces(low: ArrayLike, high: ArrayLike, inward: bool) -> tuple[np.ndarray, np.ndarray]:
    """Vertices (24, 3), four a face in the order of `_FACES`, and triangles (12, 3) that face inward or outward."""
    corners = np.asarray(low) + _CORNERS * (np.asarray(high, dtype=np.float64) - np.asarray(low))
    vertices = np.concatenate([corners[list(face)] for face in _FACES.values()])
    quad = np.array([[0, 1, 2], [0, 2, 3]])
    triangles = np.concatenate([quad + 4 * face for face in range(6)])
    return vertices, triangles if inward else triangles[:, ::-1]


def box_room(size: ArrayLike = (8.0, 2.8, 6.0), absorption: ArrayLike = 0.1, scattering: ArrayLike = 0.1) -> Scene:
    """A closed box room from the origin to `size` [m], walls in Habitat's test colours, one material."""
    vertices, triangles = box_faces((0.0, 0.0, 0.0), size, inward=True)
    colors = np.repeat([WALL_COLORS.get(name, (128, 128, 128)) for name in _FACES], 4, axis=0)
    names = {"-y": "floor", "+y": "ceiling"}
    return Scene(
        name="box room",
        origin="made for a test",
        vertices=vertices.astype(np.float32),
        triangles=triangles.astype(np.int32),
        surfaces=(Surface("wall", AcousticMaterial("wall", absorption, scattering)),),  # type: ignore[arg-type]
        triangle_surfaces=np.zeros(12, dtype=np.int32),
        triangle_objects=np.repeat(np.arange(1, 7), 2).astype(np.int32),
        objects=tuple(SceneObject(i + 1, names.get(name, "wall")) for i, name in enumerate(_FACES)),
        vertex_colors=colors.astype(np.uint8),
    )


def with_solid_block(scene: Scene, low: ArrayLike, high: ArrayLike) -> Scene:
    """`scene` and a solid box in it, an object of its own with the scene's first material."""
    vertices, triangles = box_faces(low, high, inward=False)
    new_id = int(scene.triangle_objects.max()) + 1
    white = np.full((len(vertices), 3), 255, dtype=np.uint8)
    return dataclasses.replace(
        scene,
        vertices=np.concatenate([scene.vertices, vertices]).astype(np.float32),
        triangles=np.concatenate([scene.triangles, triangles + len(scene.vertices)]).astype(np.int32),
        triangle_surfaces=np.concatenate([scene.triangle_surfaces, np.zeros(12, dtype=np.int32)]),
        triangle_objects=np.concatenate([scene.triangle_objects, np.full(12, new_id, dtype=np.int32)]),
        objects=(*scene.objects, SceneObject(new_id, "block")),
        vertex_colors=None if scene.vertex_colors is None else np.concatenate([scene.vertex_colors, white]),
    )
