"""What an agent of SoundSpaces 1.0 hears at each step, and the spectrogram that its networks are given.

The one idea: each step is one second. A second of what is heard is a second of the sound convolved with the response of
the present pose, with all reverberation of the seconds before it as if they had been heard there too; nothing is
normalised, so that loudness tells distance.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.audio.spectrograms import spectrogram as magnitudes
from echoenv.errors import SettingsError
from echoenv.scene.pose import described

BLOCK = 4
FFT_SIZE, WINDOW_SIZE, HOP = 512, 400, 160
EVERLASTING = 500
"""Steps that a sound lasts where SoundSpaces' configuration says that it is everlasting."""


def heard_second(sound: ArrayLike, response: ArrayLike, sample_rate: int, second: int = 0) -> NDArray[np.float32]:
    """One second of a sound as it is heard, with the reverberation of all its earlier seconds.

    SoundSpaces convolves one-second sounds in full and keeps the first second, and longer ones in two ways according to
    how much came before; all three are this.

    Args:
        sound: Samples (n,), at the rate of the response. One that ends earlier is followed by silence.
        response: (channels, m).
        sample_rate: [Hz].
        second: Which second of the sound, from 0.

    Returns:
        (channels, sample_rate), not normalised.
    """
    from scipy.signal import fftconvolve

    dry, wet = np.asarray(sound, np.float32), np.asarray(response, np.float32)
    start = max(0, second * sample_rate - wet.shape[-1] + 1)
    part = dry[start : (second + 1) * sample_rate]
    heard = np.zeros((len(wet), sample_rate), np.float32)
    if part.size and wet.size:
        first = second * sample_rate - start
        made = fftconvolve(part[None], wet, axes=-1)[:, first : first + sample_rate]
        heard[:, : made.shape[1]] = made
    return heard


def spectrogram(audio: ArrayLike) -> NDArray[np.float32]:
    """What SoundSpaces' networks are given of one second heard (2, n): (65, 69, 2) at 44.1 kHz, (65, 26, 2) at 16 kHz.

    For each ear the magnitude of a transform of 512 with a Hann window of 400 every 160 samples, the mean of blocks of
    4 x 4 (zeros beyond the edge count), and the logarithm of one plus that.
    """
    levels = magnitudes(audio, FFT_SIZE, WINDOW_SIZE, HOP)
    ears, frequencies, frames = levels.shape
    padded = np.pad(levels, ((0, 0), (0, -frequencies % BLOCK), (0, -frames % BLOCK)))
    blocks = padded.reshape(ears, padded.shape[1] // BLOCK, BLOCK, padded.shape[2] // BLOCK, BLOCK)
    return np.moveaxis(np.log1p(blocks.mean(axis=(2, 4))), 0, -1).astype(np.float32)


class AudioGoal:
    """A sound that goes on while an agent walks, one second a step.

    A sound of more than a second goes on with every step and begins again after its last whole second; the seam is not
    bridged: at its beginning nothing reverberates from its end. SoundSpaces keeps what was heard at each pose and hands
    it out again, so there a pose met twice repeats its *first* second, and the sound stands still meanwhile; that is
    `repeats_poses=True`. Its code divides by zero for sounds shorter than a second; here silence follows them.

    Args:
        sound: Samples (n,), at `sample_rate`.
        sample_rate: Of responses and sounds [Hz].
        duration: Steps after which it is silent. As there, step number `duration` is still heard, so `duration + 1`
            seconds with that of step 0; `EVERLASTING` is 500.
        distractor: A second sound, of which the first second is heard at every step, even when the sound itself is
            over.
        repeats_poses: Whether a pose met again repeats what was heard there.

    Raises:
        SettingsError: A sound is not (n,) samples, or the duration is negative.
    """

    def __init__(
        self,
        sound: ArrayLike,
        sample_rate: int,
        duration: int = EVERLASTING,
        distractor: ArrayLike | None = None,
        repeats_poses: bool = False,
    ) -> None:
        self.sample_rate, self.duration, self.repeats_poses = sample_rate, duration, repeats_poses
        self._sound = _mono(sound)
        self._distractor = None if distractor is None else _mono(distractor)
        if duration < 0:
            raise SettingsError(f"duration {duration} must be 0 or more steps")
        self.reset()

    @property
    def seconds(self) -> int:
        """How many whole seconds the sound has before it begins again; 1 at least."""
        return max(1, len(self._sound) // self.sample_rate)

    def reset(self) -> None:
        """Begins an episode: the sound starts anew, and nothing was heard before."""
        self._second = 0
        self._heard: dict[Hashable, NDArray[np.float32]] = {}

    def hear(
        self, response: ArrayLike, step: int, pose: Hashable = None, distractor_response: ArrayLike | None = None
    ) -> NDArray[np.float32]:
        """What is heard at one step; call it once for every step, in order.

        Args:
            response: From the source to the agent in its present pose (channels, m).
            step: Number of actions taken since the episode began.
            pose: What names source, place and heading; asked for by `repeats_poses` alone.
            distractor_response: From the distractor to the agent, where there is one.

        Returns:
            (channels, sample_rate) float32.
        """
        # With a distractor SoundSpaces keeps nothing.
        keeps = self.repeats_poses and self._distractor is None
        if keeps and pose in self._heard:
            return self._heard[pose]
        heard = self._goal(np.asarray(response, np.float32), step)
        if self._distractor is not None and distractor_response is not None:
            heard = heard + heard_second(self._distractor, distractor_response, self.sample_rate)
        if keeps:
            self._heard[pose] = heard
        return heard

    def _goal(self, response: NDArray[np.float32], step: int) -> NDArray[np.float32]:
        if step > self.duration:
            return np.zeros((len(response), self.sample_rate), np.float32)
        second, self._second = self._second, (self._second + 1) % self.seconds
        return heard_second(self._sound, response, self.sample_rate, second)


def _mono(sound: ArrayLike) -> NDArray[np.float32]:
    samples = np.asarray(sound, np.float32)
    if samples.ndim != 1 or not len(samples) or not np.isfinite(samples).all():
        raise SettingsError(f"sound {described(sound)} must be finite samples (n,), one channel")
    return samples
