"""Samples per second of what learners read, and of a step of learning beside it.

The one idea: a loader keeps up where it serves samples faster than a network of the case study takes them; the limit
beside our figures is what the same bytes take as one array in memory.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import Row, missing, rate
from benchmarks.timing import Patience, measure

TARGET = 500.0
HOME = "office_1"
_SUBJECT, _UNIT = "learning", "samples/s"
_BATCH, _WORKERS = 64, 2


def loaders(patience: Patience) -> Iterator[Row]:
    """Views and echoes of a collected home: from files, in memory, and with what is changed and computed of them."""
    try:
        import torch  # noqa: F401
    except ImportError as error:
        yield missing(_SUBJECT, "loading", f"{error.name} is not installed: pip install 'echoenv[learn]'")
        return
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "data"
        command = [sys.executable, "-m", "echoenv.collect", "--scene", HOME, "--no-preview", "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True)
        yield from _from_files(out, patience)
        yield from _in_memory(out, patience)


def _from_files(out: Path, patience: Patience) -> Iterator[Row]:
    """Read at random, in random order, by the processes of PyTorch's own loader."""
    import torch

    from echoenv.datasets.reader import EchoDataset

    data = EchoDataset(out)
    loader = torch.utils.data.DataLoader(
        data, _BATCH, shuffle=True, num_workers=_WORKERS, persistent_workers=True, collate_fn=_collate,
        generator=torch.Generator().manual_seed(0),
    )  # fmt: skip
    timing = measure(lambda: _exhaust(loader), patience)
    what = "EchoDataset: rgb, depth and echo from files, in random order"
    how = f"{HOME}, {len(data)} samples of 128 x 128, batches of {_BATCH}, {_WORKERS} processes of PyTorch's DataLoader"
    yield rate(_SUBJECT, what, timing, len(data), _UNIT, how, TARGET)


def _collate(samples: list[dict[str, Any]]) -> dict[str, Any]:
    import torch

    return {name: torch.from_numpy(np.stack([one[name] for one in samples])) for name in ("rgb", "depth", "echo")}


def _exhaust(batches: Any) -> None:
    for _ in batches:
        pass


def _in_memory(out: Path, patience: Patience) -> Iterator[Row]:
    """What `tasks` train from, all cores."""
    import torch

    from tasks.depth_learner import DepthLearner
    from tasks.views import batches, load_views, order_of

    views = load_views(out, (HOME,))
    count, order = len(views), order_of(len(views), 0, 0)
    learner, random = DepthLearner("rgb_echo", views, views, slimness=4), np.random.default_rng(0)
    optimiser = torch.optim.Adam(learner.network.parameters(), lr=1e-4)
    parts = [order[first : first + _BATCH] for first in range(0, count, _BATCH)]

    def step(rows: Any) -> None:
        optimiser.zero_grad()
        learner.loss(learner.batch(rows, random)).backward()
        optimiser.step()

    arrays = (views.rgb, views.depth, views.echo)
    calls: dict[str, Callable[[], Any]] = {
        "the limit: the same bytes copied": lambda: [array[order] for array in arrays],
        "tasks.views.batches: tensors of views in memory": lambda: _exhaust(batches(views, _BATCH, order)),
        "the learners' batches: with changed colours": lambda: [learner.batch(rows, random) for rows in parts],
        "a training of RGB+Echo2Depth from them, slimness 4": lambda: [step(rows) for rows in parts],
    }
    how = f"{HOME}, {count} samples of 128 x 128, {torch.get_num_threads()} threads"
    for what, call in calls.items():
        target = TARGET if "batches" in what else None
        yield rate(_SUBJECT, what, measure(call, patience), count, _UNIT, how, target)


SECTIONS = (loaders,)
