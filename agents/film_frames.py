"""The pictures of a film: what the agent sees, and the map on which its way grows.

The one idea: all that stands still is drawn once, by matplotlib; a frame is that picture with the views put in, and
the way as far as it has come drawn over it. What is heard runs below as a strip with a line at now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from agents.maps import CHIRP, GOAL, TIMES, draw_episode, goal_walks
from agents.recordings import Recording
from echoenv.datasets.preview_page import INK, PAPER
from echoenv.navigation.motion import forward_direction

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

VIEW = 384
"""Side of the picture of what the agent sees [pixels]."""

_WIDTH, _HEAD, _BODY, _STRIP = 1120, 40, 640, 120  # of the film, its title, its pictures, its sound
_SMALL = VIEW // 2  # side of the smaller pictures
_FINE = 2  # the map is drawn so many times larger, for smooth lines
_EARS = (("left ear", "#1f6f8b"), ("right ear", "#d1495b"))
_DEEP = 10.0  # depth [m] that is darkest
_BODY_SIZE = 0.22  # of the agent's mark [m]


def frame_time(recording: Recording) -> float:
    """How long an action is shown [s]: as long as it takes where the task sounds, a tenth of a second elsewhere."""
    return recording.step_time if recording.heard is not None else 0.1


def film_frames(recording: Recording, views: Iterable[dict[str, NDArray[Any]]]) -> Iterator[NDArray[np.uint8]]:
    """The pictures (H, W, 3) of a film, one for the beginning and one for every action.

    Args:
        recording: The episode.
        views: What was seen, as of `Recorder.views`.
    """
    from PIL import Image

    walk = _Walk(recording)
    strip = None if recording.heard is None else _sound_picture(recording.heard)
    canvas = Image.new("RGB", (_WIDTH, _HEAD + _BODY + (_STRIP if strip else 0)), PAPER)
    if strip:
        canvas.paste(strip, (0, _HEAD + _BODY))
    fonts = _font(15), _font(12)
    for number, view in enumerate(views):
        frame = canvas.copy()
        frame.paste(walk.until(number), (VIEW, _HEAD))
        _paste_views(frame, recording, number, view, fonts[1])
        _write_title(frame, recording, number, fonts[0])
        if strip:
            _mark_now(frame, (number + 0.5) / len(recording.states))
        yield np.asarray(frame)


class _Walk:
    """The map with the way as far as it has come; each frame adds a piece to that of the frame before."""

    def __init__(self, recording: Recording) -> None:
        from matplotlib import colormaps
        from PIL import Image

        self._recording, self._drawn = recording, 0
        drawn, to_pixels = _drawn_map(recording)
        self._picture = Image.fromarray(drawn)
        self._places = to_pixels(recording.positions)
        self._goals = to_pixels(recording.goals) if goal_walks(recording) else None
        self._metre = float(np.ptp(to_pixels(np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]))[:, 0]))
        self._colors = (255 * colormaps[TIMES](np.linspace(0.0, 1.0, len(self._places)))[:, :3]).astype(int)

    def until(self, number: int) -> Image.Image:
        """The map when so many actions are done."""
        from PIL import ImageDraw

        pen = ImageDraw.Draw(self._picture)
        while self._drawn < number:
            self._drawn += 1
            self._draw_piece(pen, self._drawn)
        picture = self._picture.copy()
        pen = ImageDraw.Draw(picture)
        if self._goals is not None:
            _dot(pen, self._goals[number], 8 * _FINE, fill=GOAL, outline="white")
        self._draw_agent(pen, number)
        return picture.reduce(_FINE)

    def _draw_piece(self, pen: ImageDraw.ImageDraw, number: int) -> None:
        ends = [tuple(self._places[k]) for k in (number - 1, number)]
        pen.line(ends, fill=tuple(self._colors[number]), width=4 * _FINE)
        x, y = self._places[number]
        if self._recording.collided[number]:
            arm = 4 * _FINE
            for sign in (1, -1):
                pen.line([(x - arm, y - sign * arm), (x + arm, y + sign * arm)], fill=INK, width=2 * _FINE)
        if self._recording.actions[number - 1] == "chirp":
            _dot(pen, self._places[number], 5 * _FINE, fill=None, outline=CHIRP)

    def _draw_agent(self, pen: ImageDraw.ImageDraw, number: int) -> None:
        """An arrow head that looks where the agent looks."""
        ahead = forward_direction([self._recording.states[number].heading])[0][[0, 2]]
        side = np.array([-ahead[1], ahead[0]])
        size, here = max(_BODY_SIZE * self._metre, 9.0 * _FINE), self._places[number]
        outline = (ahead, 0.7 * side - 0.7 * ahead, -0.35 * ahead, -0.7 * side - 0.7 * ahead)
        corners = [tuple(here + size * corner) for corner in outline]
        pen.polygon(corners, fill=INK, outline="white", width=_FINE)


def _dot(pen: ImageDraw.ImageDraw, place: NDArray[np.float64], radius: float, **colors: Any) -> None:
    (x, y), r = place, radius
    pen.ellipse([x - r, y - r, x + r, y + r], width=2 * _FINE, **colors)


def _drawn_map(recording: Recording) -> tuple[NDArray[np.uint8], Callable[[Any], NDArray[np.float64]]]:
    """The map without the walk (H, W, 3), `_FINE` times its size; and its pixels (n, 2) of points (n, 3) [m]."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    size = (_WIDTH - VIEW) / 100.0, _BODY / 100.0
    figure = Figure(figsize=size, dpi=100 * _FINE, facecolor=PAPER)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.07, 0.11, 0.91, 0.87))
    draw_episode(axes, recording, ended=False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.06), ncols=6, fontsize=8, frameon=False)
    canvas.draw()
    drawn = np.asarray(canvas.buffer_rgba())[..., :3].copy()

    def to_pixels(points: Any) -> NDArray[np.float64]:
        places = np.asarray(axes.transData.transform(points[:, [0, 2]]), np.float64)
        return np.stack([places[:, 0], drawn.shape[0] - places[:, 1]], axis=1)

    return drawn, to_pixels


