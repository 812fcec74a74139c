"""Putting a home together: things made of parts, and the arrays that become a `Scene`.

The one idea: a `Thing` is what a person would name (a sofa, a lamp): a category and parts, each a shape with an
acoustic material, in the thing's own frame (back to the wall at z = 0, front towards +z, standing at y = 0, centred
at x = 0). An `Assembly` collects placed things, gives each its instance id and remembers what holds it (`Placed`); what
lies on a thing (pillows, books) is a thing too.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.homes.plans.plan import Plan
from echoenv.scene.homes.shapes import Shape, rotation
from echoenv.scene.homes.textures.library import texture
from echoenv.scene.material_table import material
from echoenv.scene.scene import Scene, SceneObject, Surface

ORIGIN = "built-in home (generated from code)"
Point = tuple[float, float, float]


def as_point(values: NDArray[np.float64]) -> Point:
    """Three numbers as a point, to a tenth of a millimetre."""
    x, y, z = (round(float(value), 4) for value in values)
    return x, y, z


@dataclass(frozen=True, eq=False)
class Part:
    """A shape of one material and one pattern.

    Attributes:
        shape: Its triangles, with the mean colour of each place.
        material: The acoustic material's name (`material_table`).
        glow: Linear radiance (3,) that it gives off, zero for most.
        texture: Name of its pattern (`textures.library`), "" for plain colour. It varies the shape's colours and keeps
            their mean; a pattern without a size is stretched once over the part.
    """

    shape: Shape
    material: str
    glow: tuple[float, float, float] = (0.0, 0.0, 0.0)
    texture: str = ""


@dataclass(frozen=True, eq=False)
class Thing:
    """Something with a name, in its own frame.

    Attributes:
        category: Replica's class name where one fits.
        parts: What it is made of.
        size: Width (x), height (y), depth (z) [m] of the room that it takes.
        carries: Things on or in it, in the same frame.
        sounds_at: The point [m] (3,) that its sound comes from, same frame; None where it makes none.
    """

    category: str
    parts: tuple[Part, ...]
    size: tuple[float, float, float]
    carries: tuple[Thing, ...] = ()
    sounds_at: Point | None = None

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Thing:
        """The thing and what it carries, shifted [m]."""
        parts = tuple(Part(part.shape.moved(x, y, z), part.material, part.glow, part.texture) for part in self.parts)
        carries = tuple(thing.moved(x, y, z) for thing in self.carries)
        at = self.sounds_at and (self.sounds_at[0] + x, self.sounds_at[1] + y, self.sounds_at[2] + z)
        return Thing(self.category, parts, self.size, carries, at)

    def turned(self, degrees: float) -> Thing:
        """The thing and what it carries, turned about the y axis, counter-clockwise from above."""
        if degrees == 0.0:
            return self
        parts = tuple(Part(part.shape.turned(degrees), part.material, part.glow, part.texture) for part in self.parts)
        carries = tuple(thing.turned(degrees) for thing in self.carries)
        at = self.sounds_at and as_point(rotation(degrees) @ np.asarray(self.sounds_at))
        return Thing(self.category, parts, self.size, carries, at)

    def carrying(self, *things: Thing) -> Thing:
        """The thing with more things on it."""
        return replace(self, carries=(*self.carries, *things))


@dataclass(frozen=True, eq=False)
class Placed:
    """A thing at its place in the world.

    Attributes:
        number: Its instance id.
        thing: The thing in the world's frame; what it carries has numbers of its own.
        room: Name of the room that it furnishes, "" for the shell.
        carrier: Number of the thing that it stands or lies on, 0 where it is carried by none.
        held_by: "floor", "wall" or "ceiling", as whoever placed it meant; "" where it was not said or it is carried.
    """

    number: int
    thing: Thing
    room: str
    carrier: int = 0
    held_by: str = ""

    def corners(self) -> NDArray[np.float64]:
        """Corners [m] (T, 3, 3) of its own triangles, without what it carries."""
        shapes = [part.shape for part in self.thing.parts]
        return np.concatenate([shape.vertices[shape.triangles] for shape in shapes])


@dataclass
class Assembly:
    """Collects placed things.

    Attributes:
        objects: The things so far, by instance id.
        placed: Where each of them is and what holds it, in the same order.
        room: Name of the room that is being furnished, "" while the shell is built.
    """

    objects: list[SceneObject] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    room: str = ""
    _surfaces: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _parts: list[tuple[Part, int, int]] = field(default_factory=list)

    def add(self, thing: Thing, held_by: str = "") -> None:
        """Add a thing, already in the world's frame, and what it carries.

        Args:
            thing: The thing.
            held_by: "floor", "wall" or "ceiling" where its place was chosen there.
        """
        self._add(thing, 0, held_by)

    def _add(self, thing: Thing, carrier: int, held_by: str) -> None:
        number = len(self.objects) + 1
        at = thing.sounds_at and as_point(np.asarray(thing.sounds_at))
        self.objects.append(SceneObject(number, thing.category, sounds_at=at))
        self.placed.append(Placed(number, thing, self.room, carrier, held_by))
        for part in thing.parts:
            key = (thing.category, part.material, part.texture)
            surface = self._surfaces.setdefault(key, len(self._surfaces))
            self._parts.append((part, surface, number))
        for carried in thing.carries:
            self._add(carried, number, "")

    def mark(self) -> int:
        """How many things there are, for `undo`."""
        return len(self.objects)

    def undo(self, mark: int) -> None:
        """Take away all things that were added since a mark."""
        del self.objects[mark:], self.placed[mark:]
        self._parts = [item for item in self._parts if item[2] <= mark]

    def without(self, numbers: Set[int]) -> Assembly:
        """The same things in the same order without some, and without what those carry; numbers are given anew.

        Args:
            numbers: Instance ids of the things to leave out.
        """
        kept, items = Assembly(), iter(self.placed)

        def what_is_left(item: Placed) -> Thing | None:  # a thing's number comes before those of what it carries
            carried = [what_is_left(next(items)) for _ in item.thing.carries]
            left = tuple(thing for thing in carried if thing is not None)
            return None if item.number in numbers else replace(item.thing, carries=left)

        for item in items:
            thing = what_is_left(item)
            if thing is not None:
                kept.room = item.room
                kept.add(thing, item.held_by)
        kept.room = self.room
        return kept

    def scene(self, name: str) -> tuple[Scene, NDArray[np.float64]]:
        """The scene without light (vertex colours are those of the things themselves), and the glow (V, 3)."""
        parts = [part for part, _, _ in self._parts]
        counts = [len(part.shape.vertices) for part in parts]
        faces = [len(part.shape.triangles) for part in parts]
        starts = np.repeat(np.cumsum([0, *counts[:-1]]), faces)
        vertices = np.concatenate([part.shape.vertices for part in parts])
        colors = np.concatenate([_plain_colors(part) for part in parts])
        scene = Scene(
            name=name,
            origin=ORIGIN,
            vertices=np.round(vertices, 4).astype(np.float32),  # tenths of a millimetre: the same on every machine
            triangles=np.concatenate([part.shape.triangles for part in parts]) + starts[:, None],
            surfaces=tuple(home_surface(*key) for key in self._surfaces),
            triangle_surfaces=np.repeat([surface for _, surface, _ in self._parts], faces),
            triangle_objects=np.repeat([number for _, _, number in self._parts], faces),
            objects=tuple(self.objects),
            vertex_colors=np.round(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8),
            corner_uvs=np.concatenate([_pattern_uvs(part, k) for k, part in enumerate(parts)]).astype(np.float32),
        )
        return scene, np.repeat([part.glow for part in parts], counts, axis=0).astype(np.float64)


@dataclass(frozen=True, eq=False)
class AssembledHome:
    """A home as plan and things, before it becomes arrays.

    Attributes:
        name: Of the scene.
        plan: Its rooms.
        assembly: Its shell and all that stands, lies and hangs in it.
    """

    name: str
    plan: Plan
    assembly: Assembly


def home_surface(category: str, of: str, pattern: str) -> Surface:
    """The surface of a category's parts of one acoustic material and one pattern ("" for plain)."""
    return Surface(
        "|".join((category, of, pattern)).rstrip("|"),
        material(of),
        texture=texture(pattern).pixels if pattern else None,
    )


