"""Waves on their way to a receiver while everything moves: dry sound in bands goes in, sound at the channels comes out.

The one idea: at each of the moments for which propagation is known, a `HeardMoment`, every arrival has a delay, a
loudness per band and a filter per channel. Between two moments the sound is a blend of what either moment's amplitudes
and filters make of it, while the delays glide from one's to the other's in both, so nothing is blended with a shifted
copy of itself. Labels such as (M4) point to docs/physics.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from echoenv.acoustics.moving.delay_lines import REACH, read_at
from echoenv.acoustics.moving.delays import (
    FASTEST,
    HeardDelays,
    cubic_between,
    same_arrivals,
    shifted_cubic,
)
from echoenv.acoustics.paths import Arrivals, Propagation
from echoenv.acoustics.receivers.hrtf import Hrtf, Receiver
from echoenv.audio.octave_stream import filter_reach
from echoenv.scene.octave_bands import OCTAVE_BAND_COUNT

STEP_FADE = 0.01
"""[s] in which one delay is exchanged for the next where Doppler shifts are left out, a quarter of the way at most."""

_SAME_ONSET = 0.01  # [samples] by which onsets may differ for channels to share a delay line
_MAX_SPECTRA = 2**23  # complex numbers that are held together

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HeardMoment:
    """Arrivals as a receiver hears them at one moment.

    Attributes:
        sample: When.
        arrivals: What arrives.
        delays: [samples] (p,).
        slopes: Their change per time (p,).
        amplitudes: (p, 1, 8), or (p, channels, 8) where channels hear bands differently.
        filters: (p, channels, taps) float32.
        starts: Samples after the dry sound at which the filters begin (p, channels).
        onsets: When the channels hear a wave against the middle of the receiver [samples] (p, channels).
    """

    sample: int
    arrivals: Arrivals
    delays: Array
    slopes: Array
    amplitudes: NDArray[np.float32]
    filters: NDArray[np.float32]
    starts: NDArray[np.int64]
    onsets: Array


def heard_moment(
    sample: int, propagation: Propagation, heard: HeardDelays, rotation: Array, receiver: Receiver, sample_rate: int
) -> HeardMoment:
    """What a receiver hears of the arrivals of a propagation.

    Args:
        sample: When.
        propagation: From the source to the receiver.
        heard: Delays and amplitudes of its arrivals.
        rotation: Local-to-world matrix (3, 3) of the receiver.
        receiver: Ears or microphones at `sample_rate`.
        sample_rate: [Hz].
    """
    directions = propagation.arrivals.directions @ rotation
    delays = heard.values * sample_rate
    distances = heard.values * propagation.speed_of_sound
    filters, starts = receiver.filters(directions, delays, distances)
    gains = receiver.band_gains(directions, distances)
    amplitudes = heard.amplitudes[:, None] if gains is None else heard.amplitudes[:, None] * gains
    onsets = _onsets(receiver, directions, filters, starts - delays[:, None])
    return HeardMoment(
        sample, propagation.arrivals, delays, heard.slopes, amplitudes.astype(np.float32), filters, starts, onsets
    )


def _onsets(receiver: Receiver, directions: Array, filters: NDArray[np.float32], starts: Array) -> Array:
    """When channels hear waves [samples] (p, channels), but for what is the same for all waves and channels."""
    if isinstance(receiver, Hrtf):
        corners, weights = receiver.grid.surrounding(directions)
        return np.asarray(np.einsum("pk,pke->pe", weights, receiver.delays[corners]))
    energy = filters.astype(np.float64) ** 2
    total = energy.sum(axis=-1)
    middles = np.divide(energy @ np.arange(filters.shape[-1]), total, out=np.zeros_like(total), where=total > 0.0)
    return np.asarray(np.where(total > 0.0, middles + starts, 0.0))


@dataclass(frozen=True, eq=False)
class _Lines:
    """Delay lines of the arrivals of one moment, over one stretch of time.

    Attributes:
        cubics: Delay [samples] (p, lines, 4) as a cubic of the stretch's sample number; one line, or one a channel.
        fades: Share at the first sample and its growth (p, 2), to be cut to 0..1.
    """

    cubics: Array
    fades: Array


class MovingArrivals:
    """Delay lines and filters of one source's arrivals at one receiver.

    Args:
        receiver: At `sample_rate`.
        sample_rate: [Hz].
        doppler: Whether delays glide; otherwise each step is a short crossfade.
    """

    def __init__(self, receiver: Receiver, sample_rate: int, doppler: bool = True) -> None:
        self._receiver, self._doppler = receiver, doppler
        self._fade = max(1, round(STEP_FADE * sample_rate))
        self._bands = np.zeros((OCTAVE_BAND_COUNT, 0), np.float32)
        self._first = -filter_reach(sample_rate)  # sample at which `_bands` begins
        self._rest = np.zeros((receiver.channels, 0), np.float32)  # what filters still bring after the last stretch

    @property
    def held(self) -> int:
        """Samples of a channel or band that are kept."""
        return self._bands.shape[1] + self._rest.shape[1]

    @property
    def known(self) -> int:
        """Sample up to which the dry sound is known."""
        return self._first + self._bands.shape[1]

    def push(self, bands: NDArray[np.float32]) -> None:
        """Take the next samples of the dry sound in bands (8, n)."""
        self._bands = np.concatenate([self._bands, bands], axis=1)

    def forget(self, before: int) -> None:
        """Drop dry sound before a sample."""
        if before > self._first:
            self._bands = self._bands[:, before - self._first :].copy()
            self._first = before

    def stretch(self, start: int, stop: int, before: HeardMoment, after: HeardMoment) -> NDArray[np.float32]:
        """Sound at the channels (channels, stop - start) between two moments.

        Args:
            start: First sample; stretches follow on one another.
            stop: The sample after the last.
            before: Moment at or before `start`, or the only one that is known.
            after: Moment at or after `stop`, or the same one: then everything stands still.
        """
        samples = stop - start
        heard = np.zeros((self._receiver.channels, max(samples + self._receiver.taps, self._rest.shape[1])), np.float32)
        heard[:, : self._rest.shape[1]] = self._rest
        for moment, lines in _lines_between(before, after, start, self._fade, self._doppler):
            if len(moment.delays):
                heard = self._add_moment(heard, moment, lines, start, samples)
        self._rest = heard[:, samples:]
        return heard[:, :samples]

    def _add_moment(
        self, heard: NDArray[np.float32], moment: HeardMoment, lines: _Lines, start: int, samples: int
    ) -> NDArray[np.float32]:
        """`heard` (channels, n) and what one moment's amplitudes and filters make of the sound; longer if need be."""
        lead = moment.starts.min(axis=1)
        offsets = moment.starts - (lead[:, None] if lines.cubics.shape[1] == 1 else moment.starts)
        taps = moment.filters.shape[2] + int(offsets.max())
        if heard.shape[1] < samples + taps:
            heard = np.pad(heard, ((0, 0), (0, samples + taps - heard.shape[1])))
        length = int(scipy.fft.next_fast_len(samples + taps, real=True))
        bins = length // 2 + 1
        total = np.zeros((heard.shape[0], bins), np.complex64)
        together = max(1, _MAX_SPECTRA // (bins * heard.shape[0]))
        for first in range(0, len(lead), together):
            part = slice(first, first + together)
            signals = self._delayed(moment.amplitudes[part], lines.cubics[part], lines.fades[part], start, samples)
            if not signals.any():
                continue
            spectra = scipy.fft.rfft(signals, length, axis=-1)  # (p, lines, f)
            filters = scipy.fft.rfft(_placed(moment.filters[part], offsets[part], taps), length, axis=-1)
            for channel, output in enumerate(total):
                line = spectra[:, channel if spectra.shape[1] > 1 else 0]
                output += np.einsum("pf,pf->f", line, filters[:, channel])
        heard[:, : samples + taps] += scipy.fft.irfft(total, length, axis=-1)[:, : samples + taps]
        return heard

    def _delayed(
        self, amplitudes: NDArray[np.float32], cubics: Array, fades: Array, start: int, samples: int
    ) -> NDArray[np.float32]:
        """What comes out of delay lines (p, lines, samples), equations (M3) and (M4)."""
        times = np.arange(samples, dtype=np.float64)
        a, b, c, d = (cubics[..., power, None] for power in range(4))
        places = times - (a + times * (b + times * (c + times * d)))
        firsts = np.floor(places.min(axis=(1, 2))).astype(np.int64) - REACH
        width = int((np.ceil(places.max(axis=(1, 2))).astype(np.int64) - firsts).max()) + REACH + 1
        signals = self._signals(amplitudes, firsts + start, width)
        places -= firsts[:, None, None]
        if signals.shape[1] > 1:  # channels hear the bands differently: each has a signal of its own
            places = np.repeat(places, signals.shape[1] // places.shape[1], axis=1)
            heard = read_at(signals.reshape(-1, width), places.reshape(-1, 1, samples))
        else:
            heard = read_at(signals[:, 0], places)
        share = np.clip(fades[:, :1] + fades[:, 1:] * times, 0.0, 1.0)
        weights = (share**2 * (3.0 - 2.0 * share)).astype(np.float32)  # without kinks; a share and its rest make 1
        return heard.reshape(len(firsts), -1, samples) * weights[:, None]

    def _signals(self, amplitudes: NDArray[np.float32], firsts: NDArray[np.int64], width: int) -> NDArray[np.float32]:
        """Dry sound as loud as in each arrival (p, 1 or channels, width), from given samples (p,) on."""
        signals = np.zeros((*amplitudes.shape[:2], width), np.float32)
        for signal, loud, first in zip(signals, amplitudes, firsts, strict=True):
            low, high = max(first, self._first), min(first + width, self.known)
            if low < high:
                signal[:, low - first : high - first] = loud @ self._bands[:, low - self._first : high - self._first]
        return signals


def _placed(filters: NDArray[np.float32], offsets: NDArray[np.int64], taps: int) -> NDArray[np.float32]:
    """Filters (p, channels, n) put `offsets` samples (p, channels) late into (p, channels, taps)."""
    if not offsets.any():
        return filters
    placed = np.zeros((*filters.shape[:2], taps), np.float32)
    index = offsets[..., None] + np.arange(filters.shape[2])
    np.put_along_axis(placed, index, filters, axis=-1)
    return placed


def _lines_between(
    before: HeardMoment, after: HeardMoment, start: int, step_fade: int, doppler: bool
) -> Iterator[tuple[HeardMoment, _Lines]]:
    """The delay lines of both moments, or of the only one, from sample `start` on; equations (M3) and (M4)."""
    if before is after:
        cubics = _against_starts(before, np.zeros((len(before.delays), 4)))
        still = np.zeros(len(before.delays))
        yield before, _Lines(_unified(before, cubics), np.stack([still + 1.0, still], axis=-1))
        return
    length, begun = after.sample - before.sample, start - before.sample
    pairs = _followed(before, after, length)
    fade = max(1, min(step_fade, length // 4))
    for moment, mine, other, its, sign in (
        (before, pairs[0], after, pairs[1], -1.0),
        (after, pairs[1], before, pairs[0], 1.0),
    ):
        growth = np.full(len(moment.delays), 1.0 / length)
        weight = begun * growth
        if not doppler:
            growth[mine] = 1.0 / fade
            weight[mine] = (begun - 0.5 * (length - fade)) / fade
        fades = np.stack([weight, growth], axis=-1) if sign > 0.0 else np.stack([1.0 - weight, -growth], axis=-1)
        cubics = np.zeros((len(moment.delays), moment.starts.shape[1], 4))
        if doppler:
            cubics = _gliding(moment, mine, other, its, (before, after), begun)
        yield moment, _Lines(_unified(moment, _against_starts(moment, cubics)), fades)


def _gliding(
    moment: HeardMoment,
    mine: NDArray[np.int64],
    other: HeardMoment,
    its: NDArray[np.int64],
    ends: tuple[HeardMoment, HeardMoment],
    begun: int,
) -> Array:
    """Delays less the moment's own (p, channels, 4), by which they glide from one moment to the other."""
    before, after = ends
    length = after.sample - before.sample
    away = moment.sample - before.sample  # 0 or the length
    cubics = np.zeros((len(moment.delays), 4))
    cubics[:, 0], cubics[:, 1] = -moment.slopes * away, moment.slopes  # those that come or go keep their course
    first, last = (mine, its) if moment is before else (its, mine)
    cubics[mine] = cubic_between(
        before.delays[first], before.slopes[first], after.delays[last], after.slopes[last], float(length)
    )
    cubics[mine, 0] -= moment.delays[mine]
    lines = np.repeat(cubics[:, None], moment.starts.shape[1], axis=1)
    turned = (after.onsets[last] - before.onsets[first]) / length
    lines[mine, :, 1] += turned
    lines[mine, :, 0] -= turned * away
    return shifted_cubic(lines.reshape(-1, 4), float(begun)).reshape(lines.shape)


def _against_starts(moment: HeardMoment, cubics: Array) -> Array:
    """Cubics (p, 1 or channels, 4) or (p, 4), with the starts of each channel's filter added: (p, channels, 4)."""
    lines = np.broadcast_to(cubics[:, None] if cubics.ndim == 2 else cubics, (*moment.starts.shape, 4)).copy()
    lines[..., 0] += moment.starts
    return lines


def _unified(moment: HeardMoment, lines: Array) -> Array:
    """One line an arrival (p, 1, 4) where channels differ by their filters' starts alone, else as given."""
    if len(lines) == 0:
        return lines[:, :1]
    lead = moment.starts.min(axis=1)
    spread = lines.copy()
    spread[..., 0] -= moment.starts
    if np.ptp(spread[..., 0], axis=1).max() > _SAME_ONSET or np.ptp(spread[..., 1], axis=1).max() > 1e-6:
        return lines
    single = spread[:, :1].copy()
    single[..., 0] += lead[:, None]
    return single


def _followed(before: HeardMoment, after: HeardMoment, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Arrivals that both moments have, as indices into each; those that would have to jump are not followed."""
    first, last = same_arrivals(before.arrivals, after.arrivals)
    steady = np.abs(after.delays[last] - before.delays[first]) < FASTEST * length
    return first[steady], last[steady]
