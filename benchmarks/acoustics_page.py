"""What the runs of `acoustics_errors` come to: tables, a picture, and the section of docs/benchmarks.md.

The one idea: the figure that counts is the time that ours takes to be as near to its converged result as RLR's default
is to RLR's; it is read off the line of our errors over our times, per quantity, and the worst of the four is the claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from benchmarks import acoustics_runs as runs
from benchmarks import machine
from benchmarks.pages import write_section
from benchmarks.records import Records
from echoenv.acoustics.propagation.settings import PropagationSettings

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
PICTURE = Path(__file__).parent.parent / "docs" / "images" / "error_against_time.png"
HEADING = "Error against time"
OUR_DEFAULT = PropagationSettings().ray_count
RLR_DEFAULT = 5000

_NAMES = {"t30": "T30", "edt": "EDT", "c50": "C50", "drr": "DRR"}
_UNITS = {"t30": "%", "edt": "%", "c50": "dB", "drr": "dB"}
_BANDS = slice(1, 7)  # 125 Hz to 4 kHz
_LINES = (
    ("ours", "response", "tab:blue", "EchoEnv, left ear"),
    ("ours", "other noise", "tab:purple", "EchoEnv, left ear, each run its noise"),
    ("ours", "energy", "tab:cyan", "EchoEnv, energies"),
    ("rlr", "response", "tab:orange", "RLR, left ear"),
)


def deviations(kept: Records, engine: str, kind: str, rays: int, repeats: int, metric: str) -> NDArray[np.float64]:
    """Deviations (runs, 8) from the converged reading: [%] of times, [dB] of ratios; all scenes, pairs and repeats."""
    found = []
    for scene in runs.SCENES:
        for pair in range(runs.PAIRS):
            expected = np.array(kept[f"reference/{scene}/{pair}/{engine}"][kind][metric], dtype=float)
            for repeat in range(repeats):
                values = np.array(kept[f"error/{scene}/{pair}/{engine}/{rays}/{repeat}"][kind][metric], dtype=float)
                found.append(100.0 * (values / expected - 1.0) if metric in ("t30", "edt") else values - expected)
    return np.array(found)


def error_of(kept: Records, engine: str, kind: str, rays: int, repeats: int, metric: str) -> float:
    """Root-mean-square deviation over runs, pairs, scenes and the octaves from 125 Hz to 4 kHz."""
    values = deviations(kept, engine, kind, rays, repeats, metric)[:, _BANDS]
    return float(np.sqrt(np.nanmean(values**2)))


def seconds_of(kept: Records, engine: str, rays: int, repeats: int) -> float:
    """Time [s] of one response: the least of each pair's runs, mean over pairs and scenes."""
    least = [
        min(kept[f"error/{scene}/{pair}/{engine}/{rays}/{repeat}"]["seconds"] for repeat in range(repeats))
        for scene in runs.SCENES
        for pair in range(runs.PAIRS)
    ]
    return float(np.mean(least))


def time_at(seconds: Sequence[float], errors: Sequence[float], wanted: float) -> float:
    """When a line of errors over times reaches an error: between points along straight lines of both logarithms.

    Where the first point is good enough, its time; where none is, infinity.
    """
    if errors[0] <= wanted:
        return float(seconds[0])
    for k in range(1, len(errors)):
        if errors[k] <= wanted:
            share = np.log(errors[k - 1] / wanted) / np.log(errors[k - 1] / errors[k])
            return float(np.exp(np.log(seconds[k - 1]) + share * np.log(seconds[k] / seconds[k - 1])))
    return float("inf")


def write_page(kept: Records, our_rays: Sequence[int], rlr_rays: Sequence[int], repeats: int) -> None:
    """Draw the picture and write the section."""
    _draw(kept, our_rays, rlr_rays, repeats)
    parts = [
        _about(repeats),
        _errors_table(kept, our_rays, rlr_rays, repeats),
        _ratios_table(kept, our_rays, repeats),
        f"![Error against time](images/{PICTURE.name})",
        _bands_table(kept, repeats),
        _others(kept),
    ]
    write_section(PAGE, HEADING, "\n\n".join(parts))


