"""A voice walks past a door: `python -m benchmarks.moving_voice` makes it heard (a WAV file) and seen (a picture).

The one idea: everything at once, a walk through a home, sound that bends, reflects and scatters on its way into another
room, Doppler, ears; what comes out must be what one expects: loudest at the door, first at one ear, then at the other.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from echoenv.acoustics.moving.trajectories import SampledPoses
from echoenv.audio.sound_files import read_sound
from echoenv.audio.sound_streams import SoundFileStream, SoundInMemory, SoundStream
from echoenv.errors import EchoEnvError
from echoenv.navigation.map_picture import draw_map
from echoenv.navigation.moving_source import MovingSource
from echoenv.simulators.agent import SENSOR_HEIGHT
from echoenv.simulators.moving_sounds import MovingSounds
from echoenv.simulators.simulator import Simulator

SCENE = "apartment_0"
LISTENER = (3.1, 0.0, 7.0)  # just inside the bedroom, facing the door to the hallway
WALK = ((0.6, 0.0, 5.7), (6.6, 0.0, 5.7))  # along the hallway, past that door
DOOR = (2.75, 3.55)  # from x to x [m]
SPEED = 1.3  # [m/s]
RESPONSE = 1.0  # [s]

_ROOT = Path(__file__).parent.parent
_PICTURE = _ROOT / "docs" / "images" / "moving_voice.png"
_VOICE = _ROOT.parent / "shared" / "data" / "singing.wav"  # facebookresearch/sound-spaces, CC BY 4.0
_FRAME = 0.2  # [s] over which levels and differences are taken
_LONGEST_LAG = 0.0009  # [s]
_FORMANTS = ((700.0, 90.0, 1.0), (1220.0, 120.0, 0.5), (2600.0, 180.0, 0.25))  # centre [Hz], half width [Hz], gain
_ITD_BAND = (200.0, 3000.0)  # [Hz]


@dataclass(frozen=True, eq=False)
class EarTraces:
    """What ears make of a sound over time.

    Attributes:
        times: Middles of the frames [s] (f,).
        levels: Of the left and right ear [dB] (2, f), against full scale.
        delays: By how much the left ear hears later than the right [s] (f,); NaN in silence.
    """

    times: NDArray[np.float64]
    levels: NDArray[np.float64]
    delays: NDArray[np.float64]


def voice_like_tone(duration: float = 5.0, sample_rate: int = 44100) -> NDArray[np.float32]:
    """A made voice: harmonics of a tone with vibrato that goes up and down a scale, through three formants.

    Args:
        duration: [s].
        sample_rate: [Hz].

    Returns:
        Samples (n,), at most 0.3.
    """
    times = np.arange(round(duration * sample_rate)) / sample_rate
    notes = 196.0 * 2.0 ** (np.array([0, 2, 4, 5, 7, 5, 4, 2]) / 12.0)
    pitch = notes[(times / 0.5).astype(int) % len(notes)] * (1.0 + 0.012 * np.sin(2.0 * np.pi * 5.5 * times))
    phase = 2.0 * np.pi * np.cumsum(pitch) / sample_rate
    voice = np.zeros_like(times)
    for harmonic in range(1, 40):
        at = harmonic * pitch
        formants = sum(gain / (1.0 + ((at - f) / width) ** 2) for f, width, gain in _FORMANTS)
        voice += formants / harmonic * np.sin(harmonic * phase)
    envelope = np.clip(np.sin(np.pi * ((times / 0.5) % 1.0)), 0.0, 1.0) ** 0.5
    voice *= envelope
    return (0.3 / np.abs(voice).max() * voice).astype(np.float32)


def ear_traces(sound: NDArray[np.float32], sample_rate: int, frame: float = _FRAME) -> EarTraces:
    """Levels and differences of time of a binaural sound (2, n), frame by frame."""
    length, hop = round(frame * sample_rate), round(0.25 * frame * sample_rate)
    starts = np.arange(0, sound.shape[1] - length + 1, hop)
    frames = np.stack([sound[:, start : start + length] for start in starts]).astype(np.float64)
    levels = 10.0 * np.log10((frames**2).mean(axis=2) + 1e-12)
    delays = np.array([_delay(ears, sample_rate) for ears in frames])
    return EarTraces((starts + length / 2) / sample_rate, levels.T, delays)


def _delay(ears: NDArray[np.float64], sample_rate: int) -> float:
    """By how much the left ear (of (2, n)) is late [s], by generalised cross-correlation with the phase alone."""
    if not ears.any():
        return float("nan")
    length, fine = 2 * ears.shape[1], 8
    spectra = np.fft.rfft(ears * np.hanning(ears.shape[1]), length)
    frequencies = np.fft.rfftfreq(length, 1.0 / sample_rate)
    cross = spectra[0] * spectra[1].conj()
    cross /= np.maximum(np.abs(cross), 1e-12)
    cross[(frequencies < _ITD_BAND[0]) | (frequencies > _ITD_BAND[1])] = 0.0
    likeness = np.fft.irfft(cross, fine * length)
    reach = round(_LONGEST_LAG * sample_rate * fine)
    lags = np.arange(-reach, reach + 1)
    return float(lags[likeness[lags].argmax()] / sample_rate / fine)


def expected_delays(walk: MovingSource, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lateness [s] (n,) of the left ear for the straight line to the voice: Woodworth's sphere, a/c (angle + sin)."""
    to_voice = walk.positions(times) - (np.array(LISTENER) + [0.0, 1.5, 0.0])
    right = np.clip(to_voice[:, 0] / np.linalg.norm(to_voice, axis=1), -1.0, 1.0)
    return np.asarray(0.0875 / 343.2 * (np.arcsin(right) + right))


