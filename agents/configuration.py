"""What an experiment is, read from a YAML file: task, network, learning, evaluation.

The one idea: typed values with defaults; a key that is not known, or a value of another type, is an error that names
the key and the nearest valid one. The file that was used is kept with the results.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

from echoenv.envs.registration import TASKS
from echoenv.envs.settings import HELD_OUT_HOMES
from echoenv.errors import SettingsError, nearest

ALGORITHMS = ("ppo", "recurrent_ppo")


@dataclass(frozen=True)
class Network:
    """The policy's network.

    Attributes:
        visual: Name of the picture encoder: `habitat`, `soundspaces`, `resnet18`.
        features: Length of what an encoder gives.
        hidden: Units of the recurrent layer, or of the layer after the features where there is none.
        weights: File with weights that the picture encoder starts from, or None.
    """

    visual: str = "habitat"
    features: int = 512
    hidden: int = 512
    weights: str | None = None


@dataclass(frozen=True)
class Learning:
    """How the policy is learned: PPO's numbers, Habitat's by default.

    Attributes:
        algorithm: `ppo`, or `recurrent_ppo` with a memory.
        steps: Of all agents together.
        rollout: Steps of each agent between two updates.
        batch: Steps of a minibatch.
        epochs: Over each rollout.
        rate: Learning rate; falls to 0 over all steps where `decay` is set.
        decay: Whether learning rate and clip range fall.
        gamma: Discount.
        gae_lambda: Of the advantage estimate.
        clip: Range of the policy's ratio.
        entropy: Weight of the entropy.
        value: Weight of the value's loss.
        max_gradient: Norm at which gradients are cut.
    """

    algorithm: str = "ppo"
    steps: int = 1_000_000
    rollout: int = 128
    batch: int = 256
    epochs: int = 4
    rate: float = 2.5e-4
    decay: bool = True
    gamma: float = 0.99
    gae_lambda: float = 0.95
    clip: float = 0.1
    entropy: float = 0.01
    value: float = 0.5
    max_gradient: float = 0.5


@dataclass(frozen=True)
class Evaluation:
    """How an agent is judged.

    Attributes:
        homes: Where; the held-out ones by default.
        episodes: In each.
        seed: Of the episodes; another than that of training.
        deterministic: Whether the likeliest action is taken, or one drawn by its probability as in Habitat.
    """

    homes: tuple[str, ...] = HELD_OUT_HOMES
    episodes: int = 50
    seed: int = 1000
    deterministic: bool = False


@dataclass(frozen=True)
class Experiment:
    """An experiment.

    Attributes:
        task: Id of a task.
        env: Values of `NavigationSettings` other than the task's.
        network: The policy's network.
        learning: How it is learned.
        evaluation: How it is judged.
        workers: Processes that simulate.
        agents: In each of them.
        seed: Of everything.
        checkpoint: Steps between checkpoints.
    """

    task: str = "EchoEnv/PointNav-v0"
    env: dict[str, Any] = field(default_factory=dict)
    network: Network = field(default_factory=Network)
    learning: Learning = field(default_factory=Learning)
    evaluation: Evaluation = field(default_factory=Evaluation)
    workers: int = 2
    agents: int = 4
    seed: int = 0
    checkpoint: int = 50_000

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise SettingsError(f"task '{self.task}' is not known: {nearest(self.task, TASKS)}")
        if self.learning.algorithm not in ALGORITHMS:
            hint = nearest(self.learning.algorithm, ALGORITHMS)
            raise SettingsError(f"algorithm '{self.learning.algorithm}' is not known: {hint}")

    @property
    def task_settings(self) -> dict[str, Any]:
        """Values of `NavigationSettings` of the task with this experiment's changes."""
        return {**TASKS[self.task], **self.env}


def read_experiment(file: str | Path) -> Experiment:
    """An experiment from a YAML file.

    Raises:
        SettingsError: The file is missing, no YAML, or has a key or a value that is of no use.
    """
    import yaml

    path = Path(file)
    if not path.is_file():
        there = sorted(one.name for one in path.parent.glob("*.yaml")) if path.parent.is_dir() else []
        raise SettingsError(f"configuration '{file}' is missing: {nearest(path.name, there)}")
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise SettingsError(f"'{file}' is no YAML: {' '.join(str(error).split())[:120]}") from None
    return _filled(Experiment, given, str(file))


def _filled(kind: type, given: Any, where: str) -> Any:
    """A dataclass from a mapping, checked key by key."""
    if not isinstance(given, dict):
        raise SettingsError(f"{where} holds {type(given).__name__}: give keys and values")
    types, known = get_type_hints(kind), [one.name for one in fields(kind)]
    values: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            raise SettingsError(f"{where}: '{key}' is not known: {nearest(str(key), known)}")
        values[key] = _value(types[key], value, f"{where}: {key}")
    return kind(**values)


def _value(wanted: Any, value: Any, where: str) -> Any:
    if isinstance(wanted, type) and is_dataclass(wanted):
        return _filled(wanted, value, where)
    if wanted == tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise SettingsError(f"{where} = {value!r}: give a list of names")
        return tuple(value)
    if wanted is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    plain: Any = {int: int, str: str, bool: bool, str | None: (str, type(None))}.get(wanted)
    if plain is not None and (not isinstance(value, plain) or (wanted is int and isinstance(value, bool))):
        raise SettingsError(f"{where} = {value!r}: give {getattr(wanted, '__name__', wanted)}")
    return value
