"""Diffuse energy as sound: noise with the energy's envelope, heard from the directions that it comes from.

The one idea: each direction has its own independent noise, shaped in time and band by the energy from there, and each
noise is heard through the head's response for where it comes from. The coherence between the ears then comes out
right by itself. A direction stands for the part of the sphere that is nearer to it than to the others: every stretch
of some 30 ms is heard from another point of that part, so that a long response samples all of the sphere however few
directions there are. Labels such as (R5) point to docs/physics.md.
"""

from __future__ import annotations

import functools

import numpy as np
import scipy
from numpy.typing import NDArray

from echoenv.acoustics.direction_grid import DirectionGrid, fibonacci_sphere
from echoenv.acoustics.paths import EnergyResponse
from echoenv.acoustics.propagation.arrival_directions import icosahedron
from echoenv.acoustics.receivers.receiver import Mono, Receiver
from echoenv.acoustics.tail_rendering import render_tail, stretch_hop, stretch_length
from echoenv.audio.noise import noise_carriers

_GROUPING_TIME = 0.08
"""[s] after which directions are merged into twelve: late, no single one is heard out."""

_SMOOTHING = 0.03
"""Late energy is averaged over this part of its time before and after: few rays carry it, a room's decay is smooth."""

_FADE = 0.003
"""[s] in which one point of a direction's part of the sphere gives way to the next. Without it, steps in loud low bands
would be heard in high ones."""

_CELL_SAMPLES = 4096
_BLOCKS_AT_ONCE = 8  # so many spectra fit into a cache while they are added up
_BLOCK = 2048  # shortest transform in which a stretch of noise is filtered


def render_energy(
    diffuse: EnergyResponse,
    rotations: NDArray[np.float64],
    receiver: Receiver,
    sample_rate: int,
    samples: int,
    seed: int,
) -> NDArray[np.float32]:
    """Diffuse part of a response, equation (R5).

    Args:
        diffuse: Energy over time, band and direction.
        rotations: Local-to-world matrices (h, 3, 3) of the head.
        receiver: Ears, a microphone, an array or ambisonics, at `sample_rate`.
        sample_rate: [Hz].
        samples: Length of the response.
        seed: Of the noise.

    Returns:
        Pressure (h, channels, samples) float32.
    """
    bins = min(diffuse.energy.shape[1], int(np.ceil(samples / sample_rate / diffuse.bin_width)))
    energy = diffuse.energy[:, :bins]
    result = np.zeros((len(rotations), receiver.channels, samples), np.float32)
    if isinstance(receiver, Mono):  # without a direction to tell, all energy is one noise
        rng = np.random.Generator(np.random.PCG64([seed, 0]))
        whole = energy.sum(axis=0, keepdims=True)
        late = min(bins, round(_GROUPING_TIME / diffuse.bin_width))
        whole[:, late:] = _smoothed(whole[:, late:], late)
        noise = _noises(whole, 0, diffuse.bin_width, sample_rate, samples, rng)
        result[..., : noise.shape[1]] = noise
        return result
    split = bins
    if len(diffuse.directions) > 12:
        split = min(bins, round(_GROUPING_TIME / diffuse.bin_width))
    rng = np.random.Generator(np.random.PCG64([seed, 1]))
    noises = _noises(energy[:, :split], 0, diffuse.bin_width, sample_rate, samples, rng)
    _hear(noises, diffuse.directions, rotations, receiver, sample_rate, rng, result)
    if split < bins:
        rng = np.random.Generator(np.random.PCG64([seed, 2]))
        late = _grouped(energy[:, split:], diffuse.directions)
        _hear_tail(late, split, diffuse.bin_width, rotations, receiver, sample_rate, rng, result)
    return result


