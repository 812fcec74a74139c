"""Many sounds in one scene, all moving if they like, heard by one receiver that moves too.

The one idea: at each of the moments that `update_rate` sets, one tracing from the receiver serves all sources; between
moments each source has a convolver of its own, and what they give is added up. Sound is made block by block and only
the present is kept, so it may be as long as a disk is large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.directivity import Directivity
from echoenv.acoustics.moving.convolver import MovingConvolver
from echoenv.acoustics.moving.delays import velocity
from echoenv.acoustics.moving.tail import BLOCK
from echoenv.acoustics.moving.trajectories import Trajectory, as_trajectory
from echoenv.acoustics.propagation.propagator import Propagator
from echoenv.acoustics.receivers.hrtf import Receiver
from echoenv.acoustics.rendering import noise_seed
from echoenv.audio.sound_streams import SoundFileStream, SoundFileWriter, SoundInMemory, SoundStream
from echoenv.errors import SettingsError

UPDATE_RATE = 20.0
"""Updates a second [Hz] where nothing else is asked for: someone who walks has gone 7 cm by the next."""

_VELOCITY_STEP = 1e-3  # [s] over which velocities are taken


@dataclass(frozen=True, eq=False)
class _Sounding:
    """A source that was added."""

    path: Trajectory
    sound: SoundStream
    gain: float
    start: float
    loop: bool
    directivity: Directivity | None


class _DryFeed:
    """Samples of one source from the stage's time 0 on: silence, then its sound, then silence again or once more."""

    def __init__(self, source: _Sounding, sample_rate: int) -> None:
        self._source, self._silent = source, round(source.start * sample_rate)
        self._over = False
        source.sound.rewind()

    def read(self, samples: int) -> NDArray[np.float32]:
        """The next samples (n,), always as many as asked for."""
        fed = np.zeros(samples, np.float32)
        filled = min(samples, self._silent)
        self._silent -= filled
        while filled < samples and not self._over:
            part = self._source.sound.read(samples - filled)
            fed[filled : filled + len(part)] = np.float32(self._source.gain) * part
            filled += len(part)
            if not len(part):
                self._over = not self._source.loop
                self._source.sound.rewind()
        return fed


