"""Putting a home together: things made of parts, and the arrays that become a `Scene`.

The one idea: a `Thing` is what a person would name (a sofa, a lamp): a category and parts, each a shape with an
acoustic material, in the thing's own frame (back to the wall at z = 0, front towards +z, standing at y = 0, centred
at x = 0). An `Assembly` collects placed things and gives each its instance id; what lies on a thing (pillows, books)
is a thing too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.shapes import Shape
from echoenv.scene.material_table import material
from echoenv.scene.scene import Scene, SceneObject, Surface

ORIGIN = "built-in home (generated from code)"


@dataclass(frozen=True, eq=False)
class Part:
    """A shape of one acoustic material; `glow` is the linear radiance (3,) that it gives off, zero for most."""

    shape: Shape
    material: str
    glow: tuple[float, float, float] = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Thing:
    """Something with a name, in its own frame.

    Attributes:
        category: Replica's class name where one fits.
        parts: What it is made of.
        size: Width (x), height (y), depth (z) [m] of the room that it takes.
        carries: Things on or in it, in the same frame.
    """

    category: str
    parts: tuple[Part, ...]
    size: tuple[float, float, float]
    carries: tuple[Thing, ...] = ()

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Thing:
        """The thing and what it carries, shifted [m]."""
        parts = tuple(replace(part, shape=part.shape.moved(x, y, z)) for part in self.parts)
        return replace(self, parts=parts, carries=tuple(thing.moved(x, y, z) for thing in self.carries))

    def turned(self, degrees: float) -> Thing:
        """The thing and what it carries, turned about the y axis, counter-clockwise from above."""
        parts = tuple(replace(part, shape=part.shape.turned(degrees)) for part in self.parts)
        return replace(self, parts=parts, carries=tuple(thing.turned(degrees) for thing in self.carries))

    def carrying(self, *things: Thing) -> Thing:
        """The thing with more things on it."""
        return replace(self, carries=(*self.carries, *things))


@dataclass
class Assembly:
    """Collects placed things.

    Attributes:
        objects: The things so far, by instance id.
    """

    objects: list[SceneObject] = field(default_factory=list)
    _surfaces: dict[tuple[str, str], int] = field(default_factory=dict)
    _parts: list[tuple[Part, int, int]] = field(default_factory=list)

    def add(self, thing: Thing) -> None:
        """Add a thing, already in the world's frame, and what it carries."""
        number = len(self.objects) + 1
        self.objects.append(SceneObject(number, thing.category))
        for part in thing.parts:
            surface = self._surfaces.setdefault((thing.category, part.material), len(self._surfaces))
            self._parts.append((part, surface, number))
        for carried in thing.carries:
            self.add(carried)

    def mark(self) -> int:
        """How many things there are, for `undo`."""
        return len(self.objects)

    def undo(self, mark: int) -> None:
        """Take away all things that were added since a mark."""
        del self.objects[mark:]
        self._parts = [item for item in self._parts if item[2] <= mark]

    def scene(self, name: str) -> tuple[Scene, NDArray[np.float64]]:
        """The scene without light (vertex colours are those of the things themselves), and the glow (V, 3)."""
        counts = [len(part.shape.vertices) for part, _, _ in self._parts]
        starts = np.cumsum([0, *counts])
        faces = [len(part.shape.triangles) for part, _, _ in self._parts]
        vertices = np.concatenate([part.shape.vertices for part, _, _ in self._parts])
        colors = np.concatenate([part.shape.colors for part, _, _ in self._parts])
        triangles = [part.shape.triangles + start for (part, _, _), start in zip(self._parts, starts, strict=False)]
        scene = Scene(
            name=name,
            origin=ORIGIN,
            vertices=np.round(vertices, 4).astype(np.float32),  # tenths of a millimetre: the same on every machine
            triangles=np.concatenate(triangles),
            surfaces=tuple(Surface(f"{kind}: {of}", material(of)) for kind, of in self._surfaces),
            triangle_surfaces=np.repeat([surface for _, surface, _ in self._parts], faces),
            triangle_objects=np.repeat([number for _, _, number in self._parts], faces),
            objects=tuple(self.objects),
            vertex_colors=np.round(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8),
        )
        return scene, np.repeat([part.glow for part, _, _ in self._parts], counts, axis=0).astype(np.float64)
