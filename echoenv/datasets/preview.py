"""The preview of a scene: a picture to look at and two sounds to listen to.

The one idea: a glance must tell whether the scene stands upright, is furnished, lit and closed, and whether the ears
hear the room. So the picture shows the home from above with the visited positions, four of their views in all channels,
and an echo at one of them; the sounds are the same chirps, with all of their reverberation.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.datasets.atomic_files import write_whole
from echoenv.datasets.positions import position_seed, spread_order
from echoenv.datasets.preview_page import PicturedView, draw_page
from echoenv.datasets.provenance import CollectionSettings, ScenePlan
from echoenv.datasets.visual_echoes import wav_bytes
from echoenv.simulators.agent import sensor_positions

PICTURE_FILE = "preview.png"
ECHO_FILE = "echo.wav"
RESPONSE_FILE = "response.wav"

_VIEWS = 4
_CANDIDATES = 12
_LEAST_PIXELS = 320  # pictures are drawn at least this large, however small the views of the data set are
_LISTENING_SECONDS = 1.2
_LOUDNESS = 0.5  # peak of the sounds to listen to
_LEAKY_SHARE = 0.02


@dataclass(frozen=True, eq=False)
class TopView:
    """A home seen from above, cut open at head height.

    Attributes:
        image: (H, W, 3) uint8, -Z up, +X right.
        extent: x_low, x_high, z_low, z_high [m] of the picture at floor height.
    """

    image: NDArray[np.uint8]
    extent: tuple[float, float, float, float]


def draw_preview(
    simulator: Any, plan: ScenePlan, indices: NDArray[np.int64], settings: CollectionSettings, folder: Path
) -> str:
    """Writes `preview.png`, `echo.wav` and `response.wav` of a scene.

    Args:
        simulator: Of this scene.
        plan: What the scene is.
        indices: Which of its positions are in the data set (n,).
        settings: Of the data set.
        folder: Where the files go.

    Returns:
        A remark for the user where the mesh leaks sound, else an empty string.

    Raises:
        DatasetError: The files cannot be written.
    """
    views = choose_views(simulator, plan, indices, settings)
    seeds = [position_seed(plan.name, view.location, settings.seed) for view in views]
    places = np.stack([view.position for view in views])
    responses = simulator.echo_responses(places, settings.headings, seeds, _LISTENING_SECONDS)
    heard = [response[settings.headings.index(view.heading)] for response, view in zip(responses, views, strict=True)]
    first = views[0]
    echo = simulator.echoes(first.position[None], (first.heading,), seeds[:1])[0, 0]
    picture = io.BytesIO()
    positions = plan.positions[indices]
    draw_page(picture, plan, positions, views, echo, top_view(simulator, plan.positions), simulator.pathfinder)
    write_whole(folder / PICTURE_FILE, picture.getvalue())
    write_whole(folder / ECHO_FILE, wav_bytes(_loud(_one_after_another(heard))))
    write_whole(folder / RESPONSE_FILE, wav_bytes(_loud(heard[0])))
    return leak_remark(simulator, plan, places)


def choose_views(
    simulator: Any, plan: ScenePlan, indices: NDArray[np.int64], settings: CollectionSettings
) -> list[PicturedView]:
    """The most telling heading at some positions that are spread over the scene.

    Of a few spread positions those four are taken that show most: many things, near and far, and not the same again.
    """
    order = spread_order(plan.positions[indices], plan.name, settings.seed)[:_CANDIDATES]
    chosen = indices[order]
    headings = settings.headings
    places = np.repeat(plan.positions[chosen], len(headings), axis=0)
    small = _observe(simulator, places, np.tile(headings, len(chosen)), 64)
    scores = np.array([_interest(small["depth"][i], small["semantic"][i]) for i in range(len(places))])
    scores = scores.reshape(len(chosen), len(headings))
    picked = _most_telling(scores, plan.positions[chosen].astype(np.float64), np.asarray(headings))
    places, angles = plan.positions[chosen[picked[:, 0]]], np.asarray(headings)[picked[:, 1]]
    large = _observe(simulator, places, angles, max(_LEAST_PIXELS, settings.size))
    return [
        PicturedView(int(chosen[picked[i, 0]]), places[i], float(angles[i]), {name: large[name][i] for name in large})
        for i in range(len(picked))
    ]


def _most_telling(
    scores: NDArray[np.float64], places: NDArray[np.float64], headings: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Up to four pairs (position, heading) (k, 2) of high score; one that looks where another looks counts less."""
    remaining = scores.copy()
    picked: list[tuple[int, int]] = []
    toward = np.stack([-np.sin(np.deg2rad(headings)), -np.cos(np.deg2rad(headings))], axis=-1)
    while len(picked) < min(_VIEWS, len(places)):
        place, turn = np.unravel_index(int(remaining.argmax()), scores.shape)
        picked.append((int(place), int(turn)))
        close = np.exp(-np.linalg.norm(places - places[place], axis=1) / 2.0)
        remaining -= 3.0 * close[:, None] * np.maximum(toward @ toward[turn], 0.0) + 0.5 * close[:, None]
        remaining[place] = -np.inf
    return np.array(picked, np.int64)