class SoundStage:
    """Sources with their sounds, in one scene.

    Args:
        propagator: Of the scene; its duration is the length of the responses.
        receiver: What hears: ears or microphones.
        sample_rate: [Hz].
        doppler: Whether movement shifts pitch, as it does in air (see `MovingConvolver`).
        seed: Of the stochastic part of sound, the same for all moments, where no other is given.

    Attributes:
        sample_rate: As given.
        seed: As given.
        held: Samples that are kept while sound is made; does not grow with its length.

    Raises:
        SettingsError: The sample rate is not positive.
    """

    def __init__(
        self, propagator: Propagator, receiver: Receiver, sample_rate: int = 44100, *, doppler: bool = True,
        seed: int = 0,
    ) -> None:  # fmt: skip
        if not sample_rate > 0:
            raise SettingsError(f"sample rate {sample_rate} Hz must be positive")
        self._propagator, self._receiver, self._doppler = propagator, receiver, doppler
        self.sample_rate, self.seed = sample_rate, seed
        self._sources: list[_Sounding] = []
        self.held = 0

    def add(
        self,
        path: Trajectory | ArrayLike,
        sound: ArrayLike | str | Path | SoundStream,
        gain: float = 1.0,
        start: float = 0.0,
        loop: bool = False,
        directivity: Directivity | None = None,
    ) -> None:
        """Add a source.

        Args:
            path: Where it is and how it is turned: a point (3,) [m], or a `Trajectory`.
            sound: Dry mono sound as heard 1 m away: samples (n,) at the stage's rate, a file (resampled where
                need be), or a `SoundStream`.
            gain: What it is multiplied by.
            start: When it begins [s]; 0 or later.
            loop: Whether it begins anew when it ends.
            directivity: Where it is louder, in its own frame; None for all directions alike.

        Raises:
            PoseError, SettingsError, AudioFileError: A path, a number or a sound cannot be used.
        """
        if not np.isfinite(gain) or not np.isfinite(start) or start < 0.0:
            raise SettingsError(f"gain {gain} must be finite and start {start} s at least 0")
        stream: SoundStream
        if isinstance(sound, str | Path):
            stream = SoundFileStream(sound, self.sample_rate)
        elif isinstance(sound, SoundStream):
            stream = sound
        else:
            stream = SoundInMemory(sound)
        if any(stream is source.sound for source in self._sources):
            raise SettingsError("two sources read the same stream: give each a stream of its own")
        self._sources.append(
            _Sounding(as_trajectory(path, "source"), stream, float(gain), float(start), loop, directivity)
        )

    def blocks(
        self,
        listener: Trajectory | ArrayLike,
        duration: float,
        update_rate: float = UPDATE_RATE,
        seed: int | None = None,
    ) -> Iterator[NDArray[np.float32]]:
        """Sound at the receiver as it becomes known.

        Args:
            listener: Where the receiver is and how it is turned: a point (3,) [m], facing -Z, or a `Trajectory`.
            duration: How long to listen [s].
            update_rate: How often sound is propagated anew [Hz].
            seed: Of the stochastic part of sound; None takes the stage's.

        Yields:
            Blocks (channels, n), which make up round(duration * sample_rate) samples.

        Raises:
            SettingsError: The duration or the rate is not positive, or there are more updates than samples.
            PoseError: A path leaves the finite numbers.
        """
        for name, value in (("duration", duration), ("update rate", update_rate)):
            if not (np.isfinite(value) and value > 0.0):
                raise SettingsError(f"{name} {value} must be positive")
        if update_rate > self.sample_rate / 2:
            raise SettingsError(f"{update_rate} updates a second are too many: give at most {self.sample_rate / 2:g}")
        return self._blocks(
            as_trajectory(listener, "listener"), duration, update_rate, self.seed if seed is None else seed
        )

    def render(
        self,
        listener: Trajectory | ArrayLike,
        duration: float,
        update_rate: float = UPDATE_RATE,
        seed: int | None = None,
    ) -> NDArray[np.float32]:
        """All sound at the receiver (channels, round(duration * sample_rate)); arguments as of `blocks`."""
        return np.concatenate(list(self.blocks(listener, duration, update_rate, seed)), axis=1)

    def write(
        self, path: str | Path, listener: Trajectory | ArrayLike, duration: float, update_rate: float = UPDATE_RATE,
        seed: int | None = None, subtype: str = "FLOAT", progress: bool = True,
    ) -> Path:  # fmt: skip
        """Write the sound at the receiver to a WAV file, block by block: whole or not at all.

        Args:
            path: The file; its folder must exist.
            listener: As of `blocks`, like `duration`, `update_rate` and `seed`.
            duration: [s].
            update_rate: [Hz].
            seed: As of `blocks`.
            subtype: libsndfile's name of the sample format: FLOAT keeps levels above 1, PCM_16 clips them.
            progress: Whether a terminal shows how far it is and how long it will take.

        Raises:
            AudioFileError: The file cannot be written. Otherwise as of `blocks`.
        """
        from tqdm import tqdm

        blocks = self.blocks(listener, duration, update_rate, seed)
        bar = tqdm(total=round(duration, 2), unit="s", desc=Path(path).name, disable=None if progress else True)
        with bar, SoundFileWriter(path, self._receiver.channels, self.sample_rate, subtype) as writer:
            for block in blocks:
                writer.write(block)
                bar.update(round(block.shape[1] / self.sample_rate, 4))
        return Path(path)

    def _blocks(
        self, listener: Trajectory, duration: float, update_rate: float, seed: int
    ) -> Iterator[NDArray[np.float32]]:
        samples = round(duration * self.sample_rate)
        if not self._sources:
            for first in range(0, samples, self.sample_rate):
                yield np.zeros((self._receiver.channels, min(self.sample_rate, samples - first)), np.float32)
            return
        feeds = [_DryFeed(source, self.sample_rate) for source in self._sources]
        start = np.zeros(1)
        noises = [noise_seed(seed, source.path.positions(start)[0]) for source in self._sources]
        convolvers = [
            MovingConvolver(self._receiver, self.sample_rate, doppler=self._doppler, seed=noise) for noise in noises
        ]
        step, given, fed = 1.0 / update_rate, 0, 0
        covered = duration + BLOCK / self.sample_rate  # sound comes out in whole blocks
        for update in range(int(np.ceil(covered * update_rate)) + 1):
            self._update(convolvers, listener, update * step, seed)
            ahead = round(update * step * self.sample_rate) - fed
            heard = self._heard(convolvers, feeds, ahead)
            fed += ahead
            yield heard[:, : samples - given]
            given = min(given + heard.shape[1], samples)
        while given < samples:  # filters and blocks look ahead
            heard = self._heard(convolvers, feeds, BLOCK)
            yield heard[:, : samples - given]
            given = min(given + heard.shape[1], samples)

    def _update(self, convolvers: list[MovingConvolver], listener: Trajectory, time: float, seed: int) -> None:
        """Propagate sound at a moment [s] from all sources and tell their convolvers."""
        moment = np.array([time])
        sources = np.concatenate([source.path.positions(moment) for source in self._sources])
        turns = np.concatenate([source.path.rotations(moment) for source in self._sources])
        ears, turn = listener.positions(moment), listener.rotations(moment)[0]
        directivities = [source.directivity for source in self._sources]
        found = self._propagator.propagate(sources, ears, seed, directivities=directivities, rotations=turns)
        own = self._velocity(listener, time)
        for convolver, source, pair in zip(convolvers, self._sources, found, strict=True):
            convolver.update(pair[0], turn, time, self._velocity(source.path, time), own)

    def _heard(self, convolvers: list[MovingConvolver], feeds: list[_DryFeed], samples: int) -> NDArray[np.float32]:
        """Take so many samples of every dry sound; the sum (channels, n) of what became known."""
        parts = [convolver.process(feed.read(samples)) for convolver, feed in zip(convolvers, feeds, strict=True)]
        self.held = sum(convolver.held for convolver in convolvers)
        total: NDArray[np.float32] = np.sum(parts, axis=0)
        return total

    def _velocity(self, path: Trajectory, time: float) -> NDArray[np.float64]:
        """Velocity [m/s] (3,) of something at a moment [s]; zero where it jumps."""
        before, after = path.positions(np.array([time - 0.5 * _VELOCITY_STEP, time + 0.5 * _VELOCITY_STEP]))
        return velocity(before, after, _VELOCITY_STEP, self._propagator.air.speed_of_sound)
