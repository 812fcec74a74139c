"""Ears: a receiver described by head-related impulse responses from directions all around a head.

The one idea: the responses from the three measured directions around a wave are lined up by taking out their own
delays, blended, and put back with the blended delay, so that neither level nor interaural time jumps or combs between
directions. Labels such as (R3) point to docs/physics.md.
"""

from __future__ import annotations

import functools
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from echoenv.acoustics.direction_grid import DirectionGrid
from echoenv.acoustics.receivers.hrir_alignment import (
    SINC_REACH,
    delayed_copies,
    minimum_phase,
    onset_delays,
)
from echoenv.acoustics.receivers.near_field import NONE, near_filters
from echoenv.acoustics.receivers.receiver import Filters, Mono, Receiver
from echoenv.acoustics.receivers.sofa import MeasuredResponses, read_sofa, spherical_to_directions
from echoenv.audio.sound_files import resample
from echoenv.errors import AudioFileError, PoseError

__all__ = ["Filters", "Hrtf", "Mono", "Receiver"]

_PHASES = 16  # steps to a sample of the delayed copies of head-related responses: right to 1/32 sample
_WAVES_AT_ONCE = 32  # waves whose responses fit into a cache while they are blended
_HOLE = np.cos(np.deg2rad(20.0))  # a pole further than this from every measured direction is filled in
_RING = 0.02  # [rad] of elevation within which directions count as one ring

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Hrtf:
    """A pair of ears: impulse responses from directions all around a head.

    Attributes:
        name: Whose ears they are.
        sample_rate: [Hz].
        directions: Unit vectors (d, 3) float64 towards the source, head frame (x right, y up, z backward).
        responses: Impulse responses (d, 2, n) float32 of the left and right ear in the set's own scale and timing.
        gain: What the responses are multiplied by when they are rendered. It makes the mean over all directions, both
            ears and all frequencies of the energy that a plane wave of amplitude 1 brings equal to that of `Mono` (R3).
        measured: How many of the directions were measured; those after them fill the poles where the set has a hole.
        distance: From which they were measured [m]; infinity for plane waves.

    Raises:
        AudioFileError: The directions do not surround the head.
    """

    name: str
    sample_rate: float
    directions: NDArray[np.float64]
    responses: NDArray[np.float32]
    gain: float
    measured: int
    distance: float = np.inf

    @property
    def channels(self) -> int:
        """Two: left and right."""
        return 2

    @property
    def reach(self) -> int:
        """See `Receiver.reach`: a near source's detour round the head."""
        return int(0.001 * self.sample_rate)

    @property
    def noise_taps(self) -> int:
        """See `Receiver.noise_taps`."""
        return self.responses.shape[2]

    @property
    def noise_lead(self) -> int:
        """See `Receiver.noise_lead`."""
        return self.reference_delay

    @property
    def taps(self) -> int:
        """See `Receiver.taps`."""
        return self._copies.shape[1]

    @classmethod
    def kemar(cls) -> Hrtf:
        """The embedded MIT KEMAR set, normal pinna: 710 directions, 512 taps at 44.1 kHz (Gardner and Martin, 1994)."""
        return _kemar()

    @classmethod
    def from_sofa(cls, path: str | Path) -> Hrtf:
        """Ears from a SOFA file of the convention SimpleFreeFieldHRIR or FreeFieldHRIR.

        Args:
            path: The file.

        Raises:
            AudioFileError: The file cannot be used; the message says what was expected.
        """
        return cls.from_measured(read_sofa(path))

    @classmethod
    def spherical_head(cls, radius: float = 0.0875, speed_of_sound: float = 343.2, sample_rate: int = 44100) -> Hrtf:
        """Ears on opposite sides of a rigid sphere: needs no measurement and is exactly symmetric.

        Args:
            radius: Of the sphere [m].
            speed_of_sound: [m/s].
            sample_rate: [Hz].

        Raises:
            SettingsError: The radius is not that of any head.
        """
        from echoenv.acoustics.receivers.spherical_head import sphere_responses

        return cls.from_measured(sphere_responses(radius, speed_of_sound, sample_rate))

    @classmethod
    def from_measured(cls, measured: MeasuredResponses) -> Hrtf:
        """Ears from responses and their directions: delays put in, poles filled, gain set.

        Args:
            measured: Responses from at least three directions, not all on one side of the head.

        Raises:
            AudioFileError: The directions do not surround the head.
        """
        responses = _with_delays(measured.responses, measured.delays)
        directions, first = np.unique(np.round(measured.directions, 9), axis=0, return_index=True)
        first.sort()  # a direction that was measured twice counts once; the order stays the file's
        directions, responses = measured.directions[first], responses[first]
        filled_directions, filled = _fill_poles(directions, responses)
        try:
            shares = DirectionGrid(filled_directions).solid_angles()
        except (ValueError, RuntimeError, np.linalg.LinAlgError) as error:
            raise AudioFileError(
                f"head-related set '{measured.name}': its {len(directions)} directions do not surround the head; "
                "give a set measured all around, on a ring at least"
            ) from error
        energy = float(shares @ (filled.astype(np.float64) ** 2).sum(axis=-1).mean(axis=-1))
        gain, rate = energy**-0.5, measured.sample_rate
        return cls(measured.name, rate, filled_directions, filled, gain, len(directions), measured.distance)

    def at(self, sample_rate: int) -> Hrtf:
        """The same ears for signals of another sample rate [Hz]; resampled once and remembered. The log says so."""
        return self if sample_rate == self.sample_rate else _resampled(self, int(sample_rate))

    def response(self, direction: ArrayLike) -> NDArray[np.float32]:
        """Impulse responses of both ears from one direction, in the set's own scale and timing.

        Args:
            direction: Vector (3,) towards the source, head frame.

        Returns:
            (2, n); at a measured direction exactly the measured responses.

        Raises:
            PoseError: The direction is zero or not finite.
        """
        vector = np.asarray(direction, dtype=np.float64)
        length = np.linalg.norm(vector)
        if vector.shape != (3,) or not np.isfinite(vector).all() or length == 0.0:
            raise PoseError(f"direction {vector.tolist()} must be three finite numbers [x, y, z], not all zero")
        filters, starts = self._filters((vector / length)[None], np.array([float(self.reference_delay)]), 1.0)
        count = self.responses.shape[2]
        response = np.zeros((2, count), np.float32)
        for ear, (row, start) in enumerate(zip(filters[0], starts[0], strict=True)):
            first, last = max(start, 0), min(start + len(row), count)
            response[ear, first:last] = row[first - start : last - start]
        return response

    def filters(
        self,
        directions: NDArray[np.float64],
        times: NDArray[np.float64],
        distances: NDArray[np.float64] | None = None,
    ) -> Filters:
        """See `Receiver.filters`; equations (R4) and, for sources within 2 m, (L6).

        A wave from ahead begins at the ears at its time, to half a sample.
        """
        near = np.flatnonzero(distances < NONE) if distances is not None else np.zeros(0, np.int64)
        if distances is None or len(near) == 0:
            return self._filters(directions, times, self.gain)
        changes, delays = near_filters(directions[near], distances[near], self.distance, self.sample_rate)
        at_ears = np.repeat(times[:, None], 2, axis=1)
        at_ears[near] += delays
        filters, starts = self._filters(directions, at_ears, self.gain)
        length = scipy.fft.next_fast_len(self.taps + changes.shape[2], real=True)
        spectra = scipy.fft.rfft(filters[near], length, axis=-1) * scipy.fft.rfft(changes, length, axis=-1)
        filters[near] = scipy.fft.irfft(spectra, length, axis=-1)[..., : self.taps]
        return filters, starts

    def band_gains(self, directions: NDArray[np.float64], distances: NDArray[np.float64] | None = None) -> None:
        """See `Receiver.band_gains`: none, the responses hold all."""

    def noise_spectra(self, directions: NDArray[np.float64], length: int) -> NDArray[np.complex64]:
        """See `Receiver.noise_spectra`: those of the nearest measured directions, in the set's own timing."""
        return self.spectra(length)[self.grid.nearest(directions)]

    @functools.cached_property
    def grid(self) -> DirectionGrid:
        """The triangulated directions."""
        return DirectionGrid(self.directions)

    @functools.cached_property
    def delays(self) -> NDArray[np.float64]:
        """When every response begins (d, 2) [samples] in the set's timing."""
        return onset_delays(self.responses)

    @functools.cached_property
    def reference_delay(self) -> int:
        """Delay [samples] in the set's timing that stands for the middle of the head: when straight ahead begins."""
        corners, weights = self.grid.surrounding(np.array([[0.0, 0.0, -1.0]]))
        return round(float(np.einsum("qk,qke->qe", weights, self.delays[corners]).mean()))

    @functools.cached_property
    def _lead(self) -> int:
        """Samples that lined-up responses keep before their delay: enough to lose nothing of any response."""
        return int(np.floor(self.delays.max()))

    def spectra(self, length: int) -> NDArray[np.complex64]:
        """Transforms (d, 2, length // 2 + 1) of the responses with their gain, remembered for the last length asked."""
        return _spectra(self, length)

    @functools.cached_property
    def _copies(self) -> NDArray[np.float32]:
        """Lined-up responses from `_lead` before their delay, delayed by parts of a sample: a view (places, taps).

        Row `1 + r * taps` is copy r of (d * 2 * _PHASES), with a zero after it; the row before that is the same copy
        one sample later.
        """
        count, ears, taps = self.responses.shape
        starts = np.floor(self.delays).astype(np.int64) - self._lead
        kept = taps - starts.min()
        index = starts[..., None] + np.arange(kept)
        inside = (index >= 0) & (index < taps)
        lined_up = np.take_along_axis(self.responses, np.clip(index, 0, taps - 1), axis=-1) * inside
        copies = delayed_copies(lined_up.reshape(count * ears, kept).astype(np.float32), _PHASES)
        copies = copies.reshape(-1, copies.shape[-1])
        spaced = np.zeros(1 + len(copies) * (copies.shape[1] + 1), np.float32)
        spaced[1:].reshape(len(copies), -1)[:, :-1] = copies
        return np.lib.stride_tricks.sliding_window_view(spaced, copies.shape[1] + 1)

    def _filters(self, directions: NDArray[np.float64], times: NDArray[np.float64], gain: float) -> Filters:
        """Blended, delayed responses times a gain; times (q,) or, for each ear, (q, 2)."""
        times = times[:, None] if times.ndim == 1 else times
        corners, weights = self.grid.surrounding(directions)  # (q, 3)
        delays = np.swapaxes(self.delays[corners], 1, 2)  # (q, ears, 3)
        blended = np.einsum("qk,qek->qe", weights, delays)
        # where each of the three lined-up responses begins so that all three coincide at the blended delay
        begin = (times - self.reference_delay + blended - self._lead)[..., None] - (delays - np.floor(delays))
        steps = np.round(begin * _PHASES).astype(np.int64)
        starts = steps.min(axis=2) // _PHASES
        late = steps // _PHASES - starts[..., None]  # 0 or 1: whole samples after the first of the three
        row = (corners[:, None, :] * 2 + np.arange(2)[:, None]) * _PHASES + steps % _PHASES
        return self._blend(1 + row * self.taps - late, gain * weights), starts - SINC_REACH

    def _blend(self, place: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float32]:
        """Weighted sums (q, 2, taps) of delayed copies, from the rows (q, 2, 3) of `_copies` and weights (q, 3)."""
        blended = np.empty((*place.shape[:2], 1, self.taps), np.float32)
        share = weight.astype(np.float32)[:, None, None, :]
        for first in range(0, len(place), _WAVES_AT_ONCE):
            part = slice(first, first + _WAVES_AT_ONCE)
            np.matmul(share[part], self._copies[place[part]], out=blended[part])
        return blended[:, :, 0]


