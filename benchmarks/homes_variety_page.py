"""What is told of procedural homes: tables, sentences and one figure, made of what was found in each.

The one idea: distributions are told as lowest / middle / highest over the homes of a style, and drawn as histograms,
so that one reads both how far homes differ and what is usual.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from benchmarks.homes_looks import DEPTH_EDGES, Look, Measured

FIGURE = Path(__file__).parent.parent / "docs" / "images" / "homes_variety.png"
_COLORS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee")


def _spread(values: ArrayLike, digits: int = 0) -> str:
    """Lowest / middle / highest."""
    array = np.asarray(values, dtype=np.float64)
    if not np.isfinite(array).any():
        return "-"
    return " / ".join(f"{value:,.{digits}f}" for value in np.nanquantile(array, [0.0, 0.5, 1.0]))


def looks_table(looks: Mapping[str, Sequence[Look]]) -> str:
    """Lowest, middle and highest figure of every style, as a Markdown table."""
    lines = [
        "| style | homes | rooms | area [m²] | highest ceiling [m] | positions | triangles | building [s] |",
        "| --- " * 8 + "|",
    ]
    for style, homes in looks.items():
        made = [home for home in homes if home.triangles]
        if not made:
            continue
        positions = [home.positions for home in made if home.positions]
        cells = [
            f"{len(homes):,}",
            _spread([home.rooms for home in made]),
            _spread([home.area for home in made]),
            _spread([home.ceiling for home in made], 2),
            _spread(positions) if positions else "-",
            _spread([home.triangles for home in made]),
            _spread([home.seconds for home in made], 2),
        ]
        lines.append(f"| `{style}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def looks_text(looks: Mapping[str, Sequence[Look]], faulty: Sequence[Look], rays: int) -> str:
    """The section of procedural homes that were looked at closely, with so many `rays` from inside each."""
    which = f"all but {len(faulty)} ({_named(faulty)})" if faulty else "every one of them"
    return (
        "`procedural:STYLE?seed=SEED` names any other home: its plan, sizes, ceilings, doors, windows, colours and\n"
        f"furnishing follow from style and seed. Lowest / middle / highest figure over {_count(looks):,} homes,\n"
        "the first seeds of each style; positions are those of the 0.5 m grid, building is processor time without\n"
        "light:\n\n"
        f"{looks_table(looks)}\n\nIn {which}, {rays:,} random rays from inside all hit something, every position can\n"
        "be reached from every other, every room has one, and nothing floats, pierces a wall, stands in a doorway or\n"
        "in another thing. Made by `python -m benchmarks.homes_variety`."
    )


def built_text(looks: Mapping[str, Sequence[Look]], faulty: Sequence[Look]) -> str:
    """The section of procedural homes that were built, without light, and not looked at more closely."""
    which = f"all but {len(faulty)} ({_named(faulty)})" if faulty else "all"
    return (
        f"{_count(looks):,} homes, the first seeds of each style, were built without light:\n"
        f"{which} without a failure. Lowest / middle / highest figure; positions were not counted:\n\n"
        f"{looks_table(looks)}\n\n"
        "Made by `python -m benchmarks.homes_variety --only-build --seeds 2000 --measured 0`."
    )


def _count(looks: Mapping[str, Sequence[Look]]) -> int:
    return sum(len(homes) for homes in looks.values())


def _named(faulty: Sequence[Look]) -> str:
    exceptions = [f"`{look.address}` ({'; '.join(look.faults)})" for look in faulty[:10]]
    if len(faulty) > len(exceptions):
        exceptions.append(f"{len(faulty) - len(exceptions)} more")
    return ", ".join(exceptions)


def variety_table(homes: Mapping[str, Sequence[Measured]]) -> str:
    """How homes of each style differ, as a Markdown table."""
    lines = [
        "| style | objects | categories | mean depth of a view [m] | T30 of rooms at 1 kHz [s] | triangles |",
        "| --- " * 6 + "|",
    ]
    for style, those in homes.items():
        if not those:
            continue
        cells = [
            _spread([home.objects for home in those]),
            _spread([len(home.categories) for home in those]),
            _spread([depth for home in those for depth in home.depths], 2),
            _spread([time for home in those for _, time in home.t30], 2),
            _spread([home.triangles for home in those]),
        ]
        lines.append(f"| `{style}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def categories_text(homes: Mapping[str, Sequence[Measured]]) -> str:
    """Every category of things with the share of homes that have one, the most frequent first."""
    every = [home for those in homes.values() for home in those]
    having = Counter(category for home in every for category in home.categories)
    listed = sorted(having.items(), key=lambda item: (-item[1], item[0]))
    shares = ", ".join(f"{category} {100.0 * count / len(every):.0f}" for category, count in listed)
    return f"{len(listed)} categories of things, with the share of homes [%] that have one or more: {shares}."


def variety_text(homes: Mapping[str, Sequence[Measured]]) -> str:
    """The section on variety."""
    count = sum(len(those) for those in homes.values())
    return (
        f"Measured in {count} procedural homes, the first seeds of each style: lowest / middle / highest figure over\n"
        "homes, views (four of 90 degrees at eye height from positions all over the grid) or rooms.\n\n"
        f"{variety_table(homes)}\n\n{categories_text(homes)}\n\n"
        f"![Distributions of depth, reverberation time, rooms, area, objects and categories](images/{FIGURE.name})\n\n"
        "Made by `python -m benchmarks.homes_variety`."
    )


def variety_figure(homes: Mapping[str, Sequence[Measured]], path: Path = FIGURE) -> None:
    """Histograms of what varies, a colour for each style."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels: dict[str, dict[str, list[float]]] = {
        "mean depth of a view [m]": {s: [d for home in those for d in home.depths] for s, those in homes.items()},
        "T30 of a room at 1 kHz [s]": {s: [t for home in those for _, t in home.t30] for s, those in homes.items()},
        "floor area [m²]": {s: [home.area for home in those] for s, those in homes.items()},
        "things": {s: [float(home.objects) for home in those] for s, those in homes.items()},
        "categories of things": {s: [float(len(home.categories)) for home in those] for s, those in homes.items()},
    }
    figure, axes = pyplot.subplots(2, 3, figsize=(9.0, 5.0), layout="constrained")
    _depth_panel(axes[0, 0], homes)
    for axis, (title, values) in zip(axes.ravel()[1:], panels.items(), strict=True):
        every = [value for those in values.values() for value in those if np.isfinite(value)]
        edges = np.linspace(min(every, default=0.0), max(every, default=1.0), 24)
        heights = [np.histogram([v for v in those if np.isfinite(v)], edges)[0] for those in values.values()]
        axis.stackplot((edges[1:] + edges[:-1]) / 2.0, heights, colors=_COLORS, step="mid", labels=list(values))
        axis.set(xlabel=title, yticks=[])
    axes[0, 1].legend(frameon=False, fontsize=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
    pyplot.close(figure)


def _depth_panel(axis: Any, homes: Mapping[str, Sequence[Measured]]) -> None:
    """Depth of all pixels, each style as a curve of its own."""
    middles = (DEPTH_EDGES[1:] + DEPTH_EDGES[:-1]) / 2.0
    for color, (style, those) in zip(_COLORS, homes.items(), strict=False):
        if those:
            counts = np.sum([home.depth_counts for home in those], axis=0)
            axis.plot(middles, counts / counts.sum(), color=color, label=style)
    axis.set(xlabel="depth of a pixel [m]", yticks=[], ylim=(0.0, None))