def _about(repeats: int) -> str:
    return f"""`python -m benchmarks.acoustics_errors` makes this section. Both engines in turns compute a binaural
response of 2 s, in one thread, with default settings but for the number of rays, in the room of the benchmarks and in
the built-in home room_0, for {runs.PAIRS} pairs each, {repeats} times. T30, EDT, C50 and DRR of each, per octave, are
compared with those of the engine's own converged energy: ours the mean of 24 runs with 60,000 rays that are followed to
their ends, RLR's the mean of eight with 40,000. Errors are root mean squares over runs, pairs, rooms and the octaves
from 125 Hz to 4 kHz. Times are processor times: the least of each pair's runs, the mean over pairs. A scene's late
field (docs/physics.md, P11) is there before the clock starts, as RLR's mesh is.

- *left ear*: read from the response. RLR shapes the same noise in every run, so what noise does to a reading is in its
  converged result as well; so it is here, all runs and the reference have one noise seed.
- *left ear, each run its noise*: the same with another noise in every run and many in the reference.
- *energies*: ours read before energy becomes noise.

{machine.as_text(machine.describe())}"""


def _errors_table(kept: Records, our_rays: Sequence[int], rlr_rays: Sequence[int], repeats: int) -> str:
    rows = ["| engine | rays | ms | T30 % | EDT % | C50 dB | DRR dB |", "| --- | --- | --- | --- | --- | --- | --- |"]
    for engine, kind, _, name in _LINES:
        for rays in our_rays if engine == "ours" else rlr_rays:
            cells = [f"{error_of(kept, engine, kind, rays, repeats, metric):.2f}" for metric in runs.METRICS]
            time = f"{1e3 * seconds_of(kept, engine, rays, repeats):.1f}"
            rows.append("| " + " | ".join([name, f"{rays:,}", time, *cells]) + " |")
    return "\n".join(rows)


