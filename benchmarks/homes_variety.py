"""How varied procedural homes are, and whether all of them are sound: `python -m benchmarks.homes_variety`.

The one idea: every home is built without light and looked at as a user meets it, with rays from inside and a walker on
its floor. The table of what was found is written into `docs/homes.md`; a home that is not sound ends the run with 1.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.homes.home import build_unlit, recipe_of
from echoenv.scene.homes.plans.drafts import DRAFT_STYLES
from echoenv.scene.homes.plans.plan import Plan

PAGE = Path(__file__).parent.parent / "docs" / "homes.md"
_HEADING = "## Procedural homes"
_RAYS = 20_000
_FEWEST_POSITIONS = 15


@dataclass(frozen=True)
class Look:
    """What was found in one home: room count, area [m2], ceiling [m], positions, triangles, and what is wrong."""

    address: str
    rooms: int
    area: float
    ceiling: float
    positions: int
    triangles: int
    faults: tuple[str, ...]


def look_at(address: str) -> Look:
    """Build the home at an address without light and look for faults."""
    _, recipe = recipe_of(address)
    plan = recipe.plan(recipe.scale)
    scene, glow = build_unlit(address)
    engine = RayEngine(scene, threads=1)
    finder = PathFinder(engine)
    grid = finder.grid_positions(0.5)
    faults = []
    if not (np.isfinite(scene.vertices).all() and np.isfinite(glow).all()):
        faults.append("NaN")
    escaped = _RAYS - int(np.count_nonzero(engine.intersect(*rays_inside(plan, _RAYS)).hit))
    if escaped:
        faults.append(f"{escaped} of {_RAYS} rays escape")
    if len(grid) < _FEWEST_POSITIONS:
        faults.append(f"only {len(grid)} positions")
    faults.extend(faults_of_ways(plan, finder, grid))
    area = sum(room.interior.width * room.interior.depth for room in plan.rooms)
    ceiling = max(room.height for room in plan.rooms)
    return Look(address, len(plan.rooms), area, ceiling, len(grid), len(scene.triangles), tuple(faults))


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


def table(looks: dict[str, list[Look]]) -> str:
    """Lowest, middle and highest figure of every style, as a Markdown table."""

    def spread(values: list[float], digits: int = 0) -> str:
        return " / ".join(f"{value:,.{digits}f}" for value in np.quantile(values, [0.0, 0.5, 1.0]))

    lines = ["| style | rooms | area [m²] | highest ceiling [m] | positions | triangles |", "| --- " * 6 + "|"]
    for style, homes in looks.items():
        cells = [
            spread([home.rooms for home in homes]),
            spread([home.area for home in homes]),
            spread([home.ceiling for home in homes], 2),
            spread([home.positions for home in homes]),
            spread([home.triangles for home in homes]),
        ]
        lines.append(f"| `{style}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def write_page(text: str, page: Path = PAGE) -> None:
    """Put the section of procedural homes at the end of the page, in place of an older one."""
    before = page.read_text(encoding="utf-8").split(_HEADING)[0] if page.is_file() else "# Built-in homes\n\n"
    page.write_text(f"{before.rstrip()}\n\n{_HEADING}\n\n{text}\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Look at all homes, print what is wrong, write the page; 1 where anything was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.homes_variety", description=__doc__.splitlines()[0])
    parser.add_argument("--style", choices=DRAFT_STYLES, action="append", help="one style; repeat for several")
    parser.add_argument("--seeds", type=int, default=60, help="seeds per style, from 0 (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: %(default)s)")
    flags = parser.parse_args(arguments)
    looks = {}
    with ProcessPoolExecutor(flags.workers) as pool:
        for style in flags.style or DRAFT_STYLES:
            addresses = [f"procedural:{style}?seed={seed}" for seed in range(flags.seeds)]
            looks[style] = list(pool.map(look_at, addresses))
            print(f"{style}: {sum(bool(look.faults) for look in looks[style])} of {flags.seeds} homes have faults")
            for look in looks[style]:
                print(*(f"  {look.address}: {fault}" for fault in look.faults), sep="\n", end="\n" * bool(look.faults))
            sys.stdout.flush()
    found = table(looks)
    print(found)
    faulty = [look for homes in looks.values() for look in homes if look.faults]
    if not flags.style:
        write_page(_page_text(found, flags.seeds, faulty))
    return int(bool(faulty))


def _page_text(found: str, seeds: int, faulty: list[Look]) -> str:
    exceptions = [f"`{look.address}` ({'; '.join(look.faults)})" for look in faulty]
    which = f"all but {', '.join(exceptions)}" if faulty else "every one of them"
    return (
        "`procedural:STYLE?seed=SEED` names any other home: its plan, sizes, ceilings, doors, windows, colours and\n"
        f"furnishing follow from style and seed. Lowest / middle / highest figure over the seeds 0 to {seeds - 1} of\n"
        "each style; positions are those of the 0.5 m grid:\n\n"
        f"{found}\n\n"
        f"In {which}, {_RAYS:,} random rays from inside all hit something, every position can be reached\n"
        "from every other, and every room has one. Made by `python -m benchmarks.homes_variety`."
    )


if __name__ == "__main__":
    raise SystemExit(main())
