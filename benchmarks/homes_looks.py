"""One home looked at: is it sound, and what is it like?

The one idea: every home is built without light and looked at as a user meets it, with rays from inside, a walker on its
floor and an inspector of its things (`look_at`); how varied homes are is measured in the same way (`measure`), by what
a camera and a microphone would take in. Whatever goes wrong becomes part of what was found, under the home's name.
"""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.homes_reverberation import MIDDLE, sounds_of
from benchmarks.poses import camera_poses, camera_rays
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.homes.assembly import AssembledHome
from echoenv.scene.homes.home import assembled
from echoenv.scene.homes.inspection import faults_of
from echoenv.scene.homes.plans.plan import Plan

RAYS = 20_000
SHELL = frozenset({"floor", "ceiling", "wall", "window", "door"})
"""Categories that every home has."""

DEPTH_EDGES = np.linspace(0.0, 12.0, 49)
"""Of the histogram of depth [m]; what is farther counts in the last."""

_FEWEST_POSITIONS = 15
_EYES = 1.5  # [m] above the floor
_PLACES, _PIXELS = 6, 32  # positions with four views each; pixels along a side


@dataclass(frozen=True)
class Look:
    """What was found in one home; figures are 0 where it was not asked for or the home did not come about.

    Attributes:
        address: Its name.
        rooms: How many.
        area: Of all floors [m2].
        ceiling: Height of the highest ceiling [m].
        positions: Of the 0.5 m grid.
        triangles: How many.
        seconds: Processor time of building it without light.
        faults: What is wrong.
    """

    address: str
    rooms: int = 0
    area: float = 0.0
    ceiling: float = 0.0
    positions: int = 0
    triangles: int = 0
    seconds: float = 0.0
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """What one home is like to see and to hear.

    Attributes:
        address: Its name.
        rooms: How many.
        area: Of all floors [m2].
        triangles: How many.
        objects: How many, without the shell.
        categories: How many objects (without the shell) of each category.
        depths: Mean planar depth [m] of each view.
        depth_counts: Pixels of all views in each bin of `DEPTH_EDGES`.
        t30: Of each room at 1 kHz [s], with the room's kind before it.
        faults: What stopped the measurement.
    """

    address: str
    rooms: int = 0
    area: float = 0.0
    triangles: int = 0
    objects: int = 0
    categories: dict[str, int] = field(default_factory=dict)
    depths: tuple[float, ...] = ()
    depth_counts: tuple[int, ...] = ()
    t30: tuple[tuple[str, float], ...] = ()
    faults: tuple[str, ...] = ()


def built(address: str) -> dict[str, Any]:
    """Only build the home without light; a `Look` as a dictionary, an exception as its fault."""
    return _guarded(Look, address, lambda: look_at(address, closely=False))


def looked(address: str) -> dict[str, Any]:
    """Build the home without light and look for faults; the same."""
    return _guarded(Look, address, lambda: look_at(address))


def measured(address: str) -> dict[str, Any]:
    """Measure what the home is like; a `Measured` as a dictionary, the same."""
    return _guarded(Measured, address, lambda: measure(address))


def _guarded(kind: type, address: str, look: Callable[[], Any]) -> dict[str, Any]:
    """What was found, or the exception as a fault: one home must not end a run over thousands."""
    try:
        return asdict(look())
    except Exception as problem:
        where = traceback.extract_tb(problem.__traceback__)[-1]
        fault = f"{type(problem).__name__}: {problem} ({where.filename.rpartition('/')[2]}, line {where.lineno})"
        return asdict(kind(address, faults=(fault,)))


def look_at(address: str, closely: bool = True) -> Look:
    """Build a home without light and look for faults, or, not `closely`, only for numbers that are none."""
    start = time.process_time()
    home = assembled(address)
    scene, glow = home.assembly.scene(home.name)
    seconds = time.process_time() - start
    faults = [] if np.isfinite(scene.vertices).all() and np.isfinite(glow).all() else ["NaN"]
    positions = 0
    if closely:
        engine = RayEngine(scene, threads=1)
        positions, wrong = _from_inside(home.plan, engine)
        faults += [*wrong, *(fault.description for fault in faults_of(home))]
    return Look(
        address,
        len(home.plan.rooms),
        floor_area(home.plan),
        max(room.height for room in home.plan.rooms),
        positions,
        len(scene.triangles),
        seconds,
        tuple(faults),
    )


