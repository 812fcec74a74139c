"""The decays of the engines as a picture: one box that all know, one furnished home.

The one idea: what a table of slopes hides, early reflections, bends and floors, is seen in the curve.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks.accuracy_engines import ENGINE_TITLES, RATE, engine, octave_energy, pra_box, responses
from benchmarks.accuracy_rows import KILOHERTZ, LISTENER, SIZE, SOURCE
from echoenv.audio.room_metrics import decay_curve, metrics_of_energy
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.scene import Scene
from tests.rooms import box_room

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "accuracy_decays.png"
COLORS = {"echoenv": "tab:blue", "rlr": "tab:orange", "pyroomacoustics": "tab:green"}
_DURATION = 1.5


def draw_decays() -> None:
    """Compute the decays and draw them into `PICTURE`."""
    figure = Figure(figsize=(11.0, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    box = box_room(SIZE, 0.2, 0.5)
    for name in _installed(("echoenv", "rlr")):
        _draw(left, name, responses(engine(name, box), SOURCE, LISTENER, _DURATION)[0, 0])
    for name in _installed(("pyroomacoustics",)):
        _draw(left, name, pra_box(SIZE, 0.2, 0.5, SOURCE, LISTENER))
    home = load_scene("room_0")
    source, listener = _places(home)
    for name in _installed(("echoenv", "rlr")):
        _draw(right, name, responses(engine(name, home), source, listener, _DURATION)[0, 0])
    left.set(title="box of 7 x 3 x 5 m", xlabel="time [s]", ylabel="energy still to come [dB]", ylim=(-65.0, 2.0))
    right.set(title="room_0", xlabel="time [s]")
    for axes in (left, right):
        axes.set_xlim(0.0, 1.0)
        axes.grid(alpha=0.3)
        axes.legend()
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=80)


def _installed(names: tuple[str, ...]) -> list[str]:
    packages = {"rlr": "_rlr_audio_propagation", "pyroomacoustics": "pyroomacoustics"}
    return [name for name in names if name not in packages or importlib.util.find_spec(packages[name])]


def _places(home: Scene) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two places [m] (3,) at least 2 m apart, 1.5 m above the floor."""
    pathfinder, rng = PathFinder(RayEngine(home, threads=1)), np.random.default_rng(0)
    first = np.asarray(pathfinder.get_random_navigable_point(rng))
    while True:
        second = np.asarray(pathfinder.get_random_navigable_point(rng))
        if np.linalg.norm(second - first) > 2.0:
            return first + [0.0, 1.5, 0.0], second + [0.0, 1.5, 0.0]


def _draw(axes: Any, name: str, response: NDArray[np.float64]) -> None:
    energy = octave_energy(np.pad(response, (0, max(0, round(_DURATION * RATE) - len(response)))))[:, KILOHERTZ]
    t30 = float(
        metrics_of_energy(energy, 1.0 / RATE, np.argmax(np.abs(response) > 0.1 * np.abs(response).max()) / RATE).t30
    )
    times = np.arange(len(energy) + 1) / RATE
    label = f"{ENGINE_TITLES[name]}, T30 {t30:.2f} s"
    axes.plot(times, decay_curve(energy, 1.0 / RATE), color=COLORS[name], label=label, linewidth=1.2)
