"""Views that tell what a scene is: where a photographer would stand, and where they would look.

The one idea: of many small views from walkable positions, take the one that shows most things at a size at which they
can be told, then the one that shows most of what has not been seen yet, and so on. A wall right before the eyes, or a
cut-off thing in a corner, tells little.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.positions import spread_order
from echoenv.scene.pose import heading_to_matrix
from echoenv.scene.scene import Scene
from echoenv.simulators.agent import sensor_positions
from echoenv.vision.camera import Camera

_PLACES = 48
_HEADINGS = np.arange(0.0, 360.0, 22.5)
_SMALL = Camera(width=48, height=36, hfov=82.0)
_SHELL = frozenset({"wall", "floor", "ceiling", "window", "door", "lamp", "blinds", "curtain"})
_SHELL_WEIGHT = 0.15
_TOLD_AT = 0.1  # share of the picture at which a thing is told as well as it will be
_SEEN_AGAIN = 0.2  # what a thing counts once an earlier view has shown it
_APART = 4.0  # [m] between views that do not tell of the same place
_NEAR = 1.0  # [m]
_BATCH = 256


@dataclass(frozen=True, eq=False)
class TellingView:
    """A view: position on the floor [m] (3,), heading [degrees], and its picture (H, W, 3) uint8."""

    position: NDArray[np.float32]
    heading: float
    picture: NDArray[np.uint8]


def telling_views(
    simulator: Any, positions: NDArray[np.float32], count: int = 4, width: int = 640, height: int = 480
) -> list[TellingView]:
    """The most telling views of a scene, the best first.

    Args:
        simulator: Of the scene.
        positions: Where one may stand [m] (n, 3), n >= 1.
        count: How many views; fewer come where there are fewer positions than that.
        width: Of the pictures [pixels].
        height: Of the pictures [pixels].
    """
    scene = simulator.scene
    order = spread_order(positions, scene.name, 0)[:_PLACES]
    places = np.repeat(positions[order], len(_HEADINGS), axis=0)
    headings = np.tile(_HEADINGS, len(order))
    shares, near = _shares_of_things(simulator, places, headings)
    picked = _picked(shares, near, _weights(scene), places.astype(np.float64), count)
    camera = dataclasses.replace(_SMALL, width=width, height=height, samples=3)
    eyes, turns = sensor_positions(places[picked].astype(np.float64)), heading_to_matrix(headings[picked])
    pictures = simulator.renderer.render(eyes, turns, camera, ("rgb",))["rgb"]
    return [TellingView(places[k], float(headings[k]), pictures[i]) for i, k in enumerate(picked)]


def _shares_of_things(
    simulator: Any, places: NDArray[np.float32], headings: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of the picture (views, objects + 1) that each object fills, and the share (views,) that is near."""
    most = max((thing.id for thing in simulator.scene.objects), default=0)
    shares, near = np.zeros((len(places), most + 1)), np.zeros(len(places))
    for start in range(0, len(places), _BATCH):
        some = slice(start, start + _BATCH)
        eyes = sensor_positions(places[some].astype(np.float64))
        seen = simulator.renderer.render(eyes, heading_to_matrix(headings[some]), _SMALL, ("depth", "semantic"))
        near[some] = ((seen["depth"] > 0.0) & (seen["depth"] < _NEAR)).mean(axis=(1, 2))
        for i, ids in enumerate(seen["semantic"].reshape(len(eyes), -1)):
            shares[start + i] = np.bincount(ids, minlength=most + 1)[: most + 1] / ids.size
    return shares, near


def _weights(scene: Scene) -> NDArray[np.float64]:
    """How much each object (objects + 1,) is worth seeing: things more than the shell; one of many alike less."""
    counts: dict[str, int] = {}
    for thing in scene.objects:
        counts[thing.category] = counts.get(thing.category, 0) + 1
    weights = np.zeros(max((thing.id for thing in scene.objects), default=0) + 1)
    for thing in scene.objects:
        weights[thing.id] = (_SHELL_WEIGHT if thing.category in _SHELL else 1.0) / np.sqrt(counts[thing.category])
    return weights


def _picked(
    shares: NDArray[np.float64],
    near: NDArray[np.float64],
    weights: NDArray[np.float64],
    places: NDArray[np.float64],
    count: int,
) -> NDArray[np.int64]:
    """Indices of the chosen views, no two from one place (views, 3) and rather from places far apart."""
    told = np.sqrt(np.minimum(shares, _TOLD_AT) / _TOLD_AT)
    worth, alone = weights.copy(), np.ones(len(shares))
    picked: list[int] = []
    while len(picked) < count and alone.any():
        scores = alone * ((told @ worth) * (1.0 - near) ** 2 - near)
        best = int(np.where(alone > 0.0, scores, -np.inf).argmax())
        picked.append(best)
        worth = worth * (1.0 - (1.0 - _SEEN_AGAIN) * np.sqrt(told[best]))
        distance = np.linalg.norm(places - places[best], axis=1)
        alone *= np.minimum(distance / _APART, 1.0)
    return np.array(picked, dtype=np.int64)
