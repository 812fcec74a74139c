"""Error against time, ours and RLR's: `python -m benchmarks.acoustics_errors` writes it into docs/benchmarks.md.

The one idea: each engine is compared with its own converged result, so that what counts is noise and what is lost by
having few rays, not whose physics is right (docs/accuracy.md is about that). Runs of both engines take turns, times
are of one core, and the least of the runs counts, since other work on a machine only ever adds time. A run that was
ended goes on where it was.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import acoustics_runs as runs
from benchmarks.acoustics_page import write_page
from benchmarks.records import Records
from echoenv.acoustics.receivers.hrtf import Hrtf
from echoenv.acoustics.rendering import render
from echoenv.scene.pose import heading_to_matrix

KEPT = Path(__file__).parent / "results" / "acoustics_errors.jsonl"
OUR_RAYS = (750, 1500, 3000, 6000, 12000)
RLR_RAYS = (500, 1250, 2500, 5000, 10000)
REPEATS = 6
SOURCES = (1, 2, 4, 8, 16)
ECHO, ECHO_RAYS = 0.06, 2000
CONVERGENCE_RAYS = (1000, 4000, 16000, 64000)

_OUR_REFERENCE, _RLR_REFERENCE = (60_000, 24), (40_000, 8)  # rays, runs; sound that few rays carry takes so many
_TRACED: dict[str, Any] = {"late_start": None}
_UPRIGHT = np.array([1.0, 0.0, 0.0, 0.0])
_HEADINGS = (0.0, 90.0, 180.0, 270.0)


def code_in_use() -> str:
    """A hash of what makes the results."""
    here = Path(__file__).parent
    sources = sorted((here.parent / "echoenv" / "acoustics").rglob("*.py"))
    sources += sorted((here.parent / "echoenv" / "audio").glob("*.py"))
    sources += [here / "acoustics_runs.py", here / "acoustics_errors.py", here / "room.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def references(kept: Records) -> None:
    """Converged energies of both engines, as readings: the mean energy of many runs with many rays."""
    for scene in runs.SCENES:
        for pair in range(runs.PAIRS):
            for engine, (rays, count) in (("rlr", _RLR_REFERENCE), ("ours", _OUR_REFERENCE)):
                key = f"reference/{scene}/{pair}/{engine}"
                if key not in kept:
                    print(key, flush=True)
                    kept.add(key, _reference(scene, pair, engine, rays, count))


def _reference(scene: str, pair: int, engine: str, rays: int, count: int) -> dict[str, Any]:
    if engine == "rlr":
        energy = np.mean([runs.energy_of(runs.rlr_response(scene, pair, rays)) for _ in range(count)], axis=0)
        onset = runs.onset_of(energy)
        return {"onset": onset, "response": _listed(runs.read_response(energy, onset))}
    found = [runs.our_propagation(scene, pair, rays, 1000 + seed, **_TRACED) for seed in range(count)]
    onset = runs.onset_of(runs.energy_of(runs.heard(found[0], 0)))
    same = np.mean([runs.energy_of(runs.heard(one, 0)) for one in found], axis=0)
    others = np.mean([runs.energy_of(runs.heard(one, 1 + k)) for k, one in enumerate(found * 3)], axis=0)
    mean = np.mean([one.energy_over_time() for one in found], axis=0)
    return {
        "onset": onset,
        "response": _listed(runs.read_response(same, onset)),
        "other noise": _listed(runs.read_response(others, onset)),
        "energy": _listed(runs.read_energy(found[0], mean)),
    }


def errors(kept: Records, repeats: int) -> None:
    """Single responses of both engines in turns, read, with their times."""
    counts = [pair for both in zip(OUR_RAYS, RLR_RAYS, strict=True) for pair in zip(("ours", "rlr"), both, strict=True)]
    for repeat in range(repeats):
        for scene in runs.SCENES:
            for pair in range(runs.PAIRS):
                for engine, rays in counts:
                    key = f"error/{scene}/{pair}/{engine}/{rays}/{repeat}"
                    if key not in kept:
                        onset = kept[f"reference/{scene}/{pair}/{engine}"]["onset"]
                        kept.add(key, _one_run(scene, pair, engine, rays, repeat, onset))
            print(f"error/{scene}: {repeat + 1} of {repeats}", flush=True)


def _one_run(scene: str, pair: int, engine: str, rays: int, seed: int, onset: float) -> dict[str, Any]:
    if engine == "rlr":
        runs.rlr(scene, rays)  # built before the clock starts, as ours is
        response, seconds = runs.timed(lambda: runs.rlr_response(scene, pair, rays))
        return {"seconds": seconds, "response": _listed(runs.read_response(runs.energy_of(response), onset))}
    runs.propagator(scene, rays)

    def ours() -> Any:
        propagation = runs.our_propagation(scene, pair, rays, seed)
        return propagation, runs.heard(propagation, 0)

    (found, response), seconds = runs.timed(ours)
    other = runs.heard(found, 100 + seed)
    return {
        "seconds": seconds,
        "response": _listed(runs.read_response(runs.energy_of(response), onset)),
        "other noise": _listed(runs.read_response(runs.energy_of(other), onset)),
        "energy": _listed(runs.read_energy(found, found.energy_over_time())),
    }


def convergence(kept: Records) -> None:
    """Level error of rays that are followed to their ends, per octave and 25 ms, against all of them together."""
    key = "convergence"
    if key in kept:
        return
    source, listener = runs.pairs_of("room")[0]
    energies = {}
    for rays in CONVERGENCE_RAYS:
        tracer = runs.propagator("room", rays, 0.4, bin_width=0.025, **_TRACED)
        energies[rays] = np.array([_diffuse(tracer, source, listener, seed) for seed in range(6)])
        print(key, rays, flush=True)
    # Runs of one number of rays differ in noise alone: which reflections are exact depends on the number.
    deviations = [float(np.sqrt(np.mean((e.std(axis=0, ddof=1) / e.mean(axis=0)) ** 2))) for e in energies.values()]
    slope = float(np.polyfit(np.log(CONVERGENCE_RAYS), np.log(deviations), 1)[0])
    kept.add(key, {"rays": list(CONVERGENCE_RAYS), "deviations": deviations, "slope": slope})


def _diffuse(tracer: Any, source: NDArray[np.float64], listener: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    found = tracer.propagate([source], [listener], 100 + seed)[0][0]
    return np.asarray(found.energy_over_time()[1:, :])


def many_sources(kept: Records) -> None:
    """Time of M sources for one listener and for four, and of nothing but more sources to hear."""
    if "sources" in kept:
        return
    tracers = {edges: runs.propagator("room", 3000, diffraction=edges) for edges in (0, 2)}
    rng = np.random.default_rng(1)
    speakers = rng.uniform((0.7, 1.0, 0.7), (7.3, 2.2, 5.3), (max(SOURCES), 3))
    listeners = np.array([listener for _, listener in runs.pairs_of("room")] + [(4.3, 1.5, 4.9)])
    least: dict[str, float] = {}
    for _ in range(8):
        for edges, count, heard in itertools.product(tracers, SOURCES, (1, 4)):
            call = functools.partial(tracers[edges].propagate, speakers[:count], listeners[:heard])
            key = f"{count}x{heard}x{edges}"
            least[key] = min(least.get(key, np.inf), runs.timed(call)[1])
    kept.add("sources", least)
    print("sources", flush=True)


def echoes(kept: Records) -> None:
    """Time of an echo of 60 ms, in one heading and in four, and of RLR's, in several ways of asking for it."""
    if "echo" in kept:
        return
    listener = runs.pairs_of("room")[0][1]
    tracers = {edges: runs.propagator("room", ECHO_RAYS, ECHO, diffraction=edges) for edges in (0, 2)}
    turns = heading_to_matrix(np.asarray(_HEADINGS))
    peers = {f"rlr {depth} bounces, {longest:g} s": runs.rlr("room", 5000, depth, longest)
             for depth, longest in ((10, 4.0), (10, ECHO))}  # fmt: skip

    def ours(edges: int, headings: int, seed: int) -> Any:
        found = tracers[edges].propagate_pairs([listener], [listener], seed)[0]
        return render(found, turns[:headings], Hrtf.kemar(), runs.SAMPLE_RATE, ECHO, seed=seed)

    least: dict[str, float] = {}
    for repeat in range(25):
        calls: dict[str, Callable[[], Any]] = {
            f"ours {headings} {edges}": functools.partial(ours, edges, headings, repeat)
            for edges in tracers
            for headings in (1, 4)
        }
        for name, context in peers.items():
            calls[name] = functools.partial(context.simulate, listener[None], listener, _UPRIGHT)
        for name, call in calls.items():
            least[name] = min(least.get(name, np.inf), runs.timed(call)[1])
    kept.add("echo", least)
    print("echo", flush=True)


def _listed(readings: runs.Readings) -> dict[str, list[float]]:
    return {name: values.tolist() for name, values in readings.items()}


def main(arguments: list[str] | None = None) -> None:
    """Measure what is not yet known, and write the page's section."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.acoustics_errors", description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=REPEATS, help="runs of each setting (default: %(default)s)")
    options = parser.parse_args(arguments)
    kept = Records(KEPT, code_in_use())
    echoes(kept)
    many_sources(kept)
    references(kept)
    errors(kept, options.repeats)
    convergence(kept)
    write_page(kept, OUR_RAYS, RLR_RAYS, options.repeats)


if __name__ == "__main__":
    main()
