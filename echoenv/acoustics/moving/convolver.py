"""The time-varying convolver: dry sound and propagations go in, block by block; sound at the receiver comes out.

The one idea: `update` says how sound gets to the receiver at a moment, `process` takes dry sound and gives whatever is
settled by then. Everything happens on a grid of samples that the moments alone decide, so the result does not depend
on the lengths of the blocks. Labels such as (M1) point to the section "Moving sound" of docs/physics.md.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.moving.delays import heard_delays, velocity
from echoenv.acoustics.moving.tail import BLOCK, MovingTail, TailMoment
from echoenv.acoustics.moving.tracked_arrivals import HeardMoment, MovingArrivals, heard_moment
from echoenv.acoustics.paths import Arrivals, Propagation
from echoenv.acoustics.receivers.hrtf import Receiver
from echoenv.acoustics.rendering import render
from echoenv.audio.octave_stream import HOP, OctaveStream
from echoenv.errors import PoseError, SettingsError

_LONGEST_STRETCH = 4096  # samples of arrivals that are done together
_AHEAD = 1024  # samples of dry sound that are known beyond a stretch: filters may begin before their time
_HISTORY = 0.1  # [s] by which movement may make a delay longer than the response


class MovingConvolver:
    """What a receiver hears of one sound while its source and the receiver move and turn.

    Args:
        receiver: Ears or microphones.
        sample_rate: [Hz].
        doppler: Whether delays glide, as they do in air. Without it they step from moment to moment, each step a
            crossfade of 10 ms, so that a tone keeps its pitch between the steps.
        seed: Of the noise that carries diffuse energy, the same for all moments.

    Attributes:
        fed: Samples of dry sound taken so far.
        given: Samples of sound given so far.

    Raises:
        SettingsError: The sample rate is not positive.
    """

    def __init__(self, receiver: Receiver, sample_rate: int = 44100, *, doppler: bool = True, seed: int = 0) -> None:
        if not sample_rate > 0:
            raise SettingsError(f"sample rate {sample_rate} Hz must be positive")
        self._receiver, self._rate = receiver.at(sample_rate), sample_rate
        self._doppler, self._seed = doppler, seed
        self._bands = OctaveStream(sample_rate)
        self._arrivals = MovingArrivals(self._receiver, sample_rate, doppler)
        self._tail = MovingTail(self._receiver.channels)
        self._moments: deque[tuple[HeardMoment, TailMoment]] = deque()
        self._last: tuple[int, Propagation] | None = None
        self._guessed: tuple[Propagation, NDArray[np.float64]] | None = None  # first moment, until its speed is known
        self._done = 0  # sample up to which arrivals are heard
        self._waiting = [np.zeros((self._receiver.channels, 0), np.float32) for _ in range(2)]
        self._ending = self._longest = 0
        self.fed = self.given = 0

    @property
    def channels(self) -> int:
        """Number of channels of the sound that comes out."""
        return self._receiver.channels

    @property
    def held(self) -> int:
        """Samples that are kept: does not grow with the sound."""
        waiting = sum(part.shape[1] for part in self._waiting)
        return self._bands.held + self._arrivals.held + self._tail.held + waiting

    @property
    def look_ahead(self) -> float:
        """Longest time [s] by which sound may come out after it went in, where updates are there in time."""
        return (self._bands.reach + HOP + _AHEAD + _LONGEST_STRETCH + BLOCK) / self._rate

    def update(
        self,
        propagation: Propagation,
        rotation: ArrayLike,
        time: float,
        source_velocity: ArrayLike | None = None,
        listener_velocity: ArrayLike | None = None,
    ) -> None:
        """Say how sound gets to the receiver at a moment; between moments everything glides.

        What is heard before the first moment is heard as at the first; after the last, once `finish` is called, as at
        the last. Sound between the last two moments can come out only when the later one is known.

        Args:
            propagation: From where the source is to where the receiver is at that moment.
            rotation: Local-to-world matrix (3, 3) of the receiver.
            time: When [s], later than the moment before by at least a sample.
            source_velocity: [m/s] (3,), world frame; without it, the mean since the moment before.
            listener_velocity: [m/s] (3,), likewise.

        Raises:
            PoseError: The rotation or a velocity is not finite, of another shape, or as fast as sound.
            SettingsError: The time is not later than the one before, or lies in sound that was already given.
        """
        turn = _finite(rotation, (3, 3), "the receiver's rotation")
        sample = self._checked_sample(time)
        velocities = self._velocities(sample, propagation, source_velocity, listener_velocity)
        if self._guessed is not None:
            first, tail = self._moments.pop()
            self._moments.append((self._heard(first.sample, *self._guessed, velocities), tail))
            self._guessed = None
        elif self._last is None and (source_velocity is None or listener_velocity is None):
            self._guessed = propagation, turn
        diffuse = replace(propagation, arrivals=Arrivals.none())
        response = render(diffuse, turn[None], self._receiver, self._rate, seed=self._seed)[0]
        moment = self._heard(sample, propagation, turn, velocities)
        self._moments.append((moment, TailMoment.of(sample, response)))
        self._last = sample, propagation
        self._note_length(propagation, moment, response.shape[1])

    def process(self, sound: ArrayLike) -> NDArray[np.float32]:
        """Take more of the dry sound.

        Args:
            sound: The next samples (n,), n >= 0; its level at 1 m is what is heard 1 m away.

        Returns:
            The next samples (channels, m) at the receiver, as many as are settled: m differs from n. All together
            they begin when the dry sound begins.

        Raises:
            SettingsError: The sound is not one row of finite samples.
        """
        dry = np.asarray(sound, dtype=np.float32)
        if dry.ndim != 1 or not np.isfinite(dry).all():
            raise SettingsError(f"dry sound of shape {dry.shape} must be one row (n,) of finite samples")
        self.fed += len(dry)
        self._feed(dry)
        return self._settled(ended=False)

    def finish(self) -> NDArray[np.float32]:
        """All that is still to be heard (channels, m): the dry sound has ended, everything stays as at the last moment.

        Raises:
            SettingsError: No propagation was ever given.
        """
        if not self._moments:
            raise SettingsError("nothing says how sound gets to the receiver: call update() before finish()")
        end = self.fed + self._ending
        parts = [self._settled(ended=True)]
        silence = np.zeros(BLOCK, np.float32)
        while self.given < end:
            self._feed(silence)
            parts.append(self._settled(ended=True))
        whole = np.concatenate(parts, axis=1)
        surplus = self.given - end
        self.given = end
        return whole[:, : whole.shape[1] - surplus]

    def _heard(
        self, sample: int, propagation: Propagation, turn: NDArray[np.float64], velocities: list[NDArray[np.float64]]
    ) -> HeardMoment:
        still = [np.zeros(3), np.zeros(3)]
        heard = heard_delays(propagation, *(velocities if self._doppler else still))
        return heard_moment(sample, propagation, heard, turn, self._receiver, self._rate)

    def _note_length(self, propagation: Propagation, moment: HeardMoment, response: int) -> None:
        """Remember how long dry sound is needed and how long it is heard after its end [samples]."""
        arrived = int(np.ceil(moment.delays.max(initial=0.0))) + self._receiver.taps
        kept = max(round(propagation.duration * self._rate), response, arrived)
        self._longest = max(self._longest, kept + round(_HISTORY * self._rate))
        self._ending = max(self._ending, response, arrived)
        self._tail.keep(self._longest)

    def _feed(self, dry: NDArray[np.float32]) -> None:
        self._arrivals.push(self._bands.push(dry))
        self._tail.push(dry)

    def _checked_sample(self, time: float) -> int:
        if not np.isfinite(time):
            raise SettingsError(f"time {time} s of an update must be finite")
        sample = round(time * self._rate)
        if self._last is not None and sample <= self._last[0]:
            raise SettingsError(
                f"an update at {time} s does not come after that at {self._last[0] / self._rate:g} s: give rising times"
            )
        return sample

    def _velocities(
        self, sample: int, propagation: Propagation, source: ArrayLike | None, listener: ArrayLike | None
    ) -> list[NDArray[np.float64]]:
        """Velocities [m/s] of source and listener at a moment, as given or since the moment before."""
        velocities = []
        for name, given in (("source", source), ("listener", listener)):
            if given is not None:
                fixed = _finite(given, (3,), f"the {name}'s velocity")
                if np.linalg.norm(fixed) >= propagation.speed_of_sound:
                    raise PoseError(f"the {name}'s velocity {fixed.tolist()} m/s is not below that of sound")
                velocities.append(fixed)
            elif self._last is None:
                velocities.append(np.zeros(3))
            else:
                before, earlier = self._last
                places = getattr(earlier, name), getattr(propagation, name)
                interval = (sample - before) / self._rate
                velocities.append(velocity(*places, interval, propagation.speed_of_sound))
        return velocities

    def _settled(self, ended: bool) -> NDArray[np.float32]:
        """What has become known and was not given yet (channels, m)."""
        if not self._moments or (self._guessed is not None and not ended):
            return np.zeros((self.channels, 0), np.float32)
        self._hear_arrivals(ended)
        self._hear_tail(ended)
        self._forget()
        count = min(part.shape[1] for part in self._waiting)
        heard = self._waiting[0][:, :count] + self._waiting[1][:, :count]
        self._waiting = [part[:, count:] for part in self._waiting]
        self.given += count
        return heard

    def _hear_arrivals(self, ended: bool) -> None:
        moments = [moment for moment, _ in self._moments]
        parts = [self._waiting[0]]
        while (stretch := self._next_stretch(moments, ended)) is not None:
            stop, before, after = stretch
            if stop + _AHEAD > self._arrivals.known:
                break
            parts.append(self._arrivals.stretch(self._done, stop, before, after))
            self._done = stop
        self._waiting[0] = np.concatenate(parts, axis=1)

    def _next_stretch(self, moments: list[HeardMoment], ended: bool) -> tuple[int, HeardMoment, HeardMoment] | None:
        """Where the next stretch ends and the moments around it; None where the next moment is not known yet."""
        after = next((index for index, moment in enumerate(moments) if moment.sample > self._done), None)
        if after is None:
            return (self._done + _LONGEST_STRETCH, moments[-1], moments[-1]) if ended else None
        before = max(after - 1, 0)
        begin = moments[before].sample if before < after else 0
        length = moments[after].sample - begin
        pieces = -(-length // _LONGEST_STRETCH)
        edges = begin + np.arange(1, pieces + 1) * length // pieces
        stop = int(edges[np.searchsorted(edges, self._done, side="right")])
        return stop, moments[before], moments[before] if before == after else moments[after]

    def _hear_tail(self, ended: bool) -> None:
        moments = [tail for _, tail in self._moments]
        parts = [self._waiting[1]]
        while self._tail.heard + BLOCK <= self._tail.ready and (
            ended or moments[-1].sample >= self._tail.heard + BLOCK
        ):
            parts.append(self._tail.hear(_around(moments, self._tail.heard)))
        self._waiting[1] = np.concatenate(parts, axis=1)

    def _forget(self) -> None:
        """Drop moments and dry sound that are not needed any more."""
        reached = min(self._done, self._tail.heard)
        while len(self._moments) > 1 and self._moments[1][0].sample <= reached:
            self._moments.popleft()
        self._arrivals.forget(self._done - self._longest)


def _around(moments: list[TailMoment], first: int) -> list[TailMoment]:
    """Moments that are heard in the block that begins at sample `first`."""
    begin = max((i for i, moment in enumerate(moments) if moment.sample <= first), default=0)
    end = next((i for i, moment in enumerate(moments) if moment.sample >= first + BLOCK), len(moments) - 1)
    return moments[begin : end + 1]


def _finite(values: ArrayLike, shape: tuple[int, ...], name: str) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise PoseError(f"{name} of shape {array.shape} must be finite numbers {shape}")
    return array
