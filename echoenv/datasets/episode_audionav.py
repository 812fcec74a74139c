"""AudioNav episodes on a graph of positions, as SoundSpaces walks it: steps along edges, turns of 90 degrees.

The one idea: distances and numbers of actions are searches in the graph; nothing else of a scene is needed, so any
positions and edges will do, a grid of ours or SoundSpaces' own `graph.pkl`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from echoenv.datasets.episode_rules import GOAL_PLACES, EpisodeRules, keep_probability
from echoenv.datasets.episode_types import Episode, Goal, heading_to_rotation
from echoenv.errors import DatasetError, SettingsError
from echoenv.navigation.pathfinder import PathFinder

AUDIO_RULES = EpisodeRules(goal_radius=None)
HEADINGS = (0, 90, 180, 270)
"""Headings [degrees] that an agent on a graph can have, counter-clockwise from above, 0 faces -Z."""


@dataclass(frozen=True, eq=False)
class PositionGraph:
    """Positions, and which of them are one step apart.

    Attributes:
        positions: On the floor [m] (n, 3), world frame.
        edges: Pairs of indices (m, 2), walked both ways.
        spacing: Length [m] that one step counts as: SoundSpaces' GRID_SIZE, 0.5 in Replica, 1.0 in Matterport3D.

    Raises:
        SettingsError: Arrays of other shapes, indices out of range, or a spacing that is not positive.
    """

    positions: NDArray[np.float64]
    edges: NDArray[np.int64]
    spacing: float = 0.5

    def __post_init__(self) -> None:
        points = np.asarray(self.positions, dtype=np.float64)
        pairs = np.asarray(self.edges, dtype=np.int64).reshape(-1, 2)
        if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
            raise SettingsError(f"graph positions of shape {points.shape} must be finite points (n, 3) in metres")
        if len(pairs) and not 0 <= pairs.min() <= pairs.max() < len(points):
            raise SettingsError(f"graph edges name positions {pairs.min()} to {pairs.max()}: there are {len(points)}")
        if not self.spacing > 0.0:
            raise SettingsError(f"graph spacing {self.spacing!r} must be metres above 0")
        object.__setattr__(self, "positions", points)
        object.__setattr__(self, "edges", pairs)

    @classmethod
    def from_networkx(cls, graph: Any, spacing: float = 0.5) -> PositionGraph:
        """SoundSpaces' own graph, a `networkx.Graph` whose nodes have a `point` (x, y, z) [m].

        Args:
            graph: The graph; index k here is its k-th node.
            spacing: Its GRID_SIZE [m].
        """
        index = {node: place for place, node in enumerate(graph.nodes)}
        positions = [graph.nodes[node]["point"] for node in graph.nodes]
        pairs = [(index[a], index[b]) for a, b in graph.edges]
        return cls(np.reshape(positions, (-1, 3)), np.reshape(pairs, (-1, 2)), spacing)

    def distances(self, node: int) -> NDArray[np.float64]:
        """Steps from a node times the spacing [m] (n,), `inf` where there is no way: SoundSpaces' distance to goal."""
        return self.spacing * dijkstra(self._steps, directed=False, indices=node, unweighted=True)

    def fewest_actions(self, start: int, heading: int, goal: int) -> float:
        """Fewest actions from a node and heading [degrees] to another node, the last `stop` included.

        A step leads along an edge that the agent faces to the degree; edges askew to the four headings cannot be
        walked. `inf` where there is no way.
        """
        begin = 4 * start + HEADINGS.index(heading % 360)
        reached = dijkstra(self._moves, indices=begin, unweighted=True)[4 * goal : 4 * goal + 4]
        return float(reached.min()) + 1.0

    @cached_property
    def _steps(self) -> csr_matrix:
        """Which positions (n, n) are one step apart."""
        count = len(self.positions)
        return coo_matrix((np.ones(len(self.edges)), self.edges.T), shape=(count, count)).tocsr()

    @cached_property
    def _moves(self) -> csr_matrix:
        """Moves between states 4 * node + heading / 90 (4n, 4n): both turns at every node, and steps along edges."""
        states = np.arange(4 * len(self.positions))
        node, turn = states // 4, states % 4
        pairs = np.concatenate([self.edges, self.edges[:, ::-1]])
        step = self.positions[pairs[:, 1]] - self.positions[pairs[:, 0]]
        # SoundSpaces compares whole degrees, from +X over +Z; its heading 0, our -Z, is 270 there.
        direction = np.around(np.rad2deg(np.arctan2(step[:, 2], step[:, 0]))).astype(np.int64) % 360
        heading = (270 - direction) % 360
        walked = heading % 90 == 0
        pairs, facing = pairs[walked], heading[walked] // 90
        source = np.concatenate([states, states, 4 * pairs[:, 0] + facing])
        target = np.concatenate([4 * node + (turn + 1) % 4, 4 * node + (turn + 3) % 4, 4 * pairs[:, 1] + facing])
        return coo_matrix((np.ones(len(source)), (source, target)), shape=(len(states), len(states))).tocsr()