def _with_delays(responses: NDArray[np.float32], delays: NDArray[np.float64]) -> NDArray[np.float32]:
    """Responses (d, 2, n + longest delay) with delays [samples] (d, 2) put before them; whole delays are exact."""
    delays = delays - np.floor(delays.min())  # what is common to all responses is only the measuring distance
    if not delays.any():
        return responses
    whole = np.floor(delays).astype(np.int64)
    fraction = delays - whole
    count = responses.shape[-1]
    delayed = np.zeros((*responses.shape[:2], count + int(whole.max()) + 1), np.float32)
    length = scipy.fft.next_fast_len(count + 64, real=True)
    turns = np.exp(-2j * np.pi * scipy.fft.rfftfreq(length) * fraction[..., None])
    shifted = scipy.fft.irfft(scipy.fft.rfft(responses, length, axis=-1) * turns, length, axis=-1)[..., : count + 1]
    for place in np.ndindex(whole.shape):
        begin, source = whole[place], responses[place] if fraction[place] == 0.0 else shifted[place]
        delayed[place][begin : begin + len(source)] = source
    return delayed


def _fill_poles(
    directions: NDArray[np.float64], responses: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Add a response straight up or down where a set was not measured near there.

    It has the root-mean-square magnitude and the mean delay of the ring of measured directions nearest to the pole, and
    minimum phase; between that ring and the pole the usual blending leads from one to the other.
    """
    for pole in (np.array([0.0, 1.0, 0.0]), np.array([0.0, -1.0, 0.0])):
        height = directions @ pole
        if height.max() >= _HOLE:
            continue
        elevation = np.arcsin(np.clip(height, -1.0, 1.0))
        ring = responses[elevation > elevation.max() - _RING]
        count = responses.shape[-1]
        length = 2 * int(scipy.fft.next_fast_len(count, real=True))
        magnitude = np.sqrt((np.abs(scipy.fft.rfft(ring.astype(np.float64), length, axis=-1)) ** 2).mean(axis=0))
        delay = round(float(onset_delays(ring).mean()))
        filled = np.zeros((1, 2, count), np.float32)
        filled[0, :, delay:] = minimum_phase(magnitude)[:, : count - delay]
        directions, responses = np.concatenate([directions, pole[None]]), np.concatenate([responses, filled])
    return directions, responses


@functools.lru_cache(maxsize=1)
def _kemar() -> Hrtf:
    with np.load(Path(__file__).parent / "data" / "mit_kemar_normal_pinna.npz") as data:
        left = data["left_ear"].astype(np.float32) / np.float32(32768.0)
        responses = np.stack([left, left[data["mirror"]]], axis=1)
        directions = spherical_to_directions(data["azimuths"], data["elevations"])
        rate = float(data["sample_rate"])
    return Hrtf.from_measured(
        MeasuredResponses(directions, responses, np.zeros((len(left), 2)), rate, "MIT KEMAR, normal pinna", 1.4)
    )


@functools.lru_cache(maxsize=4)
def _resampled(hrtf: Hrtf, sample_rate: int) -> Hrtf:
    _log.warning("head-related set '%s' resampled from %g to %g Hz", hrtf.name, hrtf.sample_rate, sample_rate)
    scale = hrtf.sample_rate / sample_rate  # keeps the filters' gain at every frequency
    responses = (scale * resample(hrtf.responses, hrtf.sample_rate, sample_rate)).astype(np.float32)
    rate = float(sample_rate)
    return Hrtf(hrtf.name, rate, hrtf.directions, responses, hrtf.gain, hrtf.measured, hrtf.distance)


@functools.lru_cache(maxsize=4)
def _spectra(hrtf: Hrtf, length: int) -> NDArray[np.complex64]:
    return scipy.fft.rfft(hrtf.responses * np.float32(hrtf.gain), length, axis=-1)
