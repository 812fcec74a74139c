"""How far one scene is: which positions are waiting, with a worker, with another run, finished, or given up.

The one idea: every asked-for position is in exactly one of these sets, and only the files on disk move it to
"finished".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.array_archive import is_whole
from echoenv.datasets.atomic_files import explain_os_error, remove_leftovers
from echoenv.datasets.claims import Claims
from echoenv.datasets.layouts import Layout
from echoenv.datasets.positions import spread_order
from echoenv.datasets.provenance import ScenePlan, check_or_write_scene
from echoenv.errors import DatasetError

PREVIEW_FILE = "preview.png"


class SceneProgress:
    """One scene of a run.

    Args:
        request: The scene as the user named it.
        layout: Where its files lie.
        positions: How many positions are asked for; None takes all.

    Attributes:
        request: As given.
        plan: What it holds, once a worker has loaded it.
        opening: Whether a worker is loading it or has done so.
        pending: Indices that wait to be visited.
        picturing: Whether the preview has been seen to.
        pictured: Whether that is over.
    """

    def __init__(self, request: str, layout: Layout, positions: int | None) -> None:
        self.request = request
        self.plan: ScenePlan | None = None
        self.opening = False
        self.picturing = False
        self.pictured = False
        self.pending: deque[int] = deque()
        self._layout = layout
        self._positions = positions
        self._ours: set[int] = set()  # claimed by us and with a worker
        self._others: set[int] = set()  # claimed by another run
        self._finished: set[int] = set()
        self._given_up: set[int] = set()
        self._tried: set[int] = set()  # a worker failed there once: visited alone from now on

    @property
    def asked(self) -> int:
        """How many positions are asked for; 0 before the scene is loaded."""
        return sum(map(len, (self.pending, self._ours, self._others, self._finished, self._given_up)))

    @property
    def finished(self) -> int:
        """How many of them are finished."""
        return len(self._finished)

    @property
    def complete(self) -> bool:
        """Whether nothing is left to visit, here or in another run."""
        return self.plan is not None and not (self.pending or self._ours or self._others)

    @property
    def over(self) -> bool:
        """Whether the scene needs nothing more."""
        return self.complete and self.pictured

    def open(self, plan: ScenePlan, seed: int) -> None:
        """Takes the plan, makes or checks the scene's folder, and sees what is already finished there.

        Raises:
            DatasetError: No position to stand at; a folder of another scene; a folder that cannot be written.
        """
        if not len(plan.positions):
            raise DatasetError(
                f"scene '{plan.name}' has no position to stand at: it needs a floor with 1.5 m of air above it "
                f"(up was found so: {plan.up}; --up says another)"
            )
        folder = self._layout.position_folder(plan.name)
        try:
            self._layout.scene_folder(plan.name).mkdir(parents=True, exist_ok=True)
            check_or_write_scene(self._layout.scene_folder(plan.name), plan)
            self._layout.prepare_scene(plan)
            self._claim_folder(plan).mkdir(exist_ok=True)
        except OSError as error:
            raise DatasetError(explain_os_error(error, folder)) from error
        remove_leftovers(folder)
        self.plan = plan
        self._claims = Claims(self._claim_folder(plan))
        for index in spread_order(plan.positions, plan.name, seed)[: self._positions].tolist():
            if is_whole(self._layout.position_file(plan.name, index)):
                self._finished.add(index)
            else:
                self.pending.append(index)
        self._claims.tidy(self._finished)

    def _claim_folder(self, plan: ScenePlan) -> Path:
        return self._layout.position_folder(plan.name) / ".claims"

    def _is_there(self, index: int) -> bool:
        return self.plan is not None and is_whole(self._layout.position_file(self.plan.name, index))

    def take(self, count: int) -> tuple[int, ...]:
        """Claims up to `count` waiting positions; one at which a worker failed before is taken alone."""
        taken: list[int] = []
        while self.pending and len(taken) < count:
            if taken and self.pending[0] in self._tried:
                break
            index = self.pending.popleft()
            if not self._claims.acquire(index):
                self._others.add(index)
                continue
            if self._is_there(index):  # another run finished it before we claimed it
                self._claims.release(index)
                self._finished.add(index)
                continue
            taken.append(index)
            if index in self._tried:
                break
        self._ours.update(taken)
        return tuple(taken)

    def written(self, index: int) -> int:
        """Notes that a worker finished a position; returns how many more are finished by that."""
        self._ours.discard(index)
        self._finished.add(index)
        self._claims.release(index)
        return 1

    def give_back(self, indices: Iterable[int]) -> list[int]:
        """Puts back what a worker left unfinished; returns what is given up, having failed for the second time."""
        given_up = []
        for index in sorted(self._ours.intersection(indices)):
            self._ours.discard(index)
            self._claims.release(index)
            if self._is_there(index):  # it died between writing and saying so
                self._finished.add(index)
            elif index in self._tried:
                self._given_up.add(index)
                given_up.append(index)
            else:
                self._tried.add(index)
                self.pending.append(index)
        return given_up

    def look_at_others(self) -> int:
        """Looks what became of positions that another run had; returns how many are finished."""
        finished = 0
        for index in sorted(self._others):
            if self._is_there(index):
                self._finished.add(index)
                finished += 1
            elif self._claims.is_held(index):
                continue
            else:
                self.pending.append(index)
            self._others.discard(index)
        return finished

    def let_go(self) -> None:
        """Releases all claims of this run."""
        for index in self._ours:
            self._claims.release(index)

    def needs_picture(self) -> bool:
        """Whether the preview is missing or older than a position."""
        if self.plan is None or not self._finished:
            return False
        picture = self._layout.scene_folder(self.plan.name) / PREVIEW_FILE
        if not picture.exists():
            return True
        files = (self._layout.position_file(self.plan.name, index) for index in self._finished)
        return max(file.stat().st_mtime_ns for file in files) > picture.stat().st_mtime_ns

    def finished_indices(self) -> NDArray[np.int64]:
        """Indices (n,), ascending, of the finished positions."""
        return np.array(sorted(self._finished), np.int64)
