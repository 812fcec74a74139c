"""What tests of tasks share: a furnished box as a file, a folder of SoundSpaces, settings that are quick."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import echoenv
from echoenv.datasets.episode_rules import EpisodeRules
from echoenv.datasets.episode_types import Episode, Goal, heading_to_rotation
from echoenv.datasets.provenance import CollectionSettings, check_or_write_scene
from echoenv.datasets.soundspaces.layout import SoundSpacesLayout
from echoenv.datasets.tasks import Job, Opened, OpenScene, SceneWorker, Visit
from echoenv.scene.export import exported_files
from echoenv.simulators.builtin import BuiltinSimulator
from echoenv.vision.camera import Camera
from tests.rooms import box_room, with_solid_block

VIEW = 36
"""Pixels of a side of precomputed views."""

EASY = EpisodeRules(nearest=0.5, ratio=1.0, island_radius=0.5)


def write_room(folder: Path) -> str:
    """A box of 8 x 6 m with a block in it, from (3, 2) to (5, 4); its name is its stem."""
    scene = with_solid_block(box_room(absorption=0.3), (3.0, 0.0, 2.0), (5.0, 1.0, 4.0))
    glb = next(data for path, data in exported_files(scene).items() if path.suffix == ".glb")
    file = folder / "box.glb"
    file.write_bytes(glb)
    return str(file)


def quick_settings(room: str) -> dict[str, Any]:
    """Settings that make a task in the room quick."""
    return {"scenes": (room,), "rules": EASY, "height": 40, "width": 40, "response_duration": 0.1, "sound_rays": 100}


class _Corner(BuiltinSimulator):
    """A bare box, of whose grid a few points are collected: a cross, and a corner that one has to go round."""

    @cached_property
    def pathfinder(self) -> Any:
        whole = super().pathfinder
        cross = np.array([[1.0, 1.5], [1.5, 1.5], [2.0, 1.5], [1.5, 1.0], [1.5, 2.0], [2.0, 2.0]])

        class Part:
            def grid_positions(self, spacing: float) -> np.ndarray:
                grid = whole.grid_positions(spacing)
                return grid[(np.abs(grid[:, None, [0, 2]] - cross).max(axis=2) < 0.01).any(axis=1)]

            def __getattr__(self, name: str) -> Any:
                return getattr(whole, name)

        return Part()


@dataclass(frozen=True)
class _Corners:
    """Makes the simulator that is collected from."""

    def __call__(self, scene: str) -> echoenv.Simulator:
        rays = echoenv.PropagationSettings(rays=50)
        dull = box_room((4.0, 2.6, 3.5), absorption=0.7)
        return _Corner(dull, camera=Camera(VIEW, VIEW), propagation=rays, threads=1)


def write_soundspaces(out: Path) -> dict[str, Any]:
    """Writes a few points of a bare box in the layout of SoundSpaces 1.0; gives the settings of a task in it."""
    settings = CollectionSettings(format="soundspaces", size=VIEW, rules="replica")
    worker = SceneWorker(Job(out, settings, _Corners()))
    (opened, _) = worker.work(OpenScene("box_room"))
    assert isinstance(opened, Opened)
    layout = SoundSpacesLayout(out, settings)
    layout.scene_folder("box_room").mkdir(parents=True)
    check_or_write_scene(layout.scene_folder("box_room"), opened.plan)
    layout.prepare_scene(opened.plan)
    indices = tuple(range(len(opened.plan.positions)))
    list(worker.work(Visit("box_room", "box_room", indices, opened.plan.positions)))
    layout.finish()
    return {"scenes": ("box_room",), "backend": "soundspaces", "data_dir": str(out), "rules": EASY}


def episode(start: tuple[float, float], heading: float, goal: tuple[float, float], room: str) -> Episode:
    """One from (x, z) [m] in a heading [degrees] to (x, z)."""
    ends = (start[0], 0.0, start[1]), (goal[0], 0.0, goal[1])
    return Episode("by hand", room, ends[0], heading_to_rotation(heading), (Goal(ends[1]),))
