"""Depth from views and echoes: `python -m tasks.depth --data data/echoenv` makes tables 8.1 and 8.2 again.

The one idea: a table is a list of trainings, one for each model, start, share of the labels and seed, each in a folder
of its own; those that are done stay done, one that was ended goes on, and the page is made of all of them at the end.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if __name__ == "__main__" and __package__ is None:  # as a file from a checkout
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

from echoenv.command_line import ArgumentParser, positive_int, run_command, seed_number
from echoenv.datasets.atomic_files import make_writable_folder
from echoenv.envs.settings import HELD_OUT_HOMES, TRAINING_HOMES
from echoenv.errors import DatasetError, SettingsError
from tasks import depth_results
from tasks.depth_results import SCRATCH, TITLES, Made, Outcome, rows_of, title_of
from tasks.depth_study import PROG, Plan, Study, TimeLeft

if TYPE_CHECKING:
    from tasks.depth_learner import DepthLearner
    from tasks.training import Workers
    from tasks.views import Views

_STANDARD: dict[str, Any] = {"size": 128, "slimness": 1, "epochs": 300, "batch": 64, "rate": 1e-4, "drops": ()}
_QUICK: dict[str, Any] = {"size": 64, "slimness": 4, "epochs": 15, "batch": 32, "rate": 1e-3, "drops": (10, 13)}
_SHOWN = 6  # views of the picture

_EPILOG = """\
A command that was stopped goes on where it was when it is given again. Several GPUs: torchrun --nproc-per-node N -m
tasks.depth ... In --weights, {seed} stands for the seed, so that each training starts from an encoder of its own.

examples:
  python -m tasks.depth --data data/echoenv --quick
  python -m tasks.depth --data data/echoenv --quick --model rgb --labels 0.1 0.25 0.5 1 --same-steps \\
      --weights none runs/visual_echoes/visual_echoes_unet_{seed}/encoder.pt
