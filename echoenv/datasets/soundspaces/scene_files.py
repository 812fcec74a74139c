"""One scene of a SoundSpaces folder: its points, graph, responses and views.

The one idea: nothing is read before it is asked for, and what is heard in place of a broken file is always known
(`silent`).
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.datasets.heading_check import ANGLES, HeadingCheck, left_share, nearness, spread_over, verdict
from echoenv.datasets.soundspaces.check import SceneReport, check_scene
from echoenv.datasets.soundspaces.metadata import read_graph, read_points
from echoenv.datasets.soundspaces.observations import Observations, read_observations
from echoenv.datasets.soundspaces.responses import MISSING, SilentResponse, read_wav, require_rate, silence
from echoenv.datasets.soundspaces.rules import SoundSpacesPaths, SoundSpacesRules, checked_heading
from echoenv.errors import DatasetError, PoseError
from echoenv.scene.pose import as_position

NEAR = 0.01
"""A position within this distance [m] of a node is at that node."""
_AMBISONIC_CHANNELS = 9  # second order
_ECHO_SECONDS = 0.06  # of an echo that tell which wall is nearer


class SoundSpacesScene:
    """What SoundSpaces 1.0 has of one scene.

    Args:
        paths: Where files lie.
        rules: Grid, heights and sample rate.
        name: The scene's name.

    Attributes:
        paths, rules, name: As given.
        silent: Every response that was asked for and for which silence was taken, with the reason.
    """

    def __init__(self, paths: SoundSpacesPaths, rules: SoundSpacesRules, name: str) -> None:
        self.paths, self.rules, self.name = paths, rules, name
        self.silent: dict[Path, SilentResponse] = {}

    @cached_property
    def points(self) -> NDArray[np.float64]:
        """All points of the grid on the floor [m] (P, 3), world frame (+Y up, -Z forward); row i is point i."""
        return read_points(self.paths.points(self.name), self.rules)

    @cached_property
    def graph(self) -> Any:
        """The `networkx.Graph` of those points at which an agent can be; nodes have `point` [m] (x, y, z).

        Raises:
            DatasetError: The file is missing or damaged, or a node is the number of no point.
        """
        graph = read_graph(self.paths.graph(self.name))
        strange = sorted(node for node in graph.nodes if not 0 <= node < len(self.points))
        if strange:
            raise DatasetError(
                f"{self.paths.graph(self.name)} has node {strange[0]}, but {self.paths.points(self.name)} has only "
                f"{len(self.points)} points: they are of two different scenes or versions"
            )
        return graph

    @cached_property
    def nodes(self) -> NDArray[np.int64]:
        """The graph's nodes (N,), ascending."""
        return np.array(sorted(self.graph.nodes), np.int64)

    @cached_property
    def positions(self) -> NDArray[np.float64]:
        """Where the nodes are [m] (N, 3), on the floor, world frame, in the order of `nodes`."""
        points = [self.graph.nodes[node]["point"] for node in self.nodes.tolist()]
        return np.array(points, np.float64).reshape(-1, 3)

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """The graph's edges (E, 2) as pairs of rows of `positions`, the smaller one first, ascending."""
        row = {node: i for i, node in enumerate(self.nodes.tolist())}
        pairs = sorted({(min(row[a], row[b]), max(row[a], row[b])) for a, b in self.graph.edges})
        return np.array(pairs, np.int64).reshape(-1, 2)

    def position(self, node: int) -> NDArray[np.float64]:
        """Where a node is [m] (3,), on the floor.

        Raises:
            PoseError: The graph has no such node.
        """
        return np.array(self.graph.nodes[self.checked_node(node)]["point"], np.float64)

    def checked_node(self, node: int) -> int:
        """`node` itself.

        Raises:
            PoseError: The graph has no such node.
        """
        if node not in self.graph:
            near = self.nodes[np.argmin(np.abs(self.nodes - node))] if len(self.nodes) else "none"
            raise PoseError(
                f"node {node} is not in the graph of scene '{self.name}' ({len(self.nodes)} nodes, the nearest number "
                f"is {near})"
            )
        return int(node)

    def node_at(self, position: ArrayLike) -> int:
        """The node at a position [m] (3,) on the floor, within a centimetre.

        SoundSpaces compares texts of two decimals instead, in which -0.00 and 0.00 differ.

        Raises:
            PoseError: There is none; names the nearest.
        """
        point = as_position(position)
        if not len(self.nodes):
            raise PoseError(f"the graph of scene '{self.name}' has no nodes: there is nowhere to stand")
        away = np.linalg.norm(self.positions - point, axis=1)
        nearest = int(np.argmin(away))
        if away[nearest] > NEAR:
            where = [round(float(value), 3) for value in self.positions[nearest]]
            raise PoseError(
                f"position {[round(float(value), 3) for value in point]} is no node of scene '{self.name}': the "
                f"nearest is node {self.nodes[nearest]} at {where}, {away[nearest]:.2f} m away"
            )
        return int(self.nodes[nearest])

    # Sound

    def response(self, receiver: int, source: int, heading: float) -> NDArray[np.float32]:
        """The binaural response (2, n) float32 from a source to a receiver, left ear first.

        Args:
            receiver: Index of the point at which one listens.
            source: Index of the point at which it sounds; the same one for an echo.
            heading: [degrees], counter-clockwise, 0 faces -Z; a multiple of 90.

        Returns:
            As long as the file is. One second of silence where the file is missing, empty or unreadable; then it is in
            `silent`.

        Raises:
            PoseError: The heading is no multiple of 90 degrees.
            DatasetError: The file is at another sample rate than the data set.
        """
        path = self.paths.response(self.name, receiver, source, heading)
        return self._read(path, 2)

    def ambisonic_response(self, receiver: int, source: int) -> NDArray[np.float32]:
        """The second-order ambisonic response (9, n) float32, ACN and N3D; silence as in `response`."""
        return self._read(self.paths.ambisonic_response(self.name, receiver, source), _AMBISONIC_CHANNELS)

    def _read(self, path: Path, channels: int) -> NDArray[np.float32]:
        read = read_wav(path, channels)
        if isinstance(read, SilentResponse) and read.reason == MISSING:
            hyphenated = self.paths.hyphenated(path)
            read = read_wav(hyphenated, channels) if hyphenated.is_file() else read
        if isinstance(read, SilentResponse):
            self.silent[path] = read
            return silence(channels, self.rules.sample_rate)
        samples, rate = read
        require_rate(path, rate, self.rules.sample_rate, self.paths.dataset)
        return samples

    def silent_counts(self) -> dict[str, int]:
        """How many responses that were asked for are `missing`, `empty` or `unreadable`; each file counts once."""
        counts: dict[str, int] = {}
        for response in self.silent.values():
            counts[response.reason] = counts.get(response.reason, 0) + 1
        return counts

    # Sight

    @property
    def observations(self) -> Observations:
        """All cached views; loaded when first asked for."""
        return read_observations(self.paths.observations(self.name))

    @property
    def has_observations(self) -> bool:
        """Whether there are cached views."""
        return self.paths.observations(self.name).is_file()

    def observation(self, node: int, heading: float) -> dict[str, NDArray[Any]]:
        """What is seen at a node: `rgb` (H, W, 3) uint8 and `depth` (H, W) float32 [m].

        The camera is 1.5 m above the node. Depth is cut off at 10 m where the file holds normalised depth.

        Args:
            node: A node of the graph.
            heading: [degrees], counter-clockwise, 0 faces -Z; a multiple of 90.

        Raises:
            PoseError: No such node or heading.
            DatasetError: No cached views, or none from there.
        """
        return self.observations.view(self.checked_node(node), checked_heading(heading))

    def check_headings(self, most_places: int = 400) -> HeadingCheck:
        """Finds out from views and echoes whether responses lie under clockwise azimuths, as they should.

        `clockwise` is the right answer; `same` means that whoever wrote the folder took azimuths for headings, which
        swaps left and right at 90 and 270. See `heading_check`.

        Args:
            most_places: Looks at so many nodes, spread over the scene.

        Raises:
            DatasetError: No cached views, or none with depth.
        """
        louder, nearer = [], []
        for node in spread_over(self.nodes.tolist(), most_places):
            echoes = [self.response(node, node, -azimuth) for azimuth in ANGLES]
            views = [self.observation(node, heading) for heading in ANGLES]
            if not all("depth" in view for view in views):
                raise DatasetError(f"{self.paths.observations(self.name)} has no depth, by which headings are checked")
            early = round(_ECHO_SECONDS * self.rules.sample_rate)
            louder.append([left_share(echo[:, :early]) for echo in echoes])
            nearer.append([nearness(view["depth"]) for view in views])
        return verdict(louder, nearer)

    def check(self, read_all: bool = False) -> SceneReport:
        """What is there, what is missing and what disagrees; `read_all` opens every response."""
        return check_scene(self, read_all)
