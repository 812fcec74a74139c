"""What a study is: its trainings one by one, how each is done, the command that makes it again.

The one idea: a table is a product of models, starts, shares of the labels and seeds; a training is one of its cells,
and has its folder by what it is, so that it is found again. What is learned (depth, normals) is a `Task`, which says
how models are made, what they are called and what was published of them.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from echoenv.envs.settings import HELD_OUT_HOMES, TRAINING_HOMES
from echoenv.errors import SettingsError
from tasks.study_results import AVERAGE, SCRATCH, Tables

if TYPE_CHECKING:
    from tasks.training import Recipe, StudyLearner
    from tasks.views import Views


@dataclass(frozen=True)
class Task:
    """What is learned in a study.

    Attributes:
        name: Of the task, of its module and of its folder in `runs/`.
        does: What the command does, in words.
        tables: Models, measures and what was published of them.
        models: Those that are trained where none are named.
        encoders: Models whose encoder of pictures starts from weights, and which backbone it is.
        channels: What is read of the data.
        learner: Makes the learner of a plan from views to learn from and views held out.
        picture: Draws views held out and what models told of them, by title, into a file.
        standard: Size, slimness, epochs, batch, rate, drops, optimiser, power and weight decay, as published.
        quick: The same for a CPU.
    """

    name: str
    does: str
    tables: Tables
    models: tuple[str, ...]
    encoders: Mapping[str, str]
    channels: tuple[str, ...]
    learner: Callable[[Plan, Study, Views, Views], StudyLearner]
    picture: Callable[[Path, Views, Mapping[str, NDArray[np.float32]]], None]
    standard: Mapping[str, Any]
    quick: Mapping[str, Any]

    @property
    def prog(self) -> str:
        """The command."""
        return f"python -m tasks.{self.name}"


@dataclass(frozen=True)
class Plan:
    """One training of a study.

    Attributes:
        model: One of the task's.
        weights: File that the encoder starts from, or `SCRATCH`.
        labels: Share of the labels.
        seed: Of first weights, order, augmentation and of which labels there are.
    """

    model: str
    weights: str
    labels: float
    seed: int

    @property
    def start(self) -> str:
        """Name of the weights, as tables have it: the file's, or its folder's where all encoders are named alike."""
        if self.weights == SCRATCH:
            return SCRATCH
        file = Path(self.weights)
        name = file.resolve().parent.name if file.stem == "encoder" else file.stem
        return name.replace("_{seed}", "").replace("{seed}", "") or "encoder"

    @property
    def file(self) -> str | None:
        """The weights of this seed."""
        return None if self.weights == SCRATCH else self.weights.replace("{seed}", str(self.seed))

    def folder(self, out: Path) -> Path:
        """Where its training goes."""
        start = "" if self.weights == SCRATCH else f"_from_{self.start}"
        return out / f"{self.model}{start}" / f"labels_{100.0 * self.labels:g}" / f"seed_{self.seed}"


@dataclass(frozen=True)
class Study:
    """All that a table is made of.

    Attributes:
        task: What is learned.
        data: Folder that `echoenv.collect` wrote, or of published data.
        out: Where everything goes.
        models: Some of the task's.
        weights: Files that encoders of pictures start from, `SCRATCH` among them; `{seed}` stands for the seed.
        labels: Shares of the labels.
        seeds: Of the trainings.
        size: Height and width to which views are reduced [pixels].
        slimness: By which widths are divided; 1 is the published network.
        epochs: Times that all labels are seen.
        batch: Views of a step.
        rate: Learning rate.
        drops: Epochs after which it falls to a tenth.
        optimiser: `adam` or `sgd`.
        power: Of the share of epochs left, by which the rate falls besides.
        weight_decay: Of the optimiser.
        same_steps: Whether fewer labels are seen more often, so that every training has as many steps.
        train: Scenes to learn in.
        test: Scenes held out.
        clockwise_audio: Whether a VisualEchoes folder names its sounds clockwise.
        device: auto, cpu, cuda or cuda:N.
        threads: Of PyTorch on a CPU; None takes all cores.

    Raises:
        SettingsError: Something that cannot be.
    """

    task: Task
    data: Path
    out: Path
    models: tuple[str, ...]
    weights: tuple[str, ...] = (SCRATCH,)
    labels: tuple[float, ...] = (1.0,)
    seeds: tuple[int, ...] = (0, 1, 2)
    size: int = 128
    slimness: int = 1
    epochs: int = 300
    batch: int = 64
    rate: float = 1e-4
    drops: tuple[int, ...] = ()
    optimiser: Literal["adam", "sgd"] = "adam"
    power: float = 0.0
    weight_decay: float = 5e-4
    same_steps: bool = False
    train: tuple[str, ...] = TRAINING_HOMES
    test: tuple[str, ...] = HELD_OUT_HOMES
    clockwise_audio: bool = False
    device: str = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        both = sorted(set(self.train) & set(self.test))
        if both:
            raise SettingsError(f"{', '.join(both)} is both to learn in and held out: give it to --train or to --test")
        if not all(0.0 < share <= 1.0 for share in self.labels):
            raise SettingsError(f"labels = {', '.join(f'{s:g}' for s in self.labels)}: give shares such as 0.1 and 1")
        if self.weights != (SCRATCH,):
            self._check_starts()

    def _check_starts(self) -> None:
        able = [model for model in self.models if model in self.task.encoders]
        if not able:
            names = " or ".join(self.task.encoders)
            raise SettingsError(f"--weights are what {names} starts from: add one to --model, or leave them out")
        if len({self.task.encoders[model] for model in able}) > 1:
            raise SettingsError(f"--weights fit one kind of encoder: give one of --model {', '.join(able)}")
        starts = [Plan(able[0], weights, 1.0, 0).start for weights in self.weights]
        alike = sorted({start for start in starts if starts.count(start) > 1})
        if alike:
            raise SettingsError(f"two files of --weights would both be called '{alike[0]}': rename one, or its folder")

    def title(self, plan: Plan) -> str:
        """A plan in words."""
        named = self.task.tables.title_of(plan.model, plan.start)
        return f"{named}, {100.0 * plan.labels:g} % of the labels, seed {plan.seed}"

    def plans(self) -> list[Plan]:
        """Trainings in order, seed by seed, so that tables of fewer seeds are whole first."""
        return [
            Plan(model, weights, labels, seed)
            for seed in self.seeds
            for labels in sorted(self.labels, reverse=True)
            for model in self.models
            for weights in (self.weights if model in self.task.encoders else (SCRATCH,))
            if model != AVERAGE or labels == max(self.labels)
        ]

    def longer(self, plan: Plan) -> int:
        """How many times as many epochs a training has as one with all labels."""
        return max(1, round(1.0 / plan.labels)) if self.same_steps else 1

    def recipe(self, plan: Plan) -> Recipe:
        """How a training is done.

        Raises:
            SettingsError: A number is of no use.
        """
        from tasks.training import Recipe

        longer, drops = self.longer(plan), tuple(self.longer(plan) * drop for drop in self.drops)
        return Recipe(
            longer * self.epochs, self.batch, self.rate, self.weight_decay, drops, self.optimiser, self.power,
            plan.seed, threads=self.threads,
        )  # fmt: skip

    def command(self, processes: int = 1) -> str:
        """What makes the same tables again, with every value that matters."""
        name = f"tasks.{self.task.name}"
        words = [f"torchrun --nproc-per-node {processes} -m {name}" if processes > 1 else self.task.prog]
        values: dict[str, Sequence[Any]] = {
            "data": [self.data], "model": self.models, "weights": self.weights, "labels": self.labels,
            "seeds": self.seeds, "size": [self.size], "slimness": [self.slimness], "epochs": [self.epochs],
            "batch": [self.batch], "rate": [self.rate], "drops": self.drops, "optimiser": [self.optimiser],
            "power": [self.power], "weight-decay": [self.weight_decay], "train": self.train, "test": self.test,
            "device": [self.device], "out": [self.out],
        }  # fmt: skip
        if self.weights == (SCRATCH,):
            del values["weights"]
        for name, value in values.items():
            if len(value):
                shown = (f"{one:g}" if isinstance(one, float) else shlex.quote(str(one)) for one in value)
                words.append(f"--{name} {' '.join(shown)}")
        words += [] if self.threads is None else [f"--threads {self.threads}"]
        said = {"--same-steps": self.same_steps, "--clockwise-audio": self.clockwise_audio}
        return " ".join([*words, *(flag for flag, wanted in said.items() if wanted)])


@dataclass
class TimeLeft:
    """How long all trainings will take yet, from how long a view took so far.

    Attributes:
        views: Model and number of views of each training that are yet to be seen, all epochs together.
    """

    views: list[tuple[str, int]]
    _spent: dict[str, tuple[float, int]] = field(default_factory=dict)

    def note(self, number: int, views: int, seconds: float | None) -> None:
        """A training has seen views, in so many seconds; None where it had seen them before."""
        model, left = self.views[number]
        self.views[number] = model, max(0, left - views)
        if seconds is not None:
            before = self._spent.get(model, (0.0, 0))
            self._spent[model] = before[0] + seconds, before[1] + views

    def seconds(self) -> float | None:
        """What is left; None where nothing is known yet. Of a model that was not trained yet it is the mean."""
        rates = {model: seconds / max(1, views) for model, (seconds, views) in self._spent.items()}
        if not rates:
            return None
        mean = float(np.mean(list(rates.values())))
        return sum(rates.get(model, mean) * views for model, views in self.views)

    def __str__(self) -> str:
        left = self.seconds()
        if left is None:
            return ""
        minutes = round(left / 60.0)
        words = f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
        return f"; {words if minutes else 'less than a minute'} left of all"