def _ratios_table(kept: Records, our_rays: Sequence[int], repeats: int) -> str:
    default, theirs = (
        seconds_of(kept, engine, rays, repeats) for engine, rays in (("ours", OUR_DEFAULT), ("rlr", RLR_DEFAULT))
    )
    rows = [
        f"By default ours, {OUR_DEFAULT:,} rays, takes {1e3 * default:.0f} ms and RLR, {RLR_DEFAULT:,} rays, "
        f"{1e3 * theirs:.0f} ms: ours has {theirs / default:.1f} times RLR's rate.",
        "",
        "How many times RLR's rate ours has at the error of RLR's default:", "",
        "| read from | T30 | EDT | C50 | DRR |", "| --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    seconds = [seconds_of(kept, "ours", rays, repeats) for rays in our_rays]
    for kind, name in (
        ("response", "left ear"),
        ("other noise", "left ear, each run its noise"),
        ("energy", "energies"),
    ):
        cells = []
        for metric in runs.METRICS:
            line = [error_of(kept, "ours", kind, rays, repeats, metric) for rays in our_rays]
            wanted = error_of(kept, "rlr", "response", RLR_DEFAULT, repeats, metric)
            ratio = theirs / time_at(seconds, line, wanted)
            cells.append("not reached" if ratio == 0.0 else f"{ratio:.1f}" + (" or more" if line[0] <= wanted else ""))
        rows.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _bands_table(kept: Records, repeats: int) -> str:
    rows = [
        f"Per octave, ours by default ({OUR_DEFAULT:,} rays) and RLR by default ({RLR_DEFAULT:,}):", "",
        "| | 125 Hz | 250 Hz | 500 Hz | 1 kHz | 2 kHz | 4 kHz |", "| --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for metric in runs.METRICS:
        for engine, kind, _, name in _LINES:
            rays = OUR_DEFAULT if engine == "ours" else RLR_DEFAULT
            values = deviations(kept, engine, kind, rays, repeats, metric)[:, _BANDS]
            cells = [f"{value:.2f}" for value in np.sqrt(np.nanmean(values**2, axis=0))]
            rows.append(f"| {_NAMES[metric]} [{_UNITS[metric]}], {name} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _others(kept: Records) -> str:
    return "\n\n".join(
        [_sources_text(kept["sources"]), _echo_text(kept["echo"]), _convergence_text(kept["convergence"])]
    )


def _sources_text(seconds: dict[str, float]) -> str:
    counts = sorted({int(key.split("x")[0]) for key in seconds})
    rows = [
        "**Many sources**, 2 s by 3,000 rays in the room of the benchmarks, and how many times the time of one source:",
        "",
    ]
    rows += ["| sources | " + " | ".join(map(str, counts)) + " |", "| --- |" + " --- |" * len(counts)]
    for edges, also in ((0, "without diffraction"), (2, "with it")):
        for heard, name in ((1, "one listener"), (4, "four listeners")):
            times = [seconds[f"{count}x{heard}x{edges}"] for count in counts]
            cells = [f"{1e3 * time:.1f} ms, x{time / times[0]:.2f}" for time in times]
            rows.append(f"| {name}, {also} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _echo_text(seconds: dict[str, float]) -> str:
    theirs = {name: value for name, value in seconds.items() if name.startswith("rlr")}
    best = min(theirs.values())
    told = ", ".join(f"{name.removeprefix('rlr ')} {1e3 * value:.1f} ms" for name, value in theirs.items())
    rows = [f"**Echoes** of 60 ms in the room of the benchmarks. RLR, 5,000 rays, one heading: {told}.", ""]
    rows += ["| ours, 2,000 rays | one heading | four headings |", "| --- | --- | --- |"]
    for edges, name in ((0, "without diffraction"), (2, "with it")):
        one, four = seconds[f"ours 1 {edges}"], seconds[f"ours 4 {edges}"]
        rows.append(f"| {name} | {1e3 * one:.1f} ms, {best / one:.1f} times RLR's rate | {1e3 * four:.1f} ms, "
                    f"{4.0 * best / four:.1f} times |")  # fmt: skip
    return "\n".join(rows)


def _convergence_text(found: dict[str, Any]) -> str:
    shown = ", ".join(f"{100 * d:.1f} % by {n:,}" for n, d in zip(found["rays"], found["deviations"], strict=True))
    return (
        "**Convergence** of rays that are followed to their ends: standard deviation of the energy per octave and\n"
        f"25 ms, from 25 ms to 0.4 s, {shown} rays. Slope of the logarithms {found['slope']:.3f}."
    )


def _draw(kept: Records, our_rays: Sequence[int], rlr_rays: Sequence[int], repeats: int) -> None:
    figure = Figure(figsize=(11.0, 6.4), layout="constrained")
    for axes, metric in zip(figure.subplots(2, 2).ravel(), runs.METRICS, strict=True):
        for engine, kind, color, name in _LINES:
            counts = our_rays if engine == "ours" else rlr_rays
            times = [1e3 * seconds_of(kept, engine, rays, repeats) for rays in counts]
            line = [error_of(kept, engine, kind, rays, repeats, metric) for rays in counts]
            axes.loglog(times, line, "o-", color=color, label=name)
            default = counts.index(OUR_DEFAULT if engine == "ours" else RLR_DEFAULT)
            axes.loglog(times[default], line[default], "o", markersize=10, markerfacecolor="none", color=color)
        axes.set(xlabel="time of one response, one core [ms]", ylabel=f"error of {_NAMES[metric]} [{_UNITS[metric]}]")
        axes.grid(which="both", alpha=0.25)
    figure.axes[0].legend()
    figure.suptitle("Error against time; circles are the defaults")
    PICTURE.parent.mkdir(exist_ok=True)
    figure.savefig(PICTURE, dpi=90)
