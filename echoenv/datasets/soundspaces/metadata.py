"""points.txt and graph.pkl of a scene, read and written.

The one idea: a node of the graph is the number of a row in points.txt, from 0, whatever the first column of that file
says. Points of the graph are on the floor, points of the file at the ears.
"""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.atomic_files import write_whole
from echoenv.datasets.safe_pickle import load_pickle
from echoenv.datasets.soundspaces.rules import SoundSpacesRules, habitat_points, mesh_points
from echoenv.errors import DatasetError

GRAPH_PROTOCOL = 4
"""Protocol of what is pickled: Python 3.4 and later read it."""


def read_points(path: Path, rules: SoundSpacesRules) -> NDArray[np.float64]:
    """All points of a scene on the floor [m] (P, 3), +Y up and -Z forward; row i is point i.

    The README calls the file `point.txt`, the code reads `points.txt`; either is read. The first column is not asked,
    as in that code; see `rows_are_counted`.

    Raises:
        DatasetError: The file is missing, or has not four columns of numbers.
    """
    return habitat_points(_read_table(path)[:, 1:4], rules)


def rows_are_counted(path: Path) -> bool:
    """Whether the first column of points.txt counts its rows from 0, as the graph's nodes do."""
    table = _read_table(path)
    return bool(np.array_equal(table[:, 0], np.arange(len(table))))


def _read_table(path: Path) -> NDArray[np.float64]:
    found = path if path.is_file() else path.with_name("point.txt")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about a file without lines, which is an error below
            table = np.loadtxt(found, delimiter="\t", ndmin=2, dtype=np.float64)
    except OSError as error:
        raise DatasetError(
            f"{path} is missing: unpack SoundSpaces' metadata.tar.xz there, or collect the scene again"
        ) from error
    except ValueError as error:
        raise DatasetError(f"{found} is not a table of index, x, y, z, tab separated ({error})") from error
    if table.ndim != 2 or table.shape[1] < 4 or not len(table) or not np.isfinite(table).all():
        raise DatasetError(f"{found} has shape {table.shape}, expected rows of index, x, y, z, tab separated, finite")
    return table


def points_bytes(points: NDArray[np.floating[Any]], rules: SoundSpacesRules) -> bytes:
    """points.txt of points on the floor [m] (P, 3); read back they are equal to a tenth of a micrometre."""
    rows = (f"{i}\t{x:.7f}\t{y:.7f}\t{z:.7f}\n" for i, (x, y, z) in enumerate(mesh_points(points, rules) + 0.0))
    return "".join(rows).encode("ascii")


def read_graph(path: Path) -> Any:
    """A scene's graph: an undirected `networkx.Graph`, whose nodes are numbers of points with `point` [m] (x, y, z).

    Raises:
        DatasetError: The file is missing, damaged, no graph, or its nodes are not numbers with a point.
    """
    import networkx

    if not path.is_file():
        raise DatasetError(f"{path} is missing: unpack SoundSpaces' metadata.tar.xz there, or collect the scene again")
    graph = load_pickle(path)
    if not isinstance(graph, networkx.Graph):
        raise DatasetError(f"{path} holds a {type(graph).__name__}, expected a networkx graph of the scene's points")
    for node, values in graph.nodes(data=True):
        if not isinstance(node, int | np.integer) or not _is_point(values.get("point")):
            raise DatasetError(f"{path}: node {node!r} is not the number of a point with three coordinates 'point'")
    return graph


def _is_point(value: Any) -> bool:
    try:
        point = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return False
    return point.shape == (3,) and bool(np.isfinite(point).all())


def make_graph(points: NDArray[np.floating[Any]], nodes: Iterable[int], edges: Iterable[tuple[int, int]]) -> Any:
    """A graph as SoundSpaces has it: nodes with their `point`, edges without attributes, in ascending order.

    Args:
        points: All points on the floor [m] (P, 3).
        nodes: Which of them are in the graph.
        edges: Pairs of nodes; those with an end that is no node are left out.
    """
    import networkx

    graph = networkx.Graph()
    kept = sorted(set(nodes))
    for node in kept:
        graph.add_node(node, point=tuple(float(value) for value in points[node]))
    known = set(kept)
    pairs = {(min(a, b), max(a, b)) for a, b in edges if a in known and b in known and a != b}
    graph.add_edges_from(sorted(pairs))
    return graph


def without_small_parts(graph: Any, least_nodes: int) -> Any:
    """`graph` without its parts of fewer nodes, as for Matterport3D."""
    import networkx

    kept = graph.copy()
    for part in list(networkx.connected_components(graph)):
        if len(part) < least_nodes:
            kept.remove_nodes_from(part)
    return kept


def write_graph(path: Path, graph: Any) -> None:
    """Writes a graph so that `pickle.load` opens it under networkx 2 and 3; equal graphs give equal bytes."""
    import networkx

    nodes = {node: dict(values) for node, values in graph.nodes(data=True)}
    neighbours = {node: {other: dict(values) for other, values in graph.adj[node].items()} for node in nodes}
    plain = networkx.Graph()
    # Just what every version keeps: views and caches that some keep beside it would tie the file to them.
    vars(plain).clear()
    vars(plain).update({"graph": {}, "_node": nodes, "_adj": neighbours})
    write_whole(path, pickle.dumps(plain, protocol=GRAPH_PROTOCOL))
