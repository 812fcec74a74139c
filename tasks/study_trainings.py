"""The trainings of a study, one after the other, and the page that is made of them.

The one idea: trainings that are done stay done, one that was ended goes on, and page, data and pictures are made of all
of them at the end.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from echoenv.datasets.atomic_files import make_writable_folder
from tasks import study_results
from tasks.encoder_files import start_from
from tasks.orientation_networks import backbone
from tasks.study import Plan, Study, TimeLeft
from tasks.study_pictures import save_label_curves, shown_rows
from tasks.study_results import AVERAGE, SCRATCH, Made, Outcome, rows_of
from tasks.training import StudyLearner, Training, Workers
from tasks.views import Views, load_views, origin_of

_SHOWN = 6  # views of the picture
_PARTS = ("rgb", "depth", "normal", "echo")


class Trainings:
    """The trainings of a study.

    Args:
        study: What is to be done.
        workers: The processes that share each.
        told: Is told how it goes.

    Attributes:
        train: Views to learn from.
        test: Views held out.
        shown: Rows of the views that the picture has.
        predictions: What was told (n, channels, H, W) of them, by the model's title.
        seconds: Of all trainings, those of earlier commands included.

    Raises:
        DatasetError: The data or the weights are missing or of no use.
    """

    def __init__(self, study: Study, workers: Workers, told: Callable[[str], None]) -> None:
        self.study, self.workers, self.told = study, workers, told
        self.plans = study.plans()
        _check_weights(study)
        told(f"reading {study.data} ...")
        self.train, self.test = (
            load_views(study.data, names, study.task.channels, study.size, study.clockwise_audio)
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
        if plan.model == AVERAGE:
            return 0
        return round(plan.labels * len(self.train)) * self.study.recipe(plan).epochs

    def _outcome(self, number: int, plan: Plan) -> Outcome:
        study = self.study
        train = self.train if plan.labels == 1.0 else self.train.fewer(plan.labels, plan.seed)
        learner = study.task.learner(plan, study, train, self.test)
        self.told(f"training {number + 1} of {len(self.plans)}: {study.title(plan)}{self._left}")
        found = learner.judge() if plan.model == AVERAGE else self._trained(number, plan, learner)
        if plan.seed == study.seeds[0] and plan.labels == max(study.labels):
            self.predictions[study.task.tables.title_of(plan.model, plan.start)] = learner.told(self.shown).numpy()
        measures = {name: value for name, value in found.items() if name not in ("epoch", "loss", "seconds")}
        return Outcome(plan.model, plan.start, plan.labels, plan.seed, measures)

    def _trained(self, number: int, plan: Plan, learner: StudyLearner) -> dict[str, float]:
        study, folder = self.study, plan.folder(self.study.out)
        about = {"task": study.task.name, "model": plan.model, "labels": plan.labels, "slimness": study.slimness,
                 "weights": plan.file and _digest(Path(plan.file).read_bytes()), "size": study.size,
                 "data": self._data}  # fmt: skip
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


def _check_weights(study: Study) -> None:
    """Take every file of weights once, before the data are read, which takes a minute."""
    files = dict.fromkeys((plan.model, plan.file) for plan in study.plans() if plan.file is not None)
    for model, file in files:
        start_from(backbone(study.task.encoders[model], slimness=study.slimness), str(file))


def _digest(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def _fingerprint(views: Views) -> str:
    parts = (getattr(views, name) for name in _PARTS)
    return "".join(_digest(np.ascontiguousarray(part).data) for part in parts if len(part))


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
    first, tables = workers.rank == 0, study.task.tables
    make_writable_folder(study.out)
    study.recipe(Plan(study.models[0], SCRATCH, 1.0, 0))  # says at once what is wrong with it
    trainings = Trainings(study, workers, told if first else lambda _: None)
    rows = rows_of(trainings.run())
    made = _made(study, trainings)
    if first:
        shown = trainings.test.chosen(trainings.shown)
        study.task.picture(study.out / study_results.PREDICTIONS, shown, trainings.predictions)
        if study_results.fewer_labels(tables, rows):
            save_label_curves(study.out / study_results.LABELS, tables, rows)
        study_results.write_results(study.out, tables, rows, made)
    return study_results.page(tables, rows, made)


def _made(study: Study, trainings: Trainings) -> Made:
    names = ("size", "slimness", "epochs", "batch", "rate", "drops", "optimiser", "power", "same_steps")
    recipe = {name: getattr(study, name) for name in names}
    counts = len(trainings.train), len(trainings.test)
    data, published = origin_of(study.data, (*study.train, *study.test))
    return Made(
        study.command(trainings.workers.count), data, published, counts, (study.train, study.test), recipe,
        _machine(trainings.workers), trainings.seconds,
    )  # fmt: skip


def _machine(workers: Workers) -> str:
    from benchmarks.machine import describe

    if workers.device.type == "cuda":
        named = f"{workers.count} x {torch.cuda.get_device_name(workers.device)}"
    else:
        here = describe()
        named = f"{here['processor']}, {torch.get_num_threads()} of {here['cores']} cores"
    return f"PyTorch {torch.__version__} on {named}"
