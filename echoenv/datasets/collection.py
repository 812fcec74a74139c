"""Collecting: who visits which position next, until all are finished.

The one idea: what is on disk is the only truth. A position is finished when its file is there; before a position is
handed to a worker it is claimed, so that other runs of the same command keep off it; whatever ends too early simply
leaves unfinished positions. The loop below hands out work, hears reports, and looks at the disk for what others
finished.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from echoenv.datasets.atomic_files import make_writable_folder
from echoenv.datasets.layouts import Layout, layout_for
from echoenv.datasets.provenance import ScenePlan, check_dataset, write_dataset
from echoenv.datasets.scene_progress import SceneProgress
from echoenv.datasets.tasks import Done, DrawPreview, Job, Mistake, Opened, OpenScene, Report, Task, Visit, Written
from echoenv.datasets.worker_pool import Died, Worker, WorkerPool
from echoenv.errors import DatasetError

_POLL_SECONDS = 0.5  # how often the work of other runs is looked at
_DEATHS_IN_A_ROW = 6  # so many without one finished position in between: the fault is not in a position


class Progress(Protocol):
    """Who shows how far a run is."""

    def opened(self, plan: ScenePlan, chosen: int, finished: int) -> None:
        """A scene was loaded: `chosen` positions are asked for, `finished` of them are already there."""

    def advanced(self, finished: int) -> None:
        """So many more positions are finished."""

    def remark(self, text: str) -> None:
        """Something that the user should know."""

    def waited(self, busy_with: str) -> None:
        """Time went by: called twice a second with what is being done besides visiting, or an empty text."""


@dataclass
class CollectionResult:
    """What a run did.

    Attributes:
        written: Positions that this run wrote.
        finished: Positions asked for that are there now.
        failed: What went wrong, by `scene position`.
        seconds: From the first position handed out to the last report [s].
        plans: The scenes.
        remarks: What the previews had to say, such as about leaky scans.
    """

    written: int = 0
    finished: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    plans: list[ScenePlan] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class Collection:
    """One run over some scenes.

    Args:
        job: Folder, settings, simulators.
        scenes: The scenes as the user named them.
        positions: How many of each scene's positions, the first of a spread order; None takes all.
        workers: How many processes.
        progress: Who shows how far it is.
        preview: Whether a preview is made of each scene.

    Raises:
        DatasetError: The folder cannot be written or belongs to other settings.
    """

    def __init__(
        self,
        job: Job,
        scenes: Sequence[str],
        positions: int | None,
        workers: int,
        progress: Progress,
        preview: bool = True,
    ) -> None:
        self._job, self._progress, self._workers, self._preview = job, progress, workers, preview
        self._layout: Layout = layout_for(job.root, job.settings)
        self._scenes = {name: SceneProgress(name, self._layout, positions) for name in dict.fromkeys(scenes)}
        self._result = CollectionResult()
        self._deaths = 0
        self._started: float | None = None
        make_writable_folder(job.root)
        check_dataset(job.root, job.settings)

    def run(self) -> CollectionResult:
        """Collects until every position is finished or has failed twice.

        Raises:
            EchoEnvError: A scene cannot be loaded, the disk is full, workers keep dying.
            KeyboardInterrupt: Ctrl-C; its message says how far it was. The same command goes on from there.
        """
        pool = WorkerPool(min(self._workers, 64), self._job)
        try:
            self._loop(pool)
        except KeyboardInterrupt:
            done, asked = self._count("finished"), self._count("asked")
            raise KeyboardInterrupt(f"{done} of {asked} positions are finished; the same command goes on") from None
        finally:
            with contextlib.suppress(KeyboardInterrupt):
                pool.close()
            for scene in self._scenes.values():
                scene.let_go()
        self._layout.finish()
        self._result.finished = self._count("finished")
        return self._result

    def _count(self, what: str) -> int:
        return sum(getattr(scene, what) for scene in self._scenes.values())

    def _loop(self, pool: WorkerPool) -> None:
        next_look = time.monotonic() + _POLL_SECONDS
        while True:
            for worker in pool.idle():
                task = self._next_task(worker)
                if task is not None:
                    worker.start(task)
            if all(scene.over for scene in self._scenes.values()):
                return
            for worker, report in pool.reports(max(0.0, next_look - time.monotonic())):
                self._hear(worker, report)
            if time.monotonic() >= next_look:
                next_look = time.monotonic() + _POLL_SECONDS
                for scene in self._scenes.values():
                    self._advance(scene.look_at_others())
                self._progress.waited(self._busy_with())

    def _busy_with(self) -> str:
        drawn = [scene.plan.name for scene in self._scenes.values() if scene.plan and scene.picturing != scene.pictured]
        return f"drawing the preview of {', '.join(drawn)}" if drawn else ""

    def _next_task(self, worker: Worker) -> Task | None:
        """What an idle worker does next: its own scene first, then a new one, then it helps where most is left."""
        own = self._scenes.get(worker.scene)
        ready = [scene for scene in self._scenes.values() if scene.plan is not None]
        new = [scene for scene in self._scenes.values() if scene.plan is None and not scene.opening]
        most_left = sorted(ready, key=lambda scene: -len(scene.pending))
        for scene in ([own] if own else []) + most_left:
            if scene is not own and new:
                break
            task = self._visit(scene) or self._draw(scene)
            if task is not None:
                return task
        if new:
            new[0].opening = True
            return OpenScene(new[0].request)
        # Nothing to visit yet: load the scene that another worker is just loading, to help with it.
        for scene in self._scenes.values():
            if scene.opening and scene.plan is None and scene.request not in worker.opened:
                return OpenScene(scene.request)
        return None

    def _visit(self, scene: SceneProgress) -> Visit | None:
        before = scene.finished
        indices = scene.take(self._chunk(scene))
        self._advance(scene.finished - before)
        if not indices or scene.plan is None:
            return None
        self._started = self._started or time.monotonic()
        return Visit(scene.request, scene.plan.name, indices, scene.plan.positions[list(indices)])

    def _chunk(self, scene: SceneProgress) -> int:
        """Positions in one task: few at the end, so that workers end together; fewer where views are large."""
        pixels = len(self._job.settings.headings) * self._job.settings.size**2
        return max(1, min(self._layout.most_positions, len(scene.pending) // (2 * self._workers), 2_000_000 // pixels))

    def _draw(self, scene: SceneProgress) -> DrawPreview | None:
        if not scene.complete or scene.picturing or scene.plan is None:
            return None
        scene.picturing = True
        if not self._preview or not scene.needs_picture():
            scene.pictured = True
            return None
        return DrawPreview(scene.request, scene.plan, scene.finished_indices())

    def _hear(self, worker: Worker, report: Report | Died) -> None:
        if worker.task is None:  # it died between two tasks
            return
        scene = self._scenes[worker.task.scene]
        if isinstance(report, Mistake):
            raise report.error
        if isinstance(report, Opened):
            self._open(scene, report)
        elif isinstance(report, Written):
            self._deaths = 0
            self._result.written += 1
            self._advance(scene.written(report.index))
            if self._started is not None:
                self._result.seconds = time.monotonic() - self._started
        elif isinstance(report, Done):
            task, worker.task = worker.task, None
            self._end(scene, task, report)
        else:
            task, worker.task = worker.task, None
            self._lose(scene, task, report)

    def _open(self, scene: SceneProgress, opened: Opened) -> None:
        if scene.plan is None:
            # Not before a scene is there: a mistake in the command must not leave a folder that belongs to it.
            write_dataset(self._job.root, self._job.settings, self._layout.contents())
            scene.open(opened.plan, self._job.settings.seed)
            self._result.plans.append(opened.plan)
            self._progress.opened(opened.plan, scene.asked, scene.finished)
            for text in (opened.remark, self._layout.forecast(opened.plan, scene.asked)):
                if text:
                    self._progress.remark(text)

    def _end(self, scene: SceneProgress, task: Task, report: Done) -> None:
        if report.failure and isinstance(task, OpenScene):
            raise DatasetError(f"scene '{scene.request}' cannot be loaded: {_last_line(report.failure)}")
        if isinstance(task, DrawPreview):
            scene.pictured = True
            text = f"no preview of {task.plan.name}: {_last_line(report.failure)}" if report.failure else report.remark
            if text:
                self._result.remarks.append(text)
                self._progress.remark(text)
        elif isinstance(task, Visit):
            self._retry(scene, task, _last_line(report.failure))

    def _lose(self, scene: SceneProgress, task: Task, report: Died) -> None:
        self._deaths += 1
        cause = f"its process died (exit status {report.exit_code}; -9 means killed, perhaps for want of memory)"
        if self._deaths >= _DEATHS_IN_A_ROW:
            raise DatasetError(f"{self._deaths} workers died in a row, the last while at '{scene.request}': {cause}")
        if isinstance(task, OpenScene):
            scene.opening = scene.plan is not None
        elif isinstance(task, DrawPreview):
            scene.pictured = True
            self._progress.remark(f"no preview of {task.plan.name}: {cause}")
        else:
            self._progress.remark(f"a worker died at {task.name} {list(task.indices)}: another takes over")
            self._retry(scene, task, cause)

    def _retry(self, scene: SceneProgress, task: Visit, cause: str) -> None:
        before = scene.finished
        given_up = scene.give_back(task.indices)
        self._advance(scene.finished - before)
        for index in given_up:
            self._result.failed[f"{task.name} {index}"] = cause
            self._progress.remark(f"position {index} of {task.name} failed twice: {cause}")

    def _advance(self, finished: int) -> None:
        if finished:
            self._progress.advanced(finished)


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


def collect(
    job: Job,
    scenes: Sequence[str],
    positions: int | None = None,
    workers: int = 1,
    progress: Progress | None = None,
    preview: bool = True,
) -> CollectionResult:
    """Writes a data set; see `Collection`, of which this is the short form."""
    return Collection(job, scenes, positions, workers, progress or SilentProgress(), preview).run()


class SilentProgress:
    """Shows nothing."""

    def opened(self, plan: ScenePlan, chosen: int, finished: int) -> None:
        """Nothing."""

    def advanced(self, finished: int) -> None:
        """Nothing."""

    def remark(self, text: str) -> None:
        """Nothing."""

    def waited(self, busy_with: str) -> None:
        """Nothing."""
