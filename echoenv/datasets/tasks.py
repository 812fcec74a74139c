"""What a collecting process is told to do, what it reports, and the process itself.

The one idea: a worker is a loop over a pipe. Tasks come in, reports of what is finished go out; it has one scene open
at a time and keeps nothing else, so it may be killed at any moment. When the process that started it is gone, it ends
itself.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
import traceback
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.process import parent_process
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.layouts import CollectableSimulator, layout_for
from echoenv.datasets.positions import position_seed
from echoenv.datasets.provenance import CollectionSettings, ScenePlan, scene_fingerprint
from echoenv.errors import EchoEnvError

_WRITERS = 4
_PREVIEW_RATE = 44100  # [Hz] of a preview's chirps, which reach 20 kHz, whatever the data are at


class SimulatorFactory(Protocol):
    """Makes the simulator of a scene; it travels to other processes, so it can be pickled."""

    def __call__(self, scene: str) -> CollectableSimulator:
        """The simulator of the scene that the user named `scene`."""


@dataclass(frozen=True)
class BuiltinSimulators:
    """Makes `echoenv.Simulator`s with one thread each.

    Attributes:
        settings: Size and field of view of the views, seed, engine of sound.
        device: `cpu`, `cuda`, `cuda:1`.
        data_dir: Where named scenes are looked up first.
        up: Which axis of a mesh file is up, or None.
    """

    settings: CollectionSettings
    device: str = "cpu"
    data_dir: Path | None = None
    up: str | None = None

    def __call__(self, scene: str) -> CollectableSimulator:
        """The simulator of a name or a mesh file."""
        from echoenv.simulators.simulator import Simulator
        from echoenv.vision.camera import Camera

        camera = Camera(width=self.settings.size, height=self.settings.size, hfov=self.settings.hfov)
        options: dict[str, Any] = {"data_dir": self.data_dir, "up": self.up, "device": self.device}
        options |= {"acoustics": self.settings.acoustics, "seed": self.settings.seed}
        options |= {"sample_rate": self.settings.sample_rate}
        return Simulator(scene, camera=camera, threads=1, **options)


@dataclass(frozen=True)
class Job:
    """What all workers of a run are told at the start.

    Attributes:
        root: The data set's folder.
        settings: What decides its bytes.
        simulators: Makes simulators.
    """

    root: Path
    settings: CollectionSettings
    simulators: SimulatorFactory


@dataclass(frozen=True)
class OpenScene:
    """Task: load a scene and say what is in it."""

    scene: str


@dataclass(frozen=True, eq=False)
class Visit:
    """Task: look, chirp and write at positions [m] (n, 3) with these indices in the scene's grid."""

    scene: str
    name: str
    indices: tuple[int, ...]
    positions: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class DrawPreview:
    """Task: make the preview of a scene; `indices` are the finished positions."""

    scene: str
    plan: ScenePlan
    indices: NDArray[np.int64]


Task = OpenScene | Visit | DrawPreview


@dataclass(frozen=True, eq=False)
class Opened:
    """Report: what a scene holds, and what the user should know of its files."""

    plan: ScenePlan
    remark: str = ""


@dataclass(frozen=True)
class Written:
    """Report: a position is finished."""

    index: int


@dataclass(frozen=True)
class Done:
    """Report: the task is over. `remark` is for the user; `failure` says what went wrong inside it."""

    remark: str = ""
    failure: str = ""


@dataclass(frozen=True)
class Mistake:
    """Report: the user's mistake, or a full disk; the run cannot go on."""

    error: EchoEnvError


Report = Opened | Written | Done | Mistake


