"""The command line of a study: the same flags for every task.

The one idea: a task brings its models and its presets; what they are trained on, how and where is asked alike.
"""

from __future__ import annotations

from argparse import Namespace, _ArgumentGroup
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from echoenv.command_line import ArgumentParser, positive_int, require_learners, seed_number
from echoenv.errors import DatasetError
from tasks.study import Study, Task
from tasks.study_results import PAGE, SCRATCH

_EPILOG = """\
A command that was stopped goes on where it was when it is given again. Several GPUs: torchrun --nproc-per-node N -m
tasks.{name} ... In --weights, {{seed}} stands for the seed, so that each training starts from an encoder of its own.

examples:
  {prog} --data data/echoenv --quick
  {prog} --data data/echoenv --quick --model {model} --labels 0.1 0.25 0.5 1 --same-steps \\
      --weights none runs/visual_echoes/visual_echoes_{encoder}_{{seed}}/encoder.pt
"""


def add_data_flags(group: _ArgumentGroup) -> None:
    """Which data, and which scenes of them."""
    add = group.add_argument
    add("--data", type=Path, required=True, metavar="FOLDER",
        help="what python -m echoenv.collect wrote, or VisualEchoes' data, or NYU-V2's, or DIODE's")  # fmt: skip
    add("--train", nargs="+", metavar="SCENE", help="scenes to learn in, or patterns (the 15 of the paper)")
    add("--test", nargs="+", metavar="SCENE", help="scenes held out (its other 3)")
    add("--clockwise-audio", action="store_true", help="VisualEchoes' sounds are named clockwise: docs/formats.md")


def build_parser(task: Task) -> ArgumentParser:
    """The flags of a task's command."""
    model, encoder = next(iter(task.encoders.items()))
    epilog = _EPILOG.format(name=task.name, prog=task.prog, model=model, encoder=encoder)
    parser = ArgumentParser(prog=task.prog, epilog=epilog, description=task.does)
    group = parser.add_argument_group("what is learned, from what")
    add_data_flags(group)
    models, able = tuple(task.tables.titles), ", ".join(task.encoders)
    add = group.add_argument
    add("--model", nargs="+", choices=models, default=task.models, help=f"some of {', '.join(models)}")
    add("--weights", nargs="+", default=(SCRATCH,), metavar="FILE",
        help=f"encoders that {able} starts from, '{SCRATCH}' for none, each a row of its own ({SCRATCH})")  # fmt: skip
    add("--labels", nargs="+", type=float, default=(1.0,), metavar="SHARE", help="such as 0.1 0.25 0.5 1 (1)")
    _add_recipe_flags(parser.add_argument_group("how"), task)
    return parser


def _add_recipe_flags(group: _ArgumentGroup, task: Task) -> None:
    add, usual = group.add_argument, task.standard
    add("--size", type=positive_int, choices=(64, 128), help=f"of pictures, reduced to it ({usual['size']})")
    add("--slimness", type=positive_int, metavar="N", help=f"widths are divided by it ({usual['slimness']})")
    add("--epochs", type=positive_int, metavar="N", help=f"times that every view is seen ({usual['epochs']})")
    add("--batch", type=positive_int, metavar="N", help=f"views of a step ({usual['batch']})")
    add("--rate", type=float, metavar="RATE", help=f"learning rate ({usual['rate']:g})")
    add("--drops", type=positive_int, nargs="*", metavar="EPOCH", help="where the rate falls to a tenth (nowhere)")
    add("--optimiser", choices=("adam", "sgd"), help=f"what changes weights ({usual['optimiser']})")
    add("--power", type=float, metavar="P", help=f"the rate falls as (share left)^P besides ({usual['power']:g})")
    add("--weight-decay", type=float, metavar="RATE", help=f"of the optimiser ({usual['weight_decay']:g})")
    add("--same-steps", action="store_true", help="see fewer labels more often, so that there are as many steps")
    add("--seeds", nargs="+", type=seed_number, default=(0, 1, 2), metavar="N", help="a training for each (0 1 2)")
    add("--quick", action="store_true",
        help=f"a recipe for a CPU: {task.quick['size']} pixels, slim, {task.quick['epochs']} epochs; other flags "
             "change it")  # fmt: skip
    add("--device", default="auto", help="cpu, cuda, cuda:N (auto)")
    add("--threads", type=positive_int, metavar="N", help="of PyTorch on a CPU (all cores)")
    add("--out", type=Path, default=Path(f"runs/{task.name}"), metavar="DIR", help=f"where it goes (runs/{task.name})")


def study_of(task: Task, arguments: Sequence[str] | None = None) -> Study:
    """The study that a command line asks for.

    Raises:
        SettingsError: Something that cannot be.
    """
    flags = build_parser(task).parse_args(arguments)
    require_learners("torch")
    chosen = recipe_flags(flags, task.quick if flags.quick else task.standard)
    chosen["drops"] = tuple(chosen["drops"])
    for name in ("weights", "labels", "seeds"):
        chosen[name] = tuple(dict.fromkeys(getattr(flags, name)))
    chosen["train"], chosen["test"] = scenes_asked_for(flags)
    for name in ("data", "out", "same_steps", "clockwise_audio", "device", "threads"):
        chosen[name] = getattr(flags, name)
    models = tuple(name for name in task.tables.titles if name in flags.model)
    return Study(task=task, models=models, **chosen)


def recipe_flags(flags: Namespace, preset: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a preset, but those that the command line gives."""
    return {name: value if getattr(flags, name) is None else getattr(flags, name) for name, value in preset.items()}


def scenes_asked_for(flags: Namespace) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Scenes to learn in and scenes held out, of the flags of `add_data_flags`.

    Raises:
        DatasetError: There is no such folder, or a pattern fits nothing in it.
    """
    from tasks.views import scenes_named

    if not flags.data.is_dir():
        raise DatasetError(f"no folder '{flags.data}': give what python -m echoenv.collect wrote")
    return scenes_named(flags.data, flags.train), scenes_named(flags.data, flags.test, held_out=True)


def run_task(task: Task, arguments: Sequence[str] | None = None) -> int:
    """Trains as the command line says, and makes the tables.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    study = study_of(task, arguments)
    import torch

    from tasks.study_trainings import run_study
    from tasks.training import Workers

    workers = Workers.found(study.device)
    try:
        text = run_study(study, workers)
    finally:
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
    if workers.rank == 0:
        print(f"\n{text}\n{study.out / PAGE} and its pictures are written")
    return 0
