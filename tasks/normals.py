"""Surface normals from views: `python -m tasks.normals --data data/echoenv` makes table 8.4b again.

The one idea: what normals are made of, said to `tasks.study_command`, which does the rest, as for depth.
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
from tasks.normal_tables import TABLES
from tasks.study import Plan, Study, Task
from tasks.study_command import run_task

if TYPE_CHECKING:
    from tasks.training import StudyLearner
    from tasks.views import Views


def _learner(plan: Plan, study: Study, train: Views, test: Views) -> StudyLearner:
    from tasks.normal_learner import NormalLearner

    return NormalLearner(plan.model, train, test, study.slimness, plan.seed, plan.file)


def _picture(file: Path, views: Views, told: Mapping[str, NDArray[np.float32]]) -> None:
    from tasks.normal_pictures import save_predictions

    save_predictions(file, views, told)


NORMALS = Task(
    name="normals",
    does="Learn surface normals from views, and make the table of the paper.",
    tables=TABLES,
    models=("average", "pspnet"),
    encoders={"pspnet": "resnet50", "unet": "unet"},
    channels=("rgb", "normal"),
    learner=_learner,
    picture=_picture,
    standard={"size": 128, "slimness": 1, "epochs": 400, "batch": 16, "rate": 0.02, "drops": (), "optimiser": "sgd",
              "power": 0.9, "weight_decay": 1e-4},
    quick={"size": 64, "slimness": 4, "epochs": 15, "batch": 32, "rate": 1e-3, "drops": (10, 13), "optimiser": "adam",
           "power": 0.0, "weight_decay": 5e-4},
)  # fmt: skip


def run(arguments: Sequence[str] | None = None) -> int:
    """Trains as the command line says, and makes the tables.

    Raises:
        EchoEnvError: A mistake in what was asked for.
    """
    return run_task(NORMALS, arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: `run`, with mistakes as one line and exit status 2."""
    return run_command(run, NORMALS.prog, arguments)


if __name__ == "__main__":
    sys.exit(main())
