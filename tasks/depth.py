"""Depth from views and echoes: `python -m tasks.depth --data data/echoenv` makes tables 8.1 and 8.2 again.

The one idea: what depth is made of, said to `tasks.study_command`, which does the rest: a training for each model,
start, share of the labels and seed, in a folder of its own, and a page of all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if __name__ == "__main__" and __package__ is None:  # as a file from a checkout
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

from echoenv.command_line import run_command
from tasks.depth_tables import TABLES
from tasks.study import Plan, Study, Task
from tasks.study_command import run_task

if TYPE_CHECKING:
    from tasks.training import StudyLearner
    from tasks.views import Views


def _learner(plan: Plan, study: Study, train: Views, test: Views) -> StudyLearner:
    from tasks.depth_learner import DepthLearner
    from tasks.multiscale_learner import MultiScaleLearner

    if plan.model == "multiscale":
        return MultiScaleLearner(train, test, plan.seed, plan.file, slimness=study.slimness)
    return DepthLearner(plan.model, train, test, study.slimness, seed=plan.seed, weights=plan.file)


def _picture(file: Path, views: Views, told: Mapping[str, NDArray[np.float32]]) -> None:
    from tasks.depth_pictures import save_predictions

    save_predictions(file, views, {name: depth[:, 0] for name, depth in told.items()})


_ADAM = {"optimiser": "adam", "power": 0.0, "weight_decay": 5e-4}

DEPTH = Task(
    name="depth",
    does="Learn depth from views and echoes, and make the tables of the paper.",
    tables=TABLES,
    models=("average", "echo", "rgb", "rgb_echo"),
    encoders={"rgb": "unet", "rgb_convnext": "convnext", "multiscale": "resnet50"},
    channels=("rgb", "depth", "echo"),
    learner=_learner,
    picture=_picture,
    standard={"size": 128, "slimness": 1, "epochs": 300, "batch": 64, "rate": 1e-4, "drops": (), **_ADAM},
    quick={"size": 64, "slimness": 4, "epochs": 15, "batch": 32, "rate": 1e-3, "drops": (10, 13), **_ADAM},
)


def run(arguments: Sequence[str] | None = None) -> int:
    """Trains as the command line says, and makes the tables.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    return run_task(DEPTH, arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, DEPTH.prog, arguments)


if __name__ == "__main__":
    sys.exit(main())