def _sound_picture(heard: NDArray[np.float32]) -> Image.Image:
    """What both ears hear over the whole film, one over the other."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    figure = Figure(figsize=(_WIDTH / 100.0, _STRIP / 100.0), dpi=100, facecolor=PAPER)
    canvas = FigureCanvasAgg(figure)
    peak = float(np.abs(heard).max(initial=1e-9))
    for ear, (name, color) in enumerate(_EARS):
        axes = figure.add_axes((0.0, 0.5 - 0.5 * ear, 1.0, 0.48))
        bins = np.array_split(heard[ear], min(_WIDTH, heard.shape[1]))
        x = np.arange(len(bins))
        axes.fill_between(x, [part.min() for part in bins], [part.max() for part in bins], color=color, linewidth=0.5)
        axes.text(0.005, 0.82, name, transform=axes.transAxes, fontsize=8, color=INK, va="top")
        axes.set(xlim=(0, len(bins)), ylim=(-peak, peak))
        axes.axis("off")
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())


def _mark_now(frame: Image.Image, share: float) -> None:
    from PIL import ImageDraw

    x = share * _WIDTH
    ImageDraw.Draw(frame).line([(x, _HEAD + _BODY), (x, frame.height)], fill=INK, width=2)


def _paste_views(
    frame: Image.Image, recording: Recording, number: int, view: dict[str, NDArray[Any]], font: Any
) -> None:
    from PIL import Image

    given = "rgb" if "rgb" in recording.sensors else "rgb (not given to the agent)"
    tiles = [(given, Image.fromarray(view["rgb"]).resize((VIEW, VIEW)), (0, _HEAD))]
    below = _HEAD + VIEW
    if recording.maps is None:
        side = _BODY - VIEW
        tiles.append(("depth", _depth_picture(view["depth"]).resize((side, side)), ((VIEW - side) // 2, below)))
    else:
        map_picture = Image.fromarray(_map_colors(recording.maps[number])).resize((_SMALL, _SMALL), 0)
        tiles.append(("depth", _depth_picture(view["depth"]).resize((_SMALL, _SMALL)), (0, below)))
        tiles.append(("the agent's map", map_picture, (_SMALL, below)))
    for label, picture, place in tiles:
        frame.paste(picture, place)
        _write(frame, label, (place[0] + 6, place[1] + 5), font)


def _depth_picture(depth: NDArray[np.float32]) -> Image.Image:
    """Near is bright."""
    from matplotlib import colormaps
    from PIL import Image

    colors = colormaps["viridis_r"](np.clip(np.asarray(depth) / _DEEP, 0.0, 1.0))[..., :3]
    return Image.fromarray((255 * colors).astype(np.uint8))


def _map_colors(layers: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Occupied dark, free light, where the agent has been blue, unknown grey; the agent in the middle looks up."""
    colors = np.full((*layers.shape[:2], 3), 150, np.uint8)
    for layer, color in ((1, (240, 237, 228)), (0, (52, 58, 64)), (2, (60, 110, 180))):
        colors[layers[..., layer] > 0] = color
    middle = layers.shape[0] // 2
    colors[middle - 1 : middle + 1, middle - 1 : middle + 1] = (209, 73, 91)
    return colors


def _write_title(frame: Image.Image, recording: Recording, number: int, font: Any) -> None:
    from PIL import ImageDraw

    row, last = recording.row, len(recording.actions)
    did = recording.actions[number - 1].replace("_", " ") if number else "begins"
    text = f"{row['scene']}, episode {row['number']}: {recording.policy}    {number}/{last}  {did}"
    text += f"    {recording.distances[number]:.1f} m to the goal"
    if number == last:
        text += f"    {'success' if row['success'] else 'failure'}, SPL {row['spl']:.2f}"
    ImageDraw.Draw(frame).text((10, 10), text, fill=INK, font=font)


def _write(frame: Image.Image, text: str, place: tuple[int, int], font: Any) -> None:
    """White letters on dark, readable on any picture."""
    from PIL import ImageDraw

    pen = ImageDraw.Draw(frame)
    left, top, right, bottom = pen.textbbox(place, text, font=font)
    pen.rectangle([left - 3, top - 2, right + 3, bottom + 2], fill="#22303c")
    pen.text(place, text, fill="white", font=font)


def _font(size: int) -> Any:
    """Matplotlib's own font, which is there wherever matplotlib is."""
    from matplotlib import get_data_path
    from PIL import ImageFont

    return ImageFont.truetype(str(Path(get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"), size)
