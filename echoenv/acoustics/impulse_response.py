"""The impulse response that a user holds: samples at the ears, to save, to hear sound through, and to look at.

The one idea: it is a plain record, samples and their rate; everything else about it is derived when asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.audio.chirps import convolve
from echoenv.audio.interaural import InterauralMetrics, interaural_correlation, interaural_metrics
from echoenv.audio.room_metrics import RoomMetrics, decay_curve, metrics_of_response
from echoenv.audio.sound_files import resample, write_sound
from echoenv.errors import SettingsError


@dataclass(frozen=True, eq=False)
class ImpulseResponse:
    """What a receiver hears of a pulse.

    Attributes:
        samples: Pressure (channels, n) float32; a source's free field at 1 m is a pulse of amplitude 1.
        sample_rate: [Hz].

    Raises:
        SettingsError: The samples have another number of axes or are not finite, or the rate is not positive.
    """

    samples: NDArray[np.float32]
    sample_rate: int = 44100

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or not np.isfinite(self.samples).all() or not self.sample_rate > 0:
            raise SettingsError(
                f"impulse response of shape {self.samples.shape} at {self.sample_rate} Hz: give finite samples "
                "(channels, n) and a positive rate"
            )

    @property
    def duration(self) -> float:
        """Length [s]."""
        return self.samples.shape[1] / self.sample_rate

    def write(self, path: str | Path) -> Path:
        """Save as a 32-bit float WAV file, whole or not at all.

        Args:
            path: The file; its folder must exist.

        Raises:
            AudioFileError: The folder is missing or cannot be written.
        """
        return write_sound(path, self.samples, self.sample_rate)

    def convolve(self, sound: ArrayLike, sample_rate: int | None = None) -> NDArray[np.float32]:
        """Sound heard through the response.

        Args:
            sound: Dry mono sound (m,).
            sample_rate: Its rate [Hz], to which it is resampled from; that of the response without it.

        Returns:
            Sound at the ears (channels, n + m - 1) at the response's rate.
        """
        dry = resample(np.asarray(sound), sample_rate or self.sample_rate, self.sample_rate)
        return convolve(self.samples, dry)

    def metrics(self, octaves: bool = True) -> RoomMetrics:
        """Room-acoustic parameters (channels, 8) per octave band, or (channels,) of the whole."""
        return metrics_of_response(self.samples, self.sample_rate, octaves)

    def interaural_correlation(self) -> tuple[float, float]:
        """IACC of the first two channels and the delay [s] of the right ear at which it occurs.

        Raises:
            SettingsError: There is one channel only.
        """
        return interaural_correlation(*self._ears(), self.sample_rate)

    def interaural_metrics(self, octaves: bool = True) -> InterauralMetrics:
        """IACC of the first two channels, whole, early and late: (8,) per octave band, or () over all frequencies.

        Raises:
            SettingsError: There is one channel only.
        """
        return interaural_metrics(*self._ears(), self.sample_rate, octaves)

    def _ears(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        if len(self.samples) < 2:
            raise SettingsError(
                "interaural correlation needs two channels, this response has one: render it with an Hrtf"
            )
        return self.samples[0], self.samples[1]

    def picture(self, path: str | Path, title: str = "") -> Path:
        """Draw the waveform, the spectrogram of every channel (the first four of more) and the decay of energy.

        Args:
            path: Picture file; its ending says which format.
            title: Written above it.
        """
        from matplotlib.figure import Figure  # without pyplot: no window system, no global state

        from echoenv.acoustics.pictures import MOST_CHANNELS, channel_names, draw_spectrogram, level_spectrogram

        shown = self.samples[:MOST_CHANNELS]
        names = channel_names(len(self.samples))[: len(shown)]
        figure = Figure(figsize=(5.0 * (len(shown) + 2), 3.6), layout="constrained")
        axes = figure.subplots(1, len(shown) + 2)
        times = np.arange(self.samples.shape[1]) / self.sample_rate * 1000.0
        for name, samples in zip(names, shown, strict=True):
            axes[0].plot(times, samples, linewidth=0.6, alpha=0.8, label=name)
            energy = samples.astype(np.float64) ** 2
            if energy.any():
                level = decay_curve(energy, 1.0 / self.sample_rate)
                axes[-1].plot(np.append(times, self.duration * 1000.0), level, label=name)
        levels = [level_spectrogram(samples, self.sample_rate) for samples in shown]
        loudest = max(float(level.max()) for level in levels)
        for axis, name, levels_of_one in zip(axes[1:-1], names, levels, strict=True):
            image = draw_spectrogram(axis, levels_of_one, self.samples.shape[1], self.sample_rate, loudest, unit=0.001)
            axis.set(title=name, xlabel="time [ms]", ylabel="frequency [kHz]")
        figure.colorbar(image, ax=axes[-2], label="level [dB]")
        axes[0].set(title="pressure", xlabel="time [ms]")
        axes[-1].set(title="energy still to come", xlabel="time [ms]", ylabel="level [dB]", ylim=(-80.0, 2.0))
        axes[0].legend()
        more = len(self.samples) - len(shown)
        figure.suptitle(f"{title}{f' (the first {len(shown)} of {len(self.samples)} channels)' if more else ''}")
        figure.savefig(path, dpi=110)
        return Path(path)
