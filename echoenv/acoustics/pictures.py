"""Pictures of sound: the reflectogram, paths in the plan of a room, spectrograms of the ears, decays with their lines.

The one idea: a picture shows what a result is *about*: arrivals as stems over the energy of the field, paths as lines
in the room that made them, decays beside the straight lines that their reverberation times stand for. Every function
writes one file; formats follow its ending.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.paths import Propagation
from echoenv.acoustics.propagation.path_arrays import RayPaths
from echoenv.audio.octave_filters import split_into_octaves
from echoenv.audio.room_metrics import decay_curve, decay_line, metrics_of_response, onset_times
from echoenv.audio.spectrograms import spectrogram
from echoenv.errors import SettingsError
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT, OCTAVE_CENTRES
from echoenv.scene.scene import Scene

if TYPE_CHECKING:
    from echoenv.acoustics.impulse_response import ImpulseResponse

INK, FIELD, ACCENT, PALE = "#22303c", "#b9c7d3", "#d1495b", "#dfe5ea"
"""Colours of lines and words, of the diffuse field, of what matters most, and of what is in the background."""

BAND_NAMES = tuple(f"{centre:g} Hz" if centre < 1000 else f"{centre / 1000:g} kHz" for centre in OCTAVE_CENTRES)
"""Octave bands as legends name them."""

MOST_CHANNELS = 4
"""Channels that a picture shows one by one; of more, the first ones."""

_RANGE = 80.0  # [dB] of spectrograms
_SILENT = -200.0  # [dB], what silence is drawn as


def picture_of_reflectogram(
    propagation: Propagation, path: str | Path, until: float | None = None, title: str = ""
) -> Path:
    """Draw what arrives when: arrivals as stems over the diffuse energy, and their levels band by band below.

    Args:
        propagation: From one source to one listener.
        path: Picture file.
        until: Where the time axis ends [s]; None takes 80 ms after the first sound, or the whole response.
        title: Written above it.

    Returns:
        The path.

    Raises:
        SettingsError: The ending is of no picture format.
    """
    arrivals, diffuse = propagation.arrivals, propagation.diffuse
    first = float(arrivals.delays.min()) if len(arrivals) else 0.0
    end = min(propagation.duration, first + 0.08) if until is None else float(until)
    figure = _figure(9.5, 6.0)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.7, 1.0))
    levels = _decibels((arrivals.amplitudes**2).mean(axis=1))
    field = _decibels(diffuse.energy.sum(axis=0).mean(axis=1))
    shown = [*levels[arrivals.delays < end], *field[: int(end / diffuse.bin_width) + 1]]
    highest = max([level for level in shown if level > _SILENT], default=0.0)
    floor = highest - 60.0
    edges = np.arange(len(field) + 1) * diffuse.bin_width * 1000.0
    what = f"diffuse energy in {diffuse.bin_width * 1000.0:g} ms"
    above.stairs(np.maximum(field, floor), edges, baseline=floor, fill=True, color=FIELD, label=what)
    _draw_stems(above, propagation, levels, floor)
    above.set(ylabel="level [dB re 1 m]", ylim=(floor, highest + 5.0), xlim=(0.0, end * 1000.0))
    handles, names = above.get_legend_handles_labels()
    above.legend(
        handles[::-1], names[::-1], loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, fontsize=8, frameon=False
    )
    _draw_bands(figure, below, propagation, highest)
    below.set(xlabel="time [ms]")
    _tidy(above, below)
    figure.suptitle(title or "reflectogram", fontsize=12, color=INK)
    return _save(figure, path)


def _draw_stems(axes: Any, propagation: Propagation, levels: NDArray[np.float64], floor: float) -> None:
    """One stem an arrival, coloured by what it is."""
    from matplotlib import colormaps

    arrivals = propagation.arrivals
    bent = arrivals.diffractions > 0
    groups: list[tuple[str, Any, NDArray[np.bool_]]] = [("direct", ACCENT, (arrivals.orders == 0) & ~bent)]
    highest = int(arrivals.orders.max(initial=0))
    for order in range(1, min(highest, 4) + 1):
        color = colormaps["viridis"](0.85 * (order - 1) / 4.0)
        more = order == 4 and highest > 4
        which = (arrivals.orders >= 4) if more else (arrivals.orders == order)
        groups.append(
            (f"{order} reflection{'s' if order > 1 else ''}{' or more' if more else ''}", color, which & ~bent)
        )
    groups.append(("round edges", "#e09f3e", bent))
    times = arrivals.delays * 1000.0
    for name, color, which in reversed(groups):
        heard = which & (levels > floor)
        if heard.any():
            axes.vlines(times[heard], floor, levels[heard], color=color, linewidth=1.3)
            axes.plot(times[heard], levels[heard], "o", color=color, markersize=4.0, label=name)


def _draw_bands(figure: Any, axes: Any, propagation: Propagation, highest: float) -> None:
    """Arrivals as marks in a row for each band, coloured by their level there."""
    arrivals = propagation.arrivals
    levels = _decibels(arrivals.amplitudes**2)
    times = np.repeat(arrivals.delays * 1000.0, OCTAVE_BAND_COUNT)
    rows = np.tile(np.arange(OCTAVE_BAND_COUNT), len(arrivals))
    order = np.argsort(levels.ravel(), kind="stable")
    marks = axes.scatter(
        times[order], rows[order], c=levels.ravel()[order], cmap="magma_r", vmin=highest - 60.0, vmax=highest,
        marker="|", s=150, linewidths=1.6,
    )  # fmt: skip
    axes.set_yticks(range(OCTAVE_BAND_COUNT), BAND_NAMES, fontsize=8)
    axes.set(ylim=(-0.6, OCTAVE_BAND_COUNT - 0.4))
    figure.colorbar(marks, ax=axes, label="level [dB]", pad=0.01)


def picture_of_paths(
    paths: RayPaths, scene: Scene, path: str | Path, most: int = 60, within: float = 0.03, height: float | None = None,
    title: str = "",
) -> Path:  # fmt: skip
    """Draw the strongest early paths in the plan of the room, walls cut at the listener's height.

    Arrivals are drawn thick, samples of the diffuse field thin; things lower than the cut are pale.

    Args:
        paths: Of that scene.
        scene: The scene.
        path: Picture file.
        most: How many paths to draw, the strongest.
        within: Time [s] after the first sound in which they arrive: later ones fill the room with lines.
        height: Where the scene is cut [m], world frame; None takes the listener's height.
        title: Written above it.

    Returns:
        The path.

    Raises:
        SettingsError: The ending is of no picture format.
    """
    from matplotlib.collections import LineCollection

    cut = float(paths.listener[1]) if height is None else float(height)
    figure = _figure(8.4, 7.4)
    axes = figure.subplots()
    low = float(scene.bounds[0][1])
    for level, color, width in ((low + 0.4 * (cut - low), PALE, 0.7), (cut, INK, 1.1)):
        axes.add_collection(LineCollection(list(cut_of(scene, level)), colors=color, linewidths=width, zorder=1))
    early = paths.chosen(paths.delays <= paths.delays.min(initial=np.inf) + within)
    shown = early.chosen(np.argsort(-early.energies.sum(axis=1), kind="stable")[:most][::-1])
    levels = shown.levels
    strength = np.clip(1.0 + (levels - levels.max(initial=_SILENT)) / 40.0, 0.1, 1.0)
    strength *= np.where(shown.exact, 1.0, 0.35)
    if len(shown):
        lines = LineCollection(
            [shown.points(i)[:, [0, 2]] for i in range(len(shown))], cmap="viridis_r", array=shown.delays * 1000.0,
            linewidths=0.4 + 2.4 * strength, alpha=0.3 + 0.65 * strength, zorder=2,
        )  # fmt: skip
        axes.add_collection(lines)
        figure.colorbar(lines, ax=axes, label="delay [ms]", pad=0.01, shrink=0.8)
    for name, point, marker in (("source", paths.source, "*"), ("listener", paths.listener, "o")):
        size = 17 if marker == "*" else 11
        axes.plot(point[0], point[2], marker, color=ACCENT, markersize=size, markeredgecolor="white", label=name)
    low_corner, high_corner = scene.bounds
    margin = 0.03 * float((high_corner - low_corner)[[0, 2]].max())
    axes.set(
        xlim=(low_corner[0] - margin, high_corner[0] + margin), ylim=(high_corner[2] + margin, low_corner[2] - margin),
        aspect="equal", xlabel="x [m]", ylabel="z [m]",
    )  # fmt: skip
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, fontsize=9, frameon=False)
    _tidy(axes)
    share = 100.0 * shown.energies.sum() / max(float(early.energies.sum()), 1e-300)
    said = f"the {len(shown)} strongest of {len(early):,} paths in the first {1000.0 * within:g} ms"
    said += f": {share:.0f} % of their energy"
    figure.suptitle(f"{title or scene.name}\n{said}", fontsize=11, color=INK)
    return _save(figure, path)


def cut_of(scene: Scene, height: float) -> NDArray[np.float64]:
    """Where a level plane cuts a scene's triangles: lines (n, 2, 2) in the plan, x and z [m]."""
    corners = scene.vertices.astype(np.float64)[scene.triangles]
    above = corners[:, :, 1] - (height + 1e-7)  # a little off, so that no corner lies in the plane
    crossing = corners[(above.min(axis=1) < 0.0) & (above.max(axis=1) > 0.0)]
    heights = crossing[:, :, 1] - (height + 1e-7)
    lines = []
    for start, stop in ((0, 1), (1, 2), (2, 0)):
        a, b = heights[:, start], heights[:, stop]
        crossed = (a < 0.0) != (b < 0.0)
        share = np.divide(a, a - b, out=np.zeros_like(a), where=crossed)[:, None]
        points = crossing[:, start] + share * (crossing[:, stop] - crossing[:, start])
        lines.append(np.where(crossed[:, None], points[:, [0, 2]], np.nan))
    ends = np.stack(lines, axis=1)  # of three sides, two are crossed
    return np.asarray(ends[~np.isnan(ends[:, :, 0])].reshape(-1, 2, 2))


