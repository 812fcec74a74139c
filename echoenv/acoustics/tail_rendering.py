"""The late part of diffuse sound, made where it is heard: as spectra of short stretches of noise.

The one idea: late energy changes little within 40 ms, so each stretch of the tail is stationary noise, and stationary
noise is shaped by bands and filtered by a head with nothing but products of spectra. Stretches fade into one another.
What a stretch holds in each octave, all channels together, is brought to what the energy says: noise as it falls may
have twice as much or half in a low octave, and decays would be read off the dice. Labels such as (R5) point to
docs/physics.md.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

from echoenv.acoustics.receivers.receiver import Receiver
from echoenv.audio.octave_filters import octave_responses

_STRETCH = 0.0464  # [s]
_FADE = 0.0116  # [s]
_ROWS = 1536  # of the table of noises
_TABLE_SEED = 0x7A11
_TOGETHER = 8  # stretches that are prepared at once
_STRIDE = 16  # samples between those that are looked at where only a mean is wanted
_FAINT = 1e-10  # share of the loudest stretch's energy below which a band is left out
_LEVELLED_UP_TO = 5657.0  # [Hz]: above, a stretch has noise enough to be as loud as it should be
_MOST_LEVELLING = 4.0  # of energy
_STEEPEST = 0.01  # decay of energy a sample that is followed within a stretch


def stretch_length(receiver: Receiver, sample_rate: int) -> int:
    """Samples of a stretch: a power of two, at least twice as long as what the receiver's responses smear."""
    return 1 << int(np.ceil(np.log2(max(0.9 * _STRETCH * sample_rate, 2.0 * receiver.noise_taps))))


def stretch_hop(length: int, sample_rate: int) -> int:
    """Samples from one stretch to the next."""
    return length - round(_FADE * sample_rate)


def render_tail(
    energy: NDArray[np.float64],
    edges: NDArray[np.int64],
    origins: NDArray[np.float64],
    rotations: NDArray[np.float64],
    receiver: Receiver,
    sample_rate: int,
    first_noise: int,
    result: NDArray[np.float32],
) -> None:
    """Add late diffuse sound to what each head hears, equation (R5).

    Args:
        energy: (k, bins, 8).
        edges: Samples (bins + 1,) between which each bin lies, from 0 on.
        origins: Unit vectors (stretches, k, 3) from where each stretch of each direction is heard, world frame;
            stretches of `stretch_length` samples follow each other after `stretch_hop`.
        rotations: Local-to-world matrices (h, 3, 3) of the head.
        receiver: Ears, an array or ambisonics, at `sample_rate`.
        sample_rate: [Hz].
        first_noise: Which noise to begin with; the same number gives the same noise.
        result: (h, channels, n) to be added to; nothing is added from the end of the energy on.
    """
    count, directions = origins.shape[:2]
    length = stretch_length(receiver, sample_rate)
    hop = stretch_hop(length, sample_rate)
    window = _window(length, hop)
    power, decays = _stretch_power(energy, edges, window, hop, count)
    shapes = octave_responses(length, sample_rate)
    ends = _band_ends(shapes)
    levelled = int(_LEVELLED_UP_TO / sample_rate * length)
    table = _noise_table(length)
    within = np.arange(length) - 0.5 * length
    loudest = power.sum(axis=1).max(initial=0.0)
    sounding = np.flatnonzero(power.any(axis=(1, 2)))
    for first in range(0, len(sounding), _TOGETHER):
        part = sounding[first : first + _TOGETHER]
        used = np.flatnonzero((power[part].sum(axis=1) > _FAINT * loudest).any(axis=0))
        end = ends[used[-1]] if len(used) else ends[0]
        amplitude = np.sqrt(power[part]).astype(np.float32) @ shapes[:, :end]  # (stretches, k, f)
        rows = (first_noise + part[:, None] * directions + np.arange(directions)) % _ROWS
        noise = amplitude * table[rows, :end]
        envelopes = window * np.exp(-0.5 * decays[part, None] * within).astype(np.float32)
        for turn, output in zip(rotations, result, strict=True):
            towards = (origins[part] @ turn).reshape(-1, 3)
            responses = receiver.noise_spectra(towards, length)[..., :end]
            responses = responses.reshape(
                len(part), directions, *responses.shape[1:]
            )  # (stretches, k, channels, f or 1)
            mixed = np.stack(
                [(heard * ridden[:, None]).sum(axis=0) for heard, ridden in zip(responses, noise, strict=True)]
            )
            _level(mixed, responses, amplitude, shapes, min(levelled, end))
            sounds = scipy.fft.irfft(mixed, length, axis=-1)  # (stretches, channels, length)
            sounds *= envelopes[:, None]
            for stretch, sound in zip(part.tolist(), sounds, strict=True):
                start = stretch * hop - (length - hop)
                _add(output, sound[:, : min(length, int(edges[-1]) - start)], start)


