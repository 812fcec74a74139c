"""Putting things that sound into a scene: any scene, a built-in home or a scan.

The one idea: nothing of the scene changes. Things come as new triangles after its own, with new instance ids after its
own and surfaces after its own, so a program can tell what was added by comparing lengths. Where the scene's colours
hold light already, the things' colours are given some too: *as bright as what stands around the place* (the
upper fifth of the scene's colours within three metres), more from above than from below, and darker towards the floor.
It is a guess for the eye, not a simulation; a home that is built with its things is lit properly.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import PoseError, SceneNotFoundError, nearest
from echoenv.scene.colors import to_linear, to_srgb
from echoenv.scene.homes.assembly import Assembly, Thing
from echoenv.scene.homes.shapes import Floats
from echoenv.scene.homes.style import Style, seeded
from echoenv.scene.homes.things import (
    devices,
    instruments_drums,
    instruments_keys,
    instruments_strings,
    instruments_winds,
    talking_head,
)
from echoenv.scene.pose import as_position
from echoenv.scene.scene import Scene


def _piano(style: Style) -> Thing:
    return instruments_keys.grand_piano(style) if style.chance(0.5) else instruments_keys.upright_piano(style)


def _head(style: Style) -> Thing:
    return talking_head.talking_head(int(style.rng.integers(2**31)), plinth=1.0)


SOUNDING_THINGS: dict[str, Callable[[Style], Thing]] = {
    "accordion": instruments_keys.accordion,
    "alarm-clock": devices.alarm_clock,
    "blender": devices.blender,
    "cello": instruments_strings.cello,
    "door": devices.door,
    "doorbell": devices.doorbell,
    "drum-kit": instruments_drums.drum_kit,
    "flute": instruments_winds.flute,
    "footsteps": devices.footsteps,
    "guitar": instruments_strings.guitar,
    "hair-dryer": devices.hair_dryer,
    "head": _head,
    "kettle": devices.kettle,
    "loudspeaker": devices.loudspeaker,
    "microwave": devices.microwave,
    "piano": _piano,
    "radio": devices.radio,
    "telephone": devices.telephone,
    "trumpet": instruments_winds.trumpet,
    "vacuum-cleaner": devices.vacuum_cleaner,
    "violin": instruments_strings.violin,
    "washing-machine": devices.washing_machine,
    "xylophone": instruments_keys.xylophone,
}
"""Families of things that sound, by category: each draws one member from a style."""


def sounding_thing(category: str, seed: int = 0) -> Thing:
    """A thing that sounds.

    Args:
        category: One of `SOUNDING_THINGS`.
        seed: Which member of the family; the same seed gives the same thing everywhere.

    Returns:
        It, in its own frame: back at z = 0, front towards +z, standing at y = 0, centred at x = 0; `sounds_at` tells
        where it sounds.

    Raises:
        SceneNotFoundError: There is no such family; the message names the nearest.
    """
    if category not in SOUNDING_THINGS:
        raise SceneNotFoundError(f"no thing that sounds is called '{category}': {nearest(category, SOUNDING_THINGS)}")
    return SOUNDING_THINGS[category](Style.drawn(seeded(f"sounding {category} {seed}")))


@dataclass(frozen=True, eq=False)
class Placed:
    """A thing and where it goes.

    Attributes:
        thing: The thing, or the category of one that sounds (`SOUNDING_THINGS`).
        position: Where the middle of its underside goes [m] (3,), world frame: a place on the floor or on a table.
        heading: Where its front looks [degrees], as an agent's heading: 0 is -Z, counter-clockwise from above.
        seed: Which member of the family, where the thing is named by its category.
    """

    thing: Thing | str
    position: Sequence[float]
    heading: float = 0.0
    seed: int = 0

    def in_world(self) -> Thing:
        """The thing at its place, in the world's frame.

        Raises:
            PoseError: The position is not three finite numbers, or the heading is not finite.
            SceneNotFoundError: No family has that category.
        """
        x, y, z = (float(value) for value in as_position(self.position))
        if not np.isfinite(self.heading):
            raise PoseError(f"heading {self.heading!r} must be a finite number of degrees")
        thing = sounding_thing(self.thing, self.seed) if isinstance(self.thing, str) else self.thing
        return thing.moved(z=-thing.size[2] / 2.0).turned(180.0 + float(self.heading)).moved(x, y, z)


def with_things(scene: Scene, placed: Sequence[Placed]) -> Scene:
    """The scene with things in it.

    Whether a place is free is not asked: a thing may stand in another one if it is put there.

    Args:
        scene: Any scene.
        placed: The things and their places; with none, the scene itself comes back.

    Returns:
        A new scene whose arrays begin with those of the given one, byte for byte (colours that it lacked are white,
        texture coordinates zero); the last of its `objects` are the things and what they carry, in order.

    Raises:
        PoseError: A place is not three finite numbers, or a heading is not finite.
        SceneNotFoundError: No family has a category that was asked for.
    """
    if not placed:
        return scene
    assembly = Assembly()
    for each in placed:
        assembly.add(each.in_world())
    added, glow = assembly.scene(scene.name)
    colors = _lit(added, glow, scene) if scene.light_is_baked else added.vertex_colors
    first = 1 + max([int(scene.triangle_objects.max()), *(thing.id for thing in scene.objects)])
    objects = tuple(dataclasses.replace(thing, id=thing.id + first - 1) for thing in added.objects)
    return dataclasses.replace(
        scene,
        vertices=np.concatenate([scene.vertices, added.vertices]),
        triangles=np.concatenate([scene.triangles, added.triangles + len(scene.vertices)]),
        surfaces=(*scene.surfaces, *added.surfaces),
        triangle_surfaces=np.concatenate([scene.triangle_surfaces, added.triangle_surfaces + len(scene.surfaces)]),
        triangle_objects=np.concatenate([scene.triangle_objects, added.triangle_objects + first - 1]),
        objects=(*scene.objects, *objects),
        vertex_colors=np.concatenate([_colors_of(scene), colors]),
        corner_uvs=np.concatenate([_uvs_of(scene), added.corner_uvs]),
    )


def _colors_of(scene: Scene) -> NDArray[np.uint8]:
    white = np.full((len(scene.vertices), 3), 255, dtype=np.uint8)
    return white if scene.vertex_colors is None else scene.vertex_colors


def _uvs_of(scene: Scene) -> NDArray[np.float32]:
    none = np.zeros((len(scene.triangles), 3, 2), dtype=np.float32)
    return none if scene.corner_uvs is None else scene.corner_uvs


_NEAR = 3.0  # [m] how far around a thing the scene's colours count
_USUAL = 0.45  # linear luminance above which a fifth of the colours of a well-lit room lies
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear sRGB (ITU-R BT.709)


def _lit(added: Scene, glow: Floats, scene: Scene) -> NDArray[np.uint8]:
    """Colours (V, 3) of things with the light that they would have in about that scene."""
    own = to_linear(np.asarray(added.vertex_colors, dtype=np.float64) / 255.0)
    normals = _vertex_normals(added)
    group = np.zeros(len(added.vertices), dtype=np.int64)
    group[added.triangles.ravel()] = np.repeat(added.triangle_objects, 3)
    light = np.ones(len(added.vertices))
    for number in np.unique(group):
        chosen = group == number
        points = added.vertices[chosen].astype(np.float64)
        height = points[:, 1] - points[:, 1].min()
        light[chosen] = _brightness(scene, points.mean(axis=0)) * (0.80 + 0.20 * np.clip(height / 0.35, 0.0, 1.0))
    from_above = 0.76 + 0.20 * normals[:, 1] + 0.08 * normals[:, 0] + 0.05 * normals[:, 2]
    seen = own * (light * from_above)[:, None] + own * np.minimum(glow, 1.0)
    return np.asarray(np.round(255.0 * np.clip(to_srgb(np.clip(seen, 0.0, 1.0)), 0.0, 1.0)), dtype=np.uint8)


def _brightness(scene: Scene, place: Floats) -> float:
    """How bright (1 is usual) the scene's colours are around a place [m] (3,)."""
    if scene.vertex_colors is None:
        return 1.0
    near = np.linalg.norm(scene.vertices - place.astype(np.float32), axis=1) < _NEAR
    if not near.any():
        return 1.0
    colors = to_linear(scene.vertex_colors[near].astype(np.float64) / 255.0)
    return float(np.clip(np.percentile(colors @ _LUMINANCE, 80.0) / _USUAL, 0.25, 1.1))


def _vertex_normals(scene: Scene) -> Floats:
    """Unit normals (V, 3) at vertices, by the area of the triangles around them."""
    a, b, c = (scene.vertices[scene.triangles[:, k]].astype(np.float64) for k in range(3))
    facing = np.cross(b - a, c - a)
    corners = scene.triangles.ravel()
    total = [np.bincount(corners, np.repeat(facing[:, k], 3), len(scene.vertices)) for k in range(3)]
    normals = np.stack(total, axis=1)
    return np.asarray(normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-15))
