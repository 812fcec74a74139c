"""EchoEnv beside RLR in the same homes: `python -m benchmarks.beside_rlr` writes it into docs/accuracy.md.

The one idea: whoever moves from SoundSpaces 2.0 asks what will differ and by how much. So both engines get the same
mesh, materials and pairs, many rays, and several runs whose energies are averaged; what then differs is physics, not
noise. Nobody is right by definition: docs/accuracy.md tells where each is against closed forms.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import acoustics_runs as runs
from benchmarks import machine
from benchmarks.pages import write_section
from benchmarks.records import Records
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.acoustics.rlr.library import Layout, RlrContext
from echoenv.acoustics.rlr.settings import RlrSettings
from echoenv.navigation.pathfinder import PathFinder
from echoenv.rays import RayEngine
from echoenv.scene.scene import Scene

KEPT = Path(__file__).parent / "results" / "beside_rlr.jsonl"
PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"
HEADING = "Beside RLR in the same homes"
HOMES = ("apartment_0", "room_0", "office_0")
PAIRS = 4
_OURS, _RLR = (30_000, 6), (30_000, 4)  # rays, runs
_SCATTERED_PAIRS = 2
_UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])
_METRICS = ("t30", "c50", "drr")
_UNITS = {"t30": "T30 [%]", "c50": "C50 [dB]", "drr": "DRR [dB]"}
_BANDS = ("125 Hz", "250 Hz", "500 Hz", "1 kHz", "2 kHz", "4 kHz")


def code_in_use() -> str:
    """A hash of what makes the results: the acoustics, and how responses are read."""
    here = Path(__file__).parent
    sources = [*sorted((here.parent / "echoenv" / "acoustics").rglob("*.py")), here / "acoustics_runs.py"]
    sources += [here.parent / "echoenv" / "audio" / name for name in ("octave_filters.py", "room_metrics.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def pairs_of(home: str, hidden: bool) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """`PAIRS` sources and listeners [m], 1.5 to 6 m apart in sight of each other, or 2 to 8 m apart and not."""
    engine = runs.engine_of(home)
    pathfinder = PathFinder(engine)
    places, rng = pathfinder.grid_positions() + [0.0, 1.5, 0.0], np.random.default_rng(7)
    nearest, farthest = (2.0, 8.0) if hidden else (1.5, 6.0)
    found: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for _ in range(2000):
        source, listener = places[rng.choice(len(places), 2, replace=False)]
        distance = float(np.linalg.norm(listener - source))
        blocked = bool(engine.occluded(source, (listener - source) / distance, distance)[0])
        if nearest < distance < farthest and blocked == hidden:
            found.append((source, listener))
        if len(found) == PAIRS:
            break
    return found


def readings(kept: Records) -> None:
    """Readings of both engines at every pair."""
    for home in HOMES:
        for hidden in (False, True):
            for number, (source, listener) in enumerate(pairs_of(home, hidden)):
                for engine, reading in (("ours", _ours), ("rlr", _rlr)):
                    key = f"{home}/{'hidden' if hidden else 'seen'}/{number}/{engine}"
                    if key not in kept:
                        kept.add(key, reading(home, source, listener))
                        print(key, flush=True)


def _ours(home: str, source: NDArray[np.float64], listener: NDArray[np.float64]) -> dict[str, Any]:
    rays, count = _OURS
    tracer = runs.propagator(home, rays)
    found = [tracer.propagate([source], [listener], 50 + seed)[0][0] for seed in range(count)]
    return _read(np.mean([runs.energy_of(runs.heard(one, 9)) for one in found], axis=0))


def _rlr(home: str, source: NDArray[np.float64], listener: NDArray[np.float64]) -> dict[str, Any]:
    rays, count = _RLR
    context = runs.rlr(home, rays)
    responses = [context.simulate(source[None], listener, _UPRIGHT)[0] for _ in range(count)]
    return _read(np.mean([runs.energy_of(one) for one in responses], axis=0))


def _read(energy: NDArray[np.float64]) -> dict[str, Any]:
    found = runs.read_response(energy, runs.onset_of(energy))
    return {name: [None if np.isnan(x) else float(x) for x in found[name]] for name in _METRICS}


def scattered_readings(kept: Records) -> None:
    """Reverberation times at pairs in sight of each other with every surface made fully scattering."""
    for home in HOMES:
        scene = _scattering(runs.scene_of(home))
        tracer = Propagator(RayEngine(scene, threads=1), PropagationSettings(rays=_OURS[0], duration=runs.DURATION))
        settings = RlrSettings(indirect_ray_count=_RLR[0])
        context = RlrContext(scene, 1, Layout("Binaural", 2), settings, runs.SAMPLE_RATE, 4.0)
        for number, (source, listener) in enumerate(pairs_of(home, hidden=False)[:_SCATTERED_PAIRS]):
            key = f"{home}/scattered/{number}"
            if f"{key}/ours" in kept and f"{key}/rlr" in kept:
                continue
            found = [tracer.propagate([source], [listener], 50 + seed)[0][0] for seed in range(_OURS[1])]
            ours = np.mean([runs.energy_of(runs.heard(one, 9)) for one in found], axis=0)
            heard = [context.simulate(source[None], listener, _UPRIGHT)[0] for _ in range(_RLR[1])]
            kept.add(f"{key}/ours", _read(ours))
            kept.add(f"{key}/rlr", _read(np.mean([runs.energy_of(one) for one in heard], axis=0)))
            print(key, flush=True)


def _scattering(scene: Scene) -> Scene:
    """The scene with all its surfaces fully scattering."""
    surfaces = [
        replace(one, material=replace(one.material, scattering=np.ones(len(np.atleast_1d(one.material.absorption)))))
        for one in scene.surfaces
    ]
    return replace(scene, surfaces=tuple(surfaces))


def differences(kept: Records, seen: str, metric: str) -> NDArray[np.float64]:
    """Ours less RLR's (pairs, 8) over all homes: [%] of RLR's for times, [dB] for ratios; NaN where one has none."""
    rows = []
    for home in HOMES:
        for number in range(PAIRS):
            keys = [f"{home}/{seen}/{number}/{engine}" for engine in ("ours", "rlr")]
            if all(key in kept for key in keys):
                ours, theirs = (np.array(kept[key][metric], dtype=float) for key in keys)
                rows.append(100.0 * (ours / theirs - 1.0) if metric == "t30" else ours - theirs)
    return np.array(rows)


def text(kept: Records) -> str:
    """The section."""
    lines = [
        "`python -m benchmarks.beside_rlr` makes this section: the same mesh, materials and pairs for both engines,",
        f"{_OURS[0]:,} rays each, energies at the left ear averaged over {_OURS[1]} runs of ours and {_RLR[1]} of RLR,",
        f"otherwise their defaults. {PAIRS} pairs in sight of each other and {PAIRS} that are not in each of",
        f"{', '.join(HOMES)}.",
        "Figures are ours less RLR's: mean over pairs ± standard deviation.",
        "",
        machine.as_text(machine.describe()),
        "",
        "| | " + " | ".join(_BANDS) + " |",
        "| --- |" + " --- |" * len(_BANDS),
    ]
    for seen, words in (("seen", "in sight"), ("hidden", "out of sight")):
        for metric in _METRICS:
            if metric == "drr" and seen == "hidden":
                continue
            values = differences(kept, seen, metric)[:, 1:7]
            cells = [f"{np.nanmean(column):+.1f} ± {np.nanstd(column):.1f}" for column in values.T]
            lines.append(f"| {_UNITS[metric]}, {words} | " + " | ".join(cells) + " |")
    scattered = differences(kept, "scattered", "t30")[:, 1:7]
    cells = [f"{np.nanmean(column):+.1f} ± {np.nanstd(column):.1f}" for column in scattered.T]
    lines.append("| T30 [%], in sight, every surface fully scattering | " + " | ".join(cells) + " |")
    homes = [f"{home} {_middle(kept, home, 'ours'):.2f} and {_middle(kept, home, 'rlr'):.2f} s" for home in HOMES]
    lines += ["", f"T30 at 1 kHz in sight, ours and RLR's: {', '.join(homes)}.", "", *_REASON]
    return "\n".join(lines)


_REASON = (
    "Reverberation times agree where sound is diffuse: out of sight, and everywhere once every surface scatters. Where",
    "few do, as between the bare walls of an office under an absorbing ceiling, ours are longer, because sound that",
    "goes to and fro between walls outlives the rest; RLR's do not change with scattering. Row 10 asks both for the",
    "decay of a box of mirrors, which is known.",
)


def _middle(kept: Records, home: str, engine: str) -> float:
    """Mean T30 [s] at 1 kHz of the pairs in sight."""
    return float(np.mean([kept[f"{home}/seen/{number}/{engine}"]["t30"][4] for number in range(PAIRS)]))


def main() -> None:
    """Runs what is missing, and writes the section."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    kept = Records(KEPT, code_in_use())
    readings(kept)
    scattered_readings(kept)
    write_section(PAGE, HEADING, text(kept))


if __name__ == "__main__":
    main()
