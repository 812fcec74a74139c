"""Writing the layout of SoundSpaces 1.0 from any scene, so that its own code can use it.

The one idea: a place to listen at is the unit of work, because one propagation from there serves all sources. Its
position file holds the views and the edges from there; when all are there, the graph and the cached views are made of
those. The graph has just the places that are finished, so graph and responses always agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.array_archive import archive_bytes, read_array, read_layout
from echoenv.datasets.atomic_files import flush_all, write_whole
from echoenv.datasets.layouts import CollectableSimulator, look_around
from echoenv.datasets.provenance import SCENE_FILE, CollectionSettings, ScenePlan, read_scene
from echoenv.datasets.soundspaces.metadata import make_graph, points_bytes, without_small_parts, write_graph
from echoenv.datasets.soundspaces.responses import trimmed, wav_bytes
from echoenv.datasets.soundspaces.rules import CAMERA_HEIGHT, HEADINGS, SoundSpacesPaths, SoundSpacesRules, rules_named
from echoenv.datasets.stored_arrays import StoredArray, is_older, write_pickle

RESPONSE_DURATION = 2.0
"""Sound is followed for so long [s]; files end earlier, where 60 dB have decayed."""
_SOURCES = 32  # at once, so that two seconds of all of them in four headings take less than 100 MB
_USUAL_LENGTH = 0.5  # [s] of a home's responses, for a forecast
_ONE_POINT = 0.1  # [m] points nearer than this are one point, and have no edge


@dataclass(frozen=True)
class SoundSpacesLayout:
    """The files of SoundSpaces 1.0, and beside them one position file each.

    Attributes:
        root: The folder that SoundSpaces calls `data`.
        settings: What decides its bytes.
        most_positions: So many are held in memory at once: all responses of one place are some 100 MB.
    """

    root: Path
    settings: CollectionSettings
    most_positions: int = 1

    @property
    def rules(self) -> SoundSpacesRules:
        """Grid, heights and sample rate."""
        return rules_named(self.settings.rules)

    @property
    def paths(self) -> SoundSpacesPaths:
        """Where the files lie; the data set is named after its rules, by which SoundSpaces' code chooses heights."""
        return SoundSpacesPaths(self.root, self.rules.name)

    def contents(self) -> dict[str, str]:
        """What the files are."""
        name, rules, size = self.rules.name, self.rules, self.settings.size
        return {
            f"metadata/{name}/<scene>/points.txt": "index, x, y, z [m] of ears, tab separated, mesh frame (+Z up, +Y "
            f"forward), {rules.ear_height} m above the floor",
            f"metadata/{name}/<scene>/graph.pkl": "networkx.Graph; nodes are indices of points.txt with 'point' [m] on "
            "the floor, world frame (+Y up, -Z forward)",
            f"binaural_rirs/{name}/<scene>/<azimuth>/<receiver>_<source>.wav": "float32, left and right ear, "
            f"{rules.sample_rate} Hz, until 60 dB have decayed; azimuth is clockwise [degrees], 0 faces -Z; a "
            "free-field path of 1 m has amplitude 1",
            f"scene_observations/{name}/<scene>.pkl": "{(node, heading): {'rgb': "
            f"({size}, {size}, 3) uint8, 'depth': ({size}, {size}) float32 [m]}}}}; heading counter-clockwise",
            f"observations/{name}/<scene>/<index>.npz": "views and edges of one place, of which the pickles are made",
        }

    def forecast(self, plan: ScenePlan, positions: int) -> str:
        """How many files there will be, and about how large: they grow with the square of a scene."""
        files = positions * len(plan.positions) * len(HEADINGS)
        return (
            f"{plan.name}: {files:,} responses, about {files * _USUAL_LENGTH * 8 * self.rules.sample_rate / 1e9:.1f} GB"
        )

    def scene_folder(self, scene: str) -> Path:
        """Where `scene.json` and the preview of a scene lie, beside its points and graph."""
        return self.paths.metadata(scene)

    def position_folder(self, scene: str) -> Path:
        """Where the position files of a scene lie."""
        return self.root / "observations" / self.rules.name / scene

    def position_file(self, scene: str, index: int) -> Path:
        """The file of a position."""
        return self.position_folder(scene) / f"{index:06d}.npz"

    def prepare_scene(self, plan: ScenePlan) -> None:
        """Makes the folders of a scene and its points.txt."""
        folders = [self.position_folder(plan.name), self.scene_folder(plan.name)]
        folders += [self.paths.response(plan.name, 0, 0, heading).parent for heading in HEADINGS]
        for folder in [*folders, self.paths.observations(plan.name).parent]:
            folder.mkdir(parents=True, exist_ok=True)
        write_whole(self.paths.points(plan.name), points_bytes(plan.positions, self.rules))

    def observe(
        self, simulator: CollectableSimulator, positions: NDArray[np.float32], seeds: Sequence[int]
    ) -> list[dict[str, NDArray[Any]]]:
        """Views, edges and responses from all grid positions, at positions [m] (n, 3)."""
        grid = self._grid(simulator)
        return [self._observe(simulator, grid, place, seed) for place, seed in zip(positions, seeds, strict=True)]

    def rehearse(self, simulator: CollectableSimulator, positions: NDArray[np.float32]) -> None:
        """Observes with one source and forgets."""
        self._observe(simulator, self._grid(simulator)[:1], positions[0], 0)

    def _grid(self, simulator: CollectableSimulator) -> NDArray[np.float32]:
        return np.asarray(simulator.pathfinder.grid_positions(self.settings.grid_spacing), np.float32).reshape(-1, 3)

    def _observe(
        self, simulator: CollectableSimulator, grid: NDArray[np.float32], place: NDArray[np.float32], seed: int
    ) -> dict[str, NDArray[Any]]:
        views = look_around(simulator, place[None], HEADINGS, ("rgb", "depth"))
        seen: dict[str, NDArray[Any]] = {name: view[0] for name, view in views.items()}
        seen["neighbours"] = neighbours(simulator.pathfinder, grid, place, self.rules)
        for source, response in enumerate(self._responses(simulator, grid, place, seed)):
            seen[f"{_RESPONSE}{source}"] = response
        return seen

    def _responses(
        self, simulator: CollectableSimulator, grid: NDArray[np.float32], place: NDArray[np.float32], seed: int
    ) -> Iterator[NDArray[np.float32]]:
        """Responses (headings, 2, n) from every source of the grid in turn."""
        ears = np.array([0.0, self.rules.ear_height, 0.0])
        # A simulator's ears are at the height of its camera: it is told to stand where they are at that of the rules.
        stand = place.astype(np.float64) + ears - [0.0, CAMERA_HEIGHT, 0.0]
        for first in range(0, len(grid), _SOURCES):
            sources = grid[first : first + _SOURCES].astype(np.float64) + ears
            heard = simulator.impulse_responses(sources, stand[None], HEADINGS, RESPONSE_DURATION, seed)
            yield from (trimmed(one) for one in heard[:, 0])

    def write(self, scene: str, index: int, position: NDArray[np.float32], arrays: dict[str, NDArray[Any]]) -> None:
        """Writes the responses of one place to listen at, then its position file."""
        for name, responses in arrays.items():
            if name.startswith(_RESPONSE):
                for heading, response in zip(HEADINGS, responses, strict=True):
                    path = self.paths.response(scene, index, int(name.removeprefix(_RESPONSE)), heading)
                    write_whole(path, wav_bytes(response, self.rules.sample_rate), flush=False)
        flush_all()
        record = {name: arrays[name] for name in ("rgb", "depth", "neighbours")}
        record["position"] = np.asarray(position, np.float32)
        write_whole(self.position_file(scene, index), archive_bytes(record))

    def finish(self) -> None:
        """Makes graph and cached views of all scenes in the folder from their finished positions."""
        for folder in sorted((self.root / "observations" / self.rules.name).glob("*")):
            files = sorted(folder.glob("[0-9]*.npz"))
            if files and (self.scene_folder(folder.name) / SCENE_FILE).is_file():
                self._finish_scene(folder.name, files)

    def _finish_scene(self, scene: str, files: list[Path]) -> None:
        if is_older(self.paths.graph(scene), files):
            points = read_scene(self.scene_folder(scene)).positions
            edges = [(int(file.stem), other) for file in files for other in _stored_neighbours(file)]
            graph = make_graph(points, [int(file.stem) for file in files], edges)
            large = without_small_parts(graph, self.rules.least_nodes)
            write_graph(self.paths.graph(scene), large if len(large) else graph)
        if is_older(self.paths.observations(scene), files):
            views = {
                (int(file.stem), heading): {name: StoredArray(file, name, turn) for name in ("rgb", "depth")}
                for file in files
                for turn, heading in enumerate(HEADINGS)
            }
            write_pickle(self.paths.observations(scene), views)


_RESPONSE = "response from "


def neighbours(
    pathfinder: Any, grid: NDArray[np.float32], place: NDArray[np.float32], rules: SoundSpacesRules
) -> NDArray[np.int32]:
    """Indices (k,) of the points of a grid [m] (P, 3) to which the graph has an edge from a place [m] (3,) of it.

    An edge is less than `edge_length` long as the crow flies, and its shortest walk less than `edge_walk`.
    """
    away = np.linalg.norm(grid.astype(np.float64) - place, axis=1)
    near = np.flatnonzero((away > _ONE_POINT) & (away < rules.edge_length))
    if not len(near):
        return near.astype(np.int32)
    walks = np.asarray(pathfinder.geodesic_distance(place.astype(np.float64), grid[near].astype(np.float64)))
    return near[walks < rules.edge_walk].astype(np.int32)


def _stored_neighbours(path: Path) -> list[int]:
    with path.open("rb", buffering=0) as file:
        return [int(index) for index in read_array(file, read_layout(path).places["neighbours"])]