"""


class Trainings:
    """The trainings of a study, one after the other.

    Args:
        study: What is to be done.
        workers: The processes that share each.
        told: Is told how it goes.

    Attributes:
        train: Views to learn from.
        test: Views held out.
        shown: Rows of the views that the picture has.
        predictions: Depth [m] (n, H, W) of them, by the model's title.
        seconds: Of all trainings, those of earlier commands included.

    Raises:
        DatasetError: The data or the weights are missing or of no use.
    """

    def __init__(self, study: Study, workers: Workers, told: Callable[[str], None]) -> None:
        from tasks.depth_pictures import shown_rows
        from tasks.views import load_views

        self.study, self.workers, self.told = study, workers, told
        self.plans = study.plans()
        _check_weights(self.plans, study.slimness)
        told(f"reading {study.data} ...")
        self.train, self.test = (
            load_views(study.data, names, size=study.size, clockwise_audio=study.clockwise_audio)
            for names in (study.train, study.test)
        )
        self._data = _fingerprint(self.train) + _fingerprint(self.test)
        self.shown = shown_rows(self.test, min(_SHOWN, len(self.test)))
        self.predictions: dict[str, NDArray[np.float32]] = {}
        self.seconds = 0.0
        self._left = TimeLeft([(plan.model, self._views_of(plan)) for plan in self.plans])

    def run(self) -> list[Outcome]:
        """Trains all of them, or goes on.

        Raises:
            DatasetError: A folder holds another training, or a loss is not finite.
        """
        return [self._outcome(number, plan) for number, plan in enumerate(self.plans)]

    def _views_of(self, plan: Plan) -> int:
        if plan.model == "average":
            return 0
        return round(plan.labels * len(self.train)) * self.study.recipe(plan).epochs

    def _outcome(self, number: int, plan: Plan) -> Outcome:
        from tasks.depth_learner import DepthLearner

        train = self.train if plan.labels == 1.0 else self.train.fewer(plan.labels, plan.seed)
        learner = DepthLearner(plan.model, train, self.test, self.study.slimness, seed=plan.seed, weights=plan.file)
        self.told(f"training {number + 1} of {len(self.plans)}: {plan.title}{self._left}")
        found = learner.judge() if plan.model == "average" else self._trained(number, plan, learner)
        if plan.seed == self.study.seeds[0] and plan.labels == max(self.study.labels):
            self.predictions[title_of(plan.model, plan.start)] = learner.told(self.shown)[:, 0].numpy()
        measures = {name: value for name, value in found.items() if name not in ("epoch", "loss", "seconds")}
        return Outcome(plan.model, plan.start, plan.labels, plan.seed, measures)

    def _trained(self, number: int, plan: Plan, learner: DepthLearner) -> dict[str, float]:
        from tasks.training import Training

        study, folder = self.study, plan.folder(self.study.out)
        about = {"task": "depth", "model": plan.model, "weights": plan.file and _digest(Path(plan.file).read_bytes()),
                 "labels": plan.labels, "slimness": study.slimness, "size": study.size, "data": self._data}  # fmt: skip
        training = Training(learner, study.recipe(plan), folder, about, self.workers, study.longer(plan))
        self._left.note(number, learner.count * training.epoch, None)
        if training.epoch == training.recipe.epochs:
            self.told("  done already")
        began = time.monotonic()

        def told(line: str) -> None:
            nonlocal began
            self._left.note(number, learner.count, time.monotonic() - began)
            began = time.monotonic()
            self.told(f"  {line}{self._left}")

        found = training.run(told)
        self.seconds += sum(point["seconds"] for point in training.curve())
        return found


def _check_weights(plans: Sequence[Plan], slimness: int) -> None:
    """Take every file of weights once, before the data are read, which takes a minute."""
    from tasks.encoder_files import start_from
    from tasks.unet import UNetEncoder

    encoder = UNetEncoder(slimness=slimness)
    for file in dict.fromkeys(plan.file for plan in plans):
        if file is not None:
            start_from(encoder, file)


def _digest(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _fingerprint(views: Views) -> str:
    return "".join(_digest(np.ascontiguousarray(part).data) for part in (views.rgb, views.depth, views.echo))


def run_study(study: Study, workers: Workers, told: Callable[[str], None] = print) -> str:
    """Trains all that a study has, and writes its page, its data and its pictures.

    Args:
        study: What is to be done.
        workers: The processes that share it; only the first of them tells and writes.
        told: Is told how it goes.

    Returns:
        The page.

    Raises:
        SettingsError: A number is of no use.
        DatasetError: The data or the weights are missing or of no use, or a folder holds another training.
    """
    from tasks.depth_pictures import save_label_curves, save_predictions

    first = workers.rank == 0
    make_writable_folder(study.out)
    study.recipe(Plan(study.models[0], SCRATCH, 1.0, 0))  # says at once what is wrong with it
    trainings = Trainings(study, workers, told if first else lambda _: None)
    rows = rows_of(trainings.run())
    made = _made(study, trainings)
    if first:
        shown = trainings.test.chosen(trainings.shown)
        save_predictions(study.out / depth_results.PREDICTIONS, shown, trainings.predictions)
        if depth_results.fewer_labels(rows):
            save_label_curves(study.out / depth_results.LABELS, rows)
        depth_results.write_results(study.out, rows, made)
    return depth_results.page(rows, made)


def _made(study: Study, trainings: Trainings) -> Made:
    names = ("size", "slimness", "epochs", "batch", "rate", "drops", "same_steps")
    recipe = {name: getattr(study, name) for name in names}
    counts = len(trainings.train), len(trainings.test)
    command, data = study.command(trainings.workers.count), data_said(study.data, (*study.train, *study.test))
    machine = _machine(trainings.workers)
    return Made(command, data, counts, (study.train, study.test), recipe, machine, trainings.seconds)


def data_said(folder: Path, scenes: Sequence[str]) -> str:
    """What the scenes of a data set are, in words; empty for VisualEchoes' own files."""
    from echoenv.datasets.provenance import SCENE_FILE, read_scene

    found = [folder / part / name for name in scenes for part in ("", "metadata")]
    origins = {read_scene(path).origin.split(",")[0] for path in found if (path / SCENE_FILE).is_file()}
    return " and ".join(sorted(origins))


def _machine(workers: Workers) -> str:
    import torch

    from benchmarks.machine import describe

    if workers.device.type == "cuda":
        named = f"{workers.count} x {torch.cuda.get_device_name(workers.device)}"
    else:
        here = describe()
        named = f"{here['processor']}, {torch.get_num_threads()} of {here['cores']} cores"
    return f"PyTorch {torch.__version__} on {named}"


