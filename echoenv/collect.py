"""`python -m echoenv.collect`: visit every position of a scene, look and chirp in four headings, write a data set.

The one idea: this is the command line alone: flags in, a progress bar, a summary out. What is written and how work is
shared lie in `echoenv/datasets/`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from echoenv import __version__
from echoenv.acoustics.engine_names import ACOUSTICS_NAMES
from echoenv.command_line import ArgumentParser, degrees_between, positive_int, run_command, seed_number
from echoenv.datasets.collection import Collection, CollectionResult
from echoenv.datasets.layouts import ECHOENV, FORMATS, SOUNDSPACES, layout_for
from echoenv.datasets.provenance import CollectionSettings, ScenePlan
from echoenv.datasets.soundspaces.rules import REPLICA, RULES, rules_named
from echoenv.datasets.tasks import BuiltinSimulators, Job, SimulatorFactory
from echoenv.errors import SettingsError
from echoenv.processor import available_cores

PROG = "python -m echoenv.collect"
UP_AXES = ("+x", "-x", "+y", "-y", "+z", "-z")

_EPILOG = """\
A run that was stopped, even by kill -9, goes on where it was with the same command; several runs of the same command
share the work; the same seed gives the same bytes whatever --workers is.

examples:
  python -m echoenv.collect --scene apartment_0
  python -m echoenv.collect --scene office_1 --scene my_scan.ply --positions 50 --out data/mine
  python -m echoenv.collect --all --format visualechoes --size 128
  python -m echoenv.collect --scene 'procedural:apartment?seed=0..99' --positions 40
  python -m echoenv.collect --scene room_0 --format soundspaces --positions 20
"""


def build_parser() -> ArgumentParser:
    """The flags of the command."""
    parser = ArgumentParser(
        prog=PROG, epilog=_EPILOG, description="Collect what an agent sees and hears on the grid of a scene."
    )
    add = parser.add_argument_group("what is collected").add_argument
    add(
        "--scene",
        action="append",
        default=[],
        metavar="NAME|FILE",
        help="name (apartment_0), procedural:STYLE?seed=N or N..M, or mesh file; repeatable",
    )
    add("--all", action="store_true", help="all 18 scenes of Replica, or the built-in homes of these names")
    add("--positions", type=positive_int, metavar="N", help="N of each scene, spread over it; more can be added (all)")
    add("--size", type=positive_int, default=128, metavar="PIXELS", help="width and height of the views (128)")
    add("--hfov", type=degrees_between(1.0, 179.0), default=90.0, metavar="DEGREES", help="field of view (90)")
    add(
        "--acoustics",
        choices=ACOUSTICS_NAMES,
        default="echoenv",
        help="engine of sound: our own (echoenv), or rlr, that of SoundSpaces 2.0, with echoenv[rlr]; not repeatable",
    )
    add("--seed", type=seed_number, default=0, metavar="N", help="seed of everything random (0)")
    add = parser.add_argument_group("where from and where to").add_argument
    add("--out", type=Path, metavar="DIR", help="the data set's folder (data/FORMAT)")
    add("--format", choices=FORMATS, default=ECHOENV, help="layout on disk (echoenv); see docs/formats.md")
    add(
        "--rules",
        choices=tuple(RULES),
        help="for --format soundspaces: grid, heights and sample rate of replica (0.5 m, 44.1 kHz; default) or mp3d "
        "(1 m, 16 kHz)",
    )
    add("--data-dir", type=Path, metavar="DIR", help="real data sets such as Replica, looked up before built-in homes")
    add("--up", choices=UP_AXES, help="which axis of a mesh file is up (default: found out, and said)")
    add("--no-preview", action="store_true", help="make no preview pictures and sounds")
    add = parser.add_argument_group("how").add_argument
    add("--workers", type=positive_int, metavar="N", help="processes (default: one per core, 1 on a GPU)")
    add("--device", default="cpu", help="cpu, cuda or cuda:N (cpu)")
    return parser


def run(arguments: Sequence[str] | None = None) -> int:
    """Collects as the command line says.

    Args:
        arguments: Flags; None takes those of the process.

    Returns:
        0, or 1 where positions failed twice.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    flags = build_parser().parse_args(arguments)
    scenes = _scenes(flags)
    settings = _settings(flags)
    simulators: SimulatorFactory = BuiltinSimulators(settings, flags.device, flags.data_dir, flags.up)
    job = Job(flags.out or Path("data") / flags.format, settings, simulators)
    # More than cores have no use, and each holds its scene in memory.
    workers = min(flags.workers or (1 if flags.device != "cpu" else available_cores()), max(8, 2 * available_cores()))
    with ProgressBar(len(scenes)) as progress:
        result = Collection(job, scenes, flags.positions, workers, progress, not flags.no_preview).run()
    print_summary(job, result, preview=not flags.no_preview)
    return 1 if result.failed else 0