class SceneWorker:
    """Does tasks, one scene at a time.

    Args:
        job: What all workers of the run are told.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._layout = layout_for(job.root, job.settings)
        self._open: tuple[str, CollectableSimulator] | None = None
        self._warned = ""
        # Files of one task wait for the disk together, not one after another.
        self._writers = ThreadPoolExecutor(_WRITERS)

    def work(self, task: Task) -> Iterator[Report]:
        """Does one task and yields what there is to report, `Done` or `Mistake` last."""
        remark = ""
        try:
            if isinstance(task, OpenScene):
                yield Opened(self._plan(task.scene), self._warned)
            elif isinstance(task, Visit):
                yield from self._visit(task)
            else:
                remark = self._draw(task)
        except EchoEnvError as error:
            yield Mistake(error)
        except Exception:
            yield Done(failure=traceback.format_exc())
        else:
            yield Done(remark)

    def _simulator(self, scene: str) -> CollectableSimulator:
        if self._open is None or self._open[0] != scene:
            self._open = None  # lets go of the old scene before the new one takes memory
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", UserWarning)
                self._open = (scene, self._job.simulators(scene))
            self._warned = "; ".join(dict.fromkeys(str(warning.message) for warning in caught))
        return self._open[1]

    def _plan(self, scene: str) -> ScenePlan:
        simulator = self._simulator(scene)
        grid = simulator.pathfinder.grid_positions(self._job.settings.grid_spacing)
        if len(grid):  # compiles every kernel once, here, before all workers would do so side by side
            self._layout.rehearse(simulator, np.asarray(grid[:1], np.float32))
        world = simulator.scene
        return ScenePlan(
            name="_".join(world.name.replace("/", " ").replace("\\", " ").split()),
            origin=world.origin,
            up=world.up_source,
            triangles=len(world.triangles),
            fingerprint=scene_fingerprint(world),
            simulator=describe(simulator),
            positions=np.asarray(grid, np.float32).reshape(-1, 3),
        )

    def _visit(self, task: Visit) -> Iterator[Report]:
        simulator = self._simulator(task.scene)
        seeds = [position_seed(task.name, index, self._job.settings.seed) for index in task.indices]
        seen = self._layout.observe(simulator, task.positions, seeds)
        write = partial(self._layout.write, task.name)
        written = [self._writers.submit(write, *one) for one in zip(task.indices, task.positions, seen, strict=True)]
        for index, future in zip(task.indices, written, strict=True):
            future.result()
            yield Written(index)

    def _draw(self, task: DrawPreview) -> str:
        from echoenv.datasets.preview import draw_preview

        folder = self._layout.scene_folder(task.plan.name)
        with _at_rate(self._simulator(task.scene), _PREVIEW_RATE) as simulator:
            return draw_preview(simulator, task.plan, task.indices, self._job.settings, folder)


@contextmanager
def _at_rate(simulator: Any, sample_rate: int) -> Iterator[Any]:
    """A simulator at another sample rate [Hz] for a while, where it has one."""
    own = getattr(simulator, "sample_rate", None)
    if own is not None:
        simulator.sample_rate = sample_rate
    try:
        yield simulator
    finally:
        if own is not None:
            simulator.sample_rate = own


def describe(simulator: CollectableSimulator) -> dict[str, Any]:
    """What a simulator says of itself, as JSON values: air, camera, receiver, how sound is traced, sample rate."""
    described: dict[str, Any] = {"kind": f"{type(simulator).__module__}.{type(simulator).__qualname__}"}
    for name in ("air", "camera", "propagation", "sample_rate"):
        value = getattr(simulator, name, None)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            described[name] = {key: _plain(item) for key, item in dataclasses.asdict(value).items()}
        elif value is not None:
            described[name] = _plain(value)
    receiver = getattr(simulator, "receiver", None)
    if receiver is not None:
        described["receiver"] = str(getattr(receiver, "name", type(receiver).__name__))
    return described


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    return np.asarray(value).tolist() if isinstance(value, np.ndarray | list | tuple | np.generic) else str(value)


def worker_main(connection: Connection, job: Job) -> None:
    """Runs in a process of its own until the pipe is closed or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which ends its workers in order
    threading.Thread(target=_end_with_parent, daemon=True).start()
    worker = SceneWorker(job)
    try:
        while True:
            for report in worker.work(connection.recv()):
                connection.send(report)
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