def grid_graph(pathfinder: PathFinder, spacing: float = 0.5) -> PositionGraph:
    """The grid of a scene, neighbours joined where one walks to the other nearly straight.

    Edges as SoundSpaces has them on Replica: up to 1.02 spacings apart, and at most 1.6 spacings on foot.
    """
    positions = pathfinder.grid_positions(spacing) + 0.0
    pairs = np.array(sorted(cKDTree(positions).query_pairs(1.02 * spacing)), dtype=np.int64).reshape(-1, 2)
    if len(pairs):
        walks = pathfinder.geodesic_distance(positions[pairs[:, 0]], positions[pairs[:, 1]])
        pairs = pairs[walks < 1.6 * spacing]
    return PositionGraph(positions, pairs, spacing)


def audionav_episodes(
    graph: PositionGraph,
    scene_id: str,
    count: int,
    seed: int = 0,
    sounds: Sequence[str] = ("telephone",),
    rules: EpisodeRules = AUDIO_RULES,
    *,
    first: int = 0,
) -> Iterator[Episode]:
    """Episodes `first` to `first + count - 1` of a seed; each is the same whatever else is asked for.

    Args:
        graph: Where agent and source can be.
        scene_id: What the episodes say their scene is. SoundSpaces' own code wants
            `<scene>/habitat/mesh_semantic.ply` there, and `data/scene_datasets/<data set>` as scenes' folder.
        count: How many.
        seed: 0 or more.
        sounds: Names of sounds, one drawn for each episode.
        rules: Limits; distances are those of the graph.
        first: Number of the first.

    Raises:
        SettingsError: No sounds.
        DatasetError: The graph has no two positions that keep the rules.
    """
    if not sounds or isinstance(sounds, str):
        raise SettingsError("sounds must be one or more names, such as ['telephone']")
    joined = np.unique(graph.edges)
    if len(joined) < 2:
        raise DatasetError(f"the graph of '{scene_id}' has no edges: take a smaller spacing, or a larger scene")
    for number in range(first, first + count):
        yield _episode(graph, joined, scene_id, number, seed, sounds, rules)


def _episode(
    graph: PositionGraph,
    joined: NDArray[np.int64],
    scene_id: str,
    number: int,
    seed: int,
    sounds: Sequence[str],
    rules: EpisodeRules,
) -> Episode:
    random = np.random.default_rng([seed, number])
    places = joined
    if rules.goal_places is not None:
        chosen = np.random.default_rng([seed, *GOAL_PLACES])
        places = chosen.choice(joined, size=min(rules.goal_places, len(joined)), replace=False)
    for _ in range(rules.most_goals):
        goal, *starts = random.choice(joined, size=1 + rules.retries)
        if rules.goal_places is not None:
            goal = random.choice(places)
        chances, heading = random.random(rules.retries), HEADINGS[int(random.integers(4))]
        sound = sounds[int(random.integers(len(sounds)))]
        distances = graph.distances(int(goal))
        for start, chance in zip(starts, chances, strict=True):
            if not _fits(graph, int(start), int(goal), float(distances[start]), float(chance), rules):
                continue
            actions = graph.fewest_actions(int(start), heading, int(goal))
            if np.isfinite(actions):
                info = {"geodesic_distance": float(distances[start]), "num_action": int(actions), "sound": sound}
                return Episode(str(number), scene_id, _exactly(graph.positions[start]), heading_to_rotation(heading),
                               (Goal(_exactly(graph.positions[goal]), rules.goal_radius),), info)  # fmt: skip
    raise DatasetError(
        f"no episode {number} in '{scene_id}' after {rules.most_goals} goals: no two of its {len(joined)} positions "
        f"keep the rules ({rules.nearest:g} to {rules.farthest:g} m); give other limits, or a larger scene"
    )


def _fits(graph: PositionGraph, start: int, goal: int, distance: float, chance: float, rules: EpisodeRules) -> bool:
    away = graph.positions[start] - graph.positions[goal]
    if abs(away[1]) > rules.height_difference or not rules.nearest <= distance <= rules.farthest:
        return False
    return chance <= keep_probability(distance / float(np.linalg.norm(away)), rules.ratio)


def _exactly(point: NDArray[np.float64]) -> tuple[float, ...]:
    """The graph's own numbers, zeros with their signs: SoundSpaces compares texts of them."""
    return tuple(point.tolist())