def _interest(depth: NDArray[np.float32], semantic: NDArray[np.int32]) -> float:
    """How much a view shows: things of some size, a spread of distances, and no wall right before the eyes."""
    _, sizes = np.unique(semantic, return_counts=True)
    things = int(np.count_nonzero(sizes > depth.size // 200))
    seen = depth[depth > 0.0]
    if not len(seen):
        return 0.0
    low, middle, high = (float(level) for level in np.percentile(seen, [10, 50, 90]))
    return float(
        min(things, 12) / 4.0 + min(float(np.log(high / low)), 2.0) + min(middle, 2.0) + len(seen) / depth.size
    )


def _observe(
    simulator: Any, positions: NDArray[np.float32], headings: NDArray[Any], size: int
) -> dict[str, NDArray[Any]]:
    """Views at another size than the data set's, antialiased."""
    camera = simulator.camera
    simulator.camera = dataclasses.replace(camera, width=size, height=size, samples=4 if size > 64 else 1)
    try:
        return dict(simulator.observe(positions, headings))
    finally:
        simulator.camera = camera


def top_view(simulator: Any, positions: NDArray[np.float32]) -> TopView:
    """The scene from high above, cut open 2 m above its highest position, so that the ceiling is not in the way."""
    low, high = (np.asarray(corner, np.float64) for corner in simulator.scene.bounds)
    floor = float(np.median(positions[:, 1]))
    width, depth = (float(high[axis] - low[axis]) + 0.4 for axis in (0, 2))
    height = 8.0 * max(width, depth)  # so high that walls hardly lean outwards
    centre = (low + high) / 2.0
    pixels = 1000
    shape = (round(pixels * min(1.0, width / depth)), round(pixels * min(1.0, depth / width)))
    camera = dataclasses.replace(
        simulator.camera,
        width=shape[0],
        height=shape[1],
        hfov=float(np.rad2deg(2.0 * np.arctan(width / 2.0 / height))),
        projection="pinhole",
        near=height - float(positions[:, 1].max() - floor) - 2.0,
        far=2.0 * height,
        samples=4,
    )
    down = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])  # right is +X, up on the page is -Z
    eye = np.array([centre[0], floor + height, centre[2]])
    image = simulator.renderer.render(eye[None], down[None], camera, ("rgb",))["rgb"][0]
    shown = width * shape[1] / shape[0]
    extent = (centre[0] - width / 2, centre[0] + width / 2, centre[2] - shown / 2, centre[2] + shown / 2)
    return TopView(image, extent)


def leak_remark(simulator: Any, plan: ScenePlan, positions: NDArray[np.float32]) -> str:
    """What to tell the user where sound leaves the mesh through holes; empty where next to none does."""
    ears = sensor_positions(positions)
    escaped = float(np.mean([simulator.propagate(ear, ear, 0.06, 0).escaped for ear in ears]))
    if escaped < _LEAKY_SHARE:
        return ""
    return (
        f"{plan.name}: {100 * escaped:.0f} % of the sound rays leave the mesh through holes and are lost, so echoes "
        "and reverberation are weaker than in the real, closed room"
    )


def _one_after_another(sounds: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Chirps through responses (2, n), in a row."""
    from echoenv.audio.chirps import chirp, convolve

    return np.concatenate([convolve(response, chirp(), response.shape[1]) for response in sounds], axis=1)


def _loud(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    peak = float(np.abs(sound).max())
    return (sound * (_LOUDNESS / peak if peak > 0.0 else 1.0)).astype(np.float32)
