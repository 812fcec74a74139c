"""Frames per second: ours, the raw ray queries that bound it, and OpenGL.

The one idea: one frame of 128 x 128 is 16,384 rays, so the rate of raw queries over 16,384 is the limit in frames.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import warp as wp

from benchmarks.moderngl_peer import RasterisedScene
from benchmarks.poses import camera_poses, camera_rays
from benchmarks.room import furnished_room
from benchmarks.rows import Row, missing, rate
from benchmarks.timing import Patience, measure
from echoenv.navigation.pathfinder import PathFinder
from echoenv.processor import available_cores
from echoenv.rays.engine import RayEngine
from echoenv.rays.launch import to_device
from echoenv.scene.homes import build_home
from echoenv.scene.scene import Scene
from echoenv.vision.camera import Camera
from echoenv.vision.renderer import CHANNELS, Renderer

SIDE = 128
FRAMES_TARGET = 650.0


def _threads() -> list[int]:
    return sorted({1, available_cores()}, reverse=True)


def _how(scene: Scene, threads: int, rest: str) -> str:
    return f"{len(scene.triangles):,} triangles, {threads} thread{'s' if threads > 1 else ''}, {rest}"


def ours(patience: Patience) -> Iterator[Row]:
    """The renderer in batches on all cores and on one, and one view at a time."""
    scene = furnished_room()
    positions, rotations = camera_poses()
    camera = Camera(SIDE, SIDE)
    for threads in _threads():
        renderer = Renderer(RayEngine(scene, threads=threads))
        timing = measure(functools.partial(renderer.render, positions, rotations, camera, CHANNELS), patience)
        target = FRAMES_TARGET if threads == _threads()[0] else None
        how = _how(scene, threads, f"textured, batch of {len(positions)}")
        yield rate("views", "EchoEnv rgb + depth + normal + semantic", timing, len(positions), "frames/s", how, target)
    timing = measure(lambda: [renderer.render(positions[k], rotations[k], camera) for k in range(4)], patience)
    yield rate("views", "EchoEnv, one view at a time", timing, 4, "frames/s", _how(scene, threads, "textured"))


def home(patience: Patience) -> Iterator[Row]:
    """The renderer in a built-in home."""
    engine = RayEngine(build_home("apartment_0"))
    floor = PathFinder(engine).grid_positions()
    places = np.asarray(floor)[:: max(1, len(floor) // 8)][:8] + np.array([0.0, 1.5, 0.0])
    positions, rotations = camera_poses(places)
    renderer = Renderer(engine)
    timing = measure(lambda: renderer.render(positions, rotations, Camera(SIDE, SIDE)), patience)
    how = _how(engine.scene, engine.threads, f"textured, batch of {len(positions)}")
    yield rate("views", "EchoEnv, built-in home apartment_0", timing, len(positions), "frames/s", how)


def limit(patience: Patience) -> Iterator[Row]:
    """Nothing but the queries, in packets, from and to arrays that are there already."""
    scene = furnished_room()
    origins, directions = camera_rays(*camera_poses(), SIDE)
    for backend in ("embree", "warp"):
        for threads in _threads():
            engine = RayEngine(scene, backend=backend, threads=threads)
            o, d = to_device(origins, wp.vec3, engine.device), to_device(directions, wp.vec3, engine.device)
            hits = to_device(np.empty((len(directions), 4), np.float32), wp.vec4, engine.device)
            timing = measure(functools.partial(engine.intersect_arrays, o, d, hits), patience)
            frames = len(directions) / SIDE**2
            rays = len(directions) / timing.wall / 1e6
            what = f"limit: {engine.description.split(' on ')[0]} queries alone"
            yield rate("views", what, timing, frames, "frames/s", _how(scene, threads, f"{rays:.1f} M rays/s"))


def embreex_peer(patience: Patience) -> Iterator[Row]:
    """The Python package that carries Embree, asked directly."""
    scene = furnished_room()
    what = "peer: embreex, scene.run"
    try:
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene
    except ImportError:
        yield missing("views", what, "not installed: pip install embreex")
        return
    origins, directions = camera_rays(*camera_poses(), SIDE)
    embree = EmbreeScene()
    TriangleMesh(embree, scene.vertices, scene.triangles)
    timing = measure(lambda: embree.run(origins, directions, query="INTERSECT"), patience)
    rays = len(directions) / timing.wall / 1e6
    how = _how(scene, 1, f"{rays:.1f} M rays/s, triangle ids alone")
    yield rate("views", what, timing, len(directions) / SIDE**2, "frames/s", how)


def moderngl_peer(patience: Patience) -> Iterator[Row]:
    """OpenGL without a window."""
    scene = furnished_room()
    what = "peer: moderngl rgb + depth + normal"
    engine = RayEngine(scene)
    try:
        raster = RasterisedScene(scene, engine.normals, SIDE)
    except ImportError:
        yield missing("views", what, "not installed: pip install moderngl")
        return
    except Exception as problem:  # moderngl and its loader raise plain Exceptions
        yield missing("views", what, f"no OpenGL without a window here ({problem}): install EGL, such as Mesa's")
        return
    positions, rotations = camera_poses()
    ours = Renderer(engine).render(positions[:4], rotations[:4], Camera(SIDE, SIDE), ("depth",))["depth"]
    theirs = np.stack([raster.depth(positions[k], rotations[k]) for k in range(4)])
    same = float(np.mean(np.abs(ours - theirs) < 0.01))
    timing = measure(lambda: [raster.draw(p, r) for p, r in zip(positions, rotations, strict=True)], patience)
    rest = f"flat colours, {raster.renderer}, same depth in {100 * same:.1f} % of pixels"
    how = _how(scene, available_cores(), rest)
    yield rate("views", what, timing, len(positions), "frames/s", how)


SECTIONS = (ours, home, limit, embreex_peer, moderngl_peer)
