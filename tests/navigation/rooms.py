"""Small worlds made of boxes, in which shortest walks and boundaries are known in closed form."""

from __future__ import annotations

import numpy as np

from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.scene import Scene, Surface

BOX_ROOM = ((0.0, 0.0, 0.0), (8.0, 2.8, 6.0))  # the room of Habitat's measured numbers
INWARD, OUTWARD = True, False

_QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
_FACES = ("-x", "+x", "-y", "+y", "-z", "+z")


def box(low, high, inward=OUTWARD, without=(), turn=0.0):
    """Vertices and triangles of a box that is turned [degrees] about the vertical through its low corner."""
    unit = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], dtype=float)
    size = np.asarray(high, float) - np.asarray(low, float)
    c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    vertices = (unit * size) @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T + np.asarray(low, float)
    triangles = [t for quad, face in zip(_QUADS, _FACES, strict=True) if face not in without
                 for t in ((quad[0], quad[1], quad[2]), (quad[0], quad[2], quad[3]))]  # fmt: skip
    return vertices, np.array(triangles)[:, ::-1] if inward else np.array(triangles)


def scene_of(*parts, name="boxes"):
    """One scene of several (vertices, triangles)."""
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in parts])
    vertices = np.concatenate([vertices for vertices, _ in parts])
    triangles = np.concatenate([t + start for (_, t), start in zip(parts, starts, strict=False)])
    surface = Surface("plaster", AcousticMaterial("plaster", np.full(8, 0.1), np.full(8, 0.1)))
    none = np.zeros(len(triangles))
    return Scene(name, "test", vertices, triangles, (surface,), none, none)
