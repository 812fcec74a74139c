"""How long rooms of the built-in homes ring: `python -m benchmarks.homes_reverberation`.

The one idea: every room of every home is measured as an acoustician would, with a source and a listener at a height of
1.5 m, at least a metre from each other, and every door as it stands: what rooms lend each other is part of the result.
The same is measured without the furniture. Eyring's estimate, from what straight lines through a room meet, is printed
to tell which surfaces the absorption is in. The tables are written into `docs/homes.md`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.pages import HOMES, write_section
from echoenv.acoustics.air import Air
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.audio.room_metrics import metrics_of_energy
from echoenv.rays import RayEngine
from echoenv.scene.homes.assembly import AssembledHome, surface_key
from echoenv.scene.homes.home import HOME_NAMES, assembled
from echoenv.scene.homes.plans.drafts import DRAFT_STYLES
from echoenv.scene.homes.plans.plan import Room
from echoenv.scene.homes.style import seeded
from echoenv.scene.octave_bands import OCTAVE_CENTRES
from echoenv.scene.scene import Scene

HEADING = "Reverberation"
BANDS = slice(1, 7)  # 125 Hz to 4 kHz
MIDDLE = OCTAVE_CENTRES.index(1000)
EAR_HEIGHT = 1.5  # [m]

SETTINGS = PropagationSettings(rays=20_000, duration=3.0)
_PAIRS = 2
_APART = 1.0  # [m], source to listener, where the room is large enough
_CLEAR = 0.25  # [m], around either
_LINES = 8000


@dataclass(frozen=True, eq=False)
class RoomSound:
    """How one room sounds.

    Attributes:
        home: Name of the home.
        room: Name of the room.
        kind: What it is furnished as.
        t30: [s] (8,) per octave band, mean of the pairs.
        empty: The same without furniture.
        eyring: [s] (8,), estimated; doors and passages count as walls of mean absorption.
        volume: Of air [m3].
        absorption: Equivalent absorption area [m2] (8,) by category and material.
    """

    home: str
    room: str
    kind: str
    t30: NDArray[np.float64]
    empty: NDArray[np.float64]
    eyring: NDArray[np.float64]
    volume: float
    absorption: dict[str, NDArray[np.float64]]


def sounds_of(name: str) -> list[RoomSound]:
    """Build a home without light and measure its rooms, furnished and empty."""
    home = assembled(name)
    scene, _ = home.assembly.scene(home.name)
    engine = RayEngine(scene, threads=1)
    propagator = Propagator(engine, SETTINGS)
    empty = Propagator(RayEngine(_shell_of(scene, home), threads=1), SETTINGS)
    found = []
    for room in home.plan.rooms:
        rng = seeded(f"reverberation {name} {room.name}")
        eyring, volume, absorption = eyring_estimate(engine, room, propagator.air, rng)
        places = standing_places(engine, room, rng)
        times = _reverberation(propagator, *places)
        found.append(
            RoomSound(name, room.name, room.kind, times, _reverberation(empty, *places), eyring, volume, absorption)
        )
    return found


def _shell_of(scene: Scene, home: AssembledHome) -> Scene:
    """The scene without what furnishes it."""
    shell = [placed.number for placed in home.assembly.placed if not placed.room]
    kept = np.isin(scene.triangle_objects, shell)
    return replace(
        scene,
        triangles=scene.triangles[kept],
        triangle_surfaces=scene.triangle_surfaces[kept],
        triangle_objects=scene.triangle_objects[kept],
        corner_uvs=None,
    )


def _reverberation(
    propagator: Propagator, sources: NDArray[np.float64], listeners: NDArray[np.float64]
) -> NDArray[np.float64]:
    """T30 [s] (8,), the mean over pairs (n, 3) [m]."""
    pairs = propagator.propagate_pairs(sources, listeners)
    times = [metrics_of_energy(pair.energy_over_time(), pair.diffuse.bin_width).t30 for pair in pairs]
    return np.asarray(np.mean(times, axis=0))


def standing_places(
    engine: RayEngine, room: Room, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sources and listeners (pairs, 3) [m] in a room, clear of furniture, in sight of each other and well apart."""
    inside = room.interior.grown(-0.4)
    low, high = [inside.x0, EAR_HEIGHT, inside.z0], [inside.x1, EAR_HEIGHT, inside.z1]
    points = rng.uniform(low, high, (800, 3))
    clear = points[_clearance(engine, points) > _CLEAR]
    points = clear if len(clear) >= 2 * _PAIRS else points
    sources, listeners = points[: len(points) // 2], points[len(points) // 2 : len(points) // 2 * 2]
    way = listeners - sources
    hidden = engine.occluded(sources, way, 1.0)
    rank = np.minimum(np.linalg.norm(way, axis=1), _APART) - 10.0 * hidden
    best = np.argsort(-rank, kind="stable")[:_PAIRS]
    return sources[best], listeners[best]


def _clearance(engine: RayEngine, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance [m] (n,) of points from what is around them, along 26 directions; 0 inside solids."""
    steps = np.stack(np.meshgrid(*[[-1.0, 0.0, 1.0]] * 3), axis=-1).reshape(-1, 3)
    ways = steps[np.abs(steps).sum(axis=1) > 0]
    ways = np.tile(ways / np.linalg.norm(ways, axis=1, keepdims=True), (len(points), 1))
    hits = engine.intersect(np.repeat(points, len(ways) // len(points), axis=0), ways)
    from_inside = np.sum(engine.normals[hits.triangle] * ways, axis=1) > 0.0
    distance = np.where(from_inside, 0.0, hits.distance)
    return np.asarray(distance.reshape(len(points), -1).min(axis=1), dtype=np.float64)


def eyring_estimate(
    engine: RayEngine, room: Room, air: Air, rng: np.random.Generator
) -> tuple[NDArray[np.float64], float, dict[str, NDArray[np.float64]]]:
    """Eyring's reverberation time (8,) [s], volume [m3] and absorption areas [m2] (8,) by surface.

    Straight lines through random points of the air, weighted by one over the length of their chord, are distributed as
    isotropic lines are: they meet surfaces in proportion to the area that the room sees of them, and the mean of one
    over the chord is S / 4V (Kosten, 1960). What they meet beyond the room's walls is left out.
    """
    inside = room.interior
    low, high = np.array([inside.x0, 0.0, inside.z0]), np.array([inside.x1, room.height, inside.z1])
    origins, ways = rng.uniform(low, high, (_LINES, 3)), rng.normal(size=(_LINES, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    both = np.stack([ways, -ways])
    hits = [engine.intersect(origins, way) for way in both]
    distance = np.stack([hit.distance for hit in hits]).astype(np.float64)
    triangle = np.stack([hit.triangle for hit in hits])
    in_air = np.all(np.sum(engine.normals[triangle] * both, axis=2) < 0.0, axis=0)
    weight = np.where(in_air, 1.0 / np.maximum(distance.sum(axis=0), 0.02), 0.0)
    volume = float(np.prod(high - low) * in_air.mean())
    surface = 4.0 * volume * float(weight.sum() / in_air.sum())
    ends = origins + both * distance[..., None]
    here = np.all((ends > low - 0.02) & (ends < high + 0.02), axis=2)
    share = np.bincount(
        engine.scene.triangle_surfaces[triangle[here]],
        np.broadcast_to(weight, here.shape)[here],
        len(engine.scene.surfaces),
    )
    absorption = _absorption_areas(engine, surface * share / share.sum())
    mean = np.sum(list(absorption.values()), axis=0) / surface
    loss = -surface * np.log(1.0 - np.minimum(mean, 0.99)) + 4.0 * air.band_attenuation * volume
    return 55.26 * volume / air.speed_of_sound / loss, volume, absorption


def _absorption_areas(engine: RayEngine, areas: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Absorption areas [m2] (8,) by category and material, of surfaces that are seen with these areas [m2]."""
    found: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(OCTAVE_CENTRES)))
    for area, surface in zip(areas, engine.scene.surfaces, strict=True):
        category, material, _ = surface_key(surface)
        found[f"{category} ({material})"] += area * (1.0 - surface.material.reflection.astype(np.float64))
    return dict(found)


