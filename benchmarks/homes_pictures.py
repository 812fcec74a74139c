"""Pictures of the built-in homes for their page: `python -m benchmarks.homes_pictures`.

The one idea: nothing on the page is written by hand. Pictures, sentences and the table are made from the homes as they
are now, so a change of a home shows in the difference of two runs.
"""

from __future__ import annotations

import argparse
import collections
import time

import numpy as np

from benchmarks.pages import HOMES, write_section
from echoenv.datasets.scene_picture import ScenePicture
from echoenv.scene.files import load_scene
from echoenv.scene.homes.home import HOME_NAMES, recipe_of
from echoenv.scene.homes.plans.plan import Plan
from echoenv.scene.scene import Scene

_FOLDER = HOMES.parent / "images" / "homes"
_HEADING = "Pictures"
_HELD_OUT = ("apartment_2", "frl_apartment_5", "office_4")  # the test scenes of the VisualEchoes data set
_NAMED_THINGS = 14


def floor_area(plan: Plan) -> float:
    """Of all rooms, between their walls [m2]."""
    return sum(room.interior.width * room.interior.depth for room in plan.rooms)


def sentence(plan: Plan, scene: Scene, positions: int) -> str:
    """What a home is, in words: rooms, size, things."""
    rooms = ", ".join(f"{room.name} ({room.interior.width * room.interior.depth:.0f} m²)" for room in plan.rooms)
    kinds = collections.Counter(thing.category for thing in scene.objects)
    things = ", ".join(f"{count} {kind}" if count > 1 else kind for kind, count in kinds.most_common(_NAMED_THINGS))
    return (
        f"{rooms}. {positions} positions, {len(scene.triangles):,} triangles, {len(scene.objects)} objects of "
        f"{len(kinds)} categories: {things}, ..."
    )


def table(rows: dict[str, tuple[float, int, int, int, int]]) -> str:
    """Area [m2], rooms, positions, triangles and objects of all homes, and their sums, as a Markdown table."""
    lines = ["| home | area [m²] | rooms | positions | triangles | objects |", "| --- " * 6 + "|"]
    lines += [f"| `{name}` | {a:.0f} | {r} | {p} | {t:,} | {o} |" for name, (a, r, p, t, o) in rows.items()]
    held_out = sum(rows[name][2] for name in _HELD_OUT if name in rows)
    sums = np.array(list(rows.values())).sum(axis=0)
    lines.append(f"| all | {sums[0]:.0f} | {sums[1]:.0f} | {sums[2]:.0f} | {sums[3]:,.0f} | {sums[4]:.0f} |")
    return "\n".join(lines) + f"\n\nThe held-out three ({', '.join(_HELD_OUT)}) have {held_out} of the positions."


def main(arguments: list[str] | None = None) -> int:
    """Write the pictures and the section; always 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.homes_pictures", description=__doc__.splitlines()[0])
    parser.add_argument("--home", choices=HOME_NAMES, action="append", help="one home; the page stays as it is")
    flags = parser.parse_args(arguments)
    _FOLDER.mkdir(parents=True, exist_ok=True)
    rows, parts = {}, []
    for name in flags.home or HOME_NAMES:
        started = time.perf_counter()
        scene, recipe = load_scene(name), recipe_of(name)[1]
        plan, picture = recipe.plan(recipe.scale), ScenePicture(scene)
        (_FOLDER / f"{name}.jpg").write_bytes(picture.panel())
        rows[name] = (
            floor_area(plan),
            len(plan.rooms),
            picture.grid_size,
            len(scene.triangles),
            len(scene.objects),
        )
        parts.append(f"### {name}\n\n{sentence(plan, scene, picture.grid_size)}\n\n![{name}](images/homes/{name}.jpg)")
        print(f"{name}: {picture.grid_size} positions, {time.perf_counter() - started:.1f} s", flush=True)
    if not flags.home:
        made = "Made by `python -m benchmarks.homes_pictures`: the plan with its 0.5 m grid, and six views."
        write_section(HOMES, _HEADING, "\n\n".join([made, table(rows), *parts]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