def build_parser() -> ArgumentParser:
    """The flags of the command."""
    parser = ArgumentParser(
        prog=PROG, epilog=_EPILOG, description="Learn depth from views and echoes, and make the tables of the paper."
    )
    add = parser.add_argument_group("what is learned, from what").add_argument
    add("--data", type=Path, required=True, metavar="FOLDER",
        help="what python -m echoenv.collect wrote, or VisualEchoes' data")  # fmt: skip
    add("--train", nargs="+", default=TRAINING_HOMES, metavar="SCENE", help="scenes to learn in (the 15 of the paper)")
    add("--test", nargs="+", default=HELD_OUT_HOMES, metavar="SCENE", help="scenes held out (its other 3)")
    add("--clockwise-audio", action="store_true", help="VisualEchoes' data whose sounds are named clockwise; see docs")
    add("--model", nargs="+", choices=TITLES, default=tuple(TITLES), help="some of average, echo, rgb, rgb_echo (all)")
    add("--weights", nargs="+", default=(SCRATCH,), metavar="FILE",
        help=f"encoders that rgb starts from, '{SCRATCH}' for none, each a row of table 8.2 ({SCRATCH})")  # fmt: skip
    add("--labels", nargs="+", type=float, default=(1.0,), metavar="SHARE", help="such as 0.1 0.25 0.5 1 (1)")
    add("--size", type=positive_int, choices=(64, 128), help="of pictures, which are reduced to it (128)")
    add("--slimness", type=positive_int, metavar="N", help="widths are divided by it (1)")
    add = parser.add_argument_group("how").add_argument
    add("--epochs", type=positive_int, metavar="N", help="times that every view is seen (300)")
    add("--batch", type=positive_int, metavar="N", help="views of a step (64)")
    add("--rate", type=float, metavar="RATE", help="learning rate of Adam (1e-4)")
    add("--drops", type=positive_int, nargs="*", metavar="EPOCH", help="where the rate falls to a tenth (nowhere)")
    add("--same-steps", action="store_true", help="see fewer labels more often, so that there are as many steps")
    add("--seeds", nargs="+", type=seed_number, default=(0, 1, 2), metavar="N", help="a training for each (0 1 2)")
    add("--quick", action="store_true",
        help="a recipe for a CPU: 64 pixels, slim, 15 epochs, an hour; other flags change it")  # fmt: skip
    add("--device", default="auto", help="cpu, cuda, cuda:N (auto)")
    add("--threads", type=positive_int, metavar="N", help="of PyTorch on a CPU (all cores)")
    add("--out", type=Path, default=Path("runs/depth"), metavar="DIR", help="where it goes (runs/depth)")
    return parser


def study_of(arguments: Sequence[str] | None = None) -> Study:
    """The study that a command line asks for.

    Raises:
        SettingsError: Something that cannot be.
    """
    flags = build_parser().parse_args(arguments)
    preset = _QUICK if flags.quick else _STANDARD
    chosen = {name: value if getattr(flags, name) is None else getattr(flags, name) for name, value in preset.items()}
    chosen["drops"] = tuple(chosen["drops"])
    for name in ("weights", "labels", "seeds", "train", "test"):
        chosen[name] = tuple(dict.fromkeys(getattr(flags, name)))
    for name in ("data", "out", "same_steps", "clockwise_audio", "device", "threads"):
        chosen[name] = getattr(flags, name)
    return Study(models=tuple(name for name in TITLES if name in flags.model), **chosen)


def run(arguments: Sequence[str] | None = None) -> int:
    """Trains as the command line says, and makes the tables.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    study = study_of(arguments)
    try:
        import torch
    except ImportError as error:
        raise SettingsError(f"{error.name} is not installed: pip install 'echoenv[learn]'") from None
    from tasks.training import Workers

    if not study.data.is_dir():
        raise DatasetError(f"no folder '{study.data}': give what python -m echoenv.collect wrote")
    workers = Workers.found(study.device)
    try:
        text = run_study(study, workers)
    finally:
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
    if workers.rank == 0:
        print(f"\n{text}\n{study.out / depth_results.PAGE} and its pictures are written")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, PROG, arguments)


if __name__ == "__main__":
    sys.exit(main())