def tables(rooms: Sequence[RoomSound]) -> str:
    """T30 at 1 kHz by kind of room, and the middle in every octave, as Markdown tables."""
    kinds = sorted({room.kind for room in rooms})
    lines = ["| room | measured | T30 at 1 kHz [s] | without furniture [s] | volume [m³] |", "| --- " * 5 + "|"]
    octaves = [f"| room | {' | '.join(f'{f:g} Hz' for f in OCTAVE_CENTRES[BANDS])} |", "| --- " * 7 + "|"]
    for kind in kinds:
        those = [room for room in rooms if room.kind == kind]
        times = np.array([room.t30 for room in those])
        name = kind.replace("_", " ")
        volumes = _spread([room.volume for room in those], 0)
        empty = _spread([room.empty[MIDDLE] for room in those])
        lines.append(f"| {name} | {len(those)} | {_spread(times[:, MIDDLE])} | {empty} | {volumes} |")
        octaves.append(f"| {name} | {' | '.join(f'{t:.2f}' for t in np.nanmedian(times[:, BANDS], axis=0))} |")
    return "\n".join([*lines, "", "Middle of T30 [s] in octaves:", "", *octaves])


def _spread(values: ArrayLike, digits: int = 2) -> str:
    low, middle, high = np.nanquantile(np.asarray(values, dtype=np.float64), [0.0, 0.5, 1.0])
    return f"{low:.{digits}f} / {middle:.{digits}f} / {high:.{digits}f}"