def _settings(flags: argparse.Namespace) -> CollectionSettings:
    """What decides the bytes of the data set."""
    names = ("format", "size", "hfov", "seed", "acoustics", "device")
    given: dict[str, Any] = {name: getattr(flags, name) for name in names}
    if flags.format == SOUNDSPACES:
        rules = rules_named(flags.rules or REPLICA.name)
        given |= {"rules": rules.name, "grid_spacing": rules.grid_spacing, "sample_rate": rules.sample_rate}
    elif flags.rules:
        raise SettingsError(f"--rules belongs to --format {SOUNDSPACES}: leave it out, or give that format")
    return CollectionSettings(**given, version=__version__)


def _scenes(flags: argparse.Namespace) -> list[str]:
    """The scenes asked for, in order, each once."""
    from echoenv.scene.homes.plans.procedural import addresses

    scenes = [address for scene in flags.scene for address in addresses(scene)]
    if flags.all:
        from echoenv.scene.homes import HOME_NAMES

        scenes.extend(HOME_NAMES)
    if not scenes:
        raise SettingsError("no scene: give --scene NAME (such as apartment_0), --scene FILE, or --all for all 18")
    return list(dict.fromkeys(scenes))


class ProgressBar:
    """Shows a run as a bar with positions per second and the time left, and says what each scene is.

    Args:
        scenes: How many scenes there will be; the total of those not loaded yet is guessed from the others.
    """

    def __init__(self, scenes: int) -> None:
        from tqdm import tqdm

        interactive = sys.stderr.isatty()
        # Terminals of some containers say that they are 0 wide and 0 high, in which no bar would be seen.
        measured = not interactive or os.get_terminal_size(sys.stderr.fileno()).columns > 0
        self._interactive = interactive
        self._bar: Any = tqdm(
            total=0,
            desc="opening (the first run ever compiles kernels, a minute or two)",
            unit=" positions",
            smoothing=0.1,
            dynamic_ncols=interactive and measured,
            mininterval=0.2 if interactive else 10.0,  # into a file a line now and then is enough
            **({} if measured else {"ncols": 100, "nrows": 24}),
        )
        self._scenes = scenes
        self._chosen: list[int] = []

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.leave = bool(self._chosen)  # a bar of a run that never began would only blur its error
        self._bar.close()

    def opened(self, plan: ScenePlan, chosen: int, finished: int) -> None:
        """Says what a scene is and counts its positions; rate and time left count from the first scene on."""
        if not self._chosen:
            self._bar.reset()
        self._chosen.append(chosen)
        known = sum(self._chosen)
        self._bar.total = known + round(known / len(self._chosen) * (self._scenes - len(self._chosen)))
        self._bar.initial += finished
        self._bar.n += finished
        self._bar.set_description(plan.name)
        there = f", {finished} already there" if finished else ""
        self.remark(
            f"{plan.name}: {describe_origin(plan)}; {plan.triangles} triangles; up: {plan.up}; "
            f"{chosen} of {len(plan.positions)} grid positions{there}"
        )

    def advanced(self, finished: int) -> None:
        """Moves the bar."""
        self._bar.update(finished)

    def remark(self, text: str) -> None:
        """Prints a line above the bar."""
        self._bar.write(text, file=sys.stderr)

    def waited(self, busy_with: str) -> None:
        """Lets the clock go on, so that a long compilation does not look like a standstill."""
        if busy_with and self._bar.desc != f"{busy_with}: ":
            self._bar.set_description(busy_with)
        elif self._interactive:
            self._bar.refresh()


def describe_origin(plan: ScenePlan) -> str:
    """Where a scene is from; a built-in home is never taken for the real thing of its name."""
    return f"{plan.origin}, not Replica" if "built-in" in plan.origin and "Replica" not in plan.origin else plan.origin


def print_summary(job: Job, result: CollectionResult, preview: bool) -> None:
    """Prints what was done and where it is."""
    rate = f" at {result.written / result.seconds:.1f} positions/s" if result.written and result.seconds > 0 else ""
    wrote = f"{result.written} written now{rate}" if result.written else "all were there already"
    print(f"{result.finished} positions in {job.root} ({job.settings.format}): {wrote}")
    layout = layout_for(job.root, job.settings)
    for plan in result.plans:
        folder = layout.scene_folder(plan.name)
        look = f": look at {folder / 'preview.png'}, listen to {folder / 'echo.wav'}" if preview else ""
        print(f"  {plan.name} ({describe_origin(plan)}; up: {plan.up}){look}")
    for position, cause in result.failed.items():
        print(f"failed twice: {position}: {cause}; give the same command again to retry", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
