"""Training by epochs: progress with the time left, a checkpoint after each, and going on to the very same numbers.

The one idea: everything that is drawn in an epoch (order, augmentation, dropout) follows from the seed and the epoch's
number alone. An epoch then depends on the checkpoint before it and on nothing else, so a training that was ended at any
moment comes to what it would have come to. Several processes under `torchrun` share each batch.
"""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from echoenv.datasets.atomic_files import make_writable_folder, write_whole
from echoenv.errors import DatasetError, SettingsError
from echoenv.processor import available_cores
from tasks.views import order_of

_MOMENTUM = 0.9
CHECKPOINT, CURVE, ABOUT = "checkpoint.pt", "curve.jsonl", "about.json"


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        epochs: Times that all samples are seen.
        batch: Samples of a step, of all processes together.
        rate: Learning rate.
        weight_decay: Of the optimiser.
        drops: Epochs after which the rate falls to a tenth.
        optimiser: `adam`, or `sgd` with a momentum of 0.9.
        power: Of the share of epochs that are left, by which the rate falls besides.
        seed: Of everything.
        mixed: Whether matrices are multiplied in 16 bits where the device is a GPU.
        threads: Of PyTorch on a CPU; None takes all cores.

    Raises:
        SettingsError: A number is of no use.
    """

    epochs: int = 20
    batch: int = 64
    rate: float = 1e-4
    weight_decay: float = 5e-4
    drops: tuple[int, ...] = ()
    optimiser: Literal["adam", "sgd"] = "adam"
    power: float = 0.0
    seed: int = 0
    mixed: bool = True
    threads: int | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "batch"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise SettingsError(f"{name} = {value!r}: give a whole number of 1 or more")
        if not self.rate > 0.0 or not self.weight_decay >= 0.0:
            raise SettingsError(f"rate = {self.rate!r}, weight_decay = {self.weight_decay!r}: give positive numbers")
        if self.optimiser not in ("adam", "sgd") or not self.power >= 0.0:
            raise SettingsError(
                f"optimiser = '{self.optimiser}', power = {self.power!r}: give adam or sgd, and 0 or more"
            )

    def rate_at(self, epoch: int) -> float:
        """Learning rate of an epoch, 0 the first."""
        left = 1.0 - epoch / self.epochs
        return self.rate * 0.1 ** sum(epoch >= drop for drop in self.drops) * left**self.power

    def optimiser_of(self, network: nn.Module) -> torch.optim.Optimizer:
        """What changes the weights of a network."""
        settings = {"lr": self.rate, "weight_decay": self.weight_decay}
        if self.optimiser == "sgd":
            return torch.optim.SGD(network.parameters(), momentum=_MOMENTUM, **settings)
        return torch.optim.Adam(network.parameters(), **settings)


class Learner(Protocol):
    """What is trained: a network, its samples, what is lost on them, and how good it is.

    Attributes:
        network: All that is learned.
        count: Samples to learn from.
    """

    network: nn.Module
    count: int

    def batch(self, rows: NDArray[np.int64], random: np.random.Generator) -> dict[str, Tensor]:
        """Samples of some rows (b,) as tensors; what is drawn, as for augmentation, is drawn here."""

    def loss(self, batch: dict[str, Tensor]) -> Tensor:
        """Loss of a batch, a scalar."""

    def judge(self) -> dict[str, float]:
        """Measures by name, on what is held out, with the network in evaluation mode."""


class StudyLearner(Learner, Protocol):
    """A learner that also shows what it has learned."""

    def told(self, rows: NDArray[np.int64]) -> Tensor:
        """What the network tells (n, channels, H, W) of views held out, by their rows (n,)."""


@dataclass(frozen=True)
class Workers:
    """The processes that train together.

    Attributes:
        rank: Number of this one.
        count: Of all.
        device: Where this one computes.
    """

    rank: int
    count: int
    device: torch.device

    @classmethod
    def found(cls, device: str = "auto") -> Workers:
        """As `torchrun` says it, or this process alone.

        Raises:
            SettingsError: There is no such device.
        """
        rank, count = int(os.environ.get("LOCAL_RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise SettingsError(f"device '{device}' cannot be used: PyTorch sees no CUDA device; give cpu or auto")
        device = f"cuda:{rank}" if device == "cuda" else device
        try:
            torch.zeros(1, device=device)
        except (RuntimeError, AssertionError) as error:
            reason = str(error).splitlines()[0][:100]
            raise SettingsError(f"device '{device}' cannot be used ({reason}): give auto, cpu, cuda, cuda:N") from None
        if device.startswith("cuda"):
            torch.cuda.set_device(device)  # where what the processes share is computed
        if count > 1 and not torch.distributed.is_initialized():
            torch.distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
        return cls(int(os.environ.get("RANK", rank)), count, torch.device(device))


class Training:
    """One training, in a folder.

    Args:
        learner: What is trained.
        recipe: How.
        folder: Where the checkpoint, the curve and the measures go; a training that is there goes on.
        about: Whatever else makes this training what it is, as JSON has it.
        workers: The processes that share it.
        judged: Epochs from one judgement to the next; after the last epoch there is one always.

    Attributes:
        epoch: Epochs that are done.

    Raises:
        DatasetError: The folder holds another training.
    """

    def __init__(
        self, learner: Learner, recipe: Recipe, folder: Path, about: dict[str, Any] | None = None,
        workers: Workers | None = None, judged: int = 1,
    ) -> None:  # fmt: skip
        self.learner, self.recipe, self.folder, self._judged = learner, recipe, folder, judged
        self.workers = workers or Workers.found("cpu")
        self._about = json.loads(json.dumps({**asdict(recipe), **(about or {})}))
        make_writable_folder(folder)
        here = int(os.environ.get("LOCAL_WORLD_SIZE", 1))  # processes on this machine
        torch.set_num_threads(recipe.threads or max(1, available_cores() // here))
        learner.network.to(self.workers.device)
        self._optimiser = recipe.optimiser_of(learner.network)
        self.epoch = 0
        self._take_up()

    def run(self, told: Callable[[str], None] = print) -> dict[str, float]:
        """Trains to the end, or goes on; returns the last measures.

        Args:
            told: Is told a line after each epoch.

        Raises:
            DatasetError: The loss is not finite.
        """
        from tqdm import tqdm

        steps = -(-self.learner.count // self.recipe.batch)
        total = self.recipe.epochs * steps
        silent = True if self.workers.rank else None  # None: where nobody looks on
        with tqdm(total=total, initial=self.epoch * steps, unit=" steps", dynamic_ncols=True, disable=silent) as bar:
            while self.epoch < self.recipe.epochs:
                began = time.monotonic()
                loss = self._train_epoch(bar)
                self.epoch += 1
                due = self.epoch % self._judged == 0 or self.epoch == self.recipe.epochs
                measures = self.measured() if due else {}
                if self.workers.rank == 0:
                    self._keep({"loss": loss, **measures}, time.monotonic() - began)
                shown = "  ".join(f"{name} {value:.4g}" for name, value in measures.items())
                told(f"epoch {self.epoch} of {self.recipe.epochs}: loss {loss:.4f}  {shown}".rstrip())
        if self.workers.count > 1:
            torch.distributed.barrier()  # until the first process has written what all of them read
        return self.curve()[-1] if self.epoch else {}

    def measured(self) -> dict[str, float]:
        """Measures on what is held out."""
        self.learner.network.eval()
        with torch.no_grad():
            return self.learner.judge()

    def curve(self) -> list[dict[str, Any]]:
        """What was noted after each epoch."""
        file = self.folder / CURVE
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.is_file() else []

    def _train_epoch(self, bar: Any) -> float:
        """Mean loss of an epoch."""
        recipe, device = self.recipe, self.workers.device
        seeds = np.random.SeedSequence([recipe.seed, self.epoch, self.workers.rank])
        torch.manual_seed(int(seeds.generate_state(1)[0]))  # of dropout
        random = np.random.default_rng(seeds)
        for group in self._optimiser.param_groups:
            group["lr"] = recipe.rate_at(self.epoch)
        self.learner.network.train()
        order, losses = order_of(self.learner.count, recipe.seed, self.epoch), []
        mixed = recipe.mixed and device.type == "cuda"
        for first in range(0, len(order), recipe.batch):
            rows = order[first : first + recipe.batch]
            bar.update()
            if len(rows) < 2 * self.workers.count:  # nothing can be normalised by one sample
                continue
            rows = rows[self.workers.rank :: self.workers.count]
            batch = {name: value.to(device) for name, value in self.learner.batch(rows, random).items()}
            with torch.autocast(device.type, torch.bfloat16, enabled=mixed):
                loss = self.learner.loss(batch)
            self._optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self._share_gradients()
            self._optimiser.step()
            losses.append(float(loss.detach()))
        mean = float(np.mean(losses)) if losses else float("nan")
        if not np.isfinite(mean):
            raise DatasetError(f"the loss of epoch {self.epoch + 1} is {mean}: a lower rate, or larger batches?")
        return mean

    def _share_gradients(self) -> None:
        """Take the mean over all processes."""
        if self.workers.count > 1:
            for parameter in self.learner.network.parameters():
                if parameter.grad is not None:
                    torch.distributed.all_reduce(parameter.grad)
                    parameter.grad /= self.workers.count

    def _keep(self, point: dict[str, float], seconds: float) -> None:
        """Writes the curve, and then the checkpoint that says that the epoch is done."""
        kept = [one for one in self.curve() if one["epoch"] < self.epoch]
        lines = [*kept, {"epoch": self.epoch, **point, "seconds": seconds}]
        write_whole(self.folder / CURVE, "".join(f"{json.dumps(one)}\n" for one in lines).encode())
        buffer = io.BytesIO()
        torch.save({"epoch": self.epoch, "about": json.dumps(self._about), "network": self.learner.network.state_dict(),
                    "optimiser": self._optimiser.state_dict()}, buffer)  # fmt: skip
        write_whole(self.folder / CHECKPOINT, buffer.getvalue())
        write_whole(self.folder / ABOUT, json.dumps(self._about, indent=1).encode())
        self._log(point)

    def _log(self, point: dict[str, float]) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            return
        with SummaryWriter(str(self.folder / "log"), purge_step=self.epoch) as log:
            for name, value in point.items():
                log.add_scalar(name, value, self.epoch)

    def _take_up(self) -> None:
        file = self.folder / CHECKPOINT
        if not file.is_file():
            return
        found = torch.load(file, map_location=self.workers.device, weights_only=True)
        usual = asdict(Recipe())  # what a checkpoint does not say was not to be chosen when it was written
        if {**usual, **json.loads(found["about"])} != {**usual, **self._about}:
            raise DatasetError(f"'{self.folder}' holds a training of another kind: give another folder")
        self.learner.network.load_state_dict(found["network"])
        self._optimiser.load_state_dict(found["optimiser"])
        self.epoch = int(found["epoch"])
