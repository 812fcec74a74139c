"""What differs between the data sets of SoundSpaces 1.0, where their files lie, and what its angles and frames mean.

The one idea: three angles go by the same four numbers. A *heading* (also the rotation in keys of observations) is
counter-clockwise from above and 0 faces -Z; the *azimuth* in the name of a folder of responses is clockwise; the
direction of a graph's edge is atan2(dz, dx), so -Z is 270. Whoever mixes them swaps left and right; all conversions are
here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.errors import PoseError, SettingsError, nearest
from echoenv.scene.pose import described, numbers

HEADINGS = (0, 90, 180, 270)
CAMERA_HEIGHT = 1.5
"""Height [m] of the camera of cached views above the graph's points: Habitat-Sim's default, wherever the ears are."""


@dataclass(frozen=True)
class SoundSpacesRules:
    """What a data set's name decides.

    Attributes:
        name: Name of the rules, and of the folders of the data set that has them.
        grid_spacing: Distance of neighbouring points [m].
        ear_height: Ears above the graph's points [m]; points.txt holds ears, graph.pkl points on the floor.
        sample_rate: Of responses and of the sounds that go with them [Hz].
        edge_length: An edge of the graph is shorter than this as the crow flies [m].
        edge_walk: And its shortest walk is shorter than this [m].
        least_nodes: Parts of the graph with fewer nodes are left out.
    """

    name: str
    grid_spacing: float
    ear_height: float
    sample_rate: int
    edge_length: float
    edge_walk: float
    least_nodes: int


REPLICA = SoundSpacesRules("replica", 0.5, 1.5528907, 44100, 0.51, 0.8, 1)
MP3D = SoundSpacesRules("mp3d", 1.0, 1.5, 16000, 1.01, 1.3, 10)
RULES = {rules.name: rules for rules in (REPLICA, MP3D)}


def rules_named(name: str | SoundSpacesRules) -> SoundSpacesRules:
    """The rules of a data set's name; rules themselves are handed back.

    Raises:
        SettingsError: Neither `replica` nor `mp3d`.
    """
    if isinstance(name, SoundSpacesRules):
        return name
    if name not in RULES:
        raise SettingsError(f"no rules of SoundSpaces are named {described(name)}: {nearest(str(name), RULES)}")
    return RULES[name]


def azimuth_of(heading: float) -> int:
    """The azimuth, clockwise, in whose folder responses of a heading [degrees], counter-clockwise, lie.

    Raises:
        PoseError: The heading is no multiple of 90 degrees.
    """
    return (-checked_heading(heading)) % 360


def checked_heading(heading: float) -> int:
    """One of 0, 90, 180, 270 for a heading [degrees] that is a multiple of 90.

    Raises:
        PoseError: It is none; names the nearest.
    """
    given = numbers(heading)
    angle = float(given) if given.shape == () else float("nan")
    turns = round(angle / 90.0) if np.isfinite(angle) else 0
    if not np.isfinite(angle) or abs(angle - 90.0 * turns) > 1e-3:
        hint = f"the nearest is {90 * turns % 360}" if np.isfinite(angle) else f"give one of {HEADINGS}"
        raise PoseError(f"heading {described(heading)} is no multiple of 90 degrees, in which responses are: {hint}")
    return 90 * turns % 360


def edge_heading(start: ArrayLike, end: ArrayLike) -> int:
    """The heading [whole degrees] that an agent has when it walks from one point [m] (3,) to another.

    SoundSpaces calls a direction atan2(dz, dx), rounded to whole degrees, and walks along an edge whose direction is
    (270 - heading) mod 360; this is the same, solved for the heading.
    """
    step = np.subtract(end, start)
    direction = int(np.around(np.rad2deg(np.arctan2(step[2], step[0])))) % 360
    return (270 - direction) % 360


def habitat_points(mesh_points: ArrayLike, rules: SoundSpacesRules) -> NDArray[np.float64]:
    """Points on the floor [m] (n, 3), +Y up and -Z forward, below ears [m] (n, 3) in the mesh's frame, +Z up."""
    x, y, z = np.asarray(mesh_points, np.float64).reshape(-1, 3).T
    return np.stack([x, z - rules.ear_height, -y], axis=1)


def mesh_points(points: ArrayLike, rules: SoundSpacesRules) -> NDArray[np.float64]:
    """The inverse of `habitat_points`."""
    x, y, z = np.asarray(points, np.float64).reshape(-1, 3).T
    return np.stack([x, -z, y + rules.ear_height], axis=1)


@dataclass(frozen=True)
class SoundSpacesPaths:
    """Where the files of a data set lie.

    Attributes:
        root: The folder that SoundSpaces calls `data`.
        dataset: Name of the folders of this data set, such as `replica`.
    """

    root: Path
    dataset: str

    def metadata(self, scene: str) -> Path:
        """Folder of points.txt and graph.pkl."""
        return self.root / "metadata" / self.dataset / scene

    def points(self, scene: str) -> Path:
        """All points of the grid, where the ears are, in the mesh's frame."""
        return self.metadata(scene) / "points.txt"

    def graph(self, scene: str) -> Path:
        """The graph of those points at which an agent can be."""
        return self.metadata(scene) / "graph.pkl"

    def responses(self, scene: str, azimuth: int | None = None) -> Path:
        """Folder of the binaural responses of a scene, or of one azimuth [degrees], clockwise."""
        folder = self.root / "binaural_rirs" / self.dataset / scene
        return folder if azimuth is None else folder / str(azimuth)

    def response(self, scene: str, receiver: int, source: int, heading: float) -> Path:
        """The binaural response from a source to a receiver, two indices of points, in a heading [degrees]."""
        return self.responses(scene, azimuth_of(heading)) / f"{receiver}_{source}.wav"

    def ambisonic_response(self, scene: str, receiver: int, source: int) -> Path:
        """The second-order ambisonic response (ACN, N3D) from a source to a receiver."""
        return self.root / "ambisonic_rirs" / self.dataset / scene / "irs" / f"{receiver}_{source}.wav"

    def observations(self, scene: str) -> Path:
        """The views from all nodes."""
        return self.root / "scene_observations" / self.dataset / f"{scene}.pkl"

    def sounds(self) -> Path:
        """Folder of folders of sounds, such as `1s_all`; shared by all data sets."""
        return self.root / "sounds"

    def hyphenated(self, path: Path) -> Path:
        """The name that SoundSpaces' README gives a response, with a hyphen, where its code reads an underscore."""
        return path.with_name(path.name.replace("_", "-"))
