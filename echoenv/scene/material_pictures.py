"""What a scene is made of, as a picture: absorption in each band beside the area that each material covers.

The one idea: a material matters by absorption times area, so the two stand side by side, sorted by area, and the last
row is what a sound meets on average.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.errors import SettingsError
from echoenv.scene.material_mapping import triangle_areas
from echoenv.scene.materials import AcousticMaterial
from echoenv.scene.octave_bands import OCTAVE_CENTRES
from echoenv.scene.scene import Scene

BAND_NAMES = tuple(f"{centre:g}" if centre < 1000 else f"{centre / 1000:g}k" for centre in OCTAVE_CENTRES)
"""Octave-band centres [Hz] as axes show them."""

_INK, _BAR = "#22303c", "#3a7ca5"
_MOST_ROWS = 30


@dataclass(frozen=True, eq=False)
class MaterialShare:
    """How much of a scene is of one material.

    Attributes:
        material: The material.
        area: Its area [m2]; each triangle counts once, whichever side a room sees.
        share: The same as a share (0..1) of the scene's.
    """

    material: AcousticMaterial
    area: float
    share: float


def material_shares(scene: Scene) -> tuple[MaterialShare, ...]:
    """The materials of a scene with their areas, the largest first; those of equal name and numbers are one."""
    areas = np.bincount(scene.triangle_surfaces, triangle_areas(scene), len(scene.surfaces))
    found: dict[tuple[str, bytes], tuple[AcousticMaterial, float]] = {}
    for surface, area in zip(scene.surfaces, areas, strict=True):
        material = surface.material
        key = (material.name, np.asarray(material.absorption).tobytes())
        found[key] = (material, found.get(key, (material, 0.0))[1] + float(area))
    total = max(float(areas.sum()), 1e-30)
    ordered = sorted(found.values(), key=lambda pair: (-pair[1], pair[0].name))
    return tuple(MaterialShare(material, area, area / total) for material, area in ordered if area > 0.0)


def mean_absorption(scene: Scene) -> NDArray[np.float64]:
    """Absorption (8,) averaged over the area of a scene, transmission not counted."""
    shares = material_shares(scene)
    return np.asarray(sum(one.share * np.asarray(one.material.absorption, np.float64) for one in shares))


def picture_of_materials(scene: Scene, path: str | Path) -> Path:
    """Draw the absorption per octave band of every material in a scene, and its share of the area.

    Args:
        scene: The scene.
        path: Picture file; its ending says which format.

    Returns:
        The path.

    Raises:
        SettingsError: The ending is of no picture format.
    """
    from matplotlib.figure import Figure  # without pyplot: no window system, no global state

    shares = material_shares(scene)
    shown = shares[:_MOST_ROWS]
    rows = np.array([one.material.absorption for one in shown] + [mean_absorption(scene)])
    height = 1.5 + 0.27 * len(rows)
    figure = Figure(figsize=(10.5, height), layout="constrained")
    table, bars = figure.subplots(1, 2, sharey=True, width_ratios=(2.4, 1.0))
    _draw_absorption(table, rows, [one.material.name.replace("_", " ") for one in shown] + ["average over the area"])
    _draw_areas(bars, shown)
    left = f", the {len(shown)} largest of {len(shares)}" if len(shares) > len(shown) else ""
    figure.suptitle(f"{scene.name}: what it is made of{left}", fontsize=13, color=_INK)
    try:
        figure.savefig(path, dpi=110)
    except ValueError as error:
        raise SettingsError(
            f"picture '{path}' cannot be written ({error}): give a name such as materials.png"
        ) from None
    return Path(path)


def _draw_absorption(axes: Any, rows: NDArray[np.float64], names: list[str]) -> None:
    axes.imshow(np.sqrt(rows), cmap="YlGnBu", vmin=0.0, vmax=1.0, aspect="auto", interpolation="nearest")
    for i, row in enumerate(rows):
        for k, value in enumerate(row):
            color = "white" if value > 0.3 else _INK
            axes.text(k, i, f"{value:.2f}", ha="center", va="center", fontsize=8, color=color)
    axes.axhline(len(rows) - 1.5, color=_INK, linewidth=1.2)
    axes.set_xticks(range(len(BAND_NAMES)), BAND_NAMES)
    axes.set_yticks(range(len(rows)), names, fontsize=9)
    axes.set(xlabel="octave band [Hz]")
    axes.set_title("energy absorption", fontsize=11, color=_INK)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _draw_areas(axes: Any, shares: tuple[MaterialShare, ...]) -> None:
    percents = [100.0 * one.share for one in shares]
    axes.barh(range(len(shares)), percents, height=0.7, color=_BAR)
    for i, percent in enumerate(percents):
        axes.text(percent + 0.01 * max(percents), i, f"{percent:.1f} %", va="center", fontsize=8, color=_INK)
    total = sum(one.area for one in shares)
    axes.text(0.0, len(shares), f" {total:,.0f} m²", va="center", fontsize=9, color=_INK)
    axes.set(xlabel="share of the area [%]", xlim=(0.0, 1.22 * max(percents)))
    axes.set_title("area", fontsize=11, color=_INK)
    axes.tick_params(axis="y", length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