def draw(
    voice: EarTraces, dry: NDArray[np.float64], noise: EarTraces, simulator: Simulator, walk: MovingSource, path: Path,
    title: str,
) -> None:  # fmt: skip
    """Levels, their difference and that of time, beside the plan with the walk.

    Args:
        voice: What is heard of the voice.
        dry: Level [dB] (f,) of the dry voice in the same frames.
        noise: What is heard of noise on the same walk, of level 0 dB when it is dry.
        simulator: Whose plan.
        walk: Of the voice.
        path: The picture.
        title: Above it.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12.0, 7.2), layout="constrained")
    grid = figure.add_gridspec(4, 2, width_ratios=(1.4, 1.0))
    axes = [figure.add_subplot(grid[row, 0]) for row in range(4)]
    x = walk.positions(voice.times)[:, 0]
    at_door = voice.times[(x > DOOR[0]) & (x < DOOR[1])]
    for axis in axes:
        axis.axvspan(at_door[0], at_door[-1], color="#f4d35e", alpha=0.45)
        axis.set_xlim(0.0, walk.duration)
        axis.grid(alpha=0.3)
    axes[0].plot(voice.times, dry, color="#999999", label="dry, at 1 m")
    for ear, (name, color) in enumerate((("left ear", "#1f618d"), ("right ear", "#c0392b"))):
        axes[0].plot(voice.times, voice.levels[ear], color=color, label=name)
        axes[1].plot(noise.times, noise.levels[ear], color=color, label=name)
    top = max(dry.max(), voice.levels.max())
    axes[0].set(ylabel="voice [dB]", ylim=(top - 45.0, top + 3.0))
    axes[0].legend(loc="lower left", ncols=3, fontsize="small")
    axes[1].set(ylabel="noise, over\nthat at 1 m [dB]")
    axes[2].plot(noise.times, noise.levels[1] - noise.levels[0], color="#444444")
    axes[2].set(ylabel="noise, right\nabove left [dB]")
    axes[3].plot(noise.times, 1e6 * noise.delays, ".", color="#444444", label="heard")
    axes[3].plot(noise.times, 1e6 * expected_delays(walk, noise.times), "--", color="#888888", label="straight line")
    axes[3].set(xlabel="time [s]", ylabel="noise, left\nafter right [µs]", ylim=(-900.0, 900.0))
    axes[3].legend(loc="lower right", ncols=2, fontsize="small")
    _draw_plan(figure.add_subplot(grid[:, 1]), simulator, walk)
    figure.suptitle(f"{title} (yellow: at the door)")
    figure.savefig(path, dpi=100)


def _draw_plan(axis: Any, simulator: Simulator, walk: MovingSource) -> None:
    draw_map(simulator.pathfinder, axes=axis)
    axis.plot(walk.points[:, 0], walk.points[:, 2], color="#c0392b")
    marks = walk.positions(np.arange(0.0, walk.duration, 1.0))
    axis.plot(marks[:, 0], marks[:, 2], "o", color="#c0392b", markersize=4, label="voice, every second")
    axis.plot(LISTENER[0], LISTENER[2], marker=(3, 0, 0), color="#1f618d", markersize=11, label="listener, facing up")
    axis.legend(loc="lower right")


def dry_voice(given: Path | None, sample_rate: int) -> tuple[SoundStream, str]:
    """The voice to use, and what it is: a file given, the singing voice where it lies beside the project, or a tone."""
    if given is not None or _VOICE.is_file():
        path = given or _VOICE
        return SoundFileStream(path, sample_rate), path.name
    return SoundInMemory(voice_like_tone(sample_rate=sample_rate)), "a made tone"


def dry_levels(voice: SoundStream, frames: EarTraces, sample_rate: int) -> NDArray[np.float64]:
    """Level [dB] (f,) of the dry voice, begun anew when it ends, in the frames in which it was heard."""
    voice.rewind()
    once = voice.read(10**8)
    whole = np.resize(once, round(float(frames.times[-1] + _FRAME) * sample_rate))
    return ear_traces(np.stack([whole, whole]), sample_rate).levels[0, : len(frames.times)]


def main(arguments: list[str] | None = None) -> int:
    """Write the sound and the picture; 0, or 2 where something given cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.moving_voice", description=__doc__.splitlines()[0])
    parser.add_argument("--voice", type=Path, help="a dry mono sound instead of the singing voice")
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where moving_voice.wav goes (default: out)")
    parser.add_argument("--picture", type=Path, default=_PICTURE, help="where the picture goes")
    parser.add_argument("--update-rate", type=float, default=20.0, help="propagations a second (default: 20)")
    parser.add_argument("--speed", type=float, default=SPEED, help=f"of the walk [m/s] (default: {SPEED})")
    parser.add_argument("--no-doppler", action="store_true", help="leave Doppler shifts out")
    flags = parser.parse_args(arguments)
    try:
        flags.folder.mkdir(parents=True, exist_ok=True)
        simulator = Simulator(SCENE)
        stages = [MovingSounds(simulator, RESPONSE, doppler=not flags.no_doppler) for _ in range(2)]
        walk = stages[0].walk(WALK, flags.speed)
        voice, name = dry_voice(flags.voice, simulator.sample_rate)
        noise = np.random.default_rng(0).standard_normal(5 * simulator.sample_rate)
        stages[0].add(walk, voice, loop=True)
        stages[1].add(walk, noise, loop=True)
        listener = SampledPoses([0.0], np.array([LISTENER]) + [0.0, SENSOR_HEIGHT, 0.0], [0.0])
        file = stages[0].write(flags.folder / "moving_voice.wav", listener, walk.duration, flags.update_rate)
        of_noise = ear_traces(stages[1].render(listener, walk.duration, flags.update_rate), simulator.sample_rate)
    except EchoEnvError as error:
        print(f"error: {error}")
        return 2
    of_voice = ear_traces(read_sound(file)[0], simulator.sample_rate)
    dry = dry_levels(voice, of_voice, simulator.sample_rate)
    title = f"{name} walks past a bedroom's door at {flags.speed:g} m/s, {SCENE}"
    draw(of_voice, dry, of_noise, simulator, walk, flags.picture, title)
    print(f"{file} and {flags.picture}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