def _smoothed(energy: NDArray[np.float64], first_bin: int) -> NDArray[np.float64]:
    """Energy (k, bins, 8), of bins from `first_bin` on, averaged over windows that grow with time, (R5)."""
    places = np.arange(energy.shape[1])
    reach = ((first_bin + places) * _SMOOTHING).astype(np.int64)
    low, high = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(places))
    sums = np.concatenate([np.zeros_like(energy[:, :1]), np.cumsum(energy, axis=1)], axis=1)
    return np.maximum(sums[:, high] - sums[:, low], 0.0) / (high - low)[:, None]


def _edge(bins: int, bin_width: float, sample_rate: int) -> int:
    """First sample of a bin."""
    return round(bins * bin_width * sample_rate)


def _noises(
    energy: NDArray[np.float64],
    first_bin: int,
    bin_width: float,
    sample_rate: int,
    samples: int,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Noise (k, m) with the energy (k, bins, 8) of bins from `first_bin` on; it ends with it or at `samples`."""
    filled = np.flatnonzero(energy.any(axis=(0, 2)))
    energy = energy[:, : filled[-1] + 1 if len(filled) else 0]
    edges = np.round((first_bin + np.arange(energy.shape[1] + 1)) * bin_width * sample_rate).astype(np.int64)
    lengths = np.diff(edges)
    count = max(min(int(edges[-1]), samples) - int(edges[0]), 0)
    power = np.swapaxes(energy, 1, 2).astype(np.float32)  # (k, 8, bins)
    amplitude = np.sqrt(power / np.maximum(lengths, 1).astype(np.float32))
    noises = np.zeros((len(energy), count), np.float32)
    for noise, envelope, carrier in zip(
        noises, amplitude, noise_carriers(len(energy), count, sample_rate, rng), strict=True
    ):
        if envelope.any():
            np.einsum("bt,bt->t", np.repeat(envelope, lengths, axis=1)[:, :count], carrier, out=noise)
    return noises


def _hear(
    noises: NDArray[np.float32],
    directions: NDArray[np.float64],
    rotations: NDArray[np.float64],
    receiver: Receiver,
    sample_rate: int,
    rng: np.random.Generator,
    result: NDArray[np.float32],
) -> None:
    """Add noises (k, m) from around `directions` (k, 3) to what heads hear, `result` (h, channels, n)."""
    if noises.shape[1] == 0:
        return
    memory, fade = receiver.noise_taps - 1, round(_FADE * sample_rate)
    length = max(_BLOCK, int(scipy.fft.next_fast_len(4 * memory, real=True)))
    hop = length - memory - fade
    blocks = -(-noises.shape[1] // hop)
    origins = _points_in_cells(directions, blocks, rng)  # (blocks, k, 3)
    shape = receiver.noise_spectra(origins[0, :1], length).shape[2:]
    constant = shape == (1,)  # the same at all frequencies
    stretches = _stretches(noises, blocks, hop, fade, hop + fade if constant else length)  # (blocks, k, ...)
    spectra = stretches if constant else scipy.fft.rfft(stretches, axis=-1)
    for turn, output in zip(rotations, result, strict=True):
        for first in range(0, blocks, _BLOCKS_AT_ONCE):
            part = slice(first, first + _BLOCKS_AT_ONCE)
            towards = (origins[part] @ turn).reshape(-1, 3)
            gains = receiver.noise_spectra(towards, length).reshape(-1, len(noises), receiver.channels, *shape)
            if constant:
                heard = np.ascontiguousarray(gains[..., 0].real.swapaxes(1, 2)) @ stretches[part]
            else:
                gains *= spectra[part, :, None]
                heard = scipy.fft.irfft(gains.sum(axis=1), length, axis=-1)[..., : hop + fade + memory]
            for block, stretch in enumerate(heard, start=first):
                _add(output, stretch, block * hop - receiver.noise_lead)


def _hear_tail(
    energy: NDArray[np.float64],
    first_bin: int,
    bin_width: float,
    rotations: NDArray[np.float64],
    receiver: Receiver,
    sample_rate: int,
    rng: np.random.Generator,
    result: NDArray[np.float32],
) -> None:
    """Add energy (12, bins, 8) of bins from `first_bin` on to what heads hear, `result` (h, channels, n)."""
    filled = np.flatnonzero(energy.any(axis=(0, 2)))
    if not len(filled):
        return
    energy = energy[:, : filled[-1] + 1]
    edges = np.round((first_bin + np.arange(energy.shape[1] + 1)) * bin_width * sample_rate).astype(np.int64)
    begin = int(edges[0])
    hop = stretch_hop(stretch_length(receiver, sample_rate), sample_rate)
    count = -(-min(int(edges[-1]), result.shape[2]) // hop) - begin // hop + 1
    noise = int(rng.integers(1 << 30))  # before all that depends on when the energy ends
    origins = _points_in_cells(icosahedron(), count, rng)
    render_tail(energy, edges - begin, origins, rotations, receiver, sample_rate, noise, result[..., begin:])


def _stretches(noises: NDArray[np.float32], blocks: int, hop: int, fade: int, length: int) -> NDArray[np.float32]:
    """Noises (k, m) cut into stretches (blocks, k, length) of `hop + fade` samples, which add up to them."""
    stretches = np.zeros((blocks, len(noises), length), np.float32)
    for block, stretch in enumerate(stretches):
        part = noises[:, block * hop : (block + 1) * hop + fade]
        stretch[:, : part.shape[1]] = part
    rise = (np.sin(0.5 * np.pi * (np.arange(fade) + 0.5) / fade) ** 2).astype(np.float32)
    stretches[1:, :, :fade] *= rise
    stretches[:, :, hop : hop + fade] *= rise[::-1]
    return stretches


def _add(output: NDArray[np.float32], stretch: NDArray[np.float32], start: int) -> None:
    """Add a stretch (channels, m) to `output` (channels, n) from sample `start`; what lies outside is dropped."""
    first, last = max(start, 0), min(start + stretch.shape[1], output.shape[1])
    if first < last:
        output[:, first:last] += stretch[:, first - start : last - start]


def _points_in_cells(directions: NDArray[np.float64], blocks: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Random unit vectors (blocks, k, 3), each drawn evenly from the part of the sphere around its direction."""
    order, first, counts = _cells(np.ascontiguousarray(directions).tobytes())
    chosen = first + (rng.random((blocks, len(directions))) * counts).astype(np.int64)
    points = fibonacci_sphere(_CELL_SAMPLES)[order[np.minimum(chosen, len(order) - 1)]]
    return np.where((counts > 0)[None, :, None], points, directions)


@functools.lru_cache(maxsize=16)
def _cells(directions: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Points of the sphere by nearest direction: their order, each cell's first place, and its size."""
    vectors = np.frombuffer(directions).reshape(-1, 3)
    owner = np.argmax(fibonacci_sphere(_CELL_SAMPLES) @ vectors.T, axis=1)
    counts = np.bincount(owner, minlength=len(vectors))
    return np.argsort(owner, kind="stable"), np.cumsum(counts) - counts, counts


def _grouped(energy: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Energy (12, bins, 8) around the icosahedron's corners from that around `directions`, none lost."""
    flat = energy.reshape(len(energy), -1)
    shares = _icosahedron_shares(np.ascontiguousarray(directions).tobytes())
    return np.asarray(shares @ flat).reshape(12, *energy.shape[1:])


@functools.lru_cache(maxsize=16)
def _icosahedron_shares(directions: bytes) -> scipy.sparse.csr_matrix:
    """Which share of the energy from around each of k directions counts for each corner (12, k)."""
    vectors = np.frombuffer(directions).reshape(-1, 3)
    corners, weights = DirectionGrid(icosahedron()).surrounding(vectors)
    columns = np.repeat(np.arange(len(vectors)), 3)
    return scipy.sparse.csr_matrix((weights.ravel(), (corners.ravel(), columns)), shape=(12, len(vectors)))