def surface_key(surface: Surface) -> tuple[str, str, str]:
    """Category, acoustic material and pattern of a surface that `home_surface` made."""
    category, of, pattern = (*surface.name.split("|"), "")[:3]
    return category, of, pattern


def _plain_colors(part: Part) -> NDArray[np.float64]:
    """Vertex colours (n, 3) that, times the pattern, give the part's colours in the mean."""
    if part.texture and texture(part.texture).tints:
        return np.asarray(part.shape.colors / texture(part.texture).mean, dtype=np.float64)
    return part.shape.colors


_GOLDEN = np.array([0.6180339887, 0.7548776662])  # shifts along u and v that never come back to where they were


def _pattern_uvs(part: Part, index: int) -> NDArray[np.float64]:
    """Texture coordinates (m, 3, 2) of a part's corners in tiles of its pattern, rounded as vertices are."""
    uvs = part.shape.uvs
    if not part.texture:
        return np.zeros_like(uvs)
    pattern = texture(part.texture)
    if pattern.size is None:
        low, high = uvs.min(axis=(0, 1)), uvs.max(axis=(0, 1))
        edge = 0.5 / np.array(pattern.pixels.shape[1::-1])  # half a texel: the filter takes none from the other side
        return np.asarray(np.round(edge + (1.0 - 2.0 * edge) * (uvs - low) / np.maximum(high - low, 1e-9), 5))
    shift = np.mod(index * _GOLDEN, 1.0) if pattern.wanders else 0.0
    return np.asarray(np.round(uvs / pattern.size + shift, 5), dtype=np.float64)
