"""From an unlit home to a lit one: a rough solution, a finer mesh, a good solution, colours.

The one idea: the same steps are taken on two meshes. On the mesh as it was built they tell where it must become finer;
on the finer one they give the colours.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.scene.colors import to_linear
from echoenv.scene.homes.light.daylight import DISC, SHINES, Daylight, daylight, pane_triangles, sunlight
from echoenv.scene.homes.light.emitters import Emitters, direct, emitters
from echoenv.scene.homes.light.gathering import BOUNCES, Ends, fan_ends, gathered
from echoenv.scene.homes.light.points import (
    Floats,
    Points,
    Samples,
    Singles,
    filled,
    light_points,
    of_large_faces,
)
from echoenv.scene.homes.light.refinement import LitVertices, refined
from echoenv.scene.homes.light.tone import LUMINANCE, adapted, developed, exposure
from echoenv.scene.homes.light.tracing import Tracer, TracerOf
from echoenv.scene.homes.textures.library import mean_color
from echoenv.scene.scene import Scene

_LAMPS = 0.5  # of their glow that lamps give to a home by day
_ROUGH_DISC = 8  # directions over the sun where a look is enough
_GLANCES = 4
_SUN_PATCH = 0.1  # radiance above which a sunlit triangle is an emitter


def illuminate(scene: Scene, glow: Floats, tracer_of: TracerOf, light: Daylight | None = None) -> Scene:
    """The scene with light in its vertex colours, its mesh finer where light needs it.

    Args:
        scene: The home; its vertex colours are those of the things themselves (sRGB).
        glow: Linear radiance (V, 3) that each vertex gives off.
        tracer_of: Makes a tracer of a scene; it is asked for one of this scene and one of the finer one.
        light: Sun and sky; None takes those that follow from the home's name.
    """
    outside = daylight(scene, glow) if light is None else light
    albedo = to_linear(np.asarray(scene.vertex_colors, dtype=np.float64) / 255.0 * _pattern_means(scene))
    large = of_large_faces(scene)
    rough = _Mesh.of(scene, glow, albedo, large, outside, tracer_of(scene))
    found = rough.solved(roughly=True)
    chosen = exposure(*rough.seen(found))
    here = rough.points.of_vertex
    lit = (found.straight + found.sun + found.reflected)[here]
    alone = filled(np.ones_like(found.sun), found.hidden, rough.points.links)[:, 0] == 0.0
    known = LitVertices(glow, albedo, lit, found.hidden[here], alone[here], large, rough.shines)
    finer, known = refined(
        scene, known, lambda samples: rough.measured(samples, found), lambda a, light: developed(a, light, chosen)
    )
    good = _Mesh.of(finer, known.glow, known.albedo, known.large, outside, tracer_of(finer))
    return dataclasses.replace(finer, vertex_colors=good.colors(good.finished(good.solved())), light_is_baked=True)


@dataclass(frozen=True, eq=False)
class _Found:
    """Irradiance over pi (p, 3) at the points of a mesh, by where it comes from.

    Attributes:
        straight: From panes and lamps.
        sun: From the sun.
        thrown: From where the sun falls, by one reflection.
        reflected: All else.
        radiance: What surfaces give off (V, 3), without the first reflection of the sun.
        surroundings: Luminance (p,) of the light in what a point looks into, as a geometric mean.
        hidden: Which points (p,) lie in or under something.
    """

    straight: Singles
    sun: Singles
    thrown: Singles
    reflected: Singles
    radiance: Singles
    surroundings: Singles
    hidden: NDArray[np.bool_]

    @property
    def irradiance(self) -> Singles:
        """All of it (p, 3)."""
        return self.straight + self.sun + self.thrown + self.reflected


@dataclass(frozen=True, eq=False)
class _Mesh:
    """A mesh to be lit.

    Attributes:
        scene: The mesh.
        albedo: Linear (V, 3), zero where it shines.
        shines: Which vertices (V,) are seen in their own colour.
        large: Which points (p,) lie on large faces.
        points: Where light is kept.
        tracer: Answers ray queries.
        outside: Sun and sky.
        panes: Which triangles (T,) are window panes.
        glowing: Panes and lamps.
    """

    scene: Scene
    albedo: Singles
    shines: NDArray[np.bool_]
    large: NDArray[np.bool_]
    points: Points
    tracer: Tracer
    outside: Daylight
    panes: NDArray[np.bool_]
    glowing: Emitters

    @staticmethod
    def of(
        scene: Scene, glow: Floats, albedo: Floats, large: NDArray[np.bool_], outside: Daylight, tracer: Tracer
    ) -> _Mesh:
        """A mesh from what is known at its vertices, as in `LitVertices`."""
        shines = glow.max(axis=1) > SHINES
        points, panes = light_points(scene, large), pane_triangles(scene, glow)
        of_point = np.zeros(len(points.samples), dtype=bool)
        of_point[points.of_vertex[large]] = True
        dark = np.where(shines[:, None], 0.0, albedo).astype(np.float32)
        glowing = emitters(scene, np.where(panes, 1.0, _LAMPS)[:, None, None] * glow[scene.triangles], panes, tracer)
        return _Mesh(scene, dark, shines, of_point, points, tracer, outside, panes, glowing)

    def solved(self, roughly: bool = False) -> _Found:
        """The light at the points; roughly, what the sun paints is gathered by the fan like all else."""
        samples, links = self.points.samples, self.points.links
        ends = fan_ends(samples, self.scene, self.tracer)
        sun = sunlight(samples, self.outside, self.panes, self.tracer, _ROUGH_DISC if roughly else DISC)
        straight = direct(self.glowing, samples, self.outside, self.tracer, roughly)
        thrown = ends.mean(self._by_triangle(self._given_off(sun))) if roughly else self._thrown(sun)
        sun, straight, thrown = (filled(light, ends.hidden, links) for light in (sun, straight, thrown))
        reflected = np.zeros_like(straight)
        for _ in range(BOUNCES):
            radiance = self._given_off(straight + thrown + reflected)
            reflected = filled(ends.mean(self._by_triangle(radiance)), ends.hidden, links)
        radiance = self._given_off(straight + thrown + reflected)
        surroundings = self._surroundings(ends, straight + sun + thrown + reflected)
        return _Found(straight, sun, thrown, reflected, radiance, surroundings, ends.hidden)

    def _surroundings(self, ends: Ends, irradiance: Singles) -> Singles:
        """Geometric mean luminance (p,) of the light that falls on what is seen from a point, from there, and so on.

        What is seen from what is seen is nearly the whole room, and nothing else: the mean has no edges in a room.
        """
        luminance = irradiance @ LUMINANCE
        middle = max(float(np.median(luminance[~ends.hidden])), 1e-6) if not ends.hidden.all() else 1.0
        mean = np.log(np.maximum(luminance, 0.01 * middle)).astype(np.float32)[:, None]
        for _ in range(_GLANCES):
            mean = ends.mean(self._by_triangle(np.repeat(mean, 3, axis=1)[self.points.of_vertex]))[:, :1]
            mean = filled(np.repeat(mean, 3, axis=1), ends.hidden, self.points.links)[:, :1]
        return np.asarray(np.exp(mean[:, 0]))

    def _given_off(self, irradiance: Singles) -> Singles:
        return self.albedo * irradiance[self.points.of_vertex]

    def _by_triangle(self, radiance: Singles) -> Singles:
        return np.asarray(radiance[self.scene.triangles].mean(axis=1))

    def _thrown(self, sun: Singles) -> Singles:
        """Irradiance over pi (p, 3) from the patches that the sun paints, as from lamps."""
        patches = self._given_off(sun).astype(np.float64)[self.scene.triangles]
        painted = emitters(self.scene, patches, np.zeros(len(patches), dtype=bool), self.tracer, _SUN_PATCH)
        return direct(painted, self.points.samples, self.outside, self.tracer)

    def measured(self, samples: Samples, found: _Found) -> tuple[Singles, NDArray[np.bool_]]:
        """Irradiance over pi (p, 3) elsewhere, less what the sun throws back, and which places (p,) are hidden."""
        ends = fan_ends(samples, self.scene, self.tracer)
        irradiance = ends.mean(self._by_triangle(found.radiance))
        irradiance += sunlight(samples, self.outside, self.panes, self.tracer, _ROUGH_DISC)
        irradiance += direct(self.glowing, samples, self.outside, self.tracer, roughly=True)
        return irradiance, ends.hidden

    def finished(self, found: _Found) -> _Found:
        """The light, with the last reflection onto large faces gathered along full fans."""
        reflected = found.reflected.copy()
        reflected[self.large] = gathered(
            self.points.samples.chosen(self.large), self.scene, found.radiance, self.tracer
        )
        return dataclasses.replace(found, reflected=filled(reflected, found.hidden, self.points.links))

    def colors(self, found: _Found) -> NDArray[np.uint8]:
        """Vertex colours (V, 3): lit ones, over the mean of the pattern on them; what shines has its own."""
        chosen = exposure(*self.seen(found))
        light = adapted(found.irradiance, found.surroundings, chosen)[self.points.of_vertex]
        seen = developed(self.albedo, light, chosen) / _pattern_means(self.scene)
        seen /= np.maximum(seen.max(axis=1, keepdims=True), 1.0)  # what cannot be so bright keeps its hue
        own = np.asarray(self.scene.vertex_colors, dtype=np.float64) / 255.0
        colors = np.where(self.shines[:, None], own, seen)
        return np.round(255.0 * np.clip(colors, 0.0, 1.0)).astype(np.uint8)

    def seen(self, found: _Found) -> tuple[Singles, NDArray[Any]]:
        """Irradiance over pi of what is seen of rooms' shells (n, 3), and the areas [m2] (n,) that it stands for."""
        a, b, c = (self.scene.vertices[self.scene.triangles[:, k]].astype(np.float64) for k in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6.0
        shell = [thing.id for thing in self.scene.objects if thing.category in ("wall", "floor", "ceiling")]
        area = np.where(np.isin(self.scene.triangle_objects, shell), area, 0.0)
        corners = self.points.of_vertex[self.scene.triangles]
        of_point = np.bincount(corners.ravel(), np.repeat(area, 3), len(found.hidden))
        return found.irradiance[~found.hidden], of_point[~found.hidden]


def _pattern_means(scene: Scene) -> Floats:
    """Mean colour (V, 3), sRGB 0..1, of the texture that lies over each vertex; 1 where there is none."""
    means = np.array([(1.0, 1.0, 1.0) if s.texture is None else mean_color(s.texture) for s in scene.surfaces])
    of_vertex = np.ones((len(scene.vertices), 3))
    of_vertex[scene.triangles.ravel()] = np.repeat(means[scene.triangle_surfaces], 3, axis=0)
    return of_vertex