def _level(
    mixed: NDArray[np.complex64],
    responses: NDArray[np.complex64],
    amplitude: NDArray[np.float32],
    shapes: NDArray[np.float32],
    end: int,
) -> None:
    """Bring mixes to the energy in each band, up to line `end`, that is expected of such noise.

    Args:
        mixed: Spectra (stretches, channels, f), changed in place.
        responses: (stretches, k, channels, f) or (stretches, k, channels, 1) of each direction.
        amplitude: (stretches, k, f) of the directions' noises.
        shapes: Octave filters (8, lines).
        end: Line.
    """
    length = 2.0 * (shapes.shape[1] - 1)
    passed = _squared(responses[..., :end]).sum(axis=2)  # (stretches, k, f or 1)
    expected = length * (passed * amplitude[:, :, :end] ** 2).sum(axis=1)
    found = _squared(mixed[..., :end]).sum(axis=1)
    weights = shapes[:, :end].T ** 2
    ratio = (expected @ weights) / np.maximum(found @ weights, 1e-30)
    gains = np.sqrt(np.clip(ratio, 1.0 / _MOST_LEVELLING, _MOST_LEVELLING)).astype(np.float32)
    mixed[..., :end] *= (1.0 + (gains - 1.0) @ shapes[:, :end])[:, None]


def _squared(spectra: NDArray[np.complex64]) -> NDArray[np.float32]:
    """Squared magnitudes."""
    return np.asarray(spectra.real**2 + spectra.imag**2)


def _window(length: int, hop: int) -> NDArray[np.float32]:
    """Envelope (length,) of a stretch: neighbours, which are independent, keep their energy where they overlap."""
    fade = length - hop
    rise = np.sin(0.5 * np.pi * (np.arange(fade) + 0.5) / fade)
    return np.concatenate([rise, np.ones(length - 2 * fade), rise[::-1]]).astype(np.float32)


def _stretch_power(
    energy: NDArray[np.float64], edges: NDArray[np.int64], window: NDArray[np.float32], hop: int, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Energy a sample (stretches, k, 8) of the noise of each stretch, and its decay (stretches,) a sample."""
    length = len(window)
    gathered = np.concatenate([[0.0], np.cumsum(window.astype(np.float64) ** 2)])
    starts = np.arange(count) * hop - (length - hop)
    reached = gathered[np.clip(edges[None] - starts[:, None], 0, length)]  # (stretches, bins + 1)
    shares = scipy.sparse.csr_matrix(np.diff(reached, axis=1) / np.maximum(np.diff(edges), 1))
    flat = np.ascontiguousarray(np.swapaxes(energy, 0, 1)).reshape(energy.shape[1], -1)
    held = np.asarray(shares @ flat).reshape(count, len(energy), -1)
    whole = held.sum(axis=(1, 2)) / np.maximum(reached[:, -1] - reached[:, 0], 1e-9)
    with np.errstate(divide="ignore", invalid="ignore"):
        falls = np.log(whole[:-1] / whole[1:]) / hop
    falls = np.where(np.isfinite(falls), np.clip(falls, -_STEEPEST, _STEEPEST), 0.0)
    decays = np.convolve(np.pad(falls, 1, mode="edge") if len(falls) else np.zeros(2), [0.5, 0.5], mode="valid")
    places = np.arange(_STRIDE // 2, length, _STRIDE)
    moments = starts[:, None] + places
    weights = window[places] ** 2 * np.exp(-decays[:, None] * (places - 0.5 * length))
    weights[(moments < 0) | (moments >= edges[-1])] = 0.0
    return held / np.maximum(_STRIDE * weights.sum(axis=1), 1e-9)[:, None, None], decays


@functools.lru_cache(maxsize=4)
def _noise_table(length: int) -> NDArray[np.complex64]:
    """Spectra (_ROWS, length // 2 + 1) of white noises of variance 1."""
    white = np.random.Generator(np.random.PCG64(_TABLE_SEED)).standard_normal((_ROWS, length), dtype=np.float32)
    table = scipy.fft.rfft(white, axis=-1)
    table.flags.writeable = False
    return table


def _band_ends(shapes: NDArray[np.float32]) -> list[int]:
    """Line after the last one that belongs to each band or a lower one."""
    return [int(np.flatnonzero(shape)[-1]) + 1 for shape in shapes]


def _add(output: NDArray[np.float32], stretch: NDArray[np.float32], start: int) -> None:
    """Add a stretch (channels, m) to `output` (channels, n) from sample `start`; what lies outside is dropped."""
    first, last = max(start, 0), min(start + stretch.shape[1], output.shape[1])
    if first < last:
        output[:, first:last] += stretch[:, first - start : last - start]
