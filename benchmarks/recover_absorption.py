"""How well wall absorption is recovered from measured impulse responses: a box and a furnished room.

The one idea: somebody else's room is imitated by giving every material a hidden absorption, drawn around the table's,
and by listening through the real rendering: impulse responses at one microphone, whose late part is noise, by other
rays than the fit's and with all that the fit's model leaves out (transmission, diffraction). The fit knows the mesh,
the places and the tables, and neither the level nor the hidden values. Run `python -m benchmarks.recover_absorption`:
it prints the tables and writes docs/inverse_acoustics.md with its pictures.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from benchmarks.pages import write_section
from echoenv.acoustics.differentiable.absorption_fit import AbsorptionFit, fit_absorption
from echoenv.acoustics.differentiable.material_response import MaterialResponse, scene_materials
from echoenv.acoustics.differentiable.measured_decays import MeasuredDecay
from echoenv.acoustics.propagation.propagator import PropagationSettings, Propagator
from echoenv.acoustics.receivers.receiver import Mono
from echoenv.acoustics.rendering import render
from echoenv.audio.room_metrics import metrics_of_energy
from echoenv.rays import RayEngine
from echoenv.scene.files import load_scene
from echoenv.scene.material_table import material
from echoenv.scene.octave_bands import OCTAVE_CENTRES
from echoenv.scene.scene import Scene, Surface

PAGE = Path(__file__).parent.parent / "docs" / "inverse_acoustics.md"
"""The page that this program writes a section of for every room."""

SETTINGS = PropagationSettings(rays=12_000, duration=0.25, bin_width=0.002, image_order=12)
"""Of the responses that are fitted: the first 15 dB of a living room's decay."""

BANDS = range(1, 8)
"""Octaves that are shown: at 63 Hz a room's modes, not its walls' absorption, make the decay."""

_RATE = 44100
_SPREAD = 0.8  # standard deviation of the hidden logit of absorption around the table's
_TILT = 0.15  # the same of its slope per octave
_CLEAR = 0.35  # [m] around microphones and loudspeakers
_MIDDLE = 4  # 1 kHz
_FULL_LISTS = 6  # materials; where there are more, tables show those that were determined somewhere

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Recovery:
    """A room, what was hidden in it, and what was found.

    Attributes:
        name: Of the room.
        truth: Hidden absorption (m, 8).
        fit: What was found.
        decays: What was measured.
        responses: What it was compared with.
        seconds: Time to trace all pairs and to fit.
    """

    name: str
    truth: Values
    fit: AbsorptionFit
    decays: list[MeasuredDecay]
    responses: list[MaterialResponse]
    seconds: tuple[float, float]

    def errors(self, absorption: Values) -> Values:
        """Ratio (m, 8) of an absorption to the hidden one, the larger over the smaller."""
        return np.exp(np.abs(np.log(absorption / self.truth)))


def shoebox() -> Scene:
    """A box of 6 m x 3 m x 4 m: a carpet, a ceiling of gypsum boards, walls of plaster and one of wood."""
    corners = np.array([[x, y, z] for x in (0.0, 6.0) for y in (0.0, 3.0) for z in (0.0, 4.0)])
    faces = {
        (0, 2, 3, 1): "plaster_on_brick", (4, 5, 7, 6): "plaster_on_brick", (0, 1, 5, 4): "pile_carpet",
        (2, 6, 7, 3): "gypsum_ceiling", (0, 4, 6, 2): "plaster_on_brick", (1, 3, 7, 5): "wood_panel",
    }  # fmt: skip
    names = list(dict.fromkeys(faces.values()))
    return Scene(
        name="shoebox",
        origin="made for this trial",
        vertices=np.concatenate([corners[list(face)] for face in faces]).astype(np.float32),
        triangles=np.concatenate([np.array([[0, 1, 2], [0, 2, 3]]) + 4 * i for i in range(6)]).astype(np.int32),
        surfaces=tuple(Surface(name, material(name)) for name in names),
        triangle_surfaces=np.repeat([names.index(name) for name in faces.values()], 2).astype(np.int32),
        triangle_objects=np.zeros(12, dtype=np.int32),
    )