def picture_of_decay(response: ImpulseResponse, path: str | Path, channel: int = 0, title: str = "") -> Path:
    """Draw the decay of each octave band with the straight line of its T30, and the reverberation times beside it.

    Args:
        response: The response.
        path: Picture file.
        channel: Which of its channels.
        title: Written above it.

    Returns:
        The path.

    Raises:
        SettingsError: There is no such channel, or the ending is of no picture format.
    """
    from matplotlib import colormaps

    if channel not in range(len(response.samples)):
        raise SettingsError(f"channel {channel!r} of {len(response.samples)}: give one from 0")
    samples, rate = response.samples[channel].astype(np.float64), response.sample_rate
    metrics = metrics_of_response(samples, rate)
    onset = round(float(onset_times(samples, rate)) * rate)
    power = split_into_octaves(samples, rate)[:, onset:] ** 2
    figure = _figure(11.0, 4.6)
    curves, times = figure.subplots(1, 2, width_ratios=(1.7, 1.0))
    for band, energy in enumerate(power):
        color = colormaps["viridis"](0.92 * band / (OCTAVE_BAND_COUNT - 1))
        if not energy.any():
            continue
        level = decay_curve(energy, 1.0 / rate)
        every = max(1, len(level) // 2000)
        curves.plot(np.arange(len(level))[::every] / rate, level[::every], color=color, label=BAND_NAMES[band])
        slope, height = decay_line(energy, 1.0 / rate)
        if np.isfinite(slope):
            ends = (np.array([-5.0, -35.0]) - height) / slope
            curves.plot(ends, (-5.0, -35.0), "--", color=INK, linewidth=1.1, zorder=5)
    longest = float(np.nanmax([*np.ravel(metrics.t30), *np.ravel(metrics.t20), 0.05]))
    curves.set(xlabel="time after the onset [s]", ylabel="energy still to come [dB]", ylim=(-62.0, 2.0))
    curves.set_xlim(0.0, min(len(power[0]) / rate, 1.05 * longest))
    if curves.get_lines():
        curves.legend(fontsize=8, frameon=False, ncols=2, title="dashed: the line of T30", title_fontsize=8)
    _draw_times(times, metrics)
    _tidy(curves, times)
    figure.suptitle(title or "decay", fontsize=12, color=INK)
    return _save(figure, path)


def _draw_times(axes: Any, metrics: Any) -> None:
    """EDT, T20 and T30 of each band."""
    places = np.arange(OCTAVE_BAND_COUNT)
    marks = {"EDT": (metrics.edt, "s", "#7b9e87"), "T20": (metrics.t20, "^", "#3a7ca5"), "T30": (metrics.t30, "o", INK)}
    for name, (values, marker, color) in marks.items():
        axes.plot(places, values, marker=marker, color=color, label=name, linewidth=1.2, markersize=6)
    tops = [np.nanmax(values) for values, _, _ in marks.values() if np.isfinite(values).any()]
    axes.set_xticks(places, [name.replace(" Hz", "").replace(" kHz", "k") for name in BAND_NAMES])
    axes.set(xlabel="octave band [Hz]", ylabel="reverberation time [s]", ylim=(0.0, 1.15 * max(tops, default=1.0)))
    axes.legend(fontsize=8, frameon=False)


def picture_of_spectrograms(
    samples: NDArray[np.float32], sample_rate: int, path: str | Path, title: str = "", names: list[str] | None = None
) -> Path:
    """Draw the spectrogram of each channel, of both ears say, and of two the difference of their levels.

    Args:
        samples: Sound or impulse response (channels, n).
        sample_rate: [Hz].
        path: Picture file.
        title: Written above it.
        names: Of the channels; None calls two of them the ears.

    Returns:
        The path.

    Raises:
        SettingsError: The samples have another number of axes, there are none, or the ending is of no picture format.
    """
    samples = np.asarray(samples, dtype=np.float32)
    if samples.ndim != 2 or not samples.size or not np.isfinite(samples).all() or not sample_rate > 0:
        raise SettingsError(f"samples of shape {samples.shape} at {sample_rate} Hz: give finite ones (channels, n)")
    shown = samples[:MOST_CHANNELS]
    titles = names or channel_names(len(samples))
    levels = [level_spectrogram(channel, sample_rate) for channel in shown]
    panels = len(shown) + (len(samples) == 2)
    figure = _figure(4.4 * panels + 0.6, 3.9)
    axes = np.atleast_1d(figure.subplots(1, panels, sharex=True, sharey=True))
    loudest = max(float(level.max()) for level in levels)
    image = None
    for axis, name, level in zip(axes, titles, levels, strict=False):
        image = draw_spectrogram(axis, level, samples.shape[1], sample_rate, loudest)
        axis.set(title=name, xlabel="time [s]")
    figure.colorbar(image, ax=axes[: len(shown)], label="level [dB]", pad=0.01)
    heard = np.flatnonzero(np.max([level.max(axis=0) for level in levels], axis=0) > loudest - _RANGE)
    axes[0].set_xlim(0.0, samples.shape[1] / sample_rate * min(1.0, 1.05 * (heard[-1] + 1) / levels[0].shape[1]))
    if panels > len(shown):
        picture = _draw_difference(axes[-1], levels, _extent(samples.shape[1], sample_rate), loudest)
        axes[-1].set(title=f"{titles[0]} less {titles[1]}", xlabel="time [s]")
        figure.colorbar(picture, ax=axes[-1], label="level difference [dB]", pad=0.01)
    axes[0].set(ylabel="frequency [kHz]")
    figure.suptitle(title, fontsize=12, color=INK)
    return _save(figure, path)


def _draw_difference(
    axes: Any, levels: list[NDArray[np.float32]], extent: tuple[float, float, float, float], loudest: float
) -> Any:
    """Level difference of two spectrograms [dB] where either is heard."""
    shown = np.where(np.maximum(*levels) > loudest - _RANGE, _level_difference(*levels), np.nan)
    return axes.imshow(shown, origin="lower", aspect="auto", cmap="RdBu_r", vmin=-20.0, vmax=20.0, extent=extent)


def _level_difference(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float64]:
    """Level difference [dB] of two spectrograms [dB], of energies averaged over a few frequencies and times."""
    from scipy.ndimage import uniform_filter

    a, b = (uniform_filter(10.0 ** (np.asarray(level, np.float64) / 10.0), size=(7, 9)) for level in (left, right))
    return np.asarray(_decibels(a) - _decibels(b))


def channel_names(count: int) -> list[str]:
    """What channels are called: two are ears, a square number of four or more may be ambisonics and is numbered."""
    return ["left ear", "right ear"] if count == 2 else [f"channel {i}" for i in range(count)]


def level_spectrogram(samples: NDArray[np.float32], sample_rate: int) -> NDArray[np.float32]:
    """Spectrogram [dB] (frequency, time) of a channel (n,), with windows that suit its length."""
    window = 128 if len(samples) < 0.2 * sample_rate else 512
    magnitude = spectrogram(samples, 512, window, max(16, len(samples) // 1200))
    return np.asarray(20.0 * np.log10(np.maximum(magnitude, 1e-12)))


def draw_spectrogram(
    axes: Any, level: NDArray[np.float32], samples: int, sample_rate: int, loudest: float, unit: float = 1.0
) -> Any:
    """Draw a spectrogram [dB] into axes and return the image.

    Args:
        axes: Matplotlib's.
        level: From `level_spectrogram`.
        samples: Of the sound.
        sample_rate: [Hz].
        loudest: Level [dB] of the brightest colour; the darkest is 80 dB below.
        unit: Time [s] of one unit of the time axis.
    """
    extent = _extent(samples, sample_rate, unit)
    return axes.imshow(
        level, origin="lower", aspect="auto", extent=extent, vmin=loudest - _RANGE, vmax=loudest, cmap="magma"
    )


def _extent(samples: int, sample_rate: int, unit: float = 1.0) -> tuple[float, float, float, float]:
    return (0.0, samples / sample_rate / unit, 0.0, sample_rate / 2000.0)


def _decibels(energy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(10.0 * np.log10(np.maximum(energy, 10.0 ** (_SILENT / 10.0))))


def _figure(width: float, height: float) -> Any:
    from matplotlib.figure import Figure  # without pyplot: no window system, no global state

    return Figure(figsize=(width, height), layout="constrained")


def _tidy(*axes: Any) -> None:
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=9)


def _save(figure: Any, path: str | Path) -> Path:
    try:
        figure.savefig(path, dpi=110)
    except ValueError as error:
        raise SettingsError(f"picture '{path}' cannot be written ({error}): give a name ending in .png") from None
    except OSError as error:
        raise SettingsError(f"picture '{path}' cannot be written ({error}): give a path in a folder") from None
    return Path(path)
