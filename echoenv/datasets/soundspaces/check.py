"""What is in a SoundSpaces folder, what is missing, and what does not fit together.

The one idea: a download of hundreds of gigabytes is seldom whole. File names are counted against the graph, which says
which pairs an agent can ask for, and every disagreement becomes one sentence with a file in it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from echoenv.datasets.soundspaces.metadata import rows_are_counted
from echoenv.datasets.soundspaces.responses import SilentResponse, read_wav
from echoenv.datasets.soundspaces.rules import HEADINGS, RULES, azimuth_of, habitat_points, mesh_points
from echoenv.errors import DatasetError

if TYPE_CHECKING:
    from echoenv.datasets.soundspaces.scene_files import SoundSpacesScene

_NAME = re.compile(r"(\d+)([_-])(\d+)\.wav")
_SMALLEST = 100  # [bytes] the header of a WAV file and a few samples
_POINTS_AGREE = 0.002  # [m]


@dataclass
class SceneReport:
    """The state of one scene; counts are of files of binaural responses unless they say something else.

    Attributes:
        scene: Its name.
        points, nodes, edges: Points in points.txt, nodes and edges of the graph.
        expected: One for each pair of nodes and each heading.
        found: Of those, how many files there are.
        missing: Of those, how many are not there.
        empty: Files without samples; silence is heard in their place.
        unreadable: Files that cannot be read, where all were opened; the same.
        hyphenated: Files named with a hyphen, as in the README; SoundSpaces' code does not find them.
        other: Files of points that are not in the graph, or with other names.
        views: Cached views.
        problems: What does not fit together, one sentence each.
    """

    scene: str
    points: int = 0
    nodes: int = 0
    edges: int = 0
    expected: int = 0
    found: int = 0
    missing: int = 0
    empty: int = 0
    unreadable: int = 0
    hyphenated: int = 0
    other: int = 0
    views: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether everything is there and fits together."""
        return not self.problems

    def __str__(self) -> str:
        counts = (
            f"{self.scene}: {self.points} points, {self.nodes} nodes, {self.edges} edges, {self.views} views, "
            f"{self.found} of {self.expected} responses"
        )
        return "\n  ".join([counts, *self.problems])


def check_scene(scene: SoundSpacesScene, read_all: bool = False) -> SceneReport:
    """Counts a scene's files and compares them with its graph.

    Args:
        scene: The scene.
        read_all: Open every response, to find those that cannot be read.
    """
    report = SceneReport(scene.name)
    if _check_metadata(scene, report):
        _check_responses(scene, report, read_all)
        _check_views(scene, report)
    return report


def _check_metadata(scene: SoundSpacesScene, report: SceneReport) -> bool:
    try:
        report.points = len(scene.points)
        report.nodes, report.edges = scene.graph.number_of_nodes(), scene.graph.number_of_edges()
    except DatasetError as error:
        report.problems.append(str(error))
        return False
    if not scene.paths.points(scene.name).is_file():
        report.problems.append(f"the points are in point.txt, SoundSpaces' code reads {scene.paths.points(scene.name)}")
    if not rows_are_counted(scene.paths.points(scene.name)):
        report.problems.append(
            f"the first column of {scene.paths.points(scene.name)} does not count its rows from 0: nodes are rows, "
            "as in SoundSpaces' code, not the numbers there"
        )
    _compare_points(scene, report)
    return True


def _compare_points(scene: SoundSpacesScene, report: SceneReport) -> None:
    """Points of the graph must be those of the file under the rules in use; otherwise, perhaps under others."""
    if not report.nodes:
        report.problems.append(f"{scene.paths.graph(scene.name)} has no nodes")
        return
    apart = _apart(scene, scene.points)
    if apart <= _POINTS_AGREE:
        return
    mesh = mesh_points(scene.points, scene.rules)
    fitting = [name for name, rules in RULES.items() if _apart(scene, habitat_points(mesh, rules)) <= _POINTS_AGREE]
    hint = f"they agree under the rules of {fitting[0]}: give rules='{fitting[0]}'" if fitting else "one is another's"
    report.problems.append(
        f"points.txt and graph.pkl of {scene.paths.metadata(scene.name)} are up to {apart:.3f} m apart: {hint}"
    )


def _apart(scene: SoundSpacesScene, points: np.ndarray) -> float:
    return float(np.abs(points[scene.nodes] - scene.positions).max())


def _check_responses(scene: SoundSpacesScene, report: SceneReport, read_all: bool) -> None:
    nodes = set(scene.nodes.tolist())
    report.expected = len(nodes) ** 2 * len(HEADINGS)
    folder = scene.paths.responses(scene.name)
    if not folder.is_dir():
        report.missing = report.expected
        report.problems.append(f"{folder} is missing: unpack binaural_rirs.tar there; agents would hear nothing")
        return
    strange = sorted(one.name for one in folder.iterdir() if one.name not in {str(azimuth_of(h)) for h in HEADINGS})
    if strange:
        report.problems.append(f"{folder} holds '{strange[0]}', expected the azimuths 0, 90, 180 and 270 alone")
    for heading in HEADINGS:
        _count_azimuth(scene, report, folder / str(azimuth_of(heading)), nodes, read_all)
    report.missing = max(0, report.expected - report.found - report.hyphenated)
    _say_counts(folder, report)


def _count_azimuth(scene: SoundSpacesScene, report: SceneReport, folder: Path, nodes: set[int], read_all: bool) -> None:
    if not folder.is_dir():
        report.problems.append(f"{folder} is missing: a whole azimuth of {len(nodes) ** 2} responses")
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            match = _NAME.fullmatch(entry.name)
            if match is None or int(match[1]) not in nodes or int(match[3]) not in nodes:
                report.other += 1
                continue
            if match[2] == "-":
                report.hyphenated += 1
            else:
                report.found += 1
            _look_into(Path(entry.path), entry.stat().st_size, report, read_all)


def _look_into(path: Path, size: int, report: SceneReport, read_all: bool) -> None:
    if size > _SMALLEST and not read_all:
        return
    read = read_wav(path, 2)
    if isinstance(read, SilentResponse):
        setattr(report, read.reason, getattr(report, read.reason) + 1)


def _say_counts(folder: Path, report: SceneReport) -> None:
    sentences = {
        "missing": "of {expected} responses are missing: the download is not whole, or the graph is another version's",
        "empty": "responses are empty: one second of silence is heard in their place",
        "unreadable": "responses cannot be read: one second of silence is heard in their place",
        "hyphenated": "responses are named with a hyphen, as SoundSpaces' README says; its code reads an underscore",
    }
    for name, sentence in sentences.items():
        count = getattr(report, name)
        if count:
            report.problems.append(f"{folder}: {count} {sentence.format(expected=report.expected)}")


def _check_views(scene: SoundSpacesScene, report: SceneReport) -> None:
    path = scene.paths.observations(scene.name)
    if not path.is_file():
        report.problems.append(f"{path} is missing: run SoundSpaces' scripts/cache_observations.py")
        return
    try:
        views = scene.observations.views
    except DatasetError as error:
        report.problems.append(str(error))
        return
    wanted = {(node, heading) for node in scene.nodes.tolist() for heading in HEADINGS}
    report.views = len(wanted & views.keys())
    if wanted - views.keys():
        node, heading = min(wanted - views.keys())
        report.problems.append(
            f"{path} lacks {len(wanted - views.keys())} of {len(wanted)} views, the first of node {node} at {heading}"
        )
