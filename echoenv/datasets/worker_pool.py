"""Worker processes, each behind a pipe of its own, and the notice of those that died.

The one idea: nothing is shared between workers, no queue and no lock, so killing one can block nobody. A dead one is
seen by its closed pipe; the pool reports what it was doing and starts another in its place.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from echoenv.datasets.tasks import Job, Report, Task, worker_main
from echoenv.errors import DatasetError

# Workers are as many as cores; a numerical library that starts threads of its own in each would only be in the way, and
# its results may depend on how many it takes.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class Died:
    """Report of the pool: a worker ended in the middle of its task.

    Attributes:
        exit_code: Its exit status; -9 is `kill -9`, or the system short of memory.
    """

    exit_code: int | None


@dataclass
class Worker:
    """One process and what it is doing.

    Attributes:
        process: The process.
        connection: The parent's end of its pipe.
        task: What it is doing; None while it waits.
        scene: Which scene it has open, as the user named it.
        opened: All scenes that it was told to open.
    """

    process: BaseProcess
    connection: Connection
    task: Task | None = None
    scene: str = ""
    opened: set[str] = field(default_factory=set)

    def start(self, task: Task) -> None:
        """Sends it a task. A pipe that is already broken is noticed by the next `WorkerPool.reports`."""
        self.task, self.scene = task, task.scene
        self.opened.add(task.scene)
        with contextlib.suppress(OSError):
            self.connection.send(task)


class WorkerPool:
    """A number of workers.

    Args:
        count: How many.
        job: What all are told.

    Attributes:
        workers: The living ones.
    """

    def __init__(self, count: int, job: Job) -> None:
        self._job = job
        self._context = multiprocessing.get_context("spawn")
        self.workers: list[Worker] = []
        for _ in range(count):
            self.workers.append(self._new_worker())

    def _new_worker(self) -> Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=worker_main, args=(theirs, self._job), daemon=True)
        with _child_environment():
            try:
                process.start()
            except OSError as error:
                raise DatasetError(f"cannot start a worker process ({error}): give a smaller --workers") from error
        theirs.close()  # else a worker's death would not close the pipe
        return Worker(process, ours)

    def idle(self) -> list[Worker]:
        """Workers without a task."""
        return [worker for worker in self.workers if worker.task is None]

    def reports(self, timeout: float) -> Iterator[tuple[Worker, Report | Died]]:
        """What workers reported, waiting up to `timeout` seconds for something; a dead worker is replaced."""
        pipes = {worker.connection: worker for worker in self.workers}
        for pipe in wait(list(pipes), timeout):
            worker = pipes[pipe]  # type: ignore[index]
            try:
                while worker.connection.poll():
                    yield worker, worker.connection.recv()
            except (EOFError, OSError):
                yield self._bury(worker)

    def _bury(self, worker: Worker) -> tuple[Worker, Died]:
        worker.process.join(5.0)
        worker.connection.close()
        self.workers[self.workers.index(worker)] = self._new_worker()
        return worker, Died(worker.process.exitcode)

    def close(self) -> None:
        """Ends all workers, at once."""
        for worker in self.workers:
            worker.process.terminate()
        for worker in self.workers:
            worker.process.join(5.0)
            if worker.process.is_alive():
                worker.process.kill()
            worker.connection.close()


@contextlib.contextmanager
def _child_environment() -> Iterator[None]:
    """Starts children that ignore Ctrl-C from their first moment and use one thread each."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN) if in_main_thread else None
    added = [name for name in _ONE_THREAD if name not in os.environ]
    os.environ.update(dict.fromkeys(added, "1"))
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)
        if in_main_thread:
            signal.signal(signal.SIGINT, previous)