def absorbers(rooms: Iterable[RoomSound], count: int = 9) -> str:
    """Where the absorption at 1 kHz is: the mean share [%] of the surfaces that take most, by kind of room."""
    lines = []
    by_kind: dict[str, list[RoomSound]] = defaultdict(list)
    for room in rooms:
        by_kind[room.kind].append(room)
    for kind, those in sorted(by_kind.items()):
        shares: dict[str, float] = defaultdict(float)
        for room in those:
            total = sum(area[MIDDLE] for area in room.absorption.values())
            for what, area in room.absorption.items():
                shares[what] += 100.0 * float(area[MIDDLE] / total) / len(those)
        largest = sorted(shares.items(), key=lambda item: -item[1])[:count]
        lines.append(f"{kind}: {', '.join(f'{what} {share:.0f} %' for what, share in largest)}")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Measure all homes, print tables, write the page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.homes_reverberation", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--homes", nargs="*", default=list(HOME_NAMES), help="built-in homes (default: all)")
    parser.add_argument("--seeds", type=int, default=4, help="procedural seeds per style (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1000, help="the first of them (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    parser.add_argument("--rooms", action="store_true", help="print every room, and write no page")
    flags = parser.parse_args(arguments)
    seeds = range(flags.first, flags.first + flags.seeds)
    drawn = [f"procedural:{style}?seed={seed}" for style in DRAFT_STYLES for seed in seeds]
    with ProcessPoolExecutor(flags.workers) as pool:
        rooms = [room for found in pool.map(sounds_of, [*flags.homes, *drawn]) for room in found]
    if flags.rooms:
        for room in rooms:
            times = " ".join(f"{time:.2f}" for time in room.t30[BANDS])
            rest = f"empty {room.empty[MIDDLE]:.2f}  Eyring {room.eyring[MIDDLE]:.2f}"
            print(f"{room.home:28} {room.room:16} {room.volume:6.1f} m3  T30 {times}  {rest}")
    print(tables(rooms), absorbers(rooms), sep="\n\n")
    if not flags.rooms:
        write_section(HOMES, HEADING, _page_text(rooms, len(flags.homes), seeds))
    return 0


def _page_text(rooms: Sequence[RoomSound], homes: int, seeds: range) -> str:
    return (
        f"Lowest / middle / highest over all rooms of {homes} built-in homes and of the {len(seeds)} procedural homes\n"
        f"of each style from seed {seeds.start} on. Finishes were chosen with the built-in homes and the seeds 0 to 3\n"
        "in view, so only the other procedural ones are a test of them. Source and listener stand\n"
        f"{EAR_HEIGHT:g} m high, at least {_APART:g} m apart where the room allows.\n"
        "Doors are as they stand, so neighbouring rooms take part. T30 is that of ISO 3382-1, the mean of\n"
        f"{_PAIRS} pairs in each room; the volume is that of the air between the furniture.\n\n"
        f"{tables(rooms)}\n\nMade by `python -m benchmarks.homes_reverberation`."
    )


if __name__ == "__main__":
    raise SystemExit(main())
