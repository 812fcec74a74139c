"""What a training leaves in its folder, read again: the experiment, the curve, the judged episodes, the policy.

The one idea: a folder that `agents.ppo` wrote is all that films and pages need; what is missing is an error that says
which command makes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from agents.configuration import Evaluation, Experiment, Learning, Network
from agents.evaluation import Acting, Row, network_policy
from agents.ppo import CURVE, STATE, new_model
from echoenv.errors import DatasetError, nearest

RESULTS = "results.json"
AGENT = "agent"
"""Name of the trained policy among those that were judged."""


@dataclass(frozen=True)
class Run:
    """A training.

    Attributes:
        folder: Where it is.
        experiment: What was trained.
        steps: How far.
        curve: A point of every checkpoint, as `agents.ppo` writes them.
        episodes: Judged episodes by policy, the trained one's under `AGENT`; empty where nothing was judged yet.
        machine: What trained it, where the run says so.
    """

    folder: Path
    experiment: Experiment
    steps: int
    curve: list[dict[str, Any]]
    episodes: dict[str, list[Row]]
    machine: str | None = None

    @property
    def seconds(self) -> float:
        """Time of all training [s]."""
        return float(sum(point["seconds"] for point in self.curve))


def read_run(folder: str | Path) -> Run:
    """A training from its folder.

    Raises:
        DatasetError: There is no training, or it cannot be read.
    """
    path = Path(folder)
    if not (path / STATE).is_file():
        there = [one.parent.name for one in path.parent.glob(f"*/{STATE}")] if path.parent.is_dir() else []
        hint = nearest(path.name, there)
        raise DatasetError(f"'{folder}' holds no training (no {STATE}): {hint}; python -m agents.ppo makes one")
    try:
        state = json.loads((path / STATE).read_text(encoding="utf-8"))
        experiment = experiment_of(state["experiment"])
        lines = (path / CURVE).read_text(encoding="utf-8").splitlines() if (path / CURVE).is_file() else []
        curve = [json.loads(line) for line in lines]
        results = path / RESULTS
        judged = json.loads(results.read_text(encoding="utf-8"))["episodes"] if results.is_file() else {}
    except (ValueError, KeyError, TypeError) as error:
        raise DatasetError(f"the training in '{folder}' cannot be read ({error}): was it made by agents.ppo?") from None
    episodes = {name: completed(rows) for name, rows in judged.items()}
    return Run(path, experiment, int(state["steps"]), curve, episodes, state.get("machine"))


def experiment_of(values: dict[str, Any]) -> Experiment:
    """An experiment from the values that `dataclasses.asdict` made of it, after a way through JSON."""
    judged = {**values["evaluation"], "homes": tuple(values["evaluation"]["homes"])}
    parts = {
        "network": Network(**values["network"]),
        "learning": Learning(**values["learning"]),
        "evaluation": Evaluation(**judged),
    }
    return Experiment(**{**values, **parts})


def completed(rows: list[Row]) -> list[Row]:
    """Rows with `number` and `start_distance` where files from before these were written lack them."""
    counts: dict[str, int] = {}
    full = []
    for row in rows:
        number = counts.get(row["scene"], 0)
        counts[row["scene"]] = number + 1
        full.append({"number": number, "start_distance": _start_distance(row), **row})
    return full


def _start_distance(row: Row) -> float | None:
    """Length of the shortest way at the start [m]; None where the agent ended on the very goal."""
    share = row.get("distance_to_goal_by_start")
    return row["distance_to_goal"] / share if share else None


def run_policy(run: Run) -> Callable[[int], Acting]:
    """The policy of a run's last checkpoint; PyTorch is set to one thread, for one agent's step is too little for more.

    Raises:
        DatasetError: The run has no checkpoint yet, or its file is gone.
    """
    import torch

    from agents.vector import WorkersVecEnv

    torch.set_num_threads(1)
    checkpoint = run.folder / f"checkpoint_{run.steps}.zip"
    if not checkpoint.is_file():
        raise DatasetError(f"'{run.folder}' has no {checkpoint.name}: train on with python -m agents.ppo")
    # the weights that a training started from are no longer needed
    experiment = replace(run.experiment, network=replace(run.experiment.network, weights=None))
    env = WorkersVecEnv(0, 1, experiment.task_settings)
    try:
        model = new_model(experiment, env)
        model.set_parameters(str(checkpoint), exact_match=True, device="auto")
    finally:
        env.close()
    return network_policy(model, experiment.evaluation.deterministic)
