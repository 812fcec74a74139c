"""A folder in the layout of SoundSpaces 1.0, made by hand with the libraries that its own code uses.

The one idea: nothing of EchoEnv writes here, so that what is read is the published layout, not our idea of it.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import networkx
import numpy as np
from scipy.io import wavfile

AZIMUTHS = (0, 90, 180, 270)
# Ears of four points in the mesh's frame (+X right, +Y forward, +Z up); 0, 1 and 2 are a corner, 3 cannot be reached.
MESH_EARS = np.array([[1.0, -2.0, 0.2], [1.5, -2.0, 0.2], [1.0, -1.5, 0.2], [9.0, 9.0, 0.2]])
NODES = (0, 1, 2)
EDGES = ((0, 1), (0, 2))


def habitat_floor(height: float) -> np.ndarray:
    """The same points on the floor [m] (4, 3), +Y up and -Z forward, for ears that are `height` above it."""
    return np.stack([MESH_EARS[:, 0], MESH_EARS[:, 2] - height, -MESH_EARS[:, 1]], axis=1)


def stored_level(receiver: int, source: int, azimuth: int) -> float:
    """The first sample of a response, by which a file is known again; its second ear is a quarter of that."""
    return 0.1 * (receiver + 1) + 0.01 * source + azimuth / 1000.0


def make_folder(
    root: Path,
    dataset: str = "replica",
    scene: str = "room_7",
    height: float = 1.5528907,
    rate: int = 44100,
    depth_form: str = "metres",
) -> Path:
    """Writes one scene and returns `root`; `depth_form` is `metres` or `normalised`, the two that exist."""
    metadata = root / "metadata" / dataset / scene
    metadata.mkdir(parents=True)
    np.savetxt(metadata / "points.txt", np.column_stack([np.arange(4), MESH_EARS]), delimiter="\t", fmt="%.6f")
    graph = networkx.Graph()
    for node in NODES:
        graph.add_node(node, point=tuple(habitat_floor(height)[node]))
    graph.add_edges_from(EDGES)
    (metadata / "graph.pkl").write_bytes(pickle.dumps(graph))
    write_responses(root / "binaural_rirs" / dataset / scene, rate)
    write_views(root / "scene_observations" / dataset / f"{scene}.pkl", depth_form)
    return root


def write_responses(folder: Path, rate: int) -> None:
    for azimuth in AZIMUTHS:
        (folder / str(azimuth)).mkdir(parents=True)
        for receiver in NODES:
            for source in NODES:
                samples = np.zeros((200 + 10 * receiver, 2), np.float32)
                samples[0] = np.array([1.0, 0.25]) * stored_level(receiver, source, azimuth)
                wavfile.write(folder / str(azimuth) / f"{receiver}_{source}.wav", rate, samples)


def write_views(path: Path, depth_form: str) -> None:
    views = {}
    for node in NODES:
        for rotation in AZIMUTHS:
            rgba = np.full((4, 4, 4), 10 * node + rotation // 90, np.uint8)
            metres = np.full((4, 4), 1.0 + node + rotation / 100.0, np.float32)
            if depth_form == "metres":
                views[node, rotation] = {"rgb": rgba, "depth": metres}
            else:
                views[node, rotation] = {"rgb": rgba[..., :3], "depth": (np.clip(metres, 0, 10) / 10)[..., None]}
    path.parent.mkdir(parents=True)
    path.write_bytes(pickle.dumps(views))
