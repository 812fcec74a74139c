"""From propagation to the ears: what a receiver hears in the first moments and late, as impulse responses.

The one idea: arrivals are placed exactly, one filter each, and energy becomes noise with the energy's envelope. Both
are kept apart by octave band until the end, where one Fourier transform shapes all bands. Nothing that depends on the
way the head is turned enters propagation, so one propagation serves any number of headings. Labels such as (R2) point
to docs/physics.md.
"""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.diffuse_rendering import render_energy
from echoenv.acoustics.paths import Arrivals, Propagation
from echoenv.acoustics.receivers.receiver import Receiver
from echoenv.audio.octave_filters import RINGING, octave_responses, padded_length
from echoenv.errors import PoseError, SettingsError

_MARGIN = 128
"""Samples before time 0 where early filters may begin; dropped at the end."""

_ARRIVALS_AT_ONCE = 512
"""Arrivals whose filters are held in memory together; a fixed number, so that sums do not depend on the headings."""

_TAIL = 0.012
"""[s] by which a response goes on after the last sound has passed the listener, for a head's own response."""


def render(
    propagation: Propagation,
    rotations: ArrayLike,
    receiver: Receiver,
    sample_rate: int = 44100,
    duration: float | None = None,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Impulse responses from a source to the channels of a receiver, for any number of headings.

    Args:
        propagation: How sound gets from the source to the listener.
        rotations: Local-to-world matrices (h, 3, 3) of the head, one for each heading.
        receiver: Ears, a microphone, an array, ambisonics.
        sample_rate: [Hz].
        duration: Length [s]; without it, as long as any sound arrives.
        seed: Of the noise that carries diffuse energy. Headings share it: they hear one and the same room. So do
            sources and places rendered with one seed, which keeps moving sound smooth; give sources that sound
            at once seeds of their own (`noise_seed`), or their tails add up as pressures.

    Returns:
        Pressure (h, channels, n) float32 for a source whose free field at 1 m is a pulse of amplitude 1 (R2); n is
        round(duration * sample_rate). Zeros where nothing arrives.

    Raises:
        PoseError: The rotations have another shape or are not finite.
        SettingsError: The duration or the sample rate is not positive.
    """
    turns = np.asarray(rotations, dtype=np.float64)
    if turns.ndim != 3 or turns.shape[1:] != (3, 3) or not np.isfinite(turns).all():
        raise PoseError(f"rotations of shape {turns.shape} must be finite matrices (headings, 3, 3), local to world")
    if not sample_rate > 0 or (duration is not None and not duration > 0.0):
        raise SettingsError(f"sample rate {sample_rate} Hz and duration {duration} s must be positive")
    samples = round((_sounding(propagation) + _TAIL if duration is None else duration) * sample_rate)
    receiver = receiver.at(sample_rate)
    distances = propagation.arrivals.delays * propagation.speed_of_sound
    responses = _render_arrivals(propagation.arrivals, distances, turns, receiver, sample_rate, samples)
    if propagation.diffuse.energy.any():
        responses += render_energy(propagation.diffuse, turns, receiver, sample_rate, samples, seed)
    return responses


def _sounding(propagation: Propagation) -> float:
    """Time [s] until which anything arrives."""
    last = float(propagation.arrivals.delays.max()) if len(propagation.arrivals) else 0.0
    filled = np.flatnonzero(propagation.diffuse.energy.any(axis=(0, 2)))
    return max(last, float(filled[-1] + 1) * propagation.diffuse.bin_width if len(filled) else 0.0)


def _render_arrivals(
    arrivals: Arrivals,
    distances: NDArray[np.float64],
    rotations: NDArray[np.float64],
    receiver: Receiver,
    sample_rate: int,
    samples: int,
) -> NDArray[np.float32]:
    """Coherent part (h, channels, samples) of a response, equation (R2), of waves that came `distances` [m] (p,)."""
    times = arrivals.delays * sample_rate
    heard = np.flatnonzero(times < samples + max(_MARGIN, receiver.reach))
    if len(heard) == 0:
        return np.zeros((len(rotations), receiver.channels, samples), np.float32)
    length = _MARGIN + math.ceil(times[heard].max()) + receiver.taps + receiver.reach
    bands = np.zeros(0, np.float32)
    for first in range(0, len(heard), _ARRIVALS_AT_ONCE):
        part = heard[first : first + _ARRIVALS_AT_ONCE]
        # (h, p, 3): world directions in the frame of each head
        directions = np.einsum("pi,hij->hpj", arrivals.directions[part], rotations).reshape(-1, 3)
        moments, lengths = (np.tile(values[part], len(rotations)) for values in (times, distances))
        filters, starts = receiver.filters(directions, moments, lengths)
        amplitudes = np.repeat(arrivals.amplitudes[part].astype(np.float32), receiver.channels, axis=0)
        amplitudes = np.tile(amplitudes, (len(rotations), 1))
        gains = receiver.band_gains(directions, lengths)
        if gains is not None:
            amplitudes *= gains.reshape(amplitudes.shape).astype(np.float32)
        placed = _place(filters, starts + _MARGIN, amplitudes, len(rotations), length)
        bands = bands + placed if first else placed
    return _merge_bands(bands.reshape(len(rotations), receiver.channels, length, 8), sample_rate, samples)


def _place(
    filters: NDArray[np.float32],
    starts: NDArray[np.int64],
    amplitudes: NDArray[np.float32],
    headings: int,
    length: int,
) -> NDArray[np.float32]:
    """Add up filters at their places, weighted per band.

    Args:
        filters: (h * p, channels, taps).
        starts: Where each begins (h * p, channels).
        amplitudes: (h * p * channels, 8).
        headings: h.
        length: Samples of a signal.

    Returns:
        Bands (h * channels * length, 8): the product of a sparse matrix, whose columns are the shifted filters, with
        the amplitudes.
    """
    waves, channels, taps = filters.shape
    signal = np.arange(waves)[:, None] // (waves // headings) * channels + np.arange(channels)
    rows = ((signal * length + starts).astype(np.int32)[..., None] + np.arange(taps, dtype=np.int32)).ravel()
    if starts.min() < 0 or starts.max() + taps > length:  # cut off what would begin before the buffer or end after it
        places = starts[..., None] + np.arange(taps)
        inside = (places >= 0) & (places < length)
        filters, rows = filters * inside, rows * inside.ravel()
    columns = np.arange(0, waves * channels * taps + 1, taps, dtype=np.int32)
    shape = (headings * channels * length, waves * channels)
    return np.asarray(scipy.sparse.csc_matrix((filters.ravel(), rows, columns), shape=shape) @ amplitudes)


def _merge_bands(bands: NDArray[np.float32], sample_rate: int, samples: int) -> NDArray[np.float32]:
    """Filter band signals (h, channels, n, 8) that begin `_MARGIN` early; their sum (h, channels, samples)."""
    ringing = round(RINGING * sample_rate)
    kept = min(samples, bands.shape[2] + ringing - _MARGIN)
    # what rings after the end may wrap round onto the margin, what rings before the beginning onto what is dropped
    length = padded_length(max(_MARGIN + kept, bands.shape[2] - _MARGIN), sample_rate)
    spectra = scipy.fft.rfft(bands, length, axis=2)  # (h, channels, f, 8)
    merged = np.zeros(spectra.shape[:3], np.complex64)
    for band, weights in enumerate(octave_responses(length, sample_rate)):
        passed = slice(*(np.flatnonzero(weights)[[0, -1]] + [0, 1]))
        merged[..., passed] += weights[passed] * spectra[..., passed, band]
    responses = np.zeros((*bands.shape[:2], samples), np.float32)
    responses[..., :kept] = scipy.fft.irfft(merged, length, axis=-1)[..., _MARGIN : _MARGIN + kept]
    return responses


def noise_seed(seed: int, source: NDArray[np.float64]) -> int:
    """The seed of the noise in a source's tail: tails of sources at different places add up as energies.

    Args:
        seed: Of the response.
        source: [m] (3,). A source that stands still keeps its noise, whoever listens and whatever else sounds.
    """
    words = np.ascontiguousarray(source, dtype=np.float64).view(np.uint32).tolist()
    return int(np.random.SeedSequence([seed, *words]).generate_state(1)[0])
