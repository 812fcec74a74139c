"""Arrays of microphones: any number, anywhere around one point, each with its own directivity.

The one idea: sound is traced to the middle of the array, and a wave that has come r metres from direction d is a
sphere around the point r d. From there every microphone has its own exact delay, level and direction, for direct sound
and mirror images alike, however near. Diffuse sound comes as plane waves, so microphones d apart get the coherence
sin(kd) / kd of a diffuse field. What is left out: nothing stands between one microphone and a sound that the middle of
the array hears, and microphones do not shadow one another. Labels such as (L7) point to docs/physics.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.air import Air
from echoenv.acoustics.directivity import Directivity, FirstOrder, directivity_named
from echoenv.acoustics.receivers.receiver import Filters, Mono
from echoenv.audio.octave_filters import RINGING, octave_responses
from echoenv.errors import PoseError, SettingsError
from echoenv.scene.pose import described, numbers

LARGEST = 20.0
"""[m]: no microphone may be further from the middle of its array, where one tracing no longer stands for all."""

_CLOSEST = 0.01  # [m]: a source nearer to a microphone is as loud as from here


class MicrophoneArray:
    """Microphones around the point to which sound is traced; a `Receiver` of m channels.

    Args:
        positions: Where they are [m] (m, 3), in the array's frame (x right, y up, z backward), which is turned as a
            head would be.
        directivities: One `Directivity` or name for all of them, one for each, or None for omnidirectional ones. They
            are the microphones' sensitivities in their own frames (-z ahead), 1 straight ahead.
        rotations: Which way each points: matrices (m, 3, 3) from its frame to the array's; None for all ahead.
        speed_of_sound: [m/s].
        sample_rate: Of the signals [Hz]; rendering asks for the one it needs.

    Attributes:
        positions, speed_of_sound, sample_rate: As given.
        directivities: One for each microphone.
        rotations: (m, 3, 3).

    Raises:
        PoseError: Positions or rotations of another shape, not finite, or further than 20 m from the middle.
        SettingsError: Not one directivity for each microphone, an unknown one, or a speed or rate that is not positive.
    """

    def __init__(
        self,
        positions: ArrayLike,
        directivities: Directivity | str | Sequence[Directivity | str] | None = None,
        rotations: ArrayLike | None = None,
        speed_of_sound: float | None = None,
        sample_rate: int = 44100,
    ) -> None:
        self.positions = numbers(positions)
        count = len(np.atleast_1d(self.positions))
        if self.positions.shape != (count, 3) or not count or not np.isfinite(self.positions).all():
            raise PoseError(f"microphones at {described(positions)}: give finite positions in metres (m, 3)")
        if np.linalg.norm(self.positions, axis=1).max() > LARGEST:
            raise PoseError(f"a microphone is further than {LARGEST:g} m from the middle of its array: use two arrays")
        self.rotations = np.tile(np.eye(3), (count, 1, 1)) if rotations is None else numbers(rotations)
        if self.rotations.shape != (count, 3, 3) or not np.isfinite(self.rotations).all():
            raise PoseError(f"rotations of shape {self.rotations.shape}: give finite matrices ({count}, 3, 3)")
        self.speed_of_sound = Air().speed_of_sound if speed_of_sound is None else float(speed_of_sound)
        self.sample_rate = sample_rate
        if not (0.0 < self.speed_of_sound < np.inf and sample_rate > 0):
            raise SettingsError(f"speed of sound {speed_of_sound} m/s and rate {sample_rate} Hz must be positive")
        given: Any = "omni" if directivities is None else directivities
        listed = [given] * count if isinstance(given, str | Directivity) else list(given)
        if len(listed) != count:
            raise SettingsError(f"{len(listed)} directivities for {count} microphones: give one, or one for each")
        self.directivities = tuple(directivity_named(pattern) for pattern in listed)
        self._by_band = not all(isinstance(pattern, FirstOrder) for pattern in self.directivities)

    @property
    def channels(self) -> int:
        """Number of microphones."""
        return len(self.positions)

    @property
    def taps(self) -> int:
        """See `Receiver.taps`."""
        return Mono().taps

    @property
    def reach(self) -> int:
        """See `Receiver.reach`: the way to the outermost microphone."""
        furthest = float(np.linalg.norm(self.positions, axis=1).max())
        return math.ceil(furthest / self.speed_of_sound * self.sample_rate) + 1

    def at(self, sample_rate: int) -> MicrophoneArray:
        """The same microphones for signals of another sample rate [Hz]."""
        if sample_rate == self.sample_rate:
            return self
        return MicrophoneArray(self.positions, self.directivities, self.rotations, self.speed_of_sound, sample_rate)

    def filters(
        self,
        directions: NDArray[np.float64],
        times: NDArray[np.float64],
        distances: NDArray[np.float64] | None = None,
    ) -> Filters:
        """See `Receiver.filters`; equation (L7). Directivities that differ between bands are in `band_gains`."""
        towards, detours, levels = self._seen(directions, distances)
        at_microphones = times[:, None] + detours / self.speed_of_sound * self.sample_rate
        pulses, starts = Mono().filters(towards.reshape(-1, 3), at_microphones.ravel())
        if not self._by_band:
            levels = levels * self._sensitivities(towards)[..., 0]
        shape = (len(directions), self.channels)
        return pulses.reshape(*shape, -1) * levels[..., None].astype(np.float32), starts.reshape(shape)

    def band_gains(
        self, directions: NDArray[np.float64], distances: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64] | None:
        """See `Receiver.band_gains`: the directivities, where one differs between bands."""
        return self._sensitivities(self._seen(directions, distances)[0]) if self._by_band else None

    @property
    def noise_taps(self) -> int:
        """See `Receiver.noise_taps`: octave filters ring, delays do not."""
        return 2 * self.noise_lead + 1

    @property
    def noise_lead(self) -> int:
        """See `Receiver.noise_lead`."""
        return self.reach + (round(RINGING * self.sample_rate) if self._by_band else 0)

    def noise_spectra(self, directions: NDArray[np.float64], length: int) -> NDArray[np.complex64]:
        """See `Receiver.noise_spectra`: the delays of plane waves and the microphones' sensitivities."""
        towards, detours, _ = self._seen(directions, None)
        samples = self.noise_lead + detours / self.speed_of_sound * self.sample_rate
        gains = self._sensitivities(towards).astype(np.float32)
        spectra = _delays(samples, length)
        return spectra * (gains @ octave_responses(length, self.sample_rate) if self._by_band else gains[..., :1])

    def _seen(
        self, directions: NDArray[np.float64], distances: NDArray[np.float64] | None
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """From every microphone: directions (q, m, 3) of waves, extra way [m] (q, m), and level (q, m)."""
        if distances is None:
            way = -directions @ self.positions.T
            return np.repeat(directions[:, None], self.channels, axis=1), way, np.ones_like(way)
        away = distances[:, None, None] * directions[:, None] - self.positions
        length = np.linalg.norm(away, axis=-1)
        near = length < 1e-9  # a source in a microphone has no direction: that from the middle will do
        towards = np.where(near[..., None], directions[:, None], away / np.where(near, 1.0, length)[..., None])
        return towards, length - distances[:, None], distances[:, None] / np.maximum(length, _CLOSEST)

    def _sensitivities(self, towards: NDArray[np.float64]) -> NDArray[np.float64]:
        """Gains (q, m, 8) for waves from directions (q, m, 3) of the array's frame."""
        gains = [
            pattern.gains(towards[:, index] @ turn)
            for index, (pattern, turn) in enumerate(zip(self.directivities, self.rotations, strict=True))
        ]
        return np.stack(gains, axis=1)


def _delays(samples: NDArray[np.float64], length: int) -> NDArray[np.complex64]:
    """Spectra (..., length // 2 + 1) of pulses delayed by samples (...), from few sines: coarse steps times fine."""
    bins = length // 2 + 1
    fine = math.isqrt(bins) + 1
    turn = (-2j * np.pi / length) * samples[..., None]
    coarse_steps = np.exp(turn * (np.arange(-(-bins // fine)) * fine)).astype(np.complex64)
    fine_steps = np.exp(turn * np.arange(fine)).astype(np.complex64)
    steps = coarse_steps[..., :, None] * fine_steps[..., None, :]
    return steps.reshape(*samples.shape, -1)[..., :bins]