def floor_area(plan: Plan) -> float:
    """Of all rooms [m2]."""
    return sum(room.interior.width * room.interior.depth for room in plan.rooms)


def _from_inside(plan: Plan, engine: RayEngine) -> tuple[int, list[str]]:
    """How many positions a home has, and what rays and a walker find wrong."""
    finder = PathFinder(engine)
    grid = finder.grid_positions(0.5)
    faults = []
    escaped = RAYS - int(np.count_nonzero(engine.intersect(*rays_inside(plan, RAYS)).hit))
    if escaped:
        faults.append(f"{escaped} of {RAYS} rays escape")
    if len(grid) < _FEWEST_POSITIONS:
        faults.append(f"only {len(grid)} positions")
    faults.extend(faults_of_ways(plan, finder, grid))
    return len(grid), faults


def rays_inside(plan: Plan, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Random points (count, 3) [m] in the rooms, between knee and head, and random directions (count, 3)."""
    rng = np.random.default_rng(0)
    boxes = [plan.rooms[k].interior.grown(-0.05) for k in rng.integers(len(plan.rooms), size=count)]
    low = np.array([[box.x0, 0.3, box.z0] for box in boxes])
    high = np.array([[box.x1, 2.2, box.z1] for box in boxes])
    directions = rng.normal(size=(count, 3))
    return rng.uniform(low, high), directions / np.linalg.norm(directions, axis=1, keepdims=True)


def faults_of_ways(plan: Plan, finder: PathFinder, grid: np.ndarray) -> list[str]:
    """Positions (n, 3) [m] that cannot be reached from the first, and rooms without one."""
    faults = []
    distances = np.asarray(finder.geodesic_distance(np.broadcast_to(grid[0], grid.shape), grid))
    if not np.isfinite(distances).all():
        faults.append(f"{np.count_nonzero(~np.isfinite(distances))} positions out of reach")
    for room in plan.rooms:
        r = room.interior
        inside = (grid[:, 0] > r.x0) & (grid[:, 0] < r.x1) & (grid[:, 2] > r.z0) & (grid[:, 2] < r.z1)
        if not inside.any():
            faults.append(f"no position in the {room.name} ({r.width:.2f} m x {r.depth:.2f} m)")
    return faults


def measure(address: str) -> Measured:
    """What a home is like to see and to hear."""
    home: AssembledHome = assembled(address)
    scene, _ = home.assembly.scene(home.name)
    things = Counter(thing.category for thing in scene.objects if thing.category not in SHELL)
    depth = views_depth(RayEngine(scene, threads=1))
    counts, _ = np.histogram(np.minimum(depth, DEPTH_EDGES[-1] - 1e-6), DEPTH_EDGES)
    return Measured(
        address,
        len(home.plan.rooms),
        floor_area(home.plan),
        len(scene.triangles),
        sum(things.values()),
        dict(sorted(things.items())),
        tuple(round(float(mean), 3) for mean in depth.mean(axis=1)),
        tuple(int(count) for count in counts),
        tuple((sound.kind, round(float(sound.t30[MIDDLE]), 3)) for sound in sounds_of(address)),
    )


def views_depth(engine: RayEngine) -> NDArray[np.float32]:
    """Planar depth [m] (views, pixels) of four views of 90 degrees at eye height at positions all over the grid."""
    grid = PathFinder(engine).grid_positions(0.5)
    chosen = grid[np.linspace(0, len(grid) - 1, min(_PLACES, len(grid))).round().astype(int)]
    positions, rotations = camera_poses(chosen + np.array([0.0, _EYES, 0.0]))
    hits = engine.intersect(*camera_rays(positions, rotations, _PIXELS), coherent=True)
    depth: NDArray[np.float32] = hits.distance.reshape(len(positions), -1)
    return depth