def with_absorption(scene: Scene, absorption: ArrayLike) -> Scene:
    """The scene with another absorption (m, 8) of its materials, in the order of `scene_materials`."""
    numbers = scene_materials(scene)[2]
    values = np.asarray(absorption)
    surfaces = [
        replace(surface, material=replace(surface.material, absorption=values[number]))
        for surface, number in zip(scene.surfaces, numbers, strict=True)
    ]
    return replace(scene, surfaces=tuple(surfaces))


def hidden_absorption(scene: Scene, seed: int) -> Values:
    """Absorption (m, 8) around the tables': each material's logit is moved and tilted at random."""
    materials = scene_materials(scene)[1]
    rng = np.random.default_rng(seed)
    table = np.array([each.absorption for each in materials], dtype=np.float64)
    left = 1.0 - np.array([each.transmission for each in materials])
    share = np.clip(table / left, 0.01, 0.95)
    moved = rng.normal(0.0, _SPREAD, (len(table), 1)) + rng.normal(0.0, _TILT, (len(table), 1)) * (np.arange(8) - 3.5)
    return np.asarray(left / (1.0 + (1.0 - share) / share * np.exp(-moved)))


def clear_places(engine: RayEngine, count: int, seed: int) -> Values:
    """Places (count, 3) [m] at heights from sitting to standing, clear of everything, drawn from the scene's box."""
    rng = np.random.default_rng(seed)
    low, high = engine.scene.bounds
    points = rng.uniform((low[0], low[1] + 0.6, low[2]), (high[0], low[1] + 2.2, high[2]), (400, 3))
    ways = rng.normal(size=(64, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    hits = engine.intersect(np.repeat(points, 64, axis=0), np.tile(ways, (400, 1)))
    fronts = np.einsum("ij,ij->i", engine.normals[hits.triangle], np.tile(ways, (400, 1))) < 0.0
    free = (hits.hit & fronts & (hits.distance > _CLEAR)).reshape(400, 64).all(axis=1)
    return np.asarray(points[free][:count])


def measured(
    scene: Scene, sources: Values, listeners: Values, seed: int, settings: PropagationSettings = SETTINGS
) -> list[MeasuredDecay]:
    """Impulse responses of the pairs as a microphone of unknown gain records them, as decays."""
    everything = PropagationSettings(rays=100_000, duration=0.6)
    pairs = Propagator(RayEngine(scene), everything).propagate_pairs(sources, listeners, seed)
    gain = 0.37
    recorded = [
        gain * render(pair, np.eye(3)[None], Mono(), _RATE, seed=seed + i)[0, 0] for i, pair in enumerate(pairs)
    ]
    return [
        MeasuredDecay.from_response(samples, _RATE, settings.resolution, settings.bins, 0.7) for samples in recorded
    ]


def recover(scene: Scene, pairs: int, seed: int = 1, settings: PropagationSettings = SETTINGS) -> Recovery:
    """Hide an absorption in a scene, listen, and find it."""
    engine = RayEngine(scene)
    places = clear_places(engine, 2 * pairs, seed)
    sources, listeners = places[: len(places) // 2], places[len(places) // 2 : len(places) // 2 * 2]
    truth = hidden_absorption(scene, seed)
    decays = measured(with_absorption(scene, truth), sources, listeners, 1000 * seed, settings)
    began = time.perf_counter()
    responses = [
        MaterialResponse.trace(engine, source, listener, settings, seed=i).compressed(150_000)
        for i, (source, listener) in enumerate(zip(sources, listeners, strict=True))
    ]
    traced = time.perf_counter()
    fit = fit_absorption(responses, decays, prior_deviation=_SPREAD)
    seconds = traced - began, time.perf_counter() - traced
    return Recovery(scene.name, truth, fit, decays, responses, seconds)


def table(recovery: Recovery) -> str:
    """True / table's / found absorption by material and octave, as Markdown; found values in bold where determined."""
    fit = recovery.fit
    shown = [i for i in range(len(fit.materials)) if len(fit.materials) <= _FULL_LISTS or fit.determined[i].any()]
    lines = [f"| material | {' | '.join(f'{OCTAVE_CENTRES[band]:g} Hz' for band in BANDS)} |", "| --- " * 8 + "|"]
    for row in shown:
        cells = []
        for band in BANDS:
            found = f"{fit.absorption[row, band]:.2f}"
            found = f"**{found}**" if fit.determined[row, band] else f"[{found}]"
            cells.append(f"{recovery.truth[row, band]:.2f} / {fit.prior[row, band]:.2f} / {found}")
        lines.append(f"| {fit.materials[row].replace('_', ' ')} | {' | '.join(cells)} |")
    hidden = [fit.materials[i].replace("_", " ") for i in range(len(fit.materials)) if i not in shown]
    rest = f"\n\nUndetermined in every octave, hence left at the table's values: {', '.join(hidden)}." if hidden else ""
    return "\n".join(lines) + rest


def summary(recovery: Recovery) -> str:
    """What came out, in sentences."""
    fit, shown = recovery.fit, slice(BANDS.start, BANDS.stop)
    known = fit.determined[:, shown]
    before, after = (recovery.errors(values)[:, shown] for values in (fit.prior, fit.absorption))
    inside = (recovery.truth >= fit.low) & (recovery.truth <= fit.high)
    times = _decay_times(recovery)[:, :, shown]
    t_before, t_after = (np.nanmean(np.abs(values / times[0] - 1.0)) for values in times[1:])
    return (
        f"{len(recovery.decays)} pairs, {len(fit.materials)} materials; of {known.size} unknowns from 125 Hz up "
        f"{int(known.sum())} are determined. Where they are, the table's values are off by a factor of "
        f"{np.median(before[known]):.2f} (median; nine in ten below {np.quantile(before[known], 0.9):.2f}) and the "
        f"found ones by {np.median(after[known]):.2f} ({np.quantile(after[known], 0.9):.2f}); "
        f"{100.0 * inside[:, shown][known].mean():.0f} % of the hidden values lie within the stated 68 % interval. "
        f"EDT is off by {100.0 * t_before:.0f} % with the table's values and by {100.0 * t_after:.0f} % with the found "
        f"ones (mean over pairs and octaves). Misfit of the decays' steps: {fit.misfit_before[shown].mean():.1f} dB "
        f"before, {fit.misfit[shown].mean():.1f} dB after."
    )


def _decay_times(recovery: Recovery) -> Values:
    """EDT [s] (3, pairs, 8): measured, with the table's values, with those found."""
    times = []
    for decay, response in zip(recovery.decays, recovery.responses, strict=True):
        energies = [decay.energy, response.energy(recovery.fit.prior), response.energy(recovery.fit.absorption)]
        times.append([metrics_of_energy(energy, decay.bin_width).edt for energy in energies])
    return np.moveaxis(np.array(times), 1, 0)


def picture(recovery: Recovery, path: Path) -> None:
    """Found against true absorption, and the decay curves before and after."""
    from matplotlib.figure import Figure  # without pyplot: no window system, no global state

    fit, shown = recovery.fit, slice(BANDS.start, BANDS.stop)
    figure = Figure(figsize=(12.0, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    known = fit.determined[:, shown]
    truth, prior, found = (values[:, shown][known] for values in (recovery.truth, fit.prior, fit.absorption))
    spread = np.abs([found - fit.low[:, shown][known], fit.high[:, shown][known] - found])
    left.plot([0.005, 1.0], [0.005, 1.0], color="0.6", linewidth=1.0)
    left.plot(truth, prior, "x", color="tab:orange", alpha=0.7, label="table (start)")
    left.errorbar(truth, found, spread, fmt="o", markersize=4, linewidth=0.8, color="tab:blue", label="found, 68 %")
    left.set(xscale="log", yscale="log", xlabel="hidden absorption", ylabel="absorption", xlim=(0.008, 1.0))
    left.set(ylim=(0.008, 1.0), title=f"{recovery.name}: determined materials and octaves")
    before, after = ([each.energy(values) for each in recovery.responses] for values in (fit.prior, fit.absorption))
    bin_width = recovery.decays[0].bin_width
    curves = [
        ([decay.energy for decay in recovery.decays], "measured", "black", 2.2),
        (before, "with the table's absorption", "tab:orange", 1.4),
        (after, "with the absorption found", "tab:blue", 1.4),
    ]
    for energies, label, color, width in curves:
        together = np.sum([energy[:, _MIDDLE] / energy[:, _MIDDLE].sum() for energy in energies], axis=0)
        level = 10.0 * np.log10(np.cumsum(together[::-1])[::-1] / together.sum())
        times = np.arange(len(level)) * bin_width * 1000.0
        right.plot(times, level, label=label, color=color, linewidth=width)
    right.set(
        xlabel="time [ms]", ylabel="energy still to come [dB]", title="1 kHz, all pairs together", ylim=(-25.0, 1.0)
    )
    left.legend()
    right.legend()
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, dpi=110)


def write_page(recovery: Recovery) -> None:
    """The room's section of the page, and its picture."""
    image = PAGE.parent / "images" / f"inverse_{recovery.name}.png"
    picture(recovery, image)
    if not PAGE.is_file():
        PAGE.write_text(INTRODUCTION, encoding="utf-8")
    trace, fit = recovery.seconds
    text = (
        f"{summary(recovery)}\n\n![Found against hidden absorption and decay curves](images/{image.name})\n\n"
        f"Hidden / table's / found absorption; found values are bold where determined, in brackets where not:\n\n"
        f"{table(recovery)}\n\nTracing took {trace:.0f} s, the fit {fit:.0f} s and {recovery.fit.evaluations} "
        f"evaluations. Made by `python -m benchmarks.recover_absorption --rooms {recovery.name}`."
    )
    write_section(PAGE, recovery.name.replace("_", " "), text)


INTRODUCTION = """# Inverse acoustics: from measured decays to materials

The energy that arrives over time is a smooth function of what the walls absorb and scatter, and `MaterialResponse`
computes it with exact gradients (section "Energy as a function of the materials" of [physics.md](physics.md)):

```python
from echoenv.acoustics.differentiable.material_response import MaterialResponse
from echoenv.acoustics.differentiable.measured_decays import MeasuredDecay
from echoenv.acoustics.differentiable.absorption_fit import fit_absorption

response = MaterialResponse.trace(engine, source, listener, settings)    # once: rays
energy, pullback = response.energy_and_pullback({"plaster": 0.04})       # milliseconds, any materials
against_absorption, _ = pullback(loss_gradient)                          # (materials, 8)
decay = MeasuredDecay.from_response(samples, 44100, response.bin_width, response.bins)
fit = fit_absorption([response], [decay])                                # several pairs tell more
print(fit.report())
```

With PyTorch, `differentiable_torch.torch_energy(response, absorption, scattering)` is a tensor with gradients.

The trials below hide an absorption in a room (each material's is moved from the table's by a factor of about two and
tilted over frequency), render impulse responses at one microphone of unknown gain, with transmission, diffraction and
noise-like tails, and find the absorption again from the mesh, the places and those recordings. A material counts as
determined in an octave where the recordings took away at least half of the variance that it had before. What the
recordings say little about stays where the tables have it, and is said to be undetermined.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the trials, print the tables, write the page."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.recover_absorption", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--rooms", nargs="*", default=["shoebox", "room_0"], help="shoebox, or any scene's name")
    parser.add_argument("--pairs", type=int, default=16, help="of source and listener (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the hidden values and places (default: %(default)s)")
    parser.add_argument("--no-page", action="store_true", help="print only")
    flags = parser.parse_args(arguments)
    for name in flags.rooms:
        found = recover(shoebox() if name == "shoebox" else load_scene(name), flags.pairs, flags.seed)
        print(f"{name}\n{table(found)}\n\n{summary(found)}\n", flush=True)
        if not flags.no_page:
            write_page(found)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
